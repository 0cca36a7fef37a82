package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gorilla/sessions"

	"twitterlogin.example/session"
)

// onEachSessionStore runs a test with a store on each kind of server.
func onEachSessionStore(t *testing.T, test func(t *testing.T, store sessions.Store, kept sessionServer)) {
	for name, open := range sessionServers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kept := open(t)
			store := kept.store
			if store == nil {
				opened, err := openSessions(settings{Sessions: kept.args[1]}, []session.Key{session.NewKey()})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { opened.Close() })
				store = opened.store
			}
			test(t, store, kept)
		})
	}
}

func sessionManager(t *testing.T, store sessions.Store, idleTimeout time.Duration) *session.Manager {
	t.Helper()
	m, err := session.New(session.Config{Keys: []session.Key{session.NewKey()}, Store: store, StayIdleTimeout: idleTimeout})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func requestWith(c *http.Cookie) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.AddCookie(c)
	return r
}

// Two requests are sent with one cookie, and the first to be served renews the
// session. The record keeps its name, and is kept for as long as the session.
func TestRenewalInASessionServer(t *testing.T) {
	t.Parallel()
	onEachSessionStore(t, func(t *testing.T, store sessions.Store, kept sessionServer) {
		before, hour, day := sessionManager(t, store, 0), sessionManager(t, store, time.Hour), sessionManager(t, store, 24*time.Hour)
		w := httptest.NewRecorder()
		started, err := before.Start(w, httptest.NewRequest(http.MethodPost, "/", nil), "user", true)
		if err != nil {
			t.Fatal(err)
		}
		older := w.Result().Cookies()[0]
		newer := older
		for _, step := range []struct {
			m     *session.Manager
			lasts int // seconds
		}{{before, 30 * 24 * 3600}, {hour, 3600}, {day, 24 * 3600}, {hour, 3600}} {
			m, lasts := step.m, step.lasts
			r := requestWith(newer)
			s, err := m.Load(r)
			if err != nil || s.ID != started.ID {
				t.Fatalf("%+v, %v", s, err)
			}
			w := httptest.NewRecorder()
			touched, err := m.Touch(w, r, s)
			if err != nil || len(w.Result().Cookies()) != 1 {
				t.Fatalf("Touch: %v, cookies %v", err, w.Result().Cookies())
			}
			newer = w.Result().Cookies()[0]
			if newer.MaxAge > lasts || newer.MaxAge < lasts-60 {
				t.Errorf("Max-Age %d, want %d", newer.MaxAge, lasts)
			}
			if ttls := kept.ttls(); len(ttls) != 1 || ttls[0] > lasts || ttls[0] < lasts-60 {
				t.Errorf("kept for %v s, want one for %d", ttls, lasts)
			}
			for _, c := range []*http.Cookie{older, newer} {
				if got, err := m.Load(requestWith(c)); err != nil || got != touched {
					t.Errorf("%+v, %v, want %+v", got, err, touched)
				}
			}
		}
	})
}

// A logout, here or on another machine, is not undone by a renewal behind it.
func TestRenewalAfterALogoutInASessionServer(t *testing.T) {
	t.Parallel()
	onEachSessionStore(t, func(t *testing.T, store sessions.Store, kept sessionServer) {
		here, there := sessionManager(t, store, time.Hour), sessionManager(t, store, time.Hour)
		w := httptest.NewRecorder()
		s, err := here.Start(w, httptest.NewRequest(http.MethodPost, "/", nil), "user", true)
		if err != nil {
			t.Fatal(err)
		}
		c := w.Result().Cookies()[0]
		if err := there.End(httptest.NewRecorder(), requestWith(c)); err != nil {
			t.Fatal(err)
		}
		w = httptest.NewRecorder()
		if got, err := here.Touch(w, requestWith(c), s); !errors.Is(err, session.ErrNoSession) || len(w.Result().Cookies()) != 0 {
			t.Errorf("%+v, %v, cookies %v", got, err, w.Result().Cookies())
		}
		if ttls := kept.ttls(); len(ttls) != 0 {
			t.Errorf("%d records", len(ttls))
		}
	})
}
