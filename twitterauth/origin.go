package twitterauth

import (
	"net"
	"net/http"
	"strings"
)

// origins holds requests to the app's own origin and the trusted ones.
type origins struct {
	place      place
	protection *http.CrossOriginProtection
}

func newOrigins(p place, trusted []string) origins {
	o := origins{place: p, protection: http.NewCrossOriginProtection()}
	allowed := append([]string{p.origin}, trusted...)
	for _, origin := range allowed {
		if err := o.protection.AddTrustedOrigin(origin); err != nil {
			panic("twitterauth: an origin passed New that net/http refuses: " + err.Error())
		}
	}
	return o
}

// check refuses posts that a page of another site made a browser send. See
// [http.CrossOriginProtection] for the rules; clients that are no browsers pass.
func (o origins) check(r *http.Request) *Error {
	if err := o.protection.Check(r); err != nil {
		return fault(CodeCrossOrigin, err)
	}
	// net/http trusts "none" before it looks at Origin, but a page that hides
	// its origin has to be shown to be this one.
	if r.Header.Get("Origin") == "null" && r.Header.Get("Sec-Fetch-Site") != "same-origin" {
		return fault(CodeCrossOrigin, nil)
	}
	return nil
}

// isOtherLoopback reports whether a request came to another loopback name than
// the callback's. The login must then start there, so that its cookie is set
// where the callback will look for it. No other host is ever redirected: behind
// a proxy Host is often the name of the machine behind it.
func (o origins) isOtherLoopback(r *http.Request) bool {
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		host, port = strings.Trim(r.Host, "[]"), portOf(o.place.scheme, "")
	}
	host = strings.ToLower(host)
	return host != o.place.hostname && port == o.place.port && isLoopback(host) && isLoopback(o.place.hostname)
}

// isNavigation reports whether a person is going to this page, rather than a
// page loading it as an image or frame, or a browser fetching it ahead
// (https://www.w3.org/TR/fetch-metadata/). Browsers without these headers pass.
func isNavigation(r *http.Request) bool {
	h := r.Header
	dest := h.Get("Sec-Fetch-Dest")
	mode := h.Get("Sec-Fetch-Mode")
	return (dest == "" || dest == "document" || isPassedOn(mode, dest)) && (mode == "" || mode == "navigate") &&
		h.Get("Sec-Purpose") == "" && h.Get("Purpose") == "" && h.Get("X-Moz") == ""
}

// isPassedOn reports whether the request is a visit that the site's service
// worker has passed on with fetch(event.request). Chromium sends mode navigate
// with the destination "empty" then. A script's own fetch cannot have the mode
// navigate (Fetch Standard, section 5.3, step 21 of the Request constructor).
func isPassedOn(mode, dest string) bool { return mode == "navigate" && dest == "empty" }

// isOwnNavigation reports whether a navigation began on this origin or with
// the person (a typed address, a bookmark) and not on another site.
func isOwnNavigation(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
		return true
	}
	return false
}
