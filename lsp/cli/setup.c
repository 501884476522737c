// setup.c: the options that several commands share, as a program takes them.
#include "cli/cli.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

// False: it is not known.
static bool gcflag(IrOptions *o, Str flag) {
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
    o->sanitizer = SANITIZER_RACE;
  else if (str_equal(flag, STR("-msan")))
    o->sanitizer = SANITIZER_MSAN;
  else if (str_equal(flag, STR("-asan")))
    o->sanitizer = SANITIZER_ASAN;
  else if (str_equal(flag, STR("-d=zerocopy=0")))
    o->zero_copy_off = true;
  else if (str_equal(flag, STR("-d=checkptr")) || str_equal(flag, STR("-d=checkptr=1")))
    o->checkptr = 1;
  else if (str_equal(flag, STR("-d=checkptr=2")))
    o->checkptr = 2;
  else
    return false;
  return true;
}

static bool gcflags(CliSetup *s, CommandId command, Str all) {
  int count = 0;
  while (all.n) {
    ptrdiff_t space = str_index_byte(all, ' ');
    Str one = space < 0 ? all : str_slice(all, 0, (size_t)space);
    if (one.n && str_equal(one, STR("-m")) && count++) one = STR("-m=2");
    if (one.n && !gcflag(&s->options.ir, one)) {
      cli_usage_error(command,
                      "--gcflags does not know %.*s (known: -l -N -m -m=2 -smallframes -race -msan -asan -d=zerocopy=0 "
                      "-d=checkptr=N)",
                      STR_ARG(one));
      return false;
    }
    all = space < 0 ? STR_NONE : str_slice(all, (size_t)space + 1, all.n);
  }
  return true;
}

bool cli_change_directory(const CliArgs *args) {
  const char *directory = cli_value(args, OPTION_CHDIR);
  if (!directory || chdir(directory) == 0) return true;
  fprintf(stderr, "heapls %s: %s: %s\n", cli_commands[args->command].name, directory, strerror(errno));
  return false;
}

// "linux", "amd64": one of Go's, and a pair that its release builds for (internal/platform in GOROOT, which lists
// them).
static bool platform_is_known(CliSetup *s, const CliArgs *args) {
  BuildContext *c = build_context_new(&s->options.build);
  Str path = arena_printf(&s->arena, "%.*s/src/internal/platform/zosarch.go", STR_ARG(c->goroot));
  bool known = true;
  FILE *f = c->goroot.n ? fopen(path.p, "rb") : NULL;
  if (f) {
    char wanted[256], line[256];
    snprintf(wanted, sizeof wanted, "{\"%.*s\", \"%.*s\"}", STR_ARG(c->goos), STR_ARG(c->goarch));
    known = false;
    while (!known && fgets(line, sizeof line, f)) known = strstr(line, wanted) != NULL;
    fclose(f);
  }
  if (!known)
    cli_usage_error(args->command, "unsupported GOOS/GOARCH pair %.*s/%.*s (go tool dist list prints those of %.*s)",
                    STR_ARG(c->goos), STR_ARG(c->goarch), STR_ARG(c->go_version));
  bool has_root = !cli_has(args, OPTION_GOROOT) || c->goroot.n;
  if (!has_root) cli_usage_error(args->command, "--goroot: %.*s", STR_ARG(c->goroot_error));
  build_context_free(c);
  return known && has_root;
}

// As --config says: the team's file from here upwards, or FILE, or none.
static bool read_team(CliSetup *s, const CliArgs *args) {
  const char *config = cli_value(args, OPTION_CONFIG);
  Buf problem = {0};
  Str path = !config                      ? team_find(&s->arena, s->cwd)
             : strcmp(config, "off") == 0 ? STR_NONE
             : config[0] == '/'           ? str_of(config)
                                          : arena_printf(&s->arena, "%.*s/%s", STR_ARG(s->cwd), config);
  bool good = team_read(&s->team, path, &problem);
  if (!good) fprintf(stderr, "heapls: %.*s\n", STR_ARG(buf_view(&problem)));
  buf_release(&problem);
  return good;
}

static void use_team(CliSetup *s) {
  settings_default(&s->shared);
  team_apply(&s->team, &s->shared);
  s->options.ir.go_minor = go_version_minor(str_of(s->shared.go_version));
  s->options.build.pgo = str_of(s->shared.pgo);
  s->options.build.flags = str_of(s->shared.build_flags);
  s->options.build.tags = str_of(s->shared.tags);
  s->options.promises = (Promises){s->team.promises.items, s->team.promises.len};
}

bool cli_setup_init(CliSetup *s, const CliArgs *args) {
  memset(s, 0, sizeof *s);
  arena_init(&s->arena);
  const char *value;
  if (!cli_change_directory(args)) return false;
  // As if the environment had it: what reads it later agrees.
  if ((value = cli_value(args, OPTION_GOOS))) setenv("GOOS", value, 1);
  if ((value = cli_value(args, OPTION_GOARCH))) setenv("GOARCH", value, 1);
  char cwd[PATH_MAX];
  if (!getcwd(cwd, sizeof cwd)) {
    fprintf(stderr, "heapls: the current directory: %s\n", strerror(errno));
    return false;
  }
  s->cwd = arena_str(&s->arena, str_of(cwd));
  if (!read_team(s, args)) return false;
  s->options = (ProgramOptions){.build = {.environ = environ, .cwd = s->cwd}, .ir = {.level = 1, .explain = true}};
  use_team(s);
  if ((value = cli_value(args, OPTION_GO))) s->options.ir.go_minor = go_version_minor(str_of(value));
  value = cli_value(args, OPTION_GCFLAGS);
  if (!gcflags(s, args->command, str_of(value ? value : s->shared.gcflags))) return false;
  if ((value = cli_value(args, OPTION_GOROOT))) {
    char *real = realpath(value, NULL);
    s->options.build.goroot = arena_str(&s->arena, str_of(real ? real : value));
    free(real);
  }
  if ((value = cli_value(args, OPTION_PGO))) s->options.build.pgo = str_of(value);
  if ((value = cli_value(args, OPTION_BUILD_FLAGS))) s->options.build.flags = str_of(value);
  if ((value = cli_value(args, OPTION_TAGS))) s->options.build.tags = str_of(value);
  if ((value = cli_value(args, OPTION_WORKERS))) s->options.workers = (unsigned)cli_number(value);
  return platform_is_known(s, args);
}

bool cli_reads_tests(const CliSetup *s, const CliArgs *args) {
  return cli_has(args, OPTION_TESTS) || (team_says(&s->team, "showIn.tests") && s->shared.tests);
}

void cli_setup_release(CliSetup *s) {
  team_release(&s->team);
  arena_release(&s->arena);
}

void cli_notices(const Program *program) {
  const ProgramNotice *notices;
  uint32_t count = program_notices(program, &notices);
  for (uint32_t i = 0; i < count; i++) fprintf(stderr, "heapls: %.*s\n", STR_ARG(notices[i].message));
}
