"""What comments that say //heapls:ignore hide in the editor: a line, the line below, a function, a file, while they are typed and
taken away; the command line shows the same lines. What there is to hide is what gc says escapes.

usage: ignored_test.py HEAPLS"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import checks
from checks import check, write
from lsp_client import Server

binary = os.path.abspath(sys.argv[1])
# Lines that a comment hides have a mark.
SOURCE = """// Package p is commented.
package p

func trailing() *int {
	return new(int) //heapls:ignore once /*H*/
}

func above() (*int, *int) {
	//heapls:ignore
	// another comment
	a := new(int) /*H*/
	return a, new(int)
}

// whole is hidden.
//
//heapls:ignore is measured elsewhere
func whole(n int) (*int, func() int) { /*H*/
	a := new(int) /*H*/
	if n > 1 {
		a = new(int) /*H*/
	}
	return a, func() int { n++; return n } /*H*/
}

func after() *int {
	return new(int)
}

//heapls:ignore tables
var table = func() *int {
	return new(int) /*H*/
}

func text() (*int, string) {
	return new(int), "//heapls:ignore"
}

func ignored() *int {
	return new(int) //heapls:ignored is another word
}
"""
OTHER = "%spackage p\n\nfunc other() *int {\n\treturn new(int)\n}\n"
HINTS = {"textDocument": {"inlayHint": {}, "publishDiagnostics": {"versionSupport": True}}}


def escaping(directory):
    out = subprocess.run(["go", "build", "-gcflags=-m", "."], cwd=directory, capture_output=True, text=True).stderr
    found = {}
    for file, line in re.findall(r"^\./(\w+\.go):(\d+):\d+: .*(?:escapes to heap|moved to heap: \w+)$", out, re.M):
        found.setdefault(file, set()).add(int(line))
    return found


def wanted(text, lines):
    marked = {i + 1 for i, line in enumerate(text.split("\n")) if "/*H*/" in line}
    check("gc says that the marked lines escape", marked <= lines, marked - lines)
    return lines - marked


def shown(s, uri, version, directory, name):
    """By hints, by diagnostics; by the command line, of the same text."""
    hints = {h["position"]["line"] + 1 for h in s.hints(uri)}
    published = s.wait_notification("textDocument/publishDiagnostics", lambda p: p["uri"] == uri and p["version"] == version)
    problems = {d["range"]["start"]["line"] + 1 for d in published["diagnostics"]}
    document = json.loads(subprocess.run([binary, "check", "--format=json", "."],
                                         cwd=directory, capture_output=True, text=True).stdout)
    return hints, problems, {f["line"] for p in document["packages"] for f in p["findings"] if os.path.basename(f["file"]) == name}


def all_say(name, s, uri, version, directory, file, want):
    hints, problems, rows = shown(s, uri, version, directory, file)
    check(name + ", hints", hints == want, (hints, want))
    check(name + ", diagnostics", problems == want, (problems, want))
    check(name + ", check", rows == want, (rows, want))


def main():
    if not shutil.which("go"):
        print("SKIP: no go command")
        return 77
    with tempfile.TemporaryDirectory() as directory:
        directory = os.path.realpath(directory)
        write(directory, {"go.mod": "module p\n\ngo 1.24\n", "p.go": SOURCE, "other.go": OTHER % ""})
        lines = escaping(directory)
        s = Server(binary)
        s.initialize(HINTS, rootUri="file://" + directory)
        uri, version = s.open(os.path.join(directory, "p.go")), 1
        all_say("as it is", s, uri, version, directory, "p.go", wanted(SOURCE, lines["p.go"]))

        def becomes(text):
            nonlocal version
            version += 1
            s.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": text}]})
            write(directory, {"p.go": text})

        comments = re.findall(r"//heapls:ignore\b[^\n/]*", SOURCE)
        for i, comment in enumerate(comments[:4]):  # that in a literal is none
            parts = SOURCE.split("//heapls:ignore")
            without = "//heapls:ignore".join(parts[:i + 1]) + "// heapls:ignore" + "//heapls:ignore".join(parts[i + 1:])
            # What this one hides: the marks from it to the next blank line, but of a comment on a line its own.
            start = without.index("// heapls:ignore")
            line = without[without.rfind("\n", 0, start) + 1:without.index("\n", start)]
            end = without.index("\n", start) if line.strip()[:2] != "//" else without.index("\n}\n", start)
            typed = without[:start] + without[start:end].replace("/*H*/", "") + without[end:]
            becomes(typed)
            all_say("without comment %d" % i, s, uri, version, directory, "p.go", wanted(typed, lines["p.go"]))
            becomes(SOURCE)
            all_say("with it again", s, uri, version, directory, "p.go", wanted(SOURCE, lines["p.go"]))
        other = s.open(os.path.join(directory, "other.go"))
        all_say("another file", s, other, 1, directory, "other.go", {4})
        for number, (head, want) in enumerate((("//heapls:ignore old code\n\n", set()), ("// Package p.\n", {5}), ("//heapls:ignore\n", set()), ("/* //heapls:ignore */\n", {5}))):
            text = OTHER % head
            s.notify("textDocument/didChange", {"textDocument": {"uri": other, "version": number + 2}, "contentChanges": [{"text": text}]})
            write(directory, {"other.go": text})
            all_say("a file: " + head.strip(), s, other, number + 2, directory, "other.go", want)
        check("ends", s.stop() == 0)
    print("ok %d checks" % checks.count)
    return 0


if __name__ == "__main__":
    sys.exit(main())
