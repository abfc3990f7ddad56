# make        set up what is missing, run the study: all notebooks in order, figures/ rewritten
# make test   set up what is missing (Spark only where Java is), run every check
# make lab    open the notebooks in JupyterLab
# make book   build one HTML site from the notebooks as they are (installs Sphinx the first time)
# make bench  print how long each stage takes beside a named peer
# make lock   pin the newest releases that work together (for maintainers)

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
READY := .venv/ready
SPARK := $(if $(shell command -v java),.venv/spark)

export PYTHONHASHSEED = 0
export PYTHONUTF8 = 1

.PHONY: study test lab book bench lock clean
.DEFAULT_GOAL := study

study: $(READY)
	@$(BIN)/python notebooks/run.py

test: $(READY) $(SPARK) $(if $(BOOK),.venv/book)
	@$(BIN)/python -m pytest -q

lab: $(READY)
	@$(BIN)/jupyter lab notebooks

book: $(READY) .venv/book
	@$(BIN)/python book/build.py

bench: $(READY)
	@$(BIN)/python tests/benchmarks/bench.py

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "No Python 3.11, 3.12 or 3.13 with venv found; install one or name it: make PYTHON=/path/to/python3.12"; exit 1; }
	@echo "Setting up .venv with $(PYTHON) (a few minutes the first time)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/spark: requirements-spark.lock $(READY)
	@echo "Java is here: setting up Spark for its tests (some 430 MB, half a minute)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-spark.lock
	@touch $@

.venv/book: requirements-book.lock $(READY)
	@echo "Setting up what builds the book and looks at it (some 300 MB, half a minute)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-book.lock
	@touch $@

lock: $(READY)
	@$(BIN)/python -m pip install --quiet uv
	@for what in requirements requirements-spark requirements-book; do \
		$(BIN)/uv pip compile $$what.in --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --no-annotate -o $$what.lock; done
	@{ sed '/^  - pip:/q' environment.yml; echo '      - --editable .'; \
		sed -n 's/^\([A-Za-z0-9][^\\]*==[^\\]*[^ \\]\) *\\*$$/      - "\1"/p' requirements.lock; } > environment.new
	@mv environment.new environment.yml

clean:
	rm -rf .venv
