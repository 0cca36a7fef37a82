package twitterauth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"twitterlogin.example/session"
)

// signedIn is a person who has come all the way in.
type signedIn struct {
	login   Login
	session session.Session
	token   string // for clients without a cookie jar; often ""
}

// signIn asks the app's store to find or create the user, makes sure that the
// session would be accepted, and starts it. The request's context carries the
// budget.
func (s *server) signIn(w http.ResponseWriter, r *http.Request, login Login, stay, withToken bool) (signedIn, *Error) {
	userID, e := s.userFor(r.Context(), login)
	if e != nil {
		return signedIn{}, e
	}
	since, e := s.acceptedSince(r.Context(), userID)
	if e != nil {
		return signedIn{}, e
	}
	begun, token, err := s.beginSession(w, r, userID, stay, withToken)
	if err != nil {
		return signedIn{}, sessionError(err)
	}
	// The app's own manager may round the session's beginning.
	if err := checkSince(since, begun.IssuedAt); err != nil {
		return signedIn{}, newError(CodeStoreFailed, errors.Join(fmt.Errorf("twitterauth: the session that was begun would be refused: %w", err), s.endSession(w, r)))
	}
	return signedIn{login: login, session: begun, token: token}, nil
}

func (s *server) userFor(ctx context.Context, login Login) (userID string, e *Error) {
	err := recovering(func() (err error) {
		userID, err = s.users.UserForLogin(ctx, login)
		return err
	})
	switch {
	case err != nil:
		return "", storeError(err)
	case userID == "":
		return "", newError(CodeStoreFailed, errors.New("twitterauth: UserForLogin returned neither a user ID nor an error"))
	}
	return userID, nil
}

// acceptedSince makes sure that a session which begins now would be accepted.
// Otherwise a page that needs a user and X would send the person back and forth
// for ever.
func (s *server) acceptedSince(ctx context.Context, userID string) (time.Time, *Error) {
	since, err := s.users.sessionsSince(ctx, userID)
	if err == nil {
		err = checkSince(since, time.Now())
	}
	switch {
	case errors.Is(err, ErrUserNotFound):
		return since, newError(CodeStoreUnavailable, fmt.Errorf("twitterauth: UserByID does not know the user that UserForLogin returned (a replica that lags?): %w", err))
	case errors.Is(err, errRevoked):
		return since, newError(CodeStoreUnavailable, errors.New("twitterauth: the user's SessionsValidSince is in the future (clocks that differ?)"))
	case err != nil:
		return since, storeError(err)
	case ctx.Err() != nil:
		return since, newError(CodeStoreUnavailable, ctx.Err())
	}
	return since, nil
}
