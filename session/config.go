package session

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"
)

// Defaults of a [Config].
const (
	DefaultLifetime     = 24 * time.Hour
	DefaultStayLifetime = 30 * 24 * time.Hour
	DefaultCookieName   = "twitterauth_session"
)

// minLifetime is the shortest lifetime that works: a session that expires before
// the browser comes back sends people round between login and page. It finds
// numbers without a unit, which are nanoseconds.
const minLifetime = 100 * time.Millisecond

// maxAudience is how long an audience may be, in bytes.
const maxAudience = 2048

// Config sets how sessions are kept. Only Keys is required.
type Config struct {
	_ [0]func() // keyed literals only

	// Keys seal and open cookies: Keys[0] seals, all of them open. To rotate,
	// add the new key second on every machine, then move it first, then drop
	// the old key once StayLifetime has passed. Empty keys and a key listed
	// twice are refused.
	Keys []Key

	// Audience names the site that the sessions belong to, such as
	// "https://app.example.com/shop/". Managers that share Keys or a Store and
	// differ in Audience accept no session of each other, as a cookie or as a
	// bearer token. A change of it logs everybody out. Control characters, invalid
	// UTF-8 and more than 2,048 bytes are refused. Package twitterauth sets it.
	// Default: "", for the package used alone with one site for each set of keys.
	Audience string

	// Lifetime is how long a session without stayLoggedIn is valid at most,
	// whatever the browser does with its cookie. Less than a tenth of a second is
	// refused, because it is a number without a unit. Default: 24 hours.
	Lifetime time.Duration

	// StayLifetime is how long a session with stayLoggedIn lasts. Default: 30
	// days. Browsers keep no cookie for more than 400 days (RFC 6265bis).
	StayLifetime time.Duration

	// IdleTimeout ends a session without stayLoggedIn when it was unused for that
	// long; Lifetime still ends it, however much it is used. Each [Manager.Touch]
	// moves the idle end. Package twitterauth renews a session at a page visit when
	// LastSeen is older than a twentieth of the timeout, so a session may end up to
	// a twentieth early. Less than a minute, and Lifetime or more, are refused.
	// Default: 0, no idle timeout.
	//
	// Sessions with an idle timeout are stored in a layout of their own, in which
	// versions of this package without idle timeouts find no session. Deploy this
	// version everywhere first, then set the timeout. Setting a timeout ends no
	// session, because a session from before counts as seen now until its first
	// renewal. A changed timeout counts from a session's next renewal. After a timeout
	// is unset, a session that has an idle end keeps that end.
	IdleTimeout time.Duration

	// StayIdleTimeout is IdleTimeout for sessions with stayLoggedIn, such as 30
	// days where StayLifetime is a year. The cookie's Max-Age then follows the idle
	// end. Less than a minute, and StayLifetime or more, are refused. Default: 0, no
	// idle timeout.
	StayIdleTimeout time.Duration

	// Store keeps the sessions on the server: any store of
	// [github.com/gorilla/sessions]. Default: nil, the sealed cookie is the
	// session. A store's own limit on a cookie's age (30 days in most) must not
	// be shorter than StayLifetime, or than StayIdleTimeout where that is set,
	// because a renewal begins the age anew.
	//
	// Start, Load, Touch and End each wait for the store for 5 seconds at most. Each
	// call to it runs in a goroutine, with a copy of the request that has no body and
	// whose context ends with that time or with the request. A call that does not
	// return in time is abandoned and runs on. While 64 abandoned calls run, the
	// store is not called and Start, Load, Touch and End fail at once. So give the
	// store's client read and write timeouts, which make such calls return.
	Store sessions.Store

	// CookieName is the cookie's name without prefix; over https the prefix
	// "__Host-" is put before it. Two Managers on one host need two names.
	// Default: "twitterauth_session".
	CookieName string

	// Bearer makes Load accept a session's token in an Authorization header
	// too ("Bearer twa_…"), for clients without a cookie jar. Other
	// Authorization headers are left to the app. Default: false.
	Bearer bool

	// AllowHTTP leaves Secure and the prefix __Host- away from cookies, for
	// development on loopback addresses. Default: false.
	AllowHTTP bool
}

// withDefaults returns a copy that owns its slices.
func (c Config) withDefaults() Config {
	c.Keys = append([]Key(nil), c.Keys...)
	if c.Lifetime == 0 {
		c.Lifetime = DefaultLifetime
	}
	if c.StayLifetime == 0 {
		c.StayLifetime = DefaultStayLifetime
	}
	if c.CookieName == "" {
		c.CookieName = DefaultCookieName
	}
	return c
}

// validate returns every mistake at once, each a *ConfigError.
func (c Config) validate() error {
	var mistakes []error
	refuse := func(field, format string, args ...any) {
		mistakes = append(mistakes, &ConfigError{Field: field, Reason: fmt.Sprintf(format, args...)})
	}
	if len(c.Keys) == 0 {
		refuse("Keys", "is empty: give at least one key, made once with \"openssl rand -base64 32\" and kept with the app's secrets")
	}
	seen := map[string]int{}
	for i, k := range c.Keys {
		if k.isZero() {
			refuse("Keys", "[%d] is an empty key: look at the error of session.ParseKey, or make a key once with \"openssl rand -base64 32\" and keep it with the app's secrets; is its environment variable set?", i)
			continue
		}
		if first, again := seen[k.Encode()]; again {
			refuse("Keys", "[%d] is the same as [%d]: list each key once", i, first)
		} else {
			seen[k.Encode()] = i
		}
	}
	for _, d := range []struct {
		field string
		value time.Duration
		unset string
	}{{"Lifetime", c.Lifetime, "24 hours"}, {"StayLifetime", c.StayLifetime, "30 days"}} {
		switch {
		case d.value < 0:
			refuse(d.field, "is negative: give a positive duration, or 0 for %s", d.unset)
		case d.value < minLifetime:
			refuse(d.field, "is %v and ends before the next request: durations have units, as in 24*time.Hour", d.value)
		}
	}
	for _, check := range []struct{ field, reason string }{
		{"IdleTimeout", checkIdleTimeout(c.IdleTimeout, "Lifetime", c.Lifetime)},
		{"StayIdleTimeout", checkIdleTimeout(c.StayIdleTimeout, "StayLifetime", c.StayLifetime)},
		{"Audience", checkAudience(c.Audience)},
		{"Store", checkStore(c.Store)},
		{"CookieName", checkCookieName(c.CookieName)},
	} {
		if check.reason != "" {
			refuse(check.field, "%s", check.reason)
		}
	}
	return errors.Join(mistakes...)
}

// checkIdleTimeout returns why an idle timeout is refused, or "".
func checkIdleTimeout(timeout time.Duration, lifetimeField string, lifetime time.Duration) string {
	switch {
	case timeout == 0:
		return ""
	case timeout < 0:
		return "is negative: give a positive duration, or 0 for no idle timeout"
	case timeout < minIdleTimeout:
		return fmt.Sprintf("is %v, less than a minute: give a longer timeout; durations have units, as in 30*time.Minute", timeout)
	case timeout >= lifetime:
		return fmt.Sprintf("is %v and would never end a session, because %s is %v: give a shorter timeout, 0 for none, or a longer %[2]s", timeout, lifetimeField, lifetime)
	}
	return ""
}

// checkAudience returns why an audience is refused, or "". A NUL byte would end
// the cookie's name where the two are sealed together, and a store that
// serializes to JSON changes invalid UTF-8.
func checkAudience(audience string) string {
	switch {
	case len(audience) > maxAudience:
		return fmt.Sprintf("is longer than %d bytes: give the site's address", maxAudience)
	case !utf8.ValidString(audience):
		return "is not valid UTF-8: give the site's address"
	case strings.ContainsFunc(audience, unicode.IsControl):
		return "has a control character: give the site's address"
	}
	return ""
}

// checkStore returns why a store cannot work, or "".
func checkStore(store sessions.Store) string {
	if store == nil {
		return ""
	}
	if v := reflect.ValueOf(store); v.Kind() == reflect.Pointer && v.IsNil() {
		return "is a nil pointer: leave it out, or look at the error that came with it"
	}
	var codecs []securecookie.Codec
	switch store := store.(type) {
	case *sessions.CookieStore:
		codecs = store.Codecs
	case *sessions.FilesystemStore:
		codecs = store.Codecs
	default:
		return ""
	}
	if len(codecs) == 0 {
		return "was made without a key: give gorilla's constructor one"
	}
	return ""
}

// checkCookieName returns why a name is refused, or "". A name must be a token
// (RFC 6265, section 4.1.1) and leave room for the value.
func checkCookieName(name string) string {
	lower := strings.ToLower(name)
	switch {
	case strings.HasPrefix(lower, "__host-") || strings.HasPrefix(lower, "__secure-"):
		return "has a __Host- or __Secure- prefix: leave it out, __Host- is added over https"
	case len(name) > 64:
		return "is longer than 64 characters: choose a shorter one"
	}
	for _, c := range []byte(name) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte("()<>@,;:\\\"/[]?={}", c) >= 0 {
			return "has a character that cookie names cannot have: use letters, digits, '-', '_' and '.'"
		}
	}
	return ""
}
