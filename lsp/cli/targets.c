// targets.c: what the operands name: packages, directories, and files, of which the packages are read.
//
// A path may lie in another module than the current directory; then that module is loaded as if the command had been
// started there, which is what people mean by `heapls check some/dir`. So the operands are grouped by the go.work or
// go.mod above them, in the order in which these are first named. Files make groups of their own, since only they are
// reported, and those of directories with a test file among them are analysed with tests.
//
// A file that the build constraints leave out is passed over, but for one whose constraint is the plain word "ignore":
// by the convention of Go's documentation it is for no package, and runs by itself.
#include "cli/cli.h"
#include "syntax/parse.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Finder {
  Targets *out;
  CliSetup *setup;
  BuildContext *build;
  VEC(Str) tested; // directories of test files that are named
} Finder;

static bool is_there(const char *path, bool directory) {
  struct stat st;
  return stat(path, &st) == 0 && S_ISDIR(st.st_mode) == directory;
}

// "dir/..." without its dots
static Str directory_part(Str pattern) {
  if (str_has_suffix(pattern, STR("/..."))) return str_slice(pattern, 0, pattern.n > 4 ? pattern.n - 4 : 1);
  return pattern;
}

static Str parent(Str path) {
  ptrdiff_t slash = str_last_byte(path, '/');
  return slash > 0 ? str_slice(path, 0, (size_t)slash) : slash == 0 ? STR("/") : STR(".");
}

static Str absolute(Finder *f, Str path) {
  char resolved[PATH_MAX];
  const char *z = arena_str(&f->setup->arena, path).p;
  return realpath(z, resolved) ? arena_str(&f->setup->arena, str_of(resolved)) : STR_NONE;
}

// The directory at or above dir that has the file; empty when there is none.
static Str above_with(Finder *f, Str dir, const char *name) {
  while (dir.n) {
    Str file = arena_printf(&f->setup->arena, "%.*s/%s", STR_ARG(dir), name);
    if (is_there(file.p, false)) return dir;
    ptrdiff_t slash = str_last_byte(dir, '/');
    dir = slash > 0 ? str_slice(dir, 0, (size_t)slash) : STR_NONE;
  }
  return STR_NONE;
}

// The workspace or module that a directory belongs to.
static Str root_of(Finder *f, Str dir) {
  Str work = f->build->gowork.n ? STR_NONE : above_with(f, dir, "go.work");
  return work.n ? work : above_with(f, dir, "go.mod");
}

// The group of the programs that start in the place of dir.
static TargetGroup *group_for(Finder *f, Str dir, bool files, bool tests) {
  Str cwd = str_equal(root_of(f, dir), root_of(f, f->setup->cwd)) ? f->setup->cwd : dir;
  Str root = root_of(f, cwd);
  for (uint32_t i = 0; i < f->out->groups.len; i++) {
    TargetGroup *g = &f->out->groups.items[i];
    bool same = str_equal(g->cwd, cwd) || (root.n && str_equal(root_of(f, g->cwd), root));
    if (same && !g->alone && (g->files.len > 0) == files && g->tests == tests) return g;
  }
  VEC_PUSH(&f->setup->arena, &f->out->groups, (TargetGroup){.cwd = cwd, .tests = tests});
  return &f->out->groups.items[f->out->groups.len - 1];
}

static bool has_str(const Str *items, uint32_t len, Str s) {
  for (uint32_t i = 0; i < len; i++) {
    if (str_equal(items[i], s)) return true;
  }
  return false;
}

static void add_pattern(Finder *f, TargetGroup *g, Str pattern) {
  if (!has_str(g->patterns.items, g->patterns.len, pattern)) VEC_PUSH(&f->setup->arena, &g->patterns, pattern);
}

static void pass_over(Finder *f, const char *name, const char *why) {
  fprintf(stderr, "%s: %s; passed over\n", name, why);
  f->out->passed_over++;
}

// ---- Files

typedef enum FileFate { FILE_OF_PACKAGE, FILE_ALONE, FILE_PASSED } FileFate;

static FileFate fate_of(Finder *f, const char *name, Str path) {
  FILE *in = fopen(path.p, "rb");
  if (!in) return FILE_OF_PACKAGE; // its package says why
  Buf text = {0};
  char chunk[8192];
  for (size_t n; text.len < 1 << 20 && (n = fread(chunk, 1, sizeof chunk, in)) > 0;) buf_str(&text, (Str){chunk, n});
  fclose(in);
  FileHeader h;
  file_header_scan(&h, buf_view(&text));
  FileFate fate = FILE_OF_PACKAGE;
  ptrdiff_t slash = str_last_byte(path, '/');
  Str base = str_slice(path, (size_t)(slash + 1), path.n);
  char why[300] = "";
  if (str_equal(h.build_constraint, STR("ignore")))
    fate = FILE_ALONE;
  else if (base.p[0] == '_' || base.p[0] == '.')
    snprintf(why, sizeof why, "files whose names begin with %c belong to no package", base.p[0]);
  else if (!build_context_matches_file_name(f->build, base))
    snprintf(why, sizeof why, "its name leaves it out on %.*s/%.*s (see --goos, --goarch)", STR_ARG(f->build->goos),
             STR_ARG(f->build->goarch));
  else if (h.build_constraint.n && !build_context_matches(f->build, h.build_constraint, NULL))
    snprintf(why, sizeof why, "//go:build %.*s leaves it out on %.*s/%.*s (see --goos, --goarch, --tags)",
             (int)(h.build_constraint.n < 100 ? h.build_constraint.n : 100), h.build_constraint.p,
             STR_ARG(f->build->goos), STR_ARG(f->build->goarch));
  else if (h.imports_c && !f->build->cgo_enabled)
    snprintf(why, sizeof why, "it imports \"C\", and cgo is off (see CGO_ENABLED)");
  if (*why) {
    pass_over(f, name, why);
    fate = FILE_PASSED;
  }
  file_header_release(&h);
  buf_release(&text);
  return fate;
}

static void add_file(Finder *f, const char *name) {
  Str path = absolute(f, str_of(name));
  FileFate fate = fate_of(f, name, path);
  if (fate == FILE_PASSED) return;
  Str dir = parent(path);
  if (fate == FILE_ALONE) {
    TargetGroup g = {.cwd = dir, .alone = true};
    VEC_PUSH(&f->setup->arena, &g.patterns, path);
    VEC_PUSH(&f->setup->arena, &g.files, path);
    VEC_PUSH(&f->setup->arena, &f->out->groups, g);
    return;
  }
  TargetGroup *g = group_for(f, dir, true, has_str(f->tested.items, f->tested.len, dir));
  add_pattern(f, g, dir);
  if (!has_str(g->files.items, g->files.len, path)) VEC_PUSH(&f->setup->arena, &g->files, path);
}

// A path, not a package: "README.md", "docs/a.txt", ".github/x", where an import path has its dot in the first element.
static bool looks_like_file(Str name) {
  ptrdiff_t first = str_index_byte(name, '/'), last = str_last_byte(name, '/');
  Str base = str_slice(name, (size_t)(last + 1), name.n);
  if (str_has_suffix(name, STR(".go"))) return true;
  if (str_index(name, STR("...")) >= 0 || str_index_byte(base, '@') >= 0) return false;
  bool dotted = str_index_byte(base, '.') >= 0 && !str_equal(base, STR(".")) && !str_equal(base, STR(".."));
  Str head = first < 0 ? STR_NONE : str_slice(name, 0, (size_t)first);
  bool is_import_path = str_index_byte(head, '.') > 0;
  return !is_import_path && (dotted || (head.n && head.p[0] == '.' && head.n > 2));
}

// ---- Packages

// The go command's names for sets of packages, whatever directories there are.
static bool is_set(Str arg) { return cli_choice("std cmd all work tool", arg) >= 0; }

static void add_package(Finder *f, Str arg) {
  Arena *a = &f->setup->arena;
  if (!arg.n) arg = STR(".");
  Str dir = directory_part(arg);
  bool plain = arg.p[0] != '.' && arg.p[0] != '/' && !is_set(arg);
  bool is_path = !plain || is_there(arena_str(a, dir).p, true);
  if (is_set(arg)) is_path = false;
  if (plain && is_path) arg = arena_printf(a, "./%.*s", STR_ARG(arg));
  Str at = is_path ? absolute(f, dir) : f->setup->cwd;
  TargetGroup *g = group_for(f, at.n ? at : f->setup->cwd, false, false);
  bool elsewhere = at.n && !str_equal(g->cwd, f->setup->cwd);
  add_pattern(f, g,
              !elsewhere ? arg : arena_printf(a, "%.*s%s", STR_ARG(at), directory_part(arg).n < arg.n ? "/..." : ""));
}

static void add_operand(Finder *f, const char *arg, bool plain) {
  bool there = is_there(arg, false), directory = is_there(arg, true);
  if (plain || directory || !(there || looks_like_file(str_of(arg))))
    add_package(f, str_of(arg));
  else if (!there)
    pass_over(f, arg, "no such file");
  else if (!str_has_suffix(str_of(arg), STR(".go")))
    pass_over(f, arg, "not a Go file");
  else
    add_file(f, arg);
}

void targets_find(Targets *out, CliSetup *setup, const CliArgs *args, uint32_t from, bool plain) {
  Finder f = {.out = out, .setup = setup, .build = build_context_new(&setup->options.build)};
  *out = (Targets){0};
  bool files = plain && args->operands.len > from && str_has_suffix(str_of(args->operands.items[from]), STR(".go")) &&
               !is_there(args->operands.items[from], true);
  if (files) { // one package, of the first one's place
    Str at = absolute(&f, parent(str_of(args->operands.items[from])));
    TargetGroup g = {.cwd = at.n && !str_equal(root_of(&f, at), root_of(&f, setup->cwd)) ? at : setup->cwd};
    for (uint32_t i = from; i < args->operands.len; i++) {
      Str path = absolute(&f, str_of(args->operands.items[i]));
      VEC_PUSH(&setup->arena, &g.patterns, path.n ? path : str_of(args->operands.items[i]));
    }
    VEC_PUSH(&setup->arena, &out->groups, g);
  }
  for (uint32_t i = from; i < args->operands.len && !plain; i++) {
    if (!str_has_suffix(str_of(args->operands.items[i]), STR("_test.go"))) continue;
    Str path = absolute(&f, str_of(args->operands.items[i]));
    if (path.n) VEC_PUSH(&setup->arena, &f.tested, parent(path));
  }
  for (uint32_t i = from; i < args->operands.len && !files; i++) add_operand(&f, args->operands.items[i], plain);
  if (args->operands.len <= from) add_package(&f, STR("."));
  build_context_free(f.build);
}
