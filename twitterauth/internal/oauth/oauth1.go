package oauth

import (
	"context"
	"errors"
	"log/slog"
	"net/url"

	"twitterlogin.example/twitterauth/internal/attempt"
	"twitterlogin.example/twitterauth/internal/xapi"
)

// OAuth1 is "Log in with X" over OAuth 1.0a (RFC 5849, section 2): request
// token, consent at X, access token, profile.
type OAuth1 struct {
	X            *xapi.Client
	ForceLogin   bool
	Want         xapi.Want
	OnlyIdentity bool // nothing but ID and handle is wanted
	Required     bool // the mapping requires a property
	Logger       *slog.Logger
}

// Kind implements [Protocol].
func (OAuth1) Kind() attempt.Protocol { return attempt.OAuth1 }

// CallsToBegin is true because the request token comes from X.
func (OAuth1) CallsToBegin() bool { return true }

// Begin asks X for a request token.
func (o OAuth1) Begin(ctx context.Context, options StartOptions) (Start, error) {
	rt, err := o.X.RequestToken(ctx)
	if err != nil {
		return Start{}, err
	}
	force := o.ForceLogin || options.ForceLogin
	location := o.X.AuthenticateURL(rt.Token, force, options.ScreenName)
	if options.AskAgain {
		location = o.X.AuthorizeURL(rt.Token, force, options.ScreenName)
	}
	return Start{Key: rt.Token, Secret: rt.Secret, Location: location}, nil
}

// MayLink is LinksPerhaps because no mark can be put on the request token, which X
// makes, or on the callback URL, which must match what is registered at X.
func (OAuth1) MayLink(string) LinkHint { return LinksPerhaps }

// Recognizes reports whether a callback has a parameter of OAuth 1.0a.
func (OAuth1) Recognizes(q url.Values) bool { return hasAny(q, oauth1Parameters) }

// ReadCallback refuses parameters that do not belong together.
func (OAuth1) ReadCallback(q url.Values) (Callback, error) {
	cancelled := q.Has("denied")
	if hasAny(q, oauth2Parameters) || cancelled && (q.Has("oauth_token") || q.Has("oauth_verifier") || q.Get("denied") == "") {
		return Callback{}, errMixed
	}
	if cancelled {
		return Callback{Key: q.Get("denied"), Cancelled: true}, nil
	}
	a := Callback{Key: q.Get("oauth_token"), VerifierOrCode: q.Get("oauth_verifier")}
	if a.Key == "" || a.VerifierOrCode == "" {
		return Callback{}, errIncomplete
	}
	return a, nil
}

// Finish exchanges the verifier for a token and asks who the person is.
func (o OAuth1) Finish(ctx context.Context, t attempt.Attempt, verifierOrCode string) (Account, error) {
	at, err := o.X.AccessToken(ctx, xapi.RequestToken{Token: t.Key, Secret: t.Secret}, verifierOrCode)
	if err != nil {
		return Account{}, err
	}
	account := Account{
		ID:           at.UserID,
		ScreenName:   at.ScreenName,
		Token:        Token{AccessToken: at.Token, AccessSecret: at.Secret},
		OnlyIdentity: o.OnlyIdentity,
	}
	if o.hasIdentity(at) {
		return account, nil
	}
	profile, err := o.X.Profile(ctx, at.Token, at.Secret, o.Want)
	switch {
	case err != nil && o.canDoWithout(err, at):
		o.warnOfMissingProfile(ctx, err)
		return account, nil
	case err != nil:
		return Account{}, err
	}
	account.Profile = profile
	return account, nil
}

// canDoWithout reports whether a login can go on without the profile. X has
// proved the person's identity with the access token already, so that a rate
// limit of the profile call need not keep the person out. A property that the
// mapping requires must not be missing, though.
func (o OAuth1) canDoWithout(err error, at xapi.AccessToken) bool {
	var xerr *xapi.Error
	return errors.As(err, &xerr) && xerr.Kind == xapi.RateLimited &&
		!o.Required && at.UserID != "" && at.ScreenName != ""
}

func (o OAuth1) warnOfMissingProfile(ctx context.Context, err error) {
	o.Logger.LogAttrs(ctx, slog.LevelWarn, "twitterauth: X's rate limit keeps the profile back; the login goes on with ID and handle only",
		slog.String("remedy", "single lines need nothing, because the next login brings the profile; for many see X's limits for the app, or use a mapping of ID and handle only, which needs no profile call"),
		slog.String("error", err.Error()))
}

// Check asks X for a request token.
func (o OAuth1) Check(ctx context.Context) error {
	_, err := o.X.RequestToken(ctx)
	return err
}

// hasIdentity reports whether the access token's answer has all that is needed.
func (o OAuth1) hasIdentity(at xapi.AccessToken) bool {
	return o.OnlyIdentity && at.UserID != "" && at.ScreenName != ""
}
