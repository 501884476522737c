"""Clients that number their texts oddly, send edits late, or ask for what is not there: never a crash, never a wrong place.

usage: order_test.py HEAPLS"""
import os
import random
import sys
import tempfile

from lsp_client import Server

binary = os.path.abspath(sys.argv[1])
SOURCE = "package p\n\nvar g *int\n\nfunc f() {\n\tg = new(int) // é😀\n}\n\nfunc h() *int {\n\treturn new(int)\n}\n"
FULL = {"textDocument": {"inlayHint": {}, "publishDiagnostics": {"versionSupport": True}}, "workspace": {"inlayHint": {"refreshSupport": True}}}


def check(name, good, shown=""):
    if not good:
        sys.exit("FAILED %s: %s" % (name, shown))
    print("ok", name)


class Text:
    """A document as its client has it."""

    def __init__(self, server, path):
        self.server, self.text, self.uri = server, SOURCE, "file://" + path

    def open(self, version):
        self.server.notify("textDocument/didOpen", {"textDocument": {"uri": self.uri, "languageId": "go", "version": version, "text": self.text}})

    def close(self):
        self.server.notify("textDocument/didClose", {"textDocument": {"uri": self.uri}})

    def insert(self, version, line, text):
        lines = self.text.split("\n")
        self.text = "\n".join(lines[:line] + [text] + lines[line:])
        at = {"line": line, "character": 0}
        self.server.notify("textDocument/didChange", {"textDocument": {"uri": self.uri, "version": version},
                                                      "contentChanges": [{"range": {"start": at, "end": at}, "text": text + "\n"}]})

    def hints_fit(self):
        hints = self.server.hints(self.uri)
        lines = self.text.split("\n")
        places = [lines[h["position"]["line"]][: h["position"]["character"]] if h["position"]["line"] < len(lines) else "" for h in hints]
        return all(place.endswith("new(int)") for place in places), len(hints), places

    def settled(self, name):
        for _ in range(400):
            fit, count, places = self.hints_fit()
            check("%s: at the expressions" % name, fit, places) if not fit else None
            state = self.server.result("heapls/documentText", {"textDocument": {"uri": self.uri}})
            if not state["waiting"] and count == self.text.count("new(int)"):
                break
        check("%s: all hints" % name, count == self.text.count("new(int)"), (count, places))
        check("%s: the same text" % name, state["text"] == self.text)


with tempfile.TemporaryDirectory() as directory:
    path = os.path.join(os.path.realpath(directory), "p.go")
    for name, text in (("go.mod", "module p\n\ngo 1.24\n"), ("p.go", SOURCE)):
        with open(os.path.join(directory, name), "w", encoding="utf-8") as f:
            f.write(text)
    s = Server(binary)
    s.initialize(FULL)
    d = Text(s, path)
    d.open(7)
    d.settled("opened")

    for name, versions in (("older versions", (3, 2, 1)), ("the same version", (1, 1, 1)), ("negative versions", (-5, -6, 2147483647)), ("from the largest on", (0, 1, 2))):
        for version in versions:
            d.insert(version, 3, "// %d" % version)
        d.settled(name)
    published = s.wait_notification("textDocument/publishDiagnostics", lambda p: p.get("version") == 2)
    check("diagnostics have the client's version", len(published["diagnostics"]) == 2, published)

    # Closed and opened again with a smaller number, while what was sent before is being analysed.
    for i in range(8):
        for version in range(100, 110):
            d.insert(version, 4, "// %d" % version)
        d.close()
        d.text = SOURCE if i % 2 else "// a line more\n" + SOURCE
        d.open(1)
        fit, _, places = d.hints_fit()
        check("at once after opening again", fit, places)
    d.settled("opened again")

    # A request that comes before the edit that it is about, as Helix may send it: of the text that is known.
    lines = d.text.count("\n")
    beyond = {"textDocument": {"uri": d.uri}, "position": {"line": lines + 40, "character": 9000}}
    for method in ("textDocument/hover", "textDocument/prepareCallHierarchy", "heapls/paths"):
        s.result(method, beyond)
    s.result("textDocument/inlayHint", {"textDocument": {"uri": d.uri}, "range": {"start": {"line": lines + 5, "character": 0}, "end": {"line": lines + 9, "character": 0}}})
    s.result("textDocument/codeAction", {"textDocument": {"uri": d.uri}, "range": {"start": beyond["position"], "end": beyond["position"]}, "context": {"diagnostics": []}})
    d.settled("asked beyond the end")

    # Edits that can't be: nothing of them is taken.
    at = lambda line, character=0: {"line": line, "character": character}
    for name, change in (("past the end", (at(lines + 50), at(lines + 51))), ("backwards", (at(5, 3), at(2)))):
        s.notify("textDocument/didChange", {"textDocument": {"uri": d.uri, "version": 9}, "contentChanges": [
            {"range": {"start": at(0), "end": at(0)}, "text": "// with a good one\n"}, {"range": {"start": change[0], "end": change[1]}, "text": "x"}]})
        d.settled("an edit " + name)
    # Ends beyond a line or the text are cut, as the protocol wants it.
    s.notify("textDocument/didChange", {"textDocument": {"uri": d.uri, "version": 10}, "contentChanges": [{"range": {"start": at(lines, 70), "end": at(lines + 9, 2)}, "text": "// end\n"}]})
    d.text += "// end\n"
    d.settled("an end beyond the text")

    randomly = random.Random(5)
    for _ in range(60):
        d.insert(randomly.randrange(-3, 4), randomly.choice((3, 7, len(d.text.split("\n")) - 1)), "// x")
        if not randomly.randrange(3):
            fit, _, places = d.hints_fit()
            check("random versions", fit, places)
    d.settled("random versions")
    check("the server ends well", s.stop() == 0)
