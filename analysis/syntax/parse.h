// parse.h: from text to AstFile, the whole file or after an edit.
//
// Parsing never fails: text that is not Go becomes AST_BAD nodes and SyntaxErrors, and costs only the declaration it is
// in, because the file is first cut at lines that start a top-level declaration in column 0.
#ifndef HEAPLS_PARSE_H
#define HEAPLS_PARSE_H

#include "syntax/ast.h"

// A parser holds tree-sitter's state and is reused; one thread at a time.
typedef struct Parser Parser;
Parser *parser_new(Interner *); // borrows the interner
void parser_free(Parser *);

// Parses one file. Takes a reference on nothing; `source` must outlive the result. `previous`, if not NULL, is an
// earlier version of the same file: declarations whose text is unchanged are shared with it. Returns owned.
AstFile *parse_file(Parser *, const AstSource *source, Str text, const AstFile *previous);
// The same of a text that is shared: a later version keeps it instead of a copy.
AstFile *parse_shared(Parser *, const AstSource *source, SharedText *, const AstFile *previous);
void ast_file_free(AstFile *);
// The file is a translation of that text, which is parsed too.
void ast_file_set_original(Parser *, AstFile *, Str text);

// -- a file of which only the places of its declarations are known, from an earlier reading of the same text --

// Where a declaration is, and what is known of it without a tree.
typedef struct DeclPlace {
  uint32_t start, end; // offsets in the file
  uint32_t body;       // of a function: offset of its body's brace from start; 0: no body
  uint32_t pragma;     // PRAGMA_*
  uint8_t kind;        // AstDeclKind
} DeclPlace;

// The file with declarations that have a text and a position, but no nodes yet. A place that is outside of the text
// (which is then another one) becomes empty. `source` must outlive the result. Returns owned (ast_file_free).
AstFile *ast_file_open(const AstSource *source, Str text, const DeclPlace *places, uint32_t count);
// Reads a declaration of such a file: all of it, or of a function only what is before its body. Doing so again replaces
// the tree; the older one's memory stays until the file goes. One thread at a time.
void ast_file_read(Parser *, AstFile *, AstDecl *, bool with_body, uint32_t body);

// Only the package clause, the build constraint and the import paths: what the loader needs. Fast, no tree.
typedef struct FileHeader {
  Str package_name;     // borrows text
  Str build_constraint; // of the //go:build line, after the keyword; borrows
  VEC(Str) imports;     // unquoted paths; borrows text (escapes in import paths do not occur in valid Go)
  VEC(uint32_t) import_offsets;
  bool imports_c;
  bool is_generated; // as AstFile.is_generated
  bool ok;           // a package clause was found
  bool broken;       // it was not, or the imports do not read well
} FileHeader;
void file_header_scan(FileHeader *, Str text); // initialises
void file_header_release(FileHeader *);

// File offset; UINT32_MAX when the declaration is gone. An original knows its translation's declarations as well.
uint32_t ast_file_offset(const AstFile *, Pos);
// Of a translation: the offset in the original; of other files the offset itself.
uint32_t ast_file_original_offset(const AstFile *, uint32_t offset);
LineCol ast_file_line_col(const AstFile *, uint32_t offset);
uint32_t ast_file_offset_at(const AstFile *, LineCol); // clamps to the line's and the file's end
// The number of the last declaration of a file as it was parsed that starts at or before the offset; UINT32_MAX: none.
uint32_t ast_file_decl_before(const AstFile *, uint32_t offset);
AstDecl *ast_file_decl_starting_at(const AstFile *, uint32_t start); // likewise the declaration; NULL: none does
// Where gc prints the position: //line directives applied. path is empty when the file's own path holds. column 0 means
// no column is printed.
typedef struct PrintedPos {
  Str path;
  uint32_t line, column;
} PrintedPos;
PrintedPos ast_file_printed_pos(const AstFile *, uint32_t offset);

#endif
