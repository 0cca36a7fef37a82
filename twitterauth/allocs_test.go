//go:build !race

package twitterauth_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
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

// Megabytes of an Accept header are not read to their end.
func TestAllocationsOfALongAccept(t *testing.T) {
	s := newSite(t, nil)
	r := newRequest("GET", "/auth/twitter/nothing")
	r.Header.Set("Accept", strings.Repeat("a/b;c=d,", 1<<17))
	w := nullWriter{http.Header{}}
	if got := testing.AllocsPerRun(5, func() { s.auth.ServeHTTP(w, r) }); got > 5000 {
		t.Errorf("%v allocations", got)
	}
}

// A user that is a struct costs no more: nothing copies it to look at it.
func TestAllocationsOfAStructUser(t *testing.T) {
	auth, err := twitterauth.New(oneUser[byValue]{byValue{time.Now().Add(-time.Hour)}}, goodConfig())
	if err != nil {
		t.Fatal(err)
	}
	started := record(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := auth.Sessions().Start(w, r, "u", false); err != nil {
			t.Error(err)
		}
	}), newRequest("GET", "/"))
	r := newRequest("GET", "/")
	r.AddCookie(started.Result().Cookies()[0])
	h := auth.RequireUser(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	w := nullWriter{http.Header{}}
	if got := testing.AllocsPerRun(100, func() { clear(w.h); h.ServeHTTP(w, r) }); got > 4 {
		t.Errorf("%v allocations, at most 4 are allowed", got)
	}
}
