# What the steps need on the machine, and how it comes there.
# shellcheck shell=bash

# Each line: a command that tells whether it is there, then the Debian package that brings it.
need_rust=('cargo --version: rustup (see https://rustup.rs); rust-toolchain.toml names the version'
  'cc --version: build-essential' 'git --version: git' 'curl --version: curl' 'jq --version: jq'
  'python3 --version: python3')
need_postgres=('postgres_bin initdb: postgresql')
need_mail=('on_sbin opendkim -V: opendkim' 'on_sbin dovecot --version: dovecot-imapd' 'on_sbin postconf -d mail_version: postfix' 'on_sbin dnsmasq --version: dnsmasq-base' 'setpriv --version: util-linux')
need_webhooks=('python_with_venv: python3-venv' 'openssl version: openssl')
need_npm=('npm --version: npm')
need_browser=('chromium --version: chromium' 'firefox-esr --version: firefox-esr'
  'command -v WebKitWebDriver: webkit2gtk-driver' 'command -v Xvfb: xvfb')
need_autobahn=('any_python: python3-venv python3-lib2to3')
need_rest=('python_with_venv: python3-venv')
need_sync=('strace --version: strace' 'python3 --version: python3')
need_deploy=('caddy version: caddy' 'nginx -v: nginx' 'chromium --version: chromium' 'bwrap --version: bubblewrap'
  'strace --version: strace' 'systemd-analyze --version: systemd' 'openssl version: openssl' 'wget --version: wget'
  'python_with_yaml: python3-yaml')

tools_for() { # STEP...
  local needs=("${need_rust[@]}") step
  for step; do
    case $step in
      rust) [[ -n ${DESKBELL_FAST:-} ]] || needs+=("${need_postgres[@]}" "${need_npm[@]}" "${need_webhooks[@]}" "${need_mail[@]}"); to_quiet dovecot postfix opendkim ;;
      widget | console) needs+=("${need_npm[@]}") ;;
      browser) needs+=("${need_npm[@]}" "${need_browser[@]}") ;;
      autobahn) needs+=("${need_npm[@]}" "${need_autobahn[@]}") ;;
      deploy) needs+=("${need_npm[@]}" "${need_postgres[@]}" "${need_deploy[@]}"); to_quiet caddy nginx ;;
      rest) needs+=("${need_rest[@]}") ;;
      sync) needs+=("${need_sync[@]}") ;;
    esac
  done
  install_missing "${needs[@]}"
  if ((${#quiet[@]})); then run "${quiet[@]}"; fi
  if [[ " ${needs[*]} " == *"npm --version"* ]]; then ensure_node; fi
}

# Debian starts a server as soon as it is installed. Those that this run installs are stopped again: the tests
# start their own.
quiet=()
to_quiet() { # SERVER...
  PATH=$PATH:/usr/sbin
  if [[ ! -d /run/systemd/system ]]; then return; fi
  local server new=()
  for server; do command -v "$server" > /dev/null || new+=("$server"); done
  if ((${#new[@]} == 0)); then return; fi
  if ((${#quiet[@]} == 0)); then
    quiet=(systemctl disable --now)
    if ((EUID != 0)); then quiet=(sudo "${quiet[@]}"); fi
  fi
  quiet+=("${new[@]}")
}

on_sbin() { PATH=$PATH:/usr/sbin "$@"; }

python_with_yaml() { python3 -c 'import yaml'; }

install_missing() {
  local need packages=() check
  for need; do
    check=${need%%: *}
    if $check > /dev/null 2>&1; then continue; fi
    say "not here: ${check%% *}; wanted: ${need#*: }"
    if [[ $check == cargo* ]]; then echo "Install Rust first: ${need#*: }"; exit 1; fi
    # shellcheck disable=SC2206
    packages+=(${need#*: })
  done
  if ((${#packages[@]} == 0)); then say "everything from Debian is here"; return; fi
  apt_install "${packages[@]}"
}

apt_install() {
  local sudo=()
  if ((EUID != 0)); then
    if sudo -n true 2>/dev/null || { [[ -t 0 ]] && command -v sudo > /dev/null; }; then sudo=(sudo); else
      echo "Neither root nor sudo. Install these and run again: $*"; exit 1
    fi
  fi
  command -v apt-get > /dev/null || { echo "No apt here. Install these and run again: $*"; exit 1; }
  run "${sudo[@]}" apt-get update --quiet --quiet
  run "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --quiet --yes --no-install-recommends "$@"
}

# Node 20 or newer: the machine's, or the npm package `node` in target/tests/node.
ensure_node() {
  if node_is_new_enough; then say "Node $(node --version), npm $(npm --version)"; return; fi
  say "Node >= 20 wanted, found $(node --version 2>/dev/null || echo none); taking npm's node@22 into target/tests/node"
  run npm install --prefix target/tests/node --no-save --no-fund --no-audit --allow-scripts=node node@22 npm@11
  hash -r
  if ! node_is_new_enough; then
    echo "That did not bring Node >= 20. Install Node 20 or newer and run again."; exit 1
  fi
  say "Node $(node --version), npm $(npm --version)"
}

node_is_new_enough() {
  local version
  version=$(node --version 2>/dev/null) && version=${version#v} && ((${version%%.*} >= 20))
}

# The first Python that can hold the Autobahn suite (see tests/autobahn/run).
any_python() {
  local candidate
  for candidate in python3 /usr/bin/python3 python3.11 python3.12; do
    if "$candidate" -W ignore -c 'import lib2to3.fixes, venv, ensurepip' 2>/dev/null; then return 0; fi
  done
  return 1
}

# A Python that can make a virtual environment (see tests/rest/run).
python_with_venv() { python3 -c 'import venv, ensurepip' 2>/dev/null; }
