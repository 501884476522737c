// conversion.c: conversions T(x) (the Go spec, "Conversions"). Constants are converted here, everything else by
// type_convertible.
#include "base/unicode.h"
#include "types/expr_internal.h"

// Converts a constant to a basic type; integers become strings of one rune. *value: the result.
static bool const_converts(Checker *c, const Operand *x, Type *target, const Const **value) {
  Type *u = type_underlying(target);
  if (u->kind != TYPE_BASIC) return false;
  ConstPool *pool = &c->pkg->constants;
  if (check_representable_const(x->value, c->context, u, pool, value)) return true;
  if (!type_is_integer(x->type) || !type_is_string(u)) return false;
  uint64_t rune;
  if (!const_uint64_value(x->value, &rune) || rune > 0x10FFFF) rune = RUNE_ERROR;
  char utf8[4];
  *value = const_string(pool, (Str){utf8, (size_t)rune_encode((uint32_t)rune, utf8)});
  return true;
}

static bool is_bytes_or_runes(Type *t) {
  Type *u = type_underlying(t);
  if (u->kind != TYPE_SLICE) return false;
  Type *elem = type_underlying(u->u.slice.elem);
  if (elem->kind != TYPE_BASIC) return false;
  BasicKind kind = basic_canonical(elem->basic_kind);
  return kind == BASIC_UINT8 || kind == BASIC_INT32;
}

// A constant converts to a type parameter if it does to each specific type of its set.
static bool const_converts_to_param(Checker *c, const Operand *x, Type *target) {
  TypeTerms set;
  type_terms(&set, target);
  for (uint32_t i = 0; i < set.count; i++) {
    Type *u = type_underlying(set.terms[i].type);
    const Const *ignored;
    if (!(type_is_string(x->type) && is_bytes_or_runes(u)) && !const_converts(c, x, u, &ignored)) return false;
  }
  return set.count > 0;
}

// The type that the untyped argument of a conversion ends up with.
static Type *final_argument_type(Checker *c, const Operand *x, Type *target, bool was_const) {
  if (operand_is_nil(c, x)) return target;
  bool to_const = type_is_basic(target, BASIC_IS_CONST_TYPE);
  if (type_is_non_tparam_interface(target) || (was_const && !to_const)) return type_default(x->type);
  if (operand_is_const(x) && type_is_integer(x->type) && type_all_basic(target, BASIC_IS_STRING)) return x->type;
  return target;
}

void check_conversion(Checker *c, Operand *x, Type *target) {
  bool was_const = operand_is_const(x), converts = false;
  if (x->mode == MODE_INVALID || type_is_invalid(x->type)) {
    operand_set_invalid(c, x);
    return;
  }
  if (was_const && type_is_basic(target, BASIC_IS_CONST_TYPE)) {
    const Const *value = x->value;
    converts = const_converts(c, x, target, &value);
    if (converts) x->value = value;
    if (!converts && type_is_integer(x->type) && type_is_integer(target)) {
      Buf text = {0};
      const_write_gc(&text, x->value, 'i');
      check_error(c, x->expr, "constant %.*s overflows %.*s", STR_ARG(buf_view(&text)),
                  STR_ARG(check_type_str(c, target)));
      buf_release(&text);
      operand_set_invalid(c, x);
      return;
    }
  } else if (was_const && type_is_param(target)) {
    converts = const_converts_to_param(c, x, target);
    x->mode = MODE_VALUE;
  } else if (operand_assignable(c, x, target) || type_convertible(c->pkg, x->type, target)) {
    converts = true;
    if (x->mode != MODE_NIL || type_is_typed(x->type)) x->mode = MODE_VALUE;
  }
  if (!converts) {
    check_error(c, x->expr, "cannot convert %.*s to type %.*s", STR_ARG(check_operand_str(c, x)),
                STR_ARG(check_type_str(c, target)));
    operand_set_invalid(c, x);
    return;
  }
  if (type_is_untyped(x->type)) check_update_expr_type(c, x->expr, final_argument_type(c, x, target, was_const), true);
  if (x->mode == MODE_NIL) x->mode = MODE_VALUE;
  x->type = target;
}
