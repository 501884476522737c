// toolchain.c: which Go toolchain the go command would run, as cmd/go/internal/toolchain decides it
// (go.dev/doc/toolchain), without running it.
//
// Since Go 1.21 the installed go command runs another toolchain if GOTOOLCHAIN names one, or if it lets the go.mod or
// go.work decide and that asks for a newer one by its go or toolchain line. It looks for an executable of that name in
// PATH, then for the module golang.org/toolchain@v0.0.1-NAME.GOOS-GOARCH in the module cache, and downloads that. Here
// nothing is downloaded: of a toolchain that is not on this machine the sources of the nearest one are read, and it is
// said. An executable of PATH is not run either: its sources lie above it, or, of golang.org/dl, in $HOME/sdk.
#include "load/context_internal.h"
#include "load/modules_internal.h"

#include <stdlib.h>

// ---- Versions (internal/gover): major[.minor[.patch]][kind[pre]]

typedef struct GoVersion { // decimals as they are written, since they may be of any length
  Str major, minor, patch, kind, pre;
} GoVersion;

static bool cut_number(Str *s, Str *out) {
  size_t n = 0;
  while (n < s->n && s->p[n] >= '0' && s->p[n] <= '9') n++;
  if (!n || (s->p[0] == '0' && n > 1)) return false;
  *out = str_slice(*s, 0, n);
  *s = str_slice(*s, n, s->n);
  return true;
}

// False: it is none.
static bool version_parse(Str x, GoVersion *v) {
  static const char before_patches[] = "21"; // from go1.21 on 1.N is the language, and the first release 1.N.0
  *v = (GoVersion){0};
  if (!cut_number(&x, &v->major)) return false;
  if (!x.n) {
    v->minor = v->patch = STR("0");
    return true;
  }
  if (x.p[0] != '.') return false;
  x = str_slice(x, 1, x.n);
  if (!cut_number(&x, &v->minor)) return false;
  if (!x.n) {
    Str limit = str_of(before_patches);
    if (v->minor.n < limit.n || (v->minor.n == limit.n && str_compare(v->minor, limit) < 0)) v->patch = STR("0");
    return true;
  }
  if (x.p[0] == '.') {
    x = str_slice(x, 1, x.n);
    return cut_number(&x, &v->patch) && !x.n;
  }
  size_t n = 0;
  while (n < x.n && x.p[n] >= 'a' && x.p[n] <= 'z') n++;
  if (!n) return false;
  v->kind = str_slice(x, 0, n);
  x = str_slice(x, n, x.n);
  return !x.n || (cut_number(&x, &v->pre) && !x.n);
}

static int number_compare(Str x, Str y) { return x.n != y.n ? (x.n < y.n ? -1 : 1) : str_compare(x, y); }

int go_version_compare(Str x, Str y) {
  GoVersion a, b;
  bool good = version_parse(x, &a), other = version_parse(y, &b);
  if (!good || !other) return good - other;
  int order = number_compare(a.major, b.major);
  if (!order) order = number_compare(a.minor, b.minor);
  if (!order) order = number_compare(a.patch, b.patch);
  if (!order) order = str_compare(a.kind, b.kind);
  return order ? order : number_compare(a.pre, b.pre);
}

static bool is_language(Str x) {
  GoVersion v;
  return version_parse(x, &v) && !v.patch.n && !v.kind.n && !v.pre.n;
}

// "1.2.3" of "go1.2.3-bigcorp"; empty when it names none.
static Str version_of(Str name) {
  GoVersion v;
  if (!str_has_prefix(name, STR("go")) || str_index_byte(name, '/') >= 0 || str_index_byte(name, '\\') >= 0)
    return STR_NONE;
  Str version = str_slice(name, 2, name.n);
  for (size_t i = 0; i < version.n; i++)
    if (strchr(" \t-", version.p[i])) version.n = i;
  return version_parse(version, &v) ? version : STR_NONE;
}

// ---- What is asked for

typedef struct Lines { // of a go.mod or go.work
  Str file, go, toolchain;
} Lines;

static Lines lines_of(GoEnv *s, Str path) {
  Str text = goenv_read(s, path);
  ModFile *f = mod_file_parse(s->arena, path, text);
  return (Lines){path, f->go, f->toolchain};
}

static bool look_for(GoEnv *s, Str cwd, const char *name, bool above_goroot, Str *found) {
  for (Str dir = path_clean(s->arena, cwd);; dir = path_dir(dir)) {
    *found = path_join(s->arena, dir, str_of(name));
    goenv_note(s, *found);
    if (fs_is_file(&s->fs, *found)) return true;
    if (dir.n <= 1 || (!above_goroot && str_equal(path_dir(dir), s->context->goroot))) return false;
  }
}

// cmd/go/internal/modload: a go.mod right in the directory for temporary files does not count.
static bool find_go_mod(GoEnv *s, Str cwd, Str *found) {
  return look_for(s, cwd, "go.mod", true, found) && !fs_same(path_dir(*found), s->context->tmpdir);
}

static Lines wanted_lines(GoEnv *s, Str cwd, Str gowork) {
  Str found;
  bool off = str_equal(gowork, STR("off")), search = !gowork.n || str_equal(gowork, STR("auto"));
  if (!off && !search) goenv_note(s, gowork);
  if (!off && !search && fs_is_file(&s->fs, gowork)) return lines_of(s, gowork);
  if (search && look_for(s, cwd, "go.work", false, &found)) return lines_of(s, found);
  return find_go_mod(s, cwd, &found) ? lines_of(s, found) : (Lines){0};
}

// The name of the toolchain that takes the command over; empty: the installed one stays. local: its version.
static Str wanted_name(GoEnv *s, Str setting, Str local, const Lines *lines, bool *follows, bool *only_path) {
  ptrdiff_t plus = str_index_byte(setting, '+');
  Str least = plus < 0 ? setting : str_slice(setting, 0, (size_t)plus);
  Str mode = plus < 0 ? STR_NONE : str_slice(setting, (size_t)plus + 1, setting.n);
  if (str_equal(setting, STR("auto")) || str_equal(setting, STR("path"))) mode = setting, least = STR("local");
  bool is_local = str_equal(least, STR("local"));
  Str name = is_local ? STR_NONE : least, version = is_local ? local : version_of(least);
  *only_path = str_equal(mode, STR("path"));
  *follows = *only_path || str_equal(mode, STR("auto"));
  if (!version.n || (mode.n && !*follows)) return STR_NONE; // the go command refuses it
  if (!*follows || str_equal(lines->toolchain, STR("default"))) return name;
  Str asked = version_of(lines->toolchain);
  if (asked.n && go_version_compare(asked, version) > 0) name = lines->toolchain, version = asked;
  if (go_version_compare(lines->go, version) > 0)
    name = arena_printf(s->arena, "go%.*s%s", STR_ARG(lines->go),
                        is_language(lines->go) && go_version_compare(lines->go, STR("1.21")) >= 0 ? ".0" : "");
  return name;
}

// ---- Where it is

static Str goroot_at(GoEnv *s, Str dir, Str name) {
  if (!goenv_is_goroot(s, dir)) return STR_NONE;
  Str version = goenv_goroot_version(s, dir);
  return str_equal(version, name) ? dir : STR_NONE;
}

// The GOROOT of an executable of PATH.
static Str root_in_path(GoEnv *s, Str name, bool *found) {
  Str executable, home = goenv_variable(s, "HOME");
  *found = goenv_executable(s, name, &executable);
  if (!*found) return STR_NONE;
  char *real = realpath(arena_str(s->arena, executable).p, NULL);
  Str root = real ? goroot_at(s, arena_str(s->arena, path_dir(path_dir(str_of(real)))), name) : STR_NONE;
  free(real);
  if (root.n || !home.n) return root;
  return goroot_at(s, arena_printf(s->arena, "%.*s/sdk/%.*s", STR_ARG(home), STR_ARG(name)), name);
}

static const char toolchain_directory[] = "golang.org", toolchain_prefix[] = "toolchain@v0.0.1-";

static Str root_in_cache(GoEnv *s, Str name, Str platform) {
  const BuildContext *c = s->context;
  if (!c->gomodcache.n) return STR_NONE;
  Str version = arena_printf(s->arena, "v0.0.1-%.*s.%.*s", STR_ARG(name), STR_ARG(platform));
  Str root =
    arena_printf(s->arena, "%.*s/%s/toolchain@%.*s", STR_ARG(c->gomodcache), toolchain_directory, STR_ARG(version));
  Str partial = arena_printf(s->arena, "%.*s/cache/download/%s/toolchain/@v/%.*s.partial", STR_ARG(c->gomodcache),
                             toolchain_directory, STR_ARG(version));
  goenv_note(s, root);
  goenv_note(s, partial);
  return goenv_is_goroot(s, root) && !fs_is_file(&s->fs, partial) ? root : STR_NONE;
}

// Of the toolchains of the same release in the module cache the newest.
static Str nearest_in_cache(GoEnv *s, Str version, Str platform) {
  const BuildContext *c = s->context;
  FsEntries entries;
  Str dir = arena_printf(s->arena, "%.*s/%s", STR_ARG(c->gomodcache), toolchain_directory), best = STR_NONE,
      root = STR_NONE, tail = arena_printf(s->arena, ".%.*s", STR_ARG(platform));
  if (!c->gomodcache.n || !fs_list(&s->fs, s->arena, dir, &entries)) return STR_NONE;
  for (uint32_t i = 0; i < entries.len; i++) {
    Str name = entries.items[i].name;
    if (!str_has_prefix(name, str_of(toolchain_prefix)) || !str_has_suffix(name, tail)) continue;
    Str toolchain = str_slice(name, sizeof toolchain_prefix - 1, name.n - tail.n), other = version_of(toolchain), found;
    if (go_version_minor(other) != go_version_minor(version) || go_version_compare(other, best) <= 0) continue;
    found = root_in_cache(s, toolchain, platform);
    if (found.n) best = other, root = found;
  }
  return root;
}

void toolchain_choose(GoEnv *s, Str setting, Str cwd, Str platform, ToolchainChoice *out) {
  const BuildContext *c = s->context;
  *out = (ToolchainChoice){0};
  if (!setting.n || !path_is_absolute(cwd)) return;
  Str mod_file;
  if (str_equal(c->go111module, STR("auto")) && !find_go_mod(s, cwd, &mod_file)) return; // modload.WillBeEnabled
  Str local = version_of(c->go_version);
  Lines lines = wanted_lines(s, cwd, c->gowork);
  bool follows, only_path, in_path;
  Str name = wanted_name(s, setting, local, &lines, &follows, &only_path);
  Str asking = path_base(lines.file);
  if (!name.n || str_equal(name, c->go_version)) {
    if (lines.go.n && go_version_compare(lines.go, local) > 0)
      out->problem =
        arena_printf(s->arena,
                     "%.*s asks for go %.*s or later, and GOTOOLCHAIN=%.*s keeps the go command at %.*s, which "
                     "refuses to build it",
                     STR_ARG(asking), STR_ARG(lines.go), STR_ARG(setting), STR_ARG(c->go_version));
    return;
  }
  out->name = name;
  out->root = root_in_path(s, name, &in_path);
  if (!in_path && !only_path) out->root = root_in_cache(s, name, platform);
  if (out->root.n) return;
  bool by_file = follows && !str_has_prefix(setting, name);
  out->missing = true;
  out->root = nearest_in_cache(s, version_of(name), platform);
  out->problem = arena_printf(s->arena, "%.*s asks for %.*s, %s", STR_ARG(by_file ? asking : STR("GOTOOLCHAIN")),
                              STR_ARG(name), in_path ? "whose sources were not found" : "which is not on this machine");
}
