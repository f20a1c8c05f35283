# Every target sets up what it needs: a virtual environment in .venv, with the native core built in place.
PYTHON ?= python3
VENV   := .venv
NATIVE := setup.py $(wildcard callr_segment/_core/*.pyx callr_segment/_core/*.pxd callr_segment/_core/kernels/*.h)
STUBS  := $(patsubst callr_segment/_core/%.pyi,callr_segment._core.%,$(wildcard callr_segment/_core/*.pyi))
BOOKS  := $(wildcard notebooks/*.py)
PIP    := $(VENV)/bin/pip install -qq

EVERY_CORE := -n auto --dist worksteal -p no:benchmark

export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export CALLR_SEGMENT_NATIVE := 1

.PHONY: demo test lint safety bench instructions torture notebooks dist

demo: $(VENV)/ready  ## cost the packaged campaign and write its report
	callr-segment demo

test: $(VENV)/dev  ## the suite over the native core, after what does not need it over the fallback
	CALLR_SEGMENT_IMPLEMENTATION=fallback pytest -q $(EVERY_CORE) -m "not once and not slice"
	CALLR_SEGMENT_IMPLEMENTATION=native pytest $(EVERY_CORE)

lint: $(VENV)/dev  ## style, types, and the stubs of the native core
	ruff check . && ruff format --check .
	cython-lint callr_segment/_core/*.pyx callr_segment/_core/*.pxd
	pyright
	types=$$(PYTHONPATH=. pyright --verifytypes callr_segment --ignoreexternal) || { echo "$$types" | sed "1,/^Symbols used/d"; exit 1; }
	PYTHONPATH=. mypy --strict tests/typing
	stubtest --mypy-config-file pyproject.toml --allowlist tests/stubtest.allow $(STUBS)

bench: $(VENV)/dev  ## timings one by one, then in turns, beside their targets (BENCH_QUICK=1: a rough idea)
	pytest -q bench --benchmark-columns=min,median,rounds --benchmark-sort=name
	python bench/report.py

instructions: $(VENV)/dev  ## fail where this change takes over 3 % more instructions than the commit before it
	python bench/instructions.py

safety: $(VENV)/dev  ## the native core under sanitizers, fuzzers and other processors
	CALLR_SEGMENT_SAFETY=1 pytest -m safety --durations=5 -n auto --dist loadfile -p no:benchmark

torture: $(VENV)/dev  ## the long forms of every test, and mutants: hours
	$(PIP) --group torture
	CALLR_SEGMENT_SLICES=1 CALLR_SEGMENT_SAFETY=1 CALLR_SEGMENT_TORTURE=1 HYPOTHESIS_PROFILE=torture pytest

notebooks: $(VENV)/dev  ## run every notebook from top to bottom
	$(PIP) --group notebooks
	mkdir -p build/notebooks
	for book in $(BOOKS); do \
		jupytext --quiet --to ipynb --execute --run-path notebooks --output build/notebooks/$$(basename $$book .py).ipynb $$book || exit; \
	done

dist: $(VENV)/dev  ## the sdist, the wheel built from it, and the suite over that wheel and pandas 2 outside the tree
	rm -rf dist && python -m build --outdir dist
	CALLR_SEGMENT_DIST=$(CURDIR)/dist pytest tests/package/test_packaging.py

$(VENV)/ready: pyproject.toml $(NATIVE) | $(VENV)/bin/python
	$(PIP) --upgrade pip
	$(PIP) --editable ".[campaign,cli]"
	touch $@

$(VENV)/dev: $(VENV)/ready
	$(PIP) --group dev
	touch $@

$(VENV)/bin/python:
	@missing=""; \
	$(PYTHON) -c "import ensurepip" 2>/dev/null || missing="$$missing python3-venv"; \
	test -e "$$($(PYTHON) -c 'import sysconfig; print(sysconfig.get_path("include"))')/Python.h" || missing="$$missing python3-dev"; \
	command -v $(CC) >/dev/null || missing="$$missing build-essential"; \
	test -z "$$missing" || { echo "install first: apt-get install$$missing"; exit 1; }
	$(PYTHON) -m venv $(VENV)
