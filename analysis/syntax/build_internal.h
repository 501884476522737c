// build_internal.h: making the nodes of one declaration; shared by the two readers.
#ifndef HEAPLS_BUILD_INTERNAL_H
#define HEAPLS_BUILD_INTERNAL_H

#include "base/stack.h"
#include "syntax/lex_internal.h"

typedef struct BuildError {
  uint32_t offset;     // in the declaration
  const char *message; // static
} BuildError;

// One attempt at one declaration. The vectors are on the C heap and kept from one declaration to the next.
typedef struct Build {
  Arena *arena;     // where nodes go; borrowed
  NameCache *names; // borrowed
  Str text;         // of the declaration; followed by a zero byte
  uint32_t node_count;
  VEC(Ast *) stack; // of unfinished lists
  VEC(BuildError) errors;
} Build;

AstPool *ast_pool_new(size_t expected); // bytes; one reference
void ast_pool_release(AstPool *);

void build_begin(Build *, Arena *, NameCache *, Str text);
void build_release(Build *);
Ast *build_node(Build *, AstKind, uint32_t start, uint32_t pos); // the next id; `end` is the caller's to set
void build_push(Build *, Ast *);
AstList build_list(Build *, uint32_t mark); // what was pushed since stack.len was mark; pops it
void build_error(Build *, uint32_t offset, const char *message);

// A declaration as a reader understood it.
typedef struct ReadResult {
  AstDeclKind kind;
  AstList specs;
} ReadResult;

// The second reader: hand-written, exact. Reads text that begins (after blanks and comments) with a declaration.
ReadResult read_declaration(Build *);

// For a declaration with errors: sets AST_FLAG_ERROR on every node that holds a place where one was found or an
// AST_BAD, and makes every node hold its children.
void build_mark_errors(const Build *, AstList specs);

#endif
