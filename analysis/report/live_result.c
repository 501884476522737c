// live_result.c: messages and findings by declaration: taken from compilations, kept, and put together for a result.
//
// Every finding lies in one declaration and is made from messages of that declaration's function alone, except in
// generic functions, whose findings come from all instances: a change there makes the package be built anew. Positions
// are kept in the newest text; a result gets copies, its strings stay where they were made.
#include "report/live.h"

#include <stdlib.h>

// ---- Instances

static uint64_t instance_key(const IrFunc *fn) {
  return hash_mix((uintptr_t)fn->name->sym, (uintptr_t)fn->name->pkg) | 1;
}

static int by_value(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

void live_instances_of(IrUnit *unit, uint64_t **items, uint32_t *len) {
  VEC(uint64_t) found = {0};
  for (uint32_t i = 0; i < unit->funcs.len; i++)
    if (unit->funcs.items[i]->is_instantiation) VEC_APPEND(&found, instance_key(unit->funcs.items[i]));
  if (found.len) qsort(found.items, found.len, sizeof *found.items, by_value);
  *items = found.items;
  *len = found.len;
}

static const IrFunc *outermost(const IrFunc *fn) {
  while (fn && fn->outer) fn = fn->outer;
  return fn;
}

static uint64_t message_hash(const IrMessage *m) {
  return hash_mix(hash_mix(str_hash(m->text), (uintptr_t)m->pos.decl), hash_mix(m->pos.offset, (uint64_t)m->kind));
}

// Sums of the hashes of each instance's messages.
static void hash_instances(IrUnit *unit, PtrMap *out) {
  for (uint32_t i = 0; i < unit->funcs.len; i++) {
    const IrFunc *fn = unit->funcs.items[i];
    if (fn->is_instantiation) ptrmap_set(out, (void *)(uintptr_t)instance_key(fn), (void *)(uintptr_t)1);
  }
  for (uint32_t i = 0; i < unit->messages.len; i++) {
    const IrMessage *m = &unit->messages.items[i];
    const IrFunc *fn = outermost(m->func);
    if (!fn || !fn->is_instantiation) continue;
    const void *key = (const void *)(uintptr_t)instance_key(fn);
    ptrmap_set(out, key, (void *)((uintptr_t)ptrmap_get(out, key) + (uintptr_t)message_hash(m)));
  }
}

static bool same_instances(LiveState *live, IrUnit *unit) {
  PtrMap now = {0};
  hash_instances(unit, &now);
  bool same = true;
  for (uint32_t i = 0; same && i < now.len; i++)
    same = ptrmap_get(&live->instances, now.entries[i].key) == now.entries[i].value;
  ptrmap_release(&now);
  return same;
}

// ---- Groups

void live_text_release(LiveText *t) {
  if (!t || __atomic_sub_fetch(&t->references, 1, __ATOMIC_ACQ_REL)) return;
  finding_set_free(t->set);
  arena_release(&t->arena);
  free(t);
}

static LiveText *text_retain(LiveText *t) {
  if (t) __atomic_add_fetch(&t->references, 1, __ATOMIC_RELAXED);
  return t;
}

typedef VEC(const Finding *) FindingRefs;

static void set_items(LiveDecl *l, const FindingRefs *from) {
  free(l->items);
  free(l->steps);
  l->items = mem_new(sizeof *l->items * (from->len + 1));
  l->len = from->len;
  l->step_count = 0;
  for (uint32_t i = 0; i < from->len; i++) l->step_count += from->items[i]->step_count;
  l->steps = mem_new(sizeof *l->steps * (l->step_count + 1));
  l->has_copies = true; // as far as is known
  FindingStep *next = l->steps;
  for (uint32_t i = 0; i < from->len; i++) {
    const Finding *f = from->items[i];
    l->items[i] = *f;
    l->items[i].steps = next;
    if (f->step_count) memcpy(next, f->steps, f->step_count * sizeof *next);
    next += f->step_count;
  }
}

// The findings of a set by declaration.
static void split_findings(const FindingSet *set, LiveDecl *const *decls, uint32_t len) {
  PtrMap by_decl = {0};
  FindingRefs *refs = mem_new(sizeof *refs * (len + 1));
  for (uint32_t i = 0; i < len; i++)
    if (decls[i]->decl) ptrmap_set(&by_decl, decls[i]->decl, &refs[i]);
  for (uint32_t i = 0; set && i < set->len; i++) {
    FindingRefs *r = ptrmap_get(&by_decl, set->items[i].decl);
    if (r) VEC_APPEND(r, &set->items[i]);
  }
  for (uint32_t i = 0; i < len; i++) {
    set_items(decls[i], &refs[i]);
    free(refs[i].items);
  }
  free(refs);
  ptrmap_release(&by_decl);
}

static void add_message(LiveDecl *l, uint32_t *cap, const IrMessage *m, Arena *copy) {
  VEC(LiveMessage) v = {l->messages, l->message_count, *cap};
  VEC_APPEND(&v, (LiveMessage){m->pos.decl, m->pos.offset, m->kind, copy ? arena_str(copy, m->text) : m->text});
  l->messages = v.items, l->message_count = v.len, *cap = v.cap;
}

// Is it code of the package initialiser: that itself, a map literal that was made a function, or a closure in them?
static bool is_init_code(const IrFunc *outer) {
  return outer && !outer->object && !outer->is_wrapper && !outer->is_instantiation && !outer->closure;
}

// Messages of the unit by function; those of none of them go to rest (NULL: are left out).
static void split_messages(LiveState *live, IrUnit *unit, LiveDecl *const *decls, uint32_t len, LiveDecl *rest,
                           Arena *copy) {
  PtrMap index = {0};
  uint32_t *caps = mem_new(sizeof *caps * (len + 1));
  for (uint32_t i = 0; i < len; i++) {
    free(decls[i]->messages);
    decls[i]->messages = NULL;
    decls[i]->message_count = 0;
    ptrmap_set(&index, decls[i], &caps[i]);
  }
  for (uint32_t i = 0; i < unit->messages.len; i++) {
    const IrMessage *m = &unit->messages.items[i];
    const IrFunc *outer = outermost(m->func);
    LiveDecl *l = outer ? ptrmap_get(&live->by_ir, outer) : NULL;
    if (!l && is_init_code(outer)) l = &live->init;
    uint32_t *cap = l ? ptrmap_get(&index, l) : NULL;
    if (cap)
      add_message(l, cap, m, copy);
    else if (rest)
      add_message(rest, &caps[len], m, copy);
  }
  free(caps);
  ptrmap_release(&index);
}

// Sites that came into these functions by inlining.
static void split_copies(LiveState *live, const FindingSet *set, LiveDecl *const *decls, uint32_t len, LiveDecl *rest) {
  PtrMap taken = {0};
  for (uint32_t i = 0; i < len; i++) {
    decls[i]->copies.len = 0;
    ptrmap_set(&taken, decls[i], decls[i]);
  }
  for (uint32_t i = 0; set && i < set->copies.len; i++) {
    const FindingCopy *c = &set->copies.items[i];
    const IrFunc *outer = outermost(c->func);
    LiveDecl *l = outer ? ptrmap_get(&live->by_ir, outer) : NULL;
    if (!l && is_init_code(outer)) l = &live->init;
    if (!l || !ptrmap_has(&taken, l)) l = rest;
    if (l) VEC_APPEND(&l->copies, (LiveCopy){c->decl, c->offset, c->heap, c->loop});
  }
  ptrmap_release(&taken);
}

void live_groups_of_base(LiveState *live) {
  PackageImage *base = live->base;
  split_findings(base->findings, live->decls.items, live->decls.len);
  LiveDecls all = {0};
  for (uint32_t i = 0; i < live->decls.len; i++) VEC_APPEND(&all, live->decls.items[i]);
  VEC_APPEND(&all, &live->init);
  split_messages(live, base->unit, all.items, all.len, &live->rest, NULL);
  split_copies(live, base->findings, all.items, all.len, &live->rest);
  free(all.items);
  hash_instances(base->unit, &live->instances);
}

void live_restore_group(LiveState *live, LiveDecl *l, const AstFile *to) {
  const PackageImage *base = live->base;
  const AstFile *from = NULL;
  for (uint32_t i = 0; i < base->file_count; i++)
    if (base->asts[i]->source == l->decl->source) from = base->asts[i];
  if (!base->findings || !from || l->decl->slot >= from->slot_count || l->decl->slot >= to->slot_count) return;
  uint32_t before = from->slot_starts[l->decl->slot], now = to->slot_starts[l->decl->slot];
  if (before == UINT32_MAX || now == UINT32_MAX) return;
  FindingRefs refs = {0};
  for (uint32_t i = 0; i < base->findings->len; i++)
    if (base->findings->items[i].decl == l->decl) VEC_APPEND(&refs, &base->findings->items[i]);
  set_items(l, &refs);
  free(refs.items);
  for (uint32_t i = 0; i < l->len; i++) {
    Finding *f = &l->items[i];
    LineCol lc = ast_file_line_col(to, ast_file_offset_at(from, (LineCol){f->line, f->column}) - before + now);
    f->start += now - before;
    f->end += now - before;
    f->hint_at += now - before;
    f->line = lc.line;
    f->column = lc.column;
  }
  for (uint32_t i = 0; i < l->step_count; i++) {
    FindingStep *s = &l->steps[i];
    if (s->source != l->decl->source) continue;
    s->source = NULL; // where it leads is shown again when the package is built anew
  }
}

// What lies in variable declarations is the initialiser's.
static LiveDecls with_variables(LiveState *live, LiveDecl *const *decls, uint32_t len) {
  LiveDecls all = {0};
  bool init = false;
  for (uint32_t i = 0; i < len; i++) {
    VEC_APPEND(&all, decls[i]);
    init |= decls[i] == &live->init;
  }
  for (uint32_t i = 0; init && i < live->decls.len; i++)
    if (live->decls.items[i]->decl->kind == DECL_VAR) VEC_APPEND(&all, live->decls.items[i]);
  return all;
}

bool live_take_unit(LiveState *live, IrUnit *unit, LiveDecl *const *decls, uint32_t len) {
  if (!same_instances(live, unit)) return false;
  LiveDecls all = with_variables(live, decls, len);
  LiveText *text = mem_new(sizeof *text);
  text->references = all.len;
  arena_init(&text->arena);
  if (live->base->options.explain) text->set = finding_set_new(unit);
  split_findings(text->set, all.items, all.len);
  split_messages(live, unit, all.items, all.len, NULL, &text->arena);
  split_copies(live, text->set, decls, len, NULL);
  for (uint32_t i = 0; i < all.len; i++) {
    live_text_release(all.items[i]->text);
    all.items[i]->text = text;
  }
  free(all.items);
  return true;
}

// ---- Publishing

typedef struct CopyCount {
  uint32_t all, heap, loop;
} CopyCount;

typedef struct Copies {
  PtrMap decls;  // that have copied sites
  PtrMap counts; // hash of declaration and offset -> CopyCount
  Arena arena;
} Copies;

static const void *copy_key(const AstDecl *decl, uint32_t offset) {
  return (const void *)(uintptr_t)(hash_mix((uintptr_t)decl, offset) | 1);
}

static void count_copies(Copies *copies, const LiveDecl *l) {
  for (uint32_t i = 0; i < l->copies.len; i++) {
    const LiveCopy *c = &l->copies.items[i];
    const void *key = copy_key(c->decl, c->offset);
    CopyCount *count = ptrmap_get(&copies->counts, key);
    if (!count) {
      count = ARENA_NEW(&copies->arena, CopyCount);
      ptrmap_set(&copies->counts, key, count);
      ptrmap_set(&copies->decls, c->decl, count);
    }
    count->all++;
    count->heap += c->heap;
    count->loop += c->loop;
  }
}

static void copies_init(Copies *c, const LiveState *live) {
  *c = (Copies){0};
  arena_init(&c->arena);
  for (uint32_t i = 0; i < live->decls.len; i++) count_copies(c, live->decls.items[i]);
  count_copies(c, &live->init);
  count_copies(c, &live->rest);
}

static void copies_release(Copies *c) {
  ptrmap_release(&c->decls);
  ptrmap_release(&c->counts);
  arena_release(&c->arena);
}

static void set_copies(const Copies *copies, LiveDecl *l, const AstFile *file) {
  bool any = ptrmap_has(&copies->decls, l->decl);
  if (!any && !l->has_copies) return;
  l->has_copies = any;
  for (uint32_t i = 0; i < l->len; i++) {
    Finding *f = &l->items[i];
    f->inlined_into = f->copies_heap = f->copies_loop = 0;
    if (!any || f->kind != FINDING_SITE || f->inlined_from.n) continue;
    uint32_t at = ast_file_offset_at(file, (LineCol){f->line, f->column}) - file->slot_starts[l->decl->slot];
    const CopyCount *c = ptrmap_get(&copies->counts, copy_key(l->decl, at));
    if (c) f->inlined_into = c->all, f->copies_heap = c->heap, f->copies_loop = c->loop;
  }
}

static FindingSet *collect(LiveState *live) {
  FindingSet *set = mem_new(sizeof *set);
  arena_init(&set->arena);
  uint32_t total = 0, steps = 0;
  for (uint32_t i = 0; i < live->decls.len; i++)
    total += live->decls.items[i]->len, steps += live->decls.items[i]->step_count;
  set->block = mem_new(sizeof *set->items * (total + 1) + sizeof(FindingStep) * (steps + 1));
  set->items = set->block;
  FindingStep *next = (FindingStep *)(void *)(set->items + total + 1);
  bool sorted = true;
  Copies copies;
  copies_init(&copies, live);
  for (uint32_t i = 0; i < live->base->file_count; i++) {
    const LiveFile *file = &live->files[i];
    const AstFile *f = file->effective ? file->effective : file->actual->ast;
    for (uint32_t k = 0; k < f->decl_count; k++) {
      LiveDecl *l = ptrmap_get(&live->by_decl, f->decls[k]);
      if (l && !live_is_stale(l)) set_copies(&copies, l, f);
      for (uint32_t n = 0; l && n < l->len; n++) {
        Finding *to = &set->items[set->len++];
        *to = l->items[n];
        to->stale = live_is_stale(l);
        if (to->step_count) memcpy(next, to->steps, to->step_count * sizeof *next);
        to->steps = next;
        next += to->step_count;
        if (sorted && set->len > 1 && finding_by_place(to - 1, to) > 0) sorted = false;
      }
    }
  }
  copies_release(&copies);
  if (!sorted) qsort(set->items, set->len, sizeof *set->items, finding_by_place);
  return set;
}

void live_publish(LiveState *live, PackageImage *image) {
  PackageImage *base = live->base;
  image->origin = image_retain(base);
  image->package = base->package;
  image->unit = base->unit;
  image->summary = live->summary;
  if (base->options.explain) image->findings = collect(live);
  PtrMap texts = {0};
  for (uint32_t i = 0; i < live->decls.len; i++) {
    LiveText *t = live->decls.items[i]->text;
    if (t && !ptrmap_has(&texts, t)) ptrmap_set(&texts, t, t);
  }
  image->texts = mem_new(sizeof *image->texts * (texts.len + 1));
  for (uint32_t i = 0; i < texts.len; i++) image->texts[image->text_count++] = text_retain(texts.entries[i].value);
  ptrmap_release(&texts);
}

static IrMessage *put_messages(IrMessage *to, const LiveDecl *l) {
  for (uint32_t i = 0; i < l->message_count; i++) {
    const LiveMessage *m = &l->messages[i];
    *to++ = (IrMessage){.kind = m->kind, .pos = {m->decl, m->offset, 0}, .text = m->text};
  }
  return to;
}

IrMessage *live_messages(Arena *arena, const PackageImage *image, uint32_t *count) {
  LiveState *live = image->origin->live;
  uint32_t total = live->rest.message_count + live->init.message_count;
  for (uint32_t i = 0; i < live->decls.len; i++) total += live->decls.items[i]->message_count;
  IrMessage *all = ARENA_ARRAY(arena, IrMessage, total + 1), *next = all;
  for (uint32_t i = 0; i < live->base->file_count; i++) {
    const LiveFile *file = &live->files[i];
    const AstFile *f = file->effective ? file->effective : file->actual->ast;
    for (uint32_t k = 0; k < f->decl_count; k++) {
      const LiveDecl *l = ptrmap_get(&live->by_decl, f->decls[k]);
      if (l && !live_is_stale(l)) next = put_messages(next, l);
    }
  }
  next = put_messages(next, &live->init);
  next = put_messages(next, &live->rest);
  *count = (uint32_t)(next - all);
  return all;
}
