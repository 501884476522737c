#!/bin/sh
# go1.26.8 and go1.27.4. Guess: that a generic function's type arguments are inferred where it stands in a composite literal
# is a change of the language in go1.27, so that `go 1.24` in go.mod, or -lang=go1.24, switches it off, as it does for
# methods with type parameters. Seen: it comes with the toolchain: go1.27.4 compiles it in a module of any language version,
# go1.26.8 in none. A checker that decides by the go line alone accepts or refuses other programs than the compiler.
set -eu
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
export GOPATH="$dir/go" GOCACHE="$dir/cache" GOFLAGS= GOWORK=off
cd "$dir"
cat >p.go <<'GO'
package p

func same[T any](x T) T { return x }

var table = map[string]func(int) int{"same": same}
GO
wrong=0
for want in 1.26.8:1.24:no 1.26.8:1.26:no 1.27.4:1.24:yes 1.27.4:1.27:yes; do
  release=${want%%:*}
  rest=${want#*:}
  export GOTOOLCHAIN=go$release
  got=yes
  said=$(go tool compile -lang="go${rest%:*}" -p p -o p.o p.go 2>&1) || got=no
  echo "go$release, language go${rest%:*}: compiles: $got $said"
  [ "$got" = "${rest#*:}" ] || wrong=1
done
[ $wrong = 0 ] || { echo "not what was seen with go1.26.8 and go1.27.4" && exit 1; }
