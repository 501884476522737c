// resolve.c: from an import path to a directory and back, by the rules of cmd/go/internal/modload (module mode) and
// go/build (GOPATH mode).
#include "load/modules_internal.h"

#include <stdlib.h>

bool import_path_is_standard(Str path) {
  ptrdiff_t slash = str_index_byte(path, '/');
  Str first = slash < 0 ? path : str_slice(path, 0, (size_t)slash);
  return str_index_byte(first, '.') < 0;
}

bool modules_dir_has_go_files(Modules *m, Str dir) {
  Arena scratch;
  arena_init(&scratch);
  FsEntries entries;
  bool found = false;
  if (fs_list(m->fs, &scratch, dir, &entries))
    for (uint32_t i = 0; i < entries.len && !found; i++)
      found = !entries.items[i].is_dir && str_has_suffix(entries.items[i].name, STR(".go")) &&
              (!entries.items[i].is_symlink || fs_is_file(m->fs, path_join(&scratch, dir, entries.items[i].name)));
  arena_release(&scratch);
  return found;
}

static bool plausible_path(Str path) {
  if (!path.n || path.p[0] == '/' || path.p[path.n - 1] == '/' || memchr(path.p, 0, path.n)) return false;
  return str_index(path, STR("//")) < 0 && str_index(path, STR("/../")) < 0 && !str_has_prefix(path, STR("../")) &&
         !str_has_suffix(path, STR("/.."));
}

// ---- GOROOT

static Found found_in_goroot(Modules *m, Str path, Str dir) {
  bool is_cmd = path_has_prefix(path, STR("cmd"), NULL);
  return (Found){.dir = dir, .path = path, .module = is_cmd ? m->cmd : m->std, .is_std = true};
}

// std and cmd import golang.org/x/… and find it in their vendor trees.
static bool find_goroot_vendored(Modules *m, Str path, Str importer_path, Found *found) {
  bool in_cmd = path_has_prefix(importer_path, STR("cmd"), NULL);
  Str vendored = arena_printf(m->arena, in_cmd ? "cmd/vendor/%.*s" : "vendor/%.*s", STR_ARG(path));
  Str dir = path_join(m->arena, m->goroot_src, vendored);
  if (!fs_is_dir(m->fs, dir)) return false;
  *found = found_in_goroot(m, vendored, dir);
  return true;
}

static bool find_in_goroot(Modules *m, Str path, Found *found) {
  if (!m->goroot_src.n) return false;
  Str dir = path_join(m->arena, m->goroot_src, path);
  if (!modules_dir_has_go_files(m, dir)) return false;
  *found = found_in_goroot(m, path, dir);
  return true;
}

// ---- Modules

// The directory of path in module; false when it is not there or another module is in the way.
static bool find_in_module(Modules *m, const Module *module, Str path, Str *dir) {
  Str rest = path;
  if (!module->shown.dir.n || (module->prefix.n && !path_has_prefix(path, module->prefix, &rest))) return false;
  *dir = rest.n ? path_join(m->arena, module->shown.dir, rest) : module->shown.dir;
  if (!modules_dir_has_go_files(m, *dir)) return false;
  if (module->is_local)
    for (Str d = *dir; d.n > module->shown.dir.n; d = path_dir(d))
      if (fs_is_file(m->fs, path_join(m->arena, d, STR("go.mod")))) return false;
  return true;
}

static Str module_name(Modules *m, const Module *module) {
  Str path = module->cached_path.n ? module->cached_path : module->shown.path;
  Str version = module->cached_path.n ? module->cached_version : module->shown.version;
  return arena_printf(m->arena, "%.*s@%.*s", STR_ARG(path), STR_ARG(version));
}

// Nothing has the path that is here; a module that may have it is not.
static void find_nowhere(Modules *m, Str path, const Module *absent, Found *found) {
  found->absent = absent ? module_name(m, absent) : m->incomplete;
  if (absent && absent->is_local) {
    found->absent = STR_NONE;
    found->message =
      arena_printf(m->arena, "the directory that replaces module %.*s is not there", STR_ARG(absent->shown.path));
  } else if (!m->context->gomodcache.n) {
    found->fault = LOAD_FAULT_NO_CACHE;
    found->message =
      arena_printf(m->arena, "module %.*s: there is no module cache (GOMODCACHE, GOPATH and HOME are not set)",
                   STR_ARG(found->absent));
  } else if (absent) {
    found->fault = LOAD_FAULT_NOT_DOWNLOADED;
    found->message =
      arena_printf(m->arena, "module %.*s is not in the module cache: run go mod download", STR_ARG(found->absent));
  } else {
    found->fault = LOAD_FAULT_NOT_DOWNLOADED;
    found->message = arena_printf(m->arena,
                                  "no module that is here has package %.*s, and what %.*s requires is not in the "
                                  "module cache: run go mod download",
                                  STR_ARG(path), STR_ARG(found->absent));
  }
}

static Found find_in_modules(Modules *m, Str path) {
  Found best = {.path = path};
  const Module *absent = NULL;
  for (int pass = 0; pass < 2; pass++) {
    uint32_t count = pass ? m->list.len : m->mains.len;
    Module **list = pass ? m->list.items : m->mains.items;
    if (pass && m->vendor) break;
    for (uint32_t i = 0; i < count; i++) {
      const Module *module = list[i];
      if (module->prefix.n && !path_has_prefix(path, module->prefix, NULL)) continue;
      Str dir;
      if (best.module && module->prefix.n <= best.module->prefix.n) continue;
      if (find_in_module(m, module, path, &dir))
        best.dir = dir, best.module = module;
      else if (!module->shown.dir.n) {
        VEC_PUSH(m->arena, &m->outside, module->directory);
        VEC_PUSH(m->arena, &m->outside, module->partial);
        if (!absent || module->prefix.n > absent->prefix.n) absent = module;
      }
    }
  }
  if (best.module) return best;
  if (m->vendor) {
    const Module *module = strmap_get(&m->vendor_packages, path);
    Str dir = path_join(m->arena, m->vendor_dir, path);
    if (modules_dir_has_go_files(m, dir)) return (Found){.dir = dir, .path = path, .module = module};
    best.message =
      arena_printf(m->arena, "cannot find package %.*s in the main module or its vendor directory", STR_ARG(path));
  } else if (absent || (m->incomplete.n && !import_path_is_standard(path))) {
    find_nowhere(m, path, absent, &best);
  }
  return best;
}

// ---- GOPATH mode

static Found find_in_gopath(Modules *m, Str path, Str importer_dir) {
  Str roots = m->context->gopath;
  for (int pass = 0; pass < 2; pass++) { // vendor directories above the importer first
    for (size_t i = 0; i <= roots.n && roots.n;) {
      ptrdiff_t colon = str_index_byte(str_slice(roots, i, roots.n), ':');
      size_t end = colon < 0 ? roots.n : i + (size_t)colon;
      Str src = path_join(m->arena, str_slice(roots, i, end), STR("src"));
      i = end + 1;
      if (pass) {
        Str dir = path_join(m->arena, src, path);
        if (modules_dir_has_go_files(m, dir)) return (Found){.dir = dir, .path = path};
        continue;
      }
      if (!importer_dir.n || !path_has_prefix(importer_dir, src, NULL)) continue;
      for (Str d = importer_dir; d.n > src.n; d = path_dir(d)) {
        Str dir = path_join(m->arena, path_join(m->arena, d, STR("vendor")), path), rest;
        if (modules_dir_has_go_files(m, dir) && path_has_prefix(dir, src, &rest))
          return (Found){.dir = dir, .path = rest};
      }
    }
    Found found;
    if (!pass && import_path_is_standard(path) && find_in_goroot(m, path, &found)) return found;
  }
  return (Found){.path = path};
}

Found modules_find(Modules *m, Str path, Str importer_path, Str importer_dir, bool importer_is_std) {
  Found found = {.path = path};
  if (str_equal(path, STR(".")) || str_equal(path, STR("..")) || str_has_prefix(path, STR("./")) ||
      str_has_prefix(path, STR("../"))) {
    if (importer_dir.n) return modules_find_dir(m, path_join(m->arena, importer_dir, path));
  } else if (plausible_path(path)) {
    bool standard = import_path_is_standard(path);
    if (importer_is_std && !standard && m->goroot_src.n && find_goroot_vendored(m, path, importer_path, &found))
      return found;
    if (m->mode == MODULE_MODE_GOPATH)
      found = find_in_gopath(m, path, importer_dir);
    else {
      if (standard && find_in_goroot(m, path, &found)) return found;
      found = find_in_modules(m, path);
    }
  }
  if (!found.dir.n && !found.message.n) {
    if (!m->goroot_src.n && import_path_is_standard(path)) {
      found.fault = LOAD_FAULT_NO_GO;
      found.message = arena_printf(
        m->arena, "package %.*s: no Go installation found, so the standard library is not visible", STR_ARG(path));
    } else if (import_path_is_standard(path))
      found.message = arena_printf(m->arena, "package %.*s is not in std", STR_ARG(path));
    else
      found.message =
        arena_printf(m->arena, "no required module provides package %.*s%s", STR_ARG(path),
                     m->mode == MODULE_MODE_NONE ? ": there is no go.mod in the directory or above it" : "");
  }
  return found;
}

// ---- From a directory to a path

static bool dir_of_module(Modules *m, const Module *module, Str dir, Found *found) {
  Str rest;
  if (!module->shown.dir.n || !path_has_prefix(dir, module->shown.dir, &rest)) return false;
  if (module->is_local)
    for (Str d = dir; d.n > module->shown.dir.n; d = path_dir(d))
      if (fs_is_file(m->fs, path_join(m->arena, d, STR("go.mod")))) return false;
  Str path = !rest.n ? module->prefix : module->prefix.n ? path_join(m->arena, module->prefix, rest) : rest;
  *found = (Found){.dir = dir, .path = path, .module = module, .is_std = module->shown.is_goroot};
  return path.n > 0;
}

static bool dir_in_gopath(Modules *m, Str dir, Found *found) {
  Str roots = m->context->gopath, rest;
  for (size_t i = 0; i <= roots.n && roots.n;) {
    ptrdiff_t colon = str_index_byte(str_slice(roots, i, roots.n), ':');
    size_t end = colon < 0 ? roots.n : i + (size_t)colon;
    Str src = path_join(m->arena, str_slice(roots, i, end), STR("src"));
    i = end + 1;
    if (!path_has_prefix(dir, src, &rest) || !rest.n) continue;
    *found = (Found){.dir = dir, .path = rest};
    return true;
  }
  return false;
}

Found modules_find_dir(Modules *m, Str dir) {
  Found found = {0};
  Str rest;
  if (m->goroot_src.n && path_has_prefix(dir, m->goroot_src, &rest) && rest.n) return found_in_goroot(m, rest, dir);
  if (m->vendor && path_has_prefix(dir, m->vendor_dir, &rest)) {
    const Module *module = strmap_get(&m->vendor_packages, rest);
    if (module) return (Found){.dir = dir, .path = rest, .module = module};
  }
  for (uint32_t i = 0; i < m->mains.len; i++)
    if (dir_of_module(m, m->mains.items[i], dir, &found)) return found;
  for (uint32_t i = 0; i < m->list.len && !m->vendor; i++)
    if (dir_of_module(m, m->list.items[i], dir, &found)) return found;
  if (m->mode == MODULE_MODE_GOPATH && dir_in_gopath(m, dir, &found)) return found;
  return (Found){.dir = dir, .path = arena_printf(m->arena, "_%.*s", STR_ARG(dir))};
}
