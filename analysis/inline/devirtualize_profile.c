// devirtualize_profile.c: calls through interfaces and function values become direct where the profile tells who is
// called most (cmd/compile/internal/devirtualize/pgo.go). It happens in all functions, before it is decided which can
// be inlined:
//
//   x.M(args)   →  tmp, a = x, args;  c, ok := tmp.(T);  if ok { r = c.M(a) } else { r = x.M(a) };  r
//   f(args)     →  tmp, a = f, args;  if pc(tmp) == pc(F) { r = F(a) } else { r = f(a) };  r
//
// as an inlined call whose results are new variables. The second call keeps its x or f, one node in two places. The
// hottest callee that fits the call is taken; one that gc has no code of fits every call, and nothing is done then. Nor
// is there for go and defer statements, for function literals and methods called as values, and for what can't be
// inlined whatever its cost.
#include "inline/inline_internal.h"

#include <stdlib.h>

typedef struct Guide {
  IrUnit *unit;
  IrFunc *func;
} Guide;

static Type *basic(const Guide *g, BasicKind kind) { return g->unit->pkg->context->basic[kind]; }

static IrNode *unary(Guide *g, IrOp op, IrPos pos, IrNode *x, Type *t) {
  IrNode *n = ir_new(g->unit, op, pos, t);
  n->u.unary.x = x;
  return n;
}

static IrNode *assign(Guide *g, IrPos pos, const IrList *lhs, const IrList *rhs, IrOp op) {
  IrNode *n = ir_new(g->unit, op, pos, NULL);
  n->u.as_list.lhs = *lhs;
  n->u.as_list.rhs = *rhs;
  return n;
}

// ---- which callee

static bool fits_interface(const IrNode *call, const ProfileCallee *c) {
  const IrNode *sel = call->u.call.fun;
  const IrFunc *fn = c->func;
  if (!fn->has_recv || !fn->params.len || fn->has_dict) return false;
  Type *iface = type_underlying(sel->u.selector.x->type);
  if (iface->kind != TYPE_INTERFACE || !type_implements_methods(fn->params.items[0]->type, iface, true, NULL, NULL))
    return false;
  Str method = sym_str(sel->u.selector.sel);
  return c->name.n > method.n && str_has_suffix(c->name, method) && c->name.p[c->name.n - method.n - 1] == '.';
}

static bool fits_function(const IrNode *call, const ProfileCallee *c) {
  Type *wanted = call->u.call.fun->type;
  return wanted && c->func->type && ir_identical(type_underlying(wanted), type_underlying(c->func->type));
}

// Is a heavier than b? Among equals those with code come first, then it goes by the name.
static bool is_hotter(const ProfileCallee *a, const ProfileCallee *b) {
  if (a->weight != b->weight) return a->weight > b->weight;
  if (!a->func != !b->func) return a->func != NULL;
  return str_compare(a->name, b->name) < 0;
}

static IrFunc *hottest(Guide *g, const IrNode *call, bool (*fits)(const IrNode *, const ProfileCallee *)) {
  ProfileCallee *callees;
  uint32_t count = profile_callees(g->unit, g->func, call, &callees);
  const ProfileCallee *best = NULL;
  for (uint32_t i = 0; i < count; i++) {
    if (best && !is_hotter(&callees[i], best)) continue;
    if (!callees[i].func || fits(call, &callees[i])) best = &callees[i];
  }
  IrFunc *fn = best && best->weight ? best->func : NULL;
  free(callees);
  return fn;
}

static void say(Guide *g, const IrNode *call, const char *what, const IrFunc *callee) {
  Buf fun = {0}, name = {0};
  ir_write_node(&fun, g->unit, call->u.call.fun);
  ir_write_func_name(&name, g->unit, callee);
  ir_message(g->unit, MESSAGE_DEVIRTUALIZING, call->pos, g->func, (IrNode *)(uintptr_t)call, NULL,
             "PGO devirtualizing %s call %.*s to %.*s", what, STR_ARG(buf_view(&fun)), STR_ARG(buf_view(&name)));
  buf_release(&fun);
  buf_release(&name);
}

// ---- the new code

// tmp, args… = x, args…: what is called and its arguments are evaluated once, in order, after what came before the
// call, all in init; the copies take the arguments' places. args: the copies, for another call. Returns tmp.
static IrNode *copy_inputs(Guide *g, IrNode *call, IrNode *x, IrList *args, IrList *init) {
  IrUnit *unit = g->unit;
  IrPos pos = call->pos;
  *init = call->init, *args = call->u.call.args;
  call->init = (IrList){0};
  IrNode *copy = ir_temp_at(unit, g->func, pos, x->type);
  IrList lhs = {0}, rhs = {0}, copies = {0};
  ir_list_push(unit, &lhs, copy);
  ir_list_push(unit, &rhs, x);
  for (uint32_t i = 0; i < args->len; i++) {
    IrNode *tmp = ir_temp_at(unit, g->func, pos, args->items[i]->type);
    ir_list_push(unit, &lhs, tmp);
    ir_list_push(unit, &rhs, args->items[i]);
    ir_list_push(unit, &copies, tmp);
  }
  ir_list_push(unit, init, assign(g, pos, &lhs, &rhs, IR_AS2));
  *args = copies;
  call->u.call.args = (IrList){0};
  ir_list_append(unit, &call->u.call.args, args);
  return copy;
}

static IrNode *branch(Guide *g, IrPos pos, const IrList *results, IrNode *call) {
  if (!results->len) return call;
  IrList lhs = {0}, rhs = {0};
  ir_list_append(g->unit, &lhs, results);
  ir_list_push(g->unit, &rhs, call);
  return assign(g, pos, &lhs, &rhs, results->len > 1 ? IR_AS2FUNC : IR_AS2);
}

static IrNode *conditional_call(Guide *g, IrPos pos, IrNode *cond, IrNode *then, IrNode *otherwise,
                                const IrList *init) {
  IrUnit *unit = g->unit;
  IrNode *n = ir_new(unit, IR_INLCALL, pos, otherwise->type);
  Type *t = otherwise->type;
  if (t && t->kind == TYPE_TUPLE) {
    for (uint32_t i = 0; i < tuple_len(t); i++)
      ir_list_push(unit, &n->u.inl_call.results, ir_temp_at(unit, g->func, pos, tuple_at(t, i)->type));
  } else if (t) {
    ir_list_push(unit, &n->u.inl_call.results, ir_temp_at(unit, g->func, pos, t));
  }
  IrNode *choice = ir_new(unit, IR_IF, pos, NULL);
  choice->init = *init;
  choice->u.if_.cond = cond;
  ir_list_push(unit, &choice->u.if_.body, branch(g, pos, &n->u.inl_call.results, then));
  ir_list_push(unit, &choice->u.if_.else_, branch(g, pos, &n->u.inl_call.results, otherwise));
  ir_list_push(unit, &n->u.inl_call.body, choice);
  return n;
}

static IrNode *direct_call(Guide *g, const IrNode *call, IrNode *fun, IrNode *receiver, const IrList *args) {
  IrNode *n = ir_new(g->unit, IR_CALLFUNC, call->pos, call->type);
  n->flags |= call->flags & IR_FLAG_DDD;
  n->u.call.fun = fun;
  if (receiver) ir_list_push(g->unit, &n->u.call.args, receiver);
  ir_list_append(g->unit, &n->u.call.args, args);
  return n;
}

static IrNode *rewrite_interface_call(Guide *g, IrNode *call, IrFunc *callee) {
  IrUnit *unit = g->unit;
  IrNode *sel = call->u.call.fun;
  IrPos pos = call->pos;
  Type *concrete = callee->params.items[0]->type;
  say(g, call, "interface", callee);
  IrList init, args;
  IrNode *receiver = copy_inputs(g, call, sel->u.selector.x, &args, &init);
  IrNode *value = ir_temp_at(unit, g->func, pos, concrete);
  IrNode *ok = ir_temp_at(unit, g->func, pos, basic(g, BASIC_BOOL));
  IrNode *assertion = ir_new(unit, IR_DOTTYPE2, pos, concrete);
  assertion->u.type_assert.x = receiver;
  IrList lhs = {0}, rhs = {0};
  ir_list_push(unit, &lhs, value);
  ir_list_push(unit, &lhs, ok);
  ir_list_push(unit, &rhs, assertion);
  ir_list_push(unit, &init, assign(g, pos, &lhs, &rhs, IR_AS2DOTTYPE));
  IrNode *method = ir_method_expr(unit, pos, callee, concrete, sel->u.selector.sel);
  IrNode *direct = direct_call(g, call, method, value, &args);
  return conditional_call(g, pos, ok, direct, call, &init);
}

// The address of a function's code: internal/abi.FuncPCABIInternal.
static IrNode *code_address(Guide *g, IrPos pos, IrNode *fun) {
  Type *word = basic(g, BASIC_UINTPTR), *pointer = type_new_pointer(g->unit->pkg, word);
  if (fun->op == IR_NAME && fun->u.name->cls == CLASS_FUNC) {
    IrNode *sym = ir_new(g->unit, IR_LINKSYMOFFSET, pos, word);
    IrNode *n = ir_new(g->unit, IR_CONVNOP, pos, word);
    n->u.conv.x = unary(g, IR_ADDR, pos, sym, pointer);
    return n;
  }
  IrNode *iface = ir_new(g->unit, IR_CONVIFACE, pos, g->unit->pkg->context->type_empty_interface);
  iface->u.conv.x = fun;
  return unary(g, IR_DEREF, pos, unary(g, IR_IDATA, pos, iface, pointer), word);
}

static IrNode *rewrite_function_call(Guide *g, IrNode *call, IrFunc *callee) {
  IrUnit *unit = g->unit;
  IrPos pos = call->pos;
  say(g, call, "function", callee);
  IrList init, args;
  IrNode *fun = copy_inputs(g, call, call->u.call.fun, &args, &init);
  IrNode *known = ir_func_name(unit, callee);
  IrNode *same = ir_new(unit, IR_EQ, pos, basic(g, BASIC_BOOL));
  same->u.binary.x = code_address(g, pos, fun);
  same->u.binary.y = code_address(g, pos, known);
  IrNode *direct = direct_call(g, call, known, NULL, &args);
  return conditional_call(g, pos, same, direct, call, &init);
}

// ---- the walk

static bool never_by_value(const IrFunc *callee) {
  // The one that looks like no literal gets its closure from who generates the calls.
  bool hash = callee->name->pkg && str_equal(callee->name->pkg->path, STR("runtime")) &&
              sym_is(callee->name->sym, "memhash_varlen");
  return callee->outer || callee->has_recv || hash;
}

static IrNode *edit(void *context, IrNode *n) {
  Guide *g = context;
  ir_edit_children(n, edit, g);
  if ((n->op != IR_CALLFUNC && n->op != IR_CALLINTER) || (n->flags & IR_FLAG_GO_DEFER)) return n;
  if (n->op == IR_CALLINTER) {
    IrFunc *callee = hottest(g, n, fits_interface);
    return callee && !inline_impossible(g->unit, callee) ? rewrite_interface_call(g, n, callee) : n;
  }
  if (inline_callee_known(g->unit, n->u.call.fun)) return n;
  IrFunc *callee = hottest(g, n, fits_function);
  if (!callee || never_by_value(callee) || inline_impossible(g->unit, callee)) return n;
  return rewrite_function_call(g, n, callee);
}

static void guide_func(IrUnit *unit, IrFunc *fn) {
  if (!profile_knows_caller(unit, fn)) return;
  Guide g = {unit, fn};
  for (uint32_t i = 0; i < fn->body.len; i++)
    if (fn->body.items[i]) fn->body.items[i] = edit(&g, fn->body.items[i]);
}

static void visit_component(void *context, IrFunc **component, uint32_t len) {
  for (uint32_t i = 0; i < len; i++) guide_func(context, component[i]);
}

void profile_guide(IrUnit *unit) { ir_visit_bottom_up(unit, visit_component, unit); }
