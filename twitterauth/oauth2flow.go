package twitterauth

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"slices"
	"strings"

	"twitterlogin.example/twitterauth/internal/xapi"
)

// oauth2Flow is "Log in with X" over OAuth 2.0: an authorization code (RFC
// 6749, section 4.1) with PKCE (RFC 7636), a bearer token, the profile.
type oauth2Flow struct {
	x        *xapi.Client
	callback string
	issuers  []string // what an iss parameter may say (RFC 9207)
	email    bool     // the mapping needs the email, which is a scope of its own
	offline  bool
	bare     bool // nothing but ID and handle is wanted
}

func (*oauth2Flow) kind() protocolKind { return oauth2 }

// callsToBegin: the state is ours, and X learns of it from the browser.
func (*oauth2Flow) callsToBegin() bool { return false }

func (f *oauth2Flow) begin(_ context.Context, ask ask) (opening, error) {
	state, verifier := rand.Text(), xapi.NewVerifier()
	if ask.Always {
		state = linkMark + state
	}
	return opening{Key: state, Secret: verifier, Location: f.x.AuthorizationURL(state, verifier, f.scopes(ask.Less))}, nil
}

func (f *oauth2Flow) scopes(less bool) []string {
	scopes := []string{xapi.ScopeTweetRead, xapi.ScopeUsersRead}
	if f.email && !less {
		scopes = append(scopes, xapi.ScopeUsersEmail)
	}
	if f.offline {
		scopes = append(scopes, xapi.ScopeOfflineAccess)
	}
	return scopes
}

// linkMark begins the state of a login that links an account, so that a browser
// without the login's cookie can be answered fittingly. Anyone can write it: it
// only takes the button away from a page.
const linkMark = "link-"

func (*oauth2Flow) mayLink(state string) linkHint {
	if strings.HasPrefix(state, linkMark) {
		return linksSurely
	}
	return linksNot
}

func (*oauth2Flow) owns(q url.Values) bool { return q.Has("state") }

func (f *oauth2Flow) readCallback(q url.Values) (answer, *Error) {
	if hasAny(q, oauth1Words) || q.Has("code") == q.Has("error") {
		return answer{}, badRequest("The address is neither that of a login nor that of a cancelled one.")
	}
	if q.Has("iss") && !slices.Contains(f.issuers, q.Get("iss")) {
		return answer{}, badRequest("The address is of a login elsewhere than at X.")
	}
	a := answer{Key: q.Get("state"), Proof: q.Get("code")}
	if a.Key == "" || a.Proof == "" && q.Get("error") == "" {
		return answer{}, badRequest("The address lacks what X adds to it after a login. Please start again.")
	}
	switch code := q.Get("error"); code {
	case "":
	case "access_denied":
		a.Cancelled = true
	default:
		a.Less = code == "invalid_scope" && f.email
		a.Fault = providerFault(xapi.AuthorizationError(code, f.callback), CodeLoginExpired)
	}
	return a, nil
}

func (f *oauth2Flow) finish(ctx context.Context, t attempt, proof string) (grant, *Error) {
	token, err := f.x.BearerToken(ctx, proof, t.Secret, f.scopes(t.Less))
	if err != nil {
		return grant{}, providerFault(err, CodeLoginExpired)
	}
	raw, err := f.x.BearerProfile(ctx, token.Access, xapi.Want{Identity: f.bare, NoEmail: !token.Has(xapi.ScopeUsersEmail)})
	if err != nil {
		return grant{}, providerFault(err, CodeLoginExpired)
	}
	profile, e := readProfile(raw)
	if e != nil {
		return grant{}, e
	}
	return grant{
		Token:   Token{AccessToken: token.Access, RefreshToken: token.Refresh, Expiry: token.Expiry},
		Profile: profile,
		Bare:    f.bare,
	}, nil
}

// check sends an invalid code on purpose, because X authenticates the client
// before it rejects the code. A refusal that does not name the code as its cause
// has a remedy, and is a failure here as at a login.
func (f *oauth2Flow) check(ctx context.Context) error {
	_, err := f.x.BearerToken(ctx, "check", xapi.NewVerifier(), nil)
	var xerr *xapi.Error
	if errors.As(err, &xerr) && xerr.Kind == xapi.TokenRefused && xerr.Remedy == "" {
		return nil
	}
	return err
}
