// graph.c: locations, holes, edges, and the tags that summarise a parameter's leaks (reference, 3.1 and 4.4).
#include "escape/graph_internal.h"

Location *location_new(Batch *b, IrFunc *func, IrNode *node, int32_t loop_depth, bool persists) {
  Location *loc = ARENA_NEW(&b->arena, Location);
  loc->node = node;
  loc->func = func;
  loc->loop_depth = loop_depth;
  if (persists) loc->attrs |= ATTR_PERSISTS;
  if (node && node->op == IR_NAME) {
    loc->name = node->u.name;
    loc->is_param = loc->name->cls == CLASS_PARAM;
    loc->is_result = loc->name->cls == CLASS_RESULT;
    loc->name->opt = loc;
  }
  VEC_PUSH(&b->arena, &b->locations, loc);
  return loc;
}

Location *location_of(Batch *b, IrFunc *current, IrName *name) {
  IrName *canonical = ir_canonical(name);
  if (!canonical->opt) {
    // A variable that no function of the batch declares: only from code that did not type-check whole.
    IrFunc *owner = canonical->func ? canonical->func : current;
    return location_new(b, owner, canonical->node, 1, true);
  }
  return canonical->opt;
}

Hole hole_of(Location *dst) { return (Hole){.dst = dst}; }

Hole hole_note(Batch *b, Hole k, IrNode *where, const char *why) {
  if (b->want_notes) {
    Note *note = ARENA_NEW(&b->arena, Note);
    *note = (Note){k.notes, where, why};
    k.notes = note;
  }
  return k;
}

Hole hole_shift(Hole k, int delta) {
  k.derefs += delta;
  if (k.derefs < -1) k.derefs = -1;
  k.addrtaken = delta < 0;
  return k;
}

Hole hole_deref(Batch *b, Hole k, IrNode *where, const char *why) { return hole_note(b, hole_shift(k, 1), where, why); }

Hole hole_addr(Batch *b, Hole k, IrNode *where, const char *why) { return hole_note(b, hole_shift(k, -1), where, why); }

Hole hole_assert(Batch *b, Hole k, Type *target, IrNode *where, const char *why) {
  if (!type_is_interface(target) && !type_is_direct_interface(b->shared->types, target)) k = hole_shift(k, 1);
  return hole_note(b, k, where, why);
}

void flow(Batch *b, Hole k, Location *src) {
  if (k.addrtaken) src->addrtaken = true;
  Location *dst = k.dst;
  if (dst == &b->blank) return;
  if (dst == src && k.derefs >= 0) return;
  if ((dst->attrs & ATTR_ESCAPES) && k.derefs < 0) {
    // The address goes straight to something on the heap: no need to wait for the solver.
    if (b->want_notes && !(src->attrs & ATTR_ESCAPES)) {
      explain_escape_head(b, src);
      explain_flow(b, dst, src, k.derefs, k.notes, src);
      if (dst == &b->heap) src->because = dst;
    }
    src->attrs |= ATTR_ALL;
    return;
  }
  VEC_PUSH(&b->arena, &dst->edges, (Edge){src, k.derefs, k.notes});
}

Hole walker_tee(Walker *w, const Hole *holes, uint32_t count) {
  if (count == 0) return hole_of(&w->batch->blank);
  if (count == 1) return holes[0];
  Location *middle = location_new(w->batch, w->func, NULL, w->loop_depth, false);
  for (uint32_t i = 0; i < count; i++) flow(w->batch, holes[i], middle);
  return hole_of(middle);
}

Hole walker_spill(Walker *w, Hole k, IrNode *n) {
  Location *storage = location_new(w->batch, w->func, n, w->loop_depth, false);
  flow(w->batch, hole_addr(w->batch, k, n, "spill"), storage);
  return hole_of(storage);
}

bool batch_pointerful(Batch *b, Type *t) {
  if (!t) return false;
  uintptr_t known = (uintptr_t)ptrmap_get(&b->shared->pointerful, t);
  if (known) return known == 1;
  bool has = type_has_pointers(b->shared->types, t);
  ptrmap_set(&b->shared->pointerful, t, (void *)(uintptr_t)(has ? 1 : 2));
  return has;
}

int tag_get(const IrTag *tag, unsigned kind) { return (int)tag->leaks[kind] - 1; }

void tag_add(IrTag *tag, unsigned kind, int derefs) {
  int old = tag_get(tag, kind);
  if (old >= 0 && derefs >= old) return;
  int value = derefs + 1;
  tag->leaks[kind] = (uint8_t)(value > UINT8_MAX ? UINT8_MAX : value);
}

void tag_optimize(IrTag *tag) {
  int heap = tag_get(tag, TAG_HEAP);
  if (heap < 0) return;
  for (unsigned i = 1; i < TAG_LEN; i++)
    if (tag_get(tag, i) >= heap) tag->leaks[i] = 0;
}

bool in_current_batch(const Batch *b, const IrFunc *fn) {
  return fn->unit == b->unit && !fn->tagged && (uintptr_t)fn->opt >= FUNC_PLANNED;
}

bool is_capturing_closure(const IrFunc *fn) { return fn->closure && fn->closure_vars.len > 0; }

bool contains_closure(const IrFunc *outer, const IrFunc *closure) {
  if (outer == closure || !closure->closure) return false;
  for (const IrFunc *p = closure->outer; p; p = p->outer)
    if (p == outer) return true;
  return false;
}
