# Everything a developer or a curious librarian types; `make` alone lists it.
# A machine needs Python 3.11 or newer with its headers, a C compiler and make. The rest is fetched into .venv.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo stack test check e2e soak bench fuzz golden picture dashboards clean

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
DEMO := demo/maple-street-library.pcapng
DEMO_CONFIG := demo/maple-street-library.yaml
# One worker more than there are cores, as some tests wait for other programs; but four at most.
WORKERS := $(shell cores=$$(getconf _NPROCESSORS_ONLN); echo $$((cores < 4 ? cores + 1 : 4)))
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

# Installed as a plain path: the finder that setuptools would put in its place slows every start down.
EDITABLE := --config-settings editable_mode=compat --editable

# What mypy says: it takes one core for half a minute, and is told when the tests are over.
TYPES := $(VENV)/types.txt

# What an installation is built from. A changed module that is not compiled needs no new installation, unless it says
# in which form the build stores the catalogs.
COMPILED := $(addsuffix .py,$(subst .,/,$(shell sed -n 's/^    "\(monitor\.[a-z0-9_.]*\)",$$/\1/p' setup.py)))
DECLARED := $(wildcard monitor/*/*.pxd monitor/*/*/*.pxd)
STORING := monitor/config/stored.py monitor/devices/needs.py monitor/devices/tables.py monitor/protocols/http/index.py
BUILT_FROM := pyproject.toml setup.py $(COMPILED) $(DECLARED) $(STORING)

# The first Python that is new enough and has its headers and the venv module; PYTHON=... chooses another.
CANDIDATES := python3 python3.14 python3.13 python3.12 python3.11
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
HAS_VENV := import ensurepip, venv
HAS_HEADERS := import os, sys, sysconfig; \
  sys.exit(not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))
PYTHON ?= $(shell for p in $(CANDIDATES); do $$p -c '$(NEW_ENOUGH)' 2>/dev/null && $$p -c '$(HAS_VENV)' 2>/dev/null && \
  $$p -c '$(HAS_HEADERS)' 2>/dev/null && echo $$p && break; done)

help: ## list what can be made
	@sed -n 's/^\([a-z0-9]*\):.*## /  make \1\t/p' Makefile | expand -t 16

demo: $(VENV)/.installed ## set everything up and look at one day of an invented library
	@echo "$$ $(BIN)/privacy-monitor analyze $(DEMO)"
	@$(BIN)/privacy-monitor analyze $(DEMO)
	@echo "The same with the names of places and devices, which the library wrote down in $(DEMO_CONFIG):"
	@echo "$$ $(BIN)/privacy-monitor analyze --config $(DEMO_CONFIG) $(DEMO)"

stack: $(VENV)/.installed-test ## run the sensor, Prometheus and Alertmanager on invented traffic until Ctrl-C (takes the rights of root)
	@.ci/get-tools ip=iproute2 prometheus prometheus-alertmanager
	@if [ "$$(id -u)" = 0 ]; then exec $(BIN)/python -m demo.stack; else exec sudo $(BIN)/python -m demo.stack; fi

test: $(VENV)/.installed-test ## set up what the tests need, then run every check
	@.ci/get-tools tshark ip=iproute2 prometheus promtool=prometheus prometheus-alertmanager amtool=prometheus-alertmanager strace openssl systemd-analyze=systemd
	@$(MAKE) --no-print-directory check

check: ## run every check with what is installed already
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet
	$(BIN)/lint-imports --no-logo
	@echo "$(BIN)/mypy beside $(PYTEST)"
	@$(BIN)/mypy >$(TYPES) 2>&1 & types=$$!; $(PYTEST); tests=$$?; \
	  wait $$types; types=$$?; cat $(TYPES); exit $$((tests ? tests : types))

e2e: $(VENV)/.installed-test ## live capture and reloads at full load, cameras of real software, the unit's restrictions, a store that is killed, all captures (takes the rights of root)
	@.ci/get-tools ffmpeg
	$(BIN)/python -m pytest -m e2e

soak: $(VENV)/.installed-test ## replay 50,000 packets a second for half an hour (SOAK_MINUTES=30, SOAK_PACKETS_PER_SECOND=50000; takes the rights of root)
	$(BIN)/python -m pytest -m soak tests/soak

fuzz: $(VENV)/.installed-test ## throw far more hostile bytes at everything than `make test` does (FUZZ_EXAMPLES=5000, FUZZ_EXECUTIONS=10000000)
	$(BIN)/python -m tests.fuzz --executions $(or $(FUZZ_EXECUTIONS),10000000) $(wildcard ../shared/pcaps)
	HYPOTHESIS_PROFILE=fuzz $(PYTEST) tests/contract tests/properties tests/protocols tests/unit

golden: $(VENV)/.installed-test ## write the expected reports again; read the diff before you keep it
	$(BIN)/python -m pytest tests/golden tests/unit/config tests/protocols/sip2 --update

picture: $(VENV)/.installed ## draw the README's picture from the demo's report again
	$(BIN)/python -m demo.draw_report

dashboards: $(VENV)/.installed-test ## write the dashboards, and the alert rules that follow from others, again
	$(BIN)/python -m grafana.source.generate

bench: $(VENV)/.installed-test .bench/.nfstream ## measure against other tools, under attack and live; asserts nothing (BENCH_MINUTES=10 for a long one; takes the rights of root)
	@.ci/get-tools tcpdump tshark ndpiReader=libndpi-bin tcpreplay ip=iproute2
	@$(BIN)/python bench/policy.py
	@$(BIN)/python bench/compare.py
	@$(BIN)/python bench/attack.py
	@$(BIN)/python bench/live.py .bench/mix-1000000.pcap
	@$(if $(BENCH_MINUTES),$(BIN)/python bench/live.py .bench/mix-1000000.pcap --rate 100000 --minutes $(BENCH_MINUTES))

clean: ## remove everything that was built or measured
	rm -rf $(VENV) build dist *.egg-info .bench .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find monitor -name '*.so' -delete
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# -- Setting up. Each of these says in one sentence what is missing.

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
	  for p in $(CANDIDATES); do \
	    $$p -c '$(NEW_ENOUGH)' 2>/dev/null || continue; \
	    $$p -c '$(HAS_VENV)' 2>/dev/null || { echo "$$p lacks its venv module: install it" \
	      "(Debian and Ubuntu: apt install python3-venv), then try again." >&2; exit 1; }; \
	    echo "$$p lacks its headers: install them" \
	      "(Debian and Ubuntu: apt install python3-dev), then try again." >&2; exit 1; \
	  done; \
	  echo "There is no Python 3.11 or newer here: install one" \
	    "(Debian and Ubuntu: apt install python3 python3-dev python3-venv), then try again." >&2; exit 1; \
	fi
	@for c in $(CC) gcc clang; do command -v $$c >/dev/null 2>&1 && exit 0; done; \
	  echo "There is no C compiler here: install one" \
	    "(Debian and Ubuntu: apt install gcc; macOS: xcode-select --install), then try again." >&2; exit 1
	@echo "Setting up $(VENV) with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv --clear $(VENV)

.bench/.nfstream: | $(BIN)/python
	@$(BIN)/python -m venv .bench/venv
	@.bench/venv/bin/python -m pip --quiet --disable-pip-version-check install nfstream || \
	  { rm -rf .bench/venv; echo "nfstream could not be installed; it is left out."; }
	@touch $@

$(VENV)/.installed: $(BIN)/python $(BUILT_FROM)
	@echo "Installing, and compiling the packet pass (a minute) ..."
	@$(PIP) install $(EDITABLE) .
	@touch $@

# Tests keep bytecode of their own (tests/conftest.py): that of all packages would be made for nothing.
$(VENV)/.installed-test: $(BIN)/python $(BUILT_FROM)
	@echo "Installing with the test tools, and compiling the packet pass (a minute or two) ..."
	@$(PIP) install --no-compile $(EDITABLE) '.[test]'
	@touch $(VENV)/.installed $@
