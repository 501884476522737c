// defer.c: `defer` in a loop: each turn gets a function of its own, at the end of which the deferred call is made.
//
//   for _, name := range names {        for _, name := range names {
//     f := open(name)                     func() {
//     defer f.Close()              →        f := open(name)
//     read(f)                               defer f.Close()
//   }                                       read(f)
//                                         }()
//                                       }
//
// A function whose defer statements stand in no loop keeps their records on its stack. A rewrite, and mostly what was
// meant: the calls are made at the end of the turn, in place of that of the function. Nothing in the body may leave it:
// no return, and no branch to somewhere else.
#include "fix/fix_internal.h"

static const Ast *defer_around(const Shape *s, const Ast *n) {
  while (n && n->kind != AST_CALL_STMT) n = shape_parent(s, n);
  return n && n->op == TOKEN_DEFER ? n : NULL;
}

// The innermost loop of the same function.
static const Ast *loop_around(const Shape *s, const Ast *n) {
  const Ast *function = shape_function(s, n);
  for (n = shape_parent(s, n); n && n != function; n = shape_parent(s, n))
    if (shape_is_loop(n)) return n;
  return NULL;
}

static bool leaves(const Shape *s, const Ast *body, const Ast *function) {
  for (uint32_t i = 0; i < s->walk_count; i++) {
    const Ast *n = s->walk[i];
    if (!shape_within(n, body)) continue;
    if (n->kind == AST_LABELED_STMT) return true;
    if (n->kind == AST_BASIC_LIT && str_index_byte(shape_text(s, n), '\n') >= 0) return true; // is not moved in
    if (shape_function(s, n) != function) continue;
    if (n->kind == AST_RETURN_STMT) return true;
    if (n->kind == AST_BRANCH_STMT && !shape_stays_inside(s, n, body)) return true;
  }
  return false;
}

static bool is_blank(Str text, uint32_t from, uint32_t to) { return str_trim(str_slice(text, from, to)).n == 0; }

bool propose_defer(Proposal *p) {
  const Shape *s = p->shape;
  const Ast *defer = p->finding->cause == CAUSE_DEFER_LOOP ? defer_around(s, p->node) : NULL;
  const Ast *loop = defer ? loop_around(s, defer) : NULL;
  if (!loop) return false;
  const Ast *body = loop->kind == AST_RANGE_STMT ? loop->u.range.body : loop->u.for_stmt.body;
  Str text = s->decl->text;
  uint32_t line = body->start + 1, last = body->end - 1; // behind the brace; in front of the other
  while (line < body->end && text.p[line] != '\n') line++;
  while (last > line && text.p[last - 1] != '\n') last--;
  bool apart = is_blank(text, body->start + 1, line) && is_blank(text, last, body->end - 1) && last > line;
  if (!apart || leaves(s, body, shape_function(s, loop))) return false;
  Str indent = str_slice(text, last, body->end - 1);
  propose_edit(p, line, line, arena_printf(s->arena, "\n%.*s\tfunc() {", STR_ARG(indent)));
  for (uint32_t at = line + 1; at < last;) {
    if (text.p[at] != '\n') propose_edit(p, at, at, STR("\t"));
    while (at < last && text.p[at] != '\n') at++;
    at++;
  }
  propose_edit(p, last, last, arena_printf(s->arena, "%.*s\t}()\n", STR_ARG(indent)));
  p->fix->rewrite = true;
  p->fix->caution = STR("what is deferred runs at the end of each turn");
  p->fix->title = STR("Give each turn a function of its own");
  return true;
}
