# make demo   installs what is missing, builds, says what is on two photos, trains a detector on
#             rendered scenes and draws what it finds; SEED=n chooses the scenes
# make test   the same set-up, then format, lint, build and every test
# make check  what a change must pass besides: other instruction sets, another oneDNN
# make check-zoo  trains a detector on every backbone for a few steps, which takes most of an hour
# make fuzz   damages files of weights in thousands of ways, for SECONDS=60, and reports what readers
#             make of it; SEED=n chooses the damage

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# Debian's names of the system libraries.
PACKAGES := libhdf5-dev libdnnl-dev libjpeg62-turbo-dev libpng-dev libexpat1-dev \
  libcurl4-openssl-dev libssl-dev zlib1g-dev pkg-config

ZOO := .build/release/zoo
DEMO := .build/demo
WEIGHTS := zoo/assets/mobilenet_1_0_224_imagenet.float16.h5
SEED ?= 0
PHOTOS := zoo/assets/chelsea_224.png zoo/assets/coffee_224.png

# What is damaged; of the networks' goldens, the largest of them, there is no need.
SECONDS ?= 60
FUZZED := $(wildcard $(foreach tests,HDF5 KerasConverter WeightFormats Safetensors PyTorchConverter \
  TensorFlowConverter,$(addprefix Tests/$(tests)Tests/Fixtures/*.,h5 keras json safetensors pth index pb \
  ckpt)))

SOURCES := Package.swift Sources Tests zoo converters
# One release build serves the program and the tests.
BUILD := swift build -c release -Xswiftc -enable-testing
TEST := swift test -c release -Xswiftc -enable-testing

.PHONY: help
help:
	@sed -n '/^# make/,/^$$/s/^# \?//p' Makefile

.PHONY: packages
packages:
	@missing=$$(for package in $(PACKAGES); do \
	  [ "$$(dpkg-query -W -f '$${db:Status-Status}' $$package 2>/dev/null)" = installed ] \
	    || echo $$package; done); \
	[ -z "$$missing" ] && exit 0; \
	echo "missing system packages:" $$missing; \
	if ! command -v apt-get >/dev/null; then \
	  echo "install what these hold, under the names that your system gives them" >&2; exit 1; \
	elif [ "$$(id -u)" = 0 ]; then sudo=; elif sudo -n true 2>/dev/null; then sudo=sudo; \
	else echo "install them first: sudo apt-get install" $$missing >&2; exit 1; fi; \
	$$sudo apt-get update -qq && \
	$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing >/dev/null

.PHONY: build
build: packages
	$(BUILD)

.PHONY: demo
demo: build
	@rm -rf $(DEMO) && mkdir -p $(DEMO)
	@echo; echo "== Import the checkpoint by layer name"
	$(ZOO) convert $(WEIGHTS) --backbone mobilenet_v1 --output $(DEMO)/mobilenet_v1.h5
	@echo; echo "== What is on the photos"
	$(ZOO) classify $(PHOTOS) --backbone mobilenet_v1 --weights $(DEMO)/mobilenet_v1.h5
	@echo; echo "== Render labelled scenes of five classes that ImageNet does not have"
	$(ZOO) data scenes --output $(DEMO)/scenes --seed $(SEED)
	$(ZOO) data show --data $(DEMO)/scenes --split trainval --count 12 --output $(DEMO)/scenes.png
	@echo; echo "== Fine-tune a detector on them"
	@start=$$(date +%s); \
	$(ZOO) train --data $(DEMO)/scenes --backbone mobilenet_v1 --weights $(DEMO)/mobilenet_v1.h5 \
	  --size 360 --epochs 9 --seed $(SEED) --output $(DEMO)/run && \
	echo "trained in $$(( ($$(date +%s) - start + 30) / 60 )) min ($$(( $$(date +%s) - start )) s)"
	@echo; echo "== Measure it on scenes that it has not seen"
	$(ZOO) evaluate --data $(DEMO)/scenes --checkpoint $(DEMO)/run --output $(DEMO)/evaluation
	@echo; echo "== Detect"
	$(ZOO) detect $(DEMO)/scenes/JPEGImages/test_0000*.jpg --checkpoint $(DEMO)/run \
	  --output $(DEMO)/detected
	@echo "pictures with boxes: $(DEMO)/detected, precision by recall: $(DEMO)/evaluation"

.PHONY: test
test: packages
	@echo "== Format and lint"
	swift format lint --strict --recursive $(SOURCES)
	@echo "== Build"
	$(BUILD)
	@echo "== Tests"
	$(TEST)

.PHONY: check
check: build
	DNNL_MAX_CPU_ISA=AVX2 $(TEST) --filter EngineTests
	DNNL_MAX_CPU_ISA=AVX512_CORE $(TEST) --filter EngineTests
ifdef ONEDNN_ROOT
	ONEDNN_ROOT=$(ONEDNN_ROOT) $(TEST) --scratch-path .build-onednn --filter EngineTests
endif

# Some minutes for each backbone, most of an hour for all; ZOO_CHECK names some.
.PHONY: check-zoo
check-zoo: build
	ZOO_CHECK="$${ZOO_CHECK:-all}" $(TEST) --filter BackboneOverfittingTests

.PHONY: fuzz
fuzz: build
	.build/release/WeightFuzzer --seconds $(SECONDS) --seed $(SEED) $(FUZZED)
