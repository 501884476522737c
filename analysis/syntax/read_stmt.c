// read_stmt.c: statements and blocks (spec, "Statements"), and how reading goes on after a broken one.
//
// Recovery. A statement that is followed by something else than `;` or `}` is broken; the rest of its line is skipped,
// and of the line's brackets what they hold. Half-typed code often lacks its right end (`x := y.` above `z := 1`), and
// then swallows the head of the next line; such a statement is read a second time and made to end where the line did.
#include "syntax/read_internal.h"

static Ast *read_stmt_or_null(Reader *r);

static void read_stmts(Reader *r, bool in_clause);

static void skip_statement(Reader *r) {
  int depth = 0;
  while (!at(r, LEX_EOF)) {
    LexToken t = r->lx.token;
    if (depth <= 0 && (t == LEX_SEMICOLON || t == LEX_RBRACE)) return;
    if (depth <= 0 && r->clauses && (t == LEX_CASE || t == LEX_DEFAULT)) return;
    if (t == LEX_LPAREN || t == LEX_LBRACK || t == LEX_LBRACE) depth++;
    if (t == LEX_RPAREN || t == LEX_RBRACK || t == LEX_RBRACE) depth--;
    lexer_next(&r->lx);
  }
}

Ast *read_block(Reader *r, const char *after) {
  Ast *n = new_node(r, AST_BLOCK);
  uint32_t mark = r->b->stack.len;
  if (!got(r, LEX_LBRACE)) {
    fail(r, after ? after : "expected {");
    n->u.block.rbrace = r->lx.start;
    return n;
  }
  read_stmts(r, false);
  n->u.block.stmts = build_list(r->b, mark);
  n->u.block.rbrace = r->lx.start;
  if (!want(r, LEX_RBRACE)) n->u.block.rbrace = r->lx.previous_stop;
  return finish(r, n);
}

Ast *read_func_body(Reader *r) {
  r->clauses = 0;
  r->expr_level = 0;
  Ast *n = read_block(r, NULL);
  if (at(r, LEX_EOF) || (at(r, LEX_SEMICOLON) && r->lx.by_newline && lexer_at_end(&r->lx))) return n;
  // The block was closed too early (a `{` is missing, or there is a `}` too many): what follows belongs to it.
  fail(r, "after top level declaration");
  uint32_t mark = r->b->stack.len;
  for (uint32_t i = 0; i < n->u.block.stmts.len; i++) build_push(r->b, n->u.block.stmts.items[i]);
  while (!at(r, LEX_EOF)) {
    if (!got(r, LEX_RBRACE) && !got(r, LEX_SEMICOLON)) read_stmts(r, false);
  }
  n->u.block.stmts = build_list(r->b, mark);
  n->u.block.rbrace = r->lx.previous_stop ? r->lx.previous_stop - 1 : 0;
  return finish(r, n);
}

static Ast *assign(Reader *r, AstList lhs, int form, Token op) {
  Ast *n = node_at(r, AST_ASSIGN_STMT, lhs.items[0]->start, r->lx.start);
  n->op = (uint8_t)op;
  n->u.assign.lhs = lhs;
  n->u.assign.form = (uint8_t)form;
  lexer_next(&r->lx);
  return n;
}

// At `range`. lhs may be empty.
static Ast *read_range_clause(Reader *r, AstList lhs, bool define, uint32_t op_pos) {
  uint32_t start = lhs.len ? lhs.items[0]->start : r->lx.start;
  Ast *n = node_at(r, AST_RANGE_STMT, start, start);
  lexer_next(&r->lx);
  n->u.range.key = lhs.len > 0 ? lhs.items[0] : NULL;
  n->u.range.value = lhs.len > 1 ? lhs.items[1] : NULL;
  if (lhs.len > 2) fail_at(r, lhs.items[2]->start, "range clause permits at most two iteration variables");
  n->u.range.define = define;
  n->u.range.op_pos = op_pos;
  n->u.range.x = read_expr(r);
  return finish(r, n);
}

// lhs was read. keyword: LEX_FOR lets a range clause follow.
static Ast *read_simple_rest(Reader *r, AstList lhs, LexToken keyword) {
  Ast *first = lhs.items[0];
  if (at(r, LEX_ASSIGN) || at(r, LEX_DEFINE)) {
    bool define = at(r, LEX_DEFINE);
    uint32_t op_pos = r->lx.start;
    Lexer before = r->lx;
    lexer_next(&r->lx);
    if (keyword == LEX_FOR && at(r, LEX_RANGE)) return read_range_clause(r, lhs, define, op_pos);
    r->lx = before;
    Ast *n = assign(r, lhs, define ? ASSIGN_DEFINE : ASSIGN_PLAIN, TOKEN_NONE);
    n->u.assign.rhs = read_exprs(r);
    return finish(r, n);
  }
  if (lhs.len > 1) {
    fail(r, "expected := or = or comma");
  } else if (at(r, LEX_ASSIGN_OP)) {
    Ast *n = assign(r, lhs, ASSIGN_OP, r->lx.op);
    uint32_t mark = r->b->stack.len;
    build_push(r->b, read_expr(r));
    n->u.assign.rhs = build_list(r->b, mark);
    return finish(r, n);
  } else if (at(r, LEX_INC_DEC)) {
    return finish(r, assign(r, lhs, ASSIGN_INCDEC, r->lx.op));
  } else if (at(r, LEX_ARROW)) {
    Ast *n = node_at(r, AST_SEND_STMT, first->start, r->lx.start);
    lexer_next(&r->lx);
    n->u.send.chan = first;
    n->u.send.value = read_expr(r);
    return finish(r, n);
  }
  Ast *n = node_at(r, AST_EXPR_STMT, first->start, first->pos);
  n->u.expr_stmt.x = first;
  return finish(r, n);
}

static Ast *read_simple(Reader *r, LexToken keyword) {
  if (keyword == LEX_FOR && at(r, LEX_RANGE)) return read_range_clause(r, (AstList){0}, false, 0);
  return read_simple_rest(r, read_exprs(r), keyword);
}

typedef struct Header {
  Ast *init, *cond, *post; // cond: a simple statement still
  uint32_t semicolon;      // of the one between init and cond
  bool has_semicolon, semicolon_by_newline;
} Header;

static Header read_header(Reader *r, LexToken keyword) {
  Header h = {0};
  if (at(r, LEX_LBRACE)) {
    if (keyword == LEX_IF) fail_at(r, r->lx.start, "syntax error: missing condition in if statement");
    return h;
  }
  int outer = r->expr_level;
  r->expr_level = -1;
  if (!at(r, LEX_SEMICOLON)) {
    if (at(r, LEX_VAR)) {
      fail_at(r, r->lx.start, "syntax error: var declaration not allowed in initializer");
      lexer_next(&r->lx);
    }
    h.init = read_simple(r, keyword);
  }
  if (h.init && h.init->kind == AST_RANGE_STMT) {
    r->expr_level = outer;
    return h;
  }
  if (at(r, LEX_LBRACE) || !at(r, LEX_SEMICOLON)) {
    h.cond = h.init;
    h.init = NULL;
    r->expr_level = outer;
    return h;
  }
  h.has_semicolon = true;
  h.semicolon = r->lx.start;
  h.semicolon_by_newline = r->lx.by_newline;
  lexer_next(&r->lx);
  if (keyword == LEX_FOR) {
    if (at(r, LEX_LBRACE)) {
      fail_at(r, r->lx.start, "syntax error: expected for loop condition");
    } else {
      if (!at(r, LEX_SEMICOLON)) h.cond = read_simple(r, LEX_EOF);
      want(r, LEX_SEMICOLON);
      if (!at(r, LEX_LBRACE)) h.post = read_simple(r, LEX_EOF);
      if (h.post && h.post->kind == AST_ASSIGN_STMT && h.post->u.assign.form == ASSIGN_DEFINE)
        fail_at(r, h.post->pos, "syntax error: cannot declare in post statement of for loop");
    }
  } else if (!at(r, LEX_LBRACE)) {
    h.cond = read_simple(r, keyword);
  }
  r->expr_level = outer;
  return h;
}

// The expression of a condition that was read as a simple statement; NULL for none.
static Ast *condition(Reader *r, Ast *stmt) {
  if (!stmt) return NULL;
  if (stmt->kind == AST_EXPR_STMT) return stmt->u.expr_stmt.x;
  fail_at(r, stmt->pos, "syntax error: cannot use statement as value");
  Ast *n = node_at(r, AST_BAD, stmt->start, stmt->pos);
  n->end = stmt->end;
  return n;
}

static Ast *read_if(Reader *r) {
  Ast *n = new_node(r, AST_IF_STMT);
  if (!reader_enter(r)) return n;
  lexer_next(&r->lx);
  uint32_t start = r->lx.start;
  Header h = read_header(r, LEX_IF);
  n->u.if_stmt.init = h.init;
  n->u.if_stmt.cond = condition(r, h.cond);
  if (!n->u.if_stmt.cond) {
    if (h.has_semicolon)
      fail_at(r, h.semicolon,
              h.semicolon_by_newline ? "syntax error: unexpected newline, expected { after if clause"
                                     : "syntax error: missing condition in if statement");
    n->u.if_stmt.cond =
      node_at(r, AST_BAD, h.has_semicolon ? h.semicolon : start, h.has_semicolon ? h.semicolon : start);
  }
  n->u.if_stmt.then = read_block(r, "expected { after if clause");
  if (got(r, LEX_ELSE)) {
    if (at(r, LEX_IF))
      n->u.if_stmt.else_ = read_if(r);
    else if (at(r, LEX_LBRACE))
      n->u.if_stmt.else_ = read_block(r, NULL);
    else
      fail(r, "else must be followed by if or statement block");
  }
  reader_leave(r);
  return finish(r, n);
}

static Ast *read_for(Reader *r) {
  uint32_t start = r->lx.start;
  lexer_next(&r->lx);
  Header h = read_header(r, LEX_FOR);
  if (h.init && h.init->kind == AST_RANGE_STMT) {
    Ast *n = h.init;
    n->start = n->pos = start;
    n->u.range.body = read_block(r, "expected { after for clause");
    return finish(r, n);
  }
  Ast *n = node_at(r, AST_FOR_STMT, start, start);
  n->u.for_stmt.init = h.init;
  n->u.for_stmt.cond = condition(r, h.cond);
  n->u.for_stmt.post = h.post;
  n->u.for_stmt.body = read_block(r, "expected { after for clause");
  return finish(r, n);
}

// At `case`, `default` or, wrongly, something else.
static Ast *read_clause(Reader *r, bool select) {
  Ast *n = new_node(r, select ? AST_COMM_CLAUSE : AST_CASE_CLAUSE);
  if (got(r, LEX_CASE)) {
    if (select)
      n->u.comm.comm = read_simple(r, LEX_EOF);
    else
      n->u.clause.exprs = read_exprs(r);
  } else if (got(r, LEX_DEFAULT)) {
    if (!select) n->u.clause.is_default = true;
  } else {
    fail(r, "expected case or default or }");
    skip_statement(r);
    got(r, LEX_SEMICOLON);
    if (!select) n->u.clause.is_default = true;
    return finish(r, n);
  }
  uint32_t colon = r->lx.start, mark = r->b->stack.len;
  if (!want(r, LEX_COLON)) colon = r->lx.previous_stop - 1;
  read_stmts(r, true);
  AstList body = build_list(r->b, mark);
  if (select) {
    n->u.comm.colon = colon;
    n->u.comm.body = body;
  } else {
    n->u.clause.colon = colon;
    n->u.clause.body = body;
  }
  n->end = body.len ? body.items[body.len - 1]->end : colon + 1;
  return n;
}

static AstList read_clauses(Reader *r, bool select, uint32_t *rbrace) {
  uint32_t mark = r->b->stack.len;
  int outer = r->expr_level;
  r->expr_level = 0;
  r->clauses++;
  if (want(r, LEX_LBRACE)) {
    while (!at(r, LEX_EOF) && !at(r, LEX_RBRACE)) {
      const char *before = r->lx.next;
      build_push(r->b, read_clause(r, select));
      if (r->lx.next == before) lexer_next(&r->lx);
    }
  }
  r->clauses--;
  r->expr_level = outer;
  *rbrace = r->lx.start;
  if (!want(r, LEX_RBRACE)) *rbrace = r->lx.previous_stop;
  return build_list(r->b, mark);
}

// Whether the switch's header is `x.(type)` or `v := x.(type)`.
static const Ast *type_switch_guard(const Ast *stmt) {
  const Ast *x = NULL;
  if (stmt->kind == AST_EXPR_STMT) x = stmt->u.expr_stmt.x;
  if (stmt->kind == AST_ASSIGN_STMT && stmt->u.assign.form == ASSIGN_DEFINE && stmt->u.assign.lhs.len == 1 &&
      stmt->u.assign.rhs.len == 1 && stmt->u.assign.lhs.items[0]->kind == AST_NAME)
    x = stmt->u.assign.rhs.items[0];
  return x && x->kind == AST_TYPE_ASSERT && !x->u.assert_.type ? x : NULL;
}

static Ast *read_switch(Reader *r) {
  uint32_t start = r->lx.start;
  lexer_next(&r->lx);
  Header h = read_header(r, LEX_SWITCH);
  const Ast *guard = h.cond ? type_switch_guard(h.cond) : NULL;
  if (guard) {
    Ast *n = node_at(r, AST_TYPE_SWITCH_STMT, start, start);
    bool named = h.cond->kind == AST_ASSIGN_STMT;
    n->u.type_switch.init = h.init;
    n->u.type_switch.name = named ? h.cond->u.assign.lhs.items[0] : NULL;
    n->u.type_switch.x = guard->u.assert_.x;
    n->u.type_switch.guard_pos = named ? h.cond->pos : guard->pos;
    n->u.type_switch.clauses = read_clauses(r, false, &n->u.type_switch.rbrace);
    return finish(r, n);
  }
  Ast *n = node_at(r, AST_SWITCH_STMT, start, start);
  n->u.switch_stmt.init = h.init;
  n->u.switch_stmt.tag = condition(r, h.cond);
  n->u.switch_stmt.clauses = read_clauses(r, false, &n->u.switch_stmt.rbrace);
  return finish(r, n);
}

static Ast *read_select(Reader *r) {
  Ast *n = new_node(r, AST_SELECT_STMT);
  lexer_next(&r->lx);
  n->u.select.clauses = read_clauses(r, true, &n->u.select.rbrace);
  return finish(r, n);
}

static Ast *read_branch(Reader *r, Token op) {
  Ast *n = new_node(r, AST_BRANCH_STMT);
  n->op = (uint8_t)op;
  lexer_next(&r->lx);
  if (op == TOKEN_GOTO || (op != TOKEN_FALLTHROUGH && at(r, LEX_NAME))) n->u.branch.label = read_name(r);
  return finish(r, n);
}

static Ast *read_call_stmt(Reader *r) {
  Ast *n = new_node(r, AST_CALL_STMT);
  n->op = at(r, LEX_GO) ? TOKEN_GO : TOKEN_DEFER;
  lexer_next(&r->lx);
  Ast *x = read_primary(r, NULL);
  if (x->kind == AST_PAREN) fail_at(r, x->start, "expression in go or defer must not be parenthesized");
  n->u.call_stmt.call = x;
  return finish(r, n);
}

static Ast *read_return(Reader *r) {
  Ast *n = new_node(r, AST_RETURN_STMT);
  lexer_next(&r->lx);
  if (!at(r, LEX_SEMICOLON) && !at(r, LEX_RBRACE) && !at(r, LEX_EOF)) n->u.ret.results = read_exprs(r);
  return finish(r, n);
}

static Ast *read_decl_stmt(Reader *r) {
  Ast *n = new_node(r, AST_DECL_STMT);
  n->u.decl_stmt.specs = read_group(r, r->lx.token);
  return finish(r, n);
}

// At the ':' after a label.
static Ast *read_labeled(Reader *r, Ast *label) {
  Ast *n = node_at(r, AST_LABELED_STMT, label->start, label->pos);
  uint32_t colon = r->lx.start;
  lexer_next(&r->lx);
  n->u.labeled.label = label;
  if (!at(r, LEX_RBRACE)) {
    n->u.labeled.stmt = read_stmt_or_null(r);
    if (!n->u.labeled.stmt) fail_at(r, colon, "syntax error: missing statement after label");
  }
  if (!n->u.labeled.stmt) {
    n->u.labeled.stmt = new_node(r, AST_EMPTY_STMT); // as gc has it: at the `}`
  }
  n->end = n->u.labeled.stmt->end;
  return n;
}

static Ast *read_stmt_here(Reader *r) {
  switch (r->lx.token) {
  case LEX_NAME: {
    AstList lhs = read_exprs(r);
    if (lhs.len == 1 && lhs.items[0]->kind == AST_NAME && at(r, LEX_COLON)) return read_labeled(r, lhs.items[0]);
    return read_simple_rest(r, lhs, LEX_EOF);
  }
  case LEX_OPERATOR:
  case LEX_STAR:
    if (r->lx.op != TOKEN_ADD && r->lx.op != TOKEN_SUB && r->lx.op != TOKEN_MUL && r->lx.op != TOKEN_AND &&
        r->lx.op != TOKEN_XOR && r->lx.op != TOKEN_NOT)
      return NULL;
    return read_simple(r, LEX_EOF);
  case LEX_LITERAL:
  case LEX_FUNC:
  case LEX_LPAREN:
  case LEX_LBRACK:
  case LEX_STRUCT:
  case LEX_MAP:
  case LEX_CHAN:
  case LEX_INTERFACE:
  case LEX_ARROW: return read_simple(r, LEX_EOF);
  case LEX_VAR:
  case LEX_CONST:
  case LEX_TYPE: return read_decl_stmt(r);
  case LEX_LBRACE: return read_block(r, NULL);
  case LEX_IF: return read_if(r);
  case LEX_FOR: return read_for(r);
  case LEX_SWITCH: return read_switch(r);
  case LEX_SELECT: return read_select(r);
  case LEX_RETURN: return read_return(r);
  case LEX_BREAK: return read_branch(r, TOKEN_BREAK);
  case LEX_CONTINUE: return read_branch(r, TOKEN_CONTINUE);
  case LEX_GOTO: return read_branch(r, TOKEN_GOTO);
  case LEX_FALLTHROUGH: return read_branch(r, TOKEN_FALLTHROUGH);
  case LEX_GO:
  case LEX_DEFER: return read_call_stmt(r);
  case LEX_SEMICOLON: {
    Ast *n = new_node(r, AST_EMPTY_STMT);
    n->end = r->lx.stop;
    return n;
  }
  case LEX_EOF:
  case LEX_ASSIGN_OP:
  case LEX_INC_DEC:
  case LEX_ASSIGN:
  case LEX_DEFINE:
  case LEX_RPAREN:
  case LEX_RBRACK:
  case LEX_RBRACE:
  case LEX_COMMA:
  case LEX_COLON:
  case LEX_DOT:
  case LEX_ELLIPSIS:
  case LEX_BAD:
  case LEX_CASE:
  case LEX_DEFAULT:
  case LEX_ELSE:
  case LEX_IMPORT:
  case LEX_PACKAGE:
  case LEX_RANGE:
  case LEX_TOKEN_COUNT: break;
  }
  return NULL;
}

static Ast *read_stmt_or_null(Reader *r) {
  if (!reader_enter(r)) return NULL;
  Ast *n = read_stmt_here(r);
  reader_leave(r);
  return n;
}

static bool at_statement_end(const Reader *r) { return at(r, LEX_SEMICOLON) || at(r, LEX_RBRACE) || at(r, LEX_EOF); }

// Reads a statement, a second time when it swallowed the head of the next line.
static Ast *read_stmt_again(Reader *r) {
  Lexer start = r->lx;
  uint32_t errors = r->b->errors.len, nodes = r->b->node_count, stack = r->b->stack.len, groups = r->groups;
  r->wrapped = UINT32_MAX;
  Ast *n = read_stmt_or_null(r);
  if (!n || at_statement_end(r) || r->wrapped == UINT32_MAX || r->wrapped <= start.start) return n;
  uint32_t outer_break = r->break_at;
  r->break_at = r->wrapped;
  r->lx = start;
  r->b->errors.len = errors;
  r->b->node_count = nodes;
  r->b->stack.len = stack;
  r->groups = groups;
  n = read_stmt_or_null(r);
  r->break_at = outer_break;
  return n;
}

// Pushes the statements up to `}`, or in a clause up to the next clause.
static void read_stmts(Reader *r, bool in_clause) {
  int outer = r->expr_level;
  r->expr_level = 0;
  while (!at(r, LEX_EOF) && !at(r, LEX_RBRACE)) {
    if ((in_clause || r->clauses) && (at(r, LEX_CASE) || at(r, LEX_DEFAULT))) break;
    Ast *n = read_stmt_again(r);
    if (n) {
      build_push(r->b, n);
    } else {
      if (at(r, LEX_EOF)) break;
      n = new_node(r, AST_BAD);
      fail(r, "expected statement");
      lexer_next(&r->lx);
      skip_statement(r);
      build_push(r->b, finish(r, n));
    }
    if (got(r, LEX_SEMICOLON) || at(r, LEX_RBRACE) || at(r, LEX_EOF)) continue;
    if ((in_clause || r->clauses) && (at(r, LEX_CASE) || at(r, LEX_DEFAULT))) break;
    fail(r, "at end of statement");
    uint32_t from = r->lx.start;
    Ast *rest = new_node(r, AST_BAD);
    skip_statement(r);
    if (r->lx.start > from) build_push(r->b, finish(r, rest));
    got(r, LEX_SEMICOLON);
  }
  r->expr_level = outer;
}
