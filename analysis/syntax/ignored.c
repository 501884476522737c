// ignored.c: the comments that hide, and by the cuts of split.c where the declarations end that they stand above.
#include "syntax/ignored.h"

#include <stdlib.h>

#include "syntax/comments_internal.h"
#include "syntax/parse.h"
#include "syntax/split_internal.h"

static const char mark[] = "//heapls:ignore";

static bool is_mark(Str comment, Str *reason) {
  size_t n = sizeof mark - 1;
  if (!str_has_prefix(comment, str_of(mark))) return false;
  if (comment.n > n && comment.p[n] != ' ' && comment.p[n] != '\t' && comment.p[n] != '\r') return false;
  *reason = str_trim(str_slice(comment, n, comment.n));
  return true;
}

static void append(IgnoredList *out, uint32_t start, uint32_t end, Str reason) {
  uint32_t before = out->items.len ? out->items.items[out->items.len - 1].reach : 0;
  VEC_APPEND(&out->items, (Ignored){start, end, before > end ? before : end, reason});
}

// package_pos: of its clause; 0: there is none.
static void add(IgnoredList *out, uint32_t package_pos, Str text, size_t at, uint32_t end, Str reason) {
  uint32_t start = comment_line_start(text, at);
  bool alone = !str_trim(str_slice(text, start, at)).n;
  if (!alone) {
    append(out, start, end + 1, reason);
  } else if (at < package_pos) {
    append(out, 0, UINT32_MAX, reason);
  } else {
    uint32_t from = (uint32_t)comment_below(text, end), to = comment_line_end(text, from) + 1,
             decl = split_end(text, from);
    append(out, from, decl > to ? decl : to, reason);
  }
}

static uint32_t package_position(Str text) {
  FileHeader header;
  file_header_scan(&header, text);
  uint32_t at = header.package_name.n ? (uint32_t)(header.package_name.p - text.p) : 0;
  file_header_release(&header);
  return at;
}

bool ignored_mentioned(Str text) { return str_index(text, str_of(mark)) >= 0; }

void ignored_read(IgnoredList *out, Str text) {
  out->items.len = 0;
  if (!ignored_mentioned(text)) return;
  uint32_t package_pos = package_position(text);
  for (Comment c = {0}; comment_next(text, &c);) {
    Str reason;
    if (is_mark(str_slice(text, c.start, c.end), &reason)) add(out, package_pos, text, c.start, c.end, reason);
  }
}

void ignored_release(IgnoredList *list) {
  free(list->items.items);
  *list = (IgnoredList){0};
}

const Ignored *ignored_at(const IgnoredList *list, uint32_t offset) {
  const Ignored *items = list->items.items, *found = NULL;
  uint32_t low = 0, high = list->items.len; // what begins at or before the offset stands before low
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (items[middle].start <= offset)
      low = middle + 1;
    else
      high = middle;
  }
  for (; low && items[low - 1].reach > offset; low--)
    if (items[low - 1].end > offset) found = &items[low - 1];
  return found;
}
