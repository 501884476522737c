// astype.c: the variable whose address errors.As gets, from Go 1.26 on.
//
//   var e *fs.PathError                    if e, ok := errors.AsType[*fs.PathError](err); ok {
//   if errors.As(err, &e) {           →      return e.Path
//     return e.Path                        }
//   }
//
// Both look through the same errors in the same way, and ask the same methods named As (GOROOT/src/errors/wrap.go);
// when nothing is found, the variable has the zero value in either. It must not be seen outside of the branch, for
// there it is no longer declared.
#include "fix/fix_internal.h"

typedef struct Asking {
  const Shape *shape;
  const Object *variable;
  const Ast *declaration, *branch, *call;
} Asking;

// var e T, alone, with `if errors.As(x, &e) {` behind it.
static bool find_branch(Asking *a, const Ast *name) {
  const Shape *s = a->shape;
  const Ast *spec = shape_parent(s, name);
  a->declaration = spec && spec->kind == AST_VAR_DECL ? shape_parent(s, spec) : NULL;
  uint32_t index;
  if (!a->declaration || a->declaration->kind != AST_DECL_STMT || a->declaration->u.decl_stmt.specs.len != 1)
    return false;
  if (spec->u.var_decl.names.len != 1 || spec->u.var_decl.values.len || !spec->u.var_decl.type) return false;
  if (spec->flags & AST_FLAG_GROUPED) return false;
  const AstList *list = shape_list(s, a->declaration, &index);
  if (!list || index + 1 == list->len || list->items[index + 1]->kind != AST_IF_STMT) return false;
  a->branch = list->items[index + 1];
  a->call = ast_unparen(a->branch->u.if_stmt.cond);
  return !a->branch->u.if_stmt.init && shape_calls(s, a->call, "errors", "As") && a->call->u.call.args.len == 2;
}

// The address is that of the variable, which nobody but the branch has.
static bool is_of_the_branch(const Asking *a, const Ast *name) {
  const Shape *s = a->shape;
  const Ast *target = ast_unparen(a->call->u.call.args.items[1]);
  if (target->kind != AST_UNARY || target->op != TOKEN_AND) return false;
  const Ast *own = ast_unparen(target->u.unary.x);
  if (shape_object(s, own) != a->variable) return false;
  for (uint32_t i = 0; i < s->walk_count; i++) {
    const Ast *n = s->walk[i];
    if (n->kind != AST_NAME || n == name || n == own) continue;
    if (shape_object(s, n) == a->variable && !shape_within(n, a->branch->u.if_stmt.then)) return false;
    if (sym_is(n->u.name.name, "ok") && shape_within(n, a->branch)) return false;
  }
  return true;
}

bool propose_astype(Proposal *p) {
  enum { SINCE = 26 };
  const Shape *s = p->shape;
  Asking a = {.shape = s, .variable = shape_object(s, p->node)};
  if (p->finding->kind != FINDING_VARIABLE || s->package->go_minor < SINCE || !a.variable) return false;
  if (!find_branch(&a, p->node) || !is_of_the_branch(&a, p->node)) return false;
  const Ast *spec = a.declaration->u.decl_stmt.specs.items[0], *fun = ast_unparen(a.call->u.call.fun);
  Str name = sym_str(a.variable->name), type = shape_text(s, spec->u.var_decl.type);
  if (fun->kind != AST_SELECTOR || sym_is(a.variable->name, "ok")) return false;
  Str errors = shape_text(s, fun->u.selector.x), asked = shape_text(s, a.call->u.call.args.items[0]);
  propose_edit(p, a.declaration->start, a.branch->start, STR_NONE);
  propose_edit(p, a.branch->u.if_stmt.cond->start, a.branch->u.if_stmt.cond->end,
               arena_printf(s->arena, "%.*s, ok := %.*s.AsType[%.*s](%.*s); ok", STR_ARG(name), STR_ARG(errors),
                            STR_ARG(type), STR_ARG(asked)));
  p->fix->title = arena_printf(s->arena, "Ask for it with errors.AsType[%.*s]", STR_ARG(type));
  return true;
}
