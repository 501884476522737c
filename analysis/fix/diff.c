// diff.c: edits as a unified diff (POSIX diff -u). Nothing is searched for: what differs is the lines that the edits
// touch, less those at either end of them that stay the same.
#include "fix/fix.h"

enum { CONTEXT = 3 };

typedef struct Change { // lines of the text that become others
  uint32_t start, end;  // offsets of their borders
  uint32_t line, count; // the first, from 0; how many
  Str text;             // what they become
  uint32_t becomes;     // so many lines
} Change;
typedef struct Changes {
  Arena arena;
  Str from;
  VEC(Change) items;
} Changes;

static uint32_t line_start(Str text, uint32_t at) {
  while (at && text.p[at - 1] != '\n') at--;
  return at;
}

static uint32_t line_end(Str text, uint32_t at) { // behind its newline
  ptrdiff_t nl = str_index_byte(str_slice(text, at, text.n), '\n');
  return nl < 0 ? (uint32_t)text.n : at + (uint32_t)nl + 1;
}

static uint32_t count_lines(Str text) {
  uint32_t n = 0;
  for (uint32_t at = 0; at < text.n; n++) at = line_end(text, at);
  return n;
}

// Lines at either end that are the same before and after.
static void trim(Changes *c, Change *x) {
  for (uint32_t n; x->start < x->end && x->text.n; x->start += n) {
    n = line_end(c->from, x->start) - x->start;
    if (!str_equal(str_slice(c->from, x->start, x->start + n), str_slice(x->text, 0, line_end(x->text, 0)))) break;
    x->text = str_slice(x->text, n, x->text.n);
    x->line++;
  }
  while (x->start < x->end && x->text.n) {
    uint32_t last = line_start(c->from, x->end - 1), own = line_start(x->text, (uint32_t)x->text.n - 1);
    if (!str_equal(str_slice(c->from, last, x->end), str_slice(x->text, own, x->text.n))) break;
    x->end = last;
    x->text = str_slice(x->text, 0, own);
  }
}

// Edits of the same line are one change.
static void find_changes(Changes *c, FixEdits edits) {
  uint32_t line = 0, counted = 0; // lines in front of an offset
  for (uint32_t i = 0, last; i < edits.len; i = last) {
    Change x = {.start = line_start(c->from, edits.items[i].start), .end = line_end(c->from, edits.items[i].end)};
    for (last = i + 1; last < edits.len && edits.items[last].start < x.end; last++)
      x.end = line_end(c->from, edits.items[last].end);
    FixEdits inside = {ARENA_ARRAY(&c->arena, FixEdit, last - i), last - i};
    for (uint32_t k = 0; k < inside.len; k++) {
      const FixEdit *e = &edits.items[i + k];
      inside.items[k] = (FixEdit){e->start - x.start, e->end - x.start, e->text};
    }
    x.text = fix_apply(&c->arena, str_slice(c->from, x.start, x.end), inside);
    line += count_lines(str_slice(c->from, counted, x.start));
    counted = x.start;
    x.line = line;
    trim(c, &x);
    x.count = count_lines(str_slice(c->from, x.start, x.end));
    x.becomes = count_lines(x.text);
    Change *before = c->items.len ? &c->items.items[c->items.len - 1] : NULL;
    if (before && before->end == x.start) { // neighbours
      before->end = x.end;
      before->count += x.count;
      before->text = arena_printf(&c->arena, "%.*s%.*s", STR_ARG(before->text), STR_ARG(x.text));
      before->becomes += x.becomes;
    } else if (x.count || x.becomes) {
      VEC_PUSH(&c->arena, &c->items, x);
    }
  }
}

static void write_lines(Buf *out, char mark, Str lines) {
  while (lines.n) {
    uint32_t n = line_end(lines, 0);
    buf_byte(out, mark);
    buf_str(out, str_slice(lines, 0, n));
    if (lines.p[n - 1] != '\n') buf_puts(out, "\n\\ No newline at end of file\n");
    lines = str_slice(lines, n, lines.n);
  }
}

static void write_range(Buf *out, uint32_t first, uint32_t count) {
  buf_printf(out, "%u", count ? first + 1 : first);
  if (count != 1) buf_printf(out, ",%u", count);
}

// Changes [i, end), which share their context; shift: lines that earlier ones brought.
static void write_hunk(Buf *out, const Changes *c, uint32_t i, uint32_t end, int64_t *shift) {
  const Change *first = &c->items.items[i], *last = &c->items.items[end - 1];
  uint32_t from = first->start, to = last->end, before = 0, behind = 0;
  for (; before < CONTEXT && from; before++) from = line_start(c->from, from - 1);
  for (; behind < CONTEXT && to < c->from.n; behind++) to = line_end(c->from, to);
  int64_t brings = 0;
  for (uint32_t k = i; k < end; k++) brings += (int64_t)c->items.items[k].becomes - c->items.items[k].count;
  uint32_t line = first->line - before, count = last->line + last->count + behind - line;
  buf_puts(out, "@@ -");
  write_range(out, line, count);
  buf_puts(out, " +");
  write_range(out, (uint32_t)(line + *shift), (uint32_t)(count + brings));
  buf_puts(out, " @@\n");
  *shift += brings;
  for (uint32_t at = from; i <= end; i++) {
    const Change *x = i < end ? &c->items.items[i] : NULL;
    write_lines(out, ' ', str_slice(c->from, at, x ? x->start : to));
    if (!x) break;
    write_lines(out, '-', str_slice(c->from, x->start, x->end));
    write_lines(out, '+', x->text);
    at = x->end;
  }
}

void fix_diff(Buf *out, Str name, Str from, FixEdits edits) {
  Changes c = {.from = from};
  arena_init(&c.arena);
  find_changes(&c, edits);
  bool absolute = name.n && name.p[0] == '/'; // as git shows such paths
  if (c.items.len && absolute)
    buf_printf(out, "--- %.*s\n+++ %.*s\n", STR_ARG(name), STR_ARG(name));
  else if (c.items.len)
    buf_printf(out, "--- a/%.*s\n+++ b/%.*s\n", STR_ARG(name), STR_ARG(name));
  int64_t shift = 0;
  for (uint32_t i = 0, end; i < c.items.len; i = end) {
    const Change *all = c.items.items;
    for (end = i + 1; end < c.items.len && all[end].line <= all[end - 1].line + all[end - 1].count + 2 * CONTEXT;)
      end++;
    write_hunk(out, &c, i, end, &shift);
  }
  arena_release(&c.arena);
}
