// reason.c: why a value goes to the heap, in plain words, from the path that the escape solver recorded.
//
// The path runs from the site to the place that outlives the function, as flow lines "to ← from" with steps "from E
// (why)" below each (cmd/compile/internal/escape, -m=2). Its last step decides: returned, stored, passed to a call,
// captured. Where no flow decides, a size rule does (IrMessage.reason).
#include "report/finding_internal.h"
#include "syntax/syntax.h"

static bool is(const char *why, const char *text) { return why && strcmp(why, text) == 0; }

// ---- Pieces of sentences

typedef struct Sink {
  Cause cause;
  Buf clause;   // "is returned", "is stored in a map"
  bool of_turn; // it outlives no more than a turn of a loop
} Sink;

// What the source shows of a call that came in by inlining is the outermost call.
static const IrFunc *shown_callee(const FindingMaker *m, uint32_t inl) {
  const IrFunc *callee = NULL;
  while (inl && inl < m->unit->inline_tree.len) {
    callee = m->unit->inline_tree.items[inl].callee;
    inl = m->unit->inline_tree.items[inl].parent;
  }
  return callee;
}

static void write_passed_to(Buf *out, const FindingMaker *m, const IrNode *call) {
  const IrFunc *shown = shown_callee(m, call->pos.inl);
  buf_puts(out, "is passed to ");
  if (shown && shown->closure) {
    buf_puts(out, "a function literal and on to ");
  } else if (shown) {
    buf_byte(out, '`');
    write_function_name(out, m, shown);
    buf_puts(out, "` and on to ");
  }
  write_expr(out, m, reason_shown_function(call->u.call.fun));
}

// It has a body, of which nothing is known as it does not type-check: it uses C, or what could not be loaded.
static bool is_undecided(const IrFunc *callee) {
  const AstDecl *decl = callee->pos.decl;
  const Ast *f = decl && decl->kind == DECL_FUNC && decl->specs.len ? decl->specs.items[0] : NULL;
  return f && f->kind == AST_FUNC_DECL && f->u.func_decl.body;
}

static void sink_known_call(Sink *sink, const FindingMaker *m, const IrNode *call, const IrFunc *callee, Str from) {
  sink->cause = CAUSE_LEAKING_PARAM;
  write_passed_to(&sink->clause, m, call);
  if (!callee->has_body) {
    sink->cause = CAUSE_UNKNOWN_CALL;
    buf_puts(&sink->clause, is_undecided(callee)
                              ? ", which is not decided here: what it keeps is not known"
                              : ", which is not written in Go: the compiler cannot see what it keeps");
    return;
  }
  LeakingParam param = leaking_param(m, callee, call, from);
  if (param.name)
    buf_printf(&sink->clause, ", which may keep its %s `%s` after the call", param.is_recv ? "receiver" : "parameter",
               param.name->text);
  else
    buf_puts(&sink->clause, ", which may keep it after the call");
}

// Built-in functions and what has no callee to name.
static void sink_operation(Sink *sink, const FindingMaker *m, const IrNode *call) {
  sink->cause = CAUSE_STORED;
  switch (call->op) { // those that take values further
  case IR_PANIC: buf_puts(&sink->clause, "is given to `panic`, which hands it to whoever recovers"); break;
  case IR_APPEND:
    buf_puts(&sink->clause, "is appended to ");
    write_expr(&sink->clause, m, call->u.call.args.len ? call->u.call.args.items[0] : NULL);
    write_whose(&sink->clause, m, call->pos);
    buf_puts(&sink->clause, ", whose elements may be on the heap");
    break;
  default:
    buf_puts(&sink->clause, "is passed to ");
    write_expr(&sink->clause, m, call);
    break;
  }
}

// A method of a type parameter is found in the dictionary of the instance.
static bool is_through_dictionary(const FindingMaker *m, const IrNode *fun) {
  Buf text = {0};
  ir_write_node(&text, m->unit, fun);
  bool found = str_index(buf_view(&text), STR(".dict[")) >= 0;
  buf_release(&text);
  return found;
}

static void sink_call(Sink *sink, const FindingMaker *m, const IrNode *call, Str from) {
  if (!call) return;
  bool is_call = call->op == IR_CALLFUNC && call->u.call.fun;
  const IrFunc *callee = is_call ? ir_static_callee(ir_static_value(call->u.call.fun)) : NULL;
  if (callee) {
    sink_known_call(sink, m, call, callee, from);
  } else if (call->op == IR_CALLINTER || is_call) {
    sink->cause = CAUSE_UNKNOWN_CALL;
    if (is_call && is_through_dictionary(m, call->u.call.fun)) {
      buf_puts(&sink->clause, "is passed to a method of a type parameter");
      const IrFunc *shown = shown_callee(m, call->pos.inl);
      if (shown) buf_puts(&sink->clause, " in `");
      if (shown) write_function_name(&sink->clause, m, shown);
      buf_puts(&sink->clause, shown ? "`" : "");
      buf_puts(&sink->clause,
               ": one code serves several types, so the compiler cannot see which method runs, nor what it "
               "keeps");
      return;
    }
    write_passed_to(&sink->clause, m, call);
    buf_puts(&sink->clause, is_call
                              ? ", a function value: the compiler cannot see which function it is, nor what it keeps"
                              : ", a call through an interface: the compiler cannot see which method runs, nor "
                                "what it keeps");
  } else {
    sink_operation(sink, m, call);
  }
}

static void sink_store(Sink *sink, const FindingMaker *m, const IrNode *dst) {
  sink->cause = CAUSE_STORED;
  if (!dst) {
    buf_puts(&sink->clause, "is stored where it outlives the call");
    return;
  }
  const IrNode *to = dst;
  if (dst->op == IR_NAME && dst->u.name->cls == CLASS_EXTERN) {
    buf_puts(&sink->clause, "is stored in the package variable ");
  } else if (dst->op == IR_NAME && dst->u.name->cls == CLASS_RESULT) {
    sink->cause = CAUSE_RETURNED;
    buf_puts(&sink->clause, "is returned, as the result ");
  } else if (dst->op == IR_INDEXMAP) {
    buf_puts(&sink->clause, "is stored in the map ");
    to = dst->u.index.x;
  } else if (dst->op == IR_INDEX) {
    buf_puts(&sink->clause, "is stored in an element of ");
    to = dst->u.index.x;
  } else if (dst->op == IR_LINKSYMOFFSET) {
    const char *name = dst->u.link_sym.name->sym->text; // ".." in front of what has none in the source
    if (name[0] == '.')
      buf_puts(&sink->clause, "is part of what a package variable holds");
    else
      buf_printf(&sink->clause, "is stored in the package variable `%s`", name);
    return;
  } else if (dst->op == IR_DEREF || dst->op == IR_DOTPTR) {
    buf_puts(&sink->clause, "is stored through a pointer, in ");
  } else {
    buf_puts(&sink->clause, "is stored in ");
  }
  write_expr(&sink->clause, m, to);
  if (to->op != IR_NAME)
    write_whose(&sink->clause, m, to->pos);
  else if (to->u.name->cls != CLASS_EXTERN)
    write_whose(&sink->clause, m, to->u.name->pos);
  const IrNode *outer = ir_outer_value((IrNode *)dst);
  bool local =
    outer && outer->op == IR_NAME && outer->u.name->cls != CLASS_EXTERN && outer->u.name->cls != CLASS_RESULT;
  if (local && (dst->op == IR_NAME || dst->op == IR_DOT || outer->u.name->escapes) && outer->u.name->escapes)
    buf_puts(&sink->clause, ", which is on the heap itself");
}

// A local variable that stays on the stack, and so can only be one of an enclosing loop.
static bool is_stack_local(const IrNode *n) {
  return n && n->op == IR_NAME && n->u.name->cls != CLASS_EXTERN && n->u.name->cls != CLASS_RESULT &&
         !n->u.name->escapes;
}

static void sink_part(Sink *sink, const FindingMaker *m, const FlowStep *step) {
  sink->cause = CAUSE_STORED;
  const IrNode *n = step->node;
  bool arguments = str_equal(step->text, STR("... argument"));
  buf_puts(&sink->clause, "is made part of ");
  if (arguments)
    buf_puts(&sink->clause, "the slice of a call's arguments");
  else
    write_expr(&sink->clause, m, n), write_whose(&sink->clause, m, n->pos);
  buf_puts(&sink->clause, ", which is on the heap itself");
}

// A variable of an inlined function has no name in the source at the call: the function is named instead.
static bool write_inlined_name(Buf *out, const FindingMaker *m, const IrName *name) {
  if (!name || !reason_is_inlined(m, name->pos)) return false;
  buf_puts(out, "a variable");
  write_whose(out, m, name->pos);
  return true;
}

// A result without a name, of an inlined function, holds what was made in a loop of it.
static bool sink_result(Sink *sink, const FindingMaker *m, const FlowStep *step, Str into) {
  const IrName *name = str_has_prefix(into, STR("~r")) ? reason_assigned_name(step->node, into) : NULL;
  if (!name || !name->pos.inl || name->pos.inl >= m->unit->inline_tree.len) return false;
  sink->cause = CAUSE_RETURNED;
  sink->of_turn = true;
  buf_puts(&sink->clause, "is kept as the result of `");
  write_function_name(&sink->clause, m, m->unit->inline_tree.items[name->pos.inl].callee);
  buf_puts(&sink->clause, "`, inlined here");
  return true;
}

static void sink_assign(Sink *sink, const FindingMaker *m, const FlowStep *step, Str into) {
  const IrNode *dst = reason_assigned_to(step->node);
  if (!dst && sink_result(sink, m, step, into)) return;
  if (!dst && into.n && into.p[0] != '{' && into.p[0] != '~' && into.p[0] != '.') { // one of several, on the left side
    const IrName *name = reason_assigned_name(step->node, into);
    bool outlives = name && !name->escapes;
    sink->cause = outlives ? CAUSE_OUTLIVES_LOOP : CAUSE_STORED;
    sink->of_turn = outlives;
    buf_puts(&sink->clause, outlives ? "is kept in " : "is stored in ");
    if (!write_inlined_name(&sink->clause, m, name)) buf_printf(&sink->clause, "`%.*s`", STR_ARG(into));
    if (!outlives) buf_puts(&sink->clause, ", which is on the heap itself");
    return;
  }
  if (!is_stack_local(dst)) {
    sink_store(sink, m, dst);
    return;
  }
  sink->cause = CAUSE_OUTLIVES_LOOP;
  sink->of_turn = true;
  buf_puts(&sink->clause, "is kept in ");
  if (!write_inlined_name(&sink->clause, m, dst->u.name)) write_expr(&sink->clause, m, dst);
}

// What the last step of a path says.
static void sink_step(Sink *sink, const FindingMaker *m, const FlowStep *step, Str from, Str into) {
  const char *why = step->why;
  if (is(why, "return")) {
    sink->cause = CAUSE_RETURNED;
    buf_puts(&sink->clause, "is returned to the caller");
  } else if (is(why, "call parameter") || is(why, "callee operand")) {
    sink_call(sink, m, step->node, from);
  } else if (reason_is_loop_result(step->text)) {
    sink->cause = CAUSE_RETURNED;
    buf_puts(&sink->clause, "is returned to the caller");
  } else if (is(why, "captured by a closure") || is(why, "reference")) {
    sink->cause = CAUSE_CLOSURE;
    buf_puts(&sink->clause, "is captured by a function literal that outlives the call");
  } else if (is(why, "send")) {
    sink->cause = CAUSE_STORED;
    buf_puts(&sink->clause, "is sent on a channel");
  } else if (is(why, "key of map put") || is(why, "map literal key") || is(why, "map literal value")) {
    sink->cause = CAUSE_STORED;
    buf_puts(&sink->clause, "is stored in a map");
  } else if (is(why, "appended slice...") || is(why, "appendee slice") || is(why, "copied slice")) {
    sink->cause = CAUSE_STORED;
    buf_puts(&sink->clause, "is copied into another slice's memory");
  } else if (is(why, "struct literal element") || is(why, "slice-literal-element") ||
             is(why, "array literal element")) {
    sink_part(sink, m, step);
  } else if (is(why, "interface-converted")) {
    sink->cause = CAUSE_INTERFACE;
    buf_puts(&sink->clause, "is part of what is copied into an interface, and that copy is on the heap itself");
  } else if (is(why, "conversion to unsafe.Pointer") || is(why, "//go:uintptrescapes") ||
             is(why, "reflect.Header.Data")) {
    sink->cause = CAUSE_STORED;
    buf_puts(&sink->clause, "is turned into an unsafe pointer");
  } else if (why && strncmp(why, "assign", 6) == 0) {
    sink_assign(sink, m, step, into);
  } else {
    sink_store(sink, m, NULL);
  }
}

// ---- The path

typedef struct Path {
  uint32_t count;        // of steps: a way that goes on after it has decided is cut there
  const FlowStep *last;  // with a why that decides
  const FlowStep *flow;  // first step of the last flow line
  const FlowStep *boxed; // interface conversion on the way, other than the site itself
  const FlowStep *captured;
  const FlowStep *address; // of the variable itself
  Token started;           // by go or defer
  bool in_loop;            // … which is in a loop
  const IrNode *assigned;  // local variable of an enclosing loop, in the last flow line
} Path;

// A value of a loop's turn that a variable from outside of the loop holds is decided by that: where it goes from there,
// as to a variable of a function that is inlined further down, is no matter. The number of steps up to there.
static uint32_t steps_that_decide(FindingMaker *m, const IrMessage *msg) {
  IrPos site = ir_outermost_pos(m->unit, msg->pos);
  const FlowStep *end = msg->step_count ? &msg->steps[msg->step_count - 1] : NULL;
  bool assigned = end && end->why && strncmp(end->why, "assign", 6) == 0;
  if (!assigned || (reason_assigned_to(end->node) && !is_stack_local(reason_assigned_to(end->node))))
    return msg->step_count;
  for (uint32_t i = 0; i < msg->step_count; i++) {
    const FlowStep *s = &msg->steps[i];
    const IrNode *dst = s->why && strncmp(s->why, "assign", 6) == 0 ? reason_assigned_to(s->node) : NULL;
    if (str_equal(s->to, STR("{heap}"))) break;
    if (!is_stack_local(dst) || dst->u.name->pos.inl || dst->u.name->pos.decl != site.decl) continue;
    if (range_outside_loop(m, (Pos){site.decl, site.offset}, dst->u.name->pos.offset)) return i + 1;
  }
  return msg->step_count;
}

static Path read_path(FindingMaker *m, const IrMessage *msg) {
  Path p = {.count = steps_that_decide(m, msg)};
  for (uint32_t i = 0; i < p.count; i++) {
    const FlowStep *s = &msg->steps[i];
    if (s->to.n) p.flow = s;
    if (!s->why || !*s->why) continue;
    if (is(s->why, "interface-converted") && s->node != msg->node) p.boxed = s;
    if (is(s->why, "address-of")) p.address = s;
    if (is(s->why, "captured by a closure")) p.captured = s;
    p.last = s;
  }
  // The function that a go or defer statement calls reaches the heap without a step of its own.
  bool captured = p.last && (is(p.last->why, "captured by a closure") || is(p.last->why, "reference"));
  bool record = p.last && is(p.last->why, "spill") && p.last->node && p.last->node->op == IR_CLOSURE;
  if (captured || record) p.started = range_go_defer(m, (Pos){p.last->pos.decl, p.last->pos.offset}, &p.in_loop);
  return p;
}

static bool size_reason(FindingMaker *m, Finding *f, const IrMessage *msg) {
  if (!msg->reason) return false;
  if (is(msg->reason, "zero-sized element")) {
    f->cause = CAUSE_ZERO_SIZED;
    f->why = STR("Its elements have no bytes, so it needs no memory.");
  } else if (is(msg->reason, "too aligned for stack")) {
    f->cause = CAUSE_TOO_LARGE;
    f->why = STR("It needs a stricter alignment than the stack gives.");
  } else {
    bool small = m->unit->options->small_frames, variable = msg->name != NULL;
    f->cause = CAUSE_TOO_LARGE;
    f->why = arena_printf(m->arena, "It is too large for the stack: the limit is %s for %s.",
                          variable ? (small ? "64 KiB" : "128 KiB") : (small ? "16 KiB" : "64 KiB"),
                          variable ? "a variable" : "what `new`, `&T{}` and `make` create");
  }
  return true;
}

// A variable that the compiler makes, as for a loop over a function.
static bool is_made(const IrMessage *msg) { return msg->name && finding_has_made_name(sym_str(msg->name->sym)); }

// Is what captures the body of a loop over a function?
static bool is_loop_body(const FlowStep *s) {
  const IrName *captured = s->node && s->node->op == IR_NAME ? s->node->u.name : NULL;
  return captured && captured->func && captured->func->is_range_body;
}

static void find_sink(Sink *sink, FindingMaker *m, const IrMessage *msg, const Path *p) {
  bool captures = p->last && (is(p->last->why, "captured by a closure") || is(p->last->why, "reference"));
  if (p->started == TOKEN_GO) {
    sink->cause = CAUSE_GOROUTINE;
    buf_puts(&sink->clause, msg->node && msg->node->op == IR_CLOSURE
                              ? "is started as a goroutine, which runs on its own"
                              : "is used by a goroutine, which runs on its own");
  } else if (p->started == TOKEN_DEFER && !p->in_loop && captures && msg->loop_depth > 1) {
    sink->cause = CAUSE_OUTLIVES_LOOP;
    bool made = finding_has_made_name(p->last->text);
    buf_printf(&sink->clause, "is kept in %s%.*s%s", made ? "a variable" : "`", made ? 0 : (int)p->last->text.n,
               p->last->text.p, made ? "" : "`");
  } else if (p->started == TOKEN_DEFER) {
    sink->cause = CAUSE_DEFER_LOOP;
    buf_puts(&sink->clause, "is used by a `defer` in a loop, of which any number may be waiting");
  } else if (captures && is_loop_body(p->last) && (is_made(msg) || !reason_is_loop_result(p->last->text))) {
    sink->cause = CAUSE_CLOSURE;
    buf_puts(
      &sink->clause,
      "is used in the body of a loop over a function, which gets that body as a function literal and may keep it");
  } else if (p->last) {
    sink_step(sink, m, p->last, p->flow ? p->flow->from : STR_NONE, p->flow ? p->flow->to : STR_NONE);
  } else {
    sink_store(sink, m, NULL);
  }
}

// What advice needs to know of the way.
static void note_way(FindingMaker *m, const IrMessage *msg, const Path *p, const Sink *sink, const IrNode *box) {
  const IrNode *last = p->last ? p->last->node : NULL;
  m->way =
    (Way){.boxed = box != NULL, .panics = last && last->op == IR_PANIC, .returned = sink->cause == CAUSE_RETURNED};
  m->way.error = box && m->way.returned && box->type && type_identical(box->type, m->types->type_error);
  bool call = last && (last->op == IR_CALLFUNC || last->op == IR_CALLINTER);
  m->way.loop_body = sink->cause == CAUSE_CLOSURE && p->last && is_loop_body(p->last);
  m->way.passed = call && is(p->last->why, "call parameter");
  const IrFunc *callee = m->way.passed && last->op == IR_CALLFUNC && last->u.call.fun
                           ? ir_static_callee(ir_static_value(last->u.call.fun))
                           : NULL;
  m->way.fixed = callee && (!callee->has_body || !callee->pos.decl || !package_file_of(m->unit->pkg, callee->pos.decl));
  bool elsewhere = last && last->pos.inl && last->pos.decl && !package_file_of(m->unit->pkg, last->pos.decl);
  m->way.fixed |= !call && elsewhere; // it is stored by code of another package
  for (uint32_t i = 0; i < p->count; i++) m->way.variadic |= str_equal(msg->steps[i].text, STR("... argument"));
}

// "it", "its address", "`a` is put in an interface, which", in front of the sink's clause.
static void write_subject(Buf *out, FindingMaker *m, const Finding *f, const IrMessage *msg, const Path *p,
                          Sink *sink) {
  bool boxes = msg->node && msg->node->op == IR_CONVIFACE;
  bool address = f->kind == FINDING_VARIABLE && p->address && !p->captured;
  bool boxed = !boxes && p->boxed && p->boxed != p->last;
  if (boxed) {
    bool whole = p->boxed->text.n && p->boxed->text.n <= 40 && !finding_has_made_name(p->boxed->text) &&
                 !(p->boxed->node && reason_is_inlined(m, p->boxed->node->pos));
    m->boxed = whole ? p->boxed->text : STR_NONE;
    if (whole && !address && f->kind == FINDING_SITE)
      buf_printf(out, "`%.*s` is put in an interface, which ", STR_ARG(p->boxed->text));
    else
      buf_printf(out, "%s is put in an interface, which ", address ? "its address" : "it");
  } else {
    buf_puts(out, address ? "its address " : "it ");
  }
  bool passed = sink->cause == CAUSE_LEAKING_PARAM || sink->cause == CAUSE_UNKNOWN_CALL || sink->cause == CAUSE_STORED;
  if ((boxes || boxed) && passed) sink->cause = CAUSE_INTERFACE;
  const IrNode *box = boxes ? msg->node : p->boxed ? p->boxed->node : NULL;
  note_way(m, msg, p, sink, box);
}

static void write_after(Buf *why, const FindingMaker *m, const IrFunc *fn) {
  buf_puts(why, " may be used after ");
  write_function_seen(why, m, fn);
  buf_puts(why, " returns: ");
}

// "; and it is returned to the caller": a second way out that is of another kind.
static void write_also(Buf *why, FindingMaker *m, const IrMessage *msg, const Sink *first) {
  if (!msg->also_count || first->cause == CAUSE_GOROUTINE || first->cause == CAUSE_DEFER_LOOP) return;
  IrMessage other = *msg;
  other.steps = msg->also_steps, other.step_count = msg->also_count;
  Path p = read_path(m, &other);
  Sink sink = {0};
  find_sink(&sink, m, &other, &p);
  bool other_kind = sink.cause != first->cause && sink.cause != CAUSE_OUTLIVES_LOOP;
  if (p.last && other_kind && !str_equal(buf_view(&sink.clause), buf_view(&first->clause))) {
    buf_printf(why, "; and it %.*s", STR_ARG(buf_view(&sink.clause)));
    m->way.several = true;
  }
  buf_release(&sink.clause);
}

void reason_fill(FindingMaker *m, Finding *f, const IrMessage *msg) {
  m->boxed = STR_NONE;
  m->way = (Way){0};
  Path p = read_path(m, msg);
  reason_fill_steps(m, f, msg, p.count);
  if (size_reason(m, f, msg)) return;
  Sink sink = {0};
  Buf subject = {0}, why = {0};
  find_sink(&sink, m, msg, &p);
  write_subject(&subject, m, f, msg, &p, &sink);
  bool made = is_made(msg);
  if (f->kind == FINDING_VARIABLE && !made)
    buf_printf(&why, "`%.*s`", STR_ARG(f->subject));
  else if (msg->node && msg->node->op == IR_CONVIFACE)
    buf_puts(&why, "Its copy in an interface");
  else if (str_equal(f->subject, STR("... argument")))
    buf_puts(&why, "The slice of these arguments");
  else
    buf_puts(&why, "It");
  bool turn = (sink.of_turn || sink.cause == CAUSE_OUTLIVES_LOOP) && !(p.flow && str_equal(p.flow->to, STR("{heap}")));
  if (turn)
    buf_puts(&why, " may be used after the iteration of the loop that makes it: ");
  else
    write_after(&why, m, msg->func);
  buf_str(&why, buf_view(&subject));
  buf_str(&why, buf_view(&sink.clause));
  if (turn) buf_puts(&why, ", which outlives the iteration, so each one needs its own");
  write_also(&why, m, msg, &sink);
  buf_byte(&why, '.');
  f->cause = sink.cause;
  f->why = arena_str(m->arena, buf_view(&why));
  buf_release(&subject);
  buf_release(&why);
  buf_release(&sink.clause);
}

// "result `err`", "the second result"; the name is gc's: "~r1" without one.
static void write_result(Buf *out, Str name) {
  if (str_has_prefix(name, STR("~r")))
    buf_printf(out, "result %.*s", STR_ARG(str_slice(name, 2, name.n)));
  else
    buf_printf(out, "result `%.*s`", STR_ARG(name));
}

static void write_param_result(Buf *why, Str name, Str text) {
  ptrdiff_t at = str_index(text, STR(" to result "));
  Str result = at >= 0 ? str_slice(text, (size_t)at + 11, text.n) : STR_NONE;
  ptrdiff_t level = str_index(result, STR(" level="));
  bool deep = level >= 0 && !str_equal(str_slice(result, (size_t)level + 7, result.n), STR("0"));
  if (deep)
    buf_printf(why, "What `%.*s` points to", STR_ARG(name));
  else
    buf_printf(why, "`%.*s`", STR_ARG(name));
  buf_puts(why, " leaks to ");
  write_result(why, str_slice(result, 0, level < 0 ? result.n : (size_t)level));
  buf_puts(why, ": the caller's value lives as long as what is returned.");
}

// ": its address is stored in …", from the path of the message.
static void write_param_way(Buf *why, FindingMaker *m, const IrMessage *msg) {
  Path p = read_path(m, msg);
  if (!p.last) return;
  Sink sink = {0};
  find_sink(&sink, m, msg, &p);
  bool boxed = p.boxed && p.boxed != p.last;
  buf_printf(why, "it %s%.*s", boxed ? "is put in an interface, which " : "", STR_ARG(buf_view(&sink.clause)));
  buf_release(&sink.clause);
}

static void write_leak(Buf *why, const FindingMaker *m, const IrFunc *fn, Str name, Str leaves) {
  buf_printf(why, "`%.*s` leaks to the heap: %.*s. So what callers pass here may be used after ", STR_ARG(name),
             STR_ARG(leaves));
  write_function_seen(why, m, fn);
  buf_puts(why, " returns.");
}

void reason_param(FindingMaker *m, Finding *f, const IrMessage *msg) {
  Buf why = {0}, way = {0};
  buf_str(&why, f->why);
  if (why.len) buf_byte(&why, ' ');
  Str name = f->subject;
  bool to_heap = msg->kind == MESSAGE_LEAKING_PARAM || msg->kind == MESSAGE_LEAKING_CONTENT;
  if (to_heap) write_param_way(&way, m, msg);
  Str leaves = way.len ? buf_view(&way) : STR("it may be kept");
  if (msg->kind == MESSAGE_LEAKING_PARAM)
    write_leak(&why, m, msg->func, name, leaves);
  else if (msg->kind == MESSAGE_LEAKING_CONTENT)
    buf_printf(&why, "What `%.*s` points to leaks to the heap: %.*s. `%.*s` itself stays.", STR_ARG(name),
               STR_ARG(leaves), STR_ARG(name));
  else if (msg->kind == MESSAGE_LEAKING_RESULT)
    write_param_result(&why, name, msg->text);
  else
    buf_printf(&why, "`%.*s` stays: callers may keep what they pass on their stack.", STR_ARG(name));
  f->why = arena_str(m->arena, buf_view(&why));
  buf_release(&why);
  buf_release(&way);
  if (msg->step_count && (to_heap || !f->step_count)) {
    f->step_count = 0;
    reason_fill_steps(m, f, msg, msg->step_count);
  }
}
