// typeset.c: type sets of interfaces (the Go spec, "Interface types" and "General interfaces").
//
// An interface's type set is the intersection of those of its elements: the methods accumulate; the terms of unions and
// embedded types are intersected as lists in a normal form without overlapping terms. The set is computed when first
// asked for, under the context's lock, and kept if the interface and all it embeds are complete; an interface that is
// still being declared, or that embeds itself, counts as the set of all types.
#include "types/type_internal.h"

enum { TERM_LIMIT = 100 }; // gc's limit for a union

static const TypeSet top_set = {.all_types = true};

// -- terms --

static bool term_disjoint(const UnionTerm *x, const UnionTerm *y) {
  const Type *ux = y->tilde ? type_underlying(x->type) : x->type;
  const Type *uy = x->tilde ? type_underlying(y->type) : y->type;
  return !type_identical(ux, uy);
}

static bool term_subset(const UnionTerm *x, const UnionTerm *y) {
  return !term_disjoint(x, y) && (!x->tilde || y->tilde);
}

bool term_includes(const UnionTerm *x, Type *t) { return type_identical(x->type, x->tilde ? type_underlying(t) : t); }

bool terms_subset(TermList xs, TermList ys) {
  if (ys.all) return true;
  if (xs.all) return false;
  if (!ys.len) return !xs.len;
  for (uint32_t i = 0; i < xs.len; i++) {
    bool found = false;
    for (uint32_t j = 0; j < ys.len && !found; j++) found = term_subset(&xs.items[i], &ys.items[j]);
    if (!found) return false;
  }
  return true;
}

bool terms_equal(TermList x, TermList y) {
  if (x.all || y.all) return x.all == y.all;
  return terms_subset(x, y) && terms_subset(y, x);
}

// Adds a term unless one that is there covers it; drops those that it covers.
static void terms_add(TermList *list, UnionTerm term) { // items has room
  uint32_t n = 0;
  bool covered = false;
  for (uint32_t i = 0; i < list->len; i++) {
    UnionTerm x = list->items[i];
    if (!covered && !term_disjoint(&x, &term)) {
      if (x.tilde || !term.tilde)
        covered = true;
      else
        x = term, covered = true; // takes the narrower one's place
    }
    list->items[n++] = x;
  }
  if (!covered) list->items[n++] = term;
  list->len = n;
}

static TermList terms_union(Arena *arena, TermList x, TermList y) {
  if (x.all || y.all) return (TermList){.all = true};
  TermList r = {.items = ARENA_ARRAY(arena, UnionTerm, x.len + y.len)};
  for (uint32_t i = 0; i < x.len; i++) terms_add(&r, x.items[i]);
  for (uint32_t i = 0; i < y.len; i++) terms_add(&r, y.items[i]);
  return r;
}

static TermList terms_intersect(Arena *arena, TermList x, TermList y) {
  if (x.all) return y;
  if (y.all) return x;
  TermList r = {.items = ARENA_ARRAY(arena, UnionTerm, (size_t)x.len * y.len)};
  for (uint32_t i = 0; i < x.len; i++)
    for (uint32_t j = 0; j < y.len; j++) {
      const UnionTerm *a = &x.items[i], *b = &y.items[j];
      if (!term_disjoint(a, b)) terms_add(&r, !a->tilde || b->tilde ? *a : *b);
    }
  return r;
}

// -- sets --

typedef struct SetBuilder {
  Arena *arena;
  VEC(Object *) methods;
  TermList terms;
  bool comparable;
  bool incomplete; // something it depends on is not known yet
  unsigned depth;
} SetBuilder;

static const TypeSet *compute(Type *t, unsigned depth, bool *incomplete);

static void add_method(SetBuilder *b, Object *m) {
  for (uint32_t i = 0; i < b->methods.len; i++)
    if (object_same_id(b->methods.items[i], m->pkg, m->name)) return; // duplicates are the checker's to report
  VEC_PUSH(b->arena, &b->methods, m);
}

// Is the underlying type of t still to come?
static bool is_undeclared(const Type *t) {
  const Type *n = named_of(t);
  return n && !type_is_invalid(n) && type_is_invalid(type_underlying(n)) && !LOAD(n->u.named.underlying);
}

static TermList union_terms_in(const Type *u, Arena *arena, unsigned depth, bool *incomplete) {
  TermList all = {0};
  for (uint32_t i = 0; i < u->u.union_.len; i++) {
    const UnionTerm *term = &u->u.union_.terms[i];
    Type *under = type_underlying(term->type);
    if (is_undeclared(term->type)) *incomplete = true;
    if (type_is_invalid(under)) continue;
    TermList one = {0};
    if (under->kind == TYPE_INTERFACE) {
      one = typeset_terms(compute(under, depth + 1, incomplete));
    } else if (!term->tilde || type_identical(term->type, under)) {
      one = (TermList){.items = (UnionTerm *)term, .len = 1};
    }
    all = terms_union(arena, all, one);
    if (all.len > TERM_LIMIT) return (TermList){.all = true};
  }
  return all;
}

TermList union_terms(const Type *union_type, Arena *arena) {
  bool incomplete = false;
  return union_terms_in(union_type, arena, 0, &incomplete);
}

static void intersect(SetBuilder *b, TermList terms, bool comparable) {
  b->terms = terms_intersect(b->arena, b->terms, terms);
  b->comparable = b->comparable || comparable;
  if (!b->comparable || b->terms.all) return;
  TermList kept = {.items = ARENA_ARRAY(b->arena, UnionTerm, b->terms.len)};
  for (uint32_t i = 0; i < b->terms.len; i++)
    if (type_strictly_comparable(b->terms.items[i].type)) kept.items[kept.len++] = b->terms.items[i];
  b->terms = kept;
  b->comparable = false;
}

static void embed(SetBuilder *b, Type *t) {
  Type *u = type_underlying(t);
  if (is_undeclared(t)) b->incomplete = true;
  if (type_is_param(t) || type_is_invalid(u)) return;
  if (u->kind == TYPE_INTERFACE) {
    const TypeSet *set = compute(u, b->depth + 1, &b->incomplete);
    for (uint32_t i = 0; i < set->methods.len; i++) add_method(b, set->methods.items[i]);
    intersect(b, typeset_terms(set), set->comparable);
  } else if (u->kind == TYPE_UNION) {
    intersect(b, union_terms_in(u, b->arena, b->depth, &b->incomplete), false);
  } else {
    UnionTerm *term = ARENA_NEW(b->arena, UnionTerm);
    term->type = t;
    intersect(b, (TermList){.items = term, .len = 1}, false);
  }
}

static void sort_methods(Object **items, uint32_t len) { // insertion: the embedded parts come sorted
  for (uint32_t i = 1; i < len; i++) {
    Object *m = items[i];
    uint32_t j = i;
    for (; j > 0 && object_compare_id(items[j - 1], m) > 0; j--) items[j] = items[j - 1];
    items[j] = m;
  }
}

// With the lock held (or in the universe).
static const TypeSet *compute(Type *t, unsigned depth, bool *incomplete) {
  TypeSet *known = LOAD(t->u.interface.set);
  if (known) return known;
  Package *owner = t->u.interface.owner;
  if (!t->u.interface.complete || !owner) {
    *incomplete = true;
    return &top_set;
  }
  if (t->u.interface.computing || depth > type_depth_limit()) return &top_set; // embeds itself: the checker says so
  t->u.interface.computing = true;
  SetBuilder b = {.arena = &owner->lazy, .terms = {.all = true}, .depth = depth};
  for (uint32_t i = 0; i < t->u.interface.methods.len; i++) add_method(&b, t->u.interface.methods.items[i]);
  for (uint32_t i = 0; i < t->u.interface.embeddeds.len; i++) embed(&b, t->u.interface.embeddeds.items[i]);
  sort_methods(b.methods.items, b.methods.len);
  TypeSet *set = ARENA_NEW(b.arena, TypeSet);
  set->methods = (ObjectList){b.methods.items, b.methods.len};
  set->terms = b.terms.items;
  set->term_count = b.terms.len;
  set->all_types = b.terms.all;
  set->comparable = b.comparable;
  t->u.interface.computing = false;
  if (b.incomplete)
    *incomplete = true;
  else
    STORE(t->u.interface.set, set);
  return set;
}

const TypeSet *type_set(Type *interface_or_param) {
  Type *t = type_underlying(interface_or_param);
  if (t->kind != TYPE_INTERFACE) return &top_set;
  TypeSet *known = LOAD(t->u.interface.set);
  if (known) return known;
  if (!t->u.interface.complete || !t->u.interface.owner) return &top_set;
  Package *owner = t->u.interface.owner;
  bool incomplete = false;
  types_lock(owner);
  const TypeSet *set = compute(t, 0, &incomplete);
  types_unlock(owner);
  return set;
}

bool typeset_is_empty(const TypeSet *s) { return !s->all_types && s->term_count == 0; }
bool typeset_is_method_set(const TypeSet *s) { return s->all_types && !s->comparable; }

// A type parameter's constraint as an interface. A constraint that is no interface is wrapped in one.
Type *tparam_interface(Type *self) {
  Type *t = type_unalias(self);
  if (t->kind != TYPE_PARAM) return type_underlying(t);
  Type *known = LOAD(t->u.tparam.iface);
  if (known) return known;
  Package *owner = t->u.tparam.owner;
  Type *bound = t->u.tparam.bound;
  if (!bound || type_is_param(bound)) return type_empty_interface_of(owner);
  Type *u = type_underlying(bound);
  if (type_is_invalid(u)) return type_empty_interface_of(owner);
  if (u->kind == TYPE_INTERFACE) {
    STORE(t->u.tparam.iface, u);
    return u;
  }
  if (!owner) return type_empty_interface_of(owner);
  types_lock(owner);
  if (!t->u.tparam.iface) {
    Type *wrap = type_alloc(&owner->lazy, owner, TYPE_INTERFACE);
    wrap->u.interface.embeddeds = typelist_copy(&owner->lazy, (TypeList){&bound, 1});
    wrap->u.interface.embed_pos = ARENA_NEW(&owner->lazy, Pos);
    wrap->u.interface.implicit = wrap->u.interface.complete = true;
    STORE(t->u.tparam.iface, wrap);
  }
  types_unlock(owner);
  return t->u.tparam.iface;
}
