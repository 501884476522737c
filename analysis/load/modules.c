// modules.c: which modules take part in a build, at which versions, and in which directory an import path is found.
//
// The rules are cmd/go's (Go Modules Reference): the main module is the go.mod at or above the working directory, or
// the modules that a go.work uses. Minimal version selection takes, for every module path, the greatest version that
// any go.mod of the requirement graph asks for. The graph is pruned: of a module whose go line is 1.17 or later, only
// its own requirements count, not theirs in turn, because it lists all that its packages need. vendor/modules.txt
// replaces all of this in vendor mode. An import path belongs to the module with the longest matching path whose
// directory has Go files there.
#include "load/modules_internal.h"

#include <stdlib.h>

static Str read_kept(Modules *m, Str path) {
  Str text;
  if (!fs_read(m->fs, path, SIZE_MAX, &text, NULL, NULL)) return STR_NONE;
  Str kept = arena_str(m->arena, text);
  free((char *)text.p);
  return kept;
}

static void add_error(Modules *m, Str file, Str message) {
  VEC_PUSH(m->arena, &m->errors, (LoadError){.file = file, .message = message});
}

static ModFile *read_mod_file(Modules *m, Str path) {
  if (!fs_is_file(m->fs, path)) return NULL;
  ModFile *f = mod_file_parse(m->arena, path, read_kept(m, path));
  return f;
}

// below: the search ends there, without looking into it; may be empty.
static Str search_up(Modules *m, Str dir, const char *name, Str below) {
  for (;;) {
    Str candidate = path_join(m->arena, dir, str_of(name));
    if (fs_is_file(m->fs, candidate)) return candidate;
    Str parent = path_dir(dir);
    if (str_equal(parent, dir) || (below.n && str_equal(parent, below))) return STR_NONE;
    dir = parent;
  }
}

// cmd/go/internal/modload: a go.mod right in the directory for temporary files does not count.
static Str search_go_mod(Modules *m, Str dir) {
  Str found = search_up(m, dir, "go.mod", STR_NONE);
  return found.n && fs_same(path_dir(found), m->context->tmpdir) ? STR_NONE : found;
}

static void set_go_version(Module *module, Str go) {
  module->shown.go_version = go;
  module->shown.go_minor = go.n ? go_version_minor(go) : 16;
}

static Module *new_module(Modules *m, Str path, Str version, Str dir, const ModFile *f) {
  Module *module = ARENA_NEW(m->arena, Module);
  module->shown.path = path;
  module->shown.version = version;
  module->shown.dir = dir;
  module->prefix = path;
  set_go_version(module, f ? f->go : STR_NONE);
  if (f) {
    module->ignore.items = f->ignore.items;
    module->ignore.len = module->ignore.cap = f->ignore.len;
    module->tools.items = f->tools.items;
    module->tools.len = module->tools.cap = f->tools.len;
  }
  return module;
}

// ---- The requirement graph

typedef struct Replacements {
  VEC(ModReplace) items; // directories already absolute; earlier ones win
  VEC(ModRequire) exclude;
} Replacements;

static bool is_directory_path(Str s) {
  return path_is_absolute(s) || str_has_prefix(s, STR("./")) || str_has_prefix(s, STR("../")) ||
         str_equal(s, STR(".")) || str_equal(s, STR(".."));
}

static void add_replacements(Modules *m, Replacements *r, const ModFile *f, Str dir) {
  for (uint32_t i = 0; i < f->replace.len; i++) {
    ModReplace replace = f->replace.items[i];
    if (!replace.new_version.n && is_directory_path(replace.new_path))
      replace.new_path = path_join(m->arena, dir, replace.new_path);
    VEC_PUSH(m->arena, &r->items, replace);
  }
  for (uint32_t i = 0; i < f->exclude.len; i++) VEC_PUSH(m->arena, &r->exclude, f->exclude.items[i]);
}

static const ModReplace *replacement(const Replacements *r, Str path, Str version) {
  const ModReplace *any = NULL;
  for (uint32_t i = 0; i < r->items.len; i++) {
    const ModReplace *replace = &r->items.items[i];
    if (!str_equal(replace->old_path, path)) continue;
    if (replace->old_version.n && str_equal(replace->old_version, version)) return replace;
    if (!replace->old_version.n && !any) any = replace;
  }
  return any;
}

Str module_cache_file(Modules *m, Str path, Str version, const char *kind) {
  return arena_printf(m->arena, "%.*s/cache/download/%.*s/@v/%.*s.%s", STR_ARG(m->context->gomodcache),
                      STR_ARG(module_path_escape(m->arena, path)), STR_ARG(module_path_escape(m->arena, version)),
                      kind);
}

static Str cache_dir(Modules *m, Str path, Str version) {
  return arena_printf(m->arena, "%.*s/%.*s@%.*s", STR_ARG(m->context->gomodcache),
                      STR_ARG(module_path_escape(m->arena, path)), STR_ARG(module_path_escape(m->arena, version)));
}

static ModFile *required_mod_file(Modules *m, const Replacements *r, Str path, Str version) {
  const ModReplace *replace = replacement(r, path, version);
  if (replace && !replace->new_version.n)
    return read_mod_file(m, path_join(m->arena, replace->new_path, STR("go.mod")));
  if (replace) path = replace->new_path, version = replace->new_version;
  Str file = m->context->gomodcache.n ? module_cache_file(m, path, version, "mod") : STR_NONE;
  ModFile *f = file.n ? read_mod_file(m, file) : NULL;
  if (f) return f;
  if (!m->incomplete.n) m->incomplete = arena_printf(m->arena, "%.*s@%.*s", STR_ARG(path), STR_ARG(version));
  if (file.n) VEC_PUSH(m->arena, &m->outside, (LoadOutside){.path = file});
  return NULL;
}

typedef struct Selection { // of one module path
  Str path, version;
  StrMap visited; // versions whose requirements were followed; value: 1 pruned, 2 unpruned
} Selection;

typedef struct Pending {
  Str path, version;
  bool unpruned;
} Pending;

typedef struct Solver {
  Modules *m;
  const Replacements *replacements;
  StrMap by_path;   // to Selection
  StrMap mod_files; // "path@version" to ModFile
  VEC(Pending) pending;
} Solver;

static bool is_excluded(const Replacements *r, Str path, Str version) {
  for (uint32_t i = 0; i < r->exclude.len; i++)
    if (str_equal(r->exclude.items[i].path, path) && str_equal(r->exclude.items[i].version, version)) return true;
  return false;
}

static Selection *solver_require(Solver *s, Str path, Str version) {
  Selection *selection = strmap_get(&s->by_path, path);
  if (!selection) {
    selection = ARENA_NEW(s->m->arena, Selection);
    *selection = (Selection){.path = path, .version = version};
    strmap_set(&s->by_path, path, selection);
  } else if (semver_compare(version, selection->version) > 0)
    selection->version = version;
  return selection;
}

static bool is_main_path(const Modules *m, Str path) {
  for (uint32_t i = 0; i < m->mains.len; i++)
    if (str_equal(m->mains.items[i]->shown.path, path)) return true;
  return false;
}

static void solver_follow(Solver *s, Str path, Str version, bool unpruned) {
  if (is_main_path(s->m, path) || is_excluded(s->replacements, path, version)) return;
  Selection *selection = solver_require(s, path, version);
  static char pruned_mark, unpruned_mark;
  void *seen = strmap_get(&selection->visited, version);
  if (seen == &unpruned_mark || (seen && !unpruned)) return;
  strmap_set(&selection->visited, version, unpruned ? &unpruned_mark : &pruned_mark);
  VEC_PUSH(s->m->arena, &s->pending, (Pending){path, version, unpruned});
}

static const ModFile *solver_mod_file(Solver *s, Str path, Str version) {
  Str key = arena_printf(s->m->arena, "%.*s@%.*s", STR_ARG(path), STR_ARG(version));
  const ModFile *f = strmap_get(&s->mod_files, key);
  if (!f) {
    f = required_mod_file(s->m, s->replacements, path, version);
    if (!f) f = ARENA_NEW(s->m->arena, ModFile);
    strmap_set(&s->mod_files, key, (void *)f);
  }
  return f;
}

static void solver_run(Solver *s) {
  while (s->pending.len) {
    Pending t = s->pending.items[--s->pending.len];
    const ModFile *f = solver_mod_file(s, t.path, t.version);
    bool prunes = go_version_minor(f->go) >= 17;
    for (uint32_t i = 0; i < f->require.len; i++) {
      ModRequire r = f->require.items[i];
      if (t.unpruned || !prunes)
        solver_follow(s, r.path, r.version, t.unpruned || !prunes);
      else if (!is_main_path(s->m, r.path) && !is_excluded(s->replacements, r.path, r.version))
        solver_require(s, r.path, r.version);
    }
  }
}

static int selection_order(const void *a, const void *b) {
  const Selection *x = *(const Selection *const *)a, *y = *(const Selection *const *)b;
  return str_compare(x->path, y->path);
}

static Module *selected_module(Solver *s, const Selection *selection) {
  Modules *m = s->m;
  const ModReplace *replace = replacement(s->replacements, selection->path, selection->version);
  const ModFile *f = solver_mod_file(s, selection->path, selection->version);
  Module *module = new_module(m, selection->path, selection->version, STR_NONE, f);
  module->is_local = replace && !replace->new_version.n;
  if (module->is_local && fs_is_dir(m->fs, replace->new_path)) module->shown.dir = replace->new_path;
  if (module->is_local) return module;
  module->cached_path = replace ? replace->new_path : selection->path;
  module->cached_version = replace ? replace->new_version : selection->version;
  if (!m->context->gomodcache.n) return module;
  Str dir = cache_dir(m, module->cached_path, module->cached_version);
  Str partial = module_cache_file(m, module->cached_path, module->cached_version, "partial");
  module->directory = (LoadOutside){dir, fs_is_dir(m->fs, dir)};
  module->partial = (LoadOutside){partial, fs_is_file(m->fs, partial)}; // cmd/go/internal/modfetch
  if (module->directory.there && !module->partial.there) module->shown.dir = dir;
  return module;
}

typedef VEC(ModFile *) ModFiles; // of the main modules

static void build_list(Modules *m, const ModFiles *files, const Replacements *r) {
  Solver s = {.m = m, .replacements = r};
  for (uint32_t i = 0; i < files->len; i++) {
    const ModFile *f = files->items[i];
    bool unpruned = !m->work_file.n && m->mains.items[i]->shown.go_minor < 17;
    for (uint32_t k = 0; k < f->require.len; k++)
      solver_follow(&s, f->require.items[k].path, f->require.items[k].version, unpruned);
  }
  solver_run(&s);
  Selection **sorted = ARENA_ARRAY(m->arena, Selection *, s.by_path.len + 1);
  for (uint32_t i = 0; i < s.by_path.len; i++) sorted[i] = s.by_path.entries[i].value;
  if (s.by_path.len) qsort(sorted, s.by_path.len, sizeof *sorted, selection_order);
  for (uint32_t i = 0; i < s.by_path.len; i++) {
    VEC_PUSH(m->arena, &m->list, selected_module(&s, sorted[i]));
    strmap_release(&sorted[i]->visited);
  }
  strmap_release(&s.by_path);
  strmap_release(&s.mod_files);
}

// ---- vendor/modules.txt

// "# path version [=> replacement]", "## explicit; go 1.17", then the package paths of that module.
static void read_vendor_list(Modules *m, Str text) {
  Module *module = NULL;
  for (size_t i = 0; i < text.n;) {
    ptrdiff_t nl = str_index_byte(str_slice(text, i, text.n), '\n');
    size_t end = nl < 0 ? text.n : i + (size_t)nl;
    Str line = str_trim(str_slice(text, i, end));
    i = end + 1;
    if (str_has_prefix(line, STR("## "))) {
      ptrdiff_t go = str_index(line, STR("go 1"));
      if (module && go >= 0) {
        Str version = str_slice(line, (size_t)go + 3, line.n);
        ptrdiff_t stop = str_index_byte(version, ';');
        set_go_version(module, str_trim(stop < 0 ? version : str_slice(version, 0, (size_t)stop)));
      }
    } else if (str_has_prefix(line, STR("# "))) {
      Str rest = str_trim(str_slice(line, 2, line.n));
      ptrdiff_t space = str_index_byte(rest, ' ');
      Str path = space < 0 ? rest : str_slice(rest, 0, (size_t)space);
      rest = space < 0 ? STR_NONE : str_trim(str_slice(rest, (size_t)space, rest.n));
      space = str_index_byte(rest, ' ');
      Str version = space < 0 ? rest : str_slice(rest, 0, (size_t)space);
      if (str_equal(version, STR("=>"))) { // a replacement of all versions, repeated at the end of the list
        module = NULL;
        continue;
      }
      module = new_module(m, path, version, path_join(m->arena, m->vendor_dir, path), NULL);
      VEC_PUSH(m->arena, &m->list, module);
    } else if (line.n && line.p[0] != '#' && module)
      strmap_set(&m->vendor_packages, line, module);
  }
}

// Its first line says what it was made for: "## workspace" (cmd/go/internal/modload.modulesTextIsForWorkspace).
static bool lists_workspace(Modules *m, Str list) {
  enum { HEAD = 512 };
  Str text, line;
  if (!fs_read(m->fs, list, HEAD, &text, NULL, NULL)) return false;
  ptrdiff_t end = str_index_byte(text, '\n');
  line = end < 0 ? text : str_slice(text, 0, (size_t)end);
  bool found = false;
  for (size_t i = str_has_prefix(line, STR("## ")) ? 3 : line.n; i < line.n && !found;) {
    ptrdiff_t stop = str_index_byte(str_slice(line, i, line.n), ';');
    size_t to = stop < 0 ? line.n : i + (size_t)stop;
    found = str_equal(str_trim(str_slice(line, i, to)), STR("workspace"));
    i = to + 1;
  }
  free((char *)text.p);
  return found;
}

// go: the version that go.work, or else go.mod says; empty: none.
static void decide_vendor(Modules *m, Str root, Str go) {
  m->vendor_dir = path_join(m->arena, root, STR("vendor"));
  bool wanted = str_equal(m->context->mod, STR("vendor"));
  Str list = path_join(m->arena, m->vendor_dir, STR("modules.txt"));
  if (!m->context->mod.n)
    wanted = fs_is_dir(m->fs, m->vendor_dir) && go.n && go_version_compare(go, STR("1.14")) >= 0 &&
             lists_workspace(m, list) == (m->work_file.n > 0);
  m->vendor = wanted;
  if (!wanted) return;
  if (fs_is_file(m->fs, list))
    read_vendor_list(m, read_kept(m, list));
  else
    add_error(m, list, STR("vendor/modules.txt is missing: run go mod vendor"));
}

// ---- Main modules

static void add_main(Modules *m, Str dir, ModFile *f, Str mod_path) {
  Module *module = new_module(m, f->module, STR_NONE, dir, f);
  module->shown.is_main = module->is_local = true;
  bool in_goroot = m->goroot_src.n && (str_equal(dir, m->goroot_src) || str_equal(path_dir(dir), m->goroot_src));
  if (str_equal(f->module, STR("std"))) module->prefix = STR("");
  if (in_goroot && str_equal(f->module, STR("std"))) m->std = module, module->shown.is_goroot = true;
  if (in_goroot && str_equal(f->module, STR("cmd"))) m->cmd = module, module->shown.is_goroot = true;
  for (uint32_t i = 0; i < f->errors.len; i++) VEC_PUSH(m->arena, &m->errors, f->errors.items[i]);
  if (!f->module.n) add_error(m, mod_path, STR("no module directive in go.mod"));
  VEC_PUSH(m->arena, &m->mains, module);
}

static void read_workspace(Modules *m, Replacements *r, ModFiles *files) {
  ModFile *work = read_mod_file(m, m->work_file);
  Str root = path_dir(m->work_file);
  add_replacements(m, r, work, root);
  for (uint32_t i = 0; i < work->errors.len; i++) VEC_PUSH(m->arena, &m->errors, work->errors.items[i]);
  for (uint32_t i = 0; i < work->use.len; i++) {
    Str dir = path_join(m->arena, root, work->use.items[i]), path = path_join(m->arena, dir, STR("go.mod"));
    ModFile *f = read_mod_file(m, path);
    if (!f) {
      add_error(m, m->work_file,
                arena_printf(m->arena, "cannot load module %.*s listed in go.work file: no go.mod there",
                             STR_ARG(work->use.items[i])));
      continue;
    }
    add_main(m, dir, f, path);
    add_replacements(m, r, f, dir);
    VEC_PUSH(m->arena, files, f);
  }
  decide_vendor(m, root, work->go);
}

static void read_main_module(Modules *m, Replacements *r, ModFiles *files, Str mod_path) {
  Str dir = path_dir(mod_path);
  Str source = m->context->modfile.n ? path_join(m->arena, dir, m->context->modfile) : mod_path;
  ModFile *f = read_mod_file(m, source);
  if (!f) f = ARENA_NEW(m->arena, ModFile);
  add_main(m, dir, f, mod_path);
  add_replacements(m, r, f, dir);
  VEC_PUSH(m->arena, files, f);
  if (!m->mains.items[0]->shown.is_goroot) decide_vendor(m, dir, f->go);
}

static Module *goroot_module(Modules *m, const char *name, Str dir) {
  Module *module = new_module(m, str_of(name), STR_NONE, dir, NULL);
  Str toolchain = m->context->go_version;
  set_go_version(module, arena_printf(m->arena, "1.%u", go_version_minor(toolchain)));
  module->shown.is_goroot = true;
  return module;
}

void modules_init(Modules *m, const BuildContext *context, const FileSystem *fs, Arena *arena, Str cwd) {
  *m = (Modules){.context = context, .fs = fs, .arena = arena, .mode = MODULE_MODE_NONE};
  Str mod_path = search_go_mod(m, cwd);
  if (context->goroot.n) {
    m->goroot_src = path_join(arena, context->goroot, STR("src"));
    // Distributions link GOROOT/src elsewhere; whoever works in there sees the names of there.
    Str mod_dir = path_dir(mod_path), above = path_dir(mod_dir);
    if (fs_same(mod_dir, m->goroot_src))
      m->goroot_src = mod_dir;
    else if (str_equal(path_base(mod_dir), STR("cmd")) && fs_same(above, m->goroot_src))
      m->goroot_src = above;
    m->std = goroot_module(m, "std", m->goroot_src);
    m->std->prefix = STR("");
    m->cmd = goroot_module(m, "cmd", path_join(arena, m->goroot_src, STR("cmd")));
  }
  bool automatic = str_equal(context->go111module, STR("auto")); // then only a go.mod tells, whatever go.work says
  if (str_equal(context->go111module, STR("off")) || (automatic && !mod_path.n)) {
    m->mode = MODULE_MODE_GOPATH;
    return;
  }
  if (path_is_absolute(context->gowork))
    m->work_file = context->gowork;
  else if (!context->gowork.n || str_equal(context->gowork, STR("auto")))
    m->work_file = search_up(m, cwd, "go.work", context->goroot);
  if (m->work_file.n && !fs_is_file(fs, m->work_file)) {
    add_error(m, m->work_file, STR("GOWORK names a file that cannot be read"));
    m->work_file = STR_NONE;
  }
  Replacements replacements = {0};
  ModFiles files = {0};
  if (m->work_file.n)
    read_workspace(m, &replacements, &files);
  else if (mod_path.n)
    read_main_module(m, &replacements, &files, mod_path);
  else
    return;
  m->mode = MODULE_MODE_ON;
  bool in_goroot = m->mains.len && m->mains.items[0]->shown.is_goroot; // std and cmd vendor what they need
  if (!m->vendor && !in_goroot) build_list(m, &files, &replacements);
}

void modules_release(Modules *m) {
  strmap_release(&m->vendor_packages);
  modules_release_sums(m);
}
