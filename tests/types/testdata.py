#!/usr/bin/env python3
"""Runs typesdump over GOROOT/src/internal/types/testdata and compares complaints with the ERROR comments, line by line.

testdata.py TYPESDUMP [-v] [NAME...]

No crash, no hang and no complaint about a file without ERROR comments: else the exit status is 1. Prints the share of
ERROR lines on which heapls complains too, and complaints on other lines.
"""
import os, re, subprocess, sys
from concurrent.futures import ThreadPoolExecutor


def goroot():
    try:
        return subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True).stdout.strip()
    except OSError:
        return ""


def expected(path):
    """Lines on which the text before an ERROR comment ends."""
    text = open(path, encoding="utf-8", errors="replace").read()
    lines = set()
    # Comments, strings and runes, so that quotes do not hide comments.
    token = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|`[^`]*`|\'(?:\\.|[^\'\\\n])+\'', re.S)
    end = 0  # of the last real token
    position = 0
    for m in token.finditer(text):
        between = text[position:m.start()].rstrip()
        if between.strip():
            end = position + len(between)
        position = m.end()
        t = m[0]
        if t.startswith("//") or t.startswith("/*"):
            if re.match(r"(//|/\*) ERRORx? ", t):
                lines.add(text.count("\n", 0, max(end - 1, 0)) + 1)
        else:
            end = m.end()
    return lines


def tests(root):
    for folder in ("check", "examples", "fixedbugs", "spec"):
        base = os.path.join(root, folder)
        for name in sorted(os.listdir(base)):
            path = os.path.join(base, name)
            if os.path.isdir(path):
                files = sorted(os.path.join(path, f) for f in os.listdir(path) if f.endswith(".go"))
                yield f"{folder}/{name}", files
            elif name.endswith(".go"):
                yield f"{folder}/{name}", [path]


def run(tool, name, files):
    flags = []
    first = open(files[0], errors="replace").readline()
    m = re.match(r"//\s*-lang=go1\.(\d+)", first)
    if m:
        flags = ["-lang", m[1]]
    try:
        r = subprocess.run([tool, "-errors", *flags, *files], capture_output=True, text=True, timeout=120, errors="replace",
                           cwd=os.path.dirname(files[0]), env={**os.environ, "CGO_ENABLED": "0"})
        status, out, err = r.returncode, r.stdout, r.stderr
    except subprocess.TimeoutExpired:
        status, out, err = "hang", "", ""
    got = {}
    for line in out.splitlines():
        m = re.match(r"(.*\.go):(\d+)(?::\d+)?: (.*)$", line)
        if m and not re.match(r"undefined: (assert|trace)\b", m[3]):  # predeclared by Go's own test driver
            got.setdefault((m[1], int(m[2])), []).append(m[3])
    return name, files, status, got, err


def main():
    args = [a for a in sys.argv[1:] if a != "-v"]
    verbose = "-v" in sys.argv
    root = goroot()
    if not root:
        print("SKIP: no Go")
        return 77
    root = os.path.join(root, "src/internal/types/testdata")
    args[0] = os.path.abspath(args[0])
    todo = [(n, f) for n, f in tests(root) if not args[1:] or any(a in n for a in args[1:])]
    bad = wanted = found = extra = 0
    with ThreadPoolExecutor(2) as pool:
        for name, files, status, got, err in pool.map(lambda t: run(args[0], *t), todo):
            if status != 0:
                bad += 1
                print(f"{name}: status {status}\n{err[-1500:]}")
                continue
            want = {(f, line) for f in files for line in expected(f)}
            wanted += len(want)
            found += len(want & got.keys())
            others = sorted(got.keys() - want)
            extra += len(others)
            if not want and others:
                bad += 1
                for k in others:
                    print(f"{name}: no ERROR expected: {k[1]}: {got[k][0]}")
            elif verbose:
                for k in others:
                    print(f"{name}:{k[1]}: extra: {got[k][0]}")
            if verbose:
                for k in sorted(want - got.keys()):
                    text = open(k[0], errors="replace").read().split("\n")[k[1] - 1].strip()
                    print(f"{name}:{k[1]}: missing: {text}")
    share = 100.0 * found / wanted if wanted else 100.0
    print(f"{len(todo)} tests, ERROR lines {wanted}, found {found} ({share:.1f} %), complaints on other lines {extra}, bad {bad}")
    return 1 if bad else 0


sys.exit(main())
