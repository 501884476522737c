// walk.c: the walk that builds the graph: what each expression and statement lets flow where (reference, 3.2 to 3.4).
#include "escape/graph_internal.h"
#include "ir/packages.h"

static bool is_kind(Type *t, TypeKind kind) { return t && type_underlying(t)->kind == kind; }

static bool is_basic_kind(Type *t, BasicKind kind) {
  Type *u = t ? type_underlying(t) : NULL;
  return u && u->kind == TYPE_BASIC && u->basic_kind == kind;
}

void walk_discard(Walker *w, IrNode *n) { walk_expr(w, hole_of(&w->batch->blank), n); }

void walk_discard_list(Walker *w, const IrList *list) {
  for (uint32_t i = 0; i < list->len; i++) walk_discard(w, list->items[i]);
}

void walk_expr(Walker *w, Hole k, IrNode *n) {
  if (!n) return;
  walk_stmts(w, &n->init);
  walk_expr_skip_init(w, k, n);
}

static IrNode *element_value(IrNode *elem) { return elem->op == IR_KEY ? elem->u.key.value : elem; }

static void walk_elements(Walker *w, Hole k, IrNode *lit, const char *why) {
  for (uint32_t i = 0; i < lit->u.complit.list.len; i++) {
    IrNode *elem = lit->u.complit.list.items[i];
    IrNode *value = elem->op == IR_STRUCTKEY ? elem->u.struct_key.value : element_value(elem);
    walk_expr(w, hole_note(w->batch, k, lit, why), value);
  }
}

static void walk_map_literal(Walker *w, Hole k, IrNode *n) {
  walker_spill(w, k, n);
  for (uint32_t i = 0; i < n->u.complit.list.len; i++) {
    IrNode *elem = n->u.complit.list.items[i];
    if (elem->op != IR_KEY) continue;
    walk_assign_heap(w, elem->u.key.key, "map literal key", n);
    walk_assign_heap(w, elem->u.key.value, "map literal value", n);
  }
}

static void walk_closure(Walker *w, Hole k, IrNode *n) {
  Batch *b = w->batch;
  k = walker_spill(w, k, n);
  VEC_PUSH(&b->arena, &b->closures, (PendingClosure){k, n});
  IrFunc *fn = n->u.closure.func;
  if (!is_capturing_closure(fn)) return;
  for (uint32_t i = 0; i < fn->closure_vars.len; i++) {
    Location *loc = location_of(b, w->func, fn->closure_vars.items[i]);
    if (loc->captured) continue;
    loc->captured = true;
    // Assignments in straight-line code before the first capture are part of the variable's initialisation.
    if (loc->loop_depth == w->loop_depth) loc->reassigned = false;
  }
  if ((uintptr_t)fn->opt == FUNC_UNKNOWN) {
    fn->opt = (void *)(uintptr_t)FUNC_PLANNED;
    for (uint32_t i = 0; i < fn->dcls.len; i++)
      if (!fn->dcls.items[i]->opt) location_new(b, fn, fn->dcls.items[i]->node, 1, true);
  }
  walk_func(b, fn);
}

// A method value stores its receiver, and may be called from anywhere with results going anywhere.
static void walk_method_value(Walker *w, Hole k, IrNode *n) {
  Batch *b = w->batch;
  Hole record = walker_spill(w, k, n);
  Hole results[RESULT_TAGS];
  for (int i = 0; i < RESULT_TAGS; i++) results[i] = hole_of(&b->heap);
  IrFunc *method = n->u.selector.method;
  Hole both[2] = {walk_tag_hole(w, results, RESULT_TAGS, method, 0), record};
  walk_expr(w, walker_tee(w, both, 2), n->u.selector.x);
}

static void walk_conversion(Walker *w, Hole k, IrNode *n) {
  IrNode *x = n->u.conv.x;
  bool to_unsafe = is_basic_kind(n->type, BASIC_UNSAFE_POINTER);
  bool is_checked = ir_checkptr(w->batch->unit) >= 2 || ir_sanitizer(w->batch->unit) == SANITIZER_ASAN;
  if (to_unsafe && is_checked && type_underlying(x->type)->kind == TYPE_POINTER &&
      !(w->func->pragma & PRAGMA_NOCHECKPTR))
    walk_assign_heap(w, x, "conversion to unsafe.Pointer", n); // objects on the heap have bounds that can be checked
  else if (to_unsafe && is_basic_kind(x->type, BASIC_UINTPTR))
    walk_unsafe_value(w, k, x);
  else
    walk_expr(w, k, x);
}

static void walk_name(Walker *w, Hole k, IrNode *n) {
  IrName *name = n->u.name;
  if (name->cls == CLASS_FUNC || name->cls == CLASS_EXTERN) return;
  flow(w->batch, k, location_of(w->batch, w->func, name));
}

// Operations whose operands matter only for their side effects.
static bool discard_operands(void *context, IrNode *child) {
  walk_discard(context, child);
  return false;
}

static void walk_operands(Walker *w, IrNode *n) {
  // The node's own init statements have been walked by the caller.
  IrList init = n->init;
  n->init = (IrList){0};
  ir_children(n, discard_operands, w);
  n->init = init;
}

void walk_expr_skip_init(Walker *w, Hole k, IrNode *n) {
  if (!n) return;
  Batch *b = w->batch;
  if (b->depth >= ESCAPE_DEPTH_LIMIT) return;
  b->depth++;
  if (k.derefs >= 0 && n->type && n->type->kind != TYPE_TUPLE && !type_is_untyped(n->type) &&
      !batch_pointerful(b, n->type))
    k.dst = &b->blank;
  switch ((IrOp)n->op) {
  case IR_LITERAL:
  case IR_NIL:
  case IR_GETG:
  case IR_GETCALLERSP:
  case IR_TYPE:
  case IR_METHEXPR:
  case IR_LINKSYMOFFSET:
  case IR_DYNAMICTYPE:
  case IR_NONAME: break;
  case IR_NAME: walk_name(w, k, n); break;
  case IR_ADDR: walk_expr(w, hole_addr(b, k, n, "address-of"), n->u.unary.x); break;
  case IR_DEREF: walk_expr(w, hole_deref(b, k, n, "indirection"), n->u.unary.x); break;
  case IR_DOT:
  case IR_DOTMETH:
  case IR_DOTINTER: walk_expr(w, hole_note(b, k, n, "dot"), n->u.selector.x); break;
  case IR_DOTPTR: walk_expr(w, hole_deref(b, k, n, "dot of pointer"), n->u.selector.x); break;
  case IR_DOTTYPE:
  case IR_DOTTYPE2: walk_expr(w, hole_assert(b, k, n->type, n, "dot"), n->u.type_assert.x); break;
  case IR_DYNAMICDOTTYPE:
  case IR_DYNAMICDOTTYPE2: walk_expr(w, hole_assert(b, k, n->type, n, "dot"), n->u.dyn_assert.x); break;
  case IR_INDEX:
    if (is_kind(n->u.index.x->type, TYPE_ARRAY))
      walk_expr(w, hole_note(b, k, n, "fixed-array-index-of"), n->u.index.x);
    else
      walk_expr(w, hole_deref(b, k, n, "dot of pointer"), n->u.index.x);
    walk_discard(w, n->u.index.index);
    break;
  case IR_SLICE:
  case IR_SLICEARR:
  case IR_SLICE3:
  case IR_SLICE3ARR:
  case IR_SLICESTR:
    walk_expr(w, hole_note(b, k, n, "slice"), n->u.slice.x);
    walk_discard(w, n->u.slice.low);
    walk_discard(w, n->u.slice.high);
    walk_discard(w, n->u.slice.max);
    break;
  case IR_CONV:
  case IR_CONVNOP: walk_conversion(w, k, n); break;
  case IR_CONVIFACE: {
    Type *from = n->u.conv.x->type;
    if (from && !type_is_interface(from) && !type_is_direct_interface(b->shared->types, from))
      k = walker_spill(w, k, n);
    walk_expr(w, hole_note(b, k, n, "interface-converted"), n->u.conv.x);
    break;
  }
  case IR_MAKEFACE: walk_expr(w, k, n->u.binary.y); break;
  case IR_ITAB:
  case IR_IDATA:
  case IR_SPTR:
  case IR_PAREN: walk_expr(w, k, n->u.unary.x); break;
  case IR_SLICE2ARR: walk_expr(w, hole_deref(b, k, n, "slice-to-array"), n->u.conv.x); break;
  case IR_SLICE2ARRPTR: walk_expr(w, k, n->u.conv.x); break;
  case IR_CALLFUNC:
  case IR_CALLINTER:
  case IR_INLCALL:
  case IR_LEN:
  case IR_CAP:
  case IR_MIN:
  case IR_MAX:
  case IR_COMPLEX:
  case IR_REAL:
  case IR_IMAG:
  case IR_APPEND:
  case IR_COPY:
  case IR_RECOVER:
  case IR_UNSAFEADD:
  case IR_UNSAFESLICE:
  case IR_UNSAFESTRING:
  case IR_UNSAFESTRINGDATA:
  case IR_UNSAFESLICEDATA:
  case IR_CLEAR:
  case IR_CLOSE:
  case IR_DELETE:
  case IR_PANIC:
  case IR_PRINT:
  case IR_PRINTLN: walk_call(w, &k, 1, n); break;
  case IR_NEW: walker_spill(w, k, n); break;
  case IR_MAKESLICE:
    walker_spill(w, k, n);
    walk_discard(w, n->u.make.len);
    walk_discard(w, n->u.make.cap);
    break;
  case IR_MAKECHAN: walk_discard(w, n->u.make.len); break;
  case IR_MAKEMAP:
    walker_spill(w, k, n);
    walk_discard(w, n->u.make.len);
    break;
  case IR_METHVALUE: walk_method_value(w, k, n); break;
  case IR_PTRLIT: walk_expr(w, walker_spill(w, k, n), n->u.unary.x); break;
  case IR_ARRAYLIT: walk_elements(w, k, n, "array literal element"); break;
  case IR_SLICELIT: walk_elements(w, walker_spill(w, k, n), n, "slice-literal-element"); break;
  case IR_STRUCTLIT: walk_elements(w, k, n, "struct literal element"); break;
  case IR_MAPLIT: walk_map_literal(w, k, n); break;
  case IR_CLOSURE: walk_closure(w, k, n); break;
  case IR_RUNES2STR:
  case IR_BYTES2STR:
  case IR_STR2RUNES:
  case IR_STR2BYTES:
  case IR_RUNESTR:
    walker_spill(w, k, n);
    walk_discard(w, n->u.conv.x);
    break;
  case IR_ADDSTR:
    walker_spill(w, k, n);
    walk_discard_list(w, &n->u.list.list);
    break;
  case IR_PLUS:
  case IR_NEG:
  case IR_BITNOT:
  case IR_NOT:
  case IR_ADD:
  case IR_SUB:
  case IR_OR:
  case IR_XOR:
  case IR_MUL:
  case IR_DIV:
  case IR_MOD:
  case IR_LSH:
  case IR_RSH:
  case IR_AND:
  case IR_ANDNOT:
  case IR_EQ:
  case IR_NE:
  case IR_LT:
  case IR_LE:
  case IR_GT:
  case IR_GE:
  case IR_ANDAND:
  case IR_OROR:
  case IR_INDEXMAP:
  case IR_RECV:
  case IR_CFUNC:
  case IR_CHECKNIL:
  case IR_SLICEHEADER:
  case IR_STRINGHEADER:
  case IR_KEY:
  case IR_STRUCTKEY: walk_operands(w, n); break;
  case IR_INVALID:
  case IR_AS:
  case IR_AS2:
  case IR_AS2DOTTYPE:
  case IR_AS2FUNC:
  case IR_AS2MAPR:
  case IR_AS2RECV:
  case IR_ASOP:
  case IR_DCL:
  case IR_SEND:
  case IR_SELRECV2:
  case IR_BLOCK:
  case IR_BREAK:
  case IR_CASE:
  case IR_CONTINUE:
  case IR_DEFER:
  case IR_FALL:
  case IR_FOR:
  case IR_GOTO:
  case IR_IF:
  case IR_LABEL:
  case IR_GO:
  case IR_RANGE:
  case IR_RETURN:
  case IR_SELECT:
  case IR_SWITCH:
  case IR_TYPESW:
  case IR_INLMARK:
  case IR_TAILCALL:
  case IR_OP_COUNT: BUG("a statement where an expression should be");
  }
  b->depth--;
}

// An expression of type uintptr that becomes an unsafe.Pointer: looks for pointers converted inside the arithmetic.
void walk_unsafe_value(Walker *w, Hole k, IrNode *n) {
  if (!n) return;
  walk_stmts(w, &n->init);
  switch (n->op) {
  case IR_CONV:
  case IR_CONVNOP:
    if (is_basic_kind(n->u.conv.x->type, BASIC_UNSAFE_POINTER))
      walk_expr(w, k, n->u.conv.x);
    else
      walk_discard(w, n->u.conv.x);
    return;
  case IR_DOTPTR:
    if (is_reflect_header_data(n))
      walk_expr(w, hole_deref(w->batch, k, n, "reflect.Header.Data"), n->u.selector.x);
    else
      walk_discard(w, n->u.selector.x);
    return;
  case IR_PLUS:
  case IR_NEG:
  case IR_BITNOT: walk_unsafe_value(w, k, n->u.unary.x); return;
  case IR_ADD:
  case IR_SUB:
  case IR_OR:
  case IR_XOR:
  case IR_MUL:
  case IR_DIV:
  case IR_MOD:
  case IR_AND:
  case IR_ANDNOT:
    walk_unsafe_value(w, k, n->u.binary.x);
    walk_unsafe_value(w, k, n->u.binary.y);
    return;
  case IR_LSH:
  case IR_RSH:
    walk_unsafe_value(w, k, n->u.binary.x);
    walk_discard(w, n->u.binary.y);
    return;
  default: walk_expr_skip_init(w, hole_of(&w->batch->blank), n); return;
  }
}

void walk_assign_heap(Walker *w, IrNode *src, const char *why, IrNode *where) {
  walk_expr(w, hole_note(w->batch, hole_of(&w->batch->heap), where, why), src);
}

static void walk_mutate(Walker *w, IrNode *n) { walk_expr(w, hole_of(&w->batch->mutator), n); }

// The hole that an assignment to n stores into.
Hole walk_addr(Walker *w, IrNode *n) {
  Batch *b = w->batch;
  if (!n || ir_is_blank(n)) return hole_of(&b->blank);
  Hole k = hole_of(&b->heap);
  walk_stmts(w, &n->init);
  if (n->op == IR_NAME) {
    if (n->u.name->cls != CLASS_EXTERN) k = hole_of(location_of(b, w->func, n->u.name));
  } else if (n->op == IR_DOT) {
    k = walk_addr(w, n->u.selector.x);
  } else if (n->op == IR_PAREN) {
    k = walk_addr(w, n->u.unary.x);
  } else if (n->op == IR_INDEX) {
    walk_discard(w, n->u.index.index);
    if (is_kind(n->u.index.x->type, TYPE_ARRAY))
      k = walk_addr(w, n->u.index.x);
    else
      walk_mutate(w, n->u.index.x);
  } else if (n->op == IR_DEREF) {
    walk_mutate(w, n->u.unary.x);
  } else if (n->op == IR_DOTPTR) {
    walk_mutate(w, n->u.selector.x);
  } else if (n->op == IR_INDEXMAP) {
    walk_discard(w, n->u.index.x);
    walk_assign_heap(w, n->u.index.index, "key of map put", n);
  } else if (n->op != IR_LINKSYMOFFSET) {
    walk_discard(w, n);
  }
  return k;
}

// Notes which variables a statement gives a new value, except where it is their initialisation.
static void mark_reassigned(const Hole *holes, uint32_t count, const IrNode *where) {
  if (where->op == IR_AS && !where->u.as.y) {
    const IrNode *dst = where->u.as.x;
    if (dst && dst->op == IR_NAME && !dst->u.name->defn) return;
  }
  for (uint32_t i = 0; i < count; i++) {
    Location *loc = holes[i].dst;
    if (loc->name && loc->name->defn == where && where->op != IR_RANGE) continue;
    loc->reassigned = true;
  }
}

static void assign_list(Walker *w, IrNode *const *dsts, uint32_t dst_count, IrNode *const *srcs, uint32_t src_count,
                        const char *why, IrNode *where) {
  Batch *b = w->batch;
  Hole few[8];
  Hole *holes = dst_count <= 8 ? few : ARENA_ARRAY(&b->arena, Hole, dst_count);
  for (uint32_t i = 0; i < dst_count; i++) holes[i] = walk_addr(w, dsts[i]);
  for (uint32_t i = 0; i < dst_count; i++) {
    IrNode *src = i < src_count ? srcs[i] : NULL;
    IrNode *dst = dsts[i];
    Hole k = holes[i];
    if (dst && dst->op == IR_DOTPTR && is_reflect_header_data(dst)) {
      walk_unsafe_value(w, hole_note(b, hole_of(&b->heap), where, why), src);
      continue;
    }
    if (dst && src && is_self_assignment(dst, src)) {
      Buf func = {0}, stmt = {0};
      ir_write_func_name(&func, b->unit, w->func);
      ir_write_stmt(&stmt, b->unit, where);
      ir_message(b->unit, MESSAGE_SELF_ASSIGNMENT, where->pos, w->func, where, NULL,
                 "%.*s ignoring self-assignment in %.*s", STR_ARG(buf_view(&func)), STR_ARG(buf_view(&stmt)));
      buf_release(&func);
      buf_release(&stmt);
      k = hole_of(&b->blank);
    }
    walk_expr(w, hole_note(b, k, where, why), src);
  }
  mark_reassigned(holes, dst_count, where);
}

static void walk_assign_pairs(Walker *w, IrNode *n, const char *why) {
  assign_list(w, n->u.as_list.lhs.items, n->u.as_list.lhs.len, n->u.as_list.rhs.items, n->u.as_list.rhs.len, why, n);
}

static void walk_call_assign(Walker *w, IrNode *n) {
  Batch *b = w->batch;
  if (n->u.as_list.rhs.len == 0) return;
  IrNode *call = n->u.as_list.rhs.items[0];
  walk_stmts(w, &call->init);
  uint32_t count = n->u.as_list.lhs.len;
  Hole *holes = ARENA_ARRAY(&b->arena, Hole, count ? count : 1);
  for (uint32_t i = 0; i < count; i++) holes[i] = walk_addr(w, n->u.as_list.lhs.items[i]);
  walk_call(w, holes, count, call);
  mark_reassigned(holes, count, n);
}

static void walk_return(Walker *w, IrNode *n) {
  uint32_t count = w->func->results.len;
  IrNode **dsts = ARENA_ARRAY(&w->batch->arena, IrNode *, count ? count : 1);
  for (uint32_t i = 0; i < count; i++) dsts[i] = w->func->results.items[i]->node;
  assign_list(w, dsts, count, n->u.ret.results.items, n->u.ret.results.len, "return", n);
}

static void walk_range(Walker *w, IrNode *n) {
  Batch *b = w->batch;
  Location *ranged = location_new(b, w->func, NULL, w->loop_depth, true);
  walk_expr(w, hole_of(ranged), n->u.range.x);
  w->loop_depth++;
  Hole holes[2] = {walk_addr(w, n->u.range.key), walk_addr(w, n->u.range.value)};
  if (is_kind(n->u.range.x->type, TYPE_ARRAY))
    flow(b, hole_note(b, holes[1], n, "range"), ranged);
  else
    flow(b, hole_deref(b, holes[1], n, "range-deref"), ranged);
  mark_reassigned(holes, 2, n);
  walk_block(w, &n->u.range.body);
  w->loop_depth--;
}

static Hole declare(Walker *w, IrName *name) {
  Location *loc = location_of(w->batch, w->func, name);
  loc->loop_depth = w->loop_depth;
  return hole_of(loc);
}

static void walk_switch(Walker *w, IrNode *n) {
  Batch *b = w->batch;
  IrNode *tag = n->u.switch_.tag;
  const IrList *cases = &n->u.switch_.cases;
  if (tag && tag->op == IR_TYPESW) {
    Hole *holes = ARENA_ARRAY(&b->arena, Hole, cases->len ? cases->len : 1);
    uint32_t count = 0;
    for (uint32_t i = 0; i < cases->len; i++) {
      IrNode *clause = cases->items[i];
      IrName *var = clause->u.case_.var;
      if (!var) continue;
      Hole k = declare(w, var);
      if (batch_pointerful(b, var->type)) holes[count++] = hole_assert(b, k, var->type, clause, "switch case");
    }
    walk_expr(w, walker_tee(w, holes, count), tag->u.type_switch.x);
  } else {
    walk_discard(w, tag);
  }
  for (uint32_t i = 0; i < cases->len; i++) {
    walk_discard_list(w, &cases->items[i]->u.case_.list);
    walk_block(w, &cases->items[i]->u.case_.body);
  }
}

static void walk_select(Walker *w, IrNode *n) {
  for (uint32_t i = 0; i < n->u.switch_.cases.len; i++) {
    IrNode *clause = n->u.switch_.cases.items[i];
    walk_stmt(w, clause->u.case_.comm);
    walk_block(w, &clause->u.case_.body);
  }
}

static const char PLAIN, LOOPING; // what labels are

// A label that a later goto jumps back to opens a loop that lasts to the end of its block.
static void walk_label(Walker *w, IrNode *n) {
  if (ptrmap_get(&w->labels, n->u.label.label) == &LOOPING) w->loop_depth++;
  ptrmap_set(&w->labels, n->u.label.label, NULL);
}

void walk_stmt(Walker *w, IrNode *n) {
  if (!n) return;
  Batch *b = w->batch;
  if (b->depth >= ESCAPE_DEPTH_LIMIT) return;
  b->depth++;
  walk_stmts(w, &n->init);
  switch (n->op) {
  case IR_FALL:
  case IR_INLMARK:
  case IR_BREAK:
  case IR_CONTINUE:
  case IR_GOTO: break;
  case IR_BLOCK: walk_stmts(w, &n->u.block.list); break;
  case IR_DCL:
    if (n->u.unary.x && n->u.unary.x->op == IR_NAME && !ir_is_blank(n->u.unary.x)) declare(w, n->u.unary.x->u.name);
    break;
  case IR_LABEL: walk_label(w, n); break;
  case IR_IF:
    walk_discard(w, n->u.if_.cond);
    walk_block(w, &n->u.if_.body);
    walk_block(w, &n->u.if_.else_);
    break;
  case IR_CHECKNIL: walk_discard(w, n->u.unary.x); break;
  case IR_FOR:
    w->loop_depth++;
    walk_discard(w, n->u.for_.cond);
    walk_stmt(w, n->u.for_.post);
    walk_block(w, &n->u.for_.body);
    w->loop_depth--;
    break;
  case IR_RANGE: walk_range(w, n); break;
  case IR_SWITCH: walk_switch(w, n); break;
  case IR_SELECT: walk_select(w, n); break;
  case IR_RECV: walk_expr_skip_init(w, hole_of(&b->blank), n); break;
  case IR_SEND:
    walk_discard(w, n->u.binary.x);
    walk_assign_heap(w, n->u.binary.y, "send", n);
    break;
  case IR_AS: assign_list(w, &n->u.as.x, 1, &n->u.as.y, 1, "assign", n); break;
  case IR_ASOP: assign_list(w, &n->u.as_op.x, 1, &n->u.as_op.y, 1, "assign", n); break;
  case IR_AS2: walk_assign_pairs(w, n, "assign-pair"); break;
  case IR_AS2DOTTYPE: walk_assign_pairs(w, n, "assign-pair-dot-type"); break;
  case IR_AS2MAPR: walk_assign_pairs(w, n, "assign-pair-mapr"); break;
  case IR_AS2RECV:
  case IR_SELRECV2: walk_assign_pairs(w, n, "assign-pair-receive"); break;
  case IR_AS2FUNC: walk_call_assign(w, n); break;
  case IR_RETURN: walk_return(w, n); break;
  case IR_GO:
  case IR_DEFER: walk_go_defer(w, n); break;
  case IR_TAILCALL: walk_call(w, NULL, 0, n->u.go_defer.call); break;
  case IR_CALLFUNC:
  case IR_CALLINTER:
  case IR_INLCALL:
  case IR_CLEAR:
  case IR_CLOSE:
  case IR_COPY:
  case IR_DELETE:
  case IR_PANIC:
  case IR_PRINT:
  case IR_PRINTLN:
  case IR_RECOVER: walk_call(w, NULL, 0, n); break;
  default: // an expression whose value is not used: `_ = x` lowered away, or code that did not type-check
    walk_expr_skip_init(w, hole_of(&b->blank), n);
    break;
  }
  b->depth--;
}

void walk_stmts(Walker *w, const IrList *list) {
  for (uint32_t i = 0; i < list->len; i++) walk_stmt(w, list->items[i]);
}

void walk_block(Walker *w, const IrList *list) {
  int32_t outer = w->loop_depth;
  walk_stmts(w, list);
  w->loop_depth = outer;
}

static bool collect_label(void *context, IrNode *n) {
  Walker *w = context;
  if (n->op == IR_LABEL && n->u.label.label && !sym_is_blank(n->u.label.label)) {
    ptrmap_set(&w->labels, n->u.label.label, (void *)(uintptr_t)&PLAIN);
  } else if (n->op == IR_GOTO && ptrmap_has(&w->labels, n->u.branch.label)) {
    ptrmap_set(&w->labels, n->u.branch.label, (void *)(uintptr_t)&LOOPING);
  }
  return false;
}

void walk_func(Batch *b, IrFunc *fn) {
  if ((uintptr_t)fn->opt == FUNC_STARTED) return;
  fn->opt = (void *)(uintptr_t)FUNC_STARTED;
  Walker w = {.batch = b, .func = fn, .loop_depth = 1};
  ir_any_list(&fn->body, collect_label, &w);
  walk_block(&w, &fn->body);
  ptrmap_release(&w.labels);
}
