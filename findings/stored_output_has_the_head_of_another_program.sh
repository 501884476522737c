#!/bin/sh
# go1.26.8, cmd/go and cmd/preprofile. Two guesses. One: the compiler takes a profile in the preprocessed form (GO PREPROFILE
# V1), so a default.pgo may be one. Seen: go build hands every default.pgo to preprofile, which reads pprof's form only, and
# fails. Two: what go build prints of a package compiled for one program ("# p [main]", as a default.pgo makes copies) is its
# own. Seen: stored output is printed again with the head of the build that was first: under -pgo=FILE, where there are no
# copies, the head still names the program. Who reads -m by package must not take that for a copy.
set -eu
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
export GOTOOLCHAIN=go1.26.8 GOPATH="$dir/go" GOCACHE="$dir/cache" GOFLAGS= GOWORK=off
mkdir -p "$dir/m/lib" "$dir/m/a" "$dir/m/b" "$dir/m/profile"
cd "$dir/m"
printf 'module example.com/m\n\ngo 1.26\n' >go.mod
cat >lib/lib.go <<'GO'
package lib

func F(n int) (s int) {
	for i := range n {
		s += i * i % 7
	}
	return s
}
GO
printf 'package main\n\nimport "example.com/m/lib"\n\nfunc main() { println(lib.F(1)) }\n' >a/main.go
cp a/main.go b/main.go # without a profile: of several programs each gets copies of its own
cat >profile/main.go <<'GO'
package main

import (
	"os"
	"runtime/pprof"
	"time"

	"example.com/m/lib"
)

func main() {
	pprof.StartCPUProfile(os.Stdout)
	for start := time.Now(); time.Since(start) < time.Second/2; {
		lib.F(1000000)
	}
	pprof.StopCPUProfile()
}
GO
go run ./profile >cpu.pprof
printf 'GO PREPROFILE V1\n' >a/default.pgo
said=$(go build -o p ./a 2>&1) && { echo "a preprocessed default.pgo is taken" && exit 1; }
echo "$said"
cp cpu.pprof a/default.pgo
go build -o "$dir/bin/" -gcflags=example.com/m/lib=-m ./a ./b 2>first.txt
go build -pgo="$dir/m/a/default.pgo" -o "$dir/bin/" -gcflags=example.com/m/lib=-m ./a ./b 2>again.txt
GOCACHE="$dir/fresh" go build -pgo="$dir/m/a/default.pgo" -o "$dir/bin/" -gcflags=example.com/m/lib=-m ./a ./b 2>fresh.txt
for name in first again fresh; do echo "$name: $(grep '^#' $name.txt | tr '\n' ';')"; done
grep -qxF '# example.com/m/lib [example.com/m/a]' first.txt && grep -qxF '# example.com/m/lib [example.com/m/a]' again.txt &&
  grep -qxF '# example.com/m/lib' fresh.txt || { echo "not what was seen with go1.26.8" && exit 1; }
