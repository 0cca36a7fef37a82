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

// What only a post may ask for does not count in a visit, also where the visit begins
// a login at once.
func TestVisitsAskForNoMore(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newSite(t, over(p), withStore(linkingMemory{newMemory()}))
		b := s.browser(t)
		b.login(ada, nil)
		var got twitterauth.Login
		s.users.onLogin = func(_ context.Context, login twitterauth.Login) (string, error) {
			got = login
			return "u1", nil
		}
		for _, query := range []string{"link=true", "reauth=true", "data=invite"} {
			r := b.get("/auth/twitter/login?"+query, "Accept", "text/html")
			if !strings.HasPrefix(r.location(), s.x.URL) {
				t.Fatalf("%s: %d %s", query, r.StatusCode, r.body)
			}
			got = twitterauth.Login{}
			if r := b.get(b.approve(r.location(), ada)); r.StatusCode != http.StatusSeeOther || got.TwitterID != ada || got.Reauth || got.Data != "" {
				t.Errorf("%s: %d, the store got Reauth %t, Data %q for %q", query, r.StatusCode, got.Reauth, got.Data, got.TwitterID)
			}
		}
	})
}

func TestVisitLogin(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newSite(t, over(p))
		for name, test := range map[string]struct {
			header []string
			want   string // "starts", "asks", "refuses"
		}{
			"a browser that says nothing": {nil, "starts"},
			"typed":                       {[]string{"Sec-Fetch-Site", "none", "Sec-Fetch-Dest", "document", "Sec-Fetch-Mode", "navigate"}, "starts"},
			"a link on this site":         {[]string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Dest", "document", "Sec-Fetch-Mode", "navigate"}, "starts"},
			"a link on another site":      {[]string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "document", "Sec-Fetch-Mode", "navigate"}, "asks"},
			"a link on a sibling":         {[]string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Dest", "document"}, "asks"},
			"a site not known yet":        {[]string{"Sec-Fetch-Site", "new-word", "Sec-Fetch-Dest", "document"}, "asks"},
			"an image":                    {[]string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Dest", "image"}, "refuses"},
			"an image elsewhere":          {[]string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "image", "Sec-Fetch-Mode", "no-cors"}, "refuses"},
			"a service worker":            {[]string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Dest", "empty", "Sec-Fetch-Mode", "navigate"}, "starts"},
			"one for a link elsewhere":    {[]string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "empty", "Sec-Fetch-Mode", "navigate"}, "asks"},
			"a frame":                     {[]string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "iframe", "Sec-Fetch-Mode", "navigate"}, "refuses"},
			"a frame of this site":        {[]string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Dest", "iframe"}, "refuses"},
			"an object":                   {[]string{"Sec-Fetch-Dest", "object"}, "refuses"},
			"a script's fetch":            {[]string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Dest", "empty", "Sec-Fetch-Mode", "cors"}, "refuses"},
			"a link prefetch":             {[]string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Dest", "document", "Sec-Purpose", "prefetch"}, "refuses"},
			"speculation rules":           {[]string{"Sec-Fetch-Site", "none", "Sec-Fetch-Dest", "document", "Sec-Purpose", "prefetch;prerender"}, "refuses"},
			"an old prefetch":             {[]string{"Purpose", "prefetch"}, "refuses"},
			"an old Firefox prefetch":     {[]string{"X-Moz", "prefetch"}, "refuses"},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				b := s.browser(t)
				header := append([]string{"Accept", "text/html"}, test.header...)
				r := b.get("/auth/twitter/login?return_to=/account%3Fa%3D%22b&stayLoggedIn=1&link=true&data=x", header...)
				pending, _ := b.pendingLogins()
				switch test.want {
				case "starts":
					if r.StatusCode != http.StatusSeeOther || !strings.HasPrefix(r.location(), s.x.URL) || len(pending) != 1 {
						t.Errorf("%d %s, cookies %v", r.StatusCode, r.location(), pending)
					}
					if strings.Contains(r.location(), "/oauth/authorize") {
						t.Error("link was read from a query")
					}
					return
				case "asks":
					if r.StatusCode != http.StatusOK || !strings.Contains(r.body, `<form class="twitterauth" method="post" action="/auth/twitter/login">`) || !strings.Contains(r.body, `value="/account?a=&#34;b"`) || !strings.Contains(r.body, `name="stayLoggedIn" value="false"`) || strings.Contains(r.body, `name="link"`) {
						t.Errorf("%d %s", r.StatusCode, r.body)
					}
				case "refuses":
					if r.StatusCode != http.StatusForbidden {
						t.Errorf("%d %s", r.StatusCode, r.body)
					}
				}
				if len(r.Cookies()) != 0 || r.location() != "" {
					t.Errorf("cookies %v, location %q", r.Cookies(), r.location())
				}
			})
		}
		t.Cleanup(func() {
			if n := len(s.x.Requests()); n != 4 && !p.oauth2 || n != 0 && p.oauth2 {
				t.Errorf("X was asked %d times, want once for each login that starts", n)
			}
		})
	})
}

func TestPostsFromOtherOrigins(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		if p.oauth2 {
			p.use = useBoth // for the token route
		}
		const trusted = "https://spa.example.com"
		for _, path := range []string{"/auth/twitter/login", "/auth/twitter/logout", "/auth/twitter/token"} {
			t.Run(path, func(t *testing.T) {
				t.Parallel()
				s := newSite(t, over(p), configured(func(c *twitterauth.Config) { c.TrustedOrigins, c.TokenLogin = []string{trusted}, true }))
				for name, test := range map[string]struct {
					header []string
					ok     bool
				}{
					"no browser":                       {nil, true},
					"same origin":                      {[]string{"Origin", s.URL, "Sec-Fetch-Site", "same-origin"}, true},
					"a trusted origin":                 {[]string{"Origin", trusted, "Sec-Fetch-Site", "same-site"}, true},
					"a trusted origin, old browser":    {[]string{"Origin", trusted}, true},
					"own origin, old, Host rewritten":  {[]string{"Origin", s.URL, "Host", "upstream:9000"}, true},
					"an opaque origin, same-origin":    {[]string{"Origin", "null", "Sec-Fetch-Site", "same-origin"}, true},
					"cross-site":                       {[]string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, false},
					"cross-site, old browser":          {[]string{"Origin", "https://evil.example"}, false},
					"a sibling":                        {[]string{"Origin", "https://evil.example.com", "Sec-Fetch-Site", "same-site"}, false},
					"cross-site without Origin":        {[]string{"Sec-Fetch-Site", "cross-site"}, false},
					"an opaque origin":                 {[]string{"Origin", "null"}, false},
					"an opaque origin, cross-site":     {[]string{"Origin", "null", "Sec-Fetch-Site", "cross-site"}, false},
					"an opaque origin, none":           {[]string{"Origin", "null", "Sec-Fetch-Site", "none"}, false},
					"the trusted origin, another port": {[]string{"Origin", trusted + ":444", "Sec-Fetch-Site", "same-site"}, false},
					"the trusted origin in http":       {[]string{"Origin", "http://spa.example.com", "Sec-Fetch-Site", "cross-site"}, false},
				} {
					b := s.browser(t)
					b.login(ada, nil)
					s.x.ResetRequests()
					r := b.do("POST", path, url.Values{}, test.header...)
					if test.ok {
						if r.StatusCode == http.StatusForbidden {
							t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
						}
						continue
					}
					if r.StatusCode != http.StatusForbidden || r.code(t) != "cross_origin" || len(r.Cookies()) != 0 || len(s.x.Requests()) != 0 || b.whoami() == "nobody" {
						t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
					}
				}
			})
		}
	})
}

func TestLoopbackNamesMeet(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, port, _ := strings.Cut(strings.TrimPrefix(s.URL, "http://"), ":")
	for host, redirected := range map[string]bool{
		"localhost:" + port: true, "LOCALHOST:" + port: true, "[::1]:" + port: true, "127.0.0.1:" + port: false,
		"localhost": false, "localhost:1": false, "evil.example:" + port: false, "upstream": false, "localhost.evil.example:" + port: false, "": false,
	} {
		for _, method := range []string{"GET", "POST"} {
			r := newRequest(method, "/auth/twitter/login?return_to=/a%26b&stayLoggedIn=1")
			r.Host = host
			w := record(s.auth, r)
			want := s.URL + "/auth/twitter/login?return_to=%2Fa%26b&stayLoggedIn=true"
			if method == "POST" { // whose query is not read
				want = s.URL + "/auth/twitter/login?return_to=%2F&stayLoggedIn=false"
			}
			if (w.Code == http.StatusSeeOther && w.Header().Get("Location") == want) != redirected {
				t.Errorf("%s to %q: %d %s", method, host, w.Code, w.Header().Get("Location"))
			}
			if redirected && len(w.Result().Cookies()) != 0 {
				t.Errorf("%s to %q sets a cookie", method, host)
			}
		}
	}
}

func TestLoopbackNamesLoseNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t, withStore(linkingMemory{newMemory()}))
	b := s.browser(t)
	_, port, _ := strings.Cut(strings.TrimPrefix(s.URL, "http://"), ":")
	for _, form := range []url.Values{{"link": {"true"}}, {"data": {"invite"}}} {
		r := b.do("POST", "/auth/twitter/login", form, "Host", "localhost:"+port)
		if r.StatusCode != http.StatusBadRequest || r.code(t) != "bad_request" || !strings.Contains(r.body, s.URL) {
			t.Errorf("%v: %d %s", form, r.StatusCode, r.body)
		}
	}
	r := b.do("POST", "/auth/twitter/login", url.Values{"return_to": {"/a"}}, "Host", "localhost:"+port, "Accept", "application/json")
	if r.StatusCode != http.StatusOK || r.body != `{"url":"`+s.URL+`/auth/twitter/login?return_to=%2Fa\u0026stayLoggedIn=false"}`+"\n" {
		t.Errorf("JSON: %d %s", r.StatusCode, r.body)
	}
}

func TestRequestHeadersDecideNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
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

func TestUnconfirmedCallback(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]twittertest.Fault{
		"left out":       twittertest.NotConfirmed(),
		"false":          twittertest.NotConfirmed("false"),
		"true and false": twittertest.NotConfirmed("true", "false"),
		"false and true": twittertest.NotConfirmed("false", "true"),
		"empty":          twittertest.NotConfirmed(""),
	} {
		s := newSite(t)
		s.x.Fail(twittertest.RequestToken, fault)
		b := s.browser(t)
		r := b.do("POST", "/auth/twitter/login", url.Values{})
		if r.StatusCode != http.StatusBadGateway || r.code(t) != "provider_unavailable" || r.location() != "" || len(r.Cookies()) != 0 {
			t.Errorf("%s: %d %s %v", name, r.StatusCode, r.body, r.Cookies())
		}
	}
}
