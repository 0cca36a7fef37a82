package twitterauth_test

import (
	"testing"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// protocol is what a test of whole logins must know of the one in use.
type protocol struct {
	oauth2     bool
	key, proof string // the callback's parameters
	consent    string // how the address at X begins, behind its origin
	steps      []twittertest.Step
	exchange   twittertest.Step // the one that is never made twice
	profile    twittertest.Step
	use        func(*twitterauth.Config, *twittertest.Server)
}

func (p protocol) newSite(t testing.TB, configure func(*twitterauth.Config), store ...twitterauth.UserStore[*user]) *site {
	t.Helper()
	return newSiteOver(t, p.use, configure, store...)
}

func useOAuth1(c *twitterauth.Config, x *twittertest.Server) {
	c.ConsumerKey, c.ConsumerSecret, c.APIURL = x.ConsumerKey, x.ConsumerSecret, x.URL
}

func useOAuth2(c *twitterauth.Config, x *twittertest.Server) {
	c.ClientID, c.ClientSecret, c.APIURL = x.ClientID, x.ClientSecret, x.URL
}

func useBoth(c *twitterauth.Config, x *twittertest.Server) {
	useOAuth1(c, x)
	useOAuth2(c, x)
}

var (
	overOAuth1 = protocol{
		key: "oauth_token", proof: "oauth_verifier", consent: "/oauth/authenticate?oauth_token=",
		steps:    []twittertest.Step{twittertest.RequestToken, twittertest.AccessToken, twittertest.VerifyCredentials},
		exchange: twittertest.AccessToken, profile: twittertest.VerifyCredentials,
		use: useOAuth1,
	}
	overOAuth2 = protocol{
		oauth2: true,
		key:    "state", proof: "code", consent: "/i/oauth2/authorize?",
		steps:    []twittertest.Step{twittertest.Token, twittertest.UsersMe},
		exchange: twittertest.Token, profile: twittertest.UsersMe,
		use: useOAuth2,
	}
)

// onBothProtocols runs a test of what must not depend on the protocol, nor on
// whether the keys of the other are there too.
func onBothProtocols(t *testing.T, test func(t *testing.T, p protocol)) {
	t.Parallel()
	besideOAuth1 := overOAuth2
	besideOAuth1.use = useBoth
	for name, p := range map[string]protocol{"OAuth 1.0a": overOAuth1, "OAuth 2.0": overOAuth2, "OAuth 2.0 beside 1.0a": besideOAuth1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, p)
		})
	}
}
