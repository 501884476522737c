#!/usr/bin/env python3
"""Time of the whole standard library: `heapls check --format=gc std` against `go build -a -gcflags=-m std`, in one run on the
same cores, heapls without any cache and the build with an empty one. Prints a table and the ratio of CPU time.

usage: std.py HEAPLS [PACKAGES…]
"""
import os
import resource
import subprocess
import sys
import tempfile
import time


def run(command, env, cwd):
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, env=env, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr.decode()[:2000]}")
    lines = (done.stdout + done.stderr).count(b"\n")
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, wall, lines


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    heapls, packages = os.path.abspath(sys.argv[1]), sys.argv[2:] or ["std"]
    try:
        goroot = subprocess.run(["go", "env", "GOROOT"], stdout=subprocess.PIPE, check=True).stdout.decode().strip()
    except (OSError, subprocess.CalledProcessError):
        print("SKIP: no Go toolchain")
        return
    source = os.path.join(goroot, "src")
    with tempfile.TemporaryDirectory() as cache:
        env = dict(os.environ, CGO_ENABLED="0", GOCACHE=cache)
        rows = [("heapls check --format=gc", *run([heapls, "check", "--format=gc", *packages], env, source)),
                ("go build -a -gcflags=-m", *run(["go", "build", "-a", "-gcflags=-m", *packages], env, source))]
        subprocess.run(["chmod", "-R", "u+w", cache], check=False)
    print("| command | CPU s | wall s | lines |\n|---|---:|---:|---:|")
    for name, cpu, wall, lines in rows:
        print(f"| `{name} {' '.join(packages)}` | {cpu:.1f} | {wall:.1f} | {lines} |")
    print(f"\nheapls uses {rows[1][1] / rows[0][1]:.1f} times less CPU time.")


main()
