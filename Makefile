# Every verb of this project. `make` alone lists them. Only python3 (3.11 or later) and make are needed; root only for the lab.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
VERB ?= up
BIN := .venv/bin
export HOST PORT

.PHONY: help run install test check bench full lab

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.runtime ## install what is missing, then start the console with its demo on HOST:PORT (127.0.0.1:8000)
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py collectstatic --no-input --verbosity 0
	@$(BIN)/python manage.py firststart
	@exec $(BIN)/python manage.py serve

install: .venv/.development ## make .venv with everything that running, testing and checking need

test: .venv/.development ## what shows that it works: fast tests, no browser, no server, no root
	$(BIN)/pytest -q -n auto

check: .venv/.development ## lint, format, types, layers, style, documents, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -q tests/test_architecture.py tests/test_style.py tests/test_docs.py tests/test_translations.py
	$(BIN)/python manage.py makemigrations --check --dry-run

bench: .venv/.development ## measure: every benchmark prints its figures as JSON
	@for bench in benchmarks/bench_*.py; do $(BIN)/python $$bench --json || exit 1; done

full: .venv/.development ## everything that takes long: storms, kills, browsers, real servers, the lab (root)
	$(BIN)/pytest -q -n auto -m "storm"
	KILLS=50 $(BIN)/pytest -q -m kill
	.ci/servers $(BIN)/pytest -q -m servers
	$(BIN)/pytest -q -m browser tests/browser tests/live
	$(BIN)/pytest -q -m lab tests/lab tests/contract

lab: ## start the real three-node cluster of tests/lab, as root; VERB=status or VERB=stop (docs/lab.md)
	@tests/lab/lab $(VERB)

.venv/.runtime: requirements.txt
	@.ci/virtualenv $(PYTHON)
	@echo "Installing what the console needs into .venv ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.development: requirements.txt requirements-dev.txt
	@.ci/virtualenv $(PYTHON)
	@echo "Installing what running, testing and checking need into .venv ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -r requirements-dev.txt
	@touch .venv/.runtime $@
