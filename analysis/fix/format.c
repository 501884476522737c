// format.c: fmt.Sprintf, Sprint, Sprintln and Errorf whose text strconv, + and errors.New make exactly alike (text.c).
//
//   fmt.Sprintf("%s:%d", host, port)     →  host + ":" + strconv.Itoa(port)
//   fmt.Sprintf("%d", n)                 →  strconv.Itoa(n)
//   fmt.Errorf("no such user: %s", name) →  errors.New("no such user: " + name)
//
// Errors made by Errorf without %w are those of errors.New.
//
// Is it less? The operands are no longer put into interfaces: a string saves an object, an integer one if it is no
// byte. But the text of an integer of three digits and more in front of a + is an object too. So an expression of
// several parts must have at least as many strings among its operands as integers; an integer alone always saves.
#include "fix/fix_internal.h"

#include <stdlib.h>

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

// What the parts are, joined; false: they can't be.
static bool join(const Text *t, const char *strconv, Buf *out, bool *numbers) {
  uint32_t strings = 0, integers = 0;
  const char *plus = shape_is_tight(t->shape, t->call) ? "+" : " + ";
  for (uint32_t i = 0; i < t->pieces.len; i++) {
    const Piece *p = &t->pieces.items[i];
    bool number = p->kind == PIECE_INT || p->kind == PIECE_INT64 || p->kind == PIECE_UINT64;
    integers += number;
    strings += p->kind == PIECE_STRING && !shape_value(t->shape, p->node);
    *numbers |= number || p->kind == PIECE_BOOL;
    if (i) buf_puts(out, plus);
    if (!text_write_string(p, strconv, out)) return false;
  }
  return t->pieces.len == 1 || strings >= integers;
}

static bool replace(Proposal *p, const Text *t, FmtCall what, Str text) {
  const Shape *s = p->shape;
  const Ast *around = shape_parent(s, t->call);
  if (!around || around->kind == AST_EXPR_STMT || around->kind == AST_CALL_STMT) return false;
  Fix *f = p->fix;
  if (what.is_error) {
    Str errors = import_name(s, "errors");
    if (!errors.n) return false;
    text = arena_printf(s->arena, "%.*s.New(%.*s)", STR_ARG(errors), STR_ARG(text));
    f->gains[1] = STR("errors");
  } else if (t->pieces.len > 1 && ((around->kind == AST_INDEX && around->u.index.x == t->call) ||
                                   (around->kind == AST_SLICE && around->u.slice.x == t->call))) {
    text = arena_printf(s->arena, "(%.*s)", STR_ARG(text));
  } else {
    text = arena_str(s->arena, text);
  }
  f->loses = STR("fmt");
  f->losses = 1;
  f->trade = TRADE_STRING;
  f->rewrite = f->calls = t->calls_method;
  if (t->calls_method) f->caution = STR("a panic of its method is no longer caught");
  enum { SHOWN = 60 };
  f->title = text.n <= SHOWN && str_index_byte(text, '\n') < 0
               ? arena_printf(s->arena, "Write it as %.*s", STR_ARG(text))
             : what.is_error ? STR("Write it with errors.New")
                             : STR("Write it without fmt");
  propose_edit(p, t->call->start, t->call->end, text);
  return true;
}

bool propose_format(Proposal *p) {
  const Shape *s = p->shape;
  const Ast *call = text_call_around(s, p->node);
  FmtCall what = text_call(s, call);
  Text t;
  if (!what.is_fmt || what.first || !text_read(&t, s, call, what) || !t.pieces.len) return false;
  uint32_t first = what.has_format;
  if (!order_is_clear(s, call->u.call.args.items + first, call->u.call.args.len - first)) return false;
  Str name = import_name(s, "strconv");
  bool numbers = false;
  Buf out = {0};
  bool ok =
    join(&t, name.n ? arena_str(s->arena, name).p : NULL, &out, &numbers) && replace(p, &t, what, buf_view(&out));
  if (numbers) p->fix->gains[0] = STR("strconv");
  buf_release(&out);
  return ok;
}
