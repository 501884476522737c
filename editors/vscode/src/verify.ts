// The server's commands that run the go command, for the active file, with their progress: "Compare with the Go Compiler"
// and "Download Missing Modules". What came of them the server says itself, in a message, in its status and by what it
// shows; here only what kept it from doing so is told.
import * as vscode from "vscode";
import { ExecuteCommandRequest, WorkDoneProgress } from "vscode-languageclient/node";
import type { Servers } from "./servers";

interface Run {
  command: string;
  title: string; // of the progress
  unable: string; // when the server does not have the command
  failed: string; // before what went wrong
}
const verify: Run = {
  command: "heapls.verify",
  title: "heapls asks the Go compiler",
  unable: "This heapls can't ask the compiler: a newer one can.",
  failed: "heapls could not ask the Go compiler",
};
const download: Run = {
  command: "heapls.download",
  title: "go mod download",
  unable: "This heapls can't download modules: a newer one can.",
  failed: "The modules could not be downloaded",
};
let asked = 0;

export const compareWithCompiler = (servers: Servers): Promise<void> => run(servers, verify);
export const downloadModules = (servers: Servers): Promise<void> => run(servers, download);

async function run(servers: Servers, { command, title, unable, failed }: Run): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId !== "go" || document.uri.scheme !== "file") {
    void vscode.window.showInformationMessage("heapls: open a Go file of the package first.");
    return;
  }
  const server = servers.of(document.uri);
  const client = server?.phase === "running" ? server.client : undefined;
  if (!client?.initializeResult?.capabilities.executeCommandProvider?.commands.includes(command)) {
    void vscode.window.showWarningMessage(client ? unable : "heapls is not running.");
    return;
  }
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  try {
    await vscode.window.withProgress(options, async (progress, token) => {
      const workDoneToken = `${command}-${++asked}`;
      const listening = client.onProgress(WorkDoneProgress.type, workDoneToken, (report) =>
        progress.report({ message: report.message }),
      );
      const params = { command, arguments: [document.uri.toString()], workDoneToken };
      try {
        await client.sendRequest(ExecuteCommandRequest.type, params, token);
      } finally {
        listening.dispose();
      }
    });
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    servers.log.channel.error(`${command}: ${words}`);
    if (!/cancel/i.test(words)) {
      void vscode.window.showWarningMessage(`${failed}: ${words}`);
    }
  }
}
