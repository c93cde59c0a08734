# run    build and start nginx + service under supervisord here
# test   everything that proves the code: Rust, the whole stack with real SDKs, the image
# soak   ten minutes of chaos under load, and kills under writes
# check  formatting, lints, layers, documentation, dependencies
# bench  measure and write bench/RESULTS.md
# image  build the container image
# fuzz   fuzz the decoders and the request parser for a while (SECONDS=60)

SHELL := /bin/bash
.DEFAULT_GOAL := run
SECONDS ?= 60
export QIANQIAO_SHARE ?= $(CURDIR)
export RUN_DIR ?= $(CURDIR)/.run

.PHONY: run build test test-rust test-e2e test-soak test-image soak check bench image fuzz tools cargo-deny cargo-fuzz

run: tools build
	QIANQIAO_BIN=$(CURDIR)/target/release/qianqiao exec docker/entrypoint.sh

build:
	cargo build --release --locked

# nginx and supervisord, where they are missing and may be installed.
tools:
	@command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] && python3 -c 'import supervisor' 2>/dev/null || /usr/bin/python3 -c 'import supervisor' 2>/dev/null \
	|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq \
	     && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nginx-light supervisor tini >/dev/null; } \
	|| { echo 'nginx and supervisor are missing; install them: sudo apt-get install nginx-light supervisor' >&2; exit 1; }

# A cargo command that this project's checks need, built from crates.io where it is missing.
cargo-%:
	@command -v $@ >/dev/null || cargo install --locked $@

test: test-rust test-e2e test-soak test-image

test-rust:
	cargo test --locked --workspace

test-e2e: tools
	cargo build --release --locked --workspace
	tests/e2e/run.sh

# The short form of `make soak`.
test-soak: tools
	cargo build --release --locked --workspace
	tests/soak/run.py --seconds 60
	tests/soak/kill.py

soak: tools
	cargo build --release --locked --workspace
	tests/soak/run.py
	tests/soak/kill.py --rounds 40

test-image:
	tests/image/run.py

check: cargo-deny
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	cargo test --locked --test architecture
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items
	cargo deny --locked check bans licenses sources

bench: tools
	cargo build --release --locked --workspace
	cargo bench --locked --bench pick --no-run
	bench/run.py

image:
	docker build -t qianqiao .

fuzz: cargo-fuzz
	fuzz/run.sh $(SECONDS)
