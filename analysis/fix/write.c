// write.c: text that is made to be written at once, and could be written in its parts.
//
//   fmt.Fprintf(&buf, "%s=%d\n", k, n)  →  buf.Grow(len(k) + 22)
//                                          buf.WriteString(k)
//                                          buf.WriteString("=")
//                                          buf.Write(strconv.AppendInt(make([]byte, 0, 20), int64(n), 10))
//                                          buf.WriteString("\n")
//   buf.WriteString("<" + name + ">")   →  three calls
//   w.Write([]byte("text"))             →  io.WriteString(w, "text"), or w.WriteString("text") where w has that
//
// bytes.Buffer and strings.Builder take all they are given and tell nobody, so the parts are as good as the whole. With
// bufio.Writer, whoever is written to may be asked in other portions. Operands are evaluated between the parts then:
// they are names, fields, elements, constants and pure functions of strconv, which do not look at the buffer. What may
// panic there leaves a part written where nothing was before: a rewrite.
//
// Parts that are appended one after the other may grow a buffer more often than the whole: they get room first.
//
// A number is formatted into a buffer that stays on the stack, of which 20 bytes hold any of 64 bits in base 10;
// bufio.Writer's own is there for that.
#include "fix/fix_internal.h"

#include <stdlib.h>

typedef enum Writer { WRITER_OTHER, WRITER_MEMORY, WRITER_BUFFERED, WRITER_FILE } Writer;

static Writer writer_of(const Shape *s, const Ast *w) {
  const Type *t = shape_type(s, w);
  if (t && type_unalias((Type *)t)->kind == TYPE_POINTER) t = type_unalias((Type *)t)->u.pointer.elem;
  t = t ? type_unalias((Type *)t) : NULL;
  const Object *o = t && t->kind == TYPE_NAMED ? t->u.named.obj : NULL;
  if (!o || !o->pkg) return WRITER_OTHER;
  static const struct {
    const char *path, *name;
    Writer writer;
  } known[] = {{"bytes", "Buffer", WRITER_MEMORY},
               {"strings", "Builder", WRITER_MEMORY},
               {"bufio", "Writer", WRITER_BUFFERED},
               {"os", "File", WRITER_FILE}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (str_equal(o->pkg->path, str_of(known[i].path)) && sym_is(o->name, known[i].name)) return known[i].writer;
  return WRITER_OTHER;
}

typedef struct Writing {
  Proposal *p;
  const Shape *shape;
  const Ast *call;
  const Ast *target; // what is written to: "buf" of `&buf`
  Writer writer;
  Text text;
  bool may_panic; // behind a part that is written
} Writing;

// ---- Operands between the parts

typedef struct Safety {
  const Shape *shape;
  bool impure, panics;
} Safety;

static bool is_strconv(const Shape *s, const Ast *n) {
  static const char *const names[] = {"Itoa", "FormatInt", "FormatUint", "FormatBool", "Quote", "FormatFloat"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (shape_calls(s, n, "strconv", names[i])) return true;
  return false;
}

// Conversions of numbers, or between string types: not of bytes, which the buffer may hold.
static bool is_plain_conversion(const Shape *s, const Ast *n) {
  if (node_info(s->types, ast_unparen(n->u.call.fun))->mode != MODE_TYPE) return false;
  const Type *to = shape_type(s, n), *from = shape_type(s, n->u.call.args.items[0]);
  unsigned info = BASIC_IS_NUMERIC | BASIC_IS_BOOLEAN | BASIC_IS_STRING;
  return to && from && type_is_basic(to, info) && type_is_basic(from, info) &&
         type_is_basic(to, BASIC_IS_STRING) == type_is_basic(from, BASIC_IS_STRING);
}

static bool may_be_bytes(const Shape *s, const Ast *x) {
  const Type *t = type_core(shape_type(s, x));
  return !t || (t->kind == TYPE_SLICE && type_size(s->package->context, t->u.slice.elem) == 1);
}

static bool look_at(void *context, const Ast *n) {
  Safety *x = context;
  const Shape *s = x->shape;
  if (shape_value(s, n)) return false;
  const NodeInfo *info = node_info(s->types, n);
  int kind = n->kind;
  bool fine = kind == AST_NAME || kind == AST_PAREN || kind == AST_STAR || kind == AST_SELECTOR;
  if (kind == AST_INDEX) fine = !may_be_bytes(s, n->u.index.x);
  if (kind == AST_UNARY) fine = n->op != TOKEN_ARROW && n->op != TOKEN_AND;
  if (kind == AST_BINARY) fine = info->type && type_is_basic(info->type, BASIC_IS_BOOLEAN | BASIC_IS_NUMERIC);
  if (kind == AST_SELECTOR) {
    bool pointer = info->is_selection && type_underlying(shape_type(s, n->u.selector.x))->kind == TYPE_POINTER;
    x->panics |= pointer || (info->is_selection && info->ref.selection && info->ref.selection->indirect);
    fine = !info->is_selection || (info->ref.selection && info->ref.selection->kind == SELECT_FIELD);
  }
  x->panics |= kind == AST_INDEX || kind == AST_STAR || kind == AST_BINARY;
  if (kind == AST_CALL) {
    fine = is_strconv(s, n) || is_plain_conversion(s, n) || shape_is_builtin(s, n, BUILTIN_LEN) ||
           shape_is_builtin(s, n, BUILTIN_CAP);
    for (uint32_t i = 0; i < n->u.call.args.len && fine; i++) ast_walk(n->u.call.args.items[i], look_at, x);
  }
  x->impure |= !fine;
  return fine && kind != AST_CALL;
}

// Evaluated later it is the same.
static bool stays(Writing *w, const Ast *n, bool first) {
  Safety x = {.shape = w->shape};
  ast_walk(n, look_at, &x);
  w->may_panic |= x.panics && !first;
  return !x.impure;
}

// ---- The edits

// How long a number or truth value is at most; 0: not known.
static uint32_t longest(const Shape *s, const Piece *p) {
  enum { DIGITS_10 = 20, DIGITS_2 = 65, TRUTH = 5 };
  if (p->kind == PIECE_BOOL) return TRUTH;
  if (p->kind == PIECE_INT || p->kind == PIECE_INT64 || p->kind == PIECE_UINT64)
    return p->base == 2 ? DIGITS_2 : DIGITS_10;
  if (p->node->kind != AST_CALL || shape_value(s, p->node)) return 0;
  if (shape_calls(s, p->node, "strconv", "Itoa")) return DIGITS_10;
  if (shape_calls(s, p->node, "strconv", "FormatBool")) return TRUTH;
  bool integer = shape_calls(s, p->node, "strconv", "FormatInt") || shape_calls(s, p->node, "strconv", "FormatUint");
  return integer ? DIGITS_2 : 0;
}

// Room for all parts: they would grow the buffer one after the other, where the whole does once.
static bool write_room(const Writing *w, Buf *out) {
  const Shape *s = w->shape;
  uint64_t known = 0;
  const char *plus = "";
  if (shape_redeclares(s, "len")) return false;
  buf_printf(out, "%.*s.Grow(", STR_ARG(shape_text(s, w->target)));
  for (uint32_t i = 0; i < w->text.pieces.len; i++) {
    const Piece *p = &w->text.pieces.items[i];
    const Const *value = p->node ? shape_value(s, p->node) : NULL;
    uint32_t most = p->node ? longest(s, p) : 0;
    if (p->kind == PIECE_LITERAL)
      known += p->text.n;
    else if (value && const_kind(value) == CONST_STRING && !p->joined)
      known += const_string_value(value).n;
    else if (most)
      known += most;
    else if (p->node->kind == AST_CALL && is_strconv(s, p->node))
      return false;
    else
      buf_printf(out, "%slen(%.*s)", plus, STR_ARG(p->text)), plus = " + ";
  }
  if (known) buf_printf(out, "%s%llu", plus, (unsigned long long)known);
  buf_byte(out, ')');
  return true;
}

static bool replace_statement(Writing *w) {
  const Shape *s = w->shape;
  const Ast *statement = shape_parent(s, w->call);
  uint32_t index;
  Str indent, to = shape_text(s, w->target);
  bool many = w->text.pieces.len > 1;
  if (!statement || statement->kind != AST_EXPR_STMT || !shape_list(s, statement, &index)) return false;
  if (many && !shape_indent(s, statement, &indent)) return false;
  Str strconv = import_name(s, "strconv");
  Buf out = {0};
  bool ok = !many || w->writer != WRITER_MEMORY || write_room(w, &out);
  for (uint32_t i = 0; i < w->text.pieces.len && ok; i++) {
    const Piece *p = &w->text.pieces.items[i];
    bool number = p->kind == PIECE_INT || p->kind == PIECE_INT64 || p->kind == PIECE_UINT64;
    if (out.len) buf_printf(&out, "\n%.*s", STR_ARG(indent));
    buf_printf(&out, "%.*s.Write", STR_ARG(to));
    if (!number) {
      buf_puts(&out, "String(");
      ok = text_write_string(p, strconv.n ? arena_str(s->arena, strconv).p : NULL, &out);
    } else {
      ok = strconv.n && (w->writer != WRITER_BUFFERED || s->package->go_minor >= 18) && !shape_redeclares(s, "make") &&
           !shape_redeclares(s, "byte") && !(p->kind == PIECE_INT && shape_redeclares(s, "int64"));
      buf_printf(&out, "(%.*s.Append%s(", STR_ARG(strconv), p->kind == PIECE_UINT64 ? "Uint" : "Int");
      if (w->writer == WRITER_BUFFERED)
        buf_printf(&out, "%.*s.AvailableBuffer(), ", STR_ARG(to));
      else
        buf_printf(&out, "make([]byte, 0, %u), ", longest(s, p));
      buf_printf(&out, p->kind == PIECE_INT ? "int64(%.*s), %d)" : "%.*s, %d)", STR_ARG(p->text), p->base);
    }
    buf_byte(&out, ')');
    if (number || p->kind == PIECE_BOOL) w->p->fix->gains[0] = STR("strconv");
  }
  if (ok) propose_edit(w->p, statement->start, statement->end, arena_str(s->arena, buf_view(&out)));
  buf_release(&out);
  return ok;
}

static bool say(Writing *w, bool in_parts) {
  Fix *f = w->p->fix;
  if (w->writer == WRITER_MEMORY) f->trade = TRADE_WRITE;
  f->rewrite = w->writer == WRITER_BUFFERED || w->may_panic;
  if (w->writer == WRITER_BUFFERED)
    f->caution = STR("what is behind the buffer may get it in other portions");
  else if (w->may_panic)
    f->caution = STR("a panic in the middle leaves a part written");
  f->title =
    in_parts
      ? arena_printf(w->shape->arena, "Write its parts to %.*s", STR_ARG(shape_text(w->shape, w->target)))
      : arena_printf(w->shape->arena, "Write the string to %.*s as it is", STR_ARG(shape_text(w->shape, w->target)));
  return true;
}

static bool find_target(Writing *w, const Ast *x) {
  w->target = ast_unparen(x);
  if (w->target->kind == AST_UNARY && w->target->op == TOKEN_AND) w->target = ast_unparen(w->target->u.unary.x);
  w->writer = writer_of(w->shape, w->target);
  return shape_is_pure(w->shape, w->target);
}

// ---- fmt

static bool propose_fmt(Writing *w, FmtCall what) {
  const Shape *s = w->shape;
  if (!find_target(w, w->call->u.call.args.items[0])) return false;
  if (w->writer != WRITER_MEMORY && w->writer != WRITER_BUFFERED) return false;
  if (!text_read(&w->text, s, w->call, what) || w->text.calls_method) return false;
  for (uint32_t i = 0; i < w->text.pieces.len; i++)
    if (w->text.pieces.items[i].node && !stays(w, w->text.pieces.items[i].node, i == 0)) return false;
  if (!w->text.pieces.len || !replace_statement(w)) return false;
  w->p->fix->loses = STR("fmt");
  w->p->fix->losses = 1;
  return say(w, true);
}

// ---- Concatenations

static bool add_parts(Writing *w, const Ast *x) {
  const Shape *s = w->shape;
  x = ast_unparen(x);
  if (x->kind == AST_BINARY && x->op == TOKEN_ADD && !shape_value(s, x))
    return add_parts(w, x->u.binary.x) && add_parts(w, x->u.binary.y);
  Piece *last = w->text.pieces.len ? &w->text.pieces.items[w->text.pieces.len - 1] : NULL;
  const Type *t = shape_type(s, x);
  bool plain = shape_value(s, x) || (t && type_unalias((Type *)t)->kind == TYPE_BASIC);
  if (!plain || !stays(w, x, !last)) return false;
  Piece p = {.kind = PIECE_STRING, .text = shape_text(s, x), .node = x};
  if (last && shape_value(s, last->node) && shape_value(s, x))
    last->text = arena_printf(s->arena, "%.*s + %.*s", STR_ARG(last->text), STR_ARG(p.text)), last->joined = true;
  else
    VEC_PUSH(s->arena, &w->text.pieces, p);
  return true;
}

// w.WriteString(a + b)
static bool propose_concatenation(Writing *w) {
  const Shape *s = w->shape;
  const Ast *fun = ast_unparen(w->call->u.call.fun);
  if (fun->kind != AST_SELECTOR || !sym_is(fun->u.selector.sel->u.name.name, "WriteString")) return false;
  if (w->call->u.call.args.len != 1 || !find_target(w, fun->u.selector.x)) return false;
  if (w->writer != WRITER_MEMORY && w->writer != WRITER_BUFFERED) return false;
  w->text = (Text){.shape = s, .call = w->call};
  return add_parts(w, w->call->u.call.args.items[0]) && w->text.pieces.len > 1 && replace_statement(w) && say(w, true);
}

// ---- Bytes of a string

// w.Write([]byte(s))
static bool propose_string(Writing *w) {
  const Shape *s = w->shape;
  const Ast *fun = ast_unparen(w->call->u.call.fun), *x = w->p->node;
  const NodeInfo *method = fun->kind == AST_SELECTOR ? node_info(s->types, fun) : NULL;
  if (!method || !method->is_selection || !sym_is(fun->u.selector.sel->u.name.name, "Write")) return false;
  if (w->call->u.call.args.len != 1 || ast_unparen(w->call->u.call.args.items[0]) != x) return false;
  bool conversion = x->kind == AST_CALL && node_info(s->types, ast_unparen(x->u.call.fun))->mode == MODE_TYPE;
  const Ast *text = conversion ? x->u.call.args.items[0] : NULL;
  const Type *type = text ? shape_type(s, text) : NULL;
  if (!type || !type_is_basic(type, BASIC_IS_STRING)) return false;
  Str string;
  bool plain = type_unalias((Type *)type)->kind == TYPE_BASIC || text->kind == AST_BASIC_LIT;
  string = plain ? shape_text(s, text) : arena_printf(s->arena, "string(%.*s)", STR_ARG(shape_text(s, text)));
  if (!plain && shape_redeclares(s, "string")) return false;
  if (!find_target(w, fun->u.selector.x)) return false;
  Str to = shape_text(s, w->target);
  if (w->writer != WRITER_OTHER) {
    propose_edit(w->p, w->call->start, w->call->end,
                 arena_printf(s->arena, "%.*s.WriteString(%.*s)", STR_ARG(to), STR_ARG(string)));
    say(w, false);
    w->p->fix->rewrite = false;
    w->p->fix->caution = STR_NONE;
    return true;
  }
  Str io = import_name(s, "io");
  if (!io.n || !type_is_interface(shape_type(s, w->target))) return false;
  propose_edit(w->p, w->call->start, w->call->end,
               arena_printf(s->arena, "%.*s.WriteString(%.*s, %.*s)", STR_ARG(io), STR_ARG(to), STR_ARG(string)));
  w->p->fix->gains[0] = STR("io");
  say(w, false);
  w->p->fix->rewrite = true;
  w->p->fix->caution = STR("by WriteString where the writer has it");
  return true;
}

bool propose_write(Proposal *p) {
  Writing w = {.p = p, .shape = p->shape, .call = text_call_around(p->shape, p->node)};
  if (!w.call) return false;
  FmtCall what = text_call(p->shape, w.call);
  if (what.is_fmt) return what.first == 1 && propose_fmt(&w, what);
  return propose_string(&w) || propose_concatenation(&w);
}
