# The checks that must pass. "make check" is what .ci/run runs once it has
# installed what the tests need.

.PHONY: check test vet fuzz bench

FUZZTIME ?= 5s

check: vet test fuzz

vet:
	test -z "$$(gofmt -l .)"
	go vet ./... ./example/...
	GOWORK=off go mod tidy -diff
	cd example && GOWORK=off go mod tidy -diff

test:
	go test -race -shuffle=on ./... ./example/...
	GOWORK=off go test -cover ./...

# Every fuzz target for FUZZTIME each.
fuzz:
	@set -e; for package in $$(go list ./...); do \
		for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
			echo "fuzzing $$package $$target"; \
			go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $$package; \
		done; \
	done

# Beside other libraries, which it downloads; not part of check.
bench:
	cd example/peerbench && GOWORK=off go test -bench . -run '^$$'
