// split_internal.h: a file cut into its top-level declarations, and what its comments direct.
#ifndef HEAPLS_SPLIT_INTERNAL_H
#define HEAPLS_SPLIT_INTERNAL_H

#include "syntax/ast.h"

// A `//go:` comment that has its line to itself.
typedef struct GoDirective {
  uint32_t offset; // of the "//"
  Str text;        // from "go:" to the end of the line; borrows
} GoDirective;

// One declaration, or text that is none.
typedef struct Chunk {
  uint32_t start;   // its first directive, if it has one above, else as keyword
  uint32_t keyword; // its first token
  uint32_t end;     // just past its last token
  uint32_t pragma;  // PRAGMA_* without LINKNAME
} Chunk;

// What one pass over a file finds. The vectors live on the C heap; everything borrows the text.
typedef struct Split {
  VEC(Chunk) chunks;
  VEC(GoDirective) directives; // of the whole file, in order
  VEC(LineDirective) line_directives;
  VEC(SyntaxError) errors; // static messages
  Str package_name;        // empty without a package clause
  uint32_t package_pos;
  Str build_constraint;
  bool is_generated;
  bool is_plain; // nothing made a second pass necessary
} Split;
void split_file(Split *, Str text); // initialises
void split_release(Split *);

// What an edit leaves of the declarations of the version before: those before the first-th are where they were, those
// from the rest-th on are further behind by `moved` bytes (modulo 2^32). In between is what the split has cut off anew.
typedef struct SplitEdit {
  uint32_t first, rest, moved;
} SplitEdit;
// Cuts only what can have changed: of the text all but the first prefix bytes and the last suffix bytes. The same comes
// out as of split_file. False: that is to be asked, because what is cut hangs on the rest of the file. Initialises.
bool split_edit(Split *, Str text, const AstFile *before, uint32_t prefix, uint32_t suffix, SplitEdit *);

// Where the declaration ends that begins with its keyword in column 0 there; else the offset.
uint32_t split_end(Str text, uint32_t offset);
bool is_generated_line(Str line); // a comment before the package clause; without its newline
// N when the constraint lets the file into builds of go1.N and newer only; 0: no such minimum.
uint32_t constraint_go_minor(Str text);

#endif
