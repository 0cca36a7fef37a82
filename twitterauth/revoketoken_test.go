package twitterauth_test

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

func TestRevokeToken(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s, m := newTokenSite(t, p, newTokenRows())
		s.browser(t).login(ada, nil)
		token, _ := m.get("u1")
		for range 2 { // already revoked is no error
			s.x.ResetRequests()
			if err := s.auth.RevokeToken(t.Context(), token); err != nil {
				t.Fatal(err)
			}
			var revoked []string
			for _, r := range s.x.Requests() {
				revoked = append(revoked, cmp.Or(r.Form.Get("token"), r.OAuth["oauth_token"]))
			}
			want := []string{token.RefreshToken, token.AccessToken} // with which no new access token can be had
			if !p.oauth2 {
				want = want[1:]
			}
			if !slices.Equal(revoked, want) {
				t.Errorf("revoked %v, want %v", revoked, want)
			}
		}
		if resp, err := postTweet(t.Context(), t, s, s.auth.Client("u1")); p.oauth2 && !errors.Is(err, twitterauth.ErrSignInAgain) || !p.oauth2 && (err != nil || resp.StatusCode != 401) {
			t.Errorf("after that: %v, %v", resp, err)
		}
		if err := s.auth.RevokeToken(t.Context(), twitterauth.Token{}); !errors.Is(err, twitterauth.ErrNoToken) {
			t.Errorf("no token: %v", err)
		}
	})
}

// Wrong keys.
func TestRevokeTokenWithAWrongClientSecret(t *testing.T) {
	t.Parallel()
	s, m := newTokenSite(t, oauth2, newTokenRows())
	s.browser(t).login(ada, nil)
	token, _ := m.get("u1")
	other := newSite(t, over(oauth2), atX(s.x), configured(func(c *twitterauth.Config) { c.ClientSecret = "wrong" }))
	if err := other.auth.RevokeToken(t.Context(), token); err == nil {
		resp, err := postTweet(t.Context(), t, s, s.auth.Client("u1"))
		t.Errorf("2.0: nil with a wrong ClientSecret; token then: %v %v", resp.StatusCode, err)
	}
}

func TestRevokeTokenWithAWrongConsumerSecret(t *testing.T) {
	t.Parallel()
	s, m := newTokenSite(t, oauth1, newTokenRows())
	s.browser(t).login(ada, nil)
	token, _ := m.get("u1")
	other := newSite(t, over(oauth1), atX(s.x), configured(func(c *twitterauth.Config) { c.ConsumerSecret = "wrong" }))
	if err := other.auth.RevokeToken(t.Context(), token); err == nil {
		resp, err := postTweet(t.Context(), t, s, s.auth.Client("u1"))
		t.Errorf("1.0a: nil with a wrong ConsumerSecret; token then: %v %v", resp.StatusCode, err)
	}
}

// A page with 200 comes from something before X, so the token may still be good.
func TestRevokeTokenAnsweredByAPage(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s, m := newTokenSite(t, p, newTokenRows())
		s.browser(t).login(ada, nil)
		token, _ := m.get("u1")
		for name, page := range map[string]twittertest.Fault{"a page": twittertest.HTML(200), "a page of another type": twittertest.Respond(200, "text/plain", "\n<!-- canary --><html>")} {
			s.x.Recover()
			s.x.Fail(twittertest.Revocation, page)
			s.x.Fail(twittertest.InvalidateToken, page)
			if err := s.auth.RevokeToken(t.Context(), token); err == nil || strings.Contains(err.Error(), "canary") {
				t.Errorf("%s: %v", name, err)
			}
			expectTweet(t, s, "u1")
		}
		s.x.Recover()
		for name, empty := range map[string]twittertest.Fault{"an empty answer": twittertest.Empty(), "JSON": twittertest.JSONBody(`{"revoked":true}`)} { // RFC 7009, section 2.2
			s.x.Fail(twittertest.Revocation, empty)
			s.x.Fail(twittertest.InvalidateToken, empty)
			if err := s.auth.RevokeToken(t.Context(), token); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// X says of a token that it was invalid, or refuses a request for another reason with
// the same status and error. Only the first is "revoked already".
func TestWhatXSaysAtARevocation(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault twittertest.Fault
		fails bool
	}{
		"the token is unknown":       {twittertest.Respond(400, "application/json", `{"error":"invalid_request","error_description":"Value passed for the token was invalid."}`), false},
		"the token has ended":        {twittertest.Respond(400, "application/json", `{"error":"invalid_grant"}`), false},
		"RFC 7009's answer":          {twittertest.JSONBody(`{"revoked":true}`), false},
		"an empty answer":            {twittertest.Respond(200, "text/plain", ""), false},
		"the client_id was left out": {twittertest.Respond(400, "application/json", `{"error":"invalid_request","error_description":"Missing required parameter [client_id]."}`), true},
		"the token was left out":     {twittertest.Respond(400, "application/json", `{"error":"invalid_request","error_description":"Missing required parameter [token]."}`), true},
		"no description":             {twittertest.Respond(400, "application/json", `{"error":"invalid_request"}`), true},
		"another client":             {twittertest.Respond(401, "application/json", `{"error":"unauthorized_client"}`), true},
		"another kind of token":      {twittertest.Respond(400, "application/json", `{"error":"unsupported_token_type"}`), true},
		"a page before X":            {twittertest.HTML(400), true},
		"down":                       {twittertest.HTML(503), true},
		"rate limited":               {twittertest.RateLimited(time.Minute), true},
		"the connection broke":       {twittertest.Reset(), true},
		"X redirects":                {twittertest.RedirectTo("https://elsewhere.example/"), true},
	} {
		s, m := newTokenSite(t, oauth2, newTokenRows())
		s.browser(t).login(ada, nil)
		token, _ := m.get("u1")
		s.x.Fail(twittertest.Revocation, test.fault)
		err := s.auth.RevokeToken(t.Context(), token)
		if (err != nil) != test.fails {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && (strings.Contains(err.Error(), "code") || strings.Contains(err.Error(), token.AccessToken) || strings.Contains(err.Error(), token.RefreshToken)) {
			t.Errorf("%s: the error has %v", name, err)
		}
	}
}
