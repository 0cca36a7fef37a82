package twitterauth

import (
	"net/http"
	"net/url"
	"strings"

	"twitterlogin.example/twitterauth/internal/site"
)

// returnTo returns the target that the app's sign-in page was opened with, or ""
// if it would be refused.
func (s *server) returnTo(r *http.Request) string {
	values := r.URL.Query()["return_to"]
	if len(values) != 1 {
		return ""
	}
	return s.returns.CheckOr(values[0], "")
}

// isReauth reports whether the app's sign-in page was opened to confirm the user
// who is signed in.
func isReauth(r *http.Request) bool {
	reauth, e := parseSwitch(r.URL.Query(), "reauth", false)
	return e == nil && reauth
}

// signInAddress returns where a page visit without a user is sent: the app's
// sign-in page, or GET login.
func (s *server) signInAddress(returnTo string, reauth bool) string {
	query := url.Values{}
	if returnTo != "" {
		query.Set("return_to", returnTo)
	}
	if reauth {
		query.Set("reauth", "1")
	}
	page := s.cfg.LoginPage
	if page == "" {
		page = s.site.BrowserPath(site.RouteLogin)
	}
	return withQuery(page, query)
}

// loginPagePath returns the path of the app's sign-in page as this server sees
// it, or "" if the page is elsewhere.
func loginPagePath(page string, where site.Site) string {
	path := site.PathOf(strings.TrimPrefix(page, where.Origin))
	if page == where.Origin || path == "" && strings.HasPrefix(page, where.Origin) {
		path = "/"
	}
	path, isBelow := strings.CutPrefix(path, where.ProxyPrefix)
	if !isBelow || !strings.HasPrefix(path, "/") {
		return ""
	}
	return path
}
