// cold.c: how seldom functions are reached, when some of the package are compiled alone.
//
// A function that only this package can name is as cold as the warmest place that calls it (alloc/cold.c). Each
// declaration keeps what its code does with such functions. When that changes, the rule is applied to the whole
// package again, and functions that turn out colder or warmer than their findings say are compiled again, which makes
// their findings anew. Nothing else depends on it. What generic functions are called by can change too; their findings
// come from all instances, so then the package is built anew.
#include "live/live_internal.h"

#include <stdlib.h>

enum { ALL = ALLOC_COLD_PANIC | ALLOC_COLD_ERROR | ALLOC_COLD_ONCE | ALLOC_COLD_INIT };

// ---- What each does

static LiveDecl *node_of(const LiveState *live, const IrFunc *fn) {
  if (!fn || fn->is_instantiation || fn->is_wrapper || !fn->object) return NULL;
  return ptrmap_get(&live->by_func, fn->object);
}

static LiveReach reach_of(const LiveState *live, const AllocUse *u) {
  LiveReach r = {.cold = u->cold,
                 .cold_if = u->cold_if,
                 .calls = u->calls,
                 .values = u->values,
                 .values_once = u->values_once,
                 .method = u->method};
  if (!u->callee) return r;
  r.to = node_of(live, u->callee);
  if (!r.to && u->callee->is_instantiation) r.instance = live_instance_key(u->callee);
  return r;
}

static int by_target(const void *a, const void *b) {
  const LiveReach *x = a, *y = b;
  if (x->to != y->to) return (uintptr_t)x->to < (uintptr_t)y->to ? -1 : 1;
  if (x->instance != y->instance) return x->instance < y->instance ? -1 : 1;
  return (uintptr_t)x->method < (uintptr_t)y->method ? -1 : (uintptr_t)x->method > (uintptr_t)y->method;
}

static bool same_reach(const LiveReach *a, const LiveReach *b) {
  return by_target(a, b) == 0 && a->cold == b->cold && a->cold_if == b->cold_if && a->calls == b->calls &&
         a->values == b->values && a->values_once == b->values_once;
}

static void take(LiveState *live, LiveDecl *l, LiveReaches *now) {
  if (now->len) qsort(now->items, now->len, sizeof *now->items, by_target);
  bool same = now->len == l->reaches.len;
  for (uint32_t i = 0; same && i < now->len; i++) same = same_reach(&now->items[i], &l->reaches.items[i]);
  live->cold_changed |= !same;
  live_free_items(live, l->reaches.items);
  l->reaches = *now;
}

void live_take_reaches(LiveState *live, const FindingList *list, LiveDecl *const *decls, uint32_t len, LiveDecl *rest) {
  PtrMap index = {0};
  LiveReaches *reaches = mem_new(sizeof *reaches * (len + 1));
  for (uint32_t i = 0; i < len; i++) ptrmap_set(&index, decls[i], &reaches[i]);
  for (uint32_t i = 0; list && i < list->uses.len; i++) {
    const AllocUse *u = &list->uses.items[i];
    LiveReach r = reach_of(live, u);
    if (!r.to && !r.instance && !r.method) continue;
    const LiveDecl *l = node_of(live, u->caller);
    LiveReaches *to = NULL;
    if (l)
      to = ptrmap_get(&index, l);
    else if (!u->caller || u->caller->is_package_init)
      to = ptrmap_get(&index, &live->init);
    if (to) {
      VEC_APPEND(to, r);
    } else if (rest) {
      r.by = u->caller;
      VEC_APPEND(&reaches[len], r);
    }
  }
  for (uint32_t i = 0; i < len; i++) take(live, decls[i], &reaches[i]);
  if (rest) take(live, rest, &reaches[len]);
  free(reaches);
  ptrmap_release(&index);
}

// ---- The rule

typedef struct ColdInstance { // of a generic function
  uint64_t key;
  const IrFunc *fn;
  uint8_t cold;
} ColdInstance;

typedef struct Spread {
  LiveState *live;
  VEC(ColdInstance) instances;
  PtrMap by_key;     // instance key -> index + 1
  PtrMap dispatched; // Sym
  bool changed;
} Spread;

static const void *key_pointer(uint64_t key) { return (const void *)(uintptr_t)key; }

static ColdInstance *instance_of(Spread *s, uint64_t key) {
  uintptr_t at = (uintptr_t)ptrmap_get(&s->by_key, key_pointer(key));
  return at ? &s->instances.items[at - 1] : NULL;
}

static void each_reach(Spread *s, void (*f)(Spread *, const LiveDecl *by, const LiveReach *)) {
  LiveState *live = s->live;
  for (uint32_t i = 0; i < live->decls.len + 2; i++) {
    const LiveDecl *l = i < live->decls.len ? live->decls.items[i] : i == live->decls.len ? &live->init : &live->rest;
    for (uint32_t k = 0; k < l->reaches.len; k++) f(s, l, &l->reaches.items[k]);
  }
}

static void count(Spread *s, const LiveDecl *by, const LiveReach *r) {
  (void)by;
  if (r->method) ptrmap_set(&s->dispatched, r->method, s);
  if (!r->to) return;
  r->to->reached |= r->calls;
  r->to->values += r->values;
  r->to->values_once += r->values_once;
}

static uint8_t cold_of(Spread *s, const LiveDecl *by, const LiveReach *r) {
  if (by == &s->live->init) return ALLOC_COLD_INIT;
  if (by != &s->live->rest) return by->cold;
  const ColdInstance *i = r->by && r->by->is_instantiation ? instance_of(s, live_instance_key(r->by)) : NULL;
  return i ? i->cold : 0;
}

static void warm(Spread *s, const LiveDecl *by, const LiveReach *r) {
  if (!r->calls) return;
  ColdInstance *instance = r->instance ? instance_of(s, r->instance) : NULL;
  if (!r->to && !instance) return;
  uint8_t *cold = r->to ? &r->to->cold : &instance->cold;
  if (r->to && r->to->cold_fixed) return;
  uint8_t now = *cold & (r->cold | (r->cold_if & cold_of(s, by, r)));
  s->changed |= now != *cold;
  *cold = now;
}

static void start(Spread *s) {
  LiveState *live = s->live;
  for (uint32_t i = 0; i < live->decls.len; i++) {
    LiveDecl *l = live->decls.items[i];
    l->reached = false;
    l->values = l->values_once = 0;
  }
  for (uint32_t i = 0; i < live->base->unit->funcs.len; i++) {
    const IrFunc *fn = live->base->unit->funcs.items[i];
    if (!fn->is_instantiation || !alloc_can_be_cold(fn)) continue;
    VEC_APPEND(&s->instances, (ColdInstance){live_instance_key(fn), fn, fn->cold ? ALL : 0});
    ptrmap_set(&s->by_key, key_pointer(live_instance_key(fn)), (void *)(uintptr_t)s->instances.len);
  }
  each_reach(s, count);
  for (uint32_t i = 0; i < live->decls.len; i++) {
    LiveDecl *l = live->decls.items[i];
    bool can = l->func && l->ir && alloc_can_be_cold(l->ir) && l->values == l->values_once &&
               !(l->ir->has_recv && ptrmap_has(&s->dispatched, l->func->name));
    l->cold_fixed = !can || !l->reached;
    l->cold = l->cold_fixed ? 0 : ALL;
    if (l->func && sym_is(l->func->name, "init") && !l->func->type->u.signature.recv) l->cold = ALLOC_COLD_INIT;
  }
}

bool live_spread_cold(LiveState *live, LiveDecls *again) {
  if (!live->cold_changed || !live->base->options.explain) return true;
  live->cold_changed = false;
  Spread s = {.live = live};
  start(&s);
  do {
    s.changed = false;
    each_reach(&s, warm);
  } while (s.changed);
  bool good = true;
  for (uint32_t i = 0; i < s.instances.len; i++)
    good = good && s.instances.items[i].cold == s.instances.items[i].fn->cold;
  for (uint32_t i = 0; good && i < live->decls.len; i++) {
    LiveDecl *l = live->decls.items[i];
    if (!l->func || !l->ir || l->outdated || l->ir->is_broken || l->ir->cold == l->cold) continue;
    l->ir->cold = l->cold; // where the next compilation looks for it
    VEC_APPEND(again, l);
  }
  free(s.instances.items);
  ptrmap_release(&s.by_key);
  ptrmap_release(&s.dispatched);
  return good;
}
