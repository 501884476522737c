// type.c: construction of types, predicates and accessors.
//
// Predicates are those of the Go spec's chapters "Types" and "Properties of types and values"; each looks through
// aliases and accepts invalid or unfinished types.
#include "types/type_internal.h"

Type *type_invalid_constant(void) {
  static const Type invalid = {.kind = TYPE_BASIC, .basic_kind = BASIC_INVALID};
  return (Type *)&invalid; // shared and never written
}

// Types are allocated no larger than their kind needs: most are pointers, tuples and signatures.
static size_t type_bytes(TypeKind kind) {
#define BYTES(member) (offsetof(Type, u) + sizeof(((Type *)0)->u.member))
  switch (kind) {
  case TYPE_BASIC: return BYTES(basic);
  case TYPE_POINTER: return BYTES(pointer);
  case TYPE_ARRAY: return BYTES(array);
  case TYPE_SLICE: return BYTES(slice);
  case TYPE_STRUCT: return BYTES(struct_);
  case TYPE_MAP: return BYTES(map);
  case TYPE_CHAN: return BYTES(chan);
  case TYPE_SIGNATURE: return BYTES(signature);
  case TYPE_TUPLE: return BYTES(tuple);
  case TYPE_INTERFACE: return BYTES(interface);
  case TYPE_NAMED: return BYTES(named);
  case TYPE_ALIAS: return BYTES(alias);
  case TYPE_PARAM: return BYTES(tparam);
  case TYPE_UNION: return BYTES(union_);
  }
#undef BYTES
  return sizeof(Type);
}

Type *type_alloc(Arena *arena, Package *owner, TypeKind kind) {
  Type *t = arena_alloc(arena, type_bytes(kind));
  t->kind = (uint8_t)kind;
  if (owner) t->serial = __atomic_add_fetch(&owner->type_serial, 1, __ATOMIC_RELAXED);
  if (kind == TYPE_INTERFACE) t->u.interface.owner = owner;
  if (kind == TYPE_NAMED) {
    t->u.named.owner = owner;
    t->u.named.origin = t;
  }
  if (kind == TYPE_ALIAS) t->u.alias.origin = t;
  if (kind == TYPE_PARAM) t->u.tparam.owner = owner;
  return t;
}

Type *type_new(Package *pkg, TypeKind kind) { return type_alloc(&pkg->arena, pkg, kind); }

Type *type_new_pointer(Package *pkg, Type *elem) {
  Type *t = type_new(pkg, TYPE_POINTER);
  t->u.pointer.elem = elem;
  return t;
}

Type *type_new_array(Package *pkg, Type *elem, int64_t len) {
  Type *t = type_new(pkg, TYPE_ARRAY);
  t->u.array.elem = elem;
  t->u.array.len = len;
  return t;
}

Type *type_new_slice(Package *pkg, Type *elem) {
  Type *t = type_new(pkg, TYPE_SLICE);
  t->u.slice.elem = elem;
  return t;
}

Type *type_new_map(Package *pkg, Type *key, Type *elem) {
  Type *t = type_new(pkg, TYPE_MAP);
  t->u.map.key = key;
  t->u.map.elem = elem;
  return t;
}

Type *type_new_chan(Package *pkg, Type *elem, uint8_t direction) {
  Type *t = type_new(pkg, TYPE_CHAN);
  t->u.chan.elem = elem;
  t->u.chan.direction = direction;
  return t;
}

Type *type_new_tuple(Package *pkg, Object **vars, uint32_t len) {
  if (!len) return NULL;
  Type *t = type_new(pkg, TYPE_TUPLE);
  t->u.tuple.vars.items = ARENA_ARRAY(&pkg->arena, Object *, len);
  memcpy(t->u.tuple.vars.items, vars, len * sizeof *vars);
  t->u.tuple.vars.len = len;
  return t;
}

Type *type_new_signature(Package *pkg, Object *recv, Type *params, Type *results, bool variadic) {
  Type *t = type_new(pkg, TYPE_SIGNATURE);
  t->u.signature.recv = recv;
  t->u.signature.params = params;
  t->u.signature.results = results;
  t->u.signature.variadic = variadic;
  return t;
}

Type *type_new_named(Package *pkg, Object *obj, Type *underlying) {
  Type *t = type_new(pkg, TYPE_NAMED);
  t->u.named.obj = obj;
  t->u.named.from_rhs = underlying;
  if (underlying && underlying->kind != TYPE_NAMED && underlying->kind != TYPE_ALIAS &&
      underlying->kind != TYPE_PARAM) {
    t->u.named.underlying = underlying;
    t->u.named.state = NAMED_RESOLVED;
  }
  if (obj && !obj->type) obj->type = t;
  return t;
}

Type *type_new_alias(Package *pkg, Object *obj, Type *rhs) {
  Type *t = type_new(pkg, TYPE_ALIAS);
  t->u.alias.obj = obj;
  t->u.alias.rhs = rhs;
  if (obj && !obj->type) obj->type = t;
  return t;
}

Type *type_new_param(Package *pkg, Object *obj, Type *bound) {
  Type *t = type_new(pkg, TYPE_PARAM);
  t->u.tparam.obj = obj;
  t->u.tparam.bound = bound;
  if (obj && !obj->type) obj->type = t;
  return t;
}

Type *type_invalid(const TypeContext *c) { return c->basic[BASIC_INVALID]; }

TypeList typelist_copy(Arena *arena, TypeList list) {
  if (!list.len) return (TypeList){0};
  Type **items = ARENA_ARRAY(arena, Type *, list.len);
  memcpy(items, list.items, list.len * sizeof *items);
  return (TypeList){items, list.len};
}

// The type an alias stands for; invalid while the alias is being declared.
Type *type_unalias(const Type *t) {
  for (unsigned steps = 0; t && t->kind == TYPE_ALIAS; steps++) {
    if (steps > TYPE_CHAIN_LIMIT) return type_invalid_constant();
    Type *actual = LOAD(t->u.alias.actual);
    t = actual ? actual : t->u.alias.rhs;
  }
  return t ? (Type *)t : type_invalid_constant();
}

bool type_is_invalid(const Type *t) {
  // An alias that is still being declared is not known to be invalid: pointers to it are fine.
  for (unsigned steps = 0; t && t->kind == TYPE_ALIAS && steps <= TYPE_CHAIN_LIMIT; steps++) {
    Type *actual = LOAD(t->u.alias.actual);
    if (!actual && !t->u.alias.rhs) return false;
    t = actual ? actual : t->u.alias.rhs;
  }
  t = type_unalias(t);
  return t->kind == TYPE_BASIC && t->basic_kind == BASIC_INVALID;
}

bool type_is_basic(const Type *t, unsigned info) {
  if (type_is_param(t)) return false;
  const Type *u = type_underlying(t);
  return u->kind == TYPE_BASIC && (u->basic_info & info) != 0;
}

static bool term_is_basic(void *context, const UnionTerm *term) {
  return term && type_is_basic(term->type, *(const unsigned *)context);
}

bool type_all_basic(const Type *t, unsigned info) {
  Type *p = type_unalias(t);
  if (p->kind == TYPE_PARAM) return tparam_each_term(p, term_is_basic, &info);
  return type_is_basic(p, info);
}

bool type_is_untyped(const Type *t) { return t && t->kind == TYPE_BASIC && (t->basic_info & BASIC_IS_UNTYPED) != 0; }
bool type_is_typed(const Type *t) { return !type_is_untyped(t); }
bool type_is_boolean(const Type *t) { return type_is_basic(t, BASIC_IS_BOOLEAN); }
bool type_is_integer(const Type *t) { return type_is_basic(t, BASIC_IS_INTEGER); }
bool type_is_unsigned(const Type *t) { return type_is_basic(t, BASIC_IS_UNSIGNED); }
bool type_is_float(const Type *t) { return type_is_basic(t, BASIC_IS_FLOAT); }
bool type_is_complex(const Type *t) { return type_is_basic(t, BASIC_IS_COMPLEX); }
bool type_is_numeric(const Type *t) { return type_is_basic(t, BASIC_IS_NUMERIC); }
bool type_is_string(const Type *t) { return type_is_basic(t, BASIC_IS_STRING); }
bool type_is_interface(const Type *t) { return type_underlying(t)->kind == TYPE_INTERFACE; }
bool type_is_non_tparam_interface(const Type *t) { return !type_is_param(t) && type_is_interface(t); }
bool type_is_param(const Type *t) { return type_unalias(t)->kind == TYPE_PARAM; }

bool type_is_generic(const Type *t) {
  if (!t) return false;
  if (t->kind == TYPE_ALIAS && t->u.alias.tparams.len && !t->u.alias.targs.len) return true;
  const Type *n = named_of(t);
  return n && n->u.named.origin == n && n->u.named.tparams.len > 0;
}

bool type_has_name(const Type *t) {
  unsigned kind = type_unalias(t)->kind;
  return kind == TYPE_BASIC || kind == TYPE_NAMED || kind == TYPE_PARAM;
}
bool type_is_named(const Type *t) { return type_has_name(t); }

static bool term_has_nil(void *context, Type *term, Type *underlying) {
  (void)context, (void)term;
  return underlying && type_has_nil(underlying);
}

bool type_has_nil(const Type *t) {
  const Type *u = type_underlying(t);
  switch ((TypeKind)u->kind) {
  case TYPE_BASIC: return u->basic_kind == BASIC_UNSAFE_POINTER;
  case TYPE_SLICE:
  case TYPE_POINTER:
  case TYPE_SIGNATURE:
  case TYPE_MAP:
  case TYPE_CHAN: return true;
  case TYPE_INTERFACE: return !type_is_param(t) || type_each_in_set(t, term_has_nil, NULL);
  case TYPE_ARRAY:
  case TYPE_STRUCT:
  case TYPE_TUPLE:
  case TYPE_NAMED:
  case TYPE_ALIAS:
  case TYPE_PARAM:
  case TYPE_UNION: return false;
  }
  return false;
}

// Comparison of types that mention themselves ends because the types under examination are remembered.
typedef struct Comparability {
  const Type *path[64];
  unsigned len;
  bool dynamic;
  unsigned *budget; // types still to be looked at: hostile nesting repeats its parts exponentially
} Comparability;
enum { COMPARABLE_BUDGET = 100000 };

static bool comparable_in(Comparability *c, const Type *t);

static bool typeset_comparable(Comparability *c, const TypeSet *set) {
  if (set->all_types) return set->comparable;
  if (!set->term_count) return false;
  Comparability strict = *c;
  strict.dynamic = false;
  for (uint32_t i = 0; i < set->term_count; i++)
    if (!comparable_in(&strict, set->terms[i].type)) return false;
  return true;
}

static bool comparable_in(Comparability *c, const Type *t) {
  for (unsigned i = 0; i < c->len; i++)
    if (c->path[i] == t) return true;
  if (c->len == sizeof c->path / sizeof *c->path || !*c->budget) return true;
  --*c->budget;
  c->path[c->len++] = t;
  bool ok = false;
  const Type *u = type_underlying(t);
  switch ((TypeKind)u->kind) {
  case TYPE_BASIC: ok = u->basic_kind != BASIC_UNTYPED_NIL; break;
  case TYPE_POINTER:
  case TYPE_CHAN: ok = true; break;
  case TYPE_STRUCT:
    ok = true;
    for (uint32_t i = 0; ok && i < u->u.struct_.fields.len; i++)
      ok = comparable_in(c, u->u.struct_.fields.items[i]->type);
    break;
  case TYPE_ARRAY: ok = comparable_in(c, u->u.array.elem); break;
  case TYPE_INTERFACE: ok = (c->dynamic && !type_is_param(t)) || typeset_comparable(c, type_set((Type *)u)); break;
  case TYPE_SLICE:
  case TYPE_MAP:
  case TYPE_SIGNATURE:
  case TYPE_TUPLE:
  case TYPE_NAMED:
  case TYPE_ALIAS:
  case TYPE_PARAM:
  case TYPE_UNION: break;
  }
  c->len--;
  return ok;
}

bool type_comparable(const Type *t) {
  unsigned budget = COMPARABLE_BUDGET;
  Comparability c = {.dynamic = true, .budget = &budget};
  return comparable_in(&c, t);
}

bool type_strictly_comparable(const Type *t) {
  unsigned budget = COMPARABLE_BUDGET;
  Comparability c = {.dynamic = false, .budget = &budget};
  return comparable_in(&c, t);
}

Type *type_default(const Type *t) {
  if (t && t->kind == TYPE_BASIC && t->u.basic.default_type) return t->u.basic.default_type;
  return t ? (Type *)t : type_invalid_constant();
}

Type *type_deref(const Type *t, bool *was_pointer) {
  const Type *p = type_unalias(t);
  bool is = p->kind == TYPE_POINTER;
  if (was_pointer) *was_pointer = is;
  if (is) return p->u.pointer.elem ? p->u.pointer.elem : type_invalid_constant();
  return t ? (Type *)t : type_invalid_constant();
}

Type *type_params_of(const Type *signature) {
  const Type *s = type_underlying(signature);
  return s->kind == TYPE_SIGNATURE ? s->u.signature.params : NULL;
}

Type *type_results_of(const Type *signature) {
  const Type *s = type_underlying(signature);
  return s->kind == TYPE_SIGNATURE ? s->u.signature.results : NULL;
}

uint32_t tuple_len(const Type *tuple) { return tuple && tuple->kind == TYPE_TUPLE ? tuple->u.tuple.vars.len : 0; }
Object *tuple_at(const Type *tuple, uint32_t i) { return i < tuple_len(tuple) ? tuple->u.tuple.vars.items[i] : NULL; }
