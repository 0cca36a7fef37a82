package twitterauth

import (
	"context"
	"net/url"

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

func (oauth1Flow) kind() protocolKind { return oauth1 }

func (oauth1Flow) callsToBegin() bool { return true }

func (f oauth1Flow) begin(ctx context.Context, ask ask) (opening, error) {
	rt, err := f.x.RequestToken(ctx)
	if err != nil {
		return opening{}, err
	}
	location := f.x.AuthenticateURL(rt.Token, f.forceLogin)
	if ask.Always {
		location = f.x.AuthorizeURL(rt.Token, f.forceLogin)
	}
	return opening{Key: rt.Token, Secret: rt.Secret, Location: location}, nil
}

// mayLink: the request token is X's, and the callback URL must match what is
// registered there, so no mark can be put on either.
func (oauth1Flow) mayLink(string) linkHint { return linksPerhaps }

func (oauth1Flow) owns(q url.Values) bool { return hasAny(q, oauth1Words) }

func (oauth1Flow) readCallback(q url.Values) (answer, *Error) {
	cancelled := q.Has("denied")
	if hasAny(q, oauth2Words) || cancelled && (q.Has("oauth_token") || q.Has("oauth_verifier") || q.Get("denied") == "") {
		return answer{}, badRequest("The address is neither that of a login nor that of a cancelled one.")
	}
	if cancelled {
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
		Bare:       f.onlyIdentity,
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

func (f oauth1Flow) check(ctx context.Context) error {
	_, err := f.x.RequestToken(ctx)
	return err
}

// knows reports whether the access token's answer said all that is needed.
func (f oauth1Flow) knows(at xapi.AccessToken) bool {
	return f.onlyIdentity && at.UserID != "" && at.ScreenName != ""
}
