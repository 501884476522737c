// initorder.c: the order in which package-level variables are initialised.
//
// A variable depends on the variables that its initialiser mentions, directly or through functions and methods (which
// are looked through: only variables and constants become nodes). Repeatedly, of all variables whose dependencies are
// done, the first in source order is taken. When none is free, the one with the fewest open dependencies goes next, and
// if it depends on itself that is an initialisation cycle. Constants go through the same before all variables, only for
// the sake of their cycles. Rules: Go spec, "Package
// initialization"; types2 initorder.go.
#include <stdlib.h>

#include "types/checker_internal.h"

typedef struct Node {
  Object *var; // or constant
  DeclInfo *info;
  uint32_t open; // dependencies not done
  VEC(uint32_t) dependents;
  bool done;
} Node;

typedef struct Graph {
  Checker *c;
  Node *nodes; // constants, then variables, each in source order
  uint32_t len;
  PtrMap index; // VAR -> node index + 1
  PtrMap seen;  // during the walk of one variable: objects visited
} Graph;

// Adds edges from every variable that obj mentions (through functions) to the node n.
static void add_edges(Graph *g, uint32_t n, Object *obj) {
  VEC(Object *) stack = {0};
  VEC_APPEND(&stack, obj);
  while (stack.len) {
    Object *from = stack.items[--stack.len];
    DeclInfo *d = ptrmap_get(&g->c->object_decls, from);
    if (!d) continue;
    for (uint32_t i = 0; i < d->deps.len; i++) {
      Object *to = (Object *)d->deps.entries[i].key;
      if (!to || ptrmap_has(&g->seen, to)) continue;
      ptrmap_set(&g->seen, to, to);
      if (to->kind == OBJ_FUNC) {
        VEC_APPEND(&stack, to);
        continue;
      }
      uint32_t k = (uint32_t)(uintptr_t)ptrmap_get(&g->index, to);
      if (k == 0) continue;
      VEC_APPEND(&g->nodes[k - 1].dependents, n);
      g->nodes[n].open++;
    }
  }
  free(stack.items);
}

static bool depends_on_itself(Graph *g, Object *var) {
  PtrMap seen = {0};
  VEC(Object *) stack = {0};
  VEC_APPEND(&stack, var);
  bool found = false;
  while (stack.len && !found) {
    DeclInfo *d = ptrmap_get(&g->c->object_decls, stack.items[--stack.len]);
    for (uint32_t i = 0; d && i < d->deps.len && !found; i++) {
      Object *to = (Object *)d->deps.entries[i].key;
      if (to == var) found = true;
      if (!to || ptrmap_has(&seen, to)) continue;
      ptrmap_set(&seen, to, to);
      VEC_APPEND(&stack, to);
    }
  }
  free(stack.items);
  ptrmap_release(&seen);
  return found;
}

// A binary heap of free node indices; indices are in source order.
typedef VEC(uint32_t) Heap;

static void heap_push(Heap *h, uint32_t n) {
  VEC_APPEND(h, n);
  for (uint32_t i = h->len - 1; i > 0 && h->items[(i - 1) / 2] > h->items[i]; i = (i - 1) / 2) {
    uint32_t t = h->items[i];
    h->items[i] = h->items[(i - 1) / 2];
    h->items[(i - 1) / 2] = t;
  }
}

static uint32_t heap_pop(Heap *h) {
  uint32_t top = h->items[0];
  h->items[0] = h->items[--h->len];
  for (uint32_t i = 0;;) {
    uint32_t least = i, l = 2 * i + 1, r = l + 1;
    if (l < h->len && h->items[l] < h->items[least]) least = l;
    if (r < h->len && h->items[r] < h->items[least]) least = r;
    if (least == i) return top;
    uint32_t t = h->items[i];
    h->items[i] = h->items[least];
    h->items[least] = t;
    i = least;
  }
}

static void emit(Graph *g, Node *n, PtrMap *emitted) {
  Package *p = g->c->pkg;
  DeclInfo *d = n->info;
  if (!d->init || ptrmap_has(emitted, d)) return;
  ptrmap_set(emitted, d, d);
  ObjectList lhs = {d->lhs, d->lhs_len};
  if (!d->lhs) {
    lhs = (ObjectList){ARENA_NEW(&p->arena, Object *), 1};
    lhs.items[0] = n->var;
  }
  VEC_PUSH(&p->arena, &p->init_order, (Initializer){lhs, d->init, d->decl});
}

// Takes nodes[from..to).
static void order(Graph *g, uint32_t from, uint32_t to) {
  Heap ready = {0};
  PtrMap emitted = {0};
  for (uint32_t i = from; i < to; i++)
    if (g->nodes[i].open == 0) heap_push(&ready, i);
  for (uint32_t left = to - from; left > 0; left--) {
    uint32_t n = UINT32_MAX;
    if (ready.len) {
      n = heap_pop(&ready);
    } else {
      for (uint32_t i = from; i < to; i++)
        if (!g->nodes[i].done && (n == UINT32_MAX || g->nodes[i].open < g->nodes[n].open)) n = i;
      Object *obj = g->nodes[n].var;
      if (depends_on_itself(g, obj))
        check_error_at(g->c, obj->pos, "initialization cycle or refers to itself: %s", obj->name->text);
    }
    Node *node = &g->nodes[n];
    node->done = true;
    for (uint32_t i = 0; i < node->dependents.len; i++) {
      uint32_t k = node->dependents.items[i];
      Node *d = &g->nodes[k];
      if (--d->open == 0 && !d->done && k >= from && k < to) heap_push(&ready, k);
    }
    if (node->var->kind == OBJ_VAR) emit(g, node, &emitted);
  }
  free(ready.items);
  ptrmap_release(&emitted);
}

void check_init_order(Checker *c) {
  Graph g = {.c = c};
  c->env = (CheckEnv){0};
  g.nodes = mem_new((c->object_list.len + 1) * sizeof *g.nodes);
  uint32_t constants = 0;
  for (int kind = OBJ_CONST;; kind = OBJ_VAR) {
    for (uint32_t i = 0; i < c->object_list.len; i++) {
      Object *obj = c->object_list.items[i];
      if (obj->kind != kind) continue;
      g.nodes[g.len] = (Node){.var = obj, .info = ptrmap_get(&c->object_decls, obj)};
      ptrmap_set(&g.index, obj, (void *)(uintptr_t)++g.len);
    }
    if (kind == OBJ_VAR) break;
    constants = g.len;
  }
  for (uint32_t i = 0; i < g.len; i++) {
    if (g.nodes[i].info->deps.len == 0) continue;
    ptrmap_release(&g.seen);
    add_edges(&g, i, g.nodes[i].var);
  }
  c->pkg->init_order.len = 0;
  order(&g, 0, constants);
  order(&g, constants, g.len);
  for (uint32_t i = 0; i < g.len; i++) free(g.nodes[i].dependents.items);
  free(g.nodes);
  ptrmap_release(&g.index);
  ptrmap_release(&g.seen);
}
