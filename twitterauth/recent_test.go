package twitterauth_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
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
