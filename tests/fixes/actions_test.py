"""Fixes as code actions: offered in the menu of their line, resolved, applied; the hint is gone. An edit meanwhile makes what
was offered void. source.fixAll.heapls makes the safe ones of a file. The edits are those of heapls fix.

usage: actions_test.py HEAPLS"""
import json
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lsp"))
import checks  # noqa: E402
from checks import check  # noqa: E402
from lsp_client import Server  # noqa: E402

binary = os.path.abspath(sys.argv[1])
SOURCE = """package m

import "fmt"

func Key(host string, n int) string {
	return fmt.Sprintf("é%s:%d", host, n)
}

func Filter(xs []int) []int {
	var out []int
	for _, x := range xs {
		if x > 0 {
			out = append(out, x)
		}
	}
	return out
}

func New() *int {
	return new(int)
}

func All(xs []int) []string {
	out := []string{}
	for _, x := range xs {
		out = append(out, Key("", x))
	}
	return out
}
"""


def capabilities(resolve):
    action = {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "refactor", "source"]}}, "isPreferredSupport": True}
    if resolve:
        action.update(dataSupport=True, resolveSupport={"properties": ["edit"]})
    return {"textDocument": {"inlayHint": {}, "codeAction": action, "publishDiagnostics": {}}, "workspace": {"workspaceEdit": {"documentChanges": True}}}


def offset(text, at):
    line = text.split("\n")[at["line"]]
    start = sum(len(x) + 1 for x in text.split("\n")[:at["line"]])
    return start + len(line.encode("utf-16-le")[:2 * at["character"]].decode("utf-16-le"))


def applied(text, edit):
    (document,) = edit["documentChanges"]
    for e in sorted(document["edits"], key=lambda e: (e["range"]["start"]["line"], e["range"]["start"]["character"]), reverse=True):
        text = text[:offset(text, e["range"]["start"])] + e["newText"] + text[offset(text, e["range"]["end"]):]
    return text


def session(directory, resolve):
    path = os.path.join(directory, "m.go")
    s = Server(binary)
    s.initialize(capabilities(resolve), rootUri="file://" + directory)
    uri = s.open(path)
    version = [1]

    def menu(text, **context):
        before = SOURCE[:SOURCE.index(text)]
        at = {"line": before.count("\n"), "character": len(before.split("\n")[-1])}
        return s.result("textDocument/codeAction", {"textDocument": {"uri": uri}, "range": {"start": at, "end": at},
                                                    "context": {"diagnostics": [], **context}})

    def become(text):
        version[0] += 1
        s.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": version[0]}, "contentChanges": [{"text": text}]})

    def whole(action):
        check("it has its edit", "edit" in action, action)
        if not resolve:
            return action
        resolved = s.result("codeAction/resolve", {k: v for k, v in action.items() if k != "edit"})
        check("resolved, it is the same", resolved == action, resolved)
        return resolved

    found = s.wait_notification("textDocument/publishDiagnostics", lambda p: p["diagnostics"])["diagnostics"]
    end = time.time() + 20 # a menu does not wait for a package that is still being built
    while not menu("fmt.Sprintf", only=["quickfix"]):
        check("found by its line", time.time() < end)
        time.sleep(0.1)
    actions = menu("host, n)\n}", diagnostics=found)
    check("the fix comes first, hiding last", [a["kind"] for a in actions] == ["quickfix", "heapls.hide"], actions)
    check("preferred", actions[0].get("isPreferred") is True, actions[0])
    check("what is won is said", "saves up to 24 B in 2 allocations" in actions[0]["title"], actions[0]["title"])
    check("the diagnostics that it mends", {d["code"] for d in actions[0].get("diagnostics", [])} == {"heap/interface"}, actions[0])
    fixed = applied(SOURCE, whole(actions[0])["edit"])
    check("another text", '"é" + host + ":" + strconv.Itoa(n)' in fixed and "fmt" not in fixed, fixed)
    def hover(text):
        before = SOURCE[:SOURCE.index(text)]
        at = {"line": before.count("\n"), "character": len(before.split("\n")[-1])}
        return s.result("textDocument/hover", {"textDocument": {"uri": uri}, "position": at})["contents"]["value"]

    check("a hover gives what was tried for advice", "To allocate less: Write it as" in hover("host, n)\n}"), hover("host, n)\n}"))
    check("what can't be tried is said to be possible", "What may help: return the value" in hover("new(int)"), hover("new(int)"))
    (rewrite,) = menu("out = append(out, x)\n", only=["refactor"])
    check("a rewrite says what may change", rewrite["kind"] == "refactor.rewrite" and "may be more than is used" in rewrite["title"], rewrite)
    check("no rewrite for who wants quick fixes", menu("out = append(out, x)\n", only=["quickfix"]) == [])
    check("nothing for what has no fix", menu("new(int)", only=["quickfix", "refactor"]) == [])
    (everything,) = menu("package", only=["source.fixAll"])
    check("all safe ones", everything["kind"] == "source.fixAll.heapls" and "2 safe fixes" in everything["title"], everything)
    of_file = applied(SOURCE, whole(everything)["edit"])
    done = subprocess.run([binary, "fix", "--write", "m.go"], cwd=directory, capture_output=True, text=True)
    with open(path, encoding="utf-8") as f:
        check("as heapls fix writes it", f.read() == of_file, done.stderr)
    with open(path, "w", encoding="utf-8") as f:
        f.write(SOURCE)
    become(of_file)
    hints = s.hints(uri)
    check("nothing is left of it", not any(h["position"]["line"] == 7 and "24" in json.dumps(h["label"]) for h in hints), hints)
    again = s.result("textDocument/codeAction", {"textDocument": {"uri": uri}, "range": {"start": {"line": 5, "character": 2}, "end": {"line": 5, "character": 2}},
                                                 "context": {"diagnostics": [], "only": ["quickfix"]}})
    check("offered once", again == [], again)
    if resolve:
        message = s.request("codeAction/resolve", actions[0])
        check("void after an edit", message.get("error", {}).get("code") == -32801, message)
    check("ends", s.stop() == 0)


with tempfile.TemporaryDirectory() as top:
    top = os.path.realpath(top)
    for name, text in (("go.mod", "module m\n\ngo 1.26\n"), ("m.go", SOURCE)):
        with open(os.path.join(top, name), "w", encoding="utf-8") as f:
            f.write(text)
    for resolve in (True, False):
        session(top, resolve)
print("ok %d checks" % checks.count)
