// affected.c: which packages a change of files may change: those that have the files, and all that import them,
// directly or not. A file belongs to the package of its directory whether it is there or not, so that one that went is
// seen too.
#include <stdlib.h>

#include "program/program_internal.h"

static bool belongs_to_one_package(Str file) {
  return str_has_suffix(file, STR(".go")) || str_has_suffix(file, STR(".s")) || str_has_suffix(file, STR(".S")) ||
         str_has_suffix(file, STR(".sx"));
}

static Str dir_of(Str file) {
  ptrdiff_t slash = str_last_byte(file, '/');
  return slash > 0 ? str_slice(file, 0, (size_t)slash) : STR("/");
}

static bool imports_affected(const LoadPackage *load, const bool *affected) {
  for (uint32_t i = 0; i < load->import_count; i++) {
    if (affected[load->imports[i].package->index]) return true;
  }
  return load->tested && affected[load->tested->index];
}

void program_affected(Program *p, ProgramAffected *q, Arena *a, Buf *errors) {
  StrMap changed = {0}, listed = {0}; // directories
  bool all = false;
  for (uint32_t i = 0; i < q->file_count; i++) {
    all |= !belongs_to_one_package(q->files[i]);
    strmap_set(&changed, dir_of(q->files[i]), q);
  }
  pthread_mutex_lock(&p->build_lock);
  const LoadGraph *graph = program_graph(
    p, &(LoadRequest){.patterns = q->patterns, .pattern_count = q->pattern_count, .tests = q->tests}, errors);
  bool *affected = mem_new(graph->count + 1);
  for (uint32_t i = 0; i < graph->count; i++) { // imports first
    const LoadPackage *load = graph->packages[i];
    affected[i] = all || strmap_has(&changed, load->dir) || imports_affected(load, affected);
  }
  q->listed = graph->shown_count;
  for (uint32_t i = 0; i < graph->shown_count; i++) {
    const LoadPackage *load = graph->shown[i];
    if (!affected[load->index] || load->missing || strmap_has(&listed, load->dir)) continue;
    Str dir = arena_str(a, load->dir);
    strmap_set(&listed, load->dir, q);
    VEC_PUSH(a, &q->dirs, dir);
  }
  free(affected);
  pthread_mutex_unlock(&p->build_lock);
  strmap_release(&changed);
  strmap_release(&listed);
}
