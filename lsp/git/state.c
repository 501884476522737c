// state.c: whether a work tree has changes that are not committed.
//
// `git status`, diff-files and ls-files -m may start the repository's fsmonitor hook and the clean filters that
// .gitattributes names. These don't: diff-index --cached compares the index with HEAD; ls-files -s lists the index, and
// hash-object --no-filters the raw bytes of the files that it has. A file that a filter changes on its way in counts as
// dirty, which errs on the safe side.
#include <unistd.h>

#include "git/run.h"

static int run(Arena *a, Str dir, const char *const *arguments, int input, Str *out) {
  return git_run(a, &(GitRun){dir, arguments, input, true, false}, out);
}

typedef struct Indexed {
  Str hash, file;
} Indexed;

// The first file whose bytes are not those that the index has; empty: none.
static Str changed_file(Arena *a, Str top, Str stage) {
  FILE *names = tmpfile();
  VEC(Indexed) files = {0};
  Str changed = STR_NONE, hashes = STR_NONE;
  while (stage.n && names && !changed.n) { // "100644 HASH 0\tFILE\0"
    Str entry = git_cut(&stage, '\0'), mode = git_cut(&entry, ' '), hash = git_cut(&entry, ' ');
    bool merged = str_has_prefix(entry, STR("0\t"));
    Str file = str_slice(entry, 2, entry.n);
    if (!str_has_prefix(mode, STR("100"))) continue; // a link, a submodule
    Str path = arena_printf(a, "%.*s/%.*s", STR_ARG(top), STR_ARG(file));
    if (!merged || str_index_byte(file, '\n') >= 0 || access(path.p, R_OK) != 0) changed = file;
    fprintf(names, "%.*s\n", STR_ARG(file));
    VEC_PUSH(a, &files, (Indexed){hash, file});
  }
  bool ready = names && fflush(names) == 0 && lseek(fileno(names), 0, SEEK_SET) == 0;
  const char *const arguments[] = {"hash-object", "--no-filters", "--stdin-paths", NULL};
  if (ready && !changed.n) run(a, top, arguments, fileno(names), &hashes);
  for (uint32_t i = 0; i < files.len && !changed.n; i++)
    if (!str_equal(git_cut(&hashes, '\n'), files.items[i].hash)) changed = files.items[i].file;
  if (names) fclose(names);
  return changed;
}

GitState git_state(Arena *a, Str path, Str *what) {
  ptrdiff_t slash = str_last_byte(path, '/');
  Str dir = slash > 0 ? str_slice(path, 0, (size_t)slash) : STR("/"), top, out;
  int code = run(a, dir, (const char *const[]){"rev-parse", "--show-toplevel", NULL}, -1, &top);
  if (code == 127 || code < 0) {
    *what = STR("it could not be run");
    return GIT_FAILED;
  }
  if (code != 0) return GIT_NONE;
  top = str_trim(top);
  code =
    run(a, top, (const char *const[]){"diff-index", "--cached", "--name-only", "-z", "HEAD", "--", NULL}, -1, &out);
  if (code != 0) {
    *what = STR("there is no commit yet");
    return GIT_FAILED;
  }
  *what = git_cut(&out, '\0');
  if (what->n) return GIT_DIRTY;
  if (run(a, top, (const char *const[]){"ls-files", "-s", "-z", NULL}, -1, &out) != 0) {
    *what = STR("its index can't be read");
    return GIT_FAILED;
  }
  *what = changed_file(a, top, out);
  if (what->n) return GIT_DIRTY;
  *what = top;
  return GIT_CLEAN;
}
