#!/usr/bin/env python3
"""contracts_test.py: contracts in the source: which are kept, which are broken, by what and on which way; the same in every
format, and in an editor while it types.

That a mutation allocates is measured by running it; the way to it is the chain of calls that was written.

usage: contracts_test.py HEAPLS"""
import json
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lsp"))
import checks
from checks import check, write
from lsp_client import Server

heapls = os.path.abspath(sys.argv[1])

# ---- Kept and broken

SOURCE = """package p

import (
	"io"
	"strconv"
	"strings"
)

//heapls:noalloc
func free(s string) int { return strings.Index(s, "x") }

//heapls:noalloc
func broken(n int) string { return middle(n) }

func middle(n int) string { return leaf(n) }

//go:noinline
func leaf(n int) string { return strconv.Itoa(n) }

//heapls:noalloc
func unknown(w io.Writer, b []byte) { w.Write(b) }

//heapls:noalloc
func trusted(w io.Writer, b []byte) {
	w.Write(b) //heapls:trust the caller gives a buffer with room
}

//heapls:noalloc
func given(f func()) { f() }

//heapls:noalloc
func gives() { given(func() {}) }

//heapls:allocs 1
//heapls:bytes 64
func budget() *[8]int { return new([8]int) }

//heapls:bytes 32
func over() *[8]int { return new([8]int) }

//heapls:allocs x
func noNumber() {}

//heapls:nonsense
func odd() {}

//heapls:noalloc,warm
func wrongWord() {}

//heapls:noalloc
type T struct{}

//heapls:inline
func small() int { return 1 }

//heapls:inline
func large() { defer small() }

func stack() int {
	x := new(int) //heapls:stack
	y := new(int) //heapls:stack
	sink = y
	z := new(int) //gcassert:noescape
	i := small()  //gcassert:inline
	leaf(i)       //gcassert:inline
	w := new(int) //gcassert:noescape
	sink = w
	return *x + *z + i //gcassert:bce
}

var sink *int

//heapls:noalloc,cold
func cold(n int) (int, error) {
	if n < 0 {
		return 0, &strconv.NumError{}
	}
	return n, nil
}

//heapls:noalloc,own
func own(n int) string { return leaf(n) }

//heapls:noalloc,own
func notOwn() *int { return new(int) }
"""
# Line of the subject, without what is kept.
EXPECTED = {"func broken": "contract broken", "func unknown": "contract not proved", "func given": "contract not proved", "func over": "contract broken",
            "//heapls:allocs x": "no such contract", "//heapls:nonsense": "no such contract", "//heapls:noalloc,warm": "no such contract", "//heapls:noalloc\ntype": "no such contract",
            "func large": "contract broken", "\ty := new": "contract broken", "\tleaf(i)": "contract broken", "\tw := new": "contract broken",
            "\treturn *x": "contract not decided", "func notOwn": "contract broken"}


def line_of(start, text=SOURCE):
    return text[: text.index(("\n" + start)) + 1].count("\n") + 1


def run(directory, *arguments):
    return subprocess.run([heapls, *arguments], cwd=directory, capture_output=True, text=True)


def command_line(directory):
    done = run(directory, "check", "--fail=contracts", "--format=json", ".")
    check("exit code", done.returncode == 1, done.stderr)
    found = [f for p in json.loads(done.stdout)["packages"] for f in p["findings"] if f["code"].startswith("contract/")]
    check("what is not kept", {f["startLine"]: f["hint"] for f in found} == {line_of(s): hint for s, hint in EXPECTED.items()}, [(f["startLine"], f["hint"], f["why"]) for f in found])
    way = next(f for f in found if f["startLine"] == line_of("func broken"))["path"]
    check("the way", len(way) >= 2 and "p.broken calls" in way[0]["text"] and way[0]["line"] == line_of("func broken") and "allocates" in way[-1]["text"], way)
    sarif = json.loads(run(directory, "check", "--format=sarif", ".").stdout)
    levels = {r["level"] for r in sarif["runs"][0]["results"] if r["ruleId"].startswith("contract/") and "broken" in r["message"]["text"]}
    check("SARIF: errors", levels == {"error"}, levels)
    check("GitHub: errors", run(directory, "check", "--format=github", ".").stdout.count("::error ") == list(EXPECTED.values()).count("contract broken"))
    write(directory, {"kept/kept.go": "package kept\n\n//heapls:noalloc\nfunc F(a, b int) int { return a + b }\n"})
    check("kept: exit code", run(directory, "check", "--fail=contracts", "./kept").returncode == 0)


# ---- Mutations down a chain

KINDS = ["sink = new(int)", "sinkBytes = make([]byte, n+1)", "sinkBytes = append(sinkBytes[:0:0], 1)", "sinkFunc = func() int { return n }", "sinkAny = n + 1000",
         "sinkMap[n+len(sinkMap)] = n", 'sinkText = sinkText[:0] + string(rune(n+0x4e00)) + "x"', "sinkAny = [2]int{n, n}", "sinkFunc = sinkValue.get", "sinkChan = make(chan int)",
         "done := make(chan int); go func() { done <- n }(); <-done"]
DEPTH = 4


def chain_source(kind, at):
    """A chain of functions over two packages, of which number `at` allocates."""
    files = {"a/a.go": "package a\n\nimport \"example.com/p/b\"\n\n", "b/b.go": """package b

var sink *int
var sinkBytes []byte
var sinkFunc func() int
var sinkAny any
var sinkMap = map[int]int{}
var sinkText = "x"
var sinkChan chan int
var sinkValue value

type value struct{ a, b int }

func (v value) get() int { return v.a }

var _, _, _, _, _, _, _ = sink, sinkBytes, sinkFunc, sinkAny, sinkMap, sinkText, sinkChan

//go:noinline
func Allocate(n int) { %s }

//go:noinline
func Free(n int) int { return n * 2 }

""" % kind}
    for i in range(DEPTH):
        next_call = "" if i == DEPTH - 1 else ("b." if i + 1 >= 2 and i < 2 else "") + "F%d(n + 1)" % (i + 1)
        prefix = "b." if i < 2 else ""
        body = "\t%s\n" % (prefix + ("Allocate(n)" if i == at else "Free(n)"))
        files["a/a.go" if i < 2 else "b/b.go"] += "%s//go:noinline\nfunc F%d(n int) {\n%s\t%s\n}\n\n" % ("//heapls:noalloc\n" if i == 0 else "", i, body, next_call)
    return files


def mutations(directory):
    tests = ""
    for number, kind in enumerate(KINDS):
        at = number % DEPTH
        d = os.path.join(directory, "m%d" % number)
        write(d, {"go.mod": "module example.com/p\ngo 1.26\n", "run/main.go": 'package main\n\nimport (\n\t"example.com/p/a"\n\t"testing"\n)\n\nfunc main() { println(int(testing.AllocsPerRun(20, func() { a.F0(5) })) > 0) }\n', **chain_source(kind, at)})
        measured = subprocess.run(["go", "run", "./run"], cwd=d, capture_output=True, text=True, env=dict(os.environ, GOFLAGS="", GOTOOLCHAIN="local"))
        check("it runs: " + kind, measured.returncode == 0, measured.stderr)
        found = json.loads(run(d, "check", "--format=json", "./a").stdout)
        broken = [f for p in found["packages"] for f in p["findings"] if f["code"] == "contract/noalloc"]
        if "true" in measured.stderr:
            tests += "x"
            check("found: " + kind, len(broken) == 1 and broken[0]["hint"] == "contract broken", broken)
            functions = ["example.com/p/%s.F%d" % ("a" if i < 2 else "b", i) for i in range(at + 1)] + ["example.com/p/b.Allocate"]
            check("the way: " + kind, [step["text"].split(" ")[0] for step in broken[0]["path"]] == functions, broken[0]["path"])
    check("mutations that allocate", len(tests) >= len(KINDS) - 2, tests)
    free = os.path.join(directory, "free")
    write(free, {"go.mod": "module example.com/p\ngo 1.26\n", **chain_source("_ = n", 1)})
    done = run(free, "check", "--fail=contracts", "./a")
    check("without a mutation it is kept", done.returncode == 0, done.stdout)
    return len(tests)


# ---- An editor

def editor(directory):
    s = Server(heapls)
    s.initialize({"textDocument": {"publishDiagnostics": {"relatedInformation": True}, "hover": {"contentFormat": ["plaintext"]}, "codeLens": {}}})
    path = os.path.join(directory, "p.go")
    uri = s.open(path, SOURCE)

    def published(wanted):
        return s.wait_notification("textDocument/publishDiagnostics", lambda p: p["uri"] == uri and wanted([d for d in p["diagnostics"] if str(d.get("code", "")).startswith("contract/")]))["diagnostics"]

    first = [d for d in published(lambda found: len(found) == len(EXPECTED)) if str(d.get("code", "")).startswith("contract/")]
    errors = {d["range"]["start"]["line"] + 1 for d in first if d["severity"] == 1}
    check("errors", errors == {line_of(s) for s, hint in EXPECTED.items() if hint == "contract broken"}, first)
    broken = next(d for d in first if d["range"]["start"]["line"] + 1 == line_of("func broken"))
    related = broken["relatedInformation"]
    check("the way", related[0]["location"]["uri"] == uri and related[0]["location"]["range"]["start"]["line"] + 1 == line_of("func broken") and related[-1]["location"]["uri"].endswith(".go"), related)
    at = SOURCE.split("\n")[line_of("func free") - 1].index("free")
    hover = s.result("textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": line_of("func free") - 1, "character": at}})
    check("hover", "With all that it calls: allocates nothing, nor does anything it calls." in hover["contents"]["value"], hover)
    lenses = {lens["range"]["start"]["line"] + 1: lens["command"]["title"] for lens in s.result("textDocument/codeLens", {"textDocument": {"uri": uri}})}
    check("lens", lenses[line_of("func unknown")].endswith("unknown: calls io.Writer.Write"), lenses)
    fixed = SOURCE.replace("func leaf(n int) string { return strconv.Itoa(n) }", 'func leaf(n int) string { return "x" }')
    s.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": fixed}]})
    gone = published(lambda found: found and not any(d["range"]["start"]["line"] + 1 == line_of("func broken") for d in found))
    s.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": 3}, "contentChanges": [{"text": "\n" + SOURCE}]})
    back = published(lambda found: any(d["range"]["start"]["line"] == line_of("func broken") for d in found))
    check("it goes and comes while the text changes", gone and back)
    s.request("shutdown", None)
    s.notify("exit")


# Without a contract, where the settings ask for it.
PLAIN = """package p

import "strconv"

func adds(a, b int) int { return helps(a) + b }

//go:noinline
func helps(a int) int { return a * 2 }

//go:noinline
func writes(n int) string { return strconv.Itoa(n) }

func loops(n int) (s []string) {
	for i := range n {
		s = append(s, writes(i))
	}
	return
}
"""


def everywhere(directory):
    write(directory, {"go.mod": "module example.com/plain\ngo 1.26\n", "p.go": PLAIN})
    listed = json.loads(run(directory, "cost", "--json", ".").stdout)["functions"]
    free = {f["function"].split(".")[-1] for f in listed if f["all"]["kind"] == "nothing"}
    check("of the functions two are free", free == {"adds", "helps"}, free)
    for wanted in (True, False):
        s = Server(heapls)
        s.initialize({"textDocument": {"publishDiagnostics": {}, "hover": {"contentFormat": ["plaintext"]}, "codeLens": {}}}, initializationOptions={"costs": {"everywhere": wanted}})
        uri = s.open(os.path.join(directory, "p.go"), PLAIN)
        lines = PLAIN.split("\n")
        for name in ("adds", "helps", "writes", "loops"):
            line = next(i for i, text in enumerate(lines) if text.startswith("func " + name))
            said, until = "", time.monotonic() + (30 if wanted else 1)
            while time.monotonic() < until and "With all that it calls" not in said:
                answer = s.result("textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": line, "character": 6}})
                said = answer["contents"]["value"] if answer else ""
                time.sleep(0.05)
            check("hover of %s: %s" % (name, wanted), ("With all that it calls" in said) == wanted and ("nor does anything it calls" in said) == (wanted and name in free), said)
        titles = [lens["command"]["title"] for lens in s.result("textDocument/codeLens", {"textDocument": {"uri": uri}})]
        check("lenses: %s" % wanted, sum("allocates nothing, nor does anything it calls" in t for t in titles) == (len(free) if wanted else 0), titles)
        s.request("shutdown", None)
        s.notify("exit")


# Edits of one function after the other, in a package that is built once: the same is said as of the text alone.
EDITED = SOURCE.replace("\tw.Write(b) //heapls:trust the caller gives a buffer with room\n", "")
EDITS = [("func leaf(n int) string { return strconv.Itoa(n) }", 'func leaf(n int) string { return "x" }'), ("func free(s string) int {", "\n\nfunc free(s string) int { sink = new(int); "),
         ("func middle(n int) string { return leaf(n) }", "func middle(n int) string { if n > 9 { return broken(n - 1) }; return leaf(n) }"), ('return "x" }', "return string(make([]byte, n)) }"),
         ("sink = new(int); ", ""), ("func gives() { given(func() {}) }", "func gives() { given(func() { sink = new(int) }) }"), ("func small() int { return 1 }", "func small() int { defer free(\"\"); return 1 }"),
         ("func over() *[8]int { return new([8]int) }", "func over() *[8]int { return nil }"), ("func middle(n int) string { if n > 9 { return broken(n - 1) }; return leaf(n) }", "func middle(n int) string { return more(n) }\n\nfunc more(n int) string { return leaf(n) + leaf(n+1) }")]


def edits(directory):
    path = os.path.join(directory, "p.go")
    write(directory, {"go.mod": "module example.com/p\ngo 1.26\n", "p.go": EDITED})
    s = Server(heapls)
    s.initialize({"textDocument": {"publishDiagnostics": {"relatedInformation": True}}})
    uri, text = s.open(path, EDITED), EDITED
    for version, (old, new) in enumerate([("", "")] + EDITS, 2):
        check("edit", old in text, old)
        text = text.replace(old, new, 1)
        write(directory, {"p.go": text})
        if version > 2:
            s.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": text}]})
        alone = json.loads(run(directory, "check", "--format=json", ".").stdout)
        wanted = sorted((f["startLine"], f["code"], f["why"].replace("`", ""), tuple(step.get("line") for step in f["path"] if step.get("line"))) for p in alone["packages"] for f in p["findings"] if f["code"].startswith("contract/"))

        def same(params):
            said = [d for d in params["diagnostics"] if str(d.get("code", "")).startswith("contract/")]
            said = sorted((d["range"]["start"]["line"] + 1, d["code"], d["message"].replace("`", ""), tuple(r["location"]["range"]["start"]["line"] + 1 for r in d.get("relatedInformation", []))) for d in said)
            latest.append(said)
            return said == wanted

        latest = []
        try:
            s.wait_notification("textDocument/publishDiagnostics", lambda p: p["uri"] == uri and same(p), timeout=30)
        except Exception:
            print("edit %d: %s" % (version - 2, new))
            print("missing:", [w for w in wanted if w not in (latest or [[]])[-1]])
            print("too much:", [w for w in (latest or [[]])[-1] if w not in wanted])
            raise SystemExit(1)
        check("the same as of the text alone", True)
    s.request("shutdown", None)
    s.notify("exit")


with tempfile.TemporaryDirectory() as d:
    os.environ["HEAPLS_CACHE"] = os.path.join(d, "cache")
    write(d, {"go.mod": "module example.com/p\ngo 1.26\n", "p.go": SOURCE})
    command_line(d)
    editor(d)
    everywhere(os.path.join(d, "plain"))
    edits(os.path.join(d, "edited"))
    with tempfile.TemporaryDirectory() as m:
        count = mutations(m)
print("%d checks; %d mutations that allocate when they run, all found, each by its chain of calls" % (checks.count, count))
