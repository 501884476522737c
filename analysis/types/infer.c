// infer.c: type inference (the Go spec, "Type inference").
//
// In order: typed arguments are unified with the parameters that mention type parameters; then, until nothing new is
// learnt, each type parameter with its constraint's common underlying type and methods; then untyped constants give
// their default types to parameters still unknown; at last inferred types that mention other type parameters are
// simplified.
#include "types/checker_internal.h"
#include "types/unify_internal.h"

typedef struct Inference {
  Checker *checker;
  const Ast *at;
  TypeList tparams;
  Type **targs;
  Unifier unifier;
  Arena scratch;
} Inference;

static bool fail(Inference *in, const Ast *at, const char *what, const Type *t) {
  Checker *c = in->checker;
  Str s = t ? check_type_str(c, t) : STR_NONE;
  check_error(c, at ? at : in->at, "%s%.*s", what, STR_ARG(s));
  return false;
}

// The only term of a parameter's type set, or a term with the common underlying type; single says which.
static bool core_term(Type *tparam, UnionTerm *out, bool *single) {
  const TypeSet *set = type_set(tparam);
  *single = false;
  if (!typeset_has_terms(set)) return false;
  if (set->term_count == 1) {
    *out = set->terms[0];
    *single = true;
    return true;
  }
  Type *common = type_common_underlying(tparam);
  if (!common) return false;
  bool tilde = false;
  for (uint32_t i = 0; i < set->term_count; i++) tilde = tilde || set->terms[i].tilde;
  *out = (UnionTerm){common, tilde};
  return true;
}

static bool unify_exactly(void *context, Type *x, Type *y) { return unifier_unify(context, x, y, UNIFY_EXACT); }

static bool use_constraint(Inference *in, uint32_t i) {
  Unifier *u = &in->unifier;
  Type *tparam = in->tparams.items[i], *known = unifier_at(u, i);
  UnionTerm core;
  bool single;
  if (core_term(tparam, &core, &single)) {
    if (known) {
      if (!unifier_unify(u, known, core.type, 0))
        return fail(in, NULL, "type argument does not satisfy constraint: ", known);
    } else if (single && !core.tilde) {
      unifier_set(u, i, core.type);
    }
  }
  if (!known || type_mentions(in->tparams, known)) return true;
  TypeEquivalence eq = {unify_exactly, u};
  if (!type_has_all_methods(known, tparam_interface(tparam), true, &eq))
    return fail(in, NULL, "type argument lacks methods of its constraint: ", known);
  return true;
}

static bool use_arguments(Inference *in, const Type *params, Operand **args, uint32_t arg_len) {
  for (uint32_t i = 0; i < arg_len; i++) {
    Type *par = tuple_at(params, i)->type;
    const Operand *arg = args[i];
    if (!type_is_typed(arg->type)) continue;
    if (!type_mentions(in->tparams, par) && !type_mentions(in->tparams, arg->type)) continue;
    if (!unifier_unify(&in->unifier, par, arg->type, UNIFY_ASSIGN))
      return fail(in, arg->expr, "argument does not match parameter type ", par);
  }
  return true;
}

// Untyped constants passed for the same type parameter: the kind that comes last in int, rune, float, complex wins.
static bool use_untyped(Inference *in, const Type *params, Operand **args, uint32_t arg_len) {
  Type **largest = ARENA_ARRAY(&in->scratch, Type *, in->tparams.len);
  for (uint32_t i = 0; i < arg_len; i++) {
    const Type *par = tuple_at(params, i)->type;
    const Operand *arg = args[i];
    if (type_is_typed(arg->type) || par->kind != TYPE_PARAM || operand_is_nil(in->checker, arg)) continue;
    int index = unifier_index(&in->unifier, par);
    if (index < 0 || unifier_at(&in->unifier, (uint32_t)index)) continue;
    Type *max = largest[index];
    if (max && max != arg->type) {
      if (!(max->basic_info & BASIC_IS_NUMERIC) || !(arg->type->basic_info & BASIC_IS_NUMERIC))
        return fail(in, arg->expr, "mismatched types of untyped arguments: ", arg->type);
      if (arg->type->basic_kind > max->basic_kind) max = arg->type;
    } else {
      max = arg->type;
    }
    largest[index] = max;
  }
  for (uint32_t i = 0; i < in->tparams.len; i++)
    if (largest[i]) unifier_set(&in->unifier, i, type_default(largest[i]));
  return true;
}

// -- cycles among inferred types: P -> []P and the like are dropped --

typedef struct CycleWalk {
  Inference *in;
  const Type *path[64];
  unsigned len, budget;
} CycleWalk;

static void cycle_walk(CycleWalk *w, Type *self);

static void cycle_objects(CycleWalk *w, ObjectList list) {
  for (uint32_t i = 0; i < list.len; i++) cycle_walk(w, list.items[i]->type);
}

static void cycle_kind(CycleWalk *w, Type *t) {
  switch ((TypeKind)t->kind) {
  case TYPE_BASIC:
  case TYPE_ALIAS: return;
  case TYPE_POINTER: cycle_walk(w, t->u.pointer.elem); return;
  case TYPE_ARRAY: cycle_walk(w, t->u.array.elem); return;
  case TYPE_SLICE: cycle_walk(w, t->u.slice.elem); return;
  case TYPE_CHAN: cycle_walk(w, t->u.chan.elem); return;
  case TYPE_MAP:
    cycle_walk(w, t->u.map.key);
    cycle_walk(w, t->u.map.elem);
    return;
  case TYPE_STRUCT: cycle_objects(w, t->u.struct_.fields); return;
  case TYPE_TUPLE: cycle_objects(w, t->u.tuple.vars); return;
  case TYPE_SIGNATURE:
    cycle_walk(w, t->u.signature.params);
    cycle_walk(w, t->u.signature.results);
    return;
  case TYPE_INTERFACE:
    cycle_objects(w, t->u.interface.methods);
    for (uint32_t i = 0; i < t->u.interface.embeddeds.len; i++) cycle_walk(w, t->u.interface.embeddeds.items[i]);
    return;
  case TYPE_UNION:
    for (uint32_t i = 0; i < t->u.union_.len; i++) cycle_walk(w, t->u.union_.terms[i].type);
    return;
  case TYPE_NAMED:
    for (uint32_t i = 0; i < t->u.named.targs.len; i++) cycle_walk(w, t->u.named.targs.items[i]);
    return;
  case TYPE_PARAM: {
    int i = unifier_index(&w->in->unifier, t);
    if (i >= 0 && w->in->targs[i]) cycle_walk(w, w->in->targs[i]);
    return;
  }
  }
}

static void cycle_walk(CycleWalk *w, Type *self) {
  if (!self) return;
  Type *t = type_unalias(self);
  for (unsigned i = 0; i < w->len; i++) {
    if (w->path[i] != t) continue;
    int p = unifier_index(&w->in->unifier, t);
    if (p >= 0) w->in->targs[p] = NULL;
    return;
  }
  if (w->len == sizeof w->path / sizeof *w->path || !w->budget) return;
  w->budget--;
  w->path[w->len++] = t;
  cycle_kind(w, t);
  w->len--;
}

// Inferred types may mention other type parameters: substitutes until none does. Given arguments are not touched.
static void simplify(Inference *in, const bool *given) {
  CycleWalk w = {.in = in, .budget = 100000};
  for (uint32_t i = 0; i < in->tparams.len; i++) cycle_walk(&w, in->tparams.items[i]);
  TypeList inferred = {in->targs, in->tparams.len};
  for (uint32_t round = 0; round <= in->tparams.len; round++) {
    bool changed = false;
    for (uint32_t i = 0; i < in->tparams.len; i++) {
      Type *t = in->targs[i];
      if (!t || given[i] || !type_mentions(in->tparams, t)) continue;
      Type *s = type_substitute(in->checker->pkg, t, in->tparams, inferred);
      if (s == t) continue;
      // A generic function passed as argument: once its own type parameters are gone it is generic no more.
      if (s->kind == TYPE_SIGNATURE && s->u.signature.tparams.len && !type_mentions(in->tparams, s))
        s->u.signature.tparams = (TypeList){0};
      in->targs[i] = s;
      changed = true;
    }
    if (!changed) break;
  }
}

static bool infer(Inference *in, Type *params, Operand **args, uint32_t arg_len) {
  Checker *c = in->checker;
  TypeList tparams = in->tparams;
  if (params) params = type_substitute(c->pkg, params, tparams, (TypeList){in->targs, tparams.len});
  bool *given = ARENA_ARRAY(&in->scratch, bool, tparams.len);
  for (uint32_t i = 0; i < tparams.len; i++) given[i] = in->targs[i] != NULL;
  unifier_init(&in->unifier, &in->scratch, tparams, in->targs, !c->pkg->go_minor || c->pkg->go_minor >= 21);
  if (!use_arguments(in, params, args, arg_len)) return false;
  for (uint32_t before = UINT32_MAX; before != unifier_unknowns(&in->unifier);) {
    before = unifier_unknowns(&in->unifier);
    for (uint32_t i = 0; i < tparams.len; i++)
      if (!use_constraint(in, i)) return false;
  }
  if (!use_untyped(in, params, args, arg_len)) return false;
  for (uint32_t i = 0; i < tparams.len; i++) in->targs[i] = unifier_at(&in->unifier, i);
  simplify(in, given);
  for (uint32_t i = 0; i < tparams.len; i++)
    if (!in->targs[i] || type_mentions(tparams, in->targs[i])) return fail(in, NULL, "cannot infer ", tparams.items[i]);
  return true;
}

bool check_infer(Checker *c, const Ast *at, TypeList tparams, Type **targs, Type *params, Operand **args,
                 uint32_t arg_len, bool reverse) {
  (void)reverse; // only the wording of go/types' errors depends on it
  if (arg_len > tuple_len(params)) arg_len = tuple_len(params);
  bool missing = false;
  for (uint32_t i = 0; i < tparams.len; i++) missing = missing || !targs[i];
  if (!missing) return true;
  for (uint32_t i = 0; i < arg_len; i++)
    if (args[i]->mode == MODE_INVALID) return false; // an error was given
  Inference in = {.checker = c, .at = at, .tparams = tparams, .targs = targs};
  bool ok = infer(&in, params, args, arg_len);
  arena_release(&in.scratch);
  return ok;
}
