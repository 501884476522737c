// lower_expr.c: expressions and types of a tree-sitter tree.
//
// The grammar's own distinctions between types and expressions are guesses where Go needs types to tell (`F[int](y)`,
// `x[a]`); both sides become the same Ast, as the exact reader makes it.
#include "syntax/lower_internal.h"

static Str text_of(const Lowering *l, TSNode node) {
  uint32_t start = ts_node_start_byte(node);
  return (Str){l->b->text.p + start, ts_node_end_byte(node) - start};
}

Ast *cst_name(Lowering *l, TSNode node) {
  uint32_t start = ts_node_start_byte(node);
  Ast *n = build_node(l->b, AST_NAME, start, start);
  n->end = ts_node_end_byte(node);
  Str text = text_of(l, node);
  if (ts_node_is_missing(node) || !text.n) {
    lose(l, node);
    text = STR("_");
  }
  n->u.name.name = name_cache_get(l->b->names, text);
  return n;
}

static Ast *cst_literal(Lowering *l, TSNode node, Token op) {
  uint32_t start = ts_node_start_byte(node);
  Ast *n = build_node(l->b, AST_BASIC_LIT, start, start);
  n->end = ts_node_end_byte(node);
  n->op = (uint8_t)op;
  n->u.lit.text = text_of(l, node);
  return n;
}

Token cst_operator(const Lowering *l, TSNode node) {
  Str text = text_of(l, node);
  if (text.n > 1 && text.p[text.n - 1] == '=' && !str_equal(text, STR("==")) && !str_equal(text, STR("!=")) &&
      !str_equal(text, STR("<=")) && !str_equal(text, STR(">=")))
    text.n--;
  for (int t = TOKEN_ADD; t <= TOKEN_TILDE; t++)
    if (str_equal(text, str_of(token_text((Token)t)))) return (Token)t;
  return TOKEN_NONE;
}

Ast *cst_field_expr(Lowering *l, Children c, CstField field) {
  Child child;
  return child_by_field(l, c, field, &child) ? cst_expr(l, child.node) : cst_bad(l, c.end, c.end);
}

Ast *cst_optional(Lowering *l, Children c, CstField field) {
  Child child;
  return child_by_field(l, c, field, &child) ? cst_expr(l, child.node) : NULL;
}

static bool is_operand(Child c) { return ts_node_is_named(c.node) && c.kind != CST_ERROR; }

// The first child that is an expression or type and has no field.
static Ast *cst_only_child(Lowering *l, Children c) {
  for (uint32_t i = 0; i < c.count; i++)
    if (is_operand(child_at(l, c, i))) return cst_expr(l, child_at(l, c, i).node);
  return cst_bad(l, c.end, c.end);
}

// All named children: elements of a list.
static AstList cst_elements(Lowering *l, TSNode node) {
  Children c = children_open(l, node);
  uint32_t mark = l->b->stack.len;
  for (uint32_t i = 0; i < c.count; i++)
    if (is_operand(child_at(l, c, i))) build_push(l->b, cst_expr(l, child_at(l, c, i).node));
  children_close(l, c);
  return build_list(l->b, mark);
}

AstList cst_expr_list(Lowering *l, TSNode node) {
  if (cst_kind(l, node) == CST_EXPRESSION_LIST) return cst_elements(l, node);
  uint32_t mark = l->b->stack.len;
  build_push(l->b, cst_expr(l, node));
  return build_list(l->b, mark);
}

static Ast *cst_index(Lowering *l, Children c) {
  Ast *n = cst_node(l, AST_INDEX, c, token_start(l, c, CST_LBRACK, c.start));
  uint32_t mark = l->b->stack.len;
  Child child;
  if (child_by_field(l, c, FIELD_OPERAND, &child) || child_by_field(l, c, FIELD_TYPE, &child))
    n->u.index.x = cst_expr(l, child.node);
  else
    n->u.index.x = cst_bad(l, c.start, c.start);
  bool past_bracket = false;
  for (uint32_t i = 0; i < c.count; i++) {
    child = child_at(l, c, i);
    if (child.kind == CST_LBRACK)
      past_bracket = true;
    else if (child.kind == CST_TYPE_ARGUMENTS) {
      n->pos = ts_node_start_byte(child.node);
      n->u.index.indices = cst_elements(l, child.node);
      return n;
    } else if (past_bracket && is_operand(child))
      build_push(l->b, cst_expr(l, child.node));
  }
  n->u.index.indices = build_list(l->b, mark);
  return n;
}

static Ast *cst_slice(Lowering *l, Children c) {
  Ast *n = cst_node(l, AST_SLICE, c, token_start(l, c, CST_LBRACK, c.start));
  n->u.slice.x = cst_field_expr(l, c, FIELD_OPERAND);
  n->u.slice.lo = cst_optional(l, c, FIELD_START);
  n->u.slice.hi = cst_optional(l, c, FIELD_END);
  n->u.slice.max = cst_optional(l, c, FIELD_CAPACITY);
  uint32_t colons = 0;
  for (uint32_t i = 0; i < c.count; i++) colons += child_at(l, c, i).kind == CST_COLON;
  n->u.slice.three = colons > 1;
  return n;
}

static void cst_arguments(Lowering *l, TSNode node, Ast *call) {
  Children c = children_open(l, node);
  uint32_t mark = l->b->stack.len;
  for (uint32_t i = 0; i < c.count; i++) {
    Child child = child_at(l, c, i);
    if (child.kind == CST_VARIADIC_ARGUMENT) {
      call->u.call.has_dots = true;
      Children inner = children_open(l, child.node);
      build_push(l->b, cst_only_child(l, inner));
      children_close(l, inner);
    } else if (is_operand(child)) {
      build_push(l->b, cst_expr(l, child.node));
    }
  }
  call->pos = c.start;
  call->u.call.rparen = token_start(l, c, CST_RPAREN, c.end);
  call->u.call.args = build_list(l->b, mark);
  children_close(l, c);
}

static Ast *cst_call(Lowering *l, Children c) {
  Ast *n = cst_node(l, AST_CALL, c, c.start);
  n->u.call.fun = cst_field_expr(l, c, FIELD_FUNCTION);
  Child child;
  if (child_by_field(l, c, FIELD_TYPE_ARGUMENTS, &child)) {
    Ast *instance = build_node(l->b, AST_INDEX, n->u.call.fun->start, ts_node_start_byte(child.node));
    instance->end = ts_node_end_byte(child.node);
    instance->u.index.x = n->u.call.fun;
    instance->u.index.indices = cst_elements(l, child.node);
    n->u.call.fun = instance;
  }
  if (child_by_field(l, c, FIELD_ARGUMENTS, &child)) cst_arguments(l, child.node, n);
  return n;
}

static Ast *cst_conversion(Lowering *l, Children c) {
  Ast *n = cst_node(l, AST_CALL, c, token_start(l, c, CST_LPAREN, c.start));
  n->u.call.fun = cst_field_expr(l, c, FIELD_TYPE);
  n->u.call.rparen = token_start(l, c, CST_RPAREN, c.end);
  uint32_t mark = l->b->stack.len;
  build_push(l->b, cst_field_expr(l, c, FIELD_OPERAND));
  n->u.call.args = build_list(l->b, mark);
  return n;
}

// A literal_value, with the type of its composite_literal or NULL.
static Ast *cst_literal_value(Lowering *l, TSNode node, Ast *type) {
  Children c = children_open(l, node);
  Ast *n = cst_node(l, AST_COMPOSITE_LIT, c, c.start);
  if (type) n->start = type->start;
  n->u.composite.type = type;
  n->u.composite.rbrace = token_start(l, c, CST_RBRACE, c.end);
  children_close(l, c);
  n->u.composite.elems = cst_elements(l, node);
  return n;
}

static Ast *cst_key_value(Lowering *l, Children c) {
  Ast *n = cst_node(l, AST_KEY_VALUE, c, token_start(l, c, CST_COLON, c.start));
  n->u.kv.key = cst_field_expr(l, c, FIELD_KEY);
  n->u.kv.value = cst_field_expr(l, c, FIELD_VALUE);
  return n;
}

static Ast *cst_array(Lowering *l, Children c, bool open) {
  Ast *n = cst_node(l, AST_ARRAY_TYPE, c, c.start);
  if (open) {
    uint32_t dots = token_start(l, c, CST_ELLIPSIS, c.start);
    n->u.array.len = build_node(l->b, AST_ELLIPSIS, dots, dots);
    n->u.array.len->end = dots + 3;
  } else {
    n->u.array.len = cst_field_expr(l, c, FIELD_LENGTH);
  }
  n->u.array.elem = cst_field_expr(l, c, FIELD_ELEMENT);
  return n;
}

static Ast *cst_chan(Lowering *l, Children c) {
  Ast *n = cst_node(l, AST_CHAN_TYPE, c, c.start);
  uint32_t arrow = token_start(l, c, CST_ARROW, UINT32_MAX);
  n->u.chan.direction = arrow == UINT32_MAX ? CHAN_BOTH : arrow == c.start ? CHAN_RECV_ONLY : CHAN_SEND_ONLY;
  n->u.chan.elem = cst_field_expr(l, c, FIELD_VALUE);
  return n;
}

static void push_field(Lowering *l, Ast *name, Ast *type, Str tag, bool embedded, uint32_t end, uint32_t group) {
  uint32_t start = name ? name->start : type->start;
  Ast *n = build_node(l->b, AST_FIELD, start, start);
  n->end = end;
  n->u.field.name = name;
  n->u.field.type = type;
  n->u.field.tag = tag;
  n->u.field.embedded = embedded;
  n->u.field.group = group;
  build_push(l->b, n);
}

// The names, the type and the tag of a field or parameter; one FIELD for each name.
static void cst_named(Lowering *l, TSNode node, bool in_struct, bool variadic) {
  Children c = children_open(l, node);
  Str tag = STR_NONE;
  Child child;
  if (child_by_field(l, c, FIELD_TAG, &child)) tag = text_of(l, child.node);
  Ast *type = cst_field_expr(l, c, FIELD_TYPE);
  uint32_t mark = l->b->stack.len, group = ++l->groups;
  uint32_t dots = token_start(l, c, CST_ELLIPSIS, UINT32_MAX);
  if (variadic && dots != UINT32_MAX) {
    Ast *ellipsis = build_node(l->b, AST_ELLIPSIS, dots, dots);
    ellipsis->end = type->end;
    ellipsis->u.ellipsis.elem = type;
    type = ellipsis;
  }
  for (uint32_t i = 0; i < c.count; i++) {
    child = child_at(l, c, i);
    if (child.field == FIELD_NAME && is_operand(child))
      push_field(l, cst_name(l, child.node), type, tag, false, c.end, group);
  }
  if (l->b->stack.len == mark) {
    uint32_t star = in_struct ? token_start(l, c, CST_STAR, UINT32_MAX) : UINT32_MAX;
    if (star != UINT32_MAX) {
      Ast *pointer = build_node(l->b, AST_STAR, star, star);
      pointer->end = type->end;
      pointer->u.star.x = type;
      type = pointer;
    }
    push_field(l, NULL, type, tag, in_struct, c.end, group);
  }
  children_close(l, c);
}

AstList cst_params(Lowering *l, TSNode node) {
  Children c = children_open(l, node);
  uint32_t mark = l->b->stack.len;
  for (uint32_t i = 0; i < c.count; i++) {
    Child child = child_at(l, c, i);
    if (child.kind == CST_PARAMETER || child.kind == CST_TYPE_PARAMETER)
      cst_named(l, child.node, false, false);
    else if (child.kind == CST_VARIADIC_PARAMETER)
      cst_named(l, child.node, false, true);
  }
  children_close(l, c);
  return build_list(l->b, mark);
}

Ast *cst_signature(Lowering *l, Children c, uint32_t start) {
  Ast *n = build_node(l->b, AST_FUNC_TYPE, start, start);
  n->end = start;
  Child child;
  if (child_by_field(l, c, FIELD_PARAMETERS, &child)) {
    n->u.func_type.params = cst_params(l, child.node);
    n->end = ts_node_end_byte(child.node);
  }
  if (!child_by_field(l, c, FIELD_RESULT, &child)) return n;
  n->end = ts_node_end_byte(child.node);
  if (child.kind == CST_PARAMETERS) {
    n->u.func_type.results = cst_params(l, child.node);
  } else {
    uint32_t mark = l->b->stack.len;
    Ast *type = cst_expr(l, child.node);
    push_field(l, NULL, type, STR_NONE, false, type->end, ++l->groups);
    n->u.func_type.results = build_list(l->b, mark);
  }
  return n;
}

static Ast *cst_func_literal(Lowering *l, Children c) {
  Ast *n = cst_node(l, AST_FUNC_LIT, c, c.start);
  n->u.func_lit.type = cst_signature(l, c, c.start);
  Child body;
  n->u.func_lit.body = child_by_field(l, c, FIELD_BODY, &body) ? cst_block(l, body.node) : NULL;
  if (!n->u.func_lit.body) {
    n->u.func_lit.body = build_node(l->b, AST_BLOCK, c.end, c.end);
    n->u.func_lit.body->u.block.rbrace = c.end;
  }
  return n;
}

static Ast *cst_struct(Lowering *l, Children c) {
  Ast *n = cst_node(l, AST_STRUCT_TYPE, c, c.start);
  uint32_t mark = l->b->stack.len;
  for (uint32_t i = 0; i < c.count; i++) {
    if (child_at(l, c, i).kind != CST_FIELD_LIST) continue;
    Children fields = children_open(l, child_at(l, c, i).node);
    for (uint32_t k = 0; k < fields.count; k++)
      if (child_at(l, fields, k).kind == CST_FIELD) cst_named(l, child_at(l, fields, k).node, true, false);
    children_close(l, fields);
  }
  n->u.struct_type.fields = build_list(l->b, mark);
  return n;
}

static Ast *cst_interface(Lowering *l, Children c) {
  Ast *n = cst_node(l, AST_INTERFACE_TYPE, c, c.start);
  uint32_t mark = l->b->stack.len;
  for (uint32_t i = 0; i < c.count; i++) {
    Child child = child_at(l, c, i);
    if (child.kind == CST_METHOD_ELEM) {
      Children method = children_open(l, child.node);
      Child name, params;
      bool named = child_by_field(l, method, FIELD_NAME, &name);
      uint32_t start =
        child_by_field(l, method, FIELD_PARAMETERS, &params) ? ts_node_start_byte(params.node) : method.end;
      Ast *own_name = named ? cst_name(l, name.node) : NULL;
      push_field(l, own_name, cst_signature(l, method, start), STR_NONE, false, method.end, ++l->groups);
      children_close(l, method);
    } else if (child.kind == CST_TYPE_ELEM) {
      Ast *type = cst_expr(l, child.node);
      push_field(l, NULL, type, STR_NONE, true, type->end, ++l->groups);
    }
  }
  n->u.interface_type.methods = build_list(l->b, mark);
  return n;
}

// type_elem: terms between '|'.
static Ast *cst_union(Lowering *l, Children c) {
  Ast *x = NULL;
  uint32_t pipe = c.start;
  for (uint32_t i = 0; i < c.count; i++) {
    Child child = child_at(l, c, i);
    if (child.kind == CST_PIPE) pipe = ts_node_start_byte(child.node);
    if (!is_operand(child)) continue;
    Ast *term = cst_expr(l, child.node);
    if (x) {
      Ast *n = build_node(l->b, AST_BINARY, x->start, pipe);
      n->end = term->end;
      n->op = TOKEN_OR;
      n->u.binary.x = x;
      n->u.binary.y = term;
      x = n;
    } else {
      x = term;
    }
  }
  return x ? x : cst_bad(l, c.end, c.end);
}

static Ast *cst_unary(Lowering *l, Children c) {
  Child op;
  Token token = child_by_field(l, c, FIELD_OPERATOR, &op) ? cst_operator(l, op.node) : TOKEN_NONE;
  Ast *n = cst_node(l, token == TOKEN_MUL ? AST_STAR : AST_UNARY, c, c.start);
  Ast *x = cst_field_expr(l, c, FIELD_OPERAND);
  if (token == TOKEN_MUL) {
    n->u.star.x = x;
  } else {
    n->op = (uint8_t)token;
    n->u.unary.x = x;
  }
  return n;
}

static Ast *cst_binary(Lowering *l, Children c) {
  Child op;
  bool has_op = child_by_field(l, c, FIELD_OPERATOR, &op);
  Ast *n = cst_node(l, AST_BINARY, c, has_op ? ts_node_start_byte(op.node) : c.start);
  n->op = (uint8_t)(has_op ? cst_operator(l, op.node) : TOKEN_NONE);
  n->u.binary.x = cst_field_expr(l, c, FIELD_LEFT);
  n->u.binary.y = cst_field_expr(l, c, FIELD_RIGHT);
  return n;
}

static Ast *cst_selector(Lowering *l, Children c, CstField operand, CstField name) {
  Ast *n = cst_node(l, AST_SELECTOR, c, token_start(l, c, CST_PERIOD, c.start));
  Child sel;
  n->u.selector.x = cst_field_expr(l, c, operand);
  if (!child_by_field(l, c, name, &sel)) return cst_bad(l, c.start, c.end);
  n->u.selector.sel = cst_name(l, sel.node);
  return n;
}

static Ast *cst_with_children(Lowering *l, TSNode node, Cst kind, Children c) {
  Ast *n;
  switch ((int)kind) { // the other kinds are no expressions
  case CST_PAREN_EXPR:
  case CST_PAREN_TYPE:
    n = cst_node(l, AST_PAREN, c, c.start);
    n->u.paren.x = cst_only_child(l, c);
    return n;
  case CST_UNARY: return cst_unary(l, c);
  case CST_BINARY: return cst_binary(l, c);
  case CST_SELECTOR: return cst_selector(l, c, FIELD_OPERAND, FIELD_FIELD);
  case CST_QUALIFIED: return cst_selector(l, c, FIELD_PACKAGE, FIELD_NAME);
  case CST_INDEX:
  case CST_INSTANTIATION:
  case CST_GENERIC: return cst_index(l, c);
  case CST_SLICE: return cst_slice(l, c);
  case CST_CALL: return cst_call(l, c);
  case CST_CONVERSION: return cst_conversion(l, c);
  case CST_ASSERTION:
    n = cst_node(l, AST_TYPE_ASSERT, c, token_start(l, c, CST_PERIOD, c.start));
    n->u.assert_.x = cst_field_expr(l, c, FIELD_OPERAND);
    n->u.assert_.type = cst_field_expr(l, c, FIELD_TYPE);
    return n;
  case CST_COMPOSITE: {
    Child body;
    Ast *type = cst_field_expr(l, c, FIELD_TYPE);
    return child_by_field(l, c, FIELD_BODY, &body) ? cst_literal_value(l, body.node, type) : cst_bad(l, c.start, c.end);
  }
  case CST_LITERAL_VALUE: return cst_literal_value(l, node, NULL);
  case CST_LITERAL_ELEMENT:
  case CST_VARIADIC_ARGUMENT: return cst_only_child(l, c);
  case CST_KEYED_ELEMENT: return cst_key_value(l, c);
  case CST_FUNC_LITERAL: return cst_func_literal(l, c);
  case CST_POINTER_TYPE:
    n = cst_node(l, AST_STAR, c, c.start);
    n->u.star.x = cst_only_child(l, c);
    return n;
  case CST_NEGATED_TYPE:
    n = cst_node(l, AST_UNARY, c, c.start);
    n->op = TOKEN_TILDE;
    n->u.unary.x = cst_only_child(l, c);
    return n;
  case CST_ARRAY_TYPE: return cst_array(l, c, false);
  case CST_OPEN_ARRAY_TYPE: return cst_array(l, c, true);
  case CST_SLICE_TYPE:
    n = cst_node(l, AST_SLICE_TYPE, c, c.start);
    n->u.slice_type.elem = cst_field_expr(l, c, FIELD_ELEMENT);
    return n;
  case CST_STRUCT_TYPE: return cst_struct(l, c);
  case CST_INTERFACE_TYPE: return cst_interface(l, c);
  case CST_TYPE_ELEM:
  case CST_TYPE_CONSTRAINT: return cst_union(l, c);
  case CST_MAP_TYPE:
    n = cst_node(l, AST_MAP_TYPE, c, c.start);
    n->u.map.key = cst_field_expr(l, c, FIELD_KEY);
    n->u.map.value = cst_field_expr(l, c, FIELD_VALUE);
    return n;
  case CST_CHANNEL_TYPE: return cst_chan(l, c);
  case CST_FUNCTION_TYPE: return cst_signature(l, c, c.start);
  default: return cst_bad(l, c.start, c.end);
  }
}

Ast *cst_expr(Lowering *l, TSNode node) {
  Cst kind = cst_kind(l, node);
  uint32_t start = ts_node_start_byte(node), end = ts_node_end_byte(node);
  if (ts_node_is_missing(node)) {
    lose(l, node);
    return cst_bad(l, start, end);
  }
  if (kind >= CST_IDENTIFIER && kind <= CST_IOTA) return cst_name(l, node);
  if (kind == CST_INT) return cst_literal(l, node, TOKEN_INT);
  if (kind == CST_FLOAT) return cst_literal(l, node, TOKEN_FLOAT);
  if (kind == CST_IMAGINARY) return cst_literal(l, node, TOKEN_IMAG);
  if (kind == CST_RUNE) return cst_literal(l, node, TOKEN_CHAR);
  if (kind == CST_RAW_STRING || kind == CST_STRING) return cst_literal(l, node, TOKEN_STRING);
  if (!cst_enter(l)) return cst_bad(l, start, end);
  Children c = children_open(l, node);
  Ast *n = cst_with_children(l, node, kind, c);
  children_close(l, c);
  cst_leave(l);
  return n;
}
