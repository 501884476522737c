// escape.c: escape analysis of a unit, batch by batch (reference, 4.2): locations, walk, capture modes, forced heap,
// solver, tags, messages.
#include "escape/graph_internal.h"
#include "inline/inline.h"

enum { BY_VALUE_LIMIT = 128 }; // bytes up to which a never reassigned variable is captured by value

static void plan_func(Batch *b, IrFunc *fn) {
  fn->opt = (void *)(uintptr_t)FUNC_PLANNED;
  for (uint32_t i = 0; i < fn->dcls.len; i++)
    if (!fn->dcls.items[i]->opt) location_new(b, fn, fn->dcls.items[i]->node, 1, true);
  if (!fn->closure)
    for (uint32_t i = 0; i < fn->closure_vars.len; i++) location_of(b, fn, fn->closure_vars.items[i]);
  for (uint32_t i = 0; i < fn->results.len; i++) location_of(b, fn, fn->results.items[i])->result_index = 1 + i;
}

// Decides by value or by reference for each captured variable, and lets it flow into the closure's record.
static void flow_closure(Batch *b, Hole record, IrNode *closure) {
  IrFunc *fn = closure->u.closure.func;
  for (uint32_t i = 0; i < fn->closure_vars.len; i++) {
    IrName *var = fn->closure_vars.items[i];
    IrName *canonical = ir_canonical(var);
    Location *loc = location_of(b, fn, var);
    int64_t size = type_size(b->shared->types, canonical->type);
    canonical->byval = !loc->addrtaken && !loc->reassigned && size <= BY_VALUE_LIMIT;
    var->byval = canonical->byval;
    if (!canonical->byval) canonical->addrtaken = true;
    if (b->unit->options->level >= 2) {
      Buf func = {0};
      if (canonical->func) ir_write_func_name(&func, b->unit, canonical->func);
      ir_message(b->unit, MESSAGE_FLOW, canonical->pos, canonical->func, NULL, canonical,
                 "%.*s capturing by %s: %s (addr=%s assign=%s width=%lld)", STR_ARG(buf_view(&func)),
                 canonical->byval ? "value" : "ref", canonical->sym ? canonical->sym->text : "_",
                 loc->addrtaken ? "true" : "false", loc->reassigned ? "true" : "false", (long long)size);
      buf_release(&func);
    }
    Hole k = record;
    if (!canonical->byval) k = hole_addr(b, k, var->node, "reference");
    flow(b, hole_note(b, k, var->node, "captured by a closure"), loc);
  }
}

static void force_heap(Batch *b) {
  // Rewriting may make temporaries, but no new locations.
  for (uint32_t i = 0; i < b->locations.len; i++) {
    Location *loc = b->locations.items[i];
    if (!loc->node) continue;
    rewrite_with_literals(b, loc);
    const char *why = heap_alloc_reason(b, loc->node);
    if (!why) continue;
    loc->reason = why;
    flow(b, hole_addr(b, hole_of(&b->heap), loc->node, why), loc);
  }
}

static void explain_message(IrMessage *m, const Location *loc) {
  if (!m) return;
  m->steps = loc->steps;
  m->step_count = loc->step_count;
  m->also_steps = loc->also_steps;
  m->also_count = loc->also_count;
  m->reason = loc->reason;
  m->loop_depth = (uint8_t)(loc->loop_depth < 0 ? 0 : loc->loop_depth > UINT8_MAX ? UINT8_MAX : loc->loop_depth);
}

typedef struct ParamReport {
  Batch *batch;
  IrFunc *func;
  IrName *param;
  Str name;
  const Location *loc;
} ParamReport;

static void report_param(const ParamReport *r, MessageKind kind, const char *before, const char *after) {
  IrUnit *unit = r->batch->unit;
  IrMessage *m =
    ir_message(unit, kind, r->param->pos, r->func, NULL, r->param, "%s%.*s%s", before, STR_ARG(r->name), after);
  if (r->loc) explain_message(m, r->loc);
}

static void report_leaks(const ParamReport *r, const IrTag *tag) {
  IrUnit *unit = r->batch->unit;
  bool said = false;
  int heap = tag_get(tag, TAG_HEAP);
  if (heap >= 0) {
    report_param(r, heap == 0 ? MESSAGE_LEAKING_PARAM : MESSAGE_LEAKING_CONTENT,
                 heap == 0 ? "leaking param: " : "leaking param content: ", "");
    said = true;
  }
  for (uint32_t i = 0; i < RESULT_TAGS && i < r->func->results.len; i++) {
    int level = tag_get(tag, TAG_RESULT0 + i);
    if (level < 0) continue;
    Sym result = r->func->results.items[i]->sym;
    IrMessage *m =
      ir_message(unit, MESSAGE_LEAKING_RESULT, r->param->pos, r->func, NULL, r->param,
                 "leaking param: %.*s to result %s level=%d", STR_ARG(r->name), result ? result->text : "_", level);
    explain_message(m, r->loc);
    said = true;
  }
  if (!unit->options->debug_mutations_calls) {
    if (!said) report_param(r, MESSAGE_PARAM_STAYS, "", " does not escape");
    return;
  }
  int mutator = tag_get(tag, TAG_MUTATOR), callee = tag_get(tag, TAG_CALLEE);
  if (mutator >= 0)
    ir_message(unit, MESSAGE_LEAKING_CONTENT, r->param->pos, r->func, NULL, r->param, "mutates param: %.*s derefs=%d",
               STR_ARG(r->name), mutator);
  if (callee >= 0)
    ir_message(unit, MESSAGE_LEAKING_CONTENT, r->param->pos, r->func, NULL, r->param, "calls param: %.*s derefs=%d",
               STR_ARG(r->name), callee);
  if (!said && mutator < 0 && callee < 0) report_param(r, MESSAGE_PARAM_STAYS, "", " does not escape, mutate, or call");
}

static bool is_uintptr(const Type *t) {
  const Type *u = t ? type_underlying(t) : NULL;
  return u && u->kind == TYPE_BASIC && u->basic_kind == BASIC_UINTPTR;
}

static const IrTag UNKNOWN_TAG = {.leaks = {[TAG_HEAP] = 1}};

// A function implemented elsewhere (assembly, linkname): trusted only as far as //go:noescape says.
static IrTag tag_of_external(const ParamReport *r, bool diagnose, bool named) {
  IrTag tag = {0};
  if (is_uintptr(r->param->type)) {
    if (diagnose) report_param(r, MESSAGE_UINTPTR, "assuming ", " is unsafe uintptr");
    return UNKNOWN_TAG;
  }
  if (!batch_pointerful(r->batch, r->param->type)) return UNKNOWN_TAG;
  if (r->func->pragma & PRAGMA_NOESCAPE) {
    if (diagnose && named) report_param(r, MESSAGE_PARAM_STAYS, "", " does not escape");
    tag_add(&tag, TAG_MUTATOR, 0);
    tag_add(&tag, TAG_CALLEE, 0);
    return tag;
  }
  if (diagnose && named) report_param(r, MESSAGE_LEAKING_PARAM, "leaking param: ", "");
  return UNKNOWN_TAG;
}

static IrTag tag_of_param(Batch *b, IrFunc *fn, uint32_t index) {
  IrName *param = fn->params.items[index];
  bool diagnose = !fn->is_wrapper && !fn->is_dupok;
  bool named = param->object ? param->object->name != NULL : param->sym != NULL;
  Str name = sym_str(param->sym);
  if (!name.n) name = arena_printf(&b->unit->arena, "arg#%u", index + 1);
  ParamReport report = {b, fn, param, name, NULL};
  if (!fn->has_body) {
    fn->pragma |= PRAGMA_UINTPTR_KEEPALIVE;
    return tag_of_external(&report, diagnose, named);
  }
  if (fn->pragma & PRAGMA_UINTPTR_ESCAPES) {
    if (is_uintptr(param->type)) {
      if (diagnose) report_param(&report, MESSAGE_UINTPTR, "marking ", " as escaping uintptr");
      return UNKNOWN_TAG;
    }
    const Type *u = param->type ? type_underlying(param->type) : NULL;
    bool variadic =
      fn->type && fn->type->kind == TYPE_SIGNATURE && fn->type->u.signature.variadic && index + 1 == fn->params.len;
    if (variadic && u && u->kind == TYPE_SLICE && is_uintptr(u->u.slice.elem)) {
      if (diagnose) report_param(&report, MESSAGE_UINTPTR, "marking ", " as escaping ...uintptr");
      return UNKNOWN_TAG;
    }
  }
  if (!batch_pointerful(b, param->type)) return UNKNOWN_TAG;
  if (!named || sym_is_blank(param->sym) || (param->object && sym_is_blank(param->object->name))) return (IrTag){0};
  const Location *loc = location_of(b, fn, param);
  IrTag tag = loc->leaks;
  tag_optimize(&tag);
  report.loc = loc;
  if (diagnose && !(loc->attrs & ATTR_ESCAPES)) report_leaks(&report, &tag);
  return tag_get(&tag, TAG_HEAP) == 0 ? UNKNOWN_TAG : tag;
}

static void tag_func(Batch *b, IrFunc *fn) {
  fn->tags = ARENA_ARRAY(&b->unit->arena, IrTag, fn->params.len ? fn->params.len : 1);
  for (uint32_t i = 0; i < fn->params.len; i++) fn->tags[i] = tag_of_param(b, fn, i);
}

static void report_site(Batch *b, const Location *loc, bool escapes) {
  IrNode *n = loc->node;
  MessageKind kind = escapes ? MESSAGE_ESCAPES : MESSAGE_STAYS;
  const char *verdict = escapes ? "escapes to heap" : "does not escape";
  Buf text = {0};
  if (n->op == IR_APPEND)
    buf_puts(&text, "append");
  else
    ir_write_node(&text, b->unit, n);
  IrMessage *m = ir_message(b->unit, kind, n->pos, loc->func, n, NULL, "%.*s %s", STR_ARG(buf_view(&text)), verdict);
  explain_message(m, loc);
  buf_release(&text);
}

static void finish_location(Batch *b, Location *loc) {
  IrNode *n = loc->node;
  if (!n) return;
  bool escapes = (loc->attrs & ATTR_ESCAPES) != 0;
  n->esc = escapes ? ESC_HEAP : ESC_NONE;
  if (loc->name) {
    loc->name->opt = NULL;
    loc->name->escapes = escapes;
    if (escapes) {
      Buf text = {0};
      ir_write_node(&text, b->unit, n);
      IrMessage *m = ir_message(b->unit, MESSAGE_MOVED_TO_HEAP, loc->name->pos, loc->func, NULL, loc->name,
                                "moved to heap: %.*s", STR_ARG(buf_view(&text)));
      explain_message(m, loc);
      buf_release(&text);
    }
    return;
  }
  bool wrapper = n->op == IR_CLOSURE && n->u.closure.func->is_wrapper;
  if (!wrapper) report_site(b, loc, escapes);
  if (!escapes && !(loc->attrs & ATTR_PERSISTS) &&
      (n->op == IR_CLOSURE || n->op == IR_METHVALUE || n->op == IR_SLICELIT))
    n->flags |= IR_FLAG_TRANSIENT;
  if (n->op == IR_STR2BYTES && !(loc->attrs & ATTR_MUTATES) && !b->unit->options->zero_copy_off) {
    ir_message(b->unit, MESSAGE_ZERO_COPY, n->pos, loc->func, n, NULL, "zero-copy string->[]byte conversion");
    n->flags |= IR_FLAG_NONNIL; // the slice aliases the string
  }
}

static void run_batch(EscapeUnit *shared, IrFunc **batch, uint32_t len) {
  IrUnit *unit = shared->unit;
  Batch b = {.shared = shared, .unit = unit, .want_notes = unit->options->explain || unit->options->level >= 2};
  b.heap.attrs = ATTR_ALL;
  b.mutator.attrs = ATTR_MUTATES;
  b.callee.attrs = ATTR_CALLS;
  for (uint32_t i = 0; i < len; i++) plan_func(&b, batch[i]);
  for (uint32_t i = 0; i < len; i++)
    if (!is_capturing_closure(batch[i])) walk_func(&b, batch[i]);
  for (uint32_t i = 0; i < b.closures.len; i++) flow_closure(&b, b.closures.items[i].hole, b.closures.items[i].closure);
  force_heap(&b);
  solve(&b);
  for (uint32_t i = 0; i < len; i++) tag_func(&b, batch[i]);
  for (uint32_t i = 0; i < len; i++) {
    batch[i]->tagged = true;
    batch[i]->opt = NULL;
  }
  for (uint32_t i = 0; i < b.locations.len; i++) finish_location(&b, b.locations.items[i]);
  arena_release(&b.arena);
}

static void shared_init(EscapeUnit *shared, IrUnit *unit) {
  *shared = (EscapeUnit){.unit = unit, .types = unit->pkg->context};
}

static void shared_release(EscapeUnit *shared) {
  for (uint32_t i = 0; i < shared->oracles.len; i++) {
    // A closure and its outermost function are never both keys: the map is keyed by the outermost.
    reassign_oracle_free(shared->oracles.entries[i].value);
  }
  ptrmap_release(&shared->oracles);
  ptrmap_release(&shared->pointerful);
}

static void visit_component(void *context, IrFunc **component, uint32_t len) {
  EscapeUnit *shared = context;
  bool wanted = !shared->unit->for_importers;
  for (uint32_t i = 0; i < len && !wanted; i++) wanted = component[i]->asked;
  if (wanted) run_batch(shared, component, len);
}

void escape_unit(IrUnit *unit) {
  EscapeUnit shared;
  shared_init(&shared, unit);
  ir_visit_bottom_up(unit, visit_component, &shared);
  shared_release(&shared);
}
