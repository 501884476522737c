// empty.c: which local slices certainly have no elements where control is. The first append to such a slice needs no
// call when its elements fit the stack buffer: the back end sees that the length is zero and drops the growing branch.
//
// A forward walk in step with the statements: a set of variables, copied for branches, intersected where they meet, cut
// at labels and at the entry of loops that assign to a variable.
#include "alloc/walk.h"

#include <stdlib.h>

static bool is_eligible(const IrNode *n) {
  if (!n || n->op != IR_NAME || !is_kind(n->type, TYPE_SLICE)) return false;
  const IrName *name = n->u.name;
  return name->cls != CLASS_EXTERN && !name->addrtaken && !name->escapes && !name->is_closure_var &&
         (!name->captured || name->byval);
}

static bool contains(const EmptySet *set, const IrName *name) {
  for (uint32_t i = 0; i < set->len; i++) {
    if (set->items[i] == name) return true;
  }
  return false;
}

static void remove_name(EmptySet *set, const IrName *name) {
  for (uint32_t i = 0; i < set->len; i++) {
    if (set->items[i] == name) set->items[i--] = set->items[--set->len];
  }
}

static bool is_zero_length(Walker *w, IrNode *n) {
  const Const *v = n ? alloc_folded(w, n) : NULL;
  int64_t value;
  return v && const_int64_value(v, &value) && value == 0;
}

static bool is_empty(Walker *w, IrNode *n, unsigned depth) {
  while (n && (n->op == IR_CONVNOP || n->op == IR_PAREN)) n = n->op == IR_PAREN ? n->u.unary.x : n->u.conv.x;
  if (!n || depth > 20) return false;
  switch ((int)n->op) {
  case IR_NIL: return true;
  case IR_SLICELIT: return n->u.complit.len == 0;
  case IR_MAKESLICE: return is_zero_length(w, n->u.make.len);
  case IR_SLICE:
  case IR_SLICEARR:
  case IR_SLICE3:
  case IR_SLICE3ARR: {
    IrNode *low = n->u.slice.low, *high = n->u.slice.high;
    if (high) return (!low || is_zero_length(w, low)) && is_zero_length(w, high);
    return low && low->op == IR_LEN && ir_same_safe_expr(low->u.unary.x, n->u.slice.x);
  }
  case IR_INLCALL: return n->u.inl_call.results.len == 1 && is_empty(w, n->u.inl_call.results.items[0], depth + 1);
  case IR_NAME: {
    if (!is_eligible(n)) return false;
    if (contains(&w->empty, n->u.name)) return true;
    IrNode *v = alloc_static_value_of(w, n);
    return v && v != n && v->op != IR_NAME && is_empty(w, v, depth + 1);
  }
  default: return false;
  }
}

bool alloc_is_empty(Walker *w, IrNode *n) { return is_empty(w, n, 0); }

void alloc_empty_assign(Walker *w, IrNode *x, IrNode *y, bool known) {
  if (!x || x->op != IR_NAME) return;
  bool stays = is_eligible(x) && known && (!y || is_empty(w, y, 0));
  if (stays && !contains(&w->empty, x->u.name)) VEC_APPEND(&w->empty, x->u.name);
  if (!stays) remove_name(&w->empty, x->u.name);
}

typedef struct LoopScan {
  EmptySet *set;
} LoopScan;

static bool drop_assigned(void *context, IrNode *n) {
  EmptySet *set = ((LoopScan *)context)->set;
  switch ((int)n->op) {
  case IR_AS:
    if (n->u.as.x && n->u.as.x->op == IR_NAME) remove_name(set, n->u.as.x->u.name);
    break;
  case IR_AS2:
  case IR_AS2FUNC:
  case IR_AS2DOTTYPE:
  case IR_AS2MAPR:
  case IR_AS2RECV:
  case IR_SELRECV2:
    for (uint32_t i = 0; i < n->u.as_list.lhs.len; i++) {
      IrNode *x = n->u.as_list.lhs.items[i];
      if (x && x->op == IR_NAME) remove_name(set, x->u.name);
    }
    break;
  case IR_RANGE:
    if (n->u.range.key && n->u.range.key->op == IR_NAME) remove_name(set, n->u.range.key->u.name);
    if (n->u.range.value && n->u.range.value->op == IR_NAME) remove_name(set, n->u.range.value->u.name);
    break;
  default: break;
  }
  return set->len == 0;
}

void alloc_empty_enter_loop(Walker *w, IrNode *loop) {
  if (w->empty.len) ir_any(loop, drop_assigned, &(LoopScan){&w->empty});
}

EmptySet alloc_empty_copy(const EmptySet *set) {
  EmptySet copy = {0};
  for (uint32_t i = 0; i < set->len; i++) VEC_APPEND(&copy, set->items[i]);
  return copy;
}

void alloc_empty_replace(EmptySet *set, EmptySet by) {
  free(set->items);
  *set = by;
}

void alloc_empty_intersect(EmptySet *set, const EmptySet *other) {
  for (uint32_t i = 0; i < set->len; i++) {
    if (!contains(other, set->items[i])) set->items[i--] = set->items[--set->len];
  }
}

static void meet(Meeting *m, const EmptySet *set) {
  if (m->any)
    alloc_empty_intersect(&m->after, set);
  else
    m->after = alloc_empty_copy(set);
  m->any = true;
}

void alloc_empty_break(Walker *w, bool labelled) {
  for (Meeting *m = w->meeting; m; m = m->outer) {
    if (!m->is_loop) meet(m, &w->empty);
    if (!labelled) return;
  }
}

void alloc_empty_goto(Walker *w, Sym label) {
  EmptySet *known = ptrmap_get(&w->at_labels, label);
  if (known) {
    alloc_empty_intersect(known, &w->empty);
    return;
  }
  known = mem_new(sizeof *known);
  *known = alloc_empty_copy(&w->empty);
  ptrmap_set(&w->at_labels, label, known);
}

void alloc_empty_label(Walker *w, Sym label, bool reachable) {
  if (ptrmap_has(&w->looping, label)) {
    w->empty.len = 0;
    return;
  }
  const EmptySet *known = ptrmap_get(&w->at_labels, label);
  if (!known) return;
  if (reachable)
    alloc_empty_intersect(&w->empty, known);
  else
    alloc_empty_replace(&w->empty, alloc_empty_copy(known));
}

void alloc_empty_release(Walker *w) {
  for (uint32_t i = 0; i < w->at_labels.len; i++) {
    EmptySet *set = w->at_labels.entries[i].value;
    if (set) free(set->items);
    free(set);
  }
  ptrmap_release(&w->at_labels);
  free(w->empty.items);
}
