"""A client that lacks one thing each: it gets correct diagnostics and hover all the same, and nothing that it cannot take.

usage: capabilities_test.py HEAPLS"""
import copy
import os
import queue
import sys
import tempfile

import checks
from checks import check
from lsp_client import Server

binary = os.path.abspath(sys.argv[1])
SOURCE = """package m

import "fmt"

// é😀
var g *int

func a(s string) *int {
\tx := new(int) // 😀
\t_ = s + "😀"; g = new(int)
\tfmt.Println(s)
\treturn x
}

func fill(p []byte) {
\tp[0] = 1
}
"""
FULL = {
    "general": {"positionEncodings": ["utf-8", "utf-16"]},
    "window": {"workDoneProgress": True},
    "workspace": {"configuration": True, "workspaceFolders": True, "didChangeConfiguration": {"dynamicRegistration": True}, "didChangeWatchedFiles": {"dynamicRegistration": True},
                  "inlayHint": {"refreshSupport": True}, "codeLens": {"refreshSupport": True}, "diagnostics": {"refreshSupport": True}},
    "textDocument": {"synchronization": {"didSave": True}, "hover": {"contentFormat": ["markdown", "plaintext"]}, "inlayHint": {"resolveSupport": {"properties": ["tooltip"]}},
                     "publishDiagnostics": {"relatedInformation": True, "versionSupport": True, "codeDescriptionSupport": True, "dataSupport": True}, "diagnostic": {},
                     "codeLens": {}, "callHierarchy": {}, "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}}}},
}


def without(*path):
    out = copy.deepcopy(FULL)
    at = out
    for key in path[:-1]:
        at = at[key]
    del at[path[-1]]
    return out


def get(capabilities, *path):
    for key in path:
        capabilities = capabilities.get(key, {}) if isinstance(capabilities, dict) else {}
    return capabilities


def settle(server, seconds=0.4):
    try:
        while True:
            server._take(seconds)
    except queue.Empty:
        pass


def drive(name, capabilities, directory):
    s = Server(binary)
    offered = s.initialize(capabilities, rootUri="file://" + directory)["capabilities"]
    uri = s.open(os.path.join(directory, "m.go"))
    document = {"textDocument": {"uri": uri}}
    # A client that can't be told to ask again would keep what another file's edit has made false: it is sent what there is.
    pulls = "diagnostic" in get(capabilities, "textDocument") and get(capabilities, "workspace", "diagnostics", "refreshSupport") is True
    check(name + ": pulling is offered where it is right", ("diagnosticProvider" in offered) == pulls, offered)

    def diagnostics(version):
        if pulls:
            return s.result("textDocument/diagnostic", document)["items"]
        fits = lambda p: p["uri"] == uri and p.get("version", version) == version
        return s.wait_notification("textDocument/publishDiagnostics", fits)["diagnostics"]

    found = diagnostics(1)
    at = {(d["range"]["start"]["line"], d["range"]["start"]["character"]) for d in found}
    check(name + ": diagnostics", {(8, 6), (9, 19)} <= at, found)  # utf-16: 😀 counts two
    for d in found:
        check(name + ": a diagnostic", d["source"] == "heapls" and d["message"] and d["severity"] >= 3)
        for key, capability in (("relatedInformation", "relatedInformation"), ("codeDescription", "codeDescriptionSupport"), ("data", "dataSupport")):
            check(name + ": no " + key, key not in d or get(capabilities, "textDocument", "publishDiagnostics", capability) is True, d)
    hover = s.result("textDocument/hover", dict(document, position={"line": 8, "character": 8}))
    markdown = "markdown" in (get(capabilities, "textDocument", "hover", "contentFormat") or [])
    check(name + ": hover says where and why", "8 bytes" in hover["contents"]["value"] and "returned" in hover["contents"]["value"], hover)
    check(name + ": hover's kind", hover["contents"]["kind"] == ("markdown" if markdown else "plaintext"), hover)
    check(name + ": hover without markup", markdown or ("**" not in hover["contents"]["value"] and "](" not in hover["contents"]["value"]), hover)
    labels = lambda h: h["label"] if isinstance(h["label"], str) else "".join(p["value"] for p in h["label"])
    hints = s.hints(uri)
    check(name + ": hints", any(h["position"]["line"] == 8 and "8 B" in labels(h) for h in hints), hints)
    resolves = "tooltip" in (get(capabilities, "textDocument", "inlayHint", "resolveSupport", "properties") or [])
    parts = [p for h in hints if isinstance(h["label"], list) for p in h["label"]]
    check(name + ": tooltips come along where they can't be resolved", resolves or all("tooltip" in h for h in hints) or all("tooltip" in p for p in parts), hints[:1])
    # An edit: a line above everything, and one more site.
    s.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [
        {"range": {"start": {"line": 15, "character": 0}, "end": {"line": 15, "character": 0}}, "text": "\tg = new(int)\n"},
        {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}, "text": "// one more line\n"}]})
    check(name + ": hints follow an edit", any(h["position"]["line"] == 16 for h in s.hints(uri)))
    lines = {d["range"]["start"]["line"] for d in diagnostics(2)}
    check(name + ": diagnostics follow an edit", {9, 10, 16} <= lines, lines)
    s.result("textDocument/codeLens", document)
    s.result("textDocument/codeAction", dict(document, range=found[0]["range"], context={"diagnostics": []}))
    s.notify("workspace/didChangeConfiguration", {"settings": {"heapls": {"preset": "all"}}})
    settle(s)
    sent = {m["method"] for m in s.seen if "method" in m}
    registered = {r["method"] for m in s.seen if m.get("method") == "client/registerCapability" for r in m["params"]["registrations"]}
    needs = {
        "workspace/configuration": ("workspace", "configuration"),
        "workspace/inlayHint/refresh": ("workspace", "inlayHint", "refreshSupport"),
        "workspace/codeLens/refresh": ("workspace", "codeLens", "refreshSupport"),
        "workspace/diagnostic/refresh": ("workspace", "diagnostics", "refreshSupport"),
        "window/workDoneProgress/create": ("window", "workDoneProgress"),
        "$/progress": ("window", "workDoneProgress"),
    }
    for method, path in needs.items():
        check("%s: no %s" % (name, method), method not in sent or get(capabilities, *path) is True)
    for method, path in (("workspace/didChangeWatchedFiles", "didChangeWatchedFiles"), ("workspace/didChangeConfiguration", "didChangeConfiguration")):
        check("%s: no registration of %s" % (name, method), method not in registered or get(capabilities, "workspace", path, "dynamicRegistration") is True)
    check(name + ": no registration at all", registered or "client/registerCapability" not in sent)
    check(name + ": pushed or pulled", ("textDocument/publishDiagnostics" in sent) != pulls, sent)
    check(name + ": no status unasked", "heapls/status" not in sent)
    allowed = set(needs) | {"client/registerCapability", "textDocument/publishDiagnostics", "window/logMessage", "window/showMessage"}
    check(name + ": nothing else", sent <= allowed, sent - allowed)
    check(name + ": ends", s.stop() == 0)
    return sent


def main():
    with tempfile.TemporaryDirectory() as directory:
        directory = os.path.realpath(directory)
        for file, text in (("go.mod", "module m\n\ngo 1.24\n"), ("m.go", SOURCE)):
            with open(os.path.join(directory, file), "w", encoding="utf-8") as f:
                f.write(text)
        sent = drive("everything", FULL, directory)
        check("everything: refreshes", {"workspace/inlayHint/refresh", "workspace/diagnostic/refresh", "workspace/configuration"} <= sent, sent)
        plain = without("textDocument", "hover")
        plain["textDocument"]["hover"] = {"contentFormat": ["plaintext"]}
        utf16 = without("general")
        for name, capabilities in {
            "nothing at all": {},
            "no hints": without("textDocument", "inlayHint"),
            "no hint resolve": without("textDocument", "inlayHint", "resolveSupport"),
            "no pull": without("textDocument", "diagnostic"),
            "no dynamic registration of files": without("workspace", "didChangeWatchedFiles"),
            "no dynamic registration of settings": without("workspace", "didChangeConfiguration"),
            "utf-16 only": utf16,
            "no hint refresh": without("workspace", "inlayHint"),
            "no lens refresh": without("workspace", "codeLens"),
            "no diagnostic refresh": without("workspace", "diagnostics"),
            "no progress": without("window"),
            "plain text": plain,
            "no hover": without("textDocument", "hover"),
            "no configuration": without("workspace", "configuration"),
            "no folders": without("workspace", "workspaceFolders"),
            "no call hierarchy": without("textDocument", "callHierarchy"),
            "no code action literals": without("textDocument", "codeAction", "codeActionLiteralSupport"),
        }.items():
            drive(name, capabilities, directory)
        for what in ("relatedInformation", "versionSupport", "codeDescriptionSupport", "dataSupport"):
            push = without("textDocument", "diagnostic")
            del push["textDocument"]["publishDiagnostics"][what]
            drive("no " + what, push, directory)
    print("ok %d checks" % checks.count)


main()
