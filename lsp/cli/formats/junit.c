// junit.c: --format=junit: the XML that CI systems read as test results: a suite for each package, a failed case for
// each finding; a package without any has one case that passed, and one that could not be built has an error.
#include "cli/formats/formats.h"

// As XML 1.0 takes it: characters that it has no place for become U+FFFD.
static void write_xml(Buf *out, Str text) {
  for (size_t i = 0; i < text.n; i++) {
    unsigned char c = (unsigned char)text.p[i];
    if (c == '&')
      buf_puts(out, "&amp;");
    else if (c == '<')
      buf_puts(out, "&lt;");
    else if (c == '>')
      buf_puts(out, "&gt;");
    else if (c == '"')
      buf_puts(out, "&quot;");
    else if (c == '\n' || c == '\t' || c == '\r')
      buf_printf(out, "&#%u;", c);
    else if (c < 0x20)
      buf_puts(out, "\xEF\xBF\xBD");
    else
      buf_byte(out, (char)c);
  }
}

static void write_attribute(Buf *out, const char *name, Str value) {
  buf_printf(out, " %s=\"", name);
  write_xml(out, value);
  buf_byte(out, '"');
}

static void begin(Report *r) {
  buf_puts(&r->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"heapls\">\n");
}

static void write_case(Report *r, const Row *row) {
  Buf text = {0};
  buf_printf(&text, "%.*s: %.*s", STR_ARG(row->function), STR_ARG(row->expression));
  buf_puts(&r->out, "    <testcase");
  write_attribute(&r->out, "classname", row->package);
  write_attribute(&r->out, "name", buf_view(&text));
  buf_puts(&r->out, ">\n      <failure");
  write_attribute(&r->out, "type", str_of(row->rule));
  buf_clear(&text);
  format_message(&text, row);
  write_attribute(&r->out, "message", buf_view(&text));
  buf_byte(&r->out, '>');
  buf_clear(&text);
  buf_printf(&text, "%.*s:%u:%u: %.*s", STR_ARG(row->path), row->line, row->column, STR_ARG(row->line_text));
  write_xml(&r->out, buf_view(&text));
  buf_puts(&r->out, "</failure>\n    </testcase>\n");
  buf_release(&text);
}

static void rows(Report *r, const Piece *piece, Row *const *list, uint32_t count) {
  bool broken = piece->errors.len > 0;
  buf_puts(&r->out, "  <testsuite");
  write_attribute(&r->out, "name", piece->import_path);
  buf_printf(&r->out, " tests=\"%u\" failures=\"%u\" errors=\"%d\">\n", count + (broken || !count), count, broken);
  if (broken || !count) {
    buf_puts(&r->out, "    <testcase");
    write_attribute(&r->out, "classname", piece->import_path);
    buf_puts(&r->out, broken ? " name=\"build\">\n      <error" : " name=\"heap\"/>\n");
    if (broken) {
      write_attribute(&r->out, "message", piece->errors.items[0]);
      buf_puts(&r->out, "/>\n    </testcase>\n");
    }
  }
  for (uint32_t i = 0; i < count; i++) write_case(r, list[i]);
  buf_puts(&r->out, "  </testsuite>\n");
}

static void end(Report *r) { buf_puts(&r->out, "</testsuites>\n"); }

const Format format_junit = {
  .name = "junit", .streams = true, .by_package = true, .begin = begin, .rows = rows, .end = end};
