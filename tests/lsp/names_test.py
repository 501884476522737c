"""No name that only the compiler has stands in anything that a reader sees.

usage: names_test.py HEAPLS [PACKAGE…]
All texts of `heapls check --format=json --preset=all` for packages of the standard library, and hovers, hints and lenses of files whose code
gc fills with such names, are searched by a regular expression. What is quoted in the source is the user's."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from lsp_client import Server

PACKAGES = ("archive/tar context crypto/x509 debug/dwarf encoding/asn1 encoding/json errors fmt go/doc go/types internal/trace iter log/slog maps "
            "net net/http reflect slices strings sync syscall text/template").split()
FILES = ("internal/trace/order.go", "go/doc/example.go", "crypto/x509/verify.go")
# Temporaries, results without names, parts of loops over functions, shapes, dictionaries, bodies of loops, static data, and
# operations that have no form; and words of earlier versions that said nothing to a reader.
NAMES = re.compile(r"\.autotmp|~[rpb]\d|#(?:yield|state|next|rv|defers|r\b|tmpState)|go\.shape|(?:^|[^\w)\]])\.dict\b|-range\d|\.\.stmp|map\.init\.\d|\binit\.\d+\b(?!\.)|"
                   r"<node |<S>|<nil>|DYNAMICTYPE|LINKSYM|%!|shared up|did not grow|\d inlined$|· live\b|not inlined into another")
QUOTED = re.compile(r'"(?:\\.|[^"\\])*(?:"|$|…)|\'(?:\\.|[^\'\\])\'')
SOURCE = """package names

import (
	"iter"
	"maps"
	"slices"
)

type node struct{ l, r *node; v int }

func (n *node) All() iter.Seq[*node] {
	return func(yield func(*node) bool) { n.push(yield) }
}

func (n *node) push(yield func(*node) bool) bool {
	return n == nil || n.l.push(yield) && yield(n) && n.r.push(yield)
}

func Find(n *node, v int) (*int, error) {
	for x := range n.All() {
		for y := range x.All() {
			if y.v == v {
				w := v
				return &w, nil
			}
		}
	}
	return nil, nil
}

func Collect(m map[string]*node) (out []any) {
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, k, m[k])
	}
	for k := range maps.Keys(m) {
		f := func() { out = append(out, k) }
		defer f()
	}
	return out
}

type pool[T any] struct{ free []*T }

func (p *pool[T]) get() *T {
	if len(p.free) == 0 {
		return new(T)
	}
	return p.free[0]
}

func (p *pool[T]) keep(v T) any { c := make(chan T, 1); c <- v; return any(c) }

type list[T any] struct{ pool[T]; all []T; names map[string]T }

func (l *list[T]) add(v T, name func() string) { l.all = append(l.all, v); l.names[name()] = v; *l.get() = v }

func pair() (int, []byte) { return 1, nil }

func text() string { return string(made()) }

func made() []byte { return make([]byte, 40) }

func Use(f func(...any)) []byte {
	a, b := &list[int]{}, &list[string]{}
	a.add(1, text)
	b.add("x" + text(), func() string { return "#yield1 ~r0" + text() })
	f(a.keep(1), b.keep("y"), a.get())
	n, s := pair()
	f(n, s, text() + text())
	g := f
	g(append(s, made()...))
	return made()
}
"""
binary = os.path.abspath(sys.argv[1])
packages = sys.argv[2:] or PACKAGES
bad, seen = [], 0


def look(where, text):
    global seen
    seen += 1
    found = NAMES.search(QUOTED.sub('""', text))
    if found:
        bad.append("%s: %s in: %s" % (where, found[0], text[:300]))


def look_in(where, value, key=""):
    if isinstance(value, dict):
        for k, v in value.items():
            look_in(where, v, k)
    elif isinstance(value, list):
        for v in value:
            look_in(where, v, key)
    elif isinstance(value, str) and key not in ("file", "dir", "importPath", "fingerprint"):
        look("%s %s" % (where, key), value)


def look_in_package(package):
    for f in package["findings"]:
        look_in("%s:%d:%d" % (f["file"], f["line"], f["column"]), f)


def look_in_editor(path, places):
    """Hints, lenses, and the hover of each place."""
    server = Server(binary, settings={"preset": "all"})
    server.initialize({"textDocument": {"hover": {"contentFormat": ["plaintext"]}, "inlayHint": {}}, "workspace": {"configuration": True}})
    uri = server.open(path)
    for hint in server.hints(uri):
        look_in(path + " hint", {"label": hint["label"], "tooltip": hint.get("tooltip", "")})
    for lens in server.result("textDocument/codeLens", {"textDocument": {"uri": uri}}) or []:
        look(path + " lens", lens["command"]["title"])
    for line, column in places:
        answer = server.result("textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": line - 1, "character": column - 1}})
        for text in (answer["contents"]["value"] if answer else "").split("\n"):
            look("%s:%d:%d hover" % (path, line, column), text)
    server.stop()


if not shutil.which("go"):
    print("SKIP: there is no go command that knows where the library is")
    sys.exit(77)
root = subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip() + "/src"
done = subprocess.run([binary, "check", "--format=json", "--preset=all", *packages], cwd=root, capture_output=True, timeout=300, check=False)
document = json.loads(done.stdout)
for p in document["packages"]:
    look_in_package(p)
if not sys.argv[2:]:
    for name in FILES:
        path = os.path.join(root, name)
        look_in_editor(path, sorted({(f.get("startLine", f["line"]), f.get("startColumn", f["column"])) for p in document["packages"] for f in p["findings"] if f["file"] == path}))
    with tempfile.TemporaryDirectory() as directory:
        directory = os.path.realpath(directory)
        path = os.path.join(directory, "names.go")
        for name, content in (("go.mod", "module names\n\ngo 1.24\n"), ("names.go", SOURCE)):
            with open(os.path.join(directory, name), "w", encoding="utf-8") as f:
                f.write(content)
        done = subprocess.run([binary, "check", "--format=json", "--preset=all", "."], cwd=directory, capture_output=True, timeout=300, check=False)
        package = json.loads(done.stdout)["packages"][0]
        if package["errors"] or len(package["findings"]) < 30:
            sys.exit("names.go: %s, %d findings" % (package["errors"], len(package["findings"])))
        look_in_package(package)
        look_in_editor(path, [(i, len(line[:m.start()].encode("utf-16-le")) // 2 + 1) for i, line in enumerate(SOURCE.split("\n"), 1)
                              for m in re.finditer(r"[A-Za-z_]\w*|[\[{(&.]", line)])
print("\n".join(bad[:40]))
print("%d texts, %d with a name that is not in the source" % (seen, len(bad)))
sys.exit(1 if bad or seen < 1000 else 0)
