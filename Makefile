# Every command sets up what it needs: a reader types one line.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
# A mirror configured for pip serves uv as well.
INDEX := $(shell $(PYTHON) -m pip config get global.index-url 2>/dev/null)
ifneq ($(INDEX),)
export UV_DEFAULT_INDEX ?= $(INDEX)
endif

.PHONY: report test past-days refresh lock clean chromium spark

report: $(STAMP)
	$(BIN)/cloudmarket report

test: $(STAMP) chromium spark
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest

# Every notebook on every past day that is tried; the suite takes turns.
past-days: $(STAMP)
	CLOUDMARKET_EVERY_PAST_DAY=1 $(BIN)/pytest tests/notebooks/test_past_days.py

refresh: $(STAMP)
	$(BIN)/cloudmarket refresh

# The browser test wants Chromium; where it cannot be installed the test says that it is skipped.
chromium:
	@sh tools/chromium.sh

# So does the test on a Spark cluster with Java 17; nothing else needs Spark.
spark: $(STAMP)
	@sh tools/spark.sh $(BIN)

$(STAMP): requirements.txt requirements-uv.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	$(BIN)/uv pip sync --quiet --compile-bytecode --require-hashes requirements.txt
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

# After a change of the dependencies in pyproject.toml.
lock: $(STAMP)
	$(BIN)/python tools/lock.py

clean:
	rm -rf build $(VENV)
