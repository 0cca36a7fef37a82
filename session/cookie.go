package session

import (
	"net/http"
	"strings"
	"time"

	"twitterlogin.example/internal/cookieheader"
)

// hostPrefix makes browsers refuse the cookie unless it is Secure, has Path=/
// and no Domain, so no sibling host can plant it (RFC 6265bis, section 4.1.3.2).
const hostPrefix = "__Host-"

// maxCookie is what browsers keep of a cookie's name and value, in bytes.
const maxCookie = 4096

// maxCandidates is how many cookies of the session's name are looked at in one
// request. A browser sends more than one only where a sibling path or host has
// planted some. Each costs an AES operation or a call to the store, so a request
// must not choose how many there are.
const maxCandidates = 4

// cookie is the one place that reads, writes and deletes the session's cookie.
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

// set sends the cookie and removes any other cookie of its name that the
// response already carries. With maxAge 0 the cookie ends with the browser, below
// 0 it is deleted.
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
	// A slice of its own: the app may hold the old one.
	lines := make([]string, 0, len(h["Set-Cookie"])+1)
	for _, line := range h["Set-Cookie"] {
		if name, _, _ := strings.Cut(line, "="); name != c.name {
			lines = append(lines, line)
		}
	}
	h["Set-Cookie"] = append(lines, k.String())
}

// sent returns the value of the cookie of that name that the response already
// carries; "" for a deletion.
func (c cookie) sent(w http.ResponseWriter) (value string, ok bool) {
	for _, line := range w.Header()["Set-Cookie"] {
		if k, err := http.ParseSetCookie(line); err == nil && k.Name == c.name {
			value, ok = k.Value, true
		}
	}
	return value, ok
}

// candidates returns the values of the request's first cookies of that name, in
// their order.
func (c cookie) candidates(r *http.Request) (values [maxCandidates]string, n int) {
	for value := range cookieheader.Values(r.Header, c.name) {
		values[n] = value
		if n++; n == maxCandidates {
			break
		}
	}
	return values, n
}
