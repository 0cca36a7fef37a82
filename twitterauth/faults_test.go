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
	"strings"
	"sync"
	"testing"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

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
			"a nil pointer": {func(context.Context, twitterauth.Login) (string, error) { var u *user; return u.ID, nil }, nil, 500, "store_failed"}, //nolint:govet // nilness: the panic is the point
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

func TestSlowBody(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *twitterauth.Config) { c.TokenLogin = true })
	for _, path := range []string{"/auth/twitter/login", "/auth/twitter/token"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			conn, err := net.Dial("tcp", s.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nreturn_to=", path)
			answer, err := io.ReadAll(conn)
			if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 408") || !strings.Contains(string(answer), "request_timeout") {
				t.Errorf("%v %s", err, answer)
			}
		})
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
