// operand.c: what an operand may be assigned to (the Go spec, "Assignability"), and how it is described in messages.
#include <stdlib.h>

#include "types/expr_internal.h"

// -- text for messages --

Str check_expr_str(const Checker *c, const Ast *e) {
  enum { LONGEST = 80 };
  if (!e || !c->env.types || !c->env.types->decl) return STR("expression");
  Str text = c->env.types->decl->text;
  if (e->id == 0 || e->start >= e->end || e->end > text.n) return STR("expression");
  Str s = str_slice(text, e->start, e->end);
  ptrdiff_t newline = str_index_byte(s, '\n');
  size_t n = newline >= 0 ? (size_t)newline : s.n;
  if (n == s.n && n <= LONGEST) return s;
  if (n > LONGEST) n = LONGEST;
  while (n > 0 && ((unsigned char)s.p[n] & 0xC0) == 0x80) n--;
  return arena_printf((Arena *)&c->scratch, "%.*s…", (int)n, s.p);
}

Str check_type_str(Checker *c, const Type *t) {
  Buf b = {0};
  if (t) type_write(&b, t, STYLE_GC, c->pkg);
  Str s = arena_str(&c->scratch, buf_view(&b));
  buf_release(&b);
  return s;
}

static const char *mode_text(OperandMode mode) {
  switch (mode) {
  case MODE_INVALID: return "invalid operand";
  case MODE_NOVALUE: return "no value";
  case MODE_BUILTIN: return "built-in";
  case MODE_TYPE: return "type";
  case MODE_CONSTANT: return "constant";
  case MODE_VARIABLE: return "variable";
  case MODE_MAPINDEX: return "map index expression";
  case MODE_VALUE: return "value";
  case MODE_NIL: return "nil";
  case MODE_COMMAOK: return "comma, ok expression";
  case MODE_COMMAERR: return "comma, error expression";
  }
  return "operand";
}

static bool mode_has_type(OperandMode mode) {
  return mode != MODE_INVALID && mode != MODE_NOVALUE && mode != MODE_BUILTIN && mode != MODE_TYPE;
}

static const char *composite_kind(const Type *t) {
  switch ((TypeKind)type_underlying(t)->kind) {
  case TYPE_ARRAY: return "array";
  case TYPE_SLICE: return "slice";
  case TYPE_STRUCT: return "struct";
  case TYPE_POINTER: return "pointer";
  case TYPE_SIGNATURE: return "func";
  case TYPE_INTERFACE: return "interface";
  case TYPE_MAP: return "map";
  case TYPE_CHAN: return "chan";
  case TYPE_TUPLE: return "tuple";
  case TYPE_UNION: return "union";
  case TYPE_BASIC:
  case TYPE_NAMED:
  case TYPE_ALIAS:
  case TYPE_PARAM: return NULL;
  }
  return NULL;
}

Str check_operand_str(Checker *c, const Operand *x) {
  if (operand_is_nil(c, x)) return STR("nil");
  Buf b = {0};
  Str expr = check_expr_str(c, x->expr);
  buf_str(&b, expr);
  buf_puts(&b, " (");
  bool typed = mode_has_type(x->mode) && x->type;
  if (typed && type_is_untyped(x->type)) {
    buf_str(&b, check_type_str(c, x->type));
    buf_byte(&b, ' ');
    typed = false;
  }
  buf_puts(&b, mode_text(x->mode));
  if (x->mode == MODE_CONSTANT) {
    Buf value = {0};
    const_write_gc(&value, x->value, 'v');
    if (!str_equal(buf_view(&value), expr)) buf_byte(&b, ' '), buf_str(&b, buf_view(&value));
    buf_release(&value);
  }
  if (typed && type_is_invalid(x->type)) {
    buf_puts(&b, " with invalid type");
  } else if (typed) {
    buf_puts(&b, " of ");
    const char *kind = x->type->kind == TYPE_NAMED || x->type->kind == TYPE_ALIAS ? composite_kind(x->type) : NULL;
    if (kind) buf_puts(&b, kind), buf_byte(&b, ' ');
    buf_puts(&b, "type ");
    buf_str(&b, check_type_str(c, x->type));
    Type *t = type_unalias(x->type);
    if (t->kind == TYPE_PARAM && t->u.tparam.bound) {
      buf_puts(&b, " constrained by ");
      buf_str(&b, check_type_str(c, t->u.tparam.bound));
    }
  }
  buf_byte(&b, ')');
  Str s = arena_str(&c->scratch, buf_view(&b));
  buf_release(&b);
  return s;
}

// -- type sets --

void type_terms(TypeTerms *out, Type *t) {
  if (!type_is_param(t)) {
    out->one = (UnionTerm){.type = t};
    out->terms = &out->one;
    out->count = 1;
    return;
  }
  const TypeSet *set = type_set(type_unalias(t));
  bool specific = set && !set->all_types;
  out->terms = specific ? set->terms : NULL;
  out->count = specific ? set->term_count : 0;
}

Type *check_common_under(Type *t) {
  if (!type_is_param(t)) return type_underlying(t);
  TypeTerms set;
  type_terms(&set, t);
  Type *common = NULL;
  for (uint32_t i = 0; i < set.count; i++) {
    Type *u = type_underlying(set.terms[i].type);
    if (!common) {
      common = u;
    } else if (common->kind == TYPE_CHAN && u->kind == TYPE_CHAN) {
      if (!type_identical(common->u.chan.elem, u->u.chan.elem)) return NULL;
      if (common->u.chan.direction == u->u.chan.direction) continue;
      if (common->u.chan.direction == CHAN_BOTH)
        common = u;
      else if (u->u.chan.direction != CHAN_BOTH)
        return NULL;
    } else if (!type_identical(common, u)) {
      return NULL;
    }
  }
  return common;
}

// -- assignability --

bool operand_is_nil(const Checker *c, const Operand *x) {
  return x->mode == MODE_NIL || (x->mode == MODE_VALUE && x->type == c->context->basic[BASIC_UNTYPED_NIL]);
}

static bool is_interface_pointer(Type *t) {
  t = type_underlying(t);
  return t->kind == TYPE_POINTER && type_is_interface(t->u.pointer.elem) && !type_is_param(t->u.pointer.elem);
}

// x, of unnamed type, to each type of T's set; or each type of V's set to the unnamed T.
static bool assignable_through_set(Checker *c, const Operand *x, Type *V, Type *T) {
  bool from_set = !(type_is_param(T) && !type_has_name(V));
  if (from_set && !(type_is_param(V) && !type_has_name(T))) return false;
  TypeTerms set;
  type_terms(&set, from_set ? V : T);
  for (uint32_t i = 0; i < set.count; i++) {
    Operand y = *x;
    if (from_set) y.type = set.terms[i].type;
    if (!operand_assignable(c, &y, from_set ? T : set.terms[i].type)) return false;
  }
  return set.count > 0;
}

bool operand_assignable(Checker *c, const Operand *x, Type *target) {
  if (x->type == target || x->mode == MODE_INVALID || type_is_invalid(target) || type_is_invalid(x->type)) return true;
  Type *V = type_unalias(x->type), *T = type_unalias(target);
  if (type_identical(V, T)) return true;
  bool vp = V->kind == TYPE_PARAM, tp = T->kind == TYPE_PARAM;
  if (type_is_untyped(V)) {
    Operand copy = *x;
    const Const *value;
    ConvertFault fault;
    if (!tp) return implicit_type(c, &copy, T, &value, &fault) != NULL;
    TypeTerms set;
    type_terms(&set, T);
    for (uint32_t i = 0; i < set.count; i++)
      if (!implicit_type(c, &copy, set.terms[i].type, &value, &fault)) return false;
    return set.count > 0;
  }
  Type *Vu = type_underlying(V), *Tu = type_underlying(T);
  if (!vp && !tp && (!type_has_name(V) || !type_has_name(T)) && type_identical(Vu, Tu)) return true;
  if (Tu->kind == TYPE_INTERFACE && !tp) {
    if (type_implements(c->pkg, V, T, false)) return true;
    if (!vp) return false;
  }
  if (!vp && Vu->kind == TYPE_CHAN && Vu->u.chan.direction == CHAN_BOTH && Tu->kind == TYPE_CHAN &&
      type_identical(Vu->u.chan.elem, Tu->u.chan.elem))
    return !type_has_name(V) || !type_has_name(T);
  return (vp || tp) && assignable_through_set(c, x, V, T);
}

// The reason an interface is not implemented, starting with ": ", or empty.
static Str missing_cause(Checker *c, Type *V, Type *T) {
  if (is_interface_pointer(T)) return STR(": type is a pointer to an interface, not an interface");
  if (!type_is_non_tparam_interface(T)) {
    if (type_is_non_tparam_interface(V) && type_implements(c->pkg, T, V, false)) return STR(": need type assertion");
    return STR_NONE;
  }
  Object *missing = NULL;
  bool wrong = false;
  if (type_implements_methods(V, T, true, &missing, &wrong) || !missing) return STR_NONE;
  return arena_printf(&c->scratch, ": %.*s does not implement %.*s (%s method %.*s)", STR_ARG(check_type_str(c, V)),
                      STR_ARG(check_type_str(c, T)), wrong ? "wrong type for" : "missing",
                      STR_ARG(sym_str(missing->name)));
}

static void report_unassignable(Checker *c, const Operand *x, Type *target, const char *context, const Ast *callee,
                                const char *suffix) {
  Str callee_text = callee ? check_expr_str(c, callee) : STR_NONE;
  check_error(c, x->expr, "cannot use %.*s as %.*s value in %s%s%.*s%s", STR_ARG(check_operand_str(c, x)),
              STR_ARG(check_type_str(c, target)), context, callee ? " to " : "", STR_ARG(callee_text), suffix);
}

// Gives an untyped x its type for target. False: an error was given.
static bool assign_untyped(Checker *c, Operand *x, Type *target, const char *context, const Ast *callee) {
  Type *want = target;
  if (operand_is_nil(c, x)) {
    if (!target) {
      check_error(c, x->expr, "use of untyped nil in %s", context);
      return false;
    }
  } else if (!target || type_is_non_tparam_interface(target)) {
    want = type_default(x->type);
  }
  const Const *value = NULL;
  ConvertFault fault = CONVERT_OK;
  Type *type = implicit_type(c, x, want, &value, &fault);
  if (!type) {
    const char *suffix = fault == CONVERT_TRUNCATED ? " (truncated)" : fault == CONVERT_OVERFLOW ? " (overflows)" : "";
    report_unassignable(c, x, want, context, callee, suffix);
    return false;
  }
  operand_set_implicit(c, x, type, value);
  return true;
}

void operand_assign(Checker *c, Operand *x, Type *target, const char *context, const Ast *callee) {
  check_single_value(c, x);
  if (x->mode == MODE_INVALID) return;
  if (x->mode == MODE_NOVALUE || x->mode == MODE_BUILTIN || x->mode == MODE_TYPE) {
    check_error(c, x->expr, "cannot assign %.*s in %s", STR_ARG(check_operand_str(c, x)), context);
    operand_set_invalid(c, x);
    return;
  }
  if (type_is_untyped(x->type) && !assign_untyped(c, x, target, context, callee)) {
    operand_set_invalid(c, x);
    return;
  }
  if (x->type == target) return;
  Type *u = type_underlying(x->type);
  if (u->kind == TYPE_SIGNATURE && u->u.signature.tparams.len > 0) {
    if (check_toolchain(c, 27)) {
      operand_non_generic(c, target, x);
    } else {
      check_error(c, x->expr, "cannot use generic function %.*s without instantiation in %s",
                  STR_ARG(check_expr_str(c, x->expr)), context);
      operand_set_invalid(c, x);
    }
    if (x->mode == MODE_INVALID) return;
  }
  if (!target || operand_assignable(c, x, target)) return;
  Str cause = missing_cause(c, x->type, target);
  report_unassignable(c, x, target, context, callee, cause.n ? cause.p : "");
  operand_set_invalid(c, x);
}

void check_assignment(Checker *c, Operand *x, Type *target, const char *context) {
  operand_assign(c, x, target, context, NULL);
}
