// syntax.h: the door of syntax/: Go text as syntax trees of its declarations.
//
//   ast.h      the trees                     parse.h     from text to trees, the whole file or after an edit
//   stretch.h  offsets in two versions of a text
//   ignored.h  what comments that say //heapls:ignore hide
//   directives.h  comments //heapls: and //gcassert: that promise something (//go: ones: split.c)
//
//   parse.c    a file; two readers           split.c     a file cut into declarations; file_header.c imports only
//   read_*.c   the exact reader, on lex.c    lower*.c    the tolerant one, on tree-sitter
#ifndef HEAPLS_SYNTAX_H
#define HEAPLS_SYNTAX_H

#include "syntax/ast.h"
#include "syntax/directives.h"
#include "syntax/ignored.h"
#include "syntax/parse.h"
#include "syntax/stretch.h"

#endif
