#!/bin/sh
# libgit2 1.5.0, as pygit2 1.11.1 brings it, beside git. Guess: what git reads, libgit2 reads. Seen: a repository of SHA-256
# names is refused ("unsupported extension name extensions.objectformat"), and of a partial clone the text of an older
# revision is not found, where git fetches it.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv tools
tools/bin/pip install -q --disable-pip-version-check pygit2==1.11.1 cffi==1.17.1
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
cat >ask.py <<'PY'
import sys
import pygit2

def ask(path, revision=None):
    try:
        repository = pygit2.Repository(path)
        return "read" if revision is None else repository[repository.revparse_single(revision).tree["a"].id].data.decode().strip()
    except Exception as e:
        return "%s: %s" % (type(e).__name__, e)

answers = {"plain": ask("plain", "HEAD~1"), "sha256": ask("sha256"), "partial": ask("partial", "HEAD~1")}
print("libgit2 " + pygit2.LIBGIT2_VERSION)
for name, answer in answers.items():
    print(name + ": " + answer)
sys.exit(not (answers["plain"] == "one" and "objectformat" in answers["sha256"] and answers["partial"] not in ("one", "read")))
PY
tools/bin/python ask.py
echo "git: $(git -C partial cat-file -p HEAD~1:a)"
