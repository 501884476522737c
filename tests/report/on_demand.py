"""A package checked alone takes its imports from summaries; checked together with them, it sees them in full. The
messages must be the same: with an empty cache, with a full one, and with one whose files were all damaged.

usage: on_demand.py HEAPLS [--with PATTERN,PATTERN…] [PACKAGE…]      with: what is checked together, std by default"""
import os
import subprocess
import sys
import tempfile

PACKAGES = ["fmt", "encoding/json", "text/template", "net/http", "maps", "slices", "testing", "log/slog"]
binary = sys.argv[1]
arguments = sys.argv[2:]
together = ["std"]
if arguments[:1] == ["--with"]:
    together = arguments[1].split(",")
    arguments = arguments[2:]
packages = arguments or PACKAGES
try:
    goroot = subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip()
except (OSError, subprocess.CalledProcessError):
    print("SKIP: no go command to find the standard library with")
    sys.exit(77)
directory = os.path.join(goroot, "src")
if not arguments:
    younger = [p for p in packages if not os.path.isdir(os.path.join(directory, p))]
    packages = [p for p in packages if p not in younger]
    if younger:
        print("SKIP, as this Go has no such package:", " ".join(younger))


def check(patterns, cache):
    environment = dict(os.environ, HEAPLS_CACHE=cache)
    done = subprocess.run([binary, "check", "--format=gc"] + patterns, cwd=directory, env=environment, text=True,
                          stdout=subprocess.PIPE, errors="replace")
    by_package, lines = {}, None
    for line in done.stdout.splitlines():
        if line.startswith("# "):
            lines = by_package.setdefault(line[2:], [])
        elif lines is not None:
            lines.append(line)
    return by_package


def damage(cache):
    count = 0
    for where, _, names in os.walk(cache):
        for name in names:
            with open(os.path.join(where, name), "r+b") as f:
                f.seek(count * 37 % os.path.getsize(f.name))
                f.write(b"\x5a\xa5")
            count += 1
    return count


failed = 0
whole = check(together, "off")
with tempfile.TemporaryDirectory() as cache:
    for state in ["empty", "full", "damaged", "off"]:
        if state == "damaged":
            print("%d files damaged" % damage(cache))
        lines = 0
        for package in packages:
            alone = check([package], "off" if state == "off" else cache).get(package, [])
            lines += len(alone)
            if sorted(alone) != sorted(whole.get(package, [])) or not alone:
                failed += 1
                print("DIFFERENT with a cache that is %s: %s" % (state, package))
        print("cache %s: %d packages, %d messages" % (state, len(packages), lines))
        if state != "off" and not any(names for _, _, names in os.walk(cache)):
            failed += 1
            print("FAILED: nothing was stored")
sys.exit(failed != 0)
