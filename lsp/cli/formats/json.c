// json.c: --format=json, as lsp/cli/share/check.schema.json describes it. Line and column are those of the text; the
// range is in start… and end…. Values that are not known are left out.
#include "alloc/alloc.h"
#include "cli/formats/formats.h"

static void put(json_t *object, const char *key, Str s) {
  if (s.n) json_object_set_new(object, key, format_string(s));
}

static const char *verdict_name(Verdict v) {
  switch (v) {
  case VERDICT_HEAP: return "heap";
  case VERDICT_STACK: return "stack";
  case VERDICT_NO_ALLOCATION: return "none";
  case VERDICT_CONDITIONAL: return "conditional";
  }
  return "";
}

static json_t *path_json(const Row *row) {
  json_t *path = json_array();
  for (uint32_t i = 0; i < row->step_count; i++) {
    const RowStep *s = &row->steps[i];
    json_t *step = json_object();
    if (s->file.n) {
      put(step, "file", s->file);
      json_object_set_new(step, "line", json_integer(s->line));
      json_object_set_new(step, "column", json_integer(s->column));
    }
    json_object_set_new(step, "text", format_string(s->text));
    json_object_set_new(step, "gc", format_string(s->gc));
    json_array_append_new(path, step);
  }
  return path;
}

static json_t *cold_json(uint8_t cold) {
  json_t *list = json_array();
  if (cold & ALLOC_COLD_ERROR) json_array_append_new(list, json_string("error"));
  if (cold & ALLOC_COLD_PANIC) json_array_append_new(list, json_string("panic"));
  if (cold & ALLOC_COLD_ONCE) json_array_append_new(list, json_string("once"));
  if (cold & ALLOC_COLD_INIT) json_array_append_new(list, json_string("init"));
  return list;
}

static void put_number(json_t *o, const char *key, int64_t n) { json_object_set_new(o, key, json_integer(n)); }

json_t *format_row_json(const Report *r, const Row *row) {
  json_t *o = json_object();
  put(o, "file", row->file);
  put_number(o, "line", row->line);
  put_number(o, "column", row->column);
  put_number(o, "startLine", row->start.line);
  put_number(o, "startColumn", row->start.column);
  put_number(o, "endLine", row->end.line);
  put_number(o, "endColumn", row->end.column);
  put_number(o, "markLine", row->mark_start.line);
  put_number(o, "markColumn", row->mark_start.column);
  put_number(o, "markEndColumn",
             row->mark_end.line == row->mark_start.line ? row->mark_end.column : row->mark_start.column + 1);
  json_object_set_new(o, "kind", json_string(row->is_variable ? "variable" : "site"));
  json_object_set_new(o, "verdict", json_string(verdict_name(row->verdict)));
  json_object_set_new(o, "code", json_string(row->code));
  json_object_set_new(o, "subject", format_string(row->subject));
  json_object_set_new(o, "expression", format_string(row->expression));
  json_object_set_new(o, "function", format_string(row->function));
  if (row->bytes >= 0) put_number(o, "bytes", row->bytes);
  if (row->size_class >= 0) put_number(o, "sizeClass", row->size_class);
  if (row->elem_bytes > 0) put_number(o, "elementBytes", row->elem_bytes);
  if (row->elem_bytes > 0) put(o, "count", row->count);
  if (row->least >= 0) put_number(o, "least", row->least);
  put(o, "condition", row->condition);
  put_number(o, "loopDepth", row->loop_depth ? row->loop_depth - 1 : 0);
  put_number(o, "inlinedInto", row->inlined_into);
  if (row->inlined_into) {
    put_number(o, "copiesHeap", row->copies_heap);
    put_number(o, "copiesLoop", row->copies_loop);
  }
  put(o, "inlinedFrom", row->inlined_from);
  if (row->cold) json_object_set_new(o, "cold", cold_json(row->cold));
  if (row->ignored) json_object_set_new(o, "ignored", format_string(row->ignored_for));
  if (r->ranked) put_number(o, "rank", row->number + 1);
  json_object_set_new(o, "fingerprint", format_string(row->fingerprint));
  json_object_set_new(o, "hint", format_string(row->hint));
  json_object_set_new(o, "title", format_string(row->title));
  json_object_set_new(o, "why", format_string(row->why));
  put(o, "advice", row->advice);
  json_object_set_new(o, "gc", format_string(row->gc));
  json_object_set_new(o, "path", path_json(row));
  return o;
}

static json_t *undecided_json(const Piece *piece) {
  json_t *list = json_array();
  for (uint32_t i = 0; i < piece->undecided.len; i++) {
    const UndecidedRow *u = &piece->undecided.items[i];
    json_t *o = json_object();
    put(o, "file", u->file);
    put_number(o, "line", u->line);
    put_number(o, "column", u->column);
    put(o, "function", u->function);
    json_object_set_new(o, "reason", json_string(decision_word(u->decision)));
    put(o, "why", u->why);
    json_array_append_new(list, o);
  }
  return list;
}

static json_t *undecided_tally(const Tally *t) {
  json_t *o = json_object();
  for (int i = 0; i < DECISION_COUNT; i++)
    if (t->undecided[i]) put_number(o, decision_word((Decision)i), t->undecided[i]);
  return o;
}

static void begin(Report *r) { r->document = json_array(); }

static void rows(Report *r, const Piece *piece, Row *const *list, uint32_t count) {
  json_t *errors = json_array(), *findings = json_array();
  for (uint32_t i = 0; i < piece->errors.len; i++) json_array_append_new(errors, format_string(piece->errors.items[i]));
  for (uint32_t i = 0; i < count; i++) json_array_append_new(findings, format_row_json(r, list[i]));
  json_array_append_new(r->document,
                        json_pack("{s:o, s:o, s:o, s:o, s:o}", "importPath", format_string(piece->import_path), "dir",
                                  format_string(piece->dir), "errors", errors, "findings", findings, "undecided",
                                  undecided_json(piece)));
}

static json_t *groups_json(const Report *r) {
  json_t *list = json_array();
  for (uint32_t i = 0; i < r->group_count; i++) {
    const Group *g = &r->groups->items[i];
    json_array_append_new(list, json_pack("{s:o, s:i, s:i, s:I, s:i}", "name", format_string(g->name), "sites",
                                          (int)g->sites, "inLoops", (int)g->in_loops, "bytes", (json_int_t)g->bytes,
                                          "unknownSize", (int)g->unknown));
  }
  return list;
}

static void end(Report *r) {
  const Tally *t = r->tally;
  const LeftOut *l = &t->left_out;
  json_t *left =
    json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "excludedFiles", (int)t->excluded_files,
              "generated", (int)l->generated, "filtered", (int)l->filtered, "team", (int)l->team, "ignored",
              (int)l->ignored, "preset", (int)l->preset, "ofCaller", (int)l->of_caller, "baseline", (int)l->baseline,
              "top", (int)l->top, "testFiles", (int)l->test_files, "passedOver", (int)t->passed_over);
  json_t *summary =
    json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:f, s:o, s:o}", "packages", (int)t->packages, "functions",
              (int)t->functions, "sites", (int)t->sites, "inLoops", (int)t->in_loops, "others", (int)t->others, "stack",
              (int)t->stack, "seconds", r->seconds, "leftOut", left, "undecided", undecided_tally(t));
  json_t *root = json_pack("{s:i, s:o, s:o, s:o}", "version", 1, "go", format_string(r->go), "packages", r->document,
                           "summary", summary);
  r->document = NULL;
  if (r->groups) json_object_set_new(root, "groups", groups_json(r));
  format_dump(r, root, JSON_INDENT(1));
}

const Format format_json = {
  .name = "json", .streams = true, .by_package = true, .sums = true, .begin = begin, .rows = rows, .end = end};
