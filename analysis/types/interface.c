// interface.c: interface types: explicit methods and embedded elements. The type set is computed when first asked for
// (typeset.c). Rules: Go spec, "Interface types"; types2 interface.go.
#include <stdlib.h>

#include "types/checker_internal.h"

// The order of methods everywhere: exported names first, then by name, then unexported ones by package path.
static int compare_methods(const void *a, const void *b) {
  const Object *x = *(Object *const *)a, *y = *(Object *const *)b;
  if (x->name->exported != y->name->exported) return x->name->exported ? -1 : 1;
  int order = str_compare(sym_str(x->name), sym_str(y->name));
  if (order || x->name->exported || !x->pkg || !y->pkg) return order;
  return str_compare(x->pkg->path, y->pkg->path);
}

// Computes the type set, and complains about embedded methods that differ from others of their name (before Go 1.14:
// about all that come twice).
static void compute_type_set(Checker *c, void *argument) {
  Type *t = argument;
  type_set(t);
  TypeList embeddeds = t->u.interface.embeddeds;
  if (embeddeds.len == 0 || t->u.interface.methods.len + embeddeds.len < 2) return;
  PtrMap seen = {0};
  for (uint32_t i = 0; i < t->u.interface.methods.len; i++)
    ptrmap_set(&seen, t->u.interface.methods.items[i]->name, t->u.interface.methods.items[i]);
  for (uint32_t i = 0; i < embeddeds.len; i++) {
    Type *u = type_underlying(embeddeds.items[i]);
    const TypeSet *set = u->kind == TYPE_INTERFACE ? type_set(u) : NULL;
    for (uint32_t k = 0; set && k < set->methods.len; k++) {
      Object *m = set->methods.items[k], *other = ptrmap_get(&seen, m->name);
      if (!other) ptrmap_set(&seen, m->name, m);
      if (!other || other == m || (!m->name->exported && m->pkg != other->pkg) || !m->type || !other->type) continue;
      if (check_allows_version(c, NULL, 14) && type_identical(m->type, other->type)) continue;
      check_error_at(c, t->u.interface.embed_pos[i], "duplicate method %s", m->name->text);
    }
  }
  ptrmap_release(&seen);
}

void check_interface_type(Checker *c, Type *t, const Ast *n, Object *def) {
  const AstList *list = &n->u.interface_type.methods;
  Arena *arena = &c->pkg->arena;
  Object **methods = ARENA_ARRAY(arena, Object *, list->len + 1);
  uint32_t method_count = 0, embedded_count = 0;
  Type **embeddeds = ARENA_ARRAY(arena, Type *, list->len + 1);
  Pos *embed_pos = ARENA_ARRAY(arena, Pos, list->len + 1);
  for (uint32_t i = 0; i < list->len; i++) {
    const Ast *f = list->items[i];
    if (!f || f->kind != AST_FIELD) continue;
    const Ast *name = f->u.field.name, *type = f->u.field.type;
    if (!name) {
      embed_pos[embedded_count] = check_pos(c, type ? type : f);
      embeddeds[embedded_count++] = check_union(c, type);
      continue;
    }
    if (name->kind != AST_NAME || !name->u.name.name) continue;
    if (sym_is_blank(name->u.name.name)) {
      check_error(c, name, "methods must have a unique non-blank name");
      continue;
    }
    Type *sig = check_type(c, type);
    if (sig->kind != TYPE_SIGNATURE) continue;
    Type *recv = def && def->type && def->type->kind == TYPE_NAMED ? def->type : t;
    sig->u.signature.recv = object_new_var(c->pkg, VAR_RECV, NULL, recv, check_pos(c, name));
    Object *m = object_new(c->pkg, OBJ_FUNC, name->u.name.name, sig, check_pos(c, name));
    m->u.func.origin = m;
    m->color = 1;
    record_def(c, name, m);
    methods[method_count++] = m;
  }
  qsort(methods, method_count, sizeof *methods, compare_methods);
  t->u.interface.methods = (ObjectList){methods, method_count};
  t->u.interface.embeddeds = (TypeList){embeddeds, embedded_count};
  t->u.interface.embed_pos = embed_pos;
  t->u.interface.complete = true;
  for (uint32_t i = 1; i < method_count; i++)
    if (methods[i]->name == methods[i - 1]->name) {
      Object *later = methods[i]->pos.offset > methods[i - 1]->pos.offset ? methods[i] : methods[i - 1];
      check_error_at(c, later->pos, "duplicate method %s", later->name->text);
    }
  if (method_count + embedded_count) check_later(c, compute_type_set, t);
}
