"""The open file of a large package is shown before the rest of the package is built: its functions at once, what is
missing afterwards, when the client is told to ask again. A client that can't be told so gets all in its first answer, as
does one that does not draw a second one, and so do questions about the whole package.

usage: first_look_test.py HEAPLS"""
import os
import sys
import tempfile

from lsp_client import Server

binary = os.path.abspath(sys.argv[1])
REFRESH = {"textDocument": {"inlayHint": {}, "callHierarchy": {}, "hover": {}}, "workspace": {"inlayHint": {"refreshSupport": True}}}
MAIN = """package large

type node struct{ next *node }

var first = f0(&node{}, 3)

func Second(n int) *node {
	return f0(&node{}, n)
}

func Third(n int) (*node, []int) {
	return Second(n), append([]int{}, make([]int, n)...)
}
"""
OTHER = """
func f%d(n *node, size int) *node {
	m := map[int]*node{size: {n}}
	for i := range size {
		m[i] = &node{m[i/2]}
		if i > 1000 {
			return f%d(m[i], i/2)
		}
	}
	first, _ = Third(size)
	return m[len(make([]int, size))]
}
"""


def check(name, good, shown=""):
    if not good:
        sys.exit("%s: %s" % (name, shown))


def write_module(directory):
    with open(os.path.join(directory, "go.mod"), "w") as f:
        f.write("module example.com/large\n\ngo 1.25\n")
    with open(os.path.join(directory, "main.go"), "w") as f:
        f.write(MAIN)
    count = 1500
    with open(os.path.join(directory, "other.go"), "w") as f:
        f.write("package large\n" + "".join(OTHER % (i, (i + 1) % count) for i in range(count)))
    return os.path.join(directory, "main.go")


def start(capabilities, **more):
    s = Server(binary, "--log-level=error", env=dict(os.environ, HEAPLS_CACHE="off"))
    s.initialize(capabilities, **more)
    return s


def state(s, uri):
    return s.result("heapls/documentText", {"textDocument": {"uri": uri}})


def lines_of(hints):
    return sorted((h["position"]["line"], str(h["label"])) for h in hints)


def main():
    with tempfile.TemporaryDirectory() as directory:
        path = write_module(directory)
        variable = MAIN[:MAIN.index("var first")].count("\n")
        whole = []
        for capabilities, info in [({"textDocument": {"inlayHint": {}}}, {"name": "Old"}), (REFRESH, {"name": "Neovim", "version": "0.10.4"})]:
            s = start(capabilities, clientInfo=info)
            uri = s.open(path)
            whole = s.hints(uri)
            check("all at once for %s" % info, not state(s, uri)["firstLook"] and any(h["position"]["line"] == variable for h in whole), whole)
            s.stop()
        s = start(REFRESH)
        uri = s.open(path)
        calls = s.start("textDocument/prepareCallHierarchy", {"textDocument": {"uri": uri}, "position": {"line": 6, "character": 6}})
        hints = s.hints(uri)
        check("a first look", state(s, uri)["firstLook"], hints)
        check("has all functions' hints", lines_of(hints) == [x for x in lines_of(whole) if x[0] != variable], (lines_of(hints), lines_of(whole)))
        check("calls wait for all", calls not in s.responses)
        hover = s.result("textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": 7, "character": 12}})
        check("a hover does not wait", state(s, uri)["firstLook"] and "node" in str(hover), hover)
        check("calls are found", s.finish(calls)["result"][0]["name"] == "Second")
        while not any(m["method"] == "workspace/inlayHint/refresh" for m in s.seen if "method" in m):
            s._take(60)
        check("then the rest", lines_of(s.hints(uri)) == lines_of(whole) and not state(s, uri)["firstLook"], lines_of(whole))
        s.stop()
        s = start(REFRESH)  # closed, and ended, in the middle of it
        uri = s.open(path)
        s.hints(uri)
        calls = s.start("textDocument/prepareCallHierarchy", {"textDocument": {"uri": uri}, "position": {"line": 6, "character": 6}})
        s.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        check("answered when it is closed", "result" in s.finish(calls))
        uri = s.open(path)
        at = {"line": 7, "character": 0}
        s.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"range": {"start": at, "end": at}, "text": "\t_ = new(int)\n"}]})
        check("edited before it is built", any(h["position"]["line"] == 8 for h in s.hints(uri)))
        s.stop()
    print("first looks are shown, and followed by the rest")


if __name__ == "__main__":
    main()
