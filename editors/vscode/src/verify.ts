// "Compare with the Go Compiler": the server's command heapls.verify for the active file, with its progress. What came of
// it the server says itself, in a message and in its status; here only what kept it from asking is told.
import * as vscode from "vscode";
import { ExecuteCommandRequest, WorkDoneProgress } from "vscode-languageclient/node";
import type { Servers } from "./servers";

const verify = "heapls.verify";
let asked = 0;

export async function compareWithCompiler(servers: Servers): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId !== "go" || document.uri.scheme !== "file") {
    void vscode.window.showInformationMessage("heapls: open a Go file of the package to compare.");
    return;
  }
  const server = servers.of(document.uri);
  const client = server?.phase === "running" ? server.client : undefined;
  if (!client?.initializeResult?.capabilities.executeCommandProvider?.commands.includes(verify)) {
    const why = client ? "This heapls can't ask the compiler: a newer one can." : "heapls is not running.";
    void vscode.window.showWarningMessage(why);
    return;
  }
  const title = "heapls asks the Go compiler";
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  try {
    await vscode.window.withProgress(options, async (progress, token) => {
      const workDoneToken = `heapls-verify-${++asked}`;
      const listening = client.onProgress(WorkDoneProgress.type, workDoneToken, (report) =>
        progress.report({ message: report.message }),
      );
      const params = { command: verify, arguments: [document.uri.toString()], workDoneToken };
      try {
        await client.sendRequest(ExecuteCommandRequest.type, params, token);
      } finally {
        listening.dispose();
      }
    });
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    servers.log.channel.error(`${verify}: ${words}`);
    if (!/cancel/i.test(words)) {
      void vscode.window.showWarningMessage(`heapls could not ask the Go compiler: ${words}`);
    }
  }
}
