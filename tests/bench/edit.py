"""Time from an edit to fresh hints, through the server, as an editor waits for them.

usage: edit.py HEAPLS [-n STATEMENTS] [-r RUNS] [--json FILE] [FILE...]      default: net/http/server.go of GOROOT

Five kinds of edits: statements typed character by character into function bodies (about half of the states do not
parse), a valid edit of one line, a pasted function, a changed signature, and undo of each. After every edit the hints of
the 60 lines around it are asked for and then those of the whole file, and the clock stops when the last byte of the
answer has come; nothing of an answer is decoded while it runs. The client takes pushed diagnostics, so publishing them
is part of the load. Figures are medians over the runs of each run's percentiles; a Markdown table."""
import json
import os
import random
import re
import select
import statistics
import subprocess
import sys
import time

KINDS = ["typed character", "changed line", "pasted function", "changed signature", "undo"]
STATEMENTS = ["\tvar tmp = new(int)\n", "\tprintln(len([]string{\"a\", \"b\"}))\n", "\tfor i := range 10 {\n\t\tprint(i)\n\t}\n",
              "\tif buf := make([]byte, 64); len(buf) > 0 {\n\t\treturn\n\t}\n"]
CAPABILITIES = {"textDocument": {"inlayHint": {"resolveSupport": {"properties": ["tooltip"]}},
                                 "publishDiagnostics": {"relatedInformation": True, "versionSupport": True, "codeDescriptionSupport": True, "dataSupport": True},
                                 "hover": {"contentFormat": ["markdown"]}}}


class Client:
    """Frames are kept as bytes; only the head of each is looked at."""

    def __init__(self, binary):
        self.process = subprocess.Popen([binary, "serve", "--log-level=error"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.out = self.process.stdout.fileno()
        self.rest = b""
        self.id = 0
        self.answers = {}
        self.published = 0

    def frame(self, method, params, request):
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        if request:
            self.id += 1
            message["id"] = self.id
        body = json.dumps(message).encode()
        return b"Content-Length: %d\r\n\r\n" % len(body) + body

    def send(self, *frames):
        os.write(self.process.stdin.fileno(), b"".join(frames))

    def wait(self, request):
        while request not in self.answers:
            chunk = os.read(self.out, 1 << 16)
            if not chunk:
                sys.exit("the server ended")
            self.rest += chunk
            while True:
                head = self.rest.find(b"\r\n\r\n")
                if head < 0:
                    break
                length = int(self.rest[self.rest.index(b":") + 1:head])
                if len(self.rest) < head + 4 + length:
                    break
                body = self.rest[head + 4:head + 4 + length]
                self.rest = self.rest[head + 4 + length:]
                found = re.match(rb'\{"jsonrpc":"2.0","id":(\d+),', body[:60])
                if found and b'"method"' not in body[:60]:
                    self.answers[int(found.group(1))] = (time.perf_counter(), body)
                else:
                    self.published += b"publishDiagnostics" in body[:80]
        return self.answers.pop(request)

    def request(self, method, params):
        self.send(self.frame(method, params, True))
        return json.loads(self.wait(self.id)[1]).get("result")

    def drain(self, seconds):
        end = time.time() + seconds
        while select.select([self.out], [], [], max(0, end - time.time()))[0]:
            chunk = os.read(self.out, 1 << 16)
            self.rest += chunk
            if not chunk:
                return


class Session:
    def __init__(self, binary, path, seed):
        self.client = Client(binary)
        self.client.request("initialize", {"processId": None, "rootUri": None, "capabilities": CAPABILITIES})
        self.client.send(self.client.frame("initialized", {}, False))
        self.uri = "file://" + path
        with open(path, encoding="utf-8") as f:
            self.text = f.read()
        self.version = 1
        self.random = random.Random(seed)
        self.visible = {k: [] for k in KINDS}
        self.whole = {k: [] for k in KINDS}
        begin = time.perf_counter()
        self.client.send(self.client.frame("textDocument/didOpen", {"textDocument": {"uri": self.uri, "languageId": "go", "version": 1, "text": self.text}}, False))
        hints = self.client.request("textDocument/inlayHint", self.range(0, 1 << 20))
        self.first = time.perf_counter() - begin
        self.hints = len(hints or [])
        self.memory_first = self.memory()
        self.client.drain(0.3)

    def memory(self):
        with open("/proc/%d/status" % self.client.process.pid) as f:
            return int(re.search(r"VmRSS:\s*(\d+)", f.read()).group(1)) / 1024

    def range(self, first, last):
        return {"textDocument": {"uri": self.uri}, "range": {"start": {"line": first, "character": 0}, "end": {"line": last, "character": 0}}}

    def position(self, offset):
        line = self.text.count("\n", 0, offset)
        start = self.text.rfind("\n", 0, offset) + 1
        return {"line": line, "character": len(self.text[start:offset].encode("utf-16-le")) // 2}

    def edit(self, kind, offset, removed, inserted):
        c = self.client
        self.version += 1
        start, end = self.position(offset), self.position(offset + removed)
        change = {"range": {"start": start, "end": end}, "text": inserted}
        self.text = self.text[:offset] + inserted + self.text[offset + removed:]
        top = max(0, start["line"] - 30)
        frames = [c.frame("textDocument/didChange", {"textDocument": {"uri": self.uri, "version": self.version}, "contentChanges": [change]}, False),
                  c.frame("textDocument/inlayHint", self.range(top, top + 60), True), c.frame("textDocument/inlayHint", self.range(0, 1 << 20), True)]
        begin = time.perf_counter()
        c.send(*frames)
        self.whole[kind].append((c.wait(c.id)[0] - begin) * 1000)
        self.visible[kind].append((c.wait(c.id - 1)[0] - begin) * 1000)
        if kind != "typed character":
            c.drain(0.03)  # nobody edits that fast: let it publish

    def body(self):
        starts = [m.end() for m in re.finditer(r"^func .*\{\n", self.text, re.M)]
        return self.random.choice(starts)

    def type_statement(self):
        at, statement = self.body(), self.random.choice(STATEMENTS)
        for i, c in enumerate(statement):
            self.edit("typed character", at + i, 0, c)
        self.edit("undo", at, len(statement), "")

    def change_line(self):
        at, old = self.body(), 0
        for i in range(4):
            line = "\t_ = new([%d]int)\n" % (self.random.randrange(9) + 1)
            self.edit("changed line", at, old, line)
            old = len(line)
        self.edit("undo", at, old, "")

    def paste(self, number):
        text = "\nfunc pasted%d(n int) []*int {\n\tout := make([]*int, n)\n\tfor i := range out {\n\t\tout[i] = new(int)\n\t}\n\treturn out\n}\n" % number
        self.edit("pasted function", len(self.text), 0, text)
        self.edit("undo", len(self.text) - len(text), len(text), "")

    def signature(self):
        starts = [m.end() for m in re.finditer(r"^func \w+\(", self.text, re.M)]
        if not starts:
            return
        at = self.random.choice(starts)
        text = "extra ...int" if self.text[at] == ")" else "extra int, "
        self.edit("changed signature", at, 0, text)
        self.edit("undo", at, len(text), "")

    def stop(self):
        self.client.request("shutdown", None)
        self.client.send(self.client.frame("exit", None, False))
        self.client.process.wait(30)


def percentile(values, p):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * p / 100))]


def measure(binary, path, statements, runs):
    sessions = []
    for run in range(runs):
        s = Session(binary, path, run + 1)
        for i in range(statements):
            s.type_statement()
            s.change_line()
            if i % 3 == 0:
                s.paste(i)
                s.signature()
        s.memory_last = s.memory()
        s.stop()
        sessions.append(s)
    return sessions


def median(values):
    return statistics.median(values)


def main():
    arguments = sys.argv[1:]
    options = {"-n": "8", "-r": "3", "--json": None}
    files = []
    while arguments:
        word = arguments.pop(0)
        if word in options:
            options[word] = arguments.pop(0)
        else:
            files.append(word)
    if not files:
        sys.exit(__doc__)
    binary, files = os.path.abspath(files[0]), [os.path.abspath(f) for f in files[1:]]
    if not files:
        try:
            goroot = subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip()
        except (OSError, subprocess.CalledProcessError):
            print("SKIP: no go command to find net/http with")
            return 77
        files = [os.path.join(goroot, "src", "net", "http", "server.go")]
    record = {}
    for path in files:
        sessions = measure(binary, path, int(options["-n"]), int(options["-r"]))
        one, name = sessions[0], "/".join(path.split("/")[-3:])
        print("**%s**, %d lines, %d hints: first hints %.0f ms, resident %.0f MiB, %.0f MiB after %d edits\n" % (
            name, one.text.count("\n"), one.hints, median([s.first for s in sessions]) * 1000, median([s.memory_first for s in sessions]),
            median([s.memory_last for s in sessions]), sum(len(v) for v in one.whole.values())))
        print("| edit | n | visible 60 lines: p50 | p90 | p99 ms | whole file: p50 | p90 | p99 ms |\n|---|---|---|---|---|---|---|---|")
        record[name] = {}
        for kind in KINDS:
            if not one.visible[kind]:
                continue
            cells = [median([percentile(getattr(s, which)[kind], p) for s in sessions]) for which in ("visible", "whole") for p in (50, 90, 99)]
            record[name][kind] = cells
            print("| %s | %d | %s |" % (kind, len(one.visible[kind]), " | ".join("%.1f" % c for c in cells)))
        print(flush=True)
    if options["--json"]:
        with open(options["--json"], "w") as f:
            json.dump(record, f, indent=1)
    return 0


sys.exit(main())
