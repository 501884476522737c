#!/usr/bin/env python3
"""What the default hints of a function say adds up to what a call of it allocates (testing.AllocsPerRun), inlined code included.

    accounting_test.py HEAPLS

Functions of everyday code, each called once in a measured run. Where heapls says a fixed number, it is that."""
import json, os, shutil, subprocess, sys, tempfile

SOURCE = """package main

import (
	"bufio"
	"bytes"
	"container/list"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
)

type conf struct { name string; tags []string; next *conf }

var (
	keep any
	reader io.Reader
	errKept error
	lists *list.List
	text = strings.Repeat("x", 50)
	mu sync.Mutex
)

func own() { keep = &conf{name: text} }
func strReader() { reader = strings.NewReader(text) }
func buffer() { reader = bytes.NewBufferString("ab"); keep = &conf{} }
func newError() { errKept = errors.New(text) }
func limited() { reader = io.LimitReader(strings.NewReader(text), 3) }
func newList() { lists = list.New() }
func multi() { reader = io.NewSectionReader(strings.NewReader(text), 0, 9) }
func local() { r := strings.NewReader(text); if r.Len() == 0 { keep = 1 } }
func locked() { mu.Lock(); defer mu.Unlock(); keep = &conf{} }
func table() { keep = map[string]int{} }
func pair() { keep = [2]*conf{{name: "a"}, {name: "b"}} }
func helper(n string) *conf { return &conf{name: n} }
//go:noinline
func chained() *conf { return &conf{next: &conf{next: &conf{}}} }
func scanned() { keep = bufio.NewScanner(reader) }
func cond() { if _, err := os.Stat(""); err == nil { keep = fmt.Sprint(1) } }

func main() {
	for _, f := range []struct { name string; f func() }{
		{"own", own}, {"strReader", strReader}, {"buffer", buffer}, {"newError", newError}, {"limited", limited}, {"newList", newList}, {"multi", multi},
		{"local", local}, {"locked", locked}, {"table", table}, {"pair", pair}, {"chained", func() { chained() }}, {"scanned", scanned},
	} {
		fmt.Println(f.name, testing.AllocsPerRun(100, f.f))
	}
	_ = helper
	_ = cond
}
"""
if not shutil.which("go"):
    print("SKIP: there is no go command to measure with")
    sys.exit(77)
binary = os.path.abspath(sys.argv[1])
with tempfile.TemporaryDirectory() as tmp:
    for name, content in (("go.mod", "module accounting\n\ngo 1.24\n"), ("main.go", SOURCE)):
        with open(os.path.join(tmp, name), "w", encoding="utf-8") as f:
            f.write(content)
    run = subprocess.run(["go", "run", "."], cwd=tmp, capture_output=True, text=True, timeout=300, check=False)
    done = subprocess.run([binary, "check", "--format=json", "--preset=default", "."], cwd=tmp, capture_output=True, timeout=300, check=False)
    fails = subprocess.run([binary, "check", "--fail", "--func=^newError$", "."], cwd=tmp, capture_output=True, timeout=300, check=False).returncode
if run.returncode:
    sys.exit(run.stderr)
said, bad, count = {}, [], 0
for f in json.loads(done.stdout)["packages"][0]["findings"]:
    said[f["function"]] = said.get(f["function"], 0) + (f["verdict"] == "heap")
for line in run.stdout.splitlines():
    name, measured = line.split()
    count += 1
    if said.get(name, 0) != float(measured):
        bad.append("%s: heapls says %d, measured %s" % (name, said.get(name, 0), measured))
if fails != 1:
    bad.append("--fail does not count what is inlined: exit %d" % fails)
print("\n".join(bad))
print("%d functions, %d wrong" % (count, len(bad)))
sys.exit(1 if bad or count < 10 else 0)
