package twitterauth_test

import (
	"net/url"
	"strings"
	"testing"

	"twitterlogin.example/mapping"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// Over OAuth 1.0a X leaves the email out without a word where the app may not ask
// for it, so that the log must name the cause. A person without an email is no cause.
func TestEmailPermissionIsMissingOverOAuth1(t *testing.T) {
	t.Parallel()
	const line = "level=WARN msg=\"twitterauth: X sent no email field"
	fields := func(from string) *mapping.Mapping { return mapping.Must(map[string]string{from: "p"}) }
	required := mapping.Must(nil, mapping.Rule{From: "email", To: "email", Required: true})
	for name, test := range map[string]struct {
		mapping *mapping.Mapping
		allowed bool
		person  string
		profile twitterauth.ProfileSource
		lines   int
	}{
		"the default mapping":        {nil, false, ada, twitterauth.ProfileAuto, 1},
		"the email's v2 name":        {fields("confirmed_email"), false, ada, twitterauth.ProfileAuto, 1},
		"a required email":           {required, false, ada, twitterauth.ProfileAuto, 1},
		"the app may ask":            {nil, true, ada, twitterauth.ProfileAuto, 0},
		"the person has no email":    {nil, true, noEmail, twitterauth.ProfileAuto, 0},
		"no email is mapped":         {fields("name"), false, ada, twitterauth.ProfileAuto, 0},
		"no profile is asked for":    {nil, false, ada, twitterauth.ProfileNone, 0},
		"v2, where none has a field": {nil, true, noEmail, twitterauth.ProfileV2, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, configured(func(c *twitterauth.Config) { c.Mapping, c.Profile = test.mapping, test.profile }))
			s.x.SetRequestEmail(test.allowed)
			for range 2 {
				b := s.browser(t)
				b.get(b.approve(b.start(nil), test.person))
			}
			log := s.log.String()
			if n := strings.Count(log, line); n != test.lines || strings.Count(log, "Request email from users") != test.lines {
				t.Errorf("%d lines, want %d: %s", n, test.lines, log)
			}
		})
	}
}

func TestEmailPermissionIsMissingAtTokenLogin(t *testing.T) {
	t.Parallel()
	s := newSite(t, configured(func(c *twitterauth.Config) { c.TokenLogin = true }))
	s.x.SetRequestEmail(false)
	token, secret := s.x.TokenPair(ada)
	s.browser(t).do("POST", "/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}})
	if log := s.log.String(); strings.Count(log, "X sent no email field") != 1 || s.x.Count(twittertest.VerifyCredentials) != 1 {
		t.Errorf("%s", log)
	}
}
