package twitterauth

import (
	"net/url"
	"slices"
	"strings"

	"twitterlogin.example/twitterauth/internal/site"
)

// trimAPIURL drops what would make paths double, and a default port, which
// signatures leave out (RFC 5849, section 3.4.1.2).
func trimAPIURL(apiURL string) string {
	u, err := url.Parse(apiURL)
	if err != nil {
		return apiURL // refused by New
	}
	return site.Origin(u) + strings.TrimRight(u.EscapedPath(), "/")
}

// X's consent page for OAuth 2.0. It is on another host than X's API.
const authorizeAtX = "https://x.com/i/oauth2/authorize"

// originsOfX are the origins among which X may redirect a person who signs in.
var originsOfX = []string{"https://x.com", "https://twitter.com", "https://api.twitter.com"}

// isAPIOfX reports whether a base of the API is X's own, under either of the
// names that X documents.
func isAPIOfX(apiURL string) bool {
	switch trimAPIURL(apiURL) {
	case DefaultAPIURL, "https://api.twitter.com":
		return true
	}
	return false
}

// authorizeURL is where people consent over OAuth 2.0: at Config.AuthorizeURL,
// else at X if APIURL is X's, else below APIURL.
func authorizeURL(cfg Config) string {
	switch {
	case cfg.AuthorizeURL != "":
		return cfg.AuthorizeURL
	case isAPIOfX(cfg.APIURL):
		return authorizeAtX
	}
	return trimAPIURL(cfg.APIURL) + "/i/oauth2/authorize"
}

// loginOrigins returns the origins to which a login form leads.
func loginOrigins(cfg Config) []string {
	origins := originsOf(cfg.APIURL, authorizeURL(cfg))
	if isAPIOfX(cfg.APIURL) || slices.ContainsFunc(originsOfX, func(x string) bool { return slices.Contains(origins, x) }) {
		origins = append(origins, originsOfX...)
	}
	return origins
}

// originsOf returns the origins of URLs that are well-formed.
func originsOf(urls ...string) (origins []string) {
	for _, s := range urls {
		if u, err := url.Parse(s); err == nil {
			origins = append(origins, site.Origin(u))
		}
	}
	return origins
}

// formAction lists where the login form leads. Browsers check every redirect
// that follows a form's post against this list, so X's origins are in it.
func formAction(cfg Config, p site.Site, trusted []string) string {
	sources := append([]string{"'self'", p.Origin}, loginOrigins(cfg)...)
	sources = append(sources, slices.DeleteFunc(slices.Clone(trusted), site.IsWebviewOrigin)...)
	slices.Sort(sources)
	return strings.Join(slices.Compact(sources), " ")
}
