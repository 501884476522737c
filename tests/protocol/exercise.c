// exercise.c: feeds a framer, parses what comes, gives every message to every decoder (a server's table would choose
// one; a hostile client chooses any), applies document changes, and encodes answers from what was decoded.
#include "exercise.h"

#include "lsp_decode.h"
#include "lsp_encode.h"
#include "uri.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void exercise_init(Exercise *self, size_t body_limit) {
  *self = (Exercise){.digest = 14695981039346656037u};
  framer_init(&self->framer, body_limit);
}

void exercise_release(Exercise *self) {
  framer_release(&self->framer);
  rpc_calls_release(&self->calls);
}

static void digest(Exercise *self, const char *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) self->digest = (self->digest ^ (unsigned char)bytes[i]) * 1099511628211u;
}

// A broken invariant of the code under test.
static void demand(bool holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "broken: %s\n", what);
  abort();
}

static void encode(json_t *j) {
  RpcBytes bytes = rpc_frame(rpc_notification("x", j));
  demand(bytes.length > bytes.body, "an empty body was framed");
  free(bytes.memory);
}

typedef bool (*Attempt)(Decoder *, const json_t *, Exercise *);

static bool try_initialize(Decoder *d, const json_t *j, Exercise *e) {
  LspInitializeParams p;
  (void)e;
  return decode_initialize(d, j, &p);
}
static bool try_trace(Decoder *d, const json_t *j, Exercise *e) {
  LspTrace trace;
  (void)e;
  return decode_set_trace(d, j, &trace);
}
static bool try_cancel(Decoder *d, const json_t *j, Exercise *e) {
  RpcId id;
  if (!decode_cancel(d, j, &id)) return false;
  rpc_calls_take(&e->calls, id);
  return true;
}
static bool try_open_then_change(Decoder *d, const json_t *j, Exercise *e) {
  (void)e;
  LspDidChange change;
  if (!decode_did_change(d, j, &change)) return false;
  TextDocument document;
  RpcError error;
  static const char text[] = "package p\r\n\nvar \xF0\x9F\x98\x80 = 1\r";
  demand(text_document_open(&document, text, sizeof text - 1, 1), "a small text was not opened");
  for (int encoding = POSITION_UTF16; encoding <= POSITION_UTF32; encoding++)
    text_document_change(&document, change.changes, change.count, change.version, (PositionEncoding)encoding, NULL,
                         &error);
  encode(encode_string(document.now->text, document.now->length));
  text_document_release(&document);
  return true;
}
static bool try_open(Decoder *d, const json_t *j, Exercise *e) {
  LspDidOpen open;
  TextDocument document;
  (void)e;
  if (!decode_did_open(d, j, &open)) return false;
  char *path = uri_to_path(d->pool, open.uri);
  if (path) {
    char *again = uri_to_path(d->pool, uri_of_path(d->pool, path));
    demand(again && strcmp(path, again) == 0, "path → URI → path is not the identity");
  }
  if (text_document_open(&document, open.text, open.text_length, open.version)) text_document_release(&document);
  return true;
}
static bool try_save(Decoder *d, const json_t *j, Exercise *e) {
  LspDidSave save;
  (void)e;
  return decode_did_save(d, j, &save);
}
static bool try_folders(Decoder *d, const json_t *j, Exercise *e) {
  LspDidChangeFolders folders;
  (void)e;
  return decode_did_change_folders(d, j, &folders);
}
static bool try_watched(Decoder *d, const json_t *j, Exercise *e) {
  LspDidChangeWatchedFiles files;
  (void)e;
  return decode_did_change_watched_files(d, j, &files);
}
static bool try_command(Decoder *d, const json_t *j, Exercise *e) {
  LspExecuteCommand command;
  (void)e;
  if (!decode_execute_command(d, j, &command)) return false;
  encode(encode_command(&(LspCommand){.title = "again", .command = command.command, .arguments = command.arguments}));
  return true;
}
static bool try_position(Decoder *d, const json_t *j, Exercise *e) {
  LspTextDocumentPosition at;
  (void)e;
  if (!decode_text_document_position(d, j, &at)) return false;
  encode(encode_location(&(LspLocation){.uri = at.uri, .range = {at.position, at.position}}));
  return true;
}
static bool try_hint(Decoder *d, const json_t *j, Exercise *e) {
  LspInlayHintParams hint;
  (void)e;
  return decode_inlay_hint(d, j, &hint);
}
static bool try_action(Decoder *d, const json_t *j, Exercise *e) {
  LspCodeActionParams action;
  LspClientCapabilities client = {0};
  (void)e;
  if (!decode_code_action(d, j, &action)) return false;
  client.code_action.literals = client.publish_diagnostics.data = true;
  LspCodeAction answer = {.title = "fix",
                          .kind = "quickfix",
                          .diagnostics = action.raw_diagnostics,
                          .diagnostic_count = action.diagnostic_count};
  encode(encode_code_actions(&answer, lsp_code_action_wanted(&action, "quickfix"), &client));
  LspPublishDiagnostics publish = {.uri = action.uri, .diagnostics = {action.diagnostics, action.diagnostic_count}};
  encode(encode_publish_diagnostics(&publish, &client));
  return true;
}
static bool try_resolve(Decoder *d, const json_t *j, Exercise *e) {
  LspResolve resolve;
  (void)e;
  return decode_resolve(d, j, &resolve);
}
static bool try_hierarchy(Decoder *d, const json_t *j, Exercise *e) {
  LspCallHierarchyParams calls;
  (void)e;
  if (!decode_call_hierarchy(d, j, &calls)) return false;
  encode(encode_call_hierarchy_items(&calls.item, 1));
  return true;
}
static bool try_pull(Decoder *d, const json_t *j, Exercise *e) {
  LspDiagnosticParams pull;
  (void)e;
  return decode_diagnostic(d, j, &pull);
}
static bool try_workspace_pull(Decoder *d, const json_t *j, Exercise *e) {
  LspWorkspaceDiagnosticParams pull;
  (void)e;
  return decode_workspace_diagnostic(d, j, &pull);
}
static bool try_configuration(Decoder *d, const json_t *j, Exercise *e) {
  json_t *values[2];
  (void)e;
  return decode_configuration_result(d, j, 2, values);
}
static bool try_applied(Decoder *d, const json_t *j, Exercise *e) {
  LspApplyEditResult applied;
  (void)e;
  return decode_apply_edit_result(d, j, &applied);
}

static const Attempt ATTEMPTS[] = {
  try_initialize, try_trace,     try_cancel,  try_open_then_change, try_open,          try_save,
  try_folders,    try_watched,   try_command, try_position,         try_hint,          try_action,
  try_resolve,    try_hierarchy, try_pull,    try_workspace_pull,   try_configuration, try_applied};

void exercise_message(Exercise *self, const RpcMessage *message) {
  RpcError error;
  LifecycleStep step = lifecycle_admit(&self->lifecycle, message, &error);
  if (step == LIFECYCLE_REFUSE) self->refused++;
  if (message->kind == RPC_REQUEST) rpc_calls_add(&self->calls, message->id, NULL);
  Pool pool = {0};
  for (size_t i = 0; i < sizeof ATTEMPTS / sizeof *ATTEMPTS; i++) {
    Decoder decoder;
    decoder_init(&decoder, &pool, "params");
    bool ok = ATTEMPTS[i](&decoder, message->kind == RPC_RESPONSE ? message->result : message->params, self);
    demand(ok || decoder.error.code == RPC_INVALID_PARAMS, "a decoder failed and did not say why");
    demand(!ok || decoder.error.code == RPC_OK, "a decoder succeeded with an error");
    demand(!decoder.path, "a decoder left its path");
    self->decoded += ok;
  }
  pool_release(&pool);
}

void exercise_feed(Exercise *self, const char *bytes, size_t count) {
  framer_feed(&self->framer, bytes, count);
  for (;;) {
    Frame frame;
    FramerEvent event = framer_next(&self->framer, &frame);
    if (event == FRAMER_WAIT) return;
    if (event == FRAMER_FAULT) {
      self->faults++;
      digest(self, "F", 1);
      digest(self, frame.fault.message, strlen(frame.fault.message));
      encode(rpc_error_response((RpcId){0}, frame.fault.code, frame.fault.message, NULL));
      continue;
    }
    digest(self, "M", 1);
    digest(self, frame.body, frame.length);
    RpcMessage message;
    RpcReply reply;
    self->messages++;
    if (rpc_parse(&message, frame.body, frame.length, &reply) == RPC_INVALID) {
      self->invalid++;
      demand(reply.error.code != RPC_OK, "an invalid message without an error");
      encode(rpc_error_response(reply.id, reply.error.code, reply.error.message, NULL));
    } else {
      exercise_message(self, &message);
    }
    rpc_message_release(&message);
  }
}
