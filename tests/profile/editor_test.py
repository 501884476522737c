#!/usr/bin/env python3
"""What an editor shows of a program with a default.pgo is what the compiler decides with it: heapls.verify has it compiled
and agrees line by line, also after edits; status and hover name the profile; one that comes, changes or goes is noticed.

editor_test.py HEAPLS     SKIP without a go command."""
import os
import shutil
import sys
import tempfile

here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [here, os.path.join(here, os.pardir, "lsp")]
import pprof
from checks import check
from lsp_client import Server

binary = os.path.abspath(sys.argv[1])
CAPABILITIES = {"textDocument": {"inlayHint": {}, "hover": {"contentFormat": ["plaintext"]}}, "experimental": {"heaplsStatus": True},
                "workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}}
SOURCE = """package main

import "strconv"

type Shape interface{ Area(int) *int }

type Square struct{ a int }

func (s Square) Area(n int) *int { x := s.a * n; return &x }

func large(n int) (s string) {
	for i := range n {
		s += strconv.Itoa(i) + strconv.Itoa(i*2)
		s += strconv.Itoa(i*3) + "x"
		if i%7 == 3 {
			s += strconv.Quote(s[:1])
		}
	}
	return s
}

func sum(shapes []Shape) (n int) {
	for _, s := range shapes {
		n += *s.Area(len(shapes))
	}
	return n + len(large(n))
}

func main() { println(sum([]Shape{Square{2}})) }
"""
EDGES = [("main.sum", 22, 24, "main.Square.Area", 9, 60), ("main.sum", 22, 26, "main.large", 11, 40)]


def main():
    if not shutil.which("go"):
        print("SKIP: no go command")
        return 77
    with tempfile.TemporaryDirectory() as directory:
        directory = os.path.realpath(directory)
        path, profile = os.path.join(directory, "main.go"), os.path.join(directory, "default.pgo")
        for name, text in (("go.mod", "module example.com/m\n\ngo 1.24\n"), ("main.go", SOURCE)):
            with open(os.path.join(directory, name), "w") as f:
                f.write(text)
        with open(profile, "wb") as f:
            f.write(pprof.profile(EDGES))
        os.environ["HEAPLS_CACHE"] = os.path.join(directory, "cache")
        s = Server(binary, env=dict(os.environ, GOFLAGS="", GOWORK="off", CGO_ENABLED="0"))
        s.initialize(CAPABILITIES, rootUri="file://" + directory)
        uri = s.open(path)
        s.hints(uri)
        s.wait_built(uri)
        status = s.wait_notification("heapls/status", lambda p: "profile" in p, 30)
        check("status", status["profile"] == profile and any(profile in line for line in status["lines"]), status)

        def hover(line, character):
            return s.result("textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}})["contents"]["value"]

        def verified(name):
            answer = s.result("workspace/executeCommand", {"command": "heapls.verify", "arguments": [uri]})
            check(name, answer["agree"] == answer["lines"] > 10, answer)
            return answer["lines"]

        check("hover", "of 2000, as it is hot in default.pgo" in hover(10, 6), hover(10, 6))
        check("a call", "By the profile it is mostly Square.Area: that one is tried first, and inlined." in hover(23, 10), hover(23, 10))
        with_profile = verified("the compiler agrees")
        s.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [
            {"range": {"start": {"line": 25, "character": 0}, "end": {"line": 25, "character": 0}}, "text": "\tn += len(large(3))\n"}]})
        s.hints(uri)
        verified("and after an edit below the call")
        s.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": 3}, "contentChanges": [
            {"range": {"start": {"line": 22, "character": 0}, "end": {"line": 22, "character": 0}}, "text": "\tprintln()\n"}]})
        s.hints(uri)
        verified("and after one that moves the calls away from the profile's lines")
        s.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": 4}, "contentChanges": [{"text": "\n\n" + SOURCE}]})
        s.hints(uri)
        check("lines count from the function's first", verified("moved as a whole") == with_profile)
        os.remove(profile)
        s.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": "file://" + profile, "type": 3}]})
        s.wait_notification("heapls/status", lambda p: p["state"] == "ready" and "profile" not in p, 30)
        check("gone", "of 80" in hover(12, 6), hover(12, 6))
        verified("the compiler agrees without it")
        with open(profile, "wb") as f:
            f.write(pprof.profile(EDGES[:1]))
        s.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": "file://" + profile, "type": 1}]})
        s.wait_notification("heapls/status", lambda p: "profile" in p, 30)
        check("another", "of 80" in hover(12, 6), hover(12, 6))
        verified("the compiler agrees with another")
        check("ends", s.stop() == 0)
    print("ok")
    return 0


if __name__ == "__main__":
    sys.exit(main())
