package twittertest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/twitterauth/twittertest"
)

const offlineScope = loginScope + " offline.access"

// A refresh token that was used is refused in any case; only with SetReuseStrict
// does its second use end what the first one gave.
func TestRefreshTokenReuse(t *testing.T) {
	t.Parallel()
	for name, strict := range map[string]bool{"lenient": false, "strict": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := start(t)
			x.SetReuseStrict(strict)
			_, first := tokens(t, x, ada, offlineScope)
			other, _ := tokens(t, x, ada, offlineScope)
			_, second := tokensOf(t, askTokens(t, x, refreshForm(first)))
			access, third := tokensOf(t, askTokens(t, x, refreshForm(second)))

			askTokens(t, x, refreshForm("unknown")).refusedWith(t, 400, "invalid_request", tokenInvalid)
			if !works(t, x, access) {
				t.Error("an unknown refresh token ended the access token")
			}
			askTokens(t, x, refreshForm(first)).refusedWith(t, 400, "invalid_request", tokenInvalid)
			if works(t, x, access) == strict {
				t.Errorf("after the reuse the access token is good: %v", !strict)
			}
			if answer := askTokens(t, x, refreshForm(third)); strict {
				answer.refusedWith(t, 400, "invalid_request", tokenInvalid)
			} else {
				tokensOf(t, answer)
			}
			if !works(t, x, other) {
				t.Error("another login's token went as well")
			}
		})
	}
}

// With OmitRefreshToken a refresh token stays good, refresh after refresh.
func TestOmitRefreshToken(t *testing.T) {
	t.Parallel()
	x := start(t)
	first, refresh := tokens(t, x, ada, offlineScope)
	x.OmitRefreshToken(true)
	for range 2 {
		access, none := tokensOf(t, askTokens(t, x, refreshForm(refresh)))
		if none != "" || access == first || !works(t, x, access) {
			t.Errorf("the refresh token is %q, the access token is good: %v", none, works(t, x, access))
		}
	}
	x.OmitRefreshToken(false)
	if _, second := tokensOf(t, askTokens(t, x, refreshForm(refresh))); second == "" || second == refresh {
		t.Errorf("the refresh token is %q", second)
	}
}

func TestExpireBearerTokens(t *testing.T) {
	t.Parallel()
	x := start(t)
	access, refresh := tokens(t, x, ada, offlineScope)
	without := x.BearerToken(zoe)
	x.ExpireBearerTokens()
	if works(t, x, access) || works(t, x, without) {
		t.Error("an access token is still good")
	}
	if access, _ = tokensOf(t, askTokens(t, x, refreshForm(refresh))); !works(t, x, access) {
		t.Error("the access token of the refresh is not good")
	}
}

func TestExpireRefreshTokens(t *testing.T) {
	t.Parallel()
	x := start(t)
	access, refresh := tokens(t, x, ada, offlineScope)
	x.ExpireRefreshTokens()
	askTokens(t, x, refreshForm(refresh)).refusedWith(t, 400, "invalid_request", tokenInvalid)
	if !works(t, x, access) {
		t.Error("the access token is not good")
	}
}

func TestSetBearerLifetime(t *testing.T) {
	t.Parallel()
	x := start(t)
	early := x.BearerToken(ada)
	x.SetBearerLifetime(10 * time.Minute)
	answer := askTokens(t, x, codeForm(codeFor(t, x, ada, offlineScope)))
	access, refresh := tokensOf(t, answer)
	if !strings.Contains(answer.body, `"expires_in":600,`) {
		t.Errorf("the answer is %s", answer.body)
	}
	x.SetClock(11 * time.Minute)
	if works(t, x, access) || !works(t, x, early) {
		t.Error("the lifetime is not of the tokens made since it was set")
	}
	x.SetBearerLifetime(0)
	if answer := askTokens(t, x, refreshForm(refresh)); !strings.Contains(answer.body, `"expires_in":7200,`) {
		t.Errorf("the answer is %s", answer.body)
	}
}

// The request has its effect, and the client learns nothing of it.
func TestAnswerLost(t *testing.T) {
	t.Parallel()
	for kind, newServer := range map[string]func() *twittertest.Server{"HTTP/1": twittertest.NewServer, "HTTP/2": twittertest.NewTLSServer} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			x := newServer()
			t.Cleanup(x.Close)
			lose := func(step twittertest.Step, r *http.Request) {
				t.Helper()
				x.ResetRequests()
				x.FailNext(step, 1, twittertest.AnswerLost())
				if resp, err := x.Client().Do(r); err == nil {
					resp.Body.Close()
					t.Errorf("%s answers %d", step, resp.StatusCode)
				}
				// One request: a client that repeated it would get an answer.
				if list := x.Requests(); len(list) != 1 || list[0].Step != step || list[0].Status != 0 {
					t.Errorf("the record is %+v", list)
				}
			}

			access, refresh := tokens(t, x, ada, offlineScope)
			lose(twittertest.Token, asClient(t, x, "/2/oauth2/token", refreshForm(refresh)))
			askTokens(t, x, refreshForm(refresh)).refusedWith(t, 400, "invalid_request", tokenInvalid)
			if works(t, x, access) {
				t.Error("the refresh did not rotate the access token")
			}

			code := codeForm(codeFor(t, x, ada, loginScope))
			lose(twittertest.Token, asClient(t, x, "/2/oauth2/token", code))
			askTokens(t, x, code).refusedWith(t, 400, "invalid_request", codeInvalid)

			token, secret := x.TokenPair(ada)
			lose(twittertest.InvalidateToken, invalidateCall(x, token, secret).sign(x).request(t, x))
			profileCall(x, token, secret).sign(x).send(t, x, "").refusedAs(t, 401, 89, jsonType)

			// What X refuses has no effect.
			_, refresh = tokens(t, x, ada, offlineScope)
			lose(twittertest.Token, request(t, http.MethodPost, x.URL+"/2/oauth2/token", refreshForm(refresh)))
			tokensOf(t, askTokens(t, x, refreshForm(refresh)))
		})
	}
}

func TestRefuseScopes(t *testing.T) {
	t.Parallel()
	x := start(t)
	asks := func(scope string) string {
		t.Helper()
		callback, err := x.Authorize(authorizeURL(x, authorizeQuery(x, scope)), ada)
		if err != nil {
			t.Fatal(err)
		}
		return queryOf(t, callback).Get("error")
	}
	x.RefuseScopes("tweet.write", "users.email")
	for scope, want := range map[string]string{
		loginScope + " tweet.write": "invalid_scope",
		loginScope + " users.email": "invalid_scope",
		loginScope + " like.read":   "",
	} {
		if got := asks(scope); got != want {
			t.Errorf("%s: error is %q, want %q", scope, got, want)
		}
	}
	x.RefuseScopes()
	if got := asks(loginScope + " tweet.write"); got != "" {
		t.Errorf("error is %q", got)
	}
}

func TestWithholdScopes(t *testing.T) {
	t.Parallel()
	x := start(t)
	scopeOf := func(answer got) any {
		t.Helper()
		return object(t, answer.body)["scope"]
	}
	x.WithholdScopes("tweet.write")
	answer := askTokens(t, x, codeForm(codeFor(t, x, ada, offlineScope+" tweet.write")))
	access, refresh := tokensOf(t, answer)
	if got := scopeOf(answer); got != offlineScope {
		t.Errorf("the scope is %q", got)
	}
	tweet(t, x, access, `{"text":"hi"}`).expect(t, http.StatusForbidden, problemType)

	x.WithholdScopes() // a refresh does not widen what was granted
	if got := scopeOf(askTokens(t, x, refreshForm(refresh))); got != offlineScope {
		t.Errorf("the scope is %q", got)
	}
	if got := scopeOf(askTokens(t, x, codeForm(codeFor(t, x, ada, offlineScope+" tweet.write")))); got != offlineScope+" tweet.write" {
		t.Errorf("the scope is %q", got)
	}
}

func TestUnknownScopesPanic(t *testing.T) {
	t.Parallel()
	x := start(t)
	for name, call := range map[string]func(...string){"RefuseScopes": x.RefuseScopes, "WithholdScopes": x.WithholdScopes} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s took a scope that X does not have", name)
				}
			}()
			call("tweet.read", "email")
		}()
	}
	tokens(t, x, ada, loginScope) // no lock is held
}
