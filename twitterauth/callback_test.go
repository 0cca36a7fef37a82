package twitterauth_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"unicode"

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
		s := newSite(t, over(p))
		attacker, victim := s.browser(t), s.browser(t)
		callback := attacker.approve(attacker.start(nil), zoe)
		refuseCallback(t, victim, callback, http.StatusForbidden, "login_mismatch")
		victim.start(nil) // a pending login of their own changes nothing
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
	s := newSite(t)
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
			s := newSite(t)
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

func TestOtherParametersAtTheCallback(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for name, extra := range map[string]string{
			"a tracking parameter of 300 bytes": "&fbclid=" + strings.Repeat("x", 300),
			"of 4 KB":                           "&fbclid=" + strings.Repeat("x", 4<<10),
			"one twice":                         "&utm=a&utm=b",
			"Latin-1":                           "&q=caf%e9",
			"Latin-1 in a name":                 "&caf%e9=1",
			"NUL, CR and LF":                    "&q=%00%0d%0a",
			"empty":                             "&=&&a&=b",
			"markup":                            "&%3Cscript%3E=%3Cscript%3E",
		} {
			s := newSite(t, over(p))
			b := s.browser(t)
			if r := b.get(b.approve(b.start(nil), ada) + extra); r.StatusCode != http.StatusSeeOther || b.whoami() != "user u1 @ada" {
				t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
			}
		}
	})
}

// A callback that reaches the server which cannot finish it leaves the login as
// it is, so that the next try may reach the other.
func TestCallbackAtAServerWithoutItsProtocol(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		began, other func(*twitterauth.Config, *twittertest.Server)
	}{
		"OAuth 2.0 at 1.0a": {useOAuth2, useOAuth1},
		"OAuth 1.0a at 2.0": {useOAuth1, useOAuth2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			servers := siblings(t, test.began, test.other)
			began, other := servers[0], servers[1]
			b := began.browser(t)
			callback := b.approve(b.start(nil), ada)
			refuseCallback(t, b.through(other), pathAndQuery(callback), 400, "bad_request")
			if r := b.get(callback); r.StatusCode != 303 || b.whoami() != "user u1 @ada" {
				t.Errorf("%d %s", r.StatusCode, r.body)
			}
		})
	}
}

func TestBackButton(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newSite(t, over(p), configured(func(c *twitterauth.Config) { c.AfterLogin = "/account" }))
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
		s := newSite(t, over(p))
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

// isOddQuery reports whether a parameter of X is there twice, or holds a control
// character.
func isOddQuery(q url.Values) bool {
	for _, name := range []string{"oauth_token", "oauth_verifier", "denied", "state", "code", "error", "iss", "error_description", "error_uri"} {
		if len(q[name]) > 1 || strings.ContainsFunc(q.Get(name), unicode.IsControl) {
			return true
		}
	}
	return false
}

func FuzzCallbackQuery(f *testing.F) {
	for _, seed := range []string{
		"oauth_token=a&oauth_verifier=b", "denied=x", "a=%zz", "a;b", "%00=1", "a=1&a=2", strings.Repeat("a", 300),
		"state=a&code=b", "state=a&error=access_denied", "state=a&error=invalid_scope&error_description=c", "state=a&code=b&iss=https%3A%2F%2Fx.com", "state=a&code=b&oauth_token=c", "denied=a&error=b",
		"state=STATE&error=access_denied&code=", "oauth_token=TOKEN&oauth_verifier=", "denied=STATE", "state=TOKEN&code=b", "state=STATE%26&code=b",
		"state=STATE&state=STATE&code=b", "oauth_token=TOKEN&oauth_verifier=b%0D%0AA:%20c", "state=STATE&code=b&iss=%00", "denied=TOKEN&denied=TOKEN",
	} {
		f.Add(seed)
	}
	servers := siblings(f, useOAuth1, useOAuth2, useBoth)
	b := servers[0].browser(f)
	u1, _ := url.Parse(b.start(nil))
	u2, _ := url.Parse(b.through(servers[1]).start(nil))
	token, state := u1.Query().Get("oauth_token"), u2.Query().Get("state")
	under := b.cookies() // a login of each protocol is pending
	x := servers[0].x
	x.ResetRequests()
	f.Fuzz(func(t *testing.T, raw string) {
		raw = strings.NewReplacer("STATE", state, "TOKEN", token).Replace(raw)
		q, err := url.ParseQuery(raw)
		for _, s := range servers {
			// A stranger's query never has an effect.
			r := newRequest("GET", "/auth/twitter/callback")
			r.Header.Set("Accept", "application/json")
			r.URL.RawQuery = raw
			w := record(s.auth, r)
			if w.Code/100 != 4 || len(w.Result().Cookies()) != 0 {
				t.Errorf("%q: %d %v", raw, w.Code, w.Result().Cookies())
			}
			ok := !strings.Contains(w.Body.String(), `"bad_request"`)
			if ok && (err != nil || isOddQuery(q)) {
				t.Errorf("%q passed: %s", raw, w.Body)
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
