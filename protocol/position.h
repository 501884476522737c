// position.h: lines and columns as LSP has them, against byte offsets of UTF-8 text.
//
// Lines are 0-based and end at LF, CRLF or a lone CR. Columns ("character") are 0-based and count code units of the
// negotiated encoding: bytes, UTF-16 units or code points. A byte that is not UTF-8 counts as one character of one
// unit. Conversions never fail: a column past the end of its line is the line's end (before its LF, CRLF or CR), a line
// past the last is the end of the text, a column inside a character is that character's start.
#ifndef HEAPLS_POSITION_H
#define HEAPLS_POSITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum PositionEncoding { POSITION_UTF16, POSITION_UTF8, POSITION_UTF32 } PositionEncoding;
const char *position_encoding_name(PositionEncoding); // "utf-16" …
bool position_encoding_of(const char *name, PositionEncoding *out);

typedef struct LspPosition {
  uint32_t line, character;
} LspPosition;
typedef struct LspRange {
  LspPosition start, end; // end is exclusive
} LspRange;
int lsp_position_compare(LspPosition, LspPosition); // <0, 0, >0
bool lsp_range_overlaps(LspRange, LspRange);        // touching counts, as for code actions
bool lsp_range_contains(LspRange, LspPosition);     // the end included

// A place in a long line, from which columns are counted on.
typedef struct ColumnMark {
  uint32_t offset, characters, pairs; // from the line's start: bytes; code points, and those of four bytes among them
} ColumnMark;
typedef struct LongLine {
  uint32_t line, count;
  ColumnMark *marks; // owned
} LongLine;

// Where each line starts, in bytes. starts[0] is 0; count is at least 1. Owns starts. Lines of some thousand bytes
// (data, minified code) have marks, so that a place in them is not found by walking through all of them.
typedef struct LineIndex {
  uint32_t *starts;
  uint32_t count, capacity;
  LongLine *long_lines; // in order; owned
  uint32_t long_count;
} LineIndex;
void line_index_init(LineIndex *, const char *text, uint32_t length);
void line_index_copy(LineIndex *, const LineIndex *);
void line_index_release(LineIndex *);
// After text[start, old_end) was replaced by what now is text[start, new_end): brings the index up to date, looking at
// no more of the new text than the lines that changed. `length` is the new length.
void line_index_edit(LineIndex *, const char *text, uint32_t length, uint32_t start, uint32_t old_end,
                     uint32_t new_end);
uint32_t line_index_line(const LineIndex *, uint32_t offset); // the line that holds the offset
// The offset where the line's own characters end, before its line end; the length for lines past the last.
uint32_t line_index_line_end(const LineIndex *, const char *text, uint32_t length, uint32_t line);

uint32_t position_to_offset(const LineIndex *, const char *text, uint32_t length, LspPosition, PositionEncoding);
LspPosition position_of_offset(const LineIndex *, const char *text, uint32_t length, uint32_t offset, PositionEncoding);
// The same for one offset after the other in a text's order: *line is the last one's line, first 0.
LspPosition position_of_next(const LineIndex *, const char *text, uint32_t length, uint32_t offset, PositionEncoding,
                             uint32_t *line);
LspRange position_range(const LineIndex *, const char *text, uint32_t length, uint32_t start, uint32_t end,
                        PositionEncoding);
// Bytes of the character at p, which is before end: 1 to 4, or 1 for a byte that starts no well-formed UTF-8 sequence.
uint32_t position_character_bytes(const char *p, const char *end);
// Code units that text[0, length) takes.
uint32_t position_units(const char *text, uint32_t length, PositionEncoding);

#endif
