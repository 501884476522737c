"""Different silences have different words, and the same ones everywhere: status, lens, hover, `explain`, `check` and its JSON.
What is not decided says why; "nothing" is said only of what was decided.

usage: decision_test.py HEAPLS"""
import json
import os
import subprocess
import sys
import tempfile

import checks
from checks import check, write
from lsp_client import Server

binary = os.path.abspath(sys.argv[1])
CAPABILITIES = {"textDocument": {"inlayHint": {}, "codeLens": {}, "hover": {"contentFormat": ["plaintext"]}}, "experimental": {"heaplsStatus": True}}
SOURCE = """package p

// #include <stdlib.h>
import "C"
import "example.com/gone"

type T struct{ g gone.G }

func viaType(t *T) *int { t.g.Do(); return new(int) }

func direct() *int { gone.Do(); return new(int) }

func usesC() *int { C.free(nil); return new(int) }

var size = C.sizeof_int

func viaC() []byte { return make([]byte, size) }

func wrong() *int { undefined(); return new(int) }

type W struct{ x undefinedType }

func viaWrong(w *W) *int { w.x.y(); return new(int) }

func generic[E any]() *E { return new(E) }

func deep() int { return %s1%s }

func half() { x := ( }

func fine(m map[string]int, k string) *int {
	m[k] = 1
	m[k+"x"]++
	for m[k] = range 3 {
	}
	delete(m, k)
	s := []int{1}
	s[0] = 2
	return new(int)
}

func nothing(x int) int { return x + 1 }
""" % ("(" * 200000, ")" * 200000)
WHY = {"viaType": "import", "direct": "import", "usesC": "cgo", "viaC": "cgo", "wrong": "types", "viaWrong": "types", "generic": "generic", "deep": "too-deep", "half": "syntax"}
LABELS = {"import": "an import is missing", "cgo": "uses C", "types": "does not type-check", "generic": "generic, not used in this package", "too-deep": "nested too deeply", "syntax": "does not parse"}
SENTENCES = {"import": "it needs an import that could not be loaded (", "cgo": "it uses C (cgo is not followed)", "types": "it does not type-check", "generic": "it is generic and not used in this package: the compiler decides where it is used",
             "too-deep": "it is nested more deeply than heapls follows", "syntax": "it does not parse ("}


def run(directory, *arguments):
    return subprocess.run([binary, *arguments], cwd=directory, capture_output=True, text=True, env={**os.environ, "CGO_ENABLED": "1"})


def line_of(text, start):
    return next(i for i, line in enumerate(text.split("\n"), 1) if line.startswith(start))


def explain(directory, line, file="p.go"):
    return run(directory, "explain", "%s:%d" % (file, line)).stdout


def command_line(directory):
    for name, why in WHY.items():
        said = explain(directory, line_of(SOURCE, "func " + name))
        check("explain " + name, said.startswith("Not decided: %s, because %s" % (name, SENTENCES[why])) and "Nothing" not in said, said)
    said = explain(directory, line_of(SOURCE, "var size"))
    check("explain a variable", said == "Not decided: this declaration, because it uses C (cgo is not followed).\n", said)
    for text, shown in (("\tm[k] = 1", "m[k]"), ("\tm[k+", 'm[k+"x"]'), ("\tfor m[k]", "m[k]")):
        said = explain(directory, line_of(SOURCE, text))
        check("explain " + text, "Not decided: a write to %s may add an entry" % shown in said and "Nothing" not in said, said)
    for text in ("func nothing", "\tdelete", "\ts[0]", "type T", "import"):
        line = line_of(SOURCE, text)
        check("explain " + text, explain(directory, line) in ("Nothing on line %d allocates or leaks.\n" % line,) or text == "func nothing", explain(directory, line))
    check("a file that is left out", explain(directory, 3, "x_windows.go").startswith("This file is left out of the build: its name is for another platform than "), explain(directory, 3, "x_windows.go"))
    check("by a constraint", "its build constraint `ignore` does not hold for " in explain(directory, 5, "ignored.go"), explain(directory, 5, "ignored.go"))
    off = subprocess.run([binary, "explain", "c.go:5"], cwd=os.path.join(directory, "c"), capture_output=True, text=True, env={**os.environ, "CGO_ENABLED": "0"})
    check("cgo is off", "it uses C, and cgo is off" in off.stderr and not off.stdout, off)
    text = run(directory, "check", ".").stdout.rstrip().split("\n")
    check("check's last line", text[-1] == "Not decided: 9 functions (does not parse: 1, does not type-check: 2, an import is missing: 2, uses C: 2 (--cgo), nested too deeply: 1, generic, not used in this package: 1)", text[-3:])
    found = json.loads(run(directory, "check", "--format=json", ".").stdout)
    undecided = {u["function"]: u for u in found["packages"][0]["undecided"]}
    check("JSON: who and why", {n: u["reason"] for n, u in undecided.items()} == WHY, undecided)
    check("JSON: where", undecided["usesC"]["line"] == line_of(SOURCE, "func usesC") and undecided["usesC"]["column"] == 6 and undecided["usesC"]["why"] == SENTENCES["cgo"], undecided["usesC"])
    check("JSON: how many", found["summary"]["undecided"] == {"syntax": 1, "types": 2, "import": 2, "cgo": 2, "too-deep": 1, "generic": 1} and found["summary"]["leftOut"]["excludedFiles"] == 2, found["summary"])
    clean = run(os.path.join(directory, "clean"), "check", ".").stdout
    check("where all is decided there is no such line", "Not decided" not in clean and "Left out" not in clean, clean)
    check("no module", "no go.mod in the directory or above it" in run(os.path.join(directory, "../outside"), "check", ".").stderr, run(os.path.join(directory, "../outside"), "check", "."))


def lenses(s, uri, text):
    lines, out = text.split("\n"), {}
    for lens in s.result("textDocument/codeLens", {"textDocument": {"uri": uri}}):
        start, end = lens["range"]["start"], lens["range"]["end"]
        out[lines[start["line"]][start["character"]:end["character"]]] = lens["command"]["title"]
    return out


def hover(s, uri, line, character):
    answer = s.result("textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": line - 1, "character": character}})
    return answer["contents"]["value"] if answer else ""


def server(directory):
    s = Server(binary, env={**os.environ, "CGO_ENABLED": "1"})
    s.initialize(CAPABILITIES)
    uri = s.open(os.path.join(directory, "p.go"))
    s.hints(uri)
    shown = lenses(s, uri, SOURCE)
    check("lenses", {n: t for n, t in shown.items() if "not decided" in t} == {n: "not decided: " + LABELS[w] for n, w in WHY.items()}, shown)
    for name, why in WHY.items():
        line = line_of(SOURCE, "func " + name)
        for character in (5, len(SOURCE.split("\n")[line - 1]) - 2):
            said = hover(s, uri, line, character)
            check("hover " + name, said.startswith("Not decided: %s, because %s" % (name, SENTENCES[why])), said)
    said = hover(s, uri, line_of(SOURCE, "\tm[k] = 1"), 2)
    check("hover of a write to a map", said.startswith("Not decided: a write to m[k] may add an entry"), said)
    check("it is no hint", line_of(SOURCE, "\tm[k] = 1") - 1 not in [h["position"]["line"] for h in s.hints(uri)])
    status = s.wait_notification("heapls/status", lambda p: "document" in p, 20)
    check("status", status["document"]["undecided"] == 9 and status["document"]["stale"] == 0
          and status["document"]["reasons"] == {"syntax": 1, "types": 2, "import": 2, "cgo": 2, "too-deep": 1, "generic": 1}, status)
    check("status for people", any("2 not decided: uses C" in line for line in status["lines"]) and not any("before" in line for line in status["lines"]), status)
    left_out = s.open(os.path.join(directory, "x_windows.go"))
    s.hints(left_out)
    status = s.wait_notification("heapls/status", lambda p: p.get("document", {}).get("uri") == left_out, 20)
    check("status of a file that is left out", "another platform" in status["document"]["leftOut"] and status["note"] == "left out" and any("read alone" in line for line in status["lines"]), status)
    check("ends", s.stop() == 0)


def before(directory):
    """Verdicts that are shown though the code has changed say since when."""
    text = "package p\n\nimport \"m/dep\"\n\nfunc a() *int {\n\tx := new(int)\n\treturn x\n}\n\nfunc b() *int { return dep.Same(new(int)) }\n"
    write(directory, {"go.mod": "module m\n\ngo 1.24\n", "p.go": text, "dep/dep.go": "package dep\n\nfunc Same(x *int) *int { return x }\n"})
    s = Server(binary)
    s.initialize(CAPABILITIES)
    uri = s.open(os.path.join(directory, "p.go"))
    check("before", len(s.hints(uri)) == 2)
    s.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"range": {"start": {"line": 5, "character": 0}, "end": {"line": 6, "character": 0}}, "text": "\tx := new(int) + (\n"}]})
    s.hints(uri)
    now = text.replace("\tx := new(int)\n", "\tx := new(int) + (\n")
    check("lens after an edit", lenses(s, uri, now)["a"].endswith(" · from before your edit"), lenses(s, uri, now))
    check("hover after an edit", "stale: from before your edit: it does not parse (" in hover(s, uri, 5, 5), hover(s, uri, 5, 5))
    status = s.wait_notification("heapls/status", lambda p: p.get("document", {}).get("stale"), 20)
    check("status after an edit", status["note"] == "1 stale" and any("1 with verdicts from before your edit" in line for line in status["lines"]), status)
    s.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": 3}, "contentChanges": [{"text": text}]})
    s.hints(uri)
    os.rename(os.path.join(directory, "dep"), os.path.join(directory, "gone"))
    status = s.wait_notification("heapls/status", lambda p: p.get("document", {}).get("reasons") == {"import": 1}, 20)
    check("status without the import", any("1 with verdicts from before an import went missing" in line for line in status["lines"]), status)
    check("lens without the import", lenses(s, uri, text)["b"].endswith(" · from before an import went missing") and "before" not in lenses(s, uri, text)["a"], lenses(s, uri, text))
    check("hover without the import", "stale: from before an import went missing: it needs an import that could not be loaded (" in hover(s, uri, 10, 5), hover(s, uri, 10, 5))
    check("ends", s.stop() == 0)


def main():
    if subprocess.run([binary, "check", "--format=json", "errors"], capture_output=True).returncode == 2:
        print("SKIP: Go's sources are not here")
        return 77
    with tempfile.TemporaryDirectory() as directory:
        directory = os.path.join(os.path.realpath(directory), "m")
        write(directory, {"go.mod": "module m\n\ngo 1.24\n", "p.go": SOURCE, "x_windows.go": "package p\n\nfunc X() *int { return new(int) }\n",
                          "ignored.go": "//go:build ignore\n\npackage p\n\nfunc Y() *int { return new(int) }\n", "c/c.go": 'package c\n\nimport "C"\n\nfunc Z() *int { return new(int) }\n',
                          "clean/c.go": "package clean\n\nfunc F() *int { return new(int) }\n", "../outside/o.go": 'package o\n\nimport "example.com/gone"\n\nfunc F() { gone.F() }\n'})
        command_line(directory)
        server(directory)
    with tempfile.TemporaryDirectory() as directory:
        before(os.path.realpath(directory))
    print("ok %d checks" % checks.count)
    return 0


sys.exit(main())
