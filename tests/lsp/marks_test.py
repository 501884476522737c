"""What a diagnostic underlines and how its message begins: the token that decides, on the line where gc prints its message, and the
expression and the function before all else, so that rows of a list differ where they are cut off. What stands in the whole
expression is found by it as before: hover, code action, comment.

usage: marks_test.py HEAPLS"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import checks
from checks import check
from lsp_client import Server

# The mark of each finding of a line stands in its comment, the expression behind it where it is another one.
SOURCE = """package p

import "fmt"

type point struct{ x, y, z int }

var sink any
var points []*point
var matrix [3][3]int

func literals(n int) {
	sink = &point{ // &point | &point{…}
		x: n,
		y: n,
	}
	sink = []*point{ // []*point | []*point{…} ; { | {…} ; {
		{x: 1, y: 2, z: 3,
		},
		{x: 2},
	}
	sink = func() int { // func | func literal
		return n
	}
	sink = struct{ // struct | struct{…}
		a, b int
	}{
		a: n,
	}
	sink = map[string]int{ // map[string]int | map[string]int{…}
		"a": n,
	}
}

func calls(n int, args []string, f func(int) []int) []string {
	for i := 0; i < n; i++ {
		args = append(args, // append | append(args, …)
			"a",
			"b")
	}
	sink = make([]int, // make | make([]int, …)
		n,
		n)
	sink = new(point) // new
	sink = f( // f | f(n) ; f
		n)
	sink = matrix[0][1] // matrix[0][1]
	return args
}

func words(s, t string, n int) string {
	fmt.Println(s, n) // s ; n
	u := s + // + | s + …
		t
	u += "x" // +=
	sink = []byte(s) // []byte | []byte(s)
	return fmt.Sprint( // + | fmt.Sprint( …
		matrix[0][n%3]) + u
}

func background(n int) *int {
	go func() { // func | func literal
		fmt.Println(
			n) // n
	}()
	k := n // k
	return &k
}
"""
binary = os.path.abspath(sys.argv[1])


def marked(text, d):
    start, end = d["range"]["start"], d["range"]["end"]
    line = text.split("\n")[start["line"]].encode("utf-16-le")
    return line[2 * start["character"]:2 * end["character"]].decode("utf-16-le") if start["line"] == end["line"] else None


def diagnostics(server, uri):
    return server.result("textDocument/diagnostic", {"textDocument": {"uri": uri}})["items"]


def named(message):
    return re.match(r"`([^`]*)`(?: in `([^`]*)`)?: (?:heap|moved to the heap)\b", message)


def own():
    with tempfile.TemporaryDirectory() as directory:
        checks.write(directory, {"p.go": SOURCE, "go.mod": "module p\n\ngo 1.26\n"})
        server = Server(binary)
        server.initialize({"textDocument": {"diagnostic": {}, "hover": {"contentFormat": ["plaintext"]}, "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}}}}})
        uri = server.open(os.path.join(directory, "p.go"))
        server.wait_built(uri)
        found, function, wanted = {}, None, 0
        for d in diagnostics(server, uri):
            found.setdefault(d["range"]["start"]["line"], []).append(d)
        for number, line in enumerate(SOURCE.split("\n")):
            function = (re.match(r"func (\w+)", line) or [None, function])[1]
            comment = line.split(" // ")[1] if " // " in line else ""
            for want in filter(None, comment.split(" ; ")):
                mark, _, expression = want.partition(" | ")
                near = [d for n in range(number, number + 3) for d in found.get(n, [])]
                fits = [d for d in near if marked(SOURCE, d) == mark and named(d["message"])[1] == (expression or named(d["message"])[1])]
                check("line %d: %s is marked" % (number + 1, want), fits, [(marked(SOURCE, d), d["message"][:80]) for d in near])
                check("line %d: %s is named" % (number + 1, function), any((named(d["message"])[2] or "").startswith(function) for d in fits), fits)
                wanted += 1
        check("there was something to look for", wanted > 20)

        # The whole expression is what is looked up.
        where = {"line": SOURCE[:SOURCE.index("y: n,")].count("\n"), "character": 2}
        whole = server.result("textDocument/hover", {"textDocument": {"uri": uri}, "position": dict(where, character=3)})
        check("a hover inside of a literal is its", whole and whole["range"]["start"]["line"] == where["line"] - 2 and whole["range"]["end"]["line"] == where["line"] + 1, whole)
        actions = server.result("textDocument/codeAction", {"textDocument": {"uri": uri}, "range": {"start": where, "end": where}, "context": {"diagnostics": []}})
        check("an action there hides it", ["Hide what heapls says about line %d" % (where["line"] - 1)] == [a["title"] for a in actions], actions)

        # Typed before the diagnostics are asked for: the mark moves with its text.
        at = {"line": SOURCE[:SOURCE.index("sink = new(point)")].count("\n"), "character": 1}
        text = SOURCE.replace("sink = new(point)", "/* é */ sink = new(point)")
        server.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"range": {"start": at, "end": at}, "text": "/* é */ "}]})
        marks = [marked(text, d) for d in diagnostics(server, uri) if d["range"]["start"]["line"] == at["line"]]
        check("a mark moves with the text", marks == ["new"], marks)
        server.stop()


def library(root):
    """Every finding of real files: the mark is on gc's line and in one line; rows differ in their first 70 characters."""
    for package in ("fmt", "net/http", "encoding/json", "go/types"):
        out = json.loads(subprocess.run([binary, "check", "--format=json", "--preset=all", package], capture_output=True, check=True).stdout)
        wrong, count, texts = [], 0, {}
        for f in out["packages"][0]["findings"]:
            if f["file"] not in texts:
                with open(f["file"], "rb") as file:
                    texts[f["file"]] = file.read().split(b"\n")
            mark = texts[f["file"]][f["markLine"] - 1][f["markColumn"] - 1:f["markEndColumn"] - 1].decode()
            inside = (f["startLine"], f["startColumn"]) <= (f["markLine"], f["markColumn"]) and (f["markLine"], f["markEndColumn"]) <= (f["endLine"], f["endColumn"])
            count += 1
            if not inside or f["markLine"] != f["line"] or not mark or mark != mark.strip() or len(mark) > 120:
                wrong.append((f["file"], f["line"], f["markLine"], mark, f["subject"]))
        check("%s: marks are one token's, where gc has its message" % package, count > 100 and len(wrong) <= 0.005 * count, (len(wrong), count, wrong[:10]))
    server = Server(binary)
    server.initialize({"textDocument": {"diagnostic": {}}})
    uri = server.open(os.path.join(root, "src/net/http/server.go"))
    server.wait_built(uri)
    items = diagnostics(server, uri)
    rows = [d["message"][:70] for d in items]
    check("a message names the expression and the function", all(named(d["message"]) for d in items), [r for r in rows if not named(r)][:5])
    with open(os.path.join(root, "src/net/http/server.go"), encoding="utf-8") as f:
        text = f.read()
    same = {}
    for d in items:
        same.setdefault(d["message"][:70], set()).add(marked(text, d))
    check("rows that are equal where they are cut off are of equal expressions", all(len(marks) == 1 for marks in same.values()), [r for r in same.items() if len(r[1]) > 1])
    server.stop()


if not shutil.which("go"):
    sys.exit(77)
own()
library(subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip())
print("%d checks" % checks.count)
