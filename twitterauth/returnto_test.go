package twitterauth_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// A few targets of each kind; package site has them all.
var (
	keptReturns    = []string{"/", "/account", "/ok?x=//e#f", "/a//b", "/%2F/e", "/café", "/search?q=\\d+", "/a?next=https://e", "/a/../b"}
	refusedReturns = []string{"", "//e", "/\\e", "///e", "/\t/e", "https://e", "https:e", "https://app@e", "javascript:alert(1)", "data:text/html,x", "/a\r\nSet-Cookie: x=y", "/" + strings.Repeat("a", 2048), "account", "/.//e", "/a/../\\e", "/\x00", "/\xff", "/auth/twitter/login", "/auth/twitter/callback?oauth_token=a&oauth_verifier=b", "/auth/twitter/logout#x", "/%zz"}
)

// A target is checked once more on use: a machine that no longer trusts an origin
// does not send the browser there, although the login began on a machine that did.
func TestReturnToIsCheckedOnUse(t *testing.T) {
	t.Parallel()
	const target = "https://spa.example.com/account"
	servers := siblings(t, func(c *twitterauth.Config, x *twittertest.Server) {
		useOAuth2(c, x)
		c.TrustedOrigins = []string{"https://spa.example.com"}
	}, useOAuth2)
	for i, want := range []string{target, "/"} {
		b := servers[0].browser(t)
		callback := b.approve(b.start(url.Values{"return_to": {target}}), ada)
		if r := b.through(servers[i]).get(pathAndQuery(callback)); r.StatusCode != http.StatusSeeOther || r.location() != want {
			t.Errorf("machine %d: %d %s, want %s", i, r.StatusCode, r.location(), want)
		}
	}
}

func TestReturnToThroughALogin(t *testing.T) {
	t.Parallel()
	s := newSite(t, configured(func(c *twitterauth.Config) { c.AfterLogin = "/after" }))
	b := s.browser(t)
	for i, target := range append(append([]string{}, keptReturns[:9]...), refusedReturns...) {
		want := "/after"
		if i < 9 {
			want = strings.ReplaceAll(target, "é", "%C3%A9")
		}
		r := b.login(ada, url.Values{"return_to": {target}})
		if got := r.Header["Location"]; len(got) != 1 || got[0] != want {
			t.Errorf("%q: went to %q", target, got)
		}
	}
	if r := b.login(ada, url.Values{"return_to": {"/a", "/b"}}); r.location() != "/after" {
		t.Errorf("given twice: went to %q", r.location())
	}
	if r := b.login(ada, nil); r.location() != "/after" {
		t.Errorf("not given: went to %q", r.location())
	}
}

// Wherever a target comes from, bytes outside ASCII are percent-encoded in Location, and
// nothing else is.
func TestTargetsOutsideASCII(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		const target, want = "/é/😀?q=نور&r=%C3%A9 \"<>`{}|^#日", "/%C3%A9/%F0%9F%98%80?q=%D9%86%D9%88%D8%B1&r=%C3%A9 \"<>`{}|^#%E6%97%A5"
		s := newSite(t, over(p), configured(func(c *twitterauth.Config) {
			c.AfterLogin, c.AfterLogout, c.ErrorHandler = target, target, twitterauth.RedirectErrors("/é#日")
		}))
		landing := newSite(t, over(p), configured(func(c *twitterauth.Config) {
			c.LandingPage = func(context.Context, string, twitterauth.Login, string) (string, error) { return target, nil }
		}))
		b := s.browser(t)
		for name, test := range map[string]struct {
			r    reply
			want string
		}{
			"return_to":      {b.login(ada, url.Values{"return_to": {target}}), want},
			"AfterLogin":     {b.login(ada, nil), want},
			"LandingPage":    {landing.browser(t).login(ada, nil), want},
			"AfterLogout":    {b.do("POST", "/auth/twitter/logout", nil), want},
			"RedirectErrors": {b.visit("/auth/twitter/callback"), "/%C3%A9?error=bad_request#%E6%97%A5"},
		} {
			if got := test.r.Header["Location"]; len(got) != 1 || got[0] != test.want {
				t.Errorf("%s: %d, Location %q, want %q", name, test.r.StatusCode, got, test.want)
			}
		}
	})
}

// The login's own routes are nothing to return to, by whatever address.
func TestOwnRoutesByURL(t *testing.T) {
	t.Parallel()
	s := newSite(t, configured(func(c *twitterauth.Config) {
		u, err := url.Parse(c.CallbackURL)
		if err != nil {
			t.Fatal(err)
		}
		c.TrustedOrigins = []string{"http://" + u.Host, "https://spa.example.com"}
	}))
	b := s.browser(t)
	for target, want := range map[string]string{
		s.URL + "/account":                           s.URL + "/account",
		s.URL + "/auth/twitter/logout":               "/",
		s.URL + "/auth/twitter/login":                "/",
		s.URL + "/x/../auth/twitter/callback?a=1":    "/",
		"https://spa.example.com/auth/twitter/login": "https://spa.example.com/auth/twitter/login",
	} {
		if r := b.login(ada, url.Values{"return_to": {target}}); r.location() != want {
			t.Errorf("%s leads to %s", target, r.location())
		}
	}
}

// A leading part of the path that is stripped, by a proxy or by this program,
// is in the return_to once.
func TestStrippedPrefix(t *testing.T) {
	t.Parallel()
	s := newSite(t, configured(func(c *twitterauth.Config) {
		c.CallbackURL = "http://127.0.0.1/app/auth/twitter/callback"
		c.Prefix = "/auth/twitter"
	}))
	const want = "/app/auth/twitter/login?return_to=%2Fapp%2Faccount%3Fa%3D1"
	for name, h := range map[string]struct {
		h      http.Handler
		target string
	}{
		"by a proxy":         {s.mux, "/account?a=1"},
		"by this program":    {http.StripPrefix("/app", s.mux), "/app/account?a=1"},
		"by nested handlers": {http.StripPrefix("/a", http.StripPrefix("pp", s.mux)), "/app/account?a=1"},
	} {
		r := newRequest("GET", h.target)
		r.Header.Set("Accept", "text/html")
		if w := record(h.h, r); w.Code != 303 || w.Header().Get("Location") != want {
			t.Errorf("%s: %d to %q", name, w.Code, w.Header().Get("Location"))
		}
	}
}

func TestBehindAProxyThatStripsAPath(t *testing.T) {
	t.Parallel()
	cfg := goodConfig()
	cfg.CallbackURL = "https://app.example.com/shop/auth/twitter/callback"
	cfg.Prefix = "/auth/twitter"
	auth, err := twitterauth.New(newMemory(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	r := newRequest("GET", "/account?a=b")
	r.Header.Set("Accept", "text/html")
	w := record(auth.RequireUser(nil), r)
	if got := w.Header().Get("Location"); got != "/shop/auth/twitter/login?return_to=%2Fshop%2Faccount%3Fa%3Db" {
		t.Errorf("went to %s", got)
	}
	r = newRequest("GET", "/auth/twitter/callback")
	r.Header.Set("Accept", "text/html")
	if w := record(auth, r); w.Code != 400 || !strings.Contains(w.Body.String(), `action="/shop/auth/twitter/login"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if html := string(auth.SignInButton("/shop/auth/twitter/login")); strings.Contains(html, "return_to") {
		t.Errorf("returns to the login: %s", html)
	}
	if html := string(auth.SignInButton("")); !strings.Contains(html, `action="/shop/auth/twitter/login"`) {
		t.Error(html)
	}
}
