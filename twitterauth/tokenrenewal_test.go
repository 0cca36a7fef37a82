package twitterauth_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

type renewFn = func(context.Context, twitterauth.Token) (twitterauth.Token, error)

// keeperStore overrides RenewToken.
type keeperStore struct {
	*tokenMemory
	onRenew func(ctx context.Context, userID string, renew renewFn) error
	onToken func() error

	calls atomic.Int32
	last  atomic.Value // the context of the last call of RenewToken
}

func (k *keeperStore) TwitterToken(ctx context.Context, userID string) (twitterauth.Token, error) {
	if k.onToken != nil {
		if err := k.onToken(); err != nil {
			return twitterauth.Token{}, err
		}
	}
	return k.tokenMemory.TwitterToken(ctx, userID)
}

func (k *keeperStore) RenewToken(ctx context.Context, userID string, renew renewFn) error {
	k.calls.Add(1)
	k.last.Store(&ctx)
	if k.onRenew != nil {
		return k.onRenew(ctx, userID, renew)
	}
	return k.tokenMemory.RenewToken(ctx, userID, renew)
}

func newKeeperSite(t *testing.T, opts ...siteOption) (*site, *keeperStore) {
	rows := newTokenRows()
	k := &keeperStore{tokenMemory: &tokenMemory{memory: newMemory(), tokenRows: rows}}
	s, _ := newTokenSite(t, oauth2, rows, append([]siteOption{withStore(k)}, opts...)...)
	s.users = k.memory
	return s, k
}

// renewals waits until the library is done with a renewal, also with what it stores
// after the call has gone on, and returns how often RenewToken was called.
func (k *keeperStore) renewals(t *testing.T) int32 {
	t.Helper()
	ctx, ok := k.last.Load().(*context.Context)
	if !ok {
		t.Fatal("RenewToken was not called")
	}
	<-(*ctx).Done()
	return k.calls.Load()
}

// A store whose RenewToken returns no error and does not call renew: the ended token is
// not sent.
func TestStoreThatNeverRenews(t *testing.T) {
	t.Parallel()
	s, k := newKeeperSite(t)
	s.browser(t).login(ada, nil)
	k.expire("u1")
	k.onRenew = func(context.Context, string, renewFn) error { return nil }
	s.x.ResetRequests()
	_, err := postTweet(t.Context(), t, s, s.auth.Client("u1"))
	if n := len(s.x.Requests()); n != 0 {
		t.Errorf("%d requests left", n)
	}
	if err == nil || !strings.Contains(err.Error(), "must call renew") {
		t.Errorf("the error is %v", err)
	}
}

// X refuses a renewal that comes before the access token has ended, or cannot be
// reached: the call goes on, and the row stays as it is.
func TestRefusedRenewalKeepsTheRow(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]twittertest.Fault{
		"down":               twittertest.HTML(503),
		"rate limited":       twittertest.RateLimited(time.Minute),
		"revoked":            twittertest.Respond(400, "application/json", `{"error":"invalid_request","error_description":"Value passed for the token was invalid."}`),
		"the answer is lost": twittertest.AnswerLost(),
		"an empty answer":    twittertest.JSONBody(`{}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, m := newKeeperSite(t)
			s.browser(t).login(ada, nil)
			m.endsIn("u1", 30*time.Second)
			before, _ := m.get("u1")
			s.auth.SetBudget(2 * time.Second)
			s.x.Fail(twittertest.Token, fault)
			resp, err := postTweet(t.Context(), t, s, s.auth.Client("u1"))
			if name == "the answer is lost" { // X has rotated the token: the access token is not good any more
				if err == nil && resp.StatusCode == http.StatusCreated {
					t.Error("the call succeeds")
				}
			} else if err != nil || resp.StatusCode != http.StatusCreated {
				t.Errorf("%v, %v", resp, err)
			}
			calls := m.renewals(t)
			after, ok := m.get("u1")
			if !ok || after.AccessToken != before.AccessToken || after.RefreshToken != before.RefreshToken || m.writes.Load() != 0 {
				t.Errorf("the row is there: %t; it was written %d times, in %d calls", ok, m.writes.Load(), calls)
			}
		})
	}
}

// X refuses the token of many calls at once: each succeeds after one renewal.
func TestManyCallersAreRefusedAtOnce(t *testing.T) {
	t.Parallel()
	s, m := newTokenSite(t, oauth2, newTokenRows())
	s.browser(t).login(ada, nil)
	token, _ := m.get("u1")
	token.AccessToken = "ended at X"
	m.put("u1", token)
	var wg sync.WaitGroup
	var mu sync.Mutex
	got := map[string]int{}
	start, before := time.Now(), s.x.Count(twittertest.Token)
	client := s.auth.Client("u1")
	for range 200 {
		wg.Go(func() {
			resp, err := postTweet(t.Context(), t, s, client)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				got[err.Error()]++
			} else {
				got[fmt.Sprint(resp.StatusCode)]++
			}
		})
	}
	wg.Wait()
	if got["201"] != 200 || s.x.Count(twittertest.Token) != before+1 {
		t.Errorf("%v after %v, X asked %d times\n%.600s", got, time.Since(start), s.x.Count(twittertest.Token), s.log.String()[max(0, len(s.log.String())-600):])
	}
}

// The call does not wait until the store can write.
func TestCallGoesOnWhileTheTokenCannotBeStored(t *testing.T) {
	t.Parallel()
	s, m := newTokenSite(t, oauth2, newTokenRows())
	s.browser(t).login(ada, nil)
	m.expire("u1")
	m.failWrites.Store(1 << 20)
	start := time.Now()
	resp, err := postTweet(t.Context(), t, s, s.auth.Client("u1"))
	if err != nil {
		t.Errorf("%v %v after %v", resp, err, time.Since(start))
	}
}

// A store that panics with ErrAbortHandler at the commit ends no program and no grant.
func TestStoreAbortsAtTheCommit(t *testing.T) {
	t.Parallel()
	s, k := newKeeperSite(t)
	s.browser(t).login(ada, nil)
	k.expire("u1")
	var n atomic.Int32
	k.onRenew = func(ctx context.Context, id string, renew renewFn) error {
		if n.Add(1) == 1 {
			k.tokenMemory.RenewToken(ctx, id, func(ctx context.Context, tk twitterauth.Token) (twitterauth.Token, error) {
				_, err := renew(ctx, tk)
				if err != nil {
					t.Error(err)
				}
				panic(http.ErrAbortHandler)
			})
		}
		return k.tokenMemory.RenewToken(ctx, id, renew)
	}
	resp, err := postTweet(t.Context(), t, s, s.auth.Client("u1"))
	resp2, err2 := postTweet(t.Context(), t, s, s.auth.Client("u1"))
	if err != nil || err2 != nil {
		t.Errorf("first %v %v; second %v %v; ERROR lines %d", resp, err, resp2, err2, strings.Count(s.log.String(), "level=ERROR"))
	}
}

// A panic of the store on the renewal's own goroutine would end the program, and
// http.ErrAbortHandler has no handler to abort there.
func TestStorePanicsWhileARenewalLooksTheTokenUp(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]any{"a text": "boom", "an abort": http.ErrAbortHandler} {
		for what, onRenew := range map[string]func(k *keeperStore) func(context.Context, string, renewFn) error{
			"X refuses the refresh token": func(k *keeperStore) func(context.Context, string, renewFn) error {
				return k.tokenMemory.RenewToken
			},
			"renew is not called": func(*keeperStore) func(context.Context, string, renewFn) error {
				return func(context.Context, string, renewFn) error { return nil }
			},
		} {
			s, k := newKeeperSite(t)
			s.browser(t).login(ada, nil)
			token, _ := k.get("u1")
			token.Expiry, token.RefreshToken = time.Now().Add(-time.Minute), "spent"
			k.put("u1", token)
			var looked atomic.Int32
			k.onRenew = onRenew(k)
			k.onToken = func() error {
				if looked.Add(1) > 1 { // the first is of the call itself
					panic(value)
				}
				return nil
			}
			if resp, err := postTweet(t.Context(), t, s, s.auth.Client("u1")); err == nil {
				t.Errorf("%s, %s: %v", what, name, resp)
			}
			if looked.Load() != 2 {
				t.Errorf("%s, %s: looked up %d times", what, name, looked.Load())
			}
		}
	}
}

// panickyLog panics at each line that has the text.
type panickyLog struct {
	slog.Handler
	text string
}

func (h panickyLog) Handle(ctx context.Context, r slog.Record) error {
	if strings.Contains(r.Message, h.text) {
		panic("log")
	}
	return h.Handler.Handle(ctx, r)
}

// An app's logger that panics on the renewal's own goroutine would end the
// program too.
func TestLoggerPanicsWhileATokenIsRenewed(t *testing.T) {
	t.Parallel()
	s, k := newKeeperSite(t, configured(func(c *twitterauth.Config) {
		c.Logger = slog.New(panickyLog{c.Logger.Handler(), "does not accept a user's refresh token"})
	}))
	s.browser(t).login(ada, nil)
	token, _ := k.get("u1")
	token.Expiry, token.RefreshToken = time.Now().Add(-time.Minute), "spent"
	k.put("u1", token)
	for range 2 { // the second call finds no renewal that hangs
		if _, err := postTweet(t.Context(), t, s, s.auth.Client("u1")); err == nil || !strings.Contains(err.Error(), "the renewal panicked: log") {
			t.Errorf("%v", err)
		}
	}
}

// While the access token is good a logger that panics fails no call either, whatever
// the store does.
func TestLoggerPanicsWhileTheTokenIsGood(t *testing.T) {
	t.Parallel()
	for name, onRenew := range map[string]func(context.Context, string, renewFn) error{
		"the store fails":              func(context.Context, string, renewFn) error { return errors.New("boom") },
		"the store ends its goroutine": func(context.Context, string, renewFn) error { runtime.Goexit(); return nil },
	} {
		s, k := newKeeperSite(t, configured(func(c *twitterauth.Config) {
			c.Logger = slog.New(panickyLog{c.Logger.Handler(), "a token could not be renewed"})
		}))
		s.browser(t).login(ada, nil)
		k.endsIn("u1", 30*time.Second)
		k.onRenew = onRenew
		for range 2 { // the second call finds no renewal that hangs
			if resp, err := postTweet(t.Context(), t, s, s.auth.Client("u1")); err != nil || resp.StatusCode != http.StatusCreated {
				t.Errorf("%s: %v, %v", name, resp, err)
			}
		}
	}
}

// An error of the store that panics when it is read ends neither the program nor the
// caller.
func TestStoreReturnsANilErrorFromRenewToken(t *testing.T) {
	t.Parallel()
	for what, prepare := range map[string]func(ctx context.Context, k *keeperStore, id string, renew renewFn){
		"at once": func(context.Context, *keeperStore, string, renewFn) {},
		"after X was asked": func(ctx context.Context, k *keeperStore, id string, renew renewFn) {
			token, _ := k.get(id)
			_, _ = renew(ctx, token)
		},
	} {
		s, k := newKeeperSite(t, configured(func(c *twitterauth.Config) { c.HTTPClient = &http.Client{Timeout: time.Second} }))
		s.browser(t).login(ada, nil)
		k.expire("u1")
		var none *nilError
		var calls atomic.Int32
		k.onRenew = func(ctx context.Context, id string, renew renewFn) error {
			if calls.Add(1) == 1 {
				prepare(ctx, k, id, renew)
			}
			return none
		}
		_, err := postTweet(t.Context(), t, s, s.auth.Client("u1"))
		if what == "at once" && (err == nil || !strings.Contains(err.Error(), "RenewToken panicked")) {
			t.Errorf("%s: %v", what, err)
		}
		if what != "at once" {
			if err != nil {
				t.Errorf("%s: %v", what, err)
			}
			eventually(t, "the token is not stored again", func() bool { return calls.Load() > 1 })
		}
	}
}

// X refuses the refresh token, and the store cannot be asked what it has now, or has
// no token any more.
func TestStoreFailsAfterARefusedRefresh(t *testing.T) {
	t.Parallel()
	down := errors.New("the database is gone")
	for name, test := range map[string]struct {
		left   time.Duration // of the access token
		looked error
		want   error // nil: the call goes on
	}{
		"expired, the database is gone":    {-time.Minute, down, down},
		"still good, the database is gone": {30 * time.Second, down, nil},
		"expired, disconnected":            {-time.Minute, twitterauth.ErrNoToken, twitterauth.ErrNoToken},
		"still good, disconnected":         {30 * time.Second, twitterauth.ErrNoToken, twitterauth.ErrNoToken},
		"expired, the same":                {-time.Minute, nil, twitterauth.ErrSignInAgain},
	} {
		s, k := newKeeperSite(t)
		s.browser(t).login(ada, nil)
		token, _ := k.get("u1")
		token.Expiry, token.RefreshToken = time.Now().Add(test.left), "spent"
		k.put("u1", token)
		var looked atomic.Int32
		k.onToken = func() error {
			if looked.Add(1) > 1 {
				return test.looked
			}
			return nil
		}
		_, err := postTweet(t.Context(), t, s, s.auth.Client("u1"))
		if !errors.Is(err, test.want) || test.want != nil && !errors.Is(test.want, twitterauth.ErrSignInAgain) && errors.Is(err, twitterauth.ErrSignInAgain) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The app's own call is no handler either.
func TestStorePanicsWhenTheTokenIsAskedFor(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]any{"a text": "boom", "an abort": http.ErrAbortHandler} {
		s, k := newKeeperSite(t)
		s.browser(t).login(ada, nil)
		k.onToken = func() error { panic(value) }
		if resp, err := postTweet(t.Context(), t, s, s.auth.Client("u1")); err == nil || !strings.Contains(err.Error(), "TwitterToken panicked") {
			t.Errorf("%s: %v %v", name, resp, err)
		}
	}
}

type countingBody struct {
	io.Reader
	closes *atomic.Int32
	reads  *atomic.Int32
}

func (b countingBody) Close() error { b.closes.Add(1); return nil }

// Each body of a call that is refused, and of its second try, is closed once.
func TestBodiesOfARefusedCall(t *testing.T) {
	t.Parallel()
	s, m := newTokenSite(t, oauth2, newTokenRows())
	s.browser(t).login(ada, nil)
	token, _ := m.get("u1")
	token.AccessToken, token.RefreshToken = "ended at X", "spent"
	m.put("u1", token)
	var first, second atomic.Int32
	req, _ := http.NewRequestWithContext(t.Context(), "POST", s.x.URL+"/2/tweets", nil)
	req.Body = countingBody{strings.NewReader(`{"text":"a"}`), &first, nil}
	req.ContentLength = 12
	opened := 0
	req.GetBody = func() (io.ReadCloser, error) {
		opened++
		return countingBody{strings.NewReader(`{"text":"a"}`), &second, nil}, nil
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.auth.Client("u1").Do(req)
	if err == nil {
		resp.Body.Close()
	}
	if opened != int(second.Load()) || first.Load() != 1 {
		t.Errorf("err %v; opened %d, closed %d; first closed %d times", err, opened, second.Load(), first.Load())
	}
}

// The user has signed in over OAuth 1.0a meanwhile: that token is never sent as a bearer
// token.
func TestUserSignsInOverOAuth1Meanwhile(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var auths []string
	s, k := newKeeperSite(t, withKeys(useBoth), configured(func(c *twitterauth.Config) {
		c.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			auths = append(auths, r.URL.Path+" "+r.Header.Get("Authorization"))
			mu.Unlock()
			return http.DefaultTransport.RoundTrip(r)
		})}
	}))
	s.browser(t).login(ada, nil)
	o1, m1 := newTokenSite(t, oauth1, newTokenRows(), atX(s.x))
	o1.browser(t).login(ada, nil)
	tok1, _ := m1.get("u1")
	token, _ := k.get("u1")
	token.AccessToken = "ended at X"
	k.put("u1", token)
	k.onRenew = func(ctx context.Context, id string, renew renewFn) error {
		k.put(id, tok1)
		return k.tokenMemory.RenewToken(ctx, id, renew)
	}
	resp, err := postTweet(t.Context(), t, s, s.auth.Client("u1"))
	mu.Lock()
	defer mu.Unlock()
	for _, a := range auths {
		if strings.HasSuffix(a, "Bearer "+tok1.AccessToken) {
			t.Errorf("a 1.0a token as a bearer: %s -> %v %v", a, resp.StatusCode, err)
		}
	}
}

// The commit fails after X has rotated the token, and another machine writes a newer
// token before this machine tries again, which must not overwrite it.
func TestStoringAgainKeepsANewerToken(t *testing.T) {
	t.Parallel()
	s, k := newKeeperSite(t)
	s.browser(t).login(ada, nil)
	k.expire("u1")
	old, _ := k.get("u1")
	s.x.Fail(twittertest.Token, twittertest.Respond(200, "application/json", `{"token_type":"bearer","access_token":"first","expires_in":7200}`))
	var n atomic.Int32
	again := make(chan struct{})
	k.onRenew = func(ctx context.Context, id string, renew renewFn) error {
		err := k.tokenMemory.RenewToken(ctx, id, func(ctx context.Context, tk twitterauth.Token) (twitterauth.Token, error) {
			got, err := renew(ctx, tk)
			if n.Add(1) == 1 {
				return got, errors.New("commit")
			}
			return got, err
		})
		switch n.Load() {
		case 1: // another machine in between
			k.put(id, twitterauth.Token{AccessToken: "newer of another machine", RefreshToken: old.RefreshToken, Expiry: time.Now().Add(2 * time.Hour)})
		case 2:
			close(again)
		}
		return err
	}
	postTweet(t.Context(), t, s, s.auth.Client("u1"))
	<-again
	if got, _ := k.get("u1"); got.AccessToken != "newer of another machine" {
		t.Errorf("stored %q", got.AccessToken)
	}
}

// The store's lock comes at the last moment, and X is slow: the grant is not lost.
func TestLockThatComesTooLate(t *testing.T) {
	t.Parallel()
	slow := roundTripper(func(r *http.Request) (*http.Response, error) {
		resp, err := http.DefaultTransport.RoundTrip(r.WithContext(context.WithoutCancel(r.Context())))
		if strings.HasSuffix(r.URL.Path, "/oauth2/token") {
			select {
			case <-time.After(150 * time.Millisecond):
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
		}
		return resp, err
	})
	s, k := newKeeperSite(t, configured(func(c *twitterauth.Config) { c.HTTPClient = &http.Client{Transport: slow} }))
	s.browser(t).login(ada, nil)
	k.expire("u1")
	s.auth.SetBudget(500 * time.Millisecond)
	k.onRenew = func(ctx context.Context, id string, renew renewFn) error {
		select { // another transaction has the row
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(450 * time.Millisecond):
		}
		return k.tokenMemory.RenewToken(ctx, id, renew)
	}
	_, err := postTweet(t.Context(), t, s, s.auth.Client("u1"))
	k.onRenew = nil
	_, err2 := postTweet(t.Context(), t, s, s.auth.Client("u1"))
	if errors.Is(err2, twitterauth.ErrSignInAgain) {
		t.Errorf("the grant is lost: %v, then %v", err, err2)
	}
}

// A store that returns while renew runs on, at once or when its time is up: X is not asked
// any more, because the answer would be stored by no caller.
func TestStoreReturnsWhileRenewRuns(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		budget time.Duration
		wait   func(ctx context.Context) error
	}{
		"at once":             {10 * time.Second, func(context.Context) error { return errors.New("boom") }},
		"when its time is up": {100 * time.Millisecond, func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }},
	} {
		s, k := newKeeperSite(t)
		s.browser(t).login(ada, nil)
		k.expire("u1")
		s.auth.SetBudget(test.budget)
		done, returned := make(chan struct{}), make(chan struct{})
		k.onRenew = func(ctx context.Context, id string, renew renewFn) error {
			go func() {
				defer close(done)
				k.tokenMemory.RenewToken(context.WithoutCancel(ctx), id, func(ctx context.Context, tk twitterauth.Token) (twitterauth.Token, error) {
					<-returned
					return renew(ctx, tk)
				})
			}()
			return test.wait(ctx)
		}
		s.x.ResetRequests()
		if _, err := postTweet(t.Context(), t, s, s.auth.Client("u1")); err == nil {
			t.Errorf("%s: a call with an ended token succeeds", name)
		}
		close(returned)
		<-done
		if n := s.x.Count(twittertest.Token); n != 0 {
			t.Errorf("%s: X was asked %d times after the renewal had ended", name, n)
		}
	}
}

// A call whose body cannot be had again is not repeated, and the next call has the
// renewed token.
func TestBodyThatCannotBeHadAgain(t *testing.T) {
	t.Parallel()
	s, m := newTokenSite(t, oauth2, newTokenRows())
	s.browser(t).login(ada, nil)
	token, _ := m.get("u1")
	token.AccessToken = "ended at X"
	m.put("u1", token)
	for i := range 3 {
		req, _ := http.NewRequestWithContext(t.Context(), "POST", s.x.URL+"/2/tweets", io.MultiReader(strings.NewReader(`{"text":"a"}`)))
		req.Header.Set("Content-Type", "application/json")
		resp, err := s.auth.Client("u1").Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if i > 0 && resp.StatusCode != 201 {
			t.Errorf("%d: %d; asked %d", i, resp.StatusCode, s.x.Count(twittertest.Token))
		}
	}
}

func TestSealTokenThatEndedAtTheEpoch(t *testing.T) {
	t.Parallel()
	se, _ := session.NewSealer("x", session.NewKey())
	got, err := twitterauth.OpenToken(se, "u", twitterauth.SealToken(se, "u", twitterauth.Token{AccessToken: "a", Expiry: time.Unix(0, 0)}))
	if err != nil || got.Expiry.IsZero() {
		t.Errorf("%v %v", got.Expiry, err)
	}
	for _, id := range []string{"", "\x00", "u\x00v", "\xff", strings.Repeat("x", 1<<16)} {
		a := twitterauth.SealToken(se, id, twitterauth.Token{AccessToken: "a"})
		if _, err := twitterauth.OpenToken(se, id, a); err != nil {
			t.Error(id, err)
		}
		if _, err := twitterauth.OpenToken(se, id+"\x00", a); err == nil {
			t.Error(id)
		}
	}
}

// The session is revoked while X is asked, during an app's link.
func TestLinkByTokenAfterARevocation(t *testing.T) {
	t.Parallel()
	var hook atomic.Pointer[func()]
	s := newAppSite(t, oauth2, configured(func(c *twitterauth.Config) {
		c.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			if f := hook.Load(); f != nil {
				(*f)()
			}
			return http.DefaultTransport.RoundTrip(r)
		})}
	}))
	s.users.users["guest"] = &user{ID: "guest", Fields: map[string]any{}}
	starter := s.auth.Sessions().(twitterauth.TokenStarter)
	var token string
	record(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, token, _ = starter.StartWithToken(w, r, "guest", false)
	}), newRequest("GET", "/"))
	bearer := "Bearer " + token
	app := s.app(t, privateScheme)
	var parts []string
	for name, values := range app.request() {
		parts = append(parts, fmt.Sprintf("%q:%q", name, values[0]))
	}
	req, _ := http.NewRequestWithContext(t.Context(), "POST", s.URL+"/auth/twitter/authorize", strings.NewReader("{"+strings.Join(parts, ",")+"}"))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", bearer)
	r := s.browser(t).send(req)
	address := strings.Split(strings.Split(r.body, `"url":"`)[1], `"`)[0]
	code := app.back(app.browser.visit(app.browser.approve(app.open(address), ada))).Get("code")
	f := func() { s.users.change("guest", func(u *user) { u.ValidSince = time.Now().Add(time.Second) }) }
	hook.Store(&f)
	rep := app.exchange(code, "Authorization", bearer)
	if u := s.users.all(); u[0].TwitterID != "" {
		t.Errorf("linked to a user whose sessions were revoked before X had answered: %d %s", rep.StatusCode, rep.body)
	}
}

// An app's transport that panics while X is asked for a token: nothing is stored in
// place of the token, whether it is still good or not.
func TestTransportPanicsWhileATokenIsRenewed(t *testing.T) {
	t.Parallel()
	for name, left := range map[string]time.Duration{"ended": -time.Second, "still good": 30 * time.Second} {
		var panics atomic.Bool
		var refreshed atomic.Int32
		s, k := newKeeperSite(t, configured(func(c *twitterauth.Config) {
			c.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				if panics.Load() && strings.HasSuffix(r.URL.Path, "/token") {
					panic("transport")
				}
				return http.DefaultTransport.RoundTrip(r)
			})}
			c.Observe = func(_ context.Context, e twitterauth.Event) {
				if e.Kind == twitterauth.EventTokenRefreshed {
					refreshed.Add(1)
				}
			}
		}))
		s.browser(t).login(ada, nil)
		k.endsIn("u1", left)
		before, _ := k.get("u1")
		panics.Store(true)
		resp, err := postTweet(t.Context(), t, s, s.auth.Client("u1"))
		if works := left > 0; works != (err == nil) || works && resp.StatusCode != http.StatusCreated || !works && !strings.Contains(err.Error(), "the call to X panicked: transport") {
			t.Errorf("%s: %v, %v", name, resp, err)
		}
		k.renewals(t)
		if after, _ := k.get("u1"); after.AccessToken != before.AccessToken || after.RefreshToken != before.RefreshToken || refreshed.Load() != 0 {
			t.Errorf("%s: a row without its token, or an event: %d refreshed\n%s", name, refreshed.Load(), s.log)
		}
	}
}
