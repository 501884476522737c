// context.h: what the files of load/ share about the build configuration. Internal to load/.
#ifndef HEAPLS_LOAD_CONTEXT_H
#define HEAPLS_LOAD_CONTEXT_H

#include "load/files.h"
#include "load/load.h"

// The // +build lines of a file that has no //go:build line.
bool build_context_matches_plus_lines(const BuildContext *, Str text);
// Fills tool_tags from GOROOT's list of experiments, GOEXPERIMENT and the architecture level.
void build_context_find_tool_tags(BuildContext *);
// A backquoted or quoted string constant `const NAME = …` in Go source; STR_NONE when absent. Borrows source.
Str go_string_constant(Str source, const char *name);

// The GOROOT of the toolchain that GOTOOLCHAIN (setting) and the go.mod at or above cwd ask for, if it is not the one
// in c and is in the module cache; otherwise empty. Lives in the arena.
Str toolchain_find(const BuildContext *c, Arena *, Str setting, Str cwd, Str host_os, Str host_arch);

#endif
