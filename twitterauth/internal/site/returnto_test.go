package site_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth/internal/site"
)

func newPolicy(t testing.TB, fallback string, trusted ...string) site.ReturnPolicy {
	t.Helper()
	s, problems := site.New("http://127.0.0.1:8080/auth/twitter/callback", "")
	if len(problems) != 0 {
		t.Fatal(problems)
	}
	return site.NewReturnPolicy(s, trusted, fallback)
}

var keptReturns = []string{
	"/", "/account", "/ok?x=//e#f", "/a/b/c.html", "/a//b", "/%2F/e", "/%5Ce", "/café", "/search?q=\\d+", "/a?next=https://e", "/a#//e", "/a#\\e", "/a#/\\e", "/a#!/../b", "/a?b#/../../\\e", "/a/../b", "/:e", "/@e", "/a b",
	"/auth/twitter", "/auth/twitter/loginx", "/other/login", "/" + strings.Repeat("a", 2047), "/a?b=%0d%0a", "/./b", "/;a=b", "/*",
}

var refusedReturns = []string{
	"", "//e", "//..", "//../e", "//e/..", "//.", "//%2e%2e", "/\\e", "///e", "/\t/e", "\t//e", "/\n/e", "/\r\n/e", " //e", "\\/e", "\\\\e", "https://e", "https:e", "https:/e", "https://app@e", "HTTPS://e", "javascript:alert(1)",
	"data:text/html,x", "/a\r\nSet-Cookie: x=y", "/" + strings.Repeat("a", 2048), "account", "?a", "#a", "./a", "../a", "/.//e", "/..//e", "/a/..//e", "/%2e//e", "/%2e%2e//e", "/a/%2E./%2e//e", "/a/../\\e", "/a/\\e", "/\x00", "/\x7f", "/a\u0085b", "/a\u2028b", "/\xff",
	"/auth/twitter/login", "/auth/twitter/login?return_to=/", "/auth/twitter/callback", "/auth/twitter/callback?oauth_token=a&oauth_verifier=b", "/auth/twitter/logout", "/auth/twitter/logout#x",
	"/auth/twitter/./login", "/auth/twitter/x/../login", "/auth//twitter/login", "/auth/twitter/login/", "/auth/twitter/%6cogin", "/auth/%74witter/login", "/x/../auth/twitter/callback", "/%zz",
	// Browsers keep empty segments when they remove dot segments, and servers remove them.
	"/auth/twitter//../login", "/auth/twitter//%2e%2E/logout?x", "/auth//..//twitter/./callback#x", "/auth/twitter//../x%2F../login", "/auth/twitter/x//../../login",
	"ftp://e", "blob:https://e", "//[::1]", "http:///e", "https:\\\\e",
	// net/http's Redirect cleans the fragment as a part of the path.
	"/a#/../\\e", "/a#x/y/../../../../\\e?q", "/#/../../\\\\e", "/a/b#/../../../\\e", "/a#/../../auth/twitter/login", "/auth#/../../auth/twitter/logout?x",
}

func TestReturnTo(t *testing.T) {
	t.Parallel()
	policy := newPolicy(t, "/after")
	for _, target := range keptReturns {
		if got := policy.Check(target); got != target {
			t.Errorf("%q became %q", target, got)
		}
	}
	for target, want := range map[string]string{
		"/search?q=" + strings.Repeat("é", 2000):           "/search",
		"/page#" + strings.Repeat("a", 2048):               "/page",
		"/" + strings.Repeat("a", 2048) + "?q":             "/after",
		"//e?" + strings.Repeat("a", 2048):                 "/after",
		"/auth/twitter/login?" + strings.Repeat("a", 2048): "/after",
		"https://e/?" + strings.Repeat("a", 2048):          "/after",
		"/\xff?" + strings.Repeat("a", 2048):               "/after",
	} {
		if got := policy.Check(target); got != want {
			t.Errorf("%.40q… became %q", target, got)
		}
	}
	for _, target := range refusedReturns {
		if got := policy.Check(target); got != "/after" {
			t.Errorf("%q became %q", target, got)
		}
	}
}

func TestReturnToTrustedOrigins(t *testing.T) {
	t.Parallel()
	policy := newPolicy(t, "/", "https://spa.example.com", "http://localhost:5173", "http://127.0.0.1:8080")
	for target, ok := range map[string]bool{
		"https://spa.example.com":                      true,
		"https://spa.example.com/":                     true,
		"https://spa.example.com/a?b#c":                true,
		"https://spa.example.com?a":                    true,
		"https://spa.example.com#a":                    true,
		"http://localhost:5173/x":                      true,
		"http://spa.example.com/":                      false,
		"https://spa.example.com:444/":                 false,
		"https://spa.example.com:443/":                 false,
		"https://spa.example.com.evil.example":         false,
		"https://spa.example.com@evil.example":         false,
		"https://spa.example.com\\@evil":               false,
		"https://user@spa.example.com/":                false,
		"https://SPA.example.com/":                     false,
		"https://evil.example/https://spa.example.com": false,
		"http://localhost:51730/":                      false,
		"http://localhost":                             false,
		"//spa.example.com/":                           false,
		"https:spa.example.com":                        false,
		"https://spa.example.com/\r\nx":                false,
		"https://spa.example.com/ x":                   false,
		"http://127.0.0.1:8080/auth/twitter":           true,
		"http://127.0.0.1:8080/auth/twitter/login":     false,
		"http://127.0.0.1:8080/auth/twitter//../login": false,
		"http://127.0.0.1:8080":                        true,
	} {
		if got := policy.Check(target) == target; got != ok {
			t.Errorf("%q kept: %t", target, got)
		}
	}
}

// browserHost is the host that a browser on https://app.example ends up at,
// by the URL standard's rules for special schemes: what is a control or white
// space around it goes, tabs and line breaks go, '\' counts as '/'.
func browserHost(location string) string {
	s := strings.Trim(location, "\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f ")
	s = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(s)
	end := strings.IndexAny(s, "?#")
	if end < 0 {
		end = len(s)
	}
	path := strings.ReplaceAll(s[:end], "\\", "/")
	if i := strings.IndexByte(path, ':'); i > 0 && !strings.Contains(path[:i], "/") {
		return "elsewhere: " + path[:i]
	}
	if strings.HasPrefix(path, "//") {
		return strings.Trim(path, "/")
	}
	return "app.example"
}

func FuzzReturnTo(f *testing.F) {
	for _, target := range append(append([]string{}, keptReturns...), refusedReturns...) {
		f.Add(target)
	}
	policy := newPolicy(f, "/")
	f.Fuzz(func(t *testing.T, target string) {
		got := policy.Check(target)
		if path, _, _ := strings.Cut(strings.ReplaceAll(target, "#", "?"), "?"); got != "/" && got != target && (len(target) <= 2048 || got != path) {
			t.Errorf("%q became %q", target, got)
		}
		if host := browserHost(got); host != "app.example" {
			t.Errorf("%q leads to %q", got, host)
		}
		if strings.ContainsAny(got, "\r\n\x00") || len(got) > 2048 {
			t.Errorf("%q", got)
		}
		// The app may hand the target to net/http's Redirect, which cleans it.
		w := httptest.NewRecorder()
		http.Redirect(w, httptest.NewRequest(http.MethodGet, "/page", nil), got, http.StatusSeeOther)
		if host := browserHost(w.Header().Get("Location")); host != "app.example" {
			t.Errorf("%q is redirected to %q", got, host)
		}
		u, err := url.Parse(got)
		if err != nil || u.Host != "" || u.Scheme != "" {
			t.Errorf("Go reads %q as %v, %v", got, u, err)
		}
		for _, route := range []string{"/login", "/callback", "/logout"} {
			if err == nil && u.Path == "/auth/twitter"+route {
				t.Errorf("%q is one of the login's routes", got)
			}
		}
	})
}
