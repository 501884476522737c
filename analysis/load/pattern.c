// pattern.c: package patterns (go help packages): local directories, import paths, "..." wildcards, the reserved names.
//
// Local patterns list directories in walking order, path patterns list import paths sorted, as the go command does.
// Walks pass over directories named testdata or beginning with '_' or '.', nested modules, and do not follow links.
#include "load/state_internal.h"

#include <errno.h>
#include <stdlib.h>

enum { WALK_DEPTH = 200, VENDOR_MARK = 1 };

// ---- Wildcards

// Elements "vendor" that have something below become one special byte, which "..." does not match.
static void mark_vendor(Buf *out, Str path) {
  for (size_t i = 0; i <= path.n;) {
    ptrdiff_t slash = str_index_byte(str_slice(path, i, path.n), '/');
    size_t end = slash < 0 ? path.n : i + (size_t)slash;
    Str element = str_slice(path, i, end);
    if (slash >= 0 && str_equal(element, STR("vendor")))
      buf_byte(out, VENDOR_MARK);
    else
      buf_str(out, element);
    if (slash < 0) return;
    buf_byte(out, '/');
    i = end + 1;
  }
}

// Glob matching with backtracking to the latest "..." only.
static bool glob(Str pattern, Str name) {
  size_t p = 0, i = 0, star = SIZE_MAX, resume = 0;
  while (i < name.n || p < pattern.n) {
    if (str_has_prefix(str_slice(pattern, p, pattern.n), STR("..."))) {
      star = p += 3;
      resume = i;
      continue;
    }
    if (p < pattern.n && i < name.n && pattern.p[p] == name.p[i]) {
      p++, i++;
      continue;
    }
    if (star == SIZE_MAX || resume >= name.n || name.p[resume] == VENDOR_MARK) return false;
    p = star;
    i = ++resume;
  }
  return true;
}

bool package_pattern_matches(Str pattern, Str name) {
  Buf p = {0}, n = {0};
  mark_vendor(&p, pattern);
  mark_vendor(&n, name);
  Str marked = buf_view(&p), path = buf_view(&n);
  static const char vendor_tail[] = {VENDOR_MARK, '/', '.', '.', '.', 0};
  bool matches = glob(marked, path);
  if (!matches && str_has_suffix(marked, str_of(vendor_tail))) { // x/vendor/... matches x/vendor
    Buf exact = {0};
    buf_str(&exact, str_slice(marked, 0, marked.n - 5));
    buf_puts(&exact, "vendor");
    matches = glob(buf_view(&exact), path);
    buf_release(&exact);
  } else if (!matches && str_has_suffix(marked, STR("/..."))) {
    matches = glob(str_slice(marked, 0, marked.n - 4), path);
  }
  buf_release(&p);
  buf_release(&n);
  return matches;
}

// Whether something below directory `name` could match: the text before the first "..." decides.
static bool tree_can_match(Str pattern, Str name) {
  ptrdiff_t dots = str_index(pattern, STR("..."));
  Str fixed = dots < 0 ? pattern : str_slice(pattern, 0, (size_t)dots);
  size_t n = fixed.n < name.n ? fixed.n : name.n;
  return memcmp(fixed.p ? fixed.p : "", name.p ? name.p : "", n) == 0;
}

// ---- Walking

typedef struct Walk Walk;
struct Walk {
  Load *load;
  Str root, prefix;     // directory and import path (or pattern text) of it
  const Module *module; // for its `ignore` directives; may be NULL
  bool prune_vendor, prune_modules;
  Str pattern;                     // empty: everything
  bool (*wants)(Walk *, Str name); // more conditions on names; may be NULL
  void (*visit)(Walk *, Str dir, Str name);
  StrMap *seen; // may be NULL
  Nodes *out;   // on the C heap
};

// `ignore` directives are relative to the module, wherever the walk begins.
static bool is_ignored(const Walk *w, Str at) {
  Str relative;
  if (!w->module || !path_has_prefix(at, w->module->shown.dir, &relative) || !relative.n) return false;
  Buf dir = {0};
  buf_printf(&dir, "/%.*s/", STR_ARG(relative));
  bool ignored = false;
  for (uint32_t i = 0; i < w->module->ignore.len && !ignored; i++) {
    Str entry = w->module->ignore.items[i];
    bool anchored = str_has_prefix(entry, STR("./"));
    if (anchored) entry = str_slice(entry, 2, entry.n);
    Buf wanted = {0};
    buf_printf(&wanted, "%s%.*s%s", str_has_prefix(entry, STR("/")) ? "" : "/", STR_ARG(entry),
               str_has_suffix(entry, STR("/")) ? "" : "/");
    ignored =
      anchored ? str_has_prefix(buf_view(&dir), buf_view(&wanted)) : str_index(buf_view(&dir), buf_view(&wanted)) >= 0;
    buf_release(&wanted);
  }
  buf_release(&dir);
  return ignored;
}

static void walk(Walk *w, Str relative, int depth) {
  Load *l = w->load;
  Arena *a = l->arena;
  Str dir = relative.n ? path_join(a, w->root, relative) : w->root;
  Str name = !relative.n   ? w->prefix
             : w->prefix.n ? arena_printf(a, "%.*s/%.*s", STR_ARG(w->prefix), STR_ARG(relative))
                           : relative;
  if (relative.n) {
    Str base = path_base(dir);
    if (base.p[0] == '.' || base.p[0] == '_' || str_equal(base, STR("testdata")) || is_ignored(w, dir)) return;
    if (w->prune_modules && fs_is_file(l->fs, path_join(a, dir, STR("go.mod")))) return;
  }
  if (depth > WALK_DEPTH || (w->pattern.n && !tree_can_match(w->pattern, name))) return;
  if (w->wants && name.n && !w->wants(w, name)) return;
  bool fresh = !w->seen || !strmap_has(w->seen, name);
  if (name.n && fresh && (!w->pattern.n || package_pattern_matches(w->pattern, name))) w->visit(w, dir, name);
  if (fresh && w->seen) strmap_set(w->seen, name, w);
  if (relative.n && w->prune_vendor && str_equal(path_base(dir), STR("vendor"))) return;

  Arena scratch;
  arena_init(&scratch);
  FsEntries entries;
  if (!fs_list(l->fs, &scratch, dir, &entries))
    load_error(l, dir, arena_printf(a, "cannot read directory: %s", strerror(errno)));
  else
    for (uint32_t i = 0; i < entries.len; i++) {
      if (!entries.items[i].is_dir) continue;
      Str child = entries.items[i].name;
      walk(w, relative.n ? arena_printf(a, "%.*s/%.*s", STR_ARG(relative), STR_ARG(child)) : arena_str(a, child),
           depth + 1);
    }
  arena_release(&scratch);
}

static void add_root(Load *l, Node *n) {
  if (n->shown.is_root) return;
  n->shown.is_root = true;
  VEC_APPEND(&l->roots, n);
}

static int by_path(const void *a, const void *b) {
  return str_compare((*(Node *const *)a)->shown.path, (*(Node *const *)b)->shown.path);
}

static void add_sorted_roots(Load *l, Nodes *found) {
  if (found->len) qsort(found->items, found->len, sizeof *found->items, by_path);
  for (uint32_t i = 0; i < found->len; i++) add_root(l, found->items[i]);
  free(found->items);
}

static void warn_no_match(Load *l, Str pattern) {
  load_warning(l, arena_printf(l->arena, "\"%.*s\" matched no packages", STR_ARG(pattern)));
}

// ---- Path patterns

static void visit_path(Walk *w, Str dir, Str name) {
  Load *l = w->load;
  if (str_equal(name, STR("builtin")) || (str_equal(name, STR("runtime/cgo")) && !l->context->cgo_enabled)) return;
  Found found = modules_find_dir(&l->modules, dir);
  if (!found.dir.n || !str_equal(found.path, name)) found = (Found){.dir = dir, .path = name, .module = w->module};
  Node *n = load_package(l, found);
  if (node_has_files(n) || node_is_unread(n)) VEC_APPEND(w->out, n);
}

static bool wants_std(Walk *w, Str name) {
  (void)w;
  return import_path_is_standard(name) && !str_equal(name, STR("cmd"));
}

static void walk_goroot(Load *l, Nodes *out, StrMap *seen, Str root, Str prefix, Str pattern, bool prune_modules,
                        bool std_only) {
  Walk w = {.load = l,
            .root = root,
            .prefix = prefix,
            .prune_modules = prune_modules,
            .pattern = pattern,
            .wants = std_only ? wants_std : NULL,
            .visit = visit_path,
            .seen = seen,
            .out = out};
  walk(&w, STR(""), 0);
}

static void load_std_or_cmd(Load *l, bool cmd) {
  if (!l->modules.goroot_src.n) {
    load_error(l, STR_NONE, l->context->goroot_error);
    return;
  }
  Nodes out = {0}, kept = {0};
  if (cmd)
    walk_goroot(l, &out, NULL, path_join(l->arena, l->modules.goroot_src, STR("cmd")), STR("cmd"), STR(""), false,
                false);
  else
    walk_goroot(l, &out, NULL, l->modules.goroot_src, STR(""), STR(""), false, true);
  for (uint32_t i = 0; i < out.len; i++) { // cmd/vendor holds a main package that is no command of Go's
    const LoadPackage *p = &out.items[i]->shown;
    if (!(cmd && str_has_prefix(p->path, STR("cmd/vendor")) && str_equal(p->name, STR("main"))))
      VEC_APPEND(&kept, out.items[i]);
  }
  free(out.items);
  add_sorted_roots(l, &kept);
}

static void walk_modules(Load *l, Nodes *out, StrMap *seen, Str pattern, bool mains_only) {
  for (int pass = 0; pass < 2; pass++) {
    uint32_t count = pass ? l->modules.list.len : l->modules.mains.len;
    Module **list = pass ? l->modules.list.items : l->modules.mains.items;
    if (pass && (mains_only || l->modules.vendor)) break;
    for (uint32_t i = 0; i < count; i++) {
      if (!list[i]->shown.dir.n) continue;
      Walk w = {.load = l,
                .root = list[i]->shown.dir,
                .prefix = list[i]->prefix,
                .module = list[i],
                .prune_vendor = true,
                .prune_modules = list[i]->is_local,
                .pattern = pattern,
                .visit = visit_path,
                .seen = seen,
                .out = out};
      walk(&w, STR(""), 0);
    }
  }
  if (!mains_only && l->modules.vendor) {
    Walk w = {.load = l,
              .root = l->modules.vendor_dir,
              .prune_vendor = true,
              .pattern = pattern,
              .visit = visit_path,
              .seen = seen,
              .out = out};
    walk(&w, STR(""), 0);
  }
}

static void walk_gopath(Load *l, Nodes *out, StrMap *seen, Str pattern) {
  Str roots = l->context->gopath;
  for (size_t i = 0; i <= roots.n && roots.n;) {
    ptrdiff_t colon = str_index_byte(str_slice(roots, i, roots.n), ':');
    size_t end = colon < 0 ? roots.n : i + (size_t)colon;
    Walk w = {.load = l,
              .root = path_join(l->arena, str_slice(roots, i, end), STR("src")),
              .pattern = pattern,
              .visit = visit_path,
              .seen = seen,
              .out = out};
    walk(&w, STR(""), 0);
    i = end + 1;
  }
}

static void load_wildcard(Load *l, Str pattern) {
  Nodes out = {0};
  StrMap seen = {0};
  if (l->modules.goroot_src.n) {
    walk_goroot(l, &out, &seen, l->modules.goroot_src, STR(""), pattern, true, false);
    if (tree_can_match(pattern, STR("cmd")))
      walk_goroot(l, &out, &seen, path_join(l->arena, l->modules.goroot_src, STR("cmd")), STR("cmd"), pattern, true,
                  false);
  }
  if (l->modules.mode == MODULE_MODE_GOPATH)
    walk_gopath(l, &out, &seen, pattern);
  else
    walk_modules(l, &out, &seen, pattern, false);
  strmap_release(&seen);
  if (!out.len) warn_no_match(l, pattern);
  add_sorted_roots(l, &out);
}

// "all": the main modules' packages, what they import, and what their tests import, and so on through imports.
static void load_all(Load *l, bool closure) {
  Nodes out = {0};
  StrMap seen = {0};
  bool tests = l->tests;
  l->tests = true;
  walk_modules(l, &out, &seen, STR(""), true);
  l->tests = tests;
  strmap_release(&seen);
  PtrMap members = {0};
  uint32_t mains = out.len;
  for (uint32_t i = 0; i < out.len; i++) ptrmap_set(&members, out.items[i], l);
  for (uint32_t i = 0; i < out.len && closure; i++) {
    const LoadPackage *p = &out.items[i]->shown;
    uint32_t count = i < mains ? p->all_file_count : p->file_count;
    for (uint32_t k = 0; k < count; k++) {
      LoadFile *f = (i < mains ? p->all_files : p->files)[k];
      for (uint32_t j = 0; j < f->import_count; j++) {
        Node *n = load_import(l, f->imports[j].path, out.items[i]);
        if (ptrmap_has(&members, n)) continue;
        ptrmap_set(&members, n, l);
        VEC_APPEND(&out, n);
      }
    }
  }
  ptrmap_release(&members);
  if (!out.len) warn_no_match(l, closure ? STR("all") : STR("work"));
  add_sorted_roots(l, &out);
}

// ---- Local patterns

static void visit_dir(Walk *w, Str dir, Str name) {
  (void)name;
  Load *l = w->load;
  Found found = modules_find_dir(&l->modules, dir);
  if (str_equal(found.path, STR("builtin")) && found.is_std) return;
  if (!found.module && l->modules.mode == MODULE_MODE_ON && l->modules.vendor &&
      path_has_prefix(dir, l->modules.vendor_dir, NULL))
    return;
  Node *n = load_package(l, found);
  if (node_has_files(n) || node_is_unread(n)) add_root(l, n);
}

// Of several the last that go.work uses, as cmd/go/internal/search has it.
static const Module *module_above(Load *l, Str dir) {
  const Module *last = NULL;
  for (uint32_t i = 0; i < l->modules.mains.len; i++)
    if (path_has_prefix(dir, l->modules.mains.items[i]->shown.dir, NULL)) last = l->modules.mains.items[i];
  return last;
}

// Where a module is, there may be no packages yet. Above the modules of a workspace a pattern means none of them.
static void no_local_match(Load *l, Str pattern, Str start) {
  if (l->modules.work_file.n && !module_above(l, start))
    load_error(l, STR_NONE,
               arena_printf(l->arena,
                            "pattern %.*s: it is outside of the modules that %.*s uses: \"work\" names their packages",
                            STR_ARG(pattern), STR_ARG(l->modules.work_file)));
  else
    warn_no_match(l, pattern);
}

// The packages that the go.mod files name as tools.
static void load_tools(Load *l) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < l->modules.mains.len; i++) {
    const Module *m = l->modules.mains.items[i];
    for (uint32_t k = 0; k < m->tools.len; k++, count++) add_root(l, load_import(l, m->tools.items[k], NULL));
  }
  if (!count) warn_no_match(l, STR("tool"));
}

// A directory of no module of the build: it is analysed alone, where the go command builds nothing.
static void note_outside(Load *l, Str dir) {
  const Modules *m = &l->modules;
  if (m->work_file.n)
    load_error(l, STR_NONE,
               arena_printf(l->arena, "directory %.*s: no module that %.*s uses has it (go work use adds one)",
                            STR_ARG(dir), STR_ARG(m->work_file)));
  else
    load_error(l, STR_NONE,
               arena_printf(l->arena, "directory %.*s is not in module %.*s, nor in one that it requires", STR_ARG(dir),
                            STR_ARG(m->mains.items[0]->shown.path)));
}

static void load_local(Load *l, Str pattern) {
  Str full = path_join(l->arena, l->loader->cwd, pattern);
  ptrdiff_t dots = str_index(full, STR("..."));
  if (dots < 0) {
    if (!fs_is_dir(l->fs, full)) {
      load_error(l, STR_NONE, arena_printf(l->arena, "directory %.*s not found", STR_ARG(full)));
      return;
    }
    Found found = modules_find_dir(&l->modules, full);
    if (l->modules.mode == MODULE_MODE_ON && !found.module && l->modules.mains.len) note_outside(l, full);
    add_root(l, load_package(l, found));
    return;
  }
  Str start = path_dir(str_slice(full, 0, (size_t)dots + 3)); // the directory before the element with the wildcard
  if (!fs_is_dir(l->fs, start)) {
    load_error(l, STR_NONE, arena_printf(l->arena, "directory %.*s not found", STR_ARG(start)));
    return;
  }
  uint32_t before = l->roots.len;
  Walk w = {.load = l,
            .root = start,
            .prefix = start,
            .pattern = full,
            .module = module_above(l, start),
            .prune_modules = l->modules.mode != MODULE_MODE_GOPATH,
            .visit = visit_dir};
  if (!is_ignored(&w, start)) walk(&w, STR(""), 0);
  if (l->roots.len == before) no_local_match(l, pattern, start);
}

static bool is_local(Str p) {
  return path_is_absolute(p) || str_equal(p, STR(".")) || str_equal(p, STR("..")) || str_has_prefix(p, STR("./")) ||
         str_has_prefix(p, STR("../"));
}

void load_pattern(Load *l, Str pattern) {
  if (!pattern.n) return;
  if (is_local(pattern))
    load_local(l, pattern);
  else if (str_equal(pattern, STR("std")))
    load_std_or_cmd(l, false);
  else if (str_equal(pattern, STR("cmd")))
    load_std_or_cmd(l, true);
  else if (str_equal(pattern, STR("all")))
    load_all(l, true);
  else if (str_equal(pattern, STR("work")))
    load_all(l, false);
  else if (str_equal(pattern, STR("tool")) && l->context->go_minor >= 24)
    load_tools(l);
  else if (str_index_byte(pattern, '@') >= 0)
    load_error(
      l, STR_NONE,
      arena_printf(l->arena, "package %.*s: a version can't be named here, go.mod selects it", STR_ARG(pattern)));
  else if (str_index(pattern, STR("...")) >= 0)
    load_wildcard(l, pattern);
  else
    add_root(l, load_import(l, arena_str(l->arena, pattern), NULL));
}
