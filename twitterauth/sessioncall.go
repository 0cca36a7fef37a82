package twitterauth

import (
	"errors"
	"net/http"
	"time"

	"twitterlogin.example/internal/storewait"
	"twitterlogin.example/session"
)

// The sessions may be the app's own, or in a store of the app's: what goes
// wrong there must end in an answer, as with the UserStore.

// loader finds a request's session.
type loader func(*http.Request) (session.Session, error)

// guarded is for sessions of the app's, or in a store of the app's: our own
// sealed cookies, which every page pays for, do without. A session of nobody is
// none.
func guarded(load loader) loader {
	return func(r *http.Request) (s session.Session, err error) {
		err = guard(func() (err error) {
			s, err = load(r)
			return err
		})
		if err == nil && s.UserID == "" {
			return s, session.ErrNoSession
		}
		return s, err
	}
}

// sessionStoreWaiting is how long one request waits altogether for a session
// store on the server, the app's own handler included. It is below budget, so
// that a login still ends in an answer, and below the time after which proxies
// ask the next machine.
const sessionStoreWaiting = 5 * time.Second

// boundWaiting gives a request its budget for session stores. Sealed cookies
// need none.
func (a *Auth[U]) boundWaiting(r *http.Request) *http.Request {
	if a.cfg.SessionManager == nil && a.cfg.Session.Store == nil {
		return r
	}
	return r.WithContext(storewait.WithBudget(r.Context(), sessionStoreWaiting))
}

// beginSession starts a session, with a token where the answer hands one out and
// the manager has tokens.
func (a *Auth[U]) beginSession(w http.ResponseWriter, r *http.Request, userID string, stay, withToken bool) (s session.Session, token string, err error) {
	err = guard(func() (err error) {
		if m, ok := a.sessions.(TokenStarter); ok && withToken {
			s, token, err = m.StartWithToken(w, r, userID, stay)
			return err
		}
		s, err = a.sessions.Start(w, r, userID, stay)
		return err
	})
	return s, token, err
}

func (a *Auth[U]) endSession(w http.ResponseWriter, r *http.Request) error {
	return guard(func() error { return a.sessions.End(w, r) })
}

// loadFault is what it means that no session could be loaded.
func loadFault(err error) *Error {
	if err == session.ErrNoSession { //nolint:errorlint // a shortcut for the everyday case
		return errAnonymous
	}
	if errors.Is(err, session.ErrNoSession) {
		return fault(CodeLoginRequired, err)
	}
	return sessionFault(err)
}

// errAnonymous is the everyday answer, made once.
var errAnonymous = fault(CodeLoginRequired, nil)

// sessionFault is what a session means that could not be found, started or
// ended.
func sessionFault(err error) *Error {
	var p *panicError
	if errors.As(err, &p) || errors.Is(err, session.ErrHeadersSent) || errors.Is(err, session.ErrCookieTooLong) {
		return fault(CodeStoreFailed, err)
	}
	return fault(CodeStoreUnavailable, err)
}
