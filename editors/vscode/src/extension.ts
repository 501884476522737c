// The heapls extension: starts the servers for Go files, shows what state they are in, and adds the commands of
// package.json. Hints, diagnostics, hovers, lenses and actions are the server's and come through the language client.
import * as vscode from "vscode";
import { Actions } from "./actions";
import { Hovers } from "./hovers";
import { Log } from "./log";
import { ours } from "./middleware";
import { type PathTarget, PathView } from "./paths/view";
import { Servers } from "./servers";
import { Status } from "./status";
import { Walkthrough } from "./walkthrough";
import { compareWithCompiler, downloadModules } from "./verify";

interface Item extends vscode.QuickPickItem {
  command: string; // empty: none
}

const presets = [
  { label: "quiet", detail: "Only allocations in loops, and large ones, that are not on a cold path." },
  { label: "default", detail: "Every expression that allocates, and every variable that is moved to the heap." },
  {
    label: "all",
    detail: "Also what is inlined, what stays on the stack, and what looks like an allocation but costs nothing.",
  },
];

class Extension implements vscode.Disposable {
  private readonly log = new Log();
  readonly servers: Servers;
  private readonly status: Status;
  private readonly path: PathView;
  private readonly subscriptions: { dispose(): unknown }[] = [];
  private failureSaid = "";

  constructor(private readonly context: vscode.ExtensionContext) {
    this.servers = new Servers(context, this.log);
    this.servers.hintsShown = context.workspaceState.get("hintsShown", true);
    this.status = new Status(this.servers);
    this.path = new PathView(context, this.servers);
    const settings = (name: string): Thenable<unknown> =>
      vscode.commands.executeCommand("workbench.action.openSettings", name);
    const commands: Record<string, (target?: PathTarget) => unknown> = {
      "heapls.toggleHints": () => this.toggleHints(),
      "heapls.selectPreset": () => this.selectPreset(),
      "heapls.explain": () => this.explain(),
      "heapls.showPath": (target) => this.path.reveal(target, false),
      "heapls.showPathBeside": (target) => this.path.reveal(target, true),
      "heapls.verify": () => compareWithCompiler(this.servers),
      "heapls.download": () => downloadModules(this.servers),
      "heapls.restart": () => this.restart(),
      "heapls.showOutput": () => this.log.channel.show(true),
      "heapls.showStatus": () => this.showStatus(),
      "heapls.openSettings": () => settings(`@ext:${context.extension.id}`),
      "heapls.openWalkthrough": () => this.openWalkthrough(),
    };
    for (const [name, run] of Object.entries(commands)) {
      this.subscriptions.push(vscode.commands.registerCommand(name, run));
    }
    this.subscriptions.push(
      new Actions(this.servers),
      new Hovers(this.servers),
      new Walkthrough(this.servers),
      this.servers.onDidFail((text) => void this.sayWhyNot(text)),
      this.servers.onDidChange(() => {
        const running = this.servers.list.some(({ phase }) => phase === "running");
        void vscode.commands.executeCommand("setContext", "heapls.running", running);
      }),
    );
    void vscode.commands.executeCommand("setContext", "heapls.active", true);
  }

  async restart(): Promise<void> {
    this.failureSaid = "";
    await this.servers.restart();
  }

  // Once for each reason in a message with ways forward; the status bar says it for as long as it lasts.
  private async sayWhyNot(text: string): Promise<void> {
    if (text === this.failureSaid) {
      return;
    }
    this.failureSaid = text;
    const ways: Record<string, () => unknown> = {
      "Open Settings": () => vscode.commands.executeCommand("workbench.action.openSettings", "heapls.path"),
      "How to Install": () => this.openWalkthrough(),
      "Try Again": () => this.restart(),
    };
    const choice = await vscode.window.showWarningMessage(text, ...Object.keys(ways));
    await ways[choice ?? ""]?.();
  }

  private async openWalkthrough(): Promise<void> {
    await vscode.commands.executeCommand("workbench.action.openWalkthrough", `${this.context.extension.id}#start`);
  }

  private async toggleHints(): Promise<void> {
    this.servers.hintsShown = !this.servers.hintsShown;
    this.servers.changed.fire();
    await this.context.workspaceState.update("hintsShown", this.servers.hintsShown);
    for (const { client } of this.servers.list) {
      const feature = client?.getFeature("textDocument/inlayHint");
      for (const document of vscode.workspace.textDocuments) {
        feature?.getProvider(document)?.onDidChangeInlayHints.fire();
      }
    }
  }

  // Written where the preset is set already: in the folder, in the workspace, else for the user.
  private async selectPreset(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const settings = vscode.workspace.getConfiguration("heapls", editor?.document.uri);
    const current = settings.get<string>("preset", "default");
    const items = presets.map((item) => ({ ...item, description: item.label === current ? "now" : undefined }));
    const choice = await vscode.window.showQuickPick(items, { title: "heapls: how much to show" });
    if (choice) {
      const set = settings.inspect("preset");
      const { Global, Workspace, WorkspaceFolder } = vscode.ConfigurationTarget;
      const inFolder = set?.workspaceFolderValue !== undefined && (vscode.workspace.workspaceFolders?.length ?? 0) > 1;
      const target = inFolder ? WorkspaceFolder : set?.workspaceValue !== undefined ? Workspace : Global;
      await settings.update("preset", choice.label, target);
    }
  }

  // The hover at the cursor, with the focus in it; from elsewhere in the line, that of the first finding there.
  private async explain(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const server = editor && this.servers.of(editor.document.uri);
    if (editor?.document.languageId !== "go" || server?.phase !== "running") {
      void vscode.window.showInformationMessage("heapls: open a Go file and put the cursor on an expression.");
      return;
    }
    const token = new vscode.CancellationTokenSource().token;
    const { at, paths } = await server.paths(editor.document.uri, editor.selection.active, token);
    const here = paths.at(at < 0 ? paths.length : at);
    const found = vscode.languages.getDiagnostics(editor.document.uri).filter(ours);
    if (!here && !found.some(({ range }) => range.contains(editor.selection.active))) {
      void vscode.window.showInformationMessage("heapls: nothing on this line allocates or leaks.");
      return;
    }
    if (here) {
      const { start, end } = here.range;
      const range = new vscode.Range(start.line, start.character, end.line, end.character);
      if (!range.contains(editor.selection.active)) {
        editor.selection = new vscode.Selection(range.start, range.start);
      }
    }
    await vscode.commands.executeCommand("editor.action.showHover", { focus: "autoFocusImmediately" });
  }

  private async showStatus(): Promise<void> {
    const { headline, lines, trouble } = this.status.report();
    const about = (label: string, detail: string, command: string): Item => ({ label, detail, command });
    const separator: Item = { label: headline, kind: vscode.QuickPickItemKind.Separator, detail: "", command: "" };
    const facts = lines.map((label) => about(label, "", ""));
    const repairs = trouble
      ? [
          about("$(gear) Set where heapls and Go are…", "heapls.path, heapls.go.root", "heapls.openSettings"),
          about("$(question) How to install heapls", "", "heapls.openWalkthrough"),
        ]
      : [];
    const items = [
      separator,
      ...facts,
      { ...separator, label: "do" },
      ...repairs,
      about(this.servers.hintsShown ? "$(eye-closed) Hide hints" : "$(eye) Show hints", "", "heapls.toggleHints"),
      about("$(settings) Select preset…", "", "heapls.selectPreset"),
      about("$(type-hierarchy) Show the path to the heap", "", "heapls.showPath"),
      about("$(check-all) Compare with the Go compiler", "Runs go build -gcflags=-m on the package", "heapls.verify"),
      about("$(refresh) Restart the server", "", "heapls.restart"),
      about("$(output) Show output", "", "heapls.showOutput"),
      about("$(gear) Settings", "", "heapls.openSettings"),
    ];
    const choice = await vscode.window.showQuickPick(items, { title: "heapls", placeHolder: headline });
    if (choice?.command) {
      await vscode.commands.executeCommand(choice.command);
    }
  }

  dispose(): void {
    this.subscriptions.forEach((each) => void each.dispose());
    this.path.dispose();
    this.status.dispose();
    this.servers.dispose();
    this.log.dispose();
  }
}

let running: Extension | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  running = new Extension(context);
  context.subscriptions.push(running);
  await running.restart();
}

export async function deactivate(): Promise<void> {
  await running?.servers.shutdown();
}
