// literal.c: does a function literal write to a variable that it captures?
//
// Assignments are looked for in the text of the declaration: what is written to is the name at the root of the left
// side, and a name whose address is taken may be.
#include "report/finding_internal.h"
#include "types/check.h"

typedef struct WriteSearch {
  const DeclTypes *types;
  const Object *object;
  uint32_t declared; // where, in the declaration's text
  bool found;
} WriteSearch;

static bool is_root(const WriteSearch *s, const Ast *n) {
  while (n) {
    n = ast_unparen(n);
    if (n->kind == AST_NAME) return node_named(node_info(s->types, n), n) == s->object;
    const Ast *x = n->kind == AST_SELECTOR ? n->u.selector.x : n->kind == AST_INDEX ? n->u.index.x : NULL;
    const Type *t = x ? node_info(s->types, x)->type : NULL;
    int kind = t ? type_underlying(t)->kind : TYPE_POINTER;
    if (kind != TYPE_STRUCT && kind != TYPE_ARRAY) return false; // what it points to is written to
    n = x;
  }
  return false;
}

static bool look_for_write(void *context, const Ast *n) {
  WriteSearch *s = context;
  for (uint32_t i = 0; n->kind == AST_ASSIGN_STMT && i < n->u.assign.lhs.len; i++)
    s->found |= is_root(s, n->u.assign.lhs.items[i]);
  if (n->kind == AST_RANGE_STMT && !n->u.range.define)
    s->found |= is_root(s, n->u.range.key) || is_root(s, n->u.range.value);
  if (n->kind == AST_UNARY && n->op == TOKEN_AND) s->found |= is_root(s, n->u.unary.x);
  return !s->found;
}

static bool look_for_literal(void *context, const Ast *n) {
  WriteSearch *s = context;
  bool outside = n->kind == AST_FUNC_LIT && (s->declared < n->start || s->declared >= n->end);
  if (outside) ast_walk(n->u.func_lit.body, look_for_write, s);
  return !outside && !s->found;
}

bool finding_is_written_in_literal(const FindingMaker *m, const IrName *name) {
  const Object *o = name->object;
  const DeclTypes *types = o && o->pos.decl ? package_decl_types(m->unit->pkg, o->pos.decl) : NULL;
  if (!types) return false;
  WriteSearch s = {.types = types, .object = o, .declared = o->pos.offset};
  for (uint32_t i = 0; i < o->pos.decl->specs.len; i++) ast_walk(o->pos.decl->specs.items[i], look_for_literal, &s);
  return s.found;
}
