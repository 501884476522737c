// Code actions: the server's, which remove allocations, the path to the heap, and what hides a line. The last two mend nothing,
// so they are no quick fixes, which stand first and are applied by a key: VS Code lists them as "More Actions…". Of several providers there it asks the one
// first that was registered last, so ours is registered before gopls has started, and what hides is the last of all.
import * as vscode from "vscode";
import { CodeActionRequest } from "vscode-languageclient/node";
import { ours, targetAt } from "./middleware";
import type { Servers } from "./servers";

const kind = vscode.CodeActionKind.Empty.append("heapls");
const { QuickFix, RefactorRewrite, SourceFixAll } = vscode.CodeActionKind;
const kinds = [QuickFix, RefactorRewrite, SourceFixAll, kind];

// It is about a value that goes to the heap, and not about an import that is missing.
const isOnTheHeap = ({ code }: vscode.Diagnostic): boolean =>
  /^(heap|moved)\//.test(String(typeof code === "object" ? code.value : code));

export class Actions implements vscode.CodeActionProvider, vscode.Disposable {
  private readonly registration: vscode.Disposable;

  constructor(private readonly servers: Servers) {
    const selector: vscode.DocumentSelector = { scheme: "file", language: "go" };
    const metadata = { providedCodeActionKinds: kinds };
    this.registration = vscode.languages.registerCodeActionsProvider(selector, this, metadata);
  }

  async provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    context: vscode.CodeActionContext,
    token: vscode.CancellationToken,
  ): Promise<(vscode.Command | vscode.CodeAction)[]> {
    const server = this.servers.of(document.uri);
    const client = server?.phase === "running" ? server.client : undefined;
    if (!client) {
      return [];
    }
    const { code2ProtocolConverter: toServer, protocol2CodeConverter: fromServer } = client;
    const params = {
      textDocument: toServer.asTextDocumentIdentifier(document),
      range: toServer.asRange(range),
      context: await toServer.asCodeActionContext(context, token),
    };
    const answer = await client.sendRequest(CodeActionRequest.type, params, token).catch((error: unknown) => {
      this.servers.log.channel.debug(`Code actions: ${String(error)}`);
      return null;
    });
    const actions = answer ? await fromServer.asCodeActionResult(answer, token) : [];
    return [...this.path(document, context), ...actions];
  }

  private path(document: vscode.TextDocument, context: vscode.CodeActionContext): vscode.CodeAction[] {
    const diagnostic = context.diagnostics.find((each) => ours(each) && isOnTheHeap(each));
    const own = kind.append("path");
    if (!diagnostic || (context.only && !context.only.contains(own))) {
      return [];
    }
    const show = new vscode.CodeAction("Show the path to the heap", own);
    show.command = {
      command: "heapls.showPath",
      title: show.title,
      arguments: [targetAt(document.uri, diagnostic.range.start)],
    };
    show.diagnostics = [diagnostic];
    return [show];
  }

  dispose(): void {
    this.registration.dispose();
  }
}
