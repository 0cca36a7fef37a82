package twitterauth_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

func goodConfig() twitterauth.Config {
	return twitterauth.Config{
		ConsumerKey:    "key",
		ConsumerSecret: "canary-consumer-secret",
		CallbackURL:    "https://app.example.com/auth/twitter/callback",
		Session:        session.Config{Keys: []session.Key{session.NewKey()}},
	}
}

// faultsOf returns the fields that New complains of.
func faultsOf(t testing.TB, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("%v is not joined", err)
	}
	var fields []string
	for _, err := range joined.Unwrap() {
		var fault *twitterauth.ConfigError
		if !errors.As(err, &fault) || fault.Reason == "" {
			t.Fatalf("%v is no ConfigError", err)
		}
		fields = append(fields, fault.Field)
	}
	return fields
}

func TestConfigFaults(t *testing.T) {
	t.Parallel()
	if _, err := twitterauth.New(newMemory(), goodConfig()); err != nil {
		t.Fatal(err)
	}
	var nilManager *session.Manager
	for name, test := range map[string]struct {
		spoil func(*twitterauth.Config)
		field string
	}{
		"no key":                {func(c *twitterauth.Config) { c.ConsumerKey = "" }, "ConsumerKey"},
		"no secret":             {func(c *twitterauth.Config) { c.ConsumerSecret = "" }, "ConsumerSecret"},
		"a key with a newline":  {func(c *twitterauth.Config) { c.ConsumerKey = "key\n" }, "ConsumerKey"},
		"a secret with a space": {func(c *twitterauth.Config) { c.ConsumerSecret = " s" }, "ConsumerSecret"},
		"a secret with a NUL":   {func(c *twitterauth.Config) { c.ConsumerSecret = "a\x00b" }, "ConsumerSecret"},
		"key and secret alike":  {func(c *twitterauth.Config) { c.ConsumerSecret = c.ConsumerKey }, "ConsumerSecret"},
		"no session keys":       {func(c *twitterauth.Config) { c.Session.Keys = nil }, "Session.Keys"},
		"an empty session key":  {func(c *twitterauth.Config) { c.Session.Keys = []session.Key{{}} }, "Session.Keys"},
		"AllowHTTP":             {func(c *twitterauth.Config) { c.Session.AllowHTTP = true }, "Session.AllowHTTP"},
		"a lifetime below 0":    {func(c *twitterauth.Config) { c.Session.Lifetime = -1 }, "Session.Lifetime"},
		"a cookie name":         {func(c *twitterauth.Config) { c.Session.CookieName = "a b" }, "Session.CookieName"},
		"a nil manager":         {func(c *twitterauth.Config) { c.SessionManager = nilManager }, "SessionManager"},
		"a profile source":      {func(c *twitterauth.Config) { c.Profile = 9 }, "Profile"},
		"MaxLogins":             {func(c *twitterauth.Config) { c.MaxLogins = -1 }, "MaxLogins"},
		"client fields alone":   {func(c *twitterauth.Config) { c.ClientFields = []string{"a"} }, "ClientFields"},
		"an empty client field": {func(c *twitterauth.Config) { c.TokenLogin, c.ClientFields = true, []string{""} }, "ClientFields"},
		"AfterLogin elsewhere":  {func(c *twitterauth.Config) { c.AfterLogin = "https://evil.example/" }, "AfterLogin"},
		"AfterLogin //":         {func(c *twitterauth.Config) { c.AfterLogin = "//e" }, "AfterLogin"},
		"AfterLogin is login":   {func(c *twitterauth.Config) { c.AfterLogin = "/auth/twitter/login" }, "AfterLogin"},
		"AfterLogout":           {func(c *twitterauth.Config) { c.AfterLogout = "javascript:alert(1)" }, "AfterLogout"},
		"an origin with a path": {func(c *twitterauth.Config) { c.TrustedOrigins = []string{"https://a.example/"} }, "TrustedOrigins"},
		"an origin in capitals": {func(c *twitterauth.Config) { c.TrustedOrigins = []string{"https://A.example"} }, "TrustedOrigins"},
		"an origin's own port":  {func(c *twitterauth.Config) { c.TrustedOrigins = []string{"https://a.example:443"} }, "TrustedOrigins"},
		"an origin in http":     {func(c *twitterauth.Config) { c.TrustedOrigins = []string{"http://a.example"} }, "TrustedOrigins"},
		"no origin":             {func(c *twitterauth.Config) { c.TrustedOrigins = []string{"a.example"} }, "TrustedOrigins"},
		"any origin":            {func(c *twitterauth.Config) { c.TrustedOrigins = []string{"*"} }, "TrustedOrigins"},
		"the null origin":       {func(c *twitterauth.Config) { c.TrustedOrigins = []string{"null"} }, "TrustedOrigins"},
		"API in http":           {func(c *twitterauth.Config) { c.APIURL = "http://api.example" }, "APIURL"},
		"API without a scheme":  {func(c *twitterauth.Config) { c.APIURL = "api.x.com" }, "APIURL"},
		"API with a query":      {func(c *twitterauth.Config) { c.APIURL = "https://api.x.com?a" }, "APIURL"},
		"API with user info":    {func(c *twitterauth.Config) { c.APIURL = "https://u@api.x.com" }, "APIURL"},
		"a prefix elsewhere":    {func(c *twitterauth.Config) { c.Prefix = "/other" }, "Prefix"},
		"a prefix in a name":    {func(c *twitterauth.Config) { c.Prefix = "/itter" }, "Prefix"},
		"a prefix without /":    {func(c *twitterauth.Config) { c.Prefix = "twitter" }, "Prefix"},
		"a prefix's last /":     {func(c *twitterauth.Config) { c.Prefix = "/twitter/" }, "Prefix"},
		"the root as a prefix":  {func(c *twitterauth.Config) { c.Prefix = "/" }, "Prefix"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := goodConfig()
			test.spoil(&cfg)
			_, err := twitterauth.New(newMemory(), cfg)
			if got := faultsOf(t, err); !slices.Contains(got, test.field) || len(slices.Compact(got)) != 1 {
				t.Errorf("faults %v: %v", got, err)
			}
			if err != nil && strings.Contains(err.Error(), "canary") {
				t.Errorf("a secret in %v", err)
			}
		})
	}
}

func TestCallbackURLs(t *testing.T) {
	t.Parallel()
	for callback, ok := range map[string]bool{
		"https://app.example.com/auth/twitter/callback":     true,
		"https://app.example.com/a/b":                       true,
		"https://app.example.com:8443/a/b":                  true,
		"https://app.example.com:443/a/b":                   true,
		"https://APP.example.com/a/b":                       true,
		"http://localhost:8080/a/b":                         true,
		"http://127.0.0.1/a/b":                              true,
		"http://127.0.0.2:80/a/b":                           true,
		"http://[::1]:8080/a/b":                             true,
		"":                                                  false,
		"/auth/twitter/callback":                            false,
		"app.example.com/auth/callback":                     false,
		"http://app.example.com/auth/callback":              false,
		"http://localhost.evil.example/a/b":                 false,
		"http://192.168.0.1/a/b":                            false,
		"https://app.example.com":                           false,
		"https://app.example.com/":                          false,
		"https://app.example.com/callback":                  false,
		"https://app.example.com/auth/":                     false,
		"https://app.example.com/auth/callback/":            false,
		"https://app.example.com/auth/callback?a=b":         false,
		"https://app.example.com/auth/callback?":            false,
		"https://app.example.com/auth/callback#a":           false,
		"https://app.example.com/auth/callback#":            false,
		"https://user@app.example.com/auth/callback":        false,
		"https://user:canary@app.example.com/auth/callback": false,
		"https://app.example.com/auth/login":                false,
		"https://app.example.com/auth/logout":               false,
		"https://app.example.com/auth/token":                false,
		"https://app.example.com/auth/session":              false,
		"https://app.example.com//callback":                 false,
		"https://app.example.com/a//callback":               false,
		"https://app.example.com/a/../callback":             false,
		"https://app.example.com/a/./callback":              false,
		"https://app.example.com/a/%63allback":              false,
		"https://app.example.com/a/{x}":                     false,
		"https://app.example.com/a/b c":                     false,
		"https://app.example.com/a/café":                    false,
		"https://exämple.com/a/b":                           false,
		"https://:443/a/b":                                  false,
		"https://app.example.com:99999/a/b":                 false,
		"https://app.example.com:/a/b":                      false,
		"ftp://app.example.com/a/b":                         false,
		"https:app.example.com/a/b":                         false,
		"https://app.example.com/a/b\n":                     false,
		"oob":                                               false,
	} {
		cfg := goodConfig()
		cfg.CallbackURL = callback
		_, err := twitterauth.New(newMemory(), cfg)
		if got := faultsOf(t, err); ok && got != nil || !ok && !slices.Equal(got, []string{"CallbackURL"}) {
			t.Errorf("%q: %v", callback, err)
		}
		if err != nil && strings.Contains(err.Error(), "canary") {
			t.Errorf("a secret in %v", err)
		}
	}
}

func TestConfigFaultsAreToldAtOnce(t *testing.T) {
	t.Parallel()
	var store *memory
	_, err := twitterauth.New(store, twitterauth.Config{MaxLogins: -1, Profile: -1, APIURL: "x", AfterLogin: "x"})
	got := faultsOf(t, err)
	want := []string{"store", "ConsumerKey", "ConsumerSecret", "CallbackURL", "Session.Keys", "APIURL", "Profile", "MaxLogins"}
	if !slices.Equal(got, want) {
		t.Errorf("faults %v, want %v", got, want)
	}
	if _, err := twitterauth.New[*user](nil, goodConfig()); !slices.Equal(faultsOf(t, err), []string{"store"}) {
		t.Errorf("no store: %v", err)
	}
}

func TestConfigIsCopied(t *testing.T) {
	t.Parallel()
	origins := []string{"https://a.example"}
	s := newSite(t, func(c *twitterauth.Config) { c.TrustedOrigins = origins })
	origins[0] = "https://b.example"
	if s.auth.CheckReturnTo("https://a.example/") == "/" || s.auth.CheckReturnTo("https://b.example/") != "/" {
		t.Error("a change after New took effect")
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	t.Parallel()
	cfg := goodConfig()
	auth, err := twitterauth.New(newMemory(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	token := twitterauth.Token{AccessToken: "canary-token", AccessSecret: "canary-secret"}
	for _, v := range []any{cfg, &cfg, auth, token, &token, twitterauth.Login{Token: token}, &twitterauth.Login{Token: token}, []twitterauth.Login{{Token: token}}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			if text := fmt.Sprintf(verb, v); strings.Contains(text, "canary") || strings.Contains(text, "63616e617279") {
				t.Errorf("%T with %s: %s", v, verb, text)
			}
		}
		var b bytes.Buffer
		slog.New(slog.NewJSONHandler(&b, nil)).Info("m", "v", v)
		slog.New(slog.NewTextHandler(&b, nil)).Info("m", "v", v)
		if j, err := json.Marshal(v); err == nil {
			b.Write(j)
		}
		if strings.Contains(b.String(), "canary") {
			t.Errorf("%T: %s", v, b.String())
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
	if got := auth.CheckReturnTo("/shop/auth/twitter/login"); got != "/" {
		t.Errorf("returns to the login: %s", got)
	}
	if html := string(auth.SignInButton("")); !strings.Contains(html, `action="/shop/auth/twitter/login"`) {
		t.Error(html)
	}
}

func TestHTTPSCookies(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *twitterauth.Config) { c.CallbackURL = "https://app.example.com/auth/twitter/callback" })
	w := record(s.auth, newRequest("POST", "/auth/twitter/login"))
	c := w.Result().Cookies()[0]
	if !strings.HasPrefix(c.Name, "__Host-twitterauth_session_login_") || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Domain != "" || c.Path != "/" || c.MaxAge != 600 {
		t.Errorf("cookie %s", c.Raw)
	}
}
