#!/bin/sh
# install_test.sh BUILD CMAKE: installs into an empty directory; the binary runs from there, and the manual page and the
# completions name every command and every option that `heapls --help` and `heapls COMMAND --help` name.
set -eu
build=$1 cmake=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
fail() { echo "FAIL: $*" >&2; failed=1; }

DESTDIR=$dir "$cmake" --install "$build" --prefix /usr >/dev/null
usr=$dir/usr
heapls=$usr/bin/heapls
"$heapls" --version | grep -Eq '^heapls [0-9]+\.[0-9]+\.[0-9]+$' || fail "--version printed $("$heapls" --version)"

man=$usr/share/man/man1/heapls.1
bash=$usr/share/bash-completion/completions/heapls
zsh=$usr/share/zsh/vendor-completions/_heapls
fish=$usr/share/fish/vendor_completions.d/heapls.fish
for file in "$man" "$bash" "$zsh" "$fish" "$usr/share/doc/heapls/LICENSE" "$usr/share/heapls/neovim/plugin/heapls.lua" \
  "$usr/share/heapls/check.schema.json" "$usr/share/emacs/site-lisp/heapls.el" "$usr/share/doc/heapls/editors.md"; do
  [ -s "$file" ] || fail "not installed: ${file#"$dir"}"
done

commands=$("$heapls" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p')
[ "$(echo "$commands" | wc -w)" -ge 6 ] || fail "commands read from --help: $commands"
sed 's/\\-/-/g; s/\\f.//g' "$man" >"$dir/man"
for command in $commands; do
  for file in "$dir/man" "$bash" "$zsh" "$fish"; do
    grep -qw -e "$command" "$file" || fail "$(basename "$file") lacks the command $command"
  done
  case $command in version | help) continue ;; esac
  # Where an option begins a line of the help or stands among others on one, as in --goos=OS --goarch=ARCH.
  for option in $("$heapls" "$command" --help | sed -n '/^  --/p' | sed 's/   .*//' | grep -o -e '--[a-zA-Z-]*' | sort -u); do
    for file in "$dir/man" "$bash" "$zsh"; do
      grep -q -e "$option" "$file" || fail "$(basename "$file") lacks $option of heapls $command"
    done
    grep -q -e "-l ${option#--} " "$fish" || fail "heapls.fish lacks $option of heapls $command"
  done
done

if command -v bash >/dev/null; then
  bash -c '. "$1"; complete -p heapls' - "$bash" | grep -q _heapls || fail "bash: no completion is defined"
  answer=$(bash -c '. "$1"; COMP_WORDS=(heapls ch); COMP_CWORD=1; _heapls; echo "${COMPREPLY[*]}"' - "$bash")
  [ "$answer" = check ] || fail "bash completes 'heapls ch' to '$answer'"
  answer=$(bash -c '. "$1"; COMP_WORDS=(heapls check --format = al); COMP_CWORD=4; _heapls; echo "${COMPREPLY[*]}"' - "$bash")
  [ "$answer" = alloc ] || fail "bash completes 'heapls check --format=al' to '$answer'"
fi
if command -v zsh >/dev/null; then zsh -n "$zsh" || fail "zsh cannot read _heapls"; fi
if command -v fish >/dev/null; then fish -n "$fish" || fail "fish cannot read heapls.fish"; fi
if command -v man >/dev/null; then
  said=$(man --warnings -l -Tutf8 "$man" 2>&1 >/dev/null) || fail "man: failed"
  [ -z "$said" ] || fail "man: $said"
fi
[ "$failed" = 0 ] && echo "installed: $(cd "$usr" && find . -type f | wc -l) files, $(echo "$commands" | wc -w) commands"
exit "$failed"
