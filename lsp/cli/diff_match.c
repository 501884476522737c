// diff_match.c: which site of one state is which of the other. Lines say nothing, since what is above may have changed;
// function and text do. The reason does not, which may be another one now. In passes, each over what the ones before
// have left:
//
//   the same function and expression; those of equal cost first
//   the same function and subject; those of equal cost first
//   the same subject in a function of the same name elsewhere, which moved
//   the same function, and the text begins alike: make([]byte, 64), make([]byte, n)
//   the same expression in any function of any package
//
// Among equal ones the first goes to the first. What is paired and costs the same in the same function is no change.
#include <stdlib.h>

#include "cli/diff.h"

typedef struct Key {
  bool function, package;
  enum { TEXT_HEAD, TEXT_SUBJECT, TEXT_EXPRESSION } text;
  bool cost;
} Key;

typedef struct Matching {
  Diff *diff;
  const Row **of_after; // by number: what each was before; NULL: nothing yet
  bool *taken;          // by number of the state before
} Matching;

static void write_key(Buf *out, const Row *r, const Key *k) {
  buf_clear(out);
  if (k->package) buf_str(out, r->package);
  buf_byte(out, '\n');
  if (k->function) buf_str(out, r->function);
  buf_puts(out, r->is_variable ? "\nvariable\n" : "\n\n");
  size_t head = 0;
  while (head < r->subject.n && !strchr("({ ", r->subject.p[head])) head++;
  buf_str(out, k->text == TEXT_EXPRESSION ? r->expression
               : k->text == TEXT_SUBJECT  ? r->subject
                                          : str_slice(r->subject, 0, head));
  if (k->cost)
    buf_printf(out, "\n%lld %d %d %d %.*s", (long long)r->bytes, r->loop_depth, r->cold, (int)r->verdict,
               STR_ARG(r->condition));
}

// For each key the rows that are left, linked in order by number, plus 1.
static void pass(Matching *m, const Key *key, Buf *text) {
  const RowList *before = &m->diff->before.rows, *after = &m->diff->after.rows;
  uint32_t *next = mem_new(sizeof *next * (before->len + 1));
  StrMap first = {0};
  for (uint32_t i = before->len; i-- > 0;) {
    if (m->taken[i]) continue;
    write_key(text, before->items[i], key);
    next[i] = (uint32_t)(uintptr_t)strmap_get(&first, buf_view(text));
    strmap_set(&first, arena_str(&m->diff->arena, buf_view(text)), (void *)(uintptr_t)(i + 1));
  }
  for (uint32_t i = 0; i < after->len; i++) {
    if (m->of_after[i]) continue;
    write_key(text, after->items[i], key);
    uint32_t at = (uint32_t)(uintptr_t)strmap_get(&first, buf_view(text));
    if (!at) continue;
    m->of_after[i] = before->items[at - 1];
    m->taken[at - 1] = true;
    strmap_set(&first, arena_str(&m->diff->arena, buf_view(text)), (void *)(uintptr_t)next[at - 1]);
  }
  strmap_release(&first);
  free(next);
}

// ---- Costs

static int order(int64_t a, int64_t b) { return a < b ? -1 : a > b; }

// How often: on a cold path; in each call; in each turn of loops that deep.
static int turns(const Row *r) { return r->cold ? 0 : r->loop_depth ? r->loop_depth : 1; }

// Above zero: b costs more.
static int compare_cost(const Row *a, const Row *b) {
  int by = order(turns(a), turns(b));
  if (by) return by;
  bool a_known = a->bytes >= 0, b_known = b->bytes >= 0; // an unknown size may be any
  if (a_known != b_known) by = a_known ? -1 : 1;
  if (!by) by = order(a->bytes, b->bytes);
  if (!by) by = order(a->verdict == VERDICT_HEAP, b->verdict == VERDICT_HEAP);
  return by;
}

static void add_change(Diff *d, DiffKind kind, const Row *before, const Row *after) {
  VEC_PUSH(&d->arena, &d->changes, (DiffChange){kind, before, after});
  d->kinds[kind]++;
  if (kind == DIFF_CAME) d->came_in_loops += row_in_loop(after);
  if (kind == DIFF_GREW) d->grew_into_loops += row_in_loop(after) && !row_in_loop(before);
}

static bool same_place(const Row *a, const Row *b) {
  return str_equal(a->package, b->package) && str_equal(a->function, b->function);
}

static void compare(Diff *d, const Row *before, const Row *after) {
  int by = compare_cost(before, after);
  if (by < 0)
    add_change(d, DIFF_GREW, before, after);
  else if (by > 0)
    add_change(d, DIFF_SHRANK, before, after);
  else if (!same_place(before, after) || !str_equal(before->file, after->file))
    add_change(d, DIFF_MOVED, before, after);
}

// ---- Order and sums

static const Row *shown(const DiffChange *c) { return c->after ? c->after : c->before; }

static int by_place(const void *x, const void *y) {
  const DiffChange *a = x, *b = y;
  const Row *r = shown(a), *s = shown(b);
  int by = str_compare(r->file, s->file);
  if (!by) by = order(r->line, s->line);
  if (!by) by = order(r->column, s->column);
  if (!by) by = order(a->kind, b->kind);
  return by ? by : order(r->number, s->number);
}

static void count(DiffCount *c, const Row *r) {
  c->sites++;
  c->in_loops += row_in_loop(r);
  if (r->bytes >= 0)
    c->bytes += r->bytes;
  else
    c->unknown++;
}

static DiffFunction *function_of(Diff *d, StrMap *known, const Row *r, bool add, Buf *key) {
  buf_clear(key);
  buf_printf(key, "%.*s\n%.*s", STR_ARG(r->package), STR_ARG(r->function));
  Str name = buf_view(key);
  uintptr_t at = (uintptr_t)strmap_get(known, name);
  if (!at && add) {
    VEC_PUSH(&d->arena, &d->functions, (DiffFunction){.package = r->package, .function = r->function});
    at = d->functions.len;
    strmap_set(known, arena_str(&d->arena, name), (void *)at);
  }
  return at ? &d->functions.items[at - 1] : NULL;
}

static void sum_up(Diff *d, Buf *key) {
  StrMap known = {0};
  for (uint32_t i = 0; i < d->changes.len; i++) {
    const DiffChange *c = &d->changes.items[i];
    if (c->after) function_of(d, &known, c->after, true, key);
    if (c->before) function_of(d, &known, c->before, true, key);
  }
  for (uint32_t i = 0; i < d->before.rows.len; i++) {
    DiffFunction *f = function_of(d, &known, d->before.rows.items[i], false, key);
    count(&d->before.count, d->before.rows.items[i]);
    if (f) count(&f->before, d->before.rows.items[i]);
  }
  for (uint32_t i = 0; i < d->after.rows.len; i++) {
    DiffFunction *f = function_of(d, &known, d->after.rows.items[i], false, key);
    count(&d->after.count, d->after.rows.items[i]);
    if (f) count(&f->after, d->after.rows.items[i]);
  }
  strmap_release(&known);
}

void diff_match(Diff *d) {
  RowList *before = &d->before.rows, *after = &d->after.rows;
  Matching m = {.diff = d};
  m.of_after = mem_new(sizeof *m.of_after * (after->len + 1));
  m.taken = mem_new(before->len + 1);
  Buf text = {0};
  static const Key keys[] = {{true, true, TEXT_EXPRESSION, true},   {true, true, TEXT_EXPRESSION, false},
                             {true, true, TEXT_SUBJECT, true},      {true, true, TEXT_SUBJECT, false},
                             {true, false, TEXT_SUBJECT, false},    {true, true, TEXT_HEAD, false},
                             {false, false, TEXT_EXPRESSION, false}};
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) pass(&m, &keys[i], &text);
  for (uint32_t i = 0; i < after->len; i++) {
    if (m.of_after[i])
      compare(d, m.of_after[i], after->items[i]);
    else
      add_change(d, DIFF_CAME, NULL, after->items[i]);
  }
  for (uint32_t i = 0; i < before->len; i++)
    if (!m.taken[i]) add_change(d, DIFF_WENT, before->items[i], NULL);
  if (d->changes.len) qsort(d->changes.items, d->changes.len, sizeof *d->changes.items, by_place);
  sum_up(d, &text);
  buf_release(&text);
  free(m.of_after);
  free(m.taken);
}

const char *diff_kind_name(DiffKind kind) {
  static const char *const names[] = {"came", "went", "grew", "shrank", "moved"};
  return names[kind];
}
