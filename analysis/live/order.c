// order.c: the order in which functions that are compiled alone are visited.
//
// Inlining and escape analysis visit functions component by component (ir/visit.c). Within a component, that is a cycle
// of functions, results depend on where the visit enters it: which of several functions is judged first, and which of
// several ways to the heap is told. A visit of the whole package enters a cycle at the function that it happens to meet
// first, perhaps by way of functions that are not compiled now. So the visit is made over the graph of the whole
// package: from the initialiser and then from every function in source order, along what each mentions, in order,
// before inlining for the inliner and after it for escape analysis (Tarjan's algorithm). The functions of the unit are
// then put in the order in which their components are done, each component's first function first.
//
// An edit may also change where the visit enters a cycle that it is no part of: then that is compiled again.
#include "live/live_internal.h"

#include <stdlib.h>

typedef struct Mentions {
  LiveState *live;
  const IrUnit *unit;
  const PtrMap *ranges; // IrFunc -> index + 1 of its first in unit->mentions; NULL: look at the code
  PtrMap seen;          // IrFunc and LiveDecl
  LiveDecls found;
} Mentions;

static LiveDecl *node_of(const LiveState *live, const IrFunc *fn) {
  if (fn->is_package_init) return (LiveDecl *)(uintptr_t)&live->init;
  if (!fn->object || fn->is_instantiation || fn->is_wrapper || fn->closure) return NULL;
  return ptrmap_get(&live->by_func, fn->object);
}

static void search(Mentions *, IrFunc *);

// Closures, instances and wrappers are no nodes: what they mention is met where they are.
static void meet(Mentions *m, IrFunc *fn) {
  LiveDecl *l = node_of(m->live, fn);
  const void *key = l ? (const void *)l : (const void *)fn;
  if ((!l && fn->unit != m->unit) || ptrmap_has(&m->seen, key)) return;
  ptrmap_set(&m->seen, key, m);
  if (l)
    VEC_APPEND(&m->found, l);
  else
    search(m, fn);
}

static bool meet_node(void *context, IrNode *n) {
  IrFunc *fn = ir_mentioned(n);
  if (fn) meet(context, fn);
  return false;
}

static void search(Mentions *m, IrFunc *fn) {
  if (!m->ranges) {
    ir_any_list(&fn->body, meet_node, m);
    return;
  }
  uint32_t at = (uint32_t)(uintptr_t)ptrmap_get(m->ranges, fn);
  for (; at && at <= m->unit->mentions.len && m->unit->mentions.items[at - 1].by == fn; at++)
    meet(m, m->unit->mentions.items[at - 1].of);
}

static void note(LiveState *live, LiveDecl *l, const IrUnit *unit, IrFunc *fn, bool inlined, const PtrMap *ranges) {
  Mentions m = {.live = live, .unit = unit, .ranges = ranges};
  if (fn) search(&m, fn);
  bool same = m.found.len == l->order[inlined].len;
  for (uint32_t i = 0; same && i < m.found.len; i++) same = m.found.items[i] == l->order[inlined].items[i];
  live->order_changed |= !same;
  live_free_items(live, l->order[inlined].items);
  l->order[inlined].items = m.found.items;
  l->order[inlined].len = m.found.len;
  l->order[inlined].cap = m.found.cap;
  ptrmap_release(&m.seen);
}

// ---- The visit

static int by_order(const void *a, const void *b) {
  const LiveDecl *x = *(LiveDecl *const *)a, *y = *(LiveDecl *const *)b;
  uint32_t i = x->func ? x->func->order : 0, k = y->func ? y->func->order : 0; // the initialiser comes first
  return i < k ? -1 : i > k;
}

typedef struct Step {
  LiveDecl *at;
  uint32_t edge;
} Step;

typedef struct Visit {
  bool inlined;
  uint32_t mark, next, components;
  VEC(Step) path;
  LiveDecls open; // their components are not done
} Visit;

static void enter(Visit *v, LiveDecl *l) {
  l->mark = v->mark;
  l->place = l->low = ++v->next;
  l->component = 0;
  VEC_APPEND(&v->path, (Step){l, 0});
  VEC_APPEND(&v->open, l);
}

static void leave(Visit *v) {
  LiveDecl *l = v->path.items[--v->path.len].at;
  if (v->path.len && l->low < v->path.items[v->path.len - 1].at->low) v->path.items[v->path.len - 1].at->low = l->low;
  if (l->low != l->place) return;
  v->components++;
  for (LiveDecl *member = NULL; member != l;) {
    member = v->open.items[--v->open.len];
    member->component = v->components;
    member->root = l;
  }
}

static void visit_from(Visit *v, LiveDecl *root) {
  if (root->mark == v->mark) return;
  enter(v, root);
  while (v->path.len) {
    Step *s = &v->path.items[v->path.len - 1];
    if (s->edge == s->at->order[v->inlined].len) {
      leave(v);
      continue;
    }
    LiveDecl *to = s->at->order[v->inlined].items[s->edge++];
    if (to->mark != v->mark)
      enter(v, to);
    else if (!to->component && to->place < s->at->low)
      s->at->low = to->place;
  }
}

static void visit_package(LiveState *live, bool inlined) {
  LiveDecls roots = {0};
  VEC_APPEND(&roots, &live->init);
  for (uint32_t i = 0; i < live->decls.len; i++)
    if (live->decls.items[i]->func) VEC_APPEND(&roots, live->decls.items[i]);
  qsort(roots.items, roots.len, sizeof *roots.items, by_order);
  Visit v = {.inlined = inlined, .mark = ++live->generation};
  for (uint32_t i = 0; i < roots.len; i++) visit_from(&v, roots.items[i]);
  free(roots.items);
  free(v.path.items);
  free(v.open.items);
}

void live_order_of_base(LiveState *live) {
  const IrUnit *unit = live->base->unit;
  PtrMap ranges = {0};
  for (uint32_t i = unit->mentions.len; i-- > 0;)
    ptrmap_set(&ranges, unit->mentions.items[i].by, (void *)(uintptr_t)(i + 1));
  for (uint32_t i = 0; i <= live->decls.len; i++) {
    LiveDecl *l = i < live->decls.len ? live->decls.items[i] : &live->init;
    if (!l->ir) continue;
    note(live, l, unit, l->ir, false, &ranges);
    note(live, l, unit, l->ir, true, NULL);
  }
  ptrmap_release(&ranges);
  for (int inlined = 0; inlined < 2; inlined++) {
    visit_package(live, inlined);
    for (uint32_t i = 0; i < live->decls.len; i++) live->decls.items[i]->entry[inlined] = live->decls.items[i]->root;
  }
  live->order_changed = false;
}

void live_reordered(LiveState *live, LiveDecls *again) {
  if (!live->order_changed) return;
  live->order_changed = false;
  PtrMap moved = {0};
  for (int inlined = 0; inlined < 2; inlined++) {
    visit_package(live, inlined);
    for (uint32_t i = 0; i < live->decls.len; i++) {
      LiveDecl *l = live->decls.items[i];
      if (!l->func || l->outdated || l->root == l->entry[inlined] || ptrmap_has(&moved, l)) continue;
      ptrmap_set(&moved, l, l);
      VEC_APPEND(again, l);
    }
  }
  ptrmap_release(&moved);
}

typedef struct Placed {
  IrFunc *fn;
  uint32_t component, place;
} Placed;

static int by_place(const void *a, const void *b) {
  const Placed *x = a, *y = b;
  if (x->component != y->component) return x->component < y->component ? -1 : 1;
  return x->place < y->place ? -1 : x->place > y->place;
}

void live_order_sort(void *context, IrUnit *unit, bool inlined) {
  const LiveOrder *o = context;
  for (uint32_t i = 0; i < o->set->len; i++) {
    LiveDecl *l = o->set->items[i];
    IrFunc *fn = l->func ? ptrmap_get(&unit->func_of_object, l->func) : unit->init_func;
    note(o->live, l, unit, fn, inlined, NULL);
  }
  if (o->set->len == 1) o->set->items[0]->entry[inlined] = o->set->items[0];
  if (o->set->len < 2) return;
  visit_package(o->live, inlined);
  for (uint32_t i = 0; i < o->set->len; i++) o->set->items[i]->entry[inlined] = o->set->items[i]->root;
  Placed *placed = mem_new(sizeof *placed * (unit->funcs.len + 1));
  for (uint32_t i = 0; i < unit->funcs.len; i++) {
    IrFunc *fn = unit->funcs.items[i];
    const LiveDecl *l = node_of(o->live, fn);
    placed[i] = l ? (Placed){fn, l->component, l->place} : (Placed){fn, UINT32_MAX, i};
  }
  qsort(placed, unit->funcs.len, sizeof *placed, by_place);
  for (uint32_t i = 0; i < unit->funcs.len; i++) unit->funcs.items[i] = placed[i].fn;
  free(placed);
}
