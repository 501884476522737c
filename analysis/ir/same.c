// same.c: are two expressions the same, and free of effects, so that one may stand for the other? Both must be used in
// one statement. From ir.SameSafeExpr (cmd/compile/internal/ir/expr.go); self-assignment builds on it.
#include "ir/ir.h"

static const IrNode *skip_nop(const IrNode *n) {
  while (n && n->op == IR_CONVNOP) n = n->u.conv.x;
  return n;
}

static bool is_simple_type(const Type *t) {
  return t && type_is_basic(t, BASIC_IS_BOOLEAN | BASIC_IS_INTEGER | BASIC_IS_FLOAT | BASIC_IS_COMPLEX);
}

bool ir_same_safe_expr(const IrNode *l, const IrNode *r) {
  l = skip_nop(l);
  r = skip_nop(r);
  if (!l || !r || l->op != r->op) return false;
  if (l->type != r->type && (!l->type || !r->type || !type_identical(l->type, r->type))) return false;
  switch ((int)l->op) {
  case IR_NAME: return l->u.name == r->u.name;
  case IR_DOT:
  case IR_DOTPTR:
    return l->u.selector.sel && l->u.selector.sel == r->u.selector.sel &&
           ir_same_safe_expr(l->u.selector.x, r->u.selector.x);
  case IR_DEREF:
  case IR_NOT:
  case IR_BITNOT:
  case IR_PLUS:
  case IR_NEG: return ir_same_safe_expr(l->u.unary.x, r->u.unary.x);
  case IR_CONV: return is_simple_type(l->type) && ir_same_safe_expr(l->u.conv.x, r->u.conv.x);
  case IR_INDEX:
  case IR_INDEXMAP:
    return ir_same_safe_expr(l->u.index.x, r->u.index.x) && ir_same_safe_expr(l->u.index.index, r->u.index.index);
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
  case IR_MOD:
    return ir_same_safe_expr(l->u.binary.x, r->u.binary.x) && ir_same_safe_expr(l->u.binary.y, r->u.binary.y);
  case IR_LITERAL: return const_equal(l->u.lit.value, r->u.lit.value);
  case IR_NIL: return true;
  default: return false;
  }
}
