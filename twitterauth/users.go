package twitterauth

import (
	"context"
	"net/http"
	"time"

	"twitterlogin.example/session"
)

// userTable is the app's store as a login needs it, without the user's type: a
// login never needs the user, only from when on the user's sessions count.
type userTable interface {
	// UserForLogin is the store's own method.
	UserForLogin(ctx context.Context, login Login) (userID string, err error)
	// sessionsSince returns the SessionsValidSince of a session's user, or the zero
	// time if the user type is not Revocable. Panics come back as errors.
	sessionsSince(ctx context.Context, s session.Session) (time.Time, error)
}

// sessionRows are the rows that the app's store keeps of sessions: SessionKeeper
// without the user's type.
type sessionRows interface {
	SaveSession(ctx context.Context, r *http.Request, s session.Session) error
	DeleteSession(ctx context.Context, s session.Session) error
}

// users is the one userTable.
type users[U any] struct {
	UserStore[U]
	keeper    SessionKeeper[U] // nil unless the store implements SessionKeeper
	revocable revocability
	mayBeNil  bool // whether a U can be nil, which counts as no user
}

func newUsers[U any](store UserStore[U]) *users[U] {
	keeper, _ := store.(SessionKeeper[U])
	return &users[U]{UserStore: store, keeper: keeper, revocable: revocabilityOf[U](), mayBeNil: canBeNil[U]()}
}

// bySession asks the store for a session's user, and the user from when on
// sessions count. It writes to the caller's variable, which is on the heap
// already, so that no user is boxed or copied.
func (t *users[U]) bySession(ctx context.Context, s session.Session, user *U) (since time.Time, err error) {
	defer func() {
		if value := recover(); value != nil {
			err = asPanicError(value)
		}
	}()
	if t.keeper != nil {
		*user, err = t.keeper.UserBySession(ctx, s)
	} else {
		*user, err = t.UserByID(ctx, s.UserID)
	}
	if err != nil {
		return time.Time{}, probeError(err)
	}
	if t.mayBeNil && isNil(any(*user)) {
		return time.Time{}, errNilUser
	}
	return t.validSince(user), nil
}

func (t *users[U]) sessionsSince(ctx context.Context, s session.Session) (time.Time, error) {
	return t.bySession(ctx, s, new(U))
}

// validSince returns the user's SessionsValidSince.
func (t *users[U]) validSince(user *U) time.Time {
	switch t.revocable {
	case byValue:
		return any(*user).(Revocable).SessionsValidSince()
	case byAddress:
		return any(user).(Revocable).SessionsValidSince()
	case byDynamicType:
		if r, ok := asRevocable(*user); ok {
			return r.SessionsValidSince()
		}
	}
	return time.Time{}
}
