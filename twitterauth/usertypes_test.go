package twitterauth_test

import (
	"bytes"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

// User types on which SessionsValidSince is hard to find, or that can be nil.
type (
	mapUser    map[string]string
	sliceUser  []string
	otherSince struct{ at int64 }
	fieldSince struct{ SessionsValidSince time.Time }
)

func (u otherSince) SessionsValidSince() int64 { return u.at }

func TestRevocableBehindAnInterface(t *testing.T) {
	t.Parallel()
	past, future := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	for name, test := range map[string]struct{ got, want bool }{
		"any, a value that needs its address, future": {revoked[any](t, byAddress{future}), true},
		"any, a value that needs its address, past":   {revoked[any](t, byAddress{past}), false},
		"any, a pointer, future":                      {revoked[any](t, &byAddress{future}), true},
		"any, a map":                                  {revoked[any](t, mapUser{}), false},
	} {
		if test.got != test.want {
			t.Errorf("%s: revoked %t", name, test.got)
		}
	}
}

// Nil and no error is never a user.
func TestNilIsNotAUser(t *testing.T) {
	t.Parallel()
	for name, accepted := range map[string]bool{
		"map":                           !revoked(t, mapUser(nil)),
		"slice":                         !revoked(t, sliceUser(nil)),
		"pointer":                       !revoked(t, (*plainUser)(nil)),
		"interface":                     !revoked[any](t, nil),
		"a nil map in an interface":     !revoked[any](t, mapUser(nil)),
		"a nil pointer in an interface": !revoked[any](t, (*plainUser)(nil)),
	} {
		if accepted {
			t.Errorf("%s: accepted", name)
		}
	}
	for name, refused := range map[string]bool{
		"an empty map":    revoked(t, mapUser{}),
		"an empty slice":  revoked(t, sliceUser{}),
		"an empty struct": revoked(t, plainUser{}),
	} {
		if refused {
			t.Errorf("%s: refused", name)
		}
	}
}

// A setting that works but hardly does what is expected is a line at start.
func TestLinesAtStart(t *testing.T) {
	t.Parallel()
	key := session.NewKey()
	manager := func(audience string) *session.Manager {
		m, err := session.New(session.Config{Keys: []session.Key{key}, Audience: audience})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	type embedding struct{ *session.Manager }
	type holding struct {
		twitterauth.SessionManager
		Manager *session.Manager
	}
	for name, test := range map[string]struct {
		start func(twitterauth.Config) error
		line  string
	}{
		"nothing to say":                       {func(c twitterauth.Config) error { _, err := twitterauth.New(oneUser[byValue]{}, c); return err }, ""},
		"a SessionsValidSince of another type": {func(c twitterauth.Config) error { _, err := twitterauth.New(oneUser[otherSince]{}, c); return err }, "SessionsValidSince"},
		"the same behind a pointer":            {func(c twitterauth.Config) error { _, err := twitterauth.New(oneUser[*otherSince]{}, c); return err }, "SessionsValidSince"},
		"a field SessionsValidSince":           {func(c twitterauth.Config) error { _, err := twitterauth.New(oneUser[*fieldSince]{}, c); return err }, "SessionsValidSince"},
		"a manager without an audience": {func(c twitterauth.Config) error {
			c.SessionManager = manager("")
			_, err := twitterauth.New(oneUser[byValue]{}, c)
			return err
		}, "audience"},
		"a manager with an audience": {func(c twitterauth.Config) error {
			c.SessionManager = manager("https://app.example.com")
			_, err := twitterauth.New(oneUser[byValue]{}, c)
			return err
		}, ""},
		"a manager that embeds ours": {func(c twitterauth.Config) error {
			c.SessionManager = &embedding{manager("a")}
			_, err := twitterauth.New(oneUser[byValue]{}, c)
			return err
		}, "embeds"},
		"a manager that holds ours": {func(c twitterauth.Config) error {
			c.SessionManager = &holding{manager("a"), manager("a")}
			_, err := twitterauth.New(oneUser[byValue]{}, c)
			return err
		}, "hides its SessionToucher"},
	} {
		var log bytes.Buffer
		cfg := goodConfig()
		cfg.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
		if err := test.start(cfg); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := log.String(); (got == "") != (test.line == "") || !bytes.Contains(log.Bytes(), []byte(test.line)) || got != "" && !bytes.Contains(log.Bytes(), []byte("remedy=")) {
			t.Errorf("%s: the log has %q", name, got)
		}
	}
}

// A manager of the app's own that has StartWithToken gives bearer tokens at POST
// token, and Start alone is called at a browser login.
func TestTokenStarterOfTheApp(t *testing.T) {
	t.Parallel()
	manager, err := session.New(session.Config{Keys: []session.Key{session.NewKey()}, Bearer: true, AllowHTTP: true, Audience: "a"})
	if err != nil {
		t.Fatal(err)
	}
	wrapped := &countingManager{Manager: manager}
	s := newSite(t, func(c *twitterauth.Config) { c.SessionManager, c.TokenLogin = wrapped, true })
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

func TestSwitchedOffRouteIsNotFound(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	if r := s.browser(t).do("POST", "/auth/twitter/token", nil); r.StatusCode != 404 || r.code(t) != "not_found" {
		t.Errorf("POST token: %d %s", r.StatusCode, r.body)
	}
	if w := httptest.NewRecorder(); true {
		r := newRequest("GET", "/auth/twitter/nothing")
		r.Header.Set("Accept", "text/html")
		if s.auth.ServeHTTP(w, r); w.Code != 404 || !bytes.Contains(w.Body.Bytes(), []byte("127.0.0.1")) {
			t.Errorf("an unknown path: %d %s", w.Code, w.Body)
		}
	}
}
