# Everything a contributor runs. `make demo` and `make test` need nothing but Python (3.10 or newer) and make.

PYTHON ?= python3
VENV := .venv
BASE ?= origin/main
SDKS ?= python nodejs
RUN := $(VENV)/bin/python
SOURCES := provider tests examples templates tools benchmarks
WRITTEN := $(SOURCES) .ci .github action.yml pyproject.toml CONTRIBUTING.md README.md docs changes ':(exclude)docs/reference'

# Without compiled files every start of Python, and there are many, takes a second longer.
unexport PYTHONDONTWRITEBYTECODE

# Which engine `make pulumi` and a target take: oldest or newest; empty takes the one on PATH, else the oldest.
ENGINE ?=

# $(call on_engine,python,arguments): pytest, with an engine found first so that no test waits for one to be built
define on_engine
engine=$$($(RUN) tools/pulumi/engine.py $(if $(ENGINE),--engine $(ENGINE))) || exit 1; \
PULUMI_ENGINE_ROOT=$$(printf '%s\n' "$$engine" | tail -n 1) $(1) -m pytest $(2)
endef

# $(call tool,script,arguments): a script of tools/release, in the environment that is locked for it
define tool
tools=$$($(RUN) -m tests.support.locked_venv release) || exit 1; "$$tools" tools/release/$(1) $(2)
endef

# What `make test-newest` runs: each frontend through its life on the engine, what only a new engine asks, previews.
NEWEST_TESTS := $(addprefix tests/engine/test_,road.py plugin.py do.py autonaming.py preview.py)

.PHONY: help setup pulumi demo test test-oldest test-newest soak dist dist-test bench kills team rollouts pages long acceptance lint \
	licenses audit sbom sdk-dist fragment changelog record release-notes format docs schema dynamic sdk lock clean

help: ## show what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.ready ## make .venv with everything installed

$(VENV)/.ready: pyproject.toml requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Python 3.10 or newer is needed; name one with make PYTHON=python3.12")'
	@echo 'The installation of the provider and its tools into $(VENV) takes some minutes and shows nothing more until its end.'
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

pulumi: setup ## find or build the Pulumi engine that demo and tests run on
	@$(RUN) tools/pulumi/engine.py $(if $(ENGINE),--engine $(ENGINE))

demo: setup ## the whole story on a real engine and the emulator
	@$(RUN) -m examples.demo

test: setup ## unit, emulator, resource, frontend, policy and engine tests
	@$(RUN) -m tests.support.locked_venv policy release contract >/dev/null # so that no test waits for it to be made
	@$(call on_engine,$(RUN),--numprocesses 4 --dist worksteal)

test-oldest: ENGINE = oldest
test-oldest: setup ## frontend and engine tests on the oldest Pulumi SDK and engine that are supported
	@$(MAKE) --no-print-directory setup VENV=.venv-oldest
	@.venv-oldest/bin/python -m pip install --quiet --disable-pip-version-check pulumi==3.255.0
	@$(call on_engine,.venv-oldest/bin/python,--numprocesses 4 --dist worksteal tests/frontends tests/engine/test_road.py)

test-newest: ENGINE = newest
test-newest: setup ## engine tests of both frontends on the newest pair: the locked Pulumi SDK and the newest engine
	@$(call on_engine,$(RUN),--numprocesses 4 --dist worksteal -m 'long or not long' $(NEWEST_TESTS))

soak: setup ## the fault test for SOAK_MINUTES (10), with new stories
	@$(RUN) -m tests.faults.soak --table

dist: setup ## build the wheel, the sdist and the plugin's archive for this platform, into dist/
	@$(RUN) tools/release/build.py

dist-test: dist ## install what dist has built, and run it
	@$(call on_engine,$(RUN),-m dist tests/release)

bench: setup ## measure it beside the alternatives (PARTS="growth ups": these again); writes docs/performance.md
	@engine=$$($(RUN) tools/pulumi/engine.py) || exit 1; \
	PULUMI_ENGINE_ROOT=$$(printf '%s\n' "$$engine" | tail -n 1) $(RUN) -m benchmarks $(PARTS)

kills: setup ## every way to end an `up`, at every moment, in both frontends: on real engines, some minutes
	@$(call on_engine,$(RUN),--numprocesses 4 --dist worksteal -m 'kills or not kills' tests/engine/test_kills.py)

team: setup ## templates, the GitHub Action, the GitOps and the fleet example: whole projects on real engines, some minutes
	@$(RUN) -m tests.support.locked_venv policy release >/dev/null
	@$(call on_engine,$(RUN),--numprocesses 4 --dist worksteal -m 'team or not team' tests/engine/test_templates.py tests/engine/test_action.py tests/engine/test_gitops.py tests/engine/test_fleet.py)

rollouts: setup ## rollouts through success and every trouble, in both frontends: on real engines
	@$(call on_engine,$(RUN),--numprocesses 2 --dist worksteal -m 'rollouts or not rollouts' tests/engine/test_rollout.py)

pages: setup ## the documentation as it stands: its first page and tasks on a real engine, and the site
	@$(RUN) -m tests.support.locked_venv docs policy >/dev/null
	@$(call on_engine,$(RUN),-m pages tests/engine/test_pages.py tests/site)

long: setup ## failures, worst days, examples, policies, upgrades, both frontends on real engines; SDKs in compilers; a long walk
	@$(RUN) -m tests.support.locked_venv policy release contract >/dev/null
	@$(call on_engine,$(RUN),--numprocesses 4 --dist worksteal -m long tests/engine tests/sdk tests/supply tests/emulator)

acceptance: setup ## a small scenario on a real project of yours; refuses without credentials and an explicit yes
	@$(RUN) -m tests.acceptance

lint: setup ## ruff, mypy, import contracts, reasons of suppressions, words, measures
	$(RUN) -m ruff format --check $(SOURCES)
	$(RUN) -m ruff check $(SOURCES)
	$(RUN) -m mypy
	$(VENV)/bin/lint-imports --no-cache
	$(RUN) tools/lint/reasons.py $(SOURCES)
	$(RUN) tools/lint/words.py $(WRITTEN) ':(exclude)*_generated_*'
	$(RUN) tools/lint/measures.py

sdk-dist: setup ## build SDKs as packages, into dist/sdk/: those of SDKS (python nodejs)
	@$(RUN) tools/release/sdks.py $(SDKS)

fragment: setup ## look whether changes/ tells what has changed since BASE (origin/main)
	@tools=$$($(RUN) -m tests.support.locked_venv release) || exit 1; \
	"$$tools" -m towncrier check --compare-with '$(BASE)'

release-notes: setup ## look whether everything is ready for a release as TAG, and write its notes into build/
	@$(RUN) tools/release/notes.py '$(TAG)' build/release-notes.md

changelog: setup ## move the fragments of changes/ into CHANGELOG.md, as the section of VERSION
	@test -n '$(VERSION)' || { echo 'say which: make changelog VERSION=1.2.3'; exit 1; }
	@tools=$$($(RUN) -m tests.support.locked_venv release) || exit 1; \
	"$$tools" -m towncrier build --yes --version '$(VERSION)'

record: setup ## write down what this version leaves in stacks, for later versions to be tested with
	@engine=$$($(RUN) tools/pulumi/engine.py) || exit 1; \
	PULUMI_ENGINE_ROOT=$$(printf '%s\n' "$$engine" | tail -n 1) $(RUN) -m tests.upgrade.record

licenses: setup ## look at the licence of everything that is installed, for users or for us
	@$(call tool,licence_check.py,$(RUN) $$($(RUN) -m tests.support.locked_venv policy docs contract) $$tools)

audit: setup ## look every locked version up among the known vulnerabilities; needs internet
	@$(call tool,audit.py,requirements-*.txt)

sbom: setup ## write a CycloneDX bill of materials beside the wheel and the archive in dist/
	@ls dist/*.whl dist/pulumi-resource-*.tar.gz >/dev/null || { echo 'run make dist first'; exit 1; }
	@$(call tool,sbom.py,$(RUN) dist)

format: setup ## write the code the way lint wants it
	$(RUN) -m ruff format $(SOURCES)
	$(RUN) -m ruff check --fix $(SOURCES)

docs: setup ## write the pages of docs/ that come from code and tests, and build the site into build/site
	$(RUN) -m tests.resources.document
	$(RUN) -m tests.resources.preview_document
	$(RUN) -m tests.inputs.document
	$(RUN) -m tests.policy.document
	$(RUN) -m tests.site.document
	@python=$$($(RUN) -m tests.support.locked_venv docs) || exit 1; $(RUN) tools/docs/build_site.py "$$python"

schema: setup ## write schema.json from the models, and the dynamic classes from it
	$(RUN) -m commercetools_connect.frontends.plugin.schema.package > schema.json
	@$(MAKE) --no-print-directory dynamic

dynamic: setup ## write the dynamic classes from schema.json and tools/dynamic/overlay.yaml
	$(RUN) -m tools.dynamic.generate

sdk: schema ## write sdk/ from schema.json; needs Go
	cd tools/sdk && GOWORK=off go run . ../../schema.json ../../docs/logo.png ../../sdk

lock: setup ## pin the newest dependencies that fit, with hashes
	$(RUN) -m pip install --quiet uv
	for extra in dev policy; do \
		$(VENV)/bin/uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-annotate \
			--python-version 3.10 --extra $$extra pyproject.toml --output-file requirements-$$extra.txt || exit 1; \
	done
	for group in contract docs release; do \
		$(VENV)/bin/uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-annotate \
			--python-version 3.10 --group $$group --output-file requirements-$$group.txt || exit 1; \
	done
	$(VENV)/bin/uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-annotate \
		--python-version 3.10 --group action --extra cli pyproject.toml --output-file requirements-action.txt
	cp requirements-action.txt examples/gitops/requirements.txt
	cp requirements-policy.txt examples/gitops/policy/requirements.txt

clean: ## remove what setup made here; engines stay in the user's cache
	rm -rf $(VENV) .venv-oldest build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
