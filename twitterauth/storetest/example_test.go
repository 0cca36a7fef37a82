package storetest_test

import (
	"context"
	"testing"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/storetest"
)

// A test file of the app has a test such as testStore, with the name TestStore.
func Example() {
	_ = testStore
}

func testStore(t *testing.T) {
	storetest.Run(t, openEmptyDatabase,
		storetest.Email(func(u *User) string { return u.Email }),
		storetest.Guest(func(ctx context.Context, store twitterauth.UserStore[*User]) (string, error) {
			return store.(*Users).CreateGuest(ctx)
		}),
		storetest.Strict[*User](),
	)
}

// openEmptyDatabase opens a store without users, and closes it after the subtest.
func openEmptyDatabase(t *testing.T) twitterauth.UserStore[*User] {
	users := &Users{} // in place of the app's database
	t.Cleanup(users.Close)
	return users
}

// User is the app's user.
type User struct{ ID, Email string }

// Users is the app's store.
type Users struct{}

func (*Users) UserForLogin(context.Context, twitterauth.Login) (string, error) { return "", nil }
func (*Users) UserByID(context.Context, string) (*User, error)                 { return nil, nil }
func (*Users) CreateGuest(context.Context) (string, error)                     { return "", nil }
func (*Users) Close()                                                          {}
