// advice.c: the words around a verdict: inlay hint, title, condition, and what would keep the value on the stack.
#include "report/finding_internal.h"

static Str kept(FindingMaker *m, Buf *out) {
  Str text = arena_str(m->arena, buf_view(out));
  buf_release(out);
  return text;
}

// The short form of Finding.when.
static void write_when(Buf *out, const Finding *f) {
  if (f->verdict != VERDICT_HEAP && f->verdict != VERDICT_CONDITIONAL) return;
  if (f->cold & ALLOC_COLD_INIT)
    buf_puts(out, " · at start");
  else if (f->cold & ALLOC_COLD_PANIC)
    buf_puts(out, " · on panic");
  else if (f->cold & ALLOC_COLD_ERROR)
    buf_puts(out, " · on error");
  else if (f->cold & ALLOC_COLD_ONCE)
    buf_puts(out, " · once");
}

// "heap 48 B", "heap n×8 B · on error", "heap 16 B in errors.New", "heap if it grows · in loop", "moved to heap 8 B"
static Str hint_of(FindingMaker *m, const Finding *f) {
  enum { COUNT_SHOWN = 8, NAME_SHOWN = 24 };
  Buf out = {0};
  switch (f->verdict) {
  case VERDICT_STACK: buf_puts(&out, "stack"); break;
  case VERDICT_NO_ALLOCATION: buf_puts(&out, "no alloc"); break;
  case VERDICT_CONDITIONAL:
    buf_puts(&out, "heap ");
    if (f->bytes > 0) {
      write_bytes(&out, f->bytes);
      buf_byte(&out, ' ');
    }
    buf_str(&out, f->condition);
    break;
  case VERDICT_HEAP:
    buf_puts(&out, f->kind == FINDING_VARIABLE ? "moved to heap" : "heap");
    if (f->bytes > 0) {
      buf_byte(&out, ' ');
      write_bytes(&out, f->bytes);
    } else if (f->elem_bytes > 0 && f->count_text.n) {
      bool is_long = f->count_text.n > COUNT_SHOWN;
      buf_printf(&out, " %.*s", STR_ARG(is_long ? STR("n") : f->count_text));
      if (f->elem_bytes > 1) buf_printf(&out, "×%lld", (long long)f->elem_bytes);
      buf_puts(&out, " B");
    }
    break;
  }
  if (f->loop_depth > 1 && (f->verdict == VERDICT_HEAP || f->verdict == VERDICT_CONDITIONAL))
    buf_puts(&out, " · in loop");
  write_when(&out, f);
  bool heap = f->verdict == VERDICT_HEAP || f->verdict == VERDICT_CONDITIONAL;
  if (heap && f->inlined_from.n && f->inlined_from.n <= NAME_SHOWN)
    buf_printf(&out, " in %.*s", STR_ARG(f->inlined_from));
  return kept(m, &out);
}

static void write_amount(Buf *out, const Finding *f) {
  if (f->bytes > 0) {
    buf_puts(out, ", ");
    write_bytes_long(out, f->bytes);
  } else if (f->elem_bytes > 0 && f->count_text.n) {
    buf_printf(out, ", `%.*s` times ", STR_ARG(f->count_text));
    write_bytes_long(out, f->elem_bytes);
    buf_byte(out, ',');
  }
}

static Str title_of(FindingMaker *m, const Finding *f) {
  Buf out = {0};
  switch (f->verdict) {
  case VERDICT_STACK: buf_puts(&out, "Stack."); return kept(m, &out);
  case VERDICT_NO_ALLOCATION: buf_puts(&out, "No allocation."); return kept(m, &out);
  case VERDICT_CONDITIONAL:
    buf_printf(&out, "Heap %.*s", STR_ARG(f->condition));
    write_amount(&out, f);
    break;
  case VERDICT_HEAP:
    buf_puts(&out, f->kind == FINDING_VARIABLE ? "Moved to the heap" : "Heap");
    write_amount(&out, f);
    break;
  }
  if (f->loop_depth > 1) buf_printf(&out, " in every iteration of a loop of `%.*s`", STR_ARG(f->function));
  if (f->loop_depth <= 1 && !f->cold) buf_printf(&out, " each time `%.*s` runs", STR_ARG(f->function));
  if (f->when.n) buf_printf(&out, ", %.*s", STR_ARG(f->when));
  if (f->loop_depth <= 1 && (f->cold & (ALLOC_COLD_ERROR | ALLOC_COLD_PANIC)) && !(f->cold & ALLOC_COLD_INIT))
    buf_printf(&out, " of `%.*s`", STR_ARG(f->function));
  buf_byte(&out, '.');
  return kept(m, &out);
}

static Str advice_boxed(const IrMessage *msg) {
  const IrNode *n = msg->node;
  const IrNode *x = n && n->op == IR_CONVIFACE ? n->u.conv.x : NULL;
  Type *u = x && x->type ? type_underlying(x->type) : NULL;
  if (u && u->kind == TYPE_BASIC && (u->basic_info & BASIC_IS_INTEGER))
    return STR("Use a call that takes the type itself, such as those of `strconv`.");
  if (x) return STR("Use a call that takes the type itself, or pass a pointer that is on the heap already.");
  Type *made = msg->name ? msg->name->type : NULL;
  if (n && (n->op == IR_NEW || n->op == IR_PTRLIT) && n->type && type_underlying(n->type)->kind == TYPE_POINTER)
    made = type_underlying(n->type)->u.pointer.elem;
  if (made && type_underlying(made)->kind == TYPE_BASIC)
    return STR("Pass the value instead of the pointer: a boxed integer below 256 costs nothing.");
  return STR("Make it once and reuse it, or keep its own type instead of an interface.");
}

// Why a conditional site allocates under its condition, or why the others cost nothing.
static void fill_conditional(FindingMaker *m, Finding *f, const IrMessage *msg) {
  switch (msg->node ? msg->node->op : IR_INVALID) { // the conditional ones
  case IR_APPEND:
    f->cause = CAUSE_APPEND;
    f->why = STR("`append` asks for a larger array when the slice's capacity is used up, and how often that is depends "
                 "on the run.");
    f->advice = STR("Give the slice its final capacity when it is made: `make([]T, 0, n)`.");
    break;
  case IR_CONVIFACE:
    f->why = arena_printf(m->arena, "%.*s Values below 256 are in a table and cost nothing.", STR_ARG(f->why));
    f->advice = advice_boxed(msg);
    break;
  case IR_MAKESLICE:
    f->cause = CAUSE_UNKNOWN_SIZE;
    f->why = STR(
      "Its size is not known at compile time: up to 32 bytes fit a buffer on the stack, more are taken from the heap.");
    f->advice = STR("Give it a constant size, or let the caller pass the slice in.");
    break;
  case IR_ADDSTR:
    f->cause = CAUSE_CONCAT;
    f->why = STR("The parts are joined into a new string: up to 32 bytes fit a buffer on the stack, longer ones are "
                 "taken from the heap.");
    f->advice = STR("To join many parts, append them to one `[]byte` or `strings.Builder`.");
    break;
  case IR_MAKEMAP:
  case IR_MAPLIT:
    f->cause = CAUSE_MAP;
    f->why = STR("The map's first eight entries fit on the stack; more are taken from the heap.");
    break;
  default:
    f->cause = CAUSE_CONVERSION;
    f->why =
      STR("The conversion copies the bytes: up to 32 bytes fit a buffer on the stack, more are taken from the heap.");
    f->advice = STR("Stay with one of the two forms, `string` or `[]byte`, as long as possible.");
    break;
  }
}

static Str advice_of(const Finding *f, const IrMessage *msg) {
  switch (f->cause) {
  case CAUSE_RETURNED:
    if (msg->node && msg->node->op == IR_MAKESLICE)
      return STR(
        "Let the caller pass the buffer in: `Read(p []byte)` shares it down, where `Read(n int) []byte` shares it up.");
    if (str_has_prefix(f->why, STR("It is put in an interface")))
      return STR("Return its own type instead of an interface; an error that always says the same can be made once, in "
                 "a package variable.");
    if (msg->node && (msg->node->op == IR_CLOSURE || msg->node->op == IR_METHVALUE)) return STR_NONE;
    return STR("Return the value instead of its address, or fill in a value that the caller passes in.");
  case CAUSE_INTERFACE: return advice_boxed(msg);
  case CAUSE_CLOSURE:
    return STR(
      "Pass it to the function literal as a parameter, or copy it to a variable that is never assigned again.");
  case CAUSE_GOROUTINE:
    return STR("What a goroutine uses cannot stay on this stack; start fewer goroutines, or reuse them.");
  case CAUSE_DEFER_LOOP: return STR("Move the loop's body to a function of its own, so that its `defer` runs once.");
  case CAUSE_UNKNOWN_CALL:
    return STR("Call a concrete type's method, or a function by its name, so that the compiler can see what it does.");
  case CAUSE_OUTLIVES_LOOP: return STR("Declare it outside of the loop if one for all iterations is enough.");
  case CAUSE_TOO_LARGE: return STR("Make it smaller, or make it once and reuse it.");
  case CAUSE_UNKNOWN_SIZE: return STR("Give it a constant size, or let the caller pass it in.");
  case CAUSE_CHANNEL: return STR("Make the channel once and reuse it.");
  case CAUSE_STORED:
  case CAUSE_LEAKING_PARAM:
  case CAUSE_APPEND:
  case CAUSE_CONCAT:
  case CAUSE_CONVERSION:
  case CAUSE_MAP:
  case CAUSE_ZERO_SIZED:
  case CAUSE_NONE:
  case CAUSE_COUNT: return STR_NONE;
  }
  return STR_NONE;
}

void advice_fill(FindingMaker *m, Finding *f, const IrMessage *msg, const Amount *amount) {
  if (f->verdict == VERDICT_NO_ALLOCATION) {
    Buf why = {0};
    buf_printf(&why, "It is said to escape, but %s",
               amount->free_why ? amount->free_why : "nothing is allocated for it.");
    f->why = kept(m, &why);
  } else if (f->verdict == VERDICT_CONDITIONAL) {
    fill_conditional(m, f, msg);
  } else if (f->verdict == VERDICT_STACK && !f->why.n) {
    f->why = arena_printf(m->arena, "Nobody can reach it after `%.*s` returns: it is *shared down* at most.",
                          STR_ARG(f->function));
  } else if (f->verdict == VERDICT_HEAP) {
    f->advice = advice_of(f, msg);
  }
  f->hint = hint_of(m, f);
  f->title = title_of(m, f);
}
