// lsp_encode.h: from the structures of lsp_types.h to JSON. Everything returns owned, never NULL, and copies what it is
// given; text that is not UTF-8 (Go sources may hold any bytes) has U+FFFD in place of each bad byte.
//
//   json_t *answer = rpc_response(id, encode_hover(&hover));
#ifndef HEAPLS_LSP_ENCODE_H
#define HEAPLS_LSP_ENCODE_H

#include "lsp_types.h"

json_t *encode_string(const char *text, size_t length);
json_t *encode_text(const char *text); // terminated; NULL gives JSON null
json_t *encode_position(LspPosition);
json_t *encode_range(LspRange);
json_t *encode_location(const LspLocation *);
json_t *encode_strings(LspStrings);

// Lifecycle and registration
json_t *encode_initialize_result(const LspServerCapabilities *, const char *name, const char *version);
json_t *encode_registrations(const LspRegistration *, size_t count);   // params of client/registerCapability
json_t *encode_unregistrations(const LspRegistration *, size_t count); // params of client/unregisterCapability
json_t *encode_watchers(const LspFileWatcher *, size_t count);         // options of workspace/didChangeWatchedFiles
json_t *encode_configuration_params(const LspConfigurationItem *, size_t count);

// Window and progress
json_t *encode_message(LspMessageType, const char *text); // showMessage, logMessage
json_t *encode_message_request(LspMessageType, const char *text, const char *const *actions, size_t count);
json_t *encode_log_trace(const char *message, const char *verbose); // $/logTrace; verbose may be NULL
json_t *encode_progress_create(RpcId token);                        // window/workDoneProgress/create
// params of $/progress. percentage < 0: none. message and title as the specification has them; message may be NULL.
json_t *encode_progress_begin(RpcId token, const char *title, const char *message, int percentage, bool cancellable);
json_t *encode_progress_report(RpcId token, const char *message, int percentage, bool cancellable);
json_t *encode_progress_end(RpcId token, const char *message);
json_t *encode_partial_result(RpcId token, json_t *value); // takes value

// Edits and commands
json_t *encode_text_edit(const LspTextEdit *);
// `document_changes` is the client's capability: with it versions are sent.
json_t *encode_workspace_edit(const LspWorkspaceEdit *, bool document_changes);
json_t *encode_apply_edit(const char *label, const LspWorkspaceEdit *, bool document_changes); // label may be NULL
json_t *encode_command(const LspCommand *);

// Features. Diagnostics leave out what the client does not take.
json_t *encode_hover(const LspHover *);              // NULL gives JSON null
json_t *encode_inlay_hint_again(const json_t *item); // a client's hint, without what no hint has
json_t *encode_code_action(const LspCodeAction *, const LspClientCapabilities *);
json_t *encode_code_actions(const LspCodeAction *, size_t count, const LspClientCapabilities *);
json_t *encode_diagnostic(const LspDiagnostic *, const LspClientCapabilities *);
json_t *encode_publish_diagnostics(const LspPublishDiagnostics *, const LspClientCapabilities *);
json_t *encode_document_diagnostic_report(const LspDiagnosticReport *, const LspDiagnosticReport *related, size_t count,
                                          const LspClientCapabilities *);
json_t *encode_workspace_diagnostic_report(const LspDiagnosticReport *, size_t count, const LspClientCapabilities *);
json_t *encode_call_hierarchy_items(const LspCallHierarchyItem *, size_t count); // 0 gives JSON null
json_t *encode_incoming_calls(const LspCallHierarchyCall *, size_t count);
json_t *encode_outgoing_calls(const LspCallHierarchyCall *, size_t count);

#endif
