package twitterauth_test

import (
	"context"
	"errors"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth"
)

func TestPagesCarryAPolicy(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'")
		s.auth.ServeHTTP(w, r)
	})
	for _, path := range []string{"/auth/twitter/callback", "/auth/twitter/nothing"} {
		r := newRequest("GET", path)
		r.Header.Set("Accept", "text/html")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		policy := w.Header().Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'; style-src 'sha256-") || !strings.Contains(policy, "frame-ancestors 'none'") || len(w.Header()["Content-Security-Policy"]) != 1 {
			t.Errorf("%s: policy %q", path, policy)
		}
		if offers := strings.Contains(w.Body.String(), "<form"); offers != strings.Contains(policy, s.x.URL) || offers == strings.Contains(policy, "form-action 'none'") {
			t.Errorf("%s: a form %t, policy %q", path, offers, policy)
		}
		for _, bad := range []string{"<script", " style=", "onclick", "http://", "https://"} {
			if strings.Contains(w.Body.String(), bad) {
				t.Errorf("%s: the page has %q", path, bad)
			}
		}
		if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("X-Content-Type-Options") != "nosniff" || w.Header().Get("Referrer-Policy") != "strict-origin" {
			t.Errorf("%s: headers %v", path, w.Header())
		}
	}
}

func TestSignInButton(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for returnTo, want := range map[string]string{"/a?b=\"<c>&d": `value="/a?b=&#34;&lt;c&gt;&amp;d"`, "": "", "//evil.example": "", "/auth/twitter/login": ""} {
		html := string(s.auth.SignInButton(returnTo))
		if !strings.Contains(html, `<form class="twitterauth" method="post" action="/auth/twitter/login">`) || !strings.Contains(html, "Sign in with X</span></button>") || !strings.Contains(html, want) || (want == "") == strings.Contains(html, "return_to") {
			t.Errorf("%q: %s", returnTo, html)
		}
		for _, bad := range []string{"<script", "style=", "javascript:", "<c>"} {
			if strings.Contains(html, bad) {
				t.Errorf("the button has %q", bad)
			}
		}
	}
}

// The longest Accept and Content-Type headers cost no more than their
// beginnings.
func TestLongHeadersAreReadInPart(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	long := strings.Repeat("a/b;c=d,", 1<<17)
	for accept, page := range map[string]bool{
		"text/html," + long:        true,
		long + "text/html":         false,
		"application/json," + long: false,
		strings.Repeat("a", 2048-len(",text/html")) + ",text/html":      true,
		strings.Repeat("a", 2048-len(",text/htm")) + ",text/html":       false,
		"text/html" + strings.Repeat(";a=b", 1<<18):                     false,
		"text/html, application/xhtml+xml;q=0.9, image/webp, */*;q=0.8": true,
	} {
		r := newRequest("GET", "/auth/twitter/nothing")
		r.Header.Set("Accept", accept)
		if got := strings.HasPrefix(record(s.auth, r).Header().Get("Content-Type"), "text/html"); got != page {
			t.Errorf("Accept %.40s… of %d bytes: a page: %t", accept, len(accept), got)
		}
	}
}

func TestDeniedIsNotEchoed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, query := range []string{"denied=%3Cscript%3Ealert(1)%3C%2Fscript%3E", "oauth_token=%3Cscript%3E&oauth_verifier=%3Cscript%3E", "%3Cscript%3E=%3Cscript%3E"} {
		r := s.browser(t).visit("/auth/twitter/callback?" + query)
		if strings.Contains(r.body, "script") || r.StatusCode/100 != 4 {
			t.Errorf("%s: %d %s", query, r.StatusCode, r.body)
		}
	}
}

func TestOddTextIsEscapedOnPages(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newSite(t, over(p))
		b := s.browser(t)
		const odd = `/account?q=<script>alert("x")</script>&'`
		callback, err := s.x.Cancel(b.start(url.Values{"return_to": {odd}}))
		if err != nil {
			t.Fatal(err)
		}
		page := b.visit(callback).body
		if strings.Contains(page, "<script") || !strings.Contains(html.UnescapeString(page), odd) {
			t.Errorf("%s", page)
		}
	})
}

func TestRedirectErrors(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for path, want := range map[string]string{
			"/login":                     "/login?error=login_mismatch",
			"/login?a=b#c":               "/login?a=b&error=login_mismatch#c",
			"https://spa.example.com/in": "https://spa.example.com/in?error=login_mismatch",
			"https://evil.example/in":    "",
			"//evil.example":             "",
			"/auth/twitter/login":        "",
		} {
			s := newSite(t, over(p), configured(func(c *twitterauth.Config) {
				c.TrustedOrigins = []string{"https://spa.example.com"}
				c.ErrorHandler = twitterauth.RedirectErrors(path)
			}))
			callback := "/auth/twitter/callback?" + p.key + "=a&" + p.proof + "=b"
			if r := s.browser(t).visit(callback); r.location() != want || (want == "") != (r.StatusCode == 403) {
				t.Errorf("%s: %d %s", path, r.StatusCode, r.location())
			}
			if r := s.browser(t).get(callback); r.StatusCode != 403 || r.code(t) != "login_mismatch" {
				t.Errorf("%s as JSON: %d", path, r.StatusCode)
			}
		}
	})
}

// An ErrorHandler that leads to a page which needs a user must not go round.
func TestErrorsOfTheErrorPage(t *testing.T) {
	t.Parallel()
	s := newSite(t, configured(func(c *twitterauth.Config) { c.ErrorHandler = twitterauth.RedirectErrors("/account?from=error") }))
	b := s.browser(t)
	b.login(ada, nil)
	s.users.onByID = func(context.Context, string) (*user, error) { return nil, errors.New("down") }
	if r := b.visit("/account"); r.StatusCode != 503 || r.location() != "" {
		t.Errorf("%d to %q", r.StatusCode, r.location())
	}
	if r := b.visit("/account?error=store_unavailable"); r.StatusCode != 503 {
		t.Errorf("%d to %q", r.StatusCode, r.location())
	}
}

func TestWriteErrorOfTheApp(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		e      twitterauth.Error
		status int
		text   string
	}{
		{twitterauth.Error{Code: twitterauth.CodeLoginRefused}, 403, "may not sign in"},
		{twitterauth.Error{Code: twitterauth.CodeLoginRefused, Message: "Closed beta."}, 403, "Closed beta."},
		{twitterauth.Error{Code: "own", Message: "Own.", Status: 418}, 418, "Own."},
		{twitterauth.Error{Code: "own", Message: "Own."}, 500, "Own."},
		{twitterauth.Error{}, 500, ""},
	} {
		for _, accept := range []string{"text/html", "application/json"} {
			r := newRequest("GET", "/")
			r.Header.Set("Accept", accept)
			e := test.e
			w := record(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { twitterauth.WriteError(w, r, &e) }), r)
			if w.Code != test.status || !strings.Contains(w.Body.String(), test.text) || strings.Contains(w.Body.String(), "<form") {
				t.Errorf("%+v: %d %s", test.e.Code, w.Code, w.Body)
			}
		}
	}
}
