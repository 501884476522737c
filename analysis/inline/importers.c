// importers.c: inlining in a package that is built only for its importers. Importers see nothing of the code of a
// function that they can't call (ir/asked.c), except whose foreign bodies were inlined in it: those are in the export
// data when they can be reached from what is exported (ir/lower_export.c).
//
// So calls are inlined in the functions that importers ask for, which are found at the same time, in the initialiser
// and in wrappers; in the others as far as needed to know of each foreign body that can be reached whether somebody
// inlines it. That is decided on a graph: which functions a function's text names, and, as these can be inlined, the
// texts of those. A function from where the body in question can't be reached does not inline it. One from where a
// method of an interface is called, or generic code, is inlined in any case: who is called then, and which types need
// wrappers, is not known by the text. The same function stands in any order of inlining, because a body that is inlined
// is always lowered anew.
#include <stdlib.h>

#include "inline/inline.h"
#include "types/check.h"

typedef struct Node Node;
struct Node {
  Object *func;
  VEC(Node *) named_by;
  bool open;    // calls what its text does not tell
  bool reaches; // scratch: of the search under way
};

typedef struct Graph {
  IrUnit *unit;
  PtrMap nodes;        // Object -> Node
  VEC(Node *) pending; // whose texts are to be read
  Arena arena;
  Node *reading;
} Graph;

static Node *node_of(Graph *g, Object *func, bool reads) {
  Node *n = ptrmap_get(&g->nodes, func);
  if (n) return n;
  n = ARENA_NEW(&g->arena, Node);
  n->func = func;
  ptrmap_set(&g->nodes, func, n);
  if (reads) VEC_APPEND(&g->pending, n);
  return n;
}

static void note_named(Graph *g, Object *func) {
  const IrFunc *fn = lower_is_generic(func) ? NULL : ir_func_of(g->unit, func);
  if (!fn || (!fn->inl && !fn->deferred)) return; // its body goes nowhere
  Node *n = node_of(g, func, true);
  VEC_PUSH(&g->arena, &n->named_by, g->reading);
}

static void read_text(Graph *g, Node *n) {
  Object *func = n->func;
  const FuncText *text = ir_text_of(g->unit, &g->arena, func);
  g->reading = n;
  n->open = text->open || (text->adds && func->pkg != g->unit->pkg);
  for (uint32_t i = 0; i < text->named.len; i++) note_named(g, text->named.items[i].func);
}

static void inline_reached(IrUnit *unit, const Node *n, const IrFunc *until, bool deferred) {
  if (n->func->pkg != unit->pkg || (until && ptrmap_has(&unit->inlined, until))) return;
  IrFunc *fn = ir_func_of(unit, n->func);
  if (!fn || (fn->deferred && !deferred)) return;
  ir_undefer(fn);
  inline_once(unit, fn);
}

// Inlines in all functions of the package from where the node can be reached.
static void inline_where_reached(Graph *g, Node *from, const IrFunc *until) {
  IrUnit *unit = g->unit;
  VEC(Node *) reached = {0};
  from->reaches = true;
  VEC_APPEND(&reached, from);
  for (uint32_t i = 0; i < reached.len; i++) {
    Node *n = reached.items[i];
    for (uint32_t k = 0; k < n->named_by.len; k++) {
      if (n->named_by.items[k]->reaches) continue;
      n->named_by.items[k]->reaches = true;
      VEC_APPEND(&reached, n->named_by.items[k]);
    }
  }
  // Whoever has a body already comes first.
  for (uint32_t i = 0; i < reached.len; i++) inline_reached(unit, reached.items[i], until, false);
  for (uint32_t i = 0; i < reached.len; i++) inline_reached(unit, reached.items[i], until, true);
  for (uint32_t i = 0; i < reached.len; i++) reached.items[i]->reaches = false;
  free(reached.items);
}

static void read_graph(Graph *g) {
  IrUnit *unit = g->unit;
  for (uint32_t i = 0; i < unit->func_of_object.len; i++) {
    IrFunc *fn = unit->func_of_object.entries[i].value;
    if (unit->func_of_object.entries[i].key && fn && !fn->is_inlined) node_of(g, fn->object, true);
  }
  while (g->pending.len) read_text(g, g->pending.items[--g->pending.len]);
}

static void inline_open(Graph *g) {
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    Node *n = g->nodes.entries[i].value;
    if (g->nodes.entries[i].key && n && n->open) inline_where_reached(g, n, NULL);
  }
}

static void inline_candidates(Graph *g) {
  IrUnit *unit = g->unit;
  PtrMap decided = {0};
  for (bool any = true; any;) {
    any = false;
    IrFunc **candidates;
    uint32_t count = ir_export_candidates(unit, &candidates);
    for (uint32_t i = 0; i < count; i++) {
      Node *n = ptrmap_get(&g->nodes, candidates[i]->object);
      if (!n || ptrmap_has(&decided, n) || ptrmap_has(&unit->inlined, candidates[i])) continue;
      ptrmap_set(&decided, n, n);
      inline_where_reached(g, n, candidates[i]);
      any |= ptrmap_has(&unit->inlined, candidates[i]);
    }
    free(candidates);
  }
  ptrmap_release(&decided);
}

// ---- cycles

typedef struct Cycles {
  IrUnit *unit;
  VEC(IrFunc *) found; // C heap
} Cycles;

static void find_cycles(void *context, IrFunc **component, uint32_t len) {
  Cycles *c = context;
  bool asked = false;
  for (uint32_t i = 0; i < len; i++) asked |= component[i]->asked;
  for (uint32_t i = 0; i < len && asked; i++) {
    IrFunc *fn = ir_outermost_func(component[i]);
    ir_undefer(fn);
    if (!fn->is_inlined && fn->object && ptrmap_has(&c->unit->func_of_object, fn->object)) VEC_APPEND(&c->found, fn);
  }
}

// Escape analysis takes cycles of functions together, and inlining may take a function out of a cycle or name another.
static void inline_cycles(IrUnit *unit) {
  Cycles c = {.unit = unit};
  do {
    c.found.len = 0;
    ir_visit_bottom_up(unit, find_cycles, &c);
    for (uint32_t i = 0; i < c.found.len; i++) inline_once(unit, c.found.items[i]);
  } while (c.found.len);
  free(c.found.items);
}

// From here on nobody looks at these.
static void leave_out(IrUnit *unit) {
  for (uint32_t i = 0; i < unit->func_of_object.len; i++) {
    IrFunc *fn = unit->func_of_object.entries[i].value;
    if (unit->func_of_object.entries[i].key && fn) fn->left_out = !fn->is_inlined;
  }
}

void inline_for_importers(IrUnit *unit) {
  uint32_t count = unit->funcs.len;
  for (uint32_t i = 0; i < count; i++) {
    IrFunc *fn = unit->funcs.items[i];
    if (!fn->outer && (!fn->object || !ptrmap_has(&unit->func_of_object, fn->object)))
      inline_once(unit, fn); // nobody's, or an instance
  }
  (void)ir_mark_asked(unit, inline_once);
  Graph g = {.unit = unit};
  arena_init(&g.arena);
  read_graph(&g);
  inline_open(&g);
  ir_make_wrappers(unit);
  inline_candidates(&g);
  inline_cycles(unit);
  leave_out(unit);
  ptrmap_release(&g.nodes);
  free(g.pending.items);
  arena_release(&g.arena);
}
