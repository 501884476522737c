// stretch.h: a stretch of a text that is there in two versions, and which offset of the one is which of the other.
#ifndef HEAPLS_STRETCH_H
#define HEAPLS_STRETCH_H

#include "base/base.h"

// What the versions have in common are their first bytes and their last; in between, all counts as replaced.
typedef struct Stretch {
  uint32_t from, from_len, to, to_len; // where it begins in the one text and in the other; chosen by the user
  uint32_t prefix, suffix;             // bytes that are the same at either end
} Stretch;

// Fills in all but from and to.
void stretch_compare(Stretch *, Str from, Str to);
// Where an offset of the one text (in the stretch, or just behind it) is in the other; UINT32_MAX: it was replaced.
uint32_t stretch_map(const Stretch *, uint32_t at);

// Goes through Go code without its comments and spaces: a character, or a literal of characters, at a time.
typedef struct TokenScan {
  Str text;
  size_t start, end; // of what was found, in text
  bool space, line;  // before it was space or a comment; with a newline
} TokenScan;
bool token_scan_next(TokenScan *); // false: the text is at its end

// Where an offset of the one version is in the other if all code before it is the same, whatever the comments and the
// layout say; else UINT32_MAX.
uint32_t tokens_map(Str from, Str to, uint32_t at);

#endif
