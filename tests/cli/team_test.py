"""What a team agrees on, in .heapls.json: the schema takes what heapls takes, the command line and an editor show the same, contracts
of code that can't be edited are checked, and a broken file is one line.

usage: team_test.py HEAPLS"""
import json
import os
import random
import sys
import tempfile

from cli import binary, check, findings, finish, here, run, skip_without_go, told, write

skip_without_go()
sys.path.append(os.path.join(here, "..", "lsp"))
from lsp_client import Server  # noqa: E402

try:
    import jsonschema
    with open(os.path.join(here, "..", "..", "editors", "vscode", "heapls.schema.json"), encoding="utf-8") as schema_file:
        schema = json.load(schema_file)
    validator = jsonschema.Draft7Validator(schema)
except ImportError:
    schema = validator = None
    print("SKIP the schema: this Python has no jsonschema")

BAD = ['{', "[]", "", "null", '{"presett": "all"}', '{"preset": "al"}', '{"preset": 1}', '{"kinds": {"nope": true}}', '{"kinds": {"append": "no"}}', '{"kinds": []}', '{"contracts": {"x": "noalloc"}}',
       '{"contracts": {"x.Y": "noallc"}}', '{"contracts": {"x.Y": "allocs"}}', '{"contracts": []}', '{"severity": {"heap/x": "error"}}', '{"severity": {"heap": "eror"}}', '{"severity": 1}',
       '{"exclude": [1]}', '{"exclude": "x"}', '{"go": {"root": "/x"}}', '{"go": {"tags": true}}', '{"hints": {"enable": true}}', '{"showIn": {"tests": 1}}']
GOOD = ["{}", '{"$schema": "x"}', '{"preset": "all", "kinds": {"append": false}}', '{"contracts": {"a.com/b.v2.F": "noalloc,cold", "x/y.(*T).F": "allocs 12", "x.F": "inline"}}',
        '{"severity": {"heap": "off", "moved/returned": "hint", "contract/noalloc": "error", "loop": "information"}}', '{"exclude": ["gen/*", "*_string.go"], "go": {"tags": "a,b", "gcflags": "-l"}}',
        '{"showIn": {"tests": true, "generated": false}, "hints": {"variables": false, "conditional": true}}']
SOURCE = """package t

import "example.com/t/dep"

type T struct{}

func (t *T) F() *int { return new(int) }

func G() int { return dep.H(3) }

func L(n int) (all []*int) {
	for range n {
		all = append(all, new(int))
	}
	x := n
	sink = &x
	return
}

var sink *int
"""
FILES = {"go.mod": "module example.com/t\n\ngo 1.26\n", "a.go": SOURCE, "dep/d.go": "package dep\n\nvar sink []int\n\n//go:noinline\nfunc H(n int) int { sink = make([]int, n); return n }\n",
         "gen/g.go": "package gen\n\nfunc F() *int { return new(int) }\n", "a_test.go": "package t\n\nfunc OfTest() *int { return new(int) }\n"}
LEVELS = {1: "error", 2: "warning", 3: "information", 4: "hint"}


def by_command(cwd, *args):
    """Place and level of each, as GitHub would show it: notice is information or a hint."""
    lines = run("check", "--format=github", *args, cwd=cwd).stdout.splitlines()
    return sorted((int(line.split("line=")[1].split(",")[0]), line.split("title=")[1].split("::")[0], line[2:].split(" ")[0]) for line in lines)


def placed(diagnostics):
    level = {1: "error", 2: "warning", 3: "notice", 4: "notice"}
    return sorted((d["range"]["start"]["line"] + 1, d["code"], level[d["severity"]]) for d in diagnostics)


class Editor:
    """One that has a.go of the directory open."""
    def __init__(self, directory):
        self.server = Server(binary)
        self.server.initialize({"textDocument": {"publishDiagnostics": {}}}, rootUri="file://" + directory, workspaceFolders=[{"uri": "file://" + directory, "name": "t"}])
        self.uri = self.server.open(os.path.join(directory, "a.go"), SOURCE)

    def shows(self, wanted):
        """In the end."""
        last = []

        def same(params):
            last[:] = [placed(params["diagnostics"])] if params["uri"] == self.uri else last
            return last == [wanted]
        try:
            self.server.wait_notification("textDocument/publishDiagnostics", same, timeout=20)
        except Exception as problem:
            print(problem, "last:", last)
            return False
        return True


with tempfile.TemporaryDirectory() as top:
    top = os.path.realpath(top)
    write(top, FILES)
    os.mkdir(os.path.join(top, ".git"))
    team = os.path.join(top, ".heapls.json")

    def agree(value):
        with open(team, "w", encoding="utf-8") as f:
            f.write(value if isinstance(value, str) else json.dumps(value))

    for text in BAD + GOOD:
        agree(text)
        done = run("check", ".", cwd=top)
        good = text in GOOD
        check("%s is %s" % (text, "good" if good else "one clear line, and 2"), done.returncode == (0 if good and "contracts" not in text else done.returncode if good else 2)
              and (good or (done.stderr.count("\n") == 1 and done.stderr.startswith("heapls: " + team) and not done.stdout)), (done.returncode, done.stderr))
        try:
            value = json.loads(text)
        except ValueError:
            continue
        if validator:
            check("the schema says the same of %s" % text, validator.is_valid(value) == good, [e.message for e in validator.iter_errors(value)])
    if schema:  # every word that an editor completes is taken
        rng = random.Random(3)
        for name, group in schema["properties"].items():
            for key, one in group.get("properties", {}).items() if "properties" in group else [(None, group)]:
                value = rng.choice(one["enum"]) if "enum" in one else {"string": "", "boolean": True, "array": [], "object": {}}[one["type"]]
                agree({name: {key: value} if key else value})
                done = run("check", "./gen", cwd=top)
                check("%s %s is taken" % (name, key or ""), done.returncode == 0, done.stderr)
    os.remove(team)
    told("a file that is not there", run("check", "--config=none.json", ".", cwd=top), 2, "none.json: No such file")
    plain = by_command(top, "./...")
    agree({"kinds": {"append": False}, "exclude": ["gen/*"], "severity": {"heap/returned": "warning", "loop": "error", "moved": "off"}})
    check("kinds, exclusions, severities", by_command(top, ".", "./gen") == [(7, "heap/returned", "warning"), (13, "heap/stored", "error")], by_command(top, ".", "./gen"))
    check("what is left out is counted", "by .heapls.json" in run("check", "./...", cwd=top).stdout)
    check("--config=off", by_command(top, "--config=off", "./...") == plain)
    check("from a directory below", [os.path.basename(f["file"]) for f in findings(".", cwd=os.path.join(top, "gen"))[1]] == [])
    check("options go before it", any(f["code"] == "heap/append" for f in findings("--kind=append", ".", cwd=top)[1]))
    agree({"showIn": {"tests": True}})
    check("tests are read where the team says so", any(f["function"] == "OfTest" for f in findings(".", cwd=top)[1]))
    agree({"go": {"gcflags": "-l"}})
    check("compiler flags", not any(f["inlinedInto"] for f in findings("./...", cwd=top)[1]))
    told("explain follows them too", run("explain", "a.go:7", cwd=top), 0)

    # Contracts of functions here, of another package here, of one of Go's own
    agree({"contracts": {"example.com/t.(*T).F": "noalloc", "example.com/t.G": "noalloc", "example.com/t/dep.H": "allocs 1", "strings.Repeat": "noalloc", "strings.Index": "noalloc"}})
    done = run("check", "--format=json", "--fail=contracts", ".", cwd=top)
    broken = sorted((f["function"], f["code"]) for p in json.loads(done.stdout)["packages"] for f in p["findings"] if f["code"].startswith("contract/"))
    check("broken ones, wherever the function is", done.returncode == 1 and broken == [("(*T).F", "contract/noalloc"), ("G", "contract/noalloc"), ("Repeat", "contract/noalloc")], broken)
    way = next(f for p in json.loads(done.stdout)["packages"] for f in p["findings"] if f["function"] == "G" and f["code"] == "contract/noalloc")["path"]
    check("with the way", way and way[-1]["file"].endswith("dep/d.go"), way)
    text = run("check", ".", cwd=top).stdout
    check("each once", text.count("contract broken") == 3, text)
    # The same as with comments
    agree({"contracts": {"example.com/t.(*T).F": "noalloc", "example.com/t.L": "allocs 2", "example.com/t.G": "bytes 8"}})
    here_says = [(line, code) for line, code, _ in by_command(top, ".") if code.startswith("contract/")]
    os.remove(team)
    with open(os.path.join(top, "a.go"), "w", encoding="utf-8") as f:
        f.write(SOURCE.replace("func (t *T) F", "//heapls:noalloc\nfunc (t *T) F").replace("func L", "//heapls:allocs 2\nfunc L").replace("func G", "//heapls:bytes 8\nfunc G"))
    comments_say = [code for _, code, _ in by_command(top, ".") if code.startswith("contract/")]
    check("the same as comments above the functions", [code for _, code in here_says] == comments_say and len(comments_say) == 3, (here_says, comments_say))
    write(top, {"a.go": SOURCE})
    agree({"contracts": {"example.com/none.F": "noalloc", "example.com/t.Nope": "noalloc"}})
    done = run("check", ".", cwd=top)
    told("no such package", done, 2, "contract of example.com/none.F: there is no such package")
    check("no such function", "is about `Nope`, which is not in this package" in done.stdout, done.stdout)

    # The editor shows what the command line shows
    for value in ({"kinds": {"append": False}, "severity": {"heap/returned": "warning", "loop": "error", "moved": "off"}}, {"preset": "quiet", "severity": {"loop": "warning"}}, {"hints": {"variables": False}, "severity": {"heap": "error"}},
                  {"contracts": {"example.com/t.G": "noalloc", "example.com/t.(*T).F": "allocs 1"}, "severity": {"contract": "warning", "heap": "off"}}):
        agree(value)
        wanted = by_command(top, ".")
        editor = Editor(top)
        check("the editor and the command line agree: %s" % value, wanted and editor.shows(wanted), wanted)
        editor.server.stop()
    # … and follows the file: a broken one is told and changes nothing, one that is good again does
    editor = Editor(top)
    check("as it is", editor.shows(wanted))
    agree('{"severity": {"contract": "nonsense"}}')
    message = editor.server.wait_notification("window/showMessage", lambda p: ".heapls.json" in p["message"])
    check("what is wrong is said", message["type"] == 2 and "severity of contract is not one of" in message["message"] and "What it said before stays" in message["message"], message)
    agree({"preset": "quiet", "severity": {"heap": "error"}})
    check("and then it is followed", editor.shows(by_command(top, ".")))
    os.remove(team)
    # what is in a loop is a warning to the one and information to the other
    check("or not, when it is gone", editor.shows([(line, code, "notice") for line, code, _ in by_command(top, ".")]))
    editor.server.stop()
finish()
