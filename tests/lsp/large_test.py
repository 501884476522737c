"""What a large file costs the server grows as the file does: no part of it with the square.

usage: large_test.py HEAPLS

Two files of generated functions, the second four times as large as the first. CPU time is the user time of the server, all threads,
from the opening of the file until it rests: its hints, lenses and diagnostics have been asked for, as editors do. On a machine with
a load both take longer, so it is their ratio that counts: 4 where the cost is linear, 16 where it is quadratic. The files import
nothing, and nothing is stored or recalled."""
import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checks import check
from lsp_client import Server

TICKS = os.sysconf("SC_CLK_TCK")
FUNCTION = """
type T%(i)d struct {
	a    int
	list []int
	get  func() int
	any  any
}

func New%(i)d(a, b int) *T%(i)d {
	t := &T%(i)d{a: a, any: b, list: make([]int, a)}
	for k := range a {
		t.list = append(t.list, k*b)
	}
	if a > 10 {
		t.get = func() int { return t.a + b }
	}
	return t
}
"""
SMALL, TIMES, RATIO = 800, 4, 7
CAPABILITIES = {
    "range": {"workspace": {"inlayHint": {"refreshSupport": True}, "codeLens": {"refreshSupport": True}, "diagnostics": {"refreshSupport": True}},
              "textDocument": {"inlayHint": {"resolveSupport": {"properties": ["tooltip", "label.location"]}}, "codeLens": {},
                               "diagnostic": {"relatedInformation": True, "codeDescriptionSupport": True, "dataSupport": True},
                               "publishDiagnostics": {"relatedInformation": True, "codeDescriptionSupport": True, "dataSupport": True}}},
    "whole": {"textDocument": {"inlayHint": {}, "publishDiagnostics": {"relatedInformation": True, "codeDescriptionSupport": True}}},
}


def cpu(pid):
    with open("/proc/%d/stat" % pid) as f:
        return int(f.read().rsplit(")", 1)[1].split()[11]) / TICKS


def rest(pid):
    """The CPU time when the server has used none for a while."""
    last, since = cpu(pid), time.time()
    while time.time() - since < 1:
        time.sleep(0.1)
        now = cpu(pid)
        if now - last > 0.011:
            last, since = now, time.time()
    return last


class Session:
    def __init__(self, binary, directory, kind, functions):
        directory = os.path.join(directory, "%s%d" % (kind, functions))
        os.mkdir(directory)
        with open(os.path.join(directory, "go.mod"), "w") as f:
            f.write("module large\n\ngo 1.26\n")
        path = os.path.join(directory, "large.go")
        with open(path, "w") as f:
            f.write("package large\n" + "".join(FUNCTION % {"i": i} for i in range(functions)))
        self.s = Server(binary, "--log-level=error", env={**os.environ, "HEAPLS_CACHE": "off"})
        self.s.initialize(CAPABILITIES[kind])
        self.kind = kind
        self.uri = self.s.open(path)
        self.ask(0)
        rest(self.s.process.pid)

    def ask(self, line):
        last = 60 if self.kind == "range" else 1 << 20
        document = {"textDocument": {"uri": self.uri}}
        requests = [self.s.start("textDocument/inlayHint", {**document, "range": {"start": {"line": line, "character": 0},
                                                                                 "end": {"line": line + last, "character": 0}}})]
        if self.kind == "range":
            requests += [self.s.start("textDocument/codeLens", document), self.s.start("textDocument/diagnostic", document)]
        for r in requests:
            self.s.finish(r, 300)


def opened(binary, directory, kind, functions):
    session = Session(binary, directory, kind, functions)
    session.ask(0)
    took = rest(session.s.process.pid)
    session.s.stop()
    return took


def main(binary):
    with tempfile.TemporaryDirectory() as directory:
        for kind in CAPABILITIES:
            small, large = (opened(binary, directory, kind, n) for n in (SMALL, SMALL * TIMES))
            ratio = large / small
            print("%s: opened with %d functions %.2f s, %d: %.2f s, ratio %.1f" % (kind, SMALL, small, SMALL * TIMES, large, ratio), flush=True)
            check("%s: opening a file %d times as large costs %.1f times as much" % (kind, TIMES, ratio), ratio <= RATIO)
    print("a large file costs what its size lets expect")
    return 0


sys.exit(main(os.path.abspath(sys.argv[1])))
