// lower_generic.c: instances of generic functions and methods. Code is compiled once per shape and takes a dictionary
// as its first parameter after the receiver; each real instance is a function that calls the shaped one with its static
// dictionary. A method with type parameters of its own (go1.27) has one for each shape of the receiver's arguments and
// its own together, a dictionary of its own, and no function for the real instance: it is no method of the run time's
// type either. Rules: funcInst, methodExpr, callShaped, curry, mangle and syntheticClosure of
// cmd/compile/internal/noder/reader.go.
#include "ir/lower_internal.h"

// ---- dictionaries

static Type *dict_type(const Lower *l) {
  Package *pkg = l->unit->pkg;
  LowerState *s = l->state;
  if (!s->dict_type) s->dict_type = type_new_pointer(pkg, type_new_array(pkg, lower_basic(l, BASIC_UINTPTR), 0));
  return s->dict_type;
}

void lower_need_run_time_type(Lower *l, Type *source) {
  if (!l->env || !l->env->shaped || !source || !type_mentions_params(source)) return;
  for (uint32_t i = 0; i < l->env->run_time_types.len; i++)
    if (l->env->run_time_types.items[i] == source) return;
  VEC_PUSH(&l->unit->arena, &l->env->run_time_types, source);
}

void lower_need_sub_dict(Lower *l, IrFunc *func, Type *named, TypeList targs) {
  LowerEnv *env = l->env;
  if (!env || !env->shaped) return;
  if (env->sub_dict_count == env->sub_dict_cap)
    env->sub_dicts = arena_grow(&l->unit->arena, env->sub_dicts, &env->sub_dict_cap, sizeof *env->sub_dicts);
  env->sub_dicts[env->sub_dict_count++] = (SubDict){func, named, targs};
}

// An entry of the function's dictionary; for types and itabs converted to the pointer that the run time takes.
IrNode *lower_dict_word(Lower *l, IrPos pos, const char *kind, const void *a, const void *b) {
  if (!l->dict || !l->env) return lower_type_word(l, pos);
  Str key = arena_printf(&l->unit->arena, "%s %p %p", kind, a, b);
  uintptr_t index = (uintptr_t)strmap_get(&l->env->dict_words, key);
  if (!index) {
    index = ++l->env->dict_count;
    strmap_set(&l->env->dict_words, key, (void *)index);
  }
  IrNode *n = ir_new(l->unit, IR_INDEX, pos, lower_basic(l, BASIC_UINTPTR));
  n->u.index.x = lower_deref(l, pos, l->dict->node, true);
  n->u.index.index = lower_int(l, pos, (int64_t)index - 1);
  if (strcmp(kind, "type") == 0) lower_need_run_time_type(l, (Type *)(uintptr_t)a);
  if (strcmp(kind, "itab") == 0)
    lower_need_run_time_type(l, (Type *)(uintptr_t)a), lower_need_run_time_type(l, (Type *)(uintptr_t)b);
  if (strcmp(kind, "type") != 0 && strcmp(kind, "itab") != 0) return n;
  return lower_conv_node(l, IR_CONVNOP, pos, type_new_pointer(l->unit->pkg, lower_basic(l, BASIC_UINT8)), n, false);
}

static LowerEnv *new_env(LowerState *s, TypeList tparams, TypeList targs, bool shaped) {
  LowerEnv *env = ARENA_NEW(&s->unit->arena, LowerEnv);
  env->tparams = tparams;
  env->targs = targs;
  env->shaped = shaped;
  VEC_PUSH(&s->unit->arena, &s->envs, env);
  return env;
}

static void write_args(Buf *b, TypeList targs) {
  buf_byte(b, '[');
  for (uint32_t i = 0; i < targs.len; i++) {
    if (i) buf_byte(b, ',');
    type_write(b, targs.items[i], STYLE_GC_LINK, NULL);
  }
  buf_byte(b, ']');
}

// Of a function or a type. From now on it is not.
static bool is_new_dict(LowerState *s, const void *of, TypeList targs) {
  Buf b = {0};
  buf_printf(&b, "%p", of);
  write_args(&b, targs);
  bool known = strmap_has(&s->static_dict_keys, buf_view(&b));
  if (!known) strmap_set(&s->static_dict_keys, arena_str(&s->unit->arena, buf_view(&b)), s);
  buf_release(&b);
  return !known;
}

void lower_need_static_dict(LowerState *s, IrFunc *shaped, TypeList targs) {
  IrUnit *unit = s->unit;
  if (!shaped || !shaped->source || !shaped->source->env || shaped->unit != unit) return;
  for (uint32_t i = 0; i < targs.len; i++)
    if (type_has_shape(targs.items[i])) return;
  if (!is_new_dict(s, shaped, targs)) return;
  StaticDict d = {shaped, new_env(s, shaped->source->env->tparams, targs, false), 0, 0};
  VEC_PUSH(&unit->arena, &s->static_dicts, d);
}

static void instantiate_sub_dict(LowerState *s, LowerEnv *env, const SubDict *sub) {
  TypeList targs = {ARENA_ARRAY(&s->unit->arena, Type *, sub->targs.len), sub->targs.len};
  for (uint32_t i = 0; i < targs.len; i++) targs.items[i] = env_type(s, env, sub->targs.items[i]);
  if (sub->func) {
    lower_need_static_dict(s, sub->func, targs);
    return;
  }
  if (!is_new_dict(s, sub->named, targs)) return; // its methods all ask for the same
  Type *origin = sub->named->u.named.origin;
  for (uint32_t i = 0; !type_is_interface(origin) && i < named_method_count(origin); i++) {
    Object *m = named_method_at(origin, i);
    if (m && !sym_is_blank(m->name) && !lower_is_generic_method(m))
      lower_need_static_dict(s, lower_method_of(s, sub->named, m), targs);
  }
}

bool lower_static_dicts(LowerState *s) {
  bool changed = false;
  for (uint32_t i = 0; i < s->static_dicts.len; i++) {
    StaticDict d = s->static_dicts.items[i];
    LowerEnv *shaped = d.shaped->source->env;
    for (; d.types_done < shaped->run_time_types.len; d.types_done++) {
      env_type(s, d.env, shaped->run_time_types.items[d.types_done]);
      changed = true;
    }
    for (; d.subs_done < shaped->sub_dict_count; d.subs_done++) {
      SubDict sub = shaped->sub_dicts[d.subs_done];
      instantiate_sub_dict(s, d.env, &sub);
      changed = true;
    }
    s->static_dicts.items[i].types_done = d.types_done;
    s->static_dicts.items[i].subs_done = d.subs_done;
  }
  return changed;
}

static Sym targs_key(Lower *l, TypeList targs) {
  Buf b = {0};
  write_args(&b, targs);
  Sym sym = intern(l->unit->interner, buf_view(&b));
  buf_release(&b);
  return sym;
}

static Str receiver_name(const Type *sig) {
  const Type *t = type_unalias(sig->u.signature.recv->type);
  if (t->kind == TYPE_POINTER) t = type_unalias(t->u.pointer.elem);
  return t->kind == TYPE_NAMED ? sym_str(t->u.named.obj->name) : STR("?");
}

bool lower_is_generic_method(const Object *func) {
  const Type *sig = func->type ? type_unalias(func->type) : NULL;
  return sig && sig->kind == TYPE_SIGNATURE && sig->u.signature.recv && sig->u.signature.tparams.len;
}

// "(*T[int]).M[string]": targs are the receiver's, then the method's own.
static void write_generic_method(Buf *b, const Object *method, TypeList targs) {
  const Type *sig = type_unalias(method->type);
  uint32_t of_receiver = sig->u.signature.recv_tparams.len;
  bool pointer = method->u.func.has_pointer_recv;
  if (of_receiver > targs.len) of_receiver = targs.len;
  buf_puts(b, pointer ? "(*" : "");
  buf_str(b, receiver_name(sig));
  if (of_receiver) write_args(b, (TypeList){targs.items, of_receiver});
  buf_printf(b, pointer ? ").%s" : ".%s", method->name->text);
  write_args(b, (TypeList){targs.items + of_receiver, targs.len - of_receiver});
}

// A generic type's methods share one dictionary, but for those with type parameters of their own.
static void write_dict(Buf *b, const Object *func, TypeList targs) {
  const Type *sig = type_unalias(func->type);
  if (lower_is_generic_method(func)) {
    write_generic_method(b, func, targs);
    return;
  }
  buf_str(b, sig->kind == TYPE_SIGNATURE && sig->u.signature.recv ? receiver_name(sig) : sym_str(func->name));
  write_args(b, targs);
}

IrNode *lower_dict_addr(Lower *l, IrPos pos, IrFunc *shaped, TypeList targs) {
  Buf b = {0};
  buf_puts(&b, ".dict.");
  if (shaped && shaped->object)
    write_dict(&b, shaped->object, targs);
  else
    buf_puts(&b, "?");
  Sym sym = intern(l->unit->interner, buf_view(&b));
  buf_release(&b);
  IrName *name = ptrmap_get(&l->state->dict_names, sym);
  if (!name) {
    name = ir_new_name(l->unit, NULL, CLASS_EXTERN, sym, dict_type(l)->u.pointer.elem, IR_POS_AUTOGENERATED)->u.name;
    if (shaped) name->pkg = shaped->name->pkg;
    ptrmap_set(&l->state->dict_names, sym, name);
  }
  lower_need_static_dict(l->state, shaped, targs);
  IrNode *n = lower_addr(l, pos, name->node, false);
  n->type = dict_type(l);
  return n;
}

TypeList lower_targs(Lower *l, TypeList targs) {
  TypeList out = {ARENA_ARRAY(&l->unit->arena, Type *, targs.len ? targs.len : 1), targs.len};
  for (uint32_t i = 0; i < targs.len; i++) out.items[i] = lower_type(l, targs.items[i]);
  return out;
}

// ---- instances

static Type *with_dict(LowerState *s, Type *sig) {
  Package *pkg = s->unit->pkg;
  Lower l = {.state = s, .unit = s->unit};
  Type *params = sig->u.signature.params;
  uint32_t n = tuple_len(params);
  Object **vars = ARENA_ARRAY(&s->unit->arena, Object *, n + 1);
  vars[0] = object_new_var(pkg, VAR_PARAM, NULL, dict_type(&l), (Pos){NULL, 0});
  for (uint32_t i = 0; i < n; i++) vars[i + 1] = tuple_at(params, i);
  return type_new_signature(pkg, sig->u.signature.recv, type_new_tuple(pkg, vars, n + 1), sig->u.signature.results,
                            sig->u.signature.variadic);
}

static IrFunc *new_instance(LowerState *s, Sym sym, Object *origin, LowerEnv *env, bool method) {
  IrUnit *unit = s->unit;
  package_check_body(origin->pkg, origin);
  Type *sig = type_unalias(origin->type), *type = env_type(s, env, sig);
  Object *recv = sig->u.signature.recv;
  if (recv) {
    Object *r = object_new_var(unit->pkg, VAR_RECV, recv->name, env_type(s, env, recv->type), recv->pos);
    r->pkg = recv->pkg;
    recv = r;
  }
  type = type_new_signature(unit->pkg, recv, type->u.signature.params, type->u.signature.results,
                            type->u.signature.variadic);
  if (env->shaped) type = with_dict(s, type);
  const Ast *decl = origin->u.func.decl;
  const AstDecl *d = origin->pos.decl;
  IrFunc *fn = lower_new_func(s, sym, type, (IrPos){d, decl ? decl->pos : origin->pos.offset, 0});
  fn->name->pkg = origin->pkg;
  fn->object = origin;
  fn->pragma = origin->u.func.pragma;
  fn->is_dupok = fn->is_instantiation = true;
  fn->is_method = fn->has_recv = method;
  fn->has_body = decl && decl->u.func_decl.body;
  LowerSource *source = ARENA_NEW(&unit->arena, LowerSource);
  source->kind = env->shaped ? SOURCE_DECL : SOURCE_CALL_SHAPED;
  source->pkg = origin->pkg;
  source->decl = d;
  source->types = d ? package_decl_types(origin->pkg, d) : NULL;
  source->node = decl;
  source->env = env;
  source->signature = sig;
  source->object = origin;
  source->func_pos = fn->pos;
  fn->source = source;
  if (!source->types || source->types->has_error || !decl)
    fn->has_body = false, fn->is_broken = true;
  else
    source->ranges = lower_ranges_of(s, source);
  return fn;
}

static void queue_body(LowerState *s, IrFunc *fn) {
  LowerPending pending = {fn, NULL};
  VEC_PUSH(&s->unit->arena, &s->bodies, pending);
}

static TypeList shapes_of(LowerState *s, TypeList tparams, TypeList targs) {
  TypeList args = {ARENA_ARRAY(&s->unit->arena, Type *, targs.len), targs.len};
  for (uint32_t i = 0; i < targs.len; i++)
    args.items[i] = lower_shapify(s, targs.items[i], i < tparams.len && tparam_is_basic(tparams.items[i]));
  return args;
}

// The instance of that name, made and put on the stack of bodies when it is new.
static IrFunc *known_instance(LowerState *s, Buf *name, Object *func, TypeList tparams, TypeList targs, bool shaped,
                              bool method) {
  IrUnit *unit = s->unit;
  Sym sym = intern(unit->interner, buf_view(name));
  buf_release(name);
  Str key = arena_printf(&unit->arena, "%.*s.%s", STR_ARG(func->pkg->path), sym->text);
  IrFunc *fn = strmap_get(&unit->instances, key);
  if (fn) return fn;
  fn = new_instance(s, sym, func, new_env(s, tparams, targs, shaped), method);
  strmap_set(&unit->instances, key, fn);
  queue_body(s, fn);
  return fn;
}

IrFunc *lower_func_instance(LowerState *s, Object *func, TypeList targs, bool shaped) {
  if (func->u.func.origin) func = func->u.func.origin;
  Type *sig = type_unalias(func->type);
  if (sig->kind != TYPE_SIGNATURE || !func->pkg) return NULL;
  TypeList tparams = sig->u.signature.tparams;
  for (uint32_t i = 0; i < targs.len; i++) shaped |= type_has_shape(targs.items[i]);
  if (shaped)
    targs = shapes_of(s, tparams, targs);
  else
    targs = (TypeList){
      memcpy(ARENA_ARRAY(&s->unit->arena, Type *, targs.len), targs.items, targs.len * sizeof *targs.items), targs.len};
  Buf b = {0};
  buf_str(&b, sym_str(func->name));
  write_args(&b, targs);
  return known_instance(s, &b, func, tparams, targs, shaped, false);
}

IrFunc *lower_generic_method(LowerState *s, Object *method, TypeList targs) {
  if (method->u.func.origin) method = method->u.func.origin;
  Type *sig = type_unalias(method->type);
  if (sig->kind != TYPE_SIGNATURE || !method->pkg || !method->u.func.decl) return NULL;
  TypeList of_receiver = sig->u.signature.recv_tparams, own = sig->u.signature.tparams;
  if (of_receiver.len + own.len != targs.len) return NULL;
  TypeList tparams = {ARENA_ARRAY(&s->unit->arena, Type *, targs.len), targs.len};
  for (uint32_t i = 0; i < targs.len; i++)
    tparams.items[i] = i < of_receiver.len ? of_receiver.items[i] : own.items[i - of_receiver.len];
  targs = shapes_of(s, tparams, targs);
  Buf b = {0};
  write_generic_method(&b, method, targs);
  return known_instance(s, &b, method, tparams, targs, true, true);
}

Sym lower_generic_method_sel(LowerState *s, const IrFunc *shaped) {
  const LowerSource *source = shaped->source;
  uint32_t of_receiver = source->signature->u.signature.recv_tparams.len;
  Buf b = {0};
  buf_str(&b, sym_str(source->object->name));
  write_args(&b, (TypeList){source->env->targs.items + of_receiver, source->env->targs.len - of_receiver});
  Sym sym = intern(s->unit->interner, buf_view(&b));
  buf_release(&b);
  return sym;
}

static IrFunc *method_instance(LowerState *s, Type *base, Object *method) {
  if (method->u.func.origin) method = method->u.func.origin;
  Type *sig = type_unalias(method->type);
  if (sig->kind != TYPE_SIGNATURE || !method->pkg || !method->u.func.decl) return NULL;
  TypeList targs = base->u.named.targs;
  Buf b = {0};
  bool pointer = method->u.func.has_pointer_recv;
  buf_puts(&b, pointer ? "(*" : "");
  buf_str(&b, sym_str(base->u.named.obj->name));
  write_args(&b, targs);
  buf_printf(&b, pointer ? ").%s" : ".%s", method->name->text);
  return known_instance(s, &b, method, sig->u.signature.recv_tparams, targs, type_has_shape(base), true);
}

IrFunc *lower_method_of(LowerState *s, Type *base, Object *method) {
  Type *t = type_unalias(base);
  if (t->kind == TYPE_POINTER) t = type_unalias(t->u.pointer.elem);
  if (t->kind == TYPE_NAMED && t->u.named.targs.len && t->u.named.local_index == 0)
    return method_instance(s, t, method);
  return ir_func_of(s->unit, method->u.func.origin ? method->u.func.origin : method);
}

IrFunc *ir_method_of(IrUnit *unit, Type *base, Object *method) { return lower_method_of(unit->state, base, method); }

IrNode *ir_method_expr(IrUnit *unit, IrPos pos, IrFunc *method, Type *recv, Sym sel) {
  Lower l = {.state = unit->state, .unit = unit, .pkg = unit->pkg};
  IrNode *n = lower_method_name(&l, pos, recv, method->object, method);
  n->u.selector.sel = sel;
  return n;
}

void lower_need_methods(LowerState *s, Type *named) {
  if (type_is_interface(named)) return;
  Type *origin = named->u.named.origin;
  for (uint32_t i = 0; i < named_method_count(origin); i++) {
    Object *m = named_method_at(origin, i);
    if (m && !sym_is_blank(m->name) && !lower_is_generic_method(m)) lower_method_of(s, named, m);
  }
}

// The function that a call of an instance runs; its dictionary; and the function value it stands for where that is
// static.
IrNode *lower_func_inst(Lower *l, const Ast *at, Object *o, const Instance *instance, IrNode **dict, IrNode **wrapper) {
  IrPos pos = lower_pos(l, at->pos);
  *dict = *wrapper = NULL;
  TypeList targs = lower_targs(l, instance->targs);
  bool derived = false;
  for (uint32_t i = 0; i < targs.len; i++) derived |= type_mentions_params(instance->targs.items[i]);
  IrFunc *shaped = lower_func_instance(l->state, o, targs, true);
  if (!shaped) return NULL;
  IrNode *base = lower_func_name(l->state, shaped, shaped->type);
  if (derived && l->env) {
    IrNode *word = lower_dict_word(l, pos, "subdict", o, targs_key(l, targs));
    lower_need_sub_dict(l, shaped, NULL, instance->targs);
    *dict = lower_conv_node(l, IR_CONVNOP, pos, dict_type(l), word, false);
    return base;
  }
  IrFunc *real = lower_func_instance(l->state, o, targs, false);
  *wrapper = lower_func_name(l->state, real, real->type);
  *dict = lower_dict_addr(l, pos, shaped, targs);
  return base;
}

// ---- functions that call the shaped one

static void tail_call(Lower *l, IrPos pos, IrNode *fun, IrList *args, IrList *out) {
  l->fn->is_wrapper = true;
  Type *sig = type_underlying_of(fun->type, TYPE_SIGNATURE);
  IrNode *call = lower_make_call(l, pos, fun, args, sig && sig->u.signature.variadic);
  if (!sig || !tuple_len(sig->u.signature.results)) {
    ir_list_push(l->unit, out, call);
    return;
  }
  IrNode *ret = ir_new(l->unit, IR_RETURN, pos, NULL);
  uint32_t n = tuple_len(sig->u.signature.results);
  if (n == 1) {
    IrNode *v = call;
    if (l->fn->results.len == 1) v = lower_assign_conv(l, pos, l->fn->results.items[0]->type, v);
    ir_list_push(l->unit, &ret->u.ret.results, v);
  } else {
    // The return statement takes the results through temporaries.
    IrNode *as = ir_new(l->unit, IR_AS2FUNC, pos, NULL);
    ir_list_push(l->unit, &as->u.as_list.rhs, call);
    for (uint32_t i = 0; i < n; i++) {
      IrName *tmp = ir_temp_at(l->unit, l->fn, pos, tuple_at(sig->u.signature.results, i)->type)->u.name;
      ir_list_push(l->unit, &as->init, lower_dcl(l, pos, tmp));
      ir_list_push(l->unit, &as->u.as_list.lhs, tmp->node);
      tmp->defn = as;
      IrNode *v = tmp->node;
      if (i < l->fn->results.len) v = lower_assign_conv(l, pos, l->fn->results.items[i]->type, v);
      ir_list_push(l->unit, &ret->u.ret.results, v);
    }
    ir_list_push(l->unit, &ret->init, as);
  }
  l->fn->return_count++;
  ir_list_push(l->unit, out, ret);
}

void lower_call_shaped_body(Lower *l, IrList *out) {
  LowerState *s = l->state;
  IrFunc *fn = l->fn;
  LowerEnv *env = l->env;
  Object *origin = l->source->object;
  IrPos pos = l->inl_caller ? l->inl_pos : l->source->func_pos;
  IrNode *fun;
  IrList args = {0};
  uint32_t i = 0;
  IrFunc *shaped;
  if (l->signature->u.signature.recv) {
    Type *recv = fn->params.items[0]->type;
    bool pointer = type_unalias(recv)->kind == TYPE_POINTER;
    Type *named = type_unalias(pointer ? type_unalias(recv)->u.pointer.elem : recv);
    Type *type = lower_shaped_twin(s, named->u.named.origin, env->targs);
    shaped = lower_method_of(s, type, origin);
    if (!shaped) return;
    fun = lower_method_name(l, pos, pointer ? type_new_pointer(l->unit->pkg, type) : type, origin, shaped);
    ir_list_push(l->unit, &args, fn->params.items[i++]->node);
  } else {
    shaped = lower_func_instance(s, origin, env->targs, true);
    if (!shaped) return;
    fun = lower_func_name(s, shaped, shaped->type);
  }
  ir_list_push(l->unit, &args, lower_dict_addr(l, pos, shaped, env->targs));
  for (; i < fn->params.len; i++) ir_list_push(l->unit, &args, fn->params.items[i]->node);
  tail_call(l, pos, fun, &args, out);
}

// ---- function literals that bind a dictionary or receiver

static bool is_safe(const IrNode *n) {
  return n->op == IR_METHEXPR || (n->op == IR_NAME && n->u.name->cls == CLASS_FUNC);
}

void lower_synthetic_body(Lower *l, IrList *out) {
  const Synthetic *s = l->source->synthetic;
  IrFunc *fn = l->fn;
  IrPos pos = s->pos;
  uint32_t next = 0;
  IrNode *fun = s->fun ? s->fun : lower_captured(l, next++);
  IrList args = {0};
  if (!s->method_expr) {
    for (; next < s->captured; next++) ir_list_push(l->unit, &args, lower_captured(l, next));
    for (uint32_t i = 0; i < fn->params.len; i++) ir_list_push(l->unit, &args, fn->params.items[i]->node);
  } else {
    IrNode *recv = fn->params.items[0]->node;
    for (uint32_t i = 0; i + 1 < s->path_len; i++) recv = lower_field(l, pos, recv, s->path[i], true);
    if (s->deref)
      recv = lower_deref(l, pos, recv, true);
    else if (s->addr)
      recv = lower_addr(l, pos, recv, true);
    ir_list_push(l->unit, &args, recv);
    for (; next < s->captured; next++) ir_list_push(l->unit, &args, lower_captured(l, next));
    for (uint32_t i = 1; i < fn->params.len; i++) ir_list_push(l->unit, &args, fn->params.items[i]->node);
  }
  tail_call(l, pos, fun, &args, out);
}

static IrNode *synthetic_closure(Lower *l, IrPos origin, IrPos pos, bool nil_check, Type *type, IrNode **values,
                                 uint32_t len, Synthetic *synthetic) {
  IrFunc *fn = lower_new_closure(l, origin, pos, WHY_LITERAL, type);
  fn->is_wrapper = true;
  IrList init = {0};
  for (uint32_t i = 0; i < len; i++) {
    if (is_safe(values[i])) {
      if (i == 0) synthetic->fun = values[i];
      continue;
    }
    IrName *tmp = lower_temp_copy(l, pos, values[i], &init);
    lower_closure_var(l->state, origin, fn, tmp);
    synthetic->captured++;
    if (nil_check && i == 1 && type_is_interface(values[i]->type)) {
      Type *word = type_new_pointer(l->unit->pkg, lower_basic(l, BASIC_UINTPTR));
      IrNode *itab = lower_unary(l, IR_ITAB, pos, tmp->node, word);
      ir_list_push(l->unit, &init, lower_unary(l, IR_CHECKNIL, pos, itab, NULL));
    }
  }
  synthetic->pos = origin;
  LowerSource *source = ARENA_NEW(&l->unit->arena, LowerSource);
  *source = (LowerSource){.kind = SOURCE_SYNTHETIC,
                          .pkg = l->pkg,
                          .decl = l->decl,
                          .types = l->types,
                          .signature = type,
                          .synthetic = synthetic};
  fn->source = source;
  lower_body(l->state, fn);
  return lower_init_expr(l, pos, &init, fn->closure);
}

// A literal that calls fun with arg0 (and arg1) before its own parameters.
IrNode *lower_curry(Lower *l, IrPos origin, IrPos pos, bool nil_check, IrNode *fun, IrNode *arg0, IrNode *arg1) {
  Type *sig = fun->type ? type_underlying_of(fun->type, TYPE_SIGNATURE) : NULL;
  uint32_t skip = arg1 ? 2 : 1;
  if (!sig || !arg0 || tuple_len(sig->u.signature.params) < skip) return lower_bad_node(l, pos, NULL);
  Type *params = sig->u.signature.params;
  Package *pkg = l->unit->pkg;
  Type *rest = type_new_tuple(pkg, params->u.tuple.vars.items + skip, tuple_len(params) - skip);
  Type *type = type_new_signature(pkg, NULL, rest, sig->u.signature.results, sig->u.signature.variadic);
  IrNode *values[3] = {fun, arg0, arg1};
  return synthetic_closure(l, origin, pos, nil_check, type, values, skip + 1, ARENA_NEW(&l->unit->arena, Synthetic));
}

// A literal that adjusts its first parameter, the receiver, and passes it on.
IrNode *lower_method_expr_wrap(Lower *l, IrPos origin, IrPos pos, Type *recv, const Selection *selection, bool deref,
                               bool addr, IrNode *method, IrNode *dict) {
  Type *sig = method->type ? type_underlying_of(method->type, TYPE_SIGNATURE) : NULL;
  uint32_t skip = dict ? 2 : 1;
  if (!sig || tuple_len(sig->u.signature.params) < skip) return lower_bad_node(l, pos, NULL);
  Package *pkg = l->unit->pkg;
  Type *old = sig->u.signature.params;
  uint32_t n = tuple_len(old) - skip + 1;
  Object **vars = ARENA_ARRAY(&l->unit->arena, Object *, n);
  vars[0] = object_new_var(pkg, VAR_PARAM, NULL, recv, (Pos){NULL, 0});
  for (uint32_t i = 1; i < n; i++) vars[i] = tuple_at(old, i + skip - 1);
  Type *type =
    type_new_signature(pkg, NULL, type_new_tuple(pkg, vars, n), sig->u.signature.results, sig->u.signature.variadic);
  Synthetic *s = ARENA_NEW(&l->unit->arena, Synthetic);
  *s = (Synthetic){
    .method_expr = true, .path = selection->path, .path_len = selection->path_len, .deref = deref, .addr = addr};
  IrNode *values[2] = {method, dict};
  return synthetic_closure(l, origin, pos, false, type, values, dict ? 2 : 1, s);
}
