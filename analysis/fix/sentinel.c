// sentinel.c: an error that always says the same, made once in a package variable.
//
//   func f() error {                               func f() error {
//     return errors.New("cookie not present")  →     return errCookieNotPresent
//   }                                              }
//
//                                                  var errCookieNotPresent = errors.New("cookie not present")
//
// Always a rewrite: what was another value each time is the same one now, which callers can compare. errors.New and
// fmt.Errorf of a constant without verbs, and addresses of literals of constants that are used as errors: of the
// latter, somebody may write to them. The variable is declared behind the function, where nothing is named otherwise
// than in it; the compiler lays such values out in the program's data (cmd/compile/internal/staticinit).
#include "fix/fix_internal.h"

enum { MOST_WORDS = 6, MOST_BYTES = 40 };

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "errCookieNotPresent" of "http: cookie not present".
static void write_name(Buf *out, Str message, Str function) {
  for (size_t i = message.n; i-- > 1;) {
    if (message.p[i] != ' ' || message.p[i - 1] != ':') continue;
    Str rest = str_trim(str_slice(message, i, message.n));
    if (str_index_byte(rest, ' ') > 0) message = rest; // of several words
    break;
  }
  buf_puts(out, "err");
  uint32_t words = 0;
  bool inside = false;
  for (size_t i = 0; i < message.n && out->len < MOST_BYTES; i++) {
    char c = message.p[i];
    bool part = is_letter(c) || is_digit(c);
    if (part && !inside && words++ == MOST_WORDS) break;
    bool begins = part && !inside && c >= 'a' && c <= 'z';
    if (part) buf_byte(out, begins ? (char)(c - 'a' + 'A') : c);
    inside = part || (inside && c == '\''); // "can't" is one word
  }
  if (words) return;
  for (size_t i = 0; i < function.n; i++)
    if (is_letter(function.p[i]) || is_digit(function.p[i])) buf_byte(out, function.p[i]);
}

// Nothing in the file's package has the name, nor does another fix bring it.
static bool is_free(const Proposal *p, Str name) {
  const char *z = arena_str(p->shape->arena, name).p;
  for (uint32_t i = 0; i < p->others->items.len; i++)
    if (str_equal(p->others->items.items[i].declares, name)) return false;
  return !shape_redeclares(p->shape, z) && !shape_package_declares(p->shape, z);
}

static Str find_name(const Proposal *p, Str message) {
  enum { MOST_TRIES = 20 };
  Buf name = {0};
  write_name(&name, message, p->finding->function);
  Str base = arena_str(p->shape->arena, buf_view(&name)), tried = base;
  buf_release(&name);
  for (int i = 2; i < MOST_TRIES; i++) {
    if (is_free(p, tried)) return tried;
    tried = arena_printf(p->shape->arena, "%.*s%d", STR_ARG(base), i);
  }
  return STR_NONE;
}

// The text of a constant message; false: it is something else.
static bool message_of(const Shape *s, const Ast *call, bool formats, Str *message) {
  if (call->u.call.args.len != 1 || call->u.call.has_dots) return false;
  const Const *value = shape_value(s, call->u.call.args.items[0]);
  if (!value || const_kind(value) != CONST_STRING) return false;
  *message = const_string_value(value);
  return !formats || str_index_byte(*message, '%') < 0;
}

// All names in it are of the package, the file or the universe, all values constants.
static bool means_the_same_outside(const Shape *s, const Ast *x) {
  for (uint32_t i = 0; i < s->walk_count; i++) {
    const Ast *n = s->walk[i];
    if (n->kind != AST_NAME || !shape_within(n, x)) continue;
    const Object *o = shape_object(s, n);
    if (o && o->pos.decl == s->decl) return false;
  }
  return true;
}

static bool is_error_literal(const Shape *s, const Ast *n, Str *message) {
  if (n->kind != AST_UNARY || n->op != TOKEN_AND) return false;
  const Ast *literal = ast_unparen(n->u.unary.x);
  if (literal->kind != AST_COMPOSITE_LIT || !literal->u.composite.type || !literal->u.composite.elems.len) return false;
  for (uint32_t i = 0; i < literal->u.composite.elems.len; i++) {
    const Ast *value = literal->u.composite.elems.items[i];
    if (value->kind == AST_KEY_VALUE) value = value->u.kv.value;
    const Const *constant = shape_value(s, value);
    if (!constant) return false;
    if (const_kind(constant) == CONST_STRING) *message = const_string_value(constant);
  }
  MethodSet set = type_method_set(s->arena, shape_type(s, n));
  for (uint32_t i = 0; i < set.len; i++)
    if (sym_is(set.items[i].obj->name, "Error")) return true;
  return false;
}

bool propose_sentinel(Proposal *p) {
  const Shape *s = p->shape;
  const Ast *n = p->node, *function = s->decl->specs.items[0];
  if (p->finding->cold & (ALLOC_COLD_INIT | ALLOC_COLD_ONCE) || function->kind != AST_FUNC_DECL) return false;
  Str message = STR_NONE, made = shape_text(s, n);
  bool literal = is_error_literal(s, n, &message);
  if (!literal) {
    bool formats = shape_calls(s, n, "fmt", "Errorf");
    if (!formats && !shape_calls(s, n, "errors", "New")) return false;
    if (!message_of(s, n, formats, &message)) return false;
    Str errors = import_name(s, "errors"), constant = shape_text(s, n->u.call.args.items[0]);
    if (!errors.n) return false;
    made = arena_printf(s->arena, "%.*s.New(%.*s)", STR_ARG(errors), STR_ARG(constant));
    if (formats) p->fix->gains[0] = STR("errors"), p->fix->loses = STR("fmt"), p->fix->losses = 1;
  }
  if (!means_the_same_outside(s, n) || str_index_byte(made, '\n') >= 0) return false;
  uint32_t end = s->base + function->end;
  Str behind = str_slice(s->file->text, end, s->file->text.n);
  if (behind.n && !str_has_prefix(behind, STR("\n\n")) && !str_equal(behind, STR("\n"))) return false;
  Str name = find_name(p, message);
  if (!name.n) return false;
  p->fix->declares = name;
  p->fix->rewrite = true;
  p->fix->trade = TRADE_ONCE;
  p->fix->caution =
    literal ? STR("the same error each time, which nobody may change then") : STR("the same error each time");
  p->fix->title = arena_printf(s->arena, "Make the error once, as %.*s", STR_ARG(name));
  propose_edit(p, n->start, n->end, name);
  propose_edit(p, function->end, function->end,
               arena_printf(s->arena, "\n\nvar %.*s = %.*s", STR_ARG(name), STR_ARG(made)));
  return true;
}
