// The status bar item and the language status item: what the server is doing, in a word, and why when it is not running.
import * as vscode from "vscode";

export type State = "starting" | "running" | "stopped" | "missing";

const icons: Record<State, string> = { starting: "$(sync~spin)", running: "$(pulse)", stopped: "$(error)", missing: "$(warning)" };

export class Status implements vscode.Disposable {
  private readonly bar: vscode.StatusBarItem;
  private readonly language: vscode.LanguageStatusItem;
  private state: State = "stopped";
  private detail = "";
  private facts: string[] = [];
  private note = "";
  hintsShown = true;

  constructor() {
    this.bar = vscode.window.createStatusBarItem("heapls.status", vscode.StatusBarAlignment.Right, 50);
    this.bar.name = "heapls";
    this.bar.command = "heapls.showStatus";
    this.language = vscode.languages.createLanguageStatusItem("heapls.language", { language: "go", scheme: "file" });
    this.language.name = "heapls";
    this.language.command = { command: "heapls.showOutput", title: "Show Output" };
    this.show();
  }

  set(state: State, detail = ""): void {
    this.state = state;
    this.detail = detail;
    this.show();
  }

  // From the server: lines for the tooltip, and a note ("stale") for the bar.
  setFacts(facts: string[], note: string): void {
    this.facts = facts;
    this.note = note;
    this.show();
  }

  get lines(): string[] {
    const words: Record<State, string> = {
      starting: "heapls is starting.",
      running: "heapls is running.",
      stopped: "heapls is not running.",
      missing: "heapls can't start.",
    };
    const preset = vscode.workspace.getConfiguration("heapls").get<string>("preset", "default");
    const lines = [words[this.state], ...(this.detail ? [this.detail] : []), ...this.facts];
    return [...lines, `Preset: ${preset}. Hints: ${this.hintsShown ? "shown" : "hidden"}.`];
  }

  show(): void {
    const note = this.state === "running" && !this.hintsShown ? " off" : this.note ? ` ${this.note}` : "";
    this.bar.text = `${icons[this.state]} heapls${note}`;
    this.bar.tooltip = this.lines.join("\n");
    this.bar.backgroundColor =
      this.state === "missing" || this.state === "stopped" ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
    this.bar.show();
    this.language.text = this.lines[0];
    this.language.detail = this.detail || this.facts[0];
    this.language.severity =
      this.state === "missing" || this.state === "stopped" ? vscode.LanguageStatusSeverity.Warning : vscode.LanguageStatusSeverity.Information;
    this.language.busy = this.state === "starting";
  }

  dispose(): void {
    this.bar.dispose();
    this.language.dispose();
  }
}
