// render_hover.c: what a hover and `heapls explain` say about a finding.
//
// Order: the verdict with its bytes, why, what would help; then what else is known of the place; then the path to the
// heap, each step a link; last the compiler's own words, whose rules were applied, and how fresh all this is.
#include "alloc/alloc.h"
#include "render.h"

static const char *bold(const RenderStyle *style) { return style->markdown ? "**" : ""; }
static const char *code_mark(const RenderStyle *style) { return style->markdown ? "`" : ""; }
static const char *paragraph(const RenderStyle *style) { return style->markdown ? "\n\n" : "\n"; }

static Str base_name(Str path) {
  ptrdiff_t slash = str_last_byte(path, '/');
  return str_slice(path, (size_t)(slash + 1), path.n);
}

static void write_place(Buf *out, const AstSource *source, uint32_t line, uint32_t column, const RenderStyle *style) {
  if (!source) return;
  const char *uri = style->markdown && style->uri_of ? style->uri_of(style->context, source->path) : NULL;
  if (uri) {
    buf_printf(out, " [%.*s:%u:%u](%s#L%u,%u)", STR_ARG(base_name(source->path)), line, column, uri, line, column);
    return;
  }
  buf_byte(out, ' ');
  render_path(out, style->cwd, source->path);
  buf_printf(out, ":%u:%u", line, column);
}

static void write_steps(Buf *out, const PackageResult *r, const Finding *f, const RenderStyle *style) {
  enum { STEPS_SHOWN = 24 };
  if (!f->step_count) return;
  const char *name =
    f->kind == FINDING_PARAM && str_index(f->why, STR("to the heap")) < 0 ? "Path" : "Path to the heap";
  buf_printf(out, "\n\n%s%s:%s\n", bold(style), name, bold(style));
  if (style->markdown) buf_byte(out, '\n');
  for (uint32_t i = 0; i < f->step_count && i < STEPS_SHOWN; i++) {
    FindingStep s = package_result_step(r, &f->steps[i]);
    buf_printf(out, style->markdown ? "%u. " : "  %2u. ", i + 1);
    render_words(out, s.text, style->markdown);
    write_place(out, s.source, s.line, s.column, style);
    if (!style->markdown && s.gc_text.n) buf_printf(out, "\n      %.*s", STR_ARG(s.gc_text));
    buf_byte(out, '\n');
  }
  if (f->step_count > STEPS_SHOWN) buf_printf(out, "… and %u more steps\n", f->step_count - STEPS_SHOWN);
}

// The last line: what is the compiler's, and how fresh it is.
static void write_origin(Buf *out, const Finding *f, const RenderStyle *style) {
  const char *separator = "";
  buf_puts(out, f->step_count && f->kind != FINDING_CALL ? "\n" : "\n\n");
  Str words = finding_gc_words(f);
  if (words.n) {
    buf_printf(out, "gc's words: %s%.*s%s", code_mark(style), STR_ARG(words), code_mark(style));
    if (f->verdict == VERDICT_NO_ALLOCATION)
      buf_puts(out, " (that is about how long it may live, not about allocation)");
    separator = " · ";
  }
  if (style->go_minor) {
    buf_printf(out, "%sgo1.%u rules", separator, style->go_minor);
    separator = " · ";
  }
  if (style->stale)
    buf_printf(out, "%sstale: %s", separator, style->stale);
  else if (style->compiler == COMPILER_CONFIRMS)
    buf_printf(out, "%sconfirmed by the compiler", separator);
  else if (style->compiler == COMPILER_DENIES)
    buf_printf(out, "%s%sthe compiler does not say so%s", separator, bold(style), bold(style));
}

// ---- Sites and variables

static bool allocates(const Finding *f) { return f->verdict == VERDICT_HEAP || f->verdict == VERDICT_CONDITIONAL; }

static void write_fact(Buf *out, bool *any) {
  if (*any) buf_puts(out, " · ");
  *any = true;
}

static void write_facts(Buf *out, const Finding *f) {
  bool any = false;
  if (allocates(f) && f->bytes >= 0 && f->size_class > f->bytes) {
    write_fact(out, &any);
    buf_printf(out, "the allocator takes %lld bytes for these %lld", (long long)f->size_class, (long long)f->bytes);
  }
  if (f->loop_depth > 1) {
    write_fact(out, &any);
    if (f->loop_depth == 2)
      buf_puts(out, "in a loop");
    else
      buf_printf(out, "in a loop, %u deep", f->loop_depth - 1u);
  }
  if (f->inlined_into) {
    write_fact(out, &any);
    render_copies(out, f);
  }
}

// The title with its first words (up to "each time", "in every iteration") in bold.
static void write_title(Buf *out, const Finding *f, const RenderStyle *style) {
  size_t cut = f->title.n;
  ptrdiff_t each = str_index(f->title, STR(" at most once each time"));
  if (each < 0) each = str_index(f->title, STR(" each time"));
  ptrdiff_t every = str_index(f->title, STR(" in every"));
  if (each >= 0)
    cut = (size_t)each;
  else if (every >= 0)
    cut = (size_t)every;
  if (cut && f->title.p[cut - 1] == ',') cut--;
  buf_printf(out, "%s%.*s%s", bold(style), STR_ARG(str_slice(f->title, 0, cut)), bold(style));
  render_words(out, str_slice(f->title, cut, f->title.n), style->markdown);
}

void render_advice(Buf *out, const Finding *f, bool markdown) {
  const char *mark = markdown ? "**" : "";
  buf_printf(out, "%sWhat may help:%s ", mark, mark);
  render_words(out, f->advice, markdown);
}

// A title, which holds code without marks.
static void write_edit(Buf *out, const char *title, bool markdown) {
  const char *mark = markdown ? "**" : "";
  buf_printf(out, "%sTo allocate less:%s ", mark, mark);
  for (const char *c = title; *c; c++) {
    if (markdown && strchr("\\`*_{}[]<>#|~&", *c)) buf_byte(out, '\\');
    buf_byte(out, *c);
  }
  buf_byte(out, '.');
}

static void render_site(Buf *out, const PackageResult *r, const Finding *f, const RenderStyle *style) {
  bool md = style->markdown;
  if (f->inlined_from.n) {
    const char *q = code_mark(style);
    if (!style->named) buf_printf(out, "%s%.*s%s ", q, STR_ARG(f->subject), q);
    buf_printf(out, "in %s%.*s%s, which is inlined here: ", q, STR_ARG(f->inlined_from), q);
  } else if (f->kind == FINDING_VARIABLE && !style->named) {
    buf_printf(out, "%s%.*s%s: ", code_mark(style), STR_ARG(f->subject), code_mark(style));
  }
  write_title(out, f, style);
  buf_puts(out, paragraph(style));
  render_words(out, f->why, md);
  if (style->edit || (f->advice.n && !style->refused)) buf_puts(out, "\n\n");
  if (style->edit)
    write_edit(out, style->edit, md);
  else if (f->advice.n && !style->refused)
    render_advice(out, f, md);
  Buf facts = {0};
  write_facts(&facts, f);
  if (facts.len && facts.text[0] >= 'a' && facts.text[0] <= 'z') facts.text[0] = (char)(facts.text[0] - 'a' + 'A');
  if (facts.len) buf_printf(out, "\n\n%.*s.", STR_ARG(buf_view(&facts)));
  buf_release(&facts);
  write_steps(out, r, f, style);
}

// "leaks to the heap" with the line that decides, which moves with the text and so is no part of the sentence.
static void write_param_why(Buf *out, const PackageResult *r, const Finding *f, const RenderStyle *style) {
  Str mark = STR("leaks to the heap");
  ptrdiff_t at = str_index(f->why, mark);
  FindingStep last = {0};
  if (at >= 0 && f->step_count) last = package_result_step(r, &f->steps[f->step_count - 1]);
  if (last.source != f->source) {
    render_words(out, f->why, style->markdown);
    return;
  }
  size_t cut = (size_t)at + mark.n;
  render_words(out, str_slice(f->why, 0, cut), style->markdown);
  buf_printf(out, " at line %u", last.line);
  render_words(out, str_slice(f->why, cut, f->why.n), style->markdown);
}

static void render_param(Buf *out, const PackageResult *r, const Finding *f, const RenderStyle *style) {
  buf_printf(out, style->markdown ? "**Parameter `%.*s`.** " : "Parameter %.*s. ", STR_ARG(f->subject));
  write_param_why(out, r, f, style);
  write_steps(out, r, f, style);
}

// ---- Functions

static void write_part(Buf *out, bool *any, uint32_t count, const char *what) {
  if (!count) return;
  buf_printf(out, "%s%u %s", *any ? ", " : " (", count, what);
  *any = true;
}

static void render_function(Buf *out, const PackageResult *r, const Finding *function, const RenderStyle *style) {
  FunctionTally t = function_tally(r->findings, function->decl);
  const char *q = code_mark(style);
  buf_printf(out, "%s%s%.*s%s%s: ", bold(style), q, STR_ARG(function->subject), q, bold(style));
  uint32_t all = t.heap + t.conditional;
  if (!all) {
    buf_puts(out, "no allocation of its own.");
  } else {
    buf_printf(out, "%u allocation%s", all, all == 1 ? "" : "s");
    bool any = false;
    write_part(out, &any, t.in_loop, "in a loop");
    write_part(out, &any, t.on_error, "only on an error path");
    write_part(out, &any, t.on_panic, "only before a panic");
    write_part(out, &any, t.cold - t.on_error - t.on_panic, "only once");
    write_part(out, &any, t.conditional, "only under a condition");
    buf_puts(out, any ? ")." : ".");
  }
  if (t.inlined) buf_printf(out, " %u more in code that is inlined into it.", t.inlined);
  buf_puts(out, paragraph(style));
  render_words(out, function->title, style->markdown);
  bool first = true;
  const FindingGroup *group = finding_group_of(r->findings, function->decl);
  for (uint32_t i = 0; group && i < group->len; i++) {
    const Finding *f = &group->items[i];
    if (f->kind != FINDING_PARAM || !str_equal(f->function, function->function)) continue; // of a literal in it
    buf_puts(out, style->markdown ? (first ? "\n\n- " : "\n- ") : "\n  ");
    first = false;
    write_param_why(out, r, f, style);
  }
}

// ---- Calls

static void write_leaks(Buf *out, const CallArg *a) {
  bool any = false;
  if (a->is_boxed) {
    buf_puts(out, a->leaks[TAG_HEAP] ? "is copied into an interface, and that copy is kept: it is on the heap"
                                     : "is copied into an interface, which is not kept");
    return;
  }
  if (a->leaks[TAG_HEAP]) {
    buf_puts(out, a->leaks[TAG_HEAP] == 1 ? "is kept, so what it points to must be on the heap"
                                          : "itself is not kept, but something that it points to is");
    any = true;
  }
  for (int i = TAG_RESULT0; i < TAG_LEN; i++) {
    if (!a->leaks[i]) continue;
    if (any) buf_puts(out, "; ");
    buf_printf(out,
               a->leaks[i] == 1 ? "comes back in result %d, and lives as long as that"
                                : "has something behind it that comes back in result %d",
               i - TAG_RESULT0);
    any = true;
  }
  if (!any) buf_puts(out, "is not kept: it may stay on the stack of the caller");
}

// Another package's file may be open, and its text another one than when the call was looked at.
static FindingStep callee_now(const PackageResult *r, const Finding *call, const RenderStyle *style) {
  FindingStep callee = package_result_callee(r, call);
  bool other = callee.source && style->result_of && !finding_file_of(r->findings, callee.source);
  const PackageResult *theirs = other ? style->result_of(style->context, callee.source->path) : NULL;
  FindingStep there = theirs ? package_result_callee(theirs, call) : (FindingStep){0};
  return there.source ? there : callee;
}

static void write_callee(Buf *out, const Finding *f, const RenderStyle *style) {
  const CallFacts *c = f->call;
  switch (c->callee) {
  case CALLEE_KNOWN: buf_puts(out, c->inlined ? ", which is inlined here." : ", which is not inlined here."); break;
  case CALLEE_NO_BODY:
    buf_puts(out, ", which is not written in Go: the compiler cannot see what it keeps, so it takes everything to be "
                  "kept.");
    break;
  case CALLEE_INTERFACE:
    if (c->devirtualised) {
      buf_printf(out, " through an interface; the compiler found that it is always %s%.*s%s", code_mark(style),
                 STR_ARG(c->concrete), code_mark(style));
      buf_puts(out, c->inlined ? " and inlines its method here." : " and calls its method directly.");
    } else {
      buf_puts(out, " through an interface: the compiler cannot see which method runs, so it takes everything to be "
                    "kept.");
    }
    break;
  case CALLEE_VALUE:
    buf_puts(out,
             ", a function value: the compiler cannot see which function it is, so it takes everything to be kept.");
    break;
  case CALLEE_GENERIC: buf_puts(out, ", whose code depends on its type arguments."); break;
  }
  if (c->guided)
    buf_printf(out, " By the profile it is mostly %s%.*s%s: that one is tried first%s.", code_mark(style),
               STR_ARG(c->concrete), code_mark(style), c->inlined ? ", and inlined" : "");
}

static void render_call(Buf *out, const PackageResult *r, const Finding *f, const RenderStyle *style) {
  const CallFacts *c = f->call;
  const char *q = code_mark(style);
  buf_printf(out, "%sCall of %s%.*s%s%s", bold(style), q, STR_ARG(f->subject), q, bold(style));
  write_callee(out, f, style);
  if (c->devirtualised || c->callee == CALLEE_GENERIC) {
    // what becomes of the arguments is said at the sites that they come from
  } else if (!c->arg_count) {
    buf_puts(out, " No argument points to anything.");
  } else if (style->markdown) {
    buf_byte(out, '\n');
  }
  for (uint32_t i = 0; i < c->arg_count && !c->devirtualised && c->callee != CALLEE_GENERIC; i++) {
    const CallArg *a = &c->args[i];
    buf_printf(out, "\n- %s%.*s%s", q, STR_ARG(a->text), q);
    if (a->is_recv)
      buf_puts(out, " (the receiver) ");
    else if (a->param.n)
      buf_printf(out, " (as %s%.*s%s) ", q, STR_ARG(a->param), q);
    else
      buf_byte(out, ' ');
    write_leaks(out, a);
    buf_byte(out, '.');
  }
  FindingStep callee = callee_now(r, f, style);
  if (callee.source) {
    buf_puts(out, "\n\nDeclared at");
    write_place(out, callee.source, callee.line, callee.column, style);
    buf_byte(out, '.');
  }
}

// What the body that is inlined at a call allocates.
static void render_inlined_at(Buf *out, const PackageResult *r, const Finding *call, const RenderStyle *style) {
  enum { SHOWN = 6 };
  uint32_t shown = 0;
  const FindingGroup *group = finding_group_of(r->findings, call->decl);
  for (uint32_t i = 0; group && i < group->len; i++) {
    const Finding *f = &group->items[i];
    bool there = f->line == call->line && f->column == call->column;
    if (!there || !f->inlined_from.n || !allocates(f) || shown == SHOWN) continue;
    if (!shown++) buf_puts(out, "\n\nOf the inlined code:");
    if (shown == 1 && style->markdown) buf_byte(out, '\n');
    buf_printf(out, "\n- %s%.*s%s: ", code_mark(style), STR_ARG(f->subject), code_mark(style));
    write_title(out, f, style);
    buf_byte(out, ' ');
    render_words(out, f->why, style->markdown);
  }
}

// ---- Struct types

static void render_struct(Buf *out, const Finding *f, const RenderStyle *style) {
  const StructFacts *s = f->layout;
  const char *q = code_mark(style);
  buf_printf(out, "%s%s%.*s%s: %lld byte%s%s", bold(style), q, STR_ARG(f->subject), q, (long long)s->size,
             s->size == 1 ? "" : "s", bold(style));
  if (s->padding > 0) buf_printf(out, ", %lld of padding", (long long)s->padding);
  buf_byte(out, '.');
  if (s->size_class > s->size) buf_printf(out, " On the heap one takes %lld.", (long long)s->size_class);
  if (s->pointer_bytes > 0)
    buf_printf(out, " The garbage collector looks at the first %lld.", (long long)s->pointer_bytes);
  else if (s->size > 0)
    buf_puts(out, " It holds no pointers.");
  if (s->best_size < s->size) {
    buf_printf(out, "\n\nIn the order %s%.*s%s it is %s%lld bytes%s, %lld less", q, STR_ARG(s->order_text), q,
               bold(style), (long long)s->best_size, bold(style), (long long)(s->size - s->best_size));
    if (s->best_class != s->size_class)
      buf_printf(out, "; on the heap one then takes %lld", (long long)s->best_class);
    else
      buf_printf(out, "; a single one on the heap still takes %lld", (long long)s->best_class);
    if (s->best_pointer_bytes != s->pointer_bytes)
      buf_printf(out, ", and the garbage collector looks at the first %lld", (long long)s->best_pointer_bytes);
    buf_byte(out, '.');
  } else if (s->fixed.n) {
    buf_printf(out, "\n\nAnother order would be smaller, but %.*s.", STR_ARG(s->fixed));
  } else if (s->padding > 0) {
    buf_puts(out, "\n\nNo order of its fields makes it smaller.");
  }
}

// ---- Writes to maps

static void render_map_write(Buf *out, const Finding *f, const RenderStyle *style) {
  const char *q = code_mark(style);
  buf_printf(out,
             "%sNot decided:%s a write to %s%.*s%s may add an entry. When the map has to grow for it, it takes new "
             "tables from the heap; how full it is, the code does not tell.",
             bold(style), bold(style), q, STR_ARG(f->subject), q);
}

void render_hover(Buf *out, const PackageResult *r, const Finding *f, const RenderStyle *style) {
  switch (f->kind) {
  case FINDING_SITE:
  case FINDING_VARIABLE: render_site(out, r, f, style); break;
  case FINDING_PARAM: render_param(out, r, f, style); break;
  case FINDING_FUNCTION: render_function(out, r, f, style); break;
  case FINDING_CALL:
    render_call(out, r, f, style);
    render_inlined_at(out, r, f, style);
    break;
  case FINDING_TYPE: render_struct(out, f, style); break;
  case FINDING_MAP_WRITE: render_map_write(out, f, style); break;
  }
  write_origin(out, f, style);
  buf_byte(out, '\n');
}
