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

// Is what it makes as long as the text that it is made of?
static bool holds_text(IrOp op) {
  return op == IR_ADDSTR || op == IR_ASOP || op == IR_BYTES2STR || op == IR_RUNES2STR || op == IR_STR2BYTES ||
         op == IR_STR2RUNES;
}

// "heap 48 B", "heap n×8 B · on error", "errors.New · heap 16 B", "heap if it grows · in loop", "moved to heap 8 B"
// "8 B", "1–80 B" where instances of generic code differ
static void write_range(Buf *out, const Finding *f, int64_t most) {
  Buf least = {0}, all = {0};
  write_bytes(&all, most);
  if (f->least >= 0) write_bytes(&least, f->least);
  ptrdiff_t unit = str_index_byte(buf_view(&least), ' ');
  bool same = unit > 0 && str_has_suffix(buf_view(&all), str_slice(buf_view(&least), (size_t)unit, least.len));
  if (least.len) buf_printf(out, "%.*s–", STR_ARG(str_slice(buf_view(&least), 0, same ? (size_t)unit : least.len)));
  buf_str(out, buf_view(&all));
  buf_release(&least);
  buf_release(&all);
}

static bool is_map_for(const Finding *f, const IrNode *node) {
  return node && node->op == IR_MAKEMAP && f->count_text.n && f->bytes > 0 && node->u.make.len->op != IR_LITERAL;
}

static Str hint_of(FindingMaker *m, const Finding *f, const IrNode *node) {
  enum { COUNT_SHOWN = 8, NAME_SHOWN = 24 };
  Buf out = {0};
  bool allocates = f->verdict == VERDICT_HEAP || f->verdict == VERDICT_CONDITIONAL;
  if (allocates && f->is_foreign && f->called.n <= NAME_SHOWN) buf_printf(&out, "%.*s · ", STR_ARG(f->called));
  switch (f->verdict) {
  case VERDICT_STACK: buf_puts(&out, "stack"); break;
  case VERDICT_NO_ALLOCATION: buf_puts(&out, "no alloc"); break;
  case VERDICT_CONDITIONAL:
    buf_puts(&out, "heap ");
    if (f->bytes > 0) {
      write_range(&out, f, f->bytes);
      buf_byte(&out, ' ');
    }
    buf_str(&out, f->condition);
    break;
  case VERDICT_HEAP:
    buf_puts(&out, f->kind == FINDING_VARIABLE ? "moved to heap" : "heap");
    if (f->bytes > 0) {
      buf_byte(&out, ' ');
      write_range(&out, f, f->bytes);
      bool is_long = f->count_text.n > COUNT_SHOWN;
      if (is_map_for(f, node)) buf_printf(&out, " + %.*s entries", STR_ARG(is_long ? STR("n") : f->count_text));
    } else if (f->elem_bytes > 0 && f->count_text.n) {
      bool is_long = f->count_text.n > COUNT_SHOWN;
      buf_printf(&out, " %.*s", STR_ARG(is_long ? STR("n") : f->count_text));
      if (f->least >= 0)
        buf_puts(&out, "×"), write_range(&out, f, f->elem_bytes);
      else if (f->elem_bytes > 1)
        buf_printf(&out, "×%lld B", (long long)f->elem_bytes);
      else
        buf_puts(&out, " B");
    } else if (f->bytes < 0 && node && holds_text((IrOp)node->op)) {
      buf_puts(&out, node->op == IR_STR2RUNES ? " n×4 B" : " n B");
    }
    break;
  }
  if (f->loop_depth > 1 && allocates) buf_puts(&out, " · in loop");
  write_when(&out, f);
  if (allocates && !f->is_foreign && f->inlined_from.n && f->inlined_from.n <= NAME_SHOWN)
    buf_printf(&out, " in %.*s", STR_ARG(f->inlined_from));
  return kept(m, &out);
}

static void write_range_long(Buf *out, const Finding *f, int64_t most) {
  if (f->least == 0) buf_puts(out, "up to ");
  if (f->least > 0) {
    bool same = f->least < 1024 && most < 1024;
    Buf least = {0};
    write_bytes_long(&least, f->least);
    ptrdiff_t unit = str_index_byte(buf_view(&least), ' ');
    buf_printf(out, "%.*s to ", STR_ARG(str_slice(buf_view(&least), 0, same ? (size_t)unit : least.len)));
    buf_release(&least);
  }
  write_bytes_long(out, most);
}

static void write_amount(Buf *out, const Finding *f, const IrNode *node) {
  if (f->bytes > 0) {
    buf_puts(out, ", ");
    write_range_long(out, f, f->bytes);
    if (is_map_for(f, node)) buf_printf(out, " and the tables for `%.*s` entries", STR_ARG(f->count_text));
  } else if (f->elem_bytes == 1 && f->count_text.n && !finding_is_append(f)) {
    buf_printf(out, ", `%.*s` bytes", STR_ARG(f->count_text));
  } else if (f->elem_bytes > 0 && f->count_text.n && !finding_is_append(f)) {
    buf_printf(out, ", `%.*s` times ", STR_ARG(f->count_text));
    write_range_long(out, f, f->elem_bytes);
  }
  if (f->least >= 0) buf_puts(out, " by type argument");
}

// The condition, which is short for the hint, as it is read in a sentence.
static Str condition_words(FindingMaker *m, Str condition) {
  static const char *const table[][2] = {
    {"if ≥ 256", "if the value is 256 or more"},           {"if > 32 B", "if it is longer than 32 bytes"},
    {"if > 32 runes", "if it has more than 32 runes"},     {"if > 8 entries", "if it is made for more than 8 entries"},
    {"if not 0–255", "if the value is not from 0 to 255"}, {"if not 0", "if the value is not zero"},
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    if (str_equal(condition, str_of(table[i][0]))) return str_of(table[i][1]);
  if (str_has_prefix(condition, STR("if 1")))
    return arena_printf(m->arena, "if it has %.*s", STR_ARG(str_slice(condition, 3, condition.n)));
  return condition;
}

static Str title_of(FindingMaker *m, const Finding *f, const IrMessage *msg) {
  const IrFunc *fn = msg->func;
  Buf out = {0};
  switch (f->verdict) {
  case VERDICT_STACK: buf_puts(&out, "Stack."); return kept(m, &out);
  case VERDICT_NO_ALLOCATION: buf_puts(&out, "No allocation."); return kept(m, &out);
  case VERDICT_CONDITIONAL:
  case VERDICT_HEAP:
    buf_puts(&out, f->kind == FINDING_VARIABLE ? "Moved to the heap" : "Heap");
    write_amount(&out, f, msg->node);
    break;
  }
  if (f->verdict == VERDICT_CONDITIONAL) buf_printf(&out, " %.*s", STR_ARG(condition_words(m, f->condition)));
  bool leaves = f->cold & (ALLOC_COLD_ERROR | ALLOC_COLD_PANIC); // and with that ends a loop
  bool loop = f->loop_depth > 1 && !leaves, amount = f->bytes > 0 || f->elem_bytes > 0;
  const char *comma = f->verdict == VERDICT_CONDITIONAL || (amount && f->bytes <= 0) || f->least >= 0 ? "," : "";
  bool each = f->loop_depth <= 1 && !f->cold;
  if (loop) buf_printf(&out, "%s in every iteration of a loop of ", comma);
  if (each) buf_printf(&out, "%s%s each time ", comma, f->at_most_once ? " at most once" : "");
  if (loop || each) write_function_seen(&out, m, fn);
  if (each) buf_puts(&out, " runs");
  if (f->when.n) buf_printf(&out, ", %.*s", STR_ARG(f->when));
  if (leaves && !(f->cold & ALLOC_COLD_INIT)) {
    buf_puts(&out, " of ");
    write_function_seen(&out, m, fn);
  }
  buf_byte(&out, '.');
  return kept(m, &out);
}

// What is made, when its address is what moves on; else NULL.
static Type *made_type(const IrMessage *msg) {
  const IrNode *n = msg->node;
  if (msg->name) return msg->name->type;
  bool pointer = n && (n->op == IR_NEW || n->op == IR_PTRLIT) && n->type;
  return pointer && type_underlying(n->type)->kind == TYPE_POINTER ? type_underlying(n->type)->u.pointer.elem : NULL;
}

static bool is_integer(Type *t) {
  Type *u = t ? type_underlying(t) : NULL;
  return u && u->kind == TYPE_BASIC && (u->basic_info & BASIC_IS_INTEGER);
}

static bool is_call_argument(const FindingMaker *m) { return m->way.passed && m->way.variadic; }

// May a function that takes any type be given a pointer in place of it? sort.Slice wants the slice.
static bool is_plain_value(const IrNode *x) {
  const Type *t = x->type ? type_underlying(x->type) : NULL;
  return t && (t->kind == TYPE_STRUCT || t->kind == TYPE_ARRAY);
}

// A copy of a value in an interface.
static Str advice_copied(const FindingMaker *m, const IrNode *x) {
  if (m->way.returned) return STR("return its own type instead of an interface.");
  if (is_call_argument(m) && is_integer(x->type))
    return STR("where this runs often, call what takes the number itself, as `strconv` does.");
  if (is_call_argument(m)) return STR("where this runs often, call what takes the type itself instead of `any`.");
  if (m->way.passed && m->way.fixed)
    return is_plain_value(x) ? STR("pass a pointer to what is on the heap already, where it may be one.") : STR_NONE;
  if (m->way.passed) return STR("let the function that is called take the type itself.");
  if (m->way.fixed) return STR_NONE;
  return STR("give the place where it is stored the type itself instead of an interface.");
}

static bool is_word(Str s) {
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] == '(' || s.p[i] == '{' || s.p[i] == ' ') return false;
  return s.n > 0;
}

static Str advice_boxed(FindingMaker *m, const IrMessage *msg) {
  const IrNode *n = msg->node;
  if (n && n->op == IR_CONVIFACE) return advice_copied(m, n->u.conv.x);
  Type *made = made_type(msg);
  if (made && type_underlying(made)->kind == TYPE_BASIC) {
    Str name = m->boxed;
    bool deref = name.n && name.p[0] != '&';
    if (deref && !is_word(name)) name = STR_NONE;
    const char *more = is_integer(made) ? " (an integer from 0 to 255 in an interface costs nothing)" : "";
    if (!name.n) return arena_printf(m->arena, "pass the value instead of the pointer%s.", more);
    if (!deref) name = str_slice(name, 1, name.n);
    return arena_printf(m->arena, "pass the value, `%s%.*s`, instead of the pointer%s.", deref ? "*" : "",
                        STR_ARG(name), more);
  }
  if (m->way.variadic)
    return STR("where this runs often, call what takes its own type instead of `any`, or make it once and reuse it.");
  if (m->way.passed)
    return STR("call what takes its own type instead of an interface, and does not keep it; or make it once and reuse "
               "it.");
  if (m->way.fixed) return STR_NONE;
  return STR("store the value itself, in a place of its own type, instead of its address in an interface; or make it "
             "once and reuse it.");
}

// The first append gives it its room, or it was made with some: nothing is gained by making it otherwise.
static bool is_made_for_this(const IrNode *slice) {
  const IrNode *made = slice, *defn = slice && slice->op == IR_NAME ? slice->u.name->defn : NULL;
  bool variable = defn != NULL;
  if (variable) made = defn->op == IR_AS ? defn->u.as.y : NULL;
  while (made && (made->op == IR_CONVNOP || made->op == IR_CONV)) made = made->u.conv.x;
  if (!made) return false;
  if (made->op == IR_MAKESLICE) return !variable || made->u.make.cap;
  return !variable && (made->op == IR_NIL || (made->op == IR_SLICELIT && !made->u.complit.list.len));
}

// Where the room of a slice that grows should come from.
static Str advice_append(FindingMaker *m, const Finding *f, const IrNode *append) {
  enum { SHOWN = 24 };
  const IrNode *slice = append->u.call.args.len ? append->u.call.args.items[0] : NULL;
  Str type = STR_NONE;
  if (append->type) type = type_string(&m->scratch, append->type, STYLE_GC, m->unit->pkg);
  bool shapes = str_index(type, STR("go.shape.")) >= 0; // of a type parameter
  if (!str_has_prefix(type, STR("[]")) || type.n > SHOWN || shapes) type = STR("[]T");
  const IrName *name = slice && slice->op == IR_NAME ? slice->u.name : NULL;
  if (is_made_for_this(slice) || f->inlined_from.n) return STR_NONE; // what is inlined is advised where it is written
  if (name && name->cls == CLASS_PARAM)
    return arena_printf(m->arena, "let the caller pass a slice with room in it: `make(%.*s, 0, n)`.", STR_ARG(type));
  if (name && name->cls != CLASS_EXTERN)
    return arena_printf(
      m->arena, "if the number of its elements is known before, make it with that capacity: `make(%.*s, 0, n)`.",
      STR_ARG(type));
  return STR("keep its memory from one use to the next (`s = s[:0]`), or make it with the capacity that it will need.");
}

// The values that an interface holds without an allocation.
static const char *free_values(Str condition) {
  if (str_equal(condition, STR("if not 0"))) return "Only zero (not -0) is in a table and costs nothing.";
  if (str_equal(condition, STR("if not 0–255"))) return "Values from 0 to 255 are in a table and cost nothing.";
  return "Values below 256 are in a table and cost nothing.";
}

// Why a conditional site allocates under its condition, or why the others cost nothing.
static void fill_conditional(FindingMaker *m, Finding *f, const IrMessage *msg) {
  switch (msg->node ? msg->node->op : IR_INVALID) { // the conditional ones
  case IR_APPEND:
    f->cause = CAUSE_APPEND;
    f->why = STR("`append` asks for a larger array when the slice's capacity is used up, and how often that is depends "
                 "on the run.");
    f->advice = advice_append(m, f, msg->node);
    if (msg->node->u.call.args.len && given_by_caller(m, msg->func, msg->node->u.call.args.items[0])) {
      f->cause = CAUSE_APPEND_CALLER;
      f->why = STR("`append` asks for a larger array when the slice's capacity is used up; the slice is the caller's, "
                   "and how much room it has is the caller's choice.");
    }
    break;
  case IR_CONVIFACE:
    f->why = arena_printf(m->arena, "%.*s %s", STR_ARG(f->why), free_values(f->condition));
    f->advice = advice_boxed(m, msg);
    break;
  case IR_MAKESLICE:
    f->cause = CAUSE_UNKNOWN_SIZE;
    f->why = STR(
      "Its size is not known at compile time: up to 32 bytes fit a buffer on the stack, more are taken from the heap.");
    f->advice = STR("give it a constant size, or let the caller pass the slice in.");
    break;
  case IR_ADDSTR:
    f->cause = CAUSE_CONCAT;
    f->why = STR("The parts are joined into a new string: up to 32 bytes fit a buffer on the stack, longer ones are "
                 "taken from the heap.");
    break; // one expression is joined in one step: nothing that builds it up takes less
  case IR_MAKEMAP:
  case IR_MAPLIT:
    f->cause = CAUSE_MAP;
    f->why = STR("The map's first eight entries fit on the stack; more are taken from the heap.");
    break;
  default:
    f->cause = CAUSE_CONVERSION;
    f->why =
      STR("The conversion copies the bytes: up to 32 bytes fit a buffer on the stack, more are taken from the heap.");
    f->advice = STR("stay with one of the two forms, `string` or `[]byte`, as long as possible.");
    break;
  }
}

// Says the same each time, as errors.New("text") and &T{1} do.
static bool is_constant(const IrNode *n) {
  if (n && n->op == IR_CONVIFACE) n = n->u.conv.x;
  if (n && n->op == IR_PTRLIT) n = n->u.unary.x;
  if (!n || n->op != IR_STRUCTLIT) return false;
  for (uint32_t i = 0; i < n->u.complit.list.len; i++) {
    IrNode *value = n->u.complit.list.items[i];
    if (value && value->op == IR_STRUCTKEY) value = value->u.struct_key.value;
    if (value && value->op == IR_NAME) value = ir_static_value(value); // of an inlined call
    if (!amount_is_static(value)) return false;
  }
  return true;
}

static bool has_methods_of_locks(Type *t) {
  bool lock = false, unlock = false;
  for (uint32_t i = 0; i < named_method_count(t); i++) {
    const Object *method = named_method_at(t, i);
    if (!method || !method->name) continue;
    lock |= str_equal(sym_str(method->name), STR("Lock"));
    unlock |= str_equal(sym_str(method->name), STR("Unlock"));
  }
  return lock && unlock;
}

// May values of the type be copied? As go vet's copylocks has it: not what has a pointer method Lock and Unlock (sync's
// types, noCopy), and not what holds such a value.
static bool is_copied_freely(const Type *t, unsigned depth) {
  enum { DEPTH_LIMIT = 20 };
  if (!t || depth > DEPTH_LIMIT) return true;
  t = type_unalias((Type *)t);
  if (t->kind == TYPE_NAMED && t->u.named.obj && t->u.named.obj->pkg) {
    Str path = t->u.named.obj->pkg->path;
    bool interface = type_is_interface((Type *)t);
    if (!interface && (str_equal(path, STR("sync")) || str_equal(path, STR("sync/atomic")))) return false;
    if (t->u.named.obj->name && str_equal(sym_str(t->u.named.obj->name), STR("noCopy"))) return false;
    if (!interface && has_methods_of_locks((Type *)t)) return false;
  }
  const Type *u = type_underlying((Type *)t);
  if (u->kind == TYPE_ARRAY) return is_copied_freely(u->u.array.elem, depth + 1);
  if (u->kind != TYPE_STRUCT) return true;
  for (uint32_t i = 0; i < u->u.struct_.fields.len; i++)
    if (!is_copied_freely(u->u.struct_.fields.items[i]->type, depth + 1)) return false;
  return true;
}

static Str advice_returned(FindingMaker *m, const IrMessage *msg) {
  const IrNode *n = msg->node;
  if (m->way.error && !is_constant(n)) return STR_NONE; // it says what happened
  if (m->way.error)
    return STR("an error that always says the same can be made once, in a package variable, and returned from there.");
  if (m->way.boxed && n && n->op == IR_CONVIFACE) return advice_copied(m, n->u.conv.x);
  if (m->way.boxed) return STR("return its own type, as a value, instead of an interface.");
  if (n && (n->op == IR_MAKESLICE || n->op == IR_SLICELIT))
    return STR("let the caller pass the slice in: `Read(p []byte)` shares it down, where `Read(n int) []byte` shares "
               "it up.");
  if (n && (n->op == IR_ADDSTR || n->op == IR_BYTES2STR || n->op == IR_RUNES2STR || n->op == IR_STR2BYTES ||
            n->op == IR_STR2RUNES || n->op == IR_RUNESTR))
    return STR("let the caller pass a `[]byte` to append to, as `strconv.AppendInt` does.");
  if (n && (n->op == IR_MAKEMAP || n->op == IR_MAPLIT)) return STR("fill in a map that the caller passes in.");
  if (made_type(msg))
    return STR("return the value instead of its address, or fill in a value that the caller passes in.");
  return STR_NONE;
}

// Of what is handed to a function that keeps it.
static Str advice_passed(const FindingMaker *m, const IrMessage *msg) {
  const IrNode *n = msg->node;
  bool slice = !m->way.fixed && n && (n->op == IR_MAKESLICE || n->op == IR_SLICELIT);
  return slice ? STR("make it once and reuse it, where nothing of it is kept after the call.") : STR_NONE;
}

// What may keep a value off the heap, or at least make for less of it.
static Str advice_of(FindingMaker *m, const Finding *f, const IrMessage *msg) {
  if (m->way.several) return STR_NONE; // what closes one way leaves the other open
  bool copies = f->cause == CAUSE_RETURNED || f->cause == CAUSE_OUTLIVES_LOOP || f->cause == CAUSE_STORED ||
                f->cause == CAUSE_LEAKING_PARAM;
  if (copies && made_type(msg) && !is_copied_freely(made_type(msg), 0)) return STR_NONE; // it has to stay where it is
  switch (f->cause) {
  case CAUSE_RETURNED: return advice_returned(m, msg);
  case CAUSE_INTERFACE: return m->way.panics ? STR_NONE : advice_boxed(m, msg);
  case CAUSE_CLOSURE:
    if (f->kind != FINDING_VARIABLE) return STR_NONE;
    if (m->way.loop_body)
      return STR(
        "loop over a slice or a channel, or call the iterator by its name, so that the compiler can see what it does.");
    if (msg->name && !is_copied_freely(msg->name->type, 0)) return STR_NONE;
    if (msg->name && finding_is_written_in_literal(m, msg->name)) return STR_NONE; // it is to be shared
    return STR("if the function literal needs the value that it has there, and none that comes later, copy it to a "
               "variable of its own.");
  case CAUSE_DEFER_LOOP: return STR("move the loop's body to a function of its own, so that its `defer` runs once.");
  case CAUSE_UNKNOWN_CALL:
    if (m->way.fixed) return STR_NONE; // it is called by its name already
    if (msg->node && msg->node->op == IR_MAKESLICE)
      return STR("make it once and reuse it; or call a concrete type's method or a function by its name: where that "
                 "keeps nothing, it stays on the stack.");
    return STR("call a concrete type's method, or a function by its name: where that keeps nothing, it stays on the "
               "stack.");
  case CAUSE_TOO_LARGE: return STR("make it smaller, or make it once and reuse it.");
  case CAUSE_UNKNOWN_SIZE: return STR("give it a constant size, or let the caller pass it in.");
  case CAUSE_STORED:
    return made_type(msg) ? STR("store the value instead of its address, where the place can hold one.") : STR_NONE;
  case CAUSE_LEAKING_PARAM: return advice_passed(m, msg);
  case CAUSE_GOROUTINE:
    return STR("what a goroutine uses cannot stay on this stack; start fewer goroutines, or reuse them.");
  case CAUSE_OUTLIVES_LOOP:
    if (f->inlined_from.n) return STR_NONE;
    if (made_type(msg)) return STR("store the value instead of its address, where the place can hold one.");
    return STR("declare it outside of the loop if one for all iterations is enough.");
  case CAUSE_CHANNEL: // those that follow have their advice where their reason is told
  case CAUSE_APPEND:
  case CAUSE_APPEND_CALLER:
  case CAUSE_CONCAT:
  case CAUSE_CONVERSION:
  case CAUSE_MAP:
  case CAUSE_ZERO_SIZED:
  case CAUSE_NONE:
  case CAUSE_COUNT: break;
  }
  return STR_NONE;
}

// "the value has no bytes" as a sentence.
static Str sentence(FindingMaker *m, const char *text) {
  char *copy = (char *)arena_printf(m->arena, "%s", text).p;
  if (copy[0] >= 'a' && copy[0] <= 'z') copy[0] = (char)(copy[0] - 'a' + 'A');
  return str_of(copy);
}

void advice_say_amount(FindingMaker *m, Finding *f, const IrMessage *msg) {
  f->hint = hint_of(m, f, msg->node);
  f->title = title_of(m, f, msg);
}

void advice_fill(FindingMaker *m, Finding *f, const IrMessage *msg, const Amount *amount) {
  if (f->verdict == VERDICT_NO_ALLOCATION) {
    f->why = sentence(m, amount->free_why);
  } else if (f->verdict == VERDICT_CONDITIONAL) {
    fill_conditional(m, f, msg);
  } else if (f->verdict == VERDICT_STACK && !f->why.n) {
    const char *it = f->kind == FINDING_VARIABLE                  ? "`"
                     : str_equal(f->subject, STR("... argument")) ? "the slice of these arguments"
                                                                  : "it";
    bool named = it[0] == '`';
    Buf why = {0};
    buf_printf(&why, "Nobody can reach %s%.*s%s after ", it, named ? (int)f->subject.n : 0, f->subject.p,
               named ? "`" : "");
    write_function_seen(&why, m, msg->func);
    buf_puts(&why, " returns: it is *shared down* at most.");
    f->why = kept(m, &why);
  } else if (f->verdict == VERDICT_HEAP) {
    f->advice = advice_of(m, f, msg);
  }
  // Where it is seldom reached, or only once, there is nothing to be had by writing it differently.
  if (f->cold && f->cause != CAUSE_TOO_LARGE && !m->way.error) f->advice = STR_NONE;
  if (f->is_foreign && !m->way.error) f->advice = STR_NONE; // its code is another package's
  advice_say_amount(m, f, msg);
}
