#!/usr/bin/env python3
"""Fixes of the standard library, judged by the Go toolchain: corpus.py HEAPLS [--all] [--sample] [PACKAGES].

Each safe fix that heapls offers is made by itself (go build -overlay, nothing is written to GOROOT), and all of a package
together. The package must build and pass go vet; its own tests that passed before must pass after (for all together; with
--all for each); and of the calls of the allocator in its machine code (-gcflags=-S) there must be fewer than before, and no
more of any function than the kind of fix is known to bring: format may join strings, presize makes one slice per fix and
copy of its function, and write has the growth of a strings.Builder in place that was in fmt. Prints a table per kind."""
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

SAMPLE = ["text/template/parse", "go/build/constraint"]
ALLOCATORS = re.compile(r"\s(?:CALL|JMP)\s+runtime\.(newobject|makeslice(?:64|copy)?|growslice\w*|convT\w*|concat\w+|makemap\w*|makechan\w*|"
                        r"slicebytetostring|stringtoslice\w+|slicerunetostring|intstring|mallocgc\w*|moveSlice\w*)\(SB\)")
BRINGS = {"format": ("concat", "newobject"), "presize": ("makeslice", "makemap"), "write": ("growslice",), "convert": ("stringtoslice",), "astype": (), "defer": (), "hoist": ()}

if shutil.which("go") is None:
    print("SKIP: no go command to ask")
    sys.exit(77)
heapls = os.path.abspath(sys.argv[1])
options = {a for a in sys.argv[2:] if a.startswith("--")}
packages = [a for a in sys.argv[2:] if not a.startswith("--")] or (SAMPLE if "--sample" in options else ["std"])
failed = []


def run(*args, **more):
    return subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)


def go(overlay, *args):
    return run("go", args[0], *(["-overlay=" + overlay] if overlay else []), *args[1:])


def overlay(directory, texts):
    """The file that go reads for such texts by path."""
    replace = {}
    for n, path in enumerate(sorted(texts)):
        replace[path] = os.path.join(directory, "%d.go" % n)
        with open(replace[path], "wb") as f:
            f.write(texts[path])
    name = os.path.join(directory, "overlay.json")
    with open(name, "w") as f:
        json.dump({"Replace": replace}, f)
    return name


def alone(fix):
    with open(fix["file"], "rb") as f:
        text = f.read()
    for e in reversed(fix["edits"]):
        text = text[:e["start"]] + e["text"].encode() + text[e["end"]:]
    return {fix["file"]: text}


def together(package):
    """What the diff of the whole package makes of its files."""
    texts, lines, at, out, path = {}, [], 0, [], None
    diff = run(heapls, "fix", package, cwd="/").stdout.split("\n")

    def end():
        if path:
            texts[path] = "\n".join(out + lines[at:]).encode()

    for line in diff:
        if line.startswith("--- "):
            end()
            path = os.path.join("/", re.sub("^a/", "", line[4:]))
            lines, at, out = open(path, encoding="utf-8").read().split("\n"), 0, []
        elif line.startswith("@@ "):
            first = int(re.match(r"@@ -(\d+)", line)[1]) - 1
            out += lines[at:first]
            at = first
        elif path and line[:1] in (" ", "-") and line[1:] == lines[at]:
            out += [line[1:]] if line[0] == " " else []
            at += 1
        elif path and line.startswith("+") and not line.startswith("+++ "):
            out.append(line[1:])
    end()
    return texts


def calls(package, over):
    done = go(over, "build", "-gcflags=%s=-S" % package, package)
    if done.returncode:
        return None, done.stdout
    return collections.Counter(m for line in done.stdout.split("\n") for m in ALLOCATORS.findall(line)), done.stdout


def judge(package, fixes, texts, before, passed, test):
    """Why the fixes are wrong; empty: they are right."""
    with tempfile.TemporaryDirectory() as d:
        over = overlay(d, texts)
        after, text = calls(package, over)
        if after is None:
            return "does not build: " + text[-600:]
        vet = go(over, "vet", package)
        if vet.returncode and not go(None, "vet", package).returncode:
            return "go vet: " + vet.stdout[-600:]
        brings = {prefix for f in fixes for prefix in BRINGS[f["kind"]]}
        more = {k: n - before[k] for k, n in after.items() if n > before[k]}
        wrong = {k: n for k, n in more.items() if not k.startswith(tuple(brings))}
        if wrong:
            return "calls that came: %s" % wrong
        boxes = lambda c: sum(n for k, n in c.items() if not k.startswith(("makeslice", "growslice")) and (write or not k.startswith("concat")))  # noqa: E731
        write = any(f["kind"] == "write" for f in fixes)
        if (write or any(f["kind"] == "format" for f in fixes)) and boxes(after) >= boxes(before):
            return "nothing went: %s -> %s" % (dict(before), dict(after))
        if test and passed:
            done = go(over, "test", "-short", "-vet=off", package)
            if done.returncode:
                return "its tests fail: " + done.stdout[-1200:]
    return ""


found = json.loads(subprocess.run([heapls, "fix", "--json", *packages], stdout=subprocess.PIPE, text=True, cwd="/").stdout)
goroot = run("go", "env", "GOROOT").stdout.strip() + "/src/"
by_package = collections.defaultdict(list)
for f in found:
    if f["proved"] and not f["rewrite"]:
        by_package[os.path.dirname(f["file"])[len(goroot):]].append(f)
table = collections.defaultdict(lambda: [0, 0, 0])  # kind -> offered, right alone, right with all others
for package, fixes in sorted(by_package.items()):
    before, text = calls(package, None)
    if before is None:
        print("skipped", package, text[-200:])
        continue
    passed = go(None, "test", "-short", "-vet=off", package).returncode == 0
    for f in fixes:
        table[f["kind"]][0] += 1
        why = judge(package, [f], alone(f), before, passed, "--all" in options)
        table[f["kind"]][1] += not why
        if why:
            failed.append((package, f["file"], f["line"], f["title"], why))
    why = judge(package, fixes, together(package), before, passed, True)
    for f in fixes:
        table[f["kind"]][2] += not why
    if why:
        failed.append((package, "all together", why))
    print("%s %s: %d fixes%s" % ("FAILED" if why else "ok", package, len(fixes), "" if passed else ", its tests fail before"), flush=True)
print("%-10s %8s %8s %8s" % ("kind", "offered", "alone", "together"))
for kind, row in sorted(table.items()):
    print("%-10s %8d %8d %8d" % (kind, *row))
for f in failed:
    print("FAILED", *f)
if not found:
    print("FAILED: nothing was offered")
sys.exit(1 if failed or not found else 0)
