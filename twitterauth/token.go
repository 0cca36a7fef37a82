package twitterauth

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"twitterlogin.example/mapping"
	"twitterlogin.example/twitterauth/internal/oauth"
)

// handleToken logs in a native client that already holds a token pair from X.
// The pair proves a person only for this app: it is verified by a call that is
// signed with the app's own consumer key, and no ID in the body is believed.
func (s *server) handleToken(w http.ResponseWriter, r *http.Request) {
	noStore(w)
	if err := s.origins.Check(r); err != nil {
		s.fail(w, r, newError(CodeCrossOrigin, err))
		return
	}
	post, e := readTokenPost(w, r, s.cfg.StayLoggedIn)
	if e != nil {
		s.fail(w, r, e)
		return
	}
	m, e := s.clientMapping(post.FieldsMapping)
	if e != nil {
		s.fail(w, r, e)
		return
	}
	in, properties, e := s.tokenLogin(w, r, post, m)
	if e != nil {
		s.fail(w, r, e)
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

func (s *server) tokenLogin(w http.ResponseWriter, r *http.Request, post tokenPost, m *mapping.Mapping) (signedIn, map[string]json.RawMessage, *Error) {
	ctx, cancel := context.WithTimeout(r.Context(), s.budget)
	defer cancel()
	r = r.WithContext(ctx)
	pair := oauth.Token{AccessToken: post.AuthToken, AccessSecret: post.AuthTokenSecret}
	var profile mapping.Profile
	var err error
	if e := s.withSlot(ctx, func() { profile, err = s.ownerOf(ctx, pair, m) }); e != nil {
		return signedIn{}, nil, e
	}
	if err != nil {
		return signedIn{}, nil, providerError(err, CodeTokenInvalid)
	}
	login, e := toLogin(oauth.Account{Token: pair, Profile: profile}, m)
	if e != nil {
		return signedIn{}, nil, e
	}
	properties, e := jsonProperties(login.Fields)
	if e != nil {
		return signedIn{}, nil, e
	}
	in, e := s.signIn(w, r, login, entry{stay: post.StayLoggedIn, withToken: true})
	if e == nil {
		s.signedOut.clear(w, r)
	}
	return in, properties, e
}

// ownerOf returns the profile of the account that a token pair of this app
// belongs to.
func (s *server) ownerOf(ctx context.Context, pair oauth.Token, m *mapping.Mapping) (mapping.Profile, error) {
	raw, err := s.x.Profile(ctx, pair.AccessToken, pair.AccessSecret, wantedProfile(s.cfg.Profile, m))
	if err != nil {
		return nil, err
	}
	return oauth.ReadProfile(raw)
}

// clientMapping merges a client's fieldsMapping over the app's, for this login
// only. A client may fill the properties in Config.ClientFields and no others.
func (s *server) clientMapping(fields map[string]string) (*mapping.Mapping, *Error) {
	if len(fields) == 0 {
		return s.cfg.Mapping, nil
	}
	for _, property := range fields {
		if !slices.Contains(s.cfg.ClientFields, property) {
			return nil, badRequest("fieldsMapping names a property that clients may not fill.")
		}
	}
	m, err := s.cfg.Mapping.With(fields)
	if err != nil {
		e := badRequest("fieldsMapping is not valid: give each property once, and Twitter fields by name or dotted path.")
		e.Err = err
		return nil, e
	}
	return m, nil
}
