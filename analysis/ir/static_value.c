// static_value.c: which single expression does a variable always hold?
//
// A local that is defined once (`:=`, `var x = e`, an inlined parameter), whose address is never taken and to which
// nothing else is assigned, closures included, has the value of its definition. Fields and array elements of a variable
// count as the variable. Rules: cmd/compile/internal/ir/expr.go (StaticValue, Reassigned) and reassignment.go; the two
// ways of asking differ only in cost: ir_reassigned scans the function for one name, and when the answer is no, looks
// for all others of which it is; an oracle scans once for all.
#include "ir/ir.h"

#include <stdlib.h>

static IrName *outer_name(IrNode *n) {
  n = ir_outer_value(n);
  return n && n->op == IR_NAME ? ir_canonical(n->u.name) : NULL;
}

// What an assignment-like node assigns to: calls f with each target.
static bool each_target(IrNode *n, bool (*f)(void *context, IrNode *target, IrNode *statement), void *context) {
  switch ((int)n->op) {
  case IR_AS: return n->u.as.x && f(context, n->u.as.x, n);
  case IR_AS2:
  case IR_AS2FUNC:
  case IR_AS2MAPR:
  case IR_AS2DOTTYPE:
  case IR_AS2RECV:
  case IR_SELRECV2:
    for (uint32_t i = 0; i < n->u.as_list.lhs.len; i++) {
      if (n->u.as_list.lhs.items[i] && f(context, n->u.as_list.lhs.items[i], n)) return true;
    }
    return false;
  case IR_ASOP: return n->u.as_op.x && f(context, n->u.as_op.x, NULL);
  case IR_RANGE:
    return (n->u.range.key && f(context, n->u.range.key, NULL)) ||
           (n->u.range.value && f(context, n->u.range.value, NULL));
  default: return false;
  }
}

// ---- One name

static bool is_other_assignment(void *context, IrNode *target, IrNode *statement) {
  IrName *name = context;
  return name && outer_name(target) == name && (!statement || statement != name->defn);
}

static bool reassigns(void *context, IrNode *n) {
  if (n->op == IR_CLOSURE) return n->u.closure.func && ir_any_list(&n->u.closure.func->body, reassigns, context);
  return each_target(n, is_other_assignment, context);
}

static bool is_candidate(const IrName *name, const IrFunc *func) {
  return name->func == func && name->defn && name->cls == CLASS_AUTO && !name->addrtaken;
}

static bool suppose_single(void *context, IrNode *n) {
  if (n->op == IR_NAME) {
    IrName *name = ir_canonical(n->u.name);
    if (is_candidate(name, context)) name->single = true;
  } else if (n->op == IR_CLOSURE && n->u.closure.func) {
    ir_any_list(&n->u.closure.func->body, suppose_single, context);
  }
  return false;
}

static bool note_other_assignment(void *context, IrNode *target, IrNode *statement) {
  IrName *name = outer_name(target);
  if (name && is_candidate(name, context) && (!statement || statement != name->defn)) name->single = false;
  return false;
}

static bool note_other_assignments(void *context, IrNode *n) {
  if (n->op == IR_CLOSURE && n->u.closure.func) ir_any_list(&n->u.closure.func->body, note_other_assignments, context);
  each_target(n, note_other_assignment, context);
  return false;
}

bool ir_reassigned(IrName *name) {
  if (!name->func || name->addrtaken || name->cls == CLASS_EXTERN) return true;
  if (name->single) return false;
  if (ir_any_list(&name->func->body, reassigns, name)) return true;
  ir_any_list(&name->func->body, suppose_single, name->func);
  ir_any_list(&name->func->body, note_other_assignments, name->func);
  name->single = true;
  return false;
}

IrNode *ir_defining_value(const IrName *name) {
  IrNode *defn = name->defn;
  if (name->cls != CLASS_AUTO || !defn) return NULL;
  if (defn->op == IR_AS) return defn->u.as.y;
  if (defn->op != IR_AS2) return NULL;
  const IrList *lhs = &defn->u.as_list.lhs;
  for (uint32_t i = 0; i < lhs->len && i < defn->u.as_list.rhs.len; i++) {
    if (lhs->items[i] == name->node) return defn->u.as_list.rhs.items[i];
  }
  return NULL;
}

// Takes off what does not change the value; NULL when there is nothing to take off.
static IrNode *peel(IrNode *n) {
  switch ((int)n->op) {
  case IR_CONVNOP: return n->u.conv.x;
  case IR_PAREN: return n->u.unary.x;
  case IR_INLCALL: return n->u.inl_call.results.len == 1 ? n->u.inl_call.results.items[0] : NULL;
  default: return NULL;
  }
}

static IrNode *static_value(IrNode *n, bool (*reassigned)(void *context, IrName *), void *context) {
  for (;;) {
    if (!n) return NULL;
    IrNode *next = peel(n);
    if (!next && n->op == IR_NAME) {
      IrName *name = ir_canonical(n->u.name);
      IrNode *value = ir_defining_value(name);
      if (value && !reassigned(context, name)) next = value;
    }
    if (!next) return n;
    n = next;
  }
}

static bool reassigned_by_scan(void *context, IrName *name) {
  (void)context;
  return ir_reassigned(name);
}

IrNode *ir_static_value(IrNode *n) { return static_value(n, reassigned_by_scan, NULL); }

// ---- All names of one outermost function

struct ReassignOracle {
  IrFunc *outermost;
  PtrMap single; // IrName -> its definition; of a parameter the oracle itself
};

static bool find_locals(void *context, IrNode *n) {
  ReassignOracle *oracle = context;
  if (n->op == IR_NAME) {
    IrName *name = n->u.name;
    if (name->defn && !name->addrtaken && name->cls == CLASS_AUTO && !name->is_closure_var)
      ptrmap_set(&oracle->single, name, name->defn);
  } else if (n->op == IR_CLOSURE && n->u.closure.func) {
    ir_any_list(&n->u.closure.func->body, find_locals, oracle);
  }
  return false;
}

static bool prune_target(void *context, IrNode *target, IrNode *statement) {
  ReassignOracle *oracle = context;
  IrName *name = outer_name(target);
  void *defn = name ? ptrmap_get(&oracle->single, name) : NULL;
  if (!defn) return false;
  if (name->cls == CLASS_PARAM || (name->cls == CLASS_AUTO && statement != defn)) ptrmap_remove(&oracle->single, name);
  return false;
}

static bool prune(void *context, IrNode *n) {
  if (n->op == IR_CLOSURE && n->u.closure.func) ir_any_list(&n->u.closure.func->body, prune, context);
  each_target(n, prune_target, context);
  return false;
}

ReassignOracle *reassign_oracle_new(IrFunc *outermost) {
  ReassignOracle *oracle = mem_new(sizeof *oracle);
  oracle->outermost = outermost;
  for (uint32_t i = 0; i < outermost->params.len; i++) {
    IrName *p = outermost->params.items[i];
    if (p && p->sym && !sym_is_blank(p->sym)) ptrmap_set(&oracle->single, p, oracle);
  }
  ir_any_list(&outermost->body, find_locals, oracle);
  ir_any_list(&outermost->body, prune, oracle);
  return oracle;
}

void reassign_oracle_free(ReassignOracle *oracle) {
  if (!oracle) return;
  ptrmap_release(&oracle->single);
  free(oracle);
}

bool reassign_oracle_reassigned(ReassignOracle *oracle, IrName *name) { return !ptrmap_has(&oracle->single, name); }

static bool reassigned_by_oracle(void *context, IrName *name) { return reassign_oracle_reassigned(context, name); }

IrNode *reassign_oracle_static_value(ReassignOracle *oracle, IrNode *n) {
  return static_value(n, reassigned_by_oracle, oracle);
}

// ---- All values of a function variable

typedef struct FuncValues {
  IrName *name;
  IrNode **values;
  uint32_t len, max;
  bool unknown;
} FuncValues;

static bool is_nil_value(IrNode *y) {
  while (y && y->op == IR_CONVNOP) y = y->u.conv.x;
  return !y || ir_is_nil(y);
}

static bool add_func_value(void *context, IrNode *target, IrNode *statement) {
  FuncValues *v = context;
  if (outer_name(target) != v->name) return false;
  if (!statement || statement->op != IR_AS) {
    v->unknown = true;
  } else if (!is_nil_value(statement->u.as.y)) {
    if (v->len < v->max)
      v->values[v->len++] = statement->u.as.y;
    else
      v->unknown = true;
  }
  return v->unknown;
}

static bool find_func_values(void *context, IrNode *n) {
  if (n->op == IR_CLOSURE && n->u.closure.func) return ir_any_list(&n->u.closure.func->body, find_func_values, context);
  return each_target(n, add_func_value, context);
}

uint32_t reassign_oracle_func_values(ReassignOracle *oracle, IrName *name, IrNode **values, uint32_t max) {
  name = ir_canonical(name);
  Type *t = name->type ? type_underlying(name->type) : NULL;
  if (name->cls != CLASS_AUTO || name->addrtaken || !t || t->kind != TYPE_SIGNATURE) return 0;
  if (name->defn && name->defn->op != IR_AS) return 0;
  FuncValues v = {.name = name, .values = values, .max = max};
  ir_any_list(&oracle->outermost->body, find_func_values, &v);
  return v.unknown ? 0 : v.len;
}
