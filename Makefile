# Concord: one command each. `make` alone lists them.
#
#   PYTHON=python3.12 make test      another Python (3.11 or newer)
#   PORT=8001 make demo              another port; .env.example explains every setting

PYTHON ?= python3
BIN    := .venv/bin
RUN    := $(BIN)/python
CODE   := console triage governance samples
BROWSER = $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)

.DEFAULT_GOAL := help
.PHONY: help setup demo up down backup restore reset test test-fast journeys lint format verifiers bench lock

help:
	@echo 'make demo       set everything up and run the console with the demonstration hospital'
	@echo 'make test       set everything up and run all checks and tests'
	@echo 'make up         the same console without the demonstration data'
	@echo 'make down       stop a console that runs from the same home'
	@echo 'make backup     dump the database to the home'"'"'s backups'
	@echo 'make restore    put the database back: make restore FILE=var/backups/….dump'
	@echo 'make reset      delete everything under the home but the backups (asks first)'
	@echo 'make test-fast  the tests that take a second or two at most'
	@echo 'make lint       ruff, mypy, import-linter, djade'
	@echo 'make format     let ruff and djade write'
	@echo 'make verifiers  write what offline verifiers share into each of them'
	@echo 'make bench      measure the budgets; writes benchmarks/RESULTS.md'
	@echo 'make lock       settle requirements.lock from pyproject.toml'

setup:
	@$(PYTHON) console/engines/install.py

demo: setup
	@exec $(RUN) -m console.engines up --demo

up: setup
	@exec $(RUN) -m console.engines up

down: setup
	@$(RUN) -m console.engines down

backup: setup
	@$(RUN) -m console.engines backup

restore: setup
	@$(RUN) -m console.engines restore $(FILE)

reset: setup
	@$(RUN) -m console.engines reset

test: lint
	CONCORD_WHOLE_RUN=1 $(BIN)/pytest -q -n 2 --dist loadscope -m 'not journey'
	@$(MAKE) --no-print-directory journeys

journeys: setup
ifeq ($(BROWSER),)
	@echo
	@echo 'Left out: the browser journeys (tests/journeys), because there is no Chromium on this machine.'
	@echo 'To run them: apt-get install chromium, then make test again. .ci/run does both.'
else
	$(BIN)/pytest -q -m journey tests/ui
	$(BIN)/pytest -q -m journey tests/journeys
endif

test-fast: setup
	$(BIN)/pytest -q -n 2 --dist loadscope -m 'not slow and not journey'

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports
	@find templates -name '*.html' -exec $(BIN)/djade --check {} +

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	@find templates -name '*.html' -exec $(BIN)/djade {} +

verifiers: setup
	$(RUN) -m console.sealing.composing

bench: setup
	$(RUN) -m benchmarks.run $(ARGS)

lock: setup
	@$(PYTHON) console/engines/install.py --uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url --group dev pyproject.toml -o requirements.lock
