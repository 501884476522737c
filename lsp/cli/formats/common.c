// common.c: what formats share.
#include "cli/diff.h"

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

void format_bytes(Buf *out, int64_t bytes) {
  static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
  enum { UNIT = 1024 };
  if (bytes < UNIT) {
    buf_printf(out, "%lld B", (long long)bytes);
    return;
  }
  double amount = (double)bytes / UNIT;
  int unit = 0;
  for (; amount >= UNIT && unit < 3; unit++) amount /= UNIT;
  buf_printf(out, "%.1f %s", amount, units[unit]);
}

void format_step(Buf *out, uint32_t before, uint32_t after) {
  if (before != after) buf_printf(out, "%u → ", before);
  buf_printf(out, "%u", after);
}

void format_diff_kinds(Buf *out, const Diff *d) {
  const uint32_t loops[DIFF_KINDS] = {[DIFF_CAME] = d->came_in_loops, [DIFF_GREW] = d->grew_into_loops};
  const char *separator = "";
  for (int i = 0; i < DIFF_KINDS; i++) {
    if (!d->kinds[i]) continue;
    buf_printf(out, "%s%u %s", separator, d->kinds[i], diff_kind_name((DiffKind)i));
    if (loops[i]) buf_printf(out, i == DIFF_GREW ? " (%u into loops)" : " (%u in loops)", loops[i]);
    separator = ", ";
  }
  if (!*separator) buf_puts(out, "no change on the heap");
}
