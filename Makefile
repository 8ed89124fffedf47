# Everything a developer or an operator does, from a fresh machine on.
# Proxy and mirror variables of the environment reach uv and pip untouched.

VENV := .venv
PYTHON := $(VENV)/bin/python
RUNS := $(VENV)/.runs
STAMP := $(VENV)/.installed
DEMO_DATA := build/demo
ONLY ?=
N ?= 100000
SECONDS ?= 300
SEED ?= 1
TIMES ?= 10000
# Three brokers and three nodes that are killed need both cores for themselves.
ALONE := tests/faults/test_cluster.py tests/faults/test_silent_broker.py
# A run of the tests starts Python hundreds of times: what is compiled must be kept.
PYTEST := PYTHONDONTWRITEBYTECODE= $(PYTHON) -m pytest -q -rs

.DEFAULT_GOAL := help
.PHONY: help demo demo-check demo-cluster demo-cluster-check demo-reset serve test check screens bench attack-passes mutants faults faults-http lock clean

help: ## Show what can be done
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(RUNS) ## Play 16 to 26 February 2020; again: go on where it stopped
	@$(VENV)/bin/greenchannel demo --data $(DEMO_DATA)

demo-check: $(RUNS) ## The whole demo afresh and unattended; fails where a figure differs
	@$(VENV)/bin/greenchannel demo --check --data build/demo-check

demo-cluster: $(RUNS) ## The same on three nodes and three Kafka brokers
	@$(VENV)/bin/greenchannel demo --cluster --data build/demo-cluster

demo-cluster-check: $(RUNS) ## That, afresh and unattended, while nodes and brokers are killed
	@$(VENV)/bin/greenchannel demo --cluster --check --data build/demo-cluster-check

demo-reset: ## Forget the demo's data
	rm -rf $(DEMO_DATA)

serve: $(RUNS) ## Run a node on the folder data/
	@$(VENV)/bin/greenchannel serve

test: $(STAMP) ## Every test; what cannot run here says why
	$(PYTEST) -n 3 --dist loadfile --no-loadscope-reorder --max-worker-restart 0 $(ALONE:%=--ignore %) tests
	$(PYTEST) $(ALONE)

check: $(STAMP) ## Style, types, direction of imports
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

screens: $(STAMP) ## Pictures of every page of a finished demo, and in every state, in build/screens
	@test -e build/demo-check/events.db || $(MAKE) --no-print-directory demo-check
	$(PYTHON) -m tests.screens build/demo-check build/screens

bench: $(STAMP) ## Measure ratios; ONLY=store, views, moments, pickups, positions, scans, map, passes, kafka or soak runs one
	$(PYTHON) -m tests.benchmarks $(ONLY)

attack-passes: $(STAMP) ## Alter N passes in every way; none may be accepted
	$(PYTHON) -m tests.attack_passes $(N)

mutants: $(STAMP) ## Take each defence and each case of a decision away; ONLY=4 for one threat, or cases
	$(PYTHON) -m tests.mutants $(ONLY)

faults: $(STAMP) ## Break brokers, links and nodes; SECONDS=300 SEED=1; the last line says what was lost
	@$(PYTHON) -m tests.faults $(SECONDS) $(SEED)

faults-http: $(STAMP) ## Write at one node and read at another while brokers and links break
	@$(PYTHON) -m tests.faults.handover $(TIMES) $(SEED)

lock: ## Pin every dependency by hash; needs uv
	uv pip compile -q --universal --generate-hashes --no-annotate --no-header --no-emit-index-url --group build pyproject.toml -o requirements.lock
	uv pip compile -q --universal --generate-hashes --no-annotate --no-header --no-emit-index-url --group dev pyproject.toml -o requirements-dev.lock

clean: ## Remove the environment and everything that was built
	rm -rf $(VENV) build .mypy_cache .pytest_cache .ruff_cache .hypothesis

# What a node needs comes first: a third of what developers do.
$(RUNS): requirements.lock requirements-node.lock web/package-lock.json pyproject.toml infra/install.sh infra/assets.py
	@VENV=$(VENV) LOCK=requirements.lock sh infra/install.sh
	@touch $@

$(STAMP): $(RUNS) requirements-dev.lock
	@VENV=$(VENV) LOCK=requirements-dev.lock sh infra/install.sh
	@touch $@
