package xapi

import (
	"context"
	"net/url"
)

// maxToken is more than any token of X is long, in bytes.
const maxToken = 256

// RequestToken is the temporary credential of one login (RFC 5849, section 2.1).
type RequestToken struct {
	Token  string
	Secret string
}

// RequestToken asks X for a request token, a second time when X caused the first
// failure.
func (c *Client) RequestToken(ctx context.Context) (RequestToken, error) {
	return twice(ctx, func(ctx context.Context) (RequestToken, error) {
		k, cancel := c.start(ctx, StepRequestToken, maxTokenAnswer, confirmsCallback)
		defer cancel()
		token, secret, err := c.oauth(k).RequestToken()
		if err != nil {
			return RequestToken{}, typed(k.step, err)
		}
		return RequestToken{Token: token, Secret: secret}, nil
	})
}

// confirmsCallback requires each value exactly once: an answer that confirms
// and denies the callback confirms nothing.
func confirmsCallback(body []byte) bool {
	v, err := url.ParseQuery(string(body))
	return err == nil && hasToken(v) && len(v["oauth_callback_confirmed"]) == 1 && v.Get("oauth_callback_confirmed") == "true"
}

func hasToken(v url.Values) bool {
	return len(v["oauth_token"]) == 1 && printable(v.Get("oauth_token"), maxToken) &&
		len(v["oauth_token_secret"]) == 1 && printable(v.Get("oauth_token_secret"), maxToken)
}
