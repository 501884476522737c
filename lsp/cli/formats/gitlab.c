// gitlab.c: --format=gitlab: GitLab's Code Quality report, the subset of Code Climate's that its documentation names:
// an array, paths relative to the repository, and a fingerprint for each issue that does not change with its line.
#include "cli/formats/formats.h"

static void begin(Report *r) { r->document = json_array(); }

static void rows(Report *r, const Piece *piece, Row *const *list, uint32_t count) {
  (void)piece;
  for (uint32_t i = 0; i < count; i++) {
    const Row *row = list[i];
    Str path;
    format_path(r, row->file, &path);
    Buf message = {0};
    format_message(&message, row);
    json_array_append_new(r->document, json_pack("{s:s, s:s, s:[s], s:o, s:o, s:s, s:{s:o, s:{s:i, s:i}}}", "type",
                                                 "issue", "check_name", row->rule, "categories", "Performance",
                                                 "description", format_string(buf_view(&message)), "fingerprint",
                                                 format_string(row->fingerprint), "severity",
                                                 row_is_broken(row)  ? "major"
                                                 : row_is_grave(row) ? "minor"
                                                                     : "info",
                                                 "location", "path", format_string(path), "lines", "begin",
                                                 (int)row->mark_start.line, "end", (int)row->mark_end.line));
    buf_release(&message);
  }
}

static void end(Report *r) {
  json_t *list = r->document;
  r->document = NULL;
  format_dump(r, list, JSON_INDENT(1));
}

const Format format_gitlab = {.name = "gitlab", .begin = begin, .rows = rows, .end = end};
