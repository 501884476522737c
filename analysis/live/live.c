// live.c: the state of a package under edit, and one update of it.
//
// An update merges the new files, checks the bodies that changed, and compiles them together with what is in a cycle
// with them. Where what others see of a function has changed, its users are compiled next, round by round, until a
// round changes nothing that others see: rounds end because along a chain of users no component comes twice, and the
// number of functions compiled is bounded anyway, by the share of the package beyond which building it as a whole is as
// good.
#include "live/live_internal.h"

#include "build/compile.h"
#include "inline/inline.h"

#include <stdlib.h>

enum {
  COMPILE_AT_LEAST = 64, // functions an update may always compile …
  COMPILE_SHARE = 3,     // … or a third of the package
  LAZY_LIMIT = 8 << 20,  // growth of what types made on demand take, which only building anew gives back
};

// ---- State

LiveDecl *live_decl_new(LiveState *live, uint32_t file, const AstDecl *decl, bool of_base) {
  LiveDecl *l = of_base ? ARENA_NEW(&live->arena, LiveDecl) : mem_new(sizeof *l);
  l->of_base = of_base;
  l->decl = decl;
  l->file = file;
  ast_decl_retain(decl);
  if (of_base) { // which refers to it for good
    ast_decl_retain(decl);
    VEC_APPEND(&live->base_decls, decl);
  }
  ptrmap_set(&live->by_decl, decl, l);
  VEC_APPEND(&live->decls, l);
  return l;
}

static bool is_settled(const LiveState *live, const void *items) {
  uintptr_t at = (uintptr_t)items;
  return at >= (uintptr_t)live->settled && at < (uintptr_t)live->settled_end;
}

void live_free_items(const LiveState *live, void *items) {
  if (!is_settled(live, items)) free(items);
}

void *live_grow(const LiveState *live, void *items, uint32_t *cap, size_t item_size) {
  if (!is_settled(live, items)) return heap_grow(items, cap, item_size);
  uint32_t grown = *cap * 2;
  BUG_ON(grown < *cap);
  void *p = mem_new(grown * item_size);
  memcpy(p, items, *cap * item_size);
  *cap = grown;
  return p;
}

enum { VECTORS = 7 };

typedef struct Vector { // one of a declaration's
  void *items;          // address of the pointer to them
  uint32_t *len, *cap;  // cap: NULL if it has none
  size_t item_size;
} Vector;

static void vectors_of(LiveDecl *l, Vector out[VECTORS]) {
  out[0] = (Vector){&l->messages, &l->message_count, NULL, sizeof *l->messages};
  out[1] = (Vector){&l->copies.items, &l->copies.len, &l->copies.cap, sizeof *l->copies.items};
  out[2] = (Vector){&l->uses.items, &l->uses.len, &l->uses.cap, sizeof *l->uses.items};
  out[3] = (Vector){&l->callers.items, &l->callers.len, &l->callers.cap, sizeof *l->callers.items};
  out[4] = (Vector){&l->reaches.items, &l->reaches.len, &l->reaches.cap, sizeof *l->reaches.items};
  out[5] = (Vector){&l->order[0].items, &l->order[0].len, &l->order[0].cap, sizeof *l->order[0].items};
  out[6] = (Vector){&l->order[1].items, &l->order[1].len, &l->order[1].cap, sizeof *l->order[1].items};
}

static LiveDecl *settled_decl(LiveState *live, uint32_t i) {
  if (i < live->decls.len) return live->decls.items[i];
  return i == live->decls.len ? &live->init : &live->rest;
}

// Moves the vectors of a new state to one block.
static void settle(LiveState *live) {
  Vector vectors[VECTORS];
  size_t total = 0;
  for (uint32_t i = 0; i < live->decls.len + 2; i++) {
    vectors_of(settled_decl(live, i), vectors);
    for (int k = 0; k < VECTORS; k++) total += *vectors[k].len * vectors[k].item_size;
  }
  char *to = arena_alloc(&live->arena, total);
  live->settled = to;
  live->settled_end = to + total;
  for (uint32_t i = 0; i < live->decls.len + 2; i++) {
    vectors_of(settled_decl(live, i), vectors);
    for (int k = 0; k < VECTORS; k++) {
      size_t n = *vectors[k].len * vectors[k].item_size;
      void *items;
      memcpy(&items, vectors[k].items, sizeof items);
      if (n) memcpy(to, items, n);
      free(items);
      items = n ? to : NULL;
      memcpy(vectors[k].items, &items, sizeof items);
      if (vectors[k].cap) *vectors[k].cap = *vectors[k].len;
      to += n;
    }
  }
}

static void decl_release(const LiveState *live, LiveDecl *l) {
  live_unit_release(l->unit);
  body_version_free(l->version);
  finding_text_release(l->text);
  finding_items_release(l->items);
  live_free_items(live, l->messages);
  live_free_items(live, l->copies.items);
  live_free_items(live, l->uses.items);
  live_free_items(live, l->callers.items);
  live_free_items(live, l->reaches.items);
  live_free_items(live, l->order[0].items);
  live_free_items(live, l->order[1].items);
  free(l->instances);
  if (l->decl) ast_decl_release(l->decl);
}

void live_decl_free(const LiveState *live, LiveDecl *l) {
  decl_release(live, l);
  if (!l->of_base) free(l);
}

static void add_decls(LiveState *live) {
  for (uint32_t i = 0; i < live->base->file_count; i++) {
    const LiveFile *file = &live->files[i];
    const AstFile *f = file->effective ? file->effective : file->actual->ast;
    for (uint32_t k = 0; k < f->decl_count; k++) {
      LiveDecl *l = live_decl_new(live, i, f->decls[k], true);
      bool swallowed = f->decls[k]->slot >= f->slot_count || f->slot_starts[f->decls[k]->slot] == UINT32_MAX;
      if (swallowed) live_set_stale(live, l, true, false);
    }
    for (uint32_t k = 0; k < file->frozen.len; k++) {
      LiveDecl *l = file->frozen.entries[k].key ? ptrmap_get(&live->by_decl, file->frozen.entries[k].value) : NULL;
      const AstDecl *shown = file->frozen.entries[k].key;
      if (l && !str_equal(shown->text, l->decl->text)) live_set_stale(live, l, true, false);
    }
  }
}

static void add_functions(LiveState *live) {
  const Package *pkg = live->base->package;
  for (uint32_t i = 0; i < pkg->funcs.len; i++) {
    Object *func = pkg->funcs.items[i];
    LiveDecl *l = func->pos.decl ? ptrmap_get(&live->by_decl, func->pos.decl) : NULL;
    IrFunc *ir = ptrmap_get(&live->base->unit->func_of_object, func);
    if (!l || !ir || !package_can_recheck(pkg, func)) continue;
    l->func = func;
    l->ir = ir;
    ptrmap_set(&live->by_func, func, l);
    ptrmap_set(&live->by_ir, ir, l);
  }
}

static void release(PackageImage *image) {
  live_free(image->live);
  live_carried_free(image);
}

static LiveState *live_new(PackageImage *base) {
  if (!base->unit || !base->package || !base->unit->funcs.len || base->options.level > 1) return NULL;
  if (base->package->file_count != base->file_count) return NULL; // a file names another package: it was left out
  LiveState *live = mem_new(sizeof *live);
  live->base = base;
  live->arena.paged = true;
  live->lazy_bytes = base->package->lazy.total + base->package->arena.total;
  if (base->carried) {
    live->files = base->carried;
    base->carried = NULL;
  } else {
    live->files = mem_new(sizeof *live->files * (base->file_count + 1));
    for (uint32_t i = 0; i < base->file_count; i++) {
      live->files[i].actual = base->files[i];
      __atomic_add_fetch(&base->files[i]->references, 1, __ATOMIC_RELAXED);
    }
  }
  add_decls(live);
  add_functions(live);
  for (uint32_t i = 0; i < base->reverted.len; i++) {
    BodyVersion *v = base->reverted.items[i];
    LiveDecl *l = ptrmap_get(&live->by_func, v->func);
    if (l && !l->version)
      l->version = v;
    else
      VEC_APPEND(&live->pinned_versions, v);
  }
  base->reverted.len = 0;
  live->init.ir = base->unit->init_func;
  if (live->init.ir) ptrmap_set(&live->by_ir, live->init.ir, &live->init);
  live_show_base(live);
  live_groups_of_base(live);
  live_order_of_base(live);
  live_find_uses(live, base->unit, live->decls.items, live->decls.len);
  LiveDecl *init = &live->init;
  live_find_uses(live, base->unit, &init, 1);
  live_carry_findings(live);
  settle(live);
  base->live = live;
  base->release_live = release;
  return live;
}

LiveState *live_of(PackageImage *base) { return base->live ? base->live : live_new(base); }

void live_unit_release(LiveUnit *u) {
  if (!u || --u->users) return;
  ir_unit_free(u->unit);
  arena_release(&u->types);
  free(u);
}

void live_free(LiveState *live) {
  if (!live) return;
  live_unpin(live, true);
  for (uint32_t i = 0; i < live->decls.len; i++) live_decl_free(live, live->decls.items[i]);
  decl_release(live, &live->init);
  for (uint32_t i = 0; i < live->pinned_versions.len; i++) body_version_free(live->pinned_versions.items[i]);
  for (uint32_t i = 0; i < live->base->file_count; i++) live_file_release(&live->files[i]);
  for (uint32_t i = 0; i < live->base_decls.len; i++) ast_decl_release(live->base_decls.items[i]);
  decl_release(live, &live->rest);
  arena_release(&live->arena);
  for (uint32_t i = 0; i < live->cost_batches.len; i++) cost_batch_release(live->cost_batches.items[i]);
  free(live->cost_batches.items);
  cost_table_release(live->costs);
  free(live->base_decls.items);
  free(live->files);
  free(live->decls.items);
  free(live->pinned_versions.items);
  free(live->pins.items);
  free(live->pending.items);
  free(live->touched.items);
  ptrmap_release(&live->by_decl);
  ptrmap_release(&live->by_func);
  ptrmap_release(&live->by_ir);
  ptrmap_release(&live->instances);
  ptrmap_release(&live->copies);
  ptrmap_release(&live->copied);
  free(live);
}

bool live_is_sound(const LiveState *live) { return !live->dead && !live->stale && !live->pending.len; }

size_t live_garbage(const LiveState *live) {
  const Package *pkg = live->base->package;
  size_t sum = pkg->lazy.total + pkg->arena.total - live->lazy_bytes;
  PtrMap seen = {0};
  for (uint32_t i = 0; i < live->decls.len; i++) {
    const LiveDecl *l = live->decls.items[i];
    if (l->version) sum += l->version->arena.total;
    if (l->unit && !ptrmap_has(&seen, l->unit)) {
      ptrmap_set(&seen, l->unit, l->unit);
      sum += l->unit->types.total + l->unit->unit->arena.total;
    }
    if (l->text && !ptrmap_has(&seen, l->text)) {
      ptrmap_set(&seen, l->text, l->text);
      sum += l->text->arena.total + (l->text->list ? l->text->list->arena.total : 0);
    }
  }
  for (uint32_t i = 0; i < live->pinned_versions.len; i++) sum += live->pinned_versions.items[i]->arena.total;
  ptrmap_release(&seen);
  return sum;
}

// ---- Compiling

static bool same_summary(const IrFunc *a, const IrFunc *b, bool text_changed) {
  if (!a || a->has_body != b->has_body || a->is_broken != b->is_broken || a->pragma != b->pragma || !a->inl != !b->inl)
    return false;
  if (a->inl &&
      (text_changed || a->inline_cost != b->inline_cost || a->inl->can_delay_results != b->inl->can_delay_results))
    return false;
  if (a->params.len != b->params.len || !a->tags != !b->tags) return false;
  return !a->tags || memcmp(a->tags, b->tags, sizeof *a->tags * a->params.len) == 0;
}

// True: it makes no instance of a generic function that the package did not make before, and all that it made.
static bool keeps_instances(LiveState *live, LiveDecl *l) {
  uint64_t *before = l->instances;
  uint32_t count = l->instance_count;
  l->instances = NULL;
  l->instances_known = false;
  live_know_instances(live, l);
  bool same = true;
  for (uint32_t i = 0; same && i < count; i++) {
    same = false;
    for (uint32_t k = 0; !same && k < l->instance_count; k++) same = l->instances[k] == before[i];
  }
  for (uint32_t i = 0; same && i < l->instance_count; i++)
    same = ptrmap_has(&live->instances, (void *)(uintptr_t)l->instances[i]);
  free(before);
  return same;
}

typedef struct Round {
  LiveState *live;
  PtrMap edited;  // LiveDecl whose text changed
  LiveDecls next; // users of what changed
  PtrMap in_next;
} Round;

static void commit(Round *r, LiveUnit *u, LiveDecls *set) {
  LiveState *live = r->live;
  for (uint32_t i = 0; i < set->len; i++) {
    LiveDecl *l = set->items[i];
    IrFunc *fn = l->func ? ptrmap_get(&u->unit->func_of_object, l->func) : u->unit->init_func, *old = l->ir;
    bool changed = l->func && (l->renewed || !same_summary(old, fn, ptrmap_has(&r->edited, l)));
    l->renewed = false;
    if (old && fn) fn->cold = old->cold;          // until it is judged anew
    live->cold_changed |= !old || old->is_broken; // what is broken was not judged
    if (old) ptrmap_remove(&live->by_ir, old);
    if (fn) ptrmap_set(&live->by_ir, fn, l);
    if (l->func) ptrmap_set(&live->base->unit->func_of_object, l->func, fn);
    l->ir = fn;
    if (changed) live->summary++;
    for (uint32_t k = 0; changed && k < l->callers.len; k++) {
      if (ptrmap_has(&r->in_next, l->callers.items[k]) || l->callers.items[k]->outdated) continue;
      ptrmap_set(&r->in_next, l->callers.items[k], l);
      VEC_APPEND(&r->next, l->callers.items[k]);
    }
    live_unit_release(l->unit);
    l->unit = u;
    u->users++;
  }
  // Those compiled together have seen each other as they are now.
  for (uint32_t i = 0; i < set->len; i++) ptrmap_remove(&r->in_next, set->items[i]);
}

// Compiles the set and what is in a cycle with its members. False: build anew.
static bool compile_set(Round *r, LiveDecls *set) {
  LiveState *live = r->live;
  Package *pkg = live->base->package;
  for (unsigned attempt = 0;; attempt++) {
    live_components(live, set);
    uint32_t limit = live->decls.len / COMPILE_SHARE;
    live->compiled += set->len;
    if (live->compiled > (limit > COMPILE_AT_LEAST ? limit : COMPILE_AT_LEAST)) return false;
    Object **funcs = mem_new(sizeof *funcs * (set->len + 1));
    uint32_t len = 0;
    for (uint32_t i = 0; i < set->len; i++)
      if (set->items[i]->func) funcs[len++] = set->items[i]->func;
    LiveUnit *u = mem_new(sizeof *u);
    u->users = 1;
    arena_init(&u->types);
    uint32_t made = pkg->type_serial, before = set->len;
    package_lend_arena(pkg, &u->types);
    CompileOrder order = {live_order_sort, &(LiveOrder){live, set}};
    u->unit = compile_functions(live->base->unit, &live->base->options, funcs, len, len < set->len, &order);
    free(funcs);
    commit(r, u, set);
    live_find_uses(live, u->unit, set->items, set->len);
    live_components(live, set);
    bool alone = set->len == before;
    bool ok = !alone || live_take_unit(live, u->unit, set->items, set->len);
    package_lend_arena(pkg, &u->types);
    ir_unit_drop_bodies(u->unit);
    package_forget_instances(pkg, made);
    live_unit_release(u);
    if (!ok) return false;
    if (alone) return true;
    if (attempt > 2) return false;
  }
}

// edited: the texts of the seeds are new.
static LiveOutcome compile_rounds(LiveState *live, LiveDecls *seeds, bool edited, const CancelToken *cancel) {
  Round r = {.live = live};
  for (uint32_t i = 0; edited && i < seeds->len; i++) ptrmap_set(&r.edited, seeds->items[i], seeds->items[i]);
  for (uint32_t i = 0; i < live->pending.len; i++) {
    if (ptrmap_has(&r.edited, live->pending.items[i])) continue;
    ptrmap_set(&r.edited, live->pending.items[i], seeds);
    VEC_APPEND(seeds, live->pending.items[i]);
  }
  live->pending.len = 0;
  LiveOutcome outcome = LIVE_DONE;
  LiveDecls set = *seeds;
  *seeds = (LiveDecls){0};
  while (set.len && outcome == LIVE_DONE) {
    if (is_cancelled(cancel)) {
      for (uint32_t i = 0; i < set.len; i++) VEC_APPEND(&live->pending, set.items[i]);
      outcome = LIVE_CANCELLED;
      break;
    }
    if (!compile_set(&r, &set)) outcome = LIVE_REBUILD;
    ptrmap_release(&r.edited);
    set.len = 0;
    for (uint32_t i = 0; i < r.next.len; i++)
      if (ptrmap_has(&r.in_next, r.next.items[i])) VEC_APPEND(&set, r.next.items[i]);
    r.next.len = 0;
    ptrmap_release(&r.in_next);
  }
  free(set.items);
  free(r.next.items);
  ptrmap_release(&r.edited);
  ptrmap_release(&r.in_next);
  return outcome;
}

// ---- One update

static void replace_package_file(Package *pkg, AstFile *f) {
  for (uint32_t i = 0; i < pkg->file_count; i++)
    if (pkg->files[i]->source == f->source) pkg->files[i] = f;
}

// A new version's files, for a build as a whole.
static void make_carried(PackageImage *image) {
  image->release_live = release;
  image->carried = mem_new(sizeof *image->carried * (image->file_count + 1));
  for (uint32_t i = 0; i < image->file_count; i++) {
    image->carried[i].actual = image->files[i];
    __atomic_add_fetch(&image->files[i]->references, 1, __ATOMIC_RELAXED);
  }
}

// A dead state needs no files.
static void move_file(LiveFile *from, LiveFile *to) {
  to->effective = from->effective;
  to->frozen = from->frozen;
  to->last = from->shown;
  to->then = from->placed;
  from->shown = NULL;
  from->placed = NULL;
  from->effective = NULL;
  from->frozen = (PtrMap){0};
}

static LiveOutcome give_up(LiveState *live, PackageImage *image) {
  live->dead = true;
  make_carried(image);
  image->must_finish = true;
  for (uint32_t i = 0; i < image->file_count; i++) move_file(&live->files[i], &image->carried[i]);
  return LIVE_REBUILD;
}

static uint32_t file_with(const PackageImage *image, const AstSource *source) {
  uint32_t i = 0;
  while (i < image->file_count && image->asts[i]->source != source) i++;
  return i;
}

// Until the whole build has judged it, what is edited is frozen.
static void freeze_edits(LiveState *live, const LiveMerge *merge, uint32_t len) {
  for (uint32_t k = 0; k < len; k++) {
    const LiveEdit *e = &merge->edits.items[k];
    if (e->of->decl != e->decl) live_freeze(live, e->file, e->decl, e->of);
  }
}

// Brings the files that are in both to the image's versions. The state is no good afterwards, but for its files.
static void merge_files(LiveState *live, const PackageImage *image) {
  LiveMerge merge = {0};
  for (uint32_t i = 0; i < image->file_count; i++) {
    uint32_t at = file_with(live->base, image->asts[i]->source);
    if (at == live->base->file_count || live->files[at].actual == image->files[i]) continue;
    live->dead = true;
    live_merge_file(live, at, image->files[i], &merge);
  }
  freeze_edits(live, &merge, merge.edits.len);
  free(merge.edits.items);
  free(merge.changes.items);
}

// What is shown of the file now, to look up what was said of code that can't be judged any more.
static void copy_shown(PackageImage *base, uint32_t at, LiveFile *to) {
  const LiveFile *from = base->live ? &base->live->files[at] : NULL;
  const FindingFile *shown = from ? from->shown : finding_file_of(base->findings, base->asts[at]->source);
  if (!shown) return;
  to->last = finding_file_retain((FindingFile *)(uintptr_t)shown);
  to->then = from ? from->placed : base->files[at];
  __atomic_add_fetch(&to->then->references, 1, __ATOMIC_RELAXED);
}

static bool has_broken_syntax(const AstFile *file) {
  for (uint32_t k = 0; k < file->decl_count; k++)
    if (file->decls[k]->has_error || file->decls[k]->kind == DECL_BAD) return true;
  return !live_header_reads_well(file);
}

static bool is_broken(const PackageImage *image) {
  for (uint32_t i = 0; i < image->file_count; i++)
    if (has_broken_syntax(image->asts[i])) return true;
  return false;
}

void live_carry(PackageImage *image, PackageImage *known) {
  PackageImage *base = known->origin ? known->origin : known;
  LiveState *live = base->carried || (base->findings && is_broken(image)) ? live_of(base) : base->live;
  if (!live && !base->findings) return;
  if (live && !live->dead) {
    merge_files(live, image);
    for (uint32_t i = 0; i < base->file_count; i++) image->must_finish |= live->files[i].frozen.len > 0;
    image->must_finish |= live->stale > 0;
    live->dead |= image->must_finish;
  }
  make_carried(image);
  for (uint32_t i = 0; i < image->file_count; i++) {
    uint32_t at = file_with(base, image->asts[i]->source);
    if (at == base->file_count) continue;
    if (live && image->must_finish)
      move_file(&live->files[at], &image->carried[i]);
    else
      copy_shown(base, at, &image->carried[i]);
  }
}

// Bodies that could not be checked get another chance when other declarations have changed.
static void retry(LiveState *live, LiveEdits *edits, LiveEdits *changes) {
  PtrMap known = {0};
  for (uint32_t i = 0; i < edits->len; i++) ptrmap_set(&known, edits->items[i].of, live);
  for (uint32_t i = 0; i < changes->len; i++)
    if (changes->items[i].of) ptrmap_set(&known, changes->items[i].of, live);
  for (uint32_t i = 0; i < live->base->file_count; i++) {
    const PtrMap *frozen = &live->files[i].frozen;
    for (uint32_t k = 0; k < frozen->len; k++) {
      AstDecl *shown = (AstDecl *)(uintptr_t)frozen->entries[k].key, *kept = frozen->entries[k].value;
      if (!shown || shown->has_error || shown->kind == DECL_TYPE || shown->kind == DECL_BAD) continue;
      LiveDecl *of = ptrmap_get(&live->by_decl, kept);
      if (!of || (shown->kind == DECL_FUNC && !of->func) || ptrmap_has(&known, of)) continue;
      if (live_same_header(kept, shown))
        VEC_APPEND(edits, (LiveEdit){of, shown, i});
      else
        VEC_APPEND(changes, (LiveEdit){of, shown, i});
    }
  }
  ptrmap_release(&known);
}

LiveOutcome live_update(PackageImage *image, PackageImage *known, const CancelToken *cancel) {
  PackageImage *base = known->origin ? known->origin : known;
  LiveState *live = live_of(base);
  if (!live || live->dead) return LIVE_REBUILD;
  Package *pkg = base->package;
  bool rebuild = pkg->lazy.total + pkg->arena.total > live->lazy_bytes + LAZY_LIMIT;
  LiveDecls seeds = {0};
  live->compiled = 0;
  live->edits++;
  LiveMerge merge = {0};
  for (uint32_t i = 0; i < image->file_count; i++) {
    if (image->files[i] == live->files[i].actual) continue;
    live_merge_file(live, i, image->files[i], &merge);
    replace_package_file(pkg, live->files[i].effective);
  }
  rebuild |= merge.structural;
  uint32_t own_edits = merge.edits.len;
  live->retyped |= merge.changes.len > 0;
  if (merge.changes.len && !rebuild) retry(live, &merge.edits, &merge.changes);
  if (!rebuild) rebuild = !live_change(live, &merge.changes, &merge.edits, &seeds);
  if (rebuild) freeze_edits(live, &merge, own_edits);
  free(merge.edits.items);
  free(merge.changes.items);
  for (uint32_t i = 0; !rebuild && i < seeds.len; i++)
    rebuild = seeds.items[i]->func && (seeds.items[i]->instances_known || seeds.items[i]->renewed) &&
              !keeps_instances(live, seeds.items[i]);
  LiveOutcome outcome = rebuild ? LIVE_REBUILD : compile_rounds(live, &seeds, true, cancel);
  for (int round = 0; outcome == LIVE_DONE && live->order_changed; round++) {
    seeds.len = 0;
    live_reordered(live, &seeds);
    outcome = round > 2 ? LIVE_REBUILD : compile_rounds(live, &seeds, false, cancel);
  }
  if (outcome == LIVE_DONE) {
    seeds.len = 0;
    outcome = live_spread_cold(live, &seeds) ? compile_rounds(live, &seeds, false, cancel) : LIVE_REBUILD;
  }
  free(seeds.items);
  if (outcome == LIVE_DONE && !pointers_asked_hold(base->unit)) outcome = LIVE_REBUILD;
  if (outcome == LIVE_REBUILD) return give_up(live, image);
  if (outcome == LIVE_DONE) {
    live_unpin(live, false);
    live_publish(live, image);
  }
  return outcome;
}

// ---- Whole builds after a live state

AstFile **live_effective_files(PackageImage *image) {
  AstFile **files = ARENA_ARRAY(&image->arena, AstFile *, image->file_count + 1);
  for (uint32_t i = 0; i < image->file_count; i++) {
    LiveFile *f = &image->carried[i];
    files[i] = f->effective ? f->effective : f->actual->ast;
    // Bodies that had type errors get another chance.
    for (uint32_t k = 0; f->effective && k < f->frozen.len; k++) {
      AstDecl *shown = (AstDecl *)(uintptr_t)f->frozen.entries[k].key, *kept = f->frozen.entries[k].value;
      if (!shown || shown->has_error || shown->kind == DECL_BAD) continue;
      for (uint32_t n = 0; n < f->effective->decl_count; n++) {
        if (f->effective->decls[n] != kept) continue;
        ast_decl_retain(shown);
        f->effective->decls[n] = shown; // kept's reference goes to the frozen map's user below
      }
    }
  }
  return files;
}

static Object *function_of(const Package *pkg, const AstDecl *decl) {
  for (uint32_t i = 0; i < pkg->funcs.len; i++)
    if (pkg->funcs.items[i]->pos.decl == decl) return pkg->funcs.items[i];
  return NULL;
}

// True: kept is what the package goes on with.
static bool revert_body(PackageImage *image, AstDecl *shown, AstDecl *kept) {
  Package *pkg = image->package;
  const DeclTypes *types = package_decl_types(pkg, shown);
  if (!types || !types->has_error || !live_same_header(shown, kept)) return false;
  Object *func = function_of(pkg, shown);
  if (!func || !package_can_recheck(pkg, func)) return false;
  BodyVersion *now = package_body(pkg, func), *v = package_check_version(pkg, now, kept);
  if (v && v->has_error) package_install_body(pkg, now);
  bool good = v && !v->has_error;
  if (good)
    VEC_APPEND(&image->reverted, v);
  else
    body_version_free(v);
  body_version_free(now);
  return good;
}

void live_revert_bodies(PackageImage *image) {
  for (uint32_t i = 0; i < image->file_count; i++) {
    LiveFile *f = &image->carried[i];
    for (uint32_t k = 0; f->effective && k < f->frozen.len; k++) {
      AstDecl *shown = (AstDecl *)(uintptr_t)f->frozen.entries[k].key, *kept = f->frozen.entries[k].value;
      if (!shown) continue;
      uint32_t at = 0;
      while (at < f->effective->decl_count && f->effective->decls[at] != shown) at++;
      if (at == f->effective->decl_count) continue; // frozen by syntax
      if (revert_body(image, shown, kept)) {
        f->effective->decls[at] = kept; // takes the reference that it had
        ast_decl_release(shown);
      } else {
        ptrmap_remove(&f->frozen, shown);
        ast_decl_release(kept);
      }
    }
  }
}

void live_carried_free(PackageImage *image) {
  for (uint32_t i = 0; image->carried && i < image->file_count; i++) live_file_release(&image->carried[i]);
  free(image->carried);
  image->carried = NULL;
  for (uint32_t i = 0; i < image->reverted.len; i++) body_version_free(image->reverted.items[i]);
  free(image->reverted.items);
  image->reverted.items = NULL;
  image->reverted.len = image->reverted.cap = 0;
}
