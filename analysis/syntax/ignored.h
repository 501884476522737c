// ignored.h: comments that say //heapls:ignore, and what they hide. One meaning for editors and the command line:
//
//   x := new(T) //heapls:ignore REASON     what begins on this line
//   //heapls:ignore REASON                 alone on a line, other comments may follow: what begins on the next line;
//                                          above a declaration of the package level: all of it, as a function's body;
//                                          above the package clause: the file
//
// The reason is free text, and may be missing.
#ifndef HEAPLS_IGNORED_H
#define HEAPLS_IGNORED_H

#include "base/arena.h"

typedef struct Ignored {
  uint32_t start, end; // offsets: what begins in [start, end) is hidden
  uint32_t reach;      // the largest end of it and those before it
  Str reason;          // borrows the text; may be empty
} Ignored;
typedef struct IgnoredList {
  VEC(Ignored) items; // in order of their comments, and so of their starts; C heap
} IgnoredList;
void ignored_read(IgnoredList *, Str text); // of a file; replaces what the list had
bool ignored_mentioned(Str text);           // false: there is no such comment in it
void ignored_release(IgnoredList *);
const Ignored *ignored_at(const IgnoredList *, uint32_t offset); // NULL: shown

#endif
