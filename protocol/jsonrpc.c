// jsonrpc.c: JSON-RPC 2.0 (sections 4 "Request object" to 6 "Batch") with the narrowings of LSP 3.17 "Base Protocol":
// ids are integers or strings, there are no batches, and which message may come when is the server lifecycle.
#include "jsonrpc.h"

#include "framing.h"
#include "json_build.h"
#include "json_write.h"
#include "pool.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- errors ----

bool rpc_error_set(RpcError *self, RpcCode code, const char *format, ...) {
  self->code = code;
  va_list args;
  va_start(args, format);
  int n = vsnprintf(self->message, sizeof self->message, format, args);
  va_end(args);
  if (n >= (int)sizeof self->message) { // cut: drop the character that was cut in two
    size_t end = sizeof self->message - 1;
    while (end && ((unsigned char)self->message[end - 1] & 0xC0) == 0x80) end--;
    if (end && (unsigned char)self->message[end - 1] >= 0xC0) end--;
    self->message[end] = 0;
  }
  return false;
}

const char *rpc_code_name(int code) {
  switch (code) {
  case RPC_PARSE_ERROR: return "ParseError";
  case RPC_INVALID_REQUEST: return "InvalidRequest";
  case RPC_METHOD_NOT_FOUND: return "MethodNotFound";
  case RPC_INVALID_PARAMS: return "InvalidParams";
  case RPC_INTERNAL_ERROR: return "InternalError";
  case RPC_SERVER_NOT_INITIALIZED: return "ServerNotInitialized";
  case RPC_UNKNOWN_ERROR: return "UnknownErrorCode";
  case RPC_REQUEST_FAILED: return "RequestFailed";
  case RPC_SERVER_CANCELLED: return "ServerCancelled";
  case RPC_CONTENT_MODIFIED: return "ContentModified";
  case RPC_REQUEST_CANCELLED: return "RequestCancelled";
  default: return "Error";
  }
}

// ---- ids ----

bool rpc_id_equal(RpcId a, RpcId b) {
  if (a.kind != b.kind) return false;
  switch (a.kind) {
  case RPC_ID_NONE: return true;
  case RPC_ID_INTEGER: return a.number == b.number;
  case RPC_ID_STRING: return strcmp(a.text, b.text) == 0;
  }
  return false;
}

json_t *rpc_id_json(RpcId id) {
  switch (id.kind) {
  case RPC_ID_NONE: break;
  case RPC_ID_INTEGER: return json_must(json_integer(id.number));
  case RPC_ID_STRING: return json_must(json_string(id.text));
  }
  return json_null();
}

// A string that C can hold: without a zero byte inside.
static bool is_plain_string(const json_t *j) {
  return json_is_string(j) && strlen(json_string_value(j)) == json_string_length(j);
}

bool rpc_id_of(const json_t *j, RpcId *out) {
  *out = (RpcId){.kind = RPC_ID_NONE};
  if (json_is_integer(j))
    *out = (RpcId){.kind = RPC_ID_INTEGER, .number = json_integer_value(j)};
  else if (is_plain_string(j))
    *out = (RpcId){.kind = RPC_ID_STRING, .text = json_string_value(j)};
  return out->kind != RPC_ID_NONE;
}

// ---- reading ----

// The value of the escape \uXXXX at p, or -1.
static int unicode_escape(const char *p, const char *end) {
  if (end - p < 6 || p[0] != '\\' || p[1] != 'u') return -1;
  int value = 0;
  for (int i = 2; i < 6; i++) {
    char c = p[i];
    int digit = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

// A copy in which escaped surrogates that form no pair are \ufffd, of the same length (and of one UTF-16 unit, so that
// columns stay what the client thinks); NULL when there are none. JSON.stringify writes them, jansson refuses them.
static char *mend_surrogates(const char *body, size_t length) {
  char *copy = NULL;
  const char *end = body + length;
  for (const char *p = body; p < end;) {
    if (*p != '\\') {
      p++;
      continue;
    }
    int unit = unicode_escape(p, end);
    if (unit < 0xD800 || unit > 0xDFFF) {
      p += unit < 0 ? 2 : 6;
      continue;
    }
    int next = unicode_escape(p + 6, end);
    if (unit < 0xDC00 && next >= 0xDC00 && next <= 0xDFFF) {
      p += 12;
      continue;
    }
    if (!copy) {
      copy = protocol_alloc(length);
      memcpy(copy, body, length);
    }
    memcpy(copy + (p - body), "\\ufffd", 6);
    p += 6;
  }
  return copy;
}

static RpcKind invalid(RpcMessage *self, RpcReply *reply, bool wanted, const char *why) {
  self->kind = RPC_INVALID;
  reply->wanted = wanted;
  reply->id = self->id;
  rpc_error_set(&reply->error, RPC_INVALID_REQUEST, "%s", why);
  return RPC_INVALID;
}

static RpcKind parse_response(RpcMessage *self, const json_t *id, RpcReply *reply) {
  self->result = json_object_get(self->root, "result");
  self->error = json_object_get(self->root, "error");
  if (json_is_null(self->error) && self->result) self->error = NULL; // JSON-RPC 1.0's habit
  if (!id || (!rpc_id_of(id, &self->id) && !json_is_null(id)))
    return invalid(self, reply, false, "id of a response: expected integer, string or null");
  if (self->error && self->result && !json_is_null(self->result))
    return invalid(self, reply, false, "a response with both result and error");
  if (self->error && (!json_is_integer(json_object_get(self->error, "code")) ||
                      !is_plain_string(json_object_get(self->error, "message"))))
    return invalid(self, reply, false, "error of a response: expected {code: integer, message: string}");
  if (self->error) self->result = NULL;
  return self->kind = RPC_RESPONSE;
}

RpcKind rpc_parse(RpcMessage *self, const char *body, size_t length, RpcReply *reply) {
  *self = (RpcMessage){.kind = RPC_INVALID};
  *reply = (RpcReply){.wanted = true};
  json_error_t error;
  const size_t flags = JSON_DECODE_ANY | JSON_ALLOW_NUL;
  self->root = json_loadb(body, length, flags, &error);
  if (!self->root) {
    char *mended = mend_surrogates(body, length);
    if (mended) self->root = json_loadb(mended, length, flags, &error);
    free(mended);
  }
  if (!self->root) {
    rpc_error_set(&reply->error, RPC_PARSE_ERROR, "%s (line %d, column %d)", error.text, error.line, error.column);
    return RPC_INVALID;
  }
  if (json_is_array(self->root)) return invalid(self, reply, true, "batches are not part of the protocol");
  if (!json_is_object(self->root)) return invalid(self, reply, true, "expected a request object");

  const json_t *id = json_object_get(self->root, "id");
  const json_t *method = json_object_get(self->root, "method");
  const json_t *version = json_object_get(self->root, "jsonrpc");
  if (!method && (json_object_get(self->root, "result") || json_object_get(self->root, "error")))
    return parse_response(self, id, reply);
  if (id && !rpc_id_of(id, &self->id)) return invalid(self, reply, true, "id: expected integer or string");
  if (!json_is_string(version) || strcmp(json_string_value(version), "2.0") != 0)
    return invalid(self, reply, true, "jsonrpc: expected \"2.0\"");
  if (!is_plain_string(method)) return invalid(self, reply, true, "method: expected string");
  self->method = json_string_value(method);
  self->params = json_object_get(self->root, "params");
  if (json_is_null(self->params)) self->params = NULL;
  if (self->params && !json_is_object(self->params) && !json_is_array(self->params))
    return invalid(self, reply, id != NULL, "params: expected object or array");
  return self->kind = id ? RPC_REQUEST : RPC_NOTIFICATION;
}

void rpc_message_release(RpcMessage *self) {
  json_decref(self->root);
  *self = (RpcMessage){.kind = RPC_INVALID};
}

int rpc_response_error(const RpcMessage *self, const char **message) {
  if (!self->error) return RPC_OK;
  if (message) *message = json_string_value(json_object_get(self->error, "message"));
  return (int)json_integer_value(json_object_get(self->error, "code"));
}

// ---- writing ----

static json_t *message_new(void) {
  json_t *m = json_object_must();
  json_put(m, "jsonrpc", json_string("2.0"));
  return m;
}

json_t *rpc_request(RpcId id, const char *method, json_t *params) {
  json_t *m = message_new();
  json_put(m, "id", rpc_id_json(id));
  json_put(m, "method", json_string(method));
  if (params) json_put(m, "params", params);
  return m;
}

json_t *rpc_notification(const char *method, json_t *params) {
  json_t *m = message_new();
  json_put(m, "method", json_string(method));
  if (params) json_put(m, "params", params);
  return m;
}

json_t *rpc_response(RpcId id, json_t *result) {
  json_t *m = message_new();
  json_put(m, "id", rpc_id_json(id));
  json_put(m, "result", result ? result : json_null());
  return m;
}

json_t *rpc_error_response(RpcId id, int code, const char *message, json_t *data) {
  json_t *m = message_new(), *error = json_object_must();
  json_t *text = json_string(message);
  json_put(m, "id", rpc_id_json(id));
  json_put(error, "code", json_integer(code));
  json_put(error, "message", text ? text : json_string(rpc_code_name(code))); // a message that is not UTF-8
  if (data) json_put(error, "data", data);
  json_put(m, "error", error);
  return m;
}

// The body is written behind room for the longest header part, which then goes right before it.
static JsonText frame_begin(void) {
  enum { FIRST = 4096 };
  return (JsonText){.bytes = protocol_resize(NULL, FIRST), .length = FRAME_HEADER_SIZE, .capacity = FIRST};
}

static RpcBytes frame_end(const JsonText *text) {
  char header[FRAME_HEADER_SIZE];
  size_t length = text->length - FRAME_HEADER_SIZE, head = frame_header(header, length);
  memcpy(text->bytes + FRAME_HEADER_SIZE - head, header, head);
  return (RpcBytes){
    .memory = text->bytes, .bytes = text->bytes + FRAME_HEADER_SIZE - head, .length = head + length, .body = head};
}

RpcBytes rpc_frame(json_t *message) {
  JsonText text = frame_begin();
  json_write(&text, message);
  json_decref(message);
  return frame_end(&text);
}

void rpc_result_begin(JsonText *self, RpcId id) {
  json_t *number = rpc_id_json(id);
  *self = frame_begin();
  JSON_WRITE(self, "{\"jsonrpc\":\"2.0\",\"id\":");
  json_write(self, number);
  JSON_WRITE(self, ",\"result\":");
  json_decref(number);
}

RpcBytes rpc_result_end(JsonText *self) {
  JSON_WRITE(self, "}");
  RpcBytes out = frame_end(self);
  *self = (JsonText){0};
  return out;
}

// ---- calls in flight ----

static size_t calls_index(const RpcCalls *self, RpcId id) {
  size_t i = 0;
  while (i < self->count && !rpc_id_equal(self->items[i].id, id)) i++;
  return i;
}

bool rpc_calls_add(RpcCalls *self, RpcId id, void *data) {
  if (calls_index(self, id) < self->count) return false;
  if (self->count == self->capacity) {
    self->capacity = self->capacity ? self->capacity * 2 : 16;
    self->items = protocol_resize(self->items, self->capacity * sizeof *self->items);
  }
  if (id.kind == RPC_ID_STRING) {
    size_t size = strlen(id.text) + 1;
    char *copy = protocol_alloc(size);
    memcpy(copy, id.text, size);
    id.text = copy;
  }
  self->items[self->count++] = (RpcCall){id, data};
  return true;
}

void *rpc_calls_find(const RpcCalls *self, RpcId id) {
  size_t i = calls_index(self, id);
  return i < self->count ? self->items[i].data : NULL;
}

static void id_free(RpcId id) {
  if (id.kind == RPC_ID_STRING) free((char *)id.text);
}

void *rpc_calls_take(RpcCalls *self, RpcId id) {
  size_t i = calls_index(self, id);
  if (i == self->count) return NULL;
  void *data = self->items[i].data;
  id_free(self->items[i].id);
  self->count--;
  memmove(self->items + i, self->items + i + 1, (self->count - i) * sizeof *self->items);
  return data;
}

void rpc_calls_release(RpcCalls *self) {
  for (size_t i = 0; i < self->count; i++) id_free(self->items[i].id);
  free(self->items);
  *self = (RpcCalls){0};
}

// ---- lifecycle ----

LifecycleStep lifecycle_admit(Lifecycle *self, const RpcMessage *message, RpcError *error) {
  bool request = message->kind == RPC_REQUEST;
  if (message->kind == RPC_RESPONSE) return self->phase == LIFECYCLE_NEW ? LIFECYCLE_DROP : LIFECYCLE_HANDLE;
  if (message->kind == RPC_INVALID) return LIFECYCLE_DROP;
  if (!request && strcmp(message->method, "exit") == 0) return LIFECYCLE_EXIT;
  switch (self->phase) {
  case LIFECYCLE_NEW:
    if (!request) return LIFECYCLE_DROP;
    if (strcmp(message->method, "initialize") != 0) {
      rpc_error_set(error, RPC_SERVER_NOT_INITIALIZED, "%s came before initialize", message->method);
      return LIFECYCLE_REFUSE;
    }
    self->phase = LIFECYCLE_RUNNING;
    return LIFECYCLE_HANDLE;
  case LIFECYCLE_RUNNING:
    if (request && strcmp(message->method, "initialize") == 0) {
      rpc_error_set(error, RPC_INVALID_REQUEST, "initialize may be sent only once");
      return LIFECYCLE_REFUSE;
    }
    if (request && strcmp(message->method, "shutdown") == 0) self->phase = LIFECYCLE_SHUT_DOWN;
    return LIFECYCLE_HANDLE;
  case LIFECYCLE_SHUT_DOWN: break;
  }
  if (!request) return LIFECYCLE_DROP;
  rpc_error_set(error, RPC_INVALID_REQUEST, "%s came after shutdown", message->method);
  return LIFECYCLE_REFUSE;
}

void lifecycle_initialize_failed(Lifecycle *self) { self->phase = LIFECYCLE_NEW; }
int lifecycle_exit_code(const Lifecycle *self) { return self->phase == LIFECYCLE_SHUT_DOWN ? 0 : 1; }
