#!/usr/bin/env python3
"""What a reader of net/http sees in the editor, per preset: inlay hints against the lines whose machine code calls the allocator.

    hints_test.py HEAPLS [--listing FILE] [--wrong] [PACKAGE]

The server is asked for the hints of every file of the package. A hinted line is right when the code that gc books there (the innermost
position in `go build -gcflags=-S`) calls the allocator, or when it is the innermost line of the package in a call chain, by inlining, to such
code: asked of the debug information of the package's test program (objdump, llvm-symbolizer; SKIP where they are not installed). Screens are all stretches of 50 consecutive lines.
Fails when preset default has less than 99 % right lines, shows less than 99 % of them, or has more than 2.5 hints on an average screen.
FILE: the listing, made before; --wrong prints the wrong lines of preset default, and those without a hint.
"""
import json, os, re, shutil, subprocess, sys, tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lsp"))
from lsp_client import Server

ALLOCATOR = re.compile(r"\((\S+):(\d+)\)\tCALL\truntime\.(newobject|mallocgc\w*|makeslice\w*|growslice\w*|convT\w*|makemap\w*|concat\w*|"
                       r"stringtoslice\w*|slicebytetostring\w*|slicerunetostring\w*|makechan\w*|intstring|newarray|moveSlice\w*)\(SB\)")
SCREEN, RIGHT, CROWDED = 50, 0.99, 2.5

def allocating_lines(go, package, listing):
    lines, inside = set(), False
    source = open(listing) if listing else subprocess.Popen([go, "build", "-o", os.devnull, "-gcflags=-S", package],
                                                            env=dict(os.environ, CGO_ENABLED="0"), stderr=subprocess.PIPE, text=True).stderr
    for line in source:
        if line.startswith("# "):
            inside = line.split()[1] == package
        elif inside and "CALL\truntime." in line:
            m = ALLOCATOR.search(line)
            if m:
                lines.add((m[1], int(m[2])))
    return lines

CALL = re.compile(r"^\s*([0-9a-f]+):.*call.*<runtime\.(?:newobject|mallocgc\w*|makeslice\w*|growslice\w*|convT\w*|makemap\w*|concat\w*|"
                  r"stringtoslice\w*|slicebytetostring\w*|slicerunetostring\w*|makechan\w*|intstring|newarray|moveSlice\w*)\b", re.MULTILINE)

def inlined_lines(go, package, paths):
    """Lines of the package at which code of another one that allocates is inlined; None: the tools that tell are not here."""
    if not shutil.which("objdump") or not shutil.which("llvm-symbolizer"):
        return None
    with tempfile.TemporaryDirectory() as tmp:
        program = os.path.join(tmp, "program")
        built = subprocess.run([go, "test", "-c", "-o", program, package], env=dict(os.environ, CGO_ENABLED="0"), capture_output=True)
        if built.returncode != 0:
            return None
        code = subprocess.run(["objdump", "-d", program], capture_output=True, text=True, check=True).stdout
        places = "".join("0x%s\n" % m[1] for m in CALL.finditer(code))
        said = subprocess.run(["llvm-symbolizer", "--obj=" + program, "--inlines", "--output-style=GNU", "-a"], input=places, capture_output=True,
                              text=True, check=True).stdout
    lines, innermost, found = set(), True, False
    for line in said.splitlines():
        if line.startswith("0x"):
            innermost, found = True, False
            continue
        m = re.match(r"(/.*):(\d+)(?: \(.*)?$", line)
        if not m:
            continue
        if m[1] in paths and not found:
            found = True
            if not innermost:
                lines.add((m[1], int(m[2])))
        innermost = False
    return lines

def label_text(label):
    return label if isinstance(label, str) else "".join(part["value"] for part in label)

def hints_of(binary, paths, preset):
    server = Server(binary, "--log-level=error", settings={"preset": preset, "showIn": {"generated": True}})
    server.initialize({"textDocument": {"inlayHint": {}}, "workspace": {"configuration": True}})
    found = {}
    for path in paths:
        uri = server.open(path)
        found[path] = [(h["position"]["line"] + 1, label_text(h["label"])) for h in server.hints(uri)]
        server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    server.stop()
    return found

def main():
    args = sys.argv[1:]
    wrong = "--wrong" in args
    listing = args[args.index("--listing") + 1] if "--listing" in args else None
    args = [a for a in args if a not in ("--wrong", "--listing", listing)]
    binary, package = os.path.abspath(args[0]), (args + ["net/http"])[1]
    go = shutil.which("go")
    if not go:
        print("SKIP: there is no go command to compare with")
        return 77
    env = dict(os.environ, CGO_ENABLED="0")
    info = subprocess.run([go, "list", "-json=Dir,GoFiles", package], env=env, capture_output=True, text=True)
    if info.returncode != 0:
        print("SKIP: %s is not here: %s" % (package, info.stderr.strip()))
        return 77
    info = json.loads(info.stdout)
    paths = [os.path.join(info["Dir"], name) for name in info["GoFiles"]]
    truth = allocating_lines(go, package, listing)
    if not truth:
        print("SKIP: the package does not build here")
        return 77
    own = {(f, l) for f, l in truth if f in paths}
    inlined = inlined_lines(go, package, set(paths))
    if inlined is None:
        print("SKIP: objdump and llvm-symbolizer, which tell where code is inlined, are not here")
        return 77
    shown_code = own | inlined
    total = {p: len(open(p, encoding="utf-8").read().split("\n")) for p in paths}
    print("%s: %d files, %d lines; on %d of them the code calls the allocator, on %d more code of other packages that is inlined there" % (
        package, len(paths), sum(total.values()), len(own), len(inlined - own)))
    print("\n| preset | hints | lines with hints | of them allocate | share | allocating lines shown | hints per 50 lines: mean | most |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    failed = False
    for preset in ("quiet", "default", "all"):
        hints = hints_of(binary, paths, preset)
        hinted = {(p, l) for p in paths for l, _ in hints[p]}
        right = hinted & shown_code
        screens = []
        for p in paths:
            at = [0] * (total[p] + 2)
            for l, _ in hints[p]:
                at[l] += 1
            last = max(1, total[p] - SCREEN + 1)
            screens += [sum(at[first:first + SCREEN]) for first in range(1, last + 1)]
        share, mean = len(right) / max(1, len(hinted)), sum(screens) / len(screens)
        print("| `%s` | %d | %d | %d | %.3f | %.3f | %.1f | %d |" % (preset, sum(map(len, hints.values())), len(hinted), len(right), share,
                                                                    len(right) / max(1, len(shown_code)), mean, max(screens)))
        if preset == "default":
            failed = share < RIGHT or mean > CROWDED or len(right) < RIGHT * len(shown_code)
            if wrong:
                for p in paths:
                    text = open(p, encoding="utf-8").read().split("\n")
                    for l, label in sorted(hints[p], key=str):
                        if (p, l) not in shown_code:
                            label = label if isinstance(label, str) else label[0]["value"]
                            print("%s:%d: %s\t%s" % (p, l, label, text[l - 1].strip()))
                for p, l in sorted(shown_code - hinted):
                    print("%s:%d: no hint\t%s" % (p, l, open(p, encoding="utf-8").read().split("\n")[l - 1].strip()))
    return 1 if failed else 0

sys.exit(main())
