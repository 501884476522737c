#!/usr/bin/env python3
"""rooms_test.py: the include graph of analysis/ has no arrow up and no circle between its rooms.

The order of the rooms is that of add_rooms in CMakeLists.txt, by which the compiler refuses such an include too; this
names them all, and includes of a room's private headers (*_internal.h).
"""
import os
import re
import sys

root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
with open(os.path.join(root, "CMakeLists.txt")) as f:
    rooms = re.search(r"add_rooms\(analysis ([^)]*)\)", f.read())[1].split()
wrong, arrows = [], set()
for room in sorted(os.listdir(os.path.join(root, "analysis"))):
    folder = os.path.join(root, "analysis", room)
    if not os.path.isdir(folder):
        continue
    if room not in rooms:
        wrong.append(f"analysis/{room} is no room of CMakeLists.txt")
        continue
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name)) as f:
            included = re.findall(r'^#include "([^"]+)"', f.read(), re.M)
        for path in included:
            to = path.split("/")[0]
            if to not in rooms or rooms.index(to) > rooms.index(room):
                wrong.append(f"analysis/{room}/{name} includes {path}")
            elif path.endswith("_internal.h") and to != room:
                wrong.append(f"analysis/{room}/{name} includes {path}, which is private to {to}")
            elif to != room:
                arrows.add((room, to))
print(f"{len(rooms)} rooms, {len(arrows)} arrows between them, all down" if not wrong else "\n".join(wrong))
sys.exit(1 if wrong or not arrows else 0)
