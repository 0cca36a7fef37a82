package twitterauth_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// landed is a call of LandingPage.
type landed struct {
	userID   string
	login    twitterauth.Login
	returnTo string
}

// landings are the calls of a site's LandingPage.
type landings struct {
	mu    sync.Mutex
	calls []landed
}

// take returns the calls since the last time.
func (l *landings) take() []landed {
	l.mu.Lock()
	defer l.mu.Unlock()
	calls := l.calls
	l.calls = nil
	return calls
}

// landingAt is a site whose LandingPage is what decide returns.
func landingAt(l *landings, decide func(ctx context.Context, returnTo string) (string, error)) siteOption {
	return configured(func(c *twitterauth.Config) {
		c.LandingPage = func(ctx context.Context, userID string, login twitterauth.Login, returnTo string) (string, error) {
			l.mu.Lock()
			l.calls = append(l.calls, landed{userID, login, returnTo})
			l.mu.Unlock()
			return decide(ctx, returnTo)
		}
	})
}

// landingOn is a site whose LandingPage always returns that target.
func landingOn(l *landings, target string) siteOption {
	return landingAt(l, func(context.Context, string) (string, error) { return target, nil })
}

func TestLandingPage(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		t.Run("a login", func(t *testing.T) {
			t.Parallel()
			var l landings
			s := newSite(t, over(p), landingOn(&l, "/welcome?step=1#name"))
			r := s.browser(t).login(ada, url.Values{"return_to": {"/account?a=1"}, "data": {"invite"}})
			calls := l.take()
			if r.location() != "/welcome?step=1#name" || len(calls) != 1 {
				t.Fatalf("leads to %q, calls %v", r.location(), calls)
			}
			if c := calls[0]; c.userID != "u1" || c.returnTo != "/account?a=1" || c.login.TwitterID != ada || c.login.ScreenName != "ada" || c.login.Data != "invite" || c.login.Reauth {
				t.Errorf("%s, %q, %s %q", c.userID, c.returnTo, c.login.TwitterID, c.login.Data)
			}
		})
		t.Run("without return_to", func(t *testing.T) {
			t.Parallel()
			var l landings
			s := newSite(t, over(p), landingOn(&l, ""), configured(func(c *twitterauth.Config) { c.AfterLogin = "/home" }))
			if r := s.browser(t).login(ada, nil); r.location() != "/home" {
				t.Errorf("leads to %q", r.location())
			}
			if calls := l.take(); len(calls) != 1 || calls[0].returnTo != "/home" {
				t.Errorf("%v", calls)
			}
		})
		t.Run("a confirmation", func(t *testing.T) {
			t.Parallel()
			var l landings
			s := newSite(t, over(p), landingOn(&l, "/welcome"))
			b := s.browser(t)
			b.login(ada, nil)
			l.take()
			r := b.login(ada, url.Values{"reauth": {"true"}, "return_to": {"/account"}})
			if calls := l.take(); r.location() != "/welcome" || len(calls) != 1 || !calls[0].login.Reauth || calls[0].userID != "u1" {
				t.Errorf("leads to %q, %v", r.location(), calls)
			}
		})
		t.Run("a link", func(t *testing.T) {
			t.Parallel()
			var l landings
			_, b := newLinkingSite(t, p, landingOn(&l, "/welcome"))
			before := b.cookies()[sessionCookie]
			r := b.login(ada, url.Values{"link": {"true"}, "return_to": {"/account"}})
			calls := l.take()
			if r.location() != "/welcome" || len(calls) != 1 || calls[0].userID != "guest" || calls[0].returnTo != "/account" || b.cookies()[sessionCookie] != before {
				t.Errorf("leads to %q, %v", r.location(), calls)
			}
		})
	})
}

// The target is checked as a return_to is; a refused target keeps the login's own.
func TestLandingPageTarget(t *testing.T) {
	t.Parallel()
	long := "/" + strings.Repeat("a", 2048)
	for target, want := range map[string]string{
		"/welcome":                         "/welcome",
		`/welcome?<b>"`:                    `/welcome?<b>"`,
		"/willkommen/jürgen":               "/willkommen/j%C3%BCrgen",
		"https://spa.example.com/welcome":  "https://spa.example.com/welcome",
		"/welcome?" + long:                 "/welcome",
		"":                                 "/account",
		long:                               "/account",
		"https://evil.example/":            "/account",
		"https://spa.example.com.evil.org": "/account",
		"//evil.example":                   "/account",
		"/\\evil.example":                  "/account",
		"/a/..//evil.example":              "/account",
		"javascript:alert(1)":              "/account",
		"welcome":                          "/account",
		"<script>alert(1)</script>":        "/account",
		"/a\r\nSet-Cookie: a=b":            "/account",
		"/a\tb":                            "/account",
		"/a\x00":                           "/account",
		"/a\u0085b":                        "/account",
		"/a\u2028b":                        "/account",
		"/a\xff":                           "/account",
		"/auth/twitter/login":              "/account",
		"/auth/twitter/logout?a":           "/account",
		"/auth/./twitter/callback":         "/account",
		strings.Repeat("/x\x1b", 1<<20):    "/account",
	} {
		var l landings
		s := newSite(t, landingOn(&l, target), configured(func(c *twitterauth.Config) { c.TrustedOrigins = []string{"https://spa.example.com"} }))
		b := s.browser(t)
		r := b.login(ada, url.Values{"return_to": {"/account"}})
		if r.location() != want || b.whoami() != "user u1 @ada" || len(r.Header["Location"]) != 1 {
			t.Errorf("%.40q leads to %.80q, want %q", target, r.location(), want)
		}
		refused := target != "" && want == "/account"
		if strings.Contains(s.log.String(), "LandingPage returned a target that is refused") != refused || len(s.log.String()) > 8<<10 {
			t.Errorf("%.40q: the log has %d bytes: %.2000s", target, len(s.log.String()), s.log)
		}
	}
}

// Whatever LandingPage does, the person is signed in and lands where the login was
// meant to, and the log says why.
func TestLandingPageFails(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for name, decide := range map[string]func(ctx context.Context, returnTo string) (string, error){
			"an error":                     func(context.Context, string) (string, error) { return "/welcome", errors.New("no such column") },
			"an error for the login":       func(context.Context, string) (string, error) { return "", twitterauth.ErrLoginRefused },
			"an error that is nil inside":  func(context.Context, string) (string, error) { return "", (*brokenError)(nil) },
			"a panic":                      func(context.Context, string) (string, error) { panic("boom") },
			"a panic with nothing":         func(context.Context, string) (string, error) { panic(nil) }, //nolint:govet // on purpose
			"the end of its goroutine":     func(context.Context, string) (string, error) { runtime.Goexit(); return "", nil },
			"waiting until the time is up": func(ctx context.Context, _ string) (string, error) { <-ctx.Done(); return "", ctx.Err() },
			"waiting for longer":           nil,
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				if decide == nil {
					released := make(chan struct{})
					t.Cleanup(func() { close(released) })
					decide = func(context.Context, string) (string, error) { <-released; return "/welcome", nil }
				}
				var l landings
				s := newSite(t, over(p), landingAt(&l, decide), configured(func(c *twitterauth.Config) {
					c.TokenLogin = c.ConsumerKey != ""
				}))
				if strings.HasPrefix(name, "waiting") {
					s.auth.SetBudget(budgetFor(measured(t, p)))
				}
				b := s.browser(t)
				r := b.login(ada, url.Values{"return_to": {"/account"}})
				if r.location() != "/account" || b.whoami() != "user u1 @ada" || len(l.take()) != 1 {
					t.Errorf("leads to %q as %s", r.location(), b.whoami())
				}
				if names, _ := b.pendingLogins(); len(names) != 0 {
					t.Errorf("the pending login is still there: %v", names)
				}
				if log := s.log.String(); strings.Count(log, "level=ERROR") != 1 || !strings.Contains(log, "LandingPage failed") || name == "a panic" && !strings.Contains(log, "landing_test.go") {
					t.Errorf("the log: %s", log)
				}
			})
		}
	})
}

// brokenError panics as soon as it is looked at.
type brokenError struct{ text string }

func (e *brokenError) Error() string { return e.text }

// measured returns how long a login takes on this machine.
func measured(t *testing.T, p protocol) time.Duration {
	t.Helper()
	began := time.Now()
	newSite(t, over(p)).browser(t).login(ada, nil)
	return time.Since(began)
}

// LandingPage does not run when the login failed.
func TestNoLandingPageAfterAFailure(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for name, spoil := range map[string]func(s *site){
			"X is down":         func(s *site) { s.x.Fail(p.exchange, twittertest.HTML(503)) },
			"the store fails":   func(s *site) { s.users.onLogin = failingLogin(errors.New("disk full")) },
			"the store refuses": func(s *site) { s.users.onLogin = failingLogin(twitterauth.Refuse("No.")) },
			"SwitchTo":          func(s *site) { s.users.onLogin = failingLogin(twitterauth.SwitchTo("guest")) },
			"the user is gone": func(s *site) {
				s.users.onByID = func(context.Context, string) (*user, error) { return nil, twitterauth.ErrUserNotFound }
			},
			"the link fails": func(s *site) {
				s.users.onLink = func(context.Context, string, twitterauth.Login) error { return errors.New("x") }
			},
			"the account is not": func(s *site) {
				s.users.onLink = func(context.Context, string, twitterauth.Login) error { return twitterauth.ErrAlreadyLinked }
			},
			"SwitchTo nobody": func(s *site) {
				s.users.onLink = func(context.Context, string, twitterauth.Login) error { return twitterauth.SwitchTo("nobody") }
			},
		} {
			for _, link := range []bool{false, true} {
				if strings.Contains(name, "link") || strings.Contains(name, "account") || strings.HasSuffix(name, "nobody") {
					link = true
				} else if strings.HasPrefix(name, "the store") || name == "SwitchTo" {
					link = false
				}
				var l landings
				s, b := newLinkingSite(t, p, landingOn(&l, "/welcome"))
				form := url.Values{}
				if link {
					form.Set("link", "true")
				} else {
					b = s.browser(t)
				}
				callback := b.approve(b.start(form), ada)
				spoil(s)
				if r := b.get(callback); r.StatusCode < 400 || len(l.take()) != 0 {
					t.Errorf("%s, link %t: %d %s", name, link, r.StatusCode, r.body)
				}
			}
		}
		var l landings
		s := newSite(t, over(p), landingOn(&l, "/welcome"))
		b := s.browser(t)
		callback, err := s.x.Cancel(b.start(nil))
		if err != nil {
			t.Fatal(err)
		}
		b.get(callback)
		callback = b.approve(b.start(nil), ada)
		s.browser(t).get(callback)
		b.get(callback)
		if calls := l.take(); len(calls) != 1 {
			t.Errorf("a cancelled login, another browser's and a login: %d calls", len(calls))
		}
		if r := b.get(callback); r.location() != "/" || len(l.take()) != 0 {
			t.Errorf("a reload: %d %s", r.StatusCode, r.location())
		}
	})
}

func failingLogin(err error) func(context.Context, twitterauth.Login) (string, error) {
	return func(context.Context, twitterauth.Login) (string, error) { return "", err }
}

// POST token answers the target as "landing", in each of its forms.
func TestLandingOfTokenLogins(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for name, test := range map[string]struct {
			option func(l *landings) siteOption
			want   any // nil: no landing
		}{
			"none":      {func(*landings) siteOption { return configured(nil) }, nil},
			"a target":  {func(l *landings) siteOption { return landingOn(l, "/welcome") }, "/welcome"},
			"no target": {func(l *landings) siteOption { return landingOn(l, "") }, "/home"},
			"refused":   {func(l *landings) siteOption { return landingOn(l, "//evil.example") }, "/home"},
			"it panics": {func(l *landings) siteOption {
				return landingAt(l, func(context.Context, string) (string, error) { panic("boom") })
			}, "/home"},
			"what it is for": {func(l *landings) siteOption {
				return landingAt(l, func(_ context.Context, to string) (string, error) { return to + "/new", nil })
			}, "/home/new"},
		} {
			var l landings
			s := newAppSite(t, p, test.option(&l), configured(func(c *twitterauth.Config) {
				c.AfterLogin, c.TokenLogin = "/home", c.ConsumerKey != ""
			}))
			app := s.app(t, claimedLink)
			pair := func() reply {
				token, secret := s.x.TokenPair(ada)
				return s.browser(t).post("application/json", `{"authToken":"`+token+`","authTokenSecret":"`+secret+`"}`, "")
			}
			posts := map[string]func() reply{
				"form": func() reply { return app.exchange(app.code(ada)) },
				"JSON": func() reply {
					return s.browser(t).post("application/json", `{"code":"`+app.code(ada)+`","codeVerifier":"`+app.verifier+`"}`, "")
				},
			}
			if !p.oauth2 {
				posts["pair"] = pair
			}
			for how, post := range posts {
				r := post()
				var answer map[string]any
				if err := json.Unmarshal([]byte(r.body), &answer); err != nil || r.StatusCode != http.StatusOK || answer["landing"] != test.want {
					t.Errorf("%s, %s: %d %s", name, how, r.StatusCode, r.body)
				}
				calls := l.take()
				want := 1
				if test.want == nil {
					want = 0
				}
				if len(calls) != want || want == 1 && (calls[0].userID != "u1" || calls[0].returnTo != "/home") {
					t.Errorf("%s, %s: %v", name, how, calls)
				}
			}
		}
	})
}
