// instantiate.c: instances of generic types and functions, and whether type arguments satisfy their constraints (the Go
// spec, "Instantiations", "Satisfying a type constraint", "Implementing an interface").
#include "types/type_internal.h"

Type *type_instantiate(Package *in, Type *generic, TypeList targs) {
  Substitution s = {.in = in, .arena = &in->arena};
  switch ((TypeKind)generic->kind) {
  case TYPE_NAMED: return named_instance(in, generic->u.named.origin, targs);
  case TYPE_ALIAS:
    if (!generic->u.alias.tparams.len) return type_instantiate(in, type_unalias(generic), targs);
    return alias_instance(&s, generic->u.alias.origin, targs);
  case TYPE_SIGNATURE: {
    TypeList tparams = generic->u.signature.tparams;
    if (!tparams.len) return generic;
    if (tparams.len != targs.len) return type_invalid(in->context);
    s.from = tparams;
    s.to = targs;
    Type *t = substitute(&s, generic);
    if (t == generic) {
      t = type_alloc(&in->arena, in, TYPE_SIGNATURE);
      t->u.signature = generic->u.signature;
      t->u.signature.scope = NULL;
    }
    t->u.signature.tparams = (TypeList){0};
    return t;
  }
  case TYPE_BASIC:
  case TYPE_POINTER:
  case TYPE_ARRAY:
  case TYPE_SLICE:
  case TYPE_STRUCT:
  case TYPE_MAP:
  case TYPE_CHAN:
  case TYPE_TUPLE:
  case TYPE_INTERFACE:
  case TYPE_PARAM:
  case TYPE_UNION: break;
  }
  return type_invalid(in->context);
}

// -- implementation and satisfaction --

static bool is_comparable_for(const Package *from, Type *t, bool is_constraint) {
  if (type_strictly_comparable(t)) return true;
  // Since 1.20 types that are comparable at run time only satisfy `comparable`, without implementing it.
  bool allowed = !from || !from->go_minor || from->go_minor >= 20;
  return is_constraint && allowed && type_comparable(t);
}

static bool typeset_requires_comparable(const TypeSet *set) {
  if (set->all_types) return set->comparable;
  if (!set->term_count) return false;
  for (uint32_t i = 0; i < set->term_count; i++)
    if (!type_strictly_comparable(set->terms[i].type)) return false;
  return true;
}

bool type_implements(Package *from, Type *t, Type *interface, bool is_constraint) {
  Type *tu = type_underlying(t), *iu = type_underlying(interface);
  if (type_is_invalid(tu) || type_is_invalid(iu)) return true;
  if (tu->kind == TYPE_POINTER && type_is_invalid(type_underlying(tu->u.pointer.elem))) return true;
  if (iu->kind != TYPE_INTERFACE) return false;
  const TypeSet *want = type_set(iu);
  if (typeset_is_method_set(want) && !want->methods.len) return true;
  const TypeSet *have = tu->kind == TYPE_INTERFACE ? type_set(tu) : NULL;
  if (have && typeset_is_empty(have)) return true;
  if (typeset_is_empty(want)) return false;
  if (!type_has_all_methods(t, iu, true, NULL)) return false;
  bool comparable = !typeset_requires_comparable(want) || is_comparable_for(from, t, is_constraint);
  if (!typeset_has_terms(want)) return comparable;
  if (have) return terms_subset(typeset_terms(have), typeset_terms(want)) && comparable;
  for (uint32_t i = 0; i < want->term_count; i++)
    if (term_includes(&want->terms[i], t)) return comparable;
  return false;
}

bool type_assertable(Package *from, Type *interface, Type *target) {
  (void)from;
  if (type_is_interface(target)) return true;
  return type_has_all_methods(target, interface, false, NULL);
}

int type_verify_instance(Package *in, TypeList tparams, TypeList targs) {
  for (uint32_t i = 0; i < tparams.len && i < targs.len; i++) {
    Type *bound = tparams.items[i]->u.tparam.bound;
    if (!bound) continue;
    bound = type_substitute(in, bound, tparams, targs);
    Type *u = type_underlying(bound);
    if (u->kind == TYPE_INTERFACE && !type_is_param(bound)) {
      if (!type_implements(in, targs.items[i], bound, true)) return (int)i;
    } else if (!type_is_invalid(u)) { // a constraint that is a plain type, or (an error) a type parameter
      Type *iface = tparam_interface(tparams.items[i]);
      iface = type_substitute(in, iface, tparams, targs);
      if (!type_implements(in, targs.items[i], iface, true)) return (int)i;
    }
  }
  return -1;
}
