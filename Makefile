# make lab    install into .venv and open the lessons in JupyterLab
# make test   install into .venv and run every test (needs a network only to install)
# Each is, alone, all that a fresh Linux or macOS machine with Python 3.11 or later needs.

PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: lab test lesson prove test-photos test-browser test-colab test-own test-oldest lint units lessons \
  photos chromium bench images

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

# Every lesson, every cell, on the world the package draws itself: no download decides the outcome. A
# tenth of the schedule shows that everything runs; EFFORT=1 is the whole of it, with every claim.
EFFORT ?= 0.1
lessons: .venv/installed-test
	$(BIN)/python -m tests.checks toyworld --effort $(EFFORT)

# One lesson: make lesson L=03 runs its units, its notebook on ToyWorld, the browser, Colab.
L ?=
lesson: .venv/installed-test chromium
	$(BIN)/python -m tests.checks lesson '$(L)'

# Photographs, browser and Colab for each lesson that has not passed there on the bytes it rests on now.
# What passes is written to .ci/passed, which is committed with the change. CHECKS="browser colab" leaves
# photographs out, ALL=--all runs what has passed as well.
CHECKS ?=
ALL ?=
prove: .venv/installed-test chromium photos
	$(PHOTOS_ARE) $(BIN)/python -m tests.checks prove $(CHECKS) $(ALL)

# The same by kind, whatever has passed before.
test-photos: .venv/installed-test photos
	$(PHOTOS_ARE) $(BIN)/python -m tests.checks prove photos --all

test-browser: .venv/installed-test chromium
	$(BIN)/python -m tests.checks prove browser --all

test-colab: .venv/installed-test
	$(BIN)/python -m tests.checks prove colab --all

# Every lesson on a reader's own data: two classes of five, 120 of six, ten of 500, gray digits; for a
# lesson with a video, films of one frame, of 62 and of 20 seconds. All of it is drawn here.
test-own: .venv/installed-test
	$(BIN)/python -m tests.checks own

# The oldest versions that pyproject.toml allows, in an environment of their own: units and every lesson.
OLDEST := .venv-oldest/bin
test-oldest: .venv-oldest/installed
	$(OLDEST)/python -m pytest
	$(OLDEST)/python -m tests.checks toyworld --effort $(EFFORT)

.venv-oldest/installed: pyproject.toml
	$(check_python)
	$(PYTHON) -m venv .venv-oldest
	$(OLDEST)/python -m pip install uv
	$(OLDEST)/python -m uv pip install --python $(OLDEST)/python --resolution lowest-direct -e '.[test]'
	touch $@

# CIFAR-10: PHOTOS=cifar10.zip (a folder, zip or tar with train/CLASS/… and test/CLASS/…). Without it
# lessons use what is prepared, or download it. With PHOTOS, VIDEO=vtest.avi gives lesson 08 its street.
PHOTOS ?=
VIDEO ?=
PREPARED := $(CURDIR)/.cache/photos
PHOTOS_ARE = $(if $(PHOTOS),SSL_COURSE_DATA='$(PREPARED)')
PREPARE = $(BIN)/python -m course_utils data prepare --from '$(PHOTOS)' --name cifar10 \
  --provenance "CIFAR-10 (Krizhevsky, 2009), $$(basename '$(PHOTOS)')" --to '$(PREPARED)'
photos: .venv/installed-test
	$(if $(PHOTOS),$(PREPARE))
	$(if $(VIDEO),cp '$(VIDEO)' '$(PREPARED)/')

# A real Chromium; screenshots lie in .cache/browser after a check.
HAS_CHROMIUM = command -v chromium chromium-browser > /dev/null
chromium: .venv/installed-test
	$(BIN)/python -m pip install --quiet -e '.[browser]'
	$(HAS_CHROMIUM) || { [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null && apt-get -q update && \
	  apt-get -qy install --no-install-recommends chromium fonts-nanum; } || $(BIN)/python -m playwright install chromium

bench: .venv/installed-test
	$(BIN)/python tests/benchmarks/loading.py
	$(BIN)/python tests/benchmarks/views.py
	$(BIN)/python tests/benchmarks/distortions.py
	$(BIN)/python tests/benchmarks/pretraining.py
	$(BIN)/python tests/benchmarks/mining.py
	$(BIN)/python tests/benchmarks/busy.py

images: .venv/installed
	$(BIN)/python -m course_utils images
