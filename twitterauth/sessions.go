package twitterauth

import (
	"context"
	"errors"
	"net/http"
	"time"

	"twitterlogin.example/internal/storewait"
	"twitterlogin.example/session"
)

// The sessions may be the app's own, or in the app's store. What goes wrong there
// must end in an answer, as with the UserStore.

// recoveringLoader turns a panic in the app's session code into an error. The
// built-in sealed cookie runs no app code and skips it, to keep every request
// cheap. A session without a user ID counts as no session.
func recoveringLoader(load loader) loader {
	return func(r *http.Request) (s session.Session, err error) {
		err = recovering(func() (err error) {
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
func (s *server) boundWaiting(r *http.Request) *http.Request {
	if s.cfg.SessionManager == nil && s.cfg.Session.Store == nil {
		return r
	}
	return r.WithContext(storewait.WithBudget(r.Context(), sessionStoreWaiting))
}

// entry is how a person comes in.
type entry struct {
	stay      bool
	withToken bool   // the answer hands out a bearer token
	sameAs    string // the user who must come out; "": anyone
}

// startSession starts a session, with a token where the answer hands one out and
// the manager has tokens.
func (s *server) startSession(w http.ResponseWriter, r *http.Request, userID string, in entry) (begun session.Session, token string, err error) {
	err = recovering(func() (err error) {
		if m, ok := s.sessions.(TokenStarter); ok && in.withToken {
			begun, token, err = m.StartWithToken(w, r, userID, in.stay)
			return err
		}
		begun, err = s.sessions.Start(w, r, userID, in.stay)
		return err
	})
	if err == nil && begun.UserID != "" && begun.UserID != userID {
		err = errOtherUser
	}
	return begun, token, err
}

// errOtherUser is for a SessionManager that began, or went on with, the session of
// another user than it was asked to.
var errOtherUser = errors.New("twitterauth: the SessionManager's Start returned a session of another user: it must end the request's older session and begin another")

// acceptsBearer reports whether a request's Authorization header can carry a
// session.
func (s *server) acceptsBearer() bool {
	if s.cfg.SessionManager == nil {
		return s.cfg.Session.Bearer
	}
	_, ok := s.cfg.SessionManager.(TokenStarter)
	return ok
}

// loadSession returns the request's session.
func (s *server) loadSession(r *http.Request) (session.Session, *Error) {
	found, err := s.load(r)
	if err == nil {
		return found, nil
	}
	if err != session.ErrNoSession { //nolint:errorlint // the everyday case needs no second look
		s.watch.note(r.Context(), err)
	}
	e := loadError(err)
	if e.Code == CodeLoginRequired && e != errAnonymous {
		s.sessionRefused(r.Context(), session.Session{})
	}
	return session.Session{}, e
}

// userSession returns the session of a user whom the store still has and who has
// not ended it.
func (s *server) userSession(r *http.Request) (session.Session, *Error) {
	found, e := s.loadSession(r)
	if e != nil {
		return session.Session{}, newError(e.Code, e.Err) // e may be shared
	}
	since, err := s.users.sessionsSince(r.Context(), found)
	if err == nil {
		err = checkSince(since, found.IssuedAt)
	}
	if err != nil {
		return session.Session{}, s.rejected(r.Context(), found, err)
	}
	return found, nil
}

// rejected is what it means that a session has no user, and reports it.
func (s *server) rejected(ctx context.Context, found session.Session, err error) *Error {
	e := userError(err)
	if e.Code == CodeLoginRequired {
		s.sessionRefused(ctx, found)
	}
	return e
}

// loadError is what it means that no session could be loaded.
func loadError(err error) *Error {
	if err == session.ErrNoSession { //nolint:errorlint // a shortcut for the everyday case
		return errAnonymous
	}
	if errors.Is(err, session.ErrNoSession) {
		return newError(CodeLoginRequired, err)
	}
	return sessionError(err)
}

// errAnonymous is the everyday answer, made once.
var errAnonymous = newError(CodeLoginRequired, nil)

// sessionError is what a session means that could not be found, started or
// ended.
func sessionError(err error) *Error {
	var p *panicError
	if errors.As(err, &p) || errors.Is(err, errOtherUser) || errors.Is(err, session.ErrHeadersSent) || errors.Is(err, session.ErrCookieTooLong) {
		return newError(CodeStoreFailed, err)
	}
	return newError(CodeStoreUnavailable, err)
}

// withoutCookies returns the request without its cookies.
func withoutCookies(r *http.Request) *http.Request {
	r = r.Clone(r.Context())
	r.Header.Del("Cookie")
	return r
}

// withoutToken returns the request without a bearer token, whose session a new
// login does not end.
func withoutToken(r *http.Request) *http.Request {
	r = r.Clone(r.Context())
	r.Header.Del("Authorization")
	return r
}
