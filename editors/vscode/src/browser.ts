// What runs where VS Code has no machine behind it, as on a page of github.dev: a browser can't start the server, so this
// says what is needed, where the user looks for it.
import * as vscode from "vscode";

const commands = [
  "toggleHints",
  "selectPreset",
  "explain",
  "showPath",
  "showPathBeside",
  "verify",
  "download",
  "restart",
  "showOutput",
  "showStatus",
  "openSettings",
  "openWalkthrough",
];

const need = "heapls needs a machine: it reads Go's sources from a disk, which a browser has not.";
const way = "Open the folder in desktop VS Code, over SSH, in a container or in a codespace.";

export function activate(context: vscode.ExtensionContext): void {
  const status = vscode.languages.createLanguageStatusItem("heapls.language", { language: "go" });
  status.name = "heapls";
  status.text = need;
  status.detail = way;
  status.severity = vscode.LanguageStatusSeverity.Warning;
  const bar = vscode.window.createStatusBarItem("heapls.status", vscode.StatusBarAlignment.Right, 50);
  bar.name = "heapls";
  bar.text = "$(circle-slash) heapls";
  bar.tooltip = `${need}\n${way}`;
  bar.command = "heapls.showStatus";
  bar.show();
  const say = (): void => void vscode.window.showInformationMessage(`${need} ${way}`);
  const view: vscode.WebviewViewProvider = {
    resolveWebviewView: ({ webview }) => {
      webview.html = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'"></head><body><p>${need}</p><p>${way}</p></body></html>`;
    },
  };
  context.subscriptions.push(
    status,
    bar,
    vscode.window.registerWebviewViewProvider("heapls.path", view),
    ...commands.map((name) => vscode.commands.registerCommand(`heapls.${name}`, say)),
  );
  void vscode.commands.executeCommand("setContext", "heapls.active", true);
  if (!context.globalState.get("saidNeed")) {
    void context.globalState.update("saidNeed", true);
    say();
  }
}
