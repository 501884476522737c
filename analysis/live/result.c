// result.c: messages and findings by declaration: taken from compilations and kept.
//
// Every finding lies in one declaration and is made from messages of that declaration's function alone, except in
// generic functions, whose findings come from all instances: a change there makes the package be built anew.
#include "live/live_internal.h"

#include <stdlib.h>

// ---- Instances

uint64_t live_instance_key(const IrFunc *fn) {
  return hash_mix((uintptr_t)fn->name->sym, (uintptr_t)fn->name->pkg) | 1;
}

static int by_value(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

void live_instances_of(IrUnit *unit, uint64_t **items, uint32_t *len) {
  VEC(uint64_t) found = {0};
  for (uint32_t i = 0; i < unit->funcs.len; i++)
    if (unit->funcs.items[i]->is_instantiation) VEC_APPEND(&found, live_instance_key(unit->funcs.items[i]));
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
    if (fn->is_instantiation) ptrmap_set(out, (void *)(uintptr_t)live_instance_key(fn), (void *)(uintptr_t)1);
  }
  for (uint32_t i = 0; i < unit->messages.len; i++) {
    const IrMessage *m = &unit->messages.items[i];
    const IrFunc *fn = outermost(m->func);
    if (!fn || !fn->is_instantiation) continue;
    const void *key = (const void *)(uintptr_t)live_instance_key(fn);
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

// The findings of a compilation by declaration.
static void split_findings(LiveState *live, FindingText *text, LiveDecl *const *decls, uint32_t len) {
  const FindingList *list = text->list;
  PtrMap by_decl = {0};
  FindingRefs *refs = mem_new(sizeof *refs * (len + 1));
  for (uint32_t i = 0; i < len; i++)
    if (decls[i]->decl) ptrmap_set(&by_decl, decls[i]->decl, &refs[i]);
  for (uint32_t i = 0; list && i < list->len; i++) {
    FindingRefs *r = ptrmap_get(&by_decl, list->items[i].decl);
    if (r) VEC_APPEND(r, &list->items[i]);
  }
  for (uint32_t i = 0; i < len; i++) {
    if (decls[i]->decl) live_set_items(live, decls[i], &refs[i], text);
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
    live_free_items(live, decls[i]->messages);
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

// Sites that came into these functions by inlining; those of none of them go to rest (NULL: are left out).
static void split_copies(LiveState *live, const FindingList *list, LiveDecl *const *decls, uint32_t len,
                         LiveDecl *rest) {
  PtrMap index = {0};
  LiveCopies *copies = mem_new(sizeof *copies * (len + 1));
  for (uint32_t i = 0; i < len; i++) ptrmap_set(&index, decls[i], &copies[i]);
  for (uint32_t i = 0; list && i < list->copies.len; i++) {
    const FindingCopy *c = &list->copies.items[i];
    const IrFunc *outer = outermost(c->func);
    LiveDecl *l = outer ? ptrmap_get(&live->by_ir, outer) : NULL;
    if (!l && is_init_code(outer)) l = &live->init;
    LiveCopies *to = l ? ptrmap_get(&index, l) : NULL;
    if (!to && rest) to = &copies[len];
    if (to) VEC_APPEND(to, (LiveCopy){c->decl, c->offset, c->heap, c->loop});
  }
  for (uint32_t i = 0; i < len; i++) live_set_copies(live, decls[i], &copies[i]);
  if (rest) live_set_copies(live, rest, &copies[len]);
  free(copies);
  ptrmap_release(&index);
}

void live_groups_of_base(LiveState *live) {
  PackageImage *base = live->base;
  LiveDecls all = {0};
  for (uint32_t i = 0; i < live->decls.len; i++) VEC_APPEND(&all, live->decls.items[i]);
  VEC_APPEND(&all, &live->init);
  split_messages(live, base->unit, all.items, all.len, &live->rest, NULL);
  split_copies(live, base->findings ? base->findings->list : NULL, all.items, all.len, &live->rest);
  live_take_reaches(live, base->findings ? base->findings->list : NULL, all.items, all.len, &live->rest);
  live->cold_changed = false; // the base was judged as a whole
  free(all.items);
  hash_instances(base->unit, &live->instances);
}

bool live_restore_group(LiveState *live, LiveDecl *l, const AstFile *to) {
  const PackageImage *base = live->base;
  const AstFile *from = NULL;
  for (uint32_t i = 0; i < base->file_count; i++)
    if (base->asts[i]->source == l->decl->source) from = base->asts[i];
  if (!base->findings) return true;
  if (!from || l->decl->slot >= from->slot_count || l->decl->slot >= to->slot_count) return false;
  uint32_t before = from->slot_starts[l->decl->slot], now = to->slot_starts[l->decl->slot];
  if (before == UINT32_MAX || now == UINT32_MAX) return false;
  const FindingGroup *g = finding_group_of(base->findings, l->decl);
  FindingRefs refs = {0};
  for (uint32_t i = 0; g && i < g->len; i++) VEC_APPEND(&refs, &g->items[i]);
  live_set_items(live, l, &refs, NULL);
  free(refs.items);
  for (uint32_t i = 0; i < l->items->len; i++) {
    Finding *f = &l->items->items[i];
    LineCol lc = ast_file_line_col(to, ast_file_offset_at(from, (LineCol){f->line, f->column}) - before + now);
    f->start += now - before;
    f->end += now - before;
    f->hint_at += now - before;
    f->line = lc.line;
    f->column = lc.column;
  }
  return true;
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
  FindingText *text = mem_new(sizeof *text);
  text->references = all.len;
  arena_init(&text->arena);
  if (live->base->options.explain) text->list = finding_list_new(unit);
  if (text->list && text->list->costs) VEC_APPEND(&live->cost_batches, cost_batch_retain(text->list->costs));
  split_findings(live, text, all.items, all.len);
  split_messages(live, unit, all.items, all.len, NULL, &text->arena);
  split_copies(live, text->list, decls, len, NULL);
  live_take_reaches(live, text->list, decls, len, NULL);
  for (uint32_t i = 0; i < all.len; i++) {
    finding_text_release(all.items[i]->text);
    all.items[i]->text = text;
  }
  free(all.items);
  return true;
}

// ---- Costs

CostTable *live_costs(PackageImage *image, CostBatch *texts, bool all, const CostLookup *lookup) {
  PackageImage *base = image->origin ? image->origin : image;
  LiveState *live = base->live;
  const FindingList *list = base->findings ? base->findings->list : NULL;
  if (!list || !list->costs) return NULL;
  uint32_t count = live ? live->cost_batches.len : 0;
  CostBatch **batches = mem_new(sizeof(CostBatch *) * (count + 2)); // the newest first
  for (uint32_t i = 0; i < count; i++) batches[i] = live->cost_batches.items[count - 1 - i];
  CostTable *t;
  if (live && live->costs) {
    t = cost_table_update(live->costs, batches, count, all, lookup);
  } else {
    batches[count] = list->costs;
    batches[count + 1] = texts;
    t = cost_table_new(batches, count + 2, lookup);
  }
  free(batches);
  if (!live) return t;
  for (uint32_t i = 0; i < count; i++) cost_batch_release(live->cost_batches.items[i]);
  live->cost_batches.len = 0;
  cost_table_release(live->costs);
  live->costs = cost_table_retain(t);
  return t;
}

// ---- Messages

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
