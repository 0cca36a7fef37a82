package twitterauth_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// endsIn lets the access token of a row end after a time, for the library. X knows
// nothing of it.
func (r *tokenRows) endsIn(userID string, d time.Duration) {
	t, _ := r.get(userID)
	t.Expiry = time.Now().Add(d)
	r.put(userID, t)
}

// A token is renewed one to two minutes before its end, at random, so that machines
// do not come at the same moment.
func TestWhenATokenIsRenewed(t *testing.T) {
	t.Parallel()
	const calls = 40 // all or none of them by chance: once in 2^39
	for name, test := range map[string]struct {
		left      time.Duration
		some, all bool
	}{
		"two hours":                {2 * time.Hour, false, false},
		"two minutes and a bit":    {2*time.Minute + 10*time.Second, false, false},
		"between one and two":      {90 * time.Second, true, false},
		"under a minute":           {55 * time.Second, true, true},
		"a second":                 {time.Second, true, true},
		"it has ended":             {-time.Second, true, true},
		"it ended an hour ago":     {-time.Hour, true, true},
		"no end (X sent none)":     {0, false, false},
		"an end in the next month": {30 * 24 * time.Hour, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, m := newTokenSite(t, oauth2, newTokenRows())
			s.browser(t).login(ada, nil)
			token, _ := m.get("u1")
			if token.Expiry = time.Now().Add(test.left); test.left == 0 {
				token.Expiry = time.Time{}
			}
			m.put("u1", token)
			s.x.Fail(twittertest.Token, twittertest.HTML(503)) // so that the row stays as it is
			s.x.ResetRequests()
			for range calls {
				resp, err := postTweet(t.Context(), t, s, s.auth.Client("u1"))
				if works := test.left >= 0; works != (err == nil) || works && resp.StatusCode != http.StatusCreated {
					t.Fatalf("%v, %v", resp, err)
				}
			}
			if n := s.x.Count(twittertest.Token); (n > 0) != test.some || (n == calls) != test.all {
				t.Errorf("%d of %d calls renewed the token", n, calls)
			}
		})
	}
}

// A renewal before the end that fails before X is asked, or takes too long, fails no
// call, because the access token is still good.
func TestEarlyRenewalThatFails(t *testing.T) {
	t.Parallel()
	down := fmt.Errorf("dial: %w", twitterauth.ErrStoreUnavailable)
	for name, test := range map[string]struct {
		spoil func(s *site, k *keeperStore, called <-chan struct{}) // called is closed when the call has ended
		log   string                                                // of a call that goes on; "": there need not be a line before the call ends
		want  error                                                 // nil: the call goes on while the token is good
	}{
		"the store is down":              {onRenew(func(context.Context, string, renewFn) error { return down }), "level=WARN", nil},
		"the store fails":                {onRenew(func(context.Context, string, renewFn) error { return errors.New("boom") }), "level=WARN", nil},
		"the store panics":               {onRenew(func(context.Context, string, renewFn) error { panic("boom") }), "level=WARN", nil},
		"the store aborts":               {onRenew(func(context.Context, string, renewFn) error { panic(http.ErrAbortHandler) }), "level=WARN", nil},
		"the store does nothing":         {onRenew(func(context.Context, string, renewFn) error { return nil }), "level=WARN", nil},
		"the store ends its goroutine":   {onRenew(func(context.Context, string, renewFn) error { runtime.Goexit(); return nil }), "level=WARN", nil},
		"another renewal has the lock":   {waitFor, "", nil},
		"X hangs":                        {func(s *site, _ *keeperStore, _ <-chan struct{}) { s.x.Fail(twittertest.Token, twittertest.Hang()) }, "", nil},
		"X is down":                      {func(s *site, _ *keeperStore, _ <-chan struct{}) { s.x.Fail(twittertest.Token, twittertest.HTML(503)) }, "level=WARN", nil},
		"the user disconnected just now": {onRenew(func(context.Context, string, renewFn) error { return twitterauth.ErrNoToken }), "", twitterauth.ErrNoToken},
	} {
		for _, left := range []time.Duration{30 * time.Second, -time.Second} {
			t.Run(fmt.Sprintf("%s, %s left", name, left), func(t *testing.T) {
				t.Parallel()
				s, k := newKeeperSite(t)
				began := time.Now()
				s.browser(t).login(ada, nil)
				budget := 2 * budgetFor(time.Since(began)) // half of it is for the call after the renewal
				k.endsIn("u1", left)
				before, _ := k.get("u1")
				// As usual, where both are 10 seconds, the call may take as long as X's answer.
				s.auth.SetBudget(budget)
				ctx, cancel := context.WithTimeout(t.Context(), budget)
				defer cancel()
				called := make(chan struct{})
				test.spoil(s, k, called)
				resp, err := postTweet(ctx, t, s, s.auth.Client("u1"))
				close(called)
				switch {
				case left > 0 && test.want == nil:
					if err != nil || resp.StatusCode != http.StatusCreated {
						t.Errorf("%v, %v\n%s", resp, err, s.log)
					}
					if !strings.Contains(s.log.String(), test.log) || strings.Contains(s.log.String(), "level=ERROR") {
						t.Errorf("the log has %s", s.log)
					}
				case err == nil || errors.Is(err, twitterauth.ErrSignInAgain) || !errors.Is(err, test.want) && test.want != nil:
					t.Errorf("%v, %v", resp, err)
				}
				k.renewals(t)
				if after, _ := k.get("u1"); after.AccessToken != before.AccessToken || after.RefreshToken != before.RefreshToken {
					t.Error("the row has changed")
				}
				for _, secret := range []string{before.AccessToken, before.RefreshToken} {
					if strings.Contains(s.log.String()+fmt.Sprint(err), secret) {
						t.Error("a token shows")
					}
				}
			})
		}
	}
}

func onRenew(f func(context.Context, string, renewFn) error) func(*site, *keeperStore, <-chan struct{}) {
	return func(_ *site, k *keeperStore, _ <-chan struct{}) { k.onRenew = f }
}

// waitFor lets a renewal wait for the store's lock for longer than the call does.
func waitFor(_ *site, k *keeperStore, called <-chan struct{}) {
	k.onRenew = func(context.Context, string, renewFn) error { <-called; return errors.New("the lock came too late") }
}

// A call goes on in time also where its own deadline is shorter than the budget, and
// a call whose access token has ended waits for as long as it can.
func TestEarlyRenewalLeavesTimeForTheCall(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		left  time.Duration
		works bool
	}{"still good": {30 * time.Second, true}, "ended": {-time.Second, false}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, k := newKeeperSite(t)
			began := time.Now()
			s.browser(t).login(ada, nil)
			limit := 2 * budgetFor(time.Since(began)) // half of it is for the call after the renewal
			k.endsIn("u1", test.left)
			release := make(chan struct{})
			k.onRenew = func(context.Context, string, renewFn) error { <-release; return errors.New("boom") }
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			resp, err := postTweet(ctx, t, s, s.auth.Client("u1"))
			if test.works && (err != nil || resp.StatusCode != http.StatusCreated) || !test.works && !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%v, %v", resp, err)
			}
			close(release)
			k.renewals(t)
		})
	}
}

// A call whose access token is good waits for a renewal that another call has begun,
// with a token that had ended. That renewal's failure is the other call's alone.
func TestEarlyRenewalJoinsARenewalOfAnEndedToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		k := &keeperStore{tokenMemory: &tokenMemory{memory: newMemory(), tokenRows: newTokenRows()}}
		k.onRenew = func(context.Context, string, renewFn) error { <-release; return errors.New("boom") }
		cfg := goodConfig()
		cfg.Logger = slog.New(slog.DiscardHandler)
		cfg.HTTPClient = &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: http.NoBody}, nil
		})}
		auth, err := twitterauth.New(k, cfg)
		if err != nil {
			t.Fatal(err)
		}
		call := func(token string, left time.Duration) <-chan error {
			k.put("u1", twitterauth.Token{AccessToken: token, RefreshToken: "refresh", Expiry: time.Now().Add(left)})
			ended := make(chan error, 1)
			go func() {
				resp, err := auth.Client("u1").Get(twitterauth.DefaultAPIURL + "/2/users/me")
				if err == nil {
					resp.Body.Close()
				}
				ended <- err
			}()
			synctest.Wait() // until it waits for the renewal
			return ended
		}
		ended, good := call("ended", -time.Second), call("good", 30*time.Second)
		close(release)
		if err := <-ended; err == nil || !strings.Contains(err.Error(), "boom") {
			t.Errorf("the call with the token that has ended: %v", err)
		}
		if err := <-good; err != nil || k.calls.Load() != 1 {
			t.Errorf("the call with the good token: %v, after %d renewals", err, k.calls.Load())
		}
	})
}
