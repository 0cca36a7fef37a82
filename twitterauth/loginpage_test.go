package twitterauth_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth"
)

// newSiteWithPage is a site with a sign-in page of its own and a guard around
// everything.
func newSiteWithPage(t *testing.T, p protocol, page string, configure func(*twitterauth.Config)) *site {
	t.Helper()
	s := newSite(t, over(p), withStore(linkingMemory{newMemory()}), configured(func(c *twitterauth.Config) {
		c.LoginPage = page
		if configure != nil {
			configure(c)
		}
	}))
	s.mux.HandleFunc("GET /signin", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "target:", s.auth.ReturnTo(r), s.auth.SignInButton("", twitterauth.Carry(r), twitterauth.StayLoggedInCheckbox("Keep me")))
	})
	s.Config.Handler = s.auth.RequireUser(s.mux)
	return s
}

func TestLoginPage(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newSiteWithPage(t, p, "/signin", nil)
		b := s.browser(t)
		r := b.visit("/account?a=1")
		if r.location() != "/signin?return_to=%2Faccount%3Fa%3D1" {
			t.Fatalf("a visit: %d %s", r.StatusCode, r.location())
		}
		page := b.visit(r.location())
		fields, ok := offeredForm(page.body)
		if page.StatusCode != 200 || !ok || fields.Get("return_to") != "/account?a=1" || fields.Get("stayLoggedIn") != "false" || !strings.HasPrefix(page.body, "target:/account?a=1") {
			t.Fatalf("the page: %d %s", page.StatusCode, page.body)
		}
		r = b.get(b.approve(b.start(fields), ada))
		if r.location() != "/account?a=1" || b.whoami() != "user u1 @ada" {
			t.Errorf("signed in: %s, %s", r.location(), b.whoami())
		}
		b.do("POST", "/auth/twitter/logout", nil)
		for name, r := range map[string]reply{
			"after a logout":      b.visit("/auth/twitter/login?return_to=/account"),
			"another site's link": s.browser(t).get("/auth/twitter/login?return_to=/account", "Sec-Fetch-Site", "cross-site", "Accept", "text/html"),
		} {
			if r.StatusCode != 303 || r.location() != "/signin?return_to=%2Faccount" {
				t.Errorf("%s: %d %s", name, r.StatusCode, r.location())
			}
		}
		if r := s.browser(t).visit("/auth/twitter/login"); !strings.HasPrefix(r.location(), s.x.URL) {
			t.Errorf("GET login of this site: %d %s", r.StatusCode, r.location())
		}
	})
}

// The error pages lead to the app's page, and keep their own form where link or
// data must be carried.
func TestErrorPagesLeadToTheLoginPage(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newSiteWithPage(t, p, "/signin?lang=de#form", nil)
		b := s.browser(t)
		cancel := func(b *browser, form url.Values) string {
			callback, err := s.x.Cancel(b.start(form))
			if err != nil {
				t.Fatal(err)
			}
			return b.visit(callback).body
		}
		page := cancel(b, url.Values{"return_to": {"/account"}})
		if _, ok := offeredForm(page); ok || !strings.Contains(page, `href="/signin?lang=de&amp;return_to=%2Faccount#form"`) {
			t.Error(page)
		}
		page = cancel(b, url.Values{"stayLoggedIn": {"true"}})
		if _, ok := offeredForm(page); ok || !strings.Contains(page, `href="/signin?lang=de`) {
			t.Errorf("stayLoggedIn was chosen: %s", page)
		}
		page = cancel(b, url.Values{"return_to": {"/account"}, "data": {"d"}})
		if fields, ok := offeredForm(page); !ok || fields.Get("data") != "d" {
			t.Error(page)
		}
		guest := s.guest(t)
		page = cancel(guest, url.Values{"link": {"true"}})
		if fields, ok := offeredForm(page); !ok || fields.Get("link") != "true" {
			t.Error(page)
		}
		confirming := s.browser(t)
		confirming.login(ada, nil)
		page = cancel(confirming, url.Values{"reauth": {"true"}, "return_to": {"/account"}})
		if fields, ok := offeredForm(page); !ok || fields.Get("reauth") != "true" || fields.Get("return_to") != "/account" {
			t.Error(page)
		}
	})
}

// What the sign-in page is opened with may come from anyone.
func TestReturnToOfTheLoginPage(t *testing.T) {
	t.Parallel()
	s := newSiteWithPage(t, oauth1, "/signin", nil)
	for query, want := range map[string]string{
		"return_to=/a%3Fb%3D1":                    "/a?b=1",
		"":                                        "",
		"return_to=":                              "",
		"return_to=//e":                           "",
		"return_to=https://e":                     "",
		"return_to=javascript:alert(1)":           "",
		"return_to=/a&return_to=/b":               "",
		"return_to=/auth/twitter/logout":          "",
		"return_to=%zz":                           "",
		"reauth=1&return_to=/":                    "/",
		"return_to=%22%3E%3Cscript%3E":            "",
		"return_to=/%22%3E%3Cscript%3E":           "/\"><script>",
		"return_to=/" + strings.Repeat("a", 3000): "",
	} {
		r := newRequest("GET", "/signin?"+query)
		if got := s.auth.ReturnTo(r); got != want {
			t.Errorf("%.60s: %q, want %q", query, got, want)
		}
		if html := string(s.auth.SignInButton("", twitterauth.Carry(r))); strings.Contains(html, "<script") || strings.Contains(html, "return_to") != (want != "") || strings.Contains(html, "reauth") != strings.Contains(query, "reauth=1") {
			t.Errorf("%.60s: %s", query, html)
		}
	}
	if html := string(s.auth.SignInButton("/x", twitterauth.Carry(newRequest("GET", "/signin?return_to=/y")))); !strings.Contains(html, `value="/x"`) {
		t.Errorf("a target of the app's own: %s", html)
	}
}

// The guards let the app's page pass in its exact spelling.
func TestGuardsLetTheLoginPagePass(t *testing.T) {
	t.Parallel()
	for page, open := range map[string]string{"/signin": "/signin", "/signin?a=1#b": "/signin", "/sign%20in": "/sign%20in", "https://accounts.example.com/in": ""} {
		s := newSite(t, configured(func(c *twitterauth.Config) {
			c.LoginPage, c.TrustedOrigins = page, []string{"https://accounts.example.com"}
		}))
		guarded := s.auth.RequireUser(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		for _, target := range []string{"/signin", "/signin/", "/SIGNIN", "/sign%69n", "//signin", "/sign%20in", "/in", "/"} {
			if got := record(guarded, newRequest("GET", target)).Code == 200; got != (target == open) {
				t.Errorf("LoginPage %s: %s passes: %t", page, target, got)
			}
		}
		r := newRequest("PROPFIND", "/signin")
		if record(guarded, r).Code == 200 {
			t.Errorf("LoginPage %s: PROPFIND passes", page)
		}
	}
}

// LoginPage is what browsers know. Where a proxy strips a part of the path, the guard
// lets the rest of it pass and nothing else.
func TestLoginPageBelowAStrippedPrefix(t *testing.T) {
	t.Parallel()
	for page, open := range map[string]string{"/app/signin": "/signin", "/app/": "/", "/app/app/signin": "/app/signin", "/signin": "", "/app": "", "/application/signin": ""} {
		cfg := goodConfig()
		cfg.CallbackURL, cfg.Prefix, cfg.LoginPage = "https://app.example.com/app/auth/twitter/callback", "/auth/twitter", page
		cfg.Logger = newLogger(io.Discard)
		auth, err := twitterauth.New(oneUser[*user]{}, cfg)
		if err != nil {
			t.Errorf("LoginPage %s: %v", page, err)
			continue
		}
		guarded := auth.RequireUser(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		for _, target := range []string{"/signin", "/app/signin", "/", "/app", "/application/signin", "/lication/signin"} {
			want := 401
			if target == open {
				want = 200
			}
			if got := record(guarded, newRequest("GET", target)).Code; got != want {
				t.Errorf("LoginPage %s: %s is %d, want %d", page, target, got, want)
			}
		}
	}
}

// A visit that is sent to the sign-in page gets there: browsers send the address as
// it is written, so that no guard sends them on. Addresses that browsers rewrite,
// that are routes of the login, or that have parameters of the login are rejected.
func TestAddressesOfTheLoginPage(t *testing.T) {
	t.Parallel()
	for page, ok := range map[string]bool{
		"/signin": true, "/": true, "/signin?lang=de#form": true, "/sign%20in": true, "/%C3%BCn%C3%AF": true, "/a/b.html": true,
		"https://app.example.com": true, "https://app.example.com?x=1": true, "https://app.example.com/": true, "https://app.example.com/in": true,
		"https://app.example.com/auth/twitter": true, "/auth/twitter/signin": true, "https://accounts.example.com/auth/twitter/login": true,
		// rewritten by browsers
		"/a/../signin": false, "/./signin": false, "/signin/..": false, "/a/%2e%2e/signin": false, "/ünï": false, "/sign in": false, "/signin\"x": false, "/sign%7ein|": false, "/a//signin": false, "/sign\\in": false,
		"https://app.example.com/a/../in": false, "https://accounts.example.com/ünï": false,
		// the login's own
		"/auth/twitter/login": false, "/auth/twitter/callback": false, "/auth/twitter/logout?x": false, "/auth/twitter/session": false, "/auth/twitter/token": false, "/auth/twitter/sessio%6e": false, "/auth/twitter/session/": false,
		"https://app.example.com/auth/twitter/login": false,
		// added by the guards
		"/signin?return_to=/x": false, "/signin?reauth=1": false, "/signin?a&return%5Fto=": false,
	} {
		cfg := goodConfig()
		cfg.LoginPage, cfg.TrustedOrigins = page, []string{"https://app.example.com", "https://accounts.example.com"}
		cfg.Logger = newLogger(io.Discard)
		auth, err := twitterauth.New(oneUser[*user]{}, cfg)
		if got := slices.Compact(faultsOf(t, err)); (err == nil) != ok || !ok && !slices.Equal(got, []string{"LoginPage"}) {
			t.Errorf("LoginPage %s: %v", page, err)
		}
		if err != nil {
			continue
		}
		visit := func(address string) *httptest.ResponseRecorder {
			r := newRequest("GET", address)
			r.Header.Set("Accept", "text/html")
			return record(auth.RequireUser(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})), r)
		}
		w := visit("/account")
		target := w.Header().Get("Location")
		if w.Code != 303 || !strings.Contains(target, "return_to=%2Faccount") {
			t.Errorf("LoginPage %s: a visit is %d, sent to %q", page, w.Code, target)
			continue
		}
		u, err := url.Parse("https://app.example.com/account")
		if err == nil {
			u, err = u.Parse(target)
		}
		if err != nil {
			t.Errorf("LoginPage %s: %v", page, err)
			continue
		}
		if w := visit(u.RequestURI()); u.Host == "app.example.com" && w.Code != 200 {
			t.Errorf("LoginPage %s: %s is %d, sent to %q", page, target, w.Code, w.Header().Get("Location"))
		}
	}
}

// The sign-in page can show who is signed in, as it should where a user confirms:
// LoadUser finds the user there too, inside a guard and without one.
func TestLoadUserOnTheLoginPage(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for _, page := range []string{"/signin", "/"} {
			s := newSite(t, over(p), configured(func(c *twitterauth.Config) { c.LoginPage = page }))
			s.mux.Handle("GET /signin", s.auth.LoadUser(http.HandlerFunc(s.page)))
			for name, guarded := range map[string]http.Handler{"alone": s.mux, "guarded": s.auth.RequireUser(s.mux)} {
				s.Config.Handler = guarded
				b := s.browser(t)
				if got := b.visit(page); got.StatusCode != 200 || got.body != "nobody" {
					t.Errorf("%s %s, a visitor: %d %s", page, name, got.StatusCode, got.body)
				}
				b.login(ada, nil)
				if got := b.visit(page + "?return_to=/account&reauth=1"); got.body != "user u1 @ada" || got.Header.Get("Cache-Control") != "private, no-store" {
					t.Errorf("%s %s, a user: %s, %v", page, name, got.body, got.Header)
				}
			}
		}
	})
}

func TestButtonOptions(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	form := s.auth.SignInForm("/a", twitterauth.Label("Go <in>"), twitterauth.StayLoggedInCheckbox("Keep <me>"), twitterauth.Link(), twitterauth.Data(`"d"`), twitterauth.Force())
	want := []twitterauth.FormField{
		{Name: "return_to", Value: "/a"}, {Name: "stayLoggedIn", Value: "false"}, {Name: "stayLoggedIn", Value: "true", Label: "Keep <me>"},
		{Name: "link", Value: "true"}, {Name: "data", Value: `"d"`}, {Name: "force", Value: "true"},
	}
	if form.Action != "/auth/twitter/login" || form.Label != "Go <in>" || !slices.Equal(form.Fields, want) {
		t.Errorf("%+v", form)
	}
	if html := string(form.HTML()); strings.Contains(html, "<in>") || strings.Contains(html, "<me>") || !strings.Contains(html, `type="checkbox" name="stayLoggedIn" value="true"`) || !strings.Contains(html, "<svg") {
		t.Error(html)
	}
	form = s.auth.SignInForm("", twitterauth.Label(""), twitterauth.StayLoggedInCheckbox(""))
	if want := []twitterauth.FormField{{Name: "stayLoggedIn", Value: "false"}, {Name: "stayLoggedIn", Value: "true", Label: "Keep me logged in"}}; form.Label != "Sign in with X" || !slices.Equal(form.Fields, want) {
		t.Errorf("by default: %+v", form)
	}
	if html := string(s.auth.SignInButton("//e")); strings.Contains(html, "return_to") || !strings.Contains(html, "Sign in with X") {
		t.Error(html)
	}
	for label, want := range map[string]string{"": "Log out", "Bye <b>": "Bye &lt;b&gt;"} {
		if html := string(s.auth.SignOutButton(label)); !strings.Contains(html, want) || !strings.Contains(html, `action="/auth/twitter/logout"`) || strings.Contains(html, "<svg") {
			t.Error(html)
		}
	}
}

// The checkbox decides, whatever the default is.
func TestStayLoggedInCheckbox(t *testing.T) {
	t.Parallel()
	for _, byDefault := range []bool{false, true} {
		for ticked, values := range map[bool][]string{false: {"false"}, true: {"false", "true"}} {
			s := newSite(t, configured(func(c *twitterauth.Config) { c.StayLoggedIn = byDefault }))
			b := s.browser(t)
			b.login(ada, url.Values{"stayLoggedIn": values})
			if got := strings.Contains(b.get("/auth/twitter/session").body, `"stayLoggedIn":true`); got != ticked {
				t.Errorf("configured %t, ticked %t: %t", byDefault, ticked, got)
			}
		}
	}
	s := newSite(t)
	for _, values := range [][]string{{"true", "false"}, {"true", "true"}, {"false", "false"}, {"false", "on"}, {"0", "true"}, {"false", "true", "true"}} {
		if r := s.browser(t).do("POST", "/auth/twitter/login", url.Values{"stayLoggedIn": values}); r.StatusCode != 400 {
			t.Errorf("%v: %d", values, r.StatusCode)
		}
	}
}

func TestForceAndScreenName(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		p     protocol
		query string // what the address at X has
		force int    // the status of a forced login
	}{
		"OAuth 1.0a": {oauth1, "force_login=true&screen_name=ada+l", 303},
		"both":       {protocol{use: useBoth}, "force_login=true&screen_name=ada+l", 303},
		"OAuth 2.0":  {oauth2, "", 400},
	} {
		s := newSite(t, over(test.p))
		b := s.browser(t)
		r := b.do("POST", "/auth/twitter/login", url.Values{"force": {"true"}, "screen_name": {"ada l"}})
		if r.StatusCode != test.force || !strings.Contains(r.location(), test.query) {
			t.Errorf("%s: %d %s %s", name, r.StatusCode, r.location(), r.body)
		}
		if test.force == 400 && !strings.Contains(r.body, "force") {
			t.Errorf("%s: the reason is missing: %s", name, r.body)
		}
		if r := b.do("POST", "/auth/twitter/login", url.Values{"screen_name": {"ada"}}); r.StatusCode != 303 || strings.Contains(r.location(), "screen_name") != (test.force == 303) {
			t.Errorf("%s: screen_name alone: %d %s", name, r.StatusCode, r.location())
		}
		if r := b.visit("/auth/twitter/login?force=true&screen_name=ada&reauth=true"); r.StatusCode != 303 || strings.Contains(r.location(), "force") || strings.Contains(r.location(), "screen_name") {
			t.Errorf("%s: by GET: %d %s", name, r.StatusCode, r.location())
		}
		for _, form := range []url.Values{{"force": {"maybe"}}, {"force": {"true", "true"}}, {"screen_name": {"a", "b"}}, {"screen_name": {"a\nb"}}} {
			if r := b.do("POST", "/auth/twitter/login", form); r.StatusCode != 400 {
				t.Errorf("%s: %v: %d", name, form, r.StatusCode)
			}
		}
	}
	s := newSite(t)
	b := s.browser(t)
	at := b.start(url.Values{"force": {"true"}})
	if r := b.get(b.approve(at, ada)); r.location() != "/" {
		t.Errorf("a forced login ends: %d", r.StatusCode)
	}
}

func TestLogoutPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	b.login(ada, nil)
	page := b.visit("/auth/twitter/logout")
	if page.StatusCode != 200 || !strings.Contains(page.body, `action="/auth/twitter/logout"`) || !strings.Contains(page.body, "Log out") || len(page.Cookies()) != 0 || b.whoami() != "user u1 @ada" {
		t.Errorf("%d %s", page.StatusCode, page.body)
	}
	if csp := page.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "form-action 'self'") || page.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", page.Header)
	}
}
