# Sujeong's commands. On a fresh clone, with Python 3.11 or newer and make:
#
#   make demo     sets everything up and trains a convolutional network on handwritten digits
#   make test     sets everything up and runs the tests, the examples in docstrings included
#
# `make help` lists the rest. PYTHON=... chooses the interpreter that the environment is made with.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

# Tests run in two processes; each keeps to one thread, so that they do not fight over two cores.
WORKERS ?= 2
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 MPLBACKEND=Agg
PYTEST := $(ONE_THREAD) $(BIN)/python -m pytest
PARALLEL := -n $(WORKERS) --dist worksteal
# The wheel is built and installed anew each time: a target of its own, not part of `make check`.
CHECKS := $(filter-out tools/check_wheel.py,$(sort $(wildcard tools/check_*.py)))

.DEFAULT_GOAL := help
.PHONY: help install demo test doctest check format wheel-check bench bench-own docs array-api hooks clean

help:  ## lists the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /|/' | awk -F'|' '{printf "make %-11s %s\n", $$1, $$2}'

install: $(STAMP)  ## makes the environment .venv, once

$(STAMP): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	  echo "There is no command '$(PYTHON)'. Install Python 3.11 or newer, or name yours: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Sujeong needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Name a newer one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "'$(PYTHON)' cannot make environments. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Setting up $(VENV); the first time this takes a few minutes."
	$(PYTHON) -m venv $(VENV)
	$(PIP) hatchling editables
	$(PIP) --no-build-isolation --editable '.[dev]'
	@touch $@

demo: install  ## trains a convolutional network on real handwritten digits
	$(BIN)/sujeong demo

test: install  ## runs all tests and the examples in docstrings
	$(PYTEST) tests src --doctest-modules $(PARALLEL) --durations=10

doctest: install  ## runs the examples in docstrings only
	$(PYTEST) src --doctest-modules $(PARALLEL)

check: install  ## format, lint, types, import direction, file caps, docstrings, words
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	@for tool in $(CHECKS); do $(ONE_THREAD) $(BIN)/python $$tool || exit 1; done

format: install  ## formats the code and repairs what the linter can
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

wheel-check: install  ## builds the wheel and tries it in an environment without PyTorch
	$(ONE_THREAD) $(BIN)/python tools/check_wheel.py

bench: install  ## ours beside its peers: WORKLOADS="mlp cnn" PEERS="ours torch-eager" DEVICE=cuda BENCH="--rounds 3"
	$(BIN)/python benchmarks/compare.py $(if $(WORKLOADS),--workloads $(WORKLOADS)) \
	  $(if $(PEERS),--sides ours ours-bf16 $(PEERS)) $(if $(DEVICE),--device $(DEVICE)) $(BENCH)

bench-own: install  ## our own figures: import, eager calls, accuracy; names of them in BENCH="..."
	$(BIN)/python benchmarks/run.py $(BENCH)

docs: install  ## writes the generated pages below docs/ anew
	@for tool in $(sort $(wildcard tools/make_*.py)); do echo "$$tool"; $(BIN)/python $$tool || exit 1; done

array-api: install  ## measures conformance: make array-api SUITE=<checkout of array-api-tests>
	@test -n "$(SUITE)" || { echo "Say where the suite is: make array-api SUITE=<checkout of data-apis/array-api-tests>"; exit 1; }
	$(PIP) --no-build-isolation --editable '.[dev,conformance]'
	$(BIN)/python tools/array_api.py "$(SUITE)" --engine numpy
	$(BIN)/python tools/array_api.py "$(SUITE)" --engine torch

hooks: install  ## checks run by themselves before each commit
	$(BIN)/pre-commit install

clean:  ## removes the environment, caches and builds; runs/ stays
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
