// read_type.c: types (spec, "Types"), signatures, parameter lists, struct fields and interface elements.
#include "syntax/read_internal.h"

Ast *read_type(Reader *r) {
  Ast *type = read_type_or_null(r);
  if (type) return type;
  type = bad(r);
  fail(r, "expected type");
  return type;
}

Ast *read_qualified(Reader *r, Ast *name) {
  Ast *x = name ? name : read_name(r);
  if (at(r, LEX_DOT)) {
    Ast *n = node_at(r, AST_SELECTOR, x->start, r->lx.start);
    lexer_next(&r->lx);
    n->u.selector.x = x;
    n->u.selector.sel = read_name(r);
    x = finish(r, n);
  }
  if (at(r, LEX_LBRACK)) {
    Ast *n = node_at(r, AST_INDEX, x->start, r->lx.start);
    uint32_t mark = r->b->stack.len;
    lexer_next(&r->lx);
    n->u.index.x = x;
    if (at(r, LEX_RBRACK)) {
      fail(r, "expected type argument list");
      build_push(r->b, bad(r));
    } else {
      read_type_list(r, true);
    }
    n->u.index.indices = build_list(r->b, mark);
    want(r, LEX_RBRACK);
    x = finish(r, n);
  }
  return x;
}

Ast *read_array_type(Reader *r, uint32_t lbrack, Ast *len) {
  Ast *n = node_at(r, AST_ARRAY_TYPE, lbrack, lbrack);
  if (!len && at(r, LEX_ELLIPSIS)) {
    len = new_node(r, AST_ELLIPSIS);
    lexer_next(&r->lx);
    finish(r, len);
  }
  if (!len) {
    r->expr_level++;
    len = read_expr(r);
    r->expr_level--;
  }
  if (at(r, LEX_COMMA)) {
    fail(r, "expected ]");
    lexer_next(&r->lx);
  }
  n->u.array.len = len;
  want(r, LEX_RBRACK);
  n->u.array.elem = read_type(r);
  return finish(r, n);
}

Ast *read_slice_type(Reader *r, uint32_t lbrack) {
  Ast *n = node_at(r, AST_SLICE_TYPE, lbrack, lbrack);
  n->u.slice_type.elem = read_type(r);
  return finish(r, n);
}

static Ast *read_chan_elem(Reader *r, Ast *chan, uint8_t direction) {
  chan->u.chan.direction = direction;
  chan->u.chan.elem = read_type_or_null(r);
  if (!chan->u.chan.elem) {
    chan->u.chan.elem = bad(r);
    fail(r, "expected channel element type");
  }
  return finish(r, chan);
}

static Ast *read_chan_type(Reader *r) {
  Ast *n = new_node(r, AST_CHAN_TYPE);
  if (got(r, LEX_ARROW)) {
    want(r, LEX_CHAN);
    return read_chan_elem(r, n, CHAN_RECV_ONLY);
  }
  lexer_next(&r->lx);
  return read_chan_elem(r, n, got(r, LEX_ARROW) ? CHAN_SEND_ONLY : CHAN_BOTH);
}

static Ast *read_map_type(Reader *r) {
  Ast *n = new_node(r, AST_MAP_TYPE);
  lexer_next(&r->lx);
  want(r, LEX_LBRACK);
  n->u.map.key = read_type(r);
  want(r, LEX_RBRACK);
  n->u.map.value = read_type(r);
  return finish(r, n);
}

// `[n]E` or `[]E`, or the type arguments of a name: then an INDEX whose x is NULL.
static Ast *read_array_or_arguments(Reader *r) {
  uint32_t lbrack = r->lx.start, mark = r->b->stack.len;
  lexer_next(&r->lx);
  if (got(r, LEX_RBRACK)) return read_slice_type(r, lbrack);
  if (at(r, LEX_ELLIPSIS)) return read_array_type(r, lbrack, NULL);
  bool comma = read_type_list(r, false);
  want(r, LEX_RBRACK);
  Ast *elem = comma ? NULL : read_type_or_null(r);
  if (elem) {
    Ast *n = node_at(r, AST_ARRAY_TYPE, lbrack, lbrack);
    n->u.array.len = r->b->stack.items[--r->b->stack.len];
    n->u.array.elem = elem;
    return finish(r, n);
  }
  Ast *n = node_at(r, AST_INDEX, lbrack, lbrack);
  n->u.index.indices = build_list(r->b, mark);
  return finish(r, n);
}

static Ast *instance_of(Ast *name, Ast *index) {
  index->u.index.x = name;
  index->start = name->start;
  return index;
}

static void push_field(Reader *r, Ast *name, Ast *type, Ast *tag, bool embedded, uint32_t group) {
  Ast *n = node_at(r, AST_FIELD, name ? name->start : type->start, name ? name->start : type->start);
  n->u.field.name = name;
  n->u.field.type = type;
  n->u.field.embedded = embedded;
  n->u.field.group = group;
  if (tag) n->u.field.tag = tag->u.lit.text;
  finish(r, n);
  build_push(r->b, n);
}

// `(T)`, `*(T)`, `(*T)`: refused, read all the same.
static Ast *read_embedded(Reader *r) {
  if (at(r, LEX_LPAREN)) {
    fail_at(r, r->lx.start, "syntax error: cannot parenthesize embedded type");
    lexer_next(&r->lx);
    Ast *type = read_embedded(r);
    got(r, LEX_RPAREN);
    return type;
  }
  if (at(r, LEX_STAR)) {
    Ast *n = new_node(r, AST_STAR);
    lexer_next(&r->lx);
    n->u.star.x = at(r, LEX_LPAREN) ? read_embedded(r) : read_qualified(r, NULL);
    return finish(r, n);
  }
  return read_qualified(r, NULL);
}

static void read_struct_field(Reader *r) {
  uint32_t group = ++r->groups;
  if (at(r, LEX_STAR) || at(r, LEX_LPAREN)) {
    Ast *type = read_embedded(r);
    push_field(r, NULL, type, read_literal_or_null(r), true, group);
    return;
  }
  if (!at(r, LEX_NAME)) {
    fail(r, "expected field name or embedded type");
    Ast *type = bad(r);
    skip_to(r, LEX_SEMICOLON, LEX_RBRACE, LEX_RBRACE);
    push_field(r, NULL, finish(r, type), NULL, false, group);
    return;
  }
  Ast *name = read_name(r);
  if (at(r, LEX_DOT) || at(r, LEX_LITERAL) || at(r, LEX_SEMICOLON) || at(r, LEX_RBRACE)) {
    Ast *type = read_qualified(r, name);
    push_field(r, NULL, type, read_literal_or_null(r), true, group);
    return;
  }
  AstList names = read_names(r, name);
  Ast *type;
  if (names.len == 1 && at(r, LEX_LBRACK)) {
    type = read_array_or_arguments(r);
    if (type->kind == AST_INDEX) {
      instance_of(name, type);
      push_field(r, NULL, type, read_literal_or_null(r), true, group);
      return;
    }
  } else {
    type = read_type(r);
  }
  Ast *tag = read_literal_or_null(r);
  for (uint32_t i = 0; i < names.len; i++) push_field(r, names.items[i], type, tag, false, group);
}

static Ast *read_struct_type(Reader *r) {
  Ast *n = new_node(r, AST_STRUCT_TYPE);
  uint32_t mark = r->b->stack.len;
  lexer_next(&r->lx);
  want(r, LEX_LBRACE);
  while (!at(r, LEX_RBRACE) && !at(r, LEX_EOF)) {
    read_struct_field(r);
    if (!list_goes_on(r, LEX_SEMICOLON, LEX_RBRACE, "struct type")) break;
  }
  want(r, LEX_RBRACE);
  n->u.struct_type.fields = build_list(r->b, mark);
  return finish(r, n);
}

static Ast *read_term(Reader *r) {
  if (!at_operator(r, TOKEN_TILDE)) {
    Ast *type = read_type_or_null(r);
    if (type) return type;
    type = bad(r);
    fail(r, "expected ~ term or type");
    return type;
  }
  Ast *n = new_node(r, AST_UNARY);
  n->op = TOKEN_TILDE;
  lexer_next(&r->lx);
  n->u.unary.x = read_type(r);
  return finish(r, n);
}

// A union whose first term may have been read already.
static Ast *read_union(Reader *r, Ast *first) {
  Ast *x = first ? first : read_term(r);
  for (uint32_t length = 0; at_operator(r, TOKEN_OR) && reader_chain(r, &length);) {
    Ast *n = node_at(r, AST_BINARY, x->start, r->lx.start);
    n->op = TOKEN_OR;
    lexer_next(&r->lx);
    n->u.binary.x = x;
    n->u.binary.y = read_term(r);
    x = finish(r, n);
  }
  return x;
}

static void read_interface_element(Reader *r) {
  uint32_t group = ++r->groups;
  if (!at(r, LEX_NAME)) {
    uint32_t start = r->lx.start;
    Ast *type = read_union(r, NULL);
    if (r->lx.start == start) skip_to(r, LEX_SEMICOLON, LEX_RBRACE, LEX_RBRACE);
    push_field(r, NULL, type, NULL, true, group);
    return;
  }
  Ast *name = read_name(r);
  if (at(r, LEX_LBRACK)) { // an instance, or (an error) a method with type parameters
    Lexer here = r->lx;
    uint32_t mark = r->b->stack.len;
    lexer_next(&r->lx);
    AstList arguments = read_params(r, NULL, NULL, LEX_RBRACK, false, false);
    if (arguments.len && !arguments.items[0]->u.field.name) {
      Ast *n = node_at(r, AST_INDEX, name->start, here.start);
      n->u.index.x = name;
      for (uint32_t i = 0; i < arguments.len; i++) build_push(r->b, arguments.items[i]->u.field.type);
      n->u.index.indices = build_list(r->b, mark);
      push_field(r, NULL, read_union(r, finish(r, n)), NULL, true, group);
      return;
    }
    fail_at(r, here.start,
            arguments.len ? "interface method must have no type parameters" : "empty type parameter list");
    if (!at(r, LEX_LPAREN)) {
      push_field(r, NULL, read_union(r, name), NULL, true, group);
      return;
    }
  }
  if (at(r, LEX_LPAREN)) {
    Ast *type = read_signature(r, r->lx.start, NULL, NULL);
    push_field(r, name, type, NULL, false, group);
    return;
  }
  push_field(r, NULL, read_union(r, read_qualified(r, name)), NULL, true, group);
}

static Ast *read_interface_type(Reader *r) {
  Ast *n = new_node(r, AST_INTERFACE_TYPE);
  uint32_t mark = r->b->stack.len;
  lexer_next(&r->lx);
  want(r, LEX_LBRACE);
  while (!at(r, LEX_RBRACE) && !at(r, LEX_EOF)) {
    read_interface_element(r);
    if (!list_goes_on(r, LEX_SEMICOLON, LEX_RBRACE, "interface type")) break;
  }
  want(r, LEX_RBRACE);
  n->u.interface_type.methods = build_list(r->b, mark);
  return finish(r, n);
}

static Ast *read_type_here(Reader *r) {
  uint32_t start = r->lx.start;
  switch (r->lx.token) {
  case LEX_STAR: {
    Ast *n = new_node(r, AST_STAR);
    lexer_next(&r->lx);
    n->u.star.x = read_type(r);
    return finish(r, n);
  }
  case LEX_ARROW:
  case LEX_CHAN: return read_chan_type(r);
  case LEX_FUNC:
    lexer_next(&r->lx);
    return read_signature(r, start, "function type must have no type parameters", NULL);
  case LEX_LBRACK:
    lexer_next(&r->lx);
    return got(r, LEX_RBRACK) ? read_slice_type(r, start) : read_array_type(r, start, NULL);
  case LEX_MAP: return read_map_type(r);
  case LEX_STRUCT: return read_struct_type(r);
  case LEX_INTERFACE: return read_interface_type(r);
  case LEX_NAME: return read_qualified(r, NULL);
  case LEX_LPAREN: {
    Ast *n = new_node(r, AST_PAREN);
    lexer_next(&r->lx);
    n->u.paren.x = read_type(r);
    want(r, LEX_RPAREN);
    return finish(r, n);
  }
  case LEX_EOF:
  case LEX_LITERAL:
  case LEX_OPERATOR:
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
  return NULL;
}

Ast *read_type_or_null(Reader *r) {
  if (!reader_enter(r)) return NULL;
  Ast *type = read_type_here(r);
  reader_leave(r);
  return type;
}

Ast *read_signature(Reader *r, uint32_t start, const char *no_tparams, AstList *tparams) {
  Ast *n = node_at(r, AST_FUNC_TYPE, start, start);
  if (at(r, LEX_LBRACK) && (tparams || no_tparams)) {
    uint32_t lbrack = r->lx.start;
    lexer_next(&r->lx);
    AstList list = {0};
    if (at(r, LEX_RBRACK)) {
      fail_at(r, r->lx.start, "syntax error: empty type parameter list");
      lexer_next(&r->lx);
    } else {
      list = read_params(r, NULL, NULL, LEX_RBRACK, true, false);
    }
    if (tparams) {
      *tparams = list;
      n->start = n->pos = r->lx.start;
    } else {
      fail_at(r, lbrack, no_tparams);
    }
  }
  if (!want(r, LEX_LPAREN)) return finish(r, n);
  n->u.func_type.params = read_params(r, NULL, NULL, LEX_RPAREN, false, true);
  if (got(r, LEX_LPAREN)) {
    n->u.func_type.results = read_params(r, NULL, NULL, LEX_RPAREN, false, false);
  } else {
    uint32_t mark = r->b->stack.len;
    Ast *type = read_type_or_null(r);
    if (type) push_field(r, NULL, type, NULL, false, ++r->groups);
    n->u.func_type.results = build_list(r->b, mark);
  }
  return finish(r, n);
}

// An entry of a parameter list, before it is known whether the list has names: either may be NULL, not both.
typedef struct Entry {
  Ast *name, *type;
} Entry;

static Ast *read_dots_type(Reader *r) {
  Ast *n = new_node(r, AST_ELLIPSIS);
  lexer_next(&r->lx);
  n->u.ellipsis.elem = read_type_or_null(r);
  if (!n->u.ellipsis.elem) {
    n->u.ellipsis.elem = bad(r);
    fail_at(r, n->start, "syntax error: ... is missing type");
  }
  return finish(r, n);
}

// unions: in a type parameter list. name: already read, or NULL.
static Entry read_param(Reader *r, Ast *name, bool unions) {
  Entry e = {0};
  if (!name && !at(r, LEX_NAME)) {
    if (at(r, LEX_ELLIPSIS)) return (Entry){NULL, read_dots_type(r)};
    e.type = unions && at_operator(r, TOKEN_TILDE) ? read_term(r) : read_type_or_null(r);
    if (e.type && unions) e.type = read_union(r, e.type);
    return e;
  }
  if (!name) name = read_name(r);
  if (at(r, LEX_LBRACK)) {
    e.type = read_array_or_arguments(r);
    if (e.type->kind == AST_INDEX)
      instance_of(name, e.type);
    else
      e.name = name;
    if (unions) e.type = read_union(r, e.type);
    return e;
  }
  if (at(r, LEX_DOT) || (unions && at_operator(r, TOKEN_OR))) {
    e.type = read_qualified(r, name);
    if (unions) e.type = read_union(r, e.type);
    return e;
  }
  e.name = name;
  if (at(r, LEX_ELLIPSIS))
    e.type = read_dots_type(r);
  else if (unions && at_operator(r, TOKEN_TILDE))
    e.type = read_union(r, NULL);
  else if ((e.type = read_type_or_null(r)) && unions)
    e.type = read_union(r, e.type);
  return e;
}

// Decides what the names of the entries are (spec, "Function types": all named or none), and fills in types from the
// right: `a, b int`.
static void settle_entries(Reader *r, Ast **entries, uint32_t count, bool names_required, uint32_t closing) {
  uint32_t named = 0, typed = 0;
  for (uint32_t i = 0; i < count; i++) {
    named += entries[2 * i] && entries[2 * i + 1];
    typed += entries[2 * i + 1] != NULL;
  }
  if (named == 0 && !names_required) {
    for (uint32_t i = 0; i < count; i++) {
      if (!entries[2 * i]) continue;
      entries[2 * i + 1] = entries[2 * i];
      entries[2 * i] = NULL;
    }
    return;
  }
  Ast *type = NULL;
  bool missing = false;
  uint32_t where = 0;
  for (uint32_t i = count; i-- > 0;) {
    Ast **name = &entries[2 * i], **own = &entries[2 * i + 1];
    if (*own) {
      type = *own;
      if (!*name) {
        missing = true;
        where = type->start;
        *name = node_at(r, AST_NAME, type->start, type->start);
        (*name)->u.name.name = name_cache_get(r->b->names, STR("_"));
      }
    } else if (type) {
      *own = type;
    } else {
      BUG_ON(!*name); // an entry has a name or a type
      missing = true;
      where = (*name)->start;
      *own = node_at(r, AST_BAD, (*name)->end, (*name)->end);
    }
  }
  if (!missing) return;
  if (named == typed)
    fail_at(r, closing,
            names_required ? "syntax error: missing type constraint" : "syntax error: missing parameter type");
  else
    fail_at(r, where,
            names_required ? "syntax error: missing type parameter name" : "syntax error: missing parameter name");
}

static void check_dots(Reader *r, Ast **entries, uint32_t count, bool dots_ok) {
  for (uint32_t i = 0; i < count; i++) {
    Ast *type = entries[2 * i + 1];
    if (!type || type->kind != AST_ELLIPSIS || (dots_ok && i + 1 == count)) continue;
    fail_at(r, type->start, dots_ok ? "can only use ... with final parameter" : "invalid use of ...");
    entries[2 * i + 1] = type->u.ellipsis.elem;
  }
}

AstList read_params(Reader *r, Ast *name, Ast *type, LexToken close, bool names_required, bool dots_ok) {
  uint32_t mark = r->b->stack.len;
  while ((!at(r, close) || type) && !at(r, LEX_EOF)) {
    Entry e = type ? (Entry){name, type} : read_param(r, name, close == LEX_RBRACK);
    name = type = NULL;
    if (!e.name && !e.type) {
      fail(r, close == LEX_RPAREN ? "expected )" : "expected ]");
      if (!at(r, LEX_COMMA)) skip_to(r, LEX_COMMA, close, close);
    } else {
      build_push(r->b, e.name);
      build_push(r->b, e.type);
    }
    if (at(r, close)) break;
    if (!list_goes_on(r, LEX_COMMA, close, "parameter list")) break;
  }
  uint32_t count = (r->b->stack.len - mark) / 2, closing = r->lx.start;
  want(r, close);
  Ast **entries = r->b->stack.items + mark;
  settle_entries(r, entries, count, names_required, closing);
  check_dots(r, entries, count, dots_ok);
  AstList list = {.items = count ? ARENA_ARRAY(r->b->arena, Ast *, count) : NULL, .len = count};
  for (uint32_t i = 0; i < count; i++) {
    Ast *own_name = entries[2 * i], *own_type = entries[2 * i + 1];
    uint32_t start = own_name ? own_name->start : own_type->start;
    Ast *n = node_at(r, AST_FIELD, start, start);
    n->end = own_type->end;
    n->u.field.name = own_name;
    n->u.field.type = own_type;
    bool continues = i > 0 && own_name && list.items[i - 1]->u.field.type == own_type;
    n->u.field.group = continues ? r->groups : ++r->groups;
    list.items[i] = n;
  }
  r->b->stack.len = mark;
  return list;
}
