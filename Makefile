# Each target works from a bare clone: what it needs is installed into .venv first, and again when the lock file changes.
PYTHON ?= python3
export NO_MKDOCS_2_WARNING := 1
# Dates on the site are those of the commit, so that two builds are equal.
export SOURCE_DATE_EPOCH := $(or $(SOURCE_DATE_EPOCH),$(shell git log -1 --format=%ct 2>/dev/null),0)
RUN := .venv/bin/python -m
READY := .venv/ready
NODE := .github/node_modules

.PHONY: serve site test bench mutants lint types lighthouse audit links lock clean

serve: $(READY)  ## the site at http://127.0.0.1:8000, rebuilt at every save
	$(RUN) mkdocs serve --strict --livereload

site: $(READY)  ## the site in site/, every page executed; any error or warning fails
	$(RUN) mkdocs build --strict

test: $(READY)  ## every test, every docstring's example, and the branch coverage of conv
	$(RUN) coverage run -m pytest
	$(RUN) coverage report

bench: $(READY)  ## speed and memory against other libraries, as a table and as JSON
	$(RUN) tests.bench

mutants: $(READY)  ## does a test notice when conv is changed? Survivors, and their share
	$(RUN) tests.mutants

lint: $(READY)
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	.venv/bin/zizmor --quiet --offline --pedantic .github

types: $(NODE)  ## the types of the site's scripts; needs Node
	$(NODE)/.bin/tsc --project .github

lighthouse: site $(NODE)  ## every page in Lighthouse; needs Node and Chrome
	node .github/lighthouse.mjs site

audit: $(READY)  ## known vulnerabilities of the locked versions; asks the network
	$(RUN) pip_audit --strict --disable-pip --requirement requirements.txt

links: site  ## the site's links to other sites; asks the network. 403 and 429: there, but not for robots
	.venv/bin/lychee --no-progress --scheme http --scheme https --exclude-loopback \
		--root-dir $(CURDIR)/site --accept 200..=299,403,429 site

lock:  ## choose the newest versions that pyproject.toml admits, and write their hashes
	$(PYTHON) -m venv .cache/lock
	.cache/lock/bin/python -m pip install --quiet 'uv>=0.9,<1'
	.cache/lock/bin/uv pip compile pyproject.toml --group site --group test --group lint --group weekly --universal --upgrade \
		--python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements.txt

clean:
	rm -rf .venv .cache site mutants .coverage $(NODE)

$(READY): requirements.txt pyproject.toml
	$(PYTHON) -m venv --clear .venv
	$(RUN) pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.txt
	$(RUN) pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(NODE): .github/package-lock.json
	npm ci --prefix .github --ignore-scripts --no-audit --no-fund
	touch $@
