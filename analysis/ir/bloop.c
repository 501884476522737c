// bloop.c: keeps what a benchmark computes alive: in `for b.Loop() { … }` the results of calls, the arguments of calls
// without results, and assigned variables get a keep-alive call after the statement. The calls do not let their operand
// escape, but the temporaries they need show in messages. Only in packages that import testing, before inlining.
// Rules: cmd/compile/internal/bloop.
#include "ir/ir.h"
#include "ir/rules.h"

typedef struct Pass {
  IrUnit *unit;
  IrFunc *fn;
  bool in_bloop;
} Pass;

static IrNode *addressable_name(IrNode *n) {
  for (;;) {
    if (!n) return NULL;
    switch ((int)n->op) {
    case IR_NAME: return ir_is_addressable(n) ? n : NULL;
    case IR_SLICE:
    case IR_SLICE3: n = n->u.slice.x; continue;
    case IR_DOT:
    case IR_DOTPTR: n = n->u.selector.x; continue;
    case IR_CONV:
    case IR_CONVIFACE:
    case IR_CONVNOP: n = n->u.conv.x; continue;
    case IR_ADDR: n = n->u.unary.x; continue;
    case IR_INDEX:
    case IR_INDEXMAP: n = n->u.index.x; continue;
    default: return NULL;
    }
  }
}

static void explain(Pass *p, IrPos pos, const char *what) {
  if (p->unit->options->level > 1) ir_message(p->unit, MESSAGE_FLOW, pos, p->fn, NULL, NULL, "%s", what);
}

static void explain_name(Pass *p, IrPos pos, const IrNode *name) {
  if (p->unit->options->level > 1)
    ir_message(p->unit, MESSAGE_FLOW, pos, p->fn, NULL, NULL, "%.*s will be kept alive",
               STR_ARG(sym_str(name->u.name->sym)));
}

static void declare(Pass *p, IrNode *stmt, IrNode *tmp) {
  IrNode *dcl = ir_new(p->unit, IR_DCL, stmt->pos, NULL);
  dcl->u.unary.x = tmp;
  ir_list_push(p->unit, &stmt->init, dcl);
}

static IrNode *keep_alive_call(Pass *p, IrPos pos, IrNode *n) {
  TypeContext *types = p->unit->pkg->context;
  Type *pointer = types->basic[BASIC_UNSAFE_POINTER];
  IrNode *address = ir_new(p->unit, IR_ADDR, n->pos, type_new_pointer(p->unit->pkg, n->type));
  address->u.unary.x = n;
  IrNode *base = ir_outer_value(n);
  if (base && base->op == IR_NAME) ir_canonical(base->u.name)->addrtaken = true;
  IrNode *arg = ir_new(p->unit, IR_CONV, pos, pointer);
  arg->u.conv.x = address;
  Object *param = object_new_var(p->unit->pkg, VAR_PARAM, NULL, types->type_empty_interface, (Pos){0});
  Type *signature = type_new_signature(p->unit->pkg, NULL, type_new_tuple(p->unit->pkg, &param, 1), NULL, false);
  IrNode *call = ir_new(p->unit, IR_CALLFUNC, pos, NULL);
  call->u.call.fun =
    ir_new_name(p->unit, NULL, CLASS_FUNC, intern(p->unit->interner, STR("KeepAlive")), signature, pos);
  ir_list_push(p->unit, &call->u.call.args, arg);
  call->flags |= IR_FLAG_VAR_LIVE | IR_FLAG_NO_INLINE;
  return call;
}

static IrNode *keep_alive(Pass *p, const IrList *names, IrNode *stmt) {
  if (!names->len) return stmt;
  IrNode *block = ir_new(p->unit, IR_BLOCK, stmt->pos, NULL);
  ir_list_push(p->unit, &block->u.block.list, stmt);
  for (uint32_t i = 0; i < names->len; i++) {
    IrNode *n = names->items[i];
    if (n->op != IR_NAME || !n->u.name->sym || ir_is_blank(n)) continue;
    ir_list_push(p->unit, &block->u.block.list, keep_alive_call(p, stmt->pos, n));
  }
  return block;
}

static void keep_target(Pass *p, IrPos pos, IrNode *lhs, IrList *names) {
  IrNode *name = addressable_name(lhs);
  if (name) {
    explain_name(p, pos, name);
    ir_list_push(p->unit, names, name);
  } else if (lhs && lhs->op == IR_DEREF) {
    ir_list_push(p->unit, names, lhs);
    explain(p, pos, "dereference will be kept alive");
  } else {
    explain(p, pos, "expr is unknown to bloop pass");
  }
}

static IrNode *keep_assign(Pass *p, IrNode *n) {
  if (ir_is_blank(n->u.as.x) && n->u.as.y) {
    n->u.as.x = ir_temp_at(p->unit, p->fn, n->pos, n->u.as.y->type);
    n->u.as.x->u.name->defn = n;
    n->flags |= IR_FLAG_DEF;
    declare(p, n, n->u.as.x);
  }
  IrList names = {0};
  keep_target(p, n->pos, n->u.as.x, &names);
  return keep_alive(p, &names, n);
}

static IrNode *keep_assign_list(Pass *p, IrNode *n) {
  IrList names = {0};
  IrList *lhs = &n->u.as_list.lhs, *rhs = &n->u.as_list.rhs;
  for (uint32_t i = 0; i < lhs->len; i++) {
    if (ir_is_blank(lhs->items[i])) {
      Type *type = NULL;
      if (rhs->len == 1 && rhs->items[0]->type && rhs->items[0]->type->kind == TYPE_TUPLE &&
          tuple_len(rhs->items[0]->type) == lhs->len)
        type = tuple_at(rhs->items[0]->type, i)->type;
      else if (rhs->len == lhs->len)
        type = rhs->items[i]->type;
      if (!type) continue;
      IrNode *tmp = ir_temp_at(p->unit, p->fn, n->pos, type);
      tmp->u.name->defn = n;
      lhs->items[i] = tmp;
      declare(p, n, tmp);
      n->flags |= IR_FLAG_DEF;
    }
    keep_target(p, n->pos, lhs->items[i], &names);
  }
  return keep_alive(p, &names, n);
}

static IrNode *keep_assign_op(Pass *p, IrNode *n) {
  IrList names = {0};
  keep_target(p, n->pos, n->u.as_op.x, &names);
  return keep_alive(p, &names, n);
}

// results := f(args); keep the results
static IrNode *keep_results(Pass *p, IrNode *call, const Type *results) {
  IrList names = {0};
  uint32_t count = tuple_len(results);
  IrNode *as = ir_new(p->unit, count == 1 ? IR_AS2 : IR_AS2FUNC, call->pos, NULL);
  as->flags |= IR_FLAG_DEF;
  for (uint32_t i = 0; i < count; i++) {
    IrNode *tmp = ir_temp_at(p->unit, p->fn, call->pos, tuple_at(results, i)->type);
    ir_list_push(p->unit, &names, tmp);
    tmp->u.name->defn = as;
    declare(p, as, tmp);
  }
  ir_list_append(p->unit, &as->u.as_list.lhs, &names);
  ir_list_push(p->unit, &as->u.as_list.rhs, call);
  explain(p, call->pos, count > 1 ? "function results will be kept alive" : "function result will be kept alive");
  return keep_alive(p, &names, as);
}

static IrNode *into_temp(Pass *p, IrPos pos, IrNode *value, IrList *before, IrList *names) {
  IrNode *tmp = ir_temp_at(p->unit, p->fn, pos, value->type);
  IrNode *as = ir_new(p->unit, IR_AS, pos, NULL);
  as->u.as.x = tmp;
  as->u.as.y = value;
  as->flags |= IR_FLAG_DEF;
  tmp->u.name->defn = as;
  declare(p, as, tmp);
  ir_list_push(p->unit, before, as);
  ir_list_push(p->unit, names, tmp);
  return tmp;
}

static void keep_elements(Pass *p, IrNode *call, IrNode *lit, IrList *before, IrList *names) {
  IrList late = {0};
  for (uint32_t i = 0; i < lit->u.complit.list.len; i++) {
    IrNode *e = lit->u.complit.list.items[i], *name = addressable_name(e);
    if (name) {
      explain_name(p, call->pos, name);
      ir_list_push(p->unit, &late, name);
    } else {
      lit->u.complit.list.items[i] = into_temp(p, e->pos, e, before, names);
      explain(p, call->pos, "function arg will be kept alive");
    }
  }
  ir_list_append(p->unit, names, &late);
}

static IrNode *keep_args(Pass *p, IrNode *call) {
  IrList before = {0}, names = {0};
  for (uint32_t i = 0; i < call->u.call.args.len; i++) {
    IrNode *a = call->u.call.args.items[i], *name = addressable_name(a);
    if (name) {
      explain_name(p, call->pos, name);
      ir_list_push(p->unit, &names, name);
    } else if (a->op == IR_SLICELIT) {
      keep_elements(p, call, a, &before, &names);
    } else {
      call->u.call.args.items[i] = into_temp(p, call->pos, a, &before, &names);
      explain(p, call->pos, "function arg will be kept alive");
    }
  }
  IrNode *stmt = call;
  if (before.len) {
    stmt = ir_new(p->unit, IR_BLOCK, call->pos, NULL);
    ir_list_push(p->unit, &before, call);
    stmt->u.block.list = before;
  }
  return keep_alive(p, &names, stmt);
}

static IrNode *keep_call(Pass *p, IrNode *call) {
  const Type *t = call->u.call.fun && call->u.call.fun->type ? type_underlying(call->u.call.fun->type) : NULL;
  const Type *results = t && t->kind == TYPE_SIGNATURE ? type_results_of(t) : NULL;
  return tuple_len(results) ? keep_results(p, call, results) : keep_args(p, call);
}

static IrNode *preserve(Pass *p, IrNode *n) {
  switch ((int)n->op) {
  case IR_AS: return keep_assign(p, n);
  case IR_AS2:
  case IR_AS2FUNC:
  case IR_AS2DOTTYPE:
  case IR_AS2MAPR:
  case IR_AS2RECV: return keep_assign_list(p, n);
  case IR_ASOP: return keep_assign_op(p, n);
  case IR_CALLFUNC:
  case IR_CALLINTER:
  case IR_APPEND:
  case IR_DELETE:
  case IR_MAX:
  case IR_MIN:
  case IR_PRINT:
  case IR_PRINTLN:
  case IR_RECOVER: return keep_call(p, n);
  default: return n;
  }
}

static void preserve_list(Pass *p, IrList *list) {
  for (uint32_t i = 0; i < list->len; i++) list->items[i] = preserve(p, list->items[i]);
}

bool ir_is_bloop(const IrNode *n) {
  if (n->op != IR_FOR || !n->u.for_.cond || n->u.for_.cond->op != IR_CALLFUNC) return false;
  const IrNode *fun = n->u.for_.cond->u.call.fun;
  const IrFunc *method = fun && fun->op == IR_METHEXPR ? fun->u.selector.method : NULL;
  return method && method->name && sym_is(method->name->sym, "(*B).Loop") && method->name->pkg &&
         str_equal(method->name->pkg->path, STR("testing"));
}

static IrNode *edit(void *context, IrNode *n) {
  Pass p = *(Pass *)context;
  p.in_bloop |= ir_is_bloop(n);
  ir_edit_children(n, edit, &p);
  if (!p.in_bloop) return n;
  switch ((int)n->op) {
  case IR_FOR: preserve_list(&p, &n->u.for_.body); break;
  case IR_RANGE: preserve_list(&p, &n->u.range.body); break;
  case IR_BLOCK: preserve_list(&p, &n->u.block.list); break;
  case IR_IF:
    preserve_list(&p, &n->u.if_.body);
    preserve_list(&p, &n->u.if_.else_);
    break;
  case IR_CASE:
    preserve_list(&p, &n->u.case_.list);
    preserve_list(&p, &n->u.case_.body);
    break;
  default: break;
  }
  return n;
}

void ir_bloop(IrUnit *unit, IrFunc *fn) {
  if (!ir_rule(unit, RULE_BLOOP_KEEPS_ALIVE)) return;
  Pass p = {unit, fn, false};
  for (uint32_t i = 0; i < fn->body.len; i++) fn->body.items[i] = edit(&p, fn->body.items[i]);
}
