#!/bin/sh
# go1.26.8 and go1.27.4, cmd/compile. Guess: behind /*line F:L:C*/ columns are counted from C, wherever the comment stands.
# Seen: a column has eight bits, and those of the comment's end and of the place are both cut to 255 before they are
# subtracted. Behind a comment that ends in column 200 nothing is ever further to the right than C + 55. The cgo tool writes
# such comments around each use of C, so what the compiler says of long lines of cgo code stands in columns where nothing is.
set -eu
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
export GOPATH="$dir/go" GOCACHE="$dir/cache" GOFLAGS= GOWORK=off
cd "$dir"
printf 'module example.com/m\n\ngo 1.26\n' >go.mod
{
  printf 'package m\n\nvar sink *int\n\nfunc f() {\n%180s/*line f.go:40:10*/; ' ''
  for n in 1 2 3 4 5 6 7; do printf 'sink = new(int); '; done
  printf '\n}\n'
} >m.go
wrong=0
for release in 1.26.8 1.27.4; do
  export GOTOOLCHAIN=go$release
  columns=$(go build -gcflags=-m . 2>&1 | sed -n 's/.*f\.go:40:\([0-9]*\): new(int) escapes.*/\1/p' | tr '\n' ' ')
  echo "go$release: the guess was 22 39 56 73 90 107 124; it says $columns"
  [ "$columns" = "22 39 56 65 65 65 65 " ] || wrong=1
done
exit $wrong
