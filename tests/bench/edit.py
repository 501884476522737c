"""Time from an edit to fresh hints, through the server, as an editor waits for them.

usage: edit.py HEAPLS [-n STATEMENTS] [-r RUNS] [--json FILE] [FILE...]      default: net/http/server.go of GOROOT
       edit.py HEAPLS -m EDITS [FILE...]      resident memory before and after so many random edits, the text being the same

Five kinds of edits: statements typed character by character into function bodies (about half of the states do not
parse), a valid edit of one line, a pasted function, a changed signature, and undo of each. After every edit the hints of
the 60 lines around it are asked for and then those of the whole file, and the clock stops when the last byte of the
answer has come; nothing of an answer is decoded while it runs. The client takes pushed diagnostics, so publishing them
is part of the load. Figures are medians over the runs of each run's percentiles; a Markdown table.

Random edits type, delete, duplicate, paste, break and mend (as tests/live does); the hints of 60 lines are asked for after
each. Memory is read when the server has been at rest for a few seconds."""
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
TYPED = ["x := new(int)\n\t_ = x\n", "_ = 1\n", "return\n", "if true {\n", "}\n", "println(\"a\")\n", "a", "x.", "(", "\"", "`",
         "_ = append([]int(nil), 1)\n", "defer func() { recover() }()\n", "go func() {}()\n", "var v any = 7; _ = v\n", "/*", "*/", "//"]
PASTED = "\nfunc pasted%d(n int) *int {\n\tp := new(int)\n\t*p = n\n\treturn p\n}\n"
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

    # ---- random edits

    def place(self, what):
        at = self.text.find(what, self.random.randrange(len(self.text)))
        return at if at >= 0 else self.text.find(what)

    def line_at(self, at):
        end = self.text.find("\n", at + 1)
        return self.text[at:end if end >= 0 else len(self.text)]

    def random_edit(self, number, pristine):
        """Returns what to replace: offset, length, text."""
        choice, at = self.random.randrange(16), self.place("\n\t")
        if number % 12 == 11:
            return 0, len(self.text), pristine
        if choice < 5 and at >= 0:
            return at + 2, 0, self.random.choice(TYPED)
        if choice == 5 and self.text:
            return self.random.randrange(len(self.text)), self.random.choice([1, 1, 2, 3, 40]), ""
        if choice < 9 and at >= 0:
            return at, len(self.line_at(at)), ""
        if choice < 11 and at >= 0:
            return at, 0, self.line_at(at)
        if choice == 11:
            at = self.place("\nfunc ")
            return (at + 1 if at >= 0 else len(self.text)), 0, PASTED % self.random.randrange(1000000)
        if choice < 15:
            at = self.place("{}\""[choice - 12])
            return (at, 1, "") if at >= 0 else (0, 0, "")
        digit = re.compile("[1-8]").search(self.text, self.random.randrange(len(self.text) or 1))
        return (digit.start(), 1, str(int(digit.group()) + 1)) if digit else (0, 0, "")

    def edit_quietly(self, offset, removed, inserted):
        c = self.client
        self.version += 1
        removed = min(removed, len(self.text) - offset)
        start, end = self.position(offset), self.position(offset + removed)
        self.text = self.text[:offset] + inserted + self.text[offset + removed:]
        change = {"range": {"start": start, "end": end}, "text": inserted}
        top = max(0, start["line"] - 30)
        c.send(c.frame("textDocument/didChange", {"textDocument": {"uri": self.uri, "version": self.version}, "contentChanges": [change]}, False),
               c.frame("textDocument/inlayHint", self.range(top, top + 60), True))
        c.wait(c.id)

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


def measure_memory(binary, path, edits):
    REST, STEPS = 6, 10
    s, name = Session(binary, path, 1), "/".join(path.split("/")[-3:])
    pristine = s.text
    s.client.drain(REST)
    start, begin = s.memory(), time.time()
    print("**%s**: resident at rest\n\n| edits | MiB |\n|---|---|\n| 0 | %.1f |" % (name, start), flush=True)
    for number in range(edits):
        s.edit_quietly(*s.random_edit(number, pristine))
        if (number + 1) % max(1, edits // STEPS) == 0:
            s.edit_quietly(0, len(s.text), pristine)
            s.client.drain(REST)
            end = s.memory()
            print("| %d | %.1f |" % (number + 1, end), flush=True)
    print("\n%d edits in %.0f s: %.1f MiB, then %.1f MiB (%+.1f %%)\n" % (edits, time.time() - begin, start, end, 100 * (end - start) / start), flush=True)
    s.stop()


def median(values):
    return statistics.median(values)


def main():
    arguments = sys.argv[1:]
    options = {"-n": "8", "-r": "3", "-m": "0", "--json": None}
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
    for path in files if options["-m"] != "0" else []:
        measure_memory(binary, path, int(options["-m"]))
    for path in files if options["-m"] == "0" else []:
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
