#!/usr/bin/env bash
# Runs the end-to-end tests from a cold clone: whatever they need is installed or built first, and kept for the next
# run. Arguments go to pytest. QIANQIAO_BIN names the binary to test; else the release build, else the debug build.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
venvs=$root/.venv
# Debian keeps nginx where the PATH of an ordinary user does not look.
export PATH="$PATH:/usr/sbin:/sbin"

# install PROGRAM PACKAGE…: nothing when the program is there.
install() {
    local program=$1
    shift
    if command -v "$program" >/dev/null; then return; fi
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "e2e: $program is missing; install it (on Debian: apt-get install $*)" >&2
        exit 1
    fi
    echo "e2e: installing $*" >&2
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}

# once FOLDER LIST COMMAND…: runs the command unless it ran for this very list before.
once() {
    local folder=$1 list=$2 sum
    shift 2
    sum=$(sha256sum <"$list")
    if [ "$(cat "$folder/.made-from" 2>/dev/null)" = "$sum" ]; then return; fi
    "$@" >&2
    echo "$sum" >"$folder/.made-from"
}

make_venv() {
    python3 -m venv --clear "$1"
    "$1/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --requirement "$2"
}

# The library's own tests come with its source alone. The list names it with its hash.
fetch_tests() {
    rm -rf "$1"
    mkdir -p "$1"
    "$venvs/e2e/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: \
        --require-hashes --requirement "$2" --dest "$1"
    tar -xzf "$1"/*.tar.gz -C "$1" --strip-components 1
}

install nginx nginx
install supervisord supervisor
install curl curl
install node nodejs npm
install npm npm
install chromium chromium
# Elsewhere than on Debian it has its plain name.
command -v firefox >/dev/null || install firefox-esr firefox-esr
# Debian's Python comes without what makes an environment; there is no program to look for.
if ! python3 -c 'import ensurepip' 2>/dev/null; then install "no program" python3 python3-venv; fi
once "$venvs/e2e" "$here/requirements.txt" make_venv "$venvs/e2e" "$here/requirements.txt"
for name in openai1 openai2 langchain conformance; do
    once "$venvs/e2e-$name" "$here/requirements-$name.txt" make_venv "$venvs/e2e-$name" "$here/requirements-$name.txt"
done
once "$venvs/openai-tests" "$here/openai-tests.txt" fetch_tests "$venvs/openai-tests" "$here/openai-tests.txt"
once "$venvs/schemathesis" "$here/requirements-schemathesis.txt" make_venv "$venvs/schemathesis" "$here/requirements-schemathesis.txt"
once "$here/node/node_modules" "$here/node/package-lock.json" npm --prefix "$here/node" ci --no-audit --no-fund

cargo build --quiet --manifest-path "$root/Cargo.toml" --package fake-upstream
if [ -z "${QIANQIAO_BIN:-}" ] && [ ! -x "$root/target/release/qianqiao" ] && [ ! -x "$root/target/debug/qianqiao" ]; then
    cargo build --quiet --manifest-path "$root/Cargo.toml"
fi
exec "$venvs/e2e/bin/python" -m pytest --rootdir "$here" -c "$here/pytest.ini" "$here" "$@"
