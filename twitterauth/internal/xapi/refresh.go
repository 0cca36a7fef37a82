package xapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// RefreshToken exchanges a refresh token, which X takes once (RFC 6749, section
// 6). It is sent once and never again: when the answer is lost, X may have rotated
// the token all the same. Refresh is "" where X sends no new one, and then the old
// one stays good. had are the scopes that the token has, which X need not repeat.
func (c *Client) RefreshToken(ctx context.Context, refresh string, had []string) (BearerToken, error) {
	var said tokenAnswer
	k, cancel := c.start(ctx, StepToken, maxTokenAnswer, func(body []byte) bool {
		return json.Unmarshal(body, &said) == nil && said.ok()
	})
	defer cancel()
	err := c.postAsClient(k, "/2/oauth2/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}})
	if err != nil {
		return BearerToken{}, err
	}
	granted := had
	if said.Scope != nil {
		granted = strings.Fields(*said.Scope)
	}
	return BearerToken{Access: said.AccessToken, Refresh: said.RefreshToken, Expiry: said.expiry(time.Now()), Scopes: granted}, nil
}

// postAsClient posts a form with the app's OAuth 2.0 credentials: HTTP Basic for a
// confidential client, client_id in the body for both types, as X documents it.
func (c *Client) postAsClient(k *call, path string, form url.Values) error {
	form.Set("client_id", c.cfg.ClientID)
	req, err := k.request(http.MethodPost, path, strings.NewReader(form.Encode()))
	if err != nil {
		return typed(k.step, err)
	}
	req.GetBody = nil // net/http must not send it again by itself
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	c.authenticate(req)
	resp, err := k.RoundTrip(req)
	if err != nil {
		return aboutToken(typed(k.step, err))
	}
	resp.Body.Close()
	return nil
}

// aboutToken words a refusal of the token endpoints for a request that has a token
// and no code. It has a remedy unless X's answer is about the token.
func aboutToken(err error) error {
	var xerr *Error
	if !errors.As(err, &xerr) || xerr.Kind != TokenRefused {
		return err
	}
	e := *xerr
	if e.Remedy == "" || e.blamesToken { // invalid_grant has no remedy
		e.Reason, e.Remedy = "the token is not accepted: it was used or revoked, or has ended", ""
	} else {
		e.Reason = "X refuses the request or the token, and does not say which"
		e.Remedy = "if it happens to several users, check ClientID, and if APIURL names a proxy, that it passes the request's body on unchanged (client_id, refresh_token, token)"
	}
	return &e
}

// authenticate adds a confidential client's credentials as they are: X decodes
// nothing, unlike what RFC 6749, section 2.3.1 asks for.
func (c *Client) authenticate(req *http.Request) {
	if c.cfg.ClientSecret != "" {
		req.SetBasicAuth(c.cfg.ClientID, c.cfg.ClientSecret)
	}
}

// BearerTransport adds a bearer token to each request.
func (c *Client) BearerTransport(access string) http.RoundTripper {
	return &oauth2.Transport{Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: access}), Base: c.observedBase()}
}

// APIURL returns the base of X's API.
func (c *Client) APIURL() string { return c.cfg.APIURL }

// Timeout returns the timeout of the HTTP client, 0 for none.
func (c *Client) Timeout() time.Duration { return c.timeout }
