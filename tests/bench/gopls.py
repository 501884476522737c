"""The same user's wait in gopls: ready after opening a file, first compiler details after asking for them
(source.toggleCompilerOptDetails), and from saving an edit to fresh details; its resident memory.

usage: gopls.py GOPLS [--json FILE] FILE…"""
import json
import os
import re
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lsp"))
from lsp_client import Server


def memory_of(pid):
    with open("/proc/%d/status" % pid) as f:
        return int(re.search(r"VmRSS:\s*(\d+)", f.read()).group(1)) / 1024


def has_details(diagnostics):
    return any("escape" in d.get("message", "") or "compiler" in str(d.get("source", "")) for d in diagnostics)


def measure(binary, path, saves=3):
    s = Server(binary)
    begin = time.perf_counter()
    root = os.path.dirname(path)
    while root != "/" and not os.path.exists(os.path.join(root, "go.mod")):
        root = os.path.dirname(root)
    s.initialize({"window": {"workDoneProgress": True}, "textDocument": {"publishDiagnostics": {"versionSupport": True}}},
                 rootUri="file://" + root, workspaceFolders=[{"uri": "file://" + root, "name": "root"}])
    uri = s.open(path)
    s.result("textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 0}}, 300)
    ready = time.perf_counter() - begin
    span = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
    actions = s.result("textDocument/codeAction", {"textDocument": {"uri": uri}, "range": span,
                                                   "context": {"diagnostics": [], "only": ["source.toggleCompilerOptDetails"]}}, 300)
    begin = time.perf_counter()
    request = s.start("workspace/executeCommand", {k: v for k, v in actions[0]["command"].items() if k != "title"})
    s.wait_notification("textDocument/publishDiagnostics", lambda p: p["uri"] == uri and has_details(p["diagnostics"]), 300)
    first = time.perf_counter() - begin
    s.finish(request, 300)
    with open(path, encoding="utf-8") as f:
        text = f.read()
    waits = []
    try:
        for i in range(saves):
            changed = text + "\nvar heaplsBench%d = new(int)\n" % i
            with open(path, "w", encoding="utf-8") as f:
                f.write(changed)
            s.notifications.clear()
            begin = time.perf_counter()
            s.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": i + 2}, "contentChanges": [{"text": changed}]})
            s.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
            line = changed.count("\n") - 1
            s.wait_notification("textDocument/publishDiagnostics", lambda p: p["uri"] == uri and any(
                d["range"]["start"]["line"] == line and "escape" in d["message"] for d in p["diagnostics"]), 300)
            waits.append(time.perf_counter() - begin)
    finally:
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
    memory = memory_of(s.process.pid)
    s.process.kill()
    return ready, first, statistics.median(waits), memory


def main():
    arguments, record_file, words = sys.argv[1:], None, []
    while arguments:
        word = arguments.pop(0)
        if word == "--json":
            record_file = arguments.pop(0)
        else:
            words.append(word)
    if len(words) < 2:
        sys.exit(__doc__)
    import lsp_client
    import subprocess

    class Gopls(Server):
        def __init__(self, binary):
            popen = subprocess.Popen
            subprocess.Popen = lambda command, **more: popen([command[0]], **more)
            try:
                super().__init__(binary)
            finally:
                subprocess.Popen = popen

    lsp_client.Server = Gopls
    globals()["Server"] = Gopls
    record = {}
    print("| file (gopls) | ready | first details | save to details | resident |\n|---|---:|---:|---:|---:|")
    for path in words[1:]:
        path = os.path.abspath(path)
        figures = measure(words[0], path)
        record["/".join(path.split("/")[-3:])] = figures
        print("| %s | %.1f s | %.1f s | %.1f s | %.0f MiB |" % ("/".join(path.split("/")[-3:]), *figures), flush=True)
    if record_file:
        with open(record_file, "w") as f:
            json.dump(record, f, indent=1)
    return 0


sys.exit(main())
