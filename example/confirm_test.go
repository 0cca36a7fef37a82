package main

import (
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// agingSessions are the built-in sessions, which can be made to look old.
type agingSessions struct {
	*session.Manager
	aged atomic.Pointer[time.Time] // sessions that began before look an hour old
}

func (a *agingSessions) Load(r *http.Request) (session.Session, error) {
	s, err := a.Manager.Load(r)
	if aged := a.aged.Load(); aged != nil && s.IssuedAt.Before(*aged) {
		s.IssuedAt = s.IssuedAt.Add(-time.Hour)
	}
	return s, err
}

// age makes every session of now look an hour old.
func (a *agingSessions) age() {
	now := time.Now()
	a.aged.Store(&now)
}

// startAging runs the example with sessions that can be made to look old.
func startAging(t *testing.T, args ...string) (*running, *agingSessions) {
	t.Helper()
	manager, err := session.New(session.Config{Keys: []session.Key{session.NewKey()}, Audience: "the example", AllowHTTP: true})
	if err != nil {
		t.Fatal(err)
	}
	sessions := &agingSessions{Manager: manager}
	server := newServer()
	return startChanged(t, server, server.Start, changes{login: func(c *twitterauth.Config) {
		c.Session, c.SessionManager = session.Config{Keys: c.Session.Keys}, sessions
	}}, nil, args...), sessions
}

// To delete the account after a while, the user confirms with X. Another X account
// does not do, whether it has a user or not; it changes nothing, and the session
// goes on.
func TestDeleteAccountNeedsARecentLogin(t *testing.T) {
	t.Parallel()
	for router := range routers {
		for database, args := range databases {
			for other, has := range map[string]bool{"a user": true, "no user": false} {
				t.Run(router+" on "+database+", another account with "+other, func(t *testing.T) {
					t.Parallel()
					r, sessions := startAging(t, append(args(t), "-router", router)...)
					people := 1
					if has {
						r.x.SignInAs(noor)
						r.post(t, r.browser(t), "/auth/twitter/login", nil)
						people++
					}
					c := r.browser(t)
					r.login(t, c, "true")
					_, me := r.me(t, c)
					mine := url.Values{"user": {me["id"].(string)}}
					if at, _, _ := r.visit(t, c, "/delete-account"); at != "/delete-account" {
						t.Errorf("right after the login: %s", at)
					}
					sessions.age()

					at, status, page := r.visit(t, c, "/delete-account")
					if status != http.StatusOK || at != "/signin?reauth=1&return_to=%2Fdelete-account" || !strings.Contains(page, "Please confirm") || !strings.Contains(page, "@ada") || strings.Contains(page, "guest") {
						t.Fatalf("%d at %s: %s", status, at, page)
					}
					for _, path := range []string{"/delete-account", "/disconnect-x"} {
						if status, page := r.post(t, c, path, mine); status != http.StatusUnauthorized || !strings.Contains(page, "Please confirm that it is you") {
							t.Errorf("%s: %d %s", path, status, page)
						}
					}

					confirm := url.Values{"reauth": {"true"}, "return_to": {"/delete-account"}}
					r.x.SignInAs(noor)
					before := r.cookie(t, c).Value
					if status, page := r.post(t, c, "/auth/twitter/login", confirm); status != http.StatusForbidden || !strings.Contains(page, "another X account") {
						t.Errorf("another account: %d %s", status, page)
					}
					if n := r.count(t, "users"); n != people || r.cookie(t, c).Value != before {
						t.Errorf("%d users, or another session", n)
					}
					if at, _, _ := r.visit(t, c, "/delete-account"); !strings.HasPrefix(at, "/signin?reauth=1") {
						t.Errorf("another account confirmed: %s", at)
					}

					r.x.SignInAs(ada)
					if status, page := r.post(t, c, "/auth/twitter/login", confirm); status != http.StatusOK || !strings.Contains(page, "Delete your account?") {
						t.Fatalf("confirmed: %d %s", status, page)
					}
					if n := r.count(t, "sessions"); n != people {
						t.Errorf("%d sessions of %d people", n, people)
					}
					if status, page := r.post(t, c, "/delete-account", mine); status != http.StatusOK || !strings.Contains(page, "Sign in with X") {
						t.Errorf("%d %s", status, page)
					}
					if n := r.count(t, "users"); n != people-1 {
						t.Errorf("%d users are left", n)
					}
				})
			}
		}
	}
}

// A guest has nothing to confirm with, and can delete the account all the same.
func TestGuestDeletesTheAccountLater(t *testing.T) {
	t.Parallel()
	for router := range routers {
		t.Run(router, func(t *testing.T) {
			t.Parallel()
			r, sessions := startAging(t, "-router", router)
			c := r.browser(t)
			r.post(t, c, "/guest", nil)
			_, me := r.me(t, c)
			sessions.age()
			if at, status, _ := r.visit(t, c, "/delete-account"); status != http.StatusOK || at != "/delete-account" {
				t.Errorf("%d at %s", status, at)
			}
			if status, page := r.post(t, c, "/delete-account", url.Values{"user": {me["id"].(string)}}); status != http.StatusOK || r.count(t, "users") != 0 {
				t.Errorf("%d %s", status, page)
			}
		})
	}
}

// The store's own answers to a login that confirms.
func TestLoginThatConfirms(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, r *running) {
		login := twitterauth.Login{TwitterID: "1", ScreenName: "one", Reauth: true}
		if id, err := r.app.users.UserForLogin(t.Context(), login); err != twitterauth.ErrUserNotFound || id != "" || r.count(t, "users") != 0 {
			t.Errorf("no user: %q, %v", id, err)
		}
		login.Reauth = false
		id, err := r.app.users.UserForLogin(t.Context(), login)
		if err != nil {
			t.Fatal(err)
		}
		login.Reauth, login.ScreenName = true, "renamed"
		if again, err := r.app.users.UserForLogin(t.Context(), login); err != nil || again != id {
			t.Errorf("%q after %q, %v", again, id, err)
		}
		if u, err := r.app.users.UserByID(t.Context(), id); err != nil || u.ScreenName != "renamed" {
			t.Errorf("%+v, %v", u, err)
		}
	})
}

func TestBrowserConfirmsToDeleteTheAccount(t *testing.T) {
	t.Parallel()
	site, sessions := startAging(t)
	b := openTab(t, site)
	b.expect("status of 403")
	b.open("/")
	b.atSignIn()
	b.click(keepCheckbox)
	b.click(signInButton)
	b.pick(ada)
	b.atHome()
	sessions.age()
	b.open("/me")
	b.atMe() // an ordinary page asks for nothing
	b.click(`a[href="/delete-account"]`)
	b.at("/signin", `input[name="reauth"]`)
	b.reads("Please confirm that it is you")
	asked, before := site.x.Count(twittertest.Consent), b.sessionCookie().Value
	b.click(signInButton)
	b.pick(noor)
	b.at("/auth/twitter/callback", "h1")
	b.reads("another X account")
	if b.sessionCookie().Value != before {
		t.Error("another X account changed the session")
	}
	other := b.another()
	other.open("/me")
	other.atMe()
	other.reads("@ada")
	b.click("main form button") // starts again, still to confirm
	b.pick(ada)
	b.at("/delete-account", "button.danger")
	if b.sessionCookie().Session {
		t.Error("the wish to stay logged in was lost")
	}
	if n := site.x.Count(twittertest.Consent) - asked; n == 0 {
		t.Error("X was not asked")
	}
	b.click("button.danger")
	b.atSignIn()
	if n := site.count(t, "users"); n != 0 {
		t.Errorf("%d users", n)
	}
}
