// The servers: one process for all folders whose settings are the same (groups.ts), each with its language client. Here
// they are started, stopped and started again, and here it is known which of them a document belongs to.
import * as vscode from "vscode";
import {
  CloseAction,
  ErrorAction,
  ExecuteCommandRequest,
  LanguageClient,
  State as ClientState,
} from "vscode-languageclient/node";
import type {
  CancellationToken,
  DynamicFeature,
  StaticFeature,
  ErrorHandler,
  InitializeParams,
  LanguageClientOptions,
} from "vscode-languageclient/node";
import { type Group, groupsOf, sameGroups } from "./groups";
import { LensCommands } from "./lenses";
import type { Log } from "./log";
import { middlewareOf } from "./middleware";
import type { Paths } from "./paths/protocol";
import { describe, findProgram, ProgramMissing } from "./program";

export type Phase = "starting" | "running" | "stopped" | "missing";

// The notification heapls/status (editors/README.md).
export interface ServerStatus {
  state: "loading" | "ready" | "incomplete" | "error";
  message: string;
  lines: string[];
  note: string;
  go: { version: string; root: string; rules: "exact" | "newer" | "older" | "unknown" };
  document?: { uri: string; functions: number; stale: number };
  action?: { title: string; command: string; arguments: unknown[] }; // what would mend it
}

interface Settings {
  diagnostics?: { reasons?: string };
}

const restartsInARow = 4;
const shortTime = 3 * 60 * 1000; // milliseconds
const stopTime = 2000;

// Settings that a server takes up only when it starts; all others reach it while it runs.
const readAtStart = ["heapls.path", "heapls.diagnostics.workspace"];

class Client extends LanguageClient {
  folders: vscode.WorkspaceFolder[] = [];

  // The server's commands are not registered: that can be done once in a window only, and verify.ts runs what is wanted.
  override registerFeature(feature: StaticFeature | DynamicFeature<unknown>): void {
    if (!("registrationType" in feature) || feature.registrationType.method !== ExecuteCommandRequest.method) {
      super.registerFeature(feature);
    }
  }

  protected override fillInitializeParams(params: InitializeParams): void {
    super.fillInitializeParams(params);
    params.workspaceFolders = this.folders.map(({ uri, name }) => ({ uri: uri.toString(), name }));
  }
}

export class Server {
  phase: Phase = "starting";
  detail = ""; // which program, or why there is none
  file = ""; // of the program
  told: ServerStatus | undefined;
  client: Client | undefined;
  private stoppedAt: number[] = [];
  private giveUp: ((why: Error) => void) | undefined; // while it has not run yet

  constructor(
    public group: Group<vscode.WorkspaceFolder>,
    private readonly owner: Servers,
  ) {}

  get folder(): vscode.WorkspaceFolder | undefined {
    return this.group.folders.at(0);
  }

  // What the settings are for this server, as the protocol wants them. The page of the diagnostics' codes is the one that
  // is packed into the extension, unless another one is set.
  settings(): object {
    const set = vscode.workspace.getConfiguration(undefined, this.folder).get<Settings>("heapls");
    const packed = vscode.Uri.joinPath(this.owner.context.extensionUri, "reasons.md").toString();
    return { ...set, diagnostics: { ...set?.diagnostics, reasons: set?.diagnostics?.reasons || packed } };
  }

  async paths(uri: vscode.Uri, { line, character }: vscode.Position, token: CancellationToken): Promise<Paths> {
    const params = { textDocument: { uri: uri.toString() }, position: { line, character } };
    if (!this.client) {
      throw new Error("heapls is not running");
    }
    return await this.client.sendRequest<Paths>("heapls/paths", params, token);
  }

  async start(): Promise<void> {
    this.become("starting");
    try {
      const program = await findProgram(this.owner.context, this.folder?.uri);
      this.file = program.file;
      this.owner.log.channel.info(`Starting ${describe(program)}`);
      const run = { command: program.file, args: ["serve"] };
      const client = (this.client = new Client("heapls", "heapls", run, this.clientOptions()));
      client.folders = this.group.folders;
      client.onDidChangeState(({ newState }) => {
        if (this.client !== client) {
          return;
        }
        if (newState === ClientState.Running) {
          const info = client.initializeResult?.serverInfo;
          this.become("running", [info?.name, info?.version, describe(program)].filter(Boolean).join(" "));
        } else if (newState === ClientState.Stopped) {
          this.become("stopped", "Its messages are in the output channel.");
        } else {
          this.become("starting", this.detail);
        }
      });
      client.onNotification("heapls/status", (status: ServerStatus) => {
        this.told = status;
        this.owner.changed.fire();
      });
      const ended = new Promise<never>((_, reject) => (this.giveUp = reject));
      await Promise.race([client.start(), ended]);
      this.giveUp = undefined;
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.owner.log.channel.error(text);
      this.become(error instanceof ProgramMissing ? "missing" : "stopped", text);
      this.owner.failed.fire(error instanceof ProgramMissing ? text : `heapls did not start: ${text}`);
    }
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client
      ?.dispose(stopTime)
      .catch((error: unknown) => this.owner.log.channel.info(`Stopping: ${String(error)}`));
    this.become("stopped");
  }

  private become(phase: Phase, detail = ""): void {
    this.phase = phase;
    this.detail = detail;
    if (phase !== "running") {
      this.told = undefined;
    }
    this.owner.changed.fire();
  }

  private clientOptions(): LanguageClientOptions {
    const { log } = this.owner;
    return {
      documentSelector: [{ scheme: "file", language: "go" }],
      diagnosticCollectionName: "heapls",
      outputChannel: log.forClient(() => this.phase === "running"),
      traceOutputChannel: log.trace,
      initializationOptions: { ...this.settings(), statusNotification: true },
      errorHandler: this.errorHandler(),
      initializationFailedHandler: () => false, // start() says why
      markdown: { supportHtml: false },
      middleware: middlewareOf(this, this.owner),
    };
  }

  // A server that dies is started again, unless it keeps dying.
  private errorHandler(): ErrorHandler {
    return {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => {
        if (this.giveUp) {
          this.giveUp(new Error(`${this.file} ended before it said a word. Is it heapls?`));
          return { action: CloseAction.DoNotRestart, handled: true };
        }
        const now = Date.now();
        this.stoppedAt = [...this.stoppedAt.filter((time) => now - time < shortTime), now];
        if (this.stoppedAt.length <= restartsInARow) {
          return { action: CloseAction.Restart, handled: true };
        }
        const message = `heapls ended ${this.stoppedAt.length} times within three minutes and is left off. "heapls: Restart Server" tries again.`;
        this.become("stopped", message);
        return { action: CloseAction.DoNotRestart, message };
      },
    };
  }
}

export class Servers implements vscode.Disposable {
  readonly changed = new vscode.EventEmitter<void>(); // a server's phase or what it told
  readonly onDidChange = this.changed.event;
  readonly answered = new vscode.EventEmitter<void>(); // an editor asked again: there may be news
  readonly onDidAnswer = this.answered.event;
  readonly failed = new vscode.EventEmitter<string>();
  readonly onDidFail = this.failed.event;
  readonly lenses = new LensCommands();
  hintsShown = true;
  private all: Server[] = [];
  private queue: Promise<void> = Promise.resolve(); // starts and stops, one after the other
  private readonly subscriptions: vscode.Disposable[] = [];

  constructor(
    readonly context: vscode.ExtensionContext,
    readonly log: Log,
  ) {
    this.subscriptions.push(
      vscode.workspace.onDidChangeConfiguration((event) => {
        const again = readAtStart.some((name) => event.affectsConfiguration(name));
        if (again || event.affectsConfiguration("heapls")) {
          this.regroup(again);
        }
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.regroup(false)),
    );
  }

  // The server of a document; that of files in no folder is the first.
  of(uri: vscode.Uri): Server | undefined {
    const folder = vscode.workspace.getWorkspaceFolder(uri)?.uri.toString();
    const owner = folder && this.all.find(({ group }) => group.folders.some((each) => each.uri.toString() === folder));
    return owner || this.all.at(0);
  }

  get list(): readonly Server[] {
    return this.all;
  }

  restart(): Promise<void> {
    this.queue = this.queue
      .then(() => this.stopNow())
      .then(async () => {
        this.all = this.groups().map((group) => new Server(group, this));
        await Promise.all(this.all.map((server) => server.start()));
      });
    return this.queue;
  }

  async shutdown(): Promise<void> {
    this.queue = this.queue.then(() => this.stopNow());
    await this.queue;
  }

  private async stopNow(): Promise<void> {
    await Promise.all(this.all.map((server) => server.stop()));
    this.all = [];
  }

  private groups(): Group<vscode.WorkspaceFolder>[] {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
    return groupsOf(folders, (folder) =>
      JSON.stringify(vscode.workspace.getConfiguration(undefined, folder).get("heapls")),
    );
  }

  // The settings or the folders have changed. Servers that keep their folders are told by their clients.
  private regroup(again: boolean): void {
    const before = this.all.map(({ group }) => group);
    const after = this.groups();
    if (again || !sameGroups(before, after, ({ uri }) => uri.toString())) {
      void this.restart();
      return;
    }
    const [server] = this.all;
    const [group] = after;
    if (server && group && after.length === 1) {
      server.group = group;
    }
    this.changed.fire();
  }

  dispose(): void {
    this.subscriptions.forEach((each) => void each.dispose());
    this.lenses.dispose();
    this.changed.dispose();
    this.answered.dispose();
    this.failed.dispose();
  }
}
