# Every command of the project; `make` prints this list.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
export PORT

.DEFAULT_GOAL := help
.PHONY: nightly bench bench-postgres mutants faults faults-quick help setup setup-dev run clock seed test test-postgres test-browser check lint types contracts migrations templates fix

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

.venv/.installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; $$($(PYTHON) --version) is here."; exit 1; }
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt 2>&1 | grep -v '^WARNING' || true
	@$(BIN)/python -c 'import django, celery, crispy_forms, pytest'
	@touch $@

.venv/.installed-dev: requirements-dev.txt .venv/.installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt 2>&1 | grep -v '^WARNING' || true
	@$(BIN)/python -c 'import mypy, importlinter, playwright'
	@touch $@

setup: .venv/.installed  ## make .venv and install what the product and its tests need
setup-dev: .venv/.installed-dev  ## the heavier tools: types, contracts, browser, PostgreSQL

run: setup  ## a working clinic on http://localhost:8000
	@exec $(BIN)/python manage.py up

clock: setup  ## the clock without a broker
	@$(BIN)/python manage.py run_clock

seed: setup  ## a demo clinic in an empty database
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py seed_demo

test: setup  ## the whole suite on SQLite
	@$(BIN)/python -m pytest

test-postgres: setup-dev  ## the same suite on a PostgreSQL of its own
	@$(BIN)/python -m tests.postgres

test-browser: setup-dev  ## stories in a real browser, with axe
	@sh tests/browser/need-chromium.sh
	@$(BIN)/python -m pytest tests/browser -m browser

nightly: setup  ## the property tests with 10,000 examples each
	@HYPOTHESIS_PROFILE=nightly $(BIN)/python -m pytest tests/schedules/domain tests/patients/domain

bench: setup  ## what things cost, as ratios measured in one run
	@$(BIN)/python -m tests.benchmarks

bench-postgres: setup-dev  ## the same figures on a PostgreSQL of its own
	@$(BIN)/python -m tests.postgres -m tests.benchmarks

faults: setup-dev  ## kills, restarts and outages against real processes; JSON in reports/
	@$(BIN)/python -W ignore -m tests.faults

faults-quick: setup-dev  ## the kills alone, fewer messages
	@$(BIN)/python -W ignore -m tests.faults --size 900 --only storm --only stopped-gently --only two-clocks

mutants: setup-dev  ## which planted faults in the dose arithmetic the tests do not see
	@$(BIN)/python -m tests.mutants

check: setup-dev lint types contracts migrations templates  ## everything that needs no test run

lint:
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .
types:
	@$(BIN)/python -m mypy
contracts:
	@$(BIN)/lint-imports
migrations:
	@$(BIN)/python manage.py makemigrations --check --dry-run
templates:
	@$(BIN)/python -m djlint templates --lint --quiet
fix: setup-dev  ## format and mend what can be mended
	@$(BIN)/python -m ruff check --fix .
	@$(BIN)/python -m ruff format .
