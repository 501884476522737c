// entries.c: a map that is filled in a loop whose number of turns is known: it is made with room for as many entries.
//
//   m := make(map[string]int)             m := make(map[string]int, len(src))
//   for k, v := range src {          →    for k, v := range src {
//     m[k] = v                              m[k] = v
//
// Nobody can tell from a map how much room it has. Where each turn has a key of its own, that is what the map needs;
// keys that may be the same, and turns that add nothing, may leave room unused: a rewrite. Maps on the stack have their
// first eight entries there, and are left alone: the trial says what comes.
#include "fix/fix_internal.h"

typedef struct Filling {
  Proposal *p;
  const Shape *shape;
  const Ast *statement; // that makes the map
  const AstList *list;  // … stands in this
  uint32_t index;
  const Ast *target; // what the map is assigned to: a name, a field
  const Ast *loop;
  TurnCount turns;
  bool exact; // a key for each turn
} Filling;

static bool is_target(const Filling *f, const Ast *x) {
  x = ast_unparen(x);
  const Object *o = shape_object(f->shape, f->target);
  if (o) return shape_object(f->shape, x) == o;
  return x->kind == f->target->kind && str_equal(shape_text(f->shape, x), shape_text(f->shape, f->target));
}

// x := make(…), var x = make(…), x.f = make(…)
static bool find_target(Filling *f) {
  const Shape *s = f->shape;
  const Ast *n = f->p->node, *p = shape_parent(s, n);
  while (p && p->kind == AST_PAREN) n = p, p = shape_parent(s, n);
  if (!p) return false;
  f->statement = p;
  if (p->kind == AST_ASSIGN_STMT && p->u.assign.lhs.len == 1 && p->u.assign.rhs.len == 1 &&
      (p->u.assign.form == ASSIGN_DEFINE || p->u.assign.form == ASSIGN_PLAIN))
    f->target = ast_unparen(p->u.assign.lhs.items[0]);
  if (p->kind == AST_VAR_DECL && p->u.var_decl.names.len == 1 && p->u.var_decl.values.len == 1) {
    f->target = p->u.var_decl.names.items[0];
    f->statement = shape_parent(s, p);
  }
  if (!f->target || !f->statement || !shape_is_pure(s, f->target)) return false;
  f->list = shape_list(s, f->statement, &f->index);
  return f->list != NULL;
}

// m[k] = v and the like in the body of the loop, in this function; NULL: there is none.
static const Ast *find_addition(const Filling *f, const Ast *loop) {
  const Shape *s = f->shape;
  for (uint32_t i = 0; i < s->walk_count; i++) {
    const Ast *n = s->walk[i];
    if (n->kind != AST_ASSIGN_STMT || !shape_within(n, loop) || n->u.assign.lhs.len != 1) continue;
    const Ast *to = ast_unparen(n->u.assign.lhs.items[0]);
    if (to->kind == AST_INDEX && is_target(f, to->u.index.x) && shape_function(s, n) == shape_function(s, loop))
      return n;
  }
  return NULL;
}

// Each turn ends with a key of its own in the map.
static bool is_exact(const Filling *f, const Ast *addition) {
  const Shape *s = f->shape;
  const Ast *body = f->loop->kind == AST_RANGE_STMT ? f->loop->u.range.body : f->loop->u.for_stmt.body;
  if (shape_parent(s, addition) != body || f->loop->kind != AST_RANGE_STMT || !f->loop->u.range.key) return false;
  const Ast *key = ast_unparen(ast_unparen(addition->u.assign.lhs.items[0])->u.index.indices.items[0]);
  const Object *counter = shape_object(s, ast_unparen(f->loop->u.range.key));
  if (!counter || shape_object(s, key) != counter || !shape_is_constant_variable(s, counter)) return false;
  for (uint32_t i = 0; i < s->walk_count; i++) {
    const Ast *n = s->walk[i];
    if (n->kind == AST_BRANCH_STMT && shape_within(n, body) && n->end <= addition->start) return false;
  }
  return true;
}

// The first statement behind that has to do with the map is a loop that fills it.
static bool find_loop(Filling *f) {
  const Shape *s = f->shape;
  const Object *o = shape_object(s, f->target);
  for (uint32_t i = f->index + 1; i < f->list->len; i++) {
    const Ast *n = f->list->items[i];
    const Ast *loop = n->kind == AST_LABELED_STMT ? n->u.labeled.stmt : n;
    const Ast *addition = shape_is_loop(loop) ? find_addition(f, loop) : NULL;
    f->loop = loop;
    if (addition) {
      bool near = i == f->index + 1;
      if (!turns_count(s, loop, &f->turns)) return false;
      if (!near && !turns_move_up(s, &f->turns, f->statement)) return false;
      if (o ? f->turns.counted && shape_mentions(s, f->turns.counted, o) : !near) return false;
      f->exact = is_exact(f, addition) && f->turns.bounded;
      return true;
    }
    if (!o || shape_mentions(s, n, o)) return false;
  }
  return false;
}

bool propose_entries(Proposal *p) {
  const Shape *s = p->shape;
  const Ast *n = p->node;
  const Type *core = type_core(shape_type(s, n));
  if (!core || core->kind != TYPE_MAP || shape_redeclares(s, "make")) return false;
  bool literal = n->kind == AST_COMPOSITE_LIT && n->u.composite.type && !n->u.composite.elems.len;
  bool made = shape_is_builtin(s, n, BUILTIN_MAKE) && n->u.call.args.len == 1;
  Filling f = {.p = p, .shape = s};
  if ((!literal && !made) || !find_target(&f) || !find_loop(&f)) return false;
  if (made)
    propose_edit(p, n->u.call.rparen, n->u.call.rparen, arena_printf(s->arena, ", %.*s", STR_ARG(f.turns.text)));
  else
    propose_edit(
      p, n->start, n->end,
      arena_printf(s->arena, "make(%.*s, %.*s)", STR_ARG(shape_text(s, n->u.composite.type)), STR_ARG(f.turns.text)));
  p->fix->trade = TRADE_ROOM;
  p->fix->rewrite = !f.exact;
  if (!f.exact) p->fix->caution = STR("may be more than is used");
  p->fix->title = arena_printf(s->arena, "Make room for %.*s entries of %.*s at once", STR_ARG(f.turns.text),
                               STR_ARG(shape_text(s, f.target)));
  return true;
}
