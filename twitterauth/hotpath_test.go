package twitterauth_test

import (
	"context"
	"net/http"
	"runtime"
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

// newHotSite is a site whose store costs nothing. signedIn returns a request of its
// user.
func newHotSite(t testing.TB, found *user, configure func(*twitterauth.Config)) (s *site, signedIn func(target string) *http.Request) {
	t.Helper()
	s = newSite(t, configured(configure))
	s.users.onByID = func(context.Context, string) (*user, error) { return found, nil }
	w := record(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := s.auth.Sessions().Start(w, r, found.ID, false); err != nil {
			t.Error(err)
		}
	}), newRequest("GET", "/"))
	return s, func(target string) *http.Request {
		r := newRequest("GET", target)
		r.AddCookie(w.Result().Cookies()[0])
		return r
	}
}

// hotPaths are the requests that every page of an app pays for, with a store
// in memory. RequireUser is the first of them.
func hotPaths(t testing.TB) []hotPath {
	found := &user{ID: "u1"}
	s, signedIn := newHotSite(t, found, nil)
	withPage, signedInThere := newHotSite(t, found, func(c *twitterauth.Config) { c.LoginPage = "/signin" })
	idle, signedInIdle := newHotSite(t, found, func(c *twitterauth.Config) { c.Session.IdleTimeout, c.Session.Bearer = time.Hour, true })
	strangers := newRequest("GET", "/")
	strangers.Header.Set("Cookie", "theme=dark; _ga=GA1.1.1234567890.1234567890; consent=yes")
	observed, signedInObserved := newHotSite(t, found, func(c *twitterauth.Config) { c.Observe = func(context.Context, twitterauth.Event) {} })
	kept := newKeptPath(t, found)
	visit := signedInIdle("/")
	for name, value := range map[string]string{"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"} {
		visit.Header.Set(name, value)
	}
	next := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	recent := s.auth.RequireRecent(time.Hour)
	return []hotPath{
		// The opened cookie, its two IDs, the visitor, and the request that
		// carries it. Without a user only the slice of Vary.
		{"RequireUser", s.auth.RequireUser(next), signedIn("/"), 4},
		{"RequireUser/rows and idle timeout", kept.h, kept.r, 4},
		{"LoadUser", s.auth.LoadUser(next), signedIn("/"), 4},
		{"LoadUser/anonymous", s.auth.LoadUser(next), newRequest("GET", "/"), 1},
		{"LoadUser/other cookies", s.auth.LoadUser(next), strangers, 1},
		// A guard inside another costs nothing more.
		{"RequireRecent", recent(next), signedIn("/"), 4},
		{"RequireUser+RequireRecent", s.auth.RequireUser(recent(next)), signedIn("/"), 4},
		{"LoadUser+RequireUser", s.auth.LoadUser(s.auth.RequireUser(next)), signedIn("/"), 4},
		{"LoadUser+RequireUser+RequireRecent", s.auth.LoadUser(s.auth.RequireUser(recent(next))), signedIn("/"), 4},
		// No path is escaped to compare it with the routes or the sign-in page.
		{"RequireUser/a path of the folder", s.auth.RequireUser(next), signedIn("/auth/twitter/caf%C3%A9"), 4},
		{"RequireUser/sign-in page", withPage.auth.RequireUser(next), signedInThere("/"), 4},
		{"RequireUser/sign-in page, é", withPage.auth.RequireUser(next), signedInThere("/caf%C3%A9"), 4},
		{"RequireUser/sign-in page, an escaped slash", withPage.auth.RequireUser(next), signedInThere("/a%2Fb"), 4},
		{"RequireUser/sign-in page, a space", withPage.auth.RequireUser(next), signedInThere("/a%20b"), 4},
		{"LoadUser+RequireUser/sign-in page, é", withPage.auth.LoadUser(withPage.auth.RequireUser(next)), signedInThere("/caf%C3%A9"), 4},
		// An idle end that is not due to move.
		{"RequireUser/idle timeout and bearer tokens", idle.auth.RequireUser(next), signedInIdle("/"), 4},
		{"RequireUser/observed", observed.auth.RequireUser(next), signedInObserved("/"), 4},
		{"LoadUser/observed, anonymous", observed.auth.LoadUser(next), newRequest("GET", "/"), 1},
		{"RequireUser/idle timeout, a visit", idle.auth.RequireUser(next), visit, 4},
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
	paths := hotPaths(t)
	measure := func(path hotPath) float64 {
		w := nullWriter{http.Header{}}
		return testing.AllocsPerRun(100, func() {
			clear(w.h)
			path.h.ServeHTTP(w, path.r)
		})
	}
	alone := measure(paths[0]) // RequireUser, which none of the others exceeds
	for _, path := range paths {
		if got := measure(path); got > min(path.allocs, alone) {
			t.Errorf("%s: %v allocations, at most %v are allowed", path.name, got, min(path.allocs, alone))
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

// A megabyte of an address is neither copied nor taken apart for the redirect target.
func TestMemoryOfALongAddress(t *testing.T) { // not parallel: it counts allocations
	skipUnderRace(t)
	s := newSite(t, configured(func(c *twitterauth.Config) { c.LoginPage = "/signin" }))
	guarded := s.auth.RequireUser(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	signIn := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { s.auth.SignInButton("", twitterauth.Carry(r)) })
	for name, segment := range map[string]string{"dot segments": "./", "segments": "a/", "double dots": "../"} {
		long := "/" + strings.Repeat(segment, 1<<19)
		for where, test := range map[string]struct {
			h      http.Handler
			target string
		}{
			"a guarded page":   {guarded, long},
			"its query":        {guarded, "/a?" + long},
			"GET login":        {s.auth, "/auth/twitter/login?return_to=" + long},
			"the sign-in page": {signIn, "/signin?return_to=" + long},
		} {
			r := newRequest("GET", test.target)
			r.Header.Set("Accept", "text/html")
			w := nullWriter{http.Header{}}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			test.h.ServeHTTP(w, r)
			runtime.ReadMemStats(&after)
			if got := after.TotalAlloc - before.TotalAlloc; got > 512<<10 {
				t.Errorf("%s, %s: %d KiB", where, name, got>>10)
			}
		}
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
