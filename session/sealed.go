package session

import (
	"fmt"
	"net/http"

	"github.com/gorilla/sessions"
)

// sessionPurpose is the purpose of the Sealer that seals sessions. It is key
// material: a change makes every sealed session and bearer token unreadable, so
// that everybody is logged out.
const sessionPurpose = "session"

// sealedSessions keeps sessions in sealed cookies. Its calls do not wait for
// anything, so they run without a deadline and without a goroutine.
type sealedSessions struct {
	sealer *Sealer
	bound  []byte // what each session is authenticated to
	name   string // of the cookie
	store  *sessions.CookieStore
}

func newSealedSessions(keys []Key, name, audience string) (*sealedSessions, error) {
	sealer, err := NewSealer(sessionPurpose, keys...)
	if err != nil {
		return nil, err
	}
	return &sealedSessions{
		sealer: sealer,
		bound:  boundTo(name, audience),
		name:   name,
		store:  newSealedStore(sealedCodec{sealer, audience}),
	}, nil
}

// save returns the value of the session's cookie.
func (k *sealedSessions) save(s Session) (string, error) {
	gs, err := k.store.New(&http.Request{}, k.name)
	if err != nil {
		return "", fmt.Errorf("session: %w", err)
	}
	gs.Values = map[any]any{recordKey: string(s.appendRecord(nil))}
	w := caughtHeader{}
	if err := k.store.Save(nil, w, gs); err != nil {
		return "", fmt.Errorf("session: sealing: %w", err)
	}
	return w.cookie(k.name), nil
}

// load opens the value without gorilla's detour, which costs a map and a
// registry for each request.
func (k *sealedSessions) load(value string) (Session, error) {
	record, err := k.sealer.open(k.bound, value)
	if err != nil {
		return Session{}, err
	}
	return parseRecord(record)
}
