package twitterauth_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/sessions"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

// bearerOf logs a person in with a token pair and returns the Authorization header.
func (s *site) bearerOf(t *testing.T, person string) string {
	t.Helper()
	token, secret := s.x.TokenPair(person)
	r := s.browser(t).do("POST", "/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}})
	userToken := userTokenIn(t, r)
	if userToken == "" {
		t.Fatalf("token login: %d %s", r.StatusCode, r.body)
	}
	return "Bearer " + userToken
}

// navigating are the headers of a page visit.
var navigating = []string{"Accept", "text/html", "Sec-Fetch-Dest", "document", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Site", "same-origin"}

// dueTokens is dueSession whose sessions do not show that they came by a token.
type dueTokens struct{ ownTokens }

func (m dueTokens) Load(r *http.Request) (session.Session, error) {
	s, err := m.ownTokens.Load(r)
	s.LastSeen = s.LastSeen.Add(-30 * time.Minute)
	return s, err
}

// A page visit with a bearer token renews nothing and sets no cookie. POST session
// renews the token, and a visit with a cookie renews the cookie.
func TestBearerIsRenewedByPostSessionAlone(t *testing.T) {
	t.Parallel()
	for name, manager := range map[string]func(*session.Manager) twitterauth.SessionManager{
		"a manager that marks its tokens":         func(m *session.Manager) twitterauth.SessionManager { return dueSession{m} },
		"a manager that does not mark its tokens": func(m *session.Manager) twitterauth.SessionManager { return dueTokens{ownTokens{m}} },
	} {
		m := manager(newTestManager(t, session.Config{IdleTimeout: time.Hour, Bearer: true}))
		s := newSite(t, configured(func(c *twitterauth.Config) { c.TokenLogin, c.SessionManager = true, m }))
		bearer := s.bearerOf(t, ada)
		for _, page := range []string{"/", "/account"} {
			if r := s.browser(t).get(page, append([]string{"Authorization", bearer}, navigating...)...); r.body != "user u1 @ada" || len(r.Cookies()) != 0 {
				t.Errorf("%s, a visit of %s: %d %s, sets %v", name, page, r.StatusCode, r.body, r.Cookies())
			}
		}
		if r := s.browser(t).do("POST", "/auth/twitter/session", nil, "Authorization", bearer); userTokenIn(t, r) == "" || len(r.Cookies()) != 0 {
			t.Errorf("%s, POST session: %d %s, sets %v", name, r.StatusCode, r.body, r.Cookies())
		}
		b := s.browser(t)
		b.login(ada, nil)
		if r := b.visit("/account"); len(r.Cookies()) != 1 {
			t.Errorf("%s, a visit with a cookie, which is due: %d, sets %v", name, r.StatusCode, r.Cookies())
		}
	}
}

// The renewed cookie is set before the app's handler runs, which may send the answer
// at once, and the handler gets the server's own ResponseWriter.
func TestRenewalComesBeforeTheHandler(t *testing.T) {
	t.Parallel()
	s := newSite(t, configured(func(c *twitterauth.Config) {
		c.SessionManager = dueSession{newTestManager(t, session.Config{IdleTimeout: time.Hour})}
	}))
	b := s.browser(t)
	b.login(ada, nil)
	for name, guard := range map[string]func(http.Handler) http.Handler{
		"LoadUser": s.auth.LoadUser, "RequireUser": s.auth.RequireUser, "RequireRecent": s.auth.RequireRecent(time.Hour),
	} {
		r := newRequest("GET", "/page")
		for i := 0; i < len(navigating); i += 2 {
			r.Header.Set(navigating[i], navigating[i+1])
		}
		r.AddCookie(&http.Cookie{Name: sessionCookie, Value: b.cookies()[sessionCookie]})
		given, reached := httptest.NewRecorder(), false
		guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			reached = true
			if w != http.ResponseWriter(given) {
				t.Errorf("%s: the ResponseWriter is wrapped in a %T", name, w)
			}
			if set := w.Header()["Set-Cookie"]; len(set) != 1 || !strings.HasPrefix(set[0], sessionCookie+"=") {
				t.Errorf("%s: before the handler %v is set", name, set)
			}
			w.WriteHeader(http.StatusOK)
		})).ServeHTTP(given, r)
		if !reached || len(given.Result().Cookies()) != 1 {
			t.Errorf("%s: reached %t, %d, sets %v", name, reached, given.Code, given.Result().Cookies())
		}
	}
}

// startsAlone is a manager without Touch and without tokens.
type startsAlone struct{ m *session.Manager }

func (p startsAlone) Start(w http.ResponseWriter, r *http.Request, userID string, stay bool) (session.Session, error) {
	return p.m.Start(w, r, userID, stay)
}
func (p startsAlone) Load(r *http.Request) (session.Session, error)    { return dueSession{p.m}.Load(r) }
func (p startsAlone) End(w http.ResponseWriter, r *http.Request) error { return p.m.End(w, r) }

// touchesCookies is a manager that has tokens, and renews sessions by cookies alone.
type touchesCookies struct{ startsAlone }

func (p touchesCookies) StartWithToken(w http.ResponseWriter, r *http.Request, userID string, stay bool) (session.Session, string, error) {
	return p.m.StartWithToken(w, r, userID, stay)
}
func (p touchesCookies) Touch(w http.ResponseWriter, r *http.Request, s session.Session) (session.Session, error) {
	return p.m.Touch(w, r, s)
}

// A manager without Touch renews nothing, and a manager without TouchWithToken
// answers a bearer token without another; both answer POST session.
func TestManagersThatCannotRenew(t *testing.T) {
	t.Parallel()
	m := newTestManager(t, session.Config{IdleTimeout: time.Hour, Bearer: true})
	for name, test := range map[string]struct {
		manager twitterauth.SessionManager
		renewed int // cookies of a renewal
	}{
		"without Touch":          {startsAlone{m}, 0},
		"without TouchWithToken": {touchesCookies{startsAlone{m}}, 1},
	} {
		s := newSite(t, configured(func(c *twitterauth.Config) { c.SessionManager, c.TokenLogin = test.manager, true }))
		b := s.browser(t)
		b.login(ada, nil)
		if r := b.visit("/account"); r.body != "user u1 @ada" || len(r.Cookies()) != test.renewed {
			t.Errorf("%s, a visit: %d %s, sets %v", name, r.StatusCode, r.body, r.Cookies())
		}
		if r := b.do("POST", "/auth/twitter/session", nil); r.StatusCode != 200 || !strings.Contains(r.body, `"idleUntil"`) || len(r.Cookies()) != test.renewed {
			t.Errorf("%s, POST session: %d %s, sets %v", name, r.StatusCode, r.body, r.Cookies())
		}
		if test.renewed == 0 {
			continue
		}
		if r := s.browser(t).do("POST", "/auth/twitter/session", nil, "Authorization", s.bearerOf(t, ada)); r.StatusCode != 200 || strings.Contains(r.body, "userToken") || len(r.Cookies()) != 0 {
			t.Errorf("%s, POST session with a token: %d %s, sets %v", name, r.StatusCode, r.body, r.Cookies())
		}
	}
}

// Requests that renew one session at one moment all succeed, whatever cookie of it
// they carry, and a renewal costs the store no call more than a page.
func TestParallelRenewals(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]session.Config{
		"sealed cookies": {IdleTimeout: time.Hour},
		"a store":        {IdleTimeout: time.Hour, Store: &mapStore{values: map[string]map[any]any{}}},
	} {
		s, k := newKeepingSite(t, func(c *twitterauth.Config) { c.SessionManager = dueSession{newTestManager(t, cfg)} })
		b := s.browser(t)
		b.login(ada, nil)
		row, older := k.ids(), b.cookies()[sessionCookie]
		k.takeCalls()
		renewed := make(chan string, 16)
		var wg sync.WaitGroup
		for range cap(renewed) / 2 {
			for _, ask := range []func(*browser) reply{
				func(b *browser) reply { return b.visit("/account") },
				func(b *browser) reply { return b.do("POST", "/auth/twitter/session", nil) },
			} {
				wg.Go(func() {
					tab := s.browser(t)
					tab.setCookie(sessionCookie, older)
					r := ask(tab)
					if set := r.Cookies(); r.StatusCode != 200 || len(set) != 1 || set[0].Name != sessionCookie || set[0].Value == "" {
						t.Errorf("%s: %d %s, sets %v", name, r.StatusCode, r.body, set)
						return
					}
					renewed <- r.Cookies()[0].Value
				})
			}
		}
		wg.Wait()
		close(renewed)
		if calls := k.takeCalls(); calls != strings.TrimSpace(strings.Repeat("user ", cap(renewed))) {
			t.Errorf("%s: %d renewals call %s", name, cap(renewed), calls)
		}
		for value := range renewed {
			tab := s.browser(t)
			tab.setCookie(sessionCookie, value)
			if got := tab.whoami(); got != "user u1 @ada" {
				t.Errorf("%s: a renewed cookie is %s", name, got)
			}
		}
		if ids := k.ids(); len(ids) != 1 || ids[0] != row[0] {
			t.Errorf("%s: rows %v, before %v", name, ids, row)
		}
	}
}

// Months of daily visits keep a person signed in until the absolute end, and the time
// away that the timeout promises, less a twentieth, does not sign the person out.
func TestMonthsOfVisits(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for name, store := range map[string]func() sessions.Store{
		"sealed cookies": func() sessions.Store { return nil },
		"a store":        func() sessions.Store { return &mapStore{values: map[string]map[any]any{}} },
	} {
		for away, signedIn := range map[time.Duration]bool{28 * day: true, 31 * day: false} {
			synctest.Test(t, func(t *testing.T) {
				cfg := goodConfig()
				cfg.Session.StayLifetime, cfg.Session.StayIdleTimeout, cfg.Session.Store = 365*day, 30*day, store()
				auth, begun, cookie := newSession(t, cfg, true)
				renewed := 0
				page := auth.RequireUser(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
				visit := func() bool {
					r := newRequest("GET", "/")
					for i := 0; i < len(navigating); i += 2 {
						r.Header.Set(navigating[i], navigating[i+1])
					}
					r.AddCookie(cookie)
					w := record(page, r)
					if set := w.Result().Cookies(); len(set) > 0 {
						cookie, renewed = set[0], renewed+1
					}
					return w.Code == 200
				}
				visitDaily := func(until time.Duration) {
					for time.Since(begun.IssuedAt) < until {
						if !visit() {
							t.Fatalf("%s: signed out after %v", name, time.Since(begun.IssuedAt))
						}
						time.Sleep(day)
					}
				}
				visitDaily(200 * day)
				if time.Sleep(away - day); visit() != signedIn {
					t.Errorf("%s: %v away, signed in %t", name, away, !signedIn)
				}
				if !signedIn {
					return
				}
				visitDaily(365 * day)
				if renewed < 120 || renewed > 200 || visit() {
					t.Errorf("%s: %d renewals in a year, and signed in after it", name, renewed)
				}
				synctest.Wait()
			})
		}
	}
}

// Only page visits and POST session renew an idle session.
func TestRenewal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := goodConfig()
		cfg.Session.IdleTimeout, cfg.Session.Bearer = time.Hour, true
		auth, begun, cookie := newSession(t, cfg, false)
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
		auth, _, cookie := newSession(t, cfg, false)
		time.Sleep(30 * time.Minute)
		r := newRequest("GET", "/")
		r.Header.Set("Accept", "text/html")
		r.AddCookie(cookie)
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
