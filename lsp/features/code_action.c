// code_action.c: textDocument/codeAction: a comment that hides heapls' findings of a line.
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

json_t *feature_code_action(Request *r) {
  Server *s = r->server;
  LspCodeActionParams params;
  if (!decode_code_action(&r->decoder, r->message->params, &params)) return NULL;
  Document *d = request_document(r, params.uri, false, false);
  if (!d || r->wait) return NULL;
  const TextSnapshot *t = d->text.now;
  ActionSearch search = {.server = s, .document = d};
  search.from = snapshot_offset(t, params.range.start, s->encoding);
  search.to = snapshot_offset(t, params.range.end, s->encoding);
  if (lsp_code_action_wanted(&params, "quickfix")) document_findings(d, consider, &search);
  if (!search.found || !s->client.capabilities.code_action.literals)
    return encode_code_actions(NULL, 0, &s->client.capabilities);
  uint32_t line = line_index_line(&t->lines, search.from);
  uint32_t end = line_index_line_end(&t->lines, t->text, t->length, line);
  LspTextEdit edit = {.range = snapshot_range(t, end, end, s->encoding), .new_text = " //heapls:ignore"};
  LspDocumentEdit document = {.uri = d->uri, .has_version = true, .version = d->version, .edits = &edit, .count = 1};
  LspWorkspaceEdit workspace = {&document, 1};
  LspCodeAction action = {
    .title = "Hide what heapls says about this line",
    .kind = "quickfix",
    .diagnostics = params.raw_diagnostics,
    .diagnostic_count = params.diagnostic_count,
    .edit = &workspace,
  };
  return encode_code_actions(&action, 1, &s->client.capabilities);
}
