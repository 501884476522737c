"""Stands between an editor and heapls and writes down what they say to each other, for metamodel.py.

usage: record.py HEAPLS ARGUMENT…
Without HEAPLS_TRAFFIC, or for commands other than serve, it becomes HEAPLS. What other people's clients send is not held
against us: their sessions are marked, and only the server's messages must be right."""
import json
import os
import subprocess
import sys
import threading

BLOCK = 1 << 16


class Frames:
    """Bytes in, messages out."""

    def __init__(self, sender, out, lock):
        self.sender, self.out, self.lock, self.rest = sender, out, lock, b""

    def feed(self, data):
        self.rest += data
        while b"\r\n\r\n" in self.rest:
            head, body = self.rest.split(b"\r\n\r\n", 1)
            length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
            if len(body) < length:
                return
            self.rest = body[length:]
            with self.lock:
                self.out.write(json.dumps({"from": self.sender, "message": json.loads(body[:length])}) + "\n")
                self.out.flush()


def carry(source, to, frames):
    while data := os.read(source, BLOCK):
        frames.feed(data)
        try:
            while data:
                data = data[os.write(to, data):]
        except BrokenPipeError:
            return


def main():
    binary, arguments = sys.argv[1], sys.argv[2:]
    directory = os.environ.get("HEAPLS_TRAFFIC")
    if not directory or not os.path.isdir(directory) or arguments[:1] != ["serve"]:
        os.execv(binary, [binary, *arguments])
    server = subprocess.Popen([binary, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with open(os.path.join(directory, "editor-%d.jsonl" % os.getpid()), "w", encoding="utf-8") as out:
        out.write(json.dumps({"from": "note", "message": "the client is not ours"}) + "\n")
        lock = threading.Lock()

        def from_editor():
            carry(0, server.stdin.fileno(), Frames("client", out, lock))
            server.stdin.close()

        threading.Thread(target=from_editor, daemon=True).start()
        carry(server.stdout.fileno(), 1, Frames("server", out, lock))
        status = server.wait()
        os._exit(status if status >= 0 else 128 - status)  # the other thread may be reading still


main()
