package xapi

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/dghubble/oauth1"
)

// RevokeBearer ends an access token or a refresh token of OAuth 2.0 (RFC 7009). A
// token that X does not know is no error.
func (c *Client) RevokeBearer(ctx context.Context, token string) error {
	k, cancel := c.start(ctx, StepRevoke, maxTokenAnswer, func([]byte) bool { return true })
	defer cancel()
	return unlessRefused(c.postAsClient(ctx, k, "/2/oauth2/revoke", url.Values{"token": {token}}))
}

// InvalidateToken ends a token pair of OAuth 1.0a. A pair that is not good any
// more is no error.
func (c *Client) InvalidateToken(ctx context.Context, token, secret string) error {
	k, cancel := c.start(ctx, StepInvalidate, maxTokenAnswer, func([]byte) bool { return true })
	defer cancel()
	config := c.oauth(k)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.cfg.APIURL+"/1.1/oauth/invalidate_token", nil)
	if err != nil {
		return typed(k.step, err)
	}
	client := config.Client(context.WithValue(ctx, oauth1.HTTPClient, config.HTTPClient), oauth1.NewToken(token, secret))
	resp, err := client.Do(req)
	if err != nil {
		return unlessRefused(typed(k.step, err))
	}
	resp.Body.Close()
	return nil
}

// unlessRefused drops the error of a token that X does not accept: it is revoked
// already.
func unlessRefused(err error) error {
	var xerr *Error
	if errors.As(err, &xerr) && xerr.Kind == TokenRefused {
		return nil
	}
	return err
}
