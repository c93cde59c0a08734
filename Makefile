# run    build and start nginx + service under supervisord here
# test   everything that proves the code: Rust, the whole stack with real SDKs, the image
# check  formatting, lints, layers, documentation, dependencies
# bench  measure and write bench/RESULTS.md
# image  build the container image
# fuzz   fuzz the decoders and the request parser for a while (SECONDS=60)

SHELL := /bin/bash
.DEFAULT_GOAL := run
SECONDS ?= 60
export QIANQIAO_SHARE ?= $(CURDIR)
export RUN_DIR ?= $(CURDIR)/.run

.PHONY: run build test test-rust test-e2e test-image check bench image fuzz tools

run: tools build
	QIANQIAO_BIN=$(CURDIR)/target/release/qianqiao exec docker/entrypoint.sh

build:
	cargo build --release --locked

# nginx and supervisord, where they are missing and may be installed.
tools:
	docker/tools.sh

test: test-rust test-e2e test-image

test-rust:
	cargo test --locked --workspace

test-e2e: tools
	cargo build --release --locked --workspace
	tests/e2e/run.sh

test-image:
	tests/image/run.sh

check:
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	cargo test --locked --test architecture
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items
	docker/cargo-tool.sh cargo-deny
	cargo deny --locked check

bench: tools
	cargo build --release --locked --workspace
	bench/run.py

image:
	docker build -t qianqiao .

fuzz:
	docker/cargo-tool.sh cargo-fuzz
	fuzz/run.sh $(SECONDS)
