package twitterauth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"twitterlogin.example/mapping"
	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth/internal/xapi"
)

// verify makes the Login of a grant: it holds X's answers to each other, so
// that no odd one becomes a user, and maps the profile.
func (a *Auth[U]) verify(g grant, m *mapping.Mapping) (Login, *Error) {
	login := Login{TwitterID: g.ID, ScreenName: g.ScreenName, Token: g.Token}
	if g.Profile != nil {
		login.Profile = g.Profile
		id, err := identity(login.Profile)
		if err == nil && g.ID != "" && g.ID != id {
			err = errors.New("twitterauth: X's profile is of another account than its access token")
		}
		if err != nil {
			return Login{}, fault(CodeProviderUnavailable, err)
		}
		login.TwitterID = id
		if name := screenName(login.Profile); name != "" {
			login.ScreenName = name
		}
	}
	if !plainText(login.ScreenName, maxParameter) {
		login.ScreenName = "" // no handle has such characters
	}
	if g.Profile == nil || g.Bare {
		login.Profile = mapping.Profile{"id_str": login.TwitterID}
		if login.ScreenName != "" {
			login.Profile["screen_name"] = login.ScreenName
		}
	}
	err := guard(func() (err error) {
		login.Fields, err = m.Apply(login.Profile)
		return err
	})
	var p *panicError
	switch {
	case errors.As(err, &p):
		return Login{}, fault(CodeStoreFailed, err)
	case err != nil:
		return Login{}, fault(CodeProfileIncomplete, err)
	}
	return login, nil
}

// identity returns the account's ID from a profile of either API. An error or
// half a document must never pass for a person: everyone would share them.
func identity(p mapping.Profile) (string, error) {
	id, err := oneID(p["id"])
	if err != nil {
		return "", err
	}
	text, err := oneID(p["id_str"])
	switch {
	case err != nil:
		return "", err
	case id == "" && text == "":
		return "", errors.New("twitterauth: X's profile has no id")
	case id != "" && text != "" && id != text:
		return "", errors.New("twitterauth: X's profile has two different ids")
	}
	return cmp.Or(id, text), nil
}

func oneID(v any) (string, error) {
	var id string
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		id = v
	case int64:
		id = fmt.Sprint(v)
	}
	if !xapi.ValidID(id) {
		return "", errors.New("twitterauth: X's profile has an id that is none")
	}
	return id, nil
}

func screenName(p mapping.Profile) string {
	for _, key := range []string{"screen_name", "username"} {
		if name, _ := p[key].(string); name != "" {
			return name
		}
	}
	return ""
}

// admit lets the app's store find or create the user, makes sure that the
// session would be accepted, and starts it.
func (a *Auth[U]) admit(ctx context.Context, w http.ResponseWriter, r *http.Request, login Login, stay, withToken bool) (admitted, *Error) {
	var userID string
	err := guard(func() (err error) {
		userID, err = a.store.UserForLogin(ctx, login)
		return err
	})
	switch {
	case err != nil:
		return admitted{}, storeFault(err)
	case userID == "":
		return admitted{}, fault(CodeStoreFailed, errors.New("twitterauth: UserForLogin returned neither a user ID nor an error"))
	}
	// Otherwise a page that needs a user and X would send the person back and
	// forth for ever.
	var user U
	err = a.userByID(ctx, userID, time.Now(), &user)
	switch {
	case errors.Is(err, ErrUserNotFound):
		return admitted{}, fault(CodeStoreUnavailable, fmt.Errorf("twitterauth: UserByID does not know the user that UserForLogin returned (a replica that lags?): %w", err))
	case errors.Is(err, errRevoked):
		return admitted{}, fault(CodeStoreUnavailable, errors.New("twitterauth: the user's SessionsValidSince is in the future (clocks that differ?)"))
	case err != nil:
		return admitted{}, storeFault(err)
	case ctx.Err() != nil:
		return admitted{}, fault(CodeStoreUnavailable, ctx.Err())
	}
	s, token, err := a.beginSession(w, r, userID, stay, withToken)
	if err != nil {
		return admitted{}, sessionFault(err)
	}
	// So would a session whose beginning an app's own manager rounds.
	if err := guard(func() error { return a.stillValid(&user, s.IssuedAt) }); err != nil {
		return admitted{}, fault(CodeStoreFailed, errors.Join(fmt.Errorf("twitterauth: the session that was begun would be refused: %w", err), a.endSession(w, r)))
	}
	return admitted{login: login, session: s, token: token}, nil
}

// admitted is a person who has come all the way in.
type admitted struct {
	login   Login
	session session.Session
	token   string // for clients without a cookie jar, mostly ""
}
