"""What grows faster than the program: heapls check of programs that grow in one dimension (scaling_programs.py), at n, 2n
and 4n, next to the compiler: CPU time, peak memory, and whether the lines of -m are the same.

usage: scaling.py HEAPLS [-n FACTOR] [NAME…]      FACTOR: other sizes; NAME: only these
       scaling.py HEAPLS --test                   some that took too much once; 1: they do again
       scaling.py --print NAME N                  the program

A row is marked where heapls at 4n takes over 5 times what it takes at n (and 0.1 s), over 2 times the compiler's time at
4n (and 0.1 s), over 4 times its memory, says other lines, or fails. Memory is limited to 4 GB, time to 60 s."""
import os
import re
import subprocess
import sys
import tempfile

from scaling_programs import PROGRAMS

# A small process between, because the peak of a child includes what its parent held when it was forked.
RUNNER = """
import os, resource, sys
bytes, seconds = int(sys.argv[1]), int(sys.argv[2])
child = os.fork()
if not child:
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    bytes = bytes if hard == resource.RLIM_INFINITY else min(bytes, hard)
    resource.setrlimit(resource.RLIMIT_AS, (bytes, bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    os.execvp(sys.argv[3], sys.argv[3:])
_, status, usage = os.wait4(child, 0)
print(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, status, file=sys.stderr)
"""


def run(command, directory, gigabytes=4, seconds=60):
    """Seconds of CPU, MiB at most, the output; None for the output: it was ended by a signal."""
    with tempfile.TemporaryFile() as out:
        ran = subprocess.run([sys.executable, "-S", "-c", RUNNER, str(gigabytes << 30), str(seconds)] + command, cwd=directory, stdout=out, stderr=subprocess.PIPE)
        out.seek(0)
        text = out.read().decode(errors="replace")
    said, _, usage = ran.stderr.decode(errors="replace").rstrip().rpartition("\n")
    time, memory, status = usage.split()
    return float(time), float(memory), None if os.WIFSIGNALED(int(status)) else text + said


def lines(text):
    """Of -m: sorted, without the name of the directory."""
    return sorted(line[line.index("x.go:"):] for line in text.splitlines() if re.match(r"[^ \t]*x\.go:", line))


class Measured:
    def __init__(self, heapls, text):
        with tempfile.TemporaryDirectory() as directory:
            with open(os.path.join(directory, "x.go"), "w") as f: f.write(text)
            with open(os.path.join(directory, "go.mod"), "w") as f: f.write("module large\n\ngo 1.26\n")
            self.gc_time, self.gc_memory, said = run(["go", "tool", "compile", "-m", "-p", "large", "-lang=go1.26", "-o", "x.o", "x.go"], directory, gigabytes=6)
            said = said or "crash"
            self.time, self.memory, shown = run([heapls, "check", "--format=text", "."], directory)
            _, _, listed = run([heapls, "check", "--format=gc", "."], directory)
        self.fault = "crash" if shown is None or listed is None else "refused" if "nested too deeply" in shown + listed and "nested too deeply" not in said else None
        self.printed = len(shown or "")
        self.differs = self.fault is None and lines(said) != lines(listed)


def marks(name, at):
    first, last = at[0], at[-1]
    found = sorted({m.fault for m in at if m.fault})
    if last.time > 5 * first.time and last.time > 0.1: found.append("time %.1f times" % (last.time / first.time))
    if last.time > 2 * last.gc_time and last.time > 0.1: found.append("time %.1f of gc's" % (last.time / last.gc_time))
    if last.memory > 4 * last.gc_memory: found.append("memory %.1f of gc's" % (last.memory / last.gc_memory))
    if last.printed > 6 * first.printed and last.printed > 1 << 20: found.append("text %.1f times" % (last.printed / first.printed))
    if any(m.differs for m in at) and not name.endswith("errors"): found.append("other lines")
    return found


# What a program must not take, in MiB; what was taken before is far above.
TESTED = [("calls", 5000, 250), ("inits", 2000, 250), ("else_ifs", 500, 250), ("nested_inlined", 200, 250), ("labels", 200, 250), ("captures", 500, 250), ("embedded_side_by_side", 100, 250)]


def test(heapls):
    failed = 0
    for name, n, most in TESTED:
        m = Measured(heapls, PROGRAMS[name][1](n))
        wrong = m.fault or ("other lines than the compiler's" if m.differs else "%.0f MiB" % m.memory if m.memory > most else None)
        print("%s %d: %s" % (name, n, wrong or "as it should be"), flush=True)
        failed += bool(wrong)
    return failed


def main():
    arguments = sys.argv[1:]
    if arguments[:1] == ["--print"]:
        sys.stdout.write(PROGRAMS[arguments[1]][1](int(arguments[2])))
        return
    factor = 1.0
    if "-n" in arguments:
        at = arguments.index("-n")
        factor = float(arguments[at + 1])
        del arguments[at:at + 2]
    if not arguments: sys.exit(__doc__)
    heapls = os.path.abspath(arguments[0])
    os.environ["HEAPLS_CACHE"] = "off"
    if arguments[1:] == ["--test"]: sys.exit(1 if test(heapls) else 0)
    marked = 0
    print("| dimension | n | ms at n | 2n | 4n | gc, 4n | MiB at n | 2n | 4n | gc, 4n | marked |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|", flush=True)
    for name in arguments[1:] or PROGRAMS:
        n, make = PROGRAMS[name]
        n = max(1, int(n * factor))
        at = [Measured(heapls, make(size)) for size in (n, 2 * n, 4 * n)]
        found = marks(name, at)
        marked += bool(found)
        times, memory = " | ".join("%.0f" % (m.time * 1000) for m in at), " | ".join("%.0f" % m.memory for m in at)
        print("| %s | %d | %s | %.0f | %s | %.0f | %s |" % (name, n, times, at[-1].gc_time * 1000, memory, at[-1].gc_memory, ", ".join(found)), flush=True)
    print("\n%d of %d marked" % (marked, len(arguments[1:] or PROGRAMS)))


main()
