# `make demo` and `make test` do all their set-up on a machine with Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TOOLS := .venv-deploy
# One more than there are processors: tests also wait, for servers, processes and the browser.
WORKERS ?= $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN) + 1 )))

.PHONY: demo test check template lambda format docs bench clean browser

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

$(VENV)/.demo: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[demo]'
	touch $@

demo: $(VENV)/.demo ## scan an emulated account, no AWS account needed
	$(BIN)/awsaudit scan --demo --out demo-report || test $$? -eq 1

browser:
	sh .ci/browser

test: $(VENV)/.installed browser ## all tests
	$(BIN)/python -m pytest -n $(WORKERS)

$(TOOLS)/.installed: deploy/tools.txt
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check -r deploy/tools.txt
	touch $@

lambda: $(BIN)/python ## the zip of the Lambda function: deploy/awsaudit-lambda.zip
	$(BIN)/python deploy/build.py arm64

template: $(TOOLS)/.installed ## check deploy/template.yaml
	$(TOOLS)/bin/cfn-lint deploy/template.yaml
	AWS_DEFAULT_REGION=us-east-1 SAM_CLI_TELEMETRY=0 $(TOOLS)/bin/sam validate --lint --template-file deploy/template.yaml

check: $(VENV)/.installed template ## format, lint, types, import contracts, template, generated docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports
	$(BIN)/python .ci/translations.py --check
	$(BIN)/python .ci/docs.py --check

format: $(VENV)/.installed ## mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.installed ## regenerate what is generated
	$(BIN)/python .ci/translations.py
	$(BIN)/python .ci/docs.py

bench: $(VENV)/.installed ## counts and ratios, by hand: see tests/benchmarks/README.md
	$(BIN)/python -m tests.benchmarks.run

clean:
	rm -rf $(VENV) $(TOOLS) demo-report .pytest_cache .mypy_cache .ruff_cache build
