# make        set up what is missing, run the study: all notebooks in order, figures/ rewritten
# make CORPUS=folder OUT=folder   run the same notebooks on your own texts; all that is made lands in OUT (GROUP= what to compare)
# make test   set up what is missing (Spark only where Java is), run every check
# make lab    open the notebooks in JupyterLab
# make book   build one HTML site from the notebooks as they are (installs Sphinx the first time; with the explorer where node is)
# make explorer [CORPUS=folder OUT=folder]   build the page for looking: concordance, slogans, topics (needs node)
# make bench  print how long each stage takes beside a named peer
# make lock   pin the newest releases that work together (for maintainers)

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
READY := .venv/ready
NODE := $(if $(shell command -v npm),explorer)
SPARK := $(if $(shell command -v java),.venv/spark)

export PYTHONHASHSEED = 0
export PYTHONUTF8 = 1
export CORPUS OUT GROUP

.PHONY: study test lab book explorer bench lock clean
.DEFAULT_GOAL := study

study: $(READY)
ifneq ($(CORPUS)$(OUT),)
	@$(BIN)/python notebooks/own.py "$$CORPUS" "$$OUT" "$$GROUP"
else
	@$(BIN)/python notebooks/run.py
endif

test: $(READY) $(SPARK) $(if $(BOOK),.venv/book $(NODE))
	@$(BIN)/python -m pytest -q

lab: $(READY)
	@$(BIN)/jupyter lab notebooks

book: $(READY) .venv/book $(NODE)
	@$(BIN)/python book/build.py

bench: $(READY)
	@$(BIN)/python tests/benchmarks/bench.py

# Without CORPUS the seeds' page, which the book takes up; with it a page for any folder of texts, in OUT/explorer.
EXPLORER := book/explorer
explorer: $(READY)
	@test -z "$(CORPUS)" || test -n "$(OUT)" || { echo "Say where the page shall go: make explorer CORPUS=$(CORPUS) OUT=folder"; exit 1; }
	@node -e 'process.exit(+(parseInt(process.versions.node) < 20))' 2>/dev/null && command -v npm >/dev/null || \
		{ echo "The explorer is bundled with Node.js 20 or later and npm, and none was found: install it (nodejs.org) and try again."; exit 1; }
	@cd $(EXPLORER) && npm ci --silent --ignore-scripts && node build.mjs "$(if $(CORPUS),$(abspath $(OUT))/explorer,dist)"
	@$(BIN)/python $(EXPLORER)/export.py $(if $(CORPUS),"$(CORPUS)" "$(OUT)/explorer" "$(OUT)/figures/03-choose-k.csv",seeds $(EXPLORER)/dist figures/03-choose-k.csv ../index.html)

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
