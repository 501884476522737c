// comments.c: finds the comments that go to the end of a line among strings, runes and other comments (Go spec,
// "Lexical elements").
#include "syntax/comments_internal.h"

uint32_t comment_line_end(Str text, size_t at) {
  const char *end = at < text.n ? memchr(text.p + at, '\n', text.n - at) : NULL;
  return end ? (uint32_t)(end - text.p) : (uint32_t)text.n;
}

uint32_t comment_line_start(Str text, size_t at) {
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

// The first line below the one that ends at `end` that is no comment; the text's length when there is none.
size_t comment_below(Str text, uint32_t end) {
  size_t at = end;
  while (at < text.n) {
    uint32_t start = (uint32_t)at + 1, stop = comment_line_end(text, start);
    if (!str_has_prefix(str_trim(str_slice(text, start, stop)), STR("//"))) return start;
    at = stop;
  }
  return text.n;
}

bool comment_next(Str text, Comment *c) {
  for (size_t i = c->end; i < text.n;) {
    char at = text.p[i];
    if (at == '"' || at == '\'' || at == '`') {
      i = skip_quoted(text, i);
    } else if (at == '/' && i + 1 < text.n && text.p[i + 1] == '*') {
      i = skip_general(text, i);
    } else if (at == '/' && i + 1 < text.n && text.p[i + 1] == '/') {
      *c = (Comment){(uint32_t)i, comment_line_end(text, i)};
      return true;
    } else {
      i++;
    }
  }
  return false;
}
