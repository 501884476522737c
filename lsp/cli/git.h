// git.h: whether a file under version control has changes that are not committed, without running anything that the
// repository asks for.
#ifndef HEAPLS_GIT_H
#define HEAPLS_GIT_H

#include "base/arena.h"

typedef enum GitState {
  GIT_CLEAN, // as it was committed, with all tracked files of its repository
  GIT_DIRTY, // it, or another file of the repository, has changes
  GIT_NONE,  // not in a repository
  GIT_FAILED // git can't be run, or does not answer as expected
} GitState;
// what: with GIT_DIRTY a file that has changes, with GIT_CLEAN the work tree, with GIT_FAILED why. Lives in the arena.
GitState git_state(Arena *, Str path, Str *what);

#endif
