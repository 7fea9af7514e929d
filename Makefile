# The project's commands. Everything lives in .venv, built from hashed lock files; nothing else on the machine changes.
# Set PORT=8000 and SIMULATOR_PORT=9900 for run and demo; ARGS go to pytest, demo, bench and soak.

SHELL := /bin/sh
PY := .venv/bin/python
INSTALL := python=$$(sh tools/find-python) && "$$python" -m tools.install
# Each template is handed over by name; djade has no other way.
DJADE := find templates -name '*.html' -exec .venv/bin/djade --target-version 5.2

# What production looks like, for Django's deployment checks. No value here opens anything.
PRODUCTION := EMBEDDED=false DEBUG=false SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(50))') \
	VAULT_KEYS=check:$$($(PY) -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())') \
	DATABASE_URL=postgresql://portal@127.0.0.1:5432/portal REDIS_URL=redis://127.0.0.1:6379/0 DATA_DIR=var \
	EMAIL_URL=smtp://127.0.0.1:25 DEFAULT_FROM_EMAIL=portal@portal.invalid PUBLIC_URL=https://portal.example.com \
	AMAZON_APP_ID=check AMAZON_LWA_CLIENT_ID=check AMAZON_LWA_CLIENT_SECRET=check

.DEFAULT_GOAL := help
.PHONY: help install install-dev run service backup restore-drill demo test quick check fmt bench soak pictures lock clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: ## Create .venv with what the portal needs
	@$(INSTALL) runtime

install-dev: ## Create .venv with what tests and checks need as well
	@$(INSTALL) dev

run: install ## Start the portal: web, worker and a simulated Amazon in one process, on SQLite under var/
	@exec $(PY) manage.py portal

service: install ## Run one service once, now: make service NAME=order-download [CART=4]
	@exec $(PY) manage.py service $(NAME) $(if $(CART),--cart $(CART))

backup: install ## Back the database up, encrypted: make backup [FILE=var/portal.backup]
	@exec $(PY) manage.py backup $(or $(FILE),var/portal.backup)

restore-drill: install ## See that a backup can be restored: make restore-drill [FILE=var/portal.backup] [INTO=postgresql://…]
	@exec $(PY) manage.py restore_drill $(or $(FILE),var/portal.backup) $(if $(INTO),--into $(INTO))

demo: install ## Play a warehouse's whole day against the simulator
	@exec $(PY) manage.py demo $(ARGS)

test: install-dev ## Run every test on SQLite, and those that depend on the database on PostgreSQL with Redis too
	@exec $(PY) -m tools.test $(ARGS)

quick: install-dev ## Run the tests your change touches, in under a minute: on SQLite, without a browser
	@exec $(PY) -m tools.quick $(ARGS)

check: install-dev ## Check the code without running it: style, types, imports, templates, migrations, deployment, packages
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports --no-logo
	$(PY) -m djlint templates --lint --quiet
	$(DJADE) --check {} +
	$(PY) manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING
	$(PY) -m tools.supply

fmt: install-dev ## Format code and templates
	$(PY) -m ruff check --fix-only .
	$(PY) -m ruff format .
	-$(DJADE) {} +

bench: install-dev ## Measure speed on PostgreSQL
	@exec $(PY) -m tools.bench $(ARGS)

soak: install-dev ## Kill and break things for twenty minutes, then compare both sides' accounts
	@exec $(PY) -m tools.soak $(ARGS)

pictures: install-dev ## Make the pictures of the docs anew, in Chromium
	PICTURES=docs/pictures $(PY) -m pytest -n 0 tests/browser/doc_pictures.py tests/browser/test_second_warehouse.py

COMPILE := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet
lock: ## Recompile the lock files from pyproject.toml (needs uv); UPGRADE=1 takes newer versions
	@command -v uv > /dev/null || { echo "Compiling the locks needs uv: pip install uv" >&2; exit 1; }
	$(COMPILE) $(if $(UPGRADE),--upgrade) --output-file requirements.lock
	$(COMPILE) $(if $(UPGRADE),--upgrade) --group dev --constraints requirements.lock --output-file requirements-dev.lock

clean: ## Remove .venv, tool caches and the portal's local data
	rm -rf .venv var staticfiles .mypy_cache .ruff_cache .hypothesis .pytest_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
