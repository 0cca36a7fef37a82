package attempt_test

import (
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
