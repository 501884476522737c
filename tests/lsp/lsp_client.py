"""A small LSP client over pipes for the tests: framing, requests, and answers to what the server asks.

With HEAPLS_TRAFFIC set to a directory, every message goes to a file there, for metamodel.py."""
import itertools
import json
import os
import queue
import subprocess
import sys
import threading
import time


numbers = itertools.count(1)


class Server:
    def __init__(self, binary, *args, stderr=subprocess.DEVNULL, settings=None, env=None, sends_nonsense=False):
        self.process = subprocess.Popen([binary, "serve", *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, env=env)
        self.traffic = None
        if os.environ.get("HEAPLS_TRAFFIC"):
            name = "%s-%d-%d.jsonl" % (os.path.basename(sys.argv[0]), os.getpid(), next(numbers))
            self.traffic = open(os.path.join(os.environ["HEAPLS_TRAFFIC"], name), "w", encoding="utf-8")
            if sends_nonsense:
                self.record("note", "the client is wrong on purpose")
        self.settings = settings or {}
        self.next_id = 0
        self.responses = {}
        self.notifications = []
        self.seen = []
        self.inbox = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        out = self.process.stdout
        while True:
            length = None
            while True:
                line = out.readline()
                if not line:
                    self.inbox.put(None)
                    return
                if line == b"\r\n":
                    break
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            message = json.loads(out.read(length))
            self.record("server", message)
            self.inbox.put(message)

    def record(self, sender, message):
        if self.traffic:
            self.traffic.write(json.dumps({"from": sender, "message": message}) + "\n")
            self.traffic.flush()

    def raw(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message):
        self.record("client", message)
        body = json.dumps(message).encode()
        self.raw(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def notify(self, method, params=None):
        message = {"jsonrpc": "2.0", "method": method}
        if params is not None or method != "exit":
            message["params"] = params if params is not None else {}
        self.send(message)

    def start(self, method, params):
        self.next_id += 1
        message = {"jsonrpc": "2.0", "id": self.next_id, "method": method}
        if params is not None:
            message["params"] = params
        self.send(message)
        return self.next_id

    def _take(self, timeout):
        message = self.inbox.get(timeout=timeout)
        if message is None:
            raise EOFError("the server ended: %s" % self.process.wait())
        if "method" in message:
            self.seen.append(message)
            if "id" in message:
                result = [self.settings] if message["method"] == "workspace/configuration" else None
                self.send({"jsonrpc": "2.0", "id": message["id"], "result": result})
            else:
                self.notifications.append(message)
        elif message.get("id") is not None:
            self.responses[message["id"]] = message
        else:
            self.seen.append(message)

    def finish(self, request, timeout=120):
        while request not in self.responses:
            self._take(timeout)
        return self.responses.pop(request)

    def request(self, method, params, timeout=120):
        return self.finish(self.start(method, params), timeout)

    def result(self, method, params, timeout=120):
        answer = self.request(method, params, timeout)
        if "error" in answer:
            raise AssertionError("%s: %s" % (method, answer["error"]))
        return answer["result"]

    def wait_notification(self, method, match=lambda params: True, timeout=120):
        while True:
            for i, message in enumerate(self.notifications):
                if message["method"] == method and match(message["params"]):
                    return self.notifications.pop(i)["params"]
            self._take(timeout)

    def initialize(self, capabilities=None, **more):
        params = {"processId": os.getpid(), "rootUri": None, "capabilities": capabilities or {}}
        params.update(more)
        result = self.result("initialize", params)
        self.notify("initialized")
        return result

    def open(self, path, text=None, version=1):
        uri = "file://" + os.path.abspath(path)
        if text is None:
            with open(path, encoding="utf-8") as f:
                text = f.read()
        self.notify("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "go", "version": version, "text": text}})
        return uri

    def hints(self, uri, first=0, last=100000):
        span = {"start": {"line": first, "character": 0}, "end": {"line": last, "character": 0}}
        return self.result("textDocument/inlayHint", {"textDocument": {"uri": uri}, "range": span})

    def wait_built(self, uri):
        """Until the document's whole package has been analysed."""
        while True:
            state = self.result("heapls/documentText", {"textDocument": {"uri": uri}})
            if not state["waiting"]:
                return state
            time.sleep(0.005)

    def stop(self):
        self.result("shutdown", None)
        self.notify("exit")
        self.process.stdin.close()
        return self.process.wait(60)
