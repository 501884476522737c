// setup.c: arguments that several commands share.
//
// A path argument may lie in another module than the current directory; then that module is loaded as if the command
// had been started there, which is what people mean by `heapls check some/dir`.
#include "cli/cli.h"

#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void cli_setup_init(CliSetup *s) {
  memset(s, 0, sizeof *s);
  arena_init(&s->arena);
  char cwd[PATH_MAX];
  s->cwd = arena_str(&s->arena, getcwd(cwd, sizeof cwd) ? str_of(cwd) : STR("/"));
  s->options = (ProgramOptions){.build = {.environ = environ, .cwd = s->cwd}, .ir = {.level = 1, .explain = true}};
}

void cli_setup_release(CliSetup *s) { arena_release(&s->arena); }

static void gcflag(CliSetup *s, Str flag) {
  IrOptions *o = &s->options.ir;
  if (str_equal(flag, STR("-l")))
    o->no_inline = true;
  else if (str_equal(flag, STR("-N")))
    o->no_optimize = true;
  else if (str_equal(flag, STR("-m")))
    o->level = 1;
  else if (str_equal(flag, STR("-m=2")) || str_equal(flag, STR("-m=3")))
    o->level = 2;
  else if (str_equal(flag, STR("-smallframes")))
    o->small_frames = true;
  else if (str_equal(flag, STR("-race")))
    o->race = true;
  else if (str_equal(flag, STR("-d=zerocopy=0")))
    o->zero_copy_off = true;
  else if (str_equal(flag, STR("-d=checkptr")))
    o->checkptr = true;
  else
    s->error =
      arena_printf(&s->arena,
                   "--gcflags does not know %.*s (known: -l -N -m -m=2 -smallframes -race -d=zerocopy=0 -d=checkptr)",
                   STR_ARG(flag))
        .p;
}

static void gcflags(CliSetup *s, Str all) {
  int count = 0;
  while (all.n) {
    ptrdiff_t space = str_index_byte(all, ' ');
    Str one = space < 0 ? all : str_slice(all, 0, (size_t)space);
    if (one.n) {
      if (str_equal(one, STR("-m")) && count++) one = STR("-m=2");
      gcflag(s, one);
    }
    all = space < 0 ? STR_NONE : str_slice(all, (size_t)space + 1, all.n);
  }
}

static const char *value_of(const char *arg, const char *name) {
  size_t n = strlen(name);
  return strncmp(arg, name, n) == 0 && arg[n] == '=' ? arg + n + 1 : NULL;
}

bool cli_setup_option(CliSetup *s, const char *arg) {
  const char *value;
  if ((value = value_of(arg, "--go"))) {
    s->options.ir.go_minor = go_version_minor(str_of(value));
    if (!s->options.ir.go_minor)
      s->error = arena_printf(&s->arena, "--go wants a version such as 1.26, not '%s'", value).p;
  } else if ((value = value_of(arg, "--gcflags"))) {
    gcflags(s, str_of(value));
  } else if ((value = value_of(arg, "--goroot"))) {
    s->options.build.goroot = str_of(value);
  } else if ((value = value_of(arg, "--tags"))) {
    s->options.build.tags = str_of(value);
  } else if ((value = value_of(arg, "--goos"))) {
    s->options.goos = str_of(value);
  } else if ((value = value_of(arg, "--goarch"))) {
    s->options.goarch = str_of(value);
  } else if ((value = value_of(arg, "--workers"))) {
    s->options.workers = (unsigned)strtoul(value, NULL, 10);
  } else {
    return false;
  }
  return true;
}

static bool is_directory(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

// "dir/..." without its dots
static Str directory_part(Str pattern) {
  if (str_has_suffix(pattern, STR("/..."))) return str_slice(pattern, 0, pattern.n - 4);
  return pattern;
}

// The go command's names for sets of packages, whatever directories there are.
static bool is_set(const char *arg) {
  return strcmp(arg, "std") == 0 || strcmp(arg, "cmd") == 0 || strcmp(arg, "all") == 0 || strcmp(arg, "work") == 0;
}

void cli_setup_pattern(CliSetup *s, const char *arg) {
  Str dir = arena_str(&s->arena, directory_part(str_of(arg)));
  bool plain = arg[0] != '.' && arg[0] != '/' && !is_set(arg);
  if (plain && is_directory(dir.p))
    VEC_PUSH(&s->arena, &s->patterns, arena_printf(&s->arena, "./%s", arg));
  else
    VEC_PUSH(&s->arena, &s->patterns, arena_str(&s->arena, str_of(arg)));
}

// The directory at or above dir with a go.mod; empty when there is none.
static Str module_root(Arena *arena, Str dir) {
  while (dir.n) {
    Str file = arena_printf(arena, "%.*s/go.mod", STR_ARG(dir));
    if (access(file.p, F_OK) == 0) return dir;
    ptrdiff_t slash = str_last_byte(dir, '/');
    dir = slash > 0 ? str_slice(dir, 0, (size_t)slash) : STR_NONE;
  }
  return STR_NONE;
}

void cli_setup_finish(CliSetup *s) {
  char resolved[PATH_MAX];
  Str home = module_root(&s->arena, s->cwd), other = STR_NONE;
  for (uint32_t i = 0; i < s->patterns.len; i++) {
    Str p = s->patterns.items[i];
    if (!p.n || (p.p[0] != '.' && p.p[0] != '/' && !str_has_suffix(p, STR(".go")))) return;
    Str dir = directory_part(p);
    if (str_has_suffix(dir, STR(".go"))) {
      ptrdiff_t slash = str_last_byte(dir, '/');
      dir = slash > 0 ? str_slice(dir, 0, (size_t)slash) : slash == 0 ? STR("/") : STR(".");
    }
    if (!realpath(arena_str(&s->arena, dir).p, resolved)) return;
    Str at = arena_str(&s->arena, str_of(resolved));
    if (str_equal(module_root(&s->arena, at), home)) return;
    if (!other.n) other = at;
  }
  if (!other.n) return;
  for (uint32_t i = 0; i < s->patterns.len; i++) {
    Str p = s->patterns.items[i], dir = directory_part(p);
    if (!realpath(arena_str(&s->arena, dir).p, resolved)) continue;
    s->patterns.items[i] = arena_printf(&s->arena, "%s%s", resolved, dir.n < p.n ? "/..." : "");
  }
  s->options.build.cwd = other;
}

int cli_usage_error(const char *command, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "heapls %s: ", command);
  vfprintf(stderr, format, arguments);
  fprintf(stderr, "\nRun 'heapls %s --help' for how to use it.\n", command);
  va_end(arguments);
  return 2;
}

void cli_notices(const Program *program) {
  const ProgramNotice *notices;
  uint32_t count = program_notices(program, &notices);
  for (uint32_t i = 0; i < count; i++) fprintf(stderr, "heapls: %.*s\n", STR_ARG(notices[i].message));
}
