// reason_step.c: the steps of a way to the heap in plain words, one for each of gc's (-m=2: "from E (why)"), and what a
// step assigns to.
#include "report/finding_internal.h"
#include "syntax/syntax.h"

static bool is(const char *why, const char *text) { return why && strcmp(why, text) == 0; }

// ---- Pieces

// What is called: of a variable of the compiler's making the expression that it was set to.
const IrNode *reason_shown_function(const IrNode *fun) {
  if (!ir_is_auto_tmp(fun)) return fun;
  const IrNode *defn = fun->u.name->defn, *value = defn && defn->op == IR_AS ? defn->u.as.y : NULL;
  return value ? value : fun;
}

// The left side that an assignment step is about.
const IrNode *reason_assigned_to(const IrNode *n) {
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

// The variable of that name on the left side.
const IrName *reason_assigned_name(const IrNode *n, Str name) {
  bool pair = n && (n->op == IR_AS2 || n->op == IR_AS2FUNC || n->op == IR_AS2DOTTYPE || n->op == IR_AS2MAPR);
  for (uint32_t i = 0; pair && i < n->u.as_list.lhs.len; i++) {
    const IrNode *x = n->u.as_list.lhs.items[i];
    if (x && x->op == IR_NAME && str_equal(sym_str(x->u.name->sym), name)) return x->u.name;
  }
  return NULL;
}

// Where a return statement in a loop over a function keeps its results until the loop is left.
bool reason_is_loop_result(Str printed) { return str_has_prefix(printed, STR("#rv")); }

// ---- Steps

static void write_becomes(Buf *out, const FindingMaker *m, const IrNode *n, Str into) {
  const IrName *name = reason_assigned_name(n, into);
  buf_printf(out, "becomes `%.*s`", STR_ARG(into));
  if (name) write_whose(out, m, name->pos);
}

// A step that carries a value on; into is the place that this stretch of the path ends in.
static void write_assigned(Buf *out, FindingMaker *m, const FlowStep *s, Str into) {
  const IrNode *dst = reason_assigned_to(s->node);
  bool generated = !into.n || into.p[0] == '{' || finding_has_made_name(into);
  ptrdiff_t dot = str_last_byte(into, '.');
  if (reason_is_loop_result(into)) {
    buf_puts(out, "returned, from inside of a loop over a function");
  } else if (str_has_prefix(into, STR("#"))) {
    buf_puts(out, "becomes what the loop is handed");
  } else if (dst && !str_has_prefix(into, STR("~r")) && !str_has_prefix(into, STR("_cgo"))) {
    buf_puts(out, "assigned to ");
    write_expr(out, m, dst);
    write_whose(out, m, dst->op == IR_NAME ? dst->u.name->pos : dst->pos);
  } else if (str_has_prefix(into, STR("~r"))) {
    buf_puts(out, "becomes the result of the function that is inlined here");
  } else if (!generated && dot >= 0) { // gc prints variables of other packages' functions with the package
    buf_printf(out, "becomes `%.*s` of a function that is inlined here",
               STR_ARG(str_slice(into, (size_t)(dot + 1), into.n)));
  } else if (!generated) {
    write_becomes(out, m, s->node, into);
  } else {
    buf_puts(out, "assigned");
  }
}

static void write_passed(Buf *out, FindingMaker *m, const IrNode *call) {
  bool named = call && (call->op == IR_CALLFUNC || call->op == IR_CALLINTER) && call->u.call.fun;
  if (call && call->op == IR_PANIC) {
    buf_puts(out, "given to `panic`");
  } else if (call && call->op == IR_APPEND) {
    buf_puts(out, "passed to `append`");
  } else {
    buf_puts(out, "passed to ");
    write_expr(out, m, named ? reason_shown_function(call->u.call.fun) : call);
  }
}

// By gc's word for what the step is; NULL: it is none of these.
static const char *plain_words(const char *why) {
  static const struct {
    const char *why, *words;
  } PLAIN[] = {
    {"address-of", "its address is taken"},
    {"interface-converted", "put in an interface"},
    {"captured by a closure", "captured by a function literal"},
    {"reference", "captured by reference"},
    {"return", "returned"},
    {"send", "sent on a channel"},
    {"slice-literal-element", "made an element of a slice"},
    {"array literal element", "made an element of an array"},
    {"struct literal element", "made a field of a struct"},
    {"map literal key", "made a key of a map"},
    {"key of map put", "made a key of a map"},
    {"map literal value", "stored in a map"},
    {"dot", "a part of it is used"},
    {"dot of pointer", "a part of it is used"},
    {"fixed-array-index-of", "a part of it is used"},
    {"indirection", "read through a pointer"},
    {"slice", "sliced"},
    {"slice-to-array", "sliced"},
    {"appended slice...", "appended"},
    {"appendee slice", "appended"},
    {"copied slice", "copied"},
    {"range", "ranged over"},
    {"range-deref", "ranged over"},
    {"switch case", "bound by a type switch"},
  };
  for (size_t i = 0; why && i < sizeof PLAIN / sizeof *PLAIN; i++)
    if (strcmp(why, PLAIN[i].why) == 0) return PLAIN[i].words;
  return NULL;
}

static Str step_words(FindingMaker *m, const FlowStep *s, Str into) {
  Buf out = {0};
  const char *why = s->why, *plain = plain_words(why);
  if (plain)
    buf_puts(&out, plain);
  else if (is(why, "spill"))
    buf_puts(&out,
             str_equal(s->text, STR("... argument")) ? "put in a slice, which is made for the call" : "made here");
  else if (is(why, "call parameter"))
    write_passed(&out, m, s->node);
  else if (why && strncmp(why, "assign", 6) == 0)
    write_assigned(&out, m, s, into);
  else
    buf_puts(&out, why);
  Str text = arena_str(m->arena, buf_view(&out));
  buf_release(&out);
  return text;
}

void reason_fill_steps(FindingMaker *m, Finding *f, const IrMessage *msg, uint32_t count) {
  f->steps = ARENA_ARRAY(m->arena, FindingStep, count + 2);
  Str into = STR_NONE;
  for (uint32_t i = 0; i < count; i++) {
    const FlowStep *s = &msg->steps[i];
    if (s->to.n) into = s->to;
    if (s->skipped) {
      FindingStep *between = &f->steps[f->step_count++];
      between->text = arena_printf(m->arena, "%u more steps", s->skipped);
      between->gc_text = STR("\xE2\x80\xA6");
    }
    if (!s->why || !*s->why) continue;
    IrPos pos = ir_outermost_pos(m->unit, s->pos);
    FindingStep *step = &f->steps[f->step_count];
    step->text = step_words(m, s, into);
    if (!finding_has_made_name(s->text))
      step->gc_text = arena_printf(m->arena, "from %.*s (%s)", STR_ARG(s->text), s->why);
    const AstFile *file = range_file(m, pos.decl);
    if (pos.decl) finding_step_lies_in(step, pos.decl);
    if (file) {
      const Ast *n = range_node(m, (Pos){pos.decl, pos.offset}, WANT_EXPR);
      finding_step_place(step, file, (Pos){pos.decl, pos.offset});
      step->start = n ? step->base + n->start : step->at;
      step->end = n ? step->base + n->end : step->at;
    }
    const FindingStep *before = f->step_count ? step - 1 : NULL;
    if (before && before->start == step->start && before->source == step->source && str_equal(before->text, step->text))
      continue;
    f->step_count++;
  }
}
