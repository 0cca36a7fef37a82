package twitterauth

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"

	"twitterlogin.example/twitterauth/internal/attempt"
)

// linkingUser returns a digest of the user who asks to link an account, or ""
// for an ordinary login.
func (s *server) linkingUser(r *http.Request, form startForm) (digest string, e *Error) {
	if !form.Link {
		return "", nil
	}
	if s.linker == nil {
		return "", badRequest("This site does not link X accounts to users who are signed in.")
	}
	current, e := s.userSession(r)
	if e != nil {
		return "", e
	}
	return attempt.UserDigest(current.UserID), nil
}

// stillLinking returns the user to link to, or "" for an ordinary login. The
// one who asked must still be the one who is logged in.
func (s *server) stillLinking(r *http.Request, t attempt.Attempt) (userID string, e *Error) {
	if t.LinkTo == "" {
		return "", nil
	}
	current, e := s.userSession(r)
	switch {
	case e != nil && e.Code == CodeLoginRequired:
		e := newError(CodeLoginMismatch, errors.New("twitterauth: the user who asked to link an account has signed out"))
		e.Message, e.final = "You signed out, or your session ended, before your X account was connected. Sign in again as before and connect it once more.", true
		return "", e
	case e != nil:
		return "", e
	case subtle.ConstantTimeCompare([]byte(attempt.UserDigest(current.UserID)), []byte(t.LinkTo)) != 1:
		e := newError(CodeLoginMismatch, errors.New("twitterauth: another user is logged in than the one who asked to link an account"))
		e.Message, e.final = "Another user has signed in here since you started connecting your X account. Nothing was connected.", true
		return "", e
	}
	return current.UserID, nil
}

// link attaches the account. The session goes on as it is.
func (s *server) link(ctx context.Context, userID string, login Login) *Error {
	err := recovering(func() error { return s.linker.LinkLogin(ctx, userID, login) })
	if err != nil {
		return storeError(err)
	}
	return nil
}
