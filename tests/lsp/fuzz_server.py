"""Mutated messages to the real server, and random edits on a real file with the server's text compared to the client's.

usage: fuzz_server.py HEAPLS MESSAGES EDITS [SEED]
Short in the test run; the long form is 100000 messages and 10000 edits. The server must not end, and must still answer a well-formed request at the end. Run it with a sanitized binary."""
import json
import os
import random
import sys

from lsp_client import Server

binary, messages, edits = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
seed = int(sys.argv[4]) if len(sys.argv) > 4 else 1
rng = random.Random(seed)
sample = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "sample", "main.go")
FULL = {"textDocument": {"inlayHint": {"resolveSupport": {"properties": ["tooltip"]}}, "hover": {"contentFormat": ["markdown"]},
                         "publishDiagnostics": {"relatedInformation": True}, "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}}}},
        "workspace": {"inlayHint": {"refreshSupport": True}, "configuration": True}}


def start():
    s = Server(binary, "--log-level=error", stderr=None, sends_nonsense=True)
    s.initialize(FULL)
    return s


def junk():
    return rng.choice([None, True, -1, 0, 1 << 31, 1 << 63, 1.5, "", "x", "\u0000", "\ud83d\ude00", [], {}, [[]], {"uri": 1}, "file:///", "file://h/x", {"line": -1, "character": 1 << 40}])


def mutate(value):
    if rng.random() < 0.15:
        return junk()
    if isinstance(value, dict):
        out = {k: (mutate(v) if rng.random() < 0.4 else v) for k, v in value.items() if rng.random() > 0.05}
        if rng.random() < 0.05:
            out[rng.choice(["", "id", "method", "params", "x"])] = junk()
        return out
    if isinstance(value, list):
        return [mutate(v) for v in value for _ in range(rng.choice([0, 1, 1, 1, 2]))]
    return value


def fuzz_messages(count):
    s = start()
    uri = s.open(sample)
    with open(sample, encoding="utf-8") as f:
        text = f.read()
    lines = text.count("\n")

    def at():
        return {"line": rng.randrange(lines + 2), "character": rng.randrange(60)}

    def span():
        return {"start": at(), "end": at()}

    document = {"textDocument": {"uri": uri}}
    makers = [
        lambda: ("textDocument/hover", dict(document, position=at()), True),
        lambda: ("textDocument/inlayHint", dict(document, range=span()), True),
        lambda: ("textDocument/diagnostic", dict(document, previousResultId="1.1"), True),
        lambda: ("textDocument/codeLens", document, True),
        lambda: ("textDocument/codeAction", dict(document, range=span(), context={"diagnostics": [], "only": rng.choice([["quickfix"], ["heapls"], [""]])}), True),
        lambda: ("inlayHint/resolve", {"position": at(), "label": "heap", "data": {"uri": uri, "at": rng.randrange(900), "subject": "new(int)", "kind": 0}}, True),
        lambda: ("heapls/paths", dict(document, position=at()), True),
        lambda: ("heapls/documentText", document, True),
        lambda: ("workspace/executeCommand", {"command": "heapls.preset", "arguments": ["all"]}, True),
        lambda: ("textDocument/didChange", {"textDocument": {"uri": uri, "version": rng.randrange(1 << 20)}, "contentChanges": [{"range": span(), "text": "x"}]}, False),
        lambda: ("textDocument/didSave", document, False),
        lambda: ("workspace/didChangeConfiguration", {"settings": {"heapls": {"preset": "quiet", "hints": {"enable": True}}}}, False),
        lambda: ("workspace/didChangeWatchedFiles", {"changes": [{"uri": uri, "type": 2}]}, False),
        lambda: ("workspace/didChangeWorkspaceFolders", {"event": {"added": [{"uri": "file:///tmp", "name": "t"}], "removed": []}}, False),
        lambda: ("$/cancelRequest", {"id": rng.randrange(1 << 20)}, False),
        lambda: ("$/setTrace", {"value": "off"}, False),
        lambda: ("window/workDoneProgress/cancel", {"token": 1}, False),
    ]
    for i in range(count):
        method, params, is_request = rng.choice(makers)()
        message = {"jsonrpc": "2.0", "method": method, "params": mutate(params)}
        if is_request:
            message["id"] = 1000000 + i
        if rng.random() < 0.1:
            message = mutate(message)
        if isinstance(message, dict) and message.get("method") in ("exit", "shutdown"):
            continue
        body = bytearray(json.dumps(message, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass"))
        if rng.random() < 0.1 and body:
            for _ in range(rng.randrange(1, 4)):
                body[rng.randrange(len(body))] = rng.randrange(256)
        header = b"Content-Length: %d\r\n\r\n" % len(body)
        if rng.random() < 0.01:
            header = rng.choice([b"Content-Length: x\r\n\r\n", b"\r\n\r\n", b"Content-Type: a\r\n" + header, b"Content-Length: -1\r\n\r\n"])
        if isinstance(message, dict) and isinstance(message.get("method"), str):
            s.record("client", message)  # so that the answer can be checked
        s.raw(header + bytes(body))
        while not s.inbox.empty():
            s._take(1)
        s.notifications.clear()
        s.responses.clear()
        s.seen.clear()
    s.raw(b"\r\n")  # whatever is left open is closed by the next header
    s.notify("textDocument/didClose", document)
    s.open(sample)
    assert s.result("heapls/documentText", document)["text"] == text
    s.hints(uri)
    assert s.stop() == 0, "exit code"
    print("ok %d mutated messages" % count)


def utf16(text):
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fuzz_edits(count):
    s = start()
    with open(sample, encoding="utf-8") as f:
        text = f.read()
    uri = s.open(sample)
    document = {"textDocument": {"uri": uri}}
    words = ["x", "\n", "\r\n", "é", "\U0001f600", "new(int)", "func f() {\n", "}\n", "", "/*", "*/", "`", '"', "a := []byte{1}\n", "\t"]
    version = 1
    for i in range(count):
        changes = []
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            start_at = rng.randrange(len(text) + 1)
            end_at = min(len(text), start_at + rng.choice([0, 0, 1, 3, 20]))
            # A position inside CRLF would be taken back to before it, as LSP prescribes: the client's model avoids it.
            while 0 < start_at < len(text) and text[start_at - 1] == "\r" and text[start_at] == "\n":
                start_at -= 1
            while 0 < end_at < len(text) and text[end_at - 1] == "\r" and text[end_at] == "\n":
                end_at += 1
            word = rng.choice(words)

            def position(at):
                line = text[:at].replace("\r\n", "\n").replace("\r", "\n").count("\n")
                last = max(text[:at].rfind("\n"), text[:at].rfind("\r"))
                return {"line": line, "character": utf16(text[last + 1:at])}

            changes.append({"range": {"start": position(start_at), "end": position(end_at)}, "text": word})
            text = text[:start_at] + word + text[end_at:]
        if rng.random() < 0.002:
            text = rng.choice(["", "package main\n", text])
            changes = [{"text": text}]
        version += 1
        s.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": version}, "contentChanges": changes})
        if i % 50 == 49:
            s.start("textDocument/inlayHint", dict(document, range={"start": {"line": 0, "character": 0}, "end": {"line": 9999, "character": 0}}))
            s.start("textDocument/hover", dict(document, position={"line": rng.randrange(60), "character": 5}))
        if i % 100 == 99 or i == count - 1:
            got = s.result("heapls/documentText", document)
            assert got["text"] == text, "text differs after %d edits (seed %d)" % (i + 1, seed)
            assert got["version"] == version
        while not s.inbox.empty():
            s._take(1)
        s.notifications.clear()
        s.seen.clear()
    assert s.stop() == 0, "exit code"
    print("ok %d edits, text equal" % count)


fuzz_messages(messages)
fuzz_edits(edits)
