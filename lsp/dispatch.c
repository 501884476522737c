// dispatch.c: from bytes to handlers, and the answers back.
//
// A handler that needs an analysis which is still running asks to wait: its request is kept, answered when the analysis
// of its document is done, and can be cancelled meanwhile.
#include "server.h"

#include <stdarg.h>
#include <stdlib.h>

typedef json_t *(*RequestHandler)(Request *);
typedef void (*NotificationHandler)(Server *, Decoder *, const json_t *);

// What is under way ends here: nobody will ask for it any more.
static json_t *shutdown_request(Request *r) {
  Server *s = r->server;
  verify_cancel(s);
  download_cancel(s);
  if (s->callers.calls) callers_cancel(s);
  progress_end(s, &s->progress, NULL);
  for (uint32_t i = 0; i < s->waiting.len; i++) {
    RpcMessage *message = &s->waiting.items[i].message;
    transport_write(s, rpc_error_response(message->id, RPC_SERVER_CANCELLED, "the server shuts down", NULL));
    rpc_message_release(message);
  }
  s->waiting.len = 0;
  return NULL;
}

static const struct {
  const char *method;
  RequestHandler handle;
} requests[] = {
  {"initialize", feature_initialize},
  {"shutdown", shutdown_request},
  {"textDocument/inlayHint", feature_inlay_hint},
  {"inlayHint/resolve", feature_inlay_hint_resolve},
  {"textDocument/hover", feature_hover},
  {"textDocument/diagnostic", feature_diagnostic_pull},
  {"workspace/diagnostic", feature_workspace_diagnostic},
  {"textDocument/codeLens", feature_code_lens},
  {"textDocument/codeAction", feature_code_action},
  {"codeAction/resolve", feature_code_action_resolve},
  {"textDocument/prepareCallHierarchy", feature_prepare_call_hierarchy},
  {"callHierarchy/incomingCalls", feature_incoming_calls},
  {"callHierarchy/outgoingCalls", feature_outgoing_calls},
  {"workspace/executeCommand", feature_execute_command},
  {"heapls/documentText", feature_document_text},
  {"heapls/paths", feature_paths},
};

static void initialized(Server *s, Decoder *d, const json_t *params) {
  (void)d;
  (void)params;
  workspace_initialized(s);
}
static void set_trace(Server *s, Decoder *d, const json_t *params) {
  LspTrace trace;
  if (decode_set_trace(d, params, &trace)) s->trace = trace;
}
static void cancel_request(Server *s, Decoder *d, const json_t *params) {
  RpcId id;
  if (!decode_cancel(d, params, &id)) return;
  if (verify_has(s, id)) verify_cancel(s);
  if (download_has(s, id)) download_cancel(s);
  if (callers_has(s, id)) callers_cancel(s);
  for (uint32_t i = 0; i < s->waiting.len; i++) {
    Waiting *w = &s->waiting.items[i];
    if (!rpc_id_equal(w->message.id, id)) continue;
    transport_write(s, rpc_error_response(id, RPC_REQUEST_CANCELLED, "cancelled", NULL));
    rpc_message_release(&w->message);
    memmove(w, w + 1, (s->waiting.len - i - 1) * sizeof *w);
    s->waiting.len--;
    return;
  }
}
static void progress_cancel(Server *s, Decoder *d, const json_t *params) {
  RpcId token; // of an analysis' progress: that is not offered
  if (!decode_progress_cancel(d, params, &token)) return;
  if (progress_has(&s->verify.progress, token)) verify_cancel(s);
  if (progress_has(&s->download.progress, token)) download_cancel(s);
}

static const struct {
  const char *method;
  NotificationHandler handle;
} notifications[] = {
  {"initialized", initialized},
  {"$/cancelRequest", cancel_request},
  {"$/setTrace", set_trace},
  {"window/workDoneProgress/cancel", progress_cancel},
  {"textDocument/didOpen", did_open},
  {"textDocument/didChange", did_change},
  {"textDocument/didSave", did_save},
  {"textDocument/didClose", did_close},
  {"workspace/didChangeWorkspaceFolders", did_change_folders},
  {"workspace/didChangeConfiguration", did_change_configuration},
  {"workspace/didChangeWatchedFiles", did_change_watched_files},
};

// ---- Out

void server_notify(Server *s, const char *method, json_t *params) {
  transport_write(s, rpc_notification(method, params));
}

int64_t server_request(Server *s, OurRequest what, const char *method, json_t *params) {
  RpcId id = {.kind = RPC_ID_INTEGER, .number = ++s->next_id};
  rpc_calls_add(&s->ours, id, (void *)(uintptr_t)what);
  transport_write(s, rpc_request(id, method, params));
  return id.number;
}

void server_log(Server *s, LogLevel level, const char *format, ...) {
  static const char *const names[] = {"error", "warn", "info", "debug"};
  static const LspMessageType types[] = {LSP_ERROR, LSP_WARNING, LSP_INFO, LSP_LOG};
  if (level > s->log_level) return;
  char text[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  fprintf(stderr, "heapls: %s: %s\n", names[level], text);
  if (s->lifecycle.phase == LIFECYCLE_RUNNING && !s->stopping)
    server_notify(s, "window/logMessage", encode_message(types[level], text));
}

void server_show(Server *s, LspMessageType type, const char *text) {
  fprintf(stderr, "heapls: %s\n", text);
  if (s->lifecycle.phase == LIFECYCLE_RUNNING) server_notify(s, "window/showMessage", encode_message(type, text));
}

// ---- In

static void answer(Server *s, RpcMessage *message, bool may_wait);

static json_int_t line_of(const json_t *range, const char *end) {
  return json_integer_value(json_object_get(json_object_get(range, end), "line"));
}

// Takes the message.
static void keep_waiting(Server *s, RpcMessage *message, Document *document) {
  const json_t *range = json_object_get(message->params, "range");
  uint32_t lines = UINT32_MAX;
  if (json_object_get(message->params, "position")) lines = 1;
  if (range) {
    json_int_t first = line_of(range, "start"), last = line_of(range, "end");
    if (first >= 0 && first <= last && last < UINT32_MAX) lines = (uint32_t)(last - first);
  }
  VEC_APPEND(&s->waiting, (Waiting){*message, lines, document});
  memset(message, 0, sizeof *message);
}

static void answer(Server *s, RpcMessage *message, bool may_wait) {
  Pool pool = {0};
  Request r = {.server = s, .message = message, .pool = &pool, .may_wait = may_wait};
  decoder_init(&r.decoder, &pool, "params");
  RequestHandler handle = NULL;
  for (size_t i = 0; i < sizeof requests / sizeof *requests && !handle; i++) {
    if (strcmp(requests[i].method, message->method) == 0) handle = requests[i].handle;
  }
  json_t *result = NULL;
  if (handle)
    result = handle(&r);
  else
    rpc_error_set(&r.error, RPC_METHOD_NOT_FOUND, "heapls does not know %s", message->method);
  if (r.decoder.error.code != RPC_OK && r.error.code == RPC_OK) r.error = r.decoder.error;
  if (r.kept) {
    json_decref(result);
  } else if (r.wait && r.error.code == RPC_OK && may_wait) {
    json_decref(result);
    keep_waiting(s, message, r.waits_for);
  } else if (r.error.code != RPC_OK) {
    json_decref(result);
    if (strcmp(message->method, "initialize") == 0) lifecycle_initialize_failed(&s->lifecycle);
    transport_write(s, rpc_error_response(message->id, r.error.code, r.error.message, NULL));
  } else if (r.text.bytes) {
    transport_send(s, rpc_result_end(&r.text));
  } else {
    transport_write(s, rpc_response(message->id, result));
  }
  free(r.text.bytes);
  pool_release(&pool);
}

// The one that asks for the fewest lines, what is on the screen before the whole file; of those the oldest.
static uint32_t next_waiting(const Server *s, const Document *document) {
  uint32_t best = UINT32_MAX;
  for (uint32_t i = 0; i < s->waiting.len; i++) {
    const Waiting *w = &s->waiting.items[i];
    if (w->document != document) continue;
    if (best == UINT32_MAX || w->lines < s->waiting.items[best].lines) best = i;
  }
  return best;
}

void dispatch_waiting(Server *s, const Document *document, bool may_wait) {
  VEC(RpcMessage) due = {0};
  uint32_t i;
  while ((i = next_waiting(s, document)) != UINT32_MAX) {
    VEC_APPEND(&due, s->waiting.items[i].message);
    memmove(s->waiting.items + i, s->waiting.items + i + 1, (s->waiting.len - i - 1) * sizeof *s->waiting.items);
    s->waiting.len--;
  }
  for (i = 0; i < due.len; i++) {
    answer(s, &due.items[i], may_wait);
    if (due.items[i].root) rpc_message_release(&due.items[i]);
  }
  free(due.items);
}

static bool is_waiting(const Server *s, RpcId id) {
  if (verify_has(s, id) || download_has(s, id) || callers_has(s, id)) return true;
  for (uint32_t i = 0; i < s->waiting.len; i++) {
    if (rpc_id_equal(s->waiting.items[i].message.id, id)) return true;
  }
  return false;
}

static void handle_notification(Server *s, RpcMessage *message) {
  Pool pool = {0};
  Decoder decoder;
  decoder_init(&decoder, &pool, "params");
  for (size_t i = 0; i < sizeof notifications / sizeof *notifications; i++) {
    if (strcmp(notifications[i].method, message->method) == 0) notifications[i].handle(s, &decoder, message->params);
  }
  if (decoder.error.code != RPC_OK) server_log(s, LOG_WARN, "%s: %s", message->method, decoder.error.message);
  pool_release(&pool);
}

static void handle_response(Server *s, const RpcMessage *message) {
  OurRequest what = (OurRequest)(uintptr_t)rpc_calls_take(&s->ours, message->id);
  const char *text = NULL;
  bool refused = rpc_response_error(message, &text) != RPC_OK;
  if (what == OURS_PROGRESS) progress_answered(s, message->id.number, !refused);
  if (refused) {
    server_log(s, LOG_DEBUG, "the client refused a request: %s", text);
    return;
  }
  if (what == OURS_CONFIGURATION) configuration_arrived(s, message->result);
}

static void handle(Server *s, RpcMessage *message) {
  if (message->kind == RPC_RESPONSE) {
    handle_response(s, message);
    return;
  }
  RpcError error;
  if (s->trace != LSP_TRACE_OFF) {
    char text[160];
    snprintf(text, sizeof text, "received %.120s", message->method);
    server_notify(s, "$/logTrace", encode_log_trace(text, NULL));
  }
  switch (lifecycle_admit(&s->lifecycle, message, &error)) {
  case LIFECYCLE_HANDLE:
    if (message->kind == RPC_NOTIFICATION)
      handle_notification(s, message);
    else if (is_waiting(s, message->id))
      transport_write(s, rpc_error_response(message->id, RPC_INVALID_REQUEST, "this id is in use", NULL));
    else
      answer(s, message, true);
    break;
  case LIFECYCLE_REFUSE: transport_write(s, rpc_error_response(message->id, error.code, error.message, NULL)); break;
  case LIFECYCLE_DROP: break;
  case LIFECYCLE_EXIT: server_stop(s, lifecycle_exit_code(&s->lifecycle)); break;
  }
}

void dispatch_bytes(Server *s, const char *bytes, size_t count) {
  framer_feed(&s->framer, bytes, count);
  Frame frame;
  FramerEvent event;
  while (!s->stopping && (event = framer_next(&s->framer, &frame)) != FRAMER_WAIT) {
    if (event == FRAMER_FAULT) {
      transport_write(s, rpc_error_response((RpcId){0}, frame.fault.code, frame.fault.message, NULL));
      continue;
    }
    RpcMessage message = {0};
    RpcReply reply;
    if (rpc_parse(&message, frame.body, frame.length, &reply) != RPC_INVALID)
      handle(s, &message);
    else if (reply.wanted)
      transport_write(s, rpc_error_response(reply.id, reply.error.code, reply.error.message, NULL));
    else
      server_log(s, LOG_WARN, "%s", reply.error.message);
    if (message.root) rpc_message_release(&message);
  }
}
