"""Functions that there is no verdict on say why, in the lens and on their name; an import that is missing says what hangs on it.
Names are the source's, without the types that the compiler makes generic code for.

usage: withheld_test.py HEAPLS"""
import os
import sys
import tempfile

from lsp_client import Server

SOURCE = """package p

import (
	"example.com/missing/dep"
)

type T struct{ a, b int }

func fine() *T { return &T{} }

func hangs(x dep.Thing) *T {
	dep.Do(x)
	return &T{}
}

func wrong() *T {
	undefined()
	return &T{}
}

func generic[K comparable](m map[K]int) []K {
	return make([]K, len(m))
}

type List[E any] struct{ v E }

func (l *List[E]) push(v E) *List[E] { return &List[E]{v} }

func used[E any](v E) *E { return &v }

func use() *int { return used(1) }

func _() { undefined() }

func outside()

func half() *T {
	return &T{
}
"""
LENSES = {"fine": "1 heap · inlinable", "hangs": "not decided: an import is missing", "wrong": "not decided: does not type-check",
          "generic": "not decided: generic, not used in this package", "push": "not decided: generic, not used in this package",
          "half": "not decided: does not parse"}
failed = 0


def check(name, good, detail=""):
    global failed
    failed += not good
    if not good:
        print("FAILED %s %s" % (name, detail))


def main():
    with tempfile.TemporaryDirectory() as directory:
        for name, text in {"go.mod": "module example.com/p\n\ngo 1.25\n", "p.go": SOURCE}.items():
            with open(os.path.join(directory, name), "w") as f:
                f.write(text)
        path = os.path.join(directory, "p.go")
        server = Server(sys.argv[1])
        server.initialize({"textDocument": {"inlayHint": {}, "codeLens": {}, "hover": {"contentFormat": ["plaintext"]}, "diagnostic": {}}})
        uri = server.open(path)
        lines = SOURCE.split("\n")
        hints = {lines[h["position"]["line"]].split()[1].split("(")[0].split("[")[0] for h in server.hints(uri)}
        check("hints of what can be decided", hints == {"fine", "used"}, hints)
        lenses = server.request("textDocument/codeLens", {"textDocument": {"uri": uri}})["result"]
        shown = {}
        for lens in lenses:
            start, end = lens["range"]["start"], lens["range"]["end"]
            shown[lines[start["line"]][start["character"]:end["character"]]] = lens["command"]["title"]
        for name, title in LENSES.items():
            check("lens of " + name, shown.get(name) == title, shown.get(name))
        check("no other without a verdict", {n for n, t in shown.items() if t.startswith("not decided")} == {n for n, t in LENSES.items() if t.startswith("not decided")}, shown)

        def hover(name):
            at = next((i, line.index(name)) for i, line in enumerate(lines) if line.startswith("func") and name + "(" in line or name + "[" in line)
            answer = server.request("textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": at[0], "character": at[1]}})["result"]
            return answer and answer["contents"]["value"]

        check("hover of an import", (hover("hangs") or "").startswith("Not decided: hangs, because it needs an import that could not be loaded (") and "example.com/missing/dep" in hover("hangs"), hover("hangs"))
        check("hover of a type error", hover("wrong") == "Not decided: wrong, because it does not type-check.\n", hover("wrong"))
        check("hover of a generic", hover("generic") == "Not decided: generic, because it is generic and not used in this package: the compiler decides where it is used.\n", hover("generic"))
        check("hover of a syntax error", (hover("half") or "").startswith("Not decided: half, because it does not parse ("), hover("half"))
        check("hover of what is known", not (hover("fine") or "Not decided").startswith("Not decided"), hover("fine"))
        items = server.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})["result"]["items"]
        missing = [d for d in items if d["code"] == "unknown/import"]
        check("one diagnostic at the import", len(missing) == 1 and missing[0]["range"]["start"] == {"line": 3, "character": 1}
              and missing[0]["range"]["end"] == {"line": 3, "character": 26}, missing)
        check("it counts", missing and "1 function of this file is not decided" in missing[0]["message"], missing)

        ours = [d["message"] for d in items if d["range"]["start"]["line"] == lines.index("func used[E any](v E) *E { return &v }")]
        check("functions are called what the source calls them", len(ours) == 1 and ours[0].startswith("`v` in `used`: moved to the heap, 8 bytes each time it runs."), ours)

        # The import goes, and with it all that hung on it: what is wrong now is wrong by itself.
        line = lines.index("func hangs(x dep.Thing) *T {")
        server.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [
            {"range": {"start": {"line": line, "character": 0}, "end": {"line": line + 4, "character": 0}}, "text": ""},
            {"range": {"start": {"line": 2, "character": 0}, "end": {"line": 5, "character": 0}}, "text": ""}]})
        server.hints(uri)
        lenses = server.request("textDocument/codeLens", {"textDocument": {"uri": uri}})["result"]
        check("a type error by itself", [x["command"]["title"] for x in lenses if "type-check" in x["command"]["title"]] == ["not decided: does not type-check"], lenses)
        items = server.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})["result"]["items"]
        check("no diagnostic is left", not [d for d in items if d["code"] == "unknown/import"], items)
        server.stop()
    print("withheld: %s" % ("%d checks FAILED" % failed if failed else "all checks passed"))
    return 1 if failed else 0


sys.exit(main())
