package twitterauth_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/sessions"

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

func newManager(t testing.TB, allowHTTP bool) *session.Manager {
	t.Helper()
	m, err := session.New(session.Config{Keys: []session.Key{session.NewKey()}, AllowHTTP: allowHTTP})
	if err != nil {
		t.Fatal(err)
	}
	return m
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
		var problem *twitterauth.ConfigError
		if !errors.As(err, &problem) || problem.Reason == "" {
			t.Fatalf("%v is no ConfigError", err)
		}
		fields = append(fields, problem.Field)
	}
	return fields
}

// withScopes asks for scopes over OAuth 2.0.
func withScopes(scopes ...string) func(*twitterauth.Config) {
	return func(c *twitterauth.Config) { c.ClientID, c.Scopes = "id", scopes }
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
		"a key with a byte order mark":    {func(c *twitterauth.Config) { c.ConsumerKey = "\ufeffkey" }, "ConsumerKey"},
		"a key with a zero-width space":   {func(c *twitterauth.Config) { c.ConsumerKey = "ke\u200by" }, "ConsumerKey"},
		"a key in quotes":                 {func(c *twitterauth.Config) { c.ConsumerKey = `"key"` }, "ConsumerKey"},
		"a key that is no UTF-8":          {func(c *twitterauth.Config) { c.ConsumerSecret = "canary\xff" }, "ConsumerSecret"},
		"an ID that is a secret":          {func(c *twitterauth.Config) { c.ClientID = c.ConsumerSecret }, "ClientID"},
		"a secret that is a key":          {func(c *twitterauth.Config) { c.ClientID, c.ClientSecret = "id", c.ConsumerKey }, "ClientSecret"},
		"a nil pointer for a store":       {func(c *twitterauth.Config) { var s *sessions.FilesystemStore; c.Session.Store = s }, "Session.Store"},
		"a store without a key":           {func(c *twitterauth.Config) { c.Session.Store = sessions.NewCookieStore() }, "Session.Store"},
		"a lifetime without a unit":       {func(c *twitterauth.Config) { c.Session.Lifetime = 24 }, "Session.Lifetime"},
		"seconds for a lifetime":          {func(c *twitterauth.Config) { c.Session.StayLifetime = 30 * 24 * 3600 }, "Session.StayLifetime"},
		"a manager that New did not make": {func(c *twitterauth.Config) { c.SessionManager = &session.Manager{} }, "SessionManager"},
		"a manager for http":              {func(c *twitterauth.Config) { c.SessionManager = newManager(t, true) }, "SessionManager"},
		"a manager for https": {func(c *twitterauth.Config) {
			c.CallbackURL, c.SessionManager = "http://127.0.0.1/a/b", newManager(t, false)
		}, "SessionManager"},
		"a nil pointer for a transport":   {func(c *twitterauth.Config) { var tr *http.Transport; c.HTTPClient = &http.Client{Transport: tr} }, "HTTPClient"},
		"a timeout without a unit":        {func(c *twitterauth.Config) { c.HTTPClient = &http.Client{Timeout: 10} }, "HTTPClient"},
		"a wildcard for an origin":        {func(c *twitterauth.Config) { c.TrustedOrigins = []string{"https://*.example.com"} }, "TrustedOrigins"},
		"an origin that is not ASCII":     {func(c *twitterauth.Config) { c.TrustedOrigins = []string{"https://spä.example.com"} }, "TrustedOrigins"},
		"an origin that browsers rewrite": {func(c *twitterauth.Config) { c.TrustedOrigins = []string{"https://[0:0:0:0:0:0:0:1]"} }, "TrustedOrigins"},
		"an origin's port":                {func(c *twitterauth.Config) { c.TrustedOrigins = []string{"https://spa.example.com:08443"} }, "TrustedOrigins"},
		"two origins in one":              {func(c *twitterauth.Config) { c.TrustedOrigins = []string{"https://a,b.example.com"} }, "TrustedOrigins"},
		"an API that is not ASCII":        {func(c *twitterauth.Config) { c.APIURL = "https://äpi.example.com" }, "APIURL"},
		"an API with a space":             {func(c *twitterauth.Config) { c.APIURL = "https://api.example.com/a b" }, "APIURL"},
		"login after the login": {func(c *twitterauth.Config) {
			c.TrustedOrigins = []string{"https://app.example.com"}
			c.AfterLogin = "https://app.example.com/auth/twitter/login"
		}, "AfterLogin"},
		"no key":                           {func(c *twitterauth.Config) { c.ConsumerKey = "" }, "ConsumerKey"},
		"no secret":                        {func(c *twitterauth.Config) { c.ConsumerSecret = "" }, "ConsumerSecret"},
		"a key with a newline":             {func(c *twitterauth.Config) { c.ConsumerKey = "key\n" }, "ConsumerKey"},
		"a secret with a space":            {func(c *twitterauth.Config) { c.ConsumerSecret = " s" }, "ConsumerSecret"},
		"a secret with a NUL":              {func(c *twitterauth.Config) { c.ConsumerSecret = "a\x00b" }, "ConsumerSecret"},
		"key and secret alike":             {func(c *twitterauth.Config) { c.ConsumerSecret = c.ConsumerKey }, "ConsumerSecret"},
		"no keys at all":                   {func(c *twitterauth.Config) { c.ConsumerKey, c.ConsumerSecret = "", "" }, "ConsumerKey, ConsumerSecret"},
		"a consumer secret and a client":   {func(c *twitterauth.Config) { c.ConsumerKey = ""; c.ClientID, c.ClientSecret = "id", "canary" }, "ConsumerKey"},
		"a consumer key and a client":      {func(c *twitterauth.Config) { c.ConsumerSecret = ""; c.ClientID, c.ClientSecret = "id", "canary" }, "ConsumerSecret"},
		"a client secret alone":            {func(c *twitterauth.Config) { onlyClient(c, "", "canary") }, "ClientID"},
		"a client secret beside a key":     {func(c *twitterauth.Config) { c.ClientSecret = "canary" }, "ClientID"},
		"client ID and secret alike":       {func(c *twitterauth.Config) { onlyClient(c, "canary", "canary") }, "ClientSecret"},
		"client ID and key alike":          {func(c *twitterauth.Config) { c.ClientID = c.ConsumerKey }, "ClientID"},
		"client and consumer secret alike": {func(c *twitterauth.Config) { c.ClientID, c.ClientSecret = "id", c.ConsumerSecret }, "ClientSecret"},
		"a client ID with a newline":       {func(c *twitterauth.Config) { onlyClient(c, "id\n", "canary") }, "ClientID"},
		"a client ID of spaces":            {func(c *twitterauth.Config) { c.ClientID = "  " }, "ClientID"},
		"a client secret with a space":     {func(c *twitterauth.Config) { onlyClient(c, "id", "canary ") }, "ClientSecret"},
		"a client secret with a NUL":       {func(c *twitterauth.Config) { onlyClient(c, "id", "can\x00ary") }, "ClientSecret"},
		"offline access over 1.0a":         {func(c *twitterauth.Config) { c.OfflineAccess = true }, "OfflineAccess"},
		"scopes over 1.0a":                 {func(c *twitterauth.Config) { c.Scopes = []string{"tweet.write"} }, "Scopes"},
		"an empty scope":                   {withScopes("tweet.write", ""), "Scopes"},
		"two scopes in one":                {withScopes("tweet.write like.read"), "Scopes"},
		"scopes with a comma":              {withScopes("tweet.write,like.read"), "Scopes"},
		"a scope with a line break":        {withScopes("tweet.write\n"), "Scopes"},
		"a scope with a no-break space":    {withScopes("tweet.write\u00a0"), "Scopes"},
		"a scope in quotes":                {withScopes(`"tweet.write"`), "Scopes"},
		"a scope with a backslash":         {withScopes(`tweet\write`), "Scopes"},
		"a scope with a NUL":               {withScopes("tweet.write\x00"), "Scopes"},
		"a scope of 9,000 characters":      {withScopes(strings.Repeat("a", 9000)), "Scopes"},
		"ForceLogin over 2.0":              {func(c *twitterauth.Config) { onlyClient(c, "id", "canary"); c.ForceLogin = true }, "ForceLogin"},
		"ProfileV1 over 2.0":               {func(c *twitterauth.Config) { onlyClient(c, "id", "canary"); c.Profile = twitterauth.ProfileV1 }, "Profile"},
		"token login over 2.0":             {func(c *twitterauth.Config) { onlyClient(c, "id", "canary"); c.TokenLogin = true }, "TokenLogin"},
		"no session keys":                  {func(c *twitterauth.Config) { c.Session.Keys = nil }, "Session.Keys"},
		"an empty session key":             {func(c *twitterauth.Config) { c.Session.Keys = []session.Key{{}} }, "Session.Keys"},
		"AllowHTTP":                        {func(c *twitterauth.Config) { c.Session.AllowHTTP = true }, "Session.AllowHTTP"},
		"a lifetime below 0":               {func(c *twitterauth.Config) { c.Session.Lifetime = -1 }, "Session.Lifetime"},
		"a cookie name":                    {func(c *twitterauth.Config) { c.Session.CookieName = "a b" }, "Session.CookieName"},
		"a nil manager":                    {func(c *twitterauth.Config) { c.SessionManager = nilManager }, "SessionManager"},
		"an audience":                      {func(c *twitterauth.Config) { c.Session.Audience = "a" }, "Session.Audience"},
		"session settings and a manager": {func(c *twitterauth.Config) {
			c.SessionManager = newManager(t, false)
			c.Session.Lifetime, c.Session.StayLifetime, c.Session.Bearer = time.Hour, time.Hour, true
			c.Session.IdleTimeout, c.Session.StayIdleTimeout = time.Minute, time.Minute
			c.Session.Store = sessions.NewCookieStore([]byte("key"))
		}, "Session.Lifetime, Session.StayLifetime, Session.IdleTimeout, Session.StayIdleTimeout, Session.Store, Session.Bearer"},
		"idle for a lifetime":   {func(c *twitterauth.Config) { c.Session.IdleTimeout = session.DefaultLifetime }, "Session.IdleTimeout"},
		"idle beyond the end":   {func(c *twitterauth.Config) { c.Session.StayIdleTimeout = 365 * 24 * time.Hour }, "Session.StayIdleTimeout"},
		"idle under a minute":   {func(c *twitterauth.Config) { c.Session.IdleTimeout = time.Minute - 1 }, "Session.IdleTimeout"},
		"idle without a unit":   {func(c *twitterauth.Config) { c.Session.StayIdleTimeout = 30 }, "Session.StayIdleTimeout"},
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
		"API with dot segments": {func(c *twitterauth.Config) { c.APIURL = "https://proxy.example/../x" }, "APIURL"},
		"API with a dot":        {func(c *twitterauth.Config) { c.APIURL = "https://proxy.example/./x/" }, "APIURL"},
		"API with //":           {func(c *twitterauth.Config) { c.APIURL = "https://proxy.example//x" }, "APIURL"},
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
			if got := slices.Compact(faultsOf(t, err)); strings.Join(got, ", ") != test.field {
				t.Errorf("fields %v: %v", got, err)
			}
			if err != nil && strings.Contains(err.Error(), "canary") {
				t.Errorf("a secret in %v", err)
			}
		})
	}
}

// onlyClient makes a Config one for OAuth 2.0.
func onlyClient(c *twitterauth.Config, id, secret string) {
	c.ConsumerKey, c.ConsumerSecret, c.ClientID, c.ClientSecret = "", "", id, secret
}

func TestGoodConfigs(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*twitterauth.Config){
		"confidential client":  func(c *twitterauth.Config) { onlyClient(c, "id", "secret") },
		"public client":        func(c *twitterauth.Config) { onlyClient(c, "id", "") },
		"both":                 func(c *twitterauth.Config) { c.ClientID, c.ClientSecret = "id", "secret" },
		"both, public":         func(c *twitterauth.Config) { c.ClientID = "id" },
		"both and token login": func(c *twitterauth.Config) { c.ClientID, c.TokenLogin, c.ClientFields = "id", true, []string{"bio"} },
		"both and ProfileV1":   func(c *twitterauth.Config) { c.ClientID, c.Profile = "id", twitterauth.ProfileV1 },
		"offline access":       func(c *twitterauth.Config) { c.ClientID, c.OfflineAccess = "id", true },
		"scopes":               withScopes("tweet.write", "users.read", "tweet.write", "dm.read"),
	} {
		cfg := goodConfig()
		change(&cfg)
		if _, err := twitterauth.New(newMemory(), cfg); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMissingKeysAreExplained(t *testing.T) {
	t.Parallel()
	cfg := goodConfig()
	cfg.ConsumerKey, cfg.ConsumerSecret = "", ""
	_, err := twitterauth.New(newMemory(), cfg)
	for _, want := range []string{"OAuth 1.0a", "API Key and Secret", "OAuth 2.0", "ClientID", "ClientSecret", "environment variable"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %q", err, want)
		}
	}
}

// What a copied setting often has too much is named, with what to do.
func TestMistakesOfCopyingAreExplained(t *testing.T) {
	t.Parallel()
	const good = "https://app.example.com/auth/twitter/callback"
	for name, test := range map[string]struct {
		spoil func(*twitterauth.Config)
		want  string
	}{
		"no session key":             {func(c *twitterauth.Config) { c.Session.Keys = nil }, `"openssl rand -base64 32"`},
		"an empty session key":       {func(c *twitterauth.Config) { c.Session.Keys = []session.Key{{}} }, `"openssl rand -base64 32"`},
		"a session key's error":      {func(c *twitterauth.Config) { c.Session.Keys = []session.Key{{}} }, "session.ParseKey"},
		"a callback and a space":     {func(c *twitterauth.Config) { c.CallbackURL = good + " " }, "has white space around it"},
		"a callback on its own line": {func(c *twitterauth.Config) { c.CallbackURL = "\n" + good }, "has white space around it"},
		"a callback in quotes":       {func(c *twitterauth.Config) { c.CallbackURL = `"` + good + `"` }, "has quotes around it"},
		"a callback, single quotes":  {func(c *twitterauth.Config) { c.CallbackURL = "'" + good + "'" }, "has quotes around it"},
	} {
		cfg := goodConfig()
		test.spoil(&cfg)
		if _, err := twitterauth.New(newMemory(), cfg); err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "NewKey") {
			t.Errorf("%s: %v lacks %q", name, err, test.want)
		}
	}
}

func TestCallbackURLs(t *testing.T) {
	t.Parallel()
	for callback, ok := range map[string]bool{
		"https://app.example.com/auth/twitter/callback":          true,
		"https://app.example.com/a/b":                            true,
		"https://app.example.com:8443/a/b":                       true,
		"https://app.example.com:443/a/b":                        true,
		"https://APP.example.com/a/b":                            true,
		"http://localhost:8080/a/b":                              true,
		"http://127.0.0.1/a/b":                                   true,
		"http://127.0.0.2:80/a/b":                                true,
		"http://[::1]:8080/a/b":                                  true,
		"":                                                       false,
		"/auth/twitter/callback":                                 false,
		"app.example.com/auth/callback":                          false,
		"http://app.example.com/auth/callback":                   false,
		"http://localhost.evil.example/a/b":                      false,
		"http://192.168.0.1/a/b":                                 false,
		"https://app.example.com":                                false,
		"https://app.example.com/":                               false,
		"https://app.example.com/callback":                       false,
		"https://app.example.com/auth/":                          false,
		"https://app.example.com/auth/callback/":                 false,
		"https://app.example.com/auth/callback?a=b":              false,
		"https://app.example.com/auth/callback?":                 false,
		"https://app.example.com/auth/callback#a":                false,
		"https://app.example.com/auth/callback#":                 false,
		"https://user@app.example.com/auth/callback":             false,
		"https://user:canary@app.example.com/auth/callback":      false,
		"https://app.example.com/auth/login":                     false,
		"https://app.example.com/auth/logout":                    false,
		"https://app.example.com/auth/token":                     false,
		"https://app.example.com/auth/session":                   false,
		"https://app.example.com//callback":                      false,
		"https://app.example.com/a//callback":                    false,
		"https://app.example.com/a/../callback":                  false,
		"https://app.example.com/a/./callback":                   false,
		"https://app.example.com/a/%63allback":                   false,
		"https://app.example.com/a/{x}":                          false,
		"https://app.example.com/a/b c":                          false,
		"https://app.example.com/a/café":                         false,
		"https://exämple.com/a/b":                                false,
		"https://:443/a/b":                                       false,
		"https://app.example.com:99999/a/b":                      false,
		"https://app.example.com:/a/b":                           false,
		"ftp://app.example.com/a/b":                              false,
		"https:app.example.com/a/b":                              false,
		"https://app.example.com/a/b\n":                          false,
		"oob":                                                    false,
		"https://my_app/a/b":                                     true,
		"https://192.0.2.1/a/b":                                  true,
		"https://[2001:db8::1]/a/b":                              true,
		"https://xn--exmple-cua.com/a/b":                         true,
		"https://[fe80::1%25eth0]/a/b":                           false,
		"https://[::1%25lo]/a/b":                                 false,
		"https://a%25b/a/b":                                      false,
		"http://[0:0:0:0:0:0:0:1]:8080/a/b":                      false,
		"http://[::ffff:127.0.0.1]:8080/a/b":                     false,
		"https://[2001:DB8:0::1]/a/b":                            false,
		"https://*.example.com/a/b":                              false,
		"https://app,example.com/a/b":                            false,
		"https://a;b/a/b":                                        false,
		"https://a\"b/a/b":                                       false,
		"https://a<b>/a/b":                                       false,
		"https://a'b/a/b":                                        false,
		"https://app..example.com/a/b":                           false,
		"https://app.example.com./a/b":                           false,
		"https://.example.com/a/b":                               false,
		"https://-app.example.com/a/b":                           false,
		"https://999.1.1.1/a/b":                                  false,
		"https://127.1/a/b":                                      false,
		"https://0x7f.0.0.1/a/b":                                 false,
		"https://app.0x7f/a/b":                                   false,
		"https://" + strings.Repeat("a", 64) + ".com/a/b":        false,
		"https://" + strings.Repeat("a.", 127) + "com/a/b":       false,
		"https://app.example.com/a/" + strings.Repeat("b", 1024): false,
		"https://app.example.com:0443/a/b":                       false,
		"https://app.example.com:08443/a/b":                      false,
		"https://app.example.com:0/a/b":                          false,
		"https://app.example.com:+1/a/b":                         false,
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
		t.Errorf("fields %v, want %v", got, want)
	}
	if _, err := twitterauth.New[*user](nil, goodConfig()); !slices.Equal(faultsOf(t, err), []string{"store"}) {
		t.Errorf("no store: %v", err)
	}
}

func TestConfigIsCopied(t *testing.T) {
	t.Parallel()
	origins := []string{"https://a.example"}
	s := newSite(t, configured(func(c *twitterauth.Config) { c.TrustedOrigins = origins }))
	origins[0] = "https://b.example"
	if !strings.Contains(string(s.auth.SignInButton("https://a.example/")), "a.example") || strings.Contains(string(s.auth.SignInButton("https://b.example/")), "b.example") {
		t.Error("a change after New took effect")
	}
}

// A setting that works but hardly does what is expected is a line at start.
func TestLinesAtStart(t *testing.T) {
	t.Parallel()
	key := session.NewKey()
	manager := func(audience string) *session.Manager {
		m, err := session.New(session.Config{Keys: []session.Key{key}, Audience: audience})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	type embedding struct{ *session.Manager }
	type holding struct {
		twitterauth.SessionManager
		Manager *session.Manager
	}
	for name, test := range map[string]struct {
		start func(twitterauth.Config) error
		line  string
	}{
		"nothing to say":                       {func(c twitterauth.Config) error { _, err := twitterauth.New(oneUser[byValue]{}, c); return err }, ""},
		"a SessionsValidSince of another type": {func(c twitterauth.Config) error { _, err := twitterauth.New(oneUser[otherSince]{}, c); return err }, "SessionsValidSince"},
		"the same behind a pointer":            {func(c twitterauth.Config) error { _, err := twitterauth.New(oneUser[*otherSince]{}, c); return err }, "SessionsValidSince"},
		"a field SessionsValidSince":           {func(c twitterauth.Config) error { _, err := twitterauth.New(oneUser[*fieldSince]{}, c); return err }, "SessionsValidSince"},
		"a field whose type has it":            {func(c twitterauth.Config) error { _, err := twitterauth.New(oneUser[holdsValue]{}, c); return err }, "field Account"},
		"a field whose pointer has it":         {func(c twitterauth.Config) error { _, err := twitterauth.New(oneUser[*holdsAddress]{}, c); return err }, "field account"},
		"two embedded types that cancel out":   {func(c twitterauth.Config) error { _, err := twitterauth.New(oneUser[*embedsTwo]{}, c); return err }, "field byValue"},
		"a field, and a method of its own":     {func(c twitterauth.Config) error { _, err := twitterauth.New(oneUser[*holdsAndHas]{}, c); return err }, ""},
		"a pointer to a pointer":               {func(c twitterauth.Config) error { _, err := twitterauth.New(oneUser[**byAddress]{}, c); return err }, ""},
		"a manager without an audience": {func(c twitterauth.Config) error {
			c.SessionManager = manager("")
			_, err := twitterauth.New(oneUser[byValue]{}, c)
			return err
		}, "audience"},
		"a manager with an audience": {func(c twitterauth.Config) error {
			c.SessionManager = manager("https://app.example.com")
			_, err := twitterauth.New(oneUser[byValue]{}, c)
			return err
		}, ""},
		"a manager that embeds ours": {func(c twitterauth.Config) error {
			c.SessionManager = &embedding{manager("a")}
			_, err := twitterauth.New(oneUser[byValue]{}, c)
			return err
		}, "embeds"},
		"a manager that holds ours": {func(c twitterauth.Config) error {
			c.SessionManager = &holding{manager("a"), manager("a")}
			_, err := twitterauth.New(oneUser[byValue]{}, c)
			return err
		}, "hides its SessionToucher"},
	} {
		var log bytes.Buffer
		cfg := goodConfig()
		cfg.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
		if err := test.start(cfg); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := log.String(); (got == "") != (test.line == "") || !bytes.Contains(log.Bytes(), []byte(test.line)) || got != "" && !bytes.Contains(log.Bytes(), []byte("remedy=")) {
			t.Errorf("%s: the log has %q", name, got)
		}
	}
}
