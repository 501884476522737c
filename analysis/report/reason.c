// reason.c: why a value goes to the heap, in plain words, from the path that the escape solver recorded.
//
// The path runs from the site to the place that outlives the function, as flow lines "to ← from" with steps "from E
// (why)" below each (cmd/compile/internal/escape, -m=2). Its last step decides: returned, stored, passed to a call,
// captured. Where no flow decides, a size rule does (IrMessage.reason).
#include "report/finding_internal.h"
#include "syntax/parse.h"

static bool is(const char *why, const char *text) { return why && strcmp(why, text) == 0; }

// ---- Pieces of sentences

static void write_expr(Buf *out, const FindingMaker *m, const IrNode *n) {
  enum { SHOWN = 60 };
  Buf text = {0};
  if (n) ir_write_node(&text, m->unit, n);
  buf_byte(out, '`');
  if (text.len > SHOWN) {
    size_t cut = SHOWN;
    while (cut && ((unsigned char)text.text[cut] & 0xC0) == 0x80) cut--;
    buf_str(out, (Str){text.text, cut});
    buf_puts(out, "…");
  } else {
    buf_str(out, buf_view(&text));
  }
  buf_byte(out, '`');
  buf_release(&text);
}

typedef struct Sink {
  Cause cause;
  Buf clause; // "is returned", "is stored in a map"
} Sink;

// Does a flow line's source ("x", "{storage for x}") name this argument?
static bool is_source(const FindingMaker *m, Str from, const IrNode *arg) {
  Buf text = {0};
  if (arg->op != IR_NAME) buf_puts(&text, "{storage for ");
  ir_write_node(&text, m->unit, arg);
  if (arg->op != IR_NAME) buf_byte(&text, '}');
  bool same = str_equal(from, buf_view(&text));
  buf_release(&text);
  return same;
}

// The callee's parameter that takes the value, or else the only one that leaks; NULL: not clear.
static Sym leaking_param(const FindingMaker *m, const IrFunc *callee, const IrNode *call, Str from) {
  Sym only = NULL;
  for (uint32_t i = 0; from.n && i < call->u.call.args.len && i < callee->params.len; i++) {
    const IrName *param = callee->params.items[i];
    if (param && param->object && is_source(m, from, call->u.call.args.items[i])) return param->object->name;
  }
  for (uint32_t i = 0; callee && callee->tags && i < callee->params.len; i++) {
    const IrName *param = callee->params.items[i];
    if (!callee->tags[i].leaks[TAG_HEAP] || !param || !param->object || !param->object->name ||
        sym_is_blank(param->object->name))
      continue;
    if (only) return NULL;
    only = param->object->name;
  }
  return only;
}

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
  if (shown) {
    buf_byte(out, '`');
    ir_write_func_name(out, m->unit, shown);
    buf_puts(out, "` and on to ");
  }
  write_expr(out, m, call->u.call.fun);
}

static void sink_known_call(Sink *sink, const FindingMaker *m, const IrNode *call, const IrFunc *callee, Str from) {
  sink->cause = CAUSE_LEAKING_PARAM;
  write_passed_to(&sink->clause, m, call);
  if (!callee->has_body) {
    sink->cause = CAUSE_UNKNOWN_CALL;
    buf_puts(&sink->clause, ", which is not written in Go, so the compiler cannot see what it does with it");
    return;
  }
  Sym param = leaking_param(m, callee, call, from);
  if (param)
    buf_printf(&sink->clause, ", whose `%s` leaks: it may be kept after the call", param->text);
  else
    buf_puts(&sink->clause, ", which may keep it after the call");
}

static void sink_call(Sink *sink, const FindingMaker *m, const IrNode *call, Str from) {
  if (!call) return;
  if (call->op == IR_PANIC) {
    sink->cause = CAUSE_STORED;
    buf_puts(&sink->clause, "is given to `panic`, which hands it to whoever recovers");
  } else if (call->op == IR_CALLINTER) {
    sink->cause = CAUSE_UNKNOWN_CALL;
    write_passed_to(&sink->clause, m, call);
    buf_puts(&sink->clause, ", a call through an interface, and the compiler cannot see what the method does with it");
  } else if (call->op == IR_CALLFUNC && call->u.call.fun) {
    const IrFunc *callee = ir_static_callee(ir_static_value(call->u.call.fun));
    if (callee) {
      sink_known_call(sink, m, call, callee, from);
      return;
    }
    sink->cause = CAUSE_UNKNOWN_CALL;
    write_passed_to(&sink->clause, m, call);
    buf_puts(&sink->clause, ", a function value, and the compiler cannot see which function it is");
  } else {
    sink->cause = CAUSE_STORED;
    buf_puts(&sink->clause, "is passed to ");
    write_expr(&sink->clause, m, call);
  }
}

static void sink_store(Sink *sink, const FindingMaker *m, const IrNode *dst) {
  sink->cause = CAUSE_STORED;
  if (!dst) {
    buf_puts(&sink->clause, "is stored where it outlives the call");
    return;
  }
  if (dst->op == IR_NAME && dst->u.name->cls == CLASS_EXTERN) {
    buf_puts(&sink->clause, "is stored in the package variable ");
    write_expr(&sink->clause, m, dst);
  } else if (dst->op == IR_INDEXMAP) {
    buf_puts(&sink->clause, "is stored in the map ");
    write_expr(&sink->clause, m, dst->u.index.x);
  } else if (dst->op == IR_INDEX) {
    buf_puts(&sink->clause, "is stored in an element of ");
    write_expr(&sink->clause, m, dst->u.index.x);
  } else if (dst->op == IR_DEREF || dst->op == IR_DOTPTR) {
    buf_puts(&sink->clause, "is stored through a pointer, in ");
    write_expr(&sink->clause, m, dst);
  } else {
    buf_puts(&sink->clause, "is stored in ");
    write_expr(&sink->clause, m, dst);
  }
}

// The left side that an assignment step is about.
static const IrNode *assigned_to(const IrNode *n) {
  if (!n) return NULL;
  if (n->op == IR_AS) return n->u.as.x;
  if (n->op == IR_ASOP) return n->u.as_op.x;
  bool pair = n->op == IR_AS2 || n->op == IR_AS2DOTTYPE || n->op == IR_AS2MAPR || n->op == IR_AS2RECV ||
              n->op == IR_AS2FUNC || n->op == IR_SELRECV2;
  if (!pair) return NULL;
  const IrNode *stored = NULL; // the one that is no local, when there is just one
  for (uint32_t i = 0; i < n->u.as_list.lhs.len; i++) {
    const IrNode *x = n->u.as_list.lhs.items[i];
    if (!x || (x->op == IR_NAME && x->u.name->cls != CLASS_EXTERN)) continue;
    if (stored) return NULL;
    stored = x;
  }
  return stored;
}

static bool is_local(const IrNode *n) { return n && n->op == IR_NAME && n->u.name->cls != CLASS_EXTERN; }

// What the last step of a path says.
static void sink_step(Sink *sink, const FindingMaker *m, const FlowStep *step, Str from) {
  const char *why = step->why;
  if (is(why, "return")) {
    sink->cause = CAUSE_RETURNED;
    buf_puts(&sink->clause, "is returned");
  } else if (is(why, "call parameter") || is(why, "callee operand")) {
    sink_call(sink, m, step->node, from);
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
  } else if (is(why, "slice-literal-element")) {
    sink->cause = CAUSE_STORED;
    buf_puts(&sink->clause, "is an element of a slice that leaves");
  } else if (is(why, "conversion to unsafe.Pointer") || is(why, "//go:uintptrescapes") ||
             is(why, "reflect.Header.Data")) {
    sink->cause = CAUSE_STORED;
    buf_puts(&sink->clause, "is turned into an unsafe pointer");
  } else if (why && strncmp(why, "assign", 6) == 0) {
    const IrNode *dst = assigned_to(step->node);
    if (is_local(dst)) {
      sink->cause = CAUSE_OUTLIVES_LOOP;
      buf_puts(&sink->clause, "is kept in ");
      write_expr(&sink->clause, m, dst);
      buf_puts(&sink->clause, ", which outlives it");
    } else {
      sink_store(sink, m, dst);
    }
  } else {
    sink_store(sink, m, NULL);
  }
}

// ---- The path

typedef struct Path {
  const FlowStep *last;  // with a why that decides
  const FlowStep *flow;  // first step of the last flow line
  const FlowStep *boxed; // interface conversion on the way, other than the site itself
  const FlowStep *captured;
  Token started;          // by go or defer
  const IrNode *assigned; // local variable of an enclosing loop, in the last flow line
} Path;

static Path read_path(FindingMaker *m, const IrMessage *msg) {
  Path p = {0};
  for (uint32_t i = 0; i < msg->step_count; i++) {
    const FlowStep *s = &msg->steps[i];
    if (s->to.n) p.flow = s;
    if (!s->why || !*s->why) continue;
    if (is(s->why, "interface-converted") && s->node != msg->node) p.boxed = s;
    if (is(s->why, "captured by a closure")) p.captured = s;
    p.last = s;
  }
  // The function that a go or defer statement calls reaches the heap without a step of its own.
  bool captured = p.last && (is(p.last->why, "captured by a closure") || is(p.last->why, "reference"));
  bool record = p.last && is(p.last->why, "spill") && p.last->node && p.last->node->op == IR_CLOSURE;
  if (captured || record) p.started = range_go_defer(m, (Pos){p.last->pos.decl, p.last->pos.offset});
  return p;
}

static Str step_words(FindingMaker *m, const FlowStep *s) {
  Buf out = {0};
  const char *why = s->why;
  if (is(why, "spill"))
    buf_puts(&out, "made here");
  else if (is(why, "address-of"))
    buf_puts(&out, "its address is taken");
  else if (is(why, "interface-converted"))
    buf_puts(&out, "put in an interface");
  else if (is(why, "captured by a closure"))
    buf_puts(&out, "captured by a function literal");
  else if (is(why, "reference"))
    buf_puts(&out, "captured by reference");
  else if (is(why, "return"))
    buf_puts(&out, "returned");
  else if (is(why, "send"))
    buf_puts(&out, "sent on a channel");
  else if (is(why, "slice-literal-element"))
    buf_puts(&out, "made an element of a slice");
  else if (is(why, "array literal element"))
    buf_puts(&out, "made an element of an array");
  else if (is(why, "struct literal element"))
    buf_puts(&out, "made a field of a struct");
  else if (is(why, "map literal key") || is(why, "key of map put"))
    buf_puts(&out, "made a key of a map");
  else if (is(why, "map literal value"))
    buf_puts(&out, "stored in a map");
  else if (is(why, "dot") || is(why, "dot of pointer") || is(why, "fixed-array-index-of"))
    buf_puts(&out, "a part of it is used");
  else if (is(why, "indirection"))
    buf_puts(&out, "read through a pointer");
  else if (is(why, "slice") || is(why, "slice-to-array"))
    buf_puts(&out, "sliced");
  else if (is(why, "appended slice...") || is(why, "appendee slice"))
    buf_puts(&out, "appended");
  else if (is(why, "copied slice"))
    buf_puts(&out, "copied");
  else if (is(why, "range") || is(why, "range-deref"))
    buf_puts(&out, "ranged over");
  else if (is(why, "switch case"))
    buf_puts(&out, "bound by a type switch");
  else if (is(why, "callee operand"))
    buf_puts(&out, "called as a function value");
  else if (is(why, "call parameter")) {
    buf_puts(&out, "passed to ");
    if (s->node && (s->node->op == IR_CALLFUNC || s->node->op == IR_CALLINTER) && s->node->u.call.fun)
      write_expr(&out, m, s->node->u.call.fun);
    else
      buf_puts(&out, "a call");
  } else if (why && strncmp(why, "assign", 6) == 0) {
    const IrNode *dst = assigned_to(s->node);
    buf_puts(&out, "assigned");
    if (dst) {
      buf_puts(&out, " to ");
      write_expr(&out, m, dst);
    }
  } else if (why && *why) {
    buf_puts(&out, why);
  } else {
    buf_puts(&out, "flows on");
  }
  Str text = arena_str(m->arena, buf_view(&out));
  buf_release(&out);
  return text;
}

static void fill_steps(FindingMaker *m, Finding *f, const IrMessage *msg) {
  f->steps = ARENA_ARRAY(m->arena, FindingStep, msg->step_count ? msg->step_count : 1);
  for (uint32_t i = 0; i < msg->step_count; i++) {
    const FlowStep *s = &msg->steps[i];
    if (!s->why || !*s->why) continue;
    IrPos pos = ir_outermost_pos(m->unit, s->pos);
    FindingStep *step = &f->steps[f->step_count];
    step->text = step_words(m, s);
    step->gc_text = arena_printf(m->arena, "from %.*s (%s)", STR_ARG(s->text), s->why);
    const AstFile *file = range_file(m, pos.decl);
    uint32_t at = file ? ast_file_offset(file, (Pos){pos.decl, pos.offset}) : UINT32_MAX;
    if (at != UINT32_MAX) {
      const Ast *n = range_node(m, (Pos){pos.decl, pos.offset}, WANT_EXPR);
      step->source = file->source;
      step->start = n ? at - pos.offset + n->start : at;
      step->end = n ? at - pos.offset + n->end : at;
      LineCol lc = ast_file_line_col(file, at);
      step->line = lc.line;
      step->column = lc.column;
    }
    const FindingStep *before = f->step_count ? step - 1 : NULL;
    if (before && before->start == step->start && before->source == step->source && str_equal(before->text, step->text))
      continue;
    f->step_count++;
  }
}

static bool size_reason(FindingMaker *m, Finding *f, const IrMessage *msg) {
  if (!msg->reason) return false;
  if (is(msg->reason, "zero-sized element")) {
    f->cause = CAUSE_ZERO_SIZED;
    f->why = STR("Its elements have no bytes, so it needs no memory.");
  } else if (is(msg->reason, "non-constant size")) {
    f->cause = CAUSE_UNKNOWN_SIZE;
    f->why = STR("Its size is not known at compile time, and a stack frame must have a fixed size.");
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

void reason_fill(FindingMaker *m, Finding *f, const IrMessage *msg) {
  fill_steps(m, f, msg);
  if (size_reason(m, f, msg)) return;
  Path p = read_path(m, msg);
  Sink sink = {0};
  if (p.started == TOKEN_GO) {
    sink.cause = CAUSE_GOROUTINE;
    buf_puts(&sink.clause, msg->node && msg->node->op == IR_CLOSURE ? "is started as a goroutine"
                                                                    : "is used by a goroutine, which runs on its own");
  } else if (p.started == TOKEN_DEFER) {
    sink.cause = CAUSE_DEFER_LOOP;
    buf_puts(&sink.clause, "is used by a `defer` in a loop, of which any number may be waiting");
  } else if (p.last) {
    sink_step(&sink, m, p.last, p.flow ? p.flow->from : STR_NONE);
  } else {
    sink_store(&sink, m, NULL);
  }
  bool heap = p.flow && str_equal(p.flow->to, STR("{heap}"));
  Buf why = {0};
  buf_printf(&why, "%s ", f->kind == FINDING_VARIABLE ? "Its address outlives the call: it" : "It");
  bool boxes = msg->node && msg->node->op == IR_CONVIFACE;
  if (boxes || p.boxed) {
    buf_puts(&why, "is put in an interface, which ");
    if (sink.cause == CAUSE_LEAKING_PARAM || sink.cause == CAUSE_UNKNOWN_CALL || sink.cause == CAUSE_STORED)
      sink.cause = CAUSE_INTERFACE;
  } else if (p.captured && sink.cause != CAUSE_CLOSURE && sink.cause != CAUSE_GOROUTINE &&
             sink.cause != CAUSE_DEFER_LOOP) {
    buf_puts(&why, "is captured by a function literal, which ");
    sink.cause = CAUSE_CLOSURE;
  }
  buf_str(&why, buf_view(&sink.clause));
  if (sink.cause == CAUSE_OUTLIVES_LOOP && !heap)
    buf_puts(&why, ", so one per iteration must be kept apart.");
  else
    buf_printf(&why, ", so it may be used after `%.*s` returns%s", STR_ARG(f->function),
               sink.cause == CAUSE_RETURNED ? ": it is *shared up*." : ".");
  f->cause = sink.cause;
  f->why = arena_str(m->arena, buf_view(&why));
  buf_release(&why);
  buf_release(&sink.clause);
}

void reason_param(FindingMaker *m, Finding *f, const IrMessage *msg) {
  Buf why = {0};
  buf_str(&why, f->why);
  if (why.len) buf_byte(&why, ' ');
  Str name = f->subject;
  switch (msg->kind) { // of what the solver says about parameters
  case MESSAGE_LEAKING_PARAM:
    buf_printf(&why, "`%.*s` leaks to the heap: what callers pass here may be used after `%.*s` returns.",
               STR_ARG(name), STR_ARG(f->function));
    break;
  case MESSAGE_LEAKING_CONTENT:
    buf_printf(&why, "What `%.*s` points to leaks to the heap; `%.*s` itself stays.", STR_ARG(name), STR_ARG(name));
    break;
  case MESSAGE_LEAKING_RESULT: {
    ptrdiff_t at = str_index(msg->text, STR(" to result "));
    Str result = at >= 0 ? str_slice(msg->text, (size_t)at + 11, msg->text.n) : STR_NONE;
    ptrdiff_t level = str_index(result, STR(" level="));
    bool deep = level >= 0 && !str_equal(str_slice(result, (size_t)level + 7, result.n), STR("0"));
    buf_printf(&why, "%s`%.*s` leaks to result `%.*s`: it lives as long as what is returned.",
               deep ? "What is behind " : "", STR_ARG(name),
               STR_ARG(str_slice(result, 0, level < 0 ? result.n : (size_t)level)));
    break;
  }
  case MESSAGE_PARAM_STAYS:
    buf_printf(&why, "`%.*s` stays: callers may keep what they pass on their stack.", STR_ARG(name));
    break;
  case MESSAGE_CAN_INLINE:
  case MESSAGE_CANNOT_INLINE:
  case MESSAGE_INLINING_CALL:
  case MESSAGE_DEVIRTUALIZING:
  case MESSAGE_IMPRECISE_CALL:
  case MESSAGE_MOVED_TO_HEAP:
  case MESSAGE_ESCAPES:
  case MESSAGE_STAYS:
  case MESSAGE_ZERO_COPY:
  case MESSAGE_SELF_ASSIGNMENT:
  case MESSAGE_UINTPTR:
  case MESSAGE_BOUNDS_CHECK:
  case MESSAGE_FLOW: buf_str(&why, msg->text); break;
  }
  f->why = arena_str(m->arena, buf_view(&why));
  buf_release(&why);
  if (!f->step_count && msg->step_count) fill_steps(m, f, msg);
}
