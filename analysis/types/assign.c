// assign.c: initialisation of constants and variables, assignments, short variable declarations, return values.
//
// Left and right sides match one to one, or the right side is a single call or comma-ok expression that yields several
// values. Rules: Go spec, "Assignment statements", "Variable declarations", "Short variable declarations"; types2
// assignments.go.
#include "types/checker_internal.h"

static void set_invalid_if_unknown(Checker *c, Object *obj) {
  if (!obj->type) obj->type = type_invalid(c->context);
}

void check_init_const(Checker *c, Object *lhs, Operand *x) {
  if (x->mode == MODE_INVALID || !x->type || type_is_invalid(x->type) || (lhs->type && type_is_invalid(lhs->type))) {
    set_invalid_if_unknown(c, lhs);
    return;
  }
  if (x->mode != MODE_CONSTANT) {
    check_error(c, x->expr, "%s is not constant", check_expr_text(c, x->expr));
    set_invalid_if_unknown(c, lhs);
    return;
  }
  if (!lhs->type) lhs->type = x->type;
  check_assignment(c, x, lhs->type, "constant declaration");
  if (x->mode == MODE_INVALID) return;
  lhs->u.constant.value = x->value;
}

void check_init_var(Checker *c, Object *lhs, Operand *x, const char *context) {
  if (x->mode == MODE_INVALID || !x->type || type_is_invalid(x->type) || (lhs->type && type_is_invalid(lhs->type))) {
    set_invalid_if_unknown(c, lhs);
    operand_set_invalid(c, x);
    return;
  }
  if (!lhs->type) {
    Type *t = x->type;
    if (type_is_untyped(t)) {
      if (operand_is_nil(c, x)) {
        check_error(c, x->expr, "use of untyped nil in %s", context);
        lhs->type = type_invalid(c->context);
        operand_set_invalid(c, x);
        return;
      }
      t = type_default(t);
    }
    lhs->type = t;
  }
  check_assignment(c, x, lhs->type, context);
}

// The type that may be assigned to lhs; NULL for the blank identifier.
static Type *lhs_var(Checker *c, const Ast *lhs) {
  const Ast *name = ast_unparen(lhs);
  if (name && name->kind == AST_NAME && sym_is_blank(name->u.name.name)) {
    record_def(c, name, NULL);
    return NULL;
  }
  // Assigning to a variable is not using it.
  Object *v = NULL;
  bool was_used = false;
  if (name && name->kind == AST_NAME) {
    v = check_lookup(c, name->u.name.name, NULL);
    if (v && (v->kind != OBJ_VAR || v->pkg != c->pkg)) v = NULL;
    if (v) was_used = v->used;
  }
  Operand x = {.mode = MODE_INVALID};
  check_expr(c, NULL, &x, lhs);
  if (v) v->used = was_used;
  if (x.mode == MODE_INVALID || type_is_invalid(x.type)) return type_invalid(c->context);
  if (x.mode == MODE_VARIABLE || x.mode == MODE_MAPINDEX) return x.type;
  const char *text = check_expr_text(c, lhs);
  if (x.expr && x.expr->kind == AST_SELECTOR) {
    Operand base = {.mode = MODE_INVALID};
    check_expr(c, NULL, &base, x.expr->u.selector.x);
    if (base.mode == MODE_MAPINDEX) {
      check_error(c, lhs, "cannot assign to struct field %s in map", text);
      return type_invalid(c->context);
    }
  }
  check_error(c, lhs, "cannot assign to %s (neither addressable nor a map index expression)", text);
  return type_invalid(c->context);
}

Type *check_assign_var(Checker *c, const Ast *lhs, const Ast *rhs, Operand *x, const char *context) {
  Type *t = lhs_var(c, lhs);
  if (t && type_is_invalid(t)) {
    Ast *item = (Ast *)rhs;
    if (x)
      operand_set_invalid(c, x);
    else if (item)
      check_use(c, &item, 1);
    return t;
  }
  Operand local = {.mode = MODE_INVALID};
  if (!x) {
    if (!rhs) return t;
    x = &local;
    Type *target = t && type_underlying(t)->kind == TYPE_SIGNATURE ? t : NULL;
    check_expr(c, target, x, rhs);
  }
  if (!t && strcmp(context, "assignment") == 0) context = "assignment to _ identifier";
  check_assignment(c, x, t, context);
  return t;
}

static bool is_call(const Ast *n) {
  n = ast_unparen(n);
  return n && n->kind == AST_CALL;
}

static void mismatch_error(Checker *c, const Ast *rhs, uint32_t rhs_len, uint32_t l, uint32_t r) {
  const char *vars = l == 1 ? "variable" : "variables", *values = r == 1 ? "value" : "values";
  const Ast *call = ast_unparen(rhs);
  if (rhs_len == 1 && call && call->kind == AST_CALL)
    check_error(c, rhs, "assignment mismatch: %u %s but %s returns %u %s", l, vars,
                check_expr_text(c, call->u.call.fun), r, values);
  else
    check_error(c, rhs, "assignment mismatch: %u %s but %u %s", l, vars, r, values);
}

static void return_error(Checker *c, const Ast *at, uint32_t l, uint32_t r) {
  check_error(c, at, "%s return values", r > l ? "too many" : "not enough");
}

// The operands that one expression yields: the members of a call's tuple, or with comma_ok two for v, ok forms, else
// one.
typedef struct Unpacked {
  Operand *items;
  uint32_t len;
  bool is_comma_ok;
} Unpacked;

static Unpacked unpack(Checker *c, const Ast *n, bool allow_comma_ok) {
  Operand x = {.mode = MODE_INVALID};
  check_multi_expr(c, &x, n);
  if (x.mode != MODE_INVALID && x.type && x.type->kind == TYPE_TUPLE) {
    uint32_t len = tuple_len(x.type);
    Operand *items = ARENA_ARRAY(&c->scratch, Operand, len + 1);
    for (uint32_t i = 0; i < len; i++)
      items[i] = (Operand){.mode = MODE_VALUE, .type = tuple_at(x.type, i)->type, .expr = n};
    return (Unpacked){items, len, false};
  }
  Operand *items = ARENA_ARRAY(&c->scratch, Operand, 2);
  items[0] = x;
  if (allow_comma_ok && (x.mode == MODE_MAPINDEX || x.mode == MODE_COMMAOK || x.mode == MODE_COMMAERR)) {
    items[1] =
      (Operand){.mode = MODE_VALUE,
                .expr = n,
                .type = x.mode == MODE_COMMAERR ? c->context->type_error : c->context->basic[BASIC_UNTYPED_BOOL]};
    items[0].mode = MODE_VALUE;
    return (Unpacked){items, 2, true};
  }
  return (Unpacked){items, 1, false};
}

static void record_pair(Checker *c, const Ast *n, const Unpacked *u) {
  if (u->is_comma_ok && u->items[0].mode != MODE_INVALID && u->items[1].mode != MODE_INVALID)
    record_comma_ok(c, n, u->items[0].type, u->items[1].type);
}

void check_init_vars(Checker *c, Object **lhs, uint32_t l, const Ast **rhs, uint32_t r, const Ast *return_stmt) {
  const char *context = return_stmt ? "return statement" : "assignment";
  if (l == r && !(r == 1 && is_call(rhs[0]))) {
    for (uint32_t i = 0; i < l; i++) {
      Operand x = {.mode = MODE_INVALID};
      if (rhs[i]) check_expr(c, lhs[i]->type, &x, rhs[i]);
      check_init_var(c, lhs[i], &x, context);
    }
    return;
  }
  if (r != 1) {
    bool ok = check_use(c, (Ast *const *)rhs, r);
    if (ok && return_stmt)
      return_error(c, r > l ? rhs[l] : r > 0 ? rhs[r - 1] : return_stmt, l, r);
    else if (ok && r > 0)
      mismatch_error(c, rhs[0], r, l, r);
    for (uint32_t i = 0; i < l; i++) set_invalid_if_unknown(c, lhs[i]);
    return;
  }
  Unpacked u = unpack(c, rhs[0], l == 2 && !return_stmt);
  if (u.len == l) {
    for (uint32_t i = 0; i < l; i++) check_init_var(c, lhs[i], &u.items[i], context);
    record_pair(c, rhs[0], &u);
    return;
  }
  if (u.len == 0 || u.items[0].mode != MODE_INVALID) {
    if (return_stmt)
      return_error(c, rhs[0], l, u.len);
    else
      mismatch_error(c, rhs[0], 1, l, u.len);
  }
  for (uint32_t i = 0; i < l; i++) set_invalid_if_unknown(c, lhs[i]);
}

void check_assign_vars(Checker *c, const AstList *lhs, const AstList *rhs) {
  uint32_t l = lhs->len, r = rhs->len;
  if (l == r && !(r == 1 && is_call(rhs->items[0]))) {
    for (uint32_t i = 0; i < l; i++)
      if (lhs->items[i]) check_assign_var(c, lhs->items[i], rhs->items[i], NULL, "assignment");
    return;
  }
  if (r != 1) {
    bool left = check_use_lhs(c, lhs->items, l), right = check_use(c, rhs->items, r);
    if (left && right && r > 0) mismatch_error(c, rhs->items[0], r, l, r);
    return;
  }
  Unpacked u = unpack(c, rhs->items[0], l == 2);
  if (u.len == l) {
    for (uint32_t i = 0; i < l; i++)
      if (lhs->items[i]) check_assign_var(c, lhs->items[i], NULL, &u.items[i], "assignment");
    record_pair(c, rhs->items[0], &u);
    return;
  }
  if (u.len == 0 || u.items[0].mode != MODE_INVALID) mismatch_error(c, rhs->items[0], 1, l, u.len);
  check_use_lhs(c, lhs->items, l);
}

void check_short_var_decl(Checker *c, const Ast *s) {
  const AstList *lhs = &s->u.assign.lhs, *rhs = &s->u.assign.rhs;
  uint32_t top = c->delayed.len, new_len = 0;
  Scope *scope = c->env.scope;
  Object **vars = ARENA_ARRAY(&c->scratch, Object *, lhs->len + 1);
  Object **fresh = ARENA_ARRAY(&c->scratch, Object *, lhs->len + 1);
  bool has_error = false;
  for (uint32_t i = 0; i < lhs->len; i++) {
    Ast *n = lhs->items[i];
    if (!n || n->kind != AST_NAME) {
      if (n) check_use_lhs(c, &n, 1);
      check_error(c, n ? n : s, "non-name %s on left side of :=", check_expr_text(c, n));
      has_error = true;
      continue;
    }
    Sym name = n->u.name.name;
    bool repeated = false;
    if (!sym_is_blank(name))
      for (uint32_t k = 0; k < i; k++)
        repeated |= lhs->items[k] && lhs->items[k]->kind == AST_NAME && lhs->items[k]->u.name.name == name;
    if (repeated) {
      check_error(c, n, "%s repeated on left side of :=", name->text);
      has_error = true;
      continue;
    }
    Object *other = sym_is_blank(name) ? NULL : scope_lookup(scope, name);
    if (other) {
      record_use(c, n, other);
      if (other->kind == OBJ_VAR) {
        vars[i] = other;
      } else {
        check_error(c, n, "cannot assign to %s", name->text);
        has_error = true;
      }
      continue;
    }
    vars[i] = object_new_var(c->pkg, VAR_LOCAL, name, NULL, check_pos(c, n));
    if (!sym_is_blank(name)) fresh[new_len++] = vars[i];
    record_def(c, n, vars[i]);
  }
  for (uint32_t i = 0; i < lhs->len; i++)
    if (!vars[i]) vars[i] = object_new_var(c->pkg, VAR_LOCAL, c->context->sym_blank, NULL, check_pos(c, lhs->items[i]));
  check_init_vars(c, vars, lhs->len, (const Ast **)rhs->items, rhs->len, NULL);
  check_process_delayed(c, top);
  if (new_len == 0 && !has_error) {
    check_soft_error(c, s, "no new variables on left side of :=");
    return;
  }
  uint32_t at = rhs->len && rhs->items[rhs->len - 1] ? rhs->items[rhs->len - 1]->end : s->end;
  for (uint32_t i = 0; i < new_len; i++) check_declare(c, scope, NULL, fresh[i], at);
}
