// index.c: index and slice expressions (the Go spec, "Index expressions", "Slice expressions"), for type parameters
// too.
#include "types/expr_internal.h"

// What indexing one type gives. elem NULL: it can't be indexed. length -1: not known.
typedef struct Indexed {
  Type *key, *elem; // key: of maps
  int64_t length;
  OperandMode mode;
} Indexed;

static Type *array_behind(Type *u) {
  if (u->kind != TYPE_POINTER) return NULL;
  Type *base = type_underlying(u->u.pointer.elem);
  return base->kind == TYPE_ARRAY ? base : NULL;
}

static Indexed index_type(Checker *c, const Operand *x, Type *u) {
  Indexed r = {.length = -1, .mode = MODE_VARIABLE};
  Type *array = array_behind(u);
  if (u->kind == TYPE_BASIC && u->basic_info & BASIC_IS_STRING) {
    if (operand_is_const(x)) r.length = (int64_t)const_string_value(x->value).n;
    r.elem = basic_type(c, BASIC_BYTE);
    r.mode = MODE_VALUE;
  } else if (u->kind == TYPE_ARRAY) {
    r.length = u->u.array.len;
    r.elem = u->u.array.elem;
    if (x->mode != MODE_VARIABLE) r.mode = MODE_VALUE;
  } else if (array) {
    r.length = array->u.array.len;
    r.elem = array->u.array.elem;
  } else if (u->kind == TYPE_SLICE) {
    r.elem = u->u.slice.elem;
  } else if (u->kind == TYPE_MAP) {
    r.key = u->u.map.key;
    r.elem = u->u.map.elem;
    r.mode = MODE_MAPINDEX;
  }
  return r;
}

// All types of x's set, which must agree on key and element.
static Indexed index_types(Checker *c, const Operand *x) {
  if (!type_is_param(x->type)) return index_type(c, x, type_underlying(x->type));
  TypeTerms set;
  type_terms(&set, x->type);
  Indexed all = {.length = -1};
  for (uint32_t i = 0; i < set.count; i++) {
    Indexed one = index_type(c, x, type_underlying(set.terms[i].type));
    if (!one.elem) return one;
    if (i == 0) {
      all = one;
      continue;
    }
    bool same = (all.key != NULL) == (one.key != NULL) && (!all.key || type_identical(all.key, one.key)) &&
                type_identical(all.elem, one.elem);
    if (!same) return (Indexed){0};
    if (one.mode == MODE_VALUE) all.mode = MODE_VALUE;
    if (one.length >= 0 && (all.length < 0 || one.length < all.length)) all.length = one.length;
  }
  return all;
}

static const Ast *single_index(Checker *c, const Ast *e) {
  const AstList *indices = &e->u.index.indices;
  if (indices->len == 0) {
    check_error(c, e, "missing index for %.*s", STR_ARG(check_expr_str(c, e->u.index.x)));
    return NULL;
  }
  if (indices->len > 1) check_error(c, indices->items[1], "invalid operation: more than one index");
  return indices->items[0];
}

bool check_index_expr(Checker *c, Operand *x, const Ast *e) {
  const AstList *indices = &e->u.index.indices;
  check_expr_or_type(c, x, e->u.index.x, true);
  if (x->mode == MODE_INVALID) {
    check_use(c, indices->items, indices->len);
    return false;
  }
  if (x->mode == MODE_TYPE) { // instantiation of a generic type
    operand_set_invalid(c, x);
    x->expr = e;
    Type *t = check_var_type(c, e);
    if (type_is_invalid(t)) return false;
    x->mode = MODE_TYPE;
    x->type = t;
    return false;
  }
  if (x->mode == MODE_VALUE) {
    Type *u = type_underlying(x->type);
    if (u->kind == TYPE_SIGNATURE && u->u.signature.tparams.len) return true;
  }
  operand_non_generic(c, NULL, x);
  if (x->mode == MODE_INVALID) return false;
  Indexed r = index_types(c, x);
  if (!r.elem || x->mode == MODE_BUILTIN || x->mode == MODE_NIL) {
    if (!type_is_invalid(x->type) || x->mode == MODE_BUILTIN)
      check_error(c, e, "cannot index %.*s", STR_ARG(check_operand_str(c, x)));
    check_use(c, indices->items, indices->len);
    operand_set_invalid(c, x);
    return false;
  }
  const Ast *index = single_index(c, e);
  if (!index) {
    operand_set_invalid(c, x);
    return false;
  }
  x->mode = r.mode;
  x->type = r.elem;
  x->value = NULL;
  x->expr = e;
  if (r.key) {
    Operand key;
    check_assigned_expr(c, &key, index, NULL);
    check_assignment(c, &key, r.key, "map index");
  } else {
    int64_t value;
    check_index_value(c, index, r.length, &value);
  }
  return false;
}

bool check_is_valid_index(Checker *c, Operand *x, const char *what, bool allow_negative) {
  if (x->mode == MODE_INVALID) return false;
  Type *t_int = basic_type(c, BASIC_INT);
  check_convert_untyped(c, x, t_int);
  if (x->mode == MODE_INVALID) return false;
  if (!type_all_basic(x->type, BASIC_IS_INTEGER)) {
    if (!type_is_invalid(x->type))
      check_error(c, x->expr, "invalid argument: %s %.*s must be integer", what, STR_ARG(check_operand_str(c, x)));
    return false;
  }
  if (!operand_is_const(x)) return true;
  if (!allow_negative && const_sign(x->value) < 0) {
    check_error(c, x->expr, "invalid argument: %s %.*s must not be negative", what, STR_ARG(check_operand_str(c, x)));
    return false;
  }
  if (!check_representable_const(x->value, c->context, t_int, &c->pkg->constants, &x->value)) {
    check_error(c, x->expr, "invalid argument: %s %.*s overflows int", what, STR_ARG(check_operand_str(c, x)));
    return false;
  }
  return true;
}

// An index expression below max (-1: no bound). *type: its type, NULL when invalid.
static Type *index_operand(Checker *c, const Ast *index, int64_t max, int64_t *value) {
  *value = -1;
  Operand x;
  check_expr(c, NULL, &x, index);
  if (!check_is_valid_index(c, &x, "index", false)) return NULL;
  if (!operand_is_const(&x)) return x.type;
  int64_t v;
  if (!const_int64_value(x.value, &v)) return NULL;
  if (max >= 0 && v >= max) {
    check_error(c, x.expr, "invalid argument: index %lld out of bounds [0:%lld]", (long long)v, (long long)max);
    return NULL;
  }
  *value = v;
  return x.type;
}

bool check_index_value(Checker *c, const Ast *index, int64_t max, int64_t *value) {
  return index_operand(c, index, max, value) != NULL;
}

Type *check_size_argument(Checker *c, const Ast *size, int64_t *value) { return index_operand(c, size, -1, value); }

// -- slices --

// The one underlying type to slice x by; strings mixed with byte slices count as strings. NULL: an error was given.
static Type *sliced_type(Checker *c, const Operand *x) {
  TypeTerms set;
  type_terms(&set, x->type);
  Type *common = NULL;
  bool has_string = false;
  for (uint32_t i = 0; i < set.count; i++) {
    Type *u = type_underlying(set.terms[i].type);
    if (u->kind == TYPE_BASIC && u->basic_info & BASIC_IS_STRING) {
      has_string = true;
      if (!type_is_param(x->type)) return u; // stays untyped if it is
      u = type_new_slice(c->pkg, basic_type(c, BASIC_BYTE));
    }
    if (common && !type_identical(common, u))
      common = NULL, i = set.count;
    else
      common = u;
  }
  if (!common) {
    check_error(c, x->expr, "cannot slice %.*s: no common underlying type", STR_ARG(check_operand_str(c, x)));
    return NULL;
  }
  return has_string ? basic_type(c, BASIC_STRING) : common;
}

// Sets x to the result of slicing; *length: of the array or constant string, else -1.
static bool slice_operand(Checker *c, Operand *x, const Ast *e, Type *u, int64_t *length) {
  Type *array = array_behind(u);
  if (u->kind == TYPE_BASIC && u->basic_info & BASIC_IS_STRING) {
    if (e->u.slice.three) {
      check_error(c, e, "invalid operation: 3-index slice of string");
      return false;
    }
    if (operand_is_const(x)) *length = (int64_t)const_string_value(x->value).n;
    if (type_is_untyped(x->type)) x->type = basic_type(c, BASIC_STRING);
  } else if (u->kind == TYPE_ARRAY) {
    *length = u->u.array.len;
    if (x->mode != MODE_VARIABLE) {
      check_error(c, x->expr, "cannot slice unaddressable value %.*s", STR_ARG(check_operand_str(c, x)));
      return false;
    }
    x->type = type_new_slice(c->pkg, u->u.array.elem);
  } else if (array) {
    *length = array->u.array.len;
    x->type = type_new_slice(c->pkg, array->u.array.elem);
  } else if (u->kind != TYPE_SLICE || x->mode == MODE_NIL) {
    if (!type_is_invalid(x->type)) check_error(c, x->expr, "cannot slice %.*s", STR_ARG(check_operand_str(c, x)));
    return false;
  }
  x->mode = MODE_VALUE;
  x->value = NULL;
  return true;
}

// Constant indices must not go down.
static void check_slice_order(Checker *c, const Ast *const parts[3], const int64_t at[3]) {
  for (int i = 0; i < 2; i++)
    for (int j = i + 1; j < 3; j++)
      if (at[i] > 0 && at[j] >= 0 && at[j] < at[i] && parts[j]) {
        check_error(c, parts[j], "invalid slice indices: %lld < %lld", (long long)at[j], (long long)at[i]);
        return;
      }
}

void check_slice_expr(Checker *c, Operand *x, const Ast *e) {
  const Ast *const parts[3] = {e->u.slice.lo, e->u.slice.hi, e->u.slice.max};
  check_expr(c, NULL, x, e->u.slice.x);
  int64_t length = -1;
  bool fine = x->mode != MODE_INVALID;
  Type *u = fine ? sliced_type(c, x) : NULL;
  fine = u && slice_operand(c, x, e, u, &length);
  if (fine && e->u.slice.three && (!parts[1] || !parts[2])) {
    check_error(c, e, "middle and final index required in 3-index slice");
    fine = false;
  }
  if (!fine) {
    for (int i = 0; i < 3; i++)
      if (parts[i]) check_use(c, (Ast *const *)&parts[i], 1);
    operand_set_invalid(c, x);
    return;
  }
  int64_t at[3];
  for (int i = 0; i < 3; i++) {
    at[i] = i == 0 ? 0 : length;
    if (!parts[i]) continue;
    check_index_value(c, parts[i], length >= 0 ? length + 1 : -1, &at[i]);
  }
  check_slice_order(c, parts, at);
  x->expr = e;
}
