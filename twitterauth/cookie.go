package twitterauth

import "net/http"

// cookieName derives the name of one of the login's own cookies from the
// session cookie's name. Over https the prefix __Host- keeps sibling hosts from
// planting it (RFC 6265bis, section 4.1.3.2).
func cookieName(sessionCookie, suffix string, secure bool) string {
	if secure {
		return "__Host-" + sessionCookie + suffix
	}
	return sessionCookie + suffix
}

// setCookie is the one place that writes and deletes the login's own cookies.
// maxAge 0 makes a cookie end with the browser, below 0 deletes it.
// SameSite=Lax, because Strict cookies are withheld on the way back from X.
func setCookie(w http.ResponseWriter, name, value string, maxAge int, secure bool) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // G124: Secure is off for http on loopback only
		Name:     name,
		Value:    value,
		Path:     "/",
		MaxAge:   maxAge,
		Secure:   secure,
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
	})
}
