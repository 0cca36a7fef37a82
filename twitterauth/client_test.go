package twitterauth_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// tokenRows is a table of tokens, as a database has it: a lock for each row, and
// commits that can fail. Several stores may share it, as machines do.
type tokenRows struct {
	mu    sync.Mutex
	rows  map[string]twitterauth.Token
	locks map[string]*sync.Mutex

	failWrites atomic.Int32 // that many fail
	writes     atomic.Int32
}

func newTokenRows() *tokenRows {
	return &tokenRows{rows: map[string]twitterauth.Token{}, locks: map[string]*sync.Mutex{}}
}

// tokenMemory is a store that also keeps tokens.
type tokenMemory struct {
	*memory
	*tokenRows
	onRead func(ctx context.Context) error
}

var _ twitterauth.TokenKeeper = (*tokenMemory)(nil)

func (m *tokenMemory) UserForLogin(ctx context.Context, login twitterauth.Login) (string, error) {
	userID, err := m.memory.UserForLogin(ctx, login)
	if err == nil {
		m.put(userID, login.Token)
	}
	return userID, err
}

func (r *tokenRows) put(userID string, t twitterauth.Token) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows[userID] = t
}

func (r *tokenRows) get(userID string) (twitterauth.Token, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t, ok := r.rows[userID]
	return t, ok
}

// expire lets the access token of a row end.
func (r *tokenRows) expire(userID string) {
	t, _ := r.get(userID)
	t.Expiry = time.Now().Add(-time.Second)
	r.put(userID, t)
}

func (r *tokenRows) lock(userID string) *sync.Mutex {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.locks[userID] == nil {
		r.locks[userID] = &sync.Mutex{}
	}
	return r.locks[userID]
}

func (m *tokenMemory) TwitterToken(ctx context.Context, userID string) (twitterauth.Token, error) {
	if m.onRead != nil {
		if err := m.onRead(ctx); err != nil {
			return twitterauth.Token{}, err
		}
	}
	t, ok := m.get(userID)
	if !ok {
		return twitterauth.Token{}, fmt.Errorf("no row: %w", twitterauth.ErrNoToken)
	}
	return t, nil
}

func (m *tokenMemory) RenewToken(ctx context.Context, userID string, renew func(context.Context, twitterauth.Token) (twitterauth.Token, error)) error {
	lock := m.lock(userID)
	lock.Lock()
	defer lock.Unlock()
	t, ok := m.get(userID)
	if !ok {
		return twitterauth.ErrNoToken
	}
	t, err := renew(ctx, t)
	if err != nil {
		return fmt.Errorf("rolled back: %w", err)
	}
	if m.failWrites.Add(-1) >= 0 {
		return errors.New("the connection broke at the commit")
	}
	m.writes.Add(1)
	m.put(userID, t)
	return nil
}

// newTokenSite is a site that asks for tweet.write and refresh tokens, and keeps
// tokens in rows.
func newTokenSite(t *testing.T, p protocol, rows *tokenRows, options ...siteOption) (*site, *tokenMemory) {
	t.Helper()
	m := &tokenMemory{memory: newMemory(), tokenRows: rows}
	s := newSite(t, append([]siteOption{over(p), withStore(m), configured(func(c *twitterauth.Config) {
		if c.ClientID != "" {
			c.OfflineAccess, c.Scopes = true, []string{"tweet.write", "users.read"}
		}
	})}, options...)...)
	s.users = m.memory
	return s, m
}

// posted is X's answer to a post.
type posted struct {
	StatusCode int
	Status     string
}

func postTweet(ctx context.Context, t *testing.T, s *site, client *http.Client) (posted, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, "POST", s.x.URL+"/2/tweets", strings.NewReader(`{"text":"hello"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return posted{}, err
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, resp.Body)
	return posted{resp.StatusCode, resp.Status}, nil
}

// expectTweet posts and wants it to succeed.
func expectTweet(t *testing.T, s *site, userID string) {
	t.Helper()
	if resp, err := postTweet(t.Context(), t, s, s.auth.Client(userID)); err != nil || resp.StatusCode != http.StatusCreated {
		t.Errorf("posting as %s: %v, %v\n%s", userID, resp, err, s.log)
	}
}

func TestClient(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s, m := newTokenSite(t, p, newTokenRows())
		s.browser(t).login(ada, nil)
		expectTweet(t, s, "u1")
		token, _ := m.get("u1")
		if p.oauth2 && strings.Join(token.Scopes, " ") != "tweet.read users.read users.email offline.access tweet.write" || !p.oauth2 && token.Scopes != nil {
			t.Errorf("scopes %v", token.Scopes)
		}
		if _, err := postTweet(t.Context(), t, s, s.auth.Client("nobody")); !errors.Is(err, twitterauth.ErrNoToken) {
			t.Errorf("a user without a token: %v", err)
		}
	})
}

// A user of each protocol lives in one table.
func TestClientOfBothProtocols(t *testing.T) {
	t.Parallel()
	rows := newTokenRows()
	first, m := newTokenSite(t, oauth1, rows)
	first.browser(t).login(ada, nil)
	second := newSite(t, withKeys(useBoth), atX(first.x), withStore(m), configured(func(c *twitterauth.Config) {
		c.OfflineAccess, c.Scopes = true, []string{"tweet.write"}
	}))
	second.browser(t).login(zoe, nil)
	expectTweet(t, second, "u1")
	expectTweet(t, second, "u2")
	if a, _ := rows.get("u1"); a.AccessSecret == "" {
		t.Error("the first user's token is not of OAuth 1.0a")
	}
	if b, _ := rows.get("u2"); b.RefreshToken == "" {
		t.Error("the second user's token is not of OAuth 2.0")
	}
}

// A hundred goroutines on two machines with an ended token make one refresh.
func TestRefreshOnceOnTwoMachines(t *testing.T) {
	t.Parallel()
	rows := newTokenRows()
	first, m := newTokenSite(t, oauth2, rows)
	first.browser(t).login(ada, nil)
	second := newSite(t, over(oauth2), atX(first.x), withStore(&tokenMemory{memory: m.memory, tokenRows: rows}))
	rows.expire("u1")
	first.x.ResetRequests()
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() { expectTweet(t, []*site{first, second}[i%2], "u1") })
	}
	wg.Wait()
	if n := first.x.Count(twittertest.Token); n != 1 {
		t.Errorf("X was asked for a token %d times", n)
	}
}

// A caller that goes away does not cancel a refresh.
func TestRefreshOutlivesItsCaller(t *testing.T) {
	t.Parallel()
	rows := newTokenRows()
	reached := make(chan struct{})
	release := make(chan struct{})
	s, _ := newTokenSite(t, oauth2, rows, configured(func(c *twitterauth.Config) {
		c.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			if body := r.Body; body != nil && strings.HasSuffix(r.URL.Path, "/oauth2/token") {
				text, err := io.ReadAll(body)
				if err != nil {
					return nil, err
				}
				r.Body = io.NopCloser(strings.NewReader(string(text)))
				if strings.Contains(string(text), "grant_type=refresh_token") {
					close(reached)
					<-release
				}
			}
			return http.DefaultTransport.RoundTrip(r)
		})}
	}))
	s.browser(t).login(ada, nil)
	before, _ := rows.get("u1")
	rows.expire("u1")
	ctx, goAway := context.WithCancel(t.Context())
	gone := make(chan error, 1)
	go func() { _, err := postTweet(ctx, t, s, s.auth.Client("u1")); gone <- err }()
	<-reached
	goAway()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("the caller saw %v", err)
	}
	close(release)
	expectTweet(t, s, "u1")
	if after, _ := rows.get("u1"); after.RefreshToken == before.RefreshToken || rows.writes.Load() != 1 {
		t.Errorf("the token was not renewed once: %d writes", rows.writes.Load())
	}
}

func TestRefreshThatFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		spoil func(s *site, m *tokenMemory)
		ended bool // whether the access token has ended
		want  error
		works bool
		log   string
	}{
		"the grant was revoked, ended": {func(s *site, _ *tokenMemory) {
			s.x.Fail(twittertest.Token, twittertest.Respond(400, "application/json", `{"error":"invalid_request","error_description":"Value passed for the token was invalid."}`))
		}, true, twitterauth.ErrSignInAgain, false, "remedy="},
		"the grant was revoked, still good": {func(s *site, _ *tokenMemory) {
			s.x.Fail(twittertest.Token, twittertest.Respond(400, "application/json", `{"error":"invalid_request","error_description":"Value passed for the token was invalid."}`))
		}, false, nil, true, "level=WARN"},
		"X is down, ended":      {func(s *site, _ *tokenMemory) { s.x.Fail(twittertest.Token, twittertest.HTML(503)) }, true, errAny, false, ""},
		"X is down, still good": {func(s *site, _ *tokenMemory) { s.x.Fail(twittertest.Token, twittertest.HTML(503)) }, false, nil, true, "level=WARN"},
		"no refresh token, ended": {func(_ *site, m *tokenMemory) {
			t, _ := m.get("u1")
			t.RefreshToken = ""
			m.put("u1", t)
		}, true, twitterauth.ErrSignInAgain, false, ""},
		"the store cannot be read": {func(_ *site, m *tokenMemory) {
			m.onRead = func(context.Context) error { return twitterauth.ErrStoreUnavailable }
		}, true, twitterauth.ErrStoreUnavailable, false, ""},
		"the store panics": {func(_ *site, m *tokenMemory) {
			m.onRead = func(context.Context) error { panic("boom") }
		}, true, errAny, false, ""},
		"the commit fails once":   {func(_ *site, m *tokenMemory) { m.failWrites.Store(1) }, true, nil, true, ""},
		"the commit fails thrice": {func(_ *site, m *tokenMemory) { m.failWrites.Store(3) }, true, nil, true, ""},
		"the commit always fails": {func(_ *site, m *tokenMemory) { m.failWrites.Store(1 << 20) }, true, nil, true, "level=ERROR"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, m := newTokenSite(t, oauth2, newTokenRows())
			s.browser(t).login(ada, nil)
			token, _ := m.get("u1")
			token.Expiry = time.Now().Add(10 * time.Second)
			m.put("u1", token)
			if test.ended {
				m.expire("u1")
			}
			s.auth.SetBudget(600 * time.Millisecond)
			s.x.ResetRequests()
			test.spoil(s, m)
			resp, err := postTweet(t.Context(), t, s, s.auth.Client("u1"))
			switch {
			case test.works && (err != nil || resp.StatusCode != 201):
				t.Errorf("%v, %v\n%s", resp, err, s.log)
			case !test.works && (err == nil || test.want != errAny && !errors.Is(err, test.want)):
				t.Errorf("%v, %v", resp, err)
			}
			if n := s.x.Count(twittertest.Token); n > 1 {
				t.Errorf("X was asked %d times", n)
			}
			eventually(t, "the log has "+test.log, func() bool { return strings.Contains(s.log.String(), test.log) })
			for _, secret := range []string{token.AccessToken, token.RefreshToken} {
				if secret != "" && (strings.Contains(s.log.String(), secret) || err != nil && strings.Contains(err.Error(), secret)) {
					t.Error("a token shows")
				}
			}
		})
	}
}

var errAny = errors.New("any error")

// X refuses an access token that should be good: one refresh and a second try.
func TestClientAfterAnUnexpected401(t *testing.T) {
	t.Parallel()
	s, m := newTokenSite(t, oauth2, newTokenRows())
	s.browser(t).login(ada, nil)
	token, _ := m.get("u1")
	token.AccessToken = "ended at X"
	m.put("u1", token)
	s.x.ResetRequests()
	expectTweet(t, s, "u1")
	if n := s.x.Count(twittertest.Token); n != 1 {
		t.Errorf("X was asked for a token %d times", n)
	}
	token, _ = m.get("u1")
	token.AccessToken, token.RefreshToken = "ended at X", "spent"
	m.put("u1", token)
	if _, err := postTweet(t.Context(), t, s, s.auth.Client("u1")); !errors.Is(err, twitterauth.ErrSignInAgain) {
		t.Errorf("both ended: %v", err)
	}
}

// A token is sent to X's API only.
func TestClientKeepsTokensAtX(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s, _ := newTokenSite(t, p, newTokenRows())
		s.browser(t).login(ada, nil)
		client := s.auth.Client("u1")
		s.x.ResetRequests()
		for _, address := range []string{"http://127.0.0.1:1/2/tweets", "https://evil.example/", s.URL + "/", strings.Replace(s.x.URL, "http://", "http://user:password@", 1) + "/2/users/me", strings.Replace(s.x.URL, "127.0.0.1", "localhost", 1) + "/2/users/me"} {
			req, err := http.NewRequestWithContext(t.Context(), "GET", address, nil)
			if err != nil {
				t.Fatal(err)
			}
			if resp, err := client.Do(req); err == nil {
				resp.Body.Close()
				t.Errorf("%s: %d", address, resp.StatusCode)
			}
		}
		req, err := http.NewRequestWithContext(t.Context(), "GET", s.x.URL+"/2/users/me", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = "evil.example"
		if resp, err := client.Do(req); err == nil {
			resp.Body.Close()
			t.Errorf("another Host: %d", resp.StatusCode)
		}
		if n := len(s.x.Requests()); n != 0 {
			t.Errorf("%d requests left", n)
		}
		s.x.Fail(twittertest.Tweets, twittertest.RedirectTo(s.x.URL+"/2/users/me")) // to X's API itself
		if resp, err := postTweet(t.Context(), t, s, client); err != nil || resp.StatusCode != http.StatusFound || s.x.Count(twittertest.UsersMe) != 0 {
			t.Errorf("a redirect: %v, %v, followed %d times", resp, err, s.x.Count(twittertest.UsersMe))
		}
	})
}

// X's redirect comes back as it is, and the host that it names is not asked, whatever
// the method and the status.
func TestClientFollowsNoRedirect(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		evil := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			t.Errorf("another host was asked for %s %s, with %d bytes of authorization", r.Method, r.URL, len(r.Header.Get("Authorization")))
		}))
		t.Cleanup(evil.Close)
		status := http.StatusFound
		s, _ := newTokenSite(t, p, newTokenRows(), configured(func(c *twitterauth.Config) {
			c.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				resp, err := http.DefaultTransport.RoundTrip(r)
				if err == nil && strings.HasPrefix(r.URL.Path, "/2/tweets") {
					resp.StatusCode, resp.Status = status, ""
					resp.Header.Set("Location", evil.URL+"/2/tweets")
				}
				return resp, err
			})}
		}))
		s.browser(t).login(ada, nil)
		s.x.ResetRequests()
		n := 0
		for _, status = range []int{301, 302, 303, 307, 308} {
			for _, method := range []string{"GET", "POST", "DELETE"} {
				req, err := http.NewRequestWithContext(t.Context(), method, s.x.URL+"/2/tweets", strings.NewReader(`{"text":"hello"}`))
				if err != nil {
					t.Fatal(err)
				}
				req.Header.Set("Content-Type", "application/json")
				resp, err := s.auth.Client("u1").Do(req)
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				if resp.StatusCode != status {
					t.Errorf("%s: %d, want %d", method, resp.StatusCode, status)
				}
				if n++; len(s.x.Requests()) != n {
					t.Errorf("%s, %d: %d requests, want %d", method, status, len(s.x.Requests()), n)
				}
			}
		}
	})
}

// A signed call of API v1.1 in the shapes that dghubble's own transport signs wrongly,
// to a stand-in that checks signatures by itself.
func TestClientSignsCalls(t *testing.T) {
	t.Parallel()
	s, _ := newTokenSite(t, oauth1, newTokenRows())
	s.x.SetStrict(true)
	s.browser(t).login(ada, nil)
	const form, charset = "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-8"
	for name, test := range map[string]struct{ method, path, contentType, body string }{
		"settings":                   {"GET", "/1.1/account/settings.json", "", ""},
		"without a method":           {"", "/1.1/account/settings.json", "", ""},
		"settings with a query":      {"GET", "/1.1/account/settings.json?a=1&a=2&b=&c&d=%2B+%C3%A9~!*'()", "", ""},
		"a form":                     {"POST", "/1.1/statuses/update.json", form, "status=Hello+%26+%7E"},
		"a form with a charset":      {"POST", "/1.1/statuses/update.json", charset, "status=Hello"},
		"a repeated parameter":       {"POST", "/1.1/statuses/update.json", form, "status=Hello&media_ids=2&media_ids=1&media_ids=2"},
		"the same in query and form": {"POST", "/1.1/statuses/update.json?media_ids=1", charset, "status=Hello&media_ids=1"},
		"an upper-case Content-Type": {"POST", "/1.1/statuses/update.json", "Application/X-WWW-Form-Urlencoded;Charset=UTF-8", "status=%E2%98%83"},
		"JSON":                       {"POST", "/2/tweets?a=1&a=2", "application/json", `{"text":"a=b&c"}`},
	} {
		req, err := http.NewRequestWithContext(t.Context(), test.method, s.x.URL+test.path, strings.NewReader(test.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Method = test.method // which NewRequest fills in
		if test.contentType != "" {
			req.Header.Set("Content-Type", test.contentType)
		}
		resp, err := s.auth.Client("u1").Do(req)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		answer, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode/100 != 2 {
			t.Errorf("%s: %s %s %v", name, resp.Status, answer, err)
		}
	}
}

func TestClientWithoutATokenKeeper(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.browser(t).login(ada, nil)
	s.x.ResetRequests()
	if _, err := postTweet(t.Context(), t, s, s.auth.Client("u1")); err == nil || !strings.Contains(err.Error(), "TokenKeeper") || len(s.x.Requests()) != 0 {
		t.Errorf("%v", err)
	}
}

func TestSealToken(t *testing.T) {
	t.Parallel()
	older, newer := session.NewKey(), session.NewKey()
	sealer := func(purpose string, keys ...session.Key) *session.Sealer {
		s, err := session.NewSealer(purpose, keys...)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	tokens := sealer("twitter tokens", older)
	for name, token := range map[string]twitterauth.Token{
		"1.0a": {AccessToken: "a", AccessSecret: "s"},
		"2.0":  {AccessToken: "a", RefreshToken: "r", Expiry: time.Now().UTC().Truncate(time.Microsecond), Scopes: []string{"tweet.read", "tweet.write"}},
		"zero": {},
	} {
		sealed := twitterauth.SealToken(tokens, "u1", token)
		got, err := twitterauth.OpenToken(tokens, "u1", sealed)
		if err != nil || got.AccessToken != token.AccessToken || got.AccessSecret != token.AccessSecret || got.RefreshToken != token.RefreshToken || !got.Expiry.Equal(token.Expiry) || strings.Join(got.Scopes, " ") != strings.Join(token.Scopes, " ") {
			t.Errorf("%s: %v", name, err)
		}
		for what, open := range map[string]func() (twitterauth.Token, error){
			"another user": func() (twitterauth.Token, error) { return twitterauth.OpenToken(tokens, "u2", sealed) },
			"another key": func() (twitterauth.Token, error) {
				return twitterauth.OpenToken(sealer("twitter tokens", newer), "u1", sealed)
			},
			"another purpose": func() (twitterauth.Token, error) { return twitterauth.OpenToken(sealer("other", older), "u1", sealed) },
			"cut off":         func() (twitterauth.Token, error) { return twitterauth.OpenToken(tokens, "u1", sealed[:len(sealed)-1]) },
		} {
			if got, err := open(); err == nil || got.AccessToken != "" {
				t.Errorf("%s: %s opens", name, what)
			}
		}
		both := sealer("twitter tokens", newer, older)
		got, err = twitterauth.OpenToken(both, "u1", sealed)
		if err != nil {
			t.Fatal(err)
		}
		again := twitterauth.SealToken(both, "u1", got)
		if _, err := twitterauth.OpenToken(sealer("twitter tokens", newer), "u1", again); err != nil {
			t.Errorf("%s: sealed again under the new key: %v", name, err)
		}
	}
}

// X compares a client's credentials as they are sent, so none of their characters
// is encoded.
func TestClientCredentialsAreSentRaw(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"a+b/c=%&~ !'()*", "a%20b", "with:colon", "-_"} {
		x := twittertest.NewServer()
		x.ClientSecret = secret
		rows := newTokenRows()
		s, _ := newTokenSite(t, oauth2, rows, atX(x))
		b := s.browser(t)
		b.login(ada, nil)
		rows.expire("u1")
		expectTweet(t, s, "u1")
	}
}
