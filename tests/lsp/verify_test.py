"""The command heapls.verify: the compiler is asked when the user asks, and only then; what it confirms, denies and does not build.

usage: verify_test.py HEAPLS"""
import os
import subprocess
import sys
import tempfile
import time

import checks
from checks import check, write
from lsp_client import Server

binary = os.path.abspath(sys.argv[1])
CAPABILITIES = {"textDocument": {"hover": {"contentFormat": ["markdown"]}, "inlayHint": {}}, "window": {"workDoneProgress": True}, "experimental": {"heaplsStatus": True}}
TEXT = """package p

func one() *int {
	a := new(int)
	return a
}

func two(s []int) int {
	b := new(int)
	return *b + len(s)
}
"""
TEST = """package p

import "testing"

func TestOne(t *testing.T) {
	c := new(int)
	t.Log(c, *one())
}
"""


def command(s, *arguments, **more):
    return s.start("workspace/executeCommand", {"command": "heapls.verify", "arguments": list(arguments), **more})


def origin(s, uri, line, column):
    """What the last line of a hover says of the compiler."""
    said = s.result("textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": line, "character": column}})
    last = said["contents"]["value"].strip().split("\n")[-1]
    return next((w for w in ("confirmed", "does not say so", "stale") if w in last), "nothing")


def edit(s, uri, version, line, text, last):
    span = {"start": {"line": line, "character": 0}, "end": {"line": last, "character": 0}}
    s.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"range": span, "text": text}]})


def false_go(directory, goroot, script):
    """A GOROOT with the real sources and a go command of our own; {go} is the real one."""
    root = os.path.join(directory, "goroot")
    os.makedirs(os.path.join(root, "bin"))
    for name in ("src", "pkg", "VERSION", "go.env"):
        if os.path.exists(os.path.join(goroot, name)):
            os.symlink(os.path.join(goroot, name), os.path.join(root, name))
    path = os.path.join(root, "bin", "go")
    with open(path, "w") as f:
        f.write("#!/bin/sh\nexport GOROOT=%s\n%s" % (goroot, script.replace("{go}", goroot + "/bin/go")))
    os.chmod(path, 0o755)
    return root


def confirms(directory):
    write(directory, {"go.mod": "module m\n\ngo 1.24\n", "p/p.go": TEXT, "p/p_test.go": TEST, "p/q.go": "package p\n\nvar kept = one()\n"})
    s = Server(binary)
    offered = s.initialize(CAPABILITIES)["capabilities"]["executeCommandProvider"]["commands"]
    check("offered", "heapls.verify" in offered)
    uri = s.open(os.path.join(directory, "p/p.go"))
    s.hints(uri)
    check("live before", origin(s, uri, 3, 7) == "nothing")
    edit(s, uri, 2, 0, "// not on disk\n\npackage p\n", 1)  # the compiler must be given this text
    result = s.result("workspace/executeCommand", {"command": "heapls.verify", "arguments": [uri], "workDoneToken": "mine"})
    check("agrees", result["agree"] == result["lines"] > 5 and result["disagreements"] == [] and result["package"] == "m/p", result)
    check("confirmed", result["confirmed"] >= 4 and all(origin(s, uri, *at) == "confirmed" for at in ((5, 7), (10, 7), (4, 6), (9, 9))), result)
    steps = [m["params"]["value"]["kind"] for m in s.seen if m.get("method") == "$/progress" and m["params"]["token"] == "mine"]
    check("progress", steps[0] == "begin" and steps[-1] == "end", steps)
    check("it is said", any("agrees with all" in m["params"]["message"] for m in s.seen if m.get("method") == "window/showMessage"))
    status = s.wait_notification("heapls/status", lambda p: "compiler" in p)
    check("status", status["compiler"] == {"lines": result["lines"], "agree": result["lines"], "edited": False} and any("agrees with all" in l for l in status["lines"]), status)
    edit(s, uri, 3, 5, "\ta := new(int) // changed\n", 6)
    s.hints(uri)
    check("an edit makes its function live, no other", (origin(s, uri, 5, 7), origin(s, uri, 10, 7)) == ("nothing", "confirmed"))
    status = s.wait_notification("heapls/status", lambda p: p.get("compiler", {}).get("edited"))
    check("status after an edit", any("before the last edits" in l for l in status["lines"]), status)
    edit(s, uri, 4, 5, "\ta := new(int)\n", 6)
    s.hints(uri)
    check("undone, the text is the confirmed one", origin(s, uri, 5, 7) == "confirmed")
    edit(s, uri, 5, 5, "\ta := new(\n", 6)
    s.hints(uri)
    check("broken is stale", origin(s, uri, 10, 7) == "confirmed")
    answer = s.finish(command(s, uri))
    check("what does not build", answer.get("error", {}).get("code") == -32803 and "the build failed" in answer["error"]["message"] and "p.go:" in answer["error"]["message"], answer)
    edit(s, uri, 5, 5, "\ta := new(undefined)\n", 6)
    answer = s.finish(command(s, uri))
    check("only its errors are said", "undefined: undefined" in answer["error"]["message"] and "heap" not in answer["error"]["message"].lower().replace("heapls", ""), answer)
    tests = s.open(os.path.join(directory, "p/p_test.go"))
    edit(s, uri, 7, 5, "\ta := new(int)\n", 6)
    result = s.result("workspace/executeCommand", {"command": "heapls.verify", "arguments": [tests]})
    check("a test file", result["agree"] == result["lines"] and origin(s, tests, 5, 7) == "confirmed", result)
    answer = s.finish(command(s, "file:///nowhere.go"))
    check("not open", answer["error"]["code"] == -32602, answer)
    check("ends", s.stop() == 0)


def false_compilers(directory, goroot):
    write(directory, {"go.mod": "module m\n\ngo 1.24\n", "p/p.go": TEXT})
    mark, pids = os.path.join(directory, "ran"), os.path.join(directory, "pids")
    root = false_go(directory, goroot, """
echo ran >>%s
if [ -e %s/slow ]; then sleep 600 & echo $$ $! >%s; wait; fi
{go} "$@" 2>%s/said; status=$?
sed 's/new(int) does not escape/new(int) escapes to heap/' %s/said >&2
exit $status
""" % (mark, directory, pids, directory, directory))
    s = Server(binary, settings={"go": {"root": root}})
    s.initialize({**CAPABILITIES, "workspace": {"configuration": True}})
    uri = s.open(os.path.join(directory, "p/p.go"))
    s.hints(uri)
    check("no toolchain runs unasked", not os.path.exists(mark))
    result = s.finish(command(s))["result"]  # no argument: the file last looked at
    check("it ran", os.path.exists(mark))
    differ = {(d["says"], d["line"], d["text"]) for d in result["disagreements"]}
    check("both sides of a disagreement", differ == {("compiler", 8, "p.go:9:10: new(int) escapes to heap"), ("heapls", 8, "p.go:9:10: new(int) does not escape")}
          and all(d["uri"] == uri for d in result["disagreements"]) and result["agree"] == result["lines"] - 2, result)
    check("denied", (origin(s, uri, 8, 7), origin(s, uri, 3, 7)) == ("does not say so", "confirmed"))
    warning = [m["params"] for m in s.seen if m.get("method") == "window/showMessage"][-1]
    check("said plainly", warning["type"] == 2 and "disagrees in 2 of" in warning["message"] and "only the compiler: p.go:9:10" in warning["message"], warning)
    status = s.wait_notification("heapls/status", lambda p: "compiler" in p)
    check("status", status["note"] == "2 disagree" and status["compiler"]["agree"] == status["compiler"]["lines"] - 2, status)
    write(directory, {"slow": ""})
    for way in ("request", "progress"):
        if os.path.exists(pids):
            os.remove(pids)
        s.notifications.clear()
        request = command(s, uri)
        end = time.time() + 30
        while not os.path.exists(pids) or not open(pids).read().strip():
            check("the build starts", time.time() < end)
            time.sleep(0.02)
        busy = s.finish(command(s, uri))
        check("one at a time", "already" in busy.get("error", {}).get("message", ""), busy)
        if way == "request":
            s.notify("$/cancelRequest", {"id": request})
        else:
            begun = s.wait_notification("$/progress", lambda p: p["value"]["kind"] == "begin")
            check("cancellable", begun["value"]["cancellable"] is True, begun)
            s.notify("window/workDoneProgress/cancel", {"token": begun["token"]})
        check("cancelled by " + way, s.finish(request)["error"]["code"] == -32800)
        end = time.time() + 30
        while any(alive(pid) for pid in open(pids).read().split()):
            check("nothing of the build is left", time.time() < end)
            time.sleep(0.02)
        while "already" in s.finish(command(s, "file:///nowhere.go"))["error"]["message"]:
            time.sleep(0.02)
    os.remove(os.path.join(directory, "slow"))
    check("and again", s.finish(command(s, uri))["result"]["lines"] > 5)
    check("ends", s.stop() == 0)


def alive(pid):
    try:
        with open("/proc/%s/stat" % pid) as f:
            return f.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def main():
    found = subprocess.run(["go", "env", "GOROOT", "GOVERSION"], capture_output=True, text=True) if any(os.access(os.path.join(d, "go"), os.X_OK) for d in os.environ["PATH"].split(":")) else None
    if not found or found.returncode:
        print("SKIP: there is no go command to ask")
        return 77
    goroot, version = found.stdout.split()[:2]
    if int(version.split(".")[1].split("-")[0]) < 26:
        print("SKIP: heapls follows go1.26 and newer line by line, this is " + version)
        return 77
    with tempfile.TemporaryDirectory() as directory:
        confirms(os.path.realpath(directory))
    with tempfile.TemporaryDirectory() as directory:
        false_compilers(os.path.realpath(directory), goroot)
    print("ok %d checks" % checks.count)
    return 0


sys.exit(main())
