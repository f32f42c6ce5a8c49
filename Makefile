# What can be done here, by name. `make help` lists it.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
LAWS := tests/property tests/differential $(wildcard tests/laws)
CASE := cases/2021/dang_vien-010-nghi-om-4-thang.yaml
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check
LOCKED := $(PIP) --require-hashes --requirement requirements
ITSELF := $(PIP) --no-deps --no-build-isolation --editable .
COMPILE := $(BIN)/uv pip compile pyproject.toml requirements/build.in --quiet --universal \
	--python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url --upgrade \
	--custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help run test lint format types imports pytest coverage laws engines editor readme docs site lock bundle sbom audit lowest mutate mutate-interpreter bench spark wheel clean

help:  ## list what can be done
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

run: $(VENV)/.installed  ## evaluate the case of the README and print the result
	@$(BIN)/khung eval $(CASE)

test: lint types imports pytest  ## everything that must hold before a change is taken in

lint: $(VENV)/.installed-dev  ## style and layout of the code
	@echo "style, layout"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .

format: $(VENV)/.installed-dev  ## lay out the code
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

types: $(VENV)/.installed-dev  ## static types
	@echo "types"
	@$(BIN)/mypy --no-error-summary

imports: $(VENV)/.installed-dev  ## the rule of layers: imports point downwards only
	@echo "imports"
	@$(BIN)/lint-imports --no-logo

pytest: $(VENV)/.installed-dev  ## the tests
	@echo "tests"
	@$(BIN)/python -m pytest --quiet -n 2 --dist worksteal

coverage: $(VENV)/.installed-dev  ## the tests, and which lines none of them reaches; takes twice as long
	@$(BIN)/python -m pytest --quiet -n 2 --dist worksteal --cov --cov-report=term:skip-covered

laws: $(VENV)/.installed-dev  ## the laws on four times as many inputs, and on all that cases state; takes long
	@HYPOTHESIS_PROFILE=ci $(BIN)/python -m pytest --quiet -n 2 --dist worksteal $(LAWS)
	@$(BIN)/python -m pytest --quiet --capture=no tests/differential/test_*_lists.py tests/differential/test_quotas.py
	@$(BIN)/python -m tests.laws.forgetting
	@$(BIN)/python -m tests.laws.saying_less

engines: $(VENV)/.installed-dev  ## compiled rules and the reference on 300 random rulebooks; takes long
	@$(BIN)/python -m tests.engines --rulebooks 300 --subjects 30000 --seed 1 --every 20

editor: $(VENV)/.installed-dev  ## what an editor says of the shipped files; takes a program from the npm registry
	@npm install --silent --no-audit --no-fund --no-save --prefix $(VENV)/editor yaml-language-server
	@YAML_LANGUAGE_SERVER=$(CURDIR)/$(VENV)/editor/node_modules/.bin/yaml-language-server \
		$(BIN)/python -m pytest --quiet tests/schemas/test_editor.py tests/unit/analysis/test_case_schema.py

readme: $(VENV)/.installed-dev  ## put what the commands print now into the README
	@COLUMNS=100 $(BIN)/python -m tests.support.readme

docs: $(VENV)/.installed-dev  ## write docs/ from the rulebooks, the schemas and the code
	@$(BIN)/python -m tests.support.part_schemas
	@$(BIN)/python -m tests.support.sample_book
	@COLUMNS=100 $(BIN)/python -m tests.support.docs

site: $(VENV)/.installed-site  ## make a site of docs/ in site/, to read and search from a disk
	@$(BIN)/python docs/site/build.py site
	@echo "site/index.html"

mutate: $(VENV)/.installed-dev  ## change each rule and count what no case notices; takes minutes
	@$(BIN)/python -m tests.mutation

mutate-interpreter: $(VENV)/.installed-dev  ## change the interpreter and count what no test notices; takes an hour
	@$(BIN)/python -m tests.mutation.interpreter

bench: $(VENV)/.installed-bench  ## measure speed, beside other engines
	@$(BIN)/python -m benchmarks

spark: $(VENV)/.installed-dev  ## the tests of populations on Spark; takes pyspark (half a gigabyte) and needs Java
	@$(PIP) --editable '.[dev,spark]'
	@$(BIN)/python -m pytest --quiet tests/population/test_spark.py tests/engines/test_engines.py -k spark

lock: $(VENV)/.installed-release  ## take the newest versions that pyproject.toml lets in, with their hashes
	@$(COMPILE) --output-file requirements/run.txt
	@$(COMPILE) --extra dev --output-file requirements/dev.txt
	@$(COMPILE) --extra dev --extra site --output-file requirements/site.txt
	@$(COMPILE) --extra dev --extra release --output-file requirements/release.txt

bundle: $(VENV)/.installed-release  ## one folder with Python in it, dist/khung, for this kind of system; takes minutes
	@$(BIN)/pyinstaller --noconfirm --log-level ERROR --distpath dist --workpath build bundle/khung.spec
	@dist/khung/khung eval $(CASE) --format json > build/tried.json
	@echo "dist/khung: khung --version is `dist/khung/khung --version`"

sbom: $(VENV)/.installed-release  ## a bill of materials of what khung needs to run, into dist/
	@mkdir -p dist
	@PYTHONWARNINGS=ignore $(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible \
		--output-file dist/khung.cdx.json requirements/run.txt

audit: $(VENV)/.installed-release  ## look for known holes in what khung needs, and in what tests it; asks the registry
	@$(BIN)/pip-audit --require-hashes --disable-pip --strict --progress-spinner off \
		--requirement requirements/run.txt --requirement requirements/dev.txt

lowest: $(VENV)/.installed-release  ## the commands with the oldest versions that pyproject.toml lets in
	@$(BIN)/uv pip compile pyproject.toml --quiet --extra dev --python-version 3.11 \
		--resolution lowest-direct --no-annotate --output-file $(VENV)/lowest.txt
	@$(PYTHON) -m venv $(VENV)/lowest
	@$(VENV)/lowest/bin/python -m pip install -qq --requirement $(VENV)/lowest.txt --editable .
	@$(VENV)/lowest/bin/python -m pytest --quiet -n 2 tests/cli tests/population

wheel: $(VENV)/.installed-dev  ## build the package into dist/
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist .

clean:  ## remove what can be made again
	@rm -rf $(VENV) dist build site .coverage .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

# The stamps are newer than pyproject.toml as long as what it asks for is installed.
$(VENV)/bin/python:
	@echo "an environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml requirements/run.txt | $(VENV)/bin/python
	@$(LOCKED)/run.txt
	@$(ITSELF)
	@touch $@

$(VENV)/.installed-dev: pyproject.toml requirements/dev.txt | $(VENV)/bin/python
	@$(LOCKED)/dev.txt
	@$(ITSELF)
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-site: requirements/site.txt | $(VENV)/.installed-dev
	@$(LOCKED)/site.txt
	@touch $@

$(VENV)/.installed-release: requirements/release.txt | $(VENV)/.installed-dev
	@$(LOCKED)/release.txt
	@touch $@

$(VENV)/.installed-bench: pyproject.toml | $(VENV)/bin/python
	@$(PIP) --editable '.[bench]' || $(PIP) --editable .  # an engine that is missing is said to be
	@touch $@
