package twitterauth_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// Servers reject requests whose line or headers are too long: nginx 8 KB of each,
// and 4 KB of an answer's headers, by default. With the longest inputs that the
// login accepts, what an app's login adds stays below, except for the headers of the
// way back where each character of the longest state is encoded; docs/production.md
// has that. -v prints the sizes.
func TestAppSizes(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		longURI := "com.example.app:/" + strings.Repeat("a", 512-len("com.example.app:/"))
		longLoopback := "http://127.0.0.1/" + strings.Repeat("a", 512-len("http://127.0.0.1/"))
		long := strings.Repeat("k", 256)
		for name, test := range map[string]struct {
			redirectURI, state string
			long               bool // X's tokens have the longest form too
			code               int  // most bytes
			cookie             int  // most bytes, name and value
			header             int  // most bytes of the way back's headers
		}{
			"usual":            {privateScheme, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", false, 512, 512, 1536},
			"longest":          {longURI, strings.Repeat("s", 512), true, 1400, 2400, 4096},
			"longest, encoded": {longLoopback, strings.Repeat("\"", 512), true, 1400, 2400, 5120},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := newAppSite(t, p, configured(func(c *twitterauth.Config) {
					c.AppCallbacks = []string{privateScheme, longURI, longLoopback}
					if test.long {
						c.Session.CookieName = strings.Repeat("n", 64)
					}
				}))
				if test.long {
					s.x.Fail(twittertest.RequestToken, twittertest.Respond(200, "text/html", "oauth_token="+long+"&oauth_token_secret="+long+"&oauth_callback_confirmed=true"))
				}
				redirectURI := strings.Replace(test.redirectURI, "127.0.0.1", "127.0.0.1:65535", 1)
				b := s.browser(t)
				r := b.do("POST", authorizePath, appQuery(redirectURI, url.Values{"state": {test.state}}))
				size := func(r reply) (cookie, headers int) {
					for _, c := range r.Cookies() {
						cookie = max(cookie, len(c.Name)+len(c.Value))
					}
					for name, values := range r.Header {
						for _, v := range values {
							headers += len(name) + len(": \r\n") + len(v)
						}
					}
					return cookie, headers
				}
				cookie, _ := size(r)
				u, err := url.Parse(r.location())
				if err != nil || r.StatusCode != http.StatusSeeOther {
					t.Fatalf("%d %s", r.StatusCode, r.body)
				}
				callback := ""
				if test.long {
					callback = "/auth/twitter/callback?" + p.key + "=" + u.Query().Get(p.key) + "&" + p.proof + "=" + long
				} else {
					callback = b.approve(r.location(), ada)
				}
				r = b.visit(callback)
				usedCookie, headers := size(r)
				location := strings.TrimPrefix(r.Header.Get("Refresh"), "0;url=") + r.location()
				back, err := url.Parse(location)
				if err != nil || !strings.HasPrefix(location, redirectURI+"?") {
					t.Fatalf("%d %s", r.StatusCode, r.body)
				}
				code := back.Query().Get("code")
				t.Logf("%s: code %d, cookie %d, used cookie %d, address %d, headers of the way back %d", t.Name(), len(code), cookie, usedCookie, len(location), headers)
				if len(code) > test.code || cookie > test.cookie || usedCookie > cookie || headers > test.header {
					t.Errorf("code %d, cookie %d, used %d, headers %d", len(code), cookie, usedCookie, headers)
				}
			})
		}
	})
}

// A link request's address is within what servers take of a request line.
func TestAppLinkAddressSize(t *testing.T) {
	t.Parallel()
	longURI := "com.example.app:/" + strings.Repeat("a", 512-len("com.example.app:/"))
	s := newAppSite(t, oauth2, configured(func(c *twitterauth.Config) {
		c.AppCallbacks, c.Session.Keys = []string{longURI}, []session.Key{session.NewKey()}
	}))
	app := s.app(t, longURI)
	fields := map[string]string{"state": strings.Repeat("s", 512)}
	for name, values := range app.request() {
		if name != "state" {
			fields[name] = values[0]
		}
	}
	r := s.postAuthorize(t, fields, "Bearer "+s.guestToken(t, "guest"))
	t.Logf("link address: %d bytes", len(r.body)-len("{\"url\":\"\"}\n"))
	if r.StatusCode != 200 || len(r.body) > 2048 {
		t.Errorf("%d, %d bytes", r.StatusCode, len(r.body))
	}
}
