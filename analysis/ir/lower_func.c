// lower_func.c: functions, their parameters and closures. Names of generated functions and captured variables follow
// closureName, NewClosureFunc, NewClosureVar and DeclareParams of cmd/compile/internal/ir, and funcLit of
// noder/reader.go.
#include "ir/lower_internal.h"
#include "ir/rules.h"

IrPos lower_pos(const Lower *l, uint32_t offset) { return (IrPos){l->decl, offset, l->inl}; }

IrPos lower_object_pos(const Lower *l, const Object *o) { return (IrPos){o->pos.decl, o->pos.offset, l->inl}; }

IrFunc *lower_new_func(LowerState *s, Sym sym, Type *type, IrPos pos) {
  IrUnit *unit = s->unit;
  IrFunc *fn = ARENA_NEW(&unit->arena, IrFunc);
  fn->unit = unit;
  fn->type = type;
  fn->pos = pos;
  fn->inline_cost = -1;
  fn->name = ir_new_name(unit, fn, CLASS_FUNC, sym, type, pos)->u.name;
  fn->name->func = fn;
  return fn;
}

// ---- closures

static void write_outer_name(Buf *b, const Lower *l, const IrFunc *outer, IrPos pos) {
  buf_str(b, sym_str(outer->name->sym));
  if (!pos.inl) return;
  uint32_t chain[64], n = 0;
  for (uint32_t i = pos.inl; i && n < 64; i = l->unit->inline_tree.items[i].parent) chain[n++] = i;
  while (n) {
    const IrFunc *callee = l->unit->inline_tree.items[chain[--n]].callee;
    buf_byte(b, '.');
    buf_str(b, sym_str(callee->name->sym));
  }
}

// Go 1.27: numbers count within the function as it was written; a copy made by inlining carries that function's name.
static Sym closure_name_by_origin(Lower *l, IrFunc *outer, IrPos pos, ClosureWhy why, const char *suffix) {
  Buf b = {0};
  unsigned number = 0;
  if (why == WHY_LITERAL) number = ++l->literal_count;
  if (why == WHY_RANGE) number = ++l->range_count;
  if (sym_is_blank(outer->name->sym)) {
    buf_puts(&b, "glob.");
    if (!number) number = ++l->state->glob_closures;
  } else {
    const IrFunc *origin = pos.inl ? l->unit->inline_tree.items[pos.inl].callee : outer;
    buf_str(&b, sym_str(origin->name->sym));
    if (!number) number = ++outer->goclosure_seq;
  }
  buf_printf(&b, "%s%u", suffix, number);
  Sym sym = intern(l->unit->interner, buf_view(&b));
  buf_release(&b);
  return sym;
}

static Sym closure_name(Lower *l, IrFunc *outer, IrPos pos, ClosureWhy why) {
  bool by_origin = ir_rule(l->unit, RULE_CLOSURE_NAMES_BY_ORIGIN);
  if (by_origin)
    return closure_name_by_origin(l, outer, pos, why,
                                  why == WHY_RANGE   ? "-range"
                                  : why == WHY_GO    ? ".gowrap"
                                  : why == WHY_DEFER ? ".deferwrap"
                                  : outer->closure   ? "."
                                                     : ".func");
  while (outer->is_range_body && outer->outer) outer = outer->outer;
  const char *suffix = why == WHY_RANGE   ? "-range"
                       : why == WHY_GO    ? ".gowrap"
                       : why == WHY_DEFER ? ".deferwrap"
                       : outer->closure   ? "."
                                          : ".func";
  uint32_t *seq = why == WHY_LITERAL ? &outer->closure_seq
                  : why == WHY_RANGE ? &outer->range_seq
                                     : &outer->goclosure_seq;
  Buf b = {0};
  if (sym_is_blank(outer->name->sym)) {
    seq = &l->state->glob_closures;
    buf_puts(&b, "glob.");
  } else {
    write_outer_name(&b, l, outer, pos);
  }
  buf_printf(&b, "%s%u", suffix, (unsigned)++*seq);
  Sym sym = intern(l->unit->interner, buf_view(&b));
  buf_release(&b);
  return sym;
}

// A new function inside the current one (inside the caller, when inlining), with its CLOSURE node.
IrFunc *lower_new_closure(Lower *l, IrPos origin, IrPos pos, ClosureWhy why, Type *type) {
  IrUnit *unit = l->unit;
  IrFunc *outer = l->inl_caller ? l->inl_caller : l->fn;
  IrFunc *fn = lower_new_func(l->state, closure_name(l, outer, pos, why), type, origin);
  if (!sym_is_blank(outer->name->sym)) fn->name->pkg = outer->name->pkg;
  if (pos.inl && ir_rule(unit, RULE_CLOSURE_NAMES_BY_ORIGIN))
    fn->name->pkg = unit->inline_tree.items[pos.inl].callee->name->pkg;
  fn->is_dupok = outer->is_dupok;
  fn->has_body = true;
  fn->outer = outer;
  fn->is_hidden_closure = true;
  fn->is_range_body = why == WHY_RANGE;
  fn->is_go_defer_wrapper = why == WHY_GO || why == WHY_DEFER;
  fn->is_broken = outer->is_broken;
  IrNode *closure = ir_new(unit, IR_CLOSURE, pos, type);
  closure->u.closure.func = fn;
  fn->closure = closure;
  VEC_PUSH(&unit->arena, &unit->funcs, fn);
  VEC_PUSH(&unit->arena, &outer->closures, fn);
  return fn;
}

static IrName *new_closure_var(LowerState *s, IrPos pos, IrFunc *fn, IrName *captured) {
  IrName *c = ir_new_name(s->unit, fn, CLASS_AUTOHEAP, captured->sym, captured->type, pos)->u.name;
  c->is_closure_var = true;
  c->outer = captured;
  c->object = captured->object;
  c->pkg = captured->pkg;
  c->used = true;
  captured->captured = true;
  return c;
}

IrName *lower_closure_var(LowerState *s, IrPos pos, IrFunc *fn, IrName *captured) {
  IrName *c = new_closure_var(s, pos, fn, captured);
  VEC_PUSH(&s->unit->arena, &fn->closure_vars, c);
  return c;
}

IrName *lower_declare(Lower *l, const void *key, Sym sym, Type *type, IrPos pos) {
  IrName *name = ir_new_name(l->unit, l->fn, CLASS_AUTO, sym, type, pos)->u.name;
  name->pkg = l->pkg;
  VEC_PUSH(&l->unit->arena, &l->fn->dcls, name);
  if (key) ptrmap_set(&l->locals, key, name);
  return name;
}

// The variable as the current function sees it: its own, or a closure variable (made on first use). NULL: unknown.
IrName *lower_lookup(Lower *l, const void *key, uint32_t offset) {
  IrName *name = ptrmap_get(&l->locals, key);
  if (name || !l->outer) return name;
  IrName *outer = lower_lookup(l->outer, key, offset);
  if (!outer) return NULL;
  // The position is the use, as the enclosing function sees it.
  IrPos pos = {l->decl, offset, l->outer->inl};
  name = lower_closure_var(l->state, pos, l->fn, outer);
  ptrmap_set(&l->locals, key, name);
  if (l->source) VEC_PUSH(&l->unit->arena, &l->source->capture_keys, key);
  return name;
}

// Closures of shaped functions capture the dictionary, last.
static void begin_dict(Lower *l) {
  if (!l->outer || !l->outer->dict) return;
  IrName *dict = l->outer->dict;
  l->dict = new_closure_var(l->state, dict->pos, l->fn, dict);
}

static void finish_captures(Lower *l, Lower *outer) {
  if (!outer || !outer->dict || !l->dict) return;
  VEC_PUSH(&l->unit->arena, &l->fn->closure_vars, l->dict);
  if (l->source) l->source->captures_dict = true;
}

IrNode *lower_captured(Lower *l, uint32_t i) {
  if (!l->inl_caller)
    return i < l->fn->closure_vars.len ? l->fn->closure_vars.items[i]->node : lower_bad_node(l, l->fn->pos, NULL);
  const IrFunc *fn = l->inl_func;
  return i < fn->closure_vars.len ? fn->closure_vars.items[i]->outer->node : lower_bad_node(l, l->inl_pos, NULL);
}

// ---- parameters

static IrName *declare_param(Lower *l, IrFunc *fn, IrClass cls, Object *var, uint32_t index, bool named_result) {
  Sym sym = var->name;
  const Package *pkg = l->pkg;
  if (!sym || sym_is_blank(sym)) {
    if (l->inl_caller) pkg = l->inl_caller->name->pkg;
    const char *form = cls == CLASS_PARAM ? "~p%u" : named_result ? "#rv%u" : "~r%u";
    sym = lower_sym(l->state, form, (unsigned)(index + (named_result ? 1 : 0)));
  }
  lower_need_run_time_type(l, var->type);
  IrName *name = ir_new_name(l->unit, fn, cls, sym, lower_type(l, var->type), lower_object_pos(l, var))->u.name;
  name->object = var;
  name->pkg = pkg;
  ptrmap_set(&l->locals, var, name);
  VEC_PUSH(&l->unit->arena, &fn->dcls, name);
  return name;
}

static void declare_dict(Lower *l, IrFunc *fn) {
  Package *pkg = l->unit->pkg;
  Type *array = type_new_array(pkg, pkg->context->basic[BASIC_UINTPTR], 0);
  Type *type = type_new_pointer(pkg, array);
  IrName *dict = ir_new_name(l->unit, fn, CLASS_PARAM, lower_sym(l->state, ".dict"), type, fn->pos)->u.name;
  dict->pkg = l->pkg;
  l->dict = dict;
  fn->has_dict = true;
  VEC_PUSH(&l->unit->arena, &fn->dcls, dict);
  VEC_PUSH(&l->unit->arena, &fn->params, dict);
}

// Receiver, dictionary, parameters, results. The objects are those of the source's signature.
void lower_declare_params(Lower *l, IrFunc *fn, LowerSource *source) {
  Type *sig = source->signature;
  if (source->kind == SOURCE_RANGE_BODY) {
    lower_range_params(l, fn);
    return;
  }
  if (!sig || sig->kind != TYPE_SIGNATURE) return;
  Arena *arena = &l->unit->arena;
  uint32_t n = 0;
  if (sig->u.signature.recv && source->kind != SOURCE_LITERAL) {
    IrName *recv = declare_param(l, fn, CLASS_PARAM, sig->u.signature.recv, n++, false);
    VEC_PUSH(arena, &fn->params, recv);
  }
  if (source->kind == SOURCE_DECL && l->env && l->env->shaped) {
    declare_dict(l, fn);
    n++;
  }
  for (uint32_t i = 0; i < tuple_len(sig->u.signature.params); i++) {
    IrName *p = declare_param(l, fn, CLASS_PARAM, tuple_at(sig->u.signature.params, i), n++, false);
    VEC_PUSH(arena, &fn->params, p);
  }
  bool names = source->ranges && source->ranges->names_results;
  for (uint32_t i = 0; i < tuple_len(sig->u.signature.results); i++) {
    Object *var = tuple_at(sig->u.signature.results, i);
    IrName *r = declare_param(l, fn, CLASS_RESULT, var, i, names);
    VEC_PUSH(arena, &fn->results, r);
  }
}

// ---- bodies

void lower_source_body(Lower *l, IrList *out) {
  const LowerSource *s = l->source;
  switch (s->kind) {
  case SOURCE_DECL:
    if (s->node->u.func_decl.body) lower_stmts(l, &s->node->u.func_decl.body->u.block.stmts, out);
    return;
  case SOURCE_LITERAL:
    if (s->node->u.func_lit.body) lower_stmts(l, &s->node->u.func_lit.body->u.block.stmts, out);
    return;
  case SOURCE_RANGE_BODY: lower_range_body(l, out); return;
  case SOURCE_CALL_SHAPED: lower_call_shaped_body(l, out); return;
  case SOURCE_SYNTHETIC: lower_synthetic_body(l, out); return;
  }
}

static void lower_init(Lower *l, LowerState *s, IrFunc *fn, Lower *outer) {
  LowerSource *source = fn->source;
  *l = (Lower){.state = s,
               .unit = s->unit,
               .source = source,
               .pkg = source->pkg,
               .decl = source->decl,
               .types = source->types,
               .env = source->env,
               .fn = fn,
               .outer = outer,
               .signature = source->signature,
               .loop = source->loop};
  if (outer) l->depth = outer->depth;
}

static void finish_body(Lower *l, IrFunc *fn) {
  if (!fn->body.len) {
    IrNode *block = ir_new(l->unit, IR_BLOCK, (IrPos){NULL, 0, 0}, NULL);
    ir_list_push(l->unit, &fn->body, block);
  }
  ptrmap_release(&l->locals);
}

void lower_closure_body(Lower *outer, IrFunc *fn) {
  Lower l;
  lower_init(&l, outer->state, fn, outer);
  begin_dict(&l);
  lower_declare_params(&l, fn, fn->source);
  lower_source_body(&l, &fn->body);
  finish_captures(&l, outer);
  finish_body(&l, fn);
}

void lower_body(LowerState *s, IrFunc *fn) {
  if (!fn->source || !fn->has_body) {
    if (!fn->source) return;
    Lower p;
    lower_init(&p, s, fn, NULL);
    lower_declare_params(&p, fn, fn->source);
    ptrmap_release(&p.locals);
    return;
  }
  Lower l;
  lower_init(&l, s, fn, NULL);
  lower_declare_params(&l, fn, fn->source);
  lower_source_body(&l, &fn->body);
  finish_body(&l, fn);
}

IrNode *lower_func_lit(Lower *l, const Ast *e) {
  Type *sig = type_unalias(lower_src_type(l, e));
  if (sig->kind != TYPE_SIGNATURE) return lower_bad_node(l, lower_pos(l, e->pos), NULL);
  IrPos origin = {l->decl, e->pos, 0};
  IrFunc *fn = lower_new_closure(l, origin, lower_pos(l, e->pos), WHY_LITERAL, lower_type(l, sig));
  LowerSource *source = ARENA_NEW(&l->unit->arena, LowerSource);
  source->kind = SOURCE_LITERAL;
  source->pkg = l->pkg;
  source->decl = l->decl;
  source->types = l->types;
  source->node = e;
  source->env = l->env;
  source->signature = sig;
  fn->source = source;
  source->ranges = lower_ranges_of(l->state, source);
  lower_closure_body(l, fn);
  return fn->closure;
}
