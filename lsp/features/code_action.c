// code_action.c: textDocument/codeAction: modules that are missing are downloaded; allocations are removed (fixes.c); a
// comment hides heapls' findings of a line.
//
// The comment mends nothing, so it is no quick fix: its kind is its own, which clients list behind those they know, and
// which the key that applies the first fix does not reach.
#include "server.h"

#include "syntax/stretch.h"

#define HIDE_KIND "heapls.hide"
static const char comment[] = "//heapls:ignore";

typedef struct ActionSearch {
  const Server *server;
  const Document *document;
  uint32_t from, to, line; // the range, and the line that it begins in
  uint32_t start;          // of the finding: one of that line, else the innermost around it; UINT32_MAX: none
} ActionSearch;

static void consider(void *context, const PlacedFinding *p) {
  ActionSearch *a = context;
  const LineIndex *lines = &a->document->text.now->lines;
  bool heap = p->finding->verdict == VERDICT_HEAP || p->finding->verdict == VERDICT_CONDITIONAL;
  if (!heap || p->start > a->to || p->end < a->from || !document_shows(a->server, a->document, p)) return;
  bool known = a->start != UINT32_MAX && line_index_line(lines, a->start) == a->line;
  if (a->start == UINT32_MAX || (!known && p->start > a->start)) a->start = p->start;
  if (line_index_line(lines, p->start) == a->line) a->start = p->start;
}

// Is the offset inside of a string that has several lines?
static bool in_literal(const TextSnapshot *t, uint32_t at) {
  TokenScan scan = {.text = {t->text, t->length}};
  while (token_scan_next(&scan) && scan.start < at) {
    if (scan.end > at) return true;
  }
  return false;
}

// The comment at the end of the line, or where a string goes on there, in a line above. False: there is no place for
// it.
static bool place_comment(const TextSnapshot *t, uint32_t line, Pool *pool, uint32_t *at, const char **text) {
  uint32_t start = t->lines.starts[line], end = line_index_line_end(&t->lines, t->text, t->length, line), code = start;
  while (code < end && (t->text[code] == ' ' || t->text[code] == '\t')) code++;
  *at = end;
  *text = pool_printf(pool, " %s", comment);
  if (!in_literal(t, end)) return true;
  *at = start;
  *text = pool_printf(pool, "%.*s%s\n", (int)(code - start), t->text + start, comment);
  return !in_literal(t, start);
}

static bool is_about_import(const LspDiagnostic *d) { return d->code && strcmp(d->code, "unknown/import") == 0; }

typedef struct ImportSearch {
  uint32_t from, to;
  bool found;
} ImportSearch;

static void consider_import(void *context, const MissingImport *m) {
  ImportSearch *search = context;
  bool gettable = m->error->fault == LOAD_FAULT_NOT_DOWNLOADED;
  search->found |= gettable && m->start <= search->to && m->end >= search->from;
}

// The diagnostics of the request that are about imports.
static size_t diagnostics_about(const LspCodeActionParams *p, json_t **out) {
  size_t n = 0;
  for (size_t i = 0; i < p->diagnostic_count; i++)
    if (is_about_import(&p->diagnostics[i])) out[n++] = p->raw_diagnostics[i];
  return n;
}

static void add_action(Request *r, const LspCodeAction *action, json_t *actions) {
  json_t *list = encode_code_actions(action, 1, &r->server->client.capabilities);
  json_array_extend(actions, list);
  json_decref(list);
}

static void add_download(Request *r, const Document *d, const LspCodeActionParams *params, json_t *actions) {
  json_t **about = POOL_ARRAY(r->pool, json_t *, params->diagnostic_count + 1);
  json_t *arguments = json_array_must();
  json_push(arguments, encode_text(d->uri));
  LspCommand command = {"Download the missing modules (go mod download)", "heapls.download", arguments};
  LspCodeAction action = {.title = command.title,
                          .kind = "quickfix",
                          .diagnostics = about,
                          .diagnostic_count = diagnostics_about(params, about),
                          .is_preferred = true,
                          .command = &command};
  add_action(r, &action, actions);
  json_decref(arguments);
}

// Last of all: it mends nothing.
static void add_hiding(Request *r, const Document *d, const ActionSearch *search, json_t *actions) {
  const TextSnapshot *t = d->text.now;
  LspTextEdit edit = {0};
  uint32_t line = search->start == UINT32_MAX ? 0 : line_index_line(&t->lines, search->start), at;
  if (search->start == UINT32_MAX || !r->server->client.capabilities.code_action.literals) return;
  if (!place_comment(t, line, r->pool, &at, &edit.new_text)) return;
  edit.range = snapshot_range(t, at, at, r->server->encoding);
  LspDocumentEdit document = {.uri = d->uri, .has_version = true, .version = d->version, .edits = &edit, .count = 1};
  LspWorkspaceEdit workspace = {&document, 1};
  LspCodeAction action = {
    .title = line == search->line ? "Hide what heapls says about this line"
                                  : pool_printf(r->pool, "Hide what heapls says about line %u", line + 1),
    .kind = HIDE_KIND,
    .edit = &workspace,
  };
  add_action(r, &action, actions);
}

json_t *feature_code_action(Request *r) {
  Server *s = r->server;
  const LspClientCapabilities *client = &s->client.capabilities;
  LspCodeActionParams params;
  if (!decode_code_action(&r->decoder, r->message->params, &params)) return NULL;
  Document *d = request_document(r, params.uri, false, false);
  if (!d || r->wait) return NULL;
  const TextSnapshot *t = d->text.now;
  ActionSearch search = {.server = s, .document = d, .start = UINT32_MAX};
  search.from = snapshot_offset(t, params.range.start, s->encoding);
  search.to = snapshot_offset(t, params.range.end, s->encoding);
  search.line = line_index_line(&t->lines, search.from);
  if (lsp_code_action_wanted(&params, HIDE_KIND)) document_findings_in(d, search.from, search.to, consider, &search);
  ImportSearch imports = {.from = search.from, .to = search.to};
  if (lsp_code_action_wanted(&params, "quickfix")) document_missing(d, consider_import, &imports);
  json_t *actions = json_array_must();
  if (imports.found) add_download(r, d, &params, actions);
  bool fixes = lsp_code_action_wanted(&params, "quickfix") || lsp_code_action_wanted(&params, "refactor.rewrite");
  if (fixes && client->code_action.literals) add_fixes(r, d, &params, search.from, search.to, actions);
  if (params.has_only && lsp_code_action_wanted(&params, FIX_ALL_KIND) && client->code_action.literals)
    add_fix_of_file(r, d, &params, actions);
  if (lsp_code_action_wanted(&params, HIDE_KIND)) add_hiding(r, d, &search, actions);
  return actions;
}
