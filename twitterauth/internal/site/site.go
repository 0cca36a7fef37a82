// Package site holds the rules about addresses and origins: where the login's
// routes are, which origins may post to them, where a login may send a browser
// in the end, and which requests are a person's visit. Its functions are pure.
package site

import (
	"net/url"
	"path"
	"strings"
)

// Site is where the app lives: its origin, and each route's path as browsers
// see it and as this server does. All of it follows from CallbackURL and Prefix,
// never from a request.
type Site struct {
	Origin      string // "https://app.example.com"
	Scheme      string
	Hostname    string
	Port        string // never empty
	ProxyPrefix string // the leading part of the path that a proxy strips; often ""
	Prefix      string // the routes' folder as this server sees it
	Callback    string // the callback's last segment
}

// Audience names the site in whatever is sealed for it: its origin and the
// login's folder as browsers see it. Two sites that share keys differ in it.
func (s Site) Audience() string { return s.Origin + s.ProxyPrefix + s.Prefix }

// IsHTTPS reports whether cookies are Secure and have the prefix __Host-.
func (s Site) IsHTTPS() bool { return s.Scheme == "https" }

// ServerPath returns a route's path as requests arrive with it.
func (s Site) ServerPath(route string) string { return s.Prefix + "/" + route }

// RouteName returns the name of the route with that path as this server sees it; ok is
// false for a path outside the routes' folder. It allocates nothing, because every
// request comes by.
func (s Site) RouteName(path string) (name string, ok bool) {
	rest, ok := strings.CutPrefix(path, s.Prefix)
	if !ok {
		return "", false
	}
	return strings.CutPrefix(rest, "/")
}

// BrowserPath returns a route's path as browsers know it.
func (s Site) BrowserPath(route string) string { return s.ProxyPrefix + s.Prefix + "/" + route }

// The routes' last segments. The callback's is Site.Callback.
const (
	RouteLogin     = "login"
	RouteLogout    = "logout"
	RouteToken     = "token"
	RouteSession   = "session"
	RouteAuthorize = "authorize" // with Config.AppCallbacks
)

// Problem is what is wrong with one setting.
type Problem struct {
	Field  string // "CallbackURL" or "Prefix"
	Reason string
}

const registerHint = "give exactly the URL that is registered at X, such as https://app.example.com/auth/twitter/callback"

// New reads CallbackURL and Prefix, or returns what is wrong with them.
func New(callbackURL, prefix string) (Site, []Problem) {
	u, problem := parseCallback(callbackURL)
	if problem != "" {
		return Site{}, []Problem{{"CallbackURL", problem + ": " + registerHint}}
	}
	folder, last := path.Split(u.Path)
	folder = strings.TrimSuffix(folder, "/")
	s := Site{
		Origin:   Origin(u),
		Scheme:   u.Scheme,
		Hostname: strings.ToLower(u.Hostname()),
		Port:     portOf(u.Scheme, u.Port()),
		Prefix:   folder,
		Callback: last,
	}
	if prefix != "" {
		if prefix[0] != '/' || prefix == "/" || !strings.HasSuffix(folder, prefix) {
			return Site{}, []Problem{{"Prefix", "is not the end of CallbackURL's folder " + folder + ": give what is left of that folder once the proxy has stripped its leading part, such as " + folder[strings.LastIndexByte(folder, '/'):] + ", or leave it empty"}}
		}
		s.ProxyPrefix, s.Prefix = strings.TrimSuffix(folder, prefix), prefix
	}
	return s, nil
}

// maxCallbackURL is more than anyone registers, in bytes. Headers carry it, and
// headers have bounds.
const maxCallbackURL = 1024

// parseCallback returns the URL, or what is wrong with it. It is a flat table of
// checks.
func parseCallback(callbackURL string) (u *url.URL, problem string) {
	switch {
	case callbackURL == "":
		return nil, "is empty"
	case len(callbackURL) > maxCallbackURL:
		return nil, "is longer than 1024 bytes"
	case strings.TrimSpace(callbackURL) != callbackURL:
		return nil, "has white space around it"
	case strings.Trim(callbackURL, "\"'`") != callbackURL:
		return nil, "has quotes around it"
	}
	u, err := url.Parse(callbackURL)
	switch {
	case err != nil:
		return nil, "is not a URL"
	case u.Scheme != "https" && u.Scheme != "http", u.Opaque != "", u.Hostname() == "":
		return nil, "is not an absolute http or https URL"
	case u.User != nil:
		return nil, "has user info"
	case strings.Contains(callbackURL, "?"):
		return nil, "has a query"
	case strings.Contains(callbackURL, "#"):
		return nil, "has a fragment"
	case !ValidPort(u):
		return nil, "has an invalid port"
	case HostProblem(u) != "":
		return nil, HostProblem(u)
	case u.Scheme == "http" && !IsLoopback(u.Hostname()):
		return nil, "is plain http, which is for localhost, 127.0.0.1 and [::1] only; cookies and tokens need https elsewhere"
	case u.Path == "" || u.Path == "/":
		return nil, "has no path"
	case strings.HasSuffix(u.Path, "/"):
		return nil, "ends in a slash"
	case u.RawPath != "" || !IsPlainPath(u.Path) || path.Clean(u.Path) != u.Path:
		return nil, "has a path that browsers or routers would rewrite (use letters, digits, '-', '.', '_' and '~', without empty or dot segments)"
	case strings.Count(u.Path, "/") < 2:
		return nil, "is in the root folder, where login, logout and the other routes would be too"
	}
	switch path.Base(u.Path) {
	case RouteLogin, RouteLogout, RouteToken, RouteSession:
		return nil, "ends in " + path.Base(u.Path) + ", which is another route's name"
	}
	return u, ""
}

// IsPlainPath reports whether browsers and routers leave a path as it is.
func IsPlainPath(s string) bool {
	return strings.IndexFunc(s, func(c rune) bool {
		return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune("/-._~", c))
	}) < 0
}
