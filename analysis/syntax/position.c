// position.c: from a declaration's offsets to the file's, to lines and columns, and to what gc prints
// (cmd/internal/src/pos.go, RelFilename, RelLine, RelCol).
#include "syntax/parse.h"

uint32_t ast_file_offset(const AstFile *f, Pos pos) {
  if (f->translation && pos.decl && pos.decl->pool != f->pool)
    return ast_file_original_offset(f->translation, ast_file_offset(f->translation, pos));
  if (!pos.decl || pos.decl->source != f->source || pos.decl->slot >= f->slot_count) return UINT32_MAX;
  uint32_t start = f->slot_starts[pos.decl->slot];
  return start == UINT32_MAX ? UINT32_MAX : start + pos.offset;
}

LineCol ast_file_line_col(const AstFile *f, uint32_t offset) {
  if (offset > f->text.n) offset = (uint32_t)f->text.n;
  uint32_t lo = 0, hi = f->line_count; // lines[lo] <= offset < lines[hi]
  while (hi - lo > 1) {
    uint32_t mid = lo + (hi - lo) / 2;
    if (f->lines[mid] <= offset)
      lo = mid;
    else
      hi = mid;
  }
  return (LineCol){lo + 1, offset - f->lines[lo] + 1};
}

uint32_t ast_file_offset_at(const AstFile *f, LineCol at) {
  if (at.line == 0) return 0;
  if (at.line > f->line_count) return (uint32_t)f->text.n;
  uint32_t start = f->lines[at.line - 1];
  uint32_t end = at.line < f->line_count ? f->lines[at.line] - 1 : (uint32_t)f->text.n;
  uint32_t column = at.column ? at.column - 1 : 0;
  return column > end - start ? end : start + column;
}

uint32_t ast_file_decl_before(const AstFile *f, uint32_t offset) {
  uint32_t lo = 0, hi = f->decl_count; // what starts at or before the offset stands before lo, what does not from hi on
  while (lo < hi) {
    uint32_t mid = lo + (hi - lo) / 2;
    if (f->slot_starts[f->decls[mid]->slot] <= offset)
      lo = mid + 1;
    else
      hi = mid;
  }
  return lo - 1;
}

AstDecl *ast_file_decl_starting_at(const AstFile *f, uint32_t start) {
  uint32_t i = ast_file_decl_before(f, start);
  return i != UINT32_MAX && f->slot_starts[f->decls[i]->slot] == start ? f->decls[i] : NULL;
}

// Columns past column_max count as that one.
static PrintedPos relative_pos(const AstFile *f, uint32_t offset, uint32_t column_max) {
  LineCol at = ast_file_line_col(f, offset);
  uint32_t lo = 0, hi = f->line_directives.len; // the directives before lo apply from offset or earlier
  while (lo < hi) {
    uint32_t mid = lo + (hi - lo) / 2;
    if (f->line_directives.items[mid].offset <= offset)
      lo = mid + 1;
    else
      hi = mid;
  }
  if (lo == 0) return (PrintedPos){STR_NONE, at.line, at.column};
  LineDirective d = f->line_directives.items[lo - 1];
  LineCol from = ast_file_line_col(f, d.offset);
  PrintedPos printed = {d.path, d.line + (at.line - from.line), 0};
  uint32_t column = at.column < column_max ? at.column : column_max;
  if (at.line == from.line) column -= from.column < column_max ? from.column : column_max;
  if (d.column) printed.column = at.line == from.line ? d.column + column : at.column;
  return printed;
}

PrintedPos ast_file_printed_pos(const AstFile *f, uint32_t offset) {
  enum { COLUMN_MAX = 255 }; // that cmd/internal/src keeps, of the position and of what it is relative to
  return relative_pos(f, offset, COLUMN_MAX);
}

uint32_t ast_file_original_offset(const AstFile *f, uint32_t offset) {
  if (!f->original || offset == UINT32_MAX) return offset;
  PrintedPos at = relative_pos(f, offset, UINT32_MAX);
  return ast_file_offset_at(f->original, (LineCol){at.line, at.column});
}
