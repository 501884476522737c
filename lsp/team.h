// team.h: what a team agrees on, in a file under version control: `.heapls.json`, in the directory where the command
// line is run or the editor's workspace folder, or above it in the same repository. Editors complete it by
// editors/vscode/heapls.schema.json. It goes before the settings of an editor, and options of the command line go
// before it, so that all of a team, and CI, are shown the same.
//
//   {"preset": "quiet", "kinds": {"append-caller": false}, "exclude": ["gen/*"],
//    "severity": {"loop": "warning", "contract": "error"},
//    "contracts": {"example.com/m/codec.(*Encoder).Encode": "noalloc,cold"}}
#ifndef HEAPLS_TEAM_H
#define HEAPLS_TEAM_H

#include "report/contract.h"
#include "settings.h"

typedef enum TeamLevel { TEAM_BY_RULE, TEAM_ERROR, TEAM_WARNING, TEAM_INFORMATION, TEAM_HINT, TEAM_OFF } TeamLevel;
typedef struct TeamSeverity {
  Str code; // "heap/returned"; or of many: "heap", "moved", "contract"; "loop": what is in one, not on a cold path
  TeamLevel level;
} TeamSeverity;

typedef struct Team {
  Str path;       // empty: there is no file, and nothing is agreed on
  json_t *values; // owned
  VEC(Str) exclude;
  VEC(TeamSeverity) severities;
  VEC(Promise) promises;
  Arena arena;
} Team;

// The file for a directory; *path is empty when there is none. Lives in the arena.
Str team_find(Arena *, Str dir);
// Reads it; an empty path makes a team without agreements. False: *problem is one line that says where and why, and
// nothing is agreed on. To be released in either case.
bool team_read(Team *, Str path, Buf *problem);
void team_release(Team *);
void team_apply(const Team *, Settings *);           // what the file says of settings
bool team_says(const Team *, const char *name);      // it has the setting
bool team_excludes(const Team *, Str absolute_path); // by a glob of "exclude", from the file's directory
TeamLevel team_level(const Team *, const char *code, bool in_loop);

#endif
