// loopvar.c: gives the variables of a loop one instance per iteration, where that can be told apart (reference 1.5).
//
// Since Go 1.22 each iteration has its own copy of the variables that the loop declares. Only a variable that a
// function literal captures or whose address is taken inside the loop needs one, and not if that happens in a return
// statement of the loop itself. A range loop gets a hidden temporary and `v := tmp` at the start of its body. A
// three-clause loop
//
//   for z := a; cond; post { body }
//
// becomes (first only with a post statement)
//
//   for z', first := a, true; ; { z := z'; if first { first = false } else { post }; if !cond { break }; body; next: z'
//   = z }
//
// with `continue` turned into `goto next`. The declaration of z moves to its new definition, which gives it the loop
// depth of the body. Rules: cmd/compile/internal/loopvar.
#include "ir/ir.h"
#include "ir/rules.h"

#include <stdlib.h>

typedef struct Pass {
  IrUnit *unit;
  IrFunc *fn;
  PtrMap leaked; // variables of loops seen so far: IrName -> NULL or &yes
  PtrMap fixups; // IrName -> its new defining AS, which takes over the DCL
  uint32_t depth, return_depth, label_seq;
  bool transformed;
} Pass;
static const char yes;

static bool is_leaked(const Pass *p, const IrName *name) { return ptrmap_get(&p->leaked, name) == &yes; }

static void watch(Pass *p, IrNode *n) {
  if (n && n->op == IR_NAME && !ir_is_blank(n)) ptrmap_set(&p->leaked, n->u.name, NULL);
}

static void note_leak(Pass *p, IrName *name) {
  if (name && ptrmap_has(&p->leaked, name)) ptrmap_set(&p->leaked, name, (void *)(uintptr_t)&yes);
}

static void push_front(IrUnit *unit, IrList *list, IrNode *n) {
  IrList front = {0};
  ir_list_push(unit, &front, n);
  ir_list_append(unit, &front, list);
  *list = front;
}

static IrNode *new_assign(Pass *p, IrPos pos, IrNode *x, IrNode *y, bool def) {
  IrNode *as = ir_new(p->unit, IR_AS, pos, NULL);
  as->u.as.x = x;
  as->u.as.y = y;
  if (def) as->flags |= IR_FLAG_DEF;
  return as;
}

static IrNode *replace_range_var(Pass *p, IrNode *var, IrNode *loop) {
  if (!var || var->op != IR_NAME || !is_leaked(p, var->u.name)) return var;
  IrNode *tmp = ir_temp_at(p->unit, p->fn, loop->pos, var->type);
  IrNode *as = new_assign(p, loop->pos, var, tmp, true);
  push_front(p->unit, &loop->u.range.body, as);
  ptrmap_set(&p->fixups, var->u.name, as);
  p->transformed = true;
  return tmp;
}

// ---- Variables defined in a three-clause loop's init statement

static void each_init_def(IrNode *loop, void (*f)(void *context, IrNode **var), void *context) {
  for (uint32_t i = 0; i < loop->init.len; i++) {
    IrNode *s = loop->init.items[i];
    if (!(s->flags & IR_FLAG_DEF)) continue;
    if (s->op == IR_AS) {
      f(context, &s->u.as.x);
    } else if (s->op == IR_AS2 || s->op == IR_AS2FUNC || s->op == IR_AS2MAPR || s->op == IR_AS2RECV ||
               s->op == IR_AS2DOTTYPE) {
      for (uint32_t k = 0; k < s->u.as_list.lhs.len; k++) f(context, &s->u.as_list.lhs.items[k]);
    }
  }
}

static void watch_def(void *context, IrNode **var) { watch(context, *var); }

typedef struct Rewrite {
  Pass *p;
  IrNode *loop;
  IrList before, after; // around the body
  PtrMap outer;         // z -> z'
} Rewrite;

static void copy_var(void *context, IrNode **var) {
  Rewrite *r = context;
  Pass *p = r->p;
  if (!*var || (*var)->op != IR_NAME || !is_leaked(p, (*var)->u.name)) return;
  IrNode *z = *var, *outer = ir_temp_at(p->unit, p->fn, r->loop->pos, z->type);
  IrNode *as = new_assign(p, r->loop->pos, z, outer, true);
  if (ir_rule(p->unit, RULE_LOOP_COPIES_ARE_DEFINED)) z->u.name->defn = as;
  ir_list_push(p->unit, &r->before, as);
  ptrmap_set(&p->fixups, z->u.name, as);
  ir_list_push(p->unit, &r->after, new_assign(p, r->loop->pos, outer, z, false));
  ptrmap_set(&r->outer, z->u.name, outer);
  p->transformed = true;
}

static void use_outer(void *context, IrNode **var) {
  Rewrite *r = context;
  IrNode *outer = *var && (*var)->op == IR_NAME ? ptrmap_get(&r->outer, (*var)->u.name) : NULL;
  if (outer) *var = outer;
}

typedef struct Continues {
  Sym loop_label, next;
  uint32_t depth;
} Continues;

static bool edit_continues(void *context, IrNode *n) {
  Continues *c = context;
  if (n->op == IR_CONTINUE) {
    bool ours = n->u.branch.label ? n->u.branch.label == c->loop_label : c->depth == 0;
    if (ours) {
      n->op = IR_GOTO;
      n->u.branch.label = c->next;
    }
  }
  bool nested = n->op == IR_FOR || n->op == IR_RANGE;
  c->depth += nested;
  ir_children(n, edit_continues, c);
  c->depth -= nested;
  return false;
}

// if first { first = false } else { post }
static void add_post(Pass *p, IrNode *loop, IrList *before) {
  Type *boolean = p->unit->pkg->context->basic[BASIC_BOOL];
  ConstPool *pool = &p->unit->constants;
  IrNode *first = ir_temp_at(p->unit, p->fn, loop->pos, boolean);
  ir_list_push(
    p->unit, &loop->init,
    new_assign(p, loop->pos, first, ir_new_literal(p->unit, loop->pos, boolean, const_bool(pool, true)), false));
  IrNode *test = ir_new(p->unit, IR_IF, loop->pos, NULL);
  test->u.if_.cond = first;
  ir_list_push(
    p->unit, &test->u.if_.body,
    new_assign(p, loop->pos, first, ir_new_literal(p->unit, loop->pos, boolean, const_bool(pool, false)), false));
  ir_list_push(p->unit, &test->u.if_.else_, loop->u.for_.post);
  IrNode *dcl = ir_new(p->unit, IR_DCL, loop->pos, NULL);
  dcl->u.unary.x = first;
  ir_list_push(p->unit, &test->init, dcl);
  ir_list_push(p->unit, before, test);
}

// if !cond { break }
static void add_cond(Pass *p, IrNode *loop, IrList *before) {
  IrNode *cond = loop->u.for_.cond;
  IrNode *not = ir_new(p->unit, IR_NOT, cond->pos, cond->type);
  not ->u.unary.x = cond;
  IrNode *test = ir_new(p->unit, IR_IF, loop->pos, NULL);
  test->u.if_.cond = not ;
  ir_list_push(p->unit, &test->u.if_.body, ir_new(p->unit, IR_BREAK, loop->pos, NULL));
  ir_list_push(p->unit, before, test);
}

static void transform_for(Pass *p, IrNode *loop) {
  Rewrite r = {.p = p, .loop = loop};
  each_init_def(loop, copy_var, &r);
  if (!r.before.len) return;
  char text[32];
  int len = snprintf(text, sizeof text, ".3clNext_%u", ++p->label_seq);
  IrNode *label = ir_new(p->unit, IR_LABEL, loop->pos, NULL);
  label->u.label.label = intern(p->unit->interner, (Str){text, (size_t)len});
  Continues c = {loop->u.for_.label, label->u.label.label, 0};
  for (uint32_t i = 0; i < loop->u.for_.body.len; i++) edit_continues(&c, loop->u.for_.body.items[i]);
  each_init_def(loop, use_outer, &r);
  if (loop->u.for_.post) add_post(p, loop, &r.before);
  if (loop->u.for_.cond) add_cond(p, loop, &r.before);
  ir_list_append(p->unit, &r.before, &loop->u.for_.body);
  ir_list_push(p->unit, &r.before, label);
  ir_list_append(p->unit, &r.before, &r.after);
  loop->u.for_.body = r.before;
  loop->u.for_.cond = loop->u.for_.post = NULL;
  ptrmap_release(&r.outer);
}

// ---- The walk

static bool scan(void *context, IrNode *n);

static void scan_loop(Pass *p, IrNode *loop) {
  loop->flags &= (uint16_t)~IR_FLAG_DISTINCT_VARS;
  p->depth++;
  ir_children(loop, scan, p);
  p->depth--;
}

static bool scan(void *context, IrNode *n) {
  Pass *p = context;
  uint32_t saved = p->return_depth;
  switch ((int)n->op) {
  case IR_CLOSURE:
    if (p->return_depth >= p->depth || !n->u.closure.func) break;
    for (uint32_t i = 0; i < n->u.closure.func->closure_vars.len; i++)
      note_leak(p, ir_canonical(n->u.closure.func->closure_vars.items[i]));
    break;
  case IR_ADDR:
  case IR_PTRLIT: {
    IrNode *base = p->return_depth >= p->depth ? NULL : ir_outer_value(n->u.unary.x);
    if (base && base->op == IR_NAME) note_leak(p, base->u.name);
    break;
  }
  case IR_RETURN: p->return_depth = p->depth; break;
  case IR_RANGE:
    if (!(n->flags & IR_FLAG_DEF) || !(n->flags & IR_FLAG_DISTINCT_VARS)) break;
    watch(p, n->u.range.key);
    watch(p, n->u.range.value);
    scan_loop(p, n);
    n->u.range.key = replace_range_var(p, n->u.range.key, n);
    n->u.range.value = replace_range_var(p, n->u.range.value, n);
    return false;
  case IR_FOR:
    if (!(n->flags & IR_FLAG_DISTINCT_VARS)) break;
    each_init_def(n, watch_def, p);
    scan_loop(p, n);
    transform_for(p, n);
    return false;
  default: break;
  }
  ir_children(n, scan, p);
  p->return_depth = saved;
  return false;
}

// ---- Declarations move to the new definitions

static void move_declarations(Pass *p, IrList *list) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < list->len; i++) {
    IrNode *n = list->items[i];
    IrNode *as = n->op == IR_DCL && n->u.unary.x && n->u.unary.x->op == IR_NAME
                   ? ptrmap_get(&p->fixups, n->u.unary.x->u.name)
                   : NULL;
    if (as) {
      push_front(p->unit, &as->init, n);
      ptrmap_remove(&p->fixups, n->u.unary.x->u.name);
    } else {
      list->items[kept++] = n;
    }
  }
  list->len = kept;
}

static bool move_in(void *context, IrNode *n) {
  Pass *p = context;
  if (n->init.len) move_declarations(p, &n->init);
  switch ((int)n->op) {
  case IR_INLCALL: move_declarations(p, &n->u.inl_call.body); break;
  case IR_CASE: move_declarations(p, &n->u.case_.body); break;
  case IR_BLOCK: move_declarations(p, &n->u.block.list); break;
  case IR_FOR: move_declarations(p, &n->u.for_.body); break;
  case IR_RANGE: move_declarations(p, &n->u.range.body); break;
  case IR_IF:
    move_declarations(p, &n->u.if_.body);
    move_declarations(p, &n->u.if_.else_);
    break;
  default: break;
  }
  ir_children(n, move_in, p);
  return false;
}

bool ir_loopvar(IrUnit *unit, IrFunc *fn) {
  Pass p = {.unit = unit, .fn = fn};
  for (uint32_t i = 0; i < fn->body.len; i++) scan(&p, fn->body.items[i]);
  if (p.transformed) {
    move_declarations(&p, &fn->body);
    for (uint32_t i = 0; i < fn->body.len; i++) move_in(&p, fn->body.items[i]);
  }
  ptrmap_release(&p.leaked);
  ptrmap_release(&p.fixups);
  return p.transformed;
}
