// run.c: builds the packages of a load graph, every one after its imports, on a few threads.
//
// The graph is in topological order. A package is ready when the count of its unbuilt imports is zero; threads take the
// first ready one. Compiling recurses along calls and expressions of the user's program, so threads get large stacks
// (only what is touched costs memory). Results do not depend on the schedule: a package reads nothing but finished
// imports.
//
// Where all are on the way to one package, large packages on that way would keep one thread busy and the others
// waiting. There packages are built in two steps: checked as soon as their imports have been checked, and compiled as
// soon as these have been compiled. Threads take the step from which the way is longest, as far as the sizes of the
// packages on it tell; those that find none read files: parsing needs no imports.
#include "program/program_internal.h"

#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

enum { WORKER_LIMIT = 64, FEW_PACKAGES = 1 };

typedef struct Run {
  Program *program;
  LoadGraph *graph;
  PackageImage **images;
  const CancelToken *cancel;
  // By package index:
  uint32_t *waiting;   // imports not built yet
  uint32_t *unchecked; // imports not even checked
  uint8_t *state;      // QUEUED, …
  bool *unknown;       // of an import: the program has it in no form yet
  bool *was_tried;     // it was tried to build it in two steps
  size_t *bytes;       // of source
  uint64_t *way;       // NULL: many are asked for, and the order is the graph's; else what it takes to compile the
                       // package and those on the longest way from it to a package nobody imports
  uint64_t *check_way; // the same with what it takes to check it, and them, first
  uint32_t next;       // every package before this one is taken
  uint32_t done;
  bool transient;
  ParsedFile ***ahead;  // by package index, then file: parsed before their package was ready; NULL: none
  uint32_t *read;       // by package index: so many of its files were looked at for that
  size_t ahead_bytes;   // of source, of all that was read ahead for one use
  size_t checked_bytes; // of source, of packages that are there in full because they were checked ahead
  uint32_t compiled;    // Builder.compiled at the start
  unsigned threads;
  PackageImage **whole; // of roots that others see as packages on demand: until they are handed over
  bool stop;
  pthread_mutex_t lock;
  pthread_cond_t changed;
} Run;
// CHECKED: to be compiled, with an image that others can be checked with.
enum { QUEUED, CHECKING, CHECKED, TAKEN, DONE };

static void look_at_packages(Run *run) {
  uint32_t count = run->graph->count;
  const Program *p = run->program;
  run->unknown = mem_new(sizeof *run->unknown * (count + 1));
  run->bytes = mem_new(sizeof *run->bytes * (count + 1));
  for (uint32_t i = 0; i < count; i++) {
    const LoadPackage *load = run->graph->packages[i];
    run->unknown[i] = !load->is_shown && !load->missing && !load->is_fake_unsafe && !strmap_has(&p->images, load->id) &&
                      !strmap_has(&p->builder.imported, load->id);
    for (uint32_t k = 0; k < load->file_count; k++) run->bytes[i] += load->files[k]->size;
  }
}

// Compiling takes about four times as long as checking.
static void measure_ways(Run *run) {
  enum { CHECK = 1, COMPILE = 4 };
  uint32_t count = run->graph->count;
  run->way = mem_new(sizeof *run->way * (count + 1));
  run->check_way = mem_new(sizeof *run->check_way * (count + 1));
  for (uint32_t i = count; i-- > 0;) { // importers first
    const LoadPackage *load = run->graph->packages[i];
    uint64_t compiled = 0, checked = 0, bytes = run->bytes[i];
    for (uint32_t k = 0; k < load->importer_count; k++) {
      uint32_t importer = load->importers[k]->index;
      if (run->way[importer] > compiled) compiled = run->way[importer];
      if (run->check_way[importer] > checked) checked = run->check_way[importer];
    }
    run->way[i] = compiled + COMPILE * bytes;
    run->check_way[i] = CHECK * bytes + (checked > run->way[i] ? checked : run->way[i]);
  }
}

// The way from a package, as far as the next step of it goes.
static uint64_t way_of(const Run *run, uint32_t i, bool checks) {
  if (!run->way) return run->graph->count - i;
  return checks ? run->check_way[i] : run->way[i];
}

// Will it be parsed at all? Imports that have summaries are not; as soon as one has none, others will not either.
static bool will_be_parsed(const Run *run, uint32_t i) {
  const LoadPackage *load = run->graph->packages[i];
  if (run->state[i] != QUEUED || load->missing || load->is_fake_unsafe) return false;
  return load->is_shown ||
         (run->unknown[i] && __atomic_load_n(&run->program->builder.compiled, __ATOMIC_RELAXED) != run->compiled);
}

// Is it to be checked first, so that others can be? That is worth it where all are on the way to one package.
static bool in_two_steps(const Run *run, uint32_t i) {
  return run->way && run->threads > 1 && run->unknown[i] && !run->was_tried[i];
}

// Packages that are there in full take memory, some twenty bytes per byte of source.
static bool can_be_checked(const Run *run, uint32_t i) {
  enum { MOST = 24 << 20 };
  return run->state[i] == QUEUED && run->unchecked[i] == 0 && will_be_parsed(run, i) && in_two_steps(run, i) &&
         run->checked_bytes + run->bytes[i] < MOST;
}

// The package from where the way is longest, of those that can be built and those that can be checked ahead. The
// graph's count when there is none now.
static uint32_t take(Run *run, bool *ahead) {
  uint32_t count = run->graph->count, best = count;
  uint64_t longest = 0;
  while (run->next < count && run->state[run->next] >= TAKEN) run->next++;
  for (uint32_t i = run->next; i < count && (run->way || best == count); i++) {
    bool ready = run->waiting[i] == 0 && (run->state[i] == QUEUED || run->state[i] == CHECKED);
    if (!ready && !can_be_checked(run, i)) continue;
    uint64_t way = way_of(run, i, run->state[i] == QUEUED && in_two_steps(run, i));
    if (best < count && way <= longest) continue;
    best = i;
    longest = way;
    *ahead = !ready;
  }
  return best;
}

static void finish(Run *run, uint32_t index, PackageImage *image, PackageImage *whole) {
  LoadPackage *load = run->graph->packages[index];
  bool was_checked = run->images[index] != NULL; // others read it, and it is the same
  if (!was_checked) run->images[index] = image;
  run->whole[index] = whole;
  run->state[index] = DONE;
  run->done++;
  for (uint32_t i = 0; i < load->importer_count; i++) {
    uint32_t importer = load->importers[i]->index;
    if (run->waiting[importer]) run->waiting[importer]--;
    if (!was_checked && run->unchecked[importer]) run->unchecked[importer]--;
  }
}

// ---- Reading ahead

// Under the lock, which is let go meanwhile. The file is the package's, or kept for one use if it still waits then.
static void read_file_ahead(Run *run, uint32_t i, uint32_t k, Parser *parser) {
  Program *p = run->program;
  const LoadPackage *load = run->graph->packages[i];
  bool stays = load->is_shown && !run->transient;
  pthread_mutex_unlock(&run->lock);
  ParsedFile *file = stays ? sources_parse(&p->builder.sources, p->builder.loader, parser, load->files[k])
                           : sources_parse_once(&p->builder.sources, p->builder.loader, parser, load->files[k]);
  pthread_mutex_lock(&run->lock);
  if (stays || run->state[i] != QUEUED) {
    parsed_file_release(file);
    return;
  }
  if (!run->ahead[i]) run->ahead[i] = mem_new(sizeof *run->ahead[i] * (load->file_count + 1));
  run->ahead[i][k] = file;
  run->ahead_bytes += file ? file->ast->text.n : 0;
}

// One file of what is built late, where all are on the way to one package; of many there are enough that are ready, and
// what is read ahead takes memory. Under the lock, which is let go meanwhile. False: there is nothing to be read.
static bool read_ahead(Run *run, Parser *parser) {
  enum { MOST = 16 << 20 };
  uint32_t count = run->graph->count;
  if (run->graph->shown_count != 1) return false;
  for (uint32_t i = count; i-- > 0 && run->ahead_bytes < MOST;) {
    const LoadPackage *load = run->graph->packages[i];
    while (run->read[i] < load->file_count && will_be_parsed(run, i)) {
      uint32_t k = run->read[i]++;
      if (load->files[k]->kind == LOAD_FILE_ASM) continue;
      read_file_ahead(run, i, k, parser);
      return true;
    }
  }
  return false;
}

// Takes the list.
static void drop_ahead(ParsedFile **files, uint32_t count) {
  for (uint32_t i = 0; files && i < count; i++) parsed_file_release(files[i]);
  free(files);
}

// ---- The two steps

// Under the lock, which is let go meanwhile.
static void check(Run *run, uint32_t index, Parser *parser, bool imports_done) {
  LoadPackage *load = run->graph->packages[index];
  BuildJob job = {&run->program->builder,    load, run->images, false, run->cancel, run->transient,
                  .ahead = run->ahead[index]};
  run->ahead[index] = NULL;
  run->was_tried[index] = true; // not a second time
  pthread_mutex_unlock(&run->lock);
  PackageImage *image = imported_check(&job, parser, imports_done);
  drop_ahead(job.ahead, load->file_count);
  pthread_mutex_lock(&run->lock);
  run->state[index] = image ? CHECKED : QUEUED;
  if (image) run->checked_bytes += run->bytes[index];
  run->images[index] = image;
  for (uint32_t i = 0; image && i < load->importer_count; i++) {
    uint32_t importer = load->importers[i]->index;
    if (run->unchecked[importer]) run->unchecked[importer]--;
  }
}

// Under the lock, which is let go meanwhile.
static void compile_checked(Run *run, uint32_t index) {
  LoadPackage *load = run->graph->packages[index];
  BuildJob job = {&run->program->builder, load, run->images, false, run->cancel, run->transient, .ahead = NULL};
  PackageImage *image = run->images[index];
  bool done = imported_is_compiled(image);
  if (!done) {
    pthread_mutex_unlock(&run->lock);
    done = imported_compile(image, &job);
    pthread_mutex_lock(&run->lock);
  }
  run->checked_bytes -= run->bytes[index];
  run->stop |= is_cancelled(run->cancel);
  if (done)
    finish(run, index, image, NULL);
  else
    run->state[index] = CHECKED;
}

// ---- Building

static void build(Run *run, uint32_t index, Parser *parser) {
  LoadPackage *load = run->graph->packages[index];
  ParsedFile **ahead = run->ahead[index];
  run->ahead[index] = NULL;
  pthread_mutex_unlock(&run->lock);
  PackageImage *image = NULL, *whole = NULL;
  bool cancelled = is_cancelled(run->cancel);
  BuildJob job = {&run->program->builder, load,          run->images, load->is_shown, run->cancel,
                  run->transient,         .ahead = ahead};
  if (!cancelled) image = image_build(&job, parser);
  drop_ahead(ahead, load->file_count);
  job.ahead = NULL;
  // Nobody else has it: else it is being edited.
  bool is_new = run->transient && image && __atomic_load_n(&image->references, __ATOMIC_ACQUIRE) == 1;
  if (is_new && load->is_shown && load->importer_count) {
    whole = image;
    image = imported_of(&job, whole);
    if (!image) image = whole, whole = NULL;
  }
  cancelled |= is_cancelled(run->cancel);
  pthread_mutex_lock(&run->lock);
  finish(run, index, image, whole);
  run->stop |= cancelled;
}

static void *work(void *context) {
  Run *run = context;
  Parser *parser = parser_new(run->program->builder.interner);
  pthread_mutex_lock(&run->lock);
  while (!run->stop && run->next < run->graph->count) {
    bool ahead = false;
    uint32_t index = take(run, &ahead);
    if (index == run->graph->count) {
      if (run->next == run->graph->count) break;
      if (!read_ahead(run, parser)) pthread_cond_wait(&run->changed, &run->lock);
      continue;
    }
    if (run->state[index] == QUEUED && in_two_steps(run, index)) {
      run->state[index] = CHECKING;
      check(run, index, parser, !ahead);
      pthread_cond_broadcast(&run->changed);
      if (ahead) continue;
    }
    bool is_checked = run->state[index] == CHECKED;
    run->state[index] = TAKEN;
    if (is_checked)
      compile_checked(run, index);
    else
      build(run, index, parser);
    pthread_cond_broadcast(&run->changed);
  }
  pthread_cond_broadcast(&run->changed);
  pthread_mutex_unlock(&run->lock);
  parser_free(parser);
  return NULL;
}

// What was checked and never compiled, of a run that was cancelled.
static void drop_checked(Run *run) {
  for (uint32_t i = run->graph->count; i-- > 0;) { // importers first
    if (run->state[i] == DONE) continue;
    image_release(run->images[i]);
    run->images[i] = NULL;
  }
}

// With less stack where the system has not as many addresses to give: less deeply nested code is refused then.
bool program_start_thread(pthread_t *thread, void *(*work_on)(void *), void *context) {
  enum { LEAST_BYTES = 4 << 20 };
  bool started = false;
  for (size_t bytes = PROGRAM_STACK_BYTES; !started && bytes >= LEAST_BYTES; bytes /= 4) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, bytes);
    started = pthread_create(thread, &attributes, work_on, context) == 0;
    pthread_attr_destroy(&attributes);
  }
  return started;
}

static unsigned worker_count(const Program *program, const LoadGraph *graph) {
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  unsigned n = program->options.workers ? program->options.workers : cores > 0 ? (unsigned)cores : 1;
  if (n > WORKER_LIMIT) n = WORKER_LIMIT;
  if (n > graph->count) n = graph->count;
  return n ? n : 1;
}

// Under the lock, which is let go meanwhile.
static void hand_over_root(Run *run, const RunDelivery *d, uint32_t place) {
  const LoadPackage *root = run->graph->shown[place];
  PackageImage *whole = run->whole[root->index], *image = whole ? whole : run->images[root->index];
  run->whole[root->index] = NULL;
  if (!whole && run->transient && !root->importer_count) { // nobody else needs it
    whole = image;
    run->images[root->index] = NULL;
  }
  bool wanted = image && d->root_done && !run->stop;
  pthread_mutex_unlock(&run->lock);
  if (wanted) d->root_done(d->context, image, place);
  image_release(whole);
  pthread_mutex_lock(&run->lock);
}

// Hands over a root that is built and, in order, whose turn it is. False: there is none now.
static bool hand_over_next(Run *run, const RunDelivery *d, bool *handed, uint32_t *first) {
  while (*first < run->graph->shown_count && handed[*first]) ++*first;
  for (uint32_t i = *first; i < run->graph->shown_count; i++) {
    if (!handed[i] && run->state[run->graph->shown[i]->index] == DONE) {
      handed[i] = true;
      hand_over_root(run, d, i);
      return true;
    }
    if (!d->any_order) return false;
  }
  return false;
}

// Roots are handed over by the calling thread.
static void hand_over(Run *run, const RunDelivery *d) {
  const ProgramOptions *options = &run->program->options;
  uint32_t shown = 0, first = 0;
  bool *handed = mem_new(run->graph->shown_count + 1);
  pthread_mutex_lock(&run->lock);
  for (;;) {
    while (hand_over_next(run, d, handed, &first)) {
    }
    if (run->stop || run->done == run->graph->count) break;
    if (options->progress && shown != run->done) {
      shown = run->done;
      pthread_mutex_unlock(&run->lock);
      options->progress(options->progress_context, shown, run->graph->count, STR_NONE);
      pthread_mutex_lock(&run->lock);
      continue;
    }
    pthread_cond_wait(&run->changed, &run->lock);
  }
  pthread_mutex_unlock(&run->lock);
  free(handed);
}

// The newest image of each package is kept for the next run. Those on demand have a map of their own: a package may be
// there in both ways, for different graphs.
static void keep_images(Run *run, StrMap *map, bool imported) {
  StrMap kept = {0};
  Program *program = run->program;
  for (uint32_t i = 0; i < map->len; i++) {
    PackageImage *image = map->entries[i].value;
    const LoadPackage *load = load_graph_find(run->graph, image->id);
    PackageImage *newer = load ? run->images[load->index] : NULL;
    if (newer && (newer->imported != NULL) != imported) newer = NULL;
    if (newer == image || !newer)
      strmap_set(&kept, image->id, image);
    else
      image_release(image);
  }
  for (uint32_t i = 0; i < run->graph->count; i++) {
    PackageImage *image = run->images[i];
    if (!image || (image->imported != NULL) != imported || strmap_has(&kept, image->id)) continue;
    image->result.generation = ++program->generation;
    strmap_set(&kept, image->id, image_retain(image));
  }
  strmap_release(map);
  *map = kept;
}

static bool is_edited(const Program *program, const LoadPackage *load) {
  if (program->renewed == load) return true;
  for (uint32_t i = 0; i < load->file_count; i++)
    if (strmap_has(&program->edited, load->files[i]->source.path)) return true;
  return false;
}

// When the graph was built before, only packages with edited files and those that depend on them can be new.
static void take_over(Run *run) {
  Program *program = run->program;
  if (program->current != run->graph) return;
  for (uint32_t i = 0; i < run->graph->count; i++) { // imports first
    const LoadPackage *load = run->graph->packages[i];
    PackageImage *known = NULL;
    if (!run->waiting[i] && !is_edited(program, load)) {
      known = strmap_get(&program->images, load->id);
      if (!known && !load->is_shown) known = strmap_get(&program->builder.imported, load->id);
    }
    if (known && load->is_shown && !known->keeps_bodies) known = NULL;
    bool nothing = load->is_fake_unsafe || load->missing;
    if (known || (nothing && !run->waiting[i])) finish(run, i, known ? image_retain(known) : NULL, NULL);
  }
}

static void forget_edits(Program *program) {
  for (uint32_t i = 0; i < program->edited.len; i++) free((char *)(uintptr_t)program->edited.entries[i].key.p);
  strmap_release(&program->edited);
}

bool run_graph(Program *program, LoadGraph *graph, PackageImage **images, bool transient, const CancelToken *cancel,
               const RunDelivery *delivery) {
  Run run = {.program = program, .graph = graph, .images = images, .cancel = cancel, .transient = transient};
  run.whole = mem_new(sizeof *run.whole * (graph->count + 1));
  run.waiting = mem_new(sizeof *run.waiting * (graph->count + 1));
  run.unchecked = mem_new(sizeof *run.unchecked * (graph->count + 1));
  run.was_tried = mem_new(sizeof *run.was_tried * (graph->count + 1));
  look_at_packages(&run);
  run.state = mem_new(graph->count + 1);
  run.ahead = mem_new(sizeof *run.ahead * (graph->count + 1));
  run.read = mem_new(sizeof *run.read * (graph->count + 1));
  if (graph->shown_count == 1) measure_ways(&run);
  run.compiled = __atomic_load_n(&program->builder.compiled, __ATOMIC_RELAXED);
  for (uint32_t i = 0; i < graph->count; i++) {
    const LoadPackage *load = graph->packages[i];
    for (uint32_t k = 0; k < load->importer_count; k++) {
      run.waiting[load->importers[k]->index]++;
      run.unchecked[load->importers[k]->index]++;
    }
  }
  run.stop = is_cancelled(cancel);
  program->builder.running = graph;
  take_over(&run);
  uint32_t known = run.done;
  pthread_mutex_init(&run.lock, NULL);
  pthread_cond_init(&run.changed, NULL);
  pthread_t threads[WORKER_LIMIT];
  unsigned wanted = worker_count(program, graph), started = 0;
  if (wanted > graph->count - run.done) wanted = run.done < graph->count ? graph->count - run.done : 1;
  run.threads = wanted;
  // After an edit one package is left, and starting a thread costs as much as a small edit does.
  bool here = program->options.large_stack && wanted == 1 && graph->count - run.done <= FEW_PACKAGES;
  if (here) work(&run);
  while (!here && started < wanted && program_start_thread(&threads[started], work, &run)) started++;
  if (started || here)
    hand_over(&run, delivery);
  else
    run.stop = true;
  for (unsigned i = 0; i < started; i++) pthread_join(threads[i], NULL);
  program->builder.running = NULL;
  drop_checked(&run);
#ifdef __GLIBC__
  if (run.done > known + FEW_PACKAGES) malloc_trim(0); // packages that were there in full for a while
#endif
  keep_images(&run, &program->images, false); // of a run that was cancelled too: what is done need not be done again
  keep_images(&run, &program->builder.imported, true);
  if (!run.stop) {
    forget_edits(program);
    program->current = graph;
  }
  pthread_mutex_destroy(&run.lock);
  pthread_cond_destroy(&run.changed);
  for (uint32_t i = 0; i < graph->count; i++) image_release(run.whole[i]); // of a cancelled run
  for (uint32_t i = 0; i < graph->count; i++) drop_ahead(run.ahead[i], graph->packages[i]->file_count);
  free(run.ahead);
  free(run.read);
  free(run.way);
  free(run.check_way);
  free(run.whole);
  free(run.waiting);
  free(run.unchecked);
  free(run.was_tried);
  free(run.unknown);
  free(run.bytes);
  free(run.state);
  return !run.stop;
}
