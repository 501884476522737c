// ignored.c: finds the comments among strings, runes and other comments (Go spec, "Lexical elements"), and by the cuts
// of split.c where the declarations end that they stand above.
#include "syntax/ignored.h"

#include <stdlib.h>

#include "syntax/parse.h"
#include "syntax/split_internal.h"

static const char mark[] = "//heapls:ignore";

static uint32_t line_end(Str text, size_t at) {
  const char *end = at < text.n ? memchr(text.p + at, '\n', text.n - at) : NULL;
  return end ? (uint32_t)(end - text.p) : (uint32_t)text.n;
}

static uint32_t line_start(Str text, size_t at) {
  while (at && text.p[at - 1] != '\n') at--;
  return (uint32_t)at;
}

// Past the string or rune that begins at i.
static size_t skip_quoted(Str text, size_t i) {
  char quote = text.p[i++];
  for (; i < text.n && text.p[i] != quote; i++) {
    if (quote != '`' && text.p[i] == '\n') return i; // not closed: the fault ends with its line
    if (quote != '`' && text.p[i] == '\\') i++;
  }
  return i < text.n ? i + 1 : text.n;
}

// Past the general comment that begins at i.
static size_t skip_general(Str text, size_t i) {
  ptrdiff_t end = str_index(str_slice(text, i + 2, text.n), STR("*/"));
  return end < 0 ? text.n : i + 2 + (size_t)end + 2;
}

static bool is_mark(Str comment, Str *reason) {
  size_t n = sizeof mark - 1;
  if (!str_has_prefix(comment, str_of(mark))) return false;
  if (comment.n > n && comment.p[n] != ' ' && comment.p[n] != '\t' && comment.p[n] != '\r') return false;
  *reason = str_trim(str_slice(comment, n, comment.n));
  return true;
}

// The first line below the one that ends at `end` that is no comment; the text's length when there is none.
static size_t below_comments(Str text, uint32_t end) {
  size_t at = end;
  while (at < text.n) {
    uint32_t start = (uint32_t)at + 1, stop = line_end(text, start);
    if (!str_has_prefix(str_trim(str_slice(text, start, stop)), STR("//"))) return start;
    at = stop;
  }
  return text.n;
}

static void append(IgnoredList *out, uint32_t start, uint32_t end, Str reason) {
  uint32_t before = out->items.len ? out->items.items[out->items.len - 1].reach : 0;
  VEC_APPEND(&out->items, (Ignored){start, end, before > end ? before : end, reason});
}

// package_pos: of its clause; 0: there is none.
static void add(IgnoredList *out, uint32_t package_pos, Str text, size_t at, uint32_t end, Str reason) {
  uint32_t start = line_start(text, at);
  bool alone = !str_trim(str_slice(text, start, at)).n;
  if (!alone) {
    append(out, start, end + 1, reason);
  } else if (at < package_pos) {
    append(out, 0, UINT32_MAX, reason);
  } else {
    uint32_t from = (uint32_t)below_comments(text, end), to = line_end(text, from) + 1, decl = split_end(text, from);
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
  for (size_t i = 0; i < text.n;) {
    char c = text.p[i];
    if (c == '"' || c == '\'' || c == '`') {
      i = skip_quoted(text, i);
    } else if (c == '/' && i + 1 < text.n && text.p[i + 1] == '*') {
      i = skip_general(text, i);
    } else if (c == '/' && i + 1 < text.n && text.p[i + 1] == '/') {
      uint32_t end = line_end(text, i);
      Str reason;
      if (is_mark(str_slice(text, i, end), &reason)) add(out, package_pos, text, i, end, reason);
      i = end;
    } else {
      i++;
    }
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
