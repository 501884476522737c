// jsonrpc.h: JSON-RPC 2.0 as LSP 3.17 uses it: reading a message, building messages, calls in flight.
//
// Reading:  rpc_parse(&message, body, length, &reply) → RPC_REQUEST, RPC_NOTIFICATION, RPC_RESPONSE or RPC_INVALID.
// Writing:  json_t *m = rpc_notification("window/logMessage", params);  RpcBytes b = rpc_frame(m);  write b, free it.
// Builders take their json_t arguments (steal the reference) unless said otherwise, and return owned.
#ifndef HEAPLS_JSONRPC_H
#define HEAPLS_JSONRPC_H

#include "json_write.h"
#include "jsonrpc_error.h"
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum RpcIdKind { RPC_ID_NONE, RPC_ID_INTEGER, RPC_ID_STRING } RpcIdKind;
// A request's id. RPC_ID_NONE is written as null.
typedef struct RpcId {
  RpcIdKind kind;
  int64_t number;   // RPC_ID_INTEGER
  const char *text; // RPC_ID_STRING: borrows; terminated
} RpcId;
bool rpc_id_equal(RpcId, RpcId);
json_t *rpc_id_json(RpcId);                 // returns owned
bool rpc_id_of(const json_t *, RpcId *out); // false unless an integer or a string; text borrows from the value

typedef enum RpcKind { RPC_INVALID, RPC_REQUEST, RPC_NOTIFICATION, RPC_RESPONSE } RpcKind;
typedef struct RpcMessage {
  RpcKind kind;
  json_t *root;       // owned: rpc_message_release; everything below borrows from it
  RpcId id;           // RPC_REQUEST, RPC_RESPONSE (there RPC_ID_NONE when the peer could not tell)
  const char *method; // RPC_REQUEST, RPC_NOTIFICATION
  json_t *params;     // object, array or NULL when absent or null
  json_t *result;     // RPC_RESPONSE without error; may be JSON null
  json_t *error;      // RPC_RESPONSE with error: {code, message, data?}; else NULL
} RpcMessage;

// What to answer to bytes that are no message.
typedef struct RpcReply {
  bool wanted; // false: only log it (a broken response must not be answered, or two peers would argue for ever)
  RpcId id;    // of the broken request when it could be read; borrows from message->root
  RpcError error;
} RpcReply;

// Reads one body. RPC_INVALID sets *reply: ParseError for what is not UTF-8 JSON (nested deeper than 2048 or with
// integers past 64 bits included), InvalidRequest for a batch (LSP has none) and for what is no request object.
// Escaped lone surrogates, which editors do send, are read as U+FFFD. Always release the message, also when invalid.
RpcKind rpc_parse(RpcMessage *, const char *body, size_t length, RpcReply *reply);
void rpc_message_release(RpcMessage *);
// Code and message of a response's error; RPC_OK when there is none.
int rpc_response_error(const RpcMessage *, const char **message);

json_t *rpc_request(RpcId, const char *method, json_t *params);                 // params may be NULL
json_t *rpc_notification(const char *method, json_t *params);                   // params may be NULL
json_t *rpc_response(RpcId, json_t *result);                                    // NULL is answered as null
json_t *rpc_error_response(RpcId, int code, const char *message, json_t *data); // data may be NULL

// A framed message: header part and body, `length` bytes in all. Owned: free(memory).
typedef struct RpcBytes {
  char *memory, *bytes;
  size_t length;
  size_t body; // where the body starts
} RpcBytes;
RpcBytes rpc_frame(json_t *message); // takes message
// A response whose result is written as text (json_write.h): rpc_result_begin(&text, id); write one value to text;
// b = rpc_result_end(&text), which takes it. An unfinished text is dropped by free(text.bytes).
void rpc_result_begin(JsonText *, RpcId);
RpcBytes rpc_result_end(JsonText *);

// Calls in flight, by id: those of the client (to cancel them and to refuse an id used twice) and our own (to find what
// waits for a response). One thread. `data` is the caller's. Zero is the empty table.
typedef struct RpcCall {
  RpcId id; // text is the table's own copy
  void *data;
} RpcCall;
typedef struct RpcCalls {
  RpcCall *items; // in the order they were added
  size_t count, capacity;
} RpcCalls;
bool rpc_calls_add(RpcCalls *, RpcId, void *data); // false: the id is in flight already
void *rpc_calls_find(const RpcCalls *, RpcId);     // NULL when not there
void *rpc_calls_take(RpcCalls *, RpcId);           // removes; its data, or NULL
void rpc_calls_release(RpcCalls *);                // the data is the caller's to free first

// The life of a connection, as LSP 3.17 "Server lifecycle" has it. Zero is the start.
typedef enum LifecyclePhase { LIFECYCLE_NEW, LIFECYCLE_RUNNING, LIFECYCLE_SHUT_DOWN } LifecyclePhase;
typedef struct Lifecycle {
  LifecyclePhase phase;
} Lifecycle;
typedef enum LifecycleStep {
  LIFECYCLE_HANDLE, // dispatch it
  LIFECYCLE_REFUSE, // a request: answer *error
  LIFECYCLE_DROP,   // a notification that must be ignored now
  LIFECYCLE_EXIT,   // end the process with lifecycle_exit_code
} LifecycleStep;
// Decides about one message and moves on: initialize, shutdown and exit change the phase. Of what is handled, a request
// of an unknown method is answered MethodNotFound and an unknown notification is ignored: that is the dispatcher's
// part.
LifecycleStep lifecycle_admit(Lifecycle *, const RpcMessage *, RpcError *error);
void lifecycle_initialize_failed(Lifecycle *); // initialize was answered by an error: it may be tried again
int lifecycle_exit_code(const Lifecycle *);    // 0 after shutdown, else 1; also for a lost connection

#endif
