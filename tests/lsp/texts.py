"""The texts that C sources can print: their string literals, but for those that are only compared with something.

    texts(PATH): [(line, literal, parts)] of literals with at least one word of four letters"""
import re

COMPARES = ("is", "str_equal", "strcmp", "strncmp", "str_has_prefix", "str_has_suffix", "str_index", "strmap_get", "strmap_has")
TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])+\'|[A-Za-z_]\w*|[^\s]', re.DOTALL)
FORMAT = re.compile(r"%[-0-9.*]*(?:ll|z|l)?[dusxgfc]")


def tokens(text):
    line, at = 1, 0
    for m in TOKEN.finditer(text):
        line += text.count("\n", at, m.start())
        at = m.start()
        if not m[0].startswith(("//", "/*")):
            yield line, m[0]


def parts_of(literal):
    """What surely stands in everything that a format prints, in this order; None: no words of its own."""
    parts = [p.replace("%%", "%").replace("`", "").replace("*", "").lower() for p in re.split(FORMAT, literal)]
    if not any(re.search(r"[a-z]{4}", p) for p in parts):
        return None
    return [p for p in parts if p.strip()]


class Shown:
    """Lines of text to look in."""

    def __init__(self, text):
        self.lines = {line.replace("`", "").replace("*", "").lower() for line in text.split("\n")}
        self.all = "\n".join(self.lines)

    def has(self, parts):
        words = [w for part in parts for w in part.split("\n") if w.strip()]
        return all(w in self.all for w in words) and any(self.in_line(line, words) for line in self.lines)

    @staticmethod
    def in_line(line, words):
        at = 0
        for word in words:
            at = line.find(word, at)
            if at < 0:
                return False
            at += len(word)
        return True


def texts(path):
    with open(path, encoding="utf-8") as f:
        source = f.read()
    found, calls, before, literal, start, directive = [], [], "", None, 0, 0
    for line, token in [*tokens(source), (0, "end")]:
        if token.startswith('"'):
            if literal is None:
                literal, start = "", line
            literal += bytes(token[1:-1], "utf-8").decode("unicode_escape").encode("latin-1").decode("utf-8")
            continue
        compared = any(c in COMPARES for c in calls) or directive == start
        if literal is not None and not compared:
            parts = parts_of(literal)
            if parts:
                found.append((start, literal, parts))
        literal = None
        if token == "#":
            directive = line
        if token == "(":
            calls.append(before)
        elif token == ")" and calls:
            calls.pop()
        before = token
    return found
