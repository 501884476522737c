// read_decl.c: declarations (spec, "Declarations and scope"), and the reader's common parts.
#include "syntax/read_internal.h"

// The rest of the declaration is skipped.
static void too_deep(Reader *r) {
  fail_at(r, r->lx.start, "nested too deeply");
  r->lx.next = r->lx.end;
  r->lx.token = LEX_EOF;
  r->lx.start = r->lx.stop = (uint32_t)(r->lx.end - r->lx.text);
}

bool reader_enter(Reader *r) {
  if ((uint32_t)r->nesting < stack_levels()) {
    r->nesting++;
    return true;
  }
  too_deep(r);
  return false;
}

bool reader_chain(Reader *r, uint32_t *length) {
  if (++*length <= stack_levels()) return true;
  too_deep(r);
  return false;
}

bool got(Reader *r, LexToken token) {
  if (r->lx.token != token) return false;
  lexer_next(&r->lx);
  return true;
}

// One error per place, and none at the end of the text when there was one before it.
void fail_at(Reader *r, uint32_t offset, const char *message) {
  Build *b = r->b;
  if (b->errors.len && (at(r, LEX_EOF) || b->errors.items[b->errors.len - 1].offset == offset)) return;
  build_error(b, offset, message);
}

void fail(Reader *r, const char *expected) {
  const Lexer *lx = &r->lx;
  Str token = {lx->text + lx->start, lx->stop - lx->start};
  Arena *a = r->b->arena;
  const char *separator = str_has_prefix(str_of(expected), STR("at ")) ||
                              str_has_prefix(str_of(expected), STR("in ")) ||
                              str_has_prefix(str_of(expected), STR("after "))
                            ? " "
                            : ", ";
  Str text;
  if (lx->token == LEX_NAME || lx->token == LEX_LITERAL)
    text = arena_printf(a, "syntax error: unexpected %s %.*s%s%s", lex_token_text(lx->token), STR_ARG(token), separator,
                        expected);
  else if (lx->token == LEX_SEMICOLON)
    text =
      arena_printf(a, "syntax error: unexpected %s%s%s", lx->by_newline ? "newline" : "semicolon", separator, expected);
  else if (lx->token == LEX_EOF || lx->token >= LEX_BREAK)
    text = arena_printf(a, "syntax error: unexpected %s%s%s", lex_token_text(lx->token), separator, expected);
  else
    text = arena_printf(a, "syntax error: unexpected %.*s%s%s", STR_ARG(token), separator, expected);
  fail_at(r, lx->start, text.p);
}

bool want(Reader *r, LexToken token) {
  if (got(r, token)) return true;
  Str expected = arena_printf(r->b->arena, "expected %s", lex_token_text(token));
  fail(r, expected.p);
  return false;
}

Ast *node_at(Reader *r, AstKind kind, uint32_t start, uint32_t pos) { return build_node(r->b, kind, start, pos); }
Ast *new_node(Reader *r, AstKind kind) { return build_node(r->b, kind, r->lx.start, r->lx.start); }
Ast *bad(Reader *r) { return build_node(r->b, AST_BAD, r->lx.previous_stop, r->lx.previous_stop); }

Ast *finish(Reader *r, Ast *n) {
  n->end = r->lx.previous_stop > n->start ? r->lx.previous_stop : n->start;
  return n;
}

void insert_semicolon(Reader *r) {
  Lexer *lx = &r->lx;
  lx->next = lx->text + lx->start;
  lx->stop = lx->start;
  lx->token = LEX_SEMICOLON;
  lx->by_newline = true;
  lx->line_end_before_semicolon = false;
}

static bool starts_statement(LexToken t) {
  return t == LEX_BREAK || t == LEX_CONST || t == LEX_CONTINUE || t == LEX_DEFER || t == LEX_FALLTHROUGH ||
         t == LEX_FOR || t == LEX_GO || t == LEX_GOTO || t == LEX_IF || t == LEX_RETURN || t == LEX_SELECT ||
         t == LEX_SWITCH || t == LEX_TYPE || t == LEX_VAR;
}

void skip_to(Reader *r, LexToken a, LexToken b, LexToken c) {
  int depth = 0;
  for (; !at(r, LEX_EOF); lexer_next(&r->lx)) {
    LexToken t = r->lx.token;
    if (depth == 0 && (t == a || t == b || t == c || (t == LEX_SEMICOLON && r->lx.by_newline))) return;
    if (r->lx.crossed_newline && starts_statement(t)) return;
    if (t == LEX_LPAREN || t == LEX_LBRACK || t == LEX_LBRACE) depth++;
    if (t == LEX_RPAREN || t == LEX_RBRACK || t == LEX_RBRACE) {
      if (depth == 0) return;
      depth--;
    }
  }
}

// A newline where a comma or the closing bracket was due. Whether it stands for a comma.
static bool newline_is_comma(Reader *r, LexToken close) {
  Lexer here = r->lx;
  lexer_next(&r->lx);
  if (at(r, close)) return false; // only the last comma is missing
  LexToken t = r->lx.token;
  bool element =
    t == LEX_NAME || t == LEX_LITERAL || t == LEX_LBRACE || t == LEX_FUNC || t == LEX_LPAREN || t == LEX_LBRACK;
  if (close == LEX_RBRACE && element) return true;
  r->lx = here;
  return false;
}

bool list_goes_on(Reader *r, LexToken separator, LexToken close, const char *context) {
  if (got(r, separator)) return !at(r, close) && !at(r, LEX_EOF);
  if (at(r, close)) return false;
  Str expected = arena_printf(r->b->arena, "in %s; possibly missing %s or %s", context, lex_token_text(separator),
                              lex_token_text(close));
  fail(r, expected.p);
  if (separator == LEX_COMMA && at(r, LEX_SEMICOLON) && r->lx.by_newline) return newline_is_comma(r, close);
  uint32_t from = r->lx.start;
  skip_to(r, separator, close, close);
  if (r->lx.start == from && !at(r, close) && separator == LEX_SEMICOLON && !starts_statement(r->lx.token))
    lexer_next(&r->lx);
  return separator == LEX_SEMICOLON && got(r, LEX_SEMICOLON) && !at(r, close) && !at(r, LEX_EOF);
}

static Ast *read_import_spec(Reader *r) {
  Ast *n = new_node(r, AST_IMPORT_DECL);
  if (at(r, LEX_NAME)) {
    n->u.import.name = read_name(r);
  } else if (at(r, LEX_DOT)) {
    Ast *dot = new_node(r, AST_NAME);
    dot->u.name.name = name_cache_get(r->b->names, STR("."));
    lexer_next(&r->lx);
    n->u.import.name = finish(r, dot);
  }
  Ast *path = read_literal_or_null(r);
  if (!path) {
    fail(r, "missing import path; require quoted string");
    skip_to(r, LEX_SEMICOLON, LEX_RPAREN, LEX_RPAREN);
  } else {
    if (path->op != TOKEN_STRING) fail_at(r, path->start, "syntax error: import path must be a string");
    n->u.import.path_text = path->u.lit.text;
  }
  return finish(r, n);
}

// previous: the spec before it in the group that has values, or NULL.
static Ast *read_const_spec(Reader *r, uint32_t iota, Ast *previous) {
  Ast *n = new_node(r, AST_CONST_DECL);
  n->u.const_decl.iota = iota;
  n->u.const_decl.names = read_names(r, read_name(r));
  if (!at(r, LEX_EOF) && !at(r, LEX_SEMICOLON) && !at(r, LEX_RPAREN)) {
    n->u.const_decl.type = read_type_or_null(r);
    if (at(r, LEX_DEFINE)) fail(r, "expected =");
    if (got(r, LEX_ASSIGN) || got(r, LEX_DEFINE)) n->u.const_decl.values = read_exprs(r);
  }
  if (!n->u.const_decl.type && !n->u.const_decl.values.len) n->u.const_decl.inherited_from = previous;
  return finish(r, n);
}

static Ast *read_var_spec(Reader *r) {
  Ast *n = new_node(r, AST_VAR_DECL);
  n->u.var_decl.names = read_names(r, read_name(r));
  if (!at(r, LEX_ASSIGN) && !at(r, LEX_DEFINE)) n->u.var_decl.type = read_type(r);
  if (at(r, LEX_DEFINE)) fail(r, "expected =");
  if (got(r, LEX_ASSIGN) || got(r, LEX_DEFINE)) n->u.var_decl.values = read_exprs(r);
  return finish(r, n);
}

static bool is_type_element(const Ast *x) {
  for (;;) {
    switch ((AstKind)x->kind) {
    case AST_ARRAY_TYPE:
    case AST_STRUCT_TYPE:
    case AST_FUNC_TYPE:
    case AST_INTERFACE_TYPE:
    case AST_SLICE_TYPE:
    case AST_MAP_TYPE:
    case AST_CHAN_TYPE: return true;
    case AST_BINARY:
      if (is_type_element(x->u.binary.y)) return true;
      x = x->u.binary.x;
      continue;
    case AST_UNARY:
      if (x->op == TOKEN_TILDE) return true;
      x = x->u.unary.x;
      continue;
    case AST_STAR: x = x->u.star.x; continue;
    case AST_PAREN: x = x->u.paren.x; continue;
    case AST_NONE:
    case AST_BAD:
    case AST_NAME:
    case AST_BASIC_LIT:
    case AST_COMPOSITE_LIT:
    case AST_KEY_VALUE:
    case AST_FUNC_LIT:
    case AST_SELECTOR:
    case AST_INDEX:
    case AST_SLICE:
    case AST_TYPE_ASSERT:
    case AST_CALL:
    case AST_ELLIPSIS:
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
    case AST_KIND_COUNT: return false;
    }
    return false;
  }
}

// `type T[P *C]`, `type T[P (C)]`, `type T[P *A | B]` read as an expression: takes the parameter's name off the front
// and turns *x into what remains, the constraint. NULL when x is an array length. force: a comma follows, so it must be
// a type parameter.
static Ast *take_parameter_name(Ast **x, bool force) {
  Ast *n = *x;
  if (n->kind == AST_NAME) {
    *x = NULL;
    return n;
  }
  if (n->kind == AST_BINARY && n->op == TOKEN_MUL) {
    Ast *name = n->u.binary.x, *y = n->u.binary.y;
    if (name->kind != AST_NAME || !(force || is_type_element(y))) return NULL;
    n->kind = AST_STAR;
    n->op = TOKEN_NONE;
    n->start = n->pos;
    n->u.star.x = y;
    return name;
  }
  if (n->kind == AST_BINARY && n->op == TOKEN_OR) {
    Ast *left = n->u.binary.x;
    Ast *name = left->kind == AST_NAME ? NULL : take_parameter_name(&left, force || is_type_element(n->u.binary.y));
    if (!name || !left) return NULL;
    n->u.binary.x = left;
    n->start = left->start;
    return name;
  }
  if (n->kind == AST_CALL) {
    Ast *name = n->u.call.fun;
    if (name->kind != AST_NAME || n->u.call.args.len != 1 || n->u.call.has_dots) return NULL;
    Ast *inner = n->u.call.args.items[0];
    if (!force && !is_type_element(inner)) return NULL;
    n->kind = AST_PAREN;
    n->start = n->pos;
    n->u.paren.x = inner;
    return name;
  }
  return NULL;
}

// After `type T`, at the '[': an array or slice type, or type parameters and then the type.
static void read_bracketed_type(Reader *r, Ast *decl) {
  uint32_t lbrack = r->lx.start;
  lexer_next(&r->lx);
  if (got(r, LEX_RBRACK)) {
    decl->u.type_decl.type = read_slice_type(r, lbrack);
    return;
  }
  if (!at(r, LEX_NAME)) {
    decl->u.type_decl.type = read_array_type(r, lbrack, NULL);
    return;
  }
  Ast *x = read_name(r), *whole = x;
  if (!at(r, LEX_LBRACK)) {
    r->expr_level++;
    whole = x = read_binary(r, read_primary(r, x), 0);
    r->expr_level--;
  }
  Ast *name = take_parameter_name(&x, at(r, LEX_COMMA));
  if (!name || (!x && at(r, LEX_RBRACK))) {
    decl->u.type_decl.type = read_array_type(r, lbrack, whole);
    return;
  }
  decl->u.type_decl.tparams = read_params(r, name, x, LEX_RBRACK, true, false);
  decl->u.type_decl.is_alias = got(r, LEX_ASSIGN);
  decl->u.type_decl.type = read_type_or_null(r);
}

static Ast *read_type_spec(Reader *r) {
  Ast *n = new_node(r, AST_TYPE_DECL);
  if (r->lx.directive_stop) {
    n->u.type_decl.pragma = (Str){r->lx.text + r->lx.directive_start, r->lx.directive_stop - r->lx.directive_start};
    r->lx.directive_stop = 0;
  }
  n->u.type_decl.name = read_name(r);
  if (at(r, LEX_LBRACK)) {
    read_bracketed_type(r, n);
  } else {
    if (at(r, LEX_DEFINE)) fail(r, "expected =");
    n->u.type_decl.is_alias = got(r, LEX_ASSIGN) || got(r, LEX_DEFINE);
    n->u.type_decl.type = read_type_or_null(r);
  }
  if (!n->u.type_decl.type) {
    n->u.type_decl.type = bad(r);
    fail(r, "in type declaration");
  }
  return finish(r, n);
}

static Ast *read_spec(Reader *r, LexToken keyword, uint32_t iota, Ast *previous) {
  if (keyword == LEX_IMPORT) return read_import_spec(r);
  if (keyword == LEX_CONST) return read_const_spec(r, iota, previous);
  if (keyword == LEX_TYPE) return read_type_spec(r);
  return read_var_spec(r);
}

AstList read_group(Reader *r, LexToken keyword) {
  uint32_t mark = r->b->stack.len, iota = 0;
  lexer_next(&r->lx);
  if (!at(r, LEX_LPAREN)) {
    build_push(r->b, read_spec(r, keyword, 0, NULL));
    return build_list(r->b, mark);
  }
  Ast *with_values = NULL;
  r->lx.directive_stop = 0;
  lexer_next(&r->lx);
  while (!at(r, LEX_RPAREN) && !at(r, LEX_EOF)) {
    Ast *spec = read_spec(r, keyword, iota++, with_values);
    spec->flags |= AST_FLAG_GROUPED;
    if (keyword == LEX_CONST && !spec->u.const_decl.inherited_from) with_values = spec;
    build_push(r->b, spec);
    r->lx.directive_stop = 0;
    if (!list_goes_on(r, LEX_SEMICOLON, LEX_RPAREN, "grouped declaration")) break;
  }
  want(r, LEX_RPAREN);
  return build_list(r->b, mark);
}

// At `func`.
Ast *read_func_decl(Reader *r) {
  uint32_t start = r->lx.start;
  lexer_next(&r->lx);
  Ast *n = node_at(r, AST_FUNC_DECL, start, r->lx.start);
  if (at(r, LEX_LPAREN)) {
    uint32_t lparen = r->lx.start;
    lexer_next(&r->lx);
    AstList receivers = read_params(r, NULL, NULL, LEX_RPAREN, false, false);
    if (receivers.len != 1)
      fail_at(r, lparen, receivers.len ? "method has multiple receivers" : "method has no receiver");
    if (receivers.len) n->u.func_decl.recv = receivers.items[0];
  }
  bool named = at(r, LEX_NAME);
  n->u.func_decl.name = read_name(r);
  if (named)
    n->u.func_decl.type = read_signature(r, r->lx.start, NULL, &n->u.func_decl.tparams);
  else
    n->u.func_decl.type = new_node(r, AST_FUNC_TYPE);
  if (at(r, LEX_SEMICOLON) && !lexer_at_end(&r->lx)) {
    fail_at(r, r->lx.start, "syntax error: unexpected semicolon or newline before {");
    lexer_next(&r->lx);
  }
  if (at(r, LEX_LBRACE)) n->u.func_decl.body = read_func_body(r);
  return finish(r, n);
}

static void lexical_error(void *context, uint32_t offset, const char *message) {
  build_error(context, offset, message);
}

ReadResult read_declaration(Build *b) {
  Reader r = {.b = b, .break_at = UINT32_MAX};
  lexer_init(&r.lx, b->names, b->text, lexical_error, b);
  lexer_next(&r.lx);
  ReadResult result = {.kind = DECL_BAD};
  uint32_t mark;
  switch (r.lx.token) {
  case LEX_FUNC:
    result.kind = DECL_FUNC;
    mark = b->stack.len;
    build_push(b, read_func_decl(&r));
    result.specs = build_list(b, mark);
    break;
  case LEX_IMPORT: result = (ReadResult){DECL_IMPORT, read_group(&r, LEX_IMPORT)}; break;
  case LEX_CONST: result = (ReadResult){DECL_CONST, read_group(&r, LEX_CONST)}; break;
  case LEX_TYPE: result = (ReadResult){DECL_TYPE, read_group(&r, LEX_TYPE)}; break;
  case LEX_VAR: result = (ReadResult){DECL_VAR, read_group(&r, LEX_VAR)}; break;
  case LEX_EOF:
  case LEX_NAME:
  case LEX_LITERAL:
  case LEX_OPERATOR:
  case LEX_STAR:
  case LEX_ARROW:
  case LEX_ASSIGN_OP:
  case LEX_INC_DEC:
  case LEX_ASSIGN:
  case LEX_DEFINE:
  case LEX_LPAREN:
  case LEX_LBRACK:
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
  case LEX_CHAN:
  case LEX_CONTINUE:
  case LEX_DEFAULT:
  case LEX_DEFER:
  case LEX_ELSE:
  case LEX_FALLTHROUGH:
  case LEX_FOR:
  case LEX_GO:
  case LEX_GOTO:
  case LEX_IF:
  case LEX_INTERFACE:
  case LEX_MAP:
  case LEX_PACKAGE:
  case LEX_RANGE:
  case LEX_RETURN:
  case LEX_SELECT:
  case LEX_STRUCT:
  case LEX_SWITCH:
  case LEX_TOKEN_COUNT:
    fail_at(&r, r.lx.start, "syntax error: non-declaration statement outside function body");
    return result;
  }
  if (!at(&r, LEX_EOF) && !(at(&r, LEX_SEMICOLON) && lexer_at_end(&r.lx))) fail(&r, "after top level declaration");
  return result;
}
