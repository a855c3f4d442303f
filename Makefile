# `make run` and `make test` do all their set-up themselves; `make` alone tells what there is.

# The Pythons that the tests run on come first; another one can be named: make run PYTHON=/path/to/python3
PYTHON ?=
PYTHONS = $(PYTHON) python3.13 python3.12 python3.11 python3 python3.14 python
VENV = .venv
IN_VENV = PATH="$(CURDIR)/$(VENV)/bin:$$PATH"
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help run setup setup-dev pin

help: ## say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-12s %s\n", $$1, $$2}'

run: setup ## set up and serve the site with live games, on SQLite
	@$(VENV)/bin/python manage.py serve

setup: $(VENV)/bin/python ## make .venv, .env and var/, and install what the site runs on
	@$(call install,requirements.txt)
	@test -e .env || cp .env.example .env
	@mkdir -p var

$(VENV)/bin/python:
	@for candidate in $(PYTHONS); do \
		"$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		echo "Making $(VENV) with $$("$$candidate" --version)"; \
		"$$candidate" -m venv --clear $(VENV) && exit 0; \
		rm -rf $(VENV); \
		echo "$$candidate cannot make a virtual environment; on Debian: apt-get install python3-venv" >&2; \
	done; \
	echo "No Python 3.11 or newer was found; install one, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; \
	exit 1

setup-dev: setup
	@$(call install,requirements-dev.txt)

pin: ## pin the newest allowed versions of all requirements (needs uv)
	@for name in requirements requirements-dev; do \
		uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
			--custom-compile-command "make pin" --output-file $$name.txt $$name.in; \
	done

# A copy of what was installed stays in .venv, so that nothing is asked for twice.
define install
cmp -s $(1) $(VENV)/$(notdir $(1)) || { \
	echo "Installing $(1)"; \
	if command -v uv >/dev/null; then \
		uv pip install --quiet --python $(VENV)/bin/python --require-hashes -r $(1); \
	else \
		$(VENV)/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r $(1); \
	fi && cp $(1) $(VENV)/$(notdir $(1)); \
}
endef
