package storetest_test

import (
	"context"
	"testing"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/storetest"
)

func emailOf(a *account) string { return a.Email }

func newGuest(ctx context.Context, store twitterauth.UserStore[*account]) (string, error) {
	return store.(interface {
		newGuest(context.Context) (string, error)
	}).newGuest(ctx)
}

func TestRun(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(*testing.T) twitterauth.UserStore[*account] { return newMemory() },
		storetest.Email(emailOf), storetest.Guest(newGuest), storetest.Strict[*account]())
}
