package oauth

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"slices"
	"strings"

	"twitterlogin.example/twitterauth/internal/attempt"
	"twitterlogin.example/twitterauth/internal/xapi"
)

// OAuth2 is "Log in with X" over OAuth 2.0: an authorization code (RFC
// 6749, section 4.1) with PKCE (RFC 7636), a bearer token, the profile.
type OAuth2 struct {
	X             *xapi.Client
	CallbackURL   string
	Issuers       []string // what an iss parameter may be (RFC 9207)
	Email         bool     // the mapping needs the email, which is a scope of its own
	OfflineAccess bool
	Scopes        []string // that the app asks for itself
	OnlyIdentity  bool     // nothing but ID and handle is wanted
}

// Kind implements [Protocol].
func (*OAuth2) Kind() attempt.Protocol { return attempt.OAuth2 }

// CallsToBegin is false because the state is made here, and X gets it from the
// browser.
func (*OAuth2) CallsToBegin() bool { return false }

// Begin makes the state and the code verifier (RFC 7636).
func (o *OAuth2) Begin(_ context.Context, options StartOptions) (Start, error) {
	state, verifier := rand.Text(), xapi.NewVerifier()
	if options.AskAgain {
		state = linkMark + state
	}
	return Start{Key: state, Secret: verifier, Location: o.X.AuthorizationURL(state, verifier, o.scopes(options.WithoutEmail))}, nil
}

func (o *OAuth2) scopes(less bool) []string {
	scopes := []string{xapi.ScopeTweetRead, xapi.ScopeUsersRead}
	if o.Email && !less {
		scopes = append(scopes, xapi.ScopeUsersEmail)
	}
	if o.OfflineAccess {
		scopes = append(scopes, xapi.ScopeOfflineAccess)
	}
	for _, scope := range o.Scopes {
		if !slices.Contains(scopes, scope) {
			scopes = append(scopes, scope)
		}
	}
	return scopes
}

// linkMark begins the state of a login that links an account, so that a browser
// without the login's cookie can be answered fittingly. Anyone can write it: it
// only takes the button away from a page.
const linkMark = "link-"

// MayLink looks for the mark that Begin has put on the state.
func (*OAuth2) MayLink(state string) LinkHint {
	if strings.HasPrefix(state, linkMark) {
		return LinksSurely
	}
	return LinksNot
}

// Recognizes reports whether a callback has a state.
func (*OAuth2) Recognizes(q url.Values) bool { return q.Has("state") }

// ReadCallback refuses parameters that do not belong together, and another issuer (RFC 9207).
func (o *OAuth2) ReadCallback(q url.Values) (Callback, error) {
	if hasAny(q, oauth1Parameters) || q.Has("code") == q.Has("error") {
		return Callback{}, errMixed
	}
	if q.Has("iss") && !slices.Contains(o.Issuers, q.Get("iss")) {
		return Callback{}, errElsewhere
	}
	a := Callback{Key: q.Get("state"), VerifierOrCode: q.Get("code")}
	if a.Key == "" || a.VerifierOrCode == "" && q.Get("error") == "" {
		return Callback{}, errIncomplete
	}
	switch code := q.Get("error"); code {
	case "":
	case "access_denied":
		a.Cancelled = true
	default:
		a.WithoutEmail = code == "invalid_scope" && o.Email
		a.Temporary = code == "temporarily_unavailable"
		a.Err = xapi.AuthorizationError(code, o.CallbackURL)
	}
	return a, nil
}

// Finish exchanges the code for a token and asks who the person is.
func (o *OAuth2) Finish(ctx context.Context, t attempt.Attempt, verifierOrCode string) (Account, error) {
	token, err := o.X.BearerToken(ctx, verifierOrCode, t.Secret, o.scopes(t.WithoutEmail))
	if err != nil {
		return Account{}, err
	}
	profile, err := o.X.BearerProfile(ctx, token.Access, xapi.Want{Identity: o.OnlyIdentity, NoEmail: !token.Has(xapi.ScopeUsersEmail)})
	if err != nil {
		return Account{}, err
	}
	return Account{
		Token:        Token{AccessToken: token.Access, RefreshToken: token.Refresh, Expiry: token.Expiry, Scopes: token.Scopes},
		Profile:      profile,
		OnlyIdentity: o.OnlyIdentity,
	}, nil
}

// Check sends an invalid code on purpose, because X authenticates the client
// before it rejects the code. A refusal that does not name the code as its cause
// has a remedy, and is a failure here as at a login.
func (o *OAuth2) Check(ctx context.Context) error {
	_, err := o.X.BearerToken(ctx, "check", xapi.NewVerifier(), nil)
	var xerr *xapi.Error
	if errors.As(err, &xerr) && xerr.Kind == xapi.TokenRefused && xerr.Remedy == "" {
		return nil
	}
	return err
}
