# kyp: `make run` serves at http://127.0.0.1:8000, `make test` runs the tests; both install first and need only Python and make.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
SPREAD := --dist=loadfile --no-loadscope-reorder  # a file's tests stay together, long files first
STAMP := .venv/installed
PEERS := email-forward-parser==0.1.3 mail-parser-reply==1.36 quotequail==0.5.4

.PHONY: help install run test coverage test-full check format-check protocol simulate bench bench-mail bench-store bench-http format lint types imports lock clean

help:  ## list what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

install: $(STAMP)  ## create .venv from the lock and put kyp into it

$(STAMP): .ci/requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else f"kyp needs Python 3.11 to 3.13, this is {v[0]}.{v[1]}: set PYTHON=...")'
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r .ci/requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: install  ## train once where there is no model yet, then serve
	$(BIN)/kyp serve --host $(HOST) --port $(PORT)

test: install  ## the tests; no servers and no browser needed
	$(PYTEST) --numprocesses=2 $(SPREAD) --ignore=tests/full

coverage: install  ## the same, and which lines and branches they reach (half as long again)
	$(PYTEST) --numprocesses=2 $(SPREAD) --ignore=tests/full --cov --cov-report=term

test-full: install  ## the tests that need PostgreSQL, Chromium, or processes that are killed (apt-get install postgresql chromium); pages and ends one at a time
	$(PYTEST) --numprocesses=3 $(SPREAD) tests/full --ignore=tests/full/browser --ignore=tests/full/test_shutdown.py
	$(PYTEST) tests/full/browser tests/full/test_shutdown.py

check: install format-check lint types imports test  ## all that must hold before a commit

format: install  ## rewrite the code in the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

format-check: install
	$(BIN)/ruff format --check .

lint: install  ## ruff
	$(BIN)/ruff check .

types: install  ## mypy, strict, code and tests
	$(BIN)/mypy

imports: install  ## the layers that imports must keep to
	$(BIN)/lint-imports

protocol: install  ## develop, then measure once on the held-out fifth (TRANSFER: files of other messages)
	$(BIN)/python -m training.protocol $(TRANSFER)

simulate: install  ## what the label queue saves, and what 200 own labels do for one firm (twenty minutes)
	$(BIN)/python -m training.simulate docs
	$(BIN)/python -m training.firm docs

bench-mail: install .venv/peers  ## the mail reader beside its peers on a folder of real mail (MAIL=folder)
	PYTHONPATH=.:.venv/peers $(BIN)/python tests/bench/mail_bench.py $(MAIL)

.venv/peers: | install  # apart from what kyp itself runs with
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --target $@ $(PEERS)

bench-store: install  ## how much dearer lists get from ten thousand to a million messages
	PYTHONPATH=. $(BIN)/python tests/bench/store_bench.py

bench: install  ## kyp beside the standard library, scikit-learn and spaCy, in one run (MAIL=mailbox)
	PYTHONPATH=. $(BIN)/python tests/bench/batch_bench.py $(MAIL)

bench-http: install  ## the service under 50 clients for a minute: errors, and p99 of a message beside that of an empty request
	$(BIN)/python tests/bench/http_bench.py

lock:  ## resolve the dependencies anew (needs uv)
	uv pip compile --quiet --universal --no-strip-extras --python-version 3.11 --generate-hashes --no-header pyproject.toml -o .ci/requirements.lock
	uv pip compile --quiet --universal --no-strip-extras --python-version 3.11 --generate-hashes --no-header pyproject.toml --group dev -o .ci/requirements-dev.lock

clean:  ## remove what was built (not the models and the store in .kyp)
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .coverage
