#!/usr/bin/env python3
"""What keeps the go command from building code that is there: go.sum, and directories of no module of the build. heapls check
says something and exits with 2 exactly where `go build` of the same operands fails.

refused_test.py HEAPLS. SKIP without a go command. The module comes from a proxy of files."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lsp"))
from checks import write

HEAPLS, GO = os.path.abspath(sys.argv[1]), shutil.which("go")
if not GO:
    print("SKIP: no go command")
    sys.exit(77)
failed, refused = 0, 0


def proxy(top):
    for name, needs in {"dep": "", "far": "", "near": "example.com/far"}.items():
        mod = "module example.com/%s\n\ngo 1.20\n" % name + ("\nrequire %s v1.0.0\n" % needs if needs else "")
        code = "package %s\n\n" % name + ('import "%s"\n\nconst V = far.V\n' % needs if needs else "const V = 1\n")
        at = os.path.join(top, "proxy/example.com/%s/@v" % name)
        write(at, {"list": "v1.0.0\n", "v1.0.0.info": '{"Version":"v1.0.0"}', "v1.0.0.mod": mod})
        with zipfile.ZipFile(os.path.join(at, "v1.0.0.zip"), "w") as z:
            for file, text in {"go.mod": mod, name + ".go": code, "sub/s.go": "package sub\n\nimport _ \"example.com/%s\"\n" % name, "LICENSE": ""}.items():
                z.writestr("example.com/%s@v1.0.0/%s" % (name, file), text)


def both(name, cwd, env, *operands):
    global failed, refused
    go = subprocess.run([GO, "build", "-o", os.devnull, *operands], cwd=cwd, env=env, capture_output=True, text=True, timeout=120)
    ours = subprocess.run([HEAPLS, "check", "--format=json", *operands], cwd=cwd, env=env, capture_output=True, text=True, timeout=120)
    good = ours.returncode in (0, 2) and (go.returncode != 0) == (ours.returncode == 2) and (ours.returncode == 0 or ours.stderr.strip())
    refused += go.returncode != 0
    failed += not good
    print("ok  " if good else "BAD ", name, "" if good else "\n  go %d: %s\n  heapls %d: %s" % (go.returncode, go.stderr, ours.returncode, ours.stderr))


with tempfile.TemporaryDirectory() as top:
    top = os.path.realpath(top)
    proxy(top)
    env = {k: v for k, v in os.environ.items() if k not in ("GOFLAGS", "GOWORK", "GOPROXY")}
    env |= {"GOMODCACHE": os.path.join(top, "cache"), "GOPROXY": "file://" + os.path.join(top, "proxy"), "GOSUMDB": "off",
            "GOFLAGS": "-modcacherw", "GOTOOLCHAIN": "local", "HEAPLS_CACHE": "off"}
    use = "package %s\n\nimport \"example.com/%s\"\n\nconst X = %s.V\n"
    need = "".join("require example.com/%s v1.0.0\n" % m for m in ("dep", "near", "far"))
    write(top, {"m/go.mod": "module example.com/m\n\ngo 1.21\n\n" + need, "m/a/a.go": use % ("a", "dep", "dep"), "m/b/b.go": use % ("b", "near", "near"),
                "m/c/c.go": "package c\n", "m/in/go.mod": "module example.com/in\n\ngo 1.21\n", "m/in/in.go": "package in\n",
                "o/go.mod": "module example.com/o\n\ngo 1.21\n", "o/o.go": "package o\n"})
    m = os.path.join(top, "m")
    subprocess.run([GO, "mod", "tidy"], cwd=m, env=env, check=True, capture_output=True)
    sums = open(os.path.join(m, "go.sum")).read()
    mod = open(os.path.join(m, "go.mod")).read()
    other = lambda path: re.sub("(?m)^(example.com/%s v1.0.0 h1:)." % path, r"\1%", sums)
    without = lambda path: re.sub("(?m)^example.com/%s v1.0.0 .*\n" % path, "", sums)

    def state(name, text, *more, changes={}, operands=("./...",)):
        if os.path.exists(os.path.join(top, "go.work.sum")): # go adds to it
            os.remove(os.path.join(top, "go.work.sum"))
        write(m, {"go.sum": text, "go.mod": mod, **changes})
        both(name, m, env | dict(more), *operands)

    state("as it should be", sums)
    for path in ("dep", "near", "far"):
        for what, text in (("missing", without(path)), ("other", other(path)), ("twice, the right one first", sums + other(path)),
                           ("twice, the wrong one first", other(path) + sums), ("of another kind", sums.replace("%s v1.0.0 h1:" % path, "%s v1.0.0 h9:" % path))):
            for package in ("a", "b", "c"):
                state("%s of %s, %s asked for" % (what, path, package), text, operands=("./" + package,))
    state("spaces", sums.replace(" ", "  \t"))
    state("missing, -mod=mod", without("dep"), ("GOFLAGS", "-modcacherw -mod=mod"))
    state("other, -mod=mod", other("dep"), ("GOFLAGS", "-modcacherw -mod=mod"))
    state("missing, replaced by a directory", without("dep"), changes={"go.mod": mod + "\nreplace example.com/dep => ./dep\n", "dep/go.mod": "module example.com/dep\n", "dep/dep.go": "package dep\n\nconst V = 2\n"})
    shutil.rmtree(os.path.join(m, "dep"))
    write(m, {"x.mod": mod, "x.sum": other("dep")})
    state("another go.mod", sums, ("GOFLAGS", "-modcacherw -modfile=x.mod"))
    state("another go.mod, the usual sums wrong", other("dep"), ("GOFLAGS", "-modcacherw -modfile=x.mod"), changes={"x.sum": sums})
    state("vendored", sums)
    subprocess.run([GO, "mod", "vendor"], cwd=m, env=env, check=True, capture_output=True)
    state("missing, vendored", without("dep"))
    state("other, vendored", other("dep"))
    shutil.rmtree(os.path.join(m, "vendor"))

    state("its own directory by its full name", sums, operands=(os.path.join(m, "c"),))
    state("a file of another module", sums, operands=("in/in.go",))
    work = {"go.work": "go 1.21\n\nuse ./m\n"}
    write(top, work)
    state("workspace", sums)
    state("workspace, missing", without("dep"))
    state("workspace, other", other("dep"))
    for what, text in (("right", sums), ("missing", without("dep")), ("other", other("dep"))):
        for own, more in (("right", sums), ("other", other("dep")), ("two, the right one first", sums + other("dep"))):
            state("workspace, %s, %s in its own" % (what, own), text, changes={os.path.join("..", "go.work.sum"): more})
    both("workspace, a module that is not used", top, env, "./o")
    both("workspace, in a module that is not used", os.path.join(top, "o"), env, ".")
    both("workspace, a module that is used", top, env, "./m/c")

print("%d refused by go, %d wrong" % (refused, failed))
sys.exit(1 if failed or refused < 20 else 0)
