// run.h: one run of git.
#ifndef HEAPLS_GIT_RUN_H
#define HEAPLS_GIT_RUN_H

#include "git/git.h"

typedef struct GitRun {
  Str dir;
  const char *const *arguments; // up to NULL
  int input;                    // a file descriptor; -1: none
  bool offline;                 // no transport may be used
  bool inner;                   // a submodule: what the environment says of the repository is not about it
} GitRun;
// What it prints on standard output; lives in the arena. Returns its exit code; -1: it could not be run, or printed
// more than can be taken.
int git_run(Arena *, const GitRun *, Str *out);
// What comes before the byte, which is cut off of the rest with it.
Str git_cut(Str *rest, char at);

#endif
