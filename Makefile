# The checks that must pass. "make check" is what .ci/run runs once it has
# installed what the tests need.

.PHONY: check vet vuln api-check api test rush soak fuzz lint bench

FUZZTIME ?= 5s

check: vet api-check vuln test fuzz

vet:
	test -z "$$(gofmt -l .)"
	go vet ./... ./example/...
	GOWORK=off go mod tidy -diff
	cd example && GOWORK=off go mod tidy -diff
	for module in morerouters interop stores; do \
		(cd example/$$module && GOWORK=off go vet ./... && GOWORK=off go mod tidy -diff) || exit; \
	done

# Known vulnerabilities that the library and the example reach, by Go's database, where
# that can be reached.
GOVULNCHECK = v1.9.0
GOVULNDB ?= https://vuln.go.dev

vuln:
	@case $(GOVULNDB) in file:*) ;; *) curl -fs -m 10 -o /dev/null $(GOVULNDB)/index/db.json || \
		{ echo 'vuln: skipped, because $(GOVULNDB) cannot be reached'; exit 0; };; esac; \
	go run golang.org/x/vuln/cmd/govulncheck@$(GOVULNCHECK) -db $(GOVULNDB) ./... ./example/...

# api.txt is what the module exports.
apilist = go run ./example/internal/apilist

api:
	$(apilist) > api.txt

api-check:
	@$(apilist) | diff -u api.txt - || \
		{ echo 'The API differs from api.txt. If it is meant to change: make api, and commit api.txt.'; exit 1; }

# The module by itself, as its users build it, then the example. That one is
# without -race, under which SQLite alone takes minutes to build. -vet=off: vet
# has run, and would look at every dependency again for another kind of build.
# The routers that the example does not use are a module of their own, and so
# are the OAuth clients of others and the stores of docs/stores.md, whose tests are
# never cached, because the go command does not see that a document has changed.
test:
	GOWORK=off go test -vet=off -race -shuffle=on -coverprofile=coverage.out ./...
	@go tool cover -func=coverage.out | tail -n 1 | tr -s '\t' ' '
	go test ./example/...
	cd example/morerouters && GOWORK=off go test -vet=off -shuffle=on ./...
	cd example/interop && GOWORK=off go test -vet=off -shuffle=on ./...
	cd example/stores && GOWORK=off go test -vet=off -shuffle=on -count=1 .

# The example under load, with failures, on SQLite and then on PostgreSQL and
# Redis, which it starts; a few minutes. Nothing leaves the machine. "make test"
# runs 300 rounds.
SOAK_ROUNDS ?= 30000

soak:
	CI=true SOAK_ROUNDS=$(SOAK_ROUNDS) go test -count=1 -run '^TestSoak$$' -timeout 2h -v ./example

# The tests that need the whole machine. With CI=true they are part of check.
rush:
	go test -count=1 -run 'Rush|MemoryOf' ./twitterauth -rush

# Every fuzz target for FUZZTIME each, a line each unless it fails. A run that ends with
# "context deadline exceeded" and has written no failing input is repeated once: up to
# Go 1.26 a run can end so when its time is up (go.dev/issue/75804).
fuzz:
	@set -e; for package in $$(go list ./...); do \
		names=$$(go test -vet=off -list '^Fuzz' $$package); \
		for target in $$(echo "$$names" | grep '^Fuzz'); do \
			run() { output=$$(go test -vet=off -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $$package 2>&1); }; \
			timed_out() { echo "$$output" | grep -qx ' *context deadline exceeded' && ! echo "$$output" | grep -q 'Failing input'; }; \
			run || { timed_out && run; } || { echo "$$output"; exit 1; }; \
			echo "$$package $$target: $$(echo "$$output" | grep -o 'execs: [0-9]*' | tail -n 1)"; \
		done; \
	done

# The linters of .golangci.yml, at the version that the hosted CI names too.
# They need Go 1.26 and, the first time, minutes to build; hence not in check.
GOLANGCI_LINT = v2.15.0

lint:
	@lint="go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT)"; \
	test "v$$(golangci-lint version --short 2>/dev/null)" != $(GOLANGCI_LINT) || lint=golangci-lint; \
	set -ex; $$lint run ./... ./example/...; cd example/peerbench; GOWORK=off $$lint run; cd ../morerouters; GOWORK=off $$lint run; cd ../interop; GOWORK=off $$lint run; cd ../stores; GOWORK=off $$lint run

# Comparison with other libraries, which it downloads; not part of check.
bench:
	cd example/peerbench && GOWORK=off go test -bench . -run '^$$'
