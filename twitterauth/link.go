package twitterauth

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"

	"twitterlogin.example/session"
)

// linkingUser returns a digest of the user who asks to link an account, or ""
// for an ordinary login.
func (a *Auth[U]) linkingUser(r *http.Request, form startForm) (digest string, e *Error) {
	if !form.Link {
		return "", nil
	}
	if a.linker == nil {
		return "", badRequest("This site does not link X accounts to users who are signed in.")
	}
	s, e := a.loadSession(r)
	if e != nil {
		return "", e
	}
	return userDigest(s.UserID), nil
}

// stillLinking returns the user to link to, or "" for an ordinary login. The
// one who asked must still be the one who is logged in.
func (a *Auth[U]) stillLinking(r *http.Request, t attempt) (userID string, e *Error) {
	if t.LinkTo == "" {
		return "", nil
	}
	s, e := a.loadSession(r)
	switch {
	case e != nil && e.Code == CodeLoginRequired:
		e := fault(CodeLoginMismatch, errors.New("twitterauth: the user who asked to link an account has signed out"))
		e.Message, e.final = "You signed out, or your session ended, before your X account was connected. Sign in again as before and connect it once more.", true
		return "", e
	case e != nil:
		return "", e
	case subtle.ConstantTimeCompare([]byte(userDigest(s.UserID)), []byte(t.LinkTo)) != 1:
		e := fault(CodeLoginMismatch, errors.New("twitterauth: another user is logged in than the one who asked to link an account"))
		e.Message, e.final = "Another user has signed in here since you started connecting your X account. Nothing was connected.", true
		return "", e
	}
	return s.UserID, nil
}

// link attaches the account. The session goes on as it is.
func (a *Auth[U]) link(ctx context.Context, userID string, login Login) *Error {
	err := guard(func() error { return a.linker.LinkLogin(ctx, userID, login) })
	if err != nil {
		return storeFault(err)
	}
	return nil
}

// loadSession returns the session of a user whom the store still has.
func (a *Auth[U]) loadSession(r *http.Request) (session.Session, *Error) {
	v, e := a.identify(r)
	if e != nil {
		return session.Session{}, fault(e.Code, e.Err) // e may be shared
	}
	return v.session, nil
}
