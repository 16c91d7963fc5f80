# Two commands matter: `make demo` and `make test`. Both set everything up by themselves and say what they install.
SHELL := /bin/bash
PYTHON ?= $(shell for p in /usr/bin/python3 python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .ansible/venv
RUN := PATH="$(CURDIR)/$(VENV)/bin:$$PATH:/usr/local/go/bin"
PY := $(RUN) $(VENV)/bin/python

.PHONY: help demo test lint docs setup lab-up lab-down lab-status interruptions lock

help:
	@echo "make demo        bring up a rehearsal rack, run the whole chain on it, hear the imported VM, write the report"
	@echo "make test        lint, sanity, unit and peer tests, Molecule on lab hosts, a second Python and ansible-core"
	@echo "make lint        the quick part of it"
	@echo "make docs        render the plugins' documentation into .ansible/docs"
	@echo "make lab-up | lab-status | lab-down    the rehearsal rack alone; RACK=name chooses one of lab/racks"
	@echo "make interruptions    a new rack; its chain is killed in every stage, loses a machine's power, and must finish"
	@echo "make lock        compile the pinned Python requirements anew"

# A fresh Debian has no Python at all.
setup:
	@if [ -z "$(PYTHON)" ]; then echo "setup: apt-get installs python3 python3-venv"; \
	  apt-get update -qq && apt-get install -y -qq --no-install-recommends python3 python3-venv >/dev/null; fi
	@$(if $(PYTHON),$(PYTHON),/usr/bin/python3) tools/setup.py

demo: setup
	@$(PY) -m tools.demo

test: setup
	@$(PY) -m tools.checks $(CHECKS)

lint: setup
	@$(PY) -m tools.checks ruff mypy yamllint ansible-lint changelog syntax

docs: setup
	@$(PY) -m tools.inventory_page
	@PYTHONPATH=.:.ansible/collections $(PY) -m tools.rules_page
	@$(PY) -m tools.checks docs

lab-up: setup
	@$(PY) -m lab setup
	@$(PY) -m lab up

lab-down: setup
	@$(PY) -m lab down

lab-status: setup
	@$(PY) -m lab status

interruptions: lab-up
	@$(PY) -m tools.interruptions

lock: setup
	@$(PY) tools/lock.py
