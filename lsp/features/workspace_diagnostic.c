// workspace_diagnostic.c: workspace/diagnostic: the diagnostics of files that are not open, for clients that pull them,
// if the user has set diagnostics.workspace.
//
// Clients ask again as soon as they are answered, so a request is kept until there is news: it starts a run over the
// modules of the workspace folders and of open files, is answered when that is done, and the next one is kept until a
// later change has been checked, REST_MS after the last. Reports are remembered by a number made from their content,
// and what the client has already is reported as unchanged.
#include "server.h"

#include "json_write.h"
#include <stdlib.h>
#include <unistd.h>

enum { REST_MS = 1500 };

static void on_rest(uv_timer_t *timer);

void workspace_check_init(Server *s) {
  uv_timer_init(&s->loop, &s->check.timer);
  s->check.timer.data = s;
}

static void file_release(WorkspaceFile *f) {
  free(f->uri);
  free(f->id);
  json_decref(f->report);
}

void workspace_check_release(Server *s) {
  WorkspaceCheck *c = &s->check;
  for (uint32_t i = 0; i < c->files.len; i++) file_release(&c->files.items[i]);
  for (uint32_t i = 0; i < c->modules.len; i++) free(c->modules.items[i]);
  free(c->files.items);
  free(c->modules.items);
}

// ---- Running

static bool is_wanted(const Server *s) {
  for (uint32_t i = 0; s->settings.workspace_diagnostics && i < s->waiting.len; i++) {
    if (!s->waiting.items[i].document) return true;
  }
  return false;
}

static void ask_about(Server *s, const char *directory) {
  Pool pool = {0};
  analyzer_ask(s->analyzer, pool_printf(&pool, "%s/...", directory), false);
  s->check.running++;
  pool_release(&pool);
}

static bool in_folders(const Server *s, const char *directory) {
  for (uint32_t i = 0; i < s->folders.len; i++) {
    size_t n = strlen(s->folders.items[i]);
    if (strncmp(directory, s->folders.items[i], n) == 0 && (directory[n] == '/' || directory[n] == 0)) return true;
  }
  return s->folders.len == 0;
}

static bool is_module(const WorkspaceCheck *c, const char *directory) {
  for (uint32_t i = 0; i < c->modules.len; i++) {
    if (strcmp(c->modules.items[i], directory) == 0) return true;
  }
  return false;
}

static void start(Server *s) {
  WorkspaceCheck *c = &s->check;
  if (c->running || s->callers.running) {
    c->over = c->running > 0;
    return;
  }
  c->over = c->differs = false;
  for (uint32_t i = 0; i < c->files.len; i++) c->files.items[i].seen = false;
  for (uint32_t i = 0; i < s->folders.len; i++) {
    Pool pool = {0};
    bool module = access(pool_printf(&pool, "%s/go.mod", s->folders.items[i]), F_OK) == 0;
    if (module && !is_module(c, s->folders.items[i])) watch_module(s, s->folders.items[i], file_time_now());
    pool_release(&pool);
  }
  for (uint32_t i = 0; i < c->modules.len; i++) {
    if (in_folders(s, c->modules.items[i])) ask_about(s, c->modules.items[i]);
  }
  c->fresh = c->running == 0;
}

static void on_rest(uv_timer_t *timer) {
  Server *s = timer->data;
  if (!s->stopping && !s->check.fresh && is_wanted(s)) start(s);
}

void workspace_check_stale(Server *s) {
  WorkspaceCheck *c = &s->check;
  c->fresh = false;
  c->over = c->running > 0;
  if (s->settings.workspace_diagnostics) uv_timer_start(&c->timer, on_rest, REST_MS, 0);
}

// ---- Results

static WorkspaceFile *file_of(WorkspaceCheck *c, const char *uri) {
  for (uint32_t i = 0; i < c->files.len; i++) {
    if (strcmp(c->files.items[i].uri, uri) == 0) return &c->files.items[i];
  }
  return NULL;
}

static char *copy(const char *text) {
  char *p = protocol_alloc(strlen(text) + 1);
  memcpy(p, text, strlen(text));
  return p;
}

static void keep_report(Server *s, const char *uri, LspDiagnosticReport *report, Pool *pool) {
  WorkspaceCheck *c = &s->check;
  json_t *all = encode_workspace_diagnostic_report(report, 1, &s->client.capabilities);
  json_t *item = json_array_get(json_object_get(all, "items"), 0);
  JsonText text = {0};
  json_write(&text, item);
  char *id = pool_printf(pool, "%016llx", (unsigned long long)str_hash((Str){text.bytes, text.length}));
  free(text.bytes);
  WorkspaceFile *f = file_of(c, uri);
  if (!f && report->diagnostics.count) {
    VEC_APPEND(&c->files, (WorkspaceFile){.uri = copy(uri)});
    f = &c->files.items[c->files.len - 1];
  }
  if (f && (!f->id || strcmp(f->id, id) != 0)) {
    json_put(item, "resultId", encode_text(id));
    free(f->id);
    json_decref(f->report);
    f->id = copy(id);
    f->report = json_incref(item);
    c->differs = true;
  }
  if (f) f->seen = true;
  json_decref(all);
}

static void take_file(Server *s, const PackageResult *result, const AstFile *file) {
  Pool pool = {0};
  const char *path = pool_text(&pool, file->source->path.p, file->source->path.n);
  const Document *open = document_of_path(s, file->source->path);
  const char *uri = open ? open->uri : uri_of_path(&pool, path);
  Document d = {.uri = (char *)uri, .path = (char *)path, .live = {.result = result, .file = file}};
  if (text_document_open(&d.text, file->text.p, file->text.n, 0)) {
    document_read_ignored(&d);
    LspDiagnosticReport report = {.uri = uri, .diagnostics = diagnostics_of(s, &d, &pool)};
    keep_report(s, uri, &report, &pool);
    diagnostics_release(&report.diagnostics);
    text_document_release(&d.text);
    ignored_release(&d.ignored);
  }
  pool_release(&pool);
}

// Files that are gone, or have nothing any more, are reported as empty.
static void finish(Server *s) {
  WorkspaceCheck *c = &s->check;
  for (uint32_t i = 0; i < c->files.len; i++) {
    if (c->files.items[i].seen) continue;
    Pool pool = {0};
    LspDiagnosticReport report = {.uri = c->files.items[i].uri};
    keep_report(s, report.uri, &report, &pool);
    pool_release(&pool);
  }
  c->fresh = !c->over;
  if (c->differs) dispatch_waiting(s, NULL, false);
  if (c->over && is_wanted(s)) start(s);
}

void workspace_check_take(Server *s, const AnalysisOutcome *o) {
  WorkspaceCheck *c = &s->check;
  for (uint32_t i = 0; o->result && i < o->result->file_count; i++) take_file(s, o->result, o->result->files[i]);
  if (o->result || !c->running || --c->running) return;
  finish(s);
}

// ---- Answering

static const char *known_id(const LspWorkspaceDiagnosticParams *p, const char *uri) {
  for (size_t i = 0; i < p->count; i++) {
    if (strcmp(p->previous[i].uri, uri) == 0) return p->previous[i].value;
  }
  return "";
}

json_t *feature_workspace_diagnostic(Request *r) {
  Server *s = r->server;
  WorkspaceCheck *c = &s->check;
  LspWorkspaceDiagnosticParams params;
  if (!decode_workspace_diagnostic(&r->decoder, r->message->params, &params)) return NULL;
  if (!c->fresh && s->settings.workspace_diagnostics && !c->running) start(s);
  json_t *result = json_object_must(), *items = json_array_must();
  bool news = false;
  for (uint32_t i = 0; i < c->files.len; i++) {
    const WorkspaceFile *f = &c->files.items[i];
    bool unchanged = strcmp(known_id(&params, f->uri), f->id) == 0;
    LspDiagnosticReport report = {.uri = f->uri, .unchanged = true, .result_id = f->id};
    json_t *short_report = encode_workspace_diagnostic_report(&report, 1, &s->client.capabilities);
    json_push(items, json_incref(unchanged ? json_array_get(json_object_get(short_report, "items"), 0) : f->report));
    json_decref(short_report);
    news |= !unchanged;
  }
  json_put(result, "items", items);
  r->wait = r->may_wait && (!news || !c->fresh);
  return result;
}
