package twitterauth_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth"
)

// A leading part of the path that is stripped, by a proxy or by this program,
// is in the return_to once.
func TestStrippedPrefix(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *twitterauth.Config) {
		c.CallbackURL = "http://127.0.0.1/app/auth/twitter/callback"
		c.Prefix = "/auth/twitter"
	})
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

// The login's own routes are nothing to return to, by whatever address.
func TestOwnRoutesByURL(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *twitterauth.Config) {
		u, err := url.Parse(c.CallbackURL)
		if err != nil {
			t.Fatal(err)
		}
		c.TrustedOrigins = []string{"http://" + u.Host, "https://spa.example.com"}
	})
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

// A path that something in this program has shortened is not found, and one
// line of the log explains why.
func TestStripPrefixAroundTheHandler(t *testing.T) {
	t.Parallel()
	for name, wrap := range map[string]func(http.Handler) http.Handler{
		"the folder":    func(h http.Handler) http.Handler { return http.StripPrefix("/auth/twitter", h) },
		"a part of it":  func(h http.Handler) http.Handler { return http.StripPrefix("/auth", h) },
		"nothing of it": func(h http.Handler) http.Handler { return h },
	} {
		s := newSite(t, nil)
		h := wrap(s.auth)
		stripped := name != "nothing of it"
		for range 3 {
			w := record(h, newRequest("GET", "/auth/twitter/session"))
			if (w.Code == 404) != stripped {
				t.Errorf("%s: %d", name, w.Code)
			}
		}
		record(h, newRequest("GET", "/auth/twitter/nothing"))
		if n := strings.Count(s.log.String(), "StripPrefix"); n != map[bool]int{true: 1}[stripped] {
			t.Errorf("%s: %d lines in the log", name, n)
		}
	}
}
