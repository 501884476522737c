// bounds.c: which index expressions need no bounds check because of their form: an array (or a constant string) indexed
// by a masked, divided or shifted unsigned value, or by a type too narrow to leave the array.
// Rules: cmd/compile/internal/walk/expr.go (bounded). gc says so of indices that are no constants.
#include "ir/packages.h"

typedef struct Pass {
  IrUnit *unit;
  IrFunc *fn;
} Pass;

static bool small_constant(const IrNode *n, int64_t *value) {
  return n && n->op == IR_LITERAL && const_kind(n->u.lit.value) == CONST_INT &&
         const_int64_value(n->u.lit.value, value) && *value == (int32_t)*value;
}

static bool bounded_mask(const IrNode *n, int64_t limit, bool is_signed, int bits) {
  int64_t v = -1;
  if (!small_constant(n->u.binary.x, &v) && small_constant(n->u.binary.y, &v) && n->op == IR_ANDNOT) {
    v = ~v;
    if (!is_signed && bits < 64) v &= (INT64_C(1) << bits) - 1;
  }
  return v >= 0 && v < limit;
}

static bool is_bounded(const Pass *p, const IrNode *n, int64_t limit) {
  if (!n || !n->type || !type_is_integer(n->type)) return false;
  bool is_signed = !type_is_unsigned(n->type);
  int64_t bits = 8 * type_size(p->unit->pkg->context, n->type), v;
  if (small_constant(n, &v)) return v >= 0 && v < limit;
  bool by_constant =
    !is_signed && (n->op == IR_MOD || n->op == IR_DIV || n->op == IR_RSH) && small_constant(n->u.binary.y, &v);
  if ((n->op == IR_AND || n->op == IR_ANDNOT) && bounded_mask(n, limit, is_signed, (int)bits)) return true;
  if (by_constant && n->op == IR_MOD && v >= 0 && v <= limit) return true;
  if (by_constant && n->op == IR_DIV) {
    for (; bits > 0 && v >= 2; v >>= 1) bits--;
  }
  if (by_constant && n->op == IR_RSH) {
    if (v > bits) return true;
    bits -= v;
  }
  return !is_signed && bits <= 62 && INT64_C(1) << bits <= limit;
}

static void check_index(const Pass *p, IrNode *n, bool is_opaque) {
  if (n->flags & IR_FLAG_BOUNDED || ir_is_const(n->u.index.index, CONST_INT)) return;
  const Type *t = n->u.index.x->type ? type_underlying(n->u.index.x->type) : NULL;
  if (t && t->kind == TYPE_POINTER) t = type_underlying(t->u.pointer.elem);
  int64_t limit = -1;
  if (t && t->kind == TYPE_ARRAY)
    limit = t->u.array.len;
  else if (ir_is_const(n->u.index.x, CONST_STRING))
    limit = (int64_t)const_string_value(n->u.index.x->u.lit.value).n;
  IrNode type_only = {.op = IR_INVALID, .type = n->u.index.index->type};
  if (limit >= 0 && is_bounded(p, is_opaque ? &type_only : n->u.index.index, limit))
    ir_message(p->unit, MESSAGE_BOUNDS_CHECK, n->pos, p->fn, n, NULL, "index bounds check elided");
}

static bool visit(void *context, IrNode *n);

// An expression that is evaluated once and then used several times, such as what is appended, or the left side of
// an assignment operation under a sanitizer: an index that is no mere
// name is computed into a temporary first, and only its type is known.
static void visit_reused(Pass *p, IrNode *n) {
  if (!n) return;
  switch ((int)n->op) {
  case IR_INDEX: {
    IrNode *index = n->u.index.index;
    check_index(p, n, index->op != IR_NAME && index->op != IR_LITERAL);
    visit_reused(p, n->u.index.x);
    visit(p, index);
    break;
  }
  case IR_DOT:
  case IR_DOTPTR: visit_reused(p, n->u.selector.x); break;
  case IR_DEREF: visit_reused(p, n->u.unary.x); break;
  default: visit(p, n); break;
  }
}

static bool visit(void *context, IrNode *n) {
  Pass *p = context;
  if (n->op == IR_CLOSURE && n->u.closure.func && n->u.closure.func->closure_vars.len) {
    const IrList *body = &n->u.closure.func->body;
    for (uint32_t i = 0; i < body->len; i++) visit(&(Pass){p->unit, n->u.closure.func}, body->items[i]);
  }
  if (n->op == IR_INDEX) check_index(p, n, false);
  if (n->op == IR_ASOP && ir_sanitizer(p->unit)) { // x op= y becomes x = x op y
    for (uint32_t i = 0; i < n->init.len; i++) visit(p, n->init.items[i]);
    visit_reused(p, n->u.as_op.x);
    visit(p, n->u.as_op.y);
    return false;
  }
  if (n->op == IR_APPEND && !(n->flags & IR_FLAG_DDD)) {
    for (uint32_t i = 0; i < n->init.len; i++) visit(p, n->init.items[i]);
    for (uint32_t i = 0; i < n->u.call.args.len; i++) {
      if (i)
        visit_reused(p, n->u.call.args.items[i]);
      else
        visit(p, n->u.call.args.items[i]);
    }
    return false;
  }
  ir_children(n, visit, p);
  return false;
}

void ir_bounds(IrUnit *unit) {
  for (uint32_t i = 0; i < unit->funcs.len; i++) {
    IrFunc *fn = unit->funcs.items[i];
    if (fn->closure && fn->closure_vars.len) continue; // visited with its enclosing function
    for (uint32_t k = 0; k < fn->body.len; k++) visit(&(Pass){unit, fn}, fn->body.items[k]);
  }
}
