"""Recorded traffic against LSP 3.17's meta model.

usage: metamodel.py DIRECTORY
DIRECTORY holds what tests recorded under HEAPLS_TRAFFIC: a file per server, a line per message. Everything the server sent
is checked, and what the clients sent unless a file says that it is wrong on purpose: params, results, error data, the value
of $/progress, and no property that the structure does not have. Methods under heapls/ are our own and not checked.
The model is metaModel.json of the specification's repository where $HEAPLS_METAMODEL names it; else what lsprotocol_model.py
reads from the generated types, which `tests/editors/setup model` gets; without both the check is skipped."""
import collections
import glob
import json
import os
import sys

import lsprotocol_model


class Model:
    def __init__(self, model):
        self.version = model["metaData"]["version"]
        self.structures = {s["name"]: s for s in model["structures"]}
        self.enumerations = {e["name"]: e for e in model["enumerations"]}
        self.aliases = {a["name"]: a for a in model["typeAliases"]}
        self.requests = {r["method"]: r for r in model["requests"]}
        self.notifications = {n["method"]: n for n in model["notifications"]}
        self.known = {}

    def properties(self, name):
        if name not in self.known:
            structure, found = self.structures[name], {}
            for other in structure.get("extends", []) + structure.get("mixins", []):
                found.update(self.properties(other["name"]))
            for p in structure["properties"]:
                found[p["name"]] = p
            self.known[name] = found
        return self.known[name]

    # Each returns None, or what is wrong and where.
    def members(self, value, properties, path):
        if not isinstance(value, dict):
            return "%s: not an object" % path
        for name, p in properties.items():
            if name not in value:
                if not p.get("optional"):
                    return "%s.%s is missing" % (path, name)
                continue
            wrong = self.check(value[name], p["type"], "%s.%s" % (path, name))
            if wrong:
                return wrong
        for name in value:
            if name not in properties:
                return "%s.%s is unknown to the structure" % (path, name)
        return None

    def base(self, value, name, path):
        fits = {"URI": lambda v: isinstance(v, str) and ":" in v, "DocumentUri": lambda v: isinstance(v, str) and ":" in v, "string": lambda v: isinstance(v, str),
                "RegExp": lambda v: isinstance(v, str), "boolean": lambda v: isinstance(v, bool), "null": lambda v: v is None,
                "integer": lambda v: type(v) is int and -2**31 <= v < 2**31, "uinteger": lambda v: type(v) is int and 0 <= v < 2**31,
                "decimal": lambda v: type(v) in (int, float)}[name]
        return None if fits(value) else "%s: %s is no %s" % (path, json.dumps(value)[:60], name)

    def reference(self, value, name, path):
        if name in ("LSPAny", "LSPObject", "LSPArray"):
            return None if name == "LSPAny" or isinstance(value, dict if name == "LSPObject" else list) else "%s: no %s" % (path, name)
        if name in self.aliases:
            return self.check(value, self.aliases[name]["type"], path)
        if name in self.structures:
            return self.members(value, self.properties(name), path)
        enumeration = self.enumerations[name]
        wrong = self.base(value, enumeration["type"]["name"], path)
        if wrong or enumeration.get("supportsCustomValues") or value in [v["value"] for v in enumeration["values"]]:
            return wrong
        return "%s: %s is no %s" % (path, json.dumps(value)[:60], name)

    def check(self, value, kind, path):
        what = kind["kind"]
        if what == "base":
            return self.base(value, kind["name"], path)
        if what == "reference":
            return self.reference(value, kind["name"], path)
        if what == "array":
            if not isinstance(value, list):
                return "%s: not an array" % path
            return next(filter(None, (self.check(v, kind["element"], "%s[%d]" % (path, i)) for i, v in enumerate(value))), None)
        if what == "map":
            if not isinstance(value, dict):
                return "%s: not a map" % path
            return next(filter(None, (self.check(v, kind["value"], "%s[%s]" % (path, k)) for k, v in value.items())), None)
        if what == "tuple":
            if not isinstance(value, list) or len(value) != len(kind["items"]):
                return "%s: not a tuple of %d" % (path, len(kind["items"]))
            return next(filter(None, (self.check(v, k, "%s[%d]" % (path, i)) for i, (v, k) in enumerate(zip(value, kind["items"])))), None)
        if what == "or":
            wrongs = [self.check(value, k, path) for k in kind["items"]]
            return None if None in wrongs else max(wrongs, key=lambda w: len(w.split(" ")[0]))
        if what == "and":
            properties = {}
            for k in kind["items"]:
                properties.update(self.properties(k["name"]))
            return self.members(value, properties, path)
        if what == "literal":
            return self.members(value, {p["name"]: p for p in kind["value"]["properties"]}, path)
        return None if value == kind["value"] else "%s: not %s" % (path, json.dumps(kind["value"]))

    def params(self, definition, message):
        kind, given = definition.get("params"), message.get("params")
        if kind is None:
            return None if given in (None, {}, []) else "params: none are expected"
        return self.check(given, kind, "params")


def progress_value(model, message):
    value = (message.get("params") or {}).get("value")
    if not isinstance(value, dict) or "kind" not in value:
        return None  # a partial result
    names = {"begin": "WorkDoneProgressBegin", "report": "WorkDoneProgressReport", "end": "WorkDoneProgressEnd"}
    if value["kind"] not in names:
        return "params.value.kind"
    return model.reference(value, names[value["kind"]], "params.value")


class Session:
    def __init__(self, model):
        self.model = model
        self.pending = {}  # (who asked, id) -> method
        self.strict = True  # the client does nothing wrong on purpose

    def message(self, sender, m):
        """What the message is, and what is wrong with it."""
        if m.get("jsonrpc") != "2.0":
            return "?", "jsonrpc is not 2.0"
        method = m.get("method")
        if method is None:
            other = "client" if sender == "server" else "server"
            asked = self.pending.pop((other, json.dumps(m.get("id"))), None)
            return "answer to %s" % asked, self.answer(asked, m)
        if "id" in m:
            self.pending[sender, json.dumps(m["id"])] = method
        if method.startswith("heapls/"):
            return method, None
        table = self.model.requests if "id" in m else self.model.notifications
        if method not in table:
            return method, "unknown method"
        direction = table[method]["messageDirection"]
        if direction not in ("both", "serverToClient" if sender == "server" else "clientToServer"):
            return method, "wrong direction"
        wrong = self.model.params(table[method], m)
        return method, wrong or (progress_value(self.model, m) if method == "$/progress" else None)

    def answer(self, asked, m):
        if ("error" in m) == ("result" in m):
            return "neither or both of result and error"
        if "error" in m:
            e = m["error"]
            return None if isinstance(e.get("code"), int) and isinstance(e.get("message"), str) else "error without code or message"
        if asked is None:
            return "nobody asked" if self.strict else None
        definition = self.model.requests.get(asked)
        return self.model.check(m["result"], definition["result"], "result") if definition else None


def self_test(model):
    """Each of these is wrong in one way; a model that lets one pass checks nothing."""
    place = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}
    item = {"name": "f", "kind": 12, "uri": "file:///f", "range": place, "selectionRange": place}
    for what, value in (
        ("Position", {"line": 0}), ("Position", {"line": -1, "character": 0}), ("Position", {"line": 0, "character": "0"}),
        ("Position", {"line": 0, "character": 0, "column": 0}), ("InlayHint", {"position": place["start"], "label": [{"text": "x"}]}),
        ("InlayHint", {"position": place["start"], "label": "x", "kind": 3}), ("CallHierarchyItem", {**item, "detail": None}),
        ("CallHierarchyItem", {**item, "kind": "function"}), ("WorkDoneProgressEnd", {"kind": "begin"}), ("Diagnostic", {"range": place}),
    ):
        if not model.reference(value, what, what):
            sys.exit("the model lets a wrong %s pass: %s" % (what, json.dumps(value)))
    wrong = model.reference(item, "CallHierarchyItem", "item")
    if wrong:
        sys.exit("the model refuses a right item: %s" % wrong)


def find_model():
    named = os.environ.get("HEAPLS_METAMODEL")
    if named:
        with open(named, encoding="utf-8") as f:
            return Model(json.load(f))
    here = os.path.dirname(os.path.abspath(__file__))
    types = os.path.join(os.environ.get("HEAPLS_EDITORS_DIR", os.path.join(here, "..", "..", ".cache", "editors")), "model")
    return Model(lsprotocol_model.model(types)) if os.path.isdir(os.path.join(types, "lsprotocol")) else None


def main():
    model = find_model()
    if not model:
        print("SKIP: no model (tests/editors/setup model, or HEAPLS_METAMODEL with the metaModel.json of LSP 3.17)")
        return 77
    self_test(model)
    counts, wrong = collections.Counter(), collections.Counter()
    files = sorted(glob.glob(os.path.join(sys.argv[1], "*.jsonl")))
    for path in files:
        session = Session(model)
        with open(path, encoding="utf-8") as f:
            for line in f:
                entry = json.loads(line)
                if entry["from"] == "note":
                    session.strict = False
                    continue
                what, problem = session.message(entry["from"], entry["message"])
                counts[entry["from"], what] += 1
                if problem and (entry["from"] == "server" or session.strict):
                    wrong[entry["from"], what, problem] += 1
                    if wrong[entry["from"], what, problem] == 1:
                        print("%s: %s sent %s: %s" % (os.path.basename(path), entry["from"], what, problem))
    if not counts:
        print("SKIP: nothing was recorded in %s" % sys.argv[1])
        return 77
    for (sender, what), n in sorted(counts.items()):
        print("%6d  %s  %s" % (n, sender, what))
    total = sum(n for (sender, _), n in counts.items() if sender == "server")
    print("%d messages of the server in %d sessions against LSP %s: %d wrong" % (total, len(files), model.version, sum(wrong.values())))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
