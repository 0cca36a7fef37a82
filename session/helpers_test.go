package session_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"twitterlogin.example/session"
)

func newManager(t testing.TB, cfg session.Config) *session.Manager {
	t.Helper()
	if cfg.Keys == nil {
		cfg.Keys = []session.Key{session.NewKey()}
	}
	m, err := session.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// start begins a session on a request with these cookies and returns it with
// the cookie that the browser gets.
func start(t testing.TB, m *session.Manager, userID string, stay bool, had ...*http.Cookie) (session.Session, *http.Cookie) {
	t.Helper()
	w := httptest.NewRecorder()
	s, err := m.Start(w, request(had...), userID, stay)
	if err != nil {
		t.Fatal(err)
	}
	cookies := w.Result().Cookies()
	if len(cookies) != 1 {
		t.Fatalf("%d cookies set, want 1: %v", len(cookies), cookies)
	}
	return s, cookies[0]
}

// stored returns the session as it is stored, which does not include how it came.
func stored(s session.Session) session.Session {
	return session.Session{
		ID: s.ID, UserID: s.UserID, IssuedAt: s.IssuedAt, ExpiresAt: s.ExpiresAt, StayLoggedIn: s.StayLoggedIn,
		LastSeen: s.LastSeen, IdleUntil: s.IdleUntil,
	}
}

func request(cookies ...*http.Cookie) *http.Request {
	r := httptest.NewRequest("GET", "/", nil)
	for _, c := range cookies {
		// As a browser sends it: AddCookie would clean what the tests break.
		line := c.Name + "=" + c.Value
		if have := r.Header.Get("Cookie"); have != "" {
			line = have + "; " + line
		}
		r.Header.Set("Cookie", line)
	}
	return r
}
