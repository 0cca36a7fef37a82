package session

import (
	"errors"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"
)

// recordKey is the one entry of a gorilla session's values that is ours. Key
// and value are strings, which every store's serializer keeps as they are.
const recordKey = "twitterauth"

// sealedCodec lets gorilla's CookieStore write our sealed cookies: it stands in
// the place of securecookie's own codec and stores the one record instead of a
// gob of the whole map.
type sealedCodec struct {
	sealer *Sealer
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
	return c.sealer.Seal(name, []byte(record)), nil
}

func (c sealedCodec) Decode(name, value string, dst any) error {
	values, ok := dst.(*map[any]any)
	if !ok {
		return errors.New("session: the sealed codec reads session values only")
	}
	record, err := c.sealer.Open(name, value)
	if err != nil {
		return err
	}
	*values = map[any]any{recordKey: string(record)}
	return nil
}

// newSealedStore is the default store: the cookie is the session.
func newSealedStore(sealer *Sealer) *sessions.CookieStore {
	return &sessions.CookieStore{
		Codecs:  []securecookie.Codec{sealedCodec{sealer}},
		Options: &sessions.Options{Path: "/"},
	}
}
