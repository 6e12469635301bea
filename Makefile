# Everything a person does with this repository. `make` alone lists it.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

DATA ?= ../shared/data
TARGET := $(or $(CARGO_TARGET_DIR),target)

# cargo, with what setup.sh fetched in its environment.
CARGO := . scripts/env.sh && cargo

.PHONY: help setup build demo test browser-test api-fuzz load-test lint quality bench bench-peers

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: ## fetch what the build needs: protoc, ONNX Runtime, the embedding model; quiet when all is there
	@scripts/setup.sh

build: setup ## the release binary
	$(CARGO) build --locked --release -p tamis-api --bin tamis
	@echo "built $(TARGET)/release/tamis"

demo: build ## sift the documentation of every crate tamis is built from
	@TAMIS='$(TARGET)/release/tamis' scripts/demo.sh

test: setup ## every test of the workspace
	@python3 -B -m unittest discover --quiet --start-directory scripts/quality
	@$(CARGO) build --locked --workspace --bins --tests
	@if cargo nextest --version >/dev/null 2>&1; then \
	  $(CARGO) nextest run --locked --workspace && cargo test --locked --workspace --doc --quiet; \
	else \
	  $(CARGO) test --locked --workspace; \
	fi

browser-test: setup ## the dashboard in a real Chromium; SHOTS=DIR keeps a picture of every page
	@$(CARGO) build --locked -p tamis-api --bin tamis
	@TAMIS='$(TARGET)/debug/tamis' scripts/browser_test.sh

api-fuzz: setup ## schemathesis against our own /openapi.json; SECONDS_MOST bounds it
	@$(CARGO) build --locked -p tamis-api --bin tamis
	@TAMIS='$(TARGET)/debug/tamis' scripts/api_fuzz.sh

load-test: build ## 50 clients for two minutes beside an ingest, killed in the middle; LOAD='--pause 2 …'
	@. scripts/env.sh && python3 scripts/demo_docs.py "$$TAMIS_CACHE/demo/crates" && \
	  python3 scripts/load_test.py --tamis '$(TARGET)/release/tamis' --docs "$$TAMIS_CACHE/demo/crates" $(LOAD)

lint: setup ## format, clippy and documentation, warnings refused
	cargo fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	$(CARGO:cargo=RUSTDOCFLAGS='-D warnings' cargo) doc --locked --workspace --no-deps

quality: build ## measure quality on the sets under DATA, into docs/quality.md
	@. scripts/env.sh && TAMIS='$(TARGET)/release/tamis' python3 scripts/quality/run.py --data '$(DATA)' --out docs/quality.md

bench: setup ## criterion benches of every stage
	$(CARGO) bench --locked --workspace --benches

bench-peers: build ## tamis beside the programs people use today, on the sets under DATA, into docs/peers.md
	@. scripts/env.sh && TAMIS='$(TARGET)/release/tamis' python3 scripts/bench_peers/run.py --data '$(DATA)' --out docs/peers.md
