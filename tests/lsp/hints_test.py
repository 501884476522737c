"""The hints of a line: together never more than VS Code draws of them, and none is lost.

VS Code (vs/editor/contrib/inlayHints/browser/inlayHintsController.ts) adds up the characters of all hints of a line, in UTF-16
units, cuts the label that goes beyond editor.inlayHints.maximumLength (43), and leaves out those that follow. The blank before
a hint is counted here too, which is more than VS Code does.

usage: hints_test.py HEAPLS"""
import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile

import checks
from checks import check, count_of, label_of
from lsp_client import Server

MAXIMUM = 43
FILES = ["net/http/server.go", "fmt/print.go", "encoding/json/decode.go", "net/http/h2_bundle.go", "unicode/tables.go"]
SOURCE = """package p

import "fmt"

type point struct{ x, y, z int }

func four(a, b, c, d int) {
	fmt.Println(a, b, c, d)
}

func mixed(n int, s string, f float64) (*point, []byte, error) {
	return &point{x: n}, []byte(s), fmt.Errorf("%d %s %v %v", n, s, f, point{})
}

func many(n int) []*point {
	return []*point{{1, 2, 3}, {}, {}, {}, {}, {}, new(point), {}, {}, {}}
}

func loop(n int) (all []any) {
	for i := 0; i < n; i++ {
		all = append(all, i, fmt.Sprint(i), float64(i))
	}
	return all
}

func two(a int) { fmt.Println(a, new(int)) }
"""
binary = os.path.abspath(sys.argv[1])


def units(text):
    return len(text.encode("utf-16-le")) // 2


def by_line(hints):
    lines = collections.defaultdict(list)
    for hint in hints:
        lines[hint["position"]["line"]].append(hint)
    return lines


def rows_of(paths, preset):
    """What check says: how many sites by file and line, gc's, which hints stand in."""
    out = subprocess.run([binary, "check", "--format=json", "--generated", "--preset=" + preset, *paths], capture_output=True, check=False)
    rows = collections.defaultdict(collections.Counter)
    for package in json.loads(out.stdout)["packages"]:
        for finding in package["findings"]:
            rows[finding["file"]][finding["line"] - 1] += 1
    return rows


def session(preset, placement="expression", capabilities=None):
    server = Server(binary, settings={"preset": preset, "showIn": {"generated": True}, "hints": {"placement": placement}})
    server.initialize({"workspace": {"configuration": True}, **(capabilities or {})})
    return server


def whole_file(server, path, wanted, what, at_end):
    with open(path, encoding="utf-8") as f:
        text = f.read().split("\n")
    uri = server.open(path)
    server.wait_built(uri)
    lines = by_line(server.hints(uri))
    server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    long = [(n + 1, [label_of(h) for h in hints]) for n, hints in lines.items()
            if sum(units(label_of(h)) + bool(h.get("paddingLeft")) for h in hints) > MAXIMUM]
    check("%s: no line has more than VS Code draws" % what, not long, long[:5])
    counts = {n: sum(count_of(label_of(h)) for h in hints) for n, hints in lines.items()}
    differ = [(n + 1, counts.get(n, 0), wanted[n], [label_of(h) for h in lines.get(n, [])])
              for n in sorted(counts.keys() | wanted.keys()) if counts.get(n, 0) != wanted[n]]
    check("%s: every site of a line is in its hints" % what, counts and not differ, differ[:5])
    wrong = [n + 1 for n, hints in lines.items() if len(hints) > 1 or hints[0]["position"]["character"] != units(text[n])]
    check("%s: one at the end of the line" % what, not at_end or not wrong, wrong[:5])


def whole_files(root):
    for preset in ("default", "all"):
        paths = [os.path.join(root, "src", name) for name in FILES]
        rows = rows_of(paths, preset)
        for placement in ("expression", "line end"):
            server = session(preset, placement)
            for path in paths:
                whole_file(server, path, rows[path], "%s, preset %s, %s" % (path, preset, placement), placement == "line end")
            server.stop()


def merged():
    with tempfile.TemporaryDirectory() as directory:
        checks.write(directory, {"p.go": SOURCE, "go.mod": "module p\n\ngo 1.26\n"})
        path = os.path.join(directory, "p.go")
        server = session("default")
        uri = server.open(path)
        server.wait_built(uri)
        lines = by_line(server.hints(uri))
        of = lambda text: lines[SOURCE[:SOURCE.index(text)].count("\n")]
        four = of("fmt.Println(a, b, c, d)")
        check("four equal arguments are one hint", [label_of(h) for h in four] == ["4 × heap 8 B if not 0–255"], four)
        check("at the end of the line", four[0]["position"]["character"] == units("\tfmt.Println(a, b, c, d)"), four)
        check("which names all of them in its tooltip", four[0]["tooltip"]["value"].startswith("a, b, c, d: Heap, 8 bytes if"), four[0]["tooltip"])
        two = of("func two")
        check("what fits stays where it is", [label_of(h) for h in two] == ["heap 8 B if not 0–255", "heap 8 B"], two)
        many = label_of(of("return []*point{{")[0])
        check("different kinds are counted apart, the dearest first", many == "heap 80 B, 10 × 24 B", many)
        loop = label_of(of("all = append(all, i,")[0])
        check("a loop is said once", loop.startswith("in loop: ") and count_of(loop) == 5, loop)
        part = server.hints(uri, *(2 * [SOURCE[:SOURCE.index("fmt.Println(a, b")].count("\n")]))
        check("a range that ends at the line's start has nothing of it", part == [], part)
        server.stop()

        server = session("default", capabilities={"textDocument": {"inlayHint": {"resolveSupport": {"properties": ["tooltip"]}}}})
        uri = server.open(path)
        server.wait_built(uri)
        lines = by_line(server.hints(uri))
        for hint in of("fmt.Println(a, b, c, d)"):
            text = server.result("inlayHint/resolve", hint)["tooltip"]["value"]
            check("the tooltip that is asked for has all of them", text.startswith("`a`, `b`, `c`, `d`: "), text)
        text = SOURCE.replace("\tfmt.Println(a, b, c, d)", "\tfmt.Println(a, b, c, d) // x")
        server.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": text}]})
        server.wait_built(uri)
        text = server.result("inlayHint/resolve", of("fmt.Println(a, b, c, d)")[0]).get("tooltip", {}).get("value", "")
        check("also after an edit of that line", text.startswith("`a`, `b`, `c`, `d`: "), text)
        server.stop()


if not shutil.which("go"):
    sys.exit(77)
merged()
whole_files(subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip())
print("%d checks" % checks.count)
