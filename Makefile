# Everything here sets itself up first: Python >= 3.11 and make are all that must be there.
#
#   PYTHON=python3.12   which Python to build .venv with (the first time)
#   ARGS="..."          passed through to the command behind the target
#   PORT=8080           where `make demo` listens
#   JOBS=2              how many test processes run at once

.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
JOBS ?= 2
export JOBS

##@ The two commands
.PHONY: demo test
demo: setup-demo ## live through a real night on a map, at http://127.0.0.1:8080 (PORT=, ARGS=; Ctrl-C ends it)
	@exec $(BIN)/tocsin demo $(if $(PORT),--port $(PORT)) $(ARGS)

test: setup-test browser nginx compiler ## lint, types, layers and all tests (ARGS= for pytest)
	@MAKE="$(MAKE)" exec sh tools/test.sh $(ARGS)

##@ One check at a time
.PHONY: lint format types layers docs-check
lint: setup-test ## ruff: rules and formatting
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: setup-test ## let ruff rewrite what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: setup-test ## mypy --strict over the package and its tests
	@$(BIN)/mypy

layers: setup-test ## import-linter: dependencies point down, pure rooms stay pure
	@$(BIN)/lint-imports

docs-check: setup-test ## does the documentation tell the truth?
	@$(BIN)/pytest tests/test_docs.py $(ARGS)

##@ Measurements
.PHONY: bench bench-atlas bench-store bench-import bench-orders bench-stream bench-edges bench-follow bench-compat bench-shelters bench-record bench-threats
bench: bench-atlas bench-store bench-import bench-orders bench-stream bench-follow bench-threats ## all of them

bench-atlas: setup-test ## from a point to its zones
	@$(BIN)/python benchmarks/atlas.py $(ARGS)

bench-store: setup-test ## durable appends, reads, snapshots
	@$(BIN)/python benchmarks/store.py $(ARGS)

bench-import: setup-test ## two years of history into an empty log
	@$(BIN)/python benchmarks/history_import.py $(ARGS)

bench-orders: setup-test ## orders decided and kept, a whole country, a restart
	@$(BIN)/python benchmarks/orders.py $(ARGS)

bench-stream: setup-test ## one event to thousands, beside C, nchan, mosquitto, starlette (ARGS="--only fanout --n 1000")
	@$(BIN)/python -m benchmarks.stream $(ARGS)

bench-edges: setup-test ## what the public costs those who give orders: at the node, and at an edge (ARGS=1000 streams)
	@$(BIN)/python benchmarks/edges.py $(ARGS)

bench-follow: setup-test ## from a change at a feed to the first byte out here, beyond the time between two questions
	@$(BIN)/python benchmarks/follow.py $(ARGS)

bench-record: setup-test ## how well and how fast reports are read (ARGS="--reports DIR --scorer FILE")
	@$(BIN)/python -m benchmarks.record $(ARGS)

bench-compat: setup-test ## other systems' dialects, with a whole country under alert (ARGS=ukrainealarm)
	@$(BIN)/python benchmarks/compat.py $(ARGS)

bench-threats: setup-test ## messages read, threats assessed, attacks of known truth (ARGS="--attacks N", "--messages FILE")
	@$(BIN)/python -m benchmarks.threats $(ARGS)

bench-shelters: setup-test ## who reaches which shelter, beside scipy: labels, closures, ways, a million residents; and on the page
	@$(BIN)/python -m benchmarks.shelters $(ARGS)
	@$(BIN)/python -m benchmarks.shelters_page $(ARGS)

##@ The long proofs
.PHONY: soak soak-properties soak-worlds soak-sim soak-crashes soak-disks soak-follow soak-mutants
soak: setup-soak ## all of them, for hours; what they find goes into docs/reliability.md (ARGS="sim disks" for some)
	@$(BIN)/python -m soak.report $(ARGS)

soak-properties: setup-test ## the properties, with ten times the usual examples, others each time
	@HYPOTHESIS_PROFILE=soak $(BIN)/pytest -q -m hypothesis tests/engine tests/access tests/service tests/store $(ARGS)

soak-worlds: setup-test ## every state of the small worlds
	@$(BIN)/python -m soak.worlds --jobs $(JOBS) $(ARGS)

soak-sim: setup-test ## the simulator over many seeds (ARGS="--seeds 10000 --steps 1000")
	@$(BIN)/tocsin sim --jobs $(JOBS) $(ARGS)

soak-crashes: setup-test ## kill -9 in a loop (ARGS="--rounds 2000")
	@$(BIN)/python -m soak.crashes $(ARGS)

soak-disks: setup-test ## a log on a faulty disk (ARGS="--runs 2000")
	@$(BIN)/python -m soak.disks $(ARGS)

soak-follow: setup-test ## two Tocsins, one following the other through faults (ARGS="--rounds 10000")
	@$(BIN)/python -m soak.follow $(ARGS)

soak-mutants: setup-soak ## bugs planted by machine in engine, access and store: are they found?
	@$(BIN)/python -m soak.mutants $(ARGS)

##@ The rest
.PHONY: help setup-demo setup-test setup-soak browser nginx compiler clean
setup-demo: ## .venv with what the program needs
	@sh tools/setup.sh demo

setup-soak: setup-test ## .venv with what the long proofs need as well
	@$(BIN)/python -m pip install --quiet --editable '.[soak]'

setup-test: ## .venv with what the tests need as well
	@sh tools/setup.sh test

browser: setup-test ## a Chromium for the tests of the pages
	@sh tools/setup-browser.sh

compiler: ## a C compiler for the test of the stream's bench
	@sh tools/setup-compiler.sh

nginx: setup-test ## an nginx for the tests of deploy/
	@sh tools/setup-nginx.sh

clean: ## remove .venv and everything else that was made here
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find tocsin tests tools benchmarks soak -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

help: ## this list
	@sed -n -e 's/^##@ \(.*\)/\n\1/p' -e 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1	\2/p' Makefile | expand -t 22
