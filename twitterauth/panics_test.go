package twitterauth_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/sessions"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

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
	s := newSite(t, configured(func(c *twitterauth.Config) {
		c.Session.Store = panickingStore{sessions.NewCookieStore([]byte("a signing key of 32 bytes length"))}
	}))
	b := s.browser(t)
	if r := b.get(b.approve(b.start(nil), ada)); r.StatusCode != 500 || r.code(t) != "store_failed" || b.hasSession() {
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
			s := newSite(t)
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
			if pending, _ := b.pendingLogins(); len(pending) > 1 {
				t.Errorf("more than the cookie that is marked used: %v", pending)
			}
		})
	}
}

func TestAbortHandlerPassesOn(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newSite(t, over(p))
		s.users.onLogin = func(context.Context, twitterauth.Login) (string, error) { panic(http.ErrAbortHandler) }
		b := s.browser(t)
		callback := b.approve(b.start(nil), ada)
		b.http.Transport = &http.Transport{} // a fresh connection: on a used one net/http's client tries twice
		if resp, err := b.http.Get(callback); err == nil {
			resp.Body.Close()
			t.Errorf("answered %d", resp.StatusCode)
		}
	})
}
