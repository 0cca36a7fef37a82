package session

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

const keySize = 32 // bytes; AES-256 and the output of HKDF-SHA-256 alike

const redacted = "[redacted]"

// Key is a secret of 32 random bytes that seals cookies. The zero Key is not
// usable and is refused by [New].
//
// A Key prints as [redacted] with every verb of fmt, in slog and as JSON; only
// [Key.Encode] reveals it.
type Key struct {
	sealed *sealedKey
}

// sealedKey puts the secret two pointers deep. Where fmt calls no method (the
// verb %p, unexported fields of other structs) it prints raw fields and follows
// one pointer at most, so it shows an address.
type sealedKey struct{ secret *[keySize]byte }

func newKey(secret *[keySize]byte) Key { return Key{&sealedKey{secret}} }

// NewKey returns a fresh random key.
func NewKey() Key {
	var secret [keySize]byte
	rand.Read(secret[:]) // never fails: crypto/rand ends the program instead
	return newKey(&secret)
}

// ParseKey reads a key as [Key.Encode] wrote it. It also takes what
// "openssl rand -base64 32" and "openssl rand -hex 32" print. White space
// around it is ignored. The error never shows the text.
func ParseKey(s string) (Key, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return Key{}, errors.New("session: the key is empty; make one with session.NewKey().Encode() or \"openssl rand -base64 32\"")
	}
	b, err := decodeKey(s)
	if err != nil || len(b) != keySize {
		return Key{}, errors.New("session: the key is not 32 bytes in base64 or hexadecimal; make one with session.NewKey().Encode() or \"openssl rand -base64 32\"")
	}
	k := newKey((*[keySize]byte)(b))
	if k.isZero() {
		return Key{}, errors.New("session: the key is all zeros; make one with session.NewKey().Encode() or \"openssl rand -base64 32\"")
	}
	return k, nil
}

func decodeKey(s string) ([]byte, error) {
	if len(s) == hex.EncodedLen(keySize) {
		return hex.DecodeString(s)
	}
	s = strings.TrimRight(s, "=")
	if strings.ContainsAny(s, "+/") {
		return base64.RawStdEncoding.Strict().DecodeString(s)
	}
	return base64.RawURLEncoding.Strict().DecodeString(s)
}

// Encode returns the key as 43 characters of unpadded URL-safe base64, to be
// kept where the app keeps its secrets.
func (k Key) Encode() string {
	if k.sealed == nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(k.sealed.secret[:])
}

func (k Key) isZero() bool { return k.sealed == nil || *k.sealed.secret == [keySize]byte{} }

// Format writes [redacted], whatever the verb but %p, which prints an address.
func (k Key) Format(s fmt.State, _ rune) { io.WriteString(s, redacted) }

// String returns [redacted].
func (k Key) String() string { return redacted }

// GoString returns [redacted].
func (k Key) GoString() string { return redacted }

// LogValue gives slog [redacted].
func (k Key) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText gives [redacted] to JSON, XML and other text encodings.
func (k Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }
