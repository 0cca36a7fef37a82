package twitterauth_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/gorilla/sessions"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

func TestCallbackPendingLogins(t *testing.T) {
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
				s := newSite(t, over(p))
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
				first := newSite(t, over(p), configured(func(c *twitterauth.Config) { c.Session.Keys = test.before }))
				second := newSite(t, over(p), atX(first.x), configured(func(c *twitterauth.Config) {
					c.Session.Keys = test.after
					c.CallbackURL = first.URL + "/auth/twitter/callback"
				}))
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
		s := newSite(t, over(p))
		b := s.browser(t)
		b.login(ada, nil)
		value := b.cookies()[sessionCookie]
		callback := b.approve(b.start(nil), zoe)
		pending, _ := b.pendingLogins()
		b.setCookie(sessionCookie, b.cookies()[pending[0]])
		b.setCookie(pending[0], value)
		if got := b.whoami(); got != "nobody" {
			t.Errorf("the cookie of a pending login as a session: %s", got)
		}
		refuseCallback(t, b, callback, http.StatusForbidden, "login_mismatch")
	})
}

func TestHTTPSCookies(t *testing.T) {
	t.Parallel()
	s := newSite(t, configured(func(c *twitterauth.Config) { c.CallbackURL = "https://app.example.com/auth/twitter/callback" }))
	w := record(s.auth, newRequest("POST", "/auth/twitter/login"))
	c := w.Result().Cookies()[0]
	if !strings.HasPrefix(c.Name, "__Host-twitterauth_session_login_") || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Domain != "" || c.Path != "/" || c.MaxAge != 3600 {
		t.Errorf("cookie %s", c.Raw)
	}
}

func TestTwoTabsFinishInEitherOrder(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newSite(t, over(p))
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

func TestManyStartsInOneBrowser(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newSite(t, over(p))
		b := s.browser(t)
		long := url.Values{"return_to": {"/account?" + strings.Repeat("r", 2039)}, "data": {strings.Repeat("d", 256)}}
		for _, form := range []url.Values{nil, long} {
			var last string
			for range 50 {
				last = b.start(form)
				if pending, size := b.pendingLogins(); len(pending) > 5 || size > 4096 {
					t.Fatalf("%d cookies of %d bytes", len(pending), size)
				}
			}
			if pending, _ := b.pendingLogins(); form == nil && len(pending) != 5 || len(pending) < 1 {
				t.Errorf("%d cookies", len(pending))
			}
			if r := b.get(b.approve(last, ada)); r.StatusCode != http.StatusSeeOther {
				t.Errorf("the newest: %d %s", r.StatusCode, r.body)
			}
		}
	})
}

// startAtOnce begins many logins with the same cookies, as tabs that are
// restored together do, and gives all their cookies to the browser.
func (b *browser) startAtOnce(n int, form url.Values) {
	b.t.Helper()
	had := b.cookies()
	var mu sync.Mutex
	got := map[string]string{}
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			tab := b.site.browser(b.t)
			for name, value := range had {
				tab.setCookie(name, value)
			}
			tab.start(form)
			mu.Lock()
			defer mu.Unlock()
			for name, value := range tab.cookies() {
				got[name] = value
			}
		})
	}
	wg.Wait()
	for name, value := range got {
		b.setCookie(name, value)
	}
}

// After many starts at one moment, three further logins bring a browser's
// pending logins back within the bounds, and no answer deletes more than twenty.
func TestManyStartsAtOnce(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for name, form := range map[string]url.Values{
			"short": nil,
			"long":  {"return_to": {"/account?" + strings.Repeat("r", 600)}, "data": {strings.Repeat("d", 256)}},
		} {
			s := newSite(t, over(p))
			b := s.browser(t)
			b.startAtOnce(60, form)
			if pending, _ := b.pendingLogins(); len(pending) != 60 {
				t.Fatalf("%d cookies to begin with", len(pending))
			}
			var last string
			for range 3 {
				r := b.do("POST", "/auth/twitter/login", form)
				last = r.location()
				if n := len(r.Header["Set-Cookie"]); n > 21 {
					t.Errorf("%s: %d Set-Cookie lines", name, n)
				}
			}
			if pending, size := b.pendingLogins(); len(pending) > 5 || size > 4096 {
				t.Errorf("%s: %d cookies of %d bytes after three logins", name, len(pending), size)
			}
			if r := b.get(b.approve(last, ada)); r.StatusCode != http.StatusSeeOther {
				t.Errorf("%s: the newest: %d %s", name, r.StatusCode, r.body)
			}
		}
	})
}

// Logins that finish clear up too: after three of them the bounds hold, however many
// starts up to a hundred there were at one moment.
func TestFinishedLoginsAfterManyStarts(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for _, n := range []int{60, 100} {
			s := newSite(t, over(p))
			b := s.browser(t)
			b.startAtOnce(n, url.Values{"return_to": {"/" + strings.Repeat("a", 300)}})
			if pending, _ := b.pendingLogins(); len(pending) != n {
				t.Fatalf("%d cookies to begin with, want %d", len(pending), n)
			}
			for range 3 {
				if r := b.login(ada, nil); len(r.Header["Set-Cookie"]) > 23 { // 20 deletions, the login, the session, the mark
					t.Errorf("%d starts: %d Set-Cookie lines", n, len(r.Header["Set-Cookie"]))
				}
			}
			if pending, size := b.pendingLogins(); len(pending) > 5 || size > 4096 {
				t.Errorf("%d starts: %d cookies of %d bytes after three logins", n, len(pending), size)
			}
		}
	})
}

func TestStalePendingLoginsGo(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newSite(t, over(p))
		b := s.browser(t)
		b.start(nil)
		b.setCookie(pendingPrefix+"0123456789abcdef", "junk")
		b.setCookie(pendingPrefix+"not-ours", "junk")
		s.auth.SetClock(func() time.Time { return time.Now().Add(61 * time.Minute) })
		b.start(nil)
		if pending, _ := b.pendingLogins(); len(pending) != 2 {
			t.Errorf("left %v", pending)
		}
	})
}

// Cookies that cannot be read are deleted once each, and none that can.
func TestUnreadablePendingLogins(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	b.start(nil)
	good, _ := b.pendingLogins()
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

// A request full of cookies with names of pending logins costs a bounded number
// of openings and deletions.
func TestStrayCookiesAreDeletedInSteps(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r := newRequest("POST", "/auth/twitter/login")
	var line strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&line, "%s%016d=%s; ", pendingPrefix, i, strings.Repeat("A", 100))
	}
	r.Header.Set("Cookie", line.String())
	w := record(s.auth, r)
	size := 0
	for _, c := range w.Header()["Set-Cookie"] {
		size += len(c)
	}
	if n := len(w.Header()["Set-Cookie"]); w.Code != 303 || n != 21 || size > 4096 {
		t.Errorf("%d, %d Set-Cookie lines of %d bytes", w.Code, n, size)
	}
}

// A cookie whose name only looks like ours, because of characters that parsers
// trim, is not ours: a sibling host may have planted it.
func TestCookiesOfASiblingHost(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	mine, theirs := s.browser(t), s.browser(t)
	mine.login(ada, nil)
	theirs.login(zoe, nil)
	callback := theirs.approve(theirs.start(nil), zoe)
	pending, _ := theirs.pendingLogins()
	var odd []string
	for c := byte(0x80); c <= 0xa0; c++ { // single bytes, which are no UTF-8
		odd = append(odd, string([]byte{c}))
	}
	for c := rune(0); c <= unicode.MaxRune; c++ {
		if (unicode.IsSpace(c) || unicode.IsControl(c)) && c != ' ' && c != '\t' {
			odd = append(odd, string(c))
		}
	}
	for _, c := range odd {
		r := newRequest("GET", "/")
		r.Header.Set("Cookie", c+sessionCookie+"="+theirs.cookies()[sessionCookie]+"; "+sessionCookie+"="+mine.cookies()[sessionCookie])
		if w := record(s.mux, r); w.Body.String() != "user u1 @ada" {
			t.Errorf("%q before the name: %s", c, w.Body)
		}
		r = newRequest("GET", "/")
		r.Header.Set("Cookie", sessionCookie+"="+theirs.cookies()[sessionCookie]+c)
		if w := record(s.mux, r); w.Body.String() != "nobody" {
			t.Errorf("%q after the value: %s", c, w.Body)
		}
		for _, cookie := range []string{c + pending[0] + "=" + theirs.cookies()[pending[0]], pending[0] + c + "=" + theirs.cookies()[pending[0]], pending[0] + "=" + c + theirs.cookies()[pending[0]]} {
			r = newRequest("GET", pathAndQuery(callback))
			r.Header.Set("Cookie", cookie)
			if w := record(s.auth, r); w.Code != 403 {
				t.Errorf("%q: the callback answers %d", cookie[:40], w.Code)
			}
		}
	}
}

// Two sites that share their keys accept nothing of each other's.
func TestSitesThatShareKeys(t *testing.T) {
	t.Parallel()
	keys := []session.Key{session.NewKey()}
	stores := map[string]func() sessions.Store{
		"sealed":  func() sessions.Store { return nil },
		"a store": func() sessions.Store { return &mapStore{values: map[string]map[any]any{}} },
	}
	for name, newStore := range stores {
		store := newStore()
		shared := func(callbackURL string) *site {
			return newSite(t, configured(func(c *twitterauth.Config) {
				c.Session = session.Config{Keys: keys, Bearer: true, Store: store}
				c.TokenLogin = true
				if callbackURL != "" {
					c.CallbackURL = callbackURL
				}
			}))
		}
		first := shared("")
		b := first.browser(t)
		b.login(ada, nil)
		callback := b.approve(b.start(nil), ada)
		token, secret := first.x.TokenPair(ada)
		var in struct{ UserToken string }
		if err := json.Unmarshal([]byte(first.browser(t).do("POST", "/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}}).body), &in); err != nil || in.UserToken == "" {
			t.Fatalf("no token: %v", err)
		}
		for where, test := range map[string]struct{ origin, path string }{
			"the same site":   {first.URL, "/auth/twitter/callback"},
			"another folder":  {first.URL, "/other/twitter/callback"},
			"another port":    {"http://127.0.0.1:1", "/auth/twitter/callback"},
			"another host":    {strings.Replace(first.URL, "127.0.0.1", "localhost", 1), "/auth/twitter/callback"},
			"a deeper folder": {first.URL, "/auth/twitter/x/callback"},
		} {
			second := shared(test.origin + test.path)
			second.users.users["u1"] = &user{ID: "u1", ScreenName: "somebody-else", Fields: map[string]any{}}
			same := where == "the same site"
			r := newRequest("GET", "/")
			for name, value := range b.cookies() {
				r.AddCookie(&http.Cookie{Name: name, Value: value})
			}
			if got := record(second.mux, r).Body.String(); (got != "nobody") != same {
				t.Errorf("%s, %s: the cookie is %s", name, where, got)
			}
			r = newRequest("GET", "/")
			r.Header.Set("Authorization", "Bearer "+in.UserToken)
			if got := record(second.mux, r).Body.String(); (got != "nobody") != same {
				t.Errorf("%s, %s: the token is %s", name, where, got)
			}
			if !same {
				r = newRequest("GET", strings.Replace(pathAndQuery(callback), "/auth/twitter/callback", test.path, 1))
				for name, value := range b.cookies() {
					r.AddCookie(&http.Cookie{Name: name, Value: value})
				}
				if w := record(second.auth, r); w.Code != 403 || !strings.Contains(w.Body.String(), `"login_mismatch"`) {
					t.Errorf("%s, %s: the callback is %d %s", name, where, w.Code, w.Body)
				}
			}
		}
		if got := b.whoami(); got != "user u1 @ada" {
			t.Errorf("%s: afterwards %s", name, got)
		}
	}
}
