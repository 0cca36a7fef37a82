package twitterauth

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"time"
)

// attempt is one pending login, from the start to the callback. It travels
// sealed in a cookie of its own, so the server keeps nothing and the callback
// may reach another machine.
type attempt struct {
	Started  time.Time
	Protocol protocolKind
	Less     bool   // X was asked for less, after it refused more
	Used     bool   // X has answered and the login failed: its page can be shown again, no more
	Key      string // the request token or the state: the callback names the attempt by it
	Secret   string // the request token's secret or the code verifier
	ReturnTo string
	Stay     bool
	Data     string
	LinkTo   string // a digest of the linking user's ID; "" for an ordinary login
}

// Lifetimes of a pending login. The cookie outlives the login, so that a person
// who comes back late still gets a page that keeps the redirect target.
const (
	// attemptLifetime is how long a person may take at X. Half an hour, because
	// people sign up at X on the way.
	attemptLifetime = 30 * time.Minute
	// attemptCookieLifetime is how long a browser keeps the cookie.
	attemptCookieLifetime = time.Hour
	// attemptSkew is how far the clock of the machine that started a login may run
	// ahead. A login further in the future counts as expired, because it would
	// otherwise live longer than attemptLifetime.
	attemptSkew = time.Minute
)

// The first byte of an encoded attempt: a layout number and flags. A machine
// rejects a layout that it does not know, and then the login starts again. To
// change the layout while old and new machines run, first deploy code that
// reads both everywhere, then code that writes the new one.
const (
	attemptLayout = 0x20
	attemptStay   = 0x01
	attemptOAuth2 = 0x02
	attemptLess   = 0x04
	attemptUsed   = 0x08
	attemptFlags  = attemptStay | attemptOAuth2 | attemptLess | attemptUsed
)

func (t attempt) encode() []byte {
	first := byte(attemptLayout)
	if t.Stay {
		first |= attemptStay
	}
	if t.Protocol == oauth2 {
		first |= attemptOAuth2
	}
	if t.Less {
		first |= attemptLess
	}
	if t.Used {
		first |= attemptUsed
	}
	b := binary.BigEndian.AppendUint64([]byte{first}, uint64(t.Started.UnixMicro()))
	for _, s := range []string{t.Key, t.Secret, t.ReturnTo, t.Data, t.LinkTo} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return b
}

var errAttemptLayout = errors.New("twitterauth: the login's cookie has another layout")

func decodeAttempt(b []byte) (t attempt, err error) {
	if len(b) < 9 || b[0]&^attemptFlags != attemptLayout {
		return attempt{}, errAttemptLayout
	}
	t.Stay, t.Less, t.Used = b[0]&attemptStay != 0, b[0]&attemptLess != 0, b[0]&attemptUsed != 0
	if b[0]&attemptOAuth2 != 0 {
		t.Protocol = oauth2
	}
	t.Started = time.UnixMicro(int64(binary.BigEndian.Uint64(b[1:])))
	b = b[9:]
	for _, s := range []*string{&t.Key, &t.Secret, &t.ReturnTo, &t.Data, &t.LinkTo} {
		n, size := binary.Uvarint(b)
		if size <= 0 || n > uint64(len(b)-size) {
			return attempt{}, errAttemptLayout
		}
		*s, b = string(b[size:size+int(n)]), b[size+int(n):]
	}
	if len(b) != 0 {
		return attempt{}, errAttemptLayout
	}
	return t, nil
}

// expired reports whether a login that started then can no longer finish.
func (t attempt) expired(now time.Time) bool {
	age := now.Sub(t.Started)
	return age >= attemptLifetime || age < -attemptSkew
}

// userDigest names a user in an attempt in 32 bytes, however long the ID.
func userDigest(userID string) string {
	sum := sha256.Sum256([]byte(userID))
	return string(sum[:])
}
