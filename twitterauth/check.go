package twitterauth

import (
	"context"
	"errors"
	"fmt"

	"twitterlogin.example/twitterauth/internal/xapi"
)

// Check asks X for a request token and returns nil when keys, callback URL and
// clock are right. Otherwise the error, an *[Error], says what is wrong and what
// to do. It is meant for the start of a program or a health page; a login would
// find out the same. Its time is bounded as a login's is.
func (a *Auth[U]) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, a.budget)
	defer cancel()
	_, err := a.x.RequestToken(ctx)
	if err == nil {
		return nil
	}
	e := providerFault(err, CodeAppMisconfigured)
	e.Message = "Logins with X will not work: " + reasonOf(err)
	return e
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
