"""Writes CPU profiles (profile.proto, gzip'ed) of chosen calls."""
import gzip


def varint(n):
    n &= (1 << 64) - 1
    out = bytearray()
    while n >= 0x80:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def number(field, n):
    return varint(field << 3) + varint(n)


def message(field, data):
    return varint(field << 3 | 2) + varint(len(data)) + data


def profile(edges, kind=("samples", "count"), raw=False, packed=True):
    """edges: (caller, its first line, line of the call, callee, its first line, weight)."""
    strings, functions, locations, samples = [""], {}, [], []

    def string(s):
        if s not in strings:
            strings.append(s)
        return strings.index(s)

    def function(name, start):
        return functions.setdefault((name, start), len(functions) + 1)

    def location(name, start, line):
        locations.append((function(name, start), line))
        return len(locations)

    for caller, start, line, callee, callee_start, weight in edges:
        leaf, parent = location(callee, callee_start, callee_start + 1), location(caller, start, line)
        ids = message(1, varint(leaf) + varint(parent)) if packed else number(1, leaf) + number(1, parent)
        samples.append(ids + number(2, weight))
    out = message(1, number(1, string(kind[0])) + number(2, string(kind[1])))
    out += b"".join(message(2, s) for s in samples)
    for i, (f, line) in enumerate(locations):
        out += message(4, number(1, i + 1) + number(3, 0x1000 + i) + message(4, number(1, f) + number(2, line)))
    for (name, start), i in functions.items():
        out += message(5, number(1, i) + number(2, string(name)) + number(3, string(name)) + number(5, start))
    out += b"".join(message(6, s.encode()) for s in strings)
    return out if raw else gzip.compress(out, mtime=0)
