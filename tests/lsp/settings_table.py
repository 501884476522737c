#!/usr/bin/env python3
"""What lsp/settings.def says of the settings is what VS Code's schema (editors/vscode/package.json) has, and the guides say: name,
values, default, meaning.

usage: settings_table.py [--write]    --write: brings the schema up to date; the guides are written by hand"""
import json
import os
import re
import sys

root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
TEAM = os.path.join(root, "editors", "vscode", "heapls.schema.json")
PACKAGE = os.path.join(root, "editors", "vscode", "package.json")
CLIENT = {"heapls.path", "heapls.trace.server"}  # of the extension itself


def table():
    """The lines of settings.def as dictionaries: name, type, default, values, what."""
    with open(os.path.join(root, "lsp", "settings.def"), encoding="utf-8") as f:
        lines = [line for line in f.read().split("\n") if line and not line.startswith("//")]
    settings = []
    for line in lines:
        if line.startswith("TEAM("):
            continue
        match = re.fullmatch(r"(FLAG|TEXT|CHOICE|KIND)\((.*)\)", line)
        if not match:
            sys.exit("settings.def: not one of the types that this script, lsp/settings.c and the schema know: " + line)
        kind, arguments = match.groups()
        texts = [json.loads(t) for t in re.findall(r'"(?:[^"\\]|\\.)*"', arguments)]
        words = re.sub(r'"(?:[^"\\]|\\.)*"', "", arguments).replace(" ", "").split(",")
        if kind == "FLAG":
            settings.append({"name": texts[0], "type": "boolean", "default": words[2] == "true", "what": texts[1]})
        elif kind == "TEXT":
            settings.append({"name": texts[0], "type": "string", "default": "", "what": texts[1]})
        elif kind == "KIND":
            settings.append({"name": "kinds." + texts[0], "type": "boolean", "default": True, "what": texts[1]})
        else:
            settings.append({"name": texts[0], "type": "string", "default": texts[1], "what": texts[2], "values": texts[3:]})
    return settings


def agreed():
    """The settings that .heapls.json may have too."""
    with open(os.path.join(root, "lsp", "settings.def"), encoding="utf-8") as f:
        names = re.findall(r'^TEAM\("([^"]+)"\)$', f.read(), re.M)
    return [s for s in table() if any(s["name"].startswith(n) if n.endswith(".") else s["name"] == n for n in names)]


def team_schema():
    """The schema of .heapls.json: those settings, nested as JSON has them, and what only that file has."""
    level = {"enum": ["error", "warning", "information", "hint", "off"]}
    kinds = [s["name"].removeprefix("kinds.") for s in table() if s["name"].startswith("kinds.")]
    contracts = ["noalloc", "allocs", "bytes", "stack", "inline", "noescape", "trust", "directive"]
    codes = ["heap", "moved", "contract", "loop"] + [p + k for p in ("heap/", "moved/") for k in kinds] + ["contract/" + c for c in contracts]
    properties = {
        "$schema": {"type": "string"},
        "exclude": {"type": "array", "items": {"type": "string"}, "description": "Globs of files that are not reported, from this file's directory; without a slash: of base names. * matches slashes too."},
        "severity": {"type": "object", "additionalProperties": False, "properties": {code: level for code in codes},
                     "description": "How grave: by code, by its group (heap, moved, contract), or loop: what is in one, not on a cold path. The code goes before loop, and loop before the group."},
        "contracts": {"type": "object", "additionalProperties": {"type": "string", "pattern": "^(noalloc(,cold)?(,own)?|noalloc,own,cold|inline|(allocs|bytes) [0-9]+)$"},
                      "propertyNames": {"pattern": "^.+\\..+$"}, "description": "What functions promise whose text is not to be changed: \"example.com/m/codec.(*Encoder).Encode\": \"noalloc,cold\"."},
    }
    for s in agreed():
        value = {"type": s["type"], "description": s["what"], "default": s["default"], **({"enum": s["values"]} if "values" in s else {})}
        group, _, name = s["name"].partition(".")
        if name:
            properties.setdefault(group, {"type": "object", "additionalProperties": False, "properties": {}})["properties"][name] = value
        else:
            properties[group] = value
    return {"$schema": "http://json-schema.org/draft-07/schema#", "title": ".heapls.json: what a team agrees on", "type": "object", "additionalProperties": False, "properties": properties}


def schema(setting, old):
    """The property of package.json: what the table knows, beside what only VS Code has (order, scope, words for the values)."""
    new = {**old, "type": setting["type"], "default": setting["default"], "markdownDescription": setting["what"]}
    new.setdefault("scope", "resource")
    if "values" in setting:
        new["enum"] = setting["values"]
        if len(new.get("enumDescriptions", [])) != len(new["enum"]):
            new["enumDescriptions"] = setting["values"]
    return new


def update(package):
    """True: something differed. A setting that is new goes to the group of its kind."""
    groups = package["contributes"]["configuration"]
    settings = {"heapls." + s["name"]: s for s in table()}
    before = json.dumps(groups)
    for group in groups:
        group["properties"] = {name: schema(settings[name], old) if name in settings else old
                               for name, old in group["properties"].items() if name in settings or name in CLIENT}
    known = {name for group in groups for name in group["properties"]}
    for name, setting in settings.items():
        if name not in known:
            groups[name.startswith("heapls.kinds.")]["properties"][name] = schema(setting, {})
    return json.dumps(groups) != before


def missing_in_readme():
    """Each setting's row of the table in editors/README.md: its name, its values and its default."""
    with open(os.path.join(root, "editors", "README.md"), encoding="utf-8") as f:
        rows = [line.split(" | ") for line in f if line.startswith("| `")]
    for s in table():
        name = s["name"].removeprefix("kinds")
        row = next((r for r in rows if re.search(r"`(kinds)?%s`" % re.escape(name), r[0])), None)
        if not row:
            yield "%s has no row" % s["name"]
            continue
        if any("`%s`" % v not in row[1] for v in s.get("values", [])):
            yield "%s: not all of its values are named" % s["name"]
        if s["type"] == "boolean":
            names, defaults = re.findall(r"`([^`]+)`", row[0]), re.findall(r"true|false", row[2])
            at = next(i for i, n in enumerate(names) if n in (s["name"], name))
            if (defaults[at] if len(defaults) > 1 else defaults[0]) != ("true" if s["default"] else "false"):
                yield "%s: another default" % s["name"]
        elif s["default"] and "`%s`" % s["default"] not in row[2]:
            yield "%s: another default" % s["name"]


def missing_in_help():
    """The list of settings in Neovim's help: name, values, and the default of what is off."""
    with open(os.path.join(root, "editors", "neovim", "doc", "heapls.txt"), encoding="utf-8") as f:
        text = f.read()
    text = text[text.index("the server's settings:"):text.index("Example:")]
    for s in table():
        if s["name"].startswith("kinds."):
            if not re.search(r"(?<![\w-])%s(?![\w-])" % re.escape(s["name"][6:]), text):
                yield "%s is not named" % s["name"]
            continue
        entry = re.search(r"^\t%s\t.*\n(?:\t\t.*\n)*" % re.escape(s["name"]), text, re.M)
        if not entry:
            yield "%s has no entry" % s["name"]
            continue
        if any("'%s'" % v not in entry[0] for v in s.get("values", [])):
            yield "%s: not all of its values are named" % s["name"]
        if s["type"] == "boolean" and ("(false)" in entry[0]) == s["default"]:
            yield "%s: another default" % s["name"]


def main():
    with open(PACKAGE, encoding="utf-8") as f:
        package = json.load(f)
    differs = update(package)
    if differs and sys.argv[1:] == ["--write"]:
        with open(PACKAGE, "w", encoding="utf-8") as f:
            f.write(json.dumps(package, indent=2, ensure_ascii=False) + "\n")
        differs = False
    text = json.dumps(team_schema(), indent=2, ensure_ascii=False) + "\n"
    if sys.argv[1:] == ["--write"]:
        with open(TEAM, "w", encoding="utf-8") as f:
            f.write(text)
    with open(TEAM, encoding="utf-8") as f:
        stale = f.read() != text
    wrong = ["editors/vscode/heapls.schema.json is not what settings.def says: run this with --write"] if stale else []
    wrong += ["editors/vscode/package.json is not what settings.def says: run this with --write"] if differs else []
    wrong += ["editors/README.md: " + m for m in missing_in_readme()]
    wrong += ["editors/neovim/doc/heapls.txt: " + m for m in missing_in_help()]
    print("\n".join(wrong) if wrong else "%d settings, the same in the server, the schema and the guides" % len(table()))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
