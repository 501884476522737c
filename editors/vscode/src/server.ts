// Where the heapls program is: the setting heapls.path, else the one packed into the extension, else the first on PATH.
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { homedir } from "node:os";
import * as path from "node:path";
import * as vscode from "vscode";

export interface Found {
  program: string;
  origin: "setting" | "bundled" | "PATH";
}

// What to tell the user when there is no program to start.
export class ServerMissing extends Error {}

const programName = process.platform === "win32" ? "heapls.exe" : "heapls";

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

// `~` and `${workspaceFolder}` stand for what they do in other settings; a relative path is taken from the first folder.
function expand(setting: string): string {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? homedir();
  const expanded = setting.replace(/^~(?=$|[/\\])/, homedir()).replace(/\$\{workspaceFolder\}/g, folder);
  return path.resolve(folder, expanded);
}

export async function findServer(context: vscode.ExtensionContext): Promise<Found> {
  const setting = vscode.workspace.getConfiguration("heapls").get<string>("path", "").trim();
  if (setting !== "") {
    const program = expand(setting);
    if (await isProgram(program)) {
      return { program, origin: "setting" };
    }
    throw new ServerMissing(`The setting heapls.path names ${program}, which is not a program that can be started.`);
  }
  const bundled = context.asAbsolutePath(path.join("server", programName));
  if (await isProgram(bundled)) {
    return { program: bundled, origin: "bundled" };
  }
  for (const folder of (process.env.PATH ?? "").split(path.delimiter).filter((part) => path.isAbsolute(part))) {
    const program = path.join(folder, programName);
    if (await isProgram(program)) {
      return { program, origin: "PATH" };
    }
  }
  throw new ServerMissing(
    `The heapls program was not found on PATH${vscode.env.remoteName ? ` of ${vscode.env.remoteName}` : ""}. ` +
      "Build it as its README.md says, or set heapls.path to where it is.",
  );
}
