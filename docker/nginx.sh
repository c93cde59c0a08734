#!/bin/sh
# Starts nginx for supervisord.
set -eu

# A master that was killed leaves its workers behind, with the port. They are in its process group; QUIT lets them
# finish their streams and frees the port at once. An nginx that ended by itself took its pid file along.
pid_file=$RUN_DIR/nginx.pid
if [ -s "$pid_file" ]; then
    kill -QUIT "-$(cat "$pid_file")" 2>/dev/null || true
    rm -f "$pid_file"
fi

exec nginx -e stderr -c "$RUN_DIR/nginx.conf"
