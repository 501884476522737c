// Ticks the walkthrough's first step when the server runs. VS Code (1.139) reads the walkthroughs when the first one is opened, takes
// what is true by then for told, and ticks nothing for it, ever: so a step that waits for `heapls.running` waits in vain. The
// step waits for keys of its own, each of which is true for a moment only, after a tab of that sort has come, and when the
// server has begun to run beside one. They are several, since one that is true while VS Code reads is lost.
import * as vscode from "vscode";
import type { Servers } from "./servers";

export const keys = ["A", "B", "C", "D"].map((each) => `heapls.serverAtHand${each}`);
const moments = [500, 2500]; // milliseconds after a tab has come, while VS Code still reads
const moment = 500;

// Of tabs that show neither a file nor what an extension draws, VS Code does not say more than that.
const hasPage = (tabs: readonly vscode.Tab[]): boolean => tabs.some(({ input }) => input === undefined);

export class Walkthrough implements vscode.Disposable {
  private wasRunning = false;
  private ticks = 0;
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly servers: Servers) {
    this.subscriptions = [
      vscode.window.tabGroups.onDidChangeTabs(({ opened }) => {
        if (hasPage(opened)) {
          this.tick();
        }
      }),
      servers.onDidChange(() => {
        const running = this.isRunning();
        if (running && !this.wasRunning && vscode.window.tabGroups.all.some(({ tabs }) => hasPage(tabs))) {
          this.tick();
        }
        this.wasRunning = running;
      }),
    ];
  }

  private isRunning(): boolean {
    return this.servers.list.some(({ phase }) => phase === "running");
  }

  private tick(): void {
    for (const time of moments) {
      const key = keys[this.ticks++ % keys.length] ?? "";
      const set = (value: boolean): void => void vscode.commands.executeCommand("setContext", key, value);
      setTimeout(() => set(this.isRunning()), time);
      setTimeout(() => set(false), time + moment);
    }
  }

  dispose(): void {
    this.subscriptions.forEach((each) => void each.dispose());
  }
}
