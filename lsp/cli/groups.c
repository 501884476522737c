// groups.c: rows in the order that the user asks for, and sums of them. Equal ones stay in the order of their places.
#include "cli/rows.h"

#include <stdlib.h>

static int by_number(const Row *x, const Row *y) { return x->number < y->number ? -1 : x->number > y->number; }

static int by_bytes(const void *a, const void *b) { // what is not known comes last
  const Row *x = *(Row *const *)a, *y = *(Row *const *)b;
  return x->bytes != y->bytes ? (x->bytes > y->bytes ? -1 : 1) : by_number(x, y);
}

static int by_loop(const void *a, const void *b) { // cold paths count as outside of loops
  const Row *x = *(Row *const *)a, *y = *(Row *const *)b;
  if (x->of_caller != y->of_caller) return x->of_caller ? 1 : -1; // what the function itself can change comes first
  int dx = x->cold ? 0 : x->loop_depth, dy = y->cold ? 0 : y->loop_depth;
  return dx != dy ? dy - dx : by_bytes(a, b);
}

void rows_sort(Row **rows, uint32_t count, SortKey key) {
  if (!count) return;
  if (key == SORT_BYTES) qsort(rows, count, sizeof *rows, by_bytes);
  if (key == SORT_LOOP) qsort(rows, count, sizeof *rows, by_loop);
}

// ---- Sums

static int group_place(const Group *x, const Group *y) { return x->first < y->first ? -1 : x->first > y->first; }

static int groups_by_place(const void *a, const void *b) { return group_place(a, b); }

static int groups_by_count(const void *a, const void *b) {
  const Group *x = a, *y = b;
  return x->sites != y->sites ? (x->sites > y->sites ? -1 : 1) : group_place(x, y);
}

static int groups_by_bytes(const void *a, const void *b) {
  const Group *x = a, *y = b;
  return x->bytes != y->bytes ? (x->bytes > y->bytes ? -1 : 1) : groups_by_count(a, b);
}

static int groups_by_loop(const void *a, const void *b) {
  const Group *x = a, *y = b;
  return x->in_loops != y->in_loops ? (x->in_loops > y->in_loops ? -1 : 1) : groups_by_count(a, b);
}

static void write_name(Buf *out, const Row *row, GroupBy by) {
  switch (by) {
  case BY_FUNCTION: buf_printf(out, "%.*s.%.*s", STR_ARG(row->package), STR_ARG(row->function)); return;
  case BY_PACKAGE: buf_str(out, row->package); return;
  case BY_KIND: buf_puts(out, row->rule); return;
  case BY_FILE: buf_str(out, row->path); return;
  }
}

void groups_make(Groups *out, Row *const *rows, uint32_t count, GroupBy by, SortKey key) {
  StrMap known = {0}; // to the number of the group, plus 1
  Buf name = {0};
  for (uint32_t i = 0; i < count; i++) {
    const Row *row = rows[i];
    buf_clear(&name);
    write_name(&name, row, by);
    uintptr_t at = (uintptr_t)strmap_get(&known, buf_view(&name));
    if (!at) {
      char *copy = mem_new(name.len + 1);
      memcpy(copy, name.text, name.len);
      VEC_APPEND(out, (Group){.name = {copy, name.len}, .first = row->number});
      at = out->len;
      strmap_set(&known, out->items[at - 1].name, (void *)at);
    }
    Group *g = &out->items[at - 1];
    g->sites++;
    g->in_loops += row->loop_depth > 1;
    if (row->bytes >= 0)
      g->bytes += row->bytes;
    else
      g->unknown++;
  }
  buf_release(&name);
  strmap_release(&known);
  static int (*const orders[])(const void *, const void *) = {groups_by_place, groups_by_bytes, groups_by_loop,
                                                              groups_by_count};
  if (out->len) qsort(out->items, out->len, sizeof *out->items, orders[key]);
}
