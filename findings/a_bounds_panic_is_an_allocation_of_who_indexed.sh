#!/bin/sh
# go1.26.8, runtime and runtime/pprof. Guess: a memory profile at rate 1 shows what a panicking index allocates below a frame
# of the runtime, so that it can be told from what the function's own code allocates. Seen: the runtime's frames at the top of
# a stack are left out of heap profiles, also of the raw form: the object in which the runtime keeps index and length (24
# bytes) stands at the indexing function itself, which has no allocation in its code, as any of its own would.
set -eu
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
export GOTOOLCHAIN=go1.26.8 GOPATH="$dir/go" GOCACHE="$dir/cache" GOFLAGS= GOWORK=off
mkdir "$dir/p"
cd "$dir/p"
printf 'module example.com/p\n\ngo 1.26\n' >go.mod
cat >main.go <<'GO'
package main

import (
	"os"
	"runtime"
	"runtime/pprof"
)

//go:noinline
func at(xs []int, i int) int { return xs[i] }

func try(xs []int, i int) (failed bool) {
	defer func() { failed = recover() != nil }()
	at(xs, i)
	return
}

func main() {
	runtime.MemProfileRate = 1
	xs := make([]int, 4)
	for range 100 {
		if !try(xs, len(xs)) {
			os.Exit(2)
		}
	}
	runtime.GC()
	pprof.Lookup("allocs").WriteTo(os.Stdout, 0)
}
GO
go build -gcflags=-m -o p . 2>said.txt
grep '^./main.go:10:' said.txt
grep -q '^./main.go:10:.*\(escapes to heap\|moved to heap\)' said.txt && { echo "the function has an allocation of its own" && exit 1; }
./p >mem.pprof
go tool pprof -traces -sample_index=alloc_objects p mem.pprof >traces.txt 2>/dev/null
grep -A2 -B1 'main\.at' traces.txt | head -6
# The innermost frame, on the line of the value, is main.at.
grep -qE '^ +100 +main\.at$' traces.txt || { echo "not what was seen with go1.26.8" && exit 1; }
go tool pprof -raw p mem.pprof 2>/dev/null | grep -q 'runtime.goPanicIndex\|runtime.panicIndex\|runtime.panicBounds' && { echo "the runtime's frames are there" && exit 1; }
echo "100 objects at main.at, whose code allocates nothing; no frame of the runtime below it"
