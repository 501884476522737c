// analyzer.c: the event loop's side of the analysis: texts and questions go in, outcomes come out.
#include "analyzer/analyzer_internal.h"

static void set_config(char **slots, const AnalyzerConfig *config) {
  const char *values[CONFIG_VALUES] = {config->goroot, config->tags,        config->go_version, config->gcflags,
                                       config->pgo,    config->build_flags, config->costs};
  for (int i = 0; i < CONFIG_VALUES; i++) {
    free(slots[i]);
    slots[i] = copy(values[i] ? values[i] : "");
  }
}

Analyzer *analyzer_new(const AnalyzerConfig *config, void (*wake)(void *), void *context) {
  Analyzer *a = mem_new(sizeof *a);
  a->wake = wake;
  a->context = context;
  pthread_mutex_init(&a->lock, NULL);
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(&a->work, &attributes);
  pthread_condattr_destroy(&attributes);
  set_config(a->config, config);
  a->started = analyzer_start(a);
  return a;
}

static void cancel_running(Analyzer *a) {
  if (a->running) __atomic_store_n(&a->running->cancelled, 1, __ATOMIC_RELAXED);
}

void analyzer_free(Analyzer *a) {
  if (!a) return;
  pthread_mutex_lock(&a->lock);
  a->quit = true;
  cancel_running(a);
  pthread_cond_signal(&a->work);
  pthread_mutex_unlock(&a->lock);
  if (a->started) uv_thread_join(&a->thread);
  for (uint32_t i = 0; i < a->changes.len; i++)
    snapshot_release(a->changes.items[i].text), free(a->changes.items[i].path);
  for (uint32_t i = 0; i < a->open.len; i++) snapshot_release(a->open.items[i].text), free(a->open.items[i].path);
  for (uint32_t i = 0; i < a->asked.len; i++) free(a->asked.items[i]);
  for (uint32_t i = 0; i < a->notices.len; i++) free(a->notices.items[i]);
  for (uint32_t i = 0; i < a->directories.len; i++) free(a->directories.items[i].path);
  for (uint32_t i = 0; i < a->known_directories.len; i++) free(a->known_directories.items[i]);
  for (uint32_t i = 0; i < a->outside.len; i++) free(a->outside.items[i].path);
  for (uint32_t i = 0; i < a->known_outside.len; i++) {
    Outside *known = a->known_outside.entries[i].value;
    free(known->path);
    free(known);
  }
  strmap_release(&a->known_outside);
  for (int i = 0; i < CONFIG_VALUES; i++) free(a->config[i]), free(a->next_config[i]);
  free(a->lines_asked);
  free(a->changes.items);
  free(a->open.items);
  for (uint32_t i = 0; i < a->fixes_asked.len; i++) free(a->fixes_asked.items[i].path);
  for (uint32_t i = 0; i < a->fixes_found.len; i++) fixes_found_release(&a->fixes_found.items[i]);
  free(a->fixes_asked.items);
  free(a->fixes_found.items);
  free(a->asked.items);
  free(a->outcomes.items);
  free(a->notices.items);
  free(a->directories.items);
  free(a->known_directories.items);
  free(a->outside.items);
  for (uint32_t i = 0; i < a->to_store.len; i++) free(a->to_store.items[i]);
  free(a->to_store.items);
  free(a->recalled.items);
  free(a->built.items);
  free(a->programs.items);
  free(a->last);
  pthread_mutex_destroy(&a->lock);
  pthread_cond_destroy(&a->work);
  free(a);
}

void analyzer_configure(Analyzer *a, const AnalyzerConfig *config) {
  pthread_mutex_lock(&a->lock);
  set_config(a->next_config, config);
  a->reconfigure = true;
  a->generation++;
  a->outdated = false;
  cancel_running(a);
  pthread_cond_signal(&a->work);
  pthread_mutex_unlock(&a->lock);
}

static void add_change(Analyzer *a, TextChange change, bool is_edit) {
  char *place = analyzer_place_of(change.path);
  pthread_mutex_lock(&a->lock);
  VEC_APPEND(&a->changes, change);
  if (!is_edit || !a->founding || strcmp(a->founding, place) != 0) cancel_running(a);
  pthread_cond_signal(&a->work);
  pthread_mutex_unlock(&a->lock);
  free(place);
}

void analyzer_set_text(Analyzer *a, const char *path, TextSnapshot *text) {
  add_change(a, (TextChange){copy(path), text, false}, false);
}
void analyzer_edit_text(Analyzer *a, const char *path, TextSnapshot *text) {
  add_change(a, (TextChange){copy(path), text, false}, true);
}
void analyzer_invalidate(Analyzer *a, const char *path) { add_change(a, (TextChange){copy(path), NULL, true}, false); }

void analyzer_saved(Analyzer *a, const char *path) {
  pthread_mutex_lock(&a->lock);
  analyzer_want_stored(a, path);
  pthread_cond_signal(&a->work);
  pthread_mutex_unlock(&a->lock);
}

void analyzer_ask(Analyzer *a, const char *path, bool urgent) {
  pthread_mutex_lock(&a->lock);
  uint32_t at = analyzer_asked_index(a, path);
  if (urgent && at < a->asked.len) { // it moves to the front, which is the end
    char *item = a->asked.items[at];
    memmove(a->asked.items + at, a->asked.items + at + 1, (a->asked.len - at - 1) * sizeof *a->asked.items);
    a->asked.items[a->asked.len - 1] = item;
  } else if (urgent) {
    VEC_APPEND(&a->asked, copy(path));
  } else {
    analyzer_ask_last(a, copy(path));
  }
  pthread_cond_signal(&a->work);
  pthread_mutex_unlock(&a->lock);
}

void analyzer_ask_lines(Analyzer *a, const char *path) {
  pthread_mutex_lock(&a->lock);
  free(a->lines_asked);
  a->lines_asked = copy(path);
  pthread_mutex_unlock(&a->lock);
  analyzer_ask(a, path, true);
}

bool analyzer_take(Analyzer *a, AnalysisOutcome *out) {
  pthread_mutex_lock(&a->lock);
  bool any = a->outcomes.len > 0 && a->outcomes.items[0].generation == a->generation;
  if (any) {
    *out = a->outcomes.items[0];
    memmove(a->outcomes.items, a->outcomes.items + 1, --a->outcomes.len * sizeof *a->outcomes.items);
  }
  pthread_mutex_unlock(&a->lock);
  return any;
}

void outcome_release(AnalysisOutcome *o) {
  free(o->path);
  free(o->error);
  free(o->lines);
  package_result_release(o->result);
  cost_report_release(o->costs);
  for (uint32_t i = 0; i < o->seen.len; i++) free(o->seen.items[i].path);
  free(o->seen.items);
}

void analyzer_status(Analyzer *a, AnalyzerStatus *out) {
  pthread_mutex_lock(&a->lock);
  *out = a->status;
  out->busy = a->answering || a->asked.len > 0;
  pthread_mutex_unlock(&a->lock);
}

char *analyzer_take_notice(Analyzer *a) {
  pthread_mutex_lock(&a->lock);
  char *text = a->notices.len ? a->notices.items[--a->notices.len] : NULL;
  pthread_mutex_unlock(&a->lock);
  return text;
}

bool analyzer_take_directory(Analyzer *a, ModuleDirectory *out) {
  pthread_mutex_lock(&a->lock);
  bool any = a->directories.len > 0;
  if (any) *out = a->directories.items[--a->directories.len];
  pthread_mutex_unlock(&a->lock);
  return any;
}

char *analyzer_take_outside(Analyzer *a, bool *there) {
  pthread_mutex_lock(&a->lock);
  char *path = NULL;
  if (a->outside.len) { // in order, because a path may be in it twice
    path = a->outside.items[0].path;
    *there = a->outside.items[0].there;
    memmove(a->outside.items, a->outside.items + 1, --a->outside.len * sizeof *a->outside.items);
  }
  pthread_mutex_unlock(&a->lock);
  return path;
}

bool analyzer_take_outdated(Analyzer *a) {
  pthread_mutex_lock(&a->lock);
  bool outdated = a->outdated;
  a->outdated = false;
  pthread_mutex_unlock(&a->lock);
  return outdated;
}
