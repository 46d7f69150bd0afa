# make demo   installs what is missing, builds, says what is on two photos, writes their features
# make test   the same set-up, then format, lint, build and every test
# make check  what a change must pass besides: other instruction sets, another oneDNN

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# Debian's names of the system libraries.
PACKAGES := libhdf5-dev libdnnl-dev libjpeg62-turbo-dev libpng-dev libexpat1-dev pkg-config

ZOO := .build/release/zoo
DEMO := .build/demo
WEIGHTS := zoo/assets/mobilenet_1_0_224_imagenet.float16.h5
PHOTOS := zoo/assets/chelsea_224.png zoo/assets/coffee_224.png

SOURCES := Package.swift Sources Tests zoo converters
# One release build serves the program and the tests.
BUILD := swift build -c release -Xswiftc -enable-testing
TEST := swift test -c release -Xswiftc -enable-testing

.PHONY: help
help:
	@sed -n 's/^# make/make/p' Makefile

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
	@mkdir -p $(DEMO)
	@echo; echo "== Import the checkpoint by layer name"
	$(ZOO) convert $(WEIGHTS) --backbone mobilenet_v1 --output $(DEMO)/mobilenet_v1.h5
	@echo; echo "== What is on the photos"
	$(ZOO) classify $(PHOTOS) --backbone mobilenet_v1 --weights $(DEMO)/mobilenet_v1.h5
	@echo; echo "== The map that a region proposal network would read"
	$(ZOO) features zoo/assets/chelsea_224.png --backbone mobilenet_v1 \
	  --weights $(DEMO)/mobilenet_v1.h5 --endpoints conv_pw_11_relu \
	  --output $(DEMO)/chelsea.features.h5
	@echo "written to $(DEMO)/chelsea.features.h5"

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
