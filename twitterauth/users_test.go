package twitterauth_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
)

// The user type may have SessionsValidSince on its value, on its address or,
// behind an interface, on some users only.
type (
	byValue   struct{ since time.Time }
	byAddress struct{ since time.Time }
	plainUser struct{}
)

func (u byValue) SessionsValidSince() time.Time { return u.since }

func (u *byAddress) SessionsValidSince() time.Time { return u.since }

type oneUser[U any] struct{ user U }

func (s oneUser[U]) UserForLogin(context.Context, twitterauth.Login) (string, error) { return "u", nil }

func (s oneUser[U]) UserByID(context.Context, string) (U, error) { return s.user, nil }

func revoked[U any](t *testing.T, u U) bool {
	t.Helper()
	auth, err := twitterauth.New(oneUser[U]{u}, goodConfig())
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	if _, err := auth.Sessions().Start(w, newRequest("GET", "/"), "u", false); err != nil {
		t.Fatal(err)
	}
	r := newRequest("GET", "/")
	r.AddCookie(w.Result().Cookies()[0])
	_, ok := auth.Require(httptest.NewRecorder(), r)
	return !ok
}

func TestRevocableOnAnyUserType(t *testing.T) {
	t.Parallel()
	past, future := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	for name, test := range map[string]struct{ got, want bool }{
		"value, past":                {revoked(t, byValue{past}), false},
		"value, future":              {revoked(t, byValue{future}), true},
		"value, never":               {revoked(t, byValue{}), false},
		"pointer to value, future":   {revoked(t, &byValue{future}), true},
		"address, past":              {revoked(t, byAddress{past}), false},
		"address, future":            {revoked(t, byAddress{future}), true},
		"pointer to address, future": {revoked(t, &byAddress{future}), true},
		"interface, future":          {revoked[any](t, byValue{future}), true},
		"interface, past":            {revoked[any](t, &byAddress{past}), false},
		"interface of another":       {revoked[any](t, plainUser{}), false},
		"not revocable":              {revoked(t, plainUser{}), false},
		"a string":                   {revoked(t, "user"), false},
	} {
		if test.got != test.want {
			t.Errorf("%s: revoked %t", name, test.got)
		}
	}
}

// User types on which SessionsValidSince is hard to find, or that can be nil.
type (
	mapUser    map[string]string
	sliceUser  []string
	otherSince struct{ at int64 }
	fieldSince struct{ SessionsValidSince time.Time }

	namedPointer *byAddress
	holdsValue   struct{ Account byValue }
	holdsAddress struct{ account *byAddress } //nolint:unused // its type is what counts
	embedsTwo    struct {
		byValue   //nolint:unused // its method and the other cancel out
		byAddress //nolint:unused // the same
	}
	holdsAndHas struct{ Account *byAddress }
)

func (u *holdsAndHas) SessionsValidSince() time.Time { return u.Account.SessionsValidSince() }

func (u otherSince) SessionsValidSince() int64 { return u.at }

func TestRevocableBehindAnInterface(t *testing.T) {
	t.Parallel()
	past, future := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	for name, test := range map[string]struct{ got, want bool }{
		"any, a value that needs its address, future": {revoked[any](t, byAddress{future}), true},
		"any, a value that needs its address, past":   {revoked[any](t, byAddress{past}), false},
		"any, a pointer, future":                      {revoked[any](t, &byAddress{future}), true},
		"any, a map":                                  {revoked[any](t, mapUser{}), false},
		"any, a pointer to a pointer, future":         {revoked[any](t, ref(&byAddress{future})), true},
		"any, a named pointer, future":                {revoked[any](t, namedPointer(&byAddress{future})), true},
	} {
		if test.got != test.want {
			t.Errorf("%s: revoked %t", name, test.got)
		}
	}
}

// A pointer to a pointer and a named pointer have no methods of their own.
func TestRevocableBehindPointers(t *testing.T) {
	t.Parallel()
	past, future := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	for name, test := range map[string]struct{ got, want bool }{
		"a pointer to a pointer, future":            {revoked(t, ref(&byAddress{future})), true},
		"a pointer to a pointer, past":              {revoked(t, ref(&byAddress{past})), false},
		"a pointer to a pointer to a value, future": {revoked(t, ref(&byValue{future})), true},
		"three pointers, future":                    {revoked(t, ref(ref(&byAddress{future}))), true},
		"a named pointer, future":                   {revoked(t, namedPointer(&byAddress{future})), true},
		"a named pointer, past":                     {revoked(t, namedPointer(&byAddress{past})), false},
		"a pointer to an interface, future":         {revoked(t, ref[any](&byAddress{future})), true},
		"a pointer to an interface, past":           {revoked(t, ref[any](byValue{past})), false},
		"a pointer to an interface of another":      {revoked(t, ref[any](plainUser{})), false},
		"a pointer to a pointer to another":         {revoked(t, ref(&plainUser{})), false},
	} {
		if test.got != test.want {
			t.Errorf("%s: revoked %t", name, test.got)
		}
	}
}

// Nil and no error is never a user.
func TestNilIsNotAUser(t *testing.T) {
	t.Parallel()
	for name, accepted := range map[string]bool{
		"map":                           !revoked(t, mapUser(nil)),
		"slice":                         !revoked(t, sliceUser(nil)),
		"pointer":                       !revoked(t, (*plainUser)(nil)),
		"interface":                     !revoked[any](t, nil),
		"a nil map in an interface":     !revoked[any](t, mapUser(nil)),
		"a nil pointer in an interface": !revoked[any](t, (*plainUser)(nil)),
		"a pointer to a nil pointer":    !revoked(t, ref((*plainUser)(nil))),
		"a pointer to a nil interface":  !revoked(t, ref[any](nil)),
		"a named pointer":               !revoked(t, namedPointer(nil)),
	} {
		if accepted {
			t.Errorf("%s: accepted", name)
		}
	}
	for name, refused := range map[string]bool{
		"an empty map":    revoked(t, mapUser{}),
		"an empty slice":  revoked(t, sliceUser{}),
		"an empty struct": revoked(t, plainUser{}),
	} {
		if refused {
			t.Errorf("%s: refused", name)
		}
	}
}
