#!/usr/bin/env python3
"""What a hint says of when and how often, against allocations that are measured.

    conditions_test.py HEAPLS

Each function of SOURCE has a comment: the hint that its only heap site must have, and calls with what testing.AllocsPerRun must give for
them. The latter is what `go test` says here, so that a hint that reads otherwise is wrong by measure. A site that says "in loop" where one
call allocates once although it goes through the loop many times is one of these; so is a condition that its values contradict.
"""
import json, os, re, shutil, subprocess, sys, tempfile

SOURCE = """package conditions

var box any
var spare = []string{"a", "b", "c"}

type metres float32
type one struct{ v int16 }
type place struct{ row, column int }

func float(v float64) { box = v } // heap 8 B if not 0: float(0) = 0, float(7) = 1, float(0.25) = 1
func named(v metres) { box = v } // heap 4 B if not 0: named(0) = 0, named(255) = 1
func signed(v int64) { box = v } // heap 8 B if not 0–255: signed(0) = 0, signed(255) = 0, signed(256) = 1, signed(-2) = 1
func letter(v rune) { box = v } // heap 4 B if not 0–255: letter('z') = 0, letter('€') = 1
func unsigned(v uint32) { box = v } // heap 4 B if ≥ 256: unsigned(255) = 0, unsigned(256) = 1
func inside(v int16) { box = one{v} } // heap 2 B if not 0–255: inside(9) = 0, inside(-9) = 1
func text(v string) { box = v } // heap 16 B: text(spare[0]) = 1

func search(want string) *place { // heap 16 B: search("c") = 1, search("z") = 0
	for i, s := range spare {
		if s == want {
			return &place{i, len(s)}
		}
	}
	return nil
}

func leave(want string) (p *place) { // heap 16 B: leave("b") = 1
	for i, s := range spare {
		if s == want {
			p = &place{i, len(s)}
			break
		}
	}
	return p
}

func last(n int) (p *place) { // heap 16 B · in loop: last(5) = 5
	for i := range n {
		p = &place{i, n}
		if i == n {
			break
		}
	}
	return p
}

func again(n int) (p *place) { // heap 16 B · in loop: again(4) = 4
	for i := range n {
		if i >= 0 {
			p = &place{i, n}
			if p.column > 0 {
				continue
			}
			return p
		}
	}
	return p
}

func chosen(n int) (p *place) { // heap 16 B · in loop: chosen(3) = 3
	for i := range n {
		switch {
		case i >= 0:
			p = &place{i, n}
			break
		}
	}
	return p
}
"""
TEST = """package conditions

import "testing"

var kept *place

func Test(t *testing.T) {
%s}
"""


def main():
    binary, go = os.path.abspath(sys.argv[1]), shutil.which("go")
    if not go:
        print("SKIP: there is no go command to measure with")
        return 77
    wants, calls = [], []
    for m in re.finditer(r"^func (\w+)\(.*// (.*?): (.*)$", SOURCE, re.M):
        wants.append((m[1], m[2]))
        calls += [(m[1], call, float(count)) for call, count in re.findall(r"(\w+\([^()]*\)) = (\d+)", m[3])]
    source = re.sub(r" // heap.*", "", SOURCE)
    source = re.sub(r"^func ", "//go:noinline\nfunc ", source, flags=re.M)
    lines = ["\tt.Log(%s, testing.AllocsPerRun(20, func() { %s%s }))\n" % (json.dumps(call), "kept = " if "*place" in re.search(r"func %s\(.*" % f, source)[0] else "", call)
             for f, call, _ in calls]
    with tempfile.TemporaryDirectory() as where:
        for name, text in ("go.mod", "module conditions\n\ngo 1.26\n"), ("x.go", source), ("x_test.go", TEST % "".join(lines)):
            with open(os.path.join(where, name), "w", encoding="utf-8") as f:
                f.write(text)
        env = dict(os.environ, GOFLAGS="-mod=mod", GOTOOLCHAIN="local")
        ran = subprocess.run([go, "test", "-v", "."], cwd=where, env=env, capture_output=True, text=True)
        said = subprocess.run([binary, "check", "--format=json", "."], cwd=where, capture_output=True, text=True)
    if "--- PASS" not in ran.stdout:
        print("go test:", ran.stdout, ran.stderr)
        return 1
    bad = 0
    for (_, call, want), got in zip(calls, re.findall(r"x_test\.go:\d+: .* (\d+)$", ran.stdout, re.M)):
        if float(got) != want:
            bad += 1
            print("measured: %s allocates %s times, the comment says %g" % (call, got, want))
    findings = [f for p in json.loads(said.stdout)["packages"] for f in p["findings"]]
    for function, want in wants:
        got = [f["hint"] for f in findings if f["function"] == function and f["hint"].startswith(("heap", "moved"))]
        if got != [want]:
            bad += 1
            print("%s: hints %s, and not %r" % (function, got, want))
    print("%d functions, %d calls measured, %d wrong" % (len(wants), len(calls), bad))
    return 1 if bad else 0


sys.exit(main())
