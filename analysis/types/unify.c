// unify.c: type unification (the Go spec, "Type unification").
//
// Structures are compared in step; where one side is a type parameter to be inferred, the other is what it stands for.
// Modes: exact (types must be identical), or inexact, where a defined type may match a type literal through its
// underlying type, channel directions may differ and (since Go 1.21) an interface matches what has its methods. With
// ASSIGN the looseness is for the outermost types only: elements are matched exactly.
//
// Which of two inexactly equal types is kept for a parameter follows the spec's preferences: a defined type before a
// literal, and for channels a directed one.
#include "types/unify_internal.h"

enum { UNIFY_DEPTH_LIMIT = 100 };

typedef struct UnifyPair { // interfaces under comparison
  const Type *x, *y;
  const struct UnifyPair *previous;
} UnifyPair;

static bool nify(Unifier *u, Type *x, Type *y, unsigned mode, const UnifyPair *pairs);

void unifier_init(Unifier *u, Arena *arena, TypeList tparams, Type *const *targs, bool interface_inference) {
  *u = (Unifier){.tparams = tparams, .interface_inference = interface_inference};
  u->handles = ARENA_ARRAY(arena, uint32_t, tparams.len);
  u->types = ARENA_ARRAY(arena, Type *, tparams.len);
  for (uint32_t i = 0; i < tparams.len; i++) {
    u->handles[i] = i;
    u->types[i] = targs[i];
  }
}

Type *unifier_at(const Unifier *u, uint32_t i) { return u->types[u->handles[i]]; }
void unifier_set(Unifier *u, uint32_t i, Type *t) { u->types[u->handles[i]] = t; }

uint32_t unifier_unknowns(const Unifier *u) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < u->tparams.len; i++) n += !unifier_at(u, i);
  return n;
}

int unifier_index(const Unifier *u, const Type *self) {
  const Type *t = type_unalias(self);
  if (t->kind != TYPE_PARAM) return -1;
  for (uint32_t i = 0; i < u->tparams.len; i++)
    if (u->tparams.items[i] == t) return (int)i;
  return -1;
}

// Makes two parameters one; false when both have types.
static bool join(Unifier *u, uint32_t x, uint32_t y) {
  uint32_t hx = u->handles[x], hy = u->handles[y];
  if (hx == hy) return true;
  if (u->types[hx] && u->types[hy]) return false;
  uint32_t keep = u->types[hx] ? hx : hy, drop = keep == hx ? hy : hx;
  for (uint32_t i = 0; i < u->tparams.len; i++)
    if (u->handles[i] == drop) u->handles[i] = keep;
  return true;
}

static Type *as_interface(Type *t) {
  if (type_is_param(t)) return NULL;
  Type *u = type_underlying(t);
  return u->kind == TYPE_INTERFACE ? u : NULL;
}

static bool is_literal(const Type *self) {
  const Type *t = type_unalias(self);
  return t->kind != TYPE_NAMED && t->kind != TYPE_PARAM;
}

// x is a parameter with a type already: y must match it, and may be the better choice.
static bool unify_bound(Unifier *u, uint32_t px, Type *y, unsigned mode, const UnifyPair *pairs) {
  Type *x = unifier_at(u, px);
  if (!nify(u, x, y, mode, pairs)) return false;
  Type *xi = as_interface(x), *yi = as_interface(y);
  bool xn = named_of(x) != NULL, yn = named_of(y) != NULL;
  if (xi && yi) {
    if (xn && yn) return type_identical(x, y);
    if (type_set(xi)->methods.len != type_set(yi)->methods.len) return false;
  } else if (xi || yi) {
    return false; // one interface: there is no assignability between arguments of one type
  }
  if (mode & UNIFY_EXACT) return true;
  if (xn) return true;
  const Type *yu = type_underlying(y);
  if (yn || (yu->kind == TYPE_CHAN && yu->u.chan.direction != CHAN_BOTH)) unifier_set(u, px, y);
  return true;
}

static Object *set_method(const TypeSet *s, const Object *m) {
  for (uint32_t i = 0; i < s->methods.len; i++)
    if (object_same_id(s->methods.items[i], m->pkg, m->name)) return s->methods.items[i];
  return NULL;
}

static bool pair_known(const UnifyPair *p, const Type *x, const Type *y) {
  for (; p; p = p->previous)
    if ((p->x == x && p->y == y) || (p->x == y && p->y == x)) return true;
  return false;
}

// Both interfaces, inexactly: the methods of the smaller must be in the larger.
static bool unify_interfaces(Unifier *u, Type *xi, Type *yi, const UnifyPair *pairs) {
  const TypeSet *xs = type_set(xi), *ys = type_set(yi);
  if (xs->comparable != ys->comparable || !terms_equal(typeset_terms(xs), typeset_terms(ys))) return false;
  if (pair_known(pairs, xi, yi)) return true;
  UnifyPair pair = {xi, yi, pairs};
  if (xs->methods.len > ys->methods.len) {
    const TypeSet *swap = xs;
    xs = ys;
    ys = swap;
  }
  for (uint32_t i = 0; i < xs->methods.len; i++) {
    const Object *m = xs->methods.items[i], *f = set_method(ys, m);
    if (!f || !nify(u, m->type, f->type, UNIFY_EXACT, &pair)) return false;
  }
  return true;
}

// One interface: the other type must have its methods.
static bool unify_methods(Unifier *u, Type *interface, Type *t, const UnifyPair *pairs) {
  const TypeSet *set = type_set(interface);
  for (uint32_t i = 0; i < set->methods.len; i++) {
    const Object *m = set->methods.items[i];
    Arena scratch = {0};
    Lookup l = type_lookup(&scratch, t, false, m->pkg, m->name, false);
    arena_release(&scratch);
    if (!l.obj || l.obj->kind != OBJ_FUNC) return false;
    object_resolve(l.obj);
    // a generic method never satisfies an interface's
    if (l.obj->type && l.obj->type->kind == TYPE_SIGNATURE && l.obj->type->u.signature.tparams.len) return false;
    if (!nify(u, m->type, l.obj->type, UNIFY_EXACT, pairs)) return false;
  }
  return true;
}

static bool nify_tuples(Unifier *u, const Type *x, const Type *y, unsigned mode, const UnifyPair *pairs) {
  if (tuple_len(x) != tuple_len(y)) return false;
  for (uint32_t i = 0; i < tuple_len(x); i++)
    if (!nify(u, tuple_at(x, i)->type, tuple_at(y, i)->type, mode, pairs)) return false;
  return true;
}

static bool nify_structs(Unifier *u, const Type *x, const Type *y, unsigned mode, const UnifyPair *pairs) {
  if (x->u.struct_.fields.len != y->u.struct_.fields.len) return false;
  for (uint32_t i = 0; i < x->u.struct_.fields.len; i++) {
    const Object *f = x->u.struct_.fields.items[i], *g = y->u.struct_.fields.items[i];
    Str a = x->u.struct_.tags ? x->u.struct_.tags[i] : STR_NONE,
        b = y->u.struct_.tags ? y->u.struct_.tags[i] : STR_NONE;
    if (f->u.var.embedded != g->u.var.embedded || !str_equal(a, b) || !object_same_id(f, g->pkg, g->name) ||
        !nify(u, f->type, g->type, mode, pairs))
      return false;
  }
  return true;
}

// Interfaces in exact mode, or before Go 1.21.
static bool nify_interfaces(Unifier *u, Type *x, Type *y, const UnifyPair *pairs) {
  const TypeSet *a = type_set(x), *b = type_set(y);
  if (a->comparable != b->comparable || !terms_equal(typeset_terms(a), typeset_terms(b))) return false;
  if (a->methods.len != b->methods.len) return false;
  if (pair_known(pairs, x, y)) return true;
  UnifyPair pair = {x, y, pairs};
  for (uint32_t i = 0; i < a->methods.len; i++) {
    const Object *f = a->methods.items[i], *g = b->methods.items[i];
    if (!object_same_id(f, g->pkg, g->name) || !nify(u, f->type, g->type, UNIFY_EXACT, &pair)) return false;
  }
  return true;
}

static bool nify_named(Unifier *u, const Type *x, const Type *y, unsigned mode, const UnifyPair *pairs) {
  TypeList a = x->u.named.targs, b = y->u.named.targs;
  if (a.len != b.len) return false;
  for (uint32_t i = 0; i < a.len; i++)
    if (!nify(u, a.items[i], b.items[i], mode, pairs)) return false;
  return x->u.named.origin->u.named.obj == y->u.named.origin->u.named.obj;
}

// Elements are matched with emode, except where the spec's rules keep the outer mode.
static bool nify_structure(Unifier *u, Type *x, Type *y, unsigned mode, const UnifyPair *pairs) {
  unsigned emode = mode & UNIFY_ASSIGN ? mode | UNIFY_EXACT : mode;
  if (x->kind == TYPE_PARAM) { // one that is not to be inferred: its common underlying type speaks for it
    Type *common = type_common_underlying(x);
    return common && nify(u, common, y, UNIFY_ASSIGN, pairs);
  }
  if (x->kind != y->kind) return false;
  switch ((TypeKind)x->kind) {
  case TYPE_BASIC: return basic_canonical(x->basic_kind) == basic_canonical(y->basic_kind);
  case TYPE_POINTER: return nify(u, x->u.pointer.elem, y->u.pointer.elem, emode, pairs);
  case TYPE_ARRAY:
    return (x->u.array.len < 0 || y->u.array.len < 0 || x->u.array.len == y->u.array.len) &&
           nify(u, x->u.array.elem, y->u.array.elem, emode, pairs);
  case TYPE_SLICE: return nify(u, x->u.slice.elem, y->u.slice.elem, emode, pairs);
  case TYPE_STRUCT: return nify_structs(u, x, y, emode, pairs);
  case TYPE_MAP:
    return nify(u, x->u.map.key, y->u.map.key, emode, pairs) && nify(u, x->u.map.elem, y->u.map.elem, emode, pairs);
  case TYPE_CHAN:
    return (!(mode & UNIFY_EXACT) || x->u.chan.direction == y->u.chan.direction) &&
           nify(u, x->u.chan.elem, y->u.chan.elem, emode, pairs);
  case TYPE_SIGNATURE:
    return x->u.signature.variadic == y->u.signature.variadic &&
           nify_tuples(u, x->u.signature.params, y->u.signature.params, emode, pairs) &&
           nify_tuples(u, x->u.signature.results, y->u.signature.results, emode, pairs);
  case TYPE_TUPLE: return nify_tuples(u, x, y, mode, pairs);
  case TYPE_INTERFACE: return nify_interfaces(u, x, y, pairs);
  case TYPE_NAMED: return nify_named(u, x, y, mode, pairs);
  case TYPE_PARAM:
  case TYPE_ALIAS:
  case TYPE_UNION: return false;
  }
  return false;
}

static bool nify_types(Unifier *u, Type *x, Type *y, unsigned mode, const UnifyPair *pairs) {
  // Parameters to be inferred go to the left, defined types to the right.
  if (named_of(x) || unifier_index(u, y) >= 0) {
    Type *swap = x;
    x = y;
    y = swap;
  }
  // A defined type against a literal: its underlying type, unless interface inference will compare methods.
  if (!(mode & UNIFY_EXACT) && named_of(y) && is_literal(x) && !(u->interface_inference && type_is_interface(x))) {
    y = type_underlying(y);
    if (type_unalias(x) == y) return true;
  }
  int px = unifier_index(u, x), py = unifier_index(u, y);
  if (px >= 0 && py >= 0) {
    if (join(u, (uint32_t)px, (uint32_t)py)) return true;
    return nify(u, unifier_at(u, (uint32_t)px), unifier_at(u, (uint32_t)py), mode, pairs);
  }
  if (px >= 0) {
    if (unifier_at(u, (uint32_t)px)) return unify_bound(u, (uint32_t)px, y, mode, pairs);
    unifier_set(u, (uint32_t)px, y);
    return true;
  }
  if (u->interface_inference && !(mode & UNIFY_EXACT)) {
    Type *xi = as_interface(x), *yi = as_interface(y);
    if (xi && yi) return unify_interfaces(u, xi, yi, pairs);
    if (yi) return unify_methods(u, yi, x, pairs);
    if (xi) return unify_methods(u, xi, y, pairs);
  }
  x = type_unalias(x);
  y = type_unalias(y);
  if (y->kind == TYPE_PARAM) {
    Type *swap = x;
    x = y;
    y = swap;
  }
  return nify_structure(u, x, y, mode, pairs);
}

static bool nify(Unifier *u, Type *x, Type *y, unsigned mode, const UnifyPair *pairs) {
  if (!x || !y) return false;
  if (x == y || type_unalias(x) == type_unalias(y)) return true;
  if (u->depth > UNIFY_DEPTH_LIMIT) return false;
  u->depth++;
  bool ok = nify_types(u, x, y, mode, pairs);
  u->depth--;
  return ok;
}

bool unifier_unify(Unifier *u, Type *x, Type *y, unsigned mode) { return nify(u, x, y, mode, NULL); }
