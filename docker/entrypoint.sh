#!/usr/bin/env bash
# Checks the configuration, renders nginx's, and runs both processes under supervisord until it is told to stop.
# The image and `make run` both start here. With arguments it runs the binary alone (`docker run IMAGE key`).
set -euo pipefail

# Debian keeps nginx where the PATH of an ordinary user does not look.
export PATH="$PATH:/usr/sbin:/sbin"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export QIANQIAO_SHARE=${QIANQIAO_SHARE:-$here}
export QIANQIAO_BIN=${QIANQIAO_BIN:-qianqiao}
export RUN_DIR=${RUN_DIR:-$here/.run}

give_up() {
    echo "qianqiao: $1" >&2
    exit 1
}

require_programs() {
    local packages="On Debian or Ubuntu: apt-get install nginx supervisor"
    command -v "$QIANQIAO_BIN" >/dev/null || give_up "$QIANQIAO_BIN is missing. Build it: cargo build --release"
    command -v nginx >/dev/null || give_up "nginx is not installed. $packages"
    for python in /usr/bin/python3 python3; do
        if "$python" -c 'import supervisor' 2>/dev/null; then return; fi
    done
    give_up "supervisor is not installed. $packages"
}

# supervisord opens /dev/stdout a second time, by its path: that fails on a socket and on a pipe that another user
# made, and in a plain file the two overwrite each other. A relay's pipe is none of these. The relay outlives a signal to
# the whole group (`timeout`, systemd): it ends when the last of those that write to it has.
make_output_reopenable() {
    if [ ! -t 1 ] && { [ ! -p /dev/stdout ] || ! : >>/dev/stdout || ! : >>/dev/stderr; } 2>/dev/null; then
        exec > >(trap '' HUP INT TERM && exec cat) 2>&1
    fi
}

# The binary reads .env itself, so it is also the one to ask for what is set there.
read_settings() {
    local template='${LISTEN_PORT} ${APP_PORT} ${MAX_CONCURRENT} ${DRAIN_S}'
    read -r listen_port app_port max_concurrent drain_s < <(echo "$template" | "$QIANQIAO_BIN" render /dev/stdin)
}

# A port that cannot be had shows up as a restart loop later, so it is tried here.
require_port() {
    local name=$1 address=$2 port=$3 reason
    reason=$("$python" - "$address" "$port" 2>&1 <<'PYTHON'
import socket, sys
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    s.bind((sys.argv[1], int(sys.argv[2])))
    s.listen()
except OSError as error:
    sys.exit(error.strerror)
PYTHON
    ) || give_up "port $port cannot be used ($reason). Stop what holds it, or set $name to a free port above 1023."
}

# Each stream takes two connections, and one worker may end up with all of them; the rest is for idle clients.
set_limits() {
    local most
    worker_connections=$((2 * max_concurrent + 1024))
    open_files=$((2 * worker_connections))
    most=$(ulimit -Hn)
    if [ "$most" != unlimited ] && [ "$most" -lt "$open_files" ]; then
        open_files=$most
        if [ "$worker_connections" -gt "$most" ]; then
            worker_connections=$most
            echo "qianqiao: $most open files are too few for MAX_CONCURRENT=$max_concurrent; raise ulimit -Hn." >&2
        fi
    fi
    ulimit -Sn "$open_files"
    # The service needs a moment after DRAIN_S for its last words, then nginx to pass them on, then supervisord kills.
    shutdown_s=$((drain_s + 4))
    export STOP_WAIT_S=$((drain_s + 8))
}

prepare_nginx() {
    local user='' ipv6=''
    # Root's nginx would give its workers to a user who may not enter RUN_DIR.
    [ "$(id -u)" != 0 ] || user="user root;"
    # `localhost` means ::1 to many clients, but a container often has no IPv6 at all.
    ! grep -qs . /proc/net/if_inet6 || ipv6="listen [::]:$listen_port backlog=4096;"
    mkdir -p "$RUN_DIR" && chmod 700 "$RUN_DIR" && [ -w "$RUN_DIR" ] ||
        give_up "cannot write to $RUN_DIR. Make it writable for uid $(id -u), or set RUN_DIR."
    # A pid of an earlier run may be anybody's by now.
    rm -f "$RUN_DIR/nginx.pid"
    "$QIANQIAO_BIN" render "$QIANQIAO_SHARE/nginx/nginx.conf.template" RUN_DIR="$RUN_DIR" USER_DIRECTIVE="$user" \
        LISTEN_IPV6="$ipv6" WORKER_CONNECTIONS="$worker_connections" OPEN_FILES="$open_files" \
        SHUTDOWN_S="$shutdown_s" >"$RUN_DIR/nginx.conf"
    nginx -t -q -e stderr -c "$RUN_DIR/nginx.conf" || give_up "nginx refused its configuration (see above)."
}

run() {
    # Root has to name a user, or supervisord complains at every start; others may not name one.
    [ "$(id -u)" != 0 ] || set -- -u root
    exec "$python" "$QIANQIAO_SHARE/docker/supervise.py" -c "$QIANQIAO_SHARE/supervisord.conf" "$@"
}

if [ $# -gt 0 ]; then
    exec "$QIANQIAO_BIN" "$@"
fi
require_programs
make_output_reopenable
"$QIANQIAO_BIN" check >/dev/null
read_settings
require_port LISTEN_PORT 0.0.0.0 "$listen_port"
require_port APP_PORT 127.0.0.1 "$app_port"
set_limits
prepare_nginx
run
