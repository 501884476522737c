// convert.c: conversions of non-constant values (the Go spec, "Conversions"), with assignability of typed values, which
// they include. A type parameter converts if every type in its set does.
#include "types/checker_internal.h"
#include "types/type_internal.h"

static bool has_basic_kind(const Type *u, BasicKind kind) {
  return u->kind == TYPE_BASIC && basic_canonical(u->basic_kind) == kind;
}

static bool is_bytes_or_runes(const Type *u) {
  if (u->kind != TYPE_SLICE) return false;
  const Type *e = type_underlying(u->u.slice.elem);
  return has_basic_kind(e, BASIC_UINT8) || has_basic_kind(e, BASIC_INT32);
}

static bool assignable(Package *pkg, Type *from, Type *to) {
  Type *v = type_unalias(from), *t = type_unalias(to);
  if (type_identical(v, t)) return true;
  Type *vu = type_underlying(v), *tu = type_underlying(t);
  bool params = v->kind == TYPE_PARAM || t->kind == TYPE_PARAM;
  if (!params && type_identical(vu, tu) && (!type_has_name(v) || !type_has_name(t))) return true;
  if (tu->kind == TYPE_INTERFACE && t->kind != TYPE_PARAM) return type_implements(pkg, v, t, false);
  if (vu->kind == TYPE_CHAN && vu->u.chan.direction == CHAN_BOTH && tu->kind == TYPE_CHAN &&
      type_identical(vu->u.chan.elem, tu->u.chan.elem))
    return !type_has_name(v) || !type_has_name(t);
  return false;
}

static bool basics_convertible(const Type *vu, const Type *tu) {
  unsigned v = vu->kind == TYPE_BASIC ? vu->basic_info : 0, t = tu->kind == TYPE_BASIC ? tu->basic_info : 0;
  const unsigned number = BASIC_IS_INTEGER | BASIC_IS_FLOAT;
  if ((v & number) && (t & number)) return true;
  if ((v & BASIC_IS_COMPLEX) && (t & BASIC_IS_COMPLEX)) return true;
  if (((v & BASIC_IS_INTEGER) || is_bytes_or_runes(vu)) && (t & BASIC_IS_STRING)) return true;
  if ((v & BASIC_IS_STRING) && is_bytes_or_runes(tu)) return true;
  bool v_pointer = vu->kind == TYPE_POINTER || has_basic_kind(vu, BASIC_UINTPTR);
  bool t_pointer = tu->kind == TYPE_POINTER || has_basic_kind(tu, BASIC_UINTPTR);
  return (v_pointer && has_basic_kind(tu, BASIC_UNSAFE_POINTER)) ||
         (has_basic_kind(vu, BASIC_UNSAFE_POINTER) && t_pointer);
}

static bool slice_to_array(const Package *pkg, const Type *vu, const Type *tu) {
  if (vu->kind != TYPE_SLICE) return false;
  uint32_t version = pkg && pkg->go_minor ? pkg->go_minor : UINT32_MAX;
  if (pkg && pkg->checker && pkg->checker->env.go_minor)
    version = pkg->checker->env.go_minor; // a file may have its own
  if (tu->kind == TYPE_ARRAY) return version >= 20 && type_identical(vu->u.slice.elem, tu->u.array.elem);
  if (tu->kind != TYPE_POINTER) return false;
  const Type *a = type_underlying(tu->u.pointer.elem);
  return a->kind == TYPE_ARRAY && version >= 17 && type_identical(vu->u.slice.elem, a->u.array.elem);
}

typedef struct Conversion {
  Package *pkg;
  Type *from, *to;
} Conversion;

static bool to_term(void *context, const UnionTerm *term) {
  const Conversion *c = context;
  return term && type_convertible(c->pkg, c->from, term->type);
}

static bool from_term(void *context, const UnionTerm *term) {
  const Conversion *c = context;
  return term && type_convertible(c->pkg, term->type, c->to);
}

bool type_convertible(Package *pkg, Type *from, Type *to) {
  Type *v = type_unalias(from), *t = type_unalias(to);
  if (type_is_invalid(v) || type_is_invalid(t)) return true;
  if (v->kind == TYPE_BASIC && v->basic_kind == BASIC_UNTYPED_NIL) return type_has_nil(t);
  if (assignable(pkg, v, t)) return true;
  bool v_param = v->kind == TYPE_PARAM, t_param = t->kind == TYPE_PARAM;
  Conversion c = {pkg, v, t};
  if (v_param) return tparam_each_term(v, from_term, &c);
  if (t_param) return tparam_each_term(t, to_term, &c);
  Type *vu = type_underlying(v), *tu = type_underlying(t);
  if (type_identical_ignore_tags(vu, tu)) return true;
  if (v->kind == TYPE_POINTER && t->kind == TYPE_POINTER) {
    Type *a = v->u.pointer.elem, *b = t->u.pointer.elem;
    if (!type_is_param(a) && !type_is_param(b) && type_identical_ignore_tags(type_underlying(a), type_underlying(b)))
      return true;
  }
  return basics_convertible(vu, tu) || slice_to_array(pkg, vu, tu);
}
