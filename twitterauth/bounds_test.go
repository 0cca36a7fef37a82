package twitterauth_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode"

	"github.com/gorilla/sessions"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

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
			s := p.newSite(t, nil)
			b := s.browser(t)
			b.startAtOnce(60, form)
			if flows, _ := b.flowCookies(); len(flows) != 60 {
				t.Fatalf("%d cookies to begin with", len(flows))
			}
			var last string
			for range 3 {
				r := b.do("POST", "/auth/twitter/login", form)
				last = r.location()
				if n := len(r.Header["Set-Cookie"]); n > 21 {
					t.Errorf("%s: %d Set-Cookie lines", name, n)
				}
			}
			if flows, size := b.flowCookies(); len(flows) > 5 || size > 4096 {
				t.Errorf("%s: %d cookies of %d bytes after three logins", name, len(flows), size)
			}
			if r := b.get(b.approve(last, ada)); r.StatusCode != http.StatusSeeOther {
				t.Errorf("%s: the newest: %d %s", name, r.StatusCode, r.body)
			}
		}
	})
}

// A request full of cookies with names of pending logins costs a bounded number
// of openings and deletions.
func TestStrayCookiesAreDeletedInSteps(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	r := newRequest("POST", "/auth/twitter/login")
	var line strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&line, "%s%016d=%s; ", flowPrefix, i, strings.Repeat("A", 100))
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

// The longest Accept and Content-Type headers cost no more than their
// beginnings.
func TestLongHeadersAreReadInPart(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	long := strings.Repeat("a/b;c=d,", 1<<17)
	for accept, page := range map[string]bool{
		"text/html," + long:        true,
		long + "text/html":         false,
		"application/json," + long: false,
		strings.Repeat("a", 2048-len(",text/html")) + ",text/html":      true,
		strings.Repeat("a", 2048-len(",text/htm")) + ",text/html":       false,
		"text/html" + strings.Repeat(";a=b", 1<<18):                     false,
		"text/html, application/xhtml+xml;q=0.9, image/webp, */*;q=0.8": true,
	} {
		r := newRequest("GET", "/auth/twitter/nothing")
		r.Header.Set("Accept", accept)
		if got := strings.HasPrefix(record(s.auth, r).Header().Get("Content-Type"), "text/html"); got != page {
			t.Errorf("Accept %.40s… of %d bytes: a page: %t", accept, len(accept), got)
		}
	}
}

// What comes from a request is cut before it is logged.
func TestHostileInputIsCutInTheLog(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *twitterauth.Config) { c.TokenLogin, c.ClientFields = true, []string{"name"} })
	control := strings.Repeat("\u0085", 3500)
	requests := map[string]func() *http.Request{
		"a path of 1 MB": func() *http.Request {
			r := newRequest("GET", "/")
			r.URL.Path = "/auth/twitter/" + strings.Repeat("\u0085", 1<<19)
			return r
		},
		"fieldsMapping with controls": func() *http.Request {
			return tokenRequest(`{"authToken":"a","authTokenSecret":"b","fieldsMapping":{"` + control + `":"name"}}`)
		},
		"fieldsMapping with a long path": func() *http.Request {
			return tokenRequest(`{"authToken":"a","authTokenSecret":"b","fieldsMapping":{"` + strings.Repeat("a.", 3500) + `":"name"}}`)
		},
		"fieldsMapping with many fields": func() *http.Request {
			var pairs []string
			for i := range 300 {
				pairs = append(pairs, fmt.Sprintf(`"\u0085%d":"name"`, i))
			}
			return tokenRequest(`{"authToken":"a","authTokenSecret":"b","fieldsMapping":{` + strings.Join(pairs, ",") + `}}`)
		},
		"a callback's query": func() *http.Request {
			return newRequest("GET", "/auth/twitter/callback?oauth_token="+url.QueryEscape(control))
		},
		"an origin": func() *http.Request {
			r := newRequest("POST", "/auth/twitter/login")
			r.Header.Set("Origin", "https://"+strings.Repeat("\u0085", 1<<19))
			return r
		},
	}
	for name, request := range requests {
		before := len(s.log.String())
		record(s.auth, request())
		if n := len(s.log.String()) - before; n > 8<<10 {
			t.Errorf("%s: %d bytes of log", name, n)
		}
	}
}

func tokenRequest(body string) *http.Request {
	r, err := http.NewRequestWithContext(context.Background(), "POST", "http://127.0.0.1/auth/twitter/token", strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	r.Header.Set("Content-Type", "application/json")
	return r
}

// A cookie whose name only looks like ours, because of characters that parsers
// trim, is not ours: a sibling host may have planted it.
func TestCookiesOfASiblingHost(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	mine, theirs := s.browser(t), s.browser(t)
	mine.login(ada, nil)
	theirs.login(zoe, nil)
	callback := theirs.approve(theirs.start(nil), zoe)
	flows, _ := theirs.flowCookies()
	odd := []string{"\v", "\f", "\x00", "\x1f", "\x7f", "\x85", "\xa0"}
	for c := rune(0); c <= unicode.MaxRune; c++ {
		if unicode.IsSpace(c) && c != ' ' && c != '\t' && c != '\r' && c != '\n' || c >= 0x80 && c < 0xa0 {
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
		for _, cookie := range []string{c + flows[0] + "=" + theirs.cookies()[flows[0]], flows[0] + c + "=" + theirs.cookies()[flows[0]], flows[0] + "=" + c + theirs.cookies()[flows[0]]} {
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
			return newSite(t, func(c *twitterauth.Config) {
				c.Session = session.Config{Keys: keys, Bearer: true, Store: store}
				c.TokenLogin = true
				if callbackURL != "" {
					c.CallbackURL = callbackURL
				}
			})
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
		for where, second := range map[string]*site{
			"the same site":   shared(first.URL + "/auth/twitter/callback"),
			"another folder":  shared(first.URL + "/other/twitter/callback"),
			"another port":    shared("http://127.0.0.1:1/auth/twitter/callback"),
			"another host":    shared(strings.Replace(first.URL, "127.0.0.1", "localhost", 1) + "/auth/twitter/callback"),
			"a deeper folder": shared(first.URL + "/auth/twitter/x/callback"),
		} {
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
			if where == "another port" || where == "another host" {
				r = newRequest("GET", pathAndQuery(callback))
				for name, value := range b.cookies() {
					r.AddCookie(&http.Cookie{Name: name, Value: value})
				}
				if w := record(second.auth, r); w.Code != 403 {
					t.Errorf("%s, %s: the callback is %d", name, where, w.Code)
				}
			}
		}
		if got := b.whoami(); got != "user u1 @ada" {
			t.Errorf("%s: afterwards %s", name, got)
		}
	}
}

// Linking looks at the session once more after X has answered.
func TestLinkAfterTheSessionEnded(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for name, end := range map[string]func(s *site){
			"revoked": func(s *site) {
				s.users.change("guest", func(u *user) { u.ValidSince = time.Now().Add(time.Minute) })
			},
			"deleted": func(s *site) { s.users.change("guest", nil) },
		} {
			var meanwhile func()
			s, b := newLinkingSite(t, p, func(c *twitterauth.Config) {
				c.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
					if meanwhile != nil {
						meanwhile()
					}
					return http.DefaultTransport.RoundTrip(r)
				})}
			})
			linked := false
			s.users.onLink = func(context.Context, string, twitterauth.Login) error { linked = true; return nil }
			callback := b.approve(b.start(url.Values{"link": {"true"}}), ada)
			meanwhile = func() { end(s) }
			r := b.get(callback)
			if linked || r.code(t) != "login_mismatch" {
				t.Errorf("%s: linked %t, %s", name, linked, r.body)
			}
		}
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Every store call of a login has the login's deadline.
func TestStoreCallsOfALoginHaveADeadline(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s, b := newLinkingSite(t, p)
		guest := &user{ID: "guest", Fields: map[string]any{}}
		check := func(ctx context.Context) {
			if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) > 10*time.Second {
				t.Error("a store call without the login's deadline")
			}
		}
		s.users.onByID = func(ctx context.Context, _ string) (*user, error) { check(ctx); return guest, nil }
		s.users.onLink = func(ctx context.Context, _ string, _ twitterauth.Login) error { check(ctx); return nil }
		s.users.onLogin = func(ctx context.Context, _ twitterauth.Login) (string, error) { check(ctx); return "guest", nil }
		b.login(ada, url.Values{"link": {"true"}})
		b.login(ada, nil)
	})
}

// An app may change the slices of an answer's header in place.
func TestHeaderSlicesAreNotShared(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	b := s.browser(t)
	b.login(ada, nil)
	spoil := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for _, name := range []string{"Vary", "Cache-Control"} {
			for i := range w.Header()[name] {
				w.Header()[name][i] += ", spoiled"
			}
			w.Header()[name] = append(w.Header()[name], "spoiled")
		}
	})
	for name, h := range map[string]http.Handler{"RequireUser": s.auth.RequireUser(spoil), "LoadUser": s.auth.LoadUser(spoil)} {
		for range 2 {
			r := newRequest("GET", "/")
			r.AddCookie(&http.Cookie{Name: sessionCookie, Value: b.cookies()[sessionCookie]})
			for who, r := range map[string]*http.Request{"a user": r, "nobody": newRequest("GET", "/")} {
				w := record(h, r)
				if who == "nobody" && name == "RequireUser" {
					continue
				}
				if got := w.Header()["Vary"]; len(got) != 2 || got[0] != "Cookie, spoiled" {
					t.Errorf("%s, %s: Vary %q", name, who, got)
				}
			}
		}
	}
}

// A failed logout is never an empty 200, even when the context has ended.
func TestFailureUnderAnEndedContext(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *twitterauth.Config) { c.SessionManager = downManager{} })
	for method, path := range map[string]string{"POST": "/auth/twitter/logout", "GET": "/auth/twitter/session"} {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		r := newRequest(method, path).WithContext(ctx)
		if w := record(s.auth, r); w.Code != 503 {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

// A session store that hangs holds a request for five seconds in all.
func TestHangingSessionStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &mapStore{values: map[string]map[any]any{}}
		cfg := goodConfig()
		cfg.Session.Store = store
		auth, err := twitterauth.New(newMemory(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		release := make(chan struct{})
		store.hang = release
		page := auth.LoadUser(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, err := auth.Sessions().Load(r); err == nil {
				t.Error("a session")
			}
			if _, err := auth.Sessions().Start(w, r, "u", false); err == nil {
				t.Error("a session began")
			}
			auth.RequireUser(nil).ServeHTTP(w, r)
		}))
		r := newRequest("GET", "/")
		r.AddCookie(&http.Cookie{Name: "__Host-" + sessionCookie, Value: "x"})
		began := time.Now()
		if w := record(page, r); w.Code != 503 {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		if took := time.Since(began); took < 4*time.Second || took > 6*time.Second {
			t.Errorf("took %v", took)
		}
		close(release)
		synctest.Wait()
	})
}
