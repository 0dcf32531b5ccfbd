# What can be done with Laurel from its folder. Each target installs what it needs, and only when that has changed.

PYTHON3 ?= python3
PYTHON = .venv/bin/python
BIN = .venv/bin
LOCK = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-header

.PHONY: run test prove deep bench check format lock clean browser oracles screenshots

# Laurel with its demonstration, on this computer alone.
run: .venv/installed
	@$(PYTHON) manage.py run

# Everything that a change has to pass.
test: check browser
	$(BIN)/pytest -m "not prove and not deep" -n 3 --dist worksteal --durations 25

# What takes longer: processes that are killed, and many more examples for the properties.
prove: .venv/installed-for-tests browser oracles
	$(BIN)/pytest -m "(prove or hypothesis) and not deep" --hypothesis-profile prove -n 2 --dist loadscope --no-loadscope-reorder

# By hand: hundreds of kills and ten times the examples, with fresh seeds, which are printed. Keep what it says.
# The statistics' properties are dear: theirs get as many examples as in make prove, which nobody has seen before.
deep: .venv/installed-for-tests browser oracles
	$(BIN)/pytest -m "deep or hypothesis" --hypothesis-profile deep --timeout 0 -rP --ignore tests/judging/statistics
	$(BIN)/pytest tests/judging/statistics -m "prove or hypothesis" --hypothesis-profile fresh --timeout 0 -rP

# How long judges wait, beside a bare Streamlit page. Takes five minutes; other sizes: make bench SIZES="--entries 500".
bench: .venv/installed-for-tests browser
	@$(PYTHON) -m benchmarks.judging_room $(SIZES)

check: .venv/installed-for-tests
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: .venv/installed-for-tests
	$(BIN)/ruff check --quiet --fix .
	$(BIN)/ruff format .

# Writes the requirements again from pyproject.toml. Needs uv.
lock:
	$(LOCK) pyproject.toml --output-file requirements.txt
	$(LOCK) --group tests --constraints requirements.txt --output-file tests/requirements.txt

# Removes what was installed and cached. The database and the files of an installation stay in var.
clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@$(PYTHON3) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Laurel needs Python 3.11 or later, \
	and $(PYTHON3) is none. Install one, or name it: make run PYTHON3=python3.11" >&2; exit 1; }
	@$(PYTHON3) -m venv .venv || { echo "Python's module venv is missing (Debian: apt-get install python3-venv)." >&2; \
	rm -rf .venv; exit 1; }

.venv/installed: requirements.txt | .venv/bin/python
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/installed-for-tests: tests/requirements.txt .venv/installed
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/requirements.txt
	@touch $@

browser: .venv/installed-for-tests
	@$(PYTHON) -m tests.chromium >/dev/null 2>&1 || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } || true
	@$(PYTHON) -m tests.chromium

# Programs of others that look into cleaned files.
oracles: .venv/installed-for-tests
	@$(PYTHON) -m tests.oracles >/dev/null 2>&1 || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	apt-get update -qq && apt-get install -y -qq --no-install-recommends libimage-exiftool-perl poppler-utils qpdf; } || true
	@$(PYTHON) -m tests.oracles

# Renews the pictures of the README from the running demonstration.
screenshots: .venv/installed-for-tests browser
	$(PYTHON) -m tests.screenshots
