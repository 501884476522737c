#!/usr/bin/env python3
"""Packages that use C, with --cgo: heapls says what `go build -gcflags=-m` says, line by line, of calls that check
pointers, deferred ones, those with an error, #cgo noescape, exports, structs, enums, macros, variables and function
pointers, in the package and where it is imported. What people are shown lies in the text that was written, and C's names
are C's. A file that was changed since goes without.

cgo_test.py HEAPLS [-v]     SKIP without a go command or a C compiler."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cli
from cli import check, findings, run, write

VERBOSE = "-v" in sys.argv
GO = shutil.which("go")

LIB = '''package lib

/*
#cgo noescape reads
#cgo nocallback reads
#include <stdlib.h>
#include <string.h>
#include <errno.h>

typedef struct { int a; double b; char name[16]; void *next; } rec;
struct pair { long x, y; };
union both { int i; void *p; };
enum colour { RED, GREEN = 7 };
typedef int (*visit)(void *, int);
#define LIMIT 42
#define RATIO 1.5
#define NAME "libc"
extern int counter;
static int fill(rec *r, int n) { r->a = n; errno = n ? 0 : ENOENT; return n; }
static int reads(rec *r) { return r->a; }
static long sum(struct pair *p, int n) { long t = 0; for (int i = 0; i < n; i++) t += p[i].x + p[i].y; return t; }
static struct pair twin(long v) { struct pair p = {v, v}; return p; }
static void drop(void *p) { (void)p; }
extern int add(void *p, int n);
static int apply(visit f, void *p, int n) { return f(p, n); }
static int either(union both *u) { return u->i; }
extern void goVisit(void *, int);
static inline void each(int n) { for (int i = 0; i < n; i++) goVisit(0, i); }
*/
import "C"

import (
	"fmt"
	"unsafe"
)

const Limit = C.LIMIT

var Ratio, Name = C.RATIO, C.NAME

type Rec struct {
	A    int
	Name string
	raw  *C.rec
}

func Fill(n int) (*Rec, error) {
	var r C.rec
	if _, err := C.fill(&r, C.int(n)); err != nil {
		return nil, fmt.Errorf("fill %d: %w", n, err)
	}
	return &Rec{A: int(r.a), Name: C.GoString(&r.name[0])}, nil
}

func Reads(n int) int {
	r := C.rec{a: C.int(n)}
	return int(C.reads(&r))
}

func Sum(n int) int64 {
	pairs := make([]C.struct_pair, n)
	for i := range pairs {
		pairs[i].x = C.long(i)
	}
	return int64(C.sum(&pairs[0], C.int(len(pairs))))
}

func Records(recs []C.rec) int {
	return int(C.fill(&recs[0], C.int(len(recs)))) + int(C.fill((*C.rec)(unsafe.Pointer(&recs[1])), 1))
}

func Twin(v int) (int, int) {
	p := C.twin(C.long(v))
	return int(p.x), int(p.y)
}

func Text(s string) []byte {
	c := C.CString(s)
	defer C.free(unsafe.Pointer(c))
	return C.GoBytes(unsafe.Pointer(c), C.int(C.strlen(c)))
}

func Copy(b []byte) unsafe.Pointer { return C.CBytes(b) }

func Deferred(x *Rec) {
	defer C.drop(unsafe.Pointer(x))
	C.drop(unsafe.Pointer(&x.A))
}

func Colour(c C.enum_colour) string {
	switch c {
	case C.RED:
		return "red"
	case C.GREEN:
		return "green"
	}
	return fmt.Sprint(c)
}

func Count() int {
	C.counter++
	return int(C.counter)
}

func Apply(n int) int {
	state := new(int)
	return int(C.apply(
		C.visit(C.add),
		unsafe.Pointer(state),
		C.int(n),
	))
}

func Either() int {
	var u C.union_both
	*(*C.int)(unsafe.Pointer(&u)) = 3
	return int(C.either(&u))
}

var seen []int

//export goVisit
func goVisit(p unsafe.Pointer, n C.int) {
	seen = append(seen, int(n))
}

func Each(n int) []int {
	C.each(C.int(n))
	return seen
}

func Plain(n int) *Rec { return &Rec{A: n} }

func (r *Rec) Raw() int { return len(r.Name) + func() int { return int(C.reads(r.raw)) }() }
'''

USE = '''package main

import (
	"fmt"

	"example.com/c/lib"
)

func twice(n int) int { a, b := lib.Twin(n); return a + b }

func main() {
	r, err := lib.Fill(lib.Limit)
	b := []byte("x")
	fmt.Println(r, err, twice(2), lib.Reads(3), lib.Colour(1), lib.Count(), lib.Apply(1), lib.Plain(2).Raw())
	lib.Copy(b)
	lib.Deferred(&lib.Rec{})
}
'''


def shown(finding):
    """Without gc's own words."""
    return {k: [shown(step) for step in v] if k == "path" else v for k, v in finding.items() if k != "gc"}


def lines_of(text):
    return {re.sub(r"^\./", "", line) for line in text.splitlines() if re.match(r"\S+:\d+(:\d+)?: ", line)}


def compiled(directory, cache):
    env = {**os.environ, "CGO_ENABLED": "1", "GOCACHE": cache, "GOFLAGS": ""}
    done = subprocess.run([GO, "build", "-o", os.devnull, "-gcflags=-m", "./..."], cwd=directory, env=env, capture_output=True, text=True, timeout=300)
    return done.returncode == 0, done.stderr


# Without the tool: no verdict where C is needed for it, and nothing made up elsewhere.
OPAQUE = {
    "go.mod": "module example.com/o\n\ngo 1.24\n",
    "a.go": """package o

/*
typedef struct { int len; double b; void *p; } rec;
static int f(rec *r) { return r->len; }
#define MAXN 16
*/
import "C"

import "unsafe"

const Max = C.MAXN

type T struct {
	r C.rec
	n int
}

const Size = unsafe.Sizeof(T{})

func Use(t *T) int { return int(C.f(&t.r)) }

func List(n int) int {
	list := make([]C.rec, n)
	for i := range list {
		r := &list[i]
		r.len = C.int(i)
	}
	return int(C.f(&list[0]))
}

func View(p unsafe.Pointer, n int) []C.rec { return (*[(1 << 20) / unsafe.Sizeof(C.rec{})]C.rec)(p)[:n:n] }

var table [Max]int
""",
    "b.go": """package o

func New(n int) *T { return &T{n: n} }

func Many(n int) []T { return make([]T, n) }

func Boxed(t T) any { return t }

func Grow(ts []T, t T) []T { return append(ts, t) }

func Buf() *[Size]byte { return new([Size]byte) }

func Calls(n int) int { t := &T{n: n}; return Use(t) }

func Other(n int) []int { return make([]int, n) }

func Sum() (s int) {
	for _, v := range table {
		s += v
	}
	return
}
""",
}


def opaque(directory, cache, env):
    module = os.path.join(directory, "o")
    write(module, OPAQUE)
    ok, printed = compiled(module, cache)
    check("it builds, opaque", ok, printed)
    said = run("check", "--format=gc", ".", cwd=module, env=env)
    check("no complaint without the tool", said.returncode == 0 and not said.stderr, said.stderr)
    heaps = {l for l in lines_of(said.stdout) if l.endswith(" to heap") or "moved to heap" in l}
    check("verdicts are gc's without the tool", heaps and heaps <= lines_of(printed), heaps - lines_of(printed))
    document, found = findings(".", cwd=module, env=env)
    check("all that is not decided uses C", set(document["summary"]["undecided"]) == {"cgo"}, document["summary"])
    told = {f["function"]: f for f in found}
    check("sites beside C", {"New", "Many", "Boxed", "Grow", "Calls", "Other"} <= set(told), sorted(told))
    for name in ("New", "Many", "Boxed", "Grow", "Calls"):
        f = told.get(name, {})
        check("no size is made up: " + name, not any(f.get(k, -1) > 0 for k in ("bytes", "elementBytes", "sizeClass")), f)
    check("sizes beside C", told.get("Other", {}).get("elementBytes") == 8, told.get("Other"))
    check("what a callee that uses C keeps", "not known" in told.get("Calls", {}).get("why", "") and "not written in Go" not in told["Calls"]["why"], told.get("Calls"))


def main():
    if not GO or not (shutil.which("gcc") or shutil.which("clang")):
        print("SKIP: no go command or no C compiler")
        return 77
    with tempfile.TemporaryDirectory(prefix="heapls-cgo-") as directory:
        directory = os.path.realpath(directory)
        module = os.path.join(directory, "c")
        write(module, {"go.mod": "module example.com/c\n\ngo 1.24\n", "lib/lib.go": LIB, "main.go": USE,
                       "lib/c.c": "int counter;\nint add(void *p, int n) { (void)p; return n + 1; }\n",
                       "lib/plain.go": "package lib\n\nfunc Boxed(c int) any { return c }\n\nfunc Named(n int) string { return Colour(uint32(n)) }\n"})
        cache = os.path.join(directory, "cache")
        env = {"CGO_ENABLED": "1", "HEAPLS_CACHE": os.path.join(directory, "heapls"), "GOFLAGS": ""}
        ok, printed = compiled(module, cache)
        check("it builds", ok, printed)
        want = lines_of(printed)
        said = run("check", "--cgo", "--format=gc", "./...", cwd=module, env=env)
        got = lines_of(said.stdout)
        check("the compiler's lines, all %d" % len(want), want == got and len(want) > 100,
              "".join("\n  only gc      %s" % l for l in sorted(want - got)) + "".join("\n  only heapls  %s" % l for l in sorted(got - want)) + said.stderr)
        check("no complaint", said.returncode == 0 and not said.stderr, said.stderr)

        document, found = findings("--cgo", "./...", cwd=module, env=env)
        check("nothing is undecided", not sum(document["summary"].get("undecided", {}).values()), document["summary"])
        text = LIB.splitlines()
        for f in found:
            if not f["file"].endswith("lib/lib.go"):
                continue
            place = "%s:%s %s" % (f["line"], f["column"], f.get("expression") or f["message"])
            check("in the text: " + place, f["line"] <= len(text) and f["column"] <= len(text[f["line"] - 1]) + 1, f)
            check("C's names: " + place, not re.search(r"_C(type|func|2func|var|macro|iconst|fpvar)_|/\*line|_cgo[A-Z0-9]", str(shown(f))), f)
        line = 1 + next(i for i, l in enumerate(text) if "var r C.rec" in l)
        check("a variable whose address C gets", any(f["line"] == line and f["column"] == text[line - 1].index("r C.rec") + 1 for f in found), [f["line"] for f in found])
        line = 1 + next(i for i, l in enumerate(text) if "make([]C.struct_pair" in l)
        said = run("explain", "--cgo", "lib/lib.go:%d" % line, cwd=module, env=env)
        check("explain", said.returncode == 0 and "C.sum" in said.stdout and re.search(r"passed to `C.sum` lib/lib.go:%d:" % (line + 4), said.stdout), said.stdout + said.stderr)

        opaque(directory, cache, env)

        # What the tool can't make is told, and the rest is said all the same.
        write(module, {"lib/lib.go": LIB.replace("extern int counter;", "extern int counter")})
        said = run("check", "--cgo", "./...", cwd=module, env=env)
        check("C that does not compile", "heapls: cgo: example.com/c/lib" in said.stderr and "Plain" in said.stdout, said.stdout + said.stderr)
    print("FAILED: %d" % cli.failed if cli.failed else "all passed")
    return 1 if cli.failed else 0


if __name__ == "__main__":
    sys.exit(main())
