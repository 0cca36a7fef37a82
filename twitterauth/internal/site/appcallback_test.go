package site_test

import (
	"strings"
	"testing"

	"twitterlogin.example/twitterauth/internal/site"
)

func newSite(t testing.TB, callbackURL string) site.Site {
	t.Helper()
	s, problems := site.New(callbackURL, "")
	if len(problems) != 0 {
		t.Fatal(problems)
	}
	return s
}

var goodAppCallbacks = map[string]site.AppCallbackKind{
	"https://app.example.com/app/signed-in":          site.ClaimedLink,
	"https://app.example.com/app/signed-in/":         site.ClaimedLink,
	"https://app.example.com/":                       site.ClaimedLink,
	"https://app.example.com:8443/app":               site.ClaimedLink,
	"https://other.example/app":                      site.ClaimedLink,
	"https://xn--caf-dma.example/app":                site.ClaimedLink,
	"https://app.example.com/auth/twitter/signed-in": site.ClaimedLink,
	"https://other.example/auth/twitter/callback":    site.ClaimedLink, // another site's route
	"com.example.app:/signed-in":                     site.PrivateScheme,
	"com.example.app:/":                              site.PrivateScheme,
	"com.example.app:/a/b":                           site.PrivateScheme,
	"com.example.app://signed-in":                    site.PrivateScheme,
	"com.example.app://signed-in/twitter":            site.PrivateScheme,
	"com.example.app-2:/signed-in":                   site.PrivateScheme,
	"http://127.0.0.1/signed-in":                     site.Loopback,
	"http://127.0.0.1/":                              site.Loopback,
	"http://[::1]/signed-in":                         site.Loopback,
	"http://127.0.0.1/auth/twitter/callback":         site.Loopback, // the site is not on this machine
}

func TestAppCallbacks(t *testing.T) {
	t.Parallel()
	s := newSite(t, "https://app.example.com/auth/twitter/callback")
	for callback, want := range goodAppCallbacks {
		if problem := site.AppCallbackProblem(s, callback); problem != "" {
			t.Errorf("%s is refused: it %s", callback, problem)
		}
		apps := site.NewAppCallbacks(s, []string{callback})
		if kind, known := apps.Kind(callback); !known || kind != want {
			t.Errorf("%s: kind %d, %t", callback, kind, known)
		}
	}
}

func TestAppCallbackProblems(t *testing.T) {
	t.Parallel()
	production := newSite(t, "https://app.example.com/auth/twitter/callback")
	development := newSite(t, "http://localhost:8080/auth/twitter/callback")
	for _, test := range []struct {
		site     site.Site
		callback string
		problem  string
	}{
		{production, "", "reversed domain name"},
		{production, "/signed-in", "reversed domain name"},
		{production, "//app.example.com/signed-in", "reversed domain name"},
		{production, "app.example.com/signed-in", "reversed domain name"},
		{production, "%zz", "URI"},
		{production, "https://app.example.com/ä", "URI"},
		{production, "https://app.example.com/a b", "URI"},
		{production, "https://app.example.com/a\r\nb", "URI"},
		{production, "com.example.app:/signed-in\x00", "URI"},
		{production, "com.example.app:/" + strings.Repeat("a", 512), "512"},
		// schemes
		{production, "myapp:/signed-in", "reversed domain name"},
		{production, "myapp://signed-in", "reversed domain name"},
		{production, "COM.example.app:/signed-in", "reversed domain name"},
		{production, "com.Example.app:/signed-in", "reversed domain name"},
		{production, "com..app:/signed-in", "reversed domain name"},
		{production, "com.:/signed-in", "reversed domain name"},
		{production, "1com.example:/signed-in", "URI"},
		{production, "com_example.app:/signed-in", "URI"},
		{production, "javascript:/signed-in", "not an app's own"},
		{production, "javascript:alert(1)", "not an app's own"},
		{production, "JavaScript:alert(1)", "not an app's own"},
		{production, "data:text/html,x", "not an app's own"},
		{production, "file:///etc/passwd", "not an app's own"},
		{production, "intent://scan/", "not an app's own"},
		{production, "intent:/signed-in", "not an app's own"},
		{production, "about:blank", "not an app's own"},
		{production, "blob:https://app.example.com/x", "not an app's own"},
		{production, "ftp://app.example.com/x", "reversed domain name"},
		{production, "urn:ietf:wg:oauth:2.0:oob", "reversed domain name"},
		// private schemes
		{production, "com.example.app:signed-in", "form com.example.app:/path"},
		{production, "com.example.app:", "form com.example.app:/path"},
		{production, "com.example.app://", "form com.example.app:/path"},
		{production, "com.example.app://signed-in:80", "form com.example.app:/path"},
		{production, "com.example.app://signed-in:/x", "form com.example.app:/path"},
		{production, "com.example.app:/a/../b", "form com.example.app:/path"},
		{production, "com.example.app:/a//b", "form com.example.app:/path"},
		{production, "com.example.app:/a%2Fb", "form com.example.app:/path"},
		{production, "com.example.app:/%61", "form com.example.app:/path"},
		{production, "com.example.app:/a;b", "form com.example.app:/path"},
		{production, `com.example.app:/"><script>`, "form com.example.app:/path"},
		{production, "com.example.app://user@signed-in", "user info"},
		{production, "com.example.app:/a?b", "query"},
		{production, "com.example.app:/a?", "query"},
		{production, "com.example.app:/a#b", "fragment"},
		{production, "com.example.app:/a#", "fragment"},
		{production, `com.example.app:\a`, "backslash"},
		// claimed links
		{production, "https://app.example.com/a?b=c", "query"},
		{production, "https://app.example.com/a#", "fragment"},
		{production, "https://user@app.example.com/a", "user info"},
		{production, "https://user:secret@app.example.com/a", "user info"},
		{production, "https://app.example.com", "path"},
		{production, "https://app.example.com/a/../b", "path"},
		{production, "https://app.example.com/a/./b", "path"},
		{production, "https://app.example.com//a", "path"},
		{production, "https://app.example.com/a%2Fb", "path"},
		{production, "https://app.example.com/%2e%2e/b", "path"},
		{production, "https://app.example.com/%61", "path"},
		{production, "https://app.example.com/a;b", "path"},
		{production, `https://app.example.com\a`, "URI"},
		{production, "https://app.example.com:443/a", "as browsers write it"},
		{production, "https://app.example.com:/a", "as browsers write it"},
		{production, "https://app.example.com:0/a", "as browsers write it"},
		{production, "https://app.example.com:08443/a", "as browsers write it"},
		{production, "https://app.example.com:65536/a", "as browsers write it"},
		{production, "https://App.example.com/a", "as browsers write it"},
		{production, "HTTPS://app.example.com/a", "as browsers write it"},
		{production, "https:/a", "no host"},
		{production, "https:///a", "no host"},
		{production, "https:app.example.com/a", "no host"},
		{production, "https://-app.example.com/a", "invalid host name"},
		{production, "https://*.example.com/a", "invalid host name"},
		{production, "https://localhost/a", "no app can claim"},
		{production, "https://localhost:8443/a", "no app can claim"},
		{production, "https://127.0.0.1/a", "no app can claim"},
		{production, "https://[::1]/a", "no app can claim"},
		{production, "https://app.example.com/auth/twitter/login", "own routes"},
		{production, "https://app.example.com/auth/twitter/callback", "own routes"},
		{production, "https://app.example.com/auth/twitter/callback/", "own routes"},
		{production, "https://app.example.com/auth/twitter/logout", "own routes"},
		{production, "https://app.example.com/auth/twitter/session", "own routes"},
		{production, "https://app.example.com/auth/twitter/token", "own routes"},
		{production, "https://app.example.com/auth/twitter/authorize", "own routes"},
		// loopback
		{production, "http://app.example.com/a", "plain http"},
		{production, "http://127.0.0.1.evil.example/a", "plain http"},
		{production, "http://127.0.0.2/a", "plain http"},
		{production, "http://127.1/a", "plain http"},
		{production, "http://2130706433/a", "plain http"},
		{production, "http://0.0.0.0/a", "plain http"},
		{production, "http://[::]/a", "plain http"},
		{production, "http://[0:0:0:0:0:0:0:1]/a", "plain http"},
		{production, "http://[::ffff:127.0.0.1]/a", "plain http"},
		{production, "http://[::1%25lo]/a", "plain http"},
		{production, "http://::1/a", ""},
		{production, "http:/a", "plain http"},
		{production, "http://localhost/a", "localhost"},
		{production, "http://LOCALHOST/a", "localhost"},
		{production, "http://localhost:80/a", "localhost"},
		{production, "http://127.0.0.1:80/a", "port"},
		{production, "http://127.0.0.1:/a", "port"},
		{production, "http://127.0.0.1:*/a", "URI"},
		{production, "http://[::1]:8080/a", "port"},
		{production, "http://127.0.0.1", "path"},
		{production, "http://127.0.0.1/a/../b", "path"},
		{production, "http://127.0.0.1/%61", "path"},
		{production, "http://user@127.0.0.1/a", "user info"},
		{production, "http://127.0.0.1@evil.example/a", "user info"},
		{production, "http://127.0.0.1/a?b", "query"},
		{production, "http://127.0.0.1/a#b", "fragment"},
		{production, "HTTP://127.0.0.1/a", "lower case"},
		{development, "http://127.0.0.1/auth/twitter/callback", "own routes"},
		{development, "http://[::1]/auth/twitter/login", "own routes"},
		{development, "https://localhost:8080/a", "no app can claim"},
	} {
		if got := site.AppCallbackProblem(test.site, test.callback); got == "" || !strings.Contains(got, test.problem) {
			t.Errorf("%q: it %q, want %q", test.callback, got, test.problem)
		}
	}
}

// Every redirect URI that is nearly one of the listed URIs.
var nearMisses = []string{
	"",
	// claimed link
	"https://app.example.com/app/signed-in/", "https://app.example.com/app/Signed-in", "https://app.example.com/app", "https://app.example.com/app/signed-in/x",
	"https://app.example.com/app/signed-in?", "https://app.example.com/app/signed-in?a=b", "https://app.example.com/app/signed-in#", "https://app.example.com/app/signed-in#a",
	"https://app.example.com:443/app/signed-in", "https://app.example.com:444/app/signed-in", "https://app.example.com:/app/signed-in", "HTTPS://app.example.com/app/signed-in",
	"https://APP.example.com/app/signed-in", "https://app.example.com./app/signed-in", "https://app.example.com.evil.example/app/signed-in", "https://evil.example/app/signed-in",
	"https://xapp.example.com/app/signed-in", "https://x.app.example.com/app/signed-in", "https://user@app.example.com/app/signed-in", "https://app.example.com@evil.example/app/signed-in",
	"https://app.example.com/app%2Fsigned-in", "https://app.example.com/app/signed%2Din", "https://app.example.com/%2e/app/signed-in", "https://app.example.com/x/../app/signed-in", "https://app.example.com/app//signed-in",
	`https://app.example.com\app\signed-in`, "http://app.example.com/app/signed-in", "//app.example.com/app/signed-in", "/app/signed-in", "https:app.example.com/app/signed-in", "https://app.example.com/app/signed-in ",
	" https://app.example.com/app/signed-in", "https://app.example.com/app/signed-in\n", "https://app.example.com/app/signed-in\x00",
	// private scheme
	"COM.example.app:/signed-in", "com.example.App:/signed-in", "com.example.app://signed-in", "com.example.app:///signed-in", "com.example.app:signed-in", "com.example.app:/signed-in/",
	"com.example.app:/signed-in?", "com.example.app:/signed-in#", "com.example.app:/x/../signed-in", "com.example.app:/%73igned-in", "com.example.ap:/signed-in", "com.example.apps:/signed-in", "evil.example.app:/signed-in", "com.example.app:/",
	// loopback
	"http://127.0.0.1:0/signed-in", "http://127.0.0.1:65536/signed-in", "http://127.0.0.1:080/signed-in", "http://127.0.0.1:00/signed-in", "http://127.0.0.1:+80/signed-in", "http://127.0.0.1:-1/signed-in", "http://127.0.0.1:/signed-in",
	"http://127.0.0.1:80:80/signed-in", "http://127.0.0.1:80a/signed-in", "http://127.0.0.1:８０/signed-in", "http://127.0.0.1: 80/signed-in", "http://127.0.0.1:80@evil.example/signed-in", "http://127.0.0.1@evil.example/signed-in", "http://user@127.0.0.1/signed-in",
	"http://127.0.0.1.evil.example/signed-in", "http://127.0.0.1:80.evil.example/signed-in", "http://127.0.0.1:80/evil/signed-in", "http://127.0.0.1:80//signed-in", "http://127.0.0.1/signed-in/signed-in", "http://127.0.0.1:80/signed-in/", "http://127.0.0.1/signed-in/", "http://127.0.0.1/SIGNED-IN",
	"http://127.0.0.1/signed-in?", "http://127.0.0.1:80/signed-in#", "http://127.0.0.1:80?/signed-in", "http://127.0.0.1:80#/signed-in", `http://127.0.0.1:80\signed-in`, "http://127.0.0.1", "http://127.0.0.1:80",
	"http://localhost/signed-in", "http://localhost:80/signed-in", "http://127.0.0.2/signed-in", "http://127.1/signed-in", "http://0177.0.0.1/signed-in", "http://2130706433/signed-in", "https://127.0.0.1/signed-in", "HTTP://127.0.0.1/signed-in", "//127.0.0.1/signed-in",
	"http://::1/signed-in", "http://[::1/signed-in", "http://::1]/signed-in", "http://[0:0:0:0:0:0:0:1]/signed-in", "http://[::0001]/signed-in", "http://[0::1]/signed-in", "http://[::1%25lo]/signed-in", "http://[::1].evil.example/signed-in", "http://[::2]/signed-in", "http://[::ffff:127.0.0.1]/signed-in", "http://[::1]:0/signed-in", "http://[::1]:065/signed-in", "http://[::1]80/signed-in",
	"javascript:alert(1)", "data:text/html,x", "intent://signed-in", "about:blank", "null",
}

func TestAppCallbackNearMisses(t *testing.T) {
	t.Parallel()
	apps := site.NewAppCallbacks(newSite(t, "https://app.example.com/auth/twitter/callback"), []string{"https://app.example.com/app/signed-in", "com.example.app:/signed-in", "http://127.0.0.1/signed-in", "http://[::1]/signed-in"})
	for _, uri := range nearMisses {
		if kind, known := apps.Kind(uri); known {
			t.Errorf("%q is a callback of kind %d", uri, kind)
		}
	}
	for _, uri := range []string{"http://127.0.0.1/signed-in", "http://127.0.0.1:1/signed-in", "http://127.0.0.1:80/signed-in", "http://127.0.0.1:65535/signed-in", "http://[::1]:49152/signed-in"} {
		if kind, known := apps.Kind(uri); !known || kind != site.Loopback {
			t.Errorf("%q: kind %d, %t", uri, kind, known)
		}
	}
}

// Whatever is accepted is a listed URI, but for a loopback port.
func FuzzAppCallback(f *testing.F) {
	listed := []string{"https://app.example.com/app/signed-in", "com.example.app:/signed-in", "http://127.0.0.1/signed-in", "http://[::1]/signed-in"}
	for _, uri := range append(append([]string{}, nearMisses...), listed...) {
		f.Add(uri)
	}
	f.Add("http://127.0.0.1:49152/signed-in")
	s := newSite(f, "https://app.example.com/auth/twitter/callback")
	apps := site.NewAppCallbacks(s, listed)
	f.Fuzz(func(t *testing.T, uri string) {
		if _, known := apps.Kind(uri); known && !isListed(uri, listed) {
			t.Errorf("%q is accepted", uri)
		}
		if site.AppCallbackProblem(s, uri) != "" {
			return
		}
		if _, known := site.NewAppCallbacks(s, []string{uri}).Kind(uri); !known || strings.ContainsAny(uri, "\"'<>?#@\\ \r\n%;") || len(uri) > 512 {
			t.Errorf("New accepts %q", uri)
		}
		if source := site.FormActionOf(uri); source == "" || strings.ContainsAny(source, " ;,[") {
			t.Errorf("form-action of %q is %q", uri, source)
		}
	})
}

func isListed(uri string, listed []string) bool {
	for _, want := range listed {
		if uri == want {
			return true
		}
		rest, ok := strings.CutPrefix(uri, strings.TrimSuffix(want, "/signed-in")+":")
		port, isLoopback := strings.CutSuffix(rest, "/signed-in")
		if ok && isLoopback && strings.HasPrefix(want, "http:") && port != "" && port[0] != '0' && strings.Trim(port, "0123456789") == "" && len(port) <= 5 {
			return true
		}
	}
	return false
}

func TestFormActionOf(t *testing.T) {
	t.Parallel()
	for uri, want := range map[string]string{
		"https://app.example.com/app/signed-in": "https://app.example.com",
		"https://app.example.com:8443/a":        "https://app.example.com:8443",
		"com.example.app:/signed-in":            "com.example.app:",
		"com.example.app://signed-in":           "com.example.app:",
		"http://127.0.0.1/signed-in":            "http://127.0.0.1",
		"http://127.0.0.1:49152/signed-in":      "http://127.0.0.1:49152",
		"http://[::1]:49152/signed-in":          "http:", // a source cannot name an IPv6 address
	} {
		if got := site.FormActionOf(uri); got != want {
			t.Errorf("%s: %s, want %s", uri, got, want)
		}
	}
}

func TestWebviewOrigins(t *testing.T) {
	t.Parallel()
	for origin, want := range map[string]bool{
		"capacitor://localhost": true, "ionic://localhost": true, "com.example.app://app": true, "tauri://localhost": true,
		"null": false, "": false, "capacitor://": false, "://localhost": false, "capacitor:localhost": false, "capacitor:/localhost": false, "capacitor://localhost/": false, "capacitor://localhost:80": false,
		"capacitor://local host": false, "capacitor://user@localhost": false, "capacitor://LOCALHOST": false, "Capacitor://localhost": false, "capacitor://*": false, "capacitor://localhost?": false, "capacitor://localhost#": false,
		"http://localhost": false, "https://localhost": false, "javascript://localhost": false, "data://localhost": false, "file://localhost": false, "intent://localhost": false, "about://localhost": false, "blob://localhost": false,
		"ftp://localhost": false, "ws://localhost": false, "wss://localhost": false, "filesystem://localhost": false, "1a://localhost": false, "-a://localhost": false, "a b://localhost": false, "chrome-extension://abc": false, "moz-extension://abc": false,
	} {
		if got := site.IsWebviewOrigin(origin); got != want {
			t.Errorf("%q: %t", origin, got)
		}
	}
}
