#!/usr/bin/env python3
"""Language that is newer than what the go directive or the file says is refused where go refuses it, in go's words.

usage: gated_test.py HEAPLS
"""
import os
import subprocess
import sys
import tempfile

METHODS = """package gated

type T struct{}

func (T) M[P any](p P) P { return p }

func (t *T) N[P, Q any](p P) P { return p }
"""
TAGGED = """//go:build go1.25

package gated

func (T) O[P any]() {}
"""
RAISED = """//go:build go1.27

package gated

func (T) Q[P any]() {}
"""
FIELDS = """package gated

type Inner struct{ A int }

type Middle struct{ *Inner }

type Outer struct {
	Middle
	Other
}

type Other struct{ B int }

var o = Outer{B: 1}
"""
VALUES = """package gated

func box[T any](x T) *T { return &x }

var f = struct{ f func(int) *int }{f: box}
"""
CASES = {"methods": [METHODS], "tagged": ["package gated\n\ntype T struct{}\n", TAGGED], "raised": ["package gated\n\ntype T struct{}\n", RAISED],
         "fields": [FIELDS], "values": [VALUES]}


def errors_of(text):
    return {line.removeprefix("./") for line in text.splitlines() if line.removeprefix("./").startswith("f") and ".go:" in line}


def main():
    heapls = os.path.abspath(sys.argv[1])
    bad = 0
    with tempfile.TemporaryDirectory() as tmp:
        env = dict(os.environ, CGO_ENABLED="0", GOFLAGS="", GOWORK="off", HEAPLS_CACHE="off")
        for name, files in CASES.items():
            directory = os.path.join(tmp, name)
            os.mkdir(directory)
            open(os.path.join(directory, "go.mod"), "w").write("module gated\n\ngo 1.26\n")
            for i, text in enumerate(files):
                open(os.path.join(directory, f"f{i}.go"), "w").write(text)
            gc = subprocess.run(["go", "build", "./..."], cwd=directory, capture_output=True, text=True, env=env)
            own = subprocess.run([heapls, "check", "./..."], cwd=directory, capture_output=True, text=True, env=env)
            want, have = errors_of(gc.stderr), errors_of(own.stderr)
            if want != have or bool(gc.returncode) != bool(own.returncode):
                bad += 1
                print(f"{name}: go: status {gc.returncode}, heapls: status {own.returncode}")
                for line in sorted(want ^ have):
                    print("-" if line in want else "+", line)
    print(f"{len(CASES)} packages, {bad} of them otherwise than go")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
