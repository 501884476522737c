"""The LSP meta model, read back from the types that PyPI's lsprotocol has generated from it.

    model(DIRECTORY): the dictionary that metaModel.json would be, as far as metamodel.py asks for it

DIRECTORY holds lsprotocol and attrs (tests/editors/setup model). Messages and properties that were added after 3.17 are left
out, by their "@since". A property that may be null is taken to be optional too: the types don't tell them apart."""
import ast
import collections.abc
import enum
import os
import re
import sys
import typing


def newer(doc):
    return doc is not None and re.search(r"@since 3\.18\.0\s*$|@proposed", doc, re.MULTILINE) is not None


def later_names(path):
    """Messages, and "Class.property", of later versions than 3.17; other classes may just have got a name of their own."""
    found = set()
    with open(path, encoding="utf-8") as f:
        tree = ast.parse(f.read())
    for node in tree.body:
        if not isinstance(node, ast.ClassDef):
            continue
        if newer(ast.get_docstring(node)) and node.name.endswith(("Request", "Notification")):
            found.add(node.name)
        for field, after in zip(node.body, node.body[1:]):
            told = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and isinstance(after.value.value, str)
            if isinstance(field, (ast.AnnAssign, ast.Assign)) and told and newer(after.value.value):
                target = field.target if isinstance(field, ast.AnnAssign) else field.targets[0]
                found.add("%s.%s" % (node.name, target.id))
    return found


def camel(name):
    first, *rest = name.strip("_").split("_")
    return first + "".join(part.title() for part in rest)


def base(name):
    return {"kind": "base", "name": name}


class Reader:
    def __init__(self, types, later):
        self.types, self.later = types, later
        self.structures, self.enumerations = {}, {}

    def any_of(self, members):
        if typing.Any in members:
            return {"kind": "reference", "name": "LSPAny"}
        kinds = [self.kind(t) for t in members]
        return kinds[0] if len(kinds) == 1 else {"kind": "or", "items": kinds}

    def kind(self, t, unsigned=False):
        plain = {str: "string", bool: "boolean", float: "decimal", type(None): "null", int: "uinteger" if unsigned else "integer"}
        origin, inner = typing.get_origin(t), typing.get_args(t)
        if t in plain:
            return base(plain[t])
        if t is typing.Any or t is object:
            return {"kind": "reference", "name": "LSPAny"}
        if t is self.types.LSPObject:
            return {"kind": "reference", "name": "LSPObject"}
        if origin is typing.Union:
            return self.any_of(inner)
        if origin is typing.Literal:
            return {"kind": "or", "items": [{"kind": "stringLiteral", "value": v} for v in inner]}
        if origin is tuple:
            return {"kind": "tuple", "items": [self.kind(m) for m in inner]}
        if origin in (list, collections.abc.Sequence):
            return {"kind": "array", "element": self.kind(inner[0])}
        if origin in (dict, collections.abc.Mapping):
            return {"kind": "map", "value": self.kind(inner[1])}
        if isinstance(t, type) and issubclass(t, enum.Enum):
            self.add_enumeration(t)
        elif t.__name__ not in self.structures:
            self.add_structure(t)
        return {"kind": "reference", "name": t.__name__}

    def add_enumeration(self, t):
        values = [m.value for m in t if "%s.%s" % (t.__name__, m.name) not in self.later]
        self.enumerations[t.__name__] = {"name": t.__name__, "type": base("string" if isinstance(values[0], str) else "integer"),
                                         "values": [{"value": v} for v in values]}

    def is_later(self, t, name):
        return any("%s.%s" % (c.__name__, name) in self.later for c in t.__mro__)

    def add_structure(self, t):
        properties = []
        self.structures[t.__name__] = {"name": t.__name__, "properties": properties}
        hints = typing.get_type_hints(t, vars(self.types))
        for field in t.__attrs_attrs__:
            if self.is_later(t, field.name):
                continue
            unsigned = "uinteger" in repr(field.validator)
            required = field.default is not None  # NOTHING, or what a literal must be
            if isinstance(field.default, str):
                kind = {"kind": "stringLiteral", "value": field.default}
            else:
                members = typing.get_args(hints[field.name]) if typing.get_origin(hints[field.name]) is typing.Union else [hints[field.name]]
                if not required and not self.types.is_special_property(t, field.name):
                    members = [m for m in members if m is not type(None)]
                kind = self.kind(members[0], unsigned) if len(members) == 1 else self.any_of(members)
            properties.append({"name": camel(field.name), "type": kind, **({} if required else {"optional": True})})


def model(directory):
    sys.path.insert(0, directory)
    from lsprotocol import types

    reader = Reader(types, later_names(os.path.join(directory, "lsprotocol", "types.py")))
    requests, notifications = [], []
    for method, (message, response, params, _) in types.METHOD_TO_TYPES.items():
        if message.__name__ in reader.later:
            continue
        entry = {"method": method, "messageDirection": types.message_direction(method)}
        if params:
            entry["params"] = reader.kind(params)
        if response:
            entry["result"] = reader.kind(typing.get_type_hints(response, vars(types))["result"])
        (requests if response else notifications).append(entry)
    for name in ("WorkDoneProgressBegin", "WorkDoneProgressReport", "WorkDoneProgressEnd"):
        reader.kind(getattr(types, name))
    return {"metaData": {"version": "3.17"}, "structures": list(reader.structures.values()), "enumerations": list(reader.enumerations.values()),
            "typeAliases": [], "requests": requests, "notifications": notifications}
