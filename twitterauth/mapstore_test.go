package twitterauth_test

import (
	"crypto/rand"
	"maps"
	"net/http"
	"sync"

	"github.com/gorilla/sessions"
)

// mapStore is a gorilla store that keeps sessions in memory. While hang is set,
// its calls wait until that is closed.
type mapStore struct {
	hang     chan struct{}
	failSave error

	mu     sync.Mutex
	values map[string]map[any]any
}

func (m *mapStore) Get(r *http.Request, name string) (*sessions.Session, error) {
	return m.New(r, name)
}

func (m *mapStore) New(r *http.Request, name string) (*sessions.Session, error) {
	if m.hang != nil {
		<-m.hang
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s := sessions.NewSession(m, name)
	s.IsNew = true
	if c, err := r.Cookie(name); err == nil && m.values[c.Value] != nil {
		s.ID, s.IsNew, s.Values = c.Value, false, maps.Clone(m.values[c.Value])
	}
	return s, nil
}

func (m *mapStore) Save(_ *http.Request, w http.ResponseWriter, s *sessions.Session) error {
	if m.hang != nil {
		<-m.hang
	}
	if m.failSave != nil {
		return m.failSave
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if s.ID == "" {
		s.ID = rand.Text()
	}
	m.values[s.ID] = maps.Clone(s.Values)
	if s.Options.MaxAge < 0 {
		delete(m.values, s.ID)
	}
	http.SetCookie(w, sessions.NewCookie(s.Name(), s.ID, s.Options))
	return nil
}
