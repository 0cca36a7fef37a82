package twitterauth_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// reach begins a login and goes up to the step that is about to fail; it
// returns the answer in which the failure shows.
func reach(b *browser, step twittertest.Step, fault twittertest.Fault) reply {
	b.t.Helper()
	if step == twittertest.RequestToken {
		b.site.x.Fail(step, fault)
		return b.do("POST", "/auth/twitter/login", url.Values{"return_to": {"/account"}})
	}
	callback := b.approve(b.start(nil), ada)
	b.site.x.Fail(step, fault)
	return b.get(callback)
}

func TestFaultsOfX(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
		t.Cleanup(elsewhere.Close)
		const (
			rt = twittertest.RequestToken
			at = twittertest.AccessToken
			tk = twittertest.Token
		)
		steps, profile := p.steps, p.profile
		for name, test := range map[string]struct {
			fault  twittertest.Fault
			steps  []twittertest.Step
			status int
			code   string
			log    string
		}{
			"hangs":              {twittertest.Hang(), steps, 504, "provider_timeout", ""},
			"drips":              {twittertest.Drip(20 * time.Millisecond), steps, 504, "provider_timeout", ""},
			"resets":             {twittertest.Reset(), steps, 502, "provider_unavailable", ""},
			"breaks off":         {twittertest.Truncate(), steps, 502, "provider_unavailable", ""},
			"breaks off, chunks": {twittertest.TruncateChunked(), steps, 502, "provider_unavailable", ""},
			"a large body":       {twittertest.HugeBody(128 << 20), steps, 502, "provider_unavailable", "too large"},
			"a bomb":             {twittertest.GzipBomb(32 << 20), steps, 502, "provider_unavailable", ""},
			"redirects":          {twittertest.RedirectTo(elsewhere.URL), steps, 502, "provider_unavailable", "redirect"},
			"500":                {twittertest.HTML(500), steps, 502, "provider_unavailable", ""},
			"503":                {twittertest.HTML(503), steps, 502, "provider_unavailable", ""},
			"HTML with 200":      {twittertest.HTML(200), steps, 502, "provider_unavailable", ""},
			"empty":              {twittertest.Empty(), steps, 502, "provider_unavailable", ""},
			"429":                {twittertest.RateLimited(2 * time.Minute), steps, 503, "rate_limited", ""},
			"suspended":          {twittertest.ErrorCode(403, 64), steps, 403, "account_unavailable", ""},
			"locked":             {twittertest.XMLErrorCode(403, 326), steps, 403, "account_unavailable", ""},
			"clock":              {twittertest.ErrorCode(401, 135), steps, 502, "app_misconfigured", "NTP"},
			"app suspended":      {twittertest.ErrorCode(401, 416), steps, 502, "app_misconfigured", "suspended"},
			"bad keys":           {twittertest.ErrorCode(401, 32), []twittertest.Step{rt}, 502, "app_misconfigured", "ConsumerSecret"},
			"bad keys, text":     {twittertest.Respond(401, "text/plain", "Failed to validate oauth signature and token"), []twittertest.Step{rt}, 502, "app_misconfigured", "ConsumerSecret"},
			"callback":           {twittertest.XMLErrorCode(403, 415), []twittertest.Step{rt}, 502, "app_misconfigured", "add exactly http://127.0.0.1"},
			"desktop app":        {twittertest.ErrorCode(401, 417), []twittertest.Step{rt}, 502, "app_misconfigured", "add exactly http://127.0.0.1"},
			"401":                {twittertest.ErrorCode(401, 32), []twittertest.Step{at, profile}, 403, "login_expired", ""},
			"a code refused":     {twittertest.OAuth2Error(400, "invalid_request", "canary"), []twittertest.Step{tk}, 403, "login_expired", "30 seconds"},
			"a grant refused":    {twittertest.OAuth2Error(400, "invalid_grant", ""), []twittertest.Step{tk}, 403, "login_expired", "30 seconds"},
			"a client refused":   {twittertest.OAuth2Error(401, "unauthorized_client", "canary"), []twittertest.Step{tk}, 502, "app_misconfigured", "ClientSecret"},
			"no such client":     {twittertest.OAuth2Error(401, "invalid_client", ""), []twittertest.Step{tk}, 502, "app_misconfigured", "ClientSecret"},
			"bad client":         {twittertest.ErrorCode(401, 32), []twittertest.Step{tk}, 502, "app_misconfigured", "ClientSecret"},
			"bad client, text":   {twittertest.Respond(401, "text/plain", "canary"), []twittertest.Step{tk}, 502, "app_misconfigured", "ClientSecret"},
			"400":                {twittertest.Respond(400, "text/plain", "canary"), []twittertest.Step{tk, profile}, 502, "provider_unavailable", ""},
			"403":                {twittertest.Problem(403, "about:blank", ""), []twittertest.Step{tk, twittertest.UsersMe}, 502, "app_misconfigured", "access level"},
			"not enrolled":       {twittertest.Problem(403, "https://api.x.com/2/problems/client-forbidden", "client-not-enrolled"), []twittertest.Step{tk, twittertest.UsersMe}, 502, "app_misconfigured", "project"},
			"no credits":         {twittertest.Problem(402, "https://api.x.com/2/problems/credits", ""), []twittertest.Step{tk, twittertest.UsersMe}, 502, "app_misconfigured", "credits"},
			"broken JSON":        {twittertest.JSONBody(`{"token_type":"bearer","access_token":"canary`), []twittertest.Step{tk, profile}, 502, "provider_unavailable", ""},
			"an error with 200":  {twittertest.JSONBody(`{"error":"canary"}`), []twittertest.Step{tk, twittertest.UsersMe}, 502, "provider_unavailable", ""},
			"401, old XML":       {twittertest.OldXML(401), []twittertest.Step{at, profile}, 403, "login_expired", ""},
		} {
			for _, step := range test.steps {
				if !slices.Contains(p.steps, step) {
					continue
				}
				t.Run(name+" at "+string(step), func(t *testing.T) {
					t.Parallel()
					s := p.newSite(t, nil)
					if test.code == "provider_timeout" {
						s.auth.SetBudget(700 * time.Millisecond)
					}
					b := s.browser(t)
					r := reach(b, step, test.fault)
					if r.StatusCode != test.status || r.code(t) != test.code {
						t.Fatalf("%d %s, want %d %s\n%s", r.StatusCode, r.body, test.status, test.code, s.log)
					}
					if b.hasSession() || len(s.users.all()) != 0 {
						t.Error("signed in all the same")
					}
					if flows, _ := b.flowCookies(); len(flows) != 0 {
						t.Errorf("cookies left: %v", flows)
					}
					if log := s.log.String(); !strings.Contains(log, "code="+test.code) || !strings.Contains(log, "step="+string(step)) || !strings.Contains(log, test.log) || strings.Contains(log+r.body, "canary") {
						t.Errorf("the log says %s", log)
					}
					if got := r.Header.Get("Retry-After"); (test.code == "rate_limited") != (got != "") || got != "" && got != "120" && !strings.HasPrefix(got, "11") {
						t.Errorf("Retry-After %q", got)
					}
					if step == p.exchange && s.x.Count(step) != 1 {
						t.Errorf("the access token was asked for %d times", s.x.Count(step))
					}
					s.x.Recover()
					s.auth.SetBudget(10 * time.Second)
					b.login(ada, nil)
				})
			}
		}
	})
}

func TestXComesBackAtTheSecondTry(t *testing.T) {
	t.Parallel()
	for step, p := range map[twittertest.Step]protocol{twittertest.RequestToken: overOAuth1, twittertest.VerifyCredentials: overOAuth1, twittertest.UsersMe: overOAuth2} {
		for name, fault := range map[string]twittertest.Fault{"503": twittertest.HTML(503), "reset": twittertest.Reset(), "empty": twittertest.Empty(), "broken": twittertest.Truncate()} {
			s := p.newSite(t, nil)
			s.x.FailNext(step, 1, fault)
			b := s.browser(t)
			if b.login(ada, nil); s.x.Count(step) != 2 {
				t.Errorf("%s %s: %d calls", step, name, s.x.Count(step))
			}
		}
	}
}

func TestFaultsOfTheStore(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		type onLogin = func(context.Context, twitterauth.Login) (string, error)
		for name, test := range map[string]struct {
			onLogin onLogin
			onByID  func(context.Context, string) (*user, error)
			status  int
			code    string
		}{
			"an error": {func(context.Context, twitterauth.Login) (string, error) { return "", errors.New("boom") }, nil, 500, "store_failed"},
			"a deadline": {func(context.Context, twitterauth.Login) (string, error) {
				return "", fmt.Errorf("query: %w", context.DeadlineExceeded)
			}, nil, 503, "store_unavailable"},
			"slow":          {func(ctx context.Context, _ twitterauth.Login) (string, error) { <-ctx.Done(); return "", ctx.Err() }, nil, 503, "store_unavailable"},
			"a panic":       {func(context.Context, twitterauth.Login) (string, error) { panic("boom") }, nil, 500, "store_failed"},
			"a nil pointer": {func(context.Context, twitterauth.Login) (string, error) { var u *user; return u.ID, nil }, nil, 500, "store_failed"},
			"an empty ID":   {func(context.Context, twitterauth.Login) (string, error) { return "", nil }, nil, 500, "store_failed"},
			"a long ID":     {func(context.Context, twitterauth.Login) (string, error) { return strings.Repeat("u", 5000), nil }, func(context.Context, string) (*user, error) { return &user{}, nil }, 500, "store_failed"},
			"refused": {func(context.Context, twitterauth.Login) (string, error) {
				return "", fmt.Errorf("banned: %w", twitterauth.ErrLoginRefused)
			}, nil, 403, "login_refused"},
			"a lagging replica": {nil, func(context.Context, string) (*user, error) { return nil, twitterauth.ErrUserNotFound }, 503, "store_unavailable"},
			"UserByID fails":    {nil, func(context.Context, string) (*user, error) { return nil, errors.New("boom") }, 500, "store_failed"},
			"UserByID panics":   {nil, func(context.Context, string) (*user, error) { panic("boom") }, 500, "store_failed"},
			"UserByID is nil":   {nil, func(context.Context, string) (*user, error) { return nil, nil }, 500, "store_failed"},
			"revoked ahead":     {nil, func(context.Context, string) (*user, error) { return &user{ValidSince: time.Now().Add(time.Hour)}, nil }, 503, "store_unavailable"},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				var told *twitterauth.Error
				s := p.newSite(t, func(c *twitterauth.Config) {
					c.ErrorHandler = func(w http.ResponseWriter, r *http.Request, e *twitterauth.Error) {
						told = e
						twitterauth.WriteError(w, r, e)
					}
				})
				b := s.browser(t)
				b.login(noor, nil)
				if name == "slow" {
					s.auth.SetBudget(time.Second)
				}
				s.users.onLogin, s.users.onByID = test.onLogin, test.onByID
				before := b.cookies()[sessionCookie]
				r := b.get(b.approve(b.start(nil), ada))
				if r.StatusCode != test.status || r.code(t) != test.code || b.cookies()[sessionCookie] != before {
					t.Errorf("%d %s", r.StatusCode, r.body)
				}
				if told == nil || told.Code != test.code || told.Err == nil || strings.Contains(r.body, "boom") {
					t.Errorf("the hook was told %v", told)
				}
			})
		}
	})
}

func TestAbortHandlerPassesOn(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := p.newSite(t, nil)
		s.users.onLogin = func(context.Context, twitterauth.Login) (string, error) { panic(http.ErrAbortHandler) }
		b := s.browser(t)
		callback := b.approve(b.start(nil), ada)
		b.http.Transport = &http.Transport{} // a fresh connection: on a used one net/http's client tries twice
		if resp, err := b.http.Get(callback); err == nil {
			resp.Body.Close()
			t.Errorf("answered %d", resp.StatusCode)
		}
	})
}

func TestSessionCannotBeSaved(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for name, test := range map[string]struct {
			manager twitterauth.SessionManager
			begun   bool
			status  int
			code    string
		}{
			"the store is down":    {downManager{}, false, 503, "store_unavailable"},
			"the answer has begun": {nil, true, 200, "store_failed"},
		} {
			s := p.newSite(t, func(c *twitterauth.Config) { c.SessionManager = test.manager })
			b := s.browser(t)
			callback, err := url.Parse(b.approve(b.start(nil), ada))
			if err != nil {
				t.Fatal(err)
			}
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if test.begun {
					w.WriteHeader(http.StatusOK)
				}
				s.auth.ServeHTTP(w, r)
			}))
			t.Cleanup(server.Close)
			server.Config.ErrorLog = slog.NewLogLogger(slog.NewTextHandler(io.Discard, nil), slog.LevelError)
			u, _ := url.Parse(server.URL)
			for name, value := range b.cookies() {
				b.http.Jar.SetCookies(u, []*http.Cookie{{Name: name, Value: value}})
			}
			r := b.get(server.URL + "/auth/twitter/callback?" + callback.RawQuery)
			if r.StatusCode != test.status || r.code(t) != test.code || b.hasSession() {
				t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
			}
		}
	})
}

// downManager is a session manager whose store does not answer.
type downManager struct{}

var errDown = errors.New("connection refused")

func (downManager) Start(http.ResponseWriter, *http.Request, string, bool) (session.Session, error) {
	return session.Session{}, errDown
}
func (downManager) Load(*http.Request) (session.Session, error)  { return session.Session{}, errDown }
func (downManager) End(http.ResponseWriter, *http.Request) error { return errDown }

func TestSessionStoreIsDown(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *twitterauth.Config) { c.SessionManager = downManager{} })
	b := s.browser(t)
	b.setCookie(sessionCookie, "kept")
	for path, want := range map[string]int{"/": 200, "/account": 503, "/auth/twitter/session": 503} {
		if r := b.visit(path); r.StatusCode != want || len(r.Cookies()) != 0 {
			t.Errorf("%s: %d %s", path, r.StatusCode, r.body)
		}
	}
	if r := b.do("POST", "/auth/twitter/logout", nil); r.StatusCode != 503 || len(r.Cookies()) != 0 {
		t.Errorf("logout: %d %s", r.StatusCode, r.body)
	}
	if !strings.Contains(s.log.String(), "connection refused") {
		t.Errorf("the log says %s", s.log)
	}
}

func TestClientGoesAway(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	gone := make(chan error, 1)
	s.users.onLogin = func(ctx context.Context, _ twitterauth.Login) (string, error) {
		<-ctx.Done()
		gone <- ctx.Err()
		return "u1", nil // a store that does not care
	}
	b := s.browser(t)
	callback := b.approve(b.start(nil), ada)
	ctx, cancel := context.WithCancel(t.Context())
	r := newRequest("GET", callback).WithContext(ctx)
	for name, value := range b.cookies() {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	time.AfterFunc(100*time.Millisecond, cancel)
	w := record(s.auth, r)
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("the store saw %v", err)
	}
	if len(w.Result().Cookies()) != 0 || w.Body.Len() != 0 {
		t.Errorf("written: %v %s", w.Result().Cookies(), w.Body)
	}

	// The same while X hangs.
	s.x.Fail(twittertest.RequestToken, twittertest.Hang())
	ctx, cancel = context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	w = record(s.auth, newRequest("POST", "/auth/twitter/login").WithContext(ctx))
	if len(w.Result().Cookies()) != 0 || w.Body.Len() != 0 {
		t.Errorf("written: %v %s", w.Result().Cookies(), w.Body)
	}
}

func TestSlowBody(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *twitterauth.Config) { c.TokenLogin = true })
	for _, path := range []string{"/auth/twitter/login", "/auth/twitter/token"} {
		conn, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nreturn_to=", path)
		answer, err := io.ReadAll(conn)
		if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 408") || !strings.Contains(string(answer), "request_timeout") {
			t.Errorf("%s: %v %s", path, err, answer)
		}
		conn.Close()
	}
}

func TestMoreLoginsThanMaxLogins(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *twitterauth.Config) { c.MaxLogins = 2 })
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
	s := newSite(t, func(c *twitterauth.Config) { c.MaxLogins = 1 })
	b, other := s.browser(t), s.browser(t)
	callback := b.approve(b.start(nil), ada)
	s.auth.SetBudget(300 * time.Millisecond)
	s.x.Fail(twittertest.RequestToken, twittertest.Hang())
	done := make(chan struct{})
	go func() { defer close(done); other.do("POST", "/auth/twitter/login", nil) }()
	for s.x.Count(twittertest.RequestToken) < 2 {
		time.Sleep(time.Millisecond)
	}
	if r := b.get(callback); r.code(t) != "overloaded" {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	<-done
	s.auth.SetBudget(10 * time.Second)
	if r := b.get(callback); r.StatusCode != http.StatusSeeOther || b.whoami() != "user u1 @ada" {
		t.Errorf("again: %d %s", r.StatusCode, r.body)
	}
}
