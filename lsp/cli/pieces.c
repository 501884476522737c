// pieces.c: what a package gives besides its findings: errors, and functions of which nothing is decided.
#include "cli/rows.h"

#include <stdlib.h>

#include "render.h"
#include "syntax/syntax.h"

void piece_init(Piece *p, const PackageResult *r) {
  *p = (Piece){0};
  arena_init(&p->arena);
  p->import_path = arena_str(&p->arena, r->import_path);
  p->dir = arena_str(&p->arena, r->dir);
}

void piece_release(Piece *p) {
  arena_release(&p->arena);
  free(p->rows.items);
  for (uint32_t i = 0; i < p->errors.len; i++) free((char *)(uintptr_t)p->errors.items[i].p);
  free(p->errors.items);
  free((char *)(uintptr_t)p->lines.p);
  *p = (Piece){.ready = true};
}

// ---- Errors

static void end_error(Piece *p, Buf *line) {
  Str text = buf_view(line);
  *line = (Buf){0};
  VEC_APPEND(&p->errors, text);
}

static void write_place(Buf *out, Str cwd, const AstFile *file, uint32_t at) {
  LineCol lc = ast_file_line_col(file, at);
  render_path(out, cwd, file->source->path);
  buf_printf(out, ":%u:%u: ", lc.line, lc.column);
}

static const AstFile *file_at(const PackageResult *r, Str path) {
  for (uint32_t i = 0; i < r->file_count; i++) {
    if (str_equal(r->files[i]->source->path, path)) return r->files[i];
  }
  return NULL;
}

static void load_error_line(Buf *out, Str cwd, const PackageResult *r, const LoadError *e) {
  const AstFile *file = e->file.n ? file_at(r, e->file) : NULL;
  if (file) {
    write_place(out, cwd, file, e->offset);
  } else if (e->file.n) {
    render_path(out, cwd, e->file);
    buf_puts(out, ": ");
  }
  buf_str(out, e->message);
}

// What keeps the package from being compiled.
void piece_take_errors(Piece *p, const PackageResult *r, Str cwd) {
  Buf line = {0};
  for (uint32_t i = 0; i < r->load_error_count; i++) {
    load_error_line(&line, cwd, r, &r->load_errors[i]);
    end_error(p, &line);
  }
  for (uint32_t f = 0; f < r->file_count; f++) {
    const AstFile *file = r->files[f];
    for (uint32_t i = 0; file && i < file->errors.len; i++) {
      write_place(&line, cwd, file, file->errors.items[i].offset);
      buf_str(&line, file->errors.items[i].message);
      end_error(p, &line);
    }
  }
  for (uint32_t i = 0; r->package && i < r->package->errors.len; i++) {
    const TypeError *e = &r->package->errors.items[i];
    const AstFile *file = e->pos.decl ? package_file_of(r->package, e->pos.decl) : NULL;
    uint32_t at = file ? ast_file_offset(file, e->pos) : UINT32_MAX;
    if (at != UINT32_MAX) write_place(&line, cwd, file, at);
    buf_str(&line, e->message);
    end_error(p, &line);
  }
  buf_release(&line);
}

enum { SHOWN_ERRORS = 10 };

void piece_print_errors(const Piece *p) {
  if (!p->errors.len) return;
  fprintf(stderr, "# %.*s\n", STR_ARG(p->import_path));
  for (uint32_t i = 0; i < p->errors.len && i < SHOWN_ERRORS; i++)
    fprintf(stderr, "%.*s\n", STR_ARG(p->errors.items[i]));
  if (p->errors.len > SHOWN_ERRORS) fprintf(stderr, "… and %u more errors\n", p->errors.len - SHOWN_ERRORS);
}

// ---- Not decided

typedef struct UndecidedTaking {
  Tally *tally;
  const AstFile *file;
  Piece *piece;
} UndecidedTaking;

static void take_undecided(void *context, const Undecided *u) {
  const UndecidedTaking *t = context;
  Arena *a = &t->piece->arena;
  LineCol lc = ast_file_line_col(t->file, u->start);
  UndecidedRow row = {.file = arena_str(a, t->file->source->path),
                      .function = arena_str(a, u->name),
                      .why = arena_str(a, u->why),
                      .line = lc.line,
                      .column = lc.column,
                      .decision = u->decision};
  VEC_PUSH(a, &t->piece->undecided, row);
  t->tally->undecided[u->decision]++;
  t->tally->all_undecided++;
}

void piece_take_undecided(Piece *p, const PackageResult *r, const Str *files, uint32_t count, Tally *t) {
  Arena arena;
  arena_init(&arena);
  for (uint32_t i = 0; r->findings && i < r->file_count; i++)
    if (file_is_listed(files, count, r->files[i]->source->path))
      undecided_functions(r, r->files[i], &arena, take_undecided, &(UndecidedTaking){t, r->files[i], p});
  arena_release(&arena);
}
