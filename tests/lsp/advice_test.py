"""Advice is true: it is given, and following it saves allocations when the program runs.

usage: advice_test.py HEAPLS
Each "// advice: TEXT" of advice.go.txt must stand in what heapls says of its line, and every advice that advice.c holds must be
among them; then the program is run by Go and compares what the code before and after the advice allocates."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

from texts import Shown, texts

binary = os.path.abspath(sys.argv[1])
here = os.path.dirname(os.path.abspath(__file__))
# Advice that cannot be measured by a pair of functions.
NOT_RUN = (
    "what a goroutine uses cannot stay on this stack; start fewer goroutines, or reuse them.",
)

with open(os.path.join(here, "advice.go.txt"), encoding="utf-8") as f:
    text = f.read()
if not shutil.which("go"):
    print("SKIP: there is no go command to run the program with")
    sys.exit(77)
with tempfile.TemporaryDirectory() as directory:
    directory = os.path.realpath(directory)
    for name, content in (("go.mod", "module advice\n\ngo 1.24\n"), ("main.go", text)):
        with open(os.path.join(directory, name), "w", encoding="utf-8") as f:
            f.write(content)
    done = subprocess.run([binary, "check", "--format=json", "--preset=all", "."], cwd=directory, capture_output=True, timeout=300)
    document = json.loads(done.stdout)
    if tuple(map(int, document["go"].split("."))) < (1, 26):
        print("SKIP: the program is for the rules of go1.26, and the toolchain here is go" + document["go"])
        sys.exit(77)
    failed = 0
    given = {}
    for finding in document["packages"][0]["findings"]:
        given.setdefault(finding["line"], []).append(finding.get("advice", ""))
    for number, line in enumerate(text.split("\n"), 1):
        _, _, want = line.partition("// advice: ")
        if want and not any(want in advice for advice in given.get(number, [])):
            failed += 1
            print("line %d: %s\n    got %s" % (number, line.strip(), given.get(number)))
    said = Shown("\n".join([advice for advices in given.values() for advice in advices] + list(NOT_RUN)))
    for line, literal, parts in texts(os.path.join(here, "..", "..", "analysis/report/advice.c")):
        if literal.endswith(".") and literal[0].islower() and not said.has(parts):
            failed += 1
            print("advice.c:%d: no program follows: %s" % (line, literal))
    run = subprocess.run(["go", "run", "."], cwd=directory, capture_output=True, text=True, timeout=300, check=False)
    print(run.stdout + run.stderr)
    print("%d pieces of advice, %d wrong" % (text.count("// advice: "), failed))
sys.exit(1 if failed or run.returncode else 0)
