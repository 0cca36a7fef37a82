package twitterauth_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
)

func TestLogout(t *testing.T) {
	t.Parallel()
	s := newSite(t, configured(func(c *twitterauth.Config) { c.AfterLogout = "/?bye" }))
	b := s.browser(t)
	b.login(ada, nil)
	if r := b.do("POST", "/auth/twitter/logout", nil); r.StatusCode != http.StatusSeeOther || r.location() != "/?bye" || len(r.Header["Set-Cookie"]) != 2 {
		t.Errorf("%d %s %v", r.StatusCode, r.location(), r.Header["Set-Cookie"])
	}
	if b.hasSession() || b.whoami() != "nobody" {
		t.Error("still signed in")
	}
	if r := b.do("POST", "/auth/twitter/logout", nil, "Accept", "application/json"); r.StatusCode != http.StatusNoContent || r.body != "" {
		t.Errorf("again, as JSON: %d %s", r.StatusCode, r.body)
	}
}

// guardEverything is a site whose every page needs a user.
func guardEverything(t *testing.T, configure func(*twitterauth.Config)) *site {
	t.Helper()
	s := newSite(t, configured(configure))
	h := s.auth.RequireUser(s.mux)
	s.Config.Handler = h
	return s
}

// Where every page needs a user, a logout lasts: the way back in is the page
// with the button, again and again, until it is pressed.
func TestLogoutLastsWhereEveryPageNeedsAUser(t *testing.T) {
	t.Parallel()
	s := guardEverything(t, nil)
	b := s.browser(t)
	r := b.visit("/")
	if r.location() != "/auth/twitter/login?return_to=%2F" {
		t.Fatalf("%d %s", r.StatusCode, r.location())
	}
	if r = b.visit(r.location()); !strings.HasPrefix(r.location(), s.x.URL) {
		t.Fatalf("a first visit: %d %s", r.StatusCode, r.location())
	}
	b.get(b.approve(r.location(), ada))
	if got := b.whoami(); got != "user u1 @ada" {
		t.Fatal(got)
	}
	if r := b.do("POST", "/auth/twitter/logout", nil, "Accept", "text/html"); r.location() != "/" {
		t.Fatalf("logout: %d %s", r.StatusCode, r.location())
	}
	var page reply
	for range 3 {
		s.x.ResetRequests()
		page = b.visit(b.visit("/").location())
		if fields, ok := offeredForm(page.body); page.StatusCode != 200 || !ok || fields.Get("return_to") != "/" || len(s.x.Requests()) != 0 {
			t.Fatalf("after the logout: %d %s", page.StatusCode, page.body)
		}
	}
	fields, _ := offeredForm(page.body)
	b.get(b.approve(b.start(fields), ada))
	if got := b.whoami(); got != "user u1 @ada" || b.cookies()[sessionCookie+"_signed_out"] != "" {
		t.Errorf("one click: %s, cookies %v", got, b.cookies())
	}
}

// A session that the app ended does not come back by itself, whichever guard
// sees it.
func TestEndedAccountDoesNotComeBackByItself(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(s *site){
		"deleted": func(s *site) { s.users.change("u1", nil) },
		"revoked": func(s *site) { s.users.change("u1", func(u *user) { u.ValidSince = time.Now().Add(time.Second) }) },
	} {
		for _, page := range []string{"/", "/account", "/auth/twitter/session"} {
			s := newSite(t)
			b := s.browser(t)
			b.login(ada, nil)
			end(s)
			r := b.visit(page)
			if r.Header.Get("Cache-Control") != "no-store" || b.hasSession() {
				t.Errorf("%s, %s: %v", name, page, r.Header)
			}
			if r := b.visit("/auth/twitter/login"); r.StatusCode != 200 {
				t.Errorf("%s, %s: GET login is %d %s", name, page, r.StatusCode, r.location())
			}
		}
	}
}

// An account that a handler of the app deletes does not come back either: after
// Sessions().End, GET login asks first, as after POST logout.
func TestEndOfTheAppsHandlerLasts(t *testing.T) {
	t.Parallel()
	sites := map[string]func(t *testing.T) *site{"without rows": func(t *testing.T) *site { return newSite(t) }}
	for name, configure := range keepingVariants() {
		sites["rows, "+name] = func(t *testing.T) *site { s, _ := newKeepingSite(t, configure); return s }
	}
	for name, newOne := range sites {
		s := newOne(t)
		s.mux.HandleFunc("POST /bye", func(w http.ResponseWriter, r *http.Request) {
			if err := s.auth.Sessions().End(w, r); err != nil {
				t.Error(err)
			}
		})
		b := s.browser(t)
		b.login(ada, nil)
		b.do("POST", "/bye", nil)
		if r := b.visit("/auth/twitter/login"); r.StatusCode != 200 || b.whoami() != "nobody" {
			t.Errorf("%s: GET login is %d %s, then %s", name, r.StatusCode, r.location(), b.whoami())
		}
		b.login(ada, nil)
		if b.cookies()[sessionCookie+"_signed_out"] != "" || b.whoami() != "user u1 @ada" {
			t.Errorf("%s: a new login: cookies %v, %s", name, b.cookies(), b.whoami())
		}
	}
}

func TestSignedOutMark(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	marked := func(b *browser) bool { return b.cookies()[sessionCookie+"_signed_out"] != "" }
	b := s.browser(t)
	callback := b.approve(b.start(nil), ada)
	b.get(callback)
	r := b.do("POST", "/auth/twitter/logout", nil, "Accept", "application/json")
	i := slices.IndexFunc(r.Cookies(), func(c *http.Cookie) bool { return c.Name == sessionCookie+"_signed_out" })
	if i < 0 || r.Cookies()[i].MaxAge != 0 || !r.Cookies()[i].Expires.IsZero() || !r.Cookies()[i].HttpOnly {
		t.Fatalf("cookies %v", r.Cookies())
	}
	if r := b.get(callback); r.code(t) != "login_expired" {
		t.Errorf("a used callback after the logout: %s", r.body)
	}
	if r := s.browser(t).get(callback); r.code(t) != "login_mismatch" {
		t.Errorf("in another browser: %s", r.body)
	}
	b.start(nil)
	if marked(b) {
		t.Error("POST login leaves the mark")
	}
	other := s.browser(t)
	at := other.start(nil)
	other.do("POST", "/auth/twitter/logout", nil)
	if !marked(other) {
		t.Error("a logout without a session leaves no mark")
	}
	other.get(other.approve(at, ada))
	if marked(other) {
		t.Error("a finished login leaves the mark")
	}
	https := newSite(t, configured(func(c *twitterauth.Config) { c.CallbackURL = "https://app.example.com/auth/twitter/callback" }))
	w := record(https.auth, newRequest("POST", "/auth/twitter/logout"))
	if c := w.Result().Cookies()[1]; c.Name != "__Host-twitterauth_session_signed_out" || !c.Secure || c.Path != "/" || c.Domain != "" {
		t.Errorf("over https: %s", c.Raw)
	}
}
