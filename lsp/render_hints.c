// render_hints.c: the hints of one line in one label.
//
// VS Code draws so many characters of all hints of a line together, cuts the one that reaches beyond them and leaves
// out what follows: of four arguments that allocate, two would look free. So what does not fit is merged: equal ones
// with their number, the dearest first, and the number of those for which no room is left:
//
//   heap 48 B, 4 × 8 B if ≥ 256        in loop: heap n B, 2 × 16 B        2 × heap if it grows, +3 more, +2 no heap
//
// Every site is in one of these numbers. First all is tried as it is; then without the names of the functions that were
// inlined; then as many groups as fit; then those without what follows a " · ".
#include <stdlib.h>

#include "position.h"
#include "render.h"

enum { GROUP_LIMIT = 16 }; // no more have room in a line

typedef enum Shortened { SHORTENED_NOT, SHORTENED_NAMES, SHORTENED_ALL, SHORTENED_COUNT } Shortened;

// A hint's parts: "errors.New · ", "moved to heap", "8 B if ≥ 256", " · in loop in f".
typedef struct Term {
  Str lead, place, body, tail;
  bool stale, heap;
} Term;

typedef struct TermGroup {
  Term term;
  uint32_t count;
} TermGroup;

static bool allocates(const Finding *f) { return f->verdict == VERDICT_HEAP || f->verdict == VERDICT_CONDITIONAL; }

static bool take_prefix(Str *text, Str prefix) {
  if (!str_has_prefix(*text, prefix)) return false;
  *text = str_slice(*text, prefix.n, text->n);
  if (text->n && text->p[0] == ' ') *text = str_slice(*text, 1, text->n);
  return true;
}

static Term term_of(const HintShown *h, Shortened shortened) {
  const Finding *f = h->finding;
  Str text = f->hint, name = f->inlined_from;
  Term t = {.stale = h->stale, .heap = allocates(f)};
  if (f->is_foreign && f->called.n && str_has_prefix(text, f->called)) {
    size_t lead = f->called.n + sizeof " · " - 1;
    if (shortened == SHORTENED_NOT) t.lead = str_slice(text, 0, lead);
    text = str_slice(text, lead, text.n);
  }
  size_t in = sizeof " in " - 1, end = text.n;
  if (name.n && end > name.n + in && str_has_suffix(text, name) &&
      str_has_suffix(str_slice(text, 0, end - name.n), STR(" in ")))
    end -= name.n + in;
  ptrdiff_t dot = str_index(str_slice(text, 0, end), STR(" · "));
  size_t cut = dot < 0 ? end : (size_t)dot;
  t.body = str_slice(text, 0, cut);
  t.tail = str_slice(text, cut, shortened == SHORTENED_NOT ? text.n : end);
  if (shortened == SHORTENED_ALL) t.tail = STR_NONE;
  static const char *const places[] = {"moved to heap", "heap"};
  for (size_t i = 0; i < 2 && !t.place.n; i++)
    if (take_prefix(&t.body, str_of(places[i]))) t.place = str_of(places[i]);
  return t;
}

static bool same_term(const Term *a, const Term *b) {
  return a->stale == b->stale && a->heap == b->heap && str_equal(a->lead, b->lead) && str_equal(a->place, b->place) &&
         str_equal(a->body, b->body) && str_equal(a->tail, b->tail);
}

// ---- Order

static int compare(bool a_first, bool b_first) { return (b_first > a_first) - (a_first > b_first); }

// The dearest first: in loops, then what is on cold paths last; certain before conditional; an unknown size before all
// that are known.
static int by_cost(const void *a, const void *b) {
  const Finding *x = ((const HintShown *)a)->finding, *y = ((const HintShown *)b)->finding;
  int order = compare(allocates(x), allocates(y));
  if (!order) order = compare(x->loop_depth > 1 && !x->cold, y->loop_depth > 1 && !y->cold);
  if (!order) order = compare(!x->cold, !y->cold);
  if (!order) order = compare(x->cause != CAUSE_APPEND_CALLER, y->cause != CAUSE_APPEND_CALLER);
  if (!order) order = compare(x->verdict == VERDICT_HEAP, y->verdict == VERDICT_HEAP);
  if (!order) order = compare(x->bytes < 0, y->bytes < 0);
  if (!order) order = compare(x->bytes > y->bytes, y->bytes > x->bytes);
  return order ? order : finding_by_place(x, y);
}

// ---- Writing

typedef struct Groups {
  TermGroup items[GROUP_LIMIT];
  uint32_t len;
  uint32_t more, more_free; // for which there is no group: on the heap; not
} Groups;

static void group(Groups *g, const HintShown *hints, uint32_t count, Shortened shortened) {
  *g = (Groups){0};
  for (uint32_t i = 0; i < count; i++) {
    Term t = term_of(&hints[i], shortened);
    uint32_t k = 0;
    while (k < g->len && !same_term(&g->items[k].term, &t)) k++;
    if (k < g->len)
      g->items[k].count++;
    else if (k < GROUP_LIMIT)
      g->items[g->len++] = (TermGroup){t, 1};
    else
      *(t.heap ? &g->more : &g->more_free) += 1;
  }
}

// What is said of all that is on the heap, if there are several groups of it; else empty.
static Str common_tail(const Groups *g, uint32_t shown) {
  if (g->len < 2 || !g->items[1].term.heap) return STR_NONE;
  Str tail = g->items[0].term.tail;
  bool names_function = str_index(tail, STR(" in ")) >= 0 && !str_has_prefix(tail, STR(" · "));
  for (uint32_t i = 0; i < g->len; i++)
    if (g->items[i].term.heap && !str_equal(g->items[i].term.tail, tail)) return STR_NONE;
  return g->more || shown == 0 || names_function ? STR_NONE : tail;
}

static void write_term(Buf *out, const TermGroup *g, const Term *before, bool tail) {
  const Term *t = &g->term;
  if (g->count > 1) buf_printf(out, "%u × ", g->count);
  // "heap 48 B, 16 B": a size is of the heap.
  bool is_size = t->body.n && t->body.p[0] >= '0' && t->body.p[0] <= '9';
  bool moved = str_has_prefix(t->place, STR("moved"));
  buf_str(out, t->lead);
  if (!before || !is_size || t->lead.n)
    buf_str(out, t->place);
  else if (moved)
    buf_puts(out, "moved");
  else if (!before->place.n)
    buf_str(out, t->place);
  bool any = out->len && out->text[out->len - 1] != ' ';
  if (any && t->body.n) buf_byte(out, ' ');
  buf_str(out, t->body);
  if (tail) buf_str(out, t->tail);
  if (t->stale) buf_puts(out, " (stale)");
}

static void write_groups(Buf *out, const Groups *g, uint32_t shown) {
  Str common = common_tail(g, shown);
  if (common.n) buf_printf(out, "%.*s: ", STR_ARG(str_slice(common, sizeof " · " - 1, common.n)));
  for (uint32_t i = 0; i < shown; i++) {
    Buf term = {0};
    write_term(&term, &g->items[i], i ? &g->items[i - 1].term : NULL, !common.n);
    buf_printf(out, "%s%.*s", i ? ", " : "", STR_ARG(buf_view(&term)));
    buf_release(&term);
  }
  uint32_t more = g->more, more_free = g->more_free;
  for (uint32_t i = shown; i < g->len; i++) *(g->items[i].term.heap ? &more : &more_free) += g->items[i].count;
  if (more) buf_printf(out, shown ? ", +%u more" : "%u × heap", more);
  if (more_free) buf_printf(out, "%s+%u no heap", shown || more ? ", " : "", more_free);
}

uint32_t render_units(Str label) {
  enum { PADDING = 1 };
  return position_units(label.p, (uint32_t)label.n, POSITION_UTF16) + PADDING;
}

static bool fits(const Buf *out, size_t before) {
  return render_units(str_slice(buf_view(out), before, out->len)) <= HINT_UNITS;
}

void render_hint(Buf *out, const HintShown *h) {
  buf_printf(out, "%.*s%s", STR_ARG(h->finding->hint), h->stale ? " (stale)" : "");
}

void render_hints(Buf *out, HintShown *hints, uint32_t count) {
  if (count > 1) qsort(hints, count, sizeof *hints, by_cost);
  size_t before = out->len;
  for (int s = SHORTENED_NOT; s < SHORTENED_COUNT; s++) {
    Groups g;
    group(&g, hints, count, (Shortened)s);
    uint32_t least = s == SHORTENED_NOT ? g.len : s == SHORTENED_ALL ? 0 : 1;
    for (uint32_t shown = g.len + 1; shown-- > least;) {
      out->len = before;
      write_groups(out, &g, shown);
      if (fits(out, before)) return;
    }
  }
}
