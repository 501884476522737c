// convert.c: bytes that are made a string only to be looked at.
//
//   s := string(b)                        if string(b) == name {
//   if s == name {                   →
//   strings.HasPrefix(string(b), "x")  →  bytes.HasPrefix(b, []byte("x"))
//   append([]byte{}, s...)             →  []byte(s)
//
// The compiler copies nothing where a conversion stands in a comparison or in the head of a switch
// (cmd/compile/internal/walk, OBYTES2STRTMP; what is the key of a map that is read it finds itself). A variable that is
// used once, in the statement behind its declaration, can have its value written there: what is evaluated in between
// writes to no bytes, as it has no calls. Functions of strings and bytes that have the same name do the same. A
// conversion to bytes that stay in the function has a buffer on the stack for 32 of them, which append has not for a
// slice without room.
#include "fix/fix_internal.h"

static bool is_conversion(const Shape *s, const Ast *n) {
  if (n->kind != AST_CALL || n->u.call.args.len != 1) return false;
  if (node_info(s->types, ast_unparen(n->u.call.fun))->mode != MODE_TYPE) return false;
  const Type *to = shape_type(s, n), *from = shape_type(s, n->u.call.args.items[0]);
  const Type *bytes = from ? type_core((Type *)from) : NULL;
  bool is_bytes = bytes && bytes->kind == TYPE_SLICE && type_size(s->package->context, bytes->u.slice.elem) == 1;
  return to && type_is_basic(to, BASIC_IS_STRING) && is_bytes;
}

// ---- A variable that is used once

// What of a statement is evaluated before anything else of it runs, as one expression or statement; NULL: not known.
static const Ast *head_of(const Ast *n) {
  if (n->kind == AST_RETURN_STMT || n->kind == AST_ASSIGN_STMT) return n;
  if (n->kind == AST_IF_STMT) return n->u.if_stmt.init ? NULL : n->u.if_stmt.cond;
  if (n->kind == AST_SWITCH_STMT) return n->u.switch_stmt.init ? NULL : n->u.switch_stmt.tag;
  return NULL;
}

static bool calls(const Shape *s, const Ast *in) {
  for (uint32_t i = 0; i < s->walk_count; i++) {
    const Ast *n = s->walk[i];
    if (!shape_within(n, in)) continue;
    bool receive = n->kind == AST_UNARY && n->op == TOKEN_ARROW;
    bool call = n->kind == AST_CALL && !shape_value(s, n) && !shape_is_builtin(s, n, BUILTIN_LEN) &&
                node_info(s->types, ast_unparen(n->u.call.fun))->mode != MODE_TYPE;
    if (receive || call || n->kind == AST_FUNC_LIT) return true;
  }
  return false;
}

// The conversion copies nothing there.
static bool is_free(const Shape *s, const Ast *use) {
  const Ast *n = use, *p = shape_parent(s, n);
  while (p && p->kind == AST_PAREN) n = p, p = shape_parent(s, n);
  if (!p) return false;
  bool compares = p->op == TOKEN_EQL || p->op == TOKEN_NEQ || p->op == TOKEN_LSS || p->op == TOKEN_LEQ ||
                  p->op == TOKEN_GTR || p->op == TOKEN_GEQ;
  if (p->kind == AST_BINARY) return compares;
  return p->kind == AST_SWITCH_STMT && p->u.switch_stmt.tag == n;
}

static bool propose_inline(Proposal *p) {
  const Shape *s = p->shape;
  const Ast *n = p->node, *define = shape_parent(s, n), *use = NULL;
  uint32_t index;
  if (!define || define->kind != AST_ASSIGN_STMT || define->u.assign.form != ASSIGN_DEFINE) return false;
  if (define->u.assign.lhs.len != 1 || define->u.assign.rhs.items[0] != n) return false;
  const AstList *list = shape_list(s, define, &index);
  const Object *o = shape_object(s, define->u.assign.lhs.items[0]);
  if (!list || index + 1 == list->len || !o || !node_info(s->types, define->u.assign.lhs.items[0])->is_def)
    return false;
  for (uint32_t i = 0; i < s->walk_count; i++) {
    if (shape_object(s, s->walk[i]) != o || s->walk[i] == define->u.assign.lhs.items[0]) continue;
    if (use) return false;
    use = s->walk[i];
  }
  const Ast *next = list->items[index + 1], *head = head_of(next);
  if (!use || !head || !shape_within(use, head) || calls(s, head) || !is_free(s, use)) return false;
  if (!shape_is_pure(s, n->u.call.args.items[0]) || shape_is_written(s, use) || shape_is_addressed(s, use))
    return false;
  propose_edit(p, define->start, next->start, STR_NONE);
  propose_edit(p, use->start, use->end, shape_text(s, n));
  p->fix->title =
    arena_printf(s->arena, "Convert %.*s where it is looked at", STR_ARG(shape_text(s, n->u.call.args.items[0])));
  return true;
}

// ---- Functions of strings

static Str as_bytes(const Shape *s, const Ast *x) {
  if (is_conversion(s, ast_unparen(x))) return shape_text(s, ast_unparen(x)->u.call.args.items[0]);
  return arena_printf(s->arena, "[]byte(%.*s)", STR_ARG(shape_text(s, x)));
}

static bool propose_function(Proposal *p) {
  static const struct {
    const char *name;
    bool two; // both operands are strings; else the second is the same for bytes
  } functions[] = {{"HasPrefix", true},      {"HasSuffix", true}, {"Contains", true},   {"Index", true},
                   {"LastIndex", true},      {"Count", true},     {"EqualFold", true},  {"IndexByte", false},
                   {"LastIndexByte", false}, {"IndexAny", false}, {"IndexRune", false}, {"ContainsAny", false},
                   {"ContainsRune", false}};
  const Shape *s = p->shape;
  const Ast *call = text_call_around(s, p->node);
  Str bytes = import_name(s, "bytes");
  if (!call || call->u.call.args.len != 2 || !bytes.n || shape_redeclares(s, "byte")) return false;
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    if (!shape_calls(s, call, "strings", functions[i].name)) continue;
    const Ast *x = call->u.call.args.items[0], *y = call->u.call.args.items[1];
    if (!functions[i].two && ast_unparen(x) != p->node) return false;
    Str other = functions[i].two ? as_bytes(s, y) : shape_text(s, y);
    Str text = arena_printf(s->arena, "%.*s.%s(%.*s, %.*s)", STR_ARG(bytes), functions[i].name, STR_ARG(as_bytes(s, x)),
                            STR_ARG(other));
    propose_edit(p, call->start, call->end, text);
    p->fix->gains[0] = STR("bytes");
    p->fix->loses = STR("strings");
    p->fix->losses = 1;
    p->fix->title = arena_printf(s->arena, "Look at the bytes: %.*s", STR_ARG(text));
    return true;
  }
  return false;
}

// ---- Bytes of a string

// append([]byte(nil), s...)
static bool propose_copy(Proposal *p) {
  const Shape *s = p->shape;
  const Ast *n = p->node;
  if (!shape_is_builtin(s, n, BUILTIN_APPEND) || n->u.call.args.len != 2 || !n->u.call.has_dots) return false;
  const Ast *to = ast_unparen(n->u.call.args.items[0]), *from = n->u.call.args.items[1], *type = NULL;
  const Type *text = shape_type(s, from);
  bool nil = to->kind == AST_CALL && to->u.call.args.len == 1 &&
             node_info(s->types, ast_unparen(to->u.call.fun))->mode == MODE_TYPE;
  if (nil) {
    const Object *o = shape_object(s, ast_unparen(to->u.call.args.items[0]));
    type = o && o->kind == OBJ_NIL ? ast_unparen(to->u.call.fun) : NULL;
  } else if (to->kind == AST_COMPOSITE_LIT && !to->u.composite.elems.len) {
    type = to->u.composite.type;
  }
  if (!type || !text || !type_is_basic(text, BASIC_IS_STRING)) return false;
  Str written = arena_printf(s->arena, "%.*s(%.*s)", STR_ARG(shape_text(s, type)), STR_ARG(shape_text(s, from)));
  propose_edit(p, n->start, n->end, written);
  p->fix->trade = TRADE_SHORT;
  p->fix->rewrite = nil;
  if (nil) p->fix->caution = STR("empty instead of nil for an empty string");
  p->fix->title = arena_printf(s->arena, "Write it as %.*s", STR_ARG(written));
  return true;
}

bool propose_convert(Proposal *p) {
  if (propose_copy(p)) return true;
  return is_conversion(p->shape, p->node) && (propose_inline(p) || propose_function(p));
}
