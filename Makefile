# The checks that must pass. "make check" is what .ci/run runs once it has
# installed what the tests need.

.PHONY: check vet api-check api test fuzz lint bench

FUZZTIME ?= 5s

check: vet api-check test fuzz

vet:
	test -z "$$(gofmt -l .)"
	go vet ./... ./example/...
	GOWORK=off go mod tidy -diff
	cd example && GOWORK=off go mod tidy -diff

# api.txt is what the module exports.
apilist = go run ./example/internal/apilist

api:
	$(apilist) > api.txt

api-check:
	@$(apilist) | diff -u api.txt - || \
		{ echo 'The API is not what api.txt says. If it is meant to change: make api, and commit api.txt.'; exit 1; }

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
