package twitterauth

import (
	"context"
	"errors"
)

// revokeToken ends a token at X, over the protocol that it is of.
func (s *server) revokeToken(ctx context.Context, t Token) error {
	ctx, cancel := context.WithTimeout(ctx, s.budget)
	defer cancel()
	switch {
	case t.AccessToken == "" && t.RefreshToken == "":
		return ErrNoToken
	case t.AccessSecret != "" && s.cfg.ConsumerKey == "":
		return errors.New("twitterauth: a token of OAuth 1.0a is revoked with ConsumerKey and ConsumerSecret, which are not set")
	case t.AccessSecret != "":
		return withRemedy(s.x.InvalidateToken(ctx, t.AccessToken, t.AccessSecret))
	case s.cfg.ClientID == "":
		return errors.New("twitterauth: a token of OAuth 2.0 is revoked with ClientID, which is not set")
	}
	// The refresh token first: while it is good, a new access token can be had.
	for _, token := range []string{t.RefreshToken, t.AccessToken} {
		if token == "" {
			continue
		}
		if err := s.x.RevokeBearer(ctx, token); err != nil {
			return withRemedy(err)
		}
	}
	return nil
}
