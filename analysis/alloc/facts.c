// facts.c: what is certain about local variables where control is: the value of one that is constant there, whether a
// pointer or interface is nil, and how long a slice is and how much room it has at least.
//
// The back end sees as much: it turns variables into values, folds what is constant, drops the branches that then
// cannot be taken, and with them calls (cmd/compile/internal/ssa: opt, deadcode, prove). An append to a slice that is
// known to have room needs no call.
//
// A forward walk in step with the statements: a set of facts, copied for branches, joined where they meet, cut at
// labels and at the entry of loops that assign to a variable.
#include "alloc/walk_internal.h"

#include <stdlib.h>

// Only variables that nothing but assignments to their name can change.
static bool is_eligible(const Walker *w, const IrNode *n) {
  if (!n || n->op != IR_NAME || !n->type) return false;
  const IrName *name = n->u.name;
  if (w->defers && name->cls == CLASS_RESULT) return false; // deferred functions must find it in memory
  return name->cls != CLASS_EXTERN && name->cls != CLASS_FUNC && !name->addrtaken && !name->escapes &&
         !name->is_closure_var && (!name->captured || name->byval);
}

static void remove_name(FactSet *set, const IrName *name) {
  Fact *f = fact_set_find(set, name);
  if (f) fact_set_remove(set, f);
}

const Fact *alloc_fact(Walker *w, const IrNode *n) {
  return is_eligible(w, n) ? fact_set_find(&w->facts, n->u.name) : NULL;
}

// ---- Slices

static int64_t known_int(Walker *w, IrNode *n, int64_t otherwise) {
  int64_t value;
  const Const *v = n ? alloc_folded(w, n) : NULL;
  return v && const_int64_value(v, &value) ? value : otherwise;
}

// What an integer is at least; negative: not known.
static int64_t at_least(Walker *w, IrNode *n, unsigned depth) {
  if (!n || depth > 20) return -1;
  int64_t known = known_int(w, n, -1);
  if (known >= 0) return known;
  switch ((int)n->op) {
  case IR_PAREN: return at_least(w, n->u.unary.x, depth + 1);
  case IR_LEN:
  case IR_CAP: return is_kind(n->u.unary.x->type, TYPE_SLICE) || type_is_string(n->u.unary.x->type) ? 0 : -1;
  case IR_ADD: {
    int64_t x = at_least(w, n->u.binary.x, depth + 1), y = at_least(w, n->u.binary.y, depth + 1);
    return x < 0 || y < 0 || x > INT32_MAX || y > INT32_MAX ? -1 : x + y;
  }
  case IR_NAME: {
    IrNode *v = alloc_static_value_of(w, n);
    return v && v != n && v->op != IR_NAME ? at_least(w, v, depth + 1) : -1;
  }
  default: return -1;
  }
}

static const Shape UNKNOWN_SHAPE = {.len = INT64_MAX};
static Shape exactly(int64_t len) { return (Shape){.len = len, .cap = len, .least = len, .fixed = true}; }

static Shape shape_of_make(Walker *w, IrNode *n) {
  Shape s = UNKNOWN_SHAPE;
  IrNode *cap = n->u.make.cap ? n->u.make.cap : n->u.make.len;
  s.len = known_int(w, n->u.make.len, INT64_MAX);
  if (s.len < 0) s.len = INT64_MAX;
  if (s.len != INT64_MAX) s.least = s.len;
  s.fixed = known_int(w, cap, -1) >= 0;
  s.cap = at_least(w, cap, 0);
  if (s.cap < 0) s.cap = 0;
  return s;
}

static Shape shape(Walker *w, IrNode *n, unsigned depth);

// x[low:high:max], of an array when array is not negative.
// high - low when it is written so that it shows: x[n-3:n], x[len(x)-3:].
static int64_t known_distance(Walker *w, const IrNode *x, IrNode *low, IrNode *high) {
  if (!low || low->op != IR_SUB) return -1;
  int64_t distance = known_int(w, low->u.binary.y, -1);
  IrNode *from = low->u.binary.x;
  if (!high) return from->op == IR_LEN && ir_same_safe_expr(from->u.unary.x, x) ? distance : -1;
  return alloc_same_value(w, alloc_value(w, from), alloc_value(w, high)) ? distance : -1;
}

static Shape shape_of_part(Walker *w, IrNode *n, int64_t array, unsigned depth) {
  Shape whole = array >= 0 ? exactly(array) : shape(w, n->u.slice.x, depth), s = UNKNOWN_SHAPE;
  IrNode *low_node = n->u.slice.low;
  int64_t low = low_node ? known_int(w, low_node, -1) : 0;
  bool is_end = low_node && low_node->op == IR_LEN && ir_same_safe_expr(low_node->u.unary.x, n->u.slice.x);
  if (is_end && !n->u.slice.high) {
    s.len = 0;
    return s;
  }
  int64_t distance = low < 0 ? known_distance(w, n->u.slice.x, low_node, n->u.slice.high) : -1;
  if (distance >= 0) s.len = s.least = s.cap = distance;
  if (low < 0) return s;
  int64_t high = n->u.slice.high ? known_int(w, n->u.slice.high, -1) : whole.len;
  if (high >= low && high != INT64_MAX) s.len = high - low;
  int64_t least = n->u.slice.high ? high : whole.least;
  if (least > low && least != INT64_MAX) s.least = least - low;
  if (n->u.slice.max) {
    int64_t max = known_int(w, n->u.slice.max, -1);
    if (max >= low) s.cap = max - low, s.fixed = true;
  } else if (whole.cap > low) {
    s.cap = whole.cap - low;
    s.fixed = whole.fixed;
    s.tested = whole.tested;
  } else if (n->u.slice.high && high > low) {
    s.cap = high - low; // or it would have panicked
  }
  return s;
}

static int64_t array_len(const Type *t) {
  Type *u = t ? under(t) : NULL;
  if (u && u->kind == TYPE_POINTER && u->u.pointer.elem) u = under(u->u.pointer.elem);
  return u && u->kind == TYPE_ARRAY ? u->u.array.len : -1;
}

static Shape shape_of_name(Walker *w, IrNode *n, unsigned depth) {
  const Fact *f = fact_set_find(&w->facts, n->u.name);
  if (f && (!w->looking_back || !alloc_is_reassigned(w, n->u.name))) return f->shape;
  IrNode *v = alloc_static_value_of(w, n);
  if (!v || v == n || v->op == IR_NAME || v->op == IR_APPEND) return UNKNOWN_SHAPE;
  w->looking_back++;
  Shape s = shape(w, v, depth);
  w->looking_back--;
  return s;
}

static Shape shape(Walker *w, IrNode *n, unsigned depth) {
  while (n && (n->op == IR_CONVNOP || n->op == IR_PAREN)) n = n->op == IR_PAREN ? n->u.unary.x : n->u.conv.x;
  if (!n || depth > 20) return UNKNOWN_SHAPE;
  switch ((int)n->op) {
  case IR_NIL: return exactly(0);
  case IR_SLICELIT: return exactly(n->u.complit.len);
  case IR_MAKESLICE: return shape_of_make(w, n);
  case IR_SLICEARR:
  case IR_SLICE3ARR: return shape_of_part(w, n, array_len(n->u.slice.x->type), depth + 1);
  case IR_SLICE:
  case IR_SLICE3: return shape_of_part(w, n, -1, depth + 1);
  case IR_STR2BYTES:
    if (!ir_is_const(n->u.conv.x, CONST_STRING)) return UNKNOWN_SHAPE;
    return (Shape){.len = (int64_t)const_string_value(n->u.conv.x->u.lit.value).n,
                   .least = (int64_t)const_string_value(n->u.conv.x->u.lit.value).n};
  case IR_INLCALL:
    return n->u.inl_call.results.len == 1 ? shape(w, n->u.inl_call.results.items[0], depth + 1) : UNKNOWN_SHAPE;
  case IR_APPEND: return n == w->appended ? w->appended_shape : UNKNOWN_SHAPE;
  case IR_NAME:
  case IR_DOT:
  case IR_DOTPTR: {
    Shape s = n->op == IR_NAME && is_eligible(w, n) ? shape_of_name(w, n, depth + 1) : UNKNOWN_SHAPE;
    if (!w->looking_back) alloc_narrow_shape(w, n, &s);
    return s;
  }
  default: return UNKNOWN_SHAPE;
  }
}

Shape alloc_shape(Walker *w, IrNode *slice) { return shape(w, slice, 0); }

int64_t alloc_spread_len(Walker *w, IrNode *n) {
  const Const *v = n->type && type_is_string(n->type) ? alloc_folded(w, n) : NULL;
  if (v && const_kind(v) == CONST_STRING) return (int64_t)const_string_value(v).n;
  if (!is_kind(n->type, TYPE_SLICE)) return -1;
  Shape s = shape(w, n, 0);
  return s.len == INT64_MAX ? -1 : s.len;
}

// ---- Assignments

// Without looking through definitions: the variable keeps its own.
static int nilness_here(Walker *w, IrNode *y) {
  while (y->op == IR_CONVNOP || y->op == IR_PAREN) y = y->op == IR_PAREN ? y->u.unary.x : y->u.conv.x;
  const Fact *f = alloc_fact(w, y);
  return f ? f->nil : y->op == IR_NAME || y->op == IR_INLCALL ? NIL_UNKNOWN : alloc_nilness(w, y);
}

// Only narrow bounds are worth a fact.
static void establish_range(Walker *w, IrNode *y, Fact *out) {
  enum { WIDEST = 256 };
  int64_t v;
  Range r = {INT64_MIN, INT64_MAX};
  if (out->value && const_int64_value(out->value, &v))
    r = (Range){v, v};
  else if (y)
    r = alloc_range(w, y);
  out->has_range = r.low >= INT32_MIN && r.high <= INT32_MAX && r.high - r.low < WIDEST;
  out->range = r;
}

// The fact that x = y establishes; y NULL: the zero value. False: none.
static bool establish(Walker *w, IrNode *x, IrNode *y, Fact *out) {
  *out = (Fact){.name = x->u.name, .shape = UNKNOWN_SHAPE, .time = w->clock + 1}; // when it is assigned to
  Type *t = under(x->type);
  switch ((TypeKind)t->kind) {
  case TYPE_SLICE:
    out->shape = y ? shape(w, y, 0) : exactly(0);
    return out->shape.len != INT64_MAX || out->shape.cap > 0 || out->shape.least > 0;
  case TYPE_BASIC:
    if (y && y->op == IR_NAME) {
      const Fact *f = alloc_fact(w, y); // else it keeps its own definition
      out->value = f ? f->value : NULL;
    } else if (y) {
      out->value = alloc_folded(w, y);
    } else if (type_is_boolean(t)) {
      out->value = const_bool(&w->pass->constants, false);
    } else if (type_is_integer(t)) {
      out->value = const_int64(&w->pass->constants, 0);
    }
    if (type_is_integer(t)) establish_range(w, y, out);
    return out->value != NULL || out->has_range;
  case TYPE_POINTER:
  case TYPE_INTERFACE:
  case TYPE_SIGNATURE:
  case TYPE_MAP:
  case TYPE_CHAN: out->nil = y ? (uint8_t)nilness_here(w, y) : NIL_IS; return out->nil != NIL_UNKNOWN;
  case TYPE_ARRAY:
  case TYPE_STRUCT:
  case TYPE_TUPLE:
  case TYPE_NAMED:
  case TYPE_ALIAS:
  case TYPE_PARAM:
  case TYPE_UNION: return false;
  }
  return false;
}

static void set_fact(Walker *w, IrNode *x, IrNode *y, bool known) {
  if (!x || x->op != IR_NAME || ir_is_blank(x)) return;
  Fact f;
  bool any = known && is_eligible(w, x) && establish(w, x, y, &f);
  remove_name(&w->facts, x->u.name);
  if (any) fact_set_add(&w->facts, &f);
}

void alloc_facts_assign(Walker *w, IrNode *x, IrNode *y, bool known) {
  set_fact(w, x, y, known);
  alloc_assigned(w, x);
}

void alloc_facts_assign_list(Walker *w, const IrList *lhs, const IrList *rhs) {
  bool pairs = lhs->len == rhs->len;
  FactSet now = {0};
  for (uint32_t i = 0; pairs && i < lhs->len; i++) {
    IrNode *x = lhs->items[i];
    Fact f;
    if (x && is_eligible(w, x) && !ir_is_blank(x) && rhs->items[i] && establish(w, x, rhs->items[i], &f))
      fact_set_add(&now, &f);
  }
  for (uint32_t i = 0; i < lhs->len; i++) {
    if (lhs->items[i] && lhs->items[i]->op == IR_NAME) remove_name(&w->facts, lhs->items[i]->u.name);
  }
  for (uint32_t i = 0; i < now.len; i++) fact_set_add(&w->facts, &now.items[i]);
  for (uint32_t i = 0; i < lhs->len; i++) alloc_assigned(w, lhs->items[i]);
  fact_set_release(&now);
}

static void drop(FactSet *set, const IrNode *x) {
  if (x && x->op == IR_NAME) remove_name(set, x->u.name);
}

static bool drop_assigned(void *context, IrNode *n) {
  FactSet *set = context;
  switch ((int)n->op) {
  case IR_AS: drop(set, n->u.as.x); break;
  case IR_ASOP: drop(set, n->u.as_op.x); break;
  case IR_DCL: drop(set, n->u.unary.x); break;
  case IR_AS2:
  case IR_AS2FUNC:
  case IR_AS2DOTTYPE:
  case IR_AS2MAPR:
  case IR_AS2RECV:
  case IR_SELRECV2:
    for (uint32_t i = 0; i < n->u.as_list.lhs.len; i++) drop(set, n->u.as_list.lhs.items[i]);
    break;
  case IR_RANGE:
    drop(set, n->u.range.key);
    drop(set, n->u.range.value);
    break;
  default: break;
  }
  return set->len == 0;
}

void alloc_facts_enter_loop(Walker *w, IrNode *loop) {
  if (w->facts.len) ir_any(loop, drop_assigned, &w->facts);
}

// ---- Sets

void alloc_facts_replace(FactSet *set, FactSet by) {
  fact_set_release(set);
  *set = by;
}

// What gc proves of values that meet goes from the entry down: what met before the ways parted has bounds (since: when
// that was), and constants have; what met on one of the ways is not looked at yet.
static bool has_bounds(const Fact *f, uint32_t since) {
  return f->has_range && (f->range.low == f->range.high || f->time <= since);
}

static void join_range(Fact *f, const Fact *g, uint32_t since) {
  if (f->has_range && g->has_range && f->time == g->time) return;
  f->has_range = has_bounds(f, since) && has_bounds(g, since);
  if (g->range.low < f->range.low) f->range.low = g->range.low;
  if (g->range.high > f->range.high) f->range.high = g->range.high;
  f->time = since;
}

// What holds in both cases. False: nothing does.
static bool join(Fact *f, const Fact *g, uint32_t since) {
  if (f->value && (!g->value || const_kind(f->value) != const_kind(g->value) || !const_equal(f->value, g->value)))
    f->value = NULL;
  if (f->nil != g->nil) f->nil = NIL_UNKNOWN;
  if (f->shape.len != g->shape.len) f->shape.len = INT64_MAX;
  f->shape.fixed = f->shape.fixed && g->shape.fixed && f->shape.cap == g->shape.cap;
  if (g->shape.cap < f->shape.cap) f->shape.cap = g->shape.cap;
  if (g->shape.least < f->shape.least) f->shape.least = g->shape.least;
  join_range(f, g, since);
  return f->value || f->nil != NIL_UNKNOWN || f->shape.len != INT64_MAX || f->shape.cap > 0 || f->shape.least > 0 ||
         f->has_range;
}

void alloc_facts_join(FactSet *set, FactSet *other, uint32_t since) {
  for (uint32_t i = set->len; i-- > 0;) {
    Fact *f = &set->items[i];
    const Fact *g = fact_set_find(other, f->name);
    if (!g || !join(f, g, since)) fact_set_remove(set, f);
  }
}

void alloc_facts_met(Walker *w, uint32_t since) {
  uint32_t now = ++w->clock;
  for (uint32_t i = 0; i < w->facts.len; i++) {
    if (w->facts.items[i].time == since) w->facts.items[i].time = now;
  }
}

static void meet(Meeting *m, FactSet *set) {
  if (m->any)
    alloc_facts_join(&m->after, set, m->since);
  else
    m->after = fact_set_copy(set);
  m->any = true;
}

void alloc_facts_break(Walker *w, bool labelled) {
  for (Meeting *m = w->meeting; m; m = m->outer) {
    if (!m->is_loop) meet(m, &w->facts);
    if (!labelled) return;
  }
}

void alloc_facts_goto(Walker *w, Sym label) {
  FactSet *known = ptrmap_get(&w->at_labels, label);
  if (known) {
    alloc_facts_join(known, &w->facts, 0);
    return;
  }
  known = mem_new(sizeof *known);
  *known = fact_set_copy(&w->facts);
  ptrmap_set(&w->at_labels, label, known);
}

void alloc_facts_label(Walker *w, Sym label, bool reachable) {
  if (ptrmap_has(&w->looping, label)) {
    fact_set_clear(&w->facts);
    return;
  }
  FactSet *known = ptrmap_get(&w->at_labels, label);
  if (!known) return;
  if (reachable) {
    alloc_facts_join(&w->facts, known, 0);
    fact_set_release(known);
  } else {
    alloc_facts_replace(&w->facts, *known);
  }
  free(known);
  ptrmap_set(&w->at_labels, label, NULL); // all jumps to it came before
  alloc_facts_met(w, 0);
}

// Is the variable one of a call that was inlined into the statement?
static bool is_of_inlined(const Walker *w, const IrName *name, const IrNode *stmt) {
  uint32_t inl = name->pos.inl;
  while (inl > stmt->pos.inl && inl < w->pass->unit->inline_tree.len) {
    inl = w->pass->unit->inline_tree.items[inl].parent;
    if (inl == stmt->pos.inl) return true;
  }
  return false;
}

void alloc_facts_after(Walker *w, const IrNode *stmt) {
  enum { PLENTY = 256 };
  if (w->facts.len < w->facts_kept) w->facts_kept = w->facts.len;
  if (w->facts.len <= w->facts_kept + PLENTY || stmt->op == IR_DCL) return;
  for (uint32_t i = w->facts.len; i-- > 0;)
    if (is_of_inlined(w, w->facts.items[i].name, stmt)) fact_set_remove(&w->facts, &w->facts.items[i]);
  w->facts_kept = w->facts.len;
}

void alloc_facts_release(Walker *w) {
  for (uint32_t i = 0; i < w->at_labels.len; i++) {
    FactSet *set = w->at_labels.entries[i].value;
    if (set) fact_set_release(set);
    free(set);
  }
  ptrmap_release(&w->at_labels);
  fact_set_release(&w->facts);
  fact_set_release(&w->fallen);
}
