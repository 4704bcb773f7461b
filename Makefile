# Two commands matter: `make run` and `make test`. Each goal's line of help is behind its name.
.DEFAULT_GOAL := help
PY := .venv/bin/python

run:  ## Start everything on this machine and print the address; Ctrl-C stops it
	@bin/setup run
	@exec $(PY) -m services

test:  ## Run every test against servers of its own; ARGS go to pytest
	@bin/setup test
	@exec bin/test $(ARGS)

check:  ## Lint and check the types of Python and of the page
	@bin/setup check

format:  ## Put the code into the one form that check accepts
	@bin/setup test
	@$(PY) -m ruff check --fix --quiet . ; $(PY) -m ruff format .

demo:  ## Start, upload the sample photos, and show three searches
	@bin/setup run
	@exec $(PY) -m services --then bin/demo

bench:  ## Measure uploads, pipeline, search, memory and start-up in one run
	@bin/setup test
	@exec $(PY) -m bench $(ARGS)

chaos:  ## Kill, freeze and wipe things for half an hour and count every photo
	@bin/setup test
	@IMGCAP_CHAOS_SECONDS=90 IMGCAP_CHAOS_SEEDS=20 exec $(PY) -m pytest -s tests/chaos $(ARGS)

soak:  ## Live an ordinary day for half an hour: nothing may grow; ARGS="--seconds 600 --rate 0.5"
	@bin/setup test
	@exec $(PY) -m tests.soak $(ARGS)

quality:  ## Measure how often the local eyes and the search are right
	@bin/setup test
	@$(PY) -m tests.quality && exec $(PY) -m tests.quality.search

fuzz:  ## Make up 20,000 hostile calls, and break photos for ten minutes
	@bin/setup test
	@IMGCAP_FUZZ_CALLS=24000 IMGCAP_FUZZ_SECONDS=600 exec $(PY) -m pytest -s tests/security/test_hostile.py tests/security/test_decode_fuzz.py $(ARGS)

sbom:  ## Write what imgcap is made of to sbom.json, as CycloneDX
	@bin/setup test
	@$(PY) -m services.embedded.sbom > sbom.json

compose-test:  ## Build and run everything in containers, kill each once, and look who may do what
	@bin/setup test
	@exec bin/compose-test $(ARGS)

k8s-check:  ## Render every overlay and compare it with the schemas and with the code
	@bin/setup test
	@exec $(PY) -m pytest tests/deploy $(ARGS)

clean:  ## Remove what was installed and built; photos stay in the data folder
	@rm -rf .venv web/node_modules web/dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
	@find . -name __pycache__ -prune -exec rm -rf {} +

help:  ## Show this list
	@awk -F ':  ## ' '/^[a-z0-9-]+:  ## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

.PHONY: run test check format demo bench chaos soak quality fuzz sbom clean help
