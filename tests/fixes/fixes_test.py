"""Fixes of small programs. A comment above each function says whether one is offered, of which kind, and how to call the
function; the Go toolchain says whether the fixed program is right: it is built, vetted, gives the same results (%#v, so nil
is not empty), and allocates less often (testing.AllocsPerRun)."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "cli"))
from cli import check, finish, run, skip_without_go, told, write  # noqa: E402

cases = os.path.join(here, "cases")
functions = {}  # name -> (wanted, kind, calls)
for name in sorted(os.listdir(cases)):
    text = open(os.path.join(cases, name), encoding="utf-8").read()
    for m in re.finditer(r"// (fix|rewrite|no fix): ?(.*)\nfunc (?:\([^)]*\) )?(\w+)", text):
        kind, _, calls = m[2].partition(" ")
        functions[m[3]] = (m[1], kind if m[1] != "no fix" else "", re.findall(r"\w+(?:\[\S*\])?\(.*?\)(?= \w+(?:\[\S*\])?\(|$)", calls) if m[1] == "fix" else [])


def function_at(path, line):
    for text in reversed(open(path, encoding="utf-8").read().split("\n")[:line]):
        m = re.match(r"func (?:\([^)]*\) )?(\w+)", text)
        if m:
            return m[1]


def offered(directory, *options):
    done = run("fix", "--json", *options, ".", cwd=directory)
    check("fix --json " + " ".join(options), done.returncode == 0, done.stderr)
    return [f for f in json.loads(done.stdout) if f["proved"]]


def apply(directory, fixes):
    for path in {f["file"] for f in fixes}:
        with open(path, "rb") as f:
            text = f.read()
        for e in sorted((e for f in fixes if f["file"] == path for e in f["edits"]), key=lambda e: -e["start"]):
            text = text[:e["start"]] + e["text"].encode() + text[e["end"]:]
        with open(path, "wb") as f:
            f.write(text)


def go(directory, *args):
    return subprocess.run(["go", *args], cwd=directory, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


TEST = """package m

import (
	"fmt"
	"testing"

	after "m/after"
	before "m/before"
)

// Functions that are called through variables are not inlined.
var (
%s)

func results(r ...any) string {
	for i := range r {
		if err, ok := r[i].(error); ok {
			r[i] = fmt.Sprintf("%%T %%v", err, err)
		}
	}
	return fmt.Sprintf("%%#v", r)
}

func same(t *testing.T, name, b, a string, bn, an float64, less bool) {
	if a != b {
		t.Errorf("%%s: %%s became %%s", name, b, a)
	}
	if an > bn || less && an == bn {
		t.Errorf("%%s: %%v allocations became %%v", name, bn, an)
	}
	t.Logf("%%s: %%v -> %%v", name, bn, an)
}

func TestAll(t *testing.T) {
%s}
"""


def test_of(calls):
    body = variables = ""
    for i, (name, call, first) in enumerate(calls):
        function, arguments = re.match(r"(\w+(?:\[.*?\]+)?)(\(.*)", call).groups()
        variables += "\tb%d, a%d = before.%s, after.%s\n" % (i, i, function, function)
        body += "\tsame(t, %s, results(b%d%s), results(a%d%s), " % (json.dumps(call), i, arguments, i, arguments)
        body += "testing.AllocsPerRun(100, func() { b%d%s }), testing.AllocsPerRun(100, func() { a%d%s }), %s)\n" % (
            i, arguments, i, arguments, "true" if first else "false")
    return TEST % (variables, body)


def git(directory, *args):
    return subprocess.run(["git", "-c", "user.name=n", "-c", "user.email=n@n", *args], cwd=directory, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)


def write_in_git():
    """--write in a work tree: only a clean one, and nothing that the repository names is run to find out."""
    with tempfile.TemporaryDirectory() as top:
        top = os.path.realpath(top)
        source = 'package m\n\nimport "fmt"\n\nfunc F(n int) string { return fmt.Sprintf("%d", n) }\n'
        hook = "#!/bin/sh\ntouch %s/ran\n" % top
        write(top, {"go.mod": "module m\n\ngo 1.26\n", "m.go": source, "other.txt": "a\n", "bad": hook,
                    ".gitattributes": "*.txt filter=bad\n*.go filter=bad\n"})
        os.chmod(os.path.join(top, "bad"), 0o755)
        git(top, "init", "-q")
        git(top, "add", ".")
        git(top, "commit", "-qm", "all")
        for key in ("filter.bad.clean", "filter.bad.smudge", "core.fsmonitor"):
            git(top, "config", key, os.path.join(top, "bad"))
        write(top, {"other.txt": "b\n"})
        told("a dirty tree", run("fix", "--write", ".", cwd=top), 2, "other.txt has changes", "--force")
        check("nothing was written", open(os.path.join(top, "m.go")).read() == source)
        write(top, {"other.txt": "a\n"})  # another time, the same bytes
        os.utime(os.path.join(top, "m.go"), (1, 1))
        told("a clean tree", run("fix", "--write", ".", cwd=top), 0, "1 fix in 1 file, written")
        fixed = 'package m\n\nimport "strconv"\n\nfunc F(n int) string { return strconv.Itoa(n) }\n'
        check("written", open(os.path.join(top, "m.go")).read() == fixed, open(os.path.join(top, "m.go")).read())
        write(top, {"m.go": source, "new.go": source.replace("F(", "G(")})
        git(top, "-c", "filter.bad.clean=cat", "-c", "core.fsmonitor=false", "add", "new.go")
        told("a dirty index", run("fix", "--write", ".", cwd=top), 2, "new.go has changes")
        told("--force", run("fix", "--write", "--force", ".", cwd=top), 0, "2 fixes in 2 files, written")
        check("no hook or filter ran", not os.path.exists(os.path.join(top, "ran")))


skip_without_go()
if shutil.which("git"):
    write_in_git()
with tempfile.TemporaryDirectory() as top:
    top = os.path.realpath(top)
    write(top, {"go.mod": "module m\n\ngo 1.26\n"})
    for side in ("before", "after"):
        shutil.copytree(cases, os.path.join(top, side))
    after = os.path.join(top, "after")
    fixes = offered(after, "--rewrite")
    got = {}
    for f in fixes:
        name = function_at(f["file"], f["line"])
        got.setdefault(name, set()).add(("rewrite" if f["rewrite"] else "fix", f["kind"]))
    for name, (wanted, kind, _) in sorted(functions.items()):
        want = {(wanted, kind)} if kind else set()
        check("%s: %s %s" % (name, wanted, kind), got.get(name, set()) == want, "got %s" % got.get(name))
    if shutil.which("go") is None:
        print("SKIP: no go command to ask")
        finish()
    safe = [f for f in offered(after)]
    check("without --rewrite only safe ones", {function_at(f["file"], f["line"]) for f in safe} == {n for n, (w, _, _) in functions.items() if w == "fix"})
    done = run("fix", "--write", ".", cwd=after)
    check("fix --write", done.returncode == 0, done.stderr)
    check("nothing is left to fix", not offered(after), offered(after))
    shown = run("explain", "%s:%d" % (os.path.basename(fixes[0]["file"]), fixes[0]["line"]), cwd=os.path.join(top, "before"))
    check("explain shows the fix as a diff", fixes[0]["title"] + ":\n--- a/" in shown.stdout and "\n@@ " in shown.stdout, shown.stdout)
    line = open(os.path.join(top, "before", "format.go"), encoding="utf-8").read().split("\nfunc Refused(")[0].count("\n") + 2
    refused = run("explain", "format.go:%d" % line, cwd=os.path.join(top, "before")).stdout
    check("what is refused is not recommended", "may be used after `Refused`" in refused and "To allocate less" not in refused and "may help" not in refused, refused)
    unformatted = subprocess.run(["gofmt", "-l", "."], cwd=after, text=True, stdout=subprocess.PIPE).stdout
    check("formatted as gofmt does", not unformatted.strip(), unformatted)
    calls = [(n, c, i == 0) for n, (w, _, cs) in sorted(functions.items()) for i, c in enumerate(cs)]
    check("every fix is called", len({n for n, _, _ in calls}) == len([1 for w, _, _ in functions.values() if w == "fix"]))
    write(top, {"m_test.go": test_of(calls)})
    vet = go(top, "vet", "./after/")
    was = go(top, "vet", "./before/")
    check("go vet says nothing new", len(vet.stdout.split("\n")) <= len(was.stdout.split("\n")), vet.stdout)
    done = go(top, "test", "-vet=off", "-v", ".")
    print(done.stdout)
    check("same results, fewer allocations", done.returncode == 0, done.stdout)
finish()
