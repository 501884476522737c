// diff_json.c: `heapls diff --format=json`, as lsp/cli/share/diff.schema.json describes it. Sites are the findings of
// `heapls check --format=json`.
#include "cli/diff.h"

static json_t *count_json(const DiffCount *c) {
  return json_pack("{s:i, s:i, s:I, s:i}", "sites", (int)c->sites, "inLoops", (int)c->in_loops, "bytes",
                   (json_int_t)c->bytes, "unknownSize", (int)c->unknown);
}

static json_t *side_json(const DiffSide *s) {
  json_t *errors = json_array();
  for (uint32_t i = 0; i < s->pieces.len; i++)
    for (uint32_t k = 0; k < s->pieces.items[i].errors.len; k++)
      json_array_append_new(errors, format_string(s->pieces.items[i].errors.items[k]));
  json_t *o =
    json_pack("{s:o, s:o, s:o}", "name", format_string(s->name), "count", count_json(&s->count), "errors", errors);
  if (s->commit.n) json_object_set_new(o, "commit", format_string(s->commit));
  return o;
}

static json_t *change_json(const Report *r, const DiffChange *c) {
  const Row *row = c->after ? c->after : c->before;
  json_t *o = json_pack("{s:s, s:o}", "change", diff_kind_name(c->kind), "package", format_string(row->package));
  if (c->before) json_object_set_new(o, "before", format_row_json(r, c->before));
  if (c->after) json_object_set_new(o, "after", format_row_json(r, c->after));
  return o;
}

void diff_write_json(Report *r, const Diff *d) {
  json_t *changes = json_array(), *functions = json_array(), *kinds = json_object();
  for (uint32_t i = 0; i < d->changes.len; i++) json_array_append_new(changes, change_json(r, &d->changes.items[i]));
  for (uint32_t i = 0; i < d->functions.len; i++) {
    const DiffFunction *f = &d->functions.items[i];
    json_array_append_new(functions, json_pack("{s:o, s:o, s:o, s:o}", "package", format_string(f->package), "function",
                                               format_string(f->function), "before", count_json(&f->before), "after",
                                               count_json(&f->after)));
  }
  for (int i = 0; i < DIFF_KINDS; i++)
    json_object_set_new(kinds, diff_kind_name((DiffKind)i), json_integer(d->kinds[i]));
  json_object_set_new(kinds, "cameInLoops", json_integer(d->came_in_loops));
  json_object_set_new(kinds, "grewIntoLoops", json_integer(d->grew_into_loops));
  json_object_set_new(kinds, "files", json_integer(d->files));
  json_object_set_new(kinds, "packages", json_integer(d->packages));
  json_object_set_new(kinds, "undecided", json_integer(d->undecided));
  json_object_set_new(kinds, "seconds", json_real(r->seconds));
  format_dump(r,
              json_pack("{s:i, s:o, s:o, s:o, s:o, s:o, s:o}", "version", 1, "go", format_string(r->go), "before",
                        side_json(&d->before), "after", side_json(&d->after), "changes", changes, "functions",
                        functions, "summary", kinds),
              JSON_INDENT(1));
}
