package twitterauth

import (
	"context"
	"time"
)

// userTable is the app's store as a login needs it, without the user's type: a
// login never needs the user, only from when on the user's sessions count.
type userTable interface {
	// UserForLogin is the store's own method.
	UserForLogin(ctx context.Context, login Login) (userID string, err error)
	// sessionsSince returns the user's SessionsValidSince, or the zero time if the
	// user type is not Revocable. Panics come back as errors.
	sessionsSince(ctx context.Context, userID string) (time.Time, error)
}

// users is the one userTable.
type users[U any] struct {
	UserStore[U]
	revocable revocability
	mayBeNil  bool // whether a U can be nil, which counts as no user
}

func newUsers[U any](store UserStore[U]) *users[U] {
	return &users[U]{UserStore: store, revocable: revocabilityOf[U](), mayBeNil: canBeNil[U]()}
}

// byID asks the store for a user, and the user from when on sessions count. It
// writes to the caller's variable, which is on the heap already, so that no user
// is boxed or copied.
func (t *users[U]) byID(ctx context.Context, userID string, user *U) (since time.Time, err error) {
	defer func() {
		if value := recover(); value != nil {
			err = asPanicError(value)
		}
	}()
	if *user, err = t.UserByID(ctx, userID); err != nil {
		return time.Time{}, probeError(err)
	}
	if t.mayBeNil && isNil(any(*user)) {
		return time.Time{}, errNilUser
	}
	return t.validSince(user), nil
}

func (t *users[U]) sessionsSince(ctx context.Context, userID string) (time.Time, error) {
	return t.byID(ctx, userID, new(U))
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
