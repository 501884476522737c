"""Each setting does what editors/README.md says, changed while the server runs. A setting of lsp/settings.def without a test here fails.

usage: settings_test.py HEAPLS"""
import os
import re
import sys
import tempfile
import time

import checks
import settings_table
from checks import check, count_of, label_of
from lsp_client import Server

binary = os.path.abspath(sys.argv[1])
here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, os.pardir, "profile"))
import pprof

CAPABILITIES = {"textDocument": {"inlayHint": {}, "codeLens": {}, "diagnostic": {}, "hover": {"contentFormat": ["plaintext"]}, "publishDiagnostics": {"codeDescriptionSupport": True, "dataSupport": True}},
                "workspace": {"configuration": True}, "experimental": {"heaplsStatus": True}}
tested = set()


class Session:
    def __init__(self, directory, path):
        self.server = Server(binary)
        self.server.initialize(CAPABILITIES, rootUri="file://" + directory)
        self.path = path
        self.uri = self.server.open(path)
        self.hints()

    def set(self, **values):
        self.server.settings = {name.replace("__", ".").replace("_", "-"): value for name, value in values.items()}
        tested.update(self.server.settings)
        asked = len([m for m in self.server.seen if m.get("method") == "workspace/configuration"])
        self.server.notify("workspace/didChangeConfiguration", {"settings": None})
        while len([m for m in self.server.seen if m.get("method") == "workspace/configuration"]) == asked:
            self.server._take(30)

    def hints(self):
        return [(h["position"]["line"], label_of(h)) for h in self.server.hints(self.uri)]

    def diagnostics(self):
        return self.server.result("textDocument/diagnostic", {"textDocument": {"uri": self.uri}})["items"]

    def codes(self):
        return [d["code"].split("/")[1] for d in self.diagnostics()]

    def lenses(self):
        return self.server.result("textDocument/codeLens", {"textDocument": {"uri": self.uri}})


def kinds(s):
    s.set(preset="all")
    sites = lambda: sum(count_of(label) for _, label in s.hints())
    everything, hints = s.codes(), sites()
    for kind in names("kinds."):
        s.set(preset="all", **{"kinds__" + kind.replace("-", "_"): False})
        left = s.codes()
        check("kinds.%s hides its diagnostics, no others" % kind, left == [c for c in everything if c != kind] and (kind in everything) == (len(left) < len(everything)), set(everything) ^ set(left))
        fewer = hints - sites()
        check("kinds.%s hides hints" % kind, fewer >= everything.count(kind) and fewer > 0, fewer)
        s.set(preset="all")
        check("and back", s.codes() == everything)


def alone(hints):
    """Those of lines that have no merged hint."""
    merged = {line for line, label in hints if count_of(label) > 1 or ", " in label}
    return [h for h in hints if h[0] not in merged]


def flags(s):
    s.set()
    hints, codes, lenses = s.hints(), s.codes(), s.lenses()
    check("there is something to hide", hints and codes and lenses)
    s.set(hints__enable=False)
    check("hints.enable", (s.hints(), s.codes()) == ([], codes))
    s.set(diagnostics__enable=False)
    check("diagnostics.enable", (s.hints(), s.codes()) == (hints, []))
    s.set(codeLens__enable=False)
    check("codeLens.enable", s.lenses() == [] and s.hints() == hints)
    of_alone = lambda left: [h for h in left if h[0] in {line for line, _ in alone(hints)}]
    s.set(hints__variables=False)
    left = s.hints()
    check("hints.variables", of_alone(left) == [h for h in alone(hints) if not h[1].startswith("moved")] != alone(hints), left)
    s.set(hints__conditional=False)
    left = s.hints()
    check("hints.conditional", of_alone(left) == [h for h in alone(hints) if not re.search(r" (if|for) ", h[1])] != alone(hints), set(hints) ^ set(left))
    s.set(hints__placement="line end")
    ends = [(h["position"]["line"], h["position"]["character"]) for h in s.server.hints(s.uri)]
    with open(s.path, encoding="utf-8") as f:
        widths = [len(line.rstrip("\n").encode("utf-16-le")) // 2 for line in f]
    check("hints.placement", ends == [(n, widths[n]) for n in sorted({n for n, _ in hints})], ends)
    s.set(preset="quiet")
    quiet = s.hints()
    check("preset quiet", 0 < len(quiet) < len(hints) / 2 and set(alone(quiet)) < set(hints) and not any("error" in h for _, h in quiet))
    s.set(preset="all")
    check("preset all", len(s.hints()) > len(hints) and any(h == "stack" for _, h in s.hints()) and any(h == "no alloc" for _, h in s.hints()))
    s.set(diagnostics__reasons="https://example.org/codes")
    check("diagnostics.reasons", all(d["codeDescription"]["href"].startswith("https://example.org/codes#") for d in s.diagnostics()))
    page = os.path.join(os.path.dirname(s.path), "a page.md")
    with open(page, "w", encoding="utf-8") as f:
        f.write("# codes\n\n## returned\nBack.\n")
    s.set(diagnostics__reasons="file://" + page.replace(" ", "%20"))
    found = {d["code"]: d["codeDescription"]["href"] for d in s.diagnostics()}
    check("a file is linked to by line", found["heap/returned"].endswith("/a%20page.md#L3"), found)
    check("and by name where it has no such heading", found["heap/stored"].endswith("/a%20page.md#stored"), found)
    s.set()
    full = {str(d["range"]): d["message"] for d in s.diagnostics()}
    s.set(diagnostics__message="reason")
    for d in s.diagnostics():
        check("diagnostics.message: no title", d["message"] not in full.values() and not d["message"].startswith("Heap"), d["message"])
        check("diagnostics.message: what helps", ("advice" in d["data"]) == (d["message"].endswith(d["data"].get("advice", " "))), d)
    s.set(diagnostics__message="full")
    check("and back", {str(d["range"]): d["message"] for d in s.diagnostics()} == full)
    costs = lambda: sum("calls" in lens["command"]["title"] and "alloc" in lens["command"]["title"] for lens in s.lenses())
    check("costs are not said", costs() == 0)
    s.set(costs__everywhere=True)
    until = time.monotonic() + 60
    while not costs() and time.monotonic() < until:
        time.sleep(0.1)
    check("costs.everywhere", costs() > 0, [lens["command"]["title"] for lens in s.lenses()])
    s.set(log__level="debug")
    s.server.notify("textDocument/didChange", {"textDocument": {"uri": s.uri, "version": 2}, "contentChanges": [
        {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}, "text": "\n"}]})
    s.hints()
    s.server.wait_notification("window/logMessage", lambda p: p["type"] == 4, 30)
    tested.add("diagnostics.workspace")  # workspace_test.py: it takes effect at the start


def compiler_flags(s, directory):
    s.set()
    hover = lambda: s.server.result("textDocument/hover", {"textDocument": {"uri": s.uri}, "position": {"line": 2, "character": 6}})["contents"]["value"]
    check("inlinable", "Inlinable" in hover(), hover())
    s.set(go__gcflags="-l")
    s.hints()
    check("go.gcflags", "Not inlinable" in hover(), hover())
    profile = os.path.join(directory, "flags.pgo")
    with open(profile, "wb") as f:
        f.write(pprof.profile([("main.main", 1, 2, "reasons/flags.small", 3, 100)]))
    s.set(go__pgo=profile)
    s.hints()
    check("go.pgo", "of 2000, as it is hot in flags.pgo" in hover(), hover())
    s.set(go__pgo="off")
    s.hints()
    check("no profile", "of 80." in hover(), hover())
    s.set(go__buildFlags="-tags=special")
    check("go.buildFlags", any(line == 6 for line, _ in s.hints()), s.hints())
    s.set(go__version="1.27")
    s.hints()
    check("go.version", "go1.27 rules" in hover(), hover())
    s.set(go__tags="special")
    check("go.tags", any(line == 6 for line, _ in s.hints()), s.hints())
    s.set()
    check("and without", not any(line == 6 for line, _ in s.hints()), s.hints())
    s.set(go__root=directory)
    s.hints()
    status = s.server.wait_notification("heapls/status", lambda p: p["state"] == "error", 30)
    check("go.root", "go.root" in status["message"], status)


def shown_in(directory, name, text, setting):
    path = os.path.join(directory, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    s = Session(directory, path)
    for value in (True, False, True):
        s.set(**{setting: value})
        check("%s %s" % (setting, value), bool(s.hints()) == value and bool(s.codes()) == value, s.hints())
    check("ends", s.server.stop() == 0)


def from_the_start(directory, path):
    """A client that has its settings in initializationOptions, and nothing under "heapls" when it is asked, keeps them."""
    server = Server(binary)
    server.settings = None
    server.initialize(CAPABILITIES, initializationOptions={"preset": "all"})
    uri = server.open(path)
    stack = lambda: any("stack" in str(h["label"]) for h in server.hints(uri))
    while not any(m.get("method") == "workspace/configuration" for m in server.seen):
        server._take(30)
    check("initializationOptions hold", stack())
    server.notify("workspace/didChangeConfiguration", {"settings": {"heapls": {"preset": "default"}}})
    check("until something is said", not stack())
    server.notify("workspace/didChangeConfiguration", {"settings": {"preset": "all"}})
    check("with or without the section's name", stack())
    check("ends", server.stop() == 0)


def names(prefix=""):
    return [s["name"][len(prefix):] for s in settings_table.table() if s["name"].startswith(prefix)]


def main():
    with open(os.path.join(here, "reasons.go.txt"), encoding="utf-8") as f:
        text = f.read()
    with tempfile.TemporaryDirectory() as directory:
        directory = os.path.realpath(directory)
        files = {"go.mod": "module reasons\n\ngo 1.24\n", "reasons.go": text, "body.s": "\n", "flags/flags.go": "package flags\n\nfunc small() int { return 1 }\n\n// of the other file\n\nfunc user() { keep(new(int)) }\n",
                 "flags/plain.go": "//go:build !special\n\npackage flags\n\nfunc keep(p *int) {}\n", "flags/special.go": "//go:build special\n\npackage flags\n\nvar kept *int\n\nfunc keep(p *int) { kept = p }\n"}
        for name, content in files.items():
            os.makedirs(os.path.dirname(os.path.join(directory, name)), exist_ok=True)
            with open(os.path.join(directory, name), "w", encoding="utf-8") as f:
                f.write(content)
        s = Session(directory, os.path.join(directory, "reasons.go"))
        if not any("heap" in h for _, h in s.hints()):
            print("SKIP: Go's sources are not here")
            return 77
        kinds(s)
        flags(s)
        check("ends", s.server.stop() == 0)
        s = Session(directory, os.path.join(directory, "flags/flags.go"))
        compiler_flags(s, directory)
        check("ends", s.server.stop() == 0)
        leaks = "package flags\n\nfunc %s() *int { return new(int) }\n"
        shown_in(directory, "flags/made.go", "// Code generated by hand. DO NOT EDIT.\n\n" + leaks % "made", "showIn__generated")
        shown_in(directory, "flags/own_test.go", leaks % "inTest", "showIn__tests")
        from_the_start(directory, os.path.join(directory, "reasons.go"))
    untested = set(names()) - tested
    check("every setting is tested", not untested, untested)
    print("ok %d checks, %d settings" % (checks.count, len(names())))
    return 0


sys.exit(main())
