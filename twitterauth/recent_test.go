package twitterauth_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

// agedSession is a manager whose sessions can be made to look older.
type agedSession struct {
	*session.Manager
	age time.Duration
}

func (a *agedSession) Load(r *http.Request) (session.Session, error) {
	s, err := a.Manager.Load(r)
	s.IssuedAt = s.IssuedAt.Add(-a.age)
	return s, err
}

// newConfirmingSite is a site with a page /danger that needs a login of the last
// ten minutes, and sessions whose age can be set.
func newConfirmingSite(t *testing.T, p protocol, configure func(*twitterauth.Config)) (*site, *agedSession) {
	t.Helper()
	manager, err := session.New(session.Config{Keys: []session.Key{session.NewKey()}, AllowHTTP: true, Bearer: true, Audience: "a"})
	if err != nil {
		t.Fatal(err)
	}
	aged := &agedSession{Manager: manager}
	s := newSite(t, over(p), configured(func(c *twitterauth.Config) {
		c.SessionManager = aged
		c.TokenLogin = c.ConsumerKey != ""
		if configure != nil {
			configure(c)
		}
	}))
	danger := s.auth.RequireRecent(10 * time.Minute)(http.HandlerFunc(s.page))
	s.mux.Handle("GET /danger", danger)
	s.mux.Handle("POST /danger", danger)
	return s, aged
}

func TestRequireRecent(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s, aged := newConfirmingSite(t, p, nil)
		b := s.browser(t)
		b.login(ada, url.Values{"stayLoggedIn": {"true"}})
		if got := b.get("/danger").body; got != "user u1 @ada" {
			t.Errorf("right after the login: %s", got)
		}
		aged.age = 10 * time.Minute
		before := b.cookies()[sessionCookie]
		page := b.visit("/danger?x=1")
		fields, ok := offeredForm(page.body)
		if page.StatusCode != 401 || !ok || fields.Get("reauth") != "true" || fields.Get("return_to") != "/danger?x=1" {
			t.Fatalf("%d, form %v", page.StatusCode, fields)
		}
		if r := b.do("POST", "/danger", url.Values{}, "Accept", "application/json"); r.code(t) != "login_too_old" || !strings.Contains(r.body, `"maxAge":600`) {
			t.Errorf("a post: %d %s", r.StatusCode, r.body)
		}
		if at := b.start(nil); strings.Contains(at, "force_login") {
			t.Errorf("an ordinary login goes to %s", at)
		}
		at := b.start(fields)
		cfg := &twitterauth.Config{}
		if p.use(cfg, s.x); (cfg.ConsumerKey != "") != strings.Contains(at, "force_login=true") {
			t.Errorf("goes to %s", at)
		}
		r := b.get(b.approve(at, ada))
		aged.age = 0
		if r.location() != "/danger?x=1" || b.cookies()[sessionCookie] == before || b.whoami() != "user u1 @ada" {
			t.Errorf("confirmed: %d %s, %s", r.StatusCode, r.location(), b.whoami())
		}
		if !s.users.logins[len(s.users.logins)-1].Reauth || s.users.logins[0].Reauth {
			t.Errorf("Reauth of the logins: %v", s.users.logins)
		}
		var info struct{ StayLoggedIn bool }
		if err := json.Unmarshal([]byte(b.get("/auth/twitter/session").body), &info); err != nil || !info.StayLoggedIn {
			t.Errorf("stayLoggedIn is lost: %v", err)
		}
	})
}

// Another account, or a user whom the store does not have, is a mismatch, and the
// session that was there goes on.
func TestConfirmationAsAnotherUser(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for name, as := range map[string]struct {
			person string
			spoil  func(s *site, b *browser)
			code   string
			whoami string
		}{
			"another user": {zoe, func(s *site, _ *browser) { s.browser(t).login(zoe, nil) }, "login_mismatch", "user u1 @ada"},
			"no user": {zoe, func(s *site, _ *browser) {
				s.users.onLogin = func(_ context.Context, l twitterauth.Login) (string, error) {
					if !l.Reauth {
						t.Error("Reauth is not set")
					}
					return "", fmt.Errorf("no row: %w", twitterauth.ErrUserNotFound)
				}
			}, "login_mismatch", "user u1 @ada"},
			"after a logout":      {ada, func(_ *site, b *browser) { b.do("POST", "/auth/twitter/logout", nil) }, "login_mismatch", "nobody"},
			"after another login": {ada, func(_ *site, b *browser) { b.login(noor, nil) }, "login_mismatch", "user u2 @noor"},
		} {
			s, aged := newConfirmingSite(t, p, nil)
			b := s.browser(t)
			b.login(ada, nil)
			aged.age = time.Hour
			fields, _ := offeredForm(b.visit("/danger").body)
			callback := b.approve(b.start(fields), as.person)
			as.spoil(s, b)
			if r := b.get(callback); r.code(t) != as.code {
				t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
			}
			if got := b.whoami(); got != as.whoami {
				t.Errorf("%s: now %s", name, got)
			}
		}
	})
}

// Without a session a confirmation is an ordinary login, and without Reauth
// ErrUserNotFound is the store's failure.
func TestConfirmationWithoutASession(t *testing.T) {
	t.Parallel()
	s, _ := newConfirmingSite(t, oauth1, nil)
	b := s.browser(t)
	b.login(ada, url.Values{"reauth": {"true"}})
	if got := b.whoami(); got != "user u1 @ada" || s.users.logins[0].Reauth {
		t.Errorf("%s, Reauth %t", got, s.users.logins[0].Reauth)
	}
	s.users.onLogin = func(context.Context, twitterauth.Login) (string, error) { return "", twitterauth.ErrUserNotFound }
	other := s.browser(t)
	if r := other.get(other.approve(other.start(nil), zoe)); r.code(t) != "store_failed" {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	if r := s.browser(t).do("POST", "/auth/twitter/login", url.Values{"reauth": {"true"}, "link": {"true"}}); r.StatusCode != 400 {
		t.Errorf("link and reauth: %d", r.StatusCode)
	}
}

func TestConfirmationOfABearer(t *testing.T) {
	t.Parallel()
	s, aged := newConfirmingSite(t, oauth1, nil)
	token, secret := s.x.TokenPair(ada)
	bearer := "Bearer " + userTokenIn(t, s.browser(t).do("POST", "/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}}))
	aged.age = time.Hour
	r := s.browser(t).get("/danger", "Authorization", bearer, "Accept", "application/json")
	if r.code(t) != "login_too_old" || r.Header.Get("WWW-Authenticate") != `Bearer error="insufficient_user_authentication", max_age=600` {
		t.Errorf("%d %q", r.StatusCode, r.Header.Get("WWW-Authenticate"))
	}
}

// The app's own sign-in page is opened with reauth=1, and Carry keeps it.
func TestConfirmationOnTheAppsPage(t *testing.T) {
	t.Parallel()
	s, aged := newConfirmingSite(t, oauth1, func(c *twitterauth.Config) { c.LoginPage = "/signin" })
	s.mux.HandleFunc("GET /signin", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, s.auth.SignInButton("", twitterauth.Carry(r)))
	})
	b := s.browser(t)
	b.login(ada, nil)
	aged.age = time.Hour
	r := b.visit("/danger")
	if r.location() != "/signin?reauth=1&return_to=%2Fdanger" {
		t.Fatalf("%d %s", r.StatusCode, r.location())
	}
	fields, _ := offeredForm(b.visit(r.location()).body)
	if fields.Get("reauth") != "true" || fields.Get("return_to") != "/danger" {
		t.Errorf("the page carries %v", fields)
	}
	if r := b.do("POST", "/danger", url.Values{}); r.StatusCode != 401 {
		t.Errorf("a post: %d", r.StatusCode)
	}
}

// A guest has no X account, so the account at X is another user's or no user's: the
// guest stays signed in, and no user is made.
func TestGuestCannotConfirm(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s, aged := newConfirmingSite(t, p, nil)
		b := s.guest(t)
		aged.age = time.Hour
		fields, ok := offeredForm(b.visit("/danger").body)
		if !ok {
			t.Fatal("no form to confirm with")
		}
		s.users.onLogin = func(_ context.Context, l twitterauth.Login) (string, error) {
			if !l.Reauth {
				t.Error("Reauth is not set")
			}
			return "", twitterauth.ErrUserNotFound
		}
		if r := b.get(b.approve(b.start(fields), ada)); r.StatusCode != 403 || r.code(t) != "login_mismatch" {
			t.Errorf("%d %s", r.StatusCode, r.body)
		}
		if got := b.whoami(); got != "user guest @" || len(s.users.all()) != 1 {
			t.Errorf("now %s, users %+v", got, s.users.all())
		}
	})
}

// A login is recent from a minute ahead of this machine's clock until maxAge ago.
func TestAgesOfALogin(t *testing.T) {
	t.Parallel()
	s, aged := newConfirmingSite(t, oauth1, nil)
	b := s.browser(t)
	b.login(ada, nil)
	for age, want := range map[time.Duration]int{
		-48 * time.Hour: 401, -2 * time.Minute: 401, -30 * time.Second: 200,
		0: 200, 9 * time.Minute: 200, 10 * time.Minute: 401, 48 * time.Hour: 401,
	} {
		aged.age = age
		if r := b.get("/danger"); r.StatusCode != want {
			t.Errorf("%v ago: %d, want %d", age, r.StatusCode, want)
		}
	}
}

// Without IssuedAt a login has no age: asking to confirm would never end, so it is
// the manager's failure.
func TestRecentWithoutIssuedAt(t *testing.T) {
	t.Parallel()
	s, m := newBrokenSite(t)
	s.mux.Handle("GET /danger", s.auth.RequireRecent(10*time.Minute)(http.HandlerFunc(s.page)))
	b := s.browser(t)
	b.login(ada, nil)
	m.load = func(s session.Session, err error) (session.Session, error) { s.IssuedAt = time.Time{}; return s, err }
	if r := b.get("/danger"); r.StatusCode != 500 || r.code(t) != "store_failed" || !strings.Contains(s.log.String(), "without IssuedAt") {
		t.Errorf("%d %s\n%s", r.StatusCode, r.body, s.log)
	}
	if got := b.get("/account").body; got != "user u1 @ada" {
		t.Errorf("a page that needs no recent login: %s", got)
	}
}

// A manager whose Start does not renew IssuedAt makes every confirmation fail. The
// log has a warning with what to do.
func TestConfirmedSessionThatIsNotRecent(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		issued time.Time
		form   url.Values
		warned bool
	}{
		"confirmed, kept IssuedAt": {time.Now().Add(-time.Hour), url.Values{"reauth": {"true"}}, true},
		"confirmed, no IssuedAt":   {time.Time{}, url.Values{"reauth": {"true"}}, true},
		"confirmed, IssuedAt now":  {time.Now(), url.Values{"reauth": {"true"}}, false},
		"an ordinary login":        {time.Now().Add(-time.Hour), nil, false},
	} {
		s, m := newBrokenSite(t)
		b := s.browser(t)
		b.login(ada, nil)
		m.start = func() (session.Session, error) {
			return session.Session{ID: "kept", UserID: "u1", IssuedAt: test.issued}, nil
		}
		b.login(ada, test.form)
		log := s.log.String()
		if got := strings.Contains(log, "level=WARN") && strings.Contains(log, "Session.IssuedAt to now"); got != test.warned {
			t.Errorf("%s: warned %t\n%s", name, got, log)
		}
	}
}

func TestUserOfATestIsRecent(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	reached := false
	h := s.auth.RequireRecent(time.Hour)(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	r := newRequest("GET", "/danger")
	if record(h, r.WithContext(s.auth.WithUser(r.Context(), &user{ID: "u"}))); !reached {
		t.Error("refused")
	}
}

// Ages that no login or every login meets are found at start.
func TestAgesThatCannotBeMeant(t *testing.T) {
	t.Parallel()
	s := newSite(t, configured(func(c *twitterauth.Config) { c.Session.Lifetime = 2 * time.Hour }))
	panics := func(f func()) (panicked bool) {
		defer func() { panicked = recover() != nil }()
		f()
		return false
	}
	for age, want := range map[time.Duration]bool{0: true, -1: true, 600: true, 59 * time.Second: true, time.Minute: false, time.Hour: false, 2 * time.Hour: true, 24 * time.Hour: true} {
		if got := panics(func() { s.auth.RequireRecent(age) }); got != want {
			t.Errorf("RequireRecent(%v) panics: %t", age, got)
		}
		if got := panics(func() { s.auth.Recent(nullWriter{http.Header{}}, newRequest("GET", "/x"), age) }); got != want {
			t.Errorf("Recent(%v) panics: %t", age, got)
		}
	}
	own := newSite(t, configured(func(c *twitterauth.Config) { c.SessionManager = newManager(t, true) })) // which has its own lifetimes
	for age, want := range map[time.Duration]bool{59 * time.Second: true, time.Minute: false, 365 * 24 * time.Hour: false} {
		if got := panics(func() { own.auth.RequireRecent(age) }); got != want {
			t.Errorf("with the app's sessions RequireRecent(%v) panics: %t", age, got)
		}
	}
}

// Only page visits and POST session renew an idle session.
func TestRenewal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := goodConfig()
		cfg.Session.IdleTimeout, cfg.Session.Bearer = time.Hour, true
		users := newMemory()
		users.users["u1"] = &user{ID: "u1"}
		auth, err := twitterauth.New(users, cfg)
		if err != nil {
			t.Fatal(err)
		}
		var begun session.Session
		w := record(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if begun, err = auth.Sessions().Start(w, r, "u1", false); err != nil {
				t.Error(err)
			}
		}), newRequest("GET", "/"))
		cookie := w.Result().Cookies()[0]
		page := auth.RequireUser(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s, _ := auth.Session(r.Context())
			fmt.Fprint(w, s.ID, s.IdleUntil.Sub(begun.IssuedAt))
		}))
		ask := func(method string, header ...string) reply {
			r := newRequest(method, "/")
			for i := 0; i < len(header); i += 2 {
				r.Header.Set(header[i], header[i+1])
			}
			r.AddCookie(cookie)
			w := record(page, r)
			return reply{w.Result(), w.Body.String()}
		}
		html, navigate := []string{"Accept", "text/html"}, []string{"Sec-Fetch-Dest", "document", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Site", "none"}
		if r := ask("GET", html...); len(r.Cookies()) != 0 {
			t.Errorf("at once: %v", r.Cookies())
		}
		time.Sleep(4 * time.Minute)
		for name, header := range map[string][]string{
			"a fetch":           {"Accept", "*/*", "Sec-Fetch-Dest", "empty", "Sec-Fetch-Mode", "cors"},
			"a fetch of a page": {"Accept", "text/html", "Sec-Fetch-Dest", "empty", "Sec-Fetch-Mode", "cors"},
			"an image":          {"Accept", "image/*", "Sec-Fetch-Dest", "image"},
			"a frame":           {"Accept", "text/html", "Sec-Fetch-Dest", "iframe", "Sec-Fetch-Mode", "navigate"},
			"a prefetch":        {"Accept", "text/html", "Sec-Fetch-Dest", "document", "Sec-Fetch-Mode", "navigate", "Sec-Purpose", "prefetch"},
			"an old prefetch":   {"Accept", "text/html", "Purpose", "prefetch"},
			"a socket":          {"Connection", "Upgrade", "Upgrade", "websocket", "Sec-Fetch-Dest", "websocket", "Sec-Fetch-Mode", "websocket"},
			"an event stream":   {"Accept", "text/event-stream", "Sec-Fetch-Dest", "empty", "Sec-Fetch-Mode", "cors"},
			"a tool":            {"Accept", "*/*"},
		} {
			if r := ask("GET", header...); len(r.Cookies()) != 0 || r.StatusCode != 200 {
				t.Errorf("%s: %d %v", name, r.StatusCode, r.Cookies())
			}
		}
		for _, method := range []string{"HEAD", "POST"} {
			if r := ask(method, html...); len(r.Cookies()) != 0 {
				t.Errorf("%s: %v", method, r.Cookies())
			}
		}
		r := ask("GET", navigate...)
		if len(r.Cookies()) != 1 || r.Cookies()[0].Name != cookie.Name || r.Cookies()[0].MaxAge != 0 {
			t.Fatalf("a visit: %v", r.Cookies())
		}
		if r.body != begun.ID+"1h4m0s" {
			t.Errorf("the handler sees %s", r.body)
		}
		renewed := r.Cookies()[0]
		time.Sleep(57 * time.Minute)
		if r := ask("GET", html...); r.StatusCode == 200 {
			t.Error("the older cookie is good after its idle end")
		}
		cookie = renewed
		if r := ask("GET", html...); r.StatusCode != 200 || len(r.Cookies()) != 1 {
			t.Errorf("the newer cookie: %d", r.StatusCode)
		}
	})
}

func TestPostSession(t *testing.T) {
	t.Parallel()
	s := newSite(t, configured(func(c *twitterauth.Config) {
		c.Session.IdleTimeout, c.Session.Bearer, c.TokenLogin = time.Hour, true, true
	}))
	b := s.browser(t)
	if r := b.do("POST", "/auth/twitter/session", nil); r.code(t) != "login_required" {
		t.Errorf("nobody: %d", r.StatusCode)
	}
	b.login(ada, nil)
	before := b.cookies()[sessionCookie]
	r := b.do("POST", "/auth/twitter/session", nil)
	if r.StatusCode != 200 || b.cookies()[sessionCookie] == before || !strings.Contains(r.body, `"idleUntil"`) || strings.Contains(r.body, "userToken") {
		t.Errorf("a cookie: %d %s", r.StatusCode, r.body)
	}
	if r := b.do("POST", "/auth/twitter/session", nil, "Sec-Fetch-Site", "cross-site"); r.code(t) != "cross_origin" {
		t.Errorf("elsewhere: %d", r.StatusCode)
	}
	if r := b.get("/auth/twitter/session"); !strings.Contains(r.body, `"idleUntil"`) || len(r.Cookies()) != 0 {
		t.Errorf("GET: %s", r.body)
	}
	token, secret := s.x.TokenPair(ada)
	bearer := userTokenIn(t, s.browser(t).do("POST", "/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}}))
	r = s.browser(t).do("POST", "/auth/twitter/session", nil, "Authorization", "Bearer "+bearer)
	newer := userTokenIn(t, r)
	if r.StatusCode != 200 || newer == "" || newer == bearer || len(r.Cookies()) != 0 {
		t.Errorf("a token: %d %s %v", r.StatusCode, r.body, r.Cookies())
	}
	if got := s.browser(t).get("/", "Authorization", "Bearer "+newer).body; got != "user u1 @ada" {
		t.Error(got)
	}
	if r := b.do("POST", "/auth/twitter/session", nil, "Authorization", "Bearer something-else"); strings.Contains(r.body, "userToken") || len(r.Cookies()) != 1 {
		t.Errorf("an Authorization of the app beside the cookie: %s", r.body)
	}
	plain := newSite(t)
	b = plain.browser(t)
	b.login(ada, nil)
	if r := b.do("POST", "/auth/twitter/session", nil); r.StatusCode != 200 || strings.Contains(r.body, "idleUntil") {
		t.Errorf("without an idle timeout: %d %s", r.StatusCode, r.body)
	}
}

// A store that is down at a renewal does not keep a page from being served.
func TestRenewalWhileTheStoreIsDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &mapStore{values: map[string]map[any]any{}}
		var log logBuffer
		cfg := goodConfig()
		cfg.Session.Store, cfg.Session.IdleTimeout = store, time.Hour
		cfg.Logger = newLogger(&log)
		users := newMemory()
		users.users["u1"] = &user{ID: "u1"}
		auth, err := twitterauth.New(users, cfg)
		if err != nil {
			t.Fatal(err)
		}
		w := record(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, err := auth.Sessions().Start(w, r, "u1", false); err != nil {
				t.Error(err)
			}
		}), newRequest("GET", "/"))
		time.Sleep(30 * time.Minute)
		r := newRequest("GET", "/")
		r.Header.Set("Accept", "text/html")
		r.AddCookie(w.Result().Cookies()[0])
		store.failSave = errors.New("read only")
		if w := record(auth.RequireUser(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})), r); w.Code != 200 || len(w.Result().Cookies()) != 0 || !strings.Contains(log.String(), "could not be renewed") {
			t.Errorf("%d %v\n%s", w.Code, w.Result().Cookies(), &log)
		}
		store.failSave = nil
		if w := record(auth.RequireUser(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})), r); w.Code != 200 || len(w.Result().Cookies()) != 1 {
			t.Errorf("afterwards: %d %v", w.Code, w.Result().Cookies())
		}
		synctest.Wait()
	})
}

// newTestManager is a manager of package session for http.
func newTestManager(t *testing.T, cfg session.Config) *session.Manager {
	t.Helper()
	cfg.Keys, cfg.AllowHTTP, cfg.Audience = []session.Key{session.NewKey()}, true, "a"
	m, err := session.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// touching is a manager whose sessions were last seen half an hour ago, and whose
// Touch returns what a test wants.
type touching struct {
	*session.Manager
	issued  time.Duration // how long ago the login was
	edit    func(*session.Session)
	touched func(session.Session) (session.Session, error)
	calls   int
}

func (m *touching) Load(r *http.Request) (session.Session, error) {
	s, err := m.Manager.Load(r)
	s.IssuedAt = s.IssuedAt.Add(-m.issued)
	s.LastSeen, s.IdleUntil = time.Now().Add(-30*time.Minute), time.Now().Add(30*time.Minute)
	if m.edit != nil {
		m.edit(&s)
	}
	return s, err
}

func (m *touching) Touch(w http.ResponseWriter, _ *http.Request, s session.Session) (session.Session, error) {
	m.calls++
	http.SetCookie(w, &http.Cookie{Name: "touched", Value: "1"})
	return m.touched(s)
}

// Touching a session moves its idle end and nothing else: it makes no login younger
// and changes no user. The cookie of another session does not reach the browser.
func TestTouchMovesTheIdleEndAlone(t *testing.T) {
	t.Parallel()
	idle := time.Now().Add(time.Hour)
	for name, test := range map[string]struct {
		touched func(session.Session) session.Session
		idle    bool // whether the idle end moves
	}{
		"the idle end": {func(s session.Session) session.Session { s.IdleUntil = idle; return s }, true},
		"a younger login": {func(s session.Session) session.Session {
			s.IdleUntil, s.IssuedAt, s.ExpiresAt, s.StayLoggedIn = idle, time.Now(), time.Now().Add(time.Minute), true
			return s
		}, true},
		"another user": {func(s session.Session) session.Session { s.IdleUntil, s.UserID = idle, "u2"; return s }, false},
		"another ID":   {func(s session.Session) session.Session { s.IdleUntil, s.ID = idle, "other"; return s }, false},
		"nothing":      {func(session.Session) session.Session { return session.Session{} }, false},
	} {
		m := &touching{Manager: newTestManager(t, session.Config{IdleTimeout: time.Hour}), issued: 2 * time.Hour}
		m.touched = func(s session.Session) (session.Session, error) { return test.touched(s), nil }
		s := newSite(t, configured(func(c *twitterauth.Config) { c.SessionManager = m }))
		s.mux.Handle("GET /danger", s.auth.RequireRecent(10*time.Minute)(http.HandlerFunc(s.page)))
		s.mux.Handle("GET /session", s.auth.RequireUser(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			got, _ := s.auth.Session(r.Context())
			if age := time.Since(got.IssuedAt); got.UserID != "u1" || got.ID == "" || age < time.Hour || time.Until(got.ExpiresAt) < time.Hour || got.StayLoggedIn || got.IdleUntil.Equal(idle) != test.idle {
				t.Errorf("%s: the page sees %+v", name, got)
			}
		})))
		b := s.browser(t)
		b.login(ada, nil)
		if r := b.visit("/session"); r.StatusCode != 200 || m.calls != 1 || (len(r.Cookies()) == 1) != test.idle {
			t.Errorf("%s: %d %s, touched %d times, sets %v", name, r.StatusCode, r.body, m.calls, r.Cookies())
		}
		if r := b.visit("/danger"); r.StatusCode != 401 {
			t.Errorf("%s: a login of two hours ago is recent: %d %s", name, r.StatusCode, r.body)
		}
		if got := strings.Contains(s.log.String(), "returned another session than it was given: it must keep"); got == test.idle {
			t.Errorf("%s: the log has %s", name, s.log)
		}
		want := 503
		if test.idle {
			want = 200
		}
		if r := b.do("POST", "/auth/twitter/session", nil); r.StatusCode != want || (len(r.Cookies()) == 1) != test.idle {
			t.Errorf("%s: POST session is %d %s, want %d, sets %v", name, r.StatusCode, r.body, want, r.Cookies())
		}
	}
}

// A session is renewed until its absolute end, which a manager may not set.
func TestRenewalBeforeTheAbsoluteEnd(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		expires func(idle time.Time) time.Time
		calls   int
	}{
		"not set":          {func(time.Time) time.Time { return time.Time{} }, 1},
		"later":            {func(idle time.Time) time.Time { return idle.Add(time.Second) }, 1},
		"at the idle end":  {func(idle time.Time) time.Time { return idle }, 0},
		"before that, too": {func(idle time.Time) time.Time { return idle.Add(-time.Second) }, 0},
	} {
		m := &touching{Manager: newTestManager(t, session.Config{})}
		m.edit = func(s *session.Session) { s.ExpiresAt = test.expires(s.IdleUntil) }
		m.touched = func(s session.Session) (session.Session, error) { return s, nil }
		s := newSite(t, configured(func(c *twitterauth.Config) { c.SessionManager = m }))
		b := s.browser(t)
		b.login(ada, nil)
		if r := b.visit("/account"); r.StatusCode != 200 || m.calls != test.calls {
			t.Errorf("%s: %d, touched %d times, want %d", name, r.StatusCode, m.calls, test.calls)
		}
	}
}

// ownTokens is an app's manager around one of package session, whose sessions do not
// show that they came by a token.
type ownTokens struct{ *session.Manager }

func (m ownTokens) Load(r *http.Request) (session.Session, error) {
	s, err := m.Manager.Load(r)
	return session.Session{ID: s.ID, UserID: s.UserID, IssuedAt: s.IssuedAt, ExpiresAt: s.ExpiresAt, LastSeen: s.LastSeen, IdleUntil: s.IdleUntil}, err
}

// A cookie never becomes a bearer token, whatever Authorization the app sends with
// it, and a token stays a token.
func TestCookieNeverBecomesAToken(t *testing.T) {
	t.Parallel()
	newOne := func(t *testing.T) *session.Manager {
		return newTestManager(t, session.Config{Bearer: true, IdleTimeout: time.Hour})
	}
	for name, configure := range map[string]func(t *testing.T, c *twitterauth.Config){
		"the built-in sessions":                   func(_ *testing.T, c *twitterauth.Config) { c.Session.Bearer, c.Session.IdleTimeout = true, time.Hour },
		"a session.Manager":                       func(t *testing.T, c *twitterauth.Config) { c.SessionManager = newOne(t) },
		"a manager around it":                     func(t *testing.T, c *twitterauth.Config) { c.SessionManager = &agedSession{Manager: newOne(t)} },
		"a manager that does not mark its tokens": func(t *testing.T, c *twitterauth.Config) { c.SessionManager = ownTokens{newOne(t)} },
	} {
		s := newSite(t, configured(func(c *twitterauth.Config) { c.TokenLogin = true; configure(t, c) }))
		b := s.browser(t)
		b.login(ada, nil)
		for _, authorization := range []string{"Bearer the-apps-own", "Basic dTpw"} {
			before := b.cookies()[sessionCookie]
			r := b.do("POST", "/auth/twitter/session", nil, "Authorization", authorization, "Origin", s.URL, "Sec-Fetch-Site", "same-origin")
			if r.StatusCode != 200 || strings.Contains(r.body, "userToken") || len(r.Cookies()) != 1 || b.cookies()[sessionCookie] == before {
				t.Errorf("%s, a cookie with %s: %d %s, sets %v", name, authorization, r.StatusCode, r.body, r.Cookies())
			}
		}
		token, secret := s.x.TokenPair(ada)
		bearer := userTokenIn(t, s.browser(t).do("POST", "/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}}))
		r := s.browser(t).do("POST", "/auth/twitter/session", nil, "Authorization", "Bearer "+bearer)
		if newer := userTokenIn(t, r); r.StatusCode != 200 || newer == "" || newer == bearer || len(r.Cookies()) != 0 {
			t.Errorf("%s, a token: %d %s, sets %v", name, r.StatusCode, r.body, r.Cookies())
		}
	}
}

// Where no idle timeout is set, POST session has nothing to move: it asks no store to
// save, and a client keeps its token.
func TestPostSessionWithoutAnIdleTimeout(t *testing.T) {
	t.Parallel()
	store := &mapStore{values: map[string]map[any]any{}}
	s := newSite(t, configured(func(c *twitterauth.Config) { c.Session.Store, c.Session.Bearer, c.TokenLogin = store, true, true }))
	b := s.browser(t)
	b.login(ada, nil)
	token, secret := s.x.TokenPair(ada)
	bearer := userTokenIn(t, s.browser(t).do("POST", "/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}}))
	store.mu.Lock()
	store.failSave = errors.New("read only")
	store.mu.Unlock()
	if r := b.do("POST", "/auth/twitter/session", nil); r.StatusCode != 200 || len(r.Cookies()) != 0 || strings.Contains(r.body, "userToken") {
		t.Errorf("a cookie: %d %s, sets %v", r.StatusCode, r.body, r.Cookies())
	}
	if r := s.browser(t).do("POST", "/auth/twitter/session", nil, "Authorization", "Bearer "+bearer); r.StatusCode != 200 || userTokenIn(t, r) != bearer || len(r.Cookies()) != 0 {
		t.Errorf("a token: %d %s, sets %v", r.StatusCode, r.body, r.Cookies())
	}
}

// dueSession is a manager whose sessions are always due for renewal.
type dueSession struct{ *session.Manager }

func (m dueSession) Load(r *http.Request) (session.Session, error) {
	s, err := m.Manager.Load(r)
	s.LastSeen = s.LastSeen.Add(-30 * time.Minute)
	return s, err
}

// A renewal that comes in after a logout of the same browser brings no session back.
func TestRenewalRacesALogout(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]session.Config{
		"sealed cookies": {IdleTimeout: time.Hour},
		"a store":        {IdleTimeout: time.Hour, Store: &mapStore{values: map[string]map[any]any{}}},
	} {
		manager := newTestManager(t, cfg)
		s, k := newKeepingSite(t, func(c *twitterauth.Config) { c.SessionManager = dueSession{manager} })
		for range 10 {
			b := s.browser(t)
			b.login(ada, nil)
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() { b.visit("/account") })
				wg.Go(func() { b.do("POST", "/auth/twitter/session", nil) })
			}
			wg.Go(func() { b.do("POST", "/auth/twitter/logout", nil) })
			wg.Wait()
			if got := b.whoami(); got != "nobody" || len(k.ids()) != 0 {
				t.Fatalf("%s: %s, rows %v", name, got, k.ids())
			}
		}
	}
}

// A confirmation begins a session with an ID of its own and ends the older session,
// of which copies are refused; other devices stay signed in.
func TestConfirmationEndsTheOlderSession(t *testing.T) {
	t.Parallel()
	sites := map[string]func(t *testing.T) *site{"a store without rows": func(t *testing.T) *site {
		return newSite(t, configured(func(c *twitterauth.Config) { c.Session.Store = &mapStore{values: map[string]map[any]any{}} }))
	}}
	for name, configure := range keepingVariants() {
		sites["rows, "+name] = func(t *testing.T) *site { s, _ := newKeepingSite(t, configure); return s }
	}
	for name, newOne := range sites {
		for _, stay := range []string{"true", "false"} {
			s := newOne(t)
			b, laptop := s.browser(t), s.browser(t)
			b.login(ada, url.Values{"stayLoggedIn": {stay}})
			laptop.login(ada, nil)
			older := b.session()
			thief := s.browser(t)
			for cookie, value := range b.cookies() {
				thief.setCookie(cookie, value)
			}
			other := map[string]string{"true": "false", "false": "true"}[stay]
			b.login(ada, url.Values{"reauth": {"true"}, "stayLoggedIn": {other}})
			newer := b.session()
			if newer.ID == older.ID || newer.UserID != older.UserID || newer.StayLoggedIn != (stay == "true") || newer.IssuedAt.Before(older.IssuedAt) {
				t.Errorf("%s, stayLoggedIn %s: %+v, was %+v", name, stay, newer, older)
			}
			if got := thief.whoami(); got != "nobody" {
				t.Errorf("%s, stayLoggedIn %s: a copy of the older cookie is %s", name, stay, got)
			}
			if got := laptop.whoami(); got != "user u1 @ada" {
				t.Errorf("%s, stayLoggedIn %s: another device is %s", name, stay, got)
			}
		}
	}
}

// A post whose login is too old is answered by a page whose button confirms, and the
// post is not repeated: the page keeps none of its fields and not its address.
func TestConfirmationRepeatsNoPost(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for _, page := range []string{"", "/signin"} {
			s, aged := newConfirmingSite(t, p, func(c *twitterauth.Config) { c.LoginPage = page })
			reached := 0
			s.mux.Handle("POST /transfer", s.auth.RequireRecent(10*time.Minute)(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached++ })))
			b := s.browser(t)
			b.login(ada, nil)
			aged.age = time.Hour
			r := b.do("POST", "/transfer", url.Values{"amount": {"5"}}, navigating...)
			fields, ok := offeredForm(r.body)
			if r.StatusCode != 401 || r.location() != "" || r.Header.Get("WWW-Authenticate") != "" || !ok || fields.Get("reauth") != "true" || fields.Has("return_to") && fields.Get("return_to") != "/" || fields.Has("amount") {
				t.Errorf("LoginPage %q: %d, form %v, %s", page, r.StatusCode, fields, r.body)
			}
			if r := b.get(b.approve(b.start(fields), ada)); r.location() != "/" || reached != 0 {
				t.Errorf("LoginPage %q: confirmed: %d %s, the post was served %d times", page, r.StatusCode, r.location(), reached)
			}
		}
	})
}

// RequireRecent around everything passes the login's own routes and the sign-in page,
// also to a user whose login is too old, who could otherwise not confirm.
func TestRecentAroundEverything(t *testing.T) {
	t.Parallel()
	s, aged := newConfirmingSite(t, oauth1, func(c *twitterauth.Config) { c.LoginPage = "/signin" })
	s.mux.Handle("GET /signin", http.HandlerFunc(s.page))
	for name, guard := range map[string]http.Handler{
		"RequireRecent": s.auth.RequireRecent(10 * time.Minute)(s.mux),
		"Recent": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r, ok := s.auth.Recent(w, r, 10*time.Minute); ok { //nolint:contextcheck // the request has the context
				s.mux.ServeHTTP(w, r)
			}
		}),
	} {
		s.Config.Handler, aged.age = guard, 0
		b := s.browser(t)
		if r := b.visit("/"); r.location() != "/signin?return_to=%2F" {
			t.Errorf("%s, a visitor: %d %s", name, r.StatusCode, r.location())
		}
		b.login(ada, nil)
		if got := b.whoami(); got != "user u1 @ada" {
			t.Errorf("%s, right after the login: %s", name, got)
		}
		aged.age = time.Hour
		for target, want := range map[string]int{"/": 303, "/account": 303, "/signin/": 303, "/auth/twitter//session": 303, "/signin": 200, "/signin?reauth=1": 200, "/auth/twitter/session": 200} {
			if r := b.visit(target); r.StatusCode != want || want == 303 && !strings.HasPrefix(r.location(), "/signin?reauth=1") {
				t.Errorf("%s, an old login at %s: %d %s", name, target, r.StatusCode, r.location())
			}
		}
		if got := b.visit("/signin").body; got != "user u1 @ada" {
			t.Errorf("%s: the sign-in page has %s", name, got)
		}
		if r := b.do("POST", "/auth/twitter/logout", nil); r.StatusCode != 303 || b.hasSession() {
			t.Errorf("%s: logout: %d", name, r.StatusCode)
		}
	}
}

// A confirmation whose session ends before the callback, or while X answers, confirms
// nobody: the store is not asked for a login, and nobody is signed in.
func TestSessionEndsDuringAConfirmation(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for name, end := range map[string]func(k *keepingMemory){
			"the row is deleted":  func(k *keepingMemory) { k.rowsMu.Lock(); defer k.rowsMu.Unlock(); clear(k.rows) },
			"all are logged out":  func(k *keepingMemory) { k.change("u1", func(u *user) { u.ValidSince = time.Now().Add(time.Minute) }) },
			"the user is deleted": func(k *keepingMemory) { k.change("u1", nil) },
		} {
			for _, when := range []string{"before the callback", "while X answers"} {
				k, meanwhile := newKeepingMemory(), func() {}
				s := newSite(t, over(p), withStore(k), configured(func(c *twitterauth.Config) {
					c.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
						meanwhile()
						return http.DefaultTransport.RoundTrip(r)
					})}
				}))
				b := s.browser(t)
				b.login(ada, nil)
				callback := b.approve(b.start(url.Values{"reauth": {"true"}, "return_to": {"/account"}}), ada)
				logins := 0
				k.onLogin = func(context.Context, twitterauth.Login) (string, error) { logins++; return "u1", nil }
				if when == "before the callback" {
					end(k)
				} else {
					meanwhile = func() { end(k) }
				}
				r := b.get(callback)
				if r.StatusCode != 403 || r.code(t) != "login_mismatch" || logins != 0 || b.whoami() != "nobody" || len(k.ids()) != 0 {
					t.Errorf("%s %s: %d %s, %d logins, now %s, rows %v", name, when, r.StatusCode, r.body, logins, b.whoami(), k.ids())
				}
			}
		}
	})
}
