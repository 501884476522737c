// stretch.c: common ends of two versions of a text, 64 bytes at a time, and a scan of both side by side without
// comments.
#include "syntax/stretch.h"

void stretch_compare(Stretch *s, Str from, Str to) {
  enum { CHUNK = 64 };
  size_t most = from.n < to.n ? from.n : to.n, n = 0, k = 0;
  while (n + CHUNK <= most && memcmp(from.p + n, to.p + n, CHUNK) == 0) n += CHUNK;
  while (n < most && from.p[n] == to.p[n]) n++;
  const char *from_end = from.p + from.n, *to_end = to.p + to.n;
  while (k + CHUNK <= most - n && memcmp(from_end - k - CHUNK, to_end - k - CHUNK, CHUNK) == 0) k += CHUNK;
  while (k < most - n && from_end[-1 - (ptrdiff_t)k] == to_end[-1 - (ptrdiff_t)k]) k++;
  s->from_len = (uint32_t)from.n;
  s->to_len = (uint32_t)to.n;
  s->prefix = (uint32_t)n;
  s->suffix = (uint32_t)k;
}

uint32_t stretch_map(const Stretch *s, uint32_t at) {
  uint32_t offset = at - s->from;
  if (offset <= s->prefix) return s->to + offset;
  return offset >= s->from_len - s->suffix ? s->to + offset + s->to_len - s->from_len : UINT32_MAX;
}

// ---- Tokens

// Space and comments.
static void skip_space(TokenScan *t) {
  Str s = t->text;
  while (t->end < s.n) {
    char c = s.p[t->end], next = t->end + 1 < s.n ? s.p[t->end + 1] : 0;
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      t->line |= c == '\n';
      t->end++;
    } else if (c == '/' && next == '/') {
      while (t->end < s.n && s.p[t->end] != '\n') t->end++;
    } else if (c == '/' && next == '*') {
      ptrdiff_t len = str_index(str_slice(s, t->end + 2, s.n), STR("*/"));
      size_t behind = len < 0 ? s.n : t->end + 2 + (size_t)len + 2;
      for (; t->end < behind; t->end++) t->line |= s.p[t->end] == '\n';
    } else {
      return;
    }
    t->space = true;
  }
}

static size_t literal_end(Str s, size_t at) {
  char quote = s.p[at++];
  while (at < s.n && s.p[at] != quote && (quote == '`' || s.p[at] != '\n'))
    at += quote != '`' && s.p[at] == '\\' ? 2 : 1;
  return at + 1 < s.n ? at + 1 : s.n;
}

bool token_scan_next(TokenScan *t) {
  t->space = t->line = false;
  skip_space(t);
  t->start = t->end;
  if (t->end == t->text.n) return false;
  char c = t->text.p[t->end];
  t->end = c == '"' || c == '\'' || c == '`' ? literal_end(t->text, t->start) : t->start + 1;
  return true;
}

uint32_t tokens_map(Str from, Str to, uint32_t at) {
  TokenScan a = {.text = from}, b = {.text = to};
  while (token_scan_next(&a) && token_scan_next(&b)) {
    bool same = str_equal(str_slice(from, a.start, a.end), str_slice(to, b.start, b.end));
    if (at < a.end && (same || at <= a.start)) return (uint32_t)(b.start + (at > a.start ? at - a.start : 0));
    if (!same) break;
  }
  return UINT32_MAX;
}
