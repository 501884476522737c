// inline.c: inlining interleaved with devirtualisation (reference, 6.3 and 7; cmd/compile/internal/inline/interleaved).
//
// Every call of a function is wrapped in a parenthesis node, so that it can be replaced in place wherever it has moved
// to. All calls of the package are resolved once, which counts the uses of each function literal; then components are
// worked off callee first: each call that may be inlined is replaced, and the calls that appear with the body are
// resolved in a batch and tried in turn, until nothing changes.
#include <stdlib.h>

#include "inline/inline_internal.h"
#include "ir/packages.h"
#include "ir/rules.h"

typedef struct CallSites {
  IrFunc *func;
  bool big;
  VEC(IrNode *) parens;
  VEC(IrFunc *) resolved; // per paren, NULL: unknown yet
  PtrMap marked;          // parenthesis nodes made here
} CallSites;

typedef struct Inliner {
  IrUnit *unit;
  DevirtState devirt;
  PtrMap sites; // IrFunc -> CallSites
  PtrMap uses;  // IrFunc -> number of resolved calls
  CallSites *current;
} Inliner;

static IrNode *mark(void *context, IrNode *n);

// for b.Loop(): all but the body.
static IrNode *mark_bloop(Inliner *in, IrNode *n) {
  ir_message(in->unit, MESSAGE_INLINING_CALL, n->pos, in->current->func, n, NULL,
             "skip inlining within testing.B.loop for for loop");
  for (uint32_t i = 0; i < n->init.len; i++) n->init.items[i] = mark(in, n->init.items[i]);
  if (n->u.for_.cond) n->u.for_.cond = mark(in, n->u.for_.cond);
  if (n->u.for_.post) n->u.for_.post = mark(in, n->u.for_.post);
  return n;
}

static IrNode *mark(void *context, IrNode *n) {
  Inliner *in = context;
  CallSites *s = in->current;
  IrNode *paren = n->op == IR_PAREN ? n : NULL;
  if (paren && ptrmap_has(&s->marked, paren)) return n;
  if (n->op == IR_FOR && ir_is_bloop(n) && ir_rule(in->unit, RULE_BLOOP_STAYS)) return mark_bloop(in, n);
  if (paren) n = paren->u.unary.x;
  bool is_call = n->op == IR_CALLFUNC || n->op == IR_CALLINTER;
  if (n->op == IR_TAILCALL && n->u.go_defer.call) {
    n->u.go_defer.call->flags |= IR_FLAG_NO_INLINE;
    ir_edit_children(n->u.go_defer.call, mark, in);
  } else {
    ir_edit_children(n, mark, in);
  }
  if (!is_call) return paren ? paren : n;
  if (!paren) {
    paren = ir_new(in->unit, IR_PAREN, n->pos, n->type);
    paren->u.unary.x = n;
    ptrmap_set(&s->marked, paren, paren);
  }
  VEC_APPEND(&s->parens, paren);
  return paren;
}

static IrNode *unmark(void *context, IrNode *n) {
  while (n->op == IR_PAREN) n = n->u.unary.x;
  ir_edit_children(n, unmark, context);
  return n;
}

static void edit_body(IrFunc *fn, IrNode *(*edit)(void *, IrNode *), void *context) {
  for (uint32_t i = 0; i < fn->body.len; i++)
    if (fn->body.items[i]) fn->body.items[i] = edit(context, fn->body.items[i]);
}

// reflect's methods that hand out a pointer as an integer: pointer checking wants to see their calls.
static bool is_pointer_getter(const IrFunc *method) {
  return method && method->name && method->name->pkg && str_equal(method->name->pkg->path, STR("reflect")) &&
         (sym_is(method->name->sym, "Value.UnsafeAddr") || sym_is(method->name->sym, "Value.Pointer"));
}

// Calls that are never inlined, whatever the callee.
static bool may_inline(const Inliner *in, const IrNode *call) {
  if (in->unit->options->no_inline || call->op != IR_CALLFUNC) return false;
  if (call->flags & (IR_FLAG_GO_DEFER | IR_FLAG_NO_INLINE)) return false;
  const IrFunc *direct = ir_static_callee(call->u.call.fun);
  if (ir_is_escape_non_string(direct)) return false;
  const IrNode *fun = call->u.call.fun;
  if (fun->op == IR_METHEXPR) {
    const IrFunc *method = fun->u.selector.method;
    return !inline_is_intrinsic(in->unit, method) && !(ir_checkptr(in->unit) && is_pointer_getter(method));
  }
  if (fun->op == IR_NAME && fun->u.name->cls == CLASS_FUNC) return !inline_is_intrinsic(in->unit, fun->u.name->func);
  return true;
}

static uintptr_t use_count(const Inliner *in, const IrFunc *fn) { return (uintptr_t)ptrmap_get(&in->uses, fn); }

// The callee of call site i, once it is known; counts it as a use.
static IrFunc *resolve(Inliner *in, CallSites *s, uint32_t i) {
  if (i < s->resolved.len && s->resolved.items[i]) return s->resolved.items[i];
  IrNode *call = s->parens.items[i]->u.unary.x;
  if (call->op != IR_CALLFUNC && call->op != IR_CALLINTER) return NULL;
  devirt_static_call(&in->devirt, s->func, call);
  if (!may_inline(in, call)) return NULL;
  IrFunc *callee = inline_callee(in->unit, s->func, call->u.call.fun, true);
  if (!callee) return NULL;
  while (s->resolved.len <= i) VEC_APPEND(&s->resolved, NULL);
  s->resolved.items[i] = callee;
  ptrmap_set(&in->uses, callee, (void *)(use_count(in, callee) + 1));
  return callee;
}

// Replaces call site i by its callee's body; NULL when it stays.
static IrNode *try_inline(Inliner *in, CallSites *s, uint32_t i) {
  IrUnit *unit = in->unit;
  IrNode *call = s->parens.items[i]->u.unary.x;
  if (call->op != IR_CALLFUNC && call->op != IR_CALLINTER) return NULL;
  IrFunc *known = resolve(in, s, i);
  if (!known || !may_inline(in, call)) return NULL;
  bool called_once = use_count(in, known) == 1 && known->outer;
  IrFunc *callee = inline_callee(unit, s->func, call->u.call.fun, false);
  if (!callee || !callee->inl) return NULL;
  if (!inline_call_allowed(unit, s->func, call, callee, s->big, called_once, true)) return NULL;
  VEC_PUSH(&unit->arena, &unit->inlined_uses, (IrUse){s->func, callee});
  uint32_t index = ir_inline_tree_add(unit, call->pos.inl, call->pos, callee);
  Buf name = {0};
  ir_write_func_name(&name, unit, callee);
  ir_message(unit, MESSAGE_INLINING_CALL, call->pos, s->func, call, NULL, "inlining call to %.*s",
             STR_ARG(buf_view(&name)));
  buf_release(&name);
  return ir_unified_inline_call(unit, s->func, call, callee, index);
}

static bool work_through(Inliner *in, CallSites *s) {
  bool changed = false;
  in->current = s;
  uint32_t from = 0, to = s->parens.len;
  while (from < to) {
    for (uint32_t i = from; i < to; i++) {
      IrNode *paren = s->parens.items[i];
      IrNode *call = paren->u.unary.x;
      IrNode *inlined = try_inline(in, s, i);
      if (!inlined) continue;
      paren->u.unary.x = inlined;
      ir_edit_children(inlined, mark, in);
      devirt_inlined_call(&in->devirt, s->func, call, inlined);
      changed = true;
    }
    from = to;
    to = s->parens.len;
    for (uint32_t i = from; i < to; i++) resolve(in, s, i);
  }
  return changed;
}

static void visit_component(void *context, IrFunc **component, uint32_t len) {
  Inliner *in = context;
  for (bool changed = true; changed;) {
    changed = false;
    for (uint32_t i = 0; i < len; i++) {
      CallSites *s = ptrmap_get(&in->sites, component[i]);
      if (s && work_through(in, s)) changed = true;
    }
  }
}

static CallSites *sites_new(Inliner *in, IrFunc *fn) {
  CallSites *s = mem_new(sizeof *s);
  s->func = fn;
  s->big = !in->unit->options->no_inline && inline_is_big(fn);
  if (s->big && in->unit->options->level >= 2) {
    Buf name = {0};
    ir_write_func_name(&name, in->unit, fn);
    ir_message(in->unit, MESSAGE_CANNOT_INLINE, fn->pos, fn, NULL, NULL,
               "function %.*s considered 'big'; reducing max cost of inlinees", STR_ARG(buf_view(&name)));
    buf_release(&name);
  }
  in->current = s;
  edit_body(fn, mark, in);
  ptrmap_set(&in->sites, fn, s);
  for (uint32_t i = 0; i < s->parens.len; i++) resolve(in, s, i);
  return s;
}

static void sites_free(CallSites *s) {
  if (s->parens.len) edit_body(s->func, unmark, NULL);
  free(s->parens.items);
  free(s->resolved.items);
  ptrmap_release(&s->marked);
  free(s);
}

static void inliner_release(Inliner *in) {
  for (uint32_t i = 0; i < in->sites.len; i++) sites_free(in->sites.entries[i].value);
  ptrmap_release(&in->sites);
  ptrmap_release(&in->uses);
  devirt_release(&in->devirt);
}

void inline_all(IrUnit *unit) {
  Inliner in = {.unit = unit, .devirt = {.unit = unit}};
  uint32_t count = unit->funcs.len; // functions that inlining creates are compiled as they are
  for (uint32_t i = 0; i < count; i++) sites_new(&in, unit->funcs.items[i]);
  ir_visit_bottom_up(unit, visit_component, &in);
  inliner_release(&in);
}

static void add_sites(Inliner *in, IrFunc *fn) {
  sites_new(in, fn);
  for (uint32_t i = 0; i < fn->closures.len; i++) add_sites(in, fn->closures.items[i]);
}

void inline_once(IrUnit *unit, IrFunc *fn) {
  if (fn->is_inlined) return;
  fn->is_inlined = true;
  fn->left_out = false;
  fn->mentions = NULL;
  Inliner in = {.unit = unit, .devirt = {.unit = unit}};
  add_sites(&in, fn);
  ir_visit_func_bottom_up(unit, fn, visit_component, &in);
  inliner_release(&in);
}

void inline_partial(IrUnit *unit) {
  uint32_t first = unit->funcs.len;
  for (uint32_t i = 0; i < unit->funcs.len && !package_cancelled(unit->pkg); i++) {
    IrFunc *fn = unit->funcs.items[i];
    bool joined = fn->object && !fn->is_instantiation; // after that only these; what inlining makes stays as it is
    if (!fn->outer && (i < first || joined)) inline_once(unit, fn);
  }
}

static void inline_func(IrUnit *unit, IrFunc *fn) {
  Inliner in = {.unit = unit, .devirt = {.unit = unit}};
  CallSites *s = sites_new(&in, fn);
  while (work_through(&in, s)) {
  }
  inliner_release(&in);
}

const IrInliner inline_for_lowering = {.can_inline = inline_can_inline_quietly, .inline_calls = inline_func};
