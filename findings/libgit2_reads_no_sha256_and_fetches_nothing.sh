#!/bin/sh
# libgit2 1.5.1 (Debian 12), git 2.39.5. Guess: what git reads, libgit2 reads. Seen: a repository of SHA-256 names is refused
# ("unsupported extension name extensions.objectformat"), and of a partial clone the texts of older revisions are not found
# (-3, "object not found"), where git fetches them. So heapls diff asks git.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >ask.c <<'C'
#include <git2.h>
#include <stdio.h>
int main(int argc, char **argv) {
  git_libgit2_init();
  git_repository *r = NULL;
  git_object *o = NULL;
  int e = git_repository_open(&r, argv[1]);
  if (!e && argc > 2) e = git_revparse_single(&o, r, argv[2]);
  printf("%s: %d %s\n", argv[1], e, e ? git_error_last()->message : "ok");
}
C
# shellcheck disable=SC2046
cc ask.c -o ask $(pkg-config --cflags --libs libgit2)
git init -q --object-format=sha256 sha256
git init -q plain
cd plain
git config user.name x
git config user.email x@y
git config uploadpack.allowFilter true
for text in one two; do
  echo $text >a
  git add a
  git commit -qm $text
done
cd ..
git clone -q --filter=blob:none "file://$dir/plain" partial
./ask sha256
./ask plain HEAD~1:a
./ask partial HEAD~1:a
git -C partial cat-file -p HEAD~1:a
