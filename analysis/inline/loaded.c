// loaded.c: which pointer types gc has one representation of (types.NewPtr, types.NewPtrCacheEnabled).
//
// While gc reads a package it makes one type for all mentions of *T; when it starts to inline it stops keeping them, so
// that every &T{...} and new(T) of an inlined body has a type of its own, unless *T was met before. Devirtualisation
// compares the representations (devirtualize.c): two values of type *T that a function of another package returns may
// then be of different types for it.
//
// What gc has read by then is what the package's own code leads to: the types of its expressions and objects, what
// those are made of, and the signatures of the methods of defined types, receivers included. We walk there only when
// the question comes up, which is seldom, with a list of what is still to be visited and a set of what was.
#include "inline/inline.h"

#include <stdlib.h>

#include "types/check.h"

typedef struct Reach {
  PtrMap seen;         // Type
  PtrMap pointers;     // object of a defined type T: *T was met
  VEC(Type *) pending; // met, their parts not yet
} Reach;

static void reach_type(Reach *r, Type *t) {
  if (!t || ptrmap_has(&r->seen, t)) return;
  ptrmap_set(&r->seen, t, t);
  VEC_APPEND(&r->pending, t);
}

static void reach_object(Reach *r, Object *o) {
  if (!o) return;
  if (!o->type) object_resolve(o);
  reach_type(r, o->type);
}

static void reach_list(Reach *r, const TypeList *list) {
  for (uint32_t i = 0; i < list->len; i++) reach_type(r, list->items[i]);
}

static void reach_objects(Reach *r, const ObjectList *list) {
  for (uint32_t i = 0; i < list->len; i++) reach_object(r, list->items[i]);
}

static const Object *defined_type(Type *t) {
  t = t ? type_unalias(t) : NULL;
  return t && t->kind == TYPE_NAMED ? t->u.named.obj : NULL;
}

static void reach_pointer(Reach *r, Type *elem) {
  const Object *o = defined_type(elem);
  if (o) ptrmap_set(&r->pointers, o, r);
  reach_type(r, elem);
}

static void reach_named(Reach *r, Type *t) {
  reach_list(r, &t->u.named.targs);
  reach_type(r, type_underlying(t));
  uint32_t n = named_method_count(t);
  for (uint32_t i = 0; i < n; i++) {
    Object *m = named_method_at(t, i);
    if (m && m->u.func.has_pointer_recv) ptrmap_set(&r->pointers, t->u.named.obj, r);
    reach_object(r, m);
  }
}

static void reach_parts(Reach *r, Type *t) {
  switch ((TypeKind)t->kind) {
  case TYPE_POINTER: reach_pointer(r, t->u.pointer.elem); break;
  case TYPE_ARRAY: reach_type(r, t->u.array.elem); break;
  case TYPE_SLICE: reach_type(r, t->u.slice.elem); break;
  case TYPE_CHAN: reach_type(r, t->u.chan.elem); break;
  case TYPE_STRUCT: reach_objects(r, &t->u.struct_.fields); break;
  case TYPE_TUPLE: reach_objects(r, &t->u.tuple.vars); break;
  case TYPE_MAP:
    reach_type(r, t->u.map.key);
    reach_type(r, t->u.map.elem);
    break;
  case TYPE_SIGNATURE:
    reach_type(r, t->u.signature.params);
    reach_type(r, t->u.signature.results);
    break;
  case TYPE_INTERFACE:
    reach_objects(r, &t->u.interface.methods);
    reach_list(r, &t->u.interface.embeddeds);
    break;
  case TYPE_NAMED: reach_named(r, t); break;
  case TYPE_ALIAS: reach_type(r, type_unalias(t)); break;
  case TYPE_BASIC:
  case TYPE_PARAM:
  case TYPE_UNION: break;
  }
}

static void reach_decl(Reach *r, const Package *pkg, const AstDecl *decl) {
  const DeclTypes *types = package_decl_types(pkg, decl);
  for (uint32_t i = 0; types && i <= decl->node_count; i++) {
    const NodeInfo *info = &types->nodes[i];
    reach_type(r, info->type);
    Object *o = info->is_selection ? info->ref.selection ? info->ref.selection->obj : NULL : info->ref.object;
    if (o && o->kind != OBJ_PKGNAME) reach_object(r, o);
  }
}

static void reach_package(Reach *r, const Package *pkg) {
  for (uint32_t f = 0; f < pkg->file_count; f++)
    for (uint32_t i = 0; i < pkg->files[f]->decl_count; i++) reach_decl(r, pkg, pkg->files[f]->decls[i]);
  while (r->pending.len) reach_parts(r, r->pending.items[--r->pending.len]);
}

static void reach_release(Reach *r) {
  ptrmap_release(&r->seen);
  ptrmap_release(&r->pointers);
  free(r->pending.items);
}

bool pointer_has_one_type(IrUnit *unit, Type *elem) {
  const Object *o = defined_type(elem);
  if (!o || o->pkg == unit->pkg || !o->pkg || type_unalias(elem)->u.named.targs.len) return true;
  IrUnit *whole = unit->base ? unit->base : unit;
  for (uint32_t i = 0; i < whole->pointers_asked.len; i++)
    if (whole->pointers_asked.items[i].object == o) return whole->pointers_asked.items[i].has_one_type;
  Reach r = {0};
  reach_package(&r, unit->pkg);
  bool one = ptrmap_has(&r.pointers, o);
  reach_release(&r);
  VEC_PUSH(&whole->arena, &whole->pointers_asked, (IrPointerAsked){o, one});
  return one;
}

bool pointers_asked_hold(const IrUnit *unit) {
  if (!unit->pointers_asked.len) return true;
  Reach r = {0};
  reach_package(&r, unit->pkg);
  bool same = true;
  for (uint32_t i = 0; i < unit->pointers_asked.len; i++) {
    const IrPointerAsked *a = &unit->pointers_asked.items[i];
    same &= ptrmap_has(&r.pointers, a->object) == a->has_one_type;
  }
  reach_release(&r);
  return same;
}
