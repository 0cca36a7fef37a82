package twitterauth

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
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
	maxFlows     = 5
	maxFlowBytes = 4096 // names and values together

	// maxOpened bounds the cookies that one request makes us open, and
	// maxSameName those of one name. Browsers send older cookies first, so the
	// newest are opened.
	maxOpened   = 64
	maxSameName = 4

	// maxDeleted bounds the cookies that one answer deletes. The rest go with
	// the next answers.
	maxDeleted = 20
)

// purposePendingLogin is key material: the key that seals pending logins is
// derived from it, so another text makes every pending login unreadable.
const purposePendingLogin = "pending login"

// flows keeps each pending login in a cookie of its own, so that two tabs
// finish in either order.
type flows struct {
	sealer *session.Sealer
	prefix string // of the cookies' names
	site   string // what the cookies are sealed for
	secure bool
	now    func() time.Time
}

// flow is a pending login as a request brings it.
type flow struct {
	attempt
	cookie string // its name
	size   int
}

// begin adds the cookie of a new attempt, in place of the attempt with the key
// replaced, if any, and deletes the oldest that would be too many.
func (f flows) begin(w http.ResponseWriter, r *http.Request, t attempt, replaced string) {
	t.Started = f.now()
	name := f.name(t.Key)
	value := f.seal(name, t)
	count, size := 1, len(name)+len(value)
	open, stale := f.read(r)
	slices.SortFunc(open, func(a, b flow) int { return b.Started.Compare(a.Started) })
	for _, old := range open {
		if old.Key == replaced {
			stale = append(stale, old.cookie)
			continue
		}
		count, size = count+1, size+old.size
		if count > maxFlows || size > maxFlowBytes {
			stale = append(stale, old.cookie)
		}
	}
	for _, old := range stale[:min(len(stale), maxDeleted)] {
		f.set(w, old, "", -1)
	}
	f.set(w, name, value, int(attemptCookieLifetime/time.Second))
}

// find returns the attempt that a callback names. The cookie's name is a hash
// of the key and its content is compared with the key itself.
func (f flows) find(r *http.Request, key string) (t attempt, ok bool) {
	name, opened := f.name(key), 0
	for value := range cookieheader.Values(r.Header, name) {
		if opened++; opened > maxSameName {
			break
		}
		found, err := f.open(name, value)
		if err == nil && subtle.ConstantTimeCompare([]byte(found.Key), []byte(key)) == 1 {
			return found, true
		}
	}
	return attempt{}, false
}

// end deletes the cookie of an attempt that succeeded.
func (f flows) end(w http.ResponseWriter, t attempt) { f.set(w, f.name(t.Key), "", -1) }

// use marks an attempt as used. It can no longer finish, but a reload of its
// callback still finds the redirect target, and what else the person chose.
func (f flows) use(w http.ResponseWriter, t attempt) {
	t.Used, t.Secret = true, ""
	name := f.name(t.Key)
	f.set(w, name, f.seal(name, t), int(attemptCookieLifetime/time.Second))
}

// read returns the request's attempts, and the names of cookies that are to be
// deleted: expired, unreadable, or too many to be opened.
func (f flows) read(r *http.Request) (open []flow, stale []string) {
	var candidates []struct{ name, value string }
	for name, value := range cookieheader.Pairs(r.Header) {
		if suffix, ours := strings.CutPrefix(name, f.prefix); ours && len(suffix) == flowSuffix {
			candidates = append(candidates, struct{ name, value string }{name, value})
		}
	}
	unopened := max(len(candidates)-maxOpened, 0)
	seen := map[string]bool{} // whether a cookie of that name can be read
	var names []string
	for i, c := range candidates {
		if _, again := seen[c.name]; !again {
			seen[c.name] = false
			names = append(names, c.name)
		}
		if i < unopened || seen[c.name] {
			continue
		}
		t, err := f.open(c.name, c.value)
		if err == nil && f.now().Sub(t.Started) < attemptCookieLifetime {
			seen[c.name] = true
			open = append(open, flow{attempt: t, cookie: c.name, size: len(c.name) + len(c.value)})
		}
	}
	// A name that can be read once is kept, whatever else has that name.
	stale = slices.DeleteFunc(names, func(name string) bool { return seen[name] })
	return open, stale
}

func (f flows) seal(name string, t attempt) string {
	return f.sealer.Seal(f.boundTo(name), t.encode())
}

func (f flows) open(name, value string) (attempt, error) {
	plain, err := f.sealer.Open(f.boundTo(name), value)
	if err != nil {
		return attempt{}, err
	}
	return decodeAttempt(plain)
}

// boundTo is what a cookie is authenticated for: its name and this site, so
// that another site with the same keys rejects it.
func (f flows) boundTo(name string) string { return name + "\x00" + f.site }

// flowSuffix is the length of what name puts behind the prefix: 12 bytes in
// base64.
const flowSuffix = 16

func (f flows) name(key string) string {
	sum := sha256.Sum256([]byte(key))
	name := append(make([]byte, 0, 128), f.prefix...)
	return string(base64.RawURLEncoding.AppendEncode(name, sum[:12]))
}

func (f flows) set(w http.ResponseWriter, name, value string, maxAge int) {
	setCookie(w, name, value, maxAge, f.secure)
}
