// stored.c: results from the disk. What is stored about a file is shown at once, then its package is built; what was
// built first, or saved, is stored when nothing has been asked for a while.
#include "analyzer/analyzer_internal.h"

char *analyzer_place_of(const char *path) {
  const char *slash = strrchr(path, '/');
  size_t n = slash ? (size_t)(slash - path) : 0;
  bool test = str_has_suffix(str_of(path), STR("_test.go"));
  char *place = mem_new(n + 2);
  memcpy(place, path, n);
  if (test) place[n] = '?';
  return place;
}

bool analyzer_is_built(const Analyzer *a, const char *place) {
  for (uint32_t i = 0; i < a->built.len; i++)
    if (strcmp(a->built.items[i], place) == 0) return true;
  return false;
}

// What was recalled for the file goes to the caller. NULL: nothing was, or it was handed out.
static const PackageResult *take_recalled(Analyzer *a, const char *path) {
  for (uint32_t i = 0; i < a->recalled.len; i++) {
    Recalled r = a->recalled.items[i];
    if (strcmp(r.path, path) != 0) continue;
    a->recalled.items[i] = a->recalled.items[--a->recalled.len];
    free(r.path);
    return r.result;
  }
  return NULL;
}

bool analyzer_was_recalled(const Analyzer *a, const char *path) {
  for (uint32_t i = 0; i < a->recalled.len; i++)
    if (strcmp(a->recalled.items[i].path, path) == 0) return true;
  return false;
}

bool analyzer_recall(Analyzer *a, Program *program, const char *path, uint64_t generation) {
  if (analyzer_was_recalled(a, path)) return false;
  const PackageResult *result = program_recall_file(program, str_of(path));
  if (!result) return false;
  VEC_APPEND(&a->recalled, (Recalled){copy(path), result});
  package_result_retain(result);
  AnalysisOutcome outcome = {
    .path = copy(path), .result = result, .generation = generation, .recalled = true, .more_follows = true};
  analyzer_add_seen(a, &outcome);
  pthread_mutex_lock(&a->lock);
  VEC_APPEND(&a->outcomes, outcome);
  if (generation == a->generation) analyzer_ask_last(a, copy(path));
  pthread_mutex_unlock(&a->lock);
  a->wake(a->context);
  return true;
}

void analyzer_want_stored(Analyzer *a, const char *path) {
  for (uint32_t i = 0; i < a->to_store.len; i++)
    if (strcmp(a->to_store.items[i], path) == 0) return;
  VEC_APPEND(&a->to_store, copy(path));
}

void analyzer_settle_first(Analyzer *a, Program *program, char *place, AnalysisOutcome *outcome) {
  const PackageResult *recalled = take_recalled(a, outcome->path);
  bool first = !analyzer_is_built(a, place);
  if (first) VEC_APPEND(&a->built, copy(place));
  pthread_mutex_lock(&a->lock);
  bool hurry = a->changes.len > 0;
  if (program_recalls(program) && first && (!recalled || hurry)) analyzer_want_stored(a, outcome->path);
  pthread_mutex_unlock(&a->lock);
  outcome->confirms = recalled && !hurry && program_store_result(program, outcome->result, recalled, NULL);
  package_result_release(recalled);
}

void analyzer_store_result(Analyzer *a, const char *path, CancelToken *cancel) {
  Program *program = analyzer_program(a, path);
  char *place = analyzer_place_of(path);
  const PackageResult *result =
    analyzer_is_built(a, place) ? program_analyze_file(program, str_of(path), cancel, NULL) : NULL;
  if (result) (void)program_store_result(program, result, NULL, cancel);
  package_result_release(result);
  free(place);
}
