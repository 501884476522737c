// analyzer.c: the analysis thread. All that the loop's and this one touch is in Analyzer below `lock`; Programs belong
// to the thread. It ends when nothing is left to do, and another one is started for what comes next.
#include "analyzer.h"

#include "agreement/gcformat.h"

#include <errno.h>
#include <limits.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

typedef struct TextChange {
  char *path;
  TextSnapshot *text; // NULL: closed
  bool invalidate;    // instead: forget what was read from the disk
} TextChange;

typedef struct Recalled { // what was shown of a file whose package is still to be built
  char *path;
  const PackageResult *result; // owned
} Recalled;

typedef struct RootProgram {
  char *root;
  Program *program;
} RootProgram;

struct Analyzer {
  uv_thread_t thread; // attends
  bool started;
  void (*wake)(void *);
  void *context;
  pthread_mutex_t lock;
  pthread_cond_t work;
  // under the lock
  VEC(TextChange) changes;
  VEC(char *) asked; // the last is next
  char *lines_asked; // of which all messages are wanted too; NULL: none
  VEC(AnalysisOutcome) outcomes;
  VEC(char *) notices, directories;
  VEC(char *) known_directories;
  char *config[4], *next_config[4];
  bool reconfigure, quit, over; // over: quit was seen
  uint64_t generation;          // of the configuration; outcomes of older ones are not handed out
  CancelToken *running;
  bool answering;       // what runs is for a question
  char *founding;       // place of the package that is being built for the first time; NULL: none is
  VEC(char *) to_store; // files
  AnalyzerStatus status;
  // the thread's own
  VEC(RootProgram) programs;
  VEC(TextChange) open;                             // texts in force
  char *last;                                       // the file that was analysed last
  enum { REST_BEGINS, REST_READY, REST_TIDY } rest; // its package is ready for edits; memory was given back
  VEC(Recalled) recalled;
  VEC(char *) built; // places of packages
};

static char *copy(const char *s) {
  char *p = mem_new(strlen(s) + 1);
  memcpy(p, s, strlen(s));
  return p;
}

// ---- Programs

static bool exists(const char *dir, size_t n, const char *name) {
  char path[PATH_MAX];
  return snprintf(path, sizeof path, "%.*s/%s", (int)n, dir, name) < (int)sizeof path && access(path, F_OK) == 0;
}

// The directory of go.work or else go.mod above the file; its own directory without either.
static char *root_of(const char *path) {
  size_t own = 0, module = 0;
  const char *gowork = getenv("GOWORK");
  for (size_t n = strlen(path); n; n--) {
    if (path[n] != '/') continue;
    if (!own) own = n;
    if ((!gowork || strcmp(gowork, "off") != 0) && exists(path, n, "go.work")) {
      module = n;
      break;
    }
    if (!module && exists(path, n, "go.mod")) module = n;
  }
  size_t n = module ? module : own ? own : 1;
  char *root = mem_new(n + 1);
  memcpy(root, path, n);
  return root;
}

static void report_progress(void *context, uint32_t done, uint32_t total, Str package) {
  Analyzer *a = context;
  pthread_mutex_lock(&a->lock);
  bool told = a->answering; // else it is for what follows, and nobody waits for it
  if (told) {
    a->status.done = done;
    a->status.total = total;
    snprintf(a->status.progress, sizeof a->status.progress, "%.*s", STR_ARG(package));
  }
  pthread_mutex_unlock(&a->lock);
  if (told) a->wake(a->context);
}

static bool has_flag(const char *flags, const char *flag) {
  size_t n = strlen(flag);
  for (const char *at = strstr(flags, flag); at; at = strstr(at + 1, flag)) {
    if ((at == flags || at[-1] == ' ') && (at[n] == 0 || at[n] == ' ')) return true;
  }
  return false;
}

static Program *program_for(Analyzer *a, const char *path) {
  char *root = root_of(path);
  for (uint32_t i = 0; i < a->programs.len; i++) {
    if (strcmp(a->programs.items[i].root, root) != 0) continue;
    free(root);
    return a->programs.items[i].program;
  }
  const char *flags = a->config[3];
  ProgramOptions options = {
    .build = {.environ = environ, .cwd = str_of(root), .goroot = str_of(a->config[0]), .tags = str_of(a->config[1])},
    .ir = {.level = 1,
           .explain = true,
           .go_minor = go_version_minor(str_of(a->config[2])),
           .no_inline = has_flag(flags, "-l"),
           .no_optimize = has_flag(flags, "-N"),
           .small_frames = has_flag(flags, "-smallframes"),
           .race = has_flag(flags, "-race")},
    .large_stack = true,
    .progress = report_progress,
    .progress_context = a,
  };
  Program *program = program_new(&options);
  for (uint32_t i = 0; i < a->open.len; i++)
    program_set_overlay(program, str_of(a->open.items[i].path), a->open.items[i].text->text,
                        a->open.items[i].text->length);
  const ProgramNotice *notices;
  uint32_t count = program_notices(program, &notices);
  const BuildContext *build = program_build_context(program);
  pthread_mutex_lock(&a->lock);
  for (uint32_t i = 0; i < count; i++) {
    char *text = mem_new(notices[i].message.n + 1);
    memcpy(text, notices[i].message.p, notices[i].message.n);
    VEC_APPEND(&a->notices, text);
  }
  a->status.cgo = build->cgo_enabled;
  snprintf(a->status.go_version, sizeof a->status.go_version, "%.*s", STR_ARG(build->go_version));
  snprintf(a->status.goroot, sizeof a->status.goroot, "%.*s", STR_ARG(build->goroot));
  a->status.rules = program_rules(program, &a->status.go_minor);
  pthread_mutex_unlock(&a->lock);
  VEC_APPEND(&a->programs, (RootProgram){root, program});
  return program;
}

static void note_directory(void *context, Str dir) {
  Analyzer *a = context;
  for (uint32_t i = 0; i < a->known_directories.len; i++) {
    if (str_equal(str_of(a->known_directories.items[i]), dir)) return;
  }
  char *text = mem_new(dir.n + 1);
  memcpy(text, dir.p, dir.n);
  VEC_APPEND(&a->known_directories, text);
  pthread_mutex_lock(&a->lock);
  VEC_APPEND(&a->directories, copy(text));
  pthread_mutex_unlock(&a->lock);
}

static void drop_programs(Analyzer *a) {
  for (uint32_t i = 0; i < a->recalled.len; i++) {
    package_result_release(a->recalled.items[i].result);
    free(a->recalled.items[i].path);
  }
  a->recalled.len = 0;
  for (uint32_t i = 0; i < a->built.len; i++) free(a->built.items[i]);
  a->built.len = 0;
  for (uint32_t i = 0; i < a->programs.len; i++) {
    program_free(a->programs.items[i].program);
    free(a->programs.items[i].root);
  }
  a->programs.len = 0;
}

// ---- Texts

static void apply_change(Analyzer *a, TextChange *change) {
  Str path = str_of(change->path);
  if (!change->invalidate) {
    uint32_t at = 0;
    while (at < a->open.len && strcmp(a->open.items[at].path, change->path) != 0) at++;
    if (at < a->open.len) {
      snapshot_release(a->open.items[at].text);
      free(a->open.items[at].path);
      a->open.items[at] = a->open.items[--a->open.len];
    }
    if (change->text) VEC_APPEND(&a->open, (TextChange){copy(change->path), snapshot_retain(change->text), false});
  }
  for (uint32_t i = 0; i < a->programs.len; i++) {
    Program *p = a->programs.items[i].program;
    if (change->invalidate)
      program_invalidate(p, path);
    else
      program_set_overlay(p, path, change->text ? change->text->text : NULL, change->text ? change->text->length : 0);
  }
  snapshot_release(change->text);
  free(change->path);
}

// ---- The thread

static uint32_t asked_index(const Analyzer *a, const char *path) {
  uint32_t i = 0;
  while (i < a->asked.len && strcmp(a->asked.items[i], path) != 0) i++;
  return i;
}

// Takes the path.
static void ask_last(Analyzer *a, char *path) {
  if (asked_index(a, path) < a->asked.len) {
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

// Takes the outcome.
static void hand_out(Analyzer *a, AnalysisOutcome outcome) {
  pthread_mutex_lock(&a->lock);
  VEC_APPEND(&a->outcomes, outcome);
  pthread_mutex_unlock(&a->lock);
  a->wake(a->context);
}

// ---- Whole directories

static void package_checked(void *context, const PackageResult *result) {
  const Question *question = context;
  Analyzer *a = question->analyzer;
  package_result_retain(result);
  AnalysisOutcome outcome = {
    .path = copy(question->path), .result = result, .generation = question->generation, .workspace = true};
  hand_out(a, outcome);
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
  bool ok = program_run(program_for(a, path),
                        &(ProgramRun){.patterns = &pattern,
                                      .pattern_count = 1,
                                      .package_done = package_checked,
                                      .keeps = package_is_open,
                                      .context = &question,
                                      .transient = true},
                        cancel, &errors);
  buf_release(&errors);
  pthread_mutex_lock(&a->lock);
  if (ok)
    VEC_APPEND(&a->outcomes, ((AnalysisOutcome){.path = path, .generation = generation, .workspace = true}));
  else if (generation == a->generation)
    ask_last(a, path);
  else
    free(path);
  pthread_mutex_unlock(&a->lock);
  a->wake(a->context);
}

static void add_seen(const Analyzer *a, AnalysisOutcome *outcome) {
  for (uint32_t i = 0; i < a->open.len; i++)
    VEC_APPEND(&outcome->seen, (SeenText){copy(a->open.items[i].path), a->open.items[i].text->version});
}

// ---- Results from the disk

// Files of the same place belong to the same package, as a rule. Returns owned.
static char *place_of(const char *path) {
  const char *slash = strrchr(path, '/');
  size_t n = slash ? (size_t)(slash - path) : 0;
  bool test = str_has_suffix(str_of(path), STR("_test.go"));
  char *place = mem_new(n + 2);
  memcpy(place, path, n);
  if (test) place[n] = '?';
  return place;
}

static bool is_built(const Analyzer *a, const char *place) {
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

static bool was_recalled(const Analyzer *a, const char *path) {
  for (uint32_t i = 0; i < a->recalled.len; i++)
    if (strcmp(a->recalled.items[i].path, path) == 0) return true;
  return false;
}

// Hands over what is stored about the file, and asks for it again. False: nothing is.
static bool recall(Analyzer *a, Program *program, const char *path, uint64_t generation) {
  if (was_recalled(a, path)) return false;
  const PackageResult *result = program_recall_file(program, str_of(path));
  if (!result) return false;
  VEC_APPEND(&a->recalled, (Recalled){copy(path), result});
  package_result_retain(result);
  AnalysisOutcome outcome = {
    .path = copy(path), .result = result, .generation = generation, .recalled = true, .more_follows = true};
  add_seen(a, &outcome);
  pthread_mutex_lock(&a->lock);
  VEC_APPEND(&a->outcomes, outcome);
  if (generation == a->generation) ask_last(a, copy(path));
  pthread_mutex_unlock(&a->lock);
  a->wake(a->context);
  return true;
}

static void want_stored(Analyzer *a, const char *path) { // under the lock
  for (uint32_t i = 0; i < a->to_store.len; i++)
    if (strcmp(a->to_store.items[i], path) == 0) return;
  VEC_APPEND(&a->to_store, copy(path));
}

// Compares what was built with what was recalled; what was built first is worth storing.
static void settle_first(Analyzer *a, Program *program, char *place, AnalysisOutcome *outcome) {
  const PackageResult *recalled = take_recalled(a, outcome->path);
  bool first = !is_built(a, place);
  if (first) VEC_APPEND(&a->built, copy(place));
  pthread_mutex_lock(&a->lock);
  bool hurry = a->changes.len > 0;
  if (program_recalls(program) && first && (!recalled || hurry)) want_stored(a, outcome->path);
  pthread_mutex_unlock(&a->lock);
  outcome->confirms = recalled && !hurry && program_store_result(program, outcome->result, recalled, NULL);
  package_result_release(recalled);
}

// The text must be in force, and its analysis done.
static void store_result(Analyzer *a, const char *path, CancelToken *cancel) {
  Program *program = program_for(a, path);
  char *place = place_of(path);
  const PackageResult *result = is_built(a, place) ? program_analyze_file(program, str_of(path), cancel, NULL) : NULL;
  if (result) (void)program_store_result(program, result, NULL, cancel);
  package_result_release(result);
  free(place);
}

// ---- One question

// The analysis thread waits meanwhile for the one that builds.
static void show_first_look(void *context, const PackageResult *result) {
  const Question *question = context;
  Analyzer *a = question->analyzer;
  package_result_retain(result);
  AnalysisOutcome outcome = {
    .path = copy(question->path), .result = result, .generation = question->generation, .more_follows = true};
  add_seen(a, &outcome);
  hand_out(a, outcome);
}

static void build(Analyzer *a, Program *program, const char *path, uint64_t generation, CancelToken *cancel) {
  enum { LARGE = 256 << 10 }; // from here on a package takes so long that a first look is worth its while
  struct timespec from, to;
  clock_gettime(CLOCK_MONOTONIC, &from);
  Buf error = {0};
  AnalysisOutcome outcome = {.path = copy(path), .generation = generation};
  char *place = place_of(path);
  pthread_mutex_lock(&a->lock);
  a->founding = is_built(a, place) ? NULL : place;
  pthread_mutex_unlock(&a->lock);
  Question question = {a, path, generation};
  FirstLook first = {show_first_look, &question, LARGE};
  outcome.result = program_await_file(program, str_of(path), was_recalled(a, path) ? NULL : &first, cancel, &error);
  pthread_mutex_lock(&a->lock);
  a->founding = NULL;
  pthread_mutex_unlock(&a->lock);
  clock_gettime(CLOCK_MONOTONIC, &to);
  outcome.seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
  add_seen(a, &outcome);
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
  if (outcome.result) settle_first(a, program, place, &outcome);
  free(place);
  if (error.len) outcome.error = copy(error.text);
  buf_release(&error);
  free(a->last);
  a->last = outcome.result ? copy(path) : NULL;
  program_module_dirs(program, note_directory, a);
  bool cancelled = !outcome.result && is_cancelled(cancel);
  pthread_mutex_lock(&a->lock);
  if (!cancelled) {
    VEC_APPEND(&a->outcomes, outcome);
  } else { // what was asked for stays asked for, after what is more urgent now
    if (generation == a->generation) ask_last(a, copy(path));
    outcome_release(&outcome);
  }
  pthread_mutex_unlock(&a->lock);
  a->wake(a->context);
}

// Takes the path.
static void analyze(Analyzer *a, char *path, uint64_t generation, CancelToken *cancel) {
  Program *program = program_for(a, path);
  if (!recall(a, program, path, generation)) build(a, program, path, generation, cancel);
  free(path);
}

static void take_config(Analyzer *a) {
  a->reconfigure = false;
  for (int i = 0; i < 4; i++) {
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

// ---- Rest

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

// What edits left behind goes first. False: there was nothing of the kind.
static bool renew(Analyzer *a, uint64_t generation, const CancelToken *cancel) {
  AnalysisOutcome outcome = {.generation = generation};
  outcome.result = program_renew(program_for(a, a->last), str_of(a->last), cancel);
  if (!outcome.result) return is_cancelled(cancel);
  outcome.path = copy(a->last);
  add_seen(a, &outcome);
  hand_out(a, outcome);
  return true;
}

// What was analysed is likely to be edited next. Under the lock, which is let go meanwhile.
static void expect_edits(Analyzer *a) {
  a->rest = REST_READY;
  pthread_mutex_unlock(&a->lock);
  program_expect_edits(program_for(a, a->last), str_of(a->last));
  pthread_mutex_lock(&a->lock);
}

// Nothing has come for a while. Under the lock, which is let go meanwhile.
static void tidy(Analyzer *a) {
  CancelToken cancel = {0};
  uint64_t generation = a->generation;
  a->running = &cancel;
  pthread_mutex_unlock(&a->lock);
  for (uint32_t i = 0; i < a->programs.len; i++) program_forget_unused(a->programs.items[i].program);
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

// Under the lock.
static bool has_work(const Analyzer *a) { return a->quit || a->changes.len || a->asked.len || a->reconfigure; }

typedef enum Next { NEXT_WORK, NEXT_STORE, NEXT_REST } Next;

// Under the lock, which is let go meanwhile.
static Next wait_for_work(Analyzer *a) {
  enum { STORE_AFTER_MS = 500, TIDY_AFTER_MS = 1000 };
  while (!has_work(a)) {
    if (a->last && a->rest == REST_BEGINS)
      expect_edits(a);
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

// Under the lock, which is let go meanwhile.
static void store_one(Analyzer *a) {
  CancelToken cancel = {0};
  char *path = a->to_store.items[--a->to_store.len];
  a->running = &cancel;
  pthread_mutex_unlock(&a->lock);
  store_result(a, path, &cancel);
  free(path);
  pthread_mutex_lock(&a->lock);
  a->running = NULL;
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
    Next next = wait_for_work(a);
    if (next == NEXT_STORE) {
      store_one(a);
      continue;
    }
    if (next == NEXT_REST || a->quit) break;
    bool fresh = a->reconfigure;
    if (fresh) {
      take_config(a);
      drop_outcomes(a);
    }
    a->rest = REST_BEGINS;
    uint64_t generation = a->generation;
    TextChange *changes = a->changes.items;
    uint32_t count = a->changes.len;
    memset(&a->changes, 0, sizeof a->changes);
    char *path = a->asked.len ? a->asked.items[--a->asked.len] : NULL;
    CancelToken cancel = {0};
    a->running = &cancel;
    bool question = a->answering = path != NULL;
    pthread_mutex_unlock(&a->lock);
    if (fresh) drop_programs(a);
    for (uint32_t i = 0; i < count; i++) apply_change(a, &changes[i]);
    free(changes);
    bool workspace = path && str_has_suffix(str_of(path), STR("/..."));
    if (workspace)
      check_workspace(a, path, generation, &cancel);
    else if (path)
      analyze(a, path, generation, &cancel);
    pthread_mutex_lock(&a->lock);
    a->running = NULL;
    if (question) answered(a);
  }
  bool quit = a->quit;
  while (quit && a->to_store.len && !a->changes.len && !a->asked.len && !a->reconfigure) store_one(a);
  if (quit) drop_outcomes(a);
  a->over = quit;
  pthread_mutex_unlock(&a->lock);
  if (quit) drop_programs(a);
}

static bool start_thread(uv_thread_t *thread, void (*body)(void *), Analyzer *a) {
  uv_thread_options_t options = {.flags = UV_THREAD_HAS_STACK_SIZE, .stack_size = PROGRAM_STACK_BYTES};
  return uv_thread_create_ex(thread, &options, body, a) == 0;
}

// Starts a thread whenever there is something to do. A thread that ends gives back what malloc keeps for it (its cache
// of small pieces, which lie all over the heap) and the stack that it has touched.
static void attend(void *context) {
  Analyzer *a = context;
  pthread_mutex_lock(&a->lock);
  while (!a->over) {
    while (!has_work(a) && !a->to_store.len) pthread_cond_wait(&a->work, &a->lock);
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

// ---- The loop's side

static void set_config(char **slots, const AnalyzerConfig *config) {
  const char *values[4] = {config->goroot, config->tags, config->go_version, config->gcflags};
  for (int i = 0; i < 4; i++) {
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
  a->started = start_thread(&a->thread, attend, a);
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
  for (uint32_t i = 0; i < a->directories.len; i++) free(a->directories.items[i]);
  for (uint32_t i = 0; i < a->known_directories.len; i++) free(a->known_directories.items[i]);
  for (int i = 0; i < 4; i++) free(a->config[i]), free(a->next_config[i]);
  free(a->lines_asked);
  free(a->changes.items);
  free(a->open.items);
  free(a->asked.items);
  free(a->outcomes.items);
  free(a->notices.items);
  free(a->directories.items);
  free(a->known_directories.items);
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
  cancel_running(a);
  pthread_cond_signal(&a->work);
  pthread_mutex_unlock(&a->lock);
}

static void add_change(Analyzer *a, TextChange change, bool is_edit) {
  char *place = place_of(change.path);
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
  want_stored(a, path);
  pthread_cond_signal(&a->work);
  pthread_mutex_unlock(&a->lock);
}

void analyzer_ask(Analyzer *a, const char *path, bool urgent) {
  pthread_mutex_lock(&a->lock);
  uint32_t at = asked_index(a, path);
  if (urgent && at < a->asked.len) { // it moves to the front, which is the end
    char *item = a->asked.items[at];
    memmove(a->asked.items + at, a->asked.items + at + 1, (a->asked.len - at - 1) * sizeof *a->asked.items);
    a->asked.items[a->asked.len - 1] = item;
  } else if (urgent) {
    VEC_APPEND(&a->asked, copy(path));
  } else {
    ask_last(a, copy(path));
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

char *analyzer_take_directory(Analyzer *a) {
  pthread_mutex_lock(&a->lock);
  char *text = a->directories.len ? a->directories.items[--a->directories.len] : NULL;
  pthread_mutex_unlock(&a->lock);
  return text;
}
