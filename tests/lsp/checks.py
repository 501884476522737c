"""What tests of the server check, counted, and the files that they check it on."""
import os
import re
import sys

count = 0


def check(name, good, shown=""):
    global count
    count += 1
    if not good:
        sys.exit("%s: %s" % (name, shown))


def write(directory, files):
    for name, text in files.items():
        path = os.path.join(directory, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)


def label_of(hint):
    label = hint["label"]
    return label if isinstance(label, str) else "".join(part["value"] for part in label)


def count_of(label):
    """How many sites the label of a hint stands for."""
    depth, terms, start = 0, [], 0
    for i, c in enumerate(label):
        depth += (c in "([{") - (c in ")]}")
        if c == "," and not depth:
            terms.append(label[start:i])
            start = i + 1
    terms.append(label[start:])
    count = 0
    for term in terms:
        m = re.match(r"\s*(?:in loop[^:]*: |on \w+[^:]*: )?(?:(\d+) × |\+(\d+) (?:more|no heap)$)?", term)
        count += int(m[1] or m[2] or 1)
    return count
