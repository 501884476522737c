// unify_internal.h: unification of types with type parameters to be inferred. Private to infer.c and unify.c.
#ifndef HEAPLS_UNIFY_INTERNAL_H
#define HEAPLS_UNIFY_INTERNAL_H

#include "types/type_internal.h"

// Type parameters and what is known of them. Joined parameters share a handle.
typedef struct Unifier {
  TypeList tparams;
  uint32_t *handles; // per type parameter: index into types
  Type **types;      // per handle: the inferred type, NULL when unknown
  unsigned depth;
  bool interface_inference; // since Go 1.21
} Unifier;

enum { UNIFY_ASSIGN = 1, UNIFY_EXACT = 2 };

void unifier_init(Unifier *, Arena *, TypeList tparams, Type *const *targs, bool interface_inference);
// Can x and y be made identical (or, without UNIFY_EXACT, assignable) by choosing the unknown parameters? Chooses them.
bool unifier_unify(Unifier *, Type *x, Type *y, unsigned mode);
Type *unifier_at(const Unifier *, uint32_t i); // NULL when unknown
void unifier_set(Unifier *, uint32_t i, Type *);
uint32_t unifier_unknowns(const Unifier *);
int unifier_index(const Unifier *, const Type *); // of a type parameter being inferred, or -1

#endif
