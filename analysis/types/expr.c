// expr.c: expressions, top down (the Go spec, "Expressions", "Operators"; the rules where the spec is silent:
// cmd/compile/internal/types2).
//
// check_raw_expr types one expression into an Operand and records the result at its node. Expressions whose type is
// still untyped stay pending there: a use (assignment, other operand, conversion) gives them their type, which
// check_update_expr_type passes down. Untyped left operands of non-constant shifts are marked, because the type they
// get in the end must be an integer's.
//
// Chains of binary operators (a + b + c …) are as long as the user likes: the left spine is walked in a loop.
#include "types/expr_internal.h"

static bool is_shift(Token op) { return op == TOKEN_SHL || op == TOKEN_SHR; }
static bool is_comparison(Token op) { return op >= TOKEN_EQL && op <= TOKEN_GEQ; }

// -- modes --

void operand_exclude(Checker *c, Operand *x, unsigned excluded) {
  if (!(excluded & 1u << x->mode) || x->mode == MODE_INVALID) return;
  const char *what = " is not an expression";
  if (x->mode == MODE_NOVALUE) what = excluded & 1 << MODE_TYPE ? " used as value" : " used as value or type";
  if (x->mode == MODE_BUILTIN) what = " must be called";
  check_error(c, x->expr, "%.*s%s", STR_ARG(check_operand_str(c, x)), what);
  operand_set_invalid(c, x);
}

void check_single_value(Checker *c, Operand *x) {
  if (x->mode != MODE_VALUE || !x->type || x->type->kind != TYPE_TUPLE) return;
  check_error(c, x->expr, "multiple-value %.*s in single-value context", STR_ARG(check_operand_str(c, x)));
  operand_set_invalid(c, x);
}

Type *check_target_signature(const Checker *c, Type *target) {
  if (!target) return NULL;
  Type *u = check_toolchain(c, 27) ? check_common_under(target) : type_underlying(target);
  return u && u->kind == TYPE_SIGNATURE ? u : NULL;
}

void operand_non_generic(Checker *c, Type *target, Operand *x) {
  if (x->mode == MODE_INVALID || x->mode == MODE_NOVALUE || !x->type) return;
  const char *what = NULL;
  if (x->type->kind == TYPE_NAMED || x->type->kind == TYPE_ALIAS) {
    if (x->mode == MODE_TYPE && type_is_generic(x->type)) what = "type";
  } else if (x->type->kind == TYPE_SIGNATURE && x->type->u.signature.tparams.len && x->mode != MODE_TYPE) {
    if (check_target_signature(c, target)) {
      check_func_inst(c, target, x, NULL, true);
      return;
    }
    what = "function";
  }
  if (!what) return;
  check_error(c, x->expr, "cannot use generic %s %.*s without instantiation", what,
              STR_ARG(check_expr_str(c, x->expr)));
  operand_set_invalid(c, x);
}

void check_expr(Checker *c, Type *target, Operand *x, const Ast *e) {
  check_raw_expr(c, target, x, e, NULL, false);
  operand_exclude(c, x, NOT_A_VALUE);
  check_single_value(c, x);
}

void check_generic_expr(Checker *c, Operand *x, const Ast *e) {
  check_raw_expr(c, NULL, x, e, NULL, true);
  operand_exclude(c, x, NOT_A_VALUE);
  check_single_value(c, x);
}

void check_multi_expr(Checker *c, Operand *x, const Ast *e) {
  check_raw_expr(c, NULL, x, e, NULL, false);
  operand_exclude(c, x, NOT_A_VALUE);
}

void check_assigned_expr(Checker *c, Operand *x, const Ast *e, Type *hint) {
  check_raw_expr(c, NULL, x, e, hint, check_toolchain(c, 27));
  operand_exclude(c, x, NOT_A_VALUE);
  check_single_value(c, x);
}

void check_expr_or_type(Checker *c, Operand *x, const Ast *e, bool allow_generic) {
  check_raw_expr(c, NULL, x, e, NULL, allow_generic);
  operand_exclude(c, x, 1 << MODE_NOVALUE);
  check_single_value(c, x);
}

static bool use_one(Checker *c, const Ast *e, bool lhs) {
  const Ast *inner = ast_unparen(e);
  if (!inner) return true;
  Operand x;
  if (inner->kind == AST_KEY_VALUE) return use_one(c, inner->u.kv.value, false);
  if (inner->kind != AST_NAME) {
    check_raw_expr(c, NULL, &x, e, NULL, true);
    return x.mode != MODE_INVALID;
  }
  if (sym_is_blank(inner->u.name.name)) return true;
  Object *variable = lhs ? check_lookup(c, inner->u.name.name, NULL) : NULL;
  if (variable && (variable->kind != OBJ_VAR || variable->pkg != c->pkg)) variable = NULL;
  bool used = variable && variable->used;
  check_expr_or_type(c, &x, inner, true);
  if (variable) variable->used = used;
  return x.mode != MODE_INVALID;
}

static bool use_all(Checker *c, Ast *const *exprs, uint32_t len, bool lhs) {
  bool fine = true;
  for (uint32_t i = 0; i < len; i++) fine &= use_one(c, exprs[i], lhs);
  return fine;
}

bool check_use(Checker *c, Ast *const *exprs, uint32_t len) { return use_all(c, exprs, len, false); }
bool check_use_lhs(Checker *c, Ast *const *exprs, uint32_t len) { return use_all(c, exprs, len, true); }

// -- unary --

Type *check_chan_elem(Checker *c, const Ast *at, Operand *x, bool receive) {
  const char *verb = receive ? "receive from" : "send to";
  if (type_is_invalid(x->type)) return NULL;
  TypeTerms set;
  type_terms(&set, x->type);
  const char *what = set.count ? NULL : "no specific channel type in";
  for (uint32_t i = 0; i < set.count && !what; i++) {
    Type *u = type_underlying(set.terms[i].type);
    if (u->kind != TYPE_CHAN)
      what = "non-channel";
    else if (receive && u->u.chan.direction == CHAN_SEND_ONLY)
      what = "send-only channel";
    else if (!receive && u->u.chan.direction == CHAN_RECV_ONLY)
      what = "receive-only channel";
  }
  Type *common = what ? NULL : check_common_under(x->type);
  if (common) return common->u.chan.elem;
  if (!what) what = "channels of different kinds";
  check_error(c, at, "invalid operation: cannot %s %s %.*s", verb, what, STR_ARG(check_operand_str(c, x)));
  return NULL;
}

static unsigned operator_types(Token op, bool unary) {
  switch ((int)op) {
  case TOKEN_ADD: return unary ? BASIC_IS_NUMERIC : BASIC_IS_NUMERIC | BASIC_IS_STRING;
  case TOKEN_SUB:
  case TOKEN_MUL:
  case TOKEN_QUO: return BASIC_IS_NUMERIC;
  case TOKEN_REM:
  case TOKEN_AND:
  case TOKEN_OR:
  case TOKEN_XOR:
  case TOKEN_AND_NOT: return BASIC_IS_INTEGER;
  case TOKEN_LAND:
  case TOKEN_LOR:
  case TOKEN_NOT: return BASIC_IS_BOOLEAN;
  default: return 0;
  }
}

static bool operator_applies(Checker *c, Operand *x, Token op, bool unary) {
  unsigned info = operator_types(op, unary);
  if (info && type_all_basic(x->type, info)) return true;
  if (!type_is_invalid(x->type))
    check_error(c, x->expr, "invalid operation: operator %s not defined on %.*s", token_text(op),
                STR_ARG(check_operand_str(c, x)));
  operand_set_invalid(c, x);
  return false;
}

static void check_address(Checker *c, Operand *x, const Ast *e) {
  const Ast *inner = ast_unparen(e->u.unary.x);
  if (x->mode != MODE_VARIABLE && !(inner && inner->kind == AST_COMPOSITE_LIT)) {
    check_error(c, x->expr, "invalid operation: cannot take address of %.*s", STR_ARG(check_operand_str(c, x)));
    operand_set_invalid(c, x);
    return;
  }
  x->mode = MODE_VALUE;
  x->type = type_new_pointer(c->pkg, x->type);
}

static void check_unary(Checker *c, Operand *x, const Ast *e) {
  check_expr(c, NULL, x, e->u.unary.x);
  if (x->mode == MODE_INVALID) return;
  Token op = (Token)e->op;
  if (op == TOKEN_AND) {
    check_address(c, x, e);
    return;
  }
  if (op == TOKEN_ARROW) {
    Type *elem = check_chan_elem(c, x->expr, x, true);
    if (elem) {
      x->mode = MODE_COMMAOK;
      x->type = elem;
      c->env.has_call_or_recv = true;
    } else {
      operand_set_invalid(c, x);
    }
    return;
  }
  if (op == TOKEN_TILDE) {
    check_error(c, e, "cannot use ~ outside of interface or type constraint");
    if (!type_all_basic(x->type, BASIC_IS_INTEGER)) {
      operand_set_invalid(c, x);
      return;
    }
    op = TOKEN_XOR;
  }
  if (!operator_applies(c, x, op, true)) return;
  if (!operand_is_const(x)) {
    x->mode = MODE_VALUE;
    return;
  }
  if (const_is_unknown(x->value)) return;
  unsigned bits = type_is_unsigned(x->type) ? (unsigned)type_size(c->context, x->type) * 8 : 0;
  x->value = const_unary(&c->pkg->constants, op, x->value, bits);
  x->expr = e;
  check_overflow(c, x, e);
}

// `*x`: a dereference, or a pointer type.
static void check_star(Checker *c, Operand *x, const Ast *e) {
  check_expr_or_type(c, x, e->u.star.x, false);
  if (x->mode == MODE_INVALID) return;
  if (x->mode == MODE_TYPE) {
    check_valid_var_type(c, e->u.star.x, x->type);
    x->type = type_new_pointer(c->pkg, x->type);
    return;
  }
  TypeTerms set;
  type_terms(&set, x->type);
  Type *base = NULL;
  bool fine = set.count > 0 && x->mode != MODE_NIL && x->mode != MODE_BUILTIN;
  for (uint32_t i = 0; i < set.count && fine; i++) {
    Type *u = type_underlying(set.terms[i].type);
    fine = u->kind == TYPE_POINTER && (!base || type_identical(base, u->u.pointer.elem));
    if (fine) base = u->u.pointer.elem;
  }
  if (!fine) {
    if (!type_is_invalid(x->type) || x->mode == MODE_BUILTIN)
      check_error(c, x->expr, "invalid operation: cannot indirect %.*s", STR_ARG(check_operand_str(c, x)));
    operand_set_invalid(c, x);
    return;
  }
  x->mode = MODE_VARIABLE;
  x->type = base;
}

// -- binary --

static bool is_pointer(Type *t) { return type_underlying(t)->kind == TYPE_POINTER; }

// May one operand take the other's type at all? If not, the mismatch is reported as such.
static bool may_convert(Checker *c, const Operand *x, const Operand *y) {
  Type *a = x->type, *b = y->type;
  if (type_is_typed(a) && type_is_typed(b)) return false;
  if (type_all_basic(a, BASIC_IS_NUMERIC) != type_all_basic(b, BASIC_IS_NUMERIC)) return false;
  if (type_is_non_tparam_interface(a) || type_is_non_tparam_interface(b)) return true;
  if (type_all_basic(a, BASIC_IS_BOOLEAN) != type_all_basic(b, BASIC_IS_BOOLEAN)) return false;
  if (type_all_basic(a, BASIC_IS_STRING) != type_all_basic(b, BASIC_IS_STRING)) return false;
  if (operand_is_nil(c, x)) return type_has_nil(b);
  if (operand_is_nil(c, y)) return type_has_nil(a);
  return !is_pointer(a) && !is_pointer(b);
}

void check_match_types(Checker *c, Operand *x, Operand *y) {
  if (x->type == y->type || !may_convert(c, x, y)) return;
  check_convert_untyped(c, x, y->type);
  if (x->mode == MODE_INVALID) return;
  check_convert_untyped(c, y, x->type);
  if (y->mode == MODE_INVALID) operand_set_invalid(c, x);
}

// The operand that can't be compared by op, or NULL.
static Operand *incomparable(Checker *c, Operand *x, Operand *y, Token op) {
  if (op != TOKEN_EQL && op != TOKEN_NEQ) {
    if (!type_all_basic(x->type, BASIC_IS_ORDERED)) return x;
    return type_all_basic(y->type, BASIC_IS_ORDERED) ? NULL : y;
  }
  bool x_nil = operand_is_nil(c, x), y_nil = operand_is_nil(c, y);
  if (x_nil || y_nil) return type_has_nil(x_nil ? y->type : x->type) ? NULL : y;
  if (!type_comparable(x->type)) return x;
  return type_comparable(y->type) ? NULL : y;
}

static void report_comparison(Checker *c, const Operand *x, const Operand *y, Token op, const Operand *at, Str cause) {
  Str a = check_expr_str(c, x->expr), b = check_expr_str(c, y->expr);
  if (op == TOKEN_NONE)
    check_error(c, x->expr, "invalid case %.*s in switch on %.*s (%.*s)", STR_ARG(a), STR_ARG(b), STR_ARG(cause));
  else
    check_error(c, at->expr, "invalid operation: %.*s %s %.*s (%.*s)", STR_ARG(a), token_text(op), STR_ARG(b),
                STR_ARG(cause));
}

void check_comparison(Checker *c, Operand *x, Operand *y, Token op) {
  bool is_case = op == TOKEN_NONE;
  if (is_case) op = TOKEN_EQL;
  if (type_is_invalid(x->type) || type_is_invalid(y->type)) {
    operand_set_invalid(c, x);
    return;
  }
  if (!operand_assignable(c, x, y->type) && !operand_assignable(c, y, x->type)) {
    report_comparison(c, x, y, is_case ? TOKEN_NONE : op, y,
                      arena_printf(&c->scratch, "mismatched types %.*s and %.*s", STR_ARG(check_type_str(c, x->type)),
                                   STR_ARG(check_type_str(c, y->type))));
    operand_set_invalid(c, x);
    return;
  }
  Operand *offender = incomparable(c, x, y, op);
  if (offender) {
    TypeKind kind = (TypeKind)type_underlying(offender->type)->kind;
    bool only_nil =
      (op == TOKEN_EQL || op == TOKEN_NEQ) && (kind == TYPE_SLICE || kind == TYPE_SIGNATURE || kind == TYPE_MAP);
    const char *what = kind == TYPE_SLICE ? "slice" : kind == TYPE_MAP ? "map" : "func";
    Str cause = only_nil ? arena_printf(&c->scratch, "%s can only be compared to nil", what)
                         : arena_printf(&c->scratch, "operator %s not defined on %.*s", token_text(op),
                                        STR_ARG(check_type_str(c, offender->type)));
    report_comparison(c, x, y, is_case ? TOKEN_NONE : op, offender, cause);
    operand_set_invalid(c, x);
    return;
  }
  if (operand_is_const(x) && operand_is_const(y)) {
    x->value = const_bool(&c->pkg->constants, const_compare(&c->pkg->constants, x->value, op, y->value));
  } else {
    x->mode = MODE_VALUE;
    check_update_expr_type(c, x->expr, type_default(x->type), true); // both operands materialise
    check_update_expr_type(c, y->expr, type_default(y->type), true);
  }
  x->type = basic_type(c, BASIC_UNTYPED_BOOL);
}

// Is y a shift count? Untyped ones get the type uint, but constants keep theirs.
static bool check_shift_count(Checker *c, Operand *y) {
  if (operand_is_const(y)) {
    const Const *count = const_to_int(&c->pkg->constants, y->value);
    if (const_kind(count) == CONST_INT && const_sign(count) < 0) {
      check_error(c, y->expr, "invalid operation: negative shift count %.*s", STR_ARG(check_operand_str(c, y)));
      return false;
    }
    if (type_is_untyped(y->type)) operand_check_representable(c, y, basic_type(c, BASIC_UINT));
    if (y->mode == MODE_INVALID) return false;
    if (type_is_numeric(y->type)) return true; // a typed constant such as float32(0) will do
  } else if (type_all_basic(y->type, BASIC_IS_INTEGER)) {
    if (type_is_untyped(y->type)) check_convert_untyped(c, y, basic_type(c, BASIC_UINT));
    return y->mode != MODE_INVALID;
  } else if (type_is_untyped(y->type)) {
    check_convert_untyped(c, y, basic_type(c, BASIC_UINT));
    return y->mode != MODE_INVALID;
  }
  if (!type_is_invalid(y->type))
    check_error(c, y->expr, "invalid operation: shift count %.*s must be integer", STR_ARG(check_operand_str(c, y)));
  return false;
}

static void shift_constants(Checker *c, Operand *x, const Operand *y, const Ast *e, Token op) {
  enum { COUNT_LIMIT = 1023 - 1 + 52 }; // enough to write the smallest float64
  ConstPool *pool = &c->pkg->constants;
  bool unknown = const_is_unknown(x->value) || const_is_unknown(y->value);
  uint64_t count = 0;
  if (!unknown && (!const_uint64_value(const_to_int(pool, y->value), &count) || count > COUNT_LIMIT)) {
    check_error(c, y->expr, "invalid operation: invalid shift count %.*s", STR_ARG(check_operand_str(c, y)));
    operand_set_invalid(c, x);
    return;
  }
  if (!type_is_integer(x->type)) x->type = basic_type(c, BASIC_UNTYPED_INT);
  if (unknown) {
    x->value = const_unknown();
    return;
  }
  x->value = const_shift(pool, const_to_int(pool, x->value), op, count);
  if (e) x->expr = e;
  check_overflow(c, x, x->expr);
}

static void check_shift(Checker *c, Operand *x, Operand *y, const Ast *e, Token op) {
  bool is_const = operand_is_const(x), untyped = type_is_untyped(x->type);
  bool fine = type_all_basic(x->type, BASIC_IS_INTEGER);
  if (!fine && untyped && is_const) {
    ConstKind kind = const_kind(const_to_int(&c->pkg->constants, x->value));
    fine = kind == CONST_INT || (kind == CONST_UNKNOWN && const_is_unknown(x->value));
  }
  if (fine && !check_shift_count(c, y)) {
    operand_set_invalid(c, x);
    return;
  }
  if (fine && is_const && operand_is_const(y)) {
    shift_constants(c, x, y, e, op);
    return;
  }
  if (fine && is_const && untyped) { // the type comes from the context
    NodeInfo *info = untyped_pending(c, x->expr);
    if (info) info->is_shift_lhs = true;
    x->mode = MODE_VALUE;
    return;
  }
  if (!fine || !type_all_basic(x->type, BASIC_IS_INTEGER)) {
    if (!type_is_invalid(x->type))
      check_error(c, x->expr, "invalid operation: shifted operand %.*s must be integer",
                  STR_ARG(check_operand_str(c, x)));
    operand_set_invalid(c, x);
    return;
  }
  x->mode = MODE_VALUE;
}

static bool divides_by_zero(Checker *c, const Operand *x, const Operand *y) {
  if (!operand_is_const(y)) return false;
  if ((operand_is_const(x) || type_all_basic(x->type, BASIC_IS_INTEGER)) && const_sign(y->value) == 0) return true;
  if (!operand_is_const(x) || !type_is_complex(x->type)) return false;
  ConstPool *pool = &c->pkg->constants; // the squares of a complex divisor's parts may underflow
  const Const *re = const_real(pool, y->value), *im = const_imag(pool, y->value);
  return const_sign(const_binary(pool, re, TOKEN_MUL, re, false)) == 0 &&
         const_sign(const_binary(pool, im, TOKEN_MUL, im, false)) == 0;
}

static void report_mismatch(Checker *c, const Operand *x, const Operand *y, const Ast *whole, Token op) {
  Str s = whole ? check_expr_str(c, whole)
                : arena_printf(&c->scratch, "%.*s %s= %.*s", STR_ARG(check_expr_str(c, x->expr)), token_text(op),
                               STR_ARG(check_expr_str(c, y->expr)));
  check_error(c, x->expr, "invalid operation: %.*s (mismatched types %.*s and %.*s)", STR_ARG(s),
              STR_ARG(check_type_str(c, x->type)), STR_ARG(check_type_str(c, y->type)));
}

// x op y, both evaluated, into x. whole: the binary expression, NULL for `x op= y`.
static void binary_operands(Checker *c, Operand *x, Operand *y, const Ast *whole, Token op) {
  if (x->mode == MODE_INVALID) return;
  if (y->mode == MODE_INVALID) {
    operand_set_invalid(c, x);
    x->expr = y->expr;
    return;
  }
  if (is_shift(op)) {
    check_shift(c, x, y, whole, op);
    return;
  }
  check_match_types(c, x, y);
  if (x->mode == MODE_INVALID) return;
  if (is_comparison(op)) {
    check_comparison(c, x, y, op);
    return;
  }
  if (!type_identical(x->type, y->type)) {
    if (!type_is_invalid(x->type) && !type_is_invalid(y->type)) report_mismatch(c, x, y, whole, op);
    operand_set_invalid(c, x);
    return;
  }
  if (!operator_applies(c, x, op, false)) return;
  if ((op == TOKEN_QUO || op == TOKEN_REM) && divides_by_zero(c, x, y)) {
    check_error(c, y->expr, "invalid operation: division by zero");
    operand_set_invalid(c, x);
    return;
  }
  if (!operand_is_const(x) || !operand_is_const(y)) {
    x->mode = MODE_VALUE;
    return;
  }
  if (const_is_unknown(x->value) || const_is_unknown(y->value)) {
    x->value = const_unknown();
    return;
  }
  x->value = const_binary(&c->pkg->constants, x->value, op, y->value, type_is_integer(x->type));
  if (whole) x->expr = whole;
  check_overflow(c, x, x->expr);
}

void check_binary(Checker *c, Operand *x, const Ast *whole, const Ast *lhs, const Ast *rhs, Token op) {
  Operand y;
  check_expr(c, NULL, x, lhs);
  check_expr(c, NULL, &y, rhs);
  binary_operands(c, x, &y, whole, op);
}

// A binary expression whose left operands may be binary expressions many levels down.
static void check_binary_spine(Checker *c, Operand *x, const Ast *e) {
  enum { ROOM = 16 };
  const Ast *few[ROOM] = {e}, **spine = few;
  uint32_t depth = 1;
  const Ast *left = e;
  for (; left->u.binary.x && left->u.binary.x->kind == AST_BINARY; left = left->u.binary.x) depth++;
  if (depth > ROOM) spine = ARENA_ARRAY(&c->scratch, const Ast *, depth);
  left = e;
  for (uint32_t i = depth; i-- > 0; left = left->u.binary.x) spine[i] = left;
  check_expr(c, NULL, x, spine[0]->u.binary.x);
  for (uint32_t i = 0; i < depth; i++) {
    Operand y;
    check_expr(c, NULL, &y, spine[i]->u.binary.y);
    binary_operands(c, x, &y, spine[i], (Token)spine[i]->op);
    if (i + 1 == depth) break; // the caller records the whole
    x->expr = spine[i];
    record_operand(c, x);
  }
}

// -- other expressions --

static void check_basic_lit(Checker *c, Operand *x, const Ast *e) {
  enum { LONGEST = 10000 };
  BasicKind kind = BASIC_UNTYPED_STRING;
  if (e->op == TOKEN_INT) kind = BASIC_UNTYPED_INT;
  if (e->op == TOKEN_FLOAT) kind = BASIC_UNTYPED_FLOAT;
  if (e->op == TOKEN_IMAG) kind = BASIC_UNTYPED_COMPLEX;
  if (e->op == TOKEN_CHAR) kind = BASIC_UNTYPED_RUNE;
  Str text = e->u.lit.text;
  if (kind != BASIC_UNTYPED_STRING && text.n > LONGEST) {
    check_error(c, e, "excessively long constant: %.10s... (%zu chars)", text.p, text.n);
    return;
  }
  const Const *value = const_from_literal(&c->pkg->constants, text, (Token)e->op);
  if (const_is_unknown(value)) {
    check_error(c, e, "malformed constant: %.*s", STR_ARG(check_expr_str(c, e)));
    return;
  }
  x->mode = MODE_CONSTANT;
  x->type = basic_type(c, kind);
  x->value = value;
  x->expr = e;
  check_overflow(c, x, e);
}

void check_type_assertion(Checker *c, const Ast *at, Operand *x, Type *target, bool in_type_switch) {
  if (type_assertable(c->pkg, x->type, target)) return;
  Object *missing = NULL;
  bool wrong = false;
  type_implements_methods(target, x->type, true, &missing, &wrong);
  Str name = missing ? sym_str(missing->name) : STR("?");
  if (in_type_switch)
    check_error(c, at, "impossible type switch case: %.*s cannot have dynamic type %.*s (%s method %.*s)",
                STR_ARG(check_operand_str(c, x)), STR_ARG(check_type_str(c, target)),
                wrong ? "wrong type for" : "missing", STR_ARG(name));
  else
    check_error(c, at, "impossible type assertion: %.*s does not implement %.*s (%s method %.*s)",
                STR_ARG(check_type_str(c, target)), STR_ARG(check_type_str(c, x->type)),
                wrong ? "wrong type for" : "missing", STR_ARG(name));
}

static void check_assert_expr(Checker *c, Operand *x, const Ast *e) {
  check_expr(c, NULL, x, e->u.assert_.x);
  if (x->mode == MODE_INVALID) {
    if (e->u.assert_.type) check_type(c, e->u.assert_.type);
    return;
  }
  Type *target = NULL;
  if (!e->u.assert_.type) {
    check_error(c, e, "invalid syntax tree: use of .(type) outside type switch");
  } else if (type_is_invalid(x->type)) {
    target = NULL;
  } else if (type_is_param(x->type)) {
    check_error(c, x->expr, "invalid operation: cannot use type assertion on type parameter value %.*s",
                STR_ARG(check_operand_str(c, x)));
  } else if (!type_is_interface(x->type)) {
    check_error(c, x->expr, "invalid operation: %.*s is not an interface", STR_ARG(check_operand_str(c, x)));
  } else {
    target = check_var_type(c, e->u.assert_.type);
  }
  if (!target || type_is_invalid(target)) {
    operand_set_invalid(c, x);
    return;
  }
  check_type_assertion(c, e, x, target, false);
  x->mode = MODE_COMMAOK;
  x->type = target;
}

static ExprKind expr_by_kind(Checker *c, Type *target, Operand *x, const Ast *e, Type *hint) {
  switch ((AstKind)e->kind) {
  case AST_NAME: check_ident(c, x, e, NULL, false); break;
  case AST_BASIC_LIT: check_basic_lit(c, x, e); break;
  case AST_FUNC_LIT: check_func_lit(c, x, e); break;
  case AST_COMPOSITE_LIT: check_composite_lit(c, x, e, hint); break;
  case AST_PAREN: {
    ExprKind kind = check_raw_expr(c, NULL, x, e->u.paren.x, NULL, false);
    x->expr = e;
    return kind;
  }
  case AST_SELECTOR: check_selector(c, x, e, NULL, false); break;
  case AST_INDEX:
    if (check_index_expr(c, x, e)) check_func_inst(c, target, x, e, true);
    break;
  case AST_SLICE: check_slice_expr(c, x, e); break;
  case AST_TYPE_ASSERT: check_assert_expr(c, x, e); break;
  case AST_CALL: return check_call(c, x, e);
  case AST_STAR: check_star(c, x, e); break;
  case AST_UNARY:
    check_unary(c, x, e);
    if (x->mode != MODE_INVALID && e->op == TOKEN_ARROW) {
      x->expr = e;
      return EXPR_STATEMENT;
    }
    break;
  case AST_BINARY: check_binary_spine(c, x, e); break;
  case AST_KEY_VALUE: check_error(c, e, "unexpected key:value expression"); break;
  case AST_ELLIPSIS: check_error(c, e, "invalid use of '...'"); break;
  case AST_ARRAY_TYPE:
  case AST_SLICE_TYPE:
  case AST_STRUCT_TYPE:
  case AST_INTERFACE_TYPE:
  case AST_FUNC_TYPE:
  case AST_MAP_TYPE:
  case AST_CHAN_TYPE:
    x->mode = MODE_TYPE;
    x->type = check_type(c, e);
    if (type_is_invalid(x->type)) operand_set_invalid(c, x);
    break;
  case AST_NONE:
  case AST_BAD:
  case AST_FIELD:
  case AST_CASE_CLAUSE:
  case AST_COMM_CLAUSE:
  case AST_EMPTY_STMT:
  case AST_BLOCK:
  case AST_LABELED_STMT:
  case AST_EXPR_STMT:
  case AST_SEND_STMT:
  case AST_DECL_STMT:
  case AST_ASSIGN_STMT:
  case AST_BRANCH_STMT:
  case AST_CALL_STMT:
  case AST_RETURN_STMT:
  case AST_IF_STMT:
  case AST_FOR_STMT:
  case AST_RANGE_STMT:
  case AST_SWITCH_STMT:
  case AST_TYPE_SWITCH_STMT:
  case AST_SELECT_STMT:
  case AST_IMPORT_DECL:
  case AST_CONST_DECL:
  case AST_TYPE_DECL:
  case AST_VAR_DECL:
  case AST_FUNC_DECL:
  case AST_KIND_COUNT: break; // not an expression: a syntax error was given
  }
  x->expr = e;
  return x->mode == MODE_INVALID ? EXPR_STATEMENT : EXPR_EXPRESSION; // statement: no follow-up errors
}

ExprKind check_raw_expr(Checker *c, Type *target, Operand *x, const Ast *e, Type *hint, bool allow_generic) {
  *x = (Operand){.mode = MODE_INVALID, .type = basic_type(c, BASIC_INVALID), .expr = e};
  if (!e || !check_enter(c, e)) return EXPR_STATEMENT;
  ExprKind kind = expr_by_kind(c, target, x, e, hint);
  if (!allow_generic) operand_non_generic(c, target, x);
  if (c->object_path.len && x->mode != MODE_INVALID && x->mode != MODE_NOVALUE && !check_finite_size(c, x->type))
    operand_set_invalid(c, x); // a value of a type that is still being declared: type T [unsafe.Sizeof(T{})]int
  record_operand(c, x);
  check_leave(c);
  return kind;
}
