// cst_internal.h: a tree-sitter tree of one declaration as an Ast.
#ifndef HEAPLS_CST_INTERNAL_H
#define HEAPLS_CST_INTERNAL_H

#include "syntax/build_internal.h"

typedef struct Lowering Lowering;
Lowering *lowering_new(void); // returns owned; NULL when the grammar does not suit the library
void lowering_free(Lowering *);

// What was lost in a tree: how many places do not parse, and how many bytes of text no node but AST_BAD stands for.
typedef struct Loss {
  uint32_t places, bytes;
} Loss;

// Reads the declaration that b->text holds with tree-sitter. kind is DECL_BAD when tree-sitter finds no declaration in
// it or more than one. b->errors: the places, with a message of no detail.
ReadResult cst_declaration(Lowering *, Build *b, Loss *);

#endif
