package twitterauth_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

func TestSessionRoute(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	if r := b.visit("/auth/twitter/session"); r.StatusCode != http.StatusUnauthorized || r.location() != "" {
		t.Errorf("nobody: %d %s", r.StatusCode, r.location())
	}
	b.login(ada, url.Values{"stayLoggedIn": {"true"}})
	r := b.get("/auth/twitter/session")
	var got map[string]any
	if err := json.Unmarshal([]byte(r.body), &got); err != nil || len(got) != 4 {
		t.Fatalf("%s, %v", r.body, err)
	}
	issued, err1 := time.Parse(time.RFC3339Nano, got["issuedAt"].(string))
	expires, err2 := time.Parse(time.RFC3339Nano, got["expiresAt"].(string))
	if err := errors.Join(err1, err2); err != nil || got["userId"] != "u1" || got["stayLoggedIn"] != true || expires.Sub(issued) != session.DefaultStayLifetime || r.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s, %v", r.body, err)
	}
}

// One wrong bit in any byte of the cookie is nobody: public pages are served,
// the others refused, and nothing fails.
func TestChangedSessionCookieIsNobody(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	b.login(ada, nil)
	good := b.cookies()[sessionCookie]
	for i := range good {
		changed := []byte(good)
		changed[i] ^= 1
		for target, want := range map[string]int{"/": 200, "/account": 401, "/auth/twitter/session": 401} {
			r := newRequest("GET", target)
			r.Header.Set("Cookie", sessionCookie+"="+string(changed))
			if w := record(s.mux, r); w.Code != want || target == "/" && w.Body.String() != "nobody" {
				t.Errorf("byte %d: %s is %d %s", i, target, w.Code, w.Body)
			}
		}
	}
	if got := b.whoami(); got != "user u1 @ada" {
		t.Error(got)
	}
}

func TestLoginReplacesTheSession(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newSite(t, over(p))
		b := s.browser(t)
		b.setCookie(sessionCookie, "planted")
		b.login(ada, nil)
		first := b.cookies()[sessionCookie]
		b.login(ada, nil)
		if second := b.cookies()[sessionCookie]; first == "planted" || second == first || b.whoami() != "user u1 @ada" {
			t.Errorf("sessions %q and %q", first, second)
		}
	})
}

func TestSessionsThatTheAppEnds(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*site){
		"the user is gone":      func(s *site) { s.users.change("u1", nil) },
		"logged out everywhere": func(s *site) { s.users.change("u1", func(u *user) { u.ValidSince = time.Now().Add(time.Microsecond) }) },
	} {
		for _, path := range []string{"/", "/account", "/auth/twitter/session"} {
			t.Run(name+" "+path, func(t *testing.T) {
				t.Parallel()
				s := newSite(t)
				b := s.browser(t)
				b.login(ada, url.Values{"stayLoggedIn": {"1"}})
				end(s)
				r := b.get(path)
				if path == "/" && r.body != "nobody" || path != "/" && r.StatusCode != http.StatusUnauthorized {
					t.Errorf("%d %s", r.StatusCode, r.body)
				}
				if b.hasSession() {
					t.Error("the cookie was kept")
				}
				s.users.change("u1", func(u *user) {
					if u != nil {
						u.ValidSince = time.Now().Add(-time.Hour)
					}
				})
			})
		}
	}
}

// ownSessions are those of an app that had sessions before: a map and a cookie.
type ownSessions struct {
	mu   sync.Mutex
	byID map[string]session.Session
}

func (o *ownSessions) Start(w http.ResponseWriter, r *http.Request, userID string, stay bool) (session.Session, error) {
	o.drop(r)
	s := session.Session{ID: rand.Text(), UserID: userID, IssuedAt: time.Now(), ExpiresAt: time.Now().Add(time.Hour), StayLoggedIn: stay}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.byID[s.ID] = s
	http.SetCookie(w, &http.Cookie{Name: "own", Value: s.ID, Path: "/", HttpOnly: true})
	return s, nil
}

func (o *ownSessions) Load(r *http.Request) (session.Session, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	c, err := r.Cookie("own")
	if err != nil {
		return session.Session{}, session.ErrNoSession
	}
	s, ok := o.byID[c.Value]
	if !ok {
		return session.Session{}, session.ErrNoSession
	}
	return s, nil
}

func (o *ownSessions) drop(r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if c, err := r.Cookie("own"); err == nil {
		delete(o.byID, c.Value)
	}
}

func (o *ownSessions) End(w http.ResponseWriter, r *http.Request) error {
	o.drop(r)
	http.SetCookie(w, &http.Cookie{Name: "own", Path: "/", MaxAge: -1})
	return nil
}

func (o *ownSessions) count() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.byID)
}

// staleSessions goes on with the session that a request has, and ignores who signs in.
type staleSessions struct{ *ownSessions }

func (o staleSessions) Start(w http.ResponseWriter, r *http.Request, userID string, stay bool) (session.Session, error) {
	if older, err := o.Load(r); err == nil {
		http.SetCookie(w, &http.Cookie{Name: "own", Value: older.ID, Path: "/"})
		return older, nil
	}
	return o.ownSessions.Start(w, r, userID, stay)
}

// A login must not end as the user who was signed in before.
func TestSessionManagerThatStartsAnotherUser(t *testing.T) {
	t.Parallel()
	for name, store := range map[string]twitterauth.UserStore[*user]{"without rows": newMemory(), "with rows": newKeepingMemory()} {
		own := staleSessions{&ownSessions{byID: map[string]session.Session{}}}
		s := newSite(t, withStore(store), configured(func(c *twitterauth.Config) { c.SessionManager = own }))
		b := s.browser(t)
		b.login(ada, nil)
		r := b.get(b.approve(b.start(nil), zoe))
		if r.StatusCode != 500 || r.code(t) != "store_failed" || !strings.Contains(s.log.String(), "a session of another user") {
			t.Errorf("%s: %d %s\n%s", name, r.StatusCode, r.body, s.log)
		}
		for _, c := range r.Cookies() {
			if c.Name == "own" {
				t.Errorf("%s: sets %v", name, c)
			}
		}
		if got := b.whoami(); got != "user u1 @ada" {
			t.Errorf("%s: afterwards %s", name, got)
		}
	}
}

// writerOf is the key of a framework's own ResponseWriter in a request's context.
type writerOf struct{}

// frameworkSessions set their cookie by the framework's ResponseWriter, as Gin's and
// Echo's sessions do, and one more by the ResponseWriter that they are given.
type frameworkSessions struct{ *ownSessions }

func (o frameworkSessions) Start(w http.ResponseWriter, r *http.Request, userID string, stay bool) (session.Session, error) {
	http.SetCookie(w, &http.Cookie{Name: "seen", Value: "1", Path: "/"})
	return o.ownSessions.Start(r.Context().Value(writerOf{}).(http.ResponseWriter), r, userID, stay)
}

// The cookies of such a manager reach the browser, also with a cookie of a middleware
// in front.
func TestSessionManagerOfAFramework(t *testing.T) {
	t.Parallel()
	for name, store := range map[string]twitterauth.UserStore[*user]{"without rows": newMemory(), "with rows": newKeepingMemory()} {
		own := frameworkSessions{&ownSessions{byID: map[string]session.Session{}}}
		s := newSite(t, withStore(store), configured(func(c *twitterauth.Config) { c.SessionManager = own }))
		s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.SetCookie(w, &http.Cookie{Name: "front", Value: "1", Path: "/"})
			s.mux.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), writerOf{}, w)))
		})
		b := s.browser(t)
		b.login(ada, nil)
		if cookies := b.cookies(); cookies["own"] == "" || cookies["front"] == "" || cookies["seen"] == "" || len(cookies) != 3 || b.whoami() != "user u1 @ada" {
			t.Errorf("%s: %v, %s", name, cookies, b.whoami())
		}
	}
}

// replacingSessions write over the cookie that their middleware has set, in place, remove
// another, and set Vary by the ResponseWriter that they are given too.
type replacingSessions struct {
	*ownSessions
	both bool // also change cookies by the ResponseWriter that they are given
}

func (o replacingSessions) Start(w http.ResponseWriter, r *http.Request, userID string, stay bool) (session.Session, error) {
	w.Header().Add("Vary", "X-App")
	if o.both {
		w.Header()["Set-Cookie"] = slices.DeleteFunc(w.Header()["Set-Cookie"], func(line string) bool { return strings.HasPrefix(line, "old=") })
		http.SetCookie(w, &http.Cookie{Name: "seen", Value: "1", Path: "/"})
	}
	begun, err := o.ownSessions.Start(httptest.NewRecorder(), r, userID, stay)
	header := r.Context().Value(writerOf{}).(http.ResponseWriter).Header()
	header.Add("Vary", "Cookie")
	header.Set("X-By", "framework")
	header["Set-Cookie"] = slices.DeleteFunc(header["Set-Cookie"], func(line string) bool { return strings.HasPrefix(line, "gone=") })
	for i, line := range header["Set-Cookie"] {
		if strings.HasPrefix(line, "own=") {
			header["Set-Cookie"][i] = (&http.Cookie{Name: "own", Value: begun.ID, Path: "/"}).String()
		}
	}
	return begun, err
}

// A framework may replace and remove lines of the response, and both writers may add to
// Vary.
func TestSessionManagerOfAFrameworkThatReplacesItsCookie(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		store twitterauth.UserStore[*user]
		both  bool
	}{
		"without rows": {newMemory(), false}, "with rows": {newKeepingMemory(), false},
		"without rows, both writers": {newMemory(), true}, "with rows, both writers": {newKeepingMemory(), true},
	} {
		own := replacingSessions{&ownSessions{byID: map[string]session.Session{}}, test.both}
		s := newSite(t, withStore(test.store), configured(func(c *twitterauth.Config) { c.SessionManager = own }))
		s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/callback") {
				w.Header().Set("X-By", "middleware")
				http.SetCookie(w, &http.Cookie{Name: "gone", Value: "1", Path: "/"})
				http.SetCookie(w, &http.Cookie{Name: "own", Value: "nobody", Path: "/"})
				http.SetCookie(w, &http.Cookie{Name: "old", Value: "1", Path: "/"})
			}
			s.mux.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), writerOf{}, w)))
		})
		b := s.browser(t)
		r := b.get(b.approve(b.start(nil), ada))
		lines, vary := r.Header["Set-Cookie"], strings.Join(r.Header["Vary"], ", ")
		if cookies := b.cookies(); b.whoami() != "user u1 @ada" || cookies["gone"] != "" || (cookies["seen"] != "") != test.both || (cookies["old"] == "") != test.both || strings.Count(strings.Join(lines, "\n"), "own=") != 1 {
			t.Errorf("%s: %s, %q", name, b.whoami(), lines)
		}
		if !strings.Contains(vary, "X-App") || !strings.Contains(vary, "Cookie") || r.Header.Get("X-By") != "framework" {
			t.Errorf("%s: Vary: %s, X-By: %s", name, vary, r.Header.Get("X-By"))
		}
	}
}

// Logins with X start the sessions of an app that has its own, and none of ours.
func TestSessionsOfTheApp(t *testing.T) {
	t.Parallel()
	own := &ownSessions{byID: map[string]session.Session{}}
	s := newSite(t, configured(func(c *twitterauth.Config) { c.SessionManager, c.TokenLogin = own, true }))
	b := s.browser(t)
	b.login(ada, url.Values{"stayLoggedIn": {"true"}})
	cookies := b.cookies()
	if len(cookies) != 1 || own.byID[cookies["own"]].UserID != "u1" || !own.byID[cookies["own"]].StayLoggedIn {
		t.Errorf("cookies %v, sessions %v", cookies, own.byID)
	}
	if got := b.whoami(); got != "user u1 @ada" {
		t.Error(got)
	}
	if r := b.get("/auth/twitter/session"); r.StatusCode != http.StatusOK {
		t.Errorf("GET session: %d %s", r.StatusCode, r.body)
	}
	b.login(zoe, nil)
	if own.count() != 1 || b.whoami() != "user u2 @"+s.users.logins[1].ScreenName {
		t.Errorf("after a second login: %d sessions, %s", own.count(), b.whoami())
	}
	token, secret := s.x.TokenPair(noor)
	if r := s.browser(t).do("POST", "/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}}); r.StatusCode != http.StatusOK || own.count() != 2 {
		t.Errorf("token login: %d %s, %d sessions", r.StatusCode, r.body, own.count())
	}
	if r := b.do("POST", "/auth/twitter/logout", nil); r.StatusCode != http.StatusSeeOther || own.count() != 1 || b.whoami() != "nobody" {
		t.Errorf("logout: %d, %d sessions, %s", r.StatusCode, own.count(), b.whoami())
	}
}

// A user with a password has a session like one who comes from X, and the one
// follows the other in a browser without a trace.
func TestPasswordUser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.users.users["u9"] = &user{ID: "u9", ScreenName: "with-password", Fields: map[string]any{}}
	s.mux.HandleFunc("POST /password", func(w http.ResponseWriter, r *http.Request) {
		if _, err := s.auth.Sessions().Start(w, r, "u9", r.PostFormValue("stayLoggedIn") == "true"); err != nil {
			t.Error(err)
		}
	})
	b := s.browser(t)
	r := b.do("POST", "/password", url.Values{"stayLoggedIn": {"true"}})
	if len(r.Cookies()) != 1 || r.Cookies()[0].MaxAge < 29*24*3600 || b.whoami() != "user u9 @with-password" {
		t.Errorf("%v, %s", r.Cookies(), b.whoami())
	}
	b.login(ada, nil)
	if b.whoami() == "user u9 @with-password" {
		t.Error("still the password's user after a login with X")
	}
	b.do("POST", "/password", nil)
	if got := b.whoami(); got != "user u9 @with-password" {
		t.Error(got)
	}
	b.do("POST", "/auth/twitter/logout", nil)
	if got := b.whoami(); got != "nobody" {
		t.Error(got)
	}
	if _, err := s.auth.Sessions().Load(&http.Request{Header: http.Header{}}); err != session.ErrNoSession {
		t.Errorf("Load without a cookie: %v", err)
	}
}

// countingManager is the app's own manager around one of package session.
type countingManager struct {
	*session.Manager
	starts, tokens atomic.Int32
}

func (c *countingManager) Start(w http.ResponseWriter, r *http.Request, userID string, stay bool) (session.Session, error) {
	c.starts.Add(1)
	return c.Manager.Start(w, r, userID, stay)
}

func (c *countingManager) StartWithToken(w http.ResponseWriter, r *http.Request, userID string, stay bool) (session.Session, string, error) {
	c.tokens.Add(1)
	return c.Manager.StartWithToken(w, r, userID, stay)
}

func userTokenIn(t *testing.T, r reply) string {
	t.Helper()
	_, rest, _ := strings.Cut(r.body, `"userToken":"`)
	token, _, _ := strings.Cut(rest, `"`)
	return token
}

// An app's own manager with StartWithToken gives bearer tokens at POST
// token, and Start alone is called at a browser login.
func TestTokenStarterOfTheApp(t *testing.T) {
	t.Parallel()
	manager, err := session.New(session.Config{Keys: []session.Key{session.NewKey()}, Bearer: true, AllowHTTP: true, Audience: "a"})
	if err != nil {
		t.Fatal(err)
	}
	wrapped := &countingManager{Manager: manager}
	s := newSite(t, configured(func(c *twitterauth.Config) { c.SessionManager, c.TokenLogin = wrapped, true }))
	s.browser(t).login(ada, nil)
	if wrapped.starts.Load() != 1 || wrapped.tokens.Load() != 0 {
		t.Errorf("a browser login: %d starts, %d with a token", wrapped.starts.Load(), wrapped.tokens.Load())
	}
	token, secret := s.x.TokenPair(noor)
	r := s.browser(t).do("POST", "/auth/twitter/token", map[string][]string{"authToken": {token}, "authTokenSecret": {secret}})
	userToken := userTokenIn(t, r)
	if userToken == "" || wrapped.tokens.Load() != 1 {
		t.Fatalf("token login: %s", r.body)
	}
	page := s.browser(t).get("/", "Authorization", "Bearer "+userToken)
	if page.body != "user u2 @"+s.users.users["u2"].ScreenName || page.Header.Get("Vary") != "Cookie, Authorization" {
		t.Errorf("the token: %s, Vary %q", page.body, page.Header.Get("Vary"))
	}
}

// Keys and clocks that differ between machines sign people out; the log has a
// line about it, at most once a minute or once.
func TestSessionsRejectedOverKeysAndClocks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		key := session.NewKey()
		machine := func(keys ...session.Key) (*twitterauth.Auth[*user], func(*http.Request) int) {
			cfg := goodConfig()
			cfg.Session.Keys = keys
			cfg.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelInfo}))
			auth, err := twitterauth.New(newMemory(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			return auth, func(r *http.Request) int {
				log.Reset()
				record(auth.LoadUser(http.NotFoundHandler()), r)
				return strings.Count(log.String(), "\n")
			}
		}
		visitOf := func(auth *twitterauth.Auth[*user]) *http.Request {
			w := record(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if _, err := auth.Sessions().Start(w, r, "u", false); err != nil {
					t.Error(err)
				}
			}), newRequest("GET", "/"))
			r := newRequest("GET", "/")
			r.AddCookie(w.Result().Cookies()[0])
			return r
		}
		ahead, _ := machine(session.NewKey())
		_, behind := machine(key)
		sealedAhead := visitOf(ahead)
		if n := behind(sealedAhead); n != 1 || !strings.Contains(log.String(), "key that this server does not have") || !strings.Contains(log.String(), "count=1") {
			t.Errorf("the first: %s", &log)
		}
		for range 10 {
			if n := behind(sealedAhead); n != 0 {
				t.Errorf("within the minute: %s", &log)
			}
		}
		time.Sleep(time.Minute)
		if n := behind(sealedAhead); n != 1 || !strings.Contains(log.String(), "count=11") {
			t.Errorf("a minute later: %s", &log)
		}
		junk := newRequest("GET", "/")
		junk.Header.Set("Cookie", "__Host-"+sessionCookie+"=junk")
		time.Sleep(time.Minute)
		if n := behind(junk); n != 0 {
			t.Errorf("junk: %s", &log)
		}

		same, atSame := machine(key)
		old := visitOf(same)
		time.Sleep(25 * time.Hour)
		if n := atSame(old); n != 1 || !strings.Contains(log.String(), "clock") {
			t.Errorf("an expired session: %s", &log)
		}
		if n := atSame(old); n != 0 {
			t.Errorf("again: %s", &log)
		}
	})
}

// A session of the future, from a machine whose clock is ahead, is rejected
// until the clock catches up, with one line in the log.
func TestSessionOfTheFuture(t *testing.T) {
	t.Parallel()
	key := session.NewKey()
	var cookie *http.Cookie
	start := func(ahead time.Duration) {
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(ahead)
			cfg := goodConfig()
			cfg.Session.Keys = []session.Key{key}
			_, _, cookie = newSession(t, cfg, false)
		})
	}
	for ahead, want := range map[time.Duration]string{0: "200 200", 50 * time.Second: "200 200", 70 * time.Second: "401 200", 20 * time.Hour: "401 401"} {
		start(ahead)
		synctest.Test(t, func(t *testing.T) {
			var log bytes.Buffer
			cfg := goodConfig()
			cfg.Session.Keys = []session.Key{key}
			cfg.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelInfo}))
			users := newMemory()
			users.users["u1"] = &user{ID: "u1"}
			auth, err := twitterauth.New(users, cfg)
			if err != nil {
				t.Fatal(err)
			}
			page := auth.RequireUser(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
			visit := func() int {
				r := newRequest("GET", "/")
				r.AddCookie(cookie)
				w := record(page, r)
				if len(w.Header()["Set-Cookie"]) != 0 {
					t.Errorf("%v ahead: the cookie is deleted", ahead)
				}
				return w.Code
			}
			first := visit()
			time.Sleep(time.Minute)
			if got := fmt.Sprint(first, visit()); got != want {
				t.Errorf("%v ahead: %s, want %s", ahead, got, want)
			}
			if n := strings.Count(log.String(), "in the future"); n != strings.Count(want, "401 ") && n != 1 {
				t.Errorf("%v ahead: the log has %s", ahead, &log)
			}
		})
	}
}

// With the app's own manager, CookieName and Keys name and seal the pending
// logins, which another machine with the same keys finishes and a machine with others
// does not.
func TestKeysAndCookieNameBesideAManager(t *testing.T) {
	t.Parallel()
	x := twittertest.NewServer()
	key, manager, store := session.NewKey(), newManager(t, true), newMemory()
	var cfg twitterauth.Config
	s := newSite(t, atX(x), withStore(store), configured(func(c *twitterauth.Config) {
		c.SessionManager, c.Session = manager, session.Config{Keys: []session.Key{key}, CookieName: "shop"}
		cfg = *c
	}))
	b := s.browser(t)
	callback := b.approve(b.start(nil), ada)
	r := newRequest("GET", pathAndQuery(callback))
	for name, value := range b.cookies() {
		if !strings.HasPrefix(name, "shop_login_") {
			t.Errorf("a cookie is named %s", name)
		}
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	for _, test := range []struct {
		key    session.Key
		status int
	}{{session.NewKey(), 403}, {key, 303}} {
		cfg.Session.Keys = []session.Key{test.key}
		there, err := twitterauth.New(store, cfg)
		if err != nil {
			t.Fatal(err)
		}
		if w := record(there, r.Clone(t.Context())); w.Code != test.status {
			t.Errorf("%d %s, want %d", w.Code, w.Body, test.status)
		}
	}
}
