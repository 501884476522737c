// lower_inline.c: the body of a callee, made anew in the caller's place (unifiedInlineCall in
// cmd/compile/internal/noder/reader.go): parameters become variables that one parallel assignment sets, a return
// becomes an assignment to the result variables and a jump to the end.
#include "ir/lower_internal.h"

typedef struct Returns {
  Lower *l;
  IrFunc *fn;
  IrPos pos;
  Sym label;
  bool delay;
} Returns;

static IrNode *edit_return(Returns *r, IrNode *ret) {
  IrUnit *unit = r->l->unit;
  IrNode *block = ir_new(unit, IR_BLOCK, r->pos, NULL);
  block->u.block.list = ret->init;
  IrList *list = &block->u.block.list, *results = &ret->u.ret.results;
  if (results->len) {
    IrNode *as = ir_new(unit, IR_AS2, r->pos, NULL);
    for (uint32_t i = 0; i < r->fn->results.len && i < results->len; i++) {
      IrName *name = r->fn->results.items[i];
      ir_list_push(unit, &as->u.as_list.lhs, name->node);
      ir_list_push(unit, &as->u.as_list.rhs, lower_assign_conv(r->l, r->pos, name->type, results->items[i]));
      if (!r->delay) continue;
      ir_list_push(unit, list, lower_dcl(r->l, r->pos, name));
      name->defn = as;
    }
    ir_list_push(unit, list, as);
  }
  IrNode *jump = ir_new(unit, IR_GOTO, r->pos, NULL);
  jump->u.branch.label = r->label;
  ir_list_push(unit, list, jump);
  return block;
}

static IrNode *edit(void *context, IrNode *n) {
  if (!n) return n;
  if (n->op == IR_RETURN) n = edit_return(context, n);
  ir_edit_children(n, edit, context);
  return n;
}

// What evaluating the callee's expression does besides naming a function.
static void callee_effects(IrUnit *unit, IrList *init, IrNode *fun) {
  for (unsigned depth = 0; fun && depth < stack_levels(); depth++) {
    ir_list_append(unit, init, &fun->init);
    fun->init = (IrList){0};
    if (fun->op == IR_CONVNOP) {
      fun = fun->u.conv.x;
    } else if (fun->op == IR_INLCALL) {
      ir_list_append(unit, init, &fun->u.inl_call.body);
      fun->u.inl_call.body = (IrList){0};
      fun = fun->u.inl_call.results.len ? fun->u.inl_call.results.items[0] : NULL;
    } else {
      return;
    }
  }
}

static void bind_captures(Lower *l, const IrFunc *callee) {
  const LowerSource *s = callee->source;
  uint32_t n = callee->closure_vars.len;
  for (uint32_t i = 0; i < n && i < s->capture_keys.len; i++)
    ptrmap_set(&l->locals, s->capture_keys.items[i], callee->closure_vars.items[i]->outer);
  if (s->captures_dict && n) l->dict = callee->closure_vars.items[n - 1]->outer;
}

static void assign_params(Lower *l, IrFunc *fn, IrNode *call, IrList *init) {
  IrUnit *unit = l->unit;
  IrNode *as = ir_new(unit, IR_AS2, call->pos, NULL);
  as->flags |= IR_FLAG_DEF;
  for (uint32_t i = 0; i < fn->params.len; i++) {
    IrName *name = fn->params.items[i];
    IrNode *arg = i < call->u.call.args.len ? call->u.call.args.items[i] : lower_zero(l, call->pos, name->type);
    ir_list_push(unit, &as->u.as_list.lhs, name->node);
    ir_list_push(unit, &as->u.as_list.rhs, lower_assign_conv(l, call->pos, name->type, arg));
    ir_list_push(unit, &as->init, lower_dcl(l, call->pos, name));
    name->defn = as;
  }
  ir_list_push(unit, init, as);
}

static void declare_results(Lower *l, const IrFunc *fn, IrPos pos, IrList *init) {
  for (uint32_t i = 0; i < fn->results.len; i++) {
    ir_list_push(l->unit, init, lower_dcl(l, pos, fn->results.items[i]));
    ir_list_push(l->unit, init, lower_as(l, pos, fn->results.items[i]->node, NULL));
  }
}

static void adopt(IrUnit *unit, IrFunc *fn, IrFunc *caller) {
  for (uint32_t i = 0; i < fn->dcls.len; i++) {
    IrName *name = fn->dcls.items[i];
    name->func = caller;
    if (name->cls == CLASS_AUTO)
      name->inl_local = true;
    else
      name->inl_formal = true, name->cls = CLASS_AUTO;
    VEC_PUSH(&unit->arena, &caller->dcls, name);
  }
}

static void lower_new_instances(LowerState *s) {
  lower_run(s);
  if (!s->inline_instances.len) return;
  IrFunc **funcs = s->inline_instances.items;
  uint32_t len = s->inline_instances.len;
  s->inline_instances.items = NULL;
  s->inline_instances.len = s->inline_instances.cap = 0;
  s->unit->inliner->can_inline(s->unit, funcs, len);
  // They were compiled in an imported package: gc keeps no body of them, and so knows nothing of their parameters.
  for (uint32_t i = 0; i < len; i++) {
    funcs[i]->body = (IrList){0};
    funcs[i]->has_body = false;
  }
}

bool ir_have_inline_body(const IrUnit *unit, const IrFunc *fn) {
  if (!fn->inl || fn->unit == unit) return fn->inl != NULL;
  const Package *pkg = unit->pkg;
  if (fn->unit->pkg == pkg) return true;
  for (uint32_t i = 0; i < pkg->imports.len; i++)
    if (pkg->imports.items[i] == fn->unit->pkg) return true;
  for (uint32_t i = 0; i < pkg->imports.len; i++) {
    const IrUnit *direct = pkg->imports.items[i]->ir;
    if (!direct) continue;
    if (direct->facts.context ? direct->facts.exports(direct->facts.context, fn, true)
                              : ptrmap_has(&direct->exported_bodies, fn))
      return true;
  }
  return false;
}

IrNode *ir_unified_inline_call(IrUnit *unit, IrFunc *caller, IrNode *call, IrFunc *callee, uint32_t inline_index) {
  LowerState *s = unit->state;
  LowerSource *source = callee->source;
  BUG_ON(!source || !callee->inl);
  lower_need_source(source);
  s->inlining = true;
  s->foreign_decl = source->pkg != unit->pkg && !source->env;
  if (callee->unit->pkg != unit->pkg) ptrmap_set(&unit->inlined, callee, callee);
  IrFunc *fn = lower_new_func(s, caller->name->sym, callee->type, callee->pos);
  fn->name->pkg = caller->name->pkg;
  Lower l = {.state = s,
             .unit = unit,
             .source = source,
             .pkg = source->pkg,
             .decl = source->decl,
             .types = source->types,
             .env = source->env,
             .fn = fn,
             .signature = source->signature,
             .loop = source->loop,
             .inl_caller = caller,
             .inl_func = callee,
             .inl_pos = call->pos,
             .inl = inline_index,
             .label_suffix = ++s->label_count};
  bind_captures(&l, callee);
  lower_declare_params(&l, fn, source);
  bool delay = callee->inl->can_delay_results;
  IrList init = call->init;
  call->init = (IrList){0};
  if (call->op == IR_CALLFUNC) callee_effects(unit, &init, call->u.call.fun);
  assign_params(&l, fn, call, &init);
  if (!delay) declare_results(&l, fn, call->pos, &init);
  IrNode *mark = ir_new(unit, IR_INLMARK, call->pos, NULL);
  mark->u.inl_mark.index = inline_index;
  ir_list_push(unit, &init, mark);

  IrNode *n = ir_new(unit, IR_INLCALL, call->pos, call->type);
  IrList *body = &n->u.inl_call.body;
  lower_source_body(&l, body);
  lower_new_instances(s);
  Returns r = {&l, fn, call->pos, lower_sym(s, ".i%u", (unsigned)s->label_count), delay};
  for (uint32_t i = 0; i < body->len; i++) body->items[i] = edit(&r, body->items[i]);
  adopt(unit, fn, caller);
  IrNode *label = ir_new(unit, IR_LABEL, call->pos, NULL);
  label->u.label.label = r.label;
  ir_list_push(unit, body, label);
  for (uint32_t i = 0; i < fn->results.len; i++) ir_list_push(unit, &n->u.inl_call.results, fn->results.items[i]->node);
  n->init = init;
  ptrmap_release(&l.locals);
  s->inlining = false;
  s->foreign_decl = false;
  lower_joined(s);
  return n;
}
