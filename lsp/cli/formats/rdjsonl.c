// rdjsonl.c: --format=rdjsonl: one Diagnostic of reviewdog's rdformat a line (proto/rdf/reviewdog.proto). Columns are
// bytes, paths relative to where reviewdog runs. Its reader takes lines of less than 64 KiB: a path of steps is cut.
#include "cli/formats/formats.h"

enum { STEPS = 20 };

static json_t *position(uint32_t line, uint32_t column) {
  return json_pack("{s:i, s:i}", "line", (int)line, "column", (int)column);
}

static void rows(Report *r, const Piece *piece, Row *const *list, uint32_t count) {
  (void)piece;
  for (uint32_t i = 0; i < count; i++) {
    const Row *row = list[i];
    Buf message = {0};
    format_message(&message, row);
    json_t *related = json_array();
    for (uint32_t k = 0; k < row->step_count && json_array_size(related) < STEPS; k++) {
      const RowStep *s = &row->steps[k];
      if (!s->file.n) continue;
      json_array_append_new(related,
                            json_pack("{s:o, s:{s:o, s:{s:o}}}", "message", format_string(s->text), "location", "path",
                                      format_string(s->file), "range", "start", position(s->line, s->column)));
    }
    format_dump(r,
                json_pack("{s:o, s:{s:o, s:{s:o, s:o}}, s:s, s:{s:s}, s:{s:s}, s:o}", "message",
                          format_string(buf_view(&message)), "location", "path", format_string(row->path), "range",
                          "start", position(row->mark_start.line, row->mark_start.column), "end",
                          position(row->mark_end.line, row->mark_end.column), "severity",
                          row_is_broken(row)  ? "ERROR"
                          : row_is_grave(row) ? "WARNING"
                                              : "INFO",
                          "source", "name", "heapls", "code", "value", row->rule, "related_locations", related),
                JSON_COMPACT);
    buf_release(&message);
  }
}

const Format format_rdjsonl = {.name = "rdjsonl", .streams = true, .rows = rows};
