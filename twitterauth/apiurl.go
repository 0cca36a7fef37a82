package twitterauth

import (
	"net/url"
	"strings"
)

// trimAPIURL drops what would make paths double, and a default port, which
// signatures leave out (RFC 5849, section 3.4.1.2).
func trimAPIURL(apiURL string) string {
	u, err := url.Parse(apiURL)
	if err != nil {
		return apiURL // refused by New
	}
	return originOf(u) + strings.TrimRight(u.EscapedPath(), "/")
}

// authorizeURL is where people consent over OAuth 2.0: at X on another host
// than the API, elsewhere on the same.
func authorizeURL(apiURL string) string {
	if trimAPIURL(apiURL) == DefaultAPIURL {
		return "https://x.com/i/oauth2/authorize"
	}
	return trimAPIURL(apiURL) + "/i/oauth2/authorize"
}

// originsOf returns the origins of URLs that are well-formed.
func originsOf(urls ...string) (origins []string) {
	for _, s := range urls {
		if u, err := url.Parse(s); err == nil {
			origins = append(origins, originOf(u))
		}
	}
	return origins
}
