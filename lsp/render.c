// render.c: findings as text. Plain words first, the proof after.
#include "render.h"

static const char *const preset_names[] = {"quiet", "default", "all"};

bool preset_of(const char *name, Preset *out) {
  for (int i = 0; i < 3; i++) {
    if (strcmp(name, preset_names[i]) != 0) continue;
    *out = (Preset)i;
    return true;
  }
  return false;
}

const char *preset_name(Preset p) { return preset_names[p]; }

bool preset_shows(Preset preset, const Finding *f) {
  enum { LARGE = 4096 };
  if (f->kind != FINDING_SITE && f->kind != FINDING_VARIABLE) return false;
  bool heap = (f->verdict == VERDICT_HEAP || f->verdict == VERDICT_CONDITIONAL) && !f->inlined_from.n;
  switch (preset) {
  case PRESET_QUIET: return heap && !f->cold && (f->loop_depth > 1 || f->bytes >= LARGE || f->cause == CAUSE_TOO_LARGE);
  case PRESET_DEFAULT: return heap;
  case PRESET_ALL: return true;
  }
  return false;
}

void render_path(Buf *out, Str cwd, Str path) {
  if (cwd.n && str_has_prefix(path, cwd) && path.n > cwd.n && (path.p[cwd.n] == '/' || cwd.n == 1)) {
    buf_str(out, str_slice(path, cwd.n + (cwd.n > 1), path.n));
    return;
  }
  ptrdiff_t up = str_last_byte(cwd, '/');
  if (up > 0 && str_has_prefix(path, str_slice(cwd, 0, (size_t)up + 1))) {
    buf_puts(out, "../");
    buf_str(out, str_slice(path, (size_t)up + 1, path.n));
    return;
  }
  buf_str(out, path);
}

// Markdown's `code` and *emphasis* are left out of plain text.
void render_words(Buf *out, Str text, bool markdown) {
  bool code = false;
  for (size_t i = 0; i < text.n; i++) {
    char c = text.p[i];
    if (c == '`') code = !code;
    bool emphasis = c == '*' && !code &&
                    ((i + 1 < text.n && text.p[i + 1] >= 'a' && text.p[i + 1] <= 'z') ||
                     (i && text.p[i - 1] >= 'a' && text.p[i - 1] <= 'z'));
    if (!markdown && emphasis) continue;
    buf_byte(out, c);
  }
}

static Str base_name(Str path) {
  ptrdiff_t slash = str_last_byte(path, '/');
  return str_slice(path, (size_t)(slash + 1), path.n);
}

static void write_place(Buf *out, const FindingStep *s, const RenderStyle *style) {
  if (!s->source) return;
  const char *uri = style->markdown && style->uri_of ? style->uri_of(style->context, s->source->path) : NULL;
  if (uri) {
    buf_printf(out, " [%.*s:%u:%u](%s#L%u,%u)", STR_ARG(base_name(s->source->path)), s->line, s->column, uri, s->line,
               s->column);
    return;
  }
  buf_byte(out, ' ');
  render_path(out, style->cwd, s->source->path);
  buf_printf(out, ":%u:%u", s->line, s->column);
}

static void write_steps(Buf *out, const Finding *f, const RenderStyle *style) {
  enum { STEPS_SHOWN = 24 };
  if (!f->step_count) return;
  buf_puts(out, style->markdown ? "\n\n**Path to the heap:**\n" : "\n\nPath to the heap:\n");
  for (uint32_t i = 0; i < f->step_count && i < STEPS_SHOWN; i++) {
    const FindingStep *s = &f->steps[i];
    if (style->markdown)
      buf_printf(out, "%u. ", i + 1);
    else
      buf_printf(out, "  %2u. ", i + 1);
    render_words(out, s->text, style->markdown);
    write_place(out, s, style);
    if (!style->markdown && s->gc_text.n) buf_printf(out, "\n      %.*s", STR_ARG(s->gc_text));
    buf_byte(out, '\n');
  }
  if (f->step_count > STEPS_SHOWN) buf_printf(out, "… and %u more steps\n", f->step_count - STEPS_SHOWN);
}

void render_copies(Buf *out, const Finding *f) {
  buf_printf(out, "inlined into %u caller%s", f->inlined_into, f->inlined_into == 1 ? "" : "s");
  if (f->verdict != VERDICT_HEAP && f->verdict != VERDICT_CONDITIONAL) return;
  if (!f->copies_heap)
    buf_puts(out, ", on the stack there");
  else if (f->copies_heap < f->inlined_into)
    buf_printf(out, ", on the heap in %u of them", f->copies_heap);
  if (f->copies_loop) buf_printf(out, ", in a loop in %u", f->copies_loop);
}

static void write_facts(Buf *out, const Finding *f) {
  const char *separator = "";
  if (f->size_class > 0 && f->size_class != f->bytes && f->verdict != VERDICT_STACK &&
      f->verdict != VERDICT_NO_ALLOCATION) {
    buf_printf(out, "The allocator takes %lld bytes for it", (long long)f->size_class);
    separator = " · ";
  }
  if (f->loop_depth > 1) {
    buf_printf(out, "%sin a loop (depth %u)", separator, f->loop_depth - 1u);
    separator = " · ";
  }
  if (f->verdict == VERDICT_HEAP && f->condition.n) {
    buf_printf(out, "%sonly %.*s", separator, STR_ARG(f->condition));
    separator = " · ";
  }
  if (f->inlined_from.n) {
    buf_printf(out, "%swritten in %.*s, which is inlined here", separator, STR_ARG(f->inlined_from));
    separator = " · ";
  }
  if (f->inlined_into) {
    buf_puts(out, separator);
    render_copies(out, f);
  }
}

void render_finding(Buf *out, const Finding *f, const RenderStyle *style) {
  bool md = style->markdown;
  if (f->kind == FINDING_PARAM) {
    buf_printf(out, md ? "**Parameter `%.*s`.** " : "Parameter %.*s. ", STR_ARG(f->subject));
    render_words(out, f->why, md);
  } else {
    size_t cut = f->title.n;
    ptrdiff_t each = str_index(f->title, STR(" each time"));
    ptrdiff_t every = str_index(f->title, STR(" in every"));
    if (each >= 0)
      cut = (size_t)each;
    else if (every >= 0)
      cut = (size_t)every;
    if (md) buf_puts(out, "**");
    buf_str(out, str_slice(f->title, 0, cut));
    if (md) buf_puts(out, "**");
    buf_str(out, str_slice(f->title, cut, f->title.n));
    if (f->kind == FINDING_SITE) {
      buf_puts(out, md ? "\n\n" : "\n");
    } else {
      buf_printf(out, md ? " (`%.*s`)\n\n" : " (%.*s)\n", STR_ARG(f->subject));
    }
    render_words(out, f->why, md);
    if (f->advice.n) {
      buf_puts(out, md ? "\n\n**To avoid it:** " : "\n\nTo avoid it: ");
      render_words(out, f->advice, md);
    }
  }
  Buf facts = {0};
  write_facts(&facts, f);
  if (facts.len) {
    buf_puts(out, "\n\n");
    buf_str(out, buf_view(&facts));
  }
  buf_release(&facts);
  write_steps(out, f, style);
  if (f->gc_words.n) {
    buf_puts(out, f->step_count ? "\ngc's words: " : "\n\ngc's words: ");
    buf_printf(out, md ? "`%.*s`" : "%.*s", STR_ARG(f->gc_words));
    if (style->go_minor) buf_printf(out, " · go1.%u rules", style->go_minor);
    if (style->stale)
      buf_puts(out, " · stale: from before the edit that broke this declaration");
    else if (style->uri_of)
      buf_puts(out, " · live");
  }
  buf_byte(out, '\n');
}

FunctionTally function_tally(const FindingSet *set, const AstDecl *decl) {
  FunctionTally t = {0};
  for (uint32_t i = 0; set && i < set->len; i++) {
    const Finding *f = &set->items[i];
    if (f->decl != decl || (f->kind != FINDING_SITE && f->kind != FINDING_VARIABLE)) continue;
    bool heap = f->verdict == VERDICT_HEAP || f->verdict == VERDICT_CONDITIONAL;
    if (!heap)
      t.stack++;
    else if (f->inlined_from.n)
      t.inlined++;
    else if (f->verdict == VERDICT_HEAP)
      t.heap++;
    else
      t.conditional++;
    if (!heap || f->inlined_from.n) continue;
    t.cold += f->cold != 0;
    t.in_loop += f->loop_depth > 1 && !f->cold;
  }
  return t;
}

void render_function(Buf *out, const PackageResult *r, const Finding *function, const RenderStyle *style) {
  bool md = style->markdown;
  FunctionTally t = function_tally(r->findings, function->decl);
  buf_printf(out, md ? "**`%.*s`** " : "%.*s: ", STR_ARG(function->subject));
  if (t.heap + t.conditional == 0)
    buf_puts(out, "allocates nothing itself.");
  else {
    buf_printf(out, "has %u allocation%s", t.heap + t.conditional, t.heap + t.conditional == 1 ? "" : "s");
    const char *separator = " (";
    if (t.in_loop) buf_printf(out, "%s%u in a loop", separator, t.in_loop), separator = ", ";
    if (t.conditional) buf_printf(out, "%s%u only at times", separator, t.conditional), separator = ", ";
    if (t.cold) buf_printf(out, "%s%u on a cold path", separator, t.cold), separator = ", ";
    buf_puts(out, *separator == ',' ? ")." : ".");
  }
  if (t.inlined) buf_printf(out, " %u more in code that is inlined into it.", t.inlined);
  buf_puts(out, md ? "\n\n" : "\n");
  buf_str(out, function->title);
  for (uint32_t i = 0; i < r->findings->len; i++) {
    const Finding *f = &r->findings->items[i];
    if (f->kind != FINDING_PARAM || f->decl != function->decl) continue;
    buf_puts(out, md ? "\n- " : "\n  ");
    render_words(out, f->why, md);
  }
  buf_byte(out, '\n');
}

void render_line(Buf *out, const Finding *f) {
  buf_str(out, f->title);
  if (f->why.n) {
    buf_byte(out, ' ');
    render_words(out, f->why, false);
  }
}
