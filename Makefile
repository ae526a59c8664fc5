# make lab    install into .venv and open the lessons in JupyterLab
# make test   install into .venv and run every test (needs a network only to install)
# Each is, alone, all that a fresh Linux or macOS machine with Python 3.11 or later needs.

PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: lab test test-photos test-browser test-colab lint units lessons bench images

lab: .venv/installed
	@$(BIN)/python -m course_utils lab

test: .venv/installed-test lint units lessons

# What is wrong with this Python, in both languages, before anything is made of it.
define check_python
	@command -v '$(PYTHON)' > /dev/null || { printf '%s\n' \
	  '$(PYTHON)을 찾을 수 없습니다. 파이썬 3.11 이상을 설치하세요.' \
	  '$(PYTHON) is not there. Install Python 3.11 or later.' >&2; exit 1; }
	@'$(PYTHON)' .ci/python_check.py
endef

# A missing or changed pyproject.toml installs again; otherwise this needs no network.
.venv/installed: pyproject.toml
	$(check_python)
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -e .
	touch $@

.venv/installed-test: pyproject.toml
	$(check_python)
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -e '.[test]'
	touch .venv/installed $@

lint: .venv/installed-test
	$(BIN)/ruff check
	$(BIN)/ruff format --check

units: .venv/installed-test
	$(BIN)/python -m pytest

# Every lesson, every cell, on the world the package draws itself: no download decides the outcome.
NBVAL := -m pytest --nbval-lax --nbval-current-env --nbval-cell-timeout=1800 notebooks
# All processors that may be used, not what this moment makes faster: the same numbers every time.
THREADS = $$($(BIN)/python -c 'from course_utils.threads import usable; print(usable())')
lessons: .venv/installed-test
	SSL_COURSE_DATASET=toyworld SSL_COURSE_EFFORT=1 SSL_COURSE_STRICT=1 \
	  SSL_COURSE_THREADS=$(THREADS) $(BIN)/python $(NBVAL)

# The lessons on real CIFAR-10: make test-photos PHOTOS=cifar10.zip (a folder, zip or tar with
# train/CLASS/… and test/CLASS/…). Without PHOTOS it uses what is prepared, or downloads it. With
# PHOTOS, VIDEO=vtest.avi gives lesson 08 its street.
PHOTOS ?=
VIDEO ?=
PREPARED := $(CURDIR)/.cache/photos
PREPARE = $(BIN)/python -m course_utils data prepare --from '$(PHOTOS)' --name cifar10 \
  --provenance "CIFAR-10 (Krizhevsky, 2009), $$(basename '$(PHOTOS)')" --to '$(PREPARED)'
test-photos: .venv/installed-test
	$(if $(PHOTOS),$(PREPARE))
	$(if $(VIDEO),cp '$(VIDEO)' '$(PREPARED)/')
	$(if $(PHOTOS),SSL_COURSE_DATA='$(PREPARED)') SSL_COURSE_DATASET=cifar10 SSL_COURSE_EFFORT=1 \
	  SSL_COURSE_STRICT=1 SSL_COURSE_THREADS=$(THREADS) $(BIN)/python $(NBVAL)

# Every lesson in JupyterLab in a real Chromium; screenshots lie in .cache/browser afterwards.
HAS_CHROMIUM = command -v chromium chromium-browser > /dev/null
test-browser: .venv/installed-test
	$(BIN)/python -m pip install --quiet -e '.[browser]'
	$(HAS_CHROMIUM) || { [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null && apt-get -q update && \
	  apt-get -qy install --no-install-recommends chromium fonts-nanum; } || $(BIN)/python -m playwright install chromium
	$(BIN)/python -m pytest -s tests/browser

# Every lesson as Colab runs it: an empty folder, its versions of Jupyter, the package from a git tag.
test-colab: .venv/installed-test
	$(BIN)/python -m pytest tests/colab

bench: .venv/installed-test
	$(BIN)/python tests/benchmarks/loading.py
	$(BIN)/python tests/benchmarks/views.py
	$(BIN)/python tests/benchmarks/distortions.py
	$(BIN)/python tests/benchmarks/pretraining.py
	$(BIN)/python tests/benchmarks/mining.py
	$(BIN)/python tests/benchmarks/busy.py

images: .venv/installed
	$(BIN)/python -m course_utils images
