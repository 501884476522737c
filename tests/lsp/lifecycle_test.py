"""Lifecycle of the server binary: exit codes, refusals, the parent's death, sockets and pipes.

usage: lifecycle_test.py HEAPLS"""
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

from lsp_client import Server

binary = os.path.abspath(sys.argv[1])


def check(name, got, want):
    if got != want:
        sys.exit("%s: got %r, want %r" % (name, got, want))
    print("ok", name)


s = Server(binary)
s.initialize()
check("shutdown, exit", s.stop(), 0)

s = Server(binary)
s.initialize()
s.notify("exit")
check("exit without shutdown", s.process.wait(30), 1)

s = Server(binary)
s.initialize()
s.process.stdin.close()
check("input closed while running", s.process.wait(30), 1)

s = Server(binary, sends_nonsense=True)
s.initialize()
s.result("shutdown", None)
check("request after shutdown", s.request("textDocument/hover", {})["error"]["code"], -32600)
s.process.stdin.close()
check("input closed after shutdown", s.process.wait(30), 0)

s = Server(binary, sends_nonsense=True)
check("request before initialize", s.request("textDocument/hover", {})["error"]["code"], -32002)
s.initialize()
check("second initialize", s.request("initialize", {"processId": None, "rootUri": None, "capabilities": {}})["error"]["code"], -32600)
check("unknown request", s.request("heapls/nothing", {})["error"]["code"], -32601)
check("wrong params name their path", "params.textDocument" in s.request("textDocument/hover", {"textDocument": 1})["error"]["message"], True)
s.raw(b"Content-Length: 5\r\n\r\n{]]]}")
s.notify("nobody/knows")
s.result("shutdown", None)
s.notify("exit")
check("after broken input", s.process.wait(30), 0)

parent = subprocess.Popen(["sleep", "1"])
s = Server(binary)
s.initialize(processId=parent.pid)
parent.wait()
check("parent's death", s.process.wait(30), 1)

for address in ("0.0.0.0:0", "10.0.0.1:80", "x", "99999"):
    done = subprocess.run([binary, "serve", "--port", address], capture_output=True, timeout=30)
    check("refuses to listen on " + address, done.returncode, 2)

listening = subprocess.Popen([binary, "serve", "--port=0"], stderr=subprocess.PIPE)
port = int(listening.stderr.readline().decode().rsplit(":", 1)[1])
connection = socket.create_connection(("127.0.0.1", port))
body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": {}}}).encode()
connection.sendall(b"Content-Length: %d\r\n\r\n" % len(body) + body)
check("answers on a socket", connection.recv(15), b"Content-Length:")
connection.close()
check("socket closed", listening.wait(30), 1)

with tempfile.TemporaryDirectory() as directory:
    path = os.path.join(directory, "pipe")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(1)
    server = subprocess.Popen([binary, "serve", "--pipe=" + path])
    connection, _ = listener.accept()
    connection.sendall(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    check("answers on a pipe", connection.recv(15), b"Content-Length:")
    connection.close()
    check("pipe closed", server.wait(30), 1)

    recorded = os.path.join(directory, "session")
    with open(recorded, "wb") as f:
        for message in ({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": {}}},
                        {"jsonrpc": "2.0", "id": 2, "method": "shutdown"}, {"jsonrpc": "2.0", "method": "exit"}):
            body = json.dumps(message).encode()
            f.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    with open(recorded, "rb") as f:
        done = subprocess.run([binary], stdin=f, capture_output=True, timeout=30)
    check("a recorded session from a file", (done.returncode, done.stdout.count(b"Content-Length")), (0, 2))
