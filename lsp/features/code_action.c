// code_action.c: textDocument/codeAction: modules that are missing are downloaded; a comment hides heapls' findings of
// a line.
#include "server.h"

typedef struct ActionSearch {
  const Server *server;
  const Document *document;
  uint32_t from, to;
  bool found;
} ActionSearch;

static void consider(void *context, const PlacedFinding *p) {
  ActionSearch *a = context;
  bool heap = p->finding->verdict == VERDICT_HEAP || p->finding->verdict == VERDICT_CONDITIONAL;
  if (heap && p->start <= a->to && p->end >= a->from && document_shows(a->server, a->document, p)) a->found = true;
}

typedef struct ImportSearch {
  uint32_t from, to;
  bool found;
} ImportSearch;

static void consider_import(void *context, const MissingImport *m) {
  ImportSearch *search = context;
  bool gettable = m->error->fault == LOAD_FAULT_NOT_DOWNLOADED;
  search->found |= gettable && m->start <= search->to && m->end >= search->from;
}

static bool is_about_import(const LspDiagnostic *d) { return d->code && strcmp(d->code, "unknown/import") == 0; }

// The diagnostics of the request that are about imports, or the others.
static size_t diagnostics_about(const LspCodeActionParams *p, bool imports, json_t **out) {
  size_t n = 0;
  for (size_t i = 0; i < p->diagnostic_count; i++)
    if (is_about_import(&p->diagnostics[i]) == imports) out[n++] = p->raw_diagnostics[i];
  return n;
}

json_t *feature_code_action(Request *r) {
  Server *s = r->server;
  const LspClientCapabilities *client = &s->client.capabilities;
  LspCodeActionParams params;
  if (!decode_code_action(&r->decoder, r->message->params, &params)) return NULL;
  Document *d = request_document(r, params.uri, false, false);
  if (!d || r->wait) return NULL;
  const TextSnapshot *t = d->text.now;
  ActionSearch search = {.server = s, .document = d};
  search.from = snapshot_offset(t, params.range.start, s->encoding);
  search.to = snapshot_offset(t, params.range.end, s->encoding);
  ImportSearch imports = {.from = search.from, .to = search.to};
  if (lsp_code_action_wanted(&params, "quickfix")) {
    document_findings_in(d, search.from, search.to, consider, &search);
    document_missing(d, consider_import, &imports);
  }
  LspCodeAction actions[2];
  json_t **raw = POOL_ARRAY(r->pool, json_t *, params.diagnostic_count + 1);
  size_t count = 0, about_imports = diagnostics_about(&params, true, raw);
  json_t *arguments = json_array_must();
  json_push(arguments, encode_text(d->uri));
  LspCommand command = {"Download the missing modules (go mod download)", "heapls.download", arguments};
  if (imports.found)
    actions[count++] = (LspCodeAction){.title = command.title,
                                       .kind = "quickfix",
                                       .diagnostics = raw,
                                       .diagnostic_count = about_imports,
                                       .is_preferred = true,
                                       .command = &command};
  uint32_t line = line_index_line(&t->lines, search.from);
  uint32_t end = line_index_line_end(&t->lines, t->text, t->length, line);
  LspTextEdit edit = {.range = snapshot_range(t, end, end, s->encoding), .new_text = " //heapls:ignore"};
  LspDocumentEdit document = {.uri = d->uri, .has_version = true, .version = d->version, .edits = &edit, .count = 1};
  LspWorkspaceEdit workspace = {&document, 1};
  json_t **others = POOL_ARRAY(r->pool, json_t *, params.diagnostic_count + 1);
  if (search.found && client->code_action.literals)
    actions[count++] = (LspCodeAction){.title = "Hide what heapls says about this line",
                                       .kind = "quickfix",
                                       .diagnostics = others,
                                       .diagnostic_count = diagnostics_about(&params, false, others),
                                       .edit = &workspace};
  json_t *result = encode_code_actions(actions, count, client);
  json_decref(arguments);
  return result;
}
