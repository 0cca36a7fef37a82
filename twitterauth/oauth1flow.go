package twitterauth

import (
	"context"
	"errors"
	"log/slog"
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
	required     bool // the mapping requires a property
	logger       *slog.Logger
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

func (f oauth1Flow) finish(ctx context.Context, t attempt, proof string) (g grant, e *Error) {
	at, err := f.x.AccessToken(ctx, xapi.RequestToken{Token: t.Key, Secret: t.Secret}, proof)
	if err != nil {
		return grant{}, providerFault(err, CodeLoginExpired)
	}
	g = grant{
		ID:         at.UserID,
		ScreenName: at.ScreenName,
		Token:      Token{AccessToken: at.Token, AccessSecret: at.Secret},
		Bare:       f.onlyIdentity,
	}
	if f.knows(at) {
		return g, nil
	}
	profile, err := f.x.Profile(ctx, at.Token, at.Secret, f.want)
	switch {
	case err != nil && f.canDoWithout(err, at):
		f.warnOfMissingProfile(ctx, err)
		return g, nil
	case err != nil:
		return grant{}, providerFault(err, CodeLoginExpired)
	}
	g.Profile, e = readProfile(profile)
	return g, e
}

// canDoWithout reports whether a login can go on without the profile. X has
// proved the person's identity with the access token already, so that a rate
// limit of the profile call need not keep the person out. A property that the
// mapping requires must not be missing, though.
func (f oauth1Flow) canDoWithout(err error, at xapi.AccessToken) bool {
	var xerr *xapi.Error
	return errors.As(err, &xerr) && xerr.Kind == xapi.RateLimited &&
		!f.required && at.UserID != "" && at.ScreenName != ""
}

func (f oauth1Flow) warnOfMissingProfile(ctx context.Context, err error) {
	f.logger.LogAttrs(ctx, slog.LevelWarn, "twitterauth: X's rate limit keeps the profile back; the login goes on with ID and handle only",
		slog.String("remedy", "single lines need nothing, because the next login brings the profile; for many see X's limits for the app, or use a mapping of ID and handle only, which needs no profile call"),
		slog.String("error", err.Error()))
}

func (f oauth1Flow) check(ctx context.Context) error {
	_, err := f.x.RequestToken(ctx)
	return err
}

// knows reports whether the access token's answer has all that is needed.
func (f oauth1Flow) knows(at xapi.AccessToken) bool {
	return f.onlyIdentity && at.UserID != "" && at.ScreenName != ""
}
