package twitterauth

import (
	"crypto/subtle"
	"errors"
	"log/slog"
	"net/http"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth/internal/attempt"
)

// tokenSession returns the session of a request's bearer token; a cookie does not
// count.
func (s *server) tokenSession(r *http.Request) (session.Session, *Error) {
	r = withoutCookies(r)
	current, e := s.userSession(r)
	if e != nil {
		return session.Session{}, e
	}
	if !s.cameByToken(r, current) {
		return session.Session{}, newError(CodeLoginRequired, nil)
	}
	return current, nil
}

// linkingTokenSession returns the session of the user who asked to link an
// account, by the request's bearer token.
func (s *server) linkingTokenSession(r *http.Request, t attempt.Attempt) (session.Session, *Error) {
	current, e := s.tokenSession(r)
	switch {
	case e != nil && e.Code == CodeLoginRequired:
		e := newError(CodeLoginMismatch, errors.New("twitterauth: a code that links an account came without the bearer token of its user"))
		return session.Session{}, e.explaining("The request must have the bearer token of the user who links the account.")
	case e != nil:
		return session.Session{}, e
	case subtle.ConstantTimeCompare([]byte(attempt.UserDigest(current.UserID)), []byte(t.User)) != 1:
		e := newError(CodeLoginMismatch, errors.New("twitterauth: a code that links an account came with the bearer token of another user"))
		return session.Session{}, e.explaining("The bearer token is of another user than the user who links the account.")
	}
	return current, nil
}

// errNoToken is for a SessionManager that hands out no tokens, although it has the
// method for that.
var errNoToken = errors.New("twitterauth: the SessionManager's StartWithToken returned no token, which apps need: make a *session.Manager with Bearer")

// linkByToken attaches the account to the user of a bearer token and returns a
// token of the same session. The older token stays good. After SwitchTo the token is
// of a fresh session of the other user. No cookie is read, set or ended.
func (s *server) linkByToken(w http.ResponseWriter, r *http.Request, current session.Session, login Login, stay bool) (signedIn, *Error) {
	owner, e := s.link(r.Context(), current.UserID, login)
	switch {
	case e != nil:
		return signedIn{}, e
	case owner != current.UserID:
		in, e := s.switchTo(hold(w), withoutCookies(r), owner, login, entry{stay: stay, withToken: true})
		if e == nil && in.token == "" { // the client would be left without a session
			e = newError(CodeStoreFailed, errNoToken)
		}
		return in, e
	}
	touched, token, err := s.renewNow(w, withoutCookies(r), current)
	switch {
	case errors.Is(err, session.ErrNoSession): // it has ended meanwhile
		return signedIn{}, renewalError(err)
	case err != nil: // the account is linked, and the code is used up
		s.cfg.Logger.LogAttrs(r.Context(), slog.LevelWarn, "twitterauth: a session could not be renewed; the older token is handed out", slog.String("error", shortened(err.Error(), maxLoggedError)))
		touched, token = current, ""
	}
	if token == "" { // the manager cannot make another
		token = bearerOf(r)
	}
	return signedIn{userID: owner, login: login, session: touched, token: token, linked: true}, nil
}

// linkingUserByToken returns the session of the user who links the account of a
// token pair, by the request's bearer token.
func (s *server) linkingUserByToken(r *http.Request) (session.Session, *Error) {
	if s.linker == nil {
		return session.Session{}, badRequest("This site does not link X accounts to users who are signed in.")
	}
	return s.tokenSession(r)
}
