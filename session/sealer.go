package session

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
)

// Sealer encrypts and authenticates short values that a browser keeps for the
// server: AES-256-GCM with a random nonce (NIST SP 800-38D), under keys derived
// with HKDF-SHA-256 (RFC 5869) for one purpose. A value sealed for one purpose,
// or under one name, opens under no other. It is safe for concurrent use.
type Sealer struct {
	aeads []cipher.AEAD
}

// infoPrefix begins the info from which HKDF derives a purpose's key. It is key
// material: a change makes everything that was ever sealed unreadable.
const infoPrefix = "twitterlogin "

// sealOverhead is the nonce and the tag, in bytes.
const sealOverhead = 12 + 16

// encoding is strict: trailing bits that do not count must be zero, so that a
// sealed value has exactly one spelling.
var encoding = base64.RawURLEncoding.Strict()

// NewSealer returns a Sealer for a purpose, any text that no other use of the
// same keys has. The purpose is key material: what was sealed for one purpose is
// unreadable after the text has changed. Sessions use the purpose "session".
// keys[0] seals, all of them open.
func NewSealer(purpose string, keys ...Key) (*Sealer, error) {
	if len(keys) == 0 {
		return nil, errors.New("session: a Sealer needs at least one key")
	}
	s := &Sealer{aeads: make([]cipher.AEAD, len(keys))}
	for i, k := range keys {
		if k.isZero() {
			return nil, fmt.Errorf("session: key %d is empty; make one with session.NewKey", i)
		}
		derived, err := hkdf.Key(sha256.New, k.sealed.secret[:], nil, infoPrefix+purpose, keySize)
		if err != nil {
			return nil, fmt.Errorf("session: deriving key %d: %w", i, err)
		}
		block, err := aes.NewCipher(derived)
		if err != nil {
			return nil, fmt.Errorf("session: key %d: %w", i, err)
		}
		s.aeads[i], err = cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			return nil, fmt.Errorf("session: key %d: %w", i, err)
		}
	}
	return s, nil
}

// Seal encrypts value for a cookie of that name. The result is URL-safe base64,
// about 4/3 of the value's length and 38 characters more.
func (s *Sealer) Seal(name string, value []byte) string {
	return s.seal([]byte(name), value)
}

// Open returns the value that was sealed under that cookie name. Its errors wrap
// [ErrNoSession], whatever the purpose of s. [ErrUnknownKey] is the error of a
// well-formed value that none of the keys opens: a single byte was changed, or
// the value was sealed with another key, for another purpose or under another
// name. The error of text that is too short, or is not base64 as Seal writes it,
// is not ErrUnknownKey.
func (s *Sealer) Open(name, sealed string) ([]byte, error) {
	return s.open([]byte(name), sealed, nil)
}

func (s *Sealer) seal(bound, value []byte) string {
	return encoding.EncodeToString(s.aeads[0].Seal(nil, nil, value, bound)) //nolint:gosec // G407: this AEAD makes the nonce itself
}

// open returns the plaintext in buf where that is large enough, else in a slice
// of its own.
func (s *Sealer) open(bound []byte, sealed string, buf []byte) ([]byte, error) {
	size := encoding.DecodedLen(len(sealed))
	if size < sealOverhead {
		return nil, errUnreadable
	}
	both := 2*size - sealOverhead // the value, which each of the keys needs whole, and behind it the plaintext
	if cap(buf) < both {
		buf = make([]byte, both)
	}
	n, err := encoding.Decode(buf[:size], []byte(sealed))
	// Go's base64 skips line breaks, so the length shows whether there were any.
	if err != nil || encoding.EncodedLen(n) != len(sealed) {
		return nil, errUnreadable
	}
	for _, aead := range s.aeads {
		if plain, err := aead.Open(buf[size:size], nil, buf[:size], bound); err == nil {
			return plain, nil
		}
	}
	return nil, ErrUnknownKey
}
