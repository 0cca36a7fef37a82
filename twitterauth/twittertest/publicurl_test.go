package twittertest_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/dghubble/oauth1"

	"twitterlogin.example/twitterauth/twittertest"
)

// signedFor sends a request for a request token to one address, with a Host, signed
// for another address.
func signedFor(t *testing.T, x *twittertest.Server, signed, host string) got {
	t.Helper()
	r := request(t, http.MethodPost, x.URL+"/oauth/request_token", nil)
	r.Header.Set("Authorization", requestTokenCall(x).signAt(signed).authorization())
	if host != "" {
		r.Host = host
	}
	return do(t, x.Client(), r)
}

func TestPublicURLs(t *testing.T) {
	t.Parallel()
	const own = "OWN" // the address that x.URL has
	tests := []struct {
		name   string
		public []string
		host   string // "": that of x.URL
		signed string
		ok     bool
	}{
		{"no public URL, own address", nil, "", own, true},
		{"no public URL, another Host", nil, "standin:9090", "http://standin:9090", true},
		{"no public URL, another address", nil, "", "https://api.x.com", false},
		{"proxy that keeps the Host", []string{"https://x.test"}, "x.test", "https://x.test", true},
		{"proxy that keeps the Host, signed with http", []string{"https://x.test"}, "x.test", "http://x.test", false},
		{"proxy that replaces the Host", []string{"https://x.test"}, "", "https://x.test", true},
		{"default port in the public URL", []string{"https://x.test:443"}, "", "https://x.test", true},
		{"slash and capitals in the public URL", []string{"HTTPS://X.Test/"}, "", "https://x.test", true},
		{"other port in the public URL", []string{"https://x.test:8443"}, "x.test", "https://x.test:8443", true},
		{"port left out", []string{"https://x.test:8443"}, "", "https://x.test", false},
		{"first of two", []string{"https://api.x.com", "https://api.twitter.com"}, "", "https://api.x.com", true},
		{"second of two", []string{"https://api.x.com", "https://api.twitter.com"}, "", "https://api.twitter.com", true},
		{"second of two at the first", []string{"https://api.x.com", "https://api.twitter.com"}, "api.x.com", "https://api.twitter.com", true},
		{"none of two", []string{"https://api.x.com", "https://api.twitter.com"}, "", "https://x.com", false},
		{"own address beside public URLs", []string{"https://api.x.com"}, "", own, true},
		{"one name with both schemes", []string{"https://x.test", "http://x.test:9090"}, "x.test:9090", "http://x.test:9090", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := start(t)
			x.SetPublicURL(tt.public...)
			if tt.signed == own {
				tt.signed = x.URL
			}
			want := map[bool]int{true: http.StatusOK, false: http.StatusUnauthorized}[tt.ok]
			if g := signedFor(t, x, tt.signed, tt.host); g.StatusCode != want {
				t.Errorf("%d %s", g.StatusCode, g.body)
			}
		})
	}
}

func TestPublicURLsAreReplaced(t *testing.T) {
	t.Parallel()
	x := start(t)
	x.SetPublicURL("https://first.test")
	x.SetPublicURL("https://second.test")
	x.Reset()
	for address, want := range map[string]int{"https://first.test": 401, "https://second.test": 200} {
		if g := signedFor(t, x, address, ""); g.StatusCode != want {
			t.Errorf("%s: %d", address, g.StatusCode)
		}
	}
	x.SetPublicURL()
	if g := signedFor(t, x, "https://second.test", ""); g.StatusCode != 401 {
		t.Errorf("without public URLs: %d", g.StatusCode)
	}
}

func TestPublicURLsThatAreRefused(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "x.test", "x.test:443", "//x.test", "ftp://x.test", "https://", "https://:443", "https://x.test/path", "https://x.test?", "https://x.test/?a=b", "https://x.test/#a", "https://a@x.test", "https://x test"} {
		if twittertest.CheckPublicURL(address) == nil {
			t.Errorf("%q is accepted", address)
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("SetPublicURL accepts %q", address)
				}
			}()
			x := lenient(t)
			x.SetPublicURL("https://x.test", address)
		}()
	}
}

// The form of the consent page goes to where the browser came, under each name.
func TestConsentPageFollowsTheAddress(t *testing.T) {
	t.Parallel()
	public := []string{"http://standin:9090", "https://x.test"}
	tests := []struct {
		name   string
		public []string
		host   string
		action string
	}{
		{"no public URL", nil, "", "/oauth/decide"},
		{"no public URL, another Host", nil, "standin:9090", "/oauth/decide"},
		{"first public URL", public, "standin:9090", "http://standin:9090/oauth/decide"},
		{"second public URL, at a proxy that ends TLS", public, "x.test", "https://x.test/oauth/decide"},
		{"another address", public, "", "/oauth/decide"},
		{"another port", public, "standin", "http://standin:9090/oauth/decide"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := start(t)
			x.SetPublicURL(tt.public...)
			token, _ := begin(t, x)
			oauth2 := authorizeURL(x, authorizeQuery(x, loginScope))
			for _, address := range []string{consentURL(x, token), oauth2} {
				r := request(t, http.MethodGet, address, nil)
				if tt.host != "" {
					r.Host = tt.host
				}
				page := do(t, x.Client(), r)
				if forms, right := strings.Count(page.body, "<form "), strings.Count(page.body, `action="`+tt.action+`"`); right != forms || forms != 5 {
					t.Errorf("%d of %d forms have the action %s: %d", right, forms, tt.action, page.StatusCode)
				}
			}
		})
	}
}

// A login through a proxy that ends TLS, by a client that knows the proxy alone.
func TestLoginThroughProxyThatEndsTLS(t *testing.T) {
	t.Parallel()
	for name, replacesHost := range map[string]bool{"keeps the Host": false, "replaces the Host": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := start(t)
			target, err := url.Parse(x.URL)
			if err != nil {
				t.Fatal(err)
			}
			proxy := httptest.NewTLSServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
				r.SetURL(target) // also replaces the Host
				if !replacesHost {
					r.Out.Host = r.In.Host
				}
			}})
			t.Cleanup(proxy.Close)
			x.SetPublicURL(proxy.URL)
			x.SignInAs(zoe)

			app := consumer(x)
			app.HTTPClient = proxy.Client()
			app.Endpoint = oauth1.Endpoint{RequestTokenURL: proxy.URL + "/oauth/request_token", AuthorizeURL: proxy.URL + "/oauth/authenticate", AccessTokenURL: proxy.URL + "/oauth/access_token"}
			token, secret, err := app.RequestToken()
			if err != nil {
				t.Fatal(err)
			}
			browser := *proxy.Client()
			browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
			consent := get(t, &browser, app.Endpoint.AuthorizeURL+"?oauth_token="+token)
			access, _, err := app.AccessToken(token, secret, queryOf(t, consent.Header.Get("Location")).Get("oauth_verifier"))
			if err != nil || !strings.HasPrefix(access, zoe+"-") {
				t.Errorf("%v %s", err, access)
			}
		})
	}
}
