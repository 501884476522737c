#!/bin/sh
# robust_test.sh ROBUST_TEST COUNT: mutations of COUNT real files, evenly picked from GOROOT/src.
set -eu
command -v go >/dev/null || { echo "SKIP: no go command"; exit 77; }
root=$(go env GOROOT)
files=$(find "$root/src" -name '*.go' -size -200k | sort | awk -v n="$2" '{ f[NR] = $0 } END { for (i = 1; i <= n; i++) print f[int(i * NR / n)] }')
# shellcheck disable=SC2086
exec "$1" $files
