package twitterauth_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

const authorizePath = "/auth/twitter/authorize"

const exampleChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" // RFC 7636, appendix B

// appQuery is the request of an app with changes; "" is a value, and a nil list
// takes the parameter out.
func appQuery(redirectURI string, changes url.Values) url.Values {
	q := url.Values{"response_type": {"code"}, "redirect_uri": {redirectURI}, "code_challenge": {exampleChallenge}, "code_challenge_method": {"S256"}, "state": {"s"}}
	for name, values := range changes {
		if delete(q, name); values != nil {
			q[name] = values
		}
	}
	return q
}

// asNavigation are the headers of a person's visit.
var asNavigation = []string{"Accept", "text/html", "Sec-Fetch-Dest", "document", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Site", "none"}

// malformedAppRequests are refused with a page and never redirected.
var malformedAppRequests = map[string]url.Values{
	"no response_type": {"response_type": nil}, "an empty response_type": {"response_type": {""}}, "token": {"response_type": {"token"}}, "code token": {"response_type": {"code token"}}, "CODE": {"response_type": {"CODE"}}, "code twice": {"response_type": {"code", "code"}},
	"no challenge": {"code_challenge": nil}, "an empty challenge": {"code_challenge": {""}}, "a challenge of 42": {"code_challenge": {exampleChallenge[:42]}}, "a challenge of 44": {"code_challenge": {exampleChallenge + "A"}}, "a challenge of 129": {"code_challenge": {strings.Repeat("A", 129)}},
	"padding": {"code_challenge": {exampleChallenge[:42] + "="}}, "standard base64": {"code_challenge": {exampleChallenge[:42] + "+"}}, "a period": {"code_challenge": {exampleChallenge[:42] + "."}}, "two challenges": {"code_challenge": {exampleChallenge, exampleChallenge}}, "a challenge and none": {"code_challenge": {exampleChallenge, ""}},
	"no method": {"code_challenge_method": nil}, "an empty method": {"code_challenge_method": {""}}, "plain": {"code_challenge_method": {"plain"}}, "s256": {"code_challenge_method": {"s256"}}, "S256 twice": {"code_challenge_method": {"S256", "S256"}}, "S256 and plain": {"code_challenge_method": {"S256", "plain"}},
	"a state of 513": {"state": {strings.Repeat("s", 513)}}, "a state of 4 KB": {"state": {strings.Repeat("s", 4096)}}, "a NUL in the state": {"state": {"a\x00b"}}, "a line break in the state": {"state": {"a\r\nb"}}, "DEL in the state": {"state": {"a\x7f"}}, "a state outside ASCII": {"state": {"é"}}, "no UTF-8 in the state": {"state": {"\xff"}}, "two states": {"state": {"a", "b"}},
	"no redirect_uri": {"redirect_uri": nil}, "an empty redirect_uri": {"redirect_uri": {""}}, "two redirect_uri": {"redirect_uri": {privateScheme, privateScheme}}, "two different redirect_uri": {"redirect_uri": {privateScheme, "https://evil.example/"}},
	"stay maybe": {"stayLoggedIn": {"maybe"}}, "stay twice": {"stayLoggedIn": {"true", "true"}}, "stay false and true": {"stayLoggedIn": {"false", "true"}},
	"two client_id": {"client_id": {"a", "b"}}, "two scopes": {"scope": {"a", "b"}}, "two nonces": {"nonce": {"a", "b"}}, "two requests": {"request": {"a", "b"}},
	"another case": {"redirect_uri": {"https://app.example.com/app/Signed-in"}}, "a slash at its end": {"redirect_uri": {claimedLink + "/"}}, "another path": {"redirect_uri": {"https://app.example.com/app/other"}}, "another port": {"redirect_uri": {"https://app.example.com:444/app/signed-in"}}, "the default port": {"redirect_uri": {"https://app.example.com:443/app/signed-in"}},
	"user info": {"redirect_uri": {"https://app.example.com@evil.example/app/signed-in"}}, "an encoded slash": {"redirect_uri": {"https://app.example.com/app%2Fsigned-in"}}, "an encoded dot": {"redirect_uri": {"https://app.example.com/%2e/app/signed-in"}}, "a suffix host": {"redirect_uri": {"https://app.example.com.evil.example/app/signed-in"}},
	"a query": {"redirect_uri": {claimedLink + "?a=b"}}, "a fragment": {"redirect_uri": {claimedLink + "#a"}}, "http": {"redirect_uri": {"http://app.example.com/app/signed-in"}}, "localhost": {"redirect_uri": {"http://localhost:80/signed-in"}}, "like loopback": {"redirect_uri": {"http://127.0.0.1.evil.example/signed-in"}},
	"port 0": {"redirect_uri": {"http://127.0.0.1:0/signed-in"}}, "port 65536": {"redirect_uri": {"http://127.0.0.1:65536/signed-in"}}, "a port with a zero": {"redirect_uri": {"http://127.0.0.1:080/signed-in"}}, "an empty port": {"redirect_uri": {"http://127.0.0.1:/signed-in"}}, "long IPv6": {"redirect_uri": {"http://[0:0:0:0:0:0:0:1]:80/signed-in"}},
	"a scheme in upper case": {"redirect_uri": {"COM.example.app:/signed-in"}}, "a scheme with //": {"redirect_uri": {"com.example.app://signed-in"}}, "an unlisted scheme": {"redirect_uri": {"com.evil.app:/signed-in"}}, "javascript": {"redirect_uri": {"javascript:alert(1)"}}, "the site itself": {"redirect_uri": {"/"}},
}

func TestAppRequestMalformed(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newAppSite(t, p)
		bearer := "Bearer " + s.guestToken(t, "guest")
		check := func(name string, r reply, isPage bool) {
			t.Helper()
			if r.StatusCode != 400 || r.location() != "" || r.Header.Get("Refresh") != "" || len(r.Cookies()) != 0 || r.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %d %v", name, r.StatusCode, r.Header)
			}
			if strings.Contains(r.body, "evil") || isPage && strings.Contains(r.body, "<form") || !isPage && r.code(t) != "bad_request" {
				t.Errorf("%s: %s", name, r.body)
			}
		}
		for name, changes := range malformedAppRequests {
			for _, redirectURI := range []string{claimedLink, privateScheme, loopback} {
				q := appQuery(redirectURI, changes)
				check(name, s.browser(t).get(authorizePath+"?"+q.Encode(), asNavigation...), true)
				check(name, s.browser(t).do("POST", authorizePath, q, "Accept", "text/html", "Sec-Fetch-Site", "same-origin"), true)
				fields, representable := map[string]string{}, utf8Values(q)
				for parameter, values := range q {
					fields[parameter] = values[0]
					representable = representable && len(values) == 1
				}
				if representable {
					check(name, s.postAuthorize(t, fields, bearer), false)
				}
			}
		}
		for name, raw := range map[string]string{"nothing": "", "%zz": "response_type=%zz", "a semicolon": "response_type=code;redirect_uri=x", "8 KB": appQuery(privateScheme, url.Values{"x": {strings.Repeat("x", 8<<10)}}).Encode()} {
			check(name, s.browser(t).get(authorizePath+"?"+raw, asNavigation...), true)
		}
		if s.x.Count(twittertest.RequestToken) != 0 {
			t.Error("X was asked")
		}
	})
}

func utf8Values(q url.Values) bool {
	text := q.Encode()
	return !strings.Contains(text, "%FF")
}

// postAuthorize posts JSON to authorize, as an app does whose user links.
func (s *site) postAuthorize(t testing.TB, fields any, authorization string, header ...string) reply {
	t.Helper()
	body, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+authorizePath, strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return s.browser(t).send(req)
}

// guestToken makes a user without an X account and returns a token of theirs.
func (s *site) guestToken(t testing.TB, userID string) (token string) {
	t.Helper()
	_, token = s.guestSession(t, userID)
	return token
}

func (s *site) guestSession(t testing.TB, userID string) (begun session.Session, token string) {
	t.Helper()
	s.users.mu.Lock()
	s.users.users[userID] = &user{ID: userID, Fields: map[string]any{}}
	s.users.mu.Unlock()
	starter, ok := s.auth.Sessions().(twitterauth.TokenStarter)
	if !ok {
		t.Fatal("Sessions is not a TokenStarter")
	}
	record(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var err error
		if begun, token, err = starter.StartWithToken(w, r, userID, false); err != nil || token == "" {
			t.Fatal(err)
		}
	}), newRequest("GET", "/"))
	return begun, token
}

// What a client adds is ignored, once or twice, and limits are limits.
func TestAppRequestAccepted(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newAppSite(t, p)
		for name, changes := range map[string]url.Values{
			"as it is": {}, "no state": {"state": nil}, "an empty state": {"state": {""}}, "a state of 512": {"state": {strings.Repeat("s", 512)}}, "every character": {"state": {` !"#$%&'()*+,-./09:;<=>?@AZ[\]^_az{|}~`}},
			"what clients add": {"client_id": {"x"}, "scope": {"openid email"}, "nonce": {"n"}}, "unknown, twice": {"resource": {"a", "b"}, "utm_source": {"a", "b", "\xff"}, "prompt": {strings.Repeat("p", 4096)}}, "stay": {"stayLoggedIn": {"true"}}, "stay not": {"stayLoggedIn": {"0"}},
		} {
			q := appQuery(claimedLink, changes)
			for how, r := range map[string]reply{
				"get":  s.browser(t).get(authorizePath+"?"+q.Encode(), asNavigation...),
				"post": s.browser(t).do("POST", authorizePath, q),
			} {
				if r.StatusCode != 303 || !strings.HasPrefix(r.location(), s.x.URL+p.consent) || len(r.Cookies()) != 1 || r.Header.Get("Cache-Control") != "no-store" {
					t.Errorf("%s, %s: %d %s %s", name, how, r.StatusCode, r.location(), r.body)
				}
			}
		}
	})
}

// The state comes back byte for byte, whatever characters it has.
func TestAppState(t *testing.T) {
	t.Parallel()
	s := newAppSite(t, oauth2)
	const state = ` "#$%&'()*+,-./09:;<=>?@AZ[\]^_az{|}~<script>`
	for _, redirectURI := range []string{claimedLink, privateScheme, "http://127.0.0.1:49152/signed-in"} {
		app := s.app(t, redirectURI)
		b := app.browser
		r := b.do("POST", authorizePath, appQuery(redirectURI, url.Values{"state": {state}}))
		r = b.visit(b.approve(r.location(), ada))
		location := r.location()
		if redirectURI == privateScheme {
			location = strings.TrimPrefix(r.Header.Get("Refresh"), "0;url=")
			if strings.Contains(r.body, "<script>") || strings.Contains(location, "<") {
				t.Error(r.body)
			}
		}
		_, query, _ := strings.Cut(location, "?")
		if values, err := url.ParseQuery(query); err != nil || values.Get("state") != state || len(values) != 2 || strings.Contains(location, "+") {
			t.Errorf("%s: %s", redirectURI, location)
		}
	}
}

// Between loopback names the login starts on the callback's, with every parameter.
func TestAppRequestOnAnotherLoopbackName(t *testing.T) {
	t.Parallel()
	s := newAppSite(t, oauth2)
	q := appQuery(claimedLink, url.Values{"state": {"a b+c&d"}, "client_id": {"app"}})
	r := s.browser(t).get(authorizePath+"?"+q.Encode(), append([]string{"Host", strings.Replace(strings.TrimPrefix(s.URL, "http://"), "127.0.0.1", "localhost", 1)}, asNavigation...)...)
	u, err := url.Parse(r.location())
	if err != nil || r.StatusCode != 303 || !strings.HasPrefix(r.location(), s.URL+authorizePath+"?") || u.Query().Encode() != q.Encode() || len(r.Cookies()) != 0 {
		t.Errorf("%d %s %v", r.StatusCode, r.location(), err)
	}
}

// An attacker's link, or a page that loads authorize, starts nothing.
func TestAppLinkOfAnAttacker(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newAppSite(t, p)
		const html = "text/html"
		navigation := func(site string) []string {
			return []string{"Accept", html, "Sec-Fetch-Dest", "document", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Site", site}
		}
		for name, test := range map[string]struct {
			header []string
			link   int // the status for a claimed link; other kinds always show the page
		}{
			"a link elsewhere":             {navigation("cross-site"), 200},
			"a link on a sibling host":     {navigation("same-site"), 200},
			"a link here":                  {navigation("same-origin"), 303},
			"a typed address":              {navigation("none"), 303},
			"a browser without metadata":   {[]string{"Accept", html}, 303},
			"an image":                     {[]string{"Accept", "image/*", "Sec-Fetch-Dest", "image", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Site", "cross-site"}, 403},
			"an image here":                {[]string{"Accept", "image/*", "Sec-Fetch-Dest", "image", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Site", "same-origin"}, 403},
			"a frame":                      {[]string{"Accept", html, "Sec-Fetch-Dest", "iframe", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Site", "cross-site"}, 403},
			"a frame here":                 {[]string{"Accept", html, "Sec-Fetch-Dest", "iframe", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Site", "same-origin"}, 403},
			"a script's fetch":             {[]string{"Sec-Fetch-Dest", "empty", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Site", "cross-site"}, 403},
			"a prefetch":                   {append([]string{"Sec-Purpose", "prefetch"}, navigation("none")...), 403},
			"a prerender":                  {append([]string{"Sec-Purpose", "prefetch;prerender"}, navigation("none")...), 403},
			"a prefetch of older browsers": {append([]string{"Purpose", "prefetch"}, navigation("none")...), 403},
		} {
			for _, redirectURI := range []string{claimedLink, privateScheme, loopback} {
				r := s.browser(t).get(authorizePath+"?"+appQuery(redirectURI, nil).Encode(), test.header...)
				want := test.link
				if redirectURI != claimedLink {
					want = 200
				}
				switch {
				case r.StatusCode != want, (len(r.Cookies()) != 0) != (want == 303):
					t.Errorf("%s, %s: %d %v", name, redirectURI, r.StatusCode, r.Cookies())
				case want == 200 && (!strings.Contains(r.body, `action="`+authorizePath+`"`) || r.Header.Get("X-Frame-Options") != "DENY" || !strings.Contains(r.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") || strings.Contains(r.body, "<script")):
					t.Errorf("%s, %s: %v %s", name, redirectURI, r.Header, r.body)
				case want == 200 && !strings.Contains(r.body, "asks to sign you in to 127.0.0.1 "):
					t.Errorf("%s, %s: the page does not name the site: %s", name, redirectURI, r.body)
				case want == 200 && !slices.Contains(formActionIn(r.Header), map[string]string{claimedLink: "https://app.example.com", privateScheme: "com.example.app:", loopback: "http://127.0.0.1"}[redirectURI]):
					t.Errorf("%s, %s: %v", name, redirectURI, r.Header)
				}
			}
		}
		for _, from := range []string{"cross-site", "same-site", "null"} {
			header := []string{"Origin", "https://evil.example", "Sec-Fetch-Site", from}
			if from == "null" {
				header = []string{"Origin", "null"}
			}
			if r := s.browser(t).do("POST", authorizePath, appQuery(claimedLink, nil), header...); r.StatusCode != 403 || r.code(t) != "cross_origin" || len(r.Cookies()) != 0 {
				t.Errorf("a form of %s: %d", from, r.StatusCode)
			}
		}
	})
}

func formActionIn(h http.Header) []string {
	_, action, _ := strings.Cut(h.Get("Content-Security-Policy"), "form-action ")
	action, _, _ = strings.Cut(action, ";")
	return strings.Fields(action)
}

// Authorize shows its own page where GET login would show LoginPage or a button,
// and an app's login does not take back a logout of the browser.
func TestAppAfterALogout(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newAppSite(t, p, configured(func(c *twitterauth.Config) { c.LoginPage = "/sign-in" }))
		app := s.app(t, claimedLink)
		b := app.browser
		b.login(zoe, nil)
		b.do("POST", "/auth/twitter/logout", nil)
		for range 2 {
			r := b.visit(authorizePath + "?" + app.request().Encode())
			if r.StatusCode != 200 || !strings.Contains(r.body, `action="`+authorizePath+`"`) {
				t.Fatalf("%d %s", r.StatusCode, r.location())
			}
			accessToken(t, app.exchange(app.code(ada)))
		}
		if r := b.visit("/auth/twitter/login"); r.StatusCode != 303 || !strings.HasPrefix(r.location(), "/sign-in") {
			t.Errorf("the logout was taken back: %d %s", r.StatusCode, r.location())
		}
	})
}

// appStores are the ways to keep sessions that an app's login must work with.
func appStores(t *testing.T) map[string]func() []siteOption {
	t.Helper()
	return map[string]func() []siteOption{
		"sealed cookies": func() []siteOption { return nil },
		"a server-side store": func() []siteOption {
			return []siteOption{configured(func(c *twitterauth.Config) { c.Session.Store = &mapStore{values: map[string]map[any]any{}} })}
		},
		"a SessionKeeper": func() []siteOption { return []siteOption{withLinkingKeeper()} },
		"a SessionKeeper and a store": func() []siteOption {
			return []siteOption{withLinkingKeeper(), configured(func(c *twitterauth.Config) { c.Session.Store = &mapStore{values: map[string]map[any]any{}} })}
		},
		"a manager of the app's": func() []siteOption {
			return []siteOption{configured(func(c *twitterauth.Config) {
				m, err := session.New(session.Config{Keys: c.Session.Keys, Bearer: true, AllowHTTP: true})
				if err != nil {
					t.Fatal(err)
				}
				c.SessionManager, c.Session.Bearer = tokenManager{plainManager{m}}, false
			})}
		},
	}
}

// linkingKeeper is a store that is a Linker and a SessionKeeper.
type linkingKeeper struct {
	*keepingMemory
	linkingMemory
}

func (k linkingKeeper) UserForLogin(ctx context.Context, login twitterauth.Login) (string, error) {
	return k.keepingMemory.UserForLogin(ctx, login)
}

func (k linkingKeeper) UserByID(ctx context.Context, userID string) (*user, error) {
	return k.keepingMemory.memory.UserByID(ctx, userID)
}

var (
	_ twitterauth.SessionKeeper[*user] = linkingKeeper{}
	_ twitterauth.Linker               = linkingKeeper{}
)

// withLinkingKeeper is a site with a linkingKeeper; s.users is its memory.
func withLinkingKeeper() siteOption {
	return func(setup *siteSetup) {
		k := newKeepingMemory()
		setup.store = linkingKeeper{k, linkingMemory{k.memory}}
	}
}

// A session that exists in the browser is not looked at, and not changed: not on
// the way through the browser, and not at POST token when its cookie comes along.
func TestAppLeavesTheBrowsersSession(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for name, options := range appStores(t) {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := newAppSite(t, p, options()...)
				app := s.app(t, privateScheme)
				b := app.browser
				b.login(zoe, nil)
				before := b.cookies()[sessionCookie]
				calls := new(atomic.Int32)
				s.users.onByID = func(context.Context, string) (*user, error) {
					calls.Add(1)
					return nil, twitterauth.ErrUserNotFound
				}
				code := app.code(ada)
				s.users.onByID = nil
				if calls.Load() != 0 {
					t.Errorf("the store was asked %d times", calls.Load())
				}
				r := b.do("POST", "/auth/twitter/token", url.Values{"grant_type": {"authorization_code"}, "code": {code}, "code_verifier": {app.verifier}, "redirect_uri": {app.redirectURI}})
				token := accessToken(t, r)
				if len(r.Cookies()) != 0 || b.cookies()[sessionCookie] != before || b.whoami() != "user u1 @zoe_quotes" {
					t.Errorf("cookies %v, %s", r.Cookies(), b.whoami())
				}
				if got := s.browser(t).get("/", "Authorization", "Bearer "+token).body; got != "user u2 @ada" {
					t.Error(got)
				}
			})
		}
	})
}

// A session that ended is not cleaned up either.
func TestAppLeavesAnEndedSession(t *testing.T) {
	t.Parallel()
	s := newAppSite(t, oauth2, configured(func(c *twitterauth.Config) { c.TrustedOrigins = []string{"capacitor://localhost"} }))
	app := s.app(t, claimedLink)
	b := app.browser
	b.login(zoe, nil)
	_, expired := s.guestSession(t, "guest")
	s.users.change("u1", nil)
	s.users.change("guest", nil)
	code := app.code(ada)
	r := b.do("POST", "/auth/twitter/token", url.Values{"grant_type": {"authorization_code"}, "code": {code}, "code_verifier": {app.verifier}, "redirect_uri": {app.redirectURI}})
	accessToken(t, r)
	for _, r := range []reply{r, s.postAuthorize(t, map[string]string{}, "Bearer "+expired, "Cookie", sessionCookie+"="+b.cookies()[sessionCookie])} {
		if len(r.Cookies()) != 0 {
			t.Errorf("%d %v", r.StatusCode, r.Cookies())
		}
	}
}

func TestGuardsLetAuthorizePass(t *testing.T) {
	t.Parallel()
	s := newAppSite(t, oauth2)
	guarded := s.auth.RequireUser(s.mux)
	for target, want := range map[string]int{
		authorizePath + "?" + appQuery(privateScheme, nil).Encode(): 200,
		authorizePath:                  400,
		authorizePath + "/":            303,
		"/auth/twitter/Authorize":      303,
		"/auth/twitter/%61uthorize":    303,
		"/auth/twitter//authorize":     303,
		"/auth/twitter/x/../authorize": 303,
	} {
		r := newRequest("GET", target)
		r.Header.Set("Accept", "text/html")
		w := record(guarded, r)
		if w.Code != want || want == 303 && !strings.HasPrefix(w.Header().Get("Location"), "/auth/twitter/login") {
			t.Errorf("%s: %d %s", target, w.Code, w.Header().Get("Location"))
		}
	}
	for method, want := range map[string]int{"POST": 400, "HEAD": 405, "PUT": 405, "PROPFIND": 401} {
		if w := record(guarded, newRequest(method, authorizePath)); w.Code != want {
			t.Errorf("%s: %d", method, w.Code)
		}
	}
}

func TestReturnToAuthorize(t *testing.T) {
	t.Parallel()
	s := newAppSite(t, oauth2)
	for _, target := range []string{authorizePath, authorizePath + "?" + appQuery(claimedLink, nil).Encode(), authorizePath + "/", "/auth/twitter/%61uthorize", "/auth/./twitter/authorize", claimedLink, privateScheme, loopback} {
		b := s.browser(t)
		if got := b.login(ada, url.Values{"return_to": {target}}).location(); got != "/" {
			t.Errorf("%s: %s", target, got)
		}
	}
}

// A webview may post to the routes of apps and to no other, and no browser is sent
// to it.
func TestWebview(t *testing.T) {
	t.Parallel()
	s := newAppSite(t, oauth2, configured(func(c *twitterauth.Config) {
		c.TrustedOrigins = []string{"capacitor://localhost", "ionic://localhost", "https://spa.example.com"}
	}))
	posted := func(route, origin string) bool {
		r := s.browser(t).do("POST", "/auth/twitter/"+route, url.Values{}, "Origin", origin, "Sec-Fetch-Site", "cross-site")
		return !strings.Contains(r.body, "cross_origin")
	}
	for origin, want := range map[string]struct{ apps, browsers bool }{
		"capacitor://localhost":      {true, false},
		"ionic://localhost":          {true, false},
		"https://spa.example.com":    {true, true},
		"capacitor://localhost.evil": {false, false},
		"capacitor://localhost:80":   {false, false},
		"CAPACITOR://localhost":      {false, false},
		"capacitor://":               {false, false},
		"http://localhost":           {false, false},
		"https://localhost":          {false, false},
		"null":                       {false, false},
		"file://":                    {false, false},
	} {
		for _, route := range []string{"token", "session", "authorize"} {
			if posted(route, origin) != want.apps {
				t.Errorf("%s posts to %s: %t", origin, route, !want.apps)
			}
		}
		for _, route := range []string{"login", "logout"} {
			if posted(route, origin) != want.browsers {
				t.Errorf("%s posts to %s: %t", origin, route, !want.browsers)
			}
		}
	}
	for _, target := range []string{"capacitor://localhost", "capacitor://localhost/a", "ionic://localhost/"} {
		b := s.browser(t)
		if got := b.login(ada, url.Values{"return_to": {target}}).location(); got != "/" {
			t.Errorf("%s: %s", target, got)
		}
	}
	r := s.browser(t).get("/auth/twitter/login", "Accept", "text/html", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "document", "Sec-Fetch-Mode", "navigate")
	if action := strings.Join(formActionIn(r.Header), " "); strings.Contains(action, "capacitor") || !strings.Contains(action, "https://spa.example.com") {
		t.Errorf("form-action %s", action)
	}
}

func FuzzAuthorize(f *testing.F) {
	cfg := appConfig()
	cfg.ConsumerKey, cfg.ConsumerSecret, cfg.ClientID = "", "", "id"
	cfg.Logger = slog.New(slog.DiscardHandler)
	auth, err := twitterauth.New(linkingMemory{newMemory()}, cfg)
	if err != nil {
		f.Fatal(err)
	}
	for _, changes := range malformedAppRequests {
		f.Add(appQuery(privateScheme, changes).Encode(), true)
		f.Add(appQuery(claimedLink, changes).Encode(), false)
	}
	for _, uri := range cfg.AppCallbacks {
		f.Add(appQuery(uri, nil).Encode(), true)
		f.Add(appQuery(uri, nil).Encode(), false)
	}
	f.Add("%zz", true)
	f.Add("request=AAAA", false)
	f.Fuzz(func(t *testing.T, query string, post bool) {
		r := httptest.NewRequest("GET", authorizePath, nil)
		r.URL.RawQuery = query
		if post {
			r = httptest.NewRequest("POST", authorizePath, strings.NewReader(query))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		r.Header.Set("Accept", "text/html")
		w := record(auth, r)
		values, err := url.ParseQuery(query)
		uri := values.Get("redirect_uri")
		isGood := err == nil && values.Get("code_challenge_method") == "S256" && len(values.Get("code_challenge")) == 43 && len(values.Get("state")) <= 512 &&
			(slices.Contains(cfg.AppCallbacks, uri) || strings.HasPrefix(uri, "http://127.0.0.1:") || strings.HasPrefix(uri, "http://[::1]:"))
		location, cookies := w.Header().Get("Location"), w.Result().Cookies()
		switch {
		case w.Code == 303 && isGood && (post || uri == claimedLink) && strings.HasPrefix(location, "https://x.com/i/oauth2/authorize?") && len(cookies) == 1 && len(cookies[0].Name)+len(cookies[0].Value) <= 4096:
		case w.Code == 200 && isGood && !post && uri != claimedLink && location == "" && len(cookies) == 0:
		case (w.Code == 400 || w.Code == 403 || w.Code == 413) && location == "" && len(cookies) == 0:
		default:
			t.Errorf("%q: %d %s %v", query, w.Code, location, cookies)
		}
		if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Refresh") != "" {
			t.Errorf("%q: %v", query, w.Header())
		}
	})
}
