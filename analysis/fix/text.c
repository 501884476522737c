// text.c: what the functions of fmt that print make of their operands, in parts that Go says without fmt.
//
// A format is a constant; its verbs have no flags, widths or indices, and as many operands as there are. %s and %v of
// strings, %d and %v of integers, %x, %o and %b of unsigned ones, %t and %v of booleans, where the type has none of the
// methods that fmt would call (fmt: print.go, handleMethods). Of values that are no pointers and have a method Error or
// String, the method says the same unless it panics, which fmt catches.
#include "fix/fix_internal.h"

#include <stdlib.h>

// ---- Which function

static const struct {
  const char *name;
  FmtCall call;
} functions[] = {
  {"Sprintf", {.is_fmt = true, .has_format = true}},
  {"Sprint", {.is_fmt = true}},
  {"Sprintln", {.is_fmt = true, .has_newline = true}},
  {"Errorf", {.is_fmt = true, .has_format = true, .is_error = true}},
  {"Fprintf", {.is_fmt = true, .has_format = true, .first = 1}},
  {"Fprint", {.is_fmt = true, .first = 1}},
  {"Fprintln", {.is_fmt = true, .has_newline = true, .first = 1}},
};

FmtCall text_call(const Shape *s, const Ast *call) {
  if (!call || call->kind != AST_CALL || call->u.call.has_dots) return (FmtCall){0};
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
    if (shape_calls(s, call, "fmt", functions[i].name)) return functions[i].call;
  return (FmtCall){0};
}

const Ast *text_call_around(const Shape *s, const Ast *n) {
  const Ast *p = shape_parent(s, n);
  while (p && p->kind == AST_PAREN) n = p, p = shape_parent(s, n);
  if (!p || p->kind != AST_CALL) return NULL;
  for (uint32_t i = 0; i < p->u.call.args.len; i++)
    if (p->u.call.args.items[i] == n) return p;
  return NULL;
}

// ---- Operands

static void add_literal(Text *t, Str bytes) {
  Piece *last = t->pieces.len ? &t->pieces.items[t->pieces.len - 1] : NULL;
  if (!bytes.n) return;
  if (last && last->kind == PIECE_LITERAL)
    last->text = arena_printf(t->shape->arena, "%.*s%.*s", STR_ARG(last->text), STR_ARG(bytes));
  else
    VEC_PUSH(t->shape->arena, &t->pieces, ((Piece){.kind = PIECE_LITERAL, .text = bytes}));
}

static void add_piece(Text *t, PieceKind kind, Str text, const Ast *node) {
  VEC_PUSH(t->shape->arena, &t->pieces, ((Piece){.kind = kind, .text = text, .node = node, .base = 10}));
}

// x, or T(x) where x is of another type than that. False: T means something else here.
static bool converted(const Text *t, const char *type, bool is_it, Str x, Str *out) {
  *out = is_it ? x : arena_printf(t->shape->arena, "%s(%.*s)", type, STR_ARG(x));
  return is_it || !shape_redeclares(t->shape, type);
}

static bool is_string_method(const Object *o) {
  const Type *t = o->type && o->type->kind == TYPE_SIGNATURE ? o->type : NULL;
  if (!t || t->u.signature.params || !t->u.signature.results) return false;
  const ObjectList *results = &t->u.signature.results->u.tuple.vars;
  return results->len == 1 && type_unalias(results->items[0]->type)->kind == TYPE_BASIC &&
         type_is_basic(results->items[0]->type, BASIC_IS_STRING);
}

// The method that fmt calls for a verb: "Error", "String"; "": none; NULL: one that gets more than is known here.
static const char *method_called(const Text *t, Type *type, char verb) {
  static const char *const names[] = {"Format", "Error", "String"};
  const char *found = "";
  bool text = verb == 's' || verb == 'v' || verb == 'x';
  MethodSet set = type_method_set(t->shape->arena, type);
  for (size_t k = sizeof names / sizeof *names; k--;)
    for (uint32_t i = 0; i < set.len; i++) {
      if (!sym_is(set.items[i].obj->name, names[k]) || (k && !text)) continue;
      if (!k || !is_string_method(set.items[i].obj)) return NULL;
      found = names[k];
    }
  return found;
}

static bool add_method(Text *t, const Ast *n, char verb, const char *method) {
  const Type *type = type_underlying(shape_type(t->shape, n));
  if ((verb != 's' && verb != 'v') || type->kind == TYPE_POINTER || type->kind == TYPE_INTERFACE) return false;
  const Ast *x = ast_unparen(n);
  bool primary = x->kind == AST_NAME || x->kind == AST_SELECTOR || x->kind == AST_INDEX || x->kind == AST_CALL;
  if (!primary) return false;
  add_piece(t, PIECE_STRING, arena_printf(t->shape->arena, "%.*s.%s()", STR_ARG(shape_text(t->shape, x)), method), n);
  t->calls_method = true;
  return true;
}

static bool add_integer(Text *t, const Ast *n, const Type *type, char verb) {
  BasicKind kind = basic_canonical(type_underlying(type)->basic_kind);
  bool plain = type_unalias((Type *)type)->kind == TYPE_BASIC; // of the predeclared type itself
  bool positive = type_is_basic(type, BASIC_IS_UNSIGNED);
  int base = verb == 'x' ? 16 : verb == 'o' ? 8 : verb == 'b' ? 2 : 10;
  bool is_int = kind == BASIC_INT && base == 10;
  bool is_it = plain && kind == (is_int ? BASIC_INT : positive ? BASIC_UINT64 : BASIC_INT64);
  Str text;
  if (!converted(t, is_int ? "int" : positive ? "uint64" : "int64", is_it, shape_text(t->shape, n), &text))
    return false;
  add_piece(t, is_int ? PIECE_INT : positive ? PIECE_UINT64 : PIECE_INT64, text, n);
  t->pieces.items[t->pieces.len - 1].base = base;
  return true;
}

// One operand, for its verb. False: fmt writes it in another way, or may.
static bool add_operand(Text *t, char verb, const Ast *n) {
  const Shape *s = t->shape;
  Type *type = shape_type(s, n);
  if (!type || type_is_untyped(type) || type_is_param(type)) return false;
  const char *method = method_called(t, type, verb);
  if (!method) return false;
  if (*method) return add_method(t, n, verb, method);
  if (type_underlying(type)->kind != TYPE_BASIC) return false;
  bool plain = type_unalias(type)->kind == TYPE_BASIC;
  Str text;
  if (type_is_basic(type, BASIC_IS_STRING) && (verb == 's' || verb == 'v')) {
    if (!converted(t, "string", plain || n->kind == AST_BASIC_LIT, shape_text(s, n), &text)) return false;
    add_piece(t, PIECE_STRING, text, n);
    return true;
  }
  bool positive = type_is_basic(type, BASIC_IS_UNSIGNED) && (verb == 'x' || verb == 'o' || verb == 'b');
  if (type_is_basic(type, BASIC_IS_INTEGER) && (verb == 'd' || verb == 'v' || positive))
    return add_integer(t, n, type, verb);
  if (!type_is_basic(type, BASIC_IS_BOOLEAN) || (verb != 't' && verb != 'v')) return false;
  if (!converted(t, "bool", plain, shape_text(s, n), &text)) return false;
  add_piece(t, PIECE_BOOL, text, n);
  return true;
}

// ---- The text

static bool read_format(Text *t, Str format, Ast *const *args, uint32_t count) {
  uint32_t used = 0;
  size_t from = 0;
  for (size_t i = 0; i < format.n; i++) {
    if (format.p[i] != '%') continue;
    add_literal(t, str_slice(format, from, i));
    if (++i == format.n) return false;
    from = i + 1;
    if (format.p[i] == '%')
      add_literal(t, STR("%"));
    else if (used == count || !add_operand(t, format.p[i], args[used++]))
      return false;
  }
  add_literal(t, str_slice(format, from, format.n));
  return used == count;
}

// fmt puts a space between operands of which neither is a string (print.go, doPrint), or all (doPrintln).
static bool read_operands(Text *t, bool has_newline, Ast *const *args, uint32_t count) {
  bool was_string = true;
  for (uint32_t i = 0; i < count; i++) {
    const Type *type = shape_type(t->shape, args[i]);
    bool is_string = type && type_is_basic(type, BASIC_IS_STRING);
    if (i && (has_newline || (!was_string && !is_string))) add_literal(t, STR(" "));
    if (!add_operand(t, 'v', args[i])) return false;
    was_string = is_string;
  }
  if (has_newline) add_literal(t, STR("\n"));
  return true;
}

bool text_read(Text *t, const Shape *s, const Ast *call, FmtCall what) {
  *t = (Text){.shape = s, .call = call};
  const AstList *args = &call->u.call.args;
  uint32_t first = what.first;
  if (args->len <= first) return false;
  if (!what.has_format) return read_operands(t, what.has_newline, args->items + first, args->len - first);
  const Const *format = shape_value(s, args->items[first]);
  if (!format || const_kind(format) != CONST_STRING) return false;
  return read_format(t, const_string_value(format), args->items + first + 1, args->len - first - 1);
}

bool text_write_string(const Piece *p, const char *strconv, Buf *out) {
  if (p->kind == PIECE_LITERAL) str_write_quoted(out, p->text);
  if (p->kind == PIECE_STRING) buf_str(out, p->text);
  if (p->kind == PIECE_LITERAL || p->kind == PIECE_STRING) return true;
  if (!strconv) return false;
  if (p->kind == PIECE_INT) buf_printf(out, "%s.Itoa(%.*s)", strconv, STR_ARG(p->text));
  if (p->kind == PIECE_BOOL) buf_printf(out, "%s.FormatBool(%.*s)", strconv, STR_ARG(p->text));
  if (p->kind == PIECE_INT64 || p->kind == PIECE_UINT64)
    buf_printf(out, "%s.Format%s(%.*s, %d)", strconv, p->kind == PIECE_INT64 ? "Int" : "Uint", STR_ARG(p->text),
               p->base);
  return true;
}
