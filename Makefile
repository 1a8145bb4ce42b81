# Everything from a fresh clone: Python 3.11 or newer, git and make are enough.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Where there is no network: make run WHEELHOUSE=wheelhouse
WHEELHOUSE ?=
FIND := $(if $(WHEELHOUSE),--no-index --find-links $(abspath $(WHEELHOUSE)))
TESTS ?=
# Each worker has a database server and a browser of its own.
PARALLEL ?= -n logical --maxprocesses 4 --dist worksteal

.PHONY: help
help: ## Show what can be made
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

# ---- set-up: each step leaves a stamp, so that the second time takes no time

$(BIN)/python:
	@for python in $(PYTHON) python3 python3.11 python3.12 python3.13 python3.14 python; do \
	  if command -v $$python >/dev/null && $$python -c \
	    'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null; then \
	    echo "Using $$($$python --version) in $(VENV)"; \
	    $$python -m venv $(VENV) && exit 0; \
	    echo "Could not make $(VENV). On Debian and Ubuntu: apt install python3-venv" >&2; \
	    rm -rf $(VENV); exit 1; \
	  fi; \
	done; \
	echo "Python 3.11, 3.12, 3.13 or 3.14 is needed and was not found." >&2; \
	echo "Install one, or name it: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1

$(VENV)/.installed: setup.cfg pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing the locked dependencies"
	@$(PIP) install $(FIND) -c constraints.txt -e '.[test]'
	@touch $@

web/static/vendor/.stamp: package.json package-lock.json web/assets.py web/lean_css.py | $(VENV)/.installed
	@echo "Fetching the front-end files"
	@$(BIN)/python -m web.assets
	@touch $@

CATALOGS := $(wildcard web/translations/*/LC_MESSAGES/*.po)

%.mo: %.po | $(VENV)/.installed
	@$(BIN)/pybabel --quiet compile -i $< -o $@

.PHONY: setup
setup: $(VENV)/.installed web/static/vendor/.stamp $(CATALOGS:.po=.mo) ## Install everything

# ---- run

.PHONY: run
run: setup ## Run the office on http://127.0.0.1:8000 (PORT=8001 make run: elsewhere)
	@exec $(BIN)/satupintu serve

# ---- judge

.PHONY: check
check: setup ## Lint, types, import contracts, migrations match models
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python -m tests.check_migrations

.PHONY: test
test: setup ## Every test, with a real PostgreSQL and a real browser (TESTS=tests/web: some)
	@$(BIN)/python -m tests.browser
	@$(BIN)/python -m pytest $(PARALLEL) $(TESTS)

.PHONY: bench
bench: setup ## Performance, as ratios to hand-written SQL in the same run
	@$(BIN)/python -m tests.bench

.PHONY: soak
soak: setup ## The long campaigns at their full numbers
	@SATUPINTU_SOAK=full $(BIN)/python -m pytest -m soak

.PHONY: gallery
gallery: setup ## Screenshots of every page
	@$(BIN)/python -m tests.browser
	@$(BIN)/python -m tests.gallery

# ---- make

.PHONY: docs
docs: setup ## Write the pages that are made from the code
	@$(BIN)/python -m config > docs/settings.md
	@$(BIN)/python -m workflows.grammar > docs/sop-grammar.md

.PHONY: wheelhouse
wheelhouse: setup ## Everything that a machine without a network needs, in wheelhouse/
	@rm -rf build wheelhouse
	@$(PIP) wheel -c constraints.txt -w wheelhouse 'setuptools>=77' '.[test]'
	@rm -rf build
	@echo "Copy wheelhouse/ to the other machine; there, in a virtual environment:"
	@echo "  pip install --no-index --find-links wheelhouse satupintu && satupintu serve"

.PHONY: clean
clean: ## Remove what was installed; data in var/ stays
	@rm -rf $(VENV) node_modules web/static/vendor build wheelhouse
