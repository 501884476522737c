// calls.c: what code does beyond its own instructions: calls that inlining and devirtualisation have left, and
// operations that the runtime carries out and that may take memory there.
//
// A call of a function value is one of a known function where the value has that one definition. Arguments that are
// functions are noted with the call, as a callee that only calls what it is given costs what that costs.
#include "alloc/walk_internal.h"

static const IrFunc *method_of(const IrNode *n) {
  const IrNode *x = n->u.selector.x;
  return x && x->type && type_is_interface(x->type) ? NULL : n->u.selector.method;
}

// The function that a value certainly is; NULL: not known.
static const IrFunc *func_of(Walker *w, IrNode *n) {
  IrNode *v = n ? alloc_static_value_of(w, n) : NULL;
  while (v && v->op == IR_CONVNOP) v = alloc_static_value_of(w, v->u.conv.x);
  if (!v) return NULL;
  switch ((int)v->op) {
  case IR_CLOSURE: return v->u.closure.func;
  case IR_NAME: return v->u.name->cls == CLASS_FUNC ? v->u.name->func : NULL;
  case IR_METHEXPR: return v->u.selector.method;
  case IR_METHVALUE: return method_of(v);
  default: return NULL;
  }
}

// The parameter of this function that a value certainly is, as it was handed in.
static const IrName *param_of(Walker *w, IrNode *n) {
  IrNode *v = n ? alloc_static_value_of(w, n) : NULL;
  if (!v || v->op != IR_NAME) return NULL;
  const IrName *name = v->u.name;
  bool own = name->cls == CLASS_PARAM && name->func == w->func && !name->is_closure_var && !name->inl_local;
  return own && !alloc_is_reassigned(w, name) && !name->addrtaken ? name : NULL;
}

static AllocCall *add(Walker *w, AllocCallKind kind, const IrNode *n) {
  AllocSet *set = w->pass->set;
  AllocCall call = {.kind = kind,
                    .pos = n->pos,
                    .func = w->func,
                    .node = n,
                    .repeat_depth = alloc_repeat_depth(w),
                    .place_cold = w->cold};
  VEC_PUSH(&set->arena, &set->calls, call);
  return &set->calls.items[set->calls.len - 1];
}

static void add_args(Walker *w, AllocCall *call, const IrList *args) {
  AllocSet *set = w->pass->set;
  VEC(AllocArg) found = {0};
  for (uint32_t i = 0; i < args->len; i++) {
    IrNode *x = args->items[i];
    if (!x || !is_kind(x->type, TYPE_SIGNATURE)) continue;
    const IrFunc *func = func_of(w, x);
    VEC_PUSH(&set->arena, &found, (AllocArg){i, func, func ? NULL : param_of(w, x)});
  }
  call->args = found.items;
  call->arg_count = found.len;
}

void alloc_add_call(Walker *w, IrNode *n, bool later) {
  if (!w->pass->unit->options->costs) return;
  IrNode *fun = n->u.call.fun;
  if (!fun) return;
  if (n->op == IR_CALLINTER) {
    add(w, ALLOC_CALLS_INTERFACE, n)->later = later;
    return;
  }
  const IrFunc *callee = func_of(w, fun);
  const IrName *value = callee ? NULL : param_of(w, fun);
  AllocCall *call = add(w, callee ? ALLOC_CALLS_FUNC : ALLOC_CALLS_VALUE, n);
  call->callee = callee;
  call->value = value;
  call->later = later;
  if (callee) add_args(w, call, &n->u.call.args);
}

void alloc_add_operation(Walker *w, const IrNode *n) {
  if (w->pass->unit->options->costs) (void)add(w, ALLOC_CALLS_RUNTIME, n);
}

void alloc_add_lost(Walker *w, const IrNode *n) {
  if (w->pass->unit->options->costs) (void)add(w, ALLOC_CALLS_LOST, n);
}

// The runtime's own code calls the allocator by name.
void alloc_add_named_call(Walker *w, const IrNode *n, const IrFunc *callee) {
  const Package *pkg = w->pass->unit->pkg;
  if (!callee || !callee->name || callee->name->pkg != pkg || callee->has_recv || !str_equal(pkg->path, STR("runtime")))
    return;
  for (int f = ALLOC_FUNC_NONE + 1; f < ALLOC_FUNC_COUNT; f++) {
    if (!str_equal(sym_str(callee->name->sym), str_of(alloc_func_name((AllocFunc)f)))) continue;
    alloc_set_call(w, alloc_add_site(w, ALLOC_KIND_CALL, n, n->pos, NULL), (AllocFunc)f, -1, false);
    return;
  }
}
