// lower_godefer.c: go and defer statements. Every call but that of a function without parameters and results moves into
// a closure; what must be evaluated now is captured through temporaries (normalizeGoDeferCall in
// cmd/compile/internal/typecheck/stmt.go).
#include "ir/lower_internal.h"

typedef struct Operands {
  Lower *l;
  VEC(IrNode **) places;
} Operands;

static bool is_basic_kind(Type *t, BasicKind kind) {
  Type *u = t ? type_underlying_of(t, TYPE_BASIC) : NULL;
  return u && u->basic_kind == kind;
}

// Collects operands that can't be evaluated inside the closure.
static void visit(Operands *o, IrNode **place, unsigned depth) {
  IrNode *n = *place;
  if (!n || depth > stack_levels()) return;
  if (n->op == IR_LITERAL || n->op == IR_NIL || n->op == IR_METHEXPR || n->op == IR_NEW) return;
  if (n->op == IR_NAME && n->u.name->cls == CLASS_FUNC) return;
  if (n->op == IR_ADDR && n->u.unary.x->op == IR_LINKSYMOFFSET) return;
  if (n->op == IR_CONVNOP && is_basic_kind(n->type, BASIC_UINTPTR) &&
      is_basic_kind(n->u.conv.x->type, BASIC_UNSAFE_POINTER)) {
    visit(o, &n->u.conv.x, depth + 1);
    return;
  }
  if (n->op == IR_ARRAYLIT || n->op == IR_SLICELIT || n->op == IR_STRUCTLIT) {
    IrList *list = &n->u.complit.list;
    for (uint32_t i = 0; i < list->len; i++) {
      IrNode *e = list->items[i];
      if (e->op == IR_KEY)
        visit(o, &e->u.key.value, depth + 1);
      else if (e->op == IR_STRUCTKEY)
        visit(o, &e->u.struct_key.value, depth + 1);
      else
        visit(o, &list->items[i], depth + 1);
    }
    return;
  }
  VEC_PUSH(&o->l->unit->arena, &o->places, place);
}

static void visit_list(Operands *o, IrList *list) {
  for (uint32_t i = 0; i < list->len; i++) visit(o, &list->items[i], 0);
}

static void visit_call(Operands *o, IrNode *call) {
  if (call->op == IR_CALLFUNC) {
    visit(o, &call->u.call.fun, 0);
    visit_list(o, &call->u.call.args);
  } else if (call->op == IR_CALLINTER) {
    IrNode **recv = &call->u.call.fun->u.selector.x;
    VEC_PUSH(&o->l->unit->arena, &o->places, recv);
    visit_list(o, &call->u.call.args);
  } else if (call->op == IR_APPEND || call->op == IR_DELETE || call->op == IR_PRINT || call->op == IR_PRINTLN ||
             call->op == IR_RECOVER || call->op == IR_MIN || call->op == IR_MAX) {
    visit_list(o, &call->u.call.args);
  } else if (call->op == IR_COPY) {
    visit(o, &call->u.binary.x, 0);
    visit(o, &call->u.binary.y, 0);
  } else if (call->op == IR_CLEAR || call->op == IR_CLOSE || call->op == IR_PANIC) {
    visit(o, &call->u.unary.x, 0);
  }
}

// tmp1, tmp2 = operands, now; the closure captures the temporaries.
static void capture(Lower *l, Operands *o, IrFunc *wrapper, IrPos pos, bool interface_call, IrList *init) {
  IrUnit *unit = l->unit;
  IrNode *as = ir_new(unit, IR_AS2, pos, NULL);
  for (uint32_t i = 0; i < o->places.len; i++) {
    IrNode *arg = *o->places.items[i];
    IrPos at = ir_has_unique_pos(arg) ? arg->pos : pos;
    IrName *tmp = ir_temp_at(unit, l->fn, at, arg->type)->u.name;
    ir_list_push(unit, init, lower_dcl(l, at, tmp));
    tmp->defn = as;
    ir_list_push(unit, &as->u.as_list.lhs, tmp->node);
    ir_list_push(unit, &as->u.as_list.rhs, arg);
    *o->places.items[i] = lower_closure_var(l->state, at, wrapper, tmp)->node;
  }
  ir_list_push(unit, init, as);
  if (!interface_call) return;
  IrNode *iface = as->u.as_list.lhs.items[0];
  Type *word = type_new_pointer(unit->pkg, lower_basic(l, BASIC_UINTPTR));
  IrNode *itab = lower_unary(l, IR_ITAB, iface->pos, iface, word);
  ir_list_push(unit, init, lower_unary(l, IR_CHECKNIL, pos, itab, NULL));
}

static bool has_values(const IrNode *call) {
  Type *sig = call->u.call.fun->type ? type_underlying_of(call->u.call.fun->type, TYPE_SIGNATURE) : NULL;
  return !sig || tuple_len(sig->u.signature.params) + tuple_len(sig->u.signature.results) > 0;
}

IrNode *lower_go_defer(Lower *l, const Ast *stmt) {
  IrPos pos = lower_pos(l, stmt->pos);
  bool defer = stmt->op == TOKEN_DEFER;
  IrNode *n = ir_new(l->unit, defer ? IR_DEFER : IR_GO, pos, NULL);
  if (defer) l->fn->has_defer = true;
  IrNode *call = lower_value(l, stmt->u.call_stmt.call);
  n->init = call->init;
  call->init = (IrList){0};
  if (call->op == IR_CALLFUNC && !has_values(call)) {
    call->flags |= IR_FLAG_GO_DEFER;
    n->u.go_defer.call = call;
    return n;
  }
  Type *none = type_new_signature(l->unit->pkg, NULL, NULL, NULL, false);
  IrFunc *wrapper = lower_new_closure(l, (IrPos){pos.decl, pos.offset, 0}, pos, defer ? WHY_DEFER : WHY_GO, none);
  wrapper->is_wrapper = true;
  Operands o = {.l = l};
  visit_call(&o, call);
  if (o.places.len) capture(l, &o, wrapper, pos, call->op == IR_CALLINTER, &n->init);
  ir_list_push(l->unit, &wrapper->body, call);
  IrList args = {0};
  IrNode *outer = lower_make_call(l, call->pos, wrapper->closure, &args, false);
  outer->flags |= IR_FLAG_GO_DEFER;
  n->u.go_defer.call = outer;
  return n;
}
