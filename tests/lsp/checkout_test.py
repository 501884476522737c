"""What changes on disk under an open file, as a switch of branches does it, and floods of edits: in the end the server
says what a fresh one says.

usage: checkout_test.py HEAPLS [SEED [ROUNDS]]"""
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

import checks
from checks import check
from lsp_client import Server

binary = os.path.abspath(sys.argv[1])
seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 12
CAPABILITIES = {"textDocument": {"inlayHint": {}, "publishDiagnostics": {"relatedInformation": True}, "diagnostic": {}}}

MAIN = """package main

import "m/p"

type holder struct{ kept *int }

func main() {
	x := new(int)
	p.F(x)
	h := helper(3)
	h.kept = p.New()
	println(h.kept, p.Size)
}

func private() []byte {
	b := make([]byte, p.Size)
	return b
}
"""
HELPER = ["package main\n\nfunc helper(n int) *holder {\n\treturn &holder{kept: &n}\n}\n",
          "package main\n\nfunc helper(n int) *holder {\n\th := new(holder)\n\tprivate()\n\treturn h\n}\n",
          "package main\n\nvar all []*holder\n\nfunc helper(n int) *holder {\n\tall = append(all, &holder{})\n\treturn all[0]\n}\n"]
P = ["package p\n\nconst Size = 16\n\nvar kept *int\n\nfunc F(x *int) { kept = x }\nfunc New() *int { return new(int) }\n",
     "package p\n\nconst Size = 1 << 17\n\nfunc F(x *int) { *x = 1 }\nfunc New() *int { return nil }\n",
     "package p\n\nimport \"m/q\"\n\nvar Size = q.Size\n\nfunc F(x *int) { q.G(x) }\nfunc New() *int { return q.Kept }\n",
     "package p\n\nimport \"example.org/gone\"\n\nconst Size = 3\n\nfunc F(x *int) { gone.Call(x) }\nfunc New() *int { return new(int) }\n",
     "package p\n\nconst Size = 5\n\nfunc F(x *int) {\n"]  # does not parse
Q = ["package q\n\nvar Kept *int\n\nconst Size = 7\n\nfunc G(x *int) { Kept = x }\n",
     "package q\n\nvar Kept *int\n\nvar Size = 9\n\nfunc G(x *int) {}\n"]
MOD = ["module m\n\ngo 1.24\n", "module m\n\ngo 1.21\n", "module m\n\ngo 1.24\n\nrequire example.org/gone v1.0.0\n\nreplace example.org/gone => ./gone\n"]
GONE = "package gone\n\nvar all []*int\n\nfunc Call(x *int) { all = append(all, x) }\n"
WORK = "go 1.24\n\nuse .\n"


def branch(rnd):
    """The files of one branch but for the one that is open."""
    files = {"go.mod": rnd.choice(MOD), "p/p.go": rnd.choice(P)}
    if rnd.random() < 0.8:
        files["helper.go"] = rnd.choice(HELPER)
    if rnd.random() < 0.7:
        files["q/q.go"] = rnd.choice(Q)
    if rnd.random() < 0.5:
        files["gone/go.mod"] = "module example.org/gone\n\ngo 1.24\n"
        files["gone/gone.go"] = GONE
    if rnd.random() < 0.3:
        files["go.work"] = WORK
    if rnd.random() < 0.3:
        files["main_linux.go"] = "package main\n\nfunc onLinux() *int { return new(int) }\n"
    return files


def check_out(directory, old, new):
    for name in old:
        if name not in new:
            os.remove(os.path.join(directory, name))
    for name, text in new.items():
        if old.get(name) == text:
            continue
        path = os.path.join(directory, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path + ".new", "w", encoding="utf-8") as f:
            f.write(text)
        os.replace(path + ".new", path)


def said(server, uri):
    """Without what is said of code that is broken now: what was right before, which a fresh server does not know."""
    hints = sorted((h["position"]["line"], h["position"]["character"], json.dumps(h["label"], sort_keys=True)) for h in server.hints(uri) if "(stale)" not in str(h["label"]))
    report = server.result("textDocument/diagnostic", {"textDocument": {"uri": uri}})
    diagnostics = sorted((d["range"]["start"]["line"], d["range"]["start"]["character"], str(d.get("code")), d["message"]) for d in report["items"] if "(stale)" not in d["message"])
    return hints, diagnostics


def fresh(path, text):
    s = Server(binary)
    s.initialize(CAPABILITIES)
    answer = said(s, s.open(path, text))
    check("ends", s.stop() == 0)
    return answer


def becomes(name, server, uri, want, seconds=30):
    end = time.time() + seconds
    while True:
        now = said(server, uri)
        if now == want:
            break
        check(name, time.time() < end, "\nserver: %s\nfresh:  %s" % (now, want))
        time.sleep(0.05)
    check(name, True)


def change(server, uri, version, text):
    server.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": text}]})


def checkouts(directory, watched):
    """watched: the client tells what changed; else the server looks itself."""
    rnd = random.Random(seed * 2 + watched)
    now = branch(rnd)
    check_out(directory, {}, now)
    path = os.path.join(directory, "main.go")
    with open(path, "w", encoding="utf-8") as f:
        f.write(MAIN)
    s = Server(binary)
    capabilities = dict(CAPABILITIES)
    if watched:
        capabilities["workspace"] = {"didChangeWatchedFiles": {"dynamicRegistration": True}}
    s.initialize(capabilities)
    uri, text, version = s.open(path), MAIN, 1
    for i in range(rounds):
        if rnd.random() < 0.5:  # unsaved text
            version += 1
            text = MAIN.replace("p.Size)", "p.Size + %d)" % i, 1) + "\nfunc added%d() *int { return new(int) }\n" % i
            change(s, uri, version, text)
        new = branch(rnd)
        check_out(directory, now, new)
        if watched:
            kinds = [(n, 3) for n in now if n not in new] + [(n, 2 if n in now else 1) for n in new if now.get(n) != new[n]]
            s.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": "file://" + os.path.join(directory, n), "type": k} for n, k in kinds]})
        now = new
        becomes("branch %d of seed %d" % (i, seed), s, uri, fresh(path, text))
    check("ends", s.stop() == 0)


def flood(directory):
    """Edits faster than they are analysed: nothing is said of a version that is gone, and in the end all is right."""
    rnd = random.Random(seed)
    check_out(directory, {}, {"go.mod": MOD[0], "p/p.go": P[0], "q/q.go": Q[0], "helper.go": HELPER[0], "main.go": MAIN})
    path = os.path.join(directory, "main.go")
    s = Server(binary)
    s.initialize({"textDocument": {"inlayHint": {}, "publishDiagnostics": {"versionSupport": True}}})
    uri, text = s.open(path), MAIN
    version = 1
    for i in range(400):
        version += 1
        at = rnd.randrange(len(MAIN) // 3, len(text))
        text = rnd.choice([MAIN, text[:at] + rnd.choice(["x", "\n", "(", "}", "\treturn\n", "var z any = 7\n"]) + text[at:], text[:at] + text[at + 1:]])
        change(s, uri, version, text)
        if i % 7 == 0:
            s.start("textDocument/inlayHint", {"textDocument": {"uri": uri}, "range": {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}})
        if i % 50 == 0:
            time.sleep(0.05)
    version += 1
    change(s, uri, version, MAIN)
    s.wait_notification("textDocument/publishDiagnostics", lambda p: p["uri"] == uri and p.get("version") == version)
    published = [m["params"]["version"] for m in s.seen if m.get("method") == "textDocument/publishDiagnostics" and m["params"]["uri"] == uri]
    check("diagnostics come with a version", all(isinstance(v, int) for v in published), published)
    check("no version is published after a newer one", published == sorted(published), published)
    hints = sorted((h["position"]["line"], str(h["label"])) for h in s.hints(uri))
    check("ends", s.stop() == 0)
    f = Server(binary)
    f.initialize({"textDocument": {"inlayHint": {}}})
    want = sorted((h["position"]["line"], str(h["label"])) for h in f.hints(f.open(path, MAIN)))
    check("ends", f.stop() == 0)
    check("hints after a flood", hints == want, "%s instead of %s" % (hints, want))


def main():
    if subprocess.run([binary, "check", "--format=json", "errors"], capture_output=True).returncode == 2:
        print("SKIP: Go's sources are not here")
        return 77
    for name, test in (("own watcher", lambda d: checkouts(d, False)), ("client's watcher", lambda d: checkouts(d, True)), ("flood", flood)):
        directory = os.path.realpath(tempfile.mkdtemp())
        try:
            test(directory)
        finally:
            shutil.rmtree(directory)
        print("ok", name)
    print("ok %d checks" % checks.count)
    return 0


sys.exit(main())
