package twitterauth_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/sessions"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

// What the app plugs in may be broken in any way: it ends in an answer.

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
	return newSite(t, func(c *twitterauth.Config) { c.SessionManager = m }), m
}

func TestSessionManagerPanics(t *testing.T) {
	t.Parallel()
	s, m := newBrokenSite(t)
	b := s.browser(t)
	b.login(ada, nil)
	m.load = func(session.Session, error) (session.Session, error) { panic("boom") }
	for target, want := range map[string]int{"/account": 500, "/auth/twitter/session": 500, "/": 200} {
		if r := b.get(target); r.StatusCode != want || want == 500 && r.code(t) != "store_failed" {
			t.Errorf("Load panics: %s is %d %s", target, r.StatusCode, r.body)
		}
	}
	m.load = nil
	m.end = func() error { panic("boom") }
	if r := b.do("POST", "/auth/twitter/logout", nil); r.StatusCode != 500 || r.code(t) != "store_failed" {
		t.Errorf("End panics: %d %s", r.StatusCode, r.body)
	}
	m.start = func() (session.Session, error) { panic("boom") }
	if r := b.get(b.approve(b.start(nil), zoe)); r.StatusCode != 500 || r.code(t) != "store_failed" {
		t.Errorf("Start panics: %d %s", r.StatusCode, r.body)
	}
	if !strings.Contains(s.log.String(), "stack=") {
		t.Errorf("the log does not say where: %s", s.log)
	}
	if got := b.whoami(); got != "user u1 @ada" {
		t.Errorf("afterwards: %s", got)
	}
}

// panickingStore is a gorilla store.
type panickingStore struct{ sessions.Store }

func (panickingStore) Save(*http.Request, http.ResponseWriter, *sessions.Session) error {
	panic("boom")
}

func TestSessionStorePanics(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *twitterauth.Config) {
		c.Session.Store = panickingStore{sessions.NewCookieStore([]byte("a signing key of 32 bytes length"))}
	})
	b := s.browser(t)
	if r := b.get(b.approve(b.start(nil), ada)); r.StatusCode != 500 || r.code(t) != "store_failed" || b.hasSession() {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
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

// nilError is an error type whose nil pointer panics when it is read.
type nilError struct{ text string }

func (e *nilError) Error() string { return e.text }

// readError panics when it is compared.
type readError struct{ error }

func (readError) Is(error) bool { panic("boom") }

func TestErrorsThatPanic(t *testing.T) {
	t.Parallel()
	var none *nilError
	for name, broken := range map[string]error{
		"a nil pointer":           none,
		"a nil pointer, wrapped":  fmt.Errorf("query: %w", errors.Join(readError{errors.New("x")})),
		"one that cannot be read": readError{errors.New("x")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, nil)
			b := s.browser(t)
			b.login(ada, nil)
			s.users.onByID = func(context.Context, string) (*user, error) { return &user{ID: "u1"}, broken }
			if r := b.get("/account"); r.StatusCode != 500 || r.code(t) != "store_failed" {
				t.Errorf("UserByID: %d %s", r.StatusCode, r.body)
			}
			s.users.onByID = nil
			s.users.onLogin = func(context.Context, twitterauth.Login) (string, error) { return "u1", broken }
			if r := b.get(b.approve(b.start(nil), ada)); r.StatusCode != 500 || r.code(t) != "store_failed" {
				t.Errorf("UserForLogin: %d %s", r.StatusCode, r.body)
			}
			if flows, _ := b.flowCookies(); len(flows) > 1 {
				t.Errorf("more than the cookie that is marked used: %v", flows)
			}
		})
	}
}

// A context that ends for another reason than the client's going away must not
// look like success.
func TestContextEndsByItself(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
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

// A client that goes away while the store is asked is nobody's alarm.
func TestClientGoesAwayFromAPage(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	b := s.browser(t)
	b.login(ada, nil)
	for name, guard := range map[string]func(http.Handler) http.Handler{"RequireUser": s.auth.RequireUser, "LoadUser": s.auth.LoadUser} {
		ctx, cancel := context.WithCancel(t.Context())
		s.users.onByID = func(ctx context.Context, _ string) (*user, error) {
			cancel()
			return nil, ctx.Err()
		}
		r := newRequest("GET", "/").WithContext(ctx)
		for cookie, value := range b.cookies() {
			r.AddCookie(&http.Cookie{Name: cookie, Value: value})
		}
		if w := record(guard(http.HandlerFunc(s.page)), r); len(w.Result().Cookies()) != 0 {
			t.Errorf("%s: %v", name, w.Result().Cookies())
		}
	}
	if log := s.log.String(); strings.Contains(log, "level=ERROR") || strings.Count(log, "the client went away") != 2 {
		t.Errorf("the log says %s", log)
	}
}

// An ErrorHandler that leads to a page which needs a user must not go round.
func TestErrorsOfTheErrorPage(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *twitterauth.Config) { c.ErrorHandler = twitterauth.RedirectErrors("/account?from=error") })
	b := s.browser(t)
	b.login(ada, nil)
	s.users.onByID = func(context.Context, string) (*user, error) { return nil, errors.New("down") }
	if r := b.visit("/account"); r.StatusCode != 503 || r.location() != "" {
		t.Errorf("%d to %q", r.StatusCode, r.location())
	}
	if r := b.visit("/account?error=store_unavailable"); r.StatusCode != 503 {
		t.Errorf("%d to %q", r.StatusCode, r.location())
	}
}

func TestWriteErrorOfTheApp(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		e      twitterauth.Error
		status int
		text   string
	}{
		{twitterauth.Error{Code: twitterauth.CodeLoginRefused}, 403, "may not sign in"},
		{twitterauth.Error{Code: twitterauth.CodeLoginRefused, Message: "Closed beta."}, 403, "Closed beta."},
		{twitterauth.Error{Code: "own", Message: "Own.", Status: 418}, 418, "Own."},
		{twitterauth.Error{Code: "own", Message: "Own."}, 500, "Own."},
		{twitterauth.Error{}, 500, ""},
	} {
		for _, accept := range []string{"text/html", "application/json"} {
			r := newRequest("GET", "/")
			r.Header.Set("Accept", accept)
			e := test.e
			w := record(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { twitterauth.WriteError(w, r, &e) }), r)
			if w.Code != test.status || !strings.Contains(w.Body.String(), test.text) || strings.Contains(w.Body.String(), "<form") {
				t.Errorf("%+v: %d %s", test.e.Code, w.Code, w.Body)
			}
		}
	}
}
