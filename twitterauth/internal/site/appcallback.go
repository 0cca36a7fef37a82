package site

import (
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
)

// AppCallbackKind is how a native app gets a redirect (RFC 8252, section 7).
type AppCallbackKind int

// The kinds.
const (
	ClaimedLink   AppCallbackKind = iota + 1 // https, claimed by the app (section 7.2)
	PrivateScheme                            // the app's private scheme (section 7.1)
	Loopback                                 // http on 127.0.0.1 or [::1], any port (section 7.3)
)

// AppCallbacks are the redirect URIs of the team's own apps.
type AppCallbacks struct {
	site Site
	list []string
}

// NewAppCallbacks returns the callbacks, which must have been validated with
// [AppCallbackProblem].
func NewAppCallbacks(s Site, list []string) AppCallbacks {
	return AppCallbacks{site: s, list: slices.Clone(list)}
}

// Any reports whether there are any.
func (c AppCallbacks) Any() bool { return len(c.list) > 0 }

// Kind returns the kind of a redirect URI if it is a callback exactly as listed;
// only a loopback URI has a port that is not listed (RFC 8252, section 7.3).
func (c AppCallbacks) Kind(redirectURI string) (AppCallbackKind, bool) {
	for _, listed := range c.list {
		kind := kindOf(listed)
		if redirectURI == listed && kind != Loopback || kind == Loopback && isLoopbackOf(redirectURI, listed) {
			return kind, true
		}
	}
	return 0, false
}

// maxAppCallback bounds a redirect URI, in bytes, because it travels in a cookie.
const maxAppCallback = 512

// refusedSchemes would run a script, open a file, or start any app.
var refusedSchemes = []string{"javascript", "data", "file", "filesystem", "intent", "about", "blob", "vbscript", "view-source", "content", "android-app", "ms-settings"}

// otherWebSchemes are schemes of the web that no webview of an app has.
var otherWebSchemes = []string{"http", "https", "ftp", "ws", "wss", "chrome", "chrome-extension", "moz-extension", "safari-web-extension"}

// AppCallbackProblem returns what is wrong with a redirect URI of an app, or "".
// It is a flat table of checks.
func AppCallbackProblem(s Site, callback string) string {
	u, err := url.Parse(callback)
	switch {
	case err != nil, len(callback) > maxAppCallback, strings.ContainsFunc(callback, func(c rune) bool { return c <= ' ' || c >= 0x7f }):
		return "is not a URI of at most 512 ASCII characters"
	case strings.ContainsAny(callback, "?#\\") || u.User != nil || strings.Contains(u.Host, "@"):
		return "has a query, a fragment, user info or a backslash: give scheme, host and path alone"
	case slices.Contains(refusedSchemes, strings.ToLower(u.Scheme)):
		return "has a scheme that is not an app's own"
	case u.Scheme == "http":
		return loopbackProblem(s, callback, u)
	case u.Scheme == "https":
		return claimedProblem(s, callback, u)
	}
	return privateSchemeProblem(callback, u)
}

// ownRouteProblem is for a redirect URI that would bring an app's code to the
// login itself.
const ownRouteProblem = "is among the login's own routes: give a path that the app alone uses"

func loopbackProblem(s Site, callback string, u *url.URL) string {
	switch {
	case u.Host != "127.0.0.1" && u.Host != "[::1]" && (u.Hostname() == "127.0.0.1" || u.Hostname() == "::1"):
		return "has a port: leave it out, because any port of a loopback address is accepted"
	case strings.EqualFold(u.Hostname(), "localhost"):
		return "is on localhost: write 127.0.0.1 or [::1], because localhost may be resolved to another machine (RFC 8252, section 8.3)"
	case u.Host != "127.0.0.1" && u.Host != "[::1]":
		return "is plain http, which is for 127.0.0.1 and [::1] only: use an https link that the app claims"
	case !isCleanPath(u):
		return "has a path that is missing or that browsers would rewrite"
	case "http://"+u.Host+u.Path != callback:
		return "is not written as browsers write it (the scheme in lower case)"
	case IsLoopback(s.Hostname) && s.isRoute(u.Path): // at the port of the site in development
		return ownRouteProblem
	}
	return ""
}

func claimedProblem(s Site, callback string, u *url.URL) string {
	switch {
	case HostProblem(u) != "":
		return HostProblem(u)
	case IsLoopback(u.Hostname()):
		return "is an https link on this machine, which no app can claim: use http://127.0.0.1/… or http://[::1]/…"
	case !isCleanPath(u):
		return "has a path that is missing or that browsers would rewrite"
	case !ValidPort(u) || Origin(u)+u.Path != callback:
		return "is not written as browsers write it (scheme and host in lower case, no default port)"
	case Origin(u) == s.Origin && s.isRoute(u.Path):
		return ownRouteProblem
	}
	return ""
}

// isRoute reports whether a path, with or without a slash at its end, is a route
// as browsers know it.
func (s Site) isRoute(p string) bool {
	name, inFolder := strings.CutPrefix(path.Clean(p), s.BrowserPath(""))
	return inFolder && slices.Contains([]string{RouteLogin, s.Callback, RouteLogout, RouteToken, RouteSession, RouteAuthorize}, name)
}

func privateSchemeProblem(callback string, u *url.URL) string {
	rest, isLowerCase := strings.CutPrefix(callback, u.Scheme+":")
	switch {
	case !isLowerCase || !isReversedName(u.Scheme):
		return "has a scheme that is not a reversed domain name in lower case, such as com.example.app (RFC 8252, section 7.1)"
	case rest != u.Path && rest != "//"+u.Host+u.Path,
		u.Host == "" && !isCleanPath(u), u.Path != "" && !isCleanPath(u), !IsPlainPath(u.Host):
		return "is not of the form com.example.app:/path"
	}
	return ""
}

// isReversedName reports whether a scheme has a period, as the reversed name of a
// domain of the app's has, in which no label is empty.
func isReversedName(scheme string) bool {
	return strings.Contains(scheme, ".") && !strings.Contains("."+scheme+".", "..") &&
		strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyz0123456789.-+") == ""
}

func isCleanPath(u *url.URL) bool {
	return u.RawPath == "" && strings.HasPrefix(u.Path, "/") && IsPlainPath(u.Path) && (path.Clean(u.Path) == u.Path || path.Clean(u.Path)+"/" == u.Path)
}

func kindOf(callback string) AppCallbackKind {
	switch {
	case strings.HasPrefix(callback, "https:"):
		return ClaimedLink
	case strings.HasPrefix(callback, "http:"):
		return Loopback
	}
	return PrivateScheme
}

// isLoopbackOf reports whether a redirect URI is the listed loopback URI with or
// without a port. It compares text, so that nothing depends on two parsers
// agreeing.
func isLoopbackOf(redirectURI, listed string) bool {
	u, err := url.Parse(listed)
	if err != nil {
		return false
	}
	rest, ok := strings.CutPrefix(redirectURI, "http://"+u.Host)
	if !ok {
		return false
	}
	rest, hasPath := strings.CutSuffix(rest, u.Path)
	if !hasPath || rest == "" {
		return hasPath
	}
	port, ok := strings.CutPrefix(rest, ":")
	n, err := strconv.ParseUint(port, 10, 16)
	return ok && err == nil && n > 0 && strconv.FormatUint(n, 10) == port
}

// FormActionOf is what a Content-Security-Policy's form-action must name for a
// form whose post ends at a redirect URI. A source cannot name an IPv6 address
// (CSP Level 3, section 2.3.1), and browsers ignore such a source, so the scheme
// stands for [::1].
func FormActionOf(redirectURI string) string {
	u, err := url.Parse(redirectURI)
	if err != nil {
		return ""
	}
	if (u.Scheme == "https" || u.Scheme == "http") && !strings.Contains(u.Host, "[") {
		return Origin(u)
	}
	return u.Scheme + ":"
}
