// identical.c: type identity (the Go spec, "Type identity"), a hash that agrees with it, and the stricter equality of
// spelling that shared instances need.
//
// Two named types are identical if they come from the same declaration with identical type arguments; all other types
// are compared by structure. Interfaces may mention themselves through their methods, so pairs under comparison are
// kept on a chain and taken for identical when met again. Type parameters of generic signatures are matched by
// position: the comparison carries the pairs in force instead of substituting.
#include "types/type_internal.h"

typedef struct InterfacePair {
  const Type *x, *y;
  const struct InterfacePair *previous;
} InterfacePair;

typedef struct ParamScope { // type parameters of two generic signatures, matched by index
  TypeList x, y;
  const struct ParamScope *outer;
} ParamScope;

typedef struct Comparer {
  bool ignore_tags;
  unsigned depth;
  const ParamScope *params;
} Comparer;

static bool identical(Comparer *c, const Type *x, const Type *y, const InterfacePair *pairs);

static bool same_param(const Comparer *c, const Type *x, const Type *y) {
  for (const ParamScope *s = c->params; s; s = s->outer)
    for (uint32_t i = 0; i < s->x.len; i++)
      if (s->x.items[i] == x) return s->y.items[i] == y;
  return false;
}

static bool tuples_identical(Comparer *c, const Type *x, const Type *y, const InterfacePair *pairs) {
  uint32_t n = tuple_len(x);
  if (n != tuple_len(y)) return false;
  for (uint32_t i = 0; i < n; i++)
    if (!identical(c, tuple_at(x, i)->type, tuple_at(y, i)->type, pairs)) return false;
  return true;
}

static bool structs_identical(Comparer *c, const Type *x, const Type *y, const InterfacePair *pairs) {
  uint32_t n = x->u.struct_.fields.len;
  if (n != y->u.struct_.fields.len) return false;
  for (uint32_t i = 0; i < n; i++) {
    const Object *f = x->u.struct_.fields.items[i], *g = y->u.struct_.fields.items[i];
    if (f->u.var.embedded != g->u.var.embedded || !object_same_id(f, g->pkg, g->name)) return false;
    if (!c->ignore_tags) {
      Str a = x->u.struct_.tags ? x->u.struct_.tags[i] : STR_NONE,
          b = y->u.struct_.tags ? y->u.struct_.tags[i] : STR_NONE;
      if (!str_equal(a, b)) return false;
    }
    if (!identical(c, f->type, g->type, pairs)) return false;
  }
  return true;
}

static bool signatures_identical(Comparer *c, const Type *x, const Type *y, const InterfacePair *pairs) {
  TypeList xt = x->u.signature.tparams, yt = y->u.signature.tparams;
  if (xt.len != yt.len || x->u.signature.variadic != y->u.signature.variadic) return false;
  ParamScope scope = {xt, yt, c->params};
  if (xt.len) c->params = &scope;
  bool same = true;
  for (uint32_t i = 0; same && i < xt.len; i++)
    same = identical(c, xt.items[i]->u.tparam.bound, yt.items[i]->u.tparam.bound, pairs);
  same = same && tuples_identical(c, x->u.signature.params, y->u.signature.params, pairs) &&
         tuples_identical(c, x->u.signature.results, y->u.signature.results, pairs);
  c->params = scope.outer;
  return same;
}

static bool interfaces_identical(Comparer *c, const Type *x, const Type *y, const InterfacePair *pairs) {
  const TypeSet *a = type_set((Type *)x), *b = type_set((Type *)y);
  if (a->comparable != b->comparable || a->methods.len != b->methods.len) return false;
  if (!terms_equal(typeset_terms(a), typeset_terms(b))) return false;
  for (const InterfacePair *p = pairs; p; p = p->previous)
    if ((p->x == x && p->y == y) || (p->x == y && p->y == x)) return true;
  InterfacePair pair = {x, y, pairs};
  for (uint32_t i = 0; i < a->methods.len; i++) {
    const Object *f = a->methods.items[i], *g = b->methods.items[i];
    if (!object_same_id(f, g->pkg, g->name) || !identical(c, f->type, g->type, &pair)) return false;
  }
  return true;
}

static bool lists_identical(Comparer *c, TypeList x, TypeList y, const InterfacePair *pairs) {
  if (x.len != y.len) return false;
  for (uint32_t i = 0; i < x.len; i++)
    if (!identical(c, x.items[i], y.items[i], pairs)) return false;
  return true;
}

static bool identical_kind(Comparer *c, const Type *x, const Type *y, const InterfacePair *pairs) {
  switch ((TypeKind)x->kind) {
  case TYPE_BASIC: return basic_canonical(x->basic_kind) == basic_canonical(y->basic_kind);
  case TYPE_POINTER: return identical(c, x->u.pointer.elem, y->u.pointer.elem, pairs);
  case TYPE_ARRAY:
    return (x->u.array.len < 0 || y->u.array.len < 0 || x->u.array.len == y->u.array.len) &&
           identical(c, x->u.array.elem, y->u.array.elem, pairs);
  case TYPE_SLICE: return identical(c, x->u.slice.elem, y->u.slice.elem, pairs);
  case TYPE_STRUCT: return structs_identical(c, x, y, pairs);
  case TYPE_MAP:
    return identical(c, x->u.map.key, y->u.map.key, pairs) && identical(c, x->u.map.elem, y->u.map.elem, pairs);
  case TYPE_CHAN:
    return x->u.chan.direction == y->u.chan.direction && identical(c, x->u.chan.elem, y->u.chan.elem, pairs);
  case TYPE_SIGNATURE: return signatures_identical(c, x, y, pairs);
  case TYPE_TUPLE: return tuples_identical(c, x, y, pairs);
  case TYPE_INTERFACE: return interfaces_identical(c, x, y, pairs);
  case TYPE_NAMED:
    return x->u.named.origin->u.named.obj == y->u.named.origin->u.named.obj &&
           x->u.named.is_shape == y->u.named.is_shape && lists_identical(c, x->u.named.targs, y->u.named.targs, NULL);
  case TYPE_PARAM: return same_param(c, x, y);
  case TYPE_UNION: {
    Arena scratch = {0};
    bool same = terms_equal(union_terms(x, &scratch), union_terms(y, &scratch));
    arena_release(&scratch);
    return same;
  }
  case TYPE_ALIAS: return false; // unaliased before
  }
  return false;
}

static bool identical(Comparer *c, const Type *x, const Type *y, const InterfacePair *pairs) {
  if (x == y) return true;
  if (!x || !y) return false;
  x = type_unalias(x);
  y = type_unalias(y);
  if (x == y) return true;
  if (x->kind != y->kind || c->depth > type_depth_limit()) return false;
  c->depth++;
  bool same = identical_kind(c, x, y, pairs);
  c->depth--;
  return same;
}

bool type_identical(const Type *x, const Type *y) {
  Comparer c = {0};
  return identical(&c, x, y, NULL);
}

bool type_identical_ignore_tags(const Type *x, const Type *y) {
  Comparer c = {.ignore_tags = true};
  return identical(&c, x, y, NULL);
}

// -- hash --

static uint64_t hash_type(const Type *t, unsigned depth);

static uint64_t hash_tuple(uint64_t h, const Type *tuple, unsigned depth) {
  uint32_t n = tuple_len(tuple);
  h = hash_mix(h, n);
  for (uint32_t i = 0; i < n; i++) h = hash_mix(h, hash_type(tuple_at(tuple, i)->type, depth));
  return h;
}

// Literals nested deeper than this hash alike: type parameters of signatures and interfaces count only by number.
enum { HASH_DEPTH = 6 };

static uint64_t hash_type(const Type *t, unsigned depth) {
  if (!t) return 0;
  t = type_unalias(t);
  uint64_t h = hash_mix(0x9e3779b97f4a7c15u, t->kind);
  if (depth > HASH_DEPTH) return h;
  for (unsigned n = 0; t->kind == TYPE_POINTER && t->u.pointer.elem && n < TYPE_CHAIN_LIMIT; n++) { // of any length
    t = type_unalias(t->u.pointer.elem);
    h = hash_mix(h, t->kind);
  }
  depth++;
  switch ((TypeKind)t->kind) {
  case TYPE_BASIC: return hash_mix(h, basic_canonical(t->basic_kind));
  case TYPE_POINTER: return hash_mix(h, hash_type(t->u.pointer.elem, depth));
  case TYPE_ARRAY: return hash_mix(h, hash_type(t->u.array.elem, depth)); // unknown lengths equal all others
  case TYPE_SLICE: return hash_mix(h, hash_type(t->u.slice.elem, depth));
  case TYPE_STRUCT:
    h = hash_mix(h, t->u.struct_.fields.len);
    for (uint32_t i = 0; i < t->u.struct_.fields.len; i++) {
      const Object *f = t->u.struct_.fields.items[i];
      h = hash_mix(hash_mix(h, f->name ? f->name->hash : 0), hash_type(f->type, depth));
    }
    return h;
  case TYPE_MAP: return hash_mix(hash_mix(h, hash_type(t->u.map.key, depth)), hash_type(t->u.map.elem, depth));
  case TYPE_CHAN: return hash_mix(hash_mix(h, t->u.chan.direction), hash_type(t->u.chan.elem, depth));
  case TYPE_SIGNATURE:
    h = hash_mix(h, t->u.signature.tparams.len * 2 + t->u.signature.variadic);
    if (t->u.signature.tparams.len) return h; // parameters of two generic signatures differ by pointer
    return hash_tuple(hash_tuple(h, t->u.signature.params, depth), t->u.signature.results, depth);
  case TYPE_TUPLE: return hash_tuple(h, t, depth);
  case TYPE_INTERFACE: return h; // the type set may be incomplete
  case TYPE_NAMED: {
    const Object *o = t->u.named.origin->u.named.obj;
    h = hash_mix(h, o && o->name ? o->name->hash : 0);
    h = hash_mix(h, o && o->pkg ? str_hash(o->pkg->path) : 0);
    for (uint32_t i = 0; i < t->u.named.targs.len; i++) h = hash_mix(h, hash_type(t->u.named.targs.items[i], depth));
    return h;
  }
  case TYPE_PARAM: return hash_mix(h, t->u.tparam.obj && t->u.tparam.obj->name ? t->u.tparam.obj->name->hash : 0);
  case TYPE_UNION:
  case TYPE_ALIAS: return h;
  }
  return h;
}

// Within a generic signature's parts, type parameters of another signature may be matched by position, so such a part
// must not be hashed by their names: hash_type stops at generic signatures.
uint64_t type_hash(const Type *t) {
  uint64_t h = hash_type(t, 0);
  return h ? h : 1;
}

// -- equality of spelling --

static bool spelled(const Type *x, const Type *y, unsigned depth);

static bool lists_spelled(TypeList x, TypeList y, unsigned depth) {
  if (x.len != y.len) return false;
  for (uint32_t i = 0; i < x.len; i++)
    if (!spelled(x.items[i], y.items[i], depth)) return false;
  return true;
}

static bool tuples_spelled(const Type *x, const Type *y, unsigned depth) {
  if (tuple_len(x) != tuple_len(y)) return false;
  for (uint32_t i = 0; i < tuple_len(x); i++)
    if (!spelled(tuple_at(x, i)->type, tuple_at(y, i)->type, depth)) return false;
  return true;
}

static bool structs_spelled(const Type *x, const Type *y, unsigned depth) {
  ObjectList a = x->u.struct_.fields, b = y->u.struct_.fields;
  if (!type_identical(x, y)) return false;
  for (uint32_t i = 0; i < a.len; i++)
    if (!spelled(a.items[i]->type, b.items[i]->type, depth)) return false;
  return true;
}

static bool spelled(const Type *x, const Type *y, unsigned depth) {
  if (x == y) return true;
  if (!x || !y || x->kind != y->kind || depth > type_depth_limit()) return false;
  depth++;
  switch ((TypeKind)x->kind) {
  case TYPE_BASIC: return x->basic_kind == y->basic_kind;
  case TYPE_POINTER: return spelled(x->u.pointer.elem, y->u.pointer.elem, depth);
  case TYPE_ARRAY: return x->u.array.len == y->u.array.len && spelled(x->u.array.elem, y->u.array.elem, depth);
  case TYPE_SLICE: return spelled(x->u.slice.elem, y->u.slice.elem, depth);
  case TYPE_MAP: return spelled(x->u.map.key, y->u.map.key, depth) && spelled(x->u.map.elem, y->u.map.elem, depth);
  case TYPE_CHAN: return x->u.chan.direction == y->u.chan.direction && spelled(x->u.chan.elem, y->u.chan.elem, depth);
  case TYPE_NAMED:
    return x->u.named.origin == y->u.named.origin && x->u.named.is_shape == y->u.named.is_shape &&
           (x->u.named.targs.len || x->u.named.obj == y->u.named.obj) &&
           lists_spelled(x->u.named.targs, y->u.named.targs, depth);
  case TYPE_ALIAS:
    return x->u.alias.origin == y->u.alias.origin && lists_spelled(x->u.alias.targs, y->u.alias.targs, depth);
  case TYPE_SIGNATURE:
    return !x->u.signature.tparams.len && !y->u.signature.tparams.len &&
           x->u.signature.variadic == y->u.signature.variadic &&
           tuples_spelled(x->u.signature.params, y->u.signature.params, depth) &&
           tuples_spelled(x->u.signature.results, y->u.signature.results, depth);
  case TYPE_STRUCT: return structs_spelled(x, y, depth);
  case TYPE_INTERFACE:
    return !x->u.interface.predeclared && !y->u.interface.predeclared && x->u.interface.complete &&
           y->u.interface.complete && !x->u.interface.embeddeds.len && !y->u.interface.embeddeds.len &&
           type_identical(x, y);
  case TYPE_TUPLE:
  case TYPE_PARAM:
  case TYPE_UNION: return false;
  }
  return false;
}

bool type_same_spelling(const Type *x, const Type *y) { return spelled(x, y, 0); }
