"""Modules that are not in the module cache: it is said at the import, in the status and by an action that runs
`go mod download`, and what could not be decided is decided as soon as they come, however they come. Offline: the proxy is a
directory.

usage: download_test.py HEAPLS"""
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile

import checks
from checks import check, write
from lsp_client import Server

binary = os.path.abspath(sys.argv[1])
CAPABILITIES = {"textDocument": {"inlayHint": {}, "publishDiagnostics": {}, "codeLens": {}, "hover": {"contentFormat": ["plaintext"]},
                                 "codeAction": {"isPreferredSupport": True, "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}}}},
                "window": {"workDoneProgress": True}, "experimental": {"heaplsStatus": True}}
DEP = "package dep\n\nvar kept *int\n\nfunc Keep(x *int) { kept = x }\n"
SUB = 'package sub\n\nimport "example.com/Other"\n\nfunc Same(x *int) *int { return other.Same(x) }\n'
OTHER = "package other\n\nfunc Same(x *int) *int { return x }\n"
MAIN = """package main

import (
	"example.com/dep"
	"example.com/dep/sub" // of the same module
)

func main() {
	dep.Keep(new(int))
	println(*sub.Same(new(int)))
}

func own() *int { return new(int) }
"""
WANTED = [8, 12]  # lines of hints when all is there
ONLY_OWN = [12]


def proxy(directory):
    for module, version, files in (("example.com/dep", "v1.2.0", {"dep.go": DEP, "sub/sub.go": SUB, "go.mod": "module example.com/dep\n\ngo 1.24\n\nrequire example.com/Other v0.1.0\n"}),
                                   ("example.com/Other", "v0.1.0", {"other.go": OTHER, "go.mod": "module example.com/Other\n\ngo 1.24\n"})):
        at = os.path.join(directory, module.replace("Other", "!other"), "@v")
        write(at, {"list": version + "\n", version + ".info": '{"Version":"%s"}' % version, version + ".mod": files["go.mod"]})
        with zipfile.ZipFile(os.path.join(at, version + ".zip"), "w") as z:
            for name, text in files.items():
                z.writestr("%s@%s/%s" % (module, version, name), text)


def environment(directory, **more):
    env = {k: v for k, v in os.environ.items() if not k.startswith("GO") and k != "XDG_CONFIG_HOME"}
    return {**env, "HOME": os.path.join(directory, "home"), "GOPROXY": "file://" + os.path.join(directory, "proxy"), "GOSUMDB": "off", "GOFLAGS": "-modcacherw",
            "GOTOOLCHAIN": "local", "HEAPLS_CACHE": os.path.join(directory, "cache"), **more}


def module(directory):
    proxy(os.path.join(directory, "proxy"))
    write(directory, {"m/go.mod": "module m\n\ngo 1.24\n\nrequire example.com/dep v1.2.0\n\nrequire example.com/Other v0.1.0 // indirect\n", "m/main.go": MAIN, "home/x": ""})
    made = os.path.join(directory, "made") # go.sum, from a module cache that heapls does not see
    subprocess.run(["go", "mod", "tidy"], cwd=os.path.join(directory, "m"), env=environment(directory, GOMODCACHE=made), check=True, capture_output=True)
    shutil.rmtree(made)
    return os.path.join(directory, "m", "main.go")


def lines(s, uri):
    return sorted(h["position"]["line"] for h in s.hints(uri) if "stale" not in str(h["label"]))


def becomes(name, s, uri, want, seconds=20):
    end = time.time() + seconds
    while lines(s, uri) != want:
        check(name, time.time() < end, "%s instead of %s" % (lines(s, uri), want))
        time.sleep(0.05)
    check(name, True)


def missing(diagnostics):
    return [d for d in diagnostics if d["code"] == "unknown/import"]


def published(s, uri, match):
    return s.wait_notification("textDocument/publishDiagnostics", lambda p: p["uri"] == uri and match(p["diagnostics"]), 20)["diagnostics"]


def start(directory, env, capabilities=CAPABILITIES):
    s = Server(binary, env=env)
    s.initialize(capabilities, rootUri="file://" + os.path.join(directory, "m"))
    return s, s.open(os.path.join(directory, "m", "main.go"))


def actions(s, uri, diagnostic):
    params = {"textDocument": {"uri": uri}, "range": diagnostic["range"], "context": {"diagnostics": [diagnostic], "only": ["quickfix"]}}
    return [a for a in s.result("textDocument/codeAction", params) if (a.get("command") or {}).get("command") == "heapls.download"]


def run(s, uri, **more):
    return s.start("workspace/executeCommand", {"command": "heapls.download", "arguments": [uri], **more})


def asked(directory):
    """Said, offered, done, and told how far it is."""
    module(directory)
    s, uri = start(directory, environment(directory))
    becomes("what hangs on it has no hints", s, uri, ONLY_OWN)
    said = missing(published(s, uri, missing))
    check("one diagnostic for the module, at its first import", len(said) == 1 and said[0]["range"] == {"start": {"line": 3, "character": 1}, "end": {"line": 3, "character": 18}}, said)
    check("it is seen in the list of problems", said[0]["severity"] == 2, said)
    check("it says what", "example.com/dep@v1.2.0 is not in the module cache" in said[0]["message"] and "2 imports" in said[0]["message"] and "1 function" in said[0]["message"], said)
    status = s.wait_notification("heapls/status", lambda p: p["state"] != "loading", 20)
    check("status", status["state"] == "incomplete" and "example.com/dep@v1.2.0" in status["message"] and status["note"] == "not downloaded"
          and any("go mod download" in line for line in status["lines"]), status)
    check("status for programs", status["missing"] == ["example.com/dep@v1.2.0"] and status["action"]["command"] == "heapls.download" and status["action"]["arguments"] == [uri], status)
    check("no word of verdicts from before", not any("before" in line for line in status["lines"]), status)
    offered = actions(s, uri, said[0])
    check("an action", len(offered) == 1 and offered[0]["kind"] == "quickfix" and offered[0]["isPreferred"] and offered[0]["diagnostics"] == said, offered)
    check("it is for the user to ask", not os.path.exists(os.path.join(directory, "home", "go")))
    request = s.start("workspace/executeCommand", {"command": offered[0]["command"]["command"], "arguments": offered[0]["command"]["arguments"], "workDoneToken": "mine"})
    answer = s.finish(request)
    check("downloaded", "result" in answer and answer["result"]["directory"] == os.path.join(directory, "m"), answer)
    told = [m["params"]["value"] for m in s.seen if m.get("method") == "$/progress" and m["params"]["token"] == "mine"]
    check("progress", told[0]["kind"] == "begin" and told[0]["cancellable"] and told[-1]["kind"] == "end", told)
    becomes("all hints", s, uri, WANTED)
    check("the diagnostic goes", not missing(published(s, uri, lambda d: not missing(d))))
    status = s.wait_notification("heapls/status", lambda p: p["state"] == "ready", 20)
    check("ready", status["note"] == "" and "missing" not in status and "action" not in status, status)
    check("ends", s.stop() == 0)


def by_somebody_else(directory):
    """In the terminal; the directories above the cache are not there yet. Then the cache goes, and comes back."""
    module(directory)
    env = environment(directory)
    s, uri = start(directory, env)
    becomes("before", s, uri, ONLY_OWN)
    published(s, uri, missing)
    subprocess.run(["go", "mod", "download"], cwd=os.path.join(directory, "m"), env=env, check=True, capture_output=True)
    becomes("downloaded in a terminal", s, uri, WANTED)
    cache, aside = os.path.join(directory, "home", "go"), os.path.join(directory, "aside")
    os.rename(cache, aside)
    becomes("the cache is gone: verdicts are from before", s, uri, ONLY_OWN)
    published(s, uri, missing)
    os.rename(aside, cache)
    becomes("and back", s, uri, WANTED)
    shutil.copytree(cache, aside)
    subprocess.run(["go", "clean", "-modcache"], cwd=os.path.join(directory, "m"), env=env, check=True)
    becomes("cleaned", s, uri, ONLY_OWN)
    copy_slowly(aside, cache)
    becomes("restored file by file", s, uri, WANTED)
    partial = os.path.join(cache, "pkg/mod/cache/download/example.com/dep/@v/v1.2.0.partial")
    write(os.path.dirname(partial), {os.path.basename(partial): ""})
    becomes("not extracted to the end", s, uri, ONLY_OWN)
    os.remove(partial)
    becomes("extracted", s, uri, WANTED)
    check("ends", s.stop() == 0)


def copy_slowly(source, target):
    for directory, _, names in sorted(os.walk(source)):
        os.makedirs(os.path.join(target, os.path.relpath(directory, source)), exist_ok=True)
        for name in sorted(names):
            time.sleep(0.03)
            shutil.copyfile(os.path.join(directory, name), os.path.join(target, os.path.relpath(directory, source), name))


def elsewhere(directory):
    """Where the cache is: GOMODCACHE, GOPATH, the go command's own file of settings, changed under the server; nowhere."""
    module(directory)
    env = environment(directory)
    there = os.path.join(directory, "there", "gopath")
    subprocess.run(["go", "mod", "download"], cwd=os.path.join(directory, "m"), env={**env, "GOPATH": there}, check=True, capture_output=True)
    s, uri = start(directory, env)
    becomes("not where HOME says", s, uri, ONLY_OWN)
    subprocess.run(["go", "env", "-w", "GOPATH=" + there], env=env, check=True)
    becomes("go env -w GOPATH", s, uri, WANTED)
    subprocess.run(["go", "env", "-w", "GOMODCACHE=" + os.path.join(directory, "nothing")], env=env, check=True)
    becomes("GOMODCACHE goes before", s, uri, ONLY_OWN)
    subprocess.run(["go", "env", "-u", "GOMODCACHE"], env=env, check=True)
    becomes("and back", s, uri, WANTED)
    check("ends", s.stop() == 0)
    nowhere = {k: v for k, v in env.items() if k != "HOME"}
    s, uri = start(directory, nowhere)
    becomes("no cache at all", s, uri, ONLY_OWN)
    said = missing(published(s, uri, missing))
    check("it says why", len(said) == 1 and "GOMODCACHE, GOPATH and HOME are not set" in said[0]["message"], said)
    check("nothing is offered that can't help", not actions(s, uri, said[0]))
    check("ends", s.stop() == 0)


def toolchain(directory):
    """The go.mod's lines decide which Go is followed, also when they change; one that is not here is named, and taken when it comes."""
    module(directory)
    env = environment(directory, GOTOOLCHAIN="auto")
    text = "module m\n\ngo 1.24\n"
    system, machine = subprocess.run(["go", "env", "GOHOSTOS", "GOHOSTARCH"], capture_output=True, text=True, check=True).stdout.split()
    there = os.path.join(directory, "home/go/pkg/mod/golang.org/toolchain@v0.0.1-go1.97.2.%s-%s" % (system, machine))
    write(directory, {"m/go.mod": text, "m/main.go": "package main\n\nfunc main() {}\n\nfunc own() *int { return new(int) }\n"})
    s, uri = start(directory, env)
    becomes("the installed one", s, uri, [4])

    def status(name, match):
        return s.wait_notification("heapls/status", lambda p: "document" in p and match(p), 20)

    installed = status("installed", lambda p: p["state"] == "ready")["go"]
    write(directory, {"m/go.mod": text + "\ntoolchain go1.97.2\n"})
    missing_one = status("missing", lambda p: p["state"] == "incomplete")
    check("it is said", missing_one["note"] == "other Go" and missing_one["message"] == "go.mod asks for go1.97.2, which is not on this machine." and missing_one["go"]["root"] == installed["root"], missing_one)
    check("its rules, as far as they are known", missing_one["go"]["rules"] == "newer", missing_one)
    check("it can be had", missing_one["action"]["command"] == "heapls.download" and "toolchain" in missing_one["action"]["title"], missing_one)
    becomes("verdicts all the same", s, uri, [4])
    write(there, {"VERSION": "go1.97.2\n", "src/runtime/r.go": "package runtime\n"})
    status("it came", lambda p: p["go"]["root"] == there and p["go"]["version"] == "go1.97.2" and p["state"] == "ready")
    write(directory, {"m/go.mod": "module m\n\ngo 1.97\n"})
    nearest = status("the first of a language", lambda p: "go1.97.0" in p["message"])
    check("the nearest is read", nearest["go"]["root"] == there, nearest)
    write(directory, {"m/go.mod": text})
    back = status("and back", lambda p: p["state"] == "ready" and p["go"]["root"] == installed["root"])
    check("as before", back["go"] == installed and "action" not in back, back)
    write(directory, {"go.work": "go 1.97.2\n\nuse ./m\n"})
    status("a go.work above", lambda p: p["go"]["root"] == there)
    becomes("verdicts all the same", s, uri, [4])
    check("ends", s.stop() == 0)


def far(directory):
    """What an import of an import lacks is said at the import that leads there."""
    module(directory)
    write(directory, {"m/lib/lib.go": 'package lib\n\nimport "example.com/dep"\n\nfunc Keep(x *int) { dep.Keep(x) }\n\nfunc Zero() int { return 0 }\n',
                      "m/main.go": 'package main\n\nimport "m/lib"\n\nfunc main() { println(lib.Zero()) }\n\nfunc own() *int { return new(int) }\n'})
    s, uri = start(directory, environment(directory))
    becomes("what does not hang on it", s, uri, [6])
    said = missing(published(s, uri, missing))
    check("said once, at the import", len(said) == 1 and said[0]["range"]["start"] == {"line": 2, "character": 7} and "m/lib needs example.com/dep: module example.com/dep@v1.2.0" in said[0]["message"], said)
    check("offered there", len(actions(s, uri, said[0])) == 1)
    check("downloaded", "result" in s.finish(run(s, uri)))
    published(s, uri, lambda d: not missing(d))
    check("ends", s.stop() == 0)


def sums(directory):
    """A go.sum that keeps go from building: said at the import, beside the verdicts, until it is mended."""
    module(directory)
    at = os.path.join(directory, "m/go.sum")
    right = open(at).read()
    subprocess.run(["go", "mod", "download"], cwd=os.path.join(directory, "m"), env=environment(directory), check=True, capture_output=True)
    write(directory, {"m/go.sum": ""})
    s, uri = start(directory, environment(directory))
    becomes("verdicts all the same", s, uri, WANTED)
    said = missing(published(s, uri, missing))
    check("said once, at the first import", len(said) == 1 and said[0]["range"]["start"]["line"] == 3 and "go.sum has no entry for module example.com/dep@v1.2.0" in said[0]["message"], said)
    check("it does not say that functions are not decided", "not decided" not in said[0]["message"] and "not loaded" not in said[0]["message"].lower(), said)
    check("a download does not help", not actions(s, uri, said[0]))
    status = s.wait_notification("heapls/status", lambda p: p["state"] == "incomplete", 20)
    check("status", status["note"] == "go.sum" and "action" not in status, status)
    write(directory, {"m/go.sum": right.replace(" h1:", " h1:A")})
    said = missing(published(s, uri, lambda d: any("another content" in one["message"] for one in d)))
    check("another content", len(said) == 1, said)
    write(directory, {"m/go.sum": right})
    published(s, uri, lambda d: not missing(d))
    s.wait_notification("heapls/status", lambda p: p["state"] == "ready", 20)
    becomes("as before", s, uri, WANTED)
    check("ends", s.stop() == 0)


def fails(directory):
    """No proxy, no go command, one at a time, cancelled by the request and by its progress."""
    module(directory)
    shutil.rmtree(os.path.join(directory, "proxy"))
    s, uri = start(directory, environment(directory))
    answer = s.finish(run(s, uri))
    check("what the go command says", answer.get("error", {}).get("code") == -32803 and "example.com/" in answer["error"]["message"] and "no such file" in answer["error"]["message"] and "# get" not in answer["error"]["message"], answer)
    check("ends", s.stop() == 0)
    pids = os.path.join(directory, "pids")
    write(directory, {"bin/go": "#!/bin/sh\necho $$ >>%s\nsleep 600 &\necho $! >>%s\nwait\n" % (pids, pids)})
    os.chmod(os.path.join(directory, "bin", "go"), 0o755)
    goroot = subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip()
    s, uri = start(directory, environment(directory, PATH=os.path.join(directory, "bin") + ":" + os.environ["PATH"], GOROOT=goroot))
    for way in ("request", "progress", "shutdown"):
        if os.path.exists(pids):
            os.remove(pids)
        s.notifications.clear()
        request = run(s, uri)
        token = s.wait_notification("$/progress", lambda p: p["value"]["kind"] == "begin" and "go mod download" in p["value"]["title"], 20)["token"]
        end = time.time() + 20
        while not os.path.exists(pids) or len(open(pids).read().split()) < 2:
            check("it runs", time.time() < end)
            time.sleep(0.02)
        check("one at a time", "already" in s.finish(run(s, uri)).get("error", {}).get("message", ""))
        if way == "request":
            s.notify("$/cancelRequest", {"id": request})
        elif way == "progress":
            s.notify("window/workDoneProgress/cancel", {"token": token})
        else:
            s.result("shutdown", None)
        check("cancelled by " + way, s.finish(request)["error"]["code"] == -32800)
        ended = [m for m in s.seen if m.get("method") == "$/progress" and m["params"]["token"] == token and m["params"]["value"]["kind"] == "end"]
        check("its progress ends", len(ended) == 1, ended)
        end = time.time() + 20
        while any(alive(pid) for pid in open(pids).read().split()):
            check("nothing of it is left", time.time() < end)
            time.sleep(0.02)
        time.sleep(0.1)
    s.notify("exit")
    s.process.stdin.close()
    check("ends", s.process.wait(60) == 0)
    nothing = os.path.join(directory, "empty")
    os.makedirs(nothing)
    shutil.copytree(os.path.join(goroot, "src"), os.path.join(directory, "goroot/src"), ignore=lambda d, names: [n for n in names if not n.startswith("runtime") and d.endswith("/src")])
    s, uri = start(directory, environment(directory, PATH=nothing, GOROOT=os.path.join(directory, "goroot")))
    s.hints(uri)
    answer = s.finish(run(s, uri))
    check("no go command", "could not be run" in answer.get("error", {}).get("message", ""), answer)
    check("ends", s.stop() == 0)


def alive(pid):
    try:
        with open("/proc/%s/stat" % pid) as f:
            return f.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def main():
    if not shutil.which("go"):
        print("SKIP: no go command")
        return 77
    for test in (asked, by_somebody_else, elsewhere, toolchain, far, sums, fails):
        with tempfile.TemporaryDirectory() as directory:
            test(os.path.realpath(directory))
        print("ok", test.__name__)
    print("ok %d checks" % checks.count)
    return 0


if __name__ == "__main__":
    sys.exit(main())
