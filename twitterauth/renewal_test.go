package twitterauth_test

import (
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
				users := newMemory()
				users.users["u1"] = &user{ID: "u1"}
				auth, err := twitterauth.New(users, cfg)
				if err != nil {
					t.Fatal(err)
				}
				w := record(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if _, err := auth.Sessions().Start(w, r, "u1", true); err != nil {
						t.Error(err)
					}
				}), newRequest("POST", "/"))
				began, cookie, renewed := time.Now(), w.Result().Cookies()[0], 0
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
					for time.Since(began) < until {
						if !visit() {
							t.Fatalf("%s: signed out after %v", name, time.Since(began))
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
