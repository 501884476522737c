#!/usr/bin/env python3
"""The lines on which heapls says that the code calls the allocator against gc's machine code (go build -gcflags=-S).

    listing_test.py ALLOCDUMP [--all] [-C DIR] [PACKAGE…]

Prints the comparison and fails when precision, recall or the share of right functions is below 0.98; with --all, below 1.
"""
import os, re, shutil, subprocess, sys, tempfile

PACKAGES = ["fmt", "strconv", "encoding/json", "text/template", "regexp", "compress/flate"]
LIMIT = 0.98

def main():
    args = sys.argv[1:]
    tool = os.path.abspath(args.pop(0))
    limit = LIMIT
    if args[:1] == ["--all"]:
        limit = 1
        args = args[1:]
    cwd = tempfile.gettempdir()
    if args[:1] == ["-C"]:
        cwd = args[1]
        args = args[2:]
    packages = args or PACKAGES
    go = shutil.which("go")
    if not go:
        print("SKIP: there is no go command to compare with")
        return 77
    env = dict(os.environ, CGO_ENABLED="0")
    build = subprocess.Popen([go, "build", "-o", os.devnull, "-gcflags=-S"] + packages, cwd=cwd, env=env, stderr=subprocess.PIPE, text=True)
    kept = [line for line in build.stderr if line[0] != "\t" or "\tCALL\truntime." in line]
    if build.wait() != 0:
        print("SKIP: the packages do not build here:", "".join(kept)[-500:])
        return 77
    with tempfile.NamedTemporaryFile("w", suffix=".S") as listing:
        listing.writelines(kept)
        listing.flush()
        table = subprocess.run([tool, "-compare", listing.name] + packages, cwd=cwd, env=env, capture_output=True, text=True)
    print(table.stdout + table.stderr)
    m = re.search(r"^\| heapls \| (\d+) \| \d+ \| \d+ \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|", table.stdout, re.M)
    if not m or m[1] == "0":
        print("no lines to compare")
        return 1
    return 0 if all(float(x) >= limit for x in m.groups()[1:]) else 1

sys.exit(main())
