package twitterauth_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// A connection that X drops is no reason to send a code or a verifier again,
// not even one that was kept from an earlier login, where net/http makes
// idempotent calls twice.
func TestExchangeIsNotRepeatedOnAKeptConnection(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := p.newSite(t, nil)
		s.browser(t).login(ada, nil)
		for name, fault := range map[string]twittertest.Fault{"reset": twittertest.Reset(), "cut off": twittertest.Truncate(), "503": twittertest.HTML(503), "empty": twittertest.Empty(), "429": twittertest.RateLimited(0)} {
			b := s.browser(t)
			callback := b.approve(b.start(nil), zoe)
			s.x.ResetRequests()
			s.x.FailNext(p.exchange, 1, fault)
			if r := b.get(callback); r.StatusCode < 500 || s.x.Count(p.exchange) != 1 || s.x.Count(p.profile) != 0 || b.hasSession() {
				t.Errorf("%s: %d after %d calls", name, r.StatusCode, s.x.Count(p.exchange))
			}
		}
	})
}

func TestLoginOverTLS(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		x := twittertest.NewTLSServer()
		t.Cleanup(x.Close)
		trusts := p.newSite(t, func(c *twitterauth.Config) { p.use(c, x); c.HTTPClient = x.Client() })
		trusts.x.Close()
		trusts.x = x
		if b := trusts.browser(t); b.login(zoe, nil).location() != "/" || b.whoami() != "user u1 @zoe_quotes" {
			t.Errorf("signed in as %s", b.whoami())
		}
	})
}

func TestXCannotBeReached(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := p.newSite(t, nil)
		b := s.browser(t)
		callback := b.approve(b.start(nil), ada)
		s.x.Close()
		if r := b.get(callback); r.StatusCode != http.StatusBadGateway || r.code(t) != "provider_unavailable" || b.hasSession() {
			t.Errorf("%d %s", r.StatusCode, r.body)
		}
	})
}

// Nobody is left to answer: nothing is written, and X's call ends.
func TestClientGoesAwayDuringTheExchange(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		g := gate{make(chan string), make(chan struct{})}
		s := p.newSite(t, func(c *twitterauth.Config) { c.HTTPClient = &http.Client{Transport: passing{g, p.exchange}} })
		b := s.browser(t)
		r := newRequest("GET", pathAndQuery(b.approve(b.start(nil), ada)))
		for name, value := range b.cookies() {
			r.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-g.reached; cancel() }()
		w := record(s.auth, r.WithContext(ctx))
		if len(w.Result().Cookies()) != 0 || w.Body.Len() != 0 || s.x.Count(p.exchange) != 0 || len(s.users.all()) != 0 {
			t.Errorf("written: %v %s", w.Result().Cookies(), w.Body)
		}
		close(g.open)
		if r := b.get(r.URL.String()); r.StatusCode != http.StatusSeeOther { // X was not reached: the address is still good
			t.Errorf("again: %d %s", r.StatusCode, r.body)
		}
	})
}

// passing is a gate for one step's calls.
type passing struct {
	gate gate
	step twittertest.Step
}

func (t passing) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.URL.Path, string(t.step)) {
		return http.DefaultTransport.RoundTrip(r)
	}
	return t.gate.RoundTrip(r)
}
