package twitterauth_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/mapping"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// watchedLogin is a login of a test of events, in a browser of its own.
type watchedLogin struct {
	*site
	*browser
	p      protocol
	events *observed
}

func newWatchedLogin(t *testing.T, p protocol) watchedLogin {
	t.Helper()
	events := &observed{}
	s := newSite(t, over(p), withStore(linkingMemory{newMemory()}), observing(events))
	return watchedLogin{s, s.browser(t), p, events}
}

// Every way in which a login in a browser can begin and end.
func TestEventsOfABrowserLogin(t *testing.T) {
	down := twittertest.HTML(503)
	refuse := func(err error) func(context.Context, twitterauth.Login) (string, error) {
		return func(context.Context, twitterauth.Login) (string, error) { return "", fmt.Errorf("no: %w", err) }
	}
	link, reauth := url.Values{"link": {"true"}}, url.Values{"reauth": {"true"}}
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for name, test := range map[string]struct {
			run  func(t *testing.T, l watchedLogin)
			want string
		}{
			"signed in": {func(_ *testing.T, l watchedLogin) { l.login(ada, nil) }, began + asked + "login_finished P u1\n"},
			"signed in again": {func(_ *testing.T, l watchedLogin) { l.login(ada, nil); l.login(ada, nil) },
				strings.Repeat(began+asked+"login_finished P u1\n", 2)},
			"begun only": {func(_ *testing.T, l watchedLogin) { l.start(nil) }, began},
			"by a visit": {func(_ *testing.T, l watchedLogin) { l.get(l.approve(l.visit("/auth/twitter/login").location(), ada)) }, began + asked + "login_finished P u1\n"},
			"for a front end": {func(_ *testing.T, l watchedLogin) {
				l.do("POST", "/auth/twitter/login", nil, "Accept", "application/json")
			}, began},
			"cancelled, and seen again": {func(_ *testing.T, l watchedLogin) {
				address := l.cancel(l.start(nil))
				l.get(address)
				l.get(address)
			}, began + "login_failed P access_denied\n"},
			"the back button": {func(_ *testing.T, l watchedLogin) {
				address := l.approve(l.start(nil), ada)
				l.get(address)
				l.get(address)
			}, began + asked + "login_finished P u1\n"},
			"another browser": {func(t *testing.T, l watchedLogin) { l.site.browser(t).get(l.approve(l.start(nil), ada)) }, began},
			"nobody's callback": {func(t *testing.T, l watchedLogin) {
				l.get("/auth/twitter/callback?" + l.p.key + "=k&" + l.p.proof + "=v")
				l.get("/auth/twitter/callback?denied=k")
				l.get("/auth/twitter/callback")
			}, ""},
			"too late, and seen again": {func(_ *testing.T, l watchedLogin) {
				address := l.approve(l.start(nil), ada)
				l.auth.SetClock(func() time.Time { return time.Now().Add(31 * time.Minute) })
				l.get(address)
				l.get(address)
			}, began + "login_failed P login_expired\n"},
			"X is down at the exchange, and it is seen again": {func(_ *testing.T, l watchedLogin) {
				l.x.Fail(l.p.exchange, down)
				address := l.approve(l.start(nil), ada)
				l.get(address)
				l.x.Recover()
				l.get(address)
			}, began + "provider_called P EXCHANGE provider_unavailable\nlogin_failed P provider_unavailable\n"},
			"X refuses the code": {func(_ *testing.T, l watchedLogin) {
				refusal := twittertest.ErrorCode(401, 32)
				if l.p.oauth2 {
					refusal = twittertest.OAuth2Error(400, "invalid_grant", "")
				}
				l.x.Fail(l.p.exchange, refusal)
				l.get(l.approve(l.start(nil), ada))
			}, began + "provider_called P EXCHANGE login_expired\nlogin_failed P login_expired\n"},
			"X's rate limit": {func(_ *testing.T, l watchedLogin) {
				l.x.Fail(l.p.exchange, twittertest.RateLimited(time.Minute))
				l.get(l.approve(l.start(nil), ada))
			}, began + "provider_called P EXCHANGE rate_limited\nlogin_failed P rate_limited\n"},
			"X is down at the profile": {func(_ *testing.T, l watchedLogin) { // it is asked twice
				l.x.Fail(l.p.profile, down)
				l.get(l.approve(l.start(nil), ada))
			}, began + "provider_called P EXCHANGE\nprovider_called P PROFILE provider_unavailable\nprovider_called P PROFILE provider_unavailable\nlogin_failed P provider_unavailable\n"},
			"the profile comes at the second try": {func(_ *testing.T, l watchedLogin) {
				l.x.FailNext(l.p.profile, 1, down)
				l.login(ada, nil)
			}, began + "provider_called P EXCHANGE\nprovider_called P PROFILE provider_unavailable\nprovider_called P PROFILE\nlogin_finished P u1\n"},
			"refused by the app": {func(_ *testing.T, l watchedLogin) {
				l.users.onLogin = refuse(twitterauth.ErrLoginRefused)
				l.get(l.approve(l.start(nil), ada))
			}, began + asked + "login_failed P login_refused\n"},
			"the store is down": {func(_ *testing.T, l watchedLogin) {
				l.users.onLogin = refuse(twitterauth.ErrStoreUnavailable)
				l.get(l.approve(l.start(nil), ada))
			}, began + asked + "login_failed P store_unavailable\n"},
			"the store panics": {func(_ *testing.T, l watchedLogin) {
				l.users.onLogin = func(context.Context, twitterauth.Login) (string, error) { panic("boom") }
				l.get(l.approve(l.start(nil), ada))
			}, began + asked + "login_failed P store_failed\n"},
			"no request token": {func(_ *testing.T, l watchedLogin) { // over OAuth 2.0 X is not asked
				l.x.Fail(twittertest.RequestToken, down)
				l.do("POST", "/auth/twitter/login", nil)
			}, "login_started P\n1:provider_called P request_token provider_unavailable\n1:provider_called P request_token provider_unavailable\n1:login_failed P provider_unavailable\n"},
			"refused before it begins": {func(_ *testing.T, l watchedLogin) {
				l.do("POST", "/auth/twitter/login", nil, "Origin", "https://evil.example")
				l.do("POST", "/auth/twitter/login", url.Values{"link": {"maybe"}})
				l.do("POST", "/auth/twitter/login", link) // without a session
				l.do("HEAD", "/auth/twitter/login", nil)
				l.get("/auth/twitter/login", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "document")
			}, ""},
			"linked": {func(t *testing.T, l watchedLogin) {
				l.signInWithoutX(t, l.browser, "guest")
				l.login(ada, link)
			}, began + asked + "login_finished P guest\nlinked P guest\n"},
			"linked to another user": {func(t *testing.T, l watchedLogin) {
				l.site.browser(t).login(ada, nil)
				l.events.take()
				l.signInWithoutX(t, l.browser, "guest")
				l.get(l.approve(l.start(link), ada))
			}, began + asked + "login_failed P already_linked\n"},
			"a guest who has an account": {func(t *testing.T, l watchedLogin) { // the account was linked before
				l.site.browser(t).login(ada, nil)
				l.events.take()
				l.signInWithoutX(t, l.browser, "guest")
				l.users.onLink = func(context.Context, string, twitterauth.Login) error { return twitterauth.SwitchTo("u1") }
				l.login(ada, link)
			}, began + asked + "login_finished P u1\n"},
			"the store is down before X is asked, and then it is not": {func(t *testing.T, l watchedLogin) {
				l.signInWithoutX(t, l.browser, "guest")
				address := l.approve(l.start(link), ada)
				l.users.onByID = func(context.Context, string) (*user, error) { return nil, errors.New("down") }
				l.get(address)
				l.users.onByID = nil
				l.get(address)
			}, began + asked + "login_finished P guest\nlinked P guest\n"},
			"logged out meanwhile": {func(t *testing.T, l watchedLogin) {
				l.signInWithoutX(t, l.browser, "guest")
				address := l.approve(l.start(link), ada)
				l.do("POST", "/auth/twitter/logout", nil)
				l.get(address)
			}, began + "logged_out guest\nlogin_failed P login_mismatch\n"},
			"confirmed": {func(_ *testing.T, l watchedLogin) {
				l.login(ada, nil)
				l.events.take()
				l.login(ada, reauth)
			}, began + asked + "login_finished P u1\n"},
			"confirmed as another": {func(_ *testing.T, l watchedLogin) {
				l.login(ada, nil)
				l.events.take()
				l.get(l.approve(l.start(reauth), zoe))
			}, began + asked + "login_failed P login_mismatch\n"},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				l := newWatchedLogin(t, p)
				test.run(t, l)
				used := p
				if strings.HasPrefix(name, "confirmed") && l.x.Count(twittertest.RequestToken) > 0 {
					used = oauth1 // preferred for it
				}
				l.events.expect(t, name, used, test.want)
			})
		}
	})
}

// cancel returns the callback's address after a person said no at X.
func (b *browser) cancel(authorizeURL string) (callbackURL string) {
	b.t.Helper()
	callback, err := b.site.x.Cancel(authorizeURL)
	if err != nil {
		b.t.Fatal(err)
	}
	return callback
}

// A login that begins again without the email is one login.
func TestEventsOfASecondTryWithoutTheEmail(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		spoil func(l watchedLogin)
		want  string
	}{
		"which works":    {func(watchedLogin) {}, "login_started P\n" + asked + "login_finished P u1\n"},
		"which X denies": {func(l watchedLogin) { l.x.Fail(l.p.exchange, twittertest.HTML(500)) }, "login_started P\nprovider_called P EXCHANGE provider_unavailable\nlogin_failed P provider_unavailable\n"},
	} {
		l := newWatchedLogin(t, oauth2)
		l.x.SetRequestEmail(false)
		r := l.get(l.approve(l.start(nil), ada))
		test.spoil(l)
		l.get(l.approve(r.location(), ada))
		l.events.expect(t, name, oauth2, test.want)
	}
	l := newWatchedLogin(t, oauth2)
	for at := l.start(nil); at != ""; {
		u, err := url.Parse(at)
		if err != nil {
			t.Fatal(err)
		}
		at = l.get("/auth/twitter/callback?error=invalid_scope&state=" + u.Query().Get("state")).location()
	}
	l.events.expect(t, "refused twice", oauth2, "login_started P\nlogin_failed P app_misconfigured\n")
}

// Two requests with one pending login are one login, with one end.
func TestEventsOfOverlappingCallbacks(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for name, spoil := range map[string]func(*twittertest.Server){
			"one gets in":     func(*twittertest.Server) {},
			"both are failed": func(x *twittertest.Server) { x.Fail(p.exchange, twittertest.HTML(500)) },
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				events, g := &observed{}, gate{make(chan string), make(chan struct{})}
				s := newSite(t, over(p), observing(events), configured(func(c *twitterauth.Config) {
					c.HTTPClient = &http.Client{Transport: passing{g, p.exchange}}
				}))
				b := s.browser(t)
				address := b.approve(b.start(nil), ada)
				spoil(s.x)
				cookies := b.cookies()
				tab := func() reply { // with the cookies of before
					tab := s.browser(t)
					for name, value := range cookies {
						tab.setCookie(name, value)
					}
					return tab.get(address)
				}
				answers := make(chan reply)
				for range 2 {
					go func() { answers <- tab() }()
					<-g.reached
				}
				close(g.open)
				first, second := <-answers, <-answers
				tab() // comes later than both
				ends := map[twitterauth.EventKind]int{}
				for _, e := range events.take() {
					ends[e.Kind]++
				}
				if ends[twitterauth.EventLoginStarted] != 1 || ends[twitterauth.EventLoginFinished]+ends[twitterauth.EventLoginFailed] != 1 {
					t.Errorf("events %v", ends)
				}
				// Over OAuth 2.0 a code that comes twice may end what was made of it.
				won := first.StatusCode == http.StatusSeeOther || second.StatusCode == http.StatusSeeOther
				if won != (ends[twitterauth.EventLoginFinished] == 1) || name == "one gets in" && !p.oauth2 && !won {
					t.Errorf("events %v of answers with %d and %d", ends, first.StatusCode, second.StatusCode)
				}
			})
		}
	})
}

// One of two requests fails while the other is at X, and leaves the end to that. Then
// the client of the other goes away: the end is the failure.
func TestEventsOfAFailureBesideAClientThatLeaves(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		events, reached, breaks := &observed{}, make(chan struct{}), make(chan struct{})
		s := newSite(t, over(p), observing(events), configured(func(c *twitterauth.Config) {
			c.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				if !strings.HasSuffix(r.URL.Path, string(p.exchange)) {
					return http.DefaultTransport.RoundTrip(r)
				}
				reached <- struct{}{}
				select {
				case <-breaks:
					return nil, errors.New("broken")
				case <-r.Context().Done():
					return nil, r.Context().Err()
				}
			})}
		}))
		b := s.browser(t)
		r := newRequest("GET", pathAndQuery(b.approve(b.start(nil), ada)))
		for name, value := range b.cookies() {
			r.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		events.take()
		ctx, goAway := context.WithCancel(t.Context())
		answered := make(chan struct{}, 2)
		for range 2 {
			go func() { record(s.auth, r.Clone(ctx)); answered <- struct{}{} }()
			<-reached
		}
		breaks <- struct{}{}
		<-answered
		events.expect(t, "while the other is at X", p, "provider_called P EXCHANGE provider_unavailable\n")
		goAway()
		<-answered
		events.expect(t, "once the client has left", p, "provider_called P EXCHANGE provider_timeout\nlogin_failed P provider_unavailable\n")
	})
}

// A client that went away, and one that found all places taken, may come again.
func TestEventsOfACallbackThatComesAgain(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		events, g := &observed{}, gate{make(chan string), make(chan struct{})}
		s := newSite(t, over(p), observing(events), configured(func(c *twitterauth.Config) {
			c.MaxLogins, c.HTTPClient = 1, &http.Client{Transport: passing{g, p.exchange}}
		}))
		first, second := s.browser(t), s.browser(t)
		callback, other := first.approve(first.start(nil), ada), second.approve(second.start(nil), zoe)
		r := newRequest("GET", pathAndQuery(callback))
		for name, value := range first.cookies() {
			r.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		ctx, goAway := context.WithCancel(t.Context())
		gone := make(chan struct{})
		go func() { defer close(gone); record(s.auth, r.WithContext(ctx)) }()
		<-g.reached
		s.auth.SetBudget(20 * time.Millisecond)
		if r := second.get(other); r.code(t) != "overloaded" {
			t.Errorf("%d %s", r.StatusCode, r.body)
		}
		if !p.oauth2 { // a login that cannot begin has not begun
			if r := s.browser(t).do("POST", "/auth/twitter/login", nil); r.code(t) != "overloaded" {
				t.Errorf("%d %s", r.StatusCode, r.body)
			}
		}
		events.expect(t, "overloaded", p, began, began)
		goAway()
		<-gone
		events.expect(t, "gone", p, "provider_called P EXCHANGE provider_timeout\n")
		close(g.open)
		s.auth.SetBudget(10 * time.Second)
		first.get(callback)
		second.get(other)
		events.expect(t, "again", p, asked+"login_finished P u1\n"+asked+"login_finished P u2\n")
	})
}

// A client that goes away while its login begins has begun it.
func TestEventsOfAStartWithoutAClient(t *testing.T) {
	t.Parallel()
	events, g := &observed{}, gate{make(chan string), make(chan struct{})}
	s := newSite(t, observing(events), configured(func(c *twitterauth.Config) { c.HTTPClient = &http.Client{Transport: g} }))
	ctx, goAway := context.WithCancel(t.Context())
	go func() { <-g.reached; goAway() }()
	record(s.auth, newRequest("POST", "/auth/twitter/login").WithContext(ctx))
	events.expect(t, "gone", oauth1, "login_started P\nprovider_called P request_token provider_timeout\n")
}

func TestEventsOfATokenLogin(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		run  func(t *testing.T, s *site, post func(token, secret string, header ...string) reply)
		want string
	}{
		"signed in": {func(_ *testing.T, s *site, post func(string, string, ...string) reply) { post(s.x.TokenPair(ada)) }, "login_started P\nprovider_called P PROFILE\nlogin_finished P u1\n"},
		"a pair of another app": {func(_ *testing.T, _ *site, post func(string, string, ...string) reply) { post("token", "secret") },
			"login_started P\nprovider_called P PROFILE token_invalid\nlogin_failed P token_invalid\n"},
		"malformed": {func(_ *testing.T, _ *site, post func(string, string, ...string) reply) { post("", "secret") }, ""},
		"from another site": {func(_ *testing.T, s *site, post func(string, string, ...string) reply) {
			token, secret := s.x.TokenPair(ada)
			post(token, secret, "Origin", "https://evil.example")
		}, ""},
		"refused by the app": {func(_ *testing.T, s *site, post func(string, string, ...string) reply) {
			s.users.onLogin = func(context.Context, twitterauth.Login) (string, error) { return "", twitterauth.ErrLoginRefused }
			post(s.x.TokenPair(ada))
		}, "login_started P\nprovider_called P PROFILE\nlogin_failed P login_refused\n"},
		"X is down": {func(_ *testing.T, s *site, post func(string, string, ...string) reply) {
			s.x.Fail(twittertest.VerifyCredentials, twittertest.HTML(503))
			post(s.x.TokenPair(ada))
		}, "login_started P\n" + strings.Repeat("provider_called P PROFILE provider_unavailable\n", 2) + "login_failed P provider_unavailable\n"},
		"X lets only its other API be used": {func(_ *testing.T, s *site, post func(string, string, ...string) reply) {
			s.x.Fail(twittertest.VerifyCredentials, twittertest.AccessLevel())
			post(s.x.TokenPair(ada))
		}, "login_started P\nprovider_called P PROFILE app_misconfigured\nprovider_called P users/me\nlogin_finished P u1\n"},
		"linked": {func(t *testing.T, s *site, post func(string, string, ...string) reply) {
			_, bearer := s.guestSession(t, "guest")
			token, secret := s.x.TokenPair(ada)
			post(token, secret, "Authorization", "Bearer "+bearer)
		}, "login_started P\nprovider_called P PROFILE\nlogin_finished P guest\nlinked P guest\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			events := &observed{}
			s := newAppSite(t, oauth1, observing(events), configured(func(c *twitterauth.Config) { c.TokenLogin = true }))
			test.run(t, s, func(token, secret string, header ...string) reply {
				form := url.Values{"authToken": {token}, "authTokenSecret": {secret}}
				if name == "linked" {
					form.Set("link", "true")
				}
				return s.browser(t).do("POST", "/auth/twitter/token", form, header...)
			})
			events.expect(t, name, oauth1, test.want)
		})
	}
}

// A property that JSON cannot hold fails a token login after X was asked.
func TestEventsOfATokenLoginWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	events := &observed{}
	s := newSite(t, observing(events), configured(func(c *twitterauth.Config) {
		c.TokenLogin = true
		c.Mapping = mapping.Must(nil, mapping.Rule{From: "name", To: "name", Convert: func(any) (any, error) { return make(chan int), nil }})
	}))
	token, secret := s.x.TokenPair(ada)
	s.browser(t).do("POST", "/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}})
	events.expect(t, "a channel", oauth1, "login_started P\nprovider_called P PROFILE\nlogin_failed P store_failed\n")
}

// An app's login ends at POST token, or where the browser goes back with an error.
func TestEventsOfAnApp(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		const finished = began + asked + "login_finished P u1\n"
		for name, test := range map[string]struct {
			run  func(t *testing.T, s *site, app *nativeApp)
			want string
		}{
			"a form": {func(_ *testing.T, _ *site, app *nativeApp) { app.exchange(app.code(ada)) }, finished},
			"JSON":   {func(_ *testing.T, _ *site, app *nativeApp) { app.exchangeJSON(app.code(ada)) }, finished},
			"a page": {func(_ *testing.T, _ *site, app *nativeApp) {
				app.browser.visit("/auth/twitter/authorize?" + app.request().Encode())
			}, ""},
			"never came": {func(_ *testing.T, _ *site, app *nativeApp) { app.code(ada) }, began},
			"twice": {func(_ *testing.T, _ *site, app *nativeApp) {
				code := app.code(ada)
				app.exchange(code)
				app.exchange(code)
			}, finished + "1:provider_called P EXCHANGE login_expired\n2:provider_called P EXCHANGE login_expired\n"},
			"another verifier, and then the right one": {func(_ *testing.T, _ *site, app *nativeApp) {
				code, right := app.code(ada), app.verifier
				app.verifier = strings.Repeat("v", 43)
				app.exchange(code)
				app.verifier = right
				app.exchange(code)
			}, finished},
			"no code": {func(_ *testing.T, _ *site, app *nativeApp) { app.exchange("code") }, ""},
			"too late, twice": {func(_ *testing.T, s *site, app *nativeApp) {
				code := app.code(ada)
				s.auth.SetClock(func() time.Time { return time.Now().Add(time.Minute) })
				app.exchange(code)
				app.exchange(code)
			}, began + "login_failed P login_expired\n"},
			"used, and again too late": {func(_ *testing.T, s *site, app *nativeApp) {
				code := app.code(ada)
				app.exchange(code)
				s.auth.SetClock(func() time.Time { return time.Now().Add(time.Minute) })
				app.exchange(code)
			}, finished},
			"cancelled, and seen again": {func(_ *testing.T, _ *site, app *nativeApp) {
				address := app.browser.cancel(app.open("/auth/twitter/authorize?" + app.request().Encode()))
				app.browser.visit(address)
				app.browser.visit(address)
			}, began + "login_failed P access_denied\n"},
			"too late at the callback": {func(_ *testing.T, s *site, app *nativeApp) {
				address := app.browser.approve(app.open("/auth/twitter/authorize?"+app.request().Encode()), ada)
				s.auth.SetClock(func() time.Time { return time.Now().Add(31 * time.Minute) })
				app.browser.visit(address)
				app.browser.visit(address)
			}, began + "login_failed P login_expired\n"},
			"the app's redirect URI in another request": {func(_ *testing.T, _ *site, app *nativeApp) {
				app.redirectURI = "com.evil:/x"
				app.browser.visit("/auth/twitter/authorize?" + app.request().Encode())
			}, ""},
			"X is down at POST token": {func(_ *testing.T, s *site, app *nativeApp) {
				code := app.code(ada)
				s.x.Fail(p.exchange, twittertest.HTML(503))
				app.exchange(code)
			}, began + "provider_called P EXCHANGE provider_unavailable\nlogin_failed P provider_unavailable\n"},
			"refused by the app's store": {func(_ *testing.T, s *site, app *nativeApp) {
				s.users.onLogin = func(context.Context, twitterauth.Login) (string, error) { return "", twitterauth.ErrLoginRefused }
				app.exchange(app.code(ada))
			}, began + asked + "login_failed P login_refused\n"},
			"linked": {func(t *testing.T, s *site, app *nativeApp) {
				_, bearer := s.guestSession(t, "guest")
				code := app.linkCode(bearer, ada)
				app.exchange(code) // without the bearer, which X is not asked for
				app.exchange(code, "Authorization", "Bearer "+bearer)
			}, began + asked + "login_finished P guest\nlinked P guest\n"},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				events := &observed{}
				s := newAppSite(t, p, observing(events))
				test.run(t, s, s.app(t, privateScheme))
				events.expect(t, name, p, test.want)
			})
		}
	})
}

func (a *nativeApp) exchangeJSON(code string) reply {
	a.t.Helper()
	return a.site.browser(a.t).post("application/json", `{"code":"`+code+`","codeVerifier":"`+a.verifier+`"}`, "")
}

// X ends an app's login with an error of its own.
func TestEventsOfAnAppWhoseLoginXEnds(t *testing.T) {
	t.Parallel()
	events := &observed{}
	s := newAppSite(t, oauth2, observing(events))
	app := s.app(t, privateScheme)
	u, err := url.Parse(app.open("/auth/twitter/authorize?" + app.request().Encode()))
	if err != nil {
		t.Fatal(err)
	}
	app.back(app.browser.visit("/auth/twitter/callback?error=server_error&state=" + u.Query().Get("state")))
	events.expect(t, "server_error", oauth2, "login_started P\nlogin_failed P provider_unavailable\n")
}

// A code that came while all places were taken is still good.
func TestEventsOfAnOverloadedApp(t *testing.T) {
	t.Parallel()
	events, g := &observed{}, gate{make(chan string), make(chan struct{})}
	s := newAppSite(t, oauth2, observing(events), configured(func(c *twitterauth.Config) {
		c.MaxLogins, c.HTTPClient = 1, &http.Client{Transport: g}
	}))
	first, second := s.app(t, privateScheme), s.app(t, privateScheme)
	firstCode, secondCode := first.code(ada), second.code(zoe)
	done := make(chan reply)
	go func() { done <- first.exchange(firstCode) }()
	<-g.reached
	s.auth.SetBudget(20 * time.Millisecond)
	second.exchange(secondCode)
	events.expect(t, "overloaded", oauth2, began, began)
	close(g.open)
	<-done
	s.auth.SetBudget(10 * time.Second)
	second.exchange(secondCode)
	events.expect(t, "again", oauth2, asked+"login_finished P u1\n"+asked+"login_finished P u2\n")
}

// A SessionManager without a token for an app fails the login.
func TestEventsOfAnAppWithoutAToken(t *testing.T) {
	t.Parallel()
	events := &observed{}
	s := newAppSite(t, oauth1, observing(events), configured(func(c *twitterauth.Config) {
		c.Session.Bearer = false
		c.SessionManager = tokenManager{plainManager{newTestManager(t, c.Session)}}
	}))
	app := s.app(t, privateScheme)
	app.exchange(app.code(ada))
	events.expect(t, "no token", oauth1, began+asked+"login_failed P store_failed\n")
}
