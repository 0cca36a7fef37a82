package session

import (
	"fmt"
	"sync"

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
	gs := sessions.NewSession(k.store, k.name)
	gs.Options = k.store.Options
	gs.Values[recordKey] = string(s.record())
	w := caughtHeader{}
	if err := k.store.Save(nil, w, gs); err != nil {
		return "", fmt.Errorf("session: sealing: %w", err)
	}
	return w.cookie(k.name), nil
}

// load opens the value without gorilla's detour, which costs a map and a
// registry for each request.
func (k *sealedSessions) load(value string) (Session, error) {
	buf := buffers.Get().(*buffer)
	defer buffers.Put(buf)
	record, err := k.sealer.open(k.bound, value, buf[:0])
	if err != nil {
		return Session{}, err
	}
	return parseRecord(record) // copies what it keeps
}

// buffer is large enough to open a session of everyday size, a user ID of some
// 150 bytes.
type buffer [512]byte

// buffers spares each request with a session an allocation.
var buffers = sync.Pool{New: func() any { return new(buffer) }}
