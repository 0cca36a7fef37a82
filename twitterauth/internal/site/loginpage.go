package site

import (
	"net/url"
	"path"
	"slices"
	"strings"
)

// LoginPageProblem returns what is wrong with the address of the app's sign-in
// page, which a ReturnPolicy allows already, or "". The guards compare its path with
// that of a browser's request, so it must be written as browsers send it.
func LoginPageProblem(s Site, page string) string {
	u, err := url.Parse(page)
	if err != nil {
		return "is not a URL"
	}
	p := u.EscapedPath()
	switch {
	case PathOf(strings.TrimPrefix(page, Origin(u))) != p || !isBrowserPath(p):
		return "has a path that browsers send otherwise: percent-encode what is not a letter, a digit or -._~, and leave out dot segments and empty ones"
	case (u.Host == "" || Origin(u) == s.Origin) && slices.Contains(s.allRoutes(), path.Clean(u.Path)):
		return "is among the login's own routes: give a page of the app"
	case u.Query().Has("return_to") || u.Query().Has("reauth"):
		return "has return_to or reauth in its query, which are added to it: leave them out"
	}
	return ""
}

// allRoutes returns the paths of all routes as browsers know them, those that may be
// switched off included.
func (s Site) allRoutes() []string {
	var paths []string
	for _, name := range []string{RouteLogin, s.Callback, RouteLogout, RouteToken, RouteSession, RouteAuthorize} {
		paths = append(paths, s.BrowserPath(name))
	}
	return paths
}

// isBrowserPath reports whether browsers send a path as it is written, "" for "/".
func isBrowserPath(p string) bool {
	if p == "" {
		return true
	}
	if strings.Contains(p, "//") || strings.ContainsFunc(p, func(c rune) bool { return c <= ' ' || c >= 0x7f || strings.ContainsRune("\"<>\\^`{|}", c) }) {
		return false
	}
	return withoutDots(p) == p
}
