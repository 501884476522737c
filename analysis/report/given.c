// given.c: is the slice that grows one that the function's caller gave?
//
// Then its capacity is the caller's choice, and nothing in the function itself keeps it from growing. Decided by the
// flow of values in gc's IR, after inlining, without regard to order: a slice is given if all that it can be comes from
// parameters: a parameter itself, what a pointer parameter leads to (a field of the receiver), parts of these (x[:n]),
// their append, and the result of a call in which the callee's tags say that an argument comes back
// (strconv.AppendInt(dst, …)). A single other source (nil, make, a literal, a field set to one of these here) makes it
// the function's own.
#include "report/finding_internal.h"

enum { DEPTH_LIMIT = 100, VALUES_LIMIT = 1000 };

// What is assigned to one variable, to a field, or through one pointer.
typedef struct Value {
  IrNode *y;       // NULL: something unknown, or zero
  uint32_t result; // of a call with several
} Value;

typedef enum Given { GIVEN_UNKNOWN, GIVEN_NO, GIVEN_YES } Given;

typedef struct Values {
  VEC(Value) items;
  uint32_t seen; // by the question of that number
  Given known;
} Values;

struct GivenSlices {
  Arena *arena;
  PtrMap names, derefs, fields; // IrName, IrName of the pointer, Sym -> Values
  uint32_t question;
};

static Values *values_of(GivenSlices *g, PtrMap *map, const void *key) {
  Values *v = ptrmap_get(map, key);
  if (v) return v;
  v = ARENA_NEW(g->arena, Values);
  ptrmap_set(map, key, v);
  return v;
}

static const IrNode *plain(const IrNode *n) {
  while (n && (n->op == IR_CONVNOP || n->op == IR_PAREN)) n = n->op == IR_PAREN ? n->u.unary.x : n->u.conv.x;
  return n;
}

// An inlined function's result without a name is always set before it is read.
static bool is_unnamed_result(const IrNode *target) {
  return target->op == IR_NAME && target->u.name->inl_local && str_has_prefix(sym_str(target->u.name->sym), STR("~r"));
}

static void take_value(GivenSlices *g, const IrNode *target, IrNode *y, uint32_t result) {
  target = plain(target);
  if (!target || (!y && is_unnamed_result(target))) return;
  Values *v = NULL;
  if (target->op == IR_NAME) {
    v = values_of(g, &g->names, ir_canonical(target->u.name));
  } else if (target->op == IR_DEREF) {
    const IrNode *p = plain(target->u.unary.x);
    if (p && p->op == IR_NAME) v = values_of(g, &g->derefs, ir_canonical(p->u.name));
  } else if (target->op == IR_DOT || target->op == IR_DOTPTR) {
    v = values_of(g, &g->fields, target->u.selector.sel);
  }
  if (!v || v->known == GIVEN_NO) return;
  if (!y || v->items.len == VALUES_LIMIT)
    v->known = GIVEN_NO;
  else
    VEC_PUSH(g->arena, &v->items, ((Value){y, result}));
}

static bool collect(void *context, IrNode *n) {
  GivenSlices *g = context;
  const IrList *lhs = &n->u.as_list.lhs, *rhs = &n->u.as_list.rhs;
  switch ((int)n->op) {
  case IR_CLOSURE:
    if (n->u.closure.func) ir_any_list(&n->u.closure.func->body, collect, g);
    break;
  case IR_AS:
    if (n->u.as.x) take_value(g, n->u.as.x, n->u.as.y, 0);
    break;
  case IR_AS2:
  case IR_AS2FUNC:
    for (uint32_t i = 0; i < lhs->len; i++) {
      bool call = n->op == IR_AS2FUNC;
      IrNode *y = call ? (rhs->len ? rhs->items[0] : NULL) : i < rhs->len ? rhs->items[i] : NULL;
      if (lhs->items[i]) take_value(g, lhs->items[i], y, call ? i : 0);
    }
    break;
  case IR_AS2MAPR:
  case IR_AS2DOTTYPE:
  case IR_AS2RECV:
  case IR_SELRECV2:
    for (uint32_t i = 0; i < lhs->len; i++)
      if (lhs->items[i]) take_value(g, lhs->items[i], NULL, 0);
    break;
  case IR_RANGE:
    if (n->u.range.key) take_value(g, n->u.range.key, NULL, 0);
    if (n->u.range.value) take_value(g, n->u.range.value, NULL, 0);
    break;
  default: break;
  }
  return false;
}

// ---- The question

// Of all that it can be: one is not given: none is; GIVEN_UNKNOWN only where a circle closes.
static Given both(Given a, Given b) {
  if (a == GIVEN_NO || b == GIVEN_NO) return GIVEN_NO;
  return a == GIVEN_YES || b == GIVEN_YES ? GIVEN_YES : GIVEN_UNKNOWN;
}

static Given is_given(GivenSlices *g, const IrNode *n, uint32_t result, unsigned depth);

static Given all_given(GivenSlices *g, Values *v, Given given, unsigned depth) {
  if (!v) return given;
  if (v->known) return both(v->known, given);
  if (v->seen == g->question) return given;
  v->seen = g->question;
  for (uint32_t i = 0; i < v->items.len && given != GIVEN_NO; i++)
    given = both(given, is_given(g, v->items.items[i].y, v->items.items[i].result, depth + 1));
  if (given == GIVEN_NO) v->known = GIVEN_NO;
  return given;
}

static Given name_given(GivenSlices *g, const IrName *name, unsigned depth) {
  name = ir_canonical((IrName *)name);
  bool param = name->cls == CLASS_PARAM;
  if (name->addrtaken || (!param && name->cls != CLASS_AUTO)) return GIVEN_NO;
  Values *v = ptrmap_get(&g->names, name);
  if (!param && (!v || !v->items.len)) return GIVEN_NO;
  return all_given(g, v, param ? GIVEN_YES : GIVEN_UNKNOWN, depth);
}

// The callee's arguments that come back as this result.
static Given call_given(GivenSlices *g, const IrNode *call, uint32_t result, unsigned depth) {
  const IrNode *fun = call->u.call.fun;
  bool method = fun && fun->op == IR_DOTMETH;
  const IrFunc *callee = !fun ? NULL : method ? fun->u.selector.method : ir_static_callee(fun);
  uint32_t count = call->u.call.args.len + method;
  if (!callee || !callee->tags || callee->params.len != count || TAG_RESULT0 + result >= TAG_LEN) return GIVEN_NO;
  Given given = GIVEN_UNKNOWN;
  bool any = false;
  for (uint32_t i = 0; i < count && given != GIVEN_NO; i++) {
    uint8_t leaks = callee->tags[i].leaks[TAG_RESULT0 + result];
    const IrNode *arg = method ? (i ? call->u.call.args.items[i - 1] : fun->u.selector.x) : call->u.call.args.items[i];
    if (!leaks) continue;
    any = true;
    given = leaks == 1 ? both(given, is_given(g, arg, 0, depth + 1)) : GIVEN_NO;
  }
  return any ? given : GIVEN_NO;
}

static Given is_given(GivenSlices *g, const IrNode *n, uint32_t result, unsigned depth) {
  while ((n = plain(n)) && depth <= DEPTH_LIMIT) {
    switch ((int)n->op) {
    case IR_NAME: return name_given(g, n->u.name, depth);
    case IR_APPEND: n = n->u.call.args.len ? n->u.call.args.items[0] : NULL; continue;
    case IR_SLICE:
    case IR_SLICE3: n = n->u.slice.x; continue;
    case IR_INLCALL:
      n = result < n->u.inl_call.results.len ? n->u.inl_call.results.items[result] : NULL;
      result = 0;
      continue;
    case IR_CALLFUNC: return call_given(g, n, result, depth);
    case IR_ADDR: // of an element of a slice, whose fields are asked about
      n = plain(n->u.unary.x);
      n = n && n->op == IR_INDEX && type_underlying(n->u.index.x->type)->kind == TYPE_SLICE ? n->u.index.x : NULL;
      continue;
    case IR_DOT:
    case IR_DOTPTR: {
      const IrNode *p = n->op == IR_DOTPTR ? plain(n->u.selector.x) : NULL; // all of *p may be set
      Values *through = p && p->op == IR_NAME ? ptrmap_get(&g->derefs, ir_canonical(p->u.name)) : NULL;
      if (all_given(g, through, GIVEN_YES, depth) == GIVEN_NO) return GIVEN_NO;
      Given field = all_given(g, ptrmap_get(&g->fields, n->u.selector.sel), GIVEN_YES, depth);
      return field == GIVEN_NO ? field : both(field, is_given(g, n->u.selector.x, 0, depth + 1));
    }
    case IR_DEREF: {
      const IrNode *p = plain(n->u.unary.x);
      Values *through = p && p->op == IR_NAME ? ptrmap_get(&g->derefs, ir_canonical(p->u.name)) : NULL;
      Given behind = all_given(g, through, GIVEN_YES, depth);
      return behind == GIVEN_NO ? behind : both(behind, is_given(g, p, 0, depth + 1));
    }
    default: return GIVEN_NO;
    }
  }
  return GIVEN_NO;
}

bool given_by_caller(FindingMaker *m, IrFunc *fn, const IrNode *slice) {
  IrFunc *outermost = fn ? ir_outermost_func(fn) : NULL;
  if (!outermost) return false;
  GivenSlices *g = ptrmap_get(&m->givens, outermost);
  if (!g) {
    g = ARENA_NEW(&m->scratch, GivenSlices);
    g->arena = &m->scratch;
    ir_any_list(&outermost->body, collect, g);
    ptrmap_set(&m->givens, outermost, g);
  }
  g->question++;
  slice = plain(slice);
  const IrName *name = slice && slice->op == IR_NAME ? ir_canonical(slice->u.name) : NULL;
  Values *v = name ? ptrmap_get(&g->names, name) : NULL;
  if (v && v->known) return v->known == GIVEN_YES;
  bool given = is_given(g, slice, 0, 0) == GIVEN_YES;
  if (v) v->known = given ? GIVEN_YES : GIVEN_NO;
  return given;
}

void given_release(FindingMaker *m) {
  for (uint32_t i = 0; i < m->givens.len; i++) {
    GivenSlices *g = m->givens.entries[i].value;
    ptrmap_release(&g->names);
    ptrmap_release(&g->derefs);
    ptrmap_release(&g->fields);
  }
  ptrmap_release(&m->givens);
}
