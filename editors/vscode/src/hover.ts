// VS Code shows the diagnostic at a place above the hover there. What it has said need not be said again: the verdict, the
// reason, and the steps when they are listed as related places.

interface Said {
  message: string;
  relatedInformation?: readonly unknown[];
}

const pathHeading = /^\*\*Path(?: to the heap)?:\*\*/;

// Words without markdown's marks, so that the two can be compared.
const words = (text: string): string => text.replace(/[`*]/g, "").replace(/\s+/g, " ").trim();

export function withoutRepetition(markdown: string, said: readonly Said[]): { value: string; hasPath: boolean } {
  const paragraphs = markdown.split(/\n{2,}/);
  const hasPath = paragraphs.some((each) => pathHeading.test(each));
  const messages = said.map(({ message }) => words(message));
  const listed = said.some(({ relatedInformation }) => (relatedInformation?.length ?? 0) > 0);
  let inPath = false;
  const kept = paragraphs.filter((paragraph) => {
    const isHeading = pathHeading.test(paragraph);
    const isList = paragraph.startsWith("1. ");
    const isOfPath = isHeading || (inPath && isList);
    inPath = isHeading;
    if (isOfPath) {
      return !listed;
    }
    const text = words(paragraph);
    return text === "" || !messages.some((message) => message.includes(text));
  });
  return { value: kept.join("\n\n").trim(), hasPath };
}
