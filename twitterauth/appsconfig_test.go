package twitterauth_test

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/sessions"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

// appConfig is a Config with native apps.
func appConfig() twitterauth.Config {
	cfg := goodConfig()
	cfg.Session.Bearer = true
	cfg.AppCallbacks = []string{claimedLink, privateScheme, loopback, "http://[::1]/signed-in"}
	return cfg
}

// plainManager is a SessionManager without tokens.
type plainManager struct{ m *session.Manager }

func (p plainManager) Start(w http.ResponseWriter, r *http.Request, userID string, stay bool) (session.Session, error) {
	return p.m.Start(w, r, userID, stay)
}
func (p plainManager) Load(r *http.Request) (session.Session, error)    { return p.m.Load(r) }
func (p plainManager) End(w http.ResponseWriter, r *http.Request) error { return p.m.End(w, r) }

// tokenManager is a SessionManager of an app that has tokens.
type tokenManager struct{ plainManager }

func (p tokenManager) StartWithToken(w http.ResponseWriter, r *http.Request, userID string, stay bool) (session.Session, string, error) {
	return p.m.StartWithToken(w, r, userID, stay)
}

func bearerManager(t *testing.T, cfg session.Config) *session.Manager {
	t.Helper()
	cfg.Keys = []session.Key{session.NewKey()}
	m, err := session.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAppConfig(t *testing.T) {
	t.Parallel()
	withManager := func(m twitterauth.SessionManager) func(*twitterauth.Config) {
		return func(c *twitterauth.Config) { c.SessionManager, c.Session.Bearer = m, false }
	}
	sealed, bearer := bearerManager(t, session.Config{}), bearerManager(t, session.Config{Bearer: true})
	untouched := gorillaThatFails{t}
	for name, test := range map[string]struct {
		change func(*twitterauth.Config)
		field  string // "": accepted
		reason string
	}{
		"as it is":               {func(*twitterauth.Config) {}, "", ""},
		"over OAuth 2.0":         {func(c *twitterauth.Config) { c.ConsumerKey, c.ConsumerSecret, c.ClientID = "", "", "id" }, "", ""},
		"with token login":       {func(c *twitterauth.Config) { c.TokenLogin = true }, "", ""},
		"a Store":                {func(c *twitterauth.Config) { c.Session.Store = untouched }, "", ""},
		"no Bearer":              {func(c *twitterauth.Config) { c.Session.Bearer = false }, "AppCallbacks", "needs Session.Bearer"},
		"no Bearer, TokenLogin":  {func(c *twitterauth.Config) { c.Session.Bearer, c.TokenLogin = false, true }, "AppCallbacks", "needs Session.Bearer"},
		"a manager":              {withManager(plainManager{sealed}), "AppCallbacks", "implement StartWithToken"},
		"a manager with tokens":  {withManager(tokenManager{plainManager{bearer}}), "", ""},
		"session.Manager":        {withManager(bearer), "", ""},
		"without Bearer":         {withManager(sealed), "AppCallbacks", "was made with Bearer"},
		"a Store, with Bearer":   {withManager(bearerManager(t, session.Config{Bearer: true, Store: untouched})), "", ""},
		"a Store without Bearer": {withManager(bearerManager(t, session.Config{Store: untouched})), "AppCallbacks", "was made with Bearer"},
		"a nil manager":          {withManager((*session.Manager)(nil)), "SessionManager", "nil pointer"},
		"an empty manager":       {withManager(&session.Manager{}), "SessionManager", "was not made by session.New"},
		"callback authorize":     {func(c *twitterauth.Config) { c.CallbackURL = "https://app.example.com/auth/twitter/authorize" }, "CallbackURL", "ends in authorize"},
		"the same twice":         {func(c *twitterauth.Config) { c.AppCallbacks = []string{loopback, loopback} }, "AppCallbacks", "twice"},
		"an empty one":           {func(c *twitterauth.Config) { c.AppCallbacks = []string{""} }, "AppCallbacks", "reversed domain name"},
		"a bad one":              {func(c *twitterauth.Config) { c.AppCallbacks = []string{"myapp://signed-in"} }, "AppCallbacks", `"myapp://signed-in", which has a scheme`},
		"localhost":              {func(c *twitterauth.Config) { c.AppCallbacks = []string{"http://localhost/a"} }, "AppCallbacks", "write 127.0.0.1 or [::1]"},
		"an own route":           {func(c *twitterauth.Config) { c.AppCallbacks = []string{"https://app.example.com/auth/twitter/token"} }, "AppCallbacks", "own routes"},
		"an own route behind a prefix": {func(c *twitterauth.Config) {
			c.Prefix, c.AppCallbacks = "/twitter", []string{"https://app.example.com/auth/twitter/authorize"}
		}, "AppCallbacks", "own routes"},
		"a long one": {func(c *twitterauth.Config) {
			c.AppCallbacks = []string{"com.example.app:/" + strings.Repeat("a", 9000)}
		}, "AppCallbacks", "512"},
		"AfterLogin is authorize":  {func(c *twitterauth.Config) { c.AfterLogin = "/auth/twitter/authorize" }, "AfterLogin", "own routes"},
		"AfterLogout is authorize": {func(c *twitterauth.Config) { c.AfterLogout = "/auth/twitter/authorize" }, "AfterLogout", "own routes"},
		"LoginPage is authorize":   {func(c *twitterauth.Config) { c.LoginPage = "/auth/twitter/authorize" }, "LoginPage", "own routes"},
		"a webview":                {func(c *twitterauth.Config) { c.TrustedOrigins = []string{"capacitor://localhost", "ionic://localhost"} }, "", ""},
		"null is trusted":          {func(c *twitterauth.Config) { c.TrustedOrigins = []string{"null"} }, "TrustedOrigins", "no origin"},
		"an odd scheme":            {func(c *twitterauth.Config) { c.TrustedOrigins = []string{"javascript://localhost"} }, "TrustedOrigins", "no origin"},
		"a file":                   {func(c *twitterauth.Config) { c.TrustedOrigins = []string{"file://"} }, "TrustedOrigins", "no origin"},
		"ftp":                      {func(c *twitterauth.Config) { c.TrustedOrigins = []string{"ftp://localhost"} }, "TrustedOrigins", "no origin"},
		"a webview's port":         {func(c *twitterauth.Config) { c.TrustedOrigins = []string{"capacitor://localhost:80"} }, "TrustedOrigins", "no origin"},
		"a webview's path":         {func(c *twitterauth.Config) { c.TrustedOrigins = []string{"capacitor://localhost/"} }, "TrustedOrigins", "no origin"},
		"AfterLogin in a webview": {func(c *twitterauth.Config) {
			c.TrustedOrigins, c.AfterLogin = []string{"capacitor://localhost"}, "capacitor://localhost/a"
		}, "AfterLogin", "TrustedOrigins"},
		"LoginPage in a webview": {func(c *twitterauth.Config) {
			c.TrustedOrigins, c.LoginPage = []string{"capacitor://localhost"}, "capacitor://localhost"
		}, "LoginPage", "TrustedOrigins"},
	} {
		cfg := appConfig()
		test.change(&cfg)
		_, err := twitterauth.New(newMemory(), cfg)
		if fields := faultsOf(t, err); strings.Join(fields, " ") != test.field || test.field != "" && !strings.Contains(err.Error(), test.reason) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// gorillaThatFails is a store that New must not call.
type gorillaThatFails struct{ t *testing.T }

func (g gorillaThatFails) Get(*http.Request, string) (*sessions.Session, error) {
	g.t.Error("New calls the session store")
	return nil, errors.New("not now")
}

func (g gorillaThatFails) New(r *http.Request, name string) (*sessions.Session, error) {
	return g.Get(r, name)
}

func (g gorillaThatFails) Save(r *http.Request, _ http.ResponseWriter, _ *sessions.Session) error {
	_, err := g.Get(r, "")
	return err
}

// Several problems are all reported at once, also those of apps with a bad
// CallbackURL.
func TestAppConfigFaultsTogether(t *testing.T) {
	t.Parallel()
	cfg := appConfig()
	cfg.Session.Bearer, cfg.AppCallbacks = false, []string{"http://localhost/a", "myapp:/a", loopback}
	_, err := twitterauth.New(newMemory(), cfg)
	if fields := faultsOf(t, err); strings.Join(fields, " ") != "AppCallbacks AppCallbacks AppCallbacks" {
		t.Errorf("%v", err)
	}
	cfg.CallbackURL = ""
	_, err = twitterauth.New(newMemory(), cfg)
	if fields := faultsOf(t, err); strings.Join(fields, " ") != "CallbackURL AppCallbacks" {
		t.Errorf("%v", err)
	}
}

// Without AppCallbacks authorize is an ordinary name: of the callback, of a page,
// of a redirect target.
func TestNoApps(t *testing.T) {
	t.Parallel()
	cfg := goodConfig()
	cfg.CallbackURL = "https://app.example.com/auth/twitter/authorize"
	if _, err := twitterauth.New(newMemory(), cfg); err != nil {
		t.Error(err)
	}
	cfg = goodConfig()
	cfg.AfterLogin, cfg.Logger = "/auth/twitter/authorize", slog.New(slog.DiscardHandler)
	auth, err := twitterauth.New(newMemory(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if w := record(auth, newRequest("GET", "/auth/twitter/authorize?response_type=code")); w.Code != http.StatusNotFound {
		t.Errorf("authorize: %d", w.Code)
	}
	for _, body := range []string{`{"code":"a","codeVerifier":"b"}`, `{}`} {
		if w := record(auth, tokenRequest(body)); w.Code != http.StatusNotFound {
			t.Errorf("token: %d", w.Code)
		}
	}
}
