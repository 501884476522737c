#!/usr/bin/env python3
"""Which toolchain, and which directory of every package: heapls chooses as the go command does. The table's expectations are
made by running go in every combination: `go env GOROOT GOVERSION`, and `go list -deps` for packages.

choice_test.py LOADDUMP [-v] [-a]   -a: all combinations; else fewer of packages. SKIP without a go command of today.

The toolchains of the table are made up: the real go command chooses and starts them, and they say where they are. What is
asked of packages they hand to the real one."""
import concurrent.futures
import itertools
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

LOADDUMP = os.path.abspath(sys.argv[1])
VERBOSE, ALL = "-v" in sys.argv, "-a" in sys.argv
GO = shutil.which("go")
wrong, counts, tasks = [], {}, []


def write(directory, files):
    for name, text in files.items():
        path = os.path.join(directory, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(text)


def run(command, cwd, env):
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=120)


def ours(cwd, env):
    out = run([LOADDUMP, "-C", cwd, "-context"], cwd, env).stdout
    return dict(line.partition(" ")[::2] for line in out.splitlines())


def judge(kind, name, good, shown):
    counts[kind] = counts.get(kind, 0) + 1
    if VERBOSE:
        print("%-10s %s %s" % (kind, "ok  " if good else "BAD ", name))
    if not good:
        wrong.append("%s: %s: %s" % (kind, name, shown))


def work_off():
    """What is to be done so far, a few at a time: all of it sees the files as they are now."""
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(task) for task in tasks]:
            done.result()
    tasks.clear()


# ---- Toolchains

def toolchain(root, version, real):
    write(root, {"VERSION": version + "\ntime 2026-01-01T00:00:00Z\n", "src/runtime/r.go": "package runtime\n", "src/go.mod": "module std\n", "src/_go.mod": "module std\n", "pkg/tool/x": "",
                 "go.env": "GOPROXY=off\nGOTOOLCHAIN=auto\n",
                 "bin/go": '#!/bin/sh\nif [ "$1 $2" = "env GOROOT" ]; then echo "%s"; echo "%s"; exit; fi\nunset GOROOT\nGOTOOLCHAIN=local exec %s "$@"\n' % (root, version, real)})
    os.chmod(os.path.join(root, "bin/go"), 0o755)


def in_cache(cache, version, platform, real):
    name = "v0.0.1-%s.%s" % (version, platform)
    root = os.path.join(cache, "golang.org/toolchain@" + name)
    toolchain(root, version, real)
    write(os.path.join(cache, "cache/download/golang.org/toolchain/@v"), {name + ".ziphash": "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="})
    return root


SETTINGS = ["", "local", "auto", "path", "go1.97.2", "go1.97.2+auto", "go1.97.2+path", "local+auto", "go1.24.1", "go1.24.1+auto", "go1.99.1", "go1.98.5+path", "bogus", "go1.97.2+bogus"]
LINES = {"go 1.24": "go 1.24", "no line": "", "language 1.97": "go 1.97", "1.97.0 missing": "go 1.97.0", "candidate": "go 1.97rc1", "release": "go 1.97.2",
         "toolchain line": "go 1.24\n\ntoolchain go1.97.2", "default": "go 1.24\n\ntoolchain default", "newer go line": "go 1.98.5\n\ntoolchain go1.97.2",
         "suffix": "go 1.24\n\ntoolchain go1.97.2-custom", "older": "go 1.20\n\ntoolchain go1.22.1", "absent": "go 1.99", "of golang.org/dl": "go 1.24\n\ntoolchain go1.98.5", "linked": "go 1.24\n\ntoolchain go1.98.7"}


class Table:
    def __init__(self, directory, real_root, platform):
        self.at, self.root = directory, real_root
        self.real = os.path.join(real_root, "bin/go")
        self.cache = os.path.join(directory, "cache")
        for version in ("go1.97.2", "go1.97rc1", "go1.24.1"):
            in_cache(self.cache, version, platform, self.real)
        partial = in_cache(self.cache, "go1.99.1", platform, self.real)
        write(os.path.join(self.cache, "cache/download/golang.org/toolchain/@v"), {os.path.basename(partial)[len("toolchain@"):] + ".partial": ""})
        home = os.path.join(directory, "home")
        toolchain(os.path.join(home, "sdk/go1.98.5"), "go1.98.5", self.real)
        toolchain(os.path.join(directory, "opt/go1.98.7"), "go1.98.7", self.real)
        write(directory, {"bin/go1.98.5": '#!/bin/sh\nexec "$HOME/sdk/go1.98.5/bin/go" "$@"\n'})
        os.chmod(os.path.join(directory, "bin/go1.98.5"), 0o755)
        os.symlink(os.path.join(directory, "opt/go1.98.7/bin/go"), os.path.join(directory, "bin/go1.98.7"))
        self.env = {"HOME": home, "GOMODCACHE": self.cache, "GOPROXY": "file://" + os.path.join(directory, "proxy"), "GOSUMDB": "off", "GOFLAGS": "-modcacherw",
                    "PATH": os.path.dirname(self.real) + ":" + os.path.join(directory, "bin") + ":/usr/bin:/bin", "GOCACHE": os.path.join(directory, "build")}

    def choose(self, name, cwd, **env):
        tasks.append(lambda: self.choose_now(name, cwd, {**self.env, **env}))

    def choose_now(self, name, cwd, env):
        said, mine = run([GO, "env", "GOROOT", "GOVERSION"], cwd, env), ours(cwd, env)
        if said.returncode == 0:
            root, version = said.stdout.split()
            judge("toolchain", name, (mine["goroot"], mine["version"].split()[0]) == (root, version) and mine.get("missing", "0") == "0", (said.stdout, mine))
        else:  # it can't be had: the same one
            asked = re.search(r'(?:download |cannot find "|toolchain@v0\.0\.1-)(go1[\w.-]*?)(?:"|\.linux|\.darwin| for|:)', said.stderr)
            if asked:
                judge("missing", name, mine.get("missing", "0") == "1" and mine.get("toolchain") == asked[1] and mine.get("problem"), (said.stderr, mine))
            else:
                judge("refused", name, mine["goroot"] == self.root and mine.get("missing", "0") == "0", (said.stderr, mine))


def toolchains(t):
    for name, lines in LINES.items():
        where = os.path.join(t.at, "m", name.replace(" ", "-"))
        write(where, {"go.mod": "module m\n\n%s\n" % lines, "sub/x.go": "package x\n"})
        for setting in SETTINGS:
            t.choose("%s, GOTOOLCHAIN=%s" % (name, setting), os.path.join(where, "sub"), GOTOOLCHAIN=setting)
    # go.work before go.mod; GOWORK; settings in files; other modes
    work = os.path.join(t.at, "w")
    write(work, {"go.work": "go 1.97.2\n\nuse ./a\n", "a/go.mod": "module a\n\ngo 1.24\n", "b/go.mod": "module b\n\ngo 1.24\n\ntoolchain go1.98.7\n", "old.work": "go 1.24\n\ntoolchain go1.98.5\n"})
    for directory, (name, env) in itertools.product(("a", "b", ""), {
            "a go.work": {}, "GOWORK=off": {"GOWORK": "off"}, "GOWORK=auto": {"GOWORK": "auto"}, "another go.work": {"GOWORK": os.path.join(work, "old.work")},
            "a go.work that is not there": {"GOWORK": os.path.join(work, "no.work")}, "local": {"GOTOOLCHAIN": "local"}, "path": {"GOTOOLCHAIN": "path"},
            "GO111MODULE=off": {"GO111MODULE": "off"}, "GO111MODULE=auto": {"GO111MODULE": "auto"},
            "GOTOOLCHAIN=auto": {"GOTOOLCHAIN": "auto"}, "both auto": {"GO111MODULE": "auto", "GOTOOLCHAIN": "auto"}}.items()):
        t.choose("%s in %s" % (name, directory or "the workspace"), os.path.join(work, directory), **env)
    module = os.path.join(t.at, "m", "toolchain-line")
    user = os.path.join(t.env["HOME"], ".config/go/env")
    work_off()
    for text in ("GOTOOLCHAIN=local\n", "GOTOOLCHAIN=\n", "GOTOOLCHAIN=go1.24.1\n", "GOTOOLCHAIN=path\n", "# nothing\n"):
        write(os.path.dirname(user), {"env": text})
        for env in ({}, {"GOTOOLCHAIN": "auto"}, {"GOENV": "off"}, {"XDG_CONFIG_HOME": t.at}):
            t.choose("the user's settings %r, %s" % (text, env), module, **env)
        work_off()
    os.remove(user)
    t.choose("no module, auto", t.at, GO111MODULE="auto")
    t.choose("no module", t.at)
    t.choose("a GOROOT that is set", module, GOROOT=t.root)
    t.choose("a GOROOT that is set, local", module, GOROOT=t.root, GOTOOLCHAIN="local")
    temporary = os.path.join(t.at, "tmp")
    write(temporary, {"go.mod": "module t\n\ngo 1.97.2\n", "in/x.go": "package x\n"})
    t.choose("a go.mod of the directory for temporary files", os.path.join(temporary, "in"), TMPDIR=temporary)
    t.choose("the same elsewhere", os.path.join(temporary, "in"), TMPDIR=t.at)


# ---- Directories of packages

def proxy(directory):
    for version in ("v1.0.0", "v1.1.0"):
        at = os.path.join(directory, "proxy/example.com/dep/@v")
        write(at, {"list": "v1.0.0\nv1.1.0\n", version + ".info": '{"Version":"%s"}' % version, version + ".mod": "module example.com/dep\n\ngo 1.20\n"})
        with zipfile.ZipFile(os.path.join(at, version + ".zip"), "w") as z:
            for name, text in {"go.mod": "module example.com/dep\n\ngo 1.20\n", "dep.go": "package dep\n\nconst Version = %r\n" % version, "LICENSE": ""}.items():
                z.writestr("example.com/dep@%s/%s" % (version, name), text.replace("'", '"'))


def listed(command, cwd, env):
    done = run(command, cwd, env)
    return done, {line.split()[0]: line.split()[1] for line in done.stdout.splitlines() if len(line.split()) == 2}


def packages(t, name, cwd, patterns, **env):
    """Of packages that are not the standard library's, as far as go lists any."""
    tasks.append(lambda: packages_now(t, name, cwd, patterns, {**t.env, "GOTOOLCHAIN": "local", **env}))


def packages_now(t, name, cwd, patterns, env):
    form = "{{if not .Standard}}{{.ImportPath}} {{.Dir}}{{end}}"
    done, want = listed([GO, "list", "-deps", "-f", form, *patterns], cwd, env)
    if done.returncode != 0:
        judge("go refuses", name, True, "")
        return
    dump = run([LOADDUMP, "-C", cwd, *patterns], cwd, env).stdout
    mine, path = {}, None
    for line in dump.splitlines():
        if line.startswith("P "):
            path = line[2:]
        elif line.startswith("  dir ") and not line[6:].startswith(t.root):
            mine[path] = line[6:]
        elif line == "  missing":
            mine.pop(path, None)
    judge("packages", name, mine == want, "go %s, heapls %s, %s" % (want, mine, done.stderr))


def vendored(t):
    """A vendor directory of the module, of the workspace, or of nobody; with another version of the dependency than the go.mod's."""
    source = 'package main\n\nimport "example.com/dep"\n\nfunc main() { println(dep.Version) }\n'
    versions = ["1.13", "1.14", "1.20", "1.22", "1.24", ""] if ALL else ["1.13", "1.24", ""]
    for go, work, kind, mod in itertools.product(versions, ("", "1.20", "1.21", "1.22", "1.24", "none") if ALL else ("", "1.20", "1.24"), ("", "module", "workspace", "bare"), ("", "-mod=mod", "-mod=readonly", "-mod=vendor")):
        if go in ("1.13", "1.20", "") and work in ("1.20", "1.21") and mod:
            continue  # enough of these
        where = os.path.join(t.at, "v", "_".join((go, work, kind, mod.replace("=", "") or "unset")).replace(".", "_"))
        line = "go %s\n\n" % go if go else ""
        write(where, {"m/go.mod": "module m\n\n%srequire example.com/dep v1.1.0\n" % line, "m/main.go": source,
                      "m/go.sum": "", "lib/go.mod": "module lib\n\ngo 1.20\n", "lib/lib.go": "package lib\n"})
        if work:
            write(where, {"go.work": ("" if work == "none" else "go %s\n\n" % work) + "use (\n\t./m\n\t./lib\n)\n"})
        place = os.path.join(where, "vendor" if kind == "workspace" else "m/vendor")
        mark = "## workspace\n" if kind == "workspace" else ""
        if kind:
            write(place, {"example.com/dep/dep.go": "package dep\n\nconst Version = \"vendored\"\n"})
        if kind in ("module", "workspace"):
            write(place, {"modules.txt": mark + "# example.com/dep v1.1.0\n## explicit; go 1.20\nexample.com/dep\n"})
        flags = {"GOFLAGS": ("-modcacherw " + mod).strip(), "GONOSUMDB": "*", "GONOSUMCHECK": "1", "GOFLAGS_": ""}
        shutil.copy(t.sum, os.path.join(where, "m/go.sum"))
        if work:
            shutil.copy(t.sum, os.path.join(where, "go.work.sum"))
        packages(t, "go %s, go.work %s, vendor of %s, %s" % (go or "-", work or "-", kind or "nobody", mod or "-"), os.path.join(where, "m"), ["."], **flags)


def ignored(t):
    """Patterns that begin above, at and in a directory that go.mod ignores."""
    for go, directive, work in itertools.product(("1.24", "1.25", "1.26") if ALL else ("1.25",), ("./skip", "skip", "./a/skip", "skip/deep", "(\n\t./skip\n\tother\n)", "./skip/"), (False, True)):
        if work and not ALL and directive != "skip":
            continue
        where = os.path.join(t.at, "i", "_".join((go, re.sub(r"\W", "-", directive), str(work))))
        files = {"go.mod": "module m\n\ngo %s\n\nignore %s\n" % (go, directive)}
        for d in ("", "skip", "skip/deep", "a", "a/skip", "a/skip/deep", "a/other", "other", "b/skipped"):
            files[os.path.join(d, "x.go")] = "package x%s\n" % (os.path.basename(d) or "root")
        files["uses/uses.go"] = 'package uses\n\nimport _ "m/skip/deep"\n'
        write(where, files)
        if work:
            write(os.path.dirname(where), {os.path.basename(where) + ".work": "go 1.26\n\nuse ./%s\n" % os.path.basename(where)})
        env = {"GOWORK": where + ".work" if work else "off"}
        for cwd, pattern in (("", "./..."), ("", "./skip/..."), ("", "./skip"), ("", "./skip/deep"), ("", "./a/..."), ("", "./a/skip/..."), ("", "m/..."), ("", "m/skip/..."), ("", "m/a/..."), ("", "m/skip"),
                             ("", "./.../deep"), ("", "./s..."), ("", "all"), ("", "./uses"), ("skip", "./..."), ("skip", "."), ("skip/deep", "./..."), ("a", "./..."), ("a/skip", "./..."), ("a", "m/...")):
            packages(t, "ignore %s, go %s, %s in %s%s" % (" ".join(directive.split()), go, pattern, cwd or ".", ", go.work" if work else ""), os.path.join(where, cwd), [pattern], **env)


def sums(t):
    """The go.sum of the made-up dependency."""
    where = os.path.join(t.at, "sum")
    write(where, {"go.mod": "module s\n\ngo 1.24\n\nrequire example.com/dep v1.1.0\n", "s.go": 'package s\n\nimport _ "example.com/dep"\n'})
    done = run([GO, "mod", "tidy"], where, {**t.env, "GOTOOLCHAIN": "local"})
    if done.returncode != 0:
        sys.exit("go mod tidy: " + done.stderr)
    t.sum = os.path.join(where, "go.sum")


def main():
    if not GO:
        print("SKIP: no go command")
        return 77
    bare = {**os.environ, "GOTOOLCHAIN": "local", "GOFLAGS": "", "GOENV": "off"}
    root, version, system, machine = run([GO, "env", "GOROOT", "GOVERSION", "GOHOSTOS", "GOHOSTARCH"], "/", bare).stdout.split()
    if int(re.match(r"go1\.(\d+)", version)[1]) < 25:
        print("SKIP: %s does not ignore directories" % version)
        return 77
    with tempfile.TemporaryDirectory() as directory:
        directory = os.path.realpath(directory)
        t = Table(directory, root, "%s-%s" % (system, machine))
        toolchains(t)
        proxy(directory)
        sums(t)
        vendored(t)
        ignored(t)
        work_off()
    for each in sorted(wrong)[:40]:
        print("WRONG", each)
    print("%s: %s; %d wrong" % (version, ", ".join("%d %s" % (n, k) for k, n in sorted(counts.items())), len(wrong)))
    return 1 if wrong else 0


sys.exit(main())
