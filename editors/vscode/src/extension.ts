// The heapls extension: starts the server for Go files, shows what state it is in, and adds the commands of package.json.
// Hints, diagnostics, hovers, lenses and actions are the server's and come through the language client.
import * as vscode from "vscode";
import { CloseAction, ErrorAction, LanguageClient, State as ClientState } from "vscode-languageclient/node";
import type { ErrorHandler, LanguageClientOptions, ServerOptions } from "vscode-languageclient/node";
import { PathView } from "./path";
import { findServer, ServerMissing } from "./server";
import { Status } from "./status";

// What the server may tell about itself in the notification heapls/status.
interface ServerStatus {
  lines?: string[];
  note?: string;
}

const restartsInARow = 4;
const shortTime = 3 * 60 * 1000; // milliseconds

class Extension implements vscode.Disposable {
  private readonly output = vscode.window.createOutputChannel("heapls");
  private readonly trace = vscode.window.createOutputChannel("heapls trace");
  private readonly status = new Status();
  private readonly path = new PathView();
  private readonly subscriptions: vscode.Disposable[] = [];
  private client: LanguageClient | undefined;
  private queue: Promise<void> = Promise.resolve(); // starts and stops, one after the other
  private stoppedAt: number[] = [];
  private missingSaid = "";

  constructor(private readonly context: vscode.ExtensionContext) {
    this.status.hintsShown = context.workspaceState.get("hintsShown", true);
    const commands: Record<string, () => unknown> = {
      "heapls.toggleHints": () => this.toggleHints(),
      "heapls.selectPreset": () => this.selectPreset(),
      "heapls.restart": () => this.restart(),
      "heapls.showOutput": () => this.output.show(true),
      "heapls.showStatus": () => this.showStatus(),
      "heapls.showPath": () => this.path.reveal(),
      "heapls.openWalkthrough": () =>
        vscode.commands.executeCommand("workbench.action.openWalkthrough", `${context.extension.id}#start`),
    };
    for (const [name, run] of Object.entries(commands)) {
      this.subscriptions.push(vscode.commands.registerCommand(name, run));
    }
    this.subscriptions.push(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration("heapls.path")) {
          void this.restart();
        } else if (event.affectsConfiguration("heapls")) {
          this.status.show();
        }
      }),
    );
    void vscode.commands.executeCommand("setContext", "heapls.active", true);
  }

  restart(): Promise<void> {
    this.stoppedAt = [];
    this.queue = this.queue.then(() => this.stopNow()).then(() => this.startNow());
    return this.queue;
  }

  async shutdown(): Promise<void> {
    this.queue = this.queue.then(() => this.stopNow());
    await this.queue;
  }

  private async stopNow(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client) {
      await client.dispose(2000).catch((error: unknown) => this.output.appendLine(`Stopping: ${String(error)}`));
    }
  }

  private async startNow(): Promise<void> {
    this.status.set("starting");
    this.status.setFacts([], "");
    try {
      const { program, origin } = await findServer(this.context);
      this.missingSaid = "";
      const what = `${program} (${origin === "setting" ? "from heapls.path" : origin === "bundled" ? "came with the extension" : "from PATH"})`;
      this.output.appendLine(`Starting ${what}`);
      const run: ServerOptions = { command: program, args: ["serve"] };
      this.client = new LanguageClient("heapls", "heapls", run, this.clientOptions());
      this.client.onDidChangeState(({ newState }) => {
        if (newState === ClientState.Running) {
          this.status.set("running", this.serverName() ?? what);
        } else if (newState === ClientState.Stopped) {
          this.status.set("stopped", "Its messages are in the output channel.");
        }
      });
      this.client.onNotification("heapls/status", (status: ServerStatus) => {
        this.status.setFacts(status.lines ?? [], status.note ?? "");
      });
      await this.client.start();
    } catch (error) {
      this.sayWhyNot(error);
    }
  }

  private serverName(): string | undefined {
    const info = this.client?.initializeResult?.serverInfo;
    return info && [info.name, info.version].filter(Boolean).join(" ");
  }

  // Once for each reason: in a message with ways out, in the status bar for as long as it lasts, and in the output.
  private sayWhyNot(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    this.output.appendLine(text);
    this.status.set(error instanceof ServerMissing ? "missing" : "stopped", text);
    if (text === this.missingSaid) {
      return;
    }
    this.missingSaid = text;
    const message = error instanceof ServerMissing ? text : `heapls did not start: ${text}`;
    void vscode.window.showWarningMessage(message, "Open Settings", "Show Output").then((choice) => {
      if (choice === "Open Settings") {
        void vscode.commands.executeCommand("workbench.action.openSettings", "heapls.path");
      } else if (choice === "Show Output") {
        this.output.show(true);
      }
    });
  }

  private clientOptions(): LanguageClientOptions {
    return {
      documentSelector: [{ scheme: "file", language: "go" }],
      diagnosticCollectionName: "heapls",
      outputChannel: this.output,
      traceOutputChannel: this.trace,
      initializationOptions: vscode.workspace.getConfiguration("heapls"),
      synchronize: { configurationSection: "heapls" },
      errorHandler: this.errorHandler(),
      markdown: { supportHtml: false },
      middleware: {
        provideInlayHints: async (document, range, token, next) =>
          this.status.hintsShown ? await next(document, range, token) : [],
        workspace: {
          // A change of heapls.path ends the server that this would be sent to: nothing to bother the user with.
          didChangeConfiguration: async (sections, next) => {
            await next(sections).catch((error: unknown) => this.output.appendLine(`Sending settings: ${String(error)}`));
          },
        },
      },
    };
  }

  // A server that dies is started again, unless it keeps dying.
  private errorHandler(): ErrorHandler {
    return {
      error: () => ({ action: ErrorAction.Continue }),
      closed: () => {
        const now = Date.now();
        this.stoppedAt = [...this.stoppedAt.filter((time) => now - time < shortTime), now];
        if (this.stoppedAt.length <= restartsInARow) {
          return { action: CloseAction.Restart, handled: true };
        }
        const message = `heapls ended ${this.stoppedAt.length} times within three minutes and is left off. "heapls: Restart Server" tries again.`;
        this.status.set("stopped", message);
        return { action: CloseAction.DoNotRestart, message };
      },
    };
  }

  private async toggleHints(): Promise<void> {
    this.status.hintsShown = !this.status.hintsShown;
    this.status.show();
    await this.context.workspaceState.update("hintsShown", this.status.hintsShown);
    const feature = this.client?.getFeature("textDocument/inlayHint");
    for (const document of vscode.workspace.textDocuments) {
      feature?.getProvider(document)?.onDidChangeInlayHints.fire();
    }
  }

  private async selectPreset(): Promise<void> {
    const settings = vscode.workspace.getConfiguration("heapls");
    const current = settings.get<string>("preset", "default");
    const items = [
      { label: "quiet", detail: "Only allocations in loops and large ones." },
      { label: "default", detail: "Every expression that allocates, and every variable that is moved to the heap." },
      { label: "all", detail: "Also what stays on the stack, and what looks like an allocation but costs nothing." },
    ].map((item) => ({ ...item, description: item.label === current ? "now" : undefined }));
    const choice = await vscode.window.showQuickPick(items, { title: "heapls: how much to show" });
    if (choice) {
      const inWorkspace = settings.inspect("preset")?.workspaceValue !== undefined;
      await settings.update("preset", choice.label, inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global);
    }
  }

  private async showStatus(): Promise<void> {
    const items = [
      { label: this.status.hintsShown ? "$(eye-closed) Hide hints" : "$(eye) Show hints", command: "heapls.toggleHints" },
      { label: "$(settings) Select preset…", command: "heapls.selectPreset" },
      { label: "$(refresh) Restart the server", command: "heapls.restart" },
      { label: "$(output) Show output", command: "heapls.showOutput" },
    ];
    const choice = await vscode.window.showQuickPick(items, { title: "heapls", placeHolder: this.status.lines.join(" ") });
    if (choice) {
      await vscode.commands.executeCommand(choice.command);
    }
  }

  dispose(): void {
    this.subscriptions.forEach((each) => void each.dispose());
    this.path.dispose();
    this.status.dispose();
    this.trace.dispose();
    this.output.dispose();
  }
}

let running: Extension | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  running = new Extension(context);
  context.subscriptions.push(running);
  await running.restart();
}

export async function deactivate(): Promise<void> {
  await running?.shutdown();
}
