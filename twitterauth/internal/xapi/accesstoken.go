package xapi

import (
	"context"
	"net/url"
)

// AccessToken is for acting as a person (RFC 5849, section 2.3). X adds
// who that is, but may leave it out.
type AccessToken struct {
	Token      string
	Secret     string
	UserID     string // "" when X did not say
	ScreenName string // "" when X did not say
}

// AccessToken exchanges an approved request token. It is sent once and never
// again: X takes a verifier a single time, and the second answer would hide
// what became of the first.
func (c *Client) AccessToken(ctx context.Context, rt RequestToken, verifier string) (AccessToken, error) {
	var said url.Values
	k, cancel := c.start(ctx, StepAccessToken, maxTokenAnswer, func(body []byte) bool {
		var err error
		said, err = url.ParseQuery(string(body))
		return err == nil && hasToken(said) && namesAtMostOne(said)
	})
	defer cancel()
	token, secret, err := c.oauth(k).AccessToken(rt.Token, rt.Secret, verifier)
	if err != nil {
		return AccessToken{}, typed(k.step, err)
	}
	return AccessToken{
		Token:      token,
		Secret:     secret,
		UserID:     said.Get("user_id"),
		ScreenName: said.Get("screen_name"),
	}, nil
}

func namesAtMostOne(v url.Values) bool {
	return len(v["user_id"]) <= 1 && len(v["screen_name"]) <= 1 &&
		(v.Get("user_id") == "" || ValidID(v.Get("user_id")))
}

// ValidID reports whether s is an account's ID: a positive decimal number as X
// writes it, which fits 64 bits and has no sign and no leading zeros.
func ValidID(s string) bool {
	if len(s) == 0 || len(s) > 19 || s[0] == '0' {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return len(s) < 19 || s <= "9223372036854775807"
}
