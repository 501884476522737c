// expr.c: expressions: for each construct the call that gc's walk and back end make of it, or why there is none.
// Rules: cmd/compile/internal/walk (order.go, builtin.go, convert.go, complit.go, closure.go, expr.go), ssagen/ssa.go
// (append, newObject) and, for conditions and sizes, runtime/{string,slice,chan,iface}.go and internal/runtime/maps.
#include "alloc/walk_internal.h"

static bool on_stack(const IrNode *n) { return n->esc == ESC_NONE; }

// ---- Channels

static void add_chan(Walker *w, IrNode *n) {
  const TypeContext *types = w->pass->types;
  Type *chan = under(n->type);
  if (chan->kind != TYPE_CHAN) return;
  uint8_t word = types->target.word;
  int64_t header = word == 8 ? 112 : 64, count = 0, elem = type_size(types, chan->u.chan.elem);
  IrNode *len = n->u.make.len;
  bool constant = !len || (len->op == IR_LITERAL && const_int64_value(len->u.lit.value, &count));
  bool wide = len && type_size(types, len->type) > word;
  bool pointers = type_has_pointers(types, chan->u.chan.elem);
  AllocSite *s = alloc_add_site(w, ALLOC_KIND_MAKE_CHAN, n, n->pos, n->type);
  AllocFunc call = wide ? ALLOC_MAKECHAN64 : ALLOC_MAKECHAN;
  if (constant && count >= 0 && (elem == 0 || count <= (INT64_MAX - header) / elem)) {
    // With pointers in the elements the buffer is an object of its own.
    bool one = !pointers || count == 0;
    alloc_set_call(w, s, call, one ? header + count * elem : header, one);
    if (!one) s->more_bytes = alloc_size_class(count * elem, false, word);
  } else {
    alloc_set_call(w, s, call, -1, !pointers);
    s->elem_bytes = elem;
  }
}

// ---- Slices

static void walk_make_slice(Walker *w, IrNode *n) {
  const TypeContext *types = w->pass->types;
  Type *slice = under(n->type);
  if (slice->kind != TYPE_SLICE) return;
  IrNode *size = n->u.make.cap ? n->u.make.cap : n->u.make.len;
  int64_t elem = type_size(types, slice->u.slice.elem), count = -1;
  const Const *value = size ? alloc_folded(w, size) : NULL;
  bool literal =
    size && size->op == IR_LITERAL && const_int64_value(size->u.lit.value, &count) && count == (int32_t)count;
  if (!literal && (!value || !const_int64_value(value, &count))) count = -1;
  AllocSite *s = alloc_add_site(w, ALLOC_KIND_MAKE_SLICE, n, n->pos, slice->u.slice.elem);
  const Const *length = n->u.make.len ? alloc_folded(w, n->u.make.len) : NULL;
  bool fits_buffer = elem > 0 && elem <= STACK_BUFFER && count >= 0 && count <= STACK_BUFFER / elem;
  if (on_stack(n) && (literal || fits_buffer)) {
    alloc_set_none(s, ALLOC_WHY_STACK);
    return;
  }
  if (count == 0 && length && const_sign(length) == 0) {
    alloc_set_none(s, ALLOC_WHY_ZERO_SIZE);
    return;
  }
  bool wide = (n->u.make.len && type_size(types, n->u.make.len->type) > types->target.word) ||
              (n->u.make.cap && type_size(types, n->u.make.cap->type) > types->target.word);
  bool fits = count >= 0 && (elem == 0 || count <= INT64_MAX / elem);
  alloc_set_call(w, s, wide ? ALLOC_MAKESLICE64 : ALLOC_MAKESLICE, fits ? count * elem : -1,
                 !type_has_pointers(types, slice->u.slice.elem));
  if (!fits) s->elem_bytes = elem;
  if (on_stack(n) && count < 0 && elem > 0 && elem <= STACK_BUFFER) {
    s->condition = ALLOC_IF_LARGER;
    s->limit = STACK_BUFFER / elem;
  }
}

void alloc_walk_make_slice_copy(Walker *w, IrNode *n, IrNode *copy) {
  const TypeContext *types = w->pass->types;
  Type *slice = under(n->type);
  alloc_walk_list(w, &n->init);
  alloc_walk_expr(w, n->u.make.len, PLACE_VALUE, 0);
  if (slice->kind != TYPE_SLICE) return;
  IrNode *len = n->u.make.len;
  bool same_length = len->op == IR_LEN && ir_same_safe_expr(len->u.unary.x, copy->u.binary.y);
  bool no_pointers = !type_has_pointers(types, slice->u.slice.elem);
  AllocSite *s = alloc_add_site(w, ALLOC_KIND_MAKE_SLICE, n, n->pos, slice->u.slice.elem);
  int64_t elem = type_size(types, slice->u.slice.elem), count;
  bool known =
    len->op == IR_LITERAL && const_int64_value(len->u.lit.value, &count) && (elem == 0 || count <= INT64_MAX / elem);
  alloc_set_call(w, s, same_length && no_pointers ? ALLOC_MALLOCGC : ALLOC_MAKESLICECOPY, known ? count * elem : -1,
                 no_pointers);
  if (!known) s->elem_bytes = elem;
}

// The last field of a struct literal in it, through all levels that are laid out together.
static const IrNode *last_field(const IrNode *lit, unsigned depth) {
  const IrNode *last = NULL;
  for (uint32_t i = 0; i < lit->u.complit.list.len && depth < 100; i++) {
    const IrNode *e = lit->u.complit.list.items[i], *value = e;
    if (e->op == IR_KEY) value = e->u.key.value;
    if (e->op == IR_STRUCTKEY) last = e, value = e->u.struct_key.value;
    const IrNode *below =
      value && (value->op == IR_STRUCTLIT || value->op == IR_ARRAYLIT) ? last_field(value, depth + 1) : NULL;
    if (below) last = below;
  }
  return last;
}

static bool has_constant(const IrNode *n, unsigned depth) {
  if (!n || depth > stack_levels()) return false;
  if (n->op == IR_LITERAL || n->op == IR_NIL) return true;
  if (n->op != IR_STRUCTLIT && n->op != IR_ARRAYLIT && (depth || n->op != IR_SLICELIT)) return false;
  for (uint32_t i = 0; i < n->u.complit.list.len; i++)
    if (has_constant(ir_element_value(n->u.complit.list.items[i]), depth + 1)) return true;
  return false;
}

void alloc_walk_slice_literal(Walker *w, IrNode *n, IrPos pos) {
  enum { SMALL_ARRAY = 256 };
  const TypeContext *types = w->pass->types;
  Type *slice = under(n->type);
  if (slice->kind == TYPE_SLICE) {
    int64_t elem = type_size(types, slice->u.slice.elem), count = n->u.complit.len;
    // The constant part is laid out first: the position is where that ended.
    const IrList *list = &n->u.complit.list;
    bool small = elem == 0 || count <= SMALL_ARRAY / elem, sparse = count / 4 > list->len;
    const IrNode *last = small || sparse || !has_constant(n, 0) ? NULL : last_field(n, 0);
    if (last) pos = last->pos;
    alloc_add_object(w, ALLOC_KIND_SLICE, n, pos, slice->u.slice.elem,
                     elem > 0 && count > INT64_MAX / elem ? INT64_MAX : elem * count,
                     !type_has_pointers(types, slice->u.slice.elem), on_stack(n));
  }
  alloc_walk_exprs(w, &n->u.complit.list);
}

// The variable may live in registers: the back end keeps it whole and does not update it in place.
static bool is_register_variable(const Walker *w, const IrNode *x) {
  const IrNode *outer = ir_outer_value((IrNode *)x);
  if (!outer || outer->op != IR_NAME) return false;
  const IrName *name = outer->u.name;
  if (name->cls == CLASS_EXTERN || name->escapes || name->addrtaken || (name->is_closure_var && !name->byval))
    return false;
  if (w->defers && name->cls == CLASS_RESULT) return false;
  const TypeContext *types = w->pass->types;
  return type_size(types, name->type) <= 4 * types->target.word;
}

static bool is_append_of_make(const TypeContext *types, const IrNode *n) {
  const IrList *args = &n->u.call.args;
  if (!(n->flags & IR_FLAG_DDD) || args->len != 2 || args->items[1]->op != IR_MAKESLICE) return false;
  const IrNode *make = args->items[1];
  if (make->u.make.cap || !make->u.make.len) return false;
  return ir_is_const(make->u.make.len, CONST_INT) || type_size(types, make->u.make.len->type) <= types->target.word;
}

// Bytes when the slice is known to be empty and the number of elements is known.
static void known_growth(Walker *w, AllocSite *s, const IrNode *slice, int64_t count, int64_t elem) {
  while (slice->op == IR_CONVNOP) slice = slice->u.conv.x;
  bool empty = slice->op == IR_NIL || (slice->op == IR_SLICELIT && slice->u.complit.len == 0);
  if (!empty || count <= 0 || elem <= 0 || count > INT64_MAX / elem) return;
  alloc_set_call(w, s, s->call, count * elem, s->no_pointers);
  s->elem_bytes = 0;
}

static void add_append(Walker *w, IrNode *n, IrPos stmt_pos, IrNode *target, bool spread) {
  const TypeContext *types = w->pass->types;
  Type *slice = under(n->type);
  if (slice->kind != TYPE_SLICE) return;
  IrNode *first = n->u.call.args.items[0];
  int64_t elem = type_size(types, slice->u.slice.elem);
  bool no_pointers = !type_has_pointers(types, slice->u.slice.elem);
  uintptr_t moved = (uintptr_t)ptrmap_get(&w->moves.appends, n);
  bool in_place = !spread && target && ir_same_safe_expr(target, first) && !is_register_variable(w, target);
  AllocSite *s =
    alloc_add_site(w, ALLOC_KIND_APPEND, n, (spread || in_place) && target ? stmt_pos : n->pos, slice->u.slice.elem);
  if (n->u.call.args.len < 2) {
    alloc_set_none(s, ALLOC_WHY_NOTHING);
    return;
  }
  Shape old = alloc_shape(w, first);
  bool has_room = alloc_has_room(w, first); // before the call, which may change memory
  alloc_set_call(w, s, ALLOC_GROWSLICE, -1, no_pointers);
  s->elem_bytes = elem;
  s->condition = ALLOC_IF_GROWS;
  int64_t count = spread ? alloc_spread_len(w, n->u.call.args.items[1]) : n->u.call.args.len - 1;
  bool is_known = count >= 0 && old.len != INT64_MAX && old.len <= INT64_MAX - count;
  w->appended = n;
  w->appended_shape = (Shape){.len = is_known ? old.len + count : INT64_MAX};
  if (count >= 0 && old.least <= INT64_MAX - count) w->appended_shape.least = old.least + count;
  // A capacity that is only bounded is compared with zero at best, unless a condition says so.
  bool fits = is_known && old.len + count <= (old.fixed || old.tested || old.cap < 1 ? old.cap : 1) && !in_place;
  if (fits || (count == 1 && has_room)) {
    if (old.fixed) w->appended_shape.cap = old.cap, w->appended_shape.fixed = true;
    alloc_set_none(s, ALLOC_WHY_ROOM);
    return;
  }
  bool buffer = !spread && !in_place && (on_stack(n) || moved) && elem > 0 && elem <= STACK_BUFFER;
  if (buffer) {
    s->limit = STACK_BUFFER / elem;
    bool first_use = moved != MOVE_BUFFER && !ptrmap_has(&w->buffered, first);
    ptrmap_set(&w->buffered, first, first);
    bool once = w->loop_depth == (w->func->is_range_body ? 2 : 1); // in a loop the buffer may be in use
    if (first_use && once && n->u.call.args.len - 1 <= s->limit && old.len == 0) {
      if (old.fixed) w->appended_shape.cap = s->limit, w->appended_shape.fixed = true; // the buffer, certainly
      alloc_set_none(s, ALLOC_WHY_STACK);
      return;
    }
    if (moved == MOVE_BUFFER) s->call = ALLOC_GROWSLICEBUF;
    if (first_use || moved == MOVE_BUFFER) s->condition = ALLOC_IF_GROWS_BEYOND;
  } else if (!spread) {
    known_growth(w, s, first, n->u.call.args.len - 1, elem);
  }
}

void alloc_walk_append(Walker *w, IrNode *n, IrPos stmt_pos, IrNode *target) {
  const IrList *args = &n->u.call.args;
  alloc_walk_list(w, &n->init);
  if (!args->len) return;
  if (is_append_of_make(w->pass->types, n)) {
    IrNode *make = args->items[1];
    alloc_walk_expr(w, args->items[0], PLACE_VALUE, 0);
    alloc_walk_list(w, &make->init);
    alloc_walk_expr(w, make->u.make.len, PLACE_VALUE, 0);
    alloc_set_none(alloc_add_site(w, ALLOC_KIND_MAKE_SLICE, make, make->pos, NULL), ALLOC_WHY_EXTENDED);
    add_append(w, n, stmt_pos, target, true);
    return;
  }
  alloc_walk_exprs(w, args);
  add_append(w, n, stmt_pos, target, (n->flags & IR_FLAG_DDD) != 0);
}

// ---- Strings

static void add_conversion(Walker *w, IrNode *n, AllocFunc call, int64_t buffer, int64_t without) {
  AllocSite *s = alloc_add_site(w, ALLOC_KIND_CONVERSION, n, n->pos, NULL);
  alloc_set_call(w, s, call, -1, true);
  s->limit = on_stack(n) ? buffer : without;
  s->condition = s->limit == 0 ? ALLOC_IF_NOT_EMPTY : ALLOC_IF_LONGER;
  s->elem_bytes = call == ALLOC_STRINGTOSLICERUNE ? 4 : 1;
}

static void add_concat(Walker *w, IrNode *n, const IrList *list, bool bytes, bool buffer, uint32_t extra, IrPos pos) {
  static const AllocFunc STRINGS[] = {ALLOC_CONCATSTRING2, ALLOC_CONCATSTRING3, ALLOC_CONCATSTRING4,
                                      ALLOC_CONCATSTRING5, ALLOC_CONCATSTRINGS};
  static const AllocFunc BYTES[] = {ALLOC_CONCATBYTE2, ALLOC_CONCATBYTE3, ALLOC_CONCATBYTE4, ALLOC_CONCATBYTE5,
                                    ALLOC_CONCATBYTES};
  uint32_t count = list->len + extra;
  int64_t literal = 0, literals = 0;
  for (uint32_t i = 0; i < list->len; i++) {
    if (list->items[i]->op != IR_LITERAL) continue;
    int64_t len = (int64_t)const_string_value(list->items[i]->u.lit.value).n;
    literal += len;
    literals += len > 0;
  }
  if (count < 2) return;
  AllocSite *s = alloc_add_site(w, ALLOC_KIND_CONCAT, n, pos, NULL);
  alloc_set_call(w, s, (bytes ? BYTES : STRINGS)[count > 5 ? 4 : count - 2], -1, true);
  s->elem_bytes = 1;
  if (buffer && (bytes || literal < STACK_BUFFER)) {
    s->condition = ALLOC_IF_LONGER;
    s->limit = STACK_BUFFER;
  } else if (bytes) {
    s->condition = ALLOC_IF_NOT_EMPTY;
  } else {
    s->condition = literals > 1 ? ALLOC_ALWAYS : ALLOC_IF_SEVERAL;
  }
}

// The operands of a concatenation: string(b) beside a literal shares b's memory.
static void walk_operands(Walker *w, const IrList *list, uint32_t depth) {
  bool literal = false;
  for (uint32_t i = 0; i < list->len; i++) {
    const IrNode *x = list->items[i];
    literal |= x->op == IR_LITERAL && const_string_value(x->u.lit.value).n != 0;
  }
  for (uint32_t i = 0; i < list->len; i++) {
    IrNode *x = list->items[i];
    if (literal && x->op == IR_BYTES2STR) {
      alloc_walk_expr(w, x->u.conv.x, PLACE_VALUE, depth);
      alloc_set_none(alloc_add_site(w, ALLOC_KIND_CONVERSION, x, x->pos, NULL), ALLOC_WHY_JOINED);
    } else {
      alloc_walk_expr(w, x, PLACE_VALUE, depth);
    }
  }
}

void alloc_walk_assign_op(Walker *w, IrNode *n) {
  IrNode *x = n->u.as_op.x, *y = n->u.as_op.y;
  if (!x->type || !type_is_string(x->type) || n->u.as_op.op != IR_ADD) {
    alloc_walk_expr(w, y, PLACE_VALUE, 0);
    return;
  }
  if (y->op == IR_ADDSTR && x->op != IR_INDEXMAP) {
    alloc_walk_list(w, &y->init);
    walk_operands(w, &y->u.list.list, 0);
    add_concat(w, n, &y->u.list.list, false, false, 1, n->pos);
    alloc_set_none(alloc_add_site(w, ALLOC_KIND_CONCAT, y, y->pos, NULL), ALLOC_WHY_PART);
    return;
  }
  alloc_walk_expr(w, y, PLACE_VALUE, 0);
  IrList one = {.items = &n->u.as_op.y, .len = 1};
  add_concat(w, n, &one, false, false, 1, n->pos);
}

static void walk_string_to_bytes(Walker *w, IrNode *n, Place place, uint32_t depth) {
  IrNode *x = n->u.conv.x;
  bool shares = (n->flags & IR_FLAG_NONNIL) || place == PLACE_TEMP;
  if (!shares && x->op == IR_ADDSTR) {
    alloc_walk_list(w, &x->init);
    walk_operands(w, &x->u.list.list, depth);
    add_concat(w, n, &x->u.list.list, true, on_stack(n), 0, n->pos);
    alloc_set_none(alloc_add_site(w, ALLOC_KIND_CONCAT, x, x->pos, NULL), ALLOC_WHY_PART);
    return;
  }
  alloc_walk_expr(w, x, PLACE_VALUE, depth);
  if (shares) {
    alloc_set_none(alloc_add_site(w, ALLOC_KIND_CONVERSION, n, n->pos, NULL),
                   place == PLACE_TEMP ? ALLOC_WHY_RANGED : ALLOC_WHY_ZERO_COPY);
  } else if (ir_is_const(x, CONST_STRING)) {
    int64_t len = (int64_t)const_string_value(x->u.lit.value).n;
    alloc_add_object(w, ALLOC_KIND_CONVERSION, n, n->pos, NULL, len, true, on_stack(n) && len <= IMPLICIT_LIMIT);
  } else {
    add_conversion(w, n, ALLOC_STRINGTOSLICEBYTE, STACK_BUFFER, 0);
  }
}

// ---- Map keys: string(b) that only looks up does not copy, also inside literals.

static void walk_key(Walker *w, IrNode *n, uint32_t depth) {
  if (n->op == IR_BYTES2STR) {
    alloc_walk_list(w, &n->init);
    alloc_walk_expr(w, n->u.conv.x, PLACE_VALUE, depth);
    alloc_set_none(alloc_add_site(w, ALLOC_KIND_CONVERSION, n, n->pos, NULL), ALLOC_WHY_MAP_KEY);
    return;
  }
  if (n->op != IR_STRUCTLIT && n->op != IR_ARRAYLIT) {
    alloc_walk_expr(w, n, PLACE_VALUE, depth);
    return;
  }
  for (uint32_t i = 0; i < n->u.complit.list.len; i++) {
    IrNode *e = ir_element_value(n->u.complit.list.items[i]);
    if (e) walk_key(w, e, depth + 1);
  }
}

// Maps keyed by strings with elements of up to 128 bytes have lookups of their own.
bool alloc_has_fast_string_lookup(const TypeContext *types, const Type *map) {
  Type *m = map ? under(map) : NULL;
  return m && m->kind == TYPE_MAP && is_kind(m->u.map.key, TYPE_BASIC) && type_is_string(m->u.map.key) &&
         type_size(types, m->u.map.elem) <= 128;
}

// ---- Functions as values

// A literal that stays on the stack is a use where it stands: nobody can call it later.
static void walk_closure(Walker *w, IrNode *n, bool called, CallKind kind) {
  IrFunc *fn = n->u.closure.func;
  if (!fn) return;
  VEC_APPEND(&w->pass->closures, fn);
  if (kind != CALL_GO && (called || on_stack(n)))
    alloc_use(w, fn, w->cold);
  else
    alloc_use_later(w, fn);
  if (called || !fn->closure_vars.len) {
    alloc_set_none(alloc_add_site(w, ALLOC_KIND_CLOSURE, n, n->pos, NULL),
                   called ? ALLOC_WHY_DIRECT : ALLOC_WHY_NO_CAPTURE);
    return;
  }
  alloc_add_object(w, ALLOC_KIND_CLOSURE, n, n->pos, n->type, closure_record_size(w->pass->types, fn), false,
                   on_stack(n));
}

static void walk_method_value(Walker *w, IrNode *n, uint32_t depth) {
  const TypeContext *types = w->pass->types;
  IrNode *x = n->u.selector.x;
  alloc_use_value(w, n->u.selector.method);
  alloc_walk_expr(w, x, PLACE_VALUE, depth);
  int64_t word = types->target.word, align = type_align(types, x->type);
  int64_t size = alloc_round_up(alloc_round_up(word, align) + type_size(types, x->type), word > align ? word : align);
  alloc_add_object(w, ALLOC_KIND_METHOD_VALUE, n, n->pos, n->type, size, !type_has_pointers(types, x->type),
                   on_stack(n));
}

static bool is_func(const IrNode *n) { return n && n->op == IR_NAME && n->u.name->cls == CLASS_FUNC; }

void alloc_walk_callee(Walker *w, IrNode *call, CallKind kind) {
  IrNode *fun = call->u.call.fun;
  if (!fun) return;
  const IrFunc *callee = is_func(fun) ? fun->u.name->func : fun->op == IR_METHEXPR ? fun->u.selector.method : NULL;
  if (callee && kind == CALL_GO) {
    alloc_use_later(w, callee);
  } else if (callee) {
    alloc_use(w, callee, w->cold);
  } else if (fun->op == IR_CLOSURE && call->op == IR_CALLFUNC) {
    alloc_walk_list(w, &fun->init);
    walk_closure(w, fun, kind == CALL_PLAIN, kind);
  } else if (!is_func(fun) && fun->op != IR_METHEXPR) {
    if (call->op == IR_CALLINTER && fun->op == IR_DOTINTER) alloc_use_method(w, fun->u.selector.sel);
    alloc_walk_expr(w, fun, PLACE_VALUE, 0);
  }
}

static void walk_call(Walker *w, IrNode *n) {
  const IrNode *fun = n->u.call.fun;
  const IrList *args = &n->u.call.args;
  const IrFunc *callee = is_func(fun) ? fun->u.name->func : NULL;
  if (fun && fun->op == IR_METHEXPR) callee = fun->u.selector.method;
  if (alloc_runs_once(callee)) {
    for (uint32_t i = 0; i < args->len; i++) alloc_use_once(w, args->items[i]);
  }
  alloc_add_call(w, n, false);
  alloc_walk_callee(w, n, CALL_PLAIN);
  alloc_add_named_call(w, n, callee);
  alloc_walk_exprs(w, args);
  alloc_memory_changed(w);
}

// ---- Composite literals

static void walk_pointer_literal(Walker *w, IrNode *n, uint32_t depth) {
  const TypeContext *types = w->pass->types;
  Type *p = n->type ? under(n->type) : NULL;
  if (p && p->kind == TYPE_POINTER) {
    Type *elem = p->u.pointer.elem;
    alloc_add_object(w, ALLOC_KIND_POINTER, n, n->pos, elem, type_size(types, elem), !type_has_pointers(types, elem),
                     on_stack(n));
  }
  alloc_walk_expr(w, n->u.unary.x, PLACE_VALUE, depth);
}

static void walk_new(Walker *w, IrNode *n, uint32_t depth) {
  const TypeContext *types = w->pass->types;
  alloc_walk_expr(w, n->u.unary.x, PLACE_VALUE, depth);
  Type *p = n->type ? under(n->type) : NULL;
  if (!p || p->kind != TYPE_POINTER) return;
  Type *elem = p->u.pointer.elem;
  alloc_add_object(w, ALLOC_KIND_NEW, n, n->pos, elem, type_size(types, elem), !type_has_pointers(types, elem),
                   on_stack(n));
}

// The map is made first, with the entries that are constant; the others are assigned one by one, at the literal's
// position.
static void walk_map_literal(Walker *w, IrNode *n, IrPos pos) {
  const IrList *list = &n->u.complit.list;
  alloc_add_map(w, n, NULL, list->len, pos);
  if (list->len) alloc_add_operation(w, n);
  for (uint32_t i = 0; i < list->len; i++) {
    IrNode *e = list->items[i];
    if (e->op != IR_KEY) continue;
    alloc_walk_list(w, &e->init);
    alloc_walk_expr(w, e->u.key.key, PLACE_VALUE, 0);
    if (e->u.key.value) alloc_walk_built(w, e->u.key.value, n->pos, true);
  }
}

static bool is_static_map(const AllocPass *pass, const IrNode *n) {
  for (uint32_t i = 0; i < n->u.complit.list.len; i++) {
    const IrNode *e = n->u.complit.list.items[i];
    if (e->op != IR_KEY || !alloc_is_static_literal(pass, e->u.key.key) ||
        !alloc_is_static_literal(pass, e->u.key.value))
      return false;
  }
  return true;
}

void alloc_walk_built(Walker *w, IrNode *n, IrPos pos, bool in_place) {
  if (in_place && n->op == IR_SLICELIT) {
    alloc_walk_list(w, &n->init);
    alloc_walk_slice_literal(w, n, pos);
  } else if (in_place && n->op == IR_MAPLIT && is_static_map(w->pass, n)) {
    alloc_walk_list(w, &n->init);
    walk_map_literal(w, n, pos);
  } else {
    alloc_walk_expr(w, n, PLACE_VALUE, 0);
  }
}

// ---- Everything

typedef struct ChildContext {
  Walker *w;
  uint32_t depth;
  uint32_t skip; // initial statements, which come first and were walked already
} ChildContext;

static bool walk_child(void *context, IrNode *n) {
  ChildContext *c = context;
  if (c->skip) {
    c->skip--;
    return false;
  }
  alloc_walk_expr(c->w, n, PLACE_VALUE, c->depth);
  return false;
}

static void walk_string_conversion(Walker *w, IrNode *n, Place place, uint32_t depth) {
  alloc_walk_expr(w, n->u.conv.x, PLACE_VALUE, depth);
  switch ((int)n->op) {
  case IR_BYTES2STR:
    if (place == PLACE_TEMP || n == w->key)
      alloc_set_none(alloc_add_site(w, ALLOC_KIND_CONVERSION, n, n->pos, NULL),
                     place == PLACE_TEMP ? ALLOC_WHY_COMPARED : ALLOC_WHY_MAP_KEY);
    else
      add_conversion(w, n, ALLOC_SLICEBYTETOSTRING, STACK_BUFFER, 1);
    break;
  case IR_RUNES2STR: add_conversion(w, n, ALLOC_SLICERUNETOSTRING, STACK_BUFFER, 0); break;
  case IR_STR2RUNES: add_conversion(w, n, ALLOC_STRINGTOSLICERUNE, STACK_BUFFER, 0); break;
  case IR_RUNESTR: {
    AllocSite *s = alloc_add_site(w, ALLOC_KIND_CONVERSION, n, n->pos, NULL);
    alloc_set_call(w, s, ALLOC_INTSTRING, RUNE_BUFFER, true);
    if (on_stack(n)) s->condition = ALLOC_NEVER; // no rune has more bytes
    break;
  }
  default: BUG("no conversion of strings");
  }
}

static void walk_delete(Walker *w, IrNode *n, uint32_t depth) {
  for (uint32_t i = 0; i < n->u.call.args.len; i++) {
    IrNode *x = n->u.call.args.items[i];
    bool shares =
      i == 1 && x->op == IR_BYTES2STR && alloc_has_fast_string_lookup(w->pass->types, n->u.call.args.items[0]->type);
    if (shares)
      walk_key(w, x, depth);
    else
      alloc_walk_expr(w, x, PLACE_VALUE, depth);
  }
}

static bool walk_operation(Walker *w, IrNode *n, Place place, uint32_t depth) {
  switch ((int)n->op) {
  case IR_NAME:
    if (is_func(n)) alloc_use_value(w, n->u.name->func);
    return true;
  case IR_METHEXPR: alloc_use_value(w, n->u.selector.method); return false;
  case IR_NONAME:
  case IR_TYPE:
  case IR_LITERAL:
  case IR_NIL: return true;
  case IR_INLMARK:
    if (n->u.inl_mark.index < w->pass->unit->inline_tree.len)
      alloc_use(w, w->pass->unit->inline_tree.items[n->u.inl_mark.index].callee, w->cold);
    return true;
  case IR_INLCALL:
    alloc_use_inlined(w, n);
    if (!alloc_walk_inlined(w, n)) w->ended = true;
    return true;
  case IR_ANDAND:
  case IR_OROR: {
    alloc_walk_expr(w, n->u.binary.x, PLACE_VALUE, depth);
    bool ended = w->ended; // the second operand may not be evaluated
    uint32_t outer = w->known.len;
    alloc_know_condition(w, n->u.binary.x, n->op == IR_ANDAND, 0);
    alloc_walk_expr(w, n->u.binary.y, PLACE_VALUE, depth);
    w->known.len = outer;
    w->ended = ended;
    return true;
  }
  case IR_ADDSTR:
    walk_operands(w, &n->u.list.list, depth);
    add_concat(w, n, &n->u.list.list, false, on_stack(n), 0, n->pos);
    return true;
  case IR_BYTES2STR:
  case IR_RUNES2STR:
  case IR_STR2RUNES:
  case IR_RUNESTR: walk_string_conversion(w, n, place, depth); return true;
  case IR_STR2BYTES: walk_string_to_bytes(w, n, place, depth); return true;
  case IR_LEN:
  case IR_CAP: {
    IrNode *x = n->u.unary.x;
    if (x->op != IR_STR2RUNES && x->op != IR_BYTES2STR) return false;
    alloc_walk_list(w, &x->init);
    alloc_walk_expr(w, x->u.conv.x, PLACE_VALUE, depth);
    alloc_set_none(alloc_add_site(w, ALLOC_KIND_CONVERSION, x, x->pos, NULL), ALLOC_WHY_COUNTED);
    return true;
  }
  case IR_EQ:
  case IR_NE:
  case IR_LT:
  case IR_LE:
  case IR_GT:
  case IR_GE:
    alloc_walk_expr(w, n->u.binary.x, n->u.binary.x->op == IR_BYTES2STR ? PLACE_TEMP : PLACE_VALUE, depth);
    alloc_walk_expr(w, n->u.binary.y, n->u.binary.y->op == IR_BYTES2STR ? PLACE_TEMP : PLACE_VALUE, depth);
    return true;
  case IR_INDEXMAP:
    alloc_walk_expr(w, n->u.index.x, PLACE_VALUE, depth);
    if (n->u.index.assigned) alloc_add_operation(w, n);
    if (n->u.index.assigned)
      alloc_walk_expr(w, n->u.index.index, PLACE_VALUE, depth);
    else
      walk_key(w, n->u.index.index, depth);
    return true;
  case IR_DELETE: walk_delete(w, n, depth); return true;
  case IR_CONVIFACE: alloc_walk_box(w, n); return true;
  case IR_APPEND: alloc_walk_append(w, n, n->pos, NULL); return true;
  case IR_MAKESLICE:
    alloc_walk_expr(w, n->u.make.len, PLACE_VALUE, depth);
    alloc_walk_expr(w, n->u.make.cap, PLACE_VALUE, depth);
    walk_make_slice(w, n);
    return true;
  case IR_MAKEMAP:
    alloc_walk_expr(w, n->u.make.len, PLACE_VALUE, depth);
    alloc_add_map(w, n, n->u.make.len, 0, n->pos);
    return true;
  case IR_MAKECHAN:
    alloc_walk_expr(w, n->u.make.len, PLACE_VALUE, depth);
    add_chan(w, n);
    return true;
  case IR_NEW: walk_new(w, n, depth); return true;
  case IR_PTRLIT: walk_pointer_literal(w, n, depth); return true;
  case IR_SLICELIT: alloc_walk_slice_literal(w, n, n->pos); return true;
  case IR_MAPLIT: walk_map_literal(w, n, n->pos); return true;
  case IR_CLOSURE: walk_closure(w, n, false, CALL_PLAIN); return true;
  case IR_METHVALUE: walk_method_value(w, n, depth); return true;
  case IR_CALLFUNC:
  case IR_CALLINTER: walk_call(w, n); return true;
  default: return false;
  }
}

void alloc_walk_expr(Walker *w, IrNode *n, Place place, uint32_t depth) {
  if (!n) return;
  if (depth > stack_levels() || w->depth > stack_levels()) {
    alloc_add_lost(w, n);
    return;
  }
  w->depth++;
  alloc_walk_list(w, &n->init);
  if (!walk_operation(w, n, place, depth + 1)) {
    ChildContext c = {w, depth + 1, 0};
    for (uint32_t i = 0; i < n->init.len; i++) c.skip += n->init.items[i] != NULL;
    ir_children(n, walk_child, &c);
  }
  w->depth--;
}

void alloc_walk_exprs(Walker *w, const IrList *list) {
  for (uint32_t i = 0; i < list->len; i++) alloc_walk_expr(w, list->items[i], PLACE_VALUE, 0);
}
