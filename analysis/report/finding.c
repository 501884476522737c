// finding.c: findings from the compiler messages of a unit: one for each place in the source of the package.
//
// Messages that repeat a place (inlined copies in one function, instances of one generic function) are merged; the one
// that goes to the heap wins. Messages about generated code and about other packages' files are left out: the former
// have no place, the latter belong to that package's own findings. What allocates without a message: silent.c.
#include <stdlib.h>

#include "report/finding_internal.h"
#include "syntax/syntax.h"

const char *cause_code(Cause cause) {
  switch (cause) {
  case CAUSE_NONE: return "stack";
  case CAUSE_RETURNED: return "heap/returned";
  case CAUSE_STORED: return "heap/stored";
  case CAUSE_INTERFACE: return "heap/interface";
  case CAUSE_CLOSURE: return "heap/closure";
  case CAUSE_GOROUTINE: return "heap/goroutine";
  case CAUSE_DEFER_LOOP: return "heap/defer-loop";
  case CAUSE_UNKNOWN_CALL: return "heap/unknown-call";
  case CAUSE_LEAKING_PARAM: return "heap/leaking-param";
  case CAUSE_OUTLIVES_LOOP: return "heap/outlives-loop";
  case CAUSE_TOO_LARGE: return "heap/too-large";
  case CAUSE_UNKNOWN_SIZE: return "heap/unknown-size";
  case CAUSE_APPEND: return "heap/append";
  case CAUSE_APPEND_CALLER: return "heap/append-caller";
  case CAUSE_CONCAT: return "heap/concat";
  case CAUSE_CONVERSION: return "heap/conversion";
  case CAUSE_MAP: return "heap/map";
  case CAUSE_CHANNEL: return "heap/channel";
  case CAUSE_ZERO_SIZED: return "heap/zero-sized";
  case CAUSE_COUNT: break;
  }
  return "heap";
}

// gc numbers the init functions of a package, and what it makes of large maps of package variables: "init" for both.
static Str without_number(Str name) {
  Str init = STR("init.");
  if (str_has_prefix(name, STR("map.init."))) return STR("init");
  size_t end = init.n;
  while (str_has_prefix(name, init) && end < name.n && name.p[end] >= '0' && name.p[end] <= '9') end++;
  return end > init.n && end == name.n ? STR("init") : name;
}

void write_function_name(Buf *out, const FindingMaker *m, const IrFunc *fn) {
  if (!fn || fn->is_package_init) {
    buf_puts(out, "init");
    return;
  }
  Buf printed = {0}, plain = {0};
  ir_write_func_name(&printed, m->unit, fn);
  uint32_t depth = 0;
  for (size_t i = 0; i < printed.len; i++) {
    char c = printed.text[i];
    depth += c == '[';
    if (!depth) buf_byte(&plain, c);
    depth -= depth && c == ']';
  }
  write_without_made(out, without_number(buf_view(&plain)));
  buf_release(&printed);
  buf_release(&plain);
}

Str finding_function_name(FindingMaker *m, const IrFunc *fn) {
  Buf out = {0};
  write_function_name(&out, m, fn);
  Str name = arena_str(m->arena, buf_view(&out));
  buf_release(&out);
  return name;
}

const IrFunc *finding_function_seen(const IrFunc *fn) {
  while (fn && fn->outer && (fn->is_range_body || fn->is_go_defer_wrapper)) fn = fn->outer;
  return fn;
}

void write_function_seen(Buf *out, const FindingMaker *m, const IrFunc *fn) {
  fn = finding_function_seen(fn);
  if (fn && fn->closure) {
    buf_puts(out, "this function literal");
    return;
  }
  buf_byte(out, '`');
  write_function_name(out, m, fn);
  buf_byte(out, '`');
}

static NodeWanted wanted_of(const IrMessage *msg) {
  if (msg->name || !msg->node) return WANT_NAME;
  switch (msg->node->op) { // by the form of the expression; the rest are found by position alone
  case IR_NEW:
  case IR_MAKESLICE:
  case IR_MAKEMAP:
  case IR_MAKECHAN:
  case IR_APPEND: return WANT_CALL;
  case IR_PTRLIT:
  case IR_STRUCTLIT:
  case IR_ARRAYLIT:
  case IR_MAPLIT: return WANT_COMPOSITE;
  case IR_SLICELIT: return msg->node->flags & IR_FLAG_IMPLICIT ? WANT_CALL : WANT_COMPOSITE;
  case IR_CLOSURE: return WANT_FUNC_LIT;
  case IR_ASOP: return WANT_STATEMENT;
  case IR_BYTES2STR:
  case IR_RUNES2STR:
  case IR_STR2BYTES:
  case IR_STR2RUNES:
  case IR_RUNESTR: return WANT_CONVERSION;
  default: return WANT_EXPR;
  }
}

// The source text of the count in make(T, len[, cap]), on one line.
static Str count_text(FindingMaker *m, const AstDecl *decl, const Ast *call) {
  if (!call || call->kind != AST_CALL || call->u.call.args.len < 2) return STR("n");
  Str text = range_text(decl, call->u.call.args.items[call->u.call.args.len - 1]);
  return str_index_byte(text, '\n') >= 0 ? STR("n") : arena_str(m->arena, text);
}

static Str subject_of(const IrMessage *msg) {
  static const char *const ends[] = {" escapes to heap", " does not escape"};
  Str name = msg->name ? sym_str(msg->name->sym) : STR_NONE;
  if (str_has_prefix(name, STR("#rv"))) return STR("the loop's result");
  if (str_has_prefix(name, STR("#"))) return STR("the loop's state");
  if (str_has_prefix(name, STR("~r"))) return STR("the result");
  if (msg->name) return name;
  if (msg->node && msg->node->op == IR_CLOSURE && msg->node->u.closure.func->is_range_body)
    return STR("the loop's body");
  for (size_t i = 0; i < 2; i++) {
    if (str_has_suffix(msg->text, str_of(ends[i]))) return str_slice(msg->text, 0, msg->text.n - strlen(ends[i]));
  }
  return msg->text;
}

// The right side of the assignment whose operator is there; NULL: there is none, or it has several values.
static const Ast *assigned_value(FindingMaker *m, const Finding *f, const AstFile *file) {
  uint32_t base = f->decl->slot < file->slot_count ? file->slot_starts[f->decl->slot] : UINT32_MAX;
  uint32_t at = ast_file_offset_at(file, (LineCol){f->line, f->column});
  if (base == UINT32_MAX || at < base) return NULL;
  const Ast *n = range_node(m, (Pos){f->decl, at - base}, WANT_STATEMENT);
  return n && n->kind == AST_ASSIGN_STMT && n->u.assign.rhs.len == 1 ? n->u.assign.rhs.items[0] : NULL;
}

// The text of the construct where it is written, on one line and not too long; empty: not to be had.
static Str written(FindingMaker *m, const Finding *f, const IrMessage *msg, IrPos origin) {
  enum { SHOWN = 60 };
  const AstFile *file = range_file(m, f->decl);
  Str text = STR_NONE;
  if (f->inlined_from.n) {
    const Ast *n = origin.decl ? range_node(m, (Pos){origin.decl, origin.offset}, wanted_of(msg)) : NULL;
    if (n) text = range_text(origin.decl, n);
  } else if (file) {
    const Ast *value = assigned_value(m, f, file);
    text = value ? range_text(f->decl, value) : str_slice(file->text, f->start, f->end);
  }
  if (str_index_byte(text, '\n') >= 0) return STR_NONE;
  size_t cut = SHOWN;
  while (cut < text.n && cut && ((unsigned char)text.p[cut] & 0xC0) == 0x80) cut--;
  return text.n <= SHOWN ? text : arena_printf(m->arena, "%.*s…", STR_ARG(str_slice(text, 0, cut)));
}

// gc's printing of the expression; its source text where gc prints names of its own making.
static Str subject_shown(FindingMaker *m, const Finding *f, const IrMessage *msg, IrPos origin) {
  Str subject = subject_of(msg);
  bool variadic = subject.n > strlen("... argument") && str_index(subject, STR("... argument")) >= 0;
  if (!variadic && !finding_has_made_name(subject)) return subject;
  Str text = written(m, f, msg, origin);
  return text.n ? text : without_made(m, subject);
}

uint32_t finding_hint_place(const AstFile *file, uint32_t at, uint32_t end) {
  Str text = file->text;
  uint32_t last = at;
  for (uint32_t i = at; i < end && i < text.n && text.p[i] != '\n'; i++) {
    char c = text.p[i];
    if (c == '/' && i + 1 < text.n && text.p[i + 1] == '/') return last;
    if (c == '"' || c == '\'') {
      while (++i < end && text.p[i] != c && text.p[i] != '\n') i += text.p[i] == '\\';
    } else if (c == '`') {
      while (++i < end && text.p[i] != '`') {
      }
    }
    if (c != ' ' && c != '\t' && c != '\r') last = i + 1;
  }
  return last > end ? end : last;
}

// gc names a literal by the function that it was inlined into; a reader knows the one that it is written in.
static Str inlined_from(FindingMaker *m, IrPos pos) {
  const IrFunc *callee = pos.inl < m->unit->inline_tree.len ? m->unit->inline_tree.items[pos.inl].callee : NULL;
  Buf name = {0};
  bool literal = callee && (callee->closure || callee->outer) && write_declared_function(&name, m, pos.decl);
  Str text = literal ? arena_str(m->arena, buf_view(&name)) : callee ? finding_function_name(m, callee) : STR("?");
  buf_release(&name);
  return text;
}

// The outermost call that came in by inlining is what the source shows.
static const IrFunc *called_there(const FindingMaker *m, uint32_t inl) {
  const IrFunc *callee = NULL;
  for (; inl && inl < m->unit->inline_tree.len; inl = m->unit->inline_tree.items[inl].parent)
    callee = m->unit->inline_tree.items[inl].callee;
  return callee;
}

static bool is_foreign(const FindingMaker *m, const IrFunc *callee) {
  return callee && callee->pos.decl && !package_file_of(m->unit->pkg, callee->pos.decl);
}

bool finding_place(FindingMaker *m, Finding *f, const IrMessage *msg, IrPos origin) {
  IrPos pos = ir_outermost_pos(m->unit, msg->pos);
  bool written_here = !origin.inl || origin.decl == pos.decl;
  if (origin.inl && written_here) pos.offset = origin.offset;
  if (!written_here) {
    const IrFunc *callee = called_there(m, origin.inl);
    f->inlined_from = inlined_from(m, origin);
    f->is_foreign = is_foreign(m, callee);
    if (f->is_foreign) f->called = finding_function_name(m, callee);
  }
  const AstFile *file = pos.decl ? package_file_of(m->unit->pkg, pos.decl) : NULL;
  uint32_t at = file ? ast_file_offset(file, (Pos){pos.decl, pos.offset}) : UINT32_MAX;
  if (at == UINT32_MAX || (m->unit->shown && file->source != m->unit->shown)) return false;
  uint32_t base = at - pos.offset;
  const Ast *n = range_node(m, (Pos){pos.decl, pos.offset}, written_here ? wanted_of(msg) : WANT_CALL);
  f->source = file->source;
  f->decl = pos.decl;
  f->start = n ? base + n->start : at;
  f->end = n ? base + n->end : at + 1;
  if (msg->node && msg->node->op == IR_CLOSURE && n && n->kind == AST_FUNC_LIT && n->u.func_lit.type)
    f->end = base + n->u.func_lit.type->end; // the literal's head: its body is code of its own
  f->hint_at = finding_hint_place(file, at, f->end);
  m->placed = n;
  if (n) finding_mark(f, n, base);
  LineCol lc = ast_file_line_col(file, at);
  f->line = lc.line;
  f->column = lc.column;
  if (msg->node && (msg->node->op == IR_MAKESLICE || msg->node->op == IR_APPEND ||
                    (msg->node->op == IR_MAKEMAP && msg->node->u.make.len)))
    f->count_text = count_text(m, pos.decl, n);
  return true;
}

// ---- Verdicts

const AllocSite *site_of(const FindingMaker *m, const IrMessage *msg) {
  return ptrmap_get(&m->sites, msg->node ? (const void *)msg->node : (const void *)msg->name);
}

// The construct that messages and sites have in common; NULL: none.
static const void *key_of(const AllocSite *s) {
  return s->node ? (const void *)s->node : s->kind == ALLOC_KIND_MOVE_SLICE ? NULL : (const void *)s->name;
}

// One node may have several sites (a literal that is also moved); the one that calls decides.
static void index_sites(FindingMaker *m) {
  for (uint32_t i = 0; i < m->allocs->sites.len; i++) {
    AllocSite *s = &m->allocs->sites.items[i];
    const void *key = key_of(s);
    const AllocSite *known = key ? ptrmap_get(&m->sites, key) : NULL;
    if (key && (!known || (!alloc_site_calls(known) && alloc_site_calls(s)))) ptrmap_set(&m->sites, key, s);
  }
}

// The runtime has a table of the values whose bits are those of 0 to 255 (runtime/iface.go, convT16, convT32, convT64).
static Str value_condition(const Type *t) {
  for (unsigned depth = 0; t && depth < 100; depth++) { // through all that has one component only
    const Type *u = type_underlying((Type *)t);
    if (u->kind == TYPE_STRUCT && u->u.struct_.fields.len == 1)
      t = u->u.struct_.fields.items[0]->type;
    else if (u->kind == TYPE_ARRAY && u->u.array.len == 1)
      t = u->u.array.elem;
    else
      break;
  }
  const Type *u = t ? type_underlying((Type *)t) : NULL;
  if (u && u->kind == TYPE_BASIC && (u->basic_info & BASIC_IS_FLOAT)) return STR("if not 0");
  if (u && u->kind == TYPE_BASIC && (u->basic_info & BASIC_IS_INTEGER) && !(u->basic_info & BASIC_IS_UNSIGNED))
    return STR("if not 0–255");
  return STR("if ≥ 256");
}

// A slice that grew in its buffer on the stack (32 bytes) is copied where it leaves, if there is something in it.
static Str moved_condition(FindingMaker *m, const IrName *slice) {
  enum { STACK_BUFFER = 32 };
  const Type *u = slice && slice->type ? type_underlying(slice->type) : NULL;
  int64_t size = u && u->kind == TYPE_SLICE ? type_size(m->types, u->u.slice.elem) : 0;
  if (size <= 0 || STACK_BUFFER / size <= 1) return STR("if 1 element"); // of larger ones none has that buffer
  return arena_printf(m->arena, "if 1–%d elements", (int)(STACK_BUFFER / size));
}

// When a site allocates, in words that go on after "heap". *rare: there are usual values for which it doesn't; else
// only empty ones.
static Str condition_of(FindingMaker *m, const AllocSite *site, bool escapes, bool *rare) {
  *rare = true;
  if (!site || !alloc_site_calls(site)) return STR_NONE;
  switch (site->condition) {
  case ALLOC_IF_GROWS:
  case ALLOC_IF_GROWS_BEYOND: return STR("if it grows");
  case ALLOC_IF_LONGER:
    if (site->limit > 1) return site->call == ALLOC_STRINGTOSLICERUNE ? STR("if > 32 runes") : STR("if > 32 B");
    *rare = false;
    return STR("if > 1 B");
  case ALLOC_IF_LARGER: return STR("if > 32 B");
  case ALLOC_IF_HINT: return STR("if > 8 entries");
  case ALLOC_IF_VALUE: return value_condition(site->type);
  case ALLOC_ALWAYS: return site->kind == ALLOC_KIND_MAP && !escapes ? STR("for its entries") : STR_NONE;
  case ALLOC_IF_NOT_EMPTY: *rare = false; return STR("if not empty");
  case ALLOC_IF_NOT_NIL: *rare = false; return STR("if not nil");
  case ALLOC_IF_SEVERAL: *rare = false; return STR("if two parts are not empty");
  case ALLOC_IF_ON_STACK: return moved_condition(m, site->name);
  case ALLOC_NEVER: return STR_NONE;
  }
  return STR_NONE;
}

// Escapes, but there is no code that would allocate: what never happens is left out of the program.
static bool is_unreachable(const IrMessage *msg, const AllocSite *site) {
  return !site && (msg->node || msg->name) && msg->func && !msg->func->is_broken;
}

void finding_fill(FindingMaker *m, Finding *f, const IrMessage *msg, const AllocSite *site) {
  enum { STACK_INTERFACE_LIMIT = 1024 };
  Amount a = amount_of(m, msg, site);
  bool escapes = msg->kind == MESSAGE_ESCAPES || msg->kind == MESSAGE_MOVED_TO_HEAP, rare;
  f->bytes = a.bytes;
  f->elem_bytes = a.bytes < 0 ? a.elem_bytes : 0;
  f->size_class = a.bytes >= 0 ? size_class_of(a.bytes, a.has_pointers) + a.more_bytes : -1;
  if (f->bytes >= 0) f->bytes += a.more_bytes;
  f->condition = condition_of(m, site, escapes, &rare);
  if (site) f->loop_depth = site->repeat_depth;
  f->at_most_once = site && site->repeat_depth == 1 && site->loop_depth > 1;
  if (site) f->cold = site->cold;
  f->when = often_text(f->cold);
  if (escapes && !a.free && is_unreachable(msg, site))
    a.free = true, a.free_why = "no code is made for it: what the condition rules out is left out of the program.";
  if (f->condition.n && rare) {
    f->verdict = VERDICT_CONDITIONAL;
    if (escapes) reason_fill(m, f, msg);
  } else if (escapes && a.free) {
    f->verdict = VERDICT_NO_ALLOCATION;
    if (msg->reason) reason_fill(m, f, msg);
  } else if (escapes) {
    f->verdict = VERDICT_HEAP;
    reason_fill(m, f, msg);
  } else if (msg->node && msg->node->op == IR_CONVIFACE && a.bytes > STACK_INTERFACE_LIMIT && !a.free) {
    f->verdict = VERDICT_HEAP;
    f->cause = CAUSE_TOO_LARGE;
    f->why =
      STR("It is put in an interface, and a copy above 1 KiB is too large for the stack even where it does not leave.");
  } else if (msg->node && msg->node->op == IR_MAKESLICE && site && alloc_site_calls(site)) {
    f->verdict = VERDICT_HEAP;
    f->cause = CAUSE_UNKNOWN_SIZE;
    f->why = STR("Its size is not known at compile time, and one element alone is larger than the 32 bytes that are "
                 "set aside on the stack.");
  } else {
    f->verdict = VERDICT_STACK;
    if (msg->node && msg->node->op == IR_STR2BYTES && msg->node->flags & IR_FLAG_NONNIL)
      f->why = STR("Nobody writes to the bytes, so they are those of the string: nothing is copied.");
    if (site && site->why_not == ALLOC_WHY_STACK_MAP) f->why = str_of(alloc_why_not_text(ALLOC_WHY_STACK_MAP));
  }
  advice_fill(m, f, msg, &a);
}

// ---- Merging

// what: the kind of node; a conversion and its operand may have the same place and words.
// origin: of what is inlined, the place where it is written; there may be several alike.
static uint32_t *slot_of(FindingMaker *m, const Finding *f, int what, IrPos origin) {
  bool inlined = f->inlined_from.n > 0;
  Str key =
    arena_printf(&m->scratch, "%p/%u/%u/%d/%d/%p/%u/%.*s", (const void *)f->source, f->start, f->column, f->kind, what,
                 inlined ? (const void *)origin.decl : NULL, inlined ? origin.offset : 0, STR_ARG(f->subject));
  uint32_t *slot = strmap_get(&m->known, key);
  if (!slot) {
    slot = ARENA_NEW(&m->scratch, uint32_t);
    strmap_set(&m->known, key, slot);
  }
  return slot;
}

static bool weighs_more(Verdict a, Verdict b) {
  static const uint8_t weight[] = {
    [VERDICT_HEAP] = 3, [VERDICT_CONDITIONAL] = 2, [VERDICT_NO_ALLOCATION] = 1, [VERDICT_STACK] = 0};
  return weight[a] > weight[b];
}

static int64_t amount_said(const Finding *f) {
  bool allocates = f->verdict == VERDICT_HEAP || f->verdict == VERDICT_CONDITIONAL;
  return !allocates ? 0 : f->bytes >= 0 ? f->bytes : f->elem_bytes;
}

// Instances of generic code have amounts of their own: the largest is said, and the least.
static void merge_amounts(FindingMaker *m, Finding *known, const Finding *f, const IrMessage *msg) {
  const IrFunc *fn = msg->func ? ir_outermost_func(msg->func) : NULL;
  if (!fn || !fn->is_instantiation || (known->bytes < 0) != (f->bytes < 0)) return;
  int64_t x = amount_said(known), y = amount_said(f), least = x < y ? x : y;
  if (x == y && f->least < 0) return;
  if (f->least >= 0 && f->least < least) least = f->least;
  if (known->least < 0 || least < known->least) known->least = least;
  if (y > x) {
    known->bytes = f->bytes;
    known->size_class = f->size_class;
    known->elem_bytes = f->elem_bytes;
  }
  if (known->verdict == VERDICT_HEAP || known->verdict == VERDICT_CONDITIONAL) advice_say_amount(m, known, msg);
}

void finding_add(FindingMaker *m, const Finding *f, const IrMessage *msg) {
  uint32_t *slot = slot_of(m, f, msg->node ? msg->node->op : 0,
                           msg->node   ? msg->node->pos
                           : msg->name ? msg->name->pos
                                       : msg->pos);
  if (!*slot) {
    VEC_APPEND(&m->items, *f);
    *slot = m->items.len;
    return;
  }
  Finding *known = &m->items.items[*slot - 1];
  if (weighs_more(f->verdict, known->verdict)) {
    Finding less = *known;
    *known = *f;
    merge_amounts(m, known, &less, msg);
    return;
  }
  merge_amounts(m, known, f, msg);
  if (f->verdict == known->verdict && f->cause == CAUSE_APPEND && known->cause == CAUSE_APPEND_CALLER)
    known->cause = f->cause, known->why = f->why, known->advice = f->advice; // of another instance
  if (f->verdict == known->verdict && f->cold != known->cold) {
    known->cold &= f->cold;
    known->when = often_text(known->cold);
  }
}

static void add_site(FindingMaker *m, const IrMessage *msg) {
  ptrmap_set(&m->spoken, msg->node ? (const void *)msg->node : (const void *)msg->name, m);
  if (!msg->node && !msg->name) return;
  Finding f = {.kind = msg->name ? FINDING_VARIABLE : FINDING_SITE,
               .bytes = -1,
               .size_class = -1,
               .least = -1,
               .loop_depth = msg->loop_depth ? msg->loop_depth : 1};
  if (!finding_place(m, &f, msg, msg->node ? msg->node->pos : msg->name->pos)) return;
  f.subject = arena_str(m->arena, subject_shown(m, &f, msg, msg->node ? msg->node->pos : msg->name->pos));
  f.expression = finding_expression(m, &f, m->placed);
  f.function = finding_function_name(m, finding_function_seen(msg->func));
  f.gc_words = arena_str(m->arena, msg->text);
  f.is_param = msg->name && (msg->name->cls == CLASS_PARAM || msg->name->cls == CLASS_RESULT);
  finding_fill(m, &f, msg, site_of(m, msg));
  finding_add(m, &f, msg);
}

// A function literal that came along with an inlined body has its parameters where they are written, and the one that
// is written there speaks for itself.
static bool is_of_copy(IrFunc *fn, const Finding *f) {
  const IrFunc *outermost = fn ? ir_outermost_func(fn) : NULL;
  if (!outermost || outermost == fn) return false;
  return outermost->object ? outermost->object->pos.decl != f->decl : f->decl->kind == DECL_FUNC;
}

static void add_param(FindingMaker *m, const IrMessage *msg) {
  Finding f = {.kind = FINDING_PARAM,
               .verdict = VERDICT_STACK,
               .bytes = -1,
               .size_class = -1,
               .least = -1,
               .loop_depth = 1,
               .is_param = true};
  bool is_loop_variable = msg->func && msg->func->is_range_body;
  if (!msg->name || is_loop_variable || !finding_place(m, &f, msg, msg->name->pos)) return;
  if (is_of_copy(msg->func, &f)) return;
  f.subject = arena_str(m->arena, subject_of(msg));
  uint32_t *slot = slot_of(m, &f, 0, msg->pos);
  if (!*slot) {
    f.function = finding_function_name(m, msg->func);
    f.gc_words = arena_str(m->arena, msg->text);
    f.hint = STR("stays");
    f.title = STR("Parameter.");
    VEC_APPEND(&m->items, f);
    *slot = m->items.len;
  }
  Finding *known = &m->items.items[*slot - 1];
  if (msg->kind != MESSAGE_PARAM_STAYS) {
    known->verdict = VERDICT_HEAP;
    known->cause = CAUSE_LEAKING_PARAM;
    known->hint = STR("leaks");
  }
  reason_param(m, known, msg);
}

static void add_message(FindingMaker *m, const IrMessage *msg) {
  switch (msg->kind) {
  case MESSAGE_ESCAPES:
  case MESSAGE_STAYS:
  case MESSAGE_MOVED_TO_HEAP: add_site(m, msg); break;
  case MESSAGE_LEAKING_PARAM:
  case MESSAGE_LEAKING_CONTENT:
  case MESSAGE_LEAKING_RESULT:
  case MESSAGE_PARAM_STAYS: add_param(m, msg); break;
  case MESSAGE_CAN_INLINE:
  case MESSAGE_CANNOT_INLINE:
  case MESSAGE_INLINING_CALL:
  case MESSAGE_DEVIRTUALIZING:
  case MESSAGE_IMPRECISE_CALL:
  case MESSAGE_ZERO_COPY:
  case MESSAGE_SELF_ASSIGNMENT:
  case MESSAGE_UINTPTR:
  case MESSAGE_BOUNDS_CHECK:
  case MESSAGE_FLOW: break;
  }
}

// ---- Copies by inlining

typedef struct Copies {
  uint32_t all, heap, loop;
} Copies;

// Counts, for each site, the functions of this package that got a copy of it, and what it is there.
static void count_copies(FindingMaker *m) {
  PtrMap pairs = {0}; // original node position and caller, hashed
  StrMap counts = {0};
  for (uint32_t i = 0; i < m->unit->messages.len; i++) {
    const IrMessage *msg = &m->unit->messages.items[i];
    if (!msg->node || !msg->node->pos.inl || !msg->node->pos.decl || (msg->func && msg->func->is_wrapper)) continue;
    if (ir_outermost_pos(m->unit, msg->node->pos).decl == msg->node->pos.decl) continue;
    uint64_t pair = hash_mix(hash_mix((uintptr_t)msg->func, (uintptr_t)msg->node->pos.decl), msg->node->pos.offset) | 1;
    if (ptrmap_has(&pairs, (const void *)(uintptr_t)pair)) continue;
    ptrmap_set(&pairs, (const void *)(uintptr_t)pair, m);
    Str key = arena_printf(&m->scratch, "%p/%u", (const void *)msg->node->pos.decl, msg->node->pos.offset);
    Copies *c = strmap_get(&counts, key);
    if (!c) {
      c = ARENA_NEW(&m->scratch, Copies);
      strmap_set(&counts, key, c);
    }
    const AllocSite *site = site_of(m, msg);
    bool heap = site && alloc_site_allocates(site);
    c->all++;
    c->heap += heap;
    c->loop += heap && site->loop_depth > 1;
    FindingCopy copy = {msg->node->pos.decl, msg->node->pos.offset, msg->func, heap, heap && site->loop_depth > 1};
    VEC_PUSH(m->arena, &m->list->copies, copy);
  }
  for (uint32_t i = 0; counts.len && i < m->items.len; i++) {
    Finding *f = &m->items.items[i];
    const AstFile *file = f->kind == FINDING_SITE ? package_file_of(m->unit->pkg, f->decl) : NULL;
    if (!file || f->decl->slot >= file->slot_count) continue;
    uint32_t at = ast_file_offset_at(file, (LineCol){f->line, f->column});
    Str key = arena_printf(&m->scratch, "%p/%u", (const void *)f->decl, at - file->slot_starts[f->decl->slot]);
    const Copies *c = strmap_get(&counts, key);
    if (c && !f->inlined_from.n) f->inlined_into = c->all, f->copies_heap = c->heap, f->copies_loop = c->loop;
  }
  ptrmap_release(&pairs);
  strmap_release(&counts);
}

int finding_by_place(const void *a, const void *b) {
  const Finding *x = a, *y = b;
  int order = x->source == y->source ? 0 : str_compare(x->source->path, y->source->path);
  if (order) return order;
  if (x->start != y->start) return x->start < y->start ? -1 : 1;
  if (x->end != y->end) return x->end < y->end ? -1 : 1;
  if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
  return str_compare(x->subject, y->subject);
}

FindingList *finding_list_new(const IrUnit *unit) {
  FindingList *list = mem_new(sizeof *list);
  arena_init(&list->arena);
  FindingMaker m = {.unit = unit, .types = unit->pkg->context, .list = list, .arena = &list->arena};
  arena_init(&m.scratch);
  list->arena.paged = m.scratch.paged = unit->arena.paged;
  m.allocs = alloc_set_new(unit);
  index_sites(&m);
  for (uint32_t i = 0; i < unit->messages.len && !package_cancelled(unit->pkg); i++)
    if (ir_is_shown(unit, unit->messages.items[i].func)) add_message(&m, &unit->messages.items[i]);
  for (uint32_t i = 0; i < m.allocs->sites.len; i++) {
    const AllocSite *s = &m.allocs->sites.items[i];
    if (alloc_site_calls(s) && !(key_of(s) && ptrmap_has(&m.spoken, key_of(s)))) silent_add(&m, s);
  }
  functions_add(&m);
  calls_and_types_add(&m);
  if (!unit->shown) count_copies(&m);
  if (m.items.len) qsort(m.items.items, m.items.len, sizeof *m.items.items, finding_by_place);
  list->len = m.items.len;
  list->items = ARENA_ARRAY(&list->arena, Finding, m.items.len ? m.items.len : 1);
  if (m.items.len) memcpy(list->items, m.items.items, m.items.len * sizeof *list->items);
  free(m.items.items);
  for (uint32_t i = 0; i < list->len; i++) finding_move_to_original(&m, &list->items[i]);
  for (uint32_t k = 0; k < m.allocs->uses.len; k++) VEC_PUSH(m.arena, &m.list->uses, m.allocs->uses.items[k]);
  if (unit->options->costs) list->costs = cost_batch_of(m.allocs);
  alloc_set_free(m.allocs);
  ptrmap_release(&m.sites);
  ptrmap_release(&m.spoken);
  strmap_release(&m.known);
  ptrmap_release(&m.indexes);
  given_release(&m);
  ptrmap_release(&m.files);
  arena_release(&m.scratch);
  return list;
}

void finding_list_free(FindingList *list) {
  if (!list) return;
  cost_batch_release(list->costs);
  arena_release(&list->arena);
  free(list);
}
