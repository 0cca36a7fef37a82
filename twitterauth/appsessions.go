package twitterauth

import (
	"errors"
	"fmt"
	"net/http"

	"twitterlogin.example/session"
)

// keptSessions are the sessions that the app gets from Auth.Sessions where the
// store keeps rows: guests and users with a password have rows too.
type keptSessions struct{ *server }

// appSessions returns the manager for Auth.Sessions.
func (s *server) appSessions() SessionManager {
	if s.rows == nil {
		if m, ok := s.sessions.(*session.Manager); ok && s.cfg.SessionManager == nil {
			return markingSessions{m, s.signedOut}
		}
		return s.sessions
	}
	if _, ok := s.sessions.(TokenStarter); ok {
		return keptTokenSessions{keptSessions{s}}
	}
	return keptSessions{s}
}

func (k keptSessions) Start(w http.ResponseWriter, r *http.Request, userID string, stayLoggedIn bool) (session.Session, error) {
	begun, _, err := k.beginKept(w, r, userID, entry{stay: stayLoggedIn}, acceptAny)
	return begun, err
}

// acceptAny is for users of the app itself, whom it has just looked up.
func acceptAny(session.Session) error { return nil }

// Load also makes sure that the session has its row.
func (k keptSessions) Load(r *http.Request) (session.Session, error) {
	found, err := k.load(r)
	if err != nil {
		return session.Session{}, err
	}
	since, err := k.users.sessionsSince(r.Context(), found)
	if err == nil {
		err = checkSince(since, found.IssuedAt)
	}
	if errors.Is(err, ErrUserNotFound) || errors.Is(err, errRevoked) || errors.Is(err, session.ErrNoSession) {
		return session.Session{}, fmt.Errorf("%w: %w", ErrSessionEnded, err)
	}
	if err != nil {
		return session.Session{}, err
	}
	return found, nil
}

// End also keeps the person logged out, as POST logout does.
func (k keptSessions) End(w http.ResponseWriter, r *http.Request) error {
	if err := k.endSession(w, r); err != nil {
		return err
	}
	k.signedOut.set(w)
	return nil
}

// markingSessions are the built-in sessions, whose End also keeps the person logged
// out, as POST logout does: an account that the app's handler has just deleted must
// not come back by the next visit.
type markingSessions struct {
	*session.Manager
	signedOut signedOutMark
}

func (m markingSessions) End(w http.ResponseWriter, r *http.Request) error {
	if err := m.Manager.End(w, r); err != nil {
		return err
	}
	m.signedOut.set(w)
	return nil
}

// keptTokenSessions also hands out bearer tokens.
type keptTokenSessions struct{ keptSessions }

func (k keptTokenSessions) StartWithToken(w http.ResponseWriter, r *http.Request, userID string, stayLoggedIn bool) (session.Session, string, error) {
	return k.beginKept(w, r, userID, entry{stay: stayLoggedIn, withToken: true}, acceptAny)
}
