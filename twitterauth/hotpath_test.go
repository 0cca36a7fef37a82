package twitterauth_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

type nullWriter struct{ h http.Header }

func (w nullWriter) Header() http.Header { return w.h }

func (w nullWriter) Write(b []byte) (int, error) { return len(b), nil }

func (w nullWriter) WriteHeader(int) {}

// hotPath is one request through a middleware.
type hotPath struct {
	name   string
	h      http.Handler
	r      *http.Request
	allocs float64 // at most
}

// hotPaths are the requests that every page of an app pays for, with a store
// in memory.
func hotPaths(t testing.TB) []hotPath {
	s := newSite(t)
	userID, err := s.users.UserForLogin(context.Background(), twitterauth.Login{TwitterID: ada, ScreenName: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	found := &user{ID: userID}
	s.users.onByID = func(context.Context, string) (*user, error) { return found, nil }
	w := record(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := s.auth.Sessions().Start(w, r, userID, false); err != nil {
			t.Error(err)
		}
	}), newRequest("GET", "/"))
	signedIn := newRequest("GET", "/")
	signedIn.AddCookie(w.Result().Cookies()[0])
	strangers := newRequest("GET", "/")
	strangers.Header.Set("Cookie", "theme=dark; _ga=GA1.1.1234567890.1234567890; consent=yes")
	kept := newKeptPath(t, found)
	next := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	return []hotPath{
		// The opened cookie, its two IDs, the visitor, and the request that
		// carries it. Without a user only the slice of Vary.
		{"RequireUser", s.auth.RequireUser(next), signedIn, 4},
		{"RequireUser/rows and idle timeout", kept.h, kept.r, 4},
		{"LoadUser", s.auth.LoadUser(next), signedIn, 4},
		{"LoadUser/anonymous", s.auth.LoadUser(next), newRequest("GET", "/"), 1},
		{"LoadUser/other cookies", s.auth.LoadUser(next), strangers, 1},
	}
}

func BenchmarkMiddleware(b *testing.B) {
	for _, path := range hotPaths(b) {
		b.Run(path.name, func(b *testing.B) {
			b.ReportAllocs()
			w := nullWriter{http.Header{}}
			for b.Loop() {
				clear(w.h)
				path.h.ServeHTTP(w, path.r)
			}
		})
	}
}

// The race detector allocates by itself, so the tests of allocations run without.
func skipUnderRace(t *testing.T) {
	t.Helper()
	if raceEnabled {
		t.Skip("the race detector allocates by itself")
	}
}

func TestAllocationsOfTheHotPath(t *testing.T) {
	skipUnderRace(t)
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
	skipUnderRace(t)
	s := newSite(t)
	r := newRequest("GET", "/auth/twitter/nothing")
	r.Header.Set("Accept", strings.Repeat("a/b;c=d,", 1<<17))
	w := nullWriter{http.Header{}}
	if got := testing.AllocsPerRun(5, func() { s.auth.ServeHTTP(w, r) }); got > 5000 {
		t.Errorf("%v allocations", got)
	}
}

// A user that is a struct costs no more: nothing copies it to look at it.
func TestAllocationsOfAStructUser(t *testing.T) {
	skipUnderRace(t)
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

// newKeptPath is a page of an app whose store keeps rows and whose sessions have
// an idle timeout that is not due.
func newKeptPath(t testing.TB, found *user) hotPath {
	t.Helper()
	cfg := goodConfig()
	cfg.Session.IdleTimeout = time.Hour
	auth, err := twitterauth.New(rowsInMemory{found}, cfg)
	if err != nil {
		t.Fatal(err)
	}
	w := record(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := auth.Sessions().Start(w, r, found.ID, false); err != nil {
			t.Error(err)
		}
	}), newRequest("GET", "/"))
	r := newRequest("GET", "/")
	r.Header.Set("Accept", "text/html")
	r.AddCookie(w.Result().Cookies()[0])
	return hotPath{h: auth.RequireUser(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})), r: r}
}

// rowsInMemory is a SessionKeeper that costs nothing.
type rowsInMemory struct{ found *user }

func (m rowsInMemory) UserForLogin(context.Context, twitterauth.Login) (string, error) {
	return m.found.ID, nil
}
func (m rowsInMemory) UserByID(context.Context, string) (*user, error) { return m.found, nil }
func (m rowsInMemory) SaveSession(context.Context, *http.Request, session.Session) error {
	return nil
}
func (m rowsInMemory) UserBySession(context.Context, session.Session) (*user, error) {
	return m.found, nil
}
func (m rowsInMemory) DeleteSession(context.Context, session.Session) error { return nil }
