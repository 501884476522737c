// Which folders of the workspace share a server: those whose settings are the same. One server for all of them is the
// rule, since it sees unsaved changes in every folder; a folder with settings of its own gets one of its own.

export interface Group<Folder> {
  settings: string; // as JSON
  folders: Folder[]; // none: for files that are in no folder
}

export function groupsOf<Folder>(folders: readonly Folder[], settingsOf: (folder: Folder) => string): Group<Folder>[] {
  const groups = new Map<string, Group<Folder>>();
  for (const folder of folders) {
    const settings = settingsOf(folder);
    const group = groups.get(settings) ?? { settings, folders: [] };
    group.folders.push(folder);
    groups.set(settings, group);
  }
  return groups.size > 0 ? [...groups.values()] : [{ settings: "", folders: [] }];
}

// Do the groups hold the same folders, so that the servers can go on with new settings? A single server always can.
export function sameGroups<Folder>(a: Group<Folder>[], b: Group<Folder>[], name: (folder: Folder) => string): boolean {
  const names = (groups: Group<Folder>[]): string =>
    JSON.stringify(groups.map((group) => group.folders.map(name).sort()).sort());
  return (a.length === 1 && b.length === 1) || names(a) === names(b);
}
