"""What a server remembers of packages that another one analysed: everything a client can see is the same as when it is
computed; edits while the package is still being built; damaged entries; what is stored after a save. And cold starts:
progress is shown, what is on the screen comes first, and typing does not keep the first result away.

usage: recall_test.py HEAPLS [FILE…]      default: files of GOROOT"""
import json
import os
import re
import subprocess
import sys
import tempfile
import time

import checks
from checks import check
from lsp_client import Server

binary = os.path.abspath(sys.argv[1])
FILES = ["net/http/server.go", "go/types/expr.go", "encoding/json/decode.go", "fmt/print.go", "text/template/exec.go"]
CAPABILITIES = {
    "textDocument": {"inlayHint": {}, "diagnostic": {"relatedDocumentSupport": True}, "hover": {"contentFormat": ["markdown"]}, "codeLens": {},
                     "publishDiagnostics": {"relatedInformation": True, "codeDescriptionSupport": True, "dataSupport": True},
                     "callHierarchy": {}, "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}}}}}


def start(cache, capabilities=None):
    s = Server(binary, "--log-level=error", env=dict(os.environ, HEAPLS_CACHE=cache))
    s.initialize(capabilities or CAPABILITIES)
    return s


def state(server, uri):
    return server.result("heapls/documentText", {"textDocument": {"uri": uri}})


def built(server, uri):
    now = server.wait_built(uri)
    check("built in the end", not now["recalled"], now)


def entries(cache):
    return sum(len(names) for _, _, names in os.walk(cache))


def edit(server, uri, version, line, text):
    at = {"line": line, "character": 0}
    server.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"range": {"start": at, "end": at}, "text": text}]})


def questions(uri, text):
    """Of everything, at places all over the file."""
    document = {"uri": uri}
    rows = text.split("\n")
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": len(rows), "character": 0}}
    out = [("textDocument/inlayHint", {"textDocument": document, "range": whole}), ("textDocument/diagnostic", {"textDocument": document}),
           ("textDocument/codeLens", {"textDocument": document})]
    for number, row in enumerate(rows):
        names = [m.start() for m in re.finditer(r"[A-Za-z_]\w*", row)]
        for at in names[number % 7::7]:
            out.append(("textDocument/hover", {"textDocument": document, "position": {"line": number, "character": at}}))
        if row.startswith("func ") or number % 20 == 0:
            for at in names[1:2]:
                out.append(("textDocument/prepareCallHierarchy", {"textDocument": document, "position": {"line": number, "character": at}}))
        if number % 10 == 0:
            span = {"start": {"line": number, "character": 0}, "end": {"line": number, "character": len(row)}}
            out.append(("textDocument/codeAction", {"textDocument": document, "range": span, "context": {"diagnostics": []}}))
    return out


def without_advice(answer):
    """What is tried in place of advice is known when the package has been built, not before."""
    if isinstance(answer, list):
        return [a for a in answer if not isinstance(a, dict) or a.get("kind") not in ("quickfix", "refactor.rewrite")]
    text = re.sub(r"\*\*(What may help|To allocate less):\*\* .*?\\n\\n", "", json.dumps(answer))
    return json.loads(text)


def answers(server, uri, asked):
    """And whether all of them were made from what was recalled."""
    numbers = [server.start(method, params) for method, params in asked]
    last = state(server, uri)["recalled"]
    results = [server.finish(n).get("result") for n in numbers]
    for (method, params), result in zip(list(asked), list(results)):
        for item in result or [] if method == "textDocument/prepareCallHierarchy" else []:
            for direction in ("incomingCalls", "outgoingCalls"):
                results.append(server.request("callHierarchy/" + direction, {"item": item}).get("result"))
    return results, last and state(server, uri)["recalled"]


def same_answers(directory, files):
    cache = os.path.join(directory, "same")
    total = 0
    for path in files:
        s = start(cache)
        uri = s.open(path)
        s.hints(uri)
        check("nothing is stored yet", not state(s, uri)["wasRecalled"])
        built(s, uri)
        s.stop()
        with open(path, encoding="utf-8") as f:
            asked = questions(uri, f.read())
        while asked:  # as many as a server answers before the package is built
            s = start(cache)
            s.open(path)
            hints = s.hints(uri)
            check("it is recalled", state(s, uri)["wasRecalled"], path)
            part = []
            for size in (400, 200, 100, 50, 25, 25, 10, 10, 5, 5, 5):
                results, recalled = answers(s, uri, asked[:size])
                if recalled:
                    part = asked[:size]
                    break
                s.stop()
                s = start(cache)
                s.open(path)
                s.hints(uri)
            check("answered before it is built", part, path)
            built(s, uri)
            fresh, _ = answers(s, uri, part)
            check("the same hints", s.hints(uri) == hints, path)
            for i, (one, other) in enumerate(zip(results, fresh)):
                check("the same answer", without_advice(one) == without_advice(other), "%s: %s\n%s\n%s" % (path, part[i] if i < len(part) else "calls", json.dumps(one), json.dumps(other)))
            total += len(results)
            asked = asked[len(part):]
            s.stop()
    print("%d answers are the same" % total)


def edited_meanwhile(directory, path):
    """Edits that come before the package is built: first from a full cache, then from none."""
    cache = os.path.join(directory, "edited")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    at = text[:text.index("{\n", text.index("\nfunc "))].count("\n") + 1
    s = start(os.path.join(directory, "fresh"))
    rows = text.split("\n")
    uri = s.open(path, "\n".join(rows[:at] + ["\t_ = new(int)"] * 2 + rows[at:]))
    want = s.hints(uri)
    s.stop()
    for recalled in (False, True):
        s = start(cache)
        s.open(path)
        if recalled:
            before = s.hints(uri)
            edit(s, uri, 2, at, "\t_ = new(int)\n\t_ = new(int)\n")
            moved = s.result("textDocument/diagnostic", {"textDocument": {"uri": uri}})["items"]
            check("positions are carried over the edit", moved and before, path)
        else:
            edit(s, uri, 2, at, "\t_ = new(int)\n")
            edit(s, uri, 3, at, "\t_ = new(int)\n")
        check("hints of the newest text", s.hints(uri) == want, path)
        built(s, uri)
        check("and after that", s.hints(uri) == want, path)
        edit(s, uri, 9, at, "\n")
        s.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": 10}, "contentChanges": [{"text": text}]})
        s.hints(uri)
        s.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
        s.stop()


def typing(directory, path):
    """Somebody who types all the time gets a first result."""
    s = start("off", {"textDocument": {"inlayHint": {}}})
    uri = s.open(path)
    with open(path, encoding="utf-8") as f:
        text = f.read()
    at = text[:text.index("{\n", text.index("\nfunc "))].count("\n") + 1
    for version in range(2, 1500):
        edit(s, uri, version, at, "\tprintln(%d)\n" % version)
        if state(s, uri)["analysed"] >= 0:
            break
        time.sleep(0.02)
    else:
        check("a result while somebody types", False)
    check("ends", s.stop() == 0)


def damaged(directory, path):
    cache = os.path.join(directory, "damaged")
    s = start(cache)
    uri = s.open(path)
    want = s.hints(uri)
    s.stop()
    count = 0
    for where, _, names in os.walk(cache):
        for name in names:
            with open(os.path.join(where, name), "r+b") as f:
                f.seek(count * 41 % os.path.getsize(f.name))
                f.write(b"\x5a\xa5")
            count += 1
    check("something is stored", count > 1)
    s = start(cache)
    s.open(path)
    check("damaged entries are not used", s.hints(uri) == want and not state(s, uri)["wasRecalled"])
    s.stop()
    s = start(cache)
    s.open(path)
    check("and replaced", s.hints(uri) == want and state(s, uri)["wasRecalled"])
    s.stop()


def saved(directory):
    """What was edited and saved is recalled by the next server, and so is what imports it."""
    root, cache = os.path.join(directory, "module"), os.path.join(directory, "saved")
    os.makedirs(os.path.join(root, "p"))
    main, library = os.path.join(root, "main.go"), os.path.join(root, "p", "p.go")
    texts = {os.path.join(root, "go.mod"): "module m\n\ngo 1.24\n", library: "package p\n\nfunc New() *int { return new(int) }\n",
             main: "package main\n\nimport \"m/p\"\n\nfunc main() {\n\tkept = p.New()\n}\n\nvar kept *int\n"}
    for name, text in texts.items():
        with open(name, "w", encoding="utf-8") as f:
            f.write(text)
    s = start(cache)
    uri = s.open(main)
    s.hints(uri)
    edit(s, uri, 2, 5, "\tprintln(new(int), new(string))\n")
    s.hints(uri)
    with open(main, "w", encoding="utf-8") as f:
        f.write(state(s, uri)["text"])
    s.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    s.stop()
    s = start(cache)
    s.open(main)
    s.hints(uri)
    check("what was saved is recalled", state(s, uri)["wasRecalled"])
    built(s, uri)
    with open(library, "w", encoding="utf-8") as f:
        f.write("package p\n\nfunc New() *int { panic(1) }\n")
    s.stop()
    s = start(cache)
    s.open(main)
    s.hints(uri)
    check("but not when an import has changed", not state(s, uri)["wasRecalled"])
    s.stop()
    before = entries(cache)
    s = start(cache)
    s.open(main)
    s.hints(uri)
    check("recalled again", state(s, uri)["wasRecalled"])
    built(s, uri)
    s.stop()
    check("nothing is stored twice", entries(cache) == before, entries(cache))


def cold(directory, path):
    """Progress of a long start; what is on the screen is answered before the rest."""
    s = start(os.path.join(directory, "cold"), {"textDocument": {"inlayHint": {}}, "window": {"workDoneProgress": True}})
    uri = s.open(path)
    ask = [s.start("textDocument/inlayHint", {"textDocument": {"uri": uri}, "range": {"start": {"line": 0, "character": 0}, "end": {"line": last, "character": 0}}})
           for last in (100000, 60)]
    seen = []
    while len(seen) < 2:
        s._take(120)
        seen += [i for i in ask if i in s.responses and i not in seen]
    check("what is on the screen comes first", seen == ask[::-1], seen)
    end = s.wait_notification("$/progress", lambda p: p["value"]["kind"] == "end")
    shown = [m["params"] for m in s.seen if m.get("method") == "$/progress"]
    kinds = [p["value"]["kind"] for p in shown]
    check("progress begins and ends", kinds[0] == "begin" and kinds[-1] == "end" and kinds.count("begin") == 1, kinds)
    check("one token, which was created", {p["token"] for p in shown} == {end["token"]} and
          [m["params"]["token"] for m in s.seen if m.get("method") == "window/workDoneProgress/create"] == [end["token"]])
    done = [p["value"]["percentage"] for p in shown if p["value"]["kind"] == "report"]
    check("and grows", len(done) > 1 and done == sorted(done) and done[0] < done[-1], done)
    s.stop()


def main():
    try:
        source = subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip() + "/src"
    except (OSError, subprocess.CalledProcessError):
        source = ""
    with tempfile.TemporaryDirectory() as directory:
        saved(directory)
        if not source:
            print("SKIP: no go command; %d checks passed" % checks.count)
            return 77
        files = [os.path.abspath(f) for f in sys.argv[2:]] or [os.path.join(source, f) for f in FILES]
        cold(directory, files[0])
        damaged(directory, files[-1])
        typing(directory, files[0])
        edited_meanwhile(directory, files[0])
        same_answers(directory, files)
    print("%d checks passed" % checks.count)
    return 0


sys.exit(main())
