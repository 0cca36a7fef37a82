package xapi

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"twitterlogin.example/mapping"
)

// BearerToken is for acting as a person (RFC 6749, section 5.1). It does not name
// the person.
type BearerToken struct {
	Access  string
	Refresh string    // "" without offline.access
	Expiry  time.Time // zero when X did not say
	Scopes  []string  // what was granted, which may be less than asked for
}

// Has reports whether a scope was granted.
func (t BearerToken) Has(scope string) bool { return slices.Contains(t.Scopes, scope) }

// BearerToken exchanges the code of a callback. It is sent once and never
// again, because a code is good once and its second use revokes the tokens that it
// was exchanged for (RFC 6749, section 4.1.2). asked are the scopes that the login asked for,
// which X need not repeat.
func (c *Client) BearerToken(ctx context.Context, code, verifier string, asked []string) (BearerToken, error) {
	var said tokenAnswer
	k, cancel := c.start(ctx, StepToken, maxTokenAnswer, func(body []byte) bool {
		return json.Unmarshal(body, &said) == nil && said.ok()
	})
	defer cancel()
	ctx = context.WithValue(ctx, oauth2.HTTPClient, &http.Client{Transport: restated{c, k, &said}})
	// X documents client_id in the body for both types of client. x/oauth2 sends
	// it there for a public one only (RFC 6749, section 4.1.3).
	token, err := c.oauth2().Exchange(ctx, code, oauth2.VerifierOption(verifier), oauth2.SetAuthURLParam("client_id", c.cfg.ClientID))
	if err != nil {
		return BearerToken{}, typed(k.step, err)
	}
	granted := asked
	if said.Scope != nil {
		granted = strings.Fields(*said.Scope)
	}
	return BearerToken{
		Access:  token.AccessToken,
		Refresh: said.RefreshToken,
		Expiry:  said.expiry(time.Now()),
		Scopes:  granted,
	}, nil
}

// BearerProfile returns the profile of the token's owner.
func (c *Client) BearerProfile(ctx context.Context, access string, want Want) (mapping.Profile, error) {
	return c.usersMe(ctx, want, func(k *call) http.RoundTripper {
		source := oauth2.StaticTokenSource(&oauth2.Token{AccessToken: access})
		return &oauth2.Transport{Source: source, Base: k}
	})
}
