package twitterauth_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

// linkAddress returns the address that the app opens in the system browser so
// that its user links an account.
func (s *site) linkAddress(t testing.TB, app *nativeApp, token string) string {
	t.Helper()
	fields := map[string]any{}
	for name, values := range app.request() {
		fields[name] = values[0]
	}
	r := s.postAuthorize(t, fields, "Bearer "+token)
	var answer struct{ URL string }
	if err := json.Unmarshal([]byte(r.body), &answer); err != nil || !strings.HasPrefix(answer.URL, s.URL+authorizePath+"?request=") || r.Header.Get("Cache-Control") != "no-store" || len(r.Cookies()) != 0 {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	return answer.URL
}

// linkCode goes through the browser with a link address.
func (a *nativeApp) linkCode(token, personID string) string {
	a.t.Helper()
	at := a.open(a.site.linkAddress(a.t, a, token))
	return a.back(a.browser.visit(a.browser.approve(at, personID))).Get("code")
}

// sessionOf returns the session of a bearer token, as the app sees it.
func (s *site) sessionOf(t testing.TB, token string) (found session.Session) {
	t.Helper()
	r := newRequest("GET", "/")
	r.Header.Set("Authorization", "Bearer "+token)
	found, err := s.auth.Sessions().Load(r)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Only a bearer token proves who links: a cookie would be enough for any page of
// the site, and for none of the app.
func TestAppLinkRequestRefusals(t *testing.T) {
	t.Parallel()
	s := newAppSite(t, oauth2)
	app := s.app(t, privateScheme)
	b := s.browser(t)
	b.login(zoe, nil)
	cookie := sessionCookie + "=" + b.cookies()[sessionCookie]
	token := s.guestToken(t, "guest")
	revoked := s.guestToken(t, "revoked")
	s.users.change("revoked", func(u *user) { u.ValidSince = time.Now().Add(time.Hour) })
	good := map[string]any{}
	for name, values := range app.request() {
		good[name] = values[0]
	}
	with := func(name string, v any) map[string]any {
		fields := map[string]any{name: v}
		for key, value := range good {
			if key != name {
				fields[key] = value
			}
		}
		return fields
	}
	for name, test := range map[string]struct {
		fields        any
		authorization string
		header        []string
		status        int
		code          string
	}{
		"no bearer":             {good, "", nil, 401, "login_required"},
		"a cookie only":         {good, "", []string{"Cookie", cookie}, 401, "login_required"},
		"a cookie and Basic":    {good, "Basic eDp5", []string{"Cookie", cookie}, 401, "login_required"},
		"a bad bearer":          {good, "Bearer twa_AAAA", []string{"Cookie", cookie}, 401, "login_required"},
		"the cookie's value":    {good, "Bearer " + b.cookies()[sessionCookie], nil, 401, "login_required"},
		"a revoked session":     {good, "Bearer " + revoked, []string{"Cookie", cookie}, 401, "login_required"},
		"a page elsewhere":      {good, "Bearer " + token, []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, 403, "cross_origin"},
		"an unlisted redirect":  {with("redirect_uri", "https://evil.example/"), "Bearer " + token, nil, 400, "bad_request"},
		"a number":              {with("state", 5), "Bearer " + token, nil, 400, "bad_request"},
		"null":                  {with("redirect_uri", nil), "Bearer " + token, nil, 400, "bad_request"},
		"a list":                {[]string{"a"}, "Bearer " + token, nil, 400, "bad_request"},
		"a text":                {"a", "Bearer " + token, nil, 400, "bad_request"},
		"stay maybe":            {with("stayLoggedIn", "maybe"), "Bearer " + token, nil, 400, "bad_request"},
		"too large":             {with("x", strings.Repeat("x", 8<<10)), "Bearer " + token, nil, 413, "body_too_large"},
		"a request alone":       {map[string]any{"request": "AAAA"}, "Bearer " + token, nil, 400, "bad_request"},
		"what clients add":      {with("resource", []int{1}), "Bearer " + token, nil, 200, ""},
		"stay":                  {with("stayLoggedIn", true), "Bearer " + token, nil, 200, ""},
		"another's cookie too":  {good, "Bearer " + token, []string{"Cookie", cookie}, 200, ""},
		"a request that counts": {with("request", "AAAA"), "Bearer " + token, nil, 200, ""},
	} {
		r := s.postAuthorize(t, test.fields, test.authorization, test.header...)
		if r.StatusCode != test.status || test.code != "" && r.code(t) != test.code || len(r.Cookies()) != 0 || r.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %s %v", name, r.StatusCode, r.body, r.Header)
		}
	}
	if b.whoami() != "user u1 @zoe_quotes" {
		t.Error("the cookie's session has changed")
	}
	alone := newAppSite(t, oauth2, withStore(newMemory()))
	if r := alone.postAuthorize(t, good, "Bearer "+alone.guestToken(t, "guest")); r.StatusCode != 400 || r.code(t) != "bad_request" {
		t.Errorf("without a Linker: %d %s", r.StatusCode, r.body)
	}
}

// The address is good for a minute, the form of its page for half an hour.
func TestAppLinkAddressExpires(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for name, test := range map[string]struct {
			visit, post time.Duration
			status      [2]int
		}{
			"at once":           {0, 0, [2]int{200, 303}},
			"after 50 seconds":  {50 * time.Second, 50 * time.Second, [2]int{200, 303}},
			"after a minute":    {time.Minute, 0, [2]int{403, 0}},
			"after an hour":     {time.Hour, 0, [2]int{403, 0}},
			"form at 29 m":      {0, 29 * time.Minute, [2]int{200, 303}},
			"form at 30 m":      {0, 30 * time.Minute, [2]int{200, 403}},
			"a clock before it": {-2 * time.Minute, 0, [2]int{403, 0}},
		} {
			s := newAppSite(t, p)
			app := s.app(t, privateScheme)
			b := app.browser
			address := s.linkAddress(t, app, s.guestToken(t, "guest"))
			at := func(d time.Duration) { s.auth.SetClock(func() time.Time { return time.Now().Add(d) }) }
			at(test.visit)
			page := b.visit(address)
			if page.StatusCode != test.status[0] || len(page.Cookies()) != 0 || strings.Contains(page.body, "<form") != (test.status[0] == 200) {
				t.Errorf("%s: %d %s", name, page.StatusCode, page.body)
			}
			fields := url.Values{}
			for _, m := range hiddenField.FindAllStringSubmatch(page.body, -1) {
				fields.Add(m[1], m[2])
			}
			if test.status[1] == 0 {
				continue
			}
			if len(fields) != 1 || !fields.Has("request") {
				t.Errorf("%s: the form has %v", name, fields)
			}
			at(test.post)
			if r := b.do("POST", authorizePath, fields); r.StatusCode != test.status[1] {
				t.Errorf("%s: the form: %d %s", name, r.StatusCode, r.body)
			}
		}
	})
}

// A claimed link's address starts at once, by the same rules.
func TestAppLinkAddressOfAClaimedLink(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newAppSite(t, p)
		app := s.app(t, claimedLink)
		address := s.linkAddress(t, app, s.guestToken(t, "guest"))
		for from, status := range map[string]int{"none": 303, "cross-site": 200} {
			r := s.browser(t).get(address+"&redirect_uri=https%3A%2F%2Fevil.example", "Accept", "text/html", "Sec-Fetch-Dest", "document", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Site", from)
			if r.StatusCode != status || strings.Contains(r.body, "evil") {
				t.Errorf("%s: %d %s", from, r.StatusCode, r.body)
			}
		}
	})
}

// The code of a link needs the bearer token of the user who asked for it.
func TestAppLinkNeedsItsUser(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newAppSite(t, p, refusingHandler(t))
		app := s.app(t, privateScheme)
		token, other := s.guestToken(t, "guest"), s.guestToken(t, "other")
		revoked := s.guestToken(t, "revoked")
		s.users.change("revoked", nil)
		b := s.browser(t)
		b.login(zoe, nil)
		s.x.ResetRequests()
		code := app.linkCode(token, ada)
		for name, header := range map[string][]string{
			"no bearer": nil, "another user": {"Authorization", "Bearer " + other}, "a user who is gone": {"Authorization", "Bearer " + revoked}, "Basic": {"Authorization", "Basic eDp5"},
			"a bad token": {"Authorization", "Bearer twa_AAAA"}, "the token as a cookie": {"Cookie", sessionCookie + "=" + strings.TrimPrefix(token, "twa_")},
		} {
			checkGrantError(t, name, app.exchange(code, header...), 400, "invalid_grant", "login_mismatch")
			body, err := json.Marshal(map[string]string{"code": code, "codeVerifier": app.verifier})
			if err != nil {
				t.Fatal(err)
			}
			req, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+tokenPath, strings.NewReader(string(body)))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/json")
			if header != nil {
				req.Header.Set(header[0], header[1])
			}
			if r := s.browser(t).send(req); r.StatusCode != 403 || r.code(t) != "login_mismatch" || len(r.Cookies()) != 0 {
				t.Errorf("%s, in JSON: %d %s", name, r.StatusCode, r.body)
			}
		}
		if s.x.Count(p.exchange) != 0 {
			t.Error("X was asked")
		}
		newer := accessToken(t, app.exchange(code, "Authorization", "Bearer "+token))
		for _, secret := range []string{code, token, newer, other, app.verifier} {
			if strings.Contains(s.log.String(), secret) {
				t.Errorf("%s is in the log", secret)
			}
		}
	})
}

// The session goes on with a new token: the same ID, beginning and end.
func TestAppLinkKeepsTheSession(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for name, options := range appStores(t) {
			for _, how := range []string{"form", "JSON", "JSON with another's cookie"} {
				t.Run(name+", "+how, func(t *testing.T) {
					t.Parallel()
					s := newAppSite(t, p, options()...)
					app := s.app(t, "http://[::1]:49152/signed-in")
					begun, token := s.guestSession(t, "guest")
					code := app.linkCode(token, ada)
					b := s.browser(t)
					if how == "JSON with another's cookie" {
						b.login(zoe, nil)
					}
					before := b.cookies()[sessionCookie]
					newer := ""
					var r reply
					if how == "form" {
						r = app.exchange(code, "Authorization", "Bearer "+token)
						newer = accessToken(t, r)
					} else {
						req, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+tokenPath, strings.NewReader(`{"code":"`+code+`","codeVerifier":"`+app.verifier+`"}`))
						if err != nil {
							t.Fatal(err)
						}
						req.Header.Set("Content-Type", "application/json")
						req.Header.Set("Authorization", "Bearer "+token)
						r = b.send(req)
						var answer struct{ UserID, UserToken string }
						if err := json.Unmarshal([]byte(r.body), &answer); err != nil || answer.UserID != "guest" {
							t.Fatalf("%d %s", r.StatusCode, r.body)
						}
						newer = answer.UserToken
					}
					for _, c := range r.Cookies() {
						if c.Name == sessionCookie {
							t.Errorf("a cookie %v", c)
						}
					}
					if b.cookies()[sessionCookie] != before {
						t.Error("the cookie's session has changed")
					}
					for which, token := range map[string]string{"older": token, "newer": newer} {
						found := s.sessionOf(t, token)
						if found.ID != begun.ID || !found.IssuedAt.Equal(begun.IssuedAt) || !found.ExpiresAt.Equal(begun.ExpiresAt) || found.UserID != "guest" {
							t.Errorf("the %s token: %+v, began as %+v", which, found, begun)
						}
						if got := s.browser(t).get("/", "Authorization", "Bearer "+token).body; got != "user guest @ada" {
							t.Errorf("the %s token: %s", which, got)
						}
					}
				})
			}
		}
	})
}

// Linking fails: the guest's session goes on.
func TestAppLinkFails(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for name, test := range map[string]struct {
			err        error
			status     int
			kind, code string
		}{
			"already linked": {fmt.Errorf("row: %w", twitterauth.ErrAlreadyLinked), 400, "invalid_grant", "already_linked"},
			"refused":        {twitterauth.ErrLoginRefused, 400, "invalid_grant", "login_refused"},
			"down":           {twitterauth.ErrStoreUnavailable, 503, "temporarily_unavailable", "store_unavailable"},
			"an error":       {errors.New("boom"), 500, "server_error", "store_failed"},
		} {
			s := newAppSite(t, p, refusingHandler(t))
			app := s.app(t, claimedLink)
			token := s.guestToken(t, "guest")
			code := app.linkCode(token, ada)
			s.users.onLink = func(context.Context, string, twitterauth.Login) error { return test.err }
			checkGrantError(t, name, app.exchange(code, "Authorization", "Bearer "+token), test.status, test.kind, test.code)
			if got := s.browser(t).get("/", "Authorization", "Bearer "+token).body; got != "user guest @" {
				t.Errorf("%s: %s", name, got)
			}
		}
	})
}

// The account is linked, and the session's store cannot renew the session: the
// app gets the token that it has, because the code is used up.
func TestAppLinkWhenTheSessionCannotBeRenewed(t *testing.T) {
	t.Parallel()
	store := &mapStore{values: map[string]map[any]any{}}
	s := newAppSite(t, oauth2, configured(func(c *twitterauth.Config) {
		c.Session.Store, c.Session.IdleTimeout = store, 23*time.Hour+30*time.Minute
	}))
	app := s.app(t, claimedLink)
	token := s.guestToken(t, "guest")
	code := app.linkCode(token, ada)
	s.users.onLink = func(context.Context, string, twitterauth.Login) error {
		store.mu.Lock()
		defer store.mu.Unlock()
		store.failSave = errors.New("down")
		return nil
	}
	if got := accessToken(t, app.exchange(code, "Authorization", "Bearer "+token)); got != token {
		t.Errorf("another token")
	}
	if strings.Contains(s.log.String(), strings.TrimPrefix(token, "twa_")) || !strings.Contains(s.log.String(), "could not be renewed") {
		t.Error(s.log)
	}
}

// A guest's link address that somebody else opens links nothing: the code comes to
// an app without the guest's token.
func TestAppLinkAddressOfAnAttacker(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newAppSite(t, p)
		attacker := s.app(t, privateScheme)
		address := s.linkAddress(t, attacker, s.guestToken(t, "attacker"))
		victim := s.app(t, privateScheme)
		code := victim.back(victim.browser.visit(victim.browser.approve(victim.open(address), ada))).Get("code")
		victims := s.guestToken(t, "victim")
		checkGrantError(t, "the victim's app", victim.exchange(code, "Authorization", "Bearer "+victims), 400, "invalid_grant", "login_mismatch")
		for _, u := range s.users.all() {
			if u.TwitterID != "" {
				t.Errorf("linked: %+v", u)
			}
		}
	})
}

// link=true at token login needs the bearer token of the user who links.
func TestTokenLoginLinks(t *testing.T) {
	t.Parallel()
	for name, options := range appStores(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newAppSite(t, oauth1, append(options(), configured(func(c *twitterauth.Config) { c.TokenLogin = true }))...)
			pair := func(person string) map[string]any {
				token, secret := s.x.TokenPair(person)
				return map[string]any{"authToken": token, "authTokenSecret": secret, "link": true}
			}
			post := func(body map[string]any, asForm bool, header ...string) reply {
				contentType, text := "application/json", ""
				if asForm {
					contentType = "application/x-www-form-urlencoded"
					values := url.Values{}
					for name, v := range body {
						values.Set(name, fmt.Sprint(v))
					}
					text = values.Encode()
				} else {
					b, err := json.Marshal(body)
					if err != nil {
						t.Fatal(err)
					}
					text = string(b)
				}
				req, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+tokenPath, strings.NewReader(text))
				if err != nil {
					t.Fatal(err)
				}
				req.Header.Set("Content-Type", contentType)
				for i := 0; i < len(header); i += 2 {
					req.Header.Set(header[i], header[i+1])
				}
				return s.browser(t).send(req)
			}
			b := s.browser(t)
			b.login(zoe, nil)
			cookie := sessionCookie + "=" + b.cookies()[sessionCookie]
			for _, asForm := range []bool{false, true} {
				for name, header := range map[string][]string{"no bearer": nil, "a cookie": {"Cookie", cookie}, "a bad bearer": {"Authorization", "Bearer twa_AAAA"}} {
					if r := post(pair(ada), asForm, header...); r.StatusCode != 401 || r.code(t) != "login_required" || len(r.Cookies()) != 0 {
						t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
					}
				}
				person, screenName := ada, "ada"
				if asForm {
					person, screenName = noor, "noor"
				}
				begun, token := s.guestSession(t, "guest-"+screenName)
				r := post(pair(person), asForm, "Authorization", "Bearer "+token)
				var answer struct{ UserID, ScreenName, UserToken string }
				if err := json.Unmarshal([]byte(r.body), &answer); err != nil || r.StatusCode != 200 || answer.UserID != begun.UserID || len(r.Cookies()) != 0 {
					t.Fatalf("%d %s %v", r.StatusCode, r.body, r.Cookies())
				}
				if found := s.sessionOf(t, answer.UserToken); found.ID != begun.ID || !found.ExpiresAt.Equal(begun.ExpiresAt) {
					t.Errorf("%+v, began as %+v", found, begun)
				}
				_, other := s.guestSession(t, "other")
				if r := post(pair(person), asForm, "Authorization", "Bearer "+other); r.StatusCode != 409 || r.code(t) != "already_linked" {
					t.Errorf("an account of another user: %d %s", r.StatusCode, r.body)
				}
			}
			if len(s.users.all()) != 4 { // zoe, two guests, the other
				t.Errorf("users %v", s.users.all())
			}
		})
	}
	alone := newSite(t, configured(func(c *twitterauth.Config) { c.TokenLogin, c.Session.Bearer = true, true }))
	token, secret := alone.x.TokenPair(ada)
	if r := alone.browser(t).post("application/json", `{"authToken":"`+token+`","authTokenSecret":"`+secret+`","link":true}`, ""); r.StatusCode != 400 || len(alone.users.all()) != 0 {
		t.Errorf("without a Linker: %d %s", r.StatusCode, r.body)
	}
}
