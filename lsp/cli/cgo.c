// cgo.c: what the cgo tool makes of packages that use C, asked for by --cgo, or by `heapls verify`.
//
// `go list -compiled` runs the tool (and that the C compiler) where go's own cache does not have its output yet, with
// the flags of a build, compiles nothing, and names the files that the Go compiler would get: _cgo_gotypes.go, which
// declares the C names that are used, and a translation of each file that imports "C". The program reads these in the
// place of the user's files, as long as those are the same.
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct Translate {
  Program *program;
  const BuildContext *build;
  Arena arena;
  uint32_t failed; // packages of which the tool made nothing
} Translate;

enum { FILE_LIMIT = 64 << 20 };

static bool read_path(const char *path, Buf *out) {
  FILE *f = fopen(path, "rb");
  if (!f) return false;
  char chunk[65536];
  for (size_t n; out->len < FILE_LIMIT && (n = fread(chunk, 1, sizeof chunk, f)) > 0;) buf_str(out, (Str){chunk, n});
  bool ok = !ferror(f);
  fclose(f);
  return ok;
}

static void read_fd(int fd, Buf *out) {
  char chunk[65536];
  for (;;) {
    ssize_t n = read(fd, chunk, sizeof chunk);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    buf_str(out, (Str){chunk, (size_t)n});
  }
}

static char **list_environment(Translate *t) {
  VEC(char *) out = {0};
  for (char **e = environ; *e; e++) {
    bool drop = strncmp(*e, "GOFLAGS=", 8) == 0 || strncmp(*e, "CGO_ENABLED=", 12) == 0;
    if (!drop) VEC_PUSH(&t->arena, &out, *e);
  }
  VEC_PUSH(&t->arena, &out, (char *)"CGO_ENABLED=1");
  VEC_PUSH(&t->arena, &out, (char *)arena_printf(&t->arena, "GOFLAGS=%.*s", STR_ARG(t->build->goflags)).p);
  VEC_PUSH(&t->arena, &out, NULL);
  return out.items;
}

static char *tags_argument(Translate *t) {
  Buf b = {0};
  buf_puts(&b, "-tags=");
  for (uint32_t i = 0; i < t->build->tags.len; i++)
    buf_printf(&b, "%s%.*s", i ? "," : "", STR_ARG(t->build->tags.items[i]));
  char *argument = (char *)arena_str(&t->arena, buf_view(&b)).p;
  buf_release(&b);
  return argument;
}

// `go list`; its standard output into out. False (and a message printed) when it could not be run.
static bool run_list(Translate *t, Str cwd, const Str *patterns, uint32_t count, bool tests, Buf *out) {
  Str root = t->build->goroot;
  Str go = root.n ? arena_printf(&t->arena, "%.*s/bin/go", STR_ARG(root)) : STR("go");
  VEC(char *) argv = {0};
  VEC_PUSH(&t->arena, &argv, (char *)go.p);
  VEC_PUSH(&t->arena, &argv, (char *)"list");
  VEC_PUSH(&t->arena, &argv, (char *)"-C");
  VEC_PUSH(&t->arena, &argv, (char *)arena_str(&t->arena, cwd).p);
  VEC_PUSH(&t->arena, &argv, (char *)"-e");
  VEC_PUSH(&t->arena, &argv, (char *)"-compiled");
  VEC_PUSH(&t->arena, &argv, (char *)"-deps");
  if (tests) VEC_PUSH(&t->arena, &argv, (char *)"-test");
  if (t->build->tags.len) VEC_PUSH(&t->arena, &argv, tags_argument(t));
  VEC_PUSH(&t->arena, &argv, (char *)"-json=Dir,ImportPath,CgoFiles,CompiledGoFiles,Error");
  VEC_PUSH(&t->arena, &argv, (char *)"--");
  for (uint32_t i = 0; i < count; i++) VEC_PUSH(&t->arena, &argv, (char *)arena_str(&t->arena, patterns[i]).p);
  VEC_PUSH(&t->arena, &argv, NULL);
  int ends[2];
  if (pipe(ends) != 0) {
    fprintf(stderr, "heapls: cgo: %s\n", strerror(errno));
    return false;
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclose(&actions, ends[0]);
  posix_spawn_file_actions_addclose(&actions, ends[1]);
  pid_t pid = 0;
  int error = posix_spawnp(&pid, go.p, &actions, NULL, argv.items, list_environment(t)), status = 0;
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (error)
    fprintf(stderr, "heapls: cgo: %.*s: %s\n", STR_ARG(go), strerror(error));
  else
    read_fd(ends[0], out);
  close(ends[0]);
  if (pid > 0) waitpid(pid, &status, 0);
  return !error;
}

// The translation without what the tool writes above the file's first line: "// Code generated …", and a directive that
// names the file. Lines then count as in the file, until a directive inside says otherwise. Empty: it is none.
static Str translation_body(Str text) {
  Str mark = STR("//line ");
  ptrdiff_t at = str_index(text, mark);
  if (at < 0 || (size_t)at > 512) return STR_NONE;
  ptrdiff_t end = str_index_byte(str_slice(text, (size_t)at, text.n), '\n');
  return end < 0 ? STR_NONE : str_slice(text, (size_t)at + (size_t)end + 1, text.n);
}

static void translate_file(Translate *t, const char *dir, const char *name, const char *made) {
  Str path = arena_printf(&t->arena, "%s/%s", dir, name);
  Buf of = {0}, text = {0};
  if (read_path(path.p, &of) && read_path(made, &text)) {
    Str body = translation_body(buf_view(&text)), own = buf_view(&of);
    if (body.n) program_translate(t->program, path, &own, body);
  }
  buf_release(&of);
  buf_release(&text);
}

static void declare_types(Translate *t, const char *dir, const char *made) {
  Buf text = {0};
  if (read_path(made, &text))
    program_translate(t->program, arena_printf(&t->arena, "%s/_cgo_gotypes.go", dir), NULL, buf_view(&text));
  buf_release(&text);
}

static void translate_package(Translate *t, json_t *package) {
  json_t *files = json_object_get(package, "CgoFiles"), *compiled = json_object_get(package, "CompiledGoFiles");
  const char *dir = json_string_value(json_object_get(package, "Dir"));
  size_t count = json_array_size(files), at = 0, i;
  if (!count || !dir) return;
  VEC(const char *) made = {0}; // in the order of the tool: the types first, then file by file
  json_t *one;
  json_array_foreach(compiled, i, one) {
    const char *path = json_string_value(one);
    if (path && path[0] == '/') VEC_PUSH(&t->arena, &made, path);
  }
  if (made.len < count + 1) {
    const char *path = json_string_value(json_object_get(package, "ImportPath"));
    const char *why = json_string_value(json_object_get(json_object_get(package, "Error"), "Err"));
    Str said = why ? str_trim(str_of(why)) : STR("the go command gave no files for it");
    fprintf(stderr, "heapls: cgo: %s: %.*s\n", path ? path : dir, STR_ARG(said));
    t->failed++;
    return;
  }
  declare_types(t, dir, made.items[at++]);
  json_array_foreach(files, i, one) {
    const char *name = json_string_value(one);
    if (name) translate_file(t, dir, name, made.items[at]);
    at++;
  }
}

bool cli_translate_cgo(Program *program, Str cwd, const Str *patterns, uint32_t count, bool tests) {
  Translate t = {.program = program, .build = program_build_context(program)};
  if (!t.build->cgo_enabled) return true;
  arena_init(&t.arena);
  Buf out = {0};
  bool ok = run_list(&t, cwd, patterns, count, tests, &out);
  for (size_t at = 0; ok && at < out.len;) {
    json_error_t error;
    json_t *package = json_loadb(out.text + at, out.len - at, JSON_DISABLE_EOF_CHECK, &error);
    if (!package) break;
    at += (size_t)error.position;
    while (at < out.len && (out.text[at] == '\n' || out.text[at] == ' ')) at++;
    translate_package(&t, package);
    json_decref(package);
  }
  ok = ok && !t.failed;
  buf_release(&out);
  arena_release(&t.arena);
  return ok;
}
