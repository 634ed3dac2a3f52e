# Two commands do everything: `make run` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# How many tests run side by side. Those with the real model run afterwards, one at a
# time: they would take each other's processor, and then run late.
WORKERS ?= 2
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help run test check static format docs bench constraints clean

help: ## say what each target does
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

run: $(VENV)/.ready ## set mux up with its embedded model, and open it
	@$(BIN)/mux setup --starter --yes
	@if [ -t 0 ] && [ -t 1 ]; then $(BIN)/mux; \
	else $(BIN)/mux run "Say hello in one sentence."; fi

test: $(VENV)/.ready-dev ## set up, and run every test
	@$(BIN)/python scripts/install_clis.py
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal -m "not alone"; \
	beside=$$?; $(BIN)/python -m pytest -q -m alone tests/e2e && exit $$beside

check: static test ## format, lint, types, import contracts, tests

static: $(VENV)/.ready-dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/pyright --threads 2
	@$(BIN)/lint-imports

format: $(VENV)/.ready-dev ## write the house's format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

docs: $(VENV)/.ready-dev ## write the generated documents
	@$(BIN)/python scripts/write_docs.py

bench: $(VENV)/.ready-dev ## measure; prints ratios
	@$(BIN)/python -m bench.startup
	@$(BIN)/python -m bench.decision
	@$(BIN)/python -m bench.ledger
	@$(BIN)/python -m bench.ledger_queries
	@$(BIN)/python -m bench.scratch --files 2000
	@$(BIN)/python -m bench.scratch --files 20000 --rounds 3
	@$(BIN)/python -m bench.tui.cold --app mux=$(BIN)/mux
	@$(BIN)/python -m bench.tui.stream
	@$(BIN)/python -m bench.tui.idle
	@$(BIN)/python -m bench.tui.decision
	@$(BIN)/python -m bench.tui.beside --rounds 2 --cases nobody,watching,answering
	@$(BIN)/python -m bench.proxy

constraints: $(VENV)/.ready-dev ## write the versions installed now to constraints.txt
	@$(BIN)/python scripts/write_constraints.py

clean: ## remove what make made
	rm -rf $(VENV) .tools .cache build dist .pytest_cache .ruff_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("mux needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 run" if sys.version_info < (3, 11) else 0)'
	@echo "making $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --upgrade "pip>=25.1"

$(VENV)/.ready: pyproject.toml constraints.txt | $(BIN)/python
	@echo "installing mux into $(VENV) (mlx-lm and what it needs: about 500 MB) …"
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.ready-dev: pyproject.toml constraints.txt | $(VENV)/.ready
	@echo "installing the tools for tests and checks …"
	@$(PIP) install --constraint constraints.txt --editable . --group dev
	@touch $@
