#!/usr/bin/env python3
"""What heapls says a line allocates, against what a Go program measures (testing.AllocsPerRun, runtime.MemStats).

    sizes_test.py ALLOCDUMP SOURCE_DIR

Every line of sizes/main.go that ends in "// @name [mode]" is one way to take memory:
  (no mode)  heapls' bytes and size class are what was measured, and one object (a map's and a channel's further ones come on top)
  sum        several sites on the line; their sum is what was measured
  n=N        the number of elements is known at run time only: class of N times the element's size
  unmet      the condition that heapls names is not met: nothing was measured
  unsized    a call with a size that is not known; something was measured
  none       no call of the allocator, and nothing was measured
"""
import os, re, shutil, subprocess, sys, tempfile

def size_class(tool, nbytes, no_pointers):
    out = subprocess.run([tool, "-class", str(nbytes), "1" if no_pointers else "0"], capture_output=True, text=True, check=True)
    return float(out.stdout)

def main():
    tool, source = sys.argv[1:3]
    go = shutil.which("go")
    if not go:
        print("SKIP: there is no go command to measure with")
        return 77
    with tempfile.TemporaryDirectory() as tmp:
        binary = os.path.join(tmp, "sizes")
        built = subprocess.run([go, "build", "-o", binary, "."], cwd=source, capture_output=True, text=True)
        if built.returncode != 0:
            print("SKIP: the program does not build here:", built.stderr.strip()[:300])
            return 77
        run = subprocess.run([binary], capture_output=True, text=True, timeout=120)
    if run.returncode != 0:
        print(run.stderr)
        return 1
    measured = {}
    for line in run.stdout.splitlines():
        name, mallocs, nbytes = line.split()
        measured[name] = (float(mallocs), float(nbytes))
    dump = subprocess.run([tool, "-blocks", "-C", source, "."], capture_output=True, text=True, check=True).stdout
    said = {}
    for line in dump.splitlines():
        m = re.match(r"\S*main\.go:(\d+):\d+: runtime\.(\w+) (\S+)(?: \[(.*?)\])? takes (\S+) \+ (\S+)(, no pointers)?$", line)
        if m:
            said.setdefault(int(m[1]), []).append(dict(call=m[2], bytes=m[3], condition=m[4], takes=float(m[5]), more=float(m[6]), noscan=bool(m[7])))
    failures = checked = 0
    for number, text in enumerate(open(os.path.join(source, "main.go")), 1):
        m = re.search(r"// @(\w+)(?: (\S+))?$", text.rstrip())
        if not m:
            continue
        name, mode = m[1], m[2] or ""
        mallocs, nbytes = measured["collect" if name == "move2heap" else name]
        # sinkN and the like are not allocations; neither is the table of functions itself
        sites = said.get(number, [])
        problem = ""
        if mode == "none":
            if sites: problem = "heapls says %s" % sites
            elif mallocs: problem = "measured %g mallocs" % mallocs
        elif not sites:
            problem = "heapls says nothing; measured %g mallocs, %g bytes" % (mallocs, nbytes)
        elif mode == "unmet":
            if not all(s["condition"] for s in sites): problem = "no condition: %s" % sites
            elif mallocs: problem = "measured %g mallocs" % mallocs
        elif mode == "unsized" or name == "move2heap":
            if not mallocs: problem = "nothing measured"
        else:
            want = 0.0
            for s in sites:
                if mode.startswith("n="):
                    elem = 1 if s["bytes"] == "n" else int(s["bytes"][2:]) if s["bytes"].startswith("n*") else 0
                    want += size_class(tool, int(mode[2:]) * elem, s["noscan"])
                else:
                    want += s["takes"] + s["more"]
            # garbage of other goroutines may add a little
            if not want - 0.5 <= nbytes <= want * 1.01 + 0.5: problem = "heapls says %g bytes (%s), measured %g" % (want, sites, nbytes)
            elif mallocs < len(sites) * (0 if any(s["more"] for s in sites) else 1): problem = "measured %g mallocs" % mallocs
        checked += 1
        if problem:
            failures += 1
            print("main.go:%d: %s: %s" % (number, name, problem))
    print("%d ways to allocate checked, %d wrong" % (checked, failures))
    return 1 if failures else 0

sys.exit(main())
