// diagnostics.c: findings as diagnostics: pushed where the client does not pull. Severity Hint, Information in loops
// that are not on a cold path.
#include "server.h"

#include <stdlib.h>

typedef struct DiagnosticList {
  Server *server;
  const Document *document;
  Pool *pool;
  VEC(LspDiagnostic) items;
} DiagnosticList;

static LspRange step_range(Server *s, const FindingStep *step, Pool *pool, const char **uri) {
  Document *d = document_of_path(s, step->source->path);
  *uri = d ? d->uri : uri_of_path(pool, pool_text(pool, step->source->path.p, step->source->path.n));
  uint32_t start, end;
  if (d && d->live.file && d->live.file->source == step->source && document_map(d, &d->live, step->start, &start) &&
      document_map(d, &d->live, step->end, &end) && start <= end)
    return snapshot_range(d->text.now, start, end, s->encoding);
  // Of a file that is not open the column is in bytes: exact where the line is ASCII before it.
  LspPosition at = {step->line ? step->line - 1 : 0, step->column ? step->column - 1 : 0};
  return (LspRange){at, at};
}

static void add_related(DiagnosticList *list, const Finding *f, LspDiagnostic *out) {
  enum { RELATED_LIMIT = 12 };
  LspRelatedInformation *related = POOL_ARRAY(list->pool, LspRelatedInformation, RELATED_LIMIT);
  for (uint32_t i = 0; i < f->step_count && out->related_count < RELATED_LIMIT; i++) {
    const FindingStep *step = &f->steps[i];
    if (!step->source) continue;
    LspRelatedInformation *r = &related[out->related_count++];
    r->location.range = step_range(list->server, step, list->pool, &r->location.uri);
    r->message = pool_text(list->pool, step->text.p, step->text.n);
  }
  out->related = related;
}

static void add_diagnostic(void *context, const PlacedFinding *p) {
  DiagnosticList *list = context;
  Server *s = list->server;
  const Finding *f = p->finding;
  bool heap = f->verdict == VERDICT_HEAP || f->verdict == VERDICT_CONDITIONAL;
  if (!heap || !document_shows(s, list->document, p)) return;
  Buf text = {0};
  render_line(&text, f);
  const char *code = cause_code(f->cause);
  if (f->kind == FINDING_VARIABLE && strncmp(code, "heap/", 5) == 0)
    code = pool_printf(list->pool, "moved/%s", code + 5);
  LspDiagnostic d = {
    .range = snapshot_range(list->document->text.now, p->start, p->end, s->encoding),
    .severity = f->loop_depth > 1 && !f->cold ? LSP_SEVERITY_INFORMATION : LSP_SEVERITY_HINT,
    .code = code,
    .source = "heapls",
    .message = pool_printf(list->pool, "%.*s%s", STR_ARG(buf_view(&text)), p->stale ? " (stale)" : ""),
  };
  buf_release(&text);
  add_related(list, f, &d);
  VEC_APPEND(&list->items, d);
}

// Everything lives in the pool.
static LspDiagnostics collect(Server *s, const Document *d, Pool *pool) {
  DiagnosticList list = {.server = s, .document = d, .pool = pool};
  if (s->settings.diagnostics && d->path) document_findings(d, add_diagnostic, &list);
  LspDiagnostic *items = POOL_ARRAY(pool, LspDiagnostic, list.items.len + 1);
  if (list.items.len) memcpy(items, list.items.items, list.items.len * sizeof *items);
  free(list.items.items);
  return (LspDiagnostics){items, list.items.len};
}

json_t *diagnostics_json(Server *s, Document *d, Pool *pool, LspDiagnostics *out) {
  LspDiagnostics all = collect(s, d, pool);
  if (out) *out = all;
  return NULL;
}

static void publish(Server *s, Document *d, LspDiagnostics diagnostics) {
  LspPublishDiagnostics params = {.uri = d->uri,
                                  .has_version = s->client.capabilities.publish_diagnostics.version,
                                  .version = d->text.now->version,
                                  .diagnostics = diagnostics};
  server_notify(s, "textDocument/publishDiagnostics", encode_publish_diagnostics(&params, &s->client.capabilities));
  d->published = diagnostics.count > 0;
}

void feature_publish(Server *s, Document *d) {
  if (s->client.capabilities.diagnostic.present || !d->path || s->lifecycle.phase != LIFECYCLE_RUNNING) return;
  Pool pool = {0};
  publish(s, d, collect(s, d, &pool));
  pool_release(&pool);
}

void feature_publish_none(Server *s, Document *d) {
  if (d->published && s->lifecycle.phase == LIFECYCLE_RUNNING) publish(s, d, (LspDiagnostics){0});
}
