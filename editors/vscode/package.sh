#!/bin/sh
# editors/vscode/package.sh [PROGRAM]: makes editors/vscode/heapls.vsix. With PROGRAM, that heapls is packed into it and
# works with no setting; the package then is for that program's platform.
set -eu
cd "$(dirname "$0")"
rm -rf server
if [ $# -gt 0 ]; then
  mkdir server
  cp "$1" server/heapls
fi
[ -d node_modules ] || npm ci --ignore-scripts
npm run --silent package
