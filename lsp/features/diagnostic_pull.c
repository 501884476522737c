// diagnostic_pull.c: textDocument/diagnostic: the same diagnostics, when the client asks for them.
#include "server.h"

json_t *feature_diagnostic_pull(Request *r) {
  Server *s = r->server;
  LspDiagnosticParams params;
  if (!decode_diagnostic(&r->decoder, r->message->params, &params)) return NULL;
  Document *d = request_shown(r, params.uri, true, !client_asks_again(s, ANSWER_DIAGNOSTICS)); // as lenses
  if (!d || r->wait) return NULL;
  d->answered[ANSWER_DIAGNOSTICS] = d->result_number;
  LspDiagnosticReport report = {.uri = d->uri};
  char *id = pool_printf(r->pool, "%llu.%d", (unsigned long long)d->result_number, (int)d->text.now->version);
  report.result_id = id;
  if (params.previous_result_id && strcmp(params.previous_result_id, id) == 0)
    report.unchanged = true;
  else
    report.diagnostics = diagnostics_of(s, d, r->pool);
  json_t *result = encode_document_diagnostic_report(&report, NULL, 0, &s->client.capabilities);
  diagnostics_release(&report.diagnostics);
  return result;
}
