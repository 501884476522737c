// walk.c: statements, in the order in which gc's order and walk phases take them apart
// (cmd/compile/internal/walk/order.go, stmt.go, assign.go, range.go, switch.go) and the back end builds blocks from
// them (ssagen/ssa.go).
//
// Only code that can be reached gets machine code: what follows a return or jump up to the next label is left out, and
// so is the branch that a condition known at compile time excludes. A local that is moved to the heap is allocated
// where it is declared, parameters and results on entry; neighbouring small pointer-free ones share one allocation.
#include "alloc/walk_internal.h"
#include "ir/rules.h"

#include <stdlib.h>

// ---- Sites

uint8_t alloc_repeat_depth(const Walker *w) {
  uint32_t repeats = w->loop_depth > w->left ? w->loop_depth - w->left : 1;
  return repeats > 255 ? 255 : (uint8_t)repeats;
}

AllocSite *alloc_add_site(Walker *w, AllocKind kind, const IrNode *n, IrPos pos, const Type *type) {
  AllocSet *set = w->pass->set;
  AllocSite site = {.kind = kind,
                    .node = n,
                    .pos = pos,
                    .type = type,
                    .func = w->func,
                    .bytes = -1,
                    .size_class = -1,
                    .loop_depth = w->loop_depth > 255 ? 255 : (uint8_t)w->loop_depth,
                    .repeat_depth = alloc_repeat_depth(w),
                    .cold = w->cold,
                    .place_cold = w->cold};
  site.escapes = n && n->esc == ESC_HEAP;
  VEC_PUSH(&set->arena, &set->sites, site);
  return &set->sites.items[set->sites.len - 1];
}

void alloc_set_call(Walker *w, AllocSite *s, AllocFunc call, int64_t bytes, bool no_pointers) {
  alloc_memory_changed(w);
  s->call = call;
  s->bytes = bytes;
  s->no_pointers = no_pointers;
  s->size_class = alloc_size_class(bytes, no_pointers, w->pass->types->target.word);
}

void alloc_set_none(AllocSite *s, AllocWhyNot why) {
  s->call = ALLOC_FUNC_NONE;
  s->why_not = why;
  s->bytes = s->size_class = 0;
}

// The call that gets an object.
static AllocFunc object_func(const Walker *w, AllocFunc otherwise, int64_t bytes, bool no_pointers) {
  const IrUnit *unit = w->pass->unit;
  if (!ir_rule(unit, RULE_MALLOC_BY_SIZE) || str_equal(unit->pkg->path, STR("runtime"))) return otherwise;
  AllocFunc f = alloc_func_by_size(bytes, no_pointers, w->pass->types->target.word);
  return f == ALLOC_FUNC_NONE ? otherwise : f;
}

void alloc_add_object(Walker *w, AllocKind kind, const IrNode *n, IrPos pos, const Type *type, int64_t bytes,
                      bool no_pointers, bool on_stack) {
  AllocSite *s = alloc_add_site(w, kind, n, pos, type);
  if (on_stack)
    alloc_set_none(s, ALLOC_WHY_STACK);
  else if (bytes == 0)
    alloc_set_none(s, ALLOC_WHY_ZERO_SIZE);
  else
    alloc_set_call(w, s, object_func(w, ALLOC_NEWOBJECT, bytes, no_pointers), bytes, no_pointers);
}

static void add_variable(Walker *w, IrName *name, IrPos pos, AllocKind kind) {
  const TypeContext *types = w->pass->types;
  int64_t bytes = type_size(types, name->type), align = type_align(types, name->type);
  bool no_pointers = !type_has_pointers(types, name->type);
  int64_t taken = bytes;                                                                           // beside others
  if (types->target.word == 4 && align == 4 && bytes >= 8) align = 8, taken = (bytes + 7) / 8 * 8; // for atomic access
  AllocSite *s = alloc_add_site(w, kind, NULL, pos, name->type);
  s->name = name;
  s->escapes = true;
  if (bytes == 0) {
    alloc_set_none(s, ALLOC_WHY_ZERO_SIZE);
    return;
  }
  if (no_pointers && taken < AGGREGATE_LIMIT && w->pending && w->pending_bytes + taken <= AGGREGATE_LIMIT) {
    alloc_set_none(s, ALLOC_WHY_MERGED);
    AllocSite *first = &w->pass->set->sites.items[w->pending - 1];
    w->pending_bytes += taken;
    if (align > w->pending_align) w->pending_align = align;
    first->merged++;
    int64_t total = (w->pending_bytes + w->pending_align - 1) / w->pending_align * w->pending_align;
    alloc_set_call(w, first, object_func(w, ALLOC_MALLOCGC, total, true), total, true);
    return;
  }
  bool alone = !no_pointers || taken >= AGGREGATE_LIMIT; // else others may come to share it
  alloc_set_call(w, s, alone ? object_func(w, ALLOC_NEWOBJECT, bytes, no_pointers) : ALLOC_NEWOBJECT, bytes,
                 no_pointers);
  if (alone) return;
  w->pending = w->pass->set->sites.len;
  w->pending_bytes = taken;
  w->pending_align = align;
}

static bool starts_block(void *context, IrNode *n) {
  (void)context;
  switch ((int)n->op) {
  case IR_ANDAND:
  case IR_OROR:
  case IR_INDEX:
  case IR_SLICE:
  case IR_SLICEARR:
  case IR_SLICESTR:
  case IR_SLICE3:
  case IR_SLICE3ARR:
  case IR_DIV:
  case IR_MOD:
  case IR_APPEND:
  case IR_DOTTYPE:
  case IR_DOTTYPE2:
  case IR_DYNAMICDOTTYPE:
  case IR_INLCALL:
  case IR_DYNAMICDOTTYPE2:
  case IR_MIN:
  case IR_MAX:
  case IR_MAKESLICE:
  case IR_SLICE2ARR:
  case IR_SLICE2ARRPTR:
  case IR_COPY: return true;
  case IR_EQ:
  case IR_NE: { // of several parts
    const Type *t = n->u.binary.x->type ? under(n->u.binary.x->type) : NULL;
    return t && (t->kind == TYPE_STRUCT || t->kind == TYPE_ARRAY || t->kind == TYPE_INTERFACE || type_is_string(t));
  }
  default: return false;
  }
}

static bool calls(void *context, IrNode *n) {
  (void)context;
  return n->op == IR_CALLFUNC || n->op == IR_CALLINTER;
}

// ---- Blocks

static bool falls_through(Walker *w, const IrList *list);

static bool walk_block(Walker *w, const IrList *block) {
  uint8_t cold = w->cold;
  uint32_t left = w->left;
  w->cold |= alloc_cold_block(w, block, NULL, true);
  w->left = alloc_loops_left(w, block);
  bool falls = falls_through(w, block);
  w->left = left;
  w->cold = cold;
  return falls;
}

// What the loop does not assign to is as before, however it is left.
static void walk_loop(Walker *w, const IrList *body, IrNode *cond, IrNode *post) {
  FactSet before = fact_set_copy(&w->facts);
  uint32_t known = w->known.len;
  if (cond) alloc_know_condition(w, cond, true, 0);
  Meeting loop = {.outer = w->meeting, .is_loop = true};
  w->meeting = &loop;
  w->loop_depth++;
  walk_block(w, body);
  w->known.len = known;
  if (post) alloc_walk_stmt(w, post);
  w->loop_depth--;
  w->meeting = loop.outer;
  alloc_facts_replace(&w->facts, before);
}

// ---- Lists

// A place that can be jumped to from elsewhere; the labels of inlined calls are their own.
static bool has_label(void *depth, IrNode *n) {
  uint32_t below = *(uint32_t *)depth + 1;
  if (n->op == IR_LABEL || below > stack_levels()) return true;
  return n->op != IR_INLCALL && ir_children(n, has_label, &below);
}

// m = make([]T, n) directly followed by copy(m, s): one call makes and copies.
static bool is_make_and_copy(IrNode *as, IrNode *copy) {
  if (!as || !copy || as->op != IR_AS || copy->op != IR_COPY || !as->u.as.x || !as->u.as.y ||
      as->u.as.y->op != IR_MAKESLICE)
    return false;
  IrNode *x = as->u.as.x, *to = copy->u.binary.x, *from = copy->u.binary.y, *make = as->u.as.y;
  if (x->op != IR_NAME || ir_is_blank(x) || to->op != IR_NAME || from->op != IR_NAME) return false;
  if (x->u.name != to->u.name || to->u.name == from->u.name) return false;
  return make->esc != ESC_NONE && make->u.make.len && !make->u.make.cap;
}

static bool falls_through(Walker *w, const IrList *list) {
  bool reachable = true;
  uint32_t known = w->known.len;
  for (uint32_t i = 0; i < list->len; i++) {
    IrNode *n = list->items[i];
    uint32_t depth = 0;
    if (!n || (!reachable && !has_label(&depth, n))) continue;
    if (i + 1 < list->len && is_make_and_copy(n, list->items[i + 1])) {
      alloc_walk_list(w, &n->init);
      alloc_walk_make_slice_copy(w, n->u.as.y, list->items[i + 1]);
      reachable = true;
      i++;
      continue;
    }
    if (n->op == IR_LABEL || !reachable) w->known.len = known; // can be reached from elsewhere
    if (n->op == IR_LABEL)
      alloc_facts_label(w, n->u.label.label, reachable);
    else if (!reachable)
      fact_set_clear(&w->facts); // a label inside
    bool arrived = reachable || n->op != IR_LABEL || ptrmap_has(&w->at_labels, n->u.label.label) ||
                   ptrmap_has(&w->looping, n->u.label.label);
    alloc_note_lookup(w, list, i);
    reachable = alloc_walk_stmt(w, n) && arrived;
    alloc_facts_after(w, n);
  }
  w->known.len = known;
  return reachable;
}

bool alloc_walk_body(Walker *w, const IrList *list) { return !list->len || falls_through(w, list); }

void alloc_walk_list(Walker *w, const IrList *list) {
  if (list->len && !falls_through(w, list)) w->ended = true;
}

// ---- Assignments

static bool uses(void *context, IrNode *n) { return n->op == IR_NAME && n->u.name == context; }

// A plain variable in a register or the frame: composite literals are built in place, as part of the assignment.
static bool builds_in_place(IrNode *x, IrNode *y) {
  if ((y->op != IR_SLICELIT && y->op != IR_MAPLIT) || !x || x->op != IR_NAME || ir_is_blank(x)) return false;
  IrName *name = x->u.name;
  if (name->cls == CLASS_EXTERN || name->escapes || name->addrtaken || (name->is_closure_var && !name->byval))
    return false;
  return x->type && y->type && type_identical(x->type, y->type) && !ir_any(y, uses, name);
}

static void assign(Walker *w, IrPos pos, IrNode *x, IrNode *y) {
  if (!y) return;
  if (y->op == IR_APPEND)
    alloc_walk_append(w, y, pos, x);
  else
    alloc_walk_built(w, y, pos, (x && x->op == IR_INDEXMAP) || builds_in_place(x, y));
}

// ---- Ranges

static Type *range_elem(const TypeContext *types, Type *t, bool value) {
  Type *u = t ? under(t) : NULL;
  if (!u) return NULL;
  if (u->kind == TYPE_POINTER && is_kind(u->u.pointer.elem, TYPE_ARRAY)) u = under(u->u.pointer.elem);
  switch ((int)u->kind) {
  case TYPE_ARRAY: return value ? u->u.array.elem : types->basic[BASIC_INT];
  case TYPE_SLICE: return value ? u->u.slice.elem : types->basic[BASIC_INT];
  case TYPE_MAP: return value ? u->u.map.elem : u->u.map.key;
  case TYPE_CHAN: return value ? NULL : u->u.chan.elem;
  case TYPE_BASIC:
    if (u->basic_info & BASIC_IS_STRING) return types->basic[value ? BASIC_INT32 : BASIC_INT];
    return value ? NULL : t;
  default: return NULL;
  }
}

// Assignment of an iteration value to an interface variable boxes it, without a word from -m.
static void range_convert(Walker *w, IrNode *n, IrNode *target, bool value) {
  if (!target || ir_is_blank(target) || !target->type || !type_is_interface(target->type)) return;
  Type *from = range_elem(w->pass->types, n->u.range.x->type, value);
  if (from && !type_is_interface(from)) alloc_box_value(w, n, n->pos, from, NULL, false);
}

static bool is_empty_range(Walker *w, IrNode *x) {
  if (!x || !x->type) return false;
  if (type_is_string(x->type) || is_kind(x->type, TYPE_SLICE)) return alloc_length_range(w, x, false).high == 0;
  return type_is_integer(x->type) && alloc_range(w, x).high <= 0;
}

static void walk_range(Walker *w, IrNode *n) {
  IrNode *x = n->u.range.x;
  alloc_walk_expr(w, x, x && x->op == IR_STR2BYTES ? PLACE_TEMP : PLACE_VALUE, 0);
  if (is_empty_range(w, x)) return;
  uint32_t looped = alloc_enter_loop(w);
  alloc_facts_enter_loop(w, n);
  w->loop_depth++;
  alloc_walk_expr(w, n->u.range.key, PLACE_VALUE, 0);
  alloc_walk_expr(w, n->u.range.value, PLACE_VALUE, 0);
  range_convert(w, n, n->u.range.key, false);
  range_convert(w, n, n->u.range.value, true);
  w->loop_depth--;
  walk_loop(w, &n->u.range.body, NULL, NULL);
  w->looped = looped;
}

// ---- Switches

static bool all_constant(const IrList *cases) {
  for (uint32_t i = 0; i < cases->len; i++) {
    const IrList *list = &cases->items[i]->u.case_.list;
    for (uint32_t j = 0; j < list->len; j++) {
      if (list->items[j]->op != IR_LITERAL) return false;
    }
  }
  return true;
}

static bool ends_in_fallthrough(const IrNode *clause) {
  const IrList *body = &clause->u.case_.body;
  return body->len && body->items[body->len - 1] && body->items[body->len - 1]->op == IR_FALL;
}

// One clause of a switch or select: starts where the others start.
static void walk_clause(Walker *w, const IrList *body) {
  if (walk_block(w, body)) alloc_facts_break(w, false);
  alloc_facts_replace(&w->facts, fact_set_copy(&w->meeting->before));
}

static void begin_clauses(Walker *w, Meeting *m) {
  *m = (Meeting){.outer = w->meeting, .before = fact_set_copy(&w->facts), .since = ++w->clock};
  w->meeting = m;
}

static void end_clauses(Walker *w, Meeting *m) {
  if (m->any) alloc_facts_join(&w->facts, &m->after, m->since);
  alloc_facts_met(w, m->since);
  w->meeting = m->outer;
  fact_set_release(&m->before);
  fact_set_release(&m->after);
}

// Can a clause be reached from the one before it?
static bool is_fallen_into(const IrList *cases, uint32_t i) { return i && ends_in_fallthrough(cases->items[i - 1]); }

// Does control reach what follows?
static bool walk_switch(Walker *w, IrNode *n) {
  IrNode *tag = n->u.switch_.tag;
  const IrList *cases = &n->u.switch_.cases;
  bool type_switch = tag && tag->op == IR_TYPESW;
  if (type_switch) {
    alloc_walk_list(w, &tag->init);
    alloc_walk_expr(w, tag->u.type_switch.x, PLACE_VALUE, 0);
  } else if (tag) {
    alloc_walk_expr(w, tag, tag->op == IR_BYTES2STR && all_constant(cases) ? PLACE_TEMP : PLACE_VALUE, 0);
  }
  Clauses *clauses = type_switch ? NULL : alloc_clauses(w, tag, cases);
  bool exhaustive = clauses && !clauses->others, fell = false;
  bool jump_table = tag && !type_switch && cases->len > 1 && alloc_is_jump_table(w, cases);
  Meeting meeting;
  begin_clauses(w, &meeting);
  for (uint32_t i = 0; i < cases->len; i++) {
    IrNode *c = cases->items[i];
    exhaustive |= !c->u.case_.list.len;
    bool fallen_into = is_fallen_into(cases, i) && (fell || !clauses);
    bool reached = !clauses || clauses->reached[i];
    fell = fallen_into || reached;
    if (!fell) continue;
    if (fallen_into && reached) alloc_facts_join(&w->facts, &w->fallen, meeting.since);
    if (!reached) alloc_facts_replace(&w->facts, fact_set_copy(&w->fallen));
    w->pending = 0;
    alloc_walk_list(w, &c->init);
    alloc_walk_exprs(w, &c->u.case_.list);
    w->pending = 0;
    if (c->u.case_.var && c->u.case_.var->escapes) add_variable(w, c->u.case_.var, c->pos, ALLOC_KIND_VARIABLE);
    uint32_t outer = w->known.len;
    bool is_known = tag && !type_switch && !fallen_into && alloc_clause_tells(w, tag, c, jump_table);
    if (is_known) alloc_know_values(w, tag, &c->u.case_.list);
    walk_clause(w, &c->u.case_.body);
    w->known.len = outer;
  }
  bool falls = meeting.any || !exhaustive;
  end_clauses(w, &meeting);
  return falls;
}

static bool walk_select(Walker *w, IrNode *n) {
  Meeting meeting;
  begin_clauses(w, &meeting);
  for (uint32_t i = 0; i < n->u.switch_.cases.len; i++) {
    IrNode *c = n->u.switch_.cases.items[i];
    w->pending = 0;
    if (c->u.case_.comm) alloc_walk_stmt(w, c->u.case_.comm);
    walk_clause(w, &c->u.case_.body);
  }
  bool falls = meeting.any;
  end_clauses(w, &meeting);
  return falls;
}

// One branch of an if statement: the condition is known to hold there, or not to.
static bool walk_branch(Walker *w, const IrNode *n, bool holds) {
  const IrList *branch = holds ? &n->u.if_.body : &n->u.if_.else_;
  uint8_t cold = w->cold;
  uint32_t outer = w->known.len;
  w->cold |= alloc_cold_block(w, branch, n->u.if_.cond, holds);
  uint32_t left = w->left;
  w->left = alloc_loops_left(w, branch);
  alloc_know_condition(w, n->u.if_.cond, holds, 0);
  bool falls = falls_through(w, branch);
  w->known.len = outer;
  w->left = left;
  w->cold = cold;
  w->pending = 0;
  return falls;
}

static bool walk_if(Walker *w, IrNode *n) {
  alloc_walk_expr(w, n->u.if_.cond, PLACE_VALUE, 0);
  w->pending = 0;
  if (w->ended) return false;
  int known = alloc_condition(w, n->u.if_.cond);
  bool then_falls = known != 0, else_falls = known != 1;
  uint32_t memory = w->memory_changed, since = ++w->clock;
  FactSet before = fact_set_copy(&w->facts);
  if (known != 0) then_falls = walk_branch(w, n, true);
  uint32_t memory_after_then = w->memory_changed;
  w->memory_changed = memory;
  FactSet after_then = w->facts;
  w->facts = before;
  if (known != 1) else_falls = walk_branch(w, n, false);
  if (then_falls && else_falls) alloc_facts_join(&w->facts, &after_then, since);
  alloc_facts_met(w, since);
  if (then_falls && (!else_falls || memory_after_then > w->memory_changed)) w->memory_changed = memory_after_then;
  if (then_falls && !else_falls)
    alloc_facts_replace(&w->facts, after_then);
  else
    fact_set_release(&after_then);
  if (then_falls != else_falls && known < 0) alloc_know_condition(w, n->u.if_.cond, then_falls, 0);
  return then_falls || else_falls;
}

// ---- Statements

static void walk_return(Walker *w, IrNode *n) {
  const IrList *results = &n->u.ret.results;
  for (uint32_t i = 0; i < results->len; i++) {
    IrName *target = i < w->func->results.len ? w->func->results.items[i] : NULL;
    IrNode *x = target ? target->node : NULL;
    if (results->items[i]->op == IR_APPEND)
      alloc_walk_expr(w, results->items[i], PLACE_VALUE, 0);
    else
      assign(w, n->pos, x, results->items[i]);
  }
}

static void walk_assign_list(Walker *w, IrNode *n) {
  const IrList *lhs = &n->u.as_list.lhs, *rhs = &n->u.as_list.rhs;
  alloc_walk_exprs(w, lhs);
  for (uint32_t i = 0; i < rhs->len; i++) {
    IrNode *y = rhs->items[i];
    if (n->op == IR_AS2MAPR && y->op == IR_INDEXMAP) {
      alloc_walk_expr(w, y, PLACE_VALUE, 0);
    } else if (n->op == IR_AS2 && y->op != IR_APPEND && i < lhs->len) {
      assign(w, n->pos, lhs->items[i], y);
    } else {
      alloc_walk_expr(w, y, PLACE_VALUE, 0);
    }
  }
  const IrList none = {0};
  IrNode *call = n->op == IR_AS2FUNC && rhs->len ? rhs->items[0] : NULL;
  alloc_facts_assign_list(w, lhs,
                          n->op == IR_AS2                  ? rhs
                          : call && call->op == IR_INLCALL ? &call->u.inl_call.results
                                                           : &none);
}

static void walk_move(Walker *w, IrNode *stmt) {
  const MoveList *moves = ptrmap_get(&w->moves.transitions, stmt);
  for (uint32_t i = 0; moves && i < moves->items.len; i++) {
    const MoveEntry *m = &moves->items.items[i];
    Type *elem = under(m->slice->type)->u.slice.elem;
    int64_t size = type_size(w->pass->types, elem);
    if (size == 0) continue;
    bool no_pointers = !type_has_pointers(w->pass->types, elem);
    AllocSite *s = alloc_add_site(w, ALLOC_KIND_MOVE_SLICE, NULL, stmt->pos, elem);
    s->name = m->slice;
    AllocFunc call = no_pointers ? (m->keep_capacity ? ALLOC_MOVESLICENOSCAN : ALLOC_MOVESLICENOCAPNOSCAN)
                                 : (m->keep_capacity ? ALLOC_MOVESLICE : ALLOC_MOVESLICENOCAP);
    alloc_set_call(w, s, call, -1, no_pointers);
    s->elem_bytes = size;
    s->condition = ALLOC_IF_ON_STACK;
  }
}

static bool walk_stmt_op(Walker *w, IrNode *n) {
  switch ((int)n->op) {
  case IR_DCL: {
    IrName *name = n->u.unary.x && n->u.unary.x->op == IR_NAME ? n->u.unary.x->u.name : NULL;
    if (name && name->escapes) add_variable(w, name, n->pos, ALLOC_KIND_VARIABLE);
    if (name) alloc_facts_assign(w, name->node, NULL, false);
    return true;
  }
  case IR_AS:
    alloc_walk_expr(w, n->u.as.x, PLACE_VALUE, 0);
    assign(w, n->pos, n->u.as.x, n->u.as.y);
    alloc_facts_assign(w, n->u.as.x, n->u.as.y, true);
    return true;
  case IR_AS2:
  case IR_AS2DOTTYPE:
  case IR_AS2FUNC:
  case IR_AS2MAPR:
  case IR_AS2RECV:
  case IR_SELRECV2: walk_assign_list(w, n); return true;
  case IR_ASOP:
    alloc_walk_expr(w, n->u.as_op.x, PLACE_VALUE, 0);
    alloc_walk_assign_op(w, n);
    alloc_facts_assign(w, n->u.as_op.x, NULL, false);
    return true;
  case IR_BLOCK: return falls_through(w, &n->u.block.list);
  case IR_BREAK: alloc_facts_break(w, n->u.branch.label != NULL); return false;
  case IR_GOTO: alloc_facts_goto(w, n->u.branch.label); return false;
  case IR_FALL: alloc_facts_replace(&w->fallen, fact_set_copy(&w->facts)); return false;
  case IR_CONTINUE: return false;
  case IR_LABEL:
    if (ptrmap_has(&w->looping, n->u.label.label)) {
      w->loop_depth++;
      alloc_enter_loop(w); // until the end: where the loop ends is not known
    }
    return true; // the list has seen to what is known here
  case IR_IF: return walk_if(w, n);
  case IR_FOR: {
    uint32_t looped = alloc_enter_loop(w);
    alloc_facts_enter_loop(w, n);
    w->loop_depth++;
    alloc_walk_expr(w, n->u.for_.cond, PLACE_VALUE, 0);
    w->loop_depth--;
    if (!n->u.for_.cond || alloc_condition(w, n->u.for_.cond) != 0)
      walk_loop(w, &n->u.for_.body, n->u.for_.cond, n->u.for_.post);
    w->looped = looped;
    return true;
  }
  case IR_RANGE: walk_range(w, n); return true;
  case IR_SWITCH: return walk_switch(w, n);
  case IR_SELECT: return walk_select(w, n);
  case IR_RETURN: walk_return(w, n); return false;
  case IR_PANIC: alloc_walk_expr(w, n->u.unary.x, PLACE_VALUE, 0); return false;
  case IR_GO:
  case IR_DEFER: {
    IrNode *call = n->u.go_defer.call;
    if (n->op == IR_GO || n->esc != ESC_NEVER) alloc_add_operation(w, n);
    if (!call || (call->op != IR_CALLFUNC && call->op != IR_CALLINTER)) return true;
    alloc_walk_list(w, &call->init);
    // A literal is made even though it is called: it runs later.
    alloc_add_call(w, call, n->op == IR_GO);
    alloc_walk_callee(w, call, n->op == IR_GO ? CALL_GO : CALL_DEFERRED);
    alloc_walk_exprs(w, &call->u.call.args);
    return true;
  }
  case IR_TAILCALL: alloc_walk_expr(w, n->u.go_defer.call, PLACE_VALUE, 0); return false;
  case IR_INLCALL: return alloc_walk_inlined(w, n);
  default: break;
  }
  alloc_walk_expr(w, n, PLACE_VALUE, 0);
  return true;
}

static bool is_statement(IrOp op) {
  switch ((int)op) {
  case IR_DCL:
  case IR_AS:
  case IR_AS2:
  case IR_AS2DOTTYPE:
  case IR_AS2FUNC:
  case IR_AS2MAPR:
  case IR_AS2RECV:
  case IR_SELRECV2:
  case IR_ASOP:
  case IR_BLOCK:
  case IR_BREAK:
  case IR_CONTINUE:
  case IR_GOTO:
  case IR_FALL:
  case IR_LABEL:
  case IR_IF:
  case IR_FOR:
  case IR_RANGE:
  case IR_SWITCH:
  case IR_SELECT:
  case IR_RETURN:
  case IR_PANIC:
  case IR_GO:
  case IR_DEFER:
  case IR_TAILCALL:
  case IR_INLCALL: return true;
  default: return false;
  }
}

static bool stays_in_block(const Walker *w, const IrNode *n) {
  switch ((int)n->op) {
  case IR_AS:
  case IR_AS2:
  case IR_AS2FUNC:
  case IR_ASOP:
  case IR_INLMARK:
  case IR_SEND:
  case IR_GO:
  case IR_CALLINTER:
  case IR_CALLFUNC: return true;
  case IR_DEFER: return w->open_defers;
  default: return false;
  }
}

// Of assignments, what is assigned to is seen to (alloc_assigned); calls inside of expressions likewise.
static bool changes_memory(IrOp op) {
  return !is_statement(op) || op == IR_GO || op == IR_DEFER || op == IR_SELECT || op == IR_AS2RECV ||
         op == IR_SELRECV2 || op == IR_AS2MAPR;
}

bool alloc_walk_stmt(Walker *w, IrNode *n) {
  if (!n) return true;
  if (w->depth > stack_levels()) return alloc_add_lost(w, n), true;
  w->depth++;
  bool plain = n->op == IR_DCL || (stays_in_block(w, n) && !ir_any(n, starts_block, NULL));
  // The first block ends at the first call when deferred calls are written out at the exits.
  if (plain && w->open_defers && !w->past_entry) plain = !ir_any(n, calls, NULL);
  w->past_entry |= !plain;
  if (!plain) w->pending = 0;
  if (w->moves.transitions.len) walk_move(w, n);
  uint8_t cold = w->cold;
  w->cold |= alloc_cold_stmt(w, n);
  if (is_statement((IrOp)n->op)) alloc_walk_list(w, &n->init); // expressions walk their own
  w->effort = 0;
  bool falls = !w->ended && walk_stmt_op(w, n) && !w->ended;
  if (changes_memory((IrOp)n->op)) alloc_memory_changed(w);
  w->cold = cold;
  w->ended = false;
  if (!plain) w->pending = 0;
  w->depth--;
  return falls;
}

// ---- Functions

// What the function's body has, found in one go.
typedef struct Outline {
  Walker *w;
  PtrMap passed; // labels
  uint32_t defers, returns;
  bool appends, loop_defers;
} Outline;

static bool outline_step(void *context, IrNode *n) {
  Outline *o = context;
  if (n->op == IR_LABEL) ptrmap_set(&o->passed, n->u.label.label, o);
  if (n->op == IR_GOTO && ptrmap_has(&o->passed, n->u.branch.label)) ptrmap_set(&o->w->looping, n->u.branch.label, o);
  o->appends |= n->op == IR_APPEND;
  o->returns += n->op == IR_RETURN;
  o->defers += n->op == IR_DEFER;
  o->loop_defers |= n->op == IR_DEFER && n->esc != ESC_NEVER;
  return false;
}

// Are deferred calls written out where the function returns? Else each takes a record.
static bool has_open_defers(const Outline *o, const IrFunc *fn) {
  enum { MOST_DEFERS = 8, MOST_EXITS = 15 };
  if (!o->defers || o->loop_defers || o->defers > MOST_DEFERS || o->returns * o->defers > MOST_EXITS) return false;
  for (uint32_t i = 0; i < fn->results.len; i++) {
    if (fn->results.items[i] && fn->results.items[i]->escapes) return false;
  }
  return true;
}

void alloc_walk_func(AllocPass *pass, IrFunc *fn) {
  if (pass->unit->options->costs) VEC_PUSH(&pass->set->arena, &pass->set->walked, fn);
  Walker w = {.pass = pass, .func = fn, .loop_depth = fn->is_range_body ? 2 : 1};
  Outline outline = {.w = &w};
  ir_any_list(&fn->body, outline_step, &outline);
  ptrmap_release(&outline.passed);
  w.defers = outline.defers;
  w.open_defers = has_open_defers(&outline, fn);
  if (outline.appends) alloc_find_slice_moves(&pass->set->arena, pass, fn, &w.moves);
  if (fn->body.len) {
    for (uint32_t i = 0; i < fn->params.len; i++) {
      IrName *p = fn->params.items[i];
      if (p && p->escapes && !sym_is_blank(p->sym)) add_variable(&w, p, fn->pos, ALLOC_KIND_PARAMETER);
    }
    for (uint32_t i = 0; i < fn->results.len; i++) {
      IrName *r = fn->results.items[i];
      if (r && r->escapes && !sym_is_blank(r->sym)) add_variable(&w, r, fn->pos, ALLOC_KIND_PARAMETER);
    }
  }
  for (uint32_t i = 0; i < fn->results.len; i++) {
    if (fn->results.items[i]) alloc_facts_assign(&w, fn->results.items[i]->node, NULL, true);
  }
  alloc_walk_list(&w, &fn->body);
  alloc_slice_moves_release(&w.moves);
  alloc_facts_release(&w);
  ptrmap_release(&w.buffered);
  ptrmap_release(&w.looping);
  ptrmap_release(&w.assigned);
  free(w.known.items);
}
