#!/usr/bin/env python3
"""Type-checks packages with go/types (tests/oracle/typesdump) and with heapls (typesdump), and compares all facts found.

oracle.py TYPESDUMP [-C DIR] [-tests] [PATTERN...]      (default: std, tests left out)

Prints both programs' lines and seconds, and fails below 99.99 % agreement or when heapls complains about anything.
"""
import os, subprocess, sys, tempfile


def main():
    args = sys.argv[1:]
    tool = os.path.abspath(args.pop(0))
    here = os.path.dirname(os.path.abspath(__file__))
    directory, flags = "", []
    while args and args[0] in ("-C", "-tests"):
        if args.pop(0) == "-C":
            directory = args.pop(0)
        else:
            flags.append("-tests")
    patterns = args or ["std"]
    env = {**os.environ, "CGO_ENABLED": "0"}
    try:
        root = subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        print("SKIP: no Go")
        return 0
    directory = directory or os.path.join(root, "src")
    with tempfile.TemporaryDirectory() as tmp:
        go = os.path.join(tmp, "gotypesdump")
        build = subprocess.run(["go", "build", "-o", go, "./typesdump"], cwd=os.path.join(here, "..", "oracle"), env=env)
        if build.returncode:
            print("SKIP: the oracle does not build")
            return 0
        outputs = []
        for program, name in ((go, "go"), (tool, "heapls")):
            out = os.path.join(tmp, name)
            os.mkdir(out)
            extra = ["-errors"] if name == "heapls" else []
            r = subprocess.run([program, *flags, *extra, "-o", out, *patterns], cwd=directory, env=env, capture_output=True, text=True)
            lines = (r.stdout + r.stderr).strip().splitlines()
            print(f"{name}: {lines[-1] if lines else ''}")
            if r.returncode:
                print("\n".join(lines[-20:]))
                return 1
            outputs.append((out, lines))
        complaints = outputs[1][1][:-1]
        if complaints:
            print("\n".join(complaints[:20]))
            print(f"{len(complaints)} complaints about valid code")
        compare = subprocess.run([sys.executable, os.path.join(here, "compare.py"), "--fail", "99.99", outputs[0][0], outputs[1][0]])
        return 1 if complaints or compare.returncode else 0


sys.exit(main())
