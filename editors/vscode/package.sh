#!/bin/sh
# editors/vscode/package.sh [PROGRAM]: makes editors/vscode/heapls.vsix. With PROGRAM, that heapls is packed into it and
# works with no setting; the package then is for that program's platform.
# HEAPLS_PICTURES: address, by https, of a folder with the pictures of editors/media, for the extension's page (see page.mjs).
set -eu
cd "$(dirname "$0")"
export HEAPLS_PICTURES="${HEAPLS_PICTURES:-}"
rm -rf server
if [ $# -gt 0 ]; then
  mkdir server
  cp "$1" server/heapls
fi
[ -d node_modules ] || npm ci --ignore-scripts
npm run --silent package
