#!/usr/bin/env python3
"""Every line that `go build -gcflags=-m` prints for a module, as often as it prints it, and no other.

usage: language_test.py HEAPLS DIRECTORY [FLAG…]     FLAG: of -gcflags, besides -m
"""
import collections
import os
import subprocess
import sys


def lines_of(text):
    return collections.Counter(line for line in text.splitlines() if line and not line.startswith("# "))


def main():
    heapls, directory, flags = os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3:]
    env = dict(os.environ, CGO_ENABLED="0", GOFLAGS="", GOWORK="off", HEAPLS_CACHE="off")
    gcflags = " ".join(["-m", *flags])
    gc = subprocess.run(["go", "build", "-pgo=off", "-gcflags=" + gcflags, "./..."], cwd=directory, capture_output=True, text=True, env=env)
    own = subprocess.run([heapls, "check", "--format=gc", "--gcflags=" + gcflags, "./..."], cwd=directory, capture_output=True, text=True, env=env)
    if gc.returncode or own.returncode:
        print(f"go: status {gc.returncode}\n{gc.stderr[-2000:]}\nheapls: status {own.returncode}\n{own.stderr[-2000:]}")
        return 1
    want, have = lines_of(gc.stderr), lines_of(own.stdout + own.stderr)
    print(f"{sum((want & have).values())} lines of both, {sum((want - have).values())} of gc only, {sum((have - want).values())} of heapls only")
    for sign, some in (("-", want - have), ("+", have - want)):
        for line in sorted(some)[:30]:
            print(sign, line)
    return int(want != have or not want)


if __name__ == "__main__":
    sys.exit(main())
