package twitterauth_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

func TestRowEmptiedMeanwhile(t *testing.T) {
	t.Parallel()
	var auth atomic.Value
	s, k := newKeeperSite(t, configured(func(c *twitterauth.Config) {
		c.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			auth.Store(r.URL.Path + " " + r.Header.Get("Authorization"))
			return http.DefaultTransport.RoundTrip(r)
		})}
	}))
	s.browser(t).login(ada, nil)
	k.expire("u1")
	k.onRenew = func(ctx context.Context, id string, renew renewFn) error {
		k.put(id, twitterauth.Token{}) // disconnected meanwhile: the columns are empty
		return k.tokenMemory.RenewToken(ctx, id, renew)
	}
	resp, err := postTweet(t.Context(), t, s, s.auth.Client("u1"))
	if err == nil {
		t.Errorf("%v %q, want ErrNoToken", resp.StatusCode, auth.Load())
	}
}

func TestRowOfAnotherProtocolMeanwhile(t *testing.T) {
	t.Parallel()
	var auth atomic.Value
	s, k := newKeeperSite(t, configured(func(c *twitterauth.Config) {
		c.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			auth.Store(r.URL.Path + " " + r.Header.Get("Authorization"))
			return http.DefaultTransport.RoundTrip(r)
		})}
	}))
	s.browser(t).login(ada, nil)
	k.expire("u1")
	k.onRenew = func(ctx context.Context, id string, renew renewFn) error {
		k.put(id, twitterauth.Token{AccessToken: "a", AccessSecret: "b"})
		return k.tokenMemory.RenewToken(ctx, id, renew)
	}
	resp, err := postTweet(t.Context(), t, s, s.auth.Client("u1"))
	if err == nil {
		t.Errorf("%v %q", resp.StatusCode, auth.Load())
	}
}

func TestOpaqueAddressKeepsTheToken(t *testing.T) {
	t.Parallel()
	var seen atomic.Value
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen.Store(fmt.Sprintf("%s Host %s %.20s", r.RequestURI, r.Host, r.Header.Get("Authorization")))
	}))
	defer proxy.Close()
	u, _ := url.Parse(proxy.URL)
	use := &http.Transport{Proxy: func(r *http.Request) (*url.URL, error) {
		if r.URL.Opaque != "" {
			return u, nil
		}
		return nil, nil
	}}
	s, _ := newTokenSite(t, oauth2, newTokenRows(), configured(func(c *twitterauth.Config) { c.HTTPClient = &http.Client{Transport: use} }))
	s.browser(t).login(ada, nil)
	req, _ := http.NewRequestWithContext(t.Context(), "GET", s.x.URL+"/2/users/me", nil)
	req.URL.Opaque = "//evil.example/2/users/me"
	_, err := s.auth.Client("u1").Do(req) //nolint:bodyclose // there is no response
	if x, _ := seen.Load().(string); strings.Contains(x, "evil") {
		t.Errorf("%s %v", x, err)
	}
}

// a caller with a refused newer token joins a run of a caller with a stale read
func TestRefusedCallJoinsAnotherRenewal(t *testing.T) {
	t.Parallel()
	s, k := newKeeperSite(t)
	s.browser(t).login(ada, nil)
	good, _ := k.get("u1")
	refused := good
	refused.AccessToken = "refused by X"
	k.put("u1", refused)
	k.expire("u1")
	stale, _ := k.get("u1")
	stale.AccessToken = "older"
	k.put("u1", stale)
	entered, release := make(chan struct{}), make(chan struct{})
	k.onRenew = func(ctx context.Context, id string, renew renewFn) error {
		k.onRenew = nil
		close(entered)
		<-release
		return k.tokenMemory.RenewToken(ctx, id, renew)
	}
	done := make(chan error, 1)
	go func() { _, err := postTweet(t.Context(), t, s, s.auth.Client("u1")); done <- err }()
	<-entered
	k.put("u1", refused)
	second := make(chan string, 1)
	go func() {
		resp, err := postTweet(t.Context(), t, s, s.auth.Client("u1"))
		if err != nil {
			second <- err.Error()
			return
		}
		second <- resp.Status
	}()
	eventually(t, "the second call has not reached X", func() bool { return s.x.Count(twittertest.Tweets) > 0 })
	close(release)
	<-done
	if got := <-second; !strings.HasPrefix(got, "201") {
		t.Errorf("%s", got)
	}
}
