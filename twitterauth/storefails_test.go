package twitterauth_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/sessions"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// What the app plugs in (its store, session store or session manager) may fail in
// any way: each request still gets an answer.

func TestFaultsOfTheStore(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		type onLogin = func(context.Context, twitterauth.Login) (string, error)
		for name, test := range map[string]struct {
			onLogin onLogin
			onByID  func(context.Context, string) (*user, error)
			status  int
			code    string
		}{
			"an error": {func(context.Context, twitterauth.Login) (string, error) { return "", errors.New("boom") }, nil, 500, "store_failed"},
			"a deadline": {func(context.Context, twitterauth.Login) (string, error) {
				return "", fmt.Errorf("query: %w", context.DeadlineExceeded)
			}, nil, 503, "store_unavailable"},
			"slow":          {func(ctx context.Context, _ twitterauth.Login) (string, error) { <-ctx.Done(); return "", ctx.Err() }, nil, 503, "store_unavailable"},
			"a panic":       {func(context.Context, twitterauth.Login) (string, error) { panic("boom") }, nil, 500, "store_failed"},
			"a nil pointer": {func(context.Context, twitterauth.Login) (string, error) { var u *user; return u.ID, nil }, nil, 500, "store_failed"}, //nolint:govet // nilness: the panic is the point
			"an empty ID":   {func(context.Context, twitterauth.Login) (string, error) { return "", nil }, nil, 500, "store_failed"},
			"a long ID":     {func(context.Context, twitterauth.Login) (string, error) { return strings.Repeat("u", 5000), nil }, func(context.Context, string) (*user, error) { return &user{}, nil }, 500, "store_failed"},
			"refused": {func(context.Context, twitterauth.Login) (string, error) {
				return "", fmt.Errorf("banned: %w", twitterauth.ErrLoginRefused)
			}, nil, 403, "login_refused"},
			"a lagging replica": {nil, func(context.Context, string) (*user, error) { return nil, twitterauth.ErrUserNotFound }, 503, "store_unavailable"},
			"UserByID fails":    {nil, func(context.Context, string) (*user, error) { return nil, errors.New("boom") }, 500, "store_failed"},
			"UserByID panics":   {nil, func(context.Context, string) (*user, error) { panic("boom") }, 500, "store_failed"},
			"UserByID is nil":   {nil, func(context.Context, string) (*user, error) { return nil, nil }, 500, "store_failed"},
			"revoked ahead":     {nil, func(context.Context, string) (*user, error) { return &user{ValidSince: time.Now().Add(time.Hour)}, nil }, 503, "store_unavailable"},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				var told *twitterauth.Error
				s := newSite(t, over(p), configured(func(c *twitterauth.Config) {
					c.ErrorHandler = func(w http.ResponseWriter, r *http.Request, e *twitterauth.Error) {
						told = e
						twitterauth.WriteError(w, r, e)
					}
				}))
				b := s.browser(t)
				began := time.Now()
				b.login(noor, nil)
				if name == "slow" {
					s.auth.SetBudget(budgetFor(time.Since(began)))
				}
				s.users.onLogin, s.users.onByID = test.onLogin, test.onByID
				before := b.cookies()[sessionCookie]
				r := b.get(b.approve(b.start(nil), ada))
				if r.StatusCode != test.status || r.code(t) != test.code || b.cookies()[sessionCookie] != before {
					t.Errorf("%d %s", r.StatusCode, r.body)
				}
				if told == nil || told.Code != test.code || told.Err == nil || strings.Contains(r.body, "boom") {
					t.Errorf("the hook was told %v", told)
				}
			})
		}
	})
}

func TestStoreFailsOnRequests(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		byID   func(context.Context, string) (*user, error)
		status int
		code   string
	}{
		"an error":         {func(context.Context, string) (*user, error) { return nil, errors.New("boom") }, 503, "store_unavailable"},
		"a timeout":        {func(context.Context, string) (*user, error) { return nil, context.DeadlineExceeded }, 503, "store_unavailable"},
		"a panic":          {func(context.Context, string) (*user, error) { panic("boom") }, 500, "store_failed"},
		"the user's panic": {func(context.Context, string) (*user, error) { return &user{ID: "u1", Data: "panic"}, nil }, 500, "store_failed"},
		"nil and no error": {func(context.Context, string) (*user, error) { return nil, nil }, 503, "store_unavailable"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			b := s.browser(t)
			b.login(ada, nil)
			s.users.onByID = test.byID
			r := b.get("/account")
			if r.StatusCode != test.status || r.code(t) != test.code || !b.hasSession() {
				t.Errorf("%d %s, cookie kept %t", r.StatusCode, r.body, b.hasSession())
			}
			if r := b.get("/"); r.body != "nobody" || !b.hasSession() || !strings.Contains(s.log.String(), test.code) {
				t.Errorf("LoadUser: %s", r.body)
			}
			if r := b.get(b.approve(b.start(nil), zoe)); r.StatusCode < 500 || !strings.HasPrefix(r.code(t), "store_") {
				t.Errorf("a login meanwhile: %d %s", r.StatusCode, r.body)
			}
			s.users.onByID = nil
			if got := b.whoami(); got != "user u1 @ada" {
				t.Errorf("once it is back: %s", got)
			}
		})
	}
}

// Every store call of a login has the login's deadline.
func TestStoreCallsOfALoginHaveADeadline(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s, b := newLinkingSite(t, p)
		guest := &user{ID: "guest", Fields: map[string]any{}}
		check := func(ctx context.Context) {
			if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) > 10*time.Second {
				t.Error("a store call without the login's deadline")
			}
		}
		s.users.onByID = func(ctx context.Context, _ string) (*user, error) { check(ctx); return guest, nil }
		s.users.onLink = func(ctx context.Context, _ string, _ twitterauth.Login) error { check(ctx); return nil }
		s.users.onLogin = func(ctx context.Context, _ twitterauth.Login) (string, error) { check(ctx); return "guest", nil }
		b.login(ada, url.Values{"link": {"true"}})
		b.login(ada, nil)
	})
}

func TestSessionCannotBeSaved(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for name, test := range map[string]struct {
			manager twitterauth.SessionManager
			begun   bool
			status  int
			code    string
		}{
			"the store is down":    {downManager{}, false, 503, "store_unavailable"},
			"the answer has begun": {nil, true, 200, "store_failed"},
		} {
			s := newSite(t, over(p), configured(func(c *twitterauth.Config) { c.SessionManager = test.manager }))
			b := s.browser(t)
			callback, err := url.Parse(b.approve(b.start(nil), ada))
			if err != nil {
				t.Fatal(err)
			}
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if test.begun {
					w.WriteHeader(http.StatusOK)
				}
				s.auth.ServeHTTP(w, r)
			}))
			t.Cleanup(server.Close)
			server.Config.ErrorLog = slog.NewLogLogger(slog.NewTextHandler(io.Discard, nil), slog.LevelError)
			u, _ := url.Parse(server.URL)
			for name, value := range b.cookies() {
				b.http.Jar.SetCookies(u, []*http.Cookie{{Name: name, Value: value}})
			}
			r := b.get(server.URL + "/auth/twitter/callback?" + callback.RawQuery)
			if r.StatusCode != test.status || r.code(t) != test.code || b.hasSession() {
				t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
			}
		}
	})
}

// downManager is a session manager whose store does not answer.
type downManager struct{}

var errDown = errors.New("connection refused")

func (downManager) Start(http.ResponseWriter, *http.Request, string, bool) (session.Session, error) {
	return session.Session{}, errDown
}

func (downManager) Load(*http.Request) (session.Session, error) { return session.Session{}, errDown }

func (downManager) End(http.ResponseWriter, *http.Request) error { return errDown }

func TestSessionStoreIsDown(t *testing.T) {
	t.Parallel()
	s := newSite(t, configured(func(c *twitterauth.Config) { c.SessionManager = downManager{} }))
	b := s.browser(t)
	b.setCookie(sessionCookie, "kept")
	for path, want := range map[string]int{"/": 200, "/account": 503, "/auth/twitter/session": 503} {
		if r := b.visit(path); r.StatusCode != want || len(r.Cookies()) != 0 {
			t.Errorf("%s: %d %s", path, r.StatusCode, r.body)
		}
	}
	if r := b.do("POST", "/auth/twitter/logout", nil); r.StatusCode != 503 || len(r.Cookies()) != 0 {
		t.Errorf("logout: %d %s", r.StatusCode, r.body)
	}
	if !strings.Contains(s.log.String(), "connection refused") {
		t.Errorf("the log says %s", s.log)
	}
}

// The back button leads a person who is signed in to a used callback. While the session
// store is down it is unknown whether they are, so the page does not blame them or
// their browser, and offers no login.
func TestBackButtonWhileTheSessionStoreIsDown(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		store := &mapStore{values: map[string]map[any]any{}}
		down := false
		s, guest := newLinkingSite(t, p, configured(func(c *twitterauth.Config) {
			c.Session.Store = hookedSessions{store, func() error {
				if down {
					return errDown
				}
				return nil
			}}
		}))
		b := s.browser(t)
		callbacks := map[*browser]string{b: b.approve(b.start(nil), ada), guest: guest.approve(guest.start(url.Values{"link": {"true"}}), zoe)}
		for b, callback := range callbacks {
			b.get(callback)
			down = true
			page := b.visit(callback)
			if _, offered := offeredForm(page.body); page.StatusCode != 503 || offered || !strings.Contains(page.body, "cannot look you up") {
				t.Errorf("%d, a button: %t\n%s", page.StatusCode, offered, page.body)
			}
			if r := b.get(callback); r.code(t) != "store_unavailable" || !b.hasSession() {
				t.Error(r.body)
			}
			if r := s.browser(t).get(callback); r.StatusCode != 403 {
				t.Errorf("without a cookie: %d %s", r.StatusCode, r.body)
			}
			down = false
			if r := b.get(callback); r.StatusCode != 303 || r.location() != "/" {
				t.Errorf("once it is back: %d %s", r.StatusCode, r.body)
			}
		}
	})
}

// The same with the callback of a first try, which failed before a second try
// succeeded.
func TestBackToAFailedTryWhileTheSessionStoreIsDown(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		var down atomic.Bool
		s := newSite(t, over(p), configured(func(c *twitterauth.Config) {
			c.Session.Store = hookedSessions{&mapStore{values: map[string]map[any]any{}}, func() error {
				if down.Load() {
					return errDown
				}
				return nil
			}}
		}))
		b := s.browser(t)
		first := b.approve(b.start(nil), ada)
		s.x.Fail(p.exchange, twittertest.HTML(503))
		if r := b.get(first); r.StatusCode != 502 {
			t.Fatalf("the first try: %d %s", r.StatusCode, r.body)
		}
		s.x.Recover()
		b.login(ada, nil)
		down.Store(true)
		page := b.visit(first)
		if _, offered := offeredForm(page.body); page.StatusCode != 503 || offered || !strings.Contains(page.body, "cannot look you up") || !b.hasSession() {
			t.Errorf("%d, a button: %t\n%s", page.StatusCode, offered, page.body)
		}
		down.Store(false)
		if r := b.get(first); r.StatusCode != 303 || r.location() != "/" {
			t.Errorf("once it is back: %d %s", r.StatusCode, r.body)
		}
	})
}

// hookedSessions is a session store that may fail.
type hookedSessions struct {
	*mapStore
	fails func() error
}

func (h hookedSessions) New(r *http.Request, name string) (*sessions.Session, error) {
	if err := h.fails(); err != nil {
		return nil, err
	}
	return h.mapStore.New(r, name)
}

// A failed logout is never an empty 200, even when the context has ended.
func TestFailureUnderAnEndedContext(t *testing.T) {
	t.Parallel()
	s := newSite(t, configured(func(c *twitterauth.Config) { c.SessionManager = downManager{} }))
	for method, path := range map[string]string{"POST": "/auth/twitter/logout", "GET": "/auth/twitter/session"} {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		r := newRequest(method, path).WithContext(ctx)
		if w := record(s.auth, r); w.Code != 503 {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

// A context that ends for another reason than the client's going away must not
// look like success.
func TestContextEndsByItself(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ran := false
	h := s.auth.RequireUser(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { ran = true }))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, method := range []string{"GET", "POST"} {
		r := newRequest(method, "/save").WithContext(ctx)
		r.Header.Set("Sec-Fetch-Dest", "document")
		if w := record(h, r); w.Code != http.StatusServiceUnavailable || ran {
			t.Errorf("%s: %d", method, w.Code)
		}
	}
}

// A server whose requests end at a shutdown must not answer a login with an empty 200.
func TestContextEndsByItselfDuringALogin(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newSite(t, over(p), configured(func(c *twitterauth.Config) {
			c.Session.Bearer = true
			c.AppCallbacks = []string{"com.example.app:/signed-in"}
		}))
		b := s.browser(t)
		callback := pathAndQuery(b.approve(b.start(nil), ada))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		s.users.onLogin = func(ctx context.Context, _ twitterauth.Login) (string, error) { return "", ctx.Err() }
		for _, path := range []string{"POST /auth/twitter/login", "GET " + callback, "POST /auth/twitter/token"} {
			method, target, _ := strings.Cut(path, " ")
			r := newRequest(method, target).WithContext(ctx)
			for name, value := range b.cookies() {
				r.AddCookie(&http.Cookie{Name: name, Value: value})
			}
			if w := record(s.auth, r); w.Code != http.StatusServiceUnavailable || len(w.Result().Cookies()) != 0 {
				t.Errorf("%s: %d %v %s", target, w.Code, w.Result().Cookies(), w.Body)
			}
		}
	})
}

// A session store that hangs holds a request for five seconds in all.
func TestHangingSessionStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &mapStore{values: map[string]map[any]any{}}
		cfg := goodConfig()
		cfg.Session.Store = store
		auth, err := twitterauth.New(newMemory(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		release := make(chan struct{})
		store.hang = release
		page := auth.LoadUser(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, err := auth.Sessions().Load(r); err == nil {
				t.Error("a session")
			}
			if _, err := auth.Sessions().Start(w, r, "u", false); err == nil {
				t.Error("a session began")
			}
			auth.RequireUser(nil).ServeHTTP(w, r)
		}))
		r := newRequest("GET", "/")
		r.AddCookie(&http.Cookie{Name: "__Host-" + sessionCookie, Value: "x"})
		began := time.Now()
		if w := record(page, r); w.Code != 503 {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		if took := time.Since(began); took < 4*time.Second || took > 6*time.Second {
			t.Errorf("took %v", took)
		}
		close(release)
		synctest.Wait()
	})
}

// brokenManager is a SessionManager whose parts can be replaced.
type brokenManager struct {
	twitterauth.SessionManager
	start func() (session.Session, error)
	load  func(session.Session, error) (session.Session, error)
	end   func() error
}

func (m *brokenManager) Start(w http.ResponseWriter, r *http.Request, userID string, stay bool) (session.Session, error) {
	if m.start != nil {
		return m.start()
	}
	return m.SessionManager.Start(w, r, userID, stay)
}

func (m *brokenManager) Load(r *http.Request) (session.Session, error) {
	s, err := m.SessionManager.Load(r)
	if m.load != nil {
		return m.load(s, err)
	}
	return s, err
}

func (m *brokenManager) End(w http.ResponseWriter, r *http.Request) error {
	if m.end != nil {
		return m.end()
	}
	return m.SessionManager.End(w, r)
}

func newBrokenSite(t *testing.T) (*site, *brokenManager) {
	t.Helper()
	m := &brokenManager{SessionManager: newManager(t, true)}
	return newSite(t, configured(func(c *twitterauth.Config) { c.SessionManager = m })), m
}

// A session that would be refused at once must not send the person round
// between the app and X.
func TestSessionManagerWithoutTimes(t *testing.T) {
	t.Parallel()
	validSince := func(u *user) { u.ValidSince = time.Now().Add(-time.Hour) }

	s, m := newBrokenSite(t)
	b := s.browser(t)
	b.login(ada, nil)
	s.users.change("u1", validSince)
	m.load = func(s session.Session, err error) (session.Session, error) { s.IssuedAt = time.Time{}; return s, err }
	if r := b.visit("/account"); r.StatusCode != 500 || !strings.Contains(s.log.String(), "without IssuedAt") {
		t.Errorf("no IssuedAt at Load: %d %s", r.StatusCode, r.location())
	}

	s, m = newBrokenSite(t)
	b = s.browser(t)
	b.login(ada, nil)
	s.users.change("u1", validSince)
	begin := m.SessionManager
	for name, issued := range map[string]time.Time{"none": {}, "long ago": time.Now().Add(-24 * time.Hour)} {
		m.start = func() (session.Session, error) {
			return session.Session{ID: "id", UserID: "u1", IssuedAt: issued}, nil
		}
		if r := b.get(b.approve(b.start(nil), ada)); r.StatusCode != 500 || r.code(t) != "store_failed" {
			t.Errorf("IssuedAt of Start: %s: %d %s", name, r.StatusCode, r.body)
		}
	}
	m.start, m.SessionManager = nil, begin
	b.login(ada, nil)
}

func TestSessionOfNobody(t *testing.T) {
	t.Parallel()
	s, m := newBrokenSite(t)
	m.load = func(session.Session, error) (session.Session, error) { return session.Session{}, nil }
	s.users.onByID = func(context.Context, string) (*user, error) { return &user{ID: "somebody"}, nil }
	b := s.browser(t)
	if r := b.get("/account"); r.StatusCode != 401 {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	if r := b.get("/auth/twitter/session"); r.StatusCode != 401 {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
}
