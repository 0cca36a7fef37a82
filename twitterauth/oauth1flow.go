package twitterauth

import (
	"context"
	"net/url"
	"strings"

	"twitterlogin.example/mapping"
	"twitterlogin.example/twitterauth/internal/xapi"
)

// oauth1Flow is "Log in with X" over OAuth 1.0a (RFC 5849, section 2): request
// token, consent at X, access token, profile.
type oauth1Flow struct {
	x            *xapi.Client
	forceLogin   bool
	want         xapi.Want
	onlyIdentity bool // nothing but ID and handle is wanted
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
	g.Profile, err = f.x.Profile(ctx, at.Token, at.Secret, f.want)
	if err != nil {
		return grant{}, providerFault(err, CodeLoginExpired)
	}
	return g, nil
}

// knows reports whether the access token's answer said all that is needed.
func (f oauth1Flow) knows(at xapi.AccessToken) bool {
	return f.onlyIdentity && at.UserID != "" && at.ScreenName != ""
}

// onlyIdentity reports whether a login can do without a profile call.
func onlyIdentity(s ProfileSource, m *mapping.Mapping) bool {
	return s == ProfileNone || s == ProfileAuto && m.OnlyIdentity()
}

// wantedProfile is what to ask X for, when it is asked.
func wantedProfile(s ProfileSource, m *mapping.Mapping) xapi.Want {
	want := xapi.Want{Entities: m.Needs("entities"), Status: m.Needs("status")}
	switch s {
	case ProfileV1:
		want.API = xapi.ProfileV1
	case ProfileV2:
		want.API = xapi.ProfileV2
	}
	return want
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
