// directives.h: comments that promise something about the code at their side:
//
//   x := f(y) //heapls:trust REASON        the line
//   //heapls:noalloc                       alone on a line, other comments may follow: the line below, or the
//   func f() {                             declaration that begins there
//
// Those of heapls, but for //heapls:ignore (ignored.h), and of github.com/jordanlewis/gcassert.
#ifndef HEAPLS_DIRECTIVES_H
#define HEAPLS_DIRECTIVES_H

#include "base/arena.h"

typedef struct Directive {
  bool gcassert;       // else heapls
  Str words;           // what follows the colon: "noalloc,cold", "allocs 2"; borrows the text
  uint32_t start, end; // of the comment: offsets
  uint32_t subject;    // offset where the code begins that it is about; the text's length: there is none
} Directive;
typedef struct DirectiveList {
  VEC(Directive) items; // in order; C heap
} DirectiveList;
enum { DIRECTIVE_MARK_MAX = sizeof "//gcassert:" - 1 };
bool directives_mentioned(Str text); // is there anything like one? AstFile.mentions_directives has the answer
void directives_read(DirectiveList *, Str text); // of a file; replaces what the list had
void directives_release(DirectiveList *);

#endif
