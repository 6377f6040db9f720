# Everything happens in .venv, from the pinned versions of requirements.txt or requirements-dev.txt.

PYTHON ?= python3
COVERAGE ?= --cov
TESTS ?=
WHAT ?=
UPGRADE ?=
PIP_RETRIES ?= 2

BIN := .venv/bin
PIP := -m pip --disable-pip-version-check -qq
REDOCLY := @redocly/cli@2.77.0
NEWMAN := newman@6.2.2
UV := uv==0.13.9
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --custom-compile-command "make lock" $(UPGRADE)
LOCK = $(COMPILE) pyproject.toml --group build
CLIENT := clients/python

# The words of pip, old and new, for what could not be downloaded.
NETWORK := No matching distribution|ConnectionPool|HTTP error [45]|network connectivity|connected to the Internet

export PIP_RETRIES
export REDOCLY_TELEMETRY := off
export REDOCLY_SUPPRESS_UPDATE_NOTICE := true

.DEFAULT_GOAL := help
.PHONY: help run test client client-test sdk sdk-test postman-test lint check fuzz bench docs format openapi \
	released lock clean venv runtime development benchmarks generators writers

help: ## Show what can be made.
	@awk -F ':[^#]*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

run: runtime ## Start the service; the first time this installs what it needs.
	@$(BIN)/attest run

test: development ## Run the tests and measure what they cover.
	@$(BIN)/pytest $(COVERAGE) $(TESTS)

client: ## Generate the Python client; clients/python/build makes its packages.
	@test -x $(CLIENT)/.venv/bin/python || $(PYTHON) -m venv $(CLIENT)/.venv
	$(call install,$(CLIENT)/.venv,$(CLIENT)/requirements-dev.txt,$(CLIENT))
	@$(CLIENT)/.venv/bin/python $(CLIENT)/generate.py

client-test: development client ## Check the types of the Python client, and test it against a service.
	@cd $(CLIENT) && .venv/bin/mypy && .venv/bin/pytest $(TESTS)

lint: development ## Check format, style, types, imports and openapi.yaml.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	@$(BIN)/attest openapi | diff -u openapi.yaml - || \
		{ echo "openapi.yaml is not what the views say: see make openapi." >&2; exit 1; }
	@command -v npx >/dev/null || \
		{ echo "make lint needs npx, which comes with Node.js, to check openapi.yaml." >&2; exit 1; }
	npx --yes $(REDOCLY) lint openapi.yaml docs/scenario.arazzo.yaml
	@REDOCLY=$(REDOCLY) .ci/compatible
	@mkdir -p build/collections && $(BIN)/python -m sdk.collections build/collections
	@$(BIN)/python -m sdk.samples --print | diff -u api/description/samples.json - || \
		{ echo "The samples are not of the scenario: see make openapi." >&2; exit 1; }
	@cd build/collections && for file in *; do diff -q "$$file" "../../docs/$$file" || \
		{ echo "docs/$$file is not of openapi.yaml: see make openapi." >&2; exit 1; }; done

check: lint test ## Check everything: lint, then test.

fuzz: development ## Fuzz the service by its own description; takes about five minutes.
	@$(BIN)/python tests/fuzz/run

bench: benchmarks ## Measure the service beside its peers; see docs/performance.md.
	@bench/.venv/bin/python -m bench $(or $(WHAT),peers)

docs: writers ## Build the manual into build/manual, which a service serves at /manual/.
	@docs/.venv/bin/sphinx-build -q -W --keep-going -c docs/site -d build/.manual . build/.site
	@rm -rf build/manual && mv build/.site build/manual && rm -rf build/.manual
	@echo "The manual is in build/manual: open build/manual/index.html, or /manual/ of the service."

sdk: generators ## Generate clients into build/sdk, for all languages or WHAT="python go".
	@sdk/.venv/bin/python -m sdk generate $(WHAT)
	@case " $(WHAT) " in "  " | *" python "*) $(CLIENT)/build ;; esac

sdk-test: runtime generators ## Generate clients, check each, and let it run the scenario; WHAT as above.
	@sdk/served sdk/.venv/bin/python -m sdk test $(WHAT)

format: development ## Set the format of the code, and mend what can be mended.
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

postman-test: development ## Send the collection and the samples to a new service, and test the answers.
	@sdk/served sh -c '$(BIN)/python -m sdk.samples --run && npx --yes $(NEWMAN) run docs/attest.postman_collection.json \
		--environment docs/attest.postman_environment.json --env-var "baseUrl=$$ATTEST_URL" \
		--env-var "key=$$ATTEST_KEY" --reporter-cli-no-success-assertions --color off'

released: ## Keep openapi.yaml as that of the last release, which later ones are held against.
	@.ci/compatible --release

openapi: development ## Write openapi.yaml anew from the views, and what is made of it.
	@$(BIN)/attest openapi >.venv/openapi.yaml && mv .venv/openapi.yaml openapi.yaml
	@$(BIN)/python -m sdk.samples && $(BIN)/python -m sdk.collections
	@$(BIN)/attest openapi >.venv/openapi.yaml && mv .venv/openapi.yaml openapi.yaml

lock: venv ## Pin the dependencies; UPGRADE=--upgrade takes newer versions.
	@$(BIN)/python $(PIP) install --no-deps $(UV)
	@$(LOCK) --output-file requirements.txt >/dev/null
	@$(LOCK) --extra dev --constraint requirements.txt --output-file requirements-dev.txt >/dev/null
	@$(LOCK) bench/requirements.in --constraint requirements.txt --output-file bench/requirements.txt >/dev/null
	@$(COMPILE) $(CLIENT)/pyproject.toml --extra dev --extra geopandas --extra pandas --extra progress \
		--output-file $(CLIENT)/requirements-dev.txt >/dev/null
	@$(COMPILE) sdk/requirements.in --output-file sdk/requirements.txt >/dev/null
	@$(COMPILE) docs/requirements.in --output-file docs/requirements.txt >/dev/null

clean: ## Remove what was installed, built or cached.
	@rm -rf $(CLIENT)/.venv $(CLIENT)/src/attest_client/_api $(CLIENT)/src/attest_client/_sync
	@rm -rf .venv bench/.venv docs/.venv sdk/.venv build dist *.egg-info htmlcov .coverage .coverage.* .hypothesis .schemathesis
	@rm -rf .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A .venv that was moved, half made, or whose Python is gone, is made anew.
venv:
	@grep -qsF '$(CURDIR)/.venv' .venv/pyvenv.cfg && $(BIN)/python -c 'import pip' 2>/dev/null || { \
		$(PYTHON) -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
			{ echo "Attest needs Python 3.11 or newer with its venv module, and '$(PYTHON)' is not that: name one with PYTHON=…, as in 'make run PYTHON=/usr/bin/python3.12'." >&2; exit 1; }; \
		echo "Making a virtual environment in .venv …"; \
		$(PYTHON) -m venv --clear .venv; }

# $(call install,VENV,LOCK,PROJECT): a lock is complete, so nothing is resolved, and pip check says
# whether it was. VENV keeps a copy of what was installed, so that only a change installs again.
define install
	@cat $(or $(3),.)/pyproject.toml $(2) | cmp -s - $(1)/$(notdir $(2)) || { \
		$(call pinned,$(1),$(2)) && \
		$(1)/bin/python $(PIP) install --no-deps --no-build-isolation -e $(or $(3),.) && \
		{ said=$$($(1)/bin/python -m pip check 2>&1) || { \
			printf '%s\n' "$$said" "The packages in $(1) do not fit together. If some are left from an earlier lock, start anew: make clean." >&2; exit 1; }; } && \
		cat $(or $(3),.)/pyproject.toml $(2) >$(1)/$(notdir $(2)); }
endef

# $(call pinned,VENV,LOCK): the packages of a lock alone.
define pinned
echo "Installing the pinned packages of $(2) …"; \
		{ said=$$($(1)/bin/python $(PIP) install --no-deps --require-hashes -r $(2) 2>&1 >&3); } 3>&1 || { \
			why=$$(printf '%s\n' "$$said" | grep -v '^ *WARNING' | grep -E '$(NETWORK)' | tail -n 1); \
			[ -z "$$why" ] || said="The packages could not be downloaded: check the network, or name an index that has them with PIP_INDEX_URL=…, or a folder with PIP_FIND_LINKS=…. Nothing was installed: run it again. pip said: $$why"; \
			printf '%s\n' "$$said" >&2; exit 1; \
		}
endef

runtime: venv
	$(call install,.venv,requirements.txt)

development: venv
	$(call install,.venv,requirements-dev.txt)

benchmarks: venv
	@test -x bench/.venv/bin/python || $(PYTHON) -m venv bench/.venv
	$(call install,bench/.venv,bench/requirements.txt)

# What generates clients stands alone: the service is not installed beside it.
generators:
	@test -x sdk/.venv/bin/python || $(PYTHON) -m venv sdk/.venv
	@cmp -s sdk/requirements.txt sdk/.venv/requirements.txt || { \
		$(call pinned,sdk/.venv,sdk/requirements.txt) && cp sdk/requirements.txt sdk/.venv/; }

# Nor is what builds the manual: it reads pages, and nothing of the service.
writers:
	@test -x docs/.venv/bin/python || $(PYTHON) -m venv docs/.venv
	@cmp -s docs/requirements.txt docs/.venv/requirements.txt || { \
		$(call pinned,docs/.venv,docs/requirements.txt) && cp docs/requirements.txt docs/.venv/; }
