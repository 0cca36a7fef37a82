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
// or under one cookie name, opens under no other. It is safe for concurrent use.
type Sealer struct {
	aeads []cipher.AEAD
}

// sealOverhead is the nonce and the tag, in bytes.
const sealOverhead = 12 + 16

// encoding is strict: trailing bits that do not count must be zero, so that a
// sealed value has exactly one spelling.
var encoding = base64.RawURLEncoding.Strict()

// NewSealer returns a Sealer for a purpose, any text that no other use of the
// same keys has. keys[0] seals, all of them open.
func NewSealer(purpose string, keys ...Key) (*Sealer, error) {
	if len(keys) == 0 {
		return nil, errors.New("session: a Sealer needs at least one key")
	}
	s := &Sealer{aeads: make([]cipher.AEAD, len(keys))}
	for i, k := range keys {
		if k.isZero() {
			return nil, fmt.Errorf("session: key %d is empty; make one with session.NewKey", i)
		}
		derived, err := hkdf.Key(sha256.New, k.sealed.secret[:], nil, "twitterlogin "+purpose, keySize)
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

// Seal returns value, readable by nobody else, for a cookie of that name, as
// URL-safe base64 of about 4/3 of its length and 38 characters more.
func (s *Sealer) Seal(name string, value []byte) string {
	return encoding.EncodeToString(s.aeads[0].Seal(nil, nil, value, []byte(name))) //nolint:gosec // G407: this AEAD makes the nonce itself
}

// Open returns what was sealed under that cookie name, or an error wrapping
// [ErrNoSession] when one byte of it is not as it was sealed.
func (s *Sealer) Open(name, sealed string) ([]byte, error) {
	return s.open([]byte(name), sealed)
}

func (s *Sealer) open(name []byte, sealed string) ([]byte, error) {
	size := encoding.DecodedLen(len(sealed))
	buf := make([]byte, size, 2*size) // the second half takes the plaintext
	n, err := encoding.Decode(buf, []byte(sealed))
	// Go's base64 skips line breaks, so the length shows whether there were any.
	if err != nil || encoding.EncodedLen(n) != len(sealed) || n < sealOverhead {
		return nil, errUnreadable
	}
	for _, aead := range s.aeads {
		if plain, err := aead.Open(buf[size:size], nil, buf[:size], name); err == nil {
			return plain, nil
		}
	}
	return nil, errUnreadable
}
