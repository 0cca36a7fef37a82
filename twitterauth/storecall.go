package twitterauth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"runtime/debug"
	"time"

	"twitterlogin.example/session"
)

// panicError is a panic in the app's code, caught so that a login ends in an
// answer.
type panicError struct {
	value any
	stack []byte
}

func (p *panicError) Error() string { return fmt.Sprintf("panic: %v", p.value) }

// caught turns a recovered value into an error. http.ErrAbortHandler goes on:
// it is how a handler asks net/http to drop the connection.
func caught(value any) error {
	if value == http.ErrAbortHandler { //nolint:errorlint // as net/http compares it
		panic(value)
	}
	return &panicError{value: value, stack: debug.Stack()}
}

// guard runs code of the app's.
func guard(call func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = caught(value)
		}
	}()
	return settle(call())
}

// settle reads an error of the app's where a panic is caught: one that is a nil
// pointer panics as soon as anybody looks at it.
func settle(err error) error {
	if err != nil && err != session.ErrNoSession { //nolint:errorlint // a shortcut for the everyday case
		var p *panicError
		_ = errors.As(err, &p)
		_ = errors.Is(err, ErrUserNotFound)
		_ = err.Error()
	}
	return err
}

// userByID asks the store for a user, and the user whether a session begun at
// that time is still good. A nil pointer is no user. It writes to the caller's
// variable, which is on the heap already.
func (a *Auth[U]) userByID(ctx context.Context, userID string, issuedAt time.Time, user *U) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = caught(value)
		}
	}()
	if *user, err = a.store.UserByID(ctx, userID); err != nil {
		return settle(err)
	}
	if a.mayBeNil && isNil(any(*user)) {
		return errNilUser
	}
	return a.stillValid(user, issuedAt)
}

// errRevoked means that the user has ended the session.
var errRevoked = errors.New("twitterauth: the user's SessionsValidSince is later than the session")

// errNoIssuedAt is a fault of the app's SessionManager. Such a session must not
// count, and not lead to a login either, after which it would be the same.
var errNoIssuedAt = errors.New("twitterauth: the SessionManager gave a session without IssuedAt, with which SessionsValidSince is compared")

var errNilUser = errors.New("twitterauth: UserByID returned neither a user nor an error")

// storeFault is what a store's error means at login.
func storeFault(err error) *Error {
	switch {
	case errors.Is(err, ErrLoginRefused):
		return fault(CodeLoginRefused, err)
	case errors.Is(err, ErrAlreadyLinked):
		return fault(CodeAlreadyLinked, err)
	case errors.Is(err, ErrStoreUnavailable), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return fault(CodeStoreUnavailable, err)
	}
	return fault(CodeStoreFailed, err)
}

// revocability is where the user type has SessionsValidSince, found out once.
type revocability int

const (
	notRevocable revocability = iota
	byValue
	byAddress
	byDynamicType // U is an interface: each user may differ
)

// revocabilityOf prefers the address: methods of the value are in its method
// set too, and a pointer becomes an interface without a copy of the user.
func revocabilityOf[U any]() revocability {
	t, revocable := reflect.TypeFor[U](), reflect.TypeFor[Revocable]()
	switch {
	case reflect.PointerTo(t).Implements(revocable):
		return byAddress
	case t.Implements(revocable):
		return byValue
	case t.Kind() == reflect.Interface:
		return byDynamicType
	}
	return notRevocable
}

// canBeNil reports whether a U can be nil, which counts as no user.
func canBeNil[U any]() bool {
	switch reflect.TypeFor[U]().Kind() {
	case reflect.Pointer, reflect.Interface, reflect.Map, reflect.Slice, reflect.Func, reflect.Chan:
		return true
	}
	return false
}

// asRevocable finds SessionsValidSince on a user whose type is known at run time
// only, on a copy's address too where the method needs a pointer.
func asRevocable(user any) (Revocable, bool) {
	if r, ok := user.(Revocable); ok {
		return r, true
	}
	v := reflect.ValueOf(user)
	if !v.IsValid() || !reflect.PointerTo(v.Type()).Implements(reflect.TypeFor[Revocable]()) {
		return nil, false
	}
	address := reflect.New(v.Type())
	address.Elem().Set(v)
	r, ok := address.Interface().(Revocable)
	return r, ok
}

// misnamedRevocable reports whether users of type U have a SessionsValidSince
// with another signature than Revocable, which is never called.
func misnamedRevocable[U any]() bool {
	t := reflect.TypeFor[U]()
	if revocabilityOf[U]() == byAddress || revocabilityOf[U]() == byValue {
		return false
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	for _, t := range []reflect.Type{t, reflect.PointerTo(t)} {
		if _, ok := t.MethodByName("SessionsValidSince"); ok && !t.Implements(reflect.TypeFor[Revocable]()) {
			return true
		}
	}
	if t.Kind() != reflect.Struct {
		return false
	}
	_, ok := t.FieldByName("SessionsValidSince")
	return ok
}

// stillValid gives an error for a session that the user has ended since. Times
// are compared to the microsecond, which is what sessions keep.
func (a *Auth[U]) stillValid(user *U, issuedAt time.Time) error {
	var since time.Time
	switch a.revocable {
	case byValue:
		since = any(*user).(Revocable).SessionsValidSince()
	case byAddress:
		since = any(user).(Revocable).SessionsValidSince()
	case byDynamicType:
		if r, ok := asRevocable(*user); ok {
			since = r.SessionsValidSince()
		}
	}
	switch {
	case since.IsZero():
		return nil
	case issuedAt.IsZero():
		return errNoIssuedAt
	case issuedAt.Before(since.Truncate(time.Microsecond)):
		return errRevoked
	}
	return nil
}
