"""Every reason text.

usage: reasons_test.py HEAPLS [--update]
Findings of reasons.go.txt are compared with the "// want" comments on their lines: "want VERDICT-OR-CODE[ CODE]: part of the
reason[ => part of the advice]"; the verdicts are stack, none, or a code heap/…; an advice that must not be there is "=> -".
All hovers of the file are compared with golden/reasons.txt, and every text that the sources below can print must stand
there: a text without a test fails. Goldens are of the rules of go1.26; with another Go they are not compared."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from lsp_client import Server
from texts import Shown, texts

SOURCES = ("analysis/report/" + name + ".c" for name in ("reason", "reason_step", "advice", "amount", "often", "silent", "finding", "finding_call", "finding_function", "finding_type"))
SOURCES = (*SOURCES, "lsp/render_hover.c", "lsp/render.c", "lsp/render_hints.c")
# Texts that need something else than a source file, and where they are tested; or why they can't be.
ELSEWHERE = {
    "%sstale: %s": "decision_test.py",
    " (stale)": "checkout_test.py, features_test.py",
    "confirmed by the compiler": "verify_test.py",
    "the compiler does not say so": "verify_test.py",
    "Parameter.": "heapls/paths in features_test.py",
    "… By the profile it is mostly T.M: that one is tried first, and inlined.": "editor_test.py in tests/profile",
    "quiet": "a preset's name",
    "default": "a preset's name",
    "It needs a stricter alignment than the stack gives.": "no type of a user has such an alignment",
    "no code is made for it: what the condition rules out is left out of the program.": "gc mostly does not speak of it either",
    ", which is not decided here: what it keeps is not known": "cgo_test.py in tests/cli",
    "marked go:nocheckptr": "needs -d=checkptr, which is no setting of the server",
    "it is marked `//go:nocheckptr` and pointer checks are on": "likewise",
    "marked go:cgo_unsafe_args": "only runtime may say it",
    "it is marked `//go:cgo_unsafe_args`": "likewise",
    "marked go:yeswritebarrierrec": "likewise",
    "it is marked `//go:yeswritebarrierrec`": "likewise",
}
FLAGS = "package reasons\n\n//go:norace\nfunc quietly() int { return 1 }\n\nfunc loud() int { return quietly() }\n"
binary, update = os.path.abspath(sys.argv[1]), "--update" in sys.argv
here = os.path.dirname(os.path.abspath(__file__))
golden = os.path.join(here, "golden", "reasons.txt")


def check_wants(text, packages):
    findings, bad, count = {}, 0, 0
    for package in packages:
        if package["errors"]:
            sys.exit("\n".join(package["errors"]))
        for finding in package["findings"]:
            findings.setdefault(finding["line"], []).append(finding)
    for number, line in enumerate(text.split("\n"), 1):
        want = re.search(r"// want ([^:]*): (.*?)(?: => (.*))?$|// want (heap/)$", line)
        if not want:
            continue
        kinds, words, advice = (want[1] or want[4]).split(), want[2] or "", want[3]
        count += 1

        def fits(f):
            verdict_fits = all(f["verdict"] == k if k in ("none", "stack") else f["code"].startswith(k) for k in kinds)
            given = f.get("advice", "")
            advice_fits = advice is None or (given == "" if advice == "-" else advice in given)
            return verdict_fits and words in f["why"] and advice_fits

        if not any(fits(f) for f in findings.get(number, [])):
            bad += 1
            print("line %d: %s" % (number, line.strip()))
            for f in findings.get(number, []):
                print("    got %s %s: %s => %s" % (f["verdict"], f["code"], f["why"], f.get("advice", "-")))
    print("%d reasons, %d wrong" % (count, bad))
    return bad


def hovers(path, text, codes={}, gcflags=""):
    """What every place of the file says, once each, with hints and codes."""
    server = Server(binary, settings={"preset": "all", "go": {"gcflags": gcflags}})
    server.initialize({"textDocument": {"hover": {"contentFormat": ["plaintext"]}, "inlayHint": {}}, "workspace": {"configuration": True}})
    uri = server.open(path)
    hints, seen, out = {}, set(), []
    for hint in server.hints(uri):
        label = hint["label"] if isinstance(hint["label"], str) else "".join(p["value"] for p in hint["label"])
        hints.setdefault(hint["position"]["line"], []).append(label.strip())
    for number, line in enumerate(text.split("\n")):
        said = []
        for m in re.finditer(r"[A-Za-z_]\w*|[\[\]{}()+&*<\"=.,:-]", line.split(" // want")[0]):
            answer = server.result("textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": number, "character": len(line[:m.start()].encode("utf-16-le")) // 2}})
            key = answer and json.dumps(answer["range"])
            if key and key not in seen:
                seen.add(key)
                said.append(answer["contents"]["value"].strip())
        if said or number in hints:
            out.append("==== %s\n" % line.split(" // want")[0].strip())
            out += ["hint: %s\n" % h for h in hints.get(number, [])] + ["code: %s\n" % c for c in codes.get(number, [])] + [s + "\n----\n" for s in said]
    server.stop()
    shown = "".join(out).replace(os.path.dirname(path) + "/", "")
    return re.sub(r"/[^\s:]*/src/([^\s:]*\.go)(:\d+)*", r"GOROOT/src/\1", shown)  # lines there differ between patch releases


def untested(text):
    missing, shown, elsewhere = [], Shown(text + re.sub(r" at line \d+", "", text)), Shown("\n".join(ELSEWHERE))
    for source in SOURCES:
        for line, literal, parts in texts(os.path.join(here, "..", "..", source)):
            if not shown.has(parts) and not elsewhere.has(parts):
                missing.append("%s:%d: no test brings about: %s" % (source, line, literal))
    return missing


def main():
    with open(os.path.join(here, "reasons.go.txt"), encoding="utf-8") as f:
        text = f.read()
    goroot = subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True).stdout.strip() if shutil.which("go") else ""
    if goroot and not os.path.isdir(os.path.join(goroot, "src", "structs")):  # before go1.23: that field goes, the lines stay
        text = re.sub(r"(?m)^.*\bstructs\b.*$", "", text)
    with tempfile.TemporaryDirectory() as directory:
        directory = os.path.realpath(directory)
        path = os.path.join(directory, "reasons.go")
        for name, content in (("go.mod", "module reasons\n\ngo 1.24\n"), ("reasons.go", text), ("body.s", "\n")):
            with open(os.path.join(directory, name), "w", encoding="utf-8") as f:
                f.write(content)
        done = subprocess.run([binary, "check", "--format=json", "--preset=all", "."], cwd=directory, capture_output=True, timeout=300)
        if not done.stdout.strip() or b"not found" in done.stderr:
            print("SKIP: Go's sources are not here:", done.stderr.decode())
            return 77
        document = json.loads(done.stdout)
        bad = check_wants(text, document["packages"])
        if document["go"] != "1.26":
            print("SKIP golden: the toolchain here is go" + document["go"])
            return 1 if bad else 0
        codes = {}
        for f in document["packages"][0]["findings"]:
            codes.setdefault(f["line"] - 1, []).append(("%s %s" % (f["code"], f.get("condition", ""))).strip())
        shown = hovers(path, text, codes)
        with open(path, "w") as f:
            f.write(FLAGS)
        shown += "".join("======== -gcflags=%s\n%s" % (flag, hovers(path, FLAGS, {}, flag)) for flag in ("-race", "-l"))
    if update:
        with open(golden, "w", encoding="utf-8") as f:
            f.write(shown)
    with open(golden, encoding="utf-8") as f:
        want = f.read()
    if shown != want:
        bad += 1
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as f:
            f.write(shown)
            f.flush()
            print(subprocess.run(["diff", "-u", golden, f.name], capture_output=True, text=True).stdout[:6000])
    missing = untested(want)
    print("\n".join(missing))
    print("%d hovers, %d texts without a test" % (want.count("\n----\n"), len(missing)))
    return 1 if bad or missing else 0


sys.exit(main())
