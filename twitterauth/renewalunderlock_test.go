package twitterauth_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// A store whose transaction ends with its context stores a renewed token although the
// caller has gone while X was asked: the refresh token is spent by then.
func TestRenewalIsStoredWithoutItsCaller(t *testing.T) {
	t.Parallel()
	reached, release := make(chan struct{}), make(chan struct{})
	s, k := newKeeperSite(t, configured(func(c *twitterauth.Config) {
		c.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			if isRefresh(r) {
				close(reached)
				<-release
			}
			return http.DefaultTransport.RoundTrip(r)
		})}
	}))
	s.browser(t).login(ada, nil)
	k.expire("u1")
	before, _ := k.get("u1")
	k.onRenew = func(ctx context.Context, id string, renew renewFn) error {
		return k.tokenMemory.RenewToken(ctx, id, func(inner context.Context, stored twitterauth.Token) (twitterauth.Token, error) {
			renewed, err := renew(inner, stored)
			return renewed, errors.Join(err, ctx.Err())
		})
	}
	ctx, goAway := context.WithCancel(t.Context())
	gone := make(chan error, 1)
	go func() {
		_, err := postTweet(ctx, t, s, s.auth.Client("u1"))
		gone <- err
	}()
	<-reached
	goAway()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("the caller saw %v", err)
	}
	close(release)
	eventually(t, "the renewed token is not stored", func() bool {
		after, _ := k.get("u1")
		return after.RefreshToken != before.RefreshToken
	})
	if n := k.writes.Load(); n != 1 {
		t.Errorf("%d writes: the first try failed", n)
	}
}

// isRefresh reports whether a request renews a token. The request can be sent afterwards.
func isRefresh(r *http.Request) bool {
	if r.Body == nil || !strings.HasSuffix(r.URL.Path, "/oauth2/token") {
		return false
	}
	text, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(text))
	return err == nil && strings.Contains(string(text), "grant_type=refresh_token")
}

// A store that calls renew twice, as after a commit that failed, gets the same token
// twice: X takes a refresh token once.
func TestStoreCallsRenewTwice(t *testing.T) {
	t.Parallel()
	s, k := newKeeperSite(t)
	s.browser(t).login(ada, nil)
	k.expire("u1")
	k.onRenew = func(ctx context.Context, id string, renew renewFn) error {
		return k.tokenMemory.RenewToken(ctx, id, func(ctx context.Context, stored twitterauth.Token) (twitterauth.Token, error) {
			first, err := renew(ctx, stored)
			if err != nil {
				return first, err
			}
			second, err := renew(ctx, stored)
			if first.AccessToken != second.AccessToken || first.RefreshToken != second.RefreshToken {
				t.Error("two tokens")
			}
			return second, err
		})
	}
	s.x.ResetRequests()
	expectTweet(t, s, "u1")
	if n := s.x.Count(twittertest.Token); n != 1 {
		t.Errorf("X was asked %d times", n)
	}
}

// When the store's lock comes after the time in which X may be asked, X is not asked:
// no time would be left to store what it answers, and the refresh token would be spent.
func TestLockAfterTheBudget(t *testing.T) {
	t.Parallel()
	const budget = 200 * time.Millisecond
	s, k := newKeeperSite(t)
	s.browser(t).login(ada, nil)
	k.expire("u1")
	before, _ := k.get("u1")
	s.auth.SetBudget(budget)
	k.onRenew = func(ctx context.Context, id string, renew renewFn) error {
		select { // another transaction has the row
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(budget + budget/2):
		}
		return k.tokenMemory.RenewToken(ctx, id, renew)
	}
	s.x.ResetRequests()
	if resp, err := postTweet(t.Context(), t, s, s.auth.Client("u1")); err == nil {
		t.Errorf("the call was answered: %v", resp)
	}
	if after, _ := k.get("u1"); s.x.Count(twittertest.Token) != 0 || after.RefreshToken != before.RefreshToken {
		t.Errorf("X was asked %d times", s.x.Count(twittertest.Token))
	}
	k.onRenew = nil
	s.auth.SetBudget(10 * time.Second)
	expectTweet(t, s, "u1")
}
