// Package attempt keeps a pending login, from its start to its callback, in a
// sealed cookie of the browser. The server keeps nothing, so the callback may
// reach another machine.
package attempt

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"time"
)

// Protocol is the protocol of a pending login. Its values are stored in cookies.
type Protocol byte

// The protocols.
const (
	OAuth1 Protocol = iota
	OAuth2
)

// Attempt is one pending login.
type Attempt struct {
	Started      time.Time
	Protocol     Protocol
	WithoutEmail bool   // X was asked for less, after it had refused more
	Used         bool   // X has answered and the login failed: only its page can be shown again
	Key          string // the request token or the state: the callback names the attempt by it
	Secret       string // the request token's secret or the code verifier
	ReturnTo     string
	Stay         bool
	Data         string
	User         string // a digest of the ID of the user who is signed in and links an account, or confirms it; "" for an ordinary login
	Reauth       bool   // User confirms; else User links
	App          App    // the native app that the login is for; zero for a browser login
}

// App is a native app that a login is for (RFC 8252).
type App struct {
	RedirectURI string // "": no app
	Challenge   string // of the app's code verifier (RFC 7636, S256)
	State       string // the app's own, given back to it
}

// Lifetimes of a pending login. The cookie outlives the login, so that a person
// who comes back late still gets a page that keeps the redirect target.
const (
	// lifetime is how long a person may take at X. Half an hour, because
	// people sign up at X on the way.
	lifetime = 30 * time.Minute
	// cookieLifetime is how long a browser keeps the cookie.
	cookieLifetime = time.Hour
	// maxSkew is how far the clock of the machine that started a login may run
	// ahead. A login further in the future counts as expired, because it would
	// otherwise live longer than lifetime.
	maxSkew = time.Minute
)

// The first byte of an encoded attempt is a layout number and flags. A machine
// rejects a layout that it does not know, and then the login starts again. To
// change the layout while old and new machines run, first deploy code that
// reads both everywhere, then code that writes the new one.
const (
	layout           = 0x20
	layoutApp        = 0x40 // layout with the strings of App
	flagStay         = 0x01
	flagOAuth2       = 0x02
	flagWithoutEmail = 0x04
	flagUsed         = 0x08
	flagReauth       = 0x10
	flags            = flagStay | flagOAuth2 | flagWithoutEmail | flagUsed | flagReauth
)

func (t Attempt) encode() []byte {
	first := byte(layout)
	texts := []string{t.Key, t.Secret, t.ReturnTo, t.Data, t.User}
	if t.App.RedirectURI != "" {
		first = layoutApp
		texts = append(texts, t.App.RedirectURI, t.App.Challenge, t.App.State)
	}
	if t.Stay {
		first |= flagStay
	}
	if t.Protocol == OAuth2 {
		first |= flagOAuth2
	}
	if t.WithoutEmail {
		first |= flagWithoutEmail
	}
	if t.Used {
		first |= flagUsed
	}
	if t.Reauth {
		first |= flagReauth
	}
	size := 1 + 8
	for _, s := range texts {
		size += binary.MaxVarintLen16 + len(s)
	}
	b := binary.BigEndian.AppendUint64(append(make([]byte, 0, size), first), uint64(t.Started.UnixMicro()))
	for _, s := range texts {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return b
}

var errLayout = errors.New("twitterauth: the pending login's cookie has another layout")

func decode(b []byte) (t Attempt, err error) {
	if len(b) < 9 || b[0]&^flags != layout && b[0]&^flags != layoutApp {
		return Attempt{}, errLayout
	}
	texts := []*string{&t.Key, &t.Secret, &t.ReturnTo, &t.Data, &t.User}
	if b[0]&^flags == layoutApp {
		texts = append(texts, &t.App.RedirectURI, &t.App.Challenge, &t.App.State)
	}
	t.Stay, t.WithoutEmail, t.Used = b[0]&flagStay != 0, b[0]&flagWithoutEmail != 0, b[0]&flagUsed != 0
	t.Reauth = b[0]&flagReauth != 0
	if b[0]&flagOAuth2 != 0 {
		t.Protocol = OAuth2
	}
	t.Started = time.UnixMicro(int64(binary.BigEndian.Uint64(b[1:])))
	b = b[9:]
	for _, s := range texts {
		n, size := binary.Uvarint(b)
		if size <= 0 || n > uint64(len(b)-size) {
			return Attempt{}, errLayout
		}
		*s, b = string(b[size:size+int(n)]), b[size+int(n):]
	}
	if len(b) != 0 || len(texts) > 5 && t.App.RedirectURI == "" {
		return Attempt{}, errLayout
	}
	return t, nil
}

// expired reports whether the login can no longer finish.
func (t Attempt) expired(now time.Time) bool {
	age := now.Sub(t.Started)
	return age >= lifetime || age < -maxSkew
}

// UserDigest names a user in an attempt in 32 bytes, however long the ID.
func UserDigest(userID string) string {
	sum := sha256.Sum256([]byte(userID))
	return string(sum[:])
}

// Links reports whether the login attaches an account to the user who is signed
// in.
func (t Attempt) Links() bool { return t.User != "" && !t.Reauth }

// Confirms reports whether the login confirms the user who is signed in.
func (t Attempt) Confirms() bool { return t.User != "" && t.Reauth }
