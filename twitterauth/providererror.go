package twitterauth

import (
	"errors"
	"fmt"

	"twitterlogin.example/twitterauth/internal/xapi"
)

// providerError is what a failed call to X means for the visitor. refused is
// the code for a token, verifier or code that X does not accept. Where X may
// have refused it because of the app's settings (invalid_request of OAuth 2.0),
// the person gets the same answer, because starting again is all that the person
// can do; log writes the error's remedy at WARN then.
func providerError(err error, refused string) *Error {
	var xerr *xapi.Error
	if !errors.As(err, &xerr) {
		return newError(CodeProviderUnavailable, err)
	}
	switch xerr.Kind {
	case xapi.Timeout, xapi.Canceled:
		return newError(CodeProviderTimeout, err)
	case xapi.RateLimited:
		e := newError(CodeRateLimited, err)
		e.RetryAfter = xerr.RetryAfter
		return e
	case xapi.TokenRefused:
		return newError(refused, err)
	case xapi.AccountUnavailable:
		return newError(CodeAccountUnavailable, err)
	case xapi.Misconfigured, xapi.AccessLevel:
		return newError(CodeAppMisconfigured, err)
	}
	return newError(CodeProviderUnavailable, err)
}

// withRemedy adds its remedy to the text of an error of X that the app gets itself. In
// the line of a failed request the remedy stands by itself.
func withRemedy(err error) error {
	var xerr *xapi.Error
	if !errors.As(err, &xerr) || xerr.Remedy == "" {
		return err
	}
	return fmt.Errorf("%w; %s", err, xerr.Remedy)
}
