// github.c: --format=github: workflow commands, which GitHub Actions shows as annotations (10 warnings and 10 notices a
// step, so the gravest come first). Data is escaped as @actions/core does it: % CR LF, in properties also : and ,.
#include "cli/formats/formats.h"

static void write_data(Buf *out, Str text, bool property) {
  for (size_t i = 0; i < text.n; i++) {
    char c = text.p[i];
    if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ',')))
      buf_printf(out, "%%%02X", c);
    else
      buf_byte(out, c);
  }
}

static void rows(Report *r, const Piece *piece, Row *const *list, uint32_t count) {
  (void)piece;
  for (uint32_t i = 0; i < count; i++) {
    const Row *row = list[i];
    Str path;
    format_path(r, row->file, &path);
    Buf message = {0};
    format_message(&message, row);
    buf_printf(&r->out, "::%s file=", row_is_broken(row) ? "error" : row_is_grave(row) ? "warning" : "notice");
    write_data(&r->out, path, true);
    buf_printf(&r->out, ",line=%u,endLine=%u", row->mark_start.line, row->mark_end.line);
    if (row->mark_start.line == row->mark_end.line) // GitHub refuses columns of several lines
      buf_printf(&r->out, ",col=%u,endColumn=%u", row->mark_start.utf16, row->mark_end.utf16);
    buf_puts(&r->out, ",title=");
    write_data(&r->out, str_of(row->rule), true);
    buf_puts(&r->out, "::");
    write_data(&r->out, buf_view(&message), false);
    buf_byte(&r->out, '\n');
    buf_release(&message);
  }
}

const Format format_github = {.name = "github", .order = SORT_LOOP, .rows = rows};
