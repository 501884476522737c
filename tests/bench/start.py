"""Time from starting the server to the first hints of an opened file, and its resident memory when the package is built:
without a cache (there also until the whole package is built), with an empty one, and with one that holds what was found
and what the file imports. The same for `heapls check` of the file's directory.

usage: start.py HEAPLS [-r RUNS] [--json FILE] [FILE…]      default: a program of 20 lines that imports net/http"""
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lsp"))
from lsp_client import Server

PROGRAM = """package main

import (
	"fmt"
	"net/http"
)

func handler(w http.ResponseWriter, r *http.Request) {
	b := make([]byte, 100)
	fmt.Fprintf(w, "hello %s %v", r.URL.Path, b)
}

func main() {
	http.HandleFunc("/", handler)
	fmt.Println(http.ListenAndServe(":8080", nil))
}
"""


def resident(pid):
    with open("/proc/%d/status" % pid) as f:
        return int(re.search(r"VmRSS:\s*(\d+)", f.read()).group(1)) / 1024


def first_hints(binary, path):
    begin = time.perf_counter()
    s = Server(binary, "--log-level=error")
    s.initialize({"textDocument": {"inlayHint": {}}, "workspace": {"inlayHint": {"refreshSupport": True}}})
    uri = s.open(path)
    hints = s.hints(uri)
    took = time.perf_counter() - begin
    s.wait_built(uri)
    whole = time.perf_counter() - begin
    memory = resident(s.process.pid)
    count = len(s.hints(uri))
    s.stop()
    return took * 1000, memory, count, whole * 1000


def main():
    arguments, runs, record_file, files = sys.argv[1:], 5, None, []
    while arguments:
        word = arguments.pop(0)
        if word == "-r":
            runs = int(arguments.pop(0))
        elif word == "--json":
            record_file = arguments.pop(0)
        else:
            files.append(word)
    if not files:
        sys.exit(__doc__)
    binary = os.path.abspath(files.pop(0))
    scratch = tempfile.mkdtemp()
    if not files:
        with open(os.path.join(scratch, "go.mod"), "w") as f:
            f.write("module example.com/hello\n\ngo 1.25\n")
        files = [os.path.join(scratch, "main.go")]
        with open(files[0], "w") as f:
            f.write(PROGRAM)
    cache = os.path.join(scratch, "cache")
    record = {}
    print("| file | hints | no cache | … whole package | first time | with cache | resident: first time | with cache | `check` with cache |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for path in files:
        path = os.path.abspath(path)
        none, empty, full, check = [], [], [], []
        for _ in range(runs):
            os.environ["HEAPLS_CACHE"] = "off"
            none.append(first_hints(binary, path))
            os.environ["HEAPLS_CACHE"] = cache
            shutil.rmtree(cache, ignore_errors=True)
            empty.append(first_hints(binary, path))
            full.append(first_hints(binary, path))
            begin = time.perf_counter()
            subprocess.run([binary, "check", "."], cwd=os.path.dirname(path), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            check.append((time.perf_counter() - begin) * 1000)
        m = statistics.median
        figures = [m(x[0] for x in none), m(x[3] for x in none), m(x[0] for x in empty), m(x[0] for x in full), m(x[1] for x in empty), m(x[1] for x in full), m(check)]
        name = "/".join(path.split("/")[-3:]) if path != os.path.join(scratch, "main.go") else "20 lines that import net/http"
        record[name] = figures
        print("| %s | %d | %.0f ms | %.0f ms | %.0f ms | %.0f ms | %.0f MiB | %.0f MiB | %.0f ms |" % (name, full[0][2], *figures), flush=True)
    shutil.rmtree(scratch)
    if record_file:
        with open(record_file, "w") as f:
            json.dump(record, f, indent=1)
    return 0


sys.exit(main())
