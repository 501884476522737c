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

typedef struct Tally {
  uint32_t stale, undecided;
} Tally;

// What is known of the document's functions.
typedef struct Functions {
  uint32_t all, stale, undecided;
  VEC(MissingImport) missing;
  Tally tallies[DECISION_COUNT]; // why
} Functions;

static void count_withheld(void *context, const Withheld *w) {
  Functions *f = context;
  Tally *t = &f->tallies[w->decision];
  t->stale += w->stale;
  t->undecided += !w->stale;
  f->stale += w->stale;
  f->undecided += !w->stale;
}

static void note_missing(void *context, const MissingImport *m) { VEC_APPEND(&((Functions *)context)->missing, *m); }

static void look_at_functions(const Document *d, Pool *pool, Functions *out) {
  const AstFile *file = d->live.file;
  for (uint32_t i = 0; file && i < file->decl_count; i++)
    out->all += file->decls[i]->kind == DECL_FUNC || file->decls[i]->kind == DECL_BAD;
  document_withheld(d, pool, count_withheld, out);
  document_missing(d, note_missing, out);
}

static void functions_release(Functions *f) { free(f->missing.items); }

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

static json_t *document_json(const Document *d, json_t *lines, const Functions *f) {
  json_t *out = json_object_must();
  json_put(out, "uri", encode_text(d->uri));
  json_put_integer(out, "functions", f->all);
  json_put_integer(out, "stale", f->stale);
  json_put_integer(out, "undecided", f->undecided);
  const char *slash = strrchr(d->path, '/');
  Buf text = {0};
  buf_printf(&text, "%s: %u functions", slash ? slash + 1 : d->path, f->all);
  json_t *reasons = json_object_must();
  for (int i = 0; i < DECISION_COUNT; i++) {
    const Tally *tally = &f->tallies[i];
    if (tally->stale) buf_printf(&text, ", %u with verdicts %s", tally->stale, decision_before((Decision)i));
    if (tally->undecided) buf_printf(&text, ", %u not decided: %s", tally->undecided, decision_label((Decision)i));
    if (tally->stale + tally->undecided)
      json_put_integer(reasons, decision_word((Decision)i), tally->stale + tally->undecided);
  }
  json_put(out, "reasons", reasons);
  Str left_out = d->live.result->left_out;
  if (left_out.n) {
    json_put(out, "leftOut", encode_string(left_out.p, left_out.n));
    buf_printf(&text, ". It is left out of the build: %.*s; so it is read alone", STR_ARG(left_out));
  }
  add_line(lines, &text);
  buf_release(&text);
  return out;
}

static json_t *download_json(const Document *d, const char *title) {
  json_t *arguments = json_array_must(), *action = json_object_must();
  json_push(arguments, encode_text(d->uri));
  json_put(action, "title", encode_text(title));
  json_put(action, "command", encode_text("heapls.download"));
  json_put(action, "arguments", arguments);
  return action;
}

// What is missing, and what the user can do about it. NULL: nothing can be done from here.
static json_t *missing_json(const Document *d, const Functions *f, json_t *out, json_t *lines) {
  json_t *names = json_array_must(), *action = NULL;
  for (uint32_t i = 0; i < f->missing.len; i++) {
    const LoadError *e = f->missing.items[i].error;
    Str name = e->module.n ? e->module : e->message;
    json_push(names, encode_string(name.p, name.n));
    json_push(lines, encode_string(e->message.p, e->message.n));
    if (e->fault == LOAD_FAULT_NOT_DOWNLOADED && !action)
      action = download_json(d, "Download the missing modules (go mod download)");
  }
  json_put(out, "missing", names);
  return action;
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

typedef struct Summary {
  const char *state;
  char message[400], note[32];
} Summary;

// Of several things the first to be mended.
static void summarize(const Server *s, const AnalyzerStatus *a, const Document *d, const Functions *f, Summary *out) {
  bool hidden = d && document_is_hidden(s, d), loading = d && !d->live.result && !d->failed && !(hidden && d->late);
  *out = (Summary){.state = "ready"};
  if (loading) {
    out->state = "loading";
    snprintf(out->message, sizeof out->message, a->total ? "Analysing packages: %u of %u" : "Analysing", a->done,
             a->total);
    snprintf(out->note, sizeof out->note, "…");
  } else if (d && d->failed) {
    out->state = "error";
    snprintf(out->message, sizeof out->message, "%s", d->problem ? d->problem : "");
  } else if (a->go_minor && !a->goroot[0]) {
    out->state = "error";
    snprintf(out->message, sizeof out->message, "Go was not found: set heapls.go.root, GOROOT or PATH.");
    snprintf(out->note, sizeof out->note, "no Go");
  } else if (f->missing.len) {
    const LoadError *e = f->missing.items[0].error;
    const char *note = e->fault == LOAD_FAULT_NOT_DOWNLOADED ? "not downloaded"
                       : e->fault == LOAD_FAULT_SUM          ? "go.sum"
                                                             : "import missing";
    out->state = "incomplete";
    snprintf(out->message, sizeof out->message, "%.*s%s", STR_ARG(e->message), f->missing.len > 1 ? " (and more)" : "");
    snprintf(out->note, sizeof out->note, "%s", note);
  } else if (a->toolchain_problem[0]) {
    out->state = "incomplete";
    snprintf(out->message, sizeof out->message, "%s", a->toolchain_problem);
    snprintf(out->note, sizeof out->note, "other Go");
  } else if (hidden) {
    snprintf(out->message, sizeof out->message, "Nothing is shown of this file: %s.",
             d->is_generated ? "it is generated (setting showIn.generated)" : "it is a test (setting showIn.tests)");
  }
}

// The profile that the document's package was compiled with; NULL: none.
static json_t *profile_json(const Document *d, json_t *lines) {
  Str path = d->live.result->profile;
  if (!path.n) return NULL;
  Buf text = {0};
  buf_printf(&text, "Compiled with the profile %.*s: what it calls hot is inlined up to a cost of 2000.",
             STR_ARG(path));
  add_line(lines, &text);
  buf_release(&text);
  return encode_string(path.p, path.n);
}

static json_t *status_json(Server *s) {
  AnalyzerStatus a;
  analyzer_status(s->analyzer, &a);
  const Document *d = s->focus && s->focus->path ? s->focus : NULL;
  json_t *out = json_object_must(), *lines = json_array_must(), *action = NULL;
  Pool pool = {0};
  Functions f = {0};
  Summary summary;
  if (d && d->live.result) look_at_functions(d, &pool, &f);
  if (a.go_minor) go_lines(lines, &a);
  summarize(s, &a, d, &f, &summary);
  if (summary.message[0] && !f.missing.len) json_push(lines, encode_text(summary.message));
  if (f.missing.len) action = missing_json(d, &f, out, lines);
  if (d && !action && a.toolchain_missing) action = download_json(d, "Download the toolchain (go mod download)");
  if (d && d->live.result) json_put(out, "document", document_json(d, lines, &f));
  json_t *profile = d && d->live.result ? profile_json(d, lines) : NULL;
  if (profile) json_put(out, "profile", profile);
  size_t room = sizeof summary.note;
  if (d && d->live.result && d->live.result->left_out.n && !summary.note[0]) snprintf(summary.note, room, "left out");
  if (f.stale && !summary.note[0]) snprintf(summary.note, room, "%u stale", f.stale);
  if (f.undecided && !summary.note[0]) snprintf(summary.note, room, "%u not decided", f.undecided);
  json_t *compiler = d ? compiler_json(d, lines, summary.note, room) : NULL;
  if (compiler) json_put(out, "compiler", compiler);
  if (action) json_put(out, "action", action);
  json_put(out, "state", encode_text(summary.state));
  json_put(out, "message", encode_text(summary.message));
  json_put(out, "lines", lines);
  json_put(out, "note", encode_text(summary.note));
  json_put(out, "go", go_json(&a));
  functions_release(&f);
  pool_release(&pool);
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
