// sarif.c: --format=sarif: SARIF 2.1.0 (OASIS), within what GitHub code scanning takes: every result has an explicit
// level, message and fingerprint, rules have the texts that it asks for, and there are at most 25,000 results, the
// gravest first, because it shows the first 5,000. Columns are UTF-16 code units; of steps in other files, which are
// not at hand, only the lines are told. tests/cli/formats_test.py checks it by the standard's schema.
#include "cli/formats/formats.h"

#include <stdlib.h>

static json_t *text_object(const char *text) { return json_pack("{s:s}", "text", text); }

// A relative path as a URI below the repository, or a file: URI.
static json_t *artifact(const Report *r, Str file) {
  Str path;
  Buf uri = {0};
  bool below = format_path(r, file, &path);
  if (!below) buf_puts(&uri, "file://");
  for (size_t i = 0; i < path.n; i++) {
    unsigned char c = (unsigned char)path.p[i];
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._~/", c);
    if (plain && c)
      buf_byte(&uri, (char)c);
    else
      buf_printf(&uri, "%%%02X", c);
  }
  json_t *o = json_pack("{s:o}", "uri", format_string(buf_view(&uri)));
  if (below) json_object_set_new(o, "uriBaseId", json_string("%SRCROOT%"));
  buf_release(&uri);
  return o;
}

static json_t *location(const Report *r, const Row *row) {
  json_t *region =
    json_pack("{s:i, s:i, s:i, s:i}", "startLine", (int)row->mark_start.line, "startColumn", (int)row->mark_start.utf16,
              "endLine", (int)row->mark_end.line, "endColumn", (int)row->mark_end.utf16);
  return json_pack("{s:{s:o, s:o}, s:[{s:o, s:s}]}", "physicalLocation", "artifactLocation", artifact(r, row->file),
                   "region", region, "logicalLocations", "fullyQualifiedName", format_string(row->function), "kind",
                   "function");
}

static json_t *flow(const Report *r, const Row *row) {
  json_t *steps = json_array();
  for (uint32_t i = 0; i < row->step_count; i++) {
    const RowStep *s = &row->steps[i];
    if (!s->file.n || !s->line) continue;
    json_t *place =
      json_pack("{s:{s:o, s:{s:i}}, s:{s:o}}", "physicalLocation", "artifactLocation", artifact(r, s->file), "region",
                "startLine", (int)s->line, "message", "text", s->text.n ? format_string(s->text) : json_string("here"));
    json_array_append_new(steps, json_pack("{s:o}", "location", place));
  }
  if (json_array_size(steps)) return json_pack("[{s:[{s:o}]}]", "threadFlows", "locations", steps);
  json_decref(steps);
  return NULL;
}

// The rule's number; it is added when it is new.
static int rule_of(Report *r, const Row *row) {
  size_t i;
  const json_t *rule;
  json_array_foreach(r->rules, i, rule) {
    if (strcmp(json_string_value(json_object_get(rule, "id")), row->rule) == 0) return (int)i;
  }
  Buf what = {0}, help = {0};
  const char *slash = strchr(row->rule, '/');
  const char *about = row->is_contract ? "A contract is not kept" : NULL;
  buf_printf(&what, "%s: %s",
             about              ? about
             : row->is_variable ? "A variable is moved to the heap"
                                : "The heap gives memory",
             slash ? slash + 1 : row->rule);
  buf_printf(&help, "%s. `heapls explain FILE:LINE:COLUMN` tells the way to the heap and what would help.", what.text);
  json_t *rule_object =
    json_pack("{s:s, s:o, s:o, s:o, s:{s:s}, s:{s:s, s:s, s:s, s:[s, s]}}", "id", row->rule, "shortDescription",
              text_object(what.text), "fullDescription", text_object(what.text), "help", text_object(help.text),
              "defaultConfiguration", "level", "note", "properties", "kind", "path-problem", "precision", "very-high",
              "problem.severity", "recommendation", "tags", "performance", "allocation");
  json_array_append_new(r->rules, rule_object);
  buf_release(&what);
  buf_release(&help);
  return (int)json_array_size(r->rules) - 1;
}

static void begin(Report *r) {
  r->document = json_array();
  r->rules = json_array();
}

static void rows(Report *r, const Piece *piece, Row *const *list, uint32_t count) {
  (void)piece;
  for (uint32_t i = 0; i < count; i++) {
    const Row *row = list[i];
    Buf message = {0};
    format_message(&message, row);
    json_t *result = json_pack("{s:s, s:i, s:s, s:{s:o}, s:[o], s:{s:o, s:o}, s:{s:s}}", "ruleId", row->rule,
                               "ruleIndex", rule_of(r, row), "level",
                               row_is_broken(row)   ? "error"
                               : row_is_grave(row)  ? "warning"
                               : row_allocates(row) ? "note"
                                                    : "none",
                               "message", "text", format_string(buf_view(&message)), "locations", location(r, row),
                               "partialFingerprints", "primaryLocationLineHash", format_string(row->fingerprint),
                               "heapls/v1", format_string(row->fingerprint), "properties", "kind", "path-problem");
    if (!row_allocates(row)) json_object_set_new(result, "kind", json_string("informational"));
    if (row->ignored) {
      json_t *suppression = json_pack("{s:s}", "kind", "inSource");
      if (row->ignored_for.n) json_object_set_new(suppression, "justification", format_string(row->ignored_for));
      json_object_set_new(result, "suppressions", json_pack("[o]", suppression));
    }
    json_t *way = flow(r, row);
    if (way) json_object_set_new(result, "codeFlows", way);
    json_array_append_new(r->document, result);
    buf_release(&message);
  }
}

static void end(Report *r) {
  json_t *driver = json_pack("{s:s, s:s, s:s, s:o}", "name", "heapls", "version", HEAPLS_VERSION, "semanticVersion",
                             HEAPLS_VERSION, "rules", r->rules);
  json_t *run = json_pack("{s:{s:o}, s:s, s:[{s:b}], s:o}", "tool", "driver", driver, "columnKind", "utf16CodeUnits",
                          "invocations", "executionSuccessful", !r->failed, "results", r->document);
  r->document = r->rules = NULL;
  format_dump(r,
              json_pack("{s:s, s:s, s:[o]}", "$schema", "https://json.schemastore.org/sarif-2.1.0.json", "version",
                        "2.1.0", "runs", run),
              JSON_INDENT(1));
}

const Format format_sarif = {
  .name = "sarif", .order = SORT_LOOP, .most = 25000, .begin = begin, .rows = rows, .end = end};
