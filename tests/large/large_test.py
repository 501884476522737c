#!/usr/bin/env python3
"""large_test.py HEAPLS: valid Go that is unusual in size only.

Each program repeats one construct. heapls has to say what the compiler says of it (where Go is installed), in no more
than 500 MiB, and to print text that grows with the program and not with its square. Limits of memory and CPU time end
what explodes; they are an order of magnitude above what is needed.
"""
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter

MIB = 1 << 20
HEAPLS = os.path.abspath(sys.argv[1])


def operands(n):
    return "func Sum(v []int) int {\n\treturn " + " +\n\t\t".join(f"v[{i}]" for i in range(n)) + "\n}\n"


def recursion(n):  # each literal reaches the heap by way of the function itself
    cases = "".join(f'\tcase {i}:\n\t\treturn []Tree{{{{Name: "{i}"}}}}\n' for i in range(n))
    return ("type Tree struct {\n\tName string\n\tBelow []Tree\n}\n\nvar all []Tree\n\n"
            f"func Read(n int) []Tree {{\n\tswitch n {{\n{cases}\t}}\n\tbelow := Read(n / 2)\n"
            "\tall = append(all, below[0].Below...)\n\treturn []Tree{{Below: below}}\n}\n")


def appends(n):
    return ("func Fill(to []byte) []byte {\n\treturn " + "append(" * n + "to" +
            "".join(f", {i % 200})" for i in range(n)) + "\n}\n")


def literals(n):
    return "func Deep(n int) {\n" + "\tfunc() {\n" * n + "\t\tn--\n" + "\t}()\n" * n + "}\n"


def ring(n):
    return "\n".join(f"func R{i}(n int) *int {{\n\tv := n + {i}\n\tif n > 1 {{\n\t\treturn R{(i + 1) % n}(n - 1)\n\t}}\n"
                     "\treturn &v\n}\n" for i in range(n))


def assignments(n):
    return ("type Box struct{ in *int }\n\nfunc Pass(a int) *Box {\n\tv0 := &a\n" +
            "".join(f"\tv{i + 1} := v{i}\n" for i in range(n)) + f"\treturn &Box{{v{n}}}\n}}\n")


def one_line(n):
    return "func Row() []*int { return []*int{" + ", ".join(["new(int)"] * n) + "} }\n"


def arguments(n):
    return "func put(v ...any) {}\n\nfunc All(n int) {\n\tput(" + ", ".join(f"n+{i}" for i in range(n)) + ")\n}\n"


def functions(n):
    return ("func Sum(n int) int {\n" + "".join(f"\tf{i} := func(a int) int {{ return a + {i} }}\n" for i in range(n)) +
            "".join(f"\tn += f{i}(n)\n" for i in range(n)) + "\treturn n\n}\n")


def pairs(n):  # the same is said for each of them
    return ("func Turn(v []*int) {\n\t" + ", ".join(f"v[{i}]" for i in range(n)) + " = " +
            ", ".join(f"v[{n - i}]" for i in range(n)) + "\n}\n")


def embedded(n):
    return ("type E0 struct{ p *int }\n\nfunc (e *E0) Get() *int { return e.p }\n\n" +
            "".join(f"type E{i + 1} struct{{ E{i} }}\n" for i in range(n)) + f"\nfunc Get(e *E{n}) *int {{ return e.Get() }}\n")


def types(n):  # two that are the same
    text = "struct{ a " * n + "int" + " }" * n
    return f"var one {text}\n\nfunc Same() any {{\n\tvar two {text} = one\n\treturn &two\n}}\n"


def static(n):
    return ("type List struct {\n\tn int\n\tnext *List\n}\n\nvar All = " +
            "".join(f"&List{{{i}, " for i in range(n)) + "nil" + "}" * n + "\n\nfunc First() *List { return All }\n")


def calls(n):
    return ("type List struct{ len int }\n\nfunc (l *List) add(n int) *List { return l }\n\n"
            "func Build(l *List) *List {\n\treturn l" + "".join(f".\n\t\tadd({i})" for i in range(n)) + "\n}\n")


def parentheses(n):
    return "func Same(n int) int { return " + "(" * n + "n" + ")" * n + " }\n"


def blocks(n):
    return "func Same(n int) int {\n" + "{\n" * n + "n++\n" + "}\n" * n + "return n\n}\n"


def branches(n):
    return ("func Find(n int) int {\n\t" + " else ".join(f"if n == {i} {{\n\t\treturn {i + 1}\n\t}}" for i in range(n)) +
            "\n\treturn 0\n}\n")


def inlined(n):
    return ("func get(p *int) int { return *p }\n\nfunc Total(n int) int {\n" + "\tn += get(&n)\n" * n + "\treturn n\n}\n")


def endless(n):  # gc does not end
    return "type T[P any] struct{ *T[*P] }\n\nfunc F(t T[int]) any { return t.X }\n\nfunc G() *int { return new(int) }\n"


KINDS = [(operands, 2400), (operands, 4800), (recursion, 400), (appends, 300), (literals, 14), (ring, 120), (assignments, 5000),
         (one_line, 2500), (arguments, 8000), (functions, 500), (pairs, 200), (embedded, 300), (types, 600), (static, 600),
         (calls, 1000), (calls, 2000), (parentheses, 20000), (blocks, 3000), (branches, 3000), (inlined, 5000)]
# What the compiler takes long for, and heapls once did: it ends in SECONDS, of which it needs a tenth.
ALONE, SECONDS = [(assignments, 20000), (functions, 8000), (endless, 1)], 2


def limits(seconds=30):
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def run(command, cwd, preexec=limits):
    """Returns status, output, errors, peak memory in bytes."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = subprocess.Popen(command, cwd=cwd, stdout=out, stderr=err, preexec_fn=preexec,
                                 env=dict(os.environ, HEAPLS_CACHE="off"))
        _, status, usage = os.wait4(child.pid, 0)
        out.seek(0)
        err.seek(0)
        return os.waitstatus_to_exitcode(status), out.read().decode(), err.read().decode(), usage.ru_maxrss * 1024


def lines(text, prefix):
    """The messages; what inlining made of the compiler's own functions is not among them."""
    return Counter(line.strip().replace(prefix, "") for line in text.splitlines() if ": " in line and "<autogenerated>" not in line)


def compiler_says(folder):
    if not shutil.which("go"):
        return None
    version = subprocess.run(["go", "env", "GOVERSION"], capture_output=True, text=True).stdout
    if not version.startswith(("go1.26", "go1.27")):
        return None
    done = subprocess.run(["go", "tool", "compile", "-p", "large", "-o", "x.o", "-m", "x.go"], cwd=folder,
                          capture_output=True, text=True)
    return lines(done.stdout + done.stderr, folder + "/")


def folder_with(kind, n):
    folder = os.path.realpath(tempfile.mkdtemp())
    with open(os.path.join(folder, "x.go"), "w") as f:
        f.write("package large\n\n" + kind(n))
    return folder


failed = compared = 0
sanitized = os.environ.get("ASAN_OPTIONS") is not None and "asan" in HEAPLS  # its shadow takes terabytes of addresses
if sanitized:
    ALONE = []
for kind, n in KINDS:
    folder = folder_with(kind, n)
    wrong = []
    status, out, err, peak = run([HEAPLS, "check", "x.go"], folder, None if sanitized else limits)
    if status:
        wrong.append(f"check: status {status}: {err[:200]}")
    if peak > 500 * MIB and not sanitized:
        wrong.append(f"{peak // MIB} MiB")
    if len(out) > 4096 + 1500 * n:
        wrong.append(f"{len(out)} bytes printed")
    status, out, err, _ = run([HEAPLS, "check", "--format=gc", "x.go"], folder, None if sanitized else limits)
    if status:
        wrong.append(f"check --format=gc: status {status}: {err[:200]}")
    said = compiler_says(folder)
    if said is not None:
        compared += 1
        ours = lines(out, "./")
        if ours != said:
            wrong.append(f"{(said - ours).total()} lines only gc's, {(ours - said).total()} only heapls'")
    shutil.rmtree(folder)
    print(f"{kind.__name__} {n}: {'; '.join(wrong) or 'as it should be'}")
    failed += bool(wrong)
for kind, n in ALONE:
    folder = folder_with(kind, n)
    status, out, err, _ = run([HEAPLS, "check", "x.go"], folder, lambda: limits(SECONDS))
    shutil.rmtree(folder)
    good = status == (2 if kind is endless else 0) and (kind is not endless or "in G" in out)
    print(f"{kind.__name__} {n}: {'as it should be' if good else f'check: status {status}: {err[:200]}'}")
    failed += not good
print(f"{len(KINDS) + len(ALONE)} programs, {compared} compared with gc, {failed} wrong")
sys.exit(1 if failed else 0)
