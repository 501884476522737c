// turns.c: how often a loop turns, as an expression that can be evaluated before it begins: over slices, arrays, maps,
// integers, the bytes of strings, and counted loops.
//
// The count only is a bound: it does not matter whether the loop ends early.
#include "fix/fix_internal.h"

bool turns_constant(const Shape *s, int64_t n, TurnCount *c) {
  enum { MOST = 1 << 16 };
  c->number = n;
  c->bounded = true;
  c->text = arena_printf(s->arena, "%lld", (long long)n);
  return n > 0 && n <= MOST;
}

static bool count_length(const Shape *s, const Ast *x, TurnCount *c) {
  if (!shape_is_pure(s, x)) return false;
  c->counted = x;
  c->bounded = true;
  c->text = arena_printf(s->arena, "len(%.*s)", STR_ARG(shape_text(s, x)));
  return !shape_redeclares(s, "len");
}

// As many as an integer says, less one more than `from` if that is not zero.
static bool count_integer(const Shape *s, const Ast *x, TurnCount *c) {
  const Const *value = shape_value(s, x);
  int64_t n;
  if (value) return const_int64_value(value, &n) && turns_constant(s, n, c);
  if (!shape_is_pure(s, x)) return false;
  c->counted = x;
  c->bounded = shape_is_builtin(s, ast_unparen(x), BUILTIN_LEN);
  bool unsigned_ = type_is_basic(shape_type(s, x), BASIC_IS_UNSIGNED);
  Str text = shape_text(s, x);
  if (!c->bounded && !unsigned_ && (s->package->go_minor < 21 || shape_redeclares(s, "max"))) return false;
  c->text = c->bounded || unsigned_ ? text : arena_printf(s->arena, "max(%.*s, 0)", STR_ARG(text));
  return true;
}

static bool count_range(const Shape *s, const Ast *loop, TurnCount *c) {
  const Ast *x = ast_unparen(loop->u.range.x);
  const Type *t = type_core(shape_type(s, x));
  if (!t) return false;
  if (t->kind == TYPE_POINTER) t = type_underlying(t->u.pointer.elem);
  if (t->kind == TYPE_ARRAY) return turns_constant(s, t->u.array.len, c);
  if (x->kind == AST_COMPOSITE_LIT && t->kind == TYPE_SLICE) {
    for (uint32_t i = 0; i < x->u.composite.elems.len; i++)
      if (x->u.composite.elems.items[i]->kind == AST_KEY_VALUE) return false;
    return turns_constant(s, x->u.composite.elems.len, c);
  }
  if (type_is_basic(t, BASIC_IS_INTEGER)) return count_integer(s, x, c);
  bool bytes = false; // range []byte(s)
  if (x->kind == AST_CALL && x->u.call.args.len == 1 &&
      node_info(s->types, ast_unparen(x->u.call.fun))->mode == MODE_TYPE) {
    const Type *from = shape_type(s, x->u.call.args.items[0]);
    bytes = t->kind == TYPE_SLICE && type_is_basic(t->u.slice.elem, BASIC_IS_INTEGER) &&
            type_size(s->package->context, t->u.slice.elem) == 1 && from && type_is_basic(from, BASIC_IS_STRING);
    if (bytes) x = x->u.call.args.items[0];
  }
  return (t->kind == TYPE_SLICE || t->kind == TYPE_MAP) && count_length(s, x, c);
}

// for i := 0; i < n; i++, and from 1 with <=; i is only read.
static bool count_for(const Shape *s, const Ast *loop, TurnCount *c) {
  const Ast *init = loop->u.for_stmt.init, *cond = loop->u.for_stmt.cond, *post = loop->u.for_stmt.post;
  if (!init || !cond || !post || init->kind != AST_ASSIGN_STMT || init->u.assign.form != ASSIGN_DEFINE) return false;
  if (init->u.assign.lhs.len != 1 || init->u.assign.rhs.len != 1 || cond->kind != AST_BINARY) return false;
  Object *i = shape_object(s, init->u.assign.lhs.items[0]);
  bool steps = post->kind == AST_ASSIGN_STMT && post->u.assign.form == ASSIGN_INCDEC && post->op == TOKEN_ADD &&
               shape_object(s, ast_unparen(post->u.assign.lhs.items[0])) == i;
  if (!i || !steps || shape_object(s, ast_unparen(cond->u.binary.x)) != i || shape_is_shared(s, i)) return false;
  bool from_0 = cond->op == TOKEN_LSS && shape_is_integer(s, init->u.assign.rhs.items[0], 0);
  bool from_1 = cond->op == TOKEN_LEQ && shape_is_integer(s, init->u.assign.rhs.items[0], 1);
  if (!from_0 && !from_1) return false;
  const Ast *name = NULL; // i written to in the body: the turns would not be counted by it
  for (uint32_t k = 0; k < s->walk_count; k++) {
    const Ast *n = s->walk[k], *p = n->kind == AST_NAME ? shape_parent(s, n) : NULL;
    if (p && p != post && p != init && p->kind == AST_ASSIGN_STMT && shape_object(s, n) == i)
      for (uint32_t j = 0; j < p->u.assign.lhs.len; j++)
        if (p->u.assign.lhs.items[j] == n) name = n;
  }
  if (name || shape_mentions(s, cond->u.binary.y, i)) return false;
  return count_integer(s, cond->u.binary.y, c);
}

bool turns_count(const Shape *s, const Ast *loop, TurnCount *c) {
  *c = (TurnCount){.number = -1};
  return loop->kind == AST_RANGE_STMT ? count_range(s, loop, c) : loop->kind == AST_FOR_STMT && count_for(s, loop, c);
}

bool turns_move_up(const Shape *s, const TurnCount *c, const Ast *to) {
  for (uint32_t i = 0; c->counted && i < s->walk_count; i++) {
    const Ast *n = s->walk[i];
    if (!shape_within(n, c->counted)) continue;
    if (n->kind == AST_PAREN || shape_value(s, n) || n->kind == AST_BASIC_LIT) continue;
    if (n->kind == AST_CALL) continue; // len, cap
    const Object *o = shape_object(s, n);
    if (!o || (o->kind == OBJ_VAR && (!shape_is_constant_variable(s, o) || o->pos.offset > to->start))) return false;
    if (n->kind == AST_NAME && o->kind == OBJ_VAR && type_core(shape_type(s, n)) &&
        type_core(shape_type(s, n))->kind == TYPE_MAP)
      return false; // it may have more or fewer elements by then
  }
  return true;
}
