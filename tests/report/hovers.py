"""Prints N hovers of the standard library, picked at random by SEED: to be read by people.

usage: hovers.py HEAPLS [N [SEED]]"""
import json
import os
import random
import subprocess
import sys

binary, count, seed = os.path.abspath(sys.argv[1]), int((sys.argv[2:] or ["20"])[0]), int((sys.argv[3:] or ["1"])[0])
root = subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip() + "/src"
text = subprocess.run([binary, "check", "--format=json", "--preset=default", "std"], cwd=root, capture_output=True, check=False).stdout
found = [f for p in json.loads(text)["packages"] for f in p["findings"]]
for f in random.Random(seed).sample(found, count):
    place = "%s:%d:%d" % (f["file"], f["line"], f["column"])
    said = subprocess.run([binary, "explain", place], cwd=root, capture_output=True, text=True, check=False).stdout
    name = f["file"][len(root) + 1:]
    for part in ("\n\n" + said).split("\n\n" + name + ":")[1:]:
        if f["title"].split(",")[0].split(" each")[0] in part:
            print(name + ":" + part.split("\n\nPath to the heap:")[0].strip() + "\n")
            break
    else:
        sys.exit("%s: its hover does not tell the finding: %s" % (place, f["title"]))
