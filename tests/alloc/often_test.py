#!/usr/bin/env python3
"""How often an allocation matters and under which condition, against the "// when" comments of often.go.txt.

    often_test.py HEAPLS
"""
import json, os, re, subprocess, sys, tempfile

binary = os.path.abspath(sys.argv[1])
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "often.go.txt"), encoding="utf-8") as f:
    text = f.read()
with tempfile.TemporaryDirectory() as directory:
    with open(os.path.join(directory, "go.mod"), "w") as f:
        f.write("module often\n\ngo 1.26\n")
    with open(os.path.join(directory, "often.go"), "w", encoding="utf-8") as f:
        f.write(text)
    done = subprocess.run([binary, "check", "--format=json", "."], cwd=directory, capture_output=True, timeout=300)
if not done.stdout.strip() or b"not found" in done.stderr:
    print("SKIP: Go's sources are not here:", done.stderr.decode())
    sys.exit(77)
document = json.loads(done.stdout)
if document["go"] not in ("1.26", "1.27"):
    print("SKIP: written for go1.26; here is go" + document["go"])
    sys.exit(77)
findings = {}
for package in document["packages"]:
    if package["errors"]:
        sys.exit("\n".join(package["errors"]))
    for finding in package["findings"]:
        findings.setdefault(finding["line"], []).append(finding)
bad = count = 0
for number, line in enumerate(text.split("\n"), 1):
    want = re.search(r"// when ((?:error|panic|once|init|-)(?:,\w+)*)(?: loop (\d+))?(?: ((?:if|for) .*))?$", line)
    found = findings.get(number, [])
    if not want:
        for f in found:
            bad += 1
            print("often.go:%d: nothing is said of %s %s" % (number, f["subject"], f["hint"]))
        continue
    count += 1
    cold, loop, condition = want[1], int(want[2] or 0), want[3]
    problems = [] if found else ["there is no finding"]
    for f in found:
        said = ",".join(f.get("cold", [])) or "-"
        if said != cold:
            problems.append("%s is %s" % (f["subject"], said))
        if f["loopDepth"] != loop:
            problems.append("%s is in %d loops" % (f["subject"], f["loopDepth"]))
        words = {"error": "on error", "panic": "on panic", "once": "once", "init": "at start"}
        if cold in words and words[cold] not in f["hint"]:
            problems.append("the hint does not say so: " + f["hint"])
    conditions = [f.get("condition") for f in found]
    if condition and condition not in conditions:
        problems.append("conditions: %s" % conditions)
    for problem in problems:
        bad += 1
        print("often.go:%d: %s\n\t%s" % (number, problem, line.strip()))
print("%d places, %d wrong" % (count, bad))
sys.exit(1 if bad else 0)
