// read_expr.c: expressions (spec, "Expressions"), by precedence climbing.
//
// Where gc's parser and the spec leave a choice, gc's is taken (cmd/compile/internal/syntax/parser.go): a `{` after a
// name opens a composite literal unless it could open the block of an enclosing if, for or switch; `<-chan T` is a
// type when what follows `<-` turns out to be a channel type.
#include "syntax/read_internal.h"

Ast *read_name(Reader *r) {
  Ast *n = new_node(r, AST_NAME);
  if (at(r, LEX_NAME)) {
    n->u.name.name = r->lx.sym;
    lexer_next(&r->lx);
    return finish(r, n);
  }
  n->u.name.name = name_cache_get(r->b->names, STR("_"));
  n->start = n->pos = n->end = r->lx.previous_stop;
  fail(r, "expected name");
  return n;
}

AstList read_names(Reader *r, Ast *first) {
  uint32_t mark = r->b->stack.len;
  build_push(r->b, first);
  while (got(r, LEX_COMMA)) build_push(r->b, read_name(r));
  return build_list(r->b, mark);
}

Ast *read_literal_or_null(Reader *r) {
  if (!at(r, LEX_LITERAL)) return NULL;
  Ast *n = new_node(r, AST_BASIC_LIT);
  n->op = (uint8_t)r->lx.lit_kind;
  n->u.lit.text = (Str){r->lx.text + r->lx.start, r->lx.stop - r->lx.start};
  lexer_next(&r->lx);
  return finish(r, n);
}

Ast *read_expr(Reader *r) { return read_binary(r, NULL, 0); }

AstList read_exprs(Reader *r) {
  uint32_t mark = r->b->stack.len;
  do build_push(r->b, read_expr(r));
  while (got(r, LEX_COMMA));
  return build_list(r->b, mark);
}

// `<-` was before a type that begins with `chan`: makes it receive-only, and hands an arrow of its own on to its
// element (`<-chan<- T` is `<-chan (<-T)`).
static void take_arrow(Reader *r, Ast *type, uint32_t arrow) {
  uint8_t direction = CHAN_SEND_ONLY;
  Ast *t = type;
  while (direction == CHAN_SEND_ONLY && t->kind == AST_CHAN_TYPE) {
    direction = t->u.chan.direction;
    if (direction == CHAN_RECV_ONLY) fail_at(r, t->start, "syntax error: unexpected <-, expected chan");
    t->u.chan.direction = CHAN_RECV_ONLY;
    ptrdiff_t own = str_index(str_slice(r->b->text, t->start, t->end), STR("<-"));
    uint32_t next_arrow = t->start + (own > 0 ? (uint32_t)own : 0);
    t->start = t->pos = arrow;
    arrow = next_arrow;
    t = t->u.chan.elem;
  }
  if (direction == CHAN_SEND_ONLY) fail_at(r, t->start, "syntax error: unexpected type, expected chan");
}

static Ast *read_unary_expr(Reader *r);

static Ast *read_arrow(Reader *r) {
  uint32_t start = r->lx.start;
  lexer_next(&r->lx);
  bool chan_follows = at(r, LEX_CHAN) || at(r, LEX_ARROW);
  Ast *x = read_unary_expr(r);
  if (chan_follows && x->kind == AST_CHAN_TYPE) {
    take_arrow(r, x, start);
    return x;
  }
  Ast *n = node_at(r, AST_UNARY, start, start);
  n->op = TOKEN_ARROW;
  n->u.unary.x = x;
  return finish(r, n);
}

static Ast *read_unary_expr(Reader *r) {
  if (!reader_enter(r)) return bad(r);
  Ast *n;
  if (at(r, LEX_STAR)) {
    n = new_node(r, AST_STAR);
    lexer_next(&r->lx);
    n->u.star.x = read_unary_expr(r);
    finish(r, n);
  } else if (at_operator(r, TOKEN_ADD) || at_operator(r, TOKEN_SUB) || at_operator(r, TOKEN_NOT) ||
             at_operator(r, TOKEN_XOR) || at_operator(r, TOKEN_AND) || at_operator(r, TOKEN_TILDE)) {
    n = new_node(r, AST_UNARY);
    n->op = (uint8_t)r->lx.op;
    lexer_next(&r->lx);
    n->u.unary.x = read_unary_expr(r);
    finish(r, n);
  } else if (at(r, LEX_ARROW)) {
    n = read_arrow(r);
  } else {
    n = read_primary(r, NULL);
  }
  reader_leave(r);
  return n;
}

Ast *read_binary(Reader *r, Ast *x, int precedence) {
  if (!reader_enter(r)) return x ? x : bad(r);
  if (!x) x = read_unary_expr(r);
  for (uint32_t length = 0; (at(r, LEX_OPERATOR) || at(r, LEX_STAR)) && r->lx.precedence > precedence;) {
    if (!reader_chain(r, &length)) break;
    Ast *n = node_at(r, AST_BINARY, x->start, r->lx.start);
    int own = r->lx.precedence;
    n->op = (uint8_t)r->lx.op;
    lexer_next(&r->lx);
    n->u.binary.x = x;
    n->u.binary.y = read_binary(r, NULL, own);
    x = finish(r, n);
  }
  reader_leave(r);
  return x;
}

static Ast *read_func_lit_or_type(Reader *r) {
  uint32_t start = r->lx.start;
  lexer_next(&r->lx);
  Ast *type = read_signature(r, start, "function type must have no type parameters", NULL);
  if (!at(r, LEX_LBRACE)) return type;
  Ast *n = node_at(r, AST_FUNC_LIT, start, start);
  n->u.func_lit.type = type;
  int outer_level = r->expr_level, outer_clauses = r->clauses;
  r->expr_level = 0;
  r->clauses = 0;
  n->u.func_lit.body = read_block(r, NULL);
  r->expr_level = outer_level;
  r->clauses = outer_clauses;
  return finish(r, n);
}

static Ast *read_paren(Reader *r) {
  Ast *n = new_node(r, AST_PAREN);
  lexer_next(&r->lx);
  r->expr_level++;
  n->u.paren.x = read_expr(r);
  r->expr_level--;
  want(r, LEX_RPAREN);
  return finish(r, n);
}

static Ast *missing_operand(Reader *r) {
  Ast *n = bad(r);
  fail(r, "expected expression");
  if (r->lx.crossed_newline && !at(r, LEX_SEMICOLON) && !at(r, LEX_EOF)) insert_semicolon(r);
  return n;
}

static Ast *read_operand(Reader *r) {
  if (r->lx.crossed_newline) {
    if (r->lx.start == r->break_at) return missing_operand(r);
    r->wrapped = r->lx.start;
  }
  switch (r->lx.token) {
  case LEX_NAME: return read_name(r);
  case LEX_LITERAL: return read_literal_or_null(r);
  case LEX_LPAREN: return read_paren(r);
  case LEX_FUNC: return read_func_lit_or_type(r);
  case LEX_LBRACK:
  case LEX_CHAN:
  case LEX_MAP:
  case LEX_STRUCT:
  case LEX_INTERFACE: return read_type(r);
  case LEX_EOF:
  case LEX_OPERATOR:
  case LEX_STAR:
  case LEX_ARROW:
  case LEX_ASSIGN_OP:
  case LEX_INC_DEC:
  case LEX_ASSIGN:
  case LEX_DEFINE:
  case LEX_LBRACE:
  case LEX_RPAREN:
  case LEX_RBRACK:
  case LEX_RBRACE:
  case LEX_COMMA:
  case LEX_SEMICOLON:
  case LEX_COLON:
  case LEX_DOT:
  case LEX_ELLIPSIS:
  case LEX_BAD:
  case LEX_BREAK:
  case LEX_CASE:
  case LEX_CONST:
  case LEX_CONTINUE:
  case LEX_DEFAULT:
  case LEX_DEFER:
  case LEX_ELSE:
  case LEX_FALLTHROUGH:
  case LEX_FOR:
  case LEX_GO:
  case LEX_GOTO:
  case LEX_IF:
  case LEX_IMPORT:
  case LEX_PACKAGE:
  case LEX_RANGE:
  case LEX_RETURN:
  case LEX_SELECT:
  case LEX_SWITCH:
  case LEX_TYPE:
  case LEX_VAR:
  case LEX_TOKEN_COUNT: break;
  }
  return missing_operand(r);
}

// At the '.': `x.f`, `x.(T)`, `x.(type)`.
static Ast *read_dot(Reader *r, Ast *x) {
  uint32_t dot = r->lx.start;
  lexer_next(&r->lx);
  if (r->lx.crossed_newline) {
    if (r->lx.start == r->break_at) {
      Ast *broken = node_at(r, AST_BAD, x->start, dot);
      fail_at(r, dot, "syntax error: unexpected newline, expected name or (");
      insert_semicolon(r);
      broken->end = dot + 1;
      return broken;
    }
    r->wrapped = r->lx.start;
  }
  if (at(r, LEX_NAME)) {
    Ast *n = node_at(r, AST_SELECTOR, x->start, dot);
    n->u.selector.x = x;
    n->u.selector.sel = read_name(r);
    return finish(r, n);
  }
  if (got(r, LEX_LPAREN)) {
    Ast *n = node_at(r, AST_TYPE_ASSERT, x->start, dot);
    n->u.assert_.x = x;
    if (!got(r, LEX_TYPE)) n->u.assert_.type = read_type(r);
    want(r, LEX_RPAREN);
    return finish(r, n);
  }
  Ast *broken = node_at(r, AST_BAD, x->start, dot);
  fail(r, "expected name or (");
  broken->end = dot + 1;
  if (r->lx.crossed_newline && !at(r, LEX_SEMICOLON) && !at(r, LEX_EOF)) insert_semicolon(r);
  return broken;
}

bool read_type_list(Reader *r, bool types_only) {
  bool comma = false;
  r->expr_level++;
  build_push(r->b, types_only ? read_type(r) : read_expr(r));
  while (got(r, LEX_COMMA)) {
    comma = true;
    Ast *type = read_type_or_null(r);
    if (!type) break;
    build_push(r->b, type);
  }
  r->expr_level--;
  return comma;
}

static Ast *read_slice_bounds(Reader *r, Ast *x, uint32_t lbrack, Ast *lo) {
  Ast *n = node_at(r, AST_SLICE, x->start, lbrack);
  n->u.slice.x = x;
  n->u.slice.lo = lo;
  r->expr_level++;
  if (!got(r, LEX_COLON)) {
    fail(r, "expected comma, : or ]");
    skip_to(r, LEX_COLON, LEX_RBRACK, LEX_RBRACK);
    got(r, LEX_COLON);
  }
  if (!at(r, LEX_COLON) && !at(r, LEX_RBRACK)) n->u.slice.hi = read_expr(r);
  if (at(r, LEX_COLON)) {
    n->u.slice.three = true;
    if (!n->u.slice.hi) {
      fail_at(r, r->lx.start, "middle index required in 3-index slice");
      n->u.slice.hi = bad(r);
    }
    lexer_next(&r->lx);
    if (at(r, LEX_RBRACK)) {
      fail_at(r, r->lx.start, "final index required in 3-index slice");
      n->u.slice.max = bad(r);
    } else {
      n->u.slice.max = read_expr(r);
    }
  }
  r->expr_level--;
  want(r, LEX_RBRACK);
  return finish(r, n);
}

// At the '[': `x[i]`, `x[T1, T2]`, `x[i:j:k]`.
static Ast *read_bracket(Reader *r, Ast *x) {
  uint32_t lbrack = r->lx.start, mark = r->b->stack.len;
  lexer_next(&r->lx);
  bool comma = false;
  if (at(r, LEX_RBRACK)) {
    fail(r, "expected operand");
    build_push(r->b, bad(r));
  } else if (at(r, LEX_COLON)) {
    return read_slice_bounds(r, x, lbrack, NULL);
  } else {
    comma = read_type_list(r, false);
  }
  if (!comma && at(r, LEX_COLON)) {
    Ast *lo = r->b->stack.items[--r->b->stack.len];
    return read_slice_bounds(r, x, lbrack, lo);
  }
  Ast *n = node_at(r, AST_INDEX, x->start, lbrack);
  n->u.index.x = x;
  n->u.index.indices = build_list(r->b, mark);
  want(r, LEX_RBRACK);
  return finish(r, n);
}

// At the '('.
static Ast *read_call(Reader *r, Ast *fun) {
  Ast *n = node_at(r, AST_CALL, fun->start, r->lx.start);
  uint32_t mark = r->b->stack.len;
  n->u.call.fun = fun;
  lexer_next(&r->lx);
  r->expr_level++;
  while (!at(r, LEX_RPAREN) && !at(r, LEX_EOF)) {
    build_push(r->b, read_expr(r));
    n->u.call.has_dots = got(r, LEX_ELLIPSIS);
    if (!list_goes_on(r, LEX_COMMA, LEX_RPAREN, "argument list") || n->u.call.has_dots) break;
  }
  r->expr_level--;
  n->u.call.args = build_list(r->b, mark);
  n->u.call.rparen = r->lx.start;
  if (!want(r, LEX_RPAREN)) n->u.call.rparen = r->lx.previous_stop;
  return finish(r, n);
}

static Ast *read_literal_value(Reader *r, Ast *type);

static Ast *read_element(Reader *r) { return at(r, LEX_LBRACE) ? read_literal_value(r, NULL) : read_expr(r); }

// At the '{' of a composite literal.
static Ast *read_literal_value(Reader *r, Ast *type) {
  Ast *n = node_at(r, AST_COMPOSITE_LIT, type ? type->start : r->lx.start, r->lx.start);
  uint32_t mark = r->b->stack.len;
  n->u.composite.type = type;
  if (!reader_enter(r)) return n;
  int outer = r->expr_level;
  r->expr_level = outer < 0 ? 0 : outer + 1;
  lexer_next(&r->lx);
  while (!at(r, LEX_RBRACE) && !at(r, LEX_EOF)) {
    Ast *element = read_element(r);
    if (at(r, LEX_COLON)) {
      Ast *kv = node_at(r, AST_KEY_VALUE, element->start, r->lx.start);
      lexer_next(&r->lx);
      kv->u.kv.key = element;
      kv->u.kv.value = read_element(r);
      element = finish(r, kv);
    }
    build_push(r->b, element);
    if (!list_goes_on(r, LEX_COMMA, LEX_RBRACE, "composite literal")) break;
  }
  r->expr_level = outer;
  n->u.composite.elems = build_list(r->b, mark);
  n->u.composite.rbrace = r->lx.start;
  if (!want(r, LEX_RBRACE)) n->u.composite.rbrace = r->lx.previous_stop;
  reader_leave(r);
  return finish(r, n);
}

// Whether x can only be a value, so that `x[i] {` opens no composite literal.
static bool must_be_value(const Ast *x) {
  for (;;) {
    if (x->kind == AST_PAREN) {
      x = x->u.paren.x;
    } else if (x->kind == AST_INDEX) {
      AstList indices = x->u.index.indices;
      if (indices.len == 1 && must_be_value(indices.items[0])) return true;
      x = x->u.index.x;
    } else {
      return x->kind == AST_BASIC_LIT || x->kind == AST_COMPOSITE_LIT || x->kind == AST_FUNC_LIT ||
             x->kind == AST_SLICE || x->kind == AST_TYPE_ASSERT || x->kind == AST_CALL || x->kind == AST_UNARY ||
             x->kind == AST_BINARY;
    }
  }
}

static bool opens_composite(const Reader *r, const Ast *x) {
  x = ast_unparen(x);
  if (x->kind == AST_NAME || x->kind == AST_SELECTOR) return r->expr_level >= 0;
  if (x->kind == AST_INDEX) return r->expr_level >= 0 && !must_be_value(x);
  return x->kind == AST_ARRAY_TYPE || x->kind == AST_SLICE_TYPE || x->kind == AST_STRUCT_TYPE ||
         x->kind == AST_MAP_TYPE;
}

Ast *read_primary(Reader *r, Ast *x) {
  if (!x) x = read_operand(r);
  for (uint32_t length = 0; reader_chain(r, &length);) {
    if (at(r, LEX_DOT)) {
      x = read_dot(r, x);
    } else if (at(r, LEX_LBRACK)) {
      x = read_bracket(r, x);
    } else if (at(r, LEX_LPAREN)) {
      x = read_call(r, x);
    } else if (at(r, LEX_LBRACE) && opens_composite(r, x)) {
      if (x->kind == AST_PAREN) fail_at(r, x->start, "syntax error: cannot parenthesize type in composite literal");
      x = read_literal_value(r, x);
    } else {
      break;
    }
  }
  return x;
}
