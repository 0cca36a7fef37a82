package twitterauth_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

type nullWriter struct{ h http.Header }

func (w nullWriter) Header() http.Header         { return w.h }
func (w nullWriter) Write(b []byte) (int, error) { return len(b), nil }
func (w nullWriter) WriteHeader(int)             {}

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
	s := newSite(t, nil)
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
