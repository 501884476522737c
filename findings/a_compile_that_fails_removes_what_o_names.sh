#!/bin/sh
# go1.26.8 and go1.27.4, `go tool compile`. Guess: where code does not compile, what -o names is left as it is, since nothing
# was written to it. Seen: it is removed, whatever it is: an older object file, a named pipe. A test of ours that threw the
# object away by naming the null device lost that, as root. (`go build -o` of the null device is the go command's own word
# for "throw away": the compiler is never told of it.)
set -eu
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
export GOPATH="$dir/go" GOCACHE="$dir/cache" GOFLAGS= GOWORK=off
cd "$dir"
printf 'package p\n\nvar x int = "no number"\n' >bad.go
wrong=0
for release in 1.26.8 1.27.4; do
  export GOTOOLCHAIN=go$release
  echo "an older object" >old.o
  mkfifo pipe.o
  go tool compile -p p -o old.o bad.go && wrong=1
  go tool compile -p p -o pipe.o bad.go && wrong=1
  for file in old.o pipe.o; do
    if [ -e $file ]; then
      echo "go$release: $file is still there"
      wrong=1
      rm -f $file
    else
      echo "go$release: $file is gone"
    fi
  done
done
exit $wrong
