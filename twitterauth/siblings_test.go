package twitterauth_test

import (
	"net/url"
	"testing"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// siblings are servers of one app behind one name, as during a change of its
// configuration: the same keys, X, users and callback URL.
func siblings(t testing.TB, uses ...func(*twitterauth.Config, *twittertest.Server)) (list []*site) {
	t.Helper()
	keys := []session.Key{session.NewKey()}
	first := newSiteOver(t, uses[0], func(c *twitterauth.Config) { c.Session.Keys = keys })
	list = append(list, first)
	for _, use := range uses[1:] {
		s := newSiteOver(t, func(c *twitterauth.Config, _ *twittertest.Server) { use(c, first.x) }, func(c *twitterauth.Config) {
			c.Session.Keys, c.CallbackURL = keys, first.URL+"/auth/twitter/callback"
		}, first.users)
		s.x.Close()
		s.x = first.x
		list = append(list, s)
	}
	return list
}

// through is the same browser when a balancer sends it to that server; cookies
// do not know ports.
func (b *browser) through(s *site) *browser {
	c := *b
	c.site = s
	return &c
}

// A login begins on one server and ends on another, in either order of the
// change, and two of them cross.
func TestLoginsDuringAChangeOfProtocol(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before, after func(*twitterauth.Config, *twittertest.Server)
	}{
		"OAuth 2.0 is added":    {useOAuth1, useBoth},
		"OAuth 1.0a is dropped": {useBoth, useOAuth2},
		"OAuth 2.0 is dropped":  {useBoth, useOAuth1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			servers := siblings(t, test.before, test.after)
			before, after := servers[0], servers[1]
			old := before.browser(t)
			oldCallback := old.approve(old.start(nil), ada)
			renewed := old.through(after)
			newCallback := renewed.approve(renewed.start(nil), ada)
			if flows, _ := old.flowCookies(); len(flows) != 2 {
				t.Fatalf("flow cookies %v", flows)
			}
			if r := renewed.get(pathAndQuery(newCallback)); r.StatusCode != 303 || r.location() != "/" {
				t.Errorf("new login: %d %s", r.StatusCode, r.body)
			}
			if name != "OAuth 2.0 is added" { // the old login can only end where it began
				renewed = old
			}
			if r := renewed.get(pathAndQuery(oldCallback)); r.StatusCode != 303 || r.location() != "/" {
				t.Errorf("old login: %d %s", r.StatusCode, r.body)
			}
			if flows, _ := old.flowCookies(); len(flows) != 0 || len(before.users.all()) != 1 {
				t.Errorf("flow cookies %v, users %v", flows, before.users.all())
			}
		})
	}
}

// A callback that reaches the server which cannot finish it leaves the login as
// it is, so that the next try may reach the other.
func TestCallbackAtAServerWithoutItsProtocol(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		began, other func(*twitterauth.Config, *twittertest.Server)
	}{
		"OAuth 2.0 at 1.0a": {useOAuth2, useOAuth1},
		"OAuth 1.0a at 2.0": {useOAuth1, useOAuth2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			servers := siblings(t, test.began, test.other)
			began, other := servers[0], servers[1]
			b := began.browser(t)
			callback := b.approve(b.start(nil), ada)
			refuseCallback(t, b.through(other), pathAndQuery(callback), 400, "bad_request")
			if r := b.get(callback); r.StatusCode != 303 || b.whoami() != "user u1 @ada" {
				t.Errorf("%d %s", r.StatusCode, r.body)
			}
		})
	}
}

func pathAndQuery(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.RequestURI()
}
