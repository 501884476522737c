// const.c: constants against types (the Go spec, "Representability", "Constant expressions"), and how untyped operands
// get their types: what an operand becomes for a target, and the passing of that type down the expression that was
// recorded with an untyped one (the spec's "as if the shift were replaced by its left operand alone").
#include "types/expr_internal.h"

#include <math.h>

void check_overflow(Checker *c, Operand *x, const Ast *at) {
  enum { UNTYPED_BITS = 512 };
  int64_t small;
  bool typed = type_is_typed(x->type);
  if (!typed && const_int64_value(x->value, &small)) return;
  if (const_is_unknown(x->value)) {
    check_error(c, at, "constant result is not representable");
    return;
  }
  if (typed) {
    operand_check_representable(c, x, type_underlying(x->type));
    return;
  }
  // Kinds shrink to what holds the value: a large untyped float may be an integer here.
  bool is_integer = (x->type->basic_info & BASIC_IS_INTEGER) != 0;
  if (is_integer && const_kind(x->value) == CONST_INT && const_bit_len(x->value) > UNTYPED_BITS) {
    check_error(c, at, "constant overflow");
    x->value = const_unknown();
  }
}

static unsigned integer_bits(const TypeContext *context, BasicKind kind) {
  switch ((int)kind) {
  case BASIC_INT8:
  case BASIC_UINT8: return 8;
  case BASIC_INT16:
  case BASIC_UINT16: return 16;
  case BASIC_INT32:
  case BASIC_UINT32: return 32;
  case BASIC_INT64:
  case BASIC_UINT64: return 64;
  default: return context->target.word * 8u; // int, uint, uintptr
  }
}

static bool integer_fits(const Const *v, const TypeContext *context, BasicKind kind, bool is_unsigned) {
  if (kind == BASIC_UNTYPED_INT || kind == BASIC_UNTYPED_RUNE) return true;
  unsigned bits = integer_bits(context, kind);
  int64_t i;
  if (const_int64_value(v, &i)) {
    if (is_unsigned) return i >= 0 && (bits == 64 || i >> bits == 0);
    return bits == 64 || (i >= -(INT64_C(1) << (bits - 1)) && i < INT64_C(1) << (bits - 1));
  }
  return is_unsigned && const_sign(v) >= 0 && const_bit_len(v) <= bits;
}

static const Const *round_part(const Const *v, ConstPool *pool, bool single) {
  return single ? const_round_float32(pool, v) : const_round_float64(pool, v);
}

bool check_representable_const(const Const *v, const TypeContext *context, Type *basic, ConstPool *pool,
                               const Const **rounded) {
  if (const_is_unknown(v)) return true; // an error was given
  BasicKind kind = basic_canonical(basic->basic_kind);
  unsigned info = basic->basic_info;
  if (info & BASIC_IS_INTEGER) {
    v = const_to_int(pool, v);
    if (const_kind(v) != CONST_INT) return false;
    if (rounded) *rounded = v;
    return integer_fits(v, context, kind, (info & BASIC_IS_UNSIGNED) != 0);
  }
  if (info & BASIC_IS_FLOAT) {
    v = const_to_float(pool, v);
    if (const_is_unknown(v)) return false;
    if (kind == BASIC_UNTYPED_FLOAT) return true;
    v = round_part(v, pool, kind == BASIC_FLOAT32);
    if (const_is_unknown(v)) return false;
    if (rounded) *rounded = v;
    return true;
  }
  if (info & BASIC_IS_COMPLEX) {
    v = const_to_complex(pool, v);
    if (const_kind(v) != CONST_COMPLEX) return false;
    if (kind == BASIC_UNTYPED_COMPLEX) return true;
    bool single = kind == BASIC_COMPLEX64;
    const Const *re = round_part(const_real(pool, v), pool, single),
                *im = round_part(const_imag(pool, v), pool, single);
    if (const_is_unknown(re) || const_is_unknown(im)) return false;
    if (rounded) *rounded = const_make_complex(pool, re, im);
    return true;
  }
  if (info & BASIC_IS_STRING) return const_kind(v) == CONST_STRING;
  if (info & BASIC_IS_BOOLEAN) return const_kind(v) == CONST_BOOL;
  return false;
}

ConvertFault const_representation(Checker *c, const Operand *x, Type *basic, const Const **value) {
  *value = x->value;
  if (basic->kind != TYPE_BASIC) return CONVERT_IMPOSSIBLE;
  if (check_representable_const(x->value, c->context, basic, &c->pkg->constants, value)) return CONVERT_OK;
  if (!type_is_numeric(x->type) || !type_is_numeric(basic)) return CONVERT_IMPOSSIBLE;
  return !type_is_integer(x->type) && type_is_integer(basic) ? CONVERT_TRUNCATED : CONVERT_OVERFLOW;
}

void report_conversion(Checker *c, ConvertFault fault, Operand *x, Type *target) {
  Str operand = check_operand_str(c, x), type = check_type_str(c, target);
  if (fault == CONVERT_TRUNCATED)
    check_error(c, x->expr, "%.*s truncated to %.*s", STR_ARG(operand), STR_ARG(type));
  else if (fault == CONVERT_OVERFLOW)
    check_error(c, x->expr, "%.*s overflows %.*s", STR_ARG(operand), STR_ARG(type));
  else
    check_error(c, x->expr, "cannot convert %.*s to type %.*s", STR_ARG(operand), STR_ARG(type));
}

void operand_check_representable(Checker *c, Operand *x, Type *basic) {
  const Const *value;
  ConvertFault fault = const_representation(c, x, basic, &value);
  if (fault == CONVERT_OK) {
    x->value = value;
    return;
  }
  report_conversion(c, fault, x, basic);
  operand_set_invalid(c, x);
}

// -- untyped operands --

// The wider of two untyped types, or NULL.
static Type *untyped_max(Type *x, Type *y) {
  if (x == y) return x;
  if (type_is_numeric(x) && type_is_numeric(y)) return x->basic_kind > y->basic_kind ? x : y;
  return NULL;
}

// A value that is untyped but no constant: of a comparison, of a shift whose type is not known yet.
static bool untyped_value_fits(Type *untyped, Type *target) {
  if (untyped->basic_kind == BASIC_UNTYPED_BOOL) return type_is_boolean(target);
  if (untyped->basic_kind == BASIC_UNTYPED_STRING) return type_is_string(target);
  if (untyped->basic_info & BASIC_IS_NUMERIC) return type_is_numeric(target);
  return false;
}

Type *implicit_type(Checker *c, Operand *x, Type *target, const Const **value, ConvertFault *fault) {
  *value = NULL;
  *fault = CONVERT_OK;
  if (x->mode == MODE_INVALID || type_is_typed(x->type) || type_is_invalid(target)) return x->type;
  Type *untyped = type_unalias(x->type), *result = NULL;
  *fault = CONVERT_IMPOSSIBLE;
  if (type_is_untyped(target)) {
    result = untyped_max(untyped, type_unalias(target));
  } else if (operand_is_nil(c, x)) {
    result = type_has_nil(target) ? target : NULL;
  } else if (type_is_param(target)) {
    TypeTerms set;
    type_terms(&set, target);
    for (uint32_t i = 0; i < set.count; i++) {
      const Const *ignored;
      if (!implicit_type(c, x, type_underlying(set.terms[i].type), &ignored, fault)) return NULL;
    }
    result = set.count ? target : NULL;
  } else {
    Type *u = type_underlying(target);
    if (u->kind == TYPE_BASIC && operand_is_const(x)) {
      *fault = const_representation(c, x, u, value);
      return *fault == CONVERT_OK ? target : NULL;
    }
    if (u->kind == TYPE_BASIC) {
      result = untyped_value_fits(untyped, target) ? target : NULL;
    } else if (u->kind == TYPE_INTERFACE) {
      const TypeSet *set = type_set(u);
      bool empty = set && set->methods.len == 0 && set->all_types && !set->comparable;
      result = empty ? type_default(untyped) : NULL; // values keep a concrete dynamic type
    }
  }
  if (result) *fault = CONVERT_OK;
  return result;
}

Type *check_implicit_type(Checker *c, Operand *x, Type *target, const Const **value) {
  ConvertFault fault;
  return implicit_type(c, x, target, value, &fault);
}

void operand_set_implicit(Checker *c, Operand *x, Type *type, const Const *value) {
  if (value) {
    x->value = value;
    update_expr_value(c, x->expr, value);
  }
  if (type != x->type) {
    x->type = type;
    check_update_expr_type(c, x->expr, type, false);
  }
}

void check_convert_untyped(Checker *c, Operand *x, Type *target) {
  if (x->mode == MODE_INVALID || type_is_typed(x->type)) return;
  const Const *value;
  ConvertFault fault;
  Type *type = implicit_type(c, x, target, &value, &fault);
  if (!type) {
    report_conversion(c, fault, x, type_is_param(target) ? target : type_underlying(target));
    operand_set_invalid(c, x);
    return;
  }
  operand_set_implicit(c, x, type, value);
}

void update_expr_value(Checker *c, const Ast *e, const Const *value) {
  NodeInfo *info = untyped_pending(c, e);
  if (info) info->value = value;
}

static bool is_comparison(Token op) { return op >= TOKEN_EQL && op <= TOKEN_GEQ; }

// The node that takes the same type as e, when e's own operands still wait for theirs; *second: another one.
static const Ast *untyped_operands(const Ast *e, const NodeInfo *info, const Ast **second) {
  *second = NULL;
  if (e->kind == AST_PAREN) return e->u.paren.x;
  if (info->value) return NULL; // operands of a constant are never materialised
  if (e->kind == AST_UNARY) return e->u.unary.x;
  if (e->kind != AST_BINARY || is_comparison((Token)e->op)) return NULL;
  if (e->op != TOKEN_SHL && e->op != TOKEN_SHR) *second = e->u.binary.y;
  return e->u.binary.x;
}

// One node of check_update_expr_type, its operands done.
static void update_node(Checker *c, const Ast *e, NodeInfo *info, Type *type, bool final) {
  if (!final && type_is_untyped(type)) {
    info->type = type_underlying(type);
    return;
  }
  bool is_shift_lhs = info->is_shift_lhs;
  Operand x = {.mode = (OperandMode)info->mode, .type = info->type, .value = info->value, .expr = e};
  info->pending = info->is_shift_lhs = false;
  info->type = type;
  if (is_shift_lhs && !type_all_basic(type, BASIC_IS_INTEGER)) {
    check_error(c, e, "invalid operation: shifted operand %.*s (type %.*s) must be integer",
                STR_ARG(check_expr_str(c, e)), STR_ARG(check_type_str(c, type)));
    return;
  }
  if (x.value) check_convert_untyped(c, &x, type); // it must be representable
}

void check_update_expr_type(Checker *c, const Ast *e, Type *type, bool final) {
  // Left operands are followed in the loop: chains of operators are deep on that side.
  NodeInfo *info;
  for (const Ast *next; (info = untyped_pending(c, e)) != NULL; e = next) {
    const Ast *second;
    next = untyped_operands(e, info, &second);
    if (second) check_update_expr_type(c, second, type, final);
    update_node(c, e, info, type, final);
    if (!next) return;
  }
}
