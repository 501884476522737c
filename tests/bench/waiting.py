"""What a user waits for, measured and drawn: runs edit.py, start.py, cache.py and, where a gopls is given, gopls.py, keeps
their figures, and draws the plot of README.md. Under ten minutes on two cores; run it on a quiet machine.

usage: waiting.py HEAPLS [--gopls GOPLS] [--out FOLDER] [FILE…]
files: by default net/http/server.go, and compress/zstd/encoder.go of the module cache; the last one is shown to gopls
out: gets waiting.json and waiting.svg; by default editors/media"""
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

here = os.path.dirname(os.path.abspath(__file__))


def go_env(name):
    return subprocess.run(["go", "env", name], capture_output=True, text=True, check=True).stdout.strip()


def default_files():
    try:
        files = [os.path.join(go_env("GOROOT"), "src", "net", "http", "server.go")]
        return files + sorted(glob.glob(os.path.join(go_env("GOMODCACHE"), "github.com", "klauspost", "compress@*", "zstd", "encoder.go")))[-1:]
    except (OSError, subprocess.CalledProcessError):
        return []


def run(record, name, command):
    print("\n## %s\n" % name, flush=True)
    out = os.path.join(tempfile.gettempdir(), "heapls-bench-%d.json" % os.getpid())
    done = subprocess.run([sys.executable, os.path.join(here, command[0])] + command[1:2] + ["--json", out] + command[2:], check=False)
    if done.returncode == 0 and os.path.exists(out):
        with open(out, encoding="utf-8") as f:
            record[name] = json.load(f)
        os.remove(out)
    else:
        sys.exit("%s failed" % name)


def for_gopls(path):
    """gopls writes to the file: it gets a copy of the module."""
    root = os.path.dirname(path)
    while root != "/" and not os.path.exists(os.path.join(root, "go.mod")):
        root = os.path.dirname(root)
    copy = os.path.join(tempfile.mkdtemp(), os.path.basename(root).split("@")[0])
    shutil.copytree(root, copy)
    subprocess.run(["chmod", "-R", "u+w", copy], check=True)
    return os.path.join(copy, os.path.relpath(path, root)), os.path.dirname(copy)


def main():
    arguments, gopls, folder, words = sys.argv[1:], None, os.path.join(here, "..", "..", "editors", "media"), []
    while arguments:
        word = arguments.pop(0)
        if word == "--gopls":
            gopls = arguments.pop(0)
        elif word == "--out":
            folder = arguments.pop(0)
        else:
            words.append(word)
    if not words:
        sys.exit(__doc__)
    binary, files = os.path.abspath(words[0]), [os.path.abspath(f) for f in words[1:]] or default_files()
    if not files:
        print("SKIP: no go command to find files with")
        return 77
    record = {}
    run(record, "edit", ["edit.py", binary] + files)
    run(record, "start", ["start.py", binary, "-r", "3"])
    run(record, "start of these files", ["start.py", binary, "-r", "3"] + files)
    run(record, "cache", ["cache.py", binary])
    record["gopls"] = {}
    if gopls:
        path, scratch = for_gopls(files[-1])
        run(record, "gopls", ["gopls.py", os.path.abspath(gopls) if os.path.sep in gopls else gopls, path])
        shutil.rmtree(scratch)
    with open(os.path.join(folder, "waiting.json"), "w", encoding="utf-8") as f:
        json.dump(record, f, indent=1)
        f.write("\n")
    return subprocess.run([sys.executable, os.path.join(here, "plot.py"), os.path.join(folder, "waiting.json"),
                           os.path.join(folder, "waiting.svg")], check=False).returncode


sys.exit(main())
