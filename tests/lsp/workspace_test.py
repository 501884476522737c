"""Files that change on disk, several modules, order of answers, the status notification, and what the user is told.

usage: workspace_test.py HEAPLS"""
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import time

import checks
from checks import check, write
from lsp_client import Server

binary = os.path.abspath(sys.argv[1])
HINTS = {"textDocument": {"inlayHint": {}}}
WATCHES = {"textDocument": {"inlayHint": {}}, "workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}, "inlayHint": {"refreshSupport": True}}}


def lines(server, uri):
    """Of hints; negative for those of code that is broken now."""
    return sorted(h["position"]["line"] * (-1 if "stale" in str(h["label"]) else 1) for h in server.hints(uri))


def becomes(name, server, uri, want, seconds=15):
    end = time.time() + seconds
    while lines(server, uri) != want:
        check(name, time.time() < end, "%s instead of %s" % (lines(server, uri), want))
        time.sleep(0.05)
    check(name, True)


def edit(server, uri, version, line, text, last=None):
    span = {"start": {"line": line, "character": 0}, "end": {"line": line if last is None else last, "character": 0}}
    server.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"range": span, "text": text}]})


KEEPS = "package p\n\nvar kept *int\n\nfunc F(x *int) { kept = x }\n"
LETS_GO = "package p\n\nfunc F(x *int) { *x = 1 }\n"
MAIN = "package main\n\nimport \"m/p\"\n\nfunc main() {\n\tx := new(int)\n\tp.F(x)\n}\n"


def module(directory, **more):
    write(directory, {"go.mod": "module m\n\ngo 1.24\n", "main.go": MAIN, "p/p.go": KEEPS, **more})
    return os.path.join(directory, "main.go")


def own_watcher(directory):
    main = module(directory)
    s = Server(binary)
    s.initialize(HINTS)
    uri = s.open(main)
    becomes("before", s, uri, [5])
    time.sleep(0.3)  # the module's directories are listed after the first analysis
    write(directory, {"p/p.go": LETS_GO})
    becomes("a dependency changed on disk", s, uri, [])
    write(directory, {"p/p.go": KEEPS})
    becomes("and back", s, uri, [5])
    os.rename(os.path.join(directory, "p"), os.path.join(directory, "q"))
    becomes("its directory is gone", s, uri, [-5])
    write(directory, {"deep/down/p/p.go": LETS_GO})
    edit(s, uri, 2, 2, 'import "m/deep/down/p"\n', 3)
    becomes("a new directory", s, uri, [])
    write(directory, {"deep/down/p/p.go": KEEPS})
    becomes("a file in a new directory", s, uri, [5])
    write(directory, {"go.mod": "module n\n\ngo 1.24\n"})
    becomes("another module path: the import is unknown", s, uri, [-5])
    edit(s, uri, 3, 2, 'import "n/q"\n', 3)
    edit(s, uri, 4, 6, "\tp.F(x)\n", 7)
    becomes("the renamed module's package", s, uri, [5])
    # as a switch of branches: many files at once
    write(directory, {"q/f%d.go" % i: "package p\n\nfunc F%d() int { return %d }\n" % (i, i) for i in range(150)})
    write(directory, {"q/p.go": LETS_GO})
    becomes("many files at once", s, uri, [])
    for i in range(150):
        os.remove(os.path.join(directory, "q/f%d.go" % i))
    write(directory, {"q/p.go": KEEPS})
    becomes("and back", s, uri, [5])
    check("ends", s.stop() == 0)


def work_file(directory):
    write(directory, {"a/go.mod": "module a\n\ngo 1.24\n", "a/a.go": KEEPS.replace("package p", "package a"),
                      "b/go.mod": "module b\n\ngo 1.24\n", "b/b.go": 'package b\n\nimport "a"\n\nfunc G() {\n\tx := new(int)\n\ta.F(x)\n}\n'})
    s = Server(binary)
    folders = [{"uri": "file://" + os.path.join(directory, d), "name": d} for d in ("a", "b")]
    s.initialize({**HINTS, "workspace": {"workspaceFolders": True, "inlayHint": {"refreshSupport": True}}}, workspaceFolders=folders)
    b = s.open(os.path.join(directory, "b/b.go"))
    a = s.open(os.path.join(directory, "a/a.go"))
    becomes("two modules: the one's own", s, a, [])
    becomes("two modules: nothing is known of the other", s, b, [])
    write(directory, {"go.work": "go 1.24\n\nuse (\n\t./a\n\t./b\n)\n"})
    s.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": "file://" + directory + "/go.work", "type": 1}]})
    edit(s, a, 2, 4, "func F(x *int) { *x = 1 }\n", 5)
    becomes("a work file joins them; the other module's open text counts", s, b, [])
    edit(s, a, 3, 4, "func F(x *int) { kept = x }\n", 5)
    end = time.time() + 15
    while not any(m.get("method") == "workspace/inlayHint/refresh" for m in s.seen):
        check("a refresh for the dependent file", time.time() < end)
        try:
            s._take(0.2)
        except queue.Empty:
            pass
    becomes("an edit reaches the dependent file", s, b, [5])
    s.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": [folders[0]]}})
    check("ends", s.stop() == 0)
    write(directory, {"config/go/env": "GOWORK=off\n"})
    s = Server(binary, env={**os.environ, "XDG_CONFIG_HOME": os.path.join(directory, "config")})
    s.initialize(HINTS)
    b = s.open(os.path.join(directory, "b/b.go"), 'package b\n\nimport "b/c"\n\nfunc G() {\n\tx := new(int)\n\tc.F(x)\n}\n')
    write(directory, {"b/c/c.go": KEEPS.replace("package p", "package c")})
    becomes("GOWORK=off in the go command's settings: the module alone", s, b, [5])
    check("ends", s.stop() == 0)


def before_the_watch(directory):
    """What changes after it was read and before it is watched, which takes long in a large module, is seen all the same."""
    main = 'package m\n\nimport "m/c"\n\nfunc G() {\n\tx := new(int)\n\tc.F(x)\n}\n'
    write(directory, {"m/go.mod": "module m\n\ngo 1.24\n", "m/m.go": main, **{"m/d%d/e%d/x.txt" % (i % 40, i): "" for i in range(2000)}})
    for text, want in ((KEEPS, [5]), ("package c\n\nfunc F(x *int) {}\n", []), (KEEPS, [5]), (None, None)):
        s = Server(binary)
        s.initialize(HINTS)
        uri = s.open(os.path.join(directory, "m/m.go"))
        s.hints(uri)
        if text:
            write(directory, {"m/c/c.go": text.replace("package p", "package c")})
            becomes("a file that came or changed meanwhile", s, uri, want)
        else:
            shutil.rmtree(os.path.join(directory, "m/c"))
            end = time.time() + 15
            while 5 in lines(s, uri): # where it was there before the package broke, it is stale
                check("a file that went meanwhile", time.time() < end)
                time.sleep(0.05)
        check("ends", s.stop() == 0)


def replaced(directory):
    """A directory in whose place another one is put at once; then a file in that changes."""
    keeps = KEEPS.replace("package p", "package c")
    write(directory, {"m/go.mod": "module m\n\ngo 1.24\n", "m/m.go": 'package m\n\nimport "m/c"\n\nfunc G() {\n\tx := new(int)\n\tc.F(x)\n}\n', "m/c/c.go": keeps})
    s = Server(binary)
    s.initialize(HINTS)
    uri, free = s.open(os.path.join(directory, "m/m.go")), "package c\n\nfunc F(x *int) {}\n"
    for turn in range(6):
        becomes("as it was", s, uri, [5])
        write(directory, {"other/c.go": free})
        os.rename(os.path.join(directory, "m/c"), os.path.join(directory, "old%d" % turn))
        os.rename(os.path.join(directory, "other"), os.path.join(directory, "m/c"))
        becomes("another one in its place", s, uri, [])
        write(directory, {"m/c/c.go": keeps})
    check("ends", s.stop() == 0)


def clients_watcher(directory):
    main = module(directory)
    s = Server(binary)
    s.initialize(WATCHES, rootUri="file://" + directory)
    uri = s.open(main)
    becomes("before", s, uri, [5])
    watchers = [w["globPattern"] for m in s.seen if m.get("method") == "client/registerCapability" for r in m["params"]["registrations"]
                for w in (r.get("registerOptions") or {}).get("watchers", [])]
    check("registered patterns", {"**/*.go", "**/go.{mod,sum,work}", "**/vendor/modules.txt"} <= set(watchers), watchers)
    write(directory, {"p/p.go": LETS_GO})
    time.sleep(0.3)
    check("the client watches, not we", lines(s, uri) == [5])
    s.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": "file://" + directory + "/p/p.go", "type": 2}]})
    becomes("the client saw a change", s, uri, [])
    write(directory, {"vendor/modules.txt": "## explicit\n"})
    s.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": "file://" + directory + "/vendor/modules.txt", "type": 1}]})
    shutil.rmtree(os.path.join(directory, "vendor"))
    s.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": "file://" + directory + "/vendor/modules.txt", "type": 3}]})
    becomes("vendor came and went", s, uri, [])
    check("ends", s.stop() == 0)


def order(directory):
    main = module(directory, **{"main.go": MAIN + "\nfunc more() *int {\n\treturn new(int)\n}\n"})
    s = Server(binary)
    s.initialize({"textDocument": {"inlayHint": {}, "publishDiagnostics": {"versionSupport": True}}})
    uri = s.open(main)

    def ask(first, last):
        return s.start("textDocument/inlayHint", {"textDocument": {"uri": uri}, "range": {"start": {"line": first, "character": 0}, "end": {"line": last, "character": 0}}})

    s.hints(uri)
    for round in range(5):
        frames, write_now = [], s.raw
        s.raw = frames.append
        edit(s, uri, 2 + round, 5, "\t_ = new(int)\n")
        whole, visible, gone = ask(0, 1000), ask(0, 10), ask(0, 1000)
        s.notify("$/cancelRequest", {"id": gone})
        s.raw = write_now
        s.raw(b"".join(frames))  # the server reads them at once
        seen = []
        while len(seen) < 3:
            s._take(60)
            seen += [i for i in (whole, visible, gone) if i in s.responses and i not in seen]
        check("what is on the screen is answered before the whole file", seen.index(visible) < seen.index(whole), seen)
        answer = s.responses[gone]
        check("cancelled", answer.get("error", {}).get("code") == -32800, answer)
    # A burst: what is published is never of an older text than what was published before, and ends with the newest.
    for i in range(40):
        edit(s, uri, 10 + i, 6, "\tx%d := (\n" % i if i % 3 == 0 else "\t_ = %d\n" % i)
    last = s.wait_notification("textDocument/publishDiagnostics", lambda p: p["version"] == 49)
    check("the newest is published", last["version"] == 49)
    versions = [m["params"]["version"] for m in s.seen if m.get("method") == "textDocument/publishDiagnostics"]
    check("never an older one", versions == sorted(versions), versions)
    check("not one for each edit", len(versions) < 25, versions)
    check("ends", s.stop() == 0)


def broken(directory):
    text = "package m\n\nvar g *int\n\nfunc a() *int {\n\tx := new(int)\n\treturn x\n}\n\nfunc b() {\n\tg = new(int)\n}\n"
    write(directory, {"go.mod": "module m\n\ngo 1.24\n", "m.go": text})
    s = Server(binary)
    s.initialize(HINTS, initializationOptions={"statusNotification": True})
    uri = s.open(os.path.join(directory, "m.go"))
    check("two sites", lines(s, uri) == [5, 10])
    ready = s.wait_notification("heapls/status", lambda p: p["state"] == "ready" and "document" in p)
    check("status", ready["document"] == {"uri": uri, "functions": 2, "stale": 0, "undecided": 0, "reasons": {}} and ready["note"] == "" and len(ready["lines"]) == 3, ready)
    check("status says whose rules", ready["go"]["rules"] in ("exact", "newer", "older") and ready["go"]["version"].startswith("go1.") and ready["go"]["root"], ready)
    check("it was loading before", any(m["params"]["state"] == "loading" for m in s.seen if m.get("method") == "heapls/status"))
    edit(s, uri, 2, 6, "\tx := (\n")
    check("a broken function keeps its hints, once", lines(s, uri) == [-5, 11], s.hints(uri))
    stale = s.wait_notification("heapls/status", lambda p: p.get("document", {}).get("stale"))
    check("status of a broken function", stale["note"] == "1 stale" and stale["document"]["stale"] == 1, stale)
    edit(s, uri, 3, 6, "", 7)
    s.wait_notification("heapls/status", lambda p: p.get("document", {}).get("stale") == 0)
    write(directory, {"other.go": "//go:build ignore\n\npackage other\n"})
    check("ends", s.stop() == 0)
    s = Server(binary)
    s.initialize({**HINTS, "experimental": {"heaplsStatus": True}})
    uri = s.open(os.path.join(directory, "m.go"))
    s.wait_notification("heapls/status", lambda p: p["state"] == "ready")
    check("ends", s.stop() == 0)


def built_anew(directory):
    """What is broken stays stale, at its place, when the package is built anew."""
    text = "package m\n\ntype T struct{ a int }\n\nfunc a() *T {\n\tx := new(T)\n\treturn x\n}\n\nfunc b() *int {\n\tvar t T\n\treturn &t.a\n}\n"
    write(directory, {"go.mod": "module m\n\ngo 1.24\n", "m.go": text})
    s = Server(binary)
    s.initialize(HINTS)
    uri = s.open(os.path.join(directory, "m.go"))
    check("two sites", lines(s, uri) == [5, 10], s.hints(uri))
    edit(s, uri, 2, 6, "\tx = (\n")
    check("stale", lines(s, uri) == [-5, 11], s.hints(uri))
    edit(s, uri, 3, 2, "// T is a struct.\ntype T struct{ a, b int }\n", 3)
    check("stale after a change of a type", lines(s, uri) == [-6, 12], s.hints(uri))
    edit(s, uri, 4, 3, "type T struct{ b int }\n", 4)
    check("a function that the type broke is stale too", lines(s, uri) == [-12, -6], s.hints(uri))
    edit(s, uri, 5, 3, "type T struct{ a, b int }\n", 4)
    check("and right again", lines(s, uri) == [-6, 12], s.hints(uri))
    edit(s, uri, 6, 7, "", 8)
    check("mended", lines(s, uri) == [6, 11], s.hints(uri))
    check("ends", s.stop() == 0)


def test_files(directory):
    """Of the package itself and of one that stands outside of it; both see the edits of the package, and can be hidden."""
    inside = "package p\n\nimport \"testing\"\n\nfunc TestF(t *testing.T) {\n\tx := new(int)\n\tF(x)\n}\n"
    outside = inside.replace("package p", "package p_test").replace('"testing"', '"m/p"\nimport "testing"').replace("F(x)", "p.F(x)").replace("TestF", "TestG")
    module(directory, **{"p/p_test.go": inside, "p/x_test.go": outside})
    s = Server(binary)
    s.initialize(HINTS)
    own, internal, external = (s.open(os.path.join(directory, "p", name)) for name in ("p.go", "p_test.go", "x_test.go"))
    becomes("of the package", s, internal, [5])
    becomes("from outside", s, external, [6])
    edit(s, own, 2, 4, "func F(x *int) { *x = 1 }\n", 5)
    becomes("an edit of the package", s, internal, [])
    becomes("from outside too", s, external, [])
    edit(s, own, 3, 4, "func F(x *int) { kept = x }\n", 5)
    becomes("and back", s, internal, [5])
    becomes("and back", s, external, [6])
    check("the package's own file", lines(s, own) == [])
    s.notify("workspace/didChangeConfiguration", {"settings": {"heapls": {"showIn": {"tests": False}}}})
    becomes("hidden", s, internal, [])
    s.notify("workspace/didChangeConfiguration", {"settings": {"heapls": {}}})
    becomes("shown again", s, internal, [5])
    check("ends", s.stop() == 0)


def whole_workspace(directory):
    write(directory, {"one/go.mod": "module one\n\ngo 1.24\n", "one/p/p.go": "package p\n\nfunc F() *int { return new(int) }\n", "one/q/q.go": "package q\n\nfunc F() int { return 1 }\n",
                      "two/go.mod": "module two\n\ngo 1.24\n", "two/two.go": "package two\n\nfunc F() *int { return new(int) }\n"})
    folders = [{"uri": "file://" + os.path.join(directory, d), "name": d} for d in ("one", "two")]
    s = Server(binary)
    result = s.initialize({"textDocument": {"diagnostic": {}, "inlayHint": {}}, "workspace": {"workspaceFolders": True, "diagnostics": {"refreshSupport": True}}},
                          workspaceFolders=folders, initializationOptions={"diagnostics": {"workspace": True}})
    check("offered", result["capabilities"]["diagnosticProvider"]["workspaceDiagnostics"])
    p, q, two = ["file://" + os.path.join(directory, f) for f in ("one/p/p.go", "one/q/q.go", "two/two.go")]
    items = s.result("workspace/diagnostic", {"previousResultIds": []})["items"]
    full = {i["uri"]: i for i in items}
    check("both modules, only files with findings", set(full) == {p, two} and all(i["kind"] == "full" and len(i["items"]) == 1 for i in items), items)
    check("at the right place", full[p]["items"][0]["range"]["start"] == {"line": 2, "character": 23}, full[p])
    known = [{"uri": i["uri"], "value": i["resultId"]} for i in items]
    pending = s.start("workspace/diagnostic", {"previousResultIds": known})
    time.sleep(0.5)
    check("no news, no answer", s.hints(s.open(os.path.join(directory, "one/q/q.go"))) == [] and pending not in s.responses)
    edit(s, q, 2, 2, "func F() *int { return new(int) }\n", 3)
    items = s.finish(pending)["result"]["items"]
    kinds = {i["uri"]: i["kind"] for i in items}
    check("news after an edit", kinds == {p: "unchanged", two: "unchanged", q: "full"}, items)
    known = [{"uri": i["uri"], "value": i["resultId"]} for i in items]
    pending = s.start("workspace/diagnostic", {"previousResultIds": known})
    os.remove(os.path.join(directory, "two/two.go"))
    items = s.finish(pending)["result"]["items"]
    check("a file that is gone has nothing", [i["items"] for i in items if i["uri"] == two] == [[]], items)
    pending = s.start("workspace/diagnostic", {"previousResultIds": [{"uri": i["uri"], "value": i["resultId"]} for i in items]})
    s.notify("$/cancelRequest", {"id": pending})
    check("cancelled", s.finish(pending)["error"]["code"] == -32800)
    check("ends", s.stop() == 0)


def callers(directory):
    """Who hands values to an exported function is found in packages without an open file too; of others their own is enough."""
    user = 'package %s\n\nimport "m/p"\n\nfunc Use() {\n\tx := new(int)\n\tp.F(x)\n}\n'
    module(directory, **{"p/p.go": KEEPS + "\nfunc f(x *int) { kept = x }\n\nfunc g() { f(new(int)) }\n", "a/a.go": user % "a", "deep/b/b.go": user % "b", "c/c.go": "package c\n"})
    s = Server(binary)
    s.initialize({**HINTS, "textDocument": {"callHierarchy": {}, "inlayHint": {}}})
    uri = s.open(os.path.join(directory, "p/p.go"))
    s.hints(uri)

    def item(line, column):
        return s.result("textDocument/prepareCallHierarchy", {"textDocument": {"uri": uri}, "position": {"line": line, "character": column}})[0]

    def files(calls):
        return sorted(os.path.relpath(c["from"]["uri"][7:], directory) + ":" + str(c["fromRanges"][0]["start"]["line"]) for c in calls)

    end = time.time() + 20  # its module is known a moment after the first analysis
    while files(s.result("callHierarchy/incomingCalls", {"item": item(4, 5)})) != ["a/a.go:6", "deep/b/b.go:6", "main.go:6"]:
        check("callers of an exported function", time.time() < end, files(s.result("callHierarchy/incomingCalls", {"item": item(4, 5)})))
    edit(s, s.open(os.path.join(directory, "a/a.go")), 2, 6, "\tp.F(x)\n\tp.F(x)\n", 7)
    found = files(s.result("callHierarchy/incomingCalls", {"item": item(4, 5)}))
    check("an open text counts, once", found == ["a/a.go:6", "deep/b/b.go:6", "main.go:6"], found)
    check("of its own package", files(s.result("callHierarchy/incomingCalls", {"item": item(6, 5)})) == ["p/p.go:8"])
    request = s.start("callHierarchy/incomingCalls", {"item": item(4, 5)})
    s.notify("$/cancelRequest", {"id": request})
    answer = s.finish(request)
    check("cancelled, unless it was faster", answer.get("error", {}).get("code") == -32800 or len(answer["result"]) == 3, answer)
    check("and still there", s.hints(uri) is not None)
    check("ends", s.stop() == 0)


def other_buffers(directory):
    """The way to a callee in another package goes with that file's buffer."""
    main = module(directory, **{"p/p.go": "package p\n\nvar kept *int\n\n//go:noinline\nfunc F(x *int) { kept = x }\n"})
    s = Server(binary)
    s.initialize({"textDocument": {"inlayHint": {}, "hover": {"contentFormat": ["markdown"]}}})
    uri, other = s.open(main), s.open(os.path.join(directory, "p/p.go"))
    s.hints(other)
    becomes("before", s, uri, [5])

    def declared(name, line):
        found = s.result("textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": 6, "character": 3}})["contents"]["value"]
        check(name, "p.go#L%d,6)" % line in found, found)

    declared("before", 6)
    edit(s, other, 2, 1, "// one\n// two\n")
    check("analysed", s.hints(other) is not None)
    declared("it moved", 8)
    edit(s, other, 3, 6, "// three\n//go:noinline\nfunc F(x *int) { kept = x; println(1) }\n", 8)
    check("analysed", s.hints(other) is not None)
    declared("it moved and is another one", 9)
    check("ends", s.stop() == 0)


def shown(server, part, seconds=20):
    return server.wait_notification("window/showMessage", lambda p: part in p["message"], seconds)["message"]


def told(directory):
    main = module(directory, **{"two/go.mod": "module two\n\ngo 1.24\n", "two/two.go": "package two\n\nfunc F() *int { return new(int) }\n"})
    bare = {**os.environ, "GOROOT": "/nonexistent", "PATH": "", "HOME": directory}
    s = Server(binary, env=bare)
    s.initialize({**HINTS, "experimental": {"heaplsStatus": True}})
    one, two = s.open(main), s.open(os.path.join(directory, "two/two.go"))
    s.hints(one), s.hints(two)
    check("without Go it still answers", lines(s, two) == [2])
    error = s.wait_notification("heapls/status", lambda p: p["state"] == "error")
    check("status without Go", error["note"] == "no Go" and "heapls.go.root" in error["message"], error)
    said = [m["params"]["message"] for m in s.seen if m.get("method") == "window/showMessage"]
    check("a missing GOROOT is said once, for two modules", len(said) == 1 and "GOROOT" in said[0], said)
    s.stop()
    for version, words in (("go1.99", "newer than heapls knows"), ("go1.15", "not supported")):
        s = Server(binary)
        s.initialize(HINTS, initializationOptions={"go": {"version": version}})
        s.hints(s.open(main))
        check("version " + version, words in shown(s, version))
        s.stop()
    s = Server(binary)
    s.initialize(HINTS, initializationOptions={"preset": "loud", "hints.variables": 3, "go": {"tags": ["x"]}})
    for name, default in (("heapls.preset", "default"), ("heapls.hints.variables", "true"), ("heapls.go.tags", "empty")):
        s.notify("workspace/didChangeConfiguration", {"settings": {"heapls": {"preset": "loud", "hints.variables": 3, "go": {"tags": ["x"]}}}})
        message = shown(s, name)
        line = next(l for l in message.split("\n") if name in l)
        check("bad setting " + name, "default is used: " + default in line, line)
    check("and the default holds", lines(s, s.open(main)) == [5])
    s.stop()


def main():
    if subprocess.run([binary, "check", "--format=json", "errors"], capture_output=True).returncode == 2:
        print("SKIP: Go's sources are not here")
        return 77
    for test in (own_watcher, work_file, before_the_watch, replaced, clients_watcher, order, broken, built_anew, test_files, callers, other_buffers, whole_workspace, told):
        with tempfile.TemporaryDirectory() as directory:
            test(os.path.realpath(directory))
        print("ok", test.__name__)
    print("ok %d checks" % checks.count)
    return 0


sys.exit(main())
