package twitterauth_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

func TestLogin(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for _, person := range twittertest.NewServer().People() {
			t.Run(person.ScreenName, func(t *testing.T) {
				t.Parallel()
				s := newSite(t, over(p))
				b := s.browser(t)
				r := b.login(person.ID, url.Values{"return_to": {"/account?tab=1#top"}, "data": {"invite 7"}})
				if r.location() != "/account?tab=1#top" {
					t.Errorf("came back to %q", r.location())
				}
				if got := b.whoami(); got != "user u1 @"+person.ScreenName {
					t.Errorf("signed in as %q", got)
				}
				if pending, _ := b.pendingLogins(); len(pending) != 0 {
					t.Errorf("cookies left: %v", pending)
				}
				u := s.users.all()[0]
				if u.TwitterID != person.ID || u.Data != "invite 7" || u.Token.AccessToken == "" || (u.Token.AccessSecret == "") != p.oauth2 {
					t.Errorf("the store got %+v", u)
				}
				want := map[string]any{"name": person.Name, "screenName": person.ScreenName, "email": person.Email}
				for property, value := range want {
					if got, ok := u.Fields[property]; ok != (value != "") || ok && got != value {
						t.Errorf("%s is %q, want %q", property, got, value)
					}
				}
				steps := []twittertest.Step{}
				for _, r := range s.x.Requests() {
					steps = append(steps, r.Step)
				}
				if !slices.Equal(steps, p.steps) {
					t.Errorf("calls to X: %v", steps)
				}
			})
		}
	})
}

func TestOAuth2Login(t *testing.T) {
	t.Parallel()
	for name, use := range map[string]func(*twitterauth.Config, *twittertest.Server){
		"confidential client":  useOAuth2,
		"beside OAuth 1.0a":    useBoth,
		"public client":        func(c *twitterauth.Config, x *twittertest.Server) { x.ClientSecret = ""; useOAuth2(c, x) },
		"with a refresh token": func(c *twitterauth.Config, x *twittertest.Server) { useOAuth2(c, x); c.OfflineAccess = true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, withKeys(use))
			b := s.browser(t)
			if r := b.login(ada, nil); r.location() != "/" || b.whoami() != "user u1 @ada" {
				t.Fatalf("%s, %s\n%s", r.location(), b.whoami(), s.log)
			}
			var asked []string
			for _, r := range s.x.Requests() {
				asked = append(asked, r.Method+" "+r.Path)
			}
			if want := []string{"POST /2/oauth2/token", "GET /2/users/me"}; !slices.Equal(asked, want) {
				t.Errorf("X was asked %v", asked)
			}
			login := s.users.logins[0]
			if login.TwitterID != ada || login.Fields["email"] != "ada@example.com" || login.Fields["name"] != "Ada Lovelace" {
				t.Errorf("%+v", login.Fields)
			}
			token := login.Token
			if token.AccessToken == "" || token.AccessSecret != "" || (token.RefreshToken != "") != (name == "with a refresh token") {
				t.Errorf("token %t %t %t", token.AccessToken != "", token.AccessSecret != "", token.RefreshToken != "")
			}
			if left := time.Until(token.Expiry); left > 2*time.Hour || left < time.Hour {
				t.Errorf("the token expires in %v", left)
			}
			if r := b.get("/account"); r.StatusCode != http.StatusOK {
				t.Errorf("%d", r.StatusCode)
			}
		})
	}
}

func TestLoginStays(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for value, stay := range map[string]bool{"true": true, "1": true, "on": true, "false": false, "0": false, "": false} {
			s := newSite(t, over(p))
			b := s.browser(t)
			r := b.login(ada, url.Values{"stayLoggedIn": {value}})
			i := slices.IndexFunc(r.Cookies(), func(c *http.Cookie) bool { return c.Name == sessionCookie })
			if c := r.Cookies()[i]; (c.MaxAge > 0) != stay || c.Expires.IsZero() == stay || !c.HttpOnly || c.Secure || c.SameSite != http.SameSiteLaxMode {
				t.Errorf("stayLoggedIn=%s: %s", value, c.Raw)
			}
		}
		s := newSite(t, over(p), configured(func(c *twitterauth.Config) { c.StayLoggedIn = true }))
		if r := s.browser(t).login(ada, nil); !strings.Contains(r.Header.Get("Set-Cookie")+strings.Join(r.Header["Set-Cookie"], ""), "Max-Age=2592000") {
			t.Errorf("Config.StayLoggedIn: %v", r.Header["Set-Cookie"])
		}
	})
}

func TestHandlesAndEmailsAreNotIdentity(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newSite(t, over(p))
		s.browser(t).login(ada, nil)
		person := s.x.People()[0]
		person.ScreenName, person.Name, person.Email = "ada_new", "Ada King", ""
		s.x.AddPerson(person)
		s.browser(t).login(ada, nil)
		users := s.users.all()
		if len(users) != 1 || users[0].ScreenName != "ada_new" || users[0].Fields["name"] != "Ada King" || users[0].Fields["email"] != "ada@example.com" {
			t.Fatalf("after a new handle: %+v", users)
		}
		s.x.AddPerson(twittertest.Person{ID: "77", ScreenName: "ada_new", Email: "ada@example.com"})
		b := s.browser(t)
		b.login("77", nil)
		if len(s.users.all()) != 2 || b.whoami() != "user u2 @ada_new" {
			t.Errorf("the same handle and email under another ID: %+v", s.users.all())
		}
	})
}

func TestForceLogin(t *testing.T) {
	t.Parallel()
	s := newSite(t, configured(func(c *twitterauth.Config) { c.ForceLogin = true }))
	if at := s.browser(t).start(nil); !strings.HasSuffix(at, "&force_login=true") {
		t.Errorf("went to %s", at)
	}
}

func TestManyFirstLoginsOfOnePerson(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newSite(t, over(p))
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				b := s.browser(t)
				b.login(ada, nil)
				if got := b.whoami(); got != "user u1 @ada" {
					t.Errorf("signed in as %q", got)
				}
			})
		}
		wg.Wait()
		if n := len(s.users.all()); n != 1 {
			t.Errorf("%d users", n)
		}
	})
}

func TestCancelledLogin(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newSite(t, over(p))
		b := s.browser(t)
		cancel := func(form url.Values) string {
			callback, err := s.x.Cancel(b.start(form))
			if err != nil {
				t.Fatal(err)
			}
			return callback
		}
		r := b.visit(cancel(url.Values{"return_to": {"/account?x=<1>"}, "stayLoggedIn": {"on"}}))
		if r.StatusCode != http.StatusForbidden || !strings.Contains(r.body, "cancelled") {
			t.Errorf("%d %s", r.StatusCode, r.body)
		}
		for _, want := range []string{`action="/auth/twitter/login"`, `value="/account?x=&lt;1&gt;"`, `name="stayLoggedIn" value="true"`} {
			if !strings.Contains(r.body, want) {
				t.Errorf("the page offers no way to start again with %s", want)
			}
		}
		if pending, _ := b.pendingLogins(); len(pending) != 1 || b.hasSession() || s.x.Count(p.exchange) != 0 {
			t.Errorf("pending logins %v, session %t", pending, b.hasSession())
		}
		if r := b.get(cancel(nil), "Accept", "application/json"); r.code(t) != "access_denied" {
			t.Errorf("as JSON: %s", r.body)
		}
		b.login(ada, nil)
		b.get(cancel(nil))
		if got := b.whoami(); got != "user u1 @ada" {
			t.Errorf("cancelling another login signed out: %s", got)
		}
	})
}

func TestLoginAsJSON(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newSite(t, over(p))
		b := s.browser(t)
		r := b.do("POST", "/auth/twitter/login", url.Values{}, "Accept", "application/json")
		if r.StatusCode != http.StatusOK || !strings.HasPrefix(r.body, `{"url":"`+s.x.URL+p.consent) || r.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%d %s", r.StatusCode, r.body)
		}
		if pending, _ := b.pendingLogins(); len(pending) != 1 {
			t.Errorf("pending logins %v", pending)
		}
	})
}

// A login begins on one server and ends on another, in either order of the
// change, and two of them cross.
func TestLoginsDuringAChangeOfProtocol(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before, after func(*twitterauth.Config, *twittertest.Server)
	}{
		"OAuth 2.0 is added":    {useOAuth1, useBoth},
		"OAuth 1.0a is dropped": {useBoth, useOAuth2},
		"OAuth 2.0 is dropped":  {useBoth, useOAuth1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			servers := siblings(t, test.before, test.after)
			before, after := servers[0], servers[1]
			old := before.browser(t)
			oldCallback := old.approve(old.start(nil), ada)
			renewed := old.through(after)
			newCallback := renewed.approve(renewed.start(nil), ada)
			if pending, _ := old.pendingLogins(); len(pending) != 2 {
				t.Fatalf("pending logins %v", pending)
			}
			if r := renewed.get(pathAndQuery(newCallback)); r.StatusCode != 303 || r.location() != "/" {
				t.Errorf("new login: %d %s", r.StatusCode, r.body)
			}
			if name != "OAuth 2.0 is added" { // the old login can only end where it began
				renewed = old
			}
			if r := renewed.get(pathAndQuery(oldCallback)); r.StatusCode != 303 || r.location() != "/" {
				t.Errorf("old login: %d %s", r.StatusCode, r.body)
			}
			if pending, _ := old.pendingLogins(); len(pending) != 0 || len(before.users.all()) != 1 {
				t.Errorf("pending logins %v, users %v", pending, before.users.all())
			}
		})
	}
}
