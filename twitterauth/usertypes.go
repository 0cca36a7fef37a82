package twitterauth

import (
	"reflect"
	"time"
)

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

// checkSince returns an error for a session that its user has ended since. Times
// are compared to the microsecond, which is what sessions keep.
func checkSince(since, issuedAt time.Time) error {
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

// isNil also sees the nil pointer in an interface, which would panic at the
// first login.
func isNil(v any) bool {
	if v == nil {
		return true
	}
	switch rv := reflect.ValueOf(v); rv.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Func, reflect.Interface, reflect.Slice, reflect.Chan:
		return rv.IsNil()
	}
	return false
}
