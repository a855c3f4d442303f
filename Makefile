# `make run` and `make test` do all their set-up themselves; `make` alone tells what there is.

# The Pythons that the tests run on come first; another one can be named: make run PYTHON=/path/to/python3
PYTHON ?=
PYTHONS = $(PYTHON) python3.13 python3.12 python3.11 python3 python3.14 python
VENV = .venv
BIN = $(VENV)/bin
# Tests run in this many processes; PYTEST takes more options: make test PYTEST="-k share".
WORKERS ?= 2
PYTEST ?=
NPM = PATH="$(CURDIR)/$(BIN):$$PATH" npm
NODE = PATH="$(CURDIR)/$(BIN):$$PATH" node

.DEFAULT_GOAL := help
.PHONY: help run test lint format types tests js-tests bench screenshot audit pin clean setup setup-dev node chromium

help: ## say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-12s %s\n", $$1, $$2}'

run: setup ## set up and serve the site with live games, on SQLite
	@$(BIN)/python manage.py serve

test: lint types js-tests tests ## set up and check everything, in a real browser too

lint: setup-dev ## look for mistakes and untidy code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/python manage.py check
	$(BIN)/python manage.py makemigrations --check --dry-run

format: setup-dev ## tidy the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: setup-dev node ## check types, Python's and the viewer's
	$(BIN)/mypy
	$(NODE) node_modules/typescript/bin/tsc

js-tests: node
	$(NODE) --test tests/js/*.js

tests: setup-dev node chromium
	$(BIN)/python -m pytest -n $(WORKERS) $(PYTEST)

bench: setup-dev ## measure speed beside the plain way; under ten minutes
	$(BIN)/python -m benchmarks

screenshot: setup-dev chromium ## take pictures of the site's pages into var/screenshots
	$(BIN)/python -m tests.screenshot $(PAGES)

audit: setup-dev node ## ask whether a known weakness is in what we build on
	$(BIN)/pip-audit --strict --require-hashes --disable-pip -r requirements.txt
	$(BIN)/pip-audit --strict --require-hashes --disable-pip -r requirements-dev.txt
	$(NPM) audit

pin: ## pin the newest allowed versions of all requirements (needs uv)
	@for name in requirements requirements-corpus requirements-dev requirements-node; do \
		uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-emit-find-links --custom-compile-command "make pin" \
			--output-file $$name.txt $$name.in || exit 1; \
	done

clean: ## remove what can be made again; recordings, in var/, stay
	rm -rf $(VENV) node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup: $(BIN)/python ## make .venv, .env and var/, and install what the site runs on
	@$(call install,requirements.txt)
	@cmp -s package-lock.json node_modules/.served || { $(call packages,--omit=dev,.served); }
	@test -e .env || cp .env.example .env
	@mkdir -p var

setup-dev: setup
	@$(call install,requirements-corpus.txt)
	@$(call install,requirements-dev.txt)

node: setup
	@command -v node >/dev/null || { $(call install,requirements-node.txt); }
	@cmp -s package-lock.json node_modules/.installed || { $(call packages,,.served .installed); }

chromium: setup
	@$(BIN)/python tests/find_chromium.py

$(BIN)/python:
	@for candidate in $(PYTHONS); do \
		"$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		echo "Making $(VENV) with $$("$$candidate" --version)"; \
		"$$candidate" -m venv --clear $(VENV) && exit 0; \
		rm -rf $(VENV); \
		echo "$$candidate cannot make a virtual environment (Debian: apt-get install python3-venv)." >&2; \
	done; \
	echo "No Python 3.11 or newer was found: install one, or name it: make run PYTHON=/path/to/python3" >&2; \
	exit 1

# A copy of what was installed stays in .venv, so that nothing is asked for twice.
define install
cmp -s $(1) $(VENV)/$(1) || { \
	echo "Installing $(1)"; \
	if command -v uv >/dev/null; then \
		uv pip install --quiet --python $(BIN)/python --require-hashes -r $(1); \
	else \
		$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r $(1); \
	fi && cp $(1) $(VENV)/$(1); \
}
endef

# What the site serves of others' JavaScript is in package-lock.json too, beside what checks its own.
# Where there is no npm, one comes as a Python package.
define packages
{ command -v npm >/dev/null || { $(call install,requirements-node.txt); }; } && \
echo "Installing package-lock.json" && \
$(NPM) ci $(1) --silent --no-audit --no-fund && \
for kept in $(2); do cp package-lock.json node_modules/$$kept; done
endef
