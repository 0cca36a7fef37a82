package twitterauth

import (
	"context"
	"errors"
	"fmt"

	"twitterlogin.example/twitterauth/internal/xapi"
)

// check asks X over each protocol in turn.
func (s *server) check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.budget)
	defer cancel()
	for _, p := range s.protocols {
		if err := p.Check(ctx); err != nil {
			e := providerError(err, CodeAppMisconfigured)
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
