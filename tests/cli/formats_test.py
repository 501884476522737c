"""The output formats, each read back by a program or schema that nobody here wrote.

usage: formats_test.py HEAPLS
The readers are those of tests/editors/setup ci: the official SARIF multitool, the schema that Microsoft's jest-sarif carries,
reviewdog, junitparser; and jsonschema, if this Python has it. What is not there is skipped, and said."""
import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

from cli import check, findings, finish, here, run, sample, skip_without_go, write

skip_without_go()
readers = os.path.join(os.environ.get("HEAPLS_EDITORS_DIR", os.path.join(here, "..", "..", ".cache", "editors")), "ci")
sys.path.append(os.path.join(readers, "python"))
try:
    import jsonschema
except ImportError:
    jsonschema = None
    print("SKIP the schemas: this Python has no jsonschema")
try:
    from junitparser import JUnitXml
except ImportError:
    JUnitXml = None
    print("SKIP junitparser: not here")


def reader(*parts):
    path = os.path.join(readers, *parts)
    if os.path.exists(path):
        return path
    print("SKIP %s: not here (tests/editors/setup ci)" % parts[-1])
    return None


def valid(name, value, schema):
    if not jsonschema or not schema:
        return
    with open(schema, encoding="utf-8") as f:
        schema = json.load(f)
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    wrong = ["%s: %s" % (list(e.absolute_path), e.message[:200]) for e in kind(schema).iter_errors(value)]
    check(name, not wrong, "\n".join(wrong[:5]))


schema = os.path.join(here, "..", "..", "lsp", "cli", "share", "check.schema.json")
sarif_schema = reader("node_modules", "@microsoft", "jest-sarif", "lib", "schemas", "sarif-2.1.0-rtm.5.json")
multitool = reader("node_modules", "@microsoft", "sarif-multitool-linux", "Sarif.Multitool")
reviewdog = reader("bin", "reviewdog")
with tempfile.TemporaryDirectory() as top:
    top = os.path.realpath(top)
    odd = "package odd\n\n// \u00e4\U0001f600 comes before the site\nfunc F(s []string) (out []string) {\n\tfor range s { \"\u00e4\U0001f600\"; out = append(out, \"<&>\\\"\"+s[0]) }\n\treturn\n}\n"
    odd = odd.replace("\"\u00e4\U0001f600\"; ", "_ = \"\u00e4\U0001f600\"; ")
    write(top, {"go.mod": "module odd\n\ngo 1.26\n", "dir with: blanks,/odd.go": odd, "bad/bad.go": "package bad\n\nfunc F() *int { return new(int) + nope }\n\nfunc G() *int { return new(int) }\n",
                "ignored/i.go": "package ignored\n\n//heapls:ignore why\nfunc F() *int { return new(int) }\n"})
    os.mkdir(os.path.join(top, ".git"))
    for cwd, args in ((sample, (".",)), (sample, ("--preset=all", ".")), (sample, ("--by=function", ".")), (sample, ("--sort=bytes", "--top=3", ".")), (top, ("--preset=all", "--ignored", "./...")),
                      (sample, ("README.md",)), (sample, ("net/textproto", "strings", "--preset=all"))):
        done = run("check", "--format=json", *args, cwd=cwd)
        valid("json of %s" % (args,), json.loads(done.stdout), schema)

    def sites(cwd, *args):
        return [(os.path.relpath(f["file"], cwd), f["startLine"]) for f in findings(*args, cwd=cwd)[1]]

    def sarif(cwd, *args):
        done = run("check", "--format=sarif", *args, cwd=cwd)
        value = json.loads(done.stdout)
        valid("sarif of %s: the schema" % (args,), value, sarif_schema)
        if multitool:
            path = os.path.join(top, "log.sarif")
            with open(path, "w", encoding="utf-8") as f:
                f.write(done.stdout)
            tool = subprocess.run([multitool, "validate", path, "--output", os.path.join(top, "report.sarif"), "--log", "ForceOverwrite"], capture_output=True, text=True, timeout=120,
                                  env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"})
            told = [l for l in tool.stdout.splitlines() if re.search(r": (error|warning) ", l)]
            said = [l for l in told if not re.search("SARIF2005|SARIF1007", l)]
            check("sarif of %s: the multitool has nothing to say" % (args,), tool.returncode == 0 and not said, "\n".join(said[:5]) + tool.stderr)
        return value["runs"][0]["results"]

    results = sarif(sample, ".")
    check("sarif: all are there", len(results) == len(sites(sample, ".")))
    check("sarif: explicit level and message", all(r["level"] in ("note", "warning") and r["message"]["text"] for r in results))
    check("sarif: the gravest first", [r["level"] for r in results] == sorted((r["level"] for r in results), reverse=True))
    check("sarif: fingerprints are one each", len({r["partialFingerprints"]["primaryLocationLineHash"] for r in results}) == len(results))
    check("sarif: a way to the heap", any("codeFlows" in r for r in results))
    regions = [r["locations"][0]["physicalLocation"] for r in sarif(top, "--preset=all", "--ignored", "./...")]
    line_of = [l.encode() for l in odd.splitlines()]
    byte_texts = sorted(line_of[f["markLine"] - 1][f["markColumn"] - 1:f["markEndColumn"] - 1].decode() for f in findings("--preset=all", "./...", cwd=top)[1] if "odd.go" in f["file"])
    texts = []
    for region in regions:
        if "odd.go" not in region["artifactLocation"]["uri"]:
            continue
        check("sarif: the path is a URI", region["artifactLocation"]["uri"] == "dir%20with%3A%20blanks%2C/odd.go", region)
        line = odd.splitlines()[region["region"]["startLine"] - 1].encode("utf-16-le")
        text = line[2 * (region["region"]["startColumn"] - 1):2 * (region["region"]["endColumn"] - 1)].decode("utf-16-le")
        texts.append(text)
    check("sarif: columns are UTF-16", sorted(texts) == byte_texts and len(texts) > 1, (texts, byte_texts))
    check("sarif: suppressions", [s for r in sarif(top, "--ignored", "./ignored") for s in r["suppressions"]] == [{"kind": "inSource", "justification": "why"}])

    for cwd, args in ((sample, (".",)), (top, ("./dir with: blanks,",))):
        text = run("check", "--format=rdjsonl", *args, cwd=cwd).stdout
        check("rdjsonl: short lines", all(len(l.encode()) < 65536 for l in text.splitlines()))
        if reviewdog:
            done = subprocess.run([reviewdog, "-f=rdjsonl", "-reporter=local", "-filter-mode=nofilter", "-diff=true"], input=text, capture_output=True, text=True, cwd=cwd, timeout=120)
            read = [(d["location"]["path"], d["location"]["range"]["start"]["line"]) for d in map(json.loads, done.stdout.splitlines())]
            check("rdjsonl: reviewdog reads all", done.returncode == 0 and read == sites(cwd, *args), done.stderr + str(read))
            done = subprocess.run([reviewdog, "-f=sarif", "-reporter=local", "-filter-mode=nofilter", "-diff=true"], input=run("check", "--format=sarif", *args, cwd=cwd).stdout, capture_output=True,
                                  text=True, cwd=cwd, timeout=120)
            check("sarif: reviewdog reads all", done.returncode == 0 and len(done.stdout.splitlines()) == len(read), done.stderr)

    issues = json.loads(run("check", "--format=gitlab", "./...", cwd=top).stdout)
    # The fields of docs.gitlab.com/ci/testing/code_quality, "Code Quality report format".
    valid_issue = all(set(i) >= {"description", "check_name", "fingerprint", "severity", "location"} and i["severity"] in ("info", "minor", "major", "critical", "blocker") and
                      not i["location"]["path"].startswith(("/", "./")) and i["location"]["lines"]["begin"] > 0 for i in issues)
    check("gitlab", valid_issue and len({i["fingerprint"] for i in issues}) == len(issues) > 0, issues)

    def unescape(text):
        return text.replace("%3A", ":").replace("%2C", ",").replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")

    # As actions/runner's ActionCommand.TryParseV2 cuts a line: command, properties at ",", data after "::".
    read = []
    for line in run("check", "--format=github", "./dir with: blanks,", cwd=top).stdout.splitlines():
        command, _, data = line[2:].partition("::")
        kind, _, properties = command.partition(" ")
        values = {k: unescape(v) for k, _, v in (p.partition("=") for p in properties.split(","))}
        check("github", kind in ("notice", "warning") and data and int(values["col"]) > 0, line)
        read.append((values["file"], int(values["line"])))
    check("github: all are there", sorted(read) == sorted(sites(top, "./dir with: blanks,")), read)

    text = run("check", "--format=junit", "./...", cwd=top).stdout
    tree = xml.etree.ElementTree.fromstring(text)
    check("junit: XML", len(tree.findall(".//failure")) == len(findings("./...", cwd=top)[1]) and len(tree.findall(".//error")) == 1, text)
    if JUnitXml:
        suites = {s.name: (s.tests, s.failures, s.errors, len(list(s))) for s in JUnitXml.fromstring(text.encode())}
        check("junit: junitparser's counts", all(t == n for t, f, e, n in suites.values()) and suites["odd/bad"][2] == 1, suites)
finish()
