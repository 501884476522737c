#!/bin/sh
# package_test.sh BUILD CPACK: makes the Debian package; what it holds runs, and its dependencies were found.
set -eu
build=$1 cpack=$2
command -v dpkg-shlibdeps >/dev/null || { echo "SKIP: no dpkg-shlibdeps (Debian's dpkg-dev)"; exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$cpack" -G DEB -B "$dir" --config "$build/CPackConfig.cmake" >"$dir/log" 2>&1 || { cat "$dir/log"; exit 1; }
package=$(ls "$dir"/*.deb)
dpkg-deb --field "$package" Package Version Depends Installed-Size
dpkg-deb --extract "$package" "$dir/root"
"$dir/root/usr/bin/heapls" --version
test -s "$dir/root/usr/share/man/man1/heapls.1"
