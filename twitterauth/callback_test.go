package twitterauth_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// refuseCallback makes sure that a callback has no effect: no session, no call
// to X, and a session that is there stays.
func refuseCallback(t *testing.T, b *browser, target string, status int, code string) {
	t.Helper()
	before := b.cookies()[sessionCookie]
	b.site.x.ResetRequests()
	r := b.get(target)
	if r.StatusCode != status || r.code(t) != code {
		t.Errorf("%.200s: %d %s, want %d %s", target, r.StatusCode, r.body, status, code)
	}
	if len(b.site.x.Requests()) != 0 {
		t.Errorf("%.200s: X was asked", target)
	}
	if b.cookies()[sessionCookie] != before {
		t.Errorf("%.200s: the session changed", target)
	}
	for _, c := range r.Cookies() {
		if c.Name == sessionCookie {
			t.Errorf("%.200s: sets the session's cookie", target)
		}
	}
}

func TestCallbackOfAnotherBrowser(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := p.newSite(t, nil)
		attacker, victim := s.browser(t), s.browser(t)
		callback := attacker.approve(attacker.start(nil), zoe)
		refuseCallback(t, victim, callback, http.StatusForbidden, "login_mismatch")
		victim.start(nil) // a login of their own under way changes nothing
		refuseCallback(t, victim, callback, http.StatusForbidden, "login_mismatch")
		if page := s.browser(t).visit(callback); page.StatusCode != http.StatusForbidden || !strings.Contains(page.body, "start again") {
			t.Errorf("the page: %d %s", page.StatusCode, page.body)
		}
		victim.login(ada, nil)
		if r := victim.get(callback); r.location() != "/" || victim.whoami() != "user u1 @ada" {
			t.Errorf("one who is signed in: %d %s", r.StatusCode, victim.whoami())
		}
	})
}

func TestCallbackQueries(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	long := strings.Repeat("v", 500<<10)
	for name, query := range map[string]string{
		"no parameters":        "",
		"others only":          "utm_source=x",
		"8 KiB of others":      "oauth_token=TOKEN&oauth_verifier=v&a=" + strings.Repeat("a", 8<<10),
		"no verifier":          "oauth_token=TOKEN",
		"no token":             "oauth_verifier=v",
		"empty token":          "oauth_token=&oauth_verifier=v",
		"empty verifier":       "oauth_token=TOKEN&oauth_verifier=",
		"two tokens":           "oauth_token=TOKEN&oauth_token=TOKEN&oauth_verifier=v",
		"two verifiers":        "oauth_token=TOKEN&oauth_verifier=v&oauth_verifier=v",
		"broken escape":        "oauth_token=TOKEN&oauth_verifier=%zz",
		"half an escape":       "oauth_token=TOKEN&oauth_verifier=v%2",
		"semicolons":           "oauth_token=TOKEN;oauth_verifier=v",
		"NUL":                  "oauth_token=TOKEN%00&oauth_verifier=v",
		"CR LF":                "oauth_token=TOKEN&oauth_verifier=v%0d%0aX:y",
		"invalid UTF-8":        "oauth_token=TOKEN%ff&oauth_verifier=v",
		"a long token":         "oauth_token=" + strings.Repeat("t", 257) + "&oauth_verifier=v",
		"a long verifier":      "oauth_token=TOKEN&oauth_verifier=" + strings.Repeat("v", 257),
		"a verifier of 500 KB": "oauth_token=TOKEN&oauth_verifier=" + long,
		"denied and verifier":  "denied=TOKEN&oauth_verifier=v",
		"denied and token":     "denied=TOKEN&oauth_token=TOKEN",
		"denied, empty":        "denied=",
		"denied twice":         "denied=TOKEN&denied=TOKEN",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, nil)
			b := s.browser(t)
			b.login(noor, nil)
			at, err := url.Parse(b.start(nil))
			if err != nil {
				t.Fatal(err)
			}
			query := strings.ReplaceAll(query, "TOKEN", at.Query().Get("oauth_token"))
			refuseCallback(t, b, "/auth/twitter/callback?"+query, http.StatusBadRequest, "bad_request")
			if got := b.whoami(); got != "user u1 @noor" {
				t.Errorf("now %s", got)
			}
		})
	}
	b := s.browser(t)
	refuseCallback(t, b, "/auth/twitter/callback", http.StatusBadRequest, "bad_request")
	for _, method := range []string{"POST", "PUT", "DELETE", "HEAD"} {
		r := b.do(method, b.approve(b.start(nil), ada), nil)
		if r.StatusCode != http.StatusMethodNotAllowed || r.Header.Get("Allow") != "GET" || b.hasSession() {
			t.Errorf("%s: %d, Allow %q", method, r.StatusCode, r.Header.Get("Allow"))
		}
	}
}

func TestCallbackFlowCookies(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		older, newer := session.NewKey(), session.NewKey()
		for name, test := range map[string]struct {
			spoil func(t *testing.T, s *site, b *browser, callback string) (changed string)
			code  string // "" for a login that goes on
		}{
			"as it is": {func(_ *testing.T, _ *site, _ *browser, callback string) string { return callback }, ""},
			"no cookie": {func(t *testing.T, s *site, b *browser, callback string) string {
				*b = *s.browser(t)
				return callback
			}, "login_mismatch"},
			"another case of the token": {func(_ *testing.T, _ *site, _ *browser, callback string) string {
				u, _ := url.Parse(callback)
				q := u.Query()
				q.Set(p.key, strings.ToLower(q.Get(p.key)))
				u.RawQuery = q.Encode()
				return u.String()
			}, "login_mismatch"},
			"one bit of the cookie changed": {func(_ *testing.T, _ *site, b *browser, callback string) string {
				for name, value := range b.cookies() {
					b.setCookie(name, value[:20]+string(value[20]^1)+value[21:])
				}
				return callback
			}, "login_mismatch"},
			"another attempt's value": {func(_ *testing.T, _ *site, b *browser, callback string) string {
				old := b.cookies()
				b.start(nil)
				for name, value := range b.cookies() {
					if old[name] == "" {
						for mine := range old {
							b.setCookie(mine, value)
						}
					}
				}
				return callback
			}, "login_mismatch"},
			"at 29 minutes": {func(_ *testing.T, s *site, _ *browser, callback string) string {
				s.auth.SetClock(func() time.Time { return time.Now().Add(29*time.Minute + 50*time.Second) })
				return callback
			}, ""},
			"at 30 minutes": {func(_ *testing.T, s *site, _ *browser, callback string) string {
				s.auth.SetClock(func() time.Time { return time.Now().Add(30 * time.Minute) })
				return callback
			}, "login_expired"},
			"at 59 minutes": {func(_ *testing.T, s *site, _ *browser, callback string) string {
				s.auth.SetClock(func() time.Time { return time.Now().Add(59 * time.Minute) })
				return callback
			}, "login_expired"},
			"a clock that went back 50 seconds": {func(_ *testing.T, s *site, _ *browser, callback string) string {
				s.auth.SetClock(func() time.Time { return time.Now().Add(-50 * time.Second) })
				return callback
			}, ""},
			"a clock that went back two minutes": {func(_ *testing.T, s *site, _ *browser, callback string) string {
				s.auth.SetClock(func() time.Time { return time.Now().Add(-2 * time.Minute) })
				return callback
			}, "login_expired"},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := p.newSite(t, nil)
				b := s.browser(t)
				callback := test.spoil(t, s, b, b.approve(b.start(nil), ada))
				if test.code != "" {
					refuseCallback(t, b, callback, http.StatusForbidden, test.code)
					return
				}
				if r := b.get(callback); r.StatusCode != http.StatusSeeOther || b.whoami() != "user u1 @ada" {
					t.Errorf("%d %s", r.StatusCode, r.body)
				}
			})
		}
		for name, test := range map[string]struct {
			before, after []session.Key
			ok            bool
		}{
			"a key added second": {[]session.Key{older}, []session.Key{older, newer}, true},
			"a key moved first":  {[]session.Key{older, newer}, []session.Key{newer, older}, true},
			"a key that retired": {[]session.Key{older}, []session.Key{newer}, false},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				first := p.newSite(t, func(c *twitterauth.Config) { c.Session.Keys = test.before })
				second := p.newSite(t, func(c *twitterauth.Config) {
					c.Session.Keys = test.after
					p.use(c, first.x)
					c.CallbackURL = first.URL + "/auth/twitter/callback"
				})
				b := first.browser(t)
				u, _ := url.Parse(b.approve(b.start(nil), ada))
				b2 := second.browser(t)
				for name, value := range b.cookies() {
					b2.setCookie(name, value)
				}
				r := b2.get("/auth/twitter/callback?" + u.RawQuery)
				if test.ok && (r.StatusCode != http.StatusSeeOther || b2.whoami() != "user u1 @ada") || !test.ok && r.code(t) != "login_mismatch" {
					t.Errorf("%d %s", r.StatusCode, r.body)
				}
			})
		}
	})
}

func TestCookiesDoNotStandInForEachOther(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := p.newSite(t, nil)
		b := s.browser(t)
		b.login(ada, nil)
		value := b.cookies()[sessionCookie]
		callback := b.approve(b.start(nil), zoe)
		flows, _ := b.flowCookies()
		flow := b.cookies()[flows[0]]
		b.setCookie(sessionCookie, flow)
		b.setCookie(flows[0], value)
		if got := b.whoami(); got != "nobody" {
			t.Errorf("a flow cookie as a session: %s", got)
		}
		refuseCallback(t, b, callback, http.StatusForbidden, "login_mismatch")
	})
}

func TestManyStartsInOneBrowser(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := p.newSite(t, nil)
		b := s.browser(t)
		long := url.Values{"return_to": {"/account?" + strings.Repeat("r", 2039)}, "data": {strings.Repeat("d", 256)}}
		for _, form := range []url.Values{nil, long} {
			var last string
			for range 50 {
				last = b.start(form)
				if flows, size := b.flowCookies(); len(flows) > 5 || size > 4096 {
					t.Fatalf("%d cookies of %d bytes", len(flows), size)
				}
			}
			if flows, _ := b.flowCookies(); form == nil && len(flows) != 5 || len(flows) < 1 {
				t.Errorf("%d cookies", len(flows))
			}
			if r := b.get(b.approve(last, ada)); r.StatusCode != http.StatusSeeOther {
				t.Errorf("the newest: %d %s", r.StatusCode, r.body)
			}
		}
	})
}

func TestStaleFlowCookiesGo(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := p.newSite(t, nil)
		b := s.browser(t)
		b.start(nil)
		b.setCookie(flowPrefix+"0123456789abcdef", "junk")
		b.setCookie(flowPrefix+"not-ours", "junk")
		s.auth.SetClock(func() time.Time { return time.Now().Add(61 * time.Minute) })
		b.start(nil)
		if flows, _ := b.flowCookies(); len(flows) != 2 {
			t.Errorf("left %v", flows)
		}
	})
}

func TestUnconfirmedCallback(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]twittertest.Fault{
		"left out":       twittertest.NotConfirmed(),
		"false":          twittertest.NotConfirmed("false"),
		"true and false": twittertest.NotConfirmed("true", "false"),
		"false and true": twittertest.NotConfirmed("false", "true"),
		"empty":          twittertest.NotConfirmed(""),
	} {
		s := newSite(t, nil)
		s.x.Fail(twittertest.RequestToken, fault)
		b := s.browser(t)
		r := b.do("POST", "/auth/twitter/login", url.Values{})
		if r.StatusCode != http.StatusBadGateway || r.code(t) != "provider_unavailable" || r.location() != "" || len(r.Cookies()) != 0 {
			t.Errorf("%s: %d %s %v", name, r.StatusCode, r.body, r.Cookies())
		}
	}
}

func TestDeniedIsNotEchoed(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	for _, query := range []string{"denied=%3Cscript%3Ealert(1)%3C%2Fscript%3E", "oauth_token=%3Cscript%3E&oauth_verifier=%3Cscript%3E", "%3Cscript%3E=%3Cscript%3E"} {
		r := s.browser(t).visit("/auth/twitter/callback?" + query)
		if strings.Contains(r.body, "script") || r.StatusCode/100 != 4 {
			t.Errorf("%s: %d %s", query, r.StatusCode, r.body)
		}
	}
}

func TestRequestHeadersDecideNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	b := s.browser(t)
	for _, header := range [][]string{
		{"Host", "evil.example"}, {"X-Forwarded-Host", "evil.example"}, {"X-Forwarded-Proto", "https"}, {"Forwarded", "host=evil.example;proto=https"},
	} {
		r := b.do("POST", "/auth/twitter/login", url.Values{}, header...)
		if !strings.HasPrefix(r.location(), s.x.URL) {
			t.Errorf("%v: %d %s", header, r.StatusCode, r.location())
		}
		for _, c := range r.Cookies() {
			if c.Secure || c.Domain != "" {
				t.Errorf("%v: cookie %s", header, c.Raw)
			}
		}
	}
	for _, r := range s.x.Requests() {
		if got := r.OAuth["oauth_callback"]; got != s.URL+"/auth/twitter/callback" {
			t.Errorf("callback URL %q", got)
		}
	}
}

func FuzzCallbackQuery(f *testing.F) {
	for _, seed := range []string{
		"oauth_token=a&oauth_verifier=b", "denied=x", "a=%zz", "a;b", "%00=1", "a=1&a=2", strings.Repeat("a", 300),
		"state=a&code=b", "state=a&error=access_denied", "state=a&error=invalid_scope&error_description=c", "state=a&code=b&iss=https%3A%2F%2Fx.com", "state=a&code=b&oauth_token=c", "denied=a&error=b",
		"state=STATE&error=access_denied&code=", "oauth_token=TOKEN&oauth_verifier=", "denied=STATE", "state=TOKEN&code=b", "state=STATE%26&code=b",
	} {
		f.Add(seed)
	}
	servers := siblings(f, useOAuth1, useOAuth2, useBoth)
	b := servers[0].browser(f)
	u1, _ := url.Parse(b.start(nil))
	u2, _ := url.Parse(b.through(servers[1]).start(nil))
	token, state := u1.Query().Get("oauth_token"), u2.Query().Get("state")
	under := b.cookies() // a login of each protocol is under way
	x := servers[0].x
	x.ResetRequests()
	f.Fuzz(func(t *testing.T, raw string) {
		raw = strings.NewReplacer("STATE", state, "TOKEN", token).Replace(raw)
		ok := twitterauth.ReadQuery(raw)
		q, err := url.ParseQuery(raw)
		if ok && (err != nil || strings.ContainsAny(q.Encode(), "\r\n\x00")) {
			t.Errorf("%q passed", raw)
		}
		for _, s := range servers {
			// A stranger's query never has an effect.
			r := newRequest("GET", "/auth/twitter/callback")
			r.URL.RawQuery = raw
			w := record(s.auth, r)
			if w.Code/100 != 4 || len(w.Result().Cookies()) != 0 {
				t.Errorf("%q: %d %v", raw, w.Code, w.Result().Cookies())
			}
			if len(x.Requests()) != 0 {
				t.Errorf("%q: X was asked", raw)
			}
			// That of a browser which began them does not either, unless X could
			// have sent it.
			for name, value := range under {
				r.AddCookie(&http.Cookie{Name: name, Value: value})
			}
			w = record(s.auth, r)
			ours := ok && (q.Get("state") == state || q.Get("oauth_token") == token || q.Get("denied") == token)
			mixed := q.Has("state") && (q.Has("oauth_token") || q.Has("oauth_verifier") || q.Has("denied"))
			if (!ours || mixed) && (w.Code/100 != 4 || len(w.Result().Cookies()) != 0 || len(x.Requests()) != 0) {
				t.Errorf("%q of its browser: %d %v", raw, w.Code, w.Result().Cookies())
			}
			for _, c := range w.Result().Cookies() {
				if c.Name == sessionCookie {
					t.Errorf("%q: a session", raw)
				}
			}
			x.ResetRequests()
		}
	})
}

// Cookies that cannot be read are deleted once each, and none that can.
func TestUnreadableFlowCookies(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	b := s.browser(t)
	b.start(nil)
	good, _ := b.flowCookies()
	if len(good) != 1 {
		t.Fatalf("%v", good)
	}
	r := newRequest("POST", "/auth/twitter/login")
	junk := "twitterauth_session_login_AAAAAAAAAAAAAAAA"
	for range 60 {
		r.AddCookie(&http.Cookie{Name: junk, Value: "junk"})
	}
	for name, value := range b.cookies() {
		r.AddCookie(&http.Cookie{Name: name, Value: "junk"}) // before the good one
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := record(s.auth, r)
	deleted := map[string]int{}
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			deleted[c.Name]++
		}
	}
	if len(deleted) != 1 || deleted[junk] != 1 {
		t.Errorf("deleted: %v", deleted)
	}
}
