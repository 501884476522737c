"""Every reason text: findings of reasons.go.txt against the "// want" comments on their lines.

usage: reasons_test.py HEAPLS
A comment is "want VERDICT-OR-CODE[ CODE]: part of the reason"; the verdicts are stack, none, or a code heap/…"""
import json
import os
import re
import subprocess
import sys
import tempfile

binary = os.path.abspath(sys.argv[1])
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "reasons.go.txt"), encoding="utf-8") as f:
    text = f.read()
with tempfile.TemporaryDirectory() as directory:
    with open(os.path.join(directory, "go.mod"), "w") as f:
        f.write("module reasons\n\ngo 1.24\n")
    with open(os.path.join(directory, "reasons.go"), "w", encoding="utf-8") as f:
        f.write(text)
    with open(os.path.join(directory, "body.s"), "w") as f:
        f.write("\n")
    done = subprocess.run([binary, "check", "--format=json", "--preset=all", "."], cwd=directory, capture_output=True, timeout=300)
if not done.stdout.strip() or b"not found" in done.stderr:
    print("SKIP: Go's sources are not here:", done.stderr.decode())
    sys.exit(77)
findings = {}
for package in json.loads(done.stdout)["packages"]:
    if package["errors"]:
        sys.exit("\n".join(package["errors"]))
    for finding in package["findings"]:
        findings.setdefault(finding["line"], []).append(finding)
bad = count = 0
for number, line in enumerate(text.split("\n"), 1):
    want = re.search(r"// want ([^:]*): (.*)$|// want (heap/)$", line)
    if not want:
        continue
    kinds = (want.group(1) or want.group(3)).split()
    words = want.group(2) or ""
    count += 1

    def fits(f):
        verdict_fits = all(f["verdict"] == k if k in ("none", "stack") else f["code"].startswith(k) for k in kinds)
        return verdict_fits and words in f["why"]

    if not any(fits(f) for f in findings.get(number, [])):
        bad += 1
        print("line %d: %s" % (number, line.strip()))
        for f in findings.get(number, []):
            print("    got %s %s: %s" % (f["verdict"], f["code"], f["why"]))
print("%d reasons, %d wrong" % (count, bad))
sys.exit(1 if bad else 0)
