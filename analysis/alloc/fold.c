// fold.c: values that the back end knows at compile time: constants through variables with one definition or one that
// holds where control is, comparisons with nil, and expressions that a switch around has told the value of.
//
// What gc does on values (cmd/compile/internal/ssa: opt, cse, prove) is done on trees here, so two expressions are the
// same value when they are written alike after inlined calls and variables that never change are looked through.
#include "alloc/walk_internal.h"

int alloc_nilness(Walker *w, IrNode *n) {
  const Fact *f = n ? alloc_fact(w, n) : NULL;
  if (f && f->nil) return f->nil;
  int known = n ? alloc_known_nilness(w, n) : NIL_UNKNOWN;
  if (known) return known;
  IrNode *v = n ? alloc_value(w, n).node : NULL;
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
  if (!w->known.len) return -1;
  const Const *value = alloc_folded(w, y);
  IrNode *tag = x;
  if (!value) value = alloc_folded(w, x), tag = y;
  const IrList *values = value ? alloc_known_values(w, tag) : NULL;
  return values ? among(w, values, value) : -1;
}

// ---- Constants

static const Const *fold_compare(Walker *w, IrNode *n, unsigned depth) {
  ConstPool *pool = &w->pass->constants;
  IrNode *x = n->u.binary.x, *y = n->u.binary.y;
  if (n->op == IR_EQ || n->op == IR_NE) {
    int a = alloc_nilness(w, x), b = alloc_nilness(w, y);
    if (a && b && (a == NIL_IS || b == NIL_IS)) return const_bool(pool, (a == b) == (n->op == IR_EQ));
  }
  const Const *a = fold(w, x, depth), *b = fold(w, y, depth);
  if ((n->op == IR_EQ || n->op == IR_NE) && !(a && b)) {
    int equal = known_equal(w, x, y);
    if (equal >= 0) return const_bool(pool, (equal == 1) == (n->op == IR_EQ));
  }
  if (!a || !b) {
    int holds = alloc_known_relation(w, n);
    return holds >= 0 ? const_bool(pool, holds) : NULL;
  }
  if (const_kind(a) != const_kind(b)) return NULL;
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

// A variable: what holds here, else what its only definition gave it.
static const Const *fold_name(Walker *w, IrNode *n, unsigned depth) {
  if (!n->type || !type_is_basic(n->type, BASIC_IS_CONST_TYPE)) return NULL;
  const IrName *name = n->u.name;
  bool single = name->cls == CLASS_AUTO && !name->is_closure_var && !alloc_is_reassigned(w, name);
  const Fact *f = single || !w->looking_back ? alloc_fact(w, n) : NULL;
  if (f && f->value) return f->value;
  if (type_is_boolean(n->type) && !w->looking_back) {
    int truth = alloc_known_truth(w, n);
    if (truth >= 0) return const_bool(&w->pass->constants, truth);
  }
  IrNode *x = single ? ir_defining_value(name) : NULL;
  if (!x) return NULL;
  w->looking_back++;
  const Const *value = fold(w, x, depth + 1);
  w->looking_back--;
  return value;
}

static const Const *fold_length(Walker *w, IrNode *n, unsigned depth) {
  ConstPool *pool = &w->pass->constants;
  IrNode *x = n->u.unary.x;
  Type *t = x->type ? type_underlying(x->type) : NULL;
  if (t && t->kind == TYPE_POINTER) t = type_underlying(t->u.pointer.elem);
  if (!t) return NULL;
  if (t->kind == TYPE_ARRAY) return const_int64(pool, t->u.array.len);
  if (type_is_string(t)) {
    const Const *s = fold(w, x, depth + 1);
    if (s && const_kind(s) == CONST_STRING) return const_int64(pool, (int64_t)const_string_value(s).n);
  }
  if ((t->kind != TYPE_SLICE && !type_is_string(t)) || w->looking_back) return NULL;
  Range r = alloc_length_range(w, x, n->op == IR_CAP);
  return r.low == r.high ? const_int64(pool, r.low) : NULL;
}

static const Const *fold(Walker *w, IrNode *n, unsigned depth) {
  if (!n || depth > 30 || !alloc_may_ask(w)) return NULL;
  ConstPool *pool = &w->pass->constants;
  int64_t v, u;
  switch ((int)n->op) {
  case IR_LITERAL: return n->u.lit.value;
  case IR_PAREN: return fold(w, n->u.unary.x, depth + 1);
  case IR_NAME: return fold_name(w, n, depth);
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
  case IR_LEN:
  case IR_CAP: return fold_length(w, n, depth);
  case IR_SLICESTR: { // x[:0]
    const Const *high = n->u.slice.high ? fold(w, n->u.slice.high, depth + 1) : NULL;
    return high && const_kind(high) == CONST_INT && const_sign(high) == 0 ? const_string(pool, STR_NONE) : NULL;
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

bool alloc_may_ask(Walker *w) {
  enum { EFFORT_LIMIT = 4000 };
  return ++w->effort <= EFFORT_LIMIT;
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

// A tag within narrow bounds.
static Clauses *reach_range(Walker *w, IrNode *tag, const IrList *cases) {
  enum { WIDEST = 64 };
  if (!tag || !tag->type || !type_is_integer(tag->type)) return NULL;
  Range r = alloc_range(w, tag);
  if (r.low <= INT64_MIN / 2 || r.high >= INT64_MAX / 2 || r.high - r.low >= WIDEST || r.high < r.low) return NULL;
  uint32_t len = (uint32_t)(r.high - r.low + 1);
  const Const **values = ARENA_ARRAY(&w->pass->set->arena, const Const *, len);
  for (uint32_t i = 0; i < len; i++) values[i] = const_int64(&w->pass->constants, r.low + i);
  return reach(w, cases, values, len);
}

Clauses *alloc_clauses(Walker *w, IrNode *tag, const IrList *cases) {
  const Const *value = tag ? alloc_folded(w, tag) : const_bool(&w->pass->constants, true);
  if (value) return reach(w, cases, &value, 1);
  const IrList *known = alloc_known_values(w, tag);
  if (!known) return reach_range(w, tag, cases);
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

// The values of a clause that follow each other are tested together.
static uint32_t runs_of(Walker *w, const IrList *values, int64_t *low, int64_t *high) {
  uint32_t runs = 0;
  for (uint32_t i = 0; i < values->len; i++) {
    const Const *c = alloc_folded(w, values->items[i]);
    int64_t v, u;
    if (!c || const_kind(c) != CONST_INT || !const_int64_value(c, &v)) return 0;
    if (v < *low) *low = v;
    if (v > *high) *high = v;
    bool continues = false;
    for (uint32_t j = 0; j < values->len && !continues; j++) {
      const Const *d = alloc_folded(w, values->items[j]);
      continues = d && const_int64_value(d, &u) && u < v && v - 1 == u;
    }
    runs += !continues;
  }
  return runs;
}

bool alloc_is_jump_table(Walker *w, const IrList *cases) {
  enum { MIN_RUNS = 8, MIN_DENSITY = 4 };
  const TypeTarget *target = &w->pass->types->target;
  if (!str_equal(target->arch, STR("amd64")) && !str_equal(target->arch, STR("arm64")) &&
      !str_equal(target->arch, STR("loong64")))
    return false;
  int64_t low = INT64_MAX, high = INT64_MIN;
  uint64_t runs = 0;
  for (uint32_t i = 0; i < cases->len; i++) {
    const IrList *values = &cases->items[i]->u.case_.list;
    uint32_t more = runs_of(w, values, &low, &high);
    if (values->len && !more) return false;
    runs += more;
  }
  return runs >= MIN_RUNS && (uint64_t)high - (uint64_t)low < runs * MIN_DENSITY;
}

// Values that are one, or follow each other: the test is a comparison, or two. In a table of jumps several entries lead
// to one clause, and it is the tag in the size of a word that is looked up.
bool alloc_clause_tells(Walker *w, const IrNode *tag, const IrNode *clause, bool jump_table) {
  const IrList *values = &clause->u.case_.list;
  const TypeContext *types = w->pass->types;
  int64_t low = INT64_MAX, high = INT64_MIN;
  if (jump_table && tag->type && type_size(types, tag->type) < types->target.word) return false;
  if (values->len <= 1) return values->len == 1;
  return !jump_table && runs_of(w, values, &low, &high) == 1;
}
