// call.c: flows of calls: arguments into parameters, by the callee's tag, by its actual parameters when it is in the
// batch, or to the heap when it is unknown (reference, 3.5); builtins; go and defer.
#include "escape/graph_internal.h"
#include "ir/rules.h"

static bool is_slice(Type *t) { return t && type_underlying(t)->kind == TYPE_SLICE; }

static bool elem_pointerful(Batch *b, Type *slice) {
  return is_slice(slice) && batch_pointerful(b, type_underlying(slice)->u.slice.elem);
}

static bool is_basic_kind(Type *t, BasicKind kind) {
  Type *u = t ? type_underlying(t) : NULL;
  return u && u->kind == TYPE_BASIC && u->basic_kind == kind;
}

static void walk_argument(Walker *w, Hole k, IrNode *call, IrNode *arg) {
  walk_expr(w, hole_note(w->batch, k, call, "call parameter"), arg);
}

Hole walk_tag_hole(Walker *w, const Hole *results, uint32_t result_count, IrFunc *callee, uint32_t param) {
  Batch *b = w->batch;
  if (!callee) return hole_of(&b->heap);
  if (in_current_batch(b, callee)) {
    if (param >= callee->params.len) return hole_of(&b->heap);
    IrName *name = callee->params.items[param];
    if (!name || !name->node || ir_is_blank(name->node)) return hole_of(&b->blank);
    return hole_of(location_of(b, callee, name));
  }
  ir_need_tags(callee);
  if (!callee->tags || param >= callee->params.len) return hole_of(&b->heap);
  const IrTag *tag = &callee->tags[param];
  Hole holes[TAG_LEN];
  uint32_t count = 0;
  if (tag_get(tag, TAG_HEAP) >= 0) holes[count++] = hole_shift(hole_of(&b->heap), tag_get(tag, TAG_HEAP));
  if (tag_get(tag, TAG_MUTATOR) >= 0) holes[count++] = hole_shift(hole_of(&b->mutator), tag_get(tag, TAG_MUTATOR));
  if (tag_get(tag, TAG_CALLEE) >= 0) holes[count++] = hole_shift(hole_of(&b->callee), tag_get(tag, TAG_CALLEE));
  for (uint32_t i = 0; i < RESULT_TAGS && i < result_count; i++)
    if (tag_get(tag, TAG_RESULT0 + i) >= 0) holes[count++] = hole_shift(results[i], tag_get(tag, TAG_RESULT0 + i));
  return walker_tee(w, holes, count);
}

// uintptr(unsafe.Pointer(p)) passed to a system-call-like function: p lives in a temporary until the call returns.
static void keep_uintptr_alive(Walker *w, IrNode *arg, IrNode *call, uint32_t pragma) {
  Batch *b = w->batch;
  if (arg->op != IR_CONVNOP || !is_basic_kind(arg->u.conv.x->type, BASIC_UNSAFE_POINTER) ||
      !is_basic_kind(arg->type, BASIC_UINTPTR))
    return;
  IrNode *pointer = arg->u.conv.x;
  IrPos pos = pointer->op == IR_NAME || pointer->op == IR_LITERAL || pointer->op == IR_NIL ? arg->pos : pointer->pos;
  IrNode *temp = ir_temp_at(b->unit, w->func, pos, pointer->type);
  IrNode *dcl = ir_new(b->unit, IR_DCL, pos, NULL);
  dcl->u.unary.x = temp;
  IrNode *as = ir_new(b->unit, IR_AS, pos, NULL);
  as->u.as.x = temp;
  as->u.as.y = pointer;
  ir_list_push(b->unit, &call->init, dcl);
  ir_list_push(b->unit, &call->init, as);
  location_new(b, w->func, temp, w->loop_depth, true);
  walk_stmt(w, dcl);
  walk_stmt(w, as);
  arg->u.conv.x = temp;
  Hole k = hole_of(&b->mutator);
  if (pragma & PRAGMA_UINTPTR_ESCAPES) k = hole_note(b, hole_of(&b->heap), arg, "//go:uintptrescapes");
  flow(b, k, location_of(b, w->func, temp->u.name));
  if (pragma & PRAGMA_UINTPTR_KEEPALIVE) {
    temp->u.name->addrtaken = true;
    ir_list_push(b->unit, &call->u.call.keep_alive, temp);
  }
}

static void rewrite_argument(Walker *w, IrNode *arg, IrNode *call, IrFunc *callee) {
  if (!callee || !arg) return;
  uint32_t pragma = callee->pragma;
  if (!(pragma & (PRAGMA_UINTPTR_KEEPALIVE | PRAGMA_UINTPTR_ESCAPES))) return;
  if (arg->op != IR_SLICELIT) {
    keep_uintptr_alive(w, arg, call, pragma);
    return;
  }
  for (uint32_t i = 0; i < arg->u.complit.list.len; i++) {
    IrNode *elem = arg->u.complit.list.items[i];
    keep_uintptr_alive(w, elem->op == IR_KEY ? elem->u.key.value : elem, call, pragma);
  }
}

static bool has_non_string_pointers(Batch *b, Type *t) {
  if (!batch_pointerful(b, t)) return false;
  Type *u = type_underlying(t);
  if (u->kind == TYPE_BASIC) return u->basic_kind != BASIC_STRING;
  if (u->kind == TYPE_ARRAY) return has_non_string_pointers(b, u->u.array.elem);
  if (u->kind != TYPE_STRUCT) return true;
  for (uint32_t i = 0; i < u->u.struct_.fields.len; i++)
    if (has_non_string_pointers(b, u->u.struct_.fields.items[i]->type)) return true;
  return false;
}

enum { CALLEES_MAX = 32 };

// The functions a call may run, when all are known: its static callee, or (go1.27) the values of a local function
// variable.
static uint32_t known_callees(Walker *w, IrNode *call, IrFunc *callees[CALLEES_MAX]) {
  IrNode *value = ir_static_value(call->u.call.fun);
  callees[0] = ir_static_callee(value);
  if (callees[0]) return 1;
  if (!value || value->op != IR_NAME || !ir_rule(w->batch->unit, RULE_ASSIGNED_CALLEES)) return 0;
  IrNode *values[CALLEES_MAX];
  uint32_t count = reassign_oracle_func_values(escape_oracle(w->batch, w->func), value->u.name, values, CALLEES_MAX);
  for (uint32_t i = 0; i < count; i++) {
    callees[i] = ir_static_callee(values[i]);
    if (!callees[i] || (callees[i]->pragma & (PRAGMA_UINTPTR_KEEPALIVE | PRAGMA_UINTPTR_ESCAPES))) return 0;
  }
  return count;
}

static Hole param_hole(Walker *w, const Hole *results, uint32_t result_count, IrFunc **callees, uint32_t callee_count,
                       uint32_t param) {
  if (callee_count == 0) return hole_of(&w->batch->heap);
  Hole holes[CALLEES_MAX];
  for (uint32_t i = 0; i < callee_count; i++) holes[i] = walk_tag_hole(w, results, result_count, callees[i], param);
  return walker_tee(w, holes, callee_count);
}

static void walk_function_call(Walker *w, const Hole *results, uint32_t result_count, IrNode *call) {
  Batch *b = w->batch;
  IrFunc *callees[CALLEES_MAX];
  uint32_t callee_count = call->op == IR_CALLFUNC ? known_callees(w, call, callees) : 0;
  IrFunc *callee = callee_count == 1 ? callees[0] : NULL;
  for (uint32_t c = 0; results && c < callee_count; c++) {
    if (!in_current_batch(b, callees[c])) continue;
    for (uint32_t i = 0; i < callees[c]->results.len && i < result_count; i++)
      walk_expr(w, results[i], callees[c]->results.items[i]->node);
  }
  const IrList *args = &call->u.call.args;
  if (call->op == IR_CALLFUNC) {
    Hole k = hole_of(&b->blank);
    for (uint32_t i = 0; callee_count == 0 && i < result_count; i++)
      if (results[i].dst != &b->blank) {
        // Results of an unknown function are used: a closure that gets here loses track of its results.
        k = hole_note(b, hole_of(&b->callee), call, "callee operand");
        break;
      }
    walk_expr(w, k, call->u.call.fun);
  } else {
    walk_stmts(w, &call->u.call.fun->init);
    walk_argument(w, hole_of(&b->heap), call, call->u.call.fun->u.selector.x);
  }
  bool special = ir_is_escape_non_string(callee) && callee->params.len == 2 && args->len == 2 &&
                 callee->params.items[1]->type && callee->params.items[1]->type->kind == TYPE_NAMED &&
                 callee->params.items[1]->type->u.named.is_shape;
  bool force_heap = special && has_non_string_pointers(b, callee->params.items[1]->type);
  for (uint32_t i = 0; i < args->len; i++) {
    IrNode *arg = args->items[i];
    if (call->flags & IR_FLAG_VAR_LIVE) {
      walk_argument(w, hole_of(&b->blank), call, arg);
    } else if (special) {
      walk_argument(w, hole_of(force_heap ? &b->heap : &b->blank), call, arg);
    } else {
      rewrite_argument(w, arg, call, callee);
      walk_argument(w, param_hole(w, results, result_count, callees, callee_count, i), call, arg);
    }
  }
}

// append(s, …): s may be the result; its elements may be copied to a new backing store, which is the allocation site.
static void walk_append(Walker *w, const Hole *results, IrNode *call) {
  Batch *b = w->batch;
  const IrList *args = &call->u.call.args;
  if (args->len == 0) return;
  Hole result = results ? results[0] : hole_of(&b->blank);
  Hole pair[2] = {result, hole_of(&b->mutator)};
  Hole k = walker_tee(w, pair, 2);
  if (elem_pointerful(b, args->items[0]->type)) {
    Hole with_elements[2] = {k, hole_deref(b, hole_of(&b->heap), call, "appendee slice")};
    k = walker_tee(w, with_elements, 2);
  }
  walk_argument(w, k, call, args->items[0]);
  if (call->flags & IR_FLAG_DDD) {
    Hole appended = hole_of(&b->blank);
    if (args->len > 1 && elem_pointerful(b, args->items[1]->type))
      appended = hole_deref(b, hole_of(&b->heap), call, "appended slice...");
    if (args->len > 1) walk_argument(w, appended, call, args->items[1]);
  } else {
    for (uint32_t i = 1; i < args->len; i++) walk_argument(w, hole_of(&b->heap), call, args->items[i]);
  }
  if (ir_rule(b->unit, RULE_APPENDS_ARE_SITES))
    walker_spill(w, result, call).dst->loop_depth = 0; // made once, however often append runs
}

static void walk_arguments(Walker *w, Hole k, IrNode *call) {
  for (uint32_t i = 0; i < call->u.call.args.len; i++) walk_argument(w, k, call, call->u.call.args.items[i]);
}

void walk_call(Walker *w, const Hole *results, uint32_t result_count, IrNode *call) {
  Batch *b = w->batch;
  Hole blank = hole_of(&b->blank);
  Hole result = result_count ? results[0] : blank;
  switch (call->op) {
  case IR_CALLFUNC:
  case IR_CALLINTER: walk_function_call(w, results, result_count, call); return;
  case IR_INLCALL:
    walk_stmts(w, &call->u.inl_call.body);
    for (uint32_t i = 0; i < call->u.inl_call.results.len; i++)
      walk_expr(w, results && i < result_count ? results[i] : blank, call->u.inl_call.results.items[i]);
    return;
  case IR_APPEND: walk_append(w, results, call); return;
  case IR_COPY:
    walk_argument(w, hole_of(&b->mutator), call, call->u.binary.x);
    walk_argument(
      w, elem_pointerful(b, call->u.binary.y->type) ? hole_deref(b, hole_of(&b->heap), call, "copied slice") : blank,
      call, call->u.binary.y);
    return;
  case IR_PANIC: walk_argument(w, hole_of(&b->heap), call, call->u.unary.x); return;
  case IR_COMPLEX:
    walk_discard(w, call->u.binary.x);
    walk_discard(w, call->u.binary.y);
    return;
  case IR_DELETE:
  case IR_PRINT:
  case IR_PRINTLN:
  case IR_RECOVER: walk_discard_list(w, &call->u.call.args); return;
  case IR_MIN:
  case IR_MAX: walk_arguments(w, result, call); return;
  case IR_LEN:
  case IR_CAP:
  case IR_REAL:
  case IR_IMAG:
  case IR_CLOSE: walk_discard(w, call->u.unary.x); return;
  case IR_CLEAR: walk_argument(w, hole_of(&b->mutator), call, call->u.unary.x); return;
  case IR_UNSAFESTRINGDATA:
  case IR_UNSAFESLICEDATA: walk_argument(w, result, call, call->u.unary.x); return;
  case IR_UNSAFEADD:
  case IR_UNSAFESLICE:
  case IR_UNSAFESTRING:
    walk_argument(w, result, call, call->u.binary.x);
    walk_discard(w, call->u.binary.y);
    return;
  default: // the single operand of a multi-value assignment that is no call
    walk_expr_skip_init(w, result, call);
    return;
  }
}

void walk_go_defer(Walker *w, IrNode *n) {
  Batch *b = w->batch;
  Hole k = hole_of(&b->heap);
  if (n->op == IR_DEFER && w->loop_depth == 1 && !n->u.go_defer.defer_at) {
    // Runs at most once, before the function returns: its arguments only have to last until then.
    Location *later = location_new(b, w->func, NULL, w->loop_depth, true);
    flow(b, hole_of(&b->blank), later);
    k = hole_of(later);
    n->esc = ESC_NEVER;
  }
  IrNode *call = n->u.go_defer.call;
  if (!call) return;
  if (call->op != IR_CALLFUNC) {
    walk_stmt(w, call);
    return;
  }
  walk_expr(w, k, call->u.call.fun);
  walk_discard_list(w, &call->u.call.args);
}
