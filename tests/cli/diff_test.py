"""`heapls diff` against what others say of the same two states: git, which checks them out side by side, and the compiler's -m
there; and against `heapls check` of each checkout. Work trees of every kind, and repositories that try to run something.

usage: diff_test.py HEAPLS"""
import collections
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

from cli import binary, check, findings, finish, here, run, skip_without_go, told, write

skip_without_go()
if not shutil.which("git"):
    print("SKIP: no git here")
    sys.exit(77)
share = os.path.join(here, "..", "..", "lsp", "cli", "share")
try:
    import jsonschema
    from referencing import Registry, Resource

    def load(name):
        with open(os.path.join(share, name), encoding="utf-8") as f:
            return json.load(f)
    registry = Registry().with_resource("check.schema.json", Resource.from_contents(load("check.schema.json")))
    validator = jsonschema.Draft202012Validator(load("diff.schema.json"), registry=registry)
except ImportError:
    validator = None
    print("SKIP the schema: this Python has no jsonschema")
QUIET = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_ALLOW_PROTOCOL": "file"}


def git(*args, cwd, **more):
    done = subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@y", "-c", "protocol.file.allow=always", *args], cwd=cwd, capture_output=True, text=True,
                          env={**os.environ, **QUIET}, **more)
    assert done.returncode == 0, (args, done.stderr)
    return done.stdout.strip()


def commit(cwd, files, gone=()):
    write(cwd, files)
    for name in gone:
        os.remove(os.path.join(cwd, name))
    git("add", "-A", cwd=cwd)
    git("commit", "-q", "--allow-empty", "-m", "x", cwd=cwd)
    return git("rev-parse", "HEAD", cwd=cwd)


def diff(*args, cwd, env=None):
    done = run("diff", "--format=json", *args, cwd=cwd, env={**QUIET, **(env or {})})
    if done.returncode not in (0, 1):
        check("diff %s" % (args,), False, done.stderr)
        return {"changes": [], "summary": {}, "before": {}, "after": {}, "functions": []}
    value = json.loads(done.stdout)
    wrong = [e.message for e in validator.iter_errors(value)] if validator else []
    check("diff %s: the schema" % (args,), not wrong, wrong[:3])
    return value


def sums(value):
    return {k: value["summary"].get(k) for k in ("came", "went", "grew", "shrank", "moved")}


def places(value, cwd):
    return sorted((c["change"], os.path.relpath((c.get("after") or c["before"])["file"], cwd), (c.get("after") or c["before"])["expression"]) for c in value["changes"])


# ---- Random changes. Each of these is a line of the compiler's, and each is shown by check.
SITES = ["x%d := new([%d]int)\n\tsink = x%d", "y%d := make([]byte, %d)\n\tsink = y%d", "z%d := &[%d]string{}\n\tsink = z%d", "n%d := [%d]string{}\n\tsink = &n%d",
         "for range 3 {\n\t\tq%d := new([%d]int8)\n\t\tsink = q%d\n\t}"]


def body(rng):
    return "".join("\t" + rng.choice(SITES) % (i, rng.choice((300, 3000)), i) + "\n" for i in range(rng.randrange(5)))


def module(rng):
    files = {"go.mod": "module example.com/r\n\ngo 1.26\n"}
    for package in rng.sample(("a", "b", "c", "d"), 3):
        functions = "".join("//go:noinline\nfunc F%d() {\n%s}\n\n" % (i, body(rng)) for i in rng.sample(range(6), 4))
        uses = "import _ \"example.com/r/a\"\n\n" if package != "a" and "a/x.go" in files else ""
        files[package + "/x.go"] = "package %s\n\n%svar sink any\n\n%s" % (package, uses, functions)
    return files


def of_compiler(cwd):
    """Lines of -m that say heap, by file and function."""
    done = subprocess.run(["go", "build", "-gcflags=-m", "./..."], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = collections.Counter()
    for line in done.stderr.splitlines():
        m = re.match(r"(\S+\.go):(\d+):\d+: (.*escapes to heap|moved to heap: .*)$", line)
        if not m:
            continue
        with open(os.path.join(cwd, m[1]), encoding="utf-8") as f:
            lines = f.read().splitlines()
        function = next(g[1] for text in reversed(lines[:int(m[2])]) if (g := re.match(r"func (\w+)", text)))
        found[m[1], function] += 1
    return found


def of_check(cwd):
    return collections.Counter((os.path.relpath(f["file"], cwd), f["function"], f["code"], f["expression"]) for f in findings("./...", cwd=cwd)[1])


def net(value, cwd, key):
    found = collections.Counter()
    for c in value["changes"]:
        if "after" in c:
            found[key(c["after"], cwd)] += 1
        if "before" in c:
            found[key(c["before"], cwd)] -= 1
    return {k: n for k, n in found.items() if n}


def minus(a, b):
    return {k: a[k] - b[k] for k in a | b if a[k] != b[k]}


def by_function(f, cwd):
    return os.path.relpath(f["file"], cwd), f["function"]


def by_text(f, cwd):
    return (*by_function(f, cwd), f["code"], f["expression"])


def random_changes(top):
    repository, rng = os.path.join(top, "r"), random.Random(21)
    os.makedirs(repository)
    git("init", "-q", cwd=repository)
    commits, trees = [], []
    for i in range(6):
        old = git("ls-files", cwd=repository).split()
        files = module(rng)
        commits.append(commit(repository, files, [name for name in old if name not in files]))
        trees.append(os.path.join(top, "tree%d" % i))
        git("worktree", "add", "-q", "--detach", trees[-1], commits[-1], cwd=repository)
    texts = [of_check(t) for t in trees]
    lines = [of_compiler(t) for t in trees] if shutil.which("go") else []
    if not lines:
        print("SKIP the compiler: no go here")
    for i, j in [(0, 1), (1, 0), (2, 5), (3, 4), (4, 2), (5, 1)]:
        value = diff("%s..%s" % (commits[i], commits[j]), cwd=repository)
        check("%d..%d: what check says of two checkouts" % (i, j), {k: n for k, n in net(value, repository, by_text).items()} == minus(texts[j], texts[i]),
              (net(value, repository, by_text), minus(texts[j], texts[i])))
        if lines:
            check("%d..%d: what the compiler says of two checkouts" % (i, j), net(value, repository, by_function) == minus(lines[j], lines[i]),
                  (net(value, repository, by_function), minus(lines[j], lines[i])))
        other = diff(commits[i], cwd=trees[j])
        check("%d..%d: the same from a linked work tree" % (i, j), sums(other) == sums(value) and places(other, trees[j]) == places(value, repository), (sums(other), sums(value)))
        check("%d..%d: sums of the states" % (i, j), value["after"]["count"]["sites"] - value["before"]["count"]["sites"] == value["summary"]["came"] - value["summary"]["went"], value["summary"])
        turned = diff("%s..%s" % (commits[j], commits[i]), cwd=repository)
        check("%d..%d: turned around" % (i, j), (turned["summary"]["came"], turned["summary"]["grew"]) == (value["summary"]["went"], value["summary"]["shrank"]), (sums(turned), sums(value)))
    check("the work tree is as it was", git("status", "--porcelain", cwd=repository) == "")
    return repository, commits


A = "package m\n\n//go:noinline\nfunc A(n int) *int { return new(int) }\n\nfunc C() []byte { return make([]byte, 32) }\n"


def changes(top):
    m = os.path.join(top, "m")
    write(m, {"go.mod": "module example.com/m\n\ngo 1.26\n", "a.go": A, "sub/s.go": "package sub\n\nimport \"example.com/m\"\n\nfunc S() *int { return m.A(1) }\n",
              ".gitignore": "made.go\n", "made.go": "package m\n\nfunc Made() *int { return new(int) }\n", "far/f.go": "package far\n\nfunc F() *int { return new(int) }\n"})
    told("no repository", run("diff", cwd=m, env=QUIET), 2, "not in a git work tree")
    git("init", "-q", cwd=m)
    told("no commit yet", run("diff", cwd=m, env=QUIET), 2, "there is no revision HEAD")
    first = commit(m, {})
    done = run("diff", cwd=m, env=QUIET)
    check("nothing changed", done.returncode == 0 and "no change on the heap. 0 files differ" in done.stdout, done.stdout)
    told("a revision that is not there", run("diff", "nope", cwd=m, env=QUIET), 2, "there is no revision nope")
    told("one that looks like an option", run("diff", "--", "--output=x", cwd=m, env=QUIET), 2, "there is no revision --output=x")
    told("no git", run("diff", cwd=m, env={"PATH": "/nowhere"}), 2, "git could not be run")
    for words in (done.stderr for done in (run("diff", "nope", cwd=m, env=QUIET), run("diff", "x..y", cwd=m, env=QUIET))):
        check("one line", words.count("\n") == 1, words)
    write(m, {"a.go": "// a line more\n" + A})
    check("lines that move are no change", sums(diff(cwd=m)) == dict(came=0, went=0, grew=0, shrank=0, moved=0))
    write(m, {"a.go": A.replace("make([]byte, 32)", "make([]byte, 4096)")})
    value = diff(cwd=m)
    check("it grew", sums(value) == dict(came=0, went=0, grew=1, shrank=0, moved=0) and value["changes"][0]["after"]["bytes"] == 4096, value["changes"])
    check("packages that depend on it are looked at, others are not", value["summary"]["packages"] == 2, value["summary"])
    write(m, {"a.go": A.replace("func A", "func Other").replace("func Other(n int)", "func A(n int) *int { return Other(n) }\n\n//go:noinline\nfunc Other(n int)")})
    check("it moved", places(diff(cwd=m), m) == [("moved", "a.go", "new(int)")], places(diff(cwd=m), m))
    write(m, {"a.go": A.replace("return new(int) }", "var p *int\n\tfor range n {\n\t\tp = new(int)\n\t\tsink = p\n\t}\n\treturn p\n}\n\nvar sink *int")})
    value = diff(cwd=m)
    check("into a loop: it grew", [(c["change"], c["after"]["loopDepth"]) for c in value["changes"]] == [("grew", 1)] and value["summary"]["grewIntoLoops"] == 1, value["changes"])
    for args, code in (((), 0), (("--fail",), 1), (("--fail=heap",), 1), (("--fail=loop",), 1), (("--fail=loop", "HEAD", "./far"), 0)):
        check("exit code of %s" % (args,), run("diff", *args, cwd=m, env=QUIET).returncode == code)
    write(m, {"a.go": A, "b.go": "package m\n\nfunc B() *int { return new(int) }\n", "new/n.go": "package new\n\nfunc N() *int { return new(int) }\n"})
    os.remove(os.path.join(m, "sub", "s.go"))
    check("untracked files, a package more, one less; what is ignored is there in both", places(diff(cwd=m), m) == [("came", "b.go", "new(int)"), ("came", "new/n.go", "new(int)")], places(diff(cwd=m), m))
    check("a package that only one state has", sums(diff("HEAD", "./new", cwd=m))["came"] == 1)
    told("one that none has", run("diff", "HEAD", "./none", cwd=m, env=QUIET), 2, "none")
    second = commit(m, {})
    git("checkout", "-q", "-b", "side", first, cwd=m)
    commit(m, {"a.go": A + "\nfunc D() *int { return new(int) }\n"})
    check("A..B", places(diff("%s..HEAD" % second, cwd=m), m) == [("moved", "a.go", "new(int)"), ("went", "new/n.go", "new(int)")], places(diff("%s..HEAD" % second, cwd=m), m))
    check("A...B: since they parted", places(diff("%s...HEAD" % second, cwd=m), m) == [("came", "a.go", "new(int)")], places(diff("%s...HEAD" % second, cwd=m), m))
    write(m, {"a.go": A.replace("new(int)", "new(int) + nope")})
    done = run("diff", cwd=m, env=QUIET)
    told("a state that does not compile", done, 2, "the working tree does not compile", "undefined: nope")
    check("its function is not compared", "Not compared: 1 function" in done.stdout and "went  heap 8 B  new(int) in D" in done.stdout, done.stdout)
    git("checkout", "-q", "-f", first, cwd=m)
    # go 1.21: one variable for all turns of a loop
    old = commit(m, {"go.mod": "module example.com/m\n\ngo 1.21\n", "a.go": "package m\n\nfunc L() (all []*int) {\n\tfor i := 0; i < 3; i++ {\n\t\tall = append(all, &i)\n\t}\n\treturn\n}\n"}, [os.path.join("sub", "s.go")])
    write(m, {"go.mod": "module example.com/m\n\ngo 1.22\n"})
    value = diff(old, cwd=m)
    check("go.mod's go line: i of each turn", [(c["change"], c["after"]["expression"]) for c in value["changes"]] == [("grew", "i")], value["changes"])
    text = run("diff", "--format=markdown", cwd=m, env=QUIET).stdout
    check("markdown: a heading, cells of the table", text.startswith("### heapls: 1 grew (1 into loops)\n") and all(len(re.split(r"(?<!\\)\|", row)) == 7 for row in text.splitlines() if row.startswith("| 🔺")), text)


TRAP = "#!/bin/sh\necho \"$0 $*\" >>%s\ncat\n"


def traps(top):
    """Everything a repository may ask git to run leaves a mark."""
    t, mark, trap = os.path.join(top, "t"), os.path.join(top, "ran"), os.path.join(top, "trap")
    write(t, {"go.mod": "module t\n\ngo 1.26\n", "a.go": A.replace("package m", "package t"), ".gitattributes": "*.go filter=x diff=x text eol=crlf\n"})
    git("init", "-q", cwd=t)
    commit(t, {})
    write(top, {"trap": TRAP % mark})
    os.chmod(trap, 0o755)
    os.makedirs(os.path.join(top, "hooks"))
    for name in ("post-checkout", "post-index-change", "reference-transaction", "fsmonitor-watchman", "pre-auto-gc"):
        shutil.copy(trap, os.path.join(top, "hooks", name))
    for key, value in {"core.fsmonitor": trap, "core.hooksPath": os.path.join(top, "hooks"), "filter.x.clean": trap, "filter.x.smudge": trap, "filter.x.process": trap, "filter.x.required": "true",
                       "diff.x.textconv": trap, "diff.x.command": trap, "core.pager": trap, "core.editor": trap, "core.sshCommand": trap, "diff.external": trap, "core.askPass": trap,
                       "credential.helper": "!" + trap, "core.alternateRefsCommand": trap}.items():
        git("config", key, value, cwd=t)
    write(t, {"a.go": A.replace("package m", "package t").replace("make([]byte, 32)", "make([]byte, 64)"), "b.go": "package t\n\nfunc B() *int { return new(int) }\n"})
    before = os.stat(os.path.join(t, ".git", "index")).st_mtime_ns
    check("the change is seen", sums(diff(cwd=t)) == dict(came=1, went=0, grew=1, shrank=0, moved=0))
    check("nothing of the repository was run", not os.path.exists(mark), os.path.exists(mark) and open(mark, encoding="utf-8").read())
    check("the index is as it was", os.stat(os.path.join(t, ".git", "index")).st_mtime_ns == before)
    subprocess.run(["git", "status"], cwd=t, capture_output=True, env={**os.environ, **QUIET})
    check("git status would have run something: the traps work", os.path.exists(mark))


def kinds(top, repository, commits):
    """Clones that have not everything."""
    url = "file://" + repository
    git("config", "uploadpack.allowFilter", "true", cwd=repository)
    git("checkout", "-q", "-B", "main", commits[5], cwd=repository)
    whole = places(diff("%s..%s" % (commits[1], commits[5]), cwd=repository), repository)
    shallow, partial, sparse = (os.path.join(top, name) for name in ("shallow", "partial", "sparse"))
    git("clone", "-q", "--depth=1", url, shallow, cwd=top)
    check("a shallow clone: nothing changed", sums(diff(cwd=shallow))["came"] == 0)
    told("a shallow clone has no more", run("diff", "HEAD~1", cwd=shallow, env=QUIET), 2, "shallow clone", "--deepen")
    git("clone", "-q", "--filter=blob:none", url, partial, cwd=top)
    check("a partial clone: what is not there is fetched", places(diff("%s..%s" % (commits[1], commits[5]), cwd=partial), partial) == whole)
    git("clone", "-q", url, sparse, cwd=top)
    git("sparse-checkout", "set", "a", cwd=sparse)
    check("a sparse checkout: what is left out did not go", sums(diff(cwd=sparse)) == dict(came=0, went=0, grew=0, shrank=0, moved=0), places(diff(cwd=sparse), sparse))
    modern = os.path.join(top, "sha256")
    os.makedirs(modern)
    git("init", "-q", "--object-format=sha256", cwd=modern)
    commit(modern, {"go.mod": "module s\n\ngo 1.26\n", "a.go": A.replace("package m", "package s")})
    write(modern, {"b.go": "package s\n\nfunc B() *int { return new(int) }\n"})
    check("SHA-256", sums(diff(cwd=modern))["came"] == 1)
    outer = os.path.join(top, "outer")
    write(outer, {"go.mod": "module o\n\ngo 1.26\n\nrequire example.com/r v0.0.0\n\nreplace example.com/r => ./r\n", "o.go": "package o\n\nimport _ \"example.com/r/a\"\n"})
    git("init", "-q", cwd=outer)
    git("submodule", "add", "-q", url, "r", cwd=outer)
    git("checkout", "-q", commits[1], cwd=os.path.join(outer, "r"))
    old = commit(outer, {})
    git("checkout", "-q", commits[5], cwd=os.path.join(outer, "r"))
    found = [(kind, os.path.relpath(file, "r"), text) for kind, file, text in places(diff(old, "./r/...", cwd=outer), outer)]
    check("a submodule: by the commit that the revision names", found == whole, (found, whole))
    shutil.rmtree(os.path.join(outer, "r"))
    git("rm", "-q", "--cached", "r", cwd=outer)
    told("a submodule that is gone", run("diff", old, cwd=outer, env=QUIET), 0, "submodule r is not here")


with tempfile.TemporaryDirectory() as directory:
    directory = os.path.realpath(directory)
    changes(directory)
    traps(directory)
    kinds(directory, *random_changes(directory))
finish()
