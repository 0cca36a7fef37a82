package twitterauth_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth"
)

// formActionOf is what a page of the library lets its form lead to, and
// consentOf where its login leads.
func formActionOf(auth http.Handler) []string {
	r := newRequest("GET", "/auth/twitter/login")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	r.Header.Set("Sec-Fetch-Dest", "document")
	_, action, _ := strings.Cut(record(auth, r).Header().Get("Content-Security-Policy"), "form-action ")
	action, _, _ = strings.Cut(action, ";")
	return strings.Fields(action)
}

func consentOf(auth http.Handler) string {
	at, _, _ := strings.Cut(record(auth, newRequest("POST", "/auth/twitter/login")).Header().Get("Location"), "?")
	return at
}

// Where OAuth 2.0's consent page is, and whether the pages' own policy lets
// the login form lead there and on.
func TestAuthorizePages(t *testing.T) {
	t.Parallel()
	const atX = "https://x.com/i/oauth2/authorize"
	for _, test := range []struct{ api, authorize, want string }{
		{"", "", atX},
		{"https://api.x.com", "", atX},
		{"https://api.x.com/", "", atX},
		{"https://API.X.com:443", "", atX},
		{"https://api.twitter.com", "", atX},
		{"https://api.twitter.com/", "", atX},
		{"https://api.twitter.com:443", "", atX},
		{"https://API.Twitter.com:443//", "", atX},
		{"HTTPS://api.twitter.com", "", atX},
		{"https://api.twitter.com:444", "", "https://api.twitter.com:444/i/oauth2/authorize"},
		{"https://api.twitter.com/proxy", "", "https://api.twitter.com/proxy/i/oauth2/authorize"},
		{"https://twitter.com", "", "https://twitter.com/i/oauth2/authorize"},
		{"https://api.twitter.com.example", "", "https://api.twitter.com.example/i/oauth2/authorize"},
		{"https://proxy.example/x", "", "https://proxy.example/x/i/oauth2/authorize"},
		{"https://proxy.example/x/", "", "https://proxy.example/x/i/oauth2/authorize"},
		{"https://proxy.example:444", "", "https://proxy.example:444/i/oauth2/authorize"},
		{"http://127.0.0.1:9", "", "http://127.0.0.1:9/i/oauth2/authorize"},
		{"https://proxy.example", atX, atX},
		{"https://proxy.example", "https://X.com:443/i/oauth2/authorize", "https://X.com:443/i/oauth2/authorize"},
		{"https://proxy.example", "https://twitter.com/i/oauth2/authorize", "https://twitter.com/i/oauth2/authorize"},
		{"https://proxy.example", "https://consent.example/page/", "https://consent.example/page/"},
		{"http://127.0.0.1:9", "http://localhost:10/consent", "http://localhost:10/consent"},
		{"", "https://consent.example/page", "https://consent.example/page"},
	} {
		cfg := goodConfig()
		onlyClient(&cfg, "id", "")
		cfg.APIURL, cfg.AuthorizeURL = test.api, test.authorize
		auth, err := twitterauth.New(newMemory(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		if at := consentOf(auth); at != test.want {
			t.Errorf("%q, %q: %s", test.api, test.authorize, at)
		}
		u, _ := url.Parse(strings.ToLower(test.want))
		allowed := formActionOf(auth)
		if origin := u.Scheme + "://" + strings.TrimSuffix(u.Host, ":443"); !slices.Contains(allowed, origin) {
			t.Errorf("%q, %q: form-action %v", test.api, test.authorize, allowed)
		}
		originsOfX := []string{"https://x.com", "https://twitter.com", "https://api.twitter.com"} // among which X redirects
		atX := test.api == "" || slices.Contains(originsOfX, u.Scheme+"://"+strings.TrimSuffix(u.Host, ":443"))
		for _, origin := range originsOfX {
			if atX != slices.Contains(allowed, origin) {
				t.Errorf("%q, %q: form-action %v, X's %s: want %t", test.api, test.authorize, allowed, origin, atX)
			}
		}
	}
}

func TestAuthorizeURLs(t *testing.T) {
	t.Parallel()
	for address, ok := range map[string]bool{
		"":                                         true,
		"https://x.com/i/oauth2/authorize":         true,
		"https://consent.example":                  true,
		"https://consent.example:444/a/b":          true,
		"http://127.0.0.1:9/i/oauth2/authorize":    true,
		"http://localhost/authorize":               true,
		"http://[::1]:9/authorize":                 true,
		"http://x.com/i/oauth2/authorize":          false,
		"http://192.168.0.1/authorize":             false,
		"x.com/i/oauth2/authorize":                 false,
		"/i/oauth2/authorize":                      false,
		"//x.com/i/oauth2/authorize":               false,
		"https:///i/oauth2/authorize":              false,
		"javascript:alert(1)":                      false,
		"ftp://x.com/a":                            false,
		"https://x.com/i/oauth2/authorize?a=b":     false,
		"https://x.com/i/oauth2/authorize?":        false,
		"https://x.com/i/oauth2/authorize#a":       false,
		"https://x.com/i/oauth2/authorize#":        false,
		"https://u@x.com/i/oauth2/authorize":       false,
		"https://u:canary@x.com/authorize":         false,
		"https://äx.example/authorize":             false,
		"https://x.com/i/oauth2/a b":               false,
		"https://x.com/i/oauth2/%61uthorize":       false,
		"https://x.com:0443/authorize":             false,
		"https://x.com:/authorize":                 false,
		" https://x.com/i/oauth2/authorize":        false,
		"https://x.com/i/oauth2/authorize\n":       false,
		"https://x.com; script-src *.evil.example": false,
	} {
		cfg := goodConfig()
		onlyClient(&cfg, "id", "")
		cfg.AuthorizeURL = address
		_, err := twitterauth.New(newMemory(), cfg)
		if got := faultsOf(t, err); ok && got != nil || !ok && !slices.Equal(got, []string{"AuthorizeURL"}) {
			t.Errorf("%q: %v", address, err)
		}
		if err != nil && strings.Contains(err.Error(), "canary") {
			t.Errorf("a secret in %v", err)
		}
	}
	cfg := goodConfig()
	cfg.AuthorizeURL = "https://x.com/i/oauth2/authorize"
	if _, err := twitterauth.New(newMemory(), cfg); !slices.Equal(faultsOf(t, err), []string{"AuthorizeURL"}) || !strings.Contains(err.Error(), "no effect without ClientID") {
		t.Errorf("without ClientID: %v", err)
	}
}

// The API goes through a proxy that has no pages; people go to X itself.
func TestLoginThroughAProxy(t *testing.T) {
	t.Parallel()
	for name, issuer := range map[string]func(s *site, proxy string) string{
		"no issuer":           func(*site, string) string { return "" },
		"the page's":          func(s *site, _ string) string { return s.x.URL },
		"the API's":           func(_ *site, proxy string) string { return proxy },
		"X's":                 func(*site, string) string { return "https://x.com" },
		"another's (refused)": func(*site, string) string { return "https://evil.example" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var target *url.URL
			proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if !strings.HasPrefix(r.URL.Path, "/2/") {
					http.NotFound(w, r)
					return
				}
				httputil.NewSingleHostReverseProxy(target).ServeHTTP(w, r)
			}))
			t.Cleanup(proxy.Close)
			s := newSite(t, over(oauth2), configured(func(c *twitterauth.Config) {
				target, _ = url.Parse(c.APIURL)
				c.AuthorizeURL, c.APIURL = c.APIURL+"/i/oauth2/authorize", proxy.URL
			}))
			b := s.browser(t)
			callback := b.approve(b.start(nil), ada)
			if iss := issuer(s, proxy.URL); iss != "" {
				callback += "&iss=" + url.QueryEscape(iss)
			}
			r := b.get(callback)
			if refused := strings.Contains(name, "refused"); (r.StatusCode == http.StatusBadRequest) != refused || b.hasSession() == refused {
				t.Errorf("%d %s\n%s", r.StatusCode, r.body, s.log)
			}
			for _, origin := range []string{s.x.URL, proxy.URL} {
				if !slices.Contains(formActionOf(s.auth), origin) {
					t.Errorf("form-action %v lacks %s", formActionOf(s.auth), origin)
				}
			}
			if err := s.auth.Check(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}
