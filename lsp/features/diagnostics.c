// diagnostics.c: findings as diagnostics: pushed where the client does not pull, or can't be told to ask again.
// Severity Hint, Information in loops that are not on a cold path.
#include "server.h"

#include <stdlib.h>

// What a client's own fixes need to know of a finding.
static json_t *fix_data(const Finding *f) {
  json_t *data = json_object_must();
  json_put(data, "subject", encode_string(f->subject.p ? f->subject.p : "", f->subject.n));
  json_put(data, "function", encode_string(f->function.p ? f->function.p : "", f->function.n));
  if (f->bytes >= 0) json_put_integer(data, "bytes", f->bytes);
  if (f->advice.n) {
    Buf text = {0};
    render_advice(&text, f, false);
    json_put(data, "advice", encode_string(text.text, text.len));
    buf_release(&text);
  }
  return data;
}

// Of one file. VS Code takes no more from a server, and a file of machine-made tables has tens of thousands.
enum { LIMIT = 1000 };

typedef struct DiagnosticList {
  Server *server;
  const Document *document;
  Pool *pool;
  VEC(PlacedFinding) chosen;
  uint32_t in_loops; // of these
  VEC(LspDiagnostic) items;
} DiagnosticList;

LspRange step_range(Server *s, const FindingStep *step, Pool *pool, const char **uri) {
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

static void add_related(DiagnosticList *list, const PlacedFinding *p, LspDiagnostic *out) {
  enum { RELATED_LIMIT = 12 };
  LspRelatedInformation *related = POOL_ARRAY(list->pool, LspRelatedInformation, RELATED_LIMIT);
  const Finding *f = p->finding;
  for (uint32_t i = 0; i < f->step_count && out->related_count < RELATED_LIMIT; i++) {
    FindingStep step = package_result_step(p->result, &f->steps[i]);
    if (!step.source) continue;
    LspRelatedInformation *r = &related[out->related_count++];
    r->location.range = step_range(list->server, &step, list->pool, &r->location.uri);
    r->message = pool_text(list->pool, step.text.p, step.text.n);
  }
  out->related = related;
}

// ---- Which

// … of what the function itself can change.
static bool is_in_loop(const Finding *f) { return f->loop_depth > 1 && !f->cold && f->cause != CAUSE_APPEND_CALLER; }

// As the formats of the command line have it: "moved/…" of variables.
static TeamLevel level_of(const Server *s, const Finding *f) {
  const char *code = cause_code(f->cause);
  char moved[64];
  if (f->kind == FINDING_VARIABLE && strncmp(code, "heap/", 5) == 0) {
    snprintf(moved, sizeof moved, "moved/%s", code + 5);
    code = moved;
  }
  return team_level(&s->team, code, is_in_loop(f));
}

LspSeverity team_severity(TeamLevel level, LspSeverity by_rule) {
  switch (level) {
  case TEAM_ERROR: return LSP_SEVERITY_ERROR;
  case TEAM_WARNING: return LSP_SEVERITY_WARNING;
  case TEAM_INFORMATION: return LSP_SEVERITY_INFORMATION;
  case TEAM_HINT: return LSP_SEVERITY_HINT;
  case TEAM_BY_RULE:
  case TEAM_OFF: break;
  }
  return by_rule;
}

static void choose(void *context, const PlacedFinding *p) {
  DiagnosticList *list = context;
  const Finding *f = p->finding;
  bool heap = f->verdict == VERDICT_HEAP || f->verdict == VERDICT_CONDITIONAL;
  if (!heap || !document_shows(list->server, list->document, p)) return;
  if (level_of(list->server, f) == TEAM_OFF) return;
  list->in_loops += is_in_loop(f);
  VEC_APPEND(&list->chosen, *p);
}

// What is in loops comes before the rest, in the order of the text.
static void keep_first(DiagnosticList *list) {
  uint32_t loops = list->in_loops < LIMIT ? list->in_loops : LIMIT, rest = LIMIT - loops, kept = 0;
  for (uint32_t i = 0; i < list->chosen.len; i++) {
    uint32_t *room = is_in_loop(list->chosen.items[i].finding) ? &loops : &rest;
    if (!*room) continue;
    --*room;
    list->chosen.items[kept++] = list->chosen.items[i];
  }
  list->chosen.len = kept;
}

// At the package clause: that there are more.
static void tell_limit(DiagnosticList *list, uint32_t all) {
  const Document *d = list->document;
  const AstFile *file = d->live.file;
  uint32_t start, end;
  if (!file || !document_map(d, &d->live, file->package_pos, &start) ||
      !document_map(d, &d->live, file->package_pos + (file->package_name ? file->package_name->len : 0), &end))
    return;
  LspDiagnostic out = {.range = snapshot_range(d->text.now, start, end, list->server->encoding),
                       .severity = LSP_SEVERITY_HINT,
                       .source = "heapls",
                       .message = pool_printf(list->pool,
                                              "%d of the %u places of this file that allocate are listed, those in "
                                              "loops first. The hints show all.",
                                              LIMIT, all)};
  VEC_APPEND(&list->items, out);
}

// ---- One

static void add_diagnostic(DiagnosticList *list, const PlacedFinding *p) {
  Server *s = list->server;
  const Finding *f = p->finding;
  Buf text = {0};
  if (s->settings.diagnostic_text == DIAGNOSTIC_REASON && f->why.n) {
    render_words(&text, f->why, false);
    if (f->advice.n) buf_byte(&text, ' ');
    if (f->advice.n) render_advice(&text, f, false);
  } else {
    render_message(&text, f);
  }
  const char *code = cause_code(f->cause);
  if (f->kind == FINDING_VARIABLE && strncmp(code, "heap/", 5) == 0)
    code = pool_printf(list->pool, "moved/%s", code + 5);
  LspDiagnostic d = {
    .range = snapshot_range(list->document->text.now, p->mark_start, p->mark_end, s->encoding),
    .severity = team_severity(level_of(s, f), is_in_loop(f) ? LSP_SEVERITY_INFORMATION : LSP_SEVERITY_HINT),
    .code = code,
    .code_description = s->client.capabilities.publish_diagnostics.code_description
                          ? reasons_address(s, list->pool, cause_code(f->cause))
                          : NULL,
    .source = "heapls",
    .message = pool_printf(list->pool, "%.*s%s", STR_ARG(buf_view(&text)), p->stale ? " (stale)" : ""),
  };
  buf_release(&text);
  add_related(list, p, &d);
  if (s->client.capabilities.publish_diagnostics.data) d.data = fix_data(f);
  VEC_APPEND(&list->items, d);
}

// ---- Imports that could not be loaded

static void count_withheld(void *context, const Withheld *w) {
  if (w->decision == DECISION_IMPORT && !w->stale) ++*(uint32_t *)context;
}

typedef struct MissingList {
  DiagnosticList *list;
  uint32_t functions; // without a verdict for want of imports
  bool counted;
} MissingList;

// At the import: what could not be loaded, and what hangs on it.
static void add_missing(void *context, const MissingImport *m) {
  MissingList *missing = context;
  DiagnosticList *list = missing->list;
  Server *s = list->server;
  const Document *d = list->document;
  if (!missing->counted) document_withheld(d, list->pool, count_withheld, &missing->functions);
  missing->counted = true;
  const char *code = "unknown/import";
  bool described = s->client.capabilities.publish_diagnostics.code_description;
  uint32_t n = missing->functions;
  Buf text = {0};
  bool loaded = m->error->fault == LOAD_FAULT_SUM;
  buf_printf(&text, loaded ? "Not as the go command builds it: %.*s." : "Not loaded: %.*s.",
             STR_ARG(m->error->message));
  if (m->imports > 1) buf_printf(&text, " %u imports of this file need it.", m->imports);
  if (loaded)
    buf_puts(&text, " The verdicts here are about what the module cache has.");
  else if (m->far)
    buf_puts(&text, " Calls into what needs it are judged by what is known of it.");
  else
    buf_printf(&text, " %u function%s of this file %s not decided for want of imports.", n, n == 1 ? "" : "s",
               n == 1 ? "is" : "are");
  LspDiagnostic out = {
    .range = snapshot_range(d->text.now, m->start, m->end, s->encoding),
    .severity = LSP_SEVERITY_WARNING,
    .code = code,
    .code_description = described ? reasons_address(s, list->pool, code) : NULL,
    .source = "heapls",
    .message = pool_text(list->pool, text.text, text.len),
  };
  buf_release(&text);
  VEC_APPEND(&list->items, out);
}

static void add_contracts(DiagnosticList *list) {
  LspDiagnostic *items;
  uint32_t count = contract_diagnostics(list->server, list->document, list->pool, &items);
  for (uint32_t i = 0; i < count; i++) VEC_APPEND(&list->items, items[i]);
}

LspDiagnostics diagnostics_of(Server *s, const Document *d, Pool *pool) {
  DiagnosticList list = {.server = s, .document = d, .pool = pool};
  if (s->settings.diagnostics && d->path && !document_is_hidden(s, d)) {
    document_findings(d, choose, &list);
    uint32_t all = list.chosen.len;
    if (all > LIMIT) keep_first(&list);
    for (uint32_t i = 0; i < list.chosen.len; i++) add_diagnostic(&list, &list.chosen.items[i]);
    if (all > LIMIT) tell_limit(&list, all);
    document_missing(d, add_missing, &(MissingList){.list = &list});
    add_contracts(&list);
  }
  LspDiagnostic *items = POOL_ARRAY(pool, LspDiagnostic, list.items.len + 1);
  if (list.items.len) memcpy(items, list.items.items, list.items.len * sizeof *items);
  free(list.items.items);
  free(list.chosen.items);
  return (LspDiagnostics){items, list.items.len};
}

void diagnostics_release(LspDiagnostics *all) {
  for (size_t i = 0; i < all->count; i++) json_decref(all->items[i].data);
}

static void publish(Server *s, Document *d, LspDiagnostics diagnostics) {
  LspPublishDiagnostics params = {.uri = d->uri,
                                  .has_version = s->client.capabilities.publish_diagnostics.version,
                                  .version = d->version,
                                  .diagnostics = diagnostics};
  server_notify(s, "textDocument/publishDiagnostics", encode_publish_diagnostics(&params, &s->client.capabilities));
  diagnostics_release(&diagnostics);
  d->published = diagnostics.count > 0;
}

void feature_publish(Server *s, Document *d) {
  if (client_asks_again(s, ANSWER_DIAGNOSTICS) || !d->path || s->lifecycle.phase != LIFECYCLE_RUNNING) return;
  Pool pool = {0};
  publish(s, d, diagnostics_of(s, d, &pool));
  pool_release(&pool);
}

void feature_publish_none(Server *s, Document *d) {
  if (d->published && s->lifecycle.phase == LIFECYCLE_RUNNING) publish(s, d, (LspDiagnostics){0});
}
