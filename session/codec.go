package session

import (
	"errors"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"
)

// recordKey and audienceKey are the entries of a gorilla session's values that
// this package uses. Keys and values are strings, which every store's serializer
// keeps as they are. The audience is left out where it is empty. A change of
// either ends every session in a server-side store.
const (
	recordKey   = "twitterauth"
	audienceKey = "twitterauth audience"
)

// sealedCodec makes gorilla's CookieStore write this package's sealed cookies.
// It replaces securecookie's codec and stores the one record instead of a gob of
// the whole map.
type sealedCodec struct {
	sealer   *Sealer
	audience string
}

var _ securecookie.Codec = sealedCodec{}

func (c sealedCodec) Encode(name string, value any) (string, error) {
	values, ok := value.(map[any]any)
	if !ok {
		return "", errors.New("session: the sealed codec stores session values only")
	}
	record, ok := values[recordKey].(string)
	if !ok {
		return "", errors.New("session: the session has no record to seal")
	}
	return c.sealer.seal(boundTo(name, c.audience), []byte(record)), nil
}

func (c sealedCodec) Decode(name, value string, dst any) error {
	values, ok := dst.(*map[any]any)
	if !ok {
		return errors.New("session: the sealed codec reads session values only")
	}
	record, err := c.sealer.open(boundTo(name, c.audience), value, nil)
	if err != nil {
		return err
	}
	*values = map[any]any{recordKey: string(record)}
	return nil
}

// boundTo returns what a session is authenticated to: the cookie's name and the
// audience. Both are free of NUL bytes, so two different pairs never give the same
// bytes. A change makes every sealed session unreadable.
func boundTo(name, audience string) []byte {
	if audience == "" {
		return []byte(name)
	}
	return []byte(name + "\x00" + audience)
}

// newSealedStore returns the default store, for which the cookie is the session.
func newSealedStore(codec sealedCodec) *sessions.CookieStore {
	return &sessions.CookieStore{
		Codecs:  []securecookie.Codec{codec},
		Options: &sessions.Options{Path: "/"},
	}
}
