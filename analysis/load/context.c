// context.c: the build configuration, as the go command would compute it, without running it.
//
// A setting comes from the environment if it is not empty there, otherwise from the user's `go env -w` file, otherwise
// from GOROOT/go.env, otherwise from cmd/go's default (cmd/go/internal/cfg, go/build). GOROOT is GOROOT, or the `go`
// of PATH with its symbolic links resolved, or a usual place of installation; a newer toolchain that the go.mod asks
// for comes from the module cache (toolchain.c).
#include "load/context_internal.h"

#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

static const char newest_known_go[] = "go1.26";
enum { NEWEST_KNOWN_MINOR = 26 };

// ---- GOROOT

static Str goroot_of_path(GoEnv *s) {
  Str go;
  if (!goenv_executable(s, STR("go"), &go)) return STR_NONE;
  char *real = realpath(arena_str(s->arena, go).p, NULL);
  if (!real) return STR_NONE;
  Str root = arena_str(s->arena, path_dir(path_dir(str_of(real))));
  free(real);
  return goenv_is_goroot(s, root) ? root : STR_NONE;
}

// Usual places; among several versions the greatest name wins.
static Str goroot_installed(GoEnv *s) {
  static const char *const places[] = {
    "/usr/local/go",   "/usr/lib/go", "/usr/lib/golang", "/opt/homebrew/opt/go/libexec", "/usr/local/opt/go/libexec",
    "/snap/go/current"};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    goenv_note(s, arena_printf(s->arena, "%s/src/runtime", places[i]));
    if (goenv_is_goroot(s, str_of(places[i]))) return str_of(places[i]);
  }
  Str home = goenv_variable(s, "HOME");
  Str parents[] = {home.n ? arena_printf(s->arena, "%.*s/sdk", STR_ARG(home)) : STR_NONE, STR("/usr/lib")};
  for (size_t i = 0; i < sizeof parents / sizeof *parents; i++) {
    FsEntries entries;
    if (!parents[i].n || !fs_list(&s->fs, s->arena, parents[i], &entries)) continue;
    Str best = STR_NONE;
    uint32_t best_minor = 0;
    for (uint32_t k = 0; k < entries.len; k++) {
      Str name = entries.items[k].name;
      if (!str_has_prefix(name, STR("go"))) continue;
      Str version = str_slice(name, str_has_prefix(name, STR("go-")) ? 3 : 2, name.n);
      uint32_t minor = go_version_minor(version);
      Str dir = arena_printf(s->arena, "%.*s/%.*s", STR_ARG(parents[i]), STR_ARG(name));
      if (minor >= best_minor && minor && goenv_is_goroot(s, dir)) best = dir, best_minor = minor;
    }
    if (best.n) return best;
  }
  return STR_NONE;
}

static void find_goroot(BuildContext *c, GoEnv *s, Str given) {
  Str root = given.n ? given : goenv_setting(s, "GOROOT");
  if (root.n) {
    root = path_clean(s->arena, root);
    if (goenv_is_goroot(s, root)) {
      c->goroot = root;
      return;
    }
    goenv_note(s, arena_printf(s->arena, "%.*s/src/runtime", STR_ARG(root)));
    c->goroot_error = arena_printf(
      s->arena, "GOROOT is %.*s, but there is no Go source tree: the standard library is not visible", STR_ARG(root));
    return;
  }
  c->goroot = goroot_of_path(s);
  if (!c->goroot.n) c->goroot = goroot_installed(s);
  if (!c->goroot.n)
    c->goroot_error =
      STR("no Go installation found (GOROOT, go in PATH, usual places): the standard library is not visible");
}

// ---- Versions

static void find_version(BuildContext *c, GoEnv *s) {
  c->go_version = str_of(newest_known_go);
  c->go_minor = NEWEST_KNOWN_MINOR;
  if (!c->goroot.n) return;
  Str path = path_join(s->arena, c->goroot, STR("VERSION")), text = goenv_read(s, path);
  goenv_note(s, path);
  ptrdiff_t nl = str_index_byte(text, '\n');
  c->version_text = str_trim(nl < 0 ? text : str_slice(text, 0, (size_t)nl));
  ptrdiff_t at = str_index(c->version_text, STR("go1."));
  Str version = at < 0 ? STR_NONE : str_slice(c->version_text, (size_t)at, c->version_text.n);
  for (size_t i = 0; i < version.n; i++) // "go1.27-4f0c7a devel" is go1.27
    if (version.p[i] == ' ' || version.p[i] == '-') version.n = i;
  uint32_t minor = go_version_minor(version);
  if (minor) {
    c->go_version = version;
    c->go_minor = minor;
    return;
  }
  text = goenv_read(s, path_join(s->arena, c->goroot, STR("src/internal/goversion/goversion.go")));
  at = str_index(text, STR("const Version = "));
  if (at < 0 || !text.p) return;
  minor = (uint32_t)strtoul(text.p + at + 16, NULL, 10);
  if (minor) c->go_minor = minor, c->go_version = arena_printf(s->arena, "go1.%u", minor);
}

// ---- Platform

static void host_platform(Str *os, Str *arch) {
  struct utsname u;
#ifdef __APPLE__
  *os = STR("darwin");
#elif defined(__FreeBSD__)
  *os = STR("freebsd");
#else
  *os = STR("linux");
#endif
  *arch = STR("amd64");
  if (uname(&u) != 0) return;
  static const struct {
    const char *machine, *goarch;
  } names[] = {{"x86_64", "amd64"},    {"amd64", "amd64"},     {"aarch64", "arm64"}, {"arm64", "arm64"},
               {"i386", "386"},        {"i486", "386"},        {"i586", "386"},      {"i686", "386"},
               {"riscv64", "riscv64"}, {"ppc64le", "ppc64le"}, {"s390x", "s390x"},   {"loongarch64", "loong64"},
               {"mips64", "mips64"},   {"ppc64", "ppc64"}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(u.machine, names[i].machine) == 0) *arch = str_of(names[i].goarch);
  if (strncmp(u.machine, "armv", 4) == 0) *arch = STR("arm");
}

static void find_level(BuildContext *c, GoEnv *s, Str bootstrap) {
  static const struct {
    const char *arch, *variable, *fallback;
  } levels[] = {{"amd64", "GOAMD64", "v1"},
                {"arm64", "GOARM64", "v8.0"},
                {"arm", "GOARM", "7"},
                {"386", "GO386", "sse2"},
                {"mips", "GOMIPS", "hardfloat"},
                {"mipsle", "GOMIPS", "hardfloat"},
                {"mips64", "GOMIPS64", "hardfloat"},
                {"mips64le", "GOMIPS64", "hardfloat"},
                {"ppc64", "GOPPC64", "power8"},
                {"ppc64le", "GOPPC64", "power8"},
                {"riscv64", "GORISCV64", "rva20u64"}};
  for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
    if (!str_equal(c->goarch, str_of(levels[i].arch))) continue;
    Str v = goenv_setting(s, levels[i].variable);
    if (!v.n) v = go_string_constant(bootstrap, arena_printf(s->arena, "Default%s", levels[i].variable).p);
    c->goarch_level = v.n ? v : str_of(levels[i].fallback);
  }
}

static bool cgo_supported(Str os, Str arch) {
  if (str_equal(os, STR("plan9")) || str_equal(os, STR("js")) || str_equal(os, STR("wasip1"))) return false;
  return !(str_equal(arch, STR("ppc64")) && !str_equal(os, STR("aix")));
}

static void find_cgo(BuildContext *c, GoEnv *s, int wish, Str bootstrap) {
  Str host_os, host_arch;
  host_platform(&host_os, &host_arch);
  Str built_in = go_string_constant(bootstrap, "DefaultCGO_ENABLED"), set = goenv_setting(s, "CGO_ENABLED");
  bool on = str_equal(built_in, STR("1"));
  if (!built_in.n) {
    on = str_equal(c->goos, host_os) && str_equal(c->goarch, host_arch) && cgo_supported(c->goos, c->goarch);
    if (on && c->go_minor >= 20 && !goenv_variable(s, "CC").n) {
      bool clang =
        str_equal(c->goos, STR("darwin")) || str_equal(c->goos, STR("freebsd")) || str_equal(c->goos, STR("openbsd"));
      Str found;
      on = goenv_executable(s, clang ? STR("clang") : STR("gcc"), &found);
    }
  }
  if (str_equal(set, STR("0"))) on = false;
  if (str_equal(set, STR("1"))) on = true;
  c->cgo_enabled = wish ? wish > 0 : on;
}

// ---- Flags

static void add_tags(BuildContext *c, Str list) {
  for (size_t i = 0; i < list.n;) {
    size_t end = i;
    while (end < list.n && list.p[end] != ',' && list.p[end] != ' ') end++;
    if (end > i) VEC_PUSH(&c->arena, &c->tags, arena_str(&c->arena, str_slice(list, i, end)));
    i = end + 1;
  }
}

static bool is_sanitizer(Str flag) {
  return str_equal(flag, STR("race")) || str_equal(flag, STR("msan")) || str_equal(flag, STR("asan"));
}

// As Go's flag package reads it.
static bool flag_is_true(Str value) {
  static const char *const words[] = {"1", "t", "T", "true", "TRUE", "True"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (str_equal(value, str_of(words[i]))) return true;
  return false;
}

// GOFLAGS: -name=value or --name=value, separated by spaces; values may be quoted as a whole word.
static void read_goflags(BuildContext *c, Str flags) {
  for (size_t i = 0; i < flags.n;) {
    while (i < flags.n && (flags.p[i] == ' ' || flags.p[i] == '\t' || flags.p[i] == '\n')) i++;
    char quote = i < flags.n && (flags.p[i] == '"' || flags.p[i] == '\'') ? flags.p[i++] : 0;
    size_t end = i;
    while (end < flags.n &&
           (quote ? flags.p[end] != quote : flags.p[end] != ' ' && flags.p[end] != '\t' && flags.p[end] != '\n'))
      end++;
    Str flag = str_slice(flags, i, end);
    i = quote ? end + 1 : end;
    while (flag.n && flag.p[0] == '-') flag = str_slice(flag, 1, flag.n);
    ptrdiff_t eq = str_index_byte(flag, '=');
    Str name = eq < 0 ? flag : str_slice(flag, 0, (size_t)eq);
    Str value = eq < 0 ? STR_NONE : str_slice(flag, (size_t)eq + 1, flag.n);
    if (is_sanitizer(name)) {
      bool on = eq < 0 || flag_is_true(value);
      if (on || str_equal(c->sanitizer, name)) c->sanitizer = on ? name : STR_NONE;
    } else if (eq < 0) {
      continue;
    } else if (str_equal(name, STR("tags"))) {
      c->tags.len = 0;
      add_tags(c, value);
    } else if (str_equal(name, STR("mod")))
      c->mod = value;
    else if (str_equal(name, STR("modfile")))
      c->modfile = value;
    else if (str_equal(name, STR("pgo")))
      c->pgo = value;
  }
}

static void find_directories(BuildContext *c, GoEnv *s) {
  Str home = goenv_variable(s, "HOME");
  c->gopath = goenv_setting(s, "GOPATH");
  if (!c->gopath.n && home.n) {
    c->gopath = path_join(s->arena, home, STR("go"));
    if (str_equal(c->gopath, c->goroot)) c->gopath = STR_NONE;
  }
  c->gomodcache = goenv_setting(s, "GOMODCACHE");
  if (c->gomodcache.n || !c->gopath.n) return;
  ptrdiff_t colon = str_index_byte(c->gopath, ':');
  Str first = colon < 0 ? c->gopath : str_slice(c->gopath, 0, (size_t)colon);
  c->gomodcache = path_join(s->arena, first, STR("pkg/mod"));
}

// The installed go command hands over to another one.
static void find_toolchain(BuildContext *c, GoEnv *s, Str cwd) {
  enum { FIRST_THAT_SWITCHES = 21 };
  if (!c->goroot.n || c->go_minor < FIRST_THAT_SWITCHES || str_equal(c->go111module, STR("off"))) return;
  ToolchainChoice choice;
  Str platform = arena_printf(s->arena, "%.*s-%.*s", STR_ARG(c->goos), STR_ARG(c->goarch));
  toolchain_choose(s, goenv_setting(s, "GOTOOLCHAIN"), cwd, platform, &choice);
  c->toolchain = choice.name;
  c->toolchain_missing = choice.missing;
  c->toolchain_problem = choice.problem;
  if (!choice.root.n) return;
  c->goroot = choice.root;
  strmap_release(&s->root);
  s->root = (StrMap){0};
  goenv_read_file(s, &s->root, path_join(s->arena, c->goroot, STR("go.env")));
  find_version(c, s);
}

BuildContext *build_context_new(const BuildOptions *o) {
  BuildContext *c = mem_new(sizeof *c);
  arena_init(&c->arena);
  GoEnv s = {.environ = o->environ, .arena = &c->arena, .context = c};
  goenv_read_user(&s);
  find_goroot(c, &s, o->goroot);
  if (c->goroot.n) goenv_read_file(&s, &s.root, path_join(s.arena, c->goroot, STR("go.env")));
  find_version(c, &s);
  host_platform(&c->goos, &c->goarch);
  find_directories(c, &s);
  c->gowork = goenv_setting(&s, "GOWORK");
  c->tmpdir = goenv_variable(&s, "TMPDIR");
  if (!c->tmpdir.n) c->tmpdir = STR("/tmp");
  c->go111module = goenv_setting(&s, "GO111MODULE");
  if (!o->goroot.n) find_toolchain(c, &s, o->cwd);
  Str os = goenv_setting(&s, "GOOS"), arch = goenv_setting(&s, "GOARCH");
  if (os.n) c->goos = os;
  if (arch.n) c->goarch = arch;
  Str bootstrap = STR_NONE;
  if (c->goroot.n)
    bootstrap = goenv_read(&s, path_join(s.arena, c->goroot, STR("src/internal/buildcfg/zbootstrap.go")));
  find_level(c, &s, bootstrap);
  c->goexperiment = goenv_setting(&s, "GOEXPERIMENT");
  if (!c->goexperiment.n) c->goexperiment = go_string_constant(bootstrap, "defaultGOEXPERIMENT");
  find_cgo(c, &s, o->cgo, bootstrap);
  Str set = goenv_setting(&s, "GOFLAGS");
  c->goflags = arena_printf(s.arena, "%.*s%s%.*s", STR_ARG(set), set.n && o->flags.n ? " " : "", STR_ARG(o->flags));
  read_goflags(c, c->goflags);
  add_tags(c, o->tags);
  if (o->mod.n) c->mod = o->mod;
  if (o->pgo.n) c->pgo = o->pgo;
  if (!c->pgo.n) c->pgo = STR("auto");
  bool is_file = !str_equal(c->pgo, STR("auto")) && !str_equal(c->pgo, STR("off"));
  if (is_file) c->pgo = path_join(s.arena, o->cwd, c->pgo);

  Str *owned[] = {&c->goroot,      &c->gopath, &c->gomodcache, &c->goos,    &c->goarch,       &c->goarch_level,
                  &c->go111module, &c->gowork, &c->mod,        &c->modfile, &c->goexperiment, &c->toolchain,
                  &c->tmpdir,      &c->pgo,    &c->sanitizer,  &c->goflags};
  for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) *owned[i] = arena_str(&c->arena, *owned[i]);
  build_context_find_tool_tags(c);
  strmap_release(&s.user);
  strmap_release(&s.root);
  return c;
}

static bool equal_tags(const Str *a, uint32_t a_count, const Str *b, uint32_t b_count) {
  bool equal = a_count == b_count;
  for (uint32_t i = 0; equal && i < a_count; i++) equal = str_equal(a[i], b[i]);
  return equal;
}

bool build_context_equal(const BuildContext *a, const BuildContext *b) {
  const Str *x[] = {&a->goroot,       &a->goroot_error, &a->gopath,       &a->gomodcache,
                    &a->goos,         &a->goarch,       &a->goarch_level, &a->go_version,
                    &a->gowork,       &a->mod,          &a->go111module,  &a->modfile,
                    &a->goexperiment, &a->version_text, &a->toolchain,    &a->toolchain_problem,
                    &a->pgo,          &a->sanitizer,    &a->goflags};
  const Str *y[] = {&b->goroot,       &b->goroot_error, &b->gopath,       &b->gomodcache,
                    &b->goos,         &b->goarch,       &b->goarch_level, &b->go_version,
                    &b->gowork,       &b->mod,          &b->go111module,  &b->modfile,
                    &b->goexperiment, &b->version_text, &b->toolchain,    &b->toolchain_problem,
                    &b->pgo,          &b->sanitizer,    &b->goflags};
  for (size_t i = 0; i < sizeof x / sizeof *x; i++)
    if (!str_equal(*x[i], *y[i])) return false;
  return a->cgo_enabled == b->cgo_enabled && equal_tags(a->tags.items, a->tags.len, b->tags.items, b->tags.len) &&
         equal_tags(a->tool_tags.items, a->tool_tags.len, b->tool_tags.items, b->tool_tags.len);
}

void build_context_free(BuildContext *c) {
  if (!c) return;
  arena_release(&c->arena);
  free(c);
}
