// The extension's page. VS Code (1.139) shows on the page of an extension only pictures that come by https, neither files of
// the package nor data: without the address of a folder that has those of editors/media they are left out there, and the
// page says where they are: in the walkthrough, which shows files. Links to files of this repository lead nowhere from
// there; their words stay.
import { basename } from "node:path";

const isRelative = (address) => !/^[a-z]+:|^#/.test(address);
const elsewhere = "Pictures: in the walkthrough, by the command *heapls: Get Started*.";

export function pageOf(text, pictures) {
  let said = false;
  const picture = (whole, name, address) => {
    if (!isRelative(address)) {
      return whole;
    }
    if (pictures) {
      return `![${name}](${pictures.replace(/\/$/, "")}/${basename(address)})`;
    }
    const words = said ? "" : elsewhere;
    said = true;
    return words;
  };
  return text
    .replace(/!\[([^\]]*)\]\(([^)\s]+)\)/g, picture)
    .replace(/(?<!!)\[([^\]]*)\]\(([^)\s]+)\)/g, (whole, name, address) => (isRelative(address) ? name : whole))
    .replace(/\n{3,}/g, "\n\n");
}
