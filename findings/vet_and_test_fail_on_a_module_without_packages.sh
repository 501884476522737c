#!/bin/sh
# go1.26.8. Guess: what matches no packages is the same to all of the go command: a warning, and exit status 0, as go build
# and go list have it. Seen: go vet and go test print the same warning, say "no packages to vet" (to test) and end with 1.
# Whoever runs vet's checks beside a build in CI gets a failure for a module that has nothing in it yet.
set -eu
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
export GOTOOLCHAIN=go1.26.8 GOPATH="$dir/go" GOCACHE="$dir/cache" GOFLAGS= GOWORK=off
mkdir "$dir/empty"
cd "$dir/empty"
printf 'module example.com/empty\n\ngo 1.26\n' >go.mod
go version
wrong=0
for want in build:0 list:0 vet:1 test:1; do
  command=${want%:*}
  got=0
  said=$(go "$command" ./... 2>&1) || got=$?
  echo "go $command ./...: exit $got: $said" | tr '\n' ' '
  echo
  case $said in *'matched no packages'*) ;; *) wrong=1 ;; esac
  [ "$got" = "${want#*:}" ] || wrong=1
done
[ $wrong = 0 ] || { echo "not what was seen with go1.26.8" && exit 1; }
