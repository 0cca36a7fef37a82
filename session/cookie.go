package session

import (
	"iter"
	"net/http"
	"strings"
	"time"
)

// hostPrefix makes browsers refuse the cookie unless it is Secure, has Path=/
// and no Domain, so no sibling host can plant it (RFC 6265bis, section 4.1.3.2).
const hostPrefix = "__Host-"

// maxCookie is what browsers keep of a cookie's name and value, in bytes.
const maxCookie = 4096

// cookie is the one place that writes and deletes the session's cookie.
type cookie struct {
	name   string // with prefix
	secure bool
}

func newCookie(name string, allowHTTP bool) cookie {
	if allowHTTP {
		return cookie{name: name}
	}
	return cookie{name: hostPrefix + name, secure: true}
}

// tooLong reports whether browsers would not keep the cookie.
func (c cookie) tooLong(value string) bool { return len(c.name)+len(value) > maxCookie }

// set sends the cookie in place of any other of its name that this answer
// already carries. maxAge 0 lets it end with the browser, below 0 deletes it.
func (c cookie) set(w http.ResponseWriter, value string, maxAge int) {
	k := &http.Cookie{ //nolint:gosec // G124: Secure but with AllowHTTP
		Name:     c.name,
		Value:    value,
		Path:     "/",
		MaxAge:   maxAge,
		Secure:   c.secure,
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode, // Strict would be withheld on the way back from X
	}
	switch {
	case maxAge > 0:
		k.Expires = time.Now().Add(time.Duration(maxAge) * time.Second)
	case maxAge < 0:
		k.Expires = time.Unix(1, 0)
	}
	h := w.Header()
	kept := h["Set-Cookie"][:0:0]
	for _, line := range h["Set-Cookie"] {
		if name, _, _ := strings.Cut(line, "="); name != c.name {
			kept = append(kept, line)
		}
	}
	h["Set-Cookie"] = append(kept, k.String())
}

// values yields the value of each cookie of that name on the request, in
// order. There can be several, since sibling paths and hosts may plant some.
func (c cookie) values(r *http.Request) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, line := range r.Header["Cookie"] {
			if !strings.Contains(line, c.name) {
				continue // the everyday case: cookies of other parts of the site
			}
			for len(line) > 0 {
				var pair string
				pair, line, _ = strings.Cut(line, ";")
				name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
				if name == c.name && !yield(value) {
					return
				}
			}
		}
	}
}
