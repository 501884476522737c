// run.c: running git. Hooks and the file system monitor of the repository's configuration are switched off.
#include "git/run.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_ARGUMENTS = 16, MOST_BYTES = 1 << 30 };

Str git_cut(Str *rest, char at) {
  ptrdiff_t n = str_index_byte(*rest, at);
  Str one = n < 0 ? *rest : str_slice(*rest, 0, (size_t)n);
  *rest = n < 0 ? STR_NONE : str_slice(*rest, (size_t)n + 1, rest->n);
  return one;
}

// Those that `git rev-parse --local-env-vars` lists, and one that is set below.
static bool is_local(const char *variable) {
  static const char *const names[] = {"GIT_DIR=",          "GIT_WORK_TREE=",       "GIT_INDEX_FILE=", "GIT_PREFIX=",
                                      "GIT_COMMON_DIR=",   "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_",  "GIT_CONFIG=",
                                      "GIT_SHALLOW_FILE=", "GIT_NAMESPACE=",       "GIT_CEILING_"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (strncmp(variable, names[i], strlen(names[i])) == 0) return true;
  }
  return false;
}

static char **environment(Arena *a, const GitRun *r) {
  VEC(char *) out = {0};
  for (char **e = environ; *e; e++) {
    bool replaced = strncmp(*e, "GIT_ALLOW_PROTOCOL=", 19) == 0 && r->offline;
    if (!replaced && !(r->inner && is_local(*e))) VEC_PUSH(a, &out, *e);
  }
  static char no_transport[] = "GIT_ALLOW_PROTOCOL=none", no_prompt[] = "GIT_TERMINAL_PROMPT=0";
  if (r->offline) VEC_PUSH(a, &out, no_transport);
  VEC_PUSH(a, &out, no_prompt);
  VEC_PUSH(a, &out, NULL);
  return out.items;
}

int git_run(Arena *a, const GitRun *r, Str *out) {
  const char *argv[MOST_ARGUMENTS + 10] = {"git",
                                           "-C",
                                           arena_str(a, r->dir).p,
                                           "--no-optional-locks",
                                           "-c",
                                           "core.fsmonitor=false",
                                           "-c",
                                           "core.hooksPath=/dev/null"};
  size_t n = 8;
  for (size_t i = 0; r->arguments[i] && i < MOST_ARGUMENTS; i++) argv[n++] = r->arguments[i];
  *out = STR_NONE;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  if (r->input >= 0)
    posix_spawn_file_actions_adddup2(&actions, r->input, 0);
  else
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", 0, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", 1, 0);
  pid_t pid = 0;
  int error = posix_spawnp(&pid, "git", &actions, NULL, (char *const *)(uintptr_t)argv, environment(a, r));
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  Buf text = {0};
  char chunk[8192];
  for (ssize_t got; !error && text.len <= MOST_BYTES &&
                    ((got = read(ends[0], chunk, sizeof chunk)) > 0 || (got < 0 && errno == EINTR));)
    if (got > 0) buf_str(&text, (Str){chunk, (size_t)got});
  close(ends[0]);
  bool too_much = text.len > MOST_BYTES;
  if (!too_much) *out = arena_str(a, buf_view(&text));
  buf_release(&text);
  int status = 0;
  if (error || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status) || too_much) return -1;
  return WEXITSTATUS(status);
}
