package twitterauth_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
)

func TestRequireUser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const html = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	for name, test := range map[string]struct {
		method, target string
		header         []string
		redirect       string // "" for 401
	}{
		"a page":                     {"GET", "/account?a=1&b=2", []string{"Accept", html, "Sec-Fetch-Dest", "document"}, "/auth/twitter/login?return_to=%2Faccount%3Fa%3D1%26b%3D2"},
		"a page in an old browser":   {"GET", "/account", []string{"Accept", html}, "/auth/twitter/login?return_to=%2Faccount"},
		"a page with a long address": {"GET", "/account?" + strings.Repeat("a", 2100), []string{"Accept", html}, "/auth/twitter/login?return_to=%2Faccount"},
		"a page by a service worker": {"GET", "/account", []string{"Accept", html, "Sec-Fetch-Dest", "empty", "Sec-Fetch-Mode", "navigate"}, "/auth/twitter/login?return_to=%2Faccount"},
		"a posted form":              {"POST", "/account", []string{"Accept", html, "Sec-Fetch-Dest", "document"}, ""},
		"a fetch":                    {"GET", "/account", []string{"Accept", "*/*", "Sec-Fetch-Dest", "empty"}, ""},
		"a fetch that accepts HTML":  {"GET", "/account", []string{"Accept", html, "Sec-Fetch-Dest", "empty"}, ""},
		"an image":                   {"GET", "/account", []string{"Accept", "image/*", "Sec-Fetch-Dest", "image"}, ""},
		"JSON":                       {"GET", "/account", []string{"Accept", "application/json"}, ""},
		"a tool":                     {"GET", "/account", nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := s.browser(t)
			r := b.do(test.method, test.target, nil, test.header...)
			if !slices.Contains(r.Header["Vary"], "Cookie") || r.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("headers %v", r.Header)
			}
			if test.redirect != "" {
				if r.StatusCode != http.StatusSeeOther || r.location() != test.redirect {
					t.Errorf("%d %s", r.StatusCode, r.location())
				}
				return
			}
			if r.StatusCode != http.StatusUnauthorized || r.location() != "" {
				t.Errorf("%d %s", r.StatusCode, r.location())
			}
			if strings.Contains(strings.Join(test.header, " "), html) {
				if !strings.Contains(r.body, "<h1>Please sign in</h1>") {
					t.Errorf("not a page: %s", r.body)
				}
			} else if r.code(t) != "login_required" {
				t.Errorf("code %s", r.body)
			}
		})
	}
	b := s.browser(t)
	b.login(ada, nil)
	r := b.get("/account")
	if r.StatusCode != http.StatusOK || r.body != "user u1 @ada" || r.Header.Get("Cache-Control") != "private, no-store" || !slices.Contains(r.Header["Vary"], "Cookie") {
		t.Errorf("a user: %d %s %v", r.StatusCode, r.body, r.Header)
	}
}

func TestRequire(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	w := httptest.NewRecorder()
	if r, ok := s.auth.Require(w, newRequest("GET", "/")); ok || r != nil || w.Code != http.StatusUnauthorized {
		t.Errorf("%v %t %d", r, ok, w.Code)
	}
	userID, err := s.users.UserForLogin(t.Context(), twitterauth.Login{TwitterID: ada, ScreenName: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	w = httptest.NewRecorder()
	if _, err := s.auth.Sessions().Start(w, newRequest("GET", "/"), userID, false); err != nil {
		t.Fatal(err)
	}
	r := newRequest("GET", "/")
	r.AddCookie(w.Result().Cookies()[0])
	r, ok := s.auth.Require(httptest.NewRecorder(), r)
	if !ok {
		t.Fatal("refused")
	}
	u, _ := s.auth.User(r.Context())
	sess, ok := s.auth.Session(r.Context())
	if u.ScreenName != "ada" || !ok || sess.UserID != userID {
		t.Errorf("%+v %+v", u, sess)
	}
}

func TestLoadUserLetsEveryoneThrough(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	r := b.get("/")
	if r.body != "nobody" || !slices.Contains(r.Header["Vary"], "Cookie") || r.Header.Get("Cache-Control") != "" || len(r.Cookies()) != 0 {
		t.Errorf("%q %v", r.body, r.Header)
	}
	b.setCookie(sessionCookie, "junk")
	if r := b.get("/"); r.StatusCode != http.StatusOK || r.body != "nobody" {
		t.Errorf("with junk: %d %q", r.StatusCode, r.body)
	}
}

func TestWithUser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.users.onByID = func(context.Context, string) (*user, error) { panic("the store was asked") }
	for _, wrap := range []func(http.Handler) http.Handler{s.auth.RequireUser, s.auth.LoadUser} {
		r := newRequest("GET", "/")
		r = r.WithContext(s.auth.WithUser(r.Context(), &user{ID: "u9", ScreenName: "test"}))
		w := record(wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, ok := s.auth.Session(r.Context()); ok {
				t.Error("there is a session")
			}
			s.page(w, r)
		})), r)
		if w.Body.String() != "user u9 @test" {
			t.Errorf("%s", w.Body)
		}
	}
}

// A test may give one context to many requests at once.
func TestWithUserInManyRequests(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ctx := s.auth.WithUser(t.Context(), &user{ID: "u9", ScreenName: "test"})
	h := s.auth.LoadUser(s.auth.RequireRecent(time.Hour)(http.HandlerFunc(s.page)))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if w := record(h, newRequest("GET", "/").WithContext(ctx)); w.Body.String() != "user u9 @test" || w.Header().Get("Cache-Control") != "private, no-store" {
				t.Errorf("%s %v", w.Body, w.Header())
			}
		})
	}
	wg.Wait()
}

func TestTwoAuthsDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	one := newSite(t)
	two := newSite(t, configured(func(c *twitterauth.Config) { c.Session.CookieName = "second" }))
	ctx := one.auth.WithUser(t.Context(), &user{ID: "a"})
	if _, ok := two.auth.User(ctx); ok {
		t.Error("one's user is two's")
	}
	ctx = two.auth.WithUser(ctx, &user{ID: "b"})
	if u, _ := one.auth.User(ctx); u.ID != "a" {
		t.Errorf("one's user is %s", u.ID)
	}
}

func TestVaryKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	h := s.auth.LoadUser(s.auth.LoadUser(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Header().Add("Vary", "Accept") })))
	for range 2 { // the header's value is shared between requests
		w := httptest.NewRecorder()
		w.Header().Add("Vary", "Accept-Encoding")
		h.ServeHTTP(w, newRequest("GET", "/"))
		if got := w.Header()["Vary"]; !slices.Equal(got, []string{"Accept-Encoding", "Cookie", "Accept"}) {
			t.Errorf("Vary %q", got)
		}
		w = record(h, newRequest("GET", "/"))
		if got := w.Header()["Vary"]; !slices.Equal(got, []string{"Cookie", "Accept"}) {
			t.Errorf("Vary %q", got)
		}
	}
}

// A middleware in front may keep the slice that it sets, with room at its end for
// the values of other requests.
func TestVaryOfAMiddlewareInFront(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	b.login(ada, nil)
	next := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	for name, h := range map[string]http.Handler{"LoadUser": s.auth.LoadUser(next), "RequireUser": s.auth.RequireUser(next)} {
		visitor, signedIn := newRequest("GET", "/"), newRequest("GET", "/")
		signedIn.AddCookie(&http.Cookie{Name: sessionCookie, Value: b.cookies()[sessionCookie]})
		for who, r := range map[string]*http.Request{"a visitor": visitor, "a user": signedIn} {
			kept := append(make([]string, 0, 4), "Origin")
			w := nullWriter{http.Header{"Vary": kept}}
			h.ServeHTTP(w, r)
			if got := w.h["Vary"]; !slices.Equal(got, []string{"Origin", "Cookie"}) {
				t.Errorf("%s, %s: Vary %q", name, who, got)
			}
			if got := kept[:2][1]; got != "" {
				t.Errorf("%s, %s: the middleware's slice has %q", name, who, got)
			}
		}
	}
}

// Nested guards that each find an ended session set a cookie once, and leave the
// app's cookies alone.
func TestNestedGuardsSetACookieOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	app := http.HandlerFunc(s.page)
	guards := map[string]http.Handler{
		"LoadUser in LoadUser":      s.auth.LoadUser(s.auth.LoadUser(app)),
		"RequireUser in LoadUser":   s.auth.LoadUser(s.auth.RequireUser(app)),
		"RequireRecent in LoadUser": s.auth.LoadUser(s.auth.RequireRecent(time.Hour)(app)),
	}
	b := s.browser(t)
	b.login(ada, nil)
	s.users.change("u1", nil)
	for name, guard := range guards {
		r := newRequest("GET", "/both")
		r.AddCookie(&http.Cookie{Name: sessionCookie, Value: b.cookies()[sessionCookie]})
		w := record(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.SetCookie(w, &http.Cookie{Name: "theme", Value: "dark"})
			http.SetCookie(w, &http.Cookie{Name: sessionCookie + "_of_the_app", Value: "kept"})
			guard.ServeHTTP(w, r)
		}), r)
		var names []string
		for _, c := range w.Result().Cookies() {
			names = append(names, c.Name)
		}
		slices.Sort(names)
		if want := []string{"theme", sessionCookie, sessionCookie + "_of_the_app", sessionCookie + "_signed_out"}; !slices.Equal(names, want) {
			t.Errorf("%s: sets %v, want %v", name, names, want)
		}
	}
}

// An app may change the slices of an answer's header in place.
func TestHeaderSlicesAreNotShared(t *testing.T) {
	t.Parallel()
	s := newSite(t)
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
				if got := w.Header()["Cache-Control"]; who == "a user" && !slices.Equal(got, []string{"private, no-store, spoiled", "spoiled"}) {
					t.Errorf("%s, %s: Cache-Control %q", name, who, got)
				}
			}
		}
	}
}

// A visit that is sent to the login is a line for developers alone, without the
// address's query.
func TestRedirectToTheLoginIsADebugLine(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	if r := s.browser(t).visit("/account?secret=1"); r.StatusCode != 303 {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	lines := slices.DeleteFunc(strings.Split(s.log.String(), "\n"), func(line string) bool { return !strings.Contains(line, "/account") })
	if len(lines) != 1 || !strings.Contains(lines[0], "level=DEBUG") || !strings.Contains(lines[0], "sent to the login") || strings.Contains(lines[0], "secret") {
		t.Errorf("the log has %q", lines)
	}
}

// A guard around the whole mux lets the login's own routes pass, in their exact
// spelling, and nothing else.
func TestGuardsLetOwnRoutesPass(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	reached := ""
	all := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { reached = r.Method + " " + r.URL.EscapedPath() })
	guards := map[string]http.Handler{
		"RequireUser": s.auth.RequireUser(all),
		"Require": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r, ok := s.auth.Require(w, r); ok {
				all.ServeHTTP(w, r)
			}
		}),
		"RequireRecent": s.auth.RequireRecent(time.Hour)(all),
		"Recent": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r, ok := s.auth.Recent(w, r, time.Hour); ok { //nolint:contextcheck // the request has the context
				all.ServeHTTP(w, r)
			}
		}),
	}
	for name, guard := range guards {
		for _, test := range []struct {
			method, target string
			pass           bool
		}{
			{"GET", "/auth/twitter/login", true}, {"HEAD", "/auth/twitter/login", true}, {"POST", "/auth/twitter/login?x", true},
			{"GET", "/auth/twitter/callback?denied=x", true}, {"POST", "/auth/twitter/logout", true}, {"DELETE", "/auth/twitter/logout", true}, {"GET", "/auth/twitter/session", true},
			{"PROPFIND", "/auth/twitter/login", false}, {"CONNECT", "/auth/twitter/login", false}, {"TRACE", "/auth/twitter/login", false}, {"get", "/auth/twitter/login", false},
			{"GET", "/auth/twitter/login/", false}, {"GET", "/auth/twitter//login", false}, {"GET", "//auth/twitter/login", false}, {"GET", "/auth/twitter/%6cogin", false},
			{"GET", "/auth%2Ftwitter/login", false}, {"GET", "/auth/twitter%2Flogin", false}, {"GET", "/auth/twitter/LOGIN", false}, {"GET", "/Auth/twitter/login", false},
			{"GET", "/auth/twitter/", false}, {"GET", "/auth/twitter", false}, {"GET", "/auth/twitter/token", false}, {"GET", "/auth/twitter/admin", false}, {"GET", "/auth/twitter/./login", false}, {"GET", "/auth/twitter/x/../login", false}, {"GET", "/x/auth/twitter/login", false}, {"GET", "/auth/twitter/login;a", false},
		} {
			reached = ""
			r := newRequest("GET", test.target)
			r.Method = test.method
			w := record(guard, r)
			if (reached != "") != test.pass || !test.pass && w.Code != 401 {
				t.Errorf("%s: %s %s: passed %t, %d", name, test.method, test.target, reached != "", w.Code)
			}
		}
	}
	// LoadUser touches neither the answer nor the session there.
	w := record(s.auth.LoadUser(s.mux), newRequest("POST", "/auth/twitter/logout"))
	if w.Code != 303 {
		t.Errorf("logout behind LoadUser: %d", w.Code)
	}
	b := s.browser(t)
	s.Config.Handler = s.auth.RequireUser(s.mux)
	b.login(ada, url.Values{"return_to": {"/account"}})
	if got := b.get("/account").body; got != "user u1 @ada" {
		t.Error(got)
	}
}

// A guard below http.StripPrefix sees the shortened path of another page, which may
// read as a route of the login or as the sign-in page. It is guarded all the same.
func TestGuardsBelowStripPrefix(t *testing.T) {
	t.Parallel()
	secret := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "secret") })
	for page, targets := range map[string][]string{
		"":        {"/admin/x", "/admin/auth/twitter/login", "/admin/auth/twitter/session"},
		"/signin": {"/admin/auth/twitter/callback", "/admin/signin", "/admin/signin?return_to=/signin"},
		"/":       {"/admin/", "/admin/?/"},
	} {
		s := newSite(t, configured(func(c *twitterauth.Config) { c.LoginPage = page }))
		for name, guard := range map[string]http.Handler{
			"RequireUser":   s.auth.RequireUser(secret),
			"RequireRecent": s.auth.RequireRecent(time.Hour)(secret),
			"Require": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r, ok := s.auth.Require(w, r); ok {
					secret.ServeHTTP(w, r)
				}
			}),
		} {
			s.Config.Handler = http.StripPrefix("/admin", guard)
			visitor, signedIn := s.browser(t), s.browser(t)
			s.signInWithoutX(t, signedIn, "u1")
			for _, target := range targets {
				if r := visitor.get(target); r.StatusCode != 401 || r.body == "secret" {
					t.Errorf("LoginPage %q, %s: a visitor at %s: %d %s", page, name, target, r.StatusCode, r.body)
				}
				r := newRequest("GET", target)
				r.RequestURI = s.URL + target // as a client sends it to a proxy
				if w := record(s.Config.Handler, r); w.Code != 401 {
					t.Errorf("LoginPage %q, %s: a visitor at %s in absolute form: %d %s", page, name, target, w.Code, w.Body)
				}
				if r := signedIn.get(target); r.body != "secret" {
					t.Errorf("LoginPage %q, %s: a user at %s: %d %s", page, name, target, r.StatusCode, r.body)
				}
			}
		}
	}
}
