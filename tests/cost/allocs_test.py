#!/usr/bin/env python3
"""allocs_test.py: what a call allocates lies within the bound that `heapls cost` proves, whenever it proves one.

Calls of std's exported functions with plain arguments are generated (calls/main.go) and measured by testing.AllocsPerRun
and the runtime's memory statistics.

usage: allocs_test.py HEAPLS [--least N] [PACKAGE…]     fails also when fewer than N functions have a bound that is tested
"""
import json
import os
import subprocess
import sys
import tempfile

SAMPLE = """strings bytes strconv unicode unicode/utf8 unicode/utf16 math math/bits math/cmplx path html hash/crc32 encoding/hex
sort errors net/url mime""".split()

heapls = os.path.abspath(sys.argv[1])
args = sys.argv[2:]
least = 60
if args[:1] == ["--least"]:
    least, args = int(args[1]), args[2:]
packages = args or SAMPLE
here = os.path.dirname(os.path.abspath(__file__))


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit(f"{' '.join(command[:4])}: {done.stderr[-2000:]}")
    return done.stdout


with tempfile.TemporaryDirectory() as d:
    env = dict(os.environ, HEAPLS_CACHE=os.path.join(d, "cache"), GOFLAGS="", GOTOOLCHAIN="local", GO111MODULE="off", CGO_ENABLED="0")
    program = run("go", "run", os.path.join(here, "calls", "main.go"), *packages, env=env)
    with open(os.path.join(d, "main.go"), "w") as f:
        f.write(program)
    run("go", "build", "-o", os.path.join(d, "program"), os.path.join(d, "main.go"), env=env)
    measured = {}
    for line in run(os.path.join(d, "program"), env=env, cwd=d).splitlines():
        name, allocations, size = line.rsplit(" ", 2)
        most = measured.get(name, (0, 0))
        measured[name] = (max(most[0], int(allocations)), max(most[1], int(size)))
    known = json.loads(run(heapls, "cost", "--json", *packages, env=env))["functions"]

bounds = {f["function"]: f["all"] for f in known}
tested = free = wrong = 0
for name, (allocations, size) in sorted(measured.items()):
    bound = bounds.get(name)
    if bound is None:
        print(f"{name}: heapls says nothing of it")
        wrong += 1
    elif bound["kind"] in ("nothing", "bounded"):
        tested += 1
        free += bound["kind"] == "nothing"
        if allocations > bound["allocations"] or size > bound.get("bytes", size):
            print(f"{name}: {allocations} allocations, {size} B were measured; proved: {bound}")
            wrong += 1
print(f"{len(measured)} functions called, {tested} of them with a bound, {free} of these free: {wrong} outside of it")
sys.exit(1 if wrong or tested < least else 0)
