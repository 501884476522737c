// The commands behind the lines over functions. A command with arguments is a number in a table to VS Code, which it throws
// away when it asks for the lines anew: a click in that moment would find nothing. So each line of a file has a command of
// its own, which knows where to go: it lives as long as the document is open.
import * as vscode from "vscode";
import type { PathTarget } from "./paths/view";

interface Lens {
  target: PathTarget;
  command: vscode.Disposable;
}

export class LensCommands implements vscode.Disposable {
  private readonly lenses = new Map<string, Lens>(); // by name
  private readonly documents = new Map<string, number>(); // a number for each, to name its commands
  private readonly closing = vscode.workspace.onDidCloseTextDocument(({ uri }) => this.forget(uri.toString()));

  // The command of a document's nth line, from now on for this target.
  of(nth: number, target: PathTarget): string {
    const document = this.documents.get(target.uri) ?? this.documents.size;
    this.documents.set(target.uri, document);
    const name = `heapls.lens.${document}.${nth}`;
    const known = this.lenses.get(name);
    if (known) {
      known.target = target;
    } else {
      const run = (): unknown => vscode.commands.executeCommand("heapls.showPath", this.lenses.get(name)?.target);
      this.lenses.set(name, { target, command: vscode.commands.registerCommand(name, run) });
    }
    return name;
  }

  private forget(uri: string): void {
    for (const [name, { target, command }] of this.lenses) {
      if (target.uri === uri) {
        command.dispose();
        this.lenses.delete(name);
      }
    }
  }

  dispose(): void {
    this.closing.dispose();
    this.lenses.forEach(({ command }) => void command.dispose());
    this.lenses.clear();
  }
}
