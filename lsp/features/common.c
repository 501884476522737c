// common.c: what the answers of several requests share.
#include "server.h"

static Document *open_document(Request *r, const char *uri) {
  Document *d = document_find(r->server, r->pool, uri);
  if (!d) rpc_error_set(&r->error, RPC_INVALID_PARAMS, "%s is not open", uri);
  return d;
}

Document *request_shown(Request *r, const char *uri, bool needs_current, bool needs_whole) {
  Document *d = open_document(r, uri);
  return d && document_is_hidden(r->server, d) ? d : request_document(r, uri, needs_current, needs_whole);
}

Document *request_document(Request *r, const char *uri, bool needs_current, bool needs_whole) {
  Document *d = open_document(r, uri);
  if (!d) return NULL;
  // Somebody looks at it: it is not left for later.
  if (r->may_wait && d->late && (needs_current || !d->live.result)) schedule_now(r->server, d);
  bool pending = d->path && d->waiting && !d->failed;
  bool incomplete = document_has_first_look(d) && needs_whole;
  if (r->may_wait && ((pending && (needs_current || !d->live.result)) || incomplete)) {
    r->wait = true;
    r->waits_for = d;
  }
  return d;
}

JsonText *request_text(Request *r) {
  rpc_result_begin(&r->text, r->message->id);
  return &r->text;
}

static const char *uri_for(void *context, Str path) {
  Request *r = context;
  Document *d = document_of_path(r->server, path);
  if (d) return d->uri;
  return uri_of_path(r->pool, pool_text(r->pool, path.p, path.n));
}

static const PackageResult *result_for(void *context, Str path) {
  const Request *r = context;
  const Document *d = document_of_path(r->server, path);
  return d ? d->live.result : NULL;
}

RenderStyle request_style(Request *r, bool markdown, const char *stale) {
  AnalyzerStatus status;
  uint32_t minor = go_version_minor(str_of(r->server->settings.go_version));
  if (!minor) {
    analyzer_status(r->server->analyzer, &status);
    minor = go_version_minor(str_of(status.go_version));
  }
  return (RenderStyle){
    .markdown = markdown, .uri_of = uri_for, .result_of = result_for, .context = r, .stale = stale, .go_minor = minor};
}

json_t *feature_document_text(Request *r) {
  LspTextDocumentPosition at = {0};
  const json_t *document = json_object_get(r->message->params, "textDocument");
  at.uri = json_string_value(json_object_get(document, "uri"));
  if (!at.uri) {
    rpc_error_set(&r->error, RPC_INVALID_PARAMS, "params.textDocument.uri: expected string");
    return NULL;
  }
  Document *d = document_find(r->server, r->pool, at.uri);
  if (!d) {
    rpc_error_set(&r->error, RPC_INVALID_PARAMS, "%s is not open", at.uri);
    return NULL;
  }
  json_t *out = json_object_must();
  json_put(out, "text", encode_string(d->text.now->text, d->text.now->length));
  json_put_integer(out, "version", d->version);
  json_put_bool(out, "waiting", d->waiting || (d->late && !document_is_hidden(r->server, d)) || d->rechecking);
  bool newest = d->live.result && d->live.version == d->text.now->version;
  json_put_integer(out, "analysed", newest ? d->version : d->live.result ? 0 : -1); // 0: an older text
  json_put_bool(out, "recalled", d->live.result && d->live.result->recalled);
  json_put_bool(out, "wasRecalled", d->was_recalled);
  json_put_bool(out, "firstLook", document_has_first_look(d));
  return out;
}

json_t *feature_execute_command(Request *r) {
  Server *s = r->server;
  LspExecuteCommand command;
  if (!decode_execute_command(&r->decoder, r->message->params, &command)) return NULL;
  if (strcmp(command.command, "heapls.verify") == 0) {
    r->kept = verify_start(r, &command);
    return NULL;
  }
  if (strcmp(command.command, "heapls.download") == 0) {
    r->kept = download_start(r, &command);
    return NULL;
  }
  if (strcmp(command.command, "heapls.preset") != 0) {
    rpc_error_set(&r->error, RPC_INVALID_PARAMS, "heapls does not know the command %s", command.command);
    return NULL;
  }
  const char *name = json_string_value(json_array_get(command.arguments, 0));
  Preset preset = s->settings.preset == PRESET_ALL ? PRESET_QUIET : (Preset)(s->settings.preset + 1);
  if (name && !preset_of(name, &preset)) {
    rpc_error_set(&r->error, RPC_INVALID_PARAMS, "there is no preset %s: quiet, default or all", name);
    return NULL;
  }
  s->settings.preset = preset;
  schedule_shown_all(s);
  return json_string(preset_name(preset));
}
