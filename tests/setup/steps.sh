# The steps of tests/run, each a function that fails by its first failing command.
# shellcheck shell=bash

step_fmt() { run cargo fmt --all --check; }

step_clippy() { run cargo clippy --locked --workspace --all-targets -- -D warnings; }

# Unit tests, tests/api and the library's doc tests, in one profile with one set of features.
step_rust() {
  if [[ -n ${DESKBELL_FAST:-} && -z ${DESKBELL_TEST_POSTGRES:-} ]]; then
    loud "fast: tests run on SQLite ONLY; PostgreSQL joins where DESKBELL_TEST_POSTGRES is set"
  fi
  if command -v npm > /dev/null; then
    DESKBELL_TEST_NAUGHTY_STRINGS=$(tests/corpora/fetch)
    export DESKBELL_TEST_NAUGHTY_STRINGS
  else
    loud "no npm: the list of naughty strings cannot be fetched, its test does not run"
  fi
  if [[ -z ${DESKBELL_FAST:-} ]]; then
    DESKBELL_TEST_STANDARD_WEBHOOKS=$(tests/webhooks/fetch)
    export DESKBELL_TEST_STANDARD_WEBHOOKS
  else
    loud "fast: signatures are NOT checked against the published Standard Webhooks library"
  fi
  run cargo test --locked --workspace --no-fail-fast
}

step_widget() {
  [[ -f widget/package.json ]] || { echo "widget/package.json is missing"; return 1; }
  check_scripts widget
}

step_console() { check_scripts agent-console; }

# Types, unit tests, the committed build, the size budget: every check that the package.json names.
check_scripts() { # FOLDER
  if [[ ! -f $1/package.json ]]; then loud "there is no $1/package.json: nothing to check"; return; fi
  npm_ci "$1"
  local script
  for script in check test; do
    if has_script "$1" "$script"; then run npm run --prefix "$1" --silent "$script"; else loud "$1 has no script '$script'"; fi
  done
  if has_script "$1" build; then build_is_committed "$1"; fi
  if has_script "$1" size; then run npm run --prefix "$1" --silent size; fi
}

has_script() { node -e 'process.exit(require(process.argv[1]).scripts?.[process.argv[2]] ? 0 : 1)' "$PWD/$1/package.json" "$2"; }

build_is_committed() { # FOLDER: what the source builds is what is committed, no file more or less
  run npm run --prefix "$1" --silent build
  local changed
  changed=$(git status --porcelain -- "$1/dist")
  if [[ -n $changed ]]; then
    echo "$1/dist is not what its source builds; run 'npm run build' there and commit:"
    echo "$changed"
    git --no-pager diff --stat -- "$1/dist"
    return 1
  fi
  say "$1/dist is what its source builds"
}

# `npm ci`, but not again while the lock file is the one it ran for.
npm_ci() { # FOLDER
  local stamp=$1/node_modules/.deskbell-lock
  if [[ -z ${CI:-} ]] && cmp --silent "$1/package-lock.json" "$stamp"; then
    say "$1/node_modules is up to date"
    return
  fi
  run npm ci --prefix "$1" --no-fund --no-audit --loglevel=error
  cp "$1/package-lock.json" "$stamp"
}

# DESKBELL_BIN: a binary to test instead of the one that is built here.
build_server() {
  if [[ -n ${DESKBELL_BIN:-} ]]; then say "testing $DESKBELL_BIN"; return; fi
  run cargo build --locked --bin deskbell
  export DESKBELL_BIN=${CARGO_TARGET_DIR:-$PWD/target}/debug/deskbell
}

step_browser() {
  build_server
  npm_ci tests/browser
  DESKBELL_TEST_NAUGHTY_STRINGS=$(tests/corpora/fetch)
  export DESKBELL_TEST_NAUGHTY_STRINGS
  run timeout 2400 node --test --test-reporter=spec --test-concurrency=2 tests/browser/*.test.mjs
}

step_autobahn() {
  npm_ci tests/autobahn
  run tests/autobahn/run control
  run tests/autobahn/run
}

step_rest() {
  build_server
  run tests/rest/run control
  run tests/rest/run
}

step_sync() {
  build_server
  run python3 tests/setup/sync_before_ack.py "$DESKBELL_BIN"
}

# What docs/production.md promises: the image's context, the unit, the compose file and the proxies.
step_deploy() {
  PATH=$PATH:/usr/sbin
  build_from_context
  npm_ci tests/browser
  run python3 tests/deploy/image.py check "$DESKBELL_BIN"
  run python3 tests/deploy/unit.py "$DESKBELL_BIN"
  run python3 tests/deploy/compose.py "$DESKBELL_BIN"
  run timeout 300 node --test --test-reporter=spec tests/deploy/*.test.mjs
}

# Builds from what .dockerignore leaves of the repository, as the image does; the profile is ours, so
# that libraries which are built already are not built again.
build_from_context() {
  if [[ -n ${DESKBELL_BIN:-} ]]; then loud "testing $DESKBELL_BIN: it is not built from what .dockerignore leaves"; return; fi
  local context=$PWD/target/tests/context target=${CARGO_TARGET_DIR:-$PWD/target}
  rm -rf "$context"
  mkdir -p "$context"
  run python3 tests/deploy/image.py context "$context"
  (cd "$context" && CARGO_TARGET_DIR=$target run cargo build --locked --bin deskbell)
  cp "$target/debug/deskbell" "$target/tests/deskbell-of-context"
  export DESKBELL_BIN=$target/tests/deskbell-of-context
}
