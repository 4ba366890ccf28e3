# Madoguchi. `make help` lists what there is; the work is in scripts/.
# Two sets of flags and no more, each builds cgo and Fyne once: tests and lint
# use the first, everything that a user gets or that is measured the second.
export TEST_FLAGS = -race -tags=x11,no_emoji
export USER_FLAGS = -tags=x11,no_emoji,migrated_fynedo
export CGO_ENABLED = 1

.DEFAULT_GOAL := help
.PHONY: help setup build run test lint torn orders bench shots fuzz e2e generate package-check clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

setup: ## install what is missing to build and test (apt; names it where there is no apt)
	@scripts/setup base test

build: ## build madoguchi, mykey-platform and virtualcard into build/bin
	@scripts/setup base
	@scripts/build

run: ## start in training mode; without a display: drive the main job and take screenshots
	@scripts/setup base test
	@scripts/run

test: ## all tests, with the skips counted and printed
	@scripts/setup base test
	@scripts/test

lint: ## golangci-lint, gofumpt, OpenAPI, generated files up to date
	@scripts/setup base
	@scripts/lint

torn: ## every torn write, release and re-write; prints cases, old, new, third
	@scripts/setup base
	@scripts/run-one torn

orders: ## 100,000 random orders of taps, scans and windows: nothing goes astray (ORDERS=n)
	@scripts/setup base test
	@scripts/orders

bench: ## ratios beside the bare machine, through pcscd
	@scripts/setup base test
	@scripts/run-one bench

shots: ## draw every View of every screen into build/shots
	@scripts/setup base test
	@scripts/run-one shots

fuzz: ## every fuzz target for FUZZTIME (default 30s) each
	@scripts/setup base test
	@scripts/fuzz

e2e: ## look-ups typed into real programs, in real windows, with the card behind pcscd
	@scripts/setup base test e2e
	@scripts/e2e

generate: ## make the generated files again
	@scripts/generate

package-check: ## cross-build the Windows program with mingw: links, not run
	@scripts/package-check

clean: ## remove build/
	@rm -rf build
