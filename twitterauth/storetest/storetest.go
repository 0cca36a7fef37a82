package storetest

import (
	"context"
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
		return newSubject(t, callsOf(open(t), o), patience, o.strict)
	})
}

// Option sets what Run cannot know of a store.
type Option[U any] func(*options[U])

type options[U any] struct {
	email  func(U) string
	guest  func(context.Context, twitterauth.UserStore[U]) (string, error)
	strict bool
}

// Email returns a user's email address, or "". With it Run tests that a login
// without an email keeps the email that the user has, and that users are not mixed
// up.
func Email[U any](of func(U) string) Option[U] {
	return func(o *options[U]) { o.email = of }
}

// Guest makes a user without an X account, such as a guest or a user with a
// password, and returns the user's ID. With it Run tests LinkLogin for such users.
func Guest[U any](create func(ctx context.Context, store twitterauth.UserStore[U]) (userID string, err error)) Option[U] {
	return func(o *options[U]) { o.guest = create }
}

// Strict makes a subtest with a recommendation fail, which is a skipped subtest
// otherwise.
func Strict[U any]() Option[U] {
	return func(o *options[U]) { o.strict = true }
}
