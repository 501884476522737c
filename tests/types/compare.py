#!/usr/bin/env python3
"""Compares two directories of type dumps (go/types' and heapls'): counts, classes of disagreement, examples.

compare.py GO_DIR HEAPLS_DIR [-n EXAMPLES] [-p PACKAGE] [--fail PERCENT] [--json FILE]

Deliberate difference, counted apart: go/types leaves the constant string argument of copy and of append(b, s...) untyped;
heapls gives it its default type, as it does every other operand.
"""
import argparse, collections, filecmp, json, os, re, sys


def read(path):
    facts = {}
    with open(path, encoding="utf-8", errors="surrogateescape", newline="\n") as f:
        last = None
        for line in f:
            line = line[:-1] if line.endswith("\n") else line
            m = re.match(r"(\S+:\d+-\d+) ([eim]) (.*)$", line, re.S)
            if m:
                last = (m[1], m[2])
                facts[last] = m[3]
            elif line.startswith("~init"):
                last = (line[:10], "o")
                facts[last] = line[11:]
    return facts


def count_facts(path):
    """Of a dump that is the same in both: facts, and files they are in."""
    count, files = 0, set()
    with open(path, "rb") as f:
        for line in f:
            count += 1
            if not line.startswith(b"~"):
                files.add(line[:line.find(b":")])
    return count, len(files)


def split(text):
    mode, _, rest = text.partition(" ")
    typ, _, value = rest.partition(" = ")
    return mode, typ, value


def classify(tag, want, got):
    if got is None:
        return f"{tag}: missing ({want.split(' ')[0]})"
    if want is None:
        return f"{tag}: extra ({got.split(' ')[0]})"
    if tag != "e":
        return f"{tag}: differs"
    a, b = split(want), split(got)
    if a[0] != b[0]:
        return f"e: mode {a[0]} -> {b[0]}"
    if a[1] != b[1]:
        return "e: type"
    return "e: constant"


def is_deliberate(want, got):
    return got is not None and want.replace("const untyped string =", "const string =") == got


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("go")
    ap.add_argument("heapls")
    ap.add_argument("-n", type=int, default=3)
    ap.add_argument("-p", action="append")
    ap.add_argument("--json", help="file for the counts")
    ap.add_argument("--fail", type=float, default=0, help="least share of equal expressions")
    a = ap.parse_args()
    total = equal = deliberate = missing_packages = packages = file_count = 0
    classes = collections.Counter()
    by_package = collections.Counter()
    examples = collections.defaultdict(list)
    for name in sorted(n for n in os.listdir(a.go) if n.endswith(".txt")):
        if a.p and name[:-4].replace("!", "/") not in a.p:
            continue
        path = os.path.join(a.heapls, name)
        packages += 1
        if os.path.exists(path) and filecmp.cmp(os.path.join(a.go, name), path, shallow=False):
            n, files = count_facts(path)
            total += n
            equal += n
            file_count += files
            continue
        want = read(os.path.join(a.go, name))
        file_count += len({key[0].partition(":")[0] for key in want if key[1] != "o"})
        if not os.path.exists(path):
            missing_packages += 1
            total += len(want)
            if missing_packages <= 5:
                print("missing package", name)
            continue
        got = read(path)
        for key, text in want.items():
            total += 1
            other = got.pop(key, None)
            if other == text:
                equal += 1
                continue
            if is_deliberate(text, other):
                equal += 1
                deliberate += 1
                continue
            c = classify(key[1], text, other)
            classes[c] += 1
            by_package[name] += 1
            if len(examples[c]) < a.n:
                examples[c].append((name, key[0], text, other))
        for key, text in got.items():
            c = classify(key[1], None, text)
            classes[c] += 1
            by_package[name] += 1
            if len(examples[c]) < a.n:
                examples[c].append((name, key[0], None, text))
    for c, n in classes.most_common():
        print(f"{n:8} {c}")
        for name, where, want, got in examples[c]:
            print(f"           {name[:-4].replace('!', '/')} {where}\n             go:     {want}\n             heapls: {got}")
    if by_package:
        print("most:", ", ".join(f"{n[:-4]} {k}" for n, k in by_package.most_common(12)))
    share = 100.0 * equal / total if total else 0.0
    print(f"facts {total}, equal {equal} ({share:.4f} %), differing or extra {sum(classes.values())}, "
          f"deliberately different {deliberate}, packages missing {missing_packages}")
    if a.json:
        with open(a.json, "w") as f:
            json.dump({"total": total, "equal": equal, "deliberate": deliberate, "missing": missing_packages,
                       "packages": packages, "files": file_count, "classes": dict(classes.most_common())}, f)
    sys.exit(1 if share < a.fail else 0)


main()
