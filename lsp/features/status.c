// status.c: the notification heapls/status, for clients that ask for it: which Go, whose rules, how fresh the file's
// verdicts are. editors/README.md has its shape.
#include "server.h"

#include <stdlib.h>

static bool wanted(const Server *s) {
  const json_t *options = s->client.initialization_options;
  const json_t *experimental = json_object_get(s->client.raw_capabilities, "experimental");
  return json_is_true(json_object_get(options, "statusNotification")) ||
         json_is_true(json_object_get(experimental, "heaplsStatus"));
}

static void add_line(json_t *lines, const Buf *text) { json_push(lines, encode_string(text->text, text->len)); }

// Functions of the newest analysis, and those among them whose verdicts are from before an edit.
static void count_functions(const Document *d, uint32_t *functions, uint32_t *stale) {
  *functions = *stale = 0;
  const AstFile *file = d->live.file;
  for (uint32_t i = 0; file && i < file->decl_count; i++) {
    if (file->decls[i]->kind == DECL_BAD) ++*stale;
    if (file->decls[i]->kind != DECL_FUNC && file->decls[i]->kind != DECL_BAD) continue;
    ++*functions;
    if (file->decls[i]->kind == DECL_FUNC && decl_broken(&d->live, i)) ++*stale;
  }
}

static json_t *go_json(const AnalyzerStatus *a) {
  static const char *const rules[] = {"exact", "newer", "older"};
  json_t *go = json_object_must();
  json_put(go, "version", encode_text(a->goroot[0] ? a->go_version : ""));
  json_put(go, "root", encode_text(a->goroot));
  json_put(go, "rules", encode_text(a->go_minor ? rules[a->rules] : "unknown"));
  return go;
}

static void go_lines(json_t *lines, const AnalyzerStatus *a) {
  Buf text = {0};
  if (a->goroot[0])
    buf_printf(&text, "%s in %s", a->go_version, a->goroot);
  else
    buf_puts(&text, "Go's sources were not found: calls into the standard library are taken at their worst.");
  add_line(lines, &text);
  text.len = 0;
  switch (a->rules) {
  case RULES_EXACT: buf_printf(&text, "The rules of go1.%u's compiler, followed line by line.", a->go_minor); break;
  case RULES_NEWER:
    buf_printf(&text, "This Go is newer than heapls knows: the rules of go1.%u are applied.", a->go_minor);
    break;
  case RULES_OLDER:
    buf_printf(&text, "An older Go: the rules of go1.%u are applied, and may differ in places.", a->go_minor);
    break;
  }
  add_line(lines, &text);
  buf_release(&text);
}

static json_t *document_json(const Document *d, json_t *lines, uint32_t *stale) {
  uint32_t functions;
  count_functions(d, &functions, stale);
  json_t *out = json_object_must();
  json_put(out, "uri", encode_text(d->uri));
  json_put_integer(out, "functions", functions);
  json_put_integer(out, "stale", *stale);
  const char *slash = strrchr(d->path, '/');
  Buf text = {0};
  buf_printf(&text, "%s: %u functions", slash ? slash + 1 : d->path, functions);
  if (*stale) buf_printf(&text, ", %u with verdicts from before they broke", *stale);
  add_line(lines, &text);
  buf_release(&text);
  return out;
}

// What the compiler said when it was asked; NULL: it was not.
static json_t *compiler_json(const Document *d, json_t *lines, char *note, size_t room) {
  const Checked *c = &d->checked;
  if (!c->lines) return NULL;
  bool edited = c->version != d->text.now->version;
  uint32_t other = c->lines - c->agree;
  Buf text = {0};
  if (other)
    buf_printf(&text, "The compiler disagrees in %u of %u lines about this package", other, c->lines);
  else
    buf_printf(&text, "The compiler agrees with all %u lines about this package", c->lines);
  buf_puts(&text, edited ? ", as it was before the last edits." : ".");
  add_line(lines, &text);
  buf_release(&text);
  if (other && !note[0]) snprintf(note, room, "%u disagree", other);
  json_t *out = json_object_must();
  json_put_integer(out, "lines", c->lines);
  json_put_integer(out, "agree", c->agree);
  json_put_bool(out, "edited", edited);
  return out;
}

static json_t *status_json(Server *s) {
  AnalyzerStatus a;
  analyzer_status(s->analyzer, &a);
  const Document *d = s->focus && s->focus->path ? s->focus : NULL;
  bool loading = d && !d->live.result && !d->failed;
  const char *state = loading ? "loading" : "ready", *message = "";
  json_t *out = json_object_must(), *lines = json_array_must();
  uint32_t stale = 0;
  char note[32] = "", text[64];
  if (a.go_minor) go_lines(lines, &a);
  if (loading) {
    state = "loading";
    snprintf(text, sizeof text, a.total ? "Analysing packages: %u of %u" : "Analysing", a.done, a.total);
    message = text;
    snprintf(note, sizeof note, "…");
  } else if (d && d->failed) {
    state = "error";
    message = d->problem ? d->problem : "";
  } else if (a.go_minor && !a.goroot[0]) {
    state = "error";
    message = "Go was not found: set heapls.go.root, GOROOT or PATH.";
    snprintf(note, sizeof note, "no Go");
  }
  if (*message) json_push(lines, encode_text(message));
  if (d && d->live.result) json_put(out, "document", document_json(d, lines, &stale));
  if (stale && !note[0]) snprintf(note, sizeof note, "%u stale", stale);
  json_t *compiler = d ? compiler_json(d, lines, note, sizeof note) : NULL;
  if (compiler) json_put(out, "compiler", compiler);
  json_put(out, "state", encode_text(state));
  json_put(out, "message", encode_text(message));
  json_put(out, "lines", lines);
  json_put(out, "note", encode_text(note));
  json_put(out, "go", go_json(&a));
  return out;
}

void feature_status(Server *s) {
  if (!s->analyzer || s->stopping || s->lifecycle.phase != LIFECYCLE_RUNNING || !wanted(s)) return;
  json_t *status = status_json(s);
  if (s->last_status && json_equal(status, s->last_status)) {
    json_decref(status);
    return;
  }
  json_decref(s->last_status);
  s->last_status = status;
  server_notify(s, "heapls/status", json_incref(status));
}
