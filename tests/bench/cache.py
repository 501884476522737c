"""Reading the cache against computing again: `heapls check` of one package that imports much and says little, without a
cache and with a full one (starting and loading the graph included in both); and the first hints of large files,
computed and recalled. CPU time for the former, waiting time for the latter.

usage: cache.py HEAPLS [--json FILE] [-r RUNS]"""
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lsp"))
from lsp_client import Server

PROGRAMS = {"net/http": "package main\n\nimport \"net/http\"\n\nfunc main() { http.NotFoundHandler() }\n",
            "go/types": "package main\n\nimport \"go/types\"\n\nfunc main() { types.NewChecker(nil, nil, nil, nil) }\n"}


def cpu(command, cwd, cache):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ, HEAPLS_CACHE=cache), check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


def first_hints(binary, path, cache):
    s = Server(binary, "--log-level=error", env=dict(os.environ, HEAPLS_CACHE=cache))
    s.initialize({"textDocument": {"inlayHint": {}}})
    begin = time.perf_counter()
    s.hints(s.open(path))
    took = (time.perf_counter() - begin) * 1000
    s.stop()
    return took


def main():
    arguments, runs, record_file, words = sys.argv[1:], 5, None, []
    while arguments:
        word = arguments.pop(0)
        if word == "--json":
            record_file = arguments.pop(0)
        elif word == "-r":
            runs = int(arguments.pop(0))
        else:
            words.append(word)
    if len(words) != 1:
        sys.exit(__doc__)
    binary, record = os.path.abspath(words[0]), {}
    try:
        source = subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip() + "/src"
    except (OSError, subprocess.CalledProcessError):
        print("SKIP: no go command")
        return 77
    print("| what | computed | from the cache | ratio |\n|---|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as scratch:
        cache = os.path.join(scratch, "cache")

        def show(name, computed, cached):
            record[name] = [computed, cached]
            print("| %s | %.0f ms | %.0f ms | %.1f |" % (name, computed, cached, computed / cached), flush=True)

        for imported, text in PROGRAMS.items():
            root = os.path.join(scratch, imported.replace("/", "_"))
            os.makedirs(root)
            for name, content in (("go.mod", "module m\n\ngo 1.24\n"), ("main.go", text)):
                with open(os.path.join(root, name), "w", encoding="utf-8") as f:
                    f.write(content)
            command = [binary, "check", "."]
            cpu(command, root, cache)
            median = statistics.median
            show("imports of %s: CPU time of check" % imported, median(cpu(command, root, "off") for _ in range(runs)),
                 median(cpu(command, root, cache) for _ in range(runs)))
        for name in ("net/http/server.go", "cmd/compile/internal/ssagen/ssa.go", "cmd/compile/internal/ssa/poset.go"):
            path = os.path.join(source, name)
            first_hints(binary, path, cache)
            show("%s: first hints" % name, statistics.median(first_hints(binary, path, "off") for _ in range(runs)),
                 statistics.median(first_hints(binary, path, cache) for _ in range(runs)))
    if record_file:
        with open(record_file, "w", encoding="utf-8") as f:
            json.dump(record, f, indent=1)
    return 0


sys.exit(main())
