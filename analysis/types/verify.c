// verify.c: instantiation as the checker does it: the instance at once, the check that the arguments satisfy the
// constraints (the Go spec, "Satisfying a type constraint") at the end of the step, because constraints may be
// declarations in progress; and fresh type parameters for calls.
#include "types/checker_internal.h"
#include "types/type_internal.h"

typedef struct Verification {
  Type *generic; // NAMED, ALIAS or SIGNATURE
  TypeList targs;
  Pos at;
  Pos *arg_at;
} Verification;

static TypeList tparams_of(const Type *generic) {
  if (generic->kind == TYPE_NAMED) return generic->u.named.origin->u.named.tparams;
  if (generic->kind == TYPE_ALIAS) return generic->u.alias.origin->u.alias.tparams;
  if (generic->kind == TYPE_SIGNATURE) return generic->u.signature.tparams;
  return (TypeList){0};
}

static void verify_later(Checker *c, void *argument) {
  const Verification *v = argument;
  TypeList tparams = tparams_of(v->generic);
  if (tparams.len != v->targs.len) {
    check_error_at(c, v->at, "%s type arguments: have %u, want %u",
                   v->targs.len < tparams.len ? "not enough" : "too many", v->targs.len, tparams.len);
    return;
  }
  int bad = type_verify_instance(c->pkg, tparams, v->targs);
  if (bad < 0 || (uint32_t)bad >= tparams.len) {
    check_record_instantiation(c, tparams, v->targs);
    return;
  }
  Str arg = check_type_str(c, v->targs.items[bad]), bound = check_type_str(c, tparams.items[bad]->u.tparam.bound);
  check_error_at(c, v->arg_at ? v->arg_at[bad] : v->at, "%.*s does not satisfy %.*s", STR_ARG(arg), STR_ARG(bound));
}

static Verification *put_off(Checker *c, const Ast *at, Type *generic, TypeList targs) {
  Verification *v = ARENA_NEW(&c->scratch, Verification);
  v->generic = generic;
  v->targs = targs;
  v->at = check_pos(c, at);
  check_later(c, verify_later, v);
  return v;
}

Type *check_instantiate_type(Checker *c, const Ast *at, Type *generic, TypeList targs, const Ast *const *arg_exprs) {
  Type *g = generic->kind == TYPE_ALIAS && !generic->u.alias.tparams.len ? type_unalias(generic) : generic;
  if (g->kind != TYPE_NAMED && g->kind != TYPE_ALIAS) return type_invalid(c->context);
  if (g->kind == TYPE_ALIAS && g->u.alias.tparams.len != targs.len) {
    check_error(c, at, "%s type arguments: have %u, want %u",
                targs.len < g->u.alias.tparams.len ? "not enough" : "too many", targs.len, g->u.alias.tparams.len);
    return type_invalid(c->context);
  }
  Type *t = type_instantiate(c->pkg, g, targs);
  Verification *v = put_off(c, at, g, targs);
  if (arg_exprs) {
    v->arg_at = ARENA_ARRAY(&c->scratch, Pos, targs.len);
    for (uint32_t i = 0; i < targs.len; i++) v->arg_at[i] = check_pos(c, arg_exprs[i] ? arg_exprs[i] : at);
  }
  return t;
}

Type *check_instantiate_signature(Checker *c, const Ast *at, TypeList targs, Type *signature) {
  Type *t = type_instantiate(c->pkg, signature, targs);
  if (t->kind == TYPE_SIGNATURE && signature->u.signature.tparams.len) put_off(c, at, signature, targs);
  return t;
}

// Fresh type parameters with the same constraints, and the parameters in terms of them: a generic function that calls
// itself must not confuse the type parameters it declares with those to be inferred.
TypeList tparams_rename(Checker *c, TypeList tparams, Type **params_tuple) {
  if (!tparams.len) return tparams;
  Arena *arena = &c->pkg->arena;
  TypeList fresh = {ARENA_ARRAY(arena, Type *, tparams.len), tparams.len};
  for (uint32_t i = 0; i < tparams.len; i++) {
    const Type *old = tparams.items[i];
    Object *name = object_clone(arena, old->u.tparam.obj, NULL);
    fresh.items[i] = type_new_param(c->pkg, name, NULL);
    fresh.items[i]->u.tparam.index = old->u.tparam.index;
  }
  for (uint32_t i = 0; i < tparams.len; i++)
    fresh.items[i]->u.tparam.bound = type_substitute(c->pkg, tparams.items[i]->u.tparam.bound, tparams, fresh);
  if (*params_tuple) *params_tuple = type_substitute(c->pkg, *params_tuple, tparams, fresh);
  return fresh;
}
