package twitterauth_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// observed collects events.
type observed struct {
	mu   sync.Mutex
	list []twitterauth.Event
}

func (o *observed) add(_ context.Context, e twitterauth.Event) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.list = append(o.list, e)
}

// take returns the events since the last take.
func (o *observed) take() []twitterauth.Event {
	o.mu.Lock()
	defer o.mu.Unlock()
	list := o.list
	o.list = nil
	return list
}

// expect compares the events since the last take with lines of kind, protocol,
// step, code and user ID. In them P is the protocol, EXCHANGE and PROFILE are its
// steps, and lines that begin with "1:" and "2:" are of one protocol only.
func (o *observed) expect(t testing.TB, what string, p protocol, lines ...string) {
	t.Helper()
	var got []string
	for _, e := range o.take() {
		fields := []string{string(e.Kind), e.Protocol, e.Step, e.Code, e.UserID}
		got = append(got, strings.Join(slices.DeleteFunc(fields, func(field string) bool { return field == "" }), " "))
	}
	if want := p.lines(lines); !slices.Equal(got, want) {
		t.Errorf("%s: the events are\n\t%s\nwant\n\t%s", what, strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func (p protocol) lines(texts []string) (lines []string) {
	number, name, other := "1:", "1.0a", "2:"
	if p.oauth2 {
		number, name, other = "2:", "2.0", "1:"
	}
	replace := strings.NewReplacer(" PROFILE", " "+string(p.profile), " EXCHANGE", " "+string(p.exchange), " P", " "+name)
	for line := range strings.Lines(strings.Join(texts, "")) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, other) {
			lines = append(lines, replace.Replace(strings.TrimPrefix(line, number)))
		}
	}
	return lines
}

// What a login that begins, and one that X answers, emit.
const (
	began = "login_started P\n1:provider_called P request_token\n"
	asked = "provider_called P EXCHANGE\nprovider_called P PROFILE\n"
)

// observing is a site whose events are collected.
func observing(o *observed) siteOption {
	return configured(func(c *twitterauth.Config) { c.Observe = o.add })
}

// A session that does not count is reported once for each request, whatever guards
// are around it.
func TestEventsOfSessions(t *testing.T) {
	t.Parallel()
	events := &observed{}
	s := newSite(t, observing(events))
	s.mux.Handle("GET /nested", s.auth.LoadUser(s.auth.RequireUser(http.HandlerFunc(s.page))))
	s.mux.Handle("GET /loaded", s.auth.LoadUser(s.auth.LoadUser(http.HandlerFunc(s.page))))
	b := s.browser(t)
	b.login(ada, nil)
	events.take()
	for _, path := range []string{"/", "/account", "/nested", "/auth/twitter/session"} {
		b.get(path)
		s.browser(t).get(path)
	}
	events.expect(t, "a user, and anonymous visitors", oauth1)

	cookie := b.cookies()[sessionCookie]
	withCookie := func(path, value string) {
		other := s.browser(t)
		other.setCookie(sessionCookie, value)
		other.get(path)
	}
	paths := []string{"/", "/account", "/nested", "/loaded", "/auth/twitter/session"}
	for _, path := range paths {
		withCookie(path, cookie[:len(cookie)-1])
		events.expect(t, "an unreadable session at "+path, oauth1, "session_refused login_required\n")
	}
	s.users.onByID = func(context.Context, string) (*user, error) { return nil, twitterauth.ErrStoreUnavailable }
	for _, path := range paths {
		withCookie(path, cookie)
	}
	events.expect(t, "while the store is down", oauth1)
	s.users.onByID = nil
	s.users.change("u1", func(u *user) { u.ValidSince = time.Now().Add(time.Second) })
	for _, path := range paths {
		withCookie(path, cookie)
		events.expect(t, "a revoked session at "+path, oauth1, "session_refused login_required u1\n")
	}
	s.users.change("u1", nil)
	b.get("/account")
	b.get("/account") // the cookie is gone
	events.expect(t, "a deleted user", oauth1, "session_refused login_required u1\n")
}

func TestEventsOfALogout(t *testing.T) {
	t.Parallel()
	events := &observed{}
	s := newSite(t, observing(events), configured(func(c *twitterauth.Config) { c.Session.Bearer = true }))
	b := s.browser(t)
	b.login(ada, nil)
	var ids []string
	for _, e := range events.take() {
		if e.Kind == twitterauth.EventLoginFinished {
			ids = append(ids, e.SessionID)
		}
	}
	b.get("/auth/twitter/logout")
	b.do("POST", "/auth/twitter/logout", nil, "Origin", "https://evil.example")
	events.expect(t, "no logout", oauth1)
	b.do("POST", "/auth/twitter/logout", nil)
	for _, e := range events.take() {
		if e.Kind != twitterauth.EventLoggedOut || e.UserID != "u1" {
			t.Errorf("%+v", e)
		}
		ids = append(ids, e.SessionID)
	}
	if len(ids) != 2 || ids[0] == "" || ids[0] != ids[1] {
		t.Errorf("the session's IDs are %q", ids)
	}
	b.do("POST", "/auth/twitter/logout", nil)
	events.expect(t, "again", oauth1)
}

// A logout that the store refuses is no logout.
func TestEventsOfALogoutThatFails(t *testing.T) {
	t.Parallel()
	events, store := &observed{}, &mapStore{values: map[string]map[any]any{}}
	s := newSite(t, observing(events), configured(func(c *twitterauth.Config) { c.Session.Store = store }))
	b := s.browser(t)
	b.login(ada, nil)
	events.take()
	store.mu.Lock()
	store.failSave = errors.New("down")
	store.mu.Unlock()
	if r := b.do("POST", "/auth/twitter/logout", nil); r.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("%d", r.StatusCode)
	}
	events.expect(t, "down", oauth1)
	store.mu.Lock()
	store.failSave = nil
	store.mu.Unlock()
	b.do("POST", "/auth/twitter/logout", nil)
	events.expect(t, "up", oauth1, "logged_out u1\n")
}

// Calls of the app for its users are calls to X too, and so are renewals.
func TestEventsOfClient(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		events := &observed{}
		s, m := newTokenSite(t, p, newTokenRows(), observing(events))
		s.browser(t).login(ada, nil)
		events.take()
		client := s.auth.Client("u1")
		expectTweet(t, s, "u1")
		events.expect(t, "a tweet", p, "provider_called P tweets\n")
		fetch := func(path string) {
			t.Helper()
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.x.URL+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if resp, err := client.Do(req); err == nil {
				resp.Body.Close()
			}
		}
		fetch("/2/users/me")
		fetch("/2/users/1349129669258448897/canary")
		events.expect(t, "other calls", p, "provider_called P users/me\nprovider_called P\n")
		for code, fault := range map[string]twittertest.Fault{"rate_limited": twittertest.RateLimited(time.Minute), "provider_unavailable": twittertest.HTML(503)} {
			s.x.FailNext(twittertest.UsersMe, 1, fault)
			fetch("/2/users/me")
			events.expect(t, code, p, "provider_called P users/me "+code+"\n")
		}
		s.x.FailNext(twittertest.UsersMe, 2, twittertest.Reset()) // net/http asks again over a kept connection
		fetch("/2/users/me")
		events.expect(t, "reset", p, "provider_called P users/me provider_unavailable\n")
		if !p.oauth2 {
			return
		}
		m.expire("u1")
		expectTweet(t, s, "u1")
		events.expect(t, "a renewal", p, "provider_called P oauth2/token\ntoken_refreshed P u1\nprovider_called P tweets\n")
		m.expire("u1")
		s.x.Fail(twittertest.Token, twittertest.HTML(503))
		fetch("/2/users/me")
		events.expect(t, "a renewal that fails", p, "provider_called P oauth2/token provider_unavailable\n")
		s.x.Recover()
		s.x.ExpireBearerTokens()
		m.put("u1", twitterauth.Token{AccessToken: "stale", RefreshToken: mustToken(t, m).RefreshToken, Expiry: time.Now().Add(time.Hour)})
		expectTweet(t, s, "u1")
		events.expect(t, "a refusal", p, "provider_called P tweets token_invalid\nprovider_called P oauth2/token\ntoken_refreshed P u1\nprovider_called P tweets\n")
		if err := s.auth.RevokeToken(t.Context(), mustToken(t, m)); err != nil {
			t.Error(err)
		}
		events.expect(t, "revoked", p, strings.Repeat("provider_called P oauth2/revoke\n", 2))
	})
}

// A token that another machine has renewed meanwhile is not renewed here.
func TestEventsOfARenewalElsewhere(t *testing.T) {
	t.Parallel()
	events := &observed{}
	s, k := newKeeperSite(t, observing(events))
	s.browser(t).login(ada, nil)
	fresh := mustToken(t, k.tokenMemory)
	k.expire("u1")
	k.onRenew = func(ctx context.Context, userID string, renew renewFn) error {
		stored, err := renew(ctx, twitterauth.Token{AccessToken: fresh.AccessToken + "-renewed"})
		if err == nil && stored.AccessToken != fresh.AccessToken+"-renewed" {
			t.Errorf("X was asked for %+v", stored)
		}
		return err
	}
	events.take()
	if resp, err := postTweet(t.Context(), t, s, s.auth.Client("u1")); err != nil || resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("%v, %v", resp, err)
	}
	events.expect(t, "elsewhere", oauth2, "provider_called P tweets token_invalid\n")
}

func mustToken(t *testing.T, m *tokenMemory) twitterauth.Token {
	t.Helper()
	token, ok := m.get("u1")
	if !ok {
		t.Fatal("no token")
	}
	return token
}

// Below a folder of APIURL the steps are the same.
func TestEventsOfClientBelowAFolder(t *testing.T) {
	t.Parallel()
	events := &observed{}
	rows := newTokenRows()
	rows.put("u1", twitterauth.Token{AccessToken: "a", AccessSecret: "s"})
	s, _ := newTokenSite(t, oauth1, rows, observing(events), configured(func(c *twitterauth.Config) {
		c.APIURL += "/x"
		c.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
		})}
	}))
	for _, test := range []struct{ method, path, step string }{
		{"POST", "/2/tweets", "tweets"}, {"GET", "/1.1/account/settings.json", "settings"}, {"", "/1.1/account/settings.json", "settings"},
	} {
		req, err := http.NewRequestWithContext(t.Context(), test.method, s.x.URL+"/x"+test.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Method = test.method // which NewRequest fills in
		resp, err := s.auth.Client("u1").Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		events.expect(t, test.method+" "+test.path, oauth1, "provider_called P "+test.step+"\n")
	}
}

// Whatever Observe does, the login goes on, and the log says it.
func TestObservePanics(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for name, value := range map[string]any{"a text": "boom", "an abort": http.ErrAbortHandler, "a long text": strings.Repeat("boom", 10_000)} {
			var kinds atomic.Int64
			s, m := newTokenSite(t, p, newTokenRows(), configured(func(c *twitterauth.Config) {
				c.Observe = func(context.Context, twitterauth.Event) { kinds.Add(1); panic(value) }
			}))
			b := s.browser(t)
			b.login(ada, nil)
			b.get(b.cancel(b.start(nil)))
			if p.oauth2 {
				m.expire("u1")
			}
			expectTweet(t, s, "u1")
			s.users.change("u1", func(u *user) { u.ValidSince = time.Now().Add(time.Second) })
			b.get("/account")
			log := s.log.String()
			if int64(strings.Count(log, "Config.Observe panicked")) != kinds.Load() || kinds.Load() < 8 || !strings.Contains(log, "level=ERROR") || len(log) > int(kinds.Load())*20_000 {
				t.Errorf("%s: %d events; the log says %s", name, kinds.Load(), log)
			}
		}
	})
}

// A login's line in the log has who and how, and nothing long.
func TestLinesOfLoginsAndLogouts(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		name := "1.0a"
		if p.oauth2 {
			name = "2.0"
		}
		s, b := newLinkingSite(t, p)
		b.login(ada, url.Values{"link": {"true"}})
		b.do("POST", "/auth/twitter/logout", nil)
		b.login(ada, nil)
		long := strings.Repeat("u", 1000)
		s.users.onLogin = func(context.Context, twitterauth.Login) (string, error) { return long, nil }
		s.users.onByID = func(context.Context, string) (*user, error) { return &user{ID: long}, nil }
		b.login(ada, nil)
		log := s.log.String()
		for _, line := range []string{
			`level=INFO msg="twitterauth: X account linked" user_id=guest protocol=` + name + "\n",
			`level=INFO msg="twitterauth: logged out" user_id=guest` + "\n",
			`level=INFO msg="twitterauth: signed in" user_id=guest protocol=` + name + "\n",
			`level=INFO msg="twitterauth: signed in" user_id=` + long[:256] + "… protocol=" + name + "\n",
		} {
			if strings.Count(log, line) != 1 {
				t.Errorf("no line %s in\n%s", line, log)
			}
		}
		s.users.onLogin, s.users.onByID = nil, nil
		b.login(ada, nil)
		b.login(ada, url.Values{"reauth": {"true"}})
		if !strings.Contains(s.log.String(), " reauth=true\n") {
			t.Error(s.log)
		}
	})
}

// Ends have the time since the login began, calls that of the call, and session and
// user are those of the app.
func TestEventFields(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		events := &observed{}
		s := newAppSite(t, p, observing(events))
		s.x.SetLatency(time.Millisecond)
		b, app := s.browser(t), s.app(t, privateScheme)
		began := time.Now()
		b.login(ada, nil)
		app.exchange(app.code(zoe))
		b.get(b.cancel(b.start(nil)))
		b.login(ada, url.Values{"link": {"true"}})
		most := time.Since(began)
		ends := 0
		for _, e := range events.take() {
			isEnd := e.Kind == twitterauth.EventLoginFinished || e.Kind == twitterauth.EventLoginFailed
			if isEnd {
				ends++
			}
			if hasTook := e.Took > 0 && e.Took <= most; hasTook != (isEnd || e.Kind == twitterauth.EventProviderCalled) {
				t.Errorf("%+v took that long, of %v", e, most)
			}
			if hasSession := e.SessionID != ""; hasSession != (e.Kind == twitterauth.EventLoginFinished || e.Kind == twitterauth.EventLinked) {
				t.Errorf("%+v", e)
			}
		}
		if ends != 4 {
			t.Errorf("%d ends", ends)
		}
	})
}

// A person takes time at X, and the clock of the machine that began the login may
// be ahead.
func TestTimeThatALoginTook(t *testing.T) {
	t.Parallel()
	for away, ok := range map[time.Duration]func(time.Duration) bool{
		-10 * time.Minute: func(d time.Duration) bool { return d >= 10*time.Minute && d < 11*time.Minute },
		30 * time.Second:  func(d time.Duration) bool { return d == 0 },
	} {
		events := &observed{}
		s := newSite(t, observing(events))
		b := s.browser(t)
		s.auth.SetClock(func() time.Time { return time.Now().Add(away) })
		at := b.start(nil)
		s.auth.SetClock(time.Now)
		b.get(b.approve(at, ada))
		list := events.take()
		if last := list[len(list)-1]; last.Kind != twitterauth.EventLoginFinished || !ok(last.Took) {
			t.Errorf("begun %v from now: %+v", away, last)
		}
	}
}

// No event has a secret of a login, and what is a label is of a closed set, whatever
// a client sends.
func TestEventsHoldNoSecrets(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		const canary = "canary"
		events := &observed{}
		s := newAppSite(t, p, observing(events), configured(func(c *twitterauth.Config) { c.TokenLogin = c.ConsumerKey != "" }))
		b, app := s.browser(t), s.app(t, privateScheme)
		address := b.approve(b.start(url.Values{"data": {canary}, "return_to": {"/" + canary}, "screen_name": {canary}}), ada)
		b.get(address)
		cookies := b.cookies()
		code := app.code(zoe)
		token := accessToken(t, app.exchange(code))
		for _, path := range []string{"callback?error=" + canary + "&state=" + canary, "callback?denied=" + canary, "login?" + canary, "authorize?" + canary, canary} {
			b.get("/auth/twitter/" + path)
			b.do(canary, "/auth/twitter/"+path, nil)
		}
		x := b.start(nil)
		u, err := url.Parse(x)
		if err != nil {
			t.Fatal(err)
		}
		if p.oauth2 {
			b.get("/auth/twitter/callback?error=" + canary + "&error_description=" + canary + "&state=" + u.Query().Get("state"))
		}
		b.do("POST", "/auth/twitter/token", url.Values{"authToken": {canary}, "authTokenSecret": {canary}})
		s.browser(t).get("/account", "Authorization", "Bearer twa_"+canary)
		b.do("POST", "/auth/twitter/logout", nil)
		callback, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		secrets := []string{canary, s.x.ConsumerSecret, s.x.ClientSecret, s.x.ConsumerKey, s.x.ClientID, code, token, app.verifier,
			callback.Query().Get(p.key), callback.Query().Get(p.proof), u.Query().Get("state"), u.Query().Get("oauth_token"), cookies[sessionCookie]}
		for _, user := range s.users.all() {
			secrets = append(secrets, user.Token.AccessToken, user.Token.AccessSecret)
		}
		list := events.take()
		if len(list) < 8 {
			t.Errorf("%d events", len(list))
		}
		for _, e := range list {
			for _, secret := range secrets {
				if secret != "" && strings.Contains(fmt.Sprintf("%+v", e), secret) {
					t.Errorf("%q is in %+v", secret, e)
				}
			}
			if !labels[string(e.Kind)] || !labels[e.Code] || !labels[e.Protocol] || !labels[e.Step] {
				t.Errorf("%+v has a label of no closed set", e)
			}
		}
	})
}

// labels are the values that Kind, Code, Protocol and Step may have in that test.
var labels = map[string]bool{
	"": true, "login_started": true, "login_finished": true, "login_failed": true, "logged_out": true, "session_refused": true, "provider_called": true,
	"login_expired": true, "token_invalid": true, "login_required": true, "app_misconfigured": true, "provider_unavailable": true,
	"1.0a": true, "2.0": true, "request_token": true, "access_token": true, "oauth2/token": true, "verify_credentials": true, "users/me": true,
}

// Ends are remembered for 8,192 logins at least, and for twice as many at most, so that
// they take no more memory the longer a server runs.
func TestEndsAreForgotten(t *testing.T) {
	t.Parallel()
	ends := 0
	cfg := goodConfig()
	cfg.ClientID, cfg.ClientSecret, cfg.Logger = "client", "canary-client-secret", slog.New(slog.DiscardHandler)
	cfg.Observe = func(_ context.Context, e twitterauth.Event) {
		if e.Kind == twitterauth.EventLoginFailed {
			ends++
		}
	}
	auth, err := twitterauth.New(newMemory(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	auth.EndOtherLogins(8100) // so that the next login is one of the last of its generation
	w := record(auth, newRequest("GET", "/auth/twitter/login"))
	at, err := w.Result().Location()
	if err != nil {
		t.Fatal(err)
	}
	cancelled := newRequest("GET", "/auth/twitter/callback?error=access_denied&state="+at.Query().Get("state"))
	cancelled.Header.Set("Accept", "application/json")
	cancelled.AddCookie(w.Result().Cookies()[0])
	for _, test := range []struct {
		others int // that end before the login's callback comes again
		again  bool
	}{{0, true}, {1, false}, {8000, false}, {300, true}} {
		auth.EndOtherLogins(test.others)
		before := ends
		if record(auth, cancelled); (ends == before+1) != test.again {
			t.Errorf("after %d others: %d ends", test.others, ends-before)
		}
	}
}
