// lsp_decode.h: from the JSON of params (and of results of our own requests) to the structures of lsp_types.h.
//
// Every decoder returns false on a fault, with decoder.error set to InvalidParams and a message that names the JSON
// path: "params.textDocument.uri: expected string". Unknown properties are ignored; null is as absent for what is
// optional; an empty array is taken for an empty object (Lua and PHP clients cannot tell them apart). The client's
// capabilities are read leniently: one of a wrong type counts as absent, and decoder.warning names the first of them.
//
//   Decoder decoder; decoder_init(&decoder, &pool, "params");
//   LspDidOpen open;
//   if (!decode_did_open(&decoder, message.params, &open)) answer or log decoder.error
#ifndef HEAPLS_LSP_DECODE_H
#define HEAPLS_LSP_DECODE_H

#include "lsp_types.h"
#include "pool.h"

typedef struct DecodePath DecodePath;
typedef struct Decoder {
  Pool *pool;       // borrows; lists live there
  const char *root; // the first name of paths
  DecodePath *path; // where the decoder is; NULL between calls
  RpcError error;   // of the first fault
  RpcError warning; // code RPC_OK when there is none
  bool lenient;
} Decoder;
void decoder_init(Decoder *, Pool *, const char *root); // root: "params", "result"

// Lifecycle and the base protocol
bool decode_initialize(Decoder *, const json_t *, LspInitializeParams *);
bool decode_set_trace(Decoder *, const json_t *, LspTrace *);
bool decode_cancel(Decoder *, const json_t *, RpcId *);               // $/cancelRequest
bool decode_progress_cancel(Decoder *, const json_t *, RpcId *token); // window/workDoneProgress/cancel

// Documents and the workspace
bool decode_did_open(Decoder *, const json_t *, LspDidOpen *);
bool decode_did_change(Decoder *, const json_t *, LspDidChange *);
bool decode_did_save(Decoder *, const json_t *, LspDidSave *);
bool decode_did_close(Decoder *, const json_t *, LspDidClose *);
bool decode_did_change_folders(Decoder *, const json_t *, LspDidChangeFolders *);
bool decode_did_change_configuration(Decoder *, const json_t *, LspDidChangeConfiguration *);
bool decode_did_change_watched_files(Decoder *, const json_t *, LspDidChangeWatchedFiles *);
bool decode_execute_command(Decoder *, const json_t *, LspExecuteCommand *);

// Features
bool decode_text_document_position(Decoder *, const json_t *, LspTextDocumentPosition *); // hover, prepareCallHierarchy
bool decode_inlay_hint(Decoder *, const json_t *, LspInlayHintParams *);
bool decode_code_lens(Decoder *, const json_t *, LspDocumentParams *);
bool decode_code_action(Decoder *, const json_t *, LspCodeActionParams *);
bool decode_resolve(Decoder *, const json_t *, LspResolve *); // codeLens, codeAction
bool decode_resolve_hint(Decoder *, const json_t *, LspResolve *);
bool decode_call_hierarchy(Decoder *, const json_t *, LspCallHierarchyParams *);
bool decode_diagnostic(Decoder *, const json_t *, LspDiagnosticParams *);
bool decode_workspace_diagnostic(Decoder *, const json_t *, LspWorkspaceDiagnosticParams *);

// Results of our requests
bool decode_configuration_result(Decoder *, const json_t *, size_t asked, json_t **values); // values: room for `asked`;
                                                                                            // NULL for null
bool decode_apply_edit_result(Decoder *, const json_t *, LspApplyEditResult *);
bool decode_workspace_folders_result(Decoder *, const json_t *, LspWorkspaceFolders *); // null: none
bool decode_message_action_result(Decoder *, const json_t *, const char **title);       // null: NULL

// Pieces, also for `data` and for settings.
bool decode_position(Decoder *, const json_t *, LspPosition *);
bool decode_range(Decoder *, const json_t *, LspRange *); // refuses an end before the start
// A property of an object that may be absent or null; *out is then left as it was. False only for a wrong type.
bool decode_optional_bool(Decoder *, const json_t *object, const char *key, bool *out);
bool decode_optional_string(Decoder *, const json_t *object, const char *key, const char **out);
bool decode_optional_integer(Decoder *, const json_t *object, const char *key, int64_t *out);
bool decode_optional_strings(Decoder *, const json_t *object, const char *key, LspStrings *out);

#endif
