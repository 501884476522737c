// rest.c: what the analysis thread does when nothing is asked: it makes ready for edits, tells what calls cost, stores
// results, lets go of what edits left behind, and ends.
#include "analyzer/analyzer_internal.h"

#include <errno.h>
#include <time.h>

// What edits left behind goes first. False: there was nothing of the kind.
static bool renew(Analyzer *a, uint64_t generation, const CancelToken *cancel) {
  AnalysisOutcome outcome = {.generation = generation};
  outcome.result = program_renew(analyzer_program(a, a->last), str_of(a->last), cancel);
  if (!outcome.result) return is_cancelled(cancel);
  outcome.path = copy(a->last);
  analyzer_add_seen(a, &outcome);
  analyzer_hand_out(a, outcome);
  return true;
}

// What was analysed is likely to be edited next. Under the lock, which is let go meanwhile.
static void expect_edits(Analyzer *a) {
  a->rest = REST_READY;
  pthread_mutex_unlock(&a->lock);
  program_expect_edits(analyzer_program(a, a->last), str_of(a->last));
  pthread_mutex_lock(&a->lock);
}

// Of packages with contracts, or of all. The first time what they import is built once more, whole, if that is not in
// the cache; a question ends it. Under the lock, which is let go meanwhile.
static void tell_costs(Analyzer *a) {
  CancelToken cancel = {0};
  AnalysisOutcome outcome = {.generation = a->generation};
  a->costs_told = true;
  a->running = &cancel;
  pthread_mutex_unlock(&a->lock);
  Program *program = analyzer_program(a, a->last);
  outcome.result = program_analyze_file(program, str_of(a->last), &cancel, NULL); // it is there
  if (outcome.result && (*a->config[CONFIG_COSTS] || program_has_promises(program, outcome.result)))
    outcome.costs = program_report_costs(program, outcome.result, &cancel);
  bool cancelled = is_cancelled(&cancel);
  if (outcome.costs) {
    outcome.path = copy(a->last);
    analyzer_hand_out(a, outcome);
  } else {
    outcome_release(&outcome);
  }
  pthread_mutex_lock(&a->lock);
  a->running = NULL;
  if (cancelled) a->costs_told = false;
}

// Nothing has come for a while. Under the lock, which is let go meanwhile.
static void tidy(Analyzer *a) {
  CancelToken cancel = {0};
  uint64_t generation = a->generation;
  a->running = &cancel;
  pthread_mutex_unlock(&a->lock);
  for (uint32_t i = 0; i < a->programs.len; i++) program_forget_unused(a->programs.items[i].program);
  analyzer_drop_trials(a);
  bool renewed = renew(a, generation, &cancel);
  pthread_mutex_lock(&a->lock);
  a->running = NULL;
  a->rest = renewed ? REST_BEGINS : REST_TIDY;
}

// Under the lock. True: nothing came meanwhile.
static bool passes(Analyzer *a, long milliseconds) {
  enum { MILLION = 1000000 };
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_nsec += milliseconds * MILLION;
  until.tv_sec += until.tv_nsec / (1000L * MILLION);
  until.tv_nsec %= 1000L * MILLION;
  return pthread_cond_timedwait(&a->work, &a->lock, &until) == ETIMEDOUT;
}

bool analyzer_has_work(const Analyzer *a) {
  return a->quit || a->changes.len || a->asked.len || a->fixes_asked.len || a->reconfigure;
}

Next analyzer_wait_for_work(Analyzer *a) {
  enum { STORE_AFTER_MS = 500, TIDY_AFTER_MS = 1000 };
  while (!analyzer_has_work(a)) {
    if (a->last && a->rest == REST_BEGINS)
      expect_edits(a);
    else if (a->last && !a->costs_told)
      tell_costs(a);
    else if (a->to_store.len && passes(a, STORE_AFTER_MS))
      return NEXT_STORE;
    else if (a->to_store.len)
      continue;
    else if (!a->last || a->rest == REST_TIDY)
      return NEXT_REST;
    else if (passes(a, TIDY_AFTER_MS))
      tidy(a);
  }
  return NEXT_WORK;
}

void analyzer_store_one(Analyzer *a) {
  CancelToken cancel = {0};
  char *path = a->to_store.items[--a->to_store.len];
  a->running = &cancel;
  pthread_mutex_unlock(&a->lock);
  analyzer_store_result(a, path, &cancel);
  free(path);
  pthread_mutex_lock(&a->lock);
  a->running = NULL;
}
