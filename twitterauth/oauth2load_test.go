package twitterauth_test

import (
	"net/http"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// gate is a way to X that a test holds shut.
type gate struct {
	reached chan string // a path for each call that waits
	open    chan struct{}
}

func (g gate) RoundTrip(r *http.Request) (*http.Response, error) {
	select {
	case <-g.open:
	case g.reached <- r.URL.Path:
		select {
		case <-g.open:
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	return http.DefaultTransport.RoundTrip(r)
}

// Over OAuth 2.0 a login begins without a call to X, so MaxLogins does not hold
// it up. A callback waits for its place, and may come again when it got none.
func TestOAuth2WhenAllPlacesAreTaken(t *testing.T) {
	t.Parallel()
	g := gate{make(chan string), make(chan struct{})}
	s := newSiteOver(t, useOAuth2, func(c *twitterauth.Config) {
		c.MaxLogins, c.HTTPClient = 1, &http.Client{Transport: g}
	})
	first, second, third := s.browser(t), s.browser(t), s.browser(t)
	s.x.SetRequestEmail(false) // the third begins again, which takes no place either
	again := third.approve(third.start(nil), noor)
	s.x.SetRequestEmail(true)
	firstCallback, secondCallback := first.approve(first.start(nil), ada), second.approve(second.start(nil), zoe)
	done := make(chan reply)
	go func() { done <- first.get(firstCallback) }()
	if path := <-g.reached; path != "/2/oauth2/token" {
		t.Fatalf("waits at %s", path)
	}
	s.auth.SetBudget(20 * time.Millisecond)
	s.browser(t).start(nil)
	if r := third.get(again); r.StatusCode != http.StatusSeeOther || scopesOf(t, r.location()) != "tweet.read users.read" {
		t.Errorf("begun again: %d %s", r.StatusCode, r.body)
	}
	if r := second.get(secondCallback); r.StatusCode != http.StatusServiceUnavailable || r.code(t) != "overloaded" || r.Header.Get("Retry-After") != "5" {
		t.Errorf("%d %s %v", r.StatusCode, r.body, r.Header)
	}
	close(g.open)
	if r := <-done; r.StatusCode != http.StatusSeeOther {
		t.Errorf("the first: %d %s", r.StatusCode, r.body)
	}
	s.auth.SetBudget(10 * time.Second)
	if r := second.get(secondCallback); r.StatusCode != http.StatusSeeOther || second.whoami() != "user u2 @zoe_quotes" {
		t.Errorf("the second, again: %d %s", r.StatusCode, r.body)
	}
	if n := s.x.Count(twittertest.Token); n != 2 {
		t.Errorf("%d tokens were asked for", n)
	}
}
