# Targets are one line each; anything longer is a script or a program in hack/.
# `make verify` runs the checks of CI, and `make update` fixes most of what they find.

GO ?= go
PREFIX ?= /usr/local
FUZZTIME ?= 30s
VERSION ?= $(shell git describe --tags --match 'v*' --dirty 2>/dev/null || git log -1 --format=v0.0.0-g%h 2>/dev/null || echo v0.0.0-dev)

BUILD = CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-X main.version=$(VERSION)'
LINT = $(GO) tool -modfile='$(CURDIR)/hack/tools/go.mod' golangci-lint run --config '$(CURDIR)/.golangci.yml'
# Compile flags are part of the build cache's key: with different flags Kubernetes would be compiled twice.
E2E_FLAGS = -trimpath -gcflags=all=-dwarf=false
EPOCH = $(shell git log -1 --format=%ct 2>/dev/null)

.DEFAULT_GOAL := help

##@ Build

.PHONY: build
build: ## build bin/kubectl-mesh
	$(BUILD) -o bin/kubectl-mesh ./cmd/kubectl-mesh

.PHONY: install
install: build ## copy the plugin and its completion shim to $(PREFIX)/bin
	install -d '$(DESTDIR)$(PREFIX)/bin' && install -m 0755 bin/kubectl-mesh templates/kubectl_complete-mesh '$(DESTDIR)$(PREFIX)/bin'

.PHONY: demo
demo: build ## render the example of two clusters and print the result
	hack/demo.sh

##@ Test

.PHONY: test
test: ## run the unit and script tests, and third-party parsers on the output (offline)
	$(GO) test -timeout 30m ./...
	cd test/formats && $(GO) test -timeout 10m ./...
	cd test/gitops && $(GO) test -timeout 10m ./...

.PHONY: e2e
e2e: ## run the tests against real API servers, the real sops and, with Node.js, Mermaid's parser (the first run compiles them)
	cd test/mermaid && export GOFLAGS='$(E2E_FLAGS)' && $(GO) test -count=1 -timeout 10m ./...
	cd test/sops && export GOFLAGS='$(E2E_FLAGS)' && $(GO) test -count=1 -timeout 20m ./...
	cd test/e2e && export GOFLAGS='$(E2E_FLAGS)' && $(GO) run ./cmd/control-planes && $(GO) test -count=1 -timeout 20m ./...

# Most of a test's time is waiting, so more tests than cores run at a time. A cluster takes about 600 MB and eight inotify
# instances, of which Linux grants a user 128: tests of up to three clusters run four at a time.
ISTIO_TESTS = 4

.PHONY: istio-e2e
istio-e2e: ## run the tests against real istiods of each line of Istio (the first run compiles them)
	cd test/istio && export GOFLAGS='$(E2E_FLAGS)' && $(GO) run ./cmd/istiods && $(GO) test -count=1 -short -timeout 30m -parallel $(ISTIO_TESTS) ./...

.PHONY: istio-full
istio-full: ## run istio-e2e with all topologies, before a release
	cd test/istio && export GOFLAGS='$(E2E_FLAGS)' && $(GO) run ./cmd/istiods && $(GO) test -count=1 -timeout 60m -parallel 3 ./...

.PHONY: dataplane-e2e
dataplane-e2e: ## run the tests that send packets through real Envoys; requires root, ip, iptables and pip, or skips them with a message
	cd test/istio && export GOFLAGS='$(E2E_FLAGS)' PACKETS="$${PACKETS:-optional}" && $(GO) run ./cmd/istiods && \
		$(GO) run ./cmd/proxies && $(GO) test -count=1 -timeout 15m -run '^TestPackets' .
	@if [ -n "$$ZTUNNEL" ]; then $(MAKE) ambient-e2e; else echo "*** SKIPPED: ambient. ZTUNNEL=PATH is not set: see CONTRIBUTING.md ***"; fi

.PHONY: ambient-e2e
ambient-e2e: ## run the tests that send packets through the ztunnel at ZTUNNEL, which no package registry contains
	cd test/istio && export GOFLAGS='$(E2E_FLAGS)' PACKETS=required && $(GO) run ./cmd/istiods && \
		$(GO) run ./cmd/proxies && $(GO) test -count=1 -timeout 15m -run '^TestAmbientPackets' .

.PHONY: race
race: ## run the tests with the race detector (requires a C compiler)
	CGO_ENABLED=1 $(GO) test -race ./...

.PHONY: bench
bench: ## run the benchmarks
	$(GO) test -run='^$$' -bench=. -benchmem ./...

.PHONY: fuzz
fuzz: ## run each fuzz target for FUZZTIME (30s)
	hack/fuzz.sh $(FUZZTIME)

##@ Verify and update

.PHONY: verify
verify: verify-files verify-words verify-shell verify-workflows verify-fmt verify-tidy verify-generated vet lint ## run the checks of CI, except tests

.PHONY: check-upstream
check-upstream: ## list facts about other software that were not verified for six months
	$(GO) run ./hack/check-upstream

.PHONY: update
update: fmt tidy generate golden ## fix most of what verify and golden tests find

.PHONY: lint
lint: ## run golangci-lint, pinned in hack/tools, in every module
	hack/each-module.sh code $(LINT)

.PHONY: vet
vet: ## run go vet in every module
	hack/each-module.sh code $(GO) vet ./...

.PHONY: fmt
fmt: ## format the Go files
	gofmt -s -w .

.PHONY: tidy
tidy: ## tidy every go.mod
	hack/each-module.sh all $(GO) mod tidy

.PHONY: generate
generate: ## update the generated files
	$(GO) generate ./...

.PHONY: golden
golden: ## update the golden files; review the diff before you commit it
	hack/update-golden.sh

.PHONY: verify-files
verify-files:
	hack/verify-files.sh

.PHONY: verify-words
verify-words: ## check docs, help, errors and templates against internal/architecture/testdata/words.txt
	$(GO) test ./internal/architecture -run TestWords

.PHONY: verify-shell
verify-shell:
	hack/verify-shell.sh

.PHONY: verify-workflows
verify-workflows:
	$(GO) run github.com/rhysd/actionlint/cmd/actionlint@v1.7.12 -shellcheck= -pyflakes= docs/ci/github-*.yml

.PHONY: verify-fmt
verify-fmt:
	hack/verify-fmt.sh

.PHONY: verify-tidy
verify-tidy:
	hack/each-module.sh all $(GO) mod tidy -diff

.PHONY: verify-generated
verify-generated:
	hack/verify-generated.sh

##@ Release

.PHONY: dist
dist: ## build the archives of all platforms and their checksums in dist/
	SOURCE_DATE_EPOCH=$(EPOCH) $(GO) run ./hack/dist -version '$(VERSION)'

.PHONY: krew
krew: dist ## fill krew-manifest.yaml from the archives into dist/krew/mesh.yaml
	$(GO) run ./hack/krew -version '$(VERSION)'

.PHONY: clean
clean: ## remove build output
	rm -rf bin dist

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^##@ /{print "\n" substr($$0, 5)} /^[a-z0-9-]+:.*## /{printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
