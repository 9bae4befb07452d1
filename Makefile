# Everything the project can do. `make help` lists it.

SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PEERS := build/bench-peers/.ready
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

.DEFAULT_GOAL := help
.PHONY: help setup demo test check lint types protocol schema authorisation bench nightly faults lock clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## Make .venv with everything for all commands

$(READY): requirements.lock pyproject.toml
	@echo "Setting up $(VENV) (a few minutes the first time)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@set -o pipefail; $(BIN)/pip install --disable-pip-version-check --require-hashes -r requirements.lock \
		| awk -v total=$$(grep -c '==' requirements.lock) '\
			/^(Collecting|Processing|Requirement already)/ {printf "  package %d of %d\n", ++n, total; fflush()} \
			/^Installing collected/ {print "  installing"; fflush()}'
	@$(BIN)/pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	@touch $(READY)

demo: $(READY) ## Run the main job on published results and serve GraphQL
	@RBM_DATABASE_URL=$${RBM_DATABASE_URL:-sqlite:///demo.sqlite3} $(BIN)/rbm demo $(DEMO)

test: $(READY) ## Run the tests on SQLite and PostgreSQL
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

check: lint types test protocol ## Everything that must be green: lint, types, architecture, tests, protocol

lint: $(READY) ## Style, imports between floors, one migration head
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports

types: $(READY) ## Types of the domain, strictly
	@$(BIN)/mypy

protocol: $(READY) ## The public audit of GraphQL over HTTP against our server (needs node)
	@$(BIN)/python -m tests.conformance.protocol

schema: $(READY) ## Print the GraphQL schema into graph_schema/schema.graphql
	@$(BIN)/python -m graph_schema > graph_schema/schema.graphql.new
	@mv graph_schema/schema.graphql.new graph_schema/schema.graphql

authorisation: $(READY) ## Print who may do and see what into docs/authorisation.md
	@$(BIN)/python -m graph_schema.authorisation > docs/authorisation.md.new
	@mv docs/authorisation.md.new docs/authorisation.md

bench: $(READY) $(PEERS) ## Measure against peers, with their own .venv: about half an hour; BENCH=quick for a minute
	@$(BIN)/python -W ignore:XDG_RUNTIME_DIR -m benchmarks $(BENCH)

$(PEERS): benchmarks/peers/requirements.txt
	@echo "Setting up the peers of the benchmarks"
	@test -x build/bench-peers/bin/python || $(PYTHON) -m venv build/bench-peers
	@build/bench-peers/bin/pip install --disable-pip-version-check --quiet -r $< && touch $@ \
		|| { rm -rf build/bench-peers; echo "they cannot be installed: they are not measured"; }

nightly: $(READY) ## The tests with many more examples
	@HYPOTHESIS_PROFILE=nightly $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

faults: $(READY) ## Kill servers and refreshes and lose answers, 500 and 1,000 times on each database; a JSON line a case
	@$(BIN)/python -W ignore:XDG_RUNTIME_DIR -m tests.faults $(FAULTS)

lock: ## Resolve the dependencies again into requirements.lock
	@$(PYTHON) -m venv build/lock && build/lock/bin/pip install --quiet pip-tools
	@build/lock/bin/pip-compile --quiet --extra dev --generate-hashes --strip-extras --no-emit-index-url \
		--no-emit-find-links --no-emit-trusted-host --no-emit-options --output-file requirements.lock pyproject.toml

clean: ## Remove what was built
	@rm -rf $(VENV) build demo.sqlite3*
