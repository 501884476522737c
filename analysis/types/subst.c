// subst.c: substitution of type arguments for type parameters.
//
// Parts in which nothing changes are shared with the original. Instances of generic types get new arguments but are not
// expanded, which is why substitution ends for recursive types. A method that has type parameters of its own gets new
// ones, with the receiver's replaced in their constraints, when its receiver's are replaced (go1.27; types2, subst.go).
//
// Unlike go/types, aliases that are local to a generic function are looked into, because bodies of functions are
// instantiated here too: the alias then gives way to what it stands for.
#include "types/type_internal.h"

static Type *lookup(const Substitution *s, Type *tparam) {
  for (uint32_t i = 0; i < s->from.len; i++)
    if (s->from.items[i] == tparam && s->to.items[i]) return s->to.items[i];
  return tparam;
}

// The list itself when nothing changes.
static TypeList substitute_list(Substitution *s, TypeList list) {
  Type **out = NULL;
  for (uint32_t i = 0; i < list.len; i++) {
    Type *t = substitute(s, list.items[i]);
    if (t == list.items[i]) continue;
    if (!out) out = typelist_copy(s->arena, list).items;
    out[i] = t;
  }
  return out ? (TypeList){out, list.len} : list;
}

static ObjectList substitute_objects(Substitution *s, ObjectList list) {
  Object **out = NULL;
  for (uint32_t i = 0; i < list.len; i++) {
    Object *o = list.items[i];
    if (!o->type) continue;
    Type *t = substitute(s, o->type);
    if (t == o->type) continue;
    if (!out) {
      out = ARENA_ARRAY(s->arena, Object *, list.len);
      memcpy(out, list.items, list.len * sizeof *out);
    }
    out[i] = object_clone(s->arena, o, t);
  }
  return out ? (ObjectList){out, list.len} : list;
}

static Type *substitute_tuple(Substitution *s, Type *tuple) {
  if (!tuple) return NULL;
  ObjectList vars = substitute_objects(s, tuple->u.tuple.vars);
  if (vars.items == tuple->u.tuple.vars.items) return tuple;
  Type *t = type_alloc(s->arena, s->in, TYPE_TUPLE);
  t->u.tuple.vars = vars;
  return t;
}

ObjectList replace_receivers(Arena *arena, ObjectList methods, const Type *old, Type *new_type, bool *copied) {
  Object **out = NULL;
  for (uint32_t i = 0; i < methods.len; i++) {
    Object *m = methods.items[i];
    if (!m->type || m->type->kind != TYPE_SIGNATURE) continue;
    Object *recv = m->type->u.signature.recv;
    if (!recv || recv->type != old) continue;
    if (!out) {
      out = ARENA_ARRAY(arena, Object *, methods.len);
      memcpy(out, methods.items, methods.len * sizeof *out);
    }
    Type *signature = type_alloc(arena, NULL, TYPE_SIGNATURE);
    signature->u.signature = m->type->u.signature;
    signature->u.signature.recv = object_clone(arena, recv, new_type);
    out[i] = object_clone(arena, m, signature);
  }
  *copied = out != NULL;
  return out ? (ObjectList){out, methods.len} : methods;
}

static Type *substitute_interface(Substitution *s, Type *t) {
  ObjectList methods = substitute_objects(s, t->u.interface.methods);
  TypeList embeddeds = substitute_list(s, t->u.interface.embeddeds);
  if (methods.items == t->u.interface.methods.items && embeddeds.items == t->u.interface.embeddeds.items) return t;
  Type *n = type_alloc(s->arena, s->in, TYPE_INTERFACE);
  bool copied;
  n->u.interface.methods = replace_receivers(s->arena, methods, t, n, &copied);
  n->u.interface.embeddeds = embeddeds;
  n->u.interface.embed_pos = t->u.interface.embed_pos;
  n->u.interface.implicit = t->u.interface.implicit;
  n->u.interface.complete = t->u.interface.complete;
  return n;
}

static Type *substitute_alias(Substitution *s, Type *t) {
  Type *origin = t->u.alias.origin;
  if (!origin->u.alias.tparams.len) {
    const Object *o = t->u.alias.obj;
    if (!o || !o->pkg || !o->parent || o->parent == o->pkg->scope) return t;
    Type *actual = type_unalias(t);
    Type *changed = substitute(s, actual);
    return changed == actual ? t : changed;
  }
  if (t->u.alias.targs.len != origin->u.alias.tparams.len) return type_invalid_constant();
  TypeList targs = substitute_list(s, t->u.alias.targs);
  if (targs.items == t->u.alias.targs.items) return t;
  return alias_instance(s, origin, targs);
}

static Type *substitute_struct(Substitution *s, Type *t) {
  ObjectList fields = substitute_objects(s, t->u.struct_.fields);
  if (fields.items == t->u.struct_.fields.items) return t;
  Type *n = type_alloc(s->arena, s->in, TYPE_STRUCT);
  n->u.struct_.fields = fields;
  n->u.struct_.tags = t->u.struct_.tags;
  return n;
}

static bool is_replaced(const Substitution *s, const Type *tparam) {
  for (uint32_t i = 0; i < s->from.len; i++)
    if (s->from.items[i] == tparam) return true;
  return false;
}

// New type parameters for a signature's own, which *s replaces from then on.
static TypeList fresh_tparams(Substitution *s, TypeList old) {
  uint32_t known = s->from.len, n = old.len;
  TypeList from = {ARENA_ARRAY(s->arena, Type *, known + n), known + n},
           to = {ARENA_ARRAY(s->arena, Type *, known + n), known + n};
  memcpy(from.items, s->from.items, known * sizeof *from.items);
  memcpy(to.items, s->to.items, known * sizeof *to.items);
  TypeList fresh = {to.items + known, n};
  for (uint32_t i = 0; i < n; i++) {
    Type *tparam = old.items[i], *t = type_alloc(s->arena, s->in, TYPE_PARAM);
    t->u.tparam.obj = object_clone(s->arena, tparam->u.tparam.obj, t);
    t->u.tparam.index = tparam->u.tparam.index;
    t->u.tparam.origin = tparam->u.tparam.origin ? tparam->u.tparam.origin : tparam;
    from.items[known + i] = tparam;
    fresh.items[i] = t;
  }
  s->from = from;
  s->to = to;
  for (uint32_t i = 0; i < n; i++) fresh.items[i]->u.tparam.bound = substitute(s, old.items[i]->u.tparam.bound);
  return fresh;
}

static Type *substitute_signature(Substitution *outer, Type *t) {
  Substitution own = *outer, *s = &own;
  TypeList tparams = t->u.signature.tparams;
  if (tparams.len && !is_replaced(s, tparams.items[0])) tparams = fresh_tparams(s, tparams);
  Type *params = substitute_tuple(s, t->u.signature.params);
  Type *results = substitute_tuple(s, t->u.signature.results);
  if (params == t->u.signature.params && results == t->u.signature.results &&
      tparams.items == t->u.signature.tparams.items)
    return t;
  Type *n = type_alloc(s->arena, s->in, TYPE_SIGNATURE);
  n->u.signature = t->u.signature;
  n->u.signature.scope = NULL;
  n->u.signature.tparams = tparams;
  n->u.signature.params = params;
  n->u.signature.results = results;
  return n;
}

static Type *substitute_union(Substitution *s, Type *t) {
  UnionTerm *out = NULL;
  for (uint32_t i = 0; i < t->u.union_.len; i++) {
    Type *u = substitute(s, t->u.union_.terms[i].type);
    if (u == t->u.union_.terms[i].type) continue;
    if (!out) {
      out = ARENA_ARRAY(s->arena, UnionTerm, t->u.union_.len);
      memcpy(out, t->u.union_.terms, t->u.union_.len * sizeof *out);
    }
    out[i].type = u;
  }
  if (!out) return t;
  Type *n = type_alloc(s->arena, s->in, TYPE_UNION);
  n->u.union_.terms = out;
  n->u.union_.len = t->u.union_.len;
  return n;
}

static Type *substitute_named(Substitution *s, Type *t) {
  Type *origin = t->u.named.origin;
  if (!t->u.named.targs.len) return t;
  if (origin->u.named.tparams.len && t->u.named.targs.len != origin->u.named.tparams.len)
    return type_invalid_constant();
  TypeList targs = substitute_list(s, t->u.named.targs);
  return targs.items == t->u.named.targs.items ? t : named_instance(s->in, origin, targs);
}

static Type *substitute_kind(Substitution *s, Type *t) {
  Type *n;
  switch ((TypeKind)t->kind) {
  case TYPE_BASIC: return t;
  case TYPE_PARAM: return lookup(s, t);
  case TYPE_NAMED: return substitute_named(s, t);
  case TYPE_ALIAS: return substitute_alias(s, t);
  case TYPE_STRUCT: return substitute_struct(s, t);
  case TYPE_SIGNATURE: return substitute_signature(s, t);
  case TYPE_TUPLE: return substitute_tuple(s, t);
  case TYPE_INTERFACE: return substitute_interface(s, t);
  case TYPE_UNION: return substitute_union(s, t);
  case TYPE_POINTER: {
    Type *elem = substitute(s, t->u.pointer.elem);
    if (elem == t->u.pointer.elem) return t;
    n = type_alloc(s->arena, s->in, TYPE_POINTER);
    n->u.pointer.elem = elem;
    return n;
  }
  case TYPE_ARRAY: {
    Type *elem = substitute(s, t->u.array.elem);
    if (elem == t->u.array.elem) return t;
    n = type_alloc(s->arena, s->in, TYPE_ARRAY);
    n->u.array.elem = elem;
    n->u.array.len = t->u.array.len;
    return n;
  }
  case TYPE_SLICE: {
    Type *elem = substitute(s, t->u.slice.elem);
    if (elem == t->u.slice.elem) return t;
    n = type_alloc(s->arena, s->in, TYPE_SLICE);
    n->u.slice.elem = elem;
    return n;
  }
  case TYPE_CHAN: {
    Type *elem = substitute(s, t->u.chan.elem);
    if (elem == t->u.chan.elem) return t;
    n = type_alloc(s->arena, s->in, TYPE_CHAN);
    n->u.chan.elem = elem;
    n->u.chan.direction = t->u.chan.direction;
    return n;
  }
  case TYPE_MAP: {
    Type *key = substitute(s, t->u.map.key), *elem = substitute(s, t->u.map.elem);
    if (key == t->u.map.key && elem == t->u.map.elem) return t;
    n = type_alloc(s->arena, s->in, TYPE_MAP);
    n->u.map.key = key;
    n->u.map.elem = elem;
    return n;
  }
  }
  return t;
}

Type *substitute(Substitution *s, Type *t) {
  if (!t) return type_invalid_constant();
  if (!s->from.len || s->depth > type_depth_limit()) return t;
  s->depth++;
  Type *n = substitute_kind(s, t);
  s->depth--;
  return n;
}

Type *type_substitute(Package *in, Type *t, TypeList tparams, TypeList targs) {
  if (!t || !tparams.len) return t;
  if (targs.len != tparams.len) return type_invalid(in->context);
  Substitution s = {.in = in, .arena = &in->arena, .from = tparams, .to = targs};
  return substitute(&s, t);
}

// The right-hand side of a generic alias with arguments, at once: aliases have no underlying type of their own to wait
// for.
Type *alias_instance(Substitution *outer, Type *origin, TypeList targs) {
  if (origin->u.alias.tparams.len != targs.len || outer->alias_depth > ALIAS_DEPTH_LIMIT)
    return type_invalid(outer->in->context);
  Substitution s = {.in = outer->in,
                    .arena = outer->arena,
                    .from = origin->u.alias.tparams,
                    .to = targs,
                    .depth = outer->depth,
                    .alias_depth = outer->alias_depth + 1};
  Type *rhs = origin->u.alias.rhs ? substitute(&s, origin->u.alias.rhs) : NULL;
  Type *t = type_alloc(s.arena, s.in, TYPE_ALIAS);
  t->u.alias.obj = origin->u.alias.obj;
  t->u.alias.origin = origin;
  t->u.alias.tparams = origin->u.alias.tparams;
  t->u.alias.targs = typelist_copy(s.arena, targs);
  t->u.alias.rhs = rhs ? rhs : type_invalid(s.in->context);
  t->u.alias.actual = type_unalias(t->u.alias.rhs);
  return t;
}

// -- do types mention type parameters? --

typedef struct Mention {
  TypeList tparams;
  const Type *path[64];
  unsigned len, budget;
} Mention;

static bool mentions(Mention *m, Type *t);

static bool objects_mention(Mention *m, ObjectList list) {
  for (uint32_t i = 0; i < list.len; i++)
    if (mentions(m, list.items[i]->type)) return true;
  return false;
}

static bool tuple_mentions(Mention *m, Type *tuple) { return tuple && objects_mention(m, tuple->u.tuple.vars); }

static bool interface_mentions(Mention *m, Type *t) {
  const TypeSet *set = type_set(t);
  if (objects_mention(m, set->methods)) return true;
  for (uint32_t i = 0; i < set->term_count; i++)
    if (mentions(m, set->terms[i].type)) return true;
  return false;
}

static bool mentions_kind(Mention *m, Type *t) {
  switch ((TypeKind)t->kind) {
  case TYPE_BASIC:
  case TYPE_ALIAS: return false;
  case TYPE_POINTER: return mentions(m, t->u.pointer.elem);
  case TYPE_ARRAY: return mentions(m, t->u.array.elem);
  case TYPE_SLICE: return mentions(m, t->u.slice.elem);
  case TYPE_CHAN: return mentions(m, t->u.chan.elem);
  case TYPE_MAP: return mentions(m, t->u.map.key) || mentions(m, t->u.map.elem);
  case TYPE_STRUCT: return objects_mention(m, t->u.struct_.fields);
  case TYPE_TUPLE: return objects_mention(m, t->u.tuple.vars);
  case TYPE_SIGNATURE: return tuple_mentions(m, t->u.signature.params) || tuple_mentions(m, t->u.signature.results);
  case TYPE_INTERFACE: return interface_mentions(m, t);
  case TYPE_NAMED:
    for (uint32_t i = 0; i < t->u.named.targs.len; i++)
      if (mentions(m, t->u.named.targs.items[i])) return true;
    return false;
  case TYPE_PARAM:
    for (uint32_t i = 0; i < m->tparams.len; i++)
      if (m->tparams.items[i] == t) return true;
    return false;
  case TYPE_UNION:
    for (uint32_t i = 0; i < t->u.union_.len; i++)
      if (mentions(m, t->u.union_.terms[i].type)) return true;
    return false;
  }
  return false;
}

static bool mentions(Mention *m, Type *t0) {
  if (!t0) return false;
  Type *t = type_unalias(t0);
  if (t->kind == TYPE_BASIC) return false;
  for (unsigned i = 0; i < m->len; i++)
    if (m->path[i] == t) return false;
  if (m->len == sizeof m->path / sizeof *m->path || !m->budget) return false;
  m->budget--;
  m->path[m->len++] = t;
  bool yes = mentions_kind(m, t);
  m->len--;
  return yes;
}

bool type_mentions(TypeList tparams, Type *t) {
  if (!t || !tparams.len) return false;
  Mention m = {.tparams = tparams, .budget = 100000};
  return mentions(&m, t);
}
