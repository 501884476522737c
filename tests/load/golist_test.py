#!/usr/bin/env python3
"""The loader against `go list`: same packages, same order, same files, same imports.

golist_test.py LOADDUMP [CASE...]   prints one line per case; SKIP without a Go installation.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

LOADDUMP = os.path.abspath(sys.argv[1])
ONLY = sys.argv[2:]
# Profiles make go list compile packages again for one main package: not a matter of loading.
PGO = []
FILE_KINDS = ["GoFiles", "CgoFiles", "TestGoFiles", "XTestGoFiles", "SFiles"]


def run(command, cwd, env):
    full = dict(os.environ, **env)
    return subprocess.run(command, cwd=cwd, env=full, capture_output=True, text=True, timeout=300)


def go_list(cwd, env, args, patterns, tests):
    command = ["go", "list", "-e"] + PGO + ["-deps", "-json=ImportPath,Dir,Name,DepOnly,Imports,ImportMap,Module,Standard,Error,Incomplete,"
               + ",".join(FILE_KINDS)] + args + patterns
    done = run(command, cwd, env)
    decoder, text, at, out = json.JSONDecoder(), done.stdout, 0, []
    while at < len(text):
        value, at = decoder.raw_decode(text, at)
        out.append(value)
        while at < len(text) and text[at].isspace():
            at += 1
    roots = run(["go", "list", "-e"] + PGO + args + patterns, cwd, env).stdout.split()
    return out, roots


def load_dump(cwd, env, args, patterns, tests):
    command = [LOADDUMP, "-C", cwd]
    for a in args:
        name, _, value = a.partition("=")
        command += [name, value]
    done = run(command + ["-tests"] + patterns, cwd, env)
    if done.returncode != 0:
        return None, [], done.stderr
    packages, roots, errors, current = {}, [], [], None
    for line in done.stdout.splitlines():
        if line.startswith("P "):
            current = {"id": line[2:], "errors": []}
            packages[line[2:]] = current
        elif line.startswith("R "):
            roots.append(line[2:])
        elif line.startswith("E "):
            errors.append(line[2:])
        elif line.startswith("  error "):
            current["errors"].append(line[8:])
        elif line.startswith("  "):
            key, _, value = line[2:].partition(" ")
            current[key] = value
    return packages, roots, errors


def cgo_extra(package):
    """Imports that cgo's translation adds and go list shows."""
    return {"C", "unsafe", "runtime/cgo", "syscall"} if package.get("CgoFiles") else set()


def compare(name, cwd, env, args, patterns):
    cwd = os.path.realpath(cwd)
    listed, go_roots = go_list(cwd, env, args, patterns, True)
    ours, roots, errors = load_dump(cwd, env, args, patterns, True)
    faults = []
    if ours is None:
        faults.append("loaddump failed: %s" % errors)
        ours = {}
    plain = {k: v for k, v in ours.items() if not v["id"].endswith(".test]")}
    if go_roots != roots:
        faults.append("roots differ: only go %s, only heapls %s, order %s" % (
            sorted(set(go_roots) - set(roots))[:8], sorted(set(roots) - set(go_roots))[:8], sorted(go_roots) == sorted(roots)))
    by_path = {p["ImportPath"]: p for p in listed}
    # Packages that go list adds for the linker or for cgo are not imports: walk what is imported.
    reachable, todo = set(), [p for p in go_roots]
    while todo:
        path = todo.pop()
        if path in reachable or path not in by_path:
            continue
        reachable.add(path)
        p = by_path[path]
        todo += [i for i in p.get("Imports", []) if i != "C" and not (i in cgo_extra(p) and i not in plain.get(path, {}).get("imports", ""))]
    files = imports = 0
    for path in sorted(reachable):
        p, q = by_path[path], plain.get(path)
        if q is None:
            faults.append("%s: not loaded" % path)
            continue
        is_root = not p.get("DepOnly")
        if os.path.realpath(p.get("Dir", "")) != os.path.realpath(q["dir"]):
            faults.append("%s: dir %s, heapls %s" % (path, p.get("Dir"), q["dir"]))
        if p.get("Name", "") != q["name"] and not p.get("Error"):
            faults.append("%s: name %s, heapls %s" % (path, p.get("Name"), q["name"]))
        module = p.get("Module", {})
        if module and not p.get("Standard"):
            want = ("%s %s" % (module["Path"], module.get("Version", ""))).strip()
            if want != q.get("module", "").strip():
                faults.append("%s: module %s, heapls %s" % (path, want, q.get("module")))
            go = module.get("GoVersion", "1.16")
            if not PGO:  # before Go 1.21 go list drops what follows the minor version
                q["go"] = ".".join(q["go"].split(".")[:2])
            if path != "command-line-arguments" and go != q["go"]:
                faults.append("%s: go version %s, heapls %s" % (path, go, q["go"]))
        for kind in FILE_KINDS:
            if kind in ("TestGoFiles", "XTestGoFiles") and not is_root:
                continue
            want, have = p.get(kind, []), q.get(kind, "").split()
            if want != have:
                faults.append("%s: %s: only go %s, only heapls %s" % (path, kind, sorted(set(want) - set(have)), sorted(set(have) - set(want))))
            files += len(want)
        have = [i.partition("=")[2] or i for i in q.get("imports", "").split()]
        want = [i for i in p.get("Imports", []) if i in have or i not in cgo_extra(p)]
        if path == "unsafe":
            want = have = []
        if want != have:
            faults.append("%s: imports: only go %s, only heapls %s" % (path, sorted(set(want) - set(have)), sorted(set(have) - set(want))))
        imports += len(want)
    extra = set(plain) - reachable - {"unsafe"}
    test_only = {k for k in extra if is_test_dep(k, ours)}
    if extra - test_only:
        faults.append("loaded but not listed: %s" % sorted(extra - test_only)[:8])
    index = {k: i for i, k in enumerate(ours)}
    for k, v in ours.items():
        for i in v.get("imports", "").split():
            target = i.partition("=")[2] or i
            if target in index and index[target] > index[k] and v.get("cycle") is None and not k.endswith(".test]"):
                faults.append("order: %s comes before its import %s" % (k, target))
    print("%s %s: %d packages, %d files, %d imports" % ("FAIL" if faults else "ok  ", name, len(reachable), files, imports), flush=True)
    for f in faults[:12]:
        print("     " + f)
    return not faults


def is_test_dep(path, ours):
    """Whether only test variants lead to the package."""
    seen, todo = set(), [k for k in ours if k.endswith(".test]")]
    while todo:
        k = todo.pop()
        if k in seen or k not in ours:
            continue
        seen.add(k)
        todo += [i.partition("=")[2] or i for i in ours[k].get("imports", "").split()]
    return path in seen


def write(root, files):
    for name, text in files.items():
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(text)


def synthetic(root):
    write(root, {
        "main/go.mod": "module example.com/main\n\ngo 1.21\n\nrequire (\n\texample.com/dep v1.2.0 // c\n\texample.com/Upper v0.1.0\n)\n"
                       "replace example.com/dep => ../dep\nreplace example.com/Upper v0.1.0 => \"../upper\"\n",
        "main/main.go": "package main\n\nimport (\n\t\"fmt\"\n\t. \"example.com/dep/sub\"\n\t\"example.com/main/internal/x\"\n\t_ \"example.com/Upper\"\n)\n\nfunc main() { fmt.Println(X, x.Y) }\n",
        "main/main_test.go": "package main\n\nimport \"testing\"\n\nfunc TestX(t *testing.T) {}\n",
        "main/ext_test.go": "package main_test\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestY(t *testing.T) { os.Exit(0) }\n",
        "main/main_windows.go": "package main\n\nimport \"syscall\"\n\nvar _ syscall.Errno\n",
        "main/gen.go": "//go:build ignore\n\npackage main\n\nfunc main() {}\n",
        "main/old.go": "// +build foo,!windows bar\n\npackage main\n\nimport _ \"log\"\n",
        "main/tagged.go": "// Copyright.\n\n//go:build (linux || darwin) && !cgo\n// +build linux darwin\n\n// Package main.\npackage main\n\nimport `io`\n\nvar _ io.Reader\n",
        "main/internal/x/x.go": "package x; import \"strings\"; import (\"bytes\"; e \"errors\")\nvar Y = strings.ToUpper(\"\")\nvar _ bytes.Buffer\nvar _ = e.New\n",
        "main/internal/x/asm_amd64.s": "// +build !purego\n\n#include \"textflag.h\"\n",
        "main/internal/x/asm_arm64.s": "//go:build !purego\n\n#include \"textflag.h\"\n",
        "main/a-b/a.go": "package ab\n",
        "main/a/b/b.go": "package b\n\nimport _ \"example.com/missing/pkg\"\nimport _ \"nostd\"\n",
        "main/onlytest/o_test.go": "package onlytest\n\nimport _ \"testing\"\n",
        "main/onlyignored/o.go": "//go:build never\n\npackage onlyignored\n",
        "main/testdata/t.go": "package t\n",
        "main/_hidden/t.go": "package t\n",
        "main/.dot/t.go": "package t\n",
        "main/nested/go.mod": "module example.com/nested\n\ngo 1.20\n",
        "main/nested/n.go": "package nested\n",
        "main/vendorish/vendor/v.go": "package vendor\n",
        "main/cgo/c.go": "package cgo\n\n/*\nconst char *x;\n*/\nimport \"C\"\nimport \"fmt\"\n\nvar _ = fmt.Sprint(C.x)\n",
        "main/cgo/nocgo.go": "//go:build !cgo\n\npackage cgo\n",
        "main/cgo/c.c": "int x;\n",
        "dep/go.mod": "module example.com/dep\n\ngo 1.18\n",
        "dep/dep.go": "package dep\n",
        "dep/sub/sub.go": "package sub\n\nimport _ \"example.com/dep\"\n\nconst X = 1\n",
        "upper/go.mod": "module example.com/Upper\n",
        "upper/u.go": "package upper\n\nimport _ \"math\"\n",
        "work/go.work": "go 1.22\n\nuse (\n\t./one\n\t./two\n)\n",
        "work/one/go.mod": "module example.com/one\n\ngo 1.22\n",
        "work/one/o.go": "package one\n\nimport _ \"example.com/two/deep\"\n",
        "work/two/go.mod": "module example.com/two\n\ngo 1.20\n",
        "work/two/deep/d.go": "package deep\n\nimport _ \"sort\"\n",
        "vend/go.mod": "module example.com/vend\n\ngo 1.20\n\nrequire example.com/dep v1.2.0\n\nreplace example.com/dep => ../dep\n",
        "vend/v.go": "package vend\n\nimport _ \"example.com/dep/sub\"\n",
        "vend/vendor/modules.txt": "# example.com/dep v1.2.0 => ../dep\n## explicit; go 1.18\nexample.com/dep\nexample.com/dep/sub\n# example.com/dep => ../dep\n",
        "vend/vendor/example.com/dep/dep.go": "package dep\n",
        "vend/vendor/example.com/dep/sub/sub.go": "package sub\n\nimport _ \"example.com/dep\"\n\nconst X = 1\n",
        "cycle/go.mod": "module example.com/cycle\n\ngo 1.20\n",
        "cycle/a/a.go": "package a\n\nimport _ \"example.com/cycle/b\"\n",
        "cycle/b/b.go": "package b\n\nimport _ \"example.com/cycle/a\"\n",
        "ignore/go.mod": "module example.com/ignore\n\ngo 1.25\n\nignore ./skip\n\nignore (\n\tdeep\n)\n",
        "ignore/i.go": "package ignore\n",
        "ignore/skip/s.go": "package skip\n",
        "ignore/x/deep/s.go": "package deep\n",
        "ignore/x/skip/s.go": "package skip\n",
        "gopath/src/p/p.go": "package p\n\nimport (\n\t_ \"q\"\n\t_ \"fmt\"\n)\n",
        "gopath/src/p/vendor/q/q.go": "package q\n",
        "gopath/src/q/q.go": "package q\n",
    })


def cases(root):
    goroot = subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True).stdout.strip()
    main = os.path.join(root, "main")
    base = {"GOFLAGS": "", "GOWORK": "", "GOPROXY": "off"}
    nocgo, cgo = dict(base, CGO_ENABLED="0"), dict(base, CGO_ENABLED="1")
    yield "std cgo", root, cgo, [], ["std"]
    yield "std no cgo", root, nocgo, [], ["std"]
    yield "cmd", root, nocgo, [], ["cmd"]
    for goos in ("linux", "darwin", "windows"):
        for goarch in ("amd64", "arm64"):
            yield "std cmd %s/%s" % (goos, goarch), root, dict(base, GOOS=goos, GOARCH=goarch, CGO_ENABLED=""), [], ["std", "cmd"]
    yield "std js/wasm", root, dict(base, GOOS="js", GOARCH="wasm"), [], ["std"]
    yield "std linux/386 tags", root, dict(base, GOOS="linux", GOARCH="386", GO386="softfloat"), ["-tags=purego,netgo,osusergo"], ["std"]
    yield "std amd64.v3 race", root, dict(base, GOAMD64="v3"), ["-tags=race"], ["std"]
    yield "std experiments", root, dict(base, GOEXPERIMENT="jsonv2,nogreenteagc,simd"), [], ["std"]
    yield "std inside GOROOT/src", os.path.join(goroot, "src"), nocgo, [], ["./...", "cmd/go"]
    yield "net/... inside GOROOT/src/net", os.path.join(goroot, "src", "net"), cgo, [], ["./...", "."]
    yield "./... inside GOROOT/src/cmd", os.path.join(goroot, "src", "cmd"), nocgo, [], ["./compile/...", "./internal/..."]
    yield "paths", root, nocgo, [], ["fmt", "net/http/...", "cmd/comp...", "archive/..."]
    yield "absolute directory", root, nocgo, [], [os.path.join(goroot, "src/strings")]
    yield "module ./...", main, nocgo, [], ["./..."]
    yield "module ./... cgo", main, cgo, [], ["./..."]
    yield "module tags", main, nocgo, ["-tags=foo"], ["."]
    yield "module tags 2", main, nocgo, ["-tags=bar,purego"], ["./internal/x", "."]
    yield "module windows", main, dict(nocgo, GOOS="windows"), [], ["./...", "example.com/dep/sub"]
    yield "module pattern", main, nocgo, [], ["example.com/..."]
    yield "module all", main, nocgo, [], ["all"]
    yield "module from below", os.path.join(main, "internal"), nocgo, [], ["./...", "..", "../a/..."]
    yield "nested module", os.path.join(main, "nested"), nocgo, [], ["./..."]
    yield "files", main, nocgo, [], ["main.go", "main_windows.go"]
    yield "file ignored by tag", main, nocgo, [], ["gen.go"]
    yield "workspace", os.path.join(root, "work"), nocgo, [], ["./one/...", "./two/..."]
    yield "workspace pattern", os.path.join(root, "work", "one"), nocgo, [], ["example.com/..."]
    yield "workspace off", os.path.join(root, "work", "one"), dict(nocgo, GOWORK="off"), [], ["./..."]
    yield "vendor", os.path.join(root, "vend"), nocgo, [], ["./...", "example.com/dep/sub"]
    yield "vendor pattern", os.path.join(root, "vend"), nocgo, [], ["example.com/..."]
    yield "vendor off", os.path.join(root, "vend"), nocgo, ["-mod=mod"], ["./..."]
    yield "ignore directive", os.path.join(root, "ignore"), nocgo, [], ["./..."]
    yield "GOPATH", os.path.join(root, "gopath/src/p"), dict(nocgo, GO111MODULE="off", GOPATH=os.path.join(root, "gopath")), [], ["./...", "q"]


def cycle_case(root):
    ours, _, _ = load_dump(os.path.join(root, "cycle"), {"GOFLAGS": ""}, [], ["./..."], True)
    messages = [e for p in ours.values() for e in p["errors"]]
    ok = any("import cycle not allowed: example.com/cycle/a -> example.com/cycle/b -> example.com/cycle/a" in m for m in messages)
    print("%s import cycle: %s" % ("ok  " if ok else "FAIL", messages))
    return ok


def cache_case(root):
    """A third-party module, from the module cache. Needs the network once."""
    cwd = os.path.join(root, "third")
    write(cwd, {"go.mod": "module example.com/third\n\ngo 1.24\n", "t.go": "package third\n\nimport _ \"golang.org/x/tools/go/packages\"\n"})
    # Packages, not the module: go.sum is to have all that they import, without which go list does not look at it.
    packages = ["golang.org/x/tools/go/packages@v0.34.0", "golang.org/x/tools/go/ssa/...@v0.34.0", "golang.org/x/mod/semver@v0.25.0"]
    got = run(["go", "get"] + packages, cwd, {"GOFLAGS": "-mod=mod"})
    if got.returncode != 0:
        print("SKIP module cache: golang.org/x/tools cannot be fetched")
        return True
    env = {"GOFLAGS": "", "CGO_ENABLED": "0"}
    ok = compare("module cache", cwd, env, [], ["./..."])
    return compare("module cache pattern", cwd, env, [], ["golang.org/x/tools/go/ssa/...", "golang.org/x/mod/semver"]) and ok


def main():
    if not shutil.which("go"):
        print("SKIP: no go command to compare with")
        return 77
    version = subprocess.run(["go", "env", "GOVERSION"], capture_output=True, text=True).stdout.strip()
    minor = int((version.split(".") + ["0", "0"])[1].split("rc")[0].split("-")[0] or 0)
    linked = os.path.islink(os.path.join(subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True).stdout.strip(), "src"))
    if minor >= 21:
        PGO.append("-pgo=off")
    print("go list of %s" % version)
    root = os.path.realpath(tempfile.mkdtemp(prefix="heapls-load-"))
    try:
        synthetic(root)
        ok = True
        for name, cwd, env, args, patterns in cases(root):
            if (name == "ignore directive" and minor < 25) or (name == "std experiments" and minor < 26):
                continue
            if name == "paths" and minor < 20 and linked:
                print("SKIP paths: go list before Go 1.20 does not walk a GOROOT/src that is a link")
                continue
            if not ONLY or any(o in name for o in ONLY):
                ok = compare(name, cwd, env, args, patterns) and ok
        if not ONLY or "cycle" in ONLY:
            ok = cycle_case(root) and ok
        if not ONLY or "cache" in ONLY:
            ok = cache_case(root) and ok
        return 0 if ok else 1
    finally:
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
