// The view "Path to the Heap": the steps that the value at the cursor takes, from where it is made to where it leaves,
// each a place to go to. The steps are the related places of heapls' diagnostic under the cursor.
import * as path from "node:path";
import * as vscode from "vscode";

interface Step {
  text: string;
  location: vscode.Location;
  kind: "site" | "step" | "sink";
}

const icons = { site: "circle-filled", step: "arrow-down", sink: "flame" };

// The diagnostic of ours at a position: the shortest range that holds it, else the first on its line.
export function diagnosticAt(uri: vscode.Uri, position: vscode.Position): vscode.Diagnostic | undefined {
  const ours = vscode.languages.getDiagnostics(uri).filter((each) => each.source === "heapls");
  const size = (range: vscode.Range): number =>
    (range.end.line - range.start.line) * 10_000 + range.end.character - range.start.character;
  const holding = ours.filter((each) => each.range.contains(position)).sort((a, b) => size(a.range) - size(b.range));
  return holding[0] ?? ours.find((each) => each.range.start.line === position.line);
}

function stepsOf(uri: vscode.Uri, diagnostic: vscode.Diagnostic): Step[] {
  const related = diagnostic.relatedInformation ?? [];
  const steps: Step[] = [{ text: diagnostic.message, location: new vscode.Location(uri, diagnostic.range), kind: "site" }];
  related.forEach((each, index) => {
    steps.push({ text: each.message, location: each.location, kind: index === related.length - 1 ? "sink" : "step" });
  });
  return steps;
}

export class PathView implements vscode.TreeDataProvider<Step>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<Step>;
  private readonly subscriptions: vscode.Disposable[] = [];
  private steps: Step[] = [];
  private shown: vscode.Diagnostic | undefined;

  constructor() {
    this.view = vscode.window.createTreeView("heapls.path", { treeDataProvider: this });
    this.subscriptions.push(
      vscode.window.onDidChangeTextEditorSelection((event) => this.follow(event.textEditor)),
      vscode.window.onDidChangeActiveTextEditor((editor) => this.follow(editor)),
      vscode.languages.onDidChangeDiagnostics(() => this.follow(vscode.window.activeTextEditor)),
    );
  }

  private follow(editor: vscode.TextEditor | undefined): void {
    if (editor?.document.languageId !== "go") {
      return;
    }
    const found = diagnosticAt(editor.document.uri, editor.selection.active);
    if (found === this.shown) {
      return;
    }
    this.shown = found;
    this.steps = found ? stepsOf(editor.document.uri, found) : [];
    this.view.description = found ? String(typeof found.code === "object" ? found.code.value : (found.code ?? "")) : undefined;
    this.changed.fire();
  }

  // Opens the view on the allocation at the cursor; says so when there is none.
  async reveal(): Promise<void> {
    this.follow(vscode.window.activeTextEditor);
    if (this.steps.length === 0) {
      void vscode.window.showInformationMessage("heapls: nothing at the cursor leaves for the heap.");
      return;
    }
    await vscode.commands.executeCommand("heapls.path.focus");
  }

  getChildren(step?: Step): Step[] {
    return step ? [] : this.steps;
  }

  getTreeItem(step: Step): vscode.TreeItem {
    const item = new vscode.TreeItem(step.text);
    const { uri, range } = step.location;
    item.description = `${path.basename(uri.fsPath)}:${range.start.line + 1}:${range.start.character + 1}`;
    item.tooltip = `${step.text}\n${uri.fsPath}:${range.start.line + 1}`;
    item.iconPath = new vscode.ThemeIcon(
      icons[step.kind],
      step.kind === "step" ? undefined : new vscode.ThemeColor("charts.orange"),
    );
    item.command = { command: "vscode.open", title: "Go to", arguments: [uri, { selection: range } satisfies vscode.TextDocumentShowOptions] };
    return item;
  }

  dispose(): void {
    this.view.dispose();
    this.changed.dispose();
    this.subscriptions.forEach((each) => void each.dispose());
  }
}
