package xapi

import (
	"context"
	"errors"
	"net/http"
	"net/url"
)

// RevokeBearer ends an access token or a refresh token of OAuth 2.0 (RFC 7009). A
// token that X does not know is no error.
func (c *Client) RevokeBearer(ctx context.Context, token string) error {
	k, cancel := c.start(ctx, StepRevoke, maxTokenAnswer, isNoPage)
	defer cancel()
	err := c.postAsClient(k, "/2/oauth2/revoke", url.Values{"token": {token}})
	return unlessRefused(err, func(e *Error) bool { return e.Status == http.StatusBadRequest && e.Remedy == "" })
}

// InvalidateToken ends a token pair of OAuth 1.0a. A pair that is not good any
// more is no error.
func (c *Client) InvalidateToken(ctx context.Context, token, secret string) error {
	k, cancel := c.start(ctx, StepInvalidate, maxTokenAnswer, isNoPage)
	defer cancel()
	req, err := k.request(http.MethodPost, "/1.1/oauth/invalidate_token", nil)
	if err != nil {
		return typed(k.step, err)
	}
	resp, err := c.signing(k, token, secret).RoundTrip(req)
	if err != nil {
		return unlessRefused(typed(k.step, err), func(e *Error) bool { return e.Code == expiredToken })
	}
	resp.Body.Close()
	return nil
}

// isNoPage accepts the answers to a revocation, whose bodies say nothing (RFC 7009,
// section 2.2). A page comes from something before X, and the token may still be good.
func isNoPage(body []byte) bool { return !beginsAsPage(body) }

// expiredToken is X's code for a token that is revoked already. Code 32, and a 401
// without a code, may be about the app's keys.
const expiredToken = 89

// unlessRefused drops the error of a token that is revoked already. Any other
// refusal is an error, because the token may still be good.
func unlessRefused(err error, isRevoked func(*Error) bool) error {
	var xerr *Error
	if errors.As(err, &xerr) && xerr.Kind == TokenRefused && isRevoked(xerr) {
		return nil
	}
	return err
}
