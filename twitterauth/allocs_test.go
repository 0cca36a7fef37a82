//go:build !race

package twitterauth_test

import (
	"net/http"
	"testing"
)

// The race detector allocates by itself, so this runs without it.
func TestAllocationsOfTheHotPath(t *testing.T) {
	for _, path := range hotPaths(t) {
		w := nullWriter{http.Header{}}
		got := testing.AllocsPerRun(100, func() {
			clear(w.h)
			path.h.ServeHTTP(w, path.r)
		})
		if got > path.allocs {
			t.Errorf("%s: %v allocations, at most %v are allowed", path.name, got, path.allocs)
		}
	}
}
