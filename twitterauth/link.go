package twitterauth

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth/internal/attempt"
	"twitterlogin.example/twitterauth/internal/switching"
)

// startingUser returns the session of the user who asks to link an account or to
// be confirmed; ok is false for an ordinary login. Without a session a
// confirmation is an ordinary login.
func (s *server) startingUser(r *http.Request, form startForm) (current session.Session, ok bool, e *Error) {
	switch {
	case !form.Link && !form.Reauth:
		return session.Session{}, false, nil
	case form.Link && form.Reauth:
		return session.Session{}, false, finally(badRequest("A login cannot link an account and confirm the user at once."))
	case form.Link && s.linker == nil:
		return session.Session{}, false, finally(badRequest("This site does not link X accounts to users who are signed in."))
	}
	current, e = s.userSession(r)
	if e != nil && e.Code == CodeLoginRequired && form.Reauth {
		return session.Session{}, false, nil
	}
	return current, e == nil, e
}

// stillSignedIn returns the session of the user who asked to link an account or
// to be confirmed, who must still be signed in. For an ordinary login it returns
// none.
func (s *server) stillSignedIn(r *http.Request, t attempt.Attempt) (session.Session, *Error) {
	if t.User == "" {
		return session.Session{}, nil
	}
	current, e := s.userSession(r)
	switch {
	case e != nil && e.Code == CodeLoginRequired:
		return session.Session{}, finally(signedOutMeanwhile(t))
	case e != nil:
		return session.Session{}, e
	case subtle.ConstantTimeCompare([]byte(attempt.UserDigest(current.UserID)), []byte(t.User)) != 1:
		return session.Session{}, finally(anotherUserMeanwhile(t))
	}
	return current, nil
}

func signedOutMeanwhile(t attempt.Attempt) *Error {
	e := newError(CodeLoginMismatch, errors.New("twitterauth: the session of the user who began this login has ended"))
	if t.Reauth {
		return e.saying(confirmSignedOut)
	}
	return e.saying(linkSignedOut)
}

func anotherUserMeanwhile(t attempt.Attempt) *Error {
	e := newError(CodeLoginMismatch, errors.New("twitterauth: another user is signed in than the user who began this login"))
	if t.Reauth {
		return e.saying(confirmOtherUser)
	}
	return e.saying(linkOtherUser)
}

// link attaches the account and returns the user who has it afterwards: the user
// who asked, or the user whom the store names by SwitchTo. Any other meaning that the
// store's error has comes before SwitchTo.
func (s *server) link(ctx context.Context, userID string, login Login) (owner string, e *Error) {
	err := recovering(func() error { return s.linker.LinkLogin(ctx, userID, login) })
	if err == nil {
		return userID, nil
	}
	e = storeError(err)
	var other *switching.Error
	switch {
	case e.Code != CodeStoreFailed || !errors.As(err, &other):
		return "", e
	case other.UserID == "":
		return "", newError(CodeStoreFailed, errors.New("twitterauth: LinkLogin returned SwitchTo without a user ID"))
	}
	return other.UserID, nil
}

// switchTo signs in the user whom the store named by SwitchTo. The sessions that the
// request carries end.
func (s *server) switchTo(w http.ResponseWriter, r *http.Request, userID string, login Login, in entry) (signedIn, *Error) {
	begun, token, e := s.begin(w, r, userID, in)
	switch {
	case e == nil:
		return signedIn{userID: userID, login: login, session: begun, token: token}, nil
	case errors.Is(e, ErrUserNotFound), errors.Is(e, session.ErrNoSession):
		return signedIn{}, newError(CodeStoreFailed, fmt.Errorf("twitterauth: LinkLogin returned SwitchTo with a user whom the store does not know: %w", e.Err))
	}
	return signedIn{}, e
}
