#!/usr/bin/env python3
"""Type-checks packages with go/types (tests/oracle/typesdump) and with heapls (typesdump), and compares all facts found.

oracle.py TYPESDUMP [-C DIR] [-tests] [PATTERN...]   (default: SAMPLE, packages of std that between them use all of Go)
oracle.py TYPESDUMP --long      std with tests, cmd/... with tests: minutes
oracle.py TYPESDUMP --modules   the MODULES below, fetched with the go command into a module cache of their own

Prints both programs' lines and seconds, the classes of disagreement with examples, and a table. Fails below 99.99 %
agreement, when heapls complains about anything or misses a file. Prints SKIP without Go; --modules also without a network.
"""
import json, os, re, shutil, subprocess, sys, tempfile

SAMPLE = ["bufio", "bytes", "cmp", "container/list", "context", "crypto/internal/...", "database/sql", "encoding/json",
          "encoding/binary", "errors", "fmt", "go/ast", "go/types", "io", "iter", "maps", "math", "math/big", "net/http",
          "reflect", "regexp", "runtime", "slices", "sort", "strconv", "strings", "sync/...", "syscall", "text/template",
          "time", "unicode", "unique", "unsafe", "weak"]
MODULES = ["golang.org/x/tools@v0.52.0", "github.com/klauspost/compress@v1.20.3", "google.golang.org/protobuf@v1.36.12",
           "github.com/samber/lo@v1.53.0", "gonum.org/v1/gonum@v0.17.0"]
HERE = os.path.dirname(os.path.abspath(__file__))


class Oracle:
    def __init__(self, tool, tmp):
        self.tool, self.tmp = os.path.abspath(tool), tmp
        self.go = os.path.join(tmp, "gotypesdump")
        self.env = {**os.environ, "CGO_ENABLED": "0"}
        self.rows, self.good = [], True

    def build(self):
        return subprocess.run(["go", "build", "-o", self.go, "./typesdump"], cwd=os.path.join(HERE, "..", "oracle"),
                              env=self.env).returncode == 0

    def compare(self, title, directory, flags, patterns):
        dumps, lines = [], []
        for program, name in ((self.go, "go"), (self.tool, "heapls")):
            out = os.path.join(self.tmp, "dump-" + name)
            shutil.rmtree(out, ignore_errors=True)
            os.mkdir(out)
            extra = ["-errors"] if name == "heapls" else []
            r = subprocess.run([program, *flags, *extra, "-o", out, *patterns], cwd=directory, env=self.env,
                               capture_output=True, text=True, errors="replace")
            lines.append((r.stdout + r.stderr).strip().splitlines() or [""])
            print(f"{title}: {name}: {lines[-1][-1]}", flush=True)
            if r.returncode:
                print("\n".join(lines[-1][-20:]))
                self.good = False
                self.rows.append((title, 0, 0, 0, 0.0, "the oracle failed" if name == "go" else "heapls failed"))
                return
            dumps.append(out)
        complaints = lines[1][:-1]
        known = {re.sub(r":\d+:\d+: .*", "", line) for line in lines[0][:-1]}  # files that go/types does not like either
        complaints = [c for c in complaints if re.sub(r":\d+(:\d+)?: .*", "", c) not in known]
        if complaints:
            print("\n".join(complaints[:20]))
            print(f"{len(complaints)} complaints about valid code")
        r = subprocess.run([sys.executable, os.path.join(HERE, "compare.py"), "--json", os.path.join(self.tmp, "result"), *dumps],
                           capture_output=True, text=True)
        print(r.stdout, end="", flush=True)
        with open(os.path.join(self.tmp, "result")) as f:
            got = json.load(f)
        share = 100.0 * got["equal"] / got["total"] if got["total"] else 0.0
        self.good &= share >= 99.99 and not complaints and not got["missing"]
        classes = ", ".join(f"{c} {n}" for c, n in got["classes"].items()) or "none"
        if got["deliberate"]:
            classes += f" (deliberate: string argument of append or copy typed {got['deliberate']})"
        if complaints:
            classes += f"; complaints {len(complaints)}"
        rejected = re.search(r"(\d+) test packages rejected", lines[0][-1])
        if rejected and rejected[1] != "0":
            classes += f"; left out: {rejected[1]} test packages that go/types rejects"
        self.rows.append((title, got["packages"], got["files"], got["total"], share, classes))

    def modules(self, modules):
        cache = os.path.join(self.tmp, "cache")
        self.env.update(GOMODCACHE=cache, GOFLAGS="-modcacherw -mod=mod", GOWORK="off", GOTOOLCHAIN="local")
        for module in modules:
            r = subprocess.run(["go", "mod", "download", "-json", module], cwd=self.tmp, env=self.env, capture_output=True,
                               text=True, timeout=300)
            if r.returncode:
                print(f"SKIP: {module}: no network, or not to be had:", (r.stderr or r.stdout).strip()[-300:])
                continue
            directory = os.path.join(self.tmp, "module")
            shutil.rmtree(directory, ignore_errors=True)
            shutil.copytree(json.loads(r.stdout)["Dir"], directory)
            subprocess.run(["go", "mod", "download"], cwd=directory, env=self.env, capture_output=True, timeout=600)
            self.compare(module, directory, ["-tests"], ["./..."])

    def table(self):
        print(f"{'what':40} packages  files    facts    equal %  classes of disagreement")
        for title, packages, files, total, share, classes in self.rows:
            print(f"{title:40} {packages:8} {files:6} {total:8} {share:10.5f}  {classes}")


def main():
    args = sys.argv[1:]
    if not args:
        raise SystemExit(__doc__)
    tool = args.pop(0)
    try:
        root = subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        print("SKIP: no Go")
        return 77
    source = os.path.join(root, "src")
    with tempfile.TemporaryDirectory() as tmp:
        oracle = Oracle(tool, tmp)
        if not oracle.build():
            print("SKIP: the oracle does not build")
            return 77
        if args[:1] == ["--long"]:
            oracle.compare("std with tests", source, ["-tests"], ["std"])
            oracle.compare("cmd/... with tests", source, ["-tests"], ["cmd/..."])
        elif args[:1] == ["--modules"]:
            oracle.modules(args[1:] or MODULES)
        else:
            directory, flags = source, []
            while args and args[0] in ("-C", "-tests"):
                if args.pop(0) == "-C":
                    directory = args.pop(0)
                else:
                    flags.append("-tests")
            oracle.compare(" ".join(args)[:40] or "sample of std", directory, flags, args or SAMPLE)
        oracle.table()
        return 0 if oracle.good else 1


sys.exit(main())
