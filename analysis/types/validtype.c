// validtype.c: types of infinite size (the Go spec, "Array types" and "Struct types": a type may not contain itself, or
// a type containing it, if those are only arrays and structs).
//
// A depth-first walk over right-hand sides as declared. `nest` holds the named types the walk is inside of. For an
// instance the generic declaration is walked; a type parameter met there stands for the argument of the innermost
// instance, which belongs to the surroundings of that instance, so the walk goes on with the nest shortened by one.
// Non-generic types found finite are not walked again.
#include "types/checker_internal.h"
#include "types/type_internal.h"

enum { NEST_LIMIT = 200 };

typedef struct ValidWalk {
  Checker *checker;
  Type *path[NEST_LIMIT]; // all named types on the way
  unsigned path_len;
  unsigned depth, budget;
  PtrMap valid;
} ValidWalk;

static bool walk(ValidWalk *v, Type *self, Type **nest, unsigned nest_len);

static bool report(ValidWalk *v, Type *t) {
  Checker *c = v->checker;
  unsigned start = 0;
  while (start < v->path_len && !type_identical(v->path[start], t)) start++;
  Object *cycle[NEST_LIMIT];
  unsigned n = 0;
  for (unsigned i = start; i < v->path_len; i++) cycle[n++] = v->path[i]->u.named.origin->u.named.obj;
  Type *origin = t->u.named.origin;
  if (n) check_cycle_error(c, cycle, n, 0);
  if (origin->u.named.obj && origin->u.named.obj->pkg == c->pkg) {
    STORE(origin->u.named.from_rhs, type_invalid(c->context));
    STORE(origin->u.named.underlying, type_invalid(c->context));
  }
  return false;
}

static bool walk_named(ValidWalk *v, Type *t, Type **nest, unsigned nest_len) {
  Type *origin = t->u.named.origin;
  bool plain = !t->u.named.targs.len;
  if (plain && ptrmap_has(&v->valid, t)) return true;
  for (unsigned i = 0; i < nest_len; i++)
    if (type_identical(nest[i], t)) return report(v, t);
  if (nest_len == NEST_LIMIT || v->path_len == NEST_LIMIT) return true;
  const Object *o = origin->u.named.obj;
  if (plain && (!o || !o->pkg || o->pkg != v->checker->pkg)) return true; // another package's, checked there
  Type *rhs = LOAD(origin->u.named.from_rhs);
  if (!rhs) return true;
  nest[nest_len] = t;
  v->path[v->path_len++] = t;
  bool ok = walk(v, rhs, nest, nest_len + 1);
  v->path_len--;
  if (ok && plain) ptrmap_set(&v->valid, t, t);
  return ok;
}

static bool walk_param(ValidWalk *v, Type *t, Type **nest, unsigned nest_len) {
  if (!nest_len) return true;
  Type *inst = nest[nest_len - 1];
  TypeList tparams = inst->u.named.origin->u.named.tparams, targs = inst->u.named.targs;
  for (uint32_t i = 0; i < tparams.len && i < targs.len; i++) {
    if (tparams.items[i] != t) continue;
    bool ok = walk(v, targs.items[i], nest, nest_len - 1);
    nest[nest_len - 1] = inst; // the walk may have written over it
    return ok;
  }
  return true;
}

static bool walk_kind(ValidWalk *v, Type *t, Type **nest, unsigned nest_len) {
  switch ((TypeKind)t->kind) {
  case TYPE_ARRAY: return walk(v, t->u.array.elem, nest, nest_len);
  case TYPE_STRUCT:
    for (uint32_t i = 0; i < t->u.struct_.fields.len; i++)
      if (!walk(v, t->u.struct_.fields.items[i]->type, nest, nest_len)) return false;
    return true;
  case TYPE_UNION:
    for (uint32_t i = 0; i < t->u.union_.len; i++)
      if (!walk(v, t->u.union_.terms[i].type, nest, nest_len)) return false;
    return true;
  case TYPE_INTERFACE:
    for (uint32_t i = 0; i < t->u.interface.embeddeds.len; i++)
      if (!walk(v, t->u.interface.embeddeds.items[i], nest, nest_len)) return false;
    return true;
  case TYPE_NAMED: return walk_named(v, t, nest, nest_len);
  case TYPE_PARAM: return walk_param(v, t, nest, nest_len);
  case TYPE_BASIC:
  case TYPE_POINTER:
  case TYPE_SLICE:
  case TYPE_MAP:
  case TYPE_CHAN:
  case TYPE_SIGNATURE:
  case TYPE_TUPLE:
  case TYPE_ALIAS: return true;
  }
  return true;
}

static bool walk(ValidWalk *v, Type *self, Type **nest, unsigned nest_len) {
  if (!self || v->depth > type_depth_limit() || !v->budget) return true;
  v->depth++;
  v->budget--;
  bool ok = walk_kind(v, type_unalias(self), nest, nest_len);
  v->depth--;
  return ok;
}

bool check_valid_type(Checker *c, Type *named) {
  Type *t = named_of(named);
  if (!t) return true;
  Type *nest[NEST_LIMIT];
  ValidWalk v = {.checker = c, .budget = 200000};
  bool ok = walk(&v, t, nest, 0);
  ptrmap_release(&v.valid);
  return ok;
}
