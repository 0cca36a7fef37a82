package site

import "net/http"

// IsNavigation reports whether a person is going to this page, rather than a
// page loading it as an image or frame, or a browser fetching it ahead
// (https://www.w3.org/TR/fetch-metadata/). Browsers without these headers pass.
func IsNavigation(r *http.Request) bool {
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

// IsOwnNavigation reports whether a navigation began on this origin or with
// the person (a typed address, a bookmark) and not on another site.
func IsOwnNavigation(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
		return true
	}
	return false
}

// IsPageVisit reports whether a browser is going to a page, which can be sent
// elsewhere and come back, unlike a form's post or a script's fetch.
// acceptsHTML is whether the Accept header asks for a page, which decides for
// browsers without Sec-Fetch-Dest.
func IsPageVisit(r *http.Request, acceptsHTML bool) bool {
	if r.Method != http.MethodGet {
		return false
	}
	dest := r.Header.Get("Sec-Fetch-Dest")
	return dest == "document" || isPassedOn(r.Header.Get("Sec-Fetch-Mode"), dest) || dest == "" && acceptsHTML
}
