// lsp_encode.c: writing LSP 3.17's structures. Absent properties are left out rather than null, except where the
// specification asks for null.
#include "lsp_encode.h"

#include "json_build.h"
#include <stdlib.h>
#include <string.h>

// ---- pieces ----

json_t *encode_string(const char *text, size_t length) {
  json_t *j = json_stringn(length ? text : "", length);
  if (j) return j;
  char *mended = protocol_alloc(length * 3 + 1);
  size_t n = 0;
  for (const char *p = text, *end = text + length; p < end;) {
    uint32_t bytes = position_character_bytes(p, end);
    if (bytes == 1 && (unsigned char)*p >= 0x80) {
      memcpy(mended + n, "\xEF\xBF\xBD", 3);
      n += 3;
    } else {
      memcpy(mended + n, p, bytes);
      n += bytes;
    }
    p += bytes;
  }
  j = json_must(json_stringn(mended, n));
  free(mended);
  return j;
}

json_t *encode_text(const char *text) { return text ? encode_string(text, strlen(text)) : json_null(); }

static void put_text(json_t *object, const char *key, const char *text) { json_put(object, key, encode_text(text)); }
// NULL puts nothing.
static void put_optional(json_t *object, const char *key, const char *text) {
  if (text) put_text(object, key, text);
}

json_t *encode_position(LspPosition at) {
  json_t *j = json_object_must();
  json_put_integer(j, "line", at.line);
  json_put_integer(j, "character", at.character);
  return j;
}

json_t *encode_range(LspRange range) {
  json_t *j = json_object_must();
  json_put(j, "start", encode_position(range.start));
  json_put(j, "end", encode_position(range.end));
  return j;
}

json_t *encode_location(const LspLocation *location) {
  json_t *j = json_object_must();
  put_text(j, "uri", location->uri);
  json_put(j, "range", encode_range(location->range));
  return j;
}

json_t *encode_strings(LspStrings list) {
  json_t *j = json_array_must();
  for (size_t i = 0; i < list.count; i++) json_push(j, encode_text(list.items[i]));
  return j;
}

static json_t *encode_markup(LspMarkupKind kind, const char *value) {
  json_t *j = json_object_must();
  put_text(j, "kind", kind == LSP_MARKDOWN ? "markdown" : "plaintext");
  put_text(j, "value", value);
  return j;
}

// ---- lifecycle and registration ----

static json_t *with_resolve(bool resolve) {
  json_t *j = json_object_must();
  json_put_bool(j, "resolveProvider", resolve);
  return j;
}

static json_t *encode_server_capabilities(const LspServerCapabilities *caps) {
  json_t *j = json_object_must(), *sync = json_object_must(), *save = json_object_must();
  put_text(j, "positionEncoding", position_encoding_name(caps->position_encoding));
  json_put_bool(sync, "openClose", true);
  json_put_integer(sync, "change", 2); // TextDocumentSyncKind.Incremental
  json_put_bool(save, "includeText", caps->save_include_text);
  json_put(sync, "save", save);
  json_put(j, "textDocumentSync", sync);
  json_put_flag(j, "hoverProvider", caps->hover);
  json_put_flag(j, "callHierarchyProvider", caps->call_hierarchy);
  if (caps->inlay_hint) json_put(j, "inlayHintProvider", with_resolve(caps->inlay_hint_resolve));
  if (caps->code_lens) json_put(j, "codeLensProvider", with_resolve(caps->code_lens_resolve));
  if (caps->code_action) {
    json_t *action = with_resolve(caps->code_action_resolve);
    if (caps->code_action_kinds.count) json_put(action, "codeActionKinds", encode_strings(caps->code_action_kinds));
    json_put(j, "codeActionProvider", action);
  }
  if (caps->commands.count) {
    json_t *execute = json_object_must();
    json_put(execute, "commands", encode_strings(caps->commands));
    json_put(j, "executeCommandProvider", execute);
  }
  if (caps->diagnostic) {
    json_t *diagnostic = json_object_must();
    put_optional(diagnostic, "identifier", caps->diagnostic_identifier);
    json_put_bool(diagnostic, "interFileDependencies", caps->inter_file_dependencies);
    json_put_bool(diagnostic, "workspaceDiagnostics", caps->workspace_diagnostics);
    json_put(j, "diagnosticProvider", diagnostic);
  }
  if (caps->workspace_folders) {
    json_t *workspace = json_object_must(), *folders = json_object_must();
    json_put_bool(folders, "supported", true);
    json_put_bool(folders, "changeNotifications", true);
    json_put(workspace, "workspaceFolders", folders);
    json_put(j, "workspace", workspace);
  }
  return j;
}

json_t *encode_initialize_result(const LspServerCapabilities *caps, const char *name, const char *version) {
  json_t *j = json_object_must(), *info = json_object_must();
  json_put(j, "capabilities", encode_server_capabilities(caps));
  put_text(info, "name", name);
  put_optional(info, "version", version);
  json_put(j, "serverInfo", info);
  return j;
}

json_t *encode_registrations(const LspRegistration *items, size_t count) {
  json_t *j = json_object_must(), *list = json_array_must();
  for (size_t i = 0; i < count; i++) {
    json_t *item = json_object_must();
    put_text(item, "id", items[i].id);
    put_text(item, "method", items[i].method);
    json_put_copy(item, "registerOptions", items[i].options);
    json_push(list, item);
  }
  json_put(j, "registrations", list);
  return j;
}

json_t *encode_unregistrations(const LspRegistration *items, size_t count) {
  json_t *j = json_object_must(), *list = json_array_must();
  for (size_t i = 0; i < count; i++) {
    json_t *item = json_object_must();
    put_text(item, "id", items[i].id);
    put_text(item, "method", items[i].method);
    json_push(list, item);
  }
  json_put(j, "unregisterations", list); // the specification's own spelling
  return j;
}

json_t *encode_watchers(const LspFileWatcher *items, size_t count) {
  json_t *j = json_object_must(), *list = json_array_must();
  for (size_t i = 0; i < count; i++) {
    json_t *item = json_object_must();
    if (items[i].base_uri) {
      json_t *relative = json_object_must();
      put_text(relative, "baseUri", items[i].base_uri);
      put_text(relative, "pattern", items[i].pattern);
      json_put(item, "globPattern", relative);
    } else {
      put_text(item, "globPattern", items[i].pattern);
    }
    if (items[i].kind) json_put_integer(item, "kind", items[i].kind);
    json_push(list, item);
  }
  json_put(j, "watchers", list);
  return j;
}

json_t *encode_configuration_params(const LspConfigurationItem *items, size_t count) {
  json_t *j = json_object_must(), *list = json_array_must();
  for (size_t i = 0; i < count; i++) {
    json_t *item = json_object_must();
    put_optional(item, "scopeUri", items[i].scope_uri);
    put_optional(item, "section", items[i].section);
    json_push(list, item);
  }
  json_put(j, "items", list);
  return j;
}

// ---- window and progress ----

json_t *encode_message(LspMessageType type, const char *text) {
  json_t *j = json_object_must();
  json_put_integer(j, "type", type);
  put_text(j, "message", text);
  return j;
}

json_t *encode_message_request(LspMessageType type, const char *text, const char *const *actions, size_t count) {
  json_t *j = encode_message(type, text), *list = json_array_must();
  for (size_t i = 0; i < count; i++) {
    json_t *action = json_object_must();
    put_text(action, "title", actions[i]);
    json_push(list, action);
  }
  json_put(j, "actions", list);
  return j;
}

json_t *encode_log_trace(const char *message, const char *verbose) {
  json_t *j = json_object_must();
  put_text(j, "message", message);
  put_optional(j, "verbose", verbose);
  return j;
}

json_t *encode_progress_create(RpcId token) {
  json_t *j = json_object_must();
  json_put(j, "token", rpc_id_json(token));
  return j;
}

json_t *encode_partial_result(RpcId token, json_t *value) {
  json_t *j = encode_progress_create(token);
  json_put(j, "value", value);
  return j;
}

static json_t *progress(const char *kind, const char *message, int percentage) {
  json_t *value = json_object_must();
  put_text(value, "kind", kind);
  put_optional(value, "message", message);
  if (percentage >= 0) json_put_integer(value, "percentage", percentage > 100 ? 100 : percentage);
  return value;
}

json_t *encode_progress_begin(RpcId token, const char *title, const char *message, int percentage, bool cancellable) {
  json_t *value = progress("begin", message, percentage);
  put_text(value, "title", title);
  json_put_bool(value, "cancellable", cancellable);
  return encode_partial_result(token, value);
}

json_t *encode_progress_report(RpcId token, const char *message, int percentage, bool cancellable) {
  json_t *value = progress("report", message, percentage);
  json_put_bool(value, "cancellable", cancellable);
  return encode_partial_result(token, value);
}

json_t *encode_progress_end(RpcId token, const char *message) {
  return encode_partial_result(token, progress("end", message, -1));
}

// ---- edits and commands ----

json_t *encode_text_edit(const LspTextEdit *edit) {
  json_t *j = json_object_must();
  json_put(j, "range", encode_range(edit->range));
  put_text(j, "newText", edit->new_text);
  return j;
}

static json_t *encode_edits(const LspTextEdit *edits, size_t count) {
  json_t *j = json_array_must();
  for (size_t i = 0; i < count; i++) json_push(j, encode_text_edit(&edits[i]));
  return j;
}

json_t *encode_workspace_edit(const LspWorkspaceEdit *edit, bool document_changes) {
  json_t *j = json_object_must(), *all = document_changes ? json_array_must() : json_object_must();
  for (size_t i = 0; i < edit->count; i++) {
    const LspDocumentEdit *document = &edit->documents[i];
    json_t *edits = encode_edits(document->edits, document->count);
    if (!document_changes) {
      json_t *uri = encode_text(document->uri);
      json_put(all, json_string_value(uri), edits);
      json_decref(uri);
      continue;
    }
    json_t *item = json_object_must(), *id = json_object_must();
    put_text(id, "uri", document->uri);
    json_put(id, "version", document->has_version ? json_integer(document->version) : json_null());
    json_put(item, "textDocument", id);
    json_put(item, "edits", edits);
    json_push(all, item);
  }
  json_put(j, document_changes ? "documentChanges" : "changes", all);
  return j;
}

json_t *encode_apply_edit(const char *label, const LspWorkspaceEdit *edit, bool document_changes) {
  json_t *j = json_object_must();
  put_optional(j, "label", label);
  json_put(j, "edit", encode_workspace_edit(edit, document_changes));
  return j;
}

json_t *encode_command(const LspCommand *command) {
  json_t *j = json_object_must();
  put_text(j, "title", command->title);
  put_text(j, "command", command->command);
  json_put_copy(j, "arguments", command->arguments);
  return j;
}

// ---- hover and hints ----

json_t *encode_hover(const LspHover *hover) {
  if (!hover) return json_null();
  json_t *j = json_object_must();
  json_put(j, "contents", encode_markup(hover->kind, hover->value));
  if (hover->has_range) json_put(j, "range", encode_range(hover->range));
  return j;
}

json_t *encode_inlay_hint_again(const json_t *item) {
  json_t *j = json_object_must(), *kind = json_object_get(item, "kind");
  json_put(j, "position", json_object_must());
  json_t *position = json_object_get(j, "position");
  json_put_copy(position, "line", json_object_get(json_object_get(item, "position"), "line"));
  json_put_copy(position, "character", json_object_get(json_object_get(item, "position"), "character"));
  json_put_copy(j, "label", json_object_get(item, "label"));
  if (json_integer_value(kind) == LSP_INLAY_TYPE || json_integer_value(kind) == LSP_INLAY_PARAMETER)
    json_put_copy(j, "kind", kind);
  json_put_flag(j, "paddingLeft", json_is_true(json_object_get(item, "paddingLeft")));
  json_put_flag(j, "paddingRight", json_is_true(json_object_get(item, "paddingRight")));
  json_put_copy(j, "data", json_object_get(item, "data"));
  return j;
}

// ---- code actions ----

json_t *encode_code_action(const LspCodeAction *action, const LspClientCapabilities *client) {
  json_t *j = json_object_must();
  put_text(j, "title", action->title);
  put_optional(j, "kind", action->kind);
  if (action->diagnostic_count) {
    json_t *list = json_array_must();
    for (size_t i = 0; i < action->diagnostic_count; i++) json_push(list, json_deep_copy(action->diagnostics[i]));
    json_put(j, "diagnostics", list);
  }
  if (client->code_action.is_preferred) json_put_flag(j, "isPreferred", action->is_preferred);
  if (action->disabled_reason) {
    json_t *disabled = json_object_must();
    put_text(disabled, "reason", action->disabled_reason);
    json_put(j, "disabled", disabled);
  }
  if (action->edit) json_put(j, "edit", encode_workspace_edit(action->edit, client->workspace.document_changes));
  if (action->command) json_put(j, "command", encode_command(action->command));
  if (client->code_action.data) json_put_copy(j, "data", action->data);
  return j;
}

json_t *encode_code_actions(const LspCodeAction *actions, size_t count, const LspClientCapabilities *client) {
  json_t *j = json_array_must();
  for (size_t i = 0; i < count; i++) {
    if (actions[i].disabled_reason && !client->code_action.disabled) continue;
    if (client->code_action.literals)
      json_push(j, encode_code_action(&actions[i], client));
    else if (actions[i].command)
      json_push(j, encode_command(actions[i].command));
  }
  return j;
}

// ---- diagnostics ----

static json_t *encode_related(const LspDiagnostic *diagnostic) {
  json_t *list = json_array_must();
  for (size_t i = 0; i < diagnostic->related_count; i++) {
    json_t *item = json_object_must();
    json_put(item, "location", encode_location(&diagnostic->related[i].location));
    put_text(item, "message", diagnostic->related[i].message);
    json_push(list, item);
  }
  return list;
}

static json_t *encode_tags(unsigned tags, const LspClientCapabilities *client) {
  json_t *list = json_array_must();
  if ((tags & LSP_TAG_UNNECESSARY) && client->publish_diagnostics.tag_unnecessary)
    json_push(list, json_integer(LSP_TAG_UNNECESSARY));
  if ((tags & LSP_TAG_DEPRECATED) && client->publish_diagnostics.tag_deprecated)
    json_push(list, json_integer(LSP_TAG_DEPRECATED));
  return list;
}

json_t *encode_diagnostic(const LspDiagnostic *diagnostic, const LspClientCapabilities *client) {
  json_t *j = json_object_must();
  json_put(j, "range", encode_range(diagnostic->range));
  if (diagnostic->severity != LSP_SEVERITY_NONE) json_put_integer(j, "severity", diagnostic->severity);
  put_optional(j, "code", diagnostic->code);
  if (diagnostic->code && diagnostic->code_description && client->publish_diagnostics.code_description) {
    json_t *description = json_object_must();
    put_text(description, "href", diagnostic->code_description);
    json_put(j, "codeDescription", description);
  }
  put_optional(j, "source", diagnostic->source);
  put_text(j, "message", diagnostic->message ? diagnostic->message : "");
  json_t *tags = encode_tags(diagnostic->tags, client);
  if (json_array_size(tags))
    json_put(j, "tags", tags);
  else
    json_decref(tags);
  if (diagnostic->related_count && client->publish_diagnostics.related_information)
    json_put(j, "relatedInformation", encode_related(diagnostic));
  if (client->publish_diagnostics.data) json_put_copy(j, "data", diagnostic->data);
  return j;
}

static json_t *encode_diagnostics(LspDiagnostics diagnostics, const LspClientCapabilities *client) {
  json_t *list = json_array_must();
  for (size_t i = 0; i < diagnostics.count; i++) json_push(list, encode_diagnostic(&diagnostics.items[i], client));
  return list;
}

json_t *encode_publish_diagnostics(const LspPublishDiagnostics *publish, const LspClientCapabilities *client) {
  json_t *j = json_object_must();
  put_text(j, "uri", publish->uri);
  if (publish->has_version && client->publish_diagnostics.version) json_put_integer(j, "version", publish->version);
  json_put(j, "diagnostics", encode_diagnostics(publish->diagnostics, client));
  return j;
}

static json_t *encode_report(const LspDiagnosticReport *report, const LspClientCapabilities *client) {
  json_t *j = json_object_must();
  put_text(j, "kind", report->unchanged ? "unchanged" : "full");
  put_optional(j, "resultId", report->result_id);
  if (!report->unchanged) json_put(j, "items", encode_diagnostics(report->diagnostics, client));
  return j;
}

json_t *encode_document_diagnostic_report(const LspDiagnosticReport *report, const LspDiagnosticReport *related,
                                          size_t count, const LspClientCapabilities *client) {
  json_t *j = encode_report(report, client);
  if (!count || !client->diagnostic.related_documents) return j;
  json_t *documents = json_object_must();
  for (size_t i = 0; i < count; i++) {
    json_t *uri = encode_text(related[i].uri);
    json_put(documents, json_string_value(uri), encode_report(&related[i], client));
    json_decref(uri);
  }
  json_put(j, "relatedDocuments", documents);
  return j;
}

json_t *encode_workspace_diagnostic_report(const LspDiagnosticReport *reports, size_t count,
                                           const LspClientCapabilities *client) {
  json_t *j = json_object_must(), *items = json_array_must();
  for (size_t i = 0; i < count; i++) {
    json_t *item = encode_report(&reports[i], client);
    put_text(item, "uri", reports[i].uri);
    json_put(item, "version", reports[i].has_version ? json_integer(reports[i].version) : json_null());
    json_push(items, item);
  }
  json_put(j, "items", items);
  return j;
}

// ---- call hierarchy ----

static json_t *encode_call_hierarchy_item(const LspCallHierarchyItem *item) {
  json_t *j = json_object_must();
  put_text(j, "name", item->name);
  json_put_integer(j, "kind", item->kind);
  put_optional(j, "detail", item->detail);
  put_text(j, "uri", item->uri);
  json_put(j, "range", encode_range(item->range));
  json_put(j, "selectionRange", encode_range(item->selection_range));
  json_put_copy(j, "data", item->data);
  return j;
}

json_t *encode_call_hierarchy_items(const LspCallHierarchyItem *items, size_t count) {
  if (!count) return json_null();
  json_t *j = json_array_must();
  for (size_t i = 0; i < count; i++) json_push(j, encode_call_hierarchy_item(&items[i]));
  return j;
}

static json_t *encode_calls(const LspCallHierarchyCall *calls, size_t count, const char *key) {
  json_t *j = json_array_must();
  for (size_t i = 0; i < count; i++) {
    json_t *call = json_object_must(), *ranges = json_array_must();
    json_put(call, key, encode_call_hierarchy_item(&calls[i].item));
    for (size_t k = 0; k < calls[i].count; k++) json_push(ranges, encode_range(calls[i].from_ranges[k]));
    json_put(call, "fromRanges", ranges);
    json_push(j, call);
  }
  return j;
}

json_t *encode_incoming_calls(const LspCallHierarchyCall *calls, size_t count) {
  return encode_calls(calls, count, "from");
}
json_t *encode_outgoing_calls(const LspCallHierarchyCall *calls, size_t count) {
  return encode_calls(calls, count, "to");
}
