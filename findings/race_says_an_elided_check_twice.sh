#!/bin/sh
# go1.26.8 and go1.27.4, cmd/compile. Guess: -race adds calls to the machine code and leaves what -m says of indexing as it
# is. Seen: under -race (and -msan, -asan) `x[i] op= y` is rewritten to `x[i] = x[i] op y` before bounds are looked at, so
# "index bounds check elided" comes twice for one place where the index is a mere name, and not at all where it is an
# expression, which is computed into a variable first, of which only the type is known.
set -eu
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
export GOPATH="$dir/go" GOCACHE="$dir/cache" GOFLAGS= GOWORK=off
cd "$dir"
cat >p.go <<'GO'
package p

func name(t *[256]int, i byte) { t[i] += 2 }

func expression(t *[8]int, i byte) { t[i/32] += 2 }
GO
wrong=0
for release in 1.26.8 1.27.4; do
  export GOTOOLCHAIN=go$release
  for want in plain:1:1 -race:2:0 -msan:2:0 -asan:2:0; do
    flag=${want%%:*}
    counts=${want#*:}
    [ "$flag" = plain ] && flag=
    # shellcheck disable=SC2086
    said=$(go tool compile $flag -m -p p -o p.o p.go 2>&1)
    name=$(echo "$said" | grep -c 'p.go:3:.*index bounds check elided' || true)
    expression=$(echo "$said" | grep -c 'p.go:5:.*index bounds check elided' || true)
    echo "go$release ${flag:-plain}: t[i]: $name, t[i/32]: $expression"
    [ "$name:$expression" = "$counts" ] || wrong=1
  done
done
[ $wrong = 0 ] || { echo "not what was seen with go1.26.8 and go1.27.4" && exit 1; }
