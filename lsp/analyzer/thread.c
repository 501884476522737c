// thread.c: the analysis thread: changes, then questions. It ends when nothing is left to do, and another one is
// started for what comes next.
#include "analyzer/analyzer_internal.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

static void take_config(Analyzer *a) {
  a->reconfigure = false;
  for (int i = 0; i < CONFIG_VALUES; i++) {
    free(a->config[i]);
    a->config[i] = a->next_config[i];
    a->next_config[i] = NULL;
  }
}

// Results must go before the programs they came from.
static void drop_outcomes(Analyzer *a) {
  for (uint32_t i = 0; i < a->outcomes.len; i++) outcome_release(&a->outcomes.items[i]);
  a->outcomes.len = 0;
}

// The end of a question, whatever came of it. Under the lock.
static void answered(Analyzer *a) {
  a->answering = false;
  a->status.total = 0;
  a->wake(a->context);
}

// Works until there is nothing left to do.
static void run(void *context) {
  Analyzer *a = context;
  pthread_mutex_lock(&a->lock);
  for (;;) {
    Next next = analyzer_wait_for_work(a);
    if (next == NEXT_STORE) {
      analyzer_store_one(a);
      continue;
    }
    if (next == NEXT_REST || a->quit) break;
    bool fresh = a->reconfigure;
    if (fresh) {
      take_config(a);
      drop_outcomes(a);
    }
    bool news = fresh || a->changes.len || a->asked.len;
    if (news) a->rest = REST_BEGINS;
    uint64_t generation = a->generation;
    TextChange *changes = a->changes.items;
    uint32_t count = a->changes.len;
    memset(&a->changes, 0, sizeof a->changes);
    char *path = a->asked.len ? a->asked.items[--a->asked.len] : NULL;
    FixQuestion fixes = !path && a->fixes_asked.len ? a->fixes_asked.items[--a->fixes_asked.len] : (FixQuestion){0};
    CancelToken cancel = {0};
    a->running = &cancel;
    bool question = a->answering = path != NULL;
    pthread_mutex_unlock(&a->lock);
    if (fresh) analyzer_drop_programs(a);
    for (uint32_t i = 0; i < count; i++) analyzer_apply_change(a, &changes[i]);
    free(changes);
    if (path) analyzer_answer(a, path, generation, &cancel);
    if (fixes.path) analyzer_answer_fixes(a, &fixes, &cancel);
    pthread_mutex_lock(&a->lock);
    a->running = NULL;
    if (question) answered(a);
  }
  bool quit = a->quit;
  while (quit && a->to_store.len && !a->changes.len && !a->asked.len && !a->reconfigure) analyzer_store_one(a);
  if (quit) drop_outcomes(a);
  a->over = quit;
  pthread_mutex_unlock(&a->lock);
  if (quit) analyzer_drop_programs(a);
}

static bool start_thread(uv_thread_t *thread, void (*body)(void *), Analyzer *a) {
  uv_thread_options_t options = {.flags = UV_THREAD_HAS_STACK_SIZE, .stack_size = PROGRAM_STACK_BYTES};
  return uv_thread_create_ex(thread, &options, body, a) == 0;
}

// What was free when a package was built is spread over the heap; the system gets it back. From the first rest on, what
// is taken in large pieces goes back as soon as it is free, and leaves no holes behind; before, that would make the
// first build slower.
static void give_memory_back(void) {
#ifdef __GLIBC__
  enum { LARGE = 64 << 10 };
  mallopt(M_MMAP_THRESHOLD, LARGE);
  malloc_trim(0);
#endif
}

// Starts a thread whenever there is something to do. A thread that ends gives back what malloc keeps for it (its cache
// of small pieces, which lie all over the heap) and the stack that it has touched.
static void attend(void *context) {
  Analyzer *a = context;
  pthread_mutex_lock(&a->lock);
  while (!a->over) {
    while (!analyzer_has_work(a) && !a->to_store.len) pthread_cond_wait(&a->work, &a->lock);
    pthread_mutex_unlock(&a->lock);
    uv_thread_t thread;
    if (start_thread(&thread, run, a))
      uv_thread_join(&thread);
    else
      run(a);
    give_memory_back();
    pthread_mutex_lock(&a->lock);
  }
  pthread_mutex_unlock(&a->lock);
}

bool analyzer_start(Analyzer *a) { return start_thread(&a->thread, attend, a); }
