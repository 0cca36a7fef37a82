package attempt

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"twitterlogin.example/internal/cookieheader"
	"twitterlogin.example/session"
)

// Bounds on the pending logins of one browser. Servers reject every request
// whose headers are too long (nginx: 8 KB), so cookies must not pile up.
const (
	maxPending      = 5
	maxPendingBytes = 4096 // names and values together

	// maxOpened bounds the cookies that one request makes us open, and
	// maxSameName those of one name. Browsers send older cookies first, so the
	// newest are opened.
	maxOpened   = 64
	maxSameName = 4

	// maxDeleted bounds the cookies that one answer deletes. The rest go with
	// the next answers.
	maxDeleted = 20
)

// purpose is key material: the key that seals pending logins is derived from it,
// so another text makes every pending login unreadable.
const purpose = "pending login"

// Cookies keeps each pending login in a cookie of its own, so that two tabs
// finish in either order.
type Cookies struct {
	sealer *session.Sealer
	prefix string // of the cookies' names
	site   string // what the cookies are sealed for
	secure bool
	now    func() time.Time
}

// NewCookies returns the cookies of one site. Their names are derived from the
// session cookie's. They are sealed for the audience, so that another site with
// the same keys rejects them.
func NewCookies(keys []session.Key, sessionCookie, audience string, secure bool) (Cookies, error) {
	sealer, err := session.NewSealer(purpose, keys...)
	if err != nil {
		return Cookies{}, err
	}
	return Cookies{
		sealer: sealer,
		prefix: cookieheader.Name(sessionCookie+"_login_", secure),
		site:   audience,
		secure: secure,
		now:    time.Now,
	}, nil
}

// At returns the same cookies with another clock, for tests.
func (c Cookies) At(now func() time.Time) Cookies {
	c.now = now
	return c
}

// pending is an attempt as a request brings it.
type pending struct {
	Attempt
	cookie string // its name
	size   int
}

// maxCookie is what browsers keep of one cookie, name and value together, in bytes
// (RFC 6265bis, section 5.5). They silently drop a longer cookie.
const maxCookie = 4096

var errTooLong = errors.New("twitterauth: the pending login's cookie would pass 4096 bytes, and browsers would drop it")

// Begin adds the cookie of a new attempt, in place of the attempt with the key
// replaced, if any, and deletes the oldest that would be too many. A cookie
// that browsers would drop is an error. It does not happen, because the bounds
// on what an attempt holds leave room under the longest name of a cookie.
func (c Cookies) Begin(w http.ResponseWriter, r *http.Request, t Attempt, replaced string) error {
	t.Started = c.now()
	name := c.name(t.Key)
	value := c.seal(name, t)
	size := len(name) + len(value)
	if size > maxCookie {
		return errTooLong
	}
	c.prune(w, r, replaced, 1, size)
	c.set(w, name, value, int(cookieLifetime/time.Second))
	return nil
}

// prune deletes the attempt with the key gone, if any, and the oldest attempts, to
// make room for count others of that size.
func (c Cookies) prune(w http.ResponseWriter, r *http.Request, gone string, count, size int) {
	ended := ""
	if gone != "" {
		ended = c.name(gone)
		c.set(w, ended, "", -1)
	}
	open, stale := c.read(r, ended)
	slices.SortFunc(open, func(a, b pending) int { return b.Started.Compare(a.Started) })
	for _, old := range open {
		count, size = count+1, size+old.size
		if count > maxPending || size > maxPendingBytes {
			stale = append(stale, old.cookie)
		}
	}
	for _, old := range stale[:min(len(stale), maxDeleted)] {
		c.set(w, old, "", -1)
	}
}

// Find returns the attempt that a callback names. The cookie's name is a hash
// of the key and its content is compared with the key itself.
func (c Cookies) Find(r *http.Request, key string) (t Attempt, ok bool) {
	name, opened := c.name(key), 0
	for value := range cookieheader.Values(r.Header, name) {
		if opened++; opened > maxSameName {
			break
		}
		found, err := c.open(name, value)
		if err == nil && subtle.ConstantTimeCompare([]byte(found.Key), []byte(key)) == 1 {
			return found, true
		}
	}
	return Attempt{}, false
}

// Delete deletes the cookie of an attempt that succeeded, and the oldest of those
// that are too many.
func (c Cookies) Delete(w http.ResponseWriter, r *http.Request, t Attempt) {
	c.prune(w, r, t.Key, 0, 0)
}

// MarkUsed marks an attempt as used. It can no longer finish, but a reload of its
// callback still finds the redirect target, and what else the person chose.
func (c Cookies) MarkUsed(w http.ResponseWriter, t Attempt) {
	t.Used, t.Secret, t.App.Challenge, t.App.State = true, "", "", ""
	name := c.name(t.Key)
	c.set(w, name, c.seal(name, t), int(cookieLifetime/time.Second))
}

// read returns the request's attempts, and the names of cookies that are to be
// deleted: expired, unreadable, or too many to be opened. Cookies with the name
// ended are left out.
func (c Cookies) read(r *http.Request, ended string) (open []pending, stale []string) {
	var candidates []struct{ name, value string }
	for name, value := range cookieheader.Pairs(r.Header) {
		if suffix, ours := strings.CutPrefix(name, c.prefix); ours && len(suffix) == suffixLength && name != ended {
			candidates = append(candidates, struct{ name, value string }{name, value})
		}
	}
	unopened := max(len(candidates)-maxOpened, 0)
	seen := map[string]bool{} // whether a cookie of that name can be read
	var names []string
	for i, found := range candidates {
		if _, again := seen[found.name]; !again {
			seen[found.name] = false
			names = append(names, found.name)
		}
		if i < unopened || seen[found.name] {
			continue
		}
		t, err := c.open(found.name, found.value)
		if err == nil && c.now().Sub(t.Started) < cookieLifetime {
			seen[found.name] = true
			open = append(open, pending{Attempt: t, cookie: found.name, size: len(found.name) + len(found.value)})
		}
	}
	// A name that can be read once is kept, whatever else has that name.
	stale = slices.DeleteFunc(names, func(name string) bool { return seen[name] })
	return open, stale
}

func (c Cookies) seal(name string, t Attempt) string {
	return c.sealer.Seal(c.boundTo(name), t.encode())
}

func (c Cookies) open(name, value string) (Attempt, error) {
	plain, err := c.sealer.Open(c.boundTo(name), value)
	if err != nil {
		return Attempt{}, err
	}
	return decode(plain)
}

// boundTo is what a cookie is authenticated for: its name and this site, so
// that another site with the same keys rejects it.
func (c Cookies) boundTo(name string) string { return name + "\x00" + c.site }

// suffixLength is the length of what name puts behind the prefix: 12 bytes in
// base64.
const suffixLength = 16

func (c Cookies) name(key string) string {
	sum := sha256.Sum256([]byte(key))
	var suffix [suffixLength]byte
	base64.RawURLEncoding.Encode(suffix[:], sum[:12])
	return c.prefix + string(suffix[:])
}

func (c Cookies) set(w http.ResponseWriter, name, value string, maxAge int) {
	cookieheader.Set(w, name, value, maxAge, c.secure)
}

// Expired reports whether an attempt can no longer finish.
func (c Cookies) Expired(t Attempt) bool { return t.expired(c.now()) }
