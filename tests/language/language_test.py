#!/usr/bin/env python3
"""Every line that `go build -gcflags=-m` prints for a module, as often as it prints it, and no other; and the same when
each package is checked alone, with its imports compiled, and then taken from the cache.

usage: language_test.py HEAPLS DIRECTORY [FLAG…]     FLAG: of -gcflags, besides -m
"""
import collections
import os
import subprocess
import sys
import tempfile


def lines_of(text):
    return collections.Counter(line for line in text.splitlines() if line and not line.startswith("# "))


def by_package(text):
    out, package = {}, ""
    for line in text.splitlines():
        if line.startswith("# "):
            package = line[2:]
        elif line:
            out.setdefault(package, []).append(line)
    return out


def each_alone(heapls, directory, env, together):
    bad = 0
    with tempfile.TemporaryDirectory() as tmp:
        for package, lines in by_package(together).items():
            for turn in ("computed", "cached"):
                own = subprocess.run([heapls, "check", "--format=gc", package], cwd=directory, capture_output=True, text=True,
                                     env=dict(env, HEAPLS_CACHE=tmp))
                if by_package(own.stdout).get(package) != lines:
                    print(f"{package} alone, imports {turn}: other lines\n{own.stderr[-500:]}")
                    bad += 1
    return bad


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
    alone = len(sys.argv) == 3 and each_alone(heapls, directory, env, own.stdout)
    return int(want != have or not want or bool(alone))


if __name__ == "__main__":
    sys.exit(main())
