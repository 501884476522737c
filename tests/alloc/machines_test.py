#!/usr/bin/env python3
"""Functions that are instructions on some machines are calls, and inlined, on the others; a listing of each is understood.

    machines_test.py HEAPLS
"""
import os, subprocess, sys, tempfile

binary = os.path.abspath(sys.argv[1])
SOURCE = """package machines

import "math/bits"

func Length(n uint) int { return bits.Len(n) }
func New(n int) *int    { return &n }
"""
LISTING = "# machines\n\t0x004a 00074 (%s/machines.go:6)\t%s\truntime.newobject(SB)\n"
INLINED = {"amd64": False, "arm64": False, "386": True, "arm": False, "riscv64": True, "loong64": False, "s390x": False, "ppc64le": False,
           "mips": False, "mips64": True, "wasm": False}
CALLS = {"amd64": "CALL", "riscv64": "JAL\tX1, ", "wasm": "Call"}
failures = 0
with tempfile.TemporaryDirectory() as directory:
    with open(os.path.join(directory, "go.mod"), "w") as f:
        f.write("module machines\n\ngo 1.26\n")
    with open(os.path.join(directory, "machines.go"), "w") as f:
        f.write(SOURCE)
    for arch, inlined in INLINED.items():
        env = dict(os.environ, GOARCH=arch, GOOS="js" if arch == "wasm" else "linux", CGO_ENABLED="0")
        done = subprocess.run([binary, "check", "--format=gc", "."], cwd=directory, env=env, capture_output=True, text=True, timeout=300)
        if "can inline Length" not in done.stdout:
            print("SKIP: Go's sources are not here:", done.stderr)
            sys.exit(77)
        if ("inlining call to bits.Len" in done.stdout) != inlined:
            failures += 1
            print("%s: bits.Len is %s:\n%s" % (arch, "not inlined" if inlined else "inlined", done.stdout))
    for arch, call in CALLS.items():
        env = dict(os.environ, GOARCH=arch, GOOS="js" if arch == "wasm" else "linux", CGO_ENABLED="0")
        with open(os.path.join(directory, "listing"), "w") as f:
            f.write((LISTING % (directory, call)).replace(", \t", ", "))
        done = subprocess.run([binary, "verify", "--alloc", "--from", "listing", "."], cwd=directory, env=env, capture_output=True, text=True,
                              timeout=300)
        if "| heapls | 1 | 1 | 1 |" not in done.stdout:
            failures += 1
            print("%s: the listing is not understood:\n%s%s" % (arch, done.stdout, done.stderr))
    # As many patterns as a shell hands over.
    done = subprocess.run([binary, "verify", "--alloc", "--from", "listing"] + ["."] * 300, cwd=directory, capture_output=True, text=True,
                          timeout=300)
    if done.returncode != 0:
        failures += 1
        print("300 patterns: %s" % done.stderr)
print("%d machines, %d wrong" % (len(INLINED), failures))
sys.exit(1 if failures else 0)
