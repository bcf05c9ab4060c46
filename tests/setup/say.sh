# How tests/run speaks. Colour only where somebody looks at a terminal.
# shellcheck shell=bash

if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
  colour() { printf '\033[%sm%s\033[0m' "$1" "$2"; }
else
  colour() { printf '%s' "$2"; }
fi
green() { colour '32' "$1"; }
red() { colour '1;31' "$1"; }
yellow() { colour '1;33' "$1"; }

title() { printf '\n%s\n' "$(colour '1' "== $1")"; }
say() { printf -- '-- %s\n' "$1"; }
loud() { printf '%s\n' "$(yellow "!! $1")"; }

# Says a command and runs it.
run() { printf '+ %s\n' "$*"; "$@"; }
