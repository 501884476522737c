#!/usr/bin/env python3
"""Profiles as read: the edges, their weights and their order are those of `go tool preprofile`, of the compiler's own
profile and of made ones; which of them are hot is what the compiler says; damaged and hostile files are refused with one
line, quickly and in little memory.

reader_test.py PROFILEDUMP     What needs a go command is skipped without one."""
import gzip
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pprof
import programs

DUMP, GO = os.path.abspath(sys.argv[1]), shutil.which("go")
bad = []


def limits():
    if "san" not in DUMP:  # sanitizers take addresses
        resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))


def dump(path, *flags):
    p = subprocess.run([DUMP, *flags, path], capture_output=True, timeout=60, preexec_fn=limits)
    if p.returncode not in (0, 1):
        bad.append("%s: status %d: %s" % (path, p.returncode, p.stderr[-500:]))
    return p.returncode, p.stdout.decode(errors="replace")


def write(directory, name, data):
    path = os.path.join(directory, name)
    with open(path, "wb") as f:
        f.write(data)
    return path


def random_profile(seed):
    r = random.Random(seed)
    names = ["main.f%d" % i for i in range(20)] + ["x%2ey/z.(*T).M", "a/b.F[go.shape.int]", "main.f1.func2.1"]
    starts = {n: r.randrange(1, 300) for n in names}
    out = []
    for _ in range(400):
        caller, callee = r.choice(names), r.choice(names)
        out.append((caller, starts[caller], starts[caller] + r.randrange(-3, 12), callee, starts[callee], r.choice((0, 1, 2, 3, 50, 900))))
    return out


def check_equal(tmp, profiles):
    for name, data in profiles.items():
        path, text = write(tmp, name, data), os.path.join(tmp, name + ".txt")
        made = subprocess.run([GO, "tool", "preprofile", "-i", path, "-o", text], capture_output=True, text=True)
        if made.returncode:
            bad.append("%s: preprofile: %s" % (name, made.stderr))
            continue
        with open(text) as f:
            want = f.read()
        for form in (path, text):
            status, have = dump(form)
            if status or have != want:
                bad.append("%s: other edges: %s" % (form, have[:300]))
        print("%s: %d edges" % (name, want.count("\n") // 3))


def check_refused(tmp):
    good = pprof.profile(programs.edges("1"), raw=True)
    zipped = gzip.compress(good, mtime=0)
    bomb = gzip.compress(b"\0" * (300 << 20), 9)
    text = b"GO PREPROFILE V1\nmain.a\nmain.b\n"
    refused = {
        "cut": zipped[:-9], "garbage": b"\x1f\x8b" + b"x" * 100, "bomb": bomb, "no protocol buffer": b"hello world\n",
        "heap": pprof.profile(programs.edges("1"), kind=("alloc_space", "bytes")),
        "no start lines": pprof.profile([(a, 0, 3, b, 0, w) for a, _, _, b, _, w in programs.edges("1")]),
        "text, cut": text, "text, no number": text + b"1 x\n", "text, three": text + b"1 2 3\n",
        "text, twice": text + b"1 2\nmain.a\nmain.b\n1 3\n", "text, overflow": text + b"1 99999999999999999999\n",
        "deep length": pprof.message(2, b"") + b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
        "long varint": b"\x10" + b"\xff" * 20,
    }
    for name, data in refused.items():
        status, have = dump(write(tmp, name, data))
        if status != 1 or have.count("\n") != 1 or len(have) > 300:
            bad.append("%s: not refused with a line: %r" % (name, have[:300]))
    for name, data in {"empty": b"", "no samples": pprof.profile([]), "zero": pprof.profile([("main.a", 1, 2, "main.b", 3, 0)])}.items():
        status, have = dump(write(tmp, name, data))
        if status or have != "GO PREPROFILE V1\n":
            bad.append("%s: is no empty profile: %r" % (name, have[:300]))
    r = random.Random(7)
    for i in range(100):
        data = bytearray(good)
        for _ in range(r.randrange(1, 6)):
            at = r.randrange(len(data))
            data[at:at + r.randrange(0, 3)] = bytes(r.randrange(256) for _ in range(r.randrange(0, 3)))
        dump(write(tmp, "fuzzed", bytes(data)))
    print("%d damaged files refused, 100 changed ones survived" % len(refused))


def check_hot(tmp):
    """The compiler says how many calls it holds for hot only by inlining; the threshold itself is arithmetic."""
    edges = [("main.a", 1, 2, "main.b%d" % i, 9, w) for i, w in enumerate((900, 80, 10, 5, 5))]
    status, have = dump(write(tmp, "hot", pprof.profile(edges)), "-hot")
    if have != "4 of 5\n":  # 990 of 1000 are not more than 99 %
        bad.append("hot: " + have)


def main():
    with tempfile.TemporaryDirectory() as tmp:
        check_refused(tmp)
        check_hot(tmp)
        if GO:
            profiles = {"random %d" % i: pprof.profile(random_profile(i), kind=k, raw=raw, packed=packed)
                        for i, (k, raw, packed) in enumerate(((("samples", "count"), False, True), (("cpu", "nanoseconds"), True, False)))}
            profiles["programs"] = pprof.profile(programs.edges("1"))
            root = subprocess.run([GO, "env", "GOROOT"], capture_output=True, text=True).stdout.strip()
            compiler = os.path.join(root, "src", "cmd", "compile", "default.pgo")
            if os.path.exists(compiler):
                with open(compiler, "rb") as f:
                    profiles["the compiler's"] = f.read()
            check_equal(tmp, profiles)
        else:
            print("SKIP: comparing with go tool preprofile: no go command")
    for line in bad[:20]:
        print("BAD", line)
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
