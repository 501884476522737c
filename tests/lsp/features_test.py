"""Hover on every kind of place, call hierarchy over leaks, label parts of hints, and what diagnostics carry.

usage: features_test.py HEAPLS"""
import os
import sys
import tempfile

from lsp_client import Server

SOURCE = """package p

import (
	"errors"
	"fmt"
	"log"
)

type T struct {
	ok  bool
	n   int64
	bad bool
}

type Error struct{ text string }

func (e *Error) Error() string { return e.text }

var global *int

//go:noinline
func keep(p, q *int) *int {
	global = p
	return q
}

func content(p **int) { global = *p }

func caller() error {
	a := new(int)
	keep(a, new(int))
	fmt.Println("a: ", a)
	return &Error{"x"}
}

func through(x *int) { keep(x, nil) }

func costly(n int) int {
	for i := 0; i < n; i++ {
		log.Printf("%d of %d and %d", i, n, n+1)
	}
	return n
}

func none() func() { return func() {} }

func stays() int {
	b := new(int)
	return *b
}

func fails() error { return errors.New("x") }
"""
binary = os.path.abspath(sys.argv[1])
here = os.path.dirname(os.path.abspath(__file__))
failed = 0


def check(name, good, detail=""):
    global failed
    print("ok" if good else "FAILED", name, "" if good else detail)
    failed += not good


def place(text, offset=0):
    at = SOURCE.index(text) + offset
    line = SOURCE.count("\n", 0, at)
    return {"line": line, "character": at - (SOURCE.rfind("\n", 0, at) + 1)}


with tempfile.TemporaryDirectory() as directory:
    path = os.path.join(directory, "p.go")
    for name, text in (("go.mod", "module p\n\ngo 1.24\n"), ("p.go", SOURCE)):
        with open(os.path.join(directory, name), "w") as f:
            f.write(text)
    server = Server(binary)
    abilities = {"textDocument": {
        "hover": {"contentFormat": ["markdown"]}, "inlayHint": {"resolveSupport": {"properties": ["tooltip", "label.location"]}},
        "publishDiagnostics": {"relatedInformation": True, "codeDescriptionSupport": True, "dataSupport": True}}}
    offered = server.initialize(abilities)["capabilities"]
    check("call hierarchy is offered", offered.get("callHierarchyProvider") is True)
    uri = server.open(path)
    hints = server.hints(uri)
    if not hints:
        print("SKIP: Go's sources are not here")
        sys.exit(77)

    def at(text, offset=0):
        return {"textDocument": {"uri": uri}, "position": place(text, offset)}

    def says(name, text, offset, *words):
        got = server.result("textDocument/hover", at(text, offset))
        value = got["contents"]["value"] if got else ""
        for word in words:
            check("%s: %s" % (name, word), word in value, "\n" + value)

    says("site", "new(int)\n\tkeep", 1, "**Heap, 8 bytes** each time `caller` runs.", "It may be used after `caller` returns: ",
         "**Path to the heap:**", "](file://", "gc's words: `new(int) escapes to heap`", "rules")
    says("method", "Error() string", 1, "`(*Error).Error`", "Inlinable: cost ")
    says("parameter", "p, q *int", 0, "`p` leaks to the heap at line 23: it is stored in the package variable `global`.")
    says("result", "q *int", 0, "`q` leaks to result 0: the caller's value lives as long as what is returned.")
    says("content", "p **int", 0, "What `p` points to leaks to the heap at line 27", "`p` itself stays.")
    says("receiver", "e *Error", 0, "What `e` points to leaks to result 0")
    says("function", "caller()", 1, "allocation", "Not inlinable: cost ", "gc's words: `cannot inline caller: function too complex")
    says("costly", "costly(n", 1, "in a loop", "the call to `log.Printf` alone costs ")
    says("call", "keep(a, new", 1, "Call of `keep`", "which is not inlined here", "- `a` (as `p`) is kept",
         "- `new(int)` (as `q`) comes back in result 0", "Declared at")
    says("struct", "T struct", 0, "**`T`: 24 bytes**, 14 of padding.", "In the order `n, ok, bad` it is **16 bytes**, 8 less")
    says("no allocation", "func() {}", 1, "**No allocation.**", "It captures nothing")
    says("stack", "new(int)\n\treturn *b", 1, "**Stack.**", "Nobody can reach it after `stays` returns")
    says("inlined", "errors.New", 8, "Call of `errors.New`", "which is inlined here", "Of the inlined code:")

    # Call hierarchy
    def items(text, offset=0):
        return server.result("textDocument/prepareCallHierarchy", at(text, offset)) or []

    def calls(way, item):
        got = server.result("callHierarchy/%sCalls" % way, {"item": item})
        end = "from" if way == "incoming" else "to"
        for call in got:
            check("shape of %s" % way, set(call) == {end, "fromRanges"} and {"name", "kind", "uri", "range", "selectionRange"} <= set(call[end]))
        return {call[end]["name"]: call["fromRanges"] for call in got}

    (keep,) = items("keep(p,", 1)
    into = calls("incoming", keep)
    check("who hands values to keep", set(into) == {"caller", "through"}, into)
    check("the argument that leaks", into.get("caller") == [{"start": place("a, new"), "end": place("a, new", 1)}], into)
    (p,) = items("p, q *int")
    check("parameter", p["detail"] == "parameter of keep" and set(calls("incoming", p)) == {"caller", "through"})
    (q,) = items("q *int")
    check("a parameter that does not leak to the heap", calls("incoming", q) == {})
    (caller,) = items("caller()", 1)
    out = calls("outgoing", caller)
    check("where its values leave", "keep" in out and "fmt.Println" in out, out)
    (x,) = items("x *int")
    check("where a parameter leaves", set(calls("outgoing", x)) == {"keep"})
    (call,) = items("fmt.Println", 5)
    check("from a call to its callee", call["name"] == "fmt.Println" and call["uri"].endswith("print.go"))
    check("nothing there", not items("package"))

    # Hints: label parts with the deciding line, resolved
    parts = [h for h in hints if isinstance(h["label"], list)]
    check("label parts", parts and all("location" not in part for h in parts for part in h["label"]))
    hint = next(h for h in parts if h["position"]["line"] == place("a := new")["line"])
    resolved = server.result("inlayHint/resolve", hint)
    location = resolved["label"][0].get("location", {})
    check("location of the deciding line", location.get("uri") == uri and "range" in location, resolved)
    check("tooltip", "**Heap" in resolved["tooltip"]["value"])
    words = ["".join(p["value"] for p in h["label"]) if isinstance(h["label"], list) else h["label"] for h in hints]
    check("short", all(len(w) <= 42 for w in words), words)

    # Diagnostics
    found = server.wait_notification("textDocument/publishDiagnostics", lambda n: n["diagnostics"])["diagnostics"]
    check("pages of codes", all("#" in d["codeDescription"]["href"] for d in found), found[:1])
    # Editors open the file, and understand a line behind its address.
    with open(os.path.join(here, "..", "..", "editors", "reasons.md"), encoding="utf-8") as f:
        page = f.read().split("\n")
    for d in found:
        address, _, line = d["codeDescription"]["href"].partition("#L")
        check("their address", address.startswith("file://") and address.endswith("/reasons.md"), d)
        check("the line of the code's heading", line.isdigit() and page[int(line) - 1] == "## " + d["code"].split("/")[1], d)
    check("data for fixes", all("subject" in d["data"] for d in found))
    loop = [d for d in found if d["range"]["start"]["line"] == place('log.Printf("')["line"]]
    check("higher in loops", loop and all(d["severity"] == 3 for d in loop))
    check("hints elsewhere", all(d["severity"] == 4 for d in found if d not in loop))

    # The ways to the heap, for clients that draw them
    def paths(text, offset=0):
        return server.result("heapls/paths", at(text, offset))

    found = paths("new(int)\n\tkeep", 1)
    check("paths of the function", found["function"] == "caller" and {p["subject"] for p in found["paths"]} >= {"new(int)", "&Error{...}"}, found)
    here = found["paths"][found["at"]]
    check("the one at the position", here["subject"] == "new(int)" and here["range"]["start"] == place("new(int)\n\tkeep"), here)
    check("its verdict and reason", here["verdict"] == "heap" and here["code"].startswith("heap/") and "caller" in here["why"], here)
    check("its steps have places and their text", here["steps"] and all(s["uri"] == uri and s["code"] for s in here["steps"]), here["steps"])
    check("the first step is the site", here["steps"][0]["code"] == "new(int)", here["steps"][:1])
    check("a step that is a point has its line", here["steps"][1]["code"] == "a := new(int)", here["steps"][1])
    whole_line = paths("a := new(int)\n\tkeep")
    check("a line stands for what starts on it", whole_line["paths"][whole_line["at"]]["subject"] == "new(int)", whole_line["at"])
    stays = paths("new(int)\n\treturn *b", 1)
    check("what stays is told at its place", [p["verdict"] for p in stays["paths"]] == ["stack"] and stays["at"] == 0, stays)
    leaks = paths("p, q *int")
    check("a parameter that leaks", leaks["paths"][leaks["at"]]["verdict"] == "leaks" and leaks["paths"][leaks["at"]]["steps"], leaks)
    nothing = paths("package p")
    check("nothing outside of declarations", nothing["at"] == -1 and nothing["paths"] == [] and "range" not in nothing, nothing)

    # Broken code: the steps of a value that is known from before stand where their text is now.
    def edit(version, line, text):
        point = {"line": line, "character": 0}
        server.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": version},
                                                 "contentChanges": [{"range": {"start": point, "end": point}, "text": text}]})

    line = place("a := new(int)\n\tkeep")["line"]
    edit(2, line, "\tx := (\n\n")
    stale = server.result("heapls/paths", {"textDocument": {"uri": uri}, "position": {"line": line + 2, "character": 7}})
    moved = stale["paths"][stale["at"]] if stale["at"] >= 0 else {}
    check("stale", moved.get("stale") is True and moved["range"]["start"]["line"] == line + 2, stale)
    check("steps of a stale path moved with the text",
          [s["range"]["start"]["line"] for s in moved.get("steps", [])] == [s["range"]["start"]["line"] + 2 for s in here["steps"]], moved)
    check("the server ends well", server.stop() == 0)
sys.exit(1 if failed else 0)
