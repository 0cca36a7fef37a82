package storetest

import (
	"context"
	"log/slog"
	"net/http"
	"reflect"

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
	email string // "" also without the option Email
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
	if err != nil {
		return user{}, err
	}
	switch v := reflect.ValueOf(u); v.Kind() {
	case reflect.Invalid:
		return user{isNil: true}, nil
	case reflect.Pointer, reflect.Interface, reflect.Map, reflect.Slice, reflect.Func, reflect.Chan:
		if v.IsNil() {
			return user{isNil: true}, nil
		}
	}
	if o.email == nil {
		return user{}, nil
	}
	return user{email: o.email(u)}, nil
}
