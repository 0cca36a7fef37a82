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
	byDynamicType // U is an interface, or pointers lead to it: each user may differ
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
	}
	base := pointedTo(t)
	if base.Kind() == reflect.Interface || reflect.PointerTo(base).Implements(revocable) {
		return byDynamicType // a pointer to a pointer, and a named pointer, have no methods
	}
	return notRevocable
}

// pointedTo returns the type to which a pointer type leads in the end.
func pointedTo(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
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
// only: behind pointers too, and on a copy's address where the method needs one.
func asRevocable(user any) (Revocable, bool) {
	if r, ok := user.(Revocable); ok {
		return r, true
	}
	v := reflect.ValueOf(user)
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if !v.IsValid() || !reflect.PointerTo(v.Type()).Implements(reflect.TypeFor[Revocable]()) {
		return nil, false
	}
	if !v.CanAddr() {
		whole := reflect.New(v.Type()).Elem()
		whole.Set(v)
		v = whole
	}
	r, ok := v.Addr().Interface().(Revocable)
	return r, ok
}

// misnamedRevocable reports whether users of type U have a SessionsValidSince
// with another signature than Revocable, which is never called.
func misnamedRevocable[U any]() bool {
	t := reflect.TypeFor[U]()
	if revocabilityOf[U]() == byAddress || revocabilityOf[U]() == byValue {
		return false
	}
	t = pointedTo(t)
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

// revocableField returns the name of a field whose SessionsValidSince is never
// called, because users of type U do not have that method themselves, or "".
func revocableField[U any]() string {
	t := pointedTo(reflect.TypeFor[U]())
	if t.Kind() != reflect.Struct || revocabilityOf[U]() != notRevocable {
		return ""
	}
	for i := range t.NumField() {
		field, revocable := t.Field(i), reflect.TypeFor[Revocable]()
		if has := pointedTo(field.Type); has.Implements(revocable) || reflect.PointerTo(has).Implements(revocable) {
			return field.Name
		}
	}
	return ""
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

// isNil also sees the nil pointer in an interface, and behind a pointer, which
// would panic at the first login.
func isNil(v any) bool {
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.Map, reflect.Func, reflect.Slice, reflect.Chan:
		return rv.IsNil()
	}
	for rv.Kind() == reflect.Pointer || rv.Kind() == reflect.Interface {
		rv = rv.Elem()
	}
	return !rv.IsValid()
}
