"""What a package shows to its importers must not depend on what it was built for. A package that is asked for is built
as a whole, one that is only imported is built without what importers can't see (ir/deferred.c, inline/importers.c), and
both leave a summary in the cache, under a key that goes by the summaries of its imports. So that the entries of the
one kind are those of the other, to the last byte.

usage: summaries.py HEAPLS [-C DIRECTORY] [PATTERN…]      std by default, in GOROOT/src; each package that no other imports
is asked for alone"""
import json
import os
import subprocess
import sys
import tempfile

ASKED_FOR = ["net/http", "go/types", "text/template", "encoding/json", "log/slog", "testing", "compress/gzip"]
binary = os.path.abspath(sys.argv[1])
patterns = sys.argv[2:]
directory = None
if patterns[:1] == ["-C"]:
    directory, patterns = patterns[1], patterns[2:]
try:
    goroot = subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip()
except (OSError, subprocess.CalledProcessError):
    print("SKIP: no go command to find the standard library with")
    sys.exit(77)
directory = directory or os.path.join(goroot, "src")


def check(names, cache):
    subprocess.run([binary, "check", "--format=gc"] + names, cwd=directory, env=dict(os.environ, HEAPLS_CACHE=cache),
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def entries(cache):
    found = {}
    for where, _, names in os.walk(cache):
        for name in names:
            with open(os.path.join(where, name), "rb") as f:
                found[name] = f.read()
    return found


def nobody_imports(names):
    listed = subprocess.run(["go", "list", "-json=ImportPath,Imports"] + names, cwd=directory, capture_output=True,
                            text=True, check=True).stdout
    imports, decoder, at = {}, json.JSONDecoder(), 0
    while listed[at:].strip():
        at += len(listed[at:]) - len(listed[at:].lstrip())
        package, at = decoder.raw_decode(listed, at)
        imports[package["ImportPath"]] = package.get("Imports") or []
    imported = {path for paths in imports.values() for path in paths}
    return [path for path in imports if path not in imported]


if patterns:
    alone = nobody_imports(patterns)
else:
    alone = [p for p in ASKED_FOR if os.path.isdir(os.path.join(directory, p))]
with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
    check(patterns or ["std"], first)
    for package in alone:
        check([package], second)
    asked, imported = entries(first), entries(second)
shared = [name for name in imported if name in asked]
different = [name for name in shared if imported[name] != asked[name]]
print("%d summaries of packages asked for, %d made on the way to %d others: %d with the same key, %d of them different" %
      (len(asked), len(imported), len(alone), len(shared), len(different)))
sys.exit(bool(different) or len(shared) != len(imported) or not shared)
