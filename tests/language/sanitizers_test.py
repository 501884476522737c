"""Every line of the compiler under -race, -msan and -asan: of sync/atomic, and of a package of our own that uses it.

usage: sanitizers_test.py HEAPLS DIRECTORY    DIRECTORY holds the package, whose one import is sync/atomic
The compiler is run itself, not the go command: no part of the runtime is compiled anew, and no C compiler is asked for."""
import glob
import os
import re
import subprocess
import sys
import tempfile

heapls, directory = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
goroot = subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip()
ATOMIC = os.path.join(goroot, "src", "sync", "atomic")
DIFFERS = {"none": 0, "race": 10, "msan": 3, "asan": 3}  # so many lines, at least, are not those without a sanitizer


def lines(text):
    found = re.findall(r"^(?:\S*/)?(\w+\.go:\d+:\d+: .*)$", text, re.M)
    return set(found)


def compiled(work, mode):
    flags = [] if mode == "none" else ["-" + mode]
    archive, config = os.path.join(work, mode + ".a"), os.path.join(work, mode + ".cfg")
    sources = [os.path.join(ATOMIC, name) for name in ("doc.go", "doc_32.go", "doc_64.go", "type.go", "value.go")]
    run = ["go", "tool", "compile", *flags, "-m", "-std", "-p", "sync/atomic", "-o", archive]
    atomic = subprocess.run(run + [s for s in sources if os.path.exists(s) and not s.endswith("_32.go")], capture_output=True, text=True, check=True)
    with open(config, "w", encoding="utf-8") as f:
        f.write("packagefile sync/atomic=%s\n" % archive)
    run = ["go", "tool", "compile", *flags, "-m", "-p", "p", "-importcfg", config, "-o", os.path.join(work, "p.o")]
    own = subprocess.run(run + sorted(glob.glob(os.path.join(directory, "*.go"))), capture_output=True, text=True, check=True)
    return lines(atomic.stdout + atomic.stderr), lines(own.stdout + own.stderr)


def said(where, mode, *arguments):
    flags = [] if mode == "none" else ["--build-flags=-" + mode]
    run = subprocess.run([heapls, "check", "--format=gc", *flags, *arguments], cwd=where, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return lines(run.stdout)


with tempfile.TemporaryDirectory() as work:
    plain, wrong = None, 0
    for mode, least in DIFFERS.items():
        atomic, own = compiled(work, mode)
        ours = said(ATOMIC, mode, "sync/atomic"), said(directory, mode, ".")
        for name, gc, heap in ("sync/atomic", atomic, ours[0]), ("p", own, ours[1]):
            print("%s %s: %d lines, %d equal" % (mode, name, len(gc), len(gc & heap)))
            for line in sorted(gc ^ heap):
                print("  only %s: %s" % ("gc" if line in gc else "heapls", line))
                wrong += 1
        plain = plain or own
        if len(plain ^ own) < least:
            print("%s: only %d lines differ from those without a sanitizer" % (mode, len(plain ^ own)))
            wrong += 1
sys.exit(1 if wrong else 0)
