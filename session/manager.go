package session

import (
	"errors"
	"math"
	"net/http"
	"time"
)

// Manager starts, finds, renews and ends sessions. It is safe for concurrent use and
// nothing in it changes after [New].
type Manager struct {
	cookie            cookie
	audience          string
	normalLifetime    time.Duration // without stayLoggedIn
	stayLifetime      time.Duration
	normalIdleTimeout time.Duration // 0: none
	stayIdleTimeout   time.Duration // 0: none
	bearer            bool

	// Exactly one is set.
	sealed *sealedSessions
	server *serverStore
}

// New returns a Manager, or every mistake in the Config at once: [errors.Join] of
// *[ConfigError].
func New(cfg Config) (*Manager, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	m := &Manager{
		cookie:            newCookie(cfg.CookieName, cfg.AllowHTTP),
		audience:          cfg.Audience,
		normalLifetime:    cfg.Lifetime,
		stayLifetime:      cfg.StayLifetime,
		normalIdleTimeout: cfg.IdleTimeout,
		stayIdleTimeout:   cfg.StayIdleTimeout,
		bearer:            cfg.Bearer,
	}
	if cfg.Store != nil {
		m.server = &serverStore{store: cfg.Store, cookie: m.cookie, audience: m.audience}
		return m, nil
	}
	var err error
	if m.sealed, err = newSealedSessions(cfg.Keys, m.cookie.name, m.audience); err != nil {
		return nil, err
	}
	return m, nil
}

// CookieName returns the name under which browsers have the session's cookie,
// with the prefix "__Host-" unless AllowHTTP is set.
func (m *Manager) CookieName() string { return m.cookie.name }

// Audience returns [Config.Audience].
func (m *Manager) Audience() string { return m.audience }

// Start begins a session for that user and sends its cookie. With stayLoggedIn
// the session lasts for [Config.StayLifetime] and survives the browser;
// without, it lasts until the browser closes, for [Config.Lifetime] at most.
// The session has a fresh ID and replaces what the browser had before, so a
// cookie that was planted before the login is useless after it. Call Start
// before writing the response.
//
// When Start fails it sends no cookie, and the earlier session goes on.
// Errors: [ErrEmptyUserID], [ErrHeadersSent], [ErrCookieTooLong], or the store's
// error.
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
	op := m.operation(r)
	defer op.close()
	s := newSession(userID, stayLoggedIn, m.lifetime(stayLoggedIn), m.idleTimeout(stayLoggedIn))
	value, err := m.save(op, s)
	if err != nil {
		return Session{}, "", err
	}
	if m.cookie.tooLong(value) {
		return Session{}, "", ErrCookieTooLong
	}
	if err := m.drop(r, op); err != nil {
		return Session{}, "", err
	}
	m.setCookie(w, value, s)
	return s, m.token(value), nil
}

// Load returns the request's session. When the request has no valid session the
// error is [ErrNoSession], perhaps wrapped by a cause such as [ErrExpired]. Any
// other error means that the store could not be asked, so that the session may be
// valid or not; after at most 5 seconds of waiting it wraps
// [context.DeadlineExceeded].
func (m *Manager) Load(r *http.Request) (Session, error) {
	op := m.operation(r)
	defer op.close()
	if m.bearer {
		if token, ok := bearerToken(r); ok {
			return m.loadToken(r, op, token)
		}
	}
	return m.loadCookie(r, op)
}

// End ends the request's session and deletes its cookie. Without a session it
// does the same and returns no error. When the store cannot be asked, End fails
// and keeps the cookie, so that the person can try again. Call End before writing
// the response. Errors: [ErrHeadersSent], or the store's error.
func (m *Manager) End(w http.ResponseWriter, r *http.Request) error {
	if answerBegun(w) {
		return ErrHeadersSent
	}
	op := m.operation(r)
	defer op.close()
	if err := m.drop(r, op); err != nil {
		return err
	}
	m.cookie.set(w, "", -1)
	return nil
}

func (m *Manager) lifetime(stayLoggedIn bool) time.Duration {
	if stayLoggedIn {
		return m.stayLifetime
	}
	return m.normalLifetime
}

// setCookie sends the session's cookie. Without stayLoggedIn the cookie ends with
// the browser.
func (m *Manager) setCookie(w http.ResponseWriter, value string, s Session) {
	maxAge := 0
	if s.StayLoggedIn {
		maxAge = s.secondsLeft()
	}
	m.cookie.set(w, value, maxAge)
}

// loadCookie returns the session of the first cookie of the session's name that
// opens, so that a bad cookie planted before it does no harm. When another cookie
// opens too and names another user, either may be planted, so there is no session.
// When the store could not be asked for a cookie, its user is unknown, so that is
// an error.
func (m *Manager) loadCookie(r *http.Request, op *operation) (Session, error) {
	var found Session
	cause := ErrNoSession
	values, n := m.cookie.candidates(r)
	for _, value := range values[:n] {
		s, err := m.open(op, value)
		switch {
		case err != nil && !errors.Is(err, ErrNoSession):
			return Session{}, err
		case err != nil && cause == ErrNoSession: //nolint:errorlint // the first cause is kept
			cause = err
		case err != nil:
		case found.UserID == "":
			found = s
		case found.UserID != s.UserID:
			return Session{}, errTwoUsers
		}
	}
	if found.UserID == "" {
		return Session{}, cause
	}
	return found, nil
}

// open returns the session of a cookie's value, or of a token.
func (m *Manager) open(op *operation, value string) (Session, error) {
	if m.cookie.tooLong(value) {
		return Session{}, errUnreadable // no session has so long a value
	}
	if m.server != nil {
		return m.check(op.load(value))
	}
	return m.check(m.sealed.load(value))
}

// save keeps the session and returns the value for its cookie.
func (m *Manager) save(op *operation, s Session) (string, error) {
	if m.server != nil {
		return op.save(s)
	}
	return m.sealed.save(s)
}

// drop deletes the sessions that the request's cookies and token name from a
// server-side store.
func (m *Manager) drop(r *http.Request, op *operation) error {
	if m.server == nil {
		return nil
	}
	values, n := m.cookie.candidates(r)
	for _, value := range values[:n] {
		if err := op.drop(value); err != nil {
			return err
		}
	}
	if token, ok := bearerToken(r); ok && m.bearer {
		return op.drop(token)
	}
	return nil
}

// operation returns what calls a server-side store for one request; nil where
// sessions are sealed cookies.
func (m *Manager) operation(r *http.Request) *operation {
	if m.server == nil {
		return nil
	}
	return &operation{serverStore: m.server, request: r}
}

// seconds rounds up, because Max-Age only mirrors the expiry that is inside.
func seconds(d time.Duration) int {
	s := math.Ceil(d.Seconds())
	return int(min(s, math.MaxInt32))
}
