package twitterauth_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	xoauth2 "golang.org/x/oauth2"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

// The redirect URIs of the test's apps, one of each kind.
const (
	claimedLink   = "https://app.example.com/app/signed-in"
	privateScheme = "com.example.app:/signed-in"
	loopback      = "http://127.0.0.1/signed-in"
)

// newAppSite is a site with native apps.
func newAppSite(t *testing.T, p protocol, options ...siteOption) *site {
	t.Helper()
	return newSite(t, append([]siteOption{over(p), withStore(linkingMemory{newMemory()}), configured(func(c *twitterauth.Config) {
		c.Session.Bearer = true
		c.AppCallbacks = []string{claimedLink, privateScheme, loopback, "http://[::1]/signed-in"}
	})}, options...)...)
}

// nativeApp is an app on a device with a system browser.
type nativeApp struct {
	t           *testing.T
	site        *site
	browser     *browser
	redirectURI string
	verifier    string
}

func (s *site) app(t *testing.T, redirectURI string) *nativeApp {
	return &nativeApp{t: t, site: s, browser: s.browser(t), redirectURI: redirectURI, verifier: xoauth2.GenerateVerifier()}
}

func (a *nativeApp) request() url.Values {
	return url.Values{
		"response_type": {"code"}, "redirect_uri": {a.redirectURI}, "state": {"app state"}, "client_id": {"any"}, "scope": {"any"},
		"code_challenge": {xoauth2.S256ChallengeFromVerifier(a.verifier)}, "code_challenge_method": {"S256"},
	}
}

// hiddenFields returns the fields of a page's form.
func hiddenFields(page reply) url.Values {
	fields := url.Values{}
	for _, m := range hiddenField.FindAllStringSubmatch(page.body, -1) {
		fields.Add(m[1], strings.ReplaceAll(m[2], "&#43;", "+"))
	}
	return fields
}

// open goes through the system browser up to X, pressing the button of a page.
func (a *nativeApp) open(address string) (authorizeURL string) {
	a.t.Helper()
	r := a.browser.visit(address)
	if r.StatusCode == http.StatusOK {
		r = a.browser.do("POST", "/auth/twitter/authorize", hiddenFields(r))
	}
	if r.StatusCode != http.StatusSeeOther || !strings.HasPrefix(r.location(), a.site.x.URL) {
		a.t.Fatalf("authorize: %d %s %s", r.StatusCode, r.location(), r.body)
	}
	return r.location()
}

// back returns the parameters with which the browser goes back to the app.
func (a *nativeApp) back(r reply) url.Values {
	a.t.Helper()
	location := r.location()
	if strings.HasPrefix(a.redirectURI, "com.") {
		location = strings.TrimPrefix(r.Header.Get("Refresh"), "0;url=")
		if r.StatusCode != http.StatusOK || !strings.Contains(r.body, `href="`+strings.ReplaceAll(location, "&", "&amp;")+`"`) || r.Header.Get("Referrer-Policy") != "no-referrer" || r.Header.Get("Cache-Control") != "no-store" {
			a.t.Fatalf("the page back to the app: %d %v %s", r.StatusCode, r.Header, r.body)
		}
	}
	rest, ok := strings.CutPrefix(location, a.redirectURI+"?")
	values, err := url.ParseQuery(rest)
	if !ok || err != nil || values.Get("state") != "app state" {
		a.t.Fatalf("back to the app: %d %s", r.StatusCode, location)
	}
	return values
}

// code goes all the way through the browser.
func (a *nativeApp) code(personID string) string {
	a.t.Helper()
	r := a.browser.visit(a.browser.approve(a.open("/auth/twitter/authorize?"+a.request().Encode()), personID))
	return a.back(r).Get("code")
}

func (a *nativeApp) exchange(code string, header ...string) reply {
	a.t.Helper()
	return a.site.browser(a.t).do("POST", "/auth/twitter/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "code_verifier": {a.verifier}, "redirect_uri": {a.redirectURI},
	}, header...)
}

func accessToken(t *testing.T, r reply) string {
	t.Helper()
	var answer struct {
		AccessToken string `json:"access_token"`
		TokenType   string `json:"token_type"`
		ExpiresIn   int64  `json:"expires_in"`
	}
	if err := json.Unmarshal([]byte(r.body), &answer); err != nil || !strings.HasPrefix(answer.AccessToken, "twa_") || answer.TokenType != "Bearer" || answer.ExpiresIn < 23*3600 {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	return answer.AccessToken
}

func TestAppSignsIn(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for _, redirectURI := range []string{claimedLink, privateScheme, "http://127.0.0.1:49152/signed-in", "http://[::1]:1/signed-in"} {
			s := newAppSite(t, p)
			app := s.app(t, redirectURI)
			code := app.code(ada)
			if len(s.users.all()) != 0 || app.browser.hasSession() || s.x.Count(p.exchange) != 0 {
				t.Errorf("%s: before POST token: users %v", redirectURI, s.users.all())
			}
			r := app.exchange(code)
			token := accessToken(t, r)
			if len(r.Cookies()) != 0 || r.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %v", redirectURI, r.Header)
			}
			if got := s.browser(t).get("/", "Authorization", "Bearer "+token).body; got != "user u1 @ada" {
				t.Errorf("%s: signed in as %s", redirectURI, got)
			}
			if r := app.exchange(code); r.StatusCode != 400 || !strings.Contains(r.body, `"error":"invalid_grant"`) {
				t.Errorf("%s: a second time: %d %s", redirectURI, r.StatusCode, r.body)
			}
			if strings.Contains(s.log.String(), code) {
				t.Errorf("%s: the code is in the log", redirectURI)
			}
		}
	})
}

func TestAppIsCancelled(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for _, redirectURI := range []string{claimedLink, privateScheme, "http://127.0.0.1:49152/signed-in"} {
			s := newAppSite(t, p)
			app := s.app(t, redirectURI)
			callback, err := s.x.Cancel(app.open("/auth/twitter/authorize?" + app.request().Encode()))
			if err != nil {
				t.Fatal(err)
			}
			if got := app.back(app.browser.visit(callback)); got.Get("error") != "access_denied" || got.Has("code") {
				t.Errorf("%s: %v", redirectURI, got)
			}
		}
	})
}

// A guest of the app links an X account: the session goes on with a new token.
func TestAppLinks(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newAppSite(t, p)
		s.users.users["guest"] = &user{ID: "guest", Fields: map[string]any{}}
		starter, ok := s.auth.Sessions().(twitterauth.TokenStarter)
		if !ok {
			t.Fatal("Sessions is not a TokenStarter")
		}
		var begun session.Session
		var token string
		record(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var err error
			if begun, token, err = starter.StartWithToken(w, r, "guest", false); err != nil {
				t.Error(err)
			}
		}), newRequest("GET", "/"))
		bearer := "Bearer " + token
		app := s.app(t, privateScheme)
		body := map[string]string{}
		for name, values := range app.request() {
			body[name] = values[0]
		}
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		req, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+"/auth/twitter/authorize", strings.NewReader(string(text)))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", bearer)
		r := s.browser(t).send(req)
		var answer struct{ URL string }
		if err := json.Unmarshal([]byte(r.body), &answer); err != nil || !strings.HasPrefix(answer.URL, s.URL+"/auth/twitter/authorize?request=") {
			t.Fatalf("%d %s", r.StatusCode, r.body)
		}
		code := app.back(app.browser.visit(app.browser.approve(app.open(answer.URL), ada))).Get("code")
		if r := app.exchange(code); r.StatusCode != 400 || !strings.Contains(r.body, "invalid_grant") || s.x.Count(p.exchange) != 0 {
			t.Errorf("without the bearer: %d %s", r.StatusCode, r.body)
		}
		newer := accessToken(t, app.exchange(code, "Authorization", bearer))
		for name, token := range map[string]string{"the newer": newer, "the older": token} {
			r := s.browser(t).get("/auth/twitter/session", "Authorization", "Bearer "+token)
			var info struct {
				UserID              string
				IssuedAt, ExpiresAt json.RawMessage
			}
			want, err := json.Marshal(begun.IssuedAt)
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal([]byte(r.body), &info); err != nil || info.UserID != "guest" || string(info.IssuedAt) != string(want) {
				t.Errorf("%s token: %d %s", name, r.StatusCode, r.body)
			}
		}
		if users := s.users.all(); len(users) != 1 || users[0].TwitterID != ada {
			t.Errorf("users %v", users)
		}
	})
}
