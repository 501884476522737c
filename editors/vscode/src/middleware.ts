// Between VS Code and a server: documents of other servers are kept away from it, settings are those of its folders, and
// what it answers gets what only VS Code can do: hints that are switched off for a moment, links to the path view, and
// advice in the diagnostics, which stand above all hovers.
import * as vscode from "vscode";
import type { Middleware } from "vscode-languageclient/node";
import { withAdvice } from "./hover";
import type { PathTarget } from "./paths/view";
import type { Server, Servers } from "./servers";

export const ours = (diagnostic: vscode.Diagnostic): boolean => diagnostic.source === "heapls";

export const targetAt = (
  uri: vscode.Uri,
  { line, character }: vscode.Position,
  scope?: PathTarget["scope"],
): PathTarget => ({
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
    provideDiagnostics: async (document, previous, token, next) => {
      const isOwn = isMine(document instanceof vscode.Uri ? document : document.uri);
      const report = isOwn ? await next(document, previous, token) : undefined;
      if (report && "items" in report) {
        report.items.forEach(withAdvice);
      }
      return report;
    },
    provideWorkspaceDiagnostics: (ids, token, report, next) =>
      next(ids, token, (chunk) => {
        for (const each of chunk?.items ?? []) {
          if ("items" in each) {
            each.items.forEach(withAdvice);
          }
        }
        report(chunk);
      }),
    prepareCallHierarchy: (document, position, token, next) =>
      mine(document) ? next(document, position, token) : undefined,

    provideInlayHints: async (document, range, token, next) => {
      servers.answered.fire();
      return mine(document) && servers.hintsShown ? await next(document, range, token) : [];
    },

    provideHover: () => undefined, // hovers.ts asks

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

    provideCodeActions: () => undefined, // actions.ts asks

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
