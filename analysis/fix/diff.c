// diff.c: two texts as a unified diff (POSIX diff -u), lines compared by Myers' algorithm.
//
// An edit of a fix changes few lines, so what the texts have in common at either end is cut off first. Between, a file
// with many fixes is thousands of lines with some dozens of differences: O(ND) with the trace kept, D limited; beyond
// that the rest counts as replaced, which is a correct diff, too, if a longer one.
#include "fix/fix.h"

#include <stdlib.h>

enum { CONTEXT = 3, MOST_DIFFERENCES = 2000 };

typedef struct Lines {
  VEC(Str) items; // C heap; with their newlines
} Lines;

static void split(Lines *l, Str text) {
  while (text.n) {
    ptrdiff_t nl = str_index_byte(text, '\n');
    size_t n = nl < 0 ? text.n : (size_t)nl + 1;
    VEC_APPEND(&l->items, str_slice(text, 0, n));
    text = str_slice(text, n, text.n);
  }
}

typedef struct Change { // lines [from, from_end) become [to, to_end)
  uint32_t from, from_end, to, to_end;
} Change;
typedef struct Changes {
  VEC(Change) items; // C heap
} Changes;

static void add_change(Changes *c, uint32_t from, uint32_t from_end, uint32_t to, uint32_t to_end) {
  VEC_APPEND(&c->items, (Change){from, from_end, to, to_end});
}

// The way back through the furthest points of each number of differences; v[d] holds diagonals -d … d.
static void trace_back(Changes *c, int32_t *const *v, int32_t d, int32_t n, int32_t m, uint32_t base) {
  int32_t x = n, y = m;
  for (; d > 0; d--) {
    const int32_t *last = v[d - 1] + (d - 1);
    int32_t k = x - y;
    bool down = k == -d || (k != d && last[k - 1] < last[k + 1]);
    int32_t from_k = down ? k + 1 : k - 1, px = last[from_k], py = px - from_k;
    if (down)
      add_change(c, base + (uint32_t)px, base + (uint32_t)px, base + (uint32_t)py, base + (uint32_t)py + 1);
    else
      add_change(c, base + (uint32_t)px, base + (uint32_t)px + 1, base + (uint32_t)py, base + (uint32_t)py);
    x = px;
    y = py;
  }
}

static void find_changes(Changes *c, const Str *a, int32_t n, const Str *b, int32_t m, uint32_t base) {
  int32_t most = n + m < MOST_DIFFERENCES ? n + m : MOST_DIFFERENCES;
  int32_t **v = mem_new(sizeof *v * (size_t)(most + 1));
  int32_t d = 0;
  bool done = false;
  for (; d <= most && !done; d++) {
    v[d] = mem_new(sizeof(int32_t) * (size_t)(2 * d + 1));
    int32_t *now = v[d] + d;
    const int32_t *last = d ? v[d - 1] + (d - 1) : NULL;
    for (int32_t k = -d; k <= d && !done; k += 2) {
      int32_t x = !d ? 0 : k == -d || (k != d && last[k - 1] < last[k + 1]) ? last[k + 1] : last[k - 1] + 1;
      int32_t y = x - k;
      while (x < n && y < m && y >= 0 && str_equal(a[x], b[y])) x++, y++;
      now[k] = x;
      done = x >= n && y >= m;
    }
  }
  if (done)
    trace_back(c, v, d - 1, n, m, base);
  else
    add_change(c, base, base + (uint32_t)n, base, base + (uint32_t)m);
  for (int32_t i = 0; i < d; i++) free(v[i]);
  free(v);
}

static int by_place(const void *a, const void *b) {
  const Change *x = a, *y = b;
  if (x->from != y->from) return x->from < y->from ? -1 : 1;
  return x->to < y->to ? -1 : x->to > y->to;
}

static void write_line(Buf *out, char mark, Str line) {
  buf_byte(out, mark);
  buf_str(out, line);
  if (!str_has_suffix(line, STR("\n"))) buf_puts(out, "\n\\ No newline at end of file\n");
}

static void write_count(Buf *out, uint32_t first, uint32_t count) {
  buf_printf(out, "%u", count ? first + 1 : first);
  if (count != 1) buf_printf(out, ",%u", count);
}

// Changes [i, end), which share their context.
static void write_hunk(Buf *out, const Lines *a, const Lines *b, const Changes *c, uint32_t i, uint32_t end) {
  const Change *first = &c->items.items[i], *last = &c->items.items[end - 1];
  uint32_t before = first->from < CONTEXT ? first->from : CONTEXT;
  uint32_t behind = a->items.len - last->from_end < CONTEXT ? a->items.len - last->from_end : CONTEXT;
  uint32_t from = first->from - before, to = first->to - before;
  buf_puts(out, "@@ -");
  write_count(out, from, last->from_end + behind - from);
  buf_puts(out, " +");
  write_count(out, to, last->to_end + behind - to);
  buf_puts(out, " @@\n");
  for (uint32_t at = from; i < end; i++) {
    const Change *x = &c->items.items[i];
    for (; at < x->from; at++) write_line(out, ' ', a->items.items[at]);
    for (; at < x->from_end; at++) write_line(out, '-', a->items.items[at]);
    for (uint32_t k = x->to; k < x->to_end; k++) write_line(out, '+', b->items.items[k]);
  }
  for (uint32_t at = last->from_end; at < last->from_end + behind; at++) write_line(out, ' ', a->items.items[at]);
}

// Neighbours become one change.
static void join(Changes *c) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < c->items.len; i++) {
    Change x = c->items.items[i], *last = n ? &c->items.items[n - 1] : NULL;
    if (last && last->from_end == x.from && last->to_end == x.to) {
      last->from_end = x.from_end;
      last->to_end = x.to_end;
    } else {
      c->items.items[n++] = x;
    }
  }
  c->items.len = n;
}

void fix_diff(Buf *out, Str name, Str from, Str to) {
  if (str_equal(from, to)) return;
  Lines a = {0}, b = {0};
  split(&a, from);
  split(&b, to);
  uint32_t prefix = 0, n = a.items.len, m = b.items.len;
  while (prefix < n && prefix < m && str_equal(a.items.items[prefix], b.items.items[prefix])) prefix++;
  while (n > prefix && m > prefix && str_equal(a.items.items[n - 1], b.items.items[m - 1])) n--, m--;
  Changes c = {0};
  find_changes(&c, a.items.items + prefix, (int32_t)(n - prefix), b.items.items + prefix, (int32_t)(m - prefix),
               prefix);
  qsort(c.items.items, c.items.len, sizeof *c.items.items, by_place);
  join(&c);
  bool absolute = name.n && name.p[0] == '/';
  if (absolute) // as git shows such paths
    buf_printf(out, "--- %.*s\n+++ %.*s\n", STR_ARG(name), STR_ARG(name));
  else
    buf_printf(out, "--- a/%.*s\n+++ b/%.*s\n", STR_ARG(name), STR_ARG(name));
  for (uint32_t i = 0, end; i < c.items.len; i = end) {
    for (end = i + 1; end < c.items.len && c.items.items[end].from <= c.items.items[end - 1].from_end + 2 * CONTEXT;)
      end++;
    write_hunk(out, &a, &b, &c, i, end);
  }
  free(c.items.items);
  free(a.items.items);
  free(b.items.items);
}
