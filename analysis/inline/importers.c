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
#include "ir/lower.h"
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
  const DeclTypes *types;
} Graph;

static bool is_interface_method(const Object *func) {
  const Type *sig = type_unalias(func->type);
  const Object *recv = sig->kind == TYPE_SIGNATURE ? sig->u.signature.recv : NULL;
  return recv ? type_is_interface(recv->type) : !func->u.func.decl;
}

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
  if (func->u.func.origin) func = func->u.func.origin;
  if (!func->type || !func->pkg || is_interface_method(func)) {
    g->reading->open = true;
    return;
  }
  bool generic = lower_is_generic(func);
  const IrFunc *fn = generic ? NULL : ir_func_of(g->unit, func);
  if (generic) g->reading->open = true;
  if (!fn || !fn->inl) return; // its body goes nowhere
  Node *n = node_of(g, func, true);
  VEC_PUSH(&g->arena, &n->named_by, g->reading);
}

// Values of such types may need wrappers in this package, whoever declares what they consist of.
static bool may_need_wrappers(Type *t) {
  t = type_unalias(t);
  if (t->kind == TYPE_POINTER) t = type_unalias(t->u.pointer.elem);
  if (t->kind == TYPE_NAMED) return t->u.named.targs.len > 0;
  if (t->kind != TYPE_STRUCT) return false;
  for (uint32_t i = 0; i < t->u.struct_.fields.len; i++)
    if (t->u.struct_.fields.items[i]->u.var.embedded) return true;
  return false;
}

static bool read_named(void *context, const Ast *n) {
  Graph *g = context;
  const NodeInfo *info = node_info(g->types, n);
  Object *o = node_named(info, n);
  if (o && o->kind == OBJ_FUNC) note_named(g, o);
  if (info->type && g->reading->func->pkg != g->unit->pkg && may_need_wrappers(info->type)) g->reading->open = true;
  return true;
}

static void read_text(Graph *g, Node *n) {
  Object *func = n->func;
  if (func->pkg != g->unit->pkg) package_check_body(func->pkg, func);
  const Ast *decl = func->u.func.decl;
  g->types = func->pos.decl ? package_decl_types(func->pkg, func->pos.decl) : NULL;
  g->reading = n;
  if (!decl || !g->types)
    n->open = true;
  else if (decl->u.func_decl.body)
    ast_walk(decl->u.func_decl.body, read_named, g);
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
  for (uint32_t i = 0; i < reached.len; i++) {
    Node *n = reached.items[i];
    n->reaches = false;
    if (n->func->pkg != unit->pkg || (until && ptrmap_has(&unit->inlined, until))) continue;
    IrFunc *fn = ir_func_of(unit, n->func);
    if (fn) inline_once(unit, fn);
  }
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

static void find_cycles(void *context, IrFunc **component, uint32_t len, bool recursive) {
  (void)recursive;
  Cycles *c = context;
  bool asked = false;
  for (uint32_t i = 0; i < len; i++) asked |= component[i]->asked;
  for (uint32_t i = 0; i < len && asked; i++) {
    IrFunc *fn = ir_outermost_func(component[i]);
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
