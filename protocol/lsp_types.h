// lsp_types.h: the LSP 3.17 structures heapls uses, as C structs with the specification's names in snake case.
//
// Strings are terminated UTF-8; NULL means absent. Lists are a pointer and a count. json_t members are JSON kept as it
// is. Decoded structures borrow from the message's JSON and live in the decoder's pool: keep the message until done
// with them, or copy. Structures to be encoded borrow everything; encoding copies.
#ifndef HEAPLS_LSP_TYPES_H
#define HEAPLS_LSP_TYPES_H

#include "jsonrpc.h"
#include "position.h"
#include "text_document.h"
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct LspStrings {
  const char **items;
  size_t count;
} LspStrings;
bool lsp_strings_has(LspStrings, const char *);

typedef struct LspLocation {
  const char *uri;
  LspRange range;
} LspLocation;

typedef enum LspMarkupKind { LSP_PLAINTEXT, LSP_MARKDOWN } LspMarkupKind;
typedef enum LspTrace { LSP_TRACE_OFF, LSP_TRACE_MESSAGES, LSP_TRACE_VERBOSE } LspTrace;
typedef enum LspMessageType { LSP_ERROR = 1, LSP_WARNING, LSP_INFO, LSP_LOG } LspMessageType;

// A request's progress tokens; RPC_ID_NONE when the client gave none. ProgressToken is integer or string, as ids are.
typedef struct LspTokens {
  RpcId work_done, partial_result;
} LspTokens;

typedef struct LspTextDocumentPosition {
  const char *uri;
  LspPosition position;
  LspTokens tokens;
} LspTextDocumentPosition;

// ---- initialize ----

typedef struct LspWorkspaceFolder {
  const char *uri, *name;
} LspWorkspaceFolder;
typedef struct LspWorkspaceFolders {
  LspWorkspaceFolder *items;
  size_t count;
} LspWorkspaceFolders;

typedef struct LspClientCapabilities {
  struct {
    bool utf8, utf16, utf32;
    // The first that heapls takes: the client's own order says nothing of cost, so utf-16 where it offers that or says
    // nothing (Neovim warns of servers that differ), then utf-8, then utf-32.
    PositionEncoding chosen;
  } position_encodings;
  struct {
    bool apply_edit, document_changes, configuration, workspace_folders, execute_command_dynamic;
    bool change_configuration_dynamic;
    bool watched_files_dynamic, watched_files_relative_patterns;
    bool inlay_hint_refresh, code_lens_refresh, diagnostics_refresh;
  } workspace;
  struct {
    bool will_save, did_save, dynamic;
  } synchronization;
  struct {
    bool present, markdown; // markdown: the client's first choice is markdown
  } hover;
  struct {
    bool present, dynamic;
    LspStrings resolve; // properties that may come with inlayHint/resolve
  } inlay_hint;
  struct {
    bool present, related_information, version, code_description, data;
    bool tag_unnecessary, tag_deprecated;
  } publish_diagnostics;
  struct {
    bool present, dynamic, related_documents;
  } diagnostic; // pull
  struct {
    bool present, dynamic;
  } code_lens;
  struct {
    bool present, literals, is_preferred, disabled, data;
    LspStrings kinds;   // of codeActionLiteralSupport
    LspStrings resolve; // properties that may come with codeAction/resolve
  } code_action;
  struct {
    bool present, dynamic;
  } call_hierarchy;
  struct {
    bool work_done_progress, show_message_actions, show_document;
  } window;
  struct {
    bool stale_request_cancel;
    LspStrings retry_on_content_modified; // methods the client asks again by itself after ContentModified
  } general;
} LspClientCapabilities;

typedef struct LspInitializeParams {
  bool has_process_id;
  int64_t process_id; // to watch; has_process_id is false for null
  const char *client_name, *client_version, *locale;
  const char *root_uri, *root_path; // deprecated, used when folders.count is 0
  bool has_folders;                 // the client knows folders (an empty list is "no folder open")
  LspWorkspaceFolders folders;
  json_t *initialization_options; // NULL when absent or null
  json_t *raw_capabilities;
  LspClientCapabilities capabilities;
  LspTrace trace;
  LspTokens tokens;
} LspInitializeParams;

typedef struct LspServerCapabilities {
  PositionEncoding position_encoding;
  bool inlay_hint, inlay_hint_resolve, hover, code_lens, code_lens_resolve, call_hierarchy;
  bool code_action, code_action_resolve;
  LspStrings code_action_kinds;
  LspStrings commands; // of executeCommand; none: not provided
  bool diagnostic, inter_file_dependencies, workspace_diagnostics;
  const char *diagnostic_identifier; // may be NULL
  bool workspace_folders, save_include_text;
} LspServerCapabilities; // text documents are always synchronised by openClose and incremental change

typedef struct LspRegistration {
  const char *id, *method;
  json_t *options; // borrows; may be NULL
} LspRegistration;
typedef struct LspFileWatcher {
  const char *base_uri; // NULL: a plain glob pattern, else a RelativePattern
  const char *pattern;
  int kind; // sum of LSP_WATCH_…; 0 is all three
} LspFileWatcher;
enum { LSP_WATCH_CREATE = 1, LSP_WATCH_CHANGE = 2, LSP_WATCH_DELETE = 4 };

// ---- documents and the workspace ----

typedef struct LspDidOpen {
  const char *uri, *language_id;
  int32_t version;
  const char *text; // text_length bytes; may hold zero bytes
  size_t text_length;
} LspDidOpen;
typedef struct LspDidChange {
  const char *uri;
  int32_t version;
  LspContentChange *changes;
  size_t count;
} LspDidChange;
typedef struct LspDidSave {
  const char *uri;
  const char *text; // NULL unless the client includes it
  size_t text_length;
} LspDidSave;
typedef struct LspDidClose {
  const char *uri;
} LspDidClose;
typedef struct LspDidChangeFolders {
  LspWorkspaceFolders added, removed;
} LspDidChangeFolders;
typedef struct LspDidChangeConfiguration {
  json_t *settings; // NULL when absent or null: ask by workspace/configuration
} LspDidChangeConfiguration;
typedef enum LspFileChange { LSP_FILE_CREATED = 1, LSP_FILE_CHANGED, LSP_FILE_DELETED } LspFileChange;
typedef struct LspFileEvent {
  const char *uri;
  LspFileChange type;
} LspFileEvent;
typedef struct LspDidChangeWatchedFiles {
  LspFileEvent *items;
  size_t count;
} LspDidChangeWatchedFiles;
typedef struct LspConfigurationItem {
  const char *scope_uri, *section; // each may be NULL
} LspConfigurationItem;

typedef struct LspTextEdit {
  LspRange range;
  const char *new_text;
} LspTextEdit;
typedef struct LspDocumentEdit {
  const char *uri;
  bool has_version;
  int32_t version;
  const LspTextEdit *edits;
  size_t count;
} LspDocumentEdit;
typedef struct LspWorkspaceEdit {
  const LspDocumentEdit *documents;
  size_t count;
} LspWorkspaceEdit;
typedef struct LspApplyEditResult {
  bool applied;
  const char *failure_reason; // may be NULL
} LspApplyEditResult;
typedef struct LspCommand {
  const char *title, *command;
  json_t *arguments; // an array; borrows; may be NULL
} LspCommand;
typedef struct LspExecuteCommand {
  const char *command;
  json_t *arguments; // an array or NULL
  LspTokens tokens;
} LspExecuteCommand;

// ---- features ----

typedef struct LspHover {
  LspMarkupKind kind;
  const char *value;
  bool has_range;
  LspRange range;
} LspHover;

typedef enum LspInlayHintKind { LSP_INLAY_NONE, LSP_INLAY_TYPE, LSP_INLAY_PARAMETER } LspInlayHintKind;
typedef struct LspInlayHintPart {
  const char *value, *tooltip; // tooltip may be NULL
  const LspLocation *location; // may be NULL
  const LspCommand *command;   // may be NULL
} LspInlayHintPart;
typedef struct LspInlayHint {
  LspPosition position;
  const char *label; // used when part_count is 0
  const LspInlayHintPart *parts;
  size_t part_count;
  LspInlayHintKind kind;
  const char *tooltip; // may be NULL
  LspMarkupKind tooltip_kind;
  bool padding_left, padding_right;
  const LspTextEdit *edits; // applied when the hint is accepted
  size_t edit_count;
  const char *data; // JSON; may be NULL; comes back with inlayHint/resolve
} LspInlayHint;
typedef struct LspInlayHintParams {
  const char *uri;
  LspRange range;
  LspTokens tokens;
} LspInlayHintParams;
// inlayHint/resolve, codeLens/resolve, codeAction/resolve: the item as the client sent it. Answer with a copy of `item`
// in which the missing properties are set.
typedef struct LspResolve {
  json_t *item; // the object
  json_t *data; // its `data`; NULL when absent
} LspResolve;

typedef struct LspCodeLens {
  LspRange range;
  const LspCommand *command; // NULL: to be resolved
  json_t *data;              // borrows; may be NULL
} LspCodeLens;
typedef struct LspDocumentParams { // textDocument/codeLens
  const char *uri;
  LspTokens tokens;
} LspDocumentParams;

typedef enum LspSeverity {
  LSP_SEVERITY_NONE,
  LSP_SEVERITY_ERROR,
  LSP_SEVERITY_WARNING,
  LSP_SEVERITY_INFORMATION,
  LSP_SEVERITY_HINT
} LspSeverity;
enum { LSP_TAG_UNNECESSARY = 1, LSP_TAG_DEPRECATED = 2 };
typedef struct LspRelatedInformation {
  LspLocation location;
  const char *message;
} LspRelatedInformation;
typedef struct LspDiagnostic {
  LspRange range;
  LspSeverity severity;
  const char *code, *code_description; // may be NULL; the description is a URI
  const char *source, *message;
  unsigned tags; // bits LSP_TAG_…
  const LspRelatedInformation *related;
  size_t related_count;
  json_t *data; // borrows; may be NULL
} LspDiagnostic;
typedef struct LspDiagnostics {
  const LspDiagnostic *items;
  size_t count;
} LspDiagnostics;
typedef struct LspPublishDiagnostics {
  const char *uri;
  bool has_version;
  int32_t version;
  LspDiagnostics diagnostics;
} LspPublishDiagnostics;

typedef struct LspDiagnosticParams {                 // textDocument/diagnostic
  const char *uri, *identifier, *previous_result_id; // the last two may be NULL
  LspTokens tokens;
} LspDiagnosticParams;
typedef struct LspPreviousResult {
  const char *uri, *value;
} LspPreviousResult;
typedef struct LspWorkspaceDiagnosticParams {
  const char *identifier; // may be NULL
  LspPreviousResult *previous;
  size_t count;
  LspTokens tokens;
} LspWorkspaceDiagnosticParams;
// The answer about one document, for both pulls. `uri` and the version matter only in workspace reports and in the
// related documents of another report.
typedef struct LspDiagnosticReport {
  const char *uri;
  bool has_version; // else null
  int32_t version;
  bool unchanged;        // then only result_id counts
  const char *result_id; // may be NULL unless unchanged
  LspDiagnostics diagnostics;
} LspDiagnosticReport;

typedef enum LspCodeActionTrigger { LSP_TRIGGER_NONE, LSP_TRIGGER_INVOKED, LSP_TRIGGER_AUTOMATIC } LspCodeActionTrigger;
typedef struct LspCodeActionParams {
  const char *uri;
  LspRange range;
  LspDiagnostic *diagnostics; // those the client sees there; data as it was published
  size_t diagnostic_count;
  json_t **raw_diagnostics; // the same, to be handed back in an action's `diagnostics`
  bool has_only;
  LspStrings only; // kinds asked for; "quickfix" asks for "quickfix.x" too
  LspCodeActionTrigger trigger;
  LspTokens tokens;
} LspCodeActionParams;
bool lsp_code_action_wanted(const LspCodeActionParams *, const char *kind);
typedef struct LspCodeAction {
  const char *title, *kind;
  json_t **diagnostics; // borrows
  size_t diagnostic_count;
  bool is_preferred;
  const char *disabled_reason;  // may be NULL
  const LspWorkspaceEdit *edit; // may be NULL
  const LspCommand *command;    // may be NULL
  json_t *data;                 // borrows; may be NULL
} LspCodeAction;

typedef enum LspSymbolKind {
  LSP_SYMBOL_FILE = 1,
  LSP_SYMBOL_MODULE,
  LSP_SYMBOL_NAMESPACE,
  LSP_SYMBOL_PACKAGE,
  LSP_SYMBOL_CLASS,
  LSP_SYMBOL_METHOD,
  LSP_SYMBOL_PROPERTY,
  LSP_SYMBOL_FIELD,
  LSP_SYMBOL_CONSTRUCTOR,
  LSP_SYMBOL_ENUM,
  LSP_SYMBOL_INTERFACE,
  LSP_SYMBOL_FUNCTION,
  LSP_SYMBOL_VARIABLE,
  LSP_SYMBOL_CONSTANT,
  LSP_SYMBOL_STRUCT = 23
} LspSymbolKind;
typedef struct LspCallHierarchyItem {
  const char *name, *detail, *uri; // detail may be NULL
  LspSymbolKind kind;
  LspRange range, selection_range;
  json_t *data; // may be NULL
} LspCallHierarchyItem;
typedef struct LspCallHierarchyCall { // incoming: item is the caller; outgoing: the callee. Ranges lie in the caller.
  LspCallHierarchyItem item;
  const LspRange *from_ranges;
  size_t count;
} LspCallHierarchyCall;
typedef struct LspCallHierarchyParams { // incomingCalls, outgoingCalls
  LspCallHierarchyItem item;
  LspTokens tokens;
} LspCallHierarchyParams;

#endif
