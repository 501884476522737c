// lower_call.c: calls, built-in functions, methods. Rules: the CallExpr case of cmd/compile/internal/noder/writer.go,
// exprCall and methodExpr of reader.go, tcCall, RewriteNonNameCall, FixVariadicCall of typecheck.
#include "ir/lower_internal.h"
#include "ir/rules.h"

// ---- calls

static bool is_call_or_receive(void *context, IrNode *n) {
  (void)context;
  static const uint8_t ops[] = {IR_APPEND,       IR_CALLFUNC,
                                IR_CALLINTER,    IR_CAP,
                                IR_CLEAR,        IR_CLOSE,
                                IR_COMPLEX,      IR_COPY,
                                IR_DELETE,       IR_IMAG,
                                IR_LEN,          IR_MAX,
                                IR_MIN,          IR_PANIC,
                                IR_PRINT,        IR_PRINTLN,
                                IR_REAL,         IR_RECOVER,
                                IR_RECV,         IR_UNSAFEADD,
                                IR_UNSAFESLICE,  IR_UNSAFESLICEDATA,
                                IR_UNSAFESTRING, IR_UNSAFESTRINGDATA};
  for (size_t i = 0; i < sizeof ops; i++)
    if (n->op == ops[i]) return true;
  return false;
}

// f()(x): the callee's value goes into a temporary first.
static void hoist_callee(Lower *l, IrNode *call) {
  IrNode *fun = call->u.call.fun;
  bool dot = fun->op == IR_DOTMETH || fun->op == IR_DOTINTER || fun->op == IR_METHVALUE;
  IrNode **place = dot ? &fun->u.selector.x : &call->u.call.fun;
  if (!ir_any(*place, is_call_or_receive, NULL)) return;
  IrName *tmp = ir_temp_at(l->unit, l->fn, call->pos, (*place)->type)->u.name;
  IrNode *as = lower_as(l, call->pos, tmp->node, *place);
  ir_list_push(l->unit, &as->init, lower_dcl(l, call->pos, tmp));
  tmp->defn = as;
  *place = tmp->node;
  ir_list_push(l->unit, &call->init, as);
}

static void pack_variadic(Lower *l, IrNode *call, Type *params) {
  uint32_t fixed = tuple_len(params) - 1;
  Type *slice = tuple_at(params, fixed)->type;
  IrList args = {0}, extra = {0};
  for (uint32_t i = 0; i < call->u.call.args.len; i++)
    ir_list_push(l->unit, i < fixed ? &args : &extra, call->u.call.args.items[i]);
  IrNode *last;
  if (!extra.len) {
    last = ir_new_nil(l->unit, call->pos, slice);
  } else {
    last = ir_new(l->unit, IR_SLICELIT, call->pos, slice);
    last->flags |= IR_FLAG_IMPLICIT;
    last->u.complit.list = extra;
    last->u.complit.len = extra.len;
  }
  ir_list_push(l->unit, &args, last);
  call->u.call.args = args;
  call->flags |= IR_FLAG_DDD;
}

static void convert_args(Lower *l, IrNode *call, Type *sig) {
  Type *params = sig->u.signature.params;
  uint32_t n = tuple_len(params);
  IrList *args = &call->u.call.args;
  for (uint32_t i = 0; i < args->len && n; i++) {
    Type *t;
    if (sig->u.signature.variadic && i + 1 >= n) {
      t = tuple_at(params, n - 1)->type;
      if (!(call->flags & IR_FLAG_DDD)) {
        Type *s = type_underlying_of(t, TYPE_SLICE);
        t = s ? s->u.slice.elem : NULL;
      }
    } else {
      t = i < n ? tuple_at(params, i)->type : NULL;
    }
    if (t) args->items[i] = lower_assign_conv(l, args->items[i]->pos, t, args->items[i]);
  }
}

static bool is_getg(const IrNode *fun) {
  return fun->op == IR_NAME && fun->u.name->cls == CLASS_FUNC && sym_is(fun->u.name->sym, "getg") && fun->u.name->pkg &&
         str_equal(fun->u.name->pkg->path, STR("runtime"));
}

IrNode *lower_make_call(Lower *l, IrPos pos, IrNode *fun, IrList *args, bool dots) {
  IrNode *n = ir_new(l->unit, fun->op == IR_DOTINTER ? IR_CALLINTER : IR_CALLFUNC, pos, NULL);
  n->u.call.fun = fun;
  n->u.call.args = *args;
  if (dots) n->flags |= IR_FLAG_DDD;
  Type *sig = fun->type ? type_underlying_of(fun->type, TYPE_SIGNATURE) : NULL;
  hoist_callee(l, n);
  if (!sig) {
    n->type = type_invalid(l->unit->pkg->context);
    return n;
  }
  convert_args(l, n, sig);
  if (sig->u.signature.variadic && !dots && tuple_len(sig->u.signature.params))
    pack_variadic(l, n, sig->u.signature.params);
  Type *results = sig->u.signature.results;
  n->type = tuple_len(results) == 1 ? tuple_at(results, 0)->type : results;
  lower_touch(l->state, n->type);
  if (is_getg(fun)) n->op = IR_GETG;
  return n;
}

typedef struct ParamDst {
  Type *signature;
  bool dots;
} ParamDst;

static Type *param_dst(void *context, uint32_t i) {
  ParamDst *d = context;
  Type *params = d->signature->u.signature.params;
  uint32_t n = tuple_len(params);
  if (d->signature->u.signature.variadic && !d->dots && n && i >= n - 1) {
    Type *s = type_underlying_of(tuple_at(params, n - 1)->type, TYPE_SLICE);
    return s ? s->u.slice.elem : NULL;
  }
  return i < n ? tuple_at(params, i)->type : NULL;
}

// ---- methods

typedef struct MethodRef {
  IrNode *wrapper; // function of the method expression's type, or NULL when a dictionary must be computed
  IrNode *base;    // function that takes receiver, then the dictionary if there is one
  IrNode *dict;
} MethodRef;

static bool has_pointer_receiver(Object *method) {
  Type *sig = type_unalias(method->type);
  if (sig->kind == TYPE_SIGNATURE && sig->u.signature.recv && sig->u.signature.recv->type)
    return type_unalias(sig->u.signature.recv->type)->kind == TYPE_POINTER;
  return method->u.func.has_pointer_recv;
}

// Through the embedded fields to the type whose method it is, then & or * as the method wants.
static Type *adjust_receiver(const Selection *s, Type *typ, bool *deref, bool *addr) {
  for (uint32_t i = 0; i + 1 < s->path_len; i++) {
    Object *field;
    Type *t = struct_field_type(typ, s->path[i], &field);
    if (!t) break;
    typ = t;
  }
  bool pointer = type_unalias(typ)->kind == TYPE_POINTER;
  bool wants = has_pointer_receiver(s->obj);
  bool fixed = type_is_interface(typ) || type_is_param(typ);
  *deref = pointer && !wants && !fixed && !type_is_interface(type_pointer_elem(typ));
  *addr = !pointer && wants && !fixed;
  return typ;
}

static IrNode *lower_receiver(Lower *l, const Ast *e, const Selection *s, Type **recv) {
  IrPos pos = lower_pos(l, e->pos);
  IrNode *x = lower_value(l, e->u.selector.x);
  for (uint32_t i = 0; i + 1 < s->path_len; i++) x = lower_field(l, pos, x, s->path[i], true);
  bool deref, addr;
  Type *typ = adjust_receiver(s, lower_src_type(l, e->u.selector.x), &deref, &addr);
  if (deref) {
    x = lower_deref(l, pos, x, true);
    typ = type_pointer_elem(typ);
  } else if (addr) {
    x = lower_addr(l, pos, x, true);
    typ = type_new_pointer(l->unit->pkg, typ);
  }
  *recv = typ;
  return x;
}

static Type *method_type(Lower *l, Type *recv, Type *sig) {
  Package *pkg = l->unit->pkg;
  Type *params = sig->u.signature.params;
  uint32_t n = tuple_len(params);
  Object **vars = ARENA_ARRAY(&l->unit->arena, Object *, n + 1);
  vars[0] = object_new_var(pkg, VAR_PARAM, NULL, recv, (Pos){NULL, 0});
  for (uint32_t i = 0; i < n; i++)
    vars[i + 1] = object_new_var(pkg, VAR_PARAM, NULL, tuple_at(params, i)->type, (Pos){NULL, 0});
  return type_new_signature(pkg, NULL, type_new_tuple(pkg, vars, n + 1), sig->u.signature.results,
                            sig->u.signature.variadic);
}

IrNode *lower_method_name(Lower *l, IrPos pos, Type *recv, Object *method, IrFunc *fn) {
  Type *sig = fn ? fn->type : lower_type(l, method->type);
  Type *type = fn ? ptrmap_get(&l->state->method_types, fn) : NULL;
  if (!type || !type_identical(tuple_at(type->u.signature.params, 0)->type, recv)) {
    type = sig->kind == TYPE_SIGNATURE ? method_type(l, recv, sig) : sig;
    if (fn && !ptrmap_has(&l->state->method_types, fn)) ptrmap_set(&l->state->method_types, fn, type);
  }
  IrNode *n = ir_new(l->unit, IR_METHEXPR, pos, type);
  n->u.selector.x = lower_type_node(l, recv);
  n->u.selector.sel = method->name;
  n->u.selector.field = method;
  n->u.selector.method = fn;
  return n;
}

static Type *named_of(Type *t) {
  Type *u = type_unalias(t);
  if (u->kind == TYPE_POINTER) u = type_unalias(u->u.pointer.elem);
  return u->kind == TYPE_NAMED ? u : NULL;
}

static Type *pointer_if(Lower *l, bool pointer, Type *t) { return pointer ? type_new_pointer(l->unit->pkg, t) : t; }

// A method of an instance of a generic type.
static MethodRef instance_method(Lower *l, IrPos pos, Type *recv, Type *named, Object *method) {
  MethodRef r = {0};
  bool pointer = type_unalias(recv)->kind == TYPE_POINTER, derived = false;
  TypeList args = named->u.named.targs, targs = lower_targs(l, args);
  for (uint32_t i = 0; i < args.len; i++) derived |= type_mentions_params(args.items[i]);
  Type *shaped = lower_shaped_twin(l->state, named->u.named.origin, targs);
  lower_touch(l->state, shaped);
  IrFunc *fn = lower_method_of(l->state, shaped, method);
  r.base = lower_method_name(l, pos, pointer_if(l, pointer, shaped), method, fn);
  if (derived && l->env) {
    IrNode *word = lower_dict_word(l, pos, "subdict", named, NULL);
    lower_need_sub_dict(l, NULL, shaped, args);
    Type *params_of_base = r.base->type->kind == TYPE_SIGNATURE ? r.base->type->u.signature.params : NULL;
    Type *type = tuple_len(params_of_base) > 1 ? tuple_at(params_of_base, 1)->type : word->type;
    r.dict = lower_conv_node(l, IR_CONVNOP, pos, type, word, false);
    return r;
  }
  r.dict = lower_dict_addr(l, pos, fn, targs);
  Type *real = lower_type(l, named);
  r.wrapper = lower_method_name(l, pos, pointer_if(l, pointer, real), method, lower_method_of(l->state, real, method));
  return r;
}

// A method with type parameters of its own.
static MethodRef generic_method(Lower *l, IrPos pos, Type *recv, Object *method, const Instance *instance) {
  MethodRef r = {0};
  const Type *named = named_of(recv);
  TypeList of_receiver = named ? named->u.named.targs : (TypeList){0}, own = instance ? instance->targs : (TypeList){0};
  TypeList args = {ARENA_ARRAY(&l->unit->arena, Type *, of_receiver.len + own.len), of_receiver.len + own.len};
  bool derived = false;
  for (uint32_t i = 0; i < args.len; i++) {
    args.items[i] = i < of_receiver.len ? of_receiver.items[i] : own.items[i - of_receiver.len];
    derived |= type_mentions_params(args.items[i]);
  }
  TypeList targs = lower_targs(l, args);
  IrFunc *fn = lower_generic_method(l->state, method, targs);
  if (!fn || !fn->type->u.signature.recv) {
    r.base = r.wrapper = lower_method_name(l, pos, lower_type(l, recv), method, NULL);
    l->fn->is_broken = true;
    return r;
  }
  r.base = lower_method_name(l, pos, fn->type->u.signature.recv->type, method, fn);
  r.base->u.selector.sel = lower_generic_method_sel(l->state, fn);
  Type *dict = tuple_at(fn->type->u.signature.params, 0)->type;
  if (derived && l->env) {
    IrNode *word = lower_dict_word(l, pos, "subdict", fn, NULL);
    lower_need_sub_dict(l, fn, NULL, args);
    r.dict = lower_conv_node(l, IR_CONVNOP, pos, dict, word, false);
  } else {
    r.dict = lower_dict_addr(l, pos, fn, targs);
  }
  return r;
}

static MethodRef method_ref(Lower *l, const Ast *e, Type *recv, Object *method) {
  MethodRef r = {0};
  IrPos pos = lower_pos(l, e->pos);
  if (lower_is_generic_method(method))
    return generic_method(l, pos, recv, method, node_instance(l->types, e->u.selector.sel));
  if (type_unalias(recv)->kind == TYPE_PARAM) {
    Type *sig = lower_type(l, method->type);
    Type *type = sig->kind == TYPE_SIGNATURE ? method_type(l, lower_type(l, recv), sig) : sig;
    IrNode *word = lower_dict_word(l, pos, "method", recv, method);
    r.base = lower_conv_node(l, IR_CONVNOP, pos, type, lower_addr(l, pos, word, false), false);
    r.wrapper = r.base;
    return r;
  }
  if (type_is_interface(recv)) {
    r.base = r.wrapper = lower_method_name(l, pos, lower_type(l, recv), method, NULL);
    return r;
  }
  Type *named = named_of(recv);
  if (named && named->u.named.targs.len) return instance_method(l, pos, recv, named, method);
  Type *base = lower_type(l, named ? named : recv);
  r.base = r.wrapper = lower_method_name(l, pos, lower_type(l, recv), method, lower_method_of(l->state, base, method));
  return r;
}

static IrNode *interface_method(Lower *l, IrPos pos, IrNode *recv, Object *method, Type *source) {
  IrNode *n = ir_new(l->unit, IR_DOTINTER, pos, lower_type(l, source));
  n->u.selector.x = recv;
  n->u.selector.sel = method->name;
  n->u.selector.field = method;
  return n;
}

static IrNode *method_callee(Lower *l, const Ast *e, const Selection *s, IrList *args) {
  IrPos pos = lower_pos(l, e->pos);
  Type *recv;
  IrNode *x = lower_receiver(l, e, s, &recv);
  MethodRef r = method_ref(l, e, recv, s->obj);
  IrNode *fun = r.base;
  if (type_is_interface(x->type) && r.base->op == IR_METHEXPR) {
    fun = interface_method(l, pos, x, s->obj, s->obj->type);
  } else {
    if (type_is_interface(x->type))
      ir_message(l->unit, MESSAGE_IMPRECISE_CALL, pos, l->fn, NULL, NULL, "imprecise interface call");
    ir_list_push(l->unit, args, x);
  }
  if (r.dict) ir_list_push(l->unit, args, r.dict);
  return fun;
}

IrNode *lower_method_value(Lower *l, const Ast *e) {
  IrPos pos = lower_pos(l, e->pos);
  const Selection *s = lower_info(l, e)->ref.selection;
  Type *recv;
  IrNode *x = lower_receiver(l, e, s, &recv);
  MethodRef r = method_ref(l, e, recv, s->obj);
  if (!r.wrapper || r.wrapper->op != IR_METHEXPR)
    return lower_curry(l, (IrPos){l->decl, e->pos, 0}, pos, true, r.base, x, r.dict);
  Type *sig = r.wrapper->u.selector.method ? r.wrapper->u.selector.method->type : lower_type(l, s->obj->type);
  if (type_has_shape(x->type)) {
    Type *want = tuple_at(r.wrapper->type->u.signature.params, 0)->type;
    if (!type_identical(want, x->type)) x = lower_conv_node(l, IR_CONVNOP, x->pos, want, x, false);
  }
  IrNode *n = ir_new(l->unit, IR_METHVALUE, pos, sig);
  n->u.selector.x = x;
  n->u.selector.sel = s->obj->name;
  n->u.selector.field = s->obj;
  n->u.selector.method = r.wrapper->u.selector.method;
  if (!l->state->foreign_decl) VEC_PUSH(&l->unit->arena, &l->state->method_values, n);
  return n;
}

IrNode *lower_method_expr(Lower *l, const Ast *e) {
  IrPos pos = lower_pos(l, e->pos);
  const Selection *s = lower_info(l, e)->ref.selection;
  Type *source = lower_src_type(l, e->u.selector.x);
  bool deref, addr;
  Type *typ = adjust_receiver(s, source, &deref, &addr);
  if (deref)
    typ = type_pointer_elem(typ);
  else if (addr)
    typ = type_new_pointer(l->unit->pkg, typ);
  MethodRef r = method_ref(l, e, typ, s->obj);
  bool direct = s->path_len <= 1 && !deref && !addr;
  if (r.wrapper && direct) return r.wrapper;
  Type *recv = lower_type(l, source);
  if (r.wrapper && r.wrapper->op == IR_METHEXPR && !type_has_shape(recv))
    return lower_method_name(l, pos, recv, s->obj, r.wrapper->u.selector.method);
  return lower_method_expr_wrap(l, (IrPos){l->decl, e->pos, 0}, pos, recv, s, deref, addr, r.base, r.dict);
}

// ---- built-in functions

static Type *append_dst(void *context, uint32_t i) {
  Type *core = context;
  return i && core ? core->u.slice.elem : NULL;
}

static Type *delete_dst(void *context, uint32_t i) {
  Type *core = context;
  return i == 1 && core && core->kind == TYPE_MAP ? core->u.map.key : NULL;
}

static Type *panic_dst(void *context, uint32_t i) {
  (void)i;
  return context;
}

static Type *first_type(const Lower *l, AstList args) {
  if (!args.len) return NULL;
  Type *t = lower_src_type(l, args.items[0]);
  if (t->kind == TYPE_TUPLE) t = tuple_len(t) ? tuple_at(t, 0)->type : t;
  return type_core(t);
}

static IrNode *lower_make(Lower *l, const Ast *e, IrPos pos) {
  AstList args = e->u.call.args;
  if (!args.len) return lower_bad_node(l, pos, NULL);
  Type *source = lower_src_type(l, args.items[0]), *core = type_core(source), *type = lower_type(l, source);
  lower_need_run_time_type(l, core && core->kind == TYPE_SLICE ? core->u.slice.elem : source);
  IrNode *len = args.len > 1 ? lower_value(l, args.items[1]) : NULL,
         *cap = args.len > 2 ? lower_value(l, args.items[2]) : NULL;
  TypeKind kind = (TypeKind)type_underlying(type)->kind;
  IrOp op = kind == TYPE_SLICE ? IR_MAKESLICE : kind == TYPE_MAP ? IR_MAKEMAP : IR_MAKECHAN;
  IrNode *n = ir_new(l->unit, op, pos, type);
  if (!len && op != IR_MAKESLICE) {
    len = lower_int(l, pos, 0);
    len->type = lower_basic(l, BASIC_UNTYPED_INT); // not printed
  }
  n->u.make.len = len;
  n->u.make.cap = op == IR_MAKESLICE ? cap : NULL;
  return n;
}

static IrNode *lower_new(Lower *l, const Ast *e, IrPos pos) {
  if (e->u.call.args.len != 1) return lower_bad_node(l, pos, NULL);
  const Ast *arg = e->u.call.args.items[0];
  if (lower_is_type(l, arg)) {
    Type *t = lower_type(l, lower_src_type(l, arg));
    return lower_unary(l, IR_NEW, pos, lower_type_case(l, NULL, arg), type_new_pointer(l->unit->pkg, t));
  }
  IrNode *x = lower_value(l, arg);
  IrList init = {0};
  IrName *tmp = lower_temp_copy(l, pos, x, &init);
  IrNode *n = lower_addr(l, pos, tmp->node, false);
  n->init = init;
  return n;
}

static IrNode *lower_layout_call(Lower *l, const Ast *e, BuiltinId id, IrPos pos) {
  const TypeContext *context = l->unit->pkg->context;
  int64_t v = 0;
  if (e->u.call.args.len == 1) {
    const Ast *arg = ast_unparen(e->u.call.args.items[0]);
    Type *t = lower_type(l, lower_src_type(l, arg));
    if (id == BUILTIN_SIZEOF) v = type_size(context, t);
    if (id == BUILTIN_ALIGNOF) v = type_align(context, t);
    const NodeInfo *info = lower_info(l, arg);
    if (id == BUILTIN_OFFSETOF && arg->kind == AST_SELECTOR && info->is_selection && info->ref.selection) {
      const Selection *s = info->ref.selection;
      Type *at = lower_type(l, lower_src_type(l, arg->u.selector.x));
      for (uint32_t i = 0; i < s->path_len; i++) {
        Type *elem = type_pointer_elem(at);
        Type *st = type_underlying_of(elem ? elem : at, TYPE_STRUCT);
        Object *field;
        if (!st) break;
        v += struct_field_offset(context, st, s->path[i]);
        at = struct_field_type(st, s->path[i], &field);
      }
    }
  }
  return ir_new_literal(l->unit, pos, lower_basic(l, BASIC_UINTPTR), const_int64(&l->unit->constants, v));
}

static IrNode *list_builtin(Lower *l, IrOp op, IrPos pos, IrList *args, Type *type) {
  IrNode *n = ir_new(l->unit, op, pos, type);
  n->u.call.args = *args;
  return n;
}

static IrNode *binary_builtin(Lower *l, IrOp op, IrPos pos, IrList *args, Type *type) {
  if (args->len != 2) return lower_bad_node(l, pos, type);
  IrNode *n = lower_binary(l, op, pos, args->items[0], args->items[1], type);
  n->init = (IrList){0};
  return n;
}

static IrNode *unary_builtin(Lower *l, IrOp op, IrPos pos, IrList *args, Type *type) {
  if (args->len != 1) return lower_bad_node(l, pos, type);
  const Type *array = type_pointer_elem(args->items[0]->type);
  if ((op == IR_LEN || op == IR_CAP) && array && type_underlying(array)->kind == TYPE_ARRAY &&
      ir_rule(l->unit, RULE_LEN_DEREFERENCES))
    args->items[0] = lower_deref(l, pos, args->items[0], true);
  return lower_unary(l, op, pos, args->items[0], type);
}

static IrNode *lower_append(Lower *l, const Ast *e, IrPos pos) {
  IrList args = {0};
  bool dots = e->u.call.has_dots;
  Type *core = first_type(l, e->u.call.args);
  if (core && core->kind != TYPE_SLICE) core = NULL;
  if (core) lower_need_run_time_type(l, core->u.slice.elem);
  lower_multi_expr(l, pos, dots ? NULL : append_dst, core, e->u.call.args.items, e->u.call.args.len, &args);
  if (!args.len) return lower_bad_node(l, pos, NULL);
  Type *slice = type_underlying_of(args.items[0]->type, TYPE_SLICE);
  if (!dots && slice)
    for (uint32_t i = 1; i < args.len; i++)
      args.items[i] = lower_assign_conv(l, args.items[i]->pos, slice->u.slice.elem, args.items[i]);
  IrNode *n = list_builtin(l, IR_APPEND, pos, &args, args.items[0]->type);
  if (dots) n->flags |= IR_FLAG_DDD;
  return n;
}

static IrNode *lower_builtin(Lower *l, const Ast *e, BuiltinId id) {
  IrPos pos = lower_pos(l, e->pos);
  AstList exprs = e->u.call.args;
  Type *invalid = type_invalid(l->unit->pkg->context);
  if (id == BUILTIN_MAKE) return lower_make(l, e, pos);
  if (id == BUILTIN_NEW) return lower_new(l, e, pos);
  if (id == BUILTIN_APPEND) return lower_append(l, e, pos);
  if (id == BUILTIN_SIZEOF || id == BUILTIN_ALIGNOF || id == BUILTIN_OFFSETOF) return lower_layout_call(l, e, id, pos);
  LowerDst dst = id == BUILTIN_DELETE ? delete_dst : id == BUILTIN_PANIC ? panic_dst : NULL;
  void *context = id == BUILTIN_PANIC    ? l->unit->pkg->context->type_empty_interface
                  : id == BUILTIN_DELETE ? first_type(l, exprs)
                                         : NULL;
  IrList args = {0};
  lower_multi_expr(l, pos, dst, context, exprs.items, exprs.len, &args);
  Type *first = args.len ? args.items[0]->type : invalid;
  Type *result = lower_info(l, e)->type;
  result = result && !type_is_untyped(result) ? lower_type(l, result) : first;
  Type *elem = type_underlying_of(first, TYPE_SLICE) ? type_underlying(first)->u.slice.elem : type_pointer_elem(first);
  Type *integer = lower_basic(l, BASIC_INT);
  switch (id) {
  case BUILTIN_CAP: return unary_builtin(l, IR_CAP, pos, &args, integer);
  case BUILTIN_LEN: return unary_builtin(l, IR_LEN, pos, &args, integer);
  case BUILTIN_CLEAR: return unary_builtin(l, IR_CLEAR, pos, &args, NULL);
  case BUILTIN_CLOSE: return unary_builtin(l, IR_CLOSE, pos, &args, NULL);
  case BUILTIN_COMPLEX: return binary_builtin(l, IR_COMPLEX, pos, &args, result);
  case BUILTIN_COPY: return binary_builtin(l, IR_COPY, pos, &args, integer);
  case BUILTIN_DELETE: return list_builtin(l, IR_DELETE, pos, &args, NULL);
  case BUILTIN_IMAG: return unary_builtin(l, IR_IMAG, pos, &args, result);
  case BUILTIN_REAL: return unary_builtin(l, IR_REAL, pos, &args, result);
  case BUILTIN_MAX: return list_builtin(l, IR_MAX, pos, &args, first);
  case BUILTIN_MIN: return list_builtin(l, IR_MIN, pos, &args, first);
  case BUILTIN_PANIC: return unary_builtin(l, IR_PANIC, pos, &args, NULL);
  case BUILTIN_PRINT: return list_builtin(l, IR_PRINT, pos, &args, NULL);
  case BUILTIN_PRINTLN: return list_builtin(l, IR_PRINTLN, pos, &args, NULL);
  case BUILTIN_RECOVER:
    l->fn->has_recover = true;
    return list_builtin(l, IR_RECOVER, pos, &args, l->unit->pkg->context->type_empty_interface);
  case BUILTIN_ADD: return binary_builtin(l, IR_UNSAFEADD, pos, &args, lower_basic(l, BASIC_UNSAFE_POINTER));
  case BUILTIN_SLICE:
    return binary_builtin(l, IR_UNSAFESLICE, pos, &args, elem ? type_new_slice(l->unit->pkg, elem) : invalid);
  case BUILTIN_SLICEDATA:
    return unary_builtin(l, IR_UNSAFESLICEDATA, pos, &args, elem ? type_new_pointer(l->unit->pkg, elem) : invalid);
  case BUILTIN_STRING: return binary_builtin(l, IR_UNSAFESTRING, pos, &args, lower_basic(l, BASIC_STRING));
  case BUILTIN_STRINGDATA:
    return unary_builtin(l, IR_UNSAFESTRINGDATA, pos, &args,
                         type_new_pointer(l->unit->pkg, lower_basic(l, BASIC_BYTE)));
  case BUILTIN_APPEND:
  case BUILTIN_MAKE:
  case BUILTIN_NEW:
  case BUILTIN_ALIGNOF:
  case BUILTIN_OFFSETOF:
  case BUILTIN_SIZEOF: break;
  }
  return lower_bad_node(l, pos, NULL);
}

// ---- any call

IrNode *lower_callee(Lower *l, const Ast *fun, IrList *args) {
  const Ast *selector = fun->kind == AST_INDEX ? fun->u.index.x : fun;
  const NodeInfo *info = lower_info(l, selector);
  if (selector && selector->kind == AST_SELECTOR && info->is_selection && info->ref.selection &&
      info->ref.selection->kind == SELECT_METHOD_VALUE &&
      (selector == fun || lower_is_generic_method(info->ref.selection->obj)))
    return method_callee(l, selector, info->ref.selection, args);
  const Instance *instance;
  Object *o = lower_object(l, fun, &instance);
  if (o && o->kind == OBJ_FUNC && instance && instance->targs.len) {
    IrNode *dict, *wrapper;
    IrNode *base = lower_func_inst(l, fun, o, instance, &dict, &wrapper);
    if (!base) return lower_bad_node(l, lower_pos(l, fun->pos), NULL);
    if (dict) ir_list_push(l->unit, args, dict);
    return base;
  }
  return lower_value(l, fun);
}

IrNode *lower_call(Lower *l, const Ast *e) {
  IrPos pos = lower_pos(l, e->pos);
  const Ast *fun = ast_unparen(e->u.call.fun);
  if (lower_is_type(l, fun)) {
    if (e->u.call.args.len != 1) return lower_bad_node(l, pos, NULL);
    return lower_conv_expr(l, lower_src_type(l, fun), e->u.call.args.items[0], false);
  }
  const Instance *instance;
  Object *o = lower_object(l, fun, &instance);
  if (o && o->kind == OBJ_BUILTIN) return lower_builtin(l, e, o->u.builtin.id);
  IrList args = {0};
  IrNode *f = lower_callee(l, fun, &args);
  Type *sig = type_core(lower_src_type(l, fun));
  ParamDst dst = {sig, e->u.call.has_dots};
  bool typed = sig && sig->kind == TYPE_SIGNATURE;
  if (!typed) l->fn->is_broken = true;
  lower_multi_expr(l, pos, typed ? param_dst : NULL, &dst, e->u.call.args.items, e->u.call.args.len, &args);
  return lower_make_call(l, pos, f, &args, e->u.call.has_dots);
}
