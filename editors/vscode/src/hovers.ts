// Hovers. Beside gopls, whose types can be long, the order counts: VS Code shows the hover of the provider first that was
// registered last. So there are two of ours: where something of heapls is underlined, and the diagnostic has said the
// verdict, the reason and what helps, what more there is comes next, by a provider that is registered anew when another
// server may have come; elsewhere, on calls, functions and types, it comes behind what a Go programmer hovers for.
import * as vscode from "vscode";
import { HoverRequest } from "vscode-languageclient/node";
import { isShownAt, withoutRepetition } from "./hover";
import { ours, targetAt } from "./middleware";
import type { Servers } from "./servers";

const selector: vscode.DocumentSelector = { scheme: "file", language: "go" };
const rest = 300; // milliseconds

export class Hovers implements vscode.Disposable {
  private first: vscode.Disposable | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly servers: Servers) {
    const comeFirst = (): void => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.comeFirst(), rest);
    };
    this.subscriptions = [
      vscode.languages.registerHoverProvider(selector, {
        provideHover: (document, position, token) =>
          this.underlined(document, position).length === 0 ? this.hover(document, position, token) : undefined,
      }),
      // Signs of another server's life.
      vscode.languages.onDidChangeDiagnostics(comeFirst),
      vscode.window.onDidChangeActiveTextEditor(comeFirst),
      servers.onDidChange(comeFirst),
    ];
    this.comeFirst();
  }

  private comeFirst(): void {
    const before = this.first;
    this.first = vscode.languages.registerHoverProvider(selector, {
      provideHover: (document, position, token) =>
        this.underlined(document, position).length > 0 ? this.hover(document, position, token) : undefined,
    });
    before?.dispose();
  }

  // What is underlined at the position.
  private underlined(document: vscode.TextDocument, position: vscode.Position): vscode.Diagnostic[] {
    return vscode.languages.getDiagnostics(document.uri).filter((each) => ours(each) && each.range.contains(position));
  }

  private async hover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    const server = this.servers.of(document.uri);
    const client = server?.phase === "running" ? server.client : undefined;
    if (!client) {
      return undefined;
    }
    const params = client.code2ProtocolConverter.asTextDocumentPositionParams(document, position);
    const answer = await client.sendRequest(HoverRequest.type, params, token).catch((error: unknown) => {
      this.servers.log.channel.debug(`Hover: ${String(error)}`);
      return null;
    });
    const hover = client.protocol2CodeConverter.asHover(answer);
    if (!hover) {
      return undefined;
    }
    const underlined = this.underlined(document, position);
    const listsPath = underlined.some(({ relatedInformation }) => (relatedInformation?.length ?? 0) > 0);
    const shown = underlined.filter(({ range, severity }) =>
      isShownAt(range.start, severity === vscode.DiagnosticSeverity.Hint, position),
    );
    const link = `command:heapls.showPath?${encodeURIComponent(JSON.stringify([targetAt(document.uri, position)]))}`;
    const contents = hover.contents.map((content) => {
      if (!(content instanceof vscode.MarkdownString)) {
        return content;
      }
      const { value, hasPath } = withoutRepetition(content.value, shown, listsPath);
      const links = hasPath ? `\n\n[$(type-hierarchy) Show the path to the heap](${link})` : "";
      const markdown = new vscode.MarkdownString(value + links, true);
      markdown.isTrusted = { enabledCommands: ["heapls.showPath"] };
      return markdown;
    });
    return new vscode.Hover(contents, hover.range);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.first?.dispose();
    this.subscriptions.forEach((each) => void each.dispose());
  }
}
