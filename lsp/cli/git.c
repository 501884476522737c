// git.c: the state of a work tree by plumbing that runs no hooks and no filters.
//
// `git status`, diff-files and ls-files -m may start the repository's fsmonitor hook and the clean filters that
// .gitattributes names. These don't: diff-index --cached compares the index with HEAD; ls-files -s lists the index, and
// hash-object --no-filters the raw bytes of the files that it has. A file that a filter changes on its way in counts as
// dirty, which errs on the safe side.
#include "cli/git.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_ARGUMENTS = 16 };

// What it prints on standard output; input: a file descriptor, -1: none. Returns its exit code, -1: it could not be
// run.
static int run(Arena *a, Str dir, const char *const *arguments, int input, Str *out) {
  const char *argv[MOST_ARGUMENTS + 12] = {"git",
                                           "-C",
                                           arena_str(a, dir).p,
                                           "--no-optional-locks",
                                           "-c",
                                           "core.fsmonitor=false",
                                           "-c",
                                           "core.hooksPath=/dev/null"};
  size_t n = 8;
  for (size_t i = 0; arguments[i] && i < MOST_ARGUMENTS; i++) argv[n++] = arguments[i];
  int ends[2];
  if (pipe(ends) != 0) return -1;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  if (input >= 0)
    posix_spawn_file_actions_adddup2(&actions, input, 0);
  else
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", 0, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", 1, 0);
  posix_spawn_file_actions_addclose(&actions, ends[0]);
  posix_spawn_file_actions_addclose(&actions, ends[1]);
  pid_t pid = 0;
  int error = posix_spawnp(&pid, "git", &actions, NULL, (char *const *)(uintptr_t)argv, environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  Buf text = {0};
  char chunk[8192];
  for (ssize_t got; !error && ((got = read(ends[0], chunk, sizeof chunk)) > 0 || (got < 0 && errno == EINTR));)
    if (got > 0) buf_str(&text, (Str){chunk, (size_t)got});
  close(ends[0]);
  *out = arena_str(a, buf_view(&text));
  buf_release(&text);
  int status = 0;
  if (error || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

static Str cut(Str *rest, char at) {
  ptrdiff_t n = str_index_byte(*rest, at);
  Str one = n < 0 ? *rest : str_slice(*rest, 0, (size_t)n);
  *rest = n < 0 ? STR_NONE : str_slice(*rest, (size_t)n + 1, rest->n);
  return one;
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
    Str entry = cut(&stage, '\0'), mode = cut(&entry, ' '), hash = cut(&entry, ' ');
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
    if (!str_equal(cut(&hashes, '\n'), files.items[i].hash)) changed = files.items[i].file;
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
  *what = cut(&out, '\0');
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
