package twitterauth_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

func TestMoreLoginsThanMaxLogins(t *testing.T) {
	t.Parallel()
	s := newSite(t, configured(func(c *twitterauth.Config) { c.MaxLogins = 2 }))
	s.x.SetLatency(20 * time.Millisecond)
	var wg sync.WaitGroup
	for range 12 { // more wait a little and get in
		wg.Go(func() { s.browser(t).start(nil) })
	}
	wg.Wait()

	s.auth.SetBudget(400 * time.Millisecond)
	s.x.Fail(twittertest.RequestToken, twittertest.Hang())
	var mu sync.Mutex
	codes := map[string]int{}
	for range 6 {
		wg.Go(func() {
			r := s.browser(t).do("POST", "/auth/twitter/login", nil)
			mu.Lock()
			defer mu.Unlock()
			codes[r.code(t)]++
			if overloaded := r.StatusCode == http.StatusServiceUnavailable; overloaded != (r.Header.Get("Retry-After") == "5") {
				t.Errorf("%d, Retry-After %q", r.StatusCode, r.Header.Get("Retry-After"))
			}
		})
	}
	wg.Wait()
	if codes["provider_timeout"] < 2 || codes["overloaded"] == 0 {
		t.Errorf("codes %v", codes)
	}
}

func TestOverloadedCallbackCanBeRepeated(t *testing.T) {
	t.Parallel()
	s := newSite(t, configured(func(c *twitterauth.Config) { c.MaxLogins = 1 }))
	b, other := s.browser(t), s.browser(t)
	callback := b.approve(b.start(nil), ada)
	s.auth.SetBudget(300 * time.Millisecond)
	s.x.Fail(twittertest.RequestToken, twittertest.Hang())
	done := make(chan struct{})
	go func() { defer close(done); other.do("POST", "/auth/twitter/login", nil) }()
	eventually(t, "X is not asked", func() bool { return s.x.Count(twittertest.RequestToken) == 2 })
	if r := b.get(callback); r.code(t) != "overloaded" {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	<-done
	s.auth.SetBudget(10 * time.Second)
	if r := b.get(callback); r.StatusCode != http.StatusSeeOther || b.whoami() != "user u1 @ada" {
		t.Errorf("again: %d %s", r.StatusCode, r.body)
	}
}

// Over OAuth 2.0 a login begins without a call to X, so MaxLogins does not hold
// it up. A callback waits for its place, and may come again when it got none.
func TestOAuth2WhenAllPlacesAreTaken(t *testing.T) {
	t.Parallel()
	g := gate{make(chan string), make(chan struct{})}
	s := newSite(t, over(oauth2), configured(func(c *twitterauth.Config) {
		c.MaxLogins, c.HTTPClient = 1, &http.Client{Transport: g}
	}))
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
