"""Whatever progress is begun is ended, and nothing is told under a token that the client has not agreed to: several modules
that are checked as a whole, what is stored afterwards, a refusal, a shutdown on the way.

usage: progress_test.py HEAPLS"""
import os
import queue
import subprocess
import sys
import tempfile
import time

import checks
from checks import check, write
from lsp_client import Server

binary = os.path.abspath(sys.argv[1])
MODULES = "abc"
CAPABILITIES = {"textDocument": {"inlayHint": {}, "diagnostic": {}}, "window": {"workDoneProgress": True},
                "workspace": {"workspaceFolders": True, "diagnostics": {"refreshSupport": True}}}
SOURCE = 'package p\n\nimport (\n\t"fmt"\n\t"net/http"\n)\n\nfunc F() *int {\n\tfmt.Println(http.StatusOK)\n\treturn new(int)\n}\n'


def files():
    out = {}
    for m in MODULES:
        out[m + "/go.mod"] = "module %s\n\ngo 1.24\n" % m
        for i in range(3):
            out["%s/p%d/p.go" % (m, i)] = SOURCE
    return out


def start(directory, cache, server=Server):
    s = server(binary, env={**os.environ, "HEAPLS_CACHE": os.path.join(directory, cache)})
    folders = [{"uri": "file://" + os.path.join(directory, m), "name": m} for m in MODULES]
    s.initialize(CAPABILITIES, workspaceFolders=folders, initializationOptions={"diagnostics": {"workspace": True}})
    return s


def steps(s):
    """Kinds of what was told, by token."""
    out = {}
    for m in s.seen:
        if m.get("method") == "$/progress":
            out.setdefault(m["params"]["token"], []).append(m["params"]["value"]["kind"])
    return out


def complete(kinds):
    return kinds[0] == "begin" and kinds[-1] == "end" and kinds.count("begin") == kinds.count("end") == 1


def listen(s, seconds):
    end = time.time() + seconds
    while time.time() < end:
        try:
            s._take(0.1)
        except queue.Empty:
            pass


def many_modules(directory):
    """Results are stored half a second after the last question, what edits left behind goes a second after it."""
    for turn in range(2):
        s = start(directory, "cache%d" % turn)
        uris = [s.open(os.path.join(directory, m, "p0", "p.go")) for m in MODULES]
        pending = s.start("workspace/diagnostic", {"previousResultIds": []})
        for uri in uris:
            s.hints(uri)
        check("all that is in the workspace", len(s.finish(pending)["result"]["items"]) == 9)
        listen(s, 2.5)
        told = steps(s)
        check("progress was shown", told)
        check("every progress ends", all(complete(k) for k in told.values()), told)
        percent = [m["params"]["value"]["percentage"] for m in s.seen
                   if m.get("method") == "$/progress" and m["params"]["value"]["kind"] != "end" and m["params"]["token"] == min(told)]
        check("it never goes back", percent == sorted(percent), percent)
        check("ends", s.stop() == 0)


class Refusing(Server):
    def send(self, message):
        asked = [m for m in self.seen if m.get("id") == message.get("id") and m.get("method") == "window/workDoneProgress/create"]
        if asked and "result" in message:
            message = {"jsonrpc": "2.0", "id": message["id"], "error": {"code": -32603, "message": "no"}}
        super().send(message)


def refused(directory):
    s = start(directory, "refused", Refusing)
    s.hints(s.open(os.path.join(directory, "a/p0/p.go")))
    listen(s, 1)
    check("it was asked", any(m.get("method") == "window/workDoneProgress/create" for m in s.seen))
    check("refused: nothing is told", not steps(s), steps(s))
    s.stop()


def shut_down(directory):
    """In the middle of an analysis, and of a question to the compiler; requests that wait are answered."""
    s = start(directory, "shutdown")
    uri = s.open(os.path.join(directory, "a/p0/p.go"))
    waiting = s.start("textDocument/inlayHint", {"textDocument": {"uri": uri}, "range": {"start": {"line": 0, "character": 0}, "end": {"line": 20, "character": 0}}})
    asked = s.start("workspace/executeCommand", {"command": "heapls.verify", "arguments": [uri], "workDoneToken": "mine"})
    workspace = s.start("workspace/diagnostic", {"previousResultIds": []})
    s.wait_notification("$/progress", lambda p: p["token"] != "mine" and p["value"]["kind"] == "begin")
    check("shut down", s.result("shutdown", None) is None)
    told = steps(s)
    check("both end", len(told) == 2 and "mine" in told and all(complete(k) for k in told.values()), told)
    check("requests that wait are answered", {waiting, asked, workspace} <= set(s.responses), s.responses)
    codes = [s.responses[i]["error"]["code"] for i in (asked, workspace)]
    check("as cancelled", codes == [-32800, -32802], codes)
    s.notify("exit")
    s.process.stdin.close()
    check("ends", s.process.wait(60) == 0)


def main():
    if subprocess.run([binary, "check", "--format=json", "errors"], capture_output=True).returncode == 2:
        print("SKIP: Go's sources are not here")
        return 77
    with tempfile.TemporaryDirectory() as directory:
        directory = os.path.realpath(directory)
        write(directory, files())
        for test in (many_modules, refused, shut_down):
            test(directory)
            print("ok", test.__name__)
    print("ok %d checks" % checks.count)
    return 0


sys.exit(main())
