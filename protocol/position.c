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

// ---- long lines ----

enum { LONG_LINE = 4096, MARK_EVERY = 1024 };

static LongLine long_line_new(uint32_t line, const char *p, uint32_t length) {
  LongLine self = {.line = line, .marks = protocol_resize(NULL, (length / MARK_EVERY + 1) * sizeof *self.marks)};
  ColumnMark at = {0};
  while (at.offset < length) {
    if (at.offset >= self.count * MARK_EVERY) self.marks[self.count++] = at;
    uint32_t bytes = position_character_bytes(p + at.offset, p + length);
    at.offset += bytes;
    at.characters++;
    at.pairs += bytes == 4;
  }
  return self;
}

// Appends those of the lines [from, to) to the list, which has room.
static void add_long_lines(LineIndex *self, LongLine *list, uint32_t *count, const char *text, uint32_t length,
                           uint32_t from, uint32_t to) {
  for (uint32_t line = from; line < to; line++) {
    uint32_t start = self->starts[line], end = line + 1 < self->count ? self->starts[line + 1] : length;
    if (end - start > LONG_LINE) list[(*count)++] = long_line_new(line, text + start, end - start);
  }
}

static uint32_t count_long_lines(const LineIndex *self, uint32_t length, uint32_t from, uint32_t to) {
  uint32_t count = 0;
  for (uint32_t line = from; line < to; line++) {
    uint32_t end = line + 1 < self->count ? self->starts[line + 1] : length;
    count += end - self->starts[line] > LONG_LINE;
  }
  return count;
}

// Those of the old lines [from, old_to) went; of the lines [from, to) there are new ones.
static void edit_long_lines(LineIndex *self, const char *text, uint32_t length, uint32_t from, uint32_t old_to,
                            uint32_t to) {
  uint32_t fresh = count_long_lines(self, length, from, to), count = 0;
  if (!fresh && !self->long_count) return;
  LongLine *list = protocol_alloc((self->long_count + fresh + 1) * sizeof *list);
  uint32_t i = 0;
  for (; i < self->long_count && self->long_lines[i].line < from; i++) list[count++] = self->long_lines[i];
  for (; i < self->long_count && self->long_lines[i].line < old_to; i++) free(self->long_lines[i].marks);
  add_long_lines(self, list, &count, text, length, from, to);
  for (; i < self->long_count; i++) {
    list[count] = self->long_lines[i];
    list[count++].line += to - old_to;
  }
  free(self->long_lines);
  self->long_lines = list;
  self->long_count = count;
}

static const LongLine *long_line_at(const LineIndex *self, uint32_t line) {
  uint32_t low = 0, high = self->long_count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (self->long_lines[middle].line < line)
      low = middle + 1;
    else
      high = middle;
  }
  return low < self->long_count && self->long_lines[low].line == line ? &self->long_lines[low] : NULL;
}

static uint32_t mark_units(const ColumnMark *m, PositionEncoding encoding) {
  switch (encoding) {
  case POSITION_UTF16: return m->characters + m->pairs;
  case POSITION_UTF8: return m->offset;
  case POSITION_UTF32: return m->characters;
  }
  return 0;
}

// The last mark of the line that lies at or before the offset and has no more units than that; zeroes: its start.
static ColumnMark mark_before(const LineIndex *self, uint32_t line, uint32_t offset, uint32_t units,
                              PositionEncoding encoding) {
  const LongLine *l = self->long_count ? long_line_at(self, line) : NULL;
  uint32_t low = 0, high = l ? l->count : 0;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (l->marks[middle].offset <= offset && mark_units(&l->marks[middle], encoding) <= units)
      low = middle + 1;
    else
      high = middle;
  }
  return low ? l->marks[low - 1] : (ColumnMark){0};
}

// ---- the index ----

void line_index_init(LineIndex *self, const char *text, uint32_t length) {
  *self = (LineIndex){0};
  push(self, 0);
  scan(self, text, length, 0, length);
  edit_long_lines(self, text, length, 0, 0, self->count);
}

void line_index_copy(LineIndex *self, const LineIndex *of) {
  *self = (LineIndex){.count = of->count, .capacity = of->count + of->count / 8 + 16, .long_count = of->long_count};
  self->starts = protocol_resize(NULL, self->capacity * sizeof *self->starts);
  memcpy(self->starts, of->starts, of->count * sizeof *self->starts);
  if (of->long_count) self->long_lines = protocol_alloc(of->long_count * sizeof *self->long_lines);
  for (uint32_t i = 0; i < of->long_count; i++) {
    size_t size = of->long_lines[i].count * sizeof(ColumnMark);
    self->long_lines[i] = of->long_lines[i];
    self->long_lines[i].marks = protocol_resize(NULL, size);
    memcpy(self->long_lines[i].marks, of->long_lines[i].marks, size);
  }
}

void line_index_release(LineIndex *self) {
  for (uint32_t i = 0; i < self->long_count; i++) free(self->long_lines[i].marks);
  free(self->long_lines);
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
  edit_long_lines(self, text, length, keep, tail, keep + 1 + fresh.count);
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
  uint32_t offset = self->starts[at.line], end = line_index_line_end(self, text, length, at.line);
  ColumnMark mark = mark_before(self, at.line, end - offset, at.character, encoding);
  uint32_t left = at.character - mark_units(&mark, encoding);
  offset += mark.offset;
  while (offset < end && left) {
    uint32_t bytes = position_character_bytes(text + offset, text + end), units = units_of(bytes, encoding);
    if (units > left) break; // inside the character
    left -= units;
    offset += bytes;
  }
  return offset;
}

static LspPosition position_in_line(const LineIndex *self, const char *text, uint32_t length, uint32_t line,
                                    uint32_t offset, PositionEncoding encoding) {
  uint32_t start = self->starts[line];
  uint32_t end = line_index_line_end(self, text, length, line), units = 0;
  if (offset > end) offset = end; // inside the line end
  ColumnMark mark = mark_before(self, line, offset - start, UINT32_MAX, encoding);
  units = mark_units(&mark, encoding);
  for (uint32_t i = start + mark.offset; i < offset;) {
    uint32_t bytes = position_character_bytes(text + i, text + end);
    if (i + bytes > offset) break;
    units += units_of(bytes, encoding);
    i += bytes;
  }
  return (LspPosition){line, units};
}

LspPosition position_of_offset(const LineIndex *self, const char *text, uint32_t length, uint32_t offset,
                               PositionEncoding encoding) {
  if (offset > length) offset = length;
  return position_in_line(self, text, length, line_index_line(self, offset), offset, encoding);
}

LspPosition position_of_next(const LineIndex *self, const char *text, uint32_t length, uint32_t offset,
                             PositionEncoding encoding, uint32_t *line) {
  enum { NEAR = 32 };
  if (offset > length) offset = length;
  uint32_t at = *line, stop = at + NEAR < self->count ? at + NEAR : self->count;
  while (at + 1 < stop && self->starts[at + 1] <= offset) at++;
  bool found = self->starts[at] <= offset && (at + 1 == self->count || self->starts[at + 1] > offset);
  *line = found ? at : line_index_line(self, offset);
  return position_in_line(self, text, length, *line, offset, encoding);
}

LspRange position_range(const LineIndex *self, const char *text, uint32_t length, uint32_t start, uint32_t end,
                        PositionEncoding encoding) {
  return (LspRange){position_of_offset(self, text, length, start, encoding),
                    position_of_offset(self, text, length, end, encoding)};
}
