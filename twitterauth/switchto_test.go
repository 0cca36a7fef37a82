package twitterauth_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

// switching makes the store move a guest to the user who has the X account.
func (s *site) switching() {
	s.users.onLink = func(_ context.Context, userID string, login twitterauth.Login) error {
		s.users.mu.Lock()
		defer s.users.mu.Unlock()
		for _, u := range s.users.users {
			if u.TwitterID == login.TwitterID {
				return fmt.Errorf("the cart of %s has moved: %w", userID, twitterauth.SwitchTo(u.ID))
			}
		}
		s.users.users[userID].TwitterID = login.TwitterID
		s.users.users[userID].update(login)
		return nil
	}
}

// member makes a user with an X account, as of an earlier login.
func (s *site) member(userID, twitterID string) {
	s.users.mu.Lock()
	defer s.users.mu.Unlock()
	s.users.users[userID] = &user{ID: userID, TwitterID: twitterID, ScreenName: "member", Fields: map[string]any{}}
}

// switchSites are where a guest's session can be.
func switchSites(t *testing.T) map[string]func() []siteOption {
	sites := appStores(t)
	sites["an app's own sessions"] = func() []siteOption {
		return []siteOption{configured(func(c *twitterauth.Config) {
			c.SessionManager, c.Session.Bearer = &ownSessions{byID: map[string]session.Session{}}, false
		})}
	}
	return sites
}

// A guest who links an X account that a user has already is signed in as that user,
// with a fresh session, and the guest's session has ended.
func TestSwitchTo(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for name, options := range switchSites(t) {
			for _, stay := range []string{"", "true", "false"} {
				t.Run(name+", stayLoggedIn "+stay, func(t *testing.T) {
					t.Parallel()
					var l landings
					s, b := newLinkingSite(t, p, append(options(), landingAt(&l, func(_ context.Context, to string) (string, error) { return to + "?moved", nil }))...)
					s.switching()
					s.member("owner", ada)
					older := s.browser(t)
					for name, value := range b.cookies() {
						older.setCookie(name, value)
					}
					form := url.Values{"link": {"true"}, "return_to": {"/account"}, "stayLoggedIn": {stay}}
					if stay == "" {
						form.Del("stayLoggedIn")
					}
					guest := b.session()
					r := b.login(ada, form)
					if r.location() != "/account?moved" || b.whoami() != "user owner @member" || len(s.users.all()) != 2 {
						t.Fatalf("leads to %q as %s", r.location(), b.whoami())
					}
					owner := b.session()
					if owner.ID == guest.ID || owner.UserID != "owner" || owner.StayLoggedIn != (stay == "true") || maps.Equal(b.cookies(), older.cookies()) {
						t.Errorf("the session is %+v, the guest's was %+v", owner, guest)
					}
					if calls := l.take(); len(calls) != 1 || calls[0].userID != "owner" || calls[0].login.TwitterID != ada {
						t.Errorf("LandingPage: %v", calls)
					}
					if got, ends := older.whoami(), name != "sealed cookies" && name != "a manager of the app's"; ends != (got == "nobody") {
						t.Errorf("a copy of the guest's cookie is %s", got)
					}
					if names, _ := b.pendingLogins(); len(names) != 0 {
						t.Errorf("pending logins %v", names)
					}
				})
			}
		}
	})
}

// session returns the browser's session.
func (b *browser) session() (found session.Session) {
	b.t.Helper()
	r := newRequest("GET", b.site.URL)
	for name, value := range b.cookies() {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	found, err := b.site.auth.Sessions().Load(r)
	if err != nil {
		b.t.Fatal(err)
	}
	return found
}

// The row of the new session is saved, then looked up, then the guest's deleted. A
// guest whose rows the store has deleted in the move is no error.
func TestSwitchToKeepsRows(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for _, deleted := range []bool{false, true} {
			k := newKeepingMemory()
			s := newSite(t, over(p), withStore(linkingKeeper{k, linkingMemory{k.memory}}))
			b := s.guest(t)
			s.member("owner", ada)
			s.users.onLink = func(_ context.Context, userID string, _ twitterauth.Login) error {
				k.takeCalls()
				if deleted {
					s.users.change(userID, nil)
					k.rowsMu.Lock()
					defer k.rowsMu.Unlock()
					clear(k.rows)
				}
				return twitterauth.SwitchTo("owner")
			}
			b.login(ada, url.Values{"link": {"true"}})
			if got := k.takeCalls(); got != "save user delete" || len(k.ids()) != 1 || b.whoami() != "user owner @member" {
				t.Errorf("the guest's row is gone %t: %q, rows %v, %s", deleted, got, k.ids(), b.whoami())
			}
		}
	})
}

// What the store cannot mean, or cannot do, leaves the guest where the guest was.
func TestSwitchToFails(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		hour := time.Now().Add(time.Hour)
		for name, test := range map[string]struct {
			err    error
			spoil  func(*site)
			status int
			code   string
		}{
			"an unknown user":             {twitterauth.SwitchTo("nobody"), nil, 500, "store_failed"},
			"an empty ID":                 {fmt.Errorf("x: %w", twitterauth.SwitchTo("")), nil, 500, "store_failed"},
			"refused too":                 {errors.Join(twitterauth.SwitchTo("owner"), twitterauth.ErrLoginRefused), nil, 403, "login_refused"},
			"already linked too":          {fmt.Errorf("%w, %w", twitterauth.ErrAlreadyLinked, twitterauth.SwitchTo("owner")), nil, 409, "already_linked"},
			"the database was lost too":   {errors.Join(twitterauth.SwitchTo("owner"), twitterauth.ErrStoreUnavailable), nil, 503, "store_unavailable"},
			"the owner's sessions ended":  {twitterauth.SwitchTo("owner"), func(s *site) { s.users.change("owner", func(u *user) { u.ValidSince = hour }) }, 503, "store_unavailable"},
			"the owner cannot be read":    {twitterauth.SwitchTo("owner"), func(s *site) { s.users.change("owner", func(u *user) { u.Data = "panic" }) }, 500, "store_failed"},
			"the owner was deleted":       {twitterauth.SwitchTo("owner"), func(s *site) { s.users.change("owner", nil) }, 500, "store_failed"},
			"a user with a too long name": {twitterauth.SwitchTo(strings.Repeat("x", 5000)), nil, 500, "store_failed"},
		} {
			for where, options := range switchSites(t) {
				t.Run(name+", "+where, func(t *testing.T) {
					t.Parallel()
					s, b := newLinkingSite(t, p, options()...)
					s.member("owner", ada)
					s.users.onLink = func(context.Context, string, twitterauth.Login) error {
						if test.spoil != nil {
							test.spoil(s)
						}
						return test.err
					}
					before := b.cookies()[sessionCookie]
					r := b.get(b.approve(b.start(url.Values{"link": {"true"}}), ada))
					if r.StatusCode != test.status || r.code(t) != test.code || b.cookies()[sessionCookie] != before || b.whoami() != "user guest @" {
						t.Errorf("%d %s, %s", r.StatusCode, r.body, b.whoami())
					}
				})
			}
		}
	})
}

// Only a link can switch: nobody is signed in as another user by a login, a
// confirmation or a session's row.
func TestSwitchToOfALogin(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s, b := newLinkingSite(t, p)
		s.member("owner", zoe)
		s.users.onLogin = failingLogin(fmt.Errorf("x: %w", twitterauth.SwitchTo("owner")))
		for name, form := range map[string]url.Values{"a login": nil, "a confirmation": {"reauth": {"true"}}} {
			r := b.get(b.approve(b.start(form), ada))
			if r.StatusCode != 500 || r.code(t) != "store_failed" || b.whoami() != "user guest @" {
				t.Errorf("%s: %d %s, %s", name, r.StatusCode, r.body, b.whoami())
			}
		}
		if !strings.Contains(s.log.String(), "only LinkLogin") {
			t.Errorf("the log has no reason: %s", s.log)
		}
		k := newKeepingMemory()
		k.onSave = func(context.Context, *http.Request, session.Session) error { return twitterauth.SwitchTo("owner") }
		s = newSite(t, over(p), withStore(k))
		b = s.browser(t)
		if r := b.get(b.approve(b.start(nil), ada)); r.StatusCode != 500 || r.code(t) != "store_failed" || b.hasSession() {
			t.Errorf("SaveSession: %d %s", r.StatusCode, r.body)
		}
	})
}

// The account is the guest's own: nothing is switched and the session goes on.
func TestSwitchToTheSameUser(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s, b := newLinkingSite(t, p)
		s.users.onLink = func(_ context.Context, userID string, _ twitterauth.Login) error { return twitterauth.SwitchTo(userID) }
		before := b.cookies()[sessionCookie]
		if r := b.login(ada, url.Values{"link": {"true"}}); r.StatusCode != 303 || b.cookies()[sessionCookie] != before {
			t.Errorf("%d %s", r.StatusCode, r.body)
		}
	})
}

// Two links of a guest at the same moment: each is answered, and the browser is the
// user of the answer that came last, or the guest's session had ended before.
func TestSwitchToInParallel(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for name, options := range switchSites(t) {
			s, b := newLinkingSite(t, p, options()...)
			s.switching()
			s.member("owner", ada)
			s.member("other", zoe)
			form := url.Values{"link": {"true"}}
			callbacks := []string{b.approve(b.start(form), ada), b.approve(b.start(form), zoe), b.approve(b.start(form), ada)}
			guest := b.session()
			var wait sync.WaitGroup
			statuses := make([]int, len(callbacks))
			for i, callback := range callbacks {
				wait.Go(func() { statuses[i] = b.get(callback).StatusCode })
			}
			wait.Wait()
			switched := 0
			for _, status := range statuses {
				if status != http.StatusSeeOther && status != http.StatusForbidden {
					t.Errorf("%s: %v", name, statuses)
				}
				if status == http.StatusSeeOther {
					switched++
				}
			}
			if now := b.session(); switched == 0 || now.ID == guest.ID || now.UserID != "owner" && now.UserID != "other" {
				t.Errorf("%s: %v, %+v", name, statuses, now)
			}
			if len(s.users.all()) != 3 {
				t.Errorf("%s: users %v", name, s.users.all())
			}
		}
	})
}

// A guest of a native app: POST token answers a token for a fresh session of the
// other user, and the guest's ends where something can end it.
func TestSwitchToOfAnApp(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for name, options := range appStores(t) {
			for _, how := range []string{"form", "JSON", "pair"} {
				if how == "pair" && p.oauth2 {
					continue
				}
				t.Run(name+", "+how, func(t *testing.T) {
					t.Parallel()
					s := newAppSite(t, p, append(options(), configured(func(c *twitterauth.Config) { c.TokenLogin = how == "pair" }))...)
					s.switching()
					s.member("owner", ada)
					app := s.app(t, "http://127.0.0.1:49152/signed-in")
					guest, token := s.guestSession(t, "guest")
					b := s.browser(t) // whose cookie comes along
					b.login(zoe, nil)
					before := b.cookies()[sessionCookie]
					r := switchByToken(t, s, b, app, token, how)
					var answer struct {
						UserID, UserToken string
						AccessToken       string `json:"access_token"`
					}
					if err := json.Unmarshal([]byte(r.body), &answer); err != nil || r.StatusCode != 200 || how != "form" && answer.UserID != "owner" {
						t.Fatalf("%d %s", r.StatusCode, r.body)
					}
					newer := answer.AccessToken + answer.UserToken
					if owner := s.sessionOf(t, newer); owner.ID == guest.ID || owner.UserID != "owner" || owner.StayLoggedIn != (how == "pair") || owner.IssuedAt.Before(guest.IssuedAt) {
						t.Errorf("the session is %+v, the guest's was %+v", owner, guest)
					}
					if got := s.browser(t).get("/", "Authorization", "Bearer "+newer).body; got != "user owner @member" {
						t.Errorf("the token is of %s", got)
					}
					want := "nobody"
					if name == "sealed cookies" || name == "a manager of the app's" {
						want = "user guest @"
					}
					if got := s.browser(t).get("/", "Authorization", "Bearer "+token).body; got != want {
						t.Errorf("the guest's token is of %s", got)
					}
					for _, c := range r.Cookies() {
						if c.Name == sessionCookie {
							t.Errorf("a cookie %v", c)
						}
					}
					if b.cookies()[sessionCookie] != before || b.whoami() != "user u3 @zoe_quotes" {
						t.Errorf("the cookie's session has changed: %s", b.whoami())
					}
					for _, secret := range []string{token, newer, app.verifier} {
						if strings.Contains(s.log.String(), secret) {
							t.Errorf("%s is in the log", secret)
						}
					}
				})
			}
		}
	})
}

// switchByToken links Ada's account with a guest's bearer token.
func switchByToken(t *testing.T, s *site, b *browser, app *nativeApp, token, how string) reply {
	t.Helper()
	body := ""
	switch how {
	case "form":
		code := app.linkCode(token, ada)
		return b.do("POST", tokenPath, url.Values{
			"grant_type": {"authorization_code"}, "code": {code}, "code_verifier": {app.verifier}, "redirect_uri": {app.redirectURI},
		}, "Authorization", "Bearer "+token)
	case "JSON":
		body = `{"code":"` + app.linkCode(token, ada) + `","codeVerifier":"` + app.verifier + `"}`
	case "pair":
		pair, secret := s.x.TokenPair(ada)
		body = `{"authToken":"` + pair + `","authTokenSecret":"` + secret + `","link":true,"stayLoggedIn":true}`
	}
	req, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+tokenPath, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	return b.send(req)
}

// A switch that fails leaves the app its guest.
func TestSwitchToOfAnAppFails(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for name, options := range appStores(t) {
			for owner, code := range map[string]string{"": "store_failed", "nobody": "store_failed"} {
				s := newAppSite(t, p, append(options(), refusingHandler(t))...)
				app := s.app(t, claimedLink)
				token := s.guestToken(t, "guest")
				s.users.onLink = func(context.Context, string, twitterauth.Login) error { return twitterauth.SwitchTo(owner) }
				checkGrantError(t, name, app.exchange(app.linkCode(token, ada), "Authorization", "Bearer "+token), 500, "server_error", code)
				if got := s.browser(t).get("/", "Authorization", "Bearer "+token).body; got != "user guest @" {
					t.Errorf("%s: %s", name, got)
				}
			}
		}
	})
}
