# Each target works from a bare clone: requirements/install.py first puts into .venv what it needs,
# which takes no time if it is there already.
PYTHON ?= python3
PORT ?= 8000
export NO_MKDOCS_2_WARNING := 1
# Dates on the site are those of the commit, so that two builds are equal.
export SOURCE_DATE_EPOCH := $(or $(SOURCE_DATE_EPOCH),$(shell git log -1 --format=%ct 2>/dev/null),0)
INSTALL := @$(PYTHON) requirements/install.py
RUN := .venv/bin/python -m
# A process that has run out of tests takes some of another's: visits of a browser take most of the time.
PYTEST := $(RUN) pytest --numprocesses auto --dist worksteal
# The lock files hold for every system and Python that conv supports. They keep extras, as older
# pips would otherwise look for the newest version of what somebody requires with an extra.
COMPILE := .venv/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-strip-extras --no-emit-index-url --no-header
NODE := .github/node_modules
# What the explorer writes programs for. They come beside .venv, whose NumPy stays as it is, and
# a test that is skipped fails: a program that was not run is not known to work.
LIBRARIES := torch jax tensorflow
# By the name of this folder Hypothesis knows that what is in it is not ours to be searched.
PROGRAMS := .cache/programs/site-packages

# Other libraries have an environment of their own, since they pin NumPy. Their logs are not ours.
ASKED := .cache/libraries
ASK = @test -d $(ASKED) || $(PYTHON) -m venv $(ASKED); \
	CUDA_VISIBLE_DEVICES= JAX_PLATFORMS=cpu TF_CPP_MIN_LOG_LEVEL=3 $(ASKED)/bin/python -m

.PHONY: serve site test test-fast bench mutants lint types lighthouse browsers audit links programs libraries libraries-newest lock upgrade clean clean-all

serve:  ## the site at http://127.0.0.1:8000, rebuilt at every save; make serve PORT=8001 for another port
	$(INSTALL) site --port $(PORT)
	$(RUN) mkdocs serve --strict --livereload --dev-addr 127.0.0.1:$(PORT)

site:  ## the site in site/, every page executed; any error or warning fails
	$(INSTALL) site
	$(RUN) mkdocs build --strict

test:  ## every test, every docstring's example, and the branch coverage of conv
	$(INSTALL) test
	$(PYTEST) --cov

test-fast:  ## the same without a browser and without coverage
	$(INSTALL) test
	$(PYTEST) --ignore tests/site

bench:  ## speed and memory against other libraries, as a table and as JSON
	$(INSTALL) test
	$(RUN) tests.bench

mutants:  ## does a test notice when conv is changed? Survivors, and their share
	$(INSTALL) weekly
	$(RUN) tests.mutants

lint:  ## style, format, types, and what is unsafe in workflows
	$(INSTALL) test
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	.venv/bin/zizmor --quiet --offline --pedantic .github

types: $(NODE)  ## types, style and format of the site's scripts and style sheets; needs Node
	$(INSTALL) site
	$(RUN) hooks.facts .cache/scripts
	$(NODE)/.bin/tsc --project .github
	$(NODE)/.bin/biome check --error-on-warnings --config-path .github/scripts.json docs/assets .github

lighthouse: site $(NODE)  ## every page in Lighthouse; needs Node and Chrome
	node .github/lighthouse.mjs site

browsers: site $(NODE)  ## every page in Firefox and WebKit; needs Node, firefox-esr, webkit2gtk-driver and xvfb
	xvfb-run --auto-servernum node .github/browsers.mjs site firefox webkit

audit:  ## known vulnerabilities of the locked versions; asks the network
	$(INSTALL) weekly
	$(RUN) pip_audit --strict --disable-pip --requirement requirements/weekly.txt

links: site  ## the site's links to other sites; asks the network. 403 and 429: there, but not for robots
	$(INSTALL) test
	.venv/bin/lychee --no-progress --scheme http --scheme https --exclude-loopback \
		--root-dir "$(CURDIR)/site" --accept 200..=299,403,429 site

programs:  ## the explorer's programs for other libraries, in the newest versions of those; several GB
	$(INSTALL) test
	rm -rf .cache/programs
	$(RUN) pip install --no-cache-dir --target $(PROGRAMS) $(LIBRARIES)
	PYTHONPATH=$(PROGRAMS) $(RUN) pytest --junitxml .cache/programs.xml \
		$(LIBRARIES:%='tests/site/test_explorer.py::test_the_program_gives_the_same_numbers[%]')
	@! grep '<skipped' .cache/programs.xml

libraries:  ## ask other libraries what they compute, and record it in conv/libraries.json; several GB
	$(ASK) pip install --no-cache-dir --requirement requirements/libraries.txt
	$(ASK) tests.libraries

libraries-newest:  ## ask their newest versions, and say what differs from the record
	$(ASK) pip install --no-cache-dir --upgrade $$(sed '/^#/d; s/==.*//' requirements/libraries.txt)
	$(ASK) tests.libraries --compare

lock:  ## write the lock files to fit pyproject.toml, and change no version without need
	$(INSTALL) weekly
	$(COMPILE) $(UPGRADE) --group site --group test --group lint --group weekly -o requirements/weekly.txt
	$(COMPILE) --group site --group test --group lint -c requirements/weekly.txt -o requirements/test.txt
	$(COMPILE) --group site -c requirements/test.txt -o requirements/site.txt

# By the time they are a week old, most malicious releases have been found and withdrawn.
upgrade:  ## the same with the newest versions that pyproject.toml admits and that are a week old
	$(MAKE) lock UPGRADE='--upgrade --exclude-newer "7 days"'

clean:  ## what the other targets made; .venv stays
	rm -rf .cache site mutants .coverage $(NODE)

clean-all: clean  ## .venv as well; the next command installs it again
	rm -rf .venv

$(NODE): .github/package-lock.json
	npm ci --prefix .github --ignore-scripts --no-audit --no-fund
	touch $@
