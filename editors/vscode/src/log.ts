// The output channels: "heapls" with VS Code's log levels, and "heapls trace" with the messages of the protocol.
import * as vscode from "vscode";

// The language client writes "[Warn  - 12:00:00] text" to a plain channel, and what comes on the server's standard error.
const leveled = /^\[(Error|Warn|Info|Debug) *- [^\]]*\] ([\s\S]*)$/;

export class Log implements vscode.Disposable {
  readonly channel = vscode.window.createOutputChannel("heapls", { log: true });
  readonly trace = vscode.window.createOutputChannel("heapls trace");

  // What a language client is given as its channel. While it runs, the server's own lines on standard error are the
  // messages that it sends too, and are not written twice.
  forClient(isRunning: () => boolean): vscode.OutputChannel {
    const { channel } = this;
    let rest = "";
    const appendLine = (line: string): void => {
      const [, level, text = line] = leveled.exec(line) ?? [];
      if (level === "Error") {
        channel.error(text);
      } else if (level === "Warn") {
        channel.warn(text);
      } else if (level === "Debug") {
        channel.debug(text);
      } else {
        channel.info(text); // of the server's debug messages too: the setting heapls.log.level asked for them
      }
    };
    const append = (text: string): void => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line !== "" && !(isRunning() && line.startsWith("heapls: "))) {
          channel.warn(line);
        }
      }
    };
    return {
      name: channel.name,
      append,
      appendLine,
      replace: append,
      clear: () => channel.clear(),
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- one overload of the interface is
      show: () => {
        channel.show(true);
      },
      hide: () => channel.hide(),
      dispose: () => undefined, // it is shared
    };
  }

  dispose(): void {
    this.channel.dispose();
    this.trace.dispose();
  }
}
