#!/usr/bin/env bash
# Says where the service spends its time: perf if the machine allows it, else valgrind's callgrind.
#   bench/profile.sh [plain|openai-32|qianwen-32|qianwen-4000] [perf|callgrind]
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# The shipped binary has no symbols. One with them lives in a directory of its own, so that neither spoils the other.
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$here/../target/profile}
export CARGO_PROFILE_RELEASE_STRIP=none CARGO_PROFILE_RELEASE_DEBUG=1
cargo build --release --manifest-path "$here/../Cargo.toml" -p qianqiao -p fake-upstream
exec python3 "$here/profiler.py" "$CARGO_TARGET_DIR/release" "$@"
