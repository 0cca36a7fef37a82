package twitterauth_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

// machines are servers of one site with a key list each.
func machines(t *testing.T, p protocol, users *memory, lists [][]session.Key, options ...siteOption) []*site {
	t.Helper()
	var list []*site
	for i, keys := range lists {
		all := append([]siteOption{withStore(linkingMemory{users}), configured(func(c *twitterauth.Config) {
			if c.Session.Keys = keys; i > 0 {
				c.CallbackURL = list[0].URL + "/auth/twitter/callback"
			}
		})}, options...)
		if i > 0 {
			all = append(all, atX(list[0].x))
		}
		s := newAppSite(t, p, all...)
		s.users = users
		list = append(list, s)
	}
	return list
}

// Every step of an app's login happens on another machine, whose keys are one step
// further in a rotation, or one step behind: the page, its form, the callback, POST
// token, and the first request with the token. The same for a guest who links.
func TestAppOnSeveralMachines(t *testing.T) {
	k := []session.Key{session.NewKey(), session.NewKey(), session.NewKey()}
	forward := [][]session.Key{{k[0]}, {k[0], k[1]}, {k[1], k[0]}, {k[1], k[0], k[2]}, {k[1], k[2]}}
	var back [][]session.Key
	for i := range forward {
		back = append(back, forward[len(forward)-1-i])
	}
	back[0] = []session.Key{k[1], k[0]}
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for name, lists := range map[string][][]session.Key{"forward": forward, "back": back} {
			for _, redirectURI := range appRedirectURIs {
				for _, links := range []bool{false, true} {
					m := machines(t, p, newMemory(), lists)
					app := m[0].app(t, redirectURI)
					on := func(i int) *browser { return app.browser.through(m[i]) }
					address, want := authorizePath+"?"+app.request().Encode(), "user u1 @ada"
					var header []string
					if links {
						guest := m[0].guestToken(t, "guest")
						address, want = pathAndQuery(m[0].linkAddress(t, app, guest)), "user guest @ada"
						header = []string{"Authorization", "Bearer " + guest}
					}
					page := on(0).get(m[0].URL+address, asNavigation...)
					at := page.location()
					if redirectURI != claimedLink {
						at = on(1).do("POST", authorizePath, hiddenFields(page)).location()
					}
					callback := app.browser.approve(at, ada)
					code := app.back(on(2).get(m[2].URL+pathAndQuery(callback), asNavigation...)).Get("code")
					r := m[3].browser(t).do("POST", tokenPath, app.grant(code, nil), header...)
					token := accessToken(t, r)
					last := 4
					if links { // the same session, whose token need not be sealed anew
						last = 3
					}
					if got := m[last].browser(t).get("/", "Authorization", "Bearer "+token).body; got != want {
						t.Errorf("%s, %s, links %t: %s", name, redirectURI, links, got)
					}
					if r := m[1].browser(t).do("POST", tokenPath, app.grant(code, nil), header...); r.StatusCode != 400 {
						t.Errorf("%s, %s: twice: %d", name, redirectURI, r.StatusCode)
					}
				}
			}
		}
	})
}

// The site changes between the steps: the redirect URI of a link address is not listed
// any more; the protocol of a code is not configured any more, and a later login works.
func TestAppWhileTheSiteChanges(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		keys := [][]session.Key{{session.NewKey()}}
		users := newMemory()
		first := machines(t, p, users, keys)[0]
		fewer := newAppSite(t, p, atX(first.x), withStore(linkingMemory{users}), configured(func(c *twitterauth.Config) {
			c.Session.Keys, c.CallbackURL, c.AppCallbacks = keys[0], first.URL+"/auth/twitter/callback", []string{claimedLink}
		}))
		app := first.app(t, privateScheme)
		address := first.linkAddress(t, app, first.guestToken(t, "guest"))
		r := app.browser.through(fewer).get(fewer.URL+pathAndQuery(address), asNavigation...)
		if r.StatusCode != http.StatusBadRequest || strings.Contains(r.body, "<form") || strings.Contains(r.body, "com.example") || len(r.Cookies()) != 0 {
			t.Errorf("the address: %d %s", r.StatusCode, r.body)
		}

		other := oauth1
		if !p.oauth2 {
			other = oauth2
		}
		moved := newAppSite(t, other, atX(first.x), withStore(linkingMemory{users}), configured(func(c *twitterauth.Config) {
			c.Session.Keys, c.CallbackURL = keys[0], first.URL+"/auth/twitter/callback"
		}))
		code := app.code(ada)
		first.x.ResetRequests()
		checkGrantError(t, "another protocol", moved.browser(t).do("POST", tokenPath, app.grant(code, nil)), 400, "invalid_grant", "login_expired")
		if len(first.x.Requests()) != 0 {
			t.Errorf("X was asked: %v", first.x.Requests())
		}
		accessToken(t, app.exchange(code)) // a machine that still has the protocol
	})
}

// X refuses the app's scopes twice: the app gets server_error, and the site's log the
// remedy.
func TestAppScopesAreRefused(t *testing.T) {
	t.Parallel()
	for _, redirectURI := range appRedirectURIs {
		s := newAppSite(t, oauth2, configured(func(c *twitterauth.Config) { c.Scopes = []string{"tweet.write"} }))
		s.x.RefuseScopes("tweet.write")
		app := s.app(t, redirectURI)
		r := app.browser.visit(app.browser.approve(app.begin(), ada))
		if r.StatusCode != http.StatusSeeOther || scopesOf(t, r.location()) != "tweet.read users.read tweet.write" {
			t.Fatalf("%s: %d %s", redirectURI, r.StatusCode, r.location())
		}
		if got := app.back(app.browser.visit(app.browser.approve(r.location(), ada))); got.Get("error") != "server_error" || got.Has("code") {
			t.Errorf("%s: %v", redirectURI, got)
		}
		if !strings.Contains(s.log.String(), "Config.Scopes") || len(s.users.all()) != 0 {
			t.Errorf("%s: %s", redirectURI, s.log)
		}
	}
}

// expires_in is what the session has: of the lifetime, or of the idle timeout where
// that is sooner.
func TestAppExpiresIn(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*session.Config)
		stay   string
		want   time.Duration
	}{
		"a browser session":     {func(*session.Config) {}, "false", 24 * time.Hour},
		"stay":                  {func(*session.Config) {}, "true", 30 * 24 * time.Hour},
		"a shorter lifetime":    {func(c *session.Config) { c.Lifetime = time.Hour }, "false", time.Hour},
		"an idle timeout":       {func(c *session.Config) { c.IdleTimeout = 10 * time.Minute }, "false", 10 * time.Minute},
		"an idle timeout, stay": {func(c *session.Config) { c.IdleTimeout, c.StayIdleTimeout = 10*time.Minute, 7*24*time.Hour }, "true", 7 * 24 * time.Hour},
	} {
		s := newAppSite(t, oauth1, configured(func(c *twitterauth.Config) { test.change(&c.Session) }))
		app := s.app(t, claimedLink)
		q := app.request()
		q.Set("stayLoggedIn", test.stay)
		code := app.back(app.browser.visit(app.browser.approve(app.open(authorizePath+"?"+q.Encode()), ada))).Get("code")
		r := app.exchange(code)
		var answer struct {
			ExpiresIn int64 `json:"expires_in"`
		}
		err := json.Unmarshal([]byte(r.body), &answer)
		if got := time.Duration(answer.ExpiresIn) * time.Second; err != nil || got > test.want || got < test.want-time.Minute {
			t.Errorf("%s: %s", name, r.body)
		}
	}
}

// The guest's session ends while the account is linked: the app gets no token that is
// good, on any machine. Where a store is asked at the renewal, it gets an error.
func TestAppLinkWhoseSessionEndsMeanwhile(t *testing.T) {
	t.Parallel()
	for name, isError := range map[string]bool{"a server-side store": true, "a SessionKeeper": false, "a SessionKeeper and a store": true} {
		s := newAppSite(t, oauth2, append(appStores(t)[name](), configured(func(c *twitterauth.Config) { c.Session.IdleTimeout = time.Hour }))...)
		app := s.app(t, privateScheme)
		token := s.guestToken(t, "guest")
		code := app.linkCode(token, ada)
		logOut := func() {
			if r := s.browser(t).do("POST", "/auth/twitter/logout", nil, "Authorization", "Bearer "+token, "Accept", "application/json"); r.StatusCode != http.StatusNoContent {
				t.Errorf("%s: logout: %d %s", name, r.StatusCode, r.body)
			}
		}
		s.users.onLink = func(context.Context, string, twitterauth.Login) error {
			logOut()
			return nil
		}
		r := app.exchange(code, "Authorization", "Bearer "+token)
		if isError {
			checkGrantError(t, name, r, 400, "invalid_grant", "login_required")
			continue
		}
		if got := s.browser(t).get("/", "Authorization", "Bearer "+tokenIn(r)).body; got != "nobody" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// tokenIn returns the token of an answer, whatever else is in it.
func tokenIn(r reply) string {
	_, token, _ := strings.Cut(r.body, `"access_token":"`)
	token, _, _ = strings.Cut(token, `"`)
	return token
}

// A code that is exchanged ten times at one moment gives one token at most; over OAuth
// 2.0 X may end that token, because the code came twice, so that there may be none.
func TestAppExchangesAtOnce(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for _, redirectURI := range appRedirectURIs {
			s := newAppSite(t, p)
			app := s.app(t, redirectURI)
			code := app.code(ada)
			answers := make(chan reply, 10)
			var wg sync.WaitGroup
			for range cap(answers) {
				wg.Go(func() { answers <- app.exchange(code) })
			}
			wg.Wait()
			close(answers)
			signedIn := 0
			for r := range answers {
				if r.StatusCode != http.StatusOK {
					checkGrantError(t, redirectURI, r, 400, "invalid_grant", "login_expired")
					continue
				}
				signedIn++
				if got := s.browser(t).get("/", "Authorization", "Bearer "+accessToken(t, r)).body; got != "user u1 @ada" {
					t.Errorf("%s: %s", redirectURI, got)
				}
			}
			if signedIn > 1 || signedIn == 0 && !p.oauth2 || len(s.users.all()) != signedIn {
				t.Errorf("%s: %d tokens, %d users", redirectURI, signedIn, len(s.users.all()))
			}
		}
	})
}
