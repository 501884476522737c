"""`heapls diff` next to one `heapls check`: CPU time (user) of a revision in which many files of a large module changed.

usage: diff.py HEAPLS [-p PACKAGES] [-c CHANGED,…]      default: 1,250 packages of 400 lines, 500,000 in all; 1, 100 and 1000 changed

Every package imports two that come before it. In a changed file a function has one allocation more. Nothing is kept from one run to
the next (HEAPLS_CACHE=off)."""
import json
import os
import random
import resource
import subprocess
import sys
import tempfile

FUNCTION = """
type T%(i)d struct {
	a    int
	text string
	list []int
}

func New%(i)d(a, b int) *T%(i)d {
	t := &T%(i)d{a: a, list: make([]int, a)}
	for k := range a {
		t.list = append(t.list, k*b)
	}
	if a > 10 {
		t.text = string(rune(b))
	}
	return t
}

func (t *T%(i)d) Sum() (n int) {
	for _, v := range t.list {
		n += v
	}
	return n + %(i)d
}
"""


def package(n, functions, changed):
    imports = sorted({n // 2, n // 3}) if n else []
    text = "package p%d\n\n" % n + "".join("import \"example.com/big/p%d\"\n" % i for i in imports)
    text += "".join("\nvar _ = p%d.New0\n" % i for i in imports) + "".join(FUNCTION % {"i": i} for i in range(functions))
    return text + ("\nfunc Added() *int { return new(int) }\n" if changed else "")


def measured(*command, cwd):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, env={**os.environ, "HEAPLS_CACHE": "off"})
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before, done


def main():
    heapls, arguments = os.path.abspath(sys.argv[1]), sys.argv[2:]
    options = dict(zip(arguments[::2], arguments[1::2]))
    count, functions = int(options.get("-p", 1250)), 16
    with tempfile.TemporaryDirectory() as top:
        def write(n, changed):
            with open(os.path.join(top, "p%d" % n, "p.go"), "w", encoding="utf-8") as f:
                f.write(package(n, functions, changed))
        with open(os.path.join(top, "go.mod"), "w", encoding="utf-8") as f:
            f.write("module example.com/big\n\ngo 1.26\n")
        for n in range(count):
            os.mkdir(os.path.join(top, "p%d" % n))
            write(n, False)
        for command in (["init", "-q"], ["add", "-A"], ["-c", "user.name=x", "-c", "user.email=x@y", "commit", "-qm", "x"]):
            subprocess.run(["git", *command], cwd=top, check=True)
        one, done = measured(heapls, "check", "--format=json", "./...", cwd=top)
        summary = json.loads(done.stdout)["summary"]
        print("check: %.2f s of CPU, %d packages, %d lines" % (one, summary["packages"], count * package(5, functions, False).count("\n")))
        rng = random.Random(1)
        for changed in map(int, options.get("-c", "1,100,1000").split(",")):
            subprocess.run(["git", "checkout", "-q", "--", "."], cwd=top, check=True)
            for n in [count - 1] if changed == 1 else rng.sample(range(count), changed):
                write(n, True)
            seconds, done = measured(heapls, "diff", "--format=json", cwd=top)
            summary = json.loads(done.stdout)["summary"]
            print("diff of %d changed files: %.2f s of CPU, %.2f × one check; %d packages looked at, %d came" % (
                changed, seconds, seconds / one, summary["packages"], summary["came"]))


if __name__ == "__main__":
    main()
