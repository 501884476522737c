// builder.c: a string that grows in a loop, joined in a strings.Builder.
//
//   s := ""                      s := ""
//   for _, x := range xs {       var sBuilder strings.Builder
//     s += x + ","          →    for _, x := range xs {
//   }                              sBuilder.WriteString(x)
//                                  sBuilder.WriteString(",")
//                                }
//                                s += sBuilder.String()
//
// In the outermost loop that allows it nothing else is done with the string, so that nobody can tell when it got its
// text: it is a local variable that no literal has seen by then, and no branch leads from the loop to where the string
// would be read without what is behind the loop. A rewrite, as a text of one or two turns takes more that way: the
// first piece that is added to an empty string costs nothing.
#include "fix/fix_internal.h"

#include <stdlib.h>

typedef struct Building {
  Proposal *p;
  const Shape *shape;
  const Object *variable;
  const Ast *function;
  const Ast *loop, *at; // at: with its label
  Str builder;
} Building;

// s += x as a statement in a list.
static bool is_addition(const Building *b, const Ast *n) {
  uint32_t index;
  return n && n->kind == AST_ASSIGN_STMT && n->u.assign.form == ASSIGN_OP && n->op == TOKEN_ADD &&
         shape_object(b->shape, ast_unparen(n->u.assign.lhs.items[0])) == b->variable &&
         shape_list(b->shape, n, &index);
}

// All that the loop does with the string is to add to it.
static bool only_adds(const Building *b, const Ast *loop) {
  const Shape *s = b->shape;
  for (uint32_t i = 0; i < s->walk_count; i++) {
    const Ast *n = s->walk[i];
    if (!shape_within(n, loop)) continue;
    if (n->kind == AST_BRANCH_STMT && n->u.branch.label) {
      const Object *label = shape_object(s, n->u.branch.label);
      bool inside = label && label->pos.offset >= b->at->start && label->pos.offset < loop->end;
      if (!inside) return false;
    }
    if (shape_object(s, n) != b->variable) continue;
    const Ast *p = shape_parent(s, n);
    if (!is_addition(b, p) || p->u.assign.lhs.items[0] != n) return false;
  }
  return true;
}

static bool find_loop(Building *b) {
  const Shape *s = b->shape;
  for (const Ast *n = shape_parent(s, b->p->node); n && n != b->function; n = shape_parent(s, n)) {
    if (!shape_is_loop(n) || n->start < b->variable->pos.offset) continue;
    const Ast *label = shape_parent(s, n), *old = b->at;
    b->at = label && label->kind == AST_LABELED_STMT ? label : n;
    uint32_t index;
    if (only_adds(b, n) && shape_list(s, b->at, &index))
      b->loop = n;
    else
      b->at = old;
    if (b->loop != n) break;
  }
  return b->loop && !shape_is_seen(s, b->variable, b->loop);
}

// A WriteString for each part of a sum.
static void write_parts(const Building *b, Buf *out, const Ast *x, Str indent) {
  const Shape *s = b->shape;
  bool sum = ast_unparen(x)->kind == AST_BINARY && !shape_value(s, x);
  x = sum ? ast_unparen(x) : x;
  if (sum) write_parts(b, out, x->u.binary.x, indent);
  if (sum) buf_printf(out, "\n%.*s", STR_ARG(indent));
  if (sum)
    write_parts(b, out, x->u.binary.y, indent);
  else
    buf_printf(out, "%.*s.WriteString(%.*s)", STR_ARG(b->builder), STR_ARG(shape_text(s, x)));
}

static bool edit_additions(const Building *b) {
  const Shape *s = b->shape;
  for (uint32_t i = 0; i < s->walk_count; i++) {
    const Ast *n = s->walk[i];
    Str indent;
    if (!shape_within(n, b->loop) || !is_addition(b, n)) continue;
    if (!shape_indent(s, n, &indent)) return false;
    Buf out = {0};
    write_parts(b, &out, n->u.assign.rhs.items[0], indent);
    propose_edit(b->p, n->start, n->end, arena_str(s->arena, buf_view(&out)));
    buf_release(&out);
  }
  return true;
}

static bool is_last_of_line(const Shape *s, const Ast *n) {
  Str rest = str_slice(s->decl->text, n->end, s->decl->text.n);
  ptrdiff_t nl = str_index_byte(rest, '\n');
  return str_trim(str_slice(rest, 0, nl < 0 ? rest.n : (size_t)nl)).n == 0;
}

static bool jumps(const Building *b) {
  const Shape *s = b->shape;
  for (uint32_t i = 0; i < s->walk_count; i++)
    if (s->walk[i]->kind == AST_BRANCH_STMT && s->walk[i]->op == TOKEN_GOTO) return true;
  return false;
}

bool propose_builder(Proposal *p) {
  const Shape *s = p->shape;
  const Ast *n = p->node;
  if (n->kind != AST_ASSIGN_STMT || n->u.assign.form != ASSIGN_OP || n->op != TOKEN_ADD) return false;
  Building b = {.p = p, .shape = s, .variable = shape_object(s, ast_unparen(n->u.assign.lhs.items[0]))};
  const Object *o = b.variable;
  if (!o || o->kind != OBJ_VAR || o->pos.decl != s->decl || o->u.var.kind == VAR_RESULT) return false;
  if (type_unalias(o->type)->kind != TYPE_BASIC || !type_is_basic(o->type, BASIC_IS_STRING)) return false;
  b.function = shape_function(s, n);
  Str indent, strings = import_name(s, "strings");
  if (!strings.n || jumps(&b) || !find_loop(&b)) return false;
  if (!shape_indent(s, b.at, &indent) || !is_last_of_line(s, b.at)) return false;
  Str name = sym_str(o->name);
  b.builder = arena_printf(s->arena, "%.*sBuilder", STR_ARG(name));
  if (shape_redeclares(s, b.builder.p) || !edit_additions(&b)) return false;
  propose_edit(
    p, b.at->start, b.at->start,
    arena_printf(s->arena, "var %.*s %.*s.Builder\n%.*s", STR_ARG(b.builder), STR_ARG(strings), STR_ARG(indent)));
  propose_edit(
    p, b.at->end, b.at->end,
    arena_printf(s->arena, "\n%.*s%.*s += %.*s.String()", STR_ARG(indent), STR_ARG(name), STR_ARG(b.builder)));
  p->fix->gains[0] = STR("strings");
  p->fix->trade = TRADE_WRITE;
  p->fix->rewrite = true;
  p->fix->caution = STR("less from the third piece on");
  p->fix->title = arena_printf(s->arena, "Join %.*s in a strings.Builder", STR_ARG(name));
  return true;
}
