# ui     build the console that goes into the binary; needs Node 20.19 or newer
# run    build and start nginx + service under supervisord here
# test   everything that proves the code: Rust, the whole stack with real SDKs, the image
# soak   ten minutes of chaos under load, and kills under writes
# check  formatting, lints, layers, documentation, dependencies
# bench  measure and write bench/RESULTS.md
# image  build the container image
# screenshots  take the pictures of the console that the READMEs show
# fuzz   fuzz the decoders and the request parser for a while (SECONDS=60)

SHELL := /bin/bash
.DEFAULT_GOAL := run
SECONDS ?= 60
export QIANQIAO_SHARE ?= $(CURDIR)
export RUN_DIR ?= $(CURDIR)/.run

.PHONY: run build ui check-ui test test-rust test-e2e test-soak test-image soak check bench image screenshots fuzz tools cargo-deny cargo-fuzz

run: tools build
	QIANQIAO_BIN=$(CURDIR)/target/release/qianqiao exec docker/entrypoint.sh

build: ui
	cargo build --release --locked

# Built when a source is newer. Without Node it is left out, and the binary has a page in its place that says so.
ui: ui/dist/index.html

ui/dist/index.html: $(shell find ui -type f -not -path 'ui/node_modules/*' -not -path 'ui/dist/*')
	@ui/run.sh build

check-ui:
	@ui/run.sh check

# nginx and supervisord, where they are missing and may be installed; and Node, if Debian's is new enough for the console.
tools:
	@command -v npm >/dev/null || ! [ "$$(id -u)" = 0 ] || ! command -v apt-get >/dev/null || { apt-get update -qq \
	     && dpkg --compare-versions "$$(apt-cache policy nodejs | sed -n 's/ *Candidate: //p')" ge 20.19 \
	     && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null; } || true
	@command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] && python3 -c 'import supervisor' 2>/dev/null || /usr/bin/python3 -c 'import supervisor' 2>/dev/null \
	|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq \
	     && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nginx-light supervisor tini >/dev/null; } \
	|| { echo 'nginx and supervisor are missing; install them: sudo apt-get install nginx-light supervisor' >&2; exit 1; }

# A cargo command that this project's checks need, built from crates.io where it is missing.
cargo-%:
	@command -v $@ >/dev/null || cargo install --locked $@

test: test-rust test-e2e test-soak test-image

test-rust: ui
	cargo test --locked --workspace

test-e2e: tools ui
	cargo build --release --locked --workspace
	tests/e2e/run.sh

# The short form of `make soak`.
test-soak: tools ui
	cargo build --release --locked --workspace
	tests/soak/run.py --seconds 60
	tests/soak/kill.py

soak: tools ui
	cargo build --release --locked --workspace
	tests/soak/run.py
	tests/soak/kill.py --rounds 40

test-image:
	tests/image/run.py

check: cargo-deny check-ui
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	cargo test --locked --test architecture
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items
	cargo deny --locked check bans licenses sources

bench: tools ui
	cargo build --release --locked --workspace
	cargo bench --locked --bench costs --no-run
	bench/run.py

# The first line makes what the second one runs in.
screenshots: build
	cargo build --locked --package fake-upstream
	tests/e2e/run.sh --collect-only --quiet >/dev/null
	.venv/e2e/bin/python tests/e2e/screenshots.py

image:
	docker build -t qianqiao .

fuzz: cargo-fuzz
	fuzz/run.sh $(SECONDS)
