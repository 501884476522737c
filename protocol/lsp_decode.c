// lsp_decode.c: reading JSON by the shapes of LSP 3.17's meta model, with the path of what is wrong.
//
// The path is a list of frames on the C stack: enter() adds one for a property or an item, leave() drops it. A fault
// writes the message at once, while the frames stand. Recursion goes no deeper than the structures themselves.
#include "lsp_decode.h"

#include <limits.h>
#include <math.h>
#include <string.h>

struct DecodePath {
  DecodePath *up;
  const char *key; // NULL: an item of an array
  size_t index;
};

void decoder_init(Decoder *self, Pool *pool, const char *root) { *self = (Decoder){.pool = pool, .root = root}; }

// ---- paths and faults ----

static size_t write_path(const DecodePath *path, char *out, size_t size) {
  size_t n = path->up ? write_path(path->up, out, size) : 0;
  if (n >= size) return n;
  int more =
    path->key ? snprintf(out + n, size - n, ".%s", path->key) : snprintf(out + n, size - n, "[%zu]", path->index);
  return n + (size_t)more;
}

// In lenient mode a warning, and true: the value stays as it was.
static bool fail(Decoder *self, const char *what) {
  char path[160] = "";
  if (self->path) write_path(self->path, path, sizeof path);
  RpcError *to = self->lenient ? &self->warning : &self->error;
  if (to->code == RPC_OK) rpc_error_set(to, RPC_INVALID_PARAMS, "%s%s: %s", self->root, path, what);
  return self->lenient;
}

static const json_t *enter(Decoder *self, DecodePath *frame, const json_t *object, const char *key) {
  *frame = (DecodePath){.up = self->path, .key = key};
  self->path = frame;
  return json_object_get(object, key);
}

static const json_t *enter_item(Decoder *self, DecodePath *frame, const json_t *array, size_t index) {
  *frame = (DecodePath){.up = self->path, .index = index};
  self->path = frame;
  return json_array_get(array, index);
}

static bool leave(Decoder *self, bool ok) {
  if (self->path) self->path = self->path->up;
  return ok;
}

static bool absent(const json_t *j) { return !j || json_is_null(j); }

// ---- values ----

static bool want_object(Decoder *self, const json_t *j) {
  if (json_is_object(j) || (json_is_array(j) && json_array_size(j) == 0)) return true;
  return fail(self, "expected object") && false;
}

static bool string_value(Decoder *self, const json_t *j, const char **out) {
  if (!json_is_string(j)) return fail(self, "expected string");
  if (strlen(json_string_value(j)) != json_string_length(j)) return fail(self, "a zero byte in the string");
  *out = json_string_value(j);
  return true;
}

// Some clients have only floating-point numbers: 3.0 is an integer.
static bool integer_of(const json_t *j, int64_t *out) {
  if (json_is_integer(j)) {
    *out = json_integer_value(j);
    return true;
  }
  double real = json_is_real(j) ? json_real_value(j) : NAN;
  if (!(fabs(real) < 9e15) || real != floor(real)) return false;
  *out = (int64_t)real;
  return true;
}

static bool integer_value(Decoder *self, const json_t *j, int64_t *out) {
  return integer_of(j, out) || fail(self, "expected integer");
}

static bool version_value(Decoder *self, const json_t *j, int32_t *out) {
  int64_t value;
  if (!integer_of(j, &value) || value < INT32_MIN || value > INT32_MAX)
    return fail(self, "expected integer of 32 bits");
  *out = (int32_t)value;
  return true;
}

// Past LSP's largest number is "as far as possible", which clients do send.
static bool uinteger_value(Decoder *self, const json_t *j, uint32_t *out) {
  int64_t value;
  if (json_is_real(j) && json_real_value(j) > INT32_MAX)
    value = INT32_MAX;
  else if (!integer_of(j, &value) || value < 0)
    return fail(self, "expected uinteger");
  *out = value > INT32_MAX ? INT32_MAX : (uint32_t)value;
  return true;
}

static bool bool_value(Decoder *self, const json_t *j, bool *out) {
  if (!json_is_boolean(j)) return fail(self, "expected boolean");
  *out = json_is_true(j);
  return true;
}

static bool strings_value(Decoder *self, const json_t *j, LspStrings *out) {
  if (!json_is_array(j)) return fail(self, "expected array");
  size_t count = json_array_size(j);
  LspStrings list = {POOL_ARRAY(self->pool, const char *, count), 0};
  for (size_t i = 0; i < count; i++) {
    DecodePath frame;
    const char *text = NULL;
    if (!leave(self, string_value(self, enter_item(self, &frame, j, i), &text))) return false;
    if (text) list.items[list.count++] = text;
  }
  *out = list;
  return true;
}

// ---- properties ----

static bool get_string(Decoder *self, const json_t *object, const char *key, const char **out) {
  DecodePath frame;
  return leave(self, string_value(self, enter(self, &frame, object, key), out));
}

bool decode_optional_string(Decoder *self, const json_t *object, const char *key, const char **out) {
  return absent(json_object_get(object, key)) || get_string(self, object, key, out);
}

bool decode_optional_bool(Decoder *self, const json_t *object, const char *key, bool *out) {
  DecodePath frame;
  if (absent(json_object_get(object, key))) return true;
  return leave(self, bool_value(self, enter(self, &frame, object, key), out));
}

bool decode_optional_integer(Decoder *self, const json_t *object, const char *key, int64_t *out) {
  DecodePath frame;
  if (absent(json_object_get(object, key))) return true;
  return leave(self, integer_value(self, enter(self, &frame, object, key), out));
}

bool decode_optional_strings(Decoder *self, const json_t *object, const char *key, LspStrings *out) {
  DecodePath frame;
  if (absent(json_object_get(object, key))) return true;
  return leave(self, strings_value(self, enter(self, &frame, object, key), out));
}

// An array that must be there; *count is its size.
static bool array_value(Decoder *self, const json_t *j, size_t *count) {
  if (!json_is_array(j)) return fail(self, "expected array");
  *count = json_array_size(j);
  return true;
}

bool lsp_strings_has(LspStrings list, const char *text) {
  for (size_t i = 0; i < list.count; i++) {
    if (strcmp(list.items[i], text) == 0) return true;
  }
  return false;
}

// ---- positions ----

bool decode_position(Decoder *self, const json_t *j, LspPosition *out) {
  if (!want_object(self, j)) return false;
  DecodePath frame;
  return leave(self, uinteger_value(self, enter(self, &frame, j, "line"), &out->line)) &&
         leave(self, uinteger_value(self, enter(self, &frame, j, "character"), &out->character));
}

bool decode_range(Decoder *self, const json_t *j, LspRange *out) {
  if (!want_object(self, j)) return false;
  DecodePath frame;
  if (!leave(self, decode_position(self, enter(self, &frame, j, "start"), &out->start)) ||
      !leave(self, decode_position(self, enter(self, &frame, j, "end"), &out->end)))
    return false;
  if (lsp_position_compare(out->end, out->start) < 0) return fail(self, "the end is before the start");
  return true;
}

static bool get_range(Decoder *self, const json_t *object, const char *key, LspRange *out) {
  DecodePath frame;
  return leave(self, decode_range(self, enter(self, &frame, object, key), out));
}

// The uri of `textDocument`, and its version if asked for.
static bool get_document(Decoder *self, const json_t *object, const char **uri, int32_t *version) {
  DecodePath frame, inner;
  const json_t *j = enter(self, &frame, object, "textDocument");
  bool ok = want_object(self, j) && get_string(self, j, "uri", uri);
  if (ok && version) ok = leave(self, version_value(self, enter(self, &inner, j, "version"), version));
  return leave(self, ok);
}

// ---- the base protocol ----

static bool token_value(Decoder *self, const json_t *j, RpcId *out) {
  return rpc_id_of(j, out) || fail(self, "expected integer or string");
}

static bool get_token(Decoder *self, const json_t *object, const char *key, RpcId *out) {
  DecodePath frame;
  *out = (RpcId){.kind = RPC_ID_NONE};
  return absent(json_object_get(object, key)) || leave(self, token_value(self, enter(self, &frame, object, key), out));
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
  if (!want_object(self, j) || !get_string(self, j, "value", &text)) return false;
  DecodePath frame;
  enter(self, &frame, j, "value");
  return leave(self, trace_of(text, out) || fail(self, "expected off, messages or verbose"));
}

bool decode_cancel(Decoder *self, const json_t *j, RpcId *out) {
  DecodePath frame;
  return want_object(self, j) && leave(self, token_value(self, enter(self, &frame, j, "id"), out));
}

bool decode_progress_cancel(Decoder *self, const json_t *j, RpcId *out) {
  DecodePath frame;
  return want_object(self, j) && leave(self, token_value(self, enter(self, &frame, j, "token"), out));
}

// ---- initialize ----

static bool folders_value(Decoder *self, const json_t *j, LspWorkspaceFolders *out) {
  size_t count = 0;
  if (!array_value(self, j, &count)) return false;
  *out = (LspWorkspaceFolders){POOL_ARRAY(self->pool, LspWorkspaceFolder, count), count};
  for (size_t i = 0; i < count; i++) {
    DecodePath frame;
    const json_t *item = enter_item(self, &frame, j, i);
    LspWorkspaceFolder *folder = &out->items[i];
    folder->name = "";
    if (!leave(self, want_object(self, item) && get_string(self, item, "uri", &folder->uri) &&
                       decode_optional_string(self, item, "name", &folder->name)))
      return false;
  }
  return true;
}

// Capabilities are objects in objects. group() enters one and returns it, or NULL (and still enters it) when the client
// does not have it; then all its flags stay false.
static const json_t *group(Decoder *self, DecodePath *frame, const json_t *object, const char *key) {
  const json_t *j = enter(self, frame, object, key);
  if (absent(j) || !want_object(self, j)) return NULL;
  return j;
}

// The flag of a group one level down.
static void inner_flag(Decoder *self, const json_t *object, const char *inner, const char *key, bool *out) {
  DecodePath frame;
  decode_optional_bool(self, group(self, &frame, object, inner), key, out);
  leave(self, true);
}

static void inner_strings(Decoder *self, const json_t *object, const char *inner, const char *key, LspStrings *out) {
  DecodePath frame;
  decode_optional_strings(self, group(self, &frame, object, inner), key, out);
  leave(self, true);
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
  leave(self, true);
}

static void hover_capabilities(Decoder *self, const json_t *text, LspClientCapabilities *out) {
  DecodePath frame;
  LspStrings formats = {0};
  const json_t *j = group(self, &frame, text, "hover");
  out->hover.present = j != NULL;
  decode_optional_strings(self, j, "contentFormat", &formats);
  out->hover.markdown = formats.count && strcmp(formats.items[0], "markdown") == 0;
  leave(self, true);
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
  } else if (!absent(tags)) {
    const json_t *values = enter(self, &list, group(self, &inner, j, "tagSupport"), "valueSet");
    size_t count = 0;
    if (!absent(values)) array_value(self, values, &count);
    for (size_t i = 0; i < count; i++) {
      int64_t tag = 0;
      if (!integer_of(json_array_get(values, i), &tag)) continue;
      out->publish_diagnostics.tag_unnecessary |= tag == LSP_TAG_UNNECESSARY;
      out->publish_diagnostics.tag_deprecated |= tag == LSP_TAG_DEPRECATED;
    }
    leave(self, true);
    leave(self, true);
  }
  leave(self, true);

  j = group(self, &frame, text, "diagnostic");
  out->diagnostic.present = j != NULL;
  decode_optional_bool(self, j, "dynamicRegistration", &out->diagnostic.dynamic);
  decode_optional_bool(self, j, "relatedDocumentSupport", &out->diagnostic.related_documents);
  leave(self, true);
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
  leave(self, true);
  leave(self, true);
}

static void text_capabilities(Decoder *self, const json_t *all, LspClientCapabilities *out) {
  DecodePath frame, inner;
  const json_t *text = group(self, &frame, all, "textDocument");
  const json_t *j = group(self, &inner, text, "synchronization");
  decode_optional_bool(self, j, "dynamicRegistration", &out->synchronization.dynamic);
  decode_optional_bool(self, j, "willSave", &out->synchronization.will_save);
  decode_optional_bool(self, j, "didSave", &out->synchronization.did_save);
  leave(self, true);
  j = group(self, &inner, text, "inlayHint");
  out->inlay_hint.present = j != NULL;
  decode_optional_bool(self, j, "dynamicRegistration", &out->inlay_hint.dynamic);
  inner_strings(self, j, "resolveSupport", "properties", &out->inlay_hint.resolve);
  leave(self, true);
  j = group(self, &inner, text, "codeLens");
  out->code_lens.present = j != NULL;
  decode_optional_bool(self, j, "dynamicRegistration", &out->code_lens.dynamic);
  leave(self, true);
  j = group(self, &inner, text, "callHierarchy");
  out->call_hierarchy.present = j != NULL;
  decode_optional_bool(self, j, "dynamicRegistration", &out->call_hierarchy.dynamic);
  leave(self, true);
  hover_capabilities(self, text, out);
  diagnostic_capabilities(self, text, out);
  code_action_capabilities(self, text, out);
  leave(self, true);
}

static void window_capabilities(Decoder *self, const json_t *all, LspClientCapabilities *out) {
  DecodePath frame, inner;
  const json_t *j = group(self, &frame, all, "window");
  decode_optional_bool(self, j, "workDoneProgress", &out->window.work_done_progress);
  inner_flag(self, j, "showDocument", "support", &out->window.show_document);
  out->window.show_message_actions = json_is_object(group(self, &inner, j, "showMessage"));
  leave(self, true);
  leave(self, true);
}

static void general_capabilities(Decoder *self, const json_t *all, LspClientCapabilities *out) {
  DecodePath frame;
  LspStrings encodings = {0};
  const json_t *j = group(self, &frame, all, "general");
  decode_optional_strings(self, j, "positionEncodings", &encodings);
  inner_flag(self, j, "staleRequestSupport", "cancel", &out->general.stale_request_cancel);
  inner_strings(self, j, "staleRequestSupport", "retryOnContentModified", &out->general.retry_on_content_modified);
  leave(self, true);
  out->position_encodings.utf8 = lsp_strings_has(encodings, "utf-8");
  out->position_encodings.utf16 = !encodings.count || lsp_strings_has(encodings, "utf-16");
  out->position_encodings.utf32 = lsp_strings_has(encodings, "utf-32");
  out->position_encodings.chosen = out->position_encodings.utf16   ? POSITION_UTF16
                                   : out->position_encodings.utf8  ? POSITION_UTF8
                                   : out->position_encodings.utf32 ? POSITION_UTF32
                                                                   : POSITION_UTF16;
}

static bool process_id(Decoder *self, const json_t *j, LspInitializeParams *out) {
  out->has_process_id = !absent(json_object_get(j, "processId"));
  return decode_optional_integer(self, j, "processId", &out->process_id);
}

static bool client_info(Decoder *self, const json_t *j, LspInitializeParams *out) {
  DecodePath frame;
  const json_t *info = enter(self, &frame, j, "clientInfo");
  bool ok = absent(info) || (want_object(self, info) && decode_optional_string(self, info, "name", &out->client_name) &&
                             decode_optional_string(self, info, "version", &out->client_version));
  return leave(self, ok);
}

bool decode_initialize(Decoder *self, const json_t *j, LspInitializeParams *out) {
  *out = (LspInitializeParams){0};
  if (!want_object(self, j)) return false;
  DecodePath frame;
  const char *trace = "off";
  if (!process_id(self, j, out) || !client_info(self, j, out) ||
      !decode_optional_string(self, j, "locale", &out->locale) ||
      !decode_optional_string(self, j, "rootUri", &out->root_uri) ||
      !decode_optional_string(self, j, "rootPath", &out->root_path) ||
      !decode_optional_string(self, j, "trace", &trace) || !get_tokens(self, j, &out->tokens))
    return false;
  trace_of(trace, &out->trace);
  out->has_folders = !absent(json_object_get(j, "workspaceFolders"));
  if (out->has_folders && !leave(self, folders_value(self, enter(self, &frame, j, "workspaceFolders"), &out->folders)))
    return false;
  out->initialization_options = json_object_get(j, "initializationOptions");
  if (absent(out->initialization_options)) out->initialization_options = NULL;
  const json_t *all = enter(self, &frame, j, "capabilities");
  if (!want_object(self, all)) return leave(self, false);
  out->raw_capabilities = json_object_get(j, "capabilities");
  self->lenient = true;
  general_capabilities(self, all, &out->capabilities);
  workspace_capabilities(self, all, &out->capabilities);
  text_capabilities(self, all, &out->capabilities);
  window_capabilities(self, all, &out->capabilities);
  self->lenient = false;
  return leave(self, true);
}

// ---- documents and the workspace ----

static bool text_value(Decoder *self, const json_t *j, const char **text, size_t *length) {
  if (!json_is_string(j)) return fail(self, "expected string");
  *text = json_string_value(j);
  *length = json_string_length(j);
  return true;
}

bool decode_did_open(Decoder *self, const json_t *j, LspDidOpen *out) {
  *out = (LspDidOpen){.language_id = ""};
  if (!want_object(self, j) || !get_document(self, j, &out->uri, &out->version)) return false;
  DecodePath frame, inner;
  const json_t *document = enter(self, &frame, j, "textDocument");
  return leave(self,
               decode_optional_string(self, document, "languageId", &out->language_id) &&
                 leave(self, text_value(self, enter(self, &inner, document, "text"), &out->text, &out->text_length)));
}

static bool change_value(Decoder *self, const json_t *j, LspContentChange *out) {
  if (!want_object(self, j)) return false;
  DecodePath frame;
  out->has_range = !absent(json_object_get(j, "range"));
  return (!out->has_range || get_range(self, j, "range", &out->range)) &&
         leave(self, text_value(self, enter(self, &frame, j, "text"), &out->text, &out->length));
}

bool decode_did_change(Decoder *self, const json_t *j, LspDidChange *out) {
  *out = (LspDidChange){0};
  if (!want_object(self, j) || !get_document(self, j, &out->uri, &out->version)) return false;
  DecodePath frame, item;
  const json_t *changes = enter(self, &frame, j, "contentChanges");
  bool ok = array_value(self, changes, &out->count);
  if (ok) out->changes = POOL_ARRAY(self->pool, LspContentChange, out->count);
  for (size_t i = 0; ok && i < out->count; i++)
    ok = leave(self, change_value(self, enter_item(self, &item, changes, i), &out->changes[i]));
  return leave(self, ok);
}

bool decode_did_save(Decoder *self, const json_t *j, LspDidSave *out) {
  *out = (LspDidSave){0};
  DecodePath frame;
  if (!want_object(self, j) || !get_document(self, j, &out->uri, NULL)) return false;
  return absent(json_object_get(j, "text")) ||
         leave(self, text_value(self, enter(self, &frame, j, "text"), &out->text, &out->text_length));
}

bool decode_did_close(Decoder *self, const json_t *j, LspDidClose *out) {
  *out = (LspDidClose){0};
  return want_object(self, j) && get_document(self, j, &out->uri, NULL);
}

bool decode_did_change_folders(Decoder *self, const json_t *j, LspDidChangeFolders *out) {
  *out = (LspDidChangeFolders){0};
  if (!want_object(self, j)) return false;
  DecodePath frame, inner;
  const json_t *event = enter(self, &frame, j, "event");
  return leave(self, want_object(self, event) &&
                       leave(self, folders_value(self, enter(self, &inner, event, "added"), &out->added)) &&
                       leave(self, folders_value(self, enter(self, &inner, event, "removed"), &out->removed)));
}

bool decode_did_change_configuration(Decoder *self, const json_t *j, LspDidChangeConfiguration *out) {
  *out = (LspDidChangeConfiguration){0};
  if (!want_object(self, j)) return false;
  out->settings = json_object_get(j, "settings");
  if (absent(out->settings)) out->settings = NULL;
  return true;
}

static bool file_event_value(Decoder *self, const json_t *j, LspFileEvent *out) {
  DecodePath frame;
  int64_t type = 0;
  if (!want_object(self, j) || !get_string(self, j, "uri", &out->uri)) return false;
  const json_t *value = enter(self, &frame, j, "type");
  if (!integer_of(value, &type) || type < LSP_FILE_CREATED || type > LSP_FILE_DELETED)
    return leave(self, fail(self, "expected 1, 2 or 3"));
  out->type = (LspFileChange)type;
  return leave(self, true);
}

bool decode_did_change_watched_files(Decoder *self, const json_t *j, LspDidChangeWatchedFiles *out) {
  *out = (LspDidChangeWatchedFiles){0};
  if (!want_object(self, j)) return false;
  DecodePath frame, item;
  const json_t *changes = enter(self, &frame, j, "changes");
  bool ok = array_value(self, changes, &out->count);
  if (ok) out->items = POOL_ARRAY(self->pool, LspFileEvent, out->count);
  for (size_t i = 0; ok && i < out->count; i++)
    ok = leave(self, file_event_value(self, enter_item(self, &item, changes, i), &out->items[i]));
  return leave(self, ok);
}

bool decode_execute_command(Decoder *self, const json_t *j, LspExecuteCommand *out) {
  *out = (LspExecuteCommand){0};
  if (!want_object(self, j) || !get_string(self, j, "command", &out->command) || !get_tokens(self, j, &out->tokens))
    return false;
  DecodePath frame;
  size_t count = 0;
  out->arguments = json_object_get(j, "arguments");
  if (absent(out->arguments)) out->arguments = NULL;
  return !out->arguments || leave(self, array_value(self, enter(self, &frame, j, "arguments"), &count));
}

// ---- features ----

bool decode_text_document_position(Decoder *self, const json_t *j, LspTextDocumentPosition *out) {
  *out = (LspTextDocumentPosition){0};
  DecodePath frame;
  return want_object(self, j) && get_document(self, j, &out->uri, NULL) &&
         leave(self, decode_position(self, enter(self, &frame, j, "position"), &out->position)) &&
         get_tokens(self, j, &out->tokens);
}

bool decode_inlay_hint(Decoder *self, const json_t *j, LspInlayHintParams *out) {
  *out = (LspInlayHintParams){0};
  return want_object(self, j) && get_document(self, j, &out->uri, NULL) && get_range(self, j, "range", &out->range) &&
         get_tokens(self, j, &out->tokens);
}

bool decode_code_lens(Decoder *self, const json_t *j, LspDocumentParams *out) {
  *out = (LspDocumentParams){0};
  return want_object(self, j) && get_document(self, j, &out->uri, NULL) && get_tokens(self, j, &out->tokens);
}

static bool diagnostic_value(Decoder *self, const json_t *j, LspDiagnostic *out) {
  if (!want_object(self, j) || !get_range(self, j, "range", &out->range)) return false;
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
  if (!want_object(self, j)) return false;
  const json_t *list = enter(self, &frame, j, "diagnostics");
  bool ok = array_value(self, list, &out->diagnostic_count);
  if (ok) {
    out->diagnostics = POOL_ARRAY(self->pool, LspDiagnostic, out->diagnostic_count);
    out->raw_diagnostics = POOL_ARRAY(self->pool, json_t *, out->diagnostic_count);
  }
  for (size_t i = 0; ok && i < out->diagnostic_count; i++) {
    out->raw_diagnostics[i] = json_array_get(list, i);
    ok = leave(self, diagnostic_value(self, enter_item(self, &item, list, i), &out->diagnostics[i]));
  }
  if (!leave(self, ok)) return false;
  out->has_only = !absent(json_object_get(j, "only"));
  if (!decode_optional_strings(self, j, "only", &out->only) ||
      !decode_optional_integer(self, j, "triggerKind", &trigger))
    return false;
  if (trigger == LSP_TRIGGER_INVOKED || trigger == LSP_TRIGGER_AUTOMATIC) out->trigger = (LspCodeActionTrigger)trigger;
  return true;
}

bool decode_code_action(Decoder *self, const json_t *j, LspCodeActionParams *out) {
  *out = (LspCodeActionParams){0};
  DecodePath frame;
  return want_object(self, j) && get_document(self, j, &out->uri, NULL) && get_range(self, j, "range", &out->range) &&
         leave(self, action_context(self, enter(self, &frame, j, "context"), out)) && get_tokens(self, j, &out->tokens);
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
  if (!json_is_object(j)) return fail(self, "expected object");
  out->item = (json_t *)j;
  out->data = json_object_get(j, "data");
  return true;
}

static bool label_value(Decoder *self, const json_t *j) {
  bool ok = json_is_string(j) || json_is_array(j);
  for (size_t i = 0; ok && i < json_array_size(j); i++)
    ok = json_is_string(json_object_get(json_array_get(j, i), "value"));
  return ok || fail(self, "expected a string, or parts with values");
}

bool decode_resolve_hint(Decoder *self, const json_t *j, LspResolve *out) {
  if (!decode_resolve(self, j, out)) return false;
  DecodePath frame;
  LspPosition at;
  const json_t *position = enter(self, &frame, j, "position");
  if (!leave(self, decode_position(self, position, &at))) return false;
  const json_t *label = enter(self, &frame, j, "label");
  return leave(self, label_value(self, label));
}

bool decode_call_hierarchy(Decoder *self, const json_t *j, LspCallHierarchyParams *out) {
  *out = (LspCallHierarchyParams){0};
  if (!want_object(self, j) || !get_tokens(self, j, &out->tokens)) return false;
  DecodePath frame;
  const json_t *item = enter(self, &frame, j, "item");
  int64_t kind = 0;
  bool ok = want_object(self, item) && get_string(self, item, "name", &out->item.name) &&
            get_string(self, item, "uri", &out->item.uri) && get_range(self, item, "range", &out->item.range) &&
            get_range(self, item, "selectionRange", &out->item.selection_range) &&
            decode_optional_string(self, item, "detail", &out->item.detail) &&
            decode_optional_integer(self, item, "kind", &kind);
  out->item.kind = kind >= LSP_SYMBOL_FILE && kind <= 26 ? (LspSymbolKind)kind : LSP_SYMBOL_FUNCTION;
  out->item.data = json_object_get(item, "data");
  return leave(self, ok);
}

bool decode_diagnostic(Decoder *self, const json_t *j, LspDiagnosticParams *out) {
  *out = (LspDiagnosticParams){0};
  return want_object(self, j) && get_document(self, j, &out->uri, NULL) &&
         decode_optional_string(self, j, "identifier", &out->identifier) &&
         decode_optional_string(self, j, "previousResultId", &out->previous_result_id) &&
         get_tokens(self, j, &out->tokens);
}

bool decode_workspace_diagnostic(Decoder *self, const json_t *j, LspWorkspaceDiagnosticParams *out) {
  *out = (LspWorkspaceDiagnosticParams){0};
  if (!want_object(self, j) || !decode_optional_string(self, j, "identifier", &out->identifier) ||
      !get_tokens(self, j, &out->tokens))
    return false;
  DecodePath frame, inner;
  const json_t *list = enter(self, &frame, j, "previousResultIds");
  bool ok = array_value(self, list, &out->count);
  if (ok) out->previous = POOL_ARRAY(self->pool, LspPreviousResult, out->count);
  for (size_t i = 0; ok && i < out->count; i++) {
    const json_t *item = enter_item(self, &inner, list, i);
    ok = leave(self, want_object(self, item) && get_string(self, item, "uri", &out->previous[i].uri) &&
                       get_string(self, item, "value", &out->previous[i].value));
  }
  return leave(self, ok);
}

// ---- results of our requests ----

bool decode_configuration_result(Decoder *self, const json_t *j, size_t asked, json_t **values) {
  size_t count = 0;
  if (!array_value(self, j, &count)) return false;
  for (size_t i = 0; i < asked; i++) {
    values[i] = json_array_get(j, i);
    if (absent(values[i])) values[i] = NULL;
  }
  return true;
}

bool decode_apply_edit_result(Decoder *self, const json_t *j, LspApplyEditResult *out) {
  *out = (LspApplyEditResult){0};
  DecodePath frame;
  return want_object(self, j) && leave(self, bool_value(self, enter(self, &frame, j, "applied"), &out->applied)) &&
         decode_optional_string(self, j, "failureReason", &out->failure_reason);
}

bool decode_workspace_folders_result(Decoder *self, const json_t *j, LspWorkspaceFolders *out) {
  *out = (LspWorkspaceFolders){0};
  return absent(j) || folders_value(self, j, out);
}

bool decode_message_action_result(Decoder *self, const json_t *j, const char **title) {
  *title = NULL;
  return absent(j) || (want_object(self, j) && get_string(self, j, "title", title));
}
