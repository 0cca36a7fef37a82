package twitterauth_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"twitterlogin.example/mapping"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

func TestLogin(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for _, person := range twittertest.NewServer().People() {
			t.Run(person.ScreenName, func(t *testing.T) {
				t.Parallel()
				s := p.newSite(t, nil)
				b := s.browser(t)
				r := b.login(person.ID, url.Values{"return_to": {"/account?tab=1#top"}, "data": {"invite 7"}})
				if r.location() != "/account?tab=1#top" {
					t.Errorf("came back to %q", r.location())
				}
				if got := b.whoami(); got != "user u1 @"+person.ScreenName {
					t.Errorf("signed in as %q", got)
				}
				if flows, _ := b.flowCookies(); len(flows) != 0 {
					t.Errorf("cookies left: %v", flows)
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

func TestLoginStays(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for value, stay := range map[string]bool{"true": true, "1": true, "on": true, "false": false, "0": false, "": false} {
			s := p.newSite(t, nil)
			b := s.browser(t)
			r := b.login(ada, url.Values{"stayLoggedIn": {value}})
			i := slices.IndexFunc(r.Cookies(), func(c *http.Cookie) bool { return c.Name == sessionCookie })
			if c := r.Cookies()[i]; (c.MaxAge > 0) != stay || c.Expires.IsZero() == stay || !c.HttpOnly || c.Secure || c.SameSite != http.SameSiteLaxMode {
				t.Errorf("stayLoggedIn=%s: %s", value, c.Raw)
			}
		}
		s := p.newSite(t, func(c *twitterauth.Config) { c.StayLoggedIn = true })
		if r := s.browser(t).login(ada, nil); !strings.Contains(r.Header.Get("Set-Cookie")+strings.Join(r.Header["Set-Cookie"], ""), "Max-Age=2592000") {
			t.Errorf("Config.StayLoggedIn: %v", r.Header["Set-Cookie"])
		}
	})
}

func TestHandlesAndEmailsAreNotIdentity(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := p.newSite(t, nil)
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

func TestCallsToXFollowTheMapping(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fields  map[string]string
		profile twitterauth.ProfileSource
		calls   []twittertest.Step
	}{
		"ID and handle only":     {map[string]string{"id_str": "xid", "username": "handle"}, twitterauth.ProfileAuto, nil},
		"nothing":                {map[string]string{}, twitterauth.ProfileAuto, nil},
		"ProfileNone":            {map[string]string{"email": "email", "screen_name": "handle"}, twitterauth.ProfileNone, nil},
		"the name":               {map[string]string{"name": "name"}, twitterauth.ProfileAuto, []twittertest.Step{twittertest.VerifyCredentials}},
		"v1.1 though not needed": {map[string]string{"screen_name": "handle"}, twitterauth.ProfileV1, []twittertest.Step{twittertest.VerifyCredentials}},
		"v2":                     {map[string]string{"email": "email", "screen_name": "handle"}, twitterauth.ProfileV2, []twittertest.Step{twittertest.UsersMe}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, func(c *twitterauth.Config) { c.Mapping, c.Profile = mapping.Must(test.fields), test.profile })
			s.browser(t).login(ada, nil)
			var calls []twittertest.Step
			for _, r := range s.x.Requests()[2:] {
				calls = append(calls, r.Step)
			}
			if !slices.Equal(calls, test.calls) {
				t.Errorf("profile calls %v, want %v", calls, test.calls)
			}
			u := s.users.all()[0]
			if u.TwitterID != ada || u.ScreenName != "ada" {
				t.Errorf("the store got %+v", u)
			}
			if _, mapped := test.fields["screen_name"]; mapped && u.Fields["handle"] != "ada" {
				t.Errorf("fields %v", u.Fields)
			}
		})
	}
}

func TestIdentityIsAskedForWhenXLeftItOut(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *twitterauth.Config) { c.Profile = twitterauth.ProfileNone })
	s.x.OmitIdentity(true)
	s.browser(t).login(zoe, nil)
	if u := s.users.all()[0]; u.TwitterID != zoe || u.ScreenName != "zoe_quotes" {
		t.Errorf("the store got %+v", u)
	}
}

func TestForceLogin(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *twitterauth.Config) { c.ForceLogin = true })
	if at := s.browser(t).start(nil); !strings.HasSuffix(at, "&force_login=true") {
		t.Errorf("went to %s", at)
	}
}

func TestTwoTabsFinishInEitherOrder(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := p.newSite(t, nil)
		b := s.browser(t)
		first, second := b.start(url.Values{"return_to": {"/account?first"}}), b.start(url.Values{"return_to": {"/account?second"}})
		if r := b.get(b.approve(second, ada)); r.location() != "/account?second" {
			t.Errorf("the second tab: %d %s", r.StatusCode, r.location())
		}
		if r := b.get(b.approve(first, zoe)); r.location() != "/account?first" || b.whoami() != "user u2 @zoe_quotes" {
			t.Errorf("the first tab: %d %s", r.StatusCode, r.location())
		}
	})
}

func TestLoginReplacesTheSession(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := p.newSite(t, nil)
		b := s.browser(t)
		b.setCookie(sessionCookie, "planted")
		b.login(ada, nil)
		first := b.cookies()[sessionCookie]
		b.login(ada, nil)
		if second := b.cookies()[sessionCookie]; first == "planted" || second == first || b.whoami() != "user u1 @ada" {
			t.Errorf("sessions %q and %q", first, second)
		}
	})
}

func TestBackButton(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := p.newSite(t, func(c *twitterauth.Config) { c.AfterLogin = "/account" })
		b := s.browser(t)
		callback := b.approve(b.start(nil), ada)
		b.get(callback)
		s.x.ResetRequests()
		for range 2 {
			if r := b.get(callback); r.StatusCode != http.StatusSeeOther || r.location() != "/account" {
				t.Errorf("back to the callback: %d %s", r.StatusCode, r.location())
			}
		}
		if len(s.x.Requests()) != 0 || b.whoami() != "user u1 @ada" {
			t.Errorf("X was asked %d times; now %s", len(s.x.Requests()), b.whoami())
		}
	})
}

func TestDoubleClickOnTheCallback(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := p.newSite(t, nil)
		b := s.browser(t)
		callback := b.approve(b.start(nil), ada)
		cookies := b.cookies()
		var mu sync.Mutex
		statuses := map[int]int{}
		var wg sync.WaitGroup
		for range 8 { // with the cookies of before, as overlapping requests have
			wg.Go(func() {
				tab := s.browser(t)
				for name, value := range cookies {
					tab.setCookie(name, value)
				}
				r := tab.get(callback)
				mu.Lock()
				defer mu.Unlock()
				statuses[r.StatusCode]++
				if r.StatusCode != http.StatusSeeOther && r.code(t) != "login_expired" {
					t.Errorf("the loser got %d %s", r.StatusCode, r.body)
				}
			})
		}
		wg.Wait()
		// Over OAuth 2.0 a code that comes twice ends what was made of it (RFC 6749,
		// section 4.1.2), so the winner may lose too.
		if won := statuses[http.StatusSeeOther]; won > 1 || won == 0 && !p.oauth2 {
			t.Errorf("statuses %v", statuses)
		}
	})
}

func TestManyFirstLoginsOfOnePerson(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := p.newSite(t, nil)
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
		s := p.newSite(t, nil)
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
		if flows, _ := b.flowCookies(); len(flows) != 1 || b.hasSession() || s.x.Count(p.exchange) != 0 {
			t.Errorf("flows %v, session %t", flows, b.hasSession())
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

func TestLogout(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *twitterauth.Config) { c.AfterLogout = "/?bye" })
	b := s.browser(t)
	b.login(ada, nil)
	if r := b.do("POST", "/auth/twitter/logout", nil); r.StatusCode != http.StatusSeeOther || r.location() != "/?bye" || len(r.Header["Set-Cookie"]) != 2 {
		t.Errorf("%d %s %v", r.StatusCode, r.location(), r.Header["Set-Cookie"])
	}
	if b.hasSession() || b.whoami() != "nobody" {
		t.Error("still signed in")
	}
	if r := b.do("POST", "/auth/twitter/logout", nil, "Accept", "application/json"); r.StatusCode != http.StatusNoContent || r.body != "" {
		t.Errorf("again, as JSON: %d %s", r.StatusCode, r.body)
	}
}

func TestLoginAsJSON(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := p.newSite(t, nil)
		b := s.browser(t)
		r := b.do("POST", "/auth/twitter/login", url.Values{}, "Accept", "application/json")
		if r.StatusCode != http.StatusOK || !strings.HasPrefix(r.body, `{"url":"`+s.x.URL+p.consent) || r.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%d %s", r.StatusCode, r.body)
		}
		if flows, _ := b.flowCookies(); len(flows) != 1 {
			t.Errorf("flow cookies %v", flows)
		}
	})
}
