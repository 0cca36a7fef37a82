package twitterauth

import (
	"errors"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth/internal/site"
)

// validate checks a Config whose defaults are filled in and returns what the
// checks worked out on the way.
func (c *Config) validate(store any, more []error) (site.Site, *session.Manager, error) {
	var f configErrors
	if isNil(store) {
		f.refuse("store", "is nil: give New the app's UserStore")
	}
	f.list = append(f.list, more...)
	c.checkKeys(&f)
	c.checkScopes(&f)
	p, problems := site.New(c.CallbackURL, c.Prefix)
	for _, problem := range problems {
		f.refuse(problem.Field, problem.Reason)
	}
	sessions := c.checkSession(&f, p.Scheme == "http", p.Audience())
	c.checkOrigins(&f)
	c.checkAfter(&f, "AfterLogin", c.AfterLogin, p)
	c.checkAfter(&f, "AfterLogout", c.AfterLogout, p)
	c.checkLoginPage(&f, p)
	c.checkAPI(&f)
	c.checkHTTPClient(&f)
	c.checkTokenLogin(&f)
	c.checkApps(&f, p)
	c.checkProfile(&f)
	if c.MaxLogins < 0 {
		f.refuse("MaxLogins", "is negative: give the number of logins that may talk to X at once, or 0 for 256")
	}
	return p, sessions, f.err()
}

// checkSession builds the session manager, because that finds what is wrong with
// its settings. It is built where the app has a SessionManager too, because the
// keys seal the cookies of pending logins.
func (c *Config) checkSession(f *configErrors, allowHTTP bool, audience string) *session.Manager {
	if c.Session.AllowHTTP {
		f.refuse("Session.AllowHTTP", "is set: leave it out, CallbackURL decides")
	}
	if c.Session.Audience != "" {
		f.refuse("Session.Audience", "is set: leave it out, CallbackURL decides")
	}
	c.checkSessionManager(f, allowHTTP)
	cfg := c.Session
	cfg.AllowHTTP = allowHTTP
	cfg.Audience = audience
	sessions, err := session.New(cfg)
	if err == nil {
		return sessions
	}
	list := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		list = joined.Unwrap()
	}
	for _, err := range list {
		var setting *session.ConfigError
		if errors.As(err, &setting) {
			f.refuse("Session."+setting.Field, setting.Reason)
		} else {
			f.refuse("Session", err.Error())
		}
	}
	return nil
}

// checkSessionManager looks more closely at a manager of package session, which must
// fit the scheme of CallbackURL.
func (c *Config) checkSessionManager(f *configErrors, allowHTTP bool) {
	if c.SessionManager != nil {
		c.checkUselessSession(f)
	}
	switch m, ours := c.SessionManager.(*session.Manager); {
	case c.SessionManager == nil:
	case isNil(c.SessionManager):
		f.refuse("SessionManager", "is a nil pointer: leave it out or give a manager")
	case !ours:
	case m.CookieName() == "":
		f.refuse("SessionManager", "was not made by session.New: use what that returns")
	case !strings.HasPrefix(m.CookieName(), "__Host-") && !allowHTTP:
		f.refuse("SessionManager", "was made with AllowHTTP, and CallbackURL is https: make it without, so that its cookie is Secure")
	case strings.HasPrefix(m.CookieName(), "__Host-") && allowHTTP:
		f.refuse("SessionManager", "was made without AllowHTTP, and CallbackURL is http: browsers would drop its Secure cookie; set AllowHTTP for development")
	}
}

// checkUselessSession refuses the settings of Session that a SessionManager
// makes useless. Keys and CookieName seal and name the pending logins.
func (c *Config) checkUselessSession(f *configErrors) {
	for _, setting := range []struct {
		field string
		isSet bool
	}{
		{"Lifetime", c.Session.Lifetime != 0},
		{"StayLifetime", c.Session.StayLifetime != 0},
		{"IdleTimeout", c.Session.IdleTimeout != 0},
		{"StayIdleTimeout", c.Session.StayIdleTimeout != 0},
		{"Store", c.Session.Store != nil},
		{"Bearer", c.Session.Bearer},
	} {
		if setting.isSet {
			f.refuse("Session."+setting.field, "has no effect because SessionManager is set: set it where that manager is made, or leave it out")
		}
	}
}

func (c *Config) checkHTTPClient(f *configErrors) {
	switch {
	case c.HTTPClient == nil:
	case c.HTTPClient.Transport != nil && isNil(c.HTTPClient.Transport):
		f.refuse("HTTPClient", "has a nil pointer for its Transport: leave that out or give one")
	case c.HTTPClient.Timeout < 0, c.HTTPClient.Timeout > 0 && c.HTTPClient.Timeout < time.Millisecond:
		f.refuse("HTTPClient", "has a Timeout of "+c.HTTPClient.Timeout.String()+", in which X cannot answer: durations have units, as in 10*time.Second")
	}
}

func (c *Config) checkOrigins(f *configErrors) {
	for _, origin := range c.TrustedOrigins {
		u, err := url.Parse(origin)
		switch {
		case site.IsWebviewOrigin(origin):
		case err != nil || !isWebServer(u):
			f.refuse("TrustedOrigins", "has "+quoted(origin)+", which is no origin that browsers send: write scheme and host as in https://spa.example.com, each host by itself, in ASCII (Punycode)")
		case u.Scheme == "http" && !site.IsLoopback(u.Hostname()):
			f.refuse("TrustedOrigins", "has "+quoted(origin)+", which is plain http: only loopback hosts may be")
		case site.Origin(u) != origin:
			f.refuse("TrustedOrigins", "has "+quoted(origin)+": write it as browsers send it, "+site.Origin(u))
		}
	}
}

// checkApps looks at what native apps need.
func (c *Config) checkApps(f *configErrors, p site.Site) {
	if len(c.AppCallbacks) == 0 {
		return
	}
	_, hasTokens := c.SessionManager.(TokenStarter)
	m, ours := c.SessionManager.(*session.Manager)
	switch {
	case c.SessionManager == nil && !c.Session.Bearer:
		f.refuse("AppCallbacks", "needs Session.Bearer, because apps get a bearer token: set it")
	case c.SessionManager != nil && !hasTokens:
		f.refuse("AppCallbacks", "needs a SessionManager that is a TokenStarter, because apps get a bearer token: implement StartWithToken")
	case ours && m != nil && m.CookieName() != "" && !readsBearer(m):
		f.refuse("AppCallbacks", "needs a SessionManager that was made with Bearer, because apps get a bearer token: set Bearer in its session.Config")
	}
	if p.Origin != "" { // else CallbackURL is refused already, and it decides
		c.checkAppCallbacks(f, p)
	}
}

// readsBearer reports whether a manager was made with Bearer. A token of more than
// 4096 bytes is rejected before a store is asked, and a manager without Bearer does
// not look at the token.
func readsBearer(m *session.Manager) bool {
	r := &http.Request{Header: http.Header{"Authorization": {"Bearer twa_" + strings.Repeat("A", 4097)}}}
	_, err := m.Load(r)
	return err != session.ErrNoSession //nolint:errorlint // without a token and a cookie it is not wrapped
}

// checkAppCallbacks looks at the redirect URIs of native apps.
func (c *Config) checkAppCallbacks(f *configErrors, p site.Site) {
	for i, callback := range c.AppCallbacks {
		if problem := site.AppCallbackProblem(p, callback); problem != "" {
			f.refuse("AppCallbacks", "has "+quoted(shortened(callback, maxLoggedPath))+", which "+problem)
		}
		if slices.Contains(c.AppCallbacks[:i], callback) {
			f.refuse("AppCallbacks", "has "+quoted(shortened(callback, maxLoggedPath))+" twice: list each redirect URI once")
		}
	}
	if p.Callback == site.RouteAuthorize {
		f.refuse("CallbackURL", "ends in authorize, which is another route's name because AppCallbacks is set: register another callback URL at X")
	}
}

func (c *Config) checkAfter(f *configErrors, field, target string, p site.Site) {
	if p.Origin == "" {
		return // CallbackURL is refused already, and it decides
	}
	if !returnPolicy(*c, p, "").Allows(target) {
		f.refuse(field, "is not a path on this site and not a URL on an origin of TrustedOrigins, or it is among the login's own routes: give a path such as /account")
	}
}

func (c *Config) checkLoginPage(f *configErrors, p site.Site) {
	if c.LoginPage == "" {
		return
	}
	c.checkAfter(f, "LoginPage", c.LoginPage, p)
	if problem := site.LoginPageProblem(p, c.LoginPage); problem != "" && p.Origin != "" && returnPolicy(*c, p, "").Allows(c.LoginPage) {
		f.refuse("LoginPage", problem)
	}
}

func (c *Config) checkProfile(f *configErrors) {
	if c.Profile < ProfileAuto || c.Profile > ProfileNone {
		f.refuse("Profile", "is not a profile source: use ProfileAuto, ProfileV1, ProfileV2 or ProfileNone")
	}
	if c.Profile == ProfileV1 && c.ConsumerKey == "" && c.ClientID != "" {
		f.refuse("Profile", "is ProfileV1, which OAuth 2.0 cannot use: leave it out")
	}
}

func (c *Config) checkAPI(f *configErrors) {
	f.checkAddress("APIURL", c.APIURL, DefaultAPIURL)
	if c.AuthorizeURL == "" {
		return
	}
	f.checkAddress("AuthorizeURL", c.AuthorizeURL, "the page that belongs to APIURL")
	if c.ClientID == "" {
		f.refuse("AuthorizeURL", "has no effect without ClientID: set ClientID for OAuth 2.0, or leave AuthorizeURL out")
	}
}

// isWebServer reports whether a URL names an http or https server as browsers write
// its host and port.
func isWebServer(u *url.URL) bool {
	return (u.Scheme == "https" || u.Scheme == "http") && site.HostProblem(u) == "" && site.ValidPort(u)
}

// checkAddress checks an address at X, or at what stands in for X.
func (f *configErrors) checkAddress(field, address, otherwise string) {
	u, err := url.Parse(address)
	switch {
	case err != nil || !isWebServer(u) || u.RawPath != "" || !isPlainBase(u.Path):
		f.refuse(field, "is not an absolute URL with a plain path: leave it empty for "+otherwise)
	case u.Scheme == "http" && !site.IsLoopback(u.Hostname()):
		f.refuse(field, "is plain http, which is for loopback addresses only: use https")
	case u.User != nil || strings.ContainsAny(address, "?#"):
		f.refuse(field, "has user info, a query or a fragment: give scheme, host and perhaps a path")
	}
}

// isPlainBase reports whether the path of an address, to which the paths of X's API are
// added, stays as it is on the way: without dot segments and empty ones.
func isPlainBase(p string) bool {
	p = strings.TrimRight(p, "/")
	return site.IsPlainPath(p) && (p == "" || path.Clean(p) == p)
}

func (c *Config) checkTokenLogin(f *configErrors) {
	if c.TokenLogin && c.ConsumerKey == "" {
		f.refuse("TokenLogin", "needs ConsumerKey and ConsumerSecret: a token proves which app it was made for only over OAuth 1.0a")
	}
	if len(c.ClientFields) > 0 && !c.TokenLogin {
		f.refuse("ClientFields", "has no effect without TokenLogin: set TokenLogin, or leave ClientFields out")
	}
	if slices.Contains(c.ClientFields, "") {
		f.refuse("ClientFields", "has an empty name: list property names")
	}
}

// returnPolicy returns the policy for redirect targets.
func returnPolicy(c Config, p site.Site, fallback string) site.ReturnPolicy {
	policy := site.NewReturnPolicy(p, c.TrustedOrigins, fallback)
	if len(c.AppCallbacks) > 0 {
		policy = policy.WithApps()
	}
	return policy
}
