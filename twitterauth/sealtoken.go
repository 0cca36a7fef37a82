package twitterauth

import (
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"time"

	"twitterlogin.example/session"
)

// The first byte of an encoded token is its layout. Rows live long: a new layout
// must be written only once all machines read it, and the old one must be read for
// as long as there are such rows.
const tokenLayout = 0x10

// noExpiry stands for a token without an expiry.
const noExpiry = math.MinInt64

// errSealedToken hides why a sealed token does not open: another key, another user
// or a changed value look alike.
var errSealedToken = errors.New("twitterauth: the sealed token does not open, because it was sealed with a key that the Sealer does not have, or for another user, or was changed")

// SealToken encrypts a token for a column of the user's row, as URL-safe base64.
// It opens for that user only. The Sealer's purpose separates these values from all
// others; its keys outlive session keys, because a row has no end. To retire a key,
// add the new one first, seal every row again ([OpenToken], then SealToken), and drop
// the old one.
func SealToken(s *session.Sealer, userID string, t Token) string {
	b := []byte{tokenLayout}
	expiry := int64(noExpiry)
	if !t.Expiry.IsZero() {
		expiry = t.Expiry.UnixMicro()
	}
	b = binary.BigEndian.AppendUint64(b, uint64(expiry))
	for _, text := range []string{t.AccessToken, t.AccessSecret, t.RefreshToken, strings.Join(t.Scopes, " ")} {
		b = binary.AppendUvarint(b, uint64(len(text)))
		b = append(b, text...)
	}
	return s.Seal(sealedFor(userID), b)
}

// OpenToken opens what [SealToken] sealed for that user. Its error does not
// show why a value does not open, because another key, another user and a
// changed value look alike.
func OpenToken(s *session.Sealer, userID, sealed string) (Token, error) {
	b, err := s.Open(sealedFor(userID), sealed)
	if err != nil || len(b) < 9 || b[0] != tokenLayout {
		return Token{}, errSealedToken
	}
	var t Token
	if micros := int64(binary.BigEndian.Uint64(b[1:])); micros != noExpiry {
		t.Expiry = time.UnixMicro(micros).UTC()
	}
	var scopes string
	b = b[9:]
	for _, text := range []*string{&t.AccessToken, &t.AccessSecret, &t.RefreshToken, &scopes} {
		n, size := binary.Uvarint(b)
		if size <= 0 || n > uint64(len(b)-size) {
			return Token{}, errSealedToken
		}
		*text, b = string(b[size:size+int(n)]), b[size+int(n):]
	}
	if t.AccessSecret == "" {
		t.Scopes = strings.Fields(scopes)
	}
	return t, nil
}

// sealedFor is what a token is authenticated for.
func sealedFor(userID string) string { return "user\x00" + userID }
