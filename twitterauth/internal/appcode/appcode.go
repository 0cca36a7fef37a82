// Package appcode seals what a native app carries between the system browser and
// POST token: X's answer, not redeemed yet, and the request of a user who links an
// account. Nothing is stored, so any machine with the keys does each step; a code is
// good once because X's is.
package appcode

import (
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth/internal/attempt"
)

// Purposes are key material: the keys that seal these values are derived from
// them, so another text makes all values of that kind unreadable.
const (
	purposeCode    = "app login code"
	purposeRequest = "app login request"
)

// Lifetimes of sealed values, from when they are made.
const (
	codeLifetime = time.Minute // RFC 6749, section 4.1.2 asks for a short one; X's own codes live 30 s
	maxSkew      = time.Minute // how far another machine's clock may be ahead
)

// The first byte of an encoded value is its layout. To change a layout while old
// and new machines run, first deploy code that reads both everywhere.
const (
	layoutCode    = 0x11
	layoutRequest = 0x20
)

// Errors of values that are not good. ErrExpired is for a value that was.
var (
	ErrInvalid = errors.New("twitterauth: the sealed value is not of this site, or was changed")
	ErrExpired = errors.New("twitterauth: the sealed value has expired")
)

// Code is what an app exchanges at POST token.
type Code struct {
	Attempt        attempt.Attempt // its Started, Key, Secret, Protocol, Stay, WithoutEmail, User and App
	VerifierOrCode string          // X's
}

// Request is a request of GET authorize by a user who links an account.
type Request struct {
	User string // a digest of the user's ID
	App  attempt.App
	Stay bool
}

// Sealer seals codes and requests for one site.
type Sealer struct {
	codes, requests *session.Sealer
	audience        string
	now             func() time.Time
}

// NewSealer returns the sealer of one site.
func NewSealer(keys []session.Key, audience string) (*Sealer, error) {
	codes, err := session.NewSealer(purposeCode, keys...)
	if err != nil {
		return nil, err
	}
	requests, err := session.NewSealer(purposeRequest, keys...)
	if err != nil {
		return nil, err
	}
	return &Sealer{codes: codes, requests: requests, audience: audience, now: time.Now}, nil
}

// At returns the same sealer with another clock, for tests.
func (s *Sealer) At(now func() time.Time) *Sealer {
	c := *s
	c.now = now
	return &c
}

// SealCode returns a code in URL-safe base64. The redirect URI is sealed as a
// digest, because it need only be compared.
func (s *Sealer) SealCode(c Code) string {
	var flags byte
	if c.Attempt.Stay {
		flags |= 1
	}
	if c.Attempt.WithoutEmail {
		flags |= 2
	}
	if c.Attempt.Protocol == attempt.OAuth2 {
		flags |= 4
	}
	b := s.header(layoutCode, flags)
	b = binary.BigEndian.AppendUint64(b, uint64(c.Attempt.Started.UnixMicro()))
	b = appendTexts(b, c.Attempt.Key, c.Attempt.Secret, c.VerifierOrCode, c.Attempt.User, c.Attempt.App.Challenge, digest(c.Attempt.App.RedirectURI))
	return s.codes.Seal(s.audience, b)
}

// OpenCode opens a code. redirectURI must be that of the request, or "" where the
// client does not send it; verifier must fit the challenge (RFC 7636, section 4.6). A
// code that fits and is too late comes with ErrExpired.
func (s *Sealer) OpenCode(sealed, redirectURI, verifier string) (Code, error) {
	b, err := s.codes.Open(s.audience, sealed)
	if err != nil {
		return Code{}, ErrInvalid
	}
	flags, rest, err := s.checkHeader(b, layoutCode, codeLifetime)
	if errors.Is(err, ErrInvalid) {
		return Code{}, err
	}
	var c Code
	var redirect string
	if len(rest) < 8 || !readTexts(rest[8:], &c.Attempt.Key, &c.Attempt.Secret, &c.VerifierOrCode, &c.Attempt.User, &c.Attempt.App.Challenge, &redirect) {
		return Code{}, ErrInvalid
	}
	if redirectURI != "" && !same(redirect, digest(redirectURI)) || !same(c.Attempt.App.Challenge, challengeOf(verifier)) {
		return Code{}, cmp.Or(err, ErrInvalid)
	}
	c.Attempt.Started = time.UnixMicro(int64(binary.BigEndian.Uint64(rest)))
	c.Attempt.Stay, c.Attempt.WithoutEmail = flags&1 != 0, flags&2 != 0
	if flags&4 != 0 {
		c.Attempt.Protocol = attempt.OAuth2
	}
	return c, err
}

// SealRequest returns a request in URL-safe base64.
func (s *Sealer) SealRequest(q Request) string {
	var flags byte
	if q.Stay {
		flags = 1
	}
	b := appendTexts(s.header(layoutRequest, flags), q.User, q.App.RedirectURI, q.App.Challenge, q.App.State)
	return s.requests.Seal(s.audience, b)
}

// OpenRequest opens a request that is at most lifetime old.
func (s *Sealer) OpenRequest(sealed string, lifetime time.Duration) (q Request, err error) {
	b, err := s.requests.Open(s.audience, sealed)
	if err != nil {
		return Request{}, ErrInvalid
	}
	flags, rest, err := s.checkHeader(b, layoutRequest, lifetime)
	if err != nil {
		return Request{}, err
	}
	if !readTexts(rest, &q.User, &q.App.RedirectURI, &q.App.Challenge, &q.App.State) {
		return Request{}, ErrInvalid
	}
	q.Stay = flags != 0
	return q, nil
}

func (s *Sealer) header(layout, flags byte) []byte {
	return binary.BigEndian.AppendUint64([]byte{layout, flags}, uint64(s.now().UnixMicro()))
}

func (s *Sealer) checkHeader(b []byte, layout byte, lifetime time.Duration) (flags byte, rest []byte, err error) {
	if len(b) < 10 || b[0] != layout {
		return 0, nil, ErrInvalid
	}
	age := s.now().Sub(time.UnixMicro(int64(binary.BigEndian.Uint64(b[2:]))))
	if age >= lifetime || age < -maxSkew {
		return b[1], b[10:], ErrExpired
	}
	return b[1], b[10:], nil
}

func appendTexts(b []byte, texts ...string) []byte {
	for _, s := range texts {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return b
}

func readTexts(b []byte, texts ...*string) bool {
	for _, s := range texts {
		n, size := binary.Uvarint(b)
		if size <= 0 || n > uint64(len(b)-size) {
			return false
		}
		*s, b = string(b[size:size+int(n)]), b[size+int(n):]
	}
	return len(b) == 0
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return string(sum[:])
}

// challengeOf returns the S256 challenge of a verifier (RFC 7636, section 4.2).
func challengeOf(verifier string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(digest(verifier)))
}

// ValidChallenge reports whether a text can be an S256 challenge: 32 bytes in
// base64url.
func ValidChallenge(challenge string) bool {
	return len(challenge) == 43 && strings.Trim(challenge, urlSafe) == ""
}

// ValidVerifier reports whether a text can be a code verifier (RFC 7636, section
// 4.1).
func ValidVerifier(verifier string) bool {
	return len(verifier) >= 43 && len(verifier) <= 128 && strings.Trim(verifier, urlSafe+".~") == ""
}

const urlSafe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
