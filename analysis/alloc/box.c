// box.c: conversions of concrete values to interfaces, and what is constant data.
//
// The data word of an interface is a pointer. In this order: pointer-shaped values are the word; values without bytes,
// of one byte, constants and all-zero or constant literals have a static address; what stays in the function gets a
// stack temporary; the rest is copied to the heap by one of the runtime's convT functions. From
// cmd/compile/internal/walk: convert.go (dataWord, dataWordFuncName), order.go (addrTemp), complit.go
// (isStaticCompositeLiteral).
#include "alloc/walk_internal.h"

// The only component of a struct with one field or an array of length one, through all levels; else the type itself.
static Type *sole_component(Type *t) {
  for (unsigned depth = 0; depth < 100; depth++) {
    Type *u = under(t);
    if (u->kind == TYPE_STRUCT && u->u.struct_.fields.len == 1)
      t = u->u.struct_.fields.items[0]->type;
    else if (u->kind == TYPE_ARRAY && u->u.array.len == 1)
      t = u->u.array.elem;
    else
      break;
  }
  return t;
}

static AllocFunc box_func(const TypeContext *types, Type *from) {
  int64_t size = type_size(types, from), align = type_align(types, from);
  bool pointers = type_has_pointers(types, from);
  if (size == 2 && align == 2) return ALLOC_CONVT16;
  if (size == 4 && align == 4 && !pointers) return ALLOC_CONVT32;
  if (size == 8 && align == type_align(types, types->basic[BASIC_UINT64]) && !pointers) return ALLOC_CONVT64;
  Type *sole = sole_component(from);
  if (is_kind(sole, TYPE_BASIC) && type_is_string(sole)) return ALLOC_CONVTSTRING;
  if (is_kind(sole, TYPE_SLICE)) return ALLOC_CONVTSLICE;
  return pointers ? ALLOC_CONVT : ALLOC_CONVTNOPTR;
}

static bool takes_address(AllocFunc f) { return f == ALLOC_CONVT || f == ALLOC_CONVTNOPTR; }

// The order pass goes through the components first: a constant that one of them boxes has become a variable in
// read-only data by then, which is no part of a static literal. So only a nil interface is.
static bool is_static_interface(const IrNode *n) {
  while (n && n->op == IR_CONVIFACE) n = n->u.conv.x;
  return n && n->type && type_is_interface(n->type) && n->op == IR_NIL;
}

static bool is_static_value(const AllocPass *pass, const IrNode *n, unsigned depth) {
  if (!n || depth > 200) return false;
  switch ((int)n->op) {
  case IR_LITERAL:
  case IR_NIL: return true;
  case IR_CONVIFACE: return is_static_interface(n);
  case IR_ARRAYLIT:
  case IR_STRUCTLIT:
    for (uint32_t i = 0; i < n->u.complit.list.len; i++)
      if (!is_static_value(pass, ir_element_value(n->u.complit.list.items[i]), depth + 1)) return false;
    return true;
  default: return false;
  }
}

bool alloc_is_static_literal(const AllocPass *pass, const IrNode *n) { return is_static_value(pass, n, 0); }

// What the value turns out to be: gc looks through inlined calls and variables with one definition.
static AllocWhyNot static_address(Walker *w, IrNode *x, Type *from, AllocFunc call) {
  while (x->op == IR_PAREN || (x->op == IR_INLCALL && x->u.inl_call.results.len == 1))
    x = x->op == IR_PAREN ? x->u.unary.x : x->u.inl_call.results.items[0];
  if (!takes_address(call) && !alloc_is_static_literal(w->pass, x)) return ALLOC_WHY_CALLS;
  if (x->op == IR_NIL || x->op == IR_LITERAL)
    return w->pass->fips && x->op == IR_LITERAL ? ALLOC_WHY_CALLS : ALLOC_WHY_READ_ONLY;
  IrNode *v = alloc_static_value_of(w, x);
  if (!v || w->pass->fips || (v->op != IR_STRUCTLIT && v->op != IR_ARRAYLIT)) return ALLOC_WHY_CALLS;
  int64_t size = type_size(w->pass->types, from);
  if (ir_is_zero(v) && size > 0 && size <= STACK_VALUE_LIMIT) return ALLOC_WHY_ZERO_VALUE;
  return alloc_is_static_literal(w->pass, v) ? ALLOC_WHY_READ_ONLY : ALLOC_WHY_CALLS;
}

static bool is_integer_or_bool(Type *t) { return is_kind(t, TYPE_BASIC) && (type_is_integer(t) || type_is_boolean(t)); }

void alloc_box_value(Walker *w, const IrNode *conv, IrPos pos, Type *from, IrNode *x, bool on_stack) {
  const TypeContext *types = w->pass->types;
  int64_t size = type_size(types, from);
  AllocSite *s = alloc_add_site(w, ALLOC_KIND_INTERFACE, conv, pos, from);
  if (type_is_direct_interface(types, from)) {
    alloc_set_none(s, ALLOC_WHY_POINTER);
    return;
  }
  if (size == 0) {
    alloc_set_none(s, ALLOC_WHY_ZERO_SIZE);
    return;
  }
  Type *sole = sole_component(from);
  if (size == 1 && is_integer_or_bool(sole)) {
    alloc_set_none(s, ALLOC_WHY_BYTE);
    return;
  }
  AllocFunc call = box_func(types, from);
  AllocWhyNot why = x ? static_address(w, x, from, call) : ALLOC_WHY_CALLS;
  if (why == ALLOC_WHY_CALLS && on_stack && size <= STACK_VALUE_LIMIT) why = ALLOC_WHY_STACK;
  if (why != ALLOC_WHY_CALLS) {
    alloc_set_none(s, why);
    return;
  }
  alloc_set_call(w, s, call, size, !type_has_pointers(types, from));
  if (call == ALLOC_CONVT16 || call == ALLOC_CONVT32 || call == ALLOC_CONVT64) {
    s->condition = ALLOC_IF_VALUE;
    s->limit = SMALL_INTEGERS;
  }
  if (call == ALLOC_CONVTSTRING) s->condition = ALLOC_IF_NOT_EMPTY;
  if (call == ALLOC_CONVTSLICE) s->condition = ALLOC_IF_NOT_NIL;
}

void alloc_walk_box(Walker *w, IrNode *n) {
  IrNode *x = n->u.conv.x;
  if (!x || !x->type) return;
  alloc_walk_expr(w, x, PLACE_VALUE, 0);
  if (!type_is_interface(x->type)) alloc_box_value(w, n, n->pos, x->type, x, n->esc == ESC_NONE);
}
