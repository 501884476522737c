// seeds.h: one well-formed message of every kind a client sends; the mutation test and the fuzzer start from these.
#ifndef HEAPLS_TESTS_SEEDS_H
#define HEAPLS_TESTS_SEEDS_H

#define SEED_RANGE "{\"start\":{\"line\":1,\"character\":2},\"end\":{\"line\":3,\"character\":4}}"
#define SEED_DOCUMENT "\"textDocument\":{\"uri\":\"file:///tmp/caf%C3%A9/a.go\"}"
#define SEED_REQUEST(id, method, params)                                                                               \
  "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":\"" method "\",\"params\":" params "}"
#define SEED_NOTE(method, params) "{\"jsonrpc\":\"2.0\",\"method\":\"" method "\",\"params\":" params "}"

static const char *const SEEDS[] = {
  SEED_REQUEST(
    "1", "initialize",
    "{\"processId\":42,\"clientInfo\":{\"name\":\"c\",\"version\":\"1\"},\"rootUri\":null,\"trace\":\"verbose\","
    "\"workspaceFolders\":[{\"uri\":\"file:///tmp\",\"name\":\"tmp\"}],\"initializationOptions\":{\"hints\":true},"
    "\"capabilities\":{\"general\":{\"positionEncodings\":[\"utf-8\",\"utf-16\"],\"staleRequestSupport\":{"
    "\"cancel\":"
    "true,\"retryOnContentModified\":[\"textDocument/"
    "hover\"]}},\"workspace\":{\"applyEdit\":true,\"configuration\":true,"
    "\"workspaceEdit\":{\"documentChanges\":true},\"didChangeWatchedFiles\":{\"dynamicRegistration\":true},"
    "\"inlayHint\":{\"refreshSupport\":true}},\"textDocument\":{\"hover\":{\"contentFormat\":[\"markdown\"]},"
    "\"publishDiagnostics\":{\"relatedInformation\":true,\"tagSupport\":{\"valueSet\":[1,2]}},\"codeAction\":{"
    "\"codeActionLiteralSupport\":{\"codeActionKind\":{\"valueSet\":[\"quickfix\"]}}},\"inlayHint\":{"
    "\"resolveSupport\":{\"properties\":[\"tooltip\"]}}},\"window\":{\"workDoneProgress\":true}}}"),
  SEED_NOTE("initialized", "{}"),
  SEED_NOTE("textDocument/didOpen",
            "{\"textDocument\":{\"uri\":\"file:///tmp/a.go\",\"languageId\":\"go\",\"version\":1,"
            "\"text\":\"package p\\n\\nvar x = \\\"\\ud83d\\ude00\\\"\\r\\n\"}}"),
  SEED_NOTE("textDocument/didChange",
            "{\"textDocument\":{\"uri\":\"file:///tmp/a.go\",\"version\":2},\"contentChanges\":[{\"range\":" SEED_RANGE
            ",\"rangeLength\":3,\"text\":\"\\u00e9\\n\"},{\"text\":\"package q\\n\"}]}"),
  SEED_NOTE("textDocument/didSave", "{" SEED_DOCUMENT ",\"text\":\"package p\\n\"}"),
  SEED_NOTE("textDocument/didClose", "{" SEED_DOCUMENT "}"),
  SEED_NOTE("workspace/didChangeWorkspaceFolders",
            "{\"event\":{\"added\":[{\"uri\":\"file:///b\",\"name\":\"b\"}],\"removed\":[]}}"),
  SEED_NOTE("workspace/didChangeConfiguration", "{\"settings\":{\"heapls\":{\"hints\":\"all\"}}}"),
  SEED_NOTE("workspace/didChangeWatchedFiles", "{\"changes\":[{\"uri\":\"file:///a.go\",\"type\":2}]}"),
  SEED_NOTE("$/cancelRequest", "{\"id\":\"abc\"}"),
  SEED_NOTE("$/setTrace", "{\"value\":\"messages\"}"),
  SEED_REQUEST("\"abc\"", "textDocument/hover",
               "{" SEED_DOCUMENT ",\"position\":{\"line\":0,\"character\":7},\"workDoneToken\":\"t\"}"),
  SEED_REQUEST("3", "textDocument/inlayHint", "{" SEED_DOCUMENT ",\"range\":" SEED_RANGE "}"),
  SEED_REQUEST("4", "inlayHint/resolve",
               "{\"position\":{\"line\":0,\"character\":7},\"label\":\"heap 8 B\",\"data\":{\"site\":3}}"),
  SEED_REQUEST("5", "textDocument/codeAction",
               "{" SEED_DOCUMENT ",\"range\":" SEED_RANGE ",\"context\":{\"diagnostics\":[{\"range\":" SEED_RANGE
               ",\"severity\":4,\"code\":\"heap/returned\",\"source\":\"heapls\",\"message\":\"m\",\"data\":[1,null]}],"
               "\"only\":[\"quickfix\"],\"triggerKind\":1}}"),
  SEED_REQUEST("6", "textDocument/prepareCallHierarchy",
               "{" SEED_DOCUMENT ",\"position\":{\"line\":9,\"character\":0}}"),
  SEED_REQUEST("7", "callHierarchy/incomingCalls",
               "{\"item\":{\"name\":\"f\",\"kind\":12,\"uri\":\"file:///a.go\",\"range\":" SEED_RANGE
               ",\"selectionRange\":" SEED_RANGE ",\"data\":7}}"),
  SEED_REQUEST("8", "workspace/executeCommand", "{\"command\":\"heapls.explain\",\"arguments\":[\"file:///a.go\",3]}"),
  SEED_REQUEST("9", "textDocument/diagnostic", "{" SEED_DOCUMENT ",\"previousResultId\":\"r1\"}"),
  SEED_REQUEST("10", "workspace/diagnostic",
               "{\"previousResultIds\":[{\"uri\":\"file:///a.go\",\"value\":\"r1\"}],\"partialResultToken\":5}"),
  "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[{\"hints\":\"all\"},null]}",
  "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"result\":{\"applied\":false,\"failureReason\":\"busy\"}}",
  "{\"jsonrpc\":\"2.0\",\"id\":2,\"error\":{\"code\":-32601,\"message\":\"no\",\"data\":null}}",
  SEED_REQUEST("11", "shutdown", "null"),
  SEED_NOTE("exit", "null"),
};
enum { SEED_COUNT = sizeof SEEDS / sizeof *SEEDS };

#endif
