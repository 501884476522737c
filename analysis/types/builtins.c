// builtins.c: calls of the predeclared functions (the Go spec, "Built-in functions") and of package unsafe's ("Package
// unsafe"). The builtin's name is recorded with a signature made up for the call, as tools expect: the parameter and
// result types that this call has.
#include "types/expr_internal.h"
#include "types/type_internal.h"

typedef struct Builtin {
  const char *name;
  uint8_t args; // at least
  bool variadic;
  ExprKind kind;
} Builtin;

static const Builtin BUILTINS[] = {
  [BUILTIN_APPEND] = {"append", 1, true, EXPR_EXPRESSION},
  [BUILTIN_CAP] = {"cap", 1, false, EXPR_EXPRESSION},
  [BUILTIN_CLEAR] = {"clear", 1, false, EXPR_STATEMENT},
  [BUILTIN_CLOSE] = {"close", 1, false, EXPR_STATEMENT},
  [BUILTIN_COMPLEX] = {"complex", 2, false, EXPR_EXPRESSION},
  [BUILTIN_COPY] = {"copy", 2, false, EXPR_STATEMENT},
  [BUILTIN_DELETE] = {"delete", 2, false, EXPR_STATEMENT},
  [BUILTIN_IMAG] = {"imag", 1, false, EXPR_EXPRESSION},
  [BUILTIN_LEN] = {"len", 1, false, EXPR_EXPRESSION},
  [BUILTIN_MAKE] = {"make", 1, true, EXPR_EXPRESSION},
  [BUILTIN_MAX] = {"max", 1, true, EXPR_EXPRESSION},
  [BUILTIN_MIN] = {"min", 1, true, EXPR_EXPRESSION},
  [BUILTIN_NEW] = {"new", 1, false, EXPR_EXPRESSION},
  [BUILTIN_PANIC] = {"panic", 1, false, EXPR_STATEMENT},
  [BUILTIN_PRINT] = {"print", 0, true, EXPR_STATEMENT},
  [BUILTIN_PRINTLN] = {"println", 0, true, EXPR_STATEMENT},
  [BUILTIN_REAL] = {"real", 1, false, EXPR_EXPRESSION},
  [BUILTIN_RECOVER] = {"recover", 0, false, EXPR_STATEMENT},
  [BUILTIN_ADD] = {"unsafe.Add", 2, false, EXPR_EXPRESSION},
  [BUILTIN_ALIGNOF] = {"unsafe.Alignof", 1, false, EXPR_EXPRESSION},
  [BUILTIN_OFFSETOF] = {"unsafe.Offsetof", 1, false, EXPR_EXPRESSION},
  [BUILTIN_SIZEOF] = {"unsafe.Sizeof", 1, false, EXPR_EXPRESSION},
  [BUILTIN_SLICE] = {"unsafe.Slice", 2, false, EXPR_EXPRESSION},
  [BUILTIN_SLICEDATA] = {"unsafe.SliceData", 1, false, EXPR_EXPRESSION},
  [BUILTIN_STRING] = {"unsafe.String", 2, false, EXPR_EXPRESSION},
  [BUILTIN_STRINGDATA] = {"unsafe.StringData", 1, false, EXPR_EXPRESSION},
};

ExprKind builtin_expr_kind(BuiltinId id) { return BUILTINS[id].kind; }

// One call being checked. x is the first argument and becomes the result.
typedef struct BuiltinCall {
  const Ast *call;
  BuiltinId id;
  Operand *x;
  Arguments args; // evaluated, but for make, new and unsafe.Offsetof
} BuiltinCall;

#define INVALID_ARG "invalid argument: "
static bool fail(Checker *c, const Operand *x, const char *what) {
  if (!type_is_invalid(type_underlying(x->type)))
    check_error(c, x->expr, INVALID_ARG "%.*s %s", STR_ARG(check_operand_str(c, x)), what);
  return false;
}

// -- recorded signatures --

static Type *result_type(const Type *sig) {
  Type *results = sig->u.signature.results;
  return tuple_len(results) ? tuple_at(results, 0)->type : NULL;
}

static bool has_shape(const Type *sig, Type *result, Type *const *args, uint32_t len, bool variadic) {
  if (result_type(sig) != result || tuple_len(sig->u.signature.params) != len || sig->u.signature.variadic != variadic)
    return false;
  for (uint32_t i = 0; i < len; i++)
    if (tuple_at(sig->u.signature.params, i)->type != type_default(args[i])) return false;
  return true;
}

// The same signature for all calls with the same types: len([]byte) is called in thousands of places.
static Type *call_signature(Checker *c, Type *result, Type *const *args, uint32_t len, bool variadic) {
  enum { ROOM = 8 };
  uint64_t hash = hash_mix(variadic + 1, (uintptr_t)result);
  for (uint32_t i = 0; i < len; i++) hash = hash_mix(hash, (uintptr_t)type_default(args[i]));
  const void *key = (const void *)(uintptr_t)(hash | 1);
  Type *sig = ptrmap_get(&c->builtin_signatures, key);
  if (sig && has_shape(sig, result, args, len, variadic)) return sig;
  Object *few[ROOM], **vars = len <= ROOM ? few : ARENA_ARRAY(&c->scratch, Object *, len);
  for (uint32_t i = 0; i < len; i++) vars[i] = object_new_var(c->pkg, VAR_PARAM, NULL, type_default(args[i]), (Pos){0});
  Type *params = type_new_tuple(c->pkg, vars, len), *results = NULL;
  if (result) {
    Object *var = object_new_var(c->pkg, VAR_RESULT, NULL, result, (Pos){0});
    results = type_new_tuple(c->pkg, &var, 1);
  }
  sig = type_new_signature(c->pkg, NULL, params, results, variadic);
  ptrmap_set(&c->builtin_signatures, key, sig);
  return sig;
}

static void record_signature(Checker *c, const BuiltinCall *b, Type *result, Type *const *args, uint32_t len,
                             bool variadic) {
  record_builtin_type(c, b->call->u.call.fun, call_signature(c, result, args, len, variadic));
}

static void record1(Checker *c, const BuiltinCall *b, Type *result, Type *arg) {
  record_signature(c, b, result, &arg, 1, false);
}

static void record2(Checker *c, const BuiltinCall *b, Type *result, Type *arg0, Type *arg1) {
  Type *args[] = {arg0, arg1};
  record_signature(c, b, result, args, 2, false);
}

static void set_value(Operand *x, Type *type) {
  x->mode = MODE_VALUE;
  x->type = type;
  x->value = NULL;
}

// -- append, copy --

static bool is_byte_slice(Checker *c, Type *t) {
  Type *u = type_underlying(t);
  return u->kind == TYPE_SLICE && type_identical(u->u.slice.elem, basic_type(c, BASIC_BYTE));
}

// Are all types of t's set []byte or string? *has_string: is one a string.
static bool is_bytes_or_string(Checker *c, Type *t, bool *has_string) {
  TypeTerms set;
  type_terms(&set, t);
  *has_string = false;
  for (uint32_t i = 0; i < set.count; i++) {
    bool string = type_is_string(set.terms[i].type);
    *has_string |= string;
    if (!string && !is_byte_slice(c, set.terms[i].type)) return false;
  }
  return set.count > 0;
}

static bool assignable_to_bytes(Checker *c, const Operand *x) {
  return operand_assignable(c, x, type_new_slice(c->pkg, basic_type(c, BASIC_BYTE)));
}

// The element type that all types of x's set, slices, have in common, or NULL.
static Type *slice_elem(const Operand *x) {
  TypeTerms set;
  type_terms(&set, x->type);
  Type *elem = NULL;
  for (uint32_t i = 0; i < set.count; i++) {
    Type *u = type_underlying(set.terms[i].type);
    if (u->kind != TYPE_SLICE || (elem && !type_identical(elem, u->u.slice.elem))) return NULL;
    elem = u->u.slice.elem;
  }
  return elem;
}

static bool check_append(Checker *c, BuiltinCall *b) {
  Operand *x = b->x;
  Type *elem = slice_elem(x), *s = x->type;
  if (!elem) return fail(c, x, "is not a slice in append");
  if (b->args.len == 2 && b->call->u.call.has_dots) { // append([]byte, string...)
    bool has_string = false;
    Operand *y = &b->args.items[1];
    if (is_bytes_or_string(c, y->type, &has_string) && has_string && assignable_to_bytes(c, x)) {
      Type *params[] = {s, y->type};
      record_signature(c, b, s, params, 2, true);
      x->mode = MODE_VALUE;
      x->value = NULL;
      return true;
    }
  }
  Type *u = type_underlying(s), *rest = u->kind == TYPE_SLICE ? u : type_new_slice(c->pkg, elem), *params[] = {s, rest};
  Type *sig = call_signature(c, s, params, 2, true);
  check_arguments(c, b->call, sig, (TypeList){0}, &b->args);
  record_builtin_type(c, b->call->u.call.fun, sig);
  set_value(x, s);
  return true;
}

static bool check_copy(Checker *c, BuiltinCall *b) {
  Operand *x = b->x, *y = &b->args.items[1];
  bool has_string;
  if (!assignable_to_bytes(c, x) || !is_bytes_or_string(c, y->type, &has_string)) {
    Type *to = slice_elem(x), *from = slice_elem(y);
    if (!to) return fail(c, x, "is not a slice in copy");
    if (!from && type_all_basic(y->type, BASIC_IS_STRING)) from = basic_type(c, BASIC_BYTE);
    if (!from) return fail(c, y, "is not a slice in copy");
    if (!type_identical(to, from)) return fail(c, x, "and source have different element types in copy");
  }
  Type *t_int = basic_type(c, BASIC_INT);
  record2(c, b, t_int, x->type, y->type);
  set_value(x, t_int);
  return true;
}

// -- len, cap --

static Type *array_or_self(Type *t) {
  Type *p = type_unalias(t);
  if (p->kind != TYPE_POINTER) return t;
  Type *base = type_underlying(p->u.pointer.elem);
  return base->kind == TYPE_ARRAY ? base : t;
}

static bool has_length(Type *t, bool cap) {
  Type *u = type_underlying(array_or_self(t));
  if (u->kind == TYPE_BASIC) return !cap && u->basic_info & BASIC_IS_STRING;
  if (u->kind == TYPE_MAP) return !cap;
  return u->kind == TYPE_ARRAY || u->kind == TYPE_SLICE || u->kind == TYPE_CHAN;
}

static bool check_len_cap(Checker *c, BuiltinCall *b) {
  Operand *x = b->x;
  TypeTerms set;
  type_terms(&set, x->type);
  bool fine = set.count > 0 && x->mode != MODE_NIL;
  for (uint32_t i = 0; i < set.count && fine; i++) fine = has_length(set.terms[i].type, b->id == BUILTIN_CAP);
  if (!fine) return fail(c, x, b->id == BUILTIN_CAP ? "for built-in cap" : "for built-in len");
  ConstPool *pool = &c->pkg->constants;
  const Const *value = NULL;
  if (!type_is_param(x->type)) {
    Type *u = type_underlying(array_or_self(x->type));
    if (u->kind == TYPE_BASIC && operand_is_const(x))
      value = const_int64(pool, (int64_t)const_string_value(x->value).n);
    if (u->kind == TYPE_ARRAY && !c->env.has_call_or_recv)
      value = u->u.array.len >= 0 ? const_int64(pool, u->u.array.len) : const_unknown();
  }
  Type *t_int = basic_type(c, BASIC_INT);
  if (!value) record1(c, b, t_int, x->type);
  set_value(x, t_int);
  if (value) x->mode = MODE_CONSTANT, x->value = value;
  return true;
}

// -- maps and channels --

static bool check_clear(Checker *c, BuiltinCall *b) {
  Operand *x = b->x;
  TypeTerms set;
  type_terms(&set, x->type);
  check_version(c, b->call->u.call.fun, 21, "clear");
  bool fine = set.count > 0;
  for (uint32_t i = 0; i < set.count && fine; i++) {
    TypeKind kind = (TypeKind)type_underlying(set.terms[i].type)->kind;
    fine = kind == TYPE_MAP || kind == TYPE_SLICE;
  }
  if (!fine) return fail(c, x, "of clear must be (or be constrained by) map or slice");
  record1(c, b, NULL, x->type);
  x->mode = MODE_NOVALUE;
  return true;
}

static bool check_close(Checker *c, BuiltinCall *b) {
  Operand *x = b->x;
  TypeTerms set;
  type_terms(&set, x->type);
  bool fine = set.count > 0;
  for (uint32_t i = 0; i < set.count && fine; i++) {
    Type *u = type_underlying(set.terms[i].type);
    fine = u->kind == TYPE_CHAN && u->u.chan.direction != CHAN_RECV_ONLY;
  }
  if (!fine) return fail(c, x, "can't be closed: not a channel to send to");
  record1(c, b, NULL, x->type);
  x->mode = MODE_NOVALUE;
  return true;
}

static bool check_delete(Checker *c, BuiltinCall *b) {
  Operand *x = b->x;
  TypeTerms set;
  type_terms(&set, x->type);
  Type *map = x->type, *key = NULL;
  bool fine = set.count > 0;
  for (uint32_t i = 0; i < set.count && fine; i++) {
    Type *u = type_underlying(set.terms[i].type);
    fine = u->kind == TYPE_MAP && (!key || type_identical(key, u->u.map.key));
    if (fine) key = u->u.map.key;
  }
  if (!fine) return fail(c, x, "is not a map");
  *x = b->args.items[1];
  check_assignment(c, x, key, "argument to delete");
  if (x->mode == MODE_INVALID) return false;
  record2(c, b, NULL, map, key);
  x->mode = MODE_NOVALUE;
  return true;
}

// -- complex numbers --

static Type *basic_of(Checker *c, Type *t, const BasicKind from[3], const BasicKind to[3]) {
  Type *u = type_underlying(t);
  for (int i = 0; i < 3; i++)
    if (u->kind == TYPE_BASIC && u->basic_kind == from[i]) return basic_type(c, to[i]);
  return NULL;
}

// The float type of a complex one, or the reverse; NULL when it is neither, or a type parameter (which the language
// leaves out here).
static Type *part_type(Checker *c, Type *t, bool complex_to_float) {
  static const BasicKind FLOATS[] = {BASIC_FLOAT32, BASIC_FLOAT64, BASIC_UNTYPED_FLOAT};
  static const BasicKind COMPLEXES[] = {BASIC_COMPLEX64, BASIC_COMPLEX128, BASIC_UNTYPED_COMPLEX};
  if (type_is_param(t)) return NULL;
  return complex_to_float ? basic_of(c, t, COMPLEXES, FLOATS) : basic_of(c, t, FLOATS, COMPLEXES);
}

static void untyped_to_float(Checker *c, Operand *x) {
  if (type_is_numeric(x->type) && const_sign(const_imag(&c->pkg->constants, x->value)) == 0)
    x->type = basic_type(c, BASIC_UNTYPED_FLOAT);
}

static bool check_complex(Checker *c, BuiltinCall *b) {
  Operand *x = b->x, *y = &b->args.items[1];
  bool x_untyped = type_is_untyped(x->type), y_untyped = type_is_untyped(y->type);
  bool both_const = operand_is_const(x) && operand_is_const(y);
  if (x_untyped && !y_untyped) check_convert_untyped(c, x, y->type);
  if (!x_untyped && y_untyped) check_convert_untyped(c, y, x->type);
  if (x_untyped && y_untyped && both_const) {
    untyped_to_float(c, x);
    untyped_to_float(c, y);
  } else if (x_untyped && y_untyped) { // a shift is in there: floats can't be shifted, which the conversion reports
    check_convert_untyped(c, x, basic_type(c, BASIC_FLOAT64));
    check_convert_untyped(c, y, basic_type(c, BASIC_FLOAT64));
  }
  if (x->mode == MODE_INVALID || y->mode == MODE_INVALID) return false;
  if (!type_identical(x->type, y->type)) {
    check_error(c, x->expr, "invalid operation: %.*s (mismatched types %.*s and %.*s)",
                STR_ARG(check_expr_str(c, b->call)), STR_ARG(check_type_str(c, x->type)),
                STR_ARG(check_type_str(c, y->type)));
    return false;
  }
  Type *result = part_type(c, x->type, false);
  if (!result) return fail(c, x, "of complex must have floating-point type");
  if (operand_is_const(x) && operand_is_const(y)) {
    ConstPool *pool = &c->pkg->constants;
    x->value = const_make_complex(pool, const_to_float(pool, x->value), const_to_float(pool, y->value));
  } else {
    record2(c, b, result, x->type, y->type);
    x->mode = MODE_VALUE;
  }
  x->type = result;
  return true;
}

static bool check_real_imag(Checker *c, BuiltinCall *b) {
  Operand *x = b->x;
  if (type_is_untyped(x->type) && operand_is_const(x)) {
    if (type_is_numeric(x->type)) x->type = basic_type(c, BASIC_UNTYPED_COMPLEX);
  } else if (type_is_untyped(x->type)) {
    check_convert_untyped(c, x, basic_type(c, BASIC_COMPLEX128));
    if (x->mode == MODE_INVALID) return false;
  }
  Type *result = part_type(c, x->type, true);
  if (!result) return fail(c, x, "must have complex type");
  ConstPool *pool = &c->pkg->constants;
  if (operand_is_const(x)) {
    x->value = b->id == BUILTIN_REAL ? const_real(pool, x->value) : const_imag(pool, x->value);
  } else {
    record1(c, b, result, x->type);
    x->mode = MODE_VALUE;
  }
  x->type = result;
  return true;
}

// -- make, new --

static bool check_make(Checker *c, BuiltinCall *b) {
  const AstList *list = &b->call->u.call.args;
  Type *t = check_var_type(c, list->items[0]);
  if (type_is_invalid(t)) {
    check_use(c, list->items + 1, list->len - 1);
    return false;
  }
  Type *u = check_common_under(t);
  bool slice = u && u->kind == TYPE_SLICE;
  if (!slice && !(u && (u->kind == TYPE_MAP || u->kind == TYPE_CHAN))) {
    if (u != NULL && type_is_invalid(u)) return false;
    check_error(c, list->items[0], INVALID_ARG "cannot make %.*s: type must be slice, map, or channel",
                STR_ARG(check_expr_str(c, list->items[0])));
    check_use(c, list->items + 1, list->len - 1);
    return false;
  }
  uint32_t least = slice ? 2 : 1;
  if (list->len < least || list->len > least + 1) {
    check_error(c, b->call, "invalid operation: %.*s expects %u or %u arguments; found %u",
                STR_ARG(check_expr_str(c, b->call)), least, least + 1, list->len);
    check_use(c, list->items + 1, list->len - 1);
    return false;
  }
  Type *types[3] = {t};
  int64_t sizes[2] = {-1, -1};
  for (uint32_t i = 1; i < list->len; i++) {
    types[i] = check_size_argument(c, list->items[i], &sizes[i - 1]);
    if (!types[i]) types[i] = type_invalid(c->context);
  }
  if (sizes[0] >= 0 && sizes[1] >= 0 && sizes[0] > sizes[1])
    check_error(c, list->items[1], INVALID_ARG "length and capacity swapped");
  record_signature(c, b, t, types, list->len, false);
  set_value(b->x, t);
  return true;
}

// new(T), or since Go 1.26 new(expr).
static bool check_new(Checker *c, BuiltinCall *b) {
  const Ast *arg = b->call->u.call.args.items[0];
  Operand *x = b->x;
  check_expr_or_type(c, x, arg, false);
  operand_exclude(c, x, 1 << MODE_NOVALUE | 1 << MODE_BUILTIN);
  if (x->mode == MODE_INVALID) return false;
  if (x->mode == MODE_TYPE) {
    check_valid_var_type(c, arg, x->type);
  } else {
    if (type_is_untyped(x->type)) check_assignment(c, x, NULL, "argument to new");
    if (x->mode == MODE_INVALID) return false;
    check_version(c, b->call->u.call.fun, 26, "new(expr)");
  }
  Type *t = x->type;
  set_value(x, type_new_pointer(c->pkg, t));
  record1(c, b, x->type, t);
  return true;
}

// -- min, max --

static bool check_min_max(Checker *c, BuiltinCall *b) {
  Operand *x = b->x;
  const char *name = BUILTINS[b->id].name;
  check_version(c, b->call->u.call.fun, 21, name);
  Token op = b->id == BUILTIN_MAX ? TOKEN_GTR : TOKEN_LSS;
  for (uint32_t i = 0; i < b->args.len; i++) {
    Operand *a = &b->args.items[i];
    if (!type_all_basic(a->type, BASIC_IS_ORDERED)) return fail(c, a, "cannot be ordered");
    if (i == 0) continue;
    check_match_types(c, x, a);
    if (x->mode == MODE_INVALID) return false;
    if (!type_identical(x->type, a->type)) {
      check_error(c, a->expr, INVALID_ARG "mismatched types %.*s (previous argument) and %.*s (type of %.*s)",
                  STR_ARG(check_type_str(c, x->type)), STR_ARG(check_type_str(c, a->type)),
                  STR_ARG(check_expr_str(c, a->expr)));
      return false;
    }
    if (!operand_is_const(x) || !operand_is_const(a))
      x->mode = MODE_VALUE;
    else if (const_compare(&c->pkg->constants, a->value, op, x->value))
      *x = *a;
  }
  if (!operand_is_const(x)) {
    x->mode = MODE_VALUE;
    check_assignment(c, x, c->context->type_empty_interface, "argument to built-in min or max"); // not untyped any more
    if (x->mode == MODE_INVALID) return false;
  }
  for (uint32_t i = 0; i < b->args.len; i++) check_update_expr_type(c, b->args.items[i].expr, x->type, true);
  if (operand_is_const(x)) return true;
  Type **types = ARENA_ARRAY(&c->scratch, Type *, b->args.len);
  for (uint32_t i = 0; i < b->args.len; i++) types[i] = x->type;
  record_signature(c, b, x->type, types, b->args.len, false);
  x->value = NULL;
  return true;
}

// -- panic, print, recover --

static bool check_panic(Checker *c, BuiltinCall *b) {
  Type *any = c->context->type_empty_interface;
  check_assignment(c, b->x, any, "argument to panic");
  if (b->x->mode == MODE_INVALID) return false;
  record1(c, b, NULL, any);
  b->x->mode = MODE_NOVALUE;
  return true;
}

static bool check_print(Checker *c, BuiltinCall *b) {
  Type **types = ARENA_ARRAY(&c->scratch, Type *, b->args.len + 1);
  for (uint32_t i = 0; i < b->args.len; i++) {
    Operand *a = &b->args.items[i];
    check_assignment(c, a, NULL, "argument to built-in print");
    if (a->mode == MODE_INVALID) return false;
    types[i] = a->type;
  }
  record_signature(c, b, NULL, types, b->args.len, false);
  b->x->mode = MODE_NOVALUE;
  return true;
}

static bool check_recover(Checker *c, BuiltinCall *b) {
  set_value(b->x, c->context->type_empty_interface);
  record_signature(c, b, b->x->type, NULL, 0, false);
  return true;
}

// -- unsafe --

// Does the size depend on a type parameter? seen: NAMED -> 1 being looked at (or variable), 2 fixed.
static bool has_variable_size(Type *t, PtrMap *seen, uint32_t depth) {
  if (depth > type_depth_limit()) return true;
  Type *named = type_unalias(t);
  static const char VARIABLE, FIXED;
  if (named->kind == TYPE_NAMED) {
    const void *known = ptrmap_get(seen, named);
    if (known) return known == &VARIABLE;
    ptrmap_set(seen, named, (void *)&VARIABLE);
  }
  Type *u = type_underlying(t);
  bool variable = false;
  if (u->kind == TYPE_ARRAY) variable = has_variable_size(u->u.array.elem, seen, depth + 1);
  if (u->kind == TYPE_INTERFACE) variable = type_is_param(t);
  if (u->kind == TYPE_STRUCT)
    for (uint32_t i = 0; i < u->u.struct_.fields.len && !variable; i++)
      variable =
        u->u.struct_.fields.items[i]->type && has_variable_size(u->u.struct_.fields.items[i]->type, seen, depth + 1);
  if (named->kind == TYPE_NAMED && !variable) ptrmap_set(seen, named, (void *)&FIXED);
  return variable;
}

static bool is_variable_size(Type *t) {
  PtrMap seen = {0};
  bool variable = has_variable_size(t, &seen, 0);
  ptrmap_release(&seen);
  return variable;
}

// The result of Sizeof, Alignof, Offsetof: a constant unless it depends on type parameters.
static bool set_uintptr(Checker *c, BuiltinCall *b, Type *measured, Type *arg, int64_t size) {
  Type *t = basic_type(c, BASIC_UINTPTR);
  if (is_variable_size(measured)) {
    record1(c, b, t, arg);
    set_value(b->x, t);
    return true;
  }
  if (size < 0 || size == INT64_MAX) return fail(c, b->x, "is too large");
  set_value(b->x, t);
  b->x->mode = MODE_CONSTANT;
  bool known = type_is_sized(c->context, measured);
  b->x->value = known ? const_int64(&c->pkg->constants, size) : const_unknown();
  if (!known && c->env.types) c->env.types->has_error = true;
  return true;
}

static bool check_sizeof(Checker *c, BuiltinCall *b) {
  check_assignment(c, b->x, NULL, b->id == BUILTIN_SIZEOF ? "argument to unsafe.Sizeof" : "argument to unsafe.Alignof");
  Type *t = b->x->type;
  if (b->x->mode == MODE_INVALID) return false;
  return set_uintptr(c, b, t, t, b->id == BUILTIN_SIZEOF ? type_size(c->context, t) : type_align(c->context, t));
}

static int64_t offset_of(Checker *c, Type *t, const uint32_t *path, uint32_t len) {
  int64_t offset = 0;
  for (uint32_t i = 0; i < len; i++) {
    Type *u = type_underlying(t);
    if (u->kind != TYPE_STRUCT || path[i] >= u->u.struct_.fields.len) return -1;
    int64_t step = struct_field_offset(c->context, u, path[i]);
    if (__builtin_add_overflow(offset, step, &offset)) return -1;
    t = u->u.struct_.fields.items[path[i]]->type;
  }
  return offset;
}

static bool check_offsetof(Checker *c, BuiltinCall *b) {
  const AstList *list = &b->call->u.call.args;
  const Ast *arg = list->items[0], *selector = ast_unparen(arg);
  Operand *x = b->x;
  if (!selector || selector->kind != AST_SELECTOR || !selector->u.selector.sel ||
      selector->u.selector.sel->kind != AST_NAME) {
    check_error(c, arg, INVALID_ARG "%.*s is not a selector expression", STR_ARG(check_expr_str(c, arg)));
    check_use(c, list->items, 1);
    return false;
  }
  check_expr(c, NULL, x, selector->u.selector.x);
  if (x->mode == MODE_INVALID) return false;
  Type *base = x->type, *u = type_underlying(base);
  if (u->kind == TYPE_POINTER && type_underlying(u->u.pointer.elem)->kind == TYPE_STRUCT) base = u->u.pointer.elem;
  Sym name = selector->u.selector.sel->u.name.name;
  Lookup found = type_lookup(&c->pkg->arena, base, false, c->pkg, name, false);
  if (!found.obj || found.obj->kind != OBJ_VAR) {
    check_error(c, x->expr, INVALID_ARG "%.*s has no single field %.*s", STR_ARG(check_type_str(c, base)),
                STR_ARG(sym_str(name)));
    return false;
  }
  if (found.indirect) {
    check_error(c, x->expr, INVALID_ARG "field %.*s is embedded via a pointer in %.*s", STR_ARG(sym_str(name)),
                STR_ARG(check_type_str(c, base)));
    return false;
  }
  record_selection(c, selector, SELECT_FIELD, base, found.obj, found.path, found.path_len, false);
  Operand field = {
    .mode = x->mode == MODE_VARIABLE ? MODE_VARIABLE : MODE_VALUE, .type = found.obj->type, .expr = selector};
  record_operand(c, &field);
  return set_uintptr(c, b, base, found.obj->type, offset_of(c, base, found.path, found.path_len));
}

static bool check_unsafe_add(Checker *c, BuiltinCall *b) {
  Type *pointer = basic_type(c, BASIC_UNSAFE_POINTER);
  Operand *y = &b->args.items[1];
  check_assignment(c, b->x, pointer, "argument to unsafe.Add");
  if (b->x->mode == MODE_INVALID || !check_is_valid_index(c, y, "length", true)) return false;
  set_value(b->x, pointer);
  record2(c, b, pointer, pointer, y->type);
  return true;
}

static bool check_unsafe_slice(Checker *c, BuiltinCall *b) {
  Operand *x = b->x, *y = &b->args.items[1];
  Type *u = check_common_under(x->type);
  if (!u || u->kind != TYPE_POINTER) return fail(c, x, "is not a pointer");
  if (!check_is_valid_index(c, y, "length", false)) return false;
  set_value(x, type_new_slice(c->pkg, u->u.pointer.elem));
  record2(c, b, x->type, u, y->type);
  return true;
}

static bool check_unsafe_slicedata(Checker *c, BuiltinCall *b) {
  Type *u = check_common_under(b->x->type);
  if (!u || u->kind != TYPE_SLICE) return fail(c, b->x, "is not a slice");
  set_value(b->x, type_new_pointer(c->pkg, u->u.slice.elem));
  record1(c, b, b->x->type, u);
  return true;
}

static bool check_unsafe_string(Checker *c, BuiltinCall *b) {
  Type *pointer = type_new_pointer(c->pkg, basic_type(c, BASIC_BYTE));
  Operand *y = &b->args.items[1];
  check_assignment(c, b->x, pointer, "argument to unsafe.String");
  if (b->x->mode == MODE_INVALID || !check_is_valid_index(c, y, "length", false)) return false;
  set_value(b->x, basic_type(c, BASIC_STRING));
  record2(c, b, b->x->type, pointer, y->type);
  return true;
}

static bool check_unsafe_stringdata(Checker *c, BuiltinCall *b) {
  Type *string = basic_type(c, BASIC_STRING);
  check_assignment(c, b->x, string, "argument to unsafe.StringData");
  if (b->x->mode == MODE_INVALID) return false;
  set_value(b->x, type_new_pointer(c->pkg, basic_type(c, BASIC_BYTE)));
  record1(c, b, b->x->type, string);
  return true;
}

static bool dispatch(Checker *c, BuiltinCall *b) {
  switch (b->id) {
  case BUILTIN_APPEND: return check_append(c, b);
  case BUILTIN_CAP:
  case BUILTIN_LEN: return check_len_cap(c, b);
  case BUILTIN_CLEAR: return check_clear(c, b);
  case BUILTIN_CLOSE: return check_close(c, b);
  case BUILTIN_COMPLEX: return check_complex(c, b);
  case BUILTIN_COPY: return check_copy(c, b);
  case BUILTIN_DELETE: return check_delete(c, b);
  case BUILTIN_REAL:
  case BUILTIN_IMAG: return check_real_imag(c, b);
  case BUILTIN_MAKE: return check_make(c, b);
  case BUILTIN_MAX:
  case BUILTIN_MIN: return check_min_max(c, b);
  case BUILTIN_NEW: return check_new(c, b);
  case BUILTIN_PANIC: return check_panic(c, b);
  case BUILTIN_PRINT:
  case BUILTIN_PRINTLN: return check_print(c, b);
  case BUILTIN_RECOVER: return check_recover(c, b);
  case BUILTIN_ADD: return check_unsafe_add(c, b);
  case BUILTIN_ALIGNOF:
  case BUILTIN_SIZEOF: return check_sizeof(c, b);
  case BUILTIN_OFFSETOF: return check_offsetof(c, b);
  case BUILTIN_SLICE: return check_unsafe_slice(c, b);
  case BUILTIN_SLICEDATA: return check_unsafe_slicedata(c, b);
  case BUILTIN_STRING: return check_unsafe_string(c, b);
  case BUILTIN_STRINGDATA: return check_unsafe_stringdata(c, b);
  }
  return false;
}

bool check_builtin(Checker *c, Operand *x, const Ast *call, BuiltinId id) {
  const AstList *list = &call->u.call.args;
  const Builtin *builtin = &BUILTINS[id];
  BuiltinCall b = {.call = call, .id = id, .x = x};
  if (call->u.call.has_dots && id != BUILTIN_APPEND) {
    check_error(c, call, "invalid operation: invalid use of ... with built-in %s", builtin->name);
    check_use(c, list->items, list->len);
    return false;
  }
  // Whether len's and cap's argument has a call in it decides whether they are constant.
  bool had_call = c->env.has_call_or_recv, measures = id == BUILTIN_LEN || id == BUILTIN_CAP;
  if (measures) c->env.has_call_or_recv = false;
  bool own_arguments = id == BUILTIN_MAKE || id == BUILTIN_NEW || id == BUILTIN_OFFSETOF, fine = true;
  uint32_t count = list->len;
  if (!own_arguments) {
    check_plain_arguments(c, &b.args, list);
    count = b.args.len;
    for (uint32_t i = 0; i < count; i++) fine &= b.args.items[i].mode != MODE_INVALID;
    if (count > 0) *x = b.args.items[0];
  }
  if (fine && (count < builtin->args || (!builtin->variadic && count > builtin->args))) {
    check_error(c, call, "invalid operation: %s arguments for %.*s (expected %u, found %u)",
                count < builtin->args ? "not enough" : "too many", STR_ARG(check_expr_str(c, call)), builtin->args,
                count);
    if (own_arguments) check_use(c, list->items, list->len);
    fine = false;
  }
  fine = fine && dispatch(c, &b);
  if (measures) c->env.has_call_or_recv = had_call;
  return fine;
}
