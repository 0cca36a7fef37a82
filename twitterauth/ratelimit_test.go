package twitterauth_test

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/mapping"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

const withoutProfile = "the login goes on with ID and handle only"

var requiresName = mapping.Must(map[string]string{"name": "name"}, mapping.Rule{From: "name", To: "name", Required: true})

// Over OAuth 1.0a access_token has proved who the person is, so that a rate
// limit of the profile call keeps out only those whose profile is required.
func TestLoginWithoutProfileAtARateLimit(t *testing.T) {
	t.Parallel()
	const v1, v2 = twittertest.VerifyCredentials, twittertest.UsersMe
	type faults = map[twittertest.Step]twittertest.Fault
	nameOrNothing := mapping.Must(map[string]string{"name": "name", "screen_name": "handle", "id_str": "x"}, mapping.Rule{From: "name", To: "name", Convert: func(any) (any, error) { return nil, errors.New("no profile, no call") }})
	for name, test := range map[string]struct {
		faults  faults
		source  twitterauth.ProfileSource
		mapping *mapping.Mapping // nil: the default
		code    string           // "": signed in
	}{
		"v1.1":                       {faults: faults{v1: twittertest.RateLimited(time.Minute)}},
		"v1.1, no reset":             {faults: faults{v1: twittertest.RateLimited(0)}},
		"v1.1, today":                {faults: faults{v1: twittertest.RateLimitedToday(time.Hour)}},
		"v1.1, code 88":              {faults: faults{v1: twittertest.ErrorCode(400, 88)}},
		"v2":                         {faults: faults{v2: twittertest.RateLimited(time.Minute)}, source: twitterauth.ProfileV2},
		"v2, today":                  {faults: faults{v2: twittertest.RateLimitedToday(0)}, source: twitterauth.ProfileV2},
		"v2 in place of v1.1":        {faults: faults{v1: twittertest.AccessLevel(), v2: twittertest.RateLimited(time.Minute)}},
		"ProfileV1":                  {faults: faults{v1: twittertest.RateLimited(time.Minute)}, source: twitterauth.ProfileV1},
		"a rule that does not":       {faults: faults{v1: twittertest.RateLimited(time.Minute)}, mapping: nameOrNothing},
		"a required property":        {faults: faults{v1: twittertest.RateLimited(time.Minute)}, mapping: requiresName, code: "rate_limited"},
		"a required property, today": {faults: faults{v1: twittertest.RateLimitedToday(time.Hour)}, mapping: requiresName, code: "rate_limited"},
		"a required property, v2":    {faults: faults{v2: twittertest.RateLimited(time.Minute)}, source: twitterauth.ProfileV2, mapping: requiresName, code: "rate_limited"},
		"the month":                  {faults: faults{v1: twittertest.UsageCapped()}, code: "app_misconfigured"},
		"no credits":                 {faults: faults{v2: twittertest.Problem(402, "https://api.x.com/2/problems/credits", "")}, source: twitterauth.ProfileV2, code: "app_misconfigured"},
		"something before X":         {faults: faults{v1: twittertest.Challenge(429)}, code: "provider_unavailable"},
		"X in trouble":               {faults: faults{v1: twittertest.HTML(503)}, code: "provider_unavailable"},
		"suspended":                  {faults: faults{v1: twittertest.ErrorCode(403, 64)}, code: "account_unavailable"},
		"the token is taken back":    {faults: faults{v1: twittertest.ErrorCode(401, 89)}, code: "login_expired"},
		"access_token's own":         {faults: faults{twittertest.AccessToken: twittertest.RateLimited(time.Minute)}, code: "rate_limited"},
		"access_token does not say who": {faults: faults{
			twittertest.AccessToken: twittertest.Respond(200, "text/html", "oauth_token=t&oauth_token_secret=s"),
			v1:                      twittertest.RateLimited(time.Minute),
		}, code: "rate_limited"},
		"access_token does not say the handle": {faults: faults{
			twittertest.AccessToken: twittertest.Respond(200, "text/html", "oauth_token=t&oauth_token_secret=s&user_id="+ada),
			v1:                      twittertest.RateLimited(time.Minute),
		}, code: "rate_limited"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, configured(func(c *twitterauth.Config) { c.Profile, c.Mapping = test.source, test.mapping }))
			b := s.browser(t)
			callback := b.approve(b.start(url.Values{"return_to": {"/account"}}), ada)
			for step, fault := range test.faults {
				s.x.Fail(step, fault)
			}
			r := b.get(callback)
			warned := strings.Contains(s.log.String(), "level=WARN") && strings.Contains(s.log.String(), withoutProfile)
			if test.code != "" {
				if r.code(t) != test.code || b.hasSession() || len(s.users.all()) != 0 || warned {
					t.Errorf("%d %s\n%s", r.StatusCode, r.body, s.log)
				}
				return
			}
			if r.StatusCode != http.StatusSeeOther || r.location() != "/account" || b.whoami() != "user u1 @ada" || !warned {
				t.Fatalf("%d %s\n%s", r.StatusCode, r.body, s.log)
			}
			login := s.users.logins[0]
			if len(login.Profile) != 2 || login.Profile["id_str"] != ada || login.Profile["screen_name"] != "ada" || login.TwitterID != ada || login.ScreenName != "ada" || login.Token.AccessSecret == "" {
				t.Errorf("%+v", login)
			}
			for _, property := range []string{"name", "email", "profileImage"} {
				if v, set := login.Fields[property]; set {
					t.Errorf("%s is %v", property, v)
				}
			}
		})
	}
}

// A login without the profile keeps what the app has, and the next one brings
// the profile.
func TestProfileComesWithTheNextLogin(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.browser(t).login(ada, nil)
	s.x.FailNext(twittertest.VerifyCredentials, 1, twittertest.RateLimited(time.Minute))
	s.browser(t).login(ada, nil)
	if u := s.users.all(); len(u) != 1 || u[0].Fields["email"] != "ada@example.com" {
		t.Errorf("%+v", u)
	}
	s.x.FailNext(twittertest.VerifyCredentials, 1, twittertest.RateLimited(time.Minute))
	s.browser(t).login(zoe, nil)
	s.browser(t).login(zoe, nil)
	if u := s.users.all(); len(u) != 2 || s.users.logins[3].Fields["email"] != "zoe+x@example.com" {
		t.Errorf("%+v", u)
	}
}

// A link of an account goes on in the same way.
func TestLinkWithoutProfileAtARateLimit(t *testing.T) {
	t.Parallel()
	m := newMemory()
	s := newSite(t, withStore(linkingMemory{m}))
	b := s.browser(t)
	b.login(ada, nil)
	m.change("u1", func(u *user) { u.TwitterID = "" })
	callback := b.approve(b.start(url.Values{"link": {"true"}}), zoe)
	s.x.Fail(twittertest.VerifyCredentials, twittertest.RateLimitedToday(time.Hour))
	if r := b.get(callback); r.StatusCode != http.StatusSeeOther || s.users.all()[0].TwitterID != zoe {
		t.Errorf("%d %s, %+v", r.StatusCode, r.body, s.users.all())
	}
}

// Only the profile says who the person is over OAuth 2.0, and whose pair it is
// at a token login.
func TestNoLoginWithoutProof(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]twittertest.Fault{"a window": twittertest.RateLimited(time.Minute), "today": twittertest.RateLimitedToday(time.Hour)} {
		s := newSite(t, over(oauth2))
		b := s.browser(t)
		callback := b.approve(b.start(nil), ada)
		s.x.Fail(twittertest.UsersMe, fault)
		if r := b.get(callback); r.code(t) != "rate_limited" || b.hasSession() || len(s.users.all()) != 0 {
			t.Errorf("%s over OAuth 2.0: %d %s", name, r.StatusCode, r.body)
		}
		s = tokenSite(t)
		b = s.browser(t)
		token, secret := s.x.TokenPair(ada)
		s.x.Fail(twittertest.VerifyCredentials, fault)
		if r := b.do("POST", "/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}, "user_id": {ada}, "screen_name": {"ada"}}); r.code(t) != "rate_limited" || b.hasSession() || len(s.users.all()) != 0 {
			t.Errorf("%s at a token login: %d %s", name, r.StatusCode, r.body)
		}
	}
}

// Retry-After follows the limit that is used up.
func TestRetryAfter(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for name, test := range map[string]struct {
			fault     twittertest.Fault
			from, end int
		}{
			"a window":         {twittertest.RateLimited(10 * time.Minute), 590, 600},
			"a long window":    {twittertest.RateLimited(time.Hour), 900, 900},
			"no reset":         {twittertest.RateLimited(0), 60, 60},
			"past":             {twittertest.RateLimited(-time.Minute), 60, 60},
			"today":            {twittertest.RateLimitedToday(5 * time.Hour), 5*3600 - 10, 5 * 3600},
			"today, soon":      {twittertest.RateLimitedToday(2 * time.Minute), 110, 120},
			"today, too long":  {twittertest.RateLimitedToday(100 * time.Hour), 86400, 86400},
			"today, no reset":  {twittertest.RateLimitedToday(0), 60, 60},
			"today, but a way": {twittertest.RateLimitedToday(-time.Hour), 60, 60},
		} {
			for _, step := range p.steps {
				s := newSite(t, over(p), configured(func(c *twitterauth.Config) { c.Mapping = requiresName }))
				b := s.browser(t)
				s.x.Fail(step, test.fault)
				r := b.do("POST", "/auth/twitter/login", nil)
				if r.StatusCode == http.StatusSeeOther {
					r = b.get(b.approve(r.location(), ada))
				}
				seconds, err := strconv.Atoi(r.Header.Get("Retry-After"))
				if r.code(t) != "rate_limited" || err != nil || seconds < test.from || seconds > test.end {
					t.Errorf("%s at %s: %d %s, Retry-After %q", name, step, r.StatusCode, r.body, r.Header.Get("Retry-After"))
				}
				if daily := strings.Contains(s.log.String(), "for 24 hours"); daily != strings.HasPrefix(name, "today") {
					t.Errorf("%s at %s: the log says %s", name, step, s.log)
				}
			}
		}
	})
}
