// type_internal.h: what the files that implement types.h share. The checker's own files use
// types.h and checker_internal.h.
#ifndef HEAPLS_TYPE_INTERNAL_H
#define HEAPLS_TYPE_INTERNAL_H

#include "base/stack.h"
#include "types/types.h"

// Bounds of recursion over hostile types: chains of declarations, nesting of type literals, embedding; of embedding
// instances of generic types, which may go on for ever, each with a longer argument than the one before (gc does not
// end).
enum {
  TYPE_CHAIN_LIMIT = 10000,
  TYPE_DEPTH_LIMIT = 1000,
  EMBED_DEPTH_LIMIT = 1000,
  EMBED_INSTANCES_LIMIT = 100,
  ALIAS_DEPTH_LIMIT = 50
};

// Of the calling thread: TYPE_DEPTH_LIMIT, or less where its stack is small.
static inline uint32_t type_depth_limit(void) {
  uint32_t levels = stack_levels();
  return levels < TYPE_DEPTH_LIMIT ? levels : TYPE_DEPTH_LIMIT;
}

#define LOAD(place) __atomic_load_n(&(place), __ATOMIC_ACQUIRE)
#define STORE(place, value) __atomic_store_n(&(place), (value), __ATOMIC_RELEASE)

// A type of no package, for results that have no context at hand. Never written to.
Type *type_invalid_constant(void);
// A type in a chosen arena. The owner may be NULL (universe).
Type *type_alloc(Arena *, Package *owner, TypeKind);
Object *object_clone(Arena *, const Object *, Type *);
// Interfaces that may be there without a package: the empty one of the owner's context.
Type *type_empty_interface_of(const Package *owner);
// The same path; NULL is equal only to NULL.
bool package_same(const Package *, const Package *);
// Order of methods in type sets: exported names first, then by name, then by package path.
int object_compare_id(const Object *, const Object *);
bool object_same_id_fold(const Object *, const Package *, Sym name);

// Terms of a type set. `all`: every type; otherwise none when len is 0.
typedef struct TermList {
  UnionTerm *items;
  uint32_t len;
  bool all;
} TermList;
static inline TermList typeset_terms(const TypeSet *s) { return (TermList){s->terms, s->term_count, s->all_types}; }
static inline bool typeset_has_terms(const TypeSet *s) { return !s->all_types && s->term_count > 0; }
bool terms_subset(TermList, TermList);
bool terms_equal(TermList, TermList);
bool term_includes(const UnionTerm *, Type *);
TermList union_terms(const Type *union_type, Arena *); // lists live in the arena
// Calls f for each term of a type parameter's set, or with NULL when there are no specific types. Stops on false.
bool tparam_each_term(Type *tparam, bool (*f)(void *context, const UnionTerm *), void *context);

// Reading of types that are equal in spelling too: aliases and byte/rune kept apart.
bool type_same_spelling(const Type *, const Type *);

// A pluggable notion of equality, for lookups during inference.
typedef struct TypeEquivalence {
  bool (*equal)(void *context, Type *x, Type *y);
  void *context;
} TypeEquivalence;
// The first method of the interface that t lacks or has with another type; NULL when there is none. eq NULL: identity.
Object *type_missing_method(Type *t, Type *interface, bool is_static, const TypeEquivalence *eq, bool *wrong_type);
bool type_has_all_methods(Type *t, Type *interface, bool is_static, const TypeEquivalence *eq);

// Substitution of type arguments for type parameters (subst.c).
typedef struct Substitution {
  Package *in;  // owner of new types
  Arena *arena; // where they live: in->arena, or in->lazy with the lock held
  TypeList from, to;
  unsigned depth, alias_depth;
} Substitution;
Type *substitute(Substitution *, Type *);
// Methods whose receiver is `old` get one of type `new_type`; the list is copied if any is.
ObjectList replace_receivers(Arena *, ObjectList methods, const Type *old, Type *new_type, bool *copied);
// Instance of a generic named type, shared with earlier ones of this package that are spelled the same.
Type *named_instance(Package *in, Type *origin, TypeList targs);
Type *alias_instance(Substitution *, Type *origin, TypeList targs);
TypeList typelist_copy(Arena *, TypeList);
// Does the type mention one of the type parameters?
bool type_mentions(TypeList tparams, Type *);

struct TypeLayout {
  int64_t size, align, pointer_bytes;
  bool not_in_heap;
  bool unknown; // a part of it could not be typed: sizes are at least these
};

static inline Type *named_of(const Type *t) { // NAMED behind aliases, or NULL
  Type *n = t ? type_unalias(t) : NULL;
  return n && n->kind == TYPE_NAMED ? n : NULL;
}

#endif
