package twitterauth

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"twitterlogin.example/mapping"
)

// handleToken logs in a native client that already holds a token pair from X.
// The pair proves a person only for this app: it is verified by a call that is
// signed with the app's own consumer key, and no ID in the body is believed.
func (a *Auth[U]) handleToken(w http.ResponseWriter, r *http.Request) {
	noStore(w)
	if e := a.origins.check(r); e != nil {
		a.fail(w, r, e)
		return
	}
	post, e := readTokenPost(w, r, a.cfg.StayLoggedIn)
	if e != nil {
		a.fail(w, r, e)
		return
	}
	m, e := a.clientMapping(post.FieldsMapping)
	if e != nil {
		a.fail(w, r, e)
		return
	}
	in, properties, e := a.tokenLogin(w, r, post, m)
	if e != nil {
		a.fail(w, r, e)
		return
	}
	writeJSON(w, http.StatusOK, struct {
		UserID       string                     `json:"userId"`
		TwitterID    string                     `json:"twitterId"`
		ScreenName   string                     `json:"screenName"`
		Properties   map[string]json.RawMessage `json:"properties"`
		StayLoggedIn bool                       `json:"stayLoggedIn"`
		ExpiresAt    time.Time                  `json:"expiresAt"`
		UserToken    string                     `json:"userToken,omitempty"`
	}{in.session.UserID, in.login.TwitterID, in.login.ScreenName, properties, in.session.StayLoggedIn, in.session.ExpiresAt, in.token})
}

func (a *Auth[U]) tokenLogin(w http.ResponseWriter, r *http.Request, post tokenPost, m *mapping.Mapping) (admitted, map[string]json.RawMessage, *Error) {
	ctx, cancel := context.WithTimeout(r.Context(), a.budget)
	defer cancel()
	r = r.WithContext(ctx)
	pair := Token{AccessToken: post.AuthToken, AccessSecret: post.AuthTokenSecret}
	var profile mapping.Profile
	var refused *Error
	if e := a.withSlot(ctx, func() { profile, refused = a.ownerOf(ctx, pair, m) }); e != nil {
		return admitted{}, nil, e
	}
	if refused != nil {
		return admitted{}, nil, refused
	}
	login, e := a.verify(grant{Token: pair, Profile: profile}, m)
	if e != nil {
		return admitted{}, nil, e
	}
	properties, e := jsonProperties(login.Fields)
	if e != nil {
		return admitted{}, nil, e
	}
	in, e := a.admit(ctx, w, r, login, post.StayLoggedIn, true)
	if e == nil {
		a.signedOut.clear(w, r)
	}
	return in, properties, e
}

func (a *Auth[U]) ownerOf(ctx context.Context, pair Token, m *mapping.Mapping) (mapping.Profile, *Error) {
	profile, err := a.x.Profile(ctx, pair.AccessToken, pair.AccessSecret, wantedProfile(a.cfg.Profile, m))
	if err != nil {
		return nil, providerFault(err, CodeTokenInvalid)
	}
	return readProfile(profile)
}

// clientMapping merges a client's fieldsMapping over the app's, for this login
// only. A client may fill the properties in Config.ClientFields and no others.
func (a *Auth[U]) clientMapping(fields map[string]string) (*mapping.Mapping, *Error) {
	if len(fields) == 0 {
		return a.cfg.Mapping, nil
	}
	for _, property := range fields {
		if !slices.Contains(a.cfg.ClientFields, property) {
			return nil, badRequest("fieldsMapping names a property that clients may not fill.")
		}
	}
	m, err := a.cfg.Mapping.With(fields)
	if err != nil {
		e := badRequest("fieldsMapping is not valid: give each property once, and Twitter fields by name or dotted path.")
		e.Err = err
		return nil, e
	}
	return m, nil
}
