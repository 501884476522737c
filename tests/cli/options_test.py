"""Options: every value is checked, every command says how it is used, and what can't be read or written is said.

usage: options_test.py HEAPLS"""
import os
import pty
import re
import subprocess
import tempfile

from cli import binary, check, finish, run, sample, skip_without_go, told, write

# ---- Every option of every command, by its help: a value where none is wanted, and none or a wrong one where one is
commands = re.findall(r"^  ([a-z]+) ", run("help").stdout, re.M)
check("commands", set(commands) >= {"check", "cost", "explain", "verify", "serve", "debug", "completion", "man", "version", "help"}, commands)
options = 0
for command in commands:
    if command in ("version", "help"):
        continue
    text = run(command, "--help").stdout
    check("exit codes of " + command, "Exit codes: 0 " in text, text)
    for name, value in re.findall(r"^  (--[A-Za-z-]+)(\[?=[A-Z0-9.]+\]?)? ", text, re.M):
        options += 1
        if not value:
            told("%s %s=x" % (command, name), run(command, name + "=x"), 2, "takes no value")
            continue
        if name != "--tags":
            told("%s %s=" % (command, name), run(command, name + "="), 2, "empty value")
        if not value.startswith("["):
            told("%s %s" % (command, name), run(command, name), 2, "wants a value")
    told("%s --nothing" % command, run(command, "--nothing"), 2, "unknown option --nothing")
check("options read from the help", options > 40, options)

WRONG = ["check --workers=abc", "check --workers=0", "check --goos=plan10", "check --goarch=amd65", "check --tags=a!b", "check --go=x", "check --goroot=/nothing/here",
         "check --format=x", "check --preset=x", "check --kind=append,x", "check --func=(", "check --min-bytes=-1", "check --min-bytes=4G", "check --sort=x",
         "check --sort=count", "check --top=0", "check --by=line", "check --by=kind --format=sarif", "check --top=3 --format=gc", "check --call-sites",
         "check --color=maybe", "check --fail=x", "check --fail=new", "check --gcflags=-x", "check -C /nothing/here", "check --baseline=/nothing/here",
         "explain --workers=x main.go:9", "explain --goos=plan10 main.go:9", "explain main.go", "explain", "explain main.go:9 main.go:10", "debug", "debug x",
         "debug types --workers=x", "verify --gcflags=-x", "serve --port=99999", "serve --socket=x", "serve --log-level=x", "serve x", "completion tcsh",
         "completion", "man x"]
for line in WRONG:
    done = run(*line.split())
    last = line.split()[-1]
    told(line, done, 2, "heapls " + line.split()[0] + ": ")
    check("nothing else: " + line, not done.stdout and "Run 'heapls" in done.stderr or "/nothing/here" in done.stderr, done.stdout)
told("help of an unknown command", run("help", "nothing"), 2, "no command 'nothing'")

skip_without_go()
check("a value after its option, one dash", run("check", "-format", "json", ".").stdout.startswith("{"))
check("-C", "main.go:9" in run("check", "-C", sample, ".", cwd="/").stdout)
check("options of packages after --", run("check", "--", ".").returncode == 0)

# ---- What can't be written
with open("/dev/full", "w") as full:
    for line in ("check .", "check --format=json .", "check --format=sarif .", "help", "man", "completion bash", "explain main.go:9", "debug types ."):
        told(line + " >/dev/full", run(*line.split(), stdout=full), 2, "standard output: No space left on device" if "debug" not in line else "standard output")
process = subprocess.Popen([binary, "check", "fmt", "net/http"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, restore_signals=False, cwd=sample)
process.stdout.readline()
process.stdout.close()
said = process.stderr.read().decode()
check("a pipe that is closed, without its signal", process.wait() == 2 and "Broken pipe" in said, said)
told("baseline that can't be written", run("check", "--write-baseline=/nothing/here", "."), 2, "/nothing/here: No such file")


# ---- What can't be read, as a user whom permissions hold back
def as_user(*args, cwd):
    user = {"user": 65534, "group": 65534} if os.getuid() == 0 else {}
    return run(*args, cwd=cwd, env={"HEAPLS_CACHE": "off", "HOME": cwd}, **user)


with tempfile.TemporaryDirectory() as directory:
    os.chmod(directory, 0o755)
    write(directory, {"go.mod": "module a\n\ngo 1.26\n", "a.go": "package a\n\nfunc F() *int { return new(int) }\n", "b/b.go": "package b\n", "c/c.go": "package c\n"})
    os.chmod(os.path.join(directory, "b/b.go"), 0)
    os.chmod(os.path.join(directory, "c"), 0)
    probe = subprocess.run(["cat", binary], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **({"user": 65534} if os.getuid() == 0 else {}))
    if probe.returncode:
        print("SKIP permissions: the binary is not for others to read")
    else:
        done = as_user("check", "./...", cwd=directory)
        told("a file and a directory", done, 2, "b/b.go: cannot read: Permission denied", "/c: cannot read directory: Permission denied")
        check("and what can be read", "new(int)" in done.stdout, done.stdout)
        told("a file alone", as_user("check", "./b", cwd=directory), 2, "b/b.go: cannot read: Permission denied")
    os.chmod(os.path.join(directory, "c"), 0o755)


# ---- Terminals
def in_terminal(*args, columns=80, env=None):
    main, side = pty.openpty()
    subprocess.run(["stty", "cols", str(columns)], stdin=side, check=False)
    changed = {k: v for k, v in {**os.environ, "TERM": "xterm", "NO_COLOR": None, "CLICOLOR_FORCE": None, "COLUMNS": None, **(env or {})}.items() if v is not None}
    process = subprocess.Popen([binary, *args], stdin=side, stdout=side, stderr=subprocess.DEVNULL, cwd=sample, env=changed)
    os.close(side)
    text = b""
    while True:
        try:
            part = os.read(main, 65536)
        except OSError:
            break
        if not part:
            break
        text += part
    process.wait(timeout=60)
    return process.returncode, text.decode().replace("\r\n", "\n")


code, text = in_terminal()
check("heapls alone in a terminal", code == 0 and "heapls COMMAND" in text and "heapls check ./..." in text, text)
plain = re.compile(r"\033\[[0-9;]*m")
for columns in (60, 100, 200):
    code, text = in_terminal("check", ".", columns=columns)
    lines = plain.sub("", text).splitlines()
    check("colour on a terminal", "\033[" in text)
    long = [l for l in lines if len(l) > columns and " | " in l[:12] and "^" not in l]
    long += [l for l in lines if len(l) > columns and not re.match(r"^ *\d* *\|", l) and " " in l[4:columns] and re.match(r"\S*\s", l) is None]
    check("fits into %d columns" % columns, not long, "\n".join(long))
    whole = run("check", ".").stdout
    words = re.sub(r"\s+", " ", " ".join(l for l in lines if not re.match(r"^ *\d* *\|", l)))
    check("all words of the reasons are there", "It may be used after `read` returns: it is returned to the caller" in words, words)
check("no cut in a pipe", not [l for l in whole.splitlines() if re.match(r"^ *\d* *\|", l) and "…" in l] and max(map(len, whole.splitlines())) > 150)
for name, env, args, want in (("NO_COLOR", {"NO_COLOR": "1"}, (), False), ("dumb", {"TERM": "dumb"}, (), False), ("--color=never", {}, ("--color=never",), False),
                              ("--color=always beats NO_COLOR", {"NO_COLOR": "1"}, ("--color=always",), True), ("CLICOLOR=0", {"CLICOLOR": "0"}, (), False)):
    check("terminal, " + name, ("\033[" in in_terminal("check", *args, ".", env=env)[1]) == want)
for name, env, args, want in (("plain", {}, (), False), ("CLICOLOR_FORCE", {"CLICOLOR_FORCE": "1", "NO_COLOR": None}, (), True),
                              ("CLICOLOR_FORCE and NO_COLOR", {"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, (), False), ("--color=always", {}, ("--color=always",), True)):
    check("pipe, " + name, ("\033[" in run("check", *args, ".", env=env).stdout) == want)
done = run(stdin=subprocess.DEVNULL)
check("heapls without a terminal serves", done.returncode == 1 and not done.stdout, done)
finish()
