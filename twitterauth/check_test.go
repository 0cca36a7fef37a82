package twitterauth_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// noAnswer is what Check returns where X hangs.
const noAnswer = "no answer in time"

// shortenBudget makes a Check that hangs end soon. One that does not hang shows
// how much time this machine needs.
func (s *site) shortenBudget(t *testing.T) {
	t.Helper()
	began := time.Now()
	if err := s.auth.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.auth.SetBudget(budgetFor(time.Since(began)))
	s.x.ResetRequests()
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		spoil func(*site)
		want  string
	}{
		"all is well": {func(*site) {}, ""},
		"keys":        {func(s *site) { s.x.Fail(twittertest.RequestToken, twittertest.ErrorCode(401, 32)) }, "check ConsumerKey and ConsumerSecret"},
		"swapped":     {func(s *site) { s.x.Fail(twittertest.RequestToken, twittertest.ErrorCode(401, 32)) }, "API Key and API Key Secret, not swapped, and not Access Token and Secret"},
		"callback":    {func(s *site) { s.x.RegisterCallbacks("https://other.example/a/b") }, "add exactly http://127.0.0.1"},
		"suspended":   {func(s *site) { s.x.Fail(twittertest.RequestToken, twittertest.ErrorCode(401, 416)) }, "suspended"},
		"the clock":   {func(s *site) { s.x.SetClock(412 * time.Second) }, "s behind X"},
		"no route":    {func(s *site) { s.x.Close() }, "no connection"},
		"X hangs":     {func(s *site) { s.x.Fail(twittertest.RequestToken, twittertest.Hang()) }, noAnswer},
		"a challenge": {func(s *site) { s.x.Fail(twittertest.RequestToken, twittertest.Challenge(403)) }, "something before X refuses this server"},
		"a page, 401": {func(s *site) { s.x.Fail(twittertest.RequestToken, twittertest.HTML(401)) }, "outgoing IP address"},
		"a page, 503": {func(s *site) { s.x.Fail(twittertest.RequestToken, twittertest.HTML(503)) }, "X's status page"},
		"the month":   {func(s *site) { s.x.Fail(twittertest.RequestToken, twittertest.UsageCapped()) }, "monthly cap"},
		"today":       {func(s *site) { s.x.Fail(twittertest.RequestToken, twittertest.RateLimitedToday(time.Hour)) }, "24 hours"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			if test.want == noAnswer {
				s.shortenBudget(t)
			}
			test.spoil(s)
			err := s.auth.Check(t.Context())
			var e *twitterauth.Error
			switch {
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (!errors.As(err, &e) || !strings.Contains(e.Message, test.want)):
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
}

func TestCheckOverOAuth2(t *testing.T) {
	t.Parallel()
	type use = func(*twitterauth.Config, *twittertest.Server)
	for name, test := range map[string]struct {
		use   use
		spoil func(*site)
		want  []string // nil: all is well
	}{
		"all is well":     {useOAuth2, nil, nil},
		"both are well":   {useBoth, nil, nil},
		"a public client": {func(c *twitterauth.Config, x *twittertest.Server) { x.ClientSecret = ""; useOAuth2(c, x) }, nil, nil},
		"a wrong secret":  {func(c *twitterauth.Config, x *twittertest.Server) { useOAuth2(c, x); c.ClientSecret = "canary" }, nil, []string{"ClientSecret"}},
		"a wrong ID":      {func(c *twitterauth.Config, x *twittertest.Server) { useOAuth2(c, x); c.ClientID = "canary" }, nil, []string{"ClientID"}},
		"a public one's wrong ID": {func(c *twitterauth.Config, x *twittertest.Server) {
			x.ClientSecret = ""
			c.ClientID, c.APIURL = "canary", x.URL
		}, nil, []string{"ClientID"}},
		"no secret": {func(c *twitterauth.Config, x *twittertest.Server) { useOAuth2(c, x); c.ClientSecret = "" }, nil, []string{"a confidential client has a secret", "ClientSecret"}},
		"a secret too many": {func(c *twitterauth.Config, x *twittertest.Server) {
			x.ClientSecret = ""
			useOAuth2(c, x)
			c.ClientSecret = "canary"
		}, nil, []string{"a public one must have none", "ClientSecret"}},
		"wrong consumer keys": {func(c *twitterauth.Config, x *twittertest.Server) { useBoth(c, x); c.ConsumerSecret = "canary" }, nil, []string{"ConsumerSecret"}},
		"X is down":           {useOAuth2, func(s *site) { s.x.Close() }, []string{"no connection"}},
		"X hangs":             {useOAuth2, func(s *site) { s.x.Fail(twittertest.Token, twittertest.Hang()) }, []string{noAnswer}},
		"X drips":             {useOAuth2, func(s *site) { s.x.Fail(twittertest.Token, twittertest.Drip(time.Millisecond)) }, []string{noAnswer}},
		"X is in trouble":     {useOAuth2, func(s *site) { s.x.Fail(twittertest.Token, twittertest.HTML(503)) }, []string{"in trouble"}},
		"200":                 {useOAuth2, func(s *site) { s.x.Fail(twittertest.Token, twittertest.JSONBody(`{}`)) }, []string{"not what X documents"}},
		"a rate limit":        {useOAuth2, func(s *site) { s.x.Fail(twittertest.Token, twittertest.RateLimited(time.Minute)) }, []string{"rate limit"}},
		"no project": {useOAuth2, func(s *site) {
			s.x.Fail(twittertest.Token, twittertest.Problem(403, "https://api.x.com/2/problems/client-forbidden", "client-not-enrolled"))
		}, []string{"project"}},
		"a challenge": {useOAuth2, func(s *site) { s.x.Fail(twittertest.Token, twittertest.Challenge(403)) }, []string{"something before X refuses this server"}},
		"a page, 401": {useOAuth2, func(s *site) { s.x.Fail(twittertest.Token, twittertest.HTML(401)) }, []string{"outgoing IP address"}},
		"the month":   {useOAuth2, func(s *site) { s.x.Fail(twittertest.Token, twittertest.UsageCapped()) }, []string{"monthly cap", "credits"}},
		"today":       {useOAuth2, func(s *site) { s.x.Fail(twittertest.Token, twittertest.RateLimitedToday(time.Hour)) }, []string{"24 hours"}},
		"no client_id": {useOAuth2, func(s *site) {
			s.x.Fail(twittertest.Token, twittertest.OAuth2Error(400, "invalid_request", "Missing required parameter [canary]."))
		}, []string{"check ClientID", "CallbackURL"}},
		"no description": {useOAuth2, func(s *site) { s.x.Fail(twittertest.Token, twittertest.OAuth2Error(400, "invalid_request", "")) }, []string{"check ClientID", "CallbackURL"}},
		"about the code": {useOAuth2, func(s *site) {
			s.x.Fail(twittertest.Token, twittertest.OAuth2Error(400, "invalid_request", codeInvalid))
		}, nil},
		"a grant refused": {useOAuth2, func(s *site) { s.x.Fail(twittertest.Token, twittertest.OAuth2Error(400, "invalid_grant", "")) }, nil},
		"suspended":       {useOAuth2, func(s *site) { s.x.Fail(twittertest.Token, twittertest.ErrorCode(401, 416)) }, []string{"suspended"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, withKeys(test.use))
			if slices.Contains(test.want, noAnswer) {
				s.shortenBudget(t)
			}
			if test.spoil != nil {
				test.spoil(s)
			}
			err := s.auth.Check(t.Context())
			if test.want == nil {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var e *twitterauth.Error
			if !errors.As(err, &e) || strings.Contains(err.Error(), "canary") {
				t.Fatal(err)
			}
			for _, want := range test.want {
				if !strings.Contains(e.Message, want) {
					t.Errorf("%q, want %q", e.Message, want)
				}
			}
			if s.x.Count(twittertest.Token) > 1 {
				t.Errorf("asked %d times", s.x.Count(twittertest.Token))
			}
		})
	}
}
