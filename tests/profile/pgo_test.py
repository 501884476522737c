#!/usr/bin/env python3
"""Programs compiled with profiles: heapls says what `go build -gcflags=-m` says, line by line, of programs that share
packages and have profiles of their own, of one with a profile that running it has made, and of -pgo=FILE and off.

pgo_test.py HEAPLS [-v]     SKIP without a go command."""
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pprof
import programs

HEAPLS, VERBOSE = os.path.abspath(sys.argv[1]), "-v" in sys.argv
GO = shutil.which("go")

MEASURED = """package main

import (
	"os"
	"runtime/pprof"
	"time"

	"example.com/m/g"
	"example.com/m/p"
	"example.com/m/q"
)

func main() {
	f, err := os.Create(os.Args[1])
	if err != nil {
		panic(err)
	}
	pprof.StartCPUProfile(f)
	shapes := []p.Shape{p.Square{A: 1}, p.New(2), p.Square{A: 3}}
	total := 0
	for end := time.Now().Add(time.Second); time.Now().Before(end); {
		total += p.Sum(shapes) + len(p.Names(shapes)) + g.Use(total&7) + q.Run([]int{1, 2, 3}) + q.Fold([]int{1, 2, 3}, q.Mul)
	}
	println(total)
	pprof.StopCPUProfile()
	f.Close()
}
"""


def run(command, cwd, env):
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=300)


def lines_of(text):
    out, package = set(), ""
    for line in text.splitlines():
        if line.startswith("# "):
            package = line[2:].split(" [")[0]  # the go command replays what it stored, with the head of then
        elif line:
            out.add(package + ": " + line)
    return out


def compare(title, cwd, env, flags, patterns, least):
    gc = run([GO, "build", "-o", os.devnull, "-gcflags=-m", *flags, *patterns], cwd, env)
    own = run([HEAPLS, "check", "--format=gc", *flags, *patterns], cwd, env)
    want, have = lines_of(gc.stderr), lines_of(own.stdout)
    guided = sum("PGO devirtualizing" in line for line in want)
    print("%s: %d lines of both, %d of gc only, %d of heapls only; %d calls devirtualised"
          % (title, len(want & have), len(want - have), len(have - want), guided))
    for sign, some in (("-", want - have), ("+", have - want)):
        for line in sorted(some)[:400 if VERBOSE else 20]:
            print("  ", sign, line)
    if gc.returncode or own.returncode:
        print(gc.stderr[-2000:], own.stderr[-2000:])
    return int(want != have or not want or bool(gc.returncode or own.returncode) or guided < least), have


def main():
    if not GO:
        print("SKIP: no go command")
        return 77
    with tempfile.TemporaryDirectory() as tmp:
        env = dict(os.environ, CGO_ENABLED="0", GOFLAGS="", GOWORK="off", HEAPLS_CACHE=os.path.join(tmp, "cache"))
        module = os.path.join(tmp, "m")
        for path, text in programs.FILES.items():
            os.makedirs(os.path.join(module, os.path.dirname(path)), exist_ok=True)
            with open(os.path.join(module, path), "w") as f:
                f.write(text)
        for directory, program in (("one", "1"), ("two", "2")):
            with open(os.path.join(module, directory, "default.pgo"), "wb") as f:
                f.write(pprof.profile(programs.edges(program)))
        bad, seen = 0, {}
        for title, flags, patterns, least in (
                ("one program", [], ["./one"], 0),
                ("three programs, their packages twice or thrice", [], ["./..."], 20),
                ("two packages, of which one is a program", [], ["./two", "./p"], 3),
                ("a package alone, without a profile", [], ["./p"], 0),
                ("a profile for all", ["--pgo=one/default.pgo"], ["./..."], 10),
                ("none", ["--pgo=off"], ["./..."], 0)):
            for turn in ("computed", "cached") if least else ("computed",):
                wrong, seen[title] = compare(title + ", " + turn, module, env, flags, patterns, least)
                bad += wrong
        bad += int(seen["none"] == seen["a profile for all"])
        wrong, by_flag = compare("GOFLAGS", module, dict(env, GOFLAGS="-pgo=off"), [], ["./..."], 0)
        bad += wrong + int(by_flag != seen["none"])
        os.makedirs(os.path.join(module, "measured"))
        with open(os.path.join(module, "measured", "main.go"), "w") as f:
            f.write(MEASURED)
        made = run([GO, "run", "./measured", os.path.join(module, "measured", "default.pgo")], module, env)
        if made.returncode:
            print(made.stderr)
            return 1
        bad += compare("a profile that was measured", module, env, [], ["./measured", "./p", "./q", "./g"], 0)[0]
        return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
