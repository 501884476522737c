"""What tests of the server check, counted, and the files that they check it on."""
import os
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
