// self_assign.c: assignments whose right side cannot bring a new pointer into the assigned object, such as b.buf =
// b.buf[n:] (reference, 3.7).
#include "escape/graph_internal.h"

static bool is_reflect_header(const Type *t) {
  t = t ? type_unalias(t) : NULL;
  if (!t || t->kind != TYPE_NAMED || !t->u.named.obj || !t->u.named.obj->pkg) return false;
  const Object *obj = t->u.named.obj;
  return str_equal(obj->pkg->path, STR("reflect")) &&
         (sym_is(obj->name, "SliceHeader") || sym_is(obj->name, "StringHeader"));
}

bool is_reflect_header_data(const IrNode *n) {
  if ((n->op != IR_DOT && n->op != IR_DOTPTR) || !sym_is(n->u.selector.sel, "Data")) return false;
  Type *u = n->type ? type_underlying(n->type) : NULL;
  if (!u || u->kind != TYPE_BASIC || u->basic_kind != BASIC_UINTPTR) return false;
  Type *holder = n->u.selector.x->type;
  if (n->op == IR_DOTPTR && holder) {
    Type *pointer = type_underlying(holder);
    holder = pointer->kind == TYPE_POINTER ? pointer->u.pointer.elem : NULL;
  }
  return is_reflect_header(holder);
}

// The variable p of *p or p.f with p a pointer; NULL otherwise.
static const IrNode *dereferenced_name(const IrNode *n) {
  const IrNode *x = n->op == IR_DEREF ? n->u.unary.x : n->op == IR_DOTPTR ? n->u.selector.x : NULL;
  return x && x->op == IR_NAME ? x : NULL;
}

static bool is_slice_of_itself(const IrNode *dst, const IrNode *src) {
  const IrNode *target = dereferenced_name(dst);
  if (!target) return false;
  if (src->op == IR_SLICEARR || src->op == IR_SLICE3ARR) {
    // Slicing an array held inside the object makes a pointer into the object itself: that is new.
    if (src->u.slice.x->op == IR_ADDR) return false;
  } else if (src->op != IR_SLICE && src->op != IR_SLICE3 && src->op != IR_SLICESTR) {
    return false;
  }
  return dereferenced_name(src->u.slice.x) == target;
}

enum { INDEX_DEPTH_LIMIT = 200 };

static bool may_affect_memory(const IrNode *n, int depth) {
  if (!n) return false;
  if (depth > INDEX_DEPTH_LIMIT) return true;
  depth++;
  switch (n->op) {
  case IR_NAME:
  case IR_LITERAL:
  case IR_NIL: return false;
  case IR_ADD:
  case IR_SUB:
  case IR_OR:
  case IR_XOR:
  case IR_MUL:
  case IR_LSH:
  case IR_RSH:
  case IR_AND:
  case IR_ANDNOT:
  case IR_DIV:
  case IR_MOD: return may_affect_memory(n->u.binary.x, depth) || may_affect_memory(n->u.binary.y, depth);
  case IR_INDEX: return may_affect_memory(n->u.index.x, depth) || may_affect_memory(n->u.index.index, depth);
  case IR_CONVNOP:
  case IR_CONV: return may_affect_memory(n->u.conv.x, depth);
  case IR_LEN:
  case IR_CAP:
  case IR_NOT:
  case IR_BITNOT:
  case IR_PLUS:
  case IR_NEG:
  case IR_DEREF: return may_affect_memory(n->u.unary.x, depth);
  case IR_DOT:
  case IR_DOTPTR: return may_affect_memory(n->u.selector.x, depth);
  default: return true;
  }
}

bool is_self_assignment(const IrNode *dst, const IrNode *src) {
  if (is_slice_of_itself(dst, src)) return true;
  if (dst->op != src->op) return false;
  if (dst->op == IR_DOT || dst->op == IR_DOTPTR) return ir_same_safe_expr(dst->u.selector.x, src->u.selector.x);
  if (dst->op != IR_INDEX) return false;
  if (may_affect_memory(dst->u.index.index, 0) || may_affect_memory(src->u.index.index, 0)) return false;
  return ir_same_safe_expr(dst->u.index.x, src->u.index.x);
}
