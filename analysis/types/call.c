// call.c: calls, conversions written as calls, instantiation of generic functions, and selectors (the Go spec, "Calls",
// "Passing arguments to ... parameters", "Instantiations", "Selectors", "Method values", "Method expressions").
//
// A call's type arguments come from three places at once: those written, those implied by the arguments, and, for
// generic functions passed as arguments, those implied by the parameters they go to. So all type parameters in play
// (the callee's, then each generic argument's, each renamed) are inferred together, and only then are the signatures
// instantiated.
#include "types/expr_internal.h"

static Type *signature_of(const Operand *x) {
  return x->mode != MODE_INVALID && x->type && x->type->kind == TYPE_SIGNATURE ? x->type : NULL;
}

static bool is_generic_func(const Operand *x) {
  Type *sig = signature_of(x);
  return sig && sig->u.signature.tparams.len > 0;
}

static Type *instantiate_signature(Checker *c, const Ast *expr, Type *sig, TypeList targs) {
  Type *instance = check_instantiate_signature(c, expr, targs, sig);
  record_instance(c, expr, targs, instance);
  return instance;
}

// -- instantiation of function values --

// Instantiates the generic function x with the type arguments of index (may be NULL), inferring others from target (may
// be NULL). infer false: returns the explicit arguments if they are too few, with x as it is.
static TypeList func_inst(Checker *c, Type *target, Operand *x, const Ast *index, bool infer) {
  const TypeList none = {0};
  TypeList targs = none;
  if (index) x->expr = index;
  check_version(c, x->expr, 18, "function instantiation");
  if (index && !check_type_list(c, &index->u.index.indices, &targs)) {
    operand_set_invalid(c, x);
    return none;
  }
  Type *sig = type_unalias(x->type);
  if (sig->kind != TYPE_SIGNATURE) sig = type_underlying(sig);
  if (sig->kind != TYPE_SIGNATURE) {
    operand_set_invalid(c, x);
    return none;
  }
  TypeList tparams = sig->u.signature.tparams;
  if (targs.len > tparams.len) {
    check_error(c, index->u.index.indices.items[targs.len - 1], "got %u type arguments but %.*s has %u type parameters",
                targs.len, STR_ARG(check_expr_str(c, index->u.index.x)), tparams.len);
    operand_set_invalid(c, x);
    return none;
  }
  if (targs.len < tparams.len) {
    if (!infer) return targs;
    Type *params = NULL;
    Operand arg = {.mode = MODE_VALUE, .type = target, .expr = x->expr}, *args[1] = {&arg};
    if (target) { // as if x's type were the parameter of a call with a value of type target
      Type *plain =
        type_new_signature(c->pkg, NULL, sig->u.signature.params, sig->u.signature.results, sig->u.signature.variadic);
      Object *param = object_new_var(c->pkg, VAR_PARAM, NULL, plain, check_pos(c, x->expr));
      params = type_new_tuple(c->pkg, &param, 1);
    }
    TypeList fresh = tparams_rename(c, tparams, &params);
    Type **inferred = ARENA_ARRAY(&c->pkg->arena, Type *, tparams.len);
    for (uint32_t i = 0; i < targs.len; i++) inferred[i] = targs.items[i];
    if (!check_infer(c, x->expr, fresh, inferred, params, args, target ? 1 : 0, target != NULL)) {
      operand_set_invalid(c, x);
      return none;
    }
    targs = (TypeList){inferred, tparams.len};
  }
  x->type = instantiate_signature(c, x->expr, sig, targs);
  x->mode = MODE_VALUE;
  return none;
}

void check_func_inst(Checker *c, Type *target, Operand *x, const Ast *index, bool infer) {
  target = check_target_signature(c, target);
  if (!index && !target) {
    operand_set_invalid(c, x);
    return;
  }
  func_inst(c, target, x, index, infer);
}

// -- arguments --

static void arguments_reserve(Checker *c, Arguments *args, uint32_t len) {
  bool fits = len <= sizeof args->room / sizeof *args->room;
  args->items = fits ? args->room : ARENA_ARRAY(&c->scratch, Operand, len);
  args->len = len;
  args->partial = NULL;
}

// One operand per value of a tuple that one call yields.
static void arguments_spread(Checker *c, Arguments *args, const Operand *x) {
  Type *tuple = x->type;
  arguments_reserve(c, args, tuple_len(tuple));
  for (uint32_t i = 0; i < args->len; i++)
    args->items[i] = (Operand){.mode = MODE_VALUE, .type = tuple_at(tuple, i)->type, .expr = x->expr};
}

static bool is_multi_value(const Operand *x) {
  return x->mode != MODE_INVALID && x->type && x->type->kind == TYPE_TUPLE;
}

void check_plain_arguments(Checker *c, Arguments *args, const AstList *list) {
  arguments_reserve(c, args, list->len);
  if (list->len == 1) {
    check_multi_expr(c, &args->items[0], list->items[0]);
    if (is_multi_value(&args->items[0])) {
      Operand x = args->items[0];
      arguments_spread(c, args, &x);
    }
    return;
  }
  for (uint32_t i = 0; i < list->len; i++) check_expr(c, NULL, &args->items[i], list->items[i]);
}

// An argument that may be a generic function, wholly or partly without type arguments.
static void check_generic_argument(Checker *c, Arguments *args, uint32_t i, const Ast *e, bool alone) {
  Operand *x = &args->items[i];
  if (e->kind != AST_INDEX) {
    if (!alone) {
      check_generic_expr(c, x, e);
      return;
    }
    check_raw_expr(c, NULL, x, e, NULL, true);
    operand_exclude(c, x, NOT_A_VALUE);
    return;
  }
  *x = (Operand){.mode = MODE_INVALID, .type = type_invalid(c->context), .expr = e};
  if (!check_enter(c, e)) return;
  if (check_index_expr(c, x, e)) {
    TypeList targs = func_inst(c, NULL, x, e, !check_allows_version(c, e, 21));
    if (targs.len && x->mode != MODE_INVALID) {
      if (!args->partial) args->partial = ARENA_ARRAY(&c->scratch, TypeList, args->len);
      args->partial[i] = targs;
    } else {
      record_operand(c, x);
    }
  } else {
    x->expr = e;
    operand_non_generic(c, NULL, x);
    record_operand(c, x);
    operand_exclude(c, x, NOT_A_VALUE);
    check_single_value(c, x);
  }
  check_leave(c);
}

static void check_generic_arguments(Checker *c, Arguments *args, const AstList *list) {
  arguments_reserve(c, args, list->len);
  for (uint32_t i = 0; i < list->len; i++) check_generic_argument(c, args, i, list->items[i], list->len == 1);
  if (list->len == 1 && is_multi_value(&args->items[0])) {
    Operand x = args->items[0];
    arguments_spread(c, args, &x);
  }
}

static void report_argument_count(Checker *c, const Ast *call, const Arguments *args, uint32_t want) {
  bool many = args->len > want;
  const Ast *at = many ? args->items[want].expr : args->len ? args->items[args->len - 1].expr : call;
  check_error(c, at, "%s arguments in call to %.*s (have %u, want %u)", many ? "too many" : "not enough",
              STR_ARG(check_expr_str(c, call->u.call.fun)), args->len, want);
}

// The number of parameters that the arguments must match. False: an error was given.
static bool argument_count_fits(Checker *c, const Ast *call, Type *sig, const Arguments *args, bool *spread) {
  uint32_t params = tuple_len(sig->u.signature.params), want = params;
  bool dots = call->u.call.has_dots;
  *spread = false;
  if (dots && !sig->u.signature.variadic) {
    check_error(c, call, "cannot use ... in call to non-variadic %.*s", STR_ARG(check_expr_str(c, call->u.call.fun)));
    return false;
  }
  if (dots && call->u.call.args.len == 1 && args->len > 1) {
    check_error(c, call, "cannot use ... with %u-valued %.*s", args->len,
                STR_ARG(check_expr_str(c, call->u.call.args.items[0])));
    return false;
  }
  if (sig->u.signature.variadic && !dots && params > 0) {
    *spread = args->len + 1 >= params;
    want = *spread ? args->len : params - 1;
  }
  if (args->len == want) return true;
  report_argument_count(c, call, args, want);
  return false;
}

static Type *variadic_elem(Type *sig) {
  uint32_t n = tuple_len(sig->u.signature.params);
  Type *last = n ? type_underlying(tuple_at(sig->u.signature.params, n - 1)->type) : NULL;
  return last && last->kind == TYPE_SLICE ? last->u.slice.elem : NULL;
}

// Parameter types of a call that is not generic.
static Type *parameter_type(Type *sig, uint32_t i, bool spread, Type *elem) {
  uint32_t n = tuple_len(sig->u.signature.params);
  if (spread && i + 1 >= n) return elem;
  return tuple_at(sig->u.signature.params, i)->type;
}

// sig's parameters with the variadic one repeated once for each of the arguments that go there.
static Type *spread_parameters(Checker *c, Type *sig, uint32_t arg_len, Type *elem) {
  Object **vars = ARENA_ARRAY(&c->scratch, Object *, arg_len + 1);
  uint32_t n = tuple_len(sig->u.signature.params);
  Object *last = tuple_at(sig->u.signature.params, n - 1);
  for (uint32_t i = 0; i < arg_len; i++)
    vars[i] =
      i + 1 < n ? tuple_at(sig->u.signature.params, i) : object_new_var(c->pkg, VAR_PARAM, last->name, elem, last->pos);
  return type_new_tuple(c->pkg, vars, arg_len);
}

// All type parameters that are inferred together, and the type arguments known so far.
typedef struct Inference {
  VEC(Type *) tparams, targs;
  uint32_t *generic_args; // indices of arguments that are generic functions
  uint32_t generic_len;
} Inference;

static void inference_add(Checker *c, Inference *inf, TypeList tparams, TypeList targs) {
  for (uint32_t i = 0; i < tparams.len; i++) {
    VEC_PUSH(&c->scratch, &inf->tparams, tparams.items[i]);
    VEC_PUSH(&c->scratch, &inf->targs, i < targs.len ? targs.items[i] : NULL);
  }
}

static void inference_add_arguments(Checker *c, Inference *inf, Arguments *args) {
  inf->generic_args = ARENA_ARRAY(&c->scratch, uint32_t, args->len + 1);
  for (uint32_t i = 0; i < args->len; i++) {
    Operand *arg = &args->items[i];
    if (!is_generic_func(arg)) continue;
    // an identity of its own for each use of the function: f(g, g)
    Type *old = arg->type;
    Type *own =
      type_new_signature(c->pkg, NULL, old->u.signature.params, old->u.signature.results, old->u.signature.variadic);
    TypeList fresh = tparams_rename(c, old->u.signature.tparams, &own);
    if (own->kind != TYPE_SIGNATURE) continue;
    if (own == old || own->u.signature.tparams.len == 0) {
      Type *copy =
        type_new_signature(c->pkg, NULL, own->u.signature.params, own->u.signature.results, own->u.signature.variadic);
      copy->u.signature.tparams = fresh;
      own = copy;
    }
    arg->type = own;
    inference_add(c, inf, fresh, args->partial ? args->partial[i] : (TypeList){0});
    inf->generic_args[inf->generic_len++] = i;
  }
}

static void instantiate_arguments(Checker *c, Inference *inf, Arguments *args, uint32_t from) {
  for (uint32_t g = 0; g < inf->generic_len; g++) {
    Operand *arg = &args->items[inf->generic_args[g]];
    uint32_t n = arg->type->u.signature.tparams.len;
    TypeList targs = {ARENA_ARRAY(&c->pkg->arena, Type *, n), n};
    for (uint32_t i = 0; i < n; i++) targs.items[i] = inf->targs.items[from + i];
    arg->type = instantiate_signature(c, arg->expr, arg->type, targs);
    record_operand(c, arg);
    from += n;
  }
}

static Type *infer_and_instantiate(Checker *c, const Ast *call, Type *sig, TypeList targs, Arguments *args, bool spread,
                                   Type **params) {
  Inference inf = {0};
  uint32_t n = sig->u.signature.tparams.len;
  if (n) {
    TypeList fresh = tparams_rename(c, sig->u.signature.tparams, params);
    inference_add(c, &inf, fresh, targs);
  }
  inference_add_arguments(c, &inf, args);
  if (inf.tparams.len == 0) return sig;
  Operand **operands = ARENA_ARRAY(&c->scratch, Operand *, args->len + 1);
  for (uint32_t i = 0; i < args->len; i++) operands[i] = &args->items[i];
  TypeList tparams = {inf.tparams.items, inf.tparams.len};
  if (!check_infer(c, call, tparams, inf.targs.items, *params, operands, args->len, false)) return NULL;
  if (n) {
    TypeList own = {ARENA_ARRAY(&c->pkg->arena, Type *, n), n}, renamed = {inf.tparams.items, n};
    memcpy(own.items, inf.targs.items, n * sizeof *own.items);
    sig = instantiate_signature(c, call->u.call.fun, sig, own);
    if (spread)
      *params = type_substitute(c->pkg, *params, renamed, own);
    else
      *params = sig->kind == TYPE_SIGNATURE ? sig->u.signature.params : NULL;
  }
  instantiate_arguments(c, &inf, args, n);
  return sig;
}

static bool any_generic(const Type *sig, const Arguments *args) {
  if (sig->u.signature.tparams.len) return true;
  for (uint32_t i = 0; i < args->len; i++)
    if (is_generic_func(&args->items[i])) return true;
  return false;
}

Type *check_arguments(Checker *c, const Ast *call, Type *sig, TypeList targs, Arguments *args) {
  bool spread;
  for (uint32_t i = 0; i < args->len; i++)
    if (args->items[i].mode == MODE_INVALID && any_generic(sig, args)) return sig;
  if (!argument_count_fits(c, call, sig, args, &spread)) return sig;
  Type *elem = sig->u.signature.variadic ? variadic_elem(sig) : NULL;
  if (spread && !elem) elem = type_invalid(c->context);
  if (!any_generic(sig, args)) {
    for (uint32_t i = 0; i < args->len; i++)
      operand_assign(c, &args->items[i], parameter_type(sig, i, spread, elem), "argument", call->u.call.fun);
    return sig;
  }
  Type *params = spread ? spread_parameters(c, sig, args->len, elem) : sig->u.signature.params;
  Type *result = infer_and_instantiate(c, call, sig, targs, args, spread, &params);
  if (!result) return sig;
  for (uint32_t i = 0; i < args->len && i < tuple_len(params); i++)
    operand_assign(c, &args->items[i], tuple_at(params, i)->type, "argument", call->u.call.fun);
  return result;
}

// -- calls --

static ExprKind check_conversion_call(Checker *c, Operand *x, const Ast *call) {
  const AstList *args = &call->u.call.args;
  operand_non_generic(c, NULL, x);
  if (x->mode == MODE_INVALID) {
    check_use(c, args->items, args->len);
    x->expr = call;
    return EXPR_CONVERSION;
  }
  Type *target = x->type;
  operand_set_invalid(c, x);
  x->expr = call;
  if (args->len != 1) {
    check_use(c, args->items, args->len);
    check_error(c, args->len ? args->items[args->len - 1] : call, "%s in conversion to %.*s",
                args->len ? "too many arguments" : "missing argument", STR_ARG(check_type_str(c, target)));
    return EXPR_CONVERSION;
  }
  check_expr(c, check_toolchain(c, 27) ? target : NULL, x, args->items[0]);
  if (x->mode != MODE_INVALID) {
    if (type_is_non_tparam_interface(target) && !typeset_is_method_set(type_set(type_underlying(target)))) {
      check_error(c, call,
                  "cannot use interface %.*s in conversion (contains specific type constraints or is comparable)",
                  STR_ARG(check_type_str(c, target)));
      operand_set_invalid(c, x);
    } else if (call->u.call.has_dots) {
      check_error(c, args->items[0], "invalid use of ... in conversion to %.*s", STR_ARG(check_type_str(c, target)));
      operand_set_invalid(c, x);
    } else {
      check_conversion(c, x, target);
    }
  }
  x->expr = call;
  return EXPR_CONVERSION;
}

// The signature that x is called with, or NULL.
static Type *callee_signature(Checker *c, Operand *x) {
  Type *u = type_is_param(x->type) ? check_common_under(x->type) : type_underlying(x->type);
  if (u && u->kind == TYPE_SIGNATURE) return u;
  if (!type_is_invalid(x->type))
    check_error(c, x->expr, "invalid operation: cannot call %.*s: not a function", STR_ARG(check_operand_str(c, x)));
  return NULL;
}

// Explicit type arguments of call.fun; all given: instantiates sig at once. False: an error was given.
static bool check_explicit_type_args(Checker *c, const Ast *inst, Type **sig, TypeList *targs) {
  if (!check_type_list(c, &inst->u.index.indices, targs)) return false;
  uint32_t want = (*sig)->u.signature.tparams.len;
  if (targs->len > want) {
    check_error(c, inst->u.index.indices.items[want], "got %u type arguments but %.*s has %u type parameters",
                targs->len, STR_ARG(check_expr_str(c, inst->u.index.x)), want);
    return false;
  }
  if (targs->len == want && want > 0) {
    check_version(c, inst, 18, "function instantiation");
    *sig = instantiate_signature(c, inst, *sig, *targs);
    *targs = (TypeList){0};
  }
  return (*sig)->kind == TYPE_SIGNATURE;
}

static void set_call_result(Checker *c, Operand *x, Type *sig) {
  Type *results = sig->u.signature.results;
  uint32_t n = tuple_len(results);
  x->mode = n == 0 ? MODE_NOVALUE : MODE_VALUE;
  if (n == 0) x->type = NULL;
  if (n == 1) x->type = tuple_at(results, 0)->type;
  if (n > 1) x->type = results;
  if (n > 0 && sig->u.signature.tparams.len > 0) { // inference failed: the result's type is not known
    TypeList tparams = sig->u.signature.tparams;
    TypeList probe = {ARENA_ARRAY(&c->scratch, Type *, tparams.len), tparams.len};
    for (uint32_t i = 0; i < probe.len; i++) probe.items[i] = type_invalid(c->context);
    if (type_substitute(c->pkg, x->type, tparams, probe) != x->type) operand_set_invalid(c, x);
  }
}

static ExprKind fail_call(Checker *c, Operand *x, const Ast *call) {
  check_use(c, call->u.call.args.items, call->u.call.args.len);
  operand_set_invalid(c, x);
  x->expr = call;
  return EXPR_STATEMENT;
}

ExprKind check_call(Checker *c, Operand *x, const Ast *call) {
  const Ast *fun = call->u.call.fun, *inst = NULL;
  if (fun && fun->kind == AST_INDEX) {
    if (check_index_expr(c, x, fun)) inst = fun;
    x->expr = fun;
    record_operand(c, x);
  } else {
    check_expr_or_type(c, x, fun, true);
  }
  if (x->mode == MODE_INVALID) return fail_call(c, x, call);
  if (x->mode == MODE_TYPE) return check_conversion_call(c, x, call);
  if (x->mode == MODE_BUILTIN) {
    BuiltinId id = x->builtin;
    if (!check_builtin(c, x, call, id)) operand_set_invalid(c, x);
    x->expr = call;
    if (x->mode != MODE_INVALID && x->mode != MODE_CONSTANT) c->env.has_call_or_recv = true;
    return builtin_expr_kind(id);
  }
  Type *sig = callee_signature(c, x);
  if (!sig) return fail_call(c, x, call);
  bool was_generic = sig->u.signature.tparams.len > 0;
  TypeList targs = {0};
  if (inst && !check_explicit_type_args(c, inst, &sig, &targs)) return fail_call(c, x, call);
  Arguments args;
  check_generic_arguments(c, &args, &call->u.call.args);
  sig = check_arguments(c, call, sig, targs, &args);
  if (sig->kind != TYPE_SIGNATURE) {
    operand_set_invalid(c, x);
    x->expr = call;
    return EXPR_STATEMENT;
  }
  if (was_generic && sig->u.signature.tparams.len == 0) record_type(c, fun, MODE_VALUE, sig, NULL);
  set_call_result(c, x, sig);
  x->expr = call;
  c->env.has_call_or_recv = true;
  return EXPR_STATEMENT;
}
