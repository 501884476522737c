// costs.c: what calls cost in the packages of a graph: from the disk, or found by building each as a whole once more,
// with its function bodies, which an import does not need.
//
// Imports come first, so that the bounds of callees are there. What std's functions without bodies are linked to is in
// packages sync/atomic and runtime, which are therefore done before all others, with what they import. What is found is
// stored under a key of all texts that it was made from.
#include "live/live.h"
#include "program/program_internal.h"

#include <stdlib.h>

typedef struct Kept { // of one package
  Digest key;
  CostTable *table;
} Kept;

// ---- Looking up

static const CostEntry *find(void *context, Sym symbol) {
  const Program *p = context;
  const CostEntry *e = ptrmap_get(&p->costs.all, symbol);
  Sym other = e ? NULL : ptrmap_get(&p->costs.links, symbol);
  return other ? ptrmap_get(&p->costs.all, other) : e;
}

CostLookup program_cost_lookup(Program *p) { return (CostLookup){p, find}; }

static void publish_links(Program *p, const CostBatch *batch) {
  for (uint32_t i = 0; i < batch->links.len; i++) {
    CostLink link = batch->links.items[i];
    if (!ptrmap_has(&p->costs.links, link.local))
      ptrmap_set(&p->costs.links, link.local, (void *)(uintptr_t)link.other);
    if (!ptrmap_has(&p->costs.links, link.other))
      ptrmap_set(&p->costs.links, link.other, (void *)(uintptr_t)link.local);
  }
}

static void publish(Program *p, const CostTable *t) {
  for (uint32_t i = 0; i < t->batches.len; i++) publish_links(p, t->batches.items[i]);
  for (uint32_t i = 0; i < t->len; i++)
    if (!ptrmap_has(&p->costs.all, t->entries[i].code->symbol))
      ptrmap_set(&p->costs.all, t->entries[i].code->symbol, &t->entries[i]);
}

static void publish_again(Program *p) {
  ptrmap_release(&p->costs.all);
  ptrmap_release(&p->costs.links);
  for (uint32_t i = 0; i < p->costs.kept.len; i++) {
    const Kept *kept = p->costs.kept.entries[i].value;
    if (kept->table) publish(p, kept->table);
  }
}

// Takes the reference.
static void keep(Program *p, const LoadPackage *load, Digest key, CostTable *table) {
  Kept *kept = strmap_get(&p->costs.kept, load->id);
  if (!kept) {
    kept = ARENA_NEW(&p->arena, Kept);
    strmap_set(&p->costs.kept, arena_str(&p->arena, load->id), kept);
  }
  CostTable *old = kept->table;
  p->costs.version++;
  *kept = (Kept){key, table};
  if (old)
    publish_again(p);
  else
    publish(p, table);
  cost_table_release(old);
}

void program_costs_release(Program *p) {
  for (uint32_t i = 0; i < p->costs.kept.len; i++) cost_table_release(((Kept *)p->costs.kept.entries[i].value)->table);
  strmap_release(&p->costs.kept);
  ptrmap_release(&p->costs.all);
  ptrmap_release(&p->costs.links);
}

// ---- Making

typedef struct Making {
  Program *p;
  LoadGraph *graph;
  const LoadPackage *last;
  const CancelToken *cancel;
  Parser *parser;
  Digest *keys;
  PackageImage **images;
  Digest before;  // key of the last of the packages that are done before all others; zero while the first is
  bool with_last; // else only what comes before it
  bool done;
} Making;

// Of its assembly files, with the links of all.
static CostBatch *texts_of(Program *p, const LoadPackage *load) {
  CostBatch *batch = cost_batch_new();
  for (uint32_t i = 0; i < load->all_file_count; i++) {
    Str text = STR_NONE;
    const LoadFile *file = load->all_files[i];
    if (file->kind == LOAD_FILE_TEST || file->kind == LOAD_FILE_XTEST) continue;
    if (!loader_read_file(p->builder.loader, file->source.path, &text)) continue;
    if (file->kind == LOAD_FILE_ASM)
      cost_read_assembly(batch, p->builder.interner, load->path, file->source.path, text);
    else
      cost_read_links(batch, p->builder.interner, load->path, text);
    free((char *)text.p);
  }
  return batch;
}

// Returns a reference; NULL: cancelled, or it can't be built.
static CostTable *made(Making *m, LoadPackage *load) {
  Program *p = m->p;
  for (uint32_t i = 0; i < load->index; i++) {
    m->images[i] = strmap_get(&p->images, m->graph->packages[i]->id);
    if (!m->images[i]) m->images[i] = strmap_get(&p->builder.imported, m->graph->packages[i]->id);
  }
  BuildJob job = {.builder = &p->builder,
                  .load = load,
                  .images = m->images,
                  .cancel = m->cancel,
                  .transient = true,
                  .all = true,
                  .costs = true};
  PackageImage *image = image_build_whole(&job, m->parser, true);
  CostTable *table = NULL;
  if (image && image->costs) {
    CostBatch *batches[] = {image->costs, texts_of(p, load)};
    publish_links(p, batches[1]);
    CostLookup lookup = program_cost_lookup(p);
    table = cost_table_new(batches, 2, &lookup);
    cost_batch_release(batches[1]);
  }
  image_release(image);
  return table;
}

static Digest key_of(const Making *m, const LoadPackage *load) {
  Digester d = {0};
  digester_digest(&d, m->keys[load->index]);
  digester_digest(&d, m->before);
  return digester_end(&d);
}

static CostTable *stored(Making *m, Digest key) {
  size_t len;
  void *bytes = cache_read(m->p->builder.cache, key, &len);
  CostTable *table = bytes ? bounds_open(bytes, len, key, m->p->builder.interner) : NULL;
  free(bytes);
  return table;
}

static void make(Making *m, LoadPackage *load) {
  Digest key = key_of(m, load);
  const Kept *kept = strmap_get(&m->p->costs.kept, load->id);
  if (load->missing || load->is_fake_unsafe || (kept && digest_equal(kept->key, key))) return;
  CostTable *table = stored(m, key);
  if (!table) {
    table = made(m, load);
    if (!table) return;
    Buf bytes = {0};
    CostLookup lookup = program_cost_lookup(m->p);
    keep(m->p, load, key, cost_table_retain(table)); // calls inside of the package are looked up too
    bounds_write(&bytes, table, &lookup, key);
    cache_store(m->p->builder.cache, key, buf_view(&bytes));
    buf_release(&bytes);
    cost_table_release(table);
    return;
  }
  keep(m->p, load, key, table);
}

enum { ROUNDS = 4 };

static void mark(const LoadPackage *load, uint8_t *round, uint8_t n) {
  if (round[load->index] <= n) return;
  round[load->index] = n;
  for (uint32_t i = 0; i < load->import_count; i++) mark(load->imports[i].package, round, n); // as deep as std's are
}

static void *work(void *context) {
  static const char *const before[ROUNDS - 1] = {"internal/runtime/atomic", "sync/atomic", "runtime"};
  Making *m = context;
  uint32_t count = m->last->index + 1;
  uint8_t *round = mem_new(m->graph->count + 1);
  memset(round, ROUNDS - 1, m->graph->count);
  for (uint32_t n = 0; n < ROUNDS - 1; n++) {
    const LoadPackage *load = load_graph_find(m->graph, str_of(before[n]));
    if (load && load->index < count) mark(load, round, (uint8_t)n);
  }
  for (uint32_t n = 0; n < ROUNDS; n++) {
    for (uint32_t i = 0; i < count && !is_cancelled(m->cancel); i++)
      if (round[i] == n && (m->with_last || m->graph->packages[i] != m->last)) make(m, m->graph->packages[i]);
    const LoadPackage *load = n < ROUNDS - 1 ? load_graph_find(m->graph, str_of(before[n])) : NULL;
    if (load && load->index < count) m->before = m->keys[load->index];
  }
  free(round);
  m->done = !is_cancelled(m->cancel);
  return NULL;
}

// The graph has been built. Under the lock.
static bool make_all(Program *p, LoadGraph *graph, const LoadPackage *last, bool with_last, const CancelToken *cancel) {
  Making m = {.p = p, .graph = graph, .last = last, .with_last = with_last, .cancel = cancel};
  m.keys = mem_new(sizeof *m.keys * (graph->count + 1));
  m.images = mem_new(sizeof *m.images * (graph->count + 1));
  if (key_of_costs(&p->builder, graph, last, m.keys)) {
    m.parser = parser_new(p->builder.interner);
    p->builder.running = graph;
    pthread_t thread;
    if (program_start_thread(&thread, work, &m)) pthread_join(thread, NULL);
    p->builder.running = NULL;
    parser_free(m.parser);
    cache_tend(p->builder.cache);
  }
  free(m.keys);
  free(m.images);
  return m.done;
}

typedef struct Own {
  Program *p;
  const CostTable *table;
} Own;

// In the package under edit first.
static const CostEntry *find_own(void *context, Sym symbol) {
  const Own *own = context;
  const CostEntry *e = cost_find(own->table, symbol);
  return e ? e : find(own->p, symbol);
}

// A comment that vouches for a call changes what is known, and no code.
static bool has_trust(const PackageResult *r) {
  for (uint32_t i = 0; i < r->file_count; i++)
    if (str_index(r->files[i]->text, STR("//heapls:trust")) >= 0) return true;
  return false;
}

// Of the package under edit, by what changed. NULL: that was not noted. Returns a reference.
static CostTable *edited(Program *p, const LoadPackage *load, PackageImage *image) {
  PackageImage *base = image->origin ? image->origin : image;
  bool all = base->costs_version != p->costs.version;
  CostBatch *texts = load->has_asm && all ? texts_of(p, load) : cost_batch_new();
  publish_links(p, texts);
  CostLookup lookup = program_cost_lookup(p);
  CostTable *table = live_costs(image, texts, all, &lookup);
  base->costs_version = p->costs.version;
  cost_batch_release(texts);
  return table;
}

bool program_has_promises(const Program *p, const PackageResult *r) {
  return package_promises(r, &p->options.promises);
}

CostReport *program_report_costs(Program *p, const PackageResult *result, const CancelToken *cancel) {
  PackageImage *image = result->owner;
  CostReport *report = NULL;
  pthread_mutex_lock(&p->build_lock);
  LoadGraph *graph = (LoadGraph *)p->current;
  LoadPackage *load = graph && !p->edited.len ? load_graph_find(graph, image->id) : NULL;
  bool current = load && strmap_get(&p->images, image->id) == image, whole = has_trust(result);
  CostLookup lookup = program_cost_lookup(p);
  CostTable *table = NULL;
  if (current && !whole && make_all(p, graph, load, false, cancel)) table = edited(p, load, image);
  Own own = {p, table};
  CostLookup own_lookup = {&own, find_own};
  if (table) report = cost_report_new(result, table, true, &own_lookup, &p->options.promises);
  if (current && !table && make_all(p, graph, load, true, cancel)) {
    const Kept *kept = strmap_get(&p->costs.kept, load->id);
    if (kept && kept->table) report = cost_report_new(result, kept->table, false, &lookup, &p->options.promises);
  }
  cost_table_release(table);
  pthread_mutex_unlock(&p->build_lock);
  return report;
}

bool program_costs(Program *p, const ProgramCosts *q, const CancelToken *cancel, Buf *errors) {
  pthread_mutex_lock(&p->build_lock);
  LoadGraph *graph =
    program_graph(p, &(LoadRequest){.patterns = q->patterns, .pattern_count = q->pattern_count}, errors);
  PackageImage **images = mem_new(sizeof *images * (graph->count + 1));
  bool ok = run_graph(p, graph, images, false, cancel, &(RunDelivery){0});
  uint32_t last = 0;
  for (uint32_t i = 0; i < graph->shown_count; i++)
    if (graph->shown[i]->index > last) last = graph->shown[i]->index;
  ok = ok && graph->shown_count && make_all(p, graph, graph->packages[last], true, cancel);
  CostLookup lookup = program_cost_lookup(p);
  for (uint32_t i = 0; ok && i < graph->shown_count; i++) {
    const Kept *kept = strmap_get(&p->costs.kept, graph->shown[i]->id);
    if (kept && kept->table) q->visit(q->context, graph->shown[i]->path, kept->table, &lookup);
  }
  for (uint32_t i = 0; i < graph->count; i++) image_release(images[i]);
  free(images);
  pthread_mutex_unlock(&p->build_lock);
  return ok;
}
