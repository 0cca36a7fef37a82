package twitterauth

import (
	"context"
	"errors"
	"fmt"

	"twitterlogin.example/twitterauth/internal/xapi"
)

// Check asks X whether logins can work: for a request token, which tells about
// keys, callback URL and clock, and with ClientID for a token, which tells about
// the client (its callback URL only shows in a browser). It returns nil when
// all is right; otherwise the error, an *[Error], says what is wrong and what to
// do. It is meant for the start of a program or a health page; a login would
// find out the same. A page or a challenge of something before X (a firewall, a
// proxy, Cloudflare) is reported as such, not as wrong keys. Its time is bounded
// as a login's is.
func (a *Auth[U]) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, a.budget)
	defer cancel()
	for _, p := range a.protocols {
		if err := p.check(ctx); err != nil {
			e := providerFault(err, CodeAppMisconfigured)
			e.Message = "Logins with X will not work: " + reasonOf(err)
			return e
		}
	}
	return nil
}

func reasonOf(err error) string {
	var xerr *xapi.Error
	if !errors.As(err, &xerr) {
		return "the request could not be made."
	}
	if xerr.Remedy == "" {
		return xerr.Reason + "."
	}
	return fmt.Sprintf("%s; %s.", xerr.Reason, xerr.Remedy)
}
