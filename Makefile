# `make demo` colours a drawing, `make test` tests; both set up what they need in .venv. Everything else is under `make help`.

PYTHON ?= python3
BIN := .venv/bin
DEMO := build/demo
CHROOT ?= build/trixie# a Debian with GIMP 3, for its tests
ROUNDS := 20# of each fault in `make test-long`
SOAK_ROUNDS := 1000# of each fault in `make soak`

DATA := build/data# prepared art, for `make benchmark-quality`
MINUTES := 100# that its pix2pix is trained

.PHONY: help demo test test-long test-hosts screenshots soak benchmark-speed benchmark-quality check clean
.DELETE_ON_ERROR:

help:
	@echo "make demo       colour a drawing with the weights that come along"
	@echo "make test       unit and property tests"
	@echo "make test-long  faults and soak in short form"
	@echo "make test-hosts the plug-ins in real editors, which it installs (Debian, as root)"
	@echo "make screenshots the README's pictures of the plug-ins"
	@echo "make soak       the same with full counts (hours)"
	@echo "make benchmark-speed    beside pix2pix, G'MIC and Magenta (minutes; nothing else may run)"
	@echo "make benchmark-quality  the same on drawings never trained on (hours: it trains a pix2pix)"
	@echo "make check      ruff and mypy"
	@echo "make clean      remove what was built, .venv too"

demo: .venv/demo.stamp
	@mkdir -p $(DEMO)
	@for drawing in tests/golden/demo/*.png; do \
	    $(BIN)/colorgan colorize "$$drawing" -o "$(DEMO)/$$(basename "$$drawing")" || exit 1; \
	    echo "$$drawing is coloured in $(DEMO)/$$(basename "$$drawing")"; \
	done
	@$(BIN)/colorgan colorize tests/golden/demo/turkey.png -o $(DEMO)/turkey.psd
	@echo "and its flats, shade and lines are layers of $(DEMO)/turkey.psd"

test: .venv/dev.stamp
	@$(BIN)/python -m pytest

test-long: .venv/dev.stamp
	@COLORGAN_ROUNDS=$(ROUNDS) $(BIN)/python -m pytest -m long

# What Debian and Ubuntu call the editors and the screen they are shown on.
HOSTS := krita python3-pyqt5 python3-sip xvfb dbus-x11

test-hosts: .venv/dev.stamp
	@which krita Xvfb > /dev/null || apt-get install -y --no-install-recommends $(HOSTS) > /dev/null \
	    || { apt-get update > /dev/null && apt-get install -y --no-install-recommends $(HOSTS) > /dev/null; }
	@tests/hosts/gimp/chroot.sh $(CHROOT)
	@COLORGAN_CHROOT=$(CHROOT) $(BIN)/python -m pytest -m hosts

screenshots: .venv/dev.stamp
	@COLORGAN_CHROOT=$(CHROOT) COLORGAN_SCREENSHOTS=tests/golden $(BIN)/python -m pytest -m hosts -k "screenshots or window or dialog"

soak: .venv/dev.stamp
	@COLORGAN_ROUNDS=$(SOAK_ROUNDS) $(BIN)/python -m pytest -m long --timeout 0 -s

benchmark-speed: .venv/dev.stamp
	@$(BIN)/colorgan bench speed

benchmark-quality: $(DATA)/pix2pix.safetensors
	@$(BIN)/colorgan evaluate --set openmoji --data $(DATA) --pix2pix $<
	@$(BIN)/colorgan evaluate --set held-out --data $(DATA) --pix2pix $< --limit 100
	@$(BIN)/colorgan evaluate --set held-out --data $(DATA) --task gray
	@$(BIN)/colorgan evaluate --set held-out --data $(DATA) --task style

$(DATA)/pix2pix.safetensors: | .venv/dev.stamp
	@$(BIN)/colorgan data prepare --out $(DATA) --style
	@$(BIN)/python -m colorgan_train.pix2pix $(DATA) $@ --minutes $(MINUTES)

check: .venv/dev.stamp
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .
	@$(BIN)/python -m mypy

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .hypothesis .mypy_cache .ruff_cache

# Installed anew only when pyproject.toml has changed: the code itself is used from where it stands.
.venv/demo.stamp: pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "installing colorgan and torch in .venv (the first time this takes minutes)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/dev.stamp: pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "installing colorgan with its tools for development in .venv (the first time this takes minutes)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ .venv/demo.stamp
