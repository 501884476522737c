// visit.c: strongly connected components of a unit's functions, callees first.
//
// Tarjan's algorithm as gc has it (cmd/compile/internal/ir/scc.go): an edge is any mention of a function (a name, a
// method expression, a method value, a function literal), not only a call. Only functions that are no closures start a
// walk or close a component, so that a function literal with captures is analysed with its enclosing function.
#include "ir/lower_internal.h"
#include "types/check.h"

#include <stdlib.h>

typedef struct Visitor {
  void (*visit)(void *context, IrFunc **component, uint32_t len);
  void *context;
  uint32_t generation;
  PtrMap ids; // IrFunc -> uint32_t + 0; FINISHED when its component is done
  VEC(IrFunc *) stack;
  const IrUnit *unit;
  const IrFunc *only; // and closures in it; NULL: all of the unit
  bool unconsidered;  // those alone that nobody asked yet whether they can be inlined
} Visitor;
#define FINISHED UINT32_MAX

typedef struct Frame {
  Visitor *visitor;
  uint32_t lowest;
} Frame;

static uint32_t visit_func(Visitor *, IrFunc *);

static bool is_capturing(const IrFunc *fn) { return fn->closure && fn->closure_vars.len > 0; }

static bool is_left_out(const Visitor *v, IrFunc *fn) {
  if (v->unconsidered && fn->inline_considered) return true;
  return fn->unit->for_importers && ir_outermost_func(fn)->left_out;
}

static void visit_mention(Frame *frame, IrFunc *fn) {
  const IrFunc *only = frame->visitor->only;
  if (!fn || fn->unit != frame->visitor->unit || (only && ir_outermost_func(fn) != only) ||
      is_left_out(frame->visitor, fn))
    return;
  uint32_t low = visit_func(frame->visitor, fn);
  if (low < frame->lowest) frame->lowest = low;
}

IrFunc *ir_mentioned(const IrNode *n) {
  switch ((int)n->op) {
  case IR_NAME: return n->u.name->cls == CLASS_FUNC ? n->u.name->func : NULL;
  case IR_DOTMETH:
  case IR_METHVALUE:
  case IR_METHEXPR: return n->u.selector.method;
  case IR_CLOSURE: return n->u.closure.func;
  default: return NULL;
  }
}

static bool mention(void *context, IrNode *n) {
  visit_mention(context, ir_mentioned(n));
  return false;
}

static void visit_text(Frame *frame, const IrUnit *unit, const FuncText *text) {
  for (uint32_t i = 0; i < text->named.len; i++) {
    const Object *named = text->named.items[i].func;
    if (named->pkg == unit->pkg) visit_mention(frame, ptrmap_get(&unit->func_of_object, named));
  }
}

static uint32_t visit_func(Visitor *v, IrFunc *fn) {
  uint32_t id = (uint32_t)(uintptr_t)ptrmap_get(&v->ids, fn);
  if (id) return id;
  id = ++v->generation;
  ptrmap_set(&v->ids, fn, (void *)(uintptr_t)id);
  Frame frame = {v, ++v->generation};
  VEC_APPEND(&v->stack, fn);
  if (fn->deferred)
    visit_text(&frame, fn->unit, fn->deferred);
  else if (fn->mentions)
    for (uint32_t i = 0; fn->mentions[i]; i++) visit_mention(&frame, fn->mentions[i]);
  else
    ir_any_list(&fn->body, mention, &frame);
  bool is_root = (frame.lowest == id || frame.lowest == id + 1) && !is_capturing(fn);
  if (!is_root) return frame.lowest;
  uint32_t first = v->stack.len;
  while (first > 0) {
    IrFunc *member = v->stack.items[--first];
    ptrmap_set(&v->ids, member, (void *)(uintptr_t)FINISHED);
    if (member == fn) break;
  }
  uint32_t len = v->stack.len - first;
  IrFunc **component = mem_new(sizeof *component * len);
  memcpy(component, v->stack.items + first, sizeof *component * len);
  v->stack.len = first;
  v->visit(v->context, component, len);
  free(component);
  return frame.lowest;
}

void ir_visit_func_bottom_up(IrUnit *unit, IrFunc *fn, void (*visit)(void *context, IrFunc **component, uint32_t len),
                             void *context) {
  if (!fn->closures.len) {
    visit(context, &fn, 1);
    return;
  }
  Visitor v = {.visit = visit, .context = context, .unit = unit, .only = fn};
  visit_func(&v, fn);
  ptrmap_release(&v.ids);
  free(v.stack.items);
}

static void visit_roots(Visitor *v, IrFunc *const *roots, uint32_t len) {
  for (uint32_t i = 0; i < len && !package_cancelled(v->unit->pkg); i++) {
    if (!is_capturing(roots[i]) && !is_left_out(v, roots[i])) visit_func(v, roots[i]);
  }
  ptrmap_release(&v->ids);
  free(v->stack.items);
}

void ir_visit_unconsidered(IrUnit *unit, IrFunc *const *roots, uint32_t len,
                           void (*visit)(void *context, IrFunc **component, uint32_t len), void *context) {
  Visitor v = {.visit = visit, .context = context, .unit = unit, .unconsidered = true};
  visit_roots(&v, roots, len);
}

void ir_visit_bottom_up(IrUnit *unit, void (*visit)(void *context, IrFunc **component, uint32_t len), void *context) {
  // Functions that the visits add are not visited; the list may move while they do.
  uint32_t count = unit->funcs.len;
  IrFunc **roots = mem_new(sizeof *roots * count);
  if (count) memcpy(roots, unit->funcs.items, sizeof *roots * count);
  Visitor v = {.visit = visit, .context = context, .unit = unit};
  visit_roots(&v, roots, count);
  free(roots);
}
