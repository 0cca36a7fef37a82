package cookieheader

import (
	"net/http"
	"strings"
)

// Name returns a cookie's name as browsers have it: over https with the prefix
// __Host-, which keeps sibling hosts from planting it (RFC 6265bis, section
// 4.1.3.2).
func Name(name string, secure bool) string {
	if secure {
		return "__Host-" + name
	}
	return name
}

// Set sends a cookie for the whole host, which no script can read, in place of any
// other of its name that this answer already carries. maxAge is in
// seconds; 0 makes the cookie end with the browser, below 0 deletes it.
// SameSite=Lax, because Strict cookies are withheld on the way back from X.
func Set(w http.ResponseWriter, name, value string, maxAge int, secure bool) {
	c := &http.Cookie{ //nolint:gosec // G124: Secure is off for http on loopback only
		Name:     name,
		Value:    value,
		Path:     "/",
		MaxAge:   maxAge,
		Secure:   secure,
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
	}
	h := w.Header()
	var kept []string // a slice of its own: the app may hold the other
	for _, line := range h["Set-Cookie"] {
		if other, _, _ := strings.Cut(line, "="); other != name {
			kept = append(kept, line)
		}
	}
	h["Set-Cookie"] = append(kept, c.String())
}
