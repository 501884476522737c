"""Growth of slices that the caller gave is told apart (heap/append-caller): with room in what is passed, such a function allocates
nothing, which the go command's tests measure; one whose slice is its own does.

usage: given_test.py HEAPLS"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE = """package gv

import "strconv"

type enc struct{ buf, own []byte }
type pair struct{ a, b *enc }

var global []byte

func param(dst []byte, n int) []byte {
	for i := 0; i < n; i++ {
		dst = append(dst, 'x') // yes
	}
	return dst
}

func alias(dst []byte) []byte {
	b := dst[:0]
	b = append(b, 1) // yes
	return append(b, 2) // yes
}

func result(dst []byte, n int) []byte {
	dst = strconv.AppendInt(dst, int64(n), 10)
	return append(dst, ',') // yes
}

//go:noinline
func both(p []byte) ([]byte, int) { return append(p, 1), 2 } // yes

func several(dst []byte) []byte {
	d, _ := both(dst)
	return append(d, 1) // yes
}

func (e *enc) field(n int) {
	for i := 0; i < n; i++ {
		e.buf = append(e.buf, 'x') // yes
	}
}

func (e enc) value() []byte { return append(e.buf, 1) } // yes

func deep(p *pair) { p.a.buf = append(p.a.buf, 1) } // yes

func pointer(p *[]byte) { *p = append(*p, 1) } // yes

func elements(kvs []enc) {
	for i := range kvs {
		kv := &kvs[i]
		kv.buf = append(kv.buf[:0], 'x') // yes
	}
}

func (e *enc) clear() {
	*e = enc{}
	e.buf = append(e.buf, 'x') // no
}

func one(dst []byte, x byte) []byte { return append(dst, x) } // yes

func inlined(dst []byte) []byte {
	dst = one(dst, 3)
	return append(dst, 4) // yes
}

func fresh(dst []byte, n int) []byte {
	if n > 0 {
		dst = make([]byte, 0, n)
	}
	return append(dst, "a longer text than there is room for"...) // no
}

func local(dst []byte, n int) []byte {
	var b []byte
	for i := 0; i < n; i++ {
		b = append(b, dst[:100]...) // no
	}
	global = b
	return b
}

func (e *enc) reset() {
	e.own = nil
	e.own = append(e.own, 'x') // no
}

func mixed(a []byte, c bool) []byte {
	b := a
	if c {
		b = []byte{}
	}
	return append(b, "a longer text than there is room for"...) // no
}

func named(dst []byte) (out []byte) {
	out = append(out, dst[:100]...) // no
	return
}

func structure(dst []byte) []byte {
	var e enc
	e.buf = append(e.buf, dst[:100]...) // no
	global = e.buf
	return e.buf
}

func passed(dst []byte) []byte {
	var b []byte
	b = one(b, dst[0])
	return append(b, dst[:100]...) // no
}

func element(m map[int][]byte) { m[1] = append(m[1], 1) } // no

func change(dst []byte) []byte {
	reset(&dst)
	return append(dst, 1) // no
}

//go:noinline
func reset(p *[]byte) { *p = nil }
"""
TEST = """package gv

import "testing"

func TestRoom(t *testing.T) {
	room := make([]byte, 128, 4096)
	e := &enc{buf: room[:0]}
	for name, f := range map[string]func(){
		"param": func() { param(room, 9) }, "alias": func() { alias(room) }, "result": func() { result(room, 12345) },
		"several": func() { several(room) }, "field": func() { e.buf = room[:0]; e.field(9) }, "value": func() { e.value() },
		"deep": func() { p := pair{a: e}; e.buf = room[:0]; deep(&p) }, "pointer": func() { r := room[:0]; pointer(&r) },
		"one": func() { one(room, 1) }, "inlined": func() { inlined(room) }, "both": func() { both(room) },
		"elements": func() { elements([]enc{{buf: room}}) },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
	for name, f := range map[string]func(){
		"fresh": func() { global = fresh(room, 2) }, "local": func() { local(room, 3) }, "reset": func() { e.reset() }, "clear": func() { e.clear() },
		"mixed": func() { global = mixed(room, true) }, "named": func() { global = named(room) }, "structure": func() { structure(room) },
		"passed": func() { global = passed(room) }, "element": func() { element(map[int][]byte{}) }, "change": func() { global = change(room) },
	} {
		if n := testing.AllocsPerRun(100, f); n == 0 {
			t.Errorf("%s allocates nothing", name)
		}
	}
}
"""
binary = os.path.abspath(sys.argv[1])
failed = 0


def check(name, good, detail=""):
    global failed
    print("ok" if good else "FAILED", name, "" if good else detail)
    failed += not good


def run(directory, *args):
    return subprocess.run([binary, "check", *args], cwd=directory, capture_output=True, text=True, check=False).stdout


def findings(directory, *args):
    return [f for p in json.loads(run(directory, "--format=json", *args))["packages"] for f in p["findings"]]


if not shutil.which("go"):
    sys.exit(77)
with tempfile.TemporaryDirectory() as d:
    for name, text in (("go.mod", "module gv\n\ngo 1.24\n"), ("p.go", SOURCE), ("p_test.go", TEST)):
        with open(os.path.join(d, name), "w", encoding="utf-8") as f:
            f.write(text)
    done = subprocess.run(["go", "test", "."], cwd=d, capture_output=True, text=True, check=False, env={**os.environ, "GOFLAGS": "", "GOWORK": "off"})
    check("measured", done.returncode == 0, done.stdout + done.stderr)
    codes = {f["line"]: f["code"] for f in findings(d, ".") if f["subject"] == "append"}
    wanted = {n: m[1] for n, line in enumerate(SOURCE.split("\n"), 1) if (m := re.search(r"append.* // (yes|no)$", line))}
    for n, want in wanted.items():
        check("line %d: %s" % (n, SOURCE.split("\n")[n - 1].strip()), (codes.get(n) == "heap/append-caller") == (want == "yes") and n in codes, codes.get(n))
    quiet, loops = findings(d, "--preset=quiet", "."), [f for f in findings(d, ".") if f["loopDepth"] > 0]
    check("preset quiet has those of the function's own", 0 < len(quiet) < len(loops) and not any(f["code"] == "heap/append-caller" for f in quiet), quiet)
    text = run(d, "--preset=quiet", ".")
    check("and says how many it leaves out", "3 that grow slices which the caller gave (append-caller)" in text, text)
    left = findings(d, "--without=append-caller", ".")
    check("--without", len(left) == len(findings(d, ".")) - sum(w == "yes" for w in wanted.values()), len(left))
    check("--without says so too", "that grow slices which the caller gave" in run(d, "--without=append-caller", "."))
    only = findings(d, "--kind=append-caller", ".")
    check("--kind", len(only) == sum(w == "yes" for w in wanted.values()), len(only))
    ranks = [f["code"] == "heap/append-caller" for f in findings(d, "--sort=loop", ".")]
    check("--sort=loop has them last", ranks == sorted(ranks), ranks)
sys.exit(1 if failed else 0)
