// Between VS Code and a server: documents of other servers are kept away from it, settings are those of its folders, and
// what it answers gets what only VS Code can do: hints that are switched off for a moment, links to the path view, and
// hovers that don't repeat the diagnostic above them.
import * as vscode from "vscode";
import type { Middleware } from "vscode-languageclient/node";
import { withoutRepetition } from "./hover";
import type { PathTarget } from "./paths/view";
import type { Server, Servers } from "./servers";

export const ours = (diagnostic: vscode.Diagnostic): boolean => diagnostic.source === "heapls";

const targetAt = (uri: vscode.Uri, { line, character }: vscode.Position, scope?: PathTarget["scope"]): PathTarget => ({
  uri: uri.toString(),
  position: { line, character },
  scope,
});

// There is something to show behind this line over a function.
const leads = (title: string): boolean => !title.startsWith("0 heap") && !title.startsWith("not decided");

export function middlewareOf(server: Server, servers: Servers): Middleware {
  const isMine = (uri: vscode.Uri): boolean => servers.of(uri) === server;
  const mine = (document: vscode.TextDocument): boolean => isMine(document.uri);
  return {
    didOpen: async (document, next) => (mine(document) ? await next(document) : undefined),
    didChange: async (event, next) => (mine(event.document) ? await next(event) : undefined),
    didSave: async (document, next) => (mine(document) ? await next(document) : undefined),
    didClose: async (document, next) => (mine(document) ? await next(document) : undefined),
    provideDiagnostics: (document, previous, token, next) =>
      isMine(document instanceof vscode.Uri ? document : document.uri) ? next(document, previous, token) : undefined,
    prepareCallHierarchy: (document, position, token, next) =>
      mine(document) ? next(document, position, token) : undefined,

    provideInlayHints: async (document, range, token, next) => {
      servers.answered.fire();
      return mine(document) && servers.hintsShown ? await next(document, range, token) : [];
    },

    provideHover: async (document, position, token, next) => {
      const hover = mine(document) ? await next(document, position, token) : undefined;
      if (!hover) {
        return hover;
      }
      const shown = vscode.languages
        .getDiagnostics(document.uri)
        .filter((each) => ours(each) && each.range.contains(position));
      const link = `command:heapls.showPath?${encodeURIComponent(JSON.stringify([targetAt(document.uri, position)]))}`;
      const contents = hover.contents.map((content) => {
        if (!(content instanceof vscode.MarkdownString)) {
          return content;
        }
        const { value, hasPath } = withoutRepetition(content.value, shown);
        const links = hasPath ? `\n\n[$(type-hierarchy) Show the path to the heap](${link})` : "";
        const markdown = new vscode.MarkdownString(value + links, true);
        markdown.isTrusted = { enabledCommands: ["heapls.showPath"] };
        return markdown;
      });
      return new vscode.Hover(contents, hover.range);
    },

    provideCodeLenses: async (document, token, next) => {
      const lenses = mine(document) ? await next(document, token) : [];
      for (const [nth, lens] of (lenses ?? []).entries()) {
        if (lens.command?.command === "" && leads(lens.command.title)) {
          const target = targetAt(document.uri, lens.range.start, "function");
          const tooltip = "Show the paths to the heap";
          lens.command = { title: lens.command.title, command: servers.lenses.of(nth, target), tooltip };
        }
      }
      return lenses;
    },

    provideCodeActions: async (document, range, context, token, next) => {
      const actions = mine(document) ? await next(document, range, context, token) : [];
      const diagnostic = context.diagnostics.find(ours);
      const fits = !context.only || context.only.contains(vscode.CodeActionKind.QuickFix);
      if (!mine(document) || !diagnostic || !fits) {
        return actions;
      }
      const show = new vscode.CodeAction("Show the path to the heap", vscode.CodeActionKind.QuickFix);
      show.command = {
        command: "heapls.showPath",
        title: show.title,
        arguments: [targetAt(document.uri, diagnostic.range.start)],
      };
      show.diagnostics = [diagnostic];
      return [...(actions ?? []), show];
    },

    workspace: {
      configuration: (params) => params.items.map(({ section }) => (section === "heapls" ? server.settings() : null)),
      didChangeWorkspaceFolders: async ({ added, removed }, next) => {
        const isOurs = (folder: vscode.WorkspaceFolder): boolean => isMine(folder.uri);
        await next({ added: added.filter(isOurs), removed });
      },
      // A change may end the server that this would be sent to: nothing to bother the user with.
      didChangeConfiguration: async (sections, next) => {
        await next(sections).catch((error: unknown) => servers.log.channel.info(`Sending settings: ${String(error)}`));
      },
    },
  };
}
