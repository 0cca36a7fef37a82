package attempt_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth/internal/attempt"
)

// Browsers drop a cookie of more than 4096 bytes, name and value together, without
// a word. The longest inputs that the login accepts stay below, under the longest
// name, and whatever is longer is an error.
func TestLongestCookies(t *testing.T) {
	t.Parallel()
	cookies, err := attempt.NewCookies([]session.Key{session.NewKey()}, strings.Repeat("n", 64), "https://app.example.com/auth/twitter", true)
	if err != nil {
		t.Fatal(err)
	}
	long := func(n int) string { return strings.Repeat("a", n) }
	app := attempt.App{RedirectURI: long(512 + len(":65535")), Challenge: long(43), State: long(512)}
	for name, test := range map[string]struct {
		attempt attempt.Attempt
		tooLong bool
	}{
		"a browser's login": {attempt.Attempt{Key: long(256), Secret: long(256), ReturnTo: long(2048), Data: long(256), User: attempt.UserDigest("u")}, false},
		"an app's login":    {attempt.Attempt{Key: long(256), Secret: long(256), User: attempt.UserDigest("u"), App: app}, false},
		"longer":            {attempt.Attempt{Key: long(256), Secret: long(256), ReturnTo: long(2048), User: attempt.UserDigest("u"), App: app}, true},
	} {
		w := httptest.NewRecorder()
		err := cookies.Begin(w, httptest.NewRequest(http.MethodGet, "/", nil), test.attempt, "")
		sent := w.Result().Cookies()
		if (err != nil) != test.tooLong || test.tooLong != (len(sent) == 0) {
			t.Errorf("%s: %v, %d cookies", name, err, len(sent))
		}
		for _, c := range sent {
			t.Logf("%s: %d bytes, of which the name has %d", name, len(c.Name)+len(c.Value), len(c.Name))
			if len(c.Name)+len(c.Value) > 4096 {
				t.Errorf("%s: %d bytes", name, len(c.Name)+len(c.Value))
			}
		}
	}
}

// What ends is deleted, once, whether or not its cookie can be read; the other
// pending logins stay.
func TestDelete(t *testing.T) {
	t.Parallel()
	cookies, err := attempt.NewCookies([]session.Key{session.NewKey()}, "app", "https://app.example.com/auth/twitter", true)
	if err != nil {
		t.Fatal(err)
	}
	begin := func(r *http.Request, key string) *http.Cookie {
		w := httptest.NewRecorder()
		if err := cookies.Begin(w, r, attempt.Attempt{Key: key}, ""); err != nil {
			t.Fatal(err)
		}
		return w.Result().Cookies()[0]
	}
	empty := httptest.NewRequest(http.MethodGet, "/", nil)
	ended, other, stray := begin(empty, "ended"), begin(empty, "other"), begin(empty, "stray")
	stray.Value = "unreadable"
	planted := &http.Cookie{Name: ended.Name, Value: "unreadable"}
	for name, sent := range map[string][]*http.Cookie{
		"alone":           {ended},
		"beside others":   {other, ended, stray},
		"beside its twin": {planted, ended, other},
		"unreadable":      {planted, other},
		"gone":            {other},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		for _, c := range sent {
			r.AddCookie(c)
		}
		w := httptest.NewRecorder()
		cookies.Delete(w, r, attempt.Attempt{Key: "ended"})
		deleted := map[string]int{}
		for _, c := range w.Result().Cookies() {
			if deleted[c.Name]++; c.MaxAge >= 0 || c.Value != "" {
				t.Errorf("%s: %v is set", name, c)
			}
		}
		want := map[string]int{ended.Name: 1}
		if name == "beside others" {
			want[stray.Name] = 1
		}
		if !maps.Equal(deleted, want) {
			t.Errorf("%s: deleted %v, want %v", name, deleted, want)
		}
	}
}

// newPending is the request of a browser with one pending login.
func newPending(t *testing.T, cookies attempt.Cookies, pending attempt.Attempt) (*http.Request, *http.Cookie) {
	t.Helper()
	r, w := httptest.NewRequest(http.MethodGet, "/", nil), httptest.NewRecorder()
	if err := cookies.Begin(w, r, pending, ""); err != nil {
		t.Fatal(err)
	}
	r.AddCookie(w.Result().Cookies()[0])
	return r, w.Result().Cookies()[0]
}

// A used login keeps what its page needs, and nothing with which a copy of the cookie
// could finish it, or an app's code could be made of it.
func TestUsedLoginsKeepNoSecret(t *testing.T) {
	t.Parallel()
	cookies, err := attempt.NewCookies([]session.Key{session.NewKey()}, "app", "https://app.example.com/auth/twitter", true)
	if err != nil {
		t.Fatal(err)
	}
	r, _ := newPending(t, cookies, attempt.Attempt{
		Key: "key", Secret: "secret", ReturnTo: "/account", Data: "data", User: attempt.UserDigest("u"), Stay: true,
		App: attempt.App{RedirectURI: "com.example.app:/signed-in", Challenge: "challenge", State: "state"},
	})
	before, _ := cookies.Find(r, "key")
	w := httptest.NewRecorder()
	cookies.MarkUsed(w, before)
	r = httptest.NewRequest(http.MethodGet, "/", nil)
	r.AddCookie(w.Result().Cookies()[0])
	used, ok := cookies.Find(r, "key")
	want := before
	want.Used, want.Secret, want.App.Challenge, want.App.State = true, "", "", ""
	if !ok || used != want || before.Secret != "secret" || before.App.Challenge != "challenge" {
		t.Errorf("%+v became %+v, %t", before, used, ok)
	}
}

// A value of another purpose, site or name is no pending login, also where the rest is
// the same. The purpose is that of earlier releases, because a changed purpose makes
// every pending login unreadable.
func TestWhatIsNoPendingLogin(t *testing.T) {
	t.Parallel()
	const site = "https://app.example.com/auth/twitter"
	key := session.NewKey()
	cookies, err := attempt.NewCookies([]session.Key{key}, "app", site, true)
	if err != nil {
		t.Fatal(err)
	}
	_, sent := newPending(t, cookies, attempt.Attempt{Key: "key", Secret: "secret"})
	with := func(purpose string) *session.Sealer {
		sealer, err := session.NewSealer(purpose, key)
		if err != nil {
			t.Fatal(err)
		}
		return sealer
	}
	plain, err := with("pending login").Open(sent.Name+"\x00"+site, sent.Value)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		purpose, bound string
		want           bool
	}{
		"as it is":     {"pending login", sent.Name + "\x00" + site, true},
		"a session":    {"session", sent.Name + "\x00" + site, false},
		"a code":       {"app login code", sent.Name + "\x00" + site, false},
		"another site": {"pending login", sent.Name + "\x00" + site + "2", false},
		"another name": {"pending login", sent.Name + "2\x00" + site, false},
		"no site":      {"pending login", sent.Name, false},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.AddCookie(&http.Cookie{Name: sent.Name, Value: with(test.purpose).Seal(test.bound, plain)})
		if _, ok := cookies.Find(r, "key"); ok != test.want {
			t.Errorf("%s: %t", name, ok)
		}
	}
}
