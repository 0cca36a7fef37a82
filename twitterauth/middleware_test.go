package twitterauth_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

func TestRequireUser(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	const html = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	for name, test := range map[string]struct {
		method, target string
		header         []string
		redirect       string // "" for 401
	}{
		"a page":                     {"GET", "/account?a=1&b=2", []string{"Accept", html, "Sec-Fetch-Dest", "document"}, "/auth/twitter/login?return_to=%2Faccount%3Fa%3D1%26b%3D2"},
		"a page in an old browser":   {"GET", "/account", []string{"Accept", html}, "/auth/twitter/login?return_to=%2Faccount"},
		"a page with a long address": {"GET", "/account?" + strings.Repeat("a", 2100), []string{"Accept", html}, "/auth/twitter/login?return_to=%2Faccount"},
		"a page by a service worker": {"GET", "/account", []string{"Accept", html, "Sec-Fetch-Dest", "empty", "Sec-Fetch-Mode", "navigate"}, "/auth/twitter/login?return_to=%2Faccount"},
		"a posted form":              {"POST", "/account", []string{"Accept", html, "Sec-Fetch-Dest", "document"}, ""},
		"a fetch":                    {"GET", "/account", []string{"Accept", "*/*", "Sec-Fetch-Dest", "empty"}, ""},
		"a fetch that accepts HTML":  {"GET", "/account", []string{"Accept", html, "Sec-Fetch-Dest", "empty"}, ""},
		"an image":                   {"GET", "/account", []string{"Accept", "image/*", "Sec-Fetch-Dest", "image"}, ""},
		"JSON":                       {"GET", "/account", []string{"Accept", "application/json"}, ""},
		"a tool":                     {"GET", "/account", nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := s.browser(t)
			r := b.do(test.method, test.target, nil, test.header...)
			if !slices.Contains(r.Header["Vary"], "Cookie") || r.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("headers %v", r.Header)
			}
			if test.redirect != "" {
				if r.StatusCode != http.StatusSeeOther || r.location() != test.redirect {
					t.Errorf("%d %s", r.StatusCode, r.location())
				}
				return
			}
			if r.StatusCode != http.StatusUnauthorized || r.location() != "" {
				t.Errorf("%d %s", r.StatusCode, r.location())
			}
			if strings.Contains(strings.Join(test.header, " "), html) {
				if !strings.Contains(r.body, "<h1>Please sign in</h1>") {
					t.Errorf("not a page: %s", r.body)
				}
			} else if r.code(t) != "login_required" {
				t.Errorf("code %s", r.body)
			}
		})
	}
	b := s.browser(t)
	b.login(ada, nil)
	r := b.get("/account")
	if r.StatusCode != http.StatusOK || r.body != "user u1 @ada" || r.Header.Get("Cache-Control") != "private, no-store" || !slices.Contains(r.Header["Vary"], "Cookie") {
		t.Errorf("a user: %d %s %v", r.StatusCode, r.body, r.Header)
	}
}

func TestLoadUserLetsEveryoneThrough(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	b := s.browser(t)
	r := b.get("/")
	if r.body != "nobody" || !slices.Contains(r.Header["Vary"], "Cookie") || r.Header.Get("Cache-Control") != "" || len(r.Cookies()) != 0 {
		t.Errorf("%q %v", r.body, r.Header)
	}
	b.setCookie(sessionCookie, "junk")
	if r := b.get("/"); r.StatusCode != http.StatusOK || r.body != "nobody" {
		t.Errorf("with junk: %d %q", r.StatusCode, r.body)
	}
}

func TestVaryKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	h := s.auth.LoadUser(s.auth.LoadUser(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Header().Add("Vary", "Accept") })))
	for range 2 { // the header's value is shared between requests
		w := httptest.NewRecorder()
		w.Header().Add("Vary", "Accept-Encoding")
		h.ServeHTTP(w, newRequest("GET", "/"))
		if got := w.Header()["Vary"]; !slices.Equal(got, []string{"Accept-Encoding", "Cookie", "Accept"}) {
			t.Errorf("Vary %q", got)
		}
		w = record(h, newRequest("GET", "/"))
		if got := w.Header()["Vary"]; !slices.Equal(got, []string{"Cookie", "Accept"}) {
			t.Errorf("Vary %q", got)
		}
	}
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
				s := newSite(t, nil)
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

func TestStoreFailsOnRequests(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		byID   func(context.Context, string) (*user, error)
		status int
		code   string
	}{
		"an error":         {func(context.Context, string) (*user, error) { return nil, errors.New("boom") }, 503, "store_unavailable"},
		"a timeout":        {func(context.Context, string) (*user, error) { return nil, context.DeadlineExceeded }, 503, "store_unavailable"},
		"a panic":          {func(context.Context, string) (*user, error) { panic("boom") }, 500, "store_failed"},
		"the user's panic": {func(context.Context, string) (*user, error) { return &user{ID: "u1", Data: "panic"}, nil }, 500, "store_failed"},
		"nil and no error": {func(context.Context, string) (*user, error) { return nil, nil }, 503, "store_unavailable"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, nil)
			b := s.browser(t)
			b.login(ada, nil)
			s.users.onByID = test.byID
			r := b.get("/account")
			if r.StatusCode != test.status || r.code(t) != test.code || !b.hasSession() {
				t.Errorf("%d %s, cookie kept %t", r.StatusCode, r.body, b.hasSession())
			}
			if r := b.get("/"); r.body != "nobody" || !b.hasSession() || !strings.Contains(s.log.String(), test.code) {
				t.Errorf("LoadUser: %s", r.body)
			}
			if r := b.get(b.approve(b.start(nil), zoe)); r.StatusCode < 500 || !strings.HasPrefix(r.code(t), "store_") {
				t.Errorf("a login meanwhile: %d %s", r.StatusCode, r.body)
			}
			s.users.onByID = nil
			if got := b.whoami(); got != "user u1 @ada" {
				t.Errorf("once it is back: %s", got)
			}
		})
	}
}

func TestWithUser(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.users.onByID = func(context.Context, string) (*user, error) { panic("the store was asked") }
	for _, wrap := range []func(http.Handler) http.Handler{s.auth.RequireUser, s.auth.LoadUser} {
		r := newRequest("GET", "/")
		r = r.WithContext(s.auth.WithUser(r.Context(), &user{ID: "u9", ScreenName: "test"}))
		w := record(wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, ok := s.auth.Session(r.Context()); ok {
				t.Error("there is a session")
			}
			s.page(w, r)
		})), r)
		if w.Body.String() != "user u9 @test" {
			t.Errorf("%s", w.Body)
		}
	}
}

func TestTwoAuthsDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	one := newSite(t, nil)
	two := newSite(t, func(c *twitterauth.Config) { c.Session.CookieName = "second" })
	ctx := one.auth.WithUser(t.Context(), &user{ID: "a"})
	if _, ok := two.auth.User(ctx); ok {
		t.Error("one's user is two's")
	}
	ctx = two.auth.WithUser(ctx, &user{ID: "b"})
	if u, _ := one.auth.User(ctx); u.ID != "a" {
		t.Errorf("one's user is %s", u.ID)
	}
}

func TestRequire(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	w := httptest.NewRecorder()
	if r, ok := s.auth.Require(w, newRequest("GET", "/")); ok || r != nil || w.Code != http.StatusUnauthorized {
		t.Errorf("%v %t %d", r, ok, w.Code)
	}
	userID, err := s.users.UserForLogin(t.Context(), twitterauth.Login{TwitterID: ada, ScreenName: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	w = httptest.NewRecorder()
	if _, err := s.auth.Sessions().Start(w, newRequest("GET", "/"), userID, false); err != nil {
		t.Fatal(err)
	}
	r := newRequest("GET", "/")
	r.AddCookie(w.Result().Cookies()[0])
	r, ok := s.auth.Require(httptest.NewRecorder(), r)
	if !ok {
		t.Fatal("refused")
	}
	u, _ := s.auth.User(r.Context())
	sess, ok := s.auth.Session(r.Context())
	if u.ScreenName != "ada" || !ok || sess.UserID != userID {
		t.Errorf("%+v %+v", u, sess)
	}
}

func TestSessionRoute(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
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

// The user type may have SessionsValidSince on its value, on its address or,
// behind an interface, on some users only.
type (
	byValue   struct{ since time.Time }
	byAddress struct{ since time.Time }
	plainUser struct{}
)

func (u byValue) SessionsValidSince() time.Time    { return u.since }
func (u *byAddress) SessionsValidSince() time.Time { return u.since }

type oneUser[U any] struct{ user U }

func (s oneUser[U]) UserForLogin(context.Context, twitterauth.Login) (string, error) { return "u", nil }
func (s oneUser[U]) UserByID(context.Context, string) (U, error)                     { return s.user, nil }

func revoked[U any](t *testing.T, u U) bool {
	t.Helper()
	auth, err := twitterauth.New(oneUser[U]{u}, goodConfig())
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	if _, err := auth.Sessions().Start(w, newRequest("GET", "/"), "u", false); err != nil {
		t.Fatal(err)
	}
	r := newRequest("GET", "/")
	r.AddCookie(w.Result().Cookies()[0])
	_, ok := auth.Require(httptest.NewRecorder(), r)
	return !ok
}

func TestRevocableOnAnyUserType(t *testing.T) {
	t.Parallel()
	past, future := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	for name, test := range map[string]struct{ got, want bool }{
		"value, past":                {revoked(t, byValue{past}), false},
		"value, future":              {revoked(t, byValue{future}), true},
		"value, never":               {revoked(t, byValue{}), false},
		"pointer to value, future":   {revoked(t, &byValue{future}), true},
		"address, past":              {revoked(t, byAddress{past}), false},
		"address, future":            {revoked(t, byAddress{future}), true},
		"pointer to address, future": {revoked(t, &byAddress{future}), true},
		"interface, future":          {revoked[any](t, byValue{future}), true},
		"interface, past":            {revoked[any](t, &byAddress{past}), false},
		"interface of another":       {revoked[any](t, plainUser{}), false},
		"not revocable":              {revoked(t, plainUser{}), false},
		"a string":                   {revoked(t, "user"), false},
	} {
		if test.got != test.want {
			t.Errorf("%s: revoked %t", name, test.got)
		}
	}
}

// One wrong bit in any byte of the cookie is nobody: public pages are served,
// the others refused, and nothing fails.
func TestChangedSessionCookieIsNobody(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
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
