"""Whole workspaces: `heapls check` of growing sets of packages of GOROOT against tree-sitter's bare parse of the same
files, and the first hints of single files opened in the largest: five that are large or depend on much, and ten at
random (always the same), without a cache, with an empty one, and with what the one before left.

usage: workspace.py HEAPLS BARE_PARSE [-r RUNS] [--open]      open: only the files"""
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lsp"))
from lsp_client import Server

SETS = [("crypto/... go/... net/...", ["crypto/...", "go/...", "net/..."]), ("std", ["std"]), ("std cmd", ["std", "cmd"])]


def cpu(command, cwd):
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.perf_counter() - begin


def peak(command, cwd):
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    return usage.ru_maxrss / 1024


LARGE = ["cmd/compile/internal/ssagen/ssa.go", "cmd/compile/internal/ssa/poset.go", "cmd/go/internal/modload/load.go", "net/http/server.go", "go/types/expr.go"]


def first_hints(binary, source, path, cache):
    begin = time.perf_counter()
    s = Server(binary, "--log-level=error", env=dict(os.environ, HEAPLS_CACHE=cache))
    root = "file://" + source
    s.initialize({"textDocument": {"inlayHint": {}}, "workspace": {"inlayHint": {"refreshSupport": True}}}, rootUri=root, workspaceFolders=[{"uri": root, "name": "src"}])
    uri = s.open(path)
    s.hints(uri)
    took = (time.perf_counter() - begin) * 1000
    s.wait_built(uri)
    s.stop()
    return took


def opened_files(binary, source):
    listed = subprocess.run(["go", "list", "-f", "{{$d := .Dir}}{{range .GoFiles}}{{$d}}/{{.}}\n{{end}}", "std", "cmd"], cwd=source, capture_output=True, text=True)
    chosen = random.Random(5).sample(sorted(set(listed.stdout.split())), 10)
    print("\n| opened in the last workspace: first hints | no cache | first time | with cache |\n|---|---:|---:|---:|", flush=True)
    rows = []
    for path in [os.path.join(source, name) for name in LARGE] + chosen:
        with tempfile.TemporaryDirectory() as cache:
            row = [first_hints(binary, source, path, state) for state in ("off", cache, cache)]
        print("| %s | %.0f ms | %.0f ms | %.0f ms |" % (os.path.relpath(path, source), *row), flush=True)
        rows.append(row)
    for name, pick in (("median of the ten at random", statistics.median), ("worst of all", max)):
        part = rows[len(LARGE):] if pick is statistics.median else rows
        print("| **%s** | %.0f ms | %.0f ms | %.0f ms |" % (name, *(pick(r[i] for r in part) for i in range(3))), flush=True)


def main():
    arguments, runs = sys.argv[1:], 3
    only_open = "--open" in arguments
    arguments = [a for a in arguments if a != "--open"]
    if "-r" in arguments:
        at = arguments.index("-r")
        runs = int(arguments[at + 1])
        del arguments[at:at + 2]
    if len(arguments) != 2:
        sys.exit(__doc__)
    binary, bare = (os.path.abspath(a) for a in arguments)
    try:
        goroot = subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        print("SKIP: no go command")
        return 77
    source = os.path.join(goroot, "src")
    if only_open:
        opened_files(binary, source)
        return 0
    print("| packages | lines | check: CPU s | wall s | µs of CPU a line | bare parse: CPU s | ratio | peak memory |\n|---|---:|---:|---:|---:|---:|---:|---:|")
    for name, patterns in SETS:
        template = "{{$d := .Dir}}{{range .GoFiles}}{{$d}}/{{.}}\n{{end}}{{range .CgoFiles}}{{$d}}/{{.}}\n{{end}}"
        listed = subprocess.run(["go", "list", "-deps", "-f", template] + patterns, cwd=source, capture_output=True, text=True)
        files = "\n".join(sorted(set(listed.stdout.split())))
        with tempfile.TemporaryDirectory() as cache:
            environment = os.environ
            rows = []
            for _ in range(runs):
                shutil.rmtree(os.path.join(cache, "c"), ignore_errors=True)
                environment["HEAPLS_CACHE"] = os.path.join(cache, "c")
                rows.append(cpu([binary, "check"] + patterns, source) + (float(subprocess.run([bare], input=files, capture_output=True, text=True).stdout.split()[3]),))
            memory = peak([binary, "check"] + patterns, source)
        lines = int(subprocess.run([bare], input=files, capture_output=True, text=True).stdout.split()[1])
        c, w, b = (statistics.median(r[i] for r in rows) for i in range(3))
        print("| %s | %d | %.1f | %.1f | %.1f | %.1f | %.2f | %.0f MiB |" % (name, lines, c, w, c / lines * 1e6, b, statistics.median(r[0] / r[2] for r in rows), memory), flush=True)
    opened_files(binary, source)
    return 0


sys.exit(main())
