#!/usr/bin/env bash
# Fuzzes each target for SECONDS (default 60), beginning with the corpus and the fixtures. Sanitizers need a nightly
# compiler; overflow checks and debug assertions do not, and are on.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
seeds=$(mktemp -d)
trap 'rm -rf "$seeds"' EXIT

python3 - "$seeds" <<'PYTHON'
import pathlib, sys

out = pathlib.Path(sys.argv[1])
for target, folder in (("qianwen", "qianwen"), ("compatible", "openai_compatible")):
    (out / target).mkdir()
    for path in pathlib.Path("tests/fixtures", folder).iterdir():
        if not path.name.endswith(".expected.json"):
            body = path.read_bytes()
            head = {".sse": 0, ".json": 4, ".html": 8}[path.suffix]
            (out / target / path.name).write_bytes((len(body) // 2).to_bytes(2, "big") + bytes([head]) + body)
(out / "request").mkdir()
PYTHON

for target in qianwen compatible request; do
    mkdir -p "fuzz/corpus/$target"
    cargo fuzz run --sanitizer none "$target" "fuzz/corpus/$target" "$seeds/$target" -- \
        -max_total_time="$seconds" -max_len=16384 -timeout=10 -print_final_stats=1
done
