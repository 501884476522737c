// position.c: LSP 3.17 "Position" and "Text Documents": line ends LF, CRLF, CR; columns in code units.
#include "position.h"

#include "pool.h"
#include <stdlib.h>
#include <string.h>

static const char *const ENCODING_NAMES[] = {
  [POSITION_UTF16] = "utf-16", [POSITION_UTF8] = "utf-8", [POSITION_UTF32] = "utf-32"};

const char *position_encoding_name(PositionEncoding encoding) { return ENCODING_NAMES[encoding]; }

bool position_encoding_of(const char *name, PositionEncoding *out) {
  for (size_t i = 0; i < sizeof ENCODING_NAMES / sizeof *ENCODING_NAMES; i++) {
    if (strcmp(name, ENCODING_NAMES[i]) != 0) continue;
    *out = (PositionEncoding)i;
    return true;
  }
  return false;
}

int lsp_position_compare(LspPosition a, LspPosition b) {
  if (a.line != b.line) return a.line < b.line ? -1 : 1;
  return a.character == b.character ? 0 : a.character < b.character ? -1 : 1;
}

bool lsp_range_overlaps(LspRange a, LspRange b) {
  return lsp_position_compare(a.start, b.end) <= 0 && lsp_position_compare(b.start, a.end) <= 0;
}

bool lsp_range_contains(LspRange range, LspPosition at) {
  return lsp_position_compare(range.start, at) <= 0 && lsp_position_compare(at, range.end) <= 0;
}

// ---- lines ----

static void push(LineIndex *self, uint32_t start) {
  if (self->count == self->capacity) {
    self->capacity = self->capacity ? self->capacity * 2 : 64;
    self->starts = protocol_resize(self->starts, self->capacity * sizeof *self->starts);
  }
  self->starts[self->count++] = start;
}

// Appends the line starts that lie in (from, to]; `from` must not be between a CR and its LF.
static void scan(LineIndex *self, const char *text, uint32_t length, uint32_t from, uint32_t to) {
  for (uint32_t i = from; i < to; i++) {
    if (text[i] == '\n' || (text[i] == '\r' && !(i + 1 < length && text[i + 1] == '\n'))) push(self, i + 1);
  }
}

void line_index_init(LineIndex *self, const char *text, uint32_t length) {
  *self = (LineIndex){0};
  push(self, 0);
  scan(self, text, length, 0, length);
}

void line_index_release(LineIndex *self) {
  free(self->starts);
  *self = (LineIndex){0};
}

uint32_t line_index_line(const LineIndex *self, uint32_t offset) {
  uint32_t low = 0, high = self->count; // starts[low] <= offset < starts[high]
  while (high - low > 1) {
    uint32_t middle = low + (high - low) / 2;
    if (self->starts[middle] <= offset)
      low = middle;
    else
      high = middle;
  }
  return low;
}

// Line starts up to the line before the change stand; those that lie after it move with their text, because what makes
// a line start (the one or two bytes before it) moved along; those between are looked for again. The line *before* that
// of the change is looked at too: its CR may have become half of a CR LF.
void line_index_edit(LineIndex *self, const char *text, uint32_t length, uint32_t start, uint32_t old_end,
                     uint32_t new_end) {
  uint32_t keep = line_index_line(self, start);
  if (keep && self->starts[keep] == start) keep--;
  uint32_t tail = line_index_line(self, old_end) + 1; // first start > old_end
  LineIndex fresh = {0};
  scan(&fresh, text, length, self->starts[keep], new_end);
  uint32_t tail_count = self->count - tail, count = keep + 1 + fresh.count + tail_count;
  if (count > self->capacity) {
    self->capacity = count + count / 4;
    self->starts = protocol_resize(self->starts, self->capacity * sizeof *self->starts);
  }
  uint32_t *to = self->starts + keep + 1 + fresh.count;
  memmove(to, self->starts + tail, tail_count * sizeof *to);
  for (uint32_t i = 0; i < tail_count; i++) to[i] = to[i] - old_end + new_end;
  if (fresh.count) memcpy(self->starts + keep + 1, fresh.starts, fresh.count * sizeof *fresh.starts);
  self->count = count;
  line_index_release(&fresh);
}

uint32_t line_index_line_end(const LineIndex *self, const char *text, uint32_t length, uint32_t line) {
  if (line + 1 >= self->count || line >= self->count) return length;
  uint32_t start = self->starts[line], end = self->starts[line + 1] - 1;
  if (end > start && text[end] == '\n' && text[end - 1] == '\r') end--;
  return end;
}

// ---- columns ----

uint32_t position_character_bytes(const char *p, const char *end) {
  const unsigned char *s = (const unsigned char *)p;
  size_t have = (size_t)(end - p);
  if (s[0] < 0x80) return 1;
  if (s[0] >= 0xC2 && s[0] <= 0xDF) return have > 1 && (s[1] & 0xC0) == 0x80 ? 2 : 1;
  if ((s[0] & 0xF0) == 0xE0) {
    unsigned char low = s[0] == 0xE0 ? 0xA0 : 0x80, high = s[0] == 0xED ? 0x9F : 0xBF;
    return have > 2 && s[1] >= low && s[1] <= high && (s[2] & 0xC0) == 0x80 ? 3 : 1;
  }
  if (s[0] >= 0xF0 && s[0] <= 0xF4) {
    unsigned char low = s[0] == 0xF0 ? 0x90 : 0x80, high = s[0] == 0xF4 ? 0x8F : 0xBF;
    return have > 3 && s[1] >= low && s[1] <= high && (s[2] & 0xC0) == 0x80 && (s[3] & 0xC0) == 0x80 ? 4 : 1;
  }
  return 1;
}

static uint32_t units_of(uint32_t bytes, PositionEncoding encoding) {
  switch (encoding) {
  case POSITION_UTF16: return bytes == 4 ? 2 : 1;
  case POSITION_UTF8: return bytes;
  case POSITION_UTF32: return 1;
  }
  return 1;
}

uint32_t position_units(const char *text, uint32_t length, PositionEncoding encoding) {
  if (encoding == POSITION_UTF8) return length;
  uint32_t units = 0;
  for (uint32_t i = 0; i < length;) {
    uint32_t bytes = position_character_bytes(text + i, text + length);
    units += units_of(bytes, encoding);
    i += bytes;
  }
  return units;
}

uint32_t position_to_offset(const LineIndex *self, const char *text, uint32_t length, LspPosition at,
                            PositionEncoding encoding) {
  if (at.line >= self->count) return length;
  uint32_t offset = self->starts[at.line], end = line_index_line_end(self, text, length, at.line), left = at.character;
  while (offset < end && left) {
    uint32_t bytes = position_character_bytes(text + offset, text + end), units = units_of(bytes, encoding);
    if (units > left) break; // inside the character
    left -= units;
    offset += bytes;
  }
  return offset;
}

LspPosition position_of_offset(const LineIndex *self, const char *text, uint32_t length, uint32_t offset,
                               PositionEncoding encoding) {
  if (offset > length) offset = length;
  uint32_t line = line_index_line(self, offset), start = self->starts[line];
  uint32_t end = line_index_line_end(self, text, length, line), units = 0;
  if (offset > end) offset = end; // inside the line end
  for (uint32_t i = start; i < offset;) {
    uint32_t bytes = position_character_bytes(text + i, text + end);
    if (i + bytes > offset) break;
    units += units_of(bytes, encoding);
    i += bytes;
  }
  return (LspPosition){line, units};
}

LspRange position_range(const LineIndex *self, const char *text, uint32_t length, uint32_t start, uint32_t end,
                        PositionEncoding encoding) {
  return (LspRange){position_of_offset(self, text, length, start, encoding),
                    position_of_offset(self, text, length, end, encoding)};
}
