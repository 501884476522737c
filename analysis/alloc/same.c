// same.c: when two expressions are certainly the same value.
//
// The back end numbers values; on trees, two expressions are the same value when they are written alike after inlined
// calls and variables with one definition are looked through, and nothing they read has changed in between. A clock
// counts what changes something: each variable remembers when it was last assigned to, memory when something was stored
// or called, and an expression is a value together with the time when it was evaluated. What is written to in a loop
// may have changed when the loop begins again: entering one is a change of all that is ever assigned to twice.
#include "alloc/walk_internal.h"

enum { SAME_DEPTH = 20, LOOK_THROUGH_LIMIT = 50 };

static ReassignOracle *oracle_of(Walker *w) {
  IrFunc *outermost = w->func;
  while (outermost->outer && !outermost->outer->is_package_init) outermost = outermost->outer;
  ReassignOracle *oracle = ptrmap_get(&w->pass->oracles, outermost);
  if (!oracle) {
    oracle = reassign_oracle_new(outermost);
    ptrmap_set(&w->pass->oracles, outermost, oracle);
  }
  return oracle;
}

IrNode *alloc_static_value_of(Walker *w, IrNode *n) { return reassign_oracle_static_value(oracle_of(w), n); }

bool alloc_is_reassigned(Walker *w, const IrName *name) {
  return reassign_oracle_reassigned(oracle_of(w), ir_canonical((IrName *)name));
}

// ---- The clock

void alloc_assigned(Walker *w, const IrNode *x) {
  const IrNode *outer = x ? ir_outer_value((IrNode *)x) : NULL;
  if (!outer || ir_is_blank(outer)) return;
  uintptr_t now = ++w->clock;
  const IrName *name = outer->op == IR_NAME ? outer->u.name : NULL;
  if (!name || name->cls == CLASS_EXTERN || name->addrtaken || name->escapes || name->is_closure_var)
    w->memory_changed = w->clock;
  if (name) ptrmap_set(&w->assigned, name, (void *)now);
}

void alloc_memory_changed(Walker *w) { w->memory_changed = ++w->clock; }

uint32_t alloc_enter_loop(Walker *w) {
  uint32_t before = w->looped;
  w->looped = w->memory_changed = ++w->clock;
  return before;
}

uint32_t alloc_assigned_at(const Walker *w, const IrName *name) {
  return (uint32_t)(uintptr_t)ptrmap_get(&w->assigned, name);
}

// Has the variable kept its value since then?
static bool is_unchanged(Walker *w, const IrName *name, uint32_t since) {
  if (name->cls == CLASS_FUNC) return true;
  bool shared = name->cls == CLASS_EXTERN || name->addrtaken || name->escapes ||
                (name->is_closure_var ? !name->byval : name->captured && !name->byval);
  if (shared && w->memory_changed > since) return false;
  if (alloc_assigned_at(w, name) > since) return false;
  return w->looped <= since || (!shared && !alloc_is_reassigned(w, name)) || (name->is_closure_var && name->byval);
}

// ---- Values

static bool keeps_bits(const Walker *w, const IrNode *n) {
  IrNode *x = n->u.conv.x;
  return n->op == IR_CONVNOP || (x && x->type && n->type && type_is_integer(x->type) && type_is_integer(n->type) &&
                                 type_size(w->pass->types, x->type) == type_size(w->pass->types, n->type));
}

// One step; NULL: there is nothing to look through. What a variable stands for was evaluated when it was assigned to.
static IrNode *step(Walker *w, IrNode *n, uint32_t *time) {
  switch ((int)n->op) {
  case IR_PAREN: return n->u.unary.x;
  case IR_CONV:
  case IR_CONVNOP: return keeps_bits(w, n) ? n->u.conv.x : NULL;
  case IR_INLCALL: return n->u.inl_call.results.len == 1 ? n->u.inl_call.results.items[0] : NULL;
  case IR_NAME: {
    const IrName *name = n->u.name;
    if (name->cls != CLASS_AUTO || name->is_closure_var || alloc_is_reassigned(w, name)) return NULL;
    IrNode *v = ir_defining_value(name);
    uint32_t defined = alloc_assigned_at(w, name);
    if (v && defined < *time) *time = defined;
    return v;
  }
  default: return NULL;
  }
}

Value alloc_value_at(Walker *w, IrNode *n, uint32_t time) {
  Value v = {n, time};
  for (unsigned steps = 0; v.node && steps < LOOK_THROUGH_LIMIT; steps++) {
    IrNode *next = step(w, v.node, &v.time);
    if (!next) break;
    v.node = next;
  }
  return v;
}

Value alloc_value(Walker *w, IrNode *n) { return alloc_value_at(w, n, w->clock); }

static bool same(Walker *w, Value a, Value b, unsigned depth);

static bool same_parts(Walker *w, IrNode *x, IrNode *y, Value from, Value to, unsigned depth) {
  return same(w, alloc_value_at(w, x, from.time), alloc_value_at(w, y, to.time), depth + 1);
}

static bool same(Walker *w, Value a, Value b, unsigned depth) {
  IrNode *x = a.node, *y = b.node;
  if (!x || !y || x->op != y->op || depth > SAME_DEPTH) return false;
  uint32_t since = a.time < b.time ? a.time : b.time;
  switch ((int)x->op) {
  case IR_NAME: return x->u.name == y->u.name && is_unchanged(w, x->u.name, since);
  case IR_NIL: return true;
  case IR_LITERAL:
    return const_kind(x->u.lit.value) == const_kind(y->u.lit.value) && const_equal(x->u.lit.value, y->u.lit.value);
  case IR_DOTPTR:
    if (w->memory_changed > since) return false;
    return x->u.selector.sel == y->u.selector.sel && same_parts(w, x->u.selector.x, y->u.selector.x, a, b, depth);
  case IR_DOT:
    return x->u.selector.sel == y->u.selector.sel && same_parts(w, x->u.selector.x, y->u.selector.x, a, b, depth);
  case IR_DEREF: return w->memory_changed <= since && same_parts(w, x->u.unary.x, y->u.unary.x, a, b, depth);
  case IR_LEN:
  case IR_CAP:
    if (!is_kind(x->u.unary.x->type, TYPE_SLICE) && !type_is_string(x->u.unary.x->type)) return false;
    return same_parts(w, x->u.unary.x, y->u.unary.x, a, b, depth);
  case IR_CONV:
    return x->type && y->type && type_identical(x->type, y->type) &&
           same_parts(w, x->u.conv.x, y->u.conv.x, a, b, depth);
  case IR_AND:
  case IR_OR:
  case IR_ADD:
  case IR_SUB:
    return same_parts(w, x->u.binary.x, y->u.binary.x, a, b, depth) &&
           same_parts(w, x->u.binary.y, y->u.binary.y, a, b, depth);
  default: return false;
  }
}

// A number that is the same for two expressions whenever same could say so, whatever the time: long rows of conditions
// are compared with long rows of values, and nearly all of them differ.
static uint64_t form_of(Walker *w, IrNode *n, unsigned depth) {
  enum { DEEPEST = 1000 };
  uint32_t time = 0;
  IrNode *x = n;
  for (unsigned steps = 0; x && steps < LOOK_THROUGH_LIMIT; steps++) {
    IrNode *next = step(w, x, &time);
    if (!next) break;
    x = next;
  }
  if (!x || depth > DEEPEST) return 0;
  uintptr_t known = (uintptr_t)ptrmap_get(&w->pass->forms, x);
  if (known) return known;
  uint64_t form = hash_mix(0, (uint64_t)x->op);
  int64_t value;
  switch ((int)x->op) {
  case IR_NAME: form = hash_mix(form, (uintptr_t)x->u.name); break;
  case IR_LITERAL:
    if (const_int64_value(x->u.lit.value, &value)) form = hash_mix(form, (uint64_t)value);
    break;
  case IR_DOT:
  case IR_DOTPTR:
    form = hash_mix(hash_mix(form, (uintptr_t)x->u.selector.sel), form_of(w, x->u.selector.x, depth + 1));
    break;
  case IR_DEREF:
  case IR_LEN:
  case IR_CAP: form = hash_mix(form, form_of(w, x->u.unary.x, depth + 1)); break;
  case IR_CONV: form = hash_mix(form, form_of(w, x->u.conv.x, depth + 1)); break;
  case IR_AND:
  case IR_OR:
  case IR_ADD:
  case IR_SUB:
    form = hash_mix(hash_mix(form, form_of(w, x->u.binary.x, depth + 1)), form_of(w, x->u.binary.y, depth + 1));
    break;
  default: break;
  }
  ptrmap_set(&w->pass->forms, x, (void *)(uintptr_t)form);
  return form;
}

bool alloc_same_value(Walker *w, Value x, Value y) {
  if (!x.node || !y.node || x.node->op != y.node->op) return false;
  return form_of(w, x.node, 0) == form_of(w, y.node, 0) && same(w, x, y, 0);
}
