# A PostgreSQL for this run alone: own folder, own port, own password, fsync on, gone afterwards.
# shellcheck shell=bash

postgres_folder=

postgres_bin() { # NAME: prints its path, of the newest version that is installed
  local path
  path=$(printf '%s\n' /usr/lib/postgresql/*/bin/"$1" | sort -V | tail -n 1)
  [[ -x $path ]] || path=$(command -v "$1") || return 1
  echo "$path"
}

# The server refuses to run as root; then the user that Debian made for it runs it.
as_postgres() {
  if ((EUID == 0)); then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

start_postgres() {
  if [[ -n ${DESKBELL_TEST_POSTGRES:-} ]]; then
    say "PostgreSQL as DESKBELL_TEST_POSTGRES says; none is started"
    return
  fi
  local password port try
  postgres_folder=$(mktemp -d "${TMPDIR:-/tmp}/deskbell-postgres.XXXXXX")
  password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  echo "$password" > "$postgres_folder/password"
  if ((EUID == 0)); then chown -R postgres "$postgres_folder"; fi
  # md5: a hash is enough for loopback, and tests open hundreds of connections.
  as_postgres "$(postgres_bin initdb)" -D "$postgres_folder/data" -U deskbell --pwfile="$postgres_folder/password" \
    --auth-local=md5 --auth-host=md5 --encoding=UTF8 --locale=C.UTF-8 > "$postgres_folder/initdb.log" 2>&1 ||
    { cat "$postgres_folder/initdb.log"; exit 1; }
  for try in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 10000))
    if as_postgres "$(postgres_bin pg_ctl)" -D "$postgres_folder/data" -l "$postgres_folder/server.log" -w -t 60 start \
      -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$postgres_folder -c max_connections=400" > /dev/null; then
      export DESKBELL_TEST_POSTGRES=postgres://deskbell:$password@127.0.0.1:$port/postgres
      say "PostgreSQL $(< "$postgres_folder/data/PG_VERSION") started on port $port, fsync on"
      return
    fi
    say "port $port did not work (try $try)"
  done
  cat "$postgres_folder/server.log"
  exit 1
}

stop_postgres() {
  if [[ -n $postgres_folder ]]; then
    as_postgres "$(postgres_bin pg_ctl)" -D "$postgres_folder/data" -m immediate stop > /dev/null 2>&1 || true
    rm -rf "$postgres_folder"
    postgres_folder=
  fi
}
