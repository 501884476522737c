// format.c: fmt.Sprintf, Sprint and Errorf whose text strconv, + and errors.New make exactly alike.
//
//   fmt.Sprintf("%s:%d", host, port)     →  host + ":" + strconv.Itoa(port)
//   fmt.Sprintf("%d", n)                 →  strconv.Itoa(n)
//   fmt.Errorf("no such user: %s", name) →  errors.New("no such user: " + name)
//
// The format is a constant; its verbs have no flags, widths or indices, and as many operands as there are. %s and %v of
// strings, %d and %v of integers, %t and %v of booleans, where the type has none of the methods that fmt would call
// (fmt: print.go, handleMethods). Errors made by Errorf without %w are those of errors.New.
//
// Is it less? The operands are no longer put into interfaces: a string saves an object, an integer one if it is no
// byte. But the text of an integer of three digits and more in front of a + is an object too. So an expression of
// several parts must have at least as many strings among its operands as integers; an integer alone always saves.
#include "fix/fix_internal.h"

#include <stdlib.h>

typedef struct Text {
  Proposal *p;
  const Shape *shape;
  const Ast *call;
  Buf out, literal; // literal: of text that is not written yet
  uint32_t parts, strings, integers;
  bool needs_strconv;
  const char *strconv; // as the file names it
} Text;

static bool fmt_calls_method(const Text *t, Type *type) {
  static const char *const names[] = {"Format", "Error", "String", "GoString"};
  MethodSet set = type_method_set(t->shape->arena, type);
  for (uint32_t i = 0; i < set.len; i++)
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
      if (sym_is(set.items[i].obj->name, names[k])) return true;
  return false;
}

static void begin_part(Text *t) {
  if (t->parts++) buf_puts(&t->out, " + ");
}

static void end_literal(Text *t) {
  if (!t->literal.len) return;
  begin_part(t);
  str_write_quoted(&t->out, buf_view(&t->literal));
  buf_clear(&t->literal);
}

// FUNC(x) or FUNC(T(x)), and what follows x. False: there is no name for strconv.
static bool write_call(Text *t, const char *func, const char *convert, Str x, const char *rest) {
  t->needs_strconv = true;
  if (!t->strconv) return false;
  buf_printf(&t->out, "%s.%s(", t->strconv, func);
  if (convert)
    buf_printf(&t->out, "%s(%.*s)", convert, STR_ARG(x));
  else
    buf_str(&t->out, x);
  buf_printf(&t->out, "%s)", rest);
  return true;
}

static bool write_integer(Text *t, const Type *type, Str x) {
  BasicKind kind = basic_canonical(type_underlying(type)->basic_kind);
  bool plain = type_unalias(type)->kind == TYPE_BASIC; // of the predeclared type itself
  t->integers++;
  begin_part(t);
  if (kind == BASIC_INT && !plain && shape_redeclares(t->shape, "int")) return false;
  if (kind == BASIC_INT) return write_call(t, "Itoa", plain ? NULL : "int", x, "");
  bool positive = type_is_basic(type, BASIC_IS_UNSIGNED);
  const char *wide = positive ? "uint64" : "int64";
  bool is_wide = plain && kind == (positive ? BASIC_UINT64 : BASIC_INT64);
  if (!is_wide && shape_redeclares(t->shape, wide)) return false;
  return write_call(t, positive ? "FormatUint" : "FormatInt", is_wide ? NULL : wide, x, ", 10");
}

// One operand, for its verb. False: fmt writes it in another way, or may.
static bool write_operand(Text *t, char verb, const Ast *n) {
  const Shape *s = t->shape;
  Type *type = shape_type(s, n);
  if (!type || type_is_untyped(type) || type_is_param(type) || fmt_calls_method(t, type)) return false;
  if (type_underlying(type)->kind != TYPE_BASIC) return false;
  bool plain = type_unalias(type)->kind == TYPE_BASIC;
  Str x = shape_text(s, n);
  end_literal(t);
  if (type_is_basic(type, BASIC_IS_STRING) && (verb == 's' || verb == 'v')) {
    if (!plain && shape_redeclares(s, "string")) return false;
    t->strings += !shape_value(s, n);
    begin_part(t);
    bool literal = n->kind == AST_BASIC_LIT || plain;
    buf_printf(&t->out, literal ? "%.*s" : "string(%.*s)", STR_ARG(x));
    return true;
  }
  if (type_is_basic(type, BASIC_IS_INTEGER) && (verb == 'd' || verb == 'v')) return write_integer(t, type, x);
  if (type_is_basic(type, BASIC_IS_BOOLEAN) && (verb == 't' || verb == 'v')) {
    if (!plain && shape_redeclares(s, "bool")) return false;
    begin_part(t);
    return write_call(t, "FormatBool", plain ? NULL : "bool", x, "");
  }
  return false;
}

static bool write_format(Text *t, Str format, Ast *const *args, uint32_t count) {
  uint32_t used = 0;
  for (size_t i = 0; i < format.n; i++) {
    if (format.p[i] != '%') {
      buf_byte(&t->literal, format.p[i]);
      continue;
    }
    if (++i == format.n) return false;
    if (format.p[i] == '%')
      buf_byte(&t->literal, '%');
    else if (used == count || !write_operand(t, format.p[i], args[used++]))
      return false;
  }
  end_literal(t);
  return used == count && t->parts;
}

// ---- Order

typedef struct CallSearch {
  const Shape *shape;
  bool found;
} CallSearch;

static bool find_call(void *context, const Ast *n) {
  CallSearch *search = context;
  if (n->kind == AST_UNARY && n->op == TOKEN_ARROW) search->found = true;
  if (n->kind == AST_CALL && !shape_value(search->shape, n) &&
      node_info(search->shape->types, ast_unparen(n->u.call.fun))->mode != MODE_TYPE &&
      !shape_is_builtin(search->shape, n, BUILTIN_LEN) && !shape_is_builtin(search->shape, n, BUILTIN_CAP))
    search->found = true;
  return !search->found;
}

static bool calls(const Shape *s, const Ast *n) {
  CallSearch search = {s, false};
  ast_walk(n, find_call, &search);
  return search.found;
}

// When a variable is read that a call in another operand may change, is left open by the spec: nothing of that.
static bool order_is_clear(const Shape *s, Ast *const *args, uint32_t count) {
  uint32_t with_calls = 0;
  for (uint32_t i = 0; i < count; i++) with_calls += calls(s, args[i]);
  for (uint32_t i = 0; i < count && with_calls && count > 1; i++) {
    if (shape_value(s, args[i])) continue;
    const Object *o = shape_object(s, ast_unparen(args[i]));
    bool local = o && o->kind == OBJ_VAR && o->pos.decl == s->decl && !shape_is_shared(s, o);
    bool only_call = ast_unparen(args[i])->kind == AST_CALL && calls(s, args[i]);
    if (!local && !only_call) return false;
  }
  return true;
}

// ---- The call

typedef enum Maker { MAKER_NONE, MAKER_SPRINTF, MAKER_SPRINT, MAKER_ERRORF } Maker;

static Maker maker_of(const Shape *s, const Ast *call) {
  const Ast *fun = ast_unparen(call->u.call.fun);
  if (fun->kind != AST_SELECTOR || call->u.call.has_dots) return MAKER_NONE;
  const Object *pkg = shape_object(s, ast_unparen(fun->u.selector.x));
  if (!pkg || pkg->kind != OBJ_PKGNAME || !pkg->u.pkgname.imported) return MAKER_NONE;
  if (!str_equal(pkg->u.pkgname.imported->path, STR("fmt"))) return MAKER_NONE;
  Sym name = fun->u.selector.sel->u.name.name;
  if (sym_is(name, "Sprintf")) return MAKER_SPRINTF;
  if (sym_is(name, "Sprint")) return MAKER_SPRINT;
  return sym_is(name, "Errorf") ? MAKER_ERRORF : MAKER_NONE;
}

// The call that a value is an operand of.
static const Ast *call_around(const Shape *s, const Ast *n) {
  const Ast *p = shape_parent(s, n);
  while (p && p->kind == AST_PAREN) n = p, p = shape_parent(s, n);
  if (!p || p->kind != AST_CALL) return NULL;
  for (uint32_t i = 0; i < p->u.call.args.len; i++)
    if (p->u.call.args.items[i] == n) return p;
  return NULL;
}

static bool write_text(Text *t, Maker maker) {
  const AstList *args = &t->call->u.call.args;
  if (maker == MAKER_SPRINT) return args->len == 1 && write_operand(t, 'v', args->items[0]);
  const Const *format = args->len ? shape_value(t->shape, args->items[0]) : NULL;
  if (!format || const_kind(format) != CONST_STRING) return false;
  return write_format(t, const_string_value(format), args->items + 1, args->len - 1) &&
         order_is_clear(t->shape, args->items + 1, args->len - 1);
}

static bool replace(Text *t, Maker maker) {
  const Shape *s = t->shape;
  const Ast *p = shape_parent(s, t->call);
  if (!p || p->kind == AST_EXPR_STMT || p->kind == AST_CALL_STMT) return false;
  if (t->strings < t->integers && t->parts > 1) return false;
  Fix *f = t->p->fix;
  Str text = buf_view(&t->out);
  if (maker == MAKER_ERRORF) {
    Str errors = import_name(s, "errors");
    if (!errors.n || t->parts == 0) return false;
    text = arena_printf(s->arena, "%.*s.New(%.*s)", STR_ARG(errors), STR_ARG(text));
    f->gains[1] = STR("errors");
  } else if (t->parts > 1 && (p->kind == AST_INDEX || p->kind == AST_SLICE)) {
    text = arena_printf(s->arena, "(%.*s)", STR_ARG(text));
  } else {
    text = arena_str(s->arena, text);
  }
  if (t->needs_strconv) f->gains[0] = STR("strconv");
  f->loses = STR("fmt");
  f->losses = 1;
  f->trade = TRADE_STRING;
  enum { SHOWN = 60 };
  f->title = text.n <= SHOWN && str_index_byte(text, '\n') < 0
               ? arena_printf(s->arena, "Write it as %.*s", STR_ARG(text))
             : maker == MAKER_ERRORF ? STR("Write it with errors.New")
                                     : STR("Write it without fmt");
  propose_edit(t->p, t->call->start, t->call->end, text);
  return true;
}

bool propose_format(Proposal *p) {
  const Shape *s = p->shape;
  const Ast *call = call_around(s, p->node);
  Maker maker = call ? maker_of(s, call) : MAKER_NONE;
  if (maker == MAKER_NONE) return false;
  Str name = import_name(s, "strconv");
  Text t = {.p = p, .shape = s, .call = call, .strconv = name.n ? arena_str(s->arena, name).p : NULL};
  bool ok = write_text(&t, maker) && replace(&t, maker);
  buf_release(&t.out);
  buf_release(&t.literal);
  return ok;
}
