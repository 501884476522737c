// question.c: one question, about a file's package or all packages below a directory: what is stored of it, a first
// look, the build.
#include "analyzer/analyzer_internal.h"

#include "agreement/gcformat.h"

#include <time.h>

uint32_t analyzer_asked_index(const Analyzer *a, const char *path) {
  uint32_t i = 0;
  while (i < a->asked.len && strcmp(a->asked.items[i], path) != 0) i++;
  return i;
}

void analyzer_ask_last(Analyzer *a, char *path) {
  if (analyzer_asked_index(a, path) < a->asked.len) {
    free(path);
    return;
  }
  VEC_APPEND(&a->asked, path);
  memmove(a->asked.items + 1, a->asked.items, (a->asked.len - 1) * sizeof *a->asked.items);
  a->asked.items[0] = path;
}

typedef struct Question {
  Analyzer *analyzer;
  const char *path;
  uint64_t generation;
} Question;

void analyzer_hand_out(Analyzer *a, AnalysisOutcome outcome) {
  pthread_mutex_lock(&a->lock);
  VEC_APPEND(&a->outcomes, outcome);
  pthread_mutex_unlock(&a->lock);
  a->wake(a->context);
}

void analyzer_add_seen(const Analyzer *a, AnalysisOutcome *outcome) {
  for (uint32_t i = 0; i < a->open.len; i++)
    VEC_APPEND(&outcome->seen, (SeenText){copy(a->open.items[i].path), a->open.items[i].text->version});
}

// ---- Whole directories

static void package_checked(void *context, const PackageResult *result) {
  const Question *question = context;
  Analyzer *a = question->analyzer;
  package_result_retain(result);
  AnalysisOutcome outcome = {
    .path = copy(question->path), .result = result, .generation = question->generation, .workspace = true};
  analyzer_hand_out(a, outcome);
}

// What is open is edited next.
static bool package_is_open(void *context, const PackageResult *result) {
  const Analyzer *a = ((const Question *)context)->analyzer;
  for (uint32_t i = 0; i < result->file_count; i++) {
    for (uint32_t k = 0; k < a->open.len; k++) {
      if (str_equal(result->files[i]->source->path, str_of(a->open.items[k].path))) return true;
    }
  }
  return false;
}

static void check_workspace(Analyzer *a, char *path, uint64_t generation, CancelToken *cancel) {
  Question question = {a, path, generation};
  Str pattern = str_of(path);
  Buf errors = {0};
  Program *program = analyzer_program(a, path);
  bool ok = program_run(program,
                        &(ProgramRun){.patterns = &pattern,
                                      .pattern_count = 1,
                                      .package_done = package_checked,
                                      .keeps = package_is_open,
                                      .context = &question,
                                      .transient = true},
                        cancel, &errors);
  buf_release(&errors);
  analyzer_note_surroundings(a, program);
  pthread_mutex_lock(&a->lock);
  if (ok)
    VEC_APPEND(&a->outcomes, ((AnalysisOutcome){.path = path, .generation = generation, .workspace = true}));
  else if (generation == a->generation)
    analyzer_ask_last(a, path);
  else
    free(path);
  pthread_mutex_unlock(&a->lock);
  a->wake(a->context);
}

// ---- A file's package

// The analysis thread waits meanwhile for the one that builds.
static void show_first_look(void *context, const PackageResult *result) {
  const Question *question = context;
  Analyzer *a = question->analyzer;
  package_result_retain(result);
  AnalysisOutcome outcome = {
    .path = copy(question->path), .result = result, .generation = question->generation, .more_follows = true};
  analyzer_add_seen(a, &outcome);
  analyzer_hand_out(a, outcome);
}

static void build(Analyzer *a, Program *program, const char *path, uint64_t generation, CancelToken *cancel) {
  enum { LARGE = 256 << 10 }; // from here on a package takes so long that a first look is worth its while
  struct timespec from, to;
  clock_gettime(CLOCK_MONOTONIC, &from);
  Buf error = {0};
  AnalysisOutcome outcome = {.path = copy(path), .generation = generation};
  char *place = analyzer_place_of(path);
  pthread_mutex_lock(&a->lock);
  a->founding = analyzer_is_built(a, place) ? NULL : place;
  pthread_mutex_unlock(&a->lock);
  Question question = {a, path, generation};
  FirstLook first = {show_first_look, &question, LARGE};
  outcome.result =
    program_await_file(program, str_of(path), analyzer_was_recalled(a, path) ? NULL : &first, cancel, &error);
  pthread_mutex_lock(&a->lock);
  a->founding = NULL;
  pthread_mutex_unlock(&a->lock);
  clock_gettime(CLOCK_MONOTONIC, &to);
  outcome.seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
  analyzer_add_seen(a, &outcome);
  pthread_mutex_lock(&a->lock);
  bool lines = outcome.result && a->lines_asked && strcmp(a->lines_asked, path) == 0;
  if (lines) {
    free(a->lines_asked);
    a->lines_asked = NULL;
  }
  pthread_mutex_unlock(&a->lock);
  if (lines) {
    Buf text = {0};
    gc_format_package(&text, outcome.result, outcome.result->dir, false);
    outcome.lines = copy(text.text ? text.text : "");
    buf_release(&text);
  }
  if (outcome.result) analyzer_settle_first(a, program, place, &outcome);
  free(place);
  if (error.len) outcome.error = copy(error.text);
  buf_release(&error);
  free(a->last);
  a->last = outcome.result ? copy(path) : NULL;
  a->costs_told = false;
  analyzer_note_surroundings(a, program);
  bool cancelled = !outcome.result && is_cancelled(cancel);
  pthread_mutex_lock(&a->lock);
  if (!cancelled) {
    VEC_APPEND(&a->outcomes, outcome);
  } else { // what was asked for stays asked for, after what is more urgent now
    if (generation == a->generation) analyzer_ask_last(a, copy(path));
    outcome_release(&outcome);
  }
  pthread_mutex_unlock(&a->lock);
  a->wake(a->context);
}

void analyzer_answer(Analyzer *a, char *path, uint64_t generation, CancelToken *cancel) {
  if (str_has_suffix(str_of(path), STR("/..."))) {
    check_workspace(a, path, generation, cancel);
    return;
  }
  Program *program = analyzer_program(a, path);
  if (!analyzer_recall(a, program, path, generation)) build(a, program, path, generation, cancel);
  free(path);
}
