package storetest

import (
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
)

// Run tests the stores that open returns. Each subtest calls open, with the
// subtest's own t, and expects a store without users; t.Cleanup closes it. Only one
// store is in use at a time, so open may empty the tables of one database.
//
// The logins that Run makes have the properties of [mapping.Default]: name,
// screenName, email and profileImage. For a store that reads other properties open
// returns a wrapper that renames login.Fields, or applies the app's mapping to
// login.Profile.
func Run[U any](t *testing.T, open func(*testing.T) twitterauth.UserStore[U], opts ...Option[U]) {
	t.Helper()
	run(t, patience, open, opts...)
}

// patience is how long a call may take. It is long, because a database can be slow
// where tests run, and short enough to come before go test's own timeout.
const patience = 30 * time.Second

func run[U any](t *testing.T, patience time.Duration, open func(*testing.T) twitterauth.UserStore[U], opts ...Option[U]) {
	t.Helper()
	var o options[U]
	for _, opt := range opts {
		opt(&o)
	}
	runGroups(t, func(t *testing.T) *subject {
		t.Helper()
		store := open(t)
		if isNil(store) {
			t.Fatal("open returned no store: return the store, or call t.Fatal with the reason")
		}
		return newSubject(t, callsOf(store, o), patience, o.strict)
	})
}
