package twitterauth

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"time"

	"twitterlogin.example/session"
)

// Bounds on the logins under way in one browser. Servers refuse requests whose
// headers are too long (nginx: 8 KB), all of them, so cookies must not pile up.
const (
	maxFlows     = 5
	maxFlowBytes = 4096 // names and values together
)

// flows keeps each login under way in a cookie of its own, so that two tabs
// finish in either order.
type flows struct {
	sealer *session.Sealer
	prefix string // of the cookies' names
	secure bool
	now    func() time.Time
}

// flow is a login under way as a request brings it.
type flow struct {
	attempt
	cookie string // its name
	size   int
}

// begin adds the cookie of a new attempt, in place of the one that replaced is
// the key of, if any, and drops the oldest ones that would be too many beside
// it.
func (f flows) begin(w http.ResponseWriter, r *http.Request, t attempt, replaced string) {
	t.Started = f.now()
	name := f.name(t.Key)
	value := f.sealer.Seal(name, t.encode())
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
	for _, old := range stale {
		f.set(w, old, "", -1)
	}
	f.set(w, name, value, int(attemptLifetime/time.Second))
}

// find returns the attempt that a callback names. Its cookie's name is a hash
// of the key and its content is compared with the key itself.
func (f flows) find(r *http.Request, key string) (t attempt, expired, ok bool) {
	name := f.name(key)
	for _, c := range r.CookiesNamed(name) {
		found, err := f.open(name, c.Value)
		if err != nil || subtle.ConstantTimeCompare([]byte(found.Key), []byte(key)) != 1 {
			continue
		}
		return found, f.isOver(found), true
	}
	return attempt{}, false, false
}

// end deletes an attempt's cookie.
func (f flows) end(w http.ResponseWriter, key string) { f.set(w, f.name(key), "", -1) }

// read returns the request's attempts, and the names of the cookies among
// ours that are over or cannot be read.
func (f flows) read(r *http.Request) (open []flow, stale []string) {
	for _, c := range r.Cookies() {
		if suffix, ours := strings.CutPrefix(c.Name, f.prefix); !ours || len(suffix) != flowSuffix {
			continue
		}
		t, err := f.open(c.Name, c.Value)
		switch {
		case err == nil && !f.isOver(t):
			open = append(open, flow{attempt: t, cookie: c.Name, size: len(c.Name) + len(c.Value)})
		case !slices.Contains(stale, c.Name):
			stale = append(stale, c.Name)
		}
	}
	for _, o := range open { // one that can be read is not given up for a double that cannot
		stale = slices.DeleteFunc(stale, func(name string) bool { return name == o.cookie })
	}
	return open, stale
}

func (f flows) open(name, value string) (attempt, error) {
	plain, err := f.sealer.Open(name, value)
	if err != nil {
		return attempt{}, err
	}
	return decodeAttempt(plain)
}

func (f flows) isOver(t attempt) bool { return f.now().Sub(t.Started) >= attemptLifetime }

// flowSuffix is the length of what name puts behind the prefix: 12 bytes in
// base64.
const flowSuffix = 16

// flowPrefix derives the cookies' names from the session cookie's.
func flowPrefix(sessionCookie string, secure bool) string {
	if secure {
		return "__Host-" + sessionCookie + "_login_"
	}
	return sessionCookie + "_login_"
}

func (f flows) name(key string) string {
	sum := sha256.Sum256([]byte(key))
	name := append(make([]byte, 0, 128), f.prefix...)
	return string(base64.RawURLEncoding.AppendEncode(name, sum[:12]))
}

// set is the one place that writes and deletes these cookies. SameSite=Lax,
// for Strict ones would be withheld on the way back from X.
func (f flows) set(w http.ResponseWriter, name, value string, maxAge int) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // G124: Secure is off for http on loopback only
		Name:     name,
		Value:    value,
		Path:     "/",
		MaxAge:   maxAge,
		Secure:   f.secure,
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
	})
}
