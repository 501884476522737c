"""What the tests of the command line share: running heapls in a module that they write, and checks that are counted."""
import json
import os
import subprocess
import sys

binary = os.path.abspath(sys.argv[1])
here = os.path.dirname(os.path.abspath(__file__))
sample = os.path.join(here, "..", "sample")
failed = 0


def run(*args, cwd=sample, env=None, **more):
    more = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    changed = {k: v for k, v in {**os.environ, **(env or {})}.items() if v is not None}
    return subprocess.run([binary, *args], cwd=cwd, env=changed, text=True, timeout=300, **more)


def check(name, good, detail=""):
    global failed
    print("ok" if good else "FAILED", name, "" if good else detail)
    failed += not good


def told(name, done, code, *words):
    """The exit code, and what standard error says."""
    good = done.returncode == code and all(w in done.stderr for w in words)
    check(name, good, "exit %s, wanted %s with %s\n%s" % (done.returncode, code, words, done.stderr))


def findings(*args, cwd=sample, env=None):
    done = run("check", "--format=json", *args, cwd=cwd, env=env)
    document = json.loads(done.stdout)
    return document, [f for p in document["packages"] for f in p["findings"]]


def write(directory, files):
    for name, text in files.items():
        path = os.path.join(directory, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)


def skip_without_go():
    done = run("check", "--format=json", ".")
    if not done.stdout.strip() or "not visible" in done.stderr:
        print("SKIP: Go's sources are not here:", done.stderr)
        sys.exit(77)


def finish():
    sys.exit(1 if failed else 0)
