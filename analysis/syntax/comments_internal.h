// comments_internal.h: comments of a text that go to the end of a line.
#ifndef HEAPLS_COMMENTS_INTERNAL_H
#define HEAPLS_COMMENTS_INTERNAL_H

#include "base/base.h"

typedef struct Comment {
  uint32_t start, end; // offsets; zero: before the first one
} Comment;
bool comment_next(Str text, Comment *); // false: there is no more
uint32_t comment_line_end(Str text, size_t at);
uint32_t comment_line_start(Str text, size_t at);
// The first line below the one that ends at `end` that is no comment; the text's length when there is none.
size_t comment_below(Str text, uint32_t end);

#endif
