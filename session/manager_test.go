package session_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/sessions"

	"twitterlogin.example/session"
)

func TestStartThenLoad(t *testing.T) {
	t.Parallel()
	m := newManager(t, session.Config{})
	for _, userID := range []string{"1", "0198b1a4-6c7e-7d5a-9d0b-3f6f1a2b3c4d", "ünï💥", "a;b,c \"d\"", strings.Repeat("u", 200), "\xff\x00"} {
		for _, stay := range []bool{false, true} {
			s, c := start(t, m, userID, stay)
			got, err := m.Load(request(c))
			if err != nil {
				t.Fatalf("%q: %v", userID, err)
			}
			if got != s || got.UserID != userID || got.StayLoggedIn != stay {
				t.Errorf("loaded %+v, started %+v", got, s)
			}
		}
	}
}

func TestCookieAttributes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		cfg    session.Config
		stay   bool
		name   string
		secure bool
		maxAge int
	}{
		"https, browser session": {session.Config{}, false, "__Host-twitterauth_session", true, 0},
		"https, stay":            {session.Config{}, true, "__Host-twitterauth_session", true, 30 * 24 * 3600},
		"http, browser session":  {session.Config{AllowHTTP: true}, false, "twitterauth_session", false, 0},
		"http, stay":             {session.Config{AllowHTTP: true, StayLifetime: time.Hour}, true, "twitterauth_session", false, 3600},
		"own name":               {session.Config{CookieName: "app"}, false, "__Host-app", true, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, c := start(t, newManager(t, test.cfg), "user", test.stay)
			if c.Name != test.name || c.Secure != test.secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				t.Errorf("cookie %s", c.Raw)
			}
			if c.MaxAge != test.maxAge || c.Expires.IsZero() != (test.maxAge == 0) {
				t.Errorf("Max-Age %d, Expires %v", c.MaxAge, c.Expires)
			}
		})
	}
}

func TestExpiry(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		stay     bool
		lifetime time.Duration
	}{
		"browser session, though its cookie was copied": {false, 24 * time.Hour},
		"stay": {true, 30 * 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := newManager(t, session.Config{})
				s, c := start(t, m, "user", test.stay)
				if got := s.ExpiresAt.Sub(s.IssuedAt); got != test.lifetime {
					t.Errorf("lasts %v, want %v", got, test.lifetime)
				}
				time.Sleep(time.Until(s.ExpiresAt) - time.Microsecond)
				if _, err := m.Load(request(c)); err != nil {
					t.Errorf("just before its end: %v", err)
				}
				time.Sleep(time.Microsecond)
				if _, err := m.Load(request(c)); !errors.Is(err, session.ErrNoSession) {
					t.Errorf("at its end: %v", err)
				}
			})
		})
	}
}

func TestLoadWithoutSession(t *testing.T) {
	t.Parallel()
	if _, err := newManager(t, session.Config{}).Load(request()); err != session.ErrNoSession {
		t.Errorf("got %v", err)
	}
}

func TestGoodCookieBehindBadOnes(t *testing.T) {
	t.Parallel()
	m := newManager(t, session.Config{})
	s, good := start(t, m, "user", false)
	bad := &http.Cookie{Name: good.Name, Value: "planted"}
	_, other := start(t, newManager(t, session.Config{}), "somebody", false)
	got, err := m.Load(request(bad, &http.Cookie{Name: "x", Value: "y"}, other, good))
	if err != nil || got != s {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestFreshIDAtEachLogin(t *testing.T) {
	t.Parallel()
	m := newManager(t, session.Config{})
	first, c := start(t, m, "user", false)
	second, _ := start(t, m, "user", false, c)
	if first.ID == second.ID {
		t.Errorf("IDs %q and %q", first.ID, second.ID)
	}
	// 26 characters of base32 are 130 bits if each of them is drawn anew.
	var drawn [26]map[rune]bool
	for range 200 {
		s, _ := start(t, m, "user", false)
		if !regexp.MustCompile(`^[A-Z2-7]{26}$`).MatchString(s.ID) {
			t.Fatalf("ID %q", s.ID)
		}
		for i, character := range s.ID {
			if drawn[i] == nil {
				drawn[i] = map[rune]bool{}
			}
			drawn[i][character] = true
		}
	}
	for i, characters := range drawn {
		if len(characters) < 24 { // of 32; less is as good as impossible by chance
			t.Errorf("character %d of 200 IDs is one of %d", i, len(characters))
		}
	}
}

func TestEndDeletesTheCookieOnce(t *testing.T) {
	t.Parallel()
	m := newManager(t, session.Config{})
	_, c := start(t, m, "user", true)
	for _, r := range []*http.Request{request(c), request()} {
		w := httptest.NewRecorder()
		for range 2 {
			if err := m.End(w, r); err != nil {
				t.Fatal(err)
			}
		}
		cookies := w.Result().Cookies()
		if len(cookies) != 1 || cookies[0].MaxAge >= 0 || cookies[0].Value != "" || cookies[0].Name != c.Name || !cookies[0].Secure {
			t.Errorf("cookies %v", cookies)
		}
	}
}

func TestLastWordOnTheCookieWins(t *testing.T) {
	t.Parallel()
	m := newManager(t, session.Config{})
	w := httptest.NewRecorder()
	http.SetCookie(w, &http.Cookie{Name: "other", Value: "kept"})
	if err := m.End(w, request()); err != nil {
		t.Fatal(err)
	}
	s, err := m.Start(w, request(), "user", false)
	if err != nil {
		t.Fatal(err)
	}
	cookies := w.Result().Cookies()
	if len(cookies) != 2 || cookies[0].Name != "other" {
		t.Fatalf("cookies %v", cookies)
	}
	if got, err := m.Load(request(cookies[1])); err != nil || got != s {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestStartRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		userID string
		want   error
	}{
		"nobody":         {"", session.ErrEmptyUserID},
		"too long an ID": {strings.Repeat("u", 4000), session.ErrCookieTooLong},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := httptest.NewRecorder()
			_, err := newManager(t, session.Config{}).Start(w, request(), test.userID, false)
			if !errors.Is(err, test.want) || len(w.Result().Cookies()) != 0 {
				t.Errorf("error %v, cookies %v", err, w.Result().Cookies())
			}
		})
	}
}

func TestLongestUserIDThatFits(t *testing.T) {
	t.Parallel()
	m := newManager(t, session.Config{})
	fits := 0
	for n := 2800; n < 3100; n++ {
		w := httptest.NewRecorder()
		if _, err := m.Start(w, request(), strings.Repeat("u", n), false); err != nil {
			break
		}
		c := w.Result().Cookies()[0]
		if size := len(c.Name) + len(c.Value); size > 4096 {
			t.Fatalf("a cookie of %d bytes was set", size)
		}
		fits = n
	}
	if fits < 2900 {
		t.Errorf("user IDs of up to %d bytes fit", fits)
	}
}

func TestCookieIsSmall(t *testing.T) {
	t.Parallel()
	_, c := start(t, newManager(t, session.Config{}), "0198b1a4-6c7e-7d5a-9d0b-3f6f1a2b3c4d", true)
	if size := len(c.Name) + len(c.Value); size >= 260 {
		t.Errorf("%d bytes", size)
	}
}

func TestKeyRotation(t *testing.T) {
	t.Parallel()
	older, newer := session.NewKey(), session.NewKey()
	steps := []*session.Manager{
		newManager(t, session.Config{Keys: []session.Key{older}}),
		newManager(t, session.Config{Keys: []session.Key{older, newer}}),
		newManager(t, session.Config{Keys: []session.Key{newer, older}}),
		newManager(t, session.Config{Keys: []session.Key{newer}}),
	}
	for i, from := range steps {
		s, c := start(t, from, "user", true)
		for j, to := range steps {
			got, err := to.Load(request(c))
			sealedBy := map[bool]session.Key{true: older, false: newer}[i < 2]
			opens := sealedBy == older && j < 3 || sealedBy == newer && j > 0
			if opens && (err != nil || got != s) {
				t.Errorf("from step %d to %d: %v", i, j, err)
			}
			if !opens && !errors.Is(err, session.ErrNoSession) {
				t.Errorf("from step %d to %d: %v, want no session", i, j, err)
			}
		}
	}
}

func TestTwoManagersDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	keys := []session.Key{session.NewKey()}
	a := newManager(t, session.Config{Keys: keys, CookieName: "a"})
	b := newManager(t, session.Config{Keys: keys, CookieName: "b"})
	sa, ca := start(t, a, "alice", false)
	sb, cb := start(t, b, "bob", false)
	r := request(ca, cb)
	if got, err := a.Load(r); err != nil || got != sa {
		t.Errorf("a: %+v, %v", got, err)
	}
	if got, err := b.Load(r); err != nil || got != sb {
		t.Errorf("b: %+v, %v", got, err)
	}
	swapped := request(&http.Cookie{Name: ca.Name, Value: cb.Value}, &http.Cookie{Name: cb.Name, Value: ca.Value})
	for _, m := range []*session.Manager{a, b} {
		if got, err := m.Load(swapped); !errors.Is(err, session.ErrNoSession) {
			t.Errorf("a value under another name: %+v, %v", got, err)
		}
	}
}

func TestConfigFaultsAllAtOnce(t *testing.T) {
	t.Parallel()
	key := session.NewKey()
	_, err := session.New(session.Config{
		Keys:         []session.Key{key, {}, key},
		Lifetime:     -1,
		StayLifetime: -1,
		CookieName:   "__Host-x",
	})
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("got %v", err)
	}
	var fields []string
	for _, err := range joined.Unwrap() {
		var fault *session.ConfigError
		if !errors.As(err, &fault) {
			t.Fatalf("%v is no ConfigError", err)
		}
		fields = append(fields, fault.Field)
	}
	if got := strings.Join(fields, " "); got != "Keys Keys Lifetime StayLifetime CookieName" {
		t.Errorf("faults of %s", got)
	}
	if strings.Contains(err.Error(), key.Encode()) {
		t.Error("a key is in the error")
	}
}

func TestConfigRefusesCookieNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"__host-a", "__Secure-a", "a b", "a=b", "a;b", "a,b", "ä", "a\n", "a/b", strings.Repeat("a", 65)} {
		if _, err := session.New(session.Config{Keys: []session.Key{session.NewKey()}, CookieName: name}); err == nil {
			t.Errorf("%q was accepted", name)
		}
	}
	if _, err := session.New(session.Config{}); err == nil {
		t.Error("a Config without keys was accepted")
	}
}

func TestConfigIsCopied(t *testing.T) {
	t.Parallel()
	keys := []session.Key{session.NewKey()}
	m := newManager(t, session.Config{Keys: keys})
	s, c := start(t, m, "user", false)
	keys[0] = session.NewKey()
	if got, err := m.Load(request(c)); err != nil || got != s {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestConfigsThatCannotWork(t *testing.T) {
	t.Parallel()
	var noStore *sessions.FilesystemStore
	key := session.NewKey()
	for field, cfg := range map[string]session.Config{
		"Lifetime":     {Keys: []session.Key{key}, Lifetime: 24},
		"StayLifetime": {Keys: []session.Key{key}, StayLifetime: 30 * 24 * 3600},
		"Store":        {Keys: []session.Key{key}, Store: noStore},
		"CookieName":   {Keys: []session.Key{key}, CookieName: "__host-x"},
	} {
		var fault *session.ConfigError
		if m, err := session.New(cfg); m != nil || !errors.As(err, &fault) || fault.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, store := range []sessions.Store{sessions.NewCookieStore(), sessions.NewFilesystemStore(t.TempDir())} {
		if _, err := session.New(session.Config{Keys: []session.Key{key}, Store: store}); err == nil {
			t.Errorf("%T without a key is taken", store)
		}
	}
	if m, err := session.New(session.Config{Keys: []session.Key{key}, Lifetime: 100 * time.Millisecond}); err != nil || m.CookieName() != "__Host-twitterauth_session" {
		t.Errorf("a short lifetime: %v", err)
	}
}
