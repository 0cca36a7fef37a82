package twitterauth

import (
	"cmp"
	"context"
	"errors"
	"strconv"

	"twitterlogin.example/mapping"
	"twitterlogin.example/twitterauth/internal/oauth"
	"twitterlogin.example/twitterauth/internal/xapi"
)

// toLogin makes the Login of an account and maps its profile.
func (s *server) toLogin(ctx context.Context, account oauth.Account, m *mapping.Mapping) (Login, *Error) {
	s.email.note(ctx, account.Profile, m)
	login, err := identified(account)
	if err != nil {
		return Login{}, newError(CodeProviderUnavailable, err)
	}
	if account.Profile == nil || account.OnlyIdentity {
		login.Profile = mapping.Profile{"id_str": login.TwitterID}
		if login.ScreenName != "" {
			login.Profile["screen_name"] = login.ScreenName
		}
	}
	err = recovering(func() (err error) {
		login.Fields, err = m.Apply(login.Profile)
		return err
	})
	var p *panicError
	switch {
	case errors.As(err, &p):
		return Login{}, newError(CodeStoreFailed, err)
	case err != nil:
		return Login{}, newError(CodeProfileIncomplete, err)
	}
	return login, nil
}

// identified returns the login with its ID, handle, token and profile. It
// compares X's answers with each other, so that no contradictory answer becomes a
// user.
func identified(account oauth.Account) (Login, error) {
	login := Login{TwitterID: account.ID, ScreenName: account.ScreenName, Token: Token(account.Token), Profile: account.Profile}
	if account.Profile != nil {
		id, err := identity(account.Profile)
		if err != nil {
			return Login{}, err
		}
		if account.ID != "" && account.ID != id {
			return Login{}, errors.New("twitterauth: X's profile is of another account than its access token")
		}
		login.TwitterID, login.ScreenName = id, cmp.Or(screenName(account.Profile), account.ScreenName)
	}
	if !plainText(login.ScreenName, maxParameter) {
		login.ScreenName = "" // no handle has such characters
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
		id = strconv.FormatInt(v, 10)
	}
	if !xapi.ValidID(id) {
		return "", errors.New("twitterauth: X's profile has an invalid id")
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
