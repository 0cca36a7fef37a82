package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

func form(pairs ...string) url.Values {
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return values
}

// onEachProtocol runs the example on each database, over either protocol.
func onEachProtocol(t *testing.T, test func(t *testing.T, r *running, log *syncBuffer, step twittertest.Step)) {
	for protocol, settings := range map[string]struct {
		at     func(*testing.T) (*twittertest.Server, map[string]string)
		revoke twittertest.Step
	}{"1.0a": {atX1, twittertest.InvalidateToken}, "2.0": {atX2, twittertest.Revocation}} {
		for database, args := range databases {
			t.Run("OAuth "+protocol+" on "+database, func(t *testing.T) {
				t.Parallel()
				x, env := settings.at(t)
				r, log := startLogging(t, x, env, nil, args(t)...)
				test(t, r, log, settings.revoke)
			})
		}
	}
}

func TestPost(t *testing.T) {
	t.Parallel()
	onEachRouterAndDatabase(t, testPost)
	onEachProtocol(t, func(t *testing.T, r *running, _ *syncBuffer, _ twittertest.Step) { testPost(t, r) })
}

func testPost(t *testing.T, r *running) {
	c, id := r.signedInUser(t)
	if page := r.page(t, c, postPath); !strings.Contains(page, "<textarea") {
		t.Fatal(page)
	}
	r.x.ResetRequests()
	status, page := r.post(t, c, postPath, form("text", `<b>hello</b> & "you"`))
	if status != http.StatusOK || !strings.Contains(page, "Posted") || !strings.Contains(page, "&lt;b&gt;hello&lt;/b&gt; &amp; ") || strings.Contains(page, "<b>hello") {
		t.Errorf("%d %s", status, page)
	}
	if n := r.x.Count(twittertest.Tweets); n != 1 {
		t.Errorf("%d posts", n)
	}

	// X refuses, is down, or takes no more: its words are shown, and the text stays.
	for name, test := range map[string]struct {
		fault  twittertest.Fault
		status int
		want   string
	}{
		"refused":      {twittertest.Problem(403, "about:blank", ""), http.StatusUnprocessableEntity, "X answered 403 Forbidden: A message."},
		"down":         {twittertest.HTML(503), http.StatusBadGateway, "X answered 503 Service Unavailable"},
		"rate limited": {twittertest.RateLimited(0), http.StatusServiceUnavailable, "X answered 429 Too Many Requests"},
		"unreachable":  {twittertest.Reset(), http.StatusBadGateway, "Perhaps not posted"},
	} {
		r.x.FailNext(twittertest.Tweets, 1, test.fault)
		status, page := r.post(t, c, postPath, form("text", "my <text>"))
		if status != test.status || !strings.Contains(page, test.want) || !strings.Contains(page, "my &lt;text&gt;</textarea>") {
			t.Errorf("%s: %d %s", name, status, page)
		}
		r.x.Recover()
	}

	// The person took the app off the list at X.
	r.x.RevokeAll(ada)
	expireIfOAuth2(t, r, id)
	status, page = r.post(t, c, postPath, form("text", "my text"))
	if status != http.StatusConflict || !strings.Contains(page, "Sign in with X again") || !strings.Contains(page, `name="link" value="true"`) || !strings.Contains(page, "my text</textarea>") {
		t.Errorf("revoked: %d %s", status, page)
	}
	r.x.SignInAs(noor) // another account does not do
	if status, page := r.post(t, c, "/auth/twitter/login", form("link", "true", "return_to", postPath)); status != http.StatusConflict {
		t.Errorf("another account: %d %s", status, page)
	}
	r.x.SignInAs(ada)
	if status, page := r.post(t, c, "/auth/twitter/login", form("link", "true", "return_to", postPath)); status != http.StatusOK || !strings.Contains(page, "<textarea") {
		t.Errorf("signing in again: %d %s", status, page)
	}
	if status, page := r.post(t, c, postPath, form("text", "again")); status != http.StatusOK || !strings.Contains(page, "Posted") {
		t.Errorf("%d %s", status, page)
	}

	// A row that was lost.
	r.change(t, `DELETE FROM tokens`)
	if status, page := r.post(t, c, postPath, form("text", "again")); status != http.StatusConflict || !strings.Contains(page, "Sign in with X again") {
		t.Errorf("no token: %d %s", status, page)
	}
}

func expireIfOAuth2(t *testing.T, r *running, id string) {
	t.Helper()
	if token, err := r.app.users.TwitterToken(t.Context(), id); err == nil && !isOAuth1(token) {
		expire(t, r.app.users, id)
	}
}

// A guest links an account first, and can post then.
func TestGuestPosts(t *testing.T) {
	t.Parallel()
	onEachRouterAndDatabase(t, func(t *testing.T, r *running) {
		c := r.browser(t)
		r.post(t, c, "/guest", nil)
		for _, page := range []string{r.page(t, c, postPath), second(r.post(t, c, postPath, form("text", "hello")))} {
			if strings.Contains(page, "<textarea") || !strings.Contains(page, "Link your X account") {
				t.Errorf("%s", page)
			}
		}
		r.x.SignInAs(ada)
		r.post(t, c, "/auth/twitter/login", form("link", "true"))
		if status, page := r.post(t, c, postPath, form("text", "hello")); status != http.StatusOK || !strings.Contains(page, "Posted") {
			t.Errorf("%d %s", status, page)
		}
	})
}

func second(_ int, page string) string { return page }

func TestPostIsGuarded(t *testing.T) {
	t.Parallel()
	onEachRouter(t, func(t *testing.T, r *running) {
		c, _ := r.signedInUser(t)
		r.x.ResetRequests()
		if status, body := r.jsonOf(t, r.browser(t), "POST", r.URL+postPath); status != http.StatusUnauthorized {
			t.Errorf("a stranger: %d %s", status, body)
		}
		req, err := http.NewRequestWithContext(t.Context(), "POST", r.URL+postPath, strings.NewReader("text=hello"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", "https://evil.example")
		req.Header.Set("Sec-Fetch-Site", "cross-site")
		resp, err := c.Do(req)
		if status, body := text(t, resp, err); status != http.StatusForbidden {
			t.Errorf("from elsewhere: %d %s", status, body)
		}
		if n := len(r.x.Requests()); n != 0 {
			t.Errorf("%d requests to X", n)
		}
	})
}

// Disconnecting and deleting revoke the token at X first. When X is down, the user
// leaves all the same, and reads how to end the access.
func TestLeavingRevokesTheToken(t *testing.T) {
	t.Parallel()
	onEachProtocol(t, func(t *testing.T, r *running, log *syncBuffer, revoke twittertest.Step) {
		r.x.SignInAs(ada)
		for name, leave := range map[string]func(c *http.Client, id string) (int, string){
			"disconnect": func(c *http.Client, _ string) (int, string) { return r.post(t, c, "/disconnect-x", nil) },
			"delete": func(c *http.Client, id string) (int, string) {
				return r.post(t, c, "/delete-account", form("user", id))
			},
		} {
			for _, down := range []bool{false, true} {
				c := r.browser(t)
				r.post(t, c, "/guest", nil)
				if status, page := r.post(t, c, "/auth/twitter/login", form("link", "true")); status != http.StatusOK {
					t.Fatalf("%d %s", status, page)
				}
				_, me := r.me(t, c)
				id := me["id"].(string)
				token, err := r.app.users.TwitterToken(t.Context(), id)
				if err != nil {
					t.Fatal(err)
				}
				if down {
					r.x.Fail(revoke, twittertest.HTML(503))
				}
				r.x.ResetRequests()
				status, page := leave(c, id)
				r.x.Recover()
				if status != http.StatusOK || strings.Contains(page, "X did not confirm") != down || strings.Contains(log.String(), "was not revoked") != down {
					t.Errorf("%s, X down %v: %d %s", name, down, status, page)
				}
				if n := r.x.Count(revoke); n == 0 {
					t.Errorf("%s: X was not asked", name)
				}
				if n := r.count(t, "tokens"); n != 0 {
					t.Errorf("%s: %d tokens are left", name, n)
				}
				if err := r.app.auth.RevokeToken(t.Context(), token); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				log.mu.Lock()
				log.b.Reset()
				log.mu.Unlock()
			}
		}
	})
}

// Without another way in, nothing is revoked.
func TestRefusedDisconnectRevokesNothing(t *testing.T) {
	t.Parallel()
	onEachProtocol(t, func(t *testing.T, r *running, _ *syncBuffer, revoke twittertest.Step) {
		c, _ := r.signedInUser(t)
		if status, page := r.post(t, c, "/disconnect-x", nil); status != http.StatusConflict || r.x.Count(revoke) != 0 {
			t.Errorf("%d %s", status, page)
		}
		if status, page := r.post(t, c, postPath, form("text", "hello")); status != http.StatusOK {
			t.Errorf("%d %s", status, page)
		}
	})
}

// A redirect is not followed, and another host is not asked: neither sees a token.
func TestTokensGoToXAlone(t *testing.T) {
	t.Parallel()
	onEachProtocol(t, func(t *testing.T, r *running, _ *syncBuffer, _ twittertest.Step) {
		evil := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
			t.Errorf("another host was asked for %s, with %d bytes of authorization", req.URL, len(req.Header.Get("Authorization")))
		}))
		t.Cleanup(evil.Close)
		c, id := r.signedInUser(t)
		r.x.Fail(twittertest.Tweets, twittertest.RedirectTo(evil.URL))
		if status, page := r.post(t, c, postPath, form("text", "hello")); status != http.StatusBadGateway || !strings.Contains(page, "Perhaps not posted") {
			t.Errorf("%d %s", status, page)
		}
		if resp, err := r.app.auth.Client(id).Get(evil.URL + "/2/tweets"); err == nil {
			resp.Body.Close()
			t.Errorf("another host: %d", resp.StatusCode)
		}
	})
}

// roundTrip is a function as the transport of a client.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A person closes the browser while X is asked for a new token. The token is stored.
func TestClosingTheBrowserDoesNotCancelARefresh(t *testing.T) {
	t.Parallel()
	for database, args := range databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			x, env := atX2(t)
			reached, release := make(chan struct{}), make(chan struct{})
			r, _ := startLogging(t, x, env, func(c *twitterauth.Config) {
				c.HTTPClient = &http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
					if strings.HasSuffix(req.URL.Path, "/oauth2/token") {
						body, err := io.ReadAll(req.Body)
						if err != nil {
							return nil, err
						}
						req.Body = io.NopCloser(strings.NewReader(string(body)))
						if strings.Contains(string(body), "grant_type=refresh_token") {
							close(reached) // a second refresh would panic
							<-release
						}
					}
					return http.DefaultTransport.RoundTrip(req)
				})}
			}, args(t)...)
			c, id := r.signedInUser(t)
			before, err := r.app.users.TwitterToken(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			expire(t, r.app.users, id)
			ctx, closeBrowser := context.WithCancel(t.Context())
			gone := make(chan error, 1)
			go func() {
				req, err := http.NewRequestWithContext(ctx, "POST", r.URL+postPath, strings.NewReader("text=hello"))
				if err != nil {
					gone <- err
					return
				}
				req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				resp, err := c.Do(req)
				if err == nil {
					resp.Body.Close()
				}
				gone <- err
			}()
			<-reached
			closeBrowser()
			if err := <-gone; !errors.Is(err, context.Canceled) {
				t.Errorf("the browser saw %v", err)
			}
			close(release)
			if status, page := r.post(t, c, postPath, form("text", "hello")); status != http.StatusOK || !strings.Contains(page, "Posted") {
				t.Errorf("%d %s", status, page)
			}
			if after, err := r.app.users.TwitterToken(t.Context(), id); err != nil || after.RefreshToken == before.RefreshToken {
				t.Errorf("the new token was not stored: %v", err)
			}
		})
	}
}
