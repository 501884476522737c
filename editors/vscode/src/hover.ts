// VS Code shows the diagnostic at a place above all hovers there, so it says what helps too. What it has said need not be
// said again: the verdict, the reason and what helps; nor the steps, when they are listed as related places.

interface Said {
  message: string;
}

const pathHeading = /^\*\*Path(?: to the heap)?:\*\*/;

// Words without markdown's marks, so that the two can be compared.
const words = (text: string): string => text.replace(/[`*]/g, "").replace(/\s+/g, " ").trim();

// The verdict as a message has it, which names the expression and the function before.
const afterName = (paragraph: string): string =>
  words(
    paragraph
      .replace(/^`[^`]*`: /, "")
      .replace(/ of (?:`[^`]*`|this function literal)/, "")
      .replace(/(?:`[^`]*`|this function literal) runs/, "it runs"),
  ).toLowerCase();

interface Place {
  line: number;
  character: number;
}

// Does VS Code show the diagnostic at a place in it? Of a hint it draws three dots, and takes its first two characters for all
// of it.
export function isShownAt(start: Place, isHint: boolean, at: Place): boolean {
  return !isHint || (at.line === start.line && at.character < start.character + 2);
}

// The steps of the path are left out where the diagnostics list them.
export function withoutRepetition(
  markdown: string,
  said: readonly Said[],
  listsPath: boolean,
): { value: string; hasPath: boolean } {
  const paragraphs = markdown.split(/\n{2,}/);
  const hasPath = paragraphs.some((each) => pathHeading.test(each));
  const messages = said.map(({ message }) => words(message));
  let inPath = false;
  const kept = paragraphs.filter((paragraph) => {
    const isHeading = pathHeading.test(paragraph);
    const isList = paragraph.startsWith("1. ");
    const isOfPath = isHeading || (inPath && isList);
    inPath = isHeading;
    if (isOfPath) {
      return !listsPath;
    }
    const text = words(paragraph);
    const verdict = afterName(paragraph);
    return (
      text === "" || !messages.some((message) => message.includes(text) || message.toLowerCase().includes(verdict))
    );
  });
  return { value: kept.join("\n\n").trim(), hasPath };
}

// The server sends what helps as the diagnostic's data, which the language client keeps.
export function withAdvice(diagnostic: { message: string; data?: unknown }): void {
  const { advice } = (diagnostic.data ?? {}) as { advice?: unknown };
  if (typeof advice === "string" && advice !== "" && !diagnostic.message.includes(advice)) {
    diagnostic.message += `\n${advice}`;
  }
}
