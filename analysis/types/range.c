// range.c: for statements with range clause, over everything Go 1.26 ranges over: arrays, pointers to arrays, slices,
// strings, maps, channels, integers and functions. Rules: Go spec, "For statements with range clause"; types2 range.go.
#include "types/checker_internal.h"

static bool range_func(Type *sig, Type **key, Type **value) {
  Type *params = sig->u.signature.params;
  if (tuple_len(params) != 1 || tuple_len(sig->u.signature.results) != 0) return false;
  Type *yield = type_common_underlying(tuple_at(params, 0)->type);
  if (!yield || yield->kind != TYPE_SIGNATURE) return false;
  Type *in = yield->u.signature.params, *out = yield->u.signature.results;
  if (tuple_len(in) > 2 || tuple_len(out) != 1) return false;
  Type *result = type_unalias(tuple_at(out, 0)->type);
  if (result->kind != TYPE_BASIC || result->basic_kind != BASIC_BOOL) return false;
  if (tuple_len(in) >= 1) *key = tuple_at(in, 0)->type;
  if (tuple_len(in) >= 2) *value = tuple_at(in, 1)->type;
  return true;
}

// int and rune come from the context, so this inner form has one; see type_range_kinds.
static bool range_kinds(const TypeContext *context, Type *x, Type **key, Type **value, bool *is_func, bool *is_int) {
  *key = *value = NULL;
  *is_func = *is_int = false;
  Type *t = type_common_underlying(x);
  if (!t) return false;
  if (t->kind == TYPE_POINTER) {
    Type *elem = type_underlying(t->u.pointer.elem);
    if (elem->kind == TYPE_ARRAY) t = elem;
  }
  switch ((TypeKind)t->kind) {
  case TYPE_BASIC:
    if (t->basic_info & BASIC_IS_STRING) {
      *key = context->basic[BASIC_INT];
      *value = context->basic[BASIC_RUNE];
      return true;
    }
    if (t->basic_info & BASIC_IS_INTEGER) {
      *key = x;
      *is_int = true;
      return true;
    }
    return false;
  case TYPE_ARRAY:
    *key = context->basic[BASIC_INT];
    *value = t->u.array.elem;
    return true;
  case TYPE_SLICE:
    *key = context->basic[BASIC_INT];
    *value = t->u.slice.elem;
    return true;
  case TYPE_MAP:
    *key = t->u.map.key;
    *value = t->u.map.elem;
    return true;
  case TYPE_CHAN: *key = t->u.chan.elem; return t->u.chan.direction != CHAN_SEND_ONLY;
  case TYPE_SIGNATURE: *is_func = true; return range_func(t, key, value);
  case TYPE_POINTER:
  case TYPE_STRUCT:
  case TYPE_TUPLE:
  case TYPE_INTERFACE:
  case TYPE_NAMED:
  case TYPE_ALIAS:
  case TYPE_PARAM:
  case TYPE_UNION: break;
  }
  return false;
}

bool type_range_kinds(const TypeContext *context, Type *x, Type **key, Type **value, bool *is_func, bool *is_int) {
  return range_kinds(context, x, key, value, is_func, is_int);
}

// Versions of the language in which ranging over integers and over functions appeared.
enum { RANGE_INT_SINCE = 22, RANGE_FUNC_SINCE = 23 };

static void declare_vars(Checker *c, const Ast *s, Operand *x, const Ast *const lhs[2], Type *const types[2],
                         bool over_int) {
  Object *vars[2];
  uint32_t count = 0;
  for (int i = 0; i < 2; i++) {
    const Ast *n = lhs[i];
    if (!n) continue;
    Object *obj;
    if (n->kind == AST_NAME) {
      obj = object_new_var(c->pkg, VAR_LOCAL, n->u.name.name, NULL, check_pos(c, n));
      record_def(c, n, obj);
      if (!sym_is_blank(obj->name)) vars[count++] = obj;
    } else {
      check_error(c, n, "cannot declare %s", check_expr_text(c, n));
      obj = object_new_var(c->pkg, VAR_LOCAL, c->context->sym_blank, NULL, check_pos(c, n));
    }
    if (!types[i] || type_is_invalid(types[i])) {
      obj->type = type_invalid(c->context);
      obj->used = true;
    } else if (over_int) {
      check_init_var(c, obj, x, "range clause");
    } else {
      Operand y = {.mode = MODE_VALUE, .expr = n, .type = types[i]};
      check_init_var(c, obj, &y, "assignment");
    }
  }
  if (count == 0) check_error(c, s, "no new variables on left side of :=");
  uint32_t at = s->u.range.body ? s->u.range.body->start : s->end;
  for (uint32_t i = 0; i < count; i++) check_declare(c, c->env.scope, NULL, vars[i], at);
}

static void assign_vars(Checker *c, Operand *x, const Ast *const lhs[2], Type *const types[2], bool over_int) {
  for (int i = 0; i < 2; i++) {
    if (!lhs[i] || !types[i] || type_is_invalid(types[i])) continue;
    if (over_int) {
      check_assign_var(c, lhs[i], NULL, x, "range clause");
      if (x->mode != MODE_INVALID && !type_is_integer(x->type))
        check_soft_error(c, lhs[i], "cannot use iteration variable of type %s", check_type_text(c, x->type));
    } else {
      Operand y = {.mode = MODE_VALUE, .expr = lhs[i], .type = types[i]};
      check_assign_var(c, lhs[i], NULL, &y, "assignment");
    }
  }
}

void check_range_stmt(Checker *c, const Ast *s, unsigned inner) {
  const Ast *const lhs[2] = {s->u.range.key, s->u.range.value};
  Operand x = {.mode = MODE_INVALID, .type = type_invalid(c->context)};
  if (s->u.range.x) check_expr(c, NULL, &x, s->u.range.x);
  Type *types[2] = {NULL, NULL};
  bool over_int = false;
  if (x.mode != MODE_INVALID) {
    bool is_func, is_int;
    bool ok = range_kinds(c->context, x.type, &types[0], &types[1], &is_func, &is_int);
    const char *text = check_expr_text(c, s->u.range.x);
    if (!ok) {
      check_soft_error(c, s->u.range.x, "cannot range over %s", text);
      types[0] = types[1] = type_invalid(c->context);
    } else if ((is_int && !check_allows_version(c, s, RANGE_INT_SINCE)) ||
               (is_func && !check_allows_version(c, s, RANGE_FUNC_SINCE))) {
      check_soft_error(c, s->u.range.x, "cannot range over %s: requires go1.%d or later", text,
                       is_int ? RANGE_INT_SINCE : RANGE_FUNC_SINCE);
      types[0] = types[1] = type_invalid(c->context);
    } else if (!types[0] && lhs[0]) {
      check_soft_error(c, lhs[0], "range over %s permits no iteration variables", text);
    } else if (!types[1] && lhs[1]) {
      check_soft_error(c, lhs[1], "range over %s permits only one iteration variable", text);
    }
    over_int = type_is_integer(x.type);
  }
  check_open_scope(c, s);
  if (s->u.range.define && (lhs[0] || lhs[1]))
    declare_vars(c, s, &x, lhs, types, over_int);
  else if (lhs[0])
    assign_vars(c, &x, lhs, types, over_int);
  else if (over_int)
    check_assignment(c, &x, NULL, "range clause");
  check_block_stmt(c, s->u.range.body, inner);
  check_close_scope(c);
}
