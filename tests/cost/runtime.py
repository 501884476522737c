#!/usr/bin/env python3
"""runtime.py: the proof holds while programs run: std packages' own tests with every allocation sampled; no stack of a sample goes
through a function of which heapls says that neither it nor anything it calls allocates.

What is explained by rule (analysis/cost/cost.h) is counted apart: panics, what is below them, and what the runtime takes for its own books.

usage: runtime.py HEAPLS PACKAGE…"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

PANIC = re.compile(r"^runtime\.(gopanic|goPanic.*|panic.*|sigpanic|Goexit|fatal.*|throw)$")
OWN = re.compile(r"^runtime\.(acquireSudog|releaseSudog|getitab|itabAdd|\(\*itabTableType\).*|buildTypeAssertCache|buildInterfaceSwitchCache|newm|allocm|startm|malg|"
                 r"\(\*profBuf\).*|gcStart|mstart.*|gcBgMarkWorker|startTheWorld.*|wakep|handoffp|addOneOpenDeferFrame|saveblockevent|\(\*traceMap.*|trace.*)$")


BOUNDS_ERROR = 24  # runtime.boundsError


def stacks(raw):
    """The samples of `go tool pprof -raw`: bytes of an object, and the names of functions, the innermost first."""
    samples, locations, at = [], {}, None
    part = ""
    for line in raw.splitlines():
        if line in ("Samples:", "Locations", "Mappings"):
            part = line
        elif part == "Samples:" and re.match(r"^\s*\d+\s+\d+\s.*:", line):
            numbers = line.split(":")
            objects, size = [int(n) for n in numbers[0].split()[:2]]
            if objects:
                samples.append((size // objects, [int(n) for n in numbers[1].split()]))
        elif part == "Locations":
            begins = re.match(r"^\s*(\d+): 0x[0-9a-f]+ M=\d+ (.*)$", line)
            if begins:
                at = int(begins[1])
                locations[at] = []
                line = begins[2]
            function = line.strip().split(" ")[0]
            if at and function:
                locations[at].append(function)
    for size, s in samples:
        yield size, [f for n in s for f in locations.get(n, [])]


heapls = os.path.abspath(sys.argv[1])
env = dict(os.environ, GOFLAGS="", GOTOOLCHAIN="local")
goroot = subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip()
total = wrong = explained = 0
for package in sys.argv[2:]:
    with tempfile.TemporaryDirectory() as d:
        # The tests read files of their package and of its neighbours: they run in a copy.
        top = package.split("/")[0]
        shutil.copytree(os.path.join(goroot, "src", top), os.path.join(d, top), symlinks=True)
        binary, profile = os.path.join(d, "test"), os.path.join(d, "profile")
        built = subprocess.run(["go", "test", "-c", "-o", binary, package], env=env, capture_output=True, text=True)
        if built.returncode or not os.path.exists(binary):
            print(f"{package}: no tests: {built.stderr.strip()[-200:]}")
            continue
        try:
            ran = subprocess.run([binary, "-test.short", "-test.memprofile=" + profile, "-test.memprofilerate=1", "-test.timeout=240s"], cwd=os.path.join(d, package), env=env,
                                 capture_output=True, text=True, timeout=300)
        except subprocess.TimeoutExpired:
            print(f"{package}: its tests take too long")
            continue
        if not os.path.exists(profile):
            print(f"{package}: no profile: {ran.stdout[-300:]}")
            continue
        raw = subprocess.run(["go", "tool", "pprof", "-raw", "-sample_index=alloc_objects", binary, profile], env=env, capture_output=True, text=True).stdout
        deps = subprocess.run(["go", "list", "-deps", package], env=env, capture_output=True, text=True, check=True).stdout.split()
        known = json.loads(subprocess.run([heapls, "cost", "--json", *[p for p in deps if p != "unsafe"]], capture_output=True, text=True, check=True).stdout)["functions"]
    free = {f["function"] for f in known if f["all"]["kind"] == "nothing"}
    count = own = 0
    faults = {}
    for size, stack in stacks(raw):
        count += 1
        inside = next((i for i, f in enumerate(stack) if f in free), None)
        if inside is None:
            continue
        # The profile leaves out the runtime's innermost functions: a bounds error is raised right there.
        if inside == 0 and size == BOUNDS_ERROR:
            own += 1
            continue
        if any(PANIC.match(f) or OWN.match(f) for f in stack[:inside]):
            own += 1
            continue
        faults.setdefault(stack[inside], stack)
    for function, stack in faults.items():
        print(f"{package}: {function} is said to allocate nothing: {' < '.join(stack[:8])}")
    print(f"{package}: {count} different stacks, {len(free)} functions proved free there and in what it imports, {len(faults)} of them wrong, {own} stacks explained by rule", flush=True)
    total += count
    wrong += len(faults)
    explained += own
print(f"{total} stacks, {wrong} functions wrong, {explained} stacks explained")
sys.exit(1 if wrong else 0)
