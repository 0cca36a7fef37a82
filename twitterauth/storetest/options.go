package storetest

import (
	"context"

	"twitterlogin.example/twitterauth"
)

// Option sets what [Run] cannot know of a store.
type Option[U any] func(*options[U])

type options[U any] struct {
	email  func(U) string
	guest  func(context.Context, twitterauth.UserStore[U]) (string, error)
	strict bool
}

// Email returns a user's email address, or "". With it [Run] tests that a login
// without an email keeps the email that the user has, that a login with another
// email replaces it, and that users are not mixed up.
func Email[U any](of func(U) string) Option[U] {
	return func(o *options[U]) { o.email = of }
}

// Guest makes a user without an X account, such as a guest or a user with a
// password, and returns the user's ID. With it [Run] tests LinkLogin for such users.
func Guest[U any](create func(ctx context.Context, store twitterauth.UserStore[U]) (userID string, err error)) Option[U] {
	return func(o *options[U]) { o.guest = create }
}

// Strict makes a subtest with a recommendation fail, which is a skipped subtest
// otherwise.
func Strict[U any]() Option[U] {
	return func(o *options[U]) { o.strict = true }
}
