// core.c: iteration over the types of a type set, and the underlying type they share.
//
// The Go spec no longer has "core types" (since 1.25), but its rules for range, calls, make, channels and composite
// literals still ask for one underlying type common to a type set. For channels, differing directions are tolerated:
// the directed one is taken, if they don't conflict.
#include "types/type_internal.h"

bool type_each_in_set(const Type *t, bool (*f)(void *context, Type *term_type, Type *underlying), void *context) {
  Type *p = type_unalias(t);
  if (p->kind != TYPE_PARAM) return f(context, (Type *)t, type_underlying(p));
  const TypeSet *set = type_set(p);
  if (!typeset_has_terms(set)) return f(context, NULL, NULL);
  for (uint32_t i = 0; i < set->term_count; i++)
    if (!f(context, set->terms[i].type, type_underlying(set->terms[i].type))) return false;
  return true;
}

static bool merge_underlying(void *context, Type *term, Type *u) {
  (void)term;
  Type **common = context;
  Type *c = *common;
  if (!u) return false;
  if (!c) {
    *common = u;
    return true;
  }
  if (c->kind == TYPE_CHAN && u->kind == TYPE_CHAN) {
    if (!type_identical(c->u.chan.elem, u->u.chan.elem)) return false;
    if (c->u.chan.direction == u->u.chan.direction) return true;
    if (c->u.chan.direction == CHAN_BOTH)
      *common = u;
    else if (u->u.chan.direction != CHAN_BOTH)
      return false;
    return true;
  }
  return type_identical(c, u);
}

Type *type_common_underlying(const Type *t) {
  Type *common = NULL;
  return type_each_in_set(t, merge_underlying, &common) ? common : NULL;
}

Type *type_core(const Type *t) { return type_common_underlying(t); }

typedef struct StringCore {
  Type *common, *string;
} StringCore;

static bool is_byte_slice(const Type *u) {
  if (u->kind != TYPE_SLICE) return false;
  const Type *e = type_underlying(u->u.slice.elem);
  return e->kind == TYPE_BASIC && basic_canonical(e->basic_kind) == BASIC_UINT8;
}

static bool merge_string(void *context, Type *term, Type *u) {
  StringCore *s = context;
  if (!u) return false;
  if (u->kind == TYPE_BASIC && (u->basic_info & BASIC_IS_STRING)) {
    s->string = u;
    return !s->common || is_byte_slice(s->common);
  }
  if (s->string && !is_byte_slice(u)) return false;
  return merge_underlying(&s->common, term, u);
}

Type *type_core_string(const Type *t) {
  StringCore s = {0};
  if (!type_each_in_set(t, merge_string, &s)) return NULL;
  return s.string ? s.string : s.common;
}

bool tparam_each_term(Type *tparam, bool (*f)(void *context, const UnionTerm *), void *context) {
  const TypeSet *set = type_set(tparam);
  if (!typeset_has_terms(set)) return f(context, NULL);
  for (uint32_t i = 0; i < set->term_count; i++)
    if (!f(context, &set->terms[i])) return false;
  return true;
}
