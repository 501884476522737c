"""Whole workspaces: `heapls check` of growing sets of packages of GOROOT against tree-sitter's bare parse of the same
files, and the first hints of one open file in the largest.

usage: workspace.py HEAPLS BARE_PARSE [-r RUNS]"""
import os
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


def main():
    arguments, runs = sys.argv[1:], 3
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
    path = os.path.join(source, "cmd", "compile", "internal", "ssagen", "ssa.go")
    with tempfile.TemporaryDirectory() as cache:
        os.environ["HEAPLS_CACHE"] = cache
        for state in ["first time", "with cache"]:
            begin = time.perf_counter()
            s = Server(binary, "--log-level=error")
            root = "file://" + source
            s.initialize({"textDocument": {"inlayHint": {}}}, rootUri=root, workspaceFolders=[{"uri": root, "name": "src"}])
            count = len(s.hints(s.open(path)))
            print("\ncmd/compile/internal/ssagen/ssa.go opened in this workspace, %s: %d hints after %.0f ms" % (state, count, (time.perf_counter() - begin) * 1000))
            s.stop()
    return 0


sys.exit(main())
