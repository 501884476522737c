// git.h: what a repository says of files, by plumbing that runs no hooks and no filters: whether a file has changes
// that are not committed, and which texts a revision has.
//
// The git program is asked, not libgit2: it reads repositories that libgit2 1.5 can't (SHA-256; of a partial clone what
// is not there yet), it is on every machine that has a work tree, and a damaged pack ends another process than ours.
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

// ---- Revisions (tree.c)

// A file that matters to an analysis (Go, assembly, go.mod and the like, profiles), and is not on the disk what it is
// in the revision.
typedef struct GitFile {
  Str path; // absolute
  Str text;
  bool there; // else the revision has no such file
} GitFile;
typedef struct GitTree {
  Str commit;         // its whole name
  Str top;            // of the work tree
  VEC(GitFile) files; // in no particular order
  VEC(Str) left_out;  // submodules that are not checked out, or lack their commit
} GitTree;
typedef struct GitQuery {
  Str dir;      // in the work tree
  bool fetches; // git may get from its remote what a partial clone lacks
} GitQuery;
// The commit that a revision means; false: *why says what is wrong. Lives in the arena.
bool git_commit(Arena *, const GitQuery *, Str revision, Str *commit, Str *why);
bool git_merge_base(Arena *, const GitQuery *, Str a, Str b, Str *commit, Str *why); // of two commits
// How the files on the disk differ from the commit. Files that git ignores are as they are on the disk, and so are
// those that a sparse checkout leaves out. Lives in the arena.
bool git_tree_read(Arena *, const GitQuery *, Str commit, GitTree *, Str *why);

#endif
