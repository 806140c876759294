# make            install everything into .venv
# make ask Q=...  index the five articles in seeds/ and answer a question about them
# make test       lint, type-check, check the layers, run the tests

PYTHON ?= python3
# where pip would bring a CUDA build of torch and none is wanted:
#   make TORCH_FROM="--index-url https://download.pytorch.org/whl/cpu"
TORCH_FROM ?=
Q ?= When did Putin land in Hanoi?

BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check
INSTALLED := .venv/installed

.PHONY: install ask test lint bench clean

install: $(INSTALLED)

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Byline needs Python 3.11 or newer; set PYTHON=python3.12, say")'
	$(PYTHON) -m venv .venv
	$(PIP) install --quiet --constraint constraints.txt $(TORCH_FROM) torch
	$(PIP) install --quiet --constraint constraints.txt --editable ".[dev]"
	@touch $@

ask: $(INSTALLED)
	@$(BIN)/byline index seeds
	@$(BIN)/byline ask "$(Q)"

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	$(BIN)/pytest

clean:
	rm -rf .venv .byline runs
