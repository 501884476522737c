// named.c: named types: their underlying types, instances of generic types, and instances' methods.
//
// An instance is made without looking at its generic type's declaration, which may be in progress. Its right-hand side
// is substituted when its underlying type is first asked for, its methods one by one; until the generic type's
// right-hand side is known, the underlying type is invalid, and that is not remembered. Whatever thread asks does the
// work, under TypeContext.expand_lock (recursive, since one expansion asks for others), in the lazy arena of the
// package that made the instance; results are published with release stores, so that readers need no lock.
//
// Instances with equally spelled arguments are shared within a package. Spelling counts, not identity: List[byte] and
// List[uint8] are one type but print differently.
#include "types/demand_internal.h"
#include "types/type_internal.h"

void types_lock(const Package *owner) {
  if (owner) pthread_mutex_lock(&owner->context->expand_lock);
}
void types_unlock(const Package *owner) {
  if (owner) pthread_mutex_unlock(&owner->context->expand_lock);
}

Type *type_empty_interface_of(const Package *owner) {
  if (owner) return owner->context->type_empty_interface;
  static const TypeSet all = {.all_types = true};
  static const Type empty = {.kind = TYPE_INTERFACE, .u.interface = {.complete = true, .set = (TypeSet *)&all}};
  return (Type *)&empty; // never written: its set is there
}

// -- underlying types --

// Substitutes an instance's right-hand side. NULL while the generic type has none.
static Type *expand(Type *t) {
  Package *owner = t->u.named.owner;
  types_lock(owner);
  Type *rhs = t->u.named.from_rhs;
  Type *origin = t->u.named.origin;
  if (!rhs && t->u.named.state != NAMED_EXPANDING && owner) {
    Type *generic = LOAD(origin->u.named.from_rhs);
    if (!generic) generic = LOAD(origin->u.named.underlying);
    if (generic && origin->u.named.tparams.len) {
      t->u.named.state = NAMED_EXPANDING;
      if (origin->u.named.tparams.len != t->u.named.targs.len) {
        rhs = type_invalid(owner->context);
      } else {
        Substitution s = {.in = owner, .arena = &owner->lazy, .from = origin->u.named.tparams, .to = t->u.named.targs};
        rhs = substitute(&s, generic);
        bool copied = false;
        if (rhs->kind == TYPE_INTERFACE) {
          ObjectList methods = replace_receivers(s.arena, rhs->u.interface.methods, origin, t, &copied);
          if (copied) {
            Type *own = type_alloc(s.arena, owner, TYPE_INTERFACE);
            own->u.interface = rhs->u.interface;
            own->u.interface.owner = owner;
            own->u.interface.methods = methods;
            own->u.interface.set = NULL;
            own->u.interface.computing = false;
            rhs = own;
          }
        }
      }
      t->u.named.state = NAMED_RESOLVED;
      STORE(t->u.named.from_rhs, rhs);
    }
  }
  types_unlock(owner);
  return rhs;
}

static Type *named_rhs(Type *t) {
  Type *rhs = LOAD(t->u.named.from_rhs);
  if (rhs) return rhs;
  return t->u.named.origin != t ? expand(t) : NULL;
}

static Type *named_underlying(Type *self) {
  Type *t = self;
  for (unsigned steps = 0; steps < TYPE_CHAIN_LIMIT; steps++) {
    switch ((TypeKind)t->kind) {
    case TYPE_NAMED: {
      Type *known = LOAD(t->u.named.underlying);
      t = known ? known : named_rhs(t);
      if (!t) return type_invalid_constant();
      break;
    }
    case TYPE_ALIAS: {
      Type *actual = LOAD(t->u.alias.actual);
      t = actual ? actual : t->u.alias.rhs;
      if (!t) return type_invalid_constant();
      break;
    }
    case TYPE_PARAM: return type_invalid_constant(); // an error: a type parameter as right-hand side
    case TYPE_BASIC:
    case TYPE_POINTER:
    case TYPE_ARRAY:
    case TYPE_SLICE:
    case TYPE_STRUCT:
    case TYPE_MAP:
    case TYPE_CHAN:
    case TYPE_SIGNATURE:
    case TYPE_TUPLE:
    case TYPE_INTERFACE:
    case TYPE_UNION: STORE(self->u.named.underlying, t); return t;
    }
  }
  return type_invalid_constant(); // declared by way of itself
}

Type *type_underlying(const Type *self) {
  Type *t = type_unalias(self);
  if (t->kind == TYPE_PARAM) return tparam_interface(t);
  if (t->kind != TYPE_NAMED) return t;
  Type *u = LOAD(t->u.named.underlying);
  if (u && u->kind != TYPE_NAMED && u->kind != TYPE_ALIAS) return u;
  return named_underlying(t);
}

// -- instances --

static bool same_instance(const Type *t, const Type *origin, TypeList targs) {
  if (t->u.named.origin != origin || t->u.named.targs.len != targs.len) return false;
  for (uint32_t i = 0; i < targs.len; i++)
    if (!type_same_spelling(t->u.named.targs.items[i], targs.items[i])) return false;
  return true;
}

static uint64_t instance_hash(const Type *origin, TypeList targs) {
  uint64_t h = hash_mix(0, (uint64_t)(uintptr_t)origin);
  for (uint32_t i = 0; i < targs.len; i++) h = hash_mix(h, type_hash(targs.items[i]));
  return h;
}

static void instance_table_grow(Package *in) {
  uint32_t size = in->instance_table_size ? in->instance_table_size * 4 : 64;
  Type **table = ARENA_ARRAY(&in->lazy, Type *, size);
  for (uint32_t i = 0; i < in->instance_table_size; i++)
    for (Type *t = in->instance_table[i], *next; t; t = next) {
      next = t->u.named.next_instance;
      Type **slot = &table[instance_hash(t->u.named.origin, t->u.named.targs) & (size - 1)];
      t->u.named.next_instance = *slot;
      *slot = t;
    }
  in->instance_table = table;
  in->instance_table_size = size;
}

Type *named_instance(Package *in, Type *origin, TypeList targs) {
  uint64_t h = instance_hash(origin, targs);
  types_lock(in);
  if (in->instance_count >= in->instance_table_size) instance_table_grow(in);
  Type **slot = &in->instance_table[h & (in->instance_table_size - 1)];
  Type *t = *slot;
  while (t && !same_instance(t, origin, targs)) t = t->u.named.next_instance;
  if (!t) {
    t = type_alloc(&in->lazy, in, TYPE_NAMED);
    t->u.named.obj = origin->u.named.obj;
    t->u.named.origin = origin;
    t->u.named.targs = typelist_copy(&in->lazy, targs);
    t->u.named.local_index = origin->u.named.local_index;
    t->u.named.next_instance = *slot;
    *slot = t;
    in->instance_count++;
  }
  types_unlock(in);
  return t;
}

// -- methods --

uint32_t named_method_count(Type *self) {
  Type *t = named_of(self);
  return t ? t->u.named.origin->u.named.methods.len : 0;
}

// The generic method with the instance's arguments for the receiver's type parameters. With the lock held.
static Object *expand_method(Type *t, Object *generic) {
  Package *owner = t->u.named.owner;
  Arena *arena = &owner->lazy;
  Type *old = generic->type;
  Object *recv = old->u.signature.recv;
  bool is_pointer = generic->u.func.has_pointer_recv;
  if (recv) {
    Type *base = type_deref(recv->type, &is_pointer);
    if (type_unalias(base) == t) return generic;
  }
  Type *signature = old;
  TypeList from = old->u.signature.recv_tparams;
  if (from.len == t->u.named.targs.len) {
    Substitution s = {.in = owner, .arena = arena, .from = from, .to = t->u.named.targs};
    signature = substitute(&s, old);
  }
  if (signature == old) {
    signature = type_alloc(arena, owner, TYPE_SIGNATURE);
    signature->u.signature = old->u.signature;
  }
  Type *recv_type = t;
  if (is_pointer) {
    recv_type = type_alloc(arena, owner, TYPE_POINTER);
    recv_type->u.pointer.elem = t;
  }
  if (recv) signature->u.signature.recv = object_clone(arena, recv, recv_type);
  return object_clone(arena, generic, signature);
}

Object *named_method_at(Type *self, uint32_t i) {
  Type *t = named_of(self);
  if (!t || i >= named_method_count(t)) return NULL;
  Type *origin = t->u.named.origin;
  Object *generic = origin->u.named.methods.items[i];
  Package *owner = t->u.named.owner;
  if (origin == t || !owner) {
    object_complete(generic);
    return generic;
  }
  uint32_t known_len = LOAD(t->u.named.methods.len); // stored after items: what is read next is at least that long
  Object **items = LOAD(t->u.named.methods.items);
  if (i < known_len) {
    Object *known = LOAD(items[i]);
    if (known) return known;
  }
  object_resolve(generic);
  if (!generic->type || generic->type->kind != TYPE_SIGNATURE) return NULL;
  if (generic->color >= 2) { // its signature is not all there
    return generic;
  }
  types_lock(owner);
  uint32_t count = origin->u.named.methods.len;
  if (t->u.named.methods.len < count) { // the generic type may have got more methods since
    Object **grown = ARENA_ARRAY(&owner->lazy, Object *, count);
    for (uint32_t k = 0; k < t->u.named.methods.len; k++) grown[k] = t->u.named.methods.items[k];
    STORE(t->u.named.methods.items, grown);
    STORE(t->u.named.methods.len, count);
  }
  Object *m = t->u.named.methods.items[i];
  if (!m) {
    m = expand_method(t, generic);
    STORE(t->u.named.methods.items[i], m);
  }
  types_unlock(owner);
  return m;
}

Object *named_method(Type *self, const Package *from, Sym name, uint32_t *index) {
  Type *t = named_of(self);
  if (!t || !name || sym_is_blank(name)) return NULL;
  Type *origin = t->u.named.origin;
  const Object *obj = origin->u.named.obj;
  if (!name->exported && !package_same(obj ? obj->pkg : NULL, from)) return NULL;
  for (uint32_t i = 0; i < origin->u.named.methods.len; i++) {
    if (origin->u.named.methods.items[i]->name != name) continue;
    if (index) *index = i;
    return named_method_at(t, i);
  }
  return NULL;
}
