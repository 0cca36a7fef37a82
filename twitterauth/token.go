package twitterauth

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"time"

	"twitterlogin.example/mapping"
	"twitterlogin.example/twitterauth/internal/attempt"
	"twitterlogin.example/twitterauth/internal/oauth"
)

// handleToken is POST token: a native app exchanges a code, or logs in with a
// token pair that it holds already.
func (s *server) handleToken(w http.ResponseWriter, r *http.Request) {
	noStore(w)
	body, e := s.readToken(w, r)
	isGrant := s.isGrant(r, body.form)
	switch {
	case e != nil && isGrant:
		s.failGrant(w, r, e)
	case e != nil:
		s.failFinally(w, r, e)
	case isGrant:
		s.exchangeCode(w, r, body.form)
	case body.err != nil:
		s.failFinally(w, r, malformedBody(body.err))
	case s.apps.Any() && body.has("code") || !s.cfg.TokenLogin:
		s.loginByCode(w, r, body)
	default:
		s.loginByPair(w, r, body)
	}
}

// readToken reads a post that may come from an app. A token pair is refused where
// there is no login with token pairs.
func (s *server) readToken(w http.ResponseWriter, r *http.Request) (tokenBody, *Error) {
	if err := s.origins.CheckApp(r); err != nil {
		return tokenBody{}, newError(CodeCrossOrigin, err)
	}
	body, e := readTokenBody(w, r)
	if e == nil && !s.cfg.TokenLogin && (body.has("authToken") || body.has("authTokenSecret")) {
		e = badRequest("This site takes codes only, not token pairs.")
	}
	return body, e
}

// isGrant reports whether a post is an app's form as RFC 6749, section 4.1.3 has
// it, whose errors are answered as section 5.2 has them. Where token pairs are
// accepted, a form with a pair is not.
func (s *server) isGrant(r *http.Request, form url.Values) bool {
	if name, _ := mediaType(r); !s.apps.Any() || name != typeForm {
		return false
	}
	hasPair := form.Has("authToken") || form.Has("authTokenSecret")
	return !s.cfg.TokenLogin || !hasPair || form.Has("grant_type") || form.Has("code")
}

// loginByCode is POST token with a code in JSON. It answers as a login with a token
// pair does, cookie and errors included.
func (s *server) loginByCode(w http.ResponseWriter, r *http.Request, body tokenBody) {
	var post codePost
	var e *Error
	if post.code, e = text(body.fields, "code", maxCode); e == nil {
		post.verifier, e = text(body.fields, "codeVerifier", maxCredential)
	}
	if e != nil {
		s.failFinally(w, r, e)
		return
	}
	var properties map[string]json.RawMessage
	in, e := s.redeem(w, r, post, func(login Login) (e *Error) {
		properties, e = jsonProperties(login.Fields)
		return e
	})
	if e != nil {
		s.failFinally(w, r, e)
		return
	}
	s.signedOut.clear(w, r)
	writeTokenLogin(w, in, properties)
}

// loginByPair logs in a native client that already holds a token pair from X. The
// pair proves a person only for this app: it is verified by a call that is signed
// with the app's own consumer key, and no ID in the body is believed.
func (s *server) loginByPair(w http.ResponseWriter, r *http.Request, body tokenBody) {
	post, e := parseTokenPost(body.fields, s.cfg.StayLoggedIn)
	if e != nil {
		s.failFinally(w, r, e)
		return
	}
	m, e := s.clientMapping(post.FieldsMapping)
	if e != nil {
		s.failFinally(w, r, e)
		return
	}
	in, properties, e := s.tokenLogin(w, r, post, m)
	if e != nil {
		s.failFinally(w, r, e)
		return
	}
	writeTokenLogin(w, in, properties)
}

func writeTokenLogin(w http.ResponseWriter, in signedIn, properties map[string]json.RawMessage) {
	writeJSON(w, http.StatusOK, struct {
		UserID       string                     `json:"userId"`
		TwitterID    string                     `json:"twitterId"`
		ScreenName   string                     `json:"screenName"`
		Properties   map[string]json.RawMessage `json:"properties"`
		StayLoggedIn bool                       `json:"stayLoggedIn"`
		ExpiresAt    time.Time                  `json:"expiresAt"`
		UserToken    string                     `json:"userToken,omitempty"`
		Landing      string                     `json:"landing,omitempty"` // with Config.LandingPage
	}{in.session.UserID, in.login.TwitterID, in.login.ScreenName, properties, in.session.StayLoggedIn, in.session.ExpiresAt, in.token, in.landing})
}

func (s *server) tokenLogin(w http.ResponseWriter, r *http.Request, post tokenPost, m *mapping.Mapping) (signedIn, map[string]json.RawMessage, *Error) {
	ctx, cancel := context.WithTimeout(r.Context(), s.budget)
	defer cancel()
	r = r.WithContext(ctx)
	if post.Link {
		if _, e := s.linkingUserByToken(r); e != nil {
			return signedIn{}, nil, e
		}
	}
	begun, login, e := s.loginOfPair(ctx, post, m)
	if e != nil {
		begun.ended(r, signedIn{}, e)
		return signedIn{}, nil, e
	}
	var in signedIn
	properties, e := jsonProperties(login.Fields)
	if e == nil {
		in, e = s.enterByPair(w, r, post, login)
	}
	begun.ended(r, in, e)
	if e != nil {
		return signedIn{}, nil, e
	}
	in.landing = s.clientLanding(ctx, in)
	return in, properties, nil
}

// enterByPair links the account to the user whose bearer token the request has, or
// signs the person in. The request's context carries the budget.
func (s *server) enterByPair(w http.ResponseWriter, r *http.Request, post tokenPost, login Login) (signedIn, *Error) {
	if post.Link {
		// A session can be revoked while X is asked, so it is looked at once more.
		current, e := s.linkingUserByToken(r)
		if e != nil {
			return signedIn{}, e
		}
		return s.linkByToken(w, r, current, login, post.StayLoggedIn)
	}
	in, e := s.signIn(w, r, login, entry{stay: post.StayLoggedIn, withToken: true})
	if e == nil {
		s.signedOut.clear(w, r)
	}
	return in, e
}

func (s *server) loginOfPair(ctx context.Context, post tokenPost, m *mapping.Mapping) (begun begunLogin, login Login, e *Error) {
	pair := oauth.Token{AccessToken: post.AuthToken, AccessSecret: post.AuthTokenSecret}
	var profile mapping.Profile
	var err error
	if e := s.withSlot(ctx, func() {
		begun = s.announce(ctx, attempt.OAuth1)
		profile, err = s.ownerOf(ctx, pair, m)
	}); e != nil {
		return begun, Login{}, e
	}
	if err != nil {
		return begun, Login{}, providerError(err, CodeTokenInvalid)
	}
	login, e = s.toLogin(ctx, oauth.Account{Token: pair, Profile: profile}, m)
	return begun, login, e
}

// ownerOf returns the profile of the account that a token pair of this app
// belongs to.
func (s *server) ownerOf(ctx context.Context, pair oauth.Token, m *mapping.Mapping) (mapping.Profile, error) {
	return s.x.Profile(ctx, pair.AccessToken, pair.AccessSecret, wantedProfile(s.cfg.Profile, m))
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
