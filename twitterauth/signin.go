package twitterauth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"twitterlogin.example/session"
)

// signedIn is a person who has come all the way in.
type signedIn struct {
	userID  string
	login   Login
	session session.Session
	token   string // for clients without a cookie jar; often ""
	linked  bool   // the account is linked to the user, who was signed in already
	landing string // for a client's answer; "": there is no LandingPage
}

// signIn asks the app's store to find or create the user, makes sure that the
// session would be accepted, and starts it. The request's context carries the
// budget.
func (s *server) signIn(w http.ResponseWriter, r *http.Request, login Login, in entry) (signedIn, *Error) {
	userID, e := s.userFor(r.Context(), login)
	if e != nil {
		return signedIn{}, e
	}
	if in.sameAs != "" && in.sameAs != userID {
		return signedIn{}, anotherAccount()
	}
	begun, token, e := s.begin(w, r, userID, in)
	if e != nil {
		return signedIn{}, e
	}
	if in.sameAs != "" && !isRecent(begun, maxClockSkew) {
		s.cfg.Logger.LogAttrs(r.Context(), slog.LevelWarn, "twitterauth: the session of a confirmed login is not recent, so RequireRecent will ask again",
			slog.String("remedy", "let the SessionManager's Start set Session.IssuedAt to now"))
	}
	return signedIn{userID: userID, login: login, session: begun, token: token}, nil
}

// begin starts a session that would be accepted. Otherwise a page that needs a
// user and X would send the person back and forth for ever. Without rows the user
// is asked before the session begins, with rows after its row is saved.
func (s *server) begin(w http.ResponseWriter, r *http.Request, userID string, in entry) (session.Session, string, *Error) {
	if s.rows != nil {
		begun, token, err := s.beginKept(w, r, userID, in, func(begun session.Session) error { //nolint:contextcheck // the request has the context
			_, e := s.acceptedSince(r.Context(), begun)
			if e != nil {
				return notAccepted{e}
			}
			return nil
		})
		return begun, token, beginError(err)
	}
	since, e := s.acceptedSince(r.Context(), session.Session{UserID: userID, IssuedAt: time.Now()})
	if e != nil {
		return session.Session{}, "", e
	}
	held := hold(w) // a session that fails must leave no cookie
	begun, token, err := s.startSession(held, r, userID, in)
	if err != nil {
		return session.Session{}, "", sessionError(err)
	}
	held.release()
	// The app's own manager may round the session's beginning.
	if err := checkSince(since, begun.IssuedAt); err != nil {
		return session.Session{}, "", newError(CodeStoreFailed, errors.Join(fmt.Errorf("twitterauth: the session that was begun would be refused: %w", err), s.endSession(w, r)))
	}
	return begun, token, nil
}

// notAccepted is why a session that has just begun would be rejected. An *Error that
// the app's store or SessionManager returns is no such error, and must not decide the
// answer.
type notAccepted struct{ why *Error }

func (e notAccepted) Error() string { return e.why.Error() }
func (e notAccepted) Unwrap() error { return e.why }

// beginError is what a session with a row means that could not begin.
func beginError(err error) *Error {
	var e notAccepted
	var row rowError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e):
		return e.why
	case errors.Is(err, errNoSessionID):
		return newError(CodeStoreFailed, err)
	case errors.As(err, &row):
		return storeError(err)
	}
	return sessionError(err)
}

func (s *server) userFor(ctx context.Context, login Login) (userID string, e *Error) {
	err := recovering(func() (err error) {
		userID, err = s.users.UserForLogin(ctx, login)
		return err
	})
	switch {
	case login.Reauth && errors.Is(err, ErrUserNotFound):
		return "", anotherAccount()
	case err != nil:
		return "", storeError(err)
	case userID == "":
		return "", newError(CodeStoreFailed, errors.New("twitterauth: UserForLogin returned an empty user ID and no error"))
	}
	return userID, nil
}

// anotherAccount is for a confirmation that ended as another user, or as a user
// whom the store does not have.
func anotherAccount() *Error {
	return newError(CodeLoginMismatch, errors.New("twitterauth: the X account is not that of the user who is signed in")).saying(confirmOtherAccount)
}

// acceptedSince makes sure that a session which has just begun, or is about to,
// would be accepted, and returns the user's SessionsValidSince.
func (s *server) acceptedSince(ctx context.Context, begun session.Session) (time.Time, *Error) {
	since, err := s.users.sessionsSince(ctx, begun)
	if err == nil {
		err = checkSince(since, begun.IssuedAt)
	}
	switch {
	case errors.Is(err, ErrUserNotFound):
		return since, newError(CodeStoreUnavailable, fmt.Errorf("twitterauth: the store does not know the user that UserForLogin returned (a replica that lags?): %w", err))
	case errors.Is(err, session.ErrNoSession):
		return since, newError(CodeStoreUnavailable, fmt.Errorf("twitterauth: UserBySession does not know the session that SaveSession stored (a replica that lags?): %w", err))
	case errors.Is(err, errRevoked):
		return since, newError(CodeStoreUnavailable, errors.New("twitterauth: the user's SessionsValidSince is in the future (clocks that differ?)"))
	case err != nil:
		return since, storeError(err)
	case ctx.Err() != nil:
		return since, newError(CodeStoreUnavailable, ctx.Err())
	}
	return since, nil
}
