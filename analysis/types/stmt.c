// stmt.c: function bodies and statements. Delayed actions run at the end of the statement that caused them, so that
// function literals see the variables of exactly their place. Rules: Go spec, "Statements"; types2 stmt.go.
#include <stdlib.h>

#include "types/checker_internal.h"

enum {
  BREAK_OK = 1,
  CONTINUE_OK = 2,
  FALLTHROUGH_OK = 4,
  FINAL_CASE = 8, // the last clause of a switch
  IN_TYPE_SWITCH = 16,
};

static void check_stmt(Checker *c, const Ast *s, unsigned context);

// -- bodies --

static void report_unused(Checker *c, uint32_t from) {
  for (uint32_t i = from; i < c->locals.len; i++) {
    Object *v = c->locals.items[i];
    if (v->used) continue;
    Package *p = c->pkg;
    Str message = arena_printf(&p->arena, "declared and not used: %s", v->name ? v->name->text : "_");
    VEC_PUSH(&p->arena, &p->errors, (TypeError){v->pos, message, true});
  }
  c->locals.len = from;
}

void check_func_body(Checker *c, DeclInfo *decl, Sym name, Type *sig, const Ast *body, const Const *iota) {
  (void)name;
  if (!body || !sig || sig->kind != TYPE_SIGNATURE || !sig->u.signature.scope) return;
  CheckEnv saved = c->env;
  c->env = (CheckEnv){.decl = decl,
                      .types = saved.types,
                      .scope = sig->u.signature.scope,
                      .iota = iota,
                      .signature = sig,
                      .go_minor = saved.go_minor,
                      .at = UINT32_MAX};
  if (decl && decl->types == saved.types) c->env.go_minor = check_file_version(c, decl->file);
  uint32_t locals = c->locals.len;
  if (body->kind == AST_BLOCK) {
    check_stmt_list(c, &body->u.block.stmts, 0);
    if (c->env.has_label) check_labels(c, body);
    if (tuple_len(sig->u.signature.results) > 0 && !check_is_terminating(c, body, NULL))
      check_error_at(c, (Pos){c->env.types->decl, body->u.block.rbrace}, "missing return");
  }
  report_unused(c, locals);
  c->env = saved;
}

void check_stmt_list(Checker *c, const AstList *list, unsigned context) {
  uint32_t len = list->len;
  while (len > 0 && (!list->items[len - 1] || list->items[len - 1]->kind == AST_EMPTY_STMT)) len--;
  for (uint32_t i = 0; i < len; i++) {
    unsigned inner = context & ~(unsigned)FALLTHROUGH_OK;
    if ((context & FALLTHROUGH_OK) && i + 1 == len) inner |= FALLTHROUGH_OK;
    if (list->items[i]) check_stmt(c, list->items[i], inner);
  }
}

// -- expression switches --

typedef struct SeenValue {
  Type *type;
  struct SeenValue *next;
} SeenValue;

// The bytes that stand for a constant in the table of cases seen; empty for kinds that Go does not compare.
static Str value_key(Checker *c, const Const *v) {
  int64_t i;
  uint64_t u;
  switch (const_kind(v)) {
  case CONST_INT:
    if (const_int64_value(v, &i)) return arena_printf(&c->scratch, "i%lld", (long long)i);
    if (const_uint64_value(v, &u)) return arena_printf(&c->scratch, "i%llu", (unsigned long long)u);
    return STR_NONE;
  case CONST_FLOAT: {
    bool exact;
    double d = const_float64_value(v, &exact);
    return arena_printf(&c->scratch, "f%a", d);
  }
  case CONST_STRING: {
    Str s = const_string_value(v);
    char *p = arena_alloc(&c->scratch, s.n + 1);
    p[0] = 's';
    if (s.n) memcpy(p + 1, s.p, s.n);
    return (Str){p, s.n + 1};
  }
  case CONST_UNKNOWN:
  case CONST_BOOL:
  case CONST_COMPLEX: break;
  }
  return STR_NONE;
}

static void case_values(Checker *c, Operand *x, const AstList *values, StrMap *seen) {
  for (uint32_t i = 0; i < values->len; i++) {
    if (!values->items[i]) continue;
    Operand v = {.mode = MODE_INVALID};
    check_expr(c, NULL, &v, values->items[i]);
    if (x->mode == MODE_INVALID || v.mode == MODE_INVALID) continue;
    check_convert_untyped(c, &v, x->type);
    if (v.mode == MODE_INVALID) continue;
    Operand result = v, y = *x;
    check_comparison(c, &result, &y, TOKEN_NONE);
    if (result.mode == MODE_INVALID || v.mode != MODE_CONSTANT) continue;
    Str key = value_key(c, v.value);
    if (key.n == 0) continue;
    SeenValue *first = strmap_get(seen, key), *s = first;
    while (s && !type_identical(s->type, v.type)) s = s->next;
    if (s) {
      check_error(c, values->items[i], "duplicate case %s in expression switch", check_expr_text(c, values->items[i]));
      continue;
    }
    s = ARENA_NEW(&c->scratch, SeenValue);
    *s = (SeenValue){v.type, first};
    strmap_set(seen, key, s);
  }
}

static void multiple_defaults(Checker *c, const AstList *clauses) {
  bool seen = false;
  for (uint32_t i = 0; i < clauses->len; i++) {
    const Ast *k = clauses->items[i];
    if (!k) continue;
    bool is_default =
      k->kind == AST_CASE_CLAUSE ? k->u.clause.is_default : k->kind == AST_COMM_CLAUSE && !k->u.comm.comm;
    if (is_default && seen) check_error(c, k, "multiple defaults");
    seen |= is_default;
  }
}

static void switch_stmt(Checker *c, const Ast *s, unsigned inner) {
  Operand x = {.mode = MODE_INVALID};
  Ast truth = {.kind = AST_NAME, .pos = s->pos, .start = s->start, .end = s->start};
  if (s->u.switch_stmt.tag) {
    check_expr(c, NULL, &x, s->u.switch_stmt.tag);
    check_assignment(c, &x, NULL, "switch expression");
    if (x.mode != MODE_INVALID && !type_comparable(x.type) && !type_has_nil(x.type)) {
      check_error(c, s->u.switch_stmt.tag, "cannot switch on %s", check_expr_text(c, s->u.switch_stmt.tag));
      operand_set_invalid(c, &x);
    }
  } else {
    x = (Operand){.mode = MODE_CONSTANT,
                  .type = c->context->basic[BASIC_BOOL],
                  .expr = &truth,
                  .value = const_bool(&c->pkg->constants, true)};
  }
  const AstList *clauses = &s->u.switch_stmt.clauses;
  multiple_defaults(c, clauses);
  StrMap seen = {0};
  for (uint32_t i = 0; i < clauses->len; i++) {
    const Ast *k = clauses->items[i];
    if (!k || k->kind != AST_CASE_CLAUSE) continue;
    case_values(c, &x, &k->u.clause.exprs, &seen);
    check_open_scope(c, k);
    check_stmt_list(c, &k->u.clause.body, inner | (i + 1 < clauses->len ? FALLTHROUGH_OK : FINAL_CASE));
    check_close_scope(c);
  }
  strmap_release(&seen);
}

// -- type switches --

typedef struct SeenType {
  Type *type; // NULL: nil
  uint64_t hash;
} SeenType;
typedef struct SeenTypes {
  VEC(SeenType) list;
} SeenTypes;

static bool is_nil_name(Checker *c, const Ast *n) {
  n = ast_unparen(n);
  if (!n || n->kind != AST_NAME) return false;
  Object *obj = check_lookup(c, n->u.name.name, NULL);
  return obj && obj->kind == OBJ_NIL;
}

static bool is_duplicate_type(SeenTypes *seen, Type *t) {
  uint64_t hash = t ? type_hash(t) : 0;
  for (uint32_t i = 0; i < seen->list.len; i++) {
    const SeenType *s = &seen->list.items[i];
    if (s->hash == hash && (t ? s->type && type_identical(s->type, t) : !s->type)) return true;
  }
  VEC_APPEND(&seen->list, (SeenType){t, hash});
  return false;
}

// Types of one clause; returns the type of the clause's variable. x NULL: the switch operand is no interface.
static Type *case_types(Checker *c, Operand *x, const AstList *types, SeenTypes *seen) {
  Type *t = NULL;
  for (uint32_t i = 0; i < types->len; i++) {
    const Ast *n = types->items[i];
    if (!n) continue;
    if (is_nil_name(c, n)) {
      t = NULL;
      Operand ignored = {.mode = MODE_INVALID};
      check_expr(c, NULL, &ignored, n);
    } else {
      t = check_var_type(c, n);
      if (type_is_invalid(t)) continue;
    }
    if (is_duplicate_type(seen, t)) {
      check_error(c, n, "duplicate case %s in type switch", check_expr_text(c, n));
      continue;
    }
    if (x && t) {
      Operand copy = *x;
      check_type_assertion(c, n, &copy, t, true);
    }
  }
  if (types->len == 1 && t) return t;
  return x ? x->type : type_invalid(c->context);
}

static void type_switch_stmt(Checker *c, const Ast *s, unsigned inner) {
  const Ast *name = s->u.type_switch.name;
  if (name && name->kind != AST_NAME) name = NULL;
  if (name && sym_is_blank(name->u.name.name)) {
    check_soft_error(c, name, "no new variable on left side of :=");
    name = NULL;
  } else if (name) {
    record_def(c, name, NULL);
  }
  Operand x = {.mode = MODE_INVALID}, *sx = NULL;
  if (s->u.type_switch.x) check_expr(c, NULL, &x, s->u.type_switch.x);
  if (x.mode != MODE_INVALID) {
    const char *text = check_expr_text(c, s->u.type_switch.x);
    if (type_is_param(x.type))
      check_error(c, s->u.type_switch.x, "cannot use type switch on type parameter value %s", text);
    else if (type_is_interface(x.type))
      sx = &x;
    else
      check_error(c, s->u.type_switch.x, "%s is not an interface", text);
  }
  const AstList *clauses = &s->u.type_switch.clauses;
  multiple_defaults(c, clauses);
  SeenTypes seen = {0};
  VEC(Object *) vars = {0};
  for (uint32_t i = 0; i < clauses->len; i++) {
    const Ast *k = clauses->items[i];
    if (!k || k->kind != AST_CASE_CLAUSE) continue;
    Type *t = case_types(c, sx, &k->u.clause.exprs, &seen);
    check_open_scope(c, k);
    if (name) {
      Object *obj = object_new_var(c->pkg, VAR_LOCAL, name->u.name.name, t, check_pos(c, name));
      scope_insert(c->env.scope, obj);
      obj->scope_pos = k->u.clause.colon;
      record_implicit(c, k, obj);
      VEC_APPEND(&vars, obj);
    }
    check_stmt_list(c, &k->u.clause.body, inner);
    check_close_scope(c);
  }
  if (name) {
    bool used = false;
    for (uint32_t i = 0; i < vars.len; i++) used |= vars.items[i]->used;
    if (!used) check_soft_error(c, name, "declared and not used: %s", name->u.name.name->text);
  }
  free(vars.items);
  free(seen.list.items);
}

// -- the rest --

static bool is_receive(const Ast *n) {
  n = ast_unparen(n);
  return n && n->kind == AST_UNARY && n->op == TOKEN_ARROW;
}

static void select_stmt(Checker *c, const Ast *s, unsigned inner) {
  const AstList *clauses = &s->u.select.clauses;
  multiple_defaults(c, clauses);
  for (uint32_t i = 0; i < clauses->len; i++) {
    const Ast *k = clauses->items[i];
    if (!k || k->kind != AST_COMM_CLAUSE) continue;
    const Ast *comm = k->u.comm.comm;
    bool valid =
      !comm || comm->kind == AST_SEND_STMT || (comm->kind == AST_EXPR_STMT && is_receive(comm->u.expr_stmt.x)) ||
      (comm->kind == AST_ASSIGN_STMT && comm->u.assign.rhs.len == 1 && is_receive(comm->u.assign.rhs.items[0]));
    if (!valid) {
      check_error(c, comm, "select case must be receive, send or assign recv");
      continue;
    }
    check_open_scope(c, k);
    if (comm) check_stmt(c, comm, inner);
    check_stmt_list(c, &k->u.comm.body, inner);
    check_close_scope(c);
  }
}

static void call_stmt(Checker *c, const Ast *s) {
  const char *keyword = s->op == TOKEN_DEFER ? "defer" : "go";
  Ast *call = s->u.call_stmt.call;
  if (!call) return;
  if (call->kind != AST_CALL) {
    check_error(c, call, "expression in %s must be function call", keyword);
    check_use(c, &call, 1);
    return;
  }
  Operand x = {.mode = MODE_INVALID};
  switch (check_raw_expr(c, NULL, &x, call, NULL, false)) {
  case EXPR_CONVERSION: check_error(c, call, "%s requires function call, not conversion", keyword); break;
  case EXPR_EXPRESSION:
    if (x.mode != MODE_INVALID) check_error(c, call, "%s discards result of %s", keyword, check_expr_text(c, call));
    break;
  case EXPR_STATEMENT: break;
  }
}

static void expr_stmt(Checker *c, const Ast *s) {
  const Ast *n = s->u.expr_stmt.x;
  if (!n) return;
  Operand x = {.mode = MODE_INVALID};
  ExprKind kind = check_raw_expr(c, NULL, &x, n, NULL, false);
  if (x.mode == MODE_INVALID) return;
  const char *text = check_expr_text(c, n);
  if (x.mode == MODE_BUILTIN)
    check_error(c, n, "%s must be called", text);
  else if (x.mode == MODE_TYPE)
    check_error(c, n, "%s is not an expression", text);
  else if (kind != EXPR_STATEMENT)
    check_error(c, n, "%s is not used", text);
}

static void assign_stmt(Checker *c, const Ast *s) {
  const AstList *lhs = &s->u.assign.lhs, *rhs = &s->u.assign.rhs;
  if (s->u.assign.form == ASSIGN_DEFINE) {
    check_short_var_decl(c, s);
    return;
  }
  if (s->u.assign.form == ASSIGN_PLAIN) {
    check_assign_vars(c, lhs, rhs);
    return;
  }
  if (lhs->len != 1 || !lhs->items[0]) return;
  const Ast *left = lhs->items[0];
  Operand x = {.mode = MODE_INVALID};
  if (s->u.assign.form == ASSIGN_INCDEC) {
    check_expr(c, NULL, &x, left);
    if (x.mode == MODE_INVALID) return;
    if (!type_all_basic(x.type, BASIC_IS_NUMERIC)) {
      check_error(c, left, "invalid operation: %s%s%s (non-numeric type %s)", check_expr_text(c, left),
                  token_text(s->op), token_text(s->op), check_type_text(c, x.type));
      return;
    }
    check_assign_var(c, left, NULL, &x, "assignment");
    return;
  }
  if (rhs->len != 1 || !rhs->items[0]) {
    check_error(c, s, "assignment operation %s= requires single-valued expressions", token_text(s->op));
    return;
  }
  check_binary(c, &x, NULL, left, rhs->items[0], s->op);
  check_assign_var(c, left, NULL, &x, "assignment");
}

static void return_stmt(Checker *c, const Ast *s) {
  if (!c->env.signature) return;
  Type *results = c->env.signature->u.signature.results;
  const AstList *values = &s->u.ret.results;
  uint32_t want = tuple_len(results);
  Sym first = want ? tuple_at(results, 0)->name : NULL;
  if (values->len == 0 && first) {
    for (uint32_t i = 0; i < want; i++) {
      Object *obj = tuple_at(results, i), *seen = obj->name ? check_lookup(c, obj->name, NULL) : NULL;
      if (seen && seen != obj && !sym_is_blank(obj->name))
        check_error(c, s, "result parameter %s not in scope at return", obj->name->text);
    }
    return;
  }
  if (want == 0) {
    if (values->len == 0) return;
    if (check_use(c, values->items, values->len)) check_error(c, values->items[0], "too many return values");
    return;
  }
  if (values->len == 0) {
    check_error(c, s, "not enough return values");
    return;
  }
  check_init_vars(c, results->u.tuple.vars.items, want, (const Ast **)values->items, values->len, s);
}

static void branch_stmt(Checker *c, const Ast *s, unsigned context) {
  if (s->u.branch.label) {
    c->env.has_label = true;
    return;
  }
  if (s->op == TOKEN_BREAK && !(context & BREAK_OK)) {
    check_error(c, s, "break is not in a loop, switch, or select");
  } else if (s->op == TOKEN_CONTINUE && !(context & CONTINUE_OK)) {
    check_error(c, s, "continue is not in a loop");
  } else if (s->op == TOKEN_FALLTHROUGH && !(context & FALLTHROUGH_OK)) {
    check_error(c, s, "%s",
                context & FINAL_CASE       ? "cannot fallthrough final case in switch"
                : context & IN_TYPE_SWITCH ? "cannot fallthrough in type switch"
                                           : "fallthrough statement out of place");
  } else if (s->op == TOKEN_GOTO) {
    check_error(c, s, "goto without label");
  }
}

static void condition(Checker *c, const Ast *n, const char *where) {
  if (!n) return;
  Operand x = {.mode = MODE_INVALID};
  check_expr(c, NULL, &x, n);
  if (x.mode != MODE_INVALID && !type_all_basic(x.type, BASIC_IS_BOOLEAN))
    check_error(c, n, "non-boolean condition in %s statement", where);
}

static void if_stmt(Checker *c, const Ast *s, unsigned inner) {
  check_open_scope(c, s);
  if (s->u.if_stmt.init) check_stmt(c, s->u.if_stmt.init, 0);
  condition(c, s->u.if_stmt.cond, "if");
  if (s->u.if_stmt.then) check_stmt(c, s->u.if_stmt.then, inner);
  if (s->u.if_stmt.else_) check_stmt(c, s->u.if_stmt.else_, inner);
  check_close_scope(c);
}

static void for_stmt(Checker *c, const Ast *s, unsigned inner) {
  check_open_scope(c, s);
  if (s->u.for_stmt.init) check_stmt(c, s->u.for_stmt.init, 0);
  condition(c, s->u.for_stmt.cond, "for");
  const Ast *post = s->u.for_stmt.post;
  if (post && post->kind == AST_ASSIGN_STMT && post->u.assign.form == ASSIGN_DEFINE)
    check_error(c, post, "cannot declare in post statement of for loop");
  if (post) check_stmt(c, post, 0);
  if (s->u.for_stmt.body) check_stmt(c, s->u.for_stmt.body, inner);
  check_close_scope(c);
}

static void stmt_internal(Checker *c, const Ast *s, unsigned context) {
  unsigned inner = context & ~(unsigned)(FALLTHROUGH_OK | FINAL_CASE | IN_TYPE_SWITCH);
  switch (s->kind) {
  case AST_EMPTY_STMT:
  case AST_BAD: break;
  case AST_DECL_STMT: check_decl_stmt(c, s); break;
  case AST_LABELED_STMT:
    c->env.has_label = true;
    if (s->u.labeled.stmt) check_stmt(c, s->u.labeled.stmt, context);
    break;
  case AST_EXPR_STMT: expr_stmt(c, s); break;
  case AST_SEND_STMT: {
    Operand ch = {.mode = MODE_INVALID}, value = {.mode = MODE_INVALID};
    if (s->u.send.chan) check_expr(c, NULL, &ch, s->u.send.chan);
    if (s->u.send.value) check_assigned_expr(c, &value, s->u.send.value, NULL);
    if (ch.mode == MODE_INVALID || value.mode == MODE_INVALID) break;
    Type *elem = check_chan_elem(c, s, &ch, false);
    if (elem) check_assignment(c, &value, elem, "send");
    break;
  }
  case AST_ASSIGN_STMT: assign_stmt(c, s); break;
  case AST_CALL_STMT: call_stmt(c, s); break;
  case AST_RETURN_STMT: return_stmt(c, s); break;
  case AST_BRANCH_STMT: branch_stmt(c, s, context); break;
  case AST_BLOCK:
    check_open_scope(c, s);
    check_stmt_list(c, &s->u.block.stmts, inner);
    check_close_scope(c);
    break;
  case AST_IF_STMT: if_stmt(c, s, inner); break;
  case AST_SWITCH_STMT:
    check_open_scope(c, s);
    if (s->u.switch_stmt.init) check_stmt(c, s->u.switch_stmt.init, 0);
    switch_stmt(c, s, inner | BREAK_OK);
    check_close_scope(c);
    break;
  case AST_TYPE_SWITCH_STMT:
    check_open_scope(c, s);
    if (s->u.type_switch.init) check_stmt(c, s->u.type_switch.init, 0);
    type_switch_stmt(c, s, inner | BREAK_OK | IN_TYPE_SWITCH);
    check_close_scope(c);
    break;
  case AST_SELECT_STMT: select_stmt(c, s, inner | BREAK_OK); break;
  case AST_FOR_STMT: for_stmt(c, s, inner | BREAK_OK | CONTINUE_OK); break;
  case AST_RANGE_STMT: check_range_stmt(c, s, inner | BREAK_OK | CONTINUE_OK); break;
  default: check_error(c, s, "invalid statement"); break;
  }
}

static void check_stmt(Checker *c, const Ast *s, unsigned context) {
  uint32_t top = c->delayed.len;
  if (!check_enter(c, s)) return;
  stmt_internal(c, s, context);
  check_process_delayed(c, top);
  check_leave(c);
}

void check_block_stmt(Checker *c, const Ast *s, unsigned context) {
  if (s) check_stmt(c, s, context);
}
