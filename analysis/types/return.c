// return.c: terminating statements. Rules: Go spec, "Terminating statements"; types2 return.go.
#include "types/checker_internal.h"

static bool has_break(const Ast *s, Sym label, bool implicit, uint32_t depth);

static bool has_break_list(const AstList *list, Sym label, bool implicit, uint32_t depth) {
  for (uint32_t i = 0; i < list->len; i++)
    if (list->items[i] && has_break(list->items[i], label, implicit, depth)) return true;
  return false;
}

static bool has_break_clauses(const AstList *list, Sym label, bool implicit, uint32_t depth) {
  for (uint32_t i = 0; i < list->len; i++) {
    const Ast *k = list->items[i];
    if (!k) continue;
    const AstList *body = k->kind == AST_CASE_CLAUSE   ? &k->u.clause.body
                          : k->kind == AST_COMM_CLAUSE ? &k->u.comm.body
                                                       : NULL;
    if (body && has_break_list(body, label, implicit, depth)) return true;
  }
  return false;
}

// Is there a break in s that refers to label, or (implicit) to the statement around s?
static bool has_break(const Ast *s, Sym label, bool implicit, uint32_t depth) {
  if (!s || depth >= stack_levels()) return false;
  depth++;
  switch (s->kind) {
  case AST_LABELED_STMT: return has_break(s->u.labeled.stmt, label, implicit, depth);
  case AST_BRANCH_STMT:
    if (s->op != TOKEN_BREAK) return false;
    if (!s->u.branch.label) return implicit;
    return label && s->u.branch.label->kind == AST_NAME && s->u.branch.label->u.name.name == label;
  case AST_BLOCK: return has_break_list(&s->u.block.stmts, label, implicit, depth);
  case AST_IF_STMT:
    return has_break(s->u.if_stmt.then, label, implicit, depth) ||
           has_break(s->u.if_stmt.else_, label, implicit, depth);
  case AST_SWITCH_STMT: return label && has_break_clauses(&s->u.switch_stmt.clauses, label, false, depth);
  case AST_TYPE_SWITCH_STMT: return label && has_break_clauses(&s->u.type_switch.clauses, label, false, depth);
  case AST_SELECT_STMT: return label && has_break_clauses(&s->u.select.clauses, label, false, depth);
  case AST_FOR_STMT: return label && has_break(s->u.for_stmt.body, label, false, depth);
  case AST_RANGE_STMT: return label && has_break(s->u.range.body, label, false, depth);
  default: return false;
  }
}

static bool is_terminating_list(Checker *c, const AstList *list) {
  uint32_t len = list->len;
  while (len > 0 && (!list->items[len - 1] || list->items[len - 1]->kind == AST_EMPTY_STMT)) len--;
  return len > 0 && check_is_terminating(c, list->items[len - 1], NULL);
}

static bool is_terminating_switch(Checker *c, const AstList *list, Sym label) {
  bool has_default = false;
  for (uint32_t i = 0; i < list->len; i++) {
    const Ast *k = list->items[i];
    if (!k || k->kind != AST_CASE_CLAUSE) continue;
    has_default |= k->u.clause.is_default;
    const AstList *body = &k->u.clause.body;
    uint32_t len = body->len;
    while (len > 0 && (!body->items[len - 1] || body->items[len - 1]->kind == AST_EMPTY_STMT)) len--;
    bool falls =
      len > 0 && body->items[len - 1]->kind == AST_BRANCH_STMT && body->items[len - 1]->op == TOKEN_FALLTHROUGH;
    if ((!falls && !is_terminating_list(c, body)) || has_break_list(body, label, true, 0)) return false;
  }
  return has_default;
}

static bool is_panic_call(const Checker *c, const Ast *n) {
  if (!n || n->kind != AST_CALL || !c->env.types) return false;
  const Ast *fun = ast_unparen(n->u.call.fun);
  if (!fun || fun->kind != AST_NAME || fun->id == 0) return false;
  const NodeInfo *info = node_info(c->env.types, fun);
  const Object *obj = info->is_selection ? NULL : info->ref.object;
  return obj && obj->kind == OBJ_BUILTIN && obj->u.builtin.id == BUILTIN_PANIC;
}

static bool is_terminating(Checker *c, const Ast *s, Sym label) {
  switch (s->kind) {
  case AST_EXPR_STMT: return is_panic_call(c, ast_unparen(s->u.expr_stmt.x));
  case AST_RETURN_STMT: return true;
  case AST_BRANCH_STMT: return s->op == TOKEN_GOTO;
  case AST_LABELED_STMT:
    return s->u.labeled.stmt &&
           check_is_terminating(c, s->u.labeled.stmt,
                                s->u.labeled.label->kind == AST_NAME ? s->u.labeled.label->u.name.name : NULL);
  case AST_BLOCK: return is_terminating_list(c, &s->u.block.stmts);
  case AST_IF_STMT:
    return s->u.if_stmt.else_ && s->u.if_stmt.then && check_is_terminating(c, s->u.if_stmt.then, NULL) &&
           check_is_terminating(c, s->u.if_stmt.else_, NULL);
  case AST_SWITCH_STMT: return is_terminating_switch(c, &s->u.switch_stmt.clauses, label);
  case AST_TYPE_SWITCH_STMT: return is_terminating_switch(c, &s->u.type_switch.clauses, label);
  case AST_SELECT_STMT:
    for (uint32_t i = 0; i < s->u.select.clauses.len; i++) {
      const Ast *k = s->u.select.clauses.items[i];
      if (!k || k->kind != AST_COMM_CLAUSE) continue;
      if (!is_terminating_list(c, &k->u.comm.body) || has_break_list(&k->u.comm.body, label, true, 0)) return false;
    }
    return true;
  case AST_FOR_STMT: return !s->u.for_stmt.cond && s->u.for_stmt.body && !has_break(s->u.for_stmt.body, label, true, 0);
  case AST_BAD: return true; // unknown: no second complaint
  default: return false;
  }
}

bool check_is_terminating(Checker *c, const Ast *s, Sym label) {
  if (!s || c->depth >= stack_levels()) return false;
  c->depth++;
  bool result = is_terminating(c, s, label);
  c->depth--;
  return result;
}
