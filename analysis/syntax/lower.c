// lower.c: declarations and statements of a tree-sitter tree, and the lowering's common parts.
//
// tree-sitter repairs broken text by searching for the cheapest way to make a tree of it, so it sometimes keeps more of
// a half-typed declaration than a parser that reads from left to right. It does not decide what Go is: its grammar lets
// a newline pass where Go ends a statement. Therefore it is only asked about declarations that the exact reader
// refused, and its tree is taken only when it loses less (parse.c).
//
// Kinds and fields come as small numbers of the grammar; two tables made once turn them into enumerators.
#include "syntax/lower_internal.h"

#include <stdlib.h>

const TSLanguage *tree_sitter_go(void);

static const struct {
  const char *name;
  bool named;
} cst_names[CST_COUNT] = {
  [CST_OTHER] = {"", false},
#define CST_NAMED(suffix, name) [CST_##suffix] = {name, true},
#define CST_TOKEN(suffix, name) [CST_##suffix] = {name, false},
#include "syntax/cst.def"
#undef CST_NAMED
#undef CST_TOKEN
};

static const char *const field_names[FIELD_COUNT] = {
  "",           "alias",         "alternative",    "arguments",       "body",     "capacity",
  "channel",    "communication", "condition",      "consequence",     "element",  "end",
  "field",      "function",      "index",          "initializer",     "key",      "label",
  "left",       "length",        "name",           "operand",         "operator", "package",
  "parameters", "path",          "receiver",       "result",          "right",    "start",
  "tag",        "type",          "type_arguments", "type_parameters", "update",   "value",
};

Lowering *lowering_new(void) {
  Lowering *l = mem_new(sizeof *l);
  l->parser = ts_parser_new();
  const TSLanguage *go = tree_sitter_go();
  if (!l->parser || !ts_parser_set_language(l->parser, go)) {
    lowering_free(l);
    return NULL;
  }
  l->symbol_count = ts_language_symbol_count(go);
  l->field_count = ts_language_field_count(go) + 1;
  l->kinds = mem_new(l->symbol_count);
  l->fields = mem_new(l->field_count);
  for (uint32_t s = 0; s < l->symbol_count; s++) {
    TSSymbolType type = ts_language_symbol_type(go, (TSSymbol)s);
    const char *name = ts_language_symbol_name(go, (TSSymbol)s);
    for (int k = 1; k < CST_COUNT && name; k++)
      if (cst_names[k].named == (type == TSSymbolTypeRegular) && strcmp(cst_names[k].name, name) == 0)
        l->kinds[s] = (uint8_t)k;
  }
  for (uint32_t f = 1; f < l->field_count; f++)
    for (int k = 1; k < FIELD_COUNT; k++)
      if (strcmp(field_names[k], ts_language_field_name_for_id(go, (TSFieldId)f)) == 0) l->fields[f] = (uint8_t)k;
  return l;
}

void lowering_free(Lowering *l) {
  if (!l) return;
  if (l->has_cursor) ts_tree_cursor_delete(&l->cursor);
  if (l->parser) ts_parser_delete(l->parser);
  free(l->children.items);
  free(l->kinds);
  free(l->fields);
  free(l);
}

Cst cst_kind(const Lowering *l, TSNode node) {
  TSSymbol symbol = ts_node_symbol(node);
  return symbol < l->symbol_count ? (Cst)l->kinds[symbol] : CST_ERROR; // ts_builtin_sym_error lies outside the grammar
}

Children children_open(Lowering *l, TSNode node) {
  Children c = {.from = l->children.len, .start = ts_node_start_byte(node), .end = ts_node_end_byte(node)};
  if (l->has_cursor)
    ts_tree_cursor_reset(&l->cursor, node);
  else
    l->cursor = ts_tree_cursor_new(node);
  l->has_cursor = true;
  if (!ts_tree_cursor_goto_first_child(&l->cursor)) return c;
  do {
    Child child = {.node = ts_tree_cursor_current_node(&l->cursor)};
    child.kind = (uint8_t)cst_kind(l, child.node);
    TSFieldId field = ts_tree_cursor_current_field_id(&l->cursor);
    child.field = field < l->field_count ? l->fields[field] : FIELD_NONE;
    if (child.kind == CST_COMMENT) continue;
    if (child.kind == CST_ERROR || (ts_node_is_missing(child.node) && !ts_node_is_named(child.node)))
      lose(l, child.node);
    VEC_APPEND(&l->children, child);
    c.count++;
  } while (ts_tree_cursor_goto_next_sibling(&l->cursor));
  return c;
}

bool child_by_field(const Lowering *l, Children c, CstField field, Child *out) {
  for (uint32_t i = 0; i < c.count; i++) {
    *out = child_at(l, c, i);
    if (out->field == field && out->kind != CST_ERROR) return true;
  }
  return false;
}

uint32_t token_start(const Lowering *l, Children c, Cst kind, uint32_t otherwise) {
  for (uint32_t i = 0; i < c.count; i++)
    if (child_at(l, c, i).kind == kind) return ts_node_start_byte(child_at(l, c, i).node);
  return otherwise;
}

void lose(Lowering *l, TSNode node) {
  uint32_t start = ts_node_start_byte(node);
  l->loss.places++;
  l->loss.bytes += ts_node_end_byte(node) - start;
  build_error(l->b, start, "syntax error");
}

Ast *cst_bad(Lowering *l, uint32_t start, uint32_t end) {
  Ast *n = build_node(l->b, AST_BAD, start, start);
  n->end = end;
  build_error(l->b, start, "syntax error");
  return n;
}

Ast *cst_node(Lowering *l, AstKind kind, Children c, uint32_t pos) {
  Ast *n = build_node(l->b, kind, c.start, pos);
  n->end = c.end;
  return n;
}

bool cst_enter(Lowering *l) {
  if ((uint32_t)l->nesting >= stack_levels()) return false;
  l->nesting++;
  return true;
}

static Ast *cst_stmt(Lowering *l, TSNode node);

// Pushes the statements of a block, statement_list or case.
static void push_stmts(Lowering *l, Children c) {
  for (uint32_t i = 0; i < c.count; i++) {
    Child child = child_at(l, c, i);
    if (child.kind == CST_STATEMENTS) {
      Children inner = children_open(l, child.node);
      push_stmts(l, inner);
      children_close(l, inner);
    } else if (child.kind == CST_ERROR) {
      build_push(l->b, cst_bad(l, ts_node_start_byte(child.node), ts_node_end_byte(child.node)));
    } else if (child.field == FIELD_NONE && ts_node_is_named(child.node)) {
      build_push(l->b, cst_stmt(l, child.node));
    }
  }
}

Ast *cst_block(Lowering *l, TSNode node) {
  Children c = children_open(l, node);
  Ast *n = cst_node(l, AST_BLOCK, c, c.start);
  uint32_t mark = l->b->stack.len;
  n->u.block.rbrace = token_start(l, c, CST_RBRACE, c.end);
  push_stmts(l, c);
  n->u.block.stmts = build_list(l->b, mark);
  children_close(l, c);
  return n;
}

static Ast *lower_block_field(Lowering *l, Children c, CstField field) {
  Child child;
  if (child_by_field(l, c, field, &child) && child.kind == CST_BLOCK) return cst_block(l, child.node);
  Ast *n = build_node(l->b, AST_BLOCK, c.end, c.end);
  n->end = n->u.block.rbrace = c.end;
  return n;
}

static Ast *lower_stmt_field(Lowering *l, Children c, CstField field) {
  Child child;
  return child_by_field(l, c, field, &child) ? cst_stmt(l, child.node) : NULL;
}

static AstList lower_list_field(Lowering *l, Children c, CstField field) {
  Child child;
  if (child_by_field(l, c, field, &child)) return cst_expr_list(l, child.node);
  uint32_t mark = l->b->stack.len;
  build_push(l->b, cst_bad(l, c.end, c.end));
  return build_list(l->b, mark);
}

// The first named child that has no field.
static bool only_child(Lowering *l, Children c, Child *out) {
  for (uint32_t i = 0; i < c.count; i++) {
    *out = child_at(l, c, i);
    if (ts_node_is_named(out->node) && out->kind != CST_ERROR) return true;
  }
  return false;
}

static Ast *lower_assign(Lowering *l, Children c, Cst kind) {
  Ast *n = cst_node(l, AST_ASSIGN_STMT, c, c.start);
  Child op;
  if (kind == CST_INC || kind == CST_DEC) {
    Child x;
    uint32_t mark = l->b->stack.len;
    n->u.assign.form = ASSIGN_INCDEC;
    n->op = kind == CST_INC ? TOKEN_ADD : TOKEN_SUB;
    n->pos = token_start(l, c, kind == CST_INC ? CST_INC_TOKEN : CST_DEC_TOKEN, c.end);
    build_push(l->b, only_child(l, c, &x) ? cst_expr(l, x.node) : cst_bad(l, c.start, c.start));
    n->u.assign.lhs = build_list(l->b, mark);
    return n;
  }
  n->u.assign.lhs = lower_list_field(l, c, FIELD_LEFT);
  n->u.assign.rhs = lower_list_field(l, c, FIELD_RIGHT);
  if (kind == CST_SHORT_VAR) {
    n->u.assign.form = ASSIGN_DEFINE;
    n->pos = token_start(l, c, CST_DEFINE, c.start);
  } else if (child_by_field(l, c, FIELD_OPERATOR, &op)) {
    n->pos = ts_node_start_byte(op.node);
    n->op = op.kind == CST_ASSIGN ? TOKEN_NONE : (uint8_t)cst_operator(l, op.node);
    n->u.assign.form = n->op ? ASSIGN_OP : ASSIGN_PLAIN;
  }
  return n;
}

// `lhs = <-c`, `lhs := <-c` or `<-c` of a select.
static Ast *lower_receive(Lowering *l, Children c) {
  Child left;
  if (child_by_field(l, c, FIELD_LEFT, &left)) {
    Ast *n = cst_node(l, AST_ASSIGN_STMT, c, c.start);
    uint32_t define = token_start(l, c, CST_DEFINE, UINT32_MAX);
    n->u.assign.form = define == UINT32_MAX ? ASSIGN_PLAIN : ASSIGN_DEFINE;
    n->pos = define == UINT32_MAX ? token_start(l, c, CST_ASSIGN, c.start) : define;
    n->u.assign.lhs = cst_expr_list(l, left.node);
    n->u.assign.rhs = lower_list_field(l, c, FIELD_RIGHT);
    return n;
  }
  Ast *n = cst_node(l, AST_EXPR_STMT, c, c.start);
  n->u.expr_stmt.x = cst_field_expr(l, c, FIELD_RIGHT);
  n->pos = n->u.expr_stmt.x->pos;
  return n;
}

static Ast *lower_if(Lowering *l, Children c) {
  Ast *n = cst_node(l, AST_IF_STMT, c, c.start);
  n->u.if_stmt.init = lower_stmt_field(l, c, FIELD_INITIALIZER);
  n->u.if_stmt.cond = cst_field_expr(l, c, FIELD_CONDITION);
  n->u.if_stmt.then = lower_block_field(l, c, FIELD_CONSEQUENCE);
  n->u.if_stmt.else_ = lower_stmt_field(l, c, FIELD_ALTERNATIVE);
  return n;
}

static Ast *lower_range(Lowering *l, TSNode clause, Children loop) {
  Ast *n = cst_node(l, AST_RANGE_STMT, loop, loop.start);
  Children c = children_open(l, clause);
  Child left;
  if (child_by_field(l, c, FIELD_LEFT, &left)) {
    AstList vars = cst_expr_list(l, left.node);
    n->u.range.key = vars.len > 0 ? vars.items[0] : NULL;
    n->u.range.value = vars.len > 1 ? vars.items[1] : NULL;
    uint32_t define = token_start(l, c, CST_DEFINE, UINT32_MAX);
    n->u.range.define = define != UINT32_MAX;
    n->u.range.op_pos = n->u.range.define ? define : token_start(l, c, CST_ASSIGN, 0);
  }
  n->u.range.x = cst_field_expr(l, c, FIELD_RIGHT);
  children_close(l, c);
  n->u.range.body = lower_block_field(l, loop, FIELD_BODY);
  return n;
}

static Ast *lower_for(Lowering *l, Children c) {
  for (uint32_t i = 0; i < c.count; i++)
    if (child_at(l, c, i).kind == CST_RANGE_CLAUSE) return lower_range(l, child_at(l, c, i).node, c);
  Ast *n = cst_node(l, AST_FOR_STMT, c, c.start);
  for (uint32_t i = 0; i < c.count; i++) {
    Child child = child_at(l, c, i);
    if (child.kind == CST_FOR_CLAUSE) {
      Children clause = children_open(l, child.node);
      n->u.for_stmt.init = lower_stmt_field(l, clause, FIELD_INITIALIZER);
      n->u.for_stmt.cond = cst_optional(l, clause, FIELD_CONDITION);
      n->u.for_stmt.post = lower_stmt_field(l, clause, FIELD_UPDATE);
      children_close(l, clause);
    } else if (ts_node_is_named(child.node) && child.field != FIELD_BODY && child.kind != CST_ERROR) {
      n->u.for_stmt.cond = cst_expr(l, child.node);
    }
  }
  n->u.for_stmt.body = lower_block_field(l, c, FIELD_BODY);
  return n;
}

static Ast *lower_clause(Lowering *l, TSNode node, Cst kind, bool in_select) {
  Children c = children_open(l, node);
  Ast *n = cst_node(l, in_select ? AST_COMM_CLAUSE : AST_CASE_CLAUSE, c, c.start);
  uint32_t mark = l->b->stack.len, colon = token_start(l, c, CST_COLON, c.end);
  AstList exprs = {0};
  if (kind == CST_CASE) exprs = lower_list_field(l, c, FIELD_VALUE);
  for (uint32_t i = 0; kind == CST_TYPE_CASE && i < c.count; i++) {
    Child child = child_at(l, c, i);
    if (child.field == FIELD_TYPE && ts_node_is_named(child.node)) build_push(l->b, cst_expr(l, child.node));
  }
  if (kind == CST_TYPE_CASE) exprs = build_list(l->b, mark);
  Ast *comm = kind == CST_COMM_CASE ? lower_stmt_field(l, c, FIELD_COMMUNICATION) : NULL;
  push_stmts(l, c);
  AstList body = build_list(l->b, mark);
  n->end = body.len ? body.items[body.len - 1]->end : colon < c.end ? colon + 1 : c.end;
  if (in_select) {
    n->u.comm.comm = comm;
    n->u.comm.body = body;
    n->u.comm.colon = colon;
  } else {
    n->u.clause.exprs = exprs;
    n->u.clause.body = body;
    n->u.clause.colon = colon;
    n->u.clause.is_default = kind == CST_DEFAULT;
  }
  children_close(l, c);
  return n;
}

static AstList lower_clauses(Lowering *l, Children c, bool in_select) {
  uint32_t mark = l->b->stack.len;
  for (uint32_t i = 0; i < c.count; i++) {
    Child child = child_at(l, c, i);
    if (child.kind == CST_CASE || child.kind == CST_TYPE_CASE || child.kind == CST_COMM_CASE ||
        child.kind == CST_DEFAULT)
      build_push(l->b, lower_clause(l, child.node, (Cst)child.kind, in_select));
  }
  return build_list(l->b, mark);
}

static Ast *lower_type_switch(Lowering *l, Children c) {
  Ast *n = cst_node(l, AST_TYPE_SWITCH_STMT, c, c.start);
  Child alias;
  n->u.type_switch.init = lower_stmt_field(l, c, FIELD_INITIALIZER);
  n->u.type_switch.guard_pos = token_start(l, c, CST_PERIOD, c.start);
  if (child_by_field(l, c, FIELD_ALIAS, &alias)) {
    AstList names = cst_expr_list(l, alias.node);
    n->u.type_switch.name = names.len && names.items[0]->kind == AST_NAME ? names.items[0] : NULL;
    n->u.type_switch.guard_pos = token_start(l, c, CST_DEFINE, c.start);
  }
  n->u.type_switch.x = cst_field_expr(l, c, FIELD_VALUE);
  n->u.type_switch.rbrace = token_start(l, c, CST_RBRACE, c.end);
  n->u.type_switch.clauses = lower_clauses(l, c, false);
  return n;
}

static Ast *lower_branch(Lowering *l, Children c, Token op) {
  Ast *n = cst_node(l, AST_BRANCH_STMT, c, c.start);
  Child label;
  n->op = (uint8_t)op;
  if (only_child(l, c, &label)) n->u.branch.label = cst_name(l, label.node);
  return n;
}

static Ast *lower_labeled(Lowering *l, Children c) {
  Ast *n = cst_node(l, AST_LABELED_STMT, c, c.start);
  Child label;
  n->u.labeled.label =
    child_by_field(l, c, FIELD_LABEL, &label) ? cst_name(l, label.node) : cst_bad(l, c.start, c.start);
  for (uint32_t i = 0; i < c.count && !n->u.labeled.stmt; i++) {
    Child child = child_at(l, c, i);
    if (child.field != FIELD_LABEL && ts_node_is_named(child.node) && child.kind != CST_ERROR)
      n->u.labeled.stmt = cst_stmt(l, child.node);
  }
  if (!n->u.labeled.stmt) n->u.labeled.stmt = build_node(l->b, AST_EMPTY_STMT, c.end, c.end);
  return n;
}

static Ast *lower_only_expr_stmt(Lowering *l, Children c, AstKind kind, Token op) {
  Ast *n = cst_node(l, kind, c, c.start);
  Child child;
  Ast *x = only_child(l, c, &child) ? cst_expr(l, child.node) : cst_bad(l, c.end, c.end);
  n->op = (uint8_t)op;
  if (kind == AST_CALL_STMT) {
    n->u.call_stmt.call = x;
  } else {
    n->u.expr_stmt.x = x;
    n->pos = x->pos;
  }
  return n;
}

static AstList lower_specs(Lowering *l, TSNode node);

static Ast *lower_stmt_children(Lowering *l, TSNode node, Cst kind, Children c) {
  Ast *n;
  Child child;
  switch ((int)kind) { // the other kinds are no statements
  case CST_EMPTY: return cst_node(l, AST_EMPTY_STMT, c, c.start);
  case CST_BLOCK: return cst_block(l, node);
  case CST_EXPRESSION_STATEMENT: return lower_only_expr_stmt(l, c, AST_EXPR_STMT, TOKEN_NONE);
  case CST_GO: return lower_only_expr_stmt(l, c, AST_CALL_STMT, TOKEN_GO);
  case CST_DEFER: return lower_only_expr_stmt(l, c, AST_CALL_STMT, TOKEN_DEFER);
  case CST_SEND:
    n = cst_node(l, AST_SEND_STMT, c, token_start(l, c, CST_ARROW, c.start));
    n->u.send.chan = cst_field_expr(l, c, FIELD_CHANNEL);
    n->u.send.value = cst_field_expr(l, c, FIELD_VALUE);
    return n;
  case CST_RECEIVE: return lower_receive(l, c);
  case CST_INC:
  case CST_DEC:
  case CST_ASSIGNMENT:
  case CST_SHORT_VAR: return lower_assign(l, c, kind);
  case CST_LABELED: return lower_labeled(l, c);
  case CST_FALLTHROUGH: return lower_branch(l, c, TOKEN_FALLTHROUGH);
  case CST_BREAK: return lower_branch(l, c, TOKEN_BREAK);
  case CST_CONTINUE: return lower_branch(l, c, TOKEN_CONTINUE);
  case CST_GOTO: return lower_branch(l, c, TOKEN_GOTO);
  case CST_RETURN:
    n = cst_node(l, AST_RETURN_STMT, c, c.start);
    if (only_child(l, c, &child)) n->u.ret.results = cst_expr_list(l, child.node);
    return n;
  case CST_IF: return lower_if(l, c);
  case CST_FOR: return lower_for(l, c);
  case CST_SWITCH:
    n = cst_node(l, AST_SWITCH_STMT, c, c.start);
    n->u.switch_stmt.init = lower_stmt_field(l, c, FIELD_INITIALIZER);
    n->u.switch_stmt.tag = cst_optional(l, c, FIELD_VALUE);
    n->u.switch_stmt.rbrace = token_start(l, c, CST_RBRACE, c.end);
    n->u.switch_stmt.clauses = lower_clauses(l, c, false);
    return n;
  case CST_TYPE_SWITCH: return lower_type_switch(l, c);
  case CST_SELECT:
    n = cst_node(l, AST_SELECT_STMT, c, c.start);
    n->u.select.rbrace = token_start(l, c, CST_RBRACE, c.end);
    n->u.select.clauses = lower_clauses(l, c, true);
    return n;
  case CST_CONST_DECL:
  case CST_VAR_DECL:
  case CST_TYPE_DECL:
    n = cst_node(l, AST_DECL_STMT, c, c.start);
    n->u.decl_stmt.specs = lower_specs(l, node);
    return n;
  default: return cst_bad(l, c.start, c.end);
  }
}

static Ast *cst_stmt(Lowering *l, TSNode node) {
  if (!cst_enter(l)) return cst_bad(l, ts_node_start_byte(node), ts_node_end_byte(node));
  Children c = children_open(l, node);
  Ast *n = lower_stmt_children(l, node, cst_kind(l, node), c);
  children_close(l, c);
  cst_leave(l);
  return n;
}

static AstList lower_names(Lowering *l, Children c) {
  uint32_t mark = l->b->stack.len;
  for (uint32_t i = 0; i < c.count; i++) {
    Child child = child_at(l, c, i);
    if (child.field == FIELD_NAME && ts_node_is_named(child.node)) build_push(l->b, cst_name(l, child.node));
  }
  return build_list(l->b, mark);
}

static Ast *lower_import_spec(Lowering *l, Children c) {
  Ast *n = cst_node(l, AST_IMPORT_DECL, c, c.start);
  Child child;
  if (child_by_field(l, c, FIELD_NAME, &child)) n->u.import.name = cst_name(l, child.node);
  if (child_by_field(l, c, FIELD_PATH, &child)) {
    Ast *path = cst_expr(l, child.node);
    if (path->kind == AST_BASIC_LIT) n->u.import.path_text = path->u.lit.text;
  }
  return n;
}

static Ast *lower_const_spec(Lowering *l, Children c, uint32_t iota, Ast *previous) {
  Ast *n = cst_node(l, AST_CONST_DECL, c, c.start);
  Child value;
  n->u.const_decl.iota = iota;
  n->u.const_decl.names = lower_names(l, c);
  n->u.const_decl.type = cst_optional(l, c, FIELD_TYPE);
  if (child_by_field(l, c, FIELD_VALUE, &value)) n->u.const_decl.values = cst_expr_list(l, value.node);
  if (!n->u.const_decl.type && !n->u.const_decl.values.len) n->u.const_decl.inherited_from = previous;
  return n;
}

static Ast *lower_var_spec(Lowering *l, Children c) {
  Ast *n = cst_node(l, AST_VAR_DECL, c, c.start);
  Child value;
  n->u.var_decl.names = lower_names(l, c);
  n->u.var_decl.type = cst_optional(l, c, FIELD_TYPE);
  if (child_by_field(l, c, FIELD_VALUE, &value)) n->u.var_decl.values = cst_expr_list(l, value.node);
  return n;
}

static Ast *lower_type_spec(Lowering *l, Children c, bool alias) {
  Ast *n = cst_node(l, AST_TYPE_DECL, c, c.start);
  Child child;
  n->u.type_decl.is_alias = alias;
  if (!child_by_field(l, c, FIELD_NAME, &child)) return NULL;
  n->u.type_decl.name = cst_name(l, child.node);
  if (child_by_field(l, c, FIELD_TYPE_PARAMETERS, &child)) n->u.type_decl.tparams = cst_params(l, child.node);
  n->u.type_decl.type = cst_field_expr(l, c, FIELD_TYPE);
  return n;
}

// Pushes the specs found among the children. with_values: the last const spec that has some.
static void push_specs(Lowering *l, Children c, bool grouped, uint32_t *iota, Ast **with_values) {
  for (uint32_t i = 0; i < c.count; i++) {
    Child child = child_at(l, c, i);
    Children inner = children_open(l, child.node);
    Ast *n = NULL;
    if (child.kind == CST_IMPORT_SPECS || child.kind == CST_VAR_SPECS)
      push_specs(l, inner, true, iota, with_values);
    else if (child.kind == CST_IMPORT_SPEC)
      n = lower_import_spec(l, inner);
    else if (child.kind == CST_VAR_SPEC)
      n = lower_var_spec(l, inner);
    else if (child.kind == CST_TYPE_SPEC || child.kind == CST_TYPE_ALIAS)
      n = lower_type_spec(l, inner, child.kind == CST_TYPE_ALIAS);
    else if (child.kind == CST_CONST_SPEC) {
      n = lower_const_spec(l, inner, (*iota)++, grouped ? *with_values : NULL);
      if (!n->u.const_decl.inherited_from) *with_values = n;
    }
    children_close(l, inner);
    if (!n) continue;
    if (grouped) n->flags |= AST_FLAG_GROUPED;
    build_push(l->b, n);
  }
}

static AstList lower_specs(Lowering *l, TSNode node) {
  Children c = children_open(l, node);
  uint32_t mark = l->b->stack.len, iota = 0;
  Ast *with_values = NULL;
  push_specs(l, c, token_start(l, c, CST_LPAREN, UINT32_MAX) != UINT32_MAX, &iota, &with_values);
  children_close(l, c);
  return build_list(l->b, mark);
}

static AstList lower_func(Lowering *l, TSNode node) {
  Children c = children_open(l, node);
  Ast *n = cst_node(l, AST_FUNC_DECL, c, c.start);
  Child child;
  AstList none = {0};
  if (child_by_field(l, c, FIELD_RECEIVER, &child)) {
    n->pos = ts_node_start_byte(child.node);
    AstList receivers = cst_params(l, child.node);
    n->u.func_decl.recv = receivers.len ? receivers.items[0] : NULL;
  }
  if (!child_by_field(l, c, FIELD_NAME, &child)) {
    children_close(l, c);
    return none;
  }
  n->u.func_decl.name = cst_name(l, child.node);
  if (!n->u.func_decl.recv) n->pos = n->u.func_decl.name->start;
  if (child_by_field(l, c, FIELD_TYPE_PARAMETERS, &child)) n->u.func_decl.tparams = cst_params(l, child.node);
  uint32_t start = child_by_field(l, c, FIELD_PARAMETERS, &child) ? ts_node_start_byte(child.node) : c.end;
  n->u.func_decl.type = cst_signature(l, c, start);
  if (child_by_field(l, c, FIELD_BODY, &child)) n->u.func_decl.body = cst_block(l, child.node);
  children_close(l, c);
  uint32_t mark = l->b->stack.len;
  build_push(l->b, n);
  return build_list(l->b, mark);
}

static ReadResult lower_root(Lowering *l, TSNode root) {
  ReadResult result = {.kind = DECL_BAD};
  Children c = children_open(l, root);
  uint32_t found = 0;
  for (uint32_t i = 0; i < c.count; i++) {
    Child child = child_at(l, c, i);
    if (child.kind == CST_ERROR || !ts_node_is_named(child.node)) continue;
    if (found++) break;
    if (child.kind == CST_FUNC_DECL || child.kind == CST_METHOD_DECL)
      result = (ReadResult){DECL_FUNC, lower_func(l, child.node)};
    else if (child.kind == CST_IMPORT_DECL)
      result = (ReadResult){DECL_IMPORT, lower_specs(l, child.node)};
    else if (child.kind == CST_CONST_DECL)
      result = (ReadResult){DECL_CONST, lower_specs(l, child.node)};
    else if (child.kind == CST_VAR_DECL)
      result = (ReadResult){DECL_VAR, lower_specs(l, child.node)};
    else if (child.kind == CST_TYPE_DECL)
      result = (ReadResult){DECL_TYPE, lower_specs(l, child.node)};
  }
  children_close(l, c);
  if (found != 1 || !result.specs.len) return (ReadResult){.kind = DECL_BAD};
  return result;
}

ReadResult cst_declaration(Lowering *l, Build *b, Loss *loss) {
  l->b = b;
  l->loss = (Loss){0};
  l->children.len = 0;
  l->nesting = 0;
  l->groups = 0;
  ReadResult result = {.kind = DECL_BAD};
  TSTree *tree = ts_parser_parse_string(l->parser, NULL, b->text.p, (uint32_t)b->text.n);
  if (tree) {
    result = lower_root(l, ts_tree_root_node(tree));
    if (l->has_cursor) ts_tree_cursor_delete(&l->cursor);
    l->has_cursor = false;
    ts_tree_delete(tree);
  }
  *loss = l->loss;
  l->b = NULL;
  return result;
}
