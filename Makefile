# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The front door for whoever works on the collection. Everything happens in .venv, which the first target makes.

VENV := .venv
BIN := $(VENV)/bin
COLLECTION := $(VENV)/collections/ansible_collections/multicluster/apps
MEMBERS ?= 3

# Commands find the tools of .venv, and modules on localhost its Python, whatever else the machine has.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export ANSIBLE_CONFIG := $(CURDIR)/ansible.cfg
export ANSIBLE_PYTHON_INTERPRETER := $(CURDIR)/$(BIN)/python

# An environment is ready when the mark of its requirements is there: other requirements, another mark.
mark = $(shell cat $(1) | cksum | cut -d ' ' -f 1)
DEMO_FILES := requirements.txt requirements/demo.txt requirements/constraints.txt
TEST_FILES := $(DEMO_FILES) requirements/dev.txt requirements/units.txt tests/unit/requirements.txt
DEMO_READY := $(VENV)/.demo-$(call mark,$(DEMO_FILES))
TEST_READY := $(VENV)/.test-$(call mark,$(TEST_FILES))
# Python compiles what it imports when it imports it; compiling all that is installed takes longer than the demo.
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile

.DEFAULT_GOAL := help
.PHONY: help demo setup test lint sanity package unit conformance integration matrix bench lab lab-down lock clean

help: ## Say what there is.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(DEMO_READY) ## Distribute the demo application to the demo clusters (under a minute; seconds the second time).
	@$(BIN)/ansible-playbook -i demo/inventory.yml demo/playbook.yml

setup: $(TEST_READY) ## Make .venv with everything that the other targets need.

test: $(TEST_READY) ## Lint, sanity tests, package, unit and integration tests.
	@$(BIN)/nox --session lint sanity package unit integration

lint: $(TEST_READY) ## Style, types, laws of the house, licences, changelog.
	@$(BIN)/nox --session lint

sanity: $(TEST_READY) ## Run ansible-test sanity.
	@$(BIN)/nox --session sanity

package: $(TEST_READY) ## Build the archive, install it elsewhere, and look at what users get.
	@$(BIN)/nox --session package

unit: $(TEST_READY) ## Run the unit tests, golden cases included.
	@$(BIN)/nox --session unit

conformance: $(TEST_READY) ## Run the golden cases alone; CONFORMANCE_DIR names another folder of them.
	@$(BIN)/python -m pytest -m conformance tests/unit

integration: $(TEST_READY) ## Run the integration tests, against real API servers.
	@$(BIN)/nox --session integration

matrix: $(TEST_READY) ## Unit tests and the demo on the oldest and the newest ansible-core that this machine can run.
	@$(BIN)/nox --session matrix

bench: $(DEMO_READY) ## Measure how scheduling grows with the fleet; the figures go to docs/benchmarks (minutes).
	@PYTHONPATH=$(VENV)/collections $(BIN)/python benchmarks/scheduling.py --output docs/benchmarks/scheduling.json

lab: $(DEMO_READY) ## Start a hub and members (MEMBERS=3) as real API servers on loopback, described in .lab.
	@$(BIN)/python tests/controlplane/controlplane.py up --members $(MEMBERS) --dir .lab

lab-down: $(DEMO_READY) ## Stop what lab started.
	@$(BIN)/python tests/controlplane/controlplane.py down --dir .lab

lock: ## Write requirements/constraints.txt anew, with the newest versions.
	@tools/lock.sh $(call python)

clean: ## Remove what make made, the lab excepted.
	rm -rf $(VENV) .nox .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

# Where PYTHON is not given, the first interpreter that can do it.
python = $(if $(PYTHON),$(PYTHON),$(shell tools/pythons.sh | head -n 1 | cut -d ' ' -f 2))

$(BIN)/python:
	@python="$(call python)"; test -n "$$python" && "$$python" -m venv --clear $(VENV)

$(COLLECTION): | $(BIN)/python
	@mkdir -p $(@D) && ln -sfn ../../../.. $@

$(DEMO_READY): | $(BIN)/python $(COLLECTION)
	@echo "Installing what the collection needs into $(VENV) ..."
	@$(PIP_INSTALL) -r requirements/demo.txt
	@rm -f $(VENV)/.demo-* && touch $@

$(TEST_READY): | $(DEMO_READY)
	@echo "Installing what the tests need into $(VENV) ..."
	@$(PIP_INSTALL) -r requirements/dev.txt
	@rm -f $(VENV)/.test-* && touch $@
