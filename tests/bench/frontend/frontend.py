#!/usr/bin/env python3
"""Measures loading, parsing and type-checking from source of std and of cmd/compile with all they import: heapls' front end
(typesdump, one thread) against golang.org/x/tools/go/packages in LoadAllSyntax mode (goload), all syntax and types kept.

frontend.py TYPESDUMP [-n RUNS] [--strict] [-C DIR PATTERN]

Lines a second by wall clock and by processor time, and peak resident memory; of RUNS runs (3) the fastest counts, in turn,
so that what else the machine does falls on all alike. The processor time and memory of the go command that go/packages
runs are in the oracle's numbers for time, not for memory. The ratios are to the oracle on one processor (GOMAXPROCS=1).
--strict: exit status 1 unless heapls is at least twice as fast, in half the memory, at 200,000 lines a second.
SKIP without Go or, the first time, without a network to fetch go/packages through.
"""
import os, re, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))


def measure(command, directory, env):
    """Runs a command alone: its output, wall seconds, processor seconds, peak kilobytes."""
    with tempfile.TemporaryFile("w+") as out:
        start = time.monotonic()
        p = subprocess.Popen(command, cwd=directory, env=env, stdout=out)
        _, status, usage = os.wait4(p.pid, 0)
        wall = time.monotonic() - start
        p.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read()
    if p.returncode:
        raise SystemExit(f"{command[0]}: status {p.returncode}\n{text}")
    return text, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def best(runs):
    """Fastest wall and processor time, least peak memory."""
    return tuple(min(r[i] for r in runs) for i in range(3))


def main():
    args = sys.argv[1:]
    tool = os.path.abspath(args.pop(0))
    rounds, strict, jobs = 3, False, []
    while args:
        a = args.pop(0)
        if a == "-n":
            rounds = int(args.pop(0))
        elif a == "--strict":
            strict = True
        elif a == "-C":
            jobs.append((args.pop(0), args.pop(0)))
    env = {**os.environ, "CGO_ENABLED": "0"}
    try:
        root = subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        print("SKIP: no Go")
        return 0
    source = os.path.join(root, "src")
    jobs = jobs or [(source, "std"), (source, "cmd/compile")]
    with tempfile.TemporaryDirectory() as tmp:
        oracle = os.path.join(tmp, "goload")
        build = subprocess.run(["go", "build", "-o", oracle, "."], cwd=os.path.join(HERE, "goload"), env=env,
                               capture_output=True, text=True)
        if build.returncode:
            print("SKIP: go/packages cannot be built:", build.stderr.strip().splitlines()[-1:])
            return 0
        good = True
        for directory, pattern in jobs:
            contenders = [("heapls, 1 thread", [tool, pattern], env),
                          ("go/packages, 1 CPU", [oracle, pattern], {**env, "GOMAXPROCS": "1"}),
                          ("go/packages", [oracle, pattern], env)]
            runs, lines = {}, {}
            for _ in range(rounds):
                for name, command, environment in contenders:
                    text, wall, cpu, rss = measure(command, directory, environment)
                    runs.setdefault(name, []).append((wall, cpu, rss))
                    last = text.strip().splitlines()[-1]
                    m = re.search(r"(\d+) lines", last)
                    lines[name] = int(m[1] if m else last.split()[0])
            print(f"{pattern}: lines/s by wall clock, lines/s by processor time, peak memory; against heapls")
            wall, cpu, rss = best(runs["heapls, 1 thread"])
            for name, _, _ in contenders:
                w, c, r = best(runs[name])
                n = lines[name]
                print(f"  {name:20} {n:8} lines {n / w:9.0f}/s {n / c:9.0f}/s {r / 1024:6.0f} MB"
                      f"   wall x{w / wall:.1f}  cpu x{c / cpu:.1f}  memory x{r / rss:.2f}")
            w, c, r = best(runs["go/packages, 1 CPU"])
            ok = w >= 2 * wall and r >= 2 * rss and lines["heapls, 1 thread"] / min(wall, cpu) >= 200000
            print(f"  {'meets' if ok else 'MISSES'}: twice as fast, half the memory, 200,000 lines/s")
            good &= ok
    return 0 if good or not strict else 1


sys.exit(main())
