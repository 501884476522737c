// structures_test.c: typed decoding with the path of what is wrong, and encoding to the JSON that LSP 3.17 shows.
#include "check.h"
#include "lsp_decode.h"
#include "lsp_encode.h"
#include "lsp_write.h"
#include <stdlib.h>
#include <string.h>

#define DECODED(decode, text, out) /* keeps pool and json of the test function */                                      \
  (json_decref(json), json = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL), assert_non_null(json),          \
   decoder_init(&d, &pool, "params"), decode(&d, json, out))
#define FAULT(decode, text, out, want)                                                                                 \
  do {                                                                                                                 \
    assert_false(DECODED(decode, text, out));                                                                          \
    assert_int_equal(d.error.code, RPC_INVALID_PARAMS);                                                                \
    assert_string_equal(d.error.message, want);                                                                        \
  } while (0)
#define TEST_STATE                                                                                                     \
  Pool pool = {0};                                                                                                     \
  Decoder d;                                                                                                           \
  json_t *json = NULL;                                                                                                 \
  (void)state
#define TEST_END                                                                                                       \
  json_decref(json);                                                                                                   \
  pool_release(&pool)

static void faults_name_the_path(void **state) {
  TEST_STATE;
  LspDidOpen open;
  LspDidChange change;
  LspCodeActionParams action;
  LspTextDocumentPosition at;
  LspDidChangeWatchedFiles files;
  LspTrace trace;
  RpcId id;
  FAULT(decode_did_open, "{}", &open, "params.textDocument: expected object");
  FAULT(decode_did_open, "{\"textDocument\":{\"uri\":5}}", &open, "params.textDocument.uri: expected string");
  FAULT(decode_did_open, "{\"textDocument\":{\"uri\":\"a\\u0000b\"}}", &open,
        "params.textDocument.uri: a zero byte in the string");
  FAULT(decode_did_open, "{\"textDocument\":{\"uri\":\"a\",\"version\":1}}", &open,
        "params.textDocument.text: expected string");
  FAULT(decode_did_change, "{\"textDocument\":{\"uri\":\"a\",\"version\":2147483648},\"contentChanges\":[]}", &change,
        "params.textDocument.version: expected integer of 32 bits");
  FAULT(decode_did_change,
        "{\"textDocument\":{\"uri\":\"a\",\"version\":1},\"contentChanges\":[{\"text\":\"\"},{\"range\":{\"start\":{"
        "\"line\":0,\"character\":-1}},\"text\":\"\"}]}",
        &change, "params.contentChanges[1].range.start.character: expected uinteger");
  FAULT(decode_did_change,
        "{\"textDocument\":{\"uri\":\"a\",\"version\":1},\"contentChanges\":[{\"range\":{\"start\":{\"line\":2,"
        "\"character\":0},\"end\":{\"line\":1,\"character\":0}},\"text\":\"\"}]}",
        &change, "params.contentChanges[0].range: the end is before the start");
  FAULT(decode_code_action,
        "{\"textDocument\":{\"uri\":\"a\"},\"range\":{\"start\":{\"line\":0,\"character\":0},\"end\":{\"line\":0,"
        "\"character\":0}},\"context\":{\"diagnostics\":[],\"only\":[\"x\",3]}}",
        &action, "params.context.only[1]: expected string");
  FAULT(decode_text_document_position, "{\"textDocument\":{\"uri\":\"a\"},\"position\":{\"line\":1.5}}", &at,
        "params.position.line: expected uinteger");
  FAULT(decode_text_document_position,
        "{\"textDocument\":{\"uri\":\"a\"},\"position\":{\"line\":1,\"character\":0},\"workDoneToken\":[]}", &at,
        "params.workDoneToken: expected integer or string");
  FAULT(decode_did_change_watched_files, "{\"changes\":[{\"uri\":\"a\",\"type\":9}]}", &files,
        "params.changes[0].type: expected 1, 2 or 3");
  FAULT(decode_set_trace, "{\"value\":\"loud\"}", &trace, "params.value: expected off, messages or verbose");
  FAULT(decode_cancel, "{}", &id, "params.id: expected integer or string");
  FAULT(decode_cancel, "[1]", &id, "params: expected object");
  TEST_END;
}

static void tolerance(void **state) {
  TEST_STATE;
  LspTextDocumentPosition at;
  assert_true(DECODED(decode_text_document_position,
                      "{\"textDocument\":{\"uri\":\"a\"},\"position\":{\"line\":2.0,\"character\":1e300},\"more\":{}}",
                      &at));
  assert_int_equal(at.position.line, 2);
  assert_int_equal(at.position.character, INT32_MAX);
  LspDidOpen open;
  assert_true(
    DECODED(decode_did_open, "{\"textDocument\":{\"uri\":\"a\",\"version\":1,\"text\":\"x\\u0000y\"}}", &open));
  assert_int_equal(open.text_length, 3);
  LspInitializeParams init;
  assert_true(DECODED(decode_initialize, "{\"processId\":null,\"capabilities\":[],\"trace\":\"compact\"}", &init));
  assert_false(init.has_process_id);
  assert_false(init.has_folders);
  assert_int_equal(init.capabilities.position_encodings.chosen, POSITION_UTF16);
  assert_true(
    DECODED(decode_initialize,
            "{\"capabilities\":{\"workspace\":{\"inlayHint\":5,\"applyEdit\":true},\"textDocument\":{\"hover\":{"
            "\"contentFormat\":[\"markdown\",7]}}}}",
            &init));
  assert_string_equal(d.warning.message, "params.capabilities.workspace.inlayHint: expected object");
  assert_true(init.capabilities.workspace.apply_edit);
  assert_true(init.capabilities.hover.markdown);
  FAULT(decode_initialize, "{\"processId\":1}", &init, "params.capabilities: expected object");
  FAULT(decode_initialize, "{\"capabilities\":{},\"workspaceFolders\":[{\"name\":\"x\"}]}", &init,
        "params.workspaceFolders[0].uri: expected string");
  TEST_END;
}

static void capabilities(void **state) {
  TEST_STATE;
  LspInitializeParams init;
  assert_true(DECODED(
    decode_initialize,
    "{\"processId\":12,\"rootUri\":\"file:///r\",\"workspaceFolders\":[{\"uri\":\"file:///r\",\"name\":\"r\"}],"
    "\"capabilities\":{\"general\":{\"positionEncodings\":[\"utf-32\",\"utf-8\"],\"staleRequestSupport\":{\"cancel\":"
    "true,"
    "\"retryOnContentModified\":[\"a\"]}},\"workspace\":{\"configuration\":true,\"didChangeWatchedFiles\":{"
    "\"dynamicRegistration\":true,\"relativePatternSupport\":true},\"diagnostics\":{\"refreshSupport\":true}},"
    "\"textDocument\":{\"inlayHint\":{\"resolveSupport\":{\"properties\":[\"tooltip\"]}},\"publishDiagnostics\":{"
    "\"relatedInformation\":true,\"tagSupport\":{\"valueSet\":[2]}},\"codeAction\":{\"codeActionLiteralSupport\":{"
    "\"codeActionKind\":{\"valueSet\":[\"quickfix\"]}}},\"diagnostic\":{}},\"window\":{\"workDoneProgress\":true}}}",
    &init));
  const LspClientCapabilities *c = &init.capabilities;
  assert_int_equal(d.warning.code, RPC_OK);
  assert_int_equal(init.process_id, 12);
  assert_int_equal(init.folders.count, 1);
  assert_int_equal(c->position_encodings.chosen, POSITION_UTF8);
  assert_true(c->workspace.configuration && c->workspace.watched_files_dynamic);
  assert_true(c->workspace.watched_files_relative_patterns && c->workspace.diagnostics_refresh);
  assert_false(c->workspace.inlay_hint_refresh);
  assert_true(c->inlay_hint.present && lsp_strings_has(c->inlay_hint.resolve, "tooltip"));
  assert_true(c->publish_diagnostics.related_information && c->publish_diagnostics.tag_deprecated);
  assert_false(c->publish_diagnostics.tag_unnecessary);
  assert_true(c->code_action.literals && lsp_strings_has(c->code_action.kinds, "quickfix"));
  assert_true(c->diagnostic.present && c->window.work_done_progress && c->general.stale_request_cancel);
  assert_false(c->call_hierarchy.present);
  TEST_END;
}

static void action_kinds(void **state) {
  (void)state;
  const char *only[] = {"quickfix", "source.fixAll"};
  LspCodeActionParams all = {0}, some = {.has_only = true, .only = {only, 2}};
  assert_true(lsp_code_action_wanted(&all, "refactor"));
  assert_true(lsp_code_action_wanted(&some, "quickfix.heap"));
  assert_false(lsp_code_action_wanted(&some, "quickfixes"));
  assert_false(lsp_code_action_wanted(&some, "source"));
}

static void expect_json(json_t *got, const char *want) {
  json_t *parsed = json_loads(want, JSON_DECODE_ANY, NULL);
  assert_non_null(parsed);
  char *a = json_dumps(got, JSON_SORT_KEYS | JSON_ENCODE_ANY),
       *b = json_dumps(parsed, JSON_SORT_KEYS | JSON_ENCODE_ANY);
  assert_string_equal(a, b);
  free(a);
  free(b);
  json_decref(got);
  json_decref(parsed);
}

static void check_text(JsonText got, const char *want) {
  assert_int_equal(got.length, strlen(want));
  assert_memory_equal(got.bytes, want, got.length);
  free(got.bytes);
}
// Of one item.
#define expect_text(write, item, want)                                                                                 \
  do {                                                                                                                 \
    JsonText got = {0};                                                                                                \
    write(&got, item, 1);                                                                                              \
    check_text(got, want);                                                                                             \
  } while (0)

#define R "{\"start\":{\"line\":1,\"character\":2},\"end\":{\"line\":3,\"character\":4}}"
static const LspRange range = {{1, 2}, {3, 4}};

static void encode_features(void **state) {
  (void)state;
  LspHover hover = {.kind = LSP_MARKDOWN, .value = "**Heap**", .has_range = true, .range = range};
  expect_json(encode_hover(&hover), "{\"contents\":{\"kind\":\"markdown\",\"value\":\"**Heap**\"},\"range\":" R "}");
  expect_json(encode_hover(NULL), "null");
  json_t *data = json_pack("{si}", "site", 3);
  LspInlayHint hint = {.position = {1, 2}, .label = "heap 8 B", .padding_left = true, .data = "{\"site\":3}"};
  expect_text(write_inlay_hints, &hint,
              "[{\"position\":{\"line\":1,\"character\":2},\"label\":\"heap 8 "
              "B\",\"paddingLeft\":true,\"data\":{\"site\":3}}]");
  LspLocation location = {"file:///a", range};
  LspInlayHintPart part = {.value = "heap", .location = &location};
  LspInlayHint parts = {.parts = &part, .part_count = 1, .tooltip = "t", .kind = LSP_INLAY_TYPE};
  expect_text(
    write_inlay_hints, &parts,
    "[{\"position\":{\"line\":0,\"character\":0},\"label\":[{\"value\":\"heap\",\"location\":{\"uri\":\"file:///a\","
    "\"range\":" R "}}],\"kind\":1,\"tooltip\":{\"kind\":\"plaintext\",\"value\":\"t\"}}]");
  LspInlayHint broken = {.label = "a\xFF\"\xE2\x82\xAC\n\xE2\x82"}; // what is not UTF-8, an escape, a character
  expect_text(write_inlay_hints, &broken,
              "[{\"position\":{\"line\":0,\"character\":0},\"label\":\"a\xEF\xBF\xBD\\\"\xE2\x82\xAC\\n\xEF\xBF\xBD"
              "\xEF\xBF\xBD\"}]");
  LspCommand command = {.title = "t", .command = "c", .arguments = data};
  LspCodeLens lens = {.range = range, .command = &command};
  expect_text(write_code_lenses, &lens,
              "[{\"range\":" R ",\"command\":{\"title\":\"t\",\"command\":\"c\",\"arguments\":{\"site\":3}}}]");
  json_decref(data);
  LspCallHierarchyItem item = {.name = "f", .kind = LSP_SYMBOL_FUNCTION, .uri = "file:///a", .range = range};
  LspCallHierarchyCall call = {.item = item, .from_ranges = &range, .count = 1};
  expect_json(encode_call_hierarchy_items(NULL, 0), "null");
  expect_json(encode_outgoing_calls(&call, 1),
              "[{\"to\":{\"name\":\"f\",\"kind\":12,\"uri\":\"file:///a\",\"range\":" R
              ",\"selectionRange\":{\"start\":{\"line\":0,\"character\":0},\"end\":{\"line\":0,\"character\":0}}},"
              "\"fromRanges\":[" R "]}]");
}

static void encode_diagnostics_by_capability(void **state) {
  (void)state;
  LspClientCapabilities none = {0}, full = {0};
  full.publish_diagnostics.related_information = full.publish_diagnostics.code_description = true;
  full.publish_diagnostics.version = full.publish_diagnostics.data = full.publish_diagnostics.tag_unnecessary = true;
  full.diagnostic.related_documents = true;
  json_t *data = json_integer(4);
  LspRelatedInformation related = {{"file:///b", range}, "step"};
  LspDiagnostic diagnostic = {.range = range,
                              .severity = LSP_SEVERITY_HINT,
                              .code = "heap/returned",
                              .code_description = "https://x",
                              .source = "heapls",
                              .message = "m",
                              .tags = LSP_TAG_UNNECESSARY | LSP_TAG_DEPRECATED,
                              .related = &related,
                              .related_count = 1,
                              .data = data};
  LspPublishDiagnostics publish = {
    .uri = "file:///a", .has_version = true, .version = 3, .diagnostics = {&diagnostic, 1}};
  const char *bare =
    "{\"range\":" R ",\"severity\":4,\"code\":\"heap/returned\",\"source\":\"heapls\",\"message\":\"m\"}";
  expect_json(encode_diagnostic(&diagnostic, &none), bare);
  expect_json(
    encode_publish_diagnostics(&publish, &full),
    "{\"uri\":\"file:///a\",\"version\":3,\"diagnostics\":[{\"range\":" R
    ",\"severity\":4,\"code\":\"heap/returned\",\"codeDescription\":{\"href\":\"https://x\"},\"source\":\"heapls\","
    "\"message\":\"m\",\"tags\":[1],\"relatedInformation\":[{\"location\":{\"uri\":\"file:///b\",\"range\":" R
    "},\"message\":\"step\"}],\"data\":4}]}");
  json_decref(data);
  LspDiagnosticReport same = {.uri = "file:///a", .unchanged = true, .result_id = "r"};
  LspDiagnosticReport empty = {.uri = "file:///b", .has_version = true, .version = 2};
  expect_json(encode_document_diagnostic_report(&same, &empty, 1, &full),
              "{\"kind\":\"unchanged\",\"resultId\":\"r\",\"relatedDocuments\":{\"file:///"
              "b\":{\"kind\":\"full\",\"items\":[]}}}");
  LspDiagnosticReport both[] = {same, empty};
  expect_json(encode_workspace_diagnostic_report(both, 2, &full),
              "{\"items\":[{\"kind\":\"unchanged\",\"resultId\":\"r\",\"uri\":\"file:///a\",\"version\":null},"
              "{\"kind\":\"full\",\"items\":[],\"uri\":\"file:///b\",\"version\":2}]}");
}

static void encode_edits_and_actions(void **state) {
  (void)state;
  LspClientCapabilities client = {0};
  LspTextEdit text_edit = {range, "new"};
  LspDocumentEdit document = {.uri = "file:///a", .has_version = true, .version = 3, .edits = &text_edit, .count = 1};
  LspWorkspaceEdit edit = {&document, 1};
  expect_json(
    encode_apply_edit("why", &edit, true),
    "{\"label\":\"why\",\"edit\":{\"documentChanges\":[{\"textDocument\":{\"uri\":\"file:///a\",\"version\":3},"
    "\"edits\":[{\"range\":" R ",\"newText\":\"new\"}]}]}}");
  LspCommand command = {.title = "t", .command = "c"};
  LspCodeAction actions[] = {{.title = "a", .kind = "quickfix", .edit = &edit, .is_preferred = true},
                             {.title = "b", .command = &command},
                             {.title = "c", .command = &command, .disabled_reason = "no"}};
  expect_json(encode_code_actions(actions, 3, &client), "[{\"title\":\"t\",\"command\":\"c\"}]");
  client.code_action.literals = client.code_action.is_preferred = true;
  expect_json(
    encode_code_actions(actions, 1, &client),
    "[{\"title\":\"a\",\"kind\":\"quickfix\",\"isPreferred\":true,\"edit\":{\"changes\":{\"file:///a\":[{\"range\":" R
    ",\"newText\":\"new\"}]}}}]");
}

static void encode_lifecycle(void **state) {
  (void)state;
  const char *command = "heapls.verify";
  LspServerCapabilities caps = {.position_encoding = POSITION_UTF16,
                                .hover = true,
                                .inlay_hint = true,
                                .inlay_hint_resolve = true,
                                .commands = {&command, 1},
                                .diagnostic = true,
                                .diagnostic_identifier = "heapls",
                                .workspace_folders = true};
  expect_json(
    encode_initialize_result(&caps, "heapls", "1"),
    "{\"capabilities\":{\"positionEncoding\":\"utf-16\",\"textDocumentSync\":{\"openClose\":true,\"change\":2,"
    "\"save\":{\"includeText\":false}},\"hoverProvider\":true,\"inlayHintProvider\":{\"resolveProvider\":true},"
    "\"executeCommandProvider\":{\"commands\":[\"heapls.verify\"]},\"diagnosticProvider\":{\"identifier\":\"heapls\","
    "\"interFileDependencies\":false,\"workspaceDiagnostics\":false},\"workspace\":{\"workspaceFolders\":{"
    "\"supported\":true,\"changeNotifications\":true}}},\"serverInfo\":{\"name\":\"heapls\",\"version\":\"1\"}}");
  RpcId token = {.kind = RPC_ID_STRING, .text = "t"};
  expect_json(
    encode_progress_begin(token, "Loading", NULL, 0, true),
    "{\"token\":\"t\",\"value\":{\"kind\":\"begin\",\"title\":\"Loading\",\"percentage\":0,\"cancellable\":true}}");
  expect_json(encode_progress_end(token, "done"),
              "{\"token\":\"t\",\"value\":{\"kind\":\"end\",\"message\":\"done\"}}");
  LspFileWatcher watchers[] = {{.pattern = "**/*.go"}, {.base_uri = "file:///r", .pattern = "go.mod", .kind = 7}};
  expect_json(encode_watchers(watchers, 2),
              "{\"watchers\":[{\"globPattern\":\"**/*.go\"},{\"globPattern\":{\"baseUri\":\"file:///"
              "r\",\"pattern\":\"go.mod\"},"
              "\"kind\":7}]}");
  LspConfigurationItem items[] = {{.section = "heapls"}, {.scope_uri = "file:///r"}};
  expect_json(encode_configuration_params(items, 2),
              "{\"items\":[{\"section\":\"heapls\"},{\"scopeUri\":\"file:///r\"}]}");
}

static void text_that_is_not_utf8(void **state) {
  (void)state;
  json_t *j = encode_string("a\xff\xC3\xA9\xC3", 5);
  assert_string_equal(json_string_value(j), "a\xEF\xBF\xBD\xC3\xA9\xEF\xBF\xBD");
  json_decref(j);
  j = encode_string("\xED\xA0\x80 \xC0\xAF \xF4\x90\x80\x80", 11); // a surrogate, an overlong form, past U+10FFFF
  assert_non_null(j);
  json_decref(j);
  j = encode_string(NULL, 0);
  assert_string_equal(json_string_value(j), "");
  json_decref(j);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(faults_name_the_path),
    cmocka_unit_test(tolerance),
    cmocka_unit_test(capabilities),
    cmocka_unit_test(action_kinds),
    cmocka_unit_test(encode_features),
    cmocka_unit_test(encode_diagnostics_by_capability),
    cmocka_unit_test(encode_edits_and_actions),
    cmocka_unit_test(encode_lifecycle),
    cmocka_unit_test(text_that_is_not_utf8),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
