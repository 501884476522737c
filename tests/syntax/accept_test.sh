#!/bin/sh
# accept_test.sh ASTDUMP GOAST.GO: every .go file of GOROOT/src and GOROOT/test that gc's own parser accepts must be read
# without an error, with the nodes of go/ast (kind, extent, position) and gc's positions. Prints the counts.
set -eu
astdump=$1 goast=$2
command -v go >/dev/null || { echo "SKIP: no go command"; exit 77; }
root=$(go env GOROOT)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/syntax"
cp "$goast" "$work/main.go"
for f in "$root"/src/cmd/compile/internal/syntax/*.go; do
  case $f in *_test.go) ;; *) cp "$f" "$work/syntax/" ;; esac
done
printf 'module goast\n\ngo 1.26\n' >"$work/go.mod"
(cd "$work" && GOFLAGS=-mod=mod GOWORK=off GOTOOLCHAIN=local go build -o goast .)
dirs="$root/src"
[ -d "$root/test" ] && dirs="$dirs $root/test"
find $dirs -name '*.go' | sort >"$work/files"
"$work/goast" <"$work/files" >"$work/go"
"$astdump" sum - <"$work/files" >"$work/c"
# Columns: path gc go/parser count hash count hash | path errors count hash count hash
awk '
  NR == FNR { errors[$1] = $2; ast[$1] = $3 " " $4; gc[$1] = $5 " " $6; next }
  { files++ }
  $2 == "bad" { bad++; if (errors[$1] == 0) { lax++; print "accepted, gc refuses:", $1 }; next }
  # gc leaves a third range variable to its type checker; the tree has no room for one, so here it is a syntax error.
  errors[$1] && $3 == "bad" { third++; next }
  errors[$1] { refused++; print "REFUSED, gc accepts:", $1; next }
  { accepted++ }
  $3 == "ok" { if (ast[$1] == $4 " " $5) same++; else { differ++; print "DIFFERS from go/ast:", $1 } nodes += $4 }
  { if (gc[$1] == $6 " " $7) same_gc++; else { differ_gc++; print "DIFFERS from gc:", $1 } nodes_gc += $6 }
  END {
    printf "%d files: gc accepts %d and so do we; it refuses %d, of which we accept %d; third range variable: %d\n", files, accepted, bad, lax, third
    printf "go/ast: %d files the same, %d differ, %d nodes; gc: %d files the same, %d differ, %d positions\n", same, differ, nodes, same_gc, differ_gc, nodes_gc
    exit refused + differ + differ_gc > 0
  }' "$work/c" "$work/go"
