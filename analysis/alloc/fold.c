// fold.c: values that the back end knows at compile time: constants through variables with one definition or one that
// holds where control is, comparisons with nil, and expressions that a switch around has told the value of.
//
// What gc does on values (cmd/compile/internal/ssa: opt, cse, prove) is done on trees here, so two expressions are the
// same value when they are written alike after inlined calls and variables that never change are looked through.
#include "alloc/walk.h"

IrNode *alloc_static_value_of(Walker *w, IrNode *n) {
  IrFunc *outermost = w->func;
  while (outermost->outer && !outermost->outer->is_package_init) outermost = outermost->outer;
  ReassignOracle *oracle = ptrmap_get(&w->pass->oracles, outermost);
  if (!oracle) {
    oracle = reassign_oracle_new(outermost);
    ptrmap_set(&w->pass->oracles, outermost, oracle);
  }
  return reassign_oracle_static_value(oracle, n);
}

int alloc_nilness(Walker *w, IrNode *n) {
  const Fact *f = n ? alloc_fact(w, n) : NULL;
  if (f && f->nil) return f->nil;
  IrNode *v = n ? alloc_static_value_of(w, n) : NULL;
  if (!v) return NIL_UNKNOWN;
  switch ((int)v->op) {
  case IR_NIL: return NIL_IS;
  case IR_ADDR:
  case IR_PTRLIT:
  case IR_NEW:
  case IR_CLOSURE:
  case IR_METHVALUE:
  case IR_METHEXPR: return NIL_NOT;
  case IR_CONVIFACE: return v->u.conv.x->type && !type_is_interface(v->u.conv.x->type) ? NIL_NOT : NIL_UNKNOWN;
  case IR_NAME: return v->u.name->cls == CLASS_FUNC ? NIL_NOT : NIL_UNKNOWN;
  default: return NIL_UNKNOWN;
  }
}

static Token token_of(IrOp op) {
  switch ((int)op) {
  case IR_EQ: return TOKEN_EQL;
  case IR_NE: return TOKEN_NEQ;
  case IR_LT: return TOKEN_LSS;
  case IR_LE: return TOKEN_LEQ;
  case IR_GT: return TOKEN_GTR;
  case IR_GE: return TOKEN_GEQ;
  case IR_ADD: return TOKEN_ADD;
  case IR_SUB: return TOKEN_SUB;
  case IR_MUL: return TOKEN_MUL;
  case IR_DIV: return TOKEN_QUO;
  case IR_AND: return TOKEN_AND;
  case IR_OR: return TOKEN_OR;
  default: return TOKEN_NONE;
  }
}

static const Const *fold(Walker *w, IrNode *n, unsigned depth);

// ---- Same values

static bool is_that(void *context, IrNode *n) { return n == context; }

static bool assigns(void *context, IrNode *n) {
  switch ((int)n->op) {
  case IR_AS: return ir_outer_value(n->u.as.x) == context;
  case IR_ASOP: return ir_outer_value(n->u.as_op.x) == context;
  case IR_AS2:
  case IR_AS2FUNC:
  case IR_AS2MAPR:
  case IR_AS2DOTTYPE:
  case IR_AS2RECV:
  case IR_SELRECV2:
    for (uint32_t i = 0; i < n->u.as_list.lhs.len; i++) {
      if (n->u.as_list.lhs.items[i] && ir_outer_value(n->u.as_list.lhs.items[i]) == context) return true;
    }
    return false;
  case IR_RANGE: return n->u.range.key == context || n->u.range.value == context;
  default: return false;
  }
}

// One side of a comparison of values.
typedef struct Side {
  const IrList *body; // of the second value: where the first is known to hold; of the first: NULL
  bool crossed;       // variables were looked through that may have been defined long before
} Side;

static IrNode *look_through(Walker *w, IrNode *n, Side *side) {
  for (unsigned steps = 0; n && steps < 50; steps++) {
    IrNode *next = NULL;
    switch ((int)n->op) {
    case IR_PAREN: next = n->u.unary.x; break;
    case IR_CONVNOP: next = n->u.conv.x; break;
    case IR_INLCALL: next = n->u.inl_call.results.len == 1 ? n->u.inl_call.results.items[0] : NULL; break;
    case IR_NAME: {
      const IrName *name = n->u.name;
      if (name->cls == CLASS_FUNC) return n;
      next = alloc_static_value_of(w, n);
      if (!next || next == n) return n;
      bool is_recent = name->inl_formal || name->autotemp ||
                       (side->body && name->defn && ir_any_list(side->body, is_that, name->defn));
      side->crossed |= !is_recent;
      break;
    }
    default: break;
    }
    if (!next || next == n) return n;
    n = next;
  }
  return n;
}

// The variable has the same value at both places: it never changes, or not in between.
static bool is_stable(const IrNode *n, const Side *x, const Side *y) {
  IrName *name = ir_canonical(n->u.name);
  if (name->cls == CLASS_EXTERN || name->cls == CLASS_FUNC || name->addrtaken || name->escapes) return false;
  if (!ir_reassigned(name)) return true;
  if (x->crossed || y->crossed || name->is_closure_var || name->captured) return false;
  return !y->body || !ir_any_list(y->body, assigns, name->node); // without: both are evaluated at once
}

static bool same_value(Walker *w, IrNode *x, IrNode *y, Side from, Side to, unsigned depth) {
  x = look_through(w, x, &from), y = look_through(w, y, &to);
  if (!x || !y || x->op != y->op || depth > 20) return false;
  switch ((int)x->op) {
  case IR_NAME: return x->u.name == y->u.name && is_stable(x, &from, &to);
  case IR_LITERAL:
    return const_kind(x->u.lit.value) == const_kind(y->u.lit.value) && const_equal(x->u.lit.value, y->u.lit.value);
  case IR_DOT:
    return x->u.selector.sel == y->u.selector.sel &&
           same_value(w, x->u.selector.x, y->u.selector.x, from, to, depth + 1);
  case IR_CONV:
    return x->type && y->type && type_identical(x->type, y->type) &&
           same_value(w, x->u.conv.x, y->u.conv.x, from, to, depth + 1);
  case IR_AND:
  case IR_OR:
  case IR_ADD:
  case IR_SUB:
    return same_value(w, x->u.binary.x, y->u.binary.x, from, to, depth + 1) &&
           same_value(w, x->u.binary.y, y->u.binary.y, from, to, depth + 1);
  default: return false;
  }
}

// What a switch around says about the expression: the values of the clause that control is in; NULL: nothing.
static const IrList *known_values(Walker *w, IrNode *n) {
  for (const KnownTag *k = w->known_tags; n && k; k = k->outer) {
    if (same_value(w, k->tag, n, (Side){0}, (Side){.body = k->body}, 0)) return k->values;
  }
  return NULL;
}

// 1: value is the only one, 0: it is none of them, -1: it is one of several, or not known.
static int among(Walker *w, const IrList *values, const Const *value) {
  bool found = false;
  for (uint32_t i = 0; i < values->len; i++) {
    const Const *c = alloc_folded(w, values->items[i]);
    if (!c || const_kind(c) != const_kind(value)) return -1;
    found |= const_equal(c, value);
  }
  return !found ? 0 : values->len == 1 ? 1 : -1;
}

// x == y, of which one is constant.
static int known_equal(Walker *w, IrNode *x, IrNode *y) {
  if (!w->known_tags) return -1;
  const Const *value = alloc_folded(w, y);
  IrNode *tag = x;
  if (!value) value = alloc_folded(w, x), tag = y;
  const IrList *values = value ? known_values(w, tag) : NULL;
  return values ? among(w, values, value) : -1;
}

// ---- Constants

// Without conversions between integers of one size, which keep the bits.
static IrNode *bits_of(const Walker *w, IrNode *n) {
  const TypeContext *types = w->pass->types;
  while (n && (n->op == IR_CONV || n->op == IR_CONVNOP || n->op == IR_PAREN)) {
    IrNode *x = n->op == IR_PAREN ? n->u.unary.x : n->u.conv.x;
    if (!x || !x->type || !n->type || !type_is_integer(x->type) || !type_is_integer(n->type) ||
        type_size(types, x->type) != type_size(types, n->type))
      break;
    n = x;
  }
  return n;
}

// x == x, for integers of one type.
static bool is_itself(Walker *w, IrNode *x, IrNode *y) {
  if (!x->type || !type_is_integer(x->type) || (x->op != IR_CONV && y->op != IR_CONV)) return false;
  return same_value(w, bits_of(w, x), bits_of(w, y), (Side){0}, (Side){0}, 0);
}

static const Const *fold_compare(Walker *w, IrNode *n, unsigned depth) {
  ConstPool *pool = &w->pass->constants;
  IrNode *x = n->u.binary.x, *y = n->u.binary.y;
  if (n->op == IR_EQ || n->op == IR_NE) {
    int a = alloc_nilness(w, x), b = alloc_nilness(w, y);
    if (a && b && (a == NIL_IS || b == NIL_IS)) return const_bool(pool, (a == b) == (n->op == IR_EQ));
  }
  const Const *a = fold(w, x, depth), *b = fold(w, y, depth);
  if ((n->op == IR_EQ || n->op == IR_NE) && !(a && b)) {
    int equal = is_itself(w, x, y) ? 1 : known_equal(w, x, y);
    if (equal >= 0) return const_bool(pool, (equal == 1) == (n->op == IR_EQ));
  }
  if (!a || !b || const_kind(a) != const_kind(b)) return NULL;
  if (const_kind(a) == CONST_BOOL && n->op != IR_EQ && n->op != IR_NE) return NULL;
  return const_bool(pool, const_compare(pool, a, token_of((IrOp)n->op), b));
}

static const Const *fold_logical(Walker *w, IrNode *n, unsigned depth) {
  bool decisive = n->op == IR_OROR;
  const Const *a = fold(w, n->u.binary.x, depth), *b = fold(w, n->u.binary.y, depth);
  if (a && const_bool_value(a) == decisive) return a;
  if (b && const_bool_value(b) == decisive) return b;
  return a && b ? b : NULL;
}

static const Const *fold(Walker *w, IrNode *n, unsigned depth) {
  if (!n || depth > 30) return NULL;
  ConstPool *pool = &w->pass->constants;
  int64_t v, u;
  switch ((int)n->op) {
  case IR_LITERAL: return n->u.lit.value;
  case IR_PAREN: return fold(w, n->u.unary.x, depth + 1);
  case IR_NAME: {
    if (!n->type || !type_is_basic(n->type, BASIC_IS_CONST_TYPE)) return NULL;
    const Fact *f = alloc_fact(w, n);
    if (f && f->value) return f->value;
    IrNode *x = alloc_static_value_of(w, n);
    return x && x != n && x->op != IR_NAME ? fold(w, x, depth + 1) : NULL;
  }
  case IR_INLCALL: return n->u.inl_call.results.len == 1 ? fold(w, n->u.inl_call.results.items[0], depth + 1) : NULL;
  case IR_NOT: {
    const Const *x = fold(w, n->u.unary.x, depth + 1);
    return x ? const_bool(pool, !const_bool_value(x)) : NULL;
  }
  case IR_ANDAND:
  case IR_OROR: return fold_logical(w, n, depth + 1);
  case IR_EQ:
  case IR_NE:
  case IR_LT:
  case IR_LE:
  case IR_GT:
  case IR_GE: return fold_compare(w, n, depth + 1);
  case IR_ADD:
  case IR_SUB:
  case IR_MUL:
  case IR_DIV:
  case IR_AND:
  case IR_OR: {
    const Const *x = fold(w, n->u.binary.x, depth + 1), *y = fold(w, n->u.binary.y, depth + 1);
    if (!x || !y || !const_int64_value(x, &v) || !const_int64_value(y, &u) || v != (int32_t)v || u != (int32_t)u)
      return NULL;
    if (n->op == IR_DIV && (v < 0 || u <= 0)) return NULL;
    return const_binary(pool, x, token_of((IrOp)n->op), y, true);
  }
  case IR_MIN:
  case IR_MAX: {
    const Const *best = NULL;
    for (uint32_t i = 0; i < n->u.call.args.len; i++) {
      const Const *x = fold(w, n->u.call.args.items[i], depth + 1);
      if (!x || const_kind(x) != CONST_INT) return NULL;
      if (!best || const_compare(pool, x, n->op == IR_MIN ? TOKEN_LSS : TOKEN_GTR, best)) best = x;
    }
    return best;
  }
  case IR_LEN: {
    IrNode *x = n->u.unary.x;
    Type *t = x->type ? type_underlying(x->type) : NULL;
    if (t && t->kind == TYPE_ARRAY) return const_int64(pool, t->u.array.len);
    const Const *s = t && type_is_string(t) ? fold(w, x, depth + 1) : NULL;
    if (s && const_kind(s) == CONST_STRING) return const_int64(pool, (int64_t)const_string_value(s).n);
    return t && t->kind == TYPE_SLICE && alloc_nilness(w, x) == NIL_IS ? const_int64(pool, 0) : NULL;
  }
  case IR_CONV:
  case IR_CONVNOP: {
    const Const *x = fold(w, n->u.conv.x, depth + 1);
    if (!x || !n->type || !type_is_basic(n->type, BASIC_IS_CONST_TYPE)) return NULL;
    if (const_kind(x) != CONST_INT) return n->op == IR_CONVNOP ? x : NULL;
    bool fits = type_is_integer(n->type) && const_int64_value(x, &v) && v >= 0 && v < 128;
    return fits || n->op == IR_CONVNOP ? x : NULL;
  }
  default: return NULL;
  }
}

const Const *alloc_folded(Walker *w, IrNode *n) { return fold(w, n, 0); }

int alloc_condition(Walker *w, IrNode *cond) {
  const Const *value = cond ? alloc_folded(w, cond) : NULL;
  return value && const_kind(value) == CONST_BOOL ? const_bool_value(value) : -1;
}

// ---- Switches

// Which clauses can be reached when the value is one of these.
static Clauses *reach(Walker *w, const IrList *cases, const Const *const *values, uint32_t len) {
  Clauses *c = ARENA_NEW(&w->pass->set->arena, Clauses);
  c->reached = ARENA_ARRAY(&w->pass->set->arena, bool, cases->len + 1);
  uint32_t other = cases->len;
  for (uint32_t i = 0; i < cases->len; i++) {
    if (!cases->items[i]->u.case_.list.len) other = i;
  }
  for (uint32_t v = 0; v < len; v++) {
    uint32_t taken = other;
    for (uint32_t i = 0; i < cases->len && taken == other; i++) {
      const IrList *list = &cases->items[i]->u.case_.list;
      for (uint32_t j = 0; j < list->len && taken == other; j++) {
        const Const *k = alloc_folded(w, list->items[j]);
        if (!k || const_kind(k) != const_kind(values[v])) return NULL;
        if (const_equal(k, values[v])) taken = i;
      }
    }
    if (taken < cases->len)
      c->reached[taken] = true;
    else
      c->others = true;
  }
  return c;
}

Clauses *alloc_clauses(Walker *w, IrNode *tag, const IrList *cases) {
  const Const *value = tag ? alloc_folded(w, tag) : const_bool(&w->pass->constants, true);
  if (value) return reach(w, cases, &value, 1);
  const IrList *known = known_values(w, tag);
  if (!known) return NULL;
  // A range of values is lost where the tests are for ranges too.
  for (uint32_t i = 0; known->len > 1 && i < cases->len; i++) {
    if (cases->items[i]->u.case_.list.len > 1) return NULL;
  }
  const Const **values = ARENA_ARRAY(&w->pass->set->arena, const Const *, known->len + 1);
  for (uint32_t i = 0; i < known->len; i++) {
    if (!(values[i] = alloc_folded(w, known->items[i]))) return NULL;
  }
  return reach(w, cases, values, known->len);
}

// Clauses whose values are one, or follow each other: the test is a comparison, or two. Many clauses become a table of
// jumps, of which several may lead to one clause.
static bool is_one_test(Walker *w, const IrList *values, uint32_t clauses) {
  enum { TABLE = 8 };
  int64_t low = INT64_MAX, high = INT64_MIN, v;
  if (values->len == 1) return true;
  for (uint32_t i = 0; i < values->len; i++) {
    const Const *c = alloc_folded(w, values->items[i]);
    if (!c || const_kind(c) != CONST_INT || !const_int64_value(c, &v)) return false;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return clauses < TABLE && high - low == (int64_t)values->len - 1;
}

bool alloc_clause_tells(Walker *w, const IrList *values, uint32_t clauses) {
  return values->len && is_one_test(w, values, clauses);
}

void alloc_know_condition(Walker *w, IrNode *cond, bool holds, const IrList *body, unsigned depth) {
  for (; cond && (cond->op == IR_PAREN || cond->op == IR_NOT); cond = cond->u.unary.x) holds ^= cond->op == IR_NOT;
  if (!cond || depth > 50) return;
  if (cond->op == (holds ? IR_ANDAND : IR_OROR)) {
    alloc_know_condition(w, cond->u.binary.x, holds, body, depth + 1);
    alloc_know_condition(w, cond->u.binary.y, holds, body, depth + 1);
  }
  if (cond->op != (holds ? IR_EQ : IR_NE)) return;
  IrNode **x = &cond->u.binary.x, **y = &cond->u.binary.y;
  if (!alloc_folded(w, *y)) {
    IrNode **t = x;
    x = y, y = t;
  }
  const Const *value = alloc_folded(w, *y);
  if (!value || const_kind(value) != CONST_INT) return;
  Arena *arena = &w->pass->set->arena;
  KnownTag *k = ARENA_NEW(arena, KnownTag);
  IrList *values = ARENA_NEW(arena, IrList);
  values->items = y;
  values->len = 1;
  *k = (KnownTag){w->known_tags, *x, values, body};
  w->known_tags = k;
}
