package twitterauth_test

import (
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

// X's answer to a renewal is lost after X has rotated the token. X is not asked a
// second time by the call that lost the answer; the next call ends in ErrSignInAgain,
// with the remedy in the log, and the row stays. A new login mends it.
func TestRenewalWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	for name, strict := range map[string]bool{"lenient": false, "strict": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, m := newTokenSite(t, oauth2, newTokenRows())
			s.x.SetReuseStrict(strict)
			b := s.browser(t)
			b.login(ada, nil)
			m.expire("u1")
			before, _ := m.get("u1")
			s.x.FailNext(twittertest.Token, 1, twittertest.AnswerLost())
			s.x.ResetRequests()
			if _, err := postTweet(t.Context(), t, s, s.auth.Client("u1")); err == nil || errors.Is(err, twitterauth.ErrSignInAgain) || s.x.Count(twittertest.Token) != 1 {
				t.Errorf("the call: %v, X was asked %d times", err, s.x.Count(twittertest.Token))
			}
			if _, err := postTweet(t.Context(), t, s, s.auth.Client("u1")); !errors.Is(err, twitterauth.ErrSignInAgain) || s.x.Count(twittertest.Token) != 2 {
				t.Errorf("the next call: %v, X was asked %d times", err, s.x.Count(twittertest.Token))
			}
			if log := s.log.String(); !strings.Contains(log, "remedy=") || !strings.Contains(log, "must sign in with X again") || strings.Contains(log, before.RefreshToken) {
				t.Errorf("the log has %s", log)
			}
			if after, ok := m.get("u1"); !ok || after.RefreshToken != before.RefreshToken || m.writes.Load() != 0 {
				t.Error("the row is lost or changed")
			}
			b.login(ada, nil)
			expectTweet(t, s, "u1")
		})
	}
}

// X sends no new refresh token: the old one is kept, and works again.
func TestRenewalWithoutANewRefreshToken(t *testing.T) {
	t.Parallel()
	s, m := newTokenSite(t, oauth2, newTokenRows())
	s.browser(t).login(ada, nil)
	first, _ := m.get("u1")
	s.x.OmitRefreshToken(true)
	s.x.ResetRequests()
	for range 2 {
		m.expire("u1")
		before, _ := m.get("u1")
		expectTweet(t, s, "u1")
		if after, _ := m.get("u1"); after.RefreshToken != first.RefreshToken || after.AccessToken == before.AccessToken {
			t.Error("the refresh token was not kept, or the access token was")
		}
	}
	if n := s.x.Count(twittertest.Token); n != 2 {
		t.Errorf("X was asked for a token %d times", n)
	}
}

// The person has taken the app off the list at X.
func TestGrantIsRevokedByThePerson(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for _, ended := range []bool{false, true} {
			s, m := newTokenSite(t, p, newTokenRows())
			b := s.browser(t)
			b.login(ada, nil)
			if ended && p.oauth2 {
				m.expire("u1")
			}
			before, _ := m.get("u1")
			s.x.RevokeAll(ada)
			for range 2 {
				resp, err := postTweet(t.Context(), t, s, s.auth.Client("u1"))
				if p.oauth2 && !errors.Is(err, twitterauth.ErrSignInAgain) || !p.oauth2 && (err != nil || resp.StatusCode != http.StatusUnauthorized) {
					t.Errorf("ended %t: %v, %v", ended, resp, err)
				}
			}
			if after, ok := m.get("u1"); !ok || after.AccessToken != before.AccessToken || m.writes.Load() != 0 {
				t.Errorf("ended %t: the row is lost or changed", ended)
			}
			b.login(ada, nil)
			expectTweet(t, s, "u1")
		}
	})
}

// X refuses a renewal, and the row holds a newer token by then, as where another
// machine does not keep to the lock: the call goes on with the newer token.
func TestRefusedRenewalFindsANewerToken(t *testing.T) {
	t.Parallel()
	s, k := newKeeperSite(t)
	s.browser(t).login(ada, nil)
	newer, _ := k.get("u1")
	k.put("u1", twitterauth.Token{AccessToken: "ended", RefreshToken: "spent", Expiry: time.Now().Add(-time.Minute)})
	k.onRenew = func(ctx context.Context, id string, renew renewFn) error {
		err := k.tokenMemory.RenewToken(ctx, id, renew)
		k.put(id, newer)
		return err
	}
	expectTweet(t, s, "u1")
	if after, _ := k.get("u1"); after.AccessToken != newer.AccessToken || strings.Contains(s.log.String(), "level=WARN") {
		t.Errorf("the row has changed, or the log has %s", s.log)
	}
}

// A token that ends and has no refresh token is used up to its end.
func TestTokenWithoutARefreshToken(t *testing.T) {
	t.Parallel()
	s, m := newTokenSite(t, oauth2, newTokenRows())
	s.browser(t).login(ada, nil)
	token, _ := m.get("u1")
	token.RefreshToken, token.Expiry = "", time.Now().Add(20*time.Second)
	m.put("u1", token)
	s.x.ResetRequests()
	expectTweet(t, s, "u1")
	m.expire("u1")
	if _, err := postTweet(t.Context(), t, s, s.auth.Client("u1")); !errors.Is(err, twitterauth.ErrSignInAgain) {
		t.Errorf("ended: %v", err)
	}
	if s.x.Count(twittertest.Token) != 0 || s.x.Count(twittertest.Tweets) != 1 {
		t.Errorf("%v", s.x.Requests())
	}
}

// X answers 401 to an access token that should be good. What happens next depends on
// the renewal, and on whether the body can be had again.
func TestClientAfter401(t *testing.T) {
	t.Parallel()
	tweet := func() io.Reader { return strings.NewReader(`{"text":"hello"}`) }
	for name, test := range map[string]struct {
		method  string
		body    io.Reader
		getBody func() (io.ReadCloser, error)
		spoil   func(s *site, k *keeperStore)
		status  int
		want    error
		renewed bool
	}{
		"no body":              {"GET", nil, nil, nil, 200, nil, true},
		"an empty body":        {"GET", http.NoBody, nil, nil, 200, nil, true},
		"a body to have again": {"POST", tweet(), nil, nil, 201, nil, true},
		"a stream":             {"POST", io.MultiReader(tweet()), nil, nil, 401, nil, true},
		"GetBody fails":        {"POST", tweet(), func() (io.ReadCloser, error) { return nil, errors.New("gone") }, nil, 401, nil, true},
		"the store fails": {"POST", tweet(), nil, func(_ *site, k *keeperStore) {
			k.onRenew = func(context.Context, string, renewFn) error { return twitterauth.ErrStoreUnavailable }
		}, 401, nil, false},
		"X is down for renewals": {"POST", tweet(), nil, func(s *site, _ *keeperStore) { s.x.Fail(twittertest.Token, twittertest.HTML(503)) }, 401, nil, false},
		"the user disconnects": {"POST", tweet(), nil, func(_ *site, k *keeperStore) {
			k.onRenew = func(context.Context, string, renewFn) error { return twitterauth.ErrNoToken }
		}, 0, twitterauth.ErrNoToken, false},
		"the grant is gone": {"POST", tweet(), nil, func(s *site, _ *keeperStore) { s.x.RevokeAll(ada) }, 0, twitterauth.ErrSignInAgain, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, k := newKeeperSite(t)
			s.browser(t).login(ada, nil)
			token, _ := k.get("u1")
			token.AccessToken = "ended at X"
			k.put("u1", token)
			if test.spoil != nil {
				test.spoil(s, k)
			}
			path := map[string]string{"GET": "/2/users/me", "POST": "/2/tweets"}[test.method]
			req, err := http.NewRequestWithContext(t.Context(), test.method, s.x.URL+path, test.body)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/json")
			if test.getBody != nil {
				req.GetBody = test.getBody
			}
			resp, err := s.auth.Client("u1").Do(req)
			if test.want != nil {
				if !errors.Is(err, test.want) {
					t.Errorf("%v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			if err != nil || resp.StatusCode != test.status || test.status == 401 && !strings.Contains(string(body), `"status":401`) {
				t.Errorf("%d %s, %v", resp.StatusCode, body, err)
			}
			if after, _ := k.get("u1"); (after.AccessToken != token.AccessToken) != test.renewed {
				t.Errorf("renewed: %t", !test.renewed)
			}
			if test.status == 401 && !test.renewed && !strings.Contains(s.log.String(), "X refused an access token, and it could not be renewed") {
				t.Errorf("the log has %s", s.log)
			}
		})
	}
}

// Errors that the app gets itself, of RevokeToken and of Client, have the remedy in
// their text, because there is no failed request whose line has it.
func TestErrorsOfTokensHaveARemedy(t *testing.T) {
	t.Parallel()
	s, m := newTokenSite(t, oauth2, newTokenRows())
	s.browser(t).login(ada, nil)
	token, _ := m.get("u1")
	for body, want := range map[string]string{
		`{"error":"unauthorized_client"}`: "check ClientID and ClientSecret",
		`{"error":"invalid_request"}`:     "if APIURL names a proxy",
	} {
		s.x.Fail(twittertest.Revocation, twittertest.Respond(400, "application/json", body))
		if err := s.auth.RevokeToken(t.Context(), token); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("RevokeToken, %s: %v", body, err)
		}
		s.x.Fail(twittertest.Token, twittertest.Respond(400, "application/json", body))
		m.endsIn("u1", -time.Minute)
		if _, err := postTweet(t.Context(), t, s, s.auth.Client("u1")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Client, %s: %v", body, err)
		}
		m.endsIn("u1", 30*time.Second)
		expectTweet(t, s, "u1")
		if _, line, _ := strings.Cut(s.log.String(), "still good"); !strings.Contains(line, want) {
			t.Errorf("%s: the log has %s", body, s.log)
		}
	}
}

// What X says of a refresh token is worded for a refresh token, and not for a login's
// code.
func TestWhatXSaysAtARenewal(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"error":"invalid_request","error_description":"Value passed for the token was invalid."}`: "the token is not accepted",
		`{"error":"invalid_grant"}`:   "the token is not accepted",
		`{"error":"invalid_request"}`: "X refuses the request or the token",
	} {
		s, m := newTokenSite(t, oauth2, newTokenRows())
		s.browser(t).login(ada, nil)
		m.expire("u1")
		s.x.Fail(twittertest.Token, twittertest.Respond(400, "application/json", body))
		_, err := postTweet(t.Context(), t, s, s.auth.Client("u1"))
		if !errors.Is(err, twitterauth.ErrSignInAgain) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "code") {
			t.Errorf("%s: %v", body, err)
		}
		if log := s.log.String(); !strings.Contains(log, want) || !strings.Contains(log, "remedy=") {
			t.Errorf("%s: the log has %s", body, log)
		}
	}
}
