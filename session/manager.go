package session

import (
	"errors"
	"math"
	"net/http"
	"time"

	"github.com/gorilla/sessions"
)

// Manager starts, finds and ends sessions. It is safe for concurrent use and
// nothing in it changes after [New].
type Manager struct {
	cookie       cookie
	lifetime     time.Duration
	stayLifetime time.Duration
	bearer       bool

	store  sessions.Store
	sealer *Sealer // nil when the store keeps the sessions on the server
	aad    []byte  // the cookie's name, as the sealer takes it
}

// New returns a Manager, or every fault of the Config at once: errors.Join of
// *[ConfigError].
func New(cfg Config) (*Manager, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	m := &Manager{
		cookie:       newCookie(cfg.CookieName, cfg.AllowHTTP),
		lifetime:     cfg.Lifetime,
		stayLifetime: cfg.StayLifetime,
		bearer:       cfg.Bearer,
		store:        cfg.Store,
	}
	if m.store == nil {
		sealer, err := NewSealer("session", cfg.Keys...)
		if err != nil {
			return nil, err
		}
		m.sealer, m.aad = sealer, []byte(m.cookie.name)
		m.store = newSealedStore(sealer)
	}
	return m, nil
}

// CookieName returns the name under which browsers have the session's cookie,
// with the "__Host-" that it has unless AllowHTTP is set.
func (m *Manager) CookieName() string { return m.cookie.name }

// Start begins a session for that user and sends its cookie. The session has a
// fresh ID, and what the browser had before is dropped: a cookie planted before
// the login is worth nothing after it. Call it before writing the answer.
//
// When it fails no cookie is sent and the session that was there goes on.
// Errors: [ErrEmptyUserID], [ErrHeadersSent], [ErrCookieTooLong], or that of the
// store.
func (m *Manager) Start(w http.ResponseWriter, r *http.Request, userID string, stayLoggedIn bool) (Session, error) {
	s, _, err := m.StartWithToken(w, r, userID, stayLoggedIn)
	return s, err
}

// StartWithToken is [Manager.Start] for a client without a cookie jar: it also
// returns the token to send as "Authorization: Bearer …", which begins with
// "twa_". The token is empty unless [Config.Bearer] is set.
func (m *Manager) StartWithToken(w http.ResponseWriter, r *http.Request, userID string, stayLoggedIn bool) (Session, string, error) {
	if userID == "" {
		return Session{}, "", ErrEmptyUserID
	}
	if answerBegun(w) {
		return Session{}, "", ErrHeadersSent
	}
	lifetime, maxAge := m.lifetime, 0
	if stayLoggedIn {
		lifetime = m.stayLifetime
		maxAge = seconds(lifetime)
	}
	s := newSession(userID, stayLoggedIn, lifetime)
	value, err := m.save(r, s)
	if err != nil {
		return Session{}, "", err
	}
	if m.cookie.tooLong(value) {
		return Session{}, "", ErrCookieTooLong
	}
	if m.sealer == nil {
		if err := m.dropStored(r); err != nil {
			return Session{}, "", err
		}
	}
	m.cookie.set(w, value, maxAge)
	if !m.bearer {
		return s, "", nil
	}
	return s, tokenPrefix + value, nil
}

// Load returns the request's session. When there is none that counts the error
// is [ErrNoSession], perhaps wrapped around the cause; any other error means
// that the store could not be asked, so that nobody knows.
func (m *Manager) Load(r *http.Request) (Session, error) {
	if !m.bearer {
		return m.loadCookie(r)
	}
	token, ok := bearerToken(r)
	if !ok {
		return m.loadCookie(r)
	}
	return m.loadToken(r, token)
}

// End ends the request's session and deletes its cookie. Without a session it
// does the same and is no error. When the store cannot be asked it fails and
// keeps the cookie, so that the person can try again. Call it before writing
// the answer. Errors: [ErrHeadersSent], or that of the store.
func (m *Manager) End(w http.ResponseWriter, r *http.Request) error {
	if answerBegun(w) {
		return ErrHeadersSent
	}
	if m.sealer == nil {
		if err := m.dropStored(r); err != nil {
			return err
		}
	}
	m.cookie.set(w, "", -1)
	return nil
}

// loadCookie takes the first cookie of our name that opens, so that one
// planted before it does no harm.
func (m *Manager) loadCookie(r *http.Request) (Session, error) {
	result := ErrNoSession
	for value := range m.cookie.values(r) {
		s, err := m.open(r, value)
		if err == nil {
			return s, nil
		}
		if errors.Is(result, ErrNoSession) { // a store's failure outlasts "none"
			result = err
		}
	}
	return Session{}, result
}

// open returns the session that a cookie's value, or a token, stands for.
func (m *Manager) open(r *http.Request, value string) (Session, error) {
	if m.sealer == nil {
		return unlessOver(m.loadStored(r, value))
	}
	record, err := m.sealer.open(m.aad, value)
	if err != nil {
		return Session{}, err
	}
	return unlessOver(parseRecord(record))
}

// seconds rounds up, for Max-Age only mirrors the expiry that is inside.
func seconds(d time.Duration) int {
	s := math.Ceil(d.Seconds())
	return int(min(s, math.MaxInt32))
}
