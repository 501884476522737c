"""The command line: golden outputs on the sample module, exit codes, JSON, and the gc format against the go command.

usage: cli_test.py HEAPLS [--update]
Goldens are of the rules of go1.26; with another Go they are not compared."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

binary = os.path.abspath(sys.argv[1])
update = "--update" in sys.argv
here = os.path.dirname(os.path.abspath(__file__))
sample = os.path.join(here, "..", "sample")
failed = 0


def run(*args, cwd=sample):
    return subprocess.run([binary, *args], cwd=cwd, capture_output=True, text=True, timeout=300)


def check(name, good, detail=""):
    global failed
    print("ok" if good else "FAILED", name, "" if good else detail)
    failed += not good


def golden(name, *args):
    done = run(*args)
    text = re.sub(r"\d+\.\d\d s\n", "0.00 s\n", done.stdout)
    path = os.path.join(here, "golden", name)
    if update:
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
    with open(path, encoding="utf-8") as f:
        want = f.read()
    check("golden " + name, text == want, "\n--- got\n%s\n--- want\n%s" % (text, want))


probe = run("check", "--format=json", ".")
if not probe.stdout.strip() or "not found" in probe.stderr:
    print("SKIP: Go's sources are not here:", probe.stderr)
    sys.exit(77)
document = json.loads(probe.stdout)
if document["go"] == "1.26":
    golden("check.txt", "check", ".")
    golden("check_all.txt", "check", "--preset=all", ".")
    golden("check_quiet.txt", "check", "--preset=quiet", ".")
    golden("explain_interface.txt", "explain", "main.go:30")
    golden("explain_closure.txt", "explain", "main.go:36:2")
    golden("explain_parameter.txt", "explain", "main.go:14")
    golden("explain_nothing.txt", "explain", "main.go:1")
else:
    print("SKIP goldens: the toolchain here is go" + document["go"])
check("help", "check" in run("help").stdout and "--format=NAME" in run("help", "check").stdout)

check("clean exit", probe.returncode == 0)
check("--fail", run("check", "--fail", ".").returncode == 1)
check("unknown option", run("check", "--nothing").returncode == 2)
check("unknown command", run("nothing").returncode == 2)
check("unknown format", run("check", "--format=x").returncode == 2)
check("no such package", run("check", "./nothing").returncode == 2)
check("no such file", run("explain", "nothing.go:1").returncode == 2)
check("version", run("--version").stdout.startswith("heapls "))
check("a directory of another module", "main.go" in run("check", os.path.abspath(sample), cwd="/").stdout)
check("a file", "main.go" in run("check", "main.go").stdout)
check("no colour into a pipe", "\033" not in run("check", ".").stdout)
findings = document["packages"][0]["findings"]
check("json findings", len(findings) == document["summary"]["sites"] and all(f["code"].startswith("heap/") for f in findings))
check("types", "main.go" in run("debug", "types", ".").stdout)

# Code that no compiler takes is said to be so, with the place; its neighbours are analysed.
FAULTS = [
    (b"package a\n\nx := 3\n", "a.go:3:1: syntax error: non-declaration statement"),
    (b"package a\n\x00\nfunc F() *int { return new(int) }\n", "a.go:2:1: invalid NUL character"),
    (b"package a\n\n// \xff\nfunc F() *int { return new(int) }\n", "a.go:3:4: invalid UTF-8 encoding"),
    (b"package a\n\n// \xef\xbb\xbf\n", "a.go:3:4: invalid BOM in the middle"),
    (b"package a\n//line :0\nfunc F() *int { return new(int) }\n", "a.go:2:1: invalid line number in line directive"),
]
with tempfile.TemporaryDirectory() as directory:
    with open(os.path.join(directory, "go.mod"), "w") as f:
        f.write("module a\n\ngo 1.26\n")
    for text, message in FAULTS:
        with open(os.path.join(directory, "a.go"), "wb") as f:
            f.write(text)
        done = run("check", "--format=json", ".", cwd=directory)
        said = json.loads(done.stdout)["packages"][0]
        check("fault %r" % text, done.returncode == 2 and message in done.stderr and any(message in e for e in said["errors"]), done.stderr)
        if b"new(int)" in text:
            check("neighbour of fault", any(f["subject"] == "new(int)" for f in said["findings"]), done.stdout)

go = shutil.which("go")
if document["go"] != "1.26":
    print("SKIP gc format: the toolchain here is go" + document["go"])
elif go:
    done = subprocess.run([go, "build", "-gcflags=-m", "-o", os.devnull, "."], cwd=sample, capture_output=True, text=True, timeout=300)
    got = run("check", "--format=gc", ".").stdout
    check("gc format equals go build -gcflags=-m", got == done.stderr, "\n--- heapls\n%s\n--- go\n%s" % (got, done.stderr))
else:
    print("SKIP gc format: no go command")
sys.exit(1 if failed else 0)
