// common.c: what formats share.
#include "cli/formats/formats.h"

#include <stdlib.h>

#include "render.h"

json_t *format_string(Str s) {
  json_t *value = json_stringn(s.p ? s.p : "", s.n);
  return value ? value : json_string("?");
}

void format_message(Buf *out, const Row *row) {
  buf_printf(out, "%.*s in %.*s: %.*s.", STR_ARG(row->expression), STR_ARG(row->function), STR_ARG(row->hint));
  if (row->why.n) {
    buf_byte(out, ' ');
    render_words(out, row->why, false);
  }
}

bool format_path(const Report *r, Str file, Str *path) {
  bool below = r->root.n && str_has_prefix(file, r->root) && file.n > r->root.n && file.p[r->root.n] == '/';
  *path = below ? str_slice(file, r->root.n + 1, file.n) : file;
  return below;
}

void format_dump(Report *r, json_t *value, size_t flags) {
  char *text = json_dumps(value, flags);
  json_decref(value);
  buf_puts(&r->out, text ? text : "null");
  buf_byte(&r->out, '\n');
  free(text);
}
