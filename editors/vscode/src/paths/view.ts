// The view "Path to the Heap": asks the server for the paths at the cursor, keeps up with edits and with the cursor, and
// shows them in an editor beside and, where the user has opened that, in the sidebar's view. What the page does is in src/webview.
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import type { Servers } from "../servers";
import { graphOf } from "./graph";
import type { FromView, Path, Paths, Place, Scope, ToView, ViewState } from "./protocol";

export interface PathTarget {
  uri: string;
  position: { line: number; character: number };
  scope?: Scope;
}

const cursorRests = 120; // milliseconds
const waitIsLong = 300;
const eventsAreLate = 400; // VS Code tells of cursors some time after they moved
const shownPaths = 24;

const nothing: ViewState = {
  title: "",
  hint: "",
  paragraphs: [],
  graph: { nodes: [], edges: [] },
  parts: [],
  scope: "value",
  hasValue: false,
  values: 0,
  functionName: "",
  pinned: false,
  notice: "",
  updating: false,
};

const cursorOf = ({ document, selection }: vscode.TextEditor): string =>
  `${document.uri.toString()}#${selection.active.line}:${selection.active.character}`;

const goesToHeap = (path: Path): boolean => path.verdict === "heap" || path.verdict === "conditional";

// What the view shows of an answer.
export function stateOf(answer: Paths, wanted: Scope): ViewState {
  const here = answer.paths.at(answer.at < 0 ? answer.paths.length : answer.at);
  const all = answer.paths.filter(goesToHeap);
  const scope = here ? wanted : "function";
  const functionName = answer.function;
  const name = functionName ? `\`${functionName}\`` : "this declaration";
  const more = all.length - shownPaths;
  const base = { ...nothing, scope, functionName, hasValue: here !== undefined, values: all.length };
  if (scope === "value" && here) {
    const paragraphs = [{ text: here.why }];
    return {
      ...base,
      title: here.kind === "parameter" ? `Parameter \`${here.subject}\`` : here.title || `\`${here.subject}\``,
      hint: here.kind === "parameter" ? "" : here.hint,
      paragraphs: here.advice ? [...paragraphs, { name: "What helps:", text: here.advice }] : paragraphs,
      graph: graphOf([here], answer.uri, here),
      notice: here.stale ? "Stale: from before the edit that broke this declaration." : "",
    };
  }
  if (all.length === 0) {
    return {
      ...base,
      empty: functionName ? `Nothing in ${functionName} goes to the heap.` : "Nothing here goes to the heap.",
    };
  }
  const drawn = all.slice(0, shownPaths);
  return {
    ...base,
    title: `${all.length} ${all.length === 1 ? "value" : "values"} of ${name} ${all.length === 1 ? "goes" : "go"} to the heap`,
    paragraphs: more > 0 ? [{ text: `The first ${shownPaths} are drawn; ${more} more are further down in it.` }] : [],
    graph: graphOf(drawn, answer.uri, here),
    parts: drawn.map((path) => ({
      text: path.subject,
      hint: path.hint,
      place: { uri: answer.uri, range: path.range },
      here: path === here,
      graph: graphOf([path], answer.uri, here),
    })),
    notice: all.some((path) => path.stale) ? "Stale: from before the edit that broke this declaration." : "",
  };
}

// One place where the page is shown.
class Surface {
  private ready = false;

  constructor(
    readonly webview: vscode.Webview,
    private readonly root: vscode.Uri,
    receive: (message: FromView) => void,
    private readonly current: () => ViewState,
    readonly isVisible: () => boolean,
  ) {
    webview.options = { enableScripts: true, localResourceRoots: [root] };
    webview.onDidReceiveMessage((message: FromView) => {
      if (message.type === "ready") {
        this.ready = true;
        this.show();
      } else {
        receive(message);
      }
    });
    webview.html = this.html();
  }

  show(): void {
    if (this.ready) {
      void this.webview.postMessage({ show: this.current() } satisfies ToView);
    }
  }

  private html(): string {
    const nonce = randomBytes(18).toString("base64");
    const at = (name: string): string => this.webview.asWebviewUri(vscode.Uri.joinPath(this.root, name)).toString();
    const policy = `default-src 'none'; style-src ${this.webview.cspSource}; script-src 'nonce-${nonce}'`;
    return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Path to the Heap</title>
<link rel="stylesheet" href="${at("view.css")}">
</head>
<body>
<div id="status" role="status" aria-live="polite"></div>
<main id="page"></main>
<script nonce="${nonce}" src="${at("view.js")}"></script>
</body>
</html>`;
  }
}

export class PathView implements vscode.WebviewViewProvider, vscode.Disposable {
  private readonly subscriptions: vscode.Disposable[] = [];
  private readonly surfaces = new Set<Surface>();
  private readonly root: vscode.Uri;
  private panel: vscode.WebviewPanel | undefined;
  private view: vscode.WebviewView | undefined;
  private state: ViewState = {
    ...nothing,
    empty: "Put the cursor on an allocation in a Go file to see the way its value takes to the heap.",
  };
  private answer: Paths | undefined;
  private at: { uri: vscode.Uri; position: vscode.Position } | undefined;
  private scope: Scope = "value";
  private pinned = false;
  private cursor = ""; // where it was last, with its file
  private asked = 0; // when the user asked for a place by name
  private went: Place | undefined; // where a click in the view has put the cursor: no reason to show something else
  private timer: NodeJS.Timeout | undefined;
  private asking: vscode.CancellationTokenSource | undefined;

  constructor(
    context: vscode.ExtensionContext,
    private readonly servers: Servers,
  ) {
    this.root = vscode.Uri.joinPath(context.extensionUri, "dist");
    this.subscriptions.push(
      vscode.window.registerWebviewViewProvider("heapls.path", this),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => this.follow(textEditor)),
      vscode.window.onDidChangeActiveTextEditor((editor) => this.follow(editor)),
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.contentChanges.length > 0 && event.document.languageId === "go") {
          this.moveWith(event);
          this.soon();
        }
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (document.uri.toString() === this.at?.uri.toString()) {
          this.at = undefined;
          this.set({ ...nothing, empty: "The file of this path was closed." });
        }
      }),
      servers.onDidChange(() => this.soon()),
      servers.onDidAnswer(() => this.soon()),
    );
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const surface = this.add(view.webview, () => view.visible);
    view.onDidChangeVisibility(() => view.visible && this.soon(0));
    view.onDidDispose(() => {
      this.surfaces.delete(surface);
      this.view = undefined;
    });
    this.view = view;
    if (this.at) {
      this.soon(0);
    } else {
      this.follow(vscode.window.activeTextEditor);
    }
  }

  // Shows the path of what is at a place, by default at the cursor: in the view where that is to be seen, else, or when it
  // is wanted there, in an editor beside. The view is not fetched: what stands in the side bar would have to go.
  async reveal(target: PathTarget | undefined, beside: boolean): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const cursor = editor ? cursorOf(editor) : "";
    if (target) {
      this.asked = Date.now();
      const { line, character } = target.position;
      this.at = { uri: vscode.Uri.parse(target.uri), position: new vscode.Position(line, character) };
      this.scope = target.scope ?? "value";
      this.went = { uri: target.uri, range: { start: target.position, end: target.position } };
    } else if (editor?.document.languageId === "go" && !(beside && this.at)) {
      this.at = { uri: editor.document.uri, position: editor.selection.active };
      this.scope = "value";
      this.went = undefined;
    } else if (!this.at) {
      void vscode.window.showInformationMessage("heapls: open a Go file and put the cursor on an allocation.");
      return;
    }
    this.cursor = cursor;
    this.pinned = false;
    const keepsFocus = beside || target !== undefined; // of who asks by name; a command goes there
    if (this.view?.visible && !beside) {
      this.view.show(keepsFocus);
    } else {
      this.openPanel(keepsFocus);
    }
    await this.ask();
  }

  private openPanel(preserveFocus: boolean): void {
    if (this.panel) {
      this.panel.reveal(undefined, preserveFocus);
      return;
    }
    const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus };
    const panel = vscode.window.createWebviewPanel("heapls.pathPanel", "Path to the Heap", column, {});
    const surface = this.add(panel.webview, () => panel.visible);
    panel.onDidChangeViewState(() => panel.visible && this.soon(0));
    panel.onDidDispose(() => {
      this.surfaces.delete(surface);
      this.panel = undefined;
    });
    this.panel = panel;
  }

  private add(webview: vscode.Webview, isVisible: () => boolean): Surface {
    const receive = (message: FromView): void => this.receive(message);
    const surface = new Surface(webview, this.root, receive, () => this.state, isVisible);
    this.surfaces.add(surface);
    return surface;
  }

  private receive(message: FromView): void {
    switch (message.type) {
      case "go":
        void this.go(message.place, message.keepFocus);
        break;
      case "scope":
        this.scope = message.scope;
        this.render();
        break;
      case "pin":
        this.pinned = message.pinned;
        this.render();
        if (!message.pinned) {
          this.cursor = "";
          this.follow(vscode.window.activeTextEditor);
        }
        break;
      case "leave":
        void vscode.commands.executeCommand("workbench.action.focusActiveEditorGroup");
        break;
      case "ready":
        break;
    }
  }

  private async go(place: Place, keepFocus: boolean): Promise<void> {
    this.went = place;
    const { start, end } = place.range;
    const selection = new vscode.Range(start.line, start.character, end.line, end.character);
    const uri = vscode.Uri.parse(place.uri);
    // In the editor that shows the file already, not in the group of the panel.
    const shown = vscode.window.visibleTextEditors.find((each) => each.document.uri.toString() === uri.toString());
    const column = shown?.viewColumn ?? (this.panel?.active ? vscode.ViewColumn.One : undefined);
    await vscode.window.showTextDocument(uri, { selection, preserveFocus: keepFocus, viewColumn: column });
  }

  private follow(editor: vscode.TextEditor | undefined): void {
    if (editor?.document.languageId !== "go" || this.pinned) {
      return;
    }
    const { uri } = editor.document;
    const position = editor.selection.active;
    if (this.cursor === cursorOf(editor)) {
      return;
    }
    this.cursor = cursorOf(editor);
    if (Date.now() - this.asked < eventsAreLate) {
      return;
    }
    if (this.went) {
      const { start, end } = this.went.range;
      const inside = new vscode.Range(start.line, start.character, end.line, end.character).contains(position);
      if (inside && this.went.uri === uri.toString()) {
        return;
      }
    }
    this.went = undefined;
    if (this.at?.uri.toString() !== uri.toString() || this.at.position.line !== position.line) {
      this.scope = "value";
    }
    this.at = { uri, position };
    this.soon();
  }

  // Lines that come and go above the place move it.
  private moveWith(event: vscode.TextDocumentChangeEvent): void {
    if (event.document.uri.toString() !== this.at?.uri.toString()) {
      return;
    }
    let { position } = this.at;
    for (const { range, text } of event.contentChanges) {
      if (range.end.isBeforeOrEqual(position) && range.end.line < position.line) {
        position = position.translate(text.split("\n").length - 1 - (range.end.line - range.start.line));
      }
    }
    this.at = { uri: this.at.uri, position };
  }

  private soon(milliseconds = cursorRests): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), milliseconds);
  }

  private async ask(): Promise<void> {
    clearTimeout(this.timer);
    this.asking?.cancel();
    const at = this.at;
    const surfaces = [...this.surfaces];
    if (!at || !surfaces.some((surface) => surface.isVisible())) {
      return;
    }
    const server = this.servers.of(at.uri);
    if (server?.phase !== "running") {
      const words = server?.phase === "starting" ? "heapls is starting." : "heapls is not running.";
      this.set(
        this.answer
          ? { ...this.state, notice: `${words} What is shown is from before.` }
          : { ...nothing, empty: words },
      );
      return;
    }
    const asking = (this.asking = new vscode.CancellationTokenSource());
    const late = setTimeout(() => this.set({ ...this.state, updating: true }), waitIsLong);
    try {
      const answer = await server.paths(at.uri, at.position, asking.token);
      if (!asking.token.isCancellationRequested) {
        this.answer = answer;
        clearTimeout(late);
        this.render();
      }
    } catch (error) {
      if (!asking.token.isCancellationRequested) {
        const words = error instanceof Error ? error.message : String(error);
        clearTimeout(late);
        this.answer = undefined;
        this.set({ ...nothing, empty: `heapls gave no path: ${words}` });
      }
    } finally {
      clearTimeout(late);
      asking.dispose();
    }
  }

  private render(): void {
    if (this.answer) {
      this.set(stateOf(this.answer, this.scope));
    }
  }

  private set(state: ViewState): void {
    this.state = { ...state, pinned: this.pinned };
    for (const surface of this.surfaces) {
      surface.show();
    }
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.panel?.dispose();
    this.subscriptions.forEach((each) => void each.dispose());
  }
}
