package twitterauth_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

var appRedirectURIs = []string{claimedLink, privateScheme, "http://127.0.0.1:49152/signed-in"}

// begin goes to X and returns the address there.
func (a *nativeApp) begin() (authorizeURL string) {
	a.t.Helper()
	return a.open(authorizePath + "?" + a.request().Encode())
}

// How a login at X can end, and what the app gets.
func TestAppCallback(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		callbackWith := func(query func(key string) string) func(*testing.T, *nativeApp, string) string {
			return func(t *testing.T, _ *nativeApp, at string) string {
				u, err := url.Parse(at)
				if err != nil {
					t.Fatal(err)
				}
				return "/auth/twitter/callback?" + query(u.Query().Get(p.key))
			}
		}
		cases := map[string]struct {
			end  func(t *testing.T, a *nativeApp, at string) (callback string)
			want string // the error; "": a code
		}{
			"approved": {func(_ *testing.T, a *nativeApp, at string) string { return a.browser.approve(at, ada) }, ""},
			"approved while X is down": {func(_ *testing.T, a *nativeApp, at string) string {
				callback := a.browser.approve(at, ada)
				for _, step := range p.steps {
					a.site.x.Fail(step, twittertest.HTML(503))
				}
				return callback
			}, ""},
			"cancelled": {func(t *testing.T, a *nativeApp, at string) string {
				callback, err := a.site.x.Cancel(at)
				if err != nil {
					t.Fatal(err)
				}
				return callback
			}, "access_denied"},
			"after 29 minutes": {func(_ *testing.T, a *nativeApp, at string) string {
				a.site.auth.SetClock(func() time.Time { return time.Now().Add(29 * time.Minute) })
				return a.browser.approve(at, ada)
			}, ""},
			"after 31 minutes": {func(_ *testing.T, a *nativeApp, at string) string {
				a.site.auth.SetClock(func() time.Time { return time.Now().Add(31 * time.Minute) })
				return a.browser.approve(at, ada)
			}, "access_denied"},
		}
		if p.oauth2 {
			for code, want := range map[string]string{"access_denied": "access_denied", "server_error": "server_error", "temporarily_unavailable": "temporarily_unavailable", "unauthorized_client": "server_error", "invalid_request": "server_error", "canary": "server_error"} {
				cases["X: "+code] = struct {
					end  func(*testing.T, *nativeApp, string) string
					want string
				}{callbackWith(func(key string) string { return "state=" + key + "&error=" + code + "&error_description=canary" }), want}
			}
		}
		for name, test := range cases {
			for _, redirectURI := range appRedirectURIs {
				t.Run(name+" "+redirectURI, func(t *testing.T) {
					t.Parallel()
					s := newAppSite(t, p)
					app := s.app(t, redirectURI)
					callback := test.end(t, app, app.begin())
					r := app.browser.visit(callback)
					got := app.back(r)
					if got.Get("error") != test.want || got.Has("code") != (test.want == "") || strings.Contains(got.Encode(), "canary") || r.Header.Get("Referrer-Policy") != "no-referrer" || r.Header.Get("Cache-Control") != "no-store" {
						t.Errorf("%v %v", got, r.Header)
					}
					if app.browser.hasSession() || len(s.users.all()) != 0 || s.x.Count(p.exchange) != 0 {
						t.Error("something was done before POST token")
					}
					// A reload gives no second code, and no button that would start a login
					// of the browser.
					again := app.browser.visit(callback)
					if again.StatusCode != 403 || strings.Contains(again.body, "<form") || again.location() != "" || again.Header.Get("Refresh") != "" || !strings.Contains(again.body, "Go back to the app") {
						t.Errorf("a reload: %d %s", again.StatusCode, again.body)
					}
				})
			}
		}
	})
}

// A callback that could not be finished because the client has gone, or the server
// stops, is not the login's end: a reload of the same address finishes it.
func TestAppCallbackWhoseClientHasGone(t *testing.T) {
	t.Parallel()
	for _, redirectURI := range appRedirectURIs {
		s := newAppSite(t, oauth2)
		app := s.app(t, redirectURI)
		u, err := url.Parse(app.begin())
		if err != nil {
			t.Fatal(err)
		}
		callback := "/auth/twitter/callback?error=invalid_scope&state=" + u.Query().Get("state")
		gone, goAway := context.WithCancel(t.Context())
		goAway()
		r := newRequest("GET", callback).WithContext(gone)
		for name, value := range app.browser.cookies() {
			r.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		if w := record(s.auth, r); w.Code != http.StatusServiceUnavailable || w.Body.Len() > 0 || len(w.Result().Cookies()) != 0 || w.Header().Get("Location") != "" || w.Header().Get("Refresh") != "" {
			t.Errorf("%s: %d %v %s", redirectURI, w.Code, w.Header(), w.Body)
		}
		if got := app.back(app.browser.visit(app.browser.approve(app.browser.visit(callback).location(), ada))); !got.Has("code") {
			t.Errorf("%s: a reload ends with %v", redirectURI, got)
		}
	}
}

func TestAppCallbackInAnotherBrowser(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for _, redirectURI := range appRedirectURIs {
			s := newAppSite(t, p)
			app := s.app(t, redirectURI)
			callback := app.browser.approve(app.begin(), ada)
			if r := s.browser(t).visit(callback); r.StatusCode != 403 || r.location() != "" || r.Header.Get("Refresh") != "" || len(r.Cookies()) != 0 {
				t.Errorf("%s: %d %s", redirectURI, r.StatusCode, r.body)
			}
			if got := app.back(app.browser.visit(callback)); !got.Has("code") {
				t.Errorf("%s: %v", redirectURI, got)
			}
		}
	})
}

// X is down when the login starts: the ordinary page, whose button keeps the
// app's parameters.
func TestAppStartFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault  twittertest.Fault
		status int
		button bool
	}{
		"down":          {twittertest.HTML(503), 502, true},
		"rate limited":  {twittertest.RateLimited(90 * time.Second), 503, true},
		"misconfigured": {twittertest.ErrorCode(401, 32), 502, false},
	} {
		for _, redirectURI := range appRedirectURIs {
			s := newAppSite(t, oauth1)
			app := s.app(t, redirectURI)
			s.x.Fail(twittertest.RequestToken, test.fault)
			q := app.request()
			q.Set("stayLoggedIn", "true")
			r := app.browser.do("POST", authorizePath, q, "Accept", "text/html")
			if r.StatusCode != test.status || strings.Contains(r.body, `action="`+authorizePath+`"`) != test.button || strings.Contains(r.body, `/auth/twitter/login"`) || (r.Header.Get("Retry-After") != "") != (test.status == 503) {
				t.Fatalf("%s, %s: %d %v %s", name, redirectURI, r.StatusCode, r.Header, r.body)
			}
			s.x.Recover()
			if !test.button {
				continue
			}
			r = app.browser.do("POST", authorizePath, hiddenFields(r))
			code := app.back(app.browser.visit(app.browser.approve(r.location(), ada))).Get("code")
			if got := app.exchange(code); got.StatusCode != 200 || !strings.Contains(got.body, `"expires_in":25`) { // 30 days in seconds
				t.Errorf("%s, %s: %s", name, redirectURI, got.body)
			}
		}
	}
}

// X refuses the email: the login goes on without, with the app's parameters.
func TestAppIsAskedForLess(t *testing.T) {
	t.Parallel()
	for _, redirectURI := range appRedirectURIs {
		s := newAppSite(t, oauth2)
		s.x.SetRequestEmail(false)
		app := s.app(t, redirectURI)
		r := app.browser.visit(app.browser.approve(app.begin(), ada))
		if r.StatusCode != 303 || scopesOf(t, r.location()) != "tweet.read users.read" {
			t.Fatalf("%s: %d %s", redirectURI, r.StatusCode, r.body)
		}
		code := app.back(app.browser.visit(app.browser.approve(r.location(), ada))).Get("code")
		accessToken(t, app.exchange(code))
		if users := s.users.all(); len(users) != 1 || users[0].Fields["email"] != nil {
			t.Errorf("%s: %v", redirectURI, users)
		}
		if pending, _ := app.browser.pendingLogins(); len(pending) != 1 {
			t.Errorf("%s: %v", redirectURI, pending)
		}
	}
}

// A redirect URI that was taken out of AppCallbacks meanwhile gets nothing.
func TestAppCallbackThatIsNotListedAnyMore(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		keys := []session.Key{session.NewKey()}
		s := newAppSite(t, p, configured(func(c *twitterauth.Config) { c.Session.Keys = keys }))
		newer := newAppSite(t, p, atX(s.x), configured(func(c *twitterauth.Config) {
			c.Session.Keys, c.CallbackURL, c.AppCallbacks = keys, s.URL+"/auth/twitter/callback", []string{claimedLink}
		}))
		app := s.app(t, privateScheme)
		callback := app.browser.approve(app.begin(), ada)
		r := app.browser.through(newer).visit(newer.URL + pathAndQuery(callback))
		if r.StatusCode != 400 || r.Header.Get("Refresh") != "" || strings.Contains(r.body, "com.example") {
			t.Errorf("%d %v %s", r.StatusCode, r.Header, r.body)
		}
	})
}

// The code stands in the link and in the header Refresh, or in Location, and
// nowhere else; no secret of a login gets out.
func TestAppSecrets(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for _, redirectURI := range appRedirectURIs {
			s := newAppSite(t, p)
			app := s.app(t, redirectURI)
			callback := app.browser.approve(app.begin(), ada)
			u, err := url.Parse(callback)
			if err != nil {
				t.Fatal(err)
			}
			r := app.browser.visit(callback)
			code := app.back(r).Get("code")
			link := strings.ReplaceAll(app.redirectURI+"?code="+code+"&state=app%20state", "&", "&amp;")
			if want := strings.Count(r.body, code); redirectURI == privateScheme && (want != 1 || !strings.Contains(r.body, `<a class="twitterauth-button" href="`+link+`">`)) || redirectURI != privateScheme && want != 0 {
				t.Errorf("%s: %s", redirectURI, r.body)
			}
			if h := r.Header; strings.Contains(r.body, "http-equiv") || redirectURI == privateScheme && (h.Get("X-Frame-Options") != "DENY" || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'")) {
				t.Errorf("%s: %v %s", redirectURI, h, r.body)
			}
			var texts strings.Builder
			note := func(r reply) {
				texts.WriteString(r.body)
				for name, values := range r.Header {
					texts.WriteString(name + ": " + strings.Join(values, "\n"))
				}
			}
			note(app.browser.visit(callback)) // a reload
			note(s.browser(t).visit(callback))
			wrong := *app
			wrong.verifier = strings.Repeat("canary-verifier", 4)
			note(wrong.exchange(code))
			note(app.exchange(code + "A"))
			answer := app.exchange(code)
			token := accessToken(t, answer)
			note(app.exchange(code))
			secrets := []string{code, app.verifier, wrong.verifier, token, u.Query().Get(p.proof), s.x.ConsumerSecret, s.x.ClientSecret}
			for _, user := range s.users.all() {
				secrets = append(secrets, user.Token.AccessToken, user.Token.AccessSecret)
				if strings.Contains(answer.body, user.Token.AccessToken) {
					t.Error("X's token is in the answer")
				}
			}
			for _, asked := range s.x.Requests() {
				secrets = append(secrets, asked.Form.Get("code_verifier"))
			}
			for _, secret := range secrets {
				if secret != "" && (strings.Contains(texts.String(), secret) || strings.Contains(s.log.String(), secret)) {
					t.Errorf("%s: %q got out in %s or %s", redirectURI, secret, texts.String(), s.log)
				}
			}
		}
	})
}

// The app's error handler never sees an app's code, and RedirectErrors
// never leads a malformed request to the app.
func TestAppErrorPagesStayHere(t *testing.T) {
	t.Parallel()
	s := newAppSite(t, oauth2, configured(func(c *twitterauth.Config) { c.ErrorHandler = twitterauth.RedirectErrors("/welcome") }))
	r := s.browser(t).get(authorizePath+"?"+appQuery("https://evil.example/", nil).Encode(), asNavigation...)
	if r.StatusCode != http.StatusSeeOther || r.location() != "/welcome?error=bad_request" {
		t.Errorf("%d %s", r.StatusCode, r.location())
	}
}
