// context_internal.h: what the files of load/ share about the build configuration.
#ifndef HEAPLS_CONTEXT_INTERNAL_H
#define HEAPLS_CONTEXT_INTERNAL_H

#include "load/files_internal.h"
#include "load/load.h"

// The // +build lines of a file that has no //go:build line.
bool build_context_matches_plus_lines(const BuildContext *, Str text);
// Fills tool_tags from GOROOT's list of experiments, GOEXPERIMENT and the architecture level.
void build_context_find_tool_tags(BuildContext *);

// ---- goenv.c: where a build context is read from, while it is made

typedef struct GoEnv {
  char *const *environ;
  Arena *arena;      // the context's
  StrMap user, root; // the two go.env files
  FileSystem fs;     // no overlays
  BuildContext *context;
} GoEnv;
void goenv_note(GoEnv *, Str path);                    // it was looked at
Str goenv_variable(const GoEnv *, const char *name);   // of the environment; empty when it is not set
Str goenv_setting(const GoEnv *, const char *name);    // of the go command: of the environment, else of a go.env
void goenv_read_user(GoEnv *);                         // the file that `go env -w` writes
void goenv_read_file(GoEnv *, StrMap *into, Str path); // lines NAME=value; everything else is skipped
Str goenv_read(GoEnv *, Str path);                     // text; empty when it can't be read
bool goenv_executable(GoEnv *, Str name, Str *found);  // in PATH
bool goenv_is_goroot(GoEnv *, Str dir);
Str goenv_goroot_version(GoEnv *, Str goroot); // "go1.26.8": the first word of its VERSION; empty without
// A backquoted or quoted string constant `const NAME = …` in Go source; STR_NONE when absent. Borrows source.
Str go_string_constant(Str source, const char *name);

// ---- toolchain.c

typedef struct ToolchainChoice {
  Str name;     // of the toolchain that the go command would run instead of the installed one: "go1.27.4"; or empty
  Str root;     // its GOROOT, or of a missing one that of the nearest in the module cache; or empty
  bool missing; // its sources are not on this machine
  Str problem;  // what the user should know, without a full stop; or empty
} ToolchainChoice;
// What GOTOOLCHAIN (setting) and the go.work or go.mod at or above cwd ask for; platform: "linux-amd64". The context
// has its GOROOT, version, module cache and GOWORK.
void toolchain_choose(GoEnv *, Str setting, Str cwd, Str platform, ToolchainChoice *);

#endif
