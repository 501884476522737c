// Where the heapls program is: the setting heapls.path, else the one packed into the extension, else the first on PATH.
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { homedir } from "node:os";
import * as path from "node:path";
import * as vscode from "vscode";

export interface Program {
  file: string;
  origin: "setting" | "bundled" | "PATH";
}

// There is no program to start: the message says why, to the user.
export class ProgramMissing extends Error {}

const programName = process.platform === "win32" ? "heapls.exe" : "heapls";

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

// `~` and `${workspaceFolder}` stand for what they do in other settings; a relative path is taken from the folder.
function expand(setting: string, folder: string): string {
  const expanded = setting.replace(/^~(?=$|[/\\])/, homedir()).replaceAll("${workspaceFolder}", folder);
  return path.resolve(folder, expanded);
}

// The program for a folder of the workspace; undefined: for files that are in none.
export async function findProgram(context: vscode.ExtensionContext, folder: vscode.Uri | undefined): Promise<Program> {
  const setting = vscode.workspace.getConfiguration("heapls", folder).get<string>("path", "").trim();
  if (setting !== "") {
    const file = expand(setting, folder?.fsPath ?? homedir());
    if (await isProgram(file)) {
      return { file, origin: "setting" };
    }
    throw new ProgramMissing(`The setting heapls.path names ${file}, which is not a program that can be started.`);
  }
  const bundled = context.asAbsolutePath(path.join("server", programName));
  if (await isProgram(bundled)) {
    return { file: bundled, origin: "bundled" };
  }
  for (const directory of (process.env.PATH ?? "").split(path.delimiter).filter((part) => path.isAbsolute(part))) {
    const file = path.join(directory, programName);
    if (await isProgram(file)) {
      return { file, origin: "PATH" };
    }
  }
  const where = vscode.env.remoteName ? ` on ${vscode.env.remoteName}` : "";
  throw new ProgramMissing(
    `The heapls program was not found on PATH${where}. Install it, or set heapls.path to where it is.`,
  );
}

// How the status tells where the program came from.
export function describe(program: Program): string {
  const origins = { setting: "from heapls.path", bundled: "came with the extension", PATH: "from PATH" };
  const home = homedir() + path.sep;
  const file = program.file.startsWith(home) ? path.join("~", program.file.slice(home.length)) : program.file;
  return `${file} (${origins[program.origin]})`;
}
