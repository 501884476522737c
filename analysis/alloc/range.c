// range.c: between which bounds an integer lies, and what conditions say that hold where control is: a small part of
// what gc proves (cmd/compile/internal/ssa/prove.go), enough to know which branches are never taken.
//
// A condition in whose branch control is, or whose other branch was left by a return or jump, is kept as a relation of
// two values (same.c) on a stack; it is taken off where the block ends, and after a label, which can be reached from
// elsewhere. Asked for are relations of the same two values, and bounds: those of the type, of the operands of
// arithmetic that cannot overflow, and of all relations to a value with bounds. As the upper bound of an unsigned type
// of 64 bits INT64_MAX stands for none.
#include "alloc/walk_internal.h"

enum { RANGE_DEPTH = 12, SEARCHED = 64, LESS = 1, EQUAL = 2, GREATER = 4 };

static const Range ANY = {INT64_MIN, INT64_MAX};

// ---- Bounds by type

static bool is_wide_unsigned(const Walker *w, const Type *t) {
  return type_is_unsigned(t) && type_size(w->pass->types, (Type *)t) == 8;
}

static Range type_range(const Walker *w, const Type *t) {
  if (!t || !type_is_integer(t)) return ANY;
  int64_t size = type_size(w->pass->types, (Type *)t);
  if (type_is_unsigned(t)) return (Range){0, size < 8 ? ((int64_t)1 << (8 * size)) - 1 : INT64_MAX};
  if (size >= 8) return ANY;
  return (Range){-((int64_t)1 << (8 * size - 1)), ((int64_t)1 << (8 * size - 1)) - 1};
}

static Range both(Range a, Range b) {
  return (Range){a.low > b.low ? a.low : b.low, a.high < b.high ? a.high : b.high};
}

static bool is_within(Range inner, Range outer) { return inner.low >= outer.low && inner.high <= outer.high; }

// Far enough from overflow for any sum or difference.
static bool is_small(Range r) { return r.low > INT64_MIN / 4 && r.high < INT64_MAX / 4; }

// ---- Relations that hold

static bool is_length(const IrNode *n, int op) { return n && (int)n->op == op; }

// A query: the value itself, or (of: IR_LEN or IR_CAP) how long it is.
static bool is_about(Walker *w, Value known, Value asked, int of) {
  if (!of) return alloc_same_value(w, known, asked);
  if (!is_length(known.node, of)) return false;
  return alloc_same_value(w, alloc_value_at(w, known.node->u.unary.x, known.time), asked);
}

// What x relation y says about x when y lies in range.
static Range bounded_by(unsigned relation, Range range) {
  Range r = ANY;
  if (!(relation & GREATER)) r.high = relation & EQUAL || range.high == INT64_MAX ? range.high : range.high - 1;
  if (!(relation & LESS)) r.low = relation & EQUAL || range.low == INT64_MAX ? range.low : range.low + 1;
  return r;
}

static unsigned swapped(unsigned relation) {
  return (relation & EQUAL) | (relation & LESS ? GREATER : 0) | (relation & GREATER ? LESS : 0);
}

static Range without(Range r, Range value) {
  if (value.low != value.high || r.low == r.high) return r;
  if (r.low == value.low) r.low++;
  if (r.high == value.low) r.high--;
  return r;
}

static Range values_range(Walker *w, const IrList *values) {
  Range r = {INT64_MAX, INT64_MIN};
  for (uint32_t i = 0; i < values->len; i++) {
    int64_t v;
    const Const *c = alloc_folded(w, values->items[i]);
    if (!c || !const_int64_value(c, &v)) return ANY;
    if (v < r.low) r.low = v;
    if (v > r.high) r.high = v;
  }
  return values->len ? r : ANY;
}

// Narrows r, the range of a value that is seen as unsigned or not, by one relation.
static Range narrowed(Walker *w, const Known *k, Value asked, int of, bool is_unsigned, Range r) {
  bool x = is_about(w, k->x, asked, of), y = !x && !k->values && is_about(w, k->y, asked, of);
  if (!x && !y) return r;
  unsigned relation = x ? k->relation : swapped(k->relation);
  Range other = k->values ? values_range(w, k->values) : x ? k->y_range : k->x_range;
  if (relation == (LESS | GREATER)) return without(r, other);
  Range said = bounded_by(relation, other);
  if (k->is_unsigned && said.low < 0) said.low = 0;
  // The same bits with the other sign are the same number only when they are not negative in either.
  if (k->is_unsigned != is_unsigned && (said.low < 0 || (k->is_unsigned && said.high == INT64_MAX))) return r;
  return both(r, said);
}

static Range known_range(Walker *w, Value asked, int of, bool is_unsigned, Range r) {
  uint32_t len = w->known.len;
  for (uint32_t i = len > SEARCHED ? len - SEARCHED : 0; i < len; i++) {
    const Known *k = &w->known.items[i];
    if (k->ordered) r = narrowed(w, k, asked, of, is_unsigned, r);
  }
  return r;
}

// ---- Bounds of expressions

static Range range_at(Walker *w, IrNode *n, uint32_t time, unsigned depth);

static Range sum(Range a, Range b) {
  return is_small(a) && is_small(b) ? (Range){a.low + b.low, a.high + b.high} : ANY;
}

static Range operation_range(Walker *w, IrNode *n, uint32_t time, unsigned depth) {
  Range a = range_at(w, n->u.binary.x, time, depth), b = range_at(w, n->u.binary.y, time, depth);
  switch ((int)n->op) {
  case IR_ADD: return sum(a, b);
  case IR_SUB: return is_small(b) ? sum(a, (Range){-b.high, -b.low}) : ANY;
  case IR_MUL:
    if (a.low < 0 || b.low < 0 || a.high > INT32_MAX || b.high > INT32_MAX) return ANY;
    return (Range){a.low * b.low, a.high * b.high};
  case IR_AND:
    if (a.low < 0 && b.low < 0) return ANY;
    return (Range){0, a.low < 0 ? b.high : b.low < 0 ? a.high : a.high < b.high ? a.high : b.high};
  case IR_MOD:
    if (b.low <= 0 || a.low < 0) return ANY;
    return (Range){0, b.high == INT64_MAX || a.high < b.high ? a.high : b.high - 1};
  case IR_DIV:
    if (b.low <= 0 || a.low < 0 || a.high == INT64_MAX) return ANY;
    return (Range){a.low / b.high, a.high / b.low};
  case IR_RSH:
    if (a.low < 0 || b.low < 0 || b.low > 62 || a.high == INT64_MAX) return ANY;
    return (Range){b.high > 62 ? 0 : a.low >> b.high, a.high >> b.low};
  default: return ANY;
  }
}

static Range least_or_most(Walker *w, IrNode *n, uint32_t time, unsigned depth) {
  Range r = ANY;
  for (uint32_t i = 0; i < n->u.call.args.len; i++) {
    Range a = range_at(w, n->u.call.args.items[i], time, depth);
    if (i == 0)
      r = a;
    else if (n->op == IR_MIN)
      r = (Range){a.low < r.low ? a.low : r.low, a.high < r.high ? a.high : r.high};
    else
      r = (Range){a.low > r.low ? a.low : r.low, a.high > r.high ? a.high : r.high};
  }
  return r;
}

void alloc_narrow_shape(Walker *w, IrNode *slice, Shape *s) {
  if (!w->known.len) return;
  Value v = alloc_value(w, slice);
  Range len = known_range(w, v, IR_LEN, false, (Range){s->least, s->len});
  Range cap = known_range(w, v, IR_CAP, false, (Range){s->cap > len.low ? s->cap : len.low, INT64_MAX});
  s->least = len.low;
  s->len = len.high;
  if (s->fixed || cap.low <= s->cap) return;
  s->cap = cap.low;
  s->tested = true;
}

bool alloc_has_room(Walker *w, IrNode *slice) {
  Value v = alloc_value(w, slice);
  uint32_t len = w->known.len;
  for (uint32_t i = len; i-- > 0 && len - i <= SEARCHED;) {
    const Known *k = &w->known.items[i];
    if (k->relation == LESS && !k->values && is_about(w, k->x, v, IR_LEN) && is_about(w, k->y, v, IR_CAP)) return true;
    if (k->relation == GREATER && is_about(w, k->y, v, IR_LEN) && is_about(w, k->x, v, IR_CAP)) return true;
  }
  return false;
}

Range alloc_length_range(Walker *w, IrNode *x, bool capacity) {
  if (is_kind(x->type, TYPE_SLICE)) {
    Shape s = alloc_shape(w, x);
    return capacity ? (Range){s.cap, s.fixed ? s.cap : INT64_MAX} : (Range){s.least, s.len};
  }
  Range r = {0, INT64_MAX};
  const Const *c = alloc_folded(w, x);
  if (c && const_kind(c) == CONST_STRING) r.low = r.high = (int64_t)const_string_value(c).n;
  return known_range(w, alloc_value(w, x), IR_LEN, false, r);
}

static Range length_range(Walker *w, IrNode *n, uint32_t time) {
  IrNode *x = n->u.unary.x;
  bool sized = is_kind(x->type, TYPE_SLICE) || type_is_string(x->type);
  if (!sized) return ANY;
  return time == w->clock ? alloc_length_range(w, x, n->op == IR_CAP) : (Range){0, INT64_MAX};
}

static Range name_range(Walker *w, IrNode *n, uint32_t time, unsigned depth) {
  const IrName *name = n->u.name;
  bool single = name->cls == CLASS_AUTO && !name->is_closure_var && !alloc_is_reassigned(w, name);
  const Fact *f = time == w->clock || single ? alloc_fact(w, n) : NULL;
  Range r = f && f->has_range ? f->range : ANY;
  if (!single) return r;
  IrNode *v = ir_defining_value(name);
  uint32_t defined = alloc_assigned_at(w, name);
  return v && v != n ? both(r, range_at(w, v, defined < time ? defined : time, depth)) : r;
}

static Range range_at(Walker *w, IrNode *n, uint32_t time, unsigned depth) {
  if (!n || !n->type || !type_is_integer(n->type) || !alloc_may_ask(w)) return ANY;
  Range type = type_range(w, n->type), r = ANY;
  int64_t c;
  if (depth > RANGE_DEPTH) return type;
  switch ((int)n->op) {
  case IR_LITERAL: return const_int64_value(n->u.lit.value, &c) ? (Range){c, c} : type;
  case IR_PAREN: return range_at(w, n->u.unary.x, time, depth + 1);
  case IR_INLCALL:
    if (n->u.inl_call.results.len == 1) r = range_at(w, n->u.inl_call.results.items[0], time, depth + 1);
    break;
  case IR_CONV:
  case IR_CONVNOP:
    r = range_at(w, n->u.conv.x, time, depth + 1);
    if (r.high == INT64_MAX && is_wide_unsigned(w, n->u.conv.x->type) && !is_wide_unsigned(w, n->type)) r = ANY;
    break;
  case IR_LEN:
  case IR_CAP: r = both(length_range(w, n, time), type); break;
  case IR_MIN:
  case IR_MAX: r = least_or_most(w, n, time, depth + 1); break;
  case IR_NAME: r = name_range(w, n, time, depth + 1); break;
  case IR_ADD:
  case IR_SUB:
  case IR_MUL:
  case IR_AND:
  case IR_MOD:
  case IR_DIV:
  case IR_RSH: r = operation_range(w, n, time, depth + 1); break;
  default: break;
  }
  if (!is_within(r, type)) r = type;
  if (!w->known.len) return r;
  return known_range(w, alloc_value_at(w, n, time), 0, type_is_unsigned(n->type), r);
}

Range alloc_range(Walker *w, IrNode *n) { return range_at(w, n, w->clock, 0); }

// ---- Comparisons

static unsigned relation_of(int op) {
  switch (op) {
  case IR_EQ: return EQUAL;
  case IR_NE: return LESS | GREATER;
  case IR_LT: return LESS;
  case IR_LE: return LESS | EQUAL;
  case IR_GT: return GREATER;
  case IR_GE: return GREATER | EQUAL;
  default: return 0;
  }
}

static bool is_ordered(const IrNode *x) { return x->type && type_is_integer(x->type); }

// The relations between two integers that their bounds leave possible.
static unsigned possible(const Walker *w, const Type *t, Range x, Range y) {
  unsigned out = LESS | EQUAL | GREATER;
  bool wide = is_wide_unsigned(w, t); // then INT64_MAX means no bound
  if (x.high != INT64_MAX || !wide) {
    if (x.high < y.low) out &= LESS;
    if (x.high <= y.low) out &= ~(unsigned)GREATER;
  }
  if (y.high != INT64_MAX || !wide) {
    if (y.high < x.low) out &= GREATER;
    if (y.high <= x.low) out &= ~(unsigned)LESS;
  }
  return out;
}

// The largest number of an unsigned type of 64 bits, which bounds cannot hold.
static bool is_largest(Walker *w, IrNode *n) {
  uint64_t v;
  const Const *c = is_wide_unsigned(w, n->type) ? alloc_folded(w, n) : NULL;
  return c && const_uint64_value(c, &v) && v == UINT64_MAX;
}

static unsigned known_relation(Walker *w, Value x, Value y, bool ordered, bool is_unsigned) {
  unsigned out = LESS | EQUAL | GREATER;
  uint32_t len = w->known.len;
  for (uint32_t i = len; i-- > 0 && len - i <= SEARCHED;) {
    const Known *k = &w->known.items[i];
    if (k->values || k->ordered != ordered) continue;
    bool equality = k->relation == EQUAL || k->relation == (LESS | GREATER);
    if (k->is_unsigned != is_unsigned && !equality) continue;
    if (alloc_same_value(w, k->x, x) && alloc_same_value(w, k->y, y))
      out &= k->relation;
    else if (alloc_same_value(w, k->x, y) && alloc_same_value(w, k->y, x))
      out &= swapped(k->relation);
  }
  return out;
}

int alloc_known_relation(Walker *w, IrNode *n) {
  IrNode *x = n->u.binary.x, *y = n->u.binary.y;
  bool ordered = is_ordered(x);
  unsigned asked = relation_of((int)n->op), left = LESS | EQUAL | GREATER;
  Value a = alloc_value(w, x), b = alloc_value(w, y);
  if (ordered) {
    if (alloc_same_value(w, a, b)) left = EQUAL;
    left &= possible(w, x->type, alloc_range(w, x), alloc_range(w, y));
  }
  if (ordered && is_largest(w, y)) left &= LESS | EQUAL;
  if (ordered && is_largest(w, x)) left &= GREATER | EQUAL;
  if (w->known.len) left &= known_relation(w, a, b, ordered, ordered && type_is_unsigned(x->type));
  if (!left) return -1;
  return !(left & ~asked) ? 1 : !(left & asked) ? 0 : -1;
}

// ---- The stack

int alloc_known_truth(Walker *w, IrNode *n) {
  if (!w->known.len) return -1;
  Value v = alloc_value(w, n);
  uint32_t len = w->known.len;
  for (uint32_t i = len; i-- > 0 && len - i <= SEARCHED;) {
    const Known *k = &w->known.items[i];
    if (k->is_truth && alloc_same_value(w, k->x, v)) return k->relation == EQUAL;
  }
  return -1;
}

int alloc_known_nilness(Walker *w, IrNode *n) {
  if (!w->known.len) return NIL_UNKNOWN;
  Value v = alloc_value(w, n);
  uint32_t len = w->known.len;
  for (uint32_t i = len; i-- > 0 && len - i <= SEARCHED;) {
    const Known *k = &w->known.items[i];
    if (k->is_nil && alloc_same_value(w, k->x, v)) return k->relation == EQUAL ? NIL_IS : NIL_NOT;
  }
  return NIL_UNKNOWN;
}

const IrList *alloc_known_values(Walker *w, IrNode *n) {
  if (!w->known.len) return NULL;
  Value v = alloc_value(w, n);
  uint32_t len = w->known.len;
  for (uint32_t i = len; i-- > 0 && len - i <= SEARCHED;) {
    const Known *k = &w->known.items[i];
    if (k->values && alloc_same_value(w, k->x, v)) return k->values;
  }
  return NULL;
}

void alloc_know_values(Walker *w, IrNode *tag, const IrList *values) {
  Known k = {.x = alloc_value(w, tag), .values = values, .relation = EQUAL, .ordered = is_ordered(tag)};
  k.is_unsigned = k.ordered && type_is_unsigned(tag->type);
  VEC_APPEND(&w->known, k);
}

// What same.c can recognise again.
static bool is_recognised(const IrNode *n) {
  switch ((int)n->op) {
  case IR_NAME:
  case IR_DOT:
  case IR_DOTPTR:
  case IR_DEREF:
  case IR_LEN:
  case IR_CAP:
  case IR_CONV:
  case IR_AND:
  case IR_OR:
  case IR_ADD:
  case IR_SUB: return true;
  default: return false;
  }
}

static void know_truth(Walker *w, IrNode *n, bool holds) {
  Known k = {.x = alloc_value(w, n), .is_truth = true, .relation = holds ? EQUAL : LESS | GREATER};
  if (k.x.node && is_recognised(k.x.node)) VEC_APPEND(&w->known, k);
}

static void know_relation(Walker *w, IrNode *n, bool holds) {
  unsigned relation = relation_of((int)n->op);
  if (!holds) relation ^= LESS | EQUAL | GREATER;
  IrNode *x = n->u.binary.x, *y = n->u.binary.y;
  const Const *c = type_is_boolean(x->type) ? alloc_folded(w, y) : NULL;
  if (c) {
    know_truth(w, x, const_bool_value(c) == (relation == EQUAL));
    return;
  }
  Known k = {.x = alloc_value(w, x), .y = alloc_value(w, y), .relation = (uint8_t)relation, .ordered = is_ordered(x)};
  if (!k.x.node || !k.y.node) return;
  if (k.x.node->op == IR_NIL) {
    Value v = k.x;
    k.x = k.y, k.y = v;
  }
  k.is_nil = k.y.node->op == IR_NIL;
  if (!k.is_nil && !k.ordered) return;
  if (!is_recognised(k.x.node) && !is_recognised(k.y.node)) return;
  k.is_unsigned = k.ordered && type_is_unsigned(x->type);
  if (k.ordered) k.x_range = alloc_range(w, x), k.y_range = alloc_range(w, y);
  VEC_APPEND(&w->known, k);
}

void alloc_know_condition(Walker *w, IrNode *cond, bool holds, unsigned depth) {
  for (; cond && (cond->op == IR_PAREN || cond->op == IR_NOT); cond = cond->u.unary.x) holds ^= cond->op == IR_NOT;
  if (!cond || depth > 50) return;
  if (cond->op == IR_ANDAND || cond->op == IR_OROR) {
    if (holds != (cond->op == IR_ANDAND)) return;
    alloc_know_condition(w, cond->u.binary.x, holds, depth + 1);
    alloc_know_condition(w, cond->u.binary.y, holds, depth + 1);
  } else if (relation_of((int)cond->op)) {
    know_relation(w, cond, holds);
  } else if (cond->type && type_is_boolean(cond->type)) {
    know_truth(w, cond, holds);
  }
}
