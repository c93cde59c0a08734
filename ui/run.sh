#!/usr/bin/env bash
# Runs one of the console's npm scripts, after installing what it needs: `ui/run.sh build`. Where Node is missing or too
# old it says so and leaves it: the service is whole without the console, and says on its page what it lacks.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

leave() {
    echo "ui: $1, so \`npm run $task\` is left out. The console needs Node 20.19 or newer, with npm: https://nodejs.org" >&2
    exit 0
}

task=$1
command -v npm >/dev/null && command -v node >/dev/null || leave "Node is not installed"
node -e 'const [major, minor] = process.versions.node.split("."); process.exit(major > 20 || (major == 20 && minor >= 19) ? 0 : 1)' ||
    leave "Node $(node --version) is too old"
# npm writes the first file whenever it has installed what the second one says.
[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund --loglevel=error
exec npm run --silent "$task"
