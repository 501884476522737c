// jsonrpc_error.h: the error codes of JSON-RPC 2.0 and LSP 3.17, and an error as a value.
#ifndef HEAPLS_JSONRPC_ERROR_H
#define HEAPLS_JSONRPC_ERROR_H

typedef enum RpcCode {
  RPC_OK = 0,
  RPC_PARSE_ERROR = -32700,     // not JSON, or not framed
  RPC_INVALID_REQUEST = -32600, // JSON, but not a request object; or not allowed in this state
  RPC_METHOD_NOT_FOUND = -32601,
  RPC_INVALID_PARAMS = -32602,
  RPC_INTERNAL_ERROR = -32603,
  RPC_SERVER_NOT_INITIALIZED = -32002, // a request before initialize
  RPC_UNKNOWN_ERROR = -32001,
  RPC_REQUEST_FAILED = -32803,    // well-formed, but could not be done; the message says why
  RPC_SERVER_CANCELLED = -32802,  // the server gave up; for diagnostic pulls, data {retriggerRequest}
  RPC_CONTENT_MODIFIED = -32801,  // the document changed under the request
  RPC_REQUEST_CANCELLED = -32800, // the client asked for it by $/cancelRequest
} RpcCode;

typedef struct RpcError {
  RpcCode code;
  char message[256]; // UTF-8, terminated; cut at a character's start
} RpcError;

// Sets both; returns false, so that `return rpc_error_set(…)` reads as failure.
_Bool rpc_error_set(RpcError *, RpcCode, const char *format, ...) __attribute__((format(printf, 3, 4)));
// "ParseError" and so on; "Error" for a code not listed.
const char *rpc_code_name(int code);

#endif
