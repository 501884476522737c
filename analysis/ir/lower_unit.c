// lower_unit.c: the unit of a package. Functions are listed in gc's order: the package initialiser with its closures,
// the declared functions in source order, then closures and instances as their bodies are lowered. Bodies wait on a
// stack, as in gc (readBodies in cmd/compile/internal/noder/unified.go).
#include "ir/lower_internal.h"
#include "types/check.h"

#include <stdarg.h>
#include <stdlib.h>

Sym lower_sym(LowerState *s, const char *format, ...) {
  char text[512];
  va_list args;
  va_start(args, format);
  int n = vsnprintf(text, sizeof text, format, args);
  va_end(args);
  size_t len = n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
  return intern(s->unit->interner, (Str){text, len});
}

// ---- names of package level

IrName *lower_global(LowerState *s, Object *var) {
  IrName *name = ptrmap_get(&s->unit->name_of_object, var);
  if (name) return name;
  name =
    ir_new_name(s->unit, NULL, CLASS_EXTERN, var->name, var->type, (IrPos){var->pos.decl, var->pos.offset, 0})->u.name;
  name->object = var;
  name->pkg = var->pkg;
  ptrmap_set(&s->unit->name_of_object, var, name);
  lower_touch(s, var->type);
  return name;
}

IrNode *lower_func_name(LowerState *s, IrFunc *fn, Type *type) {
  if (fn->unit == s->unit) return fn->name->node;
  IrName *name = ptrmap_get(&s->func_names, fn);
  if (!name) {
    name = ir_new_name(s->unit, fn, CLASS_FUNC, fn->name->sym, type, fn->name->pos)->u.name;
    name->pkg = fn->name->pkg;
    name->object = fn->object;
    ptrmap_set(&s->func_names, fn, name);
  }
  return name->node;
}

IrNode *ir_func_name(IrUnit *unit, IrFunc *fn) { return lower_func_name(unit->state, fn, fn->type); }

IrFunc *ir_func_of(IrUnit *unit, Object *func) {
  if (!func || !func->pkg) return NULL;
  if (func->u.func.origin) func = func->u.func.origin;
  IrUnit *home = func->pkg == unit->pkg ? unit : func->pkg->ir;
  if (home && home->facts.context) return lower_func_on_demand(home, func);
  IrFunc *fn = home ? ptrmap_get(&home->func_of_object, func) : NULL;
  if (fn || home != unit) return fn;
  if (unit->base) return ptrmap_get(&unit->base->func_of_object, func);
  return unit->grows ? lower_join(unit->state, func) : NULL;
}

const RangeFuncs *lower_ranges_of(LowerState *s, const LowerSource *source) {
  const Ast *node = source->node;
  if (!node || !source->types) return NULL;
  RangeFuncs *known = ptrmap_get(&s->sources, node);
  if (known) return known->loops.len ? known : NULL;
  const Ast *body = node->kind == AST_FUNC_DECL ? node->u.func_decl.body : node->u.func_lit.body;
  RangeFuncs *r = rangefunc_analyze(&s->unit->arena, source->types, body);
  if (!r) r = &s->no_ranges;
  ptrmap_set(&s->sources, node, r);
  return r->loops.len ? r : NULL;
}

// ---- declared functions

Sym lower_func_sym(LowerState *s, Object *func) {
  Type *sig = type_unalias(func->type);
  Object *recv = sig->kind == TYPE_SIGNATURE ? sig->u.signature.recv : NULL;
  if (!recv) return func->name;
  Type *t = type_unalias(recv->type);
  bool pointer = t->kind == TYPE_POINTER;
  if (pointer) t = type_unalias(t->u.pointer.elem);
  Sym base = t->kind == TYPE_NAMED ? t->u.named.obj->name : NULL;
  return lower_sym(s, pointer ? "(*%s).%s" : "%s.%s", base ? base->text : "?", func->name->text);
}

bool lower_is_generic(const Object *func) {
  const Type *sig = type_unalias(func->type);
  return sig->kind != TYPE_SIGNATURE || sig->u.signature.tparams.len || sig->u.signature.recv_tparams.len;
}

static bool is_init(const Object *o) {
  return o->type && sym_is(o->name, "init") && !type_unalias(o->type)->u.signature.recv;
}

// gc numbers the init functions of a package. They are asked for in order: the count goes on from the last one.
static unsigned init_number(LowerState *s, const Object *func) {
  const Package *pkg = s->unit->pkg;
  uint32_t at = s->last_init.at;
  unsigned number = s->last_init.number;
  for (; at < pkg->funcs.len && pkg->funcs.items[at] != func; at++) number += is_init(pkg->funcs.items[at]);
  if (at == pkg->funcs.len)
    for (at = 0, number = 0; at < pkg->funcs.len && pkg->funcs.items[at] != func; at++)
      number += is_init(pkg->funcs.items[at]);
  s->last_init.at = at;
  s->last_init.number = number;
  return number;
}

IrFunc *lower_declare_func(LowerState *s, Object *func, bool waits) {
  IrUnit *unit = s->unit;
  const Ast *decl = func->u.func.decl;
  Type *sig = type_unalias(func->type);
  bool init = sym_is(func->name, "init") && !sig->u.signature.recv;
  const IrFunc *before = init && unit->base ? ptrmap_get(&unit->base->func_of_object, func) : NULL;
  Sym sym = before ? before->name->sym : init ? lower_sym(s, "init.%u", init_number(s, func)) : lower_func_sym(s, func);
  IrFunc *fn = lower_new_func(s, sym, sig, (IrPos){func->pos.decl, decl->pos, 0});
  fn->name->pos = (IrPos){func->pos.decl, func->pos.offset, 0};
  fn->name->pkg = unit->pkg;
  fn->name->object = func;
  fn->object = func;
  fn->pragma = func->u.func.pragma;
  fn->has_recv = fn->is_method = sig->u.signature.recv != NULL;
  fn->has_body = decl->u.func_decl.body != NULL;
  fn->is_assembly = !fn->has_body;
  LowerSource *source = ARENA_NEW(&unit->arena, LowerSource);
  source->kind = SOURCE_DECL;
  source->pkg = unit->pkg;
  source->decl = func->pos.decl;
  source->types = package_decl_types(unit->pkg, func->pos.decl);
  source->node = decl;
  source->signature = sig;
  source->object = func;
  source->func_pos = fn->pos;
  fn->source = source;
  if (waits)
    source->waits = true;
  else if (!source->types || source->types->has_error)
    fn->is_broken = true, fn->has_body = false;
  else
    source->ranges = lower_ranges_of(s, source);
  ptrmap_set(&unit->func_of_object, func, fn);
  if (waits) return fn;
  VEC_PUSH(&unit->arena, &unit->funcs, fn);
  LowerPending pending = {fn, NULL};
  VEC_PUSH(&unit->arena, &s->bodies, pending);
  return fn;
}

void lower_deferred(LowerState *s, IrFunc *fn) {
  IrUnit *unit = s->unit;
  fn->source->ranges = lower_ranges_of(s, fn->source);
  VEC_PUSH(&unit->arena, &unit->funcs, fn);
  LowerPending pending = {fn, NULL};
  VEC_PUSH(&unit->arena, &s->bodies, pending);
}

static void declare_funcs(LowerState *s) {
  Package *pkg = s->unit->pkg;
  for (uint32_t i = 0; i < pkg->funcs.len; i++) {
    Object *func = pkg->funcs.items[i];
    if (sym_is_blank(func->name) || !func->u.func.decl || !func->type || lower_is_generic(func)) continue;
    lower_touch(s, func->type);
    const FuncText *text = ptrmap_get(&s->deferred, func);
    IrFunc *fn = lower_declare_func(s, func, text != NULL);
    fn->deferred = text;
    if (text) fn->source->waits = false;
  }
}

static void declare_types_and_vars(LowerState *s) {
  Package *pkg = s->unit->pkg;
  for (uint32_t i = 0; i < pkg->type_names.len; i++) {
    Object *o = pkg->type_names.items[i];
    if (!o->type || sym_is_blank(o->name) || type_is_generic(o->type)) continue;
    Type *iface = type_underlying_of(o->type, TYPE_INTERFACE);
    const TypeSet *set = iface ? type_set(iface) : NULL;
    if (set && !typeset_is_method_set(set)) continue;
    lower_touch(s, o->type);
  }
  for (uint32_t i = 0; pkg->scope && i < pkg->scope->objects.len; i++) {
    Object *o = pkg->scope->objects.items[i];
    if (o->kind == OBJ_VAR && o->type) VEC_PUSH(&s->unit->arena, &s->unit->externs, lower_global(s, o));
  }
}

// ---- the package initialiser

static void lower_initializer(Lower *l, const Initializer *init, IrList *out) {
  IrUnit *unit = l->unit;
  l->decl = init->decl;
  l->types = package_decl_types(l->pkg, init->decl);
  if (!l->types || l->types->has_error || !init->lhs.len) return;
  IrList lhs = {0};
  for (uint32_t i = 0; i < init->lhs.len; i++)
    ir_list_push(unit, &lhs, lower_global(l->state, init->lhs.items[i])->node);
  IrNode *y = lower_value(l, init->rhs);
  IrPos pos = lhs.items[0]->pos;
  IrNode *n;
  if (lhs.len == 1) {
    n =
      lower_as(l, pos, lhs.items[0], ir_is_blank(lhs.items[0]) ? y : lower_assign_conv(l, pos, lhs.items[0]->type, y));
  } else {
    n = ir_new(unit, y->op == IR_INDEXMAP ? IR_AS2MAPR : y->op == IR_RECV ? IR_AS2RECV : IR_AS2FUNC, pos, NULL);
    if (y->op == IR_DOTTYPE) n->op = IR_AS2DOTTYPE, y->op = IR_DOTTYPE2;
    n->u.as_list.lhs = lhs;
    ir_list_push(unit, &n->u.as_list.rhs, y);
    lower_split_multi(l, n, y);
  }
  for (uint32_t i = 0; i < lhs.len; i++) lhs.items[i]->u.name->defn = n;
  ir_list_push(unit, out, n);
}

// a, b = f() where a result must be converted: through temporaries.
void lower_split_multi(Lower *l, IrNode *n, IrNode *call) {
  IrUnit *unit = l->unit;
  if (n->op != IR_AS2FUNC || !call->type || call->type->kind != TYPE_TUPLE) return;
  IrList *lhs = &n->u.as_list.lhs;
  bool same = true;
  for (uint32_t i = 0; i < lhs->len && i < tuple_len(call->type); i++)
    same &= ir_is_blank(lhs->items[i]) || ir_identical(lhs->items[i]->type, tuple_at(call->type, i)->type);
  if (same) return;
  IrNode *as = ir_new(unit, IR_AS2FUNC, n->pos, NULL);
  ir_list_push(unit, &as->u.as_list.rhs, call);
  n->op = IR_AS2;
  n->u.as_list.rhs = (IrList){0};
  for (uint32_t i = 0; i < lhs->len && i < tuple_len(call->type); i++) {
    IrName *tmp = ir_temp_at(unit, l->fn, n->pos, tuple_at(call->type, i)->type)->u.name;
    ir_list_push(unit, &as->init, lower_dcl(l, n->pos, tmp));
    ir_list_push(unit, &as->u.as_list.lhs, tmp->node);
    IrNode *v = ir_is_blank(lhs->items[i]) ? tmp->node : lower_assign_conv(l, n->pos, lhs->items[i]->type, tmp->node);
    ir_list_push(unit, &n->u.as_list.rhs, v);
  }
  ir_list_push(unit, &n->init, as);
}

static void lower_package_init(LowerState *s) {
  IrUnit *unit = s->unit;
  Package *pkg = unit->pkg;
  if (!pkg->init_order.len) return;
  Type *sig = type_new_signature(pkg, NULL, NULL, NULL, false);
  IrFunc *fn = lower_new_func(s, lower_sym(s, "init"), sig, IR_POS_AUTOGENERATED);
  fn->name->pkg = pkg;
  fn->is_package_init = true;
  fn->has_body = true;
  fn->inline_done = true;
  VEC_PUSH(&unit->arena, &unit->funcs, fn);
  LowerSource *source = ARENA_NEW(&unit->arena, LowerSource);
  source->pkg = pkg;
  fn->source = source;
  Lower l = {.state = s, .unit = unit, .source = source, .pkg = pkg, .fn = fn};
  for (uint32_t i = 0; i < pkg->init_order.len; i++) lower_initializer(&l, &pkg->init_order.items[i], &fn->body);
  ptrmap_release(&l.locals);
  unit->init_func = fn;
}

// ---- the worklist

void lower_run(LowerState *s) {
  IrUnit *unit = s->unit;
  bool was = s->foreign_decl, ran = s->running;
  s->foreign_decl = false;
  s->running = true;
  while (s->dicts.len || s->bodies.len || lower_static_dicts(s)) {
    if (package_cancelled(unit->pkg)) break;
    if (s->dicts.len) {
      Type *t = s->dicts.items[--s->dicts.len].shape_of;
      lower_touch(s, lower_shaped_twin(s, t->u.named.origin, t->u.named.targs));
      continue;
    }
    if (!s->bodies.len) continue;
    IrFunc *fn = s->bodies.items[--s->bodies.len].func;
    lower_body(s, fn);
    if (!fn->is_instantiation) continue;
    if (s->inlining)
      VEC_PUSH(&unit->arena, &s->inline_instances, fn);
    else
      VEC_PUSH(&unit->arena, &unit->funcs, fn);
  }
  s->foreign_decl = was;
  s->running = ran;
}

IrUnit *lower_unit_new(Package *pkg, const IrOptions *options, const IrInliner *inliner) {
  IrUnit *unit = mem_new(sizeof *unit);
  arena_init(&unit->arena);
  arena_init(&unit->work);
  arena_init(&unit->nodes);
  unit->arena.paged = unit->work.paged = unit->nodes.paged = pkg->arena.paged;
  constpool_init(&unit->constants, &unit->arena);
  unit->pkg = pkg;
  unit->options = options;
  unit->inliner = inliner;
  unit->interner = pkg->context->interner;
  IrInlineTreeEntry none = {0};
  VEC_PUSH(&unit->arena, &unit->inline_tree, none);
  LowerState *s = ARENA_NEW(&unit->arena, LowerState);
  s->unit = unit;
  unit->state = s;
  return unit;
}

// The initialiser and its closures come first.
static void put_init_first(IrUnit *unit, uint32_t declared) {
  uint32_t n = unit->funcs.len;
  if (!unit->init_func || !declared) return;
  IrFunc **order = ARENA_ARRAY(&unit->arena, IrFunc *, n);
  memcpy(order, unit->funcs.items + declared, (n - declared) * sizeof *order);
  memcpy(order + (n - declared), unit->funcs.items, declared * sizeof *order);
  unit->funcs.items = order;
  unit->funcs.cap = n;
}

IrUnit *ir_unit_new_delta(IrUnit *base, const IrOptions *options, Object *const *funcs, uint32_t len, bool with_init) {
  IrUnit *unit = lower_unit_new(base->pkg, options, base->inliner);
  unit->base = base;
  LowerState *s = unit->state;
  for (uint32_t i = 0; i < len; i++) {
    lower_touch(s, funcs[i]->type);
    lower_declare_func(s, funcs[i], false);
  }
  uint32_t declared = unit->funcs.len;
  if (with_init) lower_package_init(s);
  put_init_first(unit, declared);
  lower_run(s);
  return unit;
}

static IrUnit *unit_new(Package *pkg, const IrOptions *options, const IrInliner *inliner, bool for_importers) {
  IrUnit *unit = lower_unit_new(pkg, options, inliner);
  LowerState *s = unit->state;
  pkg->ir = unit;
  unit->for_importers = for_importers;
  if (for_importers) lower_choose_deferred(s);
  declare_funcs(s);
  uint32_t declared = unit->funcs.len;
  declare_types_and_vars(s);
  lower_package_init(s);
  put_init_first(unit, declared);
  lower_run(s);
  return unit;
}

IrUnit *ir_unit_new(Package *pkg, const IrOptions *options, const IrInliner *inliner) {
  return unit_new(pkg, options, inliner, false);
}

IrUnit *ir_unit_new_for_importers(Package *pkg, const IrOptions *options, const IrInliner *inliner) {
  return unit_new(pkg, options, inliner, true);
}

// ---- partial units

static bool has_code(const Object *func) {
  return !sym_is_blank(func->name) && func->u.func.decl && func->type && !lower_is_generic(func);
}

IrFunc *lower_join(LowerState *s, Object *func) {
  IrUnit *unit = s->unit;
  if (!has_code(func)) return NULL;
  package_check_body(unit->pkg, func);
  lower_touch(s, func->type);
  IrFunc *fn = lower_declare_func(s, func, false);
  if (s->running && !s->inlining) return fn;
  s->bodies.len--;
  VEC_PUSH(&unit->arena, &s->joined, fn);
  if (!s->inlining) lower_joined(s);
  return fn;
}

void lower_joined(LowerState *s) {
  while (s->joined.len) {
    IrFunc *fn = s->joined.items[--s->joined.len];
    LowerPending pending = {fn, NULL};
    VEC_PUSH(&s->unit->arena, &s->bodies, pending);
    lower_run(s);
    s->unit->inliner->can_inline(s->unit, &fn, 1);
  }
}

bool ir_is_shown(const IrUnit *unit, const IrFunc *fn) {
  if (!unit->shown) return true;
  while (fn && fn->outer) fn = fn->outer;
  return fn && !fn->is_instantiation && fn->pos.decl && fn->pos.decl->source == unit->shown;
}

typedef struct Ranked {
  IrFunc *func;
  uintptr_t rank;
} Ranked;

static int by_rank(const void *a, const void *b) {
  uintptr_t x = ((const Ranked *)a)->rank, y = ((const Ranked *)b)->rank;
  return x < y ? -1 : x > y;
}

void ir_order_partial(IrUnit *unit) {
  PtrMap ranks = {0};
  uint32_t declared = unit->pkg->funcs.len, len = unit->funcs.len;
  for (uint32_t i = 0; i < declared; i++) ptrmap_set(&ranks, unit->pkg->funcs.items[i], (void *)(uintptr_t)(i + 1));
  Ranked *order = mem_new(sizeof *order * (len + 1));
  for (uint32_t i = 0; i < len; i++) {
    IrFunc *fn = unit->funcs.items[i];
    bool is_declared = fn->object && !fn->is_instantiation && !fn->outer;
    uintptr_t rank = is_declared ? (uintptr_t)ptrmap_get(&ranks, fn->object) : 0;
    order[i] = (Ranked){fn, rank ? rank : declared + 1 + i};
  }
  qsort(order, len, sizeof *order, by_rank);
  for (uint32_t i = 0; i < len; i++) unit->funcs.items[i] = order[i].func;
  free(order);
  ptrmap_release(&ranks);
}

IrUnit *ir_unit_new_partial(Package *pkg, const IrOptions *options, const IrInliner *inliner, const AstSource *file) {
  IrUnit *unit = lower_unit_new(pkg, options, inliner);
  LowerState *s = unit->state;
  pkg->ir = unit;
  unit->grows = true;
  unit->shown = file;
  s->running = true;
  for (uint32_t i = 0; i < pkg->funcs.len && !package_cancelled(pkg); i++) {
    Object *func = pkg->funcs.items[i];
    if (func->pos.decl && func->pos.decl->source == file) (void)ir_func_of(unit, func);
  }
  lower_run(s);
  s->running = false;
  return unit;
}

void ir_lowering_done(IrUnit *unit) {
  LowerState *s = unit->state;
  if (s) ptrmap_release(&s->texts), ptrmap_release(&s->deferred);
  for (uint32_t i = 0; s && i < s->envs.len; i++) {
    ptrmap_release(&s->envs.items[i]->types);
    strmap_release(&s->envs.items[i]->dict_words);
  }
  if (s) s->envs.len = 0;
}

void ir_unit_settle(IrUnit *unit) {
  LowerState *s = unit->state;
  for (uint32_t i = 0; s && i < s->envs.len; i++) ptrmap_settle(&s->envs.items[i]->types, &unit->arena);
}

void ir_unit_free(IrUnit *unit) {
  if (!unit) return;
  LowerState *s = unit->state;
  if (s) {
    ir_lowering_done(unit);
    for (uint32_t i = 0; i < s->sources.len; i++) {
      RangeFuncs *ranges = s->sources.entries[i].value;
      if (!ranges || ranges == &s->no_ranges) continue;
      ptrmap_release(&ranges->loops);
      ptrmap_release(&ranges->edits);
    }
    ptrmap_release(&s->touched);
    ptrmap_release(&s->in_progress);
    ptrmap_release(&s->have_instances);
    strmap_release(&s->static_dict_keys);
    ptrmap_release(&s->no_env.types);
    strmap_release(&s->named_instances);
    strmap_release(&s->touched_instances);
    ptrmap_release(&s->func_names);
    ptrmap_release(&s->sources);
    strmap_release(&s->wrapped);
    strmap_release(&s->wrapped_values);
    ptrmap_release(&s->simplified_x);
    ptrmap_release(&s->simplified_y);
    ptrmap_release(&s->method_types);
    ptrmap_release(&s->dict_names);
    ptrmap_release(&s->runtime_names);
  }
  strmap_release(&unit->profile.nodes);
  ptrmap_release(&unit->profile.funcs);
  strmap_release(&unit->profile.packages);
  ptrmap_release(&unit->func_of_object);
  strmap_release(&unit->instances);
  ptrmap_release(&unit->inlined);
  ptrmap_release(&unit->exported_bodies);
  ptrmap_release(&unit->exported_funcs);
  ptrmap_release(&unit->name_of_object);
  strmap_release(&unit->shapes);
  constpool_release(&unit->constants);
  constpool_release(&unit->work_constants);
  arena_release(&unit->nodes);
  arena_release(&unit->work);
  arena_release(&unit->arena);
  if (unit->pkg && unit->pkg->ir == unit) unit->pkg->ir = NULL;
  free(unit);
}
