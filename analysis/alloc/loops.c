// loops.c: which loops a block leaves before their next turn, so that what it allocates is allocated once in them.
//
// Judged by how the block ends, when nothing in it jumps elsewhere: a return leaves all loops of its function, a break
// the innermost one. In an inlined body a return is a jump to its end, and leaves the loops in that body only. The body
// of a loop over a function is a function of its own: one that gives false is not called again, so the loop is left;
// with a return statement (#next is -1 then) so is the function around it.
#include "alloc/walk_internal.h"

typedef struct Leaving {
  PtrMap labels;    // of the block: jumps to them stay in it
  Sym end;          // of the inlined body: a jump to it leaves; NULL: none
  uint32_t depth;   // of recursion
  uint32_t loops;   // of the block around the node
  uint32_t clauses; // … and switch and select statements
  bool stays, breaks;
} Leaving;

static bool see_label(void *context, IrNode *n) {
  Leaving *l = context;
  if (n && n->op == IR_LABEL) ptrmap_set(&l->labels, n->u.label.label, l);
  return false;
}

static bool see_jump(void *context, IrNode *n) {
  Leaving *l = context;
  if (!n || l->stays) return false;
  if (l->depth > stack_levels()) {
    l->stays = true;
    return false;
  }
  bool loop = n->op == IR_FOR || n->op == IR_RANGE, clauses = n->op == IR_SWITCH || n->op == IR_SELECT;
  if (n->op == IR_GOTO && n->u.branch.label != l->end) l->stays |= !ptrmap_has(&l->labels, n->u.branch.label);
  if (n->op == IR_CONTINUE) l->stays |= n->u.branch.label || !l->loops;
  if (n->op == IR_BREAK) {
    l->stays |= n->u.branch.label != NULL;
    l->breaks |= !l->loops && !l->clauses;
  }
  l->depth++;
  l->loops += loop, l->clauses += clauses;
  ir_children(n, see_jump, l);
  l->loops -= loop, l->clauses -= clauses;
  l->depth--;
  return false;
}

// ---- How a block ends

typedef struct Ending {
  const IrNode *last;
  const IrNode *value; // of what an inlined body returns there, or a return statement: the only result; NULL: none
  bool returns;        // from a loop over a function: the statement was a return
} Ending;

static bool is_next(const IrNode *n) {
  const IrNode *x = n->op == IR_AS ? n->u.as.x : NULL;
  return x && x->op == IR_NAME && str_equal(sym_str(x->u.name->sym), STR("#next"));
}

// Results are assigned in a block of its own, in front of the jump.
static void read_ending(const IrList *block, Ending *e, unsigned depth) {
  const IrNode *last = block->len ? block->items[block->len - 1] : NULL;
  for (uint32_t i = 0; i < block->len; i++) {
    const IrNode *n = block->items[i];
    int64_t value;
    if (n && is_next(n) && n->u.as.y && n->u.as.y->op == IR_LITERAL &&
        const_int64_value(n->u.as.y->u.lit.value, &value))
      e->returns = value == -1;
    if (n && n->op == IR_AS2 && n->u.as_list.rhs.len == 1) e->value = n->u.as_list.rhs.items[0];
  }
  if (last && last->op == IR_BLOCK && depth < 20) {
    read_ending(&last->u.block.list, e, depth + 1);
    return;
  }
  e->last = last;
  if (last && last->op == IR_RETURN) e->value = last->u.ret.results.len == 1 ? last->u.ret.results.items[0] : NULL;
}

static bool is_false(const IrNode *n) {
  return n && n->op == IR_LITERAL && const_kind(n->u.lit.value) == CONST_BOOL && !const_bool_value(n->u.lit.value);
}

// ---- Inlined calls

// What the loops in front of an inlined body are to what is in it; NULL: the function.
static uint32_t depth_at(const InlinedCall *in) { return in ? in->depth : 1; }
static uint32_t left_at(const InlinedCall *in) { return in ? in->left : 0; }

// How many of the loops around are left by leaving those inside of the body.
static uint32_t leave(const Walker *w, const InlinedCall *in) {
  uint32_t inside = w->loop_depth > depth_at(in) ? w->loop_depth - depth_at(in) : 0;
  return left_at(in) + inside;
}

static uint32_t left_by_ending(const Walker *w, const Ending *e) {
  const InlinedCall *in = w->inlined;
  if (alloc_never_returns(e->last)) return leave(w, NULL);
  bool jumps = in && e->last->op == IR_GOTO && e->last->u.branch.label == in->end;
  if (!jumps && (in || e->last->op != IR_RETURN)) return w->left;
  bool loop_body = jumps ? in->is_loop_body : w->func->is_range_body;
  if (!loop_body) return leave(w, in);
  if (!is_false(e->value)) return w->left;
  if (!jumps) return leave(w, NULL);
  // The iterator is the next one around; the statement is of the function around that.
  const InlinedCall *iterator = in->outer, *function = iterator ? iterator->outer : NULL;
  return leave(w, e->returns ? function : iterator);
}

uint32_t alloc_loops_left(const Walker *w, const IrList *block) {
  Ending e = {0};
  read_ending(block, &e, 0);
  uint32_t all = w->loop_depth - 1;
  if (!e.last || w->left >= all) return w->left;
  bool breaks = e.last->op == IR_BREAK && !e.last->u.branch.label;
  uint32_t left = left_by_ending(w, &e);
  if (left <= w->left && !breaks) return w->left;
  Leaving l = {.end = w->inlined ? w->inlined->end : NULL};
  for (uint32_t i = 0; i < block->len; i++)
    if (block->items[i]) ir_any(block->items[i], see_label, &l);
  for (uint32_t i = 0; i < block->len; i++) see_jump(&l, block->items[i]);
  ptrmap_release(&l.labels);
  if (l.stays) return w->left;
  if (left > w->left && !l.breaks) return left > all ? all : left;
  return w->meeting && w->meeting->is_loop ? (w->left ? w->left : 1) : w->left;
}

bool alloc_walk_inlined(Walker *w, IrNode *n) {
  const IrList *body = &n->u.inl_call.body;
  const IrNode *last = body->len ? body->items[body->len - 1] : NULL;
  const IrFunc *callee = alloc_inlined_callee(w, n);
  InlinedCall in = {.outer = w->inlined,
                    .end = last && last->op == IR_LABEL ? last->u.label.label : NULL,
                    .depth = w->loop_depth,
                    .left = w->left,
                    .is_loop_body = callee && callee->is_range_body};
  w->inlined = &in;
  bool falls = alloc_walk_body(w, body);
  w->inlined = in.outer;
  alloc_walk_exprs(w, &n->u.inl_call.results);
  return falls;
}
