package twitterauth

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"

	"twitterlogin.example/twitterauth/internal/xapi"
)

// oauth1Flow is "Log in with X" over OAuth 1.0a (RFC 5849, section 2): request
// token, consent at X, access token, profile.
type oauth1Flow struct {
	x            *xapi.Client
	forceLogin   bool
	profile      ProfileSource
	onlyIdentity bool // the mapping needs nothing but ID and handle
}

func (f oauth1Flow) begin(ctx context.Context, ask consent) (opening, error) {
	rt, err := f.x.RequestToken(ctx)
	if err != nil {
		return opening{}, err
	}
	location := f.x.AuthenticateURL(rt.Token, f.forceLogin)
	if ask == askAlways {
		location = f.x.AuthorizeURL(rt.Token, f.forceLogin)
	}
	return opening{Key: rt.Token, Secret: rt.Secret, Location: location}, nil
}

func (oauth1Flow) readCallback(q url.Values) (answer, *Error) {
	if q.Has("denied") {
		if q.Has("oauth_token") || q.Has("oauth_verifier") || q.Get("denied") == "" {
			return answer{}, badRequest("The address is neither that of a login nor that of a cancelled one.")
		}
		return answer{Key: q.Get("denied"), Cancelled: true}, nil
	}
	a := answer{Key: q.Get("oauth_token"), Proof: q.Get("oauth_verifier")}
	if a.Key == "" || a.Proof == "" {
		return answer{}, badRequest("The address lacks what X adds to it after a login. Please start again.")
	}
	return a, nil
}

func (f oauth1Flow) finish(ctx context.Context, t attempt, proof string) (grant, *Error) {
	at, err := f.x.AccessToken(ctx, xapi.RequestToken{Token: t.Key, Secret: t.Secret}, proof)
	if err != nil {
		return grant{}, providerFault(err, CodeLoginExpired)
	}
	g := grant{
		ID:         at.UserID,
		ScreenName: at.ScreenName,
		Token:      Token{AccessToken: at.Token, AccessSecret: at.Secret},
	}
	if f.knows(at) {
		return g, nil
	}
	g.Profile, err = f.fetchProfile(ctx, g.Token)
	if err != nil {
		return grant{}, providerFault(err, CodeLoginExpired)
	}
	return g, nil
}

// knows reports whether the access token's answer said all that is needed.
func (f oauth1Flow) knows(at xapi.AccessToken) bool {
	enough := f.profile == ProfileNone || f.profile == ProfileAuto && f.onlyIdentity
	return enough && at.UserID != "" && at.ScreenName != ""
}

// fetchProfile is also the proof that a posted token is one of this app's: X
// refuses it when it was issued to another consumer key.
func (f oauth1Flow) fetchProfile(ctx context.Context, t Token) (json.RawMessage, error) {
	return f.x.Profile(ctx, t.AccessToken, t.AccessSecret, profileAPI(f.profile))
}

func profileAPI(s ProfileSource) xapi.ProfileAPI {
	switch s {
	case ProfileV1:
		return xapi.ProfileV1
	case ProfileV2:
		return xapi.ProfileV2
	}
	return xapi.ProfileAuto
}

// trimAPIURL drops what would make paths double, and a default port, which
// signatures leave out (RFC 5849, section 3.4.1.2).
func trimAPIURL(apiURL string) string {
	u, err := url.Parse(apiURL)
	if err != nil {
		return apiURL // refused by New
	}
	return originOf(u) + strings.TrimRight(u.EscapedPath(), "/")
}
