package twitterauth_test

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

// ownSessions are those of an app that had sessions before: a map and a cookie.
type ownSessions struct {
	mu   sync.Mutex
	byID map[string]session.Session
}

func (o *ownSessions) Start(w http.ResponseWriter, r *http.Request, userID string, stay bool) (session.Session, error) {
	o.drop(r)
	s := session.Session{ID: rand.Text(), UserID: userID, IssuedAt: time.Now(), ExpiresAt: time.Now().Add(time.Hour), StayLoggedIn: stay}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.byID[s.ID] = s
	http.SetCookie(w, &http.Cookie{Name: "own", Value: s.ID, Path: "/", HttpOnly: true})
	return s, nil
}

func (o *ownSessions) Load(r *http.Request) (session.Session, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	c, err := r.Cookie("own")
	if err != nil {
		return session.Session{}, session.ErrNoSession
	}
	s, ok := o.byID[c.Value]
	if !ok {
		return session.Session{}, session.ErrNoSession
	}
	return s, nil
}

func (o *ownSessions) drop(r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if c, err := r.Cookie("own"); err == nil {
		delete(o.byID, c.Value)
	}
}

func (o *ownSessions) End(w http.ResponseWriter, r *http.Request) error {
	o.drop(r)
	http.SetCookie(w, &http.Cookie{Name: "own", Path: "/", MaxAge: -1})
	return nil
}

func (o *ownSessions) count() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.byID)
}

// Logins with X start the sessions of an app that has its own, and none of ours.
func TestSessionsOfTheApp(t *testing.T) {
	t.Parallel()
	own := &ownSessions{byID: map[string]session.Session{}}
	s := newSite(t, func(c *twitterauth.Config) { c.SessionManager, c.TokenLogin = own, true })
	b := s.browser(t)
	b.login(ada, url.Values{"stayLoggedIn": {"true"}})
	cookies := b.cookies()
	if len(cookies) != 1 || own.byID[cookies["own"]].UserID != "u1" || !own.byID[cookies["own"]].StayLoggedIn {
		t.Errorf("cookies %v, sessions %v", cookies, own.byID)
	}
	if got := b.whoami(); got != "user u1 @ada" {
		t.Error(got)
	}
	if r := b.get("/auth/twitter/session"); r.StatusCode != http.StatusOK {
		t.Errorf("GET session: %d %s", r.StatusCode, r.body)
	}
	b.login(zoe, nil)
	if own.count() != 1 || b.whoami() != "user u2 @"+s.users.logins[1].ScreenName {
		t.Errorf("after a second login: %d sessions, %s", own.count(), b.whoami())
	}
	token, secret := s.x.TokenPair(noor)
	if r := s.browser(t).do("POST", "/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}}); r.StatusCode != http.StatusOK || own.count() != 2 {
		t.Errorf("token login: %d %s, %d sessions", r.StatusCode, r.body, own.count())
	}
	if r := b.do("POST", "/auth/twitter/logout", nil); r.StatusCode != http.StatusSeeOther || own.count() != 1 || b.whoami() != "nobody" {
		t.Errorf("logout: %d, %d sessions, %s", r.StatusCode, own.count(), b.whoami())
	}
}

// A user with a password has a session like one who comes from X, and the one
// follows the other in a browser without a trace.
func TestPasswordUser(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.users.users["u9"] = &user{ID: "u9", ScreenName: "with-password", Fields: map[string]any{}}
	s.mux.HandleFunc("POST /password", func(w http.ResponseWriter, r *http.Request) {
		if _, err := s.auth.Sessions().Start(w, r, "u9", r.PostFormValue("stayLoggedIn") == "true"); err != nil {
			t.Error(err)
		}
	})
	b := s.browser(t)
	r := b.do("POST", "/password", url.Values{"stayLoggedIn": {"true"}})
	if len(r.Cookies()) != 1 || r.Cookies()[0].MaxAge < 29*24*3600 || b.whoami() != "user u9 @with-password" {
		t.Errorf("%v, %s", r.Cookies(), b.whoami())
	}
	b.login(ada, nil)
	if b.whoami() == "user u9 @with-password" {
		t.Error("still the password's user after a login with X")
	}
	b.do("POST", "/password", nil)
	if got := b.whoami(); got != "user u9 @with-password" {
		t.Error(got)
	}
	b.do("POST", "/auth/twitter/logout", nil)
	if got := b.whoami(); got != "nobody" {
		t.Error(got)
	}
	if _, err := s.auth.Sessions().Load(&http.Request{Header: http.Header{}}); err != session.ErrNoSession {
		t.Errorf("Load without a cookie: %v", err)
	}
}
