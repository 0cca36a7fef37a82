package twitterauth

import (
	"net"
	"net/url"
	"path"
	"strings"
)

// place is where the app lives, all of it told by CallbackURL and Prefix and
// never by a request: its origin, and each route's path as the browser sees it
// and as this server does.
type place struct {
	origin   string // "https://app.example.com"
	scheme   string
	hostname string
	port     string // never empty
	stripped string // the leading part that a proxy takes away, mostly ""
	prefix   string // the routes' folder as this server sees it
	callback string // the callback's last segment
}

// site names the site in whatever is sealed for it: its origin and the login's
// folder as browsers see it. Two sites that share keys differ in it.
func (p place) site() string { return p.origin + p.stripped + p.prefix }

func (p place) isHTTPS() bool { return p.scheme == "https" }

// served returns a route's path as requests arrive with it.
func (p place) served(name string) string { return p.prefix + "/" + name }

// seen returns a route's path as browsers know it.
func (p place) seen(name string) string { return p.stripped + p.prefix + "/" + name }

const registerHint = "give exactly the URL that is registered at X, such as https://app.example.com/auth/twitter/callback"

// newPlace reads CallbackURL and Prefix, or says what is wrong with them.
func newPlace(callbackURL, prefix string) (p place, faults []*ConfigError) {
	refuse := func(field, reason string) {
		faults = append(faults, &ConfigError{Field: field, Reason: reason})
	}
	u, reason := parseCallback(callbackURL)
	if reason != "" {
		refuse("CallbackURL", reason+": "+registerHint)
		return place{}, faults
	}
	folder, last := path.Split(u.Path)
	folder = strings.TrimSuffix(folder, "/")
	p = place{
		origin:   originOf(u),
		scheme:   u.Scheme,
		hostname: strings.ToLower(u.Hostname()),
		port:     portOf(u.Scheme, u.Port()),
		prefix:   folder,
		callback: last,
	}
	if prefix != "" {
		if prefix[0] != '/' || prefix == "/" || !strings.HasSuffix(folder, prefix) {
			refuse("Prefix", "is not the end of CallbackURL's folder "+folder+": give what is left of that folder once the proxy has stripped its leading part, such as "+folder[strings.LastIndexByte(folder, '/'):]+", or leave it empty")
			return place{}, faults
		}
		p.stripped, p.prefix = strings.TrimSuffix(folder, prefix), prefix
	}
	return p, faults
}

// maxCallbackURL is more than anyone registers, in bytes; routes are in it, and
// headers have bounds.
const maxCallbackURL = 1024

func parseCallback(callbackURL string) (u *url.URL, reason string) {
	if callbackURL == "" {
		return nil, "is empty"
	}
	if len(callbackURL) > maxCallbackURL {
		return nil, "is longer than 1024 bytes"
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
	case !validPort(u):
		return nil, "has a port that is none"
	case hostFault(u) != "":
		return nil, hostFault(u)
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return nil, "is plain http, which is for localhost, 127.0.0.1 and [::1] only; cookies and tokens need https elsewhere"
	case u.Path == "" || u.Path == "/":
		return nil, "has no path"
	case strings.HasSuffix(u.Path, "/"):
		return nil, "ends in a slash"
	case u.RawPath != "" || !plainPath(u.Path) || path.Clean(u.Path) != u.Path:
		return nil, "has a path that browsers or routers would rewrite (use letters, digits, '-', '.', '_' and '~', without empty or dot segments)"
	case strings.Count(u.Path, "/") < 2:
		return nil, "is in the root folder, where login, logout and the other routes would be too"
	}
	switch path.Base(u.Path) {
	case routeLogin, routeLogout, routeToken, routeSession:
		return nil, "ends in " + path.Base(u.Path) + ", which is another route's name"
	}
	return u, ""
}

func plainPath(s string) bool {
	return strings.IndexFunc(s, func(c rune) bool {
		return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune("/-._~", c))
	}) < 0
}

// isLoopback reports whether a host name means this machine.
func isLoopback(hostname string) bool {
	ip := net.ParseIP(hostname)
	return strings.EqualFold(hostname, "localhost") || ip != nil && ip.IsLoopback()
}

func portOf(scheme, port string) string {
	switch {
	case port != "":
		return port
	case scheme == "https":
		return "443"
	}
	return "80"
}

// originOf returns a URL's origin as browsers write it (RFC 6454, section 6.1).
func originOf(u *url.URL) string {
	host := strings.ToLower(u.Hostname())
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port := u.Port(); port != "" && port != portOf(u.Scheme, "") {
		host += ":" + port
	}
	return strings.ToLower(u.Scheme) + "://" + host
}
