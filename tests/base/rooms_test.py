#!/usr/bin/env python3
"""rooms_test.py: the include graph of analysis/ has no arrow up and no circle between its rooms, and each room has a door.

The order of the rooms is that of add_rooms in CMakeLists.txt, by which the compiler refuses a wrong include too; this names
them all. A room's door is ROOM/ROOM.h. It names, in its first comment, the other headers that are for neighbours; what only
the room uses is named *_internal.h.

usage: rooms_test.py [BUILD]      BUILD: a build directory, whose object files are asked too: none needs a symbol of a higher room
"""
import glob
import os
import re
import subprocess
import sys

root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def read(*path):
    with open(os.path.join(root, *path), encoding="utf-8") as f:
        return f.read()


def files(*path):
    for folder, _, names in os.walk(os.path.join(root, *path)):
        for name in sorted(names):
            if name.endswith((".c", ".h")):
                yield os.path.relpath(os.path.join(folder, name), root)


rooms = re.search(r"add_rooms\(analysis ([^)]*)\)", read("CMakeLists.txt"))[1].split()
wrong, arrows, outside = [], set(), set()
for room in sorted(os.listdir(os.path.join(root, "analysis"))):
    if os.path.isdir(os.path.join(root, "analysis", room)) and room not in rooms:
        wrong.append(f"analysis/{room} is no room of CMakeLists.txt")
for path in [*files("analysis"), *files("lsp")]:
    room = path.split("/")[1] if path.startswith("analysis/") else "lsp"
    for header in re.findall(r'^#include "([^"]+)"', read(path), re.M):
        to = header.split("/")[0]
        if to not in rooms:
            if room in rooms:
                wrong.append(f"{path} includes {header}, which is in no room")
            continue
        if room in rooms and rooms.index(to) > rooms.index(room):
            wrong.append(f"{path} includes {header}: up")
        elif to != room and header.endswith("_internal.h"):
            wrong.append(f"{path} includes {header}, which is private to {to}")
        elif to != room:
            arrows.add((room, to))
            outside.add(header)
for room in rooms:
    headers = [os.path.basename(path) for path in files("analysis", room) if path.endswith(".h")]
    if f"{room}.h" not in headers:
        wrong.append(f"analysis/{room} has no door {room}.h")
        continue
    door = read("analysis", room, f"{room}.h")
    opening = door[: door.index("#ifndef")]
    for header in headers:
        if header == f"{room}.h" or header.endswith("_internal.h"):
            continue
        if header not in opening:
            wrong.append(f"analysis/{room}/{room}.h does not say what {header} is for")
        if f"{room}/{header}" not in outside and f'"{room}/{header}"' not in door:
            wrong.append(f"analysis/{room}/{header} is used by {room} only, and is not named *_internal.h")
for folder in sys.argv[1:]:
    defines, needs = {}, []
    objects = glob.glob(os.path.join(folder, "CMakeFiles", "analysis_*.dir", "**", "*.o"), recursive=True)
    for line in subprocess.check_output(["nm", "-gA", *objects], text=True).splitlines() if objects else []:
        path, symbol = line.rsplit(":", 1)
        kind, symbol = symbol.split()[-2:]
        room = re.search(r"/analysis_(\w+)\.dir/", path)[1]
        if kind == "U":
            needs.append((room, symbol, os.path.basename(path)))
        else:
            defines[symbol] = room
    wrong += [f"{name} of {room} needs {symbol} of {defines[symbol]}: up" for room, symbol, name in needs if symbol in defines and rooms.index(defines[symbol]) > rooms.index(room)]
    if not defines:
        wrong.append(f"{folder} has no object files of analysis")
print(f"{len(rooms)} rooms, {len(arrows)} arrows between them and from lsp, all down, all through doors" if not wrong else "\n".join(wrong))
sys.exit(1 if wrong or not arrows else 0)
