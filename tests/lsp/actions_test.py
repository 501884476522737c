"""The code action that hides a line: it is no quick fix, it hides what it says it hides, and the program does after it what it did
before, also where strings go on over the ends of lines: Go runs both.

usage: actions_test.py HEAPLS"""
import os
import shutil
import subprocess
import sys
import tempfile

from checks import check
import checks
from lsp_client import Server

binary = os.path.abspath(sys.argv[1])
SOURCE = """package main

import "fmt"

var kept []any

func keep(all ...any) { kept = append(kept, all...) }

func plain() *int {
\treturn new(int)
}

func wide() {
\tkeep(
\t\tnew(bool),
\t\tmap[string]int{
\t\t\t"a": 1,
\t\t},
\t)
}

func raw() {
\tkeep(new(int8), `one
two`)
\tkeep(`three
four`, new(int16))
\tkeep(`five
six`, new(int32), `seven
eight`)
}

func main() {
\tplain()
\twide()
\traw()
\tfmt.Println(kept[1], kept[3], kept[4], kept[6], kept[8])
}
"""
CAPABILITIES = {"textDocument": {"inlayHint": {}, "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}}}, "publishDiagnostics": {}},
                "workspace": {"workspaceEdit": {"documentChanges": True}}}


def place(text, offset=0):
    at = SOURCE.index(text) + offset
    line = SOURCE.count("\n", 0, at)
    return {"line": line, "character": at - (SOURCE.rfind("\n", 0, at) + 1)}


def applied(edit):
    """The source after a text edit that inserts."""
    lines = SOURCE.split("\n")
    at = edit["range"]["start"]
    check("it inserts", at == edit["range"]["end"], edit)
    line = lines[at["line"]]
    lines[at["line"]] = line[:at["character"]] + edit["newText"] + line[at["character"]:]
    return "\n".join(lines)


def printed(directory, text):
    with open(os.path.join(directory, "main.go"), "w", encoding="utf-8") as f:
        f.write(text)
    run = subprocess.run(["go", "run", "."], cwd=directory, capture_output=True, text=True, env={**os.environ, "GOFLAGS": "", "GOWORK": "off"})
    check("Go runs it", run.returncode == 0, run.stderr)
    return run.stdout


def main():
    with tempfile.TemporaryDirectory() as directory:
        directory = os.path.realpath(directory)
        path = os.path.join(directory, "main.go")
        for name, text in (("go.mod", "module m\n\ngo 1.24\n"), ("main.go", SOURCE)):
            with open(os.path.join(directory, name), "w", encoding="utf-8") as f:
                f.write(text)
        s = Server(binary)
        offered = s.initialize(CAPABILITIES, rootUri="file://" + directory)["capabilities"]
        uri = s.open(path)
        version = [1]

        def actions(at, diagnostics=(), **more):
            return s.result("textDocument/codeAction", {"textDocument": {"uri": uri}, "range": {"start": at, "end": at},
                                                        "context": {"diagnostics": list(diagnostics), **more}})

        def hinted(line):
            return [h for h in s.hints(uri) if h["position"]["line"] == line]

        def become(text):
            version[0] += 1
            s.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": version[0]}, "contentChanges": [{"text": text}]})

        before = printed(directory, SOURCE) if shutil.which("go") else None
        found = s.wait_notification("textDocument/publishDiagnostics", lambda p: p["diagnostics"])["diagnostics"]
        new = place("new(int)\n", 1)
        (action,) = actions(new)
        check("a kind of its own", action["kind"] == "heapls.hide" and offered["codeActionProvider"]["codeActionKinds"][-1] == "heapls", action)
        check("no quick fix", actions(new, only=["quickfix"]) == [])
        check("asked for by its kind", len(actions(new, only=["heapls"])) == len(actions(new, only=["heapls.hide"])) == 1)
        check("not preferred", not action.get("isPreferred"))
        foreign = {"range": {"start": new, "end": new}, "message": "declared and not used", "source": "compiler"}
        (action,) = actions(new, [foreign] + found[:1])
        check("it mends no diagnostic", "diagnostics" not in action, action)
        check("nothing where nothing allocates", actions(place("import")) == [])

        sites = {"new(int)\n": "this line", "new(bool)": "this line", "map[": "this line", '"a": 1': "line 16", "new(int8)": "this line",
                 "new(int16)": "this line", "new(int32)": None}
        for site, line in sites.items():
            at = place(site, 1)
            got = actions(at)
            if line is None:  # strings go on at both ends of its line
                check(site + ": no place for a comment", got == [], got)
                continue
            check(site + ": " + line, len(got) == 1 and got[0]["title"] == "Hide what heapls says about " + line, got)
            (document,) = got[0]["edit"]["documentChanges"]
            (edit,) = document["edits"]
            text = applied(edit)
            number = at["line"] if line == "this line" else int(line.split()[1]) - 1
            number += edit["newText"].endswith("\n")
            check(site + ": it had a hint", hinted(number - edit["newText"].endswith("\n")))
            become(text)
            check(site + ": its hints are gone", not hinted(number), hinted(number))
            if before is not None:
                check(site + ": the program prints the same", printed(directory, text) == before)
            become(SOURCE)
        check("ends", s.stop() == 0)
    print("ok %d checks%s" % (checks.count, "" if before is not None else "; Go is not here to run the programs"))


main()
