// The status bar item and the language status item: what the server of the active file is doing, whose rules apply, how
// fresh the verdicts are, whether the compiler agreed when it was asked, and why when something is not as it should be.
import * as vscode from "vscode";
import type { Server, Servers } from "./servers";

// What there is to say, for people.
export interface Report {
  icon: string;
  note: string; // after "heapls" in the bar
  headline: string;
  lines: string[];
  trouble: boolean;
  busy: boolean;
  download?: string; // the title of what would mend it: the command heapls.download
}

interface Facts {
  server: Pick<Server, "phase" | "detail" | "told"> | undefined;
  preset: string;
  hintsShown: boolean;
  onDisk: boolean; // the active file is; true when there is none
}

export function reportOf({ server, preset, hintsShown, onDisk }: Facts): Report {
  const shown = `Preset: ${preset}. Hints: ${hintsShown ? "shown" : "hidden"}.`;
  const quiet = { note: "", trouble: false, busy: false };
  if (!onDisk) {
    const headline = "This is no file on disk: heapls can't analyse it.";
    return {
      ...quiet,
      icon: "$(circle-slash)",
      headline,
      lines: ["Open the folder from a disk to see its allocations."],
    };
  }
  const detail = server?.detail ? [server.detail] : [];
  switch (server?.phase) {
    case undefined:
    case "stopped":
      return { ...quiet, icon: "$(error)", headline: "heapls is not running.", lines: detail, trouble: true };
    case "missing":
      return { ...quiet, icon: "$(warning)", headline: "heapls can't start.", lines: detail, trouble: true };
    case "starting":
      return { ...quiet, icon: "$(sync~spin)", headline: "heapls is starting.", lines: detail, busy: true };
    case "running":
      break;
  }
  const { told } = server;
  const lines = [...(told?.lines ?? []), shown, ...detail];
  const note = !hintsShown ? "off" : (told?.note ?? "");
  const version = told?.go.version ? `, ${told.go.version}` : "";
  if (told?.state === "error" || told?.state === "incomplete") {
    const download = told.action?.command === "heapls.download" ? { download: told.action.title } : {};
    return {
      ...download,
      icon: "$(warning)",
      note,
      headline: told.message || "heapls can't analyse this file.",
      lines,
      trouble: true,
      busy: false,
    };
  }
  if (told?.state === "loading") {
    return {
      icon: "$(loading~spin)",
      note,
      headline: told.message || "heapls is loading packages.",
      lines,
      trouble: false,
      busy: true,
    };
  }
  return { ...quiet, icon: "$(pulse)", note, headline: `heapls is ready${version}.`, lines };
}

// Text that markdown shows as it is.
const plain = (text: string): string => text.replace(/[\\`*_{}[\]()#+\-.!|<>~$]/g, "\\$&");

export class Status implements vscode.Disposable {
  private readonly bar = vscode.window.createStatusBarItem("heapls.status", vscode.StatusBarAlignment.Right, 50);
  private readonly language = vscode.languages.createLanguageStatusItem("heapls.language", { language: "go" });
  private readonly subscriptions: { dispose(): unknown }[];

  constructor(private readonly servers: Servers) {
    this.bar.name = "heapls";
    this.bar.command = "heapls.showStatus";
    this.language.name = "heapls";
    this.language.command = { command: "heapls.showStatus", title: "Show…" };
    const show = (): void => this.show();
    this.subscriptions = [
      servers.onDidChange(show),
      vscode.window.onDidChangeActiveTextEditor(show),
      this.bar,
      this.language,
    ];
    this.show();
  }

  report(): Report {
    const document = vscode.window.activeTextEditor?.document;
    const go = document?.languageId === "go" ? document : undefined;
    const server = go ? this.servers.of(go.uri) : this.servers.list.at(0);
    return reportOf({
      server,
      preset: vscode.workspace.getConfiguration("heapls", go?.uri ?? null).get<string>("preset", "default"),
      hintsShown: this.servers.hintsShown,
      onDisk: !go || go.uri.scheme === "file",
    });
  }

  show(): void {
    const { icon, note, headline, lines, trouble, busy, download } = this.report();
    this.bar.text = [icon, "heapls", note].filter(Boolean).join(" ");
    this.bar.tooltip = this.tooltip(headline, lines, trouble, download);
    this.bar.accessibilityInformation = { label: `heapls: ${headline} ${note}` };
    this.bar.backgroundColor = trouble ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
    this.bar.show();
    this.language.text = headline;
    this.language.detail = lines.at(0);
    this.language.severity = trouble
      ? vscode.LanguageStatusSeverity.Warning
      : vscode.LanguageStatusSeverity.Information;
    this.language.busy = busy;
  }

  private tooltip(headline: string, lines: string[], trouble: boolean, download?: string): vscode.MarkdownString {
    const repairs: [string, string][] = [
      ...(download ? [[download, "heapls.download"] as [string, string]] : []),
      ["Open settings", "heapls.openSettings"],
      ["How to install", "heapls.openWalkthrough"],
      ["Output", "heapls.showOutput"],
    ];
    const usual: [string, string][] = [
      ["Preset…", "heapls.selectPreset"],
      [this.servers.hintsShown ? "Hide hints" : "Show hints", "heapls.toggleHints"],
      ["Compare with the compiler", "heapls.verify"],
      ["Output", "heapls.showOutput"],
    ];
    const text = new vscode.MarkdownString("", true);
    text.isTrusted = {
      enabledCommands: [...usual, ...repairs].map(([, command]) => command),
    };
    text.appendMarkdown(`**${plain(headline)}**`);
    for (const line of lines) {
      text.appendMarkdown(`\n\n${plain(line)}`);
    }
    text.appendMarkdown(
      `\n\n${(trouble ? repairs : usual).map(([title, command]) => `[${title}](command:${command})`).join(" · ")}`,
    );
    return text;
  }

  dispose(): void {
    this.subscriptions.forEach((each) => void each.dispose());
  }
}
