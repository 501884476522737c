"""Time from an edit to fresh hints of the edited file, and resident memory, on net/http/server.go (or FILE).

usage: edit.py HEAPLS [EDITS] [FILE]
Fresh means: analysed with that edit in it (the server says so), then asked for and received."""
import os
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lsp"))
from lsp_client import Server

binary = sys.argv[1]
edits = int(sys.argv[2]) if len(sys.argv) > 2 else 30
if len(sys.argv) > 3:
    path = sys.argv[3]
else:
    try:
        goroot = subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        print("SKIP: no go command to find net/http with")
        sys.exit(77)
    path = os.path.join(goroot, "src", "net", "http", "server.go")


def resident(pid):
    with open("/proc/%d/status" % pid) as f:
        for line in f:
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
    return 0


def percentile(values, p):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * p / 100))]


s = Server(binary, "--log-level=error")
# Without refresh support a hint request is answered when the newest text has been analysed: that is what is measured.
s.initialize({"textDocument": {"inlayHint": {}}})
begin = time.time()
uri = s.open(path)
count = len(s.hints(uri))
first = time.time() - begin
memory_first = resident(s.process.pid)
with open(path, encoding="utf-8") as f:
    lines = f.read().split("\n")
line = next((i for i, text in enumerate(lines) if text.startswith("func (srv *Server) Serve(") or text.startswith("func (s *Server) Serve(")), 0)
fresh, instant = [], []
for i in range(edits):
    text = "\t_ = new(int)\n" if i % 2 == 0 else ""
    end = line + 1 if i % 2 == 0 else line + 2
    change = {"range": {"start": {"line": line + 1, "character": 0}, "end": {"line": end, "character": 0}}, "text": text}
    begin = time.time()
    s.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": i + 2}, "contentChanges": [change]})
    s.result("textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": line, "character": 20}})
    instant.append((time.time() - begin) * 1000)
    s.hints(uri)
    fresh.append((time.time() - begin) * 1000)
print("| %s, %d lines, %d hints | |" % (os.path.basename(path), len(lines), count))
print("|---|---|")
print("| first hints after opening | %.2f s |" % first)
print("| edit to fresh hints, p50 | %.0f ms |" % statistics.median(fresh))
print("| edit to fresh hints, p99 | %.0f ms |" % percentile(fresh, 99))
print("| edit to hover from the last analysis, p50 | %.1f ms |" % statistics.median(instant))
print("| edit to hover from the last analysis, p99 | %.1f ms |" % percentile(instant, 99))
print("| resident memory, first / after %d edits | %.0f / %.0f MiB |" % (edits, memory_first, resident(s.process.pid)))
sys.exit(s.stop())
