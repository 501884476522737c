#!/usr/bin/env python3
"""heapls top: sums of functions equal go tool pprof's for the same profile; what a program allocated in its own code stands on the
lines that heapls names, with the size that it predicts; also when the sources have moved, or the profile comes from elsewhere
(-trimpath). Damaged and other profiles get one clear line.

top_test.py HEAPLS. SKIP without a go command."""
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lsp"))
from checks import write

HEAPLS, GO = os.path.abspath(sys.argv[1]), shutil.which("go")
if not GO:
    print("SKIP: no go command")
    sys.exit(77)
failed = 0
# The sites that work calls once: the line has a mark with the bytes of a block.
SOURCE = """package tp

import (
	"errors"
	"fmt"
	"strings"
)

var sink any

type node struct{ a, b, c int }

func mk[T any](n int) []T { return make([]T, n) } // 112 2688

func (n *node) copy() *node { c := *n; return &c } // 24

func join(parts []string) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p) // grows
	}
	return b.String()
}

func fail() error { return errors.New("no") } // 16

func closure(n int) func() int {
	return func() int { // 16
		sink = &node{} // 24
		return n
	}
}

//go:noinline
func far(n int) *[16]int {
	return new([16]int) // 128
}

func Work(n int) {
	mk[node](n)
	mk[byte](n)
	p := (&node{1, 2, 3}).copy()
	sink = p
	s := join([]string{"a", "bcd", strings.Repeat("x", n)})
	_ = s
	err := fail()
	sink = err
	f := closure(n)
	sink = f
	f()
	sink = far(n)
	sink = fmt.Sprint(n)
}
"""
TEST = "package tp\n\nimport \"testing\"\n\nfunc BenchmarkWork(b *testing.B) {\n\tfor b.Loop() {\n\t\tWork(100)\n\t}\n}\n"
TURNS = 3000


def check(name, good, shown=""):
    global failed
    failed += not good
    print("ok  " if good else "BAD ", name, "" if good else shown)


def go(directory, *args):
    return subprocess.run([GO, *args], cwd=directory, check=True, capture_output=True, text=True).stdout


def top(directory, *args):
    return subprocess.run([HEAPLS, "top", *args], cwd=directory, capture_output=True, text=True)


def sites(directory, *args):
    return json.loads(top(directory, "--json", *args).stdout)


def profile(directory, name, *flags):
    go(directory, "test", "-run", "^$", "-bench", ".", "-benchtime", "%dx" % TURNS, "-memprofile", name, "-memprofilerate=1", *flags, ".")


def totals(directory, file, index):
    """go tool pprof's flat bytes, by function."""
    found = {}
    for line in go(directory, "tool", "pprof", "-top", "-nodefraction=0", "-nodecount=1000000", "-unit=B", "-sample_index=" + index, file).splitlines():
        match = re.match(r"\s*(-?\d+)B?\s+\S+%\s+\S+%\s+\S+\s+\S+%\s+(.*?)(?: \(inline\)| \(partial-inline\))?$", line)
        if match and match[1] != "0":
            found[match[2]] = int(match[1])
    return found


def compare_lines(name, found, text, shift):
    """Every marked line is a site of ours, and has blocks of the sizes that the mark says."""
    own = {s["line"]: s for s in found["sites"] if s.get("file", "").endswith("/p.go")}
    for number, line in enumerate(text.split("\n"), 1):
        mark = re.search(r"// (grows|[\d ]+)$", line)
        if not mark:
            continue
        site = own.get(number)
        check("%s: line %d" % (name, number), site and "hint" in site, site)
        if site and mark[1] != "grows":
            sizes = [int(n) for n in mark[1].split()]
            each = site["allocated"]["bytes"] / site["allocated"]["objects"]
            check("%s: bytes of line %d" % (name, number), abs(each * len(sizes) / sum(sizes) - 1) < 0.002 and site["allocated"]["objects"] >= TURNS * len(sizes), site)
            if len(sizes) == 1:
                check("%s: as predicted in line %d" % (name, number), site["predictedBytes"] == sizes[0], site)


with tempfile.TemporaryDirectory() as top_directory:
    m = os.path.join(os.path.realpath(top_directory), "m")
    write(m, {"go.mod": "module example.com/tp\n\ngo 1.24\n", "p.go": SOURCE, "p_test.go": TEST})
    profile(m, "mem.out")
    for option, index in (((), "alloc_space"), (("--in-use",), "inuse_space")):
        want = totals(m, "mem.out", index)
        got = {s["function"]: s["allocated"]["bytes"] for s in sites(m, "--by=function", *option, "mem.out")["sites"] if s["allocated"]["bytes"]}
        short = lambda names: {re.sub(r"\[.*\]", "[...]", k): 0 for k in names}
        check("functions as pprof has them, %s (%d)" % (index, len(want)), sorted(got.values()) == sorted(want.values()) and len(want) > 10 and
              short(got) == short(want), (set(got.items()) ^ set(want.items())))
    found = sites(m, "mem.out")
    compare_lines("as it is", found, SOURCE, 0)
    own = sum(s["allocated"]["bytes"] for s in found["sites"] if s["own"] and s["file"].endswith("/p.go"))
    known = sum(s["allocated"]["bytes"] for s in found["sites"] if s["own"] and s["file"].endswith("/p.go") and "hint" in s)
    check("bytes of own code are at sites", known == own > 0, (known, own))
    called = [s for s in found["sites"] if not s["own"] and s["callers"] and "MakeNoZero" in s["function"]]
    line = SOURCE[:SOURCE.index("strings.Repeat")].count("\n") + 1
    check("code of others names the call", any(c["place"].endswith("p.go:%d" % line) for s in called for c in s["callers"]), called)
    text = top(m, "--top=3", "mem.out").stdout.splitlines()
    check("text", len(text) == 5 and "p.go:13" in text[0] and "make([]T, n) in mk" in text[0] and "more (--top=N)" in text[3] and "at sites that heapls shows" in text[4], text)

    moved = SOURCE.replace("type node", "// Moved.\n\n\ntype node").replace("func far", "// More.\nfunc other() {}\n\n//go:noinline\nfunc far").replace("//go:noinline\n// More", "// More")
    moved = moved.replace('import (\n', 'import (\n\t_ "embed"\n')
    write(m, {"p.go": moved})
    compare_lines("moved", sites(m, "mem.out"), moved, 0)
    write(m, {"p.go": SOURCE})
    profile(m, "trim.out", "-trimpath")
    compare_lines("-trimpath", sites(m, "trim.out"), SOURCE, 0)
    elsewhere = os.path.join(os.path.dirname(m), "elsewhere")
    shutil.copytree(m, elsewhere)
    compare_lines("another directory", sites(elsewhere, "mem.out"), SOURCE, 0)
    difference = sites(m, "--diff=mem.out", "mem.out")
    check("no difference to itself", all(s["allocated"] == s["older"] for s in difference["sites"]))
    less = SOURCE.replace("sink = far(n)", "")
    write(m, {"p.go": less})
    profile(m, "less.out")
    first = top(m, "--diff=mem.out", "--top=1", "less.out").stdout
    check("what went", re.search(r"-\d.*p\.go:\d+.*new\(\[16\]int\) in far", first), first)

    good = open(os.path.join(m, "mem.out"), "rb").read()
    bare = gzip.decompress(good)
    go(m, "test", "-run", "^$", "-bench", ".", "-benchtime", "200ms", "-cpuprofile", "cpu.out", ".")
    for name, data, words in (("cut", good[:len(good) // 2], "cut off"), ("noise", b"\x07" * 100, "damaged"), ("text", b"hello\n", "damaged"), ("a string missing", bare[:len(bare) * 3 // 4], "damaged"),
                              ("empty", b"", None)):
        with open(os.path.join(m, "bad.out"), "wb") as f:
            f.write(data)
        done = top(m, "bad.out")
        check("damaged: " + name, done.returncode == 2 and len(done.stderr.splitlines()) == 1 and words in done.stderr if words else done.returncode == 0, (done.returncode, done.stderr))
    with open(os.path.join(m, "bare.out"), "wb") as f:
        f.write(bare)
    check("not compressed", sites(m, "bare.out") == sites(m, "mem.out"))
    done = top(m, "cpu.out")
    check("of the CPU", done.returncode == 2 and "it is a CPU profile" in done.stderr, done.stderr)
    done = top(m, "none.out")
    check("not there", done.returncode == 2 and "none.out" in done.stderr, done.stderr)
    check("no operand", top(m).returncode == 2)
sys.exit(1 if failed else 0)
