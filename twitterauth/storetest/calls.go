package storetest

import (
	"context"
	"log/slog"
	"net/http"
	"reflect"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

// calls are the methods of a store and of the options, without the store's type
// parameter. A func is nil where the store or the options lack it.
type calls struct {
	accepted func() error // what twitterauth.New returns for the store

	userForLogin func(context.Context, twitterauth.Login) (string, error)
	userByID     func(context.Context, string) (user, error)

	linkLogin func(context.Context, string, twitterauth.Login) error

	saveSession   func(context.Context, *http.Request, session.Session) error
	userBySession func(context.Context, session.Session) (user, error)
	deleteSession func(context.Context, session.Session) error

	twitterToken func(context.Context, string) (twitterauth.Token, error)
	renewToken   func(context.Context, string, renewFunc) error

	guest     func(context.Context) (string, error)
	seesEmail bool
}

type renewFunc = func(context.Context, twitterauth.Token) (twitterauth.Token, error)

// user is what a store returned as its user.
type user struct {
	isNil bool
	email string    // "" also without the option Email
	since time.Time // SessionsValidSince; zero also where the user is not Revocable
}

// callsOf returns the methods of a store.
func callsOf[U any](store twitterauth.UserStore[U], o options[U]) calls {
	c := calls{
		accepted:     func() error { return accepted(store) },
		userForLogin: store.UserForLogin,
		userByID: func(ctx context.Context, userID string) (user, error) {
			u, err := store.UserByID(ctx, userID)
			return userOf(u, err, o)
		},
		seesEmail: o.email != nil,
	}
	if linker, ok := store.(twitterauth.Linker); ok {
		c.linkLogin = linker.LinkLogin
	}
	if keeper, ok := store.(twitterauth.SessionKeeper[U]); ok {
		c.saveSession, c.deleteSession = keeper.SaveSession, keeper.DeleteSession
		c.userBySession = func(ctx context.Context, s session.Session) (user, error) {
			u, err := keeper.UserBySession(ctx, s)
			return userOf(u, err, o)
		}
	}
	if keeper, ok := store.(twitterauth.TokenKeeper); ok {
		c.twitterToken, c.renewToken = keeper.TwitterToken, keeper.RenewToken
	}
	if o.guest != nil {
		c.guest = func(ctx context.Context) (string, error) { return o.guest(ctx, store) }
	}
	return c
}

// accepted returns what New has against the store: a part of an optional interface,
// or a method that does not fit, would never be called.
func accepted[U any](store twitterauth.UserStore[U]) error {
	_, err := twitterauth.New(store, twitterauth.Config{
		ConsumerKey: "key", ConsumerSecret: "secret", // X is not asked
		CallbackURL: "https://app.example.com/auth/twitter/callback",
		Session:     session.Config{Keys: []session.Key{session.NewKey()}},
		Logger:      slog.New(slog.DiscardHandler),
	})
	return err
}

func userOf[U any](u U, err error, o options[U]) (user, error) {
	switch {
	case err != nil:
		return user{}, err
	case isNil(u):
		return user{isNil: true}, nil
	}
	found := user{since: sinceOf(u)}
	if o.email != nil {
		found.email = o.email(u)
	}
	return found, nil
}

// isNil also sees the nil pointer in an interface.
func isNil(value any) bool {
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Pointer, reflect.Interface, reflect.Map, reflect.Slice, reflect.Func, reflect.Chan:
		return v.IsNil()
	}
	return false
}

// sinceOf returns from when on a user's sessions count.
func sinceOf[U any](u U) time.Time {
	if revocable, ok := any(u).(twitterauth.Revocable); ok {
		return revocable.SessionsValidSince()
	}
	if revocable, ok := any(&u).(twitterauth.Revocable); ok {
		return revocable.SessionsValidSince()
	}
	return time.Time{}
}
