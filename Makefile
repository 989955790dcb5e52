.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
UV := $(shell command -v uv 2>/dev/null || echo $(BIN)/uv)
export PREFECT_SERVER_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1
# Behind a company's proxy the machine's own certificates are the ones that count.
export UV_SYSTEM_CERTS ?= true
export UV_NATIVE_TLS ?= true

.PHONY: help setup demo test check lint types imports coverage bench torture kill lock clean

help: ## What can be done here
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(READY) ## Set up the virtual environment from the lock file

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "outbound needs Python 3.11 or newer; say which one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@command -v uv >/dev/null 2>&1 || test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@echo "Installing the locked packages ..."
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock || \
	  { echo "uv could not; trying pip, which takes a minute ..."; \
	    $(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements.lock; }
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@echo "Training what understands speech, proving the scripts ..."
	@$(BIN)/outbound understand train > /dev/null
	@touch $@

demo: setup ## Run the main job on embedded defaults: ARGS="--no-serve --contacts 5000"
	@$(BIN)/outbound demo $(ARGS)

test: setup ## Run the tests: ARGS="-k gate"
	@$(BIN)/python -m pytest -n 2 $(ARGS)

check: lint types imports coverage ## Lint, types, import contracts, and every branch of compliance

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: setup
	@$(BIN)/mypy

imports: setup
	@$(BIN)/lint-imports --no-cache

# Two halves at once, one for each processor; what neither of them reaches is printed and fails.
coverage: setup
	@rm -f build/coverage*; mkdir -p build
	@echo "Branches of outbound/compliance ..."
	@COVERAGE_FILE=build/coverage $(BIN)/coverage run -p --source outbound/compliance -m pytest tests/compliance/gate \
	  > build/coverage-gate.txt 2>&1 & \
	COVERAGE_FILE=build/coverage $(BIN)/coverage run -p --source outbound/compliance -m pytest tests/compliance \
	  --ignore tests/compliance/gate > build/coverage-rest.txt 2>&1; rest=$$?; \
	wait $$! && test $$rest -eq 0 || { tail -n 30 build/coverage-gate.txt build/coverage-rest.txt; exit 1; }
	@COVERAGE_FILE=build/coverage $(BIN)/coverage combine --quiet
	@COVERAGE_FILE=build/coverage $(BIN)/coverage report --show-missing --skip-covered --fail-under 100

bench: setup ## Measure what the issues name a figure for, and print it
	@$(BIN)/python -m tests.bench $(ARGS)

torture: setup ## Run small campaigns by the thousand with faults, judged: ARGS="--seeds 500", ARGS="--seed 7"
	@$(BIN)/python -m tests.torture $(ARGS)

kill: setup ## Kill real processes fifty times while they call 2,000 people, judged: ARGS="--seed 7"
	@$(BIN)/python -m tests.processes $(ARGS)

lock: ## Lock the newest allowed versions again
	@$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-annotate --no-header --group dev pyproject.toml --output-file requirements.lock

clean: ## Remove what was built here (keeps var/, where data lives)
	@rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .hypothesis
