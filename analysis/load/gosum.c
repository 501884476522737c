// gosum.c: what go.sum says of the modules of the module cache that packages come from, as far as the go command
// refuses to build with them (cmd/go/internal/modfetch, modload/import.go; go1.26.8).
//
// A line is "path version hash"; hashes of a kind other than h1 do not count. That of the module's content lies beside
// its zip file in the cache. A main module's go.sum must name it, unless -mod=mod lets the go command add a line; a
// workspace has go.work.sum beside the go.sum of each of its modules, and none must name it. Where one does, the hash
// has to be that of the content: every line, or the first that fits where that is of go.sum, or of a workspace's
// go.work.sum. Lines about go.mod files ("version/go.mod") are not looked at.
#include "load/modules_internal.h"

#include <stdlib.h>

struct ModuleSum {
  Str hash;
  bool first;      // of the file that is asked first, where one that fits settles it
  ModuleSum *next; // in the order of the files and lines
};

typedef struct SumList {
  ModuleSum *first, *last;
} SumList;

static Str next_field(Str line, size_t *at) {
  while (*at < line.n && (line.p[*at] == ' ' || line.p[*at] == '\t' || line.p[*at] == '\r')) ++*at;
  size_t start = *at;
  while (*at < line.n && line.p[*at] != ' ' && line.p[*at] != '\t' && line.p[*at] != '\r') ++*at;
  return str_slice(line, start, *at);
}

static Str sum_key(Arena *a, Str path, Str version) {
  return arena_printf(a, "%.*s %.*s", STR_ARG(path), STR_ARG(version));
}

static void read_sums(ModuleSums *sums, const FileSystem *fs, Str file, bool first) {
  Str text;
  if (!fs_read(fs, file, SIZE_MAX, &text, NULL, NULL)) return;
  Str kept = arena_str(&sums->arena, text);
  free((char *)text.p);
  for (size_t i = 0; i < kept.n;) {
    ptrdiff_t newline = str_index_byte(str_slice(kept, i, kept.n), '\n');
    size_t end = newline < 0 ? kept.n : i + (size_t)newline, at = 0;
    Str line = str_slice(kept, i, end), path = next_field(line, &at), version = next_field(line, &at);
    Str hash = next_field(line, &at);
    i = end + 1;
    if (!str_has_prefix(hash, STR("h1:")) || str_has_suffix(version, STR("/go.mod"))) continue;
    Str key = sum_key(&sums->arena, path, version);
    ModuleSum *sum = ARENA_NEW(&sums->arena, ModuleSum);
    *sum = (ModuleSum){.hash = hash, .first = first};
    SumList *list = strmap_get(&sums->by_module, key);
    if (!list) strmap_set(&sums->by_module, key, list = ARENA_NEW(&sums->arena, SumList));
    *(list->first ? &list->last->next : &list->first) = sum;
    list->last = sum;
  }
}

static void read_all(Modules *m) {
  ModuleSums *sums = &m->sums;
  sums->read = true;
  arena_init(&sums->arena);
  Str modfile = m->context->modfile, name = STR("go.sum");
  if (m->work_file.n)
    read_sums(sums, m->fs, arena_printf(&sums->arena, "%.*s.sum", STR_ARG(m->work_file)), true);
  else if (str_has_suffix(modfile, STR(".mod")))
    name = arena_printf(&sums->arena, "%.*s.sum", STR_ARG(str_slice(modfile, 0, modfile.n - strlen(".mod"))));
  for (uint32_t i = 0; i < m->mains.len; i++)
    read_sums(sums, m->fs, path_join(&sums->arena, m->mains.items[i]->shown.dir, name), !m->work_file.n);
}

// Of the content that is in the cache; empty: it is not known without reading it.
static Str content_hash(Modules *m, const Module *module) {
  Str text, file = module_cache_file(m, module->cached_path, module->cached_version, "ziphash");
  if (!fs_read(m->fs, file, SIZE_MAX, &text, NULL, NULL)) return STR_NONE;
  Str hash = arena_str(&m->sums.arena, str_trim(text));
  free((char *)text.p);
  return hash;
}

static Str fault_of(Modules *m, const Module *module) {
  const SumList *list =
    strmap_get(&m->sums.by_module, sum_key(&m->sums.arena, module->cached_path, module->cached_version));
  if (!list && !m->work_file.n && !str_equal(m->context->mod, STR("mod")))
    return arena_printf(m->arena,
                        "go.sum has no entry for module %.*s@%.*s: the go command does not build with it until "
                        "go mod tidy or go get adds one",
                        STR_ARG(module->cached_path), STR_ARG(module->cached_version));
  Str hash = list ? content_hash(m, module) : STR_NONE;
  for (const ModuleSum *sum = list && hash.n ? list->first : NULL; sum; sum = sum->next) {
    bool same = str_equal(sum->hash, hash);
    if (same && sum->first) break;
    if (!same)
      return arena_printf(m->arena,
                          "go.sum names another content of module %.*s@%.*s than the module cache has: the go "
                          "command does not build with it (go help module-auth)",
                          STR_ARG(module->cached_path), STR_ARG(module->cached_version));
  }
  return STR_NONE;
}

Str modules_sum_fault(Modules *m, const LoadModule *shown) {
  Module *module = (Module *)shown;
  if (!module || m->vendor || !module->cached_path.n) return STR_NONE;
  if (!m->sums.read) read_all(m);
  if (!module->sum_known) module->sum_fault = fault_of(m, module);
  module->sum_known = true;
  return module->sum_fault;
}

void modules_release_sums(Modules *m) {
  if (!m->sums.read) return;
  strmap_release(&m->sums.by_module);
  arena_release(&m->sums.arena);
}
