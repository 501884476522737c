// text.c: --format=text: for people. On a terminal lines are made to fit: sentences are wrapped at blanks, of a source
// line that part is shown which the carets are about. Into a pipe they are whole, but for source lines of more than a
// screenful.
#include "cli/formats/formats.h"

#include "render.h"

#define BOLD "\033[1m"
#define RED "\033[31m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define DIM "\033[2m"
#define PLAIN "\033[0m"

static const char *paint(const Report *r, const char *code) { return r->colour ? code : ""; }

static const char *verdict_colour(const Row *row) {
  return row->verdict == VERDICT_HEAP ? RED : row->verdict == VERDICT_CONDITIONAL ? YELLOW : GREEN;
}

static bool is_inside_char(char c) { return ((unsigned char)c & 0xC0) == 0x80; }

static uint32_t width_of(Str text) {
  uint32_t n = 0;
  for (size_t i = 0; i < text.n; i++) n += !is_inside_char(text.p[i]);
  return n;
}

// ---- The source line, and carets under what decides

enum { MARGIN = 10, LONGEST = 240 };

static void write_end(Report *r, const Row *row) {
  const char *separator = " ";
  if (row->loop_depth > 1) {
    buf_printf(&r->out, "%sin a loop (depth %u)", separator, row->loop_depth - 1u);
    separator = ", ";
  }
  if (row->when.n && row->verdict != VERDICT_STACK && row->verdict != VERDICT_NO_ALLOCATION) {
    buf_printf(&r->out, "%s%.*s", separator, STR_ARG(row->when));
    separator = ", ";
  }
  if (row->inlined_from.n) {
    buf_printf(&r->out, "%sin %.*s, inlined here", separator, STR_ARG(row->inlined_from));
    separator = ", ";
  }
  if (row->copies.n) {
    buf_printf(&r->out, "%s%.*s", separator, STR_ARG(row->copies));
    separator = ", ";
  }
  if (row->ignored)
    buf_printf(&r->out, "%signored%s%.*s", separator, row->ignored_for.n ? ": " : "", STR_ARG(row->ignored_for));
  buf_byte(&r->out, '\n');
}

// Tabs as four blanks, so that columns can be counted; [from, to) goes along.
static void expand_tabs(Buf *out, Str line, uint32_t *from, uint32_t *to) {
  uint32_t start = *from, end = *to;
  for (uint32_t i = 0; i < line.n; i++) {
    if (i == start) *from = (uint32_t)out->len;
    if (i == end) *to = (uint32_t)out->len;
    if (line.p[i] == '\t')
      buf_puts(out, "    ");
    else
      buf_byte(out, line.p[i]);
  }
  if (start >= line.n) *from = (uint32_t)out->len;
  if (end >= line.n) *to = (uint32_t)out->len;
}

// The part of the line around [from, to), so many bytes at most: enough, where columns are characters.
static Str part_around(Str line, uint32_t most, uint32_t *from, uint32_t *to) {
  if (line.n <= most) return line;
  uint32_t before = most / 3, start = *from > before ? *from - before : 0;
  if (start + most > line.n) start = (uint32_t)line.n - most;
  while (start < line.n && is_inside_char(line.p[start])) start++;
  uint32_t end = start + most < line.n ? start + most : (uint32_t)line.n;
  while (end > start && end < line.n && is_inside_char(line.p[end])) end--;
  *from = *from < start ? 0 : *from - start;
  *to = (*to < end ? *to : end) - start;
  return str_slice(line, start, end);
}

static void write_excerpt(Report *r, const Row *row) {
  Str whole = row->line_text;
  uint32_t from = row->mark_start.column - 1;
  uint32_t to = row->mark_end.line == row->mark_start.line ? row->mark_end.column - 1 : (uint32_t)whole.n;
  if (to > whole.n) to = (uint32_t)whole.n;
  Buf expanded = {0};
  uint32_t most = r->width > MARGIN + 20 ? r->width - MARGIN - 2 : LONGEST;
  if (r->width) {
    expand_tabs(&expanded, whole, &from, &to);
    whole = buf_view(&expanded);
  }
  Str line = part_around(whole, most, &from, &to);
  bool cut_left = line.p > whole.p, cut_right = line.p + line.n < whole.p + whole.n;
  buf_printf(&r->out, "%s%7u |%s %s%.*s%s\n", paint(r, DIM), row->mark_start.line, paint(r, PLAIN), cut_left ? "…" : "",
             STR_ARG(line), cut_right ? "…" : "");
  buf_printf(&r->out, "%s        |%s %s", paint(r, DIM), paint(r, PLAIN), cut_left ? " " : "");
  for (uint32_t i = 0; i < from && i < line.n; i++) {
    if (line.p[i] == '\t')
      buf_byte(&r->out, '\t');
    else if (!is_inside_char(line.p[i]))
      buf_byte(&r->out, ' ');
  }
  buf_puts(&r->out, paint(r, verdict_colour(row)));
  bool any = false;
  for (uint32_t i = from; i < to && i < line.n; i++) {
    if (is_inside_char(line.p[i])) continue;
    buf_byte(&r->out, '^');
    any = true;
  }
  if (!any) buf_byte(&r->out, '^');
  buf_puts(&r->out, paint(r, PLAIN));
  write_end(r, row);
  buf_release(&expanded);
}

// ---- The line above it

// at: the column where the text begins. Where the width is known it goes on in the next line, indented.
static void write_wrapped(Report *r, Str text, uint32_t at) {
  enum { INDENT = 4 };
  while (text.n) {
    ptrdiff_t space = str_index_byte(text, ' ');
    Str word = space < 0 ? text : str_slice(text, 0, (size_t)space);
    if (r->width > 40 && at > INDENT && at + width_of(word) > r->width) {
      if (r->out.len && r->out.text[r->out.len - 1] == ' ') r->out.len--;
      buf_printf(&r->out, "\n%*s", INDENT, "");
      at = INDENT;
    }
    buf_str(&r->out, word);
    at += width_of(word) + 1;
    if (space >= 0) buf_byte(&r->out, ' ');
    text = space < 0 ? STR_NONE : str_slice(text, (size_t)space + 1, text.n);
  }
}

// The hint without what the excerpt says.
static Str verdict_words(const Row *row) {
  Str dot = STR(" · ");
  size_t name = 0; // "errors.New · " in front
  if (row->called.n && str_has_prefix(row->hint, row->called)) name = row->called.n + dot.n;
  ptrdiff_t more = str_index(str_slice(row->hint, name, row->hint.n), dot);
  return more >= 0 ? str_slice(row->hint, 0, name + (size_t)more) : row->hint;
}

static void write_row(Report *r, const Row *row) {
  Buf head = {0}, why = {0};
  buf_printf(&head, "%.*s:%u:%u", STR_ARG(row->path), row->line, row->column);
  Str verdict = verdict_words(row);
  buf_printf(&r->out, "%s%s%s  %s%.*s%s  ", paint(r, BOLD), head.text, paint(r, PLAIN), paint(r, verdict_colour(row)),
             STR_ARG(verdict), paint(r, PLAIN));
  buf_str(&why, row->expression);
  if (row->function.n && !str_equal(row->function, STR("init"))) buf_printf(&why, " in %.*s", STR_ARG(row->function));
  if (row->why.n) buf_puts(&why, "  ");
  render_words(&why, row->why, false);
  write_wrapped(r, buf_view(&why), width_of(buf_view(&head)) + width_of(verdict) + 4);
  buf_byte(&r->out, '\n');
  buf_release(&head);
  buf_release(&why);
  write_excerpt(r, row);
}

static void rows(Report *r, const Piece *piece, Row *const *list, uint32_t count) {
  (void)piece;
  for (uint32_t i = 0; i < count; i++) write_row(r, list[i]);
}

// ---- The end

static void write_groups(Report *r) {
  static const char *const what[] = {"function", "package", "kind", "file"};
  buf_printf(&r->out, "%s  sites  in loops         bytes  %s%s\n", paint(r, DIM), what[r->by], paint(r, PLAIN));
  for (uint32_t i = 0; i < r->group_count; i++) {
    const Group *g = &r->groups->items[i];
    buf_printf(&r->out, "%7u %9u %12lld%s  %.*s\n", g->sites, g->in_loops, (long long)g->bytes, g->unknown ? "+" : " ",
               STR_ARG(g->name));
  }
}

static void write_left_out(Report *r) {
  const LeftOut *l = &r->tally->left_out;
  const struct {
    uint32_t count;
    const char *words;
  } parts[] = {{l->preset, "by the preset (--preset)"},
               {l->of_caller, "that grow slices which the caller gave (append-caller)"},
               {l->generated, "in generated files (--generated)"},
               {l->ignored, "by //heapls:ignore (--ignored)"},
               {l->filtered, "by the filters"},
               {l->team, "by .heapls.json (--config=off)"},
               {l->baseline, "in the baseline"},
               {l->top, "beyond --top"}};
  const char *separator = "Not shown: ";
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    if (!parts[i].count) continue;
    buf_printf(&r->out, "%s%u %s", separator, parts[i].count, parts[i].words);
    separator = ", ";
  }
  bool any = separator[0] == ',';
  if (l->test_files)
    buf_printf(&r->out, "%s%u test file%s (--tests)", any ? "; not read: " : "Not read: ", l->test_files,
               l->test_files == 1 ? "" : "s");
  if (r->tally->passed_over)
    buf_printf(&r->out, "%s%u named file%s",
               any || l->test_files ? "; passed over: " : "Passed over: ", r->tally->passed_over,
               r->tally->passed_over == 1 ? "" : "s");
  if (any || l->test_files || r->tally->passed_over) buf_puts(&r->out, ".\n");
}

static const char *plural(uint32_t n) { return n == 1 ? "" : "s"; }

static void write_undecided(Report *r) {
  const Tally *t = r->tally;
  if (t->excluded_files)
    buf_printf(&r->out, "Left out by build constraints: %u file%s\n", t->excluded_files, plural(t->excluded_files));
  if (!t->all_undecided) return;
  buf_printf(&r->out, "Not decided: %u function%s", t->all_undecided, plural(t->all_undecided));
  const char *separator = " (";
  for (int i = 0; i < DECISION_COUNT; i++) {
    if (!t->undecided[i]) continue;
    buf_printf(&r->out, "%s%s: %u%s", separator, decision_label((Decision)i), t->undecided[i],
               i == DECISION_CGO ? " (--cgo)" : "");
    separator = ", ";
  }
  buf_puts(&r->out, ")\n");
}

static void end(Report *r) {
  const Tally *t = r->tally;
  if (r->groups) write_groups(r);
  buf_printf(&r->out, "%u package%s, %u function%s: %u allocation site%s (%u in loops)", t->packages,
             plural(t->packages), t->functions, plural(t->functions), t->sites, plural(t->sites), t->in_loops);
  if (t->others) buf_printf(&r->out, " and %u other finding%s", t->others, plural(t->others));
  buf_printf(&r->out, ", %u stay on the stack. %.2f s\n", t->stack, r->seconds);
  write_left_out(r);
  write_undecided(r);
}

const Format format_text = {.name = "text", .streams = true, .sums = true, .rows = rows, .end = end};
