# Completion of heapls for bash.
_heapls() {
  local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]:-} i
  local common="--go= --gcflags= --goroot= --goos= --goarch= --tags= --workers= --help"
  COMPREPLY=()
  # bash splits words at "=": --format=g is three words, or two while nothing stands after the "=".
  local option="" value=$word
  if [[ $word == "=" ]]; then
    option=${COMP_WORDS[COMP_CWORD - 1]} value=""
  elif [[ $COMP_CWORD -gt 2 && ${COMP_WORDS[COMP_CWORD - 1]} == "=" ]]; then
    option=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  case $option in
    --format) mapfile -t COMPREPLY < <(compgen -W "text gc alloc json" -- "$value"); return ;;
    --preset) mapfile -t COMPREPLY < <(compgen -W "quiet default all" -- "$value"); return ;;
    --log-level) mapfile -t COMPREPLY < <(compgen -W "error warn info debug" -- "$value"); return ;;
    --goroot) mapfile -t COMPREPLY < <(compgen -d -- "$value"); return ;;
    --pipe) mapfile -t COMPREPLY < <(compgen -f -- "$value"); return ;;
    --*) return ;;
  esac
  if [[ $COMP_CWORD == 1 ]]; then
    mapfile -t COMPREPLY < <(compgen -W "check explain verify serve debug version help --version --help" -- "$word")
    return
  fi
  local options=$common
  case $command in
    check) options="--format= --call-sites --preset= --fail --tests $common" ;;
    verify) options="--by-package --classes --samples --gcflags= --from --alloc --json --help" ;;
    serve) options="--port= --socket= --pipe= --log-level= --stdio --help" ;;
    help) mapfile -t COMPREPLY < <(compgen -W "check explain verify serve debug" -- "$word"); return ;;
    version) return ;;
    debug) [[ $COMP_CWORD == 2 ]] && { mapfile -t COMPREPLY < <(compgen -W "types --help" -- "$word"); return; } ;;
  esac
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
    [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
    return
  fi
  case $command in
    check | verify) mapfile -t COMPREPLY < <(compgen -W "./... std" -- "$word"; compgen -d -- "$word"; compgen -f -X '!*.go' -- "$word") ;;
    *) mapfile -t COMPREPLY < <(compgen -d -- "$word"; compgen -f -X '!*.go' -- "$word") ;;
  esac
  for i in "${!COMPREPLY[@]}"; do [[ -d ${COMPREPLY[i]} ]] && COMPREPLY[i]+=/ && compopt -o nospace; done
  return 0
}
complete -F _heapls heapls
