#!/bin/sh
# golang.org/toolchain@v0.0.1-go1.26.8.linux-amd64 from the module proxy. Guess: `go mod download` of it, which works with any
# go command, leaves a GOROOT in the module cache that can be used, or read, as it is. Seen: as a module can't hold another
# one, src/go.mod and src/cmd/go.mod are named _go.mod, and no program may be executed; only the go command's own switching
# of toolchains (GOTOOLCHAIN, from go1.21 on) renames them and makes the programs executable. What reads such a GOROOT finds
# no module std, so that imports of golang.org/x packages are not looked for in src/vendor.
set -eu
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
export GOPATH="$dir/go" GOMODCACHE="$dir/mod" GOFLAGS= GOTOOLCHAIN=local
cd "$dir"
name=golang.org/toolchain@v0.0.1-go1.26.8.linux-amd64
go mod download "$name"
root=$dir/mod/$name wrong=0
for file in src/go.mod src/cmd/go.mod; do
  if [ -e "$root/$file" ]; then echo "$file is there"; wrong=1; else echo "$file is not there"; fi
done
for file in src/_go.mod src/cmd/_go.mod; do
  if [ -e "$root/$file" ]; then echo "$file is there"; else echo "$file is not there"; wrong=1; fi
done
if [ -x "$root/bin/go" ]; then echo "bin/go can be executed"; wrong=1; else echo "bin/go can't be executed"; fi
exit $wrong
