// lsp_decode.c: reading JSON by the shapes of LSP 3.17's meta model. Recursion goes no deeper than the structures
// themselves.
#include "lsp_decode_internal.h"

#include <string.h>

// ---- the base protocol ----

static bool token_value(Decoder *self, const json_t *j, RpcId *out) {
  return rpc_id_of(j, out) || decode_fail(self, "expected integer or string");
}

static bool get_token(Decoder *self, const json_t *object, const char *key, RpcId *out) {
  DecodePath frame;
  *out = (RpcId){.kind = RPC_ID_NONE};
  return decode_absent(json_object_get(object, key)) ||
         decode_leave(self, token_value(self, decode_enter(self, &frame, object, key), out));
}

static bool get_tokens(Decoder *self, const json_t *object, LspTokens *out) {
  return get_token(self, object, "workDoneToken", &out->work_done) &&
         get_token(self, object, "partialResultToken", &out->partial_result);
}

static bool trace_of(const char *text, LspTrace *out) {
  static const char *const names[] = {"off", "messages", "verbose"};
  for (int i = 0; i < 3; i++) {
    if (strcmp(text, names[i]) != 0) continue;
    *out = (LspTrace)i;
    return true;
  }
  return false;
}

bool decode_set_trace(Decoder *self, const json_t *j, LspTrace *out) {
  const char *text = "";
  if (!decode_want_object(self, j) || !decode_string(self, j, "value", &text)) return false;
  DecodePath frame;
  decode_enter(self, &frame, j, "value");
  return decode_leave(self, trace_of(text, out) || decode_fail(self, "expected off, messages or verbose"));
}

bool decode_cancel(Decoder *self, const json_t *j, RpcId *out) {
  DecodePath frame;
  return decode_want_object(self, j) && decode_leave(self, token_value(self, decode_enter(self, &frame, j, "id"), out));
}

bool decode_progress_cancel(Decoder *self, const json_t *j, RpcId *out) {
  DecodePath frame;
  return decode_want_object(self, j) &&
         decode_leave(self, token_value(self, decode_enter(self, &frame, j, "token"), out));
}

// ---- initialize ----

static bool folders_value(Decoder *self, const json_t *j, LspWorkspaceFolders *out) {
  size_t count = 0;
  if (!decode_array(self, j, &count)) return false;
  *out = (LspWorkspaceFolders){POOL_ARRAY(self->pool, LspWorkspaceFolder, count), count};
  for (size_t i = 0; i < count; i++) {
    DecodePath frame;
    const json_t *item = decode_enter_item(self, &frame, j, i);
    LspWorkspaceFolder *folder = &out->items[i];
    folder->name = "";
    if (!decode_leave(self, decode_want_object(self, item) && decode_string(self, item, "uri", &folder->uri) &&
                              decode_optional_string(self, item, "name", &folder->name)))
      return false;
  }
  return true;
}

// Capabilities are objects in objects. group() enters one and returns it, or NULL (and still enters it) when the client
// does not have it; then all its flags stay false.
static const json_t *group(Decoder *self, DecodePath *frame, const json_t *object, const char *key) {
  const json_t *j = decode_enter(self, frame, object, key);
  if (decode_absent(j) || !decode_want_object(self, j)) return NULL;
  return j;
}

// The flag of a group one level down.
static void inner_flag(Decoder *self, const json_t *object, const char *inner, const char *key, bool *out) {
  DecodePath frame;
  decode_optional_bool(self, group(self, &frame, object, inner), key, out);
  decode_leave(self, true);
}

static void inner_strings(Decoder *self, const json_t *object, const char *inner, const char *key, LspStrings *out) {
  DecodePath frame;
  decode_optional_strings(self, group(self, &frame, object, inner), key, out);
  decode_leave(self, true);
}

static void workspace_capabilities(Decoder *self, const json_t *all, LspClientCapabilities *out) {
  DecodePath frame;
  const json_t *j = group(self, &frame, all, "workspace");
  decode_optional_bool(self, j, "applyEdit", &out->workspace.apply_edit);
  decode_optional_bool(self, j, "configuration", &out->workspace.configuration);
  decode_optional_bool(self, j, "workspaceFolders", &out->workspace.workspace_folders);
  inner_flag(self, j, "workspaceEdit", "documentChanges", &out->workspace.document_changes);
  inner_flag(self, j, "executeCommand", "dynamicRegistration", &out->workspace.execute_command_dynamic);
  inner_flag(self, j, "didChangeConfiguration", "dynamicRegistration", &out->workspace.change_configuration_dynamic);
  inner_flag(self, j, "didChangeWatchedFiles", "dynamicRegistration", &out->workspace.watched_files_dynamic);
  inner_flag(self, j, "didChangeWatchedFiles", "relativePatternSupport",
             &out->workspace.watched_files_relative_patterns);
  inner_flag(self, j, "inlayHint", "refreshSupport", &out->workspace.inlay_hint_refresh);
  inner_flag(self, j, "codeLens", "refreshSupport", &out->workspace.code_lens_refresh);
  inner_flag(self, j, "diagnostics", "refreshSupport", &out->workspace.diagnostics_refresh);
  decode_leave(self, true);
}

static void hover_capabilities(Decoder *self, const json_t *text, LspClientCapabilities *out) {
  DecodePath frame;
  LspStrings formats = {0};
  const json_t *j = group(self, &frame, text, "hover");
  out->hover.present = j != NULL;
  decode_optional_strings(self, j, "contentFormat", &formats);
  out->hover.markdown = formats.count && strcmp(formats.items[0], "markdown") == 0;
  decode_leave(self, true);
}

static void diagnostic_capabilities(Decoder *self, const json_t *text, LspClientCapabilities *out) {
  DecodePath frame, inner, list;
  const json_t *j = group(self, &frame, text, "publishDiagnostics");
  out->publish_diagnostics.present = j != NULL;
  decode_optional_bool(self, j, "relatedInformation", &out->publish_diagnostics.related_information);
  decode_optional_bool(self, j, "versionSupport", &out->publish_diagnostics.version);
  decode_optional_bool(self, j, "codeDescriptionSupport", &out->publish_diagnostics.code_description);
  decode_optional_bool(self, j, "dataSupport", &out->publish_diagnostics.data);
  const json_t *tags = json_object_get(j, "tagSupport");
  if (json_is_true(tags)) { // as before 3.15
    out->publish_diagnostics.tag_unnecessary = out->publish_diagnostics.tag_deprecated = true;
  } else if (!decode_absent(tags)) {
    const json_t *values = decode_enter(self, &list, group(self, &inner, j, "tagSupport"), "valueSet");
    size_t count = 0;
    if (!decode_absent(values)) decode_array(self, values, &count);
    for (size_t i = 0; i < count; i++) {
      int64_t tag = 0;
      if (!decode_integer(json_array_get(values, i), &tag)) continue;
      out->publish_diagnostics.tag_unnecessary |= tag == LSP_TAG_UNNECESSARY;
      out->publish_diagnostics.tag_deprecated |= tag == LSP_TAG_DEPRECATED;
    }
    decode_leave(self, true);
    decode_leave(self, true);
  }
  decode_leave(self, true);

  j = group(self, &frame, text, "diagnostic");
  out->diagnostic.present = j != NULL;
  decode_optional_bool(self, j, "dynamicRegistration", &out->diagnostic.dynamic);
  decode_optional_bool(self, j, "relatedDocumentSupport", &out->diagnostic.related_documents);
  decode_leave(self, true);
}

static void code_action_capabilities(Decoder *self, const json_t *text, LspClientCapabilities *out) {
  DecodePath frame, inner;
  const json_t *j = group(self, &frame, text, "codeAction");
  out->code_action.present = j != NULL;
  decode_optional_bool(self, j, "isPreferredSupport", &out->code_action.is_preferred);
  decode_optional_bool(self, j, "disabledSupport", &out->code_action.disabled);
  decode_optional_bool(self, j, "dataSupport", &out->code_action.data);
  inner_strings(self, j, "resolveSupport", "properties", &out->code_action.resolve);
  const json_t *literals = group(self, &inner, j, "codeActionLiteralSupport");
  out->code_action.literals = literals != NULL;
  inner_strings(self, literals, "codeActionKind", "valueSet", &out->code_action.kinds);
  decode_leave(self, true);
  decode_leave(self, true);
}

static void text_capabilities(Decoder *self, const json_t *all, LspClientCapabilities *out) {
  DecodePath frame, inner;
  const json_t *text = group(self, &frame, all, "textDocument");
  const json_t *j = group(self, &inner, text, "synchronization");
  decode_optional_bool(self, j, "dynamicRegistration", &out->synchronization.dynamic);
  decode_optional_bool(self, j, "willSave", &out->synchronization.will_save);
  decode_optional_bool(self, j, "didSave", &out->synchronization.did_save);
  decode_leave(self, true);
  j = group(self, &inner, text, "inlayHint");
  out->inlay_hint.present = j != NULL;
  decode_optional_bool(self, j, "dynamicRegistration", &out->inlay_hint.dynamic);
  inner_strings(self, j, "resolveSupport", "properties", &out->inlay_hint.resolve);
  decode_leave(self, true);
  j = group(self, &inner, text, "codeLens");
  out->code_lens.present = j != NULL;
  decode_optional_bool(self, j, "dynamicRegistration", &out->code_lens.dynamic);
  decode_leave(self, true);
  j = group(self, &inner, text, "callHierarchy");
  out->call_hierarchy.present = j != NULL;
  decode_optional_bool(self, j, "dynamicRegistration", &out->call_hierarchy.dynamic);
  decode_leave(self, true);
  hover_capabilities(self, text, out);
  diagnostic_capabilities(self, text, out);
  code_action_capabilities(self, text, out);
  decode_leave(self, true);
}

static void window_capabilities(Decoder *self, const json_t *all, LspClientCapabilities *out) {
  DecodePath frame, inner;
  const json_t *j = group(self, &frame, all, "window");
  decode_optional_bool(self, j, "workDoneProgress", &out->window.work_done_progress);
  inner_flag(self, j, "showDocument", "support", &out->window.show_document);
  out->window.show_message_actions = json_is_object(group(self, &inner, j, "showMessage"));
  decode_leave(self, true);
  decode_leave(self, true);
}

static void general_capabilities(Decoder *self, const json_t *all, LspClientCapabilities *out) {
  DecodePath frame;
  LspStrings encodings = {0};
  const json_t *j = group(self, &frame, all, "general");
  decode_optional_strings(self, j, "positionEncodings", &encodings);
  inner_flag(self, j, "staleRequestSupport", "cancel", &out->general.stale_request_cancel);
  inner_strings(self, j, "staleRequestSupport", "retryOnContentModified", &out->general.retry_on_content_modified);
  decode_leave(self, true);
  out->position_encodings.utf8 = lsp_strings_has(encodings, "utf-8");
  out->position_encodings.utf16 = !encodings.count || lsp_strings_has(encodings, "utf-16");
  out->position_encodings.utf32 = lsp_strings_has(encodings, "utf-32");
  out->position_encodings.chosen = out->position_encodings.utf16   ? POSITION_UTF16
                                   : out->position_encodings.utf8  ? POSITION_UTF8
                                   : out->position_encodings.utf32 ? POSITION_UTF32
                                                                   : POSITION_UTF16;
}

static bool process_id(Decoder *self, const json_t *j, LspInitializeParams *out) {
  out->has_process_id = !decode_absent(json_object_get(j, "processId"));
  return decode_optional_integer(self, j, "processId", &out->process_id);
}

static bool client_info(Decoder *self, const json_t *j, LspInitializeParams *out) {
  DecodePath frame;
  const json_t *info = decode_enter(self, &frame, j, "clientInfo");
  bool ok = decode_absent(info) ||
            (decode_want_object(self, info) && decode_optional_string(self, info, "name", &out->client_name) &&
             decode_optional_string(self, info, "version", &out->client_version));
  return decode_leave(self, ok);
}

bool decode_initialize(Decoder *self, const json_t *j, LspInitializeParams *out) {
  *out = (LspInitializeParams){0};
  if (!decode_want_object(self, j)) return false;
  DecodePath frame;
  const char *trace = "off";
  if (!process_id(self, j, out) || !client_info(self, j, out) ||
      !decode_optional_string(self, j, "locale", &out->locale) ||
      !decode_optional_string(self, j, "rootUri", &out->root_uri) ||
      !decode_optional_string(self, j, "rootPath", &out->root_path) ||
      !decode_optional_string(self, j, "trace", &trace) || !get_tokens(self, j, &out->tokens))
    return false;
  trace_of(trace, &out->trace);
  out->has_folders = !decode_absent(json_object_get(j, "workspaceFolders"));
  if (out->has_folders &&
      !decode_leave(self, folders_value(self, decode_enter(self, &frame, j, "workspaceFolders"), &out->folders)))
    return false;
  out->initialization_options = json_object_get(j, "initializationOptions");
  if (decode_absent(out->initialization_options)) out->initialization_options = NULL;
  const json_t *all = decode_enter(self, &frame, j, "capabilities");
  if (!decode_want_object(self, all)) return decode_leave(self, false);
  out->raw_capabilities = json_object_get(j, "capabilities");
  self->lenient = true;
  general_capabilities(self, all, &out->capabilities);
  workspace_capabilities(self, all, &out->capabilities);
  text_capabilities(self, all, &out->capabilities);
  window_capabilities(self, all, &out->capabilities);
  self->lenient = false;
  return decode_leave(self, true);
}

// ---- documents and the workspace ----

static bool text_value(Decoder *self, const json_t *j, const char **text, size_t *length) {
  if (!json_is_string(j)) return decode_fail(self, "expected string");
  *text = json_string_value(j);
  *length = json_string_length(j);
  return true;
}

bool decode_did_open(Decoder *self, const json_t *j, LspDidOpen *out) {
  *out = (LspDidOpen){.language_id = ""};
  if (!decode_want_object(self, j) || !decode_document(self, j, &out->uri, &out->version)) return false;
  DecodePath frame, inner;
  const json_t *document = decode_enter(self, &frame, j, "textDocument");
  return decode_leave(self, decode_optional_string(self, document, "languageId", &out->language_id) &&
                              decode_leave(self, text_value(self, decode_enter(self, &inner, document, "text"),
                                                            &out->text, &out->text_length)));
}

static bool change_value(Decoder *self, const json_t *j, LspContentChange *out) {
  if (!decode_want_object(self, j)) return false;
  DecodePath frame;
  out->has_range = !decode_absent(json_object_get(j, "range"));
  return (!out->has_range || decode_get_range(self, j, "range", &out->range)) &&
         decode_leave(self, text_value(self, decode_enter(self, &frame, j, "text"), &out->text, &out->length));
}

bool decode_did_change(Decoder *self, const json_t *j, LspDidChange *out) {
  *out = (LspDidChange){0};
  if (!decode_want_object(self, j) || !decode_document(self, j, &out->uri, &out->version)) return false;
  DecodePath frame, item;
  const json_t *changes = decode_enter(self, &frame, j, "contentChanges");
  bool ok = decode_array(self, changes, &out->count);
  if (ok) out->changes = POOL_ARRAY(self->pool, LspContentChange, out->count);
  for (size_t i = 0; ok && i < out->count; i++)
    ok = decode_leave(self, change_value(self, decode_enter_item(self, &item, changes, i), &out->changes[i]));
  return decode_leave(self, ok);
}

bool decode_did_save(Decoder *self, const json_t *j, LspDidSave *out) {
  *out = (LspDidSave){0};
  DecodePath frame;
  if (!decode_want_object(self, j) || !decode_document(self, j, &out->uri, NULL)) return false;
  return decode_absent(json_object_get(j, "text")) ||
         decode_leave(self, text_value(self, decode_enter(self, &frame, j, "text"), &out->text, &out->text_length));
}

bool decode_did_close(Decoder *self, const json_t *j, LspDidClose *out) {
  *out = (LspDidClose){0};
  return decode_want_object(self, j) && decode_document(self, j, &out->uri, NULL);
}

bool decode_did_change_folders(Decoder *self, const json_t *j, LspDidChangeFolders *out) {
  *out = (LspDidChangeFolders){0};
  if (!decode_want_object(self, j)) return false;
  DecodePath frame, inner;
  const json_t *event = decode_enter(self, &frame, j, "event");
  return decode_leave(
    self, decode_want_object(self, event) &&
            decode_leave(self, folders_value(self, decode_enter(self, &inner, event, "added"), &out->added)) &&
            decode_leave(self, folders_value(self, decode_enter(self, &inner, event, "removed"), &out->removed)));
}

bool decode_did_change_configuration(Decoder *self, const json_t *j, LspDidChangeConfiguration *out) {
  *out = (LspDidChangeConfiguration){0};
  if (!decode_want_object(self, j)) return false;
  out->settings = json_object_get(j, "settings");
  if (decode_absent(out->settings)) out->settings = NULL;
  return true;
}

static bool file_event_value(Decoder *self, const json_t *j, LspFileEvent *out) {
  DecodePath frame;
  int64_t type = 0;
  if (!decode_want_object(self, j) || !decode_string(self, j, "uri", &out->uri)) return false;
  const json_t *value = decode_enter(self, &frame, j, "type");
  if (!decode_integer(value, &type) || type < LSP_FILE_CREATED || type > LSP_FILE_DELETED)
    return decode_leave(self, decode_fail(self, "expected 1, 2 or 3"));
  out->type = (LspFileChange)type;
  return decode_leave(self, true);
}

bool decode_did_change_watched_files(Decoder *self, const json_t *j, LspDidChangeWatchedFiles *out) {
  *out = (LspDidChangeWatchedFiles){0};
  if (!decode_want_object(self, j)) return false;
  DecodePath frame, item;
  const json_t *changes = decode_enter(self, &frame, j, "changes");
  bool ok = decode_array(self, changes, &out->count);
  if (ok) out->items = POOL_ARRAY(self->pool, LspFileEvent, out->count);
  for (size_t i = 0; ok && i < out->count; i++)
    ok = decode_leave(self, file_event_value(self, decode_enter_item(self, &item, changes, i), &out->items[i]));
  return decode_leave(self, ok);
}

bool decode_execute_command(Decoder *self, const json_t *j, LspExecuteCommand *out) {
  *out = (LspExecuteCommand){0};
  if (!decode_want_object(self, j) || !decode_string(self, j, "command", &out->command) ||
      !get_tokens(self, j, &out->tokens))
    return false;
  DecodePath frame;
  size_t count = 0;
  out->arguments = json_object_get(j, "arguments");
  if (decode_absent(out->arguments)) out->arguments = NULL;
  return !out->arguments || decode_leave(self, decode_array(self, decode_enter(self, &frame, j, "arguments"), &count));
}

// ---- features ----

bool decode_text_document_position(Decoder *self, const json_t *j, LspTextDocumentPosition *out) {
  *out = (LspTextDocumentPosition){0};
  DecodePath frame;
  return decode_want_object(self, j) && decode_document(self, j, &out->uri, NULL) &&
         decode_leave(self, decode_position(self, decode_enter(self, &frame, j, "position"), &out->position)) &&
         get_tokens(self, j, &out->tokens);
}

bool decode_inlay_hint(Decoder *self, const json_t *j, LspInlayHintParams *out) {
  *out = (LspInlayHintParams){0};
  return decode_want_object(self, j) && decode_document(self, j, &out->uri, NULL) &&
         decode_get_range(self, j, "range", &out->range) && get_tokens(self, j, &out->tokens);
}

bool decode_code_lens(Decoder *self, const json_t *j, LspDocumentParams *out) {
  *out = (LspDocumentParams){0};
  return decode_want_object(self, j) && decode_document(self, j, &out->uri, NULL) && get_tokens(self, j, &out->tokens);
}

static bool diagnostic_value(Decoder *self, const json_t *j, LspDiagnostic *out) {
  if (!decode_want_object(self, j) || !decode_get_range(self, j, "range", &out->range)) return false;
  int64_t severity = 0;
  if (!decode_optional_integer(self, j, "severity", &severity) ||
      !decode_optional_string(self, j, "source", &out->source) ||
      !decode_optional_string(self, j, "message", &out->message))
    return false;
  if (severity >= LSP_SEVERITY_ERROR && severity <= LSP_SEVERITY_HINT) out->severity = (LspSeverity)severity;
  const json_t *code = json_object_get(j, "code");
  if (json_is_integer(code))
    out->code = pool_printf(self->pool, "%lld", (long long)json_integer_value(code));
  else if (!decode_optional_string(self, j, "code", &out->code))
    return false;
  out->data = json_object_get(j, "data");
  return true;
}

static bool action_context(Decoder *self, const json_t *j, LspCodeActionParams *out) {
  DecodePath frame, item;
  int64_t trigger = 0;
  if (!decode_want_object(self, j)) return false;
  const json_t *list = decode_enter(self, &frame, j, "diagnostics");
  bool ok = decode_array(self, list, &out->diagnostic_count);
  if (ok) {
    out->diagnostics = POOL_ARRAY(self->pool, LspDiagnostic, out->diagnostic_count);
    out->raw_diagnostics = POOL_ARRAY(self->pool, json_t *, out->diagnostic_count);
  }
  for (size_t i = 0; ok && i < out->diagnostic_count; i++) {
    out->raw_diagnostics[i] = json_array_get(list, i);
    ok = decode_leave(self, diagnostic_value(self, decode_enter_item(self, &item, list, i), &out->diagnostics[i]));
  }
  if (!decode_leave(self, ok)) return false;
  out->has_only = !decode_absent(json_object_get(j, "only"));
  if (!decode_optional_strings(self, j, "only", &out->only) ||
      !decode_optional_integer(self, j, "triggerKind", &trigger))
    return false;
  if (trigger == LSP_TRIGGER_INVOKED || trigger == LSP_TRIGGER_AUTOMATIC) out->trigger = (LspCodeActionTrigger)trigger;
  return true;
}

bool decode_code_action(Decoder *self, const json_t *j, LspCodeActionParams *out) {
  *out = (LspCodeActionParams){0};
  DecodePath frame;
  return decode_want_object(self, j) && decode_document(self, j, &out->uri, NULL) &&
         decode_get_range(self, j, "range", &out->range) &&
         decode_leave(self, action_context(self, decode_enter(self, &frame, j, "context"), out)) &&
         get_tokens(self, j, &out->tokens);
}

bool lsp_code_action_wanted(const LspCodeActionParams *self, const char *kind) {
  if (!self->has_only) return true;
  for (size_t i = 0; i < self->only.count; i++) {
    size_t n = strlen(self->only.items[i]);
    if (!n || (strncmp(kind, self->only.items[i], n) == 0 && (!kind[n] || kind[n] == '.'))) return true;
  }
  return false;
}

bool decode_resolve(Decoder *self, const json_t *j, LspResolve *out) {
  *out = (LspResolve){0};
  if (!json_is_object(j)) return decode_fail(self, "expected object");
  out->item = (json_t *)j;
  out->data = json_object_get(j, "data");
  return true;
}

static bool label_value(Decoder *self, const json_t *j) {
  bool ok = json_is_string(j) || json_is_array(j);
  for (size_t i = 0; ok && i < json_array_size(j); i++)
    ok = json_is_string(json_object_get(json_array_get(j, i), "value"));
  return ok || decode_fail(self, "expected a string, or parts with values");
}

bool decode_resolve_hint(Decoder *self, const json_t *j, LspResolve *out) {
  if (!decode_resolve(self, j, out)) return false;
  DecodePath frame;
  LspPosition at;
  const json_t *position = decode_enter(self, &frame, j, "position");
  if (!decode_leave(self, decode_position(self, position, &at))) return false;
  const json_t *label = decode_enter(self, &frame, j, "label");
  return decode_leave(self, label_value(self, label));
}

bool decode_call_hierarchy(Decoder *self, const json_t *j, LspCallHierarchyParams *out) {
  *out = (LspCallHierarchyParams){0};
  if (!decode_want_object(self, j) || !get_tokens(self, j, &out->tokens)) return false;
  DecodePath frame;
  const json_t *item = decode_enter(self, &frame, j, "item");
  int64_t kind = 0;
  bool ok = decode_want_object(self, item) && decode_string(self, item, "name", &out->item.name) &&
            decode_string(self, item, "uri", &out->item.uri) &&
            decode_get_range(self, item, "range", &out->item.range) &&
            decode_get_range(self, item, "selectionRange", &out->item.selection_range) &&
            decode_optional_string(self, item, "detail", &out->item.detail) &&
            decode_optional_integer(self, item, "kind", &kind);
  out->item.kind = kind >= LSP_SYMBOL_FILE && kind <= 26 ? (LspSymbolKind)kind : LSP_SYMBOL_FUNCTION;
  out->item.data = json_object_get(item, "data");
  return decode_leave(self, ok);
}

bool decode_diagnostic(Decoder *self, const json_t *j, LspDiagnosticParams *out) {
  *out = (LspDiagnosticParams){0};
  return decode_want_object(self, j) && decode_document(self, j, &out->uri, NULL) &&
         decode_optional_string(self, j, "identifier", &out->identifier) &&
         decode_optional_string(self, j, "previousResultId", &out->previous_result_id) &&
         get_tokens(self, j, &out->tokens);
}

bool decode_workspace_diagnostic(Decoder *self, const json_t *j, LspWorkspaceDiagnosticParams *out) {
  *out = (LspWorkspaceDiagnosticParams){0};
  if (!decode_want_object(self, j) || !decode_optional_string(self, j, "identifier", &out->identifier) ||
      !get_tokens(self, j, &out->tokens))
    return false;
  DecodePath frame, inner;
  const json_t *list = decode_enter(self, &frame, j, "previousResultIds");
  bool ok = decode_array(self, list, &out->count);
  if (ok) out->previous = POOL_ARRAY(self->pool, LspPreviousResult, out->count);
  for (size_t i = 0; ok && i < out->count; i++) {
    const json_t *item = decode_enter_item(self, &inner, list, i);
    ok = decode_leave(self, decode_want_object(self, item) && decode_string(self, item, "uri", &out->previous[i].uri) &&
                              decode_string(self, item, "value", &out->previous[i].value));
  }
  return decode_leave(self, ok);
}

// ---- results of our requests ----

bool decode_configuration_result(Decoder *self, const json_t *j, size_t asked, json_t **values) {
  size_t count = 0;
  if (!decode_array(self, j, &count)) return false;
  for (size_t i = 0; i < asked; i++) {
    values[i] = json_array_get(j, i);
    if (decode_absent(values[i])) values[i] = NULL;
  }
  return true;
}

bool decode_apply_edit_result(Decoder *self, const json_t *j, LspApplyEditResult *out) {
  *out = (LspApplyEditResult){0};
  DecodePath frame;
  return decode_want_object(self, j) &&
         decode_leave(self, decode_bool(self, decode_enter(self, &frame, j, "applied"), &out->applied)) &&
         decode_optional_string(self, j, "failureReason", &out->failure_reason);
}

bool decode_workspace_folders_result(Decoder *self, const json_t *j, LspWorkspaceFolders *out) {
  *out = (LspWorkspaceFolders){0};
  return decode_absent(j) || folders_value(self, j, out);
}

bool decode_message_action_result(Decoder *self, const json_t *j, const char **title) {
  *title = NULL;
  return decode_absent(j) || (decode_want_object(self, j) && decode_string(self, j, "title", title));
}
