"""go vet -vettool=heapls, run by the go command itself (of each release that is here): it prints what `heapls check` finds, a second run
starts nothing, an edit what depends on it; flags, tests, tags, what a team agrees on; and .cfg files that no go command writes.

usage: vet_test.py HEAPLS"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from cli import binary, check, findings, finish, run, skip_without_go, told, write

skip_without_go()
if not shutil.which("go"):
    print("SKIP: no go here")
    sys.exit(77)
FILES = {
    "go.mod": "module example.com/v\n\ngo 1.26\n",
    "a.go": "package v\n\nimport \"example.com/v/mid\"\n\nfunc A() *int { return new(int) }\n\nfunc Loop(n int) (all []*int) {\n\tfor range n {\n\t\tall = append(all, A())\n\t}\n\treturn\n}\n\n"
            "//heapls:noalloc\nfunc Promise(n int) int { return mid.Mid(n) }\n",
    "a_test.go": "package v\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) { sink = new(int) }\n\nvar sink *int\n",
    "x_test.go": "package v_test\n\nimport \"testing\"\n\nfunc TestX(t *testing.T) { sink = new(int) }\n\nvar sink *int\n",
    "mid/m.go": "package mid\n\nimport \"example.com/v/leaf\"\n\n//go:noinline\nfunc Mid(n int) int { return leaf.Leaf(n) }\n",
    "leaf/l.go": "package leaf\n\n//go:noinline\nfunc Leaf(n int) int { return n }\n\nfunc Own() *int { return new(int) }\n",
    "other/o.go": "package other\n\nfunc O() *[]int { return &[]int{1} }\n",
}


def vet(module, environment, *args):
    return subprocess.run(["go", "vet", *args, "./..."], cwd=module, env=environment, capture_output=True, text=True, timeout=300)


def said(done, module):
    """What go prints: place and message, without the lines of what is related."""
    found = []
    for line in done.stderr.splitlines():
        m = re.match(r"([^\s:]+\.go):(\d+):(\d+): ([^\t].*)$", line)
        if m:
            found.append((os.path.normpath(os.path.join(module, m[1])), int(m[2]), int(m[3]), m[4]))
    return sorted(found)


def of_check(module, environment, *args):
    document, found = findings(*args, "./...", cwd=module, env=environment)
    return sorted((f["file"], f["markLine"], f["markColumn"]) for f in found)


def with_go(release, top, environment):
    module = os.path.join(top, "m " + release)  # a directory with a blank
    write(module, FILES)
    log, tool = os.path.join(top, "calls " + release), os.path.join(top, "tool-" + release)
    write(top, {os.path.basename(tool): "#!/bin/sh\necho \"$@\" >>'%s'\nexec '%s' \"$@\"\n" % (log, binary)})
    os.chmod(tool, 0o755)
    environment = {**environment, "GOCACHE": os.path.join(top, "cache " + release)}
    tooled = "-vettool=" + tool

    def calls():
        with open(log, encoding="utf-8") as f:
            lines = f.read().splitlines()
        os.remove(log)
        return lines

    def reporting(lines):
        """Packages that were looked at, not only imported. A .cfg is gone when go ends: they are counted by what is in the way."""
        return [line for line in lines if line.endswith("vet.cfg")]

    def agree(name, *args, more=()):
        done = vet(module, environment, tooled, *more)
        found, wanted = said(done, module), of_check(module, environment, *args)
        check("%s: %s: findings are those of check" % (release, name), [f[:3] for f in found] == wanted and found, (found, wanted, done.stderr[:300]))
        return done, found

    done, found = agree("first run")
    check("%s: exit code" % release, done.returncode == 1)
    first = calls()
    check("%s: flags and identity were asked for" % release, first[:2] == ["-flags", "-V=full"], first[:2])
    again = vet(module, environment, tooled)
    check("%s: the second run starts nothing" % release, calls() == ["-flags", "-V=full"] and said(again, module) == found)
    write(module, {"other/o.go": FILES["other/o.go"] + "\nfunc P() *int { return new(int) }\n"})
    agree("an edit that nobody depends on")
    edited = reporting(calls())
    check("%s: only its package is looked at" % release, len(edited) == 1, edited)
    write(module, {"leaf/l.go": FILES["leaf/l.go"].replace("{ return n }", "{ sink = make([]int, n); return n }\n\nvar sink []int")})
    done, found = agree("an edit in a body that breaks a contract two packages away")
    check("%s: the contract is told" % release, any("is to allocate nothing" in f[3] for f in found), found)
    edited = reporting(calls())
    check("%s: what depends on it is looked at, and not the rest" % release, 3 <= len(edited) <= 5, edited)
    done = vet(module, environment, tooled, "-preset=quiet")
    check("%s: a flag of check" % release, [f[:3] for f in said(done, module)] == of_check(module, environment, "--preset=quiet"), done.stderr)
    agree("tests too", "--tests", more=("-tests",))
    os.mkdir(os.path.join(module, ".git"))
    write(module, {".heapls.json": json.dumps({"kinds": {"append": False}, "exclude": ["other/*"]})})
    agree("what a team agrees on, although no source has changed")
    os.remove(os.path.join(module, ".heapls.json"))
    done = vet(module, environment, tooled, "-json")
    values, text = [], done.stdout
    while text.strip():
        value, end = json.JSONDecoder().raw_decode(text.strip())
        text = text.strip()[end:]
        values += value.items()
    places = sorted(d["posn"] for _, by_analyzer in values for d in by_analyzer.get("heapls", []))
    check("%s: -json" % release, done.returncode == 0 and places == sorted("%s:%d:%d" % f for f in of_check(module, environment)), (places, done.stderr))
    write(module, {"other/t.go": "//go:build special\n\npackage other\n\nfunc T() *int { return new(int) }\n", "other/u.go": "//go:build !special\n\npackage other\n"})
    done = vet(module, environment, tooled, "-tags=special")
    check("%s: tags that heapls can't see are told" % release, "tags have to be in GOFLAGS" in done.stderr and done.returncode == 1, done.stderr)
    done = vet(module, {**environment, "GOFLAGS": "-tags=special"}, tooled)
    check("%s: those in GOFLAGS are seen" % release, [f[:3] for f in said(done, module)] == of_check(module, {**environment, "GOFLAGS": "-tags=special"}), done.stderr)
    write(module, {"mid/m.go": FILES["mid/m.go"] + "var x int = \"\"\n"})
    done = vet(module, environment, tooled)
    check("%s: of what does not compile the go command tells" % release, done.returncode == 1 and "m.go:7" in done.stderr, done.stderr)


FIXED = {
    "go.mod": "module example.com/f\n\ngo 1.26\n",
    "sub/s.go": "package sub\n\nimport \"fmt\"\n\nfunc S(n int) string { return fmt.Sprintf(\"%d\", n) }\n\nfunc Hidden(n int) string {\n\t//heapls:ignore why\n\treturn fmt.Sprintf(\"%d\", n)\n}\n",
    "sub/t.go": "package sub\n\nfunc Strings(xs []int) []string {\n\tvar out []string\n\tfor _, x := range xs {\n\t\tout = append(out, S(x))\n\t}\n\treturn out\n}\n",
    "other/o.go": "package other\n\nimport \"example.com/f/sub\"\n\nfunc O() string { return sub.S(1) }\n",
}


def fixes(release, top, environment):
    """What go vet -fix leaves is what heapls fix --write leaves."""
    by_go, by_us = os.path.join(top, "go " + release), os.path.join(top, "us " + release)
    environment = {**environment, "GOCACHE": os.path.join(top, "cache " + release)}

    def texts(directory):
        return {name: open(os.path.join(directory, name), encoding="utf-8").read() for name in FIXED}
    for directory in (by_go, by_us):
        write(directory, FIXED)
    wanted = run("fix", "./...", cwd=by_us, env=environment).stdout
    done = vet(by_go, environment, "-fix", "-diff", "-vettool=" + binary)
    lines = [line for line in wanted.splitlines() if line[:1] in "+- @" and not line.startswith("sub/")]
    check("%s: -fix -diff is the diff of heapls fix, and 1" % release, done.returncode == 1 and sorted(lines) == sorted(done.stdout.splitlines()) and texts(by_go) == FIXED, (done.stdout, wanted, done.stderr))
    told("fix --write", run("fix", "--write", "--force", "./...", cwd=by_us, env=environment), 0)
    done = vet(by_go, environment, "-fix", "-vettool=" + binary)
    check("%s: -fix writes what heapls fix writes" % release, done.returncode == 0 and texts(by_go) == texts(by_us) != FIXED, (done.stderr, texts(by_go)))
    check("%s: and it compiles" % release, subprocess.run(["go", "build", "./..."], cwd=by_go, env=environment, capture_output=True).returncode == 0)
    check("%s: nothing more is to be fixed" % release, vet(by_go, environment, "-fix", "-diff", "-vettool=" + binary).stdout == "")


def configs(top):
    """No go command writes such."""
    good = {"ID": "example.com/v", "Dir": top, "ImportPath": "example.com/v", "GoFiles": [], "VetxOnly": True, "VetxOutput": os.path.join(top, "vetx"), "PackageVetx": {}}
    path = os.path.join(top, "vet.cfg")
    for name, value in [("nothing", None), ("no JSON", "{"), ("a list", "[]"), ("a number", "1")] + [("no " + key, {k: v for k, v in good.items() if k != key}) for key in ("ID", "Dir", "ImportPath", "GoFiles")] + [
            ("GoFiles of numbers", {**good, "GoFiles": [1]}), ("Dir is a number", {**good, "Dir": 1}), ("Dir is not there", {**good, "Dir": "/none/at/all"}),
            ("facts can't be written", {**good, "VetxOutput": "/none/at/all/vetx"}), ("unknown flag", good)]:
        if value is None and os.path.exists(path):
            os.remove(path)
        elif value is not None:
            with open(path, "w", encoding="utf-8") as f:
                f.write(value if isinstance(value, str) else json.dumps(value))
        args = ("-nonsense", path) if name == "unknown flag" else (path,)
        done = run(*args, cwd=top)
        check("%s: one line, and 2" % name, done.returncode == 2 and done.stderr.count("\n") == (2 if name == "unknown flag" else 1), (done.returncode, done.stderr))
    with open(path, "w", encoding="utf-8") as f:
        json.dump({**good, "PackageVetx": {"a": "/none", "b": 3}, "NonGoFiles": "x", "Future": {"a": []}}, f)
    told("what is not known, and facts that are gone, are no fault", run(path, cwd=top), 0)
    check("facts are written", os.path.getsize(good["VetxOutput"]) > 20)


with tempfile.TemporaryDirectory() as directory:
    directory = os.path.realpath(directory)
    configs(directory)
    base = {**os.environ, "GOFLAGS": "", "GOWORK": "off"}
    with_go("local", directory, base)
    fixes("local", directory, base)
    newer = {**base, "GOTOOLCHAIN": "go1.27.4"}
    if subprocess.run(["go", "version"], cwd=directory, env={**newer, "GOPROXY": "off"}, capture_output=True).returncode == 0:
        with_go("go1.27.4", directory, newer)
        fixes("go1.27.4", directory, newer)
    else:
        print("SKIP go1.27.4: not here")
    subprocess.run(["chmod", "-R", "u+w", directory])
finish()
