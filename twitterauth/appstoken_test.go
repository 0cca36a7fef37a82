package twitterauth_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/mapping"
	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

const tokenPath = "/auth/twitter/token"

// grant is the form with which an app exchanges a code, with changes as in
// appQuery.
func (a *nativeApp) grant(code string, changes url.Values) url.Values {
	q := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "code_verifier": {a.verifier}, "redirect_uri": {a.redirectURI}}
	for name, values := range changes {
		if delete(q, name); values != nil {
			q[name] = values
		}
	}
	return q
}

// checkGrantError looks at an error of POST token as RFC 6749, section 5.2 has it.
func checkGrantError(t *testing.T, name string, r reply, status int, kind, code string) {
	t.Helper()
	var e struct {
		Error       string
		Description string `json:"error_description"`
		Code        string
	}
	dec := json.NewDecoder(strings.NewReader(r.body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&e); err != nil || r.StatusCode != status || e.Error != kind || e.Code != code || e.Description == "" || strings.ContainsAny(e.Description, `"\`) {
		t.Errorf("%s: %d %s, want %d %s %s", name, r.StatusCode, r.body, status, kind, code)
	}
	if h := r.Header; h.Get("Cache-Control") != "no-store" || h.Get("Content-Type") != "application/json" || len(r.Cookies()) != 0 || r.location() != "" {
		t.Errorf("%s: %v", name, h)
	}
}

// refusingHandler is an ErrorHandler that must not be called for an app's form.
func refusingHandler(t *testing.T) siteOption {
	return configured(func(c *twitterauth.Config) {
		c.ErrorHandler = func(w http.ResponseWriter, r *http.Request, e *twitterauth.Error) {
			if r.URL.Path == tokenPath && !strings.Contains(r.Header.Get("Content-Type"), "json") {
				t.Errorf("the ErrorHandler is called: %v", e)
			}
			twitterauth.RedirectErrors("/welcome")(w, r, e)
		}
	})
}

func TestAppExchangeRefusals(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for name, withPairs := range map[string]bool{"codes only": false, "token login too": !p.oauth2} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := newAppSite(t, p, refusingHandler(t), configured(func(c *twitterauth.Config) { c.TokenLogin = withPairs }))
				app := s.app(t, "http://127.0.0.1:49152/signed-in")
				code := app.code(ada)
				const invalid, mismatch = "invalid_grant", "login_mismatch"
				request := func(changes url.Values) (url.Values, int, string, string) {
					return changes, 400, "invalid_request", "bad_request"
				}
				grant := func(changes url.Values) (url.Values, int, string, string) {
					return changes, 400, invalid, mismatch
				}
				type refusal func() (url.Values, int, string, string)
				is := func(f func(url.Values) (url.Values, int, string, string), changes url.Values) refusal {
					return func() (url.Values, int, string, string) { return f(changes) }
				}
				unsupported := func(changes url.Values) (url.Values, int, string, string) {
					return changes, 400, "unsupported_grant_type", "bad_request"
				}
				for name, test := range map[string]refusal{
					"no grant_type":         is(request, url.Values{"grant_type": nil}),
					"an empty grant_type":   is(request, url.Values{"grant_type": {""}}),
					"grant_type twice":      is(request, url.Values{"grant_type": {"authorization_code", "authorization_code"}}),
					"two grant types":       is(request, url.Values{"grant_type": {"authorization_code", "password"}}),
					"password":              is(unsupported, url.Values{"grant_type": {"password"}}),
					"password alone":        is(unsupported, url.Values{"grant_type": {"password"}, "code": nil, "code_verifier": nil, "redirect_uri": nil, "username": {"a"}}),
					"refresh_token":         is(unsupported, url.Values{"grant_type": {"refresh_token"}}),
					"another case":          is(unsupported, url.Values{"grant_type": {"Authorization_Code"}}),
					"no code":               is(request, url.Values{"code": nil}),
					"an empty code":         is(request, url.Values{"code": {""}}),
					"the code twice":        is(request, url.Values{"code": {code, code}}),
					"two codes":             is(request, url.Values{"code": {code, "x"}}),
					"no verifier":           is(request, url.Values{"code_verifier": nil}),
					"an empty verifier":     is(request, url.Values{"code_verifier": {""}}),
					"the verifier twice":    is(request, url.Values{"code_verifier": {app.verifier, app.verifier}}),
					"no redirect_uri":       is(request, url.Values{"redirect_uri": nil}),
					"an empty redirect_uri": is(request, url.Values{"redirect_uri": {""}}),
					"redirect_uri twice":    is(request, url.Values{"redirect_uri": {app.redirectURI, app.redirectURI}}),
					"nothing":               is(request, url.Values{"grant_type": nil, "code": nil, "code_verifier": nil, "redirect_uri": nil}),

					"a verifier of 42":       is(grant, url.Values{"code_verifier": {app.verifier[:42]}}),
					"a verifier of 129":      is(grant, url.Values{"code_verifier": {strings.Repeat("v", 129)}}),
					"a verifier of a KB":     is(grant, url.Values{"code_verifier": {strings.Repeat("v", 1024)}}),
					"another's verifier":     is(grant, url.Values{"code_verifier": {strings.Repeat("v", 43)}}),
					"the challenge":          is(grant, url.Values{"code_verifier": {app.request().Get("code_challenge")}}),
					"another case of it":     is(grant, url.Values{"code_verifier": {strings.ToUpper(app.verifier)}}),
					"a blank in it":          is(grant, url.Values{"code_verifier": {app.verifier + " "}}),
					"another app's redirect": is(grant, url.Values{"redirect_uri": {privateScheme}}),
					"another port":           is(grant, url.Values{"redirect_uri": {"http://127.0.0.1:49153/signed-in"}}),
					"no port":                is(grant, url.Values{"redirect_uri": {loopback}}),
					"an unlisted redirect":   is(grant, url.Values{"redirect_uri": {"https://evil.example/"}}),
					"no code of ours":        is(grant, url.Values{"code": {"canary"}}),
					"a code of 5 KB":         is(grant, url.Values{"code": {strings.Repeat("A", 5<<10)}}),
					"the code and more":      is(grant, url.Values{"code": {code + "A"}}),
					"less of the code":       is(grant, url.Values{"code": {code[:len(code)-1]}}),
					"a blank around it":      is(grant, url.Values{"code": {" " + code}}),
					"a line break in it":     is(grant, url.Values{"code": {code[:20] + "\n" + code[20:]}}),
				} {
					changes, status, kind, ours := test()
					checkGrantError(t, name, s.browser(t).do("POST", tokenPath, app.grant(code, changes)), status, kind, ours)
				}
				for name, test := range map[string]struct {
					contentType, body, query string
					header                   []string
					status                   int
					code                     string
				}{
					"the code in the query":     {"", "", "?code=" + code, nil, 400, "bad_request"},
					"the verifier in the query": {"", "", "?code_verifier=" + app.verifier, nil, 400, "bad_request"},
					"a broken query":            {"", "", "?%zz", nil, 400, "bad_request"},
					"a broken form":             {"", "grant_type=%zz", "", nil, 400, "bad_request"},
					"a semicolon":               {"", "grant_type=authorization_code;code=x", "", nil, 400, "bad_request"},
					"9 KB":                      {"", "grant_type=authorization_code&code=" + strings.Repeat("A", 9<<10), "", nil, 413, "body_too_large"},
					"another charset":           {"; charset=latin1", "", "", nil, 415, "unsupported_media_type"},
					"a page elsewhere":          {"", "", "", []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, 403, "cross_origin"},
					"a hidden origin":           {"", "", "", []string{"Origin", "null"}, 403, "cross_origin"},
				} {
					body := test.body
					if body == "" {
						body = app.grant(code, nil).Encode()
					}
					req, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+tokenPath+test.query, strings.NewReader(body))
					if err != nil {
						t.Fatal(err)
					}
					req.Header.Set("Content-Type", "application/x-www-form-urlencoded"+test.contentType)
					req.Header.Set("Accept", "text/html")
					for i := 0; i < len(test.header); i += 2 {
						req.Header.Set(test.header[i], test.header[i+1])
					}
					checkGrantError(t, name, s.browser(t).send(req), test.status, "invalid_request", test.code)
				}
				if s.x.Count(p.exchange) != 0 || len(s.users.all()) != 0 {
					t.Error("X or the store was asked")
				}
				// None of it has used the code up.
				accessToken(t, app.exchange(code))
				checkGrantError(t, "twice", app.exchange(code), 400, invalid, "login_expired")
			})
		}
	})
}

// Each byte of a code counts.
func TestAppCodeIsSealed(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newAppSite(t, p)
		app := s.app(t, privateScheme)
		code := app.code(ada)
		const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
		for i := range code {
			for _, other := range []byte{alphabet[(strings.IndexByte(alphabet, code[i])+1)%64], alphabet[(strings.IndexByte(alphabet, code[i])+32)%64]} {
				changed := code[:i] + string(other) + code[i+1:]
				r := httptest.NewRequest("POST", tokenPath, strings.NewReader(app.grant(changed, nil).Encode()))
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				if w := record(s.auth, r); w.Code != 400 || !strings.Contains(w.Body.String(), `"error":"invalid_grant"`) {
					t.Fatalf("byte %d: %d %s", i, w.Code, w.Body)
				}
			}
		}
		if s.x.Count(p.exchange) != 0 {
			t.Error("X was asked")
		}
		accessToken(t, app.exchange(code))
	})
}

// A code, a session, a pending login and a link request are sealed for different
// purposes, and are not accepted in place of each other.
func TestAppSealedValuesAreNotMixedUp(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newAppSite(t, p)
		app := s.app(t, privateScheme)
		code := app.code(ada)
		guest := s.guestToken(t, "guest")
		link := s.linkAddress(t, app, guest)
		_, request, _ := strings.Cut(link, "?request=")
		b := s.browser(t)
		b.login(zoe, nil)
		sessionValue := b.cookies()[sessionCookie]
		b.start(nil)
		var pendingValue, pendingName string
		for name, value := range b.cookies() {
			if strings.HasPrefix(name, pendingPrefix) {
				pendingName, pendingValue = name, value
			}
		}
		for name, value := range map[string]string{"a session": sessionValue, "a bearer token": guest, "a bearer token's value": strings.TrimPrefix(guest, "twa_"), "a pending login": pendingValue, "a link request": request} {
			checkGrantError(t, name, app.exchange(value), 400, "invalid_grant", "login_mismatch")
			if name == "a link request" {
				continue
			}
			if r := s.browser(t).get(authorizePath+"?request="+value, asNavigation...); r.StatusCode != 403 || len(r.Cookies()) != 0 {
				t.Errorf("%s as a link request: %d", name, r.StatusCode)
			}
		}
		for name, value := range map[string]string{"a code": code, "a link request": request} {
			c := s.browser(t)
			c.setCookie(sessionCookie, value)
			if c.whoami() != "nobody" || s.browser(t).get("/", "Authorization", "Bearer "+value).body != "nobody" || s.browser(t).get("/", "Authorization", "Bearer twa_"+value).body != "nobody" {
				t.Errorf("%s is a session", name)
			}
			at := b.start(nil)
			for cookie := range b.cookies() {
				if strings.HasPrefix(cookie, pendingPrefix) {
					c.setCookie(cookie, value)
				}
			}
			c.setCookie(pendingName, value)
			if r := c.get(b.approve(at, ada)); r.StatusCode != 403 || r.code(t) != "login_mismatch" {
				t.Errorf("%s as a pending login: %d %s", name, r.StatusCode, r.body)
			}
		}
		if r := s.browser(t).get(authorizePath+"?request="+code, asNavigation...); r.StatusCode != 403 {
			t.Errorf("a code as a link request: %d", r.StatusCode)
		}
	})
}

// A code is good for a minute.
func TestAppCodeExpires(t *testing.T) {
	t.Parallel()
	for age, good := range map[time.Duration]bool{50 * time.Second: true, 60 * time.Second: false, time.Hour: false, -50 * time.Second: true, -2 * time.Minute: false} {
		s := newAppSite(t, oauth1)
		app := s.app(t, claimedLink)
		code := app.code(ada)
		s.auth.SetClock(func() time.Time { return time.Now().Add(age) })
		if r := app.exchange(code); good {
			accessToken(t, r)
		} else {
			checkGrantError(t, age.String(), r, 400, "invalid_grant", "login_expired")
			if s.x.Count(twittertest.AccessToken) != 0 {
				t.Errorf("%s: X was asked", age)
			}
		}
	}
	s := newAppSite(t, oauth2)
	app := s.app(t, claimedLink)
	code := app.code(ada)
	s.x.ExpireCodes() // 30 s at X
	checkGrantError(t, "late for X", app.exchange(code), 400, "invalid_grant", "login_expired")
}

// Any machine with the keys takes a code; another site with the same keys does
// not.
func TestAppCodeOnAnotherMachine(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		older, newer := session.NewKey(), session.NewKey()
		for name, test := range map[string]struct {
			keys []session.Key
			at   string // of the other machine; "": the same site
			good bool
		}{
			"the same":               {[]session.Key{older}, "", true},
			"rotated":                {[]session.Key{newer, older}, "", true},
			"before the rotation":    {[]session.Key{older, newer}, "", true},
			"the old key is dropped": {[]session.Key{newer}, "", false},
			"another site":           {[]session.Key{older}, "/auth/other/callback", false},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				first := newAppSite(t, p, configured(func(c *twitterauth.Config) { c.Session.Keys = []session.Key{older} }))
				if test.at != "" {
					first.x.RegisterCallbacks() // both sites' callbacks
				}
				second := newAppSite(t, p, atX(first.x), withStore(linkingMemory{first.users}), configured(func(c *twitterauth.Config) {
					c.Session.Keys, c.CallbackURL = test.keys, first.URL+"/auth/twitter/callback"
					if test.at != "" {
						c.CallbackURL = first.URL + test.at
					}
				}))
				app := first.app(t, privateScheme)
				code := app.code(ada)
				path := tokenPath
				if test.at != "" {
					path = "/auth/other/token"
				}
				r := second.browser(t).do("POST", path, app.grant(code, nil))
				if test.good {
					token := accessToken(t, r)
					if got := second.browser(t).get("/", "Authorization", "Bearer "+token).body; got != "user u1 @ada" {
						t.Error(got)
					}
				} else {
					checkGrantError(t, name, r, 400, "invalid_grant", "login_mismatch")
				}
			})
		}
	})
}

// What a client sends to authenticate itself is ignored, because apps have no
// secret.
func TestAppClientAuthentication(t *testing.T) {
	t.Parallel()
	s := newAppSite(t, oauth2)
	for name, test := range map[string]struct {
		changes url.Values
		header  []string
	}{
		"nothing":          {nil, nil},
		"client_id":        {url.Values{"client_id": {"x"}, "client_secret": {"y"}}, nil},
		"client_id, twice": {url.Values{"client_id": {"x", "y"}}, nil},
		"Basic":            {nil, []string{"Authorization", "Basic eDp5"}},
		"a broken Basic":   {nil, []string{"Authorization", "Basic %%%"}},
		"another token":    {nil, []string{"Authorization", "Bearer something"}},
		"a bad token":      {nil, []string{"Authorization", "Bearer twa_AAAA"}},
		"unknown, twice":   {url.Values{"resource": {"a", "b"}}, nil},
		"in the query too": {url.Values{}, []string{"Accept", "application/json"}},
	} {
		app := s.app(t, "http://127.0.0.1:1/signed-in")
		r := s.browser(t).do("POST", tokenPath+"?utm_source=a&grant_type=password", app.grant(app.code(ada), test.changes), test.header...)
		if token := accessToken(t, r); s.browser(t).get("/", "Authorization", "Bearer "+token).body != "user u1 @ada" {
			t.Errorf("%s: %s", name, r.body)
		}
	}
}

// A bearer token that comes along with an app's own login stays good, and so does
// its session's row.
func TestAppExchangeKeepsTheOlderToken(t *testing.T) {
	t.Parallel()
	for name, options := range appStores(t) {
		s := newAppSite(t, oauth2, options()...)
		app := s.app(t, claimedLink)
		older := accessToken(t, app.exchange(app.code(ada)))
		newer := accessToken(t, app.exchange(app.code(zoe), "Authorization", "Bearer "+older))
		for token, want := range map[string]string{older: "user u1 @ada", newer: "user u2 @zoe_quotes"} {
			if got := s.browser(t).get("/", "Authorization", "Bearer "+token).body; got != want {
				t.Errorf("%s: %s", name, got)
			}
		}
	}
}

// X or the store fails at POST token.
func TestAppExchangeFails(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		type onLogin = func(context.Context, twitterauth.Login) (string, error)
		returns := func(err error) onLogin {
			return func(context.Context, twitterauth.Login) (string, error) { return "", err }
		}
		for name, test := range map[string]struct {
			fault      *twittertest.Fault // at the exchange
			profile    *twittertest.Fault
			onLogin    onLogin
			status     int
			kind, code string
			retryAfter bool
		}{
			"X is down":              {fault: ref(twittertest.HTML(503)), status: 502, kind: "server_error", code: "provider_unavailable"},
			"X is reset":             {fault: ref(twittertest.Reset()), status: 502, kind: "server_error", code: "provider_unavailable"},
			"X is rate limited":      {fault: ref(twittertest.RateLimited(90 * time.Second)), status: 503, kind: "temporarily_unavailable", code: "rate_limited", retryAfter: true},
			"X hangs":                {fault: ref(twittertest.Hang()), status: 504, kind: "temporarily_unavailable", code: "provider_timeout"},
			"the profile is down":    {profile: ref(twittertest.HTML(503)), status: 502, kind: "server_error", code: "provider_unavailable"},
			"the profile is empty":   {profile: ref(twittertest.JSONBody(`{}`)), status: 502, kind: "server_error", code: "provider_unavailable"},
			"a store error":          {onLogin: returns(errors.New("boom")), status: 500, kind: "server_error", code: "store_failed"},
			"a store panic":          {onLogin: func(context.Context, twitterauth.Login) (string, error) { panic("boom") }, status: 500, kind: "server_error", code: "store_failed"},
			"an empty ID":            {onLogin: returns(nil), status: 500, kind: "server_error", code: "store_failed"},
			"the store is down":      {onLogin: returns(fmt.Errorf("dial: %w", twitterauth.ErrStoreUnavailable)), status: 503, kind: "temporarily_unavailable", code: "store_unavailable"},
			"the store is slow":      {onLogin: returns(context.DeadlineExceeded), status: 503, kind: "temporarily_unavailable", code: "store_unavailable"},
			"refused":                {onLogin: returns(fmt.Errorf("banned: %w", twitterauth.ErrLoginRefused)), status: 400, kind: "invalid_grant", code: "login_refused"},
			"an incomplete profile":  {profile: ref(twittertest.JSONBody(`{"id":6253282,"id_str":"6253282","screen_name":"ada","data":{"id":"6253282","username":"ada"}}`)), status: 400, kind: "invalid_grant", code: "profile_incomplete"},
			"the user is gone again": {onLogin: func(context.Context, twitterauth.Login) (string, error) { return "lost", nil }, status: 503, kind: "temporarily_unavailable", code: "store_unavailable"},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := newAppSite(t, p, refusingHandler(t), configured(func(c *twitterauth.Config) {
					if test.code == "profile_incomplete" {
						c.Mapping = mapping.Must(nil, mapping.Rule{From: "description", To: "bio", Required: true})
					}
				}))
				app := s.app(t, privateScheme)
				code := app.code(ada)
				if test.fault != nil {
					s.x.Fail(p.exchange, *test.fault)
				}
				if test.profile != nil {
					s.x.Fail(p.profile, *test.profile)
				}
				if name == "X hangs" {
					s.auth.SetBudget(200 * time.Millisecond)
				}
				s.users.onLogin = test.onLogin
				r := app.exchange(code, "Accept", "text/html")
				checkGrantError(t, name, r, test.status, test.kind, test.code)
				if (r.Header.Get("Retry-After") != "") != test.retryAfter || strings.Contains(r.body, "boom") || strings.Contains(s.log.String(), code) || strings.Contains(s.log.String(), app.verifier) {
					t.Errorf("%v %s\n%s", r.Header, r.body, s.log)
				}
			})
		}
	})
}

func ref[T any](v T) *T { return &v }

// MaxLogins is reached: the app may come again with the same code.
func TestAppExchangeOverloaded(t *testing.T) {
	t.Parallel()
	g := gate{make(chan string), make(chan struct{})}
	s := newAppSite(t, oauth2, refusingHandler(t), configured(func(c *twitterauth.Config) {
		c.MaxLogins, c.HTTPClient = 1, &http.Client{Transport: g}
	}))
	first, second := s.app(t, privateScheme), s.app(t, privateScheme)
	firstCode, secondCode := first.code(ada), second.code(zoe)
	done := make(chan reply)
	go func() { done <- first.exchange(firstCode) }()
	<-g.reached
	s.auth.SetBudget(20 * time.Millisecond)
	r := second.exchange(secondCode)
	checkGrantError(t, "overloaded", r, 503, "temporarily_unavailable", "overloaded")
	if r.Header.Get("Retry-After") != "5" {
		t.Errorf("%v", r.Header)
	}
	close(g.open)
	accessToken(t, <-done)
	s.auth.SetBudget(10 * time.Second)
	accessToken(t, second.exchange(secondCode))
}

// The row of an app's session that cannot be saved ends the login; one device too
// many is a refusal.
func TestAppExchangeWithRows(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err        error
		status     int
		kind, code string
	}{
		"down":             {twitterauth.ErrStoreUnavailable, 503, "temporarily_unavailable", "store_unavailable"},
		"an error":         {errors.New("boom"), 500, "server_error", "store_failed"},
		"too many devices": {twitterauth.ErrLoginRefused, 400, "invalid_grant", "login_refused"},
	} {
		var keeper linkingKeeper
		s := newAppSite(t, oauth2, refusingHandler(t), withLinkingKeeper(), func(setup *siteSetup) { keeper, _ = setup.store.(linkingKeeper) })
		keeper.onSave = func(context.Context, *http.Request, session.Session) error { return test.err }
		app := s.app(t, claimedLink)
		checkGrantError(t, name, app.exchange(app.code(ada)), test.status, test.kind, test.code)
		keeper.onSave = nil
		token := accessToken(t, app.exchange(app.code(ada)))
		if len(keeper.ids()) != 1 || s.browser(t).get("/", "Authorization", "Bearer "+token).body != "user u1 @ada" {
			t.Errorf("%s: rows %v", name, keeper.ids())
		}
	}
}

// A SessionManager whose StartWithToken has no token is an error and not an
// empty token.
func TestAppExchangeWithoutAToken(t *testing.T) {
	t.Parallel()
	s := newAppSite(t, oauth2, configured(func(c *twitterauth.Config) {
		m, err := session.New(session.Config{Keys: c.Session.Keys, AllowHTTP: true})
		if err != nil {
			t.Fatal(err)
		}
		c.SessionManager, c.Session.Bearer = tokenManager{plainManager{m}}, false
	}))
	app := s.app(t, claimedLink)
	checkGrantError(t, "no token", app.exchange(app.code(ada)), 500, "server_error", "store_failed")
	if !strings.Contains(s.log.String(), "returned no token") {
		t.Error(s.log)
	}
}

// JSON answers as token login does: cookie, fields, and errors by the
// ErrorHandler.
func TestAppExchangeInJSON(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newAppSite(t, p)
		app := s.app(t, privateScheme)
		code := app.code(ada)
		text := func(fields map[string]any) string {
			body := map[string]any{"code": code, "codeVerifier": app.verifier}
			maps.Copy(body, fields)
			for name, v := range body {
				if v == "" {
					delete(body, name)
				}
			}
			b, err := json.Marshal(body)
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
		for name, test := range map[string]struct {
			body, query string
			status      int
			code        string
		}{
			"no verifier":         {text(map[string]any{"codeVerifier": ""}), "", 400, "bad_request"},
			"snake case":          {text(map[string]any{"codeVerifier": "", "code_verifier": app.verifier}), "", 400, "bad_request"},
			"no code":             {text(map[string]any{"code": ""}), "", 400, "bad_request"},
			"a number":            {text(map[string]any{"code": 5}), "", 400, "bad_request"},
			"null":                {text(map[string]any{"codeVerifier": nil}), "", 400, "bad_request"},
			"twice":               {`{"code":"a","code":"b","codeVerifier":"c"}`, "", 400, "bad_request"},
			"broken":              {`{"code":`, "", 400, "bad_request"},
			"in the query":        {text(nil), "?code=" + code, 400, "bad_request"},
			"another's verifier":  {text(map[string]any{"codeVerifier": strings.Repeat("v", 43)}), "", 403, "login_mismatch"},
			"a verifier of 42":    {text(map[string]any{"codeVerifier": strings.Repeat("v", 42)}), "", 403, "login_mismatch"},
			"a verifier of 129":   {text(map[string]any{"codeVerifier": strings.Repeat("v", 129)}), "", 403, "login_mismatch"},
			"a verifier of 257":   {text(map[string]any{"codeVerifier": strings.Repeat("v", 257)}), "", 400, "bad_request"},
			"a code of 5 KB":      {text(map[string]any{"code": strings.Repeat("A", 5<<10)}), "", 400, "bad_request"},
			"no code of ours":     {text(map[string]any{"code": "AAAA"}), "", 403, "login_mismatch"},
			"a pair":              {`{"authToken":"a","authTokenSecret":"b"}`, "", 400, "bad_request"},
			"a pair and the code": {text(map[string]any{"authToken": "a", "authTokenSecret": "b"}), "", 400, "bad_request"},
			"nothing":             {`{}`, "", 400, "bad_request"},
		} {
			b := s.browser(t)
			if r := b.post("application/json", test.body, test.query); r.StatusCode != test.status || r.code(t) != test.code || b.hasSession() {
				t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
			}
		}
		b := s.browser(t)
		r := b.post("application/json", text(map[string]any{"redirect_uri": "ignored"}), "")
		var got map[string]any
		if err := json.Unmarshal([]byte(r.body), &got); err != nil || r.StatusCode != 200 || got["userId"] != "u1" || got["screenName"] != "ada" || got["expiresAt"] == nil || got["properties"] == nil || got["access_token"] != nil {
			t.Fatalf("%d %s", r.StatusCode, r.body)
		}
		token, _ := got["userToken"].(string)
		if b.whoami() != "user u1 @ada" || s.browser(t).get("/", "Authorization", "Bearer "+token).body != "user u1 @ada" || r.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s %v", b.whoami(), r.Header)
		}
		if r := b.post("application/json", text(nil), ""); r.StatusCode != 403 || r.code(t) != "login_expired" {
			t.Errorf("twice: %d %s", r.StatusCode, r.body)
		}
	})
}

// A property that JSON cannot hold keeps the person out before the store is
// asked, in JSON alone.
func TestAppExchangeOfAPropertyOutsideJSON(t *testing.T) {
	t.Parallel()
	s := newAppSite(t, oauth2, configured(func(c *twitterauth.Config) {
		c.Mapping = mapping.Must(nil, mapping.Rule{From: "name", To: "name", Convert: func(any) (any, error) { return make(chan int), nil }})
	}))
	app := s.app(t, claimedLink)
	b := s.browser(t)
	if r := b.post("application/json", `{"code":"`+app.code(ada)+`","codeVerifier":"`+app.verifier+`"}`, ""); r.StatusCode != 500 || b.hasSession() || len(s.users.all()) != 0 {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	accessToken(t, app.exchange(app.code(ada)))
}

// With token login a pair still works, in a form too, and a form with a pair is
// answered as before.
func TestAppsBesideTokenLogin(t *testing.T) {
	t.Parallel()
	s := newAppSite(t, oauth1, configured(func(c *twitterauth.Config) { c.TokenLogin = true }))
	token, secret := s.x.TokenPair(ada)
	pair := url.Values{"authToken": {token}, "authTokenSecret": {secret}}
	if r := s.browser(t).do("POST", tokenPath, pair); r.StatusCode != 200 || !strings.Contains(r.body, `"userToken":"twa_`) {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	if r := s.browser(t).do("POST", tokenPath, url.Values{"authToken": {token}}); r.StatusCode != 400 || r.code(t) != "bad_request" {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	app := s.app(t, claimedLink)
	accessToken(t, app.exchange(app.code(ada)))
	codes := newAppSite(t, oauth1)
	checkGrantError(t, "a pair where there is no token login", codes.browser(t).do("POST", tokenPath, pair), 400, "invalid_request", "bad_request")
}
